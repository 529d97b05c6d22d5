//! Holds, codec changes and refreshes of a call (words of `report-v1`). In: its offers and answers in order. Out: [`Changes`]. Must not
//! know SIP beyond them.

use std::collections::HashMap;

use super::Side;
use super::call::Hold;
use super::media::{Flow, MediaCause};
use super::media_facts::{Negotiated, same_codec};
use super::traffic::{Traffic, id, other};
use crate::base::LogTime;
use crate::sip::key::Sym;

/// Another codec than before in a confirmed dialog.
#[derive(Clone, Debug)]
pub struct CodecChange {
    /// When.
    pub at: Option<LogTime>,
    /// The message with the answer.
    pub message: u32,
    /// Who asked.
    pub by: Side,
    /// The codec before.
    pub before: String,
    /// The codec after.
    pub after: String,
}

/// A re-INVITE or UPDATE that changed neither description.
#[derive(Clone, Copy, Debug)]
pub struct Refresh {
    /// The message with the answer.
    pub message: u32,
    /// Who asked.
    pub by: Side,
}

/// What the offers and answers of a call changed.
#[derive(Debug, Default)]
pub struct Changes {
    /// In order of their start.
    pub holds: Vec<Hold>,
    /// In order.
    pub codecs: Vec<CodecChange>,
    /// In order.
    pub refreshes: Vec<Refresh>,
}

/// One dialog while its exchanges are walked through.
#[derive(Default)]
struct Dialog {
    /// Place of the running hold in `Changes::holds`.
    hold: Option<usize>,
    codec: Option<String>,
    /// What client and peer last said, without `o=`.
    said: [Vec<String>; 2],
    /// Codec and direction of each media line.
    agreed: Vec<(Option<String>, Flow)>,
}

/// Walks through the exchanges of a call.
pub fn changes(traffic: &Traffic<'_>, negotiated: &[Negotiated<'_>]) -> Changes {
    // An early answer counts again when a 2xx repeats it: from then on the dialog can hold.
    let mut points: Vec<(u32, usize, bool)> = Vec::new();
    for (place, one) in negotiated.iter().enumerate().filter(|(_, n)| n.answer.is_some()) {
        points.extend(one.exchange.answer.map(|answer| (answer, place, !one.exchange.early)));
        points.extend(one.exchange.confirmed_by.filter(|_| one.exchange.early).map(|again| (again, place, true)));
    }
    points.sort_unstable();
    let mut dialogs: HashMap<Sym, Dialog> = HashMap::new();
    let mut changes = Changes::default();
    for (message, place, confirmed) in points {
        let Some(one) = negotiated.get(place) else { continue };
        let dialog = dialogs.entry(one.exchange.remote_tag).or_default();
        changes.refresh(traffic, one, message, dialog);
        let Some((index, offered, answered)) = one.audio() else { continue };
        if let Some(codec) = one.codec(index).map(|f| f.name.clone()) {
            let before = dialog.codec.replace(codec.clone());
            if let Some(before) = before.filter(|b| confirmed && !same_codec(b, &codec)) {
                changes.codecs.push(CodecChange { at: traffic.at(message), message, by: one.requester, before, after: codec });
            }
        }
        if confirmed {
            changes.hold(traffic, one, message, (offered, answered), dialog);
        }
    }
    changes
}

impl Changes {
    /// A re-INVITE or UPDATE that offers what its side said last, after which the same is agreed as before.
    fn refresh(&mut self, traffic: &Traffic<'_>, one: &Negotiated<'_>, message: u32, dialog: &mut Dialog) {
        let lines = |index: u32| -> Vec<String> {
            let text = traffic.message(index).map(|m| m.body_text()).unwrap_or_default();
            text.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty() && !l.starts_with("o=")).collect()
        };
        let agreed: Vec<(Option<String>, Flow)> = one.segments(traffic).into_iter().map(|s| (s.codec, s.flow)).collect();
        let (offer, answer) = (lines(one.exchange.offer), lines(message));
        let again = matches!(one.cause, MediaCause::Reinvite | MediaCause::Update);
        let [client, peer] = &mut dialog.said;
        let (own, others) = if one.offerer == Side::Peer { (peer, client) } else { (client, peer) };
        if again && *own == offer && dialog.agreed == agreed {
            self.refreshes.push(Refresh { message, by: one.requester });
        }
        (*own, *others, dialog.agreed) = (offer, answer, agreed);
    }

    fn hold(&mut self, traffic: &Traffic<'_>, one: &Negotiated<'_>, message: u32, flows: (Flow, Flow), dialog: &mut Dialog) {
        let by = holder(flows.0, flows.1, one.offerer);
        let running = dialog.hold.and_then(|place| self.holds.get_mut(place));
        if running.as_ref().map(|hold| hold.by) == by {
            return;
        }
        let at = traffic.at(message);
        if let Some(hold) = running {
            hold.to = at;
            hold.lifted = Some(id(message));
            dialog.hold = None;
        }
        if let Some(by) = by {
            dialog.hold = Some(self.holds.len());
            self.holds.push(Hold { from: at, to: None, by, requested_by: one.requester, message: id(message), lifted: None });
        }
    }
}

/// Which side holds after an offer/answer, the same seen from either end: the offerer when it offered `sendonly` or `inactive`; the
/// answerer when it answered so though it was offered to hear. `None`, no hold, when audio flows both ways or neither chose that it
/// does not (a plain `recvonly` offer forces its answer).
fn holder(offered: Flow, answered: Flow, offerer: Side) -> Option<Side> {
    let holds = |flow| matches!(flow, Flow::SendOnly | Flow::Inactive);
    let hears = matches!(offered, Flow::SendRecv | Flow::SendOnly);
    match (holds(offered), holds(answered) && hears) {
        (true, true) => Some(Side::Both),
        (true, false) => Some(offerer),
        (false, true) => Some(other(offerer)),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every case that the contract spells out, as the offerer being the client and, seen from the other end, the peer.
    #[test]
    fn who_holds_by_the_contract() {
        use Flow::{Inactive, RecvOnly, SendOnly, SendRecv};
        let cases = [
            (SendRecv, SendRecv, None),
            (SendOnly, RecvOnly, Some(Side::Client)),
            (SendOnly, SendRecv, Some(Side::Client)), // answer without attribute
            (Inactive, Inactive, Some(Side::Client)),
            (SendRecv, SendOnly, Some(Side::Peer)),
            (SendRecv, Inactive, Some(Side::Peer)),
            (SendOnly, Inactive, Some(Side::Both)),
            (RecvOnly, SendOnly, None), // forced
            (RecvOnly, Inactive, None),
            (SendRecv, RecvOnly, None),
        ];
        for (offered, answered, by) in cases {
            assert_eq!(holder(offered, answered, Side::Client), by, "{offered:?} {answered:?}");
            let mirrored = by.map(other);
            assert_eq!(holder(offered, answered, Side::Peer), mirrored, "{offered:?} {answered:?} from the other end");
        }
    }
}

//! Calls that belong together: by Replaces, Refer-To, Join and correlation headers, never by time (words of `report-v1`). In: legs
//! and their calls. Out: `related` and the event `replaced` filled in. Must not know media.

use std::collections::HashMap;

use super::call::{Call, CallEvent, EventResult, Related, RelatedKind};
use super::call_events::event;
use super::call_legs::{Legs, REDIRECT_US};
use super::call_transfer::refer_to;
use super::traffic::{Traffic, id, is_masked, requester, resource};
use super::{CallId, Evidence, shortened};
use crate::base::{Segment, Text};
use crate::sip::dialog::DialogRef;
use crate::sip::transaction::{Role, Transaction};
use crate::sip::{Message, Method};

/// Links one call may have: beyond it only the first are kept, since a masked log can make everything look alike.
const LINKS: usize = 32;

/// Calls of one Call-ID that are looked at for a dialog named in a header.
const LOOKED_AT: usize = 16;

/// Fills in what ties calls together. Tells how many links a cap left out.
pub fn link(traffic: &Traffic<'_>, legs: &Legs, calls: &mut [Call]) -> u64 {
    let (by_dialog, referred, moved) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut linker = Linker { traffic, legs, by_dialog, referred, moved, calls, left_out: 0 };
    linker.index();
    for place in 0..legs.list.len() {
        linker.of_leg(place);
    }
    linker.correlations();
    linker.left_out
}

struct Linker<'t, 'm, 'c> {
    traffic: &'t Traffic<'m>,
    legs: &'t Legs,
    /// Calls by Call-ID, in order.
    by_dialog: HashMap<(u32, String), Vec<usize>>,
    /// Targets that a REFER to this client named: call and message.
    referred: HashMap<(u32, String), (usize, u32)>,
    /// Contacts of a 3xx that this client got: call and message.
    moved: HashMap<(u32, String), (usize, u32)>,
    calls: &'c mut [Call],
    left_out: u64,
}

impl Linker<'_, '_, '_> {
    fn index(&mut self) {
        for (place, leg) in self.legs.list.iter().enumerate() {
            for call_id in &leg.call_ids {
                let text = self.traffic.keys.symbols.text(*call_id);
                if !is_masked(text) {
                    self.by_dialog.entry((leg.scope, text.to_owned())).or_default().push(place);
                }
            }
        }
    }

    fn transactions(&self, place: usize) -> Vec<Transaction> {
        let leg = self.legs.list.get(place);
        leg.into_iter().flat_map(|l| &l.transactions).filter_map(|t| self.traffic.transactions.get(*t)).cloned().collect()
    }

    fn of_leg(&mut self, place: usize) {
        let relevant = |t: &Transaction| matches!(t.method, Method::Invite | Method::Refer);
        let transactions = self.transactions(place);
        for transaction in transactions.iter().filter(|t| relevant(t)) {
            let Some(request) = transaction.request() else { continue };
            if transaction.method == Method::Refer {
                self.refer(place, transaction, request);
            } else {
                self.invite(place, transaction, request);
            }
        }
    }

    /// RFC 3891, RFC 3911: an INVITE that replaces or joins another dialog; an INVITE that a REFER brought about.
    fn invite(&mut self, place: usize, transaction: &Transaction, request: u32) {
        let traffic = self.traffic;
        let Some(message) = traffic.message(request) else { return };
        if let Some(other) = message.header("Replaces").and_then(DialogRef::parse).and_then(|r| self.find(place, &r)) {
            self.relate(place, other, RelatedKind::Replaces, request, "Replaces");
            self.relate(other, place, RelatedKind::ReplacedBy, request, "Replaces");
            let accepted = traffic.status(transaction).is_some_and(|s| s < 300);
            let result = if accepted { EventResult::Ok } else { EventResult::Failed };
            let replaced = event(traffic.at(request), "replaced", requester(transaction.role), &[request]);
            if let Some(call) = self.calls.get_mut(other) {
                call.events.push(CallEvent { result: Some(result), status: traffic.status(transaction), ..replaced });
            }
        }
        if let Some(other) = message.header("Join").and_then(DialogRef::parse).and_then(|r| self.find(place, &r)) {
            self.relate(place, other, RelatedKind::Conference, request, "Join");
            self.relate(other, place, RelatedKind::Conference, request, "Join");
        }
        if transaction.role == Role::Server || transaction.request_to_tag(&traffic.keys).is_some() {
            return;
        }
        self.redirected(place, transaction, request);
        let scope = transaction.scope;
        let target = message.request_uri().map(resource).unwrap_or_default();
        if let Some((other, refer)) = self.referred.get(&(scope, target)).copied().filter(|(other, _)| *other != place) {
            self.relate(other, place, RelatedKind::TransferTarget, refer, "Refer-To");
            self.relate(place, other, RelatedKind::TransferTarget, refer, "Refer-To");
        }
    }

    /// RFC 3261 §8.1.3.4: an INVITE to another contact of a 3xx, when the first that was tried has answered already, is a call of its own.
    fn redirected(&mut self, place: usize, transaction: &Transaction, request: u32) {
        let traffic = self.traffic;
        let target = traffic.message(request).and_then(Message::request_uri).map(resource).unwrap_or_default();
        if let Some((other, answer)) = self.moved.get(&(transaction.scope, target)).copied().filter(|(other, _)| *other != place)
        {
            let apart = traffic.at(answer).zip(traffic.at(request)).map(|(told, sent)| sent.since_us(told));
            if apart.is_none_or(|us| (0..=REDIRECT_US).contains(&us)) {
                self.relate(place, other, RelatedKind::Redirect, answer, "Contact");
                self.relate(other, place, RelatedKind::Redirect, answer, "Contact");
            }
        }
        if let Some(answer) = transaction.answer.filter(|_| traffic.status(transaction).is_some_and(|s| (300..400).contains(&s)))
        {
            for contact in traffic.message(answer).map(Message::contacts).unwrap_or_default().iter().take(16) {
                if !is_masked(contact.uri) {
                    self.moved.insert((transaction.scope, resource(contact.uri)), (place, answer));
                }
            }
        }
    }

    fn refer(&mut self, place: usize, transaction: &Transaction, request: u32) {
        let traffic = self.traffic;
        let Some(target) = traffic.message(request).and_then(refer_to) else { return };
        if let Some(other) = DialogRef::in_uri(target).and_then(|r| self.find(place, &r)) {
            self.relate(place, other, RelatedKind::Consultation, request, "Refer-To");
            self.relate(other, place, RelatedKind::Consultation, request, "Refer-To");
        }
        let refused = traffic.status(transaction).is_some_and(|s| s >= 300);
        let bare = target.split('?').next().unwrap_or(target);
        if transaction.role != Role::Client && !refused && !is_masked(bare) {
            self.referred.insert((transaction.scope, resource(bare)), (place, request));
        }
    }

    /// The call of a dialog named in a header: same Call-ID; among several the one that has one of its tags.
    fn find(&mut self, place: usize, named: &DialogRef) -> Option<usize> {
        let scope = self.legs.list.get(place)?.scope;
        let found = self.by_dialog.get(&(scope, named.call_id.clone()))?;
        let symbols = &self.traffic.keys.symbols;
        let tags = [&named.to_tag, &named.from_tag].map(|t| symbols.known(t.as_deref().unwrap_or_default()));
        let has_tag = |other: &&usize| {
            let list = self.legs.list.get(**other).map(|l| &l.transactions);
            let mut own = list.into_iter().flatten().filter_map(|t| self.traffic.transactions.get(*t));
            own.any(|t| tags.iter().any(|tag| tag.same(t.from_tag)))
        };
        let others: Vec<usize> = found.iter().copied().filter(|other| *other != place).take(LOOKED_AT).collect();
        let tagged = others.iter().find(has_tag).copied();
        self.left_out += u64::from(tagged.is_none() && found.len() > LOOKED_AT + 1);
        tagged.or(others.first().copied())
    }

    fn correlations(&mut self) {
        let mut last: HashMap<(u32, String), usize> = HashMap::new();
        for place in 0..self.calls.len() {
            let Some(call) = self.calls.get(place) else { continue };
            let Some(value) = call.correlation.as_ref().map(|c| c.original().to_owned()).filter(|v| !is_masked(v)) else {
                continue;
            };
            if let Some(other) = last.insert((call.run.0, value), place) {
                let message = |calls: &[Call], at: usize| calls.get(at).and_then(|c| c.messages.first()).map(|m| m.0);
                if let Some(shown) = message(self.calls, place) {
                    self.relate(place, other, RelatedKind::SameCorrelation, shown, "X-BroadWorks-Correlation-Info");
                }
                if let Some(shown) = message(self.calls, other) {
                    self.relate(other, place, RelatedKind::SameCorrelation, shown, "X-BroadWorks-Correlation-Info");
                }
            }
        }
    }

    fn relate(&mut self, place: usize, other: usize, kind: RelatedKind, message: u32, header: &str) {
        let value = self.traffic.message(message).and_then(|m| m.header(header)).unwrap_or_default();
        let line = shortened(&format!("{header}: {value}")).to_owned();
        let logged = self.traffic.messages.get(message as usize);
        let evidence = Evidence {
            source: logged.map(|m| m.source),
            at: logged.and_then(|m| m.seen.at),
            text: Text(vec![Segment::Log(line)]),
            message: Some(id(message)),
        };
        let other = CallId(u32::try_from(other).unwrap_or(u32::MAX));
        let Some(call) = self.calls.get_mut(place) else { return };
        if let Some(known) = call.related.iter_mut().find(|r| r.call == other && r.kind == kind) {
            if known.evidence.len() < LINKS && !known.evidence.contains(&evidence) {
                known.evidence.push(evidence);
            }
        } else if call.related.len() < LINKS {
            call.related.push(Related { call: other, kind, evidence: vec![evidence] });
        } else {
            self.left_out += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::script::{facts, messages};
    use super::*;
    use crate::base::Notes;
    use crate::session::assemble;

    /// RFC 4579 §5.4: a REFER to the focus of a conference adds somebody; nobody is transferred.
    #[test]
    fn a_refer_to_a_focus_is_no_transfer() {
        let script = |focus: &str| {
            format!(
                "0 > INVITE 1 z9hG4bK1 a - | uri=sip:conf@example.com
                 10 < 200 INVITE 1 z9hG4bK1 a b | Contact: <sip:3402@conf.example.com>{focus}
                 11 > ACK 1 z9hG4bK2 a b
                 3000 > REFER 2 z9hG4bK5 a b | Refer-To: <sip:carol@example.com>
                 3010 < 202 REFER 2 z9hG4bK5 a b
                 3500 < NOTIFY 2 z9hG4bK7 b a | Event: refer | Content-Type: message/sipfrag | body SIP/2.0 200 OK
                 3501 > 200 NOTIFY 2 z9hG4bK7 b a"
            )
        };
        let kinds = |focus: &str| facts(&script(focus)).calls[0].events.iter().map(|e| e.kind).collect::<Vec<_>>();
        assert_eq!(kinds(";isfocus"), ["conference"]);
        assert_eq!(kinds(";audio;ISFOCUS;expires=60"), ["conference"]);
        assert_eq!(kinds(""), ["transfer-blind", "transfer-result"]);
        let added = facts(&script(";isfocus"));
        assert_eq!((added.calls[0].events[0].result, added.calls[0].events[0].status), (Some(EventResult::Ok), Some(200)));
    }

    /// RFC 3261 §8.1.3.4: the first contact that answers is the call, another one tried is a call of its own that belongs to it.
    #[test]
    fn another_contact_of_a_redirection() {
        let facts = facts(
            "0 > INVITE 1 z9hG4bK1 a -
             10 < 302 INVITE 1 z9hG4bK1 a b | Contact: <sip:c1@192.0.2.30>, <sip:c2@192.0.2.31>
             11 > ACK 1 z9hG4bK1 a b
             20 > INVITE 1 z9hG4bK2 c - | id=call-2 | uri=sip:c1@192.0.2.30
             30 < 200 INVITE 1 z9hG4bK2 c d | id=call-2
             40 > INVITE 1 z9hG4bK3 e - | id=call-3 | uri=sip:c2@192.0.2.31
             50 < 486 INVITE 1 z9hG4bK3 e f | id=call-3
             900000 > INVITE 1 z9hG4bK4 g - | id=call-4 | uri=sip:c2@192.0.2.31",
        );
        let related = |call: usize| facts.calls[call].related.iter().map(|r| (r.call, r.kind)).collect::<Vec<_>>();
        assert_eq!(facts.calls.len(), 3);
        assert_eq!(related(0), [(CallId(1), RelatedKind::Redirect)]);
        assert_eq!(related(1), [(CallId(0), RelatedKind::Redirect)]);
        // A quarter of an hour later the same address is dialled anew.
        assert_eq!(related(2), []);
    }

    /// Masked Call-IDs make all calls look alike: what was not looked for is told.
    #[test]
    fn caps_leave_a_note() {
        let script = |many: usize| {
            let invites =
                (0..many).map(|n| format!("{n} > INVITE 1 z9hG4bK{n} a{n} -\n{n} < 486 INVITE 1 z9hG4bK{n} a{n} b{n}\n"));
            invites.collect::<String>()
        };
        let notes = |many: usize| {
            let mut notes = Notes::new();
            assemble::facts_with_signs(messages(&script(many)), &[], &[], &mut notes);
            notes.all().into_iter().map(|n| n.text).collect::<Vec<_>>()
        };
        assert_eq!(notes(16), Vec::<String>::new());
        assert_eq!(notes(18), ["1 requests of Call-IDs with very many calls were not sought among the older ones"]);
    }
}

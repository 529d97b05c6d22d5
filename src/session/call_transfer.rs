//! Transfers (RFC 3515, RFC 5589): REFER, what its NOTIFYs say, how it ended. In: the transactions of a call. Out: [`CallEvent`]s.
//! Must not know other calls.

use super::call::{CallEvent, EventResult};
use super::call_events::event;
use super::traffic::{Traffic, other, requester};
use crate::base::words::word;
use crate::base::{Private, PrivateKind, Segment, Text};
use crate::sip::dialog::DialogRef;
use crate::sip::transaction::Transaction;
use crate::sip::{Message, Method};

/// One event for each REFER, one for each final NOTIFY.
pub fn events(traffic: &Traffic<'_>, all: &[&Transaction]) -> Vec<CallEvent> {
    let mut events = Vec::new();
    let refers: Vec<&&Transaction> = all.iter().filter(|t| t.method == Method::Refer && t.request().is_some()).collect();
    for (place, refer) in refers.iter().enumerate() {
        let next = refers.get(place + 1..).unwrap_or_default().iter().find(|t| t.role == refer.role).map(|t| t.first());
        transfer(traffic, all, refer, next, &mut events);
    }
    events
}

fn transfer(traffic: &Traffic<'_>, all: &[&Transaction], refer: &Transaction, next: Option<u32>, events: &mut Vec<CallEvent>) {
    let Some((request, message)) = refer.request().and_then(|r| traffic.message(r).map(|m| (r, m))) else { return };
    let target = refer_to(message);
    let attended = target.is_some_and(|uri| DialogRef::in_uri(uri).is_some());
    let status = traffic.status(refer);
    let last = progress(traffic, all, refer, next);
    let result = match (status, last) {
        (Some(refused), _) if refused >= 300 => EventResult::Failed,
        (_, Some((_, 200..=299))) => EventResult::Ok,
        (_, Some((_, 300..))) => EventResult::Failed,
        (None, None) if !traffic.is_pending(refer) => EventResult::Failed,
        _ => EventResult::Pending,
    };
    let mut messages = vec![request];
    messages.extend(refer.answer);
    let kind = if attended { "transfer-attended" } else { "transfer-blind" };
    let bare = target.map(|uri| uri.split('?').next().unwrap_or(uri).to_owned()).unwrap_or_default();
    let to = [("target", Segment::Private(Private::new(PrivateKind::Uri, bare)))];
    let shown = last.filter(|_| status.is_some_and(|s| s < 300)).map(|(_, s)| s).or(status);
    let start = event(traffic.at(request), kind, requester(refer.role), &messages);
    events.push(CallEvent { result: Some(result), status: shown, text: Text::fill(word("call_event.transfer"), &to), ..start });
    if let Some((notify, told)) = last.filter(|(_, told)| *told >= 200) {
        let result = if told < 300 { EventResult::Ok } else { EventResult::Failed };
        let end = event(traffic.at(notify), "transfer-result", other(requester(refer.role)), &[notify]);
        events.push(CallEvent { result: Some(result), status: Some(told), ..end });
    }
}

/// The URI of Refer-To.
pub fn refer_to(message: &Message) -> Option<&str> {
    message.addresses("Refer-To").first().map(|a| a.uri)
}

/// What the NOTIFYs of a REFER said last: the first final status, else the latest provisional one. With several REFERs in a dialog an
/// `id` in Event names the CSeq of its REFER (RFC 3515 §2.4.6); without one a NOTIFY belongs to the REFER before it.
fn progress(traffic: &Traffic<'_>, all: &[&Transaction], refer: &Transaction, next: Option<u32>) -> Option<(u32, u16)> {
    let mut last = None;
    for notify in all.iter().filter(|t| t.method == Method::Notify && t.first() > refer.first() && t.role != refer.role) {
        let Some((request, message)) = notify.request().and_then(|r| traffic.message(r).map(|m| (r, m))) else { continue };
        let Some(value) = message.header("Event").filter(|e| e.trim_start().to_ascii_lowercase().starts_with("refer")) else {
            continue;
        };
        let named = value.split(';').filter_map(|p| p.trim().strip_prefix("id=")).find_map(|v| v.trim().parse::<u32>().ok());
        let belongs = match named {
            Some(cseq) => refer.cseq == Some(cseq),
            None => next.is_none_or(|next| request < next),
        };
        if let Some(status) = fragment_status(message).filter(|_| belongs) {
            last = Some((request, status));
            if status >= 200 {
                break;
            }
        }
    }
    last
}

/// The status line in a `message/sipfrag` body (RFC 3420).
fn fragment_status(message: &Message) -> Option<u16> {
    let line = message.body_text().lines().find(|l| !l.trim().is_empty())?;
    let mut words = line.split_whitespace();
    let version = words.next()?;
    if version.to_ascii_uppercase().starts_with("SIP/") { words.next()?.parse().ok() } else { None }
}

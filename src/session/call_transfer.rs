//! Transfers (RFC 3515, RFC 5589): REFER, what its NOTIFYs say, how it ended. In: the transactions of a call. Out: [`CallEvent`]s.
//! Must not know other calls.

use std::collections::HashMap;

use super::call::{CallEvent, EventResult};
use super::call_events::event;
use super::traffic::{Traffic, other, requester};
use crate::base::{Private, PrivateKind, Segment, Text};
use crate::sip::dialog::DialogRef;
use crate::sip::transaction::{Role, Transaction};
use crate::sip::{Direction, Message, Method};

/// One event for each REFER, one for each final NOTIFY of a transfer.
pub fn events(traffic: &Traffic<'_>, all: &[&Transaction]) -> Vec<CallEvent> {
    let mut events = Vec::new();
    let progress = progress(traffic, all);
    for refer in all.iter().filter(|t| t.method == Method::Refer) {
        transfer(traffic, all, refer, progress.get(&refer.first()).copied(), &mut events);
    }
    events
}

fn transfer(
    traffic: &Traffic<'_>,
    all: &[&Transaction],
    refer: &Transaction,
    last: Option<(u32, u16)>,
    events: &mut Vec<CallEvent>,
) {
    let Some((request, message)) = refer.request().and_then(|r| traffic.message(r).map(|m| (r, m))) else { return };
    let target = refer_to(message);
    let attended = target.is_some_and(|uri| DialogRef::in_uri(uri).is_some());
    let status = traffic.status(refer);
    let result = match (status, last) {
        (Some(refused), _) if refused >= 300 => EventResult::Failed,
        (_, Some((_, 200..=299))) => EventResult::Ok,
        (_, Some((_, 300..))) => EventResult::Failed,
        (None, None) if !traffic.is_pending(refer) => EventResult::Failed,
        _ => EventResult::Pending,
    };
    let mut messages = vec![request];
    messages.extend(refer.answer);
    let conference = refer.role == Role::Client && is_focus(traffic, all);
    let kind = match (conference, attended) {
        (true, _) => "conference",
        (false, true) => "transfer-attended",
        (false, false) => "transfer-blind",
    };
    let bare = target.map(|uri| uri.split('?').next().unwrap_or(uri).to_owned()).unwrap_or_default();
    let to = [("target", Segment::Private(Private::new(PrivateKind::Uri, bare)))];
    let shown = last.filter(|_| status.is_some_and(|s| s < 300)).map(|(_, s)| s).or(status);
    let start = event(traffic.at(request), kind, requester(refer.role), &messages);
    events.push(CallEvent { result: Some(result), status: shown, text: Text::phrase("call_event.transfer", &to), ..start });
    if let Some((notify, told)) = last.filter(|(_, told)| *told >= 200 && !conference) {
        let result = if told < 300 { EventResult::Ok } else { EventResult::Failed };
        let end = event(traffic.at(notify), "transfer-result", other(requester(refer.role)), &[notify]);
        events.push(CallEvent { result: Some(result), status: Some(told), ..end });
    }
}

/// The other end is the focus of a conference: its Contact says so (RFC 4579 §4.3). A REFER to it adds somebody or puts somebody out; nobody
/// is transferred.
fn is_focus(traffic: &Traffic<'_>, all: &[&Transaction]) -> bool {
    let from_peer = |index: &u32| traffic.key(*index).is_some_and(|k| k.direction == Direction::Received);
    let says = |message: &Message| message.contacts().iter().any(|c| c.params.find("isfocus").is_some());
    let invites = all.iter().filter(|t| matches!(t.method, Method::Invite | Method::Update));
    invites.flat_map(|t| t.messages()).filter(from_peer).filter_map(|m| traffic.message(m)).any(says)
}

/// The URI of Refer-To.
pub fn refer_to(message: &Message) -> Option<&str> {
    message.addresses("Refer-To").first().map(|a| a.uri)
}

/// What the NOTIFYs of each REFER (by its first message) said last: the first final status, else the latest provisional one. An `id` in
/// Event names the CSeq of its REFER (RFC 3515 §2.4.6); without one a NOTIFY belongs to the REFER before it.
fn progress(traffic: &Traffic<'_>, all: &[&Transaction]) -> HashMap<u32, (u32, u16)> {
    let mut said: HashMap<u32, (u32, u16)> = HashMap::new();
    let mut by_cseq: HashMap<(bool, Option<u32>), u32> = HashMap::new();
    let mut latest: HashMap<bool, u32> = HashMap::new();
    for transaction in all {
        let ours = transaction.role != Role::Server;
        if transaction.method == Method::Refer {
            by_cseq.insert((ours, transaction.cseq), transaction.first());
            latest.insert(ours, transaction.first());
            continue;
        }
        let request = transaction.request().filter(|_| transaction.method == Method::Notify);
        let Some((request, message)) = request.and_then(|r| traffic.message(r).map(|m| (r, m))) else { continue };
        let Some(value) = message.header("Event").filter(|e| e.trim_start().to_ascii_lowercase().starts_with("refer")) else {
            continue;
        };
        let named = value.split(';').filter_map(|p| p.trim().strip_prefix("id=")).find_map(|v| v.trim().parse::<u32>().ok());
        // The NOTIFY goes the other way than its REFER.
        let refer = match named {
            Some(cseq) => by_cseq.get(&(!ours, Some(cseq))),
            None => latest.get(&!ours),
        };
        let told = refer.copied().zip(fragment_status(message));
        if let Some((refer, status)) = told.filter(|(refer, _)| said.get(refer).is_none_or(|(_, before)| *before < 200)) {
            said.insert(refer, (request, status));
        }
    }
    said
}

/// The status line in a `message/sipfrag` body (RFC 3420).
fn fragment_status(message: &Message) -> Option<u16> {
    let line = message.body_text().lines().find(|l| !l.trim().is_empty())?;
    let mut words = line.split_whitespace();
    let version = words.next()?;
    if version.to_ascii_uppercase().starts_with("SIP/") { words.next()?.parse().ok() } else { None }
}

//! What goes wrong in a call that stands, and at its end (RFC 3261 §13–§15, RFC 3515, RFC 4028). In: [`Scene`]. Out: [`Found`]s.
//! Not faults: 491 (both wanted something at once), a log that ends while the call stands, an ACK that came late.

use super::{Found, Scene};
use crate::findings::Confidence;
use crate::session::call::{Call, CallDirection, CallEvent, CallState, EventResult};
use crate::session::event_body::Feature;
use crate::session::features::in_force;
use crate::session::keepalive::{KeepAliveKind, KeepAliveState};
use crate::session::{MessageId, Side};
use crate::sip::transaction::{Role, Transaction};
use crate::sip::{Direction, Method};

fn failed<'s>(scene: &'s Scene<'_>, kind: &str) -> Vec<(&'s Call, &'s CallEvent)> {
    let events = scene.facts.calls.iter().flat_map(|c| c.events.iter().map(move |e| (c, e)));
    events.filter(|(_, e)| e.kind == kind && e.result == Some(EventResult::Failed)).collect()
}

fn event(scene: &Scene<'_>, call: &Call, event: &CallEvent) -> Found {
    let mut one = Found::of(scene, call.run, &event.messages).in_call(call.id).with("by", event.by.word());
    one.first = event.at.or(one.first);
    match event.status {
        Some(status) => one.with("status", status),
        None => one,
    }
}

/// The 2xx to an INVITE was repeated at least twice and never acknowledged (RFC 3261 §13.3.1.4).
pub fn ack_missing(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for (call, missing) in failed(scene, "ack-missing") {
        let Some(transaction) = missing.messages.first().and_then(|m| scene.transactions.of_message(m.0)) else { continue };
        let accepted = |r: &&u32| scene.keys.get(**r).and_then(|k| k.status).is_some_and(|s| (200..300).contains(&s));
        let sent: Vec<MessageId> = transaction.responses.iter().filter(accepted).map(|r| MessageId(*r)).collect();
        if sent.len() >= 3 {
            let mut one = Found::of(scene, call.run, &sent).in_call(call.id).with("by", missing.by.word());
            one = one.with("repeats", sent.len().saturating_sub(1));
            out.push(one);
        }
    }
    out
}

/// A BYE that nobody answered.
pub fn bye_unanswered(scene: &Scene<'_>) -> Vec<Found> {
    failed(scene, "bye-unanswered").into_iter().map(|(c, e)| event(scene, c, e).with("sends", e.messages.len())).collect()
}

/// A call without BYE whose dialog the other end no longer knows (481, 408 inside it: RFC 3261 §12.2.1.2), or that stood when the way
/// to the network was lost for good. Silence alone proves nothing: a call may be quiet for hours.
pub fn dropped(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in scene.facts.calls.iter().filter(|c| c.state == CallState::Answered && c.ended_by.is_none()) {
        let gone = |t: &&Transaction| {
            t.role == Role::Client
                && t.request_to_tag(scene.keys).is_some()
                && matches!(t.status(scene.keys), Some(481 | 408))
                && !matches!(t.method, Method::Info | Method::Notify | Method::Refer | Method::Subscribe)
        };
        let own = scene.transactions.list.iter().filter(|t| call.messages.contains(&MessageId(t.first())));
        if let Some(transaction) = own.clone().find(gone) {
            let messages: Vec<MessageId> =
                [transaction.request(), transaction.answer].into_iter().flatten().map(MessageId).collect();
            out.push(Found::of(scene, call.run, &messages).in_call(call.id));
            continue;
        }
        let last = call.messages.last().and_then(|m| scene.at(*m));
        let Some(end) = scene.end(call.run) else { continue };
        let lost = scene.facts.keepalives.iter().find(|k| {
            let open = k.pings.iter().rfind(|p| p.answered).and_then(|p| p.at);
            let client = k.from == Side::Client && k.kind != KeepAliveKind::Register;
            client
                && k.run == call.run
                && k.state == KeepAliveState::Lost
                && open.is_some_and(|at| end.since_us(at) >= 60_000_000 && Some(at) >= call.answered)
        });
        if let (Some(lost), Some(at)) = (lost, last) {
            let pings = lost.pings.iter().filter(|p| !p.answered && p.at.is_some_and(|t| t >= at)).filter_map(|p| p.message);
            let messages: Vec<MessageId> = call.messages.last().copied().into_iter().chain(pings).collect();
            if messages.len() > 1 {
                out.push(Found::of(scene, call.run, &messages).in_call(call.id).sure(Confidence::Likely));
            }
        }
    }
    out
}

/// No refresh within Session-Expires (RFC 4028 §10).
pub fn session_timer(scene: &Scene<'_>) -> Vec<Found> {
    let all = scene.facts.calls.iter().flat_map(|c| c.events.iter().map(move |e| (c, e)));
    all.filter(|(_, e)| e.kind == "session-expired").map(|(c, e)| event(scene, c, e)).collect()
}

/// A re-INVITE or UPDATE that would change something (hold, resume, codec) and was refused or got no answer. 491 is glare and is
/// tried again (RFC 3261 §14.1); 422 likewise. A refresh with the same description is the session timer's matter.
pub fn midcall_change(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for (call, e) in failed(scene, "reinvite-failed") {
        let told = !matches!(e.status, Some(401 | 407 | 422 | 487 | 491));
        if told && e.messages.first().is_some_and(|m| changes(scene, call, *m)) {
            let reason = e.messages.last().and_then(|m| scene.message(*m)).map(|m| m.seen.message.reason().to_owned());
            out.push(event(scene, call, e).with_log("reason", reason.unwrap_or_default()));
        }
    }
    // Repeated without even a 100, and the call was over before SIP's own time was: that was no race.
    for call in scene.facts.calls.iter().filter(|c| c.ended.is_some() && c.state == CallState::Answered) {
        for transaction in of_call(scene, call) {
            let change =
                matches!(transaction.method, Method::Invite | Method::Update) && transaction.request_to_tag(scene.keys).is_some();
            let silent = change && transaction.responses.is_empty() && transaction.requests.len() >= 2;
            let Some(request) = transaction.request().map(MessageId).filter(|_| silent) else { continue };
            let known = call.events.iter().any(|e| e.kind == "reinvite-failed" && e.messages.contains(&request));
            if !known && scene.at(request) < call.ended && changes(scene, call, request) {
                let by = if transaction.role == Role::Server { Side::Peer } else { Side::Client };
                let messages: Vec<MessageId> = transaction.requests.iter().map(|r| MessageId(*r)).collect();
                let one = Found::of(scene, call.run, &messages).in_call(call.id).with("by", by.word());
                out.push(one.sure(Confidence::Likely));
            }
        }
    }
    out
}

fn of_call<'s>(scene: &'s Scene<'_>, call: &Call) -> Vec<&'s Transaction> {
    let mut places: Vec<u32> =
        call.messages.iter().filter_map(|m| scene.transactions.of.get(m.index()).copied().flatten()).collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().filter_map(|p| scene.transactions.get(p)).collect()
}

/// Does a request's description differ from what its side said last? Without a description: a re-INVITE asks for an offer, which
/// may change something; an UPDATE only refreshes.
fn changes(scene: &Scene<'_>, call: &Call, request: MessageId) -> bool {
    let Some(message) = scene.message(request) else { return false };
    // The o= line has a version that may grow by itself.
    let description = |id: MessageId| {
        let sdp = scene.message(id)?.seen.message.sdp()?;
        Some((sdp.address, sdp.flow, sdp.media))
    };
    let Some(own) = description(request) else { return message.seen.message.method() == Some(Method::Invite) };
    let same_side =
        |id: &&MessageId| **id < request && scene.message(**id).is_some_and(|m| m.seen.direction == message.seen.direction);
    let before = call.messages.iter().rev().filter(same_side).find_map(|id| description(*id));
    before.is_none_or(|before| before != own)
}

/// REFER refused, or the NOTIFY tells of a failure (RFC 3515 §2.4.5).
pub fn transfer(scene: &Scene<'_>) -> Vec<Found> {
    let blind = failed(scene, "transfer-blind");
    let attended = failed(scene, "transfer-attended");
    let mut out: Vec<Found> = Vec::new();
    for (call, e) in blind.into_iter().chain(attended) {
        let mut one = event(scene, call, e);
        let results = call.events.iter().filter(|r| r.kind == "transfer-result" && r.at >= e.at).flat_map(|r| &r.messages);
        one.evidence.extend(results.take(4).map(|m| scene.proof(*m)));
        out.push(one);
    }
    out
}

/// The network ended the call with a cause that is no user's doing (RFC 3326).
pub fn released_abnormally(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in &scene.facts.calls {
        let Some(why) = &call.released_by_reason else { continue };
        let Some(cause) = why.cause else { continue };
        let abnormal = match why.protocol.to_ascii_uppercase().as_str() {
            "Q.850" => !matches!(cause, 16 | 17 | 18 | 19 | 31),
            "SIP" => cause >= 500 && cause != 600 && cause != 603,
            _ => false,
        };
        let carries = |id: &&MessageId| {
            scene.message(**id).is_some_and(|m| {
                let message = &m.seen.message;
                let ends = matches!(message.method(), Some(Method::Bye | Method::Cancel)) && message.is_request();
                ends && m.seen.direction == Direction::Received && message.header("Reason").is_some()
            })
        };
        if let Some(id) = call.messages.iter().find(carries).filter(|_| abnormal) {
            let one = Found::of(scene, call.run, &[*id]).in_call(call.id);
            let one = one.with_log("protocol", why.protocol.clone()).with("cause", cause);
            let mut one = one.with_log("text", why.text.clone().unwrap_or_default());
            let table = if why.protocol.eq_ignore_ascii_case("SIP") { "sip" } else { "q850" };
            if let Some(meaning) = crate::findings::explain::meaning(table, &cause.to_string()) {
                one.captures.push(("meaning".to_owned(), meaning));
            }
            out.push(one);
        }
    }
    out
}

/// Three answered calls that the network ended after the same time of talk, within 2 %.
pub fn same_length(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for run in scene.runs() {
        let ended = |c: &&Call| c.run == run && c.ended_by == Some(Side::Peer) && c.talk_us.is_some_and(|t| t >= 20_000_000);
        let mut talks: Vec<(i64, &Call)> = scene.facts.calls.iter().filter(ended).filter_map(|c| Some((c.talk_us?, c))).collect();
        talks.sort_by_key(|(t, c)| (*t, c.id));
        let mut best: &[(i64, &Call)] = &[];
        for (from, (shortest, _)) in talks.iter().enumerate() {
            let tail = talks.get(from..).unwrap_or_default();
            let count = tail.iter().take_while(|(t, _)| (*t - shortest).saturating_mul(50) <= *shortest).count();
            if count > best.len() {
                best = tail.get(..count).unwrap_or_default();
            }
        }
        if best.len() >= 3 {
            let bye = |c: &Call| {
                c.messages
                    .iter()
                    .rev()
                    .copied()
                    .find(|m| scene.keys.get(m.0).is_some_and(|k| k.is_request() && k.method == Method::Bye))
            };
            let mut messages: Vec<MessageId> = best.iter().filter_map(|(_, c)| bye(c)).collect();
            messages.sort_unstable();
            let seconds = best.first().map_or(0.0, |(t, _)| *t as f64 / 1e6);
            out.push(Found::of(scene, run, &messages).with("seconds", format!("{seconds:.0}")).with("calls", best.len()));
        }
    }
    out
}

/// The network asked inside the call whether it still stands, got no answer or 481, and ended it.
pub fn audit_unanswered(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for (call, audit) in failed(scene, "session-audit").into_iter().filter(|(_, e)| e.by == Side::Peer) {
        let unanswered = matches!(audit.status, None | Some(481));
        if unanswered && call.ended_by == Some(Side::Peer) && call.ended >= audit.at {
            out.push(event(scene, call, audit));
        }
    }
    // A refresh that changes nothing asks the same question (RFC 4028 §7.4).
    for call in scene.facts.calls.iter().filter(|c| c.ended_by == Some(Side::Peer)) {
        for transaction in of_call(scene, call) {
            let refresh = matches!(transaction.method, Method::Invite | Method::Update)
                && transaction.role == Role::Server
                && transaction.request_to_tag(scene.keys).is_some();
            let Some(request) = transaction.request().map(MessageId).filter(|_| refresh) else { continue };
            let silent = transaction.responses.is_empty() && transaction.requests.len() >= 3;
            let unknown = transaction.status(scene.keys) == Some(481);
            if (silent || unknown) && scene.at(request) < call.ended && !changes(scene, call, request) {
                let messages: Vec<MessageId> =
                    transaction.requests.iter().chain(&transaction.answer).map(|m| MessageId(*m)).collect();
                let one = Found::of(scene, call.run, &messages).in_call(call.id).with("by", Side::Peer.word());
                out.push(match transaction.status(scene.keys) {
                    Some(status) => one.with("status", status),
                    None => one,
                });
            }
        }
    }
    out
}

/// A NOTIFY with Event talk or hold that the client refused.
pub fn remote_control(scene: &Scene<'_>) -> Vec<Found> {
    let list =
        failed(scene, "remote-control").into_iter().filter(|(_, e)| e.by == Side::Peer && e.status.is_some_and(|s| s >= 400));
    list.map(|(c, e)| event(scene, c, e)).collect()
}

/// The last feature event before a call that came in and never rang says do-not-disturb or forwarding.
pub fn feature_state(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in scene.facts.calls.iter().filter(|c| c.direction == CallDirection::Incoming) {
        let silent = call.ringing.is_none() && call.answered.is_none();
        let Some(first) = call.messages.first().copied().filter(|_| silent) else { continue };
        if let Some((id, feature)) = in_force(scene.facts, call.run, first) {
            let name = if matches!(feature, Feature::DoNotDisturb(_)) { "DoNotDisturb" } else { "CallForwarding" };
            out.push(Found::of(scene, call.run, &[id, first]).in_call(call.id).with("feature", name));
        }
    }
    out
}

/// Who is shown (P-Asserted-Identity) is not who stands in From of a call that came in.
pub fn caller_identity(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in scene.facts.calls.iter().filter(|c| c.direction == CallDirection::Incoming) {
        let user = |p: Option<&crate::base::Private>| {
            let text = p.map(crate::base::Private::original).unwrap_or_default();
            crate::sip::Uri::parse(text.trim_matches(['<', '>']))
                .and_then(|u| u.user.map(|u| u.trim_start_matches('+').to_owned()))
        };
        let (shown, from) = (user(call.identity.as_ref()), user(call.from.as_ref()));
        let differ =
            shown.as_ref().zip(from.as_ref()).is_some_and(|(a, b)| a != b && !super::is_masked(a) && !super::is_masked(b));
        if let (true, Some(first)) = (differ, call.messages.first()) {
            let one = Found::of(scene, call.run, &[*first]).in_call(call.id);
            out.push(one.with_private("shown", call.identity.as_ref()).with_private("from", call.from.as_ref()));
        }
    }
    out
}

//! What goes wrong while a call is set up (RFC 3261 §13, RFC 3262). In: [`Scene`]. Out: [`Found`]s by signature.
//! Not faults: what somebody chose (busy, declined, cancelled), a call the log ends in, a first challenge.

use super::{Found, Scene, is_stale};
use crate::findings::{Confidence, Severity};
use crate::session::MessageId;
use crate::session::call::{Call, CallDirection, CallState};
use crate::session::registration::AttemptKind;
use crate::sip::transaction::{Role, Transaction};
use crate::sip::{Direction, Message, Method};

/// INVITE transactions that set a call up, in order.
pub fn invites<'s>(scene: &'s Scene<'_>, call: &Call) -> Vec<&'s Transaction> {
    let mut places: Vec<u32> =
        call.messages.iter().filter_map(|m| scene.transactions.of.get(m.index()).copied().flatten()).collect();
    places.sort_unstable();
    places.dedup();
    let own = places.into_iter().filter_map(|p| scene.transactions.get(p));
    own.filter(|t| t.method == Method::Invite && !t.request_to_tag(scene.keys).is_some()).collect()
}

/// What ended the set-up badly: the last INVITE, its final status and answer.
fn refusal<'s>(scene: &'s Scene<'_>, call: &Call) -> Option<(&'s Transaction, u16, MessageId)> {
    let bad = matches!(
        call.state,
        CallState::Rejected
            | CallState::Failed
            | CallState::NoAnswer
            | CallState::Busy
            | CallState::Declined
            | CallState::Redirected
    );
    let last = invites(scene, call).into_iter().rfind(|t| t.answer.is_some()).filter(|_| bad)?;
    let status = last.status(scene.keys).filter(|s| *s >= 300)?;
    Some((last, status, MessageId(last.answer?)))
}

/// The client's own answer to a call that came in is its choice, not a refusal by the network.
fn by_network(call: &Call) -> bool {
    call.direction != CallDirection::Incoming
}

fn described(scene: &Scene<'_>, call: &Call, status: u16, answer: MessageId, invite: &Transaction) -> Found {
    let messages: Vec<MessageId> = invite.request().map(MessageId).into_iter().chain([answer]).collect();
    let reason = scene.message(answer).map(|m| m.seen.message.reason().to_owned()).unwrap_or_default();
    let mut one = Found::of(scene, call.run, &messages)
        .in_call(call.id)
        .with("status", status)
        .with_log("reason", reason)
        .with_private("to", call.to.as_ref())
        .with_log("why", call.reason.clone().unwrap_or_default());
    if let Some((from, _)) = &call.final_from {
        one = one.with("answered_by", from);
    }
    one
}

fn refused(scene: &Scene<'_>, takes: impl Fn(&Call, u16) -> bool) -> Vec<Found> {
    let calls = scene.facts.calls.iter();
    calls
        .filter_map(|call| {
            let (invite, status, answer) = refusal(scene, call)?;
            takes(call, status).then(|| described(scene, call, status, answer, invite))
        })
        .collect()
}

/// 488 or 606, from either side: the offer was not acceptable.
pub fn media_not_acceptable(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = refused(scene, |_, status| matches!(status, 488 | 606));
    for one in &mut out {
        let call = scene.facts.calls.iter().find(|c| Some(c.id) == one.call);
        let offered: Vec<String> = call.into_iter().flat_map(|c| &c.media).flat_map(|m| m.offered.clone()).collect();
        one.captures.push(("offered".into(), crate::base::Segment::Word(offered.join(", "))));
        let by = if call.is_some_and(|c| c.direction == CallDirection::Incoming) { "client" } else { "network" };
        one.captures.push(("refused_by".into(), crate::base::Segment::Word(by.into())));
    }
    out
}

/// 403.
pub fn forbidden(scene: &Scene<'_>) -> Vec<Found> {
    refused(scene, |call, status| by_network(call) && status == 403)
}

/// 404, 410, 484, 485, 604: nobody of that name.
pub fn number_unknown(scene: &Scene<'_>) -> Vec<Found> {
    refused(scene, |call, status| by_network(call) && matches!(status, 404 | 410 | 484 | 485 | 604))
}

/// 480, 408, 430: nobody to be reached. Reason decides which of the causes it was.
pub fn peer_unreachable(scene: &Scene<'_>) -> Vec<Found> {
    refused(scene, |call, status| by_network(call) && matches!(status, 480 | 408 | 430))
}

/// 503.
pub fn server_unavailable(scene: &Scene<'_>) -> Vec<Found> {
    refused(scene, |call, status| by_network(call) && status == 503)
}

/// Other 5xx.
pub fn server_error(scene: &Scene<'_>) -> Vec<Found> {
    refused(scene, |call, status| by_network(call) && (500..600).contains(&status) && status != 503)
}

/// What no other check names. An incoming call that the client itself refused without a user's word for it belongs here too.
pub fn other_refusal(scene: &Scene<'_>) -> Vec<Found> {
    let named = [403, 404, 408, 410, 415, 420, 421, 430, 480, 484, 485, 486, 487, 488, 600, 603, 604, 606, 607, 608];
    let mut out = refused(scene, |call, status| match call.direction {
        CallDirection::Incoming => status >= 400 && !named.contains(&status) || matches!(status, 403 | 404),
        _ => (400..500).contains(&status) && !named.contains(&status) && !matches!(status, 401 | 407),
    });
    // A challenge that the client left without an answer, though the log goes on.
    for call in scene.facts.calls.iter().filter(|c| by_network(c)) {
        let Some((invite, status, answer)) = refusal(scene, call).filter(|(_, s, _)| matches!(s, 401 | 407)) else { continue };
        let goes_on = scene.at(answer).zip(scene.end(call.run)).is_some_and(|(a, e)| e.since_us(a) > 5_000_000);
        if goes_on && !has_credentials(scene, invite) {
            out.push(described(scene, call, status, answer, invite).sure(Confidence::Possible));
        }
    }
    out
}

fn has_credentials(scene: &Scene<'_>, transaction: &Transaction) -> bool {
    transaction.request().and_then(|r| scene.keys.get(r)).is_some_and(|k| k.credentials.is_some())
}

/// No final answer at all.
pub fn no_response(scene: &Scene<'_>) -> Vec<Found> {
    let silent = scene.facts.calls.iter().filter(|c| c.state == CallState::NoResponse && by_network(c));
    silent
        .map(|call| {
            let tries: Vec<&Transaction> = invites(scene, call);
            let sends: Vec<MessageId> = tries.iter().flat_map(|t| &t.requests).map(|r| MessageId(*r)).collect();
            let heard = scene.client_messages().any(|(_, m)| m.run == call.run && m.seen.direction == Direction::Received);
            let one = Found::of(scene, call.run, &sends).in_call(call.id).with("sends", sends.len());
            let one = one.with_private("to", call.to.as_ref());
            if heard { one } else { one.sure(Confidence::Likely) }
        })
        .filter(|one| !one.evidence.is_empty())
        .collect()
}

/// Credentials refused, and refused again: the call never gets past 401 or 407.
pub fn authentication_loop(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in scene.facts.calls.iter().filter(|c| c.state != CallState::Answered) {
        let all = invites(scene, call);
        let challenged = |t: &&&Transaction| {
            matches!(t.status(scene.keys), Some(401 | 407))
                && t.role == Role::Client
                && has_credentials(scene, t)
                && !t.answer.is_some_and(|a| is_stale(scene, MessageId(a)))
        };
        let again: Vec<&Transaction> = all.iter().filter(challenged).copied().collect();
        let last = all.last().is_some_and(|t| again.iter().any(|a| a.first() == t.first()));
        if again.len() >= 2 || (last && !again.is_empty()) {
            let messages: Vec<MessageId> = again.iter().filter_map(|t| t.answer).map(MessageId).collect();
            out.push(
                Found::of(scene, call.run, &messages)
                    .in_call(call.id)
                    .with("times", again.len())
                    .with_private("to", call.to.as_ref()),
            );
        }
    }
    out
}

/// More than five seconds from the INVITE that was accepted in the end to the first sign of ringing or answer.
pub fn slow_setup(scene: &Scene<'_>) -> Vec<Found> {
    const SLOW_US: i64 = 5_000_000;
    let mut out = Vec::new();
    for call in scene.facts.calls.iter().filter(|c| c.direction == CallDirection::Outgoing) {
        let accepted = |t: &&Transaction| t.status(scene.keys).is_some_and(|s| (200..300).contains(&s));
        let Some(invite) = invites(scene, call).into_iter().find(accepted) else { continue };
        let sign = invite.responses.iter().find(|r| scene.keys.get(**r).and_then(|k| k.status).is_some_and(|s| s >= 180));
        let (Some(request), Some(sign)) = (invite.request(), sign) else { continue };
        let (request, sign) = (MessageId(request), MessageId(*sign));
        let waited = scene.at(sign).zip(scene.at(request)).map(|(s, r)| s.since_us(r));
        if let Some(waited) = waited.filter(|w| *w > SLOW_US) {
            let one = Found::of(scene, call.run, &[request, sign]).in_call(call.id);
            out.push(one.with("seconds", format!("{:.1}", waited as f64 / 1e6)).with_private("to", call.to.as_ref()));
        }
    }
    out
}

/// A call to an emergency service that did not come about. Not when the user gave it up.
pub fn emergency(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in scene.facts.calls.iter().filter(|c| c.direction == CallDirection::Outgoing) {
        let dialled = invites(scene, call).iter().any(|t| {
            let request = t.request().and_then(|r| scene.message(MessageId(r))).map(|m| &m.seen.message);
            request.is_some_and(|r| is_emergency(r, scene.bundle.emergency))
        });
        let failed = matches!(
            call.state,
            CallState::Rejected
                | CallState::Failed
                | CallState::NoResponse
                | CallState::NoAnswer
                | CallState::Busy
                | CallState::Declined
        );
        if !dialled || !failed {
            continue;
        }
        let status = call.invite_finals.iter().rev().flatten().next().copied();
        let messages: Vec<MessageId> = match refusal(scene, call) {
            Some((invite, _, answer)) => invite.request().map(MessageId).into_iter().chain([answer]).collect(),
            None => invites(scene, call).iter().flat_map(|t| &t.requests).map(|r| MessageId(*r)).collect(),
        };
        let one = Found::of(scene, call.run, &messages).in_call(call.id).with_private("to", call.to.as_ref());
        out.push(one.with("status", status.map_or_else(|| "–".to_owned(), |s| s.to_string())));
    }
    out
}

/// `urn:service:sos` and what is below it (RFC 5031), or one of the numbers of the table.
fn is_emergency(request: &Message, numbers: &[String]) -> bool {
    let target = request.request_uri().unwrap_or_default();
    let to = request.to().map(|t| t.uri.to_owned()).unwrap_or_default();
    [target, to.as_str()].into_iter().any(|uri| {
        let lower = uri.to_ascii_lowercase();
        let sos = lower.strip_prefix("urn:service:sos").is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ';', '>']));
        let user = crate::sip::Uri::parse(uri).and_then(|u| u.user.map(str::to_owned));
        let number = user
            .unwrap_or_else(|| lower.strip_prefix("tel:").unwrap_or_default().split(';').next().unwrap_or_default().to_owned());
        let dialled = number.split(';').next().unwrap_or_default();
        sos || numbers.iter().any(|n| n == dialled)
    })
}

/// 415, 420, 421, 489 for what the client asked: an extension, an event or a body that the other end does not take. INFO and MESSAGE
/// are left aside: their content is optional.
pub fn extension_refused(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for transaction in scene.transactions.list.iter().filter(|t| t.role == Role::Client) {
        let status = transaction.status(scene.keys).filter(|s| matches!(s, 415 | 420 | 421 | 489));
        let wanted = !matches!(transaction.method, Method::Info | Method::Message | Method::Options);
        let (true, Some(status), Some(answer)) = (wanted, status, transaction.answer) else { continue };
        let answer = MessageId(answer);
        let names = ["Unsupported", "Require", "Allow-Events", "Accept"];
        let said: Vec<String> = scene.message(answer).map_or_else(Vec::new, |m| {
            names.iter().filter_map(|n| m.seen.message.header(n).map(|v| format!("{n}: {v}"))).collect()
        });
        let messages: Vec<MessageId> = transaction.request().map(MessageId).into_iter().chain([answer]).collect();
        let mut one = Found::of(scene, crate::session::RunId(transaction.scope), &messages)
            .with("status", status)
            .with("method", transaction.method.as_str())
            .with_log("said", said.join(", "));
        one.call = super::call_of(scene, answer);
        out.push(one);
    }
    out
}

/// RFC 3262: a reliable 18x is repeated until its PRACK comes; a PRACK may be refused; or 100rel itself is.
pub fn reliable_provisional(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in &scene.facts.calls {
        for transaction in invites(scene, call) {
            let reliable: Vec<u32> = transaction
                .responses
                .iter()
                .copied()
                .filter(|r| {
                    let key = scene.keys.get(*r);
                    let message = scene.message(MessageId(*r));
                    key.is_some_and(|k| k.rseq.is_some() && k.status.is_some_and(|s| (101..200).contains(&s)))
                        && message
                            .is_some_and(|m| m.seen.message.list("Require").iter().any(|v| v.eq_ignore_ascii_case("100rel")))
                })
                .collect();
            let repeated: Vec<MessageId> =
                reliable.iter().copied().filter(|r| scene.transactions.repeat(*r) > 0).map(MessageId).collect();
            let pracks: Vec<&Transaction> = scene
                .transactions
                .list
                .iter()
                .filter(|t| t.method == Method::Prack && t.scope == transaction.scope && t.call_id == transaction.call_id)
                .collect();
            let refused: Vec<MessageId> = pracks
                .iter()
                .filter(|t| t.status(scene.keys).is_some_and(|s| s >= 300 && !matches!(s, 401 | 407)))
                .filter_map(|t| t.answer)
                .map(MessageId)
                .collect();
            let messages = if pracks.is_empty() && repeated.len() >= 2 { repeated } else { refused };
            let messages = if messages.is_empty() { reliability_refused(scene, transaction) } else { messages };
            if !messages.is_empty() {
                out.push(Found::of(scene, call.run, &messages).in_call(call.id).with("repeats", messages.len()));
            }
        }
    }
    out
}

/// 420 that names 100rel, or 421 that wants it (RFC 3262 §3, RFC 3261 §21.4.15).
fn reliability_refused(scene: &Scene<'_>, invite: &Transaction) -> Vec<MessageId> {
    let names = |name: &str| {
        let answer = invite.answer.and_then(|a| scene.message(MessageId(a)));
        answer.is_some_and(|m| m.seen.message.list(name).iter().any(|v| v.eq_ignore_ascii_case("100rel")))
    };
    let refused = match invite.status(scene.keys) {
        Some(420) => names("Unsupported"),
        Some(421) => names("Require"),
        _ => false,
    };
    if refused { invite.request().into_iter().chain(invite.answer).map(MessageId).collect() } else { Vec::new() }
}

/// A phone that was woken for a call that was gone by then: it was cancelled at once, or never came to the phone that signed in for it.
pub fn push_call_missed(scene: &Scene<'_>) -> Vec<Found> {
    if !scene.mobile() {
        return Vec::new();
    }
    let mut out = woken_for_nothing(scene);
    for call in scene.facts.calls.iter().filter(|c| c.direction == CallDirection::Incoming) {
        let pushed = invites(scene, call).iter().any(|t| {
            let request = t.request().and_then(|r| scene.message(MessageId(r)));
            request.is_some_and(|m| m.seen.message.all("Call-Info").any(|v| v.contains("push-notification=")))
        });
        let cancelled =
            call.messages.iter().find(|m| scene.keys.get(m.0).is_some_and(|k| k.is_request() && k.method == Method::Cancel));
        let (true, Some(cancel), Some(started)) = (pushed && call.answered.is_none(), cancelled, call.started) else { continue };
        let quick = scene.at(*cancel).is_some_and(|at| at.since_us(started) <= 2_000_000);
        if quick && call.state != CallState::AnsweredElsewhere {
            let first = call.messages.first().copied();
            let messages: Vec<MessageId> = first.into_iter().chain([*cancel]).collect();
            out.push(Found::of(scene, call.run, &messages).in_call(call.id).graded(Severity::Warning));
        }
    }
    out
}

/// A registration from scratch and no call in ten seconds. Opening the app may look the same, so it is possible only.
fn woken_for_nothing(scene: &Scene<'_>) -> Vec<Found> {
    const WAIT_US: i64 = 10_000_000;
    let mut out = Vec::new();
    for registration in &scene.facts.registrations {
        for attempt in registration.attempts.iter().filter(|a| a.kind == AttemptKind::Register) {
            let Some(answer) = attempt.answer.filter(|_| attempt.status.is_some_and(|s| (200..300).contains(&s))) else {
                continue;
            };
            let Some(from) = scene.at(answer) else { continue };
            let goes_on = scene.end(registration.run).is_some_and(|end| end.since_us(from) > WAIT_US);
            let call = scene.client_messages().any(|(_, m)| {
                let near = m.seen.at.is_some_and(|at| attempt.at.is_some_and(|a| at >= a) && at.since_us(from) <= WAIT_US);
                m.run == registration.run && m.seen.message.method() == Some(Method::Invite) && near
            });
            if goes_on && !call {
                out.push(Found::of(scene, registration.run, &[attempt.request, answer]).sure(Confidence::Possible));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::tables::Tables;

    #[test]
    fn emergency_numbers_are_read_and_nothing_near_them_counts() {
        let request = |uri: &str| {
            let text = format!("INVITE {uri} SIP/2.0\r\nTo: <{uri}>\r\nCSeq: 1 INVITE\r\n\r\n");
            is_emergency(&Message::parse(text).unwrap(), &Tables::embedded().emergency)
        };
        for uri in ["sip:112@example.net", "sip:911@example.net;user=phone", "tel:999", "tel:000", "urn:service:sos.fire"] {
            assert!(request(uri), "{uri}");
        }
        for uri in ["sip:1112@example.net", "sip:9110@example.net", "tel:+420112", "urn:service:sosx"] {
            assert!(!request(uri), "{uri}");
        }
    }
}

//! What goes wrong with registrations (RFC 3261 §10, RFC 5626). In: [`Scene`]. Out: [`Found`]s by signature.
//! Not faults: the first challenge, stale=true, an unregister that nobody answers, phones that register for each call.

use super::{Found, Scene, is_masked, is_stale};
use crate::base::{LogTime, Segment, Text};
use crate::findings::Confidence;
use crate::findings::Severity;
use crate::session::registration::{Attempt, AttemptKind, ExpiresBasis, Registration};
use crate::session::{MessageId, RunId};
use crate::sip::Method;
use crate::sip::transaction::T64_US;

/// A challenge is answered at once; a refusal of credentials is final when no 2xx follows within this time.
const FOLLOW_US: i64 = 32_000_000;
const MINUTE_US: i64 = 60_000_000;

fn answered_at(scene: &Scene<'_>, attempt: &Attempt) -> Option<LogTime> {
    attempt.answer.and_then(|a| scene.at(a))
}

fn is_success(attempt: &Attempt) -> bool {
    attempt.status.is_some_and(|s| (200..300).contains(&s))
}

fn proof(attempt: &Attempt) -> [MessageId; 2] {
    [attempt.request, attempt.answer.unwrap_or(attempt.request)]
}

fn found(scene: &Scene<'_>, registration: &Registration, attempt: &Attempt) -> Found {
    let mut one = Found::of(scene, registration.run, &proof(attempt))
        .with_private("aor", Some(&registration.aor))
        .with_private("registrar", Some(&registration.registrar))
        .with_private("peer", attempt.remote.as_ref());
    one.first = attempt.at.or(one.first);
    if let Some(status) = attempt.status {
        one = one.with("status", status).with_log("reason", attempt.reason.clone().unwrap_or_default());
    }
    one
}

/// Attempts of every registration that a rule takes, each with the attempts after it.
fn attempts(scene: &Scene<'_>, takes: impl Fn(&Registration, &Attempt, &[Attempt]) -> bool) -> Vec<Found> {
    let mut out = Vec::new();
    for registration in &scene.facts.registrations {
        for (place, attempt) in registration.attempts.iter().enumerate() {
            let later = registration.attempts.get(place + 1..).unwrap_or_default();
            if takes(registration, attempt, later) {
                out.push(found(scene, registration, attempt));
            }
        }
    }
    out
}

/// 401 or 407 for a REGISTER that carried credentials (RFC 3261 §22), unless only the nonce was stale or a 2xx follows in time.
pub fn unauthorised(scene: &Scene<'_>) -> Vec<Found> {
    attempts(scene, |registration, attempt, later| {
        let refused = attempt.authorised && matches!(attempt.status, Some(401 | 407));
        let at = answered_at(scene, attempt);
        let in_time = |a: &Attempt| a.at.zip(at).is_none_or(|(a, b)| a.since_us(b) <= FOLLOW_US);
        let follows = later.iter().take_while(|a| in_time(a)).any(is_success);
        // An old nonce is refused too; where the log ends at once after it, what came next is not known.
        let before = registration.attempts.iter().any(|a| is_success(a) && a.at < attempt.at);
        let cut =
            before && later.is_empty() && at.zip(scene.end(registration.run)).is_some_and(|(a, e)| e.since_us(a) < 2_000_000);
        refused && !follows && !cut && !attempt.answer.is_some_and(|a| is_stale(scene, a))
    })
}

/// 403.
pub fn forbidden(scene: &Scene<'_>) -> Vec<Found> {
    attempts(scene, |_, a, _| a.status == Some(403))
}

/// 404.
pub fn user_unknown(scene: &Scene<'_>) -> Vec<Found> {
    attempts(scene, |_, a, _| a.status == Some(404))
}

/// 503; Retry-After is shown.
pub fn server_unavailable(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = attempts(scene, |_, a, _| a.status == Some(503));
    with_retry_after(scene, &mut out);
    out
}

fn with_retry_after(scene: &Scene<'_>, list: &mut [Found]) {
    for one in list {
        let answer = one.evidence.last().and_then(|e| e.message).and_then(|id| scene.message(id));
        if let Some(seconds) = answer.and_then(|m| m.seen.message.header("Retry-After")) {
            one.captures.push(("retry_after".into(), Segment::Log(seconds.to_owned())));
        }
    }
}

/// Other 5xx, and 6xx.
pub fn server_error(scene: &Scene<'_>) -> Vec<Found> {
    attempts(scene, |_, a, _| a.status.is_some_and(|s| s >= 500 && s != 503))
}

/// 3xx and 4xx that no other check names; 420, 421 and 415 say what is not supported.
pub fn refused(scene: &Scene<'_>) -> Vec<Found> {
    attempts(scene, |_, a, _| {
        a.status.is_some_and(|s| (300..500).contains(&s) && !matches!(s, 401 | 403 | 404 | 407 | 415 | 420 | 421 | 423))
    })
}

/// No final answer in the time that RFC 3261 gives (64·T1), or the client gave up. Not: an unregister at the end, or a log that ends.
pub fn no_answer(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = attempts(scene, |registration, attempt, later| {
        let waited = |at: LogTime| scene.end(registration.run).is_some_and(|end| end.since_us(at) >= T64_US);
        let given_up = attempt.sends > 1 && !later.is_empty();
        let over = attempt.at.is_some_and(waited) || given_up || attempt.sends >= 7;
        attempt.status.is_none() && attempt.kind != AttemptKind::Unregister && over && request_logged(scene, attempt)
    });
    for one in &mut out {
        let sends = scene.facts.registrations.iter().flat_map(|r| &r.attempts);
        let request = one.evidence.first().and_then(|e| e.message);
        let sends = sends.filter(|a| Some(a.request) == request).map(|a| a.sends).max().unwrap_or(1);
        let heard = received(scene, one.run);
        *one = one.clone().with("sends", sends).with("heard", heard);
        // A log that holds nothing received at all may only lack that half.
        if heard == 0 {
            one.confidence = Some(Confidence::Likely);
        }
    }
    out
}

fn request_logged(scene: &Scene<'_>, attempt: &Attempt) -> bool {
    scene.message(attempt.request).is_some_and(|m| m.seen.message.is_request())
}

fn received(scene: &Scene<'_>, run: RunId) -> usize {
    scene.client_messages().filter(|(_, m)| m.run == run && m.seen.direction == crate::sip::Direction::Received).count()
}

/// 423; a warning when it comes again after an answer with Min-Expires.
pub fn interval_too_brief(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for registration in &scene.facts.registrations {
        let brief: Vec<&Attempt> = registration.attempts.iter().filter(|a| a.status == Some(423)).collect();
        for attempt in &brief {
            let mut one = found(scene, registration, attempt);
            if let Some(seconds) = attempt.min_expires_s {
                one = one.with("min_expires", seconds);
            }
            if brief.len() > 2 && !registration.attempts.iter().any(is_success) {
                one = one.graded(Severity::Warning);
            }
            out.push(one);
        }
    }
    out
}

/// No 2xx before the granted time ran out, though the client was awake. Not for phones, which let bindings go.
pub fn expired(scene: &Scene<'_>) -> Vec<Found> {
    if scene.mobile() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for registration in &scene.facts.registrations {
        let Some(end) = scene.end(registration.run) else { continue };
        for (place, attempt) in registration.attempts.iter().enumerate() {
            let granted = is_success(attempt) && attempt.kind != AttemptKind::Unregister;
            let life = attempt.expires_s.and_then(|s| i64::try_from(s).ok()).map(|s| s.saturating_mul(1_000_000));
            let (true, Some(life), Some(from)) = (granted, life.filter(|l| *l > 0), answered_at(scene, attempt)) else {
                continue;
            };
            let over = from.plus_us(life);
            let later = registration.attempts.get(place + 1..).unwrap_or_default();
            let renewed = later.iter().find(|a| is_success(a)).and_then(|a| answered_at(scene, a));
            // Signing out is no expiry, answered or not.
            let left = later.iter().any(|a| a.kind == AttemptKind::Unregister && a.at.is_some_and(|at| at <= over));
            let asleep = !scene.awake(over.plus_us(-life.min(MINUTE_US)), over);
            if left || asleep || end <= over.plus_us(1_000_000) || renewed.is_some_and(|at| at <= over) {
                continue;
            }
            let refreshes = later.iter().filter(|a| a.at.is_some_and(|at| at <= over)).map(|a| a.request);
            let messages: Vec<MessageId> = attempt.answer.into_iter().chain(refreshes).collect();
            let mut one = Found::of(scene, registration.run, &messages)
                .with_private("aor", Some(&registration.aor))
                .with("expires", attempt.expires_s.unwrap_or_default())
                .with("options", pings_after(scene, registration.run, over));
            (one.first, one.last) = (Some(over), Some(over));
            if attempt.expires_basis != Some(ExpiresBasis::Granted) {
                one = one.sure(Confidence::Likely);
            }
            out.push(one);
        }
    }
    out
}

/// Pings of the client that were answered after a moment.
fn pings_after(scene: &Scene<'_>, run: RunId, at: LogTime) -> usize {
    use crate::session::Side;
    use crate::session::keepalive::KeepAliveKind;
    let own =
        scene.facts.keepalives.iter().filter(|k| k.run == run && k.kind != KeepAliveKind::Register && k.from == Side::Client);
    own.flat_map(|k| &k.pings).filter(|p| p.answered && p.at.is_some_and(|t| t > at)).count()
}

/// A NOTIFY of the registration package says so, or (possible) a 2xx lists only contacts of somebody else. Through an SBC a client
/// sees its own contact only: then nothing is said.
pub fn taken_over(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for (id, logged) in scene.client_messages() {
        let message = &logged.seen.message;
        let reg = message.is_request()
            && message.method() == Some(Method::Notify)
            && message.header("Event").is_some_and(|e| e.split(';').next().is_some_and(|e| e.trim().eq_ignore_ascii_case("reg")));
        if reg && ends_own_contact(scene, logged.run, message.body_text()) {
            out.push(Found::of(scene, logged.run, &[id]));
        }
    }
    for registration in &scene.facts.registrations {
        let last = registration.attempts.iter().rfind(|a| is_success(a));
        let Some(attempt) = last.filter(|a| a.kind != AttemptKind::Unregister) else { continue };
        let foreign = !registration.bindings.is_empty()
            && registration.bindings.iter().all(|b| !b.ours && !is_masked(b.contact.original()));
        let users = own_users(scene, attempt);
        let of_ours = |uri: &str| users.iter().any(|u| !u.is_empty() && uri.contains(&format!(":{u}@")));
        if foreign && !users.is_empty() && !registration.bindings.iter().any(|b| of_ours(b.contact.original())) {
            out.push(found(scene, registration, attempt).sure(Confidence::Possible));
        }
    }
    out
}

/// Does registration information (RFC 3680 §5) say that a contact of this client was taken away? A contact that cannot be read, or where
/// nothing is known of our own ones, counts; one of another device does not.
fn ends_own_contact(scene: &Scene<'_>, run: RunId, body: &str) -> bool {
    let attempts = scene.facts.registrations.iter().filter(|r| r.run == run).flat_map(|r| &r.attempts);
    let requests = attempts.filter_map(|a| scene.message(a.request)).map(|m| &m.seen.message).filter(|m| m.is_request());
    let own: Vec<String> =
        requests.flat_map(|m| m.contacts().into_iter().map(|c| c.uri.to_owned()).collect::<Vec<_>>()).collect();
    let own: Vec<&String> = own.iter().filter(|uri| !is_masked(uri) && *uri != "*").collect();
    body.split("<contact").skip(1).any(|piece| {
        let ended = ["deactivated", "rejected"].iter().any(|w| piece.contains(&format!("event=\"{w}\"")));
        let uri = piece.split("<uri>").nth(1).and_then(|rest| rest.split("</uri>").next()).map(str::trim).unwrap_or_default();
        ended && (own.is_empty() || is_masked(uri) || own.iter().any(|known| known.as_str() == uri))
    })
}

/// User parts of the contacts that a REGISTER asked for.
fn own_users(scene: &Scene<'_>, attempt: &Attempt) -> Vec<String> {
    let Some(request) = scene.message(attempt.request).map(|m| &m.seen.message).filter(|m| m.is_request()) else {
        return Vec::new();
    };
    let users =
        request.contacts().iter().filter_map(|c| c.parsed_uri().and_then(|u| u.user.map(str::to_owned))).collect::<Vec<_>>();
    users.into_iter().filter(|u| !is_masked(u)).collect()
}

/// Four registrations from scratch within an hour. Never for phones; where the platform is not known, those after a sign-out
/// do not count, since that is how phones do it.
pub fn flapping(scene: &Scene<'_>) -> Vec<Found> {
    if scene.mobile() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for registration in &scene.facts.registrations {
        let mut starts: Vec<&Attempt> = Vec::new();
        let mut before: Option<&Attempt> = None;
        let mut silence = false;
        for attempt in &registration.attempts {
            if !is_success(attempt) {
                silence |= attempt.status.is_none() && attempt.kind != AttemptKind::Unregister;
                continue;
            }
            // A client renews with the Call-ID it began with (RFC 3261 §10.2): another one is another beginning.
            let renewed = before.is_some_and(|b| b.call_id == attempt.call_id) && !silence;
            let fresh = match attempt.kind {
                AttemptKind::Register => true,
                AttemptKind::Refresh => !renewed,
                AttemptKind::Unregister => false,
            };
            let after_sign_out = before.is_some_and(|b| b.kind == AttemptKind::Unregister);
            if fresh && (scene.desktop() || !after_sign_out) {
                starts.push(attempt);
            }
            before = Some(attempt);
            silence = false;
        }
        let within = |w: &&[&Attempt]| match w {
            [first, .., last] => first.at.zip(last.at).is_some_and(|(a, b)| b.since_us(a) <= 60 * MINUTE_US),
            _ => false,
        };
        if starts.windows(4).any(|w| within(&w)) {
            let messages: Vec<MessageId> = starts.iter().map(|a| a.request).collect();
            let one = Found::of(scene, registration.run, &messages).with_private("aor", Some(&registration.aor));
            out.push(one.with("starts", starts.len()));
        }
    }
    out
}

/// Desktop, SIP was read in the run, and no REGISTER is in it.
pub fn not_seen(scene: &Scene<'_>) -> Vec<Found> {
    if !scene.desktop() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for run in scene.runs() {
        let own = || scene.client_messages().filter(|(_, m)| m.run == run);
        let registers = own().any(|(_, m)| m.seen.message.method() == Some(Method::Register));
        let read = own().count();
        if read > 0 && !registers {
            let first = own().next().and_then(|(_, m)| m.seen.at);
            out.push(
                Found::at(
                    run,
                    first,
                    vec![scene.looked_through(Text::phrase("looked.no_register", &[("n", Segment::number(read))]))],
                )
                .with("read", read),
            );
        }
    }
    out
}

/// The registrar turns to 503, 403 or silence after three attempts within a minute, or the client came back before Retry-After.
pub fn throttled(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for registration in &scene.facts.registrations {
        for (place, attempt) in registration.attempts.iter().enumerate() {
            let before = registration.attempts.get(..place).unwrap_or_default();
            let later = registration.attempts.get(place + 1..).unwrap_or_default();
            let turned_away = |a: &Attempt| matches!(a.status, Some(403 | 503)) || (a.status.is_none() && a.sends > 2);
            let window =
                before.iter().rev().take_while(|b| b.at.zip(attempt.at).is_some_and(|(b, a)| a.since_us(b) <= MINUTE_US));
            let (mut count, mut first) = (0, true);
            for one in window {
                count += 1;
                first &= !turned_away(one);
            }
            let hasty = attempt.retry_after_s.filter(|s| *s > 1).and_then(|s| i64::try_from(s).ok()).is_some_and(|s| {
                let next = later.first().filter(|n| n.remote == attempt.remote).and_then(|n| n.at);
                let gap = next.zip(answered_at(scene, attempt)).map(|(n, a)| n.since_us(a));
                gap.is_some_and(|g| g < (s - 1).saturating_mul(1_000_000))
            });
            if hasty || (turned_away(attempt) && first && count >= 3) {
                out.push(found(scene, registration, attempt).with("attempts", count + 1));
            }
        }
    }
    with_retry_after(scene, &mut out);
    out
}

/// Another next hop after silence or 503, and back.
pub fn failed_over(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for registration in &scene.facts.registrations {
        for pair in registration.attempts.windows(2) {
            let [before, after] = pair else { continue };
            let (Some(from), Some(to)) = (&before.remote, &after.remote) else { continue };
            if from == to || !matches!(before.status, None | Some(503)) {
                continue;
            }
            let gap = after.at.zip(before.at).map_or(0, |(a, b)| a.since_us(b)) / 1_000_000;
            let one = Found::of(scene, registration.run, &[before.request, after.request]);
            out.push(one.with_private("from", Some(from)).with_private("to", Some(to)).with("gap", gap));
        }
    }
    out
}

/// Two contacts of one instance in a 2xx, or our user at a former place of this client.
pub fn duplicate_bindings(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for registration in &scene.facts.registrations {
        let Some(attempt) = registration.attempts.iter().rfind(|a| is_success(a) && a.kind != AttemptKind::Unregister) else {
            continue;
        };
        let Some(answer) = attempt.answer.and_then(|a| scene.message(a)).map(|m| &m.seen.message) else { continue };
        let contacts = answer.contacts();
        let mut instances: Vec<&str> = contacts.iter().filter_map(|c| c.param("+sip.instance")).collect();
        instances.sort_unstable();
        let twice = instances.windows(2).any(|w| matches!(w, [a, b] if a == b && !is_masked(a)));
        let former: Vec<String> = registration
            .attempts
            .iter()
            .filter_map(|a| scene.message(a.request))
            .flat_map(|m| m.seen.message.contacts().into_iter().map(|c| c.uri.to_owned()).collect::<Vec<_>>())
            .filter(|uri| !is_masked(uri) && uri != "*")
            .collect();
        let left = registration.bindings.iter().any(|b| !b.ours && former.iter().any(|f| f == b.contact.original()));
        if contacts.len() > 1 && (twice || left) {
            out.push(found(scene, registration, attempt).with("contacts", contacts.len()));
        }
    }
    out
}

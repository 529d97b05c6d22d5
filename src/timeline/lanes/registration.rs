//! Registration lanes: what was granted as a bar that ends when the binding would, refreshes, refusals.
//! In: registrations. Out: one lane for each address-of-record and registrar.

use super::{Source, counted, plain, private};
use crate::base::time::SECOND_US;
use crate::base::{Private, PrivateKind, Segment, Text, Tone};
use crate::session::Facts;
use crate::session::registration::{Attempt, AttemptKind, Registration, RegistrationState};
use crate::timeline::scene::{Lane, Look, Mark, Shape, Span, Target, Topic, us};

/// One lane for each registration, or one that says there is none.
pub fn lanes(source: &Source<'_>) -> Vec<Lane> {
    let all = (0_u32..).zip(&source.facts.registrations);
    let lanes: Vec<Lane> = all.filter(|(_, r)| source.shows(r.run)).map(|(id, r)| lane(id, r, source)).collect();
    if lanes.is_empty() {
        let mut none = Lane::new(Topic::Registration, Text::key("timeline.registration"));
        none.tone = Some(Tone::Muted);
        none.sentence = Some(Text::key("timeline.no_register"));
        return vec![none];
    }
    lanes
}

/// How a registration stands.
pub fn tone(state: RegistrationState) -> Tone {
    match state {
        RegistrationState::Registered => Tone::Ok,
        RegistrationState::Unregistered => Tone::Info,
        RegistrationState::Failed | RegistrationState::NoAnswer => Tone::Fail,
        RegistrationState::Expired => Tone::Warn,
        RegistrationState::Unknown => Tone::Muted,
    }
}

/// A challenge to a request without credentials is how digest works (RFC 3261 §22), no failure.
pub fn is_challenge(attempt: &Attempt) -> bool {
    matches!(attempt.status, Some(401 | 407)) && !attempt.authorised
}

fn lane(id: u32, registration: &Registration, source: &Source<'_>) -> Lane {
    let (end_us, facts) = (source.end_us(), source.facts);
    let mut lane = Lane::new(Topic::Registration, Text::key("timeline.registration"));
    lane.figure = private(registration.next_hops.last().unwrap_or(&registration.registrar));
    lane.tone = Some(tone(registration.state));
    lane.target = Some(Target::Registration(id));
    // The binding that stands: since when, and until when it was granted.
    let mut standing: Option<(i64, i64, Target, u64)> = None;
    lane.marks.extend(seen_as(registration, facts));
    for attempt in &registration.attempts {
        let target = Target::Message(attempt.request);
        let Some(at_us) = us(attempt.at) else { continue };
        let done_us = at_us.saturating_add(attempt.duration_us.unwrap_or(0));
        match attempt.status {
            Some(200..=299) => {
                let renewed = close(&mut lane, &mut standing, done_us);
                if attempt.kind == AttemptKind::Unregister {
                    let label = Text::key("timeline.unregistered");
                    lane.marks.push(Mark { at_us: done_us, shape: Shape::End, tone: Tone::Info, label, target });
                } else {
                    let granted_s = attempt.expires_s.unwrap_or(0);
                    let until = done_us
                        .saturating_add(i64::try_from(granted_s).unwrap_or(i64::MAX / SECOND_US).saturating_mul(SECOND_US));
                    standing = Some((done_us, until, target, granted_s));
                    if renewed {
                        lane.marks.push(Mark {
                            at_us: done_us,
                            shape: Shape::Refresh,
                            tone: Tone::Ok,
                            label: Text::default(),
                            target,
                        });
                    }
                }
            }
            Some(300..) if !is_challenge(attempt) => lane.marks.push(refused(attempt, done_us, target)),
            Some(_) => {}
            None => {
                let label = Text::key("timeline.no_answer");
                lane.marks.push(Mark { at_us, shape: Shape::State, tone: Tone::Fail, label, target });
            }
        }
    }
    if let Some((from_us, until_us, target, granted_s)) = standing {
        lane.spans.push(Span { open: until_us > end_us, ..granted(from_us, end_us, until_us, granted_s, target) });
        if until_us < end_us {
            lane.spans.push(expired(until_us, end_us, target));
        }
    }
    if lane.spans.is_empty() && lane.marks.is_empty() {
        lane.sentence = Some(Text::key("timeline.no_times"));
    }
    lane
}

/// Ends the standing binding at `now_us`; true when it still stood, so that what comes is a refresh.
fn close(lane: &mut Lane, standing: &mut Option<(i64, i64, Target, u64)>, now_us: i64) -> bool {
    let Some((from_us, until_us, target, granted_s)) = standing.take() else { return false };
    lane.spans.push(granted(from_us, now_us, until_us, granted_s, target));
    if until_us < now_us {
        lane.spans.push(expired(until_us, now_us, target));
    }
    until_us >= now_us
}

/// A binding until it is renewed, runs out or the log ends; its bar drains to where it would run out.
fn granted(from_us: i64, end_us: i64, until_us: i64, granted_s: u64, target: Target) -> Span {
    let span = Span::new(from_us, until_us.min(end_us), Look::Registered, Text::key("timeline.registered"), target);
    Span { more: counted("timeline.expires", "s", granted_s), drains_us: Some(until_us.max(from_us)), ..span }
}

fn expired(from_us: i64, to_us: i64, target: Target) -> Span {
    Span::new(from_us, to_us, Look::Expired, Text::key("timeline.expired"), target)
}

/// Where the answers tell that the client is seen under another address or port than before (RFC 3581 §4: `received`, `rport`).
fn seen_as(registration: &Registration, facts: &Facts) -> Vec<Mark> {
    let mut before: Option<String> = None;
    let mut out = Vec::new();
    for attempt in &registration.attempts {
        let answer = attempt.answer.and_then(|id| Some((id, facts.message(id)?)));
        let Some((id, answer)) = answer else { continue };
        let Some(via) = answer.seen.message.top_via() else { continue };
        let rport = via.rport().flatten();
        if via.received().is_none() && rport.is_none() {
            continue;
        }
        let host = via.received().unwrap_or(via.host);
        let now = rport.or(via.port).map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        if before.as_ref().is_some_and(|before| *before != now)
            && let Some(at_us) = us(answer.seen.at)
        {
            let address = Segment::Private(Private::new(PrivateKind::Address, now.clone()));
            let label = Text::phrase("timeline.seen_as", &[("address", address)]);
            out.push(Mark { at_us, shape: Shape::Change, tone: Tone::Warn, label, target: Target::Message(id) });
        }
        before = Some(now);
    }
    out
}

fn refused(attempt: &Attempt, at_us: i64, target: Target) -> Mark {
    let status = attempt.status.map(|s| s.to_string()).unwrap_or_default();
    Mark { at_us, shape: Shape::State, tone: Tone::Fail, label: plain(status), target }
}

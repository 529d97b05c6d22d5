//! Registration lanes: what was granted as a bar that ends when the binding would, refreshes, refusals.
//! In: registrations. Out: one lane for each address-of-record and registrar.

use super::{Source, counted, plain, private};
use crate::base::time::SECOND_US;
use crate::base::{Text, Tone};
use crate::session::registration::{Attempt, AttemptKind, Registration, RegistrationState};
use crate::timeline::scene::{Lane, Look, Mark, Shape, Span, Target, Topic, us};

/// One lane for each registration, or one that says there is none.
pub fn lanes(source: &Source<'_>) -> Vec<Lane> {
    let all = (0_u32..).zip(&source.facts.registrations);
    let lanes: Vec<Lane> = all.filter(|(_, r)| source.shows(r.run)).map(|(id, r)| lane(id, r, source.end_us())).collect();
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

fn lane(id: u32, registration: &Registration, end_us: i64) -> Lane {
    let mut lane = Lane::new(Topic::Registration, Text::key("timeline.registration"));
    lane.figure = private(registration.next_hops.last().unwrap_or(&registration.registrar));
    lane.tone = Some(tone(registration.state));
    lane.target = Some(Target::Registration(id));
    // The binding that stands: since when, and until when it was granted.
    let mut standing: Option<(i64, i64, Target, u64)> = None;
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
        lane.spans.push(granted(from_us, until_us.min(end_us).max(from_us), until_us > end_us, granted_s, target));
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
    lane.spans.push(granted(from_us, until_us.min(now_us).max(from_us), false, granted_s, target));
    if until_us < now_us {
        lane.spans.push(expired(until_us, now_us, target));
    }
    until_us >= now_us
}

fn granted(from_us: i64, to_us: i64, open: bool, granted_s: u64, target: Target) -> Span {
    let more = counted("timeline.expires", "s", granted_s);
    Span { from_us, to_us, open, look: Look::Registered, label: Text::key("timeline.registered"), more, target }
}

fn expired(from_us: i64, to_us: i64, target: Target) -> Span {
    let label = Text::key("timeline.expired");
    Span { from_us, to_us, open: false, look: Look::Expired, label, more: Text::default(), target }
}

fn refused(attempt: &Attempt, at_us: i64, target: Target) -> Mark {
    let status = attempt.status.map(|s| s.to_string()).unwrap_or_default();
    Mark { at_us, shape: Shape::State, tone: Tone::Fail, label: plain(status), target }
}

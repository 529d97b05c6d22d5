//! Judges the stages of a run and sums them up in a verdict (words of `report-v1`). In: milestone hits, registrations,
//! keep-alives, calls of one run. Out: twelve [`Stage`]s, one [`Verdict`]. Absence alone never accuses.

use super::call::{Call, CallState};
use super::keepalive::{KeepAliveKind, KeepAliveState};
use super::milestone::Says;
use super::registration::{Attempt, AttemptKind, Registration, RegistrationState};
use super::startup::{Stage, StageId, StageState, Verdict, VerdictState};
use super::{Evidence, Facts, MessageId, RunId};
use crate::base::{LogTime, Private, Segment, SourceRef, Text};

/// A milestone line of the run, its time already in UTC.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The stage it tells of.
    pub stage: StageId,
    /// What it tells.
    pub says: Says,
    /// Its line is not published: never makes a verdict.
    pub assumed: bool,
    /// Later stages whose failure before it is what it sums up.
    pub explained_by: Vec<StageId>,
    /// When.
    pub at: Option<LogTime>,
    /// Where.
    pub source: SourceRef,
    /// The line.
    pub line: String,
    /// Captured values.
    pub captures: Vec<(String, String)>,
}

/// A stage's outcome before the later stages are known.
struct Outcome {
    state: StageState,
    at: Option<LogTime>,
    text: Text,
    evidence: Vec<Evidence>,
    /// The last time the stage failed, for "failed and later passed".
    failed_at: Option<LogTime>,
}

/// Judges one run.
pub fn judge(facts: &Facts, run: RunId, marks: &[Mark]) -> (Vec<Stage>, Verdict) {
    let (effects, marks): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(|m| cause(facts, run, marks, m).is_some());
    let mut outcomes: Vec<Option<Outcome>> = StageId::ALL
        .into_iter()
        .map(|id| {
            let own = match id {
                StageId::Register => register(facts, run),
                StageId::KeepAlive => keepalive(facts, run),
                StageId::Call => call(facts, run),
                _ => None,
            };
            own.or_else(|| milestones(id, &marks, &effects))
        })
        .collect();
    recovered(&mut outcomes);
    let stages = with_implied(outcomes);
    let verdict = verdict(facts, run, &stages);
    (stages, verdict)
}

/// The stage whose failure a line sums up: 1507 is "the configuration was not got", also where it was got and could not be read. Marks stand
/// in time order. A registration that passed in between was a sign-in of its own, and what fails after it fails by itself.
fn cause(facts: &Facts, run: RunId, marks: &[Mark], mark: &Mark) -> Option<StageId> {
    if mark.explained_by.is_empty() {
        return None;
    }
    let registered = facts.registrations.iter().filter(|r| r.run == run).flat_map(|r| &r.attempts).filter(|a| granted(a));
    // The last registration before the mark; without a time of the mark nothing is known to lie in between.
    let last = mark.at.and_then(|at| registered.filter_map(|a| a.at).filter(|granted_at| *granted_at < at).max());
    let passed = |since: Option<LogTime>| since.is_some() && last > since;
    let before = marks.iter().take_while(|m| m.source != mark.source);
    let mut failed = before.filter(|m| m.says == Says::Failed && !m.assumed && mark.explained_by.contains(&m.stage));
    failed.find(|m| !passed(m.at)).map(|m| m.stage)
}

/// The stages that only log lines tell of: the last result decides, an earlier failure makes it a warning. `effects` sum up a failure.
fn milestones(id: StageId, marks: &[&Mark], effects: &[&Mark]) -> Option<Outcome> {
    let own: Vec<&Mark> = marks.iter().copied().filter(|m| m.stage == id && !m.assumed).collect();
    let assumed: Vec<&Mark> = marks.iter().copied().filter(|m| m.stage == id && m.assumed && m.says == Says::Reached).collect();
    let effects = effects.iter().filter(|m| m.explained_by.contains(&id));
    let results: Vec<&&Mark> = own.iter().filter(|m| m.says != Says::Asked).collect();
    let failed = results.iter().rfind(|m| m.says == Says::Failed);
    let proof =
        |m: &Mark| Evidence { source: Some(m.source), at: m.at, text: Text(vec![Segment::Log(m.line.clone())]), message: None };
    match (results.last(), failed) {
        (Some(last), Some(failed)) => {
            // One record may say both (the call worked, its content did not): then it failed.
            let state =
                if last.says == Says::Failed || last.source == failed.source { StageState::Failed } else { StageState::Warning };
            let all = own.iter().filter(|m| m.says == Says::Failed).chain(effects.clone());
            Some(Outcome {
                state,
                at: failed.at,
                text: failure(failed),
                evidence: all.take(20).map(|m| proof(m)).collect(),
                failed_at: failed.at.max(effects.filter_map(|m| m.at).max()),
            })
        }
        (Some(last), None) => Some(Outcome {
            state: StageState::Ok,
            at: last.at,
            text: Text::default(),
            evidence: vec![proof(last)],
            failed_at: None,
        }),
        (None, _) => {
            if let Some(mark) = assumed.last() {
                return Some(Outcome {
                    state: StageState::Ok,
                    at: mark.at,
                    text: Text::default(),
                    evidence: vec![proof(mark)],
                    failed_at: None,
                });
            }
            let asked = own.last()?;
            let text = Text::key("stage-text.asked");
            Some(Outcome { state: StageState::NotSeen, at: asked.at, text, evidence: vec![proof(asked)], failed_at: None })
        }
    }
}

/// What a failing line captured, in words.
fn failure(mark: &Mark) -> Text {
    let value = |name: &str| mark.captures.iter().find(|(key, _)| key == name).map(|(_, value)| Segment::Log(value.clone()));
    if let Some(status) = value("status") {
        Text::phrase("stage-text.token-status", &[("status", status)])
    } else if let Some(profile) = value("profile") {
        Text::phrase("stage-text.device-profile", &[("profile", profile)])
    } else if let Some(code) = value("code") {
        Text::phrase("stage-text.error-code", &[("code", code)])
    } else {
        Text::default()
    }
}

fn status_text(status: u16, reason: Option<&str>) -> Text {
    let reason = Segment::Log(reason.unwrap_or_default().to_owned());
    Text::phrase("stage-text.status", &[("status", Segment::number(status)), ("reason", reason)])
}

/// Is this attempt a failure of its own? A first challenge and "interval too brief" are steps on the way.
fn refused(attempt: &Attempt) -> bool {
    match attempt.status {
        Some(401 | 407) => attempt.authorised,
        Some(423) => false,
        Some(status) => status >= 300,
        None => false,
    }
}

fn granted(attempt: &Attempt) -> bool {
    attempt.status.is_some_and(|s| (200..300).contains(&s)) && attempt.kind != AttemptKind::Unregister
}

fn register(facts: &Facts, run: RunId) -> Option<Outcome> {
    let own: Vec<&Registration> = facts.registrations.iter().filter(|r| r.run == run).collect();
    if own.is_empty() {
        return None;
    }
    let bad = |r: &&&Registration| {
        matches!(r.state, RegistrationState::Failed | RegistrationState::NoAnswer | RegistrationState::Expired)
    };
    if let Some(failed) = own.iter().find(bad) {
        let last = failed.attempts.iter().rfind(|a| a.kind != AttemptKind::Unregister).or(failed.attempts.last());
        let text = match (failed.state, last.and_then(|a| a.status.map(|s| (s, a.reason.as_deref())))) {
            (RegistrationState::Expired, _) => Text::key("stage-text.expired"),
            (RegistrationState::Failed, Some((status, reason))) => status_text(status, reason),
            _ => Text::key("stage-text.no-answer"),
        };
        let evidence = failed.attempts.iter().filter(|a| refused(a) || a.status.is_none()).take(20);
        let mut evidence: Vec<Evidence> = evidence.map(|a| facts.proof(a.answer.unwrap_or(a.request))).collect();
        if evidence.is_empty() {
            evidence.extend(last.map(|a| facts.proof(a.answer.unwrap_or(a.request))));
        }
        let at = evidence.first().and_then(|e| e.at);
        return Some(Outcome { state: StageState::Failed, at, text, evidence, failed_at: at });
    }
    let first = own.iter().flat_map(|r| &r.attempts).find(|a| granted(a));
    let trouble: Vec<&Attempt> =
        own.iter().flat_map(|r| &r.attempts).filter(|a| refused(a) || (a.status.is_none() && a.sends > 1)).collect();
    match (first, trouble.first()) {
        (Some(granted), None) => {
            let id = granted.answer.unwrap_or(granted.request);
            let evidence = vec![facts.proof(id)];
            Some(Outcome {
                state: StageState::Ok,
                at: evidence.first().and_then(|e| e.at),
                text: Text::default(),
                evidence,
                failed_at: None,
            })
        }
        (Some(_), Some(first_trouble)) => {
            let evidence: Vec<Evidence> = trouble.iter().take(20).map(|a| facts.proof(a.answer.unwrap_or(a.request))).collect();
            let text = first_trouble
                .status
                .map_or_else(|| Text::key("stage-text.no-answer"), |status| status_text(status, first_trouble.reason.as_deref()));
            let at = evidence.first().and_then(|e| e.at);
            Some(Outcome { state: StageState::Warning, at, text, evidence, failed_at: at })
        }
        (None, _) => None,
    }
}

fn keepalive(facts: &Facts, run: RunId) -> Option<Outcome> {
    let own: Vec<_> = facts.keepalives.iter().filter(|k| k.run == run && k.kind != KeepAliveKind::Register).collect();
    let worst = own
        .iter()
        .find(|k| k.state == KeepAliveState::Lost)
        .or_else(|| own.iter().find(|k| k.state == KeepAliveState::Recovered))
        .or_else(|| own.iter().find(|k| k.state == KeepAliveState::Ok))?;
    let ping = match worst.state {
        KeepAliveState::Ok => worst.pings.iter().find(|p| p.answered),
        _ => worst.pings.iter().find(|p| !p.answered),
    }?;
    let evidence = match ping.message {
        Some(id) => facts.proof(id),
        None => Evidence { source: Some(ping.source), at: ping.at, text: Text::word("CRLF"), message: None },
    };
    let (state, text) = match worst.state {
        KeepAliveState::Lost => (StageState::Failed, Text::key("stage-text.lost")),
        KeepAliveState::Recovered => (StageState::Warning, Text::key("stage-text.recovered")),
        _ => (StageState::Ok, Text::default()),
    };
    let failed_at = (state != StageState::Ok).then_some(ping.at).flatten();
    Some(Outcome { state, at: ping.at, text, evidence: vec![evidence], failed_at })
}

/// Outcomes that somebody chose (busy, declined, cancelled, nobody there) are no failures of signalling.
fn call_failed(call: &Call) -> bool {
    matches!(call.state, CallState::Rejected | CallState::Failed | CallState::NoResponse)
}

fn call(facts: &Facts, run: RunId) -> Option<Outcome> {
    let own: Vec<&Call> = facts.calls.iter().filter(|c| c.run == run && c.state != CallState::Unknown).collect();
    let failed: Vec<&&Call> = own.iter().filter(|c| call_failed(c)).collect();
    let passed = own.iter().find(|c| !call_failed(c) && c.state != CallState::InProgress);
    let shown = failed.first().copied().or(passed)?;
    let proof_of = |c: &Call| c.messages.iter().copied().find(|id| final_answer(facts, *id)).or(c.messages.first().copied());
    let evidence: Vec<Evidence> = match failed.is_empty() {
        true => proof_of(shown).map(|id| facts.proof(id)).into_iter().collect(),
        false => failed.iter().take(20).filter_map(|c| proof_of(c)).map(|id| facts.proof(id)).collect(),
    };
    let text = match (failed.first(), shown.invite_finals.iter().rev().flatten().next()) {
        (Some(call), _) if call.state == CallState::NoResponse => Text::key("stage-text.no-answer"),
        (Some(call), Some(status)) => status_text(*status, call.reason.as_deref()),
        _ => Text::default(),
    };
    let state = match (failed.is_empty(), passed) {
        (true, _) => StageState::Ok,
        (false, Some(_)) => StageState::Warning,
        (false, None) => StageState::Failed,
    };
    let failed_at = failed.last().and_then(|c| c.ended.or(c.started));
    Some(Outcome { state, at: evidence.first().and_then(|e| e.at), text, evidence, failed_at })
}

/// Is this message the INVITE's final answer?
fn final_answer(facts: &Facts, id: MessageId) -> bool {
    facts.message(id).is_some_and(|m| {
        let message = &m.seen.message;
        message.status().is_some_and(|s| s >= 200 && s != 401 && s != 407) && message.method() == Some(crate::sip::Method::Invite)
    })
}

/// A failure after which a later stage was passed was recovered from: a warning.
fn recovered(outcomes: &mut [Option<Outcome>]) {
    for place in 0..outcomes.len() {
        let (head, tail) = outcomes.split_at_mut(place + 1);
        let Some(Some(outcome)) = head.last_mut() else { continue };
        if outcome.state != StageState::Failed {
            continue;
        }
        let later = |o: &Outcome| o.state == StageState::Ok && o.at.is_some() && o.at > outcome.failed_at;
        // Keep-alive and calls do not lean on each other, so only the way up to REGISTER can be recovered by a later stage.
        let on_the_way = StageId::ALL.get(place).is_some_and(|id| *id < StageId::Register);
        if on_the_way && outcome.failed_at.is_some() && tail.iter().flatten().any(later) {
            outcome.state = StageState::Warning;
        }
    }
}

/// A stage without a line of its own is implied by the first later one that was reached.
fn with_implied(outcomes: Vec<Option<Outcome>>) -> Vec<Stage> {
    let mut later: Option<Evidence> = None;
    let mut stages: Vec<Stage> = Vec::new();
    for (id, outcome) in StageId::ALL.into_iter().zip(outcomes).rev() {
        let stage = match outcome {
            Some(o) if o.state != StageState::NotSeen || later.is_none() => {
                Stage { id, state: o.state, at: o.at, text: o.text, evidence: o.evidence }
            }
            own => match &later {
                // Keep-alive is not on the way to a call, and a call not to a keep-alive.
                Some(proof) if id != StageId::KeepAlive => Stage {
                    id,
                    state: StageState::Implied,
                    at: own.and_then(|o| o.at),
                    text: Text::default(),
                    evidence: vec![proof.clone()],
                },
                _ => Stage { id, state: StageState::NotSeen, at: None, text: Text::default(), evidence: Vec::new() },
            },
        };
        // What failed was begun all the same: the stages before it were passed.
        if matches!(stage.state, StageState::Ok | StageState::Warning | StageState::Failed)
            && let Some(proof) = stage.evidence.first()
        {
            later = Some(proof.clone());
        }
        stages.push(stage);
    }
    stages.reverse();
    stages
}

fn verdict(facts: &Facts, run: RunId, stages: &[Stage]) -> Verdict {
    let failing = stages.iter().find(|s| s.state == StageState::Failed);
    if let Some(stage) = failing {
        return Verdict {
            state: VerdictState::Failed,
            stage: Some(stage.id),
            text: failed_text(facts, run, stage),
            detail: failed_detail(facts, run, stage),
            evidence: stage.evidence.clone(),
        };
    }
    let last = stages.iter().rfind(|s| matches!(s.state, StageState::Ok | StageState::Warning));
    let warning = stages.iter().find(|s| s.state == StageState::Warning);
    let (state, stage, text) = match (warning, last) {
        (Some(warning), _) => {
            let name = Segment::key(stage_key(warning.id));
            (VerdictState::Warning, Some(warning), Text::phrase("verdict.recovered", &[("stage", name)]))
        }
        (None, Some(last)) => (VerdictState::Ok, Some(last), ok_text(facts, run, last)),
        (None, None) => (VerdictState::Unknown, None, Text::key("verdict.nothing")),
    };
    // Start-up lines alone, without a failure, prove nothing about registration.
    let state = match last {
        Some(last) if state == VerdictState::Ok && last.id < StageId::Register => VerdictState::Unknown,
        _ => state,
    };
    Verdict {
        state,
        stage: stage.map(|s| s.id),
        text,
        detail: ok_detail(facts, run),
        evidence: stage.map(|s| s.evidence.clone()).unwrap_or_default(),
    }
}

/// The key of the stage's name.
pub fn stage_key(id: StageId) -> &'static str {
    match id {
        StageId::AppStart => "stage.app-start",
        StageId::Entitlement => "stage.entitlement",
        StageId::LibraryInit => "stage.library-init",
        StageId::UserProfile => "stage.user-profile",
        StageId::Token => "stage.token",
        StageId::DeviceList => "stage.device-list",
        StageId::DeviceConfig => "stage.device-config",
        StageId::ConfigParse => "stage.config-parse",
        StageId::SbcDiscovery => "stage.sbc-discovery",
        StageId::Register => "stage.register",
        StageId::KeepAlive => "stage.keepalive",
        StageId::Call => "stage.call",
    }
}

fn failed_text(facts: &Facts, run: RunId, stage: &Stage) -> Text {
    match stage.id {
        StageId::Register if facts.registrations.iter().any(|r| r.run == run) => {
            let failed = facts.registrations.iter().filter(|r| r.run == run).find(|r| {
                matches!(r.state, RegistrationState::Failed | RegistrationState::NoAnswer | RegistrationState::Expired)
            });
            let Some(failed) = failed else { return stage.text.clone() };
            let last = failed.attempts.iter().rfind(|a| a.status.is_some() && a.kind != AttemptKind::Unregister);
            match (failed.state, last) {
                (RegistrationState::Expired, _) => Text::key("verdict.register-expired"),
                (RegistrationState::Failed, Some(a)) => {
                    let key = match (a.status, a.authorised) {
                        (Some(401 | 407), true) => "verdict.register-password",
                        (Some(401 | 407), false) => "verdict.register-challenged",
                        _ => "verdict.register-refused",
                    };
                    let reason = Segment::Log(a.reason.clone().unwrap_or_default());
                    Text::phrase(key, &[("status", Segment::number(a.status.unwrap_or_default())), ("reason", reason)])
                }
                _ => Text::key("verdict.register-no-answer"),
            }
        }
        StageId::KeepAlive => {
            let lost = facts.keepalives.iter().find(|k| k.run == run && k.state == KeepAliveState::Lost);
            let peer = lost.map_or_else(|| Segment::Word(String::new()), |k| Segment::Private(k.peer.clone()));
            Text::phrase("verdict.keepalive-lost", &[("peer", peer)])
        }
        StageId::Call => {
            let failed = facts.calls.iter().find(|c| c.run == run && call_failed(c));
            let status = failed.and_then(|c| c.invite_finals.iter().rev().flatten().next().copied());
            match (failed, status) {
                (Some(call), Some(status)) if call.state != CallState::NoResponse => {
                    let reason = Segment::Log(call.reason.clone().unwrap_or_default());
                    Text::phrase("verdict.call-failed", &[("status", Segment::number(status)), ("reason", reason)])
                }
                _ => Text::key("verdict.call-no-response"),
            }
        }
        id => {
            let name = ("stage", Text::key(stage_key(id)));
            if stage.text.is_empty() {
                return Text::phrase_of("verdict.startup-failed-plain", &[name]);
            }
            Text::phrase_of("verdict.startup-failed", &[name, ("what", stage.text.clone())])
        }
    }
}

fn failed_detail(facts: &Facts, run: RunId, stage: &Stage) -> Text {
    if stage.id != StageId::Register {
        return Text::default();
    }
    let attempts: Vec<&Attempt> = facts.registrations.iter().filter(|r| r.run == run).flat_map(|r| &r.attempts).collect();
    let failed = attempts.iter().filter(|a| refused(a) || a.status.is_none()).count();
    let times: Vec<LogTime> = attempts.iter().filter_map(|a| a.at).collect();
    let span = match (times.iter().min(), times.iter().max()) {
        (Some(first), Some(last)) => seconds(last.since_us(*first)),
        _ => "–".to_owned(),
    };
    let values =
        [("failed", Segment::number(failed)), ("attempts", Segment::number(attempts.len())), ("span", Segment::Word(span))];
    Text::phrase("verdict-detail.attempts", &values)
}

/// A duration as the window writes it: `12 ms`, `2.39 s`, `+1:19.3` without its sign.
pub fn seconds(us: i64) -> String {
    let s = us as f64 / 1e6;
    if us.abs() < 1_000_000 {
        format!("{} ms", us / 1_000)
    } else if us.abs() < 60_000_000 {
        format!("{s:.2} s")
    } else {
        let minutes = us / 60_000_000;
        format!("{}:{:04.1} min", minutes, s - minutes as f64 * 60.0)
    }
}

fn ok_text(facts: &Facts, run: RunId, last: &Stage) -> Text {
    let calls: Vec<&Call> = facts.calls.iter().filter(|c| c.run == run).collect();
    let answered = calls.iter().filter(|c| c.state == CallState::Answered).count();
    let registration = facts.registrations.iter().rfind(|r| r.run == run);
    let key = match (registration.map(|r| r.state), calls.len(), answered) {
        (Some(RegistrationState::Unregistered), 0, _) => "verdict.unregistered",
        (Some(_), 0, _) => "verdict.registered",
        (Some(_), 1, 1) => "verdict.registered-call",
        (Some(_), 1, 0) => "verdict.registered-no-answer-one",
        (Some(_), _, 0) => "verdict.registered-no-answer",
        (Some(_), ..) => "verdict.registered-calls",
        (None, 1, 1) => "verdict.calls-only-one",
        (None, 1.., 0) => "verdict.calls-only-none",
        (None, 1.., _) => "verdict.calls-only",
        (None, 0, _) => {
            let name = Segment::key(stage_key(last.id));
            return Text::phrase("verdict.startup-reached", &[("stage", name)]);
        }
    };
    Text::phrase(key, &[("answered", Segment::number(answered)), ("calls", Segment::number(calls.len()))])
}

fn ok_detail(facts: &Facts, run: RunId) -> Text {
    let own: Vec<&Registration> = facts.registrations.iter().filter(|r| r.run == run).collect();
    let expires = own.iter().rev().find_map(|r| r.expires_s);
    let Some(expires) = expires else { return Text::default() };
    let attempts: usize = own.iter().map(|r| r.attempts.len()).sum();
    Text::phrase(
        "verdict-detail.registrations",
        &[("attempts", Segment::number(attempts)), ("expires", Segment::number(expires))],
    )
}

/// The party as a segment, or a dash.
pub fn party(value: Option<&Private>) -> Segment {
    value.map_or_else(|| Segment::Word("–".into()), |p| Segment::Private(p.clone()))
}

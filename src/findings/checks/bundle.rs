//! What the bundle itself lacks, and what follows for the verdict; subscriptions; where start-up stopped. In: [`Scene`]. Out:
//! [`Found`]s by signature. Absence alone never accuses anybody.

use super::{Found, Scene};
use crate::base::{Language, LogTime, NoteKind, Private, PrivateKind, Segment, SourceRef, Text, words};
use crate::bundle::{Observer, Role};
use crate::findings::{Severity, view::MemberView};
use crate::session::environment::Belongs;
use crate::session::startup::{Stage, StageId, StageState};
use crate::session::subscription::{Subscription, SubscriptionState};
use crate::session::{Evidence, MessageId, RunId};

fn path(member: &MemberView) -> Private {
    Private::new(PrivateKind::Path, member.path.clone())
}

/// The run that bundle-wide findings are filed under: the newest.
fn newest(scene: &Scene<'_>) -> RunId {
    scene.runs().last().copied().unwrap_or(RunId(0))
}

fn has_client(scene: &Scene<'_>) -> bool {
    scene.bundle.client_members().next().is_some()
}

fn members_read(scene: &Scene<'_>, role: Role) -> Vec<Evidence> {
    let read = scene.bundle.members.len();
    vec![scene.looked_through(Text::phrase(
        "looked.members",
        &[("n", Segment::number(read)), ("role", Segment::key(format!("role.{}", role.word())))],
    ))]
}

/// A run whose calling log has records but nowhere a SIP message: nothing can be concluded about registration or calls.
pub fn sip_not_readable(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for run in scene.runs() {
        let own: Vec<&MemberView> =
            scene.bundle.members.iter().filter(|m| m.role == Role::Bwc && m.records > 0 && m.runs.contains(&run)).collect();
        let sip = scene.has_sip(run) || own.iter().any(|m| m.sip_messages > 0);
        if own.is_empty() || sip {
            continue;
        }
        let evidence = own
            .iter()
            .map(|m| Evidence {
                source: Some(SourceRef { member: m.id, line: 1, offset: 0, bytes: 0 }),
                at: m.first,
                text: Text::phrase("looked.no_sip", &[("n", Segment::number(m.records))]),
                message: None,
            })
            .collect();
        let records: u64 = own.iter().map(|m| m.records).sum();
        let lines: u64 = own.iter().map(|m| m.unrecognised_lines).sum();
        let first = own.iter().filter_map(|m| m.first).min();
        out.push(Found::at(run, first, evidence).with("records", records).with("unrecognised", lines));
    }
    out
}

/// A marker was seen, nothing later was, nothing explains it, and the same member goes on for a minute. Not for phones: they go on
/// only when there is a call.
pub fn startup_stopped(scene: &Scene<'_>) -> Vec<Found> {
    if scene.mobile() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (number, run) in (0_u32..).zip(&scene.facts.runs) {
        let id = RunId(number);
        if scene.has_sip(id) || scene.earlier.iter().any(|(r, s)| *r == id && *s <= Severity::Warning) {
            continue;
        }
        let reached = |s: &Stage| !matches!(s.state, StageState::Implied | StageState::NotApplicable) && !s.evidence.is_empty();
        let Some(last) = run.stages.iter().rfind(|s| reached(s)) else { continue };
        let quiet = matches!(last.state, StageState::Failed | StageState::Warning) || last.id >= StageId::Register;
        let proof = last.evidence.last();
        let member = proof.and_then(|e| e.source).and_then(|s| scene.bundle.member(s.member));
        let went_on = |at: LogTime| member.and_then(|m| m.last).is_some_and(|end| end.since_us(at) >= 60_000_000);
        if let (false, Some(proof)) = (quiet, proof)
            && proof.at.is_some_and(went_on)
        {
            let mut one = Found::at(id, proof.at, last.evidence.clone());
            one = one.with_key("stage", crate::session::judge::stage_key(last.id));
            out.push(one);
        }
    }
    out
}

/// Calling environment data that evidence says is of another session.
pub fn environment_foreign(scene: &Scene<'_>) -> Vec<Found> {
    let environment = scene.bundle.environment;
    if environment.belongs != Belongs::No {
        return Vec::new();
    }
    let source = environment.member.map(|member| SourceRef { member, line: 1, offset: 0, bytes: 0 });
    let evidence = Evidence { source, at: environment.exported, text: environment.belongs_text.clone(), message: None };
    let mut one = Found::at(newest(scene), environment.exported, [vec![evidence], environment.proof.clone()].concat());
    for segment in &environment.belongs_text.0 {
        one.captures.push(("why".into(), segment.clone()));
    }
    vec![one]
}

/// No calling environment data in a client's bundle.
pub fn environment_missing(scene: &Scene<'_>) -> Vec<Found> {
    let missing = scene.bundle.environment.member.is_none() && scene.bundle.missing.contains(&Role::Environment);
    if !missing || !has_client(scene) {
        return Vec::new();
    }
    vec![Found::at(newest(scene), None, members_read(scene, Role::Environment))]
}

/// A log that a good bundle has. Where several logs came and among them neither the calling log nor any SIP, nothing can be said
/// about calling: that is a warning. A file opened alone lacks the others by choice.
pub fn log_missing(scene: &Scene<'_>) -> Vec<Found> {
    if !has_client(scene) {
        return Vec::new();
    }
    let no_sip = scene.client_messages().next().is_none();
    let several = scene.bundle.client_members().count() > 1;
    let logs = scene.bundle.missing.iter().filter(|r| matches!(r, Role::Startup | Role::Bwc | Role::Media));
    logs.map(|role| {
        let one = Found::at(newest(scene), None, members_read(scene, *role)).with("log", role.word());
        if *role == Role::Bwc && no_sip && several { one.graded(Severity::Warning) } else { one }
    })
    .collect()
}

/// A sentence of the reading layers; it may end with a path, so it stays text of the log.
fn in_every_language(sentence: &str) -> Text {
    let said = |language| {
        let _spoken = words::speak(language);
        (language, Text(vec![Segment::Log(words::sentence(sentence).into_owned())]))
    };
    Text(vec![Segment::Translated(Language::ALL.map(said).to_vec())])
}

fn noted(scene: &Scene<'_>, kinds: &[NoteKind], grade: Option<Severity>) -> Vec<Found> {
    let mut out = Vec::new();
    for member in &scene.bundle.members {
        let own: Vec<_> = member.notes.iter().filter(|(kind, ..)| kinds.contains(kind)).collect();
        if own.is_empty() {
            continue;
        }
        let evidence = own.iter().take(super::MAX_EVIDENCE).map(|(_, line, text)| Evidence {
            source: Some(SourceRef { member: member.id, line: (*line).max(1), offset: 0, bytes: 0 }),
            at: None,
            text: in_every_language(text),
            message: None,
        });
        let run = member.runs.last().copied().unwrap_or_else(|| newest(scene));
        let mut one = Found::at(run, None, evidence.collect()).with_private("member", Some(&path(member)));
        one.severity = grade;
        one.count = u32::try_from(own.len()).unwrap_or(u32::MAX);
        out.push(one);
    }
    out
}

/// A member that ends too early.
pub fn log_truncated(scene: &Scene<'_>) -> Vec<Found> {
    noted(scene, &[NoteKind::Truncated], None)
}

/// A member whose bytes are not what they were.
pub fn log_damaged(scene: &Scene<'_>) -> Vec<Found> {
    noted(scene, &[NoteKind::CrcMismatch, NoteKind::Damaged, NoteKind::Encrypted, NoteKind::UnsupportedMethod], None)
}

/// A clock that went back or jumped.
pub fn clock_jump(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = noted(scene, &[NoteKind::ClockJump], None);
    out.retain(|one| {
        let member = one.evidence.first().and_then(|e| e.source).and_then(|s| scene.bundle.member(s.member));
        member.is_none_or(|m| m.role.observer() == Observer::Client)
    });
    out
}

fn subscription(scene: &Scene<'_>, subscription: &Subscription, messages: &[MessageId]) -> Found {
    Found::of(scene, subscription.run, messages).with_log("event", subscription.event.clone())
}

/// A SUBSCRIBE that was refused in the end.
pub fn subscription_refused(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for one in scene.facts.subscriptions.iter().filter(|s| s.state == SubscriptionState::Rejected) {
        let Some(attempt) = one.attempts.last() else { continue };
        let Some(status) = attempt.status.filter(|s| *s >= 400 && !matches!(s, 401 | 407 | 423)) else { continue };
        let messages: Vec<MessageId> = [Some(attempt.request), attempt.answer].into_iter().flatten().collect();
        let found = subscription(scene, one, &messages).with("status", status);
        out.push(found.with_log("reason", attempt.reason.clone().unwrap_or_default()));
    }
    out
}

/// A NOTIFY ended it though the client did not ask for that, or a renewal had no answer.
pub fn subscription_lost(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for one in &scene.facts.subscriptions {
        let asked = one.attempts.iter().rev().find(|a| a.status.is_some()).is_some_and(|a| a.expires_s == Some(0));
        let accepted = one.attempts.iter().any(|a| a.status.is_some_and(|s| (200..300).contains(&s)));
        let lost = match one.state {
            // RFC 6665 §4.1.3: these say that the client did not end it and should not have been dropped; after a time-out, that no
            // refresh came in time.
            SubscriptionState::Terminated => {
                let reason = one.reason.as_deref().unwrap_or_default().to_ascii_lowercase();
                !asked && ["deactivated", "probation", "rejected", "timeout", "giveup", "invariant"].contains(&reason.as_str())
            }
            SubscriptionState::NoAnswer => accepted,
            _ => false,
        };
        if !lost {
            continue;
        }
        let last = match one.state {
            SubscriptionState::Terminated => one.notifies.last().copied(),
            _ => one.attempts.last().map(|a| a.request),
        };
        let messages: Vec<MessageId> = last.into_iter().collect();
        out.push(subscription(scene, one, &messages).with_log("reason", one.reason.clone().unwrap_or_else(|| "–".into())));
    }
    out
}

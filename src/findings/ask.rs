//! What to ask the server team: everything with which one failed call, registration or start-up stage can be found in their logs.
//! In: facts, identifiers, zones. Out: [`Ask`]. Must not know words or how it is shown.

use super::case::message;
use super::{Finding, Severity};
use crate::base::{LogTime, MemberId, Private, PrivateKind, Zone};
use crate::session::call::{CallState, ReleaseReason};
use crate::session::case::{Identifier, IdentifierKind};
use crate::session::extract::tag_ms;
use crate::session::registration::{Attempt, AttemptKind, RegistrationState};
use crate::session::startup::{StageId, StageState};
use crate::session::{CallId, Evidence, Facts, LoggedMessage, MessageId, RunId};
use crate::sip::{Direction, Method};

/// What is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A call.
    Call(CallId),
    /// A registration by its place in `Facts::registrations`.
    Registration(u32),
    /// A start-up stage of a run.
    Stage(RunId, StageId),
}

/// The application server's clock, where its tags tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerClock {
    /// The client's clock minus the server's.
    pub offset_us: i64,
    /// How many tags told it.
    pub samples: u32,
    /// The server's zone in seconds east of UTC.
    pub zone_s: Option<i32>,
}

/// The facts to hand over. What is empty was not in the log.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What it is about.
    pub about: About,
    /// When the request was sent or came in, by the client's clock.
    pub at: Option<LogTime>,
    /// Request to final answer.
    pub took_us: Option<i64>,
    /// Zone of the log that tells it.
    pub zone: Option<Zone>,
    /// The server's clock.
    pub clock: Option<ServerClock>,
    /// Address-of-record.
    pub aor: Option<Private>,
    /// The two parties of a call.
    pub parties: Option<(Option<Private>, Option<Private>)>,
    /// This client's Contact.
    pub contact: Option<Private>,
    /// Next hop: the SBC.
    pub next_hop: Option<Private>,
    /// Call-IDs.
    pub call_ids: Vec<Private>,
    /// Further ones that are not named.
    pub more_call_ids: usize,
    /// X-BroadWorks-Correlation-Info or Session-ID.
    pub correlation: Option<Private>,
    /// A tag that the application server made.
    pub server_tag: Option<Private>,
    /// Tracking IDs nearest in time, of the same run.
    pub tracking: Vec<Private>,
    /// Final status and its reason phrase.
    pub status: Option<(u16, String)>,
    /// No final answer was seen.
    pub unanswered: bool,
    /// Reason header of what released the call.
    pub released: Option<ReleaseReason>,
    /// Server logs worth a look, as words of roles; the most useful first.
    pub logs: &'static [&'static str],
    /// Lines of the client's log.
    pub evidence: Vec<Evidence>,
}

/// What asks are made from.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// What happened.
    pub facts: &'a Facts,
    /// Identifiers of the client's logs.
    pub identifiers: &'a [Identifier],
    /// Zones by member.
    pub zone_of: &'a dyn Fn(MemberId) -> Option<Zone>,
}

/// A tracking ID this near in time is worth naming: a request and its retries.
const NEAR_US: u64 = 30_000_000;
const MOST_TRACKING: usize = 3;
const MOST_CALL_IDS: usize = 6;

impl Asker<'_> {
    /// One for each failed call, failed registration and failed start-up stage.
    pub fn all(&self) -> Vec<Ask> {
        let failed = |s: CallState| matches!(s, CallState::Rejected | CallState::Failed | CallState::NoResponse);
        let calls = self.facts.calls.iter().filter(|c| failed(c.state)).map(|c| About::Call(c.id));
        let registrations = (0_u32..).zip(&self.facts.registrations).filter(|(_, r)| {
            matches!(r.state, RegistrationState::Failed | RegistrationState::NoAnswer | RegistrationState::Expired)
        });
        let stages = (0_u32..).map(RunId).zip(&self.facts.runs).flat_map(|(run, of)| {
            let failed = of.stages.iter().filter(|s| s.state == StageState::Failed && s.id < StageId::Register);
            failed.map(move |s| About::Stage(run, s.id))
        });
        let all = stages.chain(registrations.map(|(n, _)| About::Registration(n))).chain(calls);
        all.filter_map(|about| self.ask(about)).collect()
    }

    /// What a finding is about, when a server's log can tell more of it.
    pub fn of_finding(&self, finding: &Finding) -> Option<About> {
        if finding.severity == Severity::Note {
            return None;
        }
        if let Some(call) = finding.call {
            return Some(About::Call(call));
        }
        match finding.stage? {
            StageId::Register | StageId::KeepAlive => {
                let own = || (0_u32..).zip(&self.facts.registrations).filter(|(_, r)| r.run == finding.run);
                let shown = |id: MessageId| finding.evidence.iter().any(|e| e.message == Some(id));
                let proved = own().find(|(_, r)| r.attempts.iter().any(|a| shown(a.request) || a.answer.is_some_and(shown)));
                proved.or_else(|| own().last()).map(|(n, _)| About::Registration(n))
            }
            StageId::Call => None,
            stage => Some(About::Stage(finding.run, stage)),
        }
    }

    /// The facts about one thing; `None` when there is no such thing.
    pub fn ask(&self, about: About) -> Option<Ask> {
        match about {
            About::Call(id) => self.call(id),
            About::Registration(place) => self.registration(place),
            About::Stage(run, stage) => self.stage(run, stage),
        }
    }

    fn empty(&self, about: About, run: RunId, first: Option<&LoggedMessage>, at: Option<LogTime>) -> Ask {
        let clock = self.facts.clocks.first().map(|clock| ServerClock {
            offset_us: clock.offset_us,
            samples: clock.samples,
            zone_s: self.facts.server_zone.map(|z| z.offset_s),
        });
        Ask {
            about,
            at,
            took_us: None,
            zone: first.and_then(|m| (self.zone_of)(m.source.member)),
            clock,
            aor: self.facts.registrations.iter().rfind(|r| r.run == run).map(|r| r.aor.clone()),
            parties: None,
            contact: None,
            next_hop: None,
            call_ids: Vec::new(),
            more_call_ids: 0,
            correlation: None,
            server_tag: None,
            tracking: self.tracking(run, at),
            status: None,
            unanswered: false,
            released: None,
            logs: &[],
            evidence: Vec::new(),
        }
    }

    fn tracking(&self, run: RunId, at: Option<LogTime>) -> Vec<Private> {
        let Some(at) = at else { return Vec::new() };
        let far = |i: &Identifier| i.at.map_or(u64::MAX, |t| t.since_us(at).unsigned_abs());
        let own = self.identifiers.iter().filter(|i| i.kind == IdentifierKind::Tracking && i.run == run && far(i) <= NEAR_US);
        let mut own: Vec<&Identifier> = own.filter(|i| i.value.is_some()).collect();
        own.sort_by_key(|i| (far(i), i.source));
        let mut out: Vec<Private> = Vec::new();
        for value in own.into_iter().filter_map(|i| i.value.clone()) {
            if out.len() < MOST_TRACKING && !out.contains(&value) {
                out.push(value);
            }
        }
        out
    }

    fn call(&self, id: CallId) -> Option<Ask> {
        let facts = self.facts;
        let call = facts.calls.iter().find(|c| c.id == id)?;
        let messages = || call.messages.iter().filter_map(|id| Some((*id, facts.message(*id)?)));
        let first = messages().next();
        let finals = || messages().filter(|(_, m)| is_final(m));
        let answer = finals().next_back();
        let mut ask = self.empty(About::Call(id), call.run, first.map(|(_, m)| m), call.started);
        ask.took_us = call.started.zip(answer.and_then(|(_, m)| m.seen.at)).map(|(from, to)| to.since_us(from));
        ask.parties = Some((call.from.clone(), call.to.clone()));
        // A refusal of ours need not carry a Contact: then the registered one tells who was called.
        ask.contact = messages().find_map(|(_, m)| own_contact(m)).or_else(|| self.registered_contact(call.run));
        ask.next_hop =
            messages().find_map(|(_, m)| m.seen.remote.as_deref()).map(address).or_else(|| self.registered_hop(call.run));
        ask.call_ids = call.call_ids.iter().take(MOST_CALL_IDS).cloned().collect();
        ask.more_call_ids = call.call_ids.len().saturating_sub(MOST_CALL_IDS);
        ask.correlation = call.correlation.clone();
        ask.server_tag = messages().find_map(|(_, m)| server_tag(m));
        ask.status = answer.and_then(|(_, m)| status(m));
        ask.unanswered = ask.status.is_none() && call.state == CallState::NoResponse;
        ask.released = call.released_by_reason.clone();
        ask.logs = &["xslog"];
        let shown = first.into_iter().chain(answer);
        ask.evidence = shown.map(|(id, _)| message(facts, id)).collect();
        Some(ask)
    }

    fn registered_contact(&self, run: RunId) -> Option<Private> {
        let registration = self.facts.registrations.iter().rfind(|r| r.run == run)?;
        registration.attempts.iter().rev().find_map(|a| own_contact(self.facts.message(a.request)?))
    }

    fn registered_hop(&self, run: RunId) -> Option<Private> {
        self.facts.registrations.iter().rfind(|r| r.run == run)?.next_hops.last().cloned()
    }

    fn registration(&self, place: u32) -> Option<Ask> {
        let facts = self.facts;
        let registration = facts.registrations.get(place as usize)?;
        let bad = |a: &&Attempt| {
            let challenge = matches!(a.status, Some(401 | 407)) && !a.authorised;
            a.kind != AttemptKind::Unregister && !challenge && a.status.is_none_or(|s| s >= 300)
        };
        let attempts = &registration.attempts;
        let attempt = attempts.iter().rfind(bad).or(attempts.last())?;
        let request = facts.message(attempt.request);
        let answer = attempt.answer.and_then(|id| facts.message(id));
        let mut ask = self.empty(About::Registration(place), registration.run, request, attempt.at);
        ask.took_us = attempt.duration_us;
        ask.aor = Some(registration.aor.clone());
        ask.contact = request.and_then(own_contact);
        ask.next_hop = attempt.remote.clone();
        ask.call_ids = vec![attempt.call_id.clone()];
        ask.correlation = [request, answer].into_iter().flatten().find_map(correlation);
        ask.server_tag = answer.and_then(server_tag);
        ask.status = attempt.status.map(|s| (s, attempt.reason.clone().unwrap_or_default()));
        ask.unanswered = attempt.status.is_none();
        ask.logs = &["xslog"];
        let shown = std::iter::once(attempt.request).chain(attempt.answer);
        ask.evidence = shown.map(|id| message(facts, id)).collect();
        Some(ask)
    }

    fn stage(&self, run: RunId, id: StageId) -> Option<Ask> {
        let stage = self.facts.runs.get(run.0 as usize)?.stages.iter().find(|s| s.id == id)?;
        let mut ask = self.empty(About::Stage(run, id), run, None, stage.at);
        ask.zone = stage.evidence.iter().find_map(|e| e.source).and_then(|s| (self.zone_of)(s.member));
        ask.logs = logs_of(id);
        ask.evidence = stage.evidence.iter().take(MOST_CALL_IDS).cloned().collect();
        Some(ask)
    }
}

/// Which server log shows a stage (guide §1, §6).
fn logs_of(stage: StageId) -> &'static [&'static str] {
    match stage {
        StageId::AppStart => &["access-log"],
        StageId::Entitlement => &["pslog", "access-log"],
        StageId::LibraryInit | StageId::UserProfile => &["access-log", "xsi-actions"],
        StageId::Token => &["authentication-service", "access-log"],
        StageId::DeviceList => &["xsi-actions", "authentication-service"],
        StageId::DeviceConfig | StageId::ConfigParse => &["access-log", "xsi-actions"],
        StageId::SbcDiscovery | StageId::Register | StageId::KeepAlive | StageId::Call => &["xslog"],
    }
}

fn address(remote: &str) -> Private {
    Private::new(PrivateKind::Address, remote)
}

/// The final answer to an INVITE; a challenge is a step on the way.
fn is_final(logged: &LoggedMessage) -> bool {
    let sip = &logged.seen.message;
    sip.method() == Some(Method::Invite) && sip.status().is_some_and(|s| s >= 200 && s != 401 && s != 407)
}

fn status(logged: &LoggedMessage) -> Option<(u16, String)> {
    let line = logged.seen.message.text.lines().next().unwrap_or_default();
    let reason = line.splitn(3, ' ').nth(2).unwrap_or_default().trim();
    Some((logged.seen.message.status()?, reason.chars().take(120).collect()))
}

/// The Contact that this client sent.
fn own_contact(logged: &LoggedMessage) -> Option<Private> {
    let sent = logged.seen.direction == Direction::Sent;
    let contact = logged.seen.message.header("Contact").filter(|_| sent)?;
    Some(Private::new(PrivateKind::Uri, contact.chars().take(300).collect::<String>()))
}

fn correlation(logged: &LoggedMessage) -> Option<Private> {
    let sip = &logged.seen.message;
    let value = sip.header("X-BroadWorks-Correlation-Info").or_else(|| sip.header("Session-ID"))?;
    Some(Private::new(PrivateKind::Token, value.chars().take(200).collect::<String>()))
}

fn server_tag(logged: &LoggedMessage) -> Option<Private> {
    let sip = &logged.seen.message;
    let tags = [sip.to(), sip.from()];
    let made = tags.into_iter().flatten().filter_map(|a| a.tag()).find(|tag| tag_ms(tag).is_some())?;
    Some(Private::new(PrivateKind::Token, made))
}

//! What a support case needs (guide §2), and what of it this bundle has. In: facts, findings, identifiers of the log. Out: [`Item`]s.
//! Must not know how they are shown.

use std::collections::BTreeMap;

use crate::base::{LogTime, MemberId, Private, Segment, SourceRef, Text};
use crate::bundle::Role;
use crate::session::call::CallState;
use crate::session::case::{Identifier, IdentifierKind};
use crate::session::environment::Environment;
use crate::session::run::{Client, Platform};
use crate::session::{Evidence, Facts, shortened};

use super::{Finding, MemberView, Severity};

/// A thing that a case needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemId {
    /// E-mail or UUID in Common Identity, or the BroadWorks user ID.
    User,
    /// The organisation.
    Organisation,
    /// When it happened, about.
    Time,
    /// Platform and version of the client.
    Client,
    /// A tracking ID.
    Tracking,
    /// The start-up log.
    StartupLog,
    /// The BroadWorks calling log.
    BwcLog,
    /// The media log.
    MediaLog,
    /// `ced.dat`.
    Environment,
    /// Number of feedback or case: only where the log has one, because it exists only once somebody sent feedback.
    CaseNumber,
}

impl ItemId {
    /// All items in their order.
    pub const ALL: [Self; 10] = [
        Self::User,
        Self::Organisation,
        Self::Time,
        Self::Client,
        Self::Tracking,
        Self::StartupLog,
        Self::BwcLog,
        Self::MediaLog,
        Self::Environment,
        Self::CaseNumber,
    ];

    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organisation => "organisation",
            Self::Time => "time",
            Self::Client => "client",
            Self::Tracking => "tracking-id",
            Self::StartupLog => "startup-log",
            Self::BwcLog => "bwc-log",
            Self::MediaLog => "media-log",
            Self::Environment => "environment",
            Self::CaseNumber => "case-number",
        }
    }
}

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemState {
    /// In the bundle.
    Found,
    /// The log names it and hides the value.
    Redacted,
    /// Not in the bundle.
    Missing,
}

impl ItemState {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Redacted => "redacted",
            Self::Missing => "missing",
        }
    }
}

/// What was found for an item.
#[derive(Clone, Debug)]
pub enum Value {
    /// A value of the log.
    Identifier(IdentifierKind, Private),
    /// A moment.
    Time(LogTime),
    /// The client, as far as known.
    Client(Option<Platform>, Option<String>),
    /// A member.
    Member(MemberId),
}

/// A value with its proof.
#[derive(Clone, Debug)]
pub struct Found {
    /// The value.
    pub value: Value,
    /// Taken from the words around it; no public source prints such a line.
    pub inferred: bool,
    /// Where it stands.
    pub evidence: Vec<Evidence>,
}

/// One line of the checklist.
#[derive(Clone, Debug)]
pub struct Item {
    /// What.
    pub id: ItemId,
    /// How it stands.
    pub state: ItemState,
    /// The best values first, at most [`MOST_VALUES`].
    pub found: Vec<Found>,
    /// Further different values of the log.
    pub more: u32,
    /// Lines that hide it.
    pub masked: Vec<Evidence>,
}

/// Values shown of one item.
pub const MOST_VALUES: usize = 3;

/// The checklist of a bundle.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// In the order of [`ItemId::ALL`].
    pub items: Vec<Item>,
    /// Every identifier of the client's logs.
    pub identifiers: Vec<Identifier>,
    /// The finding or call whose time is that of the issue.
    pub issue_at: Option<LogTime>,
}

impl Case {
    /// How many items are there, and how many are needed.
    pub fn count(&self) -> (usize, usize) {
        (self.items.iter().filter(|i| i.state == ItemState::Found).count(), self.items.len())
    }
}

/// What the checklist is made from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// What happened.
    pub facts: &'a Facts,
    /// Worst first.
    pub findings: &'a [Finding],
    /// In member order.
    pub members: &'a [MemberView],
    /// `ced.dat`.
    pub environment: &'a Environment,
    /// Name of the file opened: it may hold the version.
    pub bundle_name: &'a str,
}

/// Makes the checklist.
pub fn case(sources: Sources<'_>, identifiers: Vec<Identifier>) -> Case {
    let issue = issue(sources);
    let issue_at = issue.as_ref().map(|(at, _)| *at);
    let item = |id: ItemId| match id {
        ItemId::User => {
            let kinds = [IdentifierKind::Mail, IdentifierKind::UserUuid, IdentifierKind::BroadworksUser];
            identified(id, &kinds, &identifiers, None)
        }
        ItemId::Organisation => identified(id, &[IdentifierKind::Organisation], &identifiers, None),
        ItemId::Tracking => identified(id, &[IdentifierKind::Tracking], &identifiers, issue_at),
        ItemId::CaseNumber => identified(id, &[IdentifierKind::CaseNumber], &identifiers, None),
        ItemId::Time => {
            let found = issue.clone().map(|(at, evidence)| Found { value: Value::Time(at), inferred: false, evidence });
            plain(id, found.is_some(), found)
        }
        ItemId::Client => client(sources),
        ItemId::StartupLog => member(id, sources.members.iter().find(|m| m.role == Role::Startup).map(|m| m.id)),
        ItemId::BwcLog => member(id, sources.members.iter().find(|m| m.role == Role::Bwc).map(|m| m.id)),
        ItemId::MediaLog => member(id, sources.members.iter().find(|m| m.role == Role::Media).map(|m| m.id)),
        ItemId::Environment => member(id, sources.environment.member),
    };
    let wanted = |item: &Item| item.id != ItemId::CaseNumber || item.state == ItemState::Found;
    let items = ItemId::ALL.into_iter().map(item).filter(wanted).collect();
    Case { items, identifiers, issue_at }
}

fn plain(id: ItemId, complete: bool, found: Option<Found>) -> Item {
    let state = if complete { ItemState::Found } else { ItemState::Missing };
    Item { id, state, found: found.into_iter().collect(), more: 0, masked: Vec::new() }
}

fn member(id: ItemId, member: Option<MemberId>) -> Item {
    let found = member.map(|member| Found { value: Value::Member(member), inferred: false, evidence: Vec::new() });
    plain(id, found.is_some(), found)
}

/// The first error that is no effect of another, of the newest run that has one; else the first call that failed.
fn issue(sources: Sources<'_>) -> Option<(LogTime, Vec<Evidence>)> {
    let errors = || sources.findings.iter().filter(|f| f.severity == Severity::Error && f.effect_of.is_none());
    let run = errors().filter(|f| f.first.is_some()).map(|f| f.run).max();
    let first = errors().filter(|f| Some(f.run) == run).filter_map(|f| Some((f.first?, f))).min_by_key(|(at, _)| *at);
    if let Some((at, finding)) = first {
        return Some((at, finding.evidence.iter().filter(|e| e.source.is_some()).take(1).cloned().collect()));
    }
    let failed = |s: CallState| matches!(s, CallState::Rejected | CallState::Failed | CallState::NoResponse);
    let call = sources.facts.calls.iter().find(|c| failed(c.state) && c.started.is_some())?;
    Some((call.started?, call.messages.first().map(|id| message(sources.facts, *id)).into_iter().collect()))
}

/// A message as proof: its start line.
pub(super) fn message(facts: &Facts, id: crate::session::MessageId) -> Evidence {
    let logged = facts.message(id);
    let line = logged.and_then(|m| m.seen.message.text.lines().next()).unwrap_or_default();
    Evidence {
        source: logged.map(|m| m.source),
        at: logged.and_then(|m| m.seen.at),
        text: Text(vec![Segment::Log(shortened(line).to_owned())]),
        message: Some(id),
    }
}

/// Platform and version; both are needed.
fn client(sources: Sources<'_>) -> Item {
    let Client { platform, version, user_agent, .. } = &sources.facts.client;
    let mut evidence = Vec::new();
    if let Some(agent) = user_agent
        && let Some((number, _)) =
            (0_u32..).zip(&sources.facts.messages).find(|(_, m)| m.seen.message.header("User-Agent") == Some(agent.as_str()))
    {
        let mut proof = message(sources.facts, crate::session::MessageId(number));
        proof.text = Text(vec![Segment::Log(format!("User-Agent: {agent}"))]);
        evidence.push(proof);
    }
    if version.as_deref().is_some_and(|v| sources.bundle_name.contains(v)) {
        let text = Text(vec![Segment::Private(Private::new(crate::base::PrivateKind::Path, sources.bundle_name))]);
        evidence.push(Evidence { source: None, at: None, text, message: None });
    }
    let known = platform.is_some() || version.is_some();
    let value = Value::Client(*platform, version.clone());
    plain(ItemId::Client, platform.is_some() && version.is_some(), known.then_some(Found { value, inferred: false, evidence }))
}

/// Values of some kinds. The value seen most often leads, because a log may name other people too; of tracking IDs the one nearest
/// to the issue, because each request has its own.
fn identified(id: ItemId, kinds: &[IdentifierKind], identifiers: &[Identifier], near: Option<LogTime>) -> Item {
    let of = |kind: IdentifierKind| identifiers.iter().filter(move |i| i.kind == kind);
    let mut found = Vec::new();
    let mut more = 0;
    // One of each kind first, so that an e-mail does not push out the BroadWorks ID.
    for kind in kinds {
        let mut own: BTreeMap<&Private, &Identifier> = BTreeMap::new();
        let far = |i: &Identifier| i.at.zip(near).map_or(u64::MAX, |(at, near)| at.since_us(near).unsigned_abs());
        for (value, one) in of(*kind).filter_map(|i| Some((i.value.as_ref()?, i))) {
            match own.get_mut(value) {
                Some(same) if far(one) < far(same) || (near.is_none() && same.count < one.count) => *same = one,
                Some(_) => {}
                None => _ = own.insert(value, one),
            }
        }
        let mut own: Vec<&Identifier> = own.into_values().collect();
        match near {
            Some(_) => own.sort_by_key(|i| (far(i), i.source)),
            None => own.sort_by_key(|i| (i.inferred, std::cmp::Reverse(i.count), i.source)),
        }
        let most = if kinds.len() == 1 { MOST_VALUES } else { 1 };
        more += own.len().saturating_sub(most);
        found.extend(own.into_iter().take(most).filter_map(|one| {
            let value = Value::Identifier(*kind, one.value.clone()?);
            Some(Found { value, inferred: one.inferred, evidence: vec![proof(one)] })
        }));
    }
    let hidden = || kinds.iter().flat_map(|kind| of(*kind)).filter(|i| i.value.is_none());
    let masked: Vec<Evidence> = hidden().take(MOST_VALUES).map(proof).collect();
    let state = match (found.is_empty(), masked.is_empty()) {
        (false, _) => ItemState::Found,
        (true, false) => ItemState::Redacted,
        (true, true) => ItemState::Missing,
    };
    Item { id, state, found, more: u32::try_from(more).unwrap_or(u32::MAX), masked }
}

fn proof(identifier: &Identifier) -> Evidence {
    let text = Text(vec![Segment::Log(identifier.line.clone())]);
    let source: SourceRef = identifier.source;
    Evidence { source: Some(source), at: identifier.at, text, message: None }
}

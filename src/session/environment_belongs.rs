//! Does calling environment data belong to the logs it came with? In: its text, the runs, what identifies each of them. Out: the
//! verdict with its sentence and proof. Must not know how the data was read.
//!
//! Guide §3: the data are valid only for the client session in which they were exported; a restart or sign-out clears the cache they
//! come from. Their layout is unpublished, so only what ties or separates without doubt decides; all else is *unknown*, and why.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;
use regex::bytes::{Captures, Regex};

use super::case::{Identifier, IdentifierKind};
use super::environment::{Belongs, Environment};
use super::{Evidence, Facts, RunId};
use crate::base::{LogTime, MemberId, Private, PrivateKind, Segment, SourceRef, Text, Zone};
use crate::bundle::Observer;

/// Values looked for at once.
const MAX_VALUES: usize = 5_000;
/// A shorter value may stand in a file by chance.
const MIN_VALUE_BYTES: usize = 12;
/// Local time is never further east or west of UTC than this.
const EAST_S: i64 = 14 * 3_600;
const WEST_S: i64 = 12 * 3_600;

/// The client was signed out: when, and the line that says so.
#[derive(Clone, Debug)]
pub struct SignOut {
    /// The run.
    pub run: RunId,
    /// When.
    pub at: LogTime,
    /// The line.
    pub source: SourceRef,
    /// The line as logged.
    pub line: String,
}

/// What the logs tell.
pub struct Around<'a> {
    /// Runs, messages, client.
    pub facts: &'a Facts,
    /// Identifiers of all members, those of the data itself too.
    pub identifiers: &'a [Identifier],
    /// Sign-outs in order of time.
    pub sign_outs: &'a [SignOut],
    /// Local time of the file, seconds since 1970 as if it were UTC; DOS times of a zip have no zone.
    pub modified_s: Option<i64>,
    /// The same of each log, and the time of its last record: archives are often packed with one time for all, which tells nothing.
    pub logs: &'a [(Option<i64>, Option<LogTime>)],
}

/// The data as bytes that can be searched, and whether they are the member's own (then lines can be named).
struct Data<'a> {
    member: MemberId,
    bytes: &'a [u8],
    own_lines: bool,
}

impl Data<'_> {
    /// The line of a byte, and a piece of it without anything else on it.
    fn proof(&self, at: usize, text: Segment) -> Evidence {
        let before = self.bytes.get(..at).unwrap_or_default();
        let line = if self.own_lines { memchr::memchr_iter(b'\n', before).count() as u64 + 1 } else { 1 };
        let offset = if self.own_lines { memchr::memrchr(b'\n', before).map_or(0, |n| n as u64 + 1) } else { 0 };
        let source = SourceRef { member: self.member, line, offset, bytes: 0 };
        Evidence { source: Some(source), at: None, text: Text(vec![text]), message: None }
    }

    fn find(&self, value: &str) -> Option<usize> {
        memmem::find(self.bytes, value.as_bytes())
    }
}

impl Environment {
    /// Decides whether the data belong. `bytes` are those of [`super::environment::unwrapped`].
    pub fn judge(&mut self, bytes: &[u8], own_lines: bool, around: &Around<'_>) {
        let (Some(member), Some(last)) = (self.member, around.facts.runs.len().checked_sub(1)) else { return };
        let newest = RunId(u32::try_from(last).unwrap_or(u32::MAX));
        let data = Data { member, bytes, own_lines };
        let exported = exported(bytes);
        self.exported = exported.map(|(at, _)| at);
        let verdict = by_identifiers(&data, around, newest)
            .or_else(|| by_user(&data, around, newest))
            .or_else(|| by_version(&data, around))
            .or_else(|| by_time(&data, exported, around, newest))
            .unwrap_or_else(|| unknown(&data, exported, around, newest));
        (self.belongs, self.belongs_text, self.proof) = verdict;
    }
}

type Verdict = (Belongs, Text, Vec<Evidence>);

fn time(at: LogTime) -> Segment {
    Segment::Word(format!("{} {} UTC", at.date(0), at.clock(0)))
}

/// A tracking ID or Call-ID that only one run of the logs has stands in the data too.
fn by_identifiers(data: &Data<'_>, around: &Around<'_>, newest: RunId) -> Option<Verdict> {
    let mut values: BTreeMap<&str, Option<(RunId, Evidence, PrivateKind)>> = BTreeMap::new();
    let ids = around.identifiers.iter().filter(|i| i.kind == IdentifierKind::Tracking && i.source.member != data.member);
    for id in ids {
        if let Some(value) = &id.value {
            let text = Text(vec![Segment::Log(id.line.clone())]);
            let proof = Evidence { source: Some(id.source), at: id.at, text, message: None };
            keep(&mut values, value.original(), id.run, proof, PrivateKind::Token);
        }
    }
    for message in around.facts.messages.iter().filter(|m| m.observer == Observer::Client) {
        if let Some(call_id) = message.seen.message.call_id() {
            let line = message.seen.message.text.lines().next().unwrap_or_default().to_owned();
            let text = Text(vec![Segment::Log(line)]);
            let proof = Evidence { source: Some(message.source), at: message.seen.at, text, message: None };
            keep(&mut values, call_id, message.run, proof, PrivateKind::CallId);
        }
    }
    let single: Vec<(&str, RunId, &Evidence, PrivateKind)> =
        values.iter().filter_map(|(v, one)| one.as_ref().map(|(run, proof, kind)| (*v, *run, proof, *kind))).collect();
    let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(single.iter().map(|s| s.0)).ok()?;
    let mut best: Option<(&str, RunId, &Evidence, PrivateKind, usize)> = None;
    for hit in search.find_iter(data.bytes) {
        let Some((value, run, proof, kind)) = single.get(hit.pattern().as_usize()).copied() else { continue };
        if best.is_none_or(|b| b.1 < run) {
            best = Some((value, run, proof, kind, hit.start()));
        }
        if run == newest {
            break;
        }
    }
    let (value, run, proof, kind, at) = best?;
    let shown = Segment::Private(Private::new(kind, value));
    let key = if run == newest { "environment.belongs-yes" } else { "environment.belongs-older" };
    let belongs = if run == newest { Belongs::Yes } else { Belongs::No };
    let text = Text::phrase(key, &[("value", shown.clone()), ("session", Segment::number(run.number()))]);
    Some((belongs, text, vec![data.proof(at, shown), proof.clone()]))
}

/// A value of two runs tells none.
fn keep<'a>(
    values: &mut BTreeMap<&'a str, Option<(RunId, Evidence, PrivateKind)>>,
    value: &'a str,
    run: RunId,
    proof: Evidence,
    kind: PrivateKind,
) {
    let lower = value.to_ascii_lowercase();
    let masked = ["redacted", "masked", "removed", "*", "pii_"].iter().any(|w| lower.contains(w));
    if masked || value.len() < MIN_VALUE_BYTES {
        return;
    }
    let full = values.len() >= MAX_VALUES;
    match values.get_mut(value) {
        Some(known) if known.as_ref().is_some_and(|(of, ..)| *of != run) => *known = None,
        Some(_) => {}
        None if !full => {
            values.insert(value, Some((run, proof, kind)));
        }
        None => {}
    }
}

/// Both name one user by the same kind of identifier, and it is not the same.
fn by_user(data: &Data<'_>, around: &Around<'_>, newest: RunId) -> Option<Verdict> {
    for kind in [IdentifierKind::UserUuid, IdentifierKind::BroadworksUser, IdentifierKind::Mail] {
        let of = |own: bool| {
            let mut list: Vec<&Identifier> = around
                .identifiers
                .iter()
                .filter(|i| i.kind == kind && i.value.is_some() && (i.source.member == data.member) == own)
                .filter(|i| own || i.run == newest)
                .collect();
            list.sort_by(|a, b| a.value.cmp(&b.value));
            list.dedup_by(|a, b| a.value == b.value);
            list
        };
        let (own, logs) = (of(true), of(false));
        let ([own, ..], [log]) = (own.as_slice(), logs.as_slice()) else { continue };
        let (Some(theirs), Some(ours)) = (&own.value, &log.value) else { continue };
        if data.find(ours.original()).is_none() {
            let values = [("own", Segment::Private(theirs.clone())), ("log", Segment::Private(ours.clone()))];
            let line = |i: &Identifier| {
                let text = Text(vec![Segment::Log(i.line.clone())]);
                Evidence { source: Some(i.source), at: i.at, text, message: None }
            };
            let text = Text::phrase("environment.belongs-user", &values);
            return Some((Belongs::No, text, vec![line(own), line(log)]));
        }
    }
    None
}

/// The data name another version of the app: it was updated, so restarted.
fn by_version(data: &Data<'_>, around: &Around<'_>) -> Option<Verdict> {
    static NAMED: OnceLock<Option<Regex>> = OnceLock::new();
    let named = NAMED.get_or_init(|| {
        Regex::new(r#"(?i)(?:client|app|application|webex)[ _-]?version["']?\s{0,3}[:=>]\s{0,3}["']?(\d{2}\.\d{1,2}\.\d{1,2}\.\d{4,6})\b"#).ok()
    });
    let ours = around.facts.client.version.as_deref().filter(|v| v.matches('.').count() == 3)?;
    if data.find(ours).is_some() {
        return None;
    }
    let hit = named.as_ref()?.captures(data.bytes)?.get(1)?;
    let theirs = String::from_utf8_lossy(hit.as_bytes()).into_owned();
    let values = [("own", Segment::Log(theirs.clone())), ("log", Segment::Log(ours.to_owned()))];
    let text = Text::phrase("environment.belongs-version", &values);
    Some((Belongs::No, text, vec![data.proof(hit.start(), Segment::Log(theirs))]))
}

/// Exported before the newest run began or across a sign-out; or the file is older than that run in any zone.
fn by_time(data: &Data<'_>, exported: Option<(LogTime, usize)>, around: &Around<'_>, newest: RunId) -> Option<Verdict> {
    let start = around.facts.runs.get(newest.0 as usize)?.start?;
    if let Some((at, place)) = exported {
        let proof = vec![data.proof(place, time(at))];
        if at < start {
            let text = Text::phrase("environment.belongs-before", &[("time", time(at)), ("start", time(start))]);
            return Some((Belongs::No, text, proof));
        }
        let out = around.sign_outs.iter().rev().find(|s| s.run == newest && s.at < at)?;
        let line = Evidence {
            source: Some(out.source),
            at: Some(out.at),
            text: Text(vec![Segment::Log(out.line.clone())]),
            message: None,
        };
        let text = Text::phrase("environment.belongs-signed-out", &[("time", time(at)), ("out", time(out.at))]);
        return Some((Belongs::No, text, proof.into_iter().chain([line]).collect()));
    }
    // A clock of 1980 is that of an archive without times.
    let local = around.modified_s.filter(|s| *s > 1_420_000_000 && has_true_file_times(around))?;
    let latest = LogTime(local.checked_add(WEST_S)?.checked_mul(1_000_000)?);
    if latest >= start {
        return None;
    }
    let local = LogTime(local.checked_mul(1_000_000)?);
    let shown = Segment::Word(format!("{} {}", local.date(0), local.clock(0)));
    let text = Text::phrase("environment.belongs-file-before", &[("time", shown.clone()), ("start", time(start))]);
    Some((Belongs::No, text, vec![data.proof(0, shown)]))
}

/// Nothing decides: what comes nearest is said.
fn unknown(data: &Data<'_>, exported: Option<(LogTime, usize)>, around: &Around<'_>, newest: RunId) -> Verdict {
    let run = around.facts.runs.get(newest.0 as usize);
    let text = match (exported, run.and_then(|r| r.end)) {
        (Some((at, _)), Some(end)) if at > end => {
            Text::phrase("environment.belongs-after", &[("time", time(at)), ("end", time(end))])
        }
        (Some((at, _)), Some(_)) => Text::phrase("environment.belongs-within", &[("time", time(at))]),
        _ if same_user(data, around) => Text::key("environment.belongs-same-user"),
        _ if is_later_file(around, run.and_then(|r| r.end)) => Text::key("environment.belongs-file-after"),
        _ => Text::key("environment.belongs-unknown"),
    };
    (Belongs::Unknown, text, Vec::new())
}

/// Does a log's file bear the time of its last record, in some zone? Then the archive kept the times of its files.
fn has_true_file_times(around: &Around<'_>) -> bool {
    around.logs.iter().any(|(modified_s, last)| {
        let apart = modified_s.zip(*last).map(|(s, last)| s.saturating_sub(last.0 / 1_000_000));
        apart.is_some_and(|s| (-WEST_S..=EAST_S + 3_600).contains(&s))
    })
}

fn is_later_file(around: &Around<'_>, end: Option<LogTime>) -> bool {
    let earliest = around.modified_s.and_then(|s| s.checked_sub(EAST_S)).and_then(|s| s.checked_mul(1_000_000));
    has_true_file_times(around) && earliest.zip(end).is_some_and(|(us, end)| us > end.0)
}

fn same_user(data: &Data<'_>, around: &Around<'_>) -> bool {
    let user = |i: &&Identifier| {
        matches!(i.kind, IdentifierKind::UserUuid | IdentifierKind::Mail | IdentifierKind::BroadworksUser)
            && i.source.member != data.member
    };
    let long = |v: &&Private| v.original().len() >= 6;
    around
        .identifiers
        .iter()
        .filter(user)
        .filter_map(|i| i.value.as_ref())
        .filter(long)
        .any(|v| data.find(v.original()).is_some())
}

/// The time of the export, by a name that says so: with its zone, or seconds or milliseconds since 1970. Gives its place too.
fn exported(bytes: &[u8]) -> Option<(LogTime, usize)> {
    static NAMED: OnceLock<Option<Regex>> = OnceLock::new();
    let named = NAMED.get_or_init(|| {
        Regex::new(
            r#"(?i)\b(?:export\w{0,12}|generat\w{0,12}|timestamp)(?:[ _-]?(?:time|at|date|on))?["']?\s{0,3}[:=>]\s{0,3}["']?(?:(?P<y>\d{4})-(?P<mo>\d\d)-(?P<d>\d\d)[T ](?P<h>\d\d):(?P<mi>\d\d):(?P<s>\d\d)(?:\.(?P<f>\d{1,6})\d*)?(?P<z>Z|[+-]\d\d:?\d\d)|(?P<ms>\d{13})\b|(?P<sec>\d{10})\b)"#,
        )
        .ok()
    });
    let hit = named.as_ref()?.captures(bytes)?;
    let at = moment(&hit)?;
    Some((at, hit.get(0)?.start()))
}

fn moment(hit: &Captures<'_>) -> Option<LogTime> {
    let text = |name: &str| hit.name(name).and_then(|m| std::str::from_utf8(m.as_bytes()).ok());
    if let Some(ms) = text("ms") {
        return Some(LogTime(ms.parse::<i64>().ok()?.checked_mul(1_000)?));
    }
    if let Some(seconds) = text("sec") {
        return Some(LogTime(seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?));
    }
    let number = |name: &str| text(name).and_then(|t| t.parse::<u32>().ok());
    let micro: u32 = format!("{:0<6}", text("f").unwrap_or("0")).parse().ok()?;
    let year = i32::try_from(number("y")?).ok()?;
    let local = LogTime::from_civil(year, number("mo")?, number("d")?, number("h")?, number("mi")?, number("s")?, micro)?;
    let offset_s = Zone::parse_offset(text("z")?)?;
    Some(local.plus_us(-i64::from(offset_s) * 1_000_000))
}

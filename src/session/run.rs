//! Runs of the client ("sessions" in report and window): from the start of a process to the next. And who the client is.
//! In: process numbers and times of the members' records, member names. Out: [`Runs`], [`Client`].
//!
//! A run begins with another process number or with the step from the last_run to the current log; a rotation does not split it.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::RunId;
use super::startup::{Stage, Verdict};
use crate::base::{LogTime, MemberId, Private};
use crate::records::{Probe, Record, Stamp};

/// The platform of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Windows.
    Windows,
    /// macOS.
    Mac,
    /// iOS.
    Ios,
    /// Android.
    Android,
    /// Linux.
    Linux,
}

impl Platform {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Mac => "mac",
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Linux => "linux",
        }
    }
}

/// What the client is, as far as the logs tell.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Its platform.
    pub platform: Option<Platform>,
    /// Version of the app.
    pub version: Option<String>,
    /// User-Agent of its requests.
    pub user_agent: Option<String>,
    /// Device type of its profile, e.g. `Business Communicator - PC`.
    pub device_type: Option<String>,
}

/// This client's clock minus a peer's.
#[derive(Clone, Debug)]
pub struct PeerClock {
    /// Host of the peer.
    pub peer: Private,
    /// Median difference in microseconds.
    pub offset_us: i64,
    /// `as-tag` or `server-log`.
    pub basis: &'static str,
    /// How many pairs.
    pub samples: u32,
}

/// The zone of the application server's own times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerZone {
    /// Seconds east of UTC.
    pub offset_s: i32,
    /// `as-tag`, or `estimated` from the time of the message.
    pub basis: &'static str,
    /// The message whose Call-ID tells it.
    pub message: super::MessageId,
}

/// Which of the client's two kept logs a run is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// `current_log`
    Current,
    /// `last_run_current_log`
    Last,
}

/// One run of the client.
#[derive(Clone, Debug)]
pub struct Run {
    /// Current or last, when the members' names tell.
    pub which: Option<Which>,
    /// First record.
    pub start: Option<LogTime>,
    /// Last record.
    pub end: Option<LogTime>,
    /// The twelve stages in order, always all of them.
    pub stages: Vec<Stage>,
    /// How it stands.
    pub verdict: Verdict,
}

/// A process number as printed, and from when to when it was seen.
#[derive(Clone, Debug)]
pub struct ProcessSpan {
    /// As printed in the head; empty when the head has none.
    pub pid: Vec<u8>,
    /// First stamp under it.
    pub first: Stamp,
    /// Last stamp under it.
    pub last: Stamp,
}

/// What the records of one member tell about processes and the client.
#[derive(Debug, Default)]
pub struct RunProbe {
    /// Each process number in order of appearance.
    pub processes: Vec<ProcessSpan>,
    /// Device type named in the member.
    pub device_type: Option<String>,
}

/// More process numbers than this in one member are not told apart.
const MAX_PROCESSES: usize = 1_000;

/// Device types of the client that BroadWorks ships (guide §6, tech notes): what follows the prefix up to a quote or bracket.
const DEVICE_TYPES: [&str; 4] =
    ["Business Communicator - PC", "Business Communicator - Mobile", "Business Communicator - Tablet", "Connect - Mobile"];

impl Probe for RunProbe {
    fn record(&mut self, record: &Record<'_>) {
        if let Some(stamp) = record.stamp {
            if let Some(span) = self.processes.iter_mut().rev().find(|p| p.pid == record.pid) {
                span.last = stamp;
            } else if self.processes.len() < MAX_PROCESSES {
                self.processes.push(ProcessSpan { pid: record.pid.to_vec(), first: stamp, last: stamp });
            }
        }
        if self.device_type.is_none() {
            // Read once for each record of a whole bundle: one search, made once.
            static SEARCH: OnceLock<Option<AhoCorasick>> = OnceLock::new();
            let search =
                SEARCH.get_or_init(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(DEVICE_TYPES).ok());
            let found = search.as_ref().and_then(|search| search.find(record.text));
            self.device_type = found.and_then(|found| DEVICE_TYPES.get(found.pattern().as_usize())).map(|t| (*t).to_owned());
        }
    }
}

/// What is needed of a member to tell runs apart.
#[derive(Debug)]
pub struct MemberTimes<'a> {
    /// The member.
    pub member: MemberId,
    /// Its path in the bundle.
    pub path: &'a str,
    /// First and last time of its records.
    pub range: Option<(LogTime, LogTime)>,
    /// Process numbers with their first and last time.
    pub processes: Vec<(Vec<u8>, LogTime, LogTime)>,
}

/// One run before it is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Current or last.
    pub which: Option<Which>,
    /// First record.
    pub start: Option<LogTime>,
    /// Last record.
    pub end: Option<LogTime>,
}

/// The runs of a bundle, and to which a moment belongs.
#[derive(Debug)]
pub struct Runs {
    /// In order of their start; never empty.
    pub spans: Vec<Span>,
    which: Vec<Option<Which>>,
}

/// Which log a member's name says it is from.
fn which(path: &str) -> Option<Which> {
    let name = path.rsplit(['/', '!']).next().unwrap_or(path).to_ascii_lowercase();
    if name.contains("last_run") {
        Some(Which::Last)
    } else if name.contains("current") {
        Some(Which::Current)
    } else {
        None
    }
}

impl Runs {
    /// Tells the runs of a bundle apart. Members must be in member order, without gaps.
    pub fn new(members: &[MemberTimes<'_>]) -> Self {
        let which: Vec<_> = members.iter().map(|m| which(m.path)).collect();
        let has_last = which.contains(&Some(Which::Last));
        let mut spans = Vec::new();
        for class in [Some(Which::Last), Some(Which::Current), None] {
            // Without a last_run log the name `current` tells nothing: everything is one pool.
            let of_class = |w: &Option<Which>| if has_last { *w == class } else { class.is_none() };
            // Rotated and media members carry neither name: they join the runs by time and make none where others did.
            if class.is_none() && !spans.is_empty() {
                continue;
            }
            let chosen: Vec<_> = members.iter().zip(&which).filter(|(_, w)| of_class(w)).map(|(m, _)| m).collect();
            let label = if which.iter().any(Option::is_some) { class.or(Some(Which::Current)) } else { None };
            spans.extend(split(&chosen, label));
        }
        if spans.is_empty() {
            spans.push(Span { which: None, start: None, end: None });
        }
        spans.sort_by_key(|s| (s.start, s.which));
        let mut runs = Self { spans, which };
        // Members of neither name may begin earlier or end later than the named ones.
        for member in members {
            if let Some((first, last)) = member.range {
                for at in [first, last] {
                    let id = runs.of(member.member, Some(at));
                    if let Some(span) = runs.spans.get_mut(id.0 as usize) {
                        span.start = Some(span.start.map_or(at, |s| s.min(at)));
                        span.end = Some(span.end.map_or(at, |e| e.max(at)));
                    }
                }
            }
        }
        runs
    }

    /// The runs of which a member with these times has records.
    pub fn between(&self, member: MemberId, first: Option<LogTime>, last: Option<LogTime>) -> Vec<RunId> {
        let (from, to) = (self.of(member, first), self.of(member, last.or(first)));
        (from.0.min(to.0)..=from.0.max(to.0)).map(RunId).collect()
    }

    /// The run that a moment of a member belongs to.
    pub fn of(&self, member: MemberId, at: Option<LogTime>) -> RunId {
        let named = self.which.get(member.index()).copied().flatten();
        let fits = |span: &Span| match named {
            Some(name) if self.spans.iter().any(|s| s.which == Some(name)) => span.which == Some(name),
            _ => true,
        };
        let mut best = None;
        for (place, span) in self.spans.iter().enumerate().filter(|(_, s)| fits(s)) {
            let begun = match (at, span.start) {
                (Some(at), Some(start)) => start <= at,
                _ => true,
            };
            if best.is_none() || begun {
                best = Some(place);
            }
        }
        RunId(u32::try_from(best.unwrap_or(0)).unwrap_or(0))
    }
}

/// The runs within members that belong together: process numbers that follow each other are runs, ones that overlap are one.
fn split(members: &[&MemberTimes<'_>], which: Option<Which>) -> Vec<Span> {
    let range = members.iter().filter_map(|m| m.range).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let Some((start, end)) = range else { return Vec::new() };
    let mut processes: std::collections::BTreeMap<&[u8], (LogTime, LogTime)> = std::collections::BTreeMap::new();
    for (pid, first, last) in members.iter().flat_map(|m| &m.processes).filter(|(pid, ..)| !pid.is_empty()) {
        let span = processes.entry(pid).or_insert((*first, *last));
        *span = (span.0.min(*first), span.1.max(*last));
    }
    let mut spans: Vec<(LogTime, LogTime)> = processes.into_values().collect();
    spans.sort_unstable();
    let mut runs: Vec<(LogTime, LogTime)> = Vec::new();
    for (first, last) in spans {
        match runs.last_mut() {
            Some(run) if first <= run.1 => run.1 = run.1.max(last),
            _ => runs.push((first, last)),
        }
    }
    if runs.len() <= 1 {
        return vec![Span { which, start: Some(start), end: Some(end) }];
    }
    if let Some(first) = runs.first_mut() {
        first.0 = first.0.min(start);
    }
    if let Some(last) = runs.last_mut() {
        last.1 = last.1.max(end);
    }
    runs.into_iter().map(|(first, last)| Span { which, start: Some(first), end: Some(last) }).collect()
}

/// Finds out what the client is, from strong signs to weak ones: User-Agent of its requests, dialect, folder names, bundle name.
pub fn client(
    user_agent: Option<String>,
    device_type: Option<String>,
    android: bool,
    paths: &[&str],
    bundle_name: &str,
) -> Client {
    let agent = user_agent.as_deref().unwrap_or_default().to_ascii_lowercase();
    let agent: Vec<&str> = agent.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let in_agent = |words: &[&str]| words.iter().any(|w| agent.contains(w));
    let in_path = |word: &str| paths.iter().any(|p| p.contains(word));
    let platform = if in_agent(&["android"]) {
        Some(Platform::Android)
    } else if in_agent(&["iphone", "ipad", "ios"]) {
        Some(Platform::Ios)
    } else if in_agent(&["windows"]) {
        Some(Platform::Windows)
    } else if in_agent(&["macos", "mac", "macintosh"]) {
        Some(Platform::Mac)
    } else if in_agent(&["linux"]) {
        Some(Platform::Linux)
    } else if android {
        Some(Platform::Android)
    } else if in_path("SparkMacDesktop") {
        Some(Platform::Mac)
    } else if in_path("CiscoSpark") {
        Some(Platform::Windows)
    } else if in_path("share/Webex/") {
        Some(Platform::Linux)
    } else {
        None
    };
    let version = version_in(bundle_name, "log-").or_else(|| {
        let text = user_agent.as_deref()?;
        text.to_ascii_lowercase().contains("webex").then(|| version_in(text, "/"))?
    });
    Client { platform, version, user_agent, device_type }
}

/// A dotted number of at least three parts behind `mark`: `log-42.12.0.23935`, `Webex/44.1.0.28000`.
fn version_in(text: &str, mark: &str) -> Option<String> {
    text.split(mark).skip(1).find_map(|after| {
        let end = after.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(after.len());
        let version = after.get(..end)?.trim_end_matches('.');
        (version.split('.').count() >= 3 && version.split('.').all(|p| !p.is_empty())).then(|| version.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member<'a>(id: u32, path: &'a str, from: i64, to: i64, pids: &[(&str, i64, i64)]) -> MemberTimes<'a> {
        MemberTimes {
            member: MemberId(id),
            path,
            range: Some((LogTime(from), LogTime(to))),
            processes: pids.iter().map(|(p, a, b)| (p.as_bytes().to_vec(), LogTime(*a), LogTime(*b))).collect(),
        }
    }

    #[test]
    fn last_run_and_current_are_two_runs_and_media_joins_by_time() {
        let runs = Runs::new(&[
            member(0, "current_log.txt", 100, 200, &[]),
            member(1, "last_run_current_log.txt", 10, 90, &[]),
            member(2, "media/wme.log", 50, 150, &[]),
        ]);
        assert_eq!(runs.spans.iter().map(|s| s.which).collect::<Vec<_>>(), [Some(Which::Last), Some(Which::Current)]);
        assert_eq!(runs.of(MemberId(2), Some(LogTime(60))), RunId(0));
        assert_eq!(runs.of(MemberId(2), Some(LogTime(120))), RunId(1));
        // The name decides where both logs overlap in time.
        assert_eq!(runs.of(MemberId(1), Some(LogTime(150))), RunId(0));
    }

    #[test]
    fn a_new_process_is_a_new_run_but_two_at_once_are_one() {
        let one_after_other = Runs::new(&[member(0, "a.log", 0, 100, &[("7", 0, 40), ("8", 60, 100)])]);
        assert_eq!(one_after_other.spans.len(), 2);
        assert_eq!(one_after_other.of(MemberId(0), Some(LogTime(70))), RunId(1));
        let at_once = Runs::new(&[member(0, "a.log", 0, 100, &[("7", 0, 90), ("8", 60, 100)])]);
        assert_eq!(at_once.spans.len(), 1);
    }

    #[test]
    fn rotation_does_not_split() {
        let runs = Runs::new(&[
            member(0, "bwc/log-0001.txt", 0, 50, &[("7", 0, 50)]),
            member(1, "bwc/current_log.txt", 51, 90, &[("7", 51, 90)]),
        ]);
        assert_eq!(runs.spans.len(), 1);
        assert_eq!(runs.spans[0].end, Some(LogTime(90)));
    }

    #[test]
    fn versions_and_platforms() {
        let client = client(None, None, false, &["SparkMacDesktop/bwc/current_log"], "x_10-14_15-56-16_log-42.12.0.23935.zip");
        assert_eq!(client.version.as_deref(), Some("42.12.0.23935"));
        assert_eq!(client.platform, Some(Platform::Mac));
        let client = super::client(Some("Webex/44.1.0.28000 (macOS 14.2)".into()), None, true, &[], "logs.zip");
        assert_eq!((client.version.as_deref(), client.platform), (Some("44.1.0.28000"), Some(Platform::Mac)));
    }
}

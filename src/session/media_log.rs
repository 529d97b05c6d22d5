//! What media logs print about a call, taken without knowing the engine: series of numbers (loss, jitter, round trip, bitrate), check
//! points, states, first audio, codecs. In: what the probes kept, calls. Out: [`Series`] and [`MediaSign`]s. Must not know how lines are
//! read, or what SIP agreed.
//!
//! No public source shows such a log of the desktop client, so all of this is *unverified* wherever it is shown. A value belongs to a
//! call by its time alone, and to none where two calls stand at once.

use std::collections::BTreeMap;

use super::call::Call;
use super::media_log_probe::{RawSeries, RawSign};
use super::tables::ConnectionState;
use super::{CallId, RunId};
use crate::base::{LogTime, MemberId, NoteKind, Notes, SourceRef};

/// Values kept of one series; beyond it, of neighbours the worse is kept.
pub const MAX_POINTS: usize = 2_048;
/// Series kept.
const MAX_SERIES: usize = 500;
/// A line about the end of a call may stand a little behind its BYE.
const AFTER_US: i64 = 3_000_000;

/// A value at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When.
    pub at: LogTime,
    /// As printed, in the unit of its series.
    pub value: f64,
    /// Its line.
    pub source: SourceRef,
}

/// What a line says of itself beside the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// `audio`, `video` or `share`.
    pub kind: Option<&'static str>,
    /// `sent` or `received`.
    pub way: Option<&'static str>,
}

/// Numbers of one name, unit and stream over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The run of the client.
    pub run: RunId,
    /// The call that stood; `None` outside calls and where several stood.
    pub call: Option<CallId>,
    /// `loss`, `jitter`, `round-trip`, `bitrate`, or a word of the user's own table.
    pub measure: String,
    /// The name as printed.
    pub name: String,
    /// What the lines say the numbers are of.
    pub stream: Stream,
    /// As printed; `None` when the log gives none.
    pub unit: Option<String>,
    /// In time order, at most [`MAX_POINTS`].
    pub points: Vec<Point>,
    /// Values that the log has: more than points where those stand for the worst of their neighbours.
    pub seen: u64,
    /// Smallest and largest of all values, also of those that no point shows.
    pub range: (f64, f64),
    /// Low values are the bad ones.
    pub low_is_worse: bool,
}

/// What a line of the media engine tells.
#[derive(Clone, Debug, PartialEq)]
pub enum SignKind {
    /// `[CheckPoint]`.
    CheckPoint,
    /// `[MediaState]` and where it goes.
    State,
    /// Seconds from connect to the first audio.
    FirstAudio(f64),
    /// A codec in use, by its SDP name.
    Codec(&'static str),
    /// The transport connection to the SIP server.
    Connection(ConnectionState),
}

impl SignKind {
    /// The word of the JSON report.
    pub fn word(&self) -> &'static str {
        match self {
            Self::CheckPoint => "check-point",
            Self::State => "media-state",
            Self::FirstAudio(_) => "first-audio",
            Self::Codec(_) => "codec",
            Self::Connection(_) => "connection",
        }
    }
}

/// A codec of video, by its SDP name.
pub fn is_video(codec: &str) -> bool {
    super::media_log_words::CODECS.iter().any(|(name, video)| *video && name.eq_ignore_ascii_case(codec))
}

/// A line of the media engine with its call.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaSign {
    /// The run of the client.
    pub run: RunId,
    /// The only call that stood then.
    pub call: Option<CallId>,
    /// When.
    pub at: Option<LogTime>,
    /// What it tells.
    pub kind: SignKind,
    /// The line, at most 300 characters.
    pub line: String,
    /// Its place.
    pub source: SourceRef,
}

/// What the probe of one member kept, its times in UTC.
pub struct MemberMedia<'a> {
    /// The member.
    pub member: MemberId,
    /// Series with their values.
    pub series: &'a [RawSeries],
    /// Signs.
    pub signs: &'a [RawSign],
    /// UTC of a stamp.
    pub utc: &'a dyn Fn(crate::records::Stamp) -> LogTime,
    /// The run of a moment.
    pub run: &'a dyn Fn(Option<LogTime>) -> RunId,
}

/// Joins what the members' probes kept, and tells what was left out.
pub fn join(
    members: &[MemberMedia<'_>],
    calls: &[Call],
    ends: &[Option<LogTime>],
    notes: &mut Notes,
) -> (Vec<Series>, Vec<MediaSign>) {
    let standing = Standing::of(calls, ends);
    let mut signs = Vec::new();
    let mut series: BTreeMap<Key<'_>, Series> = BTreeMap::new();
    let mut beyond = 0_u64;
    for member in members {
        for sign in member.signs {
            let at = sign.stamp.map(member.utc);
            let run = (member.run)(at);
            let call = at.and_then(|at| standing.call(run, at).or_else(|| standing.call(run, at.plus_us(-AFTER_US))));
            signs.push(MediaSign { run, call, at, kind: sign.kind.clone(), line: sign.line.clone(), source: sign.source });
        }
        for raw in member.series {
            for value in &raw.values {
                let at = (member.utc)(value.stamp);
                let run = (member.run)(Some(at));
                let call = standing.call(run, at);
                let key = Key { run, call, name: &raw.name, stream: raw.stream, unit: raw.unit.as_deref() };
                if !series.contains_key(&key) && series.len() >= MAX_SERIES {
                    beyond += value.count;
                    continue;
                }
                let one = series.entry(key).or_insert_with(|| Series {
                    run,
                    call,
                    measure: raw.measure.clone(),
                    name: raw.name.clone(),
                    stream: raw.stream,
                    unit: raw.unit.clone(),
                    points: Vec::new(),
                    seen: 0,
                    range: (value.value, value.value),
                    low_is_worse: raw.low_is_worse,
                });
                one.points.push(Point { at, value: value.value, source: value.source });
                one.seen += value.count;
                one.range = (one.range.0.min(value.value).min(value.best), one.range.1.max(value.value).max(value.best));
            }
        }
    }
    if beyond > 0 {
        let text = format!("{beyond} more values of media logs than are kept: more than {MAX_SERIES} different series");
        notes.push(NoteKind::Limit, None, 0, text);
    }
    let mut series: Vec<Series> = series.into_values().collect();
    let (mut seen, mut kept) = (0, 0);
    for one in &mut series {
        one.points.sort_by_key(|p| (p.at, p.source));
        while one.points.len() > MAX_POINTS {
            let pairs = one.points.chunks(2).filter_map(|pair| worst(pair, one.low_is_worse));
            one.points = pairs.collect();
        }
        if one.seen > one.points.len() as u64 {
            seen += one.seen;
            kept += one.points.len();
        }
    }
    if kept > 0 {
        let text = format!("Of {seen} values of media logs {kept} are shown, each the worst of its neighbours");
        notes.push(NoteKind::Limit, None, 0, text);
    }
    series.sort_by(|a, b| (a.run, a.points.first().map(|p| p.at)).cmp(&(b.run, b.points.first().map(|p| p.at))));
    signs.sort_by_key(|s| (s.run, s.at, s.source));
    (series, signs)
}

fn worst(points: &[Point], low: bool) -> Option<Point> {
    let worse = |a: &Point, b: &Point| if low { a.value < b.value } else { a.value > b.value };
    points.iter().copied().reduce(|a, b| if worse(&b, &a) { b } else { a })
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    run: RunId,
    call: Option<CallId>,
    name: &'a str,
    stream: Stream,
    unit: Option<&'a str>,
}

/// Which call stands when: stretches in which exactly one does.
struct Standing {
    /// Run, first moment, and the only call from then on.
    from: Vec<(RunId, LogTime, Option<CallId>)>,
}

impl Standing {
    fn of(calls: &[Call], ends: &[Option<LogTime>]) -> Self {
        let mut steps: BTreeMap<(RunId, LogTime), (Vec<CallId>, Vec<CallId>)> = BTreeMap::new();
        for call in calls {
            let end = || ends.get(call.run.0 as usize).copied().flatten();
            let ended = call.ended.or_else(|| call.answered.and_then(|_| end())).or(call.ringing).or(call.started);
            if let (Some(from), Some(to)) = (call.started, ended) {
                steps.entry((call.run, from)).or_default().0.push(call.id);
                steps.entry((call.run, to.plus_us(1))).or_default().1.push(call.id);
            }
        }
        let mut open: Vec<CallId> = Vec::new();
        let mut run = None;
        let mut from = Vec::new();
        for ((of, at), (begun, over)) in steps {
            if run.replace(of) != Some(of) {
                open.clear();
            }
            open.retain(|call| !over.contains(call));
            open.extend(begun);
            let only = if let [only] = open.as_slice() { Some(*only) } else { None };
            from.push((of, at, only));
        }
        Self { from }
    }

    fn call(&self, run: RunId, at: LogTime) -> Option<CallId> {
        let place = self.from.partition_point(|(of, from, _)| (*of, *from) <= (run, at));
        let (of, _, call) = self.from.get(place.checked_sub(1)?)?;
        call.filter(|_| *of == run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Stamp;
    use crate::session::media_log_probe::RawValue;
    use crate::session::script;

    const CALLS: &str = "1000 > INVITE 1 z9hG4bK1 a -
        2000 < 200 INVITE 1 z9hG4bK1 a b
        2001 > ACK 1 z9hG4bK2 a b
        5000 > INVITE 1 z9hG4bK3 c - | id=call-2
        5500 < 486 INVITE 1 z9hG4bK3 c d | id=call-2
        9000 > BYE 2 z9hG4bK4 a b
        9010 < 200 BYE 2 z9hG4bK4 a b";

    fn source(line: u64) -> SourceRef {
        SourceRef { member: MemberId(0), line, offset: line, bytes: 1 }
    }

    fn raw(values: &[(i64, f64)]) -> RawSeries {
        let value = |(line, (ms, value)): (u64, &(i64, f64))| RawValue {
            stamp: Stamp { us: ms * 1_000, zoned: true },
            value: *value,
            best: *value,
            source: source(line),
            count: 1,
        };
        RawSeries {
            measure: "jitter".into(),
            name: "jitterMs".into(),
            stream: Stream { kind: Some("audio"), way: None },
            unit: Some("ms".into()),
            low_is_worse: false,
            values: (1..).zip(values).map(value).collect(),
        }
    }

    fn joined(series: &[RawSeries]) -> (Vec<Series>, Vec<String>) {
        let facts = script::facts(CALLS);
        let member = MemberMedia { member: MemberId(0), series, signs: &[], utc: &|stamp| LogTime(stamp.us), run: &|_| RunId(0) };
        let mut notes = Notes::new();
        let (series, _) = join(&[member], &facts.calls, &[Some(LogTime(20_000_000))], &mut notes);
        (series, notes.all().into_iter().map(|n| n.text).collect())
    }

    #[test]
    fn a_value_belongs_to_the_only_call_of_its_moment() {
        let (series, notes) = joined(&[raw(&[(500, 1.0), (3_000, 2.0), (5_100, 3.0), (8_999, 4.0), (9_500, 5.0)])]);
        let values = |call: Option<u32>| -> Vec<f64> {
            let own = series.iter().filter(|s| s.call.map(|c| c.0) == call);
            own.flat_map(|s| s.points.iter().map(|p| p.value)).collect()
        };
        assert_eq!(values(Some(0)), [2.0, 4.0]);
        // Before, after, and while two calls stand.
        assert_eq!(values(None), [1.0, 3.0, 5.0]);
        assert_eq!(values(Some(1)), Vec::<f64>::new());
        assert_eq!(notes, Vec::<String>::new());
    }

    #[test]
    fn of_very_many_values_the_worst_stay_and_that_is_told() {
        let many: Vec<(i64, f64)> = (0..5_000).map(|n| (3_000 + n, if n == 777 { 99.0 } else { (n % 7) as f64 })).collect();
        let (series, notes) = joined(&[raw(&many)]);
        let seen: u64 = series.iter().map(|s| s.seen).sum();
        assert_eq!(seen, 5_000);
        assert!(series.iter().all(|s| s.points.len() <= MAX_POINTS));
        assert_eq!(series[0].range, (0.0, 99.0));
        assert!(series[0].points.iter().any(|p| p.value == 99.0));
        assert_eq!(notes.len(), 1);
        assert!(notes[0].starts_with("Of 4499 values of media logs 1125 are shown"), "{notes:?}");
    }
}

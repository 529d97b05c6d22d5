//! Lanes, spans and marks as plain data. In: facts of one run. Out: [`Scene`]. Must not know colours: a look is a meaning.

use std::collections::BTreeMap;
use std::ops::Range;

use super::axis::Extent;
use super::columns::{span_key, weight};
use super::lanes::{LANES, Source};
use super::ranks::Ranks;
use super::series::Series;
use super::survey::Gap;
use crate::base::{LogTime, SourceRef, Text, Tone};
use crate::session::startup::StageId;
use crate::session::{CallId, MessageId};

/// What a thing on screen stands for; choosing it chooses this everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A SIP message.
    Message(MessageId),
    /// A call.
    Call(CallId),
    /// A registration by its place in `Facts::registrations`.
    Registration(u32),
    /// A keep-alive by its place in `Facts::keepalives`.
    KeepAlive(u32),
    /// A stage of the run shown.
    Stage(StageId),
    /// A line of the log.
    Record(SourceRef),
    /// A finding by its place in the list.
    Finding(u32),
}

/// What a span means; the front gives it fill, edge and pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Look {
    /// A binding stands.
    Registered,
    /// A binding ran out.
    Expired,
    /// A call is being set up.
    Ringing,
    /// Media may flow both ways.
    Talking,
    /// This client holds.
    HeldByClient,
    /// The other side holds.
    HeldByPeer,
    /// Both hold.
    HeldByBoth,
    /// A codec by order of appearance, from 1; `one_way` adds the hatch.
    Codec {
        /// 1, 2, 3, …
        number: u8,
        /// Media flows one way or not at all.
        one_way: bool,
    },
    /// A start-up stage that was reached.
    Reached,
    /// Ended badly.
    Failed,
}

/// A stretch of time on a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Start, µs UTC.
    pub from_us: i64,
    /// End, µs UTC, not before the start.
    pub to_us: i64,
    /// The log ends before the thing does: the right edge stays open.
    pub open: bool,
    /// What it means.
    pub look: Look,
    /// Its name, written when it fits.
    pub label: Text,
    /// More, in second ink, when that fits too.
    pub more: Text,
    /// When what was granted runs out, µs UTC: a bar drains towards it. May lie after the end.
    pub drains_us: Option<i64>,
    /// What it stands for.
    pub target: Target,
}

impl Span {
    /// A closed span with a name.
    pub fn new(from_us: i64, to_us: i64, look: Look, label: Text, target: Target) -> Self {
        Self { from_us, to_us: to_us.max(from_us), open: false, look, label, more: Text::default(), drains_us: None, target }
    }
}

/// The form of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// A ping.
    Ping,
    /// The answer to a ping.
    Answer,
    /// A binding was renewed.
    Refresh,
    /// Another codec from here.
    Change,
    /// The client sent something.
    Sent,
    /// The client received something.
    Received,
    /// The end of a call.
    End,
    /// The shape of the mark's tone: octagon, triangle, …
    State,
}

/// An instant on a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When, µs UTC.
    pub at_us: i64,
    /// Its form.
    pub shape: Shape,
    /// Its meaning.
    pub tone: Tone,
    /// Words after it, when there is room.
    pub label: Text,
    /// What it stands for.
    pub target: Target,
}

/// The topics of lanes, in their order; also names of files and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Start-up stages.
    Startup,
    /// Bindings.
    Registration,
    /// Pings and their answers.
    KeepAlive,
    /// A call in its user's words.
    Call,
    /// The messages of a call.
    CallSip,
    /// What was agreed about media.
    Media,
    /// Values that the media engine logged.
    Series,
    /// Error records.
    Errors,
    /// Findings.
    Findings,
}

/// Names a lane for as long as the document is open, whatever is folded or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneId {
    /// Its topic.
    pub topic: Topic,
    /// What its head stands for.
    pub target: Option<Target>,
    /// Counted from 0 among lanes of one topic and target.
    pub number: u32,
}

/// One lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Its name for the program.
    pub id: LaneId,
    /// What it is about.
    pub topic: Topic,
    /// Its name in the head.
    pub name: Text,
    /// The figure at the right of the head.
    pub figure: Text,
    /// How it stands; `None` draws no shape.
    pub tone: Option<Tone>,
    /// Height in points.
    pub height_px: f32,
    /// Stretches, sorted by start.
    pub spans: Vec<Span>,
    /// Instants, sorted.
    pub marks: Vec<Mark>,
    /// What marks of messages are called when there are no words after them.
    pub names: BTreeMap<MessageId, Text>,
    /// Values over time.
    pub series: Vec<Series>,
    /// Said of marks too dense to be told apart, after their count: `every 30 s`.
    pub rhythm: Option<Text>,
    /// Said where nothing is drawn, or behind the last thing.
    pub sentence: Option<Text>,
    /// A detail lane of this call: shown when the call is chosen or when calls are few.
    pub detail_of: Option<CallId>,
    /// What its head stands for.
    pub target: Option<Target>,
    worst_marks: Ranks,
    worst_spans: Ranks,
    longest_spans: Ranks,
}

impl Lane {
    /// An empty lane.
    pub fn new(topic: Topic, name: Text) -> Self {
        Self {
            id: LaneId { topic, target: None, number: 0 },
            topic,
            name,
            figure: Text::default(),
            tone: None,
            height_px: 25.0,
            spans: Vec::new(),
            marks: Vec::new(),
            names: BTreeMap::new(),
            series: Vec::new(),
            rhythm: None,
            sentence: None,
            detail_of: None,
            target: None,
            worst_marks: Ranks::default(),
            worst_spans: Ranks::default(),
            longest_spans: Ranks::default(),
        }
    }

    /// The call whose lanes this one leads.
    pub fn leads(&self) -> Option<CallId> {
        match self.target {
            Some(Target::Call(id)) if self.topic == Topic::Call => Some(id),
            _ => None,
        }
    }

    /// The worst mark of a stretch of places, the earliest of equals.
    pub(super) fn worst_mark(&self, places: Range<usize>) -> Option<usize> {
        self.worst_marks.best(places, |n| self.marks.get(n).map_or(0, |m| weight(m.tone)))
    }

    /// The worst span of a stretch of places, the longest of equals.
    pub(super) fn worst_span(&self, places: Range<usize>) -> Option<usize> {
        self.worst_spans.best(places, |n| self.spans.get(n).map_or((0, i64::MIN), span_key))
    }

    /// The span of a stretch of places that ends last.
    pub(super) fn longest_span(&self, places: Range<usize>) -> Option<usize> {
        self.longest_spans.best(places, |n| self.spans.get(n).map_or(i64::MIN, |s| s.to_us))
    }

    /// Spans of a stretch of places that last until `us` or longer.
    pub(super) fn reaching(&self, places: Range<usize>, us: i64) -> Vec<usize> {
        self.longest_spans.at_least(places, &us, |n| self.spans.get(n).map_or(i64::MIN, |s| s.to_us))
    }

    /// First and last moment of what stands on it.
    pub fn stretch(&self) -> Option<(i64, i64)> {
        let spans =
            self.longest_span(0..self.spans.len()).and_then(|n| Some((self.spans.first()?.from_us, self.spans.get(n)?.to_us)));
        let marks = self.marks.first().zip(self.marks.last()).map(|(a, b)| (a.at_us, b.at_us));
        let ends = |series: &Series| series.points.first().zip(series.points.last()).map(|(a, b)| (a.at_us, b.at_us));
        let all = spans.into_iter().chain(marks).chain(self.series.iter().filter_map(ends));
        all.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// Puts spans and marks in order of time and ranks them; painters search in them.
    pub(super) fn finished(mut self) -> Self {
        self.spans.sort_by_key(|s| (s.from_us, s.to_us));
        self.marks.sort_by_key(|m| (m.at_us, m.shape));
        self.worst_marks = Ranks::new(self.marks.len(), |n| self.marks.get(n).map_or(0, |m| weight(m.tone)));
        self.worst_spans = Ranks::new(self.spans.len(), |n| self.spans.get(n).map_or((0, i64::MIN), span_key));
        self.longest_spans = Ranks::new(self.spans.len(), |n| self.spans.get(n).map_or(i64::MIN, |s| s.to_us));
        self
    }
}

/// Everything the timeline of one run shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// From first to last moment; `None`: the log has no times.
    pub extent: Option<Extent>,
    /// Lanes from top to bottom.
    pub lanes: Vec<Lane>,
    /// Where no log says anything.
    pub gaps: Vec<Gap>,
}

impl Scene {
    /// Lays out one run.
    pub fn new(source: &Source<'_>) -> Self {
        let mut lanes: Vec<Lane> = LANES.iter().flat_map(|build| build(source)).map(Lane::finished).collect();
        let mut seen: BTreeMap<(Topic, Option<Target>), u32> = BTreeMap::new();
        for lane in &mut lanes {
            let number = seen.entry((lane.topic, lane.target)).or_default();
            lane.id = LaneId { topic: lane.topic, target: lane.target, number: *number };
            *number += 1;
        }
        let inside = |gap: &&Gap| source.extent.is_some_and(|e| gap.from_us >= e.start_us && gap.to_us <= e.end_us);
        let gaps = source.survey.gaps.iter().filter(inside).copied().collect();
        Self { extent: source.extent, lanes, gaps }
    }

    /// Places of the lanes that are shown where nobody folds or moves any: details of all calls when these are few, else of the
    /// chosen one.
    pub fn shown(&self, chosen: Option<CallId>) -> Vec<usize> {
        let calls = self.lanes.iter().filter(|l| l.leads().is_some()).count();
        let mut details: BTreeMap<CallId, Vec<usize>> = BTreeMap::new();
        for (place, lane) in self.lanes.iter().enumerate() {
            if let Some(call) = lane.detail_of.filter(|call| !is_folded(calls, chosen, *call)) {
                details.entry(call).or_default().push(place);
            }
        }
        let mut out = Vec::new();
        for (place, lane) in self.lanes.iter().enumerate().filter(|(_, l)| l.detail_of.is_none()) {
            out.push(place);
            out.extend(lane.leads().and_then(|call| details.remove(&call)).unwrap_or_default());
        }
        out
    }

    /// The stretch of time a target takes: its spans together, else its first mark.
    pub fn stretch(&self, target: Target) -> Option<(i64, i64)> {
        let spans = self.lanes.iter().flat_map(|l| &l.spans).filter(|s| s.target == target).map(|s| (s.from_us, s.to_us));
        let marks = self.lanes.iter().flat_map(|l| &l.marks).filter(|m| m.target == target).map(|m| (m.at_us, m.at_us));
        spans.chain(marks).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// With more calls than this only the chosen one shows its detail lanes.
const MOST_DETAILED: usize = 2;

/// Are the detail lanes of a call folded, unless the user says otherwise?
pub fn is_folded(calls: usize, chosen: Option<CallId>, call: CallId) -> bool {
    calls > MOST_DETAILED && chosen != Some(call)
}

/// `time` in µs, for layouts.
pub(super) fn us(time: Option<LogTime>) -> Option<i64> {
    time.map(|t| t.0)
}

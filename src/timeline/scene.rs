//! Lanes, spans and marks as plain data. In: facts of one run. Out: [`Scene`]. Must not know colours: a look is a meaning.

use super::axis::Extent;
use super::lanes::{LANES, Source};
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
    /// What it stands for.
    pub target: Target,
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
    /// Error records.
    Errors,
    /// Findings.
    Findings,
}

/// One lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
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
    /// Said where nothing is drawn, or behind the last thing.
    pub sentence: Option<Text>,
    /// A detail lane of this call: shown when the call is chosen or when calls are few.
    pub detail_of: Option<CallId>,
    /// What its head stands for.
    pub target: Option<Target>,
}

impl Lane {
    /// An empty lane.
    pub fn new(topic: Topic, name: Text) -> Self {
        Self {
            topic,
            name,
            figure: Text::default(),
            tone: None,
            height_px: 25.0,
            spans: Vec::new(),
            marks: Vec::new(),
            sentence: None,
            detail_of: None,
            target: None,
        }
    }

    /// Puts spans and marks in order of time; painters search in them.
    fn sorted(mut self) -> Self {
        self.spans.sort_by_key(|s| (s.from_us, s.to_us));
        self.marks.sort_by_key(|m| (m.at_us, m.shape));
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
}

impl Scene {
    /// Lays out one run.
    pub fn new(source: &Source<'_>) -> Self {
        let lanes: Vec<Lane> = LANES.iter().flat_map(|build| build(source)).map(Lane::sorted).collect();
        Self { extent: source.extent, lanes }
    }

    /// The stretch of time a target takes: its spans together, else its first mark.
    pub fn stretch(&self, target: Target) -> Option<(i64, i64)> {
        let spans = self.lanes.iter().flat_map(|l| &l.spans).filter(|s| s.target == target).map(|s| (s.from_us, s.to_us));
        let marks = self.lanes.iter().flat_map(|l| &l.marks).filter(|m| m.target == target).map(|m| (m.at_us, m.at_us));
        spans.chain(marks).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// `time` in µs, for layouts.
pub(super) fn us(time: Option<LogTime>) -> Option<i64> {
    time.map(|t| t.0)
}

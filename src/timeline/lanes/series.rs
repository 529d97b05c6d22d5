//! Media-engine lanes: jitter, loss, round trip, bitrate as lines over time, first audio and codecs as marks. In: series and signs of the
//! facts, all of them unverified and said to be. Out: a lane for every three series of a call, and of what belongs to no call.

use std::collections::BTreeSet;

use super::{Source, plain};
use crate::base::{Segment, Text, Tone};
use crate::session::CallId;
use crate::session::media_log::{self, MediaSign, SignKind};
use crate::timeline::figures::duration;
use crate::timeline::scene::{Lane, Mark, Shape, Target, Topic};
use crate::timeline::series::{Point, Series};

/// Lines in one lane: there are three colours for them.
const MOST_LINES: usize = 3;

/// Lanes of what belongs to no call; those of a call stand below it.
pub fn lanes(source: &Source<'_>) -> Vec<Lane> {
    of(source, None)
}

/// Lanes of a call, `None`: of no call.
pub fn of(source: &Source<'_>, call: Option<CallId>) -> Vec<Lane> {
    let facts = source.facts;
    let own: Vec<&media_log::Series> = facts.series.iter().filter(|s| s.call == call && source.shows(s.run)).collect();
    let marks = marks(facts.media_signs.iter().filter(|s| s.call == call && source.shows(s.run)));
    let mut out: Vec<Lane> = own
        .chunks(MOST_LINES)
        .map(|part| {
            let mut lane = lane(call);
            lane.series = part.iter().map(|s| line(s)).collect();
            lane
        })
        .collect();
    if out.is_empty() && !marks.is_empty() {
        out.push(lane(call));
    }
    if let Some(first) = out.first_mut() {
        first.marks = marks;
    }
    out
}

fn lane(call: Option<CallId>) -> Lane {
    let mut lane = Lane::new(Topic::Series, Text::key("timeline.engine"));
    (lane.height_px, lane.figure, lane.detail_of) = (44.0, Text::key("timeline.unverified"), call);
    lane.target = call.map(Target::Call);
    lane
}

fn line(series: &media_log::Series) -> Series {
    let way = series.stream.way.map(|way| match way {
        "sent" => Text::key("timeline.engine_sent"),
        _ => Text::key("timeline.engine_received"),
    });
    let kind = series.stream.kind.filter(|kind| *kind != "audio").map(plain);
    let name = [Some(Text(vec![Segment::Log(series.name.clone())])), kind, way];
    let points = series.points.iter().map(|p| Point { at_us: p.at.0, value: p.value }).collect();
    Series::new(Text::join(name.into_iter().flatten(), " "), series.unit.clone().unwrap_or_default(), points)
}

/// First audio, and every codec where it was first named.
fn marks<'a>(signs: impl Iterator<Item = &'a MediaSign>) -> Vec<Mark> {
    let mut named = BTreeSet::new();
    let mut out = Vec::new();
    for sign in signs {
        let (shape, label) = match sign.kind {
            SignKind::FirstAudio(s) => {
                let after = Segment::Word(duration((s * 1e6) as i64));
                (Shape::State, Text::phrase("timeline.first_audio", &[("time", after)]))
            }
            SignKind::Codec(name) if named.insert(name) => (Shape::Change, plain(name)),
            SignKind::Codec(_) | SignKind::CheckPoint | SignKind::State | SignKind::Connection(_) => continue,
        };
        let Some(at) = sign.at else { continue };
        out.push(Mark { at_us: at.0, shape, tone: Tone::Info, label, target: Target::Record(sign.source) });
    }
    out
}

//! The lane of error records. In: record indexes. Out: one lane; what is left out is counted in it.

use super::{Source, plain};
use crate::base::{Segment, SourceRef, Text, Tone};
use crate::records::Level;
use crate::timeline::figures::count;
use crate::timeline::scene::{Lane, Mark, Shape, Target, Topic};

/// At most this many error records are drawn one by one; the figure still counts all.
const MOST_MARKS: usize = 100_000;

/// The lane of error records.
pub fn lanes(source: &Source<'_>) -> Vec<Lane> {
    let mut lane = Lane::new(Topic::Errors, Text::key("timeline.errors"));
    let mut seen = 0_u64;
    for (member, index) in source.indexes() {
        for number in 0..index.len() {
            let Some(entry) = index.get(number) else { break };
            let (Level::Error, Some(at)) = (entry.level, entry.time) else { continue };
            if !source.covers(at) {
                continue;
            }
            seen += 1;
            if lane.marks.len() < MOST_MARKS {
                let line = SourceRef { member, line: entry.line, offset: entry.offset, bytes: 0 };
                let target = Target::Record(line);
                lane.marks.push(Mark { at_us: at.0, shape: Shape::State, tone: Tone::Fail, label: Text::default(), target });
            }
        }
    }
    lane.figure = plain(count(seen));
    if seen == 0 {
        lane.sentence = Some(Text::key("timeline.no_errors"));
    } else if seen > MOST_MARKS as u64 {
        let (n, all) = (Segment::Word(count(MOST_MARKS as u64)), Segment::Word(count(seen)));
        lane.sentence = Some(Text::phrase("timeline.errors_cut", &[("n", n), ("all", all)]));
    }
    vec![lane]
}

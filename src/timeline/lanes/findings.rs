//! The lane of findings. In: findings of a run. Out: one lane, none where findings were not given; what has no time is said.

use super::{Source, plain};
use crate::base::{LogTime, Segment, Text};
use crate::findings::Finding;
use crate::timeline::figures::count;
use crate::timeline::scene::{Lane, Mark, Shape, Target, Topic};

/// Marks of one finding; the figure of its card counts all.
const MOST_MARKS: usize = 200;
/// Lines of one occurrence stand closer than this.
const APART_US: i64 = 1_000_000;

/// The lane of findings.
pub fn lanes(source: &Source<'_>) -> Vec<Lane> {
    let Some(findings) = source.findings else { return Vec::new() };
    let mut lane = Lane::new(Topic::Findings, Text::key("timeline.findings"));
    let own = || (0_u32..).zip(findings).filter(|(_, f)| source.shows(f.run));
    let mut whole = 0_u64;
    for (place, finding) in own() {
        let times = times(finding);
        whole += u64::from(times.is_empty());
        for (number, at) in times.into_iter().filter(|at| source.covers(*at)).enumerate() {
            let label = if number == 0 { Text::word(finding.id.clone()) } else { Text::default() };
            let target = Target::Finding(place);
            lane.marks.push(Mark { at_us: at.0, shape: Shape::State, tone: finding.severity.tone(), label, target });
        }
    }
    let all = own().count() as u64;
    lane.figure = plain(count(all));
    if all == 0 {
        lane.sentence = Some(Text::key("timeline.no_findings"));
    } else if whole > 0 {
        let n = Segment::Word(count(whole));
        lane.sentence = Some(Text::phrase("timeline.findings_whole", &[("n", n)]));
    }
    vec![lane]
}

/// When it occurred: its first time, and the times of its lines that stand apart.
fn times(finding: &Finding) -> Vec<LogTime> {
    let mut all: Vec<LogTime> = finding.first.into_iter().chain(finding.evidence.iter().filter_map(|e| e.at)).collect();
    if finding.count > 1 {
        all.extend(finding.last);
    }
    all.sort_unstable();
    let mut out: Vec<LogTime> = Vec::new();
    for at in all {
        if out.last().is_none_or(|last| at.since_us(*last) > APART_US) && out.len() < MOST_MARKS {
            out.push(at);
        }
    }
    // One occurrence is one mark, though its lines may lie apart: request and time-out.
    if finding.count <= 1 {
        out.truncate(1);
    }
    out
}

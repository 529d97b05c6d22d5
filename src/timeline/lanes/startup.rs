//! The start-up lane: one span from each stage to the next that was seen. In: stages of a run. Out: one lane a run.

use super::{Source, counted};
use crate::base::{Segment, Text};
use crate::session::judge::stage_key;
use crate::session::run::Run;
use crate::session::startup::StageState;
use crate::timeline::scene::{Lane, Look, Mark, Shape, Span, Target, Topic, us};

/// So many stages that were not seen are named; more are counted.
const MOST_NAMES: usize = 3;

/// One lane for each run shown.
pub fn lanes(source: &Source<'_>) -> Vec<Lane> {
    let runs = (0_u32..).zip(&source.facts.runs);
    runs.filter(|(id, _)| source.shows(crate::session::RunId(*id))).map(|(_, run)| lane(run)).collect()
}

fn lane(run: &Run) -> Lane {
    let mut lane = Lane::new(Topic::Startup, Text::key("timeline.startup"));
    let reached =
        run.stages.iter().filter(|s| matches!(s.state, StageState::Ok | StageState::Implied | StageState::Warning)).count();
    let possible = run.stages.iter().filter(|s| s.state != StageState::NotApplicable).count();
    lane.figure = Text::phrase("timeline.of", &[("n", Segment::number(reached)), ("all", Segment::number(possible))]);
    lane.tone = Some(run.verdict.state.tone());
    let mut before = us(run.start);
    for stage in &run.stages {
        let Some(at_us) = us(stage.at) else { continue };
        let name = Text::key(stage_key(stage.id));
        let target = Target::Stage(stage.id);
        match stage.state {
            StageState::Failed => {
                lane.spans.extend(span(before, at_us, Look::Failed, name.clone(), target));
                lane.marks.push(Mark { at_us, shape: Shape::State, tone: stage.state.tone(), label: name, target });
            }
            StageState::NotSeen | StageState::NotApplicable => continue,
            StageState::Ok | StageState::Implied => lane.spans.extend(span(before, at_us, Look::Reached, name, target)),
            StageState::Warning => {
                lane.spans.extend(span(before, at_us, Look::Reached, name.clone(), target));
                lane.marks.push(Mark { at_us, shape: Shape::State, tone: stage.state.tone(), label: name, target });
            }
        }
        before = Some(before.map_or(at_us, |b| b.max(at_us)));
    }
    let unseen = run.stages.iter().filter(|s| s.state == StageState::NotSeen);
    let missing: Vec<Text> = unseen.map(|s| Text::key(stage_key(s.id))).collect();
    lane.sentence = if lane.spans.is_empty() && lane.marks.is_empty() {
        Some(Text::key("timeline.no_startup"))
    } else {
        match missing.as_slice() {
            [] => None,
            names if names.len() <= MOST_NAMES => {
                Some(Text::phrase_of("timeline.not_seen", &[("stages", Text::join(names.iter().cloned(), ", "))]))
            }
            names => Some(counted("timeline.not_reached", "n", names.len())),
        }
    };
    lane
}

/// A stage that came before what stands already (a clock that went back, a late line) has no length to show.
fn span(before: Option<i64>, at_us: i64, look: Look, label: Text, target: Target) -> Option<Span> {
    let from_us = before.unwrap_or(at_us).min(at_us);
    Some(Span::new(from_us, at_us, look, label, target))
}

//! The start-up lane: one span from each stage to the next that was seen. In: stages of a run. Out: one lane a run.

use super::{Source, words};
use crate::base::words::{Words, word};
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
    let mut lane = Lane::new(Topic::Startup, words(word("timeline.startup")));
    let reached =
        run.stages.iter().filter(|s| matches!(s.state, StageState::Ok | StageState::Implied | StageState::Warning)).count();
    let possible = run.stages.iter().filter(|s| s.state != StageState::NotApplicable).count();
    let (have, all) = (reached.to_string(), possible.to_string());
    lane.figure = words(Words::english().fill("timeline.of", &[("n", &have), ("all", &all)]));
    lane.tone = Some(run.verdict.state.tone());
    let mut before = us(run.start);
    for stage in &run.stages {
        let Some(at_us) = us(stage.at) else { continue };
        let name = words(word(&format!("stage.{}", stage.id.word())));
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
    let missing: Vec<String> = unseen.map(|s| word(&format!("stage.{}", s.id.word())).to_owned()).collect();
    lane.sentence = if lane.spans.is_empty() && lane.marks.is_empty() {
        Some(words(word("timeline.no_startup")))
    } else {
        match missing.as_slice() {
            [] => None,
            names if names.len() <= MOST_NAMES => {
                Some(words(Words::english().fill("timeline.not_seen", &[("stages", &names.join(", "))])))
            }
            names => Some(words(Words::english().fill("timeline.not_reached", &[("n", &names.len().to_string())]))),
        }
    };
    lane
}

/// A stage that came before what stands already (a clock that went back, a late line) has no length to show.
fn span(before: Option<i64>, at_us: i64, look: Look, label: crate::base::Text, target: Target) -> Option<Span> {
    let from_us = before.unwrap_or(at_us).min(at_us);
    Some(Span { from_us, to_us: at_us, open: false, look, label, more: crate::base::Text::default(), target })
}

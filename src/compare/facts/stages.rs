//! The twelve stages, side by side. In: stages of both runs. Out: rows with how far each came and how long each step took.
//!
//! What is compared is the step: the time since the stage before it that both sides have. A single slow step would else make every later
//! one look slow.

use crate::base::{LogTime, Segment, Text};
use crate::session::judge::stage_key;
use crate::session::startup::{Stage, StageId, StageState};

use super::super::rows::{Area, Cell, Group, Kind, Row, spread};
use super::super::{Amount, Pair, Side};
use super::{Context, rank, same_sense};

/// How a stage stands, as far as it is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Passed,
    Trouble,
    Failed,
    Absent,
}

fn class(stage: &Stage) -> Class {
    match stage.state {
        StageState::Ok | StageState::Implied => Class::Passed,
        StageState::Warning => Class::Trouble,
        StageState::Failed => Class::Failed,
        StageState::NotSeen | StageState::NotApplicable => Class::Absent,
    }
}

pub fn group(context: &Context<'_>) -> Group {
    let stages = context.sides.map(|side| stages_of(&side));
    let startup_read = stages.map(has_startup);
    let mut before: Option<Pair<LogTime>> = None;
    let mut rows = Vec::new();
    for id in StageId::ALL {
        let both = stages.map(|all| all.iter().find(|s| s.id == id));
        let seen = both.map(|s| s.filter(|s| class(s) != Class::Absent));
        // Implied is what a later line tells: nothing to compare where neither side has a line of its own.
        let own = |stage: &Stage| stage.state != StageState::Implied;
        if !seen.left.is_some_and(own) && !seen.right.is_some_and(own) {
            continue;
        }
        let zero = context.zero.at;
        let cells = Pair::new(cell(seen.left, zero.left), cell(seen.right, zero.right));
        let same =
            seen.both().is_some_and(|(l, r)| class(l) == class(r) && (class(l) == Class::Passed || same_sense(&l.text, &r.text)));
        let mut row = Row::new(Text::key(stage_key(id)), cells, same, weight(&seen)).ranked(rank::stage(id));
        // A log without any line of the start-up lacks its stages, not the client.
        let unseen = Pair::new(seen.left.is_none() && !startup_read.left, seen.right.is_none() && !startup_read.right);
        row = row.harmless_if(id < StageId::Register && (unseen.left || unseen.right));
        let at = seen.map(|s| s.filter(|s| s.state != StageState::Implied).and_then(|s| s.at));
        if let Some((left, right)) = at.both() {
            row = step(row, context, Pair::new(left, right), before, id);
            before = Some(Pair::new(left, right));
        }
        rows.push(row);
    }
    Group { area: Area::Stages, subject: Text::default(), rows }
}

fn stages_of<'a>(side: &Side<'a>) -> &'a [Stage] {
    side.analysis.facts.runs.get(side.run().0 as usize).map_or(&[], |run| &run.stages)
}

/// Does any line tell of a stage before REGISTER?
fn has_startup(stages: &[Stage]) -> bool {
    let own = |s: &Stage| s.id < StageId::Register && !matches!(class(s), Class::Absent) && s.state != StageState::Implied;
    stages.iter().any(own)
}

fn cell(stage: Option<&Stage>, zero: Option<LogTime>) -> Option<Cell> {
    let stage = stage?;
    let state = Segment::key(match stage.state {
        StageState::Ok => "stage-state.ok",
        StageState::Implied => "stage-state.implied",
        StageState::Failed => "stage-state.failed",
        StageState::Warning => "stage-state.warning",
        StageState::NotSeen => "stage-state.not-seen",
        StageState::NotApplicable => "stage-state.not-applicable",
    });
    let text = if stage.text.is_empty() {
        Text(vec![state])
    } else {
        Text::phrase_of("compare.state_with", &[("state", Text(vec![state])), ("what", stage.text.clone())])
    };
    let implied = stage.state == StageState::Implied;
    let cell = Cell::new(text).toned(stage.state.tone()).with(&stage.evidence);
    // An implied stage has no moment of its own.
    Some(if implied { cell } else { cell.at(stage.at, zero) })
}

fn weight(seen: &Pair<Option<&Stage>>) -> f32 {
    match seen.map(|s| s.map(class)).both() {
        Some((l, r)) if l == r => 0.7,
        Some((Class::Failed, _) | (_, Class::Failed)) => 1.0,
        Some(_) => 0.7,
        None => 0.5,
    }
}

/// Amount and weight by the time of the step; the amount told is that of the elapsed time, as the columns show it.
fn step(mut row: Row, context: &Context<'_>, at: Pair<LogTime>, before: Option<Pair<LogTime>>, id: StageId) -> Row {
    let zero = context.zero.at;
    let elapsed = Pair::new(super::super::since(Some(at.left), zero.left), super::super::since(Some(at.right), zero.right));
    if let Some((left, right)) = elapsed.both()
        && left != right
        && row.kind == Kind::Same
    {
        row.amount = Amount::Time(right.saturating_sub(left));
        row.kind = Kind::Spread;
        row.weight = 0.05;
    }
    // When a keep-alive or a call comes is up to interval and user. The first stage has no step.
    let own_pace = id > StageId::Register;
    if let Some(before) = before
        && !own_pace
        && row.kind == Kind::Spread
    {
        let (kind, matters, weight) = spread(at.left.since_us(before.left), at.right.since_us(before.right));
        if matters {
            (row.kind, row.matters, row.weight) = (kind, matters, weight);
        }
    }
    row
}

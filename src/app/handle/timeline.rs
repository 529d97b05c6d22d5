//! Wishes about the timeline. In: a command. Out: changed view state: window, cursor, lanes.

use crate::app::Shown;
use crate::timeline::scene::Topic;
use crate::timeline::{Lane, LaneId, Scene, Subject, Target, Window};
use crate::ui::ViewState;
use crate::ui::state::Selection;
use crate::ui::timeline::TimelineCommand;

/// Does one.
pub fn handle(shown: &mut Shown, command: TimelineCommand) {
    let (document, state) = (&shown.document, &mut shown.view);
    let Some(scene) = document.scene(state.run) else { return };
    match command {
        TimelineCommand::SetCursor(us) => state.cursor_us = Some(us),
        TimelineCommand::Measure => {
            let Some(at_us) = state.cursor_us else { return };
            match state.timeline.measure_from.take() {
                Some(from_us) => state.timeline.measure = Some((from_us, at_us)),
                None => {
                    state.timeline.measure = None;
                    state.timeline.measure_from = Some(at_us);
                }
            }
        }
        TimelineCommand::NextClock => state.timeline.clock = state.timeline.clock.next(),
        TimelineCommand::ZoomToLane => {
            let stretch = current(scene, state).and_then(|lane| lane.target.and_then(|t| scene.stretch(t)).or(lane.stretch()));
            if let Some(((from_us, to_us), extent)) = stretch.zip(scene.extent) {
                state.window = Some(Window::around(from_us, to_us, extent));
            }
        }
        TimelineCommand::FoldLane => {
            let call = current(scene, state).and_then(|lane| lane.detail_of.or(lane.leads()));
            if let Some(call) = call {
                let folded = rows(scene, state).folded.get(&call).copied().unwrap_or(false);
                state.timeline.fold(call, !folded);
            }
        }
        TimelineCommand::FoldAll => {
            let rows = rows(scene, state);
            let fold = rows.folded.values().any(|folded| !folded);
            for call in rows.folded.keys() {
                state.timeline.fold(*call, fold);
            }
        }
        TimelineCommand::PinLane => {
            if let Some(id) = current(scene, state).map(|lane| lane.id) {
                state.timeline.pin(id);
            }
        }
        TimelineCommand::MoveLane(step) => {
            if let Some(id) = current(scene, state).map(|lane| head_of(scene, lane)) {
                move_lane(scene, state, id, step);
            }
        }
        TimelineCommand::ResetLanes => state.timeline.reset(),
    }
}

fn rows(scene: &Scene, state: &mut ViewState) -> std::sync::Arc<crate::ui::timeline::Rows> {
    crate::ui::timeline::rows(scene, state)
}

/// The lane that wishes are about: the current one of this run, else that of what is chosen.
fn current<'a>(scene: &'a Scene, state: &ViewState) -> Option<&'a Lane> {
    let named = state.timeline.current.and_then(|id| scene.lanes.iter().find(|lane| lane.id == id));
    let chosen = || {
        let target = match state.selection.subject? {
            Subject::Call(id) => Target::Call(id),
            Subject::Registration(id) => Target::Registration(id),
            Subject::KeepAlive(id) => Target::KeepAlive(id),
            Subject::Run(_) => return scene.lanes.iter().find(|lane| lane.topic == Topic::Startup),
        };
        scene.lanes.iter().find(|lane| lane.target == Some(target) && lane.detail_of.is_none())
    };
    named.or_else(chosen)
}

/// Detail lanes move with the lane of their call.
fn head_of(scene: &Scene, lane: &Lane) -> LaneId {
    let head = lane.detail_of.and_then(|call| scene.lanes.iter().find(|l| l.leads() == Some(call)));
    head.map_or(lane.id, |head| head.id)
}

fn move_lane(scene: &Scene, state: &mut ViewState, id: LaneId, step: i32) {
    let by = |place: usize| place.saturating_add_signed(step as isize);
    if let Some(place) = state.timeline.pinned.iter().position(|pin| *pin == id) {
        state.timeline.move_pinned(place, by(place));
        return;
    }
    let mut heads: Vec<LaneId> = rows(scene, state).heads(scene).collect();
    let Some(place) = heads.iter().position(|head| *head == id) else { return };
    heads.remove(place);
    heads.insert(by(place).min(heads.len()), id);
    // Pinned lanes have a place too, for when they are let go.
    let order = state.timeline.pinned.iter().copied().chain(heads).collect();
    state.timeline.set_order(state.run, order);
    state.timeline.current = Some(id);
}

/// The one cursor follows what is chosen: the message, else the line of the log shown.
pub fn follow(shown: &mut Shown, before: Selection) {
    let (document, state) = (&shown.document, &mut shown.view);
    let now = state.selection;
    let facts = &document.analysis.facts;
    if now.message.is_some() && now.message != before.message {
        let at = now.message.and_then(|id| facts.message(id)).and_then(|m| m.seen.at);
        state.cursor_us = at.map(|t| t.0).or(state.cursor_us);
    } else if now.lines.is_some() && now.lines != before.lines {
        let record = now.lines.and_then(|line| {
            let index = document.analysis.index.get(line.member.index())?;
            index.order_time(index.of_line(line.line)?)
        });
        state.cursor_us = record.map(|t| t.0).or(state.cursor_us);
    } else if now.finding.is_some() && now.finding != before.finding {
        let first = now.finding.and_then(|n| document.analysis.findings.get(n)).and_then(|f| f.first);
        state.cursor_us = first.map(|t| t.0).or(state.cursor_us);
    }
}

//! The head of a lane: how it stands, its name and figure; folding, pinning and moving it. In: a lane. Out: pixels, wishes.

use eframe::egui::{
    Align, CornerRadius, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::state::Drag;
use super::{Rows, TimelineCommand, choose};
use crate::base::words::word;
use crate::timeline::scene::{Lane, Target};
use crate::timeline::{Scene, Subject};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{cut_left, cut_right, focus_ring, icon_button};
use crate::ui::{Command, Cx, Type, ViewState, text};

/// Shows the head in `rect`.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut ViewState, scene: &Scene, rows: &Rows, lane: &Lane, rect: Rect) {
    let palette = cx.palette;
    let name = text::shown(&lane.name);
    let figure = text::shown(&lane.figure);
    let selected = lane.detail_of.is_none() && lane.target.is_some_and(|t| Some(t) == subject_target(state));
    let response = ui.interact(rect, ui.scope_id().with(("lane", lane.id)), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, selected, format!("{name} {figure}")));
    if selected {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.sel);
        let bar = Rect::from_min_max(rect.min, pos2(rect.left() + 3.0, rect.bottom()));
        ui.painter().rect_filled(bar, CornerRadius::ZERO, palette.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.hover);
    }
    if state.timeline.current == Some(lane.id) {
        ui.painter().rect_stroke(rect.shrink(0.5), CornerRadius::ZERO, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
    }
    focus_ring(ui, palette, rect, &response);
    handle(cx, state, scene, rows, lane, rect, &response);
    menu(cx, state, rows, lane, &response);

    let mut inner = rect.shrink2(vec2(10.0, 0.0));
    let mut icon = cut_left(&mut inner, 18.0);
    if lane.detail_of.is_some() {
        icon = icon.translate(vec2(6.0, 0.0));
    }
    if let Some(tone) = lane.tone {
        shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Tone(tone));
    }
    if let Some(folded) = lane.leads().and_then(|call| rows.folded.get(&call)) {
        let place = cut_right(&mut inner, 16.0);
        let at = Rect::from_center_size(place.center() + vec2(3.0, 0.0), vec2(16.0, 20.0));
        let label = format!("{} {name}", word(if *folded { "timeline.unfold" } else { "timeline.fold" }));
        let chevron = icon_button(ui, palette, at, &label, |ui, rect, _| {
            shapes::chevron(ui.painter(), rect.center(), 3.5, !folded, palette.t2);
        });
        if chevron.clicked() {
            state.timeline.current = Some(lane.id);
            cx.send(Command::Timeline(TimelineCommand::FoldLane));
        }
    }
    if state.timeline.pinned.contains(&lane.id) {
        let place = cut_right(&mut inner, 12.0);
        shapes::pin(ui.painter(), place.center(), 4.0, palette.accent);
    }
    // The name comes first; the figure takes what is left.
    let name_width = text::galley(ui, &name, Type::Name, palette.t1, inner.width() * 0.75).size().x + 8.0;
    let width = text::galley(ui, &figure, Type::Mono, palette.t2, inner.width() - name_width).size().x;
    let right = cut_right(&mut inner, width);
    text::paint(ui, right, Align::Max, &figure, Type::Mono, palette.t2);
    text::paint(ui, inner, Align::Min, &name, Type::Name, palette.t1);
    if response.hovered() && state.timeline.drag == Drag::None {
        response.on_hover_text(format!("{name}  {figure}"));
    }
}

/// Click chooses, double-click zooms to what the lane holds, dragging moves the lane.
fn handle(cx: &mut Cx<'_>, state: &mut ViewState, scene: &Scene, rows: &Rows, lane: &Lane, rect: Rect, response: &Response) {
    if response.clicked() || response.secondary_clicked() || response.has_focus() {
        state.timeline.current = Some(lane.id);
    }
    if response.double_clicked() {
        cx.send(Command::Timeline(TimelineCommand::ZoomToLane));
    } else if response.clicked()
        && let Some(target) = lane.target
    {
        choose(target, cx);
    }
    if response.drag_started() {
        state.timeline.drag = Drag::Lane(lane.id);
        state.timeline.current = Some(lane.id);
    }
    if state.timeline.drag != Drag::Lane(lane.id) {
        return;
    }
    response.ctx.set_cursor_icon(CursorIcon::Grabbing);
    let Some(to) = response.interact_pointer_pos() else { return };
    if response.drag_stopped() {
        state.timeline.drag = Drag::None;
        // As many places as heads of lanes lie between where it was and where it is let go.
        let here = rows.lanes.iter().position(|n| scene.lanes.get(*n).is_some_and(|l| l.id == lane.id));
        let Some(here) = here else { return };
        let target = rows.top(here) + to.y - rect.top();
        let end = rows.between(0..rows.lanes.len(), target, target + 1.0).start;
        let heads = |from: usize, to: usize| {
            let part = rows.lanes.get(from..to).unwrap_or_default();
            part.iter().filter(|n| scene.lanes.get(**n).is_some_and(|l| l.detail_of.is_none())).count() as i32
        };
        let step = if end > here { heads(here + 1, (end + 1).min(rows.lanes.len())) } else { -heads(end, here) };
        if step != 0 {
            cx.send(Command::Timeline(TimelineCommand::MoveLane(step)));
        }
    }
}

fn menu(cx: &mut Cx<'_>, state: &ViewState, rows: &Rows, lane: &Lane, response: &Response) {
    let pinned = state.timeline.pinned.contains(&lane.id);
    let folded = lane.leads().or(lane.detail_of).and_then(|call| rows.folded.get(&call));
    response.context_menu(|ui| {
        let mut item = |label: &str, command: TimelineCommand| {
            if ui.button(label).clicked() {
                cx.send(Command::Timeline(command));
                ui.close();
            }
        };
        item(word("timeline.zoom_to"), TimelineCommand::ZoomToLane);
        item(word(if pinned { "timeline.unpin" } else { "timeline.pin" }), TimelineCommand::PinLane);
        if let Some(folded) = folded {
            item(word(if *folded { "timeline.unfold" } else { "timeline.fold" }), TimelineCommand::FoldLane);
        }
        item(word("timeline.move_up"), TimelineCommand::MoveLane(-1));
        item(word("timeline.move_down"), TimelineCommand::MoveLane(1));
        item(word("timeline.reset_lanes"), TimelineCommand::ResetLanes);
    });
}

fn subject_target(state: &ViewState) -> Option<Target> {
    match state.selection.subject? {
        Subject::Call(id) => Some(Target::Call(id)),
        Subject::Registration(id) => Some(Target::Registration(id)),
        Subject::KeepAlive(id) => Some(Target::KeepAlive(id)),
        Subject::Run(_) => None,
    }
}

//! Pointer on ruler and lanes. In: responses. Out: window, scroll place, cursor, measure. Wheel scrolls, Ctrl+wheel or pinch zooms at the
//! pointer, drag pans, Shift+drag measures, drag on the ruler chooses a range, click sets the cursor, double-click shows all.

use eframe::egui::{CursorIcon, PointerButton, Rect, Response, Ui};

use super::state::Drag;
use super::{TimelineCommand, lane_at};
use crate::timeline::columns::nearest;
use crate::timeline::{Axis, Extent, Scene, Window};
use crate::ui::{Command, Cx, ViewState};

/// A border this near to the pointer is what is meant.
const SNAP_PX: f64 = 6.0;
/// A drag on the ruler shorter than this is a click.
const RANGE_PX: f64 = 4.0;

/// Does what the pointer asks for; `ground` and `ruled` come with their rectangles.
#[expect(clippy::too_many_arguments, reason = "what the pointer can touch, and what it changes")]
pub fn handle(
    ui: &Ui,
    cx: &mut Cx<'_>,
    scene: &Scene,
    state: &mut ViewState,
    axis: &Axis,
    extent: Extent,
    (ground, plot): (&Response, Rect),
    (ruled, ruler): (&Response, Rect),
) {
    let mut window = axis.window;
    let shift = ui.input(|i| i.modifiers.shift);
    let us_at = |x: f32| axis.us_at(f64::from(x));
    if ground.drag_started_by(PointerButton::Primary) || ground.drag_started_by(PointerButton::Middle) {
        state.timeline.drag = Drag::Pan;
        let origin = ui.input(|i| i.pointer.press_origin()).or(ground.interact_pointer_pos());
        if let Some(at) = origin.filter(|_| shift) {
            let from_us = snapped(scene, state, axis, plot, at);
            state.timeline.measure = Some((from_us, from_us));
            state.timeline.measure_from = None;
            state.timeline.drag = Drag::Measure(from_us);
        }
    }
    if let Some(at) = ui.input(|i| i.pointer.press_origin()).filter(|_| ruled.drag_started_by(PointerButton::Primary)) {
        state.timeline.drag = Drag::Range(us_at(at.x));
    }
    let pointer = ground.interact_pointer_pos().or(ruled.interact_pointer_pos());
    match (state.timeline.drag, pointer) {
        (Drag::Pan, _) if ground.dragged() => {
            window = window.moved(-f64::from(ground.drag_delta().x) * axis.us_per_px(), extent);
            state.lanes_scroll_px -= ground.drag_delta().y;
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        }
        (Drag::Measure(from_us), Some(at)) => {
            state.timeline.measure = Some((from_us, snapped(scene, state, axis, plot, at)));
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        (Drag::Range(from_us), Some(at)) if ruled.drag_stopped() => {
            let (a, b) = (from_us, us_at(at.x));
            if (a - b).abs() > RANGE_PX * axis.us_per_px() {
                let chosen = Window { start_us: a.min(b), end_us: a.max(b) };
                // At the shortest window the range grows about its middle.
                window = chosen.zoomed((a + b) / 2.0, 1.0, extent);
            } else {
                cx.send(Command::Timeline(TimelineCommand::SetCursor(b as i64)));
            }
        }
        _ => {}
    }
    if ground.drag_stopped() || ruled.drag_stopped() {
        if state.timeline.measure.is_some_and(|(a, b)| a == b) {
            state.timeline.measure = None;
        }
        state.timeline.drag = Drag::None;
    }
    let whole = plot.union(ruler);
    let hovered = ui.ctx().pointer_hover_pos().filter(|p| whole.contains(*p));
    if let Some(at) = hovered.filter(|p| ui.ctx().layer_id_at(*p) == Some(ui.layer_id())) {
        let (zoom, scroll) = ui.input(|i| (i.zoom_delta(), i.smooth_scroll_delta()));
        if (zoom - 1.0).abs() > 1e-4 {
            window = window.zoomed(us_at(at.x), f64::from(zoom), extent);
        } else {
            if scroll.x.abs() > 0.0 {
                window = window.moved(-f64::from(scroll.x) * axis.us_per_px(), extent);
            }
            state.lanes_scroll_px -= scroll.y;
        }
    }
    if ground.double_clicked() || ruled.double_clicked() {
        state.window = None;
    } else if window != axis.window {
        state.window = (window != Window::all(extent)).then_some(window);
    }
    let clicked = [ground, ruled].into_iter().find(|r| r.clicked() && !r.double_clicked());
    if let Some(at) = clicked.and_then(Response::interact_pointer_pos) {
        let us = if plot.contains(at) { snapped(scene, state, axis, plot, at) } else { us_at(at.x) as i64 };
        cx.send(Command::Timeline(TimelineCommand::SetCursor(us)));
    }
}

/// The moment at a place, or that of the nearest thing of the lane there.
fn snapped(scene: &Scene, state: &mut ViewState, axis: &Axis, plot: Rect, at: eframe::egui::Pos2) -> i64 {
    let us = axis.us_at(f64::from(at.x)) as i64;
    let reach_us = (axis.us_per_px() * SNAP_PX) as i64;
    lane_at(scene, state, plot, at.y).and_then(|lane| nearest(lane, us, reach_us)).unwrap_or(us)
}

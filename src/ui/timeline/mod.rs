//! The timeline: overview strip, ruler, lanes on one axis. In: a scene, a window of time. Out: pixels; zoom, pan and choice.
//!
//! ```text
//! Bundle        ▁▂▁▅▁▁▂ [frame] ▁▁▂
//! 08:41:02 UTC   +0 s      +10 s     +20 s
//! Registration  [registered ──────────────]
//! Call 1           [ringing][talking ─────]
//! ```

use std::sync::Arc;

use eframe::egui::{Color32, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::widgets::{area, cut_left, cut_top};
use super::{Command, Cx, Document, ViewState, text, zone};
use crate::base::LogTime;
use crate::base::words::{Words, word};
use crate::timeline::figures::duration;
use crate::timeline::scene::Lane;
use crate::timeline::{Axis, Extent, Scene, Subject, Window};

mod command;
mod cursor;
mod gaps;
mod gestures;
mod head;
mod lane;
mod marks;
mod plots;
mod rows;
mod ruler;
mod spans;
mod state;
mod strip;

pub use command::{KEYS, TimelineCommand};
pub use cursor::status;
pub use rows::Rows;
pub use state::{Clock, TimelineState};

/// Width of the heads.
pub const HEADS: f32 = 188.0;
const RULER: f32 = 24.0;
const STRIP: f32 = 28.0;
/// Pinned lanes take at most this part of the panel's height.
const PINNED_PART: f32 = 0.6;

/// Height that shows everything.
pub fn wanted_height(document: &Document, state: &mut ViewState) -> f32 {
    let lanes = document.scene(state.run).map_or(0.0, |scene| rows(scene, state).height());
    STRIP + RULER + lanes.max(40.0) + 6.0
}

/// The lanes to show: details only of the chosen call, or of all when calls are few, unless folded or unfolded by the user.
pub fn rows(scene: &Scene, state: &mut ViewState) -> Arc<Rows> {
    let chosen = match state.selection.subject {
        Some(Subject::Call(id)) => Some(id),
        _ => None,
    };
    state.timeline.rows(scene, state.run, chosen)
}

/// The panel.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    ui.painter().hline(rect.x_range(), rect.top(), Stroke::new(1.0, palette.strong));
    let Some(scene) = document.scene(state.run) else { return };
    let Some(extent) = scene.extent else {
        super::widgets::empty(ui, palette, rect, word("window.no_timeline"));
        return;
    };
    // Beside another session the axis is longer than this one's data, and counts from where both are laid upon each other.
    let (extent, origin_us) = state.axis.unwrap_or((extent, extent.start_us));
    if rect.height() > 130.0 && state.axis.is_none() {
        let strip = cut_top(&mut rect, STRIP);
        strip::show(ui, cx, document, state, extent, strip);
    }
    let window = state.window.unwrap_or(Window::all(extent)).inside(extent);
    let mut ruler = cut_top(&mut rect, RULER);
    let plot = Rect::from_min_max(pos2(rect.left() + HEADS, rect.top()), rect.max);
    let axis = Axis { window, left_px: f64::from(plot.left()), width_px: f64::from(plot.width()) };
    let origin = ruler::origin(document, state, Extent { start_us: origin_us, ..extent });
    let head = cut_left(&mut ruler, HEADS);
    ruler::show(ui, cx, state, &axis, &origin, head, ruler, rect);
    let ground = ui.interact(plot, ui.scope_id().with("plot"), Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, word("window.timeline")));
    let ruled = ui.interact(ruler, ui.scope_id().with("ruler"), Sense::click_and_drag());
    ruled.widget_info(|| {
        let ends = [window.start_us, window.end_us].map(|us| zone::clock(LogTime(us as i64)));
        WidgetInfo::labeled(Role::Canvas, true, Words::current().fill("timeline.ruler", &[("from", &ends[0]), ("to", &ends[1])]))
    });
    let below = plot.with_min_y(plot.top() + rows(scene, state).height());
    if below.is_positive() {
        gaps::hatch(ui, cx, scene, &axis, below);
    }
    area(ui, "lanes", rect, Color32::TRANSPARENT, |ui| lanes(ui, cx, scene, state, &axis, rect));
    let drawn = Rect::from_min_max(plot.min, pos2(plot.right(), rect.bottom()));
    gaps::names(ui, cx, scene, &axis, drawn);
    ui.painter().vline(plot.left() - 0.5, ruler.top()..=rect.bottom(), Stroke::new(1.0, palette.hair));
    cursor::show(ui, cx, document, state, &axis, ruler, plot);
    gestures::handle(ui, cx, scene, state, &axis, extent, (&ground, plot), (&ruled, ruler));
}

/// Pinned lanes stay, the others scroll below them; only those on screen are touched.
fn lanes(ui: &mut Ui, cx: &mut Cx<'_>, scene: &Scene, state: &mut ViewState, axis: &Axis, rect: Rect) {
    let palette = cx.palette;
    let rows = rows(scene, state);
    let mut below = rect;
    let pinned_height = rows.pinned_height().min(rect.height() * PINNED_PART);
    let pinned = cut_top(&mut below, pinned_height);
    let total = rows.height() - rows.pinned_height();
    let most = (total - below.height()).max(0.0);
    state.lanes_scroll_px = state.lanes_scroll_px.clamp(0.0, most);
    let mut show = |ui: &mut Ui, state: &mut ViewState, within: Rect, range: std::ops::Range<usize>, first_px: f32| {
        if within.height() < 1.0 {
            return;
        }
        area(ui, if range.start == 0 { "pinned" } else { "scrolled" }, within, Color32::TRANSPARENT, |ui| {
            for row in rows.between(range, first_px, first_px + within.height()) {
                let place = rows.lanes.get(row).copied();
                let Some(lane) = place.and_then(|n| scene.lanes.get(n)) else { continue };
                let top = within.top() + rows.top(row) - first_px;
                let at = Rect::from_min_size(pos2(within.left(), top), vec2(within.width(), lane.height_px));
                lane::show(ui, cx, state, scene, &rows, lane, axis, at);
            }
        });
    };
    show(ui, state, pinned, 0..rows.pinned, 0.0);
    show(ui, state, below, rows.pinned..rows.lanes.len(), rows.pinned_height() + state.lanes_scroll_px);
    if pinned_height > 0.0 {
        ui.painter().hline(rect.x_range(), pinned.bottom(), Stroke::new(1.5, palette.strong));
    }
    if most > 0.0 {
        let height = (below.height() * below.height() / total).max(16.0);
        let top = below.top() + state.lanes_scroll_px / most * (below.height() - height);
        let bar = Rect::from_min_size(pos2(rect.right() - 6.0, top), vec2(4.0, height));
        ui.painter().rect_filled(bar, 2.0, palette.strong);
    }
}

/// The lane under a place on screen.
fn lane_at<'a>(scene: &'a Scene, state: &mut ViewState, rect: Rect, y: f32) -> Option<&'a Lane> {
    let rows = rows(scene, state);
    let pinned = rows.pinned_height().min(rect.height() * PINNED_PART);
    let from_top = y - rect.top();
    let (range, top) = if from_top < pinned {
        (0..rows.pinned, from_top)
    } else {
        (rows.pinned..rows.lanes.len(), from_top - pinned + rows.pinned_height() + state.lanes_scroll_px)
    };
    let row = rows.between(range, top, top + 1.0).next()?;
    scene.lanes.get(*rows.lanes.get(row)?)
}

/// The words of a span or mark for screen readers.
fn spoken(lane: &Lane, label: &str, from_us: i64, to_us: Option<i64>) -> String {
    let from = zone::clock(LogTime(from_us));
    let length = to_us.map_or_else(String::new, |to| format!(", {}", duration(to - from_us)));
    format!("{}: {label}, {from}{length}", text::shown(&lane.name))
}

/// What choosing a thing asks for.
fn choose(target: crate::timeline::Target, cx: &mut Cx<'_>) {
    use crate::timeline::Target;
    match target {
        Target::Message(id) => cx.send(Command::ShowMessage(id)),
        Target::Call(id) => cx.send(Command::ShowSubject(Subject::Call(id))),
        Target::Registration(id) => cx.send(Command::ShowSubject(Subject::Registration(id))),
        Target::KeepAlive(id) => cx.send(Command::ShowSubject(Subject::KeepAlive(id))),
        Target::Stage(id) => {
            if let Some(place) = crate::session::startup::StageId::ALL.iter().position(|s| *s == id) {
                cx.send(Command::ShowStage(place));
            }
        }
        Target::Record(source) => cx.send(Command::ShowLines(source)),
        Target::Finding(place) => cx.send(Command::ShowFinding(place as usize)),
    }
}

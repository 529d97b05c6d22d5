//! The timeline: overview strip, ruler, lanes on one axis. In: a scene, a window of time. Out: pixels; zoom, pan and choice.
//!
//! ```text
//! Bundle        ▁▂▁▅▁▁▂ [frame] ▁▁▂
//! 08:41:02 UTC   +0 s      +10 s     +20 s
//! Registration  [registered ──────────────]
//! Call 1           [ringing][talking ─────]
//! ```

use eframe::egui::{Align, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::widgets::{area, cut_left, cut_top, line_below};
use super::{Command, Cx, Document, Type, ViewState, text, zone};
use crate::base::words::word;
use crate::base::{LogTime, Tone};
use crate::timeline::figures::{duration, elapsed};
use crate::timeline::scene::{Lane, Topic};
use crate::timeline::{Axis, Extent, Scene, Subject, Window};

mod lane;
mod strip;

/// Width of the heads.
pub const HEADS: f32 = 188.0;
const RULER: f32 = 24.0;
const STRIP: f32 = 28.0;
/// With more calls than this only the chosen one shows its detail lanes.
const MOST_DETAILED: usize = 2;

/// Height that shows everything.
pub fn wanted_height(document: &Document, state: &ViewState) -> f32 {
    let lanes: f32 = document.scene(state.run).map_or(0.0, |scene| shown(scene, state).map(|lane| lane.height_px).sum());
    STRIP + RULER + lanes.max(40.0) + 6.0
}

/// The lanes to show: details only of the chosen call, or of all when calls are few.
fn shown<'a>(scene: &'a Scene, state: &ViewState) -> impl Iterator<Item = &'a Lane> {
    let few = scene.lanes.iter().filter(|l| l.topic == Topic::Call).count() <= MOST_DETAILED;
    let chosen = match state.selection.subject {
        Some(Subject::Call(id)) => Some(id),
        _ => None,
    };
    scene.lanes.iter().filter(move |lane| few || lane.detail_of.is_none() || lane.detail_of == chosen)
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
    let plot = Rect::from_min_max(pos2(rect.left() + HEADS, rect.top()), rect.max);
    let axis = Axis { window, left_px: f64::from(plot.left()), width_px: f64::from(plot.width()) };
    let ruler = cut_top(&mut rect, RULER);
    let ground = ui.interact(plot, ui.scope_id().with("plot"), Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, word("window.timeline")));
    draw_ruler(ui, cx, &axis, Extent { start_us: origin_us, ..extent }, ruler, rect);
    area(ui, "lanes", rect, eframe::egui::Color32::TRANSPARENT, |ui| lanes(ui, cx, scene, state, &axis, rect));
    ui.painter().vline(plot.left() - 0.5, ruler.top()..=rect.bottom(), Stroke::new(1.0, palette.hair));
    cursor(ui, cx, document, state, &axis, plot);
    moved(ui, state, &axis, extent, &ground, plot);
}

/// Absolute start in the head, elapsed time on the ticks, grid lines through the lanes.
fn draw_ruler(ui: &mut Ui, cx: &Cx<'_>, axis: &Axis, extent: Extent, mut ruler: Rect, lanes: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, ruler);
    let head = cut_left(&mut ruler, HEADS);
    let start = LogTime(extent.start_us);
    let label = format!("{} {} {}", zone::date(start), zone::clock(start), zone::name());
    text::line(ui, head.shrink2(vec2(10.0, 0.0)), Align::Min, &label, Type::TinyMono, palette.t2);
    let (ticks, step) = axis.ticks(extent.start_us, 86.0);
    for tick in ticks {
        let x = tick.x_px as f32;
        if x < ruler.left() {
            continue;
        }
        if tick.labelled {
            ui.painter().vline(x, ruler.bottom()..=lanes.bottom(), Stroke::new(1.0, palette.hair));
            ui.painter().vline(x, ruler.bottom() - 7.0..=ruler.bottom(), Stroke::new(1.0, palette.strong));
            let room = Rect::from_min_max(pos2(x + 4.0, ruler.top()), ruler.max);
            let label = text::galley(ui, &elapsed(tick.since_us, step), Type::Mono, palette.t2, 200.0);
            if label.size().x < room.width() {
                text::place(ui, room, Align::Min, label);
            }
        } else {
            ui.painter().vline(x, ruler.bottom() - 3.0..=ruler.bottom(), Stroke::new(1.0, palette.strong));
        }
    }
}

fn lanes(ui: &mut Ui, cx: &mut Cx<'_>, scene: &Scene, state: &mut ViewState, axis: &Axis, rect: Rect) {
    let palette = cx.palette;
    let total: f32 = shown(scene, state).map(|l| l.height_px).sum();
    let most = (total - rect.height()).max(0.0);
    state.lanes_scroll_px = state.lanes_scroll_px.clamp(0.0, most);
    let mut top = rect.top() - state.lanes_scroll_px;
    for (place, lane) in shown(scene, state).enumerate() {
        let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), lane.height_px));
        top += lane.height_px;
        if row.bottom() < rect.top() || row.top() > rect.bottom() {
            continue;
        }
        lane::show(ui, cx, state, lane, place, axis, row);
    }
    if most > 0.0 {
        let part = rect.height() / total;
        let bar = Rect::from_min_size(
            pos2(rect.right() - 6.0, rect.top() + state.lanes_scroll_px / total * rect.height()),
            vec2(4.0, (rect.height() * part).max(16.0)),
        );
        ui.painter().rect_filled(bar, 2.0, palette.strong);
    }
}

/// The time of the chosen message over all lanes, with a flag on the ruler; a fainter line under the pointer.
fn cursor(ui: &Ui, cx: &Cx<'_>, document: &Document, state: &ViewState, axis: &Axis, plot: Rect) {
    let palette = cx.palette;
    let painter = ui.painter().with_clip_rect(plot.intersect(ui.clip_rect()));
    if let Some(at) = ui.ctx().pointer_hover_pos().filter(|p| plot.contains(*p)) {
        painter.vline(at.x, plot.top() + RULER..=plot.bottom(), Stroke::new(1.0, palette.strong));
    }
    let chosen = state.selection.message.and_then(|id| document.analysis.facts.message(id)).and_then(|m| m.seen.at);
    let Some(at) = chosen else { return };
    let x = axis.x_px(at.0) as f32;
    if !(plot.left() - 1.0..=plot.right() + 1.0).contains(&x) {
        return;
    }
    painter.vline(x, plot.top()..=plot.bottom(), Stroke::new(1.0, palette.cursor));
    let galley = text::galley(ui, &zone::clock(at), Type::MonoBold, palette.oncursor, 120.0);
    let size = galley.size() + vec2(8.0, 4.0);
    let left = x.clamp(plot.left(), (plot.right() - size.x).max(plot.left()));
    let flag = Rect::from_min_size(pos2(left, plot.top() + 2.0), size);
    painter.rect_filled(flag, 2.0, palette.cursor);
    painter.galley(flag.min + vec2(4.0, 2.0), galley, palette.oncursor);
}

/// Wheel scrolls lanes, Ctrl+wheel or pinch zooms at the pointer, drag and sideways wheel pan, double-click shows all.
fn moved(ui: &Ui, state: &mut ViewState, axis: &Axis, extent: Extent, ground: &Response, plot: Rect) {
    let mut window = axis.window;
    if ground.dragged() {
        window = window.moved(-f64::from(ground.drag_delta().x) * axis.us_per_px(), extent);
        state.lanes_scroll_px -= ground.drag_delta().y;
    }
    if let Some(at) =
        ui.ctx().pointer_hover_pos().filter(|p| plot.contains(*p) && ui.ctx().layer_id_at(*p) == Some(ui.layer_id()))
    {
        let (zoom, scroll) = ui.input(|i| (i.zoom_delta(), i.smooth_scroll_delta()));
        if (zoom - 1.0).abs() > 1e-4 {
            window = window.zoomed(axis.us_at(f64::from(at.x)), f64::from(zoom), extent);
        } else {
            if scroll.x.abs() > 0.0 {
                window = window.moved(-f64::from(scroll.x) * axis.us_per_px(), extent);
            }
            state.lanes_scroll_px -= scroll.y;
        }
    }
    if ground.double_clicked() {
        state.window = None;
    } else if window != axis.window {
        state.window = (window != Window::all(extent)).then_some(window);
    }
}

/// The words of a span or mark for screen readers.
fn spoken(lane: &Lane, label: &str, from_us: i64, to_us: Option<i64>) -> String {
    let from = zone::clock(LogTime(from_us));
    let length = to_us.map_or_else(String::new, |to| format!(", {}", duration(to - from_us)));
    format!("{}: {label}, {from}{length}", text::shown(&lane.name))
}

/// The worse of two tones wins a pixel that both want.
fn weight(tone: Tone) -> u8 {
    match tone {
        Tone::Fail => 3,
        Tone::Warn => 2,
        Tone::Info | Tone::Ok => 1,
        Tone::Muted | Tone::Series(_) => 0,
    }
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

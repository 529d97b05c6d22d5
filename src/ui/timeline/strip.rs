//! The overview strip: how much is in the whole bundle, where errors, findings and gaps are, where runs begin, which part is shown.
//! In: the survey. Out: pixels; the frame of the window can be dragged, its edges too; a click goes there.

use eframe::egui::{
    Align, Color32, CornerRadius, CursorIcon, Mesh, PointerButton, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::state::Drag;
use super::{HEADS, gaps};
use crate::base::LogTime;
use crate::base::words::{Words, word};
use crate::findings::Severity;
use crate::timeline::figures::duration;
use crate::timeline::{Axis, Extent, Window};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{cut_left, line_below};
use crate::ui::{Command, Cx, Document, Type, ViewState, text, zone};

/// An edge of the frame is taken hold of this near.
const EDGE_PX: f32 = 4.0;

/// Shows the strip.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, extent: Extent, mut rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let head = cut_left(&mut rect, HEADS).shrink2(vec2(10.0, 0.0));
    text::line(ui, head.translate(vec2(18.0, 0.0)), Align::Min, word("window.bundle"), Type::Small, palette.t2);
    let Some(whole) = document.survey.extent else { return };
    text::line(ui, head, Align::Max, &duration(whole.length_us()), Type::Mono, palette.t2);
    let window = Window { start_us: whole.start_us as f64, end_us: (whole.start_us + whole.length_us()) as f64 };
    let axis = Axis { window, left_px: f64::from(rect.left()), width_px: f64::from(rect.width()) };
    bars(ui, cx, document, rect);
    silences(ui, cx, document, &axis, rect);
    runs(ui, cx, document, &axis, rect);
    findings(ui, cx, document, &axis, rect);
    let shown = state.window.unwrap_or(Window::all(extent));
    let place = |us: f64| (axis.left_px + (us - window.start_us) / window.length_us() * axis.width_px) as f32;
    let left = place(shown.start_us).clamp(rect.left(), rect.right() - 6.0);
    let right = place(shown.end_us).clamp(left + 5.0, rect.right());
    let frame = Rect::from_min_max(pos2(left, rect.top() + 2.0), pos2(right, rect.bottom() - 2.0));
    ui.painter().rect_filled(frame, CornerRadius::same(3), palette.accent.gamma_multiply(0.06));
    ui.painter().rect_stroke(frame, CornerRadius::same(3), Stroke::new(1.5, palette.accent), StrokeKind::Inside);
    dragged(ui, cx, document, state, (extent, whole), &axis, rect, frame);
}

#[expect(clippy::too_many_arguments, reason = "the strip, its frame and what they stand for")]
fn dragged(
    ui: &Ui,
    cx: &mut Cx<'_>,
    document: &Document,
    state: &mut ViewState,
    (extent, whole): (Extent, Extent),
    axis: &Axis,
    rect: Rect,
    frame: Rect,
) {
    let shown = state.window.unwrap_or(Window::all(extent)).inside(extent);
    let response = ui.interact(rect, ui.scope_id().with("strip"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, word("window.strip")));
    let us_at = |x: f32| axis.us_at(f64::from(x));
    let edge = |x: f32| {
        // A frame too narrow for edges is only moved.
        let edges = frame.width() > EDGE_PX * 4.0;
        [frame.left(), frame.right()].map(|e| edges && (x - e).abs() <= EDGE_PX)
    };
    let pressed = ui.input(|i| i.pointer.press_origin());
    if let Some(at) = pressed.filter(|_| response.drag_started_by(PointerButton::Primary)) {
        state.timeline.drag = match edge(at.x) {
            [true, _] => Drag::Edge(false),
            [_, true] => Drag::Edge(true),
            _ if frame.contains(at) => Drag::Frame(us_at(at.x) - shown.start_us),
            _ => Drag::Frame(shown.length_us() / 2.0),
        };
    }
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        let us = us_at(at.x);
        let least = shown.length_us().min(1_000.0);
        let window = match state.timeline.drag {
            Drag::Frame(grab_us) => shown.moved(us - grab_us - shown.start_us, extent),
            Drag::Edge(false) => Window { start_us: us.min(shown.end_us - least), ..shown }.inside(extent),
            Drag::Edge(true) => Window { end_us: us.max(shown.start_us + least), ..shown }.inside(extent),
            _ => shown,
        };
        state.window = (window != Window::all(extent)).then_some(window);
    }
    if response.drag_stopped() {
        state.timeline.drag = Drag::None;
    }
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked()) {
        let us = us_at(at.x);
        match run_at(document, us) {
            Some(run) if run != state.run => cx.send(Command::ShowRun(run)),
            _ => cx.send(Command::ShowTime(shown.moved(us - (shown.start_us + shown.end_us) / 2.0, extent))),
        }
    }
    if let Some(at) = response.hover_pos() {
        if edge(at.x).contains(&true) {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        let us = us_at(at.x).clamp(whole.start_us as f64, whole.end_us as f64);
        response.on_hover_text_at_pointer(described(document, us));
    }
}

fn run_at(document: &Document, us: f64) -> Option<usize> {
    let runs = &document.analysis.facts.runs;
    runs.iter().position(|r| r.start.zip(r.end).is_some_and(|(start, end)| start.0 as f64 <= us && us <= end.0 as f64))
}

/// The moment under the pointer, its run, and the gap it lies in.
fn described(document: &Document, us: f64) -> String {
    let at = LogTime(us as i64);
    let mut out = format!("{} {} {}", zone::date(at), zone::clock(at), zone::name());
    let count = document.analysis.facts.runs.len();
    if let Some(run) = run_at(document, us).filter(|_| count > 1) {
        let values = [("n", (run + 1).to_string()), ("all", count.to_string())];
        out += &format!("\n{}", Words::current().fill("window.run", &values.each_ref().map(|(k, v)| (*k, v.as_str()))));
    }
    if let Some(gap) = document.survey.gaps.iter().find(|g| (g.from_us as f64) < us && us < g.to_us as f64) {
        out += &format!("\n{}", gaps::name(gap));
    }
    out
}

/// Stretches without any record, hatched and named.
fn silences(ui: &mut Ui, cx: &Cx<'_>, document: &Document, axis: &Axis, rect: Rect) {
    for gap in &document.survey.gaps {
        let (left, right) = (axis.x_px(gap.from_us) as f32 + 1.0, axis.x_px(gap.to_us) as f32 - 1.0);
        if right - left < 3.0 {
            continue;
        }
        let area = Rect::from_x_y_ranges(left..=right, rect.y_range().shrink(6.0));
        shapes::hatch(ui.painter(), area, (true, false), cx.palette.strong.gamma_multiply(0.7));
        let said = gaps::name(gap);
        let words = text::galley(ui, &said, Type::Tiny, cx.palette.t3, 600.0);
        if words.size().x + 16.0 < area.width() {
            let ground = Rect::from_center_size(area.center(), words.size() + vec2(10.0, 0.0));
            ui.painter().rect_filled(ground, 0.0, cx.palette.base);
            text::place(ui, ground, Align::Center, words);
        }
    }
}

/// Where a run begins: a line from top to bottom.
fn runs(ui: &Ui, cx: &Cx<'_>, document: &Document, axis: &Axis, rect: Rect) {
    let runs = &document.analysis.facts.runs;
    for start in runs.iter().skip(1).filter_map(|r| r.start) {
        let x = axis.x_px(start.0) as f32;
        ui.painter().vline(x, rect.y_range(), Stroke::new(1.0, cx.palette.t3));
        shapes::triangle(ui.painter(), pos2(x + 2.5, rect.top() + 3.0), 2.5, false, cx.palette.t3);
    }
}

/// Failures and warnings at their first moment, failures on top.
fn findings(ui: &Ui, cx: &Cx<'_>, document: &Document, axis: &Axis, rect: Rect) {
    for severity in [Severity::Warning, Severity::Error] {
        let own = document.analysis.findings.iter().filter(|f| f.severity == severity);
        let mut free_from = f32::MIN;
        for at in own.filter_map(|f| f.first) {
            let x = axis.x_px(at.0) as f32;
            if (x - free_from).abs() >= 8.0 {
                let place = pos2(x.clamp(rect.left() + 5.0, rect.right() - 5.0), rect.top() + 7.0);
                shapes::sign(ui.painter(), cx.palette, place, 9.0, Sign::Tone(severity.tone()));
                free_from = x;
            }
        }
    }
}

/// One mesh of bars; errors stand on top, never hidden.
fn bars(ui: &Ui, cx: &Cx<'_>, document: &Document, rect: Rect) {
    let palette = cx.palette;
    let columns = &document.survey.columns;
    let most = columns.iter().map(|c| c.0).max().unwrap_or(0).max(1) as f32;
    let step = rect.width() / columns.len().max(1) as f32;
    let sparse = columns.iter().filter(|c| c.0 > 0).count() * 20 < columns.len();
    let mut mesh = Mesh::default();
    let room = rect.height() - 14.0;
    let mut add = |from: f32, height: f32, wide: f32, color: Color32| {
        let bar = Rect::from_min_max(pos2(from, rect.bottom() - 3.0 - height), pos2(from + wide, rect.bottom() - 3.0));
        mesh.add_colored_rect(bar, color);
    };
    for (place, (count, _)) in columns.iter().enumerate() {
        if *count == 0 {
            continue;
        }
        let x = rect.left() + place as f32 * step;
        // The root keeps single records visible beside thousands.
        // Few columns with anything in them are easily overlooked: they are drawn wider and brighter.
        let (least, wide, ink) = if sparse { (4.0, 2.0, palette.t3) } else { (0.08 * room, 1.0, palette.strong) };
        add(x, ((*count as f32 / most).sqrt() * room).max(least), (step * 0.7).max(wide), ink);
    }
    // Errors stand on top of everything and leave the density below them to be seen.
    for (place, _) in columns.iter().enumerate().filter(|(_, (_, bad))| *bad) {
        let x = rect.left() + place as f32 * step;
        let bar = Rect::from_min_max(pos2(x, rect.top() + 4.0), pos2(x + 1.8, rect.top() + 10.0));
        mesh.add_colored_rect(bar, palette.fail);
    }
    ui.painter().add(Shape::mesh(mesh));
}

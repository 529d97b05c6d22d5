//! The one time cursor, the moment under the pointer, and what is measured between two moments. In: view state. Out: lines over all
//! lanes with flags on the ruler, and the same in words for the status line.

use eframe::egui::{Align, Color32, CornerRadius, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::state::Drag;
use crate::base::LogTime;
use crate::base::words::Words;
use crate::timeline::Axis;
use crate::timeline::figures::exact;
use crate::ui::{Cx, Document, Type, ViewState, text, zone};

/// Where the cursor stands: where it was set, else at the chosen message.
pub fn at(document: &Document, state: &ViewState) -> Option<i64> {
    let message = || state.selection.message.and_then(|id| document.analysis.facts.message(id)).and_then(|m| m.seen.at);
    state.cursor_us.or_else(|| message().map(|t| t.0))
}

/// Paints cursor, pointer and measure over `ruler` and `plot`.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, document: &Document, state: &ViewState, axis: &Axis, ruler: Rect, plot: Rect) {
    let palette = cx.palette;
    let whole = ruler.union(plot);
    measure(ui, cx, state, axis, ruler, plot);
    let painter = ui.painter().with_clip_rect(whole.intersect(ui.clip_rect()));
    let pointer = ui.ctx().pointer_hover_pos().filter(|p| whole.contains(*p));
    let pointer = pointer.filter(|p| ui.ctx().layer_id_at(*p) == Some(ui.layer_id()));
    if let Some(pointer) = pointer {
        painter.vline(pointer.x, ruler.bottom()..=plot.bottom(), Stroke::new(1.0, palette.strong));
        let us = axis.us_at(f64::from(pointer.x)) as i64;
        flag(ui, ruler, pointer.x, &clock(us, axis), palette.t1, palette.raised, Some(palette.strong));
    }
    let Some(us) = at(document, state) else { return };
    let x = axis.x_px(us) as f32;
    if !(plot.left() - 1.0..=plot.right() + 1.0).contains(&x) {
        return;
    }
    painter.vline(x, ruler.top()..=plot.bottom(), Stroke::new(1.0, palette.cursor));
    flag(ui, ruler, x, &clock(us, axis), palette.oncursor, palette.cursor, None);
}

/// A moment as exact as the window: microseconds only where they can be told apart.
fn clock(us: i64, axis: &Axis) -> String {
    let clock = zone::clock(LogTime(us));
    if axis.us_per_px() < 500.0 { format!("{clock}{:03}", us.rem_euclid(1_000)) } else { clock }
}

fn flag(ui: &Ui, ruler: Rect, x: f32, words: &str, ink: Color32, fill: Color32, line: Option<Color32>) {
    let galley = text::galley(ui, words, Type::MonoBold, ink, 160.0);
    let size = galley.size() + vec2(8.0, 4.0);
    let left = x.clamp(ruler.left(), (ruler.right() - size.x).max(ruler.left()));
    let rect = Rect::from_min_size(pos2(left, ruler.top() + 2.0), size);
    let stroke = Stroke::new(1.0, line.unwrap_or(fill));
    ui.painter().rect(rect, CornerRadius::same(2), fill, stroke, StrokeKind::Inside);
    text::place(ui, rect, Align::Center, galley);
}

/// Two dashed lines, a breath of fill, the length on a pill; while it is set by key, its first line alone.
fn measure(ui: &mut Ui, cx: &Cx<'_>, state: &ViewState, axis: &Axis, ruler: Rect, plot: Rect) {
    let palette = cx.palette;
    let dashed = |ui: &Ui, us: i64| {
        let x = axis.x_px(us) as f32;
        if plot.x_range().contains(x) {
            let ends = [pos2(x, ruler.bottom()), pos2(x, plot.bottom())];
            ui.painter().extend(Shape::dashed_line(&ends, Stroke::new(1.0, palette.accent), 4.0, 3.0));
        }
    };
    if let Some(from_us) = state.timeline.measure_from {
        dashed(ui, from_us);
    }
    let range = match state.timeline.drag {
        Drag::Range(from_us) => ui.ctx().pointer_interact_pos().map(|p| (from_us, axis.us_at(f64::from(p.x)), 0.12)),
        _ => None,
    };
    let measured = state.timeline.measure.map(|(a, b)| (a as f64, b as f64, 0.06));
    let Some((a, b, ink)) = range.or(measured) else { return };
    let (from_us, to_us) = (a.min(b) as i64, a.max(b) as i64);
    let left = (axis.x_px(from_us) as f32).clamp(plot.left(), plot.right());
    let right = (axis.x_px(to_us) as f32).clamp(plot.left(), plot.right());
    let top = if range.is_some() { ruler.top() } else { ruler.bottom() };
    let area = Rect::from_min_max(pos2(left, top), pos2(right, plot.bottom()));
    ui.painter().rect_filled(area, CornerRadius::ZERO, palette.accent.gamma_multiply(ink));
    dashed(ui, from_us);
    dashed(ui, to_us);
    let y = plot.bottom() - 16.0;
    ui.painter().hline(left..=right, y, Stroke::new(1.0, palette.accent));
    let galley = text::galley(ui, &exact(to_us - from_us), Type::MonoBold, palette.ontone, 200.0);
    let size = galley.size() + vec2(16.0, 6.0);
    let room = (plot.left() + size.x / 2.0, plot.right() - size.x / 2.0);
    let x = ((left + right) / 2.0).clamp(room.0, room.1.max(room.0));
    let pill = Rect::from_center_size(pos2(x, y), size);
    ui.painter().rect_filled(pill, CornerRadius::same(3), palette.accent);
    text::place(ui, pill, Align::Center, galley);
}

/// Cursor and measure in words, for the status line.
pub fn status(document: &Document, state: &ViewState) -> Vec<String> {
    let mut out = Vec::new();
    let chosen = state.selection.message.and_then(|id| document.analysis.facts.message(id)).and_then(|m| m.seen.at);
    if let Some(us) = state.cursor_us.filter(|us| Some(*us) != chosen.map(|t| t.0)) {
        out.push(Words::current().fill("timeline.cursor_at", &[("time", &zone::clock(LogTime(us)))]));
    }
    if let Some((a, b)) = state.timeline.measure {
        out.push(Words::current().fill("timeline.measured", &[("time", &exact((b - a).saturating_abs()))]));
    }
    out
}

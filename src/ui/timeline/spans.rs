//! Stretches of a lane. In: a lane, an axis. Out: pixels and where they are; each that is wide enough can be chosen and has a name.
//! Those thinner than a few points are one mesh; the worst of a pixel is drawn last.

use eframe::egui::{
    Align, CornerRadius, Mesh, Rect, Role, Sense, Shape as Drawn, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{choose, spoken};
use crate::timeline::Axis;
use crate::timeline::columns;
use crate::timeline::scene::{Lane, Shape, Span, Target};
use crate::ui::shapes;
use crate::ui::tokens::SpanPaint;
use crate::ui::widgets::focus_ring;
use crate::ui::{Command, Cx, Type, ViewState, text};

/// Things of one lane that can be chosen in one frame; beyond, zooming in is the way.
const MOST_CHOICES: usize = 200;
/// Thinner spans are bars of a mesh.
const THIN_PX: f32 = 3.0;
/// Height of what a granted time drains from, above the edge.
const DRAIN_PX: f32 = 4.0;

/// Paints the spans and gives from where to where each was drawn.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, state: &ViewState, lane: &Lane, axis: &Axis, row: Rect) -> Vec<(f32, f32)> {
    let mut drawn = Vec::new();
    let mut thin = Mesh::default();
    let mut choices = 0;
    let mut chosen_to = f32::MIN;
    for place in columns::spans(lane, axis) {
        let Some(span) = lane.spans.get(place) else { continue };
        let left = (axis.x_px(span.from_us) as f32).max(row.left() - 4.0);
        let right = (axis.x_px(span.to_us) as f32).min(row.right() + 4.0).max(left + 1.5);
        let rect = Rect::from_min_max(pos2(left, row.top() + 3.0), pos2(right, row.bottom() - 3.0));
        drawn.push((left, right));
        let paint = cx.palette.span(span.look);
        let wide = rect.width() >= THIN_PX;
        if wide {
            body(ui, cx, lane, span, &paint, axis, rect, row);
        } else {
            thin.add_colored_rect(rect, paint.edge);
        }
        // A thin one is worth choosing where nothing else is that near.
        if choices < MOST_CHOICES && (wide || (left - chosen_to).abs() >= THIN_PX) {
            choices += 1;
            chosen_to = right;
            choice(ui, cx, state, lane, span, place, rect);
        }
    }
    if !thin.is_empty() {
        ui.painter().add(Drawn::mesh(thin));
    }
    drawn
}

#[expect(clippy::too_many_arguments, reason = "a span is its lane, its paint, its axis and its place")]
fn body(ui: &Ui, cx: &Cx<'_>, lane: &Lane, span: &Span, paint: &SpanPaint, axis: &Axis, rect: Rect, row: Rect) {
    let palette = cx.palette;
    ui.painter().rect_filled(rect, CornerRadius::same(2), paint.fill);
    drain(ui, span, paint, axis, rect);
    let left = words_from(lane, axis, rect.left().max(row.left()));
    let inner = Rect::from_min_max(pos2(left, rect.top()), pos2(rect.right() - 4.0, rect.bottom()));
    let mut words_to = rect.left();
    if inner.width() > 26.0 {
        let label = text::shown(&span.label);
        let more = text::shown(&span.more);
        let bold = (label.as_str(), Type::Bold, palette.t1);
        let words = text::rich(ui, &[bold, ("  ", Type::Small, palette.t2), (more.as_str(), Type::Small, palette.t2)], 600.0);
        let words = if words.size().x < inner.width() { words } else { text::rich(ui, &[bold], inner.width()) };
        words_to = text::place(ui, inner, Align::Min, words).right() + 8.0;
    }
    if paint.hatch.0 || paint.hatch.1 {
        // The hatch keeps clear of the words.
        let from = if words_to < rect.right() - 4.0 { words_to } else { rect.left() };
        let hatched = Rect::from_min_max(pos2(from, rect.top()), rect.max);
        shapes::hatch(ui.painter(), hatched, paint.hatch, paint.edge.gamma_multiply(0.75));
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, Stroke::new(2.0, paint.edge));
    ui.painter().vline(rect.left() + 0.75, rect.y_range(), Stroke::new(1.5, paint.edge));
    if span.open && rect.right() < row.right() {
        ui.painter().extend(Drawn::dashed_line(&[rect.right_top(), rect.right_bottom()], Stroke::new(1.0, paint.edge), 2.0, 2.0));
    }
}

/// What was granted as a bar that drains: full at the grant, empty where it would run out.
fn drain(ui: &Ui, span: &Span, paint: &SpanPaint, axis: &Axis, rect: Rect) {
    let Some(until_us) = span.drains_us else { return };
    let whole = (until_us - span.from_us) as f64;
    if whole <= 0.0 {
        return;
    }
    let left = |x: f32| {
        let rest = (until_us as f64 - axis.us_at(f64::from(x))) / whole;
        rest.clamp(0.0, 1.0) as f32 * DRAIN_PX
    };
    let base = rect.bottom() - 2.0;
    let top = |x: f32| pos2(x, base - left(x));
    let points = vec![top(rect.left()), top(rect.right()), pos2(rect.right(), base), pos2(rect.left(), base)];
    ui.painter().add(Drawn::convex_polygon(points, paint.edge.gamma_multiply(0.55), Stroke::NONE));
}

fn choice(ui: &Ui, cx: &mut Cx<'_>, state: &ViewState, lane: &Lane, span: &Span, place: usize, rect: Rect) {
    let palette = cx.palette;
    let chosen = state.selection.message.map(Target::Message) == Some(span.target);
    if chosen {
        ui.painter().rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.5, palette.accent), StrokeKind::Outside);
    }
    let words = || {
        let label = format!("{} {}", text::shown(&span.label), text::shown(&span.more));
        spoken(lane, label.trim_end(), span.from_us, Some(span.to_us))
    };
    // As wide as a finger of the pointer, so that what has no length can be hit.
    let hit = rect.expand2(vec2(((THIN_PX + 2.0 - rect.width()) / 2.0).max(0.0), 0.0));
    let response = ui.interact(hit, ui.scope_id().with(("span", lane.id, place)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, chosen, words()));
    focus_ring(ui, palette, rect, &response);
    if response.double_clicked() {
        cx.send(Command::ShowStretch(span.from_us, span.to_us));
    } else if response.clicked() {
        choose(span.target, cx);
    }
    if response.hovered() {
        ui.painter().rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.0, palette.t2), StrokeKind::Inside);
        response.on_hover_text(words());
    }
}

/// Where words of a span that is seen from `left` begin: behind a mark that would hide their first letters.
fn words_from(lane: &Lane, axis: &Axis, left: f32) -> f32 {
    let us_at = |x: f32| axis.us_at(f64::from(x)) as i64;
    let first = lane.marks.partition_point(|m| m.at_us < us_at(left - 8.0));
    let near = lane.marks.iter().skip(first).take_while(|m| m.at_us <= us_at(left + 14.0));
    let hides = near.take(50).filter(|m| m.shape == Shape::State).map(|m| axis.x_px(m.at_us) as f32 + 8.0);
    hides.fold(left + 6.0, f32::max)
}

//! One lane: head, spans, marks. In: a lane, an axis. Out: pixels; each thing seen can be chosen and has a name.

use eframe::egui::{Align, CornerRadius, Rect, Role, Sense, Shape as Drawn, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{HEADS, choose, spoken, weight};
use crate::base::words::Words;
use crate::base::{LogTime, Tone};
use crate::timeline::scene::{Lane, Mark, Shape, Span, Target, Topic};
use crate::timeline::{Axis, Subject};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{cut_left, cut_right, focus_ring, line_below};
use crate::ui::{Command, Cx, Type, ViewState, text};

/// Things of one lane that can be chosen in one frame; beyond, zooming in is the way.
const MOST_CHOICES: usize = 300;

/// Marks closer than this belong together.
const NEAR_PX: f32 = 12.0;

/// Shows one lane in `row`.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, state: &ViewState, lane: &Lane, place: usize, axis: &Axis, mut row: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, row);
    let heads = cut_left(&mut row, HEADS);
    head(ui, cx, state, lane, place, heads);
    let clip = ui.clip_rect();
    ui.set_clip_rect(clip.intersect(row));
    let mut end = row.left();
    for (number, span) in visible_spans(lane, axis).take(MOST_CHOICES).enumerate() {
        end = end.max(draw_span(ui, cx, state, lane, span, (place, number), axis, row));
    }
    end = end.max(marks(ui, cx, state, lane, place, axis, row));
    if end <= row.left() && (!lane.spans.is_empty() || !lane.marks.is_empty()) {
        elsewhere(ui, cx, lane, axis, row);
    } else if let Some(sentence) = &lane.sentence {
        let left = if end > row.left() { end + 14.0 } else { row.left() + 12.0 };
        let room = Rect::from_min_max(pos2(left, row.top()), row.max - vec2(8.0, 0.0));
        let shown = text::shown(sentence);
        if room.width() > 60.0 {
            let used = text::line(ui, room, Align::Min, &shown, Type::Small, palette.t3).rect;
            if lane.topic == Topic::Startup
                || (lane.spans.is_empty() && lane.marks.is_empty() && lane.topic == Topic::Registration)
            {
                let y = room.center().y;
                let from = pos2(used.right() + 12.0, y);
                if from.x < row.right() - 12.0 {
                    ui.painter().extend(Drawn::dotted_line(&[from, pos2(row.right() - 12.0, y)], palette.strong, 6.0, 0.8));
                }
            }
        }
    }
    ui.set_clip_rect(clip);
}

/// Nothing of the lane is in the window: says where it is.
fn elsewhere(ui: &mut Ui, cx: &Cx<'_>, lane: &Lane, axis: &Axis, row: Rect) {
    let end = axis.window.end_us;
    let times = || lane.spans.iter().map(|s| s.from_us).chain(lane.marks.iter().map(|m| m.at_us));
    let later = times().filter(|us| *us as f64 > end).min();
    let (key, at, align) = match later {
        Some(us) => ("timeline.later", us, Align::Max),
        None => match times().max() {
            Some(us) => ("timeline.earlier", us, Align::Min),
            None => return,
        },
    };
    let said = Words::current().fill(key, &[("time", &crate::ui::zone::clock(LogTime(at)))]);
    text::line(ui, row.shrink2(vec2(12.0, 0.0)), align, &said, Type::Small, cx.palette.t3);
}

fn head(ui: &mut Ui, cx: &mut Cx<'_>, state: &ViewState, lane: &Lane, place: usize, rect: Rect) {
    let palette = cx.palette;
    let name = text::shown(&lane.name);
    let figure = text::shown(&lane.figure);
    let selected = lane.detail_of.is_none() && lane.target.is_some_and(|t| Some(t) == subject_target(state));
    let row = crate::ui::widgets::Row { rect, key: ("lane", place as u64), name: &format!("{name} {figure}"), selected };
    if crate::ui::widgets::row(ui, palette, &row).clicked()
        && let Some(target) = lane.target
    {
        choose(target, cx);
    }
    let mut inner = rect.shrink2(vec2(10.0, 0.0));
    let icon = cut_left(&mut inner, 18.0);
    if let Some(tone) = lane.tone {
        shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Tone(tone));
    }
    // The name comes first; the figure takes what is left.
    let name_width = text::galley(ui, &name, Type::Name, palette.t1, inner.width() * 0.75).size().x + 8.0;
    let width = text::galley(ui, &figure, Type::Mono, palette.t2, inner.width() - name_width).size().x;
    let right = cut_right(&mut inner, width);
    text::paint(ui, right, Align::Max, &figure, Type::Mono, palette.t2);
    text::paint(ui, inner, Align::Min, &name, Type::Name, palette.t1);
}

fn subject_target(state: &ViewState) -> Option<Target> {
    match state.selection.subject? {
        Subject::Call(id) => Some(Target::Call(id)),
        Subject::Registration(id) => Some(Target::Registration(id)),
        Subject::KeepAlive(id) => Some(Target::KeepAlive(id)),
        Subject::Run(_) => None,
    }
}

/// Spans that reach into the window. They are sorted by start; one that began long before is found by walking from the front,
/// unless there are so many that only those beginning near the window can be seen.
fn visible_spans<'a>(lane: &'a Lane, axis: &'a Axis) -> impl Iterator<Item = &'a Span> {
    let (start, end) = (axis.window.start_us, axis.window.end_us);
    let last = lane.spans.partition_point(|s| (s.from_us as f64) <= end);
    let min_us = axis.us_per_px() * 0.5;
    let mut drawn_to = f64::MIN;
    lane.spans.iter().take(last).filter(move |s| {
        let seen = s.to_us as f64 >= start;
        // Of spans narrower than half a point one stands for all that share its place.
        let apart = s.to_us as f64 - drawn_to >= min_us || s.look == crate::timeline::scene::Look::Failed;
        if seen && apart {
            drawn_to = s.to_us as f64;
        }
        seen && apart
    })
}

#[expect(clippy::too_many_arguments, reason = "a span is its view, its lane, its place and its axis")]
fn draw_span(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &ViewState,
    lane: &Lane,
    span: &Span,
    key: (usize, usize),
    axis: &Axis,
    row: Rect,
) -> f32 {
    let palette = cx.palette;
    let paint = palette.span(span.look);
    let left = (axis.x_px(span.from_us) as f32).max(row.left() - 4.0);
    let right = (axis.x_px(span.to_us) as f32).min(row.right() + 4.0).max(left + 1.5);
    let rect = Rect::from_min_max(pos2(left, row.top() + 3.0), pos2(right, row.bottom() - 3.0));
    ui.painter().rect_filled(rect, CornerRadius::same(2), paint.fill);
    let label = text::shown(&span.label);
    let more = text::shown(&span.more);
    let pieces =
        [(label.as_str(), Type::Bold, palette.t1), ("  ", Type::Small, palette.t2), (more.as_str(), Type::Small, palette.t2)];
    let words = text::rich(ui, &pieces, 600.0);
    let hatched = paint.hatch.0 || paint.hatch.1;
    let room = rect.width() - 10.0;
    if hatched {
        // The hatch keeps clear of the words.
        let from = if words.size().x < room { rect.left() + words.size().x + 14.0 } else { rect.left() };
        shapes::hatch(
            ui.painter(),
            Rect::from_min_max(pos2(from, rect.top()), rect.max),
            paint.hatch,
            paint.edge.gamma_multiply(0.75),
        );
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, Stroke::new(2.0, paint.edge));
    ui.painter().vline(rect.left() + 0.75, rect.y_range(), Stroke::new(1.5, paint.edge));
    if span.open && right < row.right() {
        ui.painter().extend(Drawn::dashed_line(&[rect.right_top(), rect.right_bottom()], Stroke::new(1.0, paint.edge), 2.0, 2.0));
    }
    // A mark on the span's beginning would hide its first letters.
    let aside = if begins_with_mark(lane, span, axis) { 14.0 } else { 6.0 };
    let inner =
        Rect::from_min_max(pos2(rect.left().max(row.left()) + aside, rect.top()), pos2(rect.right() - 4.0, rect.bottom()));
    if words.size().x < inner.width() {
        text::place(ui, inner, Align::Min, words);
    } else if inner.width() > 26.0 {
        text::paint(ui, inner, Align::Min, &label, Type::Bold, palette.t1);
    }
    let chosen = state.selection.message.map(Target::Message) == Some(span.target);
    if chosen {
        ui.painter().rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.5, palette.accent), StrokeKind::Outside);
    }
    let spoken = spoken(lane, &format!("{label} {more}"), span.from_us, Some(span.to_us));
    let response = ui.interact(rect, ui.scope_id().with(("span", key)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, chosen, &spoken));
    if response.hovered() {
        ui.painter().rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.0, palette.t2), StrokeKind::Inside);
    }
    focus_ring(ui, palette, rect, &response);
    if response.double_clicked() {
        cx.send(Command::ShowStretch(span.from_us, span.to_us));
    } else if response.clicked() {
        choose(span.target, cx);
    }
    response.on_hover_text(spoken);
    rect.right()
}

fn begins_with_mark(lane: &Lane, span: &Span, axis: &Axis) -> bool {
    let reach_us = (axis.us_per_px() * 8.0) as i64;
    let first = lane.marks.partition_point(|m| m.at_us < span.from_us.saturating_sub(reach_us));
    let near = lane.marks.iter().skip(first).take_while(|m| m.at_us <= span.from_us.saturating_add(reach_us));
    near.take(50).any(|m| m.shape == Shape::State)
}

/// Marks in the window, the worst of those that share a pixel; words where there is room before the next one.
fn marks(ui: &mut Ui, cx: &mut Cx<'_>, state: &ViewState, lane: &Lane, place: usize, axis: &Axis, row: Rect) -> f32 {
    let first = lane.marks.partition_point(|m| (m.at_us as f64) < axis.window.start_us - axis.us_per_px() * 8.0);
    let last = lane.marks.partition_point(|m| (m.at_us as f64) <= axis.window.end_us);
    let mut seen: Vec<(f32, &Mark, u32)> = Vec::new();
    for mark in lane.marks.get(first..last).unwrap_or_default() {
        let x = axis.x_px(mark.at_us) as f32;
        let same = seen.iter_mut().rev().take(3).find(|(px, m, _)| (x - *px).abs() < 0.9 && m.shape == mark.shape);
        match same {
            Some((_, kept, count)) => {
                *count += 1;
                if weight(mark.tone) > weight(kept.tone) {
                    *kept = mark;
                }
            }
            None => seen.push((x, mark, 1)),
        }
    }
    let mut end = row.left();
    let mut words_end = row.left();
    for (number, (x, mark, count)) in seen.iter().enumerate() {
        // Marks of one exchange stand close together: words come after the last of them.
        let near = |(a, b): &(&(f32, &Mark, u32), &(f32, &Mark, u32))| b.0 - a.0 < NEAR_PX;
        let rest = seen.get(number..).unwrap_or_default();
        let cluster = rest.iter().zip(rest.iter().skip(1)).take_while(near).count();
        let last_x = rest.get(cluster).map_or(*x, |(x, ..)| *x);
        let next = rest.get(cluster + 1).map_or(row.right(), |(next, ..)| *next);
        end = end.max(draw_mark(ui, cx, state, lane, mark, *count, (place, number), *x, row));
        let label = text::shown(&mark.label);
        let size = text::galley(ui, &label, Type::Small, cx.palette.t2, 220.0).size().x;
        let left = last_x + mark_half(mark.shape) + 5.0;
        let clear = left + size < next - 4.0 && left > words_end && !label.is_empty();
        let free = || {
            lane.spans.iter().all(|s| {
                let (a, b) = (axis.x_px(s.from_us) as f32, axis.x_px(s.to_us) as f32);
                b <= left - 6.0 || a >= left + size
            })
        };
        if clear && (lane.topic == Topic::CallSip || free()) {
            let room = Rect::from_min_max(pos2(left, row.top()), pos2(left + size + 2.0, row.bottom()));
            let ink = if mark.tone == Tone::Fail { cx.palette.fail } else { cx.palette.t2 };
            text::paint(ui, room, Align::Min, &label, Type::Small, ink);
            words_end = left + size + 6.0;
            end = end.max(words_end);
        }
    }
    end
}

fn mark_half(shape: Shape) -> f32 {
    match shape {
        Shape::Ping | Shape::Answer | Shape::End => 2.0,
        Shape::Sent | Shape::Received | Shape::Refresh | Shape::Change => 4.5,
        Shape::State => 6.0,
    }
}

#[expect(clippy::too_many_arguments, reason = "a mark is its view, its lane, its place and its count")]
fn draw_mark(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &ViewState,
    lane: &Lane,
    mark: &Mark,
    count: u32,
    key: (usize, usize),
    x: f32,
    row: Rect,
) -> f32 {
    let palette = cx.palette;
    let (mid, half) = (row.center().y, mark_half(mark.shape));
    let painter = ui.painter();
    let ink = if mark.tone == Tone::Muted { palette.t1 } else { palette.tone(mark.tone) };
    match mark.shape {
        Shape::Ping => {
            painter.vline(x, mid - 6.0..=mid + 6.0, Stroke::new(1.5, palette.t2));
        }
        Shape::Answer => {
            painter.vline(x + 2.5, mid - 3.0..=mid + 3.0, Stroke::new(2.0, palette.ok));
        }
        Shape::Refresh => shapes::triangle(painter, pos2(x, row.top() + 5.0), 4.0, false, palette.t1),
        Shape::Change => shapes::diamond(painter, pos2(x, row.top() + 3.0), 4.0, palette.t1),
        Shape::Sent => shapes::triangle(painter, pos2(x, mid - 5.0), 4.0, true, ink),
        Shape::Received => shapes::triangle(painter, pos2(x, mid + 5.0), 4.0, false, ink),
        Shape::End => {
            painter.vline(x, row.top() + 3.0..=row.bottom() - 3.0, Stroke::new(1.5, palette.t1));
        }
        Shape::State => shapes::sign(painter, palette, pos2(x, mid), 12.0, Sign::Tone(mark.tone)),
    }
    let chosen = state.selection.message.map(Target::Message) == Some(mark.target);
    let rect = Rect::from_center_size(pos2(x, mid), vec2(half * 2.0 + 3.0, row.height() - 2.0));
    if chosen {
        painter.rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.5, palette.accent), StrokeKind::Outside);
    }
    if key.1 < MOST_CHOICES {
        let label = text::shown(&mark.label);
        let kind = crate::base::words::word(shape_key(mark));
        let many = if count > 1 { format!(" ×{count}") } else { String::new() };
        let spoken = spoken(lane, &format!("{kind} {label}{many}"), mark.at_us, None);
        let response = ui.interact(rect, ui.scope_id().with(("mark", key)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, chosen, &spoken));
        focus_ring(ui, palette, rect, &response);
        if response.clicked() {
            choose(mark.target, cx);
        }
        response.on_hover_text(spoken);
    }
    x + half
}

fn shape_key(mark: &Mark) -> &'static str {
    match mark.shape {
        Shape::Ping => "window.mark_ping",
        Shape::Answer => "window.mark_answer",
        Shape::Refresh => "window.mark_refresh",
        Shape::Change => "window.mark_change",
        Shape::Sent => "window.sent",
        Shape::Received => "window.received",
        Shape::End => "window.mark_end",
        Shape::State if mark.tone == Tone::Fail => "window.mark_fail",
        Shape::State => "window.mark_state",
    }
}

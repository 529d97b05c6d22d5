//! Instants of a lane. In: a lane, an axis. Out: pixels; each can be chosen and has a name. Where they are too dense to be told apart
//! they become one thing with their count and rhythm; failures keep their colour in every column and their octagon wherever there is room.

use eframe::egui::{
    Align, Color32, CornerRadius, Mesh, Rect, Role, Sense, Shape as Drawn, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{TimelineCommand, choose, spoken};
use crate::base::words::word;
use crate::base::{Text, Tone};
use crate::timeline::Axis;
use crate::timeline::columns::{self, MarkColumn, weight};
use crate::timeline::scene::{Lane, Mark, Shape, Target, Topic};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::focus_ring;
use crate::ui::{Command, Cx, Type, ViewState, text};

/// Things of one lane that can be chosen in one frame; beyond, zooming in is the way.
const MOST_CHOICES: usize = 200;
/// Marks closer than this belong together.
const NEAR_PX: f64 = 12.0;
/// Columns closer than this cannot be told apart …
const DENSE_PX: f64 = 7.0;
/// … when more than this many stand in a row.
const FEW: usize = 8;
/// Octagons stand at least this far apart where marks are dense.
const SIGN_PX: f32 = 13.0;

/// Paints marks and the words after them; gives where the last one ends. `spans`: where spans of the lane were drawn.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, state: &ViewState, lane: &Lane, axis: &Axis, row: Rect, spans: &[(f32, f32)]) -> f32 {
    let columns = columns::marks(lane, axis);
    let mut end = row.left();
    let mut first = 0;
    let mut choices = 0;
    while let Some(rest) = columns.get(first..).filter(|rest| !rest.is_empty()) {
        let together = rest.iter().zip(rest.iter().skip(1)).take_while(|(a, b)| b.x_px - a.x_px < DENSE_PX).count() + 1;
        let run = rest.get(..together).unwrap_or(rest);
        let next = rest.get(together).map_or(row.right(), |c| c.x_px as f32);
        if together > FEW {
            end = end.max(fold(ui, cx, lane, run, &Room { row, next, spans }));
        } else {
            let room = Room { row, next, spans };
            end = end.max(apart(ui, cx, state, lane, run, &room, &mut choices));
        }
        first += together;
    }
    end
}

/// What words may not cover.
struct Room<'a> {
    row: Rect,
    next: f32,
    spans: &'a [(f32, f32)],
}

impl Room<'_> {
    /// Does no span stand where words of this width would?
    fn is_free(&self, left: f32, width: f32) -> bool {
        self.spans.iter().all(|(a, b)| *b <= left - 6.0 || *a >= left + width)
    }
}

/// Marks one by one; words after those that stand close together.
fn apart(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &ViewState,
    lane: &Lane,
    run: &[MarkColumn],
    room: &Room<'_>,
    choices: &mut usize,
) -> f32 {
    let row = room.row;
    let mut end = row.left();
    let mut words_end = row.left();
    for (number, column) in run.iter().enumerate() {
        let rest = run.get(number..).unwrap_or_default();
        let cluster = rest.iter().zip(rest.iter().skip(1)).take_while(|(a, b)| b.x_px - a.x_px < NEAR_PX).count();
        let last_x = rest.get(cluster).map_or(column.x_px, |c| c.x_px) as f32;
        let next = rest.get(cluster + 1).map_or(room.next, |c| c.x_px as f32);
        for place in kept(lane, column) {
            let Some(mark) = lane.marks.get(place) else { continue };
            end =
                end.max(draw(ui, cx, state, lane, mark, (place, column.count), column.x_px as f32, row, *choices < MOST_CHOICES));
            *choices += 1;
        }
        let Some(mark) = lane.marks.get(column.worst) else { continue };
        let label = text::shown(&mark.label);
        if label.is_empty() {
            continue;
        }
        let size = text::galley(ui, &label, Type::Small, cx.palette.t2, 220.0).size().x;
        let left = last_x + half(mark.shape) + 5.0;
        if left + size < next - 4.0 && left > words_end && (lane.topic == Topic::CallSip || room.is_free(left, size)) {
            let place = Rect::from_min_max(pos2(left, row.top()), pos2(left + size + 2.0, row.bottom()));
            let ink = if mark.tone == Tone::Fail { cx.palette.fail } else { cx.palette.t2 };
            if !lane.series.is_empty() {
                // Words keep clear of what is plotted behind them.
                let ground = Rect::from_center_size(place.center(), vec2(place.width() + 4.0, 14.0));
                ui.painter().rect_filled(ground, 2.0, cx.palette.base.gamma_multiply(0.85));
            }
            text::paint(ui, place, Align::Min, &label, Type::Small, ink);
            words_end = left + size + 6.0;
            end = end.max(words_end);
        }
    }
    end
}

/// Of marks that share a column the worst, and one of each other form: sent and received do not hide each other.
fn kept(lane: &Lane, column: &MarkColumn) -> Vec<usize> {
    let mut shapes: Vec<Shape> = lane.marks.get(column.worst).map(|m| m.shape).into_iter().collect();
    let mut out = Vec::new();
    for place in column.first..(column.first + column.count).min(column.first + 64) {
        if let Some(mark) = lane.marks.get(place).filter(|m| !shapes.contains(&m.shape)) {
            shapes.push(mark.shape);
            out.push(place);
        }
    }
    out.push(column.worst);
    out
}

/// Many marks as one: a tick a column, octagons on top, the count and rhythm after them.
fn fold(ui: &mut Ui, cx: &mut Cx<'_>, lane: &Lane, run: &[MarkColumn], room: &Room<'_>) -> f32 {
    let (palette, row) = (cx.palette, room.row);
    let mid = row.center().y;
    let mut ticks = Mesh::default();
    let mut worst = Tone::Muted;
    for column in run {
        let tone = lane.marks.get(column.worst).map_or(Tone::Muted, |m| m.tone);
        worst = if weight(tone) > weight(worst) { tone } else { worst };
        let (ink, reach) = tick(cx, lane, tone);
        let x = column.x_px as f32;
        ticks.add_colored_rect(Rect::from_x_y_ranges(x - 0.6..=x + 0.6, mid - reach..=mid + reach), ink);
    }
    ui.painter().add(Drawn::mesh(ticks));
    let bad = run.iter().filter(|c| lane.marks.get(c.worst).is_some_and(|m| weight(m.tone) >= 2));
    let mut free_from = f32::MIN;
    for column in bad {
        let x = column.x_px as f32;
        if x >= free_from {
            let tone = lane.marks.get(column.worst).map_or(Tone::Fail, |m| m.tone);
            shapes::sign(ui.painter(), palette, pos2(x, mid), 11.0, Sign::Tone(tone));
            free_from = x + SIGN_PX;
        }
    }
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return row.left() };
    let all = first.first..last.first + last.count;
    // An answer, or its absence, belongs to its ping.
    let marks = lane.marks.get(all).unwrap_or_default();
    let pings = marks.iter().filter(|m| m.shape == Shape::Ping).count();
    let count = if pings > 0 { pings } else { marks.len() };
    let rhythm = lane.rhythm.as_ref().map(|r| format!(", {}", text::shown(r))).unwrap_or_default();
    let said = format!("×{count}{rhythm}");
    let rect = Rect::from_x_y_ranges(first.x_px as f32 - 2.0..=last.x_px as f32 + 2.0, row.y_range().shrink(2.0));
    let from_us = marks.first().map_or(0, |m| m.at_us);
    let to_us = marks.last().map_or(from_us, |m| m.at_us);
    let words = || {
        let bad = if weight(worst) >= 3 { format!(" {}", word("window.mark_fail")) } else { String::new() };
        spoken(lane, &format!("{said}{bad}"), from_us, Some(to_us))
    };
    let response = ui.interact(rect, ui.scope_id().with(("marks", lane.id, first.first)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, words()));
    focus_ring(ui, palette, rect, &response);
    if response.clicked() {
        cx.send(Command::ShowStretch(from_us, to_us));
    }
    if response.hovered() {
        response.on_hover_text(words());
    }
    let galley = text::galley(ui, &said, Type::Small, palette.t2, 220.0);
    let left = rect.right() + 5.0;
    let mut end = rect.right();
    if left + galley.size().x < room.next - 4.0 && room.is_free(left, galley.size().x) {
        end = text::place(ui, Rect::from_min_max(pos2(left, row.top()), row.max), Align::Min, galley).right();
    }
    end
}

/// Colour and half height of a tick among many.
fn tick(cx: &Cx<'_>, lane: &Lane, tone: Tone) -> (Color32, f32) {
    let palette = cx.palette;
    match tone {
        Tone::Fail => (palette.fail, 8.0),
        Tone::Warn => (palette.warn, 7.0),
        Tone::Muted | Tone::Series(_) => (palette.t2, 5.0),
        Tone::Ok if lane.topic == Topic::KeepAlive => (palette.t2, 5.0),
        Tone::Ok | Tone::Info => (palette.tone(tone), 5.0),
    }
}

fn half(shape: Shape) -> f32 {
    match shape {
        Shape::Ping | Shape::Answer | Shape::End => 2.0,
        Shape::Sent | Shape::Received | Shape::Refresh | Shape::Change => 4.5,
        Shape::State => 6.0,
    }
}

#[expect(clippy::too_many_arguments, reason = "a mark is its view, its lane, its place and its count")]
fn draw(
    ui: &Ui,
    cx: &mut Cx<'_>,
    state: &ViewState,
    lane: &Lane,
    mark: &Mark,
    (place, count): (usize, usize),
    x: f32,
    row: Rect,
    can_be_chosen: bool,
) -> f32 {
    let palette = cx.palette;
    let (mid, half) = (row.center().y, half(mark.shape));
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
        Shape::Change => shapes::diamond(
            painter,
            pos2(x, row.top() + 4.0),
            4.0,
            if mark.tone == Tone::Warn { palette.warn } else { palette.t1 },
        ),
        Shape::Sent => shapes::triangle(painter, pos2(x, mid - 5.0), 4.0, true, ink),
        Shape::Received => shapes::triangle(painter, pos2(x, mid + 5.0), 4.0, false, ink),
        Shape::End => {
            painter.vline(x, row.top() + 3.0..=row.bottom() - 3.0, Stroke::new(1.5, palette.t1));
        }
        Shape::State => shapes::sign(painter, palette, pos2(x, mid), 12.0, Sign::Tone(mark.tone)),
    }
    let chosen = state.selection.message.map(Target::Message) == Some(mark.target);
    let mut rect = Rect::from_center_size(pos2(x, mid), vec2(half * 2.0 + 3.0, row.height() - 2.0));
    // What was sent stands above what was received a moment later: each is hit in its own half.
    match mark.shape {
        Shape::Sent => rect.max.y = mid,
        Shape::Received => rect.min.y = mid,
        _ => {}
    }
    if chosen {
        painter.rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.5, palette.accent), StrokeKind::Outside);
    }
    if can_be_chosen {
        let words = || {
            let many = if count > 1 { format!(" ×{count}") } else { String::new() };
            let kind = word(shape_key(lane, mark));
            spoken(lane, &format!("{kind} {}{many}", text::shown(called(lane, mark))), mark.at_us, None)
        };
        let response = ui.interact(rect, ui.scope_id().with(("mark", lane.id, place)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, chosen, words()));
        focus_ring(ui, palette, rect, &response);
        if response.double_clicked() {
            cx.send(Command::ShowStretch(mark.at_us, mark.at_us));
        } else if response.clicked() {
            // What is chosen moves the cursor by itself when it has a time; a mark has one for certain.
            choose(mark.target, cx);
            cx.send(Command::Timeline(TimelineCommand::SetCursor(mark.at_us)));
        }
        if response.hovered() {
            response.on_hover_text(words());
        }
    }
    x + half
}

/// A message has a name also where no words follow its mark.
fn called<'a>(lane: &'a Lane, mark: &'a Mark) -> &'a Text {
    let of_message = match mark.target {
        Target::Message(id) => lane.names.get(&id),
        _ => None,
    };
    of_message.filter(|_| mark.label.is_empty()).unwrap_or(&mark.label)
}

fn shape_key(lane: &Lane, mark: &Mark) -> &'static str {
    match mark.shape {
        Shape::Change if lane.topic == Topic::Registration => "timeline.address_changed",
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

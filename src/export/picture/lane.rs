//! One lane of a timeline: its head, spans, marks, and what is said where nothing stands. In: a lane, an axis. Out: shapes.
//! What is drawn where many things share a pixel is decided by `timeline::columns`, as on screen.

use super::draw::{Align, Area, Drawing, Pen};
use super::fonts::Type;
use super::look::{Rgb, SpanPaint};
use super::{Ink, plots, signs};
use crate::base::words::Words;
use crate::base::{LogTime, Tone};
use crate::timeline::Axis;
use crate::timeline::columns::{self, MarkColumn, outside, weight};
use crate::timeline::scene::{Lane, Mark, Shape, Span, Topic};

/// Thinner spans are bars.
const THIN: f64 = 3.0;
/// Height of what a granted time drains from, above the edge.
const DRAIN: f64 = 4.0;
/// Marks closer than this belong together.
const NEAR: f64 = 12.0;
/// Columns closer than this cannot be told apart …
const DENSE: f64 = 7.0;
/// … when more than this many stand in a row.
const FEW: usize = 8;
/// Octagons stand at least this far apart where marks are dense.
const SIGN: f64 = 13.0;

/// Tone, name and figure at the left.
pub fn head(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, area: Area) {
    let palette = ink.palette;
    let mut inner = Area { right: area.right - 10.0, ..area };
    let mut icon = inner.cut_left(18.0);
    if lane.detail_of.is_some() {
        icon.left += 6.0;
    }
    if let Some(tone) = lane.tone {
        signs::tone(out, palette, (icon.left + 6.0, icon.middle()), 11.0, tone);
    }
    let (name, figure) = (ink.said(&lane.name), ink.said(&lane.figure));
    // The name comes first; the figure takes what is left.
    let end = out.text(Area { right: inner.left + inner.width() * 0.75, ..inner }, Align::Start, &name, Type::Name, palette.t1);
    inner.left = end + 8.0;
    out.text(inner, Align::End, &figure, Type::Mono, palette.t2);
}

/// Everything right of the head; `behind` draws what lies between spans and marks.
pub fn body(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, axis: &Axis, row: Area, behind: &dyn Fn(&mut Drawing)) {
    let drawn = spans(out, ink, lane, axis, row);
    behind(out);
    let end = drawn.iter().map(|s| s.1).fold(row.left, f64::max);
    // Marks stand above curves, not on them.
    let marked = if lane.series.is_empty() { row } else { Area { bottom: row.top + plots::HEAD, ..row } };
    plots::lane(out, ink, lane, axis, row);
    let end = end.max(marks(out, ink, lane, axis, marked, &drawn));
    let empty = lane.spans.is_empty() && lane.marks.is_empty() && lane.series.is_empty();
    if !empty && lane.series.is_empty() && end <= row.left {
        elsewhere(out, ink, lane, axis, row);
    } else if let Some(sentence) = &lane.sentence {
        let left = if end > row.left { end + 14.0 } else { row.left + 12.0 };
        let room = Area { left, right: row.right - 8.0, ..row };
        if room.width() <= 60.0 {
            return;
        }
        let used = out.grounded(room, Align::Start, &ink.said(sentence), Type::Small, ink.palette.t3);
        if (lane.topic == Topic::Startup || (empty && lane.topic == Topic::Registration)) && used + 12.0 < row.right - 12.0 {
            let pen = Pen::new(1.6, ink.palette.strong).dashed(1.6, 4.4);
            out.level(used + 12.0, row.right - 12.0, row.middle(), pen);
        }
    }
}

/// Nothing of the lane is in the window: says where it is.
fn elsewhere(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, axis: &Axis, row: Area) {
    let Some((later, at_us)) = outside(lane, axis) else { return };
    let (key, align) = if later { ("timeline.later", Align::End) } else { ("timeline.earlier", Align::Start) };
    let said = Words::current().fill(key, &[("time", &ink.clock(Some(LogTime(at_us))))]);
    out.grounded(row.shrunk(12.0, 0.0), align, &said, Type::Small, ink.palette.t3);
}

fn spans(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, axis: &Axis, row: Area) -> Vec<(f64, f64)> {
    let mut drawn = Vec::new();
    let mut thin = Vec::new();
    for place in columns::spans(lane, axis) {
        let Some(span) = lane.spans.get(place) else { continue };
        let left = axis.x_px(span.from_us).max(row.left - 4.0);
        let right = axis.x_px(span.to_us).min(row.right + 4.0).max(left + 1.5);
        let area = Area::new(left, row.top + 3.0, right, row.bottom - 3.0);
        drawn.push((left, right));
        let paint = ink.palette.span(span.look);
        if area.width() >= THIN {
            wide(out, ink, lane, span, &paint, axis, area, row);
        } else {
            thin.push((area, paint.edge));
        }
    }
    for (area, colour) in thin {
        out.fill(area, 0.0, colour);
    }
    drawn
}

#[expect(clippy::too_many_arguments, reason = "a span is its lane, its paint, its axis and its place")]
fn wide(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, span: &Span, paint: &SpanPaint<Rgb>, axis: &Axis, area: Area, row: Area) {
    let palette = ink.palette;
    out.fill(area, 2.0, paint.fill);
    drain(out, span, paint, axis, area);
    let left = words_from(lane, axis, area.left.max(row.left));
    let hatched = paint.hatch.0 || paint.hatch.1;
    // Some of the hatch is always seen.
    let right = area.right.min(row.right) - if hatched { 18.0 } else { 4.0 };
    let inner = Area { left, right, ..area };
    let (label, more) = (ink.said(&span.label), ink.said(&span.more));
    let both = Type::Bold.width(&label) + 8.0 + Type::Small.width(&more);
    if hatched {
        out.hatch(Area { right: area.right.min(row.right), ..area }, paint.hatch, paint.edge.over(0.75, paint.fill));
    }
    if inner.width() > 26.0 {
        let mut pieces = vec![(label.as_str(), Type::Bold, palette.t1)];
        if both < inner.width() {
            pieces.push((more.as_str(), Type::Small, palette.t2));
        }
        if hatched {
            // The hatch keeps clear of the words.
            let width = if pieces.len() > 1 { both } else { Type::Bold.width(&Type::Bold.cut(&label, inner.width())) };
            out.fill(Area { right: (inner.left + width + 8.0).min(area.right), ..area }, 0.0, paint.fill);
        }
        out.pieces(inner, 8.0, &pieces);
    }
    out.level(area.left, area.right, area.bottom - 1.0, Pen::new(2.0, paint.edge));
    out.upright(area.left + 0.75, area.top, area.bottom, Pen::new(1.5, paint.edge));
    if span.open && area.right < row.right {
        out.upright(area.right, area.top, area.bottom, Pen::new(1.0, paint.edge).dashed(2.0, 2.0));
    }
}

/// What was granted as a bar that drains: full at the grant, empty where it would run out.
fn drain(out: &mut Drawing, span: &Span, paint: &SpanPaint<Rgb>, axis: &Axis, area: Area) {
    let Some(until_us) = span.drains_us else { return };
    let whole = (until_us - span.from_us) as f64;
    if whole <= 0.0 {
        return;
    }
    let base = area.bottom - 2.0;
    let top = |x: f64| (x, base - ((until_us as f64 - axis.us_at(x)) / whole).clamp(0.0, 1.0) * DRAIN);
    let points = [top(area.left), top(area.right), (area.right, base), (area.left, base)];
    out.polygon(points, paint.edge.over(0.55, paint.fill));
}

/// Where words of a span that is seen from `left` begin: behind marks that would hide their first letters.
fn words_from(lane: &Lane, axis: &Axis, left: f64) -> f64 {
    let first = lane.marks.partition_point(|m| axis.x_px(m.at_us) < left - 8.0);
    let mut from = left + 6.0;
    for mark in lane.marks.iter().skip(first).take(50).filter(|m| m.shape == Shape::State) {
        let x = axis.x_px(mark.at_us);
        if x > from + 12.0 {
            break;
        }
        from = from.max(x + 8.0);
    }
    from
}

/// What words may not cover.
struct Room<'a> {
    row: Area,
    next: f64,
    spans: &'a [(f64, f64)],
}

impl Room<'_> {
    /// Does no span stand where words of this width would?
    fn is_free(&self, left: f64, width: f64) -> bool {
        self.spans.iter().all(|(a, b)| *b <= left - 6.0 || *a >= left + width)
    }
}

/// Marks and the words after them; gives where the last one ends.
fn marks(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, axis: &Axis, row: Area, spans: &[(f64, f64)]) -> f64 {
    let columns = columns::marks(lane, axis);
    let mut end = row.left;
    let mut first = 0;
    while let Some(rest) = columns.get(first..).filter(|rest| !rest.is_empty()) {
        let together = rest.iter().zip(rest.iter().skip(1)).take_while(|(a, b)| b.x_px - a.x_px < DENSE).count() + 1;
        let run = rest.get(..together).unwrap_or(rest);
        let next = rest.get(together).map_or(row.right, |c| c.x_px);
        let room = Room { row, next, spans };
        end = end.max(if together > FEW { fold(out, ink, lane, run, &room) } else { apart(out, ink, lane, run, &room) });
        first += together;
    }
    end
}

/// Marks one by one; words after those that stand close together.
fn apart(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, run: &[MarkColumn], room: &Room<'_>) -> f64 {
    let row = room.row;
    let (mut end, mut words_end) = (row.left, row.left);
    for (number, column) in run.iter().enumerate() {
        let rest = run.get(number..).unwrap_or_default();
        let cluster = rest.iter().zip(rest.iter().skip(1)).take_while(|(a, b)| b.x_px - a.x_px < NEAR).count();
        let last_x = rest.get(cluster).map_or(column.x_px, |c| c.x_px);
        let next = rest.get(cluster + 1).map_or(room.next, |c| c.x_px);
        for place in kept(lane, column) {
            let Some(mark) = lane.marks.get(place) else { continue };
            draw(out, ink, mark, column.x_px, row);
            end = end.max(column.x_px + half(mark.shape));
        }
        let Some(mark) = lane.marks.get(column.worst) else { continue };
        let label = Type::Small.cut(&ink.said(&mark.label), 220.0);
        if label.is_empty() {
            continue;
        }
        let width = Type::Small.width(&label);
        let left = last_x + half(mark.shape) + 5.0;
        if left + width < next - 8.0 && left > words_end && (lane.topic == Topic::CallSip || room.is_free(left, width)) {
            let colour = if mark.tone == Tone::Fail { ink.palette.fail } else { ink.palette.t2 };
            out.grounded(Area { left, right: left + width + 2.0, ..row }, Align::Start, &label, Type::Small, colour);
            words_end = left + width + 6.0;
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
fn fold(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, run: &[MarkColumn], room: &Room<'_>) -> f64 {
    let (palette, row) = (ink.palette, room.row);
    let mid = row.middle();
    let tone_of = |column: &MarkColumn| lane.marks.get(column.worst).map_or(Tone::Muted, |m| m.tone);
    let mut ticks: Vec<(Rgb, Vec<_>)> = Vec::new();
    for column in run {
        let (colour, reach) = tick(ink, lane, tone_of(column));
        let line = ((column.x_px, mid - reach), (column.x_px, mid + reach));
        match ticks.iter_mut().find(|(c, _)| *c == colour) {
            Some((_, lines)) => lines.push(line),
            None => ticks.push((colour, vec![line])),
        }
    }
    for (colour, lines) in ticks {
        out.lines(lines, Pen::new(1.2, colour));
    }
    let mut free_from = f64::MIN;
    for column in run.iter().filter(|c| weight(tone_of(c)) >= 2) {
        if column.x_px >= free_from {
            signs::tone(out, palette, (column.x_px, mid), 11.0, tone_of(column));
            free_from = column.x_px + SIGN;
        }
    }
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return row.left };
    // An answer, or its absence, belongs to its ping.
    let marks = lane.marks.get(first.first..last.first + last.count).unwrap_or_default();
    let pings = marks.iter().filter(|m| m.shape == Shape::Ping).count();
    let count = if pings > 0 { pings } else { marks.len() };
    let rhythm = lane.rhythm.as_ref().map(|r| format!(", {}", ink.said(r))).unwrap_or_default();
    let said = Type::Small.cut(&format!("×{count}{rhythm}"), 220.0);
    let (end, width) = (last.x_px + 2.0, Type::Small.width(&said));
    let left = end + 5.0;
    if left + width < room.next - 4.0 && room.is_free(left, width) {
        return out.grounded(Area { left, right: left + width + 1.0, ..row }, Align::Start, &said, Type::Small, palette.t2);
    }
    end
}

/// Colour and half height of a tick among many.
fn tick(ink: Ink<'_>, lane: &Lane, tone: Tone) -> (Rgb, f64) {
    let palette = ink.palette;
    match tone {
        Tone::Fail => (palette.fail, 8.0),
        Tone::Warn => (palette.warn, 7.0),
        Tone::Muted | Tone::Series(_) => (palette.t2, 5.0),
        Tone::Ok if lane.topic == Topic::KeepAlive => (palette.t2, 5.0),
        Tone::Ok | Tone::Info => (palette.tone(tone), 5.0),
    }
}

fn half(shape: Shape) -> f64 {
    match shape {
        Shape::Ping | Shape::Answer | Shape::End => 2.0,
        Shape::Sent | Shape::Received | Shape::Refresh | Shape::Change => 4.5,
        Shape::State => 6.0,
    }
}

fn draw(out: &mut Drawing, ink: Ink<'_>, mark: &Mark, x: f64, row: Area) {
    let palette = ink.palette;
    let mid = row.middle();
    let colour = if mark.tone == Tone::Muted { palette.t1 } else { palette.tone(mark.tone) };
    match mark.shape {
        Shape::Ping => out.upright(x, mid - 6.0, mid + 6.0, Pen::new(1.5, palette.t2)),
        Shape::Answer => out.upright(x + 2.5, mid - 3.0, mid + 3.0, Pen::new(2.0, palette.ok)),
        Shape::Refresh => signs::triangle(out, (x, row.top + 5.0), 4.0, false, palette.t1),
        Shape::Change => {
            let colour = if mark.tone == Tone::Warn { palette.warn } else { palette.t1 };
            signs::diamond(out, (x, row.top + 4.0), 4.0, colour);
        }
        Shape::Sent => signs::triangle(out, (x, mid - 5.0), 4.0, true, colour),
        Shape::Received => signs::triangle(out, (x, mid + 5.0), 4.0, false, colour),
        Shape::End => out.upright(x, row.top + 3.0, row.bottom - 3.0, Pen::new(1.5, palette.t1)),
        Shape::State => signs::tone(out, palette, (x, mid), 12.0, mark.tone),
    }
}

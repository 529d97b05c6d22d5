//! One record of the list. In: its text, what is coloured in it, columns. Out: pixels and one row to choose; a fold and a gap to click.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Align, Color32, CornerRadius, Mesh, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::book::Rows;
use super::columns::{Column, LINE, ROW, lines, shifted};
use super::fold::Fold;
use super::state::{LogState, Spot};
use super::texts::{RowText, Span};
use crate::base::time::SECOND_US;
use crate::base::words::{Words, word};
use crate::base::{LogTime, Tone};
use crate::records::{Entry, Level};
use crate::timeline::figures::{bytes, count, duration};
use crate::ui::fonts::Type;
use crate::ui::shapes::{self, Sign};
use crate::ui::tokens::Palette;
use crate::ui::widgets;
use crate::ui::{Cx, focus, text, zone};

/// A shorter silence between hidden records needs no row of its own; a dotted line stands for it.
const GAP_US: i64 = 10_000_000;
const GAP_RECORDS: usize = 100;
/// Characters of a cell told on hover.
const MOST_HOVER: usize = 2_000;
/// Characters of a record in its name for screen readers.
const MOST_NAME: usize = 400;

/// What stands above a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Above {
    /// Records hidden between the row before it and this one, and the time gone by.
    pub hidden: Option<(usize, Option<i64>)>,
    /// The day begins here.
    pub day: Option<LogTime>,
}

impl Above {
    /// What stands above a row of these.
    pub fn of(rows: &Rows, row: usize) -> Self {
        let (Some(place), Some(spot)) = (rows.place(row), rows.spot(row)) else { return Self::default() };
        let before = row.checked_sub(1).and_then(|n| Some((rows.place(n)?, rows.spot(n)?)));
        let time = rows.book.time(spot);
        let since = before.and_then(|(_, before)| Some(time?.since_us(rows.book.time(before)?)));
        let hidden = place - before.map_or(0, |(before, _)| before + 1);
        let day = |at: LogTime| (at.0 + i64::from(zone::offset_s()) * SECOND_US).div_euclid(86_400 * SECOND_US);
        let other_day = match (before.and_then(|(_, b)| rows.book.time(b)), time) {
            (Some(before), Some(time)) => day(before) != day(time),
            (None, Some(_)) => true,
            _ => false,
        };
        Self { hidden: (hidden > 0).then_some((hidden, since)), day: time.filter(|_| other_day) }
    }

    /// Does the hidden stretch have a row?
    fn told(&self) -> Option<(usize, Option<i64>)> {
        self.hidden.filter(|(count, since)| *count >= GAP_RECORDS || since.is_some_and(|us| us.abs() >= GAP_US))
    }

    /// Points.
    pub fn height(&self) -> f32 {
        f32::from(u8::from(self.told().is_some()) + u8::from(self.day.is_some())) * ROW
    }
}

/// What a row is made of.
pub struct Parts<'a> {
    /// Its record.
    pub spot: Spot,
    /// What the index says of it.
    pub entry: Entry,
    /// Its number among the rows.
    pub row: usize,
    /// What stands above it.
    pub above: Above,
    /// Its text, when it is here.
    pub text: Option<Arc<RowText>>,
    /// What is coloured in it.
    pub spans: Arc<Vec<Span>>,
    /// The columns.
    pub columns: &'a [Column],
    /// Characters that fit the message column.
    pub room: usize,
    /// Is it one of the chosen?
    pub chosen: bool,
}

/// What a click asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clicked {
    /// Choose it.
    Row,
    /// Choose everything from the chosen one to it.
    Range,
    /// Show its message.
    Open,
    /// Unfold or fold it.
    Fold,
    /// Show what is hidden above it.
    Hidden,
}

/// Height of a row in points, what stands above it left aside.
pub fn height(state: &LogState, spot: Spot, room: usize) -> f32 {
    let Some(row) = state.texts.get(spot) else { return ROW };
    let count = lines(row, state.unfolded(spot), state.wrap, room).len();
    let more = u8::from(state.unfolded(spot) && left_out(row).is_some());
    ROW + count.saturating_sub(1) as f32 * LINE + f32::from(more) * LINE
}

/// What of an unfolded record is not shown here.
fn left_out(row: &RowText) -> Option<String> {
    let more = row.lines.len().saturating_sub(super::texts::MOST_LINES);
    if row.cut_bytes > 0 {
        return Some(Words::current().fill("log.more_bytes", &[("size", &bytes(row.cut_bytes))]));
    }
    (more > 0).then(|| Words::current().fill("log.more_lines", &[("n", &count(more as u64))]))
}

/// Paints a row and gives what was clicked.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, state: &LogState, rows: &Rows, parts: &Parts<'_>, rect: Rect) -> Option<Clicked> {
    let palette = cx.palette;
    let mut clicked = None;
    let mut top = rect;
    if let Some(day) = parts.above.day {
        let line = widgets::cut_top(&mut top, ROW).shrink2(vec2(12.0, 0.0));
        text::line(ui, line, Align::Min, &zone::date(day), Type::MonoBold, palette.t2);
    }
    if let Some((hidden, since)) = parts.above.told() {
        let line = widgets::cut_top(&mut top, ROW);
        if gap(ui, palette, parts.row, hidden, since, line) {
            clicked = Some(Clicked::Hidden);
        }
    } else if parts.above.hidden.is_some() {
        dotted(ui, palette, top);
    }
    // Made only where a screen reader listens.
    let name = || name_of(state, rows, parts);
    let response = ground(ui, palette, top, parts, state.selected == Some(parts.spot), name);
    if response.double_clicked() {
        clicked = Some(Clicked::Open);
    } else if response.clicked() {
        clicked = Some(if ui.input(|i| i.modifiers.shift) { Clicked::Range } else { Clicked::Row });
    }
    let first = Rect::from_min_size(top.min, vec2(top.width(), ROW));
    cells(ui, cx, state, rows, parts, first);
    hover(ui, rows, parts, &response, first);
    let fold = Fold::of(ui, palette, state, rows, parts, first);
    message(ui, cx, state, parts, fold.as_ref().map_or(0.0, Fold::width), top);
    if fold.is_some_and(|fold| fold.show(ui, palette, parts.row).clicked()) {
        clicked = Some(Clicked::Fold);
    }
    clicked
}

/// The ground of a row. The keys of the log choose among the rows wherever the focus is; the list is one stop of Tab: `current`, the
/// chosen row, keeps its id while the choice moves, and so the focus stays on it.
fn ground(ui: &Ui, palette: &Palette, rect: Rect, parts: &Parts<'_>, current: bool, name: impl Fn() -> String) -> Response {
    let scope = ui.scope_id();
    let (id, sense) = match current {
        true => (scope.with("current"), Sense::click()),
        false => (scope.with(("record", parts.row)), Sense::CLICK),
    };
    let response = ui.interact(rect, id, sense);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, parts.chosen, name()));
    if parts.chosen {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.sel);
        ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), CornerRadius::ZERO, palette.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.hover);
    }
    if response.has_focus() {
        focus::leave_keys(ui.ctx(), response.id);
        widgets::focus_ring(ui, palette, rect, &response);
    }
    response
}

/// What is cut in the cell under the pointer, whole.
fn hover(ui: &Ui, rows: &Rows, parts: &Parts<'_>, response: &Response, row: Rect) {
    let Some(at) = response.hover_pos().filter(|at| row.contains(*at)) else { return };
    let Some(text) = &parts.text else { return };
    let Some(column) = parts.columns.iter().rfind(|c| row.left() + c.x <= at.x) else { return };
    let (label, _) = rows.book.label(parts.spot.member);
    let (told, kept) = match column.head {
        "log.col_member" => (label.as_str(), 8.0),
        "log.col_thread" => (text.part(text.thread.clone()), 0.0),
        "log.col_source" => (text.part(text.code.clone()), 0.0),
        "log.col_message" => (text.part(text.message()), 0.0),
        _ => return,
    };
    let glyph = ui.fonts_mut(|fonts| fonts.glyph_width(&Type::Mono.id(), '0'));
    let shown = crate::base::visible(told);
    if shown.chars().count() as f32 * glyph > column.width - kept {
        response.clone().on_hover_text(text::short(&shown, MOST_HOVER));
    }
}

/// A hidden stretch: how many records, how long.
fn gap(ui: &mut Ui, palette: &Palette, row: usize, hidden: usize, since: Option<i64>, line: Rect) -> bool {
    ui.painter().rect_filled(line, CornerRadius::ZERO, palette.base);
    widgets::line_below(ui, palette, line);
    let mut inner = line.shrink2(vec2(30.0, 0.0));
    if let Some(us) = since {
        let told = Words::current().fill("log.gap", &[("time", &duration(us))]);
        let used = text::line(ui, inner, Align::Min, &told, Type::Mono, palette.t3).rect;
        inner.min.x = used.right() + 10.0;
    }
    let told = Words::current().fill("log.hidden", &[("n", &count(hidden as u64))]);
    let galley = text::galley(ui, &told, Type::Mono, palette.accent, inner.width());
    let used = text::place(ui, inner, Align::Min, galley);
    let response = ui.interact(used.expand(2.0), ui.scope_id().with(("hidden", row)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &told));
    widgets::focus_ring(ui, palette, used.expand(2.0), &response);
    response.clicked()
}

/// A short hidden stretch: a dotted line above the row. One mesh: a filter may hide something above every row.
fn dotted(ui: &Ui, palette: &Palette, rect: Rect) {
    let mut mesh = Mesh::default();
    let mut x = rect.left() + 24.0;
    while x < rect.right() {
        mesh.add_colored_rect(Rect::from_min_size(pos2(x, rect.top() - 0.5), vec2(2.0, 1.0)), palette.strong);
        x += 8.0;
    }
    ui.painter().add(mesh);
}

/// Words of a level.
pub fn level_word(level: Level) -> &'static str {
    word(match level {
        Level::Unknown => "log.level_none",
        Level::Trace => "log.level_trace",
        Level::Debug => "log.level_debug",
        Level::Info => "log.level_info",
        Level::Warn => "log.level_warn",
        Level::Error => "log.level_error",
    })
}

fn name_of(state: &LogState, rows: &Rows, parts: &Parts<'_>) -> String {
    let marked = if state.marks.contains_key(&parts.spot) { format!("{}, ", word("log.marked")) } else { String::new() };
    let (member, _) = rows.book.label(parts.spot.member);
    let said = match &parts.text {
        None => word("log.reading").to_owned(),
        Some(row) if row.fault.is_some() => row.fault.clone().unwrap_or_default(),
        Some(row) => {
            let shown = lines(row, state.unfolded(parts.spot), false, usize::MAX);
            let all: Vec<&str> = shown.into_iter().map(|(_, range)| row.part(range)).collect();
            text::short(&all.join(" / "), MOST_NAME).into_owned()
        }
    };
    let level = level_word(parts.entry.level);
    let head = format!("{marked}{} {level} {member}:{}", text::clock(parts.entry.time), parts.entry.line);
    format!("{} {}", text::visible(&head), crate::base::visible(&said))
}

fn cells(ui: &mut Ui, cx: &Cx<'_>, state: &LogState, rows: &Rows, parts: &Parts<'_>, row: Rect) {
    let palette = cx.palette;
    let faint = if parts.chosen { palette.t2 } else { palette.t3 };
    let (label, series) = rows.book.label(parts.spot.member);
    let glyph = ui.fonts_mut(|fonts| fonts.glyph_width(&Type::Mono.id(), '0')).max(1.0);
    for column in parts.columns {
        let mut cell = Rect::from_min_size(pos2(row.left() + column.x, row.top()), vec2(column.width, row.height()));
        let align = if column.right { Align::Max } else { Align::Min };
        match column.head {
            "log.col_mark" if state.marks.contains_key(&parts.spot) => {
                ribbon(ui, cell.center() - vec2(2.0, 0.0), palette.accent);
            }
            "log.col_time" => {
                let at = parts.entry.time.map_or_else(String::new, zone::clock);
                text::paint(ui, cell, align, &at, Type::Mono, if parts.chosen { palette.t1 } else { palette.t2 });
            }
            "log.col_since" => {
                let before = parts.row.checked_sub(1).and_then(|n| rows.spot(n)).and_then(|s| rows.book.time(s));
                if let Some(us) = before.and_then(|before| Some(parts.entry.time?.since_us(before))) {
                    let ink = match us {
                        ..0 => palette.warn,
                        1_000_000.. => palette.t2,
                        _ => faint,
                    };
                    text::paint(ui, cell, align, &duration(us), Type::Mono, ink);
                }
            }
            "log.col_level" => level(ui, palette, parts.entry.level, cell, faint),
            "log.col_member" => {
                let swatch = Rect::from_min_size(pos2(cell.left(), cell.center().y - 6.5), vec2(3.0, 13.0));
                ui.painter().rect_filled(swatch, 0.0, palette.series(series));
                cell.min.x += 8.0;
                text::paint(ui, cell, align, &text::visible(&label), Type::Mono, palette.t2);
            }
            "log.col_line" => {
                text::paint(ui, cell, align, &parts.entry.line.to_string(), Type::Mono, faint);
            }
            // Threads differ in their last digits.
            "log.col_thread" => field(ui, palette, parts, |row| ending(row, cell.width() / glyph), cell, faint),
            "log.col_source" => field(ui, palette, parts, |row| row.code.clone(), cell, palette.t2),
            _ => {}
        }
    }
}

/// As much of the thread's end as has room, in characters.
fn ending(row: &RowText, room: f32) -> Range<usize> {
    let Range { start, end } = row.thread;
    let room = (room as usize).max(2);
    let count = row.part(start..end).chars().count();
    let from = row.part(start..end).char_indices().nth(count.saturating_sub(room));
    if count > room { start + from.map_or(0, |(at, _)| at)..end } else { start..end }
}

fn field(ui: &Ui, palette: &Palette, parts: &Parts<'_>, range: impl Fn(&RowText) -> Range<usize>, cell: Rect, ink: Color32) {
    let Some(row) = &parts.text else { return };
    let range = range(row);
    if range.is_empty() {
        return;
    }
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    coloured(&mut job, palette, row, range, &parts.spans, (ink, parts.chosen), usize::MAX);
    job.wrap = eframe::egui::text::TextWrapping {
        max_width: cell.width(),
        max_rows: 1,
        break_anywhere: true,
        overflow_character: Some('…'),
    };
    text::place(ui, cell, Align::Min, ui.painter().layout_job(job));
}

/// Shapes for what is wrong, a letter for what is detail.
fn level(ui: &Ui, palette: &Palette, level: Level, cell: Rect, faint: Color32) {
    let at = cell.center();
    match level {
        Level::Error => shapes::sign(ui.painter(), palette, at, 11.0, Sign::Tone(Tone::Fail)),
        Level::Warn => shapes::sign(ui.painter(), palette, at, 11.0, Sign::Tone(Tone::Warn)),
        Level::Debug => drop(text::paint(ui, cell, Align::Center, "d", Type::Mono, faint)),
        Level::Trace => drop(text::paint(ui, cell, Align::Center, "t", Type::Mono, faint)),
        Level::Info | Level::Unknown => {}
    }
}

/// The ribbon of a mark.
pub fn ribbon(ui: &Ui, center: eframe::egui::Pos2, color: Color32) {
    let at = |x: f32, y: f32| center + vec2(x, y);
    let notch = at(0.0, 2.0);
    let left = vec![at(-3.5, -5.5), at(0.0, -5.5), notch, at(-3.5, 5.0)];
    let right = vec![at(0.0, -5.5), at(3.5, -5.5), at(3.5, 5.0), notch];
    for half in [left, right] {
        ui.painter().add(eframe::egui::Shape::convex_polygon(half, color, Stroke::NONE));
    }
}

/// The message: its first line, and below it on a rule the others. `fold`: points of the first line that the button takes.
fn message(ui: &mut Ui, cx: &Cx<'_>, state: &LogState, parts: &Parts<'_>, fold: f32, rect: Rect) {
    let palette = cx.palette;
    let Some(column) = parts.columns.last() else { return };
    let left = rect.left() + column.x;
    let place = |y: f32, height: f32| Rect::from_min_size(pos2(left, y), vec2(column.width, height));
    let Some(row) = &parts.text else {
        text::paint(ui, place(rect.top(), ROW), Align::Min, word("log.reading"), Type::Mono, palette.t3);
        return;
    };
    if let Some(fault) = &row.fault {
        text::paint(ui, place(rect.top(), ROW), Align::Min, fault, Type::Mono, palette.fail);
        return;
    }
    let quiet = matches!(parts.entry.level, Level::Debug | Level::Trace);
    let ink = if quiet && !parts.chosen { palette.t2 } else { palette.t1 };
    let painter =
        ui.painter().with_clip_rect(ui.clip_rect().intersect(Rect::from_min_max(pos2(left - 10.0, rect.top()), rect.max)));
    let shown = lines(row, state.unfolded(parts.spot), state.wrap, parts.room);
    let line_x = |head: &str| parts.columns.iter().find(|c| c.head == head).map(|c| rect.left() + c.x + c.width);
    let clip = ui.clip_rect();
    let mut last_line = 0;
    for (n, (line, range)) in shown.iter().enumerate() {
        let y = if n == 0 { rect.top() } else { rect.top() + ROW + (n - 1) as f32 * LINE };
        let high = if n == 0 { ROW } else { LINE };
        if y > clip.bottom() {
            break;
        }
        if y + high >= clip.top() {
            // The button that unfolds stands at the end of the first line.
            let kept = if n == 0 && !state.wrap { fold } else { 0.0 };
            let room = (parts.room as f32 * (1.0 - kept / column.width)).max(8.0) as usize;
            let from = if state.wrap { range.start } else { shifted(&row.text, range, first_hit(&parts.spans, range), room) };
            let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
            if from > range.start {
                job.append("…", 0.0, TextFormat::simple(Type::Mono.id(), palette.t3));
            }
            let ink = if n == 0 { ink } else { palette.t2 };
            coloured(&mut job, palette, row, from..range.end, &parts.spans, (ink, parts.chosen), parts.room + 2);
            job.wrap.max_rows = 1;
            job.wrap.max_width = if state.wrap { f32::INFINITY } else { column.width - kept };
            job.wrap.break_anywhere = true;
            job.wrap.overflow_character = Some('…');
            let galley = painter.layout_job(job);
            painter.galley(pos2(left, y + (high - galley.size().y) / 2.0), galley, Color32::PLACEHOLDER);
        }
        if *line > last_line {
            last_line = *line;
            if let Some(x) = line_x("log.col_line") {
                let number = (parts.entry.line + *line as u64).to_string();
                let cell = Rect::from_min_max(pos2(x - 60.0, y), pos2(x, y + high));
                let faint = if parts.chosen { palette.t2 } else { palette.t3 };
                text::paint(ui, cell, Align::Max, &number, Type::Mono, faint);
            }
        }
    }
    let mut bottom = rect.top() + ROW + shown.len().saturating_sub(1) as f32 * LINE;
    if let Some(more) = left_out(row).filter(|_| state.unfolded(parts.spot)) {
        text::paint(ui, place(bottom, LINE), Align::Min, &more, Type::Mono, palette.warn);
        bottom += LINE;
    }
    if bottom > rect.top() + ROW + 1.0 {
        ui.painter().vline(left - 7.0, rect.top() + ROW..=bottom - 2.0, Stroke::new(2.0, palette.strong));
    }
}

fn first_hit(spans: &[Span], line: &Range<usize>) -> Option<Range<usize>> {
    let inside = |s: &&Span| s.range.start >= line.start && s.range.start < line.end;
    let hit = spans.iter().filter(inside).find(|s| s.series.is_none()).or_else(|| spans.iter().find(inside))?;
    Some(hit.range.start..hit.range.end.min(line.end))
}

/// A part of a text with what is coloured in it, at most `most` characters.
fn coloured(
    job: &mut LayoutJob,
    palette: &Palette,
    row: &RowText,
    range: Range<usize>,
    spans: &[Span],
    (ink, chosen): (Color32, bool),
    most: usize,
) {
    let plain = TextFormat::simple(Type::Mono.id(), ink);
    let mut edges: Vec<usize> = vec![range.start, range.end];
    let near = |s: &&Span| s.range.start < range.end && s.range.end > range.start;
    for span in spans.iter().filter(near) {
        edges.extend([span.range.start, span.range.end].into_iter().filter(|e| range.contains(e)));
    }
    edges.sort_unstable();
    edges.dedup();
    let mut left = most;
    for pair in edges.windows(2) {
        let [from, to] = pair else { continue };
        let Some(part) = row.text.get(*from..*to) else { continue };
        let mut format = plain.clone();
        let over = |s: &&Span| s.range.start <= *from && s.range.end >= *to;
        if let Some(series) = spans.iter().filter(over).find_map(|s| s.series) {
            format.underline = Stroke::new(2.0, palette.series(series));
        }
        if spans.iter().filter(over).any(|s| s.series.is_none()) {
            let (ground, letters) = if chosen { (palette.accent, palette.ontone) } else { (palette.warn_tint, palette.warn) };
            format.background = ground;
            format.color = letters;
            format.underline = Stroke::new(1.0, letters);
        }
        let cut = match part.char_indices().nth(left) {
            Some((at, _)) => part.get(..at).unwrap_or(part),
            None => part,
        };
        // Read with pseudonyms where those are shown.
        job.append(&crate::base::visible(cut), 0.0, format);
        left = left.saturating_sub(cut.chars().count());
        if left == 0 {
            break;
        }
    }
}

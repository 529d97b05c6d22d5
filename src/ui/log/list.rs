//! The list: rows of different height, its place an `f64` row. In: rows, texts, state. Out: pixels; scrolling, choice, and which texts
//! the next frames want. egui's own scroll offsets are `f32`: beyond some 800,000 rows they no longer move by a point.

use eframe::egui::{Align, CornerRadius, Mesh, Rect, Role, Sense, Shape, Ui, WidgetInfo, pos2, vec2};

use super::LogCommand;
use super::book::Rows;
use super::columns::{ROW, columns};
use super::row::{self, Above, Clicked, Parts};
use super::state::{LogState, Reveal, Spot};
use crate::base::words::word;
use crate::records::search::Finder;
use crate::ui::fonts::Type;
use crate::ui::widgets::{area, cut_right, cut_top, empty, line_below, line_right};
use crate::ui::{Command, Cx, ViewState, text};

/// Width of the strip of hits.
const HITS: f32 = 14.0;
/// Width of the scroll bar.
const BAR: f32 = 12.0;

/// The list with its heads, strip of hits and scroll bar.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut ViewState, rows: &Rows, mut rect: Rect) {
    let palette = cx.palette;
    let log = &mut state.log;
    line_right(ui, palette, rect);
    let mut right = cut_right(&mut rect, HITS + BAR);
    let shown_columns = columns(rect.width());
    let heads = cut_top(&mut rect, 24.0);
    cut_top(&mut right, 24.0);
    line_below(ui, palette, heads);
    for column in &shown_columns {
        let cell = Rect::from_min_size(pos2(heads.left() + column.x, heads.top()), vec2(column.width, heads.height()));
        let align = if column.right { Align::Max } else { Align::Min };
        if !matches!(column.head, "log.col_mark" | "log.col_level") {
            text::line(ui, cell, align, &text::column(column.head), Type::Label, palette.t3);
        }
    }
    if rows.count() == 0 {
        let done = log.passing.as_ref().is_none_or(|p| p.ended.is_some());
        empty(ui, palette, rect, word(if done { "log.nothing_passes" } else { "log.filtering" }));
        log.texts.wanted.clear();
        return;
    }
    let glyph = ui.fonts_mut(|fonts| fonts.glyph_width(&Type::Mono.id(), '0'));
    let width = shown_columns.last().map_or(80.0, |c| c.width);
    let room = ((width / glyph.max(1.0)) as usize).max(8);
    let sizes = Sizes { rows, room, view: rect.height() };
    if let Some(dy) = wheel(ui, rect) {
        sizes.scroll(log, dy);
    }
    sizes.reveal(log);
    bar(ui, cx, log, rows, right, rect.height());
    sizes.clamp(log);
    let finders = finders(log);
    let range = log.chosen_rows();
    let mut seen: Vec<Spot> = Vec::new();
    let mut clicked = None;
    area(ui, "log-rows", rect, palette.panel, |ui| {
        let first = log.top.floor();
        let mut row = first as usize;
        let mut y = rect.top() - (log.top - first) as f32 * sizes.height(log, row);
        while y < rect.bottom() && row < rows.count() {
            let high = sizes.height(log, row);
            let place = Rect::from_min_size(pos2(rect.left(), y), vec2(rect.width(), high));
            if let (Some(spot), Some(entry)) = (rows.spot(row), rows.spot(row).and_then(|s| rows.book.entry(s))) {
                let spans = log.texts.spans(spot, &finders);
                let chosen = range.is_some_and(|(from, to)| (from..=to).contains(&row));
                let text = log.texts.get(spot).cloned();
                let above = Above::of(rows, row);
                let parts = Parts { spot, entry, row, above, text, spans, columns: &shown_columns, room, chosen };
                seen.push(spot);
                if let Some(what) = row::show(ui, cx, log, rows, &parts, place) {
                    clicked = Some((row, spot, what));
                }
            }
            y += high;
            row += 1;
        }
        log.page = (row - first as usize).saturating_sub(1).max(1);
    });
    want(log, rows, seen);
    match clicked {
        Some((_, spot, Clicked::Row)) => log.choose(spot, false),
        Some((_, spot, Clicked::Range)) => log.choose(spot, true),
        Some((_, spot, Clicked::Open)) => {
            log.choose(spot, false);
            cx.send(Command::Log(LogCommand::OpenMessage));
        }
        Some((_, spot, Clicked::Fold)) => log.toggle_fold(spot),
        Some((row, _, Clicked::Hidden)) => {
            let before = row.checked_sub(1).and_then(|n| rows.place(n));
            if let Some(spot) = rows.book.spot(before.map_or(0, |place| place + 1)) {
                log.show(spot);
            }
        }
        None => {}
    }
}

/// The texts of what is seen, then of a page below and a page above.
fn want(log: &mut LogState, rows: &Rows, seen: Vec<Spot>) {
    let (first, page) = (log.top as usize, log.page + 2);
    let mut wanted = seen;
    wanted.extend((first + page..first + 2 * page).filter_map(|row| rows.spot(row)));
    wanted.extend((first.saturating_sub(page)..first).rev().filter_map(|row| rows.spot(row)));
    wanted.extend(log.selected);
    log.texts.wanted = wanted;
}

fn finders(log: &LogState) -> Vec<(Option<u8>, Finder)> {
    let search = (!log.needle.text.is_empty() && log.needle_fault.is_none()).then_some((None, &log.needle));
    let all = log.highlights.iter().map(|h| (Some(h.series), &h.needle)).chain(search);
    all.filter_map(|(series, needle)| Some((series, Finder::new(needle).ok()?))).collect()
}

fn wheel(ui: &Ui, rect: Rect) -> Option<f64> {
    let at = ui.ctx().pointer_hover_pos().filter(|p| rect.contains(*p))?;
    if ui.ctx().layer_id_at(at) != Some(ui.layer_id()) {
        return None;
    }
    let dy = ui.input(|i| if i.modifiers.command { 0.0 } else { i.smooth_scroll_delta().y });
    (dy.abs() > 0.0).then(|| -f64::from(dy))
}

/// Heights of rows, and moving over them.
struct Sizes<'a> {
    rows: &'a Rows,
    room: usize,
    view: f32,
}

impl Sizes<'_> {
    fn height(&self, log: &LogState, row: usize) -> f32 {
        let above = Above::of(self.rows, row).height();
        above + self.rows.spot(row).map_or(ROW, |spot| row::height(log, spot, self.room))
    }

    /// Moves by points; only the rows passed are measured.
    fn scroll(&self, log: &mut LogState, mut dy: f64) {
        let mut row = log.top.floor();
        let mut inside = (log.top - row) * f64::from(self.height(log, row as usize));
        loop {
            let high = f64::from(self.height(log, row as usize));
            if inside + dy < 0.0 {
                if row < 1.0 {
                    inside = 0.0;
                    break;
                }
                row -= 1.0;
                inside += f64::from(self.height(log, row as usize));
            } else if inside + dy >= high {
                if row as usize + 1 >= self.rows.count() {
                    break;
                }
                row += 1.0;
                dy -= high - inside;
                inside = 0.0;
                continue;
            } else {
                inside += dy;
                break;
            }
        }
        let high = f64::from(self.height(log, row as usize)).max(1.0);
        log.top = row + (inside / high).clamp(0.0, 0.999_999);
    }

    /// The place at which `row` ends `below` points above the lower edge.
    fn ending_at(&self, log: &LogState, row: usize, below: f32) -> f64 {
        let mut left = self.view - below;
        let mut first = row;
        loop {
            let high = self.height(log, first);
            if high >= left {
                return first as f64 + f64::from((high - left.max(0.0)) / high.max(1.0)).min(0.999_999);
            }
            left -= high;
            if first == 0 {
                return 0.0;
            }
            first -= 1;
        }
    }

    /// The last row may not leave the lower edge.
    fn clamp(&self, log: &mut LogState) {
        let last = self.rows.count().saturating_sub(1);
        // Far from the end nothing is measured: a view has at most as many rows as fit it when each is lowest.
        if log.top + f64::from(self.view / ROW) + 1.0 >= last as f64 {
            let most = self.ending_at(log, last, 0.0);
            log.top = log.top.min(most);
        }
        log.top = log.top.max(0.0);
    }

    /// Brings the chosen row into view.
    fn reveal(&self, log: &mut LogState) {
        let how = std::mem::take(&mut log.reveal);
        let row = log.selected.and_then(|spot| {
            let place = self.rows.book.place(spot)?;
            Some(self.rows.row_at(place).min(self.rows.count().saturating_sub(1)))
        });
        let (Some(row), true) = (row, how != Reveal::No) else { return };
        let lowest = self.ending_at(log, row, 0.0);
        let seen = log.top <= row as f64 && log.top >= lowest;
        if seen {
            return;
        }
        log.top = match how {
            Reveal::Middle => self.ending_at(log, row, self.view / 2.0),
            _ if log.top > row as f64 => row as f64,
            _ => lowest,
        };
        self.clamp(log);
    }
}

/// Hits, errors and marks by their rows, and the scroll bar.
fn bar(ui: &mut Ui, cx: &Cx<'_>, log: &mut LogState, rows: &Rows, mut rect: Rect, view: f32) {
    let palette = cx.palette;
    let bar = cut_right(&mut rect, BAR);
    let count = rows.count() as f64;
    let hits = log.hits();
    let mut mesh = Mesh::default();
    let steps = (rect.height() / 2.0).floor().max(1.0) as usize;
    let place = |n: usize| rows.place((count * n as f64 / steps as f64) as usize).unwrap_or(rows.book.merged.len());
    let mut from = place(0);
    for n in 0..steps {
        let to = place(n + 1).max(from);
        let y = rect.top() + n as f32 * 2.0;
        let mut tick = |left: f32, right: f32, color| {
            let tick = Rect::from_min_max(pos2(rect.left() + left, y), pos2(rect.left() + right, y + 2.0));
            mesh.add_colored_rect(tick, color);
        };
        if rows.book.errors.before(to) > rows.book.errors.before(from) {
            tick(2.0, 7.0, palette.fail);
        }
        if hits.before(to) > hits.before(from) {
            tick(7.0, 12.0, palette.accent);
        }
        from = to;
    }
    for spot in log.marks.keys() {
        if let Some(row) = rows.row_of(*spot) {
            let y = rect.top() + (row as f64 / count.max(1.0)) as f32 * rect.height();
            mesh.add_colored_rect(Rect::from_min_size(pos2(rect.left(), y - 1.0), vec2(HITS, 3.0)), palette.t1);
        }
    }
    ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.base);
    ui.painter().add(Shape::mesh(mesh));
    let whole = rect.union(bar);
    let response = ui.interact(whole, ui.scope_id().with("bar"), Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, word("log.scroll_bar")));
    let part = (f64::from(view / ROW) / count.max(1.0)).min(1.0) as f32;
    let thumb_height = (bar.height() * part).max(24.0).min(bar.height());
    let free = (bar.height() - thumb_height).max(1.0);
    let most = (count - f64::from(view / ROW)).max(0.0);
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged()) {
        let part = f64::from((at.y - bar.top() - thumb_height / 2.0) / free).clamp(0.0, 1.0);
        log.top = most * part;
    }
    let y = bar.top() + (log.top / most.max(1.0)).min(1.0) as f32 * free;
    let thumb = Rect::from_min_size(pos2(bar.left() + 3.0, y), vec2(BAR - 6.0, thumb_height));
    let color = if response.hovered() || response.dragged() { palette.t3 } else { palette.strong };
    ui.painter().rect_filled(thumb, 2.0, color);
}

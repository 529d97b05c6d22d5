//! A table on screen. In: rows, their state, a rectangle. Out: pixels, names for screen readers, and what the user asked for. Only the
//! rows seen are painted, and the first of them is an f64, so that a million scroll as ten do.

use eframe::egui::{
    Align, CornerRadius, Id, Key, PointerButton, Rect, Response, Role, Sense, Stroke, TextEdit, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::copy::Form;
use super::filter::Filter;
use super::head::{self, Placed};
use super::{Cell, Draw, Ink, Rows, TableState, keyboard};
use crate::base::Tone;
use crate::base::words::{Words, word};
use crate::sip::Direction;
use crate::timeline::figures::count;
use crate::ui::fonts::Type;
use crate::ui::shapes::{self, Sign};
use crate::ui::tokens::Palette;
use crate::ui::widgets::{self, cut_left, cut_right, cut_top, line_below};
use crate::ui::{focus, text};

/// Height of a row.
const ROW: f32 = 23.0;
const BAR: f32 = 36.0;
const CHIPS: f32 = 28.0;
/// Room before the first column, for the shape of a row.
const GUTTER: f32 = 32.0;
/// Width of the scroll bar.
const SCROLL: f32 = 10.0;

/// What a table is shown with.
pub struct Frame<'a> {
    /// Makes its ids: unique in its view.
    pub id: &'static str,
    /// Its rows.
    pub rows: &'a dyn Rows,
    /// Key of the words that count the rows, with places `n` and `all`.
    pub told: &'static str,
    /// Key of the filter's name for screen readers.
    pub find: &'static str,
}

/// A wish while it is worked out: places in the order shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A row was chosen by a click.
    Choose(usize),
    /// Arrows came to a row.
    Follow(usize),
    /// Enter was pressed on a row.
    Enter(usize),
    /// A row was clicked twice.
    Open(usize),
    /// A row must be seen.
    See(usize),
    /// Copy the rows chosen, or all shown when none is.
    Copy(Form),
    /// Write all rows shown to a file.
    Save,
}

/// What the user asked for: rows by their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Show a row in all panels.
    Choose(u32),
    /// The same, from row to row by arrows: no place to come back to each time.
    Follow(u32),
    /// Open a row.
    Open(u32),
    /// Copy the rows chosen, or all shown when none is.
    Copy(Form),
    /// Write all rows shown to a file.
    Save,
}

/// Shows a table with its filter above it.
pub fn show(ui: &mut Ui, palette: &Palette, state: &mut TableState, frame: &Frame<'_>, mut rect: Rect) -> Vec<Asked> {
    let mut acts = Vec::new();
    bar(ui, palette, state, frame, cut_top(&mut rect, BAR), &mut acts);
    chips(ui, palette, state, frame.rows, &mut rect);
    let kept = state.index.rows().get(state.cursor).copied();
    if state.index.refresh(frame.rows, &state.layout, &state.filter) {
        // The cursor stays on its row, wherever that stands now.
        state.cursor = kept.and_then(|row| state.rows().iter().position(|r| *r == row)).unwrap_or(0);
        state.anchor = state.cursor;
    }
    if !state.index.settled() {
        ui.request_repaint();
    }
    let heads = cut_top(&mut rect, head::HEIGHT);
    let bars = cut_right(&mut rect, SCROLL);
    let mut columns = heads;
    columns.min.x += GUTTER;
    columns.max.x -= SCROLL;
    let (placed, width) = head::places(state, frame.rows.columns(), columns);
    let id = ui.scope_id().with(frame.id);
    let focused = ui.memory(|memory| memory.has_focus(id));
    let page = ((rect.height() / ROW).floor() as usize).max(1);
    if focused {
        focus::hold(ui.ctx(), id);
        let shown: Vec<_> = placed.iter().map(|(column, _)| *column).collect();
        keyboard::answer(ui, state, &shown, page, &mut acts);
    }
    state.head = state.head.filter(|place| focused && *place < placed.len());
    widgets::ground(ui, "heads", heads, palette.raised, |ui| {
        line_below(ui, palette, heads);
        head::show(ui, palette, state, frame.rows.columns(), &placed, id.with("heads"), id);
    });
    if state.rows().is_empty() {
        let none = if state.index.total() == 0 { frame.rows.none() } else { word("list.no_hits") };
        if state.index.settled() {
            widgets::empty(ui, palette, rect, none);
        }
        return asked(state, frame.rows, &acts);
    }
    scroll(ui, palette, state, id, rect, bars, (width - columns.width()).max(0.0));
    // Not before the rows are those of the filter.
    if state.index.settled()
        && std::mem::take(&mut state.reveal)
        && let Some(place) = state.rows().iter().position(|row| frame.rows.chosen(*row as usize))
    {
        see(state, place, rect, true);
        state.cursor = place;
    }
    for act in acts.clone() {
        if let Act::See(place) = act {
            see(state, place, rect, false);
        }
    }
    widgets::ground(ui, "rows", rect, palette.panel, |ui| body(ui, palette, state, frame, &placed, id, rect, &mut acts));
    asked(state, frame.rows, &acts)
}

fn asked(state: &TableState, rows: &dyn Rows, acts: &[Act]) -> Vec<Asked> {
    let row = |place: &usize| state.rows().get(*place).copied();
    acts.iter()
        .filter_map(|act| match act {
            Act::Choose(place) => row(place).map(Asked::Choose),
            Act::Follow(place) => row(place).map(Asked::Follow),
            // Enter chooses; once more, it opens.
            Act::Enter(place) => {
                row(place).map(|row| if rows.chosen(row as usize) { Asked::Open(row) } else { Asked::Choose(row) })
            }
            Act::Open(place) => row(place).map(Asked::Open),
            Act::See(_) => None,
            Act::Copy(form) => Some(Asked::Copy(*form)),
            Act::Save => Some(Asked::Save),
        })
        .collect()
}

/// The filter, how many rows, and what can be done with them.
fn bar(ui: &mut Ui, palette: &Palette, state: &mut TableState, frame: &Frame<'_>, rect: Rect, acts: &mut Vec<Act>) {
    ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.raised);
    line_below(ui, palette, rect);
    let mut inner = rect.shrink2(vec2(12.0, 5.0));
    if widgets::flat(ui, palette, &mut inner, word("list.save")).clicked() {
        acts.push(Act::Save);
    }
    let copy = widgets::flat(ui, palette, &mut inner, word("list.copy"));
    if copy.on_hover_text(word("list.copy_more")).clicked() {
        acts.push(Act::Copy(Form::Csv));
    }
    let columns = widgets::flat(ui, palette, &mut inner, word("list.columns"));
    head::chooser(&columns, &mut state.layout, frame.rows.columns());
    let field = cut_left(&mut inner, (rect.width() * 0.4).clamp(120.0, 420.0));
    let edit = TextEdit::singleline(&mut state.filter).hint_text(word("list.hint")).font(Type::Mono.id());
    let response = ui.put(field, edit.desired_width(field.width() - 8.0)).accessible_name(word(frame.find));
    if std::mem::take(&mut state.focus_filter) {
        response.request_focus();
    }
    let figures = (count(state.rows().len() as u64), count(state.index.total() as u64));
    let mut told = Words::current().fill(frame.told, &[("n", &figures.0), ("all", &figures.1)]);
    let chosen = if state.all { state.rows().len() } else { state.marked.len() };
    if !state.index.settled() {
        told = format!("{told}, {}", word("list.working"));
    } else if chosen > 1 {
        told = format!("{told}, {}", Words::current().fill("list.chosen", &[("n", &count(chosen as u64))]));
    }
    cut_left(&mut inner, 12.0);
    text::line(ui, inner, Align::Min, &told, Type::Label, palette.t2);
}

/// The parts of the filter as they were understood, each with a way out.
fn chips(ui: &mut Ui, palette: &Palette, state: &mut TableState, rows: &dyn Rows, rect: &mut Rect) {
    let filter = Filter::new(&state.filter, rows.columns());
    if filter.terms.is_empty() {
        return;
    }
    let bar = cut_top(rect, CHIPS);
    ui.painter().rect_filled(bar, CornerRadius::ZERO, palette.raised);
    line_below(ui, palette, bar);
    let mut at = bar.left_center() + vec2(12.0, 0.0);
    let mut without = None;
    for (place, term) in filter.terms.iter().enumerate() {
        let label = text::visible(&term.typed).into_owned();
        let chip = widgets::chip(ui, at, &format!("{label}    "), Type::Label, palette.t1, palette.sel);
        if chip.right() > bar.right() {
            break;
        }
        let response = ui.interact(chip, ui.scope_id().with(("chip", place)), Sense::click());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Button, true, Words::current().fill("list.without", &[("term", &label)])));
        shapes::cross(ui.painter(), chip.right_center() - vec2(10.0, 0.0), 3.0, palette.t2);
        widgets::focus_ring(ui, palette, chip, &response);
        if response.clicked() {
            without = Some(place);
        }
        at.x = chip.right() + 8.0;
    }
    if let Some(gone) = without {
        let quoted = |typed: &str| {
            if typed.contains(' ') && !typed.starts_with(|c: char| c.is_ascii_digit() || c == '+') {
                format!("\"{typed}\"")
            } else {
                typed.to_owned()
            }
        };
        let kept = filter.terms.iter().enumerate().filter(|(place, _)| *place != gone).map(|(_, term)| quoted(&term.typed));
        state.filter = kept.collect::<Vec<_>>().join(" ");
        state.reveal = true;
    }
}

/// Wheel, pad and scroll bar.
fn scroll(ui: &Ui, palette: &Palette, state: &mut TableState, id: Id, rect: Rect, bar: Rect, hidden_px: f32) {
    let rows = state.rows().len() as f64;
    let page = f64::from(rect.height() / ROW);
    let most = (rows - page).max(0.0);
    if ui.rect_contains_pointer(rect) {
        let by = ui.input(|input| input.smooth_scroll_delta());
        state.top -= f64::from(by.y / ROW);
        state.left -= by.x;
    }
    state.left = state.left.clamp(0.0, hidden_px);
    ui.painter().rect_filled(bar, CornerRadius::ZERO, palette.panel);
    if most > 0.0 {
        let height = (f64::from(bar.height()) * page / rows).max(24.0) as f32;
        let way = f64::from(bar.height() - height).max(1.0);
        let response = ui.interact(bar, id.with("bar"), Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, word("list.scroll")));
        if (response.dragged() || response.clicked())
            && let Some(at) = response.interact_pointer_pos()
        {
            state.top = f64::from(at.y - bar.top() - height / 2.0) / way * most;
        }
        state.top = state.top.clamp(0.0, most);
        let y = bar.top() + (state.top / most * way) as f32;
        let thumb = Rect::from_min_size(pos2(bar.left() + 3.0, y), vec2(SCROLL - 4.0, height));
        let ink = if response.hovered() || response.dragged() { palette.t3 } else { palette.strong };
        ui.painter().rect_filled(thumb, CornerRadius::same(3), ink);
    } else {
        state.top = 0.0;
    }
}

/// Scrolls just as far as needed; to the middle when what is shown came from elsewhere.
fn see(state: &mut TableState, place: usize, rect: Rect, middle: bool) {
    let page = f64::from(rect.height() / ROW);
    let place = place as f64;
    if place >= state.top && place + 1.0 <= state.top + page {
        return;
    }
    let most = (state.rows().len() as f64 - page).max(0.0);
    let to = if middle {
        place - page / 2.0
    } else if place < state.top {
        place
    } else {
        place + 1.0 - page
    };
    state.top = to.clamp(0.0, most);
}

#[expect(clippy::too_many_arguments, reason = "the parts of one table")]
fn body(
    ui: &mut Ui,
    palette: &Palette,
    state: &mut TableState,
    frame: &Frame<'_>,
    placed: &[Placed],
    id: Id,
    rect: Rect,
    acts: &mut Vec<Act>,
) {
    let first = state.top.floor() as usize;
    let count = (rect.height() / ROW).ceil() as usize + 1;
    let seen: Vec<u32> = state.rows().iter().skip(first).take(count).copied().collect();
    let mut before = first.checked_sub(1).and_then(|place| state.rows().get(place)).map(|row| *row as usize);
    let focused = ui.memory(|memory| memory.has_focus(id));
    let seen_places = first..first + seen.len();
    // Tab leads to a row that is seen.
    let stop = if focused || seen_places.contains(&state.cursor) { state.cursor } else { first };
    if focused && !seen_places.contains(&stop) && state.head.is_none() {
        // The row that has the keyboard was scrolled away: it keeps it.
        let out = Rect::from_min_size(rect.min, Vec2::ZERO);
        let name = state.rows().get(stop).map_or_else(String::new, |row| frame.rows.spoken(*row as usize));
        let response = ui.interact(out, id, Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, true, &name));
    }
    for (offset, row) in seen.iter().enumerate() {
        let place = first + offset;
        let y = rect.top() + ((place as f64 - state.top) * f64::from(ROW)) as f32;
        let line = Rect::from_min_size(pos2(rect.left(), y), vec2(rect.width(), ROW));
        let is_stop = place == stop && state.head.is_none();
        let (row_id, sense) = if is_stop { (id, Sense::click()) } else { (id.with(("row", *row)), Sense::CLICK) };
        let response = ui.interact(line, row_id, sense);
        if is_stop && response.gained_focus() {
            state.cursor = place;
        }
        let chosen = frame.rows.chosen(*row as usize);
        let selected = chosen || state.is_marked(*row);
        let name = frame.rows.spoken(*row as usize);
        response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, chosen, &name));
        ground(ui, palette, line, &response, selected, chosen);
        cells(ui, palette, frame.rows, *row as usize, before, placed, line, (&response, selected));
        line_below(ui, palette, line);
        widgets::focus_ring(ui, palette, line, &response);
        clicked(ui, state, &response, place, id, acts);
        before = Some(*row as usize);
    }
}

fn clicked(ui: &Ui, state: &mut TableState, response: &Response, place: usize, id: Id, acts: &mut Vec<Act>) {
    if !response.clicked() {
        return;
    }
    // Enter on the row that has the keyboard is a click for the toolkit; the keys have answered it.
    if ui.input(|input| input.key_pressed(Key::Enter)) && !response.clicked_by(PointerButton::Primary) {
        return;
    }
    ui.memory_mut(|memory| memory.request_focus(id));
    state.head = None;
    state.cursor = place;
    let modifiers = ui.input(|input| input.modifiers);
    if modifiers.shift {
        state.extend(place);
    } else if modifiers.command {
        state.toggle(place);
    } else {
        state.mark_only(place);
        acts.push(if response.double_clicked() { Act::Open(place) } else { Act::Choose(place) });
    }
}

fn ground(ui: &Ui, palette: &Palette, line: Rect, response: &Response, selected: bool, chosen: bool) {
    if selected {
        ui.painter().rect_filled(line, CornerRadius::ZERO, palette.sel);
    } else if response.hovered() {
        ui.painter().rect_filled(line, CornerRadius::ZERO, palette.hover);
    }
    if chosen {
        let bar = Rect::from_min_max(line.min, pos2(line.left() + 3.0, line.bottom()));
        ui.painter().rect_filled(bar, CornerRadius::ZERO, palette.accent);
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one row")]
fn cells(
    ui: &mut Ui,
    palette: &Palette,
    rows: &dyn Rows,
    row: usize,
    before: Option<usize>,
    placed: &[Placed],
    line: Rect,
    (response, selected): (&Response, bool),
) {
    if let Some(sign) = rows.sign(row) {
        shapes::sign(ui.painter(), palette, pos2(line.left() + 19.0, line.center().y), 11.0, sign);
    }
    let pointer = response.hover_pos().filter(|_| response.hovered());
    let mut whole = None;
    for (column, head) in placed {
        // A column that the edge cuts shows that by an ellipsis; one that was scrolled away to the left is not painted over the shapes.
        let right = head.right().min(line.right());
        let cell = Rect::from_min_max(pos2(head.left(), line.top()), pos2(right, line.bottom())).shrink2(vec2(6.0, 0.0));
        if cell.left() < line.left() + GUTTER - 6.0 || cell.width() < 8.0 {
            continue;
        }
        let said = rows.cell(row, column.id, before);
        let ink = match column.ink {
            Ink::Main => palette.t1,
            Ink::Beside => palette.t2,
            Ink::Faint if selected => palette.t2,
            Ink::Faint => palette.t3,
        };
        if one(ui, palette, cell, &said, column.align, (column.kind, ink)) && pointer.is_some_and(|at| cell.contains(at)) {
            whole = Some(said.text);
        }
    }
    if let Some(said) = whole {
        text::whole(response, &said);
    }
}

/// Paints one cell; true when something of it is hidden.
fn one(
    ui: &mut Ui,
    palette: &Palette,
    mut cell: Rect,
    said: &Cell,
    align: Align,
    (kind, mut ink): (Type, eframe::egui::Color32),
) -> bool {
    match &said.draw {
        Draw::Text => {}
        Draw::Tone(tone) => {
            let icon = cut_left(&mut cell, 17.0);
            shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Tone(*tone));
            if *tone == Tone::Fail {
                ink = palette.fail;
            }
        }
        Draw::Arrow(way) => {
            let (a, b) = (pos2(cell.left(), cell.center().y), pos2(cell.left() + 18.0, cell.center().y));
            let (from, to) = if *way == Direction::Received { (b, a) } else { (a, b) };
            shapes::arrow(ui.painter(), from, to, *way != Direction::Unknown, Stroke::new(1.4, ink));
            return false;
        }
        Draw::Codecs(codecs) => {
            let mut x = cell.left();
            for (number, name) in codecs {
                let room = Rect::from_min_max(pos2(x + 13.0, cell.top()), cell.max);
                if room.width() < 24.0 {
                    return true;
                }
                let square = Rect::from_center_size(pos2(x + 4.5, cell.center().y), Vec2::splat(8.0));
                ui.painter().rect_filled(square, CornerRadius::same(1), palette.codec(*number));
                x = text::paint(ui, room, Align::Min, name, Type::Small, palette.t2).right() + 12.0;
            }
            return false;
        }
    }
    if said.text.is_empty() || cell.width() < 4.0 {
        return false;
    }
    let galley = text::galley(ui, &said.text, kind, ink, cell.width());
    let cut = galley.elided;
    text::place(ui, cell, align, galley);
    cut
}

//! The facts of both sides in rows: name, A, B, amount with a bar that grows with the difference. In: a comparison. Out: rows; choosing one
//! shows its proof.

use eframe::egui::{Align, CornerRadius, Rect, ScrollArea, Shape, Stroke, Ui, Vec2, pos2, vec2};

use super::{Chosen, CompareCommand, CompareState, FactLine, Ready, sides};
use crate::base::Tone;
use crate::base::words::word;
use crate::compare::{Amount, Cell, Group, Kind, Place, Row as Fact, Which};
use crate::timeline::figures::{count, duration};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Row, cut_left, cut_right, cut_top, line_below};
use crate::ui::{Command, Cx, Palette, Type, text};

const HEAD: f32 = 26.0;
const ROW: f32 = 23.0;
const BAR: f32 = 46.0;

pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, state: &CompareState, mut rect: Rect) {
    let palette = cx.palette;
    let head = cut_top(&mut rect, HEAD);
    columns(ui, head, |ui, cell, column| match column {
        Column::Left | Column::Right => {
            let which = if column == Column::Left { Which::Left } else { Which::Right };
            let badge = sides::badge(ui, palette, cell.left_center(), which);
            let rest = Rect::from_min_max(pos2(badge.right() + 6.0, cell.top()), cell.max);
            sides::scope(ui, cx, ready, which, rest);
        }
        Column::Amount => {
            text::line(ui, cell, Align::Max, word("compare.head_amount"), Type::Label, palette.t3);
        }
        Column::What => {}
    });
    line_below(ui, palette, head);
    widgets::area(ui, "fact-rows", rect, palette.panel, |ui| {
        let lines = if state.only_differences { &ready.mattering } else { &ready.facts };
        let mut scroll = ScrollArea::vertical().id_salt("facts").auto_shrink([false, false]);
        let wanted = |line: &FactLine| matches!(line, FactLine::Fact(place) if state.chosen == Some(Chosen::Fact(*place)));
        if let Some(place) = state.reveal.then(|| lines.iter().position(wanted)).flatten() {
            scroll = scroll.vertical_scroll_offset((place as f32 * ROW - rect.height() / 2.0).max(0.0));
        }
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        scroll.show_rows(ui, ROW, lines.len(), |ui, range| {
            for line in lines.get(range).unwrap_or_default() {
                let rect = widgets::reserve(ui, ROW);
                match *line {
                    FactLine::Head(group) => {
                        ready.comparison.groups.get(group).into_iter().for_each(|g| group_head(ui, palette, g, rect));
                    }
                    FactLine::Fact(place) => {
                        ready.comparison.row(place).into_iter().for_each(|(_, row)| fact(ui, cx, state, place, row, rect));
                    }
                }
            }
        });
    });
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    What,
    Left,
    Right,
    Amount,
}

fn columns(ui: &mut Ui, row: Rect, mut cell: impl FnMut(&mut Ui, Rect, Column)) {
    let mut inner = row.shrink2(vec2(12.0, 0.0));
    let amount = cut_right(&mut inner, 116.0);
    let (names, values) = (inner.width() * 0.34, inner.width() * 0.33);
    let what = cut_left(&mut inner, names);
    let left = cut_left(&mut inner, values);
    cell(ui, what.with_max_x(what.right() - 6.0), Column::What);
    cell(ui, left.with_max_x(left.right() - 6.0), Column::Left);
    cell(ui, inner.with_max_x(inner.right() - 6.0), Column::Right);
    cell(ui, amount, Column::Amount);
}

fn group_head(ui: &mut Ui, palette: &Palette, group: &Group, rect: Rect) {
    ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.raised);
    line_below(ui, palette, rect);
    let inner = rect.shrink2(vec2(12.0, 0.0));
    let used = text::line(ui, inner, Align::Min, word(group.area.key()), Type::Head, palette.t1).rect;
    let subject = text::shown(&group.subject);
    if !subject.is_empty() {
        let rest = Rect::from_min_max(pos2(used.right() + 8.0, inner.top()), inner.max);
        text::line(ui, rest, Align::Min, &subject, Type::Small, palette.t3);
    }
}

/// The words of one side, with its time.
pub fn cell_text(cell: &Cell) -> String {
    let said = text::shown(&cell.text);
    // What has both is a length of time itself.
    match (cell.took_us, cell.elapsed_us) {
        (Some(us), None) | (None, Some(us)) => format!("{said}, {}", duration(us)),
        _ => said,
    }
}

fn amount(row: &Fact) -> String {
    match (row.kind, row.amount) {
        (Kind::OnlyLeft, _) => word("compare.only_a").to_owned(),
        (Kind::OnlyRight, _) => word("compare.only_b").to_owned(),
        (Kind::Same, _) => word("compare.same").to_owned(),
        (_, Amount::Time(us)) if us > 0 => format!("+{}", duration(us)),
        (_, Amount::Time(us)) => duration(us),
        (_, Amount::Count(n)) => {
            format!("{}{}", if n > 0 { "+" } else { "−" }, count(n.unsigned_abs()))
        }
        (_, Amount::None) => word("compare.differs").to_owned(),
    }
}

fn fact(ui: &mut Ui, cx: &mut Cx<'_>, state: &CompareState, place: Place, row: &Fact, rect: Rect) {
    let palette = cx.palette;
    let selected = state.chosen == Some(Chosen::Fact(place));
    let said = |cell: &Option<Cell>| cell.as_ref().map_or_else(|| "–".to_owned(), cell_text);
    let (what, left, right) = (text::shown(&row.what), said(&row.cells.left), said(&row.cells.right));
    let difference = amount(row);
    let name = format!("{what}: A {left}, B {right}, {difference}");
    let key = (place.group as u64) << 32 | place.row as u64;
    let response = widgets::row(ui, palette, &Row { rect, key: ("fact", key), name: &name, selected });
    if response.clicked() {
        cx.send(Command::Compare(CompareCommand::ChooseFact(place)));
    }
    line_below(ui, palette, rect);
    let quiet = !row.matters;
    let faint = if selected { palette.t2 } else { palette.t3 };
    let ink = if quiet { faint } else { palette.t1 };
    columns(ui, rect, |ui, cell, column| match column {
        Column::What => {
            text::paint(ui, cell, Align::Min, &what, if quiet { Type::Table } else { Type::Name }, ink);
        }
        Column::Left => value(ui, palette, row, row.cells.left.as_ref(), &left, cell, ink),
        Column::Right => value(ui, palette, row, row.cells.right.as_ref(), &right, cell, ink),
        Column::Amount => {
            let mut cell = cell;
            let bar = cut_right(&mut cell, BAR);
            text::paint(ui, cell.with_max_x(cell.right() - 6.0), Align::Max, &difference, Type::Small, ink);
            let color = if quiet {
                palette.t3
            } else if row.weight >= 0.8 {
                palette.fail
            } else {
                palette.warn
            };
            let width = (BAR * row.weight).max(if row.kind == Kind::Same { 1.0 } else { 3.0 });
            let fill = Rect::from_min_size(pos2(bar.left(), bar.center().y - 3.0), vec2(width, 6.0));
            let color = if row.kind == Kind::Same { palette.hair } else { color };
            ui.painter().rect_filled(fill, CornerRadius::ZERO, color);
        }
    });
}

/// One side: tinted where it differs, a dashed line where there is nothing.
fn value(ui: &Ui, palette: &Palette, row: &Fact, cell: Option<&Cell>, said: &str, mut rect: Rect, ink: eframe::egui::Color32) {
    let Some(cell) = cell else {
        let from = rect.left_center() + vec2(0.0, 4.0);
        let to = pos2((from.x + 60.0).min(rect.right()), from.y);
        ui.painter().extend(Shape::dashed_line(&[from, to], Stroke::new(1.0, palette.t3), 3.0, 3.0));
        return;
    };
    let shape = cell.tone.filter(|t| matches!(t, Tone::Ok | Tone::Warn | Tone::Fail));
    if let Some(tone) = shape {
        let icon = cut_left(&mut rect, 16.0);
        shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Tone(tone));
    }
    let galley = text::galley(ui, said, Type::Table, ink, rect.width());
    if row.matters && row.kind == Kind::Changed {
        let tint = if row.weight >= 0.8 { palette.fail_tint } else { palette.warn_tint };
        let ground = Rect::from_min_size(rect.min + vec2(-3.0, 2.0), vec2(galley.size().x + 6.0, rect.height() - 4.0));
        ui.painter().rect_filled(ground, CornerRadius::same(2), tint);
    }
    text::place(ui, rect, Align::Min, galley);
}

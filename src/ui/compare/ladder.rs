//! SIP of both sides row by row, blanks where a side has none. In: a comparison. Out: rows; choosing one shows both messages.

use eframe::egui::{Align, CornerRadius, Rect, ScrollArea, Stroke, Ui, Vec2, vec2};

use super::{Chosen, CompareCommand, CompareState, Line, Ready};
use crate::base::words::{Words, word};
use crate::base::{LogTime, Tone};
use crate::compare::{Kind, MessageRow, Which};
use crate::session::{LoggedMessage, MessageId};
use crate::sip::Direction;
use crate::timeline::figures::duration;
use crate::timeline::ladder::{message_tone, title};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Row, cut_left, cut_right, line_below};
use crate::ui::{Command, Cx, Palette, Type, text};

const ROW: f32 = 23.0;
/// Room of the sign between the sides.
const MIDDLE: f32 = 66.0;

pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, state: &CompareState, rect: Rect) {
    let palette = cx.palette;
    let rest = widgets::head(ui, palette, rect, word("compare.head_messages"), "", word("compare_view.matched_by"));
    let lines = if state.only_differences { &ready.differing } else { &ready.lines };
    if lines.is_empty() {
        let sentence = if ready.lines.is_empty() { "compare_view.no_messages" } else { "compare_view.messages_alike" };
        widgets::empty(ui, palette, rest, word(sentence));
        return;
    }
    widgets::area(ui, "pair-rows", rest, palette.panel, |ui| {
        let mut scroll = ScrollArea::vertical().id_salt("pairs").auto_shrink([false, false]);
        if let Some(place) = revealed(ready, state).and_then(|line| lines.iter().position(|l| *l == line)) {
            scroll = scroll.vertical_scroll_offset((place as f32 * ROW - rest.height() / 2.0).max(0.0));
        }
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        scroll.show_rows(ui, ROW, lines.len(), |ui, range| {
            for line in lines.get(range).unwrap_or_default() {
                let rect = widgets::reserve(ui, ROW);
                match *line {
                    Line::Head(strand) => head(ui, palette, ready, strand, rect),
                    Line::Row(strand, row) => pair(ui, cx, ready, state, (strand, row), rect),
                }
            }
        });
    });
}

/// The line to bring into view: the row chosen, or the first message that proves the fact chosen.
fn revealed(ready: &Ready, state: &CompareState) -> Option<Line> {
    if !state.reveal {
        return None;
    }
    match state.chosen? {
        Chosen::Messages(strand, row) => Some(Line::Row(strand, row)),
        Chosen::Fact(place) => {
            let (_, row) = ready.comparison.row(place)?;
            let proof = |which: Which| {
                // The answer says more than its request.
                let ids = row.cells.get(which).as_ref()?.evidence.iter().rev().filter_map(|e| e.message);
                ids.filter_map(|id| ready.comparison.message_row(which, id)).next()
            };
            proof(Which::Left).or_else(|| proof(Which::Right)).map(|(strand, row)| Line::Row(strand, row))
        }
    }
}

fn head(ui: &mut Ui, palette: &Palette, ready: &Ready, strand: usize, rect: Rect) {
    let Some(strand) = ready.comparison.strands.get(strand) else { return };
    ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.raised);
    line_below(ui, palette, rect);
    let (same, different) = strand.counts();
    let values = [("same", same.to_string()), ("different", different.to_string()), ("n", strand.rows.len().to_string())];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let key = match (&strand.kinds.left, &strand.kinds.right) {
        (Some(_), None) => "compare.strand_only_a",
        (None, Some(_)) => "compare.strand_only_b",
        _ => "compare.strand",
    };
    let label = format!("{}   {}", text::shown(&strand.name()), Words::current().fill(key, &values));
    text::line(ui, rect.shrink2(vec2(12.0, 0.0)), Align::Min, &label, Type::Label, palette.t2);
}

fn logged(ready: &Ready, which: Which, id: Option<MessageId>) -> Option<&LoggedMessage> {
    ready.documents.get(which).analysis.facts.message(id?)
}

fn mark(row: &MessageRow) -> &'static str {
    match row.kind {
        Kind::Same | Kind::Spread => "=",
        Kind::Changed => "≠",
        Kind::OnlyLeft => word("compare.only_a"),
        Kind::OnlyRight => word("compare.only_b"),
    }
}

fn pair(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, state: &CompareState, (strand, row): (usize, usize), rect: Rect) {
    let palette = cx.palette;
    let Some(found) = ready.message_row(strand, row) else { return };
    let sides = crate::compare::Pair::new(
        logged(ready, Which::Left, found.messages.left),
        logged(ready, Which::Right, found.messages.right),
    );
    let said =
        |m: Option<&LoggedMessage>| m.map_or_else(|| "–".to_owned(), |m| text::visible(&title(&m.seen.message)).into_owned());
    let (left, right) = (said(sides.left), said(sides.right));
    let sign = mark(found);
    let name = format!("A {left} {sign} B {right}");
    let selected = state.chosen == Some(Chosen::Messages(strand, row));
    if !selected && found.kind == Kind::Changed {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.warn_tint);
    }
    let key = (strand as u64) << 32 | row as u64;
    let response = widgets::row(ui, palette, &Row { rect, key: ("pair", key), name: &name, selected });
    if response.clicked() {
        cx.send(Command::Compare(CompareCommand::ChooseMessages(strand, row)));
    }
    line_below(ui, palette, rect);
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let half = (inner.width() - MIDDLE) / 2.0;
    let a = cut_left(&mut inner, half);
    let b = cut_right(&mut inner, half);
    let zero = ready.comparison.zero.at;
    message(ui, palette, sides.left, &left, zero.left, a);
    message(ui, palette, sides.right, &right, zero.right, b);
    let ink = if found.kind == Kind::Same { palette.t3 } else { palette.t1 };
    let moved = || Words::current().fill("compare.moved", &[("mark", sign)]);
    let sign = if found.moved { moved() } else { sign.to_owned() };
    text::paint(ui, inner, Align::Center, &sign, if found.kind == Kind::Changed { Type::Bold } else { Type::Small }, ink);
}

/// Elapsed time, an arrow, what it says.
fn message(ui: &Ui, palette: &Palette, logged: Option<&LoggedMessage>, said: &str, zero: Option<LogTime>, mut rect: Rect) {
    let Some(logged) = logged else { return };
    let since = logged.seen.at.zip(zero).map(|(at, zero)| duration(at.since_us(zero))).unwrap_or_default();
    let time = cut_left(&mut rect, 66.0);
    text::paint(ui, time.with_max_x(time.right() - 8.0), Align::Max, &since, Type::Mono, palette.t3);
    let arrow = cut_left(&mut rect, 34.0);
    let (a, b) = (arrow.left_center() + vec2(2.0, 0.0), arrow.right_center() - vec2(6.0, 0.0));
    let (from, to) = if logged.seen.direction == Direction::Received { (b, a) } else { (a, b) };
    let tone = message_tone(&logged.seen.message);
    let ink = match tone {
        Tone::Fail => palette.fail,
        Tone::Ok => palette.ok,
        _ => palette.t1,
    };
    shapes::arrow(ui.painter(), from, to, logged.seen.direction != Direction::Unknown, Stroke::new(1.4, ink));
    if tone == Tone::Fail {
        let icon = cut_left(&mut rect, 16.0);
        shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Tone(Tone::Fail));
    }
    let ink = if tone == Tone::Fail { palette.fail } else { palette.t1 };
    text::paint(ui, rect, Align::Min, said, Type::Name, ink);
}

//! What proves the thing chosen: both messages as logged, or the lines behind a fact, A at the left and B at the right. In: a comparison and
//! what is chosen in it. Out: pixels.

use eframe::egui::{Align, Rect, ScrollArea, Ui, Vec2, pos2, vec2};

use super::{Chosen, CompareCommand, CompareState, Ready, diff, facts, logs, sides};
use crate::base::words::word;
use crate::base::{LogTime, SourceRef};
use crate::compare::{Pair, Which};
use crate::ui::widgets::{self, Row, area, cut_bottom, cut_left, cut_top, line_below, line_right};
use crate::ui::{Command, Cx, Type, text};

const LINE: f32 = 16.0;
const HEAD: f32 = 24.0;

/// A line of proof: where it stands in the log, and what it says.
type Line = (Option<SourceRef>, String);

pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, state: &mut CompareState, mut rect: Rect) {
    let palette = cx.palette;
    ui.painter().hline(rect.x_range(), rect.top(), eframe::egui::Stroke::new(1.0, palette.strong));
    let Some(chosen) = state.chosen else {
        widgets::empty(ui, palette, rect, word("compare_view.choose_row"));
        return;
    };
    if let Some(diff) = state.message_diff(ready) {
        let mut links = cut_bottom(&mut rect, 22.0);
        line_below(ui, palette, rect);
        links = links.shrink2(vec2(10.0, 0.0));
        let both = Pair::new(moment(ready, chosen, Which::Left), moment(ready, chosen, Which::Right));
        let volatile = word(if state.volatile { "compare_view.leave_volatile" } else { "compare_view.count_volatile" });
        let open = |which: Which| logs::proof(ready, chosen, which).map(|source| CompareCommand::OpenProof(which, source));
        let all = [
            (volatile, Some(CompareCommand::CountVolatile)),
            (word("compare_view.zero_both"), Some(CompareCommand::ZeroHere(both))),
            (word("compare_view.log_a"), open(Which::Left)),
            (word("compare_view.log_b"), open(Which::Right)),
        ];
        for (label, command) in all.into_iter().filter_map(|(label, command)| Some((label, command?))) {
            let link = widgets::link(ui, palette, links, Align::Min, label);
            links.min.x = link.rect.right() + 18.0;
            if link.clicked() {
                cx.send(Command::Compare(command));
            }
        }
        let places = [Which::Left, Which::Right].map(|which| said(ready, chosen, which).0);
        let [left, right] = places;
        diff::show(ui, cx, &diff, &format!("A {left}, B {right}"), state.volatile, rect);
        return;
    }
    let half = rect.width() / 2.0;
    let left = cut_left(&mut rect, half);
    line_right(ui, palette, left);
    for (which, rect) in [(Which::Left, left), (Which::Right, rect)] {
        let (title, lines) = said(ready, chosen, which);
        let name = if which == Which::Left { "proof-a" } else { "proof-b" };
        let at = moment(ready, chosen, which);
        area(ui, name, rect, palette.base, |ui| side(ui, cx, which, at, &title, &lines, rect));
    }
}

/// How high the proof wants to be: a fact has a line or a few, a message has many.
pub fn height(ready: &Ready, state: &CompareState) -> f32 {
    let lines = match state.chosen {
        Some(Chosen::Fact(at)) => ready.comparison.row(at).map_or(0, |(_, row)| {
            let of = |cell: &Option<crate::compare::Cell>| cell.as_ref().map_or(0, |c| c.evidence.len());
            of(&row.cells.left).max(of(&row.cells.right))
        }),
        Some(Chosen::Messages(..)) => usize::MAX,
        None => 1,
    };
    HEAD + 10.0 + LINE * lines.clamp(2, 14) as f32
}

/// When what is chosen happened on a side.
fn moment(ready: &Ready, chosen: Chosen, which: Which) -> Option<LogTime> {
    match chosen {
        Chosen::Messages(strand, row) => {
            let id = (*ready.message_row(strand, row)?.messages.get(which))?;
            ready.documents.get(which).analysis.facts.message(id)?.seen.at
        }
        Chosen::Fact(at) => {
            let (_, row) = ready.comparison.row(at)?;
            row.cells.get(which).as_ref()?.evidence.iter().find_map(|e| e.at)
        }
    }
}

/// What one side says: a line over it, and the lines of the log.
fn said(ready: &Ready, chosen: Chosen, which: Which) -> (String, Vec<Line>) {
    let document = ready.documents.get(which);
    let place = |source: SourceRef| format!("{}:{}", text::visible(&document.member_path(source.member)), source.line);
    match chosen {
        Chosen::Messages(strand, row) => {
            let id = ready.message_row(strand, row).and_then(|r| *r.messages.get(which));
            let Some(logged) = id.and_then(|id| document.analysis.facts.message(id)) else {
                return (word("compare_view.nothing_here").to_owned(), Vec::new());
            };
            let line = |line: &str| (Some(logged.source), text::visible(line).into_owned());
            (place(logged.source), logged.seen.message.text.lines().map(line).collect())
        }
        Chosen::Fact(at) => {
            let cell = ready.comparison.row(at).and_then(|(_, row)| row.cells.get(which).as_ref());
            let Some(cell) = cell else {
                return (word("compare_view.nothing_here").to_owned(), Vec::new());
            };
            let line = |e: &crate::session::Evidence| {
                let said = text::shown(&e.text);
                (e.source, e.source.map_or_else(|| said.clone(), |source| format!("{}  {said}", place(source))))
            };
            (facts::cell_text(cell), cell.evidence.iter().map(line).collect())
        }
    }
}

fn side(ui: &mut Ui, cx: &mut Cx<'_>, which: Which, at: Option<LogTime>, title: &str, lines: &[Line], mut rect: Rect) {
    let palette = cx.palette;
    let mut head = cut_top(&mut rect, HEAD).shrink2(vec2(10.0, 0.0));
    if let Some(at) = at {
        let link = widgets::link(ui, palette, head, Align::Max, word("compare_view.zero_here"));
        head.max.x = link.rect.left() - 8.0;
        if link.clicked() {
            let mut moments = Pair::default();
            match which {
                Which::Left => moments.left = Some(at),
                Which::Right => moments.right = Some(at),
            }
            cx.send(Command::Compare(CompareCommand::ZeroHere(moments)));
        }
    }
    let badge = sides::badge(ui, palette, head.left_center(), which);
    let rest = Rect::from_min_max(pos2(badge.right() + 8.0, head.top()), head.max);
    text::line(ui, rest, Align::Min, title, Type::Name, palette.t1);
    area(ui, "lines", rect, palette.base, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let scroll = ScrollArea::vertical().id_salt("proof-lines").auto_shrink([false, false]);
        scroll.show_rows(ui, LINE, lines.len(), |ui, range| {
            let first = range.start;
            for (place, (source, line)) in (first..).zip(lines.get(range).unwrap_or_default()) {
                let row = widgets::reserve(ui, LINE);
                if let Some(source) = *source {
                    let response =
                        widgets::row(ui, palette, &Row { rect: row, key: ("proof", place as u64), name: line, selected: false });
                    if response.clicked() {
                        cx.send(Command::Compare(CompareCommand::OpenProof(which, source)));
                    }
                }
                text::line(ui, row.shrink2(vec2(10.0, 0.0)), Align::Min, line, Type::Mono, palette.t2);
            }
        });
    });
}

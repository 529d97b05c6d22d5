//! What proves the thing chosen: both messages as logged, or the lines behind a fact, A at the left and B at the right. In: a comparison and
//! what is chosen in it. Out: pixels.

use eframe::egui::{Align, Rect, ScrollArea, Ui, Vec2, pos2, vec2};

use super::{Chosen, CompareState, Ready, diff, facts, sides};
use crate::base::SourceRef;
use crate::base::words::word;
use crate::compare::Which;
use crate::ui::widgets::{self, area, cut_left, cut_top, line_right};
use crate::ui::{Cx, Palette, Type, text};

const LINE: f32 = 16.0;

pub fn show(ui: &mut Ui, cx: &Cx<'_>, ready: &Ready, state: &mut CompareState, mut rect: Rect) {
    let palette = cx.palette;
    ui.painter().hline(rect.x_range(), rect.top(), eframe::egui::Stroke::new(1.0, palette.strong));
    let Some(chosen) = state.chosen else {
        widgets::empty(ui, palette, rect, word("compare_view.choose_row"));
        return;
    };
    if let Some(diff) = state.message_diff(ready) {
        let places = [Which::Left, Which::Right].map(|which| said(ready, chosen, which).0);
        let [left, right] = places;
        diff::show(ui, cx, &diff, &format!("A {left}, B {right}"), rect);
        return;
    }
    let half = rect.width() / 2.0;
    let left = cut_left(&mut rect, half);
    line_right(ui, palette, left);
    for (which, rect) in [(Which::Left, left), (Which::Right, rect)] {
        let (title, lines) = said(ready, chosen, which);
        let name = if which == Which::Left { "proof-a" } else { "proof-b" };
        area(ui, name, rect, palette.base, |ui| side(ui, palette, which, &title, &lines, rect));
    }
}

/// What one side says: a line over it, and the lines of the log.
fn said(ready: &Ready, chosen: Chosen, which: Which) -> (String, Vec<String>) {
    let document = ready.documents.get(which);
    let place = |source: SourceRef| {
        let path = document.analysis.bundle.members.get(source.member.index()).map_or("?", |m| m.path.as_str());
        format!("{}:{}", text::visible(path), source.line)
    };
    match chosen {
        Chosen::Messages(strand, row) => {
            let id = ready.message_row(strand, row).and_then(|r| *r.messages.get(which));
            let Some(logged) = id.and_then(|id| document.analysis.facts.message(id)) else {
                return (word("compare_view.nothing_here").to_owned(), Vec::new());
            };
            let lines = logged.seen.message.text.lines().map(|l| text::visible(l).into_owned()).collect();
            (place(logged.source), lines)
        }
        Chosen::Fact(at) => {
            let cell = ready.comparison.row(at).and_then(|(_, row)| row.cells.get(which).as_ref());
            let Some(cell) = cell else {
                return (word("compare_view.nothing_here").to_owned(), Vec::new());
            };
            let line = |e: &crate::session::Evidence| {
                let said = text::shown(&e.text);
                e.source.map_or_else(|| said.clone(), |source| format!("{}  {said}", place(source)))
            };
            (facts::cell_text(cell), cell.evidence.iter().map(line).collect())
        }
    }
}

fn side(ui: &mut Ui, palette: &Palette, which: Which, title: &str, lines: &[String], mut rect: Rect) {
    let head = cut_top(&mut rect, 24.0).shrink2(vec2(10.0, 0.0));
    let badge = sides::badge(ui, palette, head.left_center(), which);
    let rest = Rect::from_min_max(pos2(badge.right() + 8.0, head.top()), head.max);
    text::line(ui, rest, Align::Min, title, Type::Name, palette.t1);
    area(ui, "lines", rect, palette.base, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let scroll = ScrollArea::vertical().id_salt("proof-lines").auto_shrink([false, false]);
        scroll.show_rows(ui, LINE, lines.len(), |ui, range| {
            for line in lines.get(range).unwrap_or_default() {
                let row = widgets::reserve(ui, LINE).shrink2(vec2(10.0, 0.0));
                text::line(ui, row, Align::Min, line, Type::Mono, palette.t2);
            }
        });
    });
}

//! Choosing what is compared. In: the document shown, the others that are open. Out: a wish. And the badges of both sides.

use std::sync::Arc;

use eframe::egui::{Align, Button, CornerRadius, Popup, Rect, ScrollArea, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{CompareCommand, Ready, What};
use crate::base::words::{Words, word};
use crate::compare::{Scope, Which, two_calls, two_registrations, two_runs};
use crate::session::{CallId, RunId};
use crate::ui::widgets::{Look, area, button, cut_top, link};
use crate::ui::{Command, Cx, Document, Palette, Type, text, zone};

/// The offers: two runs, registrations or calls of this document, then every other document that is open.
pub fn choose(ui: &mut Ui, cx: &mut Cx<'_>, document: &Arc<Document>, others: &[Arc<Document>], rect: Rect) {
    let palette = cx.palette;
    area(ui, "compare-sides", rect, palette.panel, |ui| {
        let mut inner = rect.shrink2(vec2(28.0, 20.0));
        let title = Words::current().fill("compare_view.choose", &[("name", &text::path(document.name()))]);
        text::line(ui, cut_top(&mut inner, 28.0), Align::Min, &title, Type::Title, palette.t1);
        let mut offers: Vec<(String, What)> = Vec::new();
        let analysis = &document.analysis;
        for (label, scopes) in [
            (word("compare_view.two_runs"), two_runs(analysis).map(|two| two.map(|side| side.scope))),
            (word("compare_view.two_registrations"), two_registrations(analysis)),
            (word("compare_view.two_calls"), two_calls(analysis)),
        ] {
            offers.extend(scopes.map(|scopes| (label.to_owned(), What::Within(scopes))));
        }
        for other in others {
            let label = Words::current().fill("compare_view.with", &[("name", &text::path(other.name()))]);
            offers.push((label, What::With(Arc::clone(other))));
        }
        for (number, (label, what)) in offers.into_iter().enumerate() {
            let row = cut_top(&mut inner, 38.0);
            let look = if number == 0 { Look::Primary } else { Look::Plain };
            if button(ui, palette, pos2(row.left(), row.top() + 4.0), &label, "", look).clicked() {
                cx.send(Command::Compare(CompareCommand::Show(Some(what))));
            }
        }
        cut_top(&mut inner, 8.0);
        text::wrapped(ui, inner, 4, word("compare_view.drop"), Type::Small, palette.t3);
    });
}

/// What of the bundle is compared; it opens a list of its runs, registrations and calls.
pub fn scope(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, which: Which, rect: Rect) {
    let document = ready.documents.get(which);
    let facts = &document.analysis.facts;
    let chosen = *ready.comparison.scopes.get(which);
    let runs = facts.runs.len();
    let label = match chosen {
        Scope::Run(_) if runs < 2 => text::path(document.name()).into_owned(),
        chosen => format!("{}, {}", text::path(document.name()), named(document, chosen)),
    };
    let count = runs + facts.registrations.len() + facts.calls.len();
    if count < 2 {
        text::line(ui, rect, Align::Min, &text::visible(&label), Type::Label, cx.palette.t2);
        return;
    }
    let link = link(ui, cx.palette, rect, Align::Min, &text::visible(&label));
    Popup::menu(&link).show(|ui| {
        let scroll = ScrollArea::vertical().max_height(420.0);
        scroll.show_rows(ui, ui.spacing().interact_size.y, count, |ui, range| {
            for place in range {
                let scope = if place < runs {
                    Scope::Run(RunId(place as u32))
                } else if place < runs + facts.registrations.len() {
                    Scope::Registration((place - runs) as u32)
                } else {
                    Scope::Call(CallId((place - runs - facts.registrations.len()) as u32))
                };
                let label = text::visible(&named(document, scope)).into_owned();
                if ui.add(Button::selectable(scope == chosen, label).truncate()).clicked() {
                    cx.send(Command::Compare(CompareCommand::Take(which, scope)));
                }
            }
        });
    });
}

/// `run 1 of 2`, `Call 3, outgoing sip:…`.
fn named(document: &Document, scope: Scope) -> String {
    let facts = &document.analysis.facts;
    match scope {
        Scope::Run(id) => {
            let all = facts.runs.len().max(1).to_string();
            Words::current().fill("compare_view.run_of", &[("n", &id.number().to_string()), ("all", &all)])
        }
        Scope::Call(id) => facts.calls.get(id.0 as usize).map_or_else(String::new, |call| {
            let at = call.started.map_or_else(String::new, |at| format!("{} ", zone::clock(at)));
            format!("{} {at}{}", crate::timeline::lanes::call::name(call), crate::ui::panels::calls::party(call))
        }),
        Scope::Registration(place) => facts
            .registrations
            .get(place as usize)
            .map_or_else(String::new, |r| format!("{} {}", word("timeline.registration"), text::private(&r.aor))),
    }
}

/// The letter of a side with its left centre at `at`: A solid, B outlined. Gives the room it took.
pub fn badge(ui: &Ui, palette: &Palette, at: eframe::egui::Pos2, which: Which) -> Rect {
    let rect = Rect::from_min_size(pos2(at.x, at.y - 8.0), vec2(16.0, 16.0));
    let (letter, ink) = match which {
        Which::Left => {
            ui.painter().rect_filled(rect, CornerRadius::same(3), palette.t1);
            (word("compare.side_a"), palette.panel)
        }
        Which::Right => {
            let line = Stroke::new(1.2, palette.t1);
            ui.painter().rect_stroke(rect, CornerRadius::same(3), line, StrokeKind::Inside);
            (word("compare.side_b"), palette.t1)
        }
    };
    text::paint(ui, rect, Align::Center, letter, Type::Bold, ink);
    rect
}

//! Choosing what is compared. In: the document shown, the others that are open. Out: a wish. And the badges of both sides.

use std::sync::Arc;

use eframe::egui::{Align, CornerRadius, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{CompareCommand, What};
use crate::base::words::{Words, word};
use crate::compare::{Which, two_runs};
use crate::ui::widgets::{Look, area, button, cut_top};
use crate::ui::{Command, Cx, Document, Palette, Type, text};

/// The offers: two runs of this document at once, then every other document that is open.
pub fn choose(ui: &mut Ui, cx: &mut Cx<'_>, document: &Arc<Document>, others: &[Arc<Document>], rect: Rect) {
    let palette = cx.palette;
    area(ui, "compare-sides", rect, palette.panel, |ui| {
        let mut inner = rect.shrink2(vec2(28.0, 20.0));
        let title = Words::current().fill("compare_view.choose", &[("name", &text::path(document.name()))]);
        text::line(ui, cut_top(&mut inner, 28.0), Align::Min, &title, Type::Title, palette.t1);
        let mut offers: Vec<(String, What)> = Vec::new();
        if two_runs(&document.analysis).is_some() {
            offers.push((word("compare_view.two_runs").to_owned(), What::Runs));
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

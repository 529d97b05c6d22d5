//! Both logs beside each other with one cursor. In: the log states of both sides, their zeros. Out: pixels; a record chosen at one side
//! brings the other side to the same time after its zero, unless they were parted; a fact chosen brings both to its proof.

use eframe::egui::{Align, Rect, Ui, pos2};

use super::{Chosen, CompareCommand, CompareState, Ready, sides};
use crate::base::{LogTime, SourceRef};
use crate::compare::{Pair, Which};
use crate::ui::log::{self, LogCommand, LogState, Spot};
use crate::ui::widgets::{area, cut_left, cut_top, line_right};
use crate::ui::{Command, Cx, Type, ViewState, text};

/// Both lists.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, state: &mut CompareState, mut rect: Rect) {
    let moved = state.chosen != state.logs_at;
    state.logs_at = state.chosen;
    let proof = Pair::new(Which::Left, Which::Right).map(|which| proof(ready, state.chosen.filter(|_| moved)?, which));
    let together = state.together;
    let Some(views) = state.views() else { return };
    let before = Pair::new(views.left.log.selected, views.right.log.selected);
    let half = rect.width() / 2.0;
    let left = cut_left(&mut rect, half);
    for (which, rect, view, proof) in
        [(Which::Left, left, &mut views.left, proof.left), (Which::Right, rect, &mut views.right, proof.right)]
    {
        if proof.is_some() {
            view.log.go_to = proof;
        }
        side(ui, cx, ready, which, view, rect);
    }
    line_right(ui, cx.palette, left);
    if together {
        let zero = ready.comparison.zero.at;
        if views.left.log.selected != before.left {
            follow(&views.left.log, zero.left, &mut views.right.log, zero.right);
        } else if views.right.log.selected != before.right {
            follow(&views.right.log, zero.right, &mut views.left.log, zero.left);
        }
    }
}

/// The record of the other side that comes first at or after the same time from its zero. A click only: a proof is shown as it is.
fn follow(one: &LogState, zero: Option<LogTime>, other: &mut LogState, other_zero: Option<LogTime>) {
    let at = one.book.as_ref().zip(one.selected).and_then(|(book, spot)| book.time(spot));
    let Some((book, at)) = other.book.clone().zip(at) else { return };
    let Some((zero, other_zero)) = zero.zip(other_zero) else { return };
    let spot: Option<Spot> = book.spot(book.at_or_after(other_zero.plus_us(at.since_us(zero))));
    if let Some(spot) = spot {
        other.show(spot);
    }
}

/// The line that proves what is chosen on a side.
pub fn proof(ready: &Ready, chosen: Chosen, which: Which) -> Option<SourceRef> {
    match chosen {
        Chosen::Messages(strand, row) => {
            let id = (*ready.message_row(strand, row)?.messages.get(which))?;
            Some(ready.documents.get(which).analysis.facts.message(id)?.source)
        }
        Chosen::Fact(place) => {
            let (_, row) = ready.comparison.row(place)?;
            row.cells.get(which).as_ref()?.evidence.iter().find_map(|e| e.source)
        }
    }
}

fn side(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, which: Which, view: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let head = cut_top(&mut rect, 22.0);
    let badge = sides::badge(ui, palette, pos2(head.left() + 10.0, head.center().y), which);
    let rest = Rect::from_min_max(pos2(badge.right() + 8.0, head.top()), head.max);
    text::line(ui, rest, Align::Min, &text::path(ready.documents.get(which).name()), Type::Label, palette.t2);
    let mut commands = Vec::new();
    let name = if which == Which::Left { "log-a" } else { "log-b" };
    area(ui, name, rect, palette.panel, |ui| {
        let mut own = Cx { palette, commands: &mut commands };
        log::list(ui, &mut own, view, rect);
    });
    // A record opened is a message of that side: its row is chosen.
    let open = commands.iter().any(|c| matches!(c, Command::Log(LogCommand::OpenMessage)));
    let message = || view.log.book.as_ref().and_then(|book| book.message_at(book.place(view.log.selected?)?));
    if let Some((strand, row)) = open.then(message).flatten().and_then(|id| ready.comparison.message_row(which, id)) {
        cx.send(Command::Compare(CompareCommand::ChooseMessages(strand, row)));
    }
}

//! Wishes about the log. In: a wish, the document shown. Out: changed state of the log view. Must not read a member: jobs do.

use eframe::egui::Context;

use crate::app::{App, Shown, TOAST_S};
use crate::base::SourceRef;
use crate::base::words::word;
use crate::records::search::Needle;
use crate::ui::log::LogCommand;
use crate::ui::log::state::Field;
use crate::ui::{Command, View, ViewState};

/// Does what was asked of the log.
pub fn handle(app: &mut App, ctx: &Context, command: LogCommand) {
    let Some(shown) = app.shown() else { return };
    let state = &mut shown.view;
    let log = &mut state.log;
    match command {
        LogCommand::GoTo(source) => go_to(state, source),
        LogCommand::GoToChosen => {
            if state.view != View::Log {
                let source = chosen(shown);
                let state = &mut shown.view;
                match source {
                    Some(source) => go_to(state, source),
                    None => enter(state),
                }
            }
        }
        LogCommand::Search(text) => {
            log.set_needle(Needle { text, ..log.needle.clone() });
            enter(state);
        }
        LogCommand::Filter(text) => {
            log.set_filter(&text);
            enter(state);
        }
        LogCommand::FocusFilter => log.focus = Some(Field::Filter),
        LogCommand::Hit(forward) => log.next_hit(forward),
        LogCommand::Error(forward) => log.next_error(forward),
        LogCommand::Mark(forward) => log.next_mark(forward),
        LogCommand::ToggleMark => log.toggle_mark(),
        LogCommand::Note => {
            if let Some(spot) = log.selected {
                log.marks.entry(spot).or_default();
                // The note is written there.
                if !log.side_shown() {
                    log.side = Some(true);
                }
                log.focus = Some(Field::Note);
            }
        }
        LogCommand::Rows(by, more) => log.step(by, more),
        LogCommand::Pages(by) => log.step(by.saturating_mul(i64::try_from(log.page).unwrap_or(1)), false),
        LogCommand::End(last) => log.end(last),
        LogCommand::Fold => {
            if let Some(spot) = log.selected {
                log.toggle_fold(spot);
            }
        }
        LogCommand::FoldAll => {
            log.unfold_all = !log.unfold_all;
            log.other_way.clear();
        }
        LogCommand::Side => log.side = Some(!log.side_shown()),
        LogCommand::Wrap => log.wrap = !log.wrap,
        LogCommand::Order => {
            log.by_member = !log.by_member;
        }
        LogCommand::Highlight => {
            let needle = log.needle.clone();
            log.toggle_highlight(&needle);
        }
        LogCommand::OpenMessage => {
            let message = log.book.as_ref().and_then(|book| book.message_at(book.place(log.selected?)?));
            match message {
                Some(id) => app.commands.push(Command::ShowMessage(id)),
                None => log.said = Some(word("log.no_message").to_owned()),
            }
        }
        LogCommand::Copy(with_reference) => shown.log.copy(&shown.store, state, with_reference, ctx),
    }
}

/// Takes what the jobs of the log have brought, starts what is wished, and says what there is to say.
pub fn tend(app: &mut App, ctx: &Context) {
    let Some(shown) = app.shown().filter(|shown| shown.view.view == View::Log) else { return };
    shown.log.tend(&shown.document, &shown.store, &mut shown.view, ctx);
    let log = &mut shown.view.log;
    let at = log.book.as_ref().and_then(|book| book.time(log.selected?));
    if let Some(at) = at {
        shown.view.cursor_us = Some(at.0);
    }
    if let Some(said) = log.said.take() {
        app.toast = Some((said, ctx.input(|i| i.time) + TOAST_S));
        ctx.request_repaint();
    }
}

fn enter(state: &mut ViewState) {
    if state.view != View::Log {
        state.remember();
        state.view = View::Log;
    }
}

fn go_to(state: &mut ViewState, source: SourceRef) {
    enter(state);
    state.log.go_to = Some(source);
}

/// The line that stands for what is chosen: the lines shown, the message, the first proof of the finding.
pub fn chosen(shown: &Shown) -> Option<SourceRef> {
    let (state, analysis) = (&shown.view, &shown.document.analysis);
    let message = || state.selection.message.and_then(|id| analysis.facts.message(id)).map(|m| m.source);
    let finding = || analysis.findings.get(state.selection.finding?)?.evidence.iter().find_map(|e| e.source);
    let first = if state.view == View::Overview { finding().or_else(message) } else { message().or_else(finding) };
    state.selection.lines.or(first)
}

//! Wishes about lists: copies, files, what arrows came to. In: a wish. Out: changed view state, text on the clipboard, a file that the
//! user named. Must not know how a table is painted.

use std::sync::Arc;

use eframe::egui::Context;

use super::document;
use crate::app::{App, Shown, TOAST_S, dialog};
use crate::base::words::{self, Words};
use crate::session::MessageId;
use crate::timeline::figures::count;
use crate::ui::lists::{self, Follow, List, ListCommand};
use crate::ui::state::Selection;
use crate::ui::table::copy::{self, Form};
use crate::ui::{ViewState, zone};

/// Rows that are put on the clipboard at once; a file has them all.
const MOST_COPIED: usize = 100_000;

/// Does one of them.
pub fn handle(app: &mut App, ctx: &Context, command: ListCommand) {
    match command {
        ListCommand::Copy(list, form) => copy(app, ctx, list, form),
        ListCommand::Save(list) => save(app, ctx, list),
        ListCommand::Occurrence(way) => occurrence(app, ctx, way),
        other => {
            if let Some(shown) = app.shown() {
                in_document(shown, &other);
            }
        }
    }
}

fn in_document(shown: &mut Shown, command: &ListCommand) {
    match command {
        ListCommand::Show(list) => shown.view.lists.beside = *list,
        // Arrows go from row to row: one place to come back to, not one each.
        ListCommand::Follow(Follow::Subject(subject)) => {
            shown.view.selection = Selection { subject: Some(*subject), ..Selection::default() };
            document::settle(shown);
        }
        ListCommand::Follow(Follow::Message(id)) => document::show_message(shown, *id),
        ListCommand::Copy(..) | ListCommand::Save(_) | ListCommand::Occurrence(_) => {}
    }
}

/// Walks the proof of the finding shown: the next line of it, with the log around it.
fn occurrence(app: &mut App, ctx: &Context, way: i32) {
    let Some(shown) = app.shown() else { return };
    let state = &mut shown.view;
    let Some(finding) = state.selection.finding else { return };
    let Some(proof) = shown.document.analysis.findings.get(finding).map(|f| &f.evidence) else { return };
    let many = proof.len();
    let Some(last) = many.checked_sub(1) else { return };
    let next = match state.lists.occurrence_of(finding) {
        Some(place) => (place + many).saturating_add_signed(way as isize) % many,
        None if way < 0 => last,
        None => 0,
    };
    state.lists.occurrence = Some((finding, next));
    let source = proof.get(next).and_then(|line| line.source);
    if let Some(source) = source.filter(|source| state.selection.lines != Some(*source)) {
        document::show_lines(app, ctx, source);
    }
}

/// The message above or below the chosen one in the list as it is sorted and filtered.
pub fn step(state: &ViewState, step: i32) -> Option<MessageId> {
    let rows = state.lists.of(List::Messages).rows();
    let here = state.selection.message.and_then(|id| rows.iter().position(|row| *row == id.0));
    let last = rows.len().checked_sub(1)?;
    let next = match here {
        Some(place) => place.saturating_add_signed(step as isize).min(last),
        None if step < 0 => last,
        None => 0,
    };
    rows.get(next).copied().map(MessageId)
}

fn copy(app: &mut App, ctx: &Context, list: List, form: Form) {
    let Some(shown) = app.shown() else { return };
    let state = &shown.view;
    let table = state.lists.of(list);
    let mut places = table.chosen();
    if places.is_empty() {
        places = table.rows().to_vec();
    }
    let all = places.len();
    places.truncate(MOST_COPIED);
    let rows = lists::rows(list, &shown.document, state.run_id(), state.selection);
    let text = copy::rows(rows.as_ref(), &table.layout.shown(rows.columns()), &places, form);
    ctx.copy_text(text);
    let figures = (count(places.len() as u64), count(all as u64));
    drop(rows);
    let key = if all > places.len() { "list.copied_some" } else { "list.copied" };
    tell(app, ctx, Words::current().fill(key, &[("n", &figures.0), ("all", &figures.1)]));
}

/// Asks for a name and writes every row shown, on a thread of its own. What is written has pseudonyms, as every file that leaves the
/// program; originals are a choice of the export panel.
fn save(app: &mut App, ctx: &Context, list: List) {
    if app.saver.is_some() {
        return;
    }
    let language = app.language;
    let outlet = super::export::redacted(app);
    let Some(shown) = app.shown() else { return };
    let (document, run, selection) = (Arc::clone(&shown.document), shown.view.run_id(), shown.view.selection);
    let table = shown.view.lists.of(list);
    let (places, layout, zone_s) = (table.rows().to_vec(), table.layout.clone(), zone::offset_s());
    let text = move || {
        let (_spoken, _zone) = (words::speak(language), zone::show(zone_s));
        lists::csv(list, &document, (run, selection), &layout, &places, &outlet())
    };
    app.saver = dialog::save(&format!("{}.csv", list.name()), text, ctx);
}

/// Tells how a file was written.
pub fn poll(app: &mut App, ctx: &Context) {
    let Some(saver) = &app.saver else { return };
    match saver.try_recv() {
        Ok(Some(said)) => {
            app.saver = None;
            tell(app, ctx, said);
        }
        Ok(None) | Err(std::sync::mpsc::TryRecvError::Disconnected) => app.saver = None,
        Err(std::sync::mpsc::TryRecvError::Empty) => {}
    }
}

fn tell(app: &mut App, ctx: &Context, said: String) {
    app.toast = Some((said, ctx.input(|i| i.time) + TOAST_S));
}

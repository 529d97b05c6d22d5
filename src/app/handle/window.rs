//! Wishes about the window itself: tabs, focus, steps back and forth. In: a wish. Out: a changed program. Must not know any panel.

use eframe::egui::Context;

use super::document;
use crate::app::App;
use crate::ui::command::WindowCommand;
use crate::ui::{Command, View, focus};

/// Does one of them.
pub fn handle(app: &mut App, ctx: &Context, command: WindowCommand) {
    match command {
        WindowCommand::NextPanel(way) => focus::next_panel(ctx, way),
        WindowCommand::PreviousTab => {
            let count = app.tabs.len();
            app.active = app.active.map(|n| (n + count.saturating_sub(1)) % count.max(1)).or(count.checked_sub(1));
        }
        WindowCommand::MoveTab(from, to) => move_tab(app, from, to),
        other => {
            if let Some(shown) = app.shown() {
                in_document(shown, &other);
            }
        }
    }
}

fn in_document(shown: &mut crate::app::Shown, command: &WindowCommand) {
    let (state, findings) = (&mut shown.view, shown.document.analysis.findings.len());
    match command {
        WindowCommand::Undo => {
            if let Some(filters) = state.undo.undo() {
                state.set_filters(filters);
            }
        }
        WindowCommand::Redo => {
            if let Some(filters) = state.undo.redo() {
                state.set_filters(filters);
            }
        }
        WindowCommand::LastPlace => {
            state.back();
        }
        WindowCommand::NextPlace => {
            state.forward();
        }
        // In the log the next record of a finding is meant.
        WindowCommand::NextFinding(way) if state.view == View::Log => state.log.next_finding(*way > 0),
        WindowCommand::NextFinding(way) if findings > 0 => {
            let here = state.selection.finding;
            let next = match here {
                Some(place) => (place + findings).saturating_add_signed(*way as isize) % findings,
                None if *way < 0 => findings - 1,
                None => 0,
            };
            if here != Some(next) || state.view != View::Overview {
                document::handle(shown, Command::ShowFinding(next));
            }
        }
        _ => {}
    }
}

fn move_tab(app: &mut App, from: usize, to: usize) {
    if from >= app.tabs.len() || to >= app.tabs.len() || from == to {
        return;
    }
    let tab = app.tabs.remove(from);
    app.tabs.insert(to, tab);
    app.active = app.active.map(|active| match active {
        active if active == from => to,
        active if from < active && active <= to => active - 1,
        active if to <= active && active < from => active + 1,
        active => active,
    });
}

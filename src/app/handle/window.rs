//! Wishes about the window itself: tabs, focus, steps back and forth. In: a wish. Out: a changed program. Must not know any panel.

use eframe::egui::Context;

use super::document;
use crate::app::window::system_language;
use crate::app::{App, Theme, palette};
use crate::base::words::word;
use crate::bundle::Input;
use crate::ui::command::WindowCommand;
use crate::ui::settings::{Setting, View};
use crate::ui::{Command, focus, zone};

/// Does one of them.
pub fn handle(app: &mut App, ctx: &Context, command: WindowCommand) {
    match command {
        WindowCommand::NextPanel(way) => focus::next_panel(ctx, way),
        WindowCommand::PreviousTab => {
            let count = app.tabs.len();
            app.active = app.active.map(|n| (n + count.saturating_sub(1)) % count.max(1)).or(count.checked_sub(1));
        }
        WindowCommand::MoveTab(from, to) => move_tab(app, from, to),
        WindowCommand::TogglePalette => {
            app.palette = if app.palette.is_some() { None } else { Some(palette::filled(app)) };
            (app.help, app.lookup) = (false, None);
        }
        WindowCommand::ToggleSettings => {
            app.settings = if app.settings.is_some() { None } else { Some(View::default()) };
        }
        WindowCommand::Set(setting) => set(app, setting),
        WindowCommand::ResetSettings => {
            let old = std::mem::take(&mut app.store.settings);
            // What was opened is no setting; it has a button of its own.
            app.store.settings.recent = old.recent;
            app.store.settings.others = old.others;
            (app.theme, app.zone, app.language) = (Theme::System, zone::Choice::Utc, system_language());
            ctx.set_zoom_factor(1.0);
            app.say(ctx, word("settings.was_reset").to_owned());
        }
        WindowCommand::OpenRecent(place) => {
            let path = app.store.settings.recent.get(place).cloned();
            app.commands.extend(path.map(|path| Command::Open(vec![Input::Path(path)])));
        }
        WindowCommand::ForgetOne(place) => {
            if place < app.store.settings.recent.len() {
                app.store.settings.recent.remove(place);
            }
        }
        WindowCommand::ForgetRecent => {
            app.store.settings.recent.clear();
            app.say(ctx, word("settings.was_cleared").to_owned());
        }
        other => {
            if let Some(shown) = app.shown() {
                in_document(shown, &other);
            }
        }
    }
}

/// Puts a setting in force and keeps it.
pub fn set(app: &mut App, setting: Setting) {
    let kept = &mut app.store.settings;
    match setting {
        Setting::Theme(theme) => {
            app.theme = theme;
            theme.name().clone_into(&mut kept.theme);
        }
        Setting::Language(language) => {
            app.language = language.unwrap_or_else(system_language);
            kept.set_language(language);
        }
        Setting::Zone(choice) => {
            app.zone = choice;
            kept.zone = choice.name();
        }
        Setting::KeepRecent(keep) => {
            kept.keep_recent = keep;
            if !keep {
                kept.recent.clear();
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
        WindowCommand::NextFinding(way) if state.view == crate::ui::View::Log => state.log.next_finding(*way > 0),
        WindowCommand::NextFinding(way) if findings > 0 => {
            let here = state.selection.finding;
            let next = match here {
                Some(place) => (place + findings).saturating_add_signed(*way as isize) % findings,
                None if *way < 0 => findings - 1,
                None => 0,
            };
            if here != Some(next) || state.view != crate::ui::View::Overview {
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

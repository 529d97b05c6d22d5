//! The one place where wishes come true. In: commands of this frame. Out: changed program and view state.

use eframe::egui::{Context, ViewportCommand};

use super::{App, Content, TOAST_S, Theme, dialog, rules};
use crate::base::words::{Words, word};
use crate::timeline::Subject;
use crate::ui::ladder::LadderCommand;
use crate::ui::settings::Setting;
use crate::ui::state::Selection;
use crate::ui::{Command, View};

mod compare;
mod document;
mod export;
mod ladder;
mod lists;
mod log;
mod timeline;
mod window;

pub(super) use compare::{Pending, tend as tend_compared, when_read};
pub(super) use document::settle;
pub(super) use export::{Exports, outlet, poll as poll_export, review};
pub(super) use lists::poll as poll_lists;
pub(super) use log::tend as tend_log;

/// Steps of the UI scale.
const SCALES: [f32; 9] = [0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5];

/// Does all that was asked for in this frame.
pub fn drain(app: &mut App, ctx: &Context) {
    for command in std::mem::take(&mut app.commands) {
        handle(app, ctx, command);
    }
    let now = ctx.input(|i| i.time);
    if let Some(shown) = app.shown() {
        let filters = shown.view.filters();
        shown.view.undo.watch(filters, now);
    }
    if let Some((_, until)) = &app.toast {
        if now > *until {
            app.toast = None;
        } else {
            ctx.request_repaint_after_secs((until - now) as f32 + 0.05);
        }
    }
}

fn handle(app: &mut App, ctx: &Context, command: Command) {
    let tab = (app.active, app.tabs.len());
    let before = app.shown().map(|shown| shown.view.selection);
    match command {
        Command::OpenFiles | Command::OpenFolder if app.picker.is_some() => {}
        Command::OpenFiles => app.picker = dialog::choose(false, ctx),
        Command::OpenFolder => app.picker = dialog::choose(true, ctx),
        Command::Open(inputs) => {
            compare::expect_other(app);
            app.note_opened(&inputs);
            app.settings = None;
            app.open(ctx, inputs);
        }
        Command::Compare(command) => compare::handle(app, ctx, command),
        Command::OpenSample(place) => {
            let inputs = app.samples.get(place).map(|(_, inputs)| inputs.clone()).unwrap_or_default();
            app.open(ctx, inputs);
        }
        Command::Cancel => cancel(app, ctx),
        Command::ShowTab(_) | Command::NextTab if app.settings.take().is_some() && app.tabs.is_empty() => {}
        Command::ShowTab(place) => app.active = Some(place).filter(|n| *n < app.tabs.len()).or(app.active),
        Command::NextTab => {
            let count = app.tabs.len();
            app.active = app.active.map(|n| (n + 1) % count.max(1)).or(Some(0)).filter(|_| count > 0);
        }
        Command::CloseTab(place) => close(app, place),
        Command::CloseThisTab => match app.active {
            Some(place) => close(app, place),
            None => ctx.send_viewport_cmd(ViewportCommand::Close),
        },
        Command::ShowWelcome => (app.active, app.settings) = (None, None),
        Command::ToggleHelp => app.help = !app.help,
        Command::ToggleLookup => rules::toggle(app, ctx),
        Command::OpenRules => rules::open_folder(app, ctx),
        Command::ReloadRules => rules::reload(app, ctx),
        Command::NextScheme => {
            let place = Theme::ALL.iter().position(|theme| *theme == app.theme).map_or(0, |n| n + 1);
            window::set(app, Setting::Theme(Theme::ALL.get(place).copied().unwrap_or_default()));
        }
        Command::Scale(way) => scale(app, ctx, way),
        Command::Back => back(app, ctx),
        Command::ShowLines(source) => document::show_lines(app, ctx, source),
        Command::Log(command) => log::handle(app, ctx, command),
        Command::List(command) => lists::handle(app, ctx, command),
        Command::Ladder(command) => ladder::handle(app, ctx, command),
        // With Ctrl a call joins the ladder instead of taking it over.
        Command::ShowSubject(Subject::Call(id)) if ctx.input(|i| i.modifiers.command) => {
            ladder::handle(app, ctx, LadderCommand::AddCall(id));
        }
        Command::Export(command) => export::handle(app, ctx, command),
        Command::Window(command) => window::handle(app, ctx, command),
        Command::CopyAsk(about) => document::copy_ask(app, ctx, about),
        Command::CopyReference | Command::CopyMessage => {
            document::copy(app, ctx, matches!(command, Command::CopyMessage));
        }
        other => {
            let Some(shown) = app.shown() else { return };
            match other {
                Command::Timeline(wish) => timeline::handle(shown, wish),
                other => document::handle(shown, other),
            }
        }
    }
    if let (Some(before), Some(shown)) = (before.filter(|_| tab == (app.active, app.tabs.len())), app.shown()) {
        timeline::follow(shown, before);
    }
    ctx.request_repaint();
}

fn cancel(app: &mut App, ctx: &Context) {
    if let Some(Content::Loading(job)) = app.active.and_then(|n| app.tabs.get(n)).map(|tab| &tab.content) {
        job.progress().cancel();
        // The job sees it within 256 KiB; the tab need not wait for that.
        if let Some(place) = app.active {
            close(app, place);
        }
        app.toast = Some((word("window.cancelled").to_owned(), ctx.input(|i| i.time) + TOAST_S));
    }
}

fn close(app: &mut App, place: usize) {
    if place >= app.tabs.len() {
        return;
    }
    app.tabs.remove(place);
    app.keep_active(place, 0);
}

fn back(app: &mut App, ctx: &Context) {
    if app.palette.is_some() {
        app.palette = None;
    } else if app.lookup.is_some() {
        app.lookup = None;
    } else if app.help {
        app.help = false;
    } else if app.exports.view.is_some() {
        app.exports.view = None;
    } else if app.settings.is_some() {
        app.settings = None;
    } else if matches!(app.active.and_then(|n| app.tabs.get(n)).map(|t| &t.content), Some(Content::Loading(_))) {
        cancel(app, ctx);
    } else if app.active.is_none() && !app.tabs.is_empty() {
        app.active = Some(app.tabs.len() - 1);
    } else if let Some(shown) = app.shown() {
        let state = &mut shown.view;
        let list = state.lists.in_view(state.view).filter(|list| !state.lists.of(*list).filter.is_empty());
        if state.view == View::Log && state.log.left_box {
            // Esc has left a text box; that is enough.
            state.log.typed.clear();
            state.log.fault = None;
        } else if matches!(state.view, View::Overview | View::Timeline) && state.timeline.clear_measure() {
            // Measuring is a level of its own.
        } else if let Some(list) = list {
            let table = state.lists.of_mut(list);
            table.filter.clear();
            table.reveal = true;
        } else if !state.back() {
            state.selection = Selection { subject: state.selection.subject, ..Selection::default() };
            state.view = View::Overview;
        }
    }
    ctx.memory_mut(|memory| {
        if let Some(id) = memory.focused() {
            memory.surrender_focus(id);
        }
    });
}

fn scale(app: &mut App, ctx: &Context, way: i32) {
    let now = ctx.zoom_factor();
    let next = match way {
        0 => Some(1.0),
        1.. => SCALES.iter().copied().find(|s| *s > now + 0.01),
        _ => SCALES.iter().rev().copied().find(|s| *s < now - 0.01),
    };
    if let Some(next) = next {
        ctx.set_zoom_factor(next);
        app.store.settings.scale = next;
        app.say(ctx, Words::current().fill("settings.size_now", &[("n", &format!("{:.0}", next * 100.0))]));
    }
}

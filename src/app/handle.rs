//! The one place where wishes come true. In: commands of this frame. Out: changed program and view state.

use eframe::egui::{Context, ViewportCommand};

use super::{App, Content, Shown, TOAST_S, Theme, dialog, jobs, rules};
use crate::base::words::{Words, word};
use crate::base::{Language, SourceRef, Tone};
use crate::export::{Outlet, ask};
use crate::findings::ask::About;
use crate::session::MessageId;
use crate::session::startup::StageId;
use crate::timeline::ladder::Kind;
use crate::timeline::{Subject, Target, Window};
use crate::ui::state::Selection;
use crate::ui::{Command, View, ViewState, ladder};

/// A call shorter than this part of the window is zoomed to when it is chosen.
const SHORT_PART: f64 = 0.3;
/// Steps of the UI scale.
const SCALES: [f32; 9] = [0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5];

/// Does all that was asked for in this frame.
pub fn drain(app: &mut App, ctx: &Context) {
    for command in std::mem::take(&mut app.commands) {
        handle(app, ctx, command);
    }
    let now = ctx.input(|i| i.time);
    if let Some((_, until)) = &app.toast {
        if now > *until {
            app.toast = None;
        } else {
            ctx.request_repaint_after_secs((until - now) as f32 + 0.05);
        }
    }
}

fn handle(app: &mut App, ctx: &Context, command: Command) {
    match command {
        Command::OpenFiles | Command::OpenFolder if app.picker.is_some() => {}
        Command::OpenFiles => app.picker = dialog::choose(false, ctx),
        Command::OpenFolder => app.picker = dialog::choose(true, ctx),
        Command::Open(inputs) => app.open(ctx, inputs),
        Command::OpenSample(place) => {
            let inputs = app.samples.get(place).map(|(_, inputs)| inputs.clone()).unwrap_or_default();
            app.open(ctx, inputs);
        }
        Command::Cancel => cancel(app, ctx),
        Command::ShowTab(place) => app.active = Some(place).filter(|n| *n < app.tabs.len()),
        Command::NextTab => {
            let count = app.tabs.len();
            app.active = app.active.map(|n| (n + 1) % count.max(1)).or(Some(0)).filter(|_| count > 0);
        }
        Command::CloseTab(place) => close(app, place),
        Command::CloseThisTab => match app.active {
            Some(place) => close(app, place),
            None => ctx.send_viewport_cmd(ViewportCommand::Close),
        },
        Command::ShowWelcome => app.active = None,
        Command::ToggleHelp => app.help = !app.help,
        Command::ToggleLookup => rules::toggle(app, ctx),
        Command::OpenRules => rules::open_folder(app, ctx),
        Command::ReloadRules => rules::reload(app, ctx),
        Command::NextScheme => {
            app.theme = match app.theme {
                Theme::System => Theme::Dark,
                Theme::Dark => Theme::Light,
                Theme::Light => Theme::HighContrast,
                Theme::HighContrast => Theme::System,
            };
        }
        Command::NextLanguage => {
            let place = Language::ALL.iter().position(|l| *l == app.language).map_or(0, |n| n + 1);
            app.language = Language::ALL.get(place).copied().unwrap_or_default();
        }
        Command::Scale(way) => scale(ctx, way),
        Command::Back => back(app, ctx),
        Command::ShowLines(source) => show_lines(app, ctx, source),
        Command::CopyAsk(about) => copy_ask(app, ctx, about),
        Command::CopyReference | Command::CopyMessage => copy(app, ctx, matches!(command, Command::CopyMessage)),
        other => {
            if let Some(shown) = app.shown() {
                in_document(shown, other);
            }
        }
    }
    ctx.request_repaint();
}

/// What changes only the view of the document shown.
fn in_document(shown: &mut Shown, command: Command) {
    let (document, state) = (&shown.document, &mut shown.view);
    match command {
        Command::ShowView(view) => {
            go(state, view);
            settle(shown);
        }
        Command::ShowRun(run) if run < document.scenes.len() => {
            state.remember();
            state.choose_run(document, run);
        }
        Command::ShowSubject(subject) => {
            state.remember();
            state.selection = Selection { subject: Some(subject), ..Selection::default() };
            if matches!(state.view, View::Overview | View::Files | View::Messages) {
                state.view = View::Timeline;
            }
            settle(shown);
        }
        Command::ShowMessage(id) => show_message(shown, id),
        Command::ShowStage(place) => {
            let id = StageId::ALL.get(place).copied();
            state.remember();
            let again = state.selection.stage == id;
            state.selection.stage = id.filter(|_| !again);
            state.selection.finding = None;
            state.selection.lines = None;
            state.view = View::Overview;
        }
        Command::ShowFinding(place) => {
            state.remember();
            let again = state.selection.finding == Some(place) && state.view == View::Overview;
            state.selection.finding = Some(place).filter(|_| !again);
            state.selection.stage = None;
            state.selection.lines = None;
            state.view = View::Overview;
        }
        Command::ToggleFold(id) if state.open_folds.remove(&id) => {}
        Command::ToggleFold(id) => {
            state.open_folds.insert(id);
        }
        Command::Step(step) => {
            let next = match state.view {
                View::Messages => ladder::step_in(&state.messages(document), state.selection.message, step),
                View::Timeline | View::Calls => {
                    state.ladder(document).and_then(|l| ladder::step(&l, state.selection.message, step))
                }
                View::Overview | View::Files => None,
            };
            if let Some(id) = next {
                // Steps are one place to come back from, not one each.
                state.selection.message = Some(id);
                state.reveal = true;
                bring_into_view(shown);
            }
        }
        Command::ShowTime(window) => state.window = Some(window),
        Command::ShowAllTime => state.window = None,
        Command::ShowStretch(from_us, to_us) => {
            if let Some(extent) = document.scene(state.run).and_then(|s| s.extent) {
                state.window = Some(Window::around(from_us, to_us, extent));
            }
        }
        Command::Zoom(factor) => {
            if let Some(extent) = document.scene(state.run).and_then(|s| s.extent) {
                let window = state.window.unwrap_or(Window::all(extent));
                let chosen = state.selection.message.and_then(|id| document.analysis.facts.message(id)).and_then(|m| m.seen.at);
                let middle = (window.start_us + window.end_us) / 2.0;
                let at = chosen.map(|t| t.0 as f64).filter(|us| window.start_us <= *us && *us <= window.end_us).unwrap_or(middle);
                state.window = Some(window.zoomed(at, factor, extent));
            }
        }
        Command::Pan(part) => {
            if let Some(extent) = document.scene(state.run).and_then(|s| s.extent) {
                let window = state.window.unwrap_or(Window::all(extent));
                state.window = Some(window.moved(window.length_us() * part, extent));
            }
        }
        Command::Find => {
            go(state, View::Messages);
            state.focus_filter = true;
        }
        _ => {}
    }
}

/// Shows the log around a line, or stops showing it. The lines are unpacked again, on a thread of their own.
fn show_lines(app: &mut App, ctx: &Context, source: SourceRef) {
    let language = app.language;
    let Some(shown) = app.shown() else { return };
    let state = &mut shown.view;
    if state.selection.lines.take() == Some(source) {
        return;
    }
    if !matches!(state.view, View::Overview | View::Timeline | View::Calls) {
        state.remember();
        state.view = View::Overview;
    }
    state.selection.lines = Some(source);
    if state.excerpt.as_ref().is_none_or(|e| e.source != source) {
        state.excerpt = None;
        shown.lines = Some(jobs::lines_around(&shown.store, source, language, ctx));
    }
}

fn go(state: &mut ViewState, view: View) {
    if state.view != view {
        state.remember();
        state.view = view;
        state.reveal = true;
    }
}

/// Chooses a message everywhere; the ladder changes its subject when the message is not in it.
fn show_message(shown: &mut Shown, id: MessageId) {
    let (document, state) = (&shown.document, &mut shown.view);
    // Steps inside one ladder are not levels: back leads to where the ladder was chosen.
    let inside = state.ladder(document).is_some_and(|ladder| ladder.row_of(id).is_some());
    let leaves = matches!(state.view, View::Overview | View::Files);
    if leaves || (!inside && state.view != View::Messages) {
        state.remember();
    }
    if leaves {
        state.view = View::Timeline;
    }
    state.selection.message = Some(id);
    state.selection.lines = None;
    state.reveal = true;
    if !inside {
        let facts = &document.analysis.facts;
        let call = facts.calls.iter().find(|c| c.messages.contains(&id)).map(|c| Subject::Call(c.id));
        let registration = || {
            let of = |r: &crate::session::registration::Registration| {
                r.attempts.iter().any(|a| a.request == id || a.answer == Some(id))
            };
            (0_u32..).zip(&facts.registrations).find(|(_, r)| of(r)).map(|(n, _)| Subject::Registration(n))
        };
        let run = facts.message(id).map(|m| Subject::Run(m.run));
        state.selection.subject = call.or_else(registration).or(run);
    }
    bring_into_view(shown);
}

/// Where a ladder is shown nothing is empty: its first row worth reading is chosen, and a short call fills the timeline.
pub(super) fn settle(shown: &mut Shown) {
    if shown.view.selection.message.is_some() {
        return;
    }
    match shown.view.view {
        View::Timeline | View::Calls => {}
        View::Messages => {
            shown.view.selection.message = shown.view.messages(&shown.document).first().copied();
            return;
        }
        View::Overview | View::Files => return,
    }
    shown.view.selection.message = first_message(shown);
    let (document, state) = (&shown.document, &mut shown.view);
    let scene = document.scene(state.run);
    if let (Some(Subject::Call(id)), Some((scene, extent))) = (state.selection.subject, scene.and_then(|s| Some((s, s.extent?))))
        && let Some((from, to)) = scene.stretch(Target::Call(id))
        && ((to - from) as f64) < state.window.unwrap_or(Window::all(extent)).length_us() * SHORT_PART
    {
        state.window = Some(Window::around(from, to, extent));
    }
    bring_into_view(shown);
}

/// The first row worth reading: a failure, else the first message.
fn first_message(shown: &mut Shown) -> Option<MessageId> {
    let ladder = shown.view.ladder(&shown.document)?;
    let arrows = || {
        ladder.rows.iter().filter_map(|row| match &row.kind {
            Kind::Arrow(arrow) => Some(arrow),
            Kind::Waiting { .. } | Kind::Folded { .. } => None,
        })
    };
    shown.view.reveal = true;
    arrows().find(|a| a.tone == Tone::Fail).or_else(|| arrows().next()).map(|a| a.message)
}

/// Moves the window of time just as far as needed to show what is chosen.
fn bring_into_view(shown: &mut Shown) {
    let (document, state) = (&shown.document, &mut shown.view);
    let Some((scene, window)) = document.scene(state.run).zip(state.window) else { return };
    let Some(extent) = scene.extent else { return };
    let message =
        state.selection.message.and_then(|id| document.analysis.facts.message(id)).and_then(|m| m.seen.at).map(|t| (t.0, t.0));
    let subject = match state.selection.subject {
        Some(Subject::Call(id)) => scene.stretch(Target::Call(id)),
        _ => None,
    };
    let Some((from, to)) = message.or(subject) else { return };
    if (from as f64) < window.start_us || (to as f64) > window.end_us {
        let middle = (from as f64 + to as f64) / 2.0;
        state.window = Some(window.moved(middle - (window.start_us + window.end_us) / 2.0, extent));
    }
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
    if app.lookup.is_some() {
        app.lookup = None;
    } else if app.help {
        app.help = false;
    } else if matches!(app.active.and_then(|n| app.tabs.get(n)).map(|t| &t.content), Some(Content::Loading(_))) {
        cancel(app, ctx);
    } else if app.active.is_none() && !app.tabs.is_empty() {
        app.active = Some(app.tabs.len() - 1);
    } else if let Some(shown) = app.shown() {
        let state = &mut shown.view;
        if state.view == View::Messages && !state.filter.is_empty() {
            state.filter.clear();
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

fn scale(ctx: &Context, way: i32) {
    let now = ctx.zoom_factor();
    let next = match way {
        0 => Some(1.0),
        1.. => SCALES.iter().copied().find(|s| *s > now + 0.01),
        _ => SCALES.iter().rev().copied().find(|s| *s < now - 0.01),
    };
    if let Some(next) = next {
        ctx.set_zoom_factor(next);
    }
}

fn copy(app: &mut App, ctx: &Context, whole: bool) {
    let Some(shown) = app.shown() else { return };
    let Some(id) = shown.view.selection.message else { return };
    let Some((reference, _)) = ladder::reference(&shown.document, id) else { return };
    let text = match shown.document.analysis.facts.message(id) {
        Some(message) if whole => message.seen.message.text.clone(),
        _ => reference.clone(),
    };
    ctx.copy_text(text);
    let said = Words::current().fill("window.copied", &[("what", &reference)]);
    app.toast = Some((said, ctx.input(|i| i.time) + TOAST_S));
}

fn copy_ask(app: &mut App, ctx: &Context, about: About) {
    let Some(shown) = app.shown() else { return };
    let Some(text) = ask::block(&shown.document.analysis, about, Words::current(), &Outlet::originals()) else { return };
    ctx.copy_text(text);
    let said = Words::current().fill("window.copied", &[("what", word("ask.title"))]);
    app.toast = Some((said, ctx.input(|i| i.time) + TOAST_S));
}

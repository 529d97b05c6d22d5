//! Wishes about the document shown. In: a wish. Out: changed view state; text on the clipboard. Must not know tabs or settings.

use eframe::egui::Context;

use super::lists;
use crate::app::{App, Shown, TOAST_S, jobs};
use crate::base::words::{Words, word};
use crate::base::{SourceRef, Tone};
use crate::export::ask;
use crate::findings::ask::About;
use crate::session::MessageId;
use crate::session::startup::StageId;
use crate::timeline::ladder::Kind;
use crate::timeline::{Subject, Target, Window};
use crate::ui::panels::media;
use crate::ui::state::Selection;
use crate::ui::{Command, View, ViewState, ladder};

/// A call shorter than this part of the window is zoomed to when it is chosen.
const SHORT_PART: f64 = 0.3;

/// What changes only the view of the document shown.
pub fn handle(shown: &mut Shown, command: Command) {
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
            if matches!(state.view, View::Overview | View::Files | View::Messages | View::Log) {
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
                View::Messages => lists::step(state, step),
                View::Timeline | View::Calls => {
                    state.ladder(document).and_then(|l| ladder::step(&l, state.selection.message, step))
                }
                View::Media => media::step(document, state, step),
                View::Overview | View::Log | View::Files | View::Compare => None,
            };
            if let Some(id) = next {
                // Steps are one place to come back from, not one each.
                state.selection.message = Some(id);
                state.show_chosen();
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
                let middle = (window.start_us + window.end_us) / 2.0;
                let at = state
                    .cursor_us
                    .map(|us| us as f64)
                    .filter(|us| window.start_us <= *us && *us <= window.end_us)
                    .unwrap_or(middle);
                state.window = Some(window.zoomed(at, factor, extent));
            }
        }
        Command::Pan(part) => {
            if let Some(extent) = document.scene(state.run).and_then(|s| s.extent) {
                let window = state.window.unwrap_or(Window::all(extent));
                state.window = Some(window.moved(window.length_us() * part, extent));
            }
        }
        Command::Find if state.view == View::Log => state.log.focus = Some(crate::ui::log::state::Field::Search),
        // A list that is shown is searched, elsewhere the whole bundle.
        Command::Find => match state.lists.in_view(state.view) {
            Some(list) => state.lists.of_mut(list).focus_filter = true,
            None => state.focus_search = true,
        },
        _ => {}
    }
}

/// Shows the log around a line, or stops showing it. The lines are unpacked again, on a thread of their own.
pub fn show_lines(app: &mut App, ctx: &Context, source: SourceRef) {
    let language = app.language;
    let Some(shown) = app.shown() else { return };
    let state = &mut shown.view;
    if state.selection.lines.take() == Some(source) {
        return;
    }
    if !matches!(state.view, View::Overview | View::Timeline | View::Calls | View::Messages | View::Media) {
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
        state.show_chosen();
    }
}

/// Chooses a message everywhere; the ladder changes its subject when the message is not in it.
pub(super) fn show_message(shown: &mut Shown, id: MessageId) {
    let (document, state) = (&shown.document, &mut shown.view);
    // Steps inside one ladder are not levels: back leads to where the ladder was chosen.
    let inside = state.ladder(document).is_some_and(|ladder| ladder.row_of(id).is_some());
    let leaves = matches!(state.view, View::Overview | View::Files | View::Log);
    if leaves || (!inside && state.view != View::Messages) {
        state.remember();
    }
    if leaves {
        state.view = View::Timeline;
    }
    state.selection.message = Some(id);
    state.selection.lines = None;
    state.show_chosen();
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
pub fn settle(shown: &mut Shown) {
    if shown.view.selection.message.is_some() && shown.view.view != View::Log {
        return;
    }
    match shown.view.view {
        View::Timeline | View::Calls => {}
        View::Messages => {
            shown.view.selection.message = shown.document.first_message(shown.view.run_id());
            return;
        }
        View::Log => {
            first_record(shown);
            return;
        }
        View::Media => {
            shown.view.selection.message = media::step(&shown.document, &shown.view, 0);
            return;
        }
        View::Overview | View::Files | View::Compare => return,
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

/// The log is first shown where what is chosen elsewhere stands.
fn first_record(shown: &mut Shown) {
    let source = super::log::chosen(shown);
    let log = &mut shown.view.log;
    if log.selected.is_none() && log.go_to.is_none() {
        log.go_to = source;
    }
}

/// The first row worth reading: a failure, else the first message.
fn first_message(shown: &mut Shown) -> Option<MessageId> {
    let ladder = shown.view.ladder(&shown.document)?;
    let arrows = || {
        ladder.rows.iter().filter_map(|row| match &row.kind {
            Kind::Arrow(arrow) => Some(arrow),
            Kind::Waiting { .. } | Kind::Folded { .. } | Kind::Step { .. } => None,
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

pub fn copy(app: &mut App, ctx: &Context, whole: bool) {
    let Some(shown) = app.shown() else { return };
    let Some(id) = shown.view.selection.message else { return };
    let Some((reference, _)) = ladder::reference(&shown.document, id) else { return };
    let text = match shown.document.analysis.facts.message(id) {
        Some(message) if whole => crate::ui::safe::outlet().log(&message.seen.message.text).into_owned(),
        _ => crate::ui::text::visible(&reference).into_owned(),
    };
    ctx.copy_text(text);
    let said = Words::current().fill("window.copied", &[("what", &crate::ui::text::visible(&reference))]);
    app.toast = Some((said, ctx.input(|i| i.time) + TOAST_S));
}

pub fn copy_ask(app: &mut App, ctx: &Context, about: About) {
    let Some(shown) = app.shown() else { return };
    let Some(text) = ask::block(&shown.document.analysis, about, Words::current(), &crate::ui::safe::outlet()) else { return };
    ctx.copy_text(text);
    let said = Words::current().fill("window.copied", &[("what", word("ask.title"))]);
    app.toast = Some((said, ctx.input(|i| i.time) + TOAST_S));
}

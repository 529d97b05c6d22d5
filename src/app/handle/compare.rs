//! Wishes about the comparison. In: a wish. Out: changed view state, a job that compares. Must not compare on this thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use eframe::egui::Context;

use crate::app::{App, Content, Shown};
use crate::base::words::{self};
use crate::base::{Language, SourceRef};
use crate::compare::{Anchor, Pair, Side, Which, compare};
use crate::ui::compare::{Chosen, CompareCommand, CompareState, Ready, What};
use crate::ui::log::LogCommand;
use crate::ui::{Command, Document, View};

/// What waits for files that are being read.
#[derive(Debug)]
pub enum Pending {
    /// The first two documents are compared.
    FirstTwo,
    /// This document with the next that comes.
    With(Arc<Document>),
}

/// Does what is asked for.
pub fn handle(app: &mut App, ctx: &Context, command: CompareCommand) {
    let language = app.language;
    let Some(shown) = app.shown() else { return };
    let state = &mut shown.view.compare;
    match command {
        CompareCommand::Show(what) => {
            *state = CompareState::default();
            state.what = what;
        }
        CompareCommand::Swap => {
            state.swapped = !state.swapped;
            state.scopes = state.scopes.swapped();
            if let Anchor::Event(moments) = state.anchor {
                state.anchor = Anchor::Event(moments.swapped());
            }
        }
        CompareCommand::Take(which, scope) => match which {
            Which::Left => state.scopes.left = Some(scope),
            Which::Right => state.scopes.right = Some(scope),
        },
        CompareCommand::ZeroHere(moments) => {
            let Some(ready) = &state.ready else { return };
            // A side for which no moment was chosen keeps its zero.
            let now = ready.comparison.zero.at;
            let both = Pair::new(moments.left.or(now.left), moments.right.or(now.right));
            let Some((left, right)) = both.both() else { return };
            state.anchor = Anchor::Event(Pair::new(left, right));
        }
        CompareCommand::NextAnchor => {
            // The one in force is passed over: a press always changes something.
            let now = state.ready.as_ref().map_or(state.anchor, |ready| ready.comparison.zero.anchor);
            let named = [Anchor::Start, Anchor::Register, Anchor::Invite];
            let at = named.iter().position(|a| *a == now).map_or(0, |n| n + 1);
            state.anchor = named.get(at % named.len()).copied().unwrap_or_default();
        }
        CompareCommand::NextDifference(way) => return state.step(way),
        CompareCommand::OnlyDifferences => {
            state.only_differences = !state.only_differences;
            state.reveal = true;
            return;
        }
        CompareCommand::ScrollTogether => {
            state.together = !state.together;
            return;
        }
        CompareCommand::CountVolatile => {
            state.volatile = !state.volatile;
            return;
        }
        CompareCommand::Logs => {
            state.logs = !state.logs;
            state.logs_at = None;
            return;
        }
        CompareCommand::OpenProof(which, source) => return open_proof(app, which, source),
        CompareCommand::ChooseFact(place) => return choose(state, Chosen::Fact(place)),
        CompareCommand::ChooseMessages(strand, row) => return choose(state, Chosen::Messages(strand, row)),
    }
    shown.compared_logs = Pair::default();
    shown.comparing = start(shown, language, ctx);
}

fn choose(state: &mut CompareState, chosen: Chosen) {
    state.chosen = Some(chosen);
    state.reveal = true;
}

/// The place of the tab that shows a document.
fn tab_of(app: &App, document: &Arc<Document>) -> Option<usize> {
    app.tabs.iter().position(|tab| matches!(&tab.content, Content::Ready(shown) if Arc::ptr_eq(&shown.document, document)))
}

/// The line in the log view of the bundle it is from.
fn open_proof(app: &mut App, which: Which, source: SourceRef) {
    let ready = app.shown().and_then(|shown| shown.view.compare.ready.clone());
    let Some(place) = ready.and_then(|ready| tab_of(app, ready.documents.get(which))) else { return };
    app.commands.push(Command::ShowTab(place));
    app.commands.push(Command::Log(LogCommand::GoTo(source)));
}

/// Takes what the jobs of both logs have brought, and starts what is wished.
pub fn tend(app: &mut App, ctx: &Context) {
    let Some(shown) = app.shown().filter(|s| s.view.view == View::Compare && s.view.compare.logs) else { return };
    let Some(ready) = shown.view.compare.ready.clone() else { return };
    for which in [Which::Left, Which::Right] {
        let document = ready.documents.get(which);
        let store = tab_of(app, document).and_then(|place| match &app.tabs.get(place)?.content {
            Content::Ready(shown) => Some(Arc::clone(&shown.store)),
            _ => None,
        });
        let Some(shown) = app.shown() else { return };
        let (Some(store), Some(views)) = (store, shown.view.compare.views()) else { continue };
        let (jobs, view) = match which {
            Which::Left => (&mut shown.compared_logs.left, &mut views.left),
            Which::Right => (&mut shown.compared_logs.right, &mut views.right),
        };
        jobs.tend(document, &store, view, ctx);
    }
}

/// Compares on a thread of its own; the receiver gets the result once.
fn start(shown: &Shown, language: Language, ctx: &Context) -> Option<Receiver<Arc<Ready>>> {
    let state = &shown.view.compare;
    let own = Arc::clone(&shown.document);
    let documents = match state.what.as_ref()? {
        What::Within(_) => Pair::new(Arc::clone(&own), own),
        What::With(other) => Pair::new(own, Arc::clone(other)),
    };
    let within = match state.what {
        Some(What::Within(scopes)) => Some(if state.swapped { scopes.swapped() } else { scopes }),
        _ => None,
    };
    let documents = if state.swapped { documents.swapped() } else { documents };
    let (wanted, anchor) = (state.scopes, state.anchor);
    let (sender, receiver) = sync_channel(1);
    let ctx = ctx.clone();
    let work = move || {
        let _spoken = words::speak(language);
        let offered = within.unwrap_or_else(|| documents.as_ref().map(|document| Side::of(&document.analysis).scope));
        let left = Side { analysis: &documents.left.analysis, scope: wanted.left.unwrap_or(offered.left) };
        let right = Side { analysis: &documents.right.analysis, scope: wanted.right.unwrap_or(offered.right) };
        let comparison = compare(left, right, anchor);
        // Nobody listens any more when the tab was closed.
        let _ = sender.send(Arc::new(Ready::new(documents, comparison)));
        ctx.request_repaint();
    };
    std::thread::Builder::new().name("compare".to_owned()).spawn(work).ok()?;
    Some(receiver)
}

/// Files opened from the comparison are what is compared with.
pub fn expect_other(app: &mut App) {
    if let Some(shown) = app.shown()
        && shown.view.view == View::Compare
    {
        let document = Arc::clone(&shown.document);
        app.pending = Some(Pending::With(document));
    }
}

/// Starts the comparison that waited, once everything is read.
pub fn when_read(app: &mut App) {
    let waits = match &app.pending {
        None => true,
        Some(Pending::FirstTwo) => app.tabs.len() < 2,
        Some(Pending::With(_)) => false,
    };
    if waits || app.tabs.iter().any(|tab| matches!(tab.content, Content::Loading(_))) {
        return;
    }
    let ready: Vec<(usize, Arc<Document>)> = app
        .tabs
        .iter()
        .enumerate()
        .filter_map(|(place, tab)| match &tab.content {
            Content::Ready(shown) => Some((place, Arc::clone(&shown.document))),
            _ => None,
        })
        .collect();
    let pair = match app.pending.take() {
        Some(Pending::FirstTwo) => ready.first().zip(ready.get(1)),
        Some(Pending::With(own)) => ready.iter().find(|(_, d)| Arc::ptr_eq(d, &own)).zip(ready.last()),
        None => None,
    };
    if let Some(((place, own), (_, other))) = pair
        && !Arc::ptr_eq(own, other)
    {
        app.active = Some(*place);
        app.commands.push(Command::ShowView(View::Compare));
        app.commands.push(Command::Compare(CompareCommand::Show(Some(What::With(Arc::clone(other))))));
    }
}

//! What a document's views look like at the moment. In: the program changes it by commands, views their own part. Out: plain data.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::compare::CompareState;
use super::document::Document;
use super::ladder::LadderState;
use super::lists::Lists;
use super::log::LogState;
use super::panels::excerpt::Excerpt;
use super::timeline::TimelineState;
use super::undo::{Undo, Undoable};
use crate::base::{Language, SourceRef, words};
use crate::session::startup::StageId;
use crate::session::{CallId, MessageId, RunId};
use crate::timeline::ladder::linked;
use crate::timeline::{Extent, Ladder, Subject, Window};

/// The views of a document; the digit is its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// Verdict, stages, findings, lists, coverage.
    Overview,
    /// Timeline, ladder, media, message.
    Timeline,
    /// Table of calls.
    Calls,
    /// Every message.
    Messages,
    /// What was agreed about media, call by call.
    Media,
    /// Every record of the log.
    Log,
    /// Members and what could not be read.
    Files,
    /// Two sessions side by side.
    Compare,
}

impl View {
    /// Every view in the order of its tab.
    pub const ALL: [Self; 8] =
        [Self::Overview, Self::Timeline, Self::Calls, Self::Messages, Self::Media, Self::Log, Self::Files, Self::Compare];

    /// The key that shows it.
    pub fn digit(self) -> char {
        match self {
            Self::Overview => '1',
            Self::Timeline => '2',
            Self::Calls => '3',
            Self::Messages => '4',
            Self::Media => '5',
            Self::Log => '6',
            Self::Files => '7',
            Self::Compare => '8',
        }
    }

    /// Its name for `--view` and for words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Timeline => "timeline",
            Self::Calls => "calls",
            Self::Messages => "messages",
            Self::Media => "media",
            Self::Log => "log",
            Self::Files => "files",
            Self::Compare => "compare",
        }
    }

    /// Key of its name on the tab.
    pub fn words(self) -> &'static str {
        match self {
            Self::Overview => "window.overview",
            Self::Timeline => "window.timeline",
            Self::Calls => "window.calls",
            Self::Messages => "window.messages",
            Self::Media => "window.media",
            Self::Log => "log.log",
            Self::Files => "window.files",
            Self::Compare => "compare_view.name",
        }
    }

    /// The view of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }
}

/// What is chosen; one thing for all panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Selection {
    /// What the ladder shows.
    pub subject: Option<Subject>,
    /// The message shown.
    pub message: Option<MessageId>,
    /// The stage whose proof is shown.
    pub stage: Option<StageId>,
    /// The finding shown, by its place.
    pub finding: Option<usize>,
    /// The line whose surroundings are shown.
    pub lines: Option<SourceRef>,
}

/// A place to come back to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The view.
    pub view: View,
    /// The run.
    pub run: usize,
    /// What was chosen.
    pub selection: Selection,
    /// The window of time.
    pub window: Option<Window>,
}

/// What undo brings back. A state that has filters of its own adds a field here and a bit below.
#[derive(Clone, Debug, PartialEq)]
pub struct Filters {
    run: usize,
    subject: Option<Subject>,
    window: Option<Window>,
    filters: Vec<String>,
    /// The filter of the log, and how often it was changed.
    log: (String, u32),
}

impl Undoable for Filters {
    fn changed(&self, before: &Self) -> u32 {
        // Choosing a call is no step of its own: it comes back with the next one.
        u32::from(self.run != before.run)
            | u32::from(self.window != before.window) << 1
            | u32::from(self.filters != before.filters) << 2
            // Each is a step of its own, however soon the next follows.
            | u32::from(self.log.0 != before.log.0) << (3 + self.log.1 % 2)
    }
}

/// How deep "back" reaches.
const MOST_PLACES: usize = 64;

/// State of one document's views.
#[derive(Clone, Debug)]
pub struct ViewState {
    /// The view shown.
    pub view: View,
    /// Place of the run shown.
    pub run: usize,
    /// What is chosen.
    pub selection: Selection,
    /// Where "back" leads.
    pub history: Vec<Place>,
    /// Where "forward" leads: places that "back" left.
    pub future: Vec<Place>,
    /// Filters and zoom as they were.
    pub undo: Undo<Filters>,
    /// The window of time; `None`: all of the run.
    pub window: Option<Window>,
    /// The stretch that the timeline may show and the moment it counts from, where those are not the run's own.
    pub axis: Option<(Extent, i64)>,
    /// The one time cursor over all panels, µs UTC; `None`: not set yet.
    pub cursor_us: Option<i64>,
    /// How the timeline stands beyond its window.
    pub timeline: TimelineState,
    /// First point of the lanes shown, when they are higher than their panel.
    pub lanes_scroll_px: f32,
    /// Folds that are open.
    pub open_folds: BTreeSet<MessageId>,
    /// Tables: their columns, sorting, filters.
    pub lists: Lists,
    /// Text typed into the search of the whole bundle.
    pub search: String,
    /// The next frame puts the cursor there.
    pub focus_search: bool,
    /// The next frame brings the chosen row into view.
    pub reveal: bool,
    /// Lines of the log that a job read; none while it reads.
    pub excerpt: Option<Excerpt>,
    /// How the log view stands.
    pub log: LogState,
    /// The comparison.
    pub compare: CompareState,
    /// Ladder and message.
    pub ladder: LadderState,
    /// Derived data, droppable.
    pub memo: Memo,
}

/// What a ladder was built for: its subject, the calls added to it, the open folds and the language of its words.
type LadderKey = (Subject, BTreeSet<CallId>, BTreeSet<MessageId>, Language);

/// Derived data with the full key it was made for.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    ladder: Option<(LadderKey, Arc<Ladder>)>,
}

impl ViewState {
    /// The state a document is first shown in.
    pub fn new(document: &Document) -> Self {
        let mut state = Self {
            view: View::Overview,
            run: document.first_run(),
            selection: Selection::default(),
            history: Vec::new(),
            future: Vec::new(),
            undo: Undo::default(),
            window: None,
            axis: None,
            cursor_us: None,
            timeline: TimelineState::default(),
            lanes_scroll_px: 0.0,
            open_folds: BTreeSet::new(),
            lists: Lists::default(),
            search: String::new(),
            focus_search: false,
            reveal: false,
            excerpt: None,
            log: LogState::default(),
            compare: CompareState::default(),
            ladder: LadderState::default(),
            memo: Memo::default(),
        };
        state.choose_run(document, state.run);
        state
    }

    /// Shows a run and what is most worth seeing of it: its worst or first call, else its registration.
    pub fn choose_run(&mut self, document: &Document, run: usize) {
        self.run = run;
        self.window = None;
        self.cursor_us = None;
        self.lanes_scroll_px = 0.0;
        let finding = document.first_finding(self.run_id());
        self.selection = Selection { subject: document.first_subject(run), finding, ..Selection::default() };
    }

    /// The run shown as an id.
    pub fn run_id(&self) -> RunId {
        RunId(u32::try_from(self.run).unwrap_or(u32::MAX))
    }

    fn place(&self) -> Place {
        Place { view: self.view, run: self.run, selection: self.selection, window: self.window }
    }

    /// Remembers where we are, so that "back" leads here.
    pub fn remember(&mut self) {
        self.future.clear();
        let place = self.place();
        if self.history.last() != Some(&place) {
            self.history.push(place);
        }
        if self.history.len() > MOST_PLACES {
            self.history.remove(0);
        }
    }

    /// One level back; false when there is none.
    pub fn back(&mut self) -> bool {
        let here = self.place();
        while let Some(place) = self.history.pop() {
            if (place.view, place.run, place.selection) != (here.view, here.run, here.selection) {
                self.future.push(here);
                self.go_to(place);
                return true;
            }
        }
        false
    }

    /// Where "back" came from; false when nothing was left by it.
    pub fn forward(&mut self) -> bool {
        let Some(place) = self.future.pop() else { return false };
        self.history.push(self.place());
        self.go_to(place);
        true
    }

    fn go_to(&mut self, place: Place) {
        (self.view, self.run, self.selection, self.window) = (place.view, place.run, place.selection, place.window);
        self.show_chosen();
    }

    /// Filters and zoom as they are.
    pub fn filters(&self) -> Filters {
        let log = (self.log.filter.written(), self.log.filters_set);
        Filters { run: self.run, subject: self.selection.subject, window: self.window, filters: self.lists.filters(), log }
    }

    /// Puts filters and zoom back.
    pub fn set_filters(&mut self, filters: Filters) {
        if self.run != filters.run {
            self.run = filters.run;
            self.selection = Selection::default();
        }
        if self.selection.subject != filters.subject {
            self.selection.subject = filters.subject;
            self.selection.message = None;
        }
        self.window = filters.window;
        self.lists.set_filters(&filters.filters);
        self.log.set_filter(&filters.log.0);
        self.show_chosen();
    }

    /// The ladder of what is chosen.
    pub fn ladder(&mut self, document: &Document) -> Option<Arc<Ladder>> {
        let subject = self.selection.subject?;
        let key = (subject, self.ladder.beside(subject), self.open_folds.clone(), words::spoken());
        if self.memo.ladder.as_ref().is_none_or(|(known, _)| *known != key) {
            let facts = &document.analysis.facts;
            let mut subjects = vec![subject];
            if let Subject::Call(id) = subject {
                // Calls added twice, as a linked leg and by hand, are taken out by that.
                let linked: BTreeSet<CallId> = linked(facts, id).into_iter().collect();
                subjects.extend(linked.symmetric_difference(&key.1).copied().map(Subject::Call));
            } else {
                subjects.extend(key.1.iter().copied().map(Subject::Call));
            }
            let ladder = Arc::new(Ladder::of(facts, &subjects, &self.open_folds));
            self.memo.ladder = Some((key, ladder));
        }
        self.memo.ladder.as_ref().map(|(_, ladder)| Arc::clone(ladder))
    }

    /// The next frame brings what is chosen into view, wherever it is listed.
    pub fn show_chosen(&mut self) {
        self.reveal = true;
        self.lists.reveal();
    }

    /// The calls of the ladder shown, when they are several.
    pub fn calls_in_ladder(&self) -> Vec<CallId> {
        self.memo.ladder.as_ref().map_or_else(Vec::new, |(_, ladder)| ladder.calls.clone())
    }
}

//! The lists of a document: which there are, how each stands, what its rows are. In: a document, a table's wishes. Out: commands.

use eframe::egui::{Rect, Ui};

use super::panels::{calls, files, findings, messages, registrations};
use super::state::{Selection, View};
use super::table::copy::{self, Form};
use super::table::{self, Asked, Frame, Layout, Rows, TableState};
use super::{Command, Cx, Document, ViewState};
use crate::base::words::Words;
use crate::export::Outlet;
use crate::session::{MessageId, RunId};
use crate::timeline::Subject;

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// Calls of the run.
    Calls,
    /// Attempts to register of the run.
    Registrations,
    /// Findings of the bundle.
    Findings,
    /// Messages of the run.
    Messages,
    /// Members of the bundle.
    Files,
}

impl List {
    /// Every list.
    pub const ALL: [Self; 5] = [Self::Calls, Self::Registrations, Self::Findings, Self::Messages, Self::Files];

    /// Its name for files and ids.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Registrations => "registrations",
            Self::Findings => "findings",
            Self::Messages => "messages",
            Self::Files => "files",
        }
    }

    /// Key of its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Calls => "window.calls",
            Self::Registrations => "window.registrations",
            Self::Findings => "window.findings",
            Self::Messages => "window.messages",
            Self::Files => "window.files",
        }
    }
}

/// A wish about a list.
#[derive(Clone, Debug)]
pub enum ListCommand {
    /// Show another list in the view of the calls.
    Show(List),
    /// Choose what arrows came to.
    Follow(Follow),
    /// Put the rows chosen on the clipboard, or all shown when none is.
    Copy(List, Form),
    /// Write all rows shown to a file.
    Save(List),
    /// Show the proof of a finding before (-1) or after (1) the one shown.
    Occurrence(i32),
}

/// What arrows of a list came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// A call.
    Subject(Subject),
    /// A message.
    Message(MessageId),
}

/// How the lists of a document stand.
#[derive(Clone, Debug)]
pub struct Lists {
    tables: [TableState; List::ALL.len()],
    /// The list shown in the view of the calls.
    pub beside: List,
    /// The member whose notes are shown; `None`: all.
    pub member: Option<usize>,
    /// The finding whose proof `,` and `.` walk, and the place of the line they came to.
    pub occurrence: Option<(usize, usize)>,
    /// Is the checklist open where there is no room for it?
    pub case_open: bool,
}

impl Default for Lists {
    fn default() -> Self {
        Self { tables: Default::default(), beside: List::Calls, member: None, occurrence: None, case_open: false }
    }
}

impl Lists {
    /// State of a list.
    pub fn of(&self, list: List) -> &TableState {
        let [calls, registrations, findings, messages, files] = &self.tables;
        match list {
            List::Calls => calls,
            List::Registrations => registrations,
            List::Findings => findings,
            List::Messages => messages,
            List::Files => files,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, list: List) -> &mut TableState {
        let [calls, registrations, findings, messages, files] = &mut self.tables;
        match list {
            List::Calls => calls,
            List::Registrations => registrations,
            List::Findings => findings,
            List::Messages => messages,
            List::Files => files,
        }
    }

    /// The list of a view.
    pub fn in_view(&self, view: View) -> Option<List> {
        match view {
            View::Calls => Some(self.beside),
            View::Messages => Some(List::Messages),
            View::Files => Some(List::Files),
            _ => None,
        }
    }

    /// Every filter, to be undone.
    pub fn filters(&self) -> Vec<String> {
        self.tables.iter().map(|table| table.filter.clone()).collect()
    }

    /// Puts filters back.
    pub fn set_filters(&mut self, filters: &[String]) {
        for (table, filter) in self.tables.iter_mut().zip(filters) {
            table.filter.clone_from(filter);
        }
    }

    /// The line of a finding's proof that `,` and `.` came to.
    pub fn occurrence_of(&self, finding: usize) -> Option<usize> {
        self.occurrence.filter(|(of, _)| *of == finding).map(|(_, place)| place)
    }

    /// The next frame brings what is chosen into view, in every list.
    pub fn reveal(&mut self) {
        for table in &mut self.tables {
            table.reveal = true;
        }
    }
}

/// The rows of a list: those of a run where it has runs.
pub fn rows<'a>(list: List, document: &'a Document, run: RunId, selection: Selection) -> Box<dyn Rows + Send + 'a> {
    match list {
        List::Calls => Box::new(calls::Calls::new(document, run, selection)),
        List::Registrations => Box::new(registrations::Attempts::new(document, run, selection)),
        List::Findings => Box::new(findings::Findings::new(document, selection)),
        List::Messages => Box::new(messages::Messages::new(document, run, selection)),
        List::Files => Box::new(files::Members::new(document)),
    }
}

/// Rows of a list as CSV, every value through this outlet, and proven.
///
/// # Errors
/// A sentence, when a private value would still stand in it.
pub fn csv(
    list: List,
    document: &Document,
    (run, selection): (RunId, Selection),
    layout: &Layout,
    places: &[u32],
    outlet: &Outlet,
) -> Result<String, String> {
    let _shown = super::safe::show(outlet.clone());
    let rows = rows(list, document, run, selection);
    let text = copy::rows(rows.as_ref(), &layout.shown(rows.columns()), places, Form::Csv);
    outlet.prove(&text).map_err(|leak| leak.sentence(Words::current()))?;
    Ok(text)
}

/// Shows a list as a table; what the user asks of it becomes commands.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, list: List, rect: Rect) {
    let rows = rows(list, document, state.run_id(), state.selection);
    let told = match list {
        List::Messages => "window.messages_of",
        _ => "list.rows_of",
    };
    let find = match list {
        List::Messages => "window.find",
        List::Calls => "list.find_calls",
        _ => "list.find",
    };
    let frame = Frame { id: list.name(), rows: rows.as_ref(), told, find };
    for asked in table::show(ui, cx.palette, state.lists.of_mut(list), &frame, rect) {
        match asked {
            Asked::Copy(form) => cx.send(Command::List(ListCommand::Copy(list, form))),
            Asked::Save => cx.send(Command::List(ListCommand::Save(list))),
            Asked::Choose(row) => choose(cx, document, state, list, row as usize),
            Asked::Follow(row) => match follow(document, list, row as usize) {
                Some(follow) => cx.send(Command::List(ListCommand::Follow(follow))),
                None if list == List::Files => state.lists.member = Some(row as usize),
                None => {}
            },
            Asked::Open(row) => {
                choose(cx, document, state, list, row as usize);
                if matches!(list, List::Calls | List::Messages | List::Registrations) {
                    cx.send(Command::ShowView(View::Timeline));
                }
            }
        }
    }
}

fn follow(document: &Document, list: List, row: usize) -> Option<Follow> {
    match list {
        List::Calls => document.analysis.facts.calls.get(row).map(|call| Follow::Subject(Subject::Call(call.id))),
        List::Messages => messages::id(row).map(Follow::Message),
        List::Registrations | List::Findings | List::Files => None,
    }
}

fn choose(cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, list: List, row: usize) {
    match (list, follow(document, list, row)) {
        (_, Some(Follow::Subject(subject))) => cx.send(Command::ShowSubject(subject)),
        (_, Some(Follow::Message(message))) => cx.send(Command::ShowMessage(message)),
        (List::Registrations, None) => {
            if let Some((subject, message)) = registrations::place(document, row) {
                cx.send(Command::ShowSubject(subject));
                cx.send(Command::ShowMessage(message));
            }
        }
        (List::Findings, None) => cx.send(Command::ShowFinding(row)),
        (List::Files, None) => state.lists.member = Some(row).filter(|row| state.lists.member != Some(*row)),
        _ => {}
    }
}

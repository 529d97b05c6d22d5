//! What the user can ask for. In: views and keys push them. Out: the program's one `match` drains them once a frame.

use super::compare::CompareCommand;
use super::export::ExportCommand;
use super::ladder::LadderCommand;
use super::lists::ListCommand;
use super::log::LogCommand;
use super::settings::Setting;
use super::state::View;
use super::timeline::TimelineCommand;
use crate::base::SourceRef;
use crate::bundle::Input;
use crate::findings::ask::About;
use crate::session::MessageId;
use crate::timeline::{Subject, Window};

/// One wish of the user.
#[derive(Clone, Debug)]
pub enum Command {
    /// Choose files in the system's dialog.
    OpenFiles,
    /// Choose a folder in the system's dialog.
    OpenFolder,
    /// Open these.
    Open(Vec<Input>),
    /// Open a sample by its place in the list of samples.
    OpenSample(usize),
    /// Stop reading the tab shown.
    Cancel,
    /// Show the tab of this place.
    ShowTab(usize),
    /// Show the tab after the current one.
    NextTab,
    /// Close the tab of this place.
    CloseTab(usize),
    /// Close the tab shown.
    CloseThisTab,
    /// Show the first screen, where files are opened.
    ShowWelcome,
    /// Show another view of the document.
    ShowView(View),
    /// Choose a run of the client.
    ShowRun(usize),
    /// Choose what the ladder is about, and go there.
    ShowSubject(Subject),
    /// Choose a message; from a view that shows none, go to the timeline with it.
    ShowMessage(MessageId),
    /// Choose a stage.
    ShowStage(usize),
    /// Choose a finding.
    ShowFinding(usize),
    /// Show the log around a line, or stop showing it.
    ShowLines(SourceRef),
    /// Unfold or fold the rows named by their first message.
    ToggleFold(MessageId),
    /// Choose the next or previous arrow of the ladder, or row of the list.
    Step(i32),
    /// One level back.
    Back,
    /// Show this window of time.
    ShowTime(Window),
    /// Zoom the timeline to a stretch from – to in µs.
    ShowStretch(i64, i64),
    /// Magnify the timeline about its middle.
    Zoom(f64),
    /// Move the timeline by a part of its window.
    Pan(f64),
    /// Show the whole run.
    ShowAllTime,
    /// Something about the timeline's lanes, cursor or ruler.
    Timeline(TimelineCommand),
    /// Put the cursor into the search box.
    Find,
    /// Show or hide the keys.
    ToggleHelp,
    /// Show or hide the look-up box.
    ToggleLookup,
    /// Show the folder of the user's own rules.
    OpenRules,
    /// Read the rules again, and the documents with them.
    ReloadRules,
    /// Next colour scheme: system, dark, light, high contrast.
    NextScheme,
    /// Larger or smaller.
    Scale(i32),
    /// Put `member:line` of the chosen message on the clipboard.
    CopyReference,
    /// Put the chosen message on the clipboard.
    CopyMessage,
    /// Put what to ask the server team about this on the clipboard.
    CopyAsk(About),
    /// Something about the log.
    Log(LogCommand),
    /// About a list.
    List(ListCommand),
    /// About the window itself: tabs, focus, settings, steps back and forth.
    Window(WindowCommand),
    /// About the comparison.
    Compare(CompareCommand),
    /// About the ladder and the message shown.
    Ladder(LadderCommand),
    /// About what leaves the program.
    Export(ExportCommand),
}

/// A wish about the window itself.
#[derive(Clone, Debug)]
pub enum WindowCommand {
    /// Show or hide the list of commands.
    TogglePalette,
    /// Show or leave the settings.
    ToggleSettings,
    /// Give the keyboard to the next (1) or previous (-1) panel.
    NextPanel(i32),
    /// Show the tab before the current one.
    PreviousTab,
    /// Move a tab to another place.
    MoveTab(usize, usize),
    /// Choose the next (1) or previous (-1) finding.
    NextFinding(i32),
    /// Take back the last change of filter, zoom or run.
    Undo,
    /// Do again what was taken back.
    Redo,
    /// The place shown before.
    LastPlace,
    /// The place that "back" left.
    NextPlace,
    /// Change a setting.
    Set(Setting),
    /// All settings as they were at first.
    ResetSettings,
    /// Open a file of the list of those opened lately, by its place.
    OpenRecent(usize),
    /// Take one file off that list, by its place.
    ForgetOne(usize),
    /// Empty that list.
    ForgetRecent,
}

impl Command {
    /// Puts what is shown on the clipboard.
    pub fn copies(&self) -> bool {
        match self {
            Self::CopyAsk(_) | Self::CopyReference | Self::CopyMessage => true,
            Self::List(command) => matches!(command, ListCommand::Copy(..)),
            Self::Log(command) => matches!(command, LogCommand::Copy(_)),
            Self::Ladder(command) => matches!(command, LadderCommand::CopyText | LadderCommand::CopyMermaid),
            _ => false,
        }
    }
}

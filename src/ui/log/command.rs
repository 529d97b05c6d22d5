//! What the user can ask of the log. In: keys, clicks, other panels. Out: the program's handler of the log drains it.

use crate::base::SourceRef;

/// One wish about the log.
#[derive(Clone, Debug, PartialEq)]
pub enum LogCommand {
    /// Show this line in the log, whatever view is shown now.
    GoTo(SourceRef),
    /// Show in the log what is chosen now: the lines shown, the message, the finding's first proof.
    GoToChosen,
    /// Search the whole bundle for a text, in the log view.
    Search(String),
    /// Put another filter in force, in the log view.
    Filter(String),
    /// Put the cursor into the filter box.
    FocusFilter,
    /// The next or previous hit.
    Hit(bool),
    /// The next or previous record of the level error.
    Error(bool),
    /// The next or previous mark.
    Mark(bool),
    /// Mark the chosen record, or take its mark off.
    ToggleMark,
    /// Write the note of the chosen record's mark.
    Note,
    /// So many rows on; with `true` the range of chosen rows grows.
    Rows(i64, bool),
    /// So many pages on.
    Pages(i64),
    /// The first or last row.
    End(bool),
    /// Unfold the chosen record, or fold it.
    Fold,
    /// Unfold all records of several lines, or fold them.
    FoldAll,
    /// Long lines go on below, or are cut.
    Wrap,
    /// Show the panel at the right, or give its room to the list.
    Side,
    /// By time or one file after the other.
    Order,
    /// Keep the text searched coloured, or no longer.
    Highlight,
    /// Show the SIP message of the chosen record.
    OpenMessage,
    /// Put the chosen records on the clipboard, with `member:line` before each.
    Copy(bool),
}

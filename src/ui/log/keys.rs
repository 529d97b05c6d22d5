//! Keys of the log view. In: nothing. Out: a list that the handler and the help read.

use eframe::egui::{Key, Modifiers};

use super::LogCommand;
use crate::ui::keys::{Place, Shortcut};
use crate::ui::{Command, View};

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::COMMAND;

const fn key(caps: &'static str, keys: &'static [(Modifiers, Key)], words: &'static str, command: fn() -> Command) -> Shortcut {
    Shortcut { caps, keys, place: Place::View(View::Log), words, first_screen: false, command }
}

/// Keys while the log is shown.
pub const LOG: &[Shortcut] = &[
    Shortcut { place: Place::Document, ..key("L", &[(NONE, Key::L)], "log.key_go", || Command::Log(LogCommand::GoToChosen)) },
    key("N", &[(NONE, Key::N)], "log.key_hit", || Command::Log(LogCommand::Hit(true))),
    key("Shift N", &[(SHIFT, Key::N)], "log.key_hit_back", || Command::Log(LogCommand::Hit(false))),
    key("E", &[(NONE, Key::E)], "log.key_finding", || Command::Log(LogCommand::Finding(true))),
    key("Shift E", &[(SHIFT, Key::E)], "log.key_finding_back", || Command::Log(LogCommand::Finding(false))),
    key("X", &[(NONE, Key::X)], "log.key_error", || Command::Log(LogCommand::Error(true))),
    key("Shift X", &[(SHIFT, Key::X)], "log.key_error_back", || Command::Log(LogCommand::Error(false))),
    key("M", &[(NONE, Key::M)], "log.key_mark", || Command::Log(LogCommand::ToggleMark)),
    key("Shift M", &[(SHIFT, Key::M)], "log.key_note", || Command::Log(LogCommand::Note)),
    key("[", &[(NONE, Key::OpenBracket)], "log.key_mark_back", || Command::Log(LogCommand::Mark(false))),
    key("]", &[(NONE, Key::CloseBracket)], "log.key_mark_next", || Command::Log(LogCommand::Mark(true))),
    key("F", &[(NONE, Key::F)], "log.key_filter", || Command::Log(LogCommand::FocusFilter)),
    key("Ctrl Z", &[(CTRL, Key::Z)], "log.key_undo", || Command::Log(LogCommand::UndoFilter)),
    key("H", &[(NONE, Key::H)], "log.key_highlight", || Command::Log(LogCommand::Highlight)),
    key("Page Up", &[(NONE, Key::PageUp)], "log.key_page_up", || Command::Log(LogCommand::Pages(-1))),
    key("Page Down", &[(NONE, Key::PageDown)], "log.key_page_down", || Command::Log(LogCommand::Pages(1))),
    key("Home", &[(NONE, Key::Home)], "log.key_first", || Command::Log(LogCommand::End(false))),
    key("End", &[(NONE, Key::End)], "log.key_last", || Command::Log(LogCommand::End(true))),
    key("Shift Up", &[(SHIFT, Key::ArrowUp)], "log.key_more_up", || Command::Log(LogCommand::Rows(-1, true))),
    key("Shift Down", &[(SHIFT, Key::ArrowDown)], "log.key_more_down", || Command::Log(LogCommand::Rows(1, true))),
    key("Space", &[(NONE, Key::Space)], "log.key_fold", || Command::Log(LogCommand::Fold)),
    key("U", &[(NONE, Key::U)], "log.key_fold_all", || Command::Log(LogCommand::FoldAll)),
    key("W", &[(NONE, Key::W)], "log.key_wrap", || Command::Log(LogCommand::Wrap)),
    key("O", &[(NONE, Key::O)], "log.key_order", || Command::Log(LogCommand::Order)),
    key("Enter", &[(NONE, Key::Enter)], "log.key_message", || Command::Log(LogCommand::OpenMessage)),
    key("Ctrl C", &[(CTRL, Key::C)], "log.key_copy", || Command::Log(LogCommand::Copy(true))),
];

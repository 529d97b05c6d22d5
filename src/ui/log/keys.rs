//! Keys of the log view. In: nothing. Out: a list that the handler, the help and the palette read.

use eframe::egui::{Key, Modifiers};

use super::LogCommand;
use crate::ui::keys::{CTRL, NONE, Place, SHIFT, Shortcut, plain};
use crate::ui::{Command, View};

const fn key(caps: &'static str, keys: &'static [(Modifiers, Key)], words: &'static str, command: fn() -> Command) -> Shortcut {
    plain(caps, keys, Place::View(View::Log), words, command)
}

/// Keys while the log is shown, and the one that leads to it.
pub const LOG: &[Shortcut] = &[
    plain("l", &[(NONE, Key::L)], Place::Document, "log.key_go", || Command::Log(LogCommand::GoToChosen)),
    key("Up", &[(NONE, Key::ArrowUp)], "log.key_up", || Command::Log(LogCommand::Rows(-1, false))),
    key("Down", &[(NONE, Key::ArrowDown)], "log.key_down", || Command::Log(LogCommand::Rows(1, false))),
    key("Shift Up", &[(SHIFT, Key::ArrowUp)], "log.key_more_up", || Command::Log(LogCommand::Rows(-1, true))),
    key("Shift Down", &[(SHIFT, Key::ArrowDown)], "log.key_more_down", || Command::Log(LogCommand::Rows(1, true))),
    key("Page Up", &[(NONE, Key::PageUp)], "log.key_page_up", || Command::Log(LogCommand::Pages(-1))),
    key("Page Down", &[(NONE, Key::PageDown)], "log.key_page_down", || Command::Log(LogCommand::Pages(1))),
    key("Home", &[(NONE, Key::Home)], "log.key_first", || Command::Log(LogCommand::End(false))),
    key("End", &[(NONE, Key::End)], "log.key_last", || Command::Log(LogCommand::End(true))),
    key("n", &[(NONE, Key::N)], "log.key_hit", || Command::Log(LogCommand::Hit(true))),
    key("N", &[(SHIFT, Key::N)], "log.key_hit_back", || Command::Log(LogCommand::Hit(false))),
    key("x", &[(NONE, Key::X)], "log.key_error", || Command::Log(LogCommand::Error(true))),
    key("X", &[(SHIFT, Key::X)], "log.key_error_back", || Command::Log(LogCommand::Error(false))),
    key("m", &[(NONE, Key::M)], "log.key_mark", || Command::Log(LogCommand::ToggleMark)),
    key("M", &[(SHIFT, Key::M)], "log.key_note", || Command::Log(LogCommand::Note)),
    key("[", &[(NONE, Key::OpenBracket)], "log.key_mark_back", || Command::Log(LogCommand::Mark(false))),
    key("]", &[(NONE, Key::CloseBracket)], "log.key_mark_next", || Command::Log(LogCommand::Mark(true))),
    key("f", &[(NONE, Key::F)], "log.key_filter", || Command::Log(LogCommand::FocusFilter)),
    key("h", &[(NONE, Key::H)], "log.key_highlight", || Command::Log(LogCommand::Highlight)),
    key("Space", &[(NONE, Key::Space)], "log.key_fold", || Command::Log(LogCommand::Fold)),
    key("u", &[(NONE, Key::U)], "log.key_fold_all", || Command::Log(LogCommand::FoldAll)),
    key("w", &[(NONE, Key::W)], "log.key_wrap", || Command::Log(LogCommand::Wrap)),
    key("d", &[(NONE, Key::D)], "log.key_side", || Command::Log(LogCommand::Side)),
    key("o", &[(NONE, Key::O)], "log.key_order", || Command::Log(LogCommand::Order)),
    key("Enter", &[(NONE, Key::Enter)], "log.key_message", || Command::Log(LogCommand::OpenMessage)),
    key("Ctrl C", &[(CTRL, Key::C)], "log.key_copy", || Command::Log(LogCommand::Copy(true))),
];

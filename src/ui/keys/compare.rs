//! Keys of the comparison. In: nothing. Out: a list that [`super`] reads.

use eframe::egui::Key;

use super::{CTRL, NONE, Place, SHIFT, Shortcut, plain};
use crate::ui::command::Command;
use crate::ui::compare::CompareCommand;
use crate::ui::state::View;

const fn compare(
    caps: &'static str,
    keys: &'static [(eframe::egui::Modifiers, Key)],
    words: &'static str,
    command: fn() -> Command,
) -> Shortcut {
    plain(caps, keys, Place::View(View::Compare), words, command)
}

/// Of the comparison.
pub const COMPARE: &[Shortcut] = &[
    plain("8", &[(NONE, Key::Num8)], Place::Document, "compare_view.key_show", || Command::ShowView(View::Compare)),
    compare("F5", &[(NONE, Key::F5), (CTRL, Key::ArrowDown)], "compare_view.key_next", || {
        Command::Compare(CompareCommand::NextDifference(1))
    }),
    compare("Shift F5", &[(SHIFT, Key::F5), (CTRL, Key::ArrowUp)], "compare_view.key_previous", || {
        Command::Compare(CompareCommand::NextDifference(-1))
    }),
];

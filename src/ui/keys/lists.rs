//! Keys of lists and proofs. In: nothing. Out: a list that [`super`] reads.

use eframe::egui::Key;

use super::{NONE, Place, Shortcut, plain};
use crate::ui::command::Command;
use crate::ui::lists::ListCommand;
use crate::ui::state::View;

/// Where findings have their proof.
pub const LISTS: &[Shortcut] = &[
    plain(".", &[(NONE, Key::Period)], Place::View(View::Overview), "list.next_proof", || {
        Command::List(ListCommand::Occurrence(1))
    }),
    plain(",", &[(NONE, Key::Comma)], Place::View(View::Overview), "list.previous_proof", || {
        Command::List(ListCommand::Occurrence(-1))
    }),
];

//! Keys of exports and of the screenshot-safe mode. In: nothing. Out: a list that [`super`] reads.

use eframe::egui::Key;

use super::{CTRL, CTRL_SHIFT, Place, Shortcut, first, plain};
use crate::ui::command::Command;
use crate::ui::export::ExportCommand;

/// Of what leaves the program.
pub const EXPORT: &[Shortcut] = &[
    first(plain("Ctrl E", &[(CTRL, Key::E)], Place::Document, "export.key", || Command::Export(ExportCommand::Toggle))),
    plain("Ctrl H", &[(CTRL, Key::H)], Place::Everywhere, "export.key_safe", || Command::Export(ExportCommand::ToggleSafe)),
    plain("Ctrl Shift C", &[(CTRL_SHIFT, Key::C)], Place::Document, "export.key_picture", || {
        Command::Export(ExportCommand::CopyPicture)
    }),
];

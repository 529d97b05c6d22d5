//! Keys of the ladder, the message and media. In: nothing. Out: a list that [`super`] reads.

use eframe::egui::Key;

use super::{CTRL_SHIFT, NONE, Place, Shortcut, plain};
use crate::ui::command::Command;
use crate::ui::ladder::LadderCommand;
use crate::ui::state::View;

/// Of the ladder, the message and media.
pub const LADDER: &[Shortcut] = &[
    plain("5", &[(NONE, Key::Num5)], Place::Document, "ladder-key.media", || Command::ShowView(View::Media)),
    plain("T", &[(NONE, Key::T)], Place::Messages, "ladder-key.tab", || Command::Ladder(LadderCommand::NextTab)),
    plain("B", &[(NONE, Key::B)], Place::Messages, "ladder-key.base", || Command::Ladder(LadderCommand::MarkBase)),
    plain("Ctrl Shift L", &[(CTRL_SHIFT, Key::L)], Place::Messages, "ladder-key.text", || {
        Command::Ladder(LadderCommand::CopyText)
    }),
    plain("Ctrl Shift M", &[(CTRL_SHIFT, Key::M)], Place::Messages, "ladder-key.mermaid", || {
        Command::Ladder(LadderCommand::CopyMermaid)
    }),
];

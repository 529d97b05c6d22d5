//! Keys of the program, of every document, of messages and of the timeline. In: nothing. Out: lists that [`super`] reads.

use eframe::egui::Key;

use super::{ALT, CTRL, CTRL_SHIFT, NONE, Place, SHIFT, Shortcut, first, plain};
use crate::ui::command::{Command, WindowCommand};
use crate::ui::state::View;

const fn window(
    caps: &'static str,
    keys: &'static [(eframe::egui::Modifiers, Key)],
    words: &'static str,
    command: fn() -> Command,
) -> Shortcut {
    plain(caps, keys, Place::Everywhere, words, command)
}

const fn document(
    caps: &'static str,
    keys: &'static [(eframe::egui::Modifiers, Key)],
    words: &'static str,
    command: fn() -> Command,
) -> Shortcut {
    plain(caps, keys, Place::Document, words, command)
}

/// Ctrl and the number of a tab.
const NUMBERS: &[(eframe::egui::Modifiers, Key)] = &[
    (CTRL, Key::Num1),
    (CTRL, Key::Num2),
    (CTRL, Key::Num3),
    (CTRL, Key::Num4),
    (CTRL, Key::Num5),
    (CTRL, Key::Num6),
    (CTRL, Key::Num7),
    (CTRL, Key::Num8),
    (CTRL, Key::Num9),
];

/// Of the program.
pub const GENERAL: &[Shortcut] = &[
    first(window("Ctrl O", &[(CTRL, Key::O)], "keys.open", || Command::OpenFiles)),
    window("Ctrl Shift O", &[(CTRL_SHIFT, Key::O)], "keys.open_folder", || Command::OpenFolder),
    first(window("Ctrl Shift P", &[(CTRL_SHIFT, Key::P)], "keys.palette", || Command::Window(WindowCommand::TogglePalette))),
    first(window("Ctrl L", &[(CTRL, Key::L)], "keys.look_up", || Command::ToggleLookup)),
    window("Esc", &[(NONE, Key::Escape)], "keys.back", || Command::Back),
    window("F6", &[(NONE, Key::F6)], "keys.next_panel", || Command::Window(WindowCommand::NextPanel(1))),
    window("Shift F6", &[(SHIFT, Key::F6)], "keys.previous_panel", || Command::Window(WindowCommand::NextPanel(-1))),
    window("Ctrl Tab", &[(CTRL, Key::Tab)], "keys.next_tab", || Command::NextTab),
    window("Ctrl Shift Tab", &[(CTRL_SHIFT, Key::Tab)], "keys.previous_tab", || Command::Window(WindowCommand::PreviousTab)),
    Shortcut {
        by_key: Some(|key| Command::ShowTab(NUMBERS.iter().position(|(_, number)| *number == key).unwrap_or_default())),
        ..window("Ctrl 1 … 9", NUMBERS, "keys.tab_of_number", || Command::ShowTab(0))
    },
    window("Ctrl W", &[(CTRL, Key::W)], "keys.close_tab", || Command::CloseThisTab),
    window("Ctrl N", &[(CTRL, Key::N)], "keys.welcome", || Command::ShowWelcome),
    window("Ctrl +", &[(CTRL, Key::Plus), (CTRL, Key::Equals)], "keys.larger", || Command::Scale(1)),
    window("Ctrl −", &[(CTRL, Key::Minus)], "keys.smaller", || Command::Scale(-1)),
    window("Ctrl 0", &[(CTRL, Key::Num0)], "keys.normal_size", || Command::Scale(0)),
    window("Ctrl T", &[(CTRL, Key::T)], "keys.scheme", || Command::NextScheme),
    window("Ctrl ,", &[(CTRL, Key::Comma)], "keys.settings", || Command::Window(WindowCommand::ToggleSettings)),
    first(window("?", &[(NONE, Key::Questionmark), (NONE, Key::F1)], "keys.help", || Command::ToggleHelp)),
];

/// Of every document.
pub const DOCUMENT: &[Shortcut] = &[
    document("1", &[(NONE, Key::Num1)], "keys.overview", || Command::ShowView(View::Overview)),
    document("2", &[(NONE, Key::Num2)], "keys.timeline", || Command::ShowView(View::Timeline)),
    document("3", &[(NONE, Key::Num3)], "keys.calls", || Command::ShowView(View::Calls)),
    document("4", &[(NONE, Key::Num4)], "keys.messages", || Command::ShowView(View::Messages)),
    document("6", &[(NONE, Key::Num6)], "log.key_view", || Command::ShowView(View::Log)),
    document("7", &[(NONE, Key::Num7)], "keys.files", || Command::ShowView(View::Files)),
    first(document("Ctrl F", &[(CTRL, Key::F), (NONE, Key::Slash)], "keys.find", || Command::Find)),
    first(document("e", &[(NONE, Key::E)], "keys.next_finding", || Command::Window(WindowCommand::NextFinding(1)))),
    document("E", &[(SHIFT, Key::E)], "keys.previous_finding", || Command::Window(WindowCommand::NextFinding(-1))),
    document("Alt Left", &[(ALT, Key::ArrowLeft)], "keys.to_last_place", || Command::Window(WindowCommand::LastPlace)),
    document("Alt Right", &[(ALT, Key::ArrowRight)], "keys.to_next_place", || Command::Window(WindowCommand::NextPlace)),
    document("Ctrl Z", &[(CTRL, Key::Z)], "keys.undo", || Command::Window(WindowCommand::Undo)),
    document("Ctrl Shift Z", &[(CTRL_SHIFT, Key::Z), (CTRL, Key::Y)], "keys.redo", || Command::Window(WindowCommand::Redo)),
];

/// Where messages are shown.
pub const MESSAGES: &[Shortcut] = &[
    plain("Up", &[(NONE, Key::ArrowUp)], Place::Messages, "keys.up", || Command::Step(-1)),
    plain("Down", &[(NONE, Key::ArrowDown)], Place::Messages, "keys.down", || Command::Step(1)),
    plain("Ctrl R", &[(CTRL, Key::R)], Place::Messages, "keys.copy_reference", || Command::CopyReference),
    plain("Ctrl C", &[(CTRL, Key::C), (CTRL, Key::M)], Place::Messages, "keys.copy_message", || Command::CopyMessage),
];

/// Where a timeline is shown.
pub const TIMELINE: &[Shortcut] = &[
    first(plain("0", &[(NONE, Key::Num0), (NONE, Key::Home)], Place::Timeline, "keys.all", || Command::ShowAllTime)),
    plain("W", &[(NONE, Key::W)], Place::Timeline, "keys.zoom_in", || Command::Zoom(1.5)),
    plain("S", &[(NONE, Key::S)], Place::Timeline, "keys.zoom_out", || Command::Zoom(1.0 / 1.5)),
    plain("A", &[(NONE, Key::A), (NONE, Key::ArrowLeft)], Place::Timeline, "keys.left", || Command::Pan(-0.2)),
    plain("D", &[(NONE, Key::D), (NONE, Key::ArrowRight)], Place::Timeline, "keys.right", || Command::Pan(0.2)),
];

//! What the user can ask of the timeline, and its keys. In: nothing. Out: wishes; the program does them in `app/handle/timeline.rs`.
//! Those about a lane act on the current one: last clicked or focused, else that of the chosen call.

use eframe::egui::{Key, Modifiers};

use crate::ui::Command;
use crate::ui::command::WindowCommand;
use crate::ui::keys::{ALT, NONE, Place, SHIFT, Shortcut, plain};

/// One wish.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimelineCommand {
    /// Set the time cursor, µs UTC.
    SetCursor(i64),
    /// Begin measuring at the cursor, or end it there.
    Measure,
    /// Other times on the ruler: since the start, since the call's INVITE, time of day.
    NextClock,
    /// Zoom to what the current lane holds.
    ZoomToLane,
    /// Fold or unfold the lanes of the current lane's call.
    FoldLane,
    /// Fold the lanes of every call, or unfold them when all are folded.
    FoldAll,
    /// Pin the current lane to the top, or let it go.
    PinLane,
    /// Move the current lane by so many places.
    MoveLane(i32),
    /// Put every lane back where it was laid out.
    ResetLanes,
}

use TimelineCommand as T;

const fn key(caps: &'static str, keys: &'static [(Modifiers, Key)], words: &'static str, command: fn() -> Command) -> Shortcut {
    plain(caps, keys, Place::Timeline, words, command)
}

/// Keys of the timeline.
pub const KEYS: &[Shortcut] = &[
    // The window is one of the things that undo brings back.
    key("Backspace", &[(NONE, Key::Backspace)], "timeline_keys.back", || Command::Window(WindowCommand::Undo)),
    key("Shift Backspace", &[(SHIFT, Key::Backspace)], "timeline_keys.forward", || Command::Window(WindowCommand::Redo)),
    key("R", &[(NONE, Key::R)], "timeline_keys.clock", || Command::Timeline(T::NextClock)),
    key("X", &[(NONE, Key::X)], "timeline_keys.measure", || Command::Timeline(T::Measure)),
    key("Z", &[(NONE, Key::Z)], "timeline_keys.zoom_to", || Command::Timeline(T::ZoomToLane)),
    key("Shift F", &[(SHIFT, Key::F)], "timeline_keys.fold_all", || Command::Timeline(T::FoldAll)),
    key("F", &[(NONE, Key::F)], "timeline_keys.fold", || Command::Timeline(T::FoldLane)),
    key("P", &[(NONE, Key::P)], "timeline_keys.pin", || Command::Timeline(T::PinLane)),
    key("Alt Up", &[(ALT, Key::ArrowUp)], "timeline_keys.lane_up", || Command::Timeline(T::MoveLane(-1))),
    key("Alt Down", &[(ALT, Key::ArrowDown)], "timeline_keys.lane_down", || Command::Timeline(T::MoveLane(1))),
    key("Alt 0", &[(ALT, Key::Num0)], "timeline_keys.reset_lanes", || Command::Timeline(T::ResetLanes)),
];

//! Every key the program handles, in one list: read by the handler and by the help, so that they cannot differ.

use eframe::egui::{Context, Key, Modifiers};

use super::command::Command;
use super::state::View;

/// Where a key counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Everywhere.
    Everywhere,
    /// With a document shown.
    Document,
    /// Where a timeline is shown.
    Timeline,
}

/// One key.
pub struct Shortcut {
    /// As printed on key caps.
    pub caps: &'static str,
    /// Modifiers and keys that do it.
    pub keys: &'static [(Modifiers, Key)],
    /// Where it counts.
    pub place: Place,
    /// Key of the words that say what it does.
    pub words: &'static str,
    /// Shown on the first screen.
    pub first_screen: bool,
    /// What it asks for.
    pub command: fn() -> Command,
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;

const fn plain(
    caps: &'static str,
    keys: &'static [(Modifiers, Key)],
    place: Place,
    words: &'static str,
    command: fn() -> Command,
) -> Shortcut {
    Shortcut { caps, keys, place, words, first_screen: false, command }
}

const fn first(shortcut: Shortcut) -> Shortcut {
    Shortcut { first_screen: true, ..shortcut }
}

/// Every list of keys, in the order of the help.
const LISTS: &[&[Shortcut]] = &[GENERAL];

/// Every key, in the order of the help.
pub fn all() -> impl Iterator<Item = &'static Shortcut> {
    LISTS.iter().copied().flatten()
}

/// Keys of the program and of every document.
const GENERAL: &[Shortcut] = &[
    first(plain("Ctrl O", &[(CTRL, Key::O)], Place::Everywhere, "keys.open", || Command::OpenFiles)),
    plain("1", &[(NONE, Key::Num1)], Place::Document, "keys.overview", || Command::ShowView(View::Overview)),
    plain("2", &[(NONE, Key::Num2)], Place::Document, "keys.timeline", || Command::ShowView(View::Timeline)),
    plain("3", &[(NONE, Key::Num3)], Place::Document, "keys.calls", || Command::ShowView(View::Calls)),
    plain("4", &[(NONE, Key::Num4)], Place::Document, "keys.messages", || Command::ShowView(View::Messages)),
    plain("7", &[(NONE, Key::Num7)], Place::Document, "keys.files", || Command::ShowView(View::Files)),
    plain("Esc", &[(NONE, Key::Escape)], Place::Everywhere, "keys.back", || Command::Back),
    first(plain("Ctrl F", &[(CTRL, Key::F), (NONE, Key::Slash)], Place::Document, "keys.find", || Command::Find)),
    plain("Up", &[(NONE, Key::ArrowUp)], Place::Document, "keys.up", || Command::Step(-1)),
    plain("Down", &[(NONE, Key::ArrowDown)], Place::Document, "keys.down", || Command::Step(1)),
    first(plain("0", &[(NONE, Key::Num0), (NONE, Key::Home)], Place::Timeline, "keys.all", || Command::ShowAllTime)),
    plain("W", &[(NONE, Key::W)], Place::Timeline, "keys.zoom_in", || Command::Zoom(1.5)),
    plain("S", &[(NONE, Key::S)], Place::Timeline, "keys.zoom_out", || Command::Zoom(1.0 / 1.5)),
    plain("A", &[(NONE, Key::A), (NONE, Key::ArrowLeft)], Place::Timeline, "keys.left", || Command::Pan(-0.2)),
    plain("D", &[(NONE, Key::D), (NONE, Key::ArrowRight)], Place::Timeline, "keys.right", || Command::Pan(0.2)),
    plain("Ctrl Tab", &[(CTRL, Key::Tab)], Place::Everywhere, "keys.next_tab", || Command::NextTab),
    plain("Ctrl W", &[(CTRL, Key::W)], Place::Everywhere, "keys.close_tab", || Command::CloseThisTab),
    plain("Ctrl N", &[(CTRL, Key::N)], Place::Everywhere, "keys.welcome", || Command::ShowWelcome),
    plain("Ctrl +", &[(CTRL, Key::Plus), (CTRL, Key::Equals)], Place::Everywhere, "keys.larger", || Command::Scale(1)),
    plain("Ctrl −", &[(CTRL, Key::Minus)], Place::Everywhere, "keys.smaller", || Command::Scale(-1)),
    plain("Ctrl 0", &[(CTRL, Key::Num0)], Place::Everywhere, "keys.normal_size", || Command::Scale(0)),
    plain("Ctrl T", &[(CTRL, Key::T)], Place::Everywhere, "keys.scheme", || Command::NextScheme),
    first(plain("Ctrl L", &[(CTRL, Key::L)], Place::Everywhere, "keys.look_up", || Command::ToggleLookup)),
    plain("Ctrl R", &[(CTRL, Key::R)], Place::Document, "keys.copy_reference", || Command::CopyReference),
    plain("Ctrl M", &[(CTRL, Key::M)], Place::Document, "keys.copy_message", || Command::CopyMessage),
    first(plain("?", &[(NONE, Key::Questionmark), (NONE, Key::F1)], Place::Everywhere, "keys.help", || Command::ToggleHelp)),
];

/// The commands of the keys pressed in this frame. While text is typed only keys with Ctrl and Esc count.
pub fn pressed(ctx: &Context, document: bool, timeline: bool) -> Vec<Command> {
    let typing = ctx.text_edit_focused();
    let mut out = Vec::new();
    ctx.input_mut(|input| {
        for shortcut in all() {
            let here = match shortcut.place {
                Place::Everywhere => true,
                Place::Document => document,
                Place::Timeline => timeline,
            };
            for (modifiers, key) in shortcut.keys {
                let counts = here && (!typing || modifiers.command || matches!(key, Key::Escape | Key::F1));
                // Shift may be needed to type "?" and "+".
                let shifted =
                    matches!(key, Key::Questionmark | Key::Plus) && input.consume_key(*modifiers | Modifiers::SHIFT, *key);
                if counts && (shifted || input.consume_key(*modifiers, *key)) {
                    out.push((shortcut.command)());
                }
            }
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::words::word;

    #[test]
    fn no_key_does_two_things_and_each_has_words() {
        let mut seen = BTreeSet::new();
        for shortcut in all() {
            for (modifiers, key) in shortcut.keys {
                assert!(seen.insert((modifiers.command, modifiers.shift, format!("{key:?}"))), "{} twice", shortcut.caps);
            }
            assert_ne!(word(shortcut.words), shortcut.words, "no words for {}", shortcut.caps);
            assert!(!shortcut.caps.is_empty());
        }
    }
}

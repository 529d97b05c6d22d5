//! Every key the program handles, in lists: read by the handler, by the help and by the palette, so that they cannot differ.
//! In: events of the keyboard, and what is shown. Out: commands. Must not know how a command is done.

use eframe::egui::text_selection::LabelSelectionState;
use eframe::egui::{Context, Event, Key, Modifiers};

use super::command::Command;
use super::focus;
use super::state::View;

mod compare;
mod export;
mod general;
mod ladder;
mod lists;

/// What the keyboard is talking to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// The first screen, or a tab that is being read or could not be.
    Start,
    /// A view of a document.
    View(View),
    /// The settings, instead of a view.
    Settings,
}

impl Front {
    /// Every one there is.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Start, Self::Settings].into_iter().chain(View::ALL.map(Self::View))
    }
}

/// Where a key counts. The same key may mean different things in different views, but never two in the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Everywhere.
    Everywhere,
    /// With a document shown.
    Document,
    /// Where a timeline is shown.
    Timeline,
    /// Where a ladder or a list of messages is shown.
    Messages,
    /// In one view alone.
    View(View),
}

impl Place {
    /// Does a key of this place count here?
    pub fn holds(self, front: Front) -> bool {
        match (self, front) {
            (Self::Everywhere, _) => true,
            (_, Front::Start | Front::Settings) => false,
            (Self::Document, Front::View(_)) => true,
            (Self::Timeline, Front::View(view)) => matches!(view, View::Overview | View::Timeline),
            (Self::Messages, Front::View(view)) => matches!(view, View::Timeline | View::Calls | View::Messages | View::Media),
            (Self::View(one), Front::View(view)) => one == view,
        }
    }

    /// Key of the word that heads its group in the help.
    pub fn words(self) -> &'static str {
        match self {
            Self::Everywhere => "keys.place_everywhere",
            Self::Document => "keys.place_document",
            Self::Timeline => "keys.place_timeline",
            Self::Messages => "keys.place_messages",
            Self::View(_) => "keys.place_view",
        }
    }
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
    /// What each of its keys asks for, where they differ.
    pub by_key: Option<fn(Key) -> Command>,
}

impl Shortcut {
    /// What one of its keys asks for.
    pub fn wish(&self, key: Key) -> Command {
        self.by_key.map_or_else(|| (self.command)(), |by_key| by_key(key))
    }
}

/// No modifier.
pub const NONE: Modifiers = Modifiers::NONE;
/// Ctrl; Command on a Mac.
pub const CTRL: Modifiers = Modifiers::COMMAND;
/// Shift.
pub const SHIFT: Modifiers = Modifiers::SHIFT;
/// Ctrl and Shift.
pub const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };
/// Alt.
pub const ALT: Modifiers = Modifiers::ALT;

/// A key of a list.
pub const fn plain(
    caps: &'static str,
    keys: &'static [(Modifiers, Key)],
    place: Place,
    words: &'static str,
    command: fn() -> Command,
) -> Shortcut {
    Shortcut { caps, keys, place, words, first_screen: false, command, by_key: None }
}

/// The same, shown on the first screen too.
pub const fn first(shortcut: Shortcut) -> Shortcut {
    Shortcut { first_screen: true, ..shortcut }
}

/// Every list of keys, in the order of the help.
const LISTS: &[&[Shortcut]] = &[
    general::GENERAL,
    general::DOCUMENT,
    export::EXPORT,
    general::MESSAGES,
    ladder::LADDER,
    general::TIMELINE,
    super::timeline::KEYS,
    super::log::keys::LOG,
    compare::COMPARE,
    lists::LISTS,
];

/// Keys of every list and field, done by the toolkit: caps and words.
pub const ITEMS: &[(&str, &str)] = &[
    ("Tab", "keys.next_item"),
    ("Shift Tab", "keys.previous_item"),
    ("Up  Down", "keys.in_list"),
    ("Enter", "keys.press_item"),
    ("Shift Up  Down", "list.key_more"),
    ("Ctrl A", "list.key_all"),
    ("Ctrl C", "list.key_copy"),
    ("Up Left Right", "list.key_heads"),
];

/// Every key, in the order of the help.
pub fn all() -> impl Iterator<Item = &'static Shortcut> {
    LISTS.iter().copied().flatten()
}

/// The keys that count here. What a view does with a key goes before what the key does elsewhere.
pub fn of(front: Front) -> impl Iterator<Item = &'static Shortcut> {
    let own = move |key: &(Modifiers, Key)| {
        all().any(|s| matches!(s.place, Place::View(_)) && s.place.holds(front) && s.keys.contains(key))
    };
    let general = move |s: &Shortcut| matches!(s.place, Place::View(_)) || !s.keys.iter().all(&own);
    all().filter(move |shortcut| shortcut.place.holds(front) && general(shortcut))
}

/// Ctrl with these belongs to the text that is being typed: undo, select all, copy, cut, paste.
const OF_TEXT: [Key; 6] = [Key::Z, Key::Y, Key::A, Key::C, Key::X, Key::V];

/// The commands of the keys pressed in this frame. While text is typed only Esc, function keys, and keys with Ctrl that no text
/// field wants count.
pub fn pressed(ctx: &Context, front: Front) -> Vec<Command> {
    let typing = ctx.text_edit_focused();
    // Arrows of a row that has the focus lead to its neighbour.
    let in_list = focus::in_list(ctx);
    let in_table = focus::in_table(ctx);
    let pressable = focus::pressable(ctx);
    // Text of a message that is selected is what Ctrl C copies.
    let selecting = ctx.plugin::<LabelSelectionState>().lock().has_selection();
    let mut out = Vec::new();
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let (key, physical, modifiers) = match event {
                Event::Key { key, physical_key, pressed: true, modifiers, .. } => (*key, *physical_key, *modifiers),
                // Systems turn Ctrl C into a wish of its own.
                Event::Copy => (Key::C, None, CTRL),
                _ => return true,
            };
            if selecting && key == Key::C && modifiers.command {
                return true;
            }
            let function = matches!(key, Key::Escape | Key::F1 | Key::F5 | Key::F6);
            if typing && !function && (!modifiers.command || OF_TEXT.contains(&key)) {
                return true;
            }
            if in_list && !modifiers.any() && matches!(key, Key::ArrowUp | Key::ArrowDown | Key::Home | Key::End) {
                return true;
            }
            // A button that has the focus is pressed, whatever these keys mean in the view.
            if pressable && !modifiers.any() && matches!(key, Key::Enter | Key::Space) {
                return true;
            }
            // A table copies the rows chosen in it.
            if in_table && key == Key::C && modifiers.command {
                return true;
            }
            let found = find(front, key, physical, modifiers);
            out.extend(found.map(|(shortcut, key)| shortcut.wish(key)));
            found.is_none()
        });
    });
    out
}

/// The shortcut of a key. Letters need the very modifiers. Signs and digits may need Shift, or the right Alt, on one keyboard and not
/// on another, so there those count only when a shortcut names them; a digit is also the key where it stands on most keyboards.
fn find(front: Front, key: Key, physical: Option<Key>, modifiers: Modifiers) -> Option<(&'static Shortcut, Key)> {
    let wants = |key: Key, modifiers: Modifiers| {
        let found = of(front).find(|s| s.keys.iter().any(|(wanted, k)| *k == key && modifiers.matches_exact(*wanted)));
        found.map(|shortcut| (shortcut, key))
    };
    let exact = wants(key, modifiers);
    if exact.is_some() {
        return exact;
    }
    let right_alt = modifiers.alt && modifiers.ctrl;
    let bare = Modifiers { shift: false, ..if right_alt { NONE } else { modifiers } };
    let digit = |key: Key| matches!(key.name().as_bytes(), [b'0'..=b'9']);
    if is_sign(key) || digit(key) {
        let found = wants(key, bare);
        if found.is_some() {
            return found;
        }
    }
    physical.filter(|key| digit(*key)).and_then(|key| wants(key, modifiers))
}

/// Typed with Shift on some keyboards and without on others.
fn is_sign(key: Key) -> bool {
    matches!(
        key,
        Key::Questionmark
            | Key::Plus
            | Key::Equals
            | Key::Minus
            | Key::Slash
            | Key::OpenBracket
            | Key::CloseBracket
            | Key::Comma
            | Key::Period
            | Key::Colon
            | Key::Semicolon
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::words::word;

    #[test]
    fn no_key_does_two_things_in_one_place_and_each_has_words() {
        for front in Front::all() {
            let mut seen = BTreeSet::new();
            for shortcut in of(front) {
                for (modifiers, key) in shortcut.keys {
                    let one = (modifiers.command, modifiers.shift, modifiers.alt, format!("{key:?}"));
                    assert!(seen.insert(one), "{} twice in {front:?}", shortcut.caps);
                }
            }
        }
        for shortcut in all() {
            assert_ne!(word(shortcut.words), shortcut.words, "no words for {}", shortcut.caps);
            assert_ne!(word(shortcut.place.words()), shortcut.place.words());
            assert!(!shortcut.caps.is_empty() && !shortcut.keys.is_empty());
        }
    }

    fn caps(key: Key, physical: Option<Key>, modifiers: Modifiers) -> &'static str {
        find(Front::View(View::Overview), key, physical, modifiers).map_or("", |(s, _)| s.caps)
    }

    #[test]
    fn shift_is_part_of_a_letter_and_no_part_of_a_sign() {
        let shift_ctrl = Modifiers { shift: true, ..CTRL };
        assert_eq!(caps(Key::E, None, NONE), "e");
        assert_eq!(caps(Key::E, None, SHIFT), "E");
        assert_eq!(caps(Key::Z, None, CTRL), "Ctrl Z");
        assert_eq!(caps(Key::Z, None, shift_ctrl), "Ctrl Shift Z");
        assert_eq!(caps(Key::P, None, CTRL), "");
        // ? and / need Shift on some keyboards; so do digits on others, where the key of the digit counts too.
        assert_eq!(caps(Key::Questionmark, None, SHIFT), "?");
        assert_eq!(caps(Key::Slash, None, SHIFT), "Ctrl F");
        assert_eq!(caps(Key::Num2, None, SHIFT), "2");
        assert_eq!(caps(Key::Plus, Some(Key::Num1), NONE), "1");
        assert_eq!(caps(Key::Plus, None, shift_ctrl), "Ctrl +");
    }
}

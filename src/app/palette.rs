//! What the palette is filled with. In: the program's state. Out: entries: those of keys and of the document, and the program's own:
//! tabs, files opened lately, samples, settings.

use super::{App, Content};
use crate::base::Language;
use crate::base::words::{Words, word};
use crate::ui::command::WindowCommand;
use crate::ui::keys::Front;
use crate::ui::palette::{Entry, Palette, entries};
use crate::ui::settings::{Setting, Theme};
use crate::ui::{Command, text, zone};

/// Keys of the first tabs.
const TAB_KEYS: [&str; 9] = ["Ctrl 1", "Ctrl 2", "Ctrl 3", "Ctrl 4", "Ctrl 5", "Ctrl 6", "Ctrl 7", "Ctrl 8", "Ctrl 9"];

/// A palette over everything that can be done now.
pub fn filled(app: &mut App) -> Palette {
    let front = app.front();
    let mut all = entries::of_keys(front);
    // It is open already.
    all.retain(|entry| !matches!(entry.command, Command::Window(WindowCommand::TogglePalette) | Command::Back));
    all.extend(of_program(app));
    if let Some(Content::Ready(shown)) = app.active.and_then(|n| app.tabs.get(n)).map(|tab| &tab.content) {
        all.extend(entries::of_document(&shown.document));
    }
    if front == Front::Start && app.active.is_some() {
        all.push(Entry::new(word("window.cancel"), word("window.reading_title"), Command::Cancel));
    }
    Palette::new(all)
}

fn of_program(app: &App) -> Vec<Entry> {
    let mut out = Vec::new();
    let tabs = word("palette.tabs");
    for (place, tab) in app.tabs.iter().enumerate() {
        let name = text::visible(&tab.name);
        let show = Entry::new(Words::current().fill("palette.show_tab", &[("name", &name)]), tabs, Command::ShowTab(place));
        out.push(Entry { key: TAB_KEYS.get(place).copied().unwrap_or_default(), ..show });
        out.push(Entry::new(Words::current().fill("window.close_tab", &[("name", &name)]), tabs, Command::CloseTab(place)));
        if place > 0 && Some(place) == app.active {
            let command = Command::Window(WindowCommand::MoveTab(place, place - 1));
            out.push(Entry::new(word("palette.tab_left"), tabs, command));
        }
        if place + 1 < app.tabs.len() && Some(place) == app.active {
            let command = Command::Window(WindowCommand::MoveTab(place, place + 1));
            out.push(Entry::new(word("palette.tab_right"), tabs, command));
        }
    }
    for (place, path) in app.store.settings.recent.iter().enumerate() {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let action = Words::current().fill("palette.open_again", &[("name", &text::visible(&name))]);
        out.push(Entry::new(action, word("settings.recent"), Command::Window(WindowCommand::OpenRecent(place))));
    }
    for (place, (name, _)) in app.samples.iter().enumerate() {
        let action = Words::current().fill("palette.sample", &[("name", name)]);
        out.push(Entry::new(action, word("window.try_it"), Command::OpenSample(place)));
    }
    let settings = word("settings.title");
    let mut set = |action: String, setting: Setting| {
        out.push(Entry::new(action, settings, Command::Window(WindowCommand::Set(setting))));
    };
    for theme in Theme::ALL {
        set(format!("{}: {}", word("settings.colours"), word(theme.words())), Setting::Theme(theme));
    }
    set(format!("{}: {}", word("settings.language"), word("settings.system")), Setting::Language(None));
    for (language, name) in Language::ALL.into_iter().zip(["English", "Čeština", "Nederlands"]) {
        set(format!("{}: {name}", word("settings.language")), Setting::Language(Some(language)));
    }
    for choice in [zone::Choice::Utc, zone::Choice::Log, zone::Choice::Local] {
        set(format!("{}: {}", word("settings.zone"), word(choice.words())), Setting::Zone(choice));
    }
    for (key, keep) in [("settings.recent_keep", true), ("settings.recent_none", false)] {
        set(format!("{}: {}", word("settings.recent"), word(key)), Setting::KeepRecent(keep));
    }
    out.push(Entry::new(word("settings.reset"), settings, Command::Window(WindowCommand::ResetSettings)));
    if !app.store.settings.recent.is_empty() {
        out.push(Entry::new(word("palette.forget"), settings, Command::Window(WindowCommand::ForgetRecent)));
    }
    let rules = word("settings.rules");
    out.push(Entry::new(word("lookup.open_folder"), rules, Command::OpenRules));
    out.push(Entry::new(word("lookup.reload"), rules, Command::ReloadRules));
    out
}

//! Settings on disk. In: a folder. Out: a small TOML file that people can read: choices, size of the window, and, where the user
//! allows it, the places of files opened. Nothing that stands in a log is ever written. Without a folder nothing is read or written.
//!
//! A file that can't be read is kept under another name and told. Keys that this version does not know stay as they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};

use crate::base::Language;
use crate::ui::settings::Theme;
use crate::ui::table::layout::Wished;
use crate::ui::zone;

/// The file in the folder.
pub const FILE: &str = "settings.toml";
/// Files opened lately that are remembered.
const MOST_RECENT: usize = 12;
/// Lists, and columns of each, that are remembered.
const MOST_COLUMNS: usize = 64;
/// Larger is no settings file.
const MOST_BYTES: u64 = 1 << 20;

/// What is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `system`, `dark`, `light`, `high-contrast`.
    pub theme: String,
    /// `system` or the code of a language.
    pub language: String,
    /// `utc`, `log`, `local` or an offset such as `+05:45`.
    pub zone: String,
    /// Magnification of the window, 1 is normal.
    pub scale: f32,
    /// Are places of files opened kept?
    pub keep_recent: bool,
    /// Places of files opened, the last one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<PathBuf>,
    /// Width and height of the window in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<(f32, f32)>,
    /// Columns of each list that are not as they came.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, Vec<Wished>>,
    /// Keys of other versions.
    #[serde(flatten)]
    pub others: toml::Table,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System.name().to_owned(),
            language: SYSTEM.to_owned(),
            zone: zone::Choice::Utc.name(),
            scale: 1.0,
            keep_recent: true,
            recent: Vec::new(),
            window: None,
            columns: BTreeMap::new(),
            others: toml::Table::new(),
        }
    }
}

const SYSTEM: &str = "system";

impl Settings {
    /// The colours; those of the system when the word is unknown.
    pub fn theme(&self) -> Theme {
        Theme::from_name(&self.theme).unwrap_or_default()
    }

    /// The language; `None`: that of the system.
    pub fn language(&self) -> Option<Language> {
        Language::from_code(&self.language)
    }

    /// Sets the language.
    pub fn set_language(&mut self, language: Option<Language>) {
        self.language = language.map_or(SYSTEM, Language::code).to_owned();
    }

    /// The zone of times; UTC when the word is unknown.
    pub fn zone(&self) -> zone::Choice {
        zone::Choice::from_name(&self.zone).unwrap_or_default()
    }

    /// The magnification, within bounds in which the window can be used.
    pub fn scale(&self) -> f32 {
        if self.scale.is_finite() { self.scale.clamp(0.5, 4.0) } else { 1.0 }
    }

    /// The size of the window, when it is one that a screen can have.
    pub fn window(&self) -> Option<(f32, f32)> {
        self.window.filter(|(w, h)| (400.0..20_000.0).contains(w) && (300.0..20_000.0).contains(h))
    }

    /// Puts a file on top of the list, when a list is kept.
    pub fn opened(&mut self, path: &Path) {
        if !self.keep_recent {
            return;
        }
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        self.recent.retain(|known| *known != path);
        self.recent.insert(0, path);
        self.recent.truncate(MOST_RECENT);
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// When it is no TOML or a value is of another kind than it should be; the parser's sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut settings: Self = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        settings.recent.truncate(if settings.keep_recent { MOST_RECENT } else { 0 });
        for columns in settings.columns.values_mut() {
            columns.truncate(MOST_COLUMNS);
            columns.iter_mut().for_each(|column| column.width = column.width.filter(|width| width.is_finite()));
        }
        while settings.columns.len() > MOST_COLUMNS {
            settings.columns.pop_last();
        }
        Ok(settings)
    }

    fn text(&self) -> String {
        let head =
            "# Settings of Bundlescope. Choices, sizes, and places of files opened lately (keep_recent = false keeps none).\n";
        toml::to_string(self).map(|body| format!("{head}{body}")).unwrap_or_default()
    }
}

/// The settings and where they are kept.
#[derive(Default)]
pub struct Store {
    /// As they are now.
    pub settings: Settings,
    folder: Option<PathBuf>,
    written: Option<Settings>,
    writer: Option<(Sender<String>, JoinHandle<()>)>,
}

impl Store {
    /// Reads what a folder keeps. The second part is a sentence's key and its cause, when the file could not be used.
    pub fn load(folder: PathBuf) -> (Self, Option<String>) {
        let file = folder.join(FILE);
        let read = match std::fs::metadata(&file) {
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(Settings::default()),
            Err(why) => Err(why.to_string()),
            Ok(meta) if meta.len() > MOST_BYTES => Err(String::from("too large")),
            Ok(_) => std::fs::read_to_string(&file).map_err(|e| e.to_string()).and_then(|text| Settings::parse(&text)),
        };
        let (settings, fault) = match read {
            Ok(settings) => (settings, None),
            Err(why) => {
                // The next write would lose what the user wrote by hand.
                let _ = std::fs::copy(&file, folder.join(format!("{FILE}.unreadable")));
                (Settings::default(), Some(why))
            }
        };
        let written = Some(settings.clone());
        (Self { settings, folder: Some(folder), written, writer: None }, fault)
    }

    /// The file; `None` when nothing is kept.
    pub fn file(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(FILE))
    }

    /// Hands changed settings to the thread that writes them; cheap when nothing changed.
    pub fn keep(&mut self) {
        let Some(file) = self.file().filter(|_| self.written.as_ref() != Some(&self.settings)) else { return };
        self.written = Some(self.settings.clone());
        if self.writer.is_none() {
            let (sender, texts) = channel::<String>();
            let work = move || {
                while let Ok(mut text) = texts.recv() {
                    // Only the last of several counts.
                    while let Ok(newer) = texts.try_recv() {
                        text = newer;
                    }
                    let _ = write(&file, &text);
                }
            };
            self.writer = std::thread::Builder::new().name("settings".to_owned()).spawn(work).ok().map(|thread| (sender, thread));
        }
        if let Some((sender, _)) = &self.writer {
            let _ = sender.send(self.settings.text());
        }
    }

    /// Waits until the last change is on disk: before the program ends.
    pub fn finish(&mut self) {
        self.keep();
        if let Some((sender, thread)) = self.writer.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Writes beside the file and puts it in its place, so that it is never half a file.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension("toml.new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_stay_and_unknown_words_are_defaults() {
        let text = "theme = \"mauve\"\nzone = \"+05:45\"\nnew_in_version_9 = 7\n[later]\nx = 1\n";
        let settings = Settings::parse(text).unwrap();
        assert_eq!((settings.theme(), settings.zone()), (Theme::System, zone::Choice::Fixed(20_700)));
        let again = Settings::parse(&settings.text()).unwrap();
        assert_eq!(again, settings);
        assert!(again.text().contains("new_in_version_9 = 7") && again.text().contains("[later]"));
        assert!(Settings::parse("scale = \"large\"").is_err());
        assert!((Settings::parse("scale = 1e30").unwrap().scale() - 4.0).abs() < 0.01);
    }

    #[test]
    fn a_list_is_kept_only_when_it_may() {
        let mut settings = Settings::default();
        for name in ["/a.zip", "/b.zip", "/a.zip"] {
            settings.opened(Path::new(name));
        }
        assert_eq!(settings.recent, [PathBuf::from("/a.zip"), PathBuf::from("/b.zip")]);
        settings.keep_recent = false;
        settings.opened(Path::new("/c.zip"));
        assert_eq!(settings.recent.len(), 2);
        assert!(Settings::parse(&settings.text()).unwrap().recent.is_empty());
    }
}

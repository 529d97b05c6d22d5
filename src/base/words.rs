//! Every word a user sees, by key. In: `assets/words/*.toml`. Out: [`Words`]. Must not know who shows them.
//!
//! A key is `section.name`. A key that a language lacks falls back to English; one that English lacks is shown as the key itself,
//! so that a fault is seen and nothing panics.

use std::collections::BTreeMap;
use std::sync::OnceLock;

const ENGLISH: &str = include_str!("../../assets/words/en.toml");

/// The words of one language.
#[derive(Debug, Default)]
pub struct Words {
    map: BTreeMap<String, String>,
}

impl Words {
    /// Reads a words file: one level of sections with strings.
    ///
    /// # Errors
    /// When the text is no TOML; the sentence has the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| format!("Words file is no TOML: {}", e.message()))?;
        let mut map = BTreeMap::new();
        for (section, value) in &table {
            match value {
                toml::Value::Table(inner) => {
                    for (name, value) in inner {
                        if let Some(text) = value.as_str() {
                            map.insert(format!("{section}.{name}"), text.to_owned());
                        }
                    }
                }
                toml::Value::String(text) => {
                    map.insert(section.clone(), text.clone());
                }
                _ => {}
            }
        }
        Ok(Self { map })
    }

    /// English, the language that has every key.
    pub fn english() -> &'static Self {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS.get_or_init(|| Self::parse(ENGLISH).unwrap_or_default())
    }

    /// The text of `key`; the key itself when nobody wrote it.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        match self.map.get(key) {
            Some(text) => text,
            None => Self::english().map.get(key).map_or(key, String::as_str),
        }
    }

    /// The text of `key` with `{name}` places filled.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.get(key).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    /// All keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(String::as_str)
    }
}

/// English text of `key`: the short form for code that has no language at hand.
pub fn word(key: &str) -> &str {
    Words::english().get(key)
}

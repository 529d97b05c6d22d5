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

    /// The text of `key` with `{name}` places filled, in one pass: a value that holds `{name}` itself stays as it is.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.get(key);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let place = after.split_once('}').and_then(|(name, tail)| Some((values.iter().find(|(n, _)| *n == name)?.1, tail)));
            match place {
                Some((value, tail)) => {
                    out.push_str(value);
                    rest = tail;
                }
                None => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_not_a_template() {
        let words = Words::parse("[x]\ncall = \"{from} to {to}, {what}\"").unwrap();
        assert_eq!(words.fill("x.call", &[("from", "{to}"), ("to", "b}{")]), "{to} to b}{, {what}");
        assert_eq!(words.get("x.nobody-wrote-this"), "x.nobody-wrote-this");
    }
}

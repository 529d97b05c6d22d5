//! Every word a user sees, by key. In: `assets/words/LANGUAGE/*.toml`, a file for each area. Out: [`Words`]. Must not know who shows them.
//!
//! A key is `section.name`. A key that a language lacks falls back to English; one that English lacks is shown as the key itself,
//! so that a fault is seen and nothing panics.
//!
//! A place is `{name}`. A word that follows a number is `{n|hovor|hovory|hovorů}`: the form for the value of `n`, the value itself
//! is not written. English and Dutch have the forms for 1 and for all other numbers, Czech for 1, for 2 to 4, and for the rest.
//!
//! Which language is spoken is a matter of the thread and of the moment ([`speak`]): the window speaks its own in every frame, a
//! report that of its options, all else English. Facts hold keys, never words ([`super::Text::phrase`]).

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};

use super::Language;

static ENGLISH: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/words/en");
static CZECH: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/words/cs");
static DUTCH: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/words/nl");

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// The language that was spoken before comes back when this is dropped.
#[must_use = "the language is spoken only as long as this lives"]
#[derive(Debug)]
pub struct Spoken {
    before: Language,
    /// It belongs to the thread that made it.
    of_thread: std::marker::PhantomData<*const ()>,
}

impl Drop for Spoken {
    fn drop(&mut self) {
        SPOKEN.set(self.before);
    }
}

/// Speaks a language on this thread until the result is dropped.
pub fn speak(language: Language) -> Spoken {
    Spoken { before: SPOKEN.replace(language), of_thread: std::marker::PhantomData }
}

/// The language spoken on this thread now; English where nobody chose one.
pub fn spoken() -> Language {
    SPOKEN.get()
}

/// The words of one language.
#[derive(Debug, Default)]
pub struct Words {
    language: Language,
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
        Ok(Self { language: Language::English, map })
    }

    /// All files of a language as one; a test holds that each can be read and that no key stands twice.
    fn join(language: Language) -> Self {
        let mut map = BTreeMap::new();
        for (_, text) in files(language) {
            map.extend(Self::parse(text).unwrap_or_default().map);
        }
        Self { language, map }
    }

    /// English, the language that has every key.
    pub fn english() -> &'static Self {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS.get_or_init(|| Self::join(Language::English))
    }

    /// The words of a language.
    pub fn of(language: Language) -> &'static Self {
        static CZECH_WORDS: OnceLock<Words> = OnceLock::new();
        static DUTCH_WORDS: OnceLock<Words> = OnceLock::new();
        let slot = match language {
            Language::English => return Self::english(),
            Language::Czech => &CZECH_WORDS,
            Language::Dutch => &DUTCH_WORDS,
        };
        slot.get_or_init(|| Self::join(language))
    }

    /// The words of the language spoken on this thread now.
    pub fn current() -> &'static Self {
        Self::of(spoken())
    }

    /// Their language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text of `key`; the key itself when nobody wrote it.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        match self.map.get(key) {
            Some(text) => text,
            None => Self::english().map.get(key).map_or(key, String::as_str),
        }
    }

    /// The text of `key` with its places filled, in one pass: a value that holds `{name}` itself stays as it is.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let value = |name: &str| values.iter().find(|(n, _)| *n == name).map(|(_, value)| *value);
        parts(self.get(key), |part| match part {
            Part::Text(text) => out.push_str(text),
            Part::Place(name) => match value(name) {
                Some(value) => out.push_str(value),
                None => out.push_str(&format!("{{{name}}}")),
            },
            Part::Form(name, forms) => out.push_str(self.form(forms, value(name).unwrap_or_default())),
        });
        out
    }

    /// The form of a word that fits a number as it is written (`1`, `12,345`, `2.5`); the last form for what is no whole number.
    pub fn form<'a>(&self, forms: &'a str, number: &str) -> &'a str {
        let number = number.replace([',', '\u{202f}', '\u{a0}'], "").parse::<u64>();
        let place = match (self.language, number) {
            (_, Ok(1)) => 0,
            (Language::Czech, Ok(2..=4)) => 1,
            _ => usize::MAX,
        };
        forms.split('|').nth(place).or_else(|| forms.rsplit('|').next()).unwrap_or_default()
    }

    /// All keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(String::as_str)
    }
}

/// Path and text of each words file of a language, sorted by path.
pub fn files(language: Language) -> Vec<(&'static str, &'static str)> {
    let folder = match language {
        Language::English => &ENGLISH,
        Language::Czech => &CZECH,
        Language::Dutch => &DUTCH,
    };
    let mut files: Vec<_> = folder.files().filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?))).collect();
    files.sort_unstable();
    files
}

/// A sentence of the reading layers in the language spoken. Those layers know no language: they write English, and the sentence
/// is found again by the templates of the section `sentence`. What stands behind the last colon, mostly a path, stays; so does a
/// sentence that no template fits.
pub fn sentence(english: &str) -> Cow<'_, str> {
    let words = Words::current();
    if words.language == Language::English {
        return Cow::Borrowed(english);
    }
    if let Some(said) = translated(words, english) {
        return Cow::Owned(said);
    }
    match english.rsplit_once(": ").and_then(|(head, tail)| Some((translated(words, head)?, tail))) {
        Some((head, tail)) => Cow::Owned(format!("{head}: {tail}")),
        None => Cow::Borrowed(english),
    }
}

fn translated(words: &Words, english: &str) -> Option<String> {
    let all = Words::english().map.range("sentence.".to_owned()..).take_while(|(key, _)| key.starts_with("sentence."));
    all.filter_map(|(key, template)| Some((key, filled_with(template, english)?)))
        .map(|(key, values)| words.fill(key, &values))
        .next()
}

/// What stands at the places of `template` in a text made from it; `None` when it was not.
fn filled_with<'a>(template: &'static str, text: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let mut values = Vec::new();
    let mut rest = Some(text);
    let mut open: Option<&str> = None;
    parts(template, |part| match (part, open) {
        (Part::Text(literal), None) => rest = rest.and_then(|r| r.strip_prefix(literal)),
        (Part::Text(literal), Some(name)) => {
            let found = rest.and_then(|r| r.split_once(literal));
            rest = found.map(|(value, tail)| {
                values.push((name, value));
                tail
            });
            open = None;
        }
        (Part::Place(name) | Part::Form(name, _), _) => open = Some(name),
    });
    let rest = rest?;
    match open {
        Some(name) => values.push((name, rest)),
        None if !rest.is_empty() => return None,
        None => {}
    }
    Some(values)
}

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Stands as it is.
    Text(&'a str),
    /// `{name}`.
    Place(&'a str),
    /// `{name|one|more}`: the name and the forms.
    Form(&'a str, &'a str),
}

/// Takes a template apart. A brace that begins no place stands as it is.
pub fn parts<'a>(template: &'a str, mut each: impl FnMut(Part<'a>)) {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            each(Part::Text(before));
        }
        let inner = after.split_once('}').map(|(inner, tail)| (inner.split_once('|'), inner, tail));
        rest = match inner {
            Some((Some((name, forms)), _, tail)) if is_name(name) => {
                each(Part::Form(name, forms));
                tail
            }
            Some((None, name, tail)) if is_name(name) => {
                each(Part::Place(name));
                tail
            }
            _ => {
                each(Part::Text("{"));
                after
            }
        };
    }
    if !rest.is_empty() {
        each(Part::Text(rest));
    }
}

/// The text of `key` in the language spoken on this thread: the short form.
pub fn word(key: &str) -> &str {
    Words::current().get(key)
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

    #[test]
    fn a_word_follows_its_number() {
        let said = |language: Language, text: &str, n: &str| {
            let words = Words { language, ..Words::parse(&format!("[x]\nk = \"{text}\"")).unwrap() };
            words.fill("x.k", &[("n", n)])
        };
        let czech = "{n} {n|hovor|hovory|hovorů}";
        let all = ["0", "1", "2", "4", "5", "22", "1,001", "–"].map(|n| said(Language::Czech, czech, n));
        assert_eq!(all, ["0 hovorů", "1 hovor", "2 hovory", "4 hovory", "5 hovorů", "22 hovorů", "1,001 hovorů", "– hovorů"]);
        assert_eq!(said(Language::English, "{n} {n|call|calls}", "1"), "1 call");
        assert_eq!(said(Language::Dutch, "{n} {n|gesprek|gesprekken}", "2"), "2 gesprekken");
        assert_eq!(said(Language::English, "{n|a|b} {x|a} {A} {", "1"), "a a {A} {");
    }

    #[test]
    fn a_language_is_spoken_for_a_while_and_on_one_thread() {
        let outer = speak(Language::Dutch);
        {
            let _inner = speak(Language::Czech);
            assert_eq!(Words::current().language(), Language::Czech);
            let elsewhere = std::thread::spawn(spoken).join().unwrap();
            assert_eq!(elsewhere, Language::English);
        }
        assert_eq!(spoken(), Language::Dutch);
        drop(outer);
        assert_eq!(spoken(), Language::English);
    }

    #[test]
    fn a_sentence_of_the_reading_layers_is_found_again() {
        let cut = "The packed data ends early; 120 bytes could be read";
        assert_eq!(sentence(cut), cut);
        let _spoken = speak(Language::Dutch);
        assert_eq!(sentence(cut), "De ingepakte gegevens eindigen te vroeg; 120 bytes konden worden gelezen");
        assert_eq!(sentence("The file is empty: a: b/The file.log"), "The file is empty: a: b/The file.log");
        assert_eq!(sentence("The file is empty: b/x.log"), "Het bestand is leeg: b/x.log");
        assert_eq!(sentence("12 of 900 bytes are there; the rest is cut off"), "12 van 900 bytes zijn er; de rest is afgekapt");
        assert_eq!(sentence("Nobody wrote {this}"), "Nobody wrote {this}");
    }

    #[test]
    fn what_a_language_lacks_is_english() {
        let poor = Words { language: Language::Czech, ..Words::parse("[app]\nname = \"Jiné\"").unwrap() };
        assert_eq!(poor.get("app.name"), "Jiné");
        assert_eq!(poor.get("window.open"), Words::english().get("window.open"));
    }
}

//! Values that may name a person or a place, typed where they are made. In: the readers. Out: [`Private`], [`Text`].
//!
//! [`Private`] has no `Display`: text leaves only through `export::outlet`, which decides on pseudonyms. A [`Text`] holds keys of
//! words: one analysis can be shown in one language and written in another.

use std::borrow::Cow;

use super::Language;
use super::words::{self, Part, Words};

/// What a private value is, so that its pseudonym can be of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrivateKind {
    /// A display name.
    Name,
    /// A user part or account.
    User,
    /// A telephone number.
    Number,
    /// A host name.
    Host,
    /// An address, with or without a port.
    Address,
    /// A SIP, SIPS or TEL URI as a whole.
    Uri,
    /// A Call-ID: often holds the host.
    CallId,
    /// A token, digest value, key or tracking ID.
    Token,
    /// A device or instance identifier.
    Device,
    /// An e-mail address.
    Mail,
    /// The name or path of a file.
    Path,
}

/// A private value as the log had it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Private {
    /// What it is.
    pub kind: PrivateKind,
    value: String,
}

impl Private {
    /// Wraps a value.
    pub fn new(kind: PrivateKind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }

    /// Is this its value?
    pub fn is(&self, value: &str) -> bool {
        self.value == value
    }

    /// The value itself, for comparing and for `export::outlet` only.
    pub fn original(&self) -> &str {
        &self.value
    }
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// The program's own words that are the same in every language: numbers, names of codecs.
    Word(String),
    /// A private value.
    Private(Private),
    /// Text of the log as it stood: may hold anything.
    Log(String),
    /// Words of `assets/words` by key, with what fills their places; the language is chosen where the text is shown.
    Phrase {
        /// `section.name`.
        key: Cow<'static, str>,
        /// By name of the place.
        values: Vec<(Cow<'static, str>, Text)>,
    },
    /// The same in several languages, from a data file; the first is shown where the language spoken has none.
    Translated(Vec<(Language, Text)>),
}

impl Segment {
    /// Words by key, without places.
    pub fn key(key: impl Into<Cow<'static, str>>) -> Self {
        Self::Phrase { key: key.into(), values: Vec::new() }
    }

    /// A number or another value that reads alike in every language.
    pub fn number(value: impl ToString) -> Self {
        Self::Word(value.to_string())
    }
}

/// A piece of a sentence in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The program's own words.
    Word(&'a str),
    /// A private value.
    Private(&'a Private),
    /// Text of the log as it stood.
    Log(&'a str),
}

/// A sentence with its private parts still known, in no language yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Segment>);

impl Text {
    /// What reads alike in every language. For words of `assets/words` see [`Text::key`].
    pub fn word(text: impl Into<String>) -> Self {
        Self(vec![Segment::Word(text.into())])
    }

    /// Words of `assets/words` by key, without places.
    pub fn key(key: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![Segment::key(key)])
    }

    /// Words of `assets/words` by key, with what fills their `{name}` places.
    pub fn phrase(key: impl Into<Cow<'static, str>>, values: &[(&'static str, Segment)]) -> Self {
        let values = values.iter().map(|(name, value)| (Cow::Borrowed(*name), Self(vec![value.clone()]))).collect();
        Self(vec![Segment::Phrase { key: key.into(), values }])
    }

    /// Like [`Text::phrase`], with whole sentences as values.
    pub fn phrase_of(key: impl Into<Cow<'static, str>>, values: &[(&'static str, Text)]) -> Self {
        let values = values.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        Self(vec![Segment::Phrase { key: key.into(), values }])
    }

    /// Several sentences with `between` in the gaps.
    pub fn join(list: impl IntoIterator<Item = Text>, between: &str) -> Self {
        let mut out = Vec::new();
        for text in list {
            if !out.is_empty() {
                out.push(Segment::Word(between.to_owned()));
            }
            out.extend(text.0);
        }
        Self(out)
    }

    /// Without anything to show in any language?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes over the sentence piece by piece in the language of `words`.
    pub fn pieces(&self, words: &Words, each: &mut dyn FnMut(Piece<'_>)) {
        for segment in &self.0 {
            match segment {
                Segment::Word(text) => each(Piece::Word(text)),
                Segment::Private(value) => each(Piece::Private(value)),
                Segment::Log(text) => each(Piece::Log(text)),
                Segment::Phrase { key, values } => {
                    let value = |name: &str| values.iter().find(|(key, _)| key == name).map(|(_, value)| value);
                    words::parts(words.get(key), |part| match part {
                        Part::Text(text) => each(Piece::Word(text)),
                        Part::Place(name) => match value(name) {
                            Some(value) => value.pieces(words, each),
                            None => each(Piece::Word(&format!("{{{name}}}"))),
                        },
                        Part::Form(name, forms) => {
                            let number = match value(name).map(|v| v.0.as_slice()) {
                                Some([Segment::Word(number)]) => number.as_str(),
                                _ => "",
                            };
                            each(Piece::Word(words.form(forms, number)));
                        }
                    });
                }
                Segment::Translated(texts) => {
                    let own = texts.iter().find(|(language, _)| *language == words.language());
                    if let Some((_, text)) = own.or_else(|| texts.first()) {
                        text.pieces(words, each);
                    }
                }
            }
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::word(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::word(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &Text, language: Language) -> Vec<String> {
        let mut out = Vec::new();
        text.pieces(Words::of(language), &mut |piece| {
            out.push(match piece {
                Piece::Word(word) => word.to_owned(),
                Piece::Private(value) => format!("<{}>", value.original()),
                Piece::Log(log) => format!("[{log}]"),
            });
        });
        out
    }

    #[test]
    fn a_phrase_keeps_private_parts_apart_and_is_said_in_each_language() {
        let peer = Private::new(PrivateKind::Address, "192.0.2.1");
        let text = Text::phrase("verdict.keepalive-lost", &[("peer", Segment::Private(peer))]);
        let english = said(&text, Language::English);
        assert!(english.contains(&"<192.0.2.1>".to_owned()) && english.len() == 3, "{english:?}");
        let czech = said(&text, Language::Czech);
        assert!(czech.contains(&"<192.0.2.1>".to_owned()) && czech != english, "{czech:?}");
    }

    #[test]
    fn a_place_that_nothing_fills_and_a_value_with_braces() {
        let reason = Segment::Log("{status}".into());
        let text = Text::phrase("stage-text.status", &[("reason", reason)]);
        assert_eq!(said(&text, Language::English).concat(), "{status} [{status}]");
    }

    #[test]
    fn what_a_file_has_not_translated_is_shown_in_its_first_language() {
        let text =
            Text(vec![Segment::Translated(vec![(Language::English, Text::word("one")), (Language::Dutch, Text::word("een"))])]);
        assert_eq!(said(&text, Language::Dutch), ["een"]);
        assert_eq!(said(&text, Language::Czech), ["one"]);
    }
}

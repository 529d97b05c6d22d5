//! A refusal: an original stands in an output. In: where and what. Out: a sentence that does not print the secret.

use super::kind::Kind;
use crate::base::words::Words;

/// How an original was spelled in the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// As it is.
    Plain,
    /// With escapes of JSON, XML, HTML or a backslash.
    Escaped,
    /// `%C3%A9`.
    Percent,
    /// Within base64.
    Base64,
}

impl Form {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Escaped => "escaped",
            Self::Percent => "percent",
            Self::Base64 => "base64",
        }
    }
}

/// An original that stands in an output: the output must not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// What it is.
    pub kind: Kind,
    /// What should stand there.
    pub pseudonym: String,
    /// How it was spelled.
    pub form: Form,
    /// Line of the output, counted from 1.
    pub line: usize,
    /// Bytes from the begin of the output.
    pub offset: usize,
}

impl Leak {
    /// What is wrong and where, without the secret, in the language of `words`.
    pub fn sentence(&self, words: &Words) -> String {
        let (kind, form) = (format!("redact-kind.{}", self.kind.word()), format!("redact-form.{}", self.form.word()));
        let line = self.line.to_string();
        let values =
            [("kind", words.get(&kind)), ("form", words.get(&form)), ("line", &line), ("pseudonym", self.pseudonym.as_str())];
        words.fill("redact.refused", &values)
    }
}

//! A comparison for others: text, Markdown, HTML, JSON. In: a [`Comparison`] with its two analyses. Out: bytes as text, the same every
//! time. Must not compare.
//!
//! Every value of a log leaves through one [`Outlet`], so that the same person has the same pseudonym on both sides.

use crate::analyse::Analysis;
use crate::base::words::{self, Words};
use crate::compare::{Comparison, Pair};

use super::Outlet;

mod html;
mod json;
mod markdown;
pub(super) mod sheet;
mod text;

/// The name of the form; the number changes when a field changes its name or meaning.
pub use json::SCHEMA;

/// The forms a comparison can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a terminal or a ticket.
    Text,
    /// For scripts, by `assets/schema/compare-1.md`.
    Json,
    /// For a ticket or a page that speaks Markdown.
    Markdown,
    /// One page for a browser, without scripts.
    Html,
}

impl Format {
    /// Every format, the default first.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Markdown, Self::Html];

    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The format of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// How it is to be written.
#[derive(Clone, Debug)]
pub struct Options {
    /// With every SIP message of both sides, also of conversations that are alike.
    pub messages: bool,
    /// Zone of the times, seconds east of UTC. JSON is always in UTC.
    pub zone_s: i32,
    /// The one way out for text of the log.
    pub outlet: Outlet,
    /// The words, and with them the language.
    pub words: &'static Words,
}

impl Default for Options {
    fn default() -> Self {
        Self { messages: false, zone_s: 0, outlet: Outlet::originals(), words: Words::english() }
    }
}

/// The comparison in one of its forms, ending with a line end.
pub fn render(comparison: &Comparison, sides: Pair<&Analysis>, format: Format, options: &Options) -> String {
    let _spoken = words::speak(options.words.language());
    match format {
        Format::Json => json::render(comparison, sides, options),
        Format::Text => text::render(&sheet::sheet(comparison, sides, options)),
        Format::Markdown => markdown::render(&sheet::sheet(comparison, sides, options)),
        Format::Html => html::render(&sheet::sheet(comparison, sides, options)),
    }
}

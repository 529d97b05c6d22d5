//! Layer 9: bytes for others. In: an [`Analysis`]. Out: reports, case cards, ladders, rows. Writes no file, prints nothing.
//!
//! Every value that came from a log leaves through [`outlet::Outlet`]; every word of the program comes from `assets/words`.

use std::sync::Arc;

use crate::analyse::Analysis;
use crate::base::words::{self, Words};

pub mod ask;
pub mod capture;
pub mod card;
pub mod catalogue;
pub mod compare;
pub mod csv;
mod escape;
pub mod formats;
pub mod json;
pub mod ladder;
pub mod outlet;
pub mod picture;
pub mod records;
pub mod redact;
pub mod rows;
mod shared;
pub mod text;
mod view;
pub mod wire;

pub use outlet::Outlet;
pub use shared::anything_read;

/// The forms a report can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a terminal or a ticket.
    Text,
    /// For scripts, by `report-v1`.
    Json,
    /// The case card for a ticket.
    Markdown,
    /// The case card for a browser or printer: one page without scripts.
    Html,
    /// The findings for a spreadsheet.
    Csv,
    /// The ladders of all calls and registrations for a page that draws Mermaid.
    Mermaid,
    /// For those who teach the program a new log: shapes and counts, no personal data.
    Formats,
}

impl Format {
    /// Every format, the default first.
    pub const ALL: [Self; 7] = [Self::Text, Self::Json, Self::Markdown, Self::Html, Self::Csv, Self::Mermaid, Self::Formats];

    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Mermaid => "mermaid",
            Self::Formats => "formats",
        }
    }

    /// The format of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// How a report is to be written.
#[derive(Clone, Debug)]
pub struct Options {
    /// With every SIP message in order.
    pub messages: bool,
    /// Zone of the times in the text report and on the case card, seconds east of UTC. The others are always in UTC.
    pub zone_s: i32,
    /// The one way out for text of the log.
    pub outlet: Outlet,
    /// The words, and with them the language, of the report: [`Words::of`]. Words of the schema stay as they are.
    pub words: &'static Words,
    /// Inputs that were named and could not be opened: one sentence each, for the coverage of what could.
    pub unopened: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { messages: false, zone_s: 0, outlet: Outlet::originals(), words: Words::english(), unopened: Vec::new() }
    }
}

/// The report about all `analyses`, ending with a line end. The same input gives the same bytes.
pub fn render(analyses: &[Arc<Analysis>], format: Format, options: &Options) -> String {
    let _spoken = words::speak(options.words.language());
    match format {
        Format::Text => text::render(analyses, options),
        Format::Json => json::render(analyses, options),
        Format::Markdown => card::markdown(analyses, options),
        Format::Html => card::html(analyses, options),
        Format::Csv => csv::objects(&rows::rows(analyses, rows::What::Findings, &options.outlet)),
        Format::Mermaid => card::ladders(analyses, options),
        Format::Formats => formats::render(analyses, options),
    }
}

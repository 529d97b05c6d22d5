//! `ced.dat` and its like: what was recognised in it and whether it belongs to the log. Its format is unpublished: nothing is claimed.

use crate::base::{LogTime, MemberId, Text};

/// Does the calling environment data belong to the log?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Belongs {
    /// Evidence says so.
    Yes,
    /// Evidence says no.
    No,
    /// Nothing decides.
    #[default]
    Unknown,
}

impl Belongs {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// The calling environment data of a bundle.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The member, if there is one.
    pub member: Option<MemberId>,
    /// What its bytes look like (`json`, `xml`, `key-value`, `sqlite`, `binary`, …).
    pub format: Option<String>,
    /// Entries read.
    pub entries: u64,
    /// Does it belong?
    pub belongs: Belongs,
    /// Why, in words.
    pub belongs_text: Text,
    /// When it was exported, as far as known.
    pub exported: Option<LogTime>,
}

//! Pseudonyms of the same kind for everything that may name a person, a place or a device, and the proof that nothing of it is left.
//! In: analyses, wishes. Out: a [`Vault`] that [`super::Outlet`] asks for every value and every finished output. Writes nothing.
//!
//! Order of work: `scan` finds places by meaning (`sip`, `uri`, `fields`, `names`), by what is known from elsewhere (`known`) and by
//! pattern (`patterns`); `collect` meets every original of an analysis once; `forms` makes their pseudonyms; `proof` re-reads a finished
//! output in every spelling (`fold`).

mod base64;
mod collect;
mod fields;
mod fold;
mod forms;
mod kind;
mod known;
mod leak;
mod names;
mod patterns;
mod proof;
mod public;
mod scan;
mod sip;
mod spans;
mod telling;
mod uri;
mod vault;

pub(super) use collect::Collector;
pub use kind::Kind;
pub use leak::{Form, Leak};
pub use vault::{Review, Vault};

/// What stays although it could be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Keep {
    /// Nothing.
    #[default]
    None,
    /// What a server team must search for: correlation IDs, Call-IDs without their host, tracking IDs.
    Correlation,
}

/// What the user says about one value of the review list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Correction {
    /// It names nobody: it stays, and the proof does not look for it.
    Keep(String),
    /// Another pseudonym for it: original, then pseudonym.
    As(String, String),
}

/// A step of finding originals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Fields by meaning.
    Meaning,
    /// Originals known from elsewhere.
    Known,
    /// Patterns of characters.
    Patterns,
}

/// What the user may ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Words to be hidden wherever they stand, also within other words.
    pub terms: Vec<String>,
    /// What stays.
    pub keep: Keep,
    /// Values of the review list that are to be treated otherwise.
    pub corrections: Vec<Correction>,
    /// A step left out when text is written: so that a test can see the proof refuse.
    pub skip: Option<Step>,
}

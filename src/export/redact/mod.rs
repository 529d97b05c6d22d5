//! Pseudonyms of the same kind for everything that may name a person, a place or a device, and the proof that nothing of it is left.
//! In: analyses, wishes. Out: a [`Vault`] that [`super::Outlet`] asks for every value and every finished output. Writes nothing.

mod leak;
mod vault;

pub use leak::{Form, Leak};
pub use vault::{Kind, Review, Vault};

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

/// What the user may ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Words to be hidden wherever they stand.
    pub terms: Vec<String>,
    /// What stays.
    pub keep: Keep,
    /// Values of the review list that are to be treated otherwise.
    pub corrections: Vec<Correction>,
}

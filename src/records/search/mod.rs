//! Finding records: a filter language and a search over the texts of all members. In: what the user typed, indexes, members as streams.
//! Out: the places of the records that pass, as a set of bits. Must not know what the records are about: a call is given by its
//! records and its texts.
//!
//! What needs no text (member, level, time) is decided from the index alone. For the rest the members are unpacked again, in pieces,
//! never on the window's thread. A filter and a search are the same thing: a search is a filter with one text.

pub mod filter;
mod finder;
pub mod places;
pub mod plan;
pub mod scan;

pub use filter::{Chip, Fault, Filter, Needle, Term};
pub use finder::Finder;
pub use places::Places;
pub use plan::{CallParts, Names, Plan};
pub use scan::{Found, Input, scan};

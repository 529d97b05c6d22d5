//! A text ready to be found in one record, for colouring. In: a needle. Out: where it stands. Must not know members.

use std::ops::Range;

use regex::bytes::Regex;

use super::filter::{Needle, What};

/// A needle ready for texts.
#[derive(Clone, Debug)]
pub struct Finder(Regex);

impl Finder {
    /// Makes a needle ready.
    ///
    /// # Errors
    /// As [`Needle::ready`].
    pub fn new(needle: &Needle) -> Result<Self, What> {
        needle.ready().map(Self)
    }

    /// Where it stands, in bytes; nothing of no length.
    pub fn ranges<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        self.0.find_iter(text).map(|found| found.range()).filter(|range| !range.is_empty())
    }
}

//! The index of a member: where each record is, when, how serious. Kept in blocks, about 12 bytes a record.

use super::Entry;

/// Records of one member by number.
#[derive(Clone, Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
}

impl Index {
    /// How many records.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// No record at all?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The record of this number.
    pub fn get(&self, number: usize) -> Option<Entry> {
        self.entries.get(number).copied()
    }
}

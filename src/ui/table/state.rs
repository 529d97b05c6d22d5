//! What one table looks like at the moment. In: the user's hands. Out: plain data; only [`Layout`] is worth saving.

use std::collections::BTreeSet;

use super::index::Index;
use super::layout::Layout;

/// State of one table.
#[derive(Clone, Debug, Default)]
pub struct TableState {
    /// Columns and sorting.
    pub layout: Layout,
    /// What the user typed to filter by.
    pub filter: String,
    /// The next frame puts the cursor into the filter.
    pub focus_filter: bool,
    /// The next frame brings the row that is shown elsewhere into view.
    pub reveal: bool,
    /// Rows chosen, to be copied.
    pub(super) marked: BTreeSet<u32>,
    /// Every row is.
    pub(super) all: bool,
    /// The place from which Shift chooses, and the one that arrows lead from.
    pub(super) anchor: usize,
    pub(super) cursor: usize,
    /// The head that arrows lead from, while they are among the heads.
    pub(super) head: Option<usize>,
    /// Place of the first row seen; with parts of a row.
    pub(super) top: f64,
    /// Points that are hidden at the left.
    pub(super) left: f32,
    pub(super) index: Index,
}

impl TableState {
    /// Is the work of sorting and filtering done?
    pub fn settled(&self) -> bool {
        self.index.settled()
    }

    /// Rows shown, in their order.
    pub fn rows(&self) -> &[u32] {
        self.index.rows()
    }

    /// Rows chosen, in the order shown; the places of rows chosen before a filter hid them are left out.
    pub fn chosen(&self) -> Vec<u32> {
        self.rows().iter().copied().filter(|row| self.all || self.marked.contains(row)).collect()
    }

    pub(super) fn is_marked(&self, row: u32) -> bool {
        self.all || self.marked.contains(&row)
    }

    /// Chooses from the anchor to `place`.
    pub(super) fn extend(&mut self, place: usize) {
        let (from, to) = (self.anchor.min(place), self.anchor.max(place));
        self.all = false;
        self.marked = self.index.rows().get(from..=to).unwrap_or_default().iter().copied().collect();
    }

    /// Chooses one row alone.
    pub(super) fn mark_only(&mut self, place: usize) {
        self.all = false;
        self.anchor = place;
        self.marked = self.index.rows().get(place).copied().into_iter().collect();
    }

    /// Chooses one row more, or one less.
    pub(super) fn toggle(&mut self, place: usize) {
        if std::mem::take(&mut self.all) {
            self.marked = self.index.rows().iter().copied().collect();
        }
        self.anchor = place;
        if let Some(row) = self.index.rows().get(place).copied()
            && !self.marked.remove(&row)
        {
            self.marked.insert(row);
        }
    }
}

//! Which bare dates begin a record in this member. In: the first part of the member, then each candidate. Out: yes or no.
//!
//! A line of a body may begin with a date. In a log of a known dialect a bare date splits a record only where such heads are the member's
//! norm too; in a log of no known dialect, the form most heads have counts, and others that are not rare beside it. Decided in order of the
//! lines, so the same bytes always give the same records.

use super::Dialects;
use super::generic::{FORMS, Form};
use super::head::{HEAD_BYTES, trim};

/// The part that is looked through beforehand.
pub(super) const SURVEY_BYTES: usize = 64 << 10;

/// Heads seen so far, by kind.
#[derive(Debug)]
pub(super) struct Norm {
    surveyed_dialect: u64,
    dialect: u64,
    forms: [u64; FORMS],
    admitted: [bool; FORMS],
}

impl Default for Norm {
    fn default() -> Self {
        Self { surveyed_dialect: 0, dialect: 0, forms: [0; FORMS], admitted: [false; FORMS] }
    }
}

impl Norm {
    /// Looks through the first part of a member; `whole`: there is no more, so its last line is complete.
    pub(super) fn survey(&mut self, bytes: &[u8], whole: bool, dialects: &Dialects) {
        let mut forms = [0u64; FORMS];
        let mut first = None;
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest);
            if end.is_none() && !whole {
                break;
            }
            let (line, after) = rest.split_at_checked(end.map_or(rest.len(), |n| n + 1)).unwrap_or((rest, &[]));
            rest = after;
            let line = trim(line.get(..line.len().min(HEAD_BYTES)).unwrap_or_default());
            if dialects.head(line).is_some() {
                self.surveyed_dialect += 1;
            } else if let Some((_, form)) = dialects.generic.head(line) {
                first.get_or_insert(form);
                if let Some(count) = forms.get_mut(form) {
                    *count += 1;
                }
            }
        }
        let most = forms.iter().copied().max().unwrap_or(0);
        for (form, (count, admitted)) in forms.iter().zip(&mut self.admitted).enumerate() {
            *admitted =
                *count > 0 && (usual(*count, self.surveyed_dialect, most) || (self.surveyed_dialect == 0 && first == Some(form)));
        }
    }

    /// A head of a known dialect was read.
    pub(super) fn dialect_head(&mut self) {
        self.dialect += 1;
    }

    /// Does a bare date of this form, in the line at `offset`, begin a record?
    pub(super) fn accepts(&mut self, form: Form, offset: u64) -> bool {
        let first = self.dialect == 0 && self.forms.iter().all(|count| *count == 0);
        let (Some(count), Some(admitted)) = (self.forms.get_mut(form), self.admitted.get_mut(form)) else {
            return false;
        };
        *count += 1;
        let count = *count;
        if first && self.surveyed_dialect == 0 {
            *admitted = true;
        }
        if *admitted {
            return true;
        }
        // Before the first record of its dialect a log has no record that a date could split.
        if self.dialect == 0 && self.surveyed_dialect > 0 {
            return true;
        }
        let most = self.forms.iter().copied().max().unwrap_or(0);
        if offset >= SURVEY_BYTES as u64 && usual(count, self.dialect, most) {
            *admitted = true;
        }
        *admitted
    }
}

/// Is a form seen `count` times usual beside heads of known dialects, or else beside the most frequent form?
fn usual(count: u64, dialect: u64, most: u64) -> bool {
    if dialect > 0 { count.saturating_mul(2) >= dialect } else { count.saturating_mul(4) >= most }
}

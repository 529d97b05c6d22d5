//! Places of a text that are understood: each belongs to one original, or is known to name nobody. In: ranges, most certain first. Out:
//! the same in order, without overlaps.

use super::Kind;

/// A place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What stands there; `None`: understood, and it stays.
    pub kind: Option<Kind>,
    /// Known by a pattern of its characters only, not by what it means.
    pub guessed: bool,
}

/// Places in order; who comes first keeps its place.
#[derive(Debug, Default)]
pub(super) struct Spans {
    list: Vec<Span>,
}

impl Spans {
    /// Does nothing stand here yet?
    pub fn is_free(&self, start: usize, end: usize) -> bool {
        let next = self.list.partition_point(|s| s.end <= start);
        start < end && self.list.get(next).is_none_or(|s| s.start >= end)
    }

    /// Will nothing of this place be left?
    pub fn covers(&self, start: usize, end: usize) -> bool {
        let from = self.list.partition_point(|s| s.end <= start);
        let mut done = start;
        for span in self.list.iter().skip(from).take_while(|s| s.start < end && s.kind.is_some()) {
            if span.start > done {
                return false;
            }
            done = span.end;
        }
        done >= end
    }

    /// Takes a place if it is free.
    pub fn add(&mut self, start: usize, end: usize, kind: Kind) {
        self.put(Span { start, end, kind: Some(kind), guessed: false });
    }

    /// Takes a place by a pattern.
    pub fn guess(&mut self, start: usize, end: usize, kind: Kind) {
        self.put(Span { start, end, kind: Some(kind), guessed: true });
    }

    /// What stands here names nobody.
    pub fn settle(&mut self, start: usize, end: usize) {
        self.put(Span { start, end, kind: None, guessed: false });
    }

    fn put(&mut self, span: Span) {
        if self.is_free(span.start, span.end) {
            let at = self.list.partition_point(|s| s.end <= span.start);
            self.list.insert(at, span);
        }
    }

    /// In order.
    pub fn list(&self) -> &[Span] {
        &self.list
    }
}

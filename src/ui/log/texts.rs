//! Texts of the records near those shown. In: what a thread read. Out: texts by record, as far as they are here. Capped: what is far
//! away is dropped first, and read again when it is seen.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::state::Spot;
use crate::records::Dialects;
use crate::records::search::Finder;

/// Of a record this much is shown; how much more there is stands behind it.
pub const MOST_BYTES: u64 = 64 << 10;
/// Lines of an unfolded record; the rest is counted.
pub const MOST_LINES: usize = 500;
/// Texts kept at most, by number and by size.
const MOST_TEXTS: usize = 6_000;
const MOST_TEXTS_BYTES: usize = 24 << 20;
/// Coloured parts of one record at most.
const MOST_SPANS: usize = 400;

/// The text of one record.
#[derive(Clone, Debug, Default)]
pub struct RowText {
    /// As logged; bytes that are no text are replaced.
    pub text: String,
    /// Each line without its end.
    pub lines: Vec<Range<usize>>,
    /// Where the message begins in the first line.
    pub message_at: usize,
    /// The thread as printed.
    pub thread: Range<usize>,
    /// The place in the client's source as printed.
    pub code: Range<usize>,
    /// Bytes that are left out.
    pub cut_bytes: u64,
    /// Why there is no text.
    pub fault: Option<String>,
}

impl RowText {
    /// Splits what was read. `headed`: it begins with a head.
    pub fn new(text: String, headed: bool, cut_bytes: u64, dialects: &Dialects) -> Self {
        let mut lines = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let bare = line.strip_suffix('\n').unwrap_or(line);
            let bare = bare.strip_suffix('\r').unwrap_or(bare);
            lines.push(at..at + bare.len());
            at += line.len();
        }
        while lines.len() > 1 && lines.last().is_some_and(Range::is_empty) {
            lines.pop();
        }
        let mut row = Self { lines, cut_bytes, ..Self::default() };
        let first = row.lines.first().cloned().unwrap_or(0..0);
        let head = headed.then(|| dialects.any_head(text.get(first.clone()).unwrap_or_default().as_bytes())).flatten();
        if let Some(head) = head {
            let place = |at: u32| (first.start + at as usize).min(first.end);
            // A head is ASCII, but what is cut must stay text whatever a log holds.
            let span = |from: u32, to: u32| text.get(place(from)..place(to)).map_or(0..0, |_| place(from)..place(to));
            row.thread = span(head.thread.start, head.thread.end);
            row.code = span(head.code.start, head.code.end);
            row.message_at = span(head.message_at, head.message_at).start;
            let rest = text.get(row.message_at..first.end).unwrap_or_default();
            row.message_at += rest.len() - rest.trim_start().len();
        }
        row.text = text;
        row
    }

    /// A record whose text could not be read.
    pub fn unread(why: String) -> Self {
        Self { fault: Some(why), ..Self::default() }
    }

    /// A part of the text.
    pub fn part(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// Where the message of the first line is.
    pub fn message(&self) -> Range<usize> {
        let first = self.lines.first().cloned().unwrap_or(0..0);
        self.message_at.max(first.start).min(first.end)..first.end
    }
}

/// A coloured part of a text: a hit, or one of the highlights by its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Series of a highlight; `None`: a hit of the search.
    pub series: Option<u8>,
}

/// What is coloured: highlights by their series, and the search.
pub type Finders = Arc<Vec<(Option<u8>, Finder)>>;

/// What is here.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    rows: HashMap<Spot, Arc<RowText>>,
    bytes: usize,
    spans: HashMap<Spot, Arc<Vec<Span>>>,
    finders: Option<Finders>,
    /// What the next frames want, most wanted first.
    pub wanted: Vec<Spot>,
}

impl Texts {
    /// The text of a record, when it is here.
    pub fn get(&self, spot: Spot) -> Option<&Arc<RowText>> {
        self.rows.get(&spot)
    }

    /// Takes what was read.
    pub fn put(&mut self, spot: Spot, text: RowText) {
        if self.rows.len() >= MOST_TEXTS || self.bytes > MOST_TEXTS_BYTES {
            let wanted: std::collections::HashSet<Spot> = self.wanted.iter().copied().collect();
            self.rows.retain(|spot, _| wanted.contains(spot));
            self.bytes = self.rows.values().map(|row| row.text.len()).sum();
            self.spans.clear();
        }
        self.bytes += text.text.len();
        self.spans.remove(&spot);
        self.rows.insert(spot, Arc::new(text));
    }

    /// Those wanted that are not here.
    pub fn missing(&self) -> Vec<Spot> {
        self.wanted.iter().copied().filter(|spot| !self.rows.contains_key(spot)).collect()
    }

    /// The search or the highlights have changed.
    pub fn forget_spans(&mut self) {
        self.spans.clear();
        self.finders = None;
    }

    /// The search and the highlights made ready, once until they change.
    pub fn finders(&mut self, make: impl FnOnce() -> Vec<(Option<u8>, Finder)>) -> Finders {
        Arc::clone(self.finders.get_or_insert_with(|| Arc::new(make())))
    }

    /// The coloured parts of a record, found once.
    pub fn spans(&mut self, spot: Spot, finders: &[(Option<u8>, Finder)]) -> Arc<Vec<Span>> {
        let Some(row) = self.rows.get(&spot) else { return Arc::default() };
        let found = self.spans.entry(spot).or_insert_with(|| {
            let mut out = Vec::new();
            for (series, finder) in finders {
                out.extend(finder.ranges(row.text.as_bytes()).take(MOST_SPANS).map(|range| Span { range, series: *series }));
            }
            Arc::new(out)
        });
        Arc::clone(found)
    }
}

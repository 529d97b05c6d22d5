//! What the log view looks like at the moment. In: keys, clicks and commands change it. Out: plain data; what jobs bring is put here too.
//! Must not read a file or start a job. Nothing of it is saved on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::book::{LogBook, Rows};
use super::texts::Texts;
use crate::base::SourceRef;
use crate::records::search::{Fault, Filter, Needle, Places};
use crate::ui::table::Layout;
use crate::ui::zone;

/// A record, whatever the order: place of its member and number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// Place of the member in the bundle.
    pub member: u32,
    /// Number of the record in the member.
    pub number: u32,
}

impl Spot {
    /// From places; `None` beyond what a log can hold.
    pub fn new((member, number): (usize, usize)) -> Option<Self> {
        Some(Self { member: u32::try_from(member).ok()?, number: u32::try_from(number).ok()? })
    }

    /// Member and number as places.
    pub fn places(self) -> (usize, usize) {
        (self.member as usize, self.number as usize)
    }
}

/// How far the list moves to show what is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Reveal {
    /// It stays.
    #[default]
    No,
    /// Just as far as needed.
    Near,
    /// To the middle, when it is not seen already.
    Middle,
}

/// The text box to be focused in the next frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The search.
    Search,
    /// The filter.
    Filter,
    /// The note of the chosen mark.
    Note,
}

/// A text that stays coloured.
#[derive(Clone, Debug, PartialEq)]
pub struct Highlight {
    /// What.
    pub needle: Needle,
    /// Series colour from 1.
    pub series: u8,
    /// How many records hold it, once counted.
    pub count: Option<usize>,
}

/// What a pass over the log was made for: a filter or a text, and the order of the places.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// The records that pass a filter, whose times are so many seconds east of UTC.
    Filter(String, bool, i32),
    /// The records that hold a text.
    Search(Needle, bool),
    /// How many hold a text.
    Highlight(Needle),
}

/// What a pass has brought so far.
#[derive(Clone, Debug)]
pub struct Passed {
    /// What it was made for.
    pub wish: Wish,
    /// The places found.
    pub places: Arc<Places>,
    /// Members looked at, and how many there are to look at.
    pub members: (usize, usize),
    /// Percent of the bytes looked at.
    pub percent: u8,
    /// Sentences about what could not be searched.
    pub notes: Vec<String>,
    /// It has ended, after this time.
    pub ended: Option<Duration>,
}

/// Marks kept; nobody sets more by hand.
pub const MOST_MARKS: usize = 1_000;
/// Highlights at once: one for each colour.
pub const MOST_HIGHLIGHTS: usize = 8;

/// State of one document's log view.
#[derive(Clone, Debug, Default)]
pub struct LogState {
    /// What is being typed as the next filter.
    pub typed: String,
    /// The filter in force.
    pub filter: Filter,
    /// How often it was changed.
    pub filters_set: u32,
    /// Why the last filter could not be read.
    pub fault: Option<Fault>,
    /// What is searched.
    pub needle: Needle,
    /// Why it can't be.
    pub needle_fault: Option<String>,
    /// The record chosen.
    pub selected: Option<Spot>,
    /// The other end of a chosen range.
    pub anchor: Option<Spot>,
    /// First row shown, and which part of it is above the edge.
    pub top: f64,
    /// How far the next frame moves.
    pub reveal: Reveal,
    /// Rows that fitted the last frame.
    pub page: usize,
    /// Columns as the user wants them.
    pub layout: Layout,
    /// Is the panel at the right shown? `None`: where there is room.
    pub side: Option<bool>,
    /// Width of the view in the last frame, in points.
    pub width: f32,
    /// Long lines go on below.
    pub wrap: bool,
    /// Records of several lines are unfolded, but those in `other_way`.
    pub unfold_all: bool,
    /// Records that are shown the other way.
    pub other_way: BTreeSet<Spot>,
    /// Marks with their notes.
    pub marks: BTreeMap<Spot, String>,
    /// Texts that stay coloured.
    pub highlights: Vec<Highlight>,
    /// One member after the other instead of one order of time.
    pub by_member: bool,
    /// A line to be shown once the order is known.
    pub go_to: Option<SourceRef>,
    /// The next frame puts the cursor there.
    pub focus: Option<Field>,
    /// A text box was left in this frame, by Esc or otherwise.
    pub left_box: bool,
    /// A sentence for the user, taken by the program.
    pub said: Option<String>,
    /// The order of all records, once a job brought it.
    pub book: Option<Arc<LogBook>>,
    /// What passes the filter; none while there is no filter, or the first pass has just begun.
    pub passing: Option<Passed>,
    /// What holds the text searched.
    pub hits: Option<Passed>,
    /// Hits among the rows shown.
    pub seen_hits: SeenHits,
    /// Texts of the records near those shown.
    pub texts: Texts,
}

/// Hits that pass the filter, with what they were made from.
#[derive(Clone, Debug, Default)]
pub struct SeenHits {
    from: Option<(Arc<Places>, Option<Arc<Places>>)>,
    places: Arc<Places>,
}

impl LogState {
    /// The rows, once the order is known.
    pub fn rows(&self) -> Option<Rows> {
        let book = Arc::clone(self.book.as_ref()?);
        let wanted = !self.filter.chips.is_empty();
        let passing = self.passing.as_ref().filter(|p| wanted && p.fits(book.by_member));
        Some(Rows { book, passing: passing.map(|p| Arc::clone(&p.places)) })
    }

    /// The hits that pass the filter; empty without a search.
    pub fn hits(&mut self) -> Arc<Places> {
        let (Some(hits), Some(rows)) = (self.hits.as_ref(), self.rows()) else { return Arc::default() };
        if self.needle.text.is_empty() || !hits.fits(rows.book.by_member) {
            return Arc::default();
        }
        let same = |a: &Arc<Places>, b: &Arc<Places>| Arc::ptr_eq(a, b);
        let fits = self.seen_hits.from.as_ref().is_some_and(|(of, passing)| {
            same(of, &hits.places)
                && match (passing, &rows.passing) {
                    (None, None) => true,
                    (Some(a), Some(b)) => same(a, b),
                    _ => false,
                }
        });
        if !fits {
            let places = rows.passing.as_ref().map_or_else(|| Arc::clone(&hits.places), |p| Arc::new(hits.places.and(p)));
            self.seen_hits = SeenHits { from: Some((Arc::clone(&hits.places), rows.passing.clone())), places };
        }
        Arc::clone(&self.seen_hits.places)
    }

    /// What the filter asks a pass for; `None` without a filter.
    pub fn filter_wish(&self) -> Option<Wish> {
        // A filter for times is another one in another zone.
        let offset_s = if self.filter.has_times() { zone::offset_s() } else { 0 };
        (!self.filter.chips.is_empty()).then(|| Wish::Filter(self.filter.written(), self.by_member, offset_s))
    }

    /// What the search asks a pass for; `None` without a text that can be searched.
    pub fn search_wish(&self) -> Option<Wish> {
        let ready = !self.needle.text.is_empty() && self.needle_fault.is_none();
        ready.then(|| Wish::Search(self.needle.clone(), self.by_member))
    }

    /// Puts a filter in force; one that can't be read, or names what is not here, leaves its fault and changes nothing.
    pub fn set_filter(&mut self, text: &str) -> bool {
        let read = Filter::read(text).and_then(|filter| match &self.book {
            Some(book) => book.plan(&filter).map(|_| filter),
            None => Ok(filter),
        });
        match read {
            Ok(filter) => {
                self.fault = None;
                if filter.written() != self.filter.written() {
                    self.filter = filter;
                    self.filters_set = self.filters_set.wrapping_add(1);
                    self.reveal = Reveal::Middle;
                }
                true
            }
            Err(fault) => {
                self.fault = Some(fault);
                false
            }
        }
    }

    /// Searches another text.
    pub fn set_needle(&mut self, needle: Needle) {
        if needle != self.needle {
            self.needle_fault = match needle.ready() {
                Ok(_) => None,
                Err(what) => Some(Fault { at: 0, what }.sentence()),
            };
            self.needle = needle;
            self.texts.forget_spans();
        }
    }

    /// Is the panel at the right shown?
    pub fn side_shown(&self) -> bool {
        self.side.unwrap_or(self.width >= super::SIDE_FROM)
    }

    /// Is a record of several lines shown with all of them?
    pub fn unfolded(&self, spot: Spot) -> bool {
        self.unfold_all != self.other_way.contains(&spot)
    }

    /// Unfolds a record, or folds it.
    pub fn toggle_fold(&mut self, spot: Spot) {
        if !self.other_way.remove(&spot) {
            self.other_way.insert(spot);
        }
    }

    /// The chosen records, in rows of the order: from – to, both included.
    pub fn chosen_rows(&self) -> Option<(usize, usize)> {
        let rows = self.rows()?;
        let at = rows.row_of(self.selected?)?;
        let other = self.anchor.and_then(|spot| rows.row_of(spot)).unwrap_or(at);
        Some((at.min(other), at.max(other)))
    }
}

impl Passed {
    /// Do its places belong to this order?
    pub fn fits(&self, by_member: bool) -> bool {
        match &self.wish {
            Wish::Filter(_, order, _) | Wish::Search(_, order) => *order == by_member,
            Wish::Highlight(_) => false,
        }
    }
}

//! Layer 8: how do two sessions differ? In: two [`Analysis`], each with the run, call or registration chosen. Out: [`Comparison`]:
//! plain data in no language yet. Must not know a pixel or a format.
//!
//! What is matched, and when a difference matters, stands in `assets/schema/compare-1.md`. Things are matched by their place in the
//! protocol, never for being near in time; what is ambiguous stays unmatched, and what one side lacks is blank there. Swapping the
//! sides swaps left and right and changes nothing else.

use crate::analyse::Analysis;
use crate::base::{LogTime, Segment, Text, Tone};
use crate::session::{CallId, MessageId, RunId};

pub mod align;
mod anchors;
mod cores;
mod facts;
mod matching;
pub mod messages;
mod remarks;
pub mod rows;
mod strands;

pub use anchors::{Anchor, Zero};
pub use messages::{MessageRow, StrandRows};
pub use rows::{Amount, Area, Cell, Group, Kind, Row};

/// The same of either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair<T> {
    /// Of the left side, called A.
    pub left: T,
    /// Of the right side, called B.
    pub right: T,
}

impl<T> Pair<T> {
    /// Both.
    pub fn new(left: T, right: T) -> Self {
        Self { left, right }
    }

    /// By reference.
    pub fn as_ref(&self) -> Pair<&T> {
        Pair { left: &self.left, right: &self.right }
    }

    /// The same done to both.
    pub fn map<U>(self, mut each: impl FnMut(T) -> U) -> Pair<U> {
        Pair { left: each(self.left), right: each(self.right) }
    }

    /// Left and right exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { left: self.right, right: self.left }
    }

    /// One of them.
    pub fn get(&self, which: Which) -> &T {
        match which {
            Which::Left => &self.left,
            Which::Right => &self.right,
        }
    }
}

impl<T> Pair<Option<T>> {
    /// Both, when both are there.
    pub fn both(self) -> Option<(T, T)> {
        self.left.zip(self.right)
    }
}

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The left side, called A.
    Left,
    /// The right side, called B.
    Right,
}

/// What of a bundle is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A whole run of the client.
    Run(RunId),
    /// One call.
    Call(CallId),
    /// One registration, by its place in `Facts::registrations`.
    Registration(u32),
}

/// One side: a bundle and what of it is compared.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What is known of the bundle.
    pub analysis: &'a Analysis,
    /// What of it.
    pub scope: Scope,
}

impl<'a> Side<'a> {
    /// The run whose verdict is the bundle's, else the newest.
    pub fn of(analysis: &'a Analysis) -> Self {
        let newest = analysis.facts.runs.len().saturating_sub(1);
        let newest = RunId(u32::try_from(newest).unwrap_or(0));
        Self { analysis, scope: Scope::Run(analysis.verdict_run.unwrap_or(newest)) }
    }

    /// The run it belongs to.
    pub fn run(&self) -> RunId {
        let facts = &self.analysis.facts;
        match self.scope {
            Scope::Run(run) => run,
            Scope::Call(call) => facts.calls.get(call.0 as usize).map_or(RunId(0), |c| c.run),
            Scope::Registration(place) => facts.registrations.get(place as usize).map_or(RunId(0), |r| r.run),
        }
    }

    /// Was anything at all readable?
    pub fn is_readable(&self) -> bool {
        self.analysis.members.iter().any(|m| m.lines > 0) || !self.analysis.facts.messages.is_empty()
    }
}

/// The two runs that one bundle offers at once: the one before and the current one; `None` where there is only one.
pub fn two_runs(analysis: &Analysis) -> Option<Pair<Side<'_>>> {
    let runs = &analysis.facts.runs;
    let last = u32::try_from(runs.len().checked_sub(1)?).ok()?;
    let side = |run: u32| Side { analysis, scope: Scope::Run(RunId(run)) };
    Some(Pair::new(side(last.checked_sub(1)?), side(last)))
}

/// The last two registrations of one bundle; `None` where there is only one.
pub fn two_registrations(analysis: &Analysis) -> Option<Pair<Scope>> {
    let last = u32::try_from(analysis.facts.registrations.len().checked_sub(1)?).ok()?;
    Some(Pair::new(Scope::Registration(last.checked_sub(1)?), Scope::Registration(last)))
}

/// The last two calls of one bundle; `None` where there is only one.
pub fn two_calls(analysis: &Analysis) -> Option<Pair<Scope>> {
    let last = analysis.facts.calls.last()?.id;
    Some(Pair::new(Scope::Call(CallId(last.0.checked_sub(1)?)), Scope::Call(last)))
}

/// Place of a row: group, row in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// In [`Comparison::groups`].
    pub group: usize,
    /// In its rows.
    pub row: usize,
}

/// How many rows there are of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Differences that matter.
    pub matter: usize,
    /// Times that differ within the usual spread.
    pub spread: usize,
    /// Other differences, which do not matter: addresses, lengths of talk.
    pub other: usize,
    /// Alike.
    pub same: usize,
}

/// How two sessions differ.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What was compared.
    pub scopes: Pair<Scope>,
    /// Was anything of the side readable?
    pub readable: Pair<bool>,
    /// Where elapsed time is zero, and why there.
    pub zero: Zero,
    /// What must be known before reading on: a side that was not readable, nothing in common, different products.
    pub remarks: Vec<Text>,
    /// Where they part, in one sentence.
    pub sentence: Text,
    /// One line more: what was alike up to there; may be empty.
    pub detail: Text,
    /// The facts of both, side by side.
    pub groups: Vec<Group>,
    /// The differences that matter, in the order of the protocol; the first is where they part.
    pub differences: Vec<Place>,
    /// How many rows of each sort.
    pub counts: Counts,
    /// SIP of both, conversation by conversation.
    pub strands: Vec<StrandRows>,
}

impl Comparison {
    /// How the whole stands. Where nothing of both sides could be laid side by side, nothing is alike either.
    pub fn tone(&self) -> Tone {
        if !(self.readable.left && self.readable.right) {
            return Tone::Warn;
        }
        match (self.differences.is_empty(), self.counts.same) {
            (false, _) => Tone::Fail,
            (true, 0) => Tone::Warn,
            (true, _) => Tone::Ok,
        }
    }

    /// The row of a place.
    pub fn row(&self, place: Place) -> Option<(&Group, &Row)> {
        let group = self.groups.get(place.group)?;
        Some((group, group.rows.get(place.row)?))
    }

    /// The first message rows that prove a difference, for those who show them.
    pub fn message_row(&self, which: Which, id: MessageId) -> Option<(usize, usize)> {
        let of = |row: &MessageRow| *row.messages.get(which) == Some(id);
        self.strands.iter().enumerate().find_map(|(s, strand)| Some((s, strand.rows.iter().position(of)?)))
    }
}

/// Compares. `anchor` says where elapsed time is zero.
pub fn compare(left: Side<'_>, right: Side<'_>, anchor: Anchor) -> Comparison {
    let sides = Pair::new(left, right);
    let zero = anchors::zero(&sides, anchor);
    let strands = cores::both(|| strands::strands(&left, zero.at.left), || strands::strands(&right, zero.at.right));
    let strands = Pair::new(strands.0, strands.1);
    let matched = matching::matched(&sides, &strands);
    let (strand_rows, transactions) = messages::rows(&sides, &strands, &matched.strands);
    let context = facts::Context { sides, zero: &zero, matched: &matched, transactions: &transactions, strands: &strands };
    let mut groups = facts::groups(&context);
    let readable = Pair::new(left.is_readable(), right.is_readable());
    if !(readable.left && readable.right) {
        // What a side lacks because nothing of it could be read is no difference of the sessions.
        for row in groups.iter_mut().filter(|g| g.area != Area::Coverage).flat_map(|g| &mut g.rows) {
            row.matters = false;
        }
    }
    let differences = ordered(&groups);
    let counts = count(&groups);
    let (sentence, detail) = remarks::sentence(&groups, &differences, &counts, readable);
    let remarks = remarks::remarks(&sides, &zero, &groups, &strand_rows, &matched);
    let scopes = sides.map(|side| side.scope);
    Comparison { scopes, readable, zero, remarks, sentence, detail, groups, differences, counts, strands: strand_rows }
}

/// The rows that matter: by their place in the protocol, then as they stand.
fn ordered(groups: &[Group]) -> Vec<Place> {
    let mut all: Vec<(u8, Place)> = Vec::new();
    for (g, group) in groups.iter().enumerate() {
        let mattering = group.rows.iter().enumerate().filter(|(_, row)| row.matters);
        all.extend(mattering.map(|(r, row)| (row.rank, Place { group: g, row: r })));
    }
    all.sort_by_key(|(rank, place)| (*rank, *place));
    all.into_iter().map(|(_, place)| place).collect()
}

fn count(groups: &[Group]) -> Counts {
    let mut counts = Counts::default();
    for row in groups.iter().flat_map(|g| &g.rows) {
        match (row.matters, row.kind) {
            (true, _) => counts.matter += 1,
            (_, Kind::Same) => counts.same += 1,
            (_, Kind::Spread) => counts.spread += 1,
            _ => counts.other += 1,
        }
    }
    counts
}

/// A time after the zero of its side, in microseconds.
fn since(at: Option<LogTime>, zero: Option<LogTime>) -> Option<i64> {
    Some(at?.since_us(zero?))
}

/// A number in a sentence.
fn number(value: impl ToString) -> Segment {
    Segment::number(value)
}

//! How two messages differ, part by part. In: two messages. Out: [`Diff`], rows with what stands on the left and on the right, values
//! compared by meaning (RFC 3261 §7.3.1, §19.1.4; RFC 8866), and lines of both. Must not know where the messages come from.
//!
//! What differs from message to message by nature (branch, tags, Call-ID, nonces …) is marked volatile and not counted. Swapping the
//! sides swaps left and right of each row and nothing else.

use std::collections::{BTreeMap, HashMap};

use super::diff_sdp;
use super::diff_values::{Item, header_items, order_matters, start_items};
use super::grammar::known_name;
use super::header::long_form;
use super::message::{Message, span_within};

/// Rows of one comparison that are kept.
const MAX_ROWS: usize = 4_000;
/// Lines of two bodies are aligned up to this product of their numbers; beyond it they are paired in order.
const MAX_CELLS: usize = 1_000_000;

/// How one thing stands on the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Means the same on both.
    Same,
    /// On both, with another value.
    Changed,
    /// Only on the right.
    Added,
    /// Only on the left.
    Removed,
    /// The same on both, in another order.
    Moved,
}

/// What a part of a value is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// As the grammar calls it: `host`, `port`, `method` …
    Part(&'static str),
    /// A parameter of a URI, in lower case.
    UriParam(String),
    /// A parameter of a header field or an attribute, in lower case.
    Param(String),
    /// One of a list of words.
    Token(String),
}

impl Name {
    /// The name as it stands in a message; a part of the grammar by its name there.
    pub fn text(&self) -> String {
        match self {
            Self::Part(name) => (*name).to_owned(),
            Self::UriParam(name) => format!(";{name}"),
            Self::Param(name) | Self::Token(name) => name.clone(),
        }
    }
}

/// One part of a value on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub name: Name,
    /// As written on the left; `None` when it is not there.
    pub left: Option<String>,
    /// As written on the right.
    pub right: Option<String>,
    /// How they stand.
    pub change: Change,
    /// Differs by nature: not counted.
    pub volatile: bool,
}

/// A value on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// As written, folds undone.
    pub text: String,
    /// Its first line in the message, counted from 1.
    pub line: u32,
}

/// Where in a message a row stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Request or status line.
    Start,
    /// A header field.
    Header,
    /// The lines of a session description before its first media line.
    Session,
    /// A media section: its kind (`audio`) and its number among those of that kind, from 0.
    Media(String, usize),
    /// A line of another body.
    Body,
}

/// One thing on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// Name of a header field in its long form, `c=` or `a=ptime` of a session description, a codec (`opus/48000/2`), `direction`;
    /// empty for start lines and lines of other bodies.
    pub name: String,
    /// On the left; `None` when it is not there.
    pub left: Option<Value>,
    /// On the right.
    pub right: Option<Value>,
    /// How they stand.
    pub change: Change,
    /// What differs does so by nature: not counted.
    pub volatile: bool,
    /// The value taken apart, when it is on both sides and has parts.
    pub parts: Vec<Part>,
}

impl Row {
    /// Is it a difference? Volatile ones are when `volatile` is set.
    pub fn differs(&self, volatile: bool) -> bool {
        self.change != Change::Same && (volatile || !self.volatile)
    }
}

/// How many rows stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The same.
    pub same: usize,
    /// Changed.
    pub changed: usize,
    /// Only right.
    pub added: usize,
    /// Only left.
    pub removed: usize,
    /// In another order.
    pub moved: usize,
    /// Differ by nature; in none of the other numbers.
    pub volatile: usize,
}

impl Counts {
    /// All that count as differences.
    pub fn differences(&self) -> usize {
        self.changed + self.added + self.removed + self.moved
    }
}

/// Two messages side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Start line, header fields, body, in the order in which the two messages have them.
    pub rows: Vec<Row>,
    /// Rows beyond the cap of 4,000 that were left aside.
    pub left_aside: usize,
}

impl Diff {
    /// Compares two messages.
    pub fn of(left: &Message, right: &Message) -> Self {
        let (left, right) = (Text::new(left), Text::new(right));
        let mut rows = rows_of(&Place::Start, "", &start_items(&left), &start_items(&right), true);
        // A request and a response have no part of the first line in common.
        if left.message.is_request() != right.message.is_request() {
            rows.iter_mut().for_each(|row| row.parts.clear());
        }
        headers(&left, &right, &mut rows);
        bodies(&left, &right, &mut rows);
        let left_aside = rows.len().saturating_sub(MAX_ROWS);
        rows.truncate(MAX_ROWS);
        Self { rows, left_aside }
    }

    /// The same comparison from the other side.
    pub fn swapped(self) -> Self {
        let swap = |change| match change {
            Change::Added => Change::Removed,
            Change::Removed => Change::Added,
            same => same,
        };
        let part = |p: Part| Part { left: p.right, right: p.left, change: swap(p.change), ..p };
        let row = |r: Row| Row {
            left: r.right,
            right: r.left,
            change: swap(r.change),
            parts: r.parts.into_iter().map(part).collect(),
            ..r
        };
        Self { rows: self.rows.into_iter().map(row).collect(), left_aside: self.left_aside }
    }

    /// The rows that differ; volatile ones too when `volatile` is set.
    pub fn differences(&self, volatile: bool) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.differs(volatile))
    }

    /// How many rows stand how.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            let count = match row.change {
                Change::Same => &mut counts.same,
                _ if row.volatile => &mut counts.volatile,
                Change::Changed => &mut counts.changed,
                Change::Added => &mut counts.added,
                Change::Removed => &mut counts.removed,
                Change::Moved => &mut counts.moved,
            };
            *count += 1;
        }
        counts
    }
}

/// A message and where its lines begin.
pub(super) struct Text<'a> {
    pub(super) message: &'a Message,
    /// Bytes at which each line after the first begins.
    starts: Vec<usize>,
}

impl<'a> Text<'a> {
    fn new(message: &'a Message) -> Self {
        let end = if message.text.contains('\n') { '\n' } else { '\r' };
        Self { message, starts: message.text.match_indices(end).map(|(at, _)| at + 1).collect() }
    }

    /// The line of a byte of the text, from 1.
    pub(super) fn line(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at)).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The line of a piece of the text.
    pub(super) fn line_of(&self, piece: &str) -> u32 {
        self.line(span_within(&self.message.text, piece).start)
    }
}

/// Things of one name on both sides.
#[derive(Default)]
pub(super) struct Group {
    /// The name to show: of two spellings of an unknown name the one that sorts first.
    name: String,
    left: Vec<Item>,
    right: Vec<Item>,
}

/// Groups by name, in the order in which they come on either side.
#[derive(Default)]
pub(super) struct Groups(BTreeMap<String, Group>);

impl Groups {
    pub(super) fn add(&mut self, name: &str, items: Vec<Item>, is_left: bool) {
        let group = self.0.entry(name.to_ascii_lowercase()).or_default();
        if group.name.is_empty() || name < group.name.as_str() {
            name.clone_into(&mut group.name);
        }
        if is_left { group.left.extend(items) } else { group.right.extend(items) }
    }

    /// The rows of all groups. That a group as a whole stands elsewhere is told, but order between names has no meaning (RFC 3261 §7.3.1).
    pub(super) fn rows(self, place: &Place, ordered: impl Fn(&str) -> bool, out: &mut Vec<Row>) {
        let first = |items: &[Item]| items.first().map(|item| item.line);
        let mut groups: Vec<(String, Group)> = self.0.into_iter().collect();
        groups.sort_by_key(|(key, g)| (first(&g.left).into_iter().chain(first(&g.right)).min(), key.clone()));
        let lines = |items: &[Item]| first(items).map(|line| line as usize);
        let moved = moved(&groups.iter().map(|(_, g)| (lines(&g.left), lines(&g.right))).collect::<Vec<_>>());
        for ((key, group), moved) in groups.into_iter().zip(moved) {
            let mut rows = rows_of(place, &group.name, &group.left, &group.right, ordered(&key));
            if moved && let Some(row) = rows.first_mut().filter(|row| row.change == Change::Same) {
                (row.change, row.volatile) = (Change::Moved, true);
            }
            out.append(&mut rows);
        }
    }
}

/// A name and the values of its fields with their lines.
type Fields<'a> = (String, Vec<(&'a str, u32)>);

fn headers(left: &Text<'_>, right: &Text<'_>, out: &mut Vec<Row>) {
    let mut groups = Groups::default();
    for (text, is_left) in [(left, true), (right, false)] {
        let mut fields: BTreeMap<String, Fields<'_>> = BTreeMap::new();
        for header in &text.message.headers {
            let name = long_form(text.message.slice(&header.name));
            let name = known_name(name).unwrap_or(name);
            let field = fields.entry(name.to_ascii_lowercase()).or_insert_with(|| (name.to_owned(), Vec::new()));
            field.1.push((text.message.slice(&header.value), text.line(header.name.start)));
        }
        for (key, (name, values)) in fields {
            groups.add(&name, header_items(&key, &values, text), is_left);
        }
    }
    groups.rows(&Place::Header, order_matters, out);
}

/// Parts of bodies are aligned by their type and order.
fn bodies(left: &Text<'_>, right: &Text<'_>, out: &mut Vec<Row>) {
    let (lefts, rights) = (left.message.parts(), right.message.parts());
    let kinds = |parts: &[super::body::Part<'_>]| -> Vec<String> {
        parts
            .iter()
            .map(|p| if p.is_sdp() { "sdp".to_owned() } else { p.media_type().unwrap_or("").to_ascii_lowercase() })
            .collect()
    };
    let pairs = pair_by(&[kinds(&lefts), kinds(&rights)]);
    for (l, r) in pairs {
        let (l, r) = (l.and_then(|n| lefts.get(n)), r.and_then(|n| rights.get(n)));
        let is_sdp = l.or(r).is_some_and(super::body::Part::is_sdp);
        let (l, r) = (l.map_or("", |p| p.text), r.map_or("", |p| p.text));
        if is_sdp {
            diff_sdp::rows((left, l), (right, r), out);
        } else {
            lines((left, l), (right, r), out);
        }
    }
}

/// The place of a pair among others, the same from both sides.
pub(super) fn either(left: Option<usize>, right: Option<usize>) -> (Option<usize>, Option<usize>) {
    (left.into_iter().chain(right).min(), left.into_iter().chain(right).max())
}

/// Things with the same key are paired in their order; the rest stands alone. In the order of either side.
pub(super) fn pair_by(keys: &[Vec<String>; 2]) -> Vec<(Option<usize>, Option<usize>)> {
    let [left, right] = keys;
    let mut waiting: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, key) in right.iter().enumerate().rev() {
        waiting.entry(key).or_default().push(place);
    }
    let mut pairs: Vec<(Option<usize>, Option<usize>)> =
        left.iter().enumerate().map(|(place, key)| (Some(place), waiting.get_mut(key.as_str()).and_then(Vec::pop))).collect();
    pairs.extend(waiting.into_values().flatten().map(|place| (None, Some(place))));
    pairs.sort_by_key(|(l, r)| {
        let key = l.and_then(|n| left.get(n)).or_else(|| r.and_then(|n| right.get(n)));
        (either(*l, *r), key)
    });
    pairs
}

/// Rows of things of one name.
pub(super) fn rows_of(place: &Place, name: &str, left: &[Item], right: &[Item], ordered: bool) -> Vec<Row> {
    let pairs = pairs_of(left, right);
    let moved = moved(&pairs);
    let rows = pairs.into_iter().zip(moved).map(|((l, r), moved)| {
        let mut row = row(place, name, l.and_then(|n| left.get(n)), r.and_then(|n| right.get(n)));
        if moved && row.change == Change::Same {
            (row.change, row.volatile) = (Change::Moved, !ordered);
        }
        row
    });
    rows.collect()
}

/// Which things belong together: first those that mean the same, then those with the same handle (the same realm, the same URI),
/// then the rest in order.
pub(super) fn pairs_of(left: &[Item], right: &[Item]) -> Vec<(Option<usize>, Option<usize>)> {
    let mut pairs: Vec<(Option<usize>, Option<usize>)> = Vec::new();
    let mut rest: [Vec<usize>; 2] = [(0..left.len()).collect(), (0..right.len()).collect()];
    let keys: [fn(&Item) -> String; 3] = [Item::meaning, |item| item.handle.clone(), |_| String::new()];
    for key in keys {
        let [lefts, rights] = &rest;
        let of = |places: &[usize], items: &[Item]| places.iter().filter_map(|n| items.get(*n)).map(key).collect();
        let found = pair_by(&[of(lefts, left), of(rights, right)]);
        let (mut next_left, mut next_right) = (Vec::new(), Vec::new());
        for (l, r) in found {
            match (l.and_then(|n| lefts.get(n)), r.and_then(|n| rights.get(n))) {
                (Some(l), Some(r)) => pairs.push((Some(*l), Some(*r))),
                (Some(l), None) => next_left.push(*l),
                (None, Some(r)) => next_right.push(*r),
                (None, None) => {}
            }
        }
        next_left.sort_unstable();
        next_right.sort_unstable();
        rest = [next_left, next_right];
    }
    let [lefts, rights] = rest;
    pairs.extend(lefts.into_iter().map(|n| (Some(n), None)));
    pairs.extend(rights.into_iter().map(|n| (None, Some(n))));
    pairs.sort_by_key(|(l, r)| either(*l, *r));
    pairs
}

/// Which pairs stand in another order; one that stands alone does not.
pub(super) fn moved(pairs: &[(Option<usize>, Option<usize>)]) -> Vec<bool> {
    let both: Vec<(usize, usize)> = pairs.iter().filter_map(|(l, r)| Some(((*l)?, (*r)?))).collect();
    let mut moved = out_of_order(&both).into_iter();
    pairs.iter().map(|(l, r)| l.is_some() && r.is_some() && moved.next().unwrap_or(false)).collect()
}

/// The row of two things that belong together, or of one that stands alone.
pub(super) fn row(place: &Place, name: &str, left: Option<&Item>, right: Option<&Item>) -> Row {
    let value = |item: &Item| Value { text: item.text.clone(), line: item.line };
    let (parts, change, volatile) = match (left, right) {
        (Some(l), Some(r)) => compare(l, r),
        (Some(_), None) => (Vec::new(), Change::Removed, false),
        (None, _) => (Vec::new(), Change::Added, false),
    };
    Row { place: place.clone(), name: name.to_owned(), left: left.map(value), right: right.map(value), change, volatile, parts }
}

/// Parts of the same name are paired in their order. A value differs when one of its parts does; only volatile parts make a volatile
/// difference.
fn compare(left: &Item, right: &Item) -> (Vec<Part>, Change, bool) {
    let names = |item: &Item| item.atoms.iter().map(|atom| format!("{:?}", atom.name)).collect::<Vec<_>>();
    let pairs = pair_by(&[names(left), names(right)]);
    let moved = moved(&pairs);
    let mut parts = Vec::with_capacity(pairs.len());
    for ((l, r), moved) in pairs.into_iter().zip(moved) {
        let (l, r) = (l.and_then(|n| left.atoms.get(n)), r.and_then(|n| right.atoms.get(n)));
        let Some(atom) = l.or(r) else { continue };
        let is_token = matches!(atom.name, Name::Token(_));
        let change = match (l, r) {
            (Some(l), Some(r)) if l.key != r.key => Change::Changed,
            // Order of parameters has no meaning; that of words in a list is told.
            (Some(_), Some(_)) if is_token && moved => Change::Moved,
            (Some(_), Some(_)) => Change::Same,
            (Some(_), None) => Change::Removed,
            (None, _) => Change::Added,
        };
        let volatile = atom.volatile || (change == Change::Moved && !left.ordered);
        let text = |a: &super::diff_values::Atom| a.value.clone();
        parts.push(Part { name: atom.name.clone(), left: l.map(text), right: r.map(text), change, volatile });
    }
    let counted = |part: &&Part| part.change != Change::Same && !part.volatile;
    let change = match parts.iter().find(counted) {
        Some(_) if parts.iter().filter(counted).all(|p| p.change == Change::Moved) => Change::Moved,
        Some(_) => Change::Changed,
        None if parts.iter().all(|p| p.change == Change::Same) => Change::Same,
        None if parts.iter().all(|p| matches!(p.change, Change::Same | Change::Moved)) => Change::Moved,
        None => Change::Changed,
    };
    let volatile = change != Change::Same && !parts.iter().any(|p| counted(&p));
    if parts.len() < 2 {
        parts.clear();
    }
    (parts, change, volatile)
}

/// Which pairs stand in another order: those outside a longest run that goes up on both sides, seen from the left or from the right,
/// so that of two that changed places both are told.
pub(super) fn out_of_order<T: Copy + Ord>(pairs: &[(T, T)]) -> Vec<bool> {
    let mut out = vec![false; pairs.len()];
    for flipped in [false, true] {
        let of = |n: &usize| pairs.get(*n).map(|(l, r)| if flipped { (*r, *l) } else { (*l, *r) });
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by_key(of);
        // Patience: the last of the best run of each length, and who came before it.
        let mut tails: Vec<usize> = Vec::new();
        let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
        for n in &order {
            let key = of(n).map(|(_, second)| second);
            let length = tails.partition_point(|tail| of(tail).map(|(_, second)| second) < key);
            if let Some(slot) = before.get_mut(*n) {
                *slot = length.checked_sub(1).and_then(|n| tails.get(n)).copied();
            }
            match tails.get_mut(length) {
                Some(tail) => *tail = *n,
                None => tails.push(*n),
            }
        }
        let mut run = vec![false; pairs.len()];
        let mut next = tails.last().copied();
        while let Some(n) = next {
            if let Some(slot) = run.get_mut(n) {
                *slot = true;
            }
            next = before.get(n).copied().flatten();
        }
        out.iter_mut().zip(run).for_each(|(out, in_run)| *out |= !in_run);
    }
    out
}

/// Bodies that are no session description, line by line.
fn lines(left: (&Text<'_>, &str), right: (&Text<'_>, &str), out: &mut Vec<Row>) {
    let items = |(text, body): (&Text<'_>, &str)| -> Vec<Item> {
        body.trim_ascii_end().lines().map(|line| Item::plain(line.trim_ascii_end(), text.line_of(line))).collect()
    };
    let (left, right) = (items(left), items(right));
    let mut at = (0, 0);
    let ends = std::iter::once((left.len(), right.len()));
    for (l, r) in common(&left, &right).into_iter().chain(ends) {
        // Between two lines that both have, lines are paired in order.
        for step in 0..(l - at.0).max(r - at.1) {
            let of = |items: &[Item], at: usize, end: usize| (at + step < end).then(|| items.get(at + step).cloned()).flatten();
            out.push(row(&Place::Body, "", of(&left, at.0, l).as_ref(), of(&right, at.1, r).as_ref()));
        }
        if let (Some(l), Some(r)) = (left.get(l), right.get(r)) {
            out.push(row(&Place::Body, "", Some(l), Some(r)));
        }
        at = (l + 1, r + 1);
    }
}

/// A longest run of lines that both have, in order, as places on both sides.
fn common(left: &[Item], right: &[Item]) -> Vec<(usize, usize)> {
    let texts = |items: &[Item]| items.iter().map(|i| i.text.clone()).collect::<Vec<_>>();
    let (a, b) = (texts(left), texts(right));
    // Of several such runs the same is found from both sides.
    if a > b {
        return common(right, left).into_iter().map(|(r, l)| (l, r)).collect();
    }
    let same = |i: usize, j: usize| a.get(i) == b.get(j);
    let shorter = a.len().min(b.len());
    let head = (0..shorter).take_while(|n| same(*n, *n)).count();
    let tail = (0..shorter - head).take_while(|n| same(a.len() - 1 - n, b.len() - 1 - n)).count();
    let (n, m) = (a.len() - head - tail, b.len() - head - tail);
    let mut out: Vec<(usize, usize)> = (0..head).map(|n| (n, n)).collect();
    if n > 0 && m > 0 && n.saturating_mul(m) <= MAX_CELLS {
        // Length of the longest run from (i, j) on.
        let mut best = vec![0_u32; (n + 1) * (m + 1)];
        let cell = |best: &[u32], i: usize, j: usize| best.get(i * (m + 1) + j).copied().unwrap_or(0);
        for i in (0..n).rev() {
            for j in (0..m).rev() {
                let value = if same(head + i, head + j) {
                    cell(&best, i + 1, j + 1) + 1
                } else {
                    cell(&best, i + 1, j).max(cell(&best, i, j + 1))
                };
                if let Some(slot) = best.get_mut(i * (m + 1) + j) {
                    *slot = value;
                }
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < n && j < m {
            if same(head + i, head + j) {
                out.push((head + i, head + j));
                (i, j) = (i + 1, j + 1);
            } else if cell(&best, i + 1, j) >= cell(&best, i, j + 1) {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    out.extend((0..tail).rev().map(|n| (a.len() - 1 - n, b.len() - 1 - n)));
    out
}

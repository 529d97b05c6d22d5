//! The facts of both sides as rows. In: the sides with what is matched. Out: [`Group`]s. Must not know how they are shown.

use crate::base::{Private, Segment, Text};
use crate::session::startup::StageId;
use crate::session::{Evidence, Facts};

use super::anchors::Zero;
use super::matching::Matched;
use super::messages::Partners;
use super::rows::{Cell, Group, Row};
use super::strands::{Exchange, Strand, StrandKind};
use super::{Pair, Scope, Side, Which, number};

mod calls;
mod client;
mod configuration;
mod coverage;
mod findings;
mod keepalive;
mod media;
mod registration;
mod stages;

/// Both sides with what is known of how they belong together.
pub struct Context<'a> {
    /// The sides.
    pub sides: Pair<Side<'a>>,
    /// Where elapsed time is zero.
    pub zero: &'a Zero,
    /// Which conversations are partners.
    pub matched: &'a Matched,
    /// Which transactions are partners, in the order of `matched.strands`.
    pub transactions: &'a Partners,
    /// The conversations of each side.
    pub strands: &'a Pair<Vec<Strand>>,
}

/// Every group that has a row.
pub fn groups(context: &Context<'_>) -> Vec<Group> {
    let whole = |side: &Side<'_>| matches!(side.scope, Scope::Run(_));
    let whole = whole(&context.sides.left) && whole(&context.sides.right);
    let mut out = Vec::new();
    if whole {
        out.push(stages::group(context));
    }
    out.extend(registration::groups(context));
    if whole {
        out.push(keepalive::group(context));
    }
    out.extend(calls::groups(context));
    if whole {
        out.push(keepalive::subscriptions(context));
    }
    out.push(findings::group(context));
    out.push(client::group(context));
    out.push(configuration::group(context));
    out.push(coverage::group(context));
    out.retain(|group| !group.rows.is_empty());
    for row in out.iter_mut().flat_map(|g| &mut g.rows) {
        prove(&mut row.cells.left, &context.sides.left);
        prove(&mut row.cells.right, &context.sides.right);
    }
    out
}

/// What no single line proves says what was looked through.
fn prove(cell: &mut Option<Cell>, side: &Side<'_>) {
    if let Some(cell) = cell.as_mut().filter(|c| c.evidence.is_empty()) {
        let text = Text::phrase("compare.members_read", &[("n", number(side.analysis.members.len()))]);
        cell.evidence.push(Evidence { source: None, at: None, text, message: None });
    }
}

/// Places in the protocol: the order in which differences are told.
mod rank {
    use super::StageId;

    /// Of a stage.
    pub fn stage(id: StageId) -> u8 {
        let place = StageId::ALL.iter().position(|s| *s == id).unwrap_or(0);
        u8::try_from(place * 2).unwrap_or(u8::MAX)
    }

    /// Of what belongs to a stage.
    pub fn within(id: StageId) -> u8 {
        stage(id) + 1
    }

    pub const SUBSCRIPTION: u8 = 40;
    pub const FINDING: u8 = 50;
    pub const CLIENT: u8 = 60;
    pub const CONFIGURATION: u8 = 70;
    pub const COVERAGE: u8 = 80;
}

impl<'a> Context<'a> {
    /// Facts of both sides.
    fn facts(&self) -> Pair<&'a Facts> {
        self.sides.map(|side| &side.analysis.facts)
    }

    /// Both strands of each pair that one kind fits, with the place in `matched`.
    fn pairs(&self, fits: fn(&StrandKind) -> bool) -> Vec<(usize, Pair<Option<&'a Strand>>)> {
        let strand = |which: Which, place: Option<usize>| self.strands.get(which).get(place?);
        let mut out = Vec::new();
        for (at, pair) in self.matched.strands.iter().enumerate() {
            let both = Pair::new(strand(Which::Left, pair.left), strand(Which::Right, pair.right));
            if both.left.or(both.right).is_some_and(|s| fits(&s.kind)) {
                out.push((at, both));
            }
        }
        let begins = |pair: &Pair<Option<&Strand>>| {
            let of = |s: &&Strand| s.exchanges.first().and_then(|e| e.items.first()).map(|i| i.elapsed_us);
            [pair.left, pair.right].iter().flatten().filter_map(of).min()
        };
        out.sort_by_key(|(_, pair)| (begins(pair), pair.left.map(|s| &s.kind).min(pair.right.map(|s| &s.kind))));
        out
    }

    /// Partner transactions of a pair of strands.
    fn exchanges(&self, at: usize, both: &Pair<Option<&'a Strand>>) -> Vec<Pair<Option<&'a Exchange>>> {
        let of = |strand: Option<&'a Strand>, place: Option<usize>| strand?.exchanges.get(place?);
        let partners = self.transactions.get(at).map(Vec::as_slice).unwrap_or_default();
        partners.iter().map(|p| Pair::new(of(both.left, p.left), of(both.right, p.right))).collect()
    }
}

/// A row of one private value: another host, address or user is another network or person, no fault.
fn identity(what: &'static str, values: Pair<Option<&Private>>) -> Option<Row> {
    if values.left.is_none() && values.right.is_none() {
        return None;
    }
    let same = values.left == values.right;
    let cell = |value: &Private| Cell::new(Text(vec![Segment::Private(value.clone())]));
    Some(Row::new(Text::key(what), values.map(|v| v.map(cell)), same, 0.1).harmless())
}

/// A row of one text of the log; a difference of this weight matters.
fn logged(what: &'static str, values: Pair<Option<&str>>, weight: f32) -> Option<Row> {
    if values.left.is_none() && values.right.is_none() {
        return None;
    }
    let same = values.left == values.right;
    let cell = |value: &str| Cell::new(Text(vec![Segment::Log(value.to_owned())]));
    Some(Row::new(Text::key(what), values.map(|v| v.map(cell)), same, weight))
}

/// Rows of one thing: what proves nothing else is proved by the thing's first message.
fn proved_by(rows: &mut [Row], facts: &Pair<&Facts>, first: Pair<Option<crate::session::MessageId>>) {
    for row in rows {
        for (cell, facts, id) in [(&mut row.cells.left, facts.left, first.left), (&mut row.cells.right, facts.right, first.right)]
        {
            if let Some(cell) = cell.as_mut().filter(|c| c.evidence.is_empty()) {
                cell.evidence.extend(id.map(|id| facts.proof(id)));
            }
        }
    }
}

/// The same sentence, whatever names and addresses stand in it.
fn same_sense(left: &Text, right: &Text) -> bool {
    let same = |l: &Segment, r: &Segment| match (l, r) {
        (Segment::Private(l), Segment::Private(r)) => l.kind == r.kind,
        (Segment::Log(l), Segment::Log(r)) => l == r || spoken(l).eq(spoken(r)),
        (Segment::Phrase { key, values }, Segment::Phrase { key: other, values: others }) => {
            let alike = |((name, value), (theirs, text)): (&(_, Text), &(_, Text))| name == theirs && same_sense(value, text);
            key == other && values.len() == others.len() && values.iter().zip(others).all(alike)
        }
        (l, r) => l == r,
    };
    left.0.len() == right.0.len() && left.0.iter().zip(&right.0).all(|(l, r)| same(l, r))
}

/// The words of a text without hosts and addresses: a Warning names the one who warns (RFC 3261 §20.43).
fn spoken(text: &str) -> impl Iterator<Item = &str> {
    let named = |word: &&str| word.trim_matches(['"', ',', ';', '.']).contains(['.', ':', '@']);
    text.split_whitespace().filter(move |word| !named(word))
}

/// A status with its reason phrase, or that no answer came.
fn status_text(status: Option<u16>, reason: Option<&str>) -> Text {
    match status {
        Some(status) => {
            let reason = Segment::Log(reason.unwrap_or_default().to_owned());
            Text::phrase("compare.status", &[("status", number(status)), ("reason", reason)])
        }
        None => Text::key("stage-text.no-answer"),
    }
}

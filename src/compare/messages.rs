//! SIP of both sides row by row: messages in the same place of the protocol beside each other, blanks where a side has none. In: matched
//! strands. Out: [`StrandRows`], and which transactions are partners. Must not know facts beyond messages.

use std::collections::HashMap;
use std::hash::Hash;

use crate::base::Text;
use crate::session::{Facts, MessageId};
use crate::sip::key::Key;
use crate::sip::{Message, Method};

use super::align::align_twice;
use super::cores::on_every_core;
use super::rows::Kind;
use super::strands::{Exchange, Item, Part, Strand, StrandKind};
use super::{Pair, Side, Which};

/// A message of either side, or of one only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// The messages.
    pub messages: Pair<Option<MessageId>>,
    /// Status, method, credentials, media and expiry: alike?
    pub kind: Kind,
    /// The order on one side is another than on the other.
    pub moved: bool,
}

/// A conversation of both sides, or of one only.
#[derive(Clone, Debug)]
pub struct StrandRows {
    /// What it is about, on each side that has it.
    pub kinds: Pair<Option<StrandKind>>,
    /// Its messages, in the order of time on both sides.
    pub rows: Vec<MessageRow>,
}

impl StrandRows {
    /// What it is called: `REGISTER`, `Call`, `OPTIONS`.
    pub fn name(&self) -> Text {
        match self.kinds.left.as_ref().or(self.kinds.right.as_ref()) {
            Some(StrandKind::Registration(_)) => Text::key("compare.registration"),
            Some(StrandKind::KeepAlive(_)) => Text::key("compare.keepalive"),
            Some(StrandKind::Call(_)) => Text::key("compare.call"),
            Some(StrandKind::Subscription(_)) => Text::key("compare.subscriptions"),
            Some(StrandKind::Other(method, _)) => Text::word(method.clone()),
            None => Text::default(),
        }
    }

    /// How many rows are alike, how many differ.
    pub fn counts(&self) -> (usize, usize) {
        let same = self.rows.iter().filter(|r| r.kind == Kind::Same).count();
        (same, self.rows.len() - same)
    }
}

/// Transactions that are partners: strand of the matched list, place in the strand of each side.
pub type Partners = Vec<Vec<Pair<Option<usize>>>>;

/// Lays both sides' messages beside each other, in the order in which conversations begin. The partners are in the order of `matched`.
pub fn rows(sides: &Pair<Side<'_>>, strands: &Pair<Vec<Strand>>, matched: &[Pair<Option<usize>>]) -> (Vec<StrandRows>, Partners) {
    let facts = sides.map(|side| &side.analysis.facts);
    let mut out = Vec::with_capacity(matched.len());
    let mut partners = Vec::with_capacity(matched.len());
    let of = |pair: &Pair<Option<usize>>| {
        let left = pair.left.and_then(|n| strands.left.get(n));
        let right = pair.right.and_then(|n| strands.right.get(n));
        let begins = [left, right].into_iter().flatten().filter_map(|s| s.exchanges.first()?.items.first());
        let begins = begins.map(|i| i.elapsed_us).min();
        let kinds = Pair::new(left, right).map(|s| s.map(|s| s.kind.clone()));
        let lesser = kinds.left.clone().into_iter().chain(kinds.right.clone()).min();
        let (found, rows) = one(&facts, left, right);
        (found, (begins, lesser, StrandRows { kinds, rows }))
    };
    for (found, rows) in on_every_core(matched, of) {
        partners.push(found);
        out.push(rows);
    }
    out.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    (out.into_iter().map(|(_, _, rows)| rows).collect(), partners)
}

fn one(facts: &Pair<&Facts>, left: Option<&Strand>, right: Option<&Strand>) -> (Vec<Pair<Option<usize>>>, Vec<MessageRow>) {
    let exchanges = |strand: Option<&'_ Strand>| strand.map_or(0, |s| s.exchanges.len());
    let (Some(left), Some(right)) = (left, right) else {
        let alone = |n: usize| Pair::new(left.map(|_| n), right.map(|_| n));
        let rows = [left, right].into_iter().flatten().flat_map(|s| &s.exchanges).flat_map(|e| &e.items);
        let mut items: Vec<&Item> = rows.collect();
        items.sort_by_key(|i| i.id);
        let row = |item: &&Item| {
            let messages = Pair::new(left.map(|_| item.id), right.map(|_| item.id));
            MessageRow { messages, kind: Kind::of(left.is_some(), right.is_some(), false), moved: false }
        };
        return ((0..exchanges(left).max(exchanges(right))).map(alone).collect(), items.iter().map(row).collect());
    };
    // Everything is done from the side that comes first by content, so that swapping the sides changes nothing else.
    let (left_items, right_items) = (ordered(left), ordered(right));
    let key = |items: &[(usize, &Item)]| items.iter().map(|(_, i)| (i.part_number(), i.elapsed_us)).collect::<Vec<_>>();
    let turned = (right_items.len(), key(&right_items)) < (left_items.len(), key(&left_items));
    let turn = |pair: Pair<Option<usize>>| if turned { pair.swapped() } else { pair };
    let (a, b) = if turned { (right, left) } else { (left, right) };
    let (a_items, b_items) = if turned { (right_items, left_items) } else { (left_items, right_items) };
    let exchanges = pair_exchanges(a, b);
    let partners = pair_items(a, b, &exchanges);
    let b_places: HashMap<MessageId, usize> = b_items.iter().enumerate().map(|(n, (_, i))| (i.id, n)).collect();
    let partner_of: Vec<Option<usize>> =
        a_items.iter().map(|(_, i)| partners.get(&i.id).and_then(|id| b_places.get(id)).copied()).collect();
    let merged = merge(&partner_of, &a_items, &b_items);
    let id = |items: &[(usize, &Item)], n: Option<usize>| n.and_then(|n| items.get(n)).map(|(_, i)| i.id);
    let rows = merged.into_iter().map(|(x, y, moved)| {
        let ids = Pair::new(id(&a_items, x), id(&b_items, y));
        let messages = if turned { ids.swapped() } else { ids };
        let same = messages.both().is_none_or(|(l, r)| alike(facts, l, r));
        MessageRow { messages, kind: Kind::of(messages.left.is_some(), messages.right.is_some(), same), moved }
    });
    let rows = rows.collect();
    (exchanges.into_iter().map(turn).collect(), rows)
}

impl Item {
    /// A number for what it is, to put items in a fixed order.
    fn part_number(&self) -> u32 {
        match self.part {
            Part::Request => 0,
            Part::Provisional(status) | Part::Final(status) => u32::from(status),
            Part::Ack => 1,
        }
    }
}

/// The messages of a strand in the order of time, with the place of their transaction.
fn ordered(strand: &Strand) -> Vec<(usize, &Item)> {
    let of = |(place, exchange): (usize, &'_ Exchange)| (place, exchange.items.len());
    let mut all: Vec<(usize, &Item)> = Vec::with_capacity(strand.exchanges.iter().enumerate().map(of).map(|(_, n)| n).sum());
    for (place, exchange) in strand.exchanges.iter().enumerate() {
        all.extend(exchange.items.iter().map(|item| (place, item)));
    }
    all.sort_by_key(|(_, item)| item.id);
    all
}

/// Numbers for equal things, the same for both sides.
struct Numbers<K>(HashMap<K, u32>);

impl<K: Hash + Eq> Numbers<K> {
    fn of(&mut self, key: K) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(key).or_insert(next)
    }
}

/// Transactions in the same place: exactly by all that marks it, then loosely by sender, method and dialog.
fn pair_exchanges(a: &Strand, b: &Strand) -> Vec<Pair<Option<usize>>> {
    let mut exact = Numbers(HashMap::new());
    let mut loose = Numbers(HashMap::new());
    let mut numbers = |strand: &Strand| -> (Vec<u32>, Vec<u32>) {
        let of = |e: &Exchange| {
            let mark = &e.mark;
            // A refresh is no answer to a new binding, though both are REGISTERs.
            let narrow = (mark.method.clone(), mark.sent, mark.in_dialog, mark.attempt);
            (exact.of(mark.clone()), loose.of(narrow))
        };
        strand.exchanges.iter().map(of).unzip()
    };
    let (left, right) = (numbers(a), numbers(b));
    let pairs = align_twice((&left.0, &left.1), (&right.0, &right.1));
    let mut out = Vec::with_capacity(a.exchanges.len().max(b.exchanges.len()));
    let (mut next_a, mut next_b) = (0, 0);
    for (to_a, to_b) in pairs.into_iter().chain([(a.exchanges.len(), b.exchanges.len())]) {
        out.extend((next_a..to_a).map(|n| Pair::new(Some(n), None)));
        out.extend((next_b..to_b).map(|n| Pair::new(None, Some(n))));
        if to_a < a.exchanges.len() {
            out.push(Pair::new(Some(to_a), Some(to_b)));
        }
        (next_a, next_b) = (to_a + 1, to_b + 1);
    }
    out
}

/// Messages in the same place of paired transactions: by what they are and the how manieth; a final answer also pairs with another.
fn pair_items(a: &Strand, b: &Strand, exchanges: &[Pair<Option<usize>>]) -> HashMap<MessageId, MessageId> {
    let numbers = |exchange: &Exchange| -> (Vec<u32>, Vec<u32>) {
        let of = |item: &Item| {
            let repeat = item.repeat.min(9_999);
            let loose = match item.part {
                Part::Final(_) => 2,
                Part::Provisional(status) => u32::from(status),
                Part::Request => 0,
                Part::Ack => 1,
            };
            (item.part_number() * 10_000 + repeat, loose * 10_000 + repeat)
        };
        exchange.items.iter().map(of).unzip()
    };
    let mut out = HashMap::new();
    for (x, y) in exchanges.iter().filter_map(|pair| pair.both()) {
        let (Some(x), Some(y)) = (a.exchanges.get(x), b.exchanges.get(y)) else { continue };
        let (left, right) = (numbers(x), numbers(y));
        for (n, m) in align_twice((&left.0, &left.1), (&right.0, &right.1)) {
            if let (Some(left), Some(right)) = (x.items.get(n), y.items.get(m)) {
                out.insert(left.id, right.id);
            }
        }
    }
    out
}

/// A row: place on each side, and whether its order is another on the other side.
type Merged = (Option<usize>, Option<usize>, bool);

/// One column beside the other, both in the order of time as far as the pairs allow; what is alone stands where its time is.
fn merge(partner_of: &[Option<usize>], a: &[(usize, &Item)], b: &[(usize, &Item)]) -> Vec<Merged> {
    let kept = longest_ascending(partner_of);
    let mut taken: Vec<bool> = vec![false; b.len()];
    for partner in partner_of.iter().flatten() {
        if let Some(slot) = taken.get_mut(*partner) {
            *slot = true;
        }
    }
    let mut out = Vec::with_capacity(a.len().max(b.len()));
    let time = |items: &[(usize, &Item)], n: usize| items.get(n).map_or(i64::MAX, |(_, i)| i.elapsed_us);
    let (mut next_a, mut next_b) = (0, 0);
    for (to_a, to_b) in kept.into_iter().chain([(a.len(), b.len())]) {
        loop {
            while next_b < to_b && taken.get(next_b) == Some(&true) {
                next_b += 1; // stands beside its partner
            }
            let first = match (next_a < to_a, next_b < to_b) {
                (false, false) => break,
                (here, there) => here && (!there || time(a, next_a) <= time(b, next_b)),
            };
            if first {
                let partner = partner_of.get(next_a).copied().flatten();
                out.push((Some(next_a), partner, partner.is_some()));
                next_a += 1;
            } else {
                out.push((None, Some(next_b), false));
                next_b += 1;
            }
        }
        if to_a < a.len() {
            out.push((Some(to_a), Some(to_b), false));
        }
        (next_a, next_b) = (to_a + 1, to_b + 1);
    }
    out
}

/// The longest run of pairs whose order is the same on both sides.
fn longest_ascending(partner_of: &[Option<usize>]) -> Vec<(usize, usize)> {
    // tails[n]: the pair that ends the best run of n + 1 pairs; before: the pair before each.
    let mut tails: Vec<(usize, usize)> = Vec::new();
    let mut before: HashMap<usize, (usize, usize)> = HashMap::new();
    for (n, m) in partner_of.iter().enumerate().filter_map(|(n, m)| Some((n, (*m)?))) {
        let place = tails.partition_point(|(_, tail)| *tail < m);
        if let Some(last) = place.checked_sub(1).and_then(|p| tails.get(p)) {
            before.insert(n, *last);
        }
        match tails.get_mut(place) {
            Some(slot) => *slot = (n, m),
            None => tails.push((n, m)),
        }
    }
    let mut out = Vec::with_capacity(tails.len());
    let mut next = tails.last().copied();
    while let Some(pair) = next {
        out.push(pair);
        next = before.get(&pair.0).copied();
    }
    out.reverse();
    out
}

/// Do two messages in the same place say the same: status, method, credentials, media, expiry? Made-up values are not looked at.
fn alike(facts: &Pair<&Facts>, left: MessageId, right: MessageId) -> bool {
    let seen = |which: Which, id: MessageId| {
        let facts = facts.get(which);
        Some((facts.related.keys.get(id.0)?, &facts.message(id)?.seen.message))
    };
    let (Some((left_key, left)), Some((right_key, right))) = (seen(Which::Left, left), seen(Which::Right, right)) else {
        return false;
    };
    left.text == right.text
        || left_key.status == right_key.status
            && left_key.method == right_key.method
            && left_key.credentials.is_some() == right_key.credentials.is_some()
            && left_key.sdp == right_key.sdp
            && waits(left, left_key) == waits(right, right_key)
            && (!left_key.sdp || same_media(left, right))
}

/// Seconds asked for, granted, or demanded: Expires or the one contact's (RFC 3261 §10.2.1.1), Min-Expires, Retry-After.
fn waits(message: &Message, key: &Key) -> [Option<u64>; 3] {
    let mut out = [None; 3];
    for (name, value) in message.fields() {
        let place = ["Expires", "Min-Expires", "Retry-After"].iter().position(|known| name.eq_ignore_ascii_case(known));
        if let Some(slot) = place.and_then(|n| out.get_mut(n)).filter(|slot| slot.is_none()) {
            *slot = value.trim().parse().ok();
        }
    }
    // A contact has a time of its own in REGISTER and where it redirects.
    let bound = key.method == Method::Register || key.status.is_some_and(|s| s / 100 == 3);
    if let (true, [one], [expires, ..]) = (bound, message.contacts().as_slice(), &mut out) {
        *expires = one.param("expires").and_then(|v| v.parse().ok()).or(*expires);
    }
    out
}

/// The same kind, protocol, direction, formats of each media line, and the same ones refused?
fn same_media(left: &Message, right: &Message) -> bool {
    // Reading is dear: bodies that differ in made-up values only need none.
    lasting_lines(left).eq(lasting_lines(right)) && left.header("Content-Type") == right.header("Content-Type")
        || media(left) == media(right)
}

/// The lines of a body without those of made-up values and addresses; of `m=` kind, whether the port is 0 (refused), and the rest.
fn lasting_lines(message: &Message) -> impl Iterator<Item = (&str, bool, &str)> {
    const MADE_UP: [&str; 7] = ["o=", "t=", "a=candidate:", "a=ssrc", "a=ice-", "a=crypto:", "a=fingerprint:"];
    message.body_text().lines().filter_map(|line| {
        let media = line.strip_prefix("m=").and_then(|m| m.split_once(' '));
        if let Some((kind, (port, rest))) = media.and_then(|(kind, rest)| Some((kind, rest.split_once(' ')?))) {
            return Some((kind, port.trim_start_matches('0').is_empty(), rest));
        }
        // `c=0.0.0.0` holds (RFC 2543 §B.5); any other address is the network's.
        let elsewhere = line.starts_with("c=") && !line.ends_with("0.0.0.0") && !line.ends_with("::");
        (!elsewhere && !MADE_UP.iter().any(|m| line.starts_with(m))).then_some(("", false, line))
    })
}

/// Kind, protocol, direction, refused or not, formats of each media line.
type Line = (String, String, crate::sip::Flow, bool, Vec<String>);

fn media(message: &Message) -> Vec<Line> {
    let line = |m: &crate::sip::SdpMedia| {
        let formats = m.formats.iter().map(|f| f.name.to_ascii_lowercase()).collect();
        (m.kind.to_ascii_lowercase(), m.protocol.to_ascii_uppercase(), m.flow, m.is_rejected(), formats)
    };
    message.sdp().map(|sdp| sdp.media.iter().map(line).collect()).unwrap_or_default()
}

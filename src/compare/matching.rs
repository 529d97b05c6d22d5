//! Which conversation of one side is which of the other? In: the strands of both sides. Out: [`Matched`]. Must not know their messages.
//!
//! By parties, direction, event package and order, never by time. What several could be stays unmatched, and is said.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Private;
use crate::session::call::CallDirection;
use crate::session::{Facts, Side as Who};
use crate::sip::Uri;

use super::strands::{Strand, StrandKind};
use super::{Pair, Side, Which};

/// What belongs together. Numbers are places in the strands of a side.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    /// Strands; a side is `None` where the other's has no partner. In no order yet.
    pub strands: Vec<Pair<Option<usize>>>,
    /// Calls (places in `Facts::calls`) that could belong to several of the other side.
    pub ambiguous_calls: Pair<usize>,
    /// Registrations, likewise.
    pub ambiguous_registrations: Pair<usize>,
    /// Partners of calls, by their places in the facts.
    calls: Pair<BTreeMap<u32, u32>>,
}

impl Matched {
    /// The partner of a call, by its place in the facts of `which`.
    pub fn call_partner(&self, which: Which, call: u32) -> Option<u32> {
        self.calls.get(which).get(&call).copied()
    }
}

/// Finds partners.
pub fn matched(sides: &Pair<Side<'_>>, strands: &Pair<Vec<Strand>>) -> Matched {
    let mut out = Matched::default();
    let chosen = |side: &Side<'_>| !matches!(side.scope, super::Scope::Run(_));
    let chosen = chosen(&sides.left) && chosen(&sides.right);
    let of = |want: fn(&StrandKind) -> bool| {
        strands.as_ref().map(|all| (0..all.len()).filter(|n| all.get(*n).is_some_and(|s| want(&s.kind))).collect::<Vec<_>>())
    };
    let facts = sides.map(|side| &side.analysis.facts);
    let kind = |which: Which, place: usize| strands.get(which).get(place).map(|s| &s.kind);
    // Registrations: of the same user; the only one left on each side.
    let places = of(|k| matches!(k, StrandKind::Registration(_)));
    let user = |which: Which, place: usize| match kind(which, place) {
        Some(StrandKind::Registration(n)) => facts.get(which).registrations.get(*n as usize).map(|r| (user_of(&r.aor), r.reg_id)),
        _ => None,
    };
    let mut pairs = Pairs::new(places);
    pairs.in_order(&user);
    pairs.only_one(&|_, _| Some(()));
    out.ambiguous_registrations = pairs.ambiguous(&|_, _| Some(()));
    out.strands.extend(pairs.finish());
    // Keep-alives: of the same sender; of several peers, the only one of each.
    let places = of(|k| matches!(k, StrandKind::KeepAlive(_)));
    let keepalive = |which: Which, place: usize| match kind(which, place) {
        Some(StrandKind::KeepAlive(n)) => facts.get(which).keepalives.get(*n as usize),
        _ => None,
    };
    let mut pairs = Pairs::new(places);
    pairs.only_one(&|which, place| keepalive(which, place).map(|k| (k.kind, k.from, k.peer.clone())));
    pairs.only_one(&|which, place| keepalive(which, place).map(|k| (k.kind, k.from)));
    out.strands.extend(pairs.finish());
    // Subscriptions: to the same event package.
    let places = of(|k| matches!(k, StrandKind::Subscription(_)));
    let event = |which: Which, place: usize| match kind(which, place) {
        Some(StrandKind::Subscription(n)) => {
            facts.get(which).subscriptions.get(*n as usize).map(|s| s.event.to_ascii_lowercase())
        }
        _ => None,
    };
    let mut pairs = Pairs::new(places);
    pairs.in_order(&event);
    out.strands.extend(pairs.finish());
    // Anything else: of the same method and sender.
    let places = of(|k| matches!(k, StrandKind::Other(..)));
    let mut pairs = Pairs::new(places);
    pairs.only_one(&|which, place| kind(which, place).cloned());
    out.strands.extend(pairs.finish());
    let places = of(|k| matches!(k, StrandKind::Call(_)));
    calls(&facts, &kind, places, chosen, &mut out);
    out
}

/// Calls: the nth between the same parties in the same direction, when both sides have as many; else those whose course only one call of
/// each side took; else the only one of a direction; and when no party is the same on both sides (other users), the nth with the nth
/// new party.
fn calls<'k>(
    facts: &Pair<&Facts>,
    kind: &dyn Fn(Which, usize) -> Option<&'k StrandKind>,
    places: Pair<Vec<usize>>,
    chosen: bool,
    out: &mut Matched,
) {
    let call = |which: Which, place: usize| match kind(which, place) {
        Some(StrandKind::Call(n)) => facts.get(which).calls.get(*n as usize),
        _ => None,
    };
    let party = |which: Which, place: usize| {
        let call = call(which, place)?;
        let other = if call.direction == CallDirection::Incoming { &call.from } else { &call.to };
        Some((call.direction, other.as_ref().map(user_of).filter(|user| !user.is_empty())?))
    };
    let course = |which: Which, place: usize| {
        let call = call(which, place)?;
        let events: Vec<(&str, Who)> = call.events.iter().map(|e| (e.kind, e.by)).collect();
        Some((party(which, place), call.state, call.invite_finals.clone(), events))
    };
    let mut pairs = Pairs::new(places);
    if chosen {
        pairs.only_one(&|_, _| Some(()));
    }
    let strangers = {
        let known = |which: Which| pairs.left_over(which).iter().filter_map(|p| party(which, *p)).collect::<BTreeSet<_>>();
        known(Which::Left).is_disjoint(&known(Which::Right))
    };
    pairs.in_order(&party);
    pairs.only_one(&course);
    if strangers {
        // The how manieth new party each call is to or from: the same for renamed users.
        let numbered = |which: Which| {
            let mut seen = BTreeMap::new();
            let number = |place: &usize| {
                let party = party(which, *place)?;
                let (direction, next) = (party.0, seen.len());
                Some((*place, (direction, *seen.entry(party).or_insert(next))))
            };
            pairs.left_over(which).iter().filter_map(number).collect::<BTreeMap<_, _>>()
        };
        let numbers = Pair::new(numbered(Which::Left), numbered(Which::Right));
        pairs.in_order(&|which, place| numbers.get(which).get(&place).copied());
    }
    pairs.only_one(&|which, place| call(which, place).map(|c| c.direction));
    out.ambiguous_calls = pairs.ambiguous(&|which, place| call(which, place).map(|c| c.direction));
    for (left, right) in &pairs.found {
        if let (Some(left), Some(right)) = (call(Which::Left, *left), call(Which::Right, *right)) {
            out.calls.left.insert(left.id.0, right.id.0);
            out.calls.right.insert(right.id.0, left.id.0);
        }
    }
    out.strands.extend(pairs.finish());
}

/// The user part of an address; of one without, the whole. Hosts are the network's matter.
pub fn user_of(party: &Private) -> String {
    let text = party.original();
    match Uri::parse(text) {
        Some(uri) => uri.user.map_or_else(|| uri.host.to_ascii_lowercase(), str::to_owned),
        None => text.to_owned(),
    }
}

/// Places that look for partners.
struct Pairs {
    free: Pair<Vec<usize>>,
    found: Vec<(usize, usize)>,
}

impl Pairs {
    fn new(free: Pair<Vec<usize>>) -> Self {
        Self { free, found: Vec::new() }
    }

    fn left_over(&self, which: Which) -> &[usize] {
        self.free.get(which)
    }

    /// Pairs those of the same key in order, where both sides have as many.
    fn in_order<K: Ord>(&mut self, key: &dyn Fn(Which, usize) -> Option<K>) {
        self.pair(key, |left, right| left == right);
    }

    /// Pairs those whose key only one of each side has.
    fn only_one<K: Ord>(&mut self, key: &dyn Fn(Which, usize) -> Option<K>) {
        self.pair(key, |left, right| left == 1 && right == 1);
    }

    fn pair<K: Ord>(&mut self, key: &dyn Fn(Which, usize) -> Option<K>, fits: fn(usize, usize) -> bool) {
        let mut groups: BTreeMap<K, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for place in &self.free.left {
            if let Some(key) = key(Which::Left, *place) {
                groups.entry(key).or_default().0.push(*place);
            }
        }
        for place in &self.free.right {
            if let Some(key) = key(Which::Right, *place) {
                groups.entry(key).or_default().1.push(*place);
            }
        }
        let begun = self.found.len();
        for (left, right) in groups.into_values().filter(|(left, right)| fits(left.len(), right.len())) {
            self.found.extend(left.into_iter().zip(right));
        }
        let (left, right): (BTreeSet<usize>, BTreeSet<usize>) = self.found.iter().skip(begun).copied().unzip();
        self.free.left.retain(|p| !left.contains(p));
        self.free.right.retain(|p| !right.contains(p));
    }

    /// How many found no partner though the other side has some of their sort left.
    fn ambiguous<K: Ord>(&self, sort: &dyn Fn(Which, usize) -> Option<K>) -> Pair<usize> {
        let sorts = |which: Which| self.free.get(which).iter().filter_map(|p| sort(which, *p)).collect::<BTreeSet<K>>();
        let count = |which: Which, others: &BTreeSet<K>| {
            let open = |place: &&usize| sort(which, **place).is_some_and(|s| others.contains(&s));
            self.free.get(which).iter().filter(open).count()
        };
        Pair::new(count(Which::Left, &sorts(Which::Right)), count(Which::Right, &sorts(Which::Left)))
    }

    fn finish(self) -> impl Iterator<Item = Pair<Option<usize>>> {
        let found = self.found.into_iter().map(|(left, right)| Pair::new(Some(left), Some(right)));
        let left = self.free.left.into_iter().map(|place| Pair::new(Some(place), None));
        let right = self.free.right.into_iter().map(|place| Pair::new(None, Some(place)));
        found.chain(left).chain(right)
    }
}

//! Which of a stretch of things ranks highest, without looking at each. In: how many things there are and a key for each.
//! Out: places. Must not know what the things are: a tree of winners over their places, asked in logarithmic time.

use std::ops::Range;

/// The winners of all pairs, pairs of pairs and so on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranks {
    /// `tree[1]` is the winner of all, `tree[n]` of its halves `2n` and `2n + 1`; the second half are the places themselves.
    tree: Vec<u32>,
    len: usize,
}

impl Ranks {
    /// Ranks `len` things; equal keys leave the earlier place first.
    pub fn new<K: Ord>(len: usize, key: impl Fn(usize) -> K) -> Self {
        let mut tree = vec![0_u32; len];
        tree.extend((0_u32..).take(len));
        for node in (1..len).rev() {
            let (a, b) = (tree.get(2 * node).copied(), tree.get(2 * node + 1).copied());
            if let (Some(a), Some(b), Some(slot)) = (a, b, tree.get_mut(node)) {
                *slot = if better(a as usize, b as usize, &key) { b } else { a };
            }
        }
        Self { tree, len }
    }

    /// The place of the highest in `range`; `None` when the range is empty. `key` must be the one it was made with.
    pub fn best<K: Ord>(&self, range: Range<usize>, key: impl Fn(usize) -> K) -> Option<usize> {
        let (mut low, mut high) = (range.start + self.len, range.end.min(self.len) + self.len);
        let mut found: Option<usize> = None;
        let mut take = |node: usize| {
            let Some(place) = self.tree.get(node).map(|p| *p as usize) else { return };
            if found.is_none_or(|f| better(f, place, &key)) {
                found = Some(place);
            }
        };
        while low < high {
            if low % 2 == 1 {
                take(low);
                low += 1;
            }
            if high % 2 == 1 {
                high -= 1;
                take(high);
            }
            low /= 2;
            high /= 2;
        }
        found
    }

    /// Every place in `range` whose key is at least `least`, in order: few are found fast among many.
    pub fn at_least<K: Ord>(&self, range: Range<usize>, least: &K, key: impl Fn(usize) -> K) -> Vec<usize> {
        let mut out = Vec::new();
        let mut open = vec![range];
        while let Some(part) = open.pop() {
            let Some(place) = self.best(part.clone(), &key).filter(|place| key(*place) >= *least) else { continue };
            out.push(place);
            open.push(part.start..place);
            open.push(place + 1..part.end);
        }
        out.sort_unstable();
        out
    }
}

/// Does `b` win over `a`?
fn better<K: Ord>(a: usize, b: usize, key: impl Fn(usize) -> K) -> bool {
    (key(b), a) > (key(a), b)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_tree_says_what_looking_at_each_says(keys in prop::collection::vec(0_u8..9, 0..200), a in 0_usize..220, b in 0_usize..220, least in 0_u8..10) {
            let ranks = Ranks::new(keys.len(), |n| keys[n]);
            let range = a.min(b).min(keys.len())..b.max(a).min(keys.len());
            let worst = range.clone().max_by_key(|n| (keys[*n], std::cmp::Reverse(*n)));
            prop_assert_eq!(ranks.best(range.clone(), |n| keys[n]), worst);
            let all: Vec<usize> = range.clone().filter(|n| keys[*n] >= least).collect();
            prop_assert_eq!(ranks.at_least(range, &least, |n| keys[n]), all);
        }
    }
}

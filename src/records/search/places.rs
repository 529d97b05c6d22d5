//! A set of places in the order of all records: which pass a filter, which are hits. In: bits. Out: how many stand before a place, and
//! which is the nth. Must not know records.
//!
//! One bit a record and a count every 512: 20 million records take 2.7 MB, however many are in the set. So nothing has to be cut off.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Words of 64 places between two counts.
const STEP: usize = 8;

/// Places, each once, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    words: Vec<u64>,
    /// Members of the set before every [`STEP`] words.
    before: Vec<u32>,
    count: usize,
}

impl Places {
    fn new(words: Vec<u64>) -> Self {
        let mut before = Vec::with_capacity(words.len().div_ceil(STEP));
        let mut count = 0usize;
        for part in words.chunks(STEP) {
            before.push(u32::try_from(count).unwrap_or(u32::MAX));
            count += part.iter().map(|w| w.count_ones() as usize).sum::<usize>();
        }
        Self { words, before, count }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Is this place in the set?
    pub fn contains(&self, place: usize) -> bool {
        self.words.get(place / 64).is_some_and(|w| w >> (place % 64) & 1 == 1)
    }

    /// How many of the set stand before `place`.
    pub fn before(&self, place: usize) -> usize {
        let word = place / 64;
        if word >= self.words.len() {
            return self.count;
        }
        let block = word / STEP;
        let whole: usize = self.words.get(block * STEP..word).unwrap_or_default().iter().map(|w| w.count_ones() as usize).sum();
        let last = self.words.get(word).map_or(0, |w| (w & ((1u64 << (place % 64)) - 1)).count_ones() as usize);
        self.before.get(block).map_or(0, |n| *n as usize) + whole + last
    }

    /// The nth of the set, from 0.
    pub fn nth(&self, n: usize) -> Option<usize> {
        if n >= self.count {
            return None;
        }
        let block = self.before.partition_point(|b| *b as usize <= n).checked_sub(1)?;
        let mut left = n - self.before.get(block).map_or(0, |b| *b as usize);
        for (at, word) in (block * STEP..).zip(self.words.get(block * STEP..)?) {
            let ones = word.count_ones() as usize;
            if left < ones {
                let mut rest = *word;
                for _ in 0..left {
                    rest &= rest - 1;
                }
                return Some(at * 64 + rest.trailing_zeros() as usize);
            }
            left -= ones;
        }
        None
    }

    /// The first of the set behind `place`.
    pub fn after(&self, place: usize) -> Option<usize> {
        self.nth(self.before(place.saturating_add(1)))
    }

    /// The last of the set before `place`.
    pub fn last_before(&self, place: usize) -> Option<usize> {
        self.nth(self.before(place).checked_sub(1)?)
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self::new(self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect())
    }
}

/// A set being filled by several threads.
#[derive(Debug)]
pub struct Filling(Vec<AtomicU64>);

impl Filling {
    /// An empty set of places below `len`.
    pub fn new(len: usize) -> Self {
        Self((0..len.div_ceil(64)).map(|_| AtomicU64::new(0)).collect())
    }

    /// Adds a place.
    pub fn add(&self, place: usize) {
        if let Some(word) = self.0.get(place / 64) {
            word.fetch_or(1 << (place % 64), Relaxed);
        }
    }

    /// The set as it is now.
    pub fn places(&self) -> Places {
        Places::new(self.0.iter().map(|w| w.load(Relaxed)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_plain_list() {
        for (len, step) in [(0usize, 1usize), (1, 1), (64, 1), (5_000, 7), (5_000, 613), (1_025, 2)] {
            let filling = Filling::new(len);
            let list: Vec<usize> = (0..len).step_by(step).collect();
            list.iter().rev().for_each(|p| filling.add(*p));
            filling.add(len + 640);
            let places = filling.places();
            assert_eq!(places.count(), list.len());
            for place in 0..len + 3 {
                assert_eq!(places.contains(place), place < len && place % step == 0);
                assert_eq!(places.before(place), list.iter().filter(|p| **p < place).count());
                assert_eq!(places.after(place), list.iter().copied().find(|p| *p > place));
                assert_eq!(places.last_before(place), list.iter().copied().rfind(|p| *p < place));
            }
            for n in 0..=list.len() {
                assert_eq!(places.nth(n), list.get(n).copied());
            }
        }
        let (even, third) = (Filling::new(100), Filling::new(100));
        (0..100).step_by(2).for_each(|p| even.add(p));
        (0..100).step_by(3).for_each(|p| third.add(p));
        assert_eq!(even.places().and(&third.places()).count(), 17);
    }
}

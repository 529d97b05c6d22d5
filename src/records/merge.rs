//! One order of the records of all members. In: indexes with their times in UTC. Out: [`Merged`]: which record is the nth, and the place
//! of a record. Must not know texts.
//!
//! By time; equal times keep the order of members, then that of lines. A record without a time stays behind the one before it. The lines of
//! a member keep their order when its clock runs back a little or is set back by hours; after a jump of more than [`APART_US`] (a wrong
//! date put right, another run) the member goes on at its new time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::index::Index;
use crate::base::LogTime;

/// A clock set back further than this starts anew: two hours, more than any change of summer time.
pub const APART_US: i64 = 7_200 * crate::base::time::SECOND_US;

/// Consecutive records of one member that stand together in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// Place of its first record in the order.
    place: usize,
    member: u32,
    /// Number of its first record in the member.
    first: u32,
}

/// The order of all records, kept as runs.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    runs: Vec<Run>,
    len: usize,
    /// The runs by member and number of their first record: which place a record has.
    by_record: Vec<u32>,
}

/// A stretch of a member with times that do not fall; the next record to be taken is `at`.
struct Stretch {
    member: usize,
    at: usize,
    end: usize,
    key: i64,
}

impl Merged {
    /// Merges the indexes, which stand in member order.
    pub fn new(indexes: &[&Index]) -> Self {
        let mut stretches = Vec::new();
        for (member, index) in indexes.iter().enumerate() {
            stretches_of(index, member, &mut stretches);
        }
        // The first of several with the same key is the lower member, then the earlier stretch.
        let mut heap: BinaryHeap<Reverse<(i64, usize, usize, usize)>> =
            stretches.iter().enumerate().map(|(number, s)| Reverse((s.key, s.member, s.at, number))).collect();
        let mut merged = Self::default();
        while let Some(Reverse((_, member, _, number))) = heap.pop() {
            let (Some(stretch), Some(index)) = (stretches.get_mut(number), indexes.get(member)) else {
                continue;
            };
            let next = heap.peek().map(|Reverse((key, member, at, _))| (*key, *member, *at));
            let first = stretch.at;
            // Take records as long as this stretch stays before all others.
            while stretch.at < stretch.end && next.is_none_or(|next| (stretch.key, member, stretch.at) <= next) {
                stretch.at += 1;
                if stretch.at < stretch.end {
                    stretch.key = stretch.key.max(key(index, stretch.at));
                }
            }
            if stretch.at < stretch.end {
                heap.push(Reverse((stretch.key, member, stretch.at, number)));
            }
            let taken = stretch.at - first;
            merged.add(member, first, taken);
        }
        merged.finish()
    }

    /// One member after the other, each in the order of its lines.
    pub fn by_member(indexes: &[&Index]) -> Self {
        let mut merged = Self::default();
        for (member, index) in indexes.iter().enumerate().filter(|(_, index)| !index.is_empty()) {
            merged.add(member, 0, index.len());
        }
        merged.finish()
    }

    fn finish(mut self) -> Self {
        let mut by_record: Vec<u32> = (0u32..).take(self.runs.len()).collect();
        let key = |n: &u32| self.runs.get(*n as usize).map(|r| (r.member, r.first));
        by_record.sort_unstable_by_key(key);
        self.by_record = by_record;
        self
    }

    fn add(&mut self, member: usize, first: usize, count: usize) {
        if let (Ok(member), Ok(first)) = (u32::try_from(member), u32::try_from(first)) {
            let goes_on =
                self.runs.last().is_some_and(|r| r.member == member && r.first as usize + (self.len - r.place) == first as usize);
            if !goes_on {
                self.runs.push(Run { place: self.len, member, first });
            }
            self.len += count;
        }
    }

    /// How many records there are in all.
    pub fn len(&self) -> usize {
        self.len
    }

    /// No record at all?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Place of the member among the indexes, and number in it, of the record at `place`.
    pub fn get(&self, place: usize) -> Option<(usize, usize)> {
        let run = self.runs.get(self.runs.partition_point(|r| r.place <= place).checked_sub(1)?)?;
        (place < self.len).then(|| (run.member as usize, run.first as usize + (place - run.place)))
    }

    /// Where in the order the record of this number of a member stands.
    pub fn place(&self, member: usize, number: usize) -> Option<usize> {
        let after = self.by_record.partition_point(|n| {
            self.runs.get(*n as usize).is_some_and(|r| (r.member as usize, r.first as usize) <= (member, number))
        });
        let run = *self.by_record.get(after.checked_sub(1)?)? as usize;
        let (first, place) = self.runs.get(run).filter(|r| r.member as usize == member).map(|r| (r.first as usize, r.place))?;
        let place = place + number.checked_sub(first)?;
        (place < self.end_of(run)).then_some(place)
    }

    /// The parts of a member in the order of its records: number of the first, its place, how many.
    pub fn parts_of(&self, member: usize) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        let of = |n: &u32| self.runs.get(*n as usize);
        let from = self.by_record.partition_point(|n| of(n).is_some_and(|r| (r.member as usize) < member));
        let runs = self.by_record.get(from..).unwrap_or_default().iter();
        runs.map_while(move |n| {
            let run = of(n).filter(|r| r.member as usize == member)?;
            Some((run.first as usize, run.place, self.end_of(*n as usize) - run.place))
        })
    }

    fn end_of(&self, run: usize) -> usize {
        self.runs.get(run + 1).map_or(self.len, |next| next.place)
    }
}

fn key(index: &Index, number: usize) -> i64 {
    // Records before a member's first time come first.
    index.order_time(number).map_or(i64::MIN, |LogTime(us)| us)
}

fn stretches_of(index: &Index, member: usize, out: &mut Vec<Stretch>) {
    let Some((first, _)) = index.times() else {
        if !index.is_empty() {
            out.push(Stretch { member, at: 0, end: index.len(), key: i64::MIN });
        }
        return;
    };
    // Text before the first stamp goes with it.
    let mut start = (0, first.0);
    let mut highest = first.0;
    for number in 0..index.len() {
        let Some(LogTime(us)) = index.order_time(number) else { continue };
        if us < highest.saturating_sub(APART_US) {
            out.push(Stretch { member, at: start.0, end: number, key: start.1 });
            start = (number, us);
            highest = us;
        }
        highest = highest.max(us);
    }
    out.push(Stretch { member, at: start.0, end: index.len(), key: start.1 });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Level, Stamp};

    /// An index of these times in seconds; `None`: a record without a time.
    fn index(times: &[Option<i64>]) -> Index {
        let mut index = Index::default();
        for (n, time) in (0u64..).zip(times) {
            let stamp = time.map(|s| Stamp { us: s * 1_000_000, zoned: true });
            index.push(n * 10, n + 1, stamp, Level::Info, true, false);
        }
        index
    }

    fn order(members: &[&[Option<i64>]]) -> Vec<(usize, usize)> {
        let indexes: Vec<Index> = members.iter().map(|m| index(m)).collect();
        let merged = Merged::new(&indexes.iter().collect::<Vec<_>>());
        assert_eq!(merged.len(), members.iter().map(|m| m.len()).sum::<usize>());
        assert_eq!(merged.get(merged.len()), None);
        for place in 0..merged.len() {
            let (member, number) = merged.get(place).unwrap();
            assert_eq!(merged.place(member, number), Some(place), "and back");
        }
        for (member, index) in indexes.iter().enumerate() {
            let numbers = merged.parts_of(member).flat_map(|(first, _, count)| first..first + count);
            assert!(numbers.eq(0..index.len()));
            assert_eq!(merged.place(member, index.len()), None);
        }
        (0..merged.len()).map(|n| merged.get(n).unwrap()).collect()
    }

    #[test]
    fn equal_times_keep_members_and_lines() {
        let got = order(&[&[Some(1), Some(2), Some(2), Some(5)], &[Some(2), Some(2), Some(3)]]);
        assert_eq!(got, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3)]);
    }

    #[test]
    fn records_without_time_stay_behind_their_predecessor() {
        let got = order(&[&[Some(1), None, None, Some(9)], &[None, Some(1), None, Some(2)], &[None, None]]);
        assert_eq!(got, [(2, 0), (2, 1), (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (1, 3), (0, 3)]);
    }

    #[test]
    fn lines_keep_their_order_when_the_clock_is_set_back() {
        let got = order(&[&[Some(4_000), Some(400), Some(500), Some(4_100)], &[Some(450), Some(4_050)]]);
        assert_eq!(got, [(1, 0), (0, 0), (0, 1), (0, 2), (1, 1), (0, 3)]);
        // a wrong date put right: the rest goes to its time
        let got = order(&[&[Some(900_000), Some(400), Some(500)], &[Some(450)]]);
        assert_eq!(got, [(0, 1), (1, 0), (0, 2), (0, 0)]);
    }

    #[test]
    fn long_stretches_are_single_runs() {
        let long: Vec<Option<i64>> = (0..1_000).map(Some).collect();
        let later: Vec<Option<i64>> = (2_000..3_000).map(Some).collect();
        let (a, b) = (index(&long), index(&later));
        let merged = Merged::new(&[&b, &a]);
        assert_eq!(merged.runs.len(), 2);
        assert_eq!(merged.get(0), Some((1, 0)));
        assert_eq!(merged.get(1_999), Some((0, 999)));
    }
}

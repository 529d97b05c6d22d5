//! The index of a member: where each record is, when, how serious. Kept in blocks, 12 bytes a record and some for the block.
//! In: entries in line order. Out: entries by number and by time. Must not know texts.

use super::{Entry, Level, Stamp};
use crate::base::LogTime;
use crate::base::time::SECOND_US;

/// Records in one block at most.
const BLOCK: usize = 1024;
const LINE_BITS: u32 = 24;

const ZONED: u32 = 1 << 27;
const TIMED: u32 = 1 << 28;
const HEADED: u32 = 1 << 29;
const CONTINUED: u32 = 1 << 30;

/// One record: differences to its block. `rest`: 24 bits of lines, 3 of level, then the flags above.
#[derive(Clone, Copy, Debug)]
struct Packed {
    offset: u32,
    time_us: i32,
    rest: u32,
}

#[derive(Clone, Debug)]
struct Block {
    first: usize,
    offset: u64,
    line: u64,
    time_us: i64,
    entries: Vec<Packed>,
}

/// Records of one member by number, in line order.
#[derive(Clone, Debug, Default)]
pub struct Index {
    blocks: Vec<Block>,
    len: usize,
    /// Number of the first record with a time; those before it have none to stay behind.
    first_timed: Option<usize>,
    /// Time as printed of the last record with one.
    last_us: i64,
    last_zoned: bool,
    /// Added to the times of records whose stamps had no zone.
    shift_us: i64,
    unsorted: bool,
    mixed: bool,
}

impl Index {
    /// How many records.
    pub fn len(&self) -> usize {
        self.len
    }

    /// No record at all?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds the next record. A record without a stamp is kept at the time of the one before it, for order only.
    pub fn push(&mut self, offset: u64, line: u64, stamp: Option<Stamp>, level: Level, headed: bool, continued: bool) {
        if let Some(stamp) = stamp {
            match self.first_timed {
                None => self.first_timed = Some(self.len),
                Some(_) => {
                    self.unsorted |= stamp.us < self.last_us;
                    self.mixed |= stamp.zoned != self.last_zoned;
                }
            }
            self.last_us = stamp.us;
            self.last_zoned = stamp.zoned;
        }
        let packed = self.blocks.last().filter(|b| b.entries.len() < BLOCK).and_then(|b| {
            let line = u32::try_from(line.checked_sub(b.line)?).ok().filter(|l| *l < 1 << LINE_BITS)?;
            Some(Packed {
                offset: u32::try_from(offset.checked_sub(b.offset)?).ok()?,
                time_us: i32::try_from(self.last_us.checked_sub(b.time_us)?).ok()?,
                rest: line,
            })
        });
        let mut packed = packed.unwrap_or_else(|| {
            self.blocks.push(Block { first: self.len, offset, line, time_us: self.last_us, entries: Vec::new() });
            Packed { offset: 0, time_us: 0, rest: 0 }
        });
        let flag = |set: bool, bit: u32| if set { bit } else { 0 };
        packed.rest |= (level as u32) << LINE_BITS
            | flag(self.last_zoned, ZONED)
            | flag(stamp.is_some(), TIMED)
            | flag(headed, HEADED)
            | flag(continued, CONTINUED);
        if let Some(block) = self.blocks.last_mut() {
            block.entries.push(packed);
            self.len += 1;
        }
    }

    /// The record of this number.
    pub fn get(&self, number: usize) -> Option<Entry> {
        let (block, packed) = self.packed(number)?;
        Some(self.entry(block, packed))
    }

    /// The records from this number on with the time that puts each in order ([`Self::order_time`]): faster than asking for one by one.
    pub fn from(&self, number: usize) -> impl Iterator<Item = (Entry, Option<LogTime>)> + '_ {
        let first_timed = self.first_timed.unwrap_or(usize::MAX);
        let block = self.blocks.partition_point(|b| b.first <= number).saturating_sub(1);
        let blocks = self.blocks.get(block..).unwrap_or_default().iter();
        blocks.flat_map(move |block| {
            let skip = number.saturating_sub(block.first);
            block.entries.iter().enumerate().skip(skip).map(move |(within, packed)| {
                let time = (block.first + within >= first_timed).then(|| self.time(block, *packed));
                (self.entry(block, *packed), time)
            })
        })
    }

    fn entry(&self, block: &Block, packed: Packed) -> Entry {
        Entry {
            offset: block.offset + u64::from(packed.offset),
            line: block.line + u64::from(packed.rest & ((1 << LINE_BITS) - 1)),
            time: (packed.rest & TIMED != 0).then(|| self.time(block, packed)),
            level: match (packed.rest >> LINE_BITS) & 7 {
                1 => Level::Trace,
                2 => Level::Debug,
                3 => Level::Info,
                4 => Level::Warn,
                5 => Level::Error,
                _ => Level::Unknown,
            },
            headed: packed.rest & HEADED != 0,
            continued: packed.rest & CONTINUED != 0,
        }
    }

    /// The time that puts a record in order: its own, else that of the record before it; `None` before the first time of the member.
    pub fn order_time(&self, number: usize) -> Option<LogTime> {
        if self.first_timed.is_none_or(|first| number < first) {
            return None;
        }
        let (block, packed) = self.packed(number)?;
        Some(self.time(block, packed))
    }

    /// The first record at or after `time`, by [`Self::order_time`]; `len()` when there is none. Where the clock of the log ran backwards
    /// this is the first in line order.
    pub fn at_or_after(&self, time: LogTime) -> usize {
        let before = |number: usize| self.order_time(number).is_none_or(|t| t < time);
        let first = self.first_timed.unwrap_or(self.len);
        if self.unsorted {
            return (first..self.len).find(|n| !before(*n)).unwrap_or(self.len);
        }
        let (mut low, mut high) = (first, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            if before(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The record that holds line `line` (from 1); `None` for a line before the first record.
    pub fn of_line(&self, line: u64) -> Option<usize> {
        let block = self.blocks.get(self.blocks.partition_point(|b| b.line <= line).checked_sub(1)?)?;
        let within = block.entries.partition_point(|p| block.line + u64::from(p.rest & ((1 << LINE_BITS) - 1)) <= line);
        Some(block.first + within.checked_sub(1)?)
    }

    /// First and last time in line order.
    pub fn times(&self) -> Option<(LogTime, LogTime)> {
        Some((self.order_time(self.first_timed?)?, self.order_time(self.len.checked_sub(1)?)?))
    }

    /// Makes the times of stamps without a zone UTC: they were printed `offset_s` seconds east of it. A second call replaces the first.
    pub fn shift_unzoned(&mut self, offset_s: i32) {
        self.shift_us = -i64::from(offset_s) * SECOND_US;
        if self.mixed {
            // Stamps of both kinds in one member: only now is their order known.
            let mut last = None;
            self.unsorted = (0..self.len).any(|number| {
                let time = self.order_time(number);
                let back = time < last;
                last = time;
                back
            });
        }
    }

    fn packed(&self, number: usize) -> Option<(&Block, Packed)> {
        let block = self.blocks.get(self.blocks.partition_point(|b| b.first <= number).checked_sub(1)?)?;
        Some((block, *block.entries.get(number - block.first)?))
    }

    fn time(&self, block: &Block, packed: Packed) -> LogTime {
        let shift = if packed.rest & ZONED == 0 { self.shift_us } else { 0 };
        LogTime(block.time_us.saturating_add(i64::from(packed.time_us)).saturating_add(shift))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(us: i64) -> Option<Stamp> {
        Some(Stamp { us, zoned: true })
    }

    #[test]
    fn far_offsets_and_clocks_that_jump_come_back_as_given() {
        let mut index = Index::default();
        let mut given = Vec::new();
        let mut offset = 0u64;
        for n in 0u64..5_000 {
            let us = (n as i64 % 7 - 3) * 86_400 * SECOND_US * i64::from(n % 13 == 0) + n as i64 * 1_000;
            let level = if n % 2 == 0 { Level::Error } else { Level::Unknown };
            index.push(offset, n * 30_000 + 1, stamp(us), level, true, n % 5 == 0);
            given.push((offset, n * 30_000 + 1, us, level, n % 5 == 0));
            offset += if n % 100 == 0 { 5 << 30 } else { 90 };
        }
        assert_eq!(index.len(), 5_000);
        for (n, (offset, line, us, level, continued)) in given.iter().enumerate() {
            let want = Entry {
                offset: *offset,
                line: *line,
                time: Some(LogTime(*us)),
                level: *level,
                headed: true,
                continued: *continued,
            };
            assert_eq!(index.get(n), Some(want));
            assert_eq!(index.of_line(line + 29_999), Some(n));
        }
        for from in [0, 1, 1_023, 1_024, 4_999, 5_000] {
            let all: Vec<_> = index.from(from).collect();
            let want: Vec<_> = (from..5_000).map(|n| (index.get(n).unwrap(), index.order_time(n))).collect();
            assert_eq!(all, want, "from {from}");
        }
        assert_eq!(index.get(5_000), None);
        assert!(offset > 1 << 32);
    }

    #[test]
    fn by_time() {
        let mut index = Index::default();
        index.push(0, 1, None, Level::Unknown, false, false);
        for n in 1..=100u64 {
            index.push(n * 10, n + 1, if n % 3 == 0 { None } else { stamp(n as i64 * 10) }, Level::Info, true, false);
        }
        assert_eq!(index.order_time(0), None);
        assert_eq!(index.order_time(3), Some(LogTime(20)));
        assert_eq!(index.get(3).unwrap().time, None);
        assert_eq!(index.at_or_after(LogTime(0)), 1);
        assert_eq!(index.at_or_after(LogTime(41)), 5);
        assert_eq!(index.at_or_after(LogTime(2_000)), 101);
        index.push(5_000, 200, stamp(15), Level::Info, true, false);
        assert_eq!(index.at_or_after(LogTime(41)), 5, "the clock ran back: line by line");
        assert_eq!(index.times(), Some((LogTime(10), LogTime(15))));
    }

    #[test]
    fn only_stamps_without_zone_move() {
        let mut index = Index::default();
        index.push(0, 1, Some(Stamp { us: 7_200 * SECOND_US, zoned: false }), Level::Info, true, false);
        index.push(9, 2, stamp(10 * SECOND_US), Level::Info, true, false);
        index.shift_unzoned(3_600);
        index.shift_unzoned(7_200);
        assert_eq!(index.get(0).unwrap().time, Some(LogTime(0)));
        assert_eq!(index.get(1).unwrap().time, Some(LogTime(10 * SECOND_US)));
        assert_eq!(index.at_or_after(LogTime(5)), 1, "sorted again once the zone is known");
    }

    #[test]
    fn twelve_bytes_a_record() {
        assert_eq!(size_of::<Packed>(), 12);
    }
}

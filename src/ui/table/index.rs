//! Which rows of a table are shown, in which order. In: rows, a sorting, a filter. Out: places of rows. A million rows are gone through
//! in slices, so that no frame waits; until that is done the table shows what it showed before.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use super::filter::Filter;
use super::layout::{Layout, Sort};
use super::{Column, Order, Rows};
use crate::base::{Language, words};
use crate::ui::zone;

/// A frame's worth of work.
const BUDGET: Duration = Duration::from_millis(4);
/// Rows between two looks at the clock.
const SLICE: usize = 64;
/// Rows sorted at once; sorted stretches are merged.
const STRETCH: usize = 8_192;

/// What an index was made for.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    rows: u64,
    len: usize,
    sort: Option<Sort>,
    filter: String,
    shown: Vec<&'static str>,
    language: Language,
    zone_s: i32,
}

type Sorted = Vec<(Order, u32)>;
type Head = Reverse<(Order, u32, usize)>;

/// Work under way.
#[derive(Clone, Debug)]
struct Work {
    key: Key,
    filter: Filter,
    next: usize,
    total: usize,
    found: Vec<u32>,
    /// Rows without a value to sort by.
    blank: Vec<u32>,
    open: Sorted,
    stretches: Vec<std::vec::IntoIter<(Order, u32)>>,
    heads: Option<BinaryHeap<Head>>,
}

/// Places of the rows shown.
#[derive(Clone, Debug, Default)]
pub struct Index {
    done: Option<Key>,
    rows: Vec<u32>,
    total: usize,
    work: Option<Box<Work>>,
}

impl Index {
    /// Rows in their order.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// How many there are without the filter.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Nothing left to do?
    pub fn settled(&self) -> bool {
        self.work.is_none()
    }

    /// Brings the index up to date as far as a frame allows; true when the rows have just changed.
    pub fn refresh(&mut self, rows: &dyn Rows, layout: &Layout, text: &str) -> bool {
        let key = Key {
            rows: rows.key(),
            len: rows.len(),
            sort: layout.sort.clone(),
            filter: text.trim().to_owned(),
            shown: layout.shown(rows.columns()).iter().map(|c| c.id).collect(),
            language: words::spoken(),
            zone_s: zone::offset_s(),
        };
        if self.done.as_ref() == Some(&key) {
            self.work = None;
            return false;
        }
        let mut work = match self.work.take() {
            Some(work) if work.key == key => work,
            _ => Box::new(Work::new(key, rows)),
        };
        let until = Instant::now() + BUDGET;
        if !work.go_on(rows, until) {
            self.work = Some(work);
            return false;
        }
        if work.key.sort.as_ref().is_some_and(|sort| sort.down) {
            work.found.reverse();
        }
        work.found.append(&mut work.blank);
        (self.rows, self.total, self.done) = (work.found, work.total, Some(work.key));
        true
    }
}

impl Work {
    fn new(key: Key, rows: &dyn Rows) -> Self {
        let filter = Filter::new(&key.filter, rows.columns());
        let (found, blank, open, stretches) = Default::default();
        Self { key, filter, next: 0, total: 0, found, blank, open, stretches, heads: None }
    }

    fn column(&self, rows: &dyn Rows) -> Option<&'static Column> {
        let sort = self.key.sort.as_ref()?;
        rows.columns().iter().find(|c| c.id == sort.column)
    }

    /// Works until it is done or the time is up; true when it is done.
    fn go_on(&mut self, rows: &dyn Rows, until: Instant) -> bool {
        let column = self.column(rows);
        while self.next < self.key.len {
            let to = (self.next + SLICE).min(self.key.len);
            for row in self.next..to {
                self.take(rows, column, row);
            }
            self.next = to;
            if Instant::now() > until {
                return false;
            }
        }
        if column.is_none() {
            return true;
        }
        self.merge(until)
    }

    fn take(&mut self, rows: &dyn Rows, column: Option<&'static Column>, row: usize) {
        let Ok(place) = u32::try_from(row) else { return };
        if !rows.within(row) {
            return;
        }
        self.total += 1;
        if !self.filter.holds(rows, row, &self.key.shown) {
            return;
        }
        match column.map(|column| rows.order(row, column.id)) {
            None => self.found.push(place),
            Some(Order::None) => self.blank.push(place),
            Some(order) => {
                self.open.push((order, place));
                if self.open.len() >= STRETCH {
                    self.close();
                }
            }
        }
    }

    fn close(&mut self) {
        let mut stretch = std::mem::take(&mut self.open);
        stretch.sort_unstable();
        self.stretches.push(stretch.into_iter());
    }

    fn merge(&mut self, until: Instant) -> bool {
        if !self.open.is_empty() {
            self.close();
        }
        let stretches = &mut self.stretches;
        let heads = self.heads.get_or_insert_with(|| {
            let first = |(place, stretch): (usize, &mut std::vec::IntoIter<(Order, u32)>)| {
                stretch.next().map(|(order, row)| Reverse((order, row, place)))
            };
            stretches.iter_mut().enumerate().filter_map(first).collect()
        });
        while let Some(Reverse((_, row, place))) = heads.pop() {
            self.found.push(row);
            if let Some((order, row)) = stretches.get_mut(place).and_then(Iterator::next) {
                heads.push(Reverse((order, row, place)));
            }
            if self.found.len().is_multiple_of(SLICE) && Instant::now() > until {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::table::Cell;

    /// A hundred thousand numbers in no order; every tenth has none.
    struct Numbers;

    const COLUMNS: &[Column] = &[Column::number("n", "", 60.0)];

    fn number(row: usize) -> i64 {
        (row as i64 * 7_919) % 100_003
    }

    impl Rows for Numbers {
        fn columns(&self) -> &'static [Column] {
            COLUMNS
        }
        fn len(&self) -> usize {
            100_000
        }
        fn key(&self) -> u64 {
            0
        }
        fn cell(&self, row: usize, _: &'static str, _: Option<usize>) -> Cell {
            if row.is_multiple_of(10) { "".into() } else { number(row).to_string().into() }
        }
        fn order(&self, row: usize, _: &'static str) -> Order {
            Order::number((!row.is_multiple_of(10)).then(|| number(row)))
        }
        fn chosen(&self, _: usize) -> bool {
            false
        }
        fn spoken(&self, _: usize) -> String {
            String::new()
        }
        fn none(&self) -> &'static str {
            ""
        }
    }

    fn made(layout: &Layout, filter: &str) -> Index {
        let mut index = Index::default();
        while !index.refresh(&Numbers, layout, filter) {}
        assert!(index.settled() && !index.refresh(&Numbers, layout, filter), "it is made once");
        index
    }

    #[test]
    fn sorted_in_slices_is_sorted() {
        let mut layout = Layout::default();
        assert!(made(&layout, "").rows().iter().copied().eq(0..100_000));
        for down in [false, true] {
            layout.sort = Some(Sort { column: "n".to_owned(), down });
            let index = made(&layout, "");
            let mut expected: Vec<i64> = (0..100_000).filter(|row| row % 10 != 0).map(number).collect();
            expected.sort_unstable();
            if down {
                expected.reverse();
            }
            let found: Vec<i64> = index.rows().iter().take(expected.len()).map(|row| number(*row as usize)).collect();
            assert!(found == expected, "down: {down}");
            // What has no value stands at the end either way.
            assert!(index.rows().iter().skip(expected.len()).all(|row| row % 10 == 0));
        }
        let index = made(&layout, "n>99990");
        assert_eq!(index.total(), 100_000);
        assert!(!index.rows().is_empty() && index.rows().iter().all(|row| number(*row as usize) > 99_990));
    }
}

//! Choosing records: step, jump, show. In: the state of the log and what jobs brought. Out: another record chosen, and what to say when
//! there is none. Must not paint.

use super::state::{Highlight, LogState, MOST_HIGHLIGHTS, MOST_MARKS, Reveal, Spot};
use crate::base::words::{Words, word};
use crate::records::search::Needle;

impl LogState {
    /// Chooses a record and shows it; a filter that hides it is taken off, and that is said.
    pub fn show(&mut self, spot: Spot) {
        let Some(rows) = self.rows() else { return };
        self.choose(spot, false);
        self.reveal = Reveal::Middle;
        if rows.row_of(spot).is_none() {
            self.set_filter("");
            self.said = Some(word("log.filter_off").to_owned());
        }
    }

    /// Chooses a record where it is seen; with `more` the range grows to it.
    pub fn choose(&mut self, spot: Spot, more: bool) {
        self.anchor = if more { self.anchor.or(self.selected) } else { None };
        self.selected = Some(spot);
        self.reveal = Reveal::Near;
    }

    /// The place from which is searched on: of the chosen record, else of the first row.
    fn here(&self) -> Option<(super::book::Rows, usize, bool)> {
        let rows = self.rows()?;
        let chosen = self.selected.and_then(|spot| rows.book.place(spot));
        let first = || rows.place(self.top as usize);
        let place = chosen.or_else(first)?;
        Some((rows, place, chosen.is_some()))
    }

    /// So many rows on.
    pub fn step(&mut self, by: i64, more: bool) {
        let Some((rows, place, chosen)) = self.here() else { return };
        let last = rows.count().saturating_sub(1);
        let row = rows.row_at(place).min(last);
        // Without a chosen record the first step chooses the first row shown.
        let next = if chosen { row.saturating_add_signed(isize::try_from(by).unwrap_or(isize::MAX)).min(last) } else { row };
        if let Some(spot) = rows.spot(next) {
            self.choose(spot, more);
        }
    }

    /// The first or last row.
    pub fn end(&mut self, last: bool) {
        let Some(rows) = self.rows() else { return };
        if let Some(spot) = rows.spot(if last { rows.count().saturating_sub(1) } else { 0 }) {
            self.choose(spot, false);
        }
    }

    /// The next or previous hit.
    pub fn next_hit(&mut self, forward: bool) {
        let hits = self.hits();
        self.next_in(
            forward,
            "log.no_more_hits",
            |place, forward| {
                if forward { hits.after(place) } else { hits.last_before(place) }
            },
        );
    }

    /// The first hit at or behind the chosen record, else the first of all.
    pub fn first_hit(&mut self) {
        let hits = self.hits();
        let Some((rows, place, _)) = self.here() else { return };
        let at = if hits.contains(place) { Some(place) } else { hits.after(place).or_else(|| hits.nth(0)) };
        if let Some(spot) = at.and_then(|place| rows.book.spot(place)) {
            self.show(spot);
        }
    }

    /// The next or previous error that passes the filter.
    pub fn next_error(&mut self, forward: bool) {
        let Some(rows) = self.rows() else { return };
        let errors = rows.passing.as_ref().map(|passing| rows.book.errors.and(passing));
        let errors = errors.as_ref().unwrap_or(&rows.book.errors);
        self.next_in(
            forward,
            "log.no_more_errors",
            |place, forward| {
                if forward { errors.after(place) } else { errors.last_before(place) }
            },
        );
    }

    /// The next or previous record that proves a finding.
    pub fn next_finding(&mut self, forward: bool) {
        let Some(rows) = self.rows() else { return };
        let places: Vec<usize> = rows.book.findings.iter().map(|(place, _)| *place).collect();
        self.next_in(forward, "log.no_more_findings", |place, forward| neighbour(&places, place, forward));
    }

    /// The next or previous mark.
    pub fn next_mark(&mut self, forward: bool) {
        let Some(rows) = self.rows() else { return };
        let mut places: Vec<usize> = self.marks.keys().filter_map(|spot| rows.book.place(*spot)).collect();
        places.sort_unstable();
        self.next_in(forward, "log.no_more_marks", |place, forward| neighbour(&places, place, forward));
    }

    fn next_in(&mut self, forward: bool, none: &'static str, find: impl Fn(usize, bool) -> Option<usize>) {
        let Some((rows, place, chosen)) = self.here() else { return };
        // Without a chosen record the first row shown counts as well.
        let found = if chosen || !forward {
            find(place, forward)
        } else {
            place.checked_sub(1).map_or_else(|| find(0, true), |p| find(p, true))
        };
        match found.and_then(|place| rows.book.spot(place)) {
            Some(spot) => self.show(spot),
            None => self.said = Some(word(none).to_owned()),
        }
    }

    /// Marks the chosen record, or takes its mark off.
    pub fn toggle_mark(&mut self) {
        let Some(spot) = self.selected else { return };
        if self.marks.remove(&spot).is_none() {
            if self.marks.len() >= MOST_MARKS {
                self.said = Some(Words::current().fill("log.marks_full", &[("n", &MOST_MARKS.to_string())]));
                return;
            }
            self.marks.insert(spot, String::new());
        }
    }

    /// The chosen record as `member:line`, and its number among those that pass.
    pub fn chosen_place(&self) -> Option<(String, String)> {
        let (rows, spot) = (self.rows()?, self.selected?);
        let count = |n: usize| crate::timeline::figures::count(n as u64);
        let row = rows.row_of(spot)? + 1;
        let figure = Words::current().fill("log.row_of", &[("n", &count(row)), ("all", &count(rows.count()))]);
        Some((rows.book.reference(spot), figure))
    }

    /// Keeps a text coloured, or no longer.
    pub fn toggle_highlight(&mut self, needle: &Needle) {
        if needle.text.is_empty() || needle.ready().is_err() {
            self.said = Some(word("log.nothing_to_highlight").to_owned());
            return;
        }
        if let Some(place) = self.highlights.iter().position(|h| h.needle == *needle) {
            self.highlights.remove(place);
        } else if self.highlights.len() >= MOST_HIGHLIGHTS {
            self.said = Some(Words::current().fill("log.highlights_full", &[("n", &MOST_HIGHLIGHTS.to_string())]));
            return;
        } else {
            // The first colour that is free, from the back: members take theirs from the front.
            let series = (1..=8).rev().find(|n| self.highlights.iter().all(|h| h.series != *n)).unwrap_or(1);
            self.highlights.push(Highlight { needle: needle.clone(), series, count: None });
        }
        self.texts.forget_spans();
    }
}

fn neighbour(places: &[usize], at: usize, forward: bool) -> Option<usize> {
    if forward {
        places.get(places.partition_point(|p| *p <= at)).copied()
    } else {
        places.get(places.partition_point(|p| *p < at).checked_sub(1)?).copied()
    }
}

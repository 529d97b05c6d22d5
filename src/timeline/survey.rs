//! One look at every record of a bundle: how much is when, where errors are, and where nothing is. In: the members' indexes.
//! Out: columns for the strip, error records, [`Gap`]s. Must not know texts.

use std::ops::RangeInclusive;

use super::axis::Extent;
use crate::base::time::SECOND_US;
use crate::base::{LogTime, MemberId, SourceRef};
use crate::records::Level;
use crate::records::index::Index;
use crate::session::Facts;
use crate::session::keepalive::KeepAliveKind;

/// Columns of the overview strip.
pub const COLUMNS: usize = 1_440;
/// A silence of all logs from this length on is a gap; keep-alives and refreshes come far more often.
pub const GAP_US: i64 = 5 * 60 * SECOND_US;
/// Fineness in which silence is looked for; its borders are exact all the same.
const SLOT_US: i64 = 10 * SECOND_US;
/// Slots at most: for logs of months they get longer.
const MOST_SLOTS: i64 = 200_000;
/// Error records kept one by one; beyond, one for each slot of time that has any.
const MOST_ERRORS: usize = 100_000;
/// A gap is sleep where so many keep-alives in a row did not happen, and they went on after it.
const MISSED_PINGS: f64 = 3.0;

/// What a silence of every log means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapKind {
    /// Nothing was logged; why is not known.
    Silent,
    /// Between two runs of the client: it did not run, or its log is not in the bundle.
    BetweenRuns,
    /// Inferred: within one run keep-alives stopped with everything else and went on after it, so the computer slept or
    /// the app was suspended.
    Asleep {
        /// Keep-alives that did not happen.
        missed: u32,
    },
}

/// A stretch without a record in any log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last record before it, µs UTC.
    pub from_us: i64,
    /// The first record after it.
    pub to_us: i64,
    /// What it means.
    pub kind: GapKind,
}

/// How much is in the logs over their whole time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// The whole time; `None` without times.
    pub extent: Option<Extent>,
    /// Records in each of [`COLUMNS`] columns and whether one is an error.
    pub columns: Vec<(u32, bool)>,
    /// Where no log says anything, in order.
    pub gaps: Vec<Gap>,
    /// Error records, sorted by time.
    pub errors: Vec<(LogTime, SourceRef)>,
    /// How many error records there are of which `errors` holds some.
    pub all_errors: u64,
}

/// First and last record of a slot.
type Slot = Option<(i64, i64)>;

impl Survey {
    /// Looks at every record once.
    pub fn new(facts: &Facts, indexes: &[Index]) -> Self {
        let members = || (0_u32..).map(MemberId).zip(indexes);
        let times = || members().flat_map(|(_, index)| (0..index.len()).filter_map(|n| index.get(n)?.time));
        let Some(extent) = extent(times()) else { return Self::default() };
        let length = extent.length_us();
        let slot_us = SLOT_US.max(length / MOST_SLOTS + 1);
        let place = |us: i64, step: i64| usize::try_from((us - extent.start_us) / step).unwrap_or(0);
        let mut slots: Vec<Slot> = vec![None; place(extent.end_us, slot_us) + 1];
        let mut bad = vec![false; slots.len()];
        let mut columns = vec![(0_u32, false); COLUMNS];
        let (mut errors, mut all_errors) = (Vec::new(), 0);
        for (member, index) in members() {
            for entry in (0..index.len()).filter_map(|n| index.get(n)) {
                let Some(at) = entry.time else { continue };
                let error = entry.level == Level::Error;
                let part = (at.0 - extent.start_us) as f64 / length as f64;
                let column = (part * COLUMNS as f64).clamp(0.0, (COLUMNS - 1) as f64) as usize;
                if let Some((count, bad)) = columns.get_mut(column) {
                    *count = count.saturating_add(1);
                    *bad |= error;
                }
                let number = place(at.0, slot_us);
                if let Some(slot) = slots.get_mut(number) {
                    *slot = Some(slot.map_or((at.0, at.0), |(first, last)| (first.min(at.0), last.max(at.0))));
                }
                if error {
                    all_errors += 1;
                    let first_of_slot = bad.get_mut(number).is_some_and(|bad| !std::mem::replace(bad, true));
                    if errors.len() < MOST_ERRORS || first_of_slot {
                        errors.push((at, SourceRef { member, line: entry.line, offset: entry.offset, bytes: 0 }));
                    }
                }
            }
        }
        errors.sort_unstable_by_key(|(at, source)| (*at, source.member, source.line));
        let gaps = silences(&slots).map(|(from_us, to_us)| Gap { from_us, to_us, kind: kind(facts, from_us, to_us) }).collect();
        Self { extent: Some(extent), columns, gaps, errors, all_errors }
    }

    /// Error records inside a stretch.
    pub fn errors_in(&self, stretch: RangeInclusive<i64>) -> &[(LogTime, SourceRef)] {
        let first = self.errors.partition_point(|(at, _)| at.0 < *stretch.start());
        let last = self.errors.partition_point(|(at, _)| at.0 <= *stretch.end());
        self.errors.get(first..last).unwrap_or_default()
    }
}

fn extent(times: impl Iterator<Item = LogTime>) -> Option<Extent> {
    times.fold(None, |found: Option<Extent>, at| {
        let found = found.unwrap_or(Extent { start_us: at.0, end_us: at.0 });
        Some(Extent { start_us: found.start_us.min(at.0), end_us: found.end_us.max(at.0) })
    })
}

/// From the last record before each silence to the first after it.
fn silences(slots: &[Slot]) -> impl Iterator<Item = (i64, i64)> {
    let full = || slots.iter().flatten();
    full().zip(full().skip(1)).map(|((_, last), (first, _))| (*last, *first)).filter(|(from, to)| to - from >= GAP_US)
}

fn kind(facts: &Facts, from_us: i64, to_us: i64) -> GapKind {
    let within =
        |run: &crate::session::run::Run| run.start.zip(run.end).is_some_and(|(start, end)| start.0 <= from_us && to_us <= end.0);
    let Some(run) = facts.runs.iter().position(within) else {
        return if facts.runs.is_empty() { GapKind::Silent } else { GapKind::BetweenRuns };
    };
    let missed = facts.keepalives.iter().filter(|k| k.run.0 as usize == run && k.kind != KeepAliveKind::Register);
    let missed = missed.filter_map(|keepalive| {
        let interval_us = keepalive.interval_s.filter(|s| *s > 0.0)? * SECOND_US as f64;
        let beside = |at: i64, of: i64| ((at - of).abs() as f64) <= interval_us * 2.0;
        let times = || keepalive.pings.iter().filter_map(|p| p.at);
        let before = times().any(|at| at.0 <= from_us && beside(at.0, from_us));
        let after = times().any(|at| at.0 >= to_us && beside(at.0, to_us));
        let missed = (to_us - from_us) as f64 / interval_us;
        (before && after && missed >= MISSED_PINGS).then_some(missed as u32)
    });
    missed.max().map_or(GapKind::Silent, |missed| GapKind::Asleep { missed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Private, PrivateKind};
    use crate::records::Stamp;
    use crate::session::keepalive::{KeepAlive, KeepAliveState, Ping};
    use crate::session::run::Run;
    use crate::session::startup::{Verdict, VerdictState};
    use crate::session::{RunId, Side};

    const MINUTE: i64 = 60 * SECOND_US;

    fn index(times: &[(i64, Level)]) -> Index {
        let mut index = Index::default();
        for (n, (us, level)) in (0..).zip(times) {
            index.push(n * 80, n + 1, Some(Stamp { us: *us, zoned: true }), *level, true, false);
        }
        index
    }

    fn run(start: i64, end: i64) -> Run {
        let verdict = Verdict {
            state: VerdictState::Ok,
            stage: None,
            text: Default::default(),
            detail: Default::default(),
            evidence: Vec::new(),
        };
        Run { which: None, start: Some(LogTime(start)), end: Some(LogTime(end)), stages: Vec::new(), verdict }
    }

    #[test]
    fn a_silence_is_one_of_every_log_with_exact_borders() {
        let quiet = |n: i64| (n * MINUTE, Level::Info);
        // One log is silent from minute 10 to 40, the other from 12 to 30; a clock that ran back changes nothing.
        let one = index(&[quiet(0), quiet(3), quiet(6), quiet(10), quiet(40), quiet(41)]);
        let other = index(&[quiet(12), quiet(8), quiet(9), (30 * MINUTE, Level::Error), quiet(35), quiet(38)]);
        let survey = Survey::new(&Facts::default(), &[one, other]);
        assert_eq!(
            survey.gaps,
            [
                Gap { from_us: 12 * MINUTE, to_us: 30 * MINUTE, kind: GapKind::Silent },
                Gap { from_us: 30 * MINUTE, to_us: 35 * MINUTE, kind: GapKind::Silent }
            ]
        );
        assert_eq!(survey.errors_in(0..=40 * MINUTE).len(), 1);
        assert_eq!(survey.errors_in(31 * MINUTE..=40 * MINUTE).len(), 0);
        assert_eq!(survey.columns.iter().map(|c| c.0).sum::<u32>(), 12);
        assert_eq!(survey.columns.iter().filter(|c| c.1).count(), 1);
    }

    #[test]
    fn sleep_needs_keepalives_on_both_sides_in_one_run() {
        let ping = |minute: i64| Ping {
            at: Some(LogTime(minute * MINUTE)),
            message: None,
            source: SourceRef { member: MemberId(0), line: 1, offset: 0, bytes: 0 },
            answered: true,
            round_trip_us: None,
        };
        let times: Vec<(i64, Level)> = (0..10).chain(40..50).chain(90..95).map(|n| (n * MINUTE, Level::Info)).collect();
        let keepalive = |pings: Vec<Ping>| KeepAlive {
            run: RunId(0),
            kind: KeepAliveKind::Options,
            from: Side::Client,
            peer: Private::new(PrivateKind::Host, "sbc"),
            pings,
            interval_s: Some(60.0),
            longest_gap_s: None,
            state: KeepAliveState::Ok,
        };
        let mut facts = Facts { runs: vec![run(0, 49 * MINUTE), run(90 * MINUTE, 95 * MINUTE)], ..Facts::default() };
        let kinds = |facts: &Facts| Survey::new(facts, &[index(&times)]).gaps.iter().map(|g| g.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&facts), [GapKind::Silent, GapKind::BetweenRuns]);
        facts.keepalives = vec![keepalive((0..10).map(ping).collect())];
        assert_eq!(kinds(&facts), [GapKind::Silent, GapKind::BetweenRuns], "nothing after it");
        facts.keepalives = vec![keepalive((0..10).chain(40..45).map(ping).collect())];
        assert_eq!(kinds(&facts), [GapKind::Asleep { missed: 31 }, GapKind::BetweenRuns]);
    }

    #[test]
    fn more_errors_than_are_kept_leave_none_out_of_sight() {
        let many: Vec<(i64, Level)> =
            (0..MOST_ERRORS as i64 + 10).map(|n| (n, Level::Error)).chain([(3_600 * SECOND_US, Level::Error)]).collect();
        let survey = Survey::new(&Facts::default(), &[index(&many)]);
        assert_eq!(survey.all_errors, MOST_ERRORS as u64 + 11);
        assert_eq!(survey.errors.last().unwrap().0, LogTime(3_600 * SECOND_US), "the first of its slot");
    }
}

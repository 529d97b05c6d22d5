//! Values over time, for plots: jitter, loss, round trip, bitrate. In: named points in order of time. Out: their range in any
//! stretch, and where a line must break. Must not know where the values come from.

use std::ops::Range;

use super::ranks::Ranks;
use crate::base::Text;

/// A value at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When, µs UTC.
    pub at_us: i64,
    /// In the unit of its series; finite.
    pub value: f64,
}

/// One named series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What is measured.
    pub name: Text,
    /// `ms`, `%`, `kbit/s`; empty where none is known.
    pub unit: String,
    /// Sorted by time.
    pub points: Vec<Point>,
    /// Points farther apart than this are not joined: nothing was measured between them.
    pub break_us: i64,
    high: Ranks,
    low: Ranks,
}

/// A line is broken where this many times the usual step passes without a value.
const MISSED_STEPS: i64 = 5;

impl Series {
    /// Sorts the points and leaves out what is no number.
    pub fn new(name: Text, unit: impl Into<String>, mut points: Vec<Point>) -> Self {
        points.retain(|p| p.value.is_finite());
        points.sort_by_key(|p| p.at_us);
        let mut steps: Vec<i64> = points.iter().zip(points.iter().skip(1)).map(|(a, b)| b.at_us - a.at_us).collect();
        steps.sort_unstable();
        let usual = steps.get(steps.len() / 2).copied().unwrap_or(0);
        let key = |sign: f64| {
            let points = &points;
            move |n: usize| points.get(n).map_or(i64::MIN, |p| order(sign * p.value))
        };
        let (high, low) = (Ranks::new(points.len(), key(1.0)), Ranks::new(points.len(), key(-1.0)));
        Self { name, unit: unit.into(), break_us: usual.saturating_mul(MISSED_STEPS).max(1), high, low, points }
    }

    /// Lowest and highest of a stretch of places.
    pub fn range(&self, places: Range<usize>) -> Option<(f64, f64)> {
        let value = |n: usize| self.points.get(n).map(|p| p.value);
        let high = self.high.best(places.clone(), |n| value(n).map_or(i64::MIN, order))?;
        let low = self.low.best(places, |n| value(n).map_or(i64::MIN, |v| order(-v)))?;
        Some((value(low)?, value(high)?))
    }

    /// The last value at or before a moment, unless it is older than a break of the line.
    pub fn at(&self, us: i64) -> Option<f64> {
        let place = self.points.partition_point(|p| p.at_us <= us).checked_sub(1)?;
        self.points.get(place).filter(|p| us - p.at_us <= self.break_us).map(|p| p.value)
    }
}

/// Numbers that order as the values do (the total order of IEEE 754).
fn order(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_of_any_stretch_and_the_breaks() {
        let points = [(30, 7.5), (10, -2.0), (20, 18.0), (40, f64::NAN), (900, 1.0), (910, 2.0)];
        let points = points.iter().map(|(at_us, value)| Point { at_us: *at_us, value: *value }).collect();
        let series = Series::new(Text::word("jitter"), "ms", points);
        assert_eq!(series.points.len(), 5, "what is no number is left out");
        assert_eq!(series.range(0..5), Some((-2.0, 18.0)));
        assert_eq!(series.range(2..4), Some((1.0, 7.5)));
        assert_eq!(series.range(2..2), None);
        assert_eq!(series.break_us, 50);
        assert_eq!((series.at(5), series.at(25), series.at(70), series.at(500)), (None, Some(18.0), Some(7.5), None));
    }
}

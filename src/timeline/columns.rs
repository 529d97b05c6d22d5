//! What of a lane is drawn when many things share a pixel: one for each column, always the worst. In: a lane and an axis.
//! Out: places in the lane's lists, of the visible stretch only. A column never hides an error.

use super::Axis;
use super::scene::{Lane, Look, Span};
use super::series::Series;
use crate::base::Tone;

/// Marks are shown from this far left of the window: their shapes reach into it.
const REACH_PX: f64 = 8.0;

/// The marks that share a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarkColumn {
    /// Where the one that is drawn stands, in points.
    pub x_px: f64,
    /// Place of the first of them.
    pub first: usize,
    /// How many they are.
    pub count: usize,
    /// Place of the worst; the earliest of equals.
    pub worst: usize,
}

/// The worse of two tones wins a column that both want.
pub fn weight(tone: Tone) -> u8 {
    match tone {
        Tone::Fail => 3,
        Tone::Warn => 2,
        Tone::Info | Tone::Ok => 1,
        Tone::Muted | Tone::Series(_) => 0,
    }
}

/// How bad a span is, on the scale of [`weight`].
pub fn span_weight(look: Look) -> u8 {
    match look {
        Look::Failed => 3,
        Look::Expired => 2,
        _ => 0,
    }
}

/// Rank of a span among those that begin in one column: the worst, of equals the one that reaches farthest.
pub(super) fn span_key(span: &Span) -> (u8, i64) {
    (span_weight(span.look), span.to_us)
}

/// The column of a moment and the first moment after it.
fn column(axis: &Axis, us: i64) -> (f64, i64) {
    let step = axis.us_per_px();
    let number = ((us as f64 - axis.window.start_us) / step).floor();
    let end = axis.window.start_us + (number + 1.0) * step;
    // Beyond 2^53 µs a step of less than one must still lead on.
    (number, (end.ceil() as i64).max(us.saturating_add(1)))
}

/// The marks to draw, one a column, from left to right.
pub fn marks(lane: &Lane, axis: &Axis) -> Vec<MarkColumn> {
    let start = axis.window.start_us - axis.us_per_px() * REACH_PX;
    let mut first = lane.marks.partition_point(|m| (m.at_us as f64) < start);
    let last = lane.marks.partition_point(|m| (m.at_us as f64) <= axis.window.end_us);
    let mut out = Vec::new();
    while first < last {
        let Some(mark) = lane.marks.get(first) else { break };
        let (_, end_us) = column(axis, mark.at_us);
        let rest = lane.marks.get(first..last).unwrap_or_default();
        let count = rest.partition_point(|m| m.at_us < end_us).max(1);
        let worst = lane.worst_mark(first..first + count).unwrap_or(first);
        let x_px = lane.marks.get(worst).map_or(0.0, |m| axis.x_px(m.at_us));
        out.push(MarkColumn { x_px, first, count, worst });
        first += count;
    }
    out
}

/// The spans to draw, worst last so that nothing lies over them: those that reach into the window from before it, and of those that
/// begin in one column the worst and the longest.
pub fn spans(lane: &Lane, axis: &Axis) -> Vec<usize> {
    let (start, end) = (axis.window.start_us, axis.window.end_us);
    let mut first = lane.spans.partition_point(|s| (s.from_us as f64) < start);
    let last = lane.spans.partition_point(|s| (s.from_us as f64) <= end);
    let mut out = lane.reaching(0..first, start.ceil() as i64);
    while first < last {
        let Some(span) = lane.spans.get(first) else { break };
        let (_, end_us) = column(axis, span.from_us);
        let rest = lane.spans.get(first..last).unwrap_or_default();
        let count = rest.partition_point(|s| s.from_us < end_us).max(1);
        let part = first..first + count;
        let (longest, worst) = (lane.longest_span(part.clone()), lane.worst_span(part));
        out.extend(longest.filter(|l| Some(*l) != worst));
        out.extend(worst);
        first += count;
    }
    // Stable: of equals the later begins later.
    out.sort_by_key(|place| lane.spans.get(*place).map_or(0, |s| span_weight(s.look)));
    out
}

/// Where the nearest thing of a lane is when nothing of it is in the window, and whether it is later; later ones first.
pub fn outside(lane: &Lane, axis: &Axis) -> Option<(bool, i64)> {
    let end = axis.window.end_us;
    let span = lane.spans.partition_point(|s| (s.from_us as f64) <= end);
    let mark = lane.marks.partition_point(|m| (m.at_us as f64) <= end);
    let later = lane.spans.get(span).map(|s| s.from_us).into_iter().chain(lane.marks.get(mark).map(|m| m.at_us)).min();
    let earlier = || {
        let span = lane.longest_span(0..span).and_then(|n| lane.spans.get(n)).map(|s| s.to_us);
        let mark = mark.checked_sub(1).and_then(|n| lane.marks.get(n)).map(|m| m.at_us);
        span.max(mark)
    };
    later.map(|us| (true, us)).or_else(|| Some((false, earlier()?)))
}

/// The moment of the lane's nearest mark or border of a span, if it is at most `reach_us` from `us`.
pub fn nearest(lane: &Lane, us: i64, reach_us: i64) -> Option<i64> {
    let mark = lane.marks.partition_point(|m| m.at_us < us);
    let marks = lane.marks.get(mark.saturating_sub(1)..(mark + 1).min(lane.marks.len())).unwrap_or_default();
    let span = lane.spans.partition_point(|s| s.from_us < us);
    let spans = lane.spans.get(span.saturating_sub(2)..(span + 1).min(lane.spans.len())).unwrap_or_default();
    let edges = marks.iter().map(|m| m.at_us).chain(spans.iter().flat_map(|s| [s.from_us, s.to_us]));
    edges.filter(|edge| (edge - us).abs() <= reach_us).min_by_key(|edge| (edge - us).abs())
}

/// The values of a series in one column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueColumn {
    /// Where, in points.
    pub x_px: f64,
    /// The lowest.
    pub least: f64,
    /// The highest.
    pub most: f64,
    /// Time of the last one, µs UTC.
    pub at_us: i64,
}

/// The values to draw, one column each, with one more on either side so that lines reach the edges.
pub fn values(series: &Series, axis: &Axis) -> Vec<ValueColumn> {
    let points = &series.points;
    let mut first = points.partition_point(|p| (p.at_us as f64) < axis.window.start_us).saturating_sub(1);
    let last = (points.partition_point(|p| (p.at_us as f64) <= axis.window.end_us) + 1).min(points.len());
    let mut out = Vec::new();
    while first < last {
        let Some(point) = points.get(first) else { break };
        let (_, end_us) = column(axis, point.at_us);
        let rest = points.get(first..last).unwrap_or_default();
        let count = rest.partition_point(|p| p.at_us < end_us).max(1);
        let (least, most) = series.range(first..first + count).unwrap_or((point.value, point.value));
        let at_us = rest.get(count - 1).map_or(point.at_us, |p| p.at_us);
        out.push(ValueColumn { x_px: axis.x_px(point.at_us), least, most, at_us });
        first += count;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::scene::{Mark, Shape, Target, Topic};
    use super::super::{Extent, Window};
    use super::*;
    use crate::base::{MemberId, SourceRef, Text};

    const RECORD: Target = Target::Record(SourceRef { member: MemberId(0), line: 1, offset: 0, bytes: 0 });

    fn lane(marks: &[(i64, bool)], spans: &[(i64, i64, bool)]) -> Lane {
        let mut lane = Lane::new(Topic::Errors, Text::default());
        for (at_us, bad) in marks {
            let tone = if *bad { Tone::Fail } else { Tone::Muted };
            lane.marks.push(Mark { at_us: *at_us, shape: Shape::State, tone, label: Text::default(), target: RECORD });
        }
        for (from_us, length, bad) in spans {
            let look = if *bad { Look::Failed } else { Look::Talking };
            let (from_us, to_us) = (*from_us, from_us + length);
            lane.spans.push(Span::new(from_us, to_us, look, Text::default(), RECORD));
        }
        lane.finished()
    }

    fn window() -> impl Strategy<Value = Axis> {
        (0_i64..1_000_000, 100_i64..1_000_000, 3_u32..300).prop_map(|(from, length, width)| {
            let window = Window { start_us: from as f64, end_us: (from + length) as f64 };
            Axis { window, left_px: 180.0, width_px: f64::from(width) }
        })
    }

    proptest! {
        #[test]
        fn no_column_hides_an_error(
            marks in prop::collection::vec((0_i64..1_000_000, prop::bool::weighted(0.1)), 0..400),
            spans in prop::collection::vec((0_i64..1_000_000, prop_oneof![0_i64..50, 0_i64..900_000], prop::bool::weighted(0.1)), 0..400),
            axis in window(),
        ) {
            let lane = lane(&marks, &spans);
            let drawn = super::marks(&lane, &axis);
            prop_assert!(drawn.len() as f64 <= axis.width_px + 2.0 + REACH_PX);
            prop_assert!(drawn.windows(2).all(|two| two[0].first + two[0].count == two[1].first));
            for (at_us, _) in marks.iter().filter(|(at, bad)| *bad && (axis.window.start_us..=axis.window.end_us).contains(&(*at as f64))) {
                let x = axis.x_px(*at_us);
                let near = drawn.iter().any(|c| lane.marks[c.worst].tone == Tone::Fail && (c.x_px - x).abs() <= 1.0);
                prop_assert!(near, "error at {x} px");
            }
            let drawn = super::spans(&lane, &axis);
            for span in lane.spans.iter().filter(|s| s.look == Look::Failed) {
                if (span.to_us as f64) < axis.window.start_us || (span.from_us as f64) > axis.window.end_us {
                    continue;
                }
                let (from, to) = (axis.x_px(span.from_us).max(axis.left_px), axis.x_px(span.to_us).min(axis.left_px + axis.width_px));
                // Whatever part of it is in the window is covered by failures that are drawn, a column apart.
                let bad = drawn.iter().map(|n| &lane.spans[*n]).filter(|s| s.look == Look::Failed);
                let covered = bad.clone().any(|s| axis.x_px(s.from_us) - 1.0 <= from && axis.x_px(s.to_us) + 1.0 >= to);
                prop_assert!(covered, "failure from {from} to {to} px");
            }
            // Failures lie on top.
            let weights: Vec<u8> = drawn.iter().map(|n| span_weight(lane.spans[*n].look)).collect();
            prop_assert!(weights.is_sorted());
        }
    }

    #[test]
    fn a_span_from_long_before_is_found_among_many() {
        let mut all: Vec<(i64, i64, bool)> = (0..10_000).map(|n| (n * 10, 5, false)).collect();
        all.push((3, 90_000, false));
        let lane = lane(&[], &all);
        let extent = Extent { start_us: 0, end_us: 100_000 };
        let axis = Axis { window: Window::around(80_000, 81_000, extent), left_px: 0.0, width_px: 1_000.0 };
        let drawn = super::spans(&lane, &axis);
        assert_eq!(drawn.iter().filter(|n| lane.spans[**n].from_us == 3).count(), 1);
        assert!(drawn.len() < 130, "{} drawn", drawn.len());
    }
}

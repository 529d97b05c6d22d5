//! Time to points and back. In: a window of time and a width. Out: places, ticks, zoomed and moved windows.
//! Must not know what stands on the axis. Time is µs UTC; screen maths in f64 (a quarter of a µs near today).

use crate::base::time::SECOND_US;

/// The shortest window: nothing in a log is finer than a µs, and 100 of them still have ticks.
pub const SHORTEST_US: f64 = 100.0;
/// This part of the length is left free on either side when all is shown.
const MARGIN: f64 = 0.015;

/// From the first to the last moment of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// First moment, µs UTC.
    pub start_us: i64,
    /// Last moment, µs UTC.
    pub end_us: i64,
}

impl Extent {
    /// Length in µs, at least one millisecond so that a single moment still has an axis.
    pub fn length_us(self) -> i64 {
        self.end_us.saturating_sub(self.start_us).max(1_000)
    }
}

/// The part of time that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Left edge, µs UTC.
    pub start_us: f64,
    /// Right edge, µs UTC; greater than the left.
    pub end_us: f64,
}

impl Window {
    /// All of the data with a small margin.
    pub fn all(extent: Extent) -> Self {
        let length = extent.length_us() as f64;
        let margin = length * MARGIN;
        Self { start_us: extent.start_us as f64 - margin, end_us: extent.start_us as f64 + length + margin }
    }

    /// Shows `from..to` with a tenth of air on either side, inside the data.
    pub fn around(from_us: i64, to_us: i64, extent: Extent) -> Self {
        let length = (to_us.saturating_sub(from_us) as f64).max(SHORTEST_US * 10.0);
        Self { start_us: from_us as f64 - length * 0.1, end_us: from_us as f64 + length * 1.1 }.inside(extent)
    }

    /// Length in µs.
    pub fn length_us(self) -> f64 {
        self.end_us - self.start_us
    }

    /// Magnifies by `factor` so that the moment `at_us` stays where it is; cannot leave the data.
    pub fn zoomed(self, at_us: f64, factor: f64, extent: Extent) -> Self {
        if !(factor.is_finite() && factor > 0.0) {
            return self;
        }
        let length = (self.length_us() / factor).max(SHORTEST_US);
        let part = ((at_us - self.start_us) / self.length_us()).clamp(0.0, 1.0);
        let start_us = at_us - part * length;
        Self { start_us, end_us: start_us + length }.inside(extent)
    }

    /// Moves by `by_us`; cannot leave the data.
    pub fn moved(self, by_us: f64, extent: Extent) -> Self {
        Self { start_us: self.start_us + by_us, end_us: self.end_us + by_us }.inside(extent)
    }

    /// The same length pushed back into the data; all of the data when it is longer.
    pub fn inside(self, extent: Extent) -> Self {
        let all = Self::all(extent);
        let length = self.length_us();
        if !length.is_finite() || length >= all.length_us() {
            return all;
        }
        let start_us = self.start_us.clamp(all.start_us, all.end_us - length);
        Self { start_us, end_us: start_us + length }
    }
}

/// A window laid over a stretch of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// What is shown.
    pub window: Window,
    /// Left end in points.
    pub left_px: f64,
    /// Width in points.
    pub width_px: f64,
}

/// A line of the ruler.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// Where, in points.
    pub x_px: f64,
    /// Time since the origin in µs.
    pub since_us: i64,
    /// Has a label.
    pub labelled: bool,
}

impl Axis {
    /// Where a moment stands, in points; may lie outside.
    pub fn x_px(&self, us: i64) -> f64 {
        self.left_px + (us as f64 - self.window.start_us) / self.window.length_us() * self.width_px
    }

    /// The moment at a place.
    pub fn us_at(&self, x_px: f64) -> f64 {
        self.window.start_us + (x_px - self.left_px) / self.width_px.max(1.0) * self.window.length_us()
    }

    /// How many µs a point is.
    pub fn us_per_px(&self) -> f64 {
        self.window.length_us() / self.width_px.max(1.0)
    }

    /// Ticks since `origin_us` at round steps, labelled ones at least `gap_px` apart, and the labelled step in µs.
    pub fn ticks(&self, origin_us: i64, gap_px: f64) -> (Vec<Tick>, i64) {
        let step = round_step((self.us_per_px() * gap_px).max(1.0) as i64);
        let fine = (step / 5).max(1);
        let origin = origin_us as f64;
        let first = ((self.window.start_us - origin) / fine as f64).ceil() as i64;
        let last = ((self.window.end_us - origin) / fine as f64).floor() as i64;
        // A window is never wider than a screen, so this is a few hundred at most; the cap is for absurd widths.
        let ticks = (first..=last)
            .take(4_000)
            .map(|number| {
                let since_us = number.saturating_mul(fine);
                Tick { x_px: self.x_px(origin_us.saturating_add(since_us)), since_us, labelled: since_us % step == 0 }
            })
            .collect();
        (ticks, step)
    }
}

/// The smallest round step of at least `us`: 1, 2, 5 × 10ⁿ below a minute, then the steps of clocks.
fn round_step(us: i64) -> i64 {
    let mut decade = 1;
    while decade < 10 * SECOND_US {
        for factor in [1, 2, 5] {
            if decade * factor >= us {
                return decade * factor;
            }
        }
        decade *= 10;
    }
    const CLOCK_S: [i64; 16] =
        [10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800];
    CLOCK_S.iter().map(|s| s * SECOND_US).find(|step| *step >= us).unwrap_or_else(|| {
        let day = 86_400 * SECOND_US;
        (us / day + 1) * day
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent { start_us: 1_706_599_150_000_000, end_us: 1_706_599_250_000_000 };

    fn axis() -> Axis {
        Axis { window: Window::all(EXTENT), left_px: 180.0, width_px: 1_000.0 }
    }

    #[test]
    fn a_place_and_its_moment_are_one() {
        let axis = axis();
        for us in [EXTENT.start_us, EXTENT.start_us + 33_333_333, EXTENT.end_us] {
            let back = axis.us_at(axis.x_px(us));
            assert!((back - us as f64).abs() < 1.0, "{us} came back as {back}");
        }
    }

    #[test]
    fn zoom_keeps_the_moment_under_the_pointer() {
        let axis = axis();
        let at = axis.us_at(700.0);
        let zoomed = Axis { window: axis.window.zoomed(at, 8.0, EXTENT), ..axis };
        assert!((zoomed.us_at(700.0) - at).abs() < 1.0);
        assert!((zoomed.window.length_us() - axis.window.length_us() / 8.0).abs() < 1.0);
    }

    #[test]
    fn a_window_cannot_leave_the_data() {
        let all = Window::all(EXTENT);
        let near = all.zoomed(EXTENT.start_us as f64, 4.0, EXTENT);
        let far_left = near.moved(-1e15, EXTENT);
        assert_eq!(far_left.start_us, all.start_us);
        let far_right = near.moved(1e15, EXTENT);
        assert_eq!(far_right.end_us, all.end_us);
        assert_eq!(near.zoomed(0.0, 1e-9, EXTENT), all);
        assert!(near.zoomed(EXTENT.start_us as f64, 1e18, EXTENT).length_us() >= SHORTEST_US);
        assert_eq!(near.zoomed(0.0, f64::NAN, EXTENT), near);
    }

    #[test]
    fn one_moment_still_has_an_axis() {
        let point = Extent { start_us: 5, end_us: 5 };
        assert!(Window::all(point).length_us() > 0.0);
    }

    #[test]
    fn ticks_are_round_and_apart() {
        let (ticks, step) = axis().ticks(EXTENT.start_us, 80.0);
        assert_eq!(step, 10 * SECOND_US);
        let labelled: Vec<i64> = ticks.iter().filter(|t| t.labelled).map(|t| t.since_us / SECOND_US).collect();
        assert_eq!(labelled, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    }

    #[test]
    fn steps_follow_the_clock() {
        for (wish, step) in [(1, 1), (3, 5), (1_500, 2_000), (7 * SECOND_US, 10 * SECOND_US), (11 * SECOND_US, 20 * SECOND_US)] {
            assert_eq!(round_step(wish), step);
        }
        assert_eq!(round_step(61 * SECOND_US), 120 * SECOND_US);
        assert_eq!(round_step(200_000 * SECOND_US), 3 * 86_400 * SECOND_US);
    }
}

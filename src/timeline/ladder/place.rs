//! Where the parts of a ladder stand. In: a ladder, a width, how wide texts are. Out: [`Place`] in points.

use super::Ladder;
use crate::base::{Face, TextWidth};

/// Height of a row in points.
pub const ROW_PX: f64 = 23.0;
/// Lanes closer than this cannot carry a title.
const LEAST_LANE_PX: f64 = 150.0;
const PADDING_PX: f64 = 12.0;
/// Room for the number of a call.
const TAG_PX: f64 = 16.0;

/// Columns of a ladder in points from its left edge.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Left edge of the times.
    pub time_px: f64,
    /// Right edge of the deltas.
    pub delta_px: f64,
    /// The lanes: the client's first, then one a host.
    pub lanes_px: Vec<f64>,
    /// Left edge of the brackets.
    pub bracket_px: f64,
    /// Right edge of the line numbers.
    pub line_px: f64,
    /// Width that all this needs; more than given when there are many lanes.
    pub width_px: f64,
}

/// Lays a ladder out on `width_px` points.
pub fn place(ladder: &Ladder, width_px: f64, text: &dyn TextWidth) -> Place {
    let time = text.width_px("00:00:00.000", Face::Mono);
    let delta = text.width_px("00 h 00 min", Face::Mono);
    let line = text.width_px(&ladder.last_line.to_string(), Face::Mono).max(text.width_px("line", Face::Mono));
    let word = ladder.brackets.iter().map(|b| text.width_px(&b.word, Face::Label)).fold(0.0, f64::max).min(110.0);
    let bracket = if ladder.brackets.is_empty() { 0.0 } else { word + 26.0 };

    let delta_px = PADDING_PX + time + PADDING_PX + delta;
    // Several calls: the number of each stands before the lanes.
    let tag = if ladder.calls.is_empty() { 0.0 } else { TAG_PX };
    let first = delta_px + 3.0 * PADDING_PX + tag;
    let hosts = ladder.hosts.len().max(1) as f64;
    let right = PADDING_PX + line + PADDING_PX + bracket + PADDING_PX;
    let room = (width_px - first - right).max(hosts * LEAST_LANE_PX);
    // One host needs no more room than its longest arrow; beyond it the eye loses the row.
    let step = (room / hosts).min(if hosts > 1.0 { 320.0 } else { 420.0 });
    let lanes_px: Vec<f64> = (0..=ladder.hosts.len().max(1)).map(|n| first + n as f64 * step).collect();
    let last = lanes_px.last().copied().unwrap_or(first);
    let width_px = width_px.max(last + right);
    Place { time_px: PADDING_PX, delta_px, lanes_px, bracket_px: last + PADDING_PX, line_px: width_px - PADDING_PX, width_px }
}

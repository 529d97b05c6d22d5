//! How the timeline stands: folded, pinned and moved lanes, what is measured, which times the ruler shows.
//! In: gestures and commands change it. Out: plain data; the part that is derived is dropped when something changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rows::{Rows, RowsKey};
use crate::session::CallId;
use crate::timeline::{LaneId, Scene};

/// Which times the ruler shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Clock {
    /// Since the first record of the run.
    #[default]
    SinceStart,
    /// Since the first INVITE of the chosen call; since the start where no call is chosen.
    SinceCall,
    /// Time of day.
    Absolute,
}

impl Clock {
    /// The next one, in a circle.
    pub fn next(self) -> Self {
        match self {
            Self::SinceStart => Self::SinceCall,
            Self::SinceCall => Self::Absolute,
            Self::Absolute => Self::SinceStart,
        }
    }
}

/// What a drag that goes on does.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Drag {
    /// Nothing is dragged.
    #[default]
    None,
    /// Moves the window.
    Pan,
    /// Measures from this moment, µs UTC.
    Measure(i64),
    /// Chooses a range from this moment on the ruler, µs UTC.
    Range(f64),
    /// Moves the frame of the strip, held this far from its left edge, µs.
    Frame(f64),
    /// Moves an edge of the frame: the right one when true.
    Edge(bool),
    /// Moves a lane.
    Lane(LaneId),
}

/// State of one document's timeline.
#[derive(Clone, Debug, Default)]
pub struct TimelineState {
    /// Calls whose lanes the user folded or unfolded.
    pub folds: BTreeMap<CallId, bool>,
    /// Lanes that stay on top, in this order.
    pub pinned: Vec<LaneId>,
    /// The user's order of lanes by run; without one they stand as laid out.
    pub order: BTreeMap<usize, Vec<LaneId>>,
    /// The lane that keys act on.
    pub current: Option<LaneId>,
    /// Two moments that are compared, µs UTC, in the order they were set.
    pub measure: Option<(i64, i64)>,
    /// The first of two moments set by key.
    pub measure_from: Option<i64>,
    /// Which times the ruler shows.
    pub clock: Clock,
    /// What is dragged.
    pub drag: Drag,
    rows: Option<(RowsKey, Arc<Rows>)>,
}

impl TimelineState {
    /// The lanes to show and where. `chosen`: the call whose lanes are open though the user did not unfold them.
    pub fn rows(&mut self, scene: &Scene, run: usize, chosen: Option<CallId>) -> Arc<Rows> {
        let key = RowsKey { run, chosen };
        if let Some((of, rows)) = &self.rows
            && *of == key
        {
            return Arc::clone(rows);
        }
        let rows = Arc::new(Rows::new(scene, self, key));
        self.rows = Some((key, Arc::clone(&rows)));
        rows
    }

    /// Folds or unfolds the lanes of a call.
    pub fn fold(&mut self, call: CallId, folded: bool) {
        self.folds.insert(call, folded);
        self.rows = None;
    }

    /// Pins a lane to the top, or lets it go.
    pub fn pin(&mut self, lane: LaneId) {
        match self.pinned.iter().position(|id| *id == lane) {
            Some(place) => drop(self.pinned.remove(place)),
            None => self.pinned.push(lane),
        }
        self.rows = None;
    }

    /// Sets the order of a run's lanes, or of the pinned ones.
    pub fn set_order(&mut self, run: usize, heads: Vec<LaneId>) {
        self.order.insert(run, heads);
        self.rows = None;
    }

    /// Moves a pinned lane among its kind.
    pub fn move_pinned(&mut self, place: usize, to: usize) {
        if place < self.pinned.len() {
            let id = self.pinned.remove(place);
            self.pinned.insert(to.min(self.pinned.len()), id);
            self.rows = None;
        }
    }

    /// Puts every lane back where it was laid out.
    pub fn reset(&mut self) {
        self.folds.clear();
        self.pinned.clear();
        self.order.clear();
        self.rows = None;
    }

    /// Forgets what is measured; true when there was something.
    pub fn clear_measure(&mut self) -> bool {
        self.measure.take().is_some() | self.measure_from.take().is_some()
    }
}

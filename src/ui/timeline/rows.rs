//! Which lanes are shown, in which order and where. In: a scene, what is folded, pinned and moved. Out: places with tops summed up,
//! so that of 10,000 lanes only those on screen are touched. Must not paint.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::state::TimelineState;
use crate::session::CallId;
use crate::timeline::scene::is_folded;
use crate::timeline::{Lane, LaneId, Scene};

/// What rows were made for; what the user folds, pins and moves drops them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowsKey {
    /// The run.
    pub run: usize,
    /// The chosen call.
    pub chosen: Option<CallId>,
}

/// The lanes shown.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Places in the scene from top to bottom.
    pub lanes: Vec<usize>,
    /// So many of them are pinned.
    pub pinned: usize,
    /// Top of each lane in points, and the bottom of the last.
    tops: Vec<f32>,
    /// Calls that have detail lanes, and whether these are folded.
    pub folded: BTreeMap<CallId, bool>,
}

impl Rows {
    /// Lays out what is to be shown.
    pub fn new(scene: &Scene, state: &TimelineState, key: RowsKey) -> Self {
        let mut details: HashMap<CallId, Vec<usize>> = HashMap::new();
        let mut heads = Vec::new();
        for (place, lane) in scene.lanes.iter().enumerate() {
            match lane.detail_of {
                Some(call) => details.entry(call).or_default().push(place),
                None => heads.push(place),
            }
        }
        let id = |place: usize| scene.lanes.get(place).map(|l| l.id);
        if let Some(order) = state.order.get(&key.run) {
            let wanted: HashMap<LaneId, usize> = order.iter().enumerate().map(|(n, id)| (*id, n)).collect();
            heads.sort_by_key(|place| id(*place).and_then(|id| wanted.get(&id)).copied().unwrap_or(usize::MAX));
        }
        let calls = heads.iter().filter(|place| scene.lanes.get(**place).is_some_and(|l| l.leads().is_some())).count();
        let is_folded = |call: CallId| {
            let usual = is_folded(calls, key.chosen, call);
            state.folds.get(&call).copied().unwrap_or(usual)
        };
        let folded = details.keys().map(|call| (*call, is_folded(*call))).collect();
        let mut lanes = Vec::new();
        let add = |lanes: &mut Vec<usize>, place: usize, skip_pinned: bool| {
            lanes.push(place);
            let call = scene.lanes.get(place).and_then(Lane::leads).filter(|call| !is_folded(*call));
            let own = call.and_then(|call| details.get(&call)).into_iter().flatten();
            lanes.extend(own.filter(|n| !skip_pinned || !id(**n).is_some_and(|id| state.pinned.contains(&id))));
        };
        for pin in &state.pinned {
            if let Some(place) = scene.lanes.iter().position(|l| l.id == *pin).filter(|place| !lanes.contains(place)) {
                add(&mut lanes, place, true);
            }
        }
        let pinned = lanes.len();
        for place in heads {
            if id(place).is_some_and(|id| !state.pinned.contains(&id)) {
                add(&mut lanes, place, true);
            }
        }
        let mut tops = Vec::with_capacity(lanes.len() + 1);
        let mut top = 0.0;
        for place in &lanes {
            tops.push(top);
            top += scene.lanes.get(*place).map_or(0.0, |l| l.height_px);
        }
        tops.push(top);
        Self { lanes, pinned, tops, folded }
    }

    /// Height of all in points.
    pub fn height(&self) -> f32 {
        self.tops.last().copied().unwrap_or(0.0)
    }

    /// Height of the pinned lanes.
    pub fn pinned_height(&self) -> f32 {
        self.top(self.pinned)
    }

    /// Top of the row of this number, from the first lane's top.
    pub fn top(&self, row: usize) -> f32 {
        self.tops.get(row).copied().unwrap_or_else(|| self.height())
    }

    /// The rows, of those in `rows`, that any part of the stretch from `top` to `bottom` meets.
    pub fn between(&self, rows: Range<usize>, top: f32, bottom: f32) -> Range<usize> {
        let ends = self.tops.get(1..).unwrap_or_default();
        let first = ends.partition_point(|end| *end <= top).clamp(rows.start, rows.end);
        let last = self.tops.partition_point(|start| *start < bottom).clamp(first, rows.end);
        first..last
    }

    /// Heads that can be moved, in their order, without the pinned ones.
    pub fn heads<'a>(&'a self, scene: &'a Scene) -> impl Iterator<Item = LaneId> + 'a {
        let rest = self.lanes.get(self.pinned..).unwrap_or_default();
        rest.iter().filter_map(|place| scene.lanes.get(*place)).filter(|l| l.detail_of.is_none()).map(|l| l.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Text;
    use crate::timeline::Target;
    use crate::timeline::scene::Topic;

    fn scene(calls: u32) -> Scene {
        let lane = |topic: Topic, target: Option<Target>, detail_of: Option<CallId>, height_px: f32| {
            let mut lane = Lane::new(topic, Text::default());
            lane.id = LaneId { topic, target, number: 0 };
            (lane.target, lane.detail_of, lane.height_px) = (target, detail_of, height_px);
            lane
        };
        let mut lanes = vec![lane(Topic::Registration, None, None, 25.0)];
        for call in (0..calls).map(CallId) {
            let target = Some(Target::Call(call));
            lanes.push(lane(Topic::Call, target, None, 30.0));
            lanes.push(lane(Topic::CallSip, target, Some(call), 26.0));
            lanes.push(lane(Topic::Media, target, Some(call), 28.0));
        }
        lanes.push(lane(Topic::Errors, None, None, 25.0));
        Scene { extent: None, lanes, gaps: Vec::new() }
    }

    fn topics(scene: &Scene, rows: &Rows) -> Vec<Topic> {
        rows.lanes.iter().map(|n| scene.lanes[*n].topic).collect()
    }

    #[test]
    fn few_calls_are_open_many_are_folded_but_for_the_chosen_one() {
        let key = |chosen| RowsKey { run: 0, chosen };
        let state = TimelineState::default();
        assert_eq!(Rows::new(&scene(2), &state, key(None)).lanes.len(), 8);
        let many = scene(10_000);
        assert_eq!(Rows::new(&many, &state, key(None)).lanes.len(), 10_002);
        let rows = Rows::new(&many, &state, key(Some(CallId(7))));
        assert_eq!(rows.lanes.len(), 10_004);
        assert_eq!(rows.height(), 25.0 + 10_000.0 * 30.0 + 26.0 + 28.0 + 25.0);
        let seen = rows.between(0..rows.lanes.len(), 150_000.0, 150_400.0);
        assert!(seen.len() < 18 && rows.top(seen.start) <= 150_000.0 && rows.top(seen.end) >= 150_400.0, "{seen:?}");
    }

    #[test]
    fn folded_pinned_and_moved() {
        let scene = scene(1);
        let mut state = TimelineState::default();
        state.fold(CallId(0), true);
        let rows = state.rows(&scene, 0, None);
        assert_eq!(topics(&scene, &rows), [Topic::Registration, Topic::Call, Topic::Errors]);
        state.pin(scene.lanes[4].id);
        state.fold(CallId(0), false);
        let rows = state.rows(&scene, 0, None);
        assert_eq!(topics(&scene, &rows), [Topic::Errors, Topic::Registration, Topic::Call, Topic::CallSip, Topic::Media]);
        assert_eq!((rows.pinned, rows.pinned_height()), (1, 25.0));
        let mut heads: Vec<LaneId> = rows.heads(&scene).collect();
        heads.reverse();
        state.set_order(0, heads);
        // A detail lane can be pinned alone.
        state.pin(scene.lanes[3].id);
        let rows = state.rows(&scene, 0, None);
        assert_eq!(topics(&scene, &rows), [Topic::Errors, Topic::Media, Topic::Call, Topic::CallSip, Topic::Registration]);
        state.reset();
        assert_eq!(topics(&scene, &state.rows(&scene, 0, None))[0], Topic::Registration);
    }
}

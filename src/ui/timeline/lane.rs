//! One lane: head, spans, marks, plots, and what is said where nothing stands. In: a lane, an axis. Out: pixels.

use eframe::egui::{Align, Rect, Shape as Drawn, Ui, pos2, vec2};

use super::{HEADS, Rows, gaps, head, marks, plots, spans};
use crate::base::LogTime;
use crate::base::words::Words;
use crate::timeline::columns::outside;
use crate::timeline::scene::{Lane, Topic};
use crate::timeline::{Axis, Scene};
use crate::ui::widgets::{cut_left, line_below};
use crate::ui::{Cx, Type, ViewState, text, zone};

/// Shows one lane in `row`.
#[expect(clippy::too_many_arguments, reason = "a lane is its scene, its row, its axis and its view")]
pub fn show(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &mut ViewState,
    scene: &Scene,
    rows: &Rows,
    lane: &Lane,
    axis: &Axis,
    mut row: Rect,
) {
    let palette = cx.palette;
    line_below(ui, palette, row);
    let heads = cut_left(&mut row, HEADS);
    head::show(ui, cx, state, scene, rows, lane, heads);
    let clip = ui.clip_rect();
    ui.set_clip_rect(clip.intersect(row));
    plots::show(ui, cx, state, lane, axis, row);
    let drawn = spans::show(ui, cx, state, lane, axis, row);
    gaps::hatch(ui, cx, scene, axis, row);
    let end = drawn.iter().map(|s| s.1).fold(row.left(), f32::max);
    let end = end.max(marks::show(ui, cx, state, lane, axis, row, &drawn));
    let empty = lane.spans.is_empty() && lane.marks.is_empty() && lane.series.is_empty();
    if !empty && lane.series.is_empty() && end <= row.left() {
        elsewhere(ui, cx, lane, axis, row);
    } else if let Some(sentence) = &lane.sentence {
        let left = if end > row.left() { end + 14.0 } else { row.left() + 12.0 };
        let room = Rect::from_min_max(pos2(left, row.top()), row.max - vec2(8.0, 0.0));
        let shown = text::shown(sentence);
        if room.width() > 60.0 {
            let used = text::line(ui, room, Align::Min, &shown, Type::Small, palette.t3).rect;
            if lane.topic == Topic::Startup || (empty && lane.topic == Topic::Registration) {
                let y = room.center().y;
                let from = pos2(used.right() + 12.0, y);
                if from.x < row.right() - 12.0 {
                    ui.painter().extend(Drawn::dotted_line(&[from, pos2(row.right() - 12.0, y)], palette.strong, 6.0, 0.8));
                }
            }
        }
    }
    ui.set_clip_rect(clip);
}

/// Nothing of the lane is in the window: says where it is.
fn elsewhere(ui: &mut Ui, cx: &Cx<'_>, lane: &Lane, axis: &Axis, row: Rect) {
    let Some((later, at_us)) = outside(lane, axis) else { return };
    let (key, align) = if later { ("timeline.later", Align::Max) } else { ("timeline.earlier", Align::Min) };
    let said = Words::current().fill(key, &[("time", &zone::clock(LogTime(at_us)))]);
    text::line(ui, row.shrink2(vec2(12.0, 0.0)), align, &said, Type::Small, cx.palette.t3);
}

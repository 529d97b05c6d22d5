//! Stretches in which no log says anything. In: gaps, an axis. Out: a hatch over all lanes with its name: absence is drawn.

use eframe::egui::{Align, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::base::words::Words;
use crate::timeline::figures::duration;
use crate::timeline::{Axis, Gap, GapKind, Scene};
use crate::ui::{Cx, Type, shapes, text};

/// Narrower gaps are a tint, without lines.
const HATCH_PX: f32 = 8.0;

/// What a gap is called: sleep only where keep-alives tell, and said to be inferred.
pub fn name(gap: &Gap) -> String {
    let length = duration(gap.to_us - gap.from_us);
    match gap.kind {
        GapKind::Silent => Words::current().fill("window.no_log_for", &[("time", &length)]),
        GapKind::BetweenRuns => Words::current().fill("timeline.gap_between", &[("time", &length)]),
        GapKind::Asleep { missed } => {
            Words::current().fill("timeline.gap_asleep", &[("time", &length), ("n", &missed.to_string())])
        }
    }
}

/// The gaps that the window shows.
fn visible<'a>(scene: &'a Scene, axis: &Axis) -> &'a [Gap] {
    let first = scene.gaps.partition_point(|g| (g.to_us as f64) < axis.window.start_us);
    let last = scene.gaps.partition_point(|g| (g.from_us as f64) <= axis.window.end_us);
    scene.gaps.get(first..last).unwrap_or_default()
}

/// The hatch in one stretch of the lanes; marks are painted after it, so that none is dimmed.
pub fn hatch(ui: &Ui, cx: &Cx<'_>, scene: &Scene, axis: &Axis, rect: Rect) {
    for gap in visible(scene, axis) {
        let left = (axis.x_px(gap.from_us) as f32).max(rect.left());
        let right = (axis.x_px(gap.to_us) as f32).min(rect.right()).max(left + 1.0);
        let area = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
        if area.width() < HATCH_PX {
            ui.painter().rect_filled(area, CornerRadius::ZERO, cx.palette.strong.gamma_multiply(0.5));
        } else {
            shapes::hatch(ui.painter(), area, (true, false), cx.palette.strong.gamma_multiply(0.8));
        }
    }
}

/// The names of the gaps over the lanes in `rect`.
pub fn names(ui: &mut Ui, cx: &Cx<'_>, scene: &Scene, axis: &Axis, rect: Rect) {
    let palette = cx.palette;
    for gap in visible(scene, axis) {
        let left = (axis.x_px(gap.from_us) as f32).max(rect.left());
        let right = (axis.x_px(gap.to_us) as f32).min(rect.right()).max(left + 1.0);
        let area = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
        let said = name(gap);
        let words = text::galley(ui, &said, Type::Small, palette.t2, (area.width() - 12.0).max(1.0));
        if area.width() > 70.0 {
            let at = pos2(area.center().x, rect.bottom() - 34.0);
            let ground = Rect::from_center_size(at, words.size() + vec2(12.0, 4.0));
            ui.painter().rect_filled(ground, CornerRadius::same(3), palette.base);
            text::place(ui, ground, Align::Center, words);
        }
        // Narrow at the foot only: what stands in the lanes can still be chosen.
        let foot = Rect::from_min_max(pos2(left, rect.bottom() - 46.0), pos2(right.max(left + 4.0), rect.bottom()));
        let response = ui.interact(foot, ui.scope_id().with(("gap", gap.from_us)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        if response.hovered() {
            response.on_hover_text(said);
        }
    }
}

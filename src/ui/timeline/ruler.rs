//! The ruler: which time stands where. In: an axis, what times are counted from. Out: ticks with labels, grid lines through the lanes.

use eframe::egui::{Align, CornerRadius, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::TimelineCommand;
use super::state::Clock;
use crate::base::LogTime;
use crate::base::time::SECOND_US;
use crate::base::words::{Words, word};
use crate::timeline::figures::{elapsed, time_of_day};
use crate::timeline::lanes::call;
use crate::timeline::{Axis, Extent, Subject};
use crate::ui::widgets::{focus_ring, line_below};
use crate::ui::{Command, Cx, Document, Type, ViewState, text, zone};

/// Least room of a labelled tick.
const GAP_PX: f64 = 70.0;

/// What the ruler counts from.
pub struct Origin {
    /// The moment, µs UTC.
    pub us: i64,
    /// Which times are shown; not those of a call when none is chosen.
    clock: Clock,
    /// What is said at the left.
    head: String,
}

/// What the ruler counts from in this frame.
pub fn origin(document: &Document, state: &ViewState, extent: Extent) -> Origin {
    let start = LogTime(extent.start_us);
    let calls = &document.analysis.facts.calls;
    let chosen = match state.selection.subject {
        Some(Subject::Call(id)) => calls.get(id.0 as usize).and_then(|c| Some((c, c.started?))),
        _ => None,
    };
    match (state.timeline.clock, chosen) {
        (Clock::SinceCall, Some((chosen, at))) => {
            let values = [("call", call::name(chosen)), ("time", zone::clock(at))];
            let head = Words::current().fill("timeline.since_call", &values.each_ref().map(|(k, v)| (*k, v.as_str())));
            Origin { us: at.0, clock: Clock::SinceCall, head }
        }
        (Clock::Absolute, _) => {
            let left = state.window.map_or(extent.start_us, |w| w.start_us as i64);
            // Midnight of the zone shown, so that ticks stand at full hours there.
            let us = -i64::from(zone::offset_s()) * SECOND_US;
            Origin { us, clock: Clock::Absolute, head: format!("{} {}", zone::date(LogTime(left)), zone::name()) }
        }
        _ => Origin {
            us: start.0,
            clock: Clock::SinceStart,
            head: format!("{} {} {}", zone::date(start), zone::clock(start), zone::name()),
        },
    }
}

/// The ruler in `ruler`, its words in `head`, grid lines through `lanes`.
#[expect(clippy::too_many_arguments, reason = "a ruler has a head, a body and lines through the lanes")]
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, state: &ViewState, axis: &Axis, origin: &Origin, head: Rect, ruler: Rect, lanes: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, head.union(ruler));
    let response = ui.interact(head, ui.scope_id().with("clock"), Sense::click());
    let name = || {
        let shows = word(match state.timeline.clock {
            Clock::SinceStart => "timeline.clock_start",
            Clock::SinceCall => "timeline.clock_call",
            Clock::Absolute => "timeline.clock_absolute",
        });
        format!("{}: {}", shows, origin.head)
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name()));
    if response.hovered() {
        ui.painter().rect_filled(head.shrink2(vec2(4.0, 3.0)), CornerRadius::same(4), palette.hover);
    }
    focus_ring(ui, palette, head, &response);
    if response.clicked() {
        cx.send(Command::Timeline(TimelineCommand::NextClock));
    }
    text::paint(ui, head.shrink2(vec2(10.0, 0.0)), Align::Min, &origin.head, Type::TinyMono, palette.t2);
    if response.hovered() {
        response.on_hover_text(name());
    }
    let label = |us: i64, step: i64| match origin.clock {
        Clock::Absolute => time_of_day(us, step),
        Clock::SinceStart | Clock::SinceCall => elapsed(us, step),
    };
    let (_, step) = axis.ticks(origin.us, GAP_PX);
    let longest = [axis.window.start_us, axis.window.end_us].map(|us| label(us as i64 - origin.us, step).chars().count());
    // Digits of the mono face are 0.6 em wide.
    let gap = (longest.into_iter().max().unwrap_or(0) as f64 * 6.6 + 14.0).max(GAP_PX);
    let (ticks, step) = axis.ticks(origin.us, gap);
    for tick in ticks {
        let x = tick.x_px as f32;
        if x < ruler.left() {
            continue;
        }
        if tick.labelled {
            ui.painter().vline(x, ruler.bottom()..=lanes.bottom(), Stroke::new(1.0, palette.hair));
            ui.painter().vline(x, ruler.bottom() - 7.0..=ruler.bottom(), Stroke::new(1.0, palette.strong));
            let room = Rect::from_min_max(pos2(x + 4.0, ruler.top()), ruler.max);
            let label = text::galley(ui, &label(tick.since_us, step), Type::Mono, palette.t2, 200.0);
            if label.size().x < room.width() {
                text::place(ui, room, Align::Min, label);
            }
        } else {
            ui.painter().vline(x, ruler.bottom() - 3.0..=ruler.bottom(), Stroke::new(1.0, palette.strong));
        }
    }
}

//! The overview strip: how much is in the whole bundle, where errors are, which part is shown. In: counts. Out: pixels; choice of a run.

use eframe::egui::{Align, Color32, Mesh, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::HEADS;
use crate::base::words::{Words, word};
use crate::timeline::figures::duration;
use crate::timeline::{Extent, Window};
use crate::ui::widgets::{cut_left, line_below};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

/// A stretch without records is named from this width.
const GAP_PX: f32 = 60.0;
/// Shorter silences are ordinary.
const GAP_US: i64 = 10 * 60 * 1_000_000;

/// Shows the strip; a click moves the window there.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, extent: Extent, mut rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let head = cut_left(&mut rect, HEADS).shrink2(vec2(10.0, 0.0));
    text::line(ui, head.translate(vec2(18.0, 0.0)), Align::Min, word("window.bundle"), Type::Small, palette.t2);
    let Some(whole) = document.density.extent else { return };
    text::line(ui, head, Align::Max, &duration(whole.length_us()), Type::Mono, palette.t2);
    let place = |us: f64| {
        let part = (us - whole.start_us as f64) / whole.length_us() as f64;
        rect.left() + part.clamp(0.0, 1.0) as f32 * rect.width()
    };
    bars(ui, cx, document, rect);
    gaps(ui, cx, document, whole, rect);
    let window = state.window.unwrap_or(Window::all(extent));
    let left = place(window.start_us).min(rect.right() - 6.0);
    let frame = Rect::from_min_max(pos2(left, rect.top() + 3.0), pos2(place(window.end_us).max(left + 5.0), rect.bottom() - 3.0));
    ui.painter().rect_stroke(frame, 3.0, Stroke::new(1.5, palette.accent), StrokeKind::Inside);
    let response = ui.interact(rect, ui.scope_id().with("strip"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, word("window.strip")));
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged()) {
        let part = f64::from((at.x - rect.left()) / rect.width().max(1.0));
        let us = whole.start_us as f64 + part * whole.length_us() as f64;
        let run = document
            .analysis
            .facts
            .runs
            .iter()
            .position(|r| r.start.zip(r.end).is_some_and(|(start, end)| start.0 as f64 <= us && us <= end.0 as f64));
        match run {
            Some(run) if run != state.run && response.clicked() => cx.send(Command::ShowRun(run)),
            _ => cx.send(Command::ShowTime(window.moved(us - (window.start_us + window.end_us) / 2.0, extent))),
        }
    }
}

/// Stretches without any record, hatched and named: absence is drawn.
fn gaps(ui: &mut Ui, cx: &Cx<'_>, document: &Document, whole: Extent, rect: Rect) {
    let bins = &document.density.bins;
    let step = rect.width() / bins.len().max(1) as f32;
    let mut from = 0;
    while from < bins.len() {
        let empty = bins.iter().skip(from).take_while(|b| b.0 == 0).count();
        let length_us = (whole.length_us() as f64 * empty as f64 / bins.len() as f64) as i64;
        if empty as f32 * step > GAP_PX && length_us > GAP_US {
            let left = rect.left() + from as f32 * step;
            let gap = Rect::from_x_y_ranges(left + 2.0..=left + empty as f32 * step - 2.0, rect.y_range().shrink(6.0));
            crate::ui::shapes::hatch(ui.painter(), gap, (true, false), cx.palette.hair);
            let said = Words::current().fill("window.no_log_for", &[("time", &duration(length_us))]);
            let words = text::galley(ui, &said, Type::Tiny, cx.palette.t3, gap.width());
            if words.size().x + 16.0 < gap.width() {
                let ground = Rect::from_center_size(gap.center(), words.size() + vec2(10.0, 0.0));
                ui.painter().rect_filled(ground, 0.0, cx.palette.base);
                text::place(ui, ground, Align::Center, words);
            }
        }
        from += empty.max(1);
    }
}

/// One mesh of bars; errors stand on top, never hidden.
fn bars(ui: &Ui, cx: &Cx<'_>, document: &Document, rect: Rect) {
    let palette = cx.palette;
    let bins = &document.density.bins;
    let most = bins.iter().map(|b| b.0).max().unwrap_or(0).max(1) as f32;
    let step = rect.width() / bins.len().max(1) as f32;
    let mut mesh = Mesh::default();
    let room = rect.height() - 14.0;
    let mut add = |from: f32, height: f32, wide: f32, color: Color32| {
        let bar = Rect::from_min_max(pos2(from, rect.bottom() - 3.0 - height), pos2(from + wide, rect.bottom() - 3.0));
        mesh.add_colored_rect(bar, color);
    };
    for (place, (count, _)) in bins.iter().enumerate() {
        if *count == 0 {
            continue;
        }
        let x = rect.left() + place as f32 * step;
        // The root keeps single records visible beside thousands.
        add(x, (*count as f32 / most).sqrt().max(0.08) * room, (step * 0.7).max(1.0), palette.strong);
    }
    // Errors stand on top of everything and leave the density below them to be seen.
    for (place, _) in bins.iter().enumerate().filter(|(_, (_, bad))| *bad) {
        let x = rect.left() + place as f32 * step;
        let bar = Rect::from_min_max(pos2(x, rect.top() + 4.0), pos2(x + 1.8, rect.top() + 10.0));
        mesh.add_colored_rect(bar, palette.fail);
    }
    ui.painter().add(Shape::mesh(mesh));
}

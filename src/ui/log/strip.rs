//! The strip over the list: how much is in the log over its whole time, errors, hits, marks, and the part that is seen. In: the overview
//! of the document, hits. Out: pixels; a click goes there.

use eframe::egui::{Mesh, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::book::Rows;
use super::row::ribbon;
use crate::base::LogTime;
use crate::base::words::word;
use crate::ui::widgets::line_below;
use crate::ui::{Cx, Document, ViewState};

/// Shows the strip.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, document: &Document, state: &mut ViewState, rows: &Rows, rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let Some(whole) = document.survey.extent else { return };
    let inner = rect.shrink2(vec2(12.0, 0.0));
    let bins = &document.survey.columns;
    let step = inner.width() / bins.len().max(1) as f32;
    let most = bins.iter().map(|b| b.0).max().unwrap_or(0).max(1) as f32;
    let hits = state.log.hits();
    let mut mesh = Mesh::default();
    let mut add = |x: f32, from: f32, to: f32, wide: f32, color| {
        mesh.add_colored_rect(Rect::from_min_max(pos2(x, rect.top() + from), pos2(x + wide, rect.top() + to)), color);
    };
    let bottom = rect.height() - 3.0;
    for (n, (count, bad)) in bins.iter().enumerate() {
        let x = inner.left() + n as f32 * step;
        if *count > 0 {
            let height = (*count as f32 / most).sqrt().max(0.08) * (rect.height() - 20.0);
            add(x, bottom - height, bottom, (step * 0.7).max(1.0), palette.strong);
        }
        if *bad {
            // Errors stand on top and leave the density below them to be seen.
            add(x, 9.0, 16.0, 1.8, palette.fail);
        }
        let edges = rows.book.edges.get(n).zip(rows.book.edges.get(n + 1));
        if edges.is_some_and(|(from, to)| hits.before(*to) > hits.before(*from)) {
            add(x, 2.0, 7.0, 2.0, palette.accent);
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    let x_of = |at: LogTime| {
        let part = at.since_us(LogTime(whole.start_us)) as f64 / whole.length_us() as f64;
        inner.left() + part.clamp(0.0, 1.0) as f32 * inner.width()
    };
    for spot in state.log.marks.keys() {
        if let Some(at) = rows.book.time(*spot) {
            ribbon(ui, pos2(x_of(at), rect.top() + 7.5), palette.accent);
        }
    }
    let response = ui.interact(rect, ui.scope_id().with("strip"), Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, word("log.strip")));
    // One file after the other: a stretch of the list is no stretch of time.
    if rows.book.by_member {
        return;
    }
    let time = |row: usize| rows.spot(row.min(rows.count().saturating_sub(1))).and_then(|spot| rows.book.time(spot));
    let first = state.log.top as usize;
    if let Some((from, to)) = time(first).zip(time(first + state.log.page)) {
        let left = x_of(from).min(inner.right() - 6.0);
        let frame = Rect::from_min_max(pos2(left, rect.top() + 2.0), pos2(x_of(to).max(left + 5.0), rect.bottom() - 2.0));
        ui.painter().rect_stroke(frame, 2.0, Stroke::new(1.5, palette.accent), StrokeKind::Inside);
    }
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged()) {
        let part = f64::from((at.x - inner.left()) / inner.width().max(1.0)).clamp(0.0, 1.0);
        let us = whole.start_us + (whole.length_us() as f64 * part) as i64;
        let row = rows.row_at(rows.book.at_or_after(LogTime(us)));
        state.log.top = row.saturating_sub(state.log.page / 2) as f64;
    }
}

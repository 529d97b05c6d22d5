//! The timeline view: lanes above, ladder at the left below, media and message at the right. In: a document. Out: four panels.

use eframe::egui::{Rect, Ui};

use super::{calls, media, message, verdict};
use crate::ui::widgets::{area, cut_left, cut_top, line_right};
use crate::ui::{Cx, Document, ViewState, ladder, timeline};

/// Height of a table without its rows, and of a row.
const TABLE: f32 = 104.0;
const ROW: f32 = 24.0;

/// The timeline view.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let top = cut_top(&mut rect, verdict::STRIP);
    area(ui, "strip", top, palette.panel, |ui| verdict::strip(ui, cx, document, state, top));
    let wanted = timeline::wanted_height(document, state);
    let height = wanted.min(rect.height() * 0.48);
    let lanes = cut_top(&mut rect, height);
    area(ui, "timeline", lanes, palette.base, |ui| timeline::show(ui, cx, document, state, lanes));
    below(ui, cx, document, state, rect);
}

/// The calls view: a table instead of the lanes.
pub fn calls(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let facts = &document.analysis.facts;
    let rows = facts.calls.len().max(facts.registrations.len()).max(document.analysis.findings.len());
    // A short table leaves its room to the ladder.
    let height = (rect.height() * 0.46).min(TABLE + ROW * rows as f32).max(180.0);
    let table = cut_top(&mut rect, height);
    area(ui, "calls", table, palette.panel, |ui| calls::lists(ui, cx, document, state, table));
    below(ui, cx, document, state, rect);
}

fn below(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    ui.painter().hline(rect.x_range(), rect.top(), (1.0, palette.strong));
    let width = (rect.width() * 0.46).clamp(420.0, 900.0);
    let left = cut_left(&mut rect, width);
    area(ui, "ladder", left, palette.panel, |ui| {
        ladder::show(ui, cx, document, state, left);
        line_right(ui, palette, left);
    });
    let height = media::wanted_height(document, state).min(rect.height() * 0.45);
    let above = cut_top(&mut rect, height);
    if above.height() > 1.0 {
        area(ui, "media", above, palette.panel, |ui| media::show(ui, cx, document, state, above));
    }
    area(ui, "message", rect, palette.panel, |ui| message::show(ui, cx, document, state, rect));
}

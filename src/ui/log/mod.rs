//! The log view: every record of all members in one order, on its own list. In: a document, what jobs brought, state. Out: pixels and
//! commands; what is wanted of the jobs stands in the state.
//!
//! ```text
//! [search            .* Aa  hit 14 of 61] n N   Searched 3 of 3 …           Highlight  By time  Unfold  Wrap
//! [member bwc ×][level >= warn ×] [add a filter]                    2,184 of 18,412 records   Undo
//! ▁▂▁▅▁[frame]▁▁▂ density, errors, hits, marks
//! time  since  !  member line thread source message                         | | Record
//! …rows…                                                                    | | Marks, Highlights
//! ```

use eframe::egui::{Rect, Ui};

use super::widgets::{area, cut_right, cut_top, empty};
use super::{Cx, Document, ViewState};
use crate::base::words::word;

mod bar;
pub mod book;
mod columns;
pub mod command;
mod fold;
mod heads;
pub mod keys;
mod list;
mod moves;
mod row;
mod side;
pub mod state;
mod strip;
pub mod texts;

pub use book::LogBook;
pub use command::LogCommand;
pub use state::{LogState, Spot};

/// Height of the search line.
const SEARCH: f32 = 40.0;
/// Height of the line of chips.
const CHIPS: f32 = 32.0;
/// Height of the density strip.
const STRIP: f32 = 38.0;
/// Width of the panel at the right, more in a wide window, and of the window that has room for it unasked.
const SIDE: f32 = 274.0;
const SIDE_FROM: f32 = 1_100.0;

/// The list alone, for two logs beside each other.
pub fn list(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut ViewState, rect: Rect) {
    match state.log.rows() {
        None => empty(ui, cx.palette, rect, word("log.ordering")),
        Some(rows) if rows.book.merged.is_empty() => empty(ui, cx.palette, rect, word("log.no_records")),
        Some(rows) => list::show(ui, cx, state, &rows, rect),
    }
}

/// The log view.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let (palette, whole) = (cx.palette, rect.width());
    state.log.left_box = false;
    state.log.width = whole;
    let search = cut_top(&mut rect, SEARCH);
    area(ui, "log-search", search, palette.panel, |ui| bar::search(ui, cx, state, search));
    let chips = cut_top(&mut rect, CHIPS);
    area(ui, "log-chips", chips, palette.panel, |ui| bar::chips(ui, cx, state, chips));
    let Some(rows) = state.log.rows() else {
        empty(ui, palette, rect, word("log.ordering"));
        return;
    };
    if rows.book.merged.is_empty() {
        empty(ui, palette, rect, word("log.no_records"));
        return;
    }
    if rect.height() > 200.0 {
        let strip = cut_top(&mut rect, STRIP);
        area(ui, "log-strip", strip, palette.base, |ui| strip::show(ui, cx, document, state, &rows, strip));
    }
    if state.log.side_shown() {
        let side = cut_right(&mut rect, (whole * 0.2).clamp(SIDE, SIDE * 2.0).min(whole * 0.6));
        area(ui, "log-side", side, palette.panel, |ui| side::show(ui, cx, document, state, &rows, side));
    }
    area(ui, "log-list", rect, palette.panel, |ui| list::show(ui, cx, state, &rows, rect));
}

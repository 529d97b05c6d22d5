//! What was agreed about media, segment by segment. In: the chosen call. Out: a table; choosing a row shows its proof.
//!
//! ```text
//! From   Cause      Offered           Agreed   Direction  Security  DTMF   Proof
//! 0:06.7 INVITE     opus G722 PCMU    [] G722  both ways  SRTP      event  4102
//! ```

use eframe::egui::{Align, CornerRadius, Rect, Ui, Vec2, vec2};

use crate::base::words::word;
use crate::session::call::Call;
use crate::session::media::{MediaOutcome, MediaSegment};
use crate::timeline::Subject;
use crate::timeline::lanes::call::name;
use crate::timeline::lanes::media::{codec_number, flow_word, names};
use crate::timeline::told::{addresses, agreed, cause, dtmf, security, sentence, since, used};
use crate::ui::widgets::{self, Row, cut_left, cut_right, cut_top, line_below};
use crate::ui::{Command, Cx, Document, Type, ViewState, text, zone};

mod view;

pub use view::{step, view};

const ROW: f32 = 23.0;

/// Height that shows the head and all segments of the chosen call, within reason.
pub fn wanted_height(document: &Document, state: &ViewState) -> f32 {
    chosen(document, state).map_or(0.0, |call| widgets::HEAD + 22.0 + ROW * call.media.len().clamp(1, 6) as f32)
}

fn chosen<'a>(document: &'a Document, state: &ViewState) -> Option<&'a Call> {
    match state.selection.subject {
        Some(Subject::Call(id)) => document.analysis.facts.calls.get(id.0 as usize),
        _ => None,
    }
}

/// Height of the names of the columns.
const HEADS: f32 = 22.0;

/// Columns with their share of the width beside the messages, and in the view of its own.
const COLUMNS: [(&str, f32, f32); 9] = [
    ("window.col_from", 0.09, 0.06),
    ("window.col_cause", 0.18, 0.12),
    ("window.col_offered", 0.18, 0.14),
    ("window.col_agreed", 0.14, 0.09),
    ("media-view.col_used", 0.08, 0.06),
    ("window.col_direction", 0.14, 0.09),
    ("window.col_security", 0.1, 0.06),
    ("media-view.col_addresses", 0.0, 0.31),
    ("window.col_dtmf", 0.08, 0.06),
];

/// The table of the chosen call.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    let Some(call) = chosen(document, state) else { return };
    let body = widgets::head(
        ui,
        palette,
        rect,
        word("window.media"),
        &format!("{}  {}", name(call), sentence(call, zone::offset_s())),
        "",
    );
    if call.media.is_empty() {
        widgets::empty(ui, palette, body, word("window.no_media"));
        return;
    }
    Table { document, state, call, addresses: false }.show_scrolled(ui, cx, body);
}

/// The segments of one call.
struct Table<'a> {
    document: &'a Document,
    state: &'a ViewState,
    call: &'a Call,
    /// With the column of addresses.
    addresses: bool,
}

impl Table<'_> {
    fn share(&self, column: (&str, f32, f32)) -> f32 {
        if self.addresses { column.2 } else { column.1 }
    }

    fn heads(&self, ui: &mut Ui, cx: &Cx<'_>, rect: Rect) {
        let palette = cx.palette;
        let mut heads = rect.shrink2(vec2(12.0, 0.0));
        text::line(ui, cut_right(&mut heads, 56.0), Align::Max, word("window.col_proof"), Type::Label, palette.t3);
        let width = heads.width();
        for column in COLUMNS.into_iter().filter(|c| self.share(*c) > 0.0) {
            let cell = cut_left(&mut heads, width * self.share(column));
            text::line(ui, cell, Align::Min, word(column.0), Type::Label, palette.t3);
        }
    }

    /// All of it in `rect`.
    fn show(&self, ui: &mut Ui, cx: &mut Cx<'_>, mut rect: Rect) {
        self.heads(ui, cx, cut_top(&mut rect, HEADS));
        for (place, segment) in self.call.media.iter().enumerate() {
            let row = cut_top(&mut rect, ROW);
            if ui.is_rect_visible(row) {
                self.row(ui, cx, place, segment, row);
            }
        }
    }

    /// The rows scroll.
    fn show_scrolled(&self, ui: &mut Ui, cx: &mut Cx<'_>, mut rect: Rect) {
        self.heads(ui, cx, cut_top(&mut rect, HEADS));
        widgets::area(ui, "media-rows", rect, cx.palette.panel, |ui| {
            widgets::rows(ui, "media", |ui| {
                for (place, segment) in self.call.media.iter().enumerate() {
                    let rect = widgets::reserve(ui, ROW);
                    if ui.is_rect_visible(rect) {
                        self.row(ui, cx, place, segment, rect);
                    }
                }
            });
        });
    }

    fn row(&self, ui: &mut Ui, cx: &mut Cx<'_>, place: usize, segment: &MediaSegment, rect: Rect) {
        let Self { document, state, call, .. } = *self;
        let palette = cx.palette;
        let proof = segment.answer.unwrap_or(segment.offer);
        let selected = state.selection.message == Some(segment.offer) || state.selection.message == Some(proof);
        let codec = segment.codec.as_deref();
        let agreed = agreed(segment);
        let flow = flow_word(segment.flow);
        let from = since(segment.at, call.started, zone::offset_s());
        let cause = cause(segment);
        let full = if self.addresses {
            format!(
                "{} {from} {cause}: {agreed}, {flow}, {}",
                segment.kind,
                addresses(&document.analysis.facts, segment, &text::private)
            )
        } else {
            format!("{} {from} {cause}: {agreed}, {flow}", segment.kind)
        };
        let response = widgets::row(ui, palette, &Row { rect, key: ("media", place as u64), name: &full, selected });
        if response.clicked() {
            cx.send(Command::ShowMessage(proof));
        }
        response.on_hover_text(text::shown(&segment.sentence()));
        let mut inner = rect.shrink2(vec2(12.0, 0.0));
        let line = document.analysis.facts.message(proof).map_or_else(String::new, |m| m.source.line.to_string());
        text::paint(
            ui,
            cut_right(&mut inner, 56.0),
            Align::Max,
            &line,
            Type::Mono,
            if selected { palette.t2 } else { palette.t3 },
        );
        let offered = names(&segment.offered);
        let security = security(segment);
        let width = inner.width();
        for column in COLUMNS.into_iter().filter(|c| self.share(*c) > 0.0) {
            let mut cell = cut_left(&mut inner, width * self.share(column));
            let column = column.0;
            cell.max.x -= 6.0;
            let (said, kind, ink) = match column {
                "window.col_from" => (from.clone(), Type::Mono, palette.t1),
                "window.col_cause" => (cause.clone(), Type::Table, palette.t1),
                "window.col_offered" => (offered.join(" "), Type::Mono, palette.t2),
                "window.col_agreed" => {
                    if let Some(codec) = codec {
                        let square = cut_left(&mut cell, 14.0);
                        let square = Rect::from_center_size(square.left_center() + vec2(4.0, 0.0), Vec2::splat(8.0));
                        ui.painter().rect_filled(square, CornerRadius::same(1), palette.codec(codec_number(call, codec)));
                    }
                    let failed = segment.outcome != MediaOutcome::Agreed;
                    (agreed.clone(), Type::Name, if failed { palette.fail } else { palette.t1 })
                }
                "media-view.col_used" => (used(&document.analysis.facts, call, segment), Type::Mono, palette.t2),
                "media-view.col_addresses" => {
                    (addresses(&document.analysis.facts, segment, &text::private), Type::Mono, palette.t2)
                }
                "window.col_direction" => (flow.to_owned(), Type::Table, palette.t1),
                "window.col_security" => (security.to_owned(), Type::Table, palette.t2),
                _ => (dtmf(segment), Type::Table, palette.t2),
            };
            text::paint(ui, cell, Align::Min, &text::visible(&said), kind, ink);
        }
        line_below(ui, palette, rect);
    }
}

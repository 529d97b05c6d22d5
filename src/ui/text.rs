//! Text on screen. In: facts' texts. Out: one line cut with an ellipsis, whole on hover, with a name for screen readers.
//! Every private value that is shown passes through [`shown`] or [`private`]: the one place for a screenshot-safe mode.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{Align, Color32, Galley, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use super::fonts::Type;
use super::{safe, zone};
use crate::base::words::{Words, word};
use crate::base::{self, LogTime, Piece, Private, Text};

/// No single line on screen is longer; the rest is behind the ellipsis and in the log.
const MOST_CHARS: usize = 600;

/// A sentence as it is shown, in the language spoken.
pub fn shown(text: &Text) -> String {
    let mut out = String::new();
    text.pieces(Words::current(), &mut |piece| match piece {
        Piece::Word(text) => out.push_str(&base::visible(text)),
        Piece::Log(text) => out.push_str(&visible(text)),
        Piece::Private(value) => out.push_str(&private(value)),
    });
    out
}

/// A private value as it is shown.
pub fn private(value: &Private) -> String {
    base::visible(&safe::outlet().private(value)).into_owned()
}

/// Text of the log as it is shown: nothing in it moves the cursor, and no private value is told in screenshot-safe mode.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !safe::on() {
        return base::visible(text);
    }
    Cow::Owned(base::visible(&safe::outlet().log(text)).into_owned())
}

/// The name of a file or member as it is shown.
pub fn path(path: &str) -> Cow<'_, str> {
    Cow::Owned(base::visible(&safe::outlet().path(path)).into_owned())
}

/// The words for a value of a list: `term("word", "busy")`.
pub fn term(section: &str, name: &str) -> String {
    word(&format!("{section}.{name}")).to_owned()
}

/// Time of day in the zone shown, a dash where the log has none.
pub fn clock(at: Option<LogTime>) -> String {
    at.map_or_else(|| "–".to_owned(), zone::clock)
}

/// The head of a column; one of times names the zone shown.
pub fn column(key: &str) -> String {
    Words::current().fill(key, &[("zone", &zone::name())])
}

/// Lays out one line, cut with an ellipsis at `width` points.
pub fn galley(ui: &Ui, text: &str, kind: Type, color: Color32, width: f32) -> Arc<Galley> {
    rich(ui, &[(text, kind, color)], width)
}

/// Lays out one line of several pieces, cut with an ellipsis at `width` points.
pub fn rich(ui: &Ui, pieces: &[(&str, Type, Color32)], width: f32) -> Arc<Galley> {
    pieces_up_to(ui, pieces, width, MOST_CHARS)
}

/// Lays out one line of several pieces, each of at most `most` characters.
pub fn pieces_up_to(ui: &Ui, pieces: &[(&str, Type, Color32)], width: f32, most: usize) -> Arc<Galley> {
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    job.wrap = TextWrapping { max_width: width.max(1.0), max_rows: 1, break_anywhere: true, overflow_character: Some('…') };
    for (text, kind, color) in pieces {
        job.append(&short(text, most), 0.0, TextFormat { valign: Align::Center, ..TextFormat::simple(kind.id(), *color) });
    }
    ui.painter().layout_job(job)
}

/// The first `most` characters and an ellipsis.
pub fn short(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((at, _)) => Cow::Owned(format!("{}…", text.get(..at).unwrap_or(text))),
        None => Cow::Borrowed(text),
    }
}

/// Paints a line inside `rect`, centred in its height, and gives the part it took.
pub fn paint(ui: &Ui, rect: Rect, align: Align, text: &str, kind: Type, color: Color32) -> Rect {
    if rect.width() < 1.0 || text.is_empty() {
        return Rect::from_min_size(rect.min, eframe::egui::Vec2::ZERO);
    }
    place(ui, rect, align, galley(ui, text, kind, color, rect.width()))
}

/// Paints a laid-out line inside `rect`, centred in its height.
pub fn place(ui: &Ui, rect: Rect, align: Align, galley: Arc<Galley>) -> Rect {
    let size = galley.size();
    let x = match align {
        Align::Min => rect.left(),
        Align::Center => rect.center().x - size.x / 2.0,
        Align::Max => rect.right() - size.x,
    };
    let at = pos2(x, rect.center().y - size.y / 2.0);
    ui.painter().galley(at, galley, Color32::PLACEHOLDER);
    Rect::from_min_size(at, size)
}

/// A line that screen readers and tests find; whole on hover when it was cut.
pub fn line(ui: &mut Ui, rect: Rect, align: Align, text: &str, kind: Type, color: Color32) -> Response {
    let galley = galley(ui, text, kind, color, rect.width());
    let cut = galley.elided;
    let used = place(ui, rect, align, galley);
    let id = ui.next_auto_id();
    ui.skip_ahead_auto_ids(1);
    let response = ui.interact(used, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if cut {
        whole(&response, text);
    }
    response
}

/// Characters that fit on hover; a row that is copied has all.
const MOST_HOVER: usize = 4_000;

/// The whole of a text that was cut, on hover.
pub fn whole(response: &Response, text: &str) {
    let screen = response.ctx.content_rect();
    let more = text.chars().count().saturating_sub(MOST_HOVER);
    response.clone().on_hover_ui(|ui| {
        ui.set_max_width((screen.width() * 0.8).min(900.0));
        ui.label(short(text, MOST_HOVER).as_ref());
        if more > 0 {
            ui.label(Words::current().fill("list.more_characters", &[("n", &more.to_string())]));
        }
    });
}

/// Text of several lines inside the width of `rect`, at most `rows`; gives the height it took.
pub fn wrapped(ui: &mut Ui, rect: Rect, rows: usize, text: &str, kind: Type, color: Color32) -> f32 {
    let mut job = LayoutJob::simple(text.to_owned(), kind.id(), color, rect.width().max(1.0));
    job.wrap.max_rows = rows;
    let galley = ui.painter().layout_job(job);
    let size = galley.size();
    ui.painter().galley(rect.min, galley, color);
    let id = ui.next_auto_id();
    ui.skip_ahead_auto_ids(1);
    let response = ui.interact(Rect::from_min_size(rect.min, size), id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    size.y
}

//! The button at the end of a record of several lines. In: the record, what is coloured in it. Out: pixels and a response; its name says
//! which message it is and how many lines it folds.

use std::sync::Arc;

use eframe::egui::{Align, CornerRadius, Galley, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::book::Rows;
use super::row::Parts;
use super::state::LogState;
use crate::base::Tone;
use crate::base::words::{Words, word};
use crate::timeline::figures::count;
use crate::timeline::ladder;
use crate::ui::fonts::Type;
use crate::ui::tokens::Palette;
use crate::ui::{shapes, text};

/// Characters of a message's method or answer.
const MOST_TITLE: usize = 28;

/// "REGISTER +12 lines" at the end of a row, to unfold it; "fold" when it is unfolded.
pub struct Fold {
    label: String,
    galley: Arc<Galley>,
    place: Rect,
    open: bool,
    /// Something searched for stands in what is folded away.
    hit: bool,
}

impl Fold {
    /// The button of a record; `None` for one of a single line.
    pub fn of(ui: &Ui, palette: &Palette, state: &LogState, rows: &Rows, parts: &Parts<'_>, row: Rect) -> Option<Self> {
        let more = parts.text.as_ref()?.lines.len().checked_sub(2)? + 1;
        let open = state.unfolded(parts.spot);
        // What a message is stands in its second line, which is folded away.
        let message = rows.book.place(parts.spot).and_then(|place| rows.book.message_at(place)).filter(|_| !open);
        let message = message.and_then(|id| rows.book.document.analysis.facts.message(id)).map(|m| &m.seen.message);
        let title = message.map_or_else(String::new, |message| format!("{} ", ladder::title(message)));
        let title = text::short(&text::visible(&title), MOST_TITLE).into_owned();
        let ink = if message.is_some_and(|m| ladder::message_tone(m) == Tone::Fail) { palette.fail } else { palette.t1 };
        let told = match open {
            true => word("log.fold").to_owned(),
            false => Words::current().fill("log.unfold", &[("n", &count(more as u64))]),
        };
        let first_end = parts.text.as_ref().map_or(0, |text| text.message().end);
        let hit = !open && parts.spans.iter().any(|span| span.series.is_none() && span.range.start >= first_end);
        let pieces = [(title.as_str(), Type::TinyMono, ink), (told.as_str(), Type::TinyMono, palette.t2)];
        let galley = text::rich(ui, &pieces, row.width() / 3.0);
        let size = galley.size() + vec2(22.0, 3.0);
        let place = Rect::from_min_size(pos2(row.right() - size.x - 6.0, row.center().y - size.y / 2.0), size);
        Some(Self { label: format!("{title}{told}"), galley, place, open, hit })
    }

    /// Points that it takes from the first line.
    pub fn width(&self) -> f32 {
        self.place.width() + 10.0
    }

    /// Shows it.
    pub fn show(self, ui: &mut Ui, palette: &Palette, row: usize) -> Response {
        let response = ui.interact(self.place, ui.scope_id().with(("fold", row)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &self.label));
        let ground = if response.hovered() { palette.hover } else { palette.raised };
        let line = Stroke::new(1.0, if self.hit { palette.warn } else { palette.hair });
        ui.painter().rect(self.place, CornerRadius::same(3), ground, line, StrokeKind::Inside);
        shapes::chevron(ui.painter(), self.place.left_center() + vec2(8.0, 0.0), 3.0, self.open, palette.t2);
        let inner = self.place.with_min_x(self.place.left() + 16.0);
        text::place(ui, inner, Align::Min, self.galley);
        response
    }
}

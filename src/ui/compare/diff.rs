//! Two messages in the same place, part by part. In: the structural comparison of both. Out: rows; what differs by nature is quiet.

use eframe::egui::{Align, CornerRadius, Rect, ScrollArea, Ui, Vec2, vec2};

use crate::base::words::{Words, word};
use crate::sip::diff::{Change, Diff, Place, Row, Value};
use crate::ui::widgets::{self, area, cut_left};
use crate::ui::{Cx, Palette, Type, text};

const LINE: f32 = 17.0;
const NAME: f32 = 170.0;
const SIGN: f32 = 20.0;

/// The rows under a head with the counts.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, diff: &Diff, places: &str, volatile: bool, rect: Rect) {
    let palette = cx.palette;
    let counts = diff.counts();
    let more = if volatile { counts.volatile } else { 0 };
    let (differences, uncounted) = (counts.differences() + more, counts.volatile - more);
    let values = [("n", differences.to_string()), ("same", counts.same.to_string()), ("volatile", uncounted.to_string())];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let figures = Words::current().fill("compare_view.message_counts", &values);
    let rest = widgets::head(ui, palette, rect, word("compare_view.messages"), places, &figures);
    area(ui, "message-diff", rest, palette.base, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let scroll = ScrollArea::vertical().id_salt("message-diff-rows").auto_shrink([false, false]);
        scroll.show_rows(ui, LINE, diff.rows.len(), |ui, range| {
            for row in diff.rows.get(range).unwrap_or_default() {
                let rect = widgets::reserve(ui, LINE);
                line(ui, palette, row, volatile, rect);
            }
        });
    });
}

fn line(ui: &mut Ui, palette: &Palette, row: &Row, volatile: bool, rect: Rect) {
    let differs = row.differs(volatile);
    let sign = match row.change {
        Change::Same => "=",
        _ if row.volatile && !volatile => "·",
        Change::Changed => "≠",
        Change::Added => "+",
        Change::Removed => "−",
        Change::Moved => "~",
    };
    if differs {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.warn_tint);
    }
    let name = match &row.place {
        Place::Start => word("compare_view.start_line").to_owned(),
        Place::Media(kind, _) if row.name.is_empty() => kind.clone(),
        Place::Media(kind, _) => format!("{kind} {}", row.name),
        _ => row.name.clone(),
    };
    let said = |value: &Option<Value>| value.as_ref().map_or_else(|| "–".to_owned(), |v| text::visible(&v.text).into_owned());
    let (left, right) = (said(&row.left), said(&row.right));
    let mut inner = rect.shrink2(vec2(10.0, 0.0));
    let ink = if differs { palette.t1 } else { palette.t3 };
    text::paint(ui, cut_left(&mut inner, SIGN), Align::Min, sign, Type::Bold, ink);
    let cell = cut_left(&mut inner, NAME);
    let whole = format!("{name}: A {left} {sign} B {right}");
    let id = ui.next_auto_id();
    ui.skip_ahead_auto_ids(1);
    let response = ui.interact(rect, id, eframe::egui::Sense::hover());
    response.widget_info(|| eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Label, true, &whole));
    text::paint(ui, cell.with_max_x(cell.right() - 6.0), Align::Min, &text::visible(&name), Type::Name, ink);
    if row.change == Change::Same {
        text::paint(ui, inner, Align::Min, &left, Type::Mono, ink);
        return;
    }
    let half = inner.width() / 2.0;
    let a = cut_left(&mut inner, half);
    text::paint(ui, a.with_max_x(a.right() - 8.0), Align::Min, &left, Type::Mono, ink);
    text::paint(ui, inner, Align::Min, &right, Type::Mono, ink);
}

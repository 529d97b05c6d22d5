//! The keys, over everything. In: the lists of keys, and what is shown. Out: a panel that Esc or a click closes; it lists exactly what
//! the handler would take here.
//!
//! ```text
//! Keys
//! Everywhere                  In a bundle               On the timeline
//! [Ctrl O]  open files        [1]  overview             [0]  show all
//! ```

use eframe::egui::{
    Align, Area, CornerRadius, Id, Order, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::keys::{Front, Place};
use super::widgets::{cut_left, cut_top, ground, key_cap};
use super::{Command, Cx, Palette, Type, keys, text};
use crate::base::words::word;

const ROW: f32 = 21.0;
const COLUMN: f32 = 296.0;
const LEAST_COLUMN: f32 = 236.0;
const CAPS: f32 = 104.0;

/// A line of the help.
enum Line {
    Head(&'static str),
    Key(&'static str, &'static str),
    Gap,
}

/// Every line in order: keys of one place under its head.
fn lines(front: Front) -> Vec<Line> {
    let mut out = vec![Line::Head("keys.place_items")];
    out.extend(keys::ITEMS.iter().map(|(caps, words)| Line::Key(caps, words)));
    let mut places: Vec<Place> = Vec::new();
    for place in keys::of(front).map(|key| key.place) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    for place in places {
        out.push(Line::Gap);
        out.push(Line::Head(place.words()));
        out.extend(keys::of(front).filter(|key| key.place == place).map(|key| Line::Key(key.caps, key.words)));
    }
    out
}

/// Shows the help over `screen`.
pub fn show(ui: &Ui, cx: &mut Cx<'_>, screen: Rect, front: Front) {
    let palette = cx.palette;
    let lines = lines(front);
    let most_rows = ((screen.height() - 110.0) / ROW).max(8.0) as usize;
    let width = screen.width() - 24.0;
    let columns = lines.len().div_ceil(most_rows).clamp(1, ((width - 48.0) / LEAST_COLUMN).max(1.0) as usize);
    let rows = lines.len().div_ceil(columns);
    let shown = rows.min(most_rows);
    let size = vec2((columns as f32 * COLUMN + 48.0).min(width), 66.0 + shown as f32 * ROW);
    let top = (screen.top() + 80.0).min(screen.bottom() - size.y - 12.0).max(screen.top() + 12.0);
    let rect = Rect::from_min_size(pos2(screen.center().x - size.x / 2.0, top), size);
    Area::new(Id::unique("help")).order(Order::Foreground).fixed_pos(screen.min).constrain(false).show(ui.ctx(), |ui| {
        ui.ctx().memory_mut(|memory| memory.set_modal_layer(ui.layer_id()));
        let response = ui.interact(screen, Id::unique("help-ground"), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, word("window.close_help")));
        if response.clicked() {
            cx.send(Command::ToggleHelp);
        }
        ui.painter().rect(rect, CornerRadius::same(8), palette.raised, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
        let mut inner = rect.shrink2(vec2(24.0, 16.0));
        text::line(ui, cut_top(&mut inner, 34.0), Align::Min, word("window.keys"), Type::Title, palette.t1);
        ground(ui, "help-keys", inner, palette.raised, |ui| {
            ScrollArea::vertical().id_salt("help").auto_shrink([false, false]).show(ui, |ui| {
                let whole = super::widgets::reserve(ui, rows as f32 * ROW);
                let each = inner.width() / columns as f32;
                for (place, line) in lines.iter().enumerate() {
                    let (column, row) = (place / rows, place % rows);
                    let at = pos2(whole.left() + column as f32 * each, whole.top() + row as f32 * ROW);
                    paint(ui, palette, line, Rect::from_min_size(at, vec2(each - 12.0, ROW)));
                }
            });
        });
    });
}

fn paint(ui: &mut Ui, palette: &Palette, line: &Line, mut row: Rect) {
    match line {
        Line::Gap => {}
        Line::Head(words) => {
            text::line(ui, row, Align::Min, word(words), Type::Head, palette.t1);
        }
        Line::Key(caps, words) => {
            let id = ui.scope_id().with((caps, words));
            let response = ui.interact(row, id, Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{caps}: {}", word(words))));
            key_cap(ui, palette, cut_left(&mut row, CAPS).left_center(), caps);
            let galley = text::galley(ui, word(words), Type::Table, palette.t2, row.width());
            let cut = galley.elided;
            text::place(ui, row, Align::Min, galley);
            if cut {
                response.on_hover_text(word(words));
            }
        }
    }
}

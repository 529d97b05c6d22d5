//! The keys, over everything. In: the list of keys. Out: a panel that Esc or a click closes.

use eframe::egui::{Align, Area, CornerRadius, Id, Order, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::widgets::{cut_left, cut_top, key_cap};
use super::{Command, Cx, Type, keys, text};
use crate::base::words::word;

const ROW: f32 = 25.0;

/// Shows the help over `screen`.
pub fn show(ui: &Ui, cx: &mut Cx<'_>, screen: Rect) {
    let palette = cx.palette;
    let half = keys::all().count().div_ceil(2);
    let size = vec2(680.0_f32.min(screen.width() - 24.0), 74.0 + half as f32 * ROW);
    let rect = Rect::from_min_size(pos2(screen.center().x - size.x / 2.0, screen.top() + 80.0), size);
    Area::new(Id::unique("help")).order(Order::Foreground).fixed_pos(screen.min).constrain(false).show(ui.ctx(), |ui| {
        let response = ui.interact(screen, Id::unique("help-ground"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, word("window.close_help")));
        if response.clicked() {
            cx.send(Command::ToggleHelp);
        }
        ui.painter().rect(rect, CornerRadius::same(8), palette.raised, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
        let mut inner = rect.shrink2(vec2(24.0, 18.0));
        text::line(ui, cut_top(&mut inner, 30.0), Align::Min, word("window.keys"), Type::Title, palette.t1);
        let mut left = inner;
        let mut right = inner;
        left.max.x = inner.center().x - 8.0;
        right.min.x = inner.center().x + 8.0;
        for (place, key) in keys::all().enumerate() {
            let mut row = cut_top(if place < half { &mut left } else { &mut right }, ROW);
            key_cap(ui, palette, cut_left(&mut row, 84.0).left_center(), key.caps);
            text::line(ui, row, Align::Min, word(key.words), Type::Table, palette.t2);
        }
    });
}

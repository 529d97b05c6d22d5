//! Buttons, key caps, links. In: words and a state. Out: a response with role and name.

use eframe::egui::{Align, CornerRadius, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::fonts::Type;
use crate::ui::text;
use crate::ui::tokens::Palette;

/// How much a button stands out; one primary button a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Accent ground.
    Primary,
    /// Outline.
    Plain,
}

/// A button whose left top is at `at`, with the key that does the same, if any.
pub fn button(ui: &mut Ui, palette: &Palette, at: Pos2, label: &str, key: &str, look: Look) -> Response {
    let (ink, fill, line) = match look {
        Look::Primary => (palette.ontone, palette.accent, palette.accent),
        Look::Plain => (palette.t1, palette.raised, palette.strong),
    };
    let kind = if look == Look::Primary { Type::Bold } else { Type::Name };
    let name = text::galley(ui, label, kind, ink, 320.0);
    let cap = text::galley(ui, key, Type::Mono, ink, 120.0);
    let gap = if key.is_empty() { 0.0 } else { 8.0 };
    let size = vec2(name.size().x + gap + cap.size().x + 24.0, 28.0);
    let rect = Rect::from_min_size(at, size);
    let id = ui.next_auto_id();
    ui.skip_ahead_auto_ids(1);
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    let fill = if response.hovered() && look == Look::Plain { palette.hover } else { fill };
    ui.painter().rect(rect, CornerRadius::same(4), fill, Stroke::new(1.0, line), StrokeKind::Inside);
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let used = text::place(ui, inner, Align::Min, name);
    inner.min.x = used.right() + gap;
    text::place(ui, inner, Align::Min, cap);
    super::focus_ring(ui, palette, rect.expand(2.0), &response);
    response
}

/// A word without an outline that does something, cut off the right of `rect`.
pub fn flat(ui: &mut Ui, palette: &Palette, rect: &mut Rect, label: &str) -> Response {
    let galley = text::galley(ui, label, Type::Table, palette.t2, 160.0);
    let place = super::cut_right(rect, galley.size().x + 16.0);
    let id = ui.next_auto_id();
    ui.skip_ahead_auto_ids(1);
    let response = ui.interact(place, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    if response.hovered() {
        ui.painter().rect_filled(place, CornerRadius::same(4), palette.hover);
    }
    text::place(ui, place, Align::Center, galley);
    super::focus_ring(ui, palette, place, &response);
    response
}

/// A button without words on it: `paint` draws its sign, `label` is its name and its words on hover.
pub fn icon_button(ui: &mut Ui, palette: &Palette, rect: Rect, label: &str, paint: impl FnOnce(&Ui, Rect, bool)) -> Response {
    let id = ui.next_auto_id();
    ui.skip_ahead_auto_ids(1);
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(4), palette.hover);
    }
    paint(ui, rect, response.hovered());
    super::focus_ring(ui, palette, rect, &response);
    response.on_hover_text(label)
}

/// A key cap with its left centre at `at`; gives its rectangle.
pub fn key_cap(ui: &Ui, palette: &Palette, at: Pos2, key: &str) -> Rect {
    let galley = text::galley(ui, key, Type::TinyMono, palette.t2, 120.0);
    let size = vec2((galley.size().x + 10.0).max(17.0), 17.0);
    let rect = Rect::from_min_size(pos2(at.x, at.y - size.y / 2.0), size);
    ui.painter().rect(rect, CornerRadius::same(3), palette.panel, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
    text::place(ui, rect, Align::Center, galley);
    rect
}

/// A word to click, with its left centre at `at`.
pub fn link(ui: &mut Ui, palette: &Palette, rect: Rect, align: Align, label: &str) -> Response {
    let galley = text::galley(ui, label, Type::Small, palette.accent, rect.width());
    let used = text::place(ui, rect, align, galley);
    let id = ui.next_auto_id();
    ui.skip_ahead_auto_ids(1);
    let response = ui.interact(used.expand(2.0), id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, label));
    if response.hovered() || response.has_focus() {
        ui.painter().hline(used.x_range(), used.bottom() - 1.0, Stroke::new(1.0, palette.accent));
    }
    response
}

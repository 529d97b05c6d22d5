//! Parts that every panel is made of. In: rectangles, texts, colours. Out: painted parts with names for screen readers.

mod button;
mod row;

use eframe::egui::{Align, Color32, CornerRadius, Rect, Response, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2, vec2};

pub use button::{Look, button, flat, icon_button, key_cap, link};
pub use row::{Row, row};

use super::fonts::Type;
use super::tokens::Palette;
use super::{focus, text};

/// Height of a panel's head in points.
pub const HEAD: f32 = 30.0;

/// Cuts `size` points off the left.
pub fn cut_left(rect: &mut Rect, size: f32) -> Rect {
    let x = (rect.left() + size).min(rect.right());
    let part = Rect::from_min_max(rect.min, pos2(x, rect.bottom()));
    rect.min.x = x;
    part
}

/// Cuts `size` points off the right.
pub fn cut_right(rect: &mut Rect, size: f32) -> Rect {
    let x = (rect.right() - size).max(rect.left());
    let part = Rect::from_min_max(pos2(x, rect.top()), rect.max);
    rect.max.x = x;
    part
}

/// Cuts `size` points off the top.
pub fn cut_top(rect: &mut Rect, size: f32) -> Rect {
    let y = (rect.top() + size).min(rect.bottom());
    let part = Rect::from_min_max(rect.min, pos2(rect.right(), y));
    rect.min.y = y;
    part
}

/// Cuts `size` points off the bottom.
pub fn cut_bottom(rect: &mut Rect, size: f32) -> Rect {
    let y = (rect.bottom() - size).max(rect.top());
    let part = Rect::from_min_max(pos2(rect.left(), y), rect.max);
    rect.max.y = y;
    part
}

/// A panel: a part of the screen with its own clip and ids, and a stop of F6.
pub fn area<R>(ui: &mut Ui, name: &str, rect: Rect, fill: Color32, show: impl FnOnce(&mut Ui) -> R) -> R {
    let panel = ui.scope_id().with(name);
    focus::begin_panel(ui.ctx(), panel, rect);
    let result = ground(ui, name, rect, fill, show);
    focus::end_panel(ui.ctx(), panel);
    result
}

/// A part of the screen that holds panels.
pub fn ground<R>(ui: &mut Ui, name: &str, rect: Rect, fill: Color32, show: impl FnOnce(&mut Ui) -> R) -> R {
    ui.painter().rect_filled(rect, CornerRadius::ZERO, fill);
    let mut inner = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    inner.shrink_clip_rect(rect);
    show(&mut inner)
}

/// A hairline along the bottom of `rect`.
pub fn line_below(ui: &Ui, palette: &Palette, rect: Rect) {
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.hair));
}

/// A hairline along the right of `rect`.
pub fn line_right(ui: &Ui, palette: &Palette, rect: Rect) {
    ui.painter().vline(rect.right() - 0.5, rect.y_range(), Stroke::new(1.0, palette.hair));
}

/// The head of a panel: its name, something in third ink beside it, something at the right. Gives the rest of `rect`.
pub fn head(ui: &mut Ui, palette: &Palette, mut rect: Rect, title: &str, beside: &str, right: &str) -> Rect {
    let bar = cut_top(&mut rect, HEAD);
    ui.painter().rect_filled(bar, CornerRadius::ZERO, palette.raised);
    line_below(ui, palette, bar);
    let mut inner = bar.shrink2(vec2(12.0, 0.0));
    if !right.is_empty() {
        let room = cut_right(&mut inner, (bar.width() * 0.45).min(280.0));
        text::line(ui, room, Align::Max, right, Type::Label, palette.t3);
    }
    let used = text::line(ui, inner, Align::Min, title, Type::Head, palette.t1).rect;
    if !beside.is_empty() {
        inner.min.x = used.right() + 8.0;
        text::line(ui, inner, Align::Min, beside, Type::Small, palette.t3);
    }
    rect
}

/// The focus ring, outside of `rect`.
pub fn focus_ring(ui: &Ui, palette: &Palette, rect: Rect, response: &Response) {
    if response.has_focus() {
        focus::still(ui.ctx());
        ui.painter().rect_stroke(rect, CornerRadius::same(4), Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    }
}

/// A small label on a ground of its own; gives its rectangle. `at` is the left centre.
pub fn chip(ui: &mut Ui, at: eframe::egui::Pos2, label: &str, kind: Type, ink: Color32, fill: Color32) -> Rect {
    let galley = text::galley(ui, label, kind, ink, 260.0);
    let size = galley.size() + vec2(12.0, 4.0);
    let rect = Rect::from_min_size(pos2(at.x, at.y - size.y / 2.0), size);
    ui.painter().rect_filled(rect, CornerRadius::same(3), fill);
    text::place(ui, rect, Align::Center, galley);
    rect
}

/// A sentence where nothing else is: absence is said.
pub fn empty(ui: &mut Ui, palette: &Palette, rect: Rect, sentence: &str) {
    let inner = rect.shrink2(vec2(14.0, 12.0));
    text::wrapped(ui, inner, 6, sentence, Type::Small, palette.t3);
}

/// Takes up `rect` in a scroll area so that the area knows its height.
pub fn reserve(ui: &mut Ui, height: f32) -> Rect {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    rect
}

/// A scroll area of rows without space between them.
pub fn rows<R>(ui: &mut Ui, name: &str, show: impl FnOnce(&mut Ui) -> R) -> R {
    let area = eframe::egui::ScrollArea::vertical().id_salt(name).auto_shrink([false, false]);
    area.show(ui, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        show(ui)
    })
    .inner
}

//! The heads of a table: sorting by a click, width by dragging, what to show by a menu. In: columns and their places. Out: a changed
//! layout.

use eframe::egui::{CursorIcon, Id, Popup, PopupCloseBehavior, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{Column, Layout, TableState};
use crate::base::words::{Words, word};
use crate::ui::fonts::Type;
use crate::ui::tokens::Palette;
use crate::ui::{shapes, text, widgets};

/// Height of the heads in points.
pub const HEIGHT: f32 = 24.0;
/// Points around a border that take hold of it.
const GRIP: f32 = 4.0;

/// Where a column stands.
pub type Placed = (&'static Column, Rect);

/// Shows the heads; `focus` is the id that has the keyboard while it is among them.
pub fn show(
    ui: &mut Ui,
    palette: &Palette,
    state: &mut TableState,
    columns: &'static [Column],
    placed: &[Placed],
    id: Id,
    focus: Id,
) {
    let edge = ui.clip_rect().right();
    for (place, (column, rect)) in placed.iter().enumerate() {
        let rect = &Rect::from_min_max(rect.min, pos2(rect.right().min(edge), rect.bottom()));
        if rect.width() < 12.0 {
            continue;
        }
        let at = state.head == Some(place);
        let response = ui.interact(*rect, if at { focus } else { id.with(("head", column.id)) }, sense(at));
        one(ui, palette, state, column, *rect, &response);
        if response.clicked() {
            state.layout.turn(column);
        }
        if at {
            widgets::focus_ring(ui, palette, *rect, &response);
        }
        Popup::context_menu(&response).show(|ui| menu(ui, state, column, columns));
        grip(ui, palette, &mut state.layout, column, *rect, id);
    }
}

/// Only the head that arrows came to can have the keyboard: a table is one stop of Tab.
fn sense(focusable: bool) -> Sense {
    if focusable { Sense::click() } else { Sense::CLICK }
}

fn one(ui: &mut Ui, palette: &Palette, state: &TableState, column: &Column, rect: Rect, response: &Response) {
    let name = text::column(column.word);
    let sorted = state.layout.sort.as_ref().filter(|sort| sort.column == column.id);
    let key = match sorted {
        None => "list.sort_by",
        Some(sort) if sort.down => "list.sorted_down",
        Some(_) => "list.sorted_up",
    };
    response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, Words::current().fill(key, &[("column", &name)])));
    if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, palette.hover);
    }
    let mut inner = rect.shrink2(vec2(6.0, 0.0));
    if let Some(sort) = sorted {
        let mark = widgets::cut_right(&mut inner, 10.0);
        shapes::triangle(ui.painter(), mark.center() + vec2(1.0, 0.0), 3.0, !sort.down, palette.t2);
    }
    let ink = if sorted.is_some() { palette.t1 } else { palette.t3 };
    let galley = text::galley(ui, &name, Type::Label, ink, inner.width());
    let cut = galley.elided;
    text::place(ui, inner, column.align, galley);
    if cut {
        response.clone().on_hover_text(name);
    }
}

/// The right border of a head: dragging it sets the width.
pub fn grip(ui: &Ui, palette: &Palette, layout: &mut Layout, column: &'static Column, rect: Rect, id: Id) {
    let line = Rect::from_min_max(pos2(rect.right() - GRIP, rect.top()), pos2(rect.right() + GRIP, rect.bottom()));
    let response = ui.interact(line, id.with(("grip", column.id)), Sense::DRAG);
    let held = response.hovered() || response.dragged();
    if held {
        ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    if response.dragged() {
        layout.set_width(column, rect.width() + response.drag_delta().x);
    }
    let (color, inset) = if held { (palette.accent, 2.0) } else { (palette.hair, 6.0) };
    ui.painter().vline(rect.right() - 0.5, rect.y_range().shrink(inset), Stroke::new(1.0, color));
}

fn menu(ui: &mut Ui, state: &mut TableState, column: &'static Column, columns: &'static [Column]) {
    if ui.button(word("list.only_this")).clicked() {
        if !state.filter.is_empty() && !state.filter.ends_with(' ') {
            state.filter.push(' ');
        }
        state.filter.push_str(column.id);
        state.filter.push(':');
        state.focus_filter = true;
    }
    if ui.button(word("list.hide")).clicked() {
        state.layout.toggle(column, columns);
    }
}

/// The menu that chooses columns, below a button.
pub fn chooser(button: &Response, layout: &mut Layout, columns: &'static [Column]) {
    Popup::menu(button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        for column in columns {
            let mut shown = layout.shows(column);
            if ui.checkbox(&mut shown, text::column(column.word)).changed() {
                layout.toggle(column, columns);
            }
        }
        ui.separator();
        if ui.button(word("list.as_it_came")).clicked() {
            *layout = Layout::default();
            ui.close();
        }
    });
}

/// Places of the columns in `rect`, which begins at the first of them; gives the width of all.
pub fn places(state: &TableState, columns: &'static [Column], rect: Rect) -> (Vec<Placed>, f32) {
    let shown = state.layout.shown(columns);
    let fixed: f32 = shown.iter().map(|c| state.layout.width(c)).sum();
    let growing = shown.iter().filter(|c| c.grows && !state.layout.is_set(c)).count();
    let spare = if growing > 0 { (rect.width() - fixed).max(0.0) / growing as f32 } else { 0.0 };
    let mut x = rect.left() - state.left;
    let placed = shown
        .into_iter()
        .map(|column| {
            let more = if column.grows && !state.layout.is_set(column) { spare } else { 0.0 };
            let width = state.layout.width(column) + more;
            let cell = Rect::from_min_size(pos2(x, rect.top()), vec2(width, rect.height()));
            x += width;
            (column, cell)
        })
        .collect();
    (placed, fixed.max(rect.width().min(fixed + spare * growing as f32)))
}

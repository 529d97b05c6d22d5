//! A row that can be chosen. In: a rectangle and its name. Out: hover and selection painted, a response with role and name.

use eframe::egui::{CornerRadius, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use crate::ui::focus;
use crate::ui::tokens::Palette;

/// A row and how it stands.
pub struct Row<'a> {
    /// Where it is.
    pub rect: Rect,
    /// What makes its id: unique in its panel.
    pub key: (&'a str, u64),
    /// Its name for screen readers: what its columns say.
    pub name: &'a str,
    /// Is it the chosen one?
    pub selected: bool,
}

/// Shows the ground of a row and makes it something to choose.
pub fn row(ui: &mut Ui, palette: &Palette, row: &Row<'_>) -> Response {
    let (id, list) = (ui.scope_id().with(row.key), ui.scope_id().with(("list", row.key.0)));
    // A list is one stop of Tab; arrows lead from row to row.
    let sense = if focus::row(ui.ctx(), list, id, row.selected) { Sense::click() } else { Sense::CLICK };
    let response = ui.interact(row.rect, id, sense);
    focus::rove(ui, list, &response);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, row.selected, row.name));
    if row.selected {
        ui.painter().rect_filled(row.rect, CornerRadius::ZERO, palette.sel);
        let bar = Rect::from_min_max(row.rect.min, pos2(row.rect.left() + 3.0, row.rect.bottom()));
        ui.painter().rect_filled(bar, CornerRadius::ZERO, palette.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(row.rect, CornerRadius::ZERO, palette.hover);
    }
    super::focus_ring(ui, palette, row.rect, &response);
    response
}

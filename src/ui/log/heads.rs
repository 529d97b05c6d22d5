//! The heads of the list: a border to drag, a menu to hide a column, and which columns there are to choose from. In: the columns
//! shown. Out: a changed layout.

use eframe::egui::{Align, Popup, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::columns::{COLUMNS, Column};
use crate::base::words::word;
use crate::ui::fonts::Type;
use crate::ui::table::{Layout, head};
use crate::ui::text;
use crate::ui::tokens::Palette;
use crate::ui::widgets::{flat, line_below};

/// Shows the heads.
pub fn show(ui: &mut Ui, palette: &Palette, layout: &mut Layout, shown: &[Column], heads: Rect) {
    line_below(ui, palette, heads);
    let mut rest = heads;
    let button = flat(ui, palette, &mut rest, word("list.columns"));
    head::chooser(&button, layout, COLUMNS);
    let id = ui.scope_id().with("log-heads");
    for column in shown {
        let cell = Rect::from_min_size(pos2(heads.left() + column.x, heads.top()), vec2(column.width, heads.height()));
        let align = if column.right { Align::Max } else { Align::Min };
        if !matches!(column.head, "log.col_mark" | "log.col_level") {
            text::line(ui, cell, align, &text::column(column.head), Type::Label, palette.t3);
        }
        let Some(chosen) = COLUMNS.iter().find(|c| c.word == column.head) else { continue };
        let response = ui.interact(cell, id.with(chosen.id), Sense::CLICK);
        let name = text::column(column.head);
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &name));
        Popup::context_menu(&response).show(|ui| {
            if ui.button(word("list.hide")).clicked() {
                layout.toggle(chosen, COLUMNS);
            }
        });
        head::grip(ui, palette, layout, chosen, cell.with_max_x(cell.right() + 4.0), id);
    }
}

//! A few lines of the log around one: the proof where it stands. In: lines read on a job's thread. Out: rows with their numbers.
//!
//! ```text
//! Log lines around bwc/current_log.txt:1184          Close
//! 1183  2026-03-11T08:41:08.963Z <Info> …
//! 1184  2026-03-11T08:41:08.964Z <Error> …      (tinted)
//! ```

use eframe::egui::{Align, CornerRadius, Rect, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo, vec2};

use crate::base::SourceRef;
use crate::base::words::{Words, word};
use crate::ui::log::LogCommand;
use crate::ui::widgets::{self, cut_left, cut_right};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

/// Lines shown before and after.
pub const AROUND: usize = 10;
const LINE: f32 = 17.0;
/// Characters of a line that are laid out.
const MOST_LINE: usize = 2_000;

/// Lines of the log as they were read, or why they could not be.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// The line asked for.
    pub source: SourceRef,
    /// Number and text of each line.
    pub lines: Result<Vec<(u64, String)>, String>,
}

/// Height that shows all lines, head included.
pub fn wanted_height(state: &ViewState, source: SourceRef) -> f32 {
    let lines = match of(state, source).map(|e| &e.lines) {
        Some(Ok(lines)) => lines.len(),
        _ => 1,
    };
    widgets::HEAD + lines as f32 * LINE + 20.0
}

fn of(state: &ViewState, source: SourceRef) -> Option<&Excerpt> {
    state.excerpt.as_ref().filter(|e| e.source == source)
}

/// The lines in `rect`, the one asked for tinted.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, source: SourceRef, rect: Rect) {
    let palette = cx.palette;
    let place = format!("{}:{}", text::visible(&document.member_path(source.member)), source.line);
    let title = Words::current().fill("window.lines_around", &[("place", &place)]);
    let body = widgets::head(ui, palette, rect, &title, "", "");
    let mut bar = Rect::from_min_max(rect.min, eframe::egui::pos2(rect.right() - 12.0, rect.top() + widgets::HEAD));
    if widgets::link(ui, palette, cut_right(&mut bar, 90.0), Align::Max, word("window.close_lines")).clicked() {
        cx.send(Command::ShowLines(source));
    }
    if widgets::link(ui, palette, cut_right(&mut bar, 120.0), Align::Max, word("log.show")).clicked() {
        cx.send(Command::Log(LogCommand::GoTo(source)));
    }
    widgets::area(ui, "excerpt", body, palette.base, |ui| match of(state, source).map(|e| &e.lines) {
        None => widgets::empty(ui, palette, body, word("window.reading_lines")),
        Some(Err(why)) => widgets::empty(ui, palette, body, why),
        Some(Ok(lines)) => rows(ui, cx, lines, source),
    });
}

fn rows(ui: &mut Ui, cx: &Cx<'_>, lines: &[(u64, String)], source: SourceRef) {
    let palette = cx.palette;
    let glyph = ui.fonts_mut(|fonts| fonts.glyph_width(&Type::Mono.id(), '0'));
    let most = lines.iter().map(|(_, line)| line.chars().take(MOST_LINE).count()).max().unwrap_or(0);
    let id = ("excerpt", source.member.0, source.offset);
    ScrollArea::both().id_salt(id).auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let width = (most as f32 * glyph + 80.0).max(ui.available_width());
        for (number, line) in lines {
            let (mut rect, response) = ui.allocate_exact_size(vec2(width, LINE), Sense::hover());
            let chosen = *number == source.line;
            if chosen {
                ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.sel);
                let bar = Rect::from_min_size(rect.min, vec2(3.0, LINE));
                ui.painter().rect_filled(bar, CornerRadius::ZERO, palette.accent);
            }
            let gutter = cut_left(&mut rect, 62.0);
            let faint = if chosen { palette.t2 } else { palette.t3 };
            text::paint(ui, gutter.shrink2(vec2(8.0, 0.0)), Align::Max, &number.to_string(), Type::Mono, faint);
            let shown = text::visible(line);
            let ink = if chosen { palette.t1 } else { palette.t2 };
            let galley = text::pieces_up_to(ui, &[(&shown, Type::Mono, ink)], f32::INFINITY, MOST_LINE);
            text::place(ui, rect, Align::Min, galley);
            response
                .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{number} {}", text::short(&shown, MOST_LINE))));
        }
    });
}

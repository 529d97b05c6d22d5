//! A message: as logged, taken apart, its session description, beside another one. In: the chosen message. Out: four tabs and what was
//! read off it.
//!
//! ```text
//! re-INVITE  [As logged] Headers  SDP  Diff     bwc/current_log.txt:4551
//! 4551  INVITE sip:user@192.0.2.10 SIP/2.0 | Direction  received, by marker
//! 4552  Via: SIP/2.0/TLS …                 | Dialog     call 1, CSeq 2
//! ```

use eframe::egui::text_selection::LabelSelectionState;
use eframe::egui::{Align, Color32, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::excerpt;
use crate::base::words::word;
use crate::session::LoggedMessage;
use crate::ui::ladder::{LadderCommand, Tab};
use crate::ui::widgets::{self, cut_left, cut_right};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

mod compared;
mod facts;
mod headers;
mod raw;
mod sdp;

const LINE: f32 = 17.0;
/// Characters of a line that are laid out; a longer one goes on in the log.
const MOST_LINE: usize = 4_000;
/// Below this width the facts beside the text give way.
const WIDE: f32 = 620.0;

/// The panel.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, rect: Rect) {
    let palette = cx.palette;
    if let Some(lines) = state.selection.lines {
        excerpt::show(ui, cx, document, state, lines, rect);
        return;
    }
    let chosen = state.selection.message.and_then(|id| Some((id, document.analysis.facts.message(id)?)));
    let Some((id, logged)) = chosen else {
        let body = widgets::head(ui, palette, rect, word("window.message"), "", "");
        widgets::empty(ui, palette, body, word("window.no_message"));
        return;
    };
    let mut body = head(ui, cx, document, state, logged, rect);
    if state.ladder.tab == Tab::Logged && body.width() > WIDE {
        let width = (body.width() * 0.34).min(320.0);
        let side = cut_right(&mut body, width);
        widgets::area(ui, "message-facts", side, palette.panel, |ui| facts::show(ui, cx, document, id, logged, side));
        ui.painter().vline(side.left(), side.y_range(), (1.0, palette.hair));
    }
    let name = format!("message-{:?}", state.ladder.tab);
    widgets::area(ui, &name, body, palette.base, |ui| match state.ladder.tab {
        Tab::Logged => raw::show(ui, cx, document, state, id, logged),
        Tab::Headers => headers::show(ui, cx, document, state, id, logged, body),
        Tab::Sdp => sdp::show(ui, cx, state, id, logged, body),
        Tab::Diff => compared::show(ui, cx, document, state, id, body),
    });
}

/// Title, tabs, and at the right the place in the log, which leads there.
fn head(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, logged: &LoggedMessage, rect: Rect) -> Rect {
    let palette = cx.palette;
    let title = crate::timeline::ladder::title(&logged.seen.message);
    let body = widgets::head(ui, palette, rect, "", "", "");
    let mut bar = Rect::from_min_max(rect.min, pos2(rect.right(), body.top())).shrink2(vec2(12.0, 0.0));
    let reference = format!("{}:{}", text::visible(&document.member_path(logged.source.member)), logged.source.line);
    let galley = text::galley(ui, &reference, Type::Small, palette.accent, bar.width() * 0.4);
    let right = cut_right(&mut bar, galley.size().x + 4.0);
    if widgets::link(ui, palette, right, Align::Max, &reference).on_hover_text(word("message.to_log")).clicked() {
        cx.send(Command::ShowLines(logged.source));
    }
    let shown = text::visible(&title);
    let room = (bar.width() - 270.0).max(60.0);
    let first = cut_left(&mut bar, text::galley(ui, &shown, Type::Head, palette.t1, room).size().x + 14.0);
    text::line(ui, first, Align::Min, &shown, Type::Head, palette.t1);
    for tab in Tab::ALL {
        let chosen = tab == state.ladder.tab;
        let (kind, ink) = if chosen { (Type::Name, palette.t1) } else { (Type::Table, palette.t2) };
        let label = word(tab.words());
        let galley = text::galley(ui, label, kind, ink, 140.0);
        let place = cut_left(&mut bar, galley.size().x + 18.0);
        if place.width() < galley.size().x {
            break;
        }
        let response = ui.interact(place, ui.scope_id().with(("message-tab", label)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, label));
        if response.hovered() && !chosen {
            ui.painter().rect_filled(place, 0.0, palette.hover);
        }
        text::place(ui, place, Align::Center, galley);
        if chosen {
            ui.painter().hline(place.shrink2(vec2(7.0, 0.0)).x_range(), place.bottom() - 1.5, Stroke::new(2.0, palette.accent));
        }
        widgets::focus_ring(ui, palette, place, &response);
        if response.clicked() {
            cx.send(Command::Ladder(LadderCommand::ShowTab(tab)));
        }
    }
    body
}

/// A line of text that can be selected with the mouse and copied; `name` is what it is called.
fn selectable(ui: &mut Ui, rect: Rect, id: impl std::hash::Hash + std::fmt::Debug, pieces: &[(&str, Type, Color32)], name: &str) {
    let galley = text::pieces_up_to(ui, pieces, f32::INFINITY, MOST_LINE);
    let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    // No stop of Tab for each line.
    let response = ui.interact(rect, ui.scope_id().with(id), Sense::click_and_drag() - Sense::FOCUSABLE);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text::short(name, MOST_LINE)));
    let ink = pieces.first().map_or(Color32::PLACEHOLDER, |piece| piece.2);
    LabelSelectionState::label_text_selection(ui, &response, at, galley, ink, Stroke::NONE);
}

/// The line of the log that a line of the message stands in, if it has one of its own.
fn log_line(logged: &LoggedMessage, line: u32) -> Option<u64> {
    let numbered = logged.lines as usize >= logged.seen.message.text.lines().count();
    if numbered {
        Some(logged.source.line + u64::from(line.saturating_sub(1)))
    } else {
        (line <= 1).then_some(logged.source.line)
    }
}

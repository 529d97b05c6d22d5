//! Every SIP message, and the chosen one as logged. In: messages of the run that hold the search text. Out: rows.
//! Rows are painted only where they are seen, so a million cost what ten do.

use eframe::egui::{Align, Rect, TextEdit, Ui, vec2};

use super::message;
use crate::base::Tone;
use crate::base::words::{Words, word};
use crate::session::MessageId;
use crate::sip::Direction;
use crate::timeline::figures::{count, duration};
use crate::ui::fonts::Type;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Row, area, cut_left, cut_right, cut_top, line_below, line_right};
use crate::ui::{Command, Cx, Document, ViewState, text};

const ROW: f32 = 22.0;

/// The messages view.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let width = (rect.width() * 0.54).max(480.0);
    let left = cut_left(&mut rect, width);
    area(ui, "messages", left, palette.panel, |ui| {
        list(ui, cx, document, state, left);
        line_right(ui, palette, left);
    });
    area(ui, "message", rect, palette.panel, |ui| message::show(ui, cx, document, state, rect));
}

fn list(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let bar = cut_top(&mut rect, 40.0);
    ui.painter().rect_filled(bar, 0.0, palette.raised);
    line_below(ui, palette, bar);
    let mut inner = bar.shrink2(vec2(12.0, 7.0));
    let right = cut_right(&mut inner, 150.0);
    let edit = TextEdit::singleline(&mut state.filter)
        .hint_text(word("window.find_hint"))
        .font(Type::Mono.id())
        .desired_width(inner.width() - 8.0);
    let response = ui.put(inner, edit);
    let response = response.accessible_name(word("window.find"));
    if std::mem::take(&mut state.focus_filter) {
        response.request_focus();
    }
    let rows = state.messages(document);
    let total = document.messages_of_run(state.run_id());
    let figures = [("n", count(rows.len() as u64)), ("all", count(total as u64))];
    let [n, all] = &figures;
    let told = Words::current().fill("window.messages_of", &[(n.0, &n.1), (all.0, &all.1)]);
    text::line(ui, right, Align::Max, &told, Type::Label, palette.t2);
    if rows.is_empty() {
        let key = if total == 0 { "window.no_messages" } else { "window.no_hits" };
        widgets::empty(ui, palette, rect, word(key));
        return;
    }
    let mut heads = cut_top(&mut rect, 24.0);
    line_below(ui, palette, heads);
    columns(ui, &mut heads, |ui, cell, column, align| {
        text::line(ui, cell, align, &text::column(column), Type::Label, palette.t3);
    });
    let chosen = state.selection.message.and_then(|id| rows.iter().position(|r| *r == id));
    let reveal = std::mem::take(&mut state.reveal);
    area(ui, "message-rows", rect, palette.panel, |ui| {
        let mut scroll = eframe::egui::ScrollArea::vertical().id_salt("messages").auto_shrink([false, false]);
        if let (true, Some(place)) = (reveal, chosen) {
            scroll = scroll.vertical_scroll_offset((place as f32 * ROW - rect.height() / 2.0).max(0.0));
        }
        ui.spacing_mut().item_spacing = eframe::egui::Vec2::ZERO;
        scroll.show_rows(ui, ROW, rows.len(), |ui, range| {
            let mut before = range.start.checked_sub(1).and_then(|n| rows.get(n)).copied();
            for id in rows.get(range).unwrap_or_default() {
                let rect = widgets::reserve(ui, ROW);
                row(ui, cx, document, state, *id, before, rect);
                before = Some(*id);
            }
        });
    });
}

fn columns(ui: &mut Ui, row: &mut Rect, mut cell: impl FnMut(&mut Ui, Rect, &'static str, Align)) {
    let mut inner = row.shrink2(vec2(12.0, 0.0));
    let line = cut_right(&mut inner, 60.0);
    for (column, width, align) in [
        ("window.col_time", 92.0, Align::Min),
        ("window.col_since", 66.0, Align::Max),
        ("window.col_way", 28.0, Align::Center),
        ("window.col_title", 176.0, Align::Min),
        ("window.col_peer", 140.0, Align::Min),
    ] {
        let part = cut_left(&mut inner, width);
        cell(ui, part, column, align);
        cut_left(&mut inner, 8.0);
    }
    if inner.width() > 60.0 {
        cell(ui, inner, "window.col_call_id", Align::Min);
    }
    cell(ui, line, "window.col_line", Align::Max);
}

fn row(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    document: &Document,
    state: &ViewState,
    id: MessageId,
    before: Option<MessageId>,
    rect: Rect,
) {
    let palette = cx.palette;
    let facts = &document.analysis.facts;
    let Some(logged) = facts.message(id) else { return };
    let title = text::visible(&crate::timeline::ladder::title(&logged.seen.message)).into_owned();
    let way = word(match logged.seen.direction {
        Direction::Sent => "window.sent",
        Direction::Received => "window.received",
        Direction::Unknown => "window.way_unknown",
    });
    let selected = state.selection.message == Some(id);
    let name = format!("{} {way} {title}, {} {}", text::clock(logged.seen.at), word("window.col_line"), logged.source.line);
    let response = widgets::row(ui, palette, &Row { rect, key: ("message", u64::from(id.0)), name: &name, selected });
    if response.clicked() {
        cx.send(Command::ShowMessage(id));
    }
    let delta = before.and_then(|b| facts.message(b)).and_then(|b| Some(logged.seen.at?.since_us(b.seen.at?)));
    let faint = if selected { palette.t2 } else { palette.t3 };
    let tone = crate::timeline::ladder::message_tone(&logged.seen.message);
    columns(ui, &mut rect.clone(), |ui, cell, column, align| {
        let (said, kind, ink) = match column {
            "window.col_time" => (text::clock(logged.seen.at), Type::Mono, palette.t2),
            "window.col_since" => (
                delta.map_or_else(String::new, duration),
                Type::Mono,
                if delta.is_some_and(|d| d >= 1_000_000) { palette.t2 } else { faint },
            ),
            "window.col_way" => {
                let color = if logged.seen.direction == Direction::Sent { palette.t1 } else { palette.t2 };
                let (a, b) = (cell.left_center() + vec2(4.0, 0.0), cell.right_center() - vec2(4.0, 0.0));
                let head = logged.seen.direction != Direction::Unknown;
                let (from, to) = if logged.seen.direction == Direction::Received { (b, a) } else { (a, b) };
                shapes::arrow(ui.painter(), from, to, head, eframe::egui::Stroke::new(1.3, color));
                return;
            }
            "window.col_title" => {
                let mut cell = cell;
                if tone == Tone::Fail {
                    let icon = cut_left(&mut cell, 17.0);
                    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Tone(Tone::Fail));
                }
                let ink = if tone == Tone::Fail { palette.fail } else { palette.t1 };
                text::paint(ui, cell, align, &title, Type::Name, ink);
                return;
            }
            "window.col_peer" => {
                (text::visible(logged.seen.remote.as_deref().unwrap_or("")).into_owned(), Type::Mono, palette.t2)
            }
            "window.col_call_id" => {
                (text::visible(crate::timeline::ladder::call_id(&logged.seen.message)).into_owned(), Type::Mono, faint)
            }
            _ => (logged.source.line.to_string(), Type::Mono, faint),
        };
        text::paint(ui, cell, align, &said, kind, ink);
    });
}

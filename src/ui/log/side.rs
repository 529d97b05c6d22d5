//! The panel at the right: the chosen record, marks with their notes, highlights. In: state. Out: pixels, commands; notes are typed here.

use eframe::egui::{Align, CornerRadius, Rect, ScrollArea, TextEdit, Ui, Vec2, pos2, vec2};

use super::LogCommand;
use super::book::Rows;
use super::row::{level_word, ribbon};
use super::state::{Field, LogState, Spot};
use crate::base::LogTime;
use crate::base::words::{Words, word};
use crate::records::{Entry, Level};
use crate::timeline::figures::count;
use crate::ui::fonts::Type;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Look, Row, area, cut_left, cut_right, cut_top, icon_button, line_below};
use crate::ui::{Command, Cx, Document, ViewState, text, zone};

/// Characters of a record's text that are laid out here.
const MOST_CHARS: usize = 12_000;

/// The panel.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, rows: &Rows, mut rect: Rect) {
    let palette = cx.palette;
    let log = &mut state.log;
    let highlights = 30.0 + (log.highlights.len().max(1) as f32) * 24.0 + 8.0;
    let highlights = highlights.min(rect.height() * 0.3);
    let below = widgets::cut_bottom(&mut rect, highlights);
    let wanted = 36.0 + log.marks.len().max(1) as f32 * 46.0;
    let marks_height = wanted.min(rect.height() * 0.4);
    let marks = widgets::cut_bottom(&mut rect, marks_height);
    area(ui, "log-record", rect, palette.panel, |ui| record(ui, cx, document, log, rows, rect));
    area(ui, "log-marks", marks, palette.panel, |ui| self::marks(ui, cx, log, rows, marks));
    area(ui, "log-highlights", below, palette.panel, |ui| self::highlights(ui, cx, log, below));
}

fn record(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, log: &LogState, rows: &Rows, rect: Rect) {
    let palette = cx.palette;
    let chosen = log.selected.and_then(|spot| Some((spot, rows.book.entry(spot)?)));
    let line = chosen.map_or_else(String::new, |(_, entry)| format!(":{}", entry.line));
    let body = widgets::head(ui, palette, rect, word("log.record"), "", &line);
    let Some((spot, entry)) = chosen else {
        widgets::empty(ui, palette, body, word("log.no_record"));
        return;
    };
    area(ui, "log-facts", body, palette.panel, |ui| facts(ui, cx, document, log, rows, (spot, entry)));
}

/// What is known of a record.
fn facts(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, log: &LogState, rows: &Rows, (spot, entry): (Spot, Entry)) {
    let palette = cx.palette;
    let place = rows.book.place(spot);
    ScrollArea::vertical().id_salt("log-record").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        widgets::reserve(ui, 6.0);
        let text = log.texts.get(spot);
        let part = |range: Option<std::ops::Range<usize>>| {
            text.and_then(|t| range.map(|r| crate::base::visible(t.part(r)).into_owned())).filter(|t| !t.is_empty())
        };
        let at = |at: LogTime| format!("{} {}", zone::date(at), zone::clock(at));
        let level = match entry.level {
            Level::Unknown => level_word(entry.level).to_owned(),
            level => Words::current().fill("log.as_logged", &[("level", level_word(level))]),
        };
        let path = text::visible(&document.member_path(crate::base::MemberId(spot.member))).into_owned();
        for (key, value) in [
            ("log.col_time", entry.time.map(at)),
            ("log.col_level", Some(level)),
            ("log.col_thread", part(text.map(|t| t.thread.clone()))),
            ("log.col_source", part(text.map(|t| t.code.clone()))),
            ("log.col_member", Some(format!("{path}:{}", entry.line))),
        ] {
            let Some(value) = value else { continue };
            let mut line = widgets::reserve(ui, 20.0).shrink2(vec2(12.0, 0.0));
            text::line(ui, cut_left(&mut line, 66.0), Align::Min, &text::column(key), Type::Label, palette.t3);
            text::line(ui, line, Align::Min, &value, Type::Mono, palette.t1);
        }
        for finding in place.map_or_else(Vec::new, |place| rows.book.findings_at(place).collect()) {
            let Some(found) = document.analysis.findings.get(finding) else { continue };
            let line = widgets::reserve(ui, 32.0).shrink2(vec2(12.0, 3.0));
            let name = format!("{}: {}", found.id, text::shown(&found.title));
            let ground = palette.tint(found.severity.tone());
            ui.painter().rect_filled(line, CornerRadius::same(3), ground);
            let row = Row { rect: line, key: ("log-finding", finding as u64), name: &name, selected: false };
            if widgets::row(ui, palette, &row).on_hover_text(&name).clicked() {
                cx.send(Command::ShowFinding(finding));
            }
            let mut inner = line.shrink2(vec2(8.0, 0.0));
            let icon = cut_left(&mut inner, 18.0);
            shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Tone(found.severity.tone()));
            text::paint(ui, inner, Align::Min, &name, Type::Table, palette.t1);
        }
        if let Some(id) = place.and_then(|place| rows.book.message_at(place))
            && let Some(message) = document.analysis.facts.message(id)
        {
            let line = widgets::reserve(ui, 24.0).shrink2(vec2(12.0, 0.0));
            let title = text::visible(&crate::timeline::ladder::title(&message.seen.message)).into_owned();
            let said = Words::current().fill("log.message", &[("title", &title)]);
            if widgets::link(ui, palette, line, Align::Min, &said).clicked() {
                cx.send(Command::Log(LogCommand::OpenMessage));
            }
        }
        let at = widgets::reserve(ui, 40.0).left_top() + vec2(12.0, 6.0);
        let used = widgets::button(ui, palette, at, word("log.copy"), "", Look::Plain);
        if used.clicked() {
            cx.send(Command::Log(LogCommand::Copy(false)));
        }
        let beside = pos2(used.rect.right() + 8.0, at.y);
        if widgets::button(ui, palette, beside, word("log.copy_reference"), "", Look::Plain).clicked() {
            cx.send(Command::Log(LogCommand::Copy(true)));
        }
        if let Some(row) = text {
            let all = row.fault.as_deref().unwrap_or(&row.text);
            let lines: Vec<String> = all.lines().map(|line| crate::base::visible(line).into_owned()).collect();
            let whole = lines.join("\n");
            let shown = text::short(&whole, MOST_CHARS).into_owned();
            let width = ui.available_width() - 24.0;
            let galley = ui.painter().layout(shown.clone(), Type::Mono.id(), palette.t2, width);
            let place = widgets::reserve(ui, galley.size().y + 16.0).shrink2(vec2(12.0, 4.0));
            text::wrapped(ui, place, usize::MAX, &shown, Type::Mono, palette.t2);
        }
    });
}

fn marks(ui: &mut Ui, cx: &mut Cx<'_>, log: &mut LogState, rows: &Rows, rect: Rect) {
    let palette = cx.palette;
    let figure = if log.marks.is_empty() { String::new() } else { log.marks.len().to_string() };
    let mut body = widgets::head(ui, palette, rect, word("log.marks"), &figure, "M  [  ]");
    if log.marks.is_empty() {
        widgets::empty(ui, palette, body, word("log.no_marks"));
        return;
    }
    body.min.y += 1.0;
    let mut all: Vec<(usize, Spot)> = log.marks.keys().filter_map(|s| Some((rows.book.place(*s)?, *s))).collect();
    all.sort_unstable();
    let mut show = None;
    area(ui, "mark-rows", body, palette.panel, |ui| {
        widgets::rows(ui, "marks", |ui| {
            for (n, (_, spot)) in all.iter().enumerate() {
                let line = widgets::reserve(ui, 46.0);
                if ui.is_rect_visible(line) && mark(ui, cx, log, rows, n, *spot, line) {
                    show = Some(*spot);
                }
            }
        });
    });
    if let Some(spot) = show {
        log.show(spot);
    }
}

fn mark(ui: &mut Ui, cx: &Cx<'_>, log: &mut LogState, rows: &Rows, n: usize, spot: Spot, line: Rect) -> bool {
    let palette = cx.palette;
    let selected = log.selected == Some(spot);
    let (label, _) = rows.book.label(spot.member);
    let place = text::visible(&format!("{label}:{}", rows.book.entry(spot).map_or(0, |e| e.line))).into_owned();
    let time = text::clock(rows.book.entry(spot).and_then(|e| e.time));
    let note = log.marks.get(&spot).cloned().unwrap_or_default();
    let name = format!("{} {time} {place} {}", word("log.mark"), text::visible(&note));
    let clicked = widgets::row(ui, palette, &Row { rect: line, key: ("mark", n as u64), name: &name, selected }).clicked();
    line_below(ui, palette, line);
    let mut inner = line.shrink2(vec2(12.0, 3.0));
    let mut first = cut_top(&mut inner, 18.0);
    ribbon(ui, first.left_center() + vec2(4.0, 0.0), palette.accent);
    first.min.x += 18.0;
    inner.min.x += 18.0;
    text::paint(ui, cut_right(&mut first, 130.0), Align::Max, &place, Type::Mono, if selected { palette.t2 } else { palette.t3 });
    text::paint(ui, first, Align::Min, &time, Type::Mono, palette.t1);
    if !selected {
        let (said, ink) = if note.is_empty() { (word("log.no_note").to_owned(), palette.t3) } else { (note, palette.t2) };
        text::paint(ui, inner, Align::Min, &text::visible(&said), Type::Small, ink);
        return clicked;
    }
    let Some(note) = log.marks.get_mut(&spot) else { return clicked };
    let edit = TextEdit::singleline(note)
        .id(ui.scope_id().with("note"))
        .hint_text(word("log.note_hint"))
        .font(Type::Small.id())
        .char_limit(500)
        .desired_width(inner.width() - 10.0);
    let response = ui.put(inner, edit).accessible_name(word("log.note"));
    if log.focus == Some(Field::Note) {
        log.focus = None;
        response.request_focus();
    }
    log.left_box |= response.lost_focus();
    clicked
}

fn highlights(ui: &mut Ui, cx: &Cx<'_>, log: &mut LogState, rect: Rect) {
    let palette = cx.palette;
    let mut body = widgets::head(ui, palette, rect, word("log.highlights"), "", "H");
    if log.highlights.is_empty() {
        widgets::empty(ui, palette, body, word("log.no_highlights"));
        return;
    }
    body.min.y += 4.0;
    let mut off = None;
    for highlight in &log.highlights {
        let mut line = cut_top(&mut body, 24.0).shrink2(vec2(12.0, 0.0));
        if line.height() < 20.0 {
            break;
        }
        let swatch = Rect::from_center_size(cut_left(&mut line, 18.0).left_center() + vec2(5.0, 0.0), Vec2::splat(9.0));
        ui.painter().rect_filled(swatch, 2.0, palette.series(highlight.series));
        let close = Rect::from_center_size(cut_right(&mut line, 20.0).center(), Vec2::splat(18.0));
        let name = Words::current().fill("log.highlight_off", &[("text", &highlight.needle.text)]);
        let response =
            icon_button(ui, palette, close, &name, |ui, rect, _| shapes::cross(ui.painter(), rect.center(), 3.4, palette.t2));
        if response.clicked() {
            off = Some(highlight.needle.clone());
        }
        let figure = highlight.count.map_or_else(|| "…".to_owned(), |n| count(n as u64));
        text::line(ui, cut_right(&mut line, 60.0), Align::Max, &figure, Type::Mono, palette.t3);
        text::line(ui, line, Align::Min, &text::visible(&highlight.needle.text), Type::Mono, palette.t1);
    }
    if let Some(needle) = off {
        log.toggle_highlight(&needle);
    }
}

//! The search line and the line of chips. In: state, what passes have brought. Out: pixels; the texts typed go into the state.

use eframe::egui::{
    Align, CornerRadius, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::LogCommand;
use super::state::{Field, LogState, Passed};
use crate::base::Tone;
use crate::base::words::{Words, sentence, word};
use crate::records::search::Filter;
use crate::timeline::figures::count;
use crate::ui::command::WindowCommand;
use crate::ui::fonts::Type;
use crate::ui::shapes::{self, Sign};
use crate::ui::tokens::Palette;
use crate::ui::widgets::{cut_left, cut_right, focus_ring, key_cap, line_below};
use crate::ui::{Command, Cx, ViewState, text};

/// The search: text, case, expression, which hit, how far; switches of the list at the right.
pub fn search(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut ViewState, rect: Rect) {
    let palette = cx.palette;
    let mut inner = rect.shrink2(vec2(12.0, 7.0));
    switches(ui, cx, &state.log, &mut inner);
    let log = &mut state.log;
    let mut field = cut_left(&mut inner, (rect.width() * 0.44).clamp(240.0, 640.0));
    let whole = field;
    ui.painter().rect(field, CornerRadius::same(4), palette.base, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
    let figure = hit_figure(log);
    let width = text::galley(ui, &figure, Type::Mono, palette.t2, 160.0).size().x + 14.0;
    text::line(ui, cut_right(&mut field, width).shrink2(vec2(7.0, 0.0)), Align::Max, &figure, Type::Mono, palette.t2);
    let mut needle = log.needle.clone();
    for (label, key, on) in [("Aa", "log.case", &mut needle.case), (".*", "log.expression", &mut needle.expression)] {
        let place = Rect::from_center_size(cut_right(&mut field, 28.0).center(), vec2(24.0, 18.0));
        if toggle(ui, palette, place, label, word(key), *on).clicked() {
            *on = !*on;
        }
    }
    let edit = TextEdit::singleline(&mut needle.text)
        .id(ui.scope_id().with("search"))
        .hint_text(word("log.search_hint"))
        .font(Type::Mono.id())
        .frame(eframe::egui::Frame::NONE)
        .desired_width(field.width() - 16.0);
    let response = ui.put(field.shrink2(vec2(8.0, 4.0)), edit).accessible_name(word("log.search"));
    focus_ring(ui, palette, whole, &response);
    if log.focus == Some(Field::Search) {
        log.focus = None;
        response.request_focus();
    }
    log.set_needle(needle);
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    log.left_box |= response.lost_focus();
    if entered {
        // Enter again goes on to the next.
        response.request_focus();
        log.next_hit(!ui.input(|i| i.modifiers.shift));
    }
    for (cap, forward) in [("n", true), ("N", false)] {
        let cell = cut_left(&mut inner, if forward { 30.0 } else { 40.0 });
        let cap_rect = key_cap(ui, palette, pos2(cell.left() + 10.0, cell.center().y), cap);
        let response = ui.interact(cap_rect, ui.scope_id().with(cap), Sense::click());
        let label = word(if forward { "log.key_hit" } else { "log.key_hit_back" });
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
        focus_ring(ui, palette, cap_rect.expand(2.0), &response);
        if response.clicked() {
            cx.send(Command::Log(LogCommand::Hit(forward)));
        }
    }
    let (told, bad) = search_state(log);
    if bad {
        let icon = cut_left(&mut inner, 24.0);
        shapes::sign(ui.painter(), palette, icon.center() + vec2(2.0, 0.0), 11.0, Sign::Tone(Tone::Warn));
    }
    inner.min.x += 16.0;
    if inner.width() > 60.0 {
        text::line(ui, inner, Align::Min, &told, Type::Small, if bad { palette.warn } else { palette.t2 });
    }
}

/// `hit 14 of 61`, by the chosen record.
fn hit_figure(log: &mut LogState) -> String {
    if log.search_wish().is_none() || log.hits.is_none() {
        return String::new();
    }
    let hits = log.hits();
    let all = count(hits.count() as u64);
    let place = log.book.as_ref().and_then(|book| book.place(log.selected?)).filter(|place| hits.contains(*place));
    match place {
        Some(place) => Words::current().fill("log.hit_of", &[("n", &count(hits.before(place) as u64 + 1)), ("all", &all)]),
        None => Words::current().fill("log.hits", &[("n", &all)]),
    }
}

/// How far the search is, or what came of it; and whether it is bad news.
fn search_state(log: &mut LogState) -> (String, bool) {
    if let Some(fault) = &log.needle_fault {
        return (fault.clone(), true);
    }
    let Some(hits) = log.hits.as_ref().filter(|_| log.search_wish().is_some()) else { return (String::new(), false) };
    let (all, notes) = (hits.places.count(), hits.notes.len());
    let mut told = progress(hits, "log.searched");
    if let Some(note) = hits.notes.first() {
        let more = if notes > 1 { format!(" +{}", notes - 1) } else { String::new() };
        return (format!("{told}. {}{more}", text::visible(&sentence(note))), true);
    }
    let hidden = all.saturating_sub(log.hits().count());
    if hidden > 0 {
        told += &format!(", {}", Words::current().fill("log.hits_hidden", &[("n", &count(hidden as u64))]));
    }
    (told, false)
}

fn progress(passed: &Passed, key: &'static str) -> String {
    let (done, of) = (passed.members.0.to_string(), passed.members.1.to_string());
    match passed.ended {
        Some(time) => {
            Words::current().fill(key, &[("n", &done), ("all", &of), ("time", &format!("{:.2} s", time.as_secs_f64()))])
        }
        None => Words::current().fill("log.searching", &[("n", &done), ("all", &of), ("percent", &passed.percent.to_string())]),
    }
}

fn switches(ui: &mut Ui, cx: &mut Cx<'_>, log: &LogState, inner: &mut Rect) {
    let highlighted = log.highlights.iter().any(|h| h.needle == log.needle);
    let order = if log.by_member { "log.by_member" } else { "log.by_time" };
    for (label, cap, on, command) in [
        (word("log.wrap"), "w", log.wrap, LogCommand::Wrap),
        (word("log.unfold_all"), "u", log.unfold_all, LogCommand::FoldAll),
        (word(order), "o", log.by_member, LogCommand::Order),
        (word("log.highlight"), "h", highlighted, LogCommand::Highlight),
    ] {
        if inner.width() < 560.0 {
            return;
        }
        if switch(ui, cx.palette, inner, label, cap, on).clicked() {
            cx.send(Command::Log(command));
        }
    }
}

/// A word with its key, at the right; an outline in accent when it is on.
fn switch(ui: &mut Ui, palette: &Palette, rect: &mut Rect, label: &str, cap: &str, on: bool) -> Response {
    let galley = text::galley(ui, label, Type::Table, if on { palette.t1 } else { palette.t2 }, 120.0);
    let cell = cut_right(rect, galley.size().x + 50.0);
    let place = Rect::from_min_max(pos2(cell.left() + 6.0, cell.top()), cell.max);
    let response = ui.interact(place, ui.scope_id().with(cap), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, label));
    let fill = if response.hovered() { palette.hover } else { palette.raised };
    let line = if on { palette.accent } else { palette.strong };
    ui.painter().rect(place, CornerRadius::same(4), fill, Stroke::new(1.0, line), StrokeKind::Inside);
    let used = text::place(ui, place.shrink2(vec2(9.0, 0.0)), Align::Min, galley);
    key_cap(ui, palette, pos2(used.right() + 7.0, place.center().y), cap);
    focus_ring(ui, palette, place, &response);
    response
}

fn toggle(ui: &mut Ui, palette: &Palette, place: Rect, label: &str, name: &str, on: bool) -> Response {
    let response = ui.interact(place, ui.scope_id().with(label), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, name));
    let fill = if on {
        palette.sel
    } else if response.hovered() {
        palette.hover
    } else {
        palette.base
    };
    let line = if on { palette.accent } else { palette.hair };
    ui.painter().rect(place, CornerRadius::same(3), fill, Stroke::new(1.0, line), StrokeKind::Inside);
    text::paint(ui, place, Align::Center, label, Type::TinyMono, if on { palette.t1 } else { palette.t2 });
    focus_ring(ui, palette, place, &response);
    response.on_hover_text(name)
}

/// The chips of the filter, a box for the next one, and how many records pass.
pub fn chips(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut ViewState, rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let mut inner = rect.shrink2(vec2(12.0, 4.0));
    let log = &mut state.log;
    figures(ui, cx, log, &mut inner);
    let mut without = None;
    for (place, chip) in log.filter.chips.iter().enumerate() {
        if inner.width() < 220.0 {
            break;
        }
        let (label, value) = split(&chip.written);
        let not = if chip.not { format!("{} ", word("log.not")) } else { String::new() };
        let label = format!("{not}{label}");
        let pieces = [
            (label.as_str(), Type::Label, palette.t3),
            (if label.is_empty() { "" } else { " " }, Type::Label, palette.t3),
            (value, Type::Mono, palette.t1),
        ];
        let galley = text::rich(ui, &pieces, 260.0);
        let cell = cut_left(&mut inner, galley.size().x + 44.0);
        let body = Rect::from_min_max(cell.min, pos2(cell.right() - 8.0, cell.bottom()));
        ui.painter().rect(body, CornerRadius::same(3), palette.raised, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
        text::place(ui, body.shrink2(vec2(8.0, 0.0)), Align::Min, galley);
        let close = Rect::from_center_size(pos2(body.right() - 13.0, body.center().y), Vec2::splat(18.0));
        let response = ui.interact(close, ui.scope_id().with(("chip", place)), Sense::click());
        let name = Words::current().fill("log.chip_off", &[("chip", &format!("{not}{}", chip.written))]);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        shapes::cross(ui.painter(), close.center(), 3.4, if response.hovered() { palette.t1 } else { palette.t2 });
        focus_ring(ui, palette, close, &response);
        if response.clicked() {
            without = Some(place);
        }
    }
    let width = inner.width().min(460.0);
    let field = cut_left(&mut inner, width);
    if field.width() > 80.0 {
        add_box(ui, palette, log, field);
    }
    if let Some(fault) = &log.fault {
        let said = fault.sentence();
        inner.min.x += 8.0;
        shapes::sign(ui.painter(), palette, inner.left_center() + vec2(7.0, 0.0), 11.0, Sign::Tone(Tone::Warn));
        inner.min.x += 18.0;
        text::line(ui, inner, Align::Min, &text::visible(&said), Type::Small, palette.warn);
    }
    if let Some(place) = without {
        let mut filter: Filter = log.filter.clone();
        filter.chips.remove(place);
        log.set_filter(&filter.written());
    }
}

/// A chip in two parts: what it is about, and the value.
fn split(written: &str) -> (&str, &str) {
    let end = written.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(written.len());
    let (key, rest) = written.split_at_checked(end).unwrap_or(("", written));
    for (sign, shown) in [(">=", " ≥"), ("<=", " ≤"), (":", "")] {
        if let Some(value) = rest.strip_prefix(sign)
            && !key.is_empty()
            && !value.is_empty()
        {
            // Only level is compared.
            return (
                if shown.is_empty() {
                    key
                } else if sign == ">=" {
                    "level ≥"
                } else {
                    "level ≤"
                },
                value,
            );
        }
    }
    ("", written)
}

fn add_box(ui: &mut Ui, palette: &Palette, log: &mut LogState, field: Rect) {
    let edit = TextEdit::singleline(&mut log.typed)
        .id(ui.scope_id().with("filter"))
        .hint_text(word("log.filter_hint"))
        .font(Type::Mono.id())
        .frame(eframe::egui::Frame::NONE)
        .desired_width(field.width() - 16.0);
    let response = ui.put(field.shrink2(vec2(6.0, 3.0)), edit).accessible_name(word("log.add_filter"));
    if log.focus == Some(Field::Filter) {
        log.focus = None;
        response.request_focus();
    }
    focus_ring(ui, palette, field, &response);
    if response.changed() {
        log.fault = None;
    }
    log.left_box |= response.lost_focus();
    if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) && !log.typed.trim().is_empty() {
        let before = log.filter.written();
        let gap = if before.is_empty() { "" } else { " " };
        let offset = before.chars().count() + gap.len();
        if log.set_filter(&format!("{before}{gap}{}", log.typed)) {
            log.typed.clear();
        } else {
            // The place is told in what was typed, not in the whole filter.
            if let Some(fault) = &mut log.fault {
                fault.at = fault.at.saturating_sub(offset);
            }
            response.request_focus();
        }
    }
}

/// How many records pass, and the way back to the filter before.
fn figures(ui: &mut Ui, cx: &mut Cx<'_>, log: &LogState, inner: &mut Rect) {
    let palette = cx.palette;
    if log.filters_set > 0 {
        let mut cell = cut_right(inner, 130.0);
        key_cap(ui, palette, pos2(cell.right() - 46.0, cell.center().y), "Ctrl Z");
        cell.max.x -= 54.0;
        if crate::ui::widgets::link(ui, palette, cell, Align::Max, word("log.undo_filter")).clicked() {
            cx.send(Command::Window(WindowCommand::Undo));
        }
    }
    let Some(rows) = log.rows() else { return };
    let all = count(rows.book.merged.len() as u64);
    let told = match &log.passing {
        Some(passing) if passing.ended.is_none() => progress(passing, "log.searched"),
        _ => String::new(),
    };
    let figure = if log.filter.chips.is_empty() {
        Words::current().fill("log.records", &[("n", &all)])
    } else {
        Words::current().fill("log.records_of", &[("n", &count(rows.count() as u64)), ("all", &all)])
    };
    let said = if told.is_empty() { figure } else { format!("{figure}, {told}") };
    let width = text::galley(ui, &said, Type::Small, palette.t2, 420.0).size().x + 16.0;
    text::line(ui, cut_right(inner, width), Align::Max, &said, Type::Small, palette.t2);
    if let Some(note) = log.passing.as_ref().filter(|_| !log.filter.chips.is_empty()).and_then(|p| p.notes.first()) {
        let cell = cut_right(inner, 260.0);
        text::line(ui, cell, Align::Max, &text::visible(&sentence(note)), Type::Small, palette.warn);
    }
}

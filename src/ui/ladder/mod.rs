//! The ladder as laid out by `timeline::ladder`. In: a ladder, a selection. Out: pixels; each row can be chosen and has a name.
//!
//! ```text
//! UTC           since last   [Client]          [sbc1.example.test :5061]     line
//! 08:15:21.377     20.4 s      |<── re-INVITE  offers PCMU PCMA ──|  ┐      4551
//! 08:15:21.389      12 ms      |──── 200 OK  PCMU, both ways ────>|  ┘codec 4588
//! ```

use eframe::egui::{Align, CornerRadius, Rect, ScrollArea, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

mod state;

use super::fonts::ScreenWidth;
use super::shapes::{self, Sign};
use super::widgets::{self, Row as Line, area, cut_top, line_below};
use super::{Command, Cx, Document, Type, ViewState, text, zone};
use crate::base::words::{Words, word};
use crate::base::{LogTime, Tone};
use crate::findings::ask::About;
use crate::session::MessageId;
use crate::sip::Direction;
use crate::timeline::Subject;
use crate::timeline::figures::duration;
use crate::timeline::ladder::place::ROW_PX;
use crate::timeline::ladder::{Arrow, Kind, Ladder, Place, Row, place};
use crate::timeline::lanes::call::name;

pub use state::{Against, LadderCommand, LadderState, Tab};

const ROW: f32 = ROW_PX as f32;
const HOSTS: f32 = 44.0;

/// The panel.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, rect: Rect) {
    let palette = cx.palette;
    let Some(ladder) = state.ladder(document) else {
        let body = widgets::head(ui, palette, rect, word("window.ladder"), "", "");
        widgets::empty(ui, palette, body, word("window.no_subject"));
        return;
    };
    let body = head(ui, cx, document, state, &ladder, rect);
    if ladder.rows.is_empty() {
        widgets::empty(ui, palette, body, word("window.no_rows"));
        return;
    }
    let scale = ui.ctx().pixels_per_point();
    let layout = state
        .ladder
        .layout(&ladder, body.width(), scale, || place(&ladder, f64::from(body.width()) - 8.0, &ScreenWidth(ui.ctx())));
    let reveal = std::mem::take(&mut state.reveal);
    let chosen = state.selection.message.and_then(|id| ladder.row_of(id));
    let open = ScrollArea::horizontal().id_salt("ladder-wide").auto_shrink([false, false]);
    area(ui, "ladder-body", body, palette.panel, |ui| {
        open.show(ui, |ui| {
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            ui.set_width(layout.width_px as f32);
            let mut whole = Rect::from_min_size(ui.max_rect().min, vec2(layout.width_px as f32, body.height()));
            let heads = cut_top(&mut whole, HOSTS);
            hosts(ui, cx, &ladder, &layout, heads);
            ui.allocate_rect(heads, eframe::egui::Sense::hover());
            let mut scroll = ScrollArea::vertical().id_salt("ladder").auto_shrink([false, false]).max_height(whole.height());
            if let (true, Some(row)) = (reveal, chosen) {
                scroll = scroll.vertical_scroll_offset((row as f32 * ROW - whole.height() * 0.4).max(0.0));
            }
            scroll.show_rows(ui, ROW, ladder.rows.len(), |ui, range| {
                let first = range.start;
                let top = ui.cursor().top();
                for (number, row) in ladder.rows.iter().enumerate().take(range.end).skip(first) {
                    let rect = widgets::reserve(ui, ROW);
                    lanes(ui, cx, &ladder, &layout, number, rect);
                    show_row(ui, cx, state, &ladder, &layout, row, number, rect);
                }
                brackets(ui, cx, &ladder, &layout, range, top - first as f32 * ROW);
                cursor(ui, cx, state, &ladder, document, top - first as f32 * ROW);
            });
        });
    });
}

/// Name, what it is about, how many messages; copies of it.
fn head(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, ladder: &Ladder, rect: Rect) -> Rect {
    let palette = cx.palette;
    let body = widgets::head(ui, palette, rect, "", "", "");
    let mut bar = Rect::from_min_max(rect.min, pos2(rect.right(), body.top())).shrink2(vec2(12.0, 0.0));
    let mut links = vec![
        ("ladder-view.copy_mermaid", Command::Ladder(LadderCommand::CopyMermaid)),
        ("ladder-view.copy_text", Command::Ladder(LadderCommand::CopyText)),
    ];
    if let Some(Subject::Call(id)) = state.selection.subject {
        links.push(("window.copy_ask", Command::CopyAsk(About::Call(id))));
    }
    for (key, command) in links {
        let width = text::galley(ui, word(key), Type::Small, palette.accent, 240.0).size().x;
        let link = widgets::cut_right(&mut bar, width);
        if widgets::link(ui, palette, link, Align::Max, word(key)).clicked() {
            cx.send(command);
        }
        widgets::cut_right(&mut bar, 14.0);
    }
    let used = text::line(ui, bar, Align::Min, word("window.ladder"), Type::Head, palette.t1).rect;
    bar.min.x = used.right() + 8.0;
    let count = Words::current().fill("window.n_messages", &[("n", &ladder.messages.to_string())]);
    text::line(ui, bar, Align::Min, &format!("{}, {count}", about(document, state)), Type::Small, palette.t3);
    body
}

/// The time cursor of all panels between the rows, when it is not the chosen one's time.
fn cursor(ui: &Ui, cx: &Cx<'_>, state: &ViewState, ladder: &Ladder, document: &Document, top: f32) {
    let Some(us) = state.cursor_us else { return };
    let chosen = state.selection.message.and_then(|id| document.analysis.facts.message(id)).and_then(|m| m.seen.at);
    if chosen.is_some_and(|at| at.0 == us) {
        return;
    }
    let y = top + ladder.row_at(us).map_or(0.0, |row| (row as f32 + 1.0) * ROW);
    let rect = ui.max_rect();
    ui.painter().hline(rect.x_range(), y - 0.5, Stroke::new(1.0, cx.palette.cursor));
    ui.painter().circle_filled(pos2(rect.left() + 4.0, y - 0.5), 3.0, cx.palette.cursor);
}

/// What the ladder shows, in words.
pub fn about(document: &Document, state: &ViewState) -> String {
    let facts = &document.analysis.facts;
    match state.selection.subject {
        Some(Subject::Call(id)) => facts.calls.get(id.0 as usize).map_or_else(String::new, |call| {
            let way = word(match call.direction {
                crate::session::call::CallDirection::Outgoing => "window.outgoing",
                crate::session::call::CallDirection::Incoming => "window.incoming",
                crate::session::call::CallDirection::Unknown => "window.way_unknown",
            });
            let others =
                state.calls_in_ladder().into_iter().filter(|other| *other != id).filter_map(|id| facts.calls.get(id.0 as usize));
            let others: String = others.map(|call| format!(" + {}", name(call))).collect();
            format!("{}, {way} {}{others}", name(call), super::panels::calls::party(call))
        }),
        Some(Subject::Registration(id)) => facts
            .registrations
            .get(id as usize)
            .map_or_else(String::new, |r| format!("{} {}", word("timeline.registration"), text::private(&r.aor))),
        Some(Subject::KeepAlive(id)) => facts
            .keepalives
            .get(id as usize)
            .map_or_else(String::new, |k| format!("{} {}", word("timeline.keepalive"), text::private(&k.peer))),
        Some(Subject::Run(_)) | None => word("window.whole_run").to_owned(),
    }
}

fn x_of(layout: &Place, left: f32, lane: usize) -> f32 {
    left + layout.lanes_px.get(lane).copied().unwrap_or(layout.bracket_px) as f32
}

/// The heads stay while rows scroll.
fn hosts(ui: &mut Ui, cx: &Cx<'_>, ladder: &Ladder, layout: &Place, rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let column = |from: f64, to: f64| {
        Rect::from_min_max(pos2(rect.left() + from as f32, rect.top()), pos2(rect.left() + to as f32, rect.bottom()))
    };
    text::line(ui, column(layout.time_px, layout.time_px + 90.0), Align::Min, &zone::name(), Type::Label, palette.t3);
    text::line(
        ui,
        column(layout.time_px + 60.0, layout.delta_px),
        Align::Max,
        word("window.since_last"),
        Type::Label,
        palette.t3,
    );
    text::line(ui, column(layout.line_px - 60.0, layout.line_px), Align::Max, word("window.col_line"), Type::Label, palette.t3);
    let step = layout.lanes_px.get(1).zip(layout.lanes_px.first()).map_or(150.0, |(b, a)| (b - a) as f32);
    let client = (word("ladder.client").to_owned(), text::shown(&ladder.client));
    let others = ladder.hosts.iter().map(|h| (text::shown(&h.name), text::shown(&h.detail)));
    let heads: Vec<(String, String)> = std::iter::once(client).chain(others).collect();
    let bound = rect.left() + layout.width_px as f32 - 52.0;
    // From the right: each head ends before the next one begins; what does not fit is cut and whole on hover.
    let mut end = bound;
    for (lane, (name, detail)) in heads.iter().enumerate().rev() {
        let middle = x_of(layout, rect.left(), lane);
        let first = text::galley(ui, name, Type::Bold, palette.t1, step - 24.0);
        let second = text::galley(ui, detail, Type::TinyMono, palette.t2, step - 24.0);
        let width = (first.size().x.max(second.size().x) + 16.0).max(64.0);
        let left = if lane == 0 { middle - 22.0 } else { (middle - width / 2.0).min(end - width).max(middle - step / 2.0 + 4.0) };
        let place = Rect::from_min_max(pos2(left, rect.top() + 5.0), pos2((left + width).min(end), rect.bottom() - 5.0));
        end = left - 4.0;
        ui.painter().rect(place, CornerRadius::same(4), palette.raised, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
        let mut inner = place.shrink2(vec2(8.0, 2.0));
        if detail.is_empty() {
            text::line(ui, inner, Align::Min, name, Type::Bold, palette.t1);
        } else {
            text::line(ui, cut_top(&mut inner, 16.0), Align::Min, name, Type::Bold, palette.t1);
            text::line(ui, inner, Align::Min, detail, Type::TinyMono, palette.t2);
        }
    }
}

/// The lanes behind a row; dotted where nothing happens for a while.
fn lanes(ui: &Ui, cx: &Cx<'_>, ladder: &Ladder, layout: &Place, number: usize, rect: Rect) {
    let palette = cx.palette;
    let waiting = matches!(ladder.rows.get(number).map(|r| &r.kind), Some(Kind::Waiting { .. }));
    for lane in 0..layout.lanes_px.len() {
        let x = x_of(layout, rect.left(), lane);
        if waiting {
            ui.painter().extend(eframe::egui::Shape::dotted_line(
                &[pos2(x, rect.top() + 2.0), pos2(x, rect.bottom())],
                palette.strong,
                4.0,
                0.9,
            ));
        } else {
            ui.painter().vline(x, rect.y_range(), Stroke::new(1.2, palette.strong));
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "a row is its view, its ladder and its place")]
fn show_row(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &ViewState,
    ladder: &Ladder,
    layout: &Place,
    row: &Row,
    number: usize,
    rect: Rect,
) {
    let palette = cx.palette;
    match &row.kind {
        Kind::Waiting { text: words, .. } => {
            let first = x_of(layout, rect.left(), 0);
            let last = x_of(layout, rect.left(), layout.lanes_px.len().saturating_sub(1));
            let room = Rect::from_x_y_ranges(first + 6.0..=last - 6.0, rect.y_range());
            text::line(ui, room, Align::Center, &text::shown(words), Type::Small, palette.t3);
        }
        Kind::Folded { first, text: words, open, messages } => {
            let said = text::shown(words);
            let how = word(if *open { "window.fold" } else { "window.unfold" });
            let selected = state.selection.message.is_some_and(|id| !open && messages.contains(&id));
            let name = format!("{said}, {how}");
            let response = widgets::row(ui, palette, &Line { rect, key: ("fold", u64::from(first.0)), name: &name, selected });
            if response.clicked() {
                cx.send(Command::ToggleFold(*first));
            }
            gutter(ui, cx, layout, row, rect, selected);
            let left = x_of(layout, rect.left(), 0) + 8.0;
            let right = x_of(layout, rect.left(), layout.lanes_px.len().saturating_sub(1)) - 8.0;
            let pill = Rect::from_x_y_ranges(left..=right, rect.top() + 2.0..=rect.bottom() - 2.0);
            ui.painter().rect(pill, CornerRadius::same(4), palette.raised, Stroke::new(1.0, palette.hair), StrokeKind::Inside);
            shapes::chevron(ui.painter(), pill.left_center() + vec2(11.0, 0.0), 3.5, *open, palette.t2);
            let words = Rect::from_min_max(pos2(pill.left() + 22.0, pill.top()), pill.max - vec2(6.0, 0.0));
            text::paint(ui, words, Align::Min, &said, Type::Small, palette.t2);
        }
        Kind::Step { text: words, tone, source } => {
            let said = text::shown(words);
            let name = format!("{} {said}, {} {}", text::clock(row.at), word("window.col_line"), row.line);
            let selected = state.selection.lines == Some(*source);
            let response = widgets::row(ui, palette, &Line { rect, key: ("row", number as u64), name: &name, selected });
            if response.clicked() {
                cx.send(Command::ShowLines(*source));
            }
            gutter(ui, cx, layout, row, rect, selected);
            let mut room = Rect::from_x_y_ranges(
                x_of(layout, rect.left(), 0) + 10.0..=rect.left() + layout.bracket_px as f32,
                rect.y_range(),
            );
            let icon = widgets::cut_left(&mut room, 16.0);
            shapes::sign(ui.painter(), palette, icon.left_center() + vec2(5.5, 0.0), 11.0, Sign::Tone(*tone));
            let ink = if *tone == Tone::Fail { palette.fail } else { palette.t3 };
            text::paint(ui, room, Align::Min, &said, Type::Small, ink);
        }
        Kind::Arrow(arrow) => {
            let selected = state.selection.message == Some(arrow.message);
            let name = spoken(ladder, arrow, row);
            let response = widgets::row(ui, palette, &Line { rect, key: ("row", number as u64), name: &name, selected });
            if selected {
                lanes(ui, cx, ladder, layout, number, rect);
            }
            if response.clicked() {
                cx.send(Command::ShowMessage(arrow.message));
            }
            menu(&response, cx, state, row, arrow.message);
            gutter(ui, cx, layout, row, rect, selected);
            draw_arrow(ui, cx, layout, arrow, selected, rect);
        }
    }
}

/// What else can be done with an arrow.
fn menu(response: &eframe::egui::Response, cx: &mut Cx<'_>, state: &ViewState, row: &Row, id: MessageId) {
    response.context_menu(|ui| {
        let chosen = state.selection.message.filter(|chosen| *chosen != id);
        if let Some(chosen) = chosen
            && ui.button(word("ladder-view.compare")).clicked()
        {
            cx.send(Command::ShowMessage(id));
            cx.send(Command::Ladder(LadderCommand::CompareWith(chosen)));
        }
        if ui.button(word("ladder-view.as_base")).clicked() {
            cx.send(Command::ShowMessage(id));
            cx.send(Command::Ladder(LadderCommand::MarkBase));
        }
        if let Some(call) = row.call.filter(|call| state.selection.subject != Some(Subject::Call(*call)))
            && ui.button(word("ladder-view.without_call")).clicked()
        {
            cx.send(Command::Ladder(LadderCommand::AddCall(call)));
        }
    });
}

fn gutter(ui: &mut Ui, cx: &Cx<'_>, layout: &Place, row: &Row, rect: Rect, selected: bool) {
    let palette = cx.palette;
    let faint = if selected { palette.t2 } else { palette.t3 };
    let column = |from: f64, to: f64| Rect::from_x_y_ranges(rect.left() + from as f32..=rect.left() + to as f32, rect.y_range());
    text::paint(ui, column(layout.time_px, layout.time_px + 92.0), Align::Min, &text::clock(row.at), Type::Mono, palette.t2);
    let delta = row.delta_us.map_or_else(String::new, duration);
    let ink = if row.delta_us.is_some_and(|us| us >= 1_000_000) { palette.t2 } else { faint };
    text::paint(ui, column(layout.time_px + 84.0, layout.delta_px), Align::Max, &delta, Type::Mono, ink);
    if let Some(call) = row.call {
        // The same number as in the name of the call, on the call's own colour.
        let tag = Rect::from_center_size(pos2(rect.left() + layout.delta_px as f32 + 16.0, rect.center().y), vec2(18.0, 15.0));
        let colour = palette.series(u8::try_from(call.0 % 8 + 1).unwrap_or(1));
        ui.painter().rect_stroke(tag, CornerRadius::same(3), Stroke::new(1.2, colour), StrokeKind::Inside);
        text::paint(ui, tag, Align::Center, &call.number().to_string(), Type::TinyMono, palette.t2);
        let edge = Rect::from_min_size(rect.min + vec2(layout.delta_px as f32 + 29.0, 0.0), vec2(2.0, ROW));
        ui.painter().rect_filled(edge, CornerRadius::ZERO, colour);
    }
    if row.line > 0 {
        text::paint(ui, column(layout.line_px - 70.0, layout.line_px), Align::Max, &row.line.to_string(), Type::Mono, faint);
    }
}

fn draw_arrow(ui: &mut Ui, cx: &Cx<'_>, layout: &Place, arrow: &Arrow, selected: bool, rect: Rect) {
    let palette = cx.palette;
    let (client, host) = (x_of(layout, rect.left(), 0), x_of(layout, rect.left(), arrow.host));
    let (left, right) = (client.min(host), client.max(host));
    let ink = match arrow.tone {
        Tone::Fail => palette.fail,
        Tone::Ok => palette.ok,
        Tone::Muted if selected => palette.t2,
        Tone::Muted => palette.t3,
        _ => palette.t1,
    };
    let y = rect.bottom() - 4.5;
    let (from, to) = match arrow.direction {
        Direction::Received => (pos2(right, y), pos2(left, y)),
        Direction::Sent | Direction::Unknown => (pos2(left, y), pos2(right, y)),
    };
    shapes::arrow(ui.painter(), from, to, arrow.direction != Direction::Unknown, Stroke::new(1.4, ink));
    let mut room = Rect::from_x_y_ranges(left + 10.0..=right - 8.0, rect.top()..=rect.bottom() - 6.0);
    if arrow.tone == Tone::Fail {
        let icon = widgets::cut_left(&mut room, 16.0);
        shapes::sign(ui.painter(), palette, icon.left_center() + vec2(5.5, 0.5), 11.0, Sign::Tone(Tone::Fail));
    }
    let title_ink = if arrow.tone == Tone::Fail {
        palette.fail
    } else if arrow.strong || arrow.tone == Tone::Ok {
        palette.t1
    } else {
        palette.t2
    };
    let kind = if arrow.tone == Tone::Muted { Type::Table } else { Type::Bold };
    let again = again(arrow);
    let summary = text::shown(&arrow.summary);
    let title = text::visible(&arrow.title);
    let pieces = [
        (title.as_ref(), kind, title_ink),
        ("   ", Type::Small, palette.t2),
        (summary.as_str(), Type::Small, palette.t2),
        (again.as_str(), Type::Label, palette.warn),
    ];
    let galley = text::rich(ui, &pieces, room.width());
    text::place(ui, room, Align::Min, galley);
}

fn again(arrow: &Arrow) -> String {
    arrow.again.map_or_else(String::new, |again| {
        let figures = [("n", again.count.to_string()), ("time", duration(again.span_us))];
        let [n, time] = &figures;
        Words::current().fill("window.sent_again", &[(n.0, &n.1), (time.0, &time.1)])
    })
}

fn spoken(ladder: &Ladder, arrow: &Arrow, row: &Row) -> String {
    let host = ladder.hosts.get(arrow.host.saturating_sub(1)).map(|h| text::shown(&h.name)).unwrap_or_default();
    let way = word(match arrow.direction {
        Direction::Sent => "window.sent",
        Direction::Received => "window.received",
        Direction::Unknown => "window.way_unknown",
    });
    let summary = text::shown(&arrow.summary);
    format!(
        "{}{} {way} {} {summary}{}, {host}, {} {}",
        row.call.map_or_else(String::new, |id| format!(
            "{} ",
            Words::current().fill("timeline.call", &[("n", &id.number().to_string())])
        )),
        text::clock(row.at),
        arrow.title,
        again(arrow),
        word("window.col_line"),
        row.line
    )
}

fn brackets(ui: &mut Ui, cx: &Cx<'_>, ladder: &Ladder, layout: &Place, rows: std::ops::Range<usize>, top: f32) {
    let palette = cx.palette;
    let clip = ui.clip_rect();
    let left = ui.max_rect().left() + layout.bracket_px as f32;
    for bracket in ladder.brackets_in(rows) {
        let from = top + (bracket.from_row as f32 + 1.0) * ROW - 4.5;
        let to = top + (bracket.to_row as f32 + 1.0) * ROW - 4.5;
        if to < clip.top() || from > clip.bottom() {
            continue;
        }
        let edge = palette.span(bracket.look).edge;
        let points = vec![pos2(left, from), pos2(left + 8.0, from), pos2(left + 8.0, to), pos2(left, to)];
        ui.painter().line(points, Stroke::new(1.4, edge));
        let room = Rect::from_min_size(pos2(left + 13.0, (from + to) / 2.0 - 9.0), vec2(110.0, 18.0));
        text::line(ui, room, Align::Min, &bracket.word, Type::Small, palette.t2);
    }
}

/// The arrow `step` rows away from the chosen one; the first one when none is chosen.
pub fn step(ladder: &Ladder, chosen: Option<MessageId>, step: i32) -> Option<MessageId> {
    let arrows: Vec<MessageId> = ladder
        .rows
        .iter()
        .filter_map(|row| match &row.kind {
            Kind::Arrow(arrow) => Some(arrow.message),
            Kind::Folded { .. } | Kind::Waiting { .. } | Kind::Step { .. } => None,
        })
        .collect();
    step_in(&arrows, chosen, step)
}

/// The neighbour of `chosen` in a list.
pub fn step_in(list: &[MessageId], chosen: Option<MessageId>, step: i32) -> Option<MessageId> {
    let place = match chosen.and_then(|id| list.iter().position(|m| *m == id)) {
        Some(place) => place.saturating_add_signed(step as isize).min(list.len().saturating_sub(1)),
        None => 0,
    };
    list.get(place).copied()
}

/// For the status line: where and when the chosen message is.
pub fn reference(document: &Document, id: MessageId) -> Option<(String, Option<LogTime>)> {
    let message = document.analysis.facts.message(id)?;
    Some((format!("{}:{}", document.member_path(message.source.member), message.source.line), message.seen.at))
}

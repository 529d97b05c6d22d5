//! Calls: the list on the overview and the table of the calls view. In: calls of the run. Out: rows; choosing one shows its ladder.

use eframe::egui::{Align, CornerRadius, Rect, Ui, Vec2, pos2, vec2};

use crate::base::words::{Words, word};
use crate::session::call::{Call, CallDirection};
use crate::timeline::Subject;
use crate::timeline::figures::duration;
use crate::timeline::lanes::call::{ending, name, tone};
use crate::timeline::lanes::media::{codec_name, codec_number};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Row, cut_left, cut_right, cut_top, line_below};
use crate::ui::{Command, Cx, Document, Palette, Type, ViewState, text};

/// Calls of the run shown.
pub fn of_run<'a>(document: &'a Document, state: &ViewState) -> Vec<&'a Call> {
    let facts = &document.analysis.facts;
    facts.calls.iter().filter(|c| c.run == state.run_id() || facts.runs.is_empty()).collect()
}

/// Who is at the other end.
pub fn party(call: &Call) -> String {
    let other = if call.direction == CallDirection::Incoming { &call.from } else { &call.to };
    other.as_ref().map_or_else(|| word("window.unknown_party").to_owned(), text::private)
}

/// Codecs agreed for audio in order, each once.
pub fn codecs(call: &Call) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for segment in &call.media {
        if let Some(codec) = segment.codec.as_deref()
            && !out.contains(&codec)
        {
            out.push(codec);
        }
    }
    out
}

/// `held 2 ×, 34.5 s`; empty without a hold.
pub fn holds(call: &Call) -> String {
    if call.holds.is_empty() {
        return String::new();
    }
    let end = call.ended;
    let length: i64 = call.holds.iter().filter_map(|h| Some(h.to.or(end)?.since_us(h.from?))).sum();
    Words::current().fill("window.held", &[("n", &call.holds.len().to_string()), ("time", &duration(length))])
}

/// The list of the overview.
pub fn list(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState) {
    let calls = of_run(document, state);
    if calls.is_empty() {
        let rect = widgets::reserve(ui, 40.0);
        widgets::empty(ui, cx.palette, rect, word("window.no_call"));
    }
    for call in calls {
        let rect = widgets::reserve(ui, 46.0);
        // Thousands of calls stay cheap: what is not on screen is not laid out.
        if ui.is_rect_visible(rect) {
            item(ui, cx, state, call, rect);
        }
    }
}

fn item(ui: &mut Ui, cx: &mut Cx<'_>, state: &ViewState, call: &Call, rect: Rect) {
    let palette = cx.palette;
    let how = text::term("word", call.state.word());
    let party = party(call);
    let length = call
        .talk_us
        .map_or_else(|| text::shown(&ending(call)), |us| Words::current().fill("window.talked", &[("time", &duration(us))]));
    let full = spoken(call, &[&how, &length]);
    let selected = state.selection.subject == Some(Subject::Call(call.id));
    let response = widgets::row(ui, palette, &Row { rect, key: ("call", u64::from(call.id.0)), name: &full, selected });
    if response.clicked() {
        cx.send(Command::ShowSubject(Subject::Call(call.id)));
    }
    let mut inner = rect.shrink2(vec2(12.0, 5.0));
    let icon = cut_left(&mut inner, 24.0);
    shapes::sign(ui.painter(), palette, icon.left_top() + vec2(9.0, 10.0), 14.0, Sign::Tone(tone(call.state)));
    let mut first = cut_top(&mut inner, 19.0);
    let right = cut_right(&mut first, 150.0);
    text::paint(ui, right, Align::Max, &how, Type::Strong, palette.tone(tone(call.state)));
    let title = text::rich(
        ui,
        &[(&name(call), Type::Strong, palette.t1), (&format!("  {} {party}", way(call)), Type::Body, palette.t2)],
        first.width(),
    );
    text::place(ui, first, Align::Min, title);
    let right = cut_right(&mut inner, 170.0);
    text::paint(ui, right, Align::Max, &length, Type::Small, palette.t2);
    let start = cut_left(&mut inner, 92.0);
    text::paint(ui, start, Align::Min, &text::clock(call.started), Type::Mono, palette.t2);
    let used = swatches(ui, palette, call, inner);
    inner.min.x = used;
    text::paint(ui, inner, Align::Min, &holds(call), Type::Small, palette.t2);
    line_below(ui, palette, rect);
}

/// All that a row says, for screen readers.
fn spoken(call: &Call, more: &[&str]) -> String {
    let names: Vec<&str> = codecs(call).into_iter().map(|c| codec_name(c).0).collect();
    let first = format!("{}, {} {}", name(call), way(call), party(call));
    let rest = more.iter().map(|s| (*s).to_owned()).chain([names.join(" "), holds(call)]);
    std::iter::once(first).chain(rest.filter(|s| !s.is_empty())).collect::<Vec<_>>().join(", ")
}

fn way(call: &Call) -> &'static str {
    word(match call.direction {
        CallDirection::Outgoing => "window.outgoing",
        CallDirection::Incoming => "window.incoming",
        CallDirection::Unknown => "window.way_unknown",
    })
}

/// Codecs with the colour they have everywhere; gives the right end.
pub fn swatches(ui: &mut Ui, palette: &Palette, call: &Call, rect: Rect) -> f32 {
    let mut x = rect.left();
    for codec in codecs(call) {
        let room = Rect::from_min_max(pos2(x + 13.0, rect.top()), rect.max);
        if room.width() < 24.0 {
            break;
        }
        let square = Rect::from_center_size(pos2(x + 4.5, rect.center().y), Vec2::splat(8.0));
        ui.painter().rect_filled(square, CornerRadius::same(1), palette.codec(codec_number(call, codec)));
        x = text::paint(ui, room, Align::Min, codec_name(codec).0, Type::Small, palette.t2).right() + 12.0;
    }
    x
}

const COLUMNS: [(&str, f32); 10] = [
    ("window.col_call", 66.0),
    ("window.col_started", 98.0),
    ("window.col_way", 66.0),
    ("window.col_party", 220.0),
    ("window.col_state", 150.0),
    ("window.col_setup", 70.0),
    ("window.col_talk", 74.0),
    ("window.col_codecs", 150.0),
    ("window.col_holds", 110.0),
    ("window.col_ending", 120.0),
];

/// The table of the calls view.
pub fn table(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    let calls = of_run(document, state);
    let count = calls.len().to_string();
    let mut body = widgets::head(ui, palette, rect, word("window.calls"), &count, "");
    if calls.is_empty() {
        widgets::empty(ui, palette, body, word("window.no_call"));
        return;
    }
    let spare = (body.width() - COLUMNS.iter().map(|c| c.1).sum::<f32>() - 36.0).max(0.0);
    let mut heads = cut_top(&mut body, 24.0).shrink2(vec2(12.0, 0.0));
    cut_left(&mut heads, 22.0);
    for (column, width) in COLUMNS {
        let cell = cut_left(&mut heads, width + if column == "window.col_party" { spare } else { 0.0 });
        let align = if matches!(column, "window.col_setup" | "window.col_talk") { Align::Max } else { Align::Min };
        text::line(ui, cell.shrink2(vec2(6.0, 0.0)), align, word(column), Type::Label, palette.t3);
    }
    widgets::area(ui, "call-table", body, palette.panel, |ui| {
        widgets::rows(ui, "call-table", |ui| {
            for call in calls {
                let rect = widgets::reserve(ui, 23.0);
                if ui.is_rect_visible(rect) {
                    table_row(ui, cx, state, call, rect, spare);
                }
            }
        });
    });
}

fn table_row(ui: &mut Ui, cx: &mut Cx<'_>, state: &ViewState, call: &Call, rect: Rect, spare: f32) {
    let palette = cx.palette;
    let how = text::term("word", call.state.word()).to_owned();
    let selected = state.selection.subject == Some(Subject::Call(call.id));
    let full = spoken(call, &[&how, &text::shown(&ending(call))]);
    let response = widgets::row(ui, palette, &Row { rect, key: ("call", u64::from(call.id.0)), name: &full, selected });
    if response.double_clicked() {
        cx.send(Command::ShowView(crate::ui::View::Timeline));
    } else if response.clicked() {
        cx.send(Command::ShowSubject(Subject::Call(call.id)));
    }
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let icon = cut_left(&mut inner, 22.0);
    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(7.0, 0.0), 11.0, Sign::Tone(tone(call.state)));
    for (column, width) in COLUMNS {
        let cell = cut_left(&mut inner, width + if column == "window.col_party" { spare } else { 0.0 }).shrink2(vec2(6.0, 0.0));
        let (said, kind, align) = match column {
            "window.col_call" => (name(call), Type::Name, Align::Min),
            "window.col_started" => (text::clock(call.started), Type::Mono, Align::Min),
            "window.col_way" => (way(call).to_owned(), Type::Table, Align::Min),
            "window.col_party" => (party(call), Type::Table, Align::Min),
            "window.col_state" => (how.clone(), Type::Table, Align::Min),
            "window.col_setup" => (call.setup_us.map_or_else(String::new, duration), Type::Mono, Align::Max),
            "window.col_talk" => (call.talk_us.map_or_else(String::new, duration), Type::Mono, Align::Max),
            "window.col_holds" => (holds(call), Type::Table, Align::Min),
            "window.col_ending" => (text::shown(&ending(call)), Type::Table, Align::Min),
            _ => {
                swatches(ui, palette, call, cell);
                continue;
            }
        };
        text::paint(
            ui,
            cell,
            align,
            &said,
            kind,
            if matches!(column, "window.col_call" | "window.col_party" | "window.col_state") { palette.t1 } else { palette.t2 },
        );
    }
    line_below(ui, palette, rect);
}

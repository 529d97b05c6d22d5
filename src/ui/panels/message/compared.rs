//! Two messages beside one another. In: the chosen message and what it is compared with. Out: what differs, part by part, with the lines
//! of both in the log.
//!
//! ```text
//! with the offer before: INVITE 08:14:02.610     4 changed, 1 only here
//! ≠ m=   port      4102  31000
//!                  4588  31002
//! ```

use eframe::egui::{Align, CornerRadius, Rect, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::headers::part_name;
use super::{LINE, log_line, selectable};
use crate::base::Tone;
use crate::base::words::{Words, word};
use crate::session::{Facts, MessageId};
use crate::sip::diff::{Change, Counts, Diff, Place, Row, Value};
use crate::ui::ladder::LadderCommand;
use crate::ui::widgets::{self, cut_left, cut_right, cut_top};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

/// One line of the view.
#[derive(Default)]
struct Line {
    /// The mark before the first line of a difference.
    mark: &'static str,
    name: String,
    indent: f32,
    /// Line of the log.
    number: Option<u64>,
    value: String,
    tone: Option<Tone>,
    faint: bool,
    /// What it is called as a whole, at its first line.
    spoken: String,
}

pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, id: MessageId, rect: Rect) {
    let palette = cx.palette;
    let facts = &document.analysis.facts;
    let choices = state.ladder.choices(facts, id);
    let Some((against, other)) = state.ladder.compared(facts, id) else {
        widgets::empty(ui, palette, rect, word("message.nothing_to_compare"));
        return;
    };
    let Some(diff) = state.ladder.diff(facts, other, id) else { return };
    let mut body = rect;
    let mut bar = cut_top(&mut body, 24.0).shrink2(vec2(12.0, 0.0));
    for (choice, _) in &choices {
        let label = word(choice.words());
        let width = text::galley(ui, label, Type::Small, palette.t1, 240.0).size().x;
        let place = cut_left(&mut bar, width + 16.0);
        if *choice == against {
            text::line(ui, place, Align::Min, label, Type::Strong, palette.t1);
        } else if widgets::link(ui, palette, place, Align::Min, label).clicked() {
            cx.send(Command::Ladder(LadderCommand::Against(*choice)));
        }
    }
    let mut bar = cut_top(&mut body, 22.0).shrink2(vec2(12.0, 0.0));
    let counts = diff.counts();
    let toggles = [
        (LadderCommand::ToggleSame, if state.ladder.same { "message.hide_same" } else { "message.show_same" }, counts.same),
        (
            LadderCommand::ToggleVolatile,
            if state.ladder.volatile { "message.hide_volatile" } else { "message.show_volatile" },
            counts.volatile,
        ),
    ];
    for (command, key, count) in toggles {
        if count > 0 {
            let label = Words::current().fill(key, &[("n", &count.to_string())]);
            let width = text::galley(ui, &label, Type::Small, palette.accent, 320.0).size().x;
            if widgets::link(ui, palette, cut_right(&mut bar, width + 14.0), Align::Max, &label).clicked() {
                cx.send(Command::Ladder(command));
            }
        }
    }
    text::line(ui, bar, Align::Min, &sentence(facts, other, &counts), Type::Small, palette.t2);
    ui.painter().hline(rect.x_range(), body.top() - 0.5, (1.0, palette.hair));
    let lines = lines(facts, &diff, (other, id), state);
    if lines.is_empty() {
        widgets::empty(ui, palette, body, word("message.no_difference"));
        return;
    }
    let salt = ("diff", other.0, id.0);
    ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(body), |ui| {
        ScrollArea::vertical().id_salt(salt).auto_shrink([false, false]).show_rows(ui, LINE, lines.len(), |ui, range| {
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            for (n, line) in lines.iter().enumerate().take(range.end).skip(range.start) {
                let row = widgets::reserve(ui, LINE);
                show_line(ui, cx, line, n, row);
            }
        });
    });
}

fn show_line(ui: &mut Ui, cx: &Cx<'_>, line: &Line, place: usize, mut row: Rect) {
    let palette = cx.palette;
    if let Some(tone) = line.tone {
        ui.painter().rect_filled(row, CornerRadius::ZERO, palette.tint(tone));
    }
    if !line.spoken.is_empty() {
        let response = ui.interact(row, ui.scope_id().with(("difference", place)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &line.spoken));
    }
    let mark = cut_left(&mut row, 26.0);
    let tone = if line.faint { palette.t3 } else { line.tone.map_or(palette.t3, |tone| palette.tone(tone)) };
    text::paint(ui, mark, Align::Center, line.mark, Type::Bold, tone);
    let mut name = cut_left(&mut row, 172.0);
    name.min.x += line.indent;
    let ink = if line.faint { palette.t3 } else { palette.t1 };
    let kind = if line.indent > 0.0 { Type::Mono } else { Type::MonoBold };
    text::paint(ui, name, Align::Min, &line.name, if line.faint { Type::Mono } else { kind }, ink);
    let number = cut_left(&mut row, 58.0);
    let said = line.number.map_or_else(String::new, |n| n.to_string());
    text::paint(ui, number.shrink2(vec2(6.0, 0.0)), Align::Max, &said, Type::Mono, palette.t3);
    let shown = text::visible(&line.value);
    if !shown.is_empty() {
        let ink = if line.faint { palette.t3 } else { palette.t1 };
        let clip = ui.painter().clip_rect();
        ui.set_clip_rect(clip.intersect(row));
        selectable(ui, row, ("value", place), &[(&shown, Type::Mono, ink)], &shown);
        ui.set_clip_rect(clip);
    }
}

/// `with INVITE 08:14:02.610: 4 changed, 1 only here`.
fn sentence(facts: &Facts, other: MessageId, counts: &Counts) -> String {
    let words = Words::current();
    let message = facts.message(other);
    let title = message.map_or_else(String::new, |m| crate::timeline::ladder::title(&m.seen.message));
    let at = message.map_or_else(String::new, |m| text::clock(m.seen.at));
    let mut parts = Vec::new();
    for (key, count) in [
        ("message.n_changed", counts.changed),
        ("message.n_added", counts.added),
        ("message.n_removed", counts.removed),
        ("message.n_moved", counts.moved),
    ] {
        if count > 0 {
            parts.push(words.fill(key, &[("n", &count.to_string())]));
        }
    }
    let told = if parts.is_empty() { word("message.no_difference").to_owned() } else { parts.join(", ") };
    words.fill("message.compared", &[("title", &text::visible(&title)), ("time", &at), ("counts", &told)])
}

fn lines(facts: &Facts, diff: &Diff, ids: (MessageId, MessageId), state: &ViewState) -> Vec<Line> {
    let mut out = Vec::new();
    let mut section: Option<&Place> = None;
    for row in &diff.rows {
        let same = state.ladder.same && row.change == Change::Same;
        if !same && !row.differs(state.ladder.volatile) {
            continue;
        }
        if let Place::Media(kind, nth) = &row.place
            && section != Some(&row.place)
        {
            let name = if *nth == 0 { format!("m={kind}") } else { format!("m={kind} {}", nth + 1) };
            out.push(Line { name, faint: true, ..Line::default() });
        }
        section = Some(&row.place);
        of_row(facts, row, ids, state.ladder.volatile, &mut out);
    }
    if diff.left_aside > 0 {
        let told = Words::current().fill("message.rows_left_aside", &[("n", &diff.left_aside.to_string())]);
        out.push(Line { name: told.clone(), spoken: told, tone: Some(Tone::Warn), ..Line::default() });
    }
    out
}

fn of_row(facts: &Facts, row: &Row, (left, right): (MessageId, MessageId), volatile: bool, out: &mut Vec<Line>) {
    let number = |id: MessageId, value: &Option<Value>| log_line(facts.message(id)?, value.as_ref()?.line);
    let (left_line, right_line) = (number(left, &row.left), number(right, &row.right));
    let name = match (&row.place, row.name.as_str()) {
        (Place::Start, _) => word("message.start_line").to_owned(),
        (_, "direction") => word("message.sdp_direction").to_owned(),
        (Place::Body, _) => word("message.body").to_owned(),
        (_, name) => text::visible(name).into_owned(),
    };
    let value = |value: &Option<Value>| value.as_ref().map(|v| v.text.clone());
    if row.change == Change::Same || row.change == Change::Moved || row.parts.is_empty() {
        difference(&name, "", row.change, row.volatile, (left_line, value(&row.left)), (right_line, value(&row.right)), out);
        return;
    }
    for part in row.parts.iter().filter(|p| p.change != Change::Same && (volatile || !p.volatile)) {
        let sub = part_name(&part.name);
        let (l, r) = ((left_line, part.left.clone()), (right_line, part.right.clone()));
        difference(&name, &sub, part.change, part.volatile, l, r, out);
    }
}

/// One difference: its mark and name, then each side that has a value.
fn difference(
    name: &str,
    part: &str,
    change: Change,
    volatile: bool,
    (left_line, left): (Option<u64>, Option<String>),
    (right_line, right): (Option<u64>, Option<String>),
    out: &mut Vec<Line>,
) {
    let (mark, key, tone) = match change {
        Change::Same => ("", "message.same", None),
        Change::Changed => ("≠", "message.changed", Some(Tone::Warn)),
        Change::Added => ("+", "message.added", Some(Tone::Ok)),
        Change::Removed => ("−", "message.removed", Some(Tone::Fail)),
        Change::Moved => ("~", "message.moved", Some(Tone::Info)),
    };
    let tone = tone.filter(|_| !volatile);
    let name = if part.is_empty() { name.to_owned() } else { format!("{name} {part}") };
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let spoken = match change {
        Change::Changed => format!("{} {name}: {} → {}", word(key), said(&left), said(&right)),
        _ => format!("{} {name}: {}", word(key), said(&right.clone().or_else(|| left.clone()))),
    };
    let faint = volatile || change == Change::Same;
    let line = Line { tone, faint, ..Line::default() };
    match (left, right) {
        (Some(left), Some(right)) if change == Change::Changed => {
            out.push(Line { mark, name, spoken: text::visible(&spoken).into_owned(), number: left_line, value: left, ..line });
            out.push(Line { number: right_line, value: right, tone, faint, ..Line::default() });
        }
        (left, right) => {
            let number = if right.is_some() { right_line } else { left_line };
            let value = right.or(left).unwrap_or_default();
            out.push(Line { mark, name, spoken: text::visible(&spoken).into_owned(), number, value, ..line });
        }
    }
}

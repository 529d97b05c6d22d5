//! A finding or a stage with its proof and what to do. In: a finding. Out: a card inside a scroll area.
//!
//! ```text
//! (x) BroadWorks token refused: HTTP 403          stage Token  certain  token-failure
//! meaning, impact
//! Evidence  bwc/current_log.txt                          first of 3 occurrences
//! 1184 08:41:08.964 Http error when …                    a click shows it in the log
//! What to do … look-alikes … what to ask the server team … how to check … why
//! ```

use eframe::egui::{Align, Color32, CornerRadius, Rect, Stroke, Ui, Vec2, pos2, vec2};

use super::{case, excerpt, stages};
use crate::base::words::{Words, word};
use crate::base::{MemberId, SourceRef, Text};
use crate::export::ask;
use crate::findings::Finding;
use crate::findings::ask::About;
use crate::session::Evidence;
use crate::session::startup::{StageId, StageState};
use crate::ui::lists::ListCommand;
use crate::ui::log::LogCommand;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Look, Row, cut_left, cut_right};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

/// Lines of proof shown; all of them are in the report.
const MOST_LINES: usize = 12;
/// Lines of text longer than this are hard to read.
const MOST_MEASURE: f32 = 860.0;

/// A finding with its proof and what to do.
pub fn finding(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, finding: &Finding) {
    head(ui, cx, finding);
    paragraph(ui, &finding.meaning, cx.palette.t1);
    paragraph(ui, &finding.impact, cx.palette.t2);
    relations(ui, cx, document, finding);
    let walked = state.selection.finding.and_then(|place| state.lists.occurrence_of(place));
    proof_head(ui, cx, document, finding, walked);
    let caught: Vec<String> = finding.captures.iter().map(|(_, value)| text::shown(value)).collect();
    proof(ui, cx, document, state, (&finding.evidence, walked), &caught);
    // Beside the proof, so that they are seen without scrolling.
    buttons(ui, cx, finding);
    steps(ui, cx, word("window.what_to_do"), &finding.steps);
    if !finding.not_when.is_empty() {
        let all: Vec<String> = finding.not_when.iter().map(text::shown).collect();
        indented(ui, &format!("{} {}", word("window.not_when"), all.join(" ")), 20.0, cx.palette.t2, 10.0);
    }
    if let Some(about) = ask::with(&document.analysis, |asker| asker.of_finding(finding)) {
        case::ask(ui, cx, document, about);
    }
    steps(ui, cx, word("window.checks"), &finding.checks);
    steps(ui, cx, word("window.causes"), &finding.causes);
    if !finding.sources.is_empty() {
        label(ui, cx, word("window.source"));
        paragraph(ui, &Text::word(finding.sources.join("; ")), cx.palette.t3);
    }
    widgets::reserve(ui, 10.0);
}

/// Shape, title of one or two lines, and chips where there is room.
fn head(ui: &mut Ui, cx: &Cx<'_>, finding: &Finding) {
    let palette = cx.palette;
    let width = ui.available_width() - 40.0;
    let mut chips = vec![(finding.id.clone(), Type::Mono), (text::term("confidence", finding.confidence.word()), Type::Label)];
    if let Some(stage) = finding.stage {
        let name = text::term("stage", stage.word());
        chips.push((Words::current().fill("window.stage_chip", &[("stage", &name)]), Type::Label));
    }
    let sizes: Vec<f32> = chips.iter().map(|(l, k)| text::galley(ui, l, *k, palette.t2, 220.0).size().x + 20.0).collect();
    // A chip that would leave the title less than 55 % gives way; the ID stands in the list too.
    let mut room = width - 28.0;
    let mut shown = 0;
    for size in &sizes {
        if room - size < width * 0.55 {
            break;
        }
        room -= size;
        shown += 1;
    }
    let title = text::shown(&finding.title);
    let height = ui.painter().layout(title.clone(), Type::Title.id(), palette.t1, room).size().y.min(46.0);
    let mut top = widgets::reserve(ui, height + 20.0).shrink2(vec2(20.0, 0.0));
    top.min.y += 12.0;
    let icon = cut_left(&mut top, 28.0);
    shapes::sign(ui.painter(), palette, icon.left_top() + vec2(9.0, 10.0), 18.0, Sign::Tone(finding.severity.tone()));
    let mut x = top.right();
    for ((label, kind), size) in chips.iter().zip(&sizes).take(shown) {
        widgets::chip(ui, pos2(x - size + 8.0, top.top() + 10.0), label, *kind, palette.t2, palette.hover);
        x -= size;
    }
    let place = Rect::from_min_size(top.min, vec2(room, height));
    text::wrapped(ui, place, 2, &title, Type::Title, palette.t1);
}

/// What explains it, and what it explains: each a click away.
fn relations(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, finding: &Finding) {
    let all = &document.analysis.findings;
    let cause = finding.effect_of.as_deref().and_then(|id| all.iter().position(|f| f.id == id && f.run == finding.run));
    let cause = cause.or_else(|| finding.effect_of.as_deref().and_then(|id| all.iter().position(|f| f.id == id)));
    let effects = all.iter().enumerate().filter(|(_, f)| f.run == finding.run && f.effect_of.as_ref() == Some(&finding.id));
    let effects = effects.map(|(place, _)| ("window.explains", place));
    for (key, place) in cause.map(|place| ("window.follows_from", place)).into_iter().chain(effects).take(6) {
        let Some(other) = all.get(place) else { continue };
        let said = Words::current().fill(key, &[("title", &text::shown(&other.title))]);
        let rect = widgets::reserve(ui, 22.0).shrink2(vec2(20.0, 0.0));
        if widgets::link(ui, cx.palette, rect, Align::Min, &said).clicked() {
            cx.send(Command::ShowFinding(place));
        }
    }
}

/// "Evidence", the member it stands in, and how often.
fn proof_head(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, finding: &Finding, walked: Option<usize>) {
    let palette = cx.palette;
    let mut rect = widgets::reserve(ui, 24.0).shrink2(vec2(20.0, 0.0));
    walk(ui, cx, finding, walked, &mut rect);
    let times = match (finding.count, finding.first, finding.last) {
        (2.., Some(first), Some(last)) => {
            let values =
                [("n", finding.count.to_string()), ("first", text::clock(Some(first))), ("last", text::clock(Some(last)))];
            let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
            Words::current().fill("window.occurrences", &values)
        }
        _ => String::new(),
    };
    if !times.is_empty() {
        let width = text::galley(ui, &times, Type::Small, palette.t3, rect.width() * 0.6).size().x + 8.0;
        text::line(ui, cut_right(&mut rect, width), Align::Max, &times, Type::Small, palette.t3);
    }
    let used = text::line(ui, rect, Align::Min, word("window.evidence"), Type::Label, palette.t2).rect;
    rect.min.x = used.right() + 8.0;
    let mut paths: Vec<MemberId> = finding.evidence.iter().filter_map(|e| e.source).map(|s| s.member).collect();
    paths.dedup();
    // One path stands here; of several each line has its own.
    if let [one] = paths.as_slice() {
        text::line(ui, rect, Align::Min, &text::visible(&document.member_path(*one)), Type::Mono, palette.t3);
    }
}

/// Steps through the lines of the proof, where there are several.
fn walk(ui: &mut Ui, cx: &mut Cx<'_>, finding: &Finding, walked: Option<usize>, rect: &mut Rect) {
    let many = finding.evidence.len();
    if many < 2 {
        return;
    }
    for (cap, key, way) in [(".", "list.to_next", 1), (",", "list.to_previous", -1)] {
        let place = cut_right(rect, 21.0);
        let response = widgets::icon_button(ui, cx.palette, place.shrink2(vec2(1.0, 3.0)), word(key), |ui, rect, _| {
            widgets::key_cap(ui, cx.palette, rect.left_center(), cap);
        });
        if response.clicked() {
            cx.send(Command::List(ListCommand::Occurrence(way)));
        }
    }
    if let Some(place) = walked {
        let figures = ((place + 1).to_string(), many.to_string());
        let said = Words::current().fill("list.proof_of", &[("n", &figures.0), ("all", &figures.1)]);
        text::line(ui, cut_right(rect, 76.0).shrink2(vec2(6.0, 0.0)), Align::Max, &said, Type::Small, cx.palette.t1);
    }
}

fn buttons(ui: &mut Ui, cx: &mut Cx<'_>, finding: &Finding) {
    let message = finding.evidence.iter().rev().find_map(|e| e.message);
    let source = finding.evidence.iter().find_map(|e| e.source);
    let (key, command) = match (message, source) {
        (Some(message), _) => ("window.show_message", Command::ShowMessage(message)),
        (None, Some(source)) => ("window.show_lines", Command::ShowLines(source)),
        (None, None) => return,
    };
    let at = widgets::reserve(ui, 44.0).left_top() + vec2(20.0, 8.0);
    let button = widgets::button(ui, cx.palette, at, word(key), "", Look::Primary);
    if button.clicked() {
        cx.send(command);
    }
    if let Some(source) = source {
        let beside = pos2(button.rect.right() + 8.0, at.y);
        if widgets::button(ui, cx.palette, beside, word("log.show"), "L", Look::Plain).clicked() {
            cx.send(Command::Log(LogCommand::GoTo(source)));
        }
    }
}

fn label(ui: &mut Ui, cx: &Cx<'_>, title: &str) {
    let rect = widgets::reserve(ui, 24.0).shrink2(vec2(20.0, 0.0));
    text::line(ui, rect, Align::Min, title, Type::Label, cx.palette.t2);
}

/// The proof of a stage.
pub fn stage(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, id: StageId) {
    let palette = cx.palette;
    let run = document.analysis.facts.runs.get(state.run);
    let Some(stage) = run.and_then(|r| r.stages.iter().find(|s| s.id == id)) else { return };
    let rect = widgets::reserve(ui, widgets::HEAD);
    let name = Words::current().fill("window.stage_proof", &[("stage", word(stages::stage_key(stage)))]);
    let how = text::term("stage-state", stage.state.word());
    widgets::head(ui, palette, rect, &name, &how, &text::clock(stage.at));
    widgets::reserve(ui, 6.0);
    paragraph(ui, &stage.text, palette.t1);
    if stage.evidence.is_empty() {
        paragraph(ui, &Text::word(word("window.no_line")), palette.t3);
    }
    proof(ui, cx, document, state, (&stage.evidence, None), &[]);
    if stage.state == StageState::Failed && id < StageId::Register {
        case::ask(ui, cx, document, About::Stage(state.run_id(), id));
    }
}

fn paragraph(ui: &mut Ui, sentence: &Text, color: Color32) {
    indented(ui, &text::shown(sentence), 20.0, color, 8.0);
}

/// Text of several lines, `left` points in; gives the rectangle of its first line.
fn indented(ui: &mut Ui, shown: &str, left: f32, color: Color32, below: f32) -> Option<Rect> {
    if shown.is_empty() {
        return None;
    }
    let width = (ui.available_width() - left - 20.0).min(MOST_MEASURE);
    let galley = ui.painter().layout(shown.to_owned(), Type::Body.id(), color, width);
    let rect = widgets::reserve(ui, galley.size().y + below);
    let inner = Rect::from_min_size(rect.min + vec2(left, 0.0), vec2(width, galley.size().y));
    text::wrapped(ui, inner, usize::MAX, shown, Type::Body, color);
    Some(Rect::from_min_size(rect.min, vec2(left, 17.0)))
}

/// The lines that prove it, as logged: a message can be chosen, of another line the log around it is shown below. What was caught
/// in a line is set off; where it lies beyond the edge, the line begins later.
fn proof(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    document: &Document,
    state: &ViewState,
    (evidence, walked): (&[Evidence], Option<usize>),
    caught: &[String],
) {
    let palette = cx.palette;
    // A long proof is walked page by page.
    let from = walked.unwrap_or(0) / MOST_LINES * MOST_LINES;
    let walked = walked.map(|place| place - from);
    let evidence = evidence.get(from..).unwrap_or(evidence);
    let first = evidence.iter().find_map(|e| e.source).map(|s| s.member);
    let several = evidence.iter().filter_map(|e| e.source).any(|s| Some(s.member) != first);
    let most = evidence.iter().take(MOST_LINES).filter_map(|e| e.source).map(|s| s.line).max().unwrap_or(0);
    let number = 12.0 + 6.8 * most.to_string().len().max(4) as f32;
    for (place, line) in evidence.iter().enumerate().take(MOST_LINES) {
        let rect = widgets::reserve(ui, 22.0).shrink2(vec2(20.0, 0.0));
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.base);
        let shown = text::shown(&line.text);
        let reference = line.source.map_or_else(String::new, |s| format!("{}:{} ", document.member_path(s.member), s.line));
        let name = format!("{}{} {shown}", text::visible(&reference), text::clock(line.at));
        let selected = walked == Some(place)
            || (walked.is_none() && line.message.is_none() && line.source.is_some() && line.source == state.selection.lines);
        let command = match (line.message, line.source) {
            (Some(message), _) => Some(Command::ShowMessage(message)),
            (None, Some(source)) => Some(Command::ShowLines(source)),
            (None, None) => None,
        };
        if let Some(command) = command {
            let row = Row { rect, key: ("evidence", place as u64), name: &name, selected };
            if widgets::row(ui, palette, &row).on_hover_text(&name).clicked() {
                cx.send(command);
            }
        } else {
            text::line(ui, rect.shrink2(vec2(8.0, 0.0)), Align::Min, &shown, Type::Mono, palette.t2);
            continue;
        }
        let mut inner = rect.shrink2(vec2(8.0, 0.0));
        let faint = if selected { palette.t2 } else { palette.t3 };
        if let Some(source) = line.source {
            if several {
                let path = text::visible(&document.member_path(source.member)).into_owned();
                let width = text::galley(ui, &path, Type::Mono, faint, inner.width() * 0.3).size().x + 10.0;
                text::paint(ui, cut_left(&mut inner, width), Align::Min, &path, Type::Mono, faint);
            }
            text::paint(ui, cut_left(&mut inner, number), Align::Min, &source.line.to_string(), Type::Mono, faint);
        }
        if line.at.is_some() {
            text::paint(ui, cut_left(&mut inner, 92.0), Align::Min, &text::clock(line.at), Type::Mono, palette.t2);
        }
        let columns = ui.fonts_mut(|fonts| inner.width() / fonts.glyph_width(&Type::Mono.id(), '0')) as usize;
        // Of a message the start line says it all.
        let caught = if line.message.is_none() { caught } else { &[] };
        let (before, hit, after) = set_off(message_of(&shown, line.at.is_some()), caught, columns);
        let pieces =
            [(before.as_str(), Type::Mono, palette.t1), (hit, Type::MonoBold, palette.accent), (after, Type::Mono, palette.t1)];
        let galley = text::rich(ui, &pieces, inner.width());
        text::place(ui, inner, Align::Min, galley);
    }
    if let Some(source) = shown_lines(state, evidence) {
        let rect = widgets::reserve(ui, excerpt::wanted_height(state, source)).shrink2(vec2(20.0, 4.0));
        excerpt::show(ui, cx, document, state, source, rect);
    }
    widgets::reserve(ui, 8.0);
}

/// The line whose surroundings are shown, when it is one of these.
pub fn shown_lines(state: &ViewState, evidence: &[Evidence]) -> Option<SourceRef> {
    let lines = state.selection.lines?;
    evidence.iter().any(|e| e.source == Some(lines)).then_some(lines)
}

/// A line in three parts: what comes before the last caught value, the value, the rest. Values of one or two letters are no landmark.
fn set_off<'a>(line: &'a str, caught: &[String], columns: usize) -> (String, &'a str, &'a str) {
    let places =
        caught.iter().filter(|value| value.len() > 2).filter_map(|value| Some((line.rfind(value.as_str())?, value.len())));
    let Some((at, length)) = places.max() else { return (line.to_owned(), "", "") };
    let (before, rest) = line.split_at_checked(at).unwrap_or((line, ""));
    let (hit, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
    let count = before.chars().count();
    if count + hit.chars().count() <= columns {
        return (before.to_owned(), hit, after);
    }
    // Two thirds of the room for what leads up to it.
    let kept = columns * 2 / 3;
    let cut: String = before.chars().skip(count.saturating_sub(kept)).collect();
    (format!("…{cut}"), hit, after)
}

/// A line without the stamp it begins with, when its time stands beside it already.
fn message_of(line: &str, timed: bool) -> &str {
    let stamped = timed && line.starts_with(|c: char| c.is_ascii_digit());
    let rest = line.split_once([' ', '\t']).filter(|(stamp, _)| stamped && stamp.len() >= 19).map(|(_, rest)| rest);
    rest.unwrap_or(line)
}

/// Numbered, because the order matters.
fn steps(ui: &mut Ui, cx: &Cx<'_>, title: &str, steps: &[Text]) {
    if steps.is_empty() {
        return;
    }
    label(ui, cx, title);
    for (place, step) in steps.iter().enumerate() {
        if let Some(first) = indented(ui, &text::shown(step), 48.0, cx.palette.t1, 7.0) {
            let center = first.left_top() + vec2(30.0, 8.5);
            ui.painter().circle_stroke(center, 8.5, Stroke::new(1.0, cx.palette.strong));
            let ring = Rect::from_center_size(center, Vec2::splat(17.0));
            text::paint(ui, ring, Align::Center, &(place + 1).to_string(), Type::TinyMono, cx.palette.t2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{message_of, set_off};

    #[test]
    fn what_was_caught_stays_in_view() {
        let line = "<Error> [0x390] BroadWorksTokenManager.cpp:190 operator():BWC:SCF: Http error, httpStatusCode: 403";
        let caught = ["4".to_owned(), "403".to_owned()];
        let (before, hit, after) = set_off(line, &caught, 200);
        assert_eq!((before.as_str(), hit, after), (line.strip_suffix("403").unwrap(), "403", ""));
        let (before, hit, after) = set_off(line, &caught, 30);
        assert!(before.starts_with('…') && before.ends_with("httpStatusCode: ") && before.chars().count() == 21, "{before}");
        assert_eq!((hit, after), ("403", ""));
        assert_eq!(set_off(line, &["404".to_owned()], 30), (line.to_owned(), "", ""));
        assert_eq!(set_off("Gerät „ž“ fehlt", &["„ž“".to_owned()], 3).1, "„ž“");
    }

    #[test]
    fn a_time_is_shown_once() {
        assert_eq!(message_of("2026-03-11T08:41:08.964Z <Error> [0x1] x", true), "<Error> [0x1] x");
        assert_eq!(message_of("2026-03-11T08:41:08.964Z <Error>", false), "2026-03-11T08:41:08.964Z <Error>");
        assert_eq!(message_of("3 members read", true), "3 members read");
        assert_eq!(message_of("REGISTER sip:a SIP/2.0", true), "REGISTER sip:a SIP/2.0");
    }
}

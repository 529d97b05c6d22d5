//! Findings, worst first, and the proof of a finding or stage. In: findings of an analysis. Out: a list, a card.
//! An empty list says why it is empty: "nothing found" must never look like "nothing was looked for".

use eframe::egui::{Align, Color32, CornerRadius, Rect, Role, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::base::Text;
use crate::base::words::{Words, word};
use crate::findings::{Finding, Severity};
use crate::session::Evidence;
use crate::session::startup::StageId;
use crate::ui::panels::stages;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Row, cut_bottom, cut_left, cut_right, cut_top, line_below};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

const ROW: f32 = 58.0;
const LINE: f32 = 17.0;
/// Lines of proof shown; all of them are in the report.
const MOST_LINES: usize = 12;
/// Lines of text longer than this are hard to read.
const MOST_MEASURE: f32 = 860.0;

/// The list at the left of the overview.
pub fn list(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    let findings = &document.analysis.findings;
    let mut body = widgets::head(ui, palette, rect, word("window.findings"), &findings.len().to_string(), "");
    counts(ui, cx, findings, rect);
    not_tried(ui, cx, document, &mut body);
    if findings.is_empty() {
        widgets::empty(ui, palette, body, word("window.findings_none"));
        return;
    }
    widgets::area(ui, "findings-list", body, palette.panel, |ui| {
        widgets::rows(ui, "findings", |ui| {
            for (place, finding) in findings.iter().enumerate() {
                // A row is one or two lines of title high.
                let title = text::shown(&finding.title);
                let cut = text::galley(ui, &title, Type::Strong, palette.t1, body.width() - 50.0).elided;
                let rect = widgets::reserve(ui, if cut { ROW + LINE } else { ROW });
                if ui.is_rect_visible(rect) {
                    item(ui, cx, document, state, place, finding, rect);
                }
            }
        });
    });
}

/// How many of each severity, at the right of the head.
fn counts(ui: &mut Ui, cx: &Cx<'_>, findings: &[Finding], rect: Rect) {
    let mut x = rect.right() - 14.0;
    for severity in [Severity::Note, Severity::Warning, Severity::Error] {
        let count = findings.iter().filter(|f| f.severity == severity).count();
        if count == 0 {
            continue;
        }
        let room = Rect::from_min_max(pos2(x - 24.0, rect.top()), pos2(x, rect.top() + widgets::HEAD));
        let used = text::line(ui, room, Align::Max, &count.to_string(), Type::Mono, cx.palette.t2).rect;
        shapes::sign(ui.painter(), cx.palette, pos2(used.left() - 10.0, room.center().y), 11.0, Sign::Tone(severity.tone()));
        x = used.left() - 26.0;
    }
}

/// What could not be looked for stands at the foot: a short list is no proof.
fn not_tried(ui: &mut Ui, cx: &Cx<'_>, document: &Document, body: &mut Rect) {
    let untried = &document.analysis.not_tried;
    if untried.is_empty() {
        return;
    }
    let foot = cut_bottom(body, 48.0);
    let said = Words::current().fill("window.not_tried", &[("n", &untried.len().to_string())]);
    text::wrapped(ui, foot.shrink2(vec2(14.0, 6.0)), 2, &said, Type::Small, cx.palette.t3);
    let why = |(id, needs): &(String, Vec<&'static str>)| {
        let roles: Vec<String> = needs.iter().map(|role| text::term("role", role)).collect();
        format!("{id}: {}", roles.join(", "))
    };
    let id = ui.scope_id().with("not-tried");
    let response = ui.interact(foot, id, eframe::egui::Sense::hover());
    response.on_hover_text(untried.iter().take(40).map(why).collect::<Vec<_>>().join("\n"));
}

fn item(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, place: usize, finding: &Finding, rect: Rect) {
    let palette = cx.palette;
    let title = text::shown(&finding.title);
    let selected = state.selection.finding == Some(place);
    let row = Row { rect, key: ("finding", place as u64), name: &title, selected };
    let response = widgets::row(ui, palette, &row);
    if response.clicked() {
        cx.send(Command::ShowFinding(place));
    }
    let mut inner = rect.shrink2(vec2(12.0, 7.0));
    let icon = cut_left(&mut inner, 26.0);
    shapes::sign(ui.painter(), palette, icon.left_top() + vec2(9.0, 10.0), 14.0, Sign::Tone(finding.severity.tone()));
    let lines = if rect.height() > ROW { 2 } else { 1 };
    let place_title = cut_top(&mut inner, 21.0 + LINE * (lines - 1) as f32).translate(vec2(0.0, 1.0));
    text::wrapped(ui, place_title, lines, &title, Type::Strong, palette.t1);
    let faint = if selected { palette.t2 } else { palette.t3 };
    let mut told = Vec::new();
    if finding.run != state.run_id() && document.analysis.facts.runs.len() > 1 {
        told.push(Words::current().fill("window.in_run", &[("n", &(finding.run.0 + 1).to_string())]));
    }
    if finding.count > 1 {
        told.push(Words::current().fill("window.times", &[("n", &finding.count.to_string())]));
    }
    let right = cut_right(&mut inner, 110.0);
    text::paint(ui, right, Align::Max, &told.join(", "), Type::Small, palette.t2);
    let second = match &finding.effect_of {
        Some(cause) => Words::current().fill("window.follows", &[("cause", cause)]),
        None => finding.id.clone(),
    };
    text::paint(ui, inner, Align::Min, &second, if finding.effect_of.is_some() { Type::Small } else { Type::Mono }, faint);
    line_below(ui, palette, rect);
    response.on_hover_text(title);
}

/// A finding with its proof and what to do, inside a scroll area.
pub fn card(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, finding: &Finding) {
    let palette = cx.palette;
    let mut top = widgets::reserve(ui, 46.0).shrink2(vec2(20.0, 8.0));
    let icon = cut_left(&mut top, 28.0);
    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(9.0, 0.0), 18.0, Sign::Tone(finding.severity.tone()));
    let mut x = top.right();
    for (label, kind) in
        [(finding.id.as_str(), Type::Mono), (text::term("confidence", finding.confidence.word()).as_str(), Type::Label)]
    {
        let galley = text::galley(ui, label, kind, palette.t2, 220.0);
        let left = x - galley.size().x - 12.0;
        if left < top.left() + top.width() * 0.55 {
            break;
        }
        widgets::chip(ui, pos2(left, top.center().y), label, kind, palette.t2, palette.hover);
        x = left - 8.0;
    }
    top.max.x = x - 8.0;
    text::line(ui, top, Align::Min, &text::shown(&finding.title), Type::Title, palette.t1);
    paragraph(ui, &finding.meaning, palette.t1);
    paragraph(ui, &finding.impact, palette.t2);
    label(ui, cx, word("window.evidence"));
    proof(ui, cx, document, &finding.evidence);
    let message = finding.evidence.iter().rev().find_map(|e| e.message);
    steps(ui, cx, word("window.what_to_do"), &finding.steps);
    if let Some(message) = message {
        let rect = widgets::reserve(ui, 44.0);
        let at = rect.left_top() + vec2(20.0, 8.0);
        if widgets::button(ui, palette, at, word("window.show_message"), "", widgets::Look::Primary).clicked() {
            cx.send(Command::ShowMessage(message));
        }
    }
    steps(ui, cx, word("window.checks"), &finding.checks);
    steps(ui, cx, word("window.causes"), &finding.causes);
    if !finding.sources.is_empty() {
        label(ui, cx, word("window.source"));
        paragraph(ui, &Text::word(finding.sources.join("; ")), palette.t3);
    }
    widgets::reserve(ui, 10.0);
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
    let how = text::term("stage-state", stage.state.word()).to_owned();
    widgets::head(ui, palette, rect, &name, &how, &text::clock(stage.at));
    widgets::reserve(ui, 6.0);
    paragraph(ui, &stage.text, palette.t1);
    if stage.evidence.is_empty() {
        paragraph(ui, &Text::word(word("window.no_line")), palette.t3);
    }
    proof(ui, cx, document, &stage.evidence);
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

/// The lines that prove it, as logged; one that is a SIP message can be chosen.
fn proof(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, evidence: &[Evidence]) {
    let palette = cx.palette;
    for (place, line) in evidence.iter().enumerate().take(MOST_LINES) {
        let rect = widgets::reserve(ui, 22.0).shrink2(vec2(20.0, 0.0));
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.base);
        let shown = text::shown(&line.text);
        let reference = line.source.map_or_else(String::new, |s| format!("{}:{} ", document.member_path(s.member), s.line));
        let name = format!("{}{} {shown}", text::visible(&reference), text::clock(line.at));
        if let Some(message) = line.message {
            let row = Row { rect, key: ("evidence", place as u64), name: &name, selected: false };
            if widgets::row(ui, palette, &row).on_hover_text(&name).clicked() {
                cx.send(Command::ShowMessage(message));
            }
        } else {
            let response = ui.interact(rect, ui.scope_id().with(("evidence", place)), eframe::egui::Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
            response.on_hover_text(&name);
        }
        let mut inner = rect.shrink2(vec2(8.0, 0.0));
        if let Some(source) = line.source {
            text::paint(ui, cut_left(&mut inner, 52.0), Align::Min, &source.line.to_string(), Type::Mono, palette.t3);
        }
        if line.at.is_some() {
            text::paint(ui, cut_left(&mut inner, 92.0), Align::Min, &text::clock(line.at), Type::Mono, palette.t2);
        }
        text::paint(ui, inner, Align::Min, &shown, Type::Mono, palette.t1);
    }
    widgets::reserve(ui, 8.0);
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

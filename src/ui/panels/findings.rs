//! Findings, worst first, and the proof of a finding or stage. In: findings of an analysis. Out: a list, a card.
//! An empty list says why it is empty: "nothing found" must never look like "nothing was looked for".

use eframe::egui::{Align, CornerRadius, Rect, Ui, vec2};

use crate::base::Text;
use crate::base::words::{Words, word};
use crate::findings::Finding;
use crate::session::Evidence;
use crate::session::startup::StageId;
use crate::ui::panels::stages;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Row, cut_left, cut_right, cut_top, line_below};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

const ROW: f32 = 58.0;

/// The list at the left of the overview.
pub fn list(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    let findings = &document.analysis.findings;
    let body = widgets::head(ui, palette, rect, word("window.findings"), &findings.len().to_string(), "");
    if findings.is_empty() {
        widgets::empty(ui, palette, body, word("window.findings_none"));
        return;
    }
    widgets::area(ui, "findings-list", body, palette.panel, |ui| {
        widgets::rows(ui, "findings", |ui| {
            for (place, finding) in findings.iter().enumerate() {
                let rect = widgets::reserve(ui, ROW);
                let title = text::shown(&finding.title);
                let selected = state.selection.finding == Some(place);
                let row = Row { rect, key: ("finding", place as u64), name: &title, selected };
                if widgets::row(ui, palette, &row).clicked() {
                    cx.send(Command::ShowFinding(place));
                }
                let mut inner = rect.shrink2(vec2(12.0, 6.0));
                let icon = cut_left(&mut inner, 26.0);
                shapes::sign(ui.painter(), palette, icon.left_top() + vec2(9.0, 10.0), 14.0, Sign::Tone(finding.severity.tone()));
                text::paint(ui, cut_top(&mut inner, 22.0), Align::Min, &title, Type::Strong, palette.t1);
                let times = Words::english().fill("window.times", &[("n", &finding.count.to_string())]);
                let right = cut_right(&mut inner, 90.0);
                text::paint(ui, right, Align::Max, &times, Type::Small, palette.t2);
                text::paint(ui, inner, Align::Min, &finding.id, Type::Mono, if selected { palette.t2 } else { palette.t3 });
                line_below(ui, palette, rect);
            }
        });
    });
}

/// A finding with its proof and what to do.
pub fn card(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, finding: &Finding, rect: Rect) {
    let palette = cx.palette;
    widgets::area(ui, "card", rect, palette.panel, |ui| {
        widgets::rows(ui, "card", |ui| {
            let mut top = widgets::reserve(ui, 44.0).shrink2(vec2(20.0, 8.0));
            let icon = cut_left(&mut top, 28.0);
            shapes::sign(ui.painter(), palette, icon.left_center() + vec2(9.0, 0.0), 18.0, Sign::Tone(finding.severity.tone()));
            let width = (top.width() * 0.4).min(240.0);
            let id = cut_right(&mut top, width);
            text::line(ui, id, Align::Max, &format!("{} · {}", finding.confidence.word(), finding.id), Type::Mono, palette.t3);
            text::line(ui, top, Align::Min, &text::shown(&finding.title), Type::Title, palette.t1);
            paragraph(ui, cx, &finding.meaning, palette.t2);
            paragraph(ui, cx, &finding.impact, palette.t2);
            proof(ui, cx, document, &finding.evidence);
            steps(ui, cx, word("window.what_to_do"), &finding.steps);
            steps(ui, cx, word("window.checks"), &finding.checks);
        });
    });
}

/// The proof of a stage.
pub fn stage(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, id: StageId) {
    let palette = cx.palette;
    let run = document.analysis.facts.runs.get(state.run);
    let Some(stage) = run.and_then(|r| r.stages.iter().find(|s| s.id == id)) else { return };
    let rect = widgets::reserve(ui, widgets::HEAD);
    let name = Words::english().fill("window.stage_proof", &[("stage", word(stages::stage_key(stage)))]);
    let how = text::term("stage-state", stage.state.word()).to_owned();
    widgets::head(ui, palette, rect, &name, &how, &text::clock(stage.at));
    widgets::reserve(ui, 6.0);
    paragraph(ui, cx, &stage.text, palette.t1);
    if stage.evidence.is_empty() {
        paragraph(ui, cx, &Text::word(word("window.no_line")), palette.t3);
    }
    proof(ui, cx, document, &stage.evidence);
}

fn paragraph(ui: &mut Ui, _cx: &Cx<'_>, sentence: &Text, color: eframe::egui::Color32) {
    let shown = text::shown(sentence);
    if shown.is_empty() {
        return;
    }
    let width = ui.available_width() - 40.0;
    let galley = ui.painter().layout(shown.clone(), Type::Body.id(), color, width);
    let rect = widgets::reserve(ui, galley.size().y + 8.0);
    let inner = Rect::from_min_size(rect.min + vec2(20.0, 0.0), vec2(width, galley.size().y));
    text::wrapped(ui, inner, usize::MAX, &shown, Type::Body, color);
}

/// The lines that prove it, as logged; choosing one that is a SIP message shows it.
fn proof(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, evidence: &[Evidence]) {
    let palette = cx.palette;
    if evidence.is_empty() {
        return;
    }
    for (place, line) in evidence.iter().enumerate().take(50) {
        let rect = widgets::reserve(ui, 22.0).shrink2(vec2(20.0, 0.0));
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.base);
        let shown = text::shown(&line.text);
        let member = line.source.map_or("", |s| document.member_path(s.member));
        let reference = line.source.map_or_else(String::new, |s| format!("{member}:{}", s.line));
        let name = format!("{reference} {} {shown}", text::clock(line.at));
        let row = Row { rect, key: ("evidence", place as u64), name: &name, selected: false };
        let response = widgets::row(ui, palette, &row);
        if let (true, Some(message)) = (response.clicked(), line.message) {
            cx.send(Command::OpenMessage(message));
        }
        let mut inner = rect.shrink2(vec2(8.0, 0.0));
        let number = line.source.map_or_else(String::new, |s| s.line.to_string());
        text::paint(ui, cut_left(&mut inner, 56.0), Align::Min, &number, Type::Mono, palette.t3);
        if line.at.is_some() {
            text::paint(ui, cut_left(&mut inner, 92.0), Align::Min, &text::clock(line.at), Type::Mono, palette.t2);
        }
        text::paint(ui, inner, Align::Min, &shown, Type::Mono, palette.t1);
        response.on_hover_text(name);
    }
    widgets::reserve(ui, 8.0);
}

fn steps(ui: &mut Ui, cx: &Cx<'_>, title: &str, steps: &[Text]) {
    if steps.is_empty() {
        return;
    }
    let rect = widgets::reserve(ui, 22.0).shrink2(vec2(20.0, 0.0));
    text::line(ui, rect, Align::Min, title, Type::Label, cx.palette.t2);
    for (place, step) in steps.iter().enumerate() {
        let mut numbered = Text::word(format!("{}. ", place + 1));
        numbered.0.extend(step.0.iter().cloned());
        paragraph(ui, cx, &numbered, cx.palette.t1);
    }
}

//! Findings, worst first. In: findings of an analysis. Out: a list; the chosen one is shown by `card`.
//! An empty list says why it is empty: "nothing found" must never look like "nothing was looked for".

use eframe::egui::{Align, Rect, Ui, pos2, vec2};

use crate::base::words::{Words, word};
use crate::findings::{Finding, Severity};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Row, cut_bottom, cut_left, cut_right, cut_top, line_below};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

const ROW: f32 = 58.0;
const LINE: f32 = 17.0;

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

/// What could not be looked for stands at the foot: a short list is no proof. And a way to ask why something is not in the list.
fn not_tried(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, body: &mut Rect) {
    let untried = &document.analysis.not_tried;
    let mut foot = cut_bottom(body, if untried.is_empty() { 34.0 } else { 66.0 }).shrink2(vec2(14.0, 6.0));
    let link = cut_bottom(&mut foot, 20.0);
    if widgets::link(ui, cx.palette, link, Align::Min, word("window.why_not")).clicked() {
        cx.send(Command::ToggleLookup);
    }
    if untried.is_empty() {
        return;
    }
    let said = Words::current().fill("window.not_tried", &[("n", &untried.len().to_string())]);
    text::wrapped(ui, foot, 2, &said, Type::Small, cx.palette.t3);
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
    let told = told.join(", ");
    let width = text::galley(ui, &told, Type::Small, palette.t2, 140.0).size().x;
    let right = cut_right(&mut inner, if width > 0.0 { width + 10.0 } else { 0.0 });
    text::paint(ui, right, Align::Max, &told, Type::Small, palette.t2);
    let second = match &finding.effect_of {
        Some(cause) => Words::current().fill("window.follows", &[("cause", cause)]),
        None => finding.id.clone(),
    };
    text::paint(ui, inner, Align::Min, &second, if finding.effect_of.is_some() { Type::Small } else { Type::Mono }, faint);
    line_below(ui, palette, rect);
    response.on_hover_text(title);
}

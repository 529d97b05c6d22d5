//! Findings, worst first. In: findings of an analysis. Out: a list; the chosen one is shown by `card`.
//! An empty list says why it is empty: "nothing found" must never look like "nothing was looked for".

use eframe::egui::{Align, Rect, Ui, pos2, vec2};

use crate::base::words::{Words, word};
use crate::findings::{Finding, Severity};
use crate::ui::shapes::{self, Sign};
use crate::ui::state::Selection;
use crate::ui::table::{Cell, Column, Order, Rows};
use crate::ui::widgets::{self, Row, cut_bottom, cut_left, cut_right, cut_top, line_below};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

const ROW: f32 = 58.0;
const LINE: f32 = 17.0;
/// Height of the foot with two lines and its link.
const FOOT: f32 = 66.0;
/// A list below this height has no room for a foot.
const LOW: f32 = 220.0;

/// The list at the left of the overview.
pub fn list(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    let findings = &document.analysis.findings;
    let mut body = widgets::head(ui, palette, rect, word("window.findings"), &findings.len().to_string(), "");
    counts(ui, cx, findings, rect);
    // Where there is little room the foot comes after the last row.
    let low = body.height() < LOW && !findings.is_empty();
    if !low {
        not_tried(ui, cx, document, &mut body);
    }
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
            if low {
                let mut foot = widgets::reserve(ui, FOOT);
                not_tried(ui, cx, document, &mut foot);
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
    let mut foot = cut_bottom(body, if untried.is_empty() { 34.0 } else { FOOT }).shrink2(vec2(14.0, 6.0));
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
        told.push(Words::current().fill("window.in_run", &[("n", &finding.run.number().to_string())]));
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

/// Findings as rows of a table.
pub struct Findings<'a> {
    document: &'a Document,
    selection: Selection,
}

const COLUMNS: &[Column] = &[
    Column::text("severity", "list.col_severity", 84.0),
    Column::text("title", "list.col_finding", 320.0).main().grows(),
    Column::mono("id", "list.col_id", 170.0),
    Column::text("stage", "list.col_stage", 110.0),
    Column::text("confidence", "list.col_confidence", 84.0),
    Column::number("times", "list.col_times", 60.0),
    Column::mono("first", "list.col_first", 104.0),
    Column::mono("last", "list.col_last", 104.0).hidden(),
    Column::number("run", "list.col_run", 48.0),
    Column::text("call", "window.col_call", 64.0),
    Column::mono("cause", "list.col_effect_of", 150.0).hidden(),
    Column::mono("place", "list.col_place", 220.0).faint(),
];

impl<'a> Findings<'a> {
    /// Findings of the bundle.
    pub fn new(document: &'a Document, selection: Selection) -> Self {
        Self { document, selection }
    }

    fn finding(&self, row: usize) -> Option<&'a Finding> {
        self.document.analysis.findings.get(row)
    }
}

impl Rows for Findings<'_> {
    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn len(&self) -> usize {
        self.document.analysis.findings.len()
    }

    fn key(&self) -> u64 {
        0
    }

    fn cell(&self, row: usize, column: &'static str, _before: Option<usize>) -> Cell {
        let Some(finding) = self.finding(row) else { return Cell::default() };
        let time = |at: Option<crate::base::LogTime>| at.map_or_else(String::new, |at| text::clock(Some(at)));
        let text = match column {
            "severity" => text::term("severity", finding.severity.word()),
            "title" => text::shown(&finding.title),
            "id" => finding.id.clone(),
            "stage" => finding.stage.map_or_else(String::new, |stage| text::term("stage", stage.word())),
            "confidence" => text::term("confidence", finding.confidence.word()),
            "times" => finding.count.to_string(),
            "first" => time(finding.first),
            "last" => time(finding.last),
            "run" => finding.run.number().to_string(),
            "call" => finding.call.map_or_else(String::new, |id| {
                let call = self.document.analysis.facts.calls.iter().find(|c| c.id == id);
                call.map_or_else(String::new, crate::timeline::lanes::call::name)
            }),
            "cause" => finding.effect_of.clone().unwrap_or_default(),
            _ => finding.evidence.iter().find_map(|e| e.source).map_or_else(String::new, |s| {
                text::visible(&format!("{}:{}", self.document.member_path(s.member), s.line)).into_owned()
            }),
        };
        text.into()
    }

    fn order(&self, row: usize, column: &'static str) -> Order {
        let Some(finding) = self.finding(row) else { return Order::None };
        match column {
            "severity" => Order::Number(finding.severity as i64),
            "stage" => Order::number(finding.stage.map(|stage| stage as i64)),
            "confidence" => Order::Number(finding.confidence as i64),
            "times" => Order::count(u64::from(finding.count)),
            "first" => Order::number(finding.first.map(|at| at.0)),
            "last" => Order::number(finding.last.map(|at| at.0)),
            "run" => Order::count(u64::from(finding.run.number())),
            "call" => Order::number(finding.call.map(|id| i64::from(id.0))),
            _ => {
                let text = self.cell(row, column, None).text;
                if text.is_empty() { Order::None } else { Order::Text(text.to_lowercase()) }
            }
        }
    }

    fn sign(&self, row: usize) -> Option<Sign> {
        self.finding(row).map(|finding| Sign::Tone(finding.severity.tone()))
    }

    fn chosen(&self, row: usize) -> bool {
        self.selection.finding == Some(row)
    }

    fn spoken(&self, row: usize) -> String {
        self.finding(row).map(|f| format!("{}, {}", text::shown(&f.title), f.id)).unwrap_or_default()
    }

    fn none(&self) -> &'static str {
        word("window.findings_none")
    }
}

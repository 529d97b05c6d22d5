//! Members: what each is, how much of it was read, whose zone, and everything that could not be read. In: an analysis. Out: tables.

use eframe::egui::{Align, Rect, Ui, vec2};

use crate::analyse::MemberReport;
use crate::base::words::{self, Words, word};
use crate::base::{Note, Tone};
use crate::bundle::Member;
use crate::timeline::figures::{bytes, count};
use crate::ui::lists::{self, List};
use crate::ui::shapes::{self, Sign};
use crate::ui::table::{Cell, Column, Order, Rows};
use crate::ui::widgets::{self, area, cut_bottom, cut_left, line_below};
use crate::ui::{Cx, Document, Type, ViewState, text, zone};

/// The files view.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let height = rect.height() * 0.42;
    let mut below = cut_bottom(&mut rect, height);
    if !document.analysis.facts.device_configs.is_empty() {
        let half = below.width() * 0.5;
        let right = widgets::cut_right(&mut below, half);
        area(ui, "device-config", right, palette.panel, |ui| super::device_config::show(ui, cx, document, right));
        widgets::line_right(ui, palette, below);
    }
    area(ui, "members", rect, palette.panel, |ui| {
        let bundle = &document.analysis.bundle;
        let digest: String = bundle.sha256.chars().take(16).collect();
        let right = if digest.is_empty() { bytes(bundle.bytes) } else { format!("{}, sha256 {digest}…", bytes(bundle.bytes)) };
        let body = widgets::head(ui, palette, rect, word("window.files"), &bundle.members.len().to_string(), &right);
        lists::show(ui, cx, document, state, List::Files, body);
    });
    area(ui, "notes", below, palette.panel, |ui| note_list(ui, cx, document, state, below));
}

/// Members as rows of a table; after them the roles that the bundle should have and has not.
pub struct Members<'a> {
    document: &'a Document,
}

const COLUMNS: &[Column] = &[
    Column::mono("path", "window.col_path", 200.0).main().grows(),
    Column::text("role", "window.col_role", 150.0),
    Column::text("known", "list.col_known", 130.0).hidden(),
    Column::text("dialect", "window.col_dialect", 72.0),
    Column::number("bytes", "window.col_bytes", 76.0),
    Column::number("lines", "window.col_lines", 72.0),
    Column::number("records", "window.col_records", 72.0),
    Column::number("unknown", "list.col_unknown", 84.0).hidden(),
    Column::number("sip", "window.col_sip", 52.0),
    Column::mono("range", "window.col_range", 260.0),
    Column::text("zone", "window.col_zone", 150.0),
    Column::number("notes", "window.col_notes", 56.0),
];

impl<'a> Members<'a> {
    /// Members of the bundle.
    pub fn new(document: &'a Document) -> Self {
        Self { document }
    }

    fn member(&self, row: usize) -> Option<(&'a Member, Option<&'a MemberReport>)> {
        let analysis = &self.document.analysis;
        let member = analysis.bundle.members.get(row)?;
        let report = analysis.members.get(row).filter(|r| r.id == member.id);
        Some((member, report.or_else(|| analysis.members.iter().find(|r| r.id == member.id))))
    }

    /// A role that is missing.
    fn missing(&self, row: usize) -> Option<String> {
        let analysis = &self.document.analysis;
        let role = analysis.missing.get(row.checked_sub(analysis.bundle.members.len())?)?;
        Some(text::term("role", role.word()))
    }
}

impl Rows for Members<'_> {
    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn len(&self) -> usize {
        self.document.analysis.bundle.members.len() + self.document.analysis.missing.len()
    }

    fn key(&self) -> u64 {
        0
    }

    fn cell(&self, row: usize, column: &'static str, _before: Option<usize>) -> Cell {
        let Some((member, report)) = self.member(row) else {
            return match (column, self.missing(row)) {
                ("path", Some(_)) => word("window.missing").into(),
                ("role", Some(role)) => role.into(),
                _ => Cell::default(),
            };
        };
        let number = |n: Option<u64>| n.map_or_else(|| "–".to_owned(), count);
        let text = match column {
            "path" => text::visible(&self.document.member_path(member.id)).into_owned(),
            "role" => text::term("role", member.role.word()),
            "known" => text::term("role_basis", member.role_basis.word()),
            "dialect" => report.and_then(|r| r.dialect.clone()).unwrap_or_else(|| "–".to_owned()),
            "bytes" => bytes(report.map_or(member.declared_bytes, |r| r.bytes)),
            "lines" => number(report.map(|r| r.lines)),
            "records" => number(report.map(|r| r.records)),
            "unknown" => number(report.map(|r| r.unrecognised_lines)),
            "sip" => number(report.map(|r| r.sip_messages)),
            "range" => range(report),
            "zone" => report
                .filter(|r| r.first.is_some())
                .map_or_else(|| "–".to_owned(), |r| format!("{} {}", r.zone.text(), text::term("zone", r.zone.basis.word()))),
            _ => report.map_or(0, |r| r.notes.len()).to_string(),
        };
        text.into()
    }

    fn order(&self, row: usize, column: &'static str) -> Order {
        let report = self.member(row).and_then(|(_, report)| report);
        let count = |value: Option<u64>| value.map_or(Order::None, Order::count);
        match column {
            "bytes" => count(self.member(row).map(|(member, report)| report.map_or(member.declared_bytes, |r| r.bytes))),
            "lines" => count(report.map(|r| r.lines)),
            "records" => count(report.map(|r| r.records)),
            "unknown" => count(report.map(|r| r.unrecognised_lines)),
            "sip" => count(report.map(|r| r.sip_messages)),
            "range" => Order::number(report.and_then(|r| r.first).map(|at| at.0)),
            "notes" => count(report.map(|r| r.notes.len() as u64)),
            _ => {
                let text = self.cell(row, column, None).text;
                if text.is_empty() || text == "–" { Order::None } else { Order::Text(text.to_lowercase()) }
            }
        }
    }

    fn sign(&self, row: usize) -> Option<Sign> {
        Some(match self.member(row) {
            None => Sign::Missing,
            Some((_, Some(report))) if !report.notes.is_empty() => Sign::Tone(Tone::Warn),
            Some((_, Some(report))) if report.records > 0 => Sign::Tone(Tone::Ok),
            Some(_) => Sign::NotApplicable,
        })
    }

    fn chosen(&self, _row: usize) -> bool {
        false
    }

    fn spoken(&self, row: usize) -> String {
        if let Some(role) = self.missing(row) {
            return Words::current().fill("window.missing_role", &[("role", &role)]);
        }
        let said = ["path", "role", "records", "range"].map(|column| self.cell(row, column, None).text);
        said.join(", ")
    }

    fn none(&self) -> &'static str {
        word("list.no_file")
    }
}

fn range(report: Option<&MemberReport>) -> String {
    let Some((first, last)) = report.and_then(|r| Some((r.first?, r.last?))) else { return "–".to_owned() };
    zone::range(first, last)
}

fn note_list(ui: &mut Ui, cx: &Cx<'_>, document: &Document, state: &mut ViewState, rect: Rect) {
    let palette = cx.palette;
    let chosen = state.lists.member.and_then(|place| document.analysis.bundle.members.get(place));
    let notes: Vec<&Note> = document.notes.iter().filter(|n| chosen.is_none_or(|m| n.member == Some(m.id))).collect();
    let unknown: u64 =
        document.analysis.members.iter().filter(|r| chosen.is_none_or(|m| r.id == m.id)).map(|m| m.unrecognised_lines).sum();
    let right =
        if unknown > 0 { Words::current().fill("window.unknown_lines", &[("n", &count(unknown))]) } else { String::new() };
    let beside = match chosen {
        Some(member) => format!("{}  {}", notes.len(), text::visible(&document.member_path(member.id))),
        None => notes.len().to_string(),
    };
    let mut body = widgets::head(ui, palette, rect, word("window.not_read"), &beside, &right);
    if chosen.is_some() {
        let all = widgets::cut_top(&mut body, 24.0).shrink2(vec2(12.0, 0.0));
        if widgets::link(ui, palette, all, Align::Min, word("list.all_notes")).clicked() {
            state.lists.member = None;
        }
    }
    if notes.is_empty() {
        widgets::empty(ui, palette, body, word("window.all_read"));
        return;
    }
    area(ui, "note-rows", body, palette.panel, |ui| {
        widgets::rows(ui, "notes", |ui| {
            for note in notes {
                let rect = widgets::reserve(ui, 22.0);
                if !ui.is_rect_visible(rect) {
                    continue;
                }
                let mut inner = rect.shrink2(vec2(12.0, 0.0));
                let icon = cut_left(&mut inner, 20.0);
                shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Tone(Tone::Warn));
                let path = note.member.map_or_else(String::new, |id| document.member_path(id));
                let place = if note.line > 0 { format!("{path}:{}", note.line) } else { path };
                let width = (inner.width() * 0.34).min(380.0);
                text::line(ui, cut_left(&mut inner, width), Align::Min, &text::visible(&place), Type::Mono, palette.t2);
                text::line(ui, inner, Align::Min, &text::visible(&words::sentence(&note.text)), Type::Table, palette.t1);
                line_below(ui, palette, rect);
            }
        });
    });
}

//! Members: what each is, how much of it was read, whose zone, and everything that could not be read. In: an analysis. Out: tables.

use eframe::egui::{Align, Rect, Ui, vec2};

use crate::analyse::MemberReport;
use crate::base::words::{self, Words, word};
use crate::base::{Note, Tone};
use crate::bundle::Member;
use crate::timeline::figures::{bytes, count};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, area, cut_bottom, cut_left, cut_top, line_below};
use crate::ui::{Cx, Document, Type, text, zone};

const COLUMNS: [(&str, f32, Align); 9] = [
    ("window.col_role", 160.0, Align::Min),
    ("window.col_dialect", 70.0, Align::Min),
    ("window.col_bytes", 72.0, Align::Max),
    ("window.col_lines", 70.0, Align::Max),
    ("window.col_records", 70.0, Align::Max),
    ("window.col_sip", 50.0, Align::Max),
    ("window.col_range", 268.0, Align::Min),
    ("window.col_zone", 150.0, Align::Min),
    ("window.col_notes", 40.0, Align::Max),
];

/// The files view.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, mut rect: Rect) {
    let palette = cx.palette;
    let height = rect.height() * 0.42;
    let mut below = cut_bottom(&mut rect, height);
    if !document.analysis.facts.device_configs.is_empty() {
        let half = below.width() * 0.5;
        let right = widgets::cut_right(&mut below, half);
        area(ui, "device-config", right, palette.panel, |ui| super::device_config::show(ui, cx, document, right));
        widgets::line_right(ui, palette, below);
    }
    area(ui, "members", rect, palette.panel, |ui| members(ui, cx, document, rect));
    area(ui, "notes", below, palette.panel, |ui| note_list(ui, cx, document, &document.notes, below));
}

fn members(ui: &mut Ui, cx: &Cx<'_>, document: &Document, rect: Rect) {
    let palette = cx.palette;
    let bundle = &document.analysis.bundle;
    let digest: String = bundle.sha256.chars().take(16).collect();
    let right = if digest.is_empty() { bytes(bundle.bytes) } else { format!("{}, sha256 {digest}…", bytes(bundle.bytes)) };
    let count_text = bundle.members.len().to_string();
    let mut body = widgets::head(ui, palette, rect, word("window.files"), &count_text, &right);
    let fixed: f32 = COLUMNS.iter().map(|c| c.1 + 10.0).sum();
    let name_width = (body.width() - fixed - 50.0).max(160.0);
    let mut heads = cut_top(&mut body, 24.0).shrink2(vec2(12.0, 0.0));
    cut_left(&mut heads, 20.0);
    text::line(ui, cut_left(&mut heads, name_width), Align::Min, word("window.col_path"), Type::Label, palette.t3);
    for (column, width, align) in COLUMNS {
        cut_left(&mut heads, 10.0);
        text::line(ui, cut_left(&mut heads, width), align, &text::column(column), Type::Label, palette.t3);
    }
    area(ui, "member-rows", body, palette.panel, |ui| {
        widgets::rows(ui, "members", |ui| {
            for member in &bundle.members {
                let rect = widgets::reserve(ui, 23.0);
                if ui.is_rect_visible(rect) {
                    let report = document.analysis.members.iter().find(|r| r.id == member.id);
                    member_row(ui, cx, member, report, rect, name_width);
                }
            }
            for role in &document.analysis.missing {
                let mut rect = widgets::reserve(ui, 23.0).shrink2(vec2(12.0, 0.0));
                let icon = cut_left(&mut rect, 20.0);
                shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Missing);
                let name = text::term("role", role.word());
                let told = Words::current().fill("window.missing_role", &[("role", &name)]);
                text::line(ui, rect, Align::Min, &told, Type::Table, palette.t2);
            }
        });
    });
}

fn member_row(ui: &mut Ui, cx: &Cx<'_>, member: &Member, report: Option<&MemberReport>, rect: Rect, name_width: f32) {
    let palette = cx.palette;
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let noted = report.is_some_and(|r| !r.notes.is_empty());
    let sign = match report {
        Some(_) if noted => Sign::Tone(Tone::Warn),
        Some(report) if report.records > 0 => Sign::Tone(Tone::Ok),
        _ => Sign::NotApplicable,
    };
    let icon = cut_left(&mut inner, 20.0);
    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, sign);
    let path = text::visible(&member.path).into_owned();
    text::line(ui, cut_left(&mut inner, name_width), Align::Min, &path, Type::Mono, palette.t1);
    let number = |n: Option<u64>| n.map_or_else(|| "–".to_owned(), count);
    for (column, width, align) in COLUMNS {
        cut_left(&mut inner, 10.0);
        let cell = cut_left(&mut inner, width);
        let said = match column {
            "window.col_role" => text::term("role", member.role.word()),
            "window.col_dialect" => report.and_then(|r| r.dialect.clone()).unwrap_or_else(|| "–".to_owned()),
            "window.col_bytes" => bytes(report.map_or(member.declared_bytes, |r| r.bytes)),
            "window.col_lines" => number(report.map(|r| r.lines)),
            "window.col_records" => number(report.map(|r| r.records)),
            "window.col_sip" => number(report.map(|r| r.sip_messages)),
            "window.col_range" => range(report),
            "window.col_zone" => report
                .filter(|r| r.first.is_some())
                .map_or_else(|| "–".to_owned(), |r| format!("{} {}", r.zone.text(), text::term("zone", r.zone.basis.word()))),
            _ => report.map_or(0, |r| r.notes.len()).to_string(),
        };
        let kind =
            if matches!(column, "window.col_role" | "window.col_dialect" | "window.col_zone") { Type::Table } else { Type::Mono };
        text::line(ui, cell, align, &said, kind, palette.t2);
    }
    line_below(ui, palette, rect);
}

fn range(report: Option<&MemberReport>) -> String {
    let Some((first, last)) = report.and_then(|r| Some((r.first?, r.last?))) else { return "–".to_owned() };
    zone::range(first, last)
}

fn note_list(ui: &mut Ui, cx: &Cx<'_>, document: &Document, notes: &[Note], rect: Rect) {
    let palette = cx.palette;
    let unknown: u64 = document.analysis.members.iter().map(|m| m.unrecognised_lines).sum();
    let right =
        if unknown > 0 { Words::current().fill("window.unknown_lines", &[("n", &count(unknown))]) } else { String::new() };
    let body = widgets::head(ui, palette, rect, word("window.not_read"), &notes.len().to_string(), &right);
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
                let path = note.member.map_or("", |id| document.member_path(id));
                let place = if note.line > 0 { format!("{path}:{}", note.line) } else { path.to_owned() };
                let width = (inner.width() * 0.34).min(380.0);
                text::line(ui, cut_left(&mut inner, width), Align::Min, &text::visible(&place), Type::Mono, palette.t2);
                text::line(ui, inner, Align::Min, &text::visible(&words::sentence(&note.text)), Type::Table, palette.t1);
                line_below(ui, palette, rect);
            }
        });
    });
}

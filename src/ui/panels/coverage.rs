//! What this answer is based on: members read, members missing, what could not be read; then what the case needs. In: an analysis.
//! Out: a short panel.

use eframe::egui::{Align, CornerRadius, Rect, Ui, vec2};

use super::case;
use crate::base::words::{self, Words, word};
use crate::base::{Note, Tone, ZoneBasis};
use crate::timeline::figures::count;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, cut_bottom, cut_left, cut_right};
use crate::ui::{Command, Cx, Document, Type, View, ViewState, text};

/// Notes shown here; all of them stand in the files view.
const MOST_NOTES: usize = 4;
const ROW: f32 = 22.0;
/// Room for a note, the link below it and an estimated zone.
const ABOUT_NOTES: f32 = 92.0;

/// The panel. Where the checklist does not fit below what was read, its head stays at the foot and a click changes places.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, rect: Rect) {
    let palette = cx.palette;
    let analysis = &document.analysis;
    let read = analysis.members.iter().filter(|m| m.records > 0).count().to_string();
    let all = analysis.bundle.members.len().to_string();
    let right = Words::current().fill("window.read_of", &[("n", &read), ("all", &all)]);
    let mut body = widgets::head(ui, palette, rect, word("window.coverage"), "", &right);
    let lines = (analysis.bundle.members.len() + analysis.missing.len()) as f32;
    let fits = lines * ROW + ABOUT_NOTES + case::wanted_height(document) <= body.height();
    if !fits {
        let height = if state.lists.case_open { case::wanted_height(document).min(body.height()) } else { case::FOLDED };
        let foot = cut_bottom(&mut body, height);
        widgets::area(ui, "case", foot, palette.panel, |ui| {
            case::folding(ui, cx, document, &mut state.lists.case_open, foot);
        });
    }
    widgets::area(ui, "coverage-list", body, palette.panel, |ui| {
        widgets::rows(ui, "coverage", |ui| {
            widgets::reserve(ui, 4.0);
            members(ui, cx, document);
            for role in &analysis.missing {
                let rect = widgets::reserve(ui, ROW).shrink2(vec2(12.0, 0.0));
                row(ui, cx, rect, Sign::Missing, &text::term("role", role.word()), word("window.missing"), None);
            }
            widgets::reserve(ui, 4.0);
            notes(ui, cx, document);
            zones(ui, cx, document);
            if fits {
                widgets::reserve(ui, 8.0);
                case::checklist(ui, cx, document);
            }
        });
    });
}

fn members(ui: &mut Ui, cx: &Cx<'_>, document: &Document) {
    let most = document.analysis.members.iter().map(|m| m.records).max().unwrap_or(0).max(1);
    for member in &document.analysis.bundle.members {
        let rect = widgets::reserve(ui, 22.0).shrink2(vec2(12.0, 0.0));
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let report = document.analysis.members.iter().find(|r| r.id == member.id);
        let records = report.map_or(0, |r| r.records);
        let noted = report.is_some_and(|r| !r.notes.is_empty());
        let sign = match (noted, records) {
            (true, _) => Sign::Tone(Tone::Warn),
            (false, 0) => Sign::NotApplicable,
            (false, _) => Sign::Tone(Tone::Ok),
        };
        let figure = if records > 0 { count(records) } else { word("window.no_records").to_owned() };
        let part = (records > 0).then_some(records as f32 / most as f32);
        row(ui, cx, rect, sign, &text::visible(&document.member_path(member.id)), &figure, part);
    }
}

fn row(ui: &mut Ui, cx: &Cx<'_>, mut rect: Rect, sign: Sign, name: &str, figure: &str, part: Option<f32>) {
    let palette = cx.palette;
    let icon = cut_left(&mut rect, 20.0);
    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, sign);
    let right = cut_right(&mut rect, 70.0);
    text::line(ui, right, Align::Max, figure, Type::Mono, palette.t2);
    if let Some(part) = part {
        let mut bar = cut_right(&mut rect, 62.0).shrink2(vec2(4.0, 0.0));
        bar = Rect::from_center_size(bar.center(), vec2(bar.width(), 4.0));
        ui.painter().rect_filled(bar, CornerRadius::same(2), palette.hair);
        bar.set_width((bar.width() * part).max(2.0));
        ui.painter().rect_filled(bar, CornerRadius::same(2), palette.t3);
    }
    let ink = if sign == Sign::Missing { palette.t2 } else { palette.t1 };
    text::line(ui, rect, Align::Min, name, Type::Mono, ink);
}

/// What could not be read, the first few; the rest is a click away.
fn notes(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document) {
    let palette = cx.palette;
    let analysis = &document.analysis;
    let told = |note: &Note| match note.member.map(|id| document.member_path(id)) {
        Some(path) if note.line > 0 => format!("{path}:{}: {}", note.line, words::sentence(&note.text)),
        Some(path) => format!("{path}: {}", words::sentence(&note.text)),
        None => words::sentence(&note.text).into_owned(),
    };
    let mut all: Vec<String> = document.notes.iter().take(MOST_NOTES).map(told).collect();
    let mut count_all = document.notes.len();
    let unknown: u64 = analysis.members.iter().map(|m| m.unrecognised_lines).sum();
    if unknown > 0 {
        all.insert(0, Words::current().fill("window.unknown_lines", &[("n", &count(unknown))]));
        count_all += 1;
    }
    all.truncate(MOST_NOTES);
    for note in &all {
        let shown = text::visible(note).into_owned();
        let width = ui.available_width() - 44.0;
        let height = ui.painter().layout(shown.clone(), Type::Small.id(), palette.t2, width).size().y.min(34.0);
        let rect = widgets::reserve(ui, height + 5.0);
        let inner = Rect::from_min_size(rect.min + vec2(32.0, 0.0), vec2(width, height));
        text::wrapped(ui, inner, 2, &shown, Type::Small, palette.t2);
    }
    if all.is_empty() {
        let rect = widgets::reserve(ui, 22.0);
        text::line(ui, rect.shrink2(vec2(32.0, 0.0)), Align::Min, word("window.all_read"), Type::Small, palette.t3);
    }
    let rect = widgets::reserve(ui, 22.0).shrink2(vec2(32.0, 0.0));
    let label = if count_all > all.len() {
        Words::current().fill("window.more_notes", &[("n", &count(count_all as u64 - all.len() as u64))])
    } else {
        word("window.show_files").to_owned()
    };
    if widgets::link(ui, palette, rect, Align::Min, &label).clicked() {
        cx.send(Command::ShowView(View::Files));
    }
}

/// A zone that the log did not give is said, not hidden.
fn zones(ui: &mut Ui, cx: &Cx<'_>, document: &Document) {
    let told = |b: ZoneBasis| matches!(b, ZoneBasis::Log | ZoneBasis::PeerTag | ZoneBasis::Given);
    let unsure: Vec<_> = document.analysis.members.iter().filter(|m| m.first.is_some() && !told(m.zone.basis)).collect();
    let Some(first) = unsure.first() else { return };
    let path = text::visible(&document.member_path(first.id)).into_owned();
    let how = text::term("zone", first.zone.basis.word());
    let figures =
        [("member", path.as_str()), ("zone", &first.zone.text()), ("how", &how), ("n", &(unsure.len() - 1).to_string())];
    let key = if unsure.len() > 1 { "window.zones_unsure" } else { "window.zone_unsure" };
    let shown = Words::current().fill(key, &figures);
    let width = ui.available_width() - 44.0;
    let rect = widgets::reserve(ui, 36.0);
    text::wrapped(
        ui,
        Rect::from_min_size(rect.min + vec2(32.0, 0.0), vec2(width, 32.0)),
        2,
        &shown,
        Type::Small,
        cx.palette.warn,
    );
}

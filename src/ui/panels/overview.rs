//! The overview: the answer, its proof, what else is known. In: a document. Out: verdict, stages, findings, lists, coverage, lanes.
//!
//! ```text
//! verdict and stages
//! findings | proof, registrations, calls (wide: lists or ladder beside) | coverage
//! timeline
//! ```

use eframe::egui::{Rect, Ui};

use super::{calls, card, coverage, excerpt, findings, registrations, verdict};
use crate::base::words::word;
use crate::ui::widgets::{self, area, cut_bottom, cut_left, cut_right, cut_top, ground, line_right};
use crate::ui::{Cx, Document, ViewState, ladder, timeline};

/// Below this width coverage goes under the findings.
const NARROW: f32 = 1100.0;
/// From this width on the middle is two columns.
const WIDE: f32 = 1200.0;

/// Below this height the parts under the verdict keep their room and scroll, so that the first finding is seen.
const LEAST: f32 = 460.0;

/// The whole view.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let top = cut_top(&mut rect, verdict::HEIGHT);
    area(ui, "verdict", top, palette.panel, |ui| verdict::show(ui, cx, document, state, top));
    if rect.height() >= LEAST {
        return below(ui, cx, document, state, rect);
    }
    ground(ui, "low", rect, palette.panel, |ui| {
        widgets::rows(ui, "low", |ui| {
            let whole = widgets::reserve(ui, LEAST);
            below(ui, cx, document, state, whole);
        });
    });
}

/// What stands below the verdict.
fn below(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let height = (rect.height() * 0.42).min(timeline::wanted_height(document, state)).max(120.0);
    let lanes = cut_bottom(&mut rect, height);
    let (width, half) = (rect.width(), rect.height() * 0.5);
    let mut left = cut_left(&mut rect, (width * 0.25).clamp(280.0, 400.0));
    let right =
        if width < NARROW { cut_bottom(&mut left, half) } else { cut_right(&mut rect, (width * 0.24).clamp(280.0, 400.0)) };
    area(ui, "findings", left, palette.panel, |ui| {
        findings::list(ui, cx, document, state, left);
        line_right(ui, palette, left);
    });
    area(ui, "coverage", right, palette.panel, |ui| coverage::show(ui, cx, document, state, right));
    let chosen = state.selection.finding.is_some() || state.selection.stage.is_some() || state.selection.lines.is_some();
    let beside = rect.width() >= WIDE;
    let half = rect.width() * 0.5;
    let main = if beside { cut_left(&mut rect, half) } else { rect };
    area(ui, "facts", main, palette.panel, |ui| {
        // Another finding starts at its top, not where the last one was scrolled to.
        let name = format!("facts-{:?}", state.selection.finding);
        widgets::rows(ui, &name, |ui| {
            proof(ui, cx, document, state);
            if !(beside && chosen) {
                lists(ui, cx, document, state);
            }
        });
        line_right(ui, palette, main);
    });
    if beside {
        // What is chosen has its proof at the left and the lists beside it; else the ladder of the call or registration is there.
        area(ui, "beside", rect, palette.panel, |ui| {
            if chosen {
                widgets::rows(ui, "lists", |ui| lists(ui, cx, document, state));
            } else {
                ladder::show(ui, cx, document, state, rect);
            }
            line_right(ui, palette, rect);
        });
    }
    area(ui, "timeline", lanes, palette.base, |ui| timeline::show(ui, cx, document, state, lanes));
}

/// The proof of what is chosen.
fn proof(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState) {
    let facts = &document.analysis.facts;
    let finding = state.selection.finding.and_then(|n| document.analysis.findings.get(n));
    let stage = state.selection.stage;
    let of_stage = stage.and_then(|id| facts.runs.get(state.run)?.stages.iter().find(|s| s.id == id));
    let evidence = finding.map(|f| &f.evidence).or(of_stage.map(|s| &s.evidence));
    // Lines that belong to nothing chosen here stand on top: a checklist's proof, an error record.
    if let Some(lines) = state.selection.lines
        && evidence.is_none_or(|list| card::shown_lines(state, list).is_none())
    {
        let rect = widgets::reserve(ui, excerpt::wanted_height(state, lines));
        excerpt::show(ui, cx, document, state, lines, rect);
    }
    if let Some(finding) = finding {
        card::finding(ui, cx, document, state, finding);
    }
    if let Some(stage) = stage {
        card::stage(ui, cx, document, state, stage);
    }
}

/// Registrations and calls.
fn lists(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState) {
    let facts = &document.analysis.facts;
    let run = state.run_id();
    let of_run = facts.registrations.iter().filter(|r| r.run == run || facts.runs.is_empty()).count();
    heading(ui, cx, word("window.registrations"), of_run);
    registrations::list(ui, cx, document, state);
    let of_run = facts.calls.iter().filter(|c| c.run == run || facts.runs.is_empty()).count();
    heading(ui, cx, word("window.calls"), of_run);
    calls::list(ui, cx, document, state);
}

fn heading(ui: &mut Ui, cx: &Cx<'_>, title: &str, count: usize) {
    let rect = widgets::reserve(ui, widgets::HEAD);
    widgets::head(ui, cx.palette, rect, title, &count.to_string(), "");
}

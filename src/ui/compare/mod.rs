//! Two sessions side by side. In: a document, what else is open, a comparison that a job made. Out: pixels and wishes.
//!
//! ```text
//! ⊗ They part at Register: A 200 OK; B 401 Unauthorized          sentence
//! Aligned at first REGISTER [Swap] 12 differences  [Only differences] 1 of 12
//! facts          A      B    amount │ lanes of A ─────────
//! Register       ✓      ⊗    ▇▇▇▇▇  │ lanes of B ─────────
//!                                   │ SIP row by row  = ≠ only B
//!                                   │ the chosen pair, or the proof of a fact
//! ```

use std::sync::Arc;

use eframe::egui::{Align, Rect, Ui, pos2, vec2};

use super::shapes::{self, Sign};
use super::widgets::{Look, area, button, cut_bottom, cut_left, cut_top, line_below, line_right};
use super::{Command, Cx, Document, Type, text};
use crate::base::words::{Words, word};
use crate::base::{LogTime, SourceRef, Tone};
use crate::compare::{Comparison, Kind, MessageRow, Pair, Place, Scope, Which};

mod diff;
mod facts;
mod ladder;
mod lanes;
mod logs;
mod pane;
mod sides;
mod state;

pub use state::CompareState;

/// What is compared with what.
#[derive(Clone, Debug)]
pub enum What {
    /// Two runs, calls or registrations of this document.
    Within(Pair<Scope>),
    /// This document with another.
    With(Arc<Document>),
}

/// A wish about the comparison.
#[derive(Clone, Debug)]
pub enum CompareCommand {
    /// Compare these; `None`: choose again.
    Show(Option<What>),
    /// Exchange A and B.
    Swap,
    /// Take this run, call or registration of a side.
    Take(Which, Scope),
    /// Lay them upon each other elsewhere.
    NextAnchor,
    /// Time zero of a side is this moment.
    ZeroHere(Pair<Option<LogTime>>),
    /// Choose the next (1) or previous (-1) difference that matters.
    NextDifference(i32),
    /// Show only rows that differ, or all.
    OnlyDifferences,
    /// Move both timelines together, or each by itself.
    ScrollTogether,
    /// Count what differs by nature, or don't.
    CountVolatile,
    /// Show both logs beside each other, or the ladders.
    Logs,
    /// Show this line of a side in its own log view.
    OpenProof(Which, SourceRef),
    /// Choose a fact.
    ChooseFact(Place),
    /// Choose a row of messages: conversation, row.
    ChooseMessages(usize, usize),
}

/// What is chosen in the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// A fact.
    Fact(Place),
    /// A row of messages: conversation, row.
    Messages(usize, usize),
}

/// A line of the ladders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The head of a conversation.
    Head(usize),
    /// A row of one: conversation, row.
    Row(usize, usize),
}

/// A line of the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactLine {
    /// The head of a group.
    Head(usize),
    /// A fact.
    Fact(Place),
}

/// A comparison that is there.
#[derive(Debug)]
pub struct Ready {
    /// Both documents.
    pub documents: Pair<Arc<Document>>,
    /// How they differ.
    pub comparison: Comparison,
    /// Every line of the ladders.
    pub lines: Vec<Line>,
    /// Those that differ, with the heads of their conversations.
    pub differing: Vec<Line>,
    /// Every line of the facts.
    pub facts: Vec<FactLine>,
    /// Those that matter, with the heads of their groups.
    pub mattering: Vec<FactLine>,
}

impl Ready {
    /// Lays out a comparison. Takes time on large bundles: for job threads.
    pub fn new(documents: Pair<Arc<Document>>, comparison: Comparison) -> Self {
        let (mut lines, mut differing) = (Vec::new(), Vec::new());
        for (s, strand) in comparison.strands.iter().enumerate() {
            lines.push(Line::Head(s));
            if strand.counts().1 > 0 {
                differing.push(Line::Head(s));
            }
            for (r, row) in strand.rows.iter().enumerate() {
                lines.push(Line::Row(s, r));
                if row.kind != Kind::Same {
                    differing.push(Line::Row(s, r));
                }
            }
        }
        let (mut facts, mut mattering) = (Vec::new(), Vec::new());
        for (g, group) in comparison.groups.iter().enumerate() {
            facts.push(FactLine::Head(g));
            if group.rows.iter().any(|row| row.matters) {
                mattering.push(FactLine::Head(g));
            }
            for (r, row) in group.rows.iter().enumerate() {
                let line = FactLine::Fact(Place { group: g, row: r });
                facts.push(line);
                if row.matters {
                    mattering.push(line);
                }
            }
        }
        Self { documents, comparison, lines, differing, facts, mattering }
    }

    fn message_row(&self, strand: usize, row: usize) -> Option<&MessageRow> {
        self.comparison.strands.get(strand)?.rows.get(row)
    }
}

fn exists(ready: &Ready, chosen: Chosen) -> bool {
    match chosen {
        Chosen::Fact(place) => ready.comparison.row(place).is_some(),
        Chosen::Messages(strand, row) => ready.message_row(strand, row).is_some(),
    }
}

/// Width of the facts.
const FACTS: f32 = 572.0;
const BAR: f32 = 40.0;

/// The view. `others` are the other documents that are open.
pub fn show(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    document: &Arc<Document>,
    state: &mut CompareState,
    others: &[Arc<Document>],
    mut rect: Rect,
) {
    if state.what.is_none() {
        sides::choose(ui, cx, document, others, rect);
        return;
    }
    let Some(ready) = state.ready.clone() else {
        super::widgets::empty(ui, cx.palette, rect, word("compare_view.working"));
        return;
    };
    let remarks = ready.comparison.remarks.len() as f32;
    let detail = if ready.comparison.detail.is_empty() { 0.0 } else { 20.0 };
    let head = cut_top(&mut rect, 44.0 + detail + remarks * 18.0);
    area(ui, "compare-head", head, cx.palette.panel, |ui| sentence(ui, cx, &ready, head));
    let bar = cut_top(&mut rect, BAR);
    area(ui, "compare-bar", bar, cx.palette.panel, |ui| controls(ui, cx, &ready, state, bar));
    if state.logs {
        let height = rect.height();
        let both = cut_bottom(&mut rect, height * 0.5);
        area(ui, "compare-logs", both, cx.palette.panel, |ui| logs::show(ui, cx, &ready, state, both));
    }
    let width = if rect.width() < 1_200.0 { rect.width() * 0.44 } else { FACTS.max(rect.width() * 0.34) };
    let left = cut_left(&mut rect, width);
    area(ui, "compare-facts", left, cx.palette.panel, |ui| facts::show(ui, cx, &ready, state, left));
    line_right(ui, cx.palette, left);
    let height = rect.height();
    let lanes = cut_top(&mut rect, if state.logs { height } else { (height * 0.4).min(height.mul_add(0.3, 90.0)) });
    area(ui, "compare-lanes", lanes, cx.palette.base, |ui| lanes::show(ui, cx, &ready, state, lanes));
    if state.logs {
        state.reveal = false;
        return;
    }
    let proof = cut_bottom(&mut rect, pane::height(&ready, state).min(height * 0.3));
    area(ui, "compare-ladder", rect, cx.palette.panel, |ui| ladder::show(ui, cx, &ready, state, rect));
    area(ui, "compare-proof", proof, cx.palette.base, |ui| pane::show(ui, cx, &ready, state, proof));
    state.reveal = false;
}

/// Where they part, what was alike before, what must be known.
fn sentence(ui: &mut Ui, cx: &Cx<'_>, ready: &Ready, rect: Rect) {
    let palette = cx.palette;
    let comparison = &ready.comparison;
    let mut inner = rect.shrink2(vec2(20.0, 8.0));
    let tone = comparison.tone();
    let mut first = cut_top(&mut inner, 28.0);
    let icon = cut_left(&mut first, 32.0);
    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(10.0, 0.0), 20.0, Sign::Tone(tone));
    text::line(ui, first, Align::Min, &text::shown(&comparison.sentence), Type::Title, palette.t1);
    if !comparison.detail.is_empty() {
        let mut second = cut_top(&mut inner, 20.0);
        cut_left(&mut second, 32.0);
        text::line(ui, second, Align::Min, &text::shown(&comparison.detail), Type::Small, palette.t2);
    }
    for remark in &comparison.remarks {
        let mut line = cut_top(&mut inner, 18.0);
        let icon = cut_left(&mut line, 32.0);
        shapes::sign(ui.painter(), palette, icon.left_center() + vec2(10.0, 0.0), 11.0, Sign::Tone(Tone::Warn));
        text::line(ui, line, Align::Min, &text::shown(remark), Type::Small, palette.t1);
    }
}

/// What can be set, how many differences there are, which one is shown.
fn controls(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, state: &CompareState, rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let comparison = &ready.comparison;
    let words = Words::current();
    let anchor = words.fill("compare.aligned", &[("anchor", &text::shown(&comparison.zero.anchor.text()))]);
    let together = word(if state.together { "compare_view.scroll_apart" } else { "compare_view.scroll_together" });
    let logs = word(if state.logs { "compare_view.ladders" } else { "compare_view.logs" });
    let only = word(if state.only_differences { "compare_view.all_rows" } else { "compare_view.only_differences" });
    let mut at = pos2(rect.left() + 20.0, rect.top() + 4.0);
    for (label, command) in [
        (anchor.as_str(), CompareCommand::NextAnchor),
        (together, CompareCommand::ScrollTogether),
        (logs, CompareCommand::Logs),
        (word("compare_view.swap"), CompareCommand::Swap),
        (only, CompareCommand::OnlyDifferences),
        (word("compare_view.choose_again"), CompareCommand::Show(None)),
    ] {
        let response = button(ui, palette, at, label, "", Look::Plain);
        at.x = response.rect.right() + 8.0;
        if response.clicked() {
            cx.send(Command::Compare(command));
        }
    }
    let counts = comparison.counts;
    let all = comparison.differences.len();
    let place = match state.chosen {
        Some(Chosen::Fact(place)) => comparison.differences.iter().position(|p| *p == place),
        _ => None,
    };
    let said = match place {
        Some(place) => words.fill("compare_view.nth", &[("n", &(place + 1).to_string()), ("all", &all.to_string())]),
        None => words.fill("compare_view.count", &[("n", &all.to_string())]),
    };
    let figures = [("spread", counts.spread.to_string()), ("same", counts.same.to_string())];
    let figures: Vec<(&str, &str)> = figures.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let said = format!("{said}   {}", words.fill("compare_view.others", &figures));
    let room = Rect::from_min_max(pos2(at.x + 12.0, rect.top()), pos2(rect.right() - 12.0, rect.bottom()));
    text::line(ui, room, Align::Max, &said, Type::Table, palette.t2);
}

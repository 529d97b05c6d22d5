//! Two timelines on one axis, by the code that paints every timeline. In: the scenes of both sides, their zeros. Out: pixels; zoom and pan
//! go for both, unless they were parted.

use eframe::egui::{Align, Rect, Ui, vec2};

use super::{CompareCommand, CompareState, Ready, sides};
use crate::base::LogTime;
use crate::compare::{Pair, Scope, Which};
use crate::timeline::{Extent, Window};
use crate::ui::widgets::{cut_left, cut_top};
use crate::ui::{Command, Cx, Type, ViewState, text, timeline, zone};

/// How both timelines are first shown: the same length of time, laid upon each other at their zeros.
pub fn states(ready: &Ready) -> Pair<ViewState> {
    let state = |which: Which| {
        let document = ready.documents.get(which);
        let mut state = ViewState::new(document);
        if let Scope::Run(run) = *ready.comparison.scopes.get(which) {
            state.choose_run(document, run.0 as usize);
        }
        state.selection = Default::default();
        state
    };
    let mut both = Pair::new(state(Which::Left), state(Which::Right));
    let span = |which: Which| {
        let extent = ready.documents.get(which).scene(both.get(which).run)?.extent?;
        let zero = (*ready.comparison.zero.at.get(which))?.0;
        Some((extent.start_us - zero, extent.end_us - zero))
    };
    if let (Some((a, b)), Some((c, d))) = (span(Which::Left), span(Which::Right)) {
        let (from, to) = (a.min(c), b.max(d));
        let air = (to - from).max(1_000) / 50;
        for (which, state) in [(Which::Left, &mut both.left), (Which::Right, &mut both.right)] {
            if let Some(zero) = *ready.comparison.zero.at.get(which) {
                let extent = Extent { start_us: zero.0 + from - air, end_us: zero.0 + to + air };
                state.axis = Some((extent, zero.0));
                set(state, ready, which, ((from - air) as f64, (to + air) as f64));
            }
        }
    }
    both
}

fn zero(ready: &Ready, which: Which) -> Option<f64> {
    ready.comparison.zero.at.get(which).map(|at: LogTime| at.0 as f64)
}

/// The window of a side as time after its zero.
fn elapsed(state: &ViewState, ready: &Ready, which: Which) -> Option<(f64, f64)> {
    let (window, zero) = (state.window?, zero(ready, which)?);
    Some((window.start_us - zero, window.end_us - zero))
}

fn set(state: &mut ViewState, ready: &Ready, which: Which, (from, to): (f64, f64)) {
    if let Some(zero) = zero(ready, which) {
        state.window = Some(Window { start_us: zero + from, end_us: zero + to });
    }
}

pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, state: &mut CompareState, mut rect: Rect) {
    let Some(both) = state.lanes.as_deref_mut() else { return };
    let before = Pair::new(elapsed(&both.left, ready, Which::Left), elapsed(&both.right, ready, Which::Right));
    let half = rect.height() / 2.0;
    let top = cut_top(&mut rect, half);
    for (which, rect, view) in [(Which::Left, top, &mut both.left), (Which::Right, rect, &mut both.right)] {
        side(ui, cx, ready, which, view, rect);
    }
    if state.together {
        let after = Pair::new(elapsed(&both.left, ready, Which::Left), elapsed(&both.right, ready, Which::Right));
        if let (true, Some(window)) = (after.left != before.left, after.left) {
            set(&mut both.right, ready, Which::Right, window);
        } else if let (true, Some(window)) = (after.right != before.right, after.right) {
            set(&mut both.left, ready, Which::Left, window);
        }
    }
}

fn side(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Ready, which: Which, view: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let mut head = cut_top(&mut rect, 20.0).shrink2(vec2(10.0, 0.0));
    let badge = sides::badge(ui, palette, head.left_center(), which);
    cut_left(&mut head, badge.width() + 8.0);
    let document = ready.documents.get(which);
    let at = ready.comparison.zero.at.get(which);
    let said = at.map_or_else(String::new, |at| format!("   0 s = {} {} {}", zone::date(at), zone::clock(at), zone::name()));
    let label = format!("{}{said}", text::path(document.name()));
    text::line(ui, head, Align::Min, &label, Type::Label, palette.t2);
    let mut commands = Vec::new();
    let name = if which == Which::Left { "lanes-a" } else { "lanes-b" };
    super::area(ui, name, rect, palette.base, |ui| {
        let mut own = Cx { palette, commands: &mut commands };
        timeline::show(ui, &mut own, document, view, rect);
    });
    // What is chosen there is a message of that side; nothing else of a document is shown here.
    for command in commands {
        if let Command::ShowMessage(id) = command
            && let Some((strand, row)) = ready.comparison.message_row(which, id)
        {
            cx.send(Command::Compare(CompareCommand::ChooseMessages(strand, row)));
        }
    }
}

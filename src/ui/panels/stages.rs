//! The stage bar: twelve columns from start-up to a call. In: the stages of a run. Out: a bar; choosing a stage shows its proof.
//!
//! ```text
//! (v)────(v)────(x)····( )····( )
//! App     Entit…  Token  Device list
//! +0 s    +0.42 s 403    not seen
//! ```

use eframe::egui::{Align, CornerRadius, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::base::words::{Words, word};
use crate::base::{LogTime, Tone};
use crate::session::run::Run;
use crate::session::startup::{Stage, StageState};
use crate::timeline::figures;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{cut_top, focus_ring};
use crate::ui::{Command, Cx, Document, Palette, Type, ViewState, text};

/// The whole bar.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    let Some(run) = document.analysis.facts.runs.get(state.run) else { return };
    let count = run.stages.len().max(1) as f32;
    let step = rect.width() / count;
    let broken = run.stages.iter().position(|s| s.state == StageState::Failed);
    for (place, stage) in run.stages.iter().enumerate() {
        let left = rect.left() + place as f32 * step;
        let column = Rect::from_min_max(pos2(left, rect.top() + 2.0), pos2(left + step, rect.bottom()));
        let failed = Some(place) == broken;
        let name = word(stage_key(stage)).to_owned();
        let said = said(stage, run.start);
        let id = ui.scope_id().with(("stage", place));
        let response = ui.interact(column, id, Sense::click());
        let full = format!("{name}: {}, {said}", text::term("stage-state", stage.state.word()));
        let selected = state.selection.stage == Some(stage.id);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &full));
        let ground = if selected {
            Some(palette.sel)
        } else if failed {
            Some(palette.fail_tint)
        } else {
            response.hovered().then_some(palette.hover)
        };
        if let Some(fill) = ground {
            ui.painter().rect_filled(column, CornerRadius::same(3), fill);
        }
        let node = pos2(left + 16.0, column.top() + 15.0);
        let to = pos2(left + step + 16.0, node.y);
        if let Some(next) = run.stages.get(place + 1) {
            line(ui, palette, stage, next, node.x + 13.0, to.x - 13.0, node.y);
        }
        shapes::sign(ui.painter(), palette, node, if failed { 22.0 } else { 18.0 }, sign(stage.state));
        let mut words = Rect::from_min_max(pos2(left + 7.0, node.y + 16.0), column.max - vec2(4.0, 0.0));
        let reached = !matches!(stage.state, StageState::NotSeen | StageState::NotApplicable);
        let ink = if reached { palette.t1 } else { palette.t3 };
        text::paint(ui, cut_top(&mut words, 17.0), Align::Min, &name, Type::Head, ink);
        let ink = if failed {
            palette.fail
        } else if reached {
            palette.t2
        } else {
            palette.t3
        };
        let kind = if stage.at.is_some() { Type::Mono } else { Type::Small };
        text::paint(ui, cut_top(&mut words, 16.0), Align::Min, &said, kind, ink);
        focus_ring(ui, palette, column, &response);
        let response = response.on_hover_text(hover(stage, &full));
        if response.clicked() {
            cx.send(Command::ShowStage(place));
        }
    }
}

/// Twelve small nodes and how many were reached.
pub fn small(ui: &mut Ui, cx: &Cx<'_>, run: Option<&Run>, rect: Rect) {
    let palette = cx.palette;
    let Some(run) = run else { return };
    let reached =
        run.stages.iter().filter(|s| matches!(s.state, StageState::Ok | StageState::Implied | StageState::Warning)).count();
    let possible = run.stages.iter().filter(|s| s.state != StageState::NotApplicable).count();
    let figures = [("n", reached.to_string()), ("all", possible.to_string())];
    let [n, all] = &figures;
    let label = Words::current().fill("window.stages_of", &[(n.0, &n.1), (all.0, &all.1)]);
    let mut inner = rect;
    let words = crate::ui::widgets::cut_right(&mut inner, 104.0);
    text::line(ui, words, Align::Max, &label, Type::Small, palette.t2);
    let step = 20.0_f32.min(inner.width() / run.stages.len().max(1) as f32);
    let left = inner.right() - step * run.stages.len() as f32;
    for (place, stage) in run.stages.iter().enumerate() {
        let node = pos2(left + (place as f32 + 0.5) * step, inner.center().y);
        if let Some(next) = run.stages.get(place + 1) {
            line(ui, palette, stage, next, node.x + 5.0, node.x + step - 5.0, node.y);
        }
        shapes::sign(ui.painter(), palette, node, 10.0, sign(stage.state));
    }
}

/// The shape of a state.
pub fn sign(state: StageState) -> Sign {
    match state {
        StageState::Ok | StageState::Implied => Sign::Tone(Tone::Ok),
        StageState::Failed => Sign::Tone(Tone::Fail),
        StageState::Warning => Sign::Tone(Tone::Warn),
        StageState::NotSeen => Sign::NotSeen,
        StageState::NotApplicable => Sign::NotApplicable,
    }
}

/// The key of a stage's name.
pub fn stage_key(stage: &Stage) -> &'static str {
    use crate::session::startup::StageId as Id;
    match stage.id {
        Id::AppStart => "stage.app-start",
        Id::Entitlement => "stage.entitlement",
        Id::LibraryInit => "stage.library-init",
        Id::UserProfile => "stage.user-profile",
        Id::Token => "stage.token",
        Id::DeviceList => "stage.device-list",
        Id::DeviceConfig => "stage.device-config",
        Id::ConfigParse => "stage.config-parse",
        Id::SbcDiscovery => "stage.sbc-discovery",
        Id::Register => "stage.register",
        Id::KeepAlive => "stage.keepalive",
        Id::Call => "stage.call",
    }
}

fn line(ui: &Ui, palette: &Palette, stage: &Stage, next: &Stage, from: f32, to: f32, y: f32) {
    let passed = |s: &Stage| matches!(s.state, StageState::Ok | StageState::Implied | StageState::Warning);
    if to <= from {
        return;
    }
    let ends = [pos2(from, y), pos2(to, y)];
    if passed(stage) && passed(next) {
        ui.painter().line_segment(ends, Stroke::new(2.0, palette.ok));
    } else if passed(stage) && next.state == StageState::Failed {
        ui.painter().line_segment(ends, Stroke::new(2.0, palette.fail));
    } else {
        ui.painter().extend(Shape::dotted_line(&ends, palette.strong, 5.0, 0.9));
    }
}

/// Time since the start of the run, else the state in a word.
fn said(stage: &Stage, start: Option<LogTime>) -> String {
    match (stage.at, start) {
        (Some(at), Some(start)) => {
            let us = at.since_us(start);
            if us.abs() < 60_000_000 { figures::elapsed(us, 10_000) } else { figures::elapsed(us, 1_000_000) }
        }
        _ => text::term("stage-state", stage.state.word()).to_owned(),
    }
}

fn hover(stage: &Stage, full: &str) -> String {
    let proof = stage.evidence.first().map(|e| text::shown(&e.text)).unwrap_or_default();
    [full.to_owned(), text::shown(&stage.text), proof].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("\n")
}

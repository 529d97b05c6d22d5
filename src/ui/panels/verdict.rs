//! The verdict: the first thing seen. In: a run. Out: shape, sentence, one line of extent, client and range; or a strip.
//!
//! ```text
//! (x)  Start-up stopped at Token: …                     Webex 45.2 · Windows
//!      The same answer three times in 64 s.             2026-03-11 08:41:02 – 08:44:09 UTC
//! ```

use eframe::egui::{Align, Rect, Ui, vec2};

use crate::base::words::word;
use crate::session::run::Run;
use crate::ui::panels::stages;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{cut_left, cut_right, cut_top, line_below};
use crate::ui::{Cx, Document, Type, ViewState, text, zone};

/// Height of the verdict with its stage bar.
pub const HEIGHT: f32 = 156.0;
/// Height of the strip above other views.
pub const STRIP: f32 = 38.0;

/// The verdict on the overview.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    let run = document.analysis.facts.runs.get(state.run);
    let mut body = rect.shrink2(vec2(20.0, 14.0));
    let mut top = cut_top(&mut body, 60.0);
    let (sentence, detail) = sentences(run);
    let right = (rect.width() * 0.32).min(420.0);
    // A sentence that needs the whole width takes it from the client's name, never the other way round.
    let needed = text::galley(ui, &sentence, Type::Verdict, palette.t1, f32::INFINITY).size().x;
    let long = needed > top.width() - 40.0 - right;
    let right = if long { Rect::NOTHING } else { cut_right(&mut top, right) };
    let icon = cut_left(&mut top, 40.0);
    let sign = run.map_or(Sign::NotSeen, |run| Sign::Tone(run.verdict.state.tone()));
    shapes::sign(ui.painter(), palette, icon.left_top() + vec2(14.0, 15.0), 28.0, sign);
    let title = cut_top(&mut top, 30.0);
    text::line(ui, title, Align::Min, &sentence, Type::Verdict, palette.t1);
    let mut second = cut_top(&mut top, 18.0);
    let lines = extent(document, run);
    if long {
        second.min.x = text::line(ui, second, Align::Min, &detail, Type::Body, palette.t2).rect.right() + 20.0;
        text::line(
            ui,
            second,
            Align::Max,
            &lines.map(|l| l.0).into_iter().filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" · "),
            Type::Small,
            palette.t2,
        );
    } else {
        text::line(ui, second, Align::Min, &detail, Type::Body, palette.t2);
        let mut right = right;
        for (line, kind) in lines.iter().filter(|(line, _)| !line.is_empty()) {
            text::line(ui, cut_top(&mut right, 16.0), Align::Max, line, *kind, palette.t2);
        }
    }
    stages::show(ui, cx, document, state, body);
    line_below(ui, palette, rect);
}

/// The verdict in one line, with small nodes.
pub fn strip(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    let run = document.analysis.facts.runs.get(state.run);
    let mut inner = rect.shrink2(vec2(14.0, 0.0));
    let icon = cut_left(&mut inner, 28.0);
    let sign = run.map_or(Sign::NotSeen, |run| Sign::Tone(run.verdict.state.tone()));
    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(9.0, 0.0), 18.0, sign);
    let nodes = cut_right(&mut inner, (rect.width() * 0.36).min(380.0));
    stages::small(ui, cx, run, nodes);
    let (sentence, _) = sentences(run);
    text::line(ui, inner, Align::Min, &sentence, Type::Strip, palette.t1);
    line_below(ui, palette, rect);
}

fn sentences(run: Option<&Run>) -> (String, String) {
    match run {
        Some(run) => (text::shown(&run.verdict.text), text::shown(&run.verdict.detail)),
        None => (word("window.verdict_none").to_owned(), word("window.verdict_none_detail").to_owned()),
    }
}

/// Client, device and range of time, each as it is painted.
fn extent(document: &Document, run: Option<&Run>) -> [(String, Type); 3] {
    let client = &document.analysis.facts.client;
    let mut product = client.version.clone().or_else(|| client.user_agent.clone()).unwrap_or_default();
    if let Some(platform) = client.platform {
        let name = text::term("platform", platform.word());
        product = if product.is_empty() { name } else { format!("{product} · {name}") };
    }
    let device = client.device_type.clone().unwrap_or_default();
    let range = run
        .and_then(|r| Some((r.start?, r.end?)))
        .map_or_else(String::new, |(start, end)| format!("{} {}", zone::range(start, end), zone::name()));
    [(product, Type::Label), (device, Type::Small), (range, Type::Mono)]
        .map(|(line, kind)| (text::visible(&line).into_owned(), kind))
}

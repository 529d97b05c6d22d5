//! The report for a terminal and a ticket: the verdict first, then what happened, then what could not be read. In: an
//! [`Analysis`]. Out: plain text. All words by key; every fact with `member:line`.

use std::sync::Arc;

use super::Options;
use super::shared;
use super::view::{View, duration, grouped};
use crate::analyse::Analysis;
use crate::session::run::{Run, Which};
use crate::session::startup::{Stage, StageState};

mod calls;
pub(super) mod case;
pub(super) mod coverage;
mod device_config;
mod findings;
pub(super) mod page;
mod sip;

use page::Page;

/// The report about all bundles, one after the other.
pub fn render(analyses: &[Arc<Analysis>], options: &Options) -> String {
    let mut text = String::new();
    for (number, analysis) in analyses.iter().enumerate() {
        if number > 0 {
            text.push_str("\n\n");
        }
        text.push_str(&one(analysis, options));
    }
    text
}

fn one(analysis: &Analysis, options: &Options) -> String {
    let view = View::new(analysis, options);
    let mut page = Page::default();
    head(&view, &mut page);
    verdict(&view, &mut page);
    findings::findings(&view, &mut page);
    case::asks(&view, &mut page);
    runs(&view, &mut page);
    sip::registrations(&view, &mut page);
    sip::keepalives(&view, &mut page);
    calls::calls(&view, &mut page);
    sip::subscriptions(&view, &mut page);
    sip::counts(&view, &mut page);
    device_config::device_configs(&view, &mut page);
    if options.messages {
        sip::messages(&view, &mut page);
    }
    coverage::coverage(&view, &mut page);
    case::checklist(&view, &mut page);
    page.finish()
}

fn head(view: &View<'_>, page: &mut Page) {
    let bundle = &view.analysis.bundle;
    let outlet = &view.options.outlet;
    page.line(0, &view.fill("report.title", &[("name", &outlet.path(&bundle.name)), ("bytes", &grouped(bundle.bytes))]));
    page.line(0, &view.made());
    if !bundle.sha256.is_empty() {
        page.line(0, &view.fill("report.sha256", &[("digest", &bundle.sha256)]));
    }
}

fn verdict(view: &View<'_>, page: &mut Page) {
    page.heading(view.word("report.verdict"));
    let outlet = &view.options.outlet;
    let runs = &view.analysis.facts.runs;
    match view.analysis.verdict_run.and_then(|id| runs.get(id.0 as usize)) {
        Some(run) => {
            let verdict = &run.verdict;
            let state = view.named("verdict-state", verdict.state.word());
            page.pair(0, &state, &outlet.text(&verdict.text));
            page.pair(0, "", &outlet.text(&verdict.detail));
            if let Some(stage) = verdict.stage {
                page.pair(0, view.word("report.stage"), &view.named("stage", stage.word()));
            }
            page.pair(0, view.word("report.where"), &view.places(&verdict.evidence));
        }
        None if shared::anything_read(view.analysis) => {
            page.pair(0, &view.named("verdict-state", "unknown"), view.word("report.verdict_nothing"));
        }
        None => page.pair(0, &view.named("verdict-state", "unknown"), view.word("report.verdict_unreadable")),
    }
    let client = &view.analysis.facts.client;
    let parts = [
        client.platform.map(|p| view.named("platform", p.word())),
        client.version.as_deref().map(|v| view.fill("report.version", &[("version", &outlet.log(v))])),
        client.device_type.as_deref().map(|d| outlet.log(d).into_owned()),
        client.user_agent.as_deref().map(|a| outlet.log(a).into_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    page.pair(0, view.word("report.client"), &parts.join(", "));
    for clock in &view.analysis.facts.clocks {
        let offset = duration(clock.offset_us);
        let values =
            [("offset", offset.as_str()), ("peer", &outlet.private(&clock.peer)), ("samples", &clock.samples.to_string())];
        page.pair(0, view.word("report.clock"), &view.fill("report.clock_text", &values));
    }
}

/// Each run of the client with the stages that tell something: failed, warned, or passed by a line of their own.
fn runs(view: &View<'_>, page: &mut Page) {
    let runs = &view.analysis.facts.runs;
    if runs.is_empty() {
        return;
    }
    page.heading(view.word("report.runs"));
    for (number, run) in runs.iter().enumerate() {
        one_run(view, page, number, run);
    }
}

fn one_run(view: &View<'_>, page: &mut Page, number: usize, run: &Run) {
    let which = match run.which {
        Some(Which::Current) => view.word("report.run_current"),
        Some(Which::Last) => view.word("report.run_last"),
        None => "",
    };
    let values = [("number", number.to_string()), ("which", which.to_owned()), ("span", view.span(run.start, run.end))];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    page.line(0, &view.fill("report.run", &values));
    let outlet = &view.options.outlet;
    let verdict = format!("{}: {}", view.named("verdict-state", run.verdict.state.word()), outlet.text(&run.verdict.text));
    page.line(2, &verdict);
    let told = |s: &&Stage| matches!(s.state, StageState::Failed | StageState::Warning | StageState::Ok);
    let rows: Vec<Vec<String>> = run
        .stages
        .iter()
        .filter(told)
        .map(|stage| {
            let what =
                vec![view.named("stage", stage.id.word()), view.named("stage-state", stage.state.word()), view.time(stage.at)];
            let text = outlet.text(&stage.text);
            let place = view.places(&stage.evidence);
            what.into_iter().chain([place, text]).collect()
        })
        .collect();
    page.table(2, &rows);
    let list = |state: StageState| -> String {
        let names: Vec<String> =
            run.stages.iter().filter(|s| s.state == state).map(|s| view.named("stage", s.id.word())).collect();
        names.join(", ")
    };
    page.pair(2, &view.named("stage-state", StageState::Implied.word()), &list(StageState::Implied));
    page.pair(2, &view.named("stage-state", StageState::NotSeen.word()), &list(StageState::NotSeen));
}

//! Findings of the text report, worst first: title, meaning, proof, next steps. In: findings. Out: lines.

use super::View;
use super::page::Page;
use crate::base::Text;
use crate::export::shared;
use crate::findings::Finding;

pub fn findings(view: &View<'_>, page: &mut Page) {
    page.heading(view.word("report.findings"));
    if view.analysis.findings.is_empty() {
        let key = if shared::anything_read(view.analysis) { "report.no_findings" } else { "report.nothing_looked_at" };
        page.line(0, view.word(key));
    }
    for (number, finding) in view.analysis.findings.iter().enumerate() {
        if number > 0 {
            page.gap();
        }
        one(view, page, finding);
    }
}

fn one(view: &View<'_>, page: &mut Page, finding: &Finding) {
    let outlet = &view.options.outlet;
    let severity = view.named("severity", finding.severity.word());
    page.pair(0, &severity, &outlet.text(&finding.title));
    let confidence = view.named("confidence", finding.confidence.word());
    let count = finding.count.to_string();
    let span = view.span(finding.first, finding.last);
    let times = if finding.count > 1 {
        view.fill("report.finding_times", &[("count", &count), ("span", &span)])
    } else {
        view.time(finding.first)
    };
    page.pair(2, &finding.id, &format!("{confidence}, {times}"));
    if let Some(cause) = &finding.effect_of {
        page.pair(2, view.word("report.effect_of"), cause);
    }
    page.pair(2, view.word("report.meaning"), &outlet.text(&finding.meaning));
    page.pair(2, view.word("report.impact"), &outlet.text(&finding.impact));
    list(view, page, "report.causes", &finding.causes);
    list(view, page, "report.checks", &finding.checks);
    list(view, page, "report.steps", &finding.steps);
    list(view, page, "report.not_when", &finding.not_when);
    page.line(2, view.word("report.evidence"));
    for one in &finding.evidence {
        let [place, time, text] = view.evidence(one);
        page.line(4, &format!("{place}  {time} {text}"));
    }
    page.pair(2, view.word("report.sources"), &finding.sources.join("; "));
}

fn list(view: &View<'_>, page: &mut Page, key: &'static str, texts: &[Text]) {
    match texts {
        [] => {}
        [one] => page.pair(2, view.word(key), &view.options.outlet.text(one)),
        many => {
            page.line(2, view.word(key));
            for (at, text) in many.iter().enumerate() {
                page.line(4, &format!("{}. {}", at + 1, view.options.outlet.text(text)));
            }
        }
    }
}

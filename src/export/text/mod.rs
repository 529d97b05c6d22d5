//! The report for a terminal and a ticket: the verdict first, then what happened, then what could not be read. In: an
//! [`Analysis`]. Out: plain text. All words by key; every fact with `member:line`.

use std::sync::Arc;

use super::Options;
use super::shared;
use crate::analyse::Analysis;
use crate::base::words::Words;
use crate::base::{LogTime, SourceRef, Zone, ZoneBasis};
use crate::session::run::{Run, Which};
use crate::session::startup::{Stage, StageState};
use crate::session::{Evidence, MessageId};

mod calls;
mod case;
mod coverage;
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

/// An analysis, how to write it, and whether its times need their dates.
struct View<'a> {
    analysis: &'a Analysis,
    options: &'a Options,
    words: &'static Words,
    /// All times lie on one day: it stands in the head, and lines have the time of day only.
    one_day: Option<String>,
}

impl<'a> View<'a> {
    fn new(analysis: &'a Analysis, options: &'a Options) -> Self {
        let facts = &analysis.facts;
        let members = analysis.members.iter().flat_map(|m| [m.first, m.last]);
        let times =
            members.chain(facts.runs.iter().flat_map(|r| [r.start, r.end])).chain(facts.messages.iter().map(|m| m.seen.at));
        let mut days = times.flatten().map(|t| t.date(options.zone_s));
        let one_day = days.next().filter(|first| days.all(|day| day == *first));
        Self { analysis, options, words: options.words, one_day }
    }

    /// A word of the report.
    fn word(&self, key: &'static str) -> &'static str {
        self.words.get(key)
    }

    fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.fill(key, values)
    }

    /// The words for a word of the contract, `no-answer`, of a topic.
    fn named(&self, topic: &str, name: &str) -> String {
        self.words.get(&format!("{topic}.{name}")).to_owned()
    }

    fn time(&self, at: Option<LogTime>) -> String {
        match (at, &self.one_day) {
            (None, _) => self.word("report.no_time").to_owned(),
            (Some(at), Some(_)) => at.clock(self.options.zone_s),
            (Some(at), None) => format!("{} {}", at.date(self.options.zone_s), at.clock(self.options.zone_s)),
        }
    }

    fn span(&self, from: Option<LogTime>, to: Option<LogTime>) -> String {
        self.fill("report.span", &[("from", &self.time(from)), ("to", &self.time(to))])
    }

    /// `member:line`.
    fn place(&self, source: SourceRef) -> String {
        let path = shared::member(self.analysis, source.member).map_or("?", |m| m.path.as_str());
        format!("{}:{}", self.options.outlet.path(path), source.line)
    }

    fn message_place(&self, id: MessageId) -> String {
        self.analysis.facts.message(id).map(|m| self.place(m.source)).unwrap_or_default()
    }

    /// Places of several messages, each once, in order.
    fn message_places(&self, ids: impl IntoIterator<Item = MessageId>) -> String {
        self.join(ids.into_iter().filter_map(|id| self.analysis.facts.message(id)).map(|m| m.source))
    }

    /// The places of evidence only.
    fn places(&self, list: &[Evidence]) -> String {
        self.join(list.iter().filter_map(|e| e.source))
    }

    /// `member:3, 12, other:7`: each line once; the member stands again only where it changes.
    fn join(&self, sources: impl Iterator<Item = SourceRef>) -> String {
        let mut out = String::new();
        let mut before: Vec<SourceRef> = Vec::new();
        for source in sources {
            if before.iter().any(|b| (b.member, b.line) == (source.member, source.line)) {
                continue;
            }
            if !out.is_empty() {
                out.push_str(", ");
            }
            match before.last() {
                Some(last) if last.member == source.member => out.push_str(&source.line.to_string()),
                _ => out.push_str(&self.place(source)),
            }
            before.push(source);
        }
        out
    }

    /// Evidence as lines: place, time, and the line as logged; without the time where the line begins with its own.
    fn evidence(&self, page: &mut Page, indent: usize, list: &[Evidence]) {
        for one in list {
            let place = one.source.map(|s| self.place(s)).unwrap_or_default();
            let text = self.options.outlet.text(&one.text);
            let stamped = text.starts_with(|c: char| c.is_ascii_digit());
            let time = one.at.filter(|_| !stamped).map(|at| self.time(Some(at))).unwrap_or_default();
            page.line(indent, &format!("{place}  {time} {text}"));
        }
    }
}

/// `0.26 ms`, `1 ms`, `12 ms`, `2.39 s`, `1:19.3 min`, `2:01:05 h`; negative when a clock went back.
fn duration(us: i64) -> String {
    let sign = if us < 0 { "-" } else { "" };
    let abs = us.unsigned_abs();
    let whole = abs / 1_000_000;
    match abs {
        // Most logs have no more than milliseconds: no digits that were not there.
        1..10_000 if !abs.is_multiple_of(1_000) => format!("{sign}{:.2} ms", abs as f64 / 1e3),
        0..1_000_000 => format!("{sign}{:.0} ms", abs as f64 / 1e3),
        1_000_000..60_000_000 => format!("{sign}{:.2} s", abs as f64 / 1e6),
        60_000_000..3_600_000_000 => format!("{sign}{}:{:02}.{} min", whole / 60, whole % 60, abs / 100_000 % 10),
        _ => format!("{sign}{}:{:02}:{:02} h", whole / 3600, whole / 60 % 60, whole % 60),
    }
}

/// `12,345,678`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn head(view: &View<'_>, page: &mut Page) {
    let bundle = &view.analysis.bundle;
    let outlet = &view.options.outlet;
    page.line(0, &view.fill("report.title", &[("name", &outlet.path(&bundle.name)), ("bytes", &grouped(bundle.bytes))]));
    let zone = match view.options.zone_s {
        0 => view.word("report.utc").to_owned(),
        offset_s => view.fill("report.utc_plus", &[("offset", &Zone { offset_s, basis: ZoneBasis::Given }.text())]),
    };
    let zone = match &view.one_day {
        Some(day) => format!("{day}, {zone}"),
        None => zone,
    };
    let privacy = if outlet.redacted() { "report.redacted" } else { "report.not_redacted" };
    let version = env!("CARGO_PKG_VERSION");
    page.line(
        0,
        &view.fill(
            "report.made",
            &[("app", view.word("app.name")), ("version", version), ("zone", &zone), ("privacy", view.word(privacy))],
        ),
    );
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_numbers() {
        let told: Vec<String> =
            [260, 12_400, 2_390_000, 79_300_000, 7_265_000_000, -5_000, 0].into_iter().map(duration).collect();
        assert_eq!(told, ["0.26 ms", "12 ms", "2.39 s", "1:19.3 min", "2:01:05 h", "-5 ms", "0 ms"]);
        assert_eq!((grouped(0), grouped(999), grouped(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
    }
}

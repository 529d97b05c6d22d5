//! The case card: one page that proves the point to whoever reads the case. In: an [`Analysis`]. Out: Markdown, HTML or a picture, the
//! same bytes every time. What stands on it is gathered once, in [`Card`]; the forms must not know an analysis.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::picture::{self, Drawing, PictureOptions, Scheme};
use super::text::{case, coverage};
use super::view::{View, duration, grouped};
use super::{Options, ask, escape, shared};
use crate::analyse::Analysis;
use crate::base::Tone;
use crate::base::words;
use crate::findings::ask::About;
use crate::findings::case::ItemState;
use crate::findings::{Finding, Severity};
use crate::session::run::Run;
use crate::session::startup::StageState;
use crate::timeline::ladder::{Ladder, Subject};

mod html;
mod markdown;
mod page;

/// Findings told in full; the others are named.
const TOLD: usize = 3;
/// Proofs of a finding and notes of a member that stand on the card.
const PROOFS: usize = 3;
/// Blocks for the server team.
const ASKS: usize = 3;
/// Rows of the ladder: what fits on a page of its own, and what leaves a picture one page.
const ROWS: usize = 60;
const PICTURE_ROWS: usize = 26;
/// Members told of in a picture.
const PICTURE_MEMBERS: usize = 12;
/// Width of pictures and most height of the timeline, in points of the page.
const WIDTH: f64 = 892.0;
const TIMELINE: f64 = 480.0;

/// A sign, a word and what it says.
struct Row {
    tone: Tone,
    label: String,
    text: String,
}

struct Stage {
    tone: Tone,
    name: String,
    state: String,
    /// Since the begin of the run, and what it came to.
    told: String,
}

struct Told {
    tone: Tone,
    title: String,
    /// Name, severity, confidence, how often and when.
    about: String,
    meaning: String,
    /// Place, time, line.
    evidence: Vec<[String; 3]>,
    more: String,
    steps: Vec<String>,
}

struct Drawn {
    title: String,
    /// For a ticket; empty where only the picture tells.
    text: String,
    picture: Drawing,
    beyond: String,
}

/// What stands on the card, ready to be read: every value of the log has gone through the outlet.
struct Card {
    heads: Heads,
    redacted: bool,
    privacy: String,
    name: String,
    made: String,
    digest: String,
    tone: Tone,
    state: String,
    verdict: String,
    detail: String,
    at: String,
    stages: Vec<Stage>,
    findings: Vec<Told>,
    no_findings: &'static str,
    also: Vec<Row>,
    timeline: Option<Drawn>,
    ladder: Option<Drawn>,
    items: Vec<Row>,
    found: String,
    asks: Vec<(String, Vec<(String, String)>)>,
    more_asks: String,
    versions: Vec<(String, String)>,
    coverage: Vec<Row>,
    beyond: Vec<String>,
}

/// Headings.
struct Heads {
    card: &'static str,
    stages: &'static str,
    findings: &'static str,
    evidence: &'static str,
    steps: &'static str,
    also: &'static str,
    ladder: &'static str,
    items: &'static str,
    asks: &'static str,
    versions: &'static str,
    coverage: &'static str,
    coverage_why: &'static str,
}

/// What its pictures look like.
struct Paper {
    scheme: Scheme,
    /// What the ladder is about; `None`: what the card is about.
    subject: Option<Subject>,
    rows: usize,
    members: usize,
}

/// A page for a printer.
const WHITE: Paper = Paper { scheme: Scheme::Light, subject: None, rows: ROWS, members: usize::MAX };

/// One card for each bundle, as Markdown.
pub fn markdown(analyses: &[Arc<Analysis>], options: &Options) -> String {
    let cards: Vec<String> = analyses.iter().map(|a| markdown::render(&Card::new(a, options, &WHITE))).collect();
    cards.join("\n---\n\n")
}

/// One page with a card for each bundle, for a browser or a printer.
pub fn html(analyses: &[Arc<Analysis>], options: &Options) -> String {
    let cards: Vec<Card> = analyses.iter().map(|a| Card::new(a, options, &WHITE)).collect();
    html::render(&cards, options.words.language().code())
}

/// One picture with a card for each bundle. `unopened`: inputs that could not be opened, a sentence each.
pub fn pictures(analyses: &[Arc<Analysis>], options: &PictureOptions, unopened: &[String]) -> Vec<Drawing> {
    let _spoken = words::speak(options.words.language());
    let report = Options {
        messages: false,
        zone_s: options.zone_s,
        outlet: options.outlet.clone(),
        words: options.words,
        unopened: unopened.to_vec(),
    };
    let paper = Paper { scheme: options.scheme, subject: options.subject, rows: PICTURE_ROWS, members: PICTURE_MEMBERS };
    let page = |(number, analysis): (usize, &Arc<Analysis>)| {
        page::draw(&Card::new(analysis, &report, &paper), options.scheme, (number, analyses.len()))
    };
    (1..).zip(analyses).map(page).collect()
}

/// The ladders of all calls and registrations, as Markdown with one Mermaid diagram each.
pub fn ladders(analyses: &[Arc<Analysis>], options: &Options) -> String {
    let mut out = String::new();
    for analysis in analyses {
        let view = View::new(analysis, options);
        let facts = &analysis.facts;
        out.push_str(&format!("# {}\n\n", escape::markdown(&options.outlet.path(&analysis.bundle.name))));
        out.push_str(&format!("{}\n", escape::markdown(&view.made())));
        let registrations = (0..).zip(&facts.registrations).map(|(place, _)| Subject::Registration(place));
        for subject in facts.calls.iter().map(|c| Subject::Call(c.id)).chain(registrations) {
            let ladder = Ladder::new(facts, subject, &BTreeSet::new());
            let title = title(&view, subject);
            let diagram = super::ladder::mermaid(&ladder, &title, &options.outlet);
            out.push_str(&format!("\n## {}\n\n{}", escape::markdown(&title), escape::fenced("mermaid", diagram.lines())));
        }
        if facts.calls.is_empty() && facts.registrations.is_empty() {
            out.push_str(&format!("\n{}\n", view.word("report.no_sip")));
        }
    }
    out
}

/// What the card is about: that of the worst finding which has messages, else the first call, registration or run.
pub fn subject(analysis: &Analysis) -> Option<Subject> {
    let facts = &analysis.facts;
    let about = ask::with(analysis, |asker| analysis.findings.iter().find_map(|finding| asker.of_finding(finding)));
    let first = || {
        let call = facts.calls.first().map(|c| Subject::Call(c.id));
        call.or_else(|| (!facts.registrations.is_empty()).then_some(Subject::Registration(0)))
            .or_else(|| analysis.verdict_run.map(Subject::Run))
    };
    about
        .map(|about| match about {
            About::Call(id) => Subject::Call(id),
            About::Registration(place) => Subject::Registration(place),
            About::Stage(run, _) => Subject::Run(run),
        })
        .or_else(first)
}

impl Card {
    fn new(analysis: &Analysis, options: &Options, paper: &Paper) -> Self {
        let view = View::new(analysis, options);
        let outlet = &options.outlet;
        let run = analysis.verdict_run.and_then(|id| analysis.facts.runs.get(id.0 as usize));
        let verdict = run.map(|run| &run.verdict);
        let unknown = if shared::anything_read(analysis) { "report.verdict_nothing" } else { "report.verdict_unreadable" };
        let (findings, also) = findings(&view);
        let (found, all) = analysis.case.count();
        let (asks, more_asks) = asks(&view);
        let (coverage, beyond) = covered(&view, paper.members);
        let bundle = &analysis.bundle;
        Self {
            heads: Heads::of(&view),
            redacted: outlet.redacted(),
            privacy: privacy(&view),
            name: view.fill("report.title", &[("name", &outlet.path(&bundle.name)), ("bytes", &grouped(bundle.bytes))]),
            made: view.made(),
            digest: match bundle.sha256.as_str() {
                "" => String::new(),
                digest => view.fill("report.sha256", &[("digest", digest)]),
            },
            tone: verdict.map_or(Tone::Muted, |v| v.state.tone()),
            state: view.named("verdict-state", verdict.map_or("unknown", |v| v.state.word())),
            verdict: verdict.map_or_else(|| view.word(unknown).to_owned(), |v| outlet.text(&v.text)),
            detail: verdict.map(|v| outlet.text(&v.detail)).unwrap_or_default(),
            at: verdict.map(|v| view.places(&v.evidence)).unwrap_or_default(),
            stages: run.map(|run| stages(&view, run)).unwrap_or_default(),
            findings,
            no_findings: view.word(match shared::anything_read(analysis) {
                true => "report.no_findings",
                false => "report.nothing_looked_at",
            }),
            also,
            timeline: timeline(&view, paper),
            ladder: paper.subject.or_else(|| subject(analysis)).and_then(|subject| drawn(&view, paper, subject)),
            items: items(&view),
            found: view.fill("case.count", &[("n", &found.to_string()), ("all", &all.to_string())]),
            asks,
            more_asks,
            versions: versions(&view),
            coverage,
            beyond,
        }
    }
}

impl Heads {
    fn of(view: &View<'_>) -> Self {
        Self {
            card: view.word("card.title"),
            stages: view.word("card.stages"),
            findings: view.word("report.findings"),
            evidence: view.word("report.evidence"),
            steps: view.word("report.steps"),
            also: view.word("card.also"),
            ladder: view.word("card.ladder"),
            items: view.word("case.title"),
            asks: view.word("ask.title"),
            versions: view.word("card.versions"),
            coverage: view.word("report.coverage"),
            coverage_why: view.word("card.coverage_why"),
        }
    }
}

/// Pseudonyms or originals, for the mark at the head.
fn privacy(view: &View<'_>) -> String {
    match view.options.outlet.vault() {
        Some(vault) => view.fill("card.redacted", &[("n", &vault.review().len().to_string())]),
        None => view.word("card.originals").to_owned(),
    }
}

fn stages(view: &View<'_>, run: &Run) -> Vec<Stage> {
    let outlet = &view.options.outlet;
    let told = |stage: &crate::session::startup::Stage| {
        let since = stage.at.zip(run.start).map(|(at, start)| format!("+{}", duration(at.since_us(start))));
        let text = Some(outlet.text(&stage.text)).filter(|t| !t.is_empty());
        since.into_iter().chain(text).collect::<Vec<_>>().join(" ")
    };
    let stage = |stage: &crate::session::startup::Stage| Stage {
        tone: stage.state.tone(),
        name: view.named("stage", stage.id.word()),
        state: view.named("stage-state", stage.state.word()),
        told: match stage.state {
            StageState::NotSeen | StageState::NotApplicable | StageState::Implied => String::new(),
            StageState::Ok | StageState::Failed | StageState::Warning => told(stage),
        },
    };
    run.stages.iter().map(stage).collect()
}

/// What is no mere remark and follows from nothing else is told in full; the rest is named.
fn findings(view: &View<'_>) -> (Vec<Told>, Vec<Row>) {
    let (mut in_full, mut also) = (Vec::new(), Vec::new());
    for finding in &view.analysis.findings {
        if finding.severity != Severity::Note && finding.effect_of.is_none() && in_full.len() < TOLD {
            in_full.push(told(view, finding));
        } else {
            let title = view.options.outlet.text(&finding.title);
            also.push(Row { tone: finding.severity.tone(), label: title, text: finding.id.clone() });
        }
    }
    (in_full, also)
}

fn told(view: &View<'_>, finding: &Finding) -> Told {
    let outlet = &view.options.outlet;
    let count = finding.count.to_string();
    let span = view.span(finding.first, finding.last);
    let times = match finding.count {
        0 | 1 => view.time(finding.first),
        _ => view.fill("report.finding_times", &[("count", &count), ("span", &span)]),
    };
    let severity = view.named("severity", finding.severity.word());
    let confidence = view.named("confidence", finding.confidence.word());
    let steps = if finding.steps.is_empty() { &finding.checks } else { &finding.steps };
    Told {
        tone: finding.severity.tone(),
        title: outlet.text(&finding.title),
        about: format!("{}, {severity}, {confidence}, {times}", finding.id),
        meaning: outlet.text(&finding.meaning),
        evidence: finding.evidence.iter().take(PROOFS).map(|one| view.evidence(one)).collect(),
        more: more(view, "card.more_lines", finding.evidence.len(), PROOFS),
        steps: steps.iter().map(|step| outlet.text(step)).collect(),
    }
}

/// How many are not shown, in words; empty when all are.
fn more(view: &View<'_>, key: &str, all: usize, shown: usize) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        n => view.fill(key, &[("n", &n.to_string())]),
    }
}

/// How pictures on the card are made: the page has its own title block.
fn pictures_on(view: &View<'_>, paper: &Paper) -> PictureOptions {
    PictureOptions {
        outlet: view.options.outlet.clone(),
        words: view.words,
        zone_s: view.options.zone_s,
        scheme: paper.scheme,
        width: Some(WIDTH),
        titled: false,
        ..PictureOptions::default()
    }
}

/// The lanes of the verdict's run, the first that fit.
fn timeline(view: &View<'_>, paper: &Paper) -> Option<Drawn> {
    view.analysis.verdict_run?;
    let (picture, left_out) = picture::timeline_within(view.analysis, &pictures_on(view, paper), TIMELINE);
    let beyond = more(view, "card.more_lanes", left_out, 0);
    Some(Drawn { title: view.word("window.timeline").to_owned(), text: String::new(), picture, beyond })
}

fn drawn(view: &View<'_>, paper: &Paper, subject: Subject) -> Option<Drawn> {
    let rows = paper.rows;
    let mut ladder = Ladder::new(&view.analysis.facts, subject, &BTreeSet::new());
    if ladder.rows.is_empty() {
        return None;
    }
    let all = ladder.rows.len();
    ladder.rows.truncate(rows);
    ladder.brackets.retain(|b| b.to_row < rows);
    let title = title(view, subject);
    let options = PictureOptions { subject: Some(subject), ..pictures_on(view, paper) };
    let picture = picture::ladder_pages(view.analysis, &options, rows).into_iter().next()?;
    let beyond = match all > rows {
        true => view.fill("card.more_rows", &[("n", &rows.to_string()), ("all", &all.to_string())]),
        false => String::new(),
    };
    Some(Drawn { text: super::ladder::text(&ladder, "", &view.options.outlet), picture, title, beyond })
}

/// What a ladder is about, in words.
pub(super) fn title(view: &View<'_>, subject: Subject) -> String {
    let facts = &view.analysis.facts;
    let outlet = &view.options.outlet;
    match subject {
        Subject::Call(id) => {
            let call = facts.calls.get(id.0 as usize);
            let party = |p: Option<&crate::base::Private>| {
                p.map_or_else(|| view.word("report.someone").to_owned(), |p| outlet.private(p).into_owned())
            };
            let (from, to) = (party(call.and_then(|c| c.from.as_ref())), party(call.and_then(|c| c.to.as_ref())));
            view.fill("ask.call", &[("n", &(u64::from(id.0) + 1).to_string()), ("from", &from), ("to", &to)])
        }
        Subject::Registration(place) => {
            let aor = facts.registrations.get(place as usize).map(|r| outlet.private(&r.aor).into_owned());
            view.fill("ask.registration", &[("aor", &aor.unwrap_or_default())])
        }
        Subject::KeepAlive(_) => view.word("report.keepalives").to_owned(),
        Subject::Run(_) => view.word("window.whole_run").to_owned(),
    }
}

fn items(view: &View<'_>) -> Vec<Row> {
    let row = |item: &crate::findings::case::Item| Row {
        tone: match item.state {
            ItemState::Found => Tone::Ok,
            ItemState::Redacted => Tone::Warn,
            ItemState::Missing => Tone::Muted,
        },
        label: view.named("case", item.id.word()),
        text: case::text(view, item),
    };
    view.analysis.case.items.iter().map(row).collect()
}

type Block = (String, Vec<(String, String)>);

fn asks(view: &View<'_>) -> (Vec<Block>, String) {
    let outlet = &view.options.outlet;
    let all = ask::with(view.analysis, |asker| asker.all());
    let block = |one| (ask::title(one, view.words, outlet), ask::lines(view.analysis, one, view.words, outlet));
    (all.iter().take(ASKS).map(block).collect(), more(view, "card.more_asks", all.len(), ASKS))
}

fn versions(view: &View<'_>) -> Vec<(String, String)> {
    let client = &view.analysis.facts.client;
    let outlet = &view.options.outlet;
    let log = |value: &Option<String>| {
        value.as_deref().map_or_else(|| view.word("ask.not_in_log").to_owned(), |v| outlet.log(v).into_owned())
    };
    let platform = client.platform.map(|p| view.named("platform", p.word()));
    [
        ("card.platform", platform.unwrap_or_else(|| view.word("ask.not_in_log").to_owned())),
        ("card.app_version", log(&client.version)),
        ("card.device_type", log(&client.device_type)),
        ("card.user_agent", log(&client.user_agent)),
        ("card.program", format!("{} {}", view.word("app.name"), env!("CARGO_PKG_VERSION"))),
    ]
    .into_iter()
    .map(|(key, value)| (view.word(key).to_owned(), value))
    .collect()
}

/// Each member with what was read of it, what is missing, and what concerns the bundle as a whole.
fn covered(view: &View<'_>, most: usize) -> (Vec<Row>, Vec<String>) {
    let analysis = view.analysis;
    let members = &analysis.bundle.members;
    let mut rows: Vec<Row> = members.iter().take(most).map(|member| member_row(view, member)).collect();
    rows.extend(analysis.missing.iter().map(|role| Row {
        tone: Tone::Muted,
        label: view.named("role", role.word()),
        text: view.named("case-state", ItemState::Missing.word()),
    }));
    let unnamed = Some(more(view, "card.more_members", members.len(), most)).filter(|text| !text.is_empty());
    let mut beyond: Vec<String> = unnamed.into_iter().collect();
    beyond.extend(shared::notes(analysis, None).iter().map(|n| coverage::note(view, n)));
    let unopened = view.options.unopened.iter().map(|t| crate::base::words::sentence(t));
    beyond.extend(unopened.map(|text| view.options.outlet.log(&text).into_owned()));
    if !shared::anything_read(analysis) {
        beyond.push(view.word("report.verdict_unreadable").to_owned());
    }
    beyond.extend(Some(more(view, "card.not_tried", analysis.not_tried.len(), 0)).filter(|text| !text.is_empty()));
    (rows, beyond)
}

fn member_row(view: &View<'_>, member: &crate::bundle::Member) -> Row {
    let notes = shared::notes(view.analysis, Some(member.id));
    let mut parts = vec![view.named("role", member.role.word())];
    let mut tone = if notes.is_empty() { Tone::Ok } else { Tone::Warn };
    match shared::report(view.analysis, member.id) {
        Some(read) => {
            let values = [("records", grouped(read.records)), ("sip", grouped(read.sip_messages))];
            let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
            parts.push(view.fill("card.member", &values));
            if read.unrecognised_lines > 0 {
                tone = Tone::Warn;
                let (count, lines) = (grouped(read.unrecognised_lines), grouped(read.lines));
                parts.push(view.fill("report.unrecognised", &[("count", &count), ("lines", &lines)]));
            }
        }
        None => {
            tone = if notes.is_empty() { Tone::Muted } else { Tone::Warn };
            parts.push(view.word("card.unread").to_owned());
        }
    }
    parts.extend(notes.iter().take(PROOFS).map(|n| coverage::note(view, n)));
    parts.extend(Some(more(view, "card.more_notes", notes.len(), PROOFS)).filter(|text| !text.is_empty()));
    Row { tone, label: view.options.outlet.path(&member.path).into_owned(), text: parts.join("; ") }
}

//! The findings as a picture: the verdict, then each finding with its proof and what to do. In: an analysis. Out: a drawing.

use super::draw::{Align, Area, Drawing, Pen};
use super::fonts::Type;
use super::{Ink, PictureOptions, signs, title};
use crate::analyse::Analysis;
use crate::base::words::{self, Words, word};
use crate::base::{SourceRef, Text, Tone};
use crate::export::shared;
use crate::findings::Finding;
use crate::session::Evidence;

/// Width where none is asked for.
const USUAL: f64 = 1_000.0;
/// Lines of proof shown of one finding; all of them are in the report.
const MOST_LINES: usize = 6;
/// A line of proof takes at most so many rows: it is kept up to 500 characters.
const MOST_ROWS: usize = 5;
const LEADING: f64 = 17.0;

/// Everything that was found, worst first; of the call chosen only what belongs to it.
pub fn findings(analysis: &Analysis, options: &PictureOptions) -> Drawing {
    let _spoken = words::speak(options.words.language());
    let ink = Ink::new(options);
    let mut list =
        List { out: Drawing::new(title::inner_width(options, USUAL), 0.0, ink.palette.panel), ink, analysis, top: 8.0 };
    let run = options.run_of(analysis).and_then(|id| analysis.facts.runs.get(id.0 as usize));
    let call = options.call();
    if call.is_none() {
        list.verdict(run.map(|run| &run.verdict));
    }
    let shown: Vec<&Finding> = analysis.findings.iter().filter(|f| call.is_none() || f.call == call).collect();
    if shown.is_empty() {
        let said = if shared::anything_read(analysis) { "window.findings_none" } else { "report.verdict_unreadable" };
        list.paragraph(0.0, word(said), Type::Body, ink.palette.t2);
    }
    for finding in &shown {
        list.finding(finding);
    }
    if !analysis.not_tried.is_empty() {
        let said = Words::current().fill("window.not_tried", &[("n", &analysis.not_tried.len().to_string())]);
        list.paragraph(0.0, &said, Type::Small, ink.palette.t3);
    }
    let List { mut out, top, .. } = list;
    out.height = top;
    let mut title = format!("{} ({})", word("window.findings"), shown.len());
    if let Some(call) = call.and_then(|id| analysis.facts.calls.get(id.0 as usize)) {
        title = format!("{title}: {}", ink.about(call));
    }
    let range = run.and_then(|r| r.start.zip(r.end));
    title::framed(options, &title, &[title::of_bundle(ink, analysis, range)], None, out)
}

struct List<'a> {
    out: Drawing,
    ink: Ink<'a>,
    analysis: &'a Analysis,
    top: f64,
}

impl List<'_> {
    fn row(&mut self, height: f64) -> Area {
        let area = Area::sized(0.0, self.top, self.out.width, height);
        self.top += height;
        area
    }

    fn paragraph(&mut self, left: f64, said: &str, kind: Type, colour: super::look::Rgb) {
        let area = Area::new(left, self.top, self.out.width - 12.0, self.top);
        let end = self.out.wrapped(area, LEADING, usize::MAX, said, kind, colour);
        if end > self.top {
            self.top = end + 6.0;
        }
    }

    fn verdict(&mut self, verdict: Option<&crate::session::startup::Verdict>) {
        let palette = self.ink.palette;
        let (tone, said, detail) = match verdict {
            Some(v) => (v.state.tone(), self.ink.said(&v.text), self.ink.said(&v.detail)),
            None => (Tone::Muted, word("window.verdict_none").to_owned(), word("window.verdict_none_detail").to_owned()),
        };
        let row = self.row(30.0);
        signs::tone(&mut self.out, palette, (row.left + 11.0, row.middle()), 22.0, tone);
        self.out.text(Area { left: row.left + 34.0, ..row }, Align::Start, &said, Type::Title, palette.t1);
        self.paragraph(34.0, &detail, Type::Body, palette.t2);
        self.top += 10.0;
    }

    fn finding(&mut self, finding: &Finding) {
        let palette = self.ink.palette;
        self.top += 6.0;
        let mut row = self.row(24.0);
        let (told, title) = (self.told(finding), self.ink.said(&finding.title));
        signs::tone(&mut self.out, palette, (row.left + 8.0, row.middle()), 14.0, finding.severity.tone());
        row.left += 24.0;
        let beside = Type::Strip.width(&title) + Type::Small.width(&told) + 28.0 < row.width();
        if beside {
            self.out.text(row, Align::End, &told, Type::Small, palette.t3);
        }
        for (number, line) in Type::Strip.wrap(&title, row.width(), 3).iter().enumerate() {
            let row = if number == 0 { row } else { Area { left: row.left, ..self.row(20.0) } };
            self.out.text(row, Align::Start, line, Type::Strip, palette.t1);
        }
        if !beside {
            let under = Area { left: row.left, ..self.row(18.0) };
            self.out.text(under, Align::Start, &told, Type::Small, palette.t3);
        }
        let line = self.row(6.0);
        self.out.level(line.left, line.right, line.middle(), Pen::new(1.0, palette.strong));
        self.top += 2.0;
        for (text, colour) in [(&finding.meaning, palette.t1), (&finding.impact, palette.t2)] {
            self.paragraph(0.0, &self.ink.said(text), Type::Body, colour);
        }
        if let Some(cause) = &finding.effect_of {
            self.paragraph(0.0, &Words::current().fill("window.follows", &[("cause", cause)]), Type::Small, palette.t3);
        }
        self.proof(finding);
        self.steps(&finding.steps);
        self.top += 10.0;
    }

    /// Severity, how sure, how often, since when, its name.
    fn told(&self, finding: &Finding) -> String {
        let mut parts = vec![word(&format!("severity.{}", finding.severity.word())).to_owned()];
        parts.push(word(&format!("confidence.{}", finding.confidence.word())).to_owned());
        if self.analysis.facts.runs.len() > 1 {
            parts.push(Words::current().fill("window.in_run", &[("n", &finding.run.number().to_string())]));
        }
        if finding.count > 1 {
            parts.push(Words::current().fill("window.times", &[("n", &finding.count.to_string())]));
        }
        if finding.first.is_some() {
            parts.push(format!("{} {}", self.ink.clock(finding.first), self.ink.zone()));
        }
        parts.push(finding.id.clone());
        parts.join(" · ")
    }

    fn proof(&mut self, finding: &Finding) {
        let palette = self.ink.palette;
        let Some(first) = finding.evidence.iter().find_map(|e| e.source) else {
            for evidence in finding.evidence.iter().take(MOST_LINES) {
                self.paragraph(0.0, &self.ink.said(&evidence.text), Type::Small, palette.t2);
            }
            return;
        };
        let several = finding.evidence.iter().filter_map(|e| e.source).any(|s| s.member != first.member);
        let shown = finding.evidence.get(..MOST_LINES.min(finding.evidence.len())).unwrap_or_default();
        let (ink, analysis) = (self.ink, self.analysis);
        let path = |source: &SourceRef| shared::member(analysis, source.member).map_or_else(String::new, |m| ink.path(&m.path));
        let mut head = word("window.evidence").to_owned();
        if !several {
            head = format!("{head}, {}", path(&first));
        }
        if shown.len() < finding.evidence.len() {
            let figures = [("n", shown.len().to_string()), ("all", finding.evidence.len().to_string())];
            head =
                format!("{head}, {}", Words::current().fill("list.proof_of", &figures.each_ref().map(|(k, v)| (*k, v.as_str()))));
        }
        let row = self.row(18.0);
        self.out.text(row, Align::Start, &head, Type::Label, palette.t2);
        let number = |e: &Evidence| match e.source {
            Some(s) if several => format!("{}:{}", path(&s), s.line),
            Some(s) => s.line.to_string(),
            None => "–".to_owned(),
        };
        let numbers: Vec<String> = shown.iter().map(|e| Type::Mono.cut(&number(e), 260.0)).collect();
        let column = numbers.iter().map(|n| Type::Mono.width(n)).fold(20.0, f64::max);
        let left = 8.0 + column + 14.0;
        let width = self.out.width - left - 10.0;
        let lines: Vec<Vec<String>> = shown.iter().map(|e| Type::Mono.wrap(&self.ink.said(&e.text), width, MOST_ROWS)).collect();
        let rows: usize = lines.iter().map(|l| l.len().max(1)).sum();
        let ground = self.row(rows as f64 * LEADING + 10.0);
        self.out.fill(ground, 3.0, palette.base);
        let mut top = ground.top + 5.0;
        for (number, lines) in numbers.iter().zip(&lines) {
            let area = Area::new(8.0, top, 8.0 + column + 1.0, top + LEADING);
            self.out.text(area, Align::End, number, Type::Mono, palette.t3);
            for line in lines {
                self.out.text(Area::new(left, top, left + width, top + LEADING), Align::Start, line, Type::Mono, palette.t1);
                top += LEADING;
            }
            if lines.is_empty() {
                top += LEADING;
            }
        }
        self.top += 8.0;
    }

    fn steps(&mut self, steps: &[Text]) {
        let palette = self.ink.palette;
        if steps.is_empty() {
            return;
        }
        let row = self.row(18.0);
        self.out.text(row, Align::Start, word("window.what_to_do"), Type::Label, palette.t2);
        for (number, step) in (1..).zip(steps) {
            let middle = (10.0, self.top + LEADING / 2.0 + 1.0);
            self.out.ring(middle, 8.5, Pen::new(1.0, palette.strong));
            self.out.text(Area::around(middle, 16.0, 16.0), Align::Middle, &number.to_string(), Type::Label, palette.t1);
            self.top += 1.0;
            self.paragraph(28.0, &self.ink.said(step), Type::Body, palette.t1);
        }
    }
}

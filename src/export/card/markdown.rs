//! The case card as Markdown for a ticket (the GitHub kind). In: a [`Card`]. Out: text.

use super::{Card, Row, Told};
use crate::base::Tone;
use crate::export::escape::{fenced, markdown as safe};

/// The whole.
pub fn render(card: &Card) -> String {
    let heads = &card.heads;
    let mut out = Page(String::new());
    out.part(&format!("# {}: {}", heads.card, safe(&card.name)));
    out.part(&safe(&format!("{} {}", card.made, card.digest)));
    out.part(&format!("**{}**", safe(&card.privacy)));
    let place = if card.at.is_empty() { String::new() } else { format!(" ({})", safe(&card.at)) };
    out.part(&format!("**{}: {}**  \n{}{place}", safe(&card.state), safe(&card.verdict), safe(&card.detail)));
    if !card.stages.is_empty() {
        out.part(&format!("## {}", heads.stages));
        out.table(card.stages.iter().map(|s| [s.name.as_str(), &s.state, &s.told]));
    }
    out.part(&format!("## {}", heads.findings));
    if card.findings.is_empty() && card.also.is_empty() {
        out.part(card.no_findings);
    }
    for finding in &card.findings {
        out.finding(card, finding);
    }
    if !card.also.is_empty() {
        out.part(&format!("### {}", heads.also));
        let list = card.also.iter().map(|row| format!("- {} {} (`{}`)", sign(row.tone), safe(&row.label), row.text));
        out.part(&list.collect::<Vec<_>>().join("\n"));
    }
    if let Some(ladder) = &card.ladder {
        out.part(&format!("## {}: {}", heads.ladder, safe(&ladder.title)));
        out.part(&fenced("text", ladder.text.trim().lines()));
        out.part(&safe(&ladder.beyond));
    }
    out.part(&format!("## {}: {}", heads.items, safe(&card.found)));
    out.rows(&card.items);
    if !card.asks.is_empty() {
        out.part(&format!("## {}", heads.asks));
    }
    for (title, lines) in &card.asks {
        out.part(&format!("### {}", safe(title)));
        out.pairs(lines);
    }
    out.part(&safe(&card.more_asks));
    out.part(&format!("## {}", heads.versions));
    out.pairs(&card.versions);
    out.part(&format!("## {}", heads.coverage));
    out.part(heads.coverage_why);
    out.rows(&card.coverage);
    out.pairs_of(card.beyond.iter().map(|line| safe(line)));
    out.0
}

struct Page(String);

impl Page {
    /// A block with an empty line before it; nothing when it is empty.
    fn part(&mut self, text: &str) {
        let text = text.trim_end();
        if !text.is_empty() {
            let gap = if self.0.is_empty() { "" } else { "\n" };
            self.0.push_str(&format!("{gap}{text}\n"));
        }
    }

    fn finding(&mut self, card: &Card, finding: &Told) {
        self.part(&format!("### {} {}", sign(finding.tone), safe(&finding.title)));
        self.part(&safe(&finding.about));
        self.part(&safe(&finding.meaning));
        self.part(&format!("**{}**", card.heads.evidence));
        let lines: Vec<String> = finding
            .evidence
            .iter()
            .map(|parts| parts.iter().filter(|p| !p.is_empty()).cloned().collect::<Vec<_>>().join("  "))
            .collect();
        self.part(&fenced("text", lines.iter().map(String::as_str)));
        self.part(&safe(&finding.more));
        if !finding.steps.is_empty() {
            self.part(&format!("**{}**", card.heads.steps));
            let steps = (1..).zip(&finding.steps).map(|(n, step): (u32, _)| format!("{n}. {}", safe(step)));
            self.part(&steps.collect::<Vec<_>>().join("\n"));
        }
    }

    fn table<'a, const N: usize>(&mut self, rows: impl Iterator<Item = [&'a str; N]>) {
        let line = |cells: [&str; N]| format!("| {} |", cells.map(safe).join(" | "));
        let lines = [line([""; N]), format!("|{}", " --- |".repeat(N))].into_iter().chain(rows.map(line));
        self.part(&lines.collect::<Vec<_>>().join("\n"));
    }

    fn rows(&mut self, rows: &[Row]) {
        self.table(rows.iter().map(|row| [sign(row.tone), &row.label, &row.text]));
    }

    fn pairs(&mut self, pairs: &[(String, String)]) {
        self.pairs_of(pairs.iter().map(|(label, value)| format!("**{}** {}", safe(label), safe(value))));
    }

    fn pairs_of(&mut self, lines: impl Iterator<Item = String>) {
        self.part(&lines.map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"));
    }
}

/// A sign that every ticket system shows, beside the words that say the same.
fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "✓",
        Tone::Info | Tone::Series(_) => "i",
        Tone::Warn => "!",
        Tone::Fail => "✗",
        Tone::Muted => "–",
    }
}

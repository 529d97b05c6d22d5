//! The case card as one page for a browser or printer: no script, nothing loaded. In: [`Card`]s. Out: HTML.
//!
//! ```text
//! Case card, bundle                         [Redacted, checked …]
//! (x) Verdict
//! o---o---o---x...o...o    stages
//! Finding, evidence, what to do
//! Timeline
//! Ladder
//! Server team | Checklist
//! Also found  | Versions
//! Coverage
//! ```

use super::{Card, Row, Told};
use crate::base::Tone;
use crate::export::escape::html as safe;

/// Light always: it is read on paper. Colours only say again what sign and word say.
const STYLE: &str = include_str!("style.css");

/// The whole.
pub fn render(cards: &[Card], language: &str) -> String {
    let title = cards.iter().map(|c| c.verdict.as_str()).collect::<Vec<_>>().join("; ");
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n{}",
        safe(&title),
        signs()
    );
    for card in cards {
        out.push_str(&page(card));
    }
    out.push_str("</html>\n");
    out
}

fn page(card: &Card) -> String {
    let heads = &card.heads;
    let mark = if card.redacted { "info" } else { "warn" };
    let mut out = format!(
        "<article>\n<header><p><b>{}</b> <span class=\"quiet\">{}</span></p><p class=\"mark {mark}\">{}</p></header>\n",
        safe(heads.card),
        safe(&card.name),
        safe(&card.privacy)
    );
    let place = if card.at.is_empty() { String::new() } else { format!(" <code>{}</code>", safe(&card.at)) };
    out.push_str(&format!(
        "<section class=\"verdict\">{}<div><h1>{}</h1><p>{}{place}</p></div></section>\n",
        sign(card.tone, &card.state),
        safe(&card.verdict),
        safe(&card.detail)
    ));
    out.push_str(&stages(card));
    if card.findings.is_empty() && card.also.is_empty() {
        out.push_str(&section(heads.findings, "", &format!("<p>{}</p>", safe(card.no_findings))));
    }
    for finding in &card.findings {
        out.push_str(&told(card, finding));
    }
    for (drawn, beside) in [(&card.timeline, ""), (&card.ladder, heads.ladder)] {
        if let Some(drawn) = drawn {
            let body = format!("<div class=\"drawn\">{}</div>{}", drawn.picture.svg(), paragraph(&drawn.beyond));
            out.push_str(&section(&drawn.title, beside, &body));
        }
    }
    let asks: String = card.asks.iter().map(|(title, lines)| format!("<h3>{}</h3>{}", safe(title), pairs(lines))).collect();
    let asks = if asks.is_empty() { asks } else { section(heads.asks, "", &format!("{asks}{}", paragraph(&card.more_asks))) };
    out.push_str(&two(&asks, &section(heads.items, &card.found, &rows(&card.items, ""))));
    let also = if card.also.is_empty() { String::new() } else { section(heads.also, "", &rows(&card.also, "also")) };
    out.push_str(&two(&also, &section(heads.versions, "", &pairs(&card.versions))));
    let beyond: String = card.beyond.iter().map(|line| paragraph(line)).collect();
    out.push_str(&section(heads.coverage, heads.coverage_why, &format!("{}{beyond}", rows(&card.coverage, ""))));
    out.push_str(&format!("<footer>{} <code>{}</code></footer>\n</article>\n", safe(&card.made), safe(&card.digest)));
    out
}

fn section(title: &str, beside: &str, body: &str) -> String {
    format!("<section><h2>{}<span class=\"quiet\">{}</span></h2>\n{body}</section>\n", safe(title), safe(beside))
}

/// Two sections beside each other; where the first is empty the second has the whole width.
fn two(left: &str, right: &str) -> String {
    if left.is_empty() { right.to_owned() } else { format!("<div class=\"two\">\n{left}{right}</div>\n") }
}

fn paragraph(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<p>{}</p>\n", safe(text)) }
}

fn stages(card: &Card) -> String {
    if card.stages.is_empty() {
        return String::new();
    }
    let cell = |stage: &super::Stage| {
        format!(
            "<li class=\"{}\">{}<b>{}</b><code>{}</code></li>\n",
            class(stage.tone),
            sign(stage.tone, &stage.state),
            safe(&stage.name),
            safe(if stage.told.is_empty() { &stage.state } else { &stage.told })
        )
    };
    format!("<ol class=\"stages\">\n{}</ol>\n", card.stages.iter().map(cell).collect::<String>())
}

fn told(card: &Card, finding: &Told) -> String {
    let line = |[place, time, text]: &[String; 3]| {
        format!("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", safe(place), safe(time), safe(text))
    };
    let lines: String = finding.evidence.iter().map(line).collect();
    let mut body = paragraph(&finding.meaning);
    body.push_str(&format!(
        "<h3>{}</h3><table class=\"evidence\">{lines}</table>{}",
        safe(card.heads.evidence),
        paragraph(&finding.more)
    ));
    if !finding.steps.is_empty() {
        let steps: String = finding.steps.iter().map(|step| format!("<li>{}</li>\n", safe(step))).collect();
        body.push_str(&format!("<h3>{}</h3><ol class=\"steps\">\n{steps}</ol>\n", safe(card.heads.steps)));
    }
    section(&finding.title, &finding.about, &body)
}

fn rows(rows: &[Row], class: &str) -> String {
    let row = |row: &Row| {
        format!(
            "<tr><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n",
            sign(row.tone, ""),
            safe(&row.label),
            safe(&row.text)
        )
    };
    format!("<table class=\"rows {class}\">\n{}</table>\n", rows.iter().map(row).collect::<String>())
}

fn pairs(pairs: &[(String, String)]) -> String {
    let row =
        |(label, value): &(String, String)| format!("<tr><td>{}</td><td><code>{}</code></td></tr>\n", safe(label), safe(value));
    format!("<table class=\"pairs\">\n{}</table>\n", pairs.iter().map(row).collect::<String>())
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "ok",
        Tone::Info | Tone::Series(_) => "info",
        Tone::Warn => "warn",
        Tone::Fail => "fail",
        Tone::Muted => "muted",
    }
}

/// One of the signs of the page, with its word for those who do not see it.
fn sign(tone: Tone, word: &str) -> String {
    let title = if word.is_empty() { String::new() } else { format!("<title>{}</title>", safe(word)) };
    let class = class(tone);
    format!("<svg class=\"sign {class}\" viewBox=\"0 0 16 16\" role=\"img\">{title}<use href=\"#sign-{class}\"/></svg>")
}

/// The shapes of the window, once for the page.
fn signs() -> String {
    let shapes = [
        ("ok", "<circle cx=\"8\" cy=\"8\" r=\"7\"/><path d=\"M4.8 8.2 7 10.4l4.2-4.8\"/>"),
        ("info", "<rect x=\"1\" y=\"1\" width=\"14\" height=\"14\" rx=\"2\"/><path d=\"M8 7.2V12M8 4v1.2\"/>"),
        ("warn", "<path class=\"fill\" d=\"M8 1.2 15.4 14.6H.6z\"/><path d=\"M8 6v4M8 11.6v1.2\"/>"),
        ("fail", "<path class=\"fill\" d=\"M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z\"/><path d=\"m5.5 5.5 5 5m0-5-5 5\"/>"),
        ("muted", "<circle class=\"open\" cx=\"8\" cy=\"8\" r=\"6.4\"/>"),
    ];
    let symbol = |(name, body)| format!("<symbol id=\"sign-{name}\" viewBox=\"0 0 16 16\">{body}</symbol>\n");
    format!("<svg width=\"0\" height=\"0\" hidden>\n{}</svg>\n", shapes.map(symbol).concat())
}

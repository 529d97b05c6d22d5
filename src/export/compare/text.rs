//! A comparison as plain text, 100 columns wide: where they part, the differences that matter with their proof, then everything side by
//! side. In: a [`Sheet`]. Out: text.

use super::sheet::{Line, Sheet, Strand};
use crate::compare::Kind;
use crate::export::text::page::{Page, columns};

/// Columns of the name of a row, and of each side.
const WHAT: usize = 26;
const SIDE: usize = 34;
/// Columns of a message.
const MESSAGE: usize = 46;

/// The whole.
pub fn render(sheet: &Sheet) -> String {
    let mut page = Page::default();
    page.line(0, &sheet.title);
    page.line(0, &sheet.made);
    for (label, text) in &sheet.sides {
        page.pair(0, label, text);
    }
    page.heading(sheet.heads.part);
    page.line(0, &sheet.sentence);
    if !sheet.detail.is_empty() {
        page.line(0, &sheet.detail);
    }
    page.line(0, &sheet.counts);
    page.line(0, &sheet.aligned);
    for remark in &sheet.remarks {
        page.line(0, &format!("! {remark}"));
    }
    page.heading(sheet.heads.differences);
    if sheet.differences.is_empty() {
        page.line(0, sheet.heads.no_differences);
    }
    for (number, line) in (1..).zip(&sheet.differences) {
        difference(&mut page, sheet, number, line);
    }
    page.heading(sheet.heads.facts);
    for (number, (name, rows)) in sheet.groups.iter().enumerate() {
        if number > 0 {
            page.gap();
        }
        page.line(0, name);
        for line in rows {
            fact(&mut page, line);
        }
    }
    if !sheet.strands.is_empty() {
        page.heading(sheet.heads.messages);
    }
    for strand in &sheet.strands {
        messages(&mut page, strand);
    }
    page.finish()
}

fn difference(page: &mut Page, sheet: &Sheet, number: usize, line: &Line) {
    page.line(0, &format!("{number}. {} ({}): {}", line.what, line.area, line.amount));
    let [left, right] = &line.proof;
    for (label, text, proof) in [(sheet.heads.a, &line.left, left), (sheet.heads.b, &line.right, right)] {
        let text = text.as_deref().unwrap_or("–");
        let proof = if proof.is_empty() { String::new() } else { format!(" ({proof})") };
        page.line(3, &format!("{label} {text}{proof}"));
    }
}

/// A mark, the name, both sides, the amount; what is too long for its column goes on below.
fn fact(page: &mut Page, line: &Line) {
    let mark = match (line.matters, line.kind) {
        (true, _) => "≠",
        (_, Kind::Same) => "=",
        (_, Kind::Spread) => "~",
        _ => "·",
    };
    let cell = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let (left, right) = (cell(&line.left), cell(&line.right));
    if line.kind == Kind::Same && left == right && columns(&left) > SIDE {
        return page.line(2, &format!("{mark} {}: {left}", line.what));
    }
    let fits = columns(&line.what) <= WHAT && columns(&left) <= SIDE && columns(&right) <= SIDE;
    if fits {
        let pad = |text: &str, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))));
        page.raw(&format!("  {mark} {}  {}  {}", pad(&line.what, WHAT), pad(&left, SIDE), right));
    } else {
        page.line(2, &format!("{mark} {}", line.what));
        page.line(6, &format!("A {left}"));
        page.line(6, &format!("B {right}"));
    }
}

fn messages(page: &mut Page, strand: &Strand) {
    page.line(0, &format!("{}: {}", strand.title, strand.summary));
    for row in &strand.rows {
        let pad = |text: &str| format!("{text}{}", " ".repeat(MESSAGE.saturating_sub(columns(text)).max(1)));
        page.raw(&format!("  {}{}  {}", pad(&row.left), row.mark, row.right));
    }
    if !strand.beyond.is_empty() {
        page.line(2, &strand.beyond);
    }
}

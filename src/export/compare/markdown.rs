//! A comparison as Markdown with tables (the GitHub kind). In: a [`Sheet`]. Out: text.

use super::sheet::{Line, Sheet};
use crate::compare::Kind;
use crate::export::escape::markdown as safe;

/// The whole.
pub fn render(sheet: &Sheet) -> String {
    let mut out = String::new();
    let mut put = |line: &str| {
        out.push_str(line);
        out.push('\n');
    };
    put(&format!("# {}", safe(&sheet.title)));
    put("");
    put(&safe(&sheet.made));
    put("");
    for (label, text) in &sheet.sides {
        put(&format!("- **{label}** {}", safe(text)));
    }
    put("");
    put(&format!("## {}", sheet.heads.part));
    put("");
    put(&format!("**{}**", safe(&sheet.sentence)));
    for line in [&sheet.detail, &sheet.counts, &sheet.aligned].into_iter().filter(|l| !l.is_empty()) {
        put("");
        put(&safe(line));
    }
    for remark in &sheet.remarks {
        put("");
        put(&format!("> {}", safe(remark)));
    }
    put("");
    put(&format!("## {}", sheet.heads.differences));
    put("");
    if sheet.differences.is_empty() {
        put(sheet.heads.no_differences);
    } else {
        let heads = &sheet.heads;
        put(&row(&["", heads.what, heads.a, heads.b, heads.amount, heads.proof].map(str::to_owned)));
        put("| --- | --- | --- | --- | --- | --- |");
        for (number, line) in (1..).zip(&sheet.differences) {
            let proof: Vec<String> = line
                .proof
                .iter()
                .zip([heads.a, heads.b])
                .filter(|(p, _)| !p.is_empty())
                .map(|(p, s)| format!("{s} {p}"))
                .collect();
            let what = format!("{} ({})", line.what, line.area);
            let number: u32 = number;
            put(&row(&[number.to_string(), what, side(&line.left), side(&line.right), line.amount.clone(), proof.join(" · ")]));
        }
    }
    put("");
    put(&format!("## {}", sheet.heads.facts));
    for (name, rows) in &sheet.groups {
        put("");
        put(&format!("### {}", safe(name)));
        put("");
        put(&row(&["", sheet.heads.what, sheet.heads.a, sheet.heads.b, sheet.heads.amount].map(str::to_owned)));
        put("| --- | --- | --- | --- | --- |");
        for line in rows {
            put(&fact(line));
        }
    }
    if !sheet.strands.is_empty() {
        put("");
        put(&format!("## {}", sheet.heads.messages));
    }
    for strand in &sheet.strands {
        put("");
        put(&format!("### {}", safe(&strand.title)));
        put("");
        put(&safe(&strand.summary));
        if !strand.rows.is_empty() {
            put("");
            put(&row(&[sheet.heads.a, "", sheet.heads.b].map(str::to_owned)));
            put("| --- | --- | --- |");
        }
        for message in &strand.rows {
            put(&row(&[message.left.clone(), message.mark.clone(), message.right.clone()]));
        }
        if !strand.beyond.is_empty() {
            put("");
            put(&safe(&strand.beyond));
        }
    }
    out
}

fn side(text: &Option<String>) -> String {
    text.clone().unwrap_or_else(|| "–".to_owned())
}

fn fact(line: &Line) -> String {
    let mark = match (line.matters, line.kind) {
        (true, _) => "≠",
        (_, Kind::Same) => "=",
        (_, Kind::Spread) => "~",
        _ => "·",
    };
    row(&[mark.to_owned(), line.what.clone(), side(&line.left), side(&line.right), line.amount.clone()])
}

fn row(cells: &[String]) -> String {
    let mut out = String::from("|");
    for cell in cells {
        out.push(' ');
        out.push_str(&safe(cell));
        out.push_str(" |");
    }
    out
}

//! A comparison as one page for a browser: no script, nothing loaded, light and dark by the reader's choice. In: a [`Sheet`]. Out: HTML.

use super::sheet::{Line, Sheet};
use crate::compare::Kind;
use crate::export::escape::html as safe;

/// Colours only say again what mark and word say.
const STYLE: &str = "\
:root{color-scheme:light dark;--t1:#14181d;--t3:#5f6976;--line:#e0e4e9;--warn:#faebcc;--fail:#fce4e0;--base:#fff}\
@media(prefers-color-scheme:dark){:root{--t1:#e9ecf0;--t3:#8d96a2;--line:#262b32;--warn:#362a12;--fail:#401f1d;--base:#14171b}}\
body{font:13px/18px 'IBM Plex Sans',system-ui,sans-serif;color:var(--t1);background:var(--base);max-width:1100px;margin:28px auto;padding:0 20px}\
h1{font-size:16px}h2{font-size:14px;margin-top:28px}h3{font-size:13px;margin:20px 0 4px}\
.part{font-size:20px;line-height:26px;font-weight:600}.quiet,.same td{color:var(--t3)}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:3px 8px;border-bottom:1px solid var(--line);overflow-wrap:anywhere}\
th{font-weight:500;color:var(--t3)}.matters td{background:var(--warn)}.broken td{background:var(--fail)}\
.missing{border-bottom:1px dashed var(--t3)}code,.sip td{font-family:'IBM Plex Mono',ui-monospace,monospace;font-size:12px}";

/// The whole.
pub fn render(sheet: &Sheet) -> String {
    let mut out = String::new();
    let mut put = |line: &str| {
        out.push_str(line);
        out.push('\n');
    };
    put("<!doctype html>");
    put("<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
    put("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
    put(&format!("<title>{}</title>", safe(&sheet.title)));
    put(&format!("<style>{STYLE}</style>"));
    put(&format!("<h1>{}</h1>", safe(&sheet.title)));
    put(&format!("<p class=\"part\">{}</p>", safe(&sheet.sentence)));
    for line in [&sheet.detail, &sheet.counts, &sheet.aligned].into_iter().filter(|l| !l.is_empty()) {
        put(&format!("<p>{}</p>", safe(line)));
    }
    for remark in &sheet.remarks {
        put(&format!("<p><strong>! {}</strong></p>", safe(remark)));
    }
    for (label, text) in &sheet.sides {
        put(&format!("<p><strong>{}</strong> {}</p>", safe(label), safe(text)));
    }
    put(&format!("<p class=\"quiet\">{}</p>", safe(&sheet.made)));
    put(&format!("<h2>{}</h2>", safe(sheet.heads.differences)));
    if sheet.differences.is_empty() {
        put(&format!("<p>{}</p>", safe(sheet.heads.no_differences)));
    } else {
        let heads = &sheet.heads;
        put(&format!("<table><tr>{}</tr>", heads_of(&["", heads.what, heads.a, heads.b, heads.amount])));
        for (number, line) in (1..).zip(&sheet.differences) {
            put(&difference(number, line));
        }
        put("</table>");
    }
    put(&format!("<h2>{}</h2>", safe(sheet.heads.facts)));
    for (name, rows) in &sheet.groups {
        let heads = &sheet.heads;
        put(&format!("<h3>{}</h3>", safe(name)));
        put(&format!("<table><tr>{}</tr>", heads_of(&["", heads.what, heads.a, heads.b, heads.amount])));
        for line in rows {
            put(&fact(line));
        }
        put("</table>");
    }
    if !sheet.strands.is_empty() {
        put(&format!("<h2>{}</h2>", safe(sheet.heads.messages)));
    }
    for strand in &sheet.strands {
        put(&format!("<h3>{}</h3><p class=\"quiet\">{}</p>", safe(&strand.title), safe(&strand.summary)));
        if !strand.rows.is_empty() {
            put(&format!("<table class=\"sip\"><tr>{}</tr>", heads_of(&[sheet.heads.a, "", sheet.heads.b])));
            for row in &strand.rows {
                let class = if row.kind == Kind::Same { "same" } else { "matters" };
                let cells = [&row.left, &row.mark, &row.right].map(|c| format!("<td>{}</td>", safe(c)));
                put(&format!("<tr class=\"{class}\">{}</tr>", cells.concat()));
            }
            put("</table>");
        }
        if !strand.beyond.is_empty() {
            put(&format!("<p class=\"quiet\">{}</p>", safe(&strand.beyond)));
        }
    }
    out
}

fn heads_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("<th>{}</th>", safe(name))).collect()
}

fn side(text: &Option<String>, proof: &str) -> String {
    let Some(text) = text else { return "<td><span class=\"missing\">–</span></td>".to_owned() };
    let proof = if proof.is_empty() { String::new() } else { format!("<br><code class=\"quiet\">{}</code>", safe(proof)) };
    format!("<td>{}{proof}</td>", safe(text))
}

fn difference(number: u32, line: &Line) -> String {
    let [left, right] = &line.proof;
    format!(
        "<tr class=\"matters\"><td>{number}</td><td>{}<br><span class=\"quiet\">{}</span></td>{}{}<td>{}</td></tr>",
        safe(&line.what),
        safe(&line.area),
        side(&line.left, left),
        side(&line.right, right),
        safe(&line.amount)
    )
}

fn fact(line: &Line) -> String {
    let (mark, class) = match (line.matters, line.kind) {
        (true, _) => ("≠", "matters"),
        (_, Kind::Same) => ("=", "same"),
        (_, Kind::Spread) => ("~", "same"),
        _ => ("·", ""),
    };
    format!(
        "<tr class=\"{class}\"><td>{mark}</td><td>{}</td>{}{}<td>{}</td></tr>",
        safe(&line.what),
        side(&line.left, ""),
        side(&line.right, ""),
        safe(&line.amount)
    )
}

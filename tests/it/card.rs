//! The case card, findings as CSV and ladders as Mermaid: what stands on them, and that no log can write markup or formulas.

use std::path::Path;
use std::sync::Arc;

use bundlescope::analyse::{Analysis, Options as Reading, Progress, analyse};
use bundlescope::base::words::Words;
use bundlescope::base::{Language, Text};
use bundlescope::bundle::Input;
use bundlescope::export::picture::PictureOptions;
use bundlescope::export::{Format, Options, Outlet, ask, card, render};

use super::made::{empty, full};

const FORMS: [Format; 4] = [Format::Markdown, Format::Html, Format::Csv, Format::Mermaid];

fn failing() -> Vec<Arc<Analysis>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/failing.zip");
    analyse(&[Input::Path(path)], &Reading::default(), &Progress::new()).unwrap()
}

fn options(language: Language) -> Options {
    Options { words: Words::of(language), ..Options::default() }
}

/// Text as a browser shows it: without tags, with the five entities read.
fn shown(html: &str) -> String {
    let mut out = String::new();
    for part in html.split('<') {
        out.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        out.push(' ');
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(out, |text, (from, to)| text.replace(from, to))
}

/// Markdown without its backslashes and entities.
fn plain(markdown: &str) -> String {
    let text = markdown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text.replace('\\', "")
}

#[test]
fn the_card_has_verdict_stages_findings_checklist_questions_versions_and_coverage() {
    let analyses = failing();
    let analysis = &analyses[0];
    for language in Language::ALL {
        let options = options(language);
        let words = options.words;
        let drawn = PictureOptions { words, ..PictureOptions::default() };
        let drawn: Vec<String> = card::pictures(&analyses, &drawn, &[])[0].texts().map(str::to_owned).collect();
        let pages = [
            shown(&render(&analyses, Format::Html, &options)),
            plain(&render(&analyses, Format::Markdown, &options)),
            drawn.join(" "),
        ];
        // In a picture a value without blanks is parted where the line is full.
        let whole = |text: &str| text.split_whitespace().collect::<String>();
        for page in pages {
            let has = |what: &str| assert!(whole(&page).contains(&whole(what)), "{what:?} is not in:\n{page}");
            let _spoken = bundlescope::base::words::speak(language);
            let outlet = Outlet::originals();
            let verdict = &analysis.facts.runs[1].verdict;
            has(&outlet.text(&verdict.text));
            has("bwc/current_log.txt:46");
            for stage in &analysis.facts.runs[1].stages {
                has(words.get(&format!("stage.{}", stage.id.word())));
            }
            for finding in &analysis.findings {
                has(&finding.id);
                has(&outlet.text(&finding.title));
            }
            for step in &analysis.findings[0].steps {
                has(&outlet.text(step));
            }
            has("REGISTER sip:example.com SIP/2.0");
            for item in &analysis.case.items {
                has(words.get(&format!("case.{}", item.id.word())));
            }
            let asks = ask::with(analysis, |asker| asker.all());
            assert_eq!(asks.len(), 1);
            for (label, value) in ask::lines(analysis, &asks[0], words, &outlet) {
                has(&label);
                has(&value);
            }
            has("Twinkle/1.10.2");
            for member in &analysis.bundle.members {
                has(&member.path);
            }
            for role in &analysis.missing {
                has(words.get(&format!("role.{}", role.word())));
            }
            has(words.get("card.originals"));
            // The ladder: second and last row.
            has("09:12:06.250");
            has("401 Unauthorized");
        }
    }
}

#[test]
fn the_same_bytes_each_time_and_a_line_end_at_the_end() {
    for format in Format::ALL {
        let once = render(&failing(), format, &options(Language::English));
        assert_eq!(once, render(&failing(), format, &options(Language::English)), "{format:?}");
        assert!(once.ends_with('\n'), "{format:?}");
    }
}

#[test]
fn nothing_read_is_said_on_the_card() {
    let analyses = [Arc::new(empty())];
    for format in [Format::Markdown, Format::Html] {
        let page = plain(&shown(&render(&analyses, format, &options(Language::English))));
        assert!(page.contains("Nothing could be read, so nothing can be concluded"), "{page}");
        assert!(page.contains("Nothing could be read, so nothing was looked for"), "{page}");
    }
}

fn hostile() -> Analysis {
    let mut analysis = full();
    let evil = "=cmd|'/c calc'!A1 <script src=//evil.example/x></script> ![x](http://evil.example/y) ``` | \u{202e} </style>";
    if let Some(bundle) = Arc::get_mut(&mut analysis.bundle) {
        bundle.name = format!("{evil}.zip");
        bundle.members[0].path = format!("a\n# b {evil}");
    }
    let finding = &mut analysis.findings[0];
    finding.title = Text::word(evil);
    finding.evidence[0].text = Text::word(format!("```\n{evil}"));
    analysis
}

#[test]
fn a_log_writes_no_markup_into_the_page() {
    let page = render(&[Arc::new(hostile())], Format::Html, &options(Language::English));
    let (head, body) = page.split_once("</style>").unwrap();
    assert!(!head.contains("evil.example/x>") && head.contains("default-src 'none'"));
    let tags: Vec<&str> = body.split('<').skip(1).map(|t| t.split(['>', ' ']).next().unwrap()).collect();
    let known = [
        "svg", "symbol", "circle", "rect", "path", "use", "title", "article", "header", "section", "footer", "div", "span", "p",
        "b", "h1", "h2", "h3", "ol", "li", "table", "tr", "td", "code", "html", "text", "polyline", "polygon",
    ];
    for tag in tags {
        assert!(known.contains(&tag.trim_start_matches('/')), "<{tag}");
    }
    for word in [" src=", "url(", "@import", " onload", "href=\"http"] {
        let outside = body.match_indices(word).any(|(at, _)| body[..at].rfind('<') > body[..at].rfind('>'));
        assert!(!outside && !head.contains("@import") && !head.contains("url("), "{word}");
    }
    assert!(!page.contains('\u{202e}'));
}

#[test]
fn a_log_writes_no_markup_into_the_ticket() {
    let page = render(&[Arc::new(hostile())], Format::Markdown, &options(Language::English));
    let mut fence: Option<&str> = None;
    for line in page.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            None if ticks.len() > 2 => fence = Some(ticks),
            Some(open) if ticks.len() >= open.len() && line == ticks => fence = None,
            Some(_) => {}
            None => {
                assert!(!line.contains("<script") && !line.contains("![x]"), "{line}");
                let cells = line.replace("\\|", "").matches('|').count();
                assert!(!line.starts_with('|') || cells == 4, "{line}");
                assert!(!line.starts_with("# b"), "{line}");
            }
        }
    }
    assert_eq!(fence, None, "every fence is closed");
}

/// Rows and cells by RFC 4180, written without a look at the writer.
fn cells(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = csv.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty());
    rows
}

#[test]
fn findings_as_csv_have_a_row_each_and_no_formula() {
    let analyses = failing();
    let rows = cells(&render(&analyses, Format::Csv, &options(Language::English)));
    assert_eq!(rows.len(), 1 + analyses[0].findings.len());
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    let column = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
    assert_eq!(rows[1][column("bundle")], "failing.zip");
    assert_eq!(rows[1][column("id")], "register-unauthorised");
    assert_eq!(rows[1][column("severity")], "error");
    assert_eq!(rows[1][column("first")], "2026-10-15T09:12:06.274000Z");
    assert_eq!(rows[1][column("evidence")], "bwc/current_log.txt:32; bwc/current_log.txt:46");
    let rows = cells(&render(&[Arc::new(hostile())], Format::Csv, &options(Language::English)));
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
}

#[test]
fn each_call_and_registration_has_a_diagram() {
    let analyses = failing();
    let page = render(&analyses, Format::Mermaid, &options(Language::English));
    let facts = &analyses[0].facts;
    assert_eq!(page.matches("```mermaid\n").count(), facts.calls.len() + facts.registrations.len());
    assert_eq!(page.matches("sequenceDiagram\n").count(), 2);
    assert!(page.contains("L1-->>L0: 09:12:06.297 401 Unauthorized"), "{page}");
}

#[test]
fn every_form_names_itself() {
    for format in FORMS {
        assert_eq!(Format::from_word(format.word()), Some(format));
    }
}

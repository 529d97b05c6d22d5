//! The whole catalogue for reading, as Markdown. In: signatures and a language. Out: text.

use std::fmt::Write;

use crate::base::Language;
use crate::base::words::{self, word};
use crate::findings::Catalogue;
use crate::findings::explain::{Part, of_finding};

/// One heading an area, one a signature.
pub fn markdown(catalogue: &Catalogue, language: Language) -> String {
    let _spoken = words::speak(language);
    let mut out = format!("# {}\n", word("rules.catalogue"));
    let mut area = "";
    let mut all: Vec<_> = catalogue.signatures.iter().collect();
    all.sort_by(|a, b| (&a.area, &a.id).cmp(&(&b.area, &b.id)));
    for signature in all {
        if area != signature.area {
            area = &signature.area;
            let _ = writeln!(out, "\n## {}", escaped(area));
        }
        let answer = of_finding(signature, language);
        let severity = word(&format!("severity.{}", signature.severity.word())).to_owned();
        let confidence = word(&format!("confidence.{}", signature.confidence.word())).to_owned();
        let _ = writeln!(out, "\n### {}\n\n**{}**  \n{severity}, {confidence}", signature.id, escaped(&answer.title));
        for (part, sentences) in &answer.parts {
            let _ = writeln!(out, "\n*{}*\n", word(part.key()));
            for (number, sentence) in (1..).zip(sentences) {
                let sentence = escaped(sentence);
                let _ = match part {
                    Part::Meaning | Part::Impact => writeln!(out, "{sentence}"),
                    Part::Steps => writeln!(out, "{number}. {sentence}"),
                    Part::Causes | Part::Checks | Part::NotWhen => writeln!(out, "- {sentence}"),
                };
            }
        }
        let sources: Vec<String> = answer.sources.iter().map(|s| escaped(s)).collect();
        let _ = writeln!(out, "\n*{}*: {}", word("report.sources"), sources.join("; "));
    }
    out
}

/// Signs that Markdown takes for its own; a rule file may hold any text.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | '*' | '_' | '`' | '<' | '[' | ']' | '#' | '|' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

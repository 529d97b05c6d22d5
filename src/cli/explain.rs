//! `bundlescope explain`: what a code, the name of a finding or plain words mean. In: words. Out: text on standard output.
//!
//! Exit codes: 0 when something was said (that a code is in no table is an answer too), 1 when the catalogue has nothing.

use std::fmt::Write;

use clap::Args;

use super::{OK, UNREADABLE, language, output, say};
use crate::base::rules;
use crate::base::words::{self, Words, word};
use crate::base::{Language, Notes};
use crate::findings::Catalogue;
use crate::findings::explain::{self, Explanation, Part};

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A code (200018, 1507, 488, "Q.850 34"), the name of a finding, or plain words ("one-way audio")
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// Language of the answer
    #[arg(long, default_value = "en", value_parser = language())]
    lang: String,
}

/// Looks the query up and prints what is known.
pub(super) fn run(arguments: &ExplainArguments) -> u8 {
    let language = Language::from_code(&arguments.lang).unwrap_or_default();
    let _spoken = words::speak(language);
    let query = arguments.query.join(" ");
    let catalogue = Catalogue::load(rules::user_folder().as_deref(), &mut Notes::new());
    let found = explain::explain(&catalogue, &query, language);
    if found.is_empty() {
        say(&Words::current().fill("explain.not_found", &[("query", query.trim())]));
        for (id, title) in explain::near(&catalogue, &query, language) {
            say(&Words::current().fill("explain.near", &[("id", &id), ("title", &title)]));
        }
        return UNREADABLE;
    }
    match output::to_stdout(text(&found).as_bytes()) {
        Ok(()) => OK,
        Err(why) => {
            say(&why);
            UNREADABLE
        }
    }
}

/// The answers one below the other.
fn text(found: &[Explanation]) -> String {
    found.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(answer: &Explanation) -> String {
    let mut out = format!("{}: {}\n", answer.code, answer.title);
    let _ = writeln!(out, "{}", word(answer.key()));
    for (part, sentences) in &answer.parts {
        let _ = writeln!(out, "\n{}", word(part.key()));
        for (number, sentence) in (1..).zip(sentences) {
            let _ = match part {
                Part::Meaning | Part::Impact => writeln!(out, "  {sentence}"),
                Part::Steps => writeln!(out, "  {number}. {sentence}"),
                Part::Causes | Part::Checks | Part::NotWhen => writeln!(out, "  - {sentence}"),
            };
        }
    }
    if !answer.sources.is_empty() {
        let _ = writeln!(out, "\n{}", word("report.sources"));
        for source in &answer.sources {
            let _ = writeln!(out, "  {source}");
        }
    }
    out
}

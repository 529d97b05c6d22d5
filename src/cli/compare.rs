//! `bundlescope compare A B`: how two sessions differ. In: one or two paths, what of them. Out: a report on standard output or in a file.
//!
//! Exit codes: 0 the report was written · 1 a side could not be opened, nothing could be read of it, or an original stands in the
//! report · 2 wrong arguments.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{OK, UNREADABLE, USAGE, inputs, language, output, read, redaction, say, zone};
use crate::analyse::{Analysis, Options};
use crate::base::words::{Words, word};
use crate::base::{Language, rules};
use crate::compare::{Anchor, Pair, Scope, Side, compare, two_runs};
use crate::export::compare::{self as forms, Format};
use crate::session::run::Which as RunName;
use crate::session::{CallId, RunId};

#[derive(Debug, Args)]
pub(super) struct CompareArguments {
    /// The left side, A: a log zip, folder or single log; `-` is standard input
    #[arg(value_name = "A")]
    left: PathBuf,
    /// The right side, B; without it the run before and the current run of A are compared
    #[arg(value_name = "B")]
    right: Option<PathBuf>,
    /// Form of the report
    #[arg(long, default_value = "text", value_parser = PossibleValuesParser::new(Format::ALL.map(Format::word)))]
    format: String,
    /// Run of A: its number (the first is 1), `current` or `last`; without it the one its verdict is about
    #[arg(long, value_name = "RUN", conflicts_with_all = ["left_call", "left_registration"])]
    left_run: Option<String>,
    /// Run of B
    #[arg(long, value_name = "RUN", conflicts_with_all = ["right_call", "right_registration"])]
    right_run: Option<String>,
    /// Only this call of A, by its number in window and report: the first is 1
    #[arg(long, value_name = "N", conflicts_with = "left_registration")]
    left_call: Option<u32>,
    /// Only this call of B
    #[arg(long, value_name = "N", conflicts_with = "right_registration")]
    right_call: Option<u32>,
    /// Only this registration of A: the first is 1
    #[arg(long, value_name = "N")]
    left_registration: Option<u32>,
    /// Only this registration of B
    #[arg(long, value_name = "N")]
    right_registration: Option<u32>,
    /// Where elapsed time is zero on both sides
    #[arg(long, default_value = "auto", value_parser = PossibleValuesParser::new(Anchor::NAMED.map(Anchor::word)))]
    anchor: String,
    /// With every SIP message of both sides
    #[arg(long)]
    messages: bool,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    redaction: redaction::RedactionArguments,
    /// Zone of the times, such as +05:45; JSON stays in UTC
    #[arg(long, value_name = "OFFSET", value_parser = zone, allow_hyphen_values = true)]
    zone: Option<i32>,
    /// Zone of logs that print none, such as +05:45, instead of finding it out
    #[arg(long, value_name = "OFFSET", value_parser = zone, allow_hyphen_values = true)]
    log_zone: Option<i32>,
    /// Language of the report
    #[arg(long, default_value = "en", value_parser = language())]
    lang: String,
}

/// Compares and prints.
pub(super) fn run(arguments: &CompareArguments) -> u8 {
    match compared(arguments) {
        Ok(code) => code,
        Err((code, why)) => {
            say(&why);
            code
        }
    }
}

/// The text report of two paths, as without any option.
pub(super) fn print(paths: &[PathBuf], lang: Option<&str>) -> u8 {
    let [left, right] = paths else { return USAGE };
    run(&CompareArguments {
        left: left.clone(),
        right: Some(right.clone()),
        format: Format::Text.word().to_owned(),
        left_run: None,
        right_run: None,
        left_call: None,
        right_call: None,
        left_registration: None,
        right_registration: None,
        anchor: Anchor::Auto.word().to_owned(),
        messages: false,
        output: None,
        redaction: redaction::RedactionArguments::default(),
        zone: None,
        log_zone: None,
        lang: lang.unwrap_or(Language::default().code()).to_owned(),
    })
}

type Failure = (u8, String);

fn compared(arguments: &CompareArguments) -> Result<u8, Failure> {
    let mut paths = vec![arguments.left.clone()];
    paths.extend(arguments.right.clone());
    if paths.iter().filter(|p| p.as_os_str() == "-").count() > 1 {
        return Err((USAGE, word("cli.stdin_twice").to_owned()));
    }
    let options = Options { zone_s: arguments.log_zone, rules: rules::user_folder(), ..Options::default() };
    let mut complete = true;
    let mut analyses: Vec<Arc<Analysis>> = Vec::new();
    for path in &paths {
        let groups = inputs::groups(std::slice::from_ref(path), &[], true).map_err(|why| (USAGE, why))?;
        if let Some(path) = &arguments.output {
            output::check(path, groups.inputs()).map_err(|why| (USAGE, why))?;
        }
        let read = read(groups, &options);
        complete &= read.complete;
        let mut found = read.analyses.into_iter();
        // A side that could not be opened, which has been said, is a side of which nothing is known.
        let name = || path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        analyses.push(found.next().unwrap_or_else(|| Arc::new(Analysis::unread(&name()))));
        if let Some(other) = found.next() {
            say(&format!("{}: {}", word("compare.several_bundles"), other.bundle.name));
        }
    }
    if analyses.iter().all(|a| a.members.is_empty()) {
        return Ok(UNREADABLE);
    }
    let (left, right) = match analyses.as_slice() {
        [left, right] => (left, right),
        [one] => (one, one),
        _ => return Ok(UNREADABLE),
    };
    let chosen = Pair::new(
        scope(left, arguments.left_run.as_deref(), arguments.left_call, arguments.left_registration)?,
        scope(right, arguments.right_run.as_deref(), arguments.right_call, arguments.right_registration)?,
    );
    let by_default = if arguments.right.is_some() {
        Pair::new(Side::of(left).scope, Side::of(right).scope)
    } else if let Some(pair) = two_runs(left) {
        pair.map(|side| side.scope)
    } else if chosen.left.is_some() && chosen.right.is_some() {
        Pair::new(Scope::Run(RunId(0)), Scope::Run(RunId(0)))
    } else {
        return Err((USAGE, word("compare.one_run").to_owned()));
    };
    let left_side = Side { analysis: left, scope: chosen.left.unwrap_or(by_default.left) };
    let right_side = Side { analysis: right, scope: chosen.right.unwrap_or(by_default.right) };
    let comparison = compare(left_side, right_side, Anchor::from_word(&arguments.anchor).unwrap_or_default());
    let options = forms::Options {
        messages: arguments.messages,
        zone_s: arguments.zone.unwrap_or(0),
        outlet: arguments.redaction.outlet(&analyses),
        words: Words::of(Language::from_code(&arguments.lang).unwrap_or_default()),
    };
    let format = Format::from_word(&arguments.format).unwrap_or(Format::Text);
    let text = forms::render(&comparison, Pair::new(left, right), format, &options);
    redaction::proven(&options.outlet, &text).map_err(|why| (UNREADABLE, why))?;
    let written = match &arguments.output {
        Some(path) => output::to_file(path, text.as_bytes()),
        None => output::to_stdout(text.as_bytes()),
    };
    written.map_err(|why| (UNREADABLE, why))?;
    Ok(if complete { OK } else { UNREADABLE })
}

/// What of a bundle the arguments name; `None`: nothing.
fn scope(analysis: &Analysis, run: Option<&str>, call: Option<u32>, registration: Option<u32>) -> Result<Option<Scope>, Failure> {
    let facts = &analysis.facts;
    let missing = |key: &'static str, there: String| (USAGE, format!("{}: {there}", word(key)));
    if let Some(call) = call {
        return match CallId::numbered(call).filter(|id| facts.calls.get(id.0 as usize).is_some()) {
            Some(id) => Ok(Some(Scope::Call(id))),
            None => Err(missing("compare.no_such_call", facts.calls.len().to_string())),
        };
    }
    if let Some(number) = registration {
        let place = number.checked_sub(1).filter(|n| facts.registrations.get(*n as usize).is_some());
        return match place {
            Some(place) => Ok(Some(Scope::Registration(place))),
            None => Err(missing("compare.no_such_registration", facts.registrations.len().to_string())),
        };
    }
    let Some(name) = run else { return Ok(None) };
    let newest = facts.runs.len().checked_sub(1);
    let of = |which: RunName| facts.runs.iter().rposition(|r| r.which == Some(which));
    let found = match name {
        "current" => of(RunName::Current).or(newest),
        "last" => of(RunName::Last).or(newest.and_then(|n| n.checked_sub(1))),
        number => number.parse().ok().and_then(RunId::numbered).map(|id| id.0 as usize).filter(|n| *n < facts.runs.len()),
    };
    let run = found.and_then(|n| u32::try_from(n).ok());
    let names = || {
        let numbers: Vec<String> = (1..=facts.runs.len()).map(|n| n.to_string()).collect();
        numbers.join(", ")
    };
    run.map(|n| Some(Scope::Run(RunId(n)))).ok_or_else(|| missing("compare.no_such_run", names()))
}

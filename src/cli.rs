//! Arguments to window or report. In: the command line. Out: an exit code; standard output and standard error.
//!
//! Exit codes are those of `report-v1`: 0 the report was written · 1 an input could not be opened or read at all, or the report was
//! refused because an original stands in it · 2 wrong arguments · 3 a finding as severe as `--fail-on` asks for.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};

use crate::analyse::{Analysis, Options, Progress, analyse};
use crate::app::output;
use crate::base::time::Zone;
use crate::base::words::{Words, word};
use crate::base::{Language, rules};
use crate::export::Format;
use crate::findings::Severity;

mod associate;
mod compare;
mod explain;
mod export;
pub mod fault;
mod inputs;
mod manual;
mod picture;
mod redaction;
mod signatures;
mod window;

/// Everything went as asked.
pub const OK: u8 = 0;
/// An input could not be opened or read at all, or the report not written: an original stands in it, or its place can't be written to.
pub const UNREADABLE: u8 = 1;
/// Wrong arguments.
pub const USAGE: u8 = 2;
/// A finding as severe as `--fail-on` asks for stands in the report.
pub const FOUND: u8 = 3;

#[derive(Debug, Parser)]
#[command(name = "bundlescope", version, about, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    window: WindowArguments,
}

const EXAMPLES: &str = "\
Examples:
  bundlescope client-log.zip                     open a window
  bundlescope report client-log.zip              print what happened
  bundlescope report client-log.zip --format json --output report.json
  bundlescope report client-log.zip --no-redact  with names and numbers as logged
  bundlescope compare good.zip bad.zip           tell where two sessions part
  bundlescope picture client-log.zip --view ladder --call 1 --output call.png
  bundlescope export client-log.zip --what sip --output call.pcapng   SIP for Wireshark
  bundlescope demo                               open the samples that come with the program
  bundlescope explain 200018 --lang nl           say what a code, a finding or plain words mean
  bundlescope signatures check FOLDER            check rules of your own

Exit codes: 0 done, 1 an input could not be opened or read at all or explain found nothing, 2 wrong arguments, 3 a finding that --fail-on names";

#[derive(Debug, Subcommand)]
enum Command {
    /// Print what happened: for a terminal, a ticket or a script
    Report(ReportArguments),
    /// Tell how two sessions differ: two bundles, or the two runs of one
    Compare(Box<compare::CompareArguments>),
    /// Draw the timeline, a ladder, findings, media, a comparison or the case card as PNG or SVG, without a display
    Picture(Box<picture::PictureArguments>),
    /// Write findings, calls, messages, records or SIP for a spreadsheet, a script or Wireshark
    Export(Box<export::ExportArguments>),
    /// Open the samples that come with the program
    Demo(WindowPictureArguments),
    /// Say what a code, the name of a finding or plain words mean
    Explain(explain::ExplainArguments),
    /// List, check, try and write failure signatures
    Signatures(signatures::SignaturesArguments),
    /// Offer this program for client logs on the desktop, for this user; no default is taken away
    Associate(associate::AssociateArguments),
    /// Print the man page, or write those of all commands into a folder
    Man(manual::ManArguments),
    /// Print the completions of a shell
    Completions(manual::CompletionsArguments),
}

#[derive(Debug, Args)]
struct WindowArguments {
    /// Log zips, folders, single logs, ced.dat; `-` is standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Open two bundles side by side
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with = "paths")]
    compare: Vec<PathBuf>,
    /// Open a window of its own, also where one is open
    #[arg(long)]
    new_window: bool,
    #[command(flatten)]
    picture: WindowPictureArguments,
}

#[derive(Debug, Args)]
struct WindowPictureArguments {
    /// Save a picture of the window as PNG once the verdict stands, then close
    #[arg(long, value_name = "FILE")]
    window_picture: Option<PathBuf>,
    /// Size of the window in points
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<(f32, f32)>,
    /// Colours of the window
    #[arg(long, value_parser = PossibleValuesParser::new(["dark", "light"]))]
    theme: Option<String>,
    /// Language of the window; without it the system's
    #[arg(long, value_parser = language())]
    lang: Option<String>,
    /// View to show first
    #[arg(long, value_name = "NAME")]
    view: Option<String>,
    /// Start in screenshot-safe mode: pseudonyms instead of names, numbers and addresses
    #[arg(long)]
    safe: bool,
}

#[derive(Debug, Args)]
struct ReportArguments {
    /// Log zips, folders, single logs, ced.dat; `-` is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Form of the report; `formats` counts line shapes with every value masked, for a log that looks new
    #[arg(long, default_value = "text", value_parser = PossibleValuesParser::new(Format::ALL.map(Format::word)))]
    format: String,
    /// With every SIP message in order
    #[arg(long)]
    messages: bool,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    redaction: redaction::RedactionArguments,
    /// Zone of the times in the text report and on the case card, such as +05:45; the others stay in UTC
    #[arg(long, value_name = "OFFSET", value_parser = zone, allow_hyphen_values = true)]
    zone: Option<i32>,
    /// Zone of logs that print none, such as +05:45, instead of finding it out
    #[arg(long, value_name = "OFFSET", value_parser = zone, allow_hyphen_values = true)]
    log_zone: Option<i32>,
    /// Report each PATH by itself, join nothing
    #[arg(long, conflicts_with = "with")]
    separate: bool,
    /// Join FILE (ced.dat, device configuration, server log) to BUNDLE, one of the paths
    #[arg(long, value_name = "BUNDLE=FILE")]
    with: Vec<OsString>,
    /// End with code 3 when a finding of this severity or worse stands in the report
    #[arg(long, value_parser = PossibleValuesParser::new(["error", "warning"]))]
    fail_on: Option<String>,
    /// Language of the report
    #[arg(long, default_value = "en", value_parser = language())]
    lang: String,
}

/// Does what the arguments (the program's name first) ask for and tells the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let parsed = match Arguments::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version come as errors too, with code 0. A closed pipe is no reason to fail.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(USAGE);
        }
    };
    match parsed.command {
        Some(Command::Report(arguments)) => report(&arguments),
        Some(Command::Compare(arguments)) => compare::run(&arguments),
        Some(Command::Picture(arguments)) => picture::run(&arguments),
        Some(Command::Export(arguments)) => export::run(&arguments),
        Some(Command::Demo(picture)) => window::open(inputs::samples(), &picture),
        Some(Command::Explain(arguments)) => explain::run(&arguments),
        Some(Command::Signatures(arguments)) => signatures::run(&arguments),
        Some(Command::Associate(arguments)) => associate::run(&arguments),
        Some(Command::Man(arguments)) => manual::man(&arguments),
        Some(Command::Completions(arguments)) => manual::completions(&arguments),
        None if !parsed.window.compare.is_empty() => window::open_both(&parsed.window.compare, &parsed.window.picture),
        None => window::open_paths(&parsed.window.paths, parsed.window.new_window, &parsed.window.picture),
    }
}

/// One short sentence on standard error.
fn say(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "{}: {sentence}", env!("CARGO_PKG_NAME"));
}

fn report(arguments: &ReportArguments) -> u8 {
    let groups = match inputs::groups(&arguments.paths, &arguments.with, arguments.separate) {
        Ok(groups) => groups,
        Err(why) => {
            say(&why);
            return USAGE;
        }
    };
    if let Some(output) = &arguments.output
        && let Err(why) = output::check(output, groups.inputs())
    {
        say(&why);
        return USAGE;
    }
    let read = read(groups, &Options { zone_s: arguments.log_zone, rules: rules::user_folder(), ..Options::default() });
    if read.analyses.is_empty() {
        return UNREADABLE;
    }
    let format = Format::from_word(&arguments.format).unwrap_or(Format::Text);
    // `formats` has no values at all.
    let outlet =
        if format == Format::Formats { crate::export::Outlet::originals() } else { arguments.redaction.outlet(&read.analyses) };
    let options = crate::export::Options {
        messages: arguments.messages,
        zone_s: arguments.zone.unwrap_or(0),
        outlet,
        words: Words::of(Language::from_code(&arguments.lang).unwrap_or_default()),
        unopened: read.failures,
    };
    let text = crate::export::render(&read.analyses, format, &options);
    if let Err(why) = redaction::proven(&options.outlet, &text) {
        say(&why);
        return UNREADABLE;
    }
    let written = match &arguments.output {
        Some(path) => output::to_file(path, text.as_bytes()),
        None => output::to_stdout(text.as_bytes()),
    };
    if let Err(why) = written {
        say(&why);
        return UNREADABLE;
    }
    if !read.complete {
        return UNREADABLE;
    }
    let limit = match arguments.fail_on.as_deref() {
        Some("error") => Severity::Error,
        Some(_) => Severity::Warning,
        None => return OK,
    };
    let found = read.analyses.iter().flat_map(|a| &a.findings).any(|finding| finding.severity <= limit);
    if found { FOUND } else { OK }
}

/// What reading the inputs gave; every failure has been told on standard error.
struct Read {
    analyses: Vec<Arc<Analysis>>,
    failures: Vec<String>,
    /// Every input was opened, and something could be read in it.
    complete: bool,
}

fn read(groups: inputs::Groups, options: &Options) -> Read {
    let mut read = Read { analyses: Vec::new(), failures: groups.failures, complete: true };
    for group in groups.groups {
        match analyse(&group, options, &Progress::new()) {
            Ok(analyses) => read.analyses.extend(analyses),
            Err(error) => read.failures.push(error.to_string()),
        }
    }
    for why in &read.failures {
        say(why);
        read.complete = false;
    }
    for why in read.analyses.iter().flat_map(|analysis| &analysis.bundle.unopened) {
        say(why);
        read.complete = false;
    }
    for analysis in &read.analyses {
        if !crate::export::anything_read(analysis) {
            say(&format!("{}: {}", word("cli.nothing_read"), analysis.bundle.name));
            read.complete = false;
        }
    }
    read
}

/// The codes of the languages spoken.
fn language() -> PossibleValuesParser {
    PossibleValuesParser::new(Language::ALL.map(Language::code))
}

/// `+05:45`, `-03`, `Z`.
fn zone(text: &str) -> Result<i32, String> {
    Zone::parse_offset(text).ok_or_else(|| word("cli.bad_zone").to_owned())
}

/// `1280x800`.
fn size(text: &str) -> Result<(f32, f32), String> {
    let parse = |part: &str| part.parse::<u16>().ok().filter(|n| (200..=8000).contains(n)).map(f32::from);
    text.split_once(['x', 'X']).and_then(|(w, h)| Some((parse(w)?, parse(h)?))).ok_or_else(|| word("cli.bad_size").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_holds_together() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_and_zones() {
        assert_eq!(size("1280x800"), Ok((1280.0, 800.0)));
        assert!(size("1280").is_err() && size("0x800").is_err() && size("1280x99999").is_err());
        assert_eq!(zone("+05:45"), Ok(20_700));
        assert!(zone("Kathmandu").is_err());
    }
}

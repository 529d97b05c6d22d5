//! `bundlescope export PATH`: what a bundle holds as rows, text or a capture. In: paths, what, in which form. Out: a file that is whole
//! or not there.
//!
//! Exit codes: 0 written · 1 an input could not be opened, or the output not written · 2 wrong arguments.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{OK, UNREADABLE, USAGE, inputs, language, output, read, redaction, say, zone};
use crate::analyse::{Analysis, Options};
use crate::base::words::{self, Words, word};
use crate::base::{Language, Progress, rules};
use crate::export::{capture, csv, records, rows, wire};
use crate::session::{CallId, MessageId};

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// Log zips, folders, single logs, ced.dat; `-` is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// What to write
    #[arg(long, value_parser = PossibleValuesParser::new(WHAT))]
    what: String,
    /// Form; without it the ending of FILE says: csv, json, txt, pcapng
    #[arg(long, value_parser = PossibleValuesParser::new(FORMATS))]
    format: Option<String>,
    /// File to write
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// SIP messages of this call only, by its number in window and report: the first is 1
    #[arg(long, value_name = "N")]
    call: Option<u32>,
    #[command(flatten)]
    redaction: redaction::RedactionArguments,
    /// Zone of logs that print none, such as +05:45, instead of finding it out
    #[arg(long, value_name = "OFFSET", value_parser = zone, allow_hyphen_values = true)]
    log_zone: Option<i32>,
    /// Language of the words
    #[arg(long, default_value = "en", value_parser = language())]
    lang: String,
}

const WHAT: [&str; 5] = ["findings", "calls", "messages", "records", "sip"];
const FORMATS: [&str; 4] = ["csv", "json", "text", "pcap"];

type Failure = (u8, String);

/// Reads and writes.
pub(super) fn run(arguments: &ExportArguments) -> u8 {
    match written(arguments) {
        Ok(code) => code,
        Err((code, why)) => {
            say(&why);
            code
        }
    }
}

fn written(arguments: &ExportArguments) -> Result<u8, Failure> {
    let format = format(arguments)?;
    let groups = inputs::groups(&arguments.paths, &[], false).map_err(|why| (USAGE, why))?;
    output::check(&arguments.output, groups.inputs()).map_err(|why| (USAGE, why))?;
    let read = read(groups, &Options { zone_s: arguments.log_zone, rules: rules::user_folder(), ..Options::default() });
    let Some(first) = read.analyses.first() else { return Ok(UNREADABLE) };
    let words = Words::of(Language::from_code(&arguments.lang).unwrap_or_default());
    let _spoken = words::speak(words.language());
    let outlet = arguments.redaction.outlet(&read.analyses);
    let what = arguments.what.as_str();
    if what == "records" {
        let form = match format {
            "csv" => records::Form::Csv,
            "json" => records::Form::Json,
            _ => records::Form::Text,
        };
        one_bundle(read.analyses.len())?;
        output::in_pieces(&arguments.output, records::Stopped::Reader, |put| {
            let mut put = |piece: &str| put(piece.as_bytes());
            records::write(first, records::all(first), form, &outlet, &Progress::new(), &mut put).map(drop)
        })
        .map_err(|stopped| match stopped {
            records::Stopped::Leak(leak) => (UNREADABLE, leak.sentence(words)),
            records::Stopped::Reader(why) => (UNREADABLE, why),
            records::Stopped::Cancelled => (UNREADABLE, word("sip-export.stopped").to_owned()),
        })?;
    } else {
        let leaked = |leak: crate::export::redact::Leak| (UNREADABLE, leak.sentence(words));
        let bytes = match (rows::What::from_word(what), format) {
            (Some(what), "json") => rows::json(&read.analyses, what, &outlet).into_bytes(),
            (Some(what), _) => csv::objects(&rows::rows(&read.analyses, what, &outlet)).into_bytes(),
            (None, form) => {
                one_bundle(read.analyses.len())?;
                let ids = messages(first, arguments.call)?;
                match form {
                    "pcap" => capture::capture(first, &ids, &outlet).map_err(leaked)?,
                    _ => wire::text(first, &ids, &outlet).into_bytes(),
                }
            }
        };
        if format != "pcap" {
            outlet.prove(&String::from_utf8_lossy(&bytes)).map_err(leaked)?;
        }
        output::to_file(&arguments.output, &bytes).map_err(|why| (UNREADABLE, why))?;
    }
    Ok(if read.complete { OK } else { UNREADABLE })
}

/// The form asked for, else that of the ending, if it goes with what is written.
fn format(arguments: &ExportArguments) -> Result<&'static str, Failure> {
    let ending = arguments.output.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let wanted = arguments.format.as_deref().unwrap_or(match ending.as_str() {
        "txt" | "log" => "text",
        "pcapng" => "pcap",
        other => other,
    });
    let possible: &[&'static str] = match arguments.what.as_str() {
        "sip" => &["text", "pcap"],
        "records" => &["text", "csv", "json"],
        _ => &["csv", "json"],
    };
    if arguments.call.is_some() && arguments.what != "sip" {
        return Err((USAGE, word("sip-export.call_of_sip").to_owned()));
    }
    let found = possible.iter().find(|form| **form == wanted).copied();
    found.ok_or_else(|| {
        (USAGE, Words::current().fill("sip-export.format", &[("what", &arguments.what), ("formats", &possible.join(", "))]))
    })
}

fn one_bundle(bundles: usize) -> Result<(), Failure> {
    if bundles > 1 { Err((USAGE, word("sip-export.one_bundle").to_owned())) } else { Ok(()) }
}

fn messages(analysis: &Analysis, call: Option<u32>) -> Result<Vec<MessageId>, Failure> {
    let calls = &analysis.facts.calls;
    match call {
        Some(number) => CallId::numbered(number)
            .and_then(|id| calls.get(id.0 as usize))
            .map(|call| call.messages.clone())
            .ok_or_else(|| (USAGE, format!("{}: {}", word("compare.no_such_call"), calls.len()))),
        None => Ok((0..).map(MessageId).take(analysis.facts.messages.len()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_by_ending_and_word() {
        let arguments = |what: &str, format: Option<&str>, output: &str| ExportArguments {
            paths: Vec::new(),
            what: what.to_owned(),
            format: format.map(str::to_owned),
            output: PathBuf::from(output),
            call: None,
            redaction: redaction::RedactionArguments::default(),
            log_zone: None,
            lang: "en".to_owned(),
        };
        assert_eq!(format(&arguments("sip", None, "a.pcapng")), Ok("pcap"));
        assert_eq!(format(&arguments("records", None, "a.txt")), Ok("text"));
        assert_eq!(format(&arguments("calls", Some("json"), "a")), Ok("json"));
        assert!(format(&arguments("calls", None, "a.pcap")).is_err() && format(&arguments("sip", None, "a")).is_err());
    }
}

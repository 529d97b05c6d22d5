//! `bundlescope picture PATH`: a view as PNG or SVG, on a machine without display. In: paths, what to draw. Out: a file, or one a page.
//!
//! Exit codes: 0 the picture was written · 1 an input could not be opened, or the picture not written · 2 wrong arguments.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{OK, UNREADABLE, USAGE, inputs, language, output, read, redaction, say, zone};
use crate::analyse::{Analysis, Options};
use crate::base::words::{Words, word};
use crate::base::{Language, rules};
use crate::compare::{Anchor, Pair, Side, compare, two_runs};
use crate::export::card;
use crate::export::picture::{self, Drawing, Form, PictureOptions, Scheme, View};
use crate::session::CallId;
use crate::timeline::Subject;

#[derive(Debug, Args)]
pub(super) struct PictureArguments {
    /// Log zips, folders, single logs, ced.dat; `-` is standard input; two bundles for a comparison
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// What to draw
    #[arg(long, default_value = View::ALL[0].word(), value_parser = PossibleValuesParser::new(View::ALL.map(View::word)))]
    view: String,
    /// Only this call, by its number in window and report: the first is 1
    #[arg(long, value_name = "N")]
    call: Option<u32>,
    /// File to write; its ending, .png or .svg, says in which form
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Pixels a point of a PNG
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=4))]
    scale: u8,
    /// Colours
    #[arg(long, default_value = "light", value_parser = PossibleValuesParser::new(["dark", "light"]))]
    theme: String,
    /// Width in points; without it what suits the view
    #[arg(long, value_name = "POINTS", value_parser = clap::value_parser!(u16).range(480..=8000))]
    width: Option<u16>,
    /// A ladder in pictures of so many rows: FILE-1.png, FILE-2.png, …; a case card of several bundles has a picture for each
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..))]
    page: Option<u32>,
    #[command(flatten)]
    redaction: redaction::RedactionArguments,
    /// Zone of the times, such as +05:45
    #[arg(long, value_name = "OFFSET", value_parser = zone, allow_hyphen_values = true)]
    zone: Option<i32>,
    /// Zone of logs that print none, such as +05:45, instead of finding it out
    #[arg(long, value_name = "OFFSET", value_parser = zone, allow_hyphen_values = true)]
    log_zone: Option<i32>,
    /// Language of the words
    #[arg(long, default_value = "en", value_parser = language())]
    lang: String,
}

type Failure = (u8, String);

/// Draws and writes.
pub(super) fn run(arguments: &PictureArguments) -> u8 {
    match drawn(arguments) {
        Ok(code) => code,
        Err((code, why)) => {
            say(&why);
            code
        }
    }
}

fn drawn(arguments: &PictureArguments) -> Result<u8, Failure> {
    let form = form(&arguments.output, arguments.scale)?;
    let view = View::from_word(&arguments.view).unwrap_or(View::Timeline);
    // The sides of a comparison are read each by itself; otherwise companions join their bundle.
    let groups = inputs::groups(&arguments.paths, &[], view == View::Compare).map_err(|why| (USAGE, why))?;
    output::check(&arguments.output, groups.inputs()).map_err(|why| (USAGE, why))?;
    let read = read(groups, &Options { zone_s: arguments.log_zone, rules: rules::user_folder(), ..Options::default() });
    let Some(analysis) = read.analyses.first() else { return Ok(UNREADABLE) };
    let subject = call(analysis, arguments.call)?;
    let words = Words::of(Language::from_code(&arguments.lang).unwrap_or_default());
    let outlet = arguments.redaction.outlet(&read.analyses);
    let options = PictureOptions {
        outlet,
        words,
        zone_s: arguments.zone.unwrap_or(0),
        scheme: if arguments.theme == "dark" { Scheme::Dark } else { Scheme::Light },
        width: arguments.width.map(f64::from),
        subject,
        ..PictureOptions::default()
    };
    let pages: Vec<Drawing> = match view {
        View::Timeline => vec![picture::timeline(analysis, &options)],
        View::Ladder => {
            let rows = arguments.page.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(usize::MAX);
            picture::ladder_pages(analysis, &options, rows)
        }
        View::Findings => vec![picture::findings(analysis, &options)],
        View::Media => vec![picture::media(analysis, &options)],
        View::Compare => vec![compared(&read.analyses, &options)?],
        View::Card => card::pictures(&read.analyses, &options, &read.failures),
    };
    write(&pages, form, &options, &arguments.output)?;
    Ok(if read.complete { OK } else { UNREADABLE })
}

/// Two bundles, or the two runs of one.
fn compared(analyses: &[Arc<Analysis>], options: &PictureOptions) -> Result<Drawing, Failure> {
    let (sides, pair) = match analyses {
        [left, right] => (Pair::new(Side::of(left), Side::of(right)), Pair::new(left.as_ref(), right.as_ref())),
        [one] => {
            let sides = two_runs(one).ok_or_else(|| (USAGE, word("compare.one_run").to_owned()))?;
            (sides, Pair::new(one.as_ref(), one.as_ref()))
        }
        _ => return Err((USAGE, word("picture.two_bundles").to_owned())),
    };
    let comparison = compare(sides.left, sides.right, Anchor::default());
    Ok(picture::compare(&comparison, pair, options))
}

/// The form that the ending of a file name asks for.
fn form(output: &Path, scale: u8) -> Result<Form, Failure> {
    let ending = output.extension().map(|e| e.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg") => Ok(Form::Svg),
        Some("png") => Ok(Form::Png(scale)),
        _ => Err((USAGE, format!("{}: {}", word("picture.ending"), output.display()))),
    }
}

fn call(analysis: &Analysis, number: Option<u32>) -> Result<Option<Subject>, Failure> {
    let Some(number) = number else { return Ok(None) };
    let calls = &analysis.facts.calls;
    match CallId::numbered(number).filter(|id| calls.get(id.0 as usize).is_some()) {
        Some(id) => Ok(Some(Subject::Call(id))),
        None => Err((USAGE, format!("{}: {}", word("compare.no_such_call"), calls.len()))),
    }
}

/// Writes every page once all of them are proven and drawn: a refusal leaves no file.
fn write(pages: &[Drawing], form: Form, options: &PictureOptions, path: &Path) -> Result<(), Failure> {
    let refused = |why: picture::Refused| (UNREADABLE, why.sentence(options.words));
    let bytes =
        pages.iter().map(|page| picture::bytes(page, form, &options.outlet)).collect::<Result<Vec<_>, _>>().map_err(refused)?;
    for (number, bytes) in (1..).zip(&bytes) {
        let path = if pages.len() > 1 { numbered(path, number) } else { path.to_path_buf() };
        output::to_file(&path, bytes).map_err(|why| (UNREADABLE, why))?;
    }
    Ok(())
}

/// `call.png` → `call-2.png`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(format!("-{number}."));
    name.push(path.extension().unwrap_or_default());
    path.with_file_name(name)
}

//! `bundlescope signatures …`: the catalogue for those who read it and those who write their own. In: a folder, a file, a log.
//! Out: text on standard output.
//!
//! Exit codes: 0 all is well · 1 a fault was found, a file can't be read, or the signature does not hit · 2 wrong arguments.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{OK, UNREADABLE, USAGE, inputs, language, output, read, say};
use crate::analyse::{Analysis, Options, rule_book};
use crate::base::rules::{self, RuleFile, RuleKind};
use crate::base::words::{self, Words, word};
use crate::base::{Language, Notes, SourceRef};
use crate::export::{catalogue, outlet::Outlet};
use crate::findings::{Catalogue, Finding, NotRaised, explain, own, signature};

#[derive(Debug, Args)]
pub(super) struct SignaturesArguments {
    #[command(subcommand)]
    command: Command,
    /// Language of what is printed
    #[arg(long, global = true, default_value = "en", value_parser = language())]
    lang: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every signature: severity, area, what it rests on, where it comes from
    List,
    /// Check a rules folder: faults with file and line, examples, missing languages
    Check {
        /// A folder with signatures, milestones, dialects
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Try one signature file on a log: the lines it hits, or why it does not
    Test {
        /// A signature file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Log zip, folder or single log
        #[arg(value_name = "LOG")]
        log: PathBuf,
    },
    /// Why a signature is no finding of a bundle: which condition failed
    Why {
        /// Its ID
        #[arg(value_name = "ID")]
        id: String,
        /// Log zip, folder or single log
        #[arg(value_name = "PATH")]
        path: PathBuf,
    },
    /// The whole catalogue as Markdown
    Docs,
    /// A commented file to begin a signature with
    Template,
    /// Where your own rules belong
    Folder,
}

/// Does what was asked for.
pub(super) fn run(arguments: &SignaturesArguments) -> u8 {
    let language = Language::from_code(&arguments.lang).unwrap_or_default();
    let _spoken = words::speak(language);
    let folder = rules::user_folder();
    let (text, code) = match &arguments.command {
        Command::List => (list(folder.as_deref()), OK),
        Command::Check { folder } => match check(folder) {
            Ok(result) => result,
            Err(why) => {
                say(&why);
                return UNREADABLE;
            }
        },
        Command::Test { file, log } => {
            let found = match rule_file(file) {
                Ok(found) => found,
                Err(why) => {
                    say(&why);
                    return UNREADABLE;
                }
            };
            let id = found.path.trim_end_matches(".toml").rsplit('/').next().unwrap_or_default().to_owned();
            match on(log, &id, Some(found)) {
                Ok(result) => result,
                Err(code) => return code,
            }
        }
        Command::Why { id, path } => {
            let catalogue = Catalogue::load(folder.as_deref(), &mut Notes::new());
            if catalogue.get(id).is_none() {
                say(&Words::current().fill("rules.no_such", &[("id", id)]));
                for (id, title) in explain::near(&catalogue, id, language) {
                    say(&Words::current().fill("explain.near", &[("id", &id), ("title", &title)]));
                }
                return UNREADABLE;
            }
            match on(path, id, None) {
                Ok((text, _)) => (text, OK),
                Err(code) => return code,
            }
        }
        Command::Docs => (catalogue::markdown(&Catalogue::load(folder.as_deref(), &mut Notes::new()), language), OK),
        Command::Template => (rules::TEMPLATE.to_owned(), OK),
        Command::Folder => (folder.map_or_else(String::new, |f| format!("{}\n", f.display())), OK),
    };
    // A log or a rule file may hold signs that steer a terminal.
    let text: String = text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect();
    match output::to_stdout(text.as_bytes()) {
        Ok(()) => code,
        Err(why) => {
            say(&why);
            UNREADABLE
        }
    }
}

fn list(folder: Option<&Path>) -> String {
    let book = rule_book(folder);
    let mut out = String::new();
    for signature in &book.catalogue.signatures {
        let file = format!("{}/{}.toml", signature.area, signature.id);
        let own = book
            .own
            .iter()
            .find(|(kind, path)| *kind == RuleKind::Signature && path.ends_with(&format!("{}.toml", signature.id)));
        let origin = match (signature.embedded, own, folder) {
            (false, Some((_, path)), Some(folder)) => folder.join("signatures").join(path).display().to_string(),
            (false, ..) => file,
            (true, ..) => word("rules.embedded").to_owned(),
        };
        let basis = word(match (&signature.check, signature.assumed) {
            (Some(_), _) => "rules.basis_check",
            (None, true) => "rules.basis_assumed",
            (None, false) => "rules.basis_line",
        });
        let severity = word(&format!("severity.{}", signature.severity.word())).to_owned();
        let _ = writeln!(out, "{:<36} {severity:<8} {:<13} {basis:<22} {origin}", signature.id, signature.area);
    }
    for fault in &book.faults {
        say(&fault.to_string());
    }
    out
}

/// What a folder's rules are worth, and the exit code.
fn check(folder: &Path) -> Result<(String, u8), String> {
    if !folder.is_dir() {
        return Err(format!("{}: {}", word("rules.no_folder"), folder.display()));
    }
    let kinds = [RuleKind::Signature, RuleKind::Milestone, RuleKind::Dialect, RuleKind::Code];
    if !kinds.iter().any(|kind| folder.join(kind.folder()).exists()) {
        return Err(format!("{}: {}", word("rules.no_kinds"), folder.display()));
    }
    let checked = own::check(folder);
    let mut out = String::new();
    for fault in &checked.faults {
        let _ = writeln!(out, "{fault}");
    }
    for remark in &checked.remarks {
        let _ = writeln!(out, "{}: {remark}", word("rules.remark"));
    }
    let figures = [
        ("files", checked.files.to_string()),
        ("examples", checked.examples.to_string()),
        ("faults", checked.faults.len().to_string()),
        ("remarks", checked.remarks.len().to_string()),
    ];
    let figures: Vec<(&str, &str)> = figures.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let _ = writeln!(out, "{}", Words::current().fill("rules.checked", &figures));
    Ok((out, if checked.faults.is_empty() { OK } else { UNREADABLE }))
}

/// A signature file on its own; it must be sound.
fn rule_file(path: &Path) -> Result<RuleFile, String> {
    let shown = path.display();
    let text = rules::file_text(path)
        .map_err(|(line, why)| if line > 0 { format!("{shown}:{line}: {why}") } else { format!("{shown}: {why}") })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file = RuleFile { path: format!("own/{name}"), embedded: false, text };
    match signature::read(&file) {
        Ok(_) => Ok(file),
        Err(fault) if fault.line > 0 => Err(format!("{shown}:{}: {}", fault.line, fault.why)),
        Err(fault) => Err(format!("{shown}: {}", fault.why)),
    }
}

/// What a signature finds in a log, or why it does not; code 1 when it is nowhere a finding.
fn on(log: &Path, id: &str, signature: Option<RuleFile>) -> Result<(String, u8), u8> {
    let groups = inputs::groups(&[log.to_path_buf()], &[], false).map_err(|why| {
        say(&why);
        USAGE
    })?;
    let read = read(groups, &Options { zone_s: None, rules: rules::user_folder(), signature });
    if read.analyses.is_empty() {
        return Err(UNREADABLE);
    }
    let mut out = String::new();
    let mut hit = false;
    for analysis in &read.analyses {
        let _ = writeln!(out, "{}", analysis.bundle.name);
        for finding in analysis.findings.iter().filter(|f| f.id == id) {
            hit = true;
            raised(&mut out, analysis, finding);
        }
        if let Some(not) = analysis.not_raised.iter().find(|n| n.id == id) {
            not_raised(&mut out, analysis, not);
        }
    }
    Ok((out, if hit { OK } else { UNREADABLE }))
}

fn place(analysis: &Analysis, source: SourceRef) -> String {
    let path = analysis.bundle.members.get(source.member.index()).map_or("", |m| m.path.as_str());
    format!("{path}:{}", source.line)
}

fn raised(out: &mut String, analysis: &Analysis, finding: &Finding) {
    let outlet = Outlet::originals();
    let figures = [("id", finding.id.as_str()), ("n", &finding.count.to_string()), ("run", &finding.run.number().to_string())];
    let _ = writeln!(out, "  {}", Words::current().fill("rules.raised", &figures));
    let _ = writeln!(out, "    {}", outlet.text(&finding.title));
    if let Some(cause) = &finding.effect_of {
        let _ = writeln!(out, "    {} {cause}", word("report.effect_of"));
    }
    for evidence in &finding.evidence {
        let place = evidence.source.map_or_else(String::new, |s| place(analysis, s));
        let _ = writeln!(out, "    {place}  {}", outlet.text(&evidence.text));
    }
}

fn not_raised(out: &mut String, analysis: &Analysis, not: &NotRaised) {
    let outlet = Outlet::originals();
    let _ = writeln!(out, "  {}", Words::current().fill("rules.not_raised", &[("id", &not.id)]));
    for reason in &not.reasons {
        let _ = writeln!(out, "    {}", outlet.text(&reason.text));
        if let Some((source, line)) = &reason.line {
            let _ = writeln!(out, "      {}  {}", place(analysis, *source), outlet.log(line));
        }
    }
}

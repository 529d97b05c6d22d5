//! How the lines of known logs begin, as data. In: the files of `assets/dialects` and the user's folder. Out: [`Dialects`], which finds
//! the head of a line. Must not know members. `assets/dialects/README.md` says how a file is written.

use std::path::Path;

use regex::bytes::{Captures, Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;
use toml::Spanned;

use super::Level;
use super::fast::Fast;
use super::generic::Generic;
use super::head::{HEAD_BYTES, Head, Span};
use super::stamp::{Format, Reading};
use crate::base::Notes;
use crate::base::rules::{self, Fault, RuleFile, RuleKind};

/// Compiled size of one expression; a larger one is refused with a note.
const MAX_EXPRESSION_BYTES: usize = 1 << 20;
/// Length of one expression as written.
const MAX_EXPRESSION_CHARS: usize = 4_000;
/// Dialects in all, and expressions of one.
const MAX_DIALECTS: usize = 200;
const MAX_EXPRESSIONS: usize = 20;

/// Lines that stand in every log as text of a record: an expression that takes one of them is no head.
const NEVER_HEADS: [&str; 9] = [
    "",
    "REGISTER sip:example.net SIP/2.0",
    "SIP/2.0 200 OK",
    "Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK1",
    "Date: Fri, 02 Feb 2024 12:00:00 GMT",
    "v=0",
    "o=- 1706599150 1706599150 IN IP4 192.0.2.1",
    "a=rtpmap:0 PCMU/8000",
    "<config>",
];

/// A dialect file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    order: i64,
    #[serde(default, rename = "about")]
    _about: String,
    expressions: Vec<Spanned<String>>,
    #[serde(default)]
    time: Vec<String>,
    #[serde(default)]
    levels: std::collections::BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "sample")]
    samples: Vec<SampleFile>,
    #[serde(default)]
    misses: Vec<String>,
}

/// A sample as written: a line and what its head must say; a field that is not stated must be absent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleFile {
    line: String,
    time: Option<String>,
    level: Option<String>,
    #[serde(default)]
    pid: String,
    #[serde(default)]
    thread: String,
    #[serde(default)]
    code: String,
    message: String,
}

/// A sample line of a dialect, for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The dialect.
    pub dialect: u16,
    /// The line.
    pub line: String,
}

#[derive(Debug)]
struct Expression {
    regex: Regex,
    /// Numbers of the groups `ts lvl pid tid itid code file line rest`, in the order of [`GROUPS`].
    groups: [Option<usize>; GROUPS.len()],
}
const GROUPS: [&str; 9] = ["ts", "lvl", "pid", "tid", "itid", "code", "file", "line", "rest"];

#[derive(Debug)]
struct Dialect {
    name: String,
    order: (bool, i64),
    expressions: Vec<Expression>,
    formats: Vec<Format>,
    levels: Vec<(String, Level)>,
    fast: Option<Fast>,
    samples: Vec<SampleFile>,
}

/// Every dialect, in the order in which they are tried: those that come with the program, then the user's.
#[derive(Debug, Default)]
pub struct Dialects {
    list: Vec<Dialect>,
    /// All expressions in one, to pass over lines that no dialect takes; `None` when together they are too large.
    set: Option<RegexSet>,
    /// Dialect and expression of each pattern in `set`.
    places: Vec<(u16, usize)>,
    pub(super) generic: Generic,
}

impl Dialects {
    /// Reads the dialects of the program and of the user's folder. A faulty file becomes a note; the others count.
    pub fn load(user_folder: Option<&Path>, notes: &mut Notes) -> Self {
        let files = rules::load(RuleKind::Dialect, user_folder, notes);
        Self::from_files(&files, notes)
    }

    /// The same from files at hand.
    pub fn from_files(files: &[RuleFile], notes: &mut Notes) -> Self {
        let mut faults = Vec::new();
        let dialects = Self::read(files, &mut faults);
        rules::tell(&faults, notes);
        dialects
    }

    /// The same with every fault.
    pub fn read(files: &[RuleFile], faults: &mut Vec<Fault>) -> Self {
        let mut list: Vec<Dialect> = Vec::new();
        for file in files {
            let checked = compile(file).and_then(|dialect| {
                let left_out = |why: String| Err(Fault::new(RuleKind::Dialect, file, None, format!("Dialect left out, {why}")));
                if list.iter().any(|d| d.name == dialect.name) {
                    left_out(format!("the name {} is taken; a file of the same name replaces an embedded one", dialect.name))
                } else if list.len() >= MAX_DIALECTS {
                    left_out(format!("only {MAX_DIALECTS} dialects are read"))
                } else {
                    Ok(dialect)
                }
            });
            match checked {
                Ok(dialect) => list.push(dialect),
                Err(fault) => faults.push(fault),
            }
        }
        list.sort_by(|a, b| a.order.cmp(&b.order).then_with(|| a.name.cmp(&b.name)));
        let dialects = Self::from_list(list);
        for sample in dialects.samples() {
            if let Some(taker) = dialects.head(sample.line.as_bytes()).and_then(|h| h.dialect).filter(|d| *d != sample.dialect) {
                let (name, taker) = (dialects.name(sample.dialect), dialects.name(taker));
                let why = format!("A sample of dialect {name} is taken by {taker}, which comes before it");
                faults.push(Fault { path: RuleKind::Dialect.folder().to_owned(), line: 0, why });
            }
        }
        dialects
    }

    fn from_list(list: Vec<Dialect>) -> Self {
        let mut places = Vec::new();
        let mut patterns = Vec::new();
        for (number, dialect) in (0u16..).zip(&list) {
            for (place, expression) in dialect.expressions.iter().enumerate() {
                places.push((number, place));
                patterns.push(expression.regex.as_str());
            }
        }
        let set = RegexSetBuilder::new(patterns).unicode(false).size_limit(8 * MAX_EXPRESSION_BYTES).build().ok();
        Self { list, set, places, generic: Generic::default() }
    }

    /// The name of a dialect; empty for a number that none has.
    pub fn name(&self, dialect: u16) -> &str {
        self.list.get(usize::from(dialect)).map_or("", |d| &d.name)
    }

    /// How many dialects there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// No dialect at all?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The sample lines of all dialects.
    pub fn samples(&self) -> Vec<Sample> {
        let of = |(number, dialect): (u16, &'_ Dialect)| -> Vec<Sample> {
            dialect.samples.iter().map(|s| Sample { dialect: number, line: s.line.clone() }).collect()
        };
        (0u16..).zip(&self.list).flat_map(of).collect()
    }

    /// The head of a line that is known to begin a record: of a dialect, else a bare date and time.
    pub fn any_head(&self, line: &[u8]) -> Option<Head> {
        let line = line.get(..line.len().min(HEAD_BYTES)).unwrap_or_default();
        let line = super::head::trim(line);
        self.head(line).or_else(|| self.generic.head(line).map(|(head, _)| head))
    }

    /// The head of a line (without its line end) in the first dialect that takes it.
    pub fn head(&self, line: &[u8]) -> Option<Head> {
        for (number, dialect) in (0u16..).zip(&self.list) {
            match dialect.fast {
                Some(fast) => {
                    if let Some(head) = fast.head(line, number) {
                        return Some(head);
                    }
                }
                None => break,
            }
        }
        self.head_by_expression(line)
    }

    /// The same by the expressions alone: what the fast readers must agree with.
    pub fn head_by_expression(&self, line: &[u8]) -> Option<Head> {
        let line = line.get(..line.len().min(HEAD_BYTES)).unwrap_or_default();
        let Some(set) = &self.set else {
            return self.places.iter().find_map(|(dialect, place)| self.try_one(line, *dialect, *place));
        };
        if !set.is_match(line) {
            return None;
        }
        set.matches(line).into_iter().find_map(|number| {
            let (dialect, place) = self.places.get(number)?;
            self.try_one(line, *dialect, *place)
        })
    }

    fn try_one(&self, line: &[u8], number: u16, place: usize) -> Option<Head> {
        let dialect = self.list.get(usize::from(number))?;
        dialect.expressions.get(place)?.head(line, dialect, number)
    }
}

impl Expression {
    fn head(&self, line: &[u8], dialect: &Dialect, number: u16) -> Option<Head> {
        let found = self.regex.captures(line)?;
        let [ts, lvl, pid, tid, itid, code, file, row, rest] = self.groups.map(|group| found.get(group?));
        let span = |m: Option<regex::bytes::Match<'_>>| m.map_or(Span::default(), |m| Span::new(m.start(), m.end()));
        let code = match (code, file, row) {
            (Some(code), ..) => Span::new(code.start(), code.end()),
            (None, Some(file), Some(row)) => Span::new(file.start(), row.end()),
            (None, file, _) => span(file),
        };
        let whole = whole(&found);
        Some(Head {
            dialect: Some(number),
            time: ts.and_then(|ts| dialect.time(ts.as_bytes())),
            level: lvl.map_or(Level::Unknown, |word| dialect.level(word.as_bytes())),
            pid: span(pid),
            thread: span(itid.or(tid)),
            code,
            message_at: Span::new(0, rest.map_or(whole, |r| r.start())).end,
        })
    }
}

fn whole(found: &Captures<'_>) -> usize {
    found.get(0).map_or(0, |m| m.end())
}

impl Dialect {
    fn time(&self, text: &[u8]) -> Option<Reading> {
        self.formats.iter().find_map(|f| f.read(text).filter(|(_, length)| *length == text.len())).map(|(reading, _)| reading)
    }

    fn level(&self, word: &[u8]) -> Level {
        let own = self.levels.iter().find(|(own, _)| word.eq_ignore_ascii_case(own.as_bytes()));
        own.map_or_else(|| Level::from_word(word), |(_, level)| *level)
    }

    fn head(&self, line: &[u8]) -> Option<Head> {
        self.expressions.iter().find_map(|e| e.head(line, self, 0))
    }

    /// Does each sample say what is stated, and is nothing taken that must not be?
    fn check(&self, misses: &[String]) -> Result<(), String> {
        for line in misses.iter().map(String::as_str).chain(NEVER_HEADS) {
            if self.head(line.as_bytes()).is_some() {
                return Err(format!("an expression takes a line that is no head (\"{line}\")"));
            }
        }
        for (number, sample) in (1..).zip(&self.samples) {
            let head = self.head(sample.line.as_bytes()).ok_or_else(|| format!("no expression matches its sample {number}"))?;
            sample.check(&head).map_err(|what| format!("{what} of its sample {number} is not as stated"))?;
        }
        Ok(())
    }
}

impl SampleFile {
    fn check(&self, head: &Head) -> Result<(), &'static str> {
        let line = self.line.as_bytes();
        let time = match &self.time {
            Some(text) => Some(stated_time(text).ok_or("the time (write 2024-01-30T07:19:10.077Z, 01-30T… or 07:19:10.077)")?),
            None => None,
        };
        let level = self.level.as_deref().map_or(Some(Level::Unknown), Level::from_name);
        let agree = |what: &'static str, same: bool| if same { Ok(()) } else { Err(what) };
        agree("the time", head.time == time)?;
        agree("the level", Some(head.level) == level)?;
        agree("the pid", head.pid.of(line) == self.pid.as_bytes())?;
        agree("the thread", head.thread.of(line) == self.thread.as_bytes())?;
        agree("the code", head.code.of(line) == self.code.as_bytes())?;
        agree("the message", line.get(head.message_at as usize..) == Some(self.message.as_bytes()))
    }
}

fn stated_time(text: &str) -> Option<Reading> {
    ["%Y-%m-%dT%H:%M:%S%f%z", "%m-%dT%H:%M:%S%f%z", "%H:%M:%S%f%z", "%s%f"].iter().find_map(|pattern| {
        let (reading, length) = Format::new(pattern).ok()?.read(text.as_bytes())?;
        (length == text.len()).then_some(reading)
    })
}

fn compile(file: &RuleFile) -> Result<Dialect, Fault> {
    let written: File = file.parse(RuleKind::Dialect)?;
    // The line is that of the expression at fault.
    let mut place = None;
    let made = made(file, written, &mut place);
    made.map_err(|why| Fault::new(RuleKind::Dialect, file, place, format!("Dialect left out, {why}")))
}

fn made(file: &RuleFile, written: File, place: &mut Option<usize>) -> Result<Dialect, String> {
    if written.name.is_empty() || !written.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err("the name may hold small letters, digits and - only".to_owned());
    }
    if written.expressions.is_empty() || written.expressions.len() > MAX_EXPRESSIONS {
        return Err(format!("it must have 1 to {MAX_EXPRESSIONS} expressions"));
    }
    if written.samples.is_empty() {
        return Err("it has no sample".to_owned());
    }
    let mut levels = Vec::new();
    for (name, words) in &written.levels {
        let level = Level::from_name(name).ok_or_else(|| format!("there is no level {name}"))?;
        levels.extend(words.iter().map(|word| (word.clone(), level)));
    }
    let mut expressions = Vec::new();
    for written in &written.expressions {
        *place = Some(written.span().start);
        expressions.push(expression(written.get_ref())?);
    }
    *place = None;
    let dialect = Dialect {
        order: (!file.embedded, written.order),
        expressions,
        formats: written.time.iter().map(|f| Format::new(f)).collect::<Result<_, _>>()?,
        levels,
        fast: if file.embedded { Fast::of(&written.name) } else { None },
        samples: written.samples,
        name: written.name,
    };
    dialect.check(&written.misses)?;
    Ok(dialect)
}

fn expression(text: &str) -> Result<Expression, String> {
    if text.len() > MAX_EXPRESSION_CHARS {
        return Err(format!("an expression has more than {MAX_EXPRESSION_CHARS} characters"));
    }
    // Heads stand at the start of a line, whether or not the expression says so. Bytes, not characters: a log may hold any.
    let regex = RegexBuilder::new(&format!("^(?:{text})"))
        .unicode(false)
        .size_limit(MAX_EXPRESSION_BYTES)
        .dfa_size_limit(2 * MAX_EXPRESSION_BYTES)
        .build()
        .map_err(|fault| match fault {
            regex::Error::CompiledTooBig(_) => "an expression is too large when compiled".to_owned(),
            other => format!("an expression is faulty ({})", other.to_string().lines().last().unwrap_or_default().trim()),
        })?;
    let groups = GROUPS.map(|name| regex.capture_names().position(|n| n == Some(name)));
    if groups.iter().all(Option::is_none) {
        return Err(format!("an expression has none of the groups {}", GROUPS.join(", ")));
    }
    Ok(Expression { regex, groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> RuleFile {
        RuleFile { path: path.to_owned(), embedded: false, text: text.to_owned() }
    }

    const GOOD: &str = r#"
name = "mine"
expressions = ['(?P<ts>\d+:\d+:\d+) (?P<lvl>\w+)@(?P<tid>\w+) (?P<rest>.*)$']
time = ["%H:%M:%S"]
levels.warn = ["ODD"]
[[sample]]
line = "07:19:10 ODD@main hello"
time = "07:19:10"
level = "warn"
thread = "main"
message = "hello"
"#;

    fn one(text: &str) -> (Dialects, String) {
        let mut notes = Notes::new();
        let dialects = Dialects::from_files(&[file("mine.toml", text)], &mut notes);
        (dialects, notes.all().first().map(|n| n.text.clone()).unwrap_or_default())
    }

    #[test]
    fn a_user_can_teach_a_dialect() {
        let (dialects, note) = one(GOOD);
        assert_eq!(note, "");
        let head = dialects.head("07:19:10 ODD@main hellö \u{fffd}".as_bytes()).unwrap();
        assert_eq!(dialects.name(head.dialect.unwrap()), "mine");
        assert!(dialects.head(b"07:19:10 ODD@main \xff\xfe").is_some(), "any bytes");
    }

    #[test]
    fn faults_are_told_and_the_rest_works() {
        for (wrong, told) in [
            (GOOD.replace("levels.warn", "levels.bad"), "there is no level bad"),
            (GOOD.replace("level = \"warn\"", "level = \"info\""), "the level of its sample 1 is not as stated"),
            (GOOD.replace("thread = \"main\"", ""), "the thread of its sample 1"),
            (GOOD.replace("hello\"\ntime", "hello\"\ntme"), "Line 8: unknown field `tme`"),
            (GOOD.replace("(?P<ts>", "(?P<ts>("), "an expression is faulty"),
            (GOOD.replace(r"\d+:\d+:\d+", r"(?:\w{900}){900}"), "an expression is too large"),
            (GOOD.replace("%H:%M:%S", "%H"), "no time of day"),
            (GOOD.replace("['", "['(?P<rest>.*)$', '"), "an expression takes a line that is no head"),
            (GOOD.replace("line =", "line = 1 #"), "Line 7: "),
            ("x".repeat(5), "Line 1: "),
        ] {
            let (dialects, note) = one(&wrong);
            assert!(note.contains(told) && note.ends_with(": dialects/mine.toml"), "{note}");
            assert!(dialects.is_empty());
        }
    }

    #[test]
    fn names_are_unique() {
        let mut notes = Notes::new();
        let dialects = Dialects::from_files(&[file("a.toml", GOOD), file("b.toml", GOOD)], &mut notes);
        assert_eq!(dialects.len(), 1);
        assert!(notes.all()[0].text.contains("the name mine is taken"));
    }

    #[test]
    fn the_programs_own_are_tried_first_and_have_no_fault() {
        let folder = std::env::temp_dir().join(format!("bundlescope-dialects-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("dialects")).unwrap();
        std::fs::write(folder.join("dialects/all.toml"), GOOD).unwrap();
        let mut notes = Notes::new();
        let dialects = Dialects::load(Some(&folder), &mut notes);
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(notes.is_empty(), "{:?}", notes.all());
        assert!(dialects.len() > 3);
        assert_eq!(dialects.name(u16::try_from(dialects.len()).unwrap() - 1), "mine");
    }
}

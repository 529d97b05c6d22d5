//! The filter language. In: what was typed. Out: [`Filter`], plain data: chips that all must hold. Must not know members or records.
//!
//! ```text
//! member:bwc,startup  level>=warn  level:error  thread:0x390  source:BroadWorks  call:2  time:08:14..08:20
//! text  "a text with blanks"  /expression/  /expression/i  not:text  not:member:media
//! ```
//! Several values behind a comma: one of them must hold. Plain texts ignore case, expressions do not unless `i` says so. Times are UTC
//! unless [`Filter::in_zone`] says otherwise;
//! a time without a date counts on every day, and an end counts to its last moment (`..08:20` goes to 08:20:59.999).

use regex::bytes::{Regex, RegexBuilder};

use crate::base::LogTime;
use crate::base::time::SECOND_US;
use crate::base::words::Words;
use crate::records::Level;

/// Longer filters are nobody's wish.
const MOST_CHARS: usize = 2_000;
/// Compiled size of one expression, and of what it builds while matching.
const MAX_EXPRESSION_BYTES: usize = 1 << 20;
const DAY_US: i64 = 86_400 * SECOND_US;
const KEYS: [&str; 7] = ["member", "level", "thread", "source", "call", "time", "text"];

/// A text to be found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Needle {
    /// As typed.
    pub text: String,
    /// Is it an expression?
    pub expression: bool,
    /// Does the case of letters count?
    pub case: bool,
}

impl Needle {
    /// Makes it ready for bytes of text. `^` and `$` stand for the begin and end of lines.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn ready(&self) -> Result<Regex, What> {
        let pattern = if self.expression { self.text.clone() } else { regex::escape(&self.text) };
        let built = RegexBuilder::new(&pattern)
            .case_insensitive(!self.case)
            .multi_line(true)
            .crlf(true)
            .size_limit(MAX_EXPRESSION_BYTES)
            .dfa_size_limit(MAX_EXPRESSION_BYTES)
            .build();
        built.map_err(|why| match why {
            regex::Error::CompiledTooBig(_) => What::Large,
            other => {
                let said = other.to_string();
                let reason = said.lines().last().unwrap_or_default();
                What::Expression(reason.strip_prefix("error: ").unwrap_or(reason).to_owned())
            }
        })
    }
}

/// One end of a range of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Microseconds since 1970 on the clock of its zone, or since midnight when there is no date.
    pub us: i64,
    /// Length of the smallest unit that was written.
    pub unit_us: i64,
    /// Was a date written?
    pub dated: bool,
}

/// From – to, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Not before.
    pub from: Option<Moment>,
    /// Not after the last moment of this.
    pub to: Option<Moment>,
    /// Microseconds east of UTC that both are written in.
    pub east_us: i64,
}

impl Range {
    /// Does a moment lie in it?
    pub fn holds(&self, at: LogTime) -> bool {
        let there = at.0.saturating_add(self.east_us);
        let on_day = there.rem_euclid(DAY_US);
        let part = |m: &Moment| if m.dated { there } else { on_day };
        let after = self.from.is_none_or(|from| part(&from) >= from.us);
        let before = self.to.is_none_or(|to| part(&to) < to.us.saturating_add(to.unit_us));
        match (self.from, self.to) {
            // Over midnight.
            (Some(from), Some(to)) if !from.dated && !to.dated && from.us > to.us => after || before,
            _ => after && before,
        }
    }
}

/// What must hold of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// Its member's path holds one of these.
    Member(Vec<String>),
    /// Its level is one of these.
    Level(Vec<Level>),
    /// Its thread is one of these.
    Thread(Vec<String>),
    /// The place in the client's source holds one of these.
    Source(Vec<String>),
    /// It belongs to one of these calls, counted from 1.
    Call(Vec<u32>),
    /// It was written then.
    Time(Range),
    /// Its text holds this.
    Text(Needle),
}

/// One term as the user sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chip {
    /// Where it begins: characters from 0.
    pub at: usize,
    /// As typed, without `not:`.
    pub written: String,
    /// Must it not hold?
    pub not: bool,
    /// What must hold.
    pub term: Term,
}

/// Chips that all must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// In the order typed.
    pub chips: Vec<Chip>,
}

/// What is wrong in a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A quote or expression without its end.
    Open,
    /// Nothing behind `key:`.
    Empty(String),
    /// `not:` with nothing behind it.
    Nothing,
    /// No such level.
    Level(String),
    /// No time.
    Time(String),
    /// No number.
    Number(String),
    /// The expression can't be read.
    Expression(String),
    /// The expression is too large.
    Large,
    /// Something other than `i` behind an expression.
    Behind(String),
    /// A key that nearly is one.
    Nearly(String, &'static str),
    /// `>=` where only `:` has a meaning.
    Compared(String),
    /// No member's path holds this.
    Member(String),
    /// There is no such call.
    Call(u32),
    /// Longer than any filter.
    Long,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Character from 0.
    pub at: usize,
    /// What.
    pub what: What,
}

impl Fault {
    /// One short sentence with the place.
    pub fn sentence(&self) -> String {
        let words = Words::current();
        let said = match &self.what {
            What::Open => words.get("log.fault_open").to_owned(),
            What::Empty(key) => words.fill("log.fault_empty", &[("key", key)]),
            What::Nothing => words.get("log.fault_nothing").to_owned(),
            What::Level(text) => words.fill("log.fault_level", &[("text", text)]),
            What::Time(text) => words.fill("log.fault_time", &[("text", text)]),
            What::Number(text) => words.fill("log.fault_number", &[("text", text)]),
            What::Expression(why) => words.fill("log.fault_expression", &[("why", why)]),
            What::Large => words.get("log.fault_large").to_owned(),
            What::Behind(text) => words.fill("log.fault_behind", &[("text", text)]),
            What::Nearly(text, key) => words.fill("log.fault_nearly", &[("text", text), ("key", key)]),
            What::Compared(key) => words.fill("log.fault_compared", &[("key", key)]),
            What::Member(text) => words.fill("log.fault_member", &[("text", text)]),
            What::Call(number) => words.fill("log.fault_call", &[("n", &number.to_string())]),
            What::Long => words.fill("log.fault_long", &[("n", &MOST_CHARS.to_string())]),
        };
        words.fill("log.fault_at", &[("what", &said), ("at", &(self.at + 1).to_string())])
    }
}

impl Filter {
    /// Reads what was typed; an empty text is a filter that all records pass.
    ///
    /// # Errors
    /// The first thing that can't be read.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let chars: Vec<char> = text.chars().collect();
        if chars.len() > MOST_CHARS {
            return Err(Fault { at: MOST_CHARS, what: What::Long });
        }
        let mut reader = Reader { chars: &chars, at: 0 };
        let mut chips = Vec::new();
        while let Some(chip) = reader.chip()? {
            chips.push(chip);
        }
        Ok(Self { chips })
    }

    /// Reads its times as those of a zone so many seconds east of UTC.
    #[must_use]
    pub fn in_zone(mut self, offset_s: i32) -> Self {
        for chip in &mut self.chips {
            if let Term::Time(range) = &mut chip.term {
                range.east_us = i64::from(offset_s) * SECOND_US;
            }
        }
        self
    }

    /// Does it ask for times?
    pub fn has_times(&self) -> bool {
        self.chips.iter().any(|chip| matches!(chip.term, Term::Time(_)))
    }

    /// As it would be typed.
    pub fn written(&self) -> String {
        let chips = self.chips.iter().map(|c| format!("{}{}", if c.not { "not:" } else { "" }, c.written));
        chips.collect::<Vec<_>>().join(" ")
    }
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn text(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to).unwrap_or_default().iter().collect()
    }

    fn takes(&mut self, word: &str) -> bool {
        let fits = word.chars().enumerate().all(|(n, c)| self.chars.get(self.at + n) == Some(&c));
        if fits {
            self.at += word.chars().count();
        }
        fits
    }

    fn chip(&mut self) -> Result<Option<Chip>, Fault> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        if self.peek().is_none() {
            return Ok(None);
        }
        let at = self.at;
        let mut not = false;
        while self.takes("not:") {
            not = !not;
        }
        let from = self.at;
        if self.peek().is_none_or(char::is_whitespace) {
            return Err(Fault { at, what: What::Nothing });
        }
        let term = self.term()?;
        Ok(Some(Chip { at, written: self.text(from, self.at), not, term }))
    }

    fn term(&mut self) -> Result<Term, Fault> {
        let from = self.at;
        match self.peek() {
            Some('"') => return Ok(Term::Text(Needle { text: self.quoted()?, ..Needle::default() })),
            Some('/') => return self.expression().map(Term::Text),
            _ => {}
        }
        while self.peek().is_some_and(|c| c.is_ascii_lowercase()) {
            self.at += 1;
        }
        let key = self.text(from, self.at);
        let compared = match self.peek() {
            Some(':') => None,
            Some(sign @ ('>' | '<')) if self.chars.get(self.at + 1) == Some(&'=') => Some(sign),
            _ => return Ok(self.plain(from)),
        };
        if !KEYS.contains(&key.as_str()) {
            let near = KEYS.into_iter().find(|k| key.len() > 2 && strsim::osa_distance(k, &key) == 1);
            return match near {
                Some(near) => Err(Fault { at: from, what: What::Nearly(key, near) }),
                None => Ok(self.plain(from)),
            };
        }
        self.at += if compared.is_some() { 2 } else { 1 };
        if compared.is_some() && key != "level" {
            return Err(Fault { at: from, what: What::Compared(key) });
        }
        let at = self.at;
        let values = self.values()?;
        if values.iter().all(|(_, v)| v.is_empty()) {
            return Err(Fault { at, what: What::Empty(key) });
        }
        let texts = || values.iter().map(|(_, v)| v.clone()).filter(|v| !v.is_empty()).collect();
        Ok(match key.as_str() {
            "member" => Term::Member(texts()),
            "thread" => Term::Thread(texts()),
            "source" => Term::Source(texts()),
            "level" => levels(&values, compared)?,
            "call" => {
                let number =
                    |(at, text): &(usize, String)| text.parse().map_err(|_| Fault { at: *at, what: What::Number(text.clone()) });
                Term::Call(values.iter().filter(|(_, v)| !v.is_empty()).map(number).collect::<Result<_, _>>()?)
            }
            "time" => {
                let text = self.text(at, self.at);
                Term::Time(range(&text).ok_or(Fault { at, what: What::Time(text) })?)
            }
            _ => Term::Text(Needle { text: texts_joined(&values), ..Needle::default() }),
        })
    }

    fn plain(&mut self, from: usize) -> Term {
        while self.peek().is_some_and(|c| !c.is_whitespace()) {
            self.at += 1;
        }
        Term::Text(Needle { text: self.text(from, self.at), ..Needle::default() })
    }

    /// Values behind commas, each with its place.
    fn values(&mut self) -> Result<Vec<(usize, String)>, Fault> {
        let mut out = Vec::new();
        loop {
            let from = self.at;
            let value = if self.peek() == Some('"') {
                self.quoted()?
            } else {
                while self.peek().is_some_and(|c| !c.is_whitespace() && c != ',') {
                    self.at += 1;
                }
                self.text(from, self.at)
            };
            out.push((from, value));
            if self.peek() != Some(',') {
                return Ok(out);
            }
            self.at += 1;
        }
    }

    fn quoted(&mut self) -> Result<String, Fault> {
        let from = self.at;
        self.at += 1;
        let mut out = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '"' if out.is_empty() => return Err(Fault { at: from, what: What::Empty("\"\"".to_owned()) }),
                '"' => return Ok(out),
                '\\' if matches!(self.peek(), Some('"' | '\\')) => out.extend(self.peek().inspect(|_| self.at += 1)),
                c => out.push(c),
            }
        }
        Err(Fault { at: from, what: What::Open })
    }

    fn expression(&mut self) -> Result<Needle, Fault> {
        let from = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else { return Err(Fault { at: from, what: What::Open }) };
            self.at += 1;
            match c {
                '/' => break,
                '\\' if self.peek() == Some('/') => {
                    self.at += 1;
                    text.push('/');
                }
                '\\' => {
                    text.push('\\');
                    text.extend(self.peek().inspect(|_| self.at += 1));
                }
                c => text.push(c),
            }
        }
        let behind = self.at;
        let case = !self.takes("i");
        if self.peek().is_some_and(|c| !c.is_whitespace()) {
            return Err(Fault { at: behind, what: What::Behind(self.text(behind, self.at + 1)) });
        }
        if text.is_empty() {
            return Err(Fault { at: from, what: What::Empty("//".to_owned()) });
        }
        let needle = Needle { text, expression: true, case };
        needle.ready().map_err(|what| Fault { at: from, what })?;
        Ok(needle)
    }
}

fn texts_joined(values: &[(usize, String)]) -> String {
    values.iter().map(|(_, v)| v.as_str()).collect::<Vec<_>>().join(",")
}

fn levels(values: &[(usize, String)], compared: Option<char>) -> Result<Term, Fault> {
    const ALL: [Level; 6] = [Level::Unknown, Level::Trace, Level::Debug, Level::Info, Level::Warn, Level::Error];
    let mut out = Vec::new();
    for (at, text) in values.iter().filter(|(_, v)| !v.is_empty()) {
        let level = match Level::from_word(text.as_bytes()) {
            Level::Unknown if !matches!(text.as_str(), "none" | "unknown") => {
                return Err(Fault { at: *at, what: What::Level(text.clone()) });
            }
            level => level,
        };
        // A record without a level is neither above nor below.
        out.extend(ALL.into_iter().filter(|l| match compared {
            Some('>') => *l >= level && *l != Level::Unknown,
            Some(_) => *l <= level && *l != Level::Unknown,
            None => *l == level,
        }));
    }
    Ok(Term::Level(out))
}

fn range(text: &str) -> Option<Range> {
    let (from, to) = match text.split_once("..") {
        Some((from, to)) => (from, to),
        None => (text, text),
    };
    let end = |text: &str| if text.is_empty() { Some(None) } else { moment(text).map(Some) };
    let range = Range { from: end(from)?, to: end(to)?, east_us: 0 };
    let alike = range.from.zip(range.to).is_none_or(|(a, b)| a.dated == b.dated);
    (alike && (range.from.is_some() || range.to.is_some())).then_some(range)
}

/// `08:14`, `08:14:02`, `08:14:02.5`, `2026-03-10`, `2026-03-10T08:14`.
fn moment(text: &str) -> Option<Moment> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (Some(date), time),
        None if text.contains('-') => (Some(text), ""),
        None => (None, text),
    };
    let number = |text: &str, digits: usize| {
        let plain = (1..=digits).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten()
    };
    let mut us = 0;
    let mut unit_us = DAY_US;
    if !time.is_empty() {
        let (clock, fraction) = time.split_once('.').map_or((time, None), |(a, b)| (a, Some(b)));
        let mut units = [(3_600 * SECOND_US, 24), (60 * SECOND_US, 60), (SECOND_US, 60)].into_iter();
        for part in clock.split(':') {
            let (unit, below) = units.next()?;
            us += number(part, 2).filter(|n| *n < below)? * unit;
            unit_us = unit;
        }
        if let Some(fraction) = fraction {
            if unit_us != SECOND_US {
                return None;
            }
            let value = number(fraction, 6)?;
            for _ in 0..fraction.len() {
                unit_us /= 10;
            }
            us += value * unit_us;
        }
    }
    let Some(date) = date else { return (unit_us < DAY_US).then_some(Moment { us, unit_us, dated: false }) };
    let mut parts = date.split('-');
    let (year, month, day) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let small = |n: i64| u32::try_from(n).ok();
    let midnight = LogTime::from_civil(i32::try_from(year).ok()?, small(month)?, small(day)?, 0, 0, 0, 0)?;
    parts.next().is_none().then_some(Moment { us: midnight.0 + us, unit_us, dated: true })
}

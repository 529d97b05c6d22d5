//! Lines that a data file describes, found in the one pass: literals first, an expression only on the line around one.
//! In: rows of literal and expression. Out: [`LineHit`]s. Must not know what a row means.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use memchr::{memchr, memrchr};
use regex::{Regex, RegexBuilder};

use super::{Probe, Record, Stamp};
use crate::base::SourceRef;

/// A literal must have this many bytes, or nearly every line would be looked at closely.
pub const MIN_LITERAL_BYTES: usize = 4;
/// At most this many hits of one row are kept for a member; the rest is counted.
const MAX_HITS_PER_ROW: u32 = 2_000;
/// An expression sees at most this much of a line, around the literal.
const MAX_LINE_BYTES: usize = 4 * 1024;
/// Compiled size of one expression, and of what it builds while matching.
const MAX_EXPRESSION_BYTES: usize = 1 << 20;
/// Characters of the first near miss that are kept.
const MISS_CHARS: usize = 300;
/// At most this many places of one literal are looked at in one record.
const MAX_PLACES: usize = 64;

/// One row: the literal that must stand in a line, and an expression that must match that line too.
#[derive(Debug)]
pub struct LineRule {
    contains: String,
    expression: Option<Arc<Expression>>,
}

/// An expression, made ready when its literal is first seen: most never are, and making all costs more than reading a small bundle.
#[derive(Debug)]
pub struct Expression {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Expression {
    /// Not made ready yet.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), compiled: OnceLock::new() }
    }

    /// Makes it ready.
    ///
    /// # Errors
    /// A short reason when it can't be read or is too large.
    pub fn check(&self) -> Result<(), String> {
        let compiled = compile(&self.text).map_err(|e| match e {
            regex::Error::CompiledTooBig(_) => "its expression is too large".to_owned(),
            other => format!("its expression can't be read ({})", other.to_string().lines().last().unwrap_or_default()),
        })?;
        self.compiled.get_or_init(|| Some(compiled));
        Ok(())
    }

    fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.text).ok()).as_ref()
    }
}

/// The size limit keeps a careless expression from eating memory; matching time is linear by the regex crate's design.
fn compile(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(MAX_EXPRESSION_BYTES).dfa_size_limit(MAX_EXPRESSION_BYTES).build()
}

impl LineRule {
    /// Checks a row and makes it ready.
    ///
    /// # Errors
    /// A short reason when the literal is too short or the expression can't be read or is too large.
    pub fn new(contains: &str, expression: Option<&str>) -> Result<Self, String> {
        let expression = expression.map(|text| Arc::new(Expression::new(text)));
        if let Some(expression) = &expression {
            expression.check()?;
        }
        Self::with(contains, expression)
    }

    /// A row that comes with the program: tests have checked its expression.
    ///
    /// # Errors
    /// A short reason when the literal is too short.
    pub fn trusted(contains: &str, expression: Option<&str>) -> Result<Self, String> {
        Self::with(contains, expression.map(|text| Arc::new(Expression::new(text))))
    }

    /// A row that shares its expression with others.
    ///
    /// # Errors
    /// A short reason when the literal is too short.
    pub fn with(contains: &str, expression: Option<Arc<Expression>>) -> Result<Self, String> {
        if contains.len() < MIN_LITERAL_BYTES {
            return Err(format!("its text is shorter than {MIN_LITERAL_BYTES} bytes"));
        }
        Ok(Self { contains: contains.to_owned(), expression })
    }

    /// Makes the expression ready.
    ///
    /// # Errors
    /// A short reason when it can't be read or is too large.
    pub fn check(&self) -> Result<(), String> {
        self.expression.as_ref().map_or(Ok(()), |expression| expression.check())
    }

    /// The values captured by name; `None` when the row does not match the line.
    pub fn captures(&self, line: &str) -> Option<Vec<(String, String)>> {
        if !line.contains(&self.contains) {
            return None;
        }
        let Some(expression) = &self.expression else { return Some(Vec::new()) };
        let expression = expression.get()?;
        let found = expression.captures(line)?;
        let names = expression.capture_names().flatten();
        Some(names.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned()))).collect())
    }
}

/// All rows, ready for one pass.
#[derive(Debug, Default)]
pub struct LineSet {
    rules: Vec<LineRule>,
    /// Each distinct literal with the rows that begin at it.
    literals: Vec<(String, Vec<usize>)>,
    /// `None` without rows. Its patterns are `literals`. A DFA: the searchers that skip ahead take far fewer patterns than there are,
    /// and the others cost twice the time on every record.
    search: Option<AhoCorasick>,
}

impl LineSet {
    /// Takes the rows; a hit names a row by its place here.
    pub fn new(rules: Vec<LineRule>) -> Self {
        let mut literals: Vec<(String, Vec<usize>)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (row, rule) in rules.iter().enumerate() {
            let place = *places.entry(&rule.contains).or_insert(literals.len());
            match literals.get_mut(place) {
                Some((_, rows)) => rows.push(row),
                None => literals.push((rule.contains.clone(), vec![row])),
            }
        }
        let patterns = || literals.iter().map(|(text, _)| text);
        // A DFA of very many rows of a user's may be larger than the searcher allows.
        let search = (!literals.is_empty())
            .then(|| {
                AhoCorasick::builder()
                    .kind(Some(AhoCorasickKind::DFA))
                    .build(patterns())
                    .or_else(|_| AhoCorasick::new(patterns()))
            })
            .and_then(Result::ok);
        Self { rules, literals, search }
    }

    /// Calls `found(row, line offset in text, line, captures)` for each line of `text` that a row matches.
    pub fn each_hit(&self, text: &[u8], found: impl FnMut(usize, usize, &str, Vec<(String, String)>)) {
        self.each(text, found, |_, _, _| {});
    }

    /// The same, and calls `missed(row, line offset in text, line)` where a row's literal stands but its expression does not match:
    /// that is what answers "why not?". Gives how many places of a literal were not looked at, because it stands in `text` too often.
    pub fn each(
        &self,
        text: &[u8],
        mut found: impl FnMut(usize, usize, &str, Vec<(String, String)>),
        mut missed: impl FnMut(usize, usize, &str),
    ) -> u64 {
        let Some(search) = self.search.as_ref().filter(|search| search.is_match(text)) else { return 0 };
        let mut beyond = 0;
        // Places of each literal, so that one that fills a record can't hide another.
        let mut seen: BTreeMap<usize, Seen> = BTreeMap::new();
        for place in search.find_overlapping_iter(text) {
            let number = place.pattern().as_usize();
            let seen = seen.entry(number).or_default();
            if seen.places >= MAX_PLACES {
                beyond += 1;
                continue;
            }
            seen.places += 1;
            let (start, line) = line_around(text, place.start());
            if seen.last_line.replace(start) == Some(start) {
                continue;
            }
            let line = String::from_utf8_lossy(line);
            for row in self.literals.get(number).map_or(&[][..], |(_, rows)| rows) {
                match self.rules.get(*row).and_then(|rule| rule.captures(&line)) {
                    Some(captures) => found(*row, start, &line, captures),
                    None => missed(*row, start, &line),
                }
            }
        }
        beyond
    }
}

/// What one literal met in a record.
#[derive(Default)]
struct Seen {
    places: usize,
    last_line: Option<usize>,
}

/// The line around a place, cut to [`MAX_LINE_BYTES`] around it, and where it starts.
fn line_around(text: &[u8], place: usize) -> (usize, &[u8]) {
    let before = text.get(..place).unwrap_or_default();
    let after = text.get(place..).unwrap_or_default();
    let start = memrchr(b'\n', before).map_or(0, |at| at + 1);
    let end = place + memchr(b'\n', after).unwrap_or(after.len());
    let from = start.max(place.saturating_sub(MAX_LINE_BYTES / 2));
    let to = end.min(place + MAX_LINE_BYTES / 2);
    (start, text.get(from..to).unwrap_or_default().trim_ascii_end())
}

/// A line that a row matched.
#[derive(Clone, Debug)]
pub struct LineHit {
    /// Place of the row in the set.
    pub row: usize,
    /// The line itself.
    pub source: SourceRef,
    /// Stamp of its record.
    pub stamp: Option<Stamp>,
    /// The line as logged, perhaps cut.
    pub text: String,
    /// Captured values by name.
    pub captures: Vec<(String, String)>,
}

/// Takes the lines of rows of its own, where [`LineHit`]s would not do: each record is searched once for all rows.
pub trait LineSink {
    /// A line that row `row` (counted from its own first) matched; `start` is where it begins in the record's text.
    fn line(&mut self, record: &Record<'_>, row: usize, start: usize, line: &str, captures: Vec<(String, String)>);
}

/// Lines in which a row's literal stands while its expression does not match.
#[derive(Clone, Debug)]
pub struct NearMiss {
    /// Place of the row in the set.
    pub row: usize,
    /// How many.
    pub count: u32,
    /// The first.
    pub source: SourceRef,
    /// The first as logged, perhaps cut.
    pub text: String,
}

/// What the probe of one member kept.
#[derive(Debug, Default)]
pub struct LinesFound {
    /// In line order.
    pub hits: Vec<LineHit>,
    /// How many lines each row matched in all: more than are kept, when there are very many.
    pub counts: Vec<u32>,
    /// Places of a row's literal that were not looked at, because it stands in one record too often.
    pub places_beyond: u64,
    /// One for each row, in the order of rows.
    pub misses: Vec<NearMiss>,
}

/// Looks for a set's lines in the records of one member.
pub struct LineProbe<'s> {
    set: Arc<LineSet>,
    found: LinesFound,
    misses: BTreeMap<usize, NearMiss>,
    /// Who takes the rows from this one on.
    sink: Option<(usize, &'s mut dyn LineSink)>,
}

impl<'s> LineProbe<'s> {
    /// Nothing seen yet.
    pub fn new(set: Arc<LineSet>) -> Self {
        let found = LinesFound { counts: vec![0; set.rules.len()], ..LinesFound::default() };
        Self { set, found, misses: BTreeMap::new(), sink: None }
    }

    /// Gives the lines of the rows from `first` on to `sink`.
    pub fn with_sink(mut self, first: usize, sink: &'s mut dyn LineSink) -> Self {
        self.sink = Some((first, sink));
        self
    }

    /// What was found.
    pub fn finish(mut self) -> LinesFound {
        self.found.hits.sort_by_key(|h| (h.source.line, h.source.offset, h.row));
        self.found.misses = self.misses.into_values().collect();
        self.found
    }
}

/// Where a line of a record stands that begins at `start` of its text.
pub fn line_source(record: &Record<'_>, start: usize, line: &str) -> SourceRef {
    let before = record.text.get(..start).unwrap_or_default();
    let lines_before = memchr::memchr_iter(b'\n', before).count() as u64;
    SourceRef {
        member: record.source.member,
        line: record.source.line + lines_before,
        offset: record.source.offset + start as u64,
        bytes: u32::try_from(line.len()).unwrap_or(u32::MAX),
    }
}

impl Probe for LineProbe<'_> {
    fn record(&mut self, record: &Record<'_>) {
        let (hits, counts, misses) = (&mut self.found.hits, &mut self.found.counts, &mut self.misses);
        let sink = &mut self.sink;
        let own_rows = sink.as_ref().map_or(usize::MAX, |(first, _)| *first);
        let hit = |row: usize, start: usize, line: &str, captures| {
            if let Some((own, sink)) = sink.as_mut().and_then(|(first, sink)| Some((row.checked_sub(*first)?, sink))) {
                sink.line(record, own, start, line, captures);
                return;
            }
            let Some(count) = counts.get_mut(row) else { return };
            *count += 1;
            if *count <= MAX_HITS_PER_ROW {
                let source = line_source(record, start, line);
                hits.push(LineHit { row, source, stamp: record.stamp, text: line.to_owned(), captures });
            }
        };
        let miss = |row: usize, start: usize, line: &str| {
            if row >= own_rows {
                return;
            }
            let text = || line.chars().take(MISS_CHARS).collect();
            let first = || NearMiss { row, count: 0, source: line_source(record, start, line), text: text() };
            let known = misses.entry(row).or_insert_with(first);
            known.count = known.count.saturating_add(1);
        };
        let beyond = self.set.each(record.text, hit, miss);
        self.found.places_beyond += beyond;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(rows: &[(&str, Option<&str>)]) -> LineSet {
        LineSet::new(rows.iter().map(|(c, e)| LineRule::new(c, *e).unwrap()).collect())
    }

    fn hits(set: &LineSet, text: &str) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        set.each_hit(text.as_bytes(), |row, start, _, _| out.push((row, start)));
        out.sort_unstable();
        out
    }

    #[test]
    fn overlapping_literals_are_all_seen() {
        let set = set(&[("errorCode=150", None), ("Code=1507", None), ("errorCode=1507", Some(r"errorCode=(?P<code>\d+)"))]);
        assert_eq!(hits(&set, "a\nx errorCode=1507\n"), [(0, 2), (1, 2), (2, 2)]);
    }

    #[test]
    fn an_expression_sees_one_line_only() {
        let set = set(&[("token", Some(r"token.*status=(\d+)"))]);
        assert!(hits(&set, "token asked\nstatus=403\n").is_empty());
        assert_eq!(hits(&set, "x\ntoken status=403\n"), [(0, 2)]);
    }

    #[test]
    fn places_that_are_not_looked_at_are_counted() {
        let set = set(&[("token", None)]);
        let looked = |times: usize| set.each("token\n".repeat(times).as_bytes(), |_, _, _, _| {}, |_, _, _| {});
        assert_eq!((looked(MAX_PLACES), looked(MAX_PLACES + 7)), (0, 7));
    }

    #[test]
    fn careless_rows_are_refused() {
        assert!(LineRule::new("abc", None).is_err());
        assert!(LineRule::new("abcd", Some("(")).is_err());
        assert!(LineRule::new("abcd", Some(r"(\w{1000}){1000}")).is_err());
    }
}

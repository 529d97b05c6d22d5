//! All originals of one or several analyses with their pseudonyms. In: analyses, wishes. Out: pseudonyms, and the proof.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use aho_corasick::AhoCorasick;
use regex::Regex;
use sha2::{Digest, Sha256};

use super::collect::{self, Collector, Entry, key};
use super::fold::{self, Folded};
use super::forms::{Forms, Telephone};
use super::known::{Hit, Known, words};
use super::spans::Spans;
use super::telling::{is_bare, is_extension, is_telling, parts};
use super::uri::expression;
use super::{Correction, Form, Keep, Kind, Leak, Step, Wishes, base64, names, proof, public, scan};
use crate::analyse::Analysis;
use crate::base::Private;

/// One line of the review list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// What it is.
    pub kind: Kind,
    /// As logged.
    pub original: String,
    /// What stands for it; the original itself where it is kept by wish.
    pub pseudonym: String,
    /// How often it was met.
    pub count: u64,
}

/// All originals with their pseudonyms.
#[derive(Debug)]
pub struct Vault {
    wishes: Wishes,
    entries: Vec<(Entry, String)>,
    by_key: HashMap<String, usize>,
    /// Originals that are looked for in any text.
    known: Known,
    /// Words that the program itself wrote.
    said: HashSet<String>,
    /// Numbers with country code by what follows it.
    national: HashMap<String, usize>,
    /// Short and common ones, folded: looked for where they stand as a value.
    weak: HashMap<String, u32>,
    /// The user's own words.
    terms: Option<AhoCorasick>,
    /// What came up after all originals were met: lines of the log that are in no fact.
    later: Mutex<Forms>,
    later_by_key: Mutex<HashMap<String, String>>,
    /// The sum of all originals. Without them nobody can try out which value gives a pseudonym.
    sum: Sha256,
    /// Log texts written before: reports repeat theirs, and a window asks again in every frame.
    written: Mutex<HashMap<String, String>>,
    values: Mutex<HashMap<Private, String>>,
}

/// Texts remembered at most, and how long one may be.
const REMEMBERED: usize = 20_000;
const REMEMBERED_BYTES: usize = 2_000;

/// Words after which a short number is one that is dialled.
static DIALLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(
        r#"\b(?:dial(?:l?ing|l?ed)?|call(?:s|ing|er|ee|ed)?|ext(?:ension)?|number|user|from|to|party|agent|queue|with|for|by)\b[ :='"<(\[]{1,4}([\p{L}\p{N}][\p{L}\p{N}._+-]*)"#,
    )
});
static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r#"["'<(\[]([^"'<>()\[\]]{1,80})["'>)\]]"#));

impl Vault {
    /// The originals of all these analyses: the same value has the same pseudonym in each.
    pub fn of(analyses: &[Arc<Analysis>], wishes: &Wishes) -> Self {
        Self::made(collect::collect(analyses, None), wishes)
    }

    fn made(mut met: Collector, wishes: &Wishes) -> Self {
        for term in &wishes.terms {
            met.one(Kind::Term, term, false);
        }
        let kept = |original: &str| wishes.corrections.iter().any(|c| matches!(c, Correction::Keep(k) if k == original));
        let mut forms = Forms::avoiding(met.by_key.keys().cloned());
        let national = national(&met.entries);
        let pseudonyms = pseudonyms(&met.entries, &national, &mut forms);
        let mut entries: Vec<(Entry, String)> = met.entries.into_iter().zip(pseudonyms).collect();
        for (entry, pseudonym) in &mut entries {
            for correction in &wishes.corrections {
                if let Correction::As(original, wished) = correction
                    && *original == entry.original
                {
                    pseudonym.clone_from(wished);
                }
            }
        }
        let keeps = |kind: Kind| wishes.keep == Keep::Correlation && matches!(kind, Kind::Call | Kind::Tracking);
        let mut strong: Vec<(u32, String)> = Vec::new();
        let mut weak = HashMap::new();
        for ((entry, _), id) in entries.iter().zip(0u32..) {
            if keeps(entry.kind) || kept(&entry.original) || entry.kind == Kind::Term {
                continue;
            }
            for reading in fold::readings(&entry.original) {
                let folded = reading.text.trim().to_owned();
                if is_telling(entry, &folded, &met.said) {
                    strong.push((id, folded));
                } else if !entry.kind.is_machine_made() && !entry.guessed {
                    weak.entry(folded).or_insert(id);
                }
            }
            strong.extend(parts(entry, &met.said).into_iter().map(|part| (id, part)));
        }
        let known = Known::new(strong.iter().map(|(id, text)| (*id, text.as_str())));
        let folded: Vec<String> =
            wishes.terms.iter().map(|t| fold::fold(t, true).text.trim().to_owned()).filter(|t| !t.is_empty()).collect();
        let terms = if folded.is_empty() { None } else { AhoCorasick::new(&folded).ok() };
        let mut sum = Sha256::new();
        for (entry, _) in &entries {
            sum.update(entry.original.as_bytes());
            sum.update([0]);
        }
        Self {
            wishes: wishes.clone(),
            entries,
            by_key: met.by_key,
            said: met.said,
            national,
            known,
            weak,
            terms,
            later: Mutex::new(forms),
            later_by_key: Mutex::default(),
            sum,
            written: Mutex::default(),
            values: Mutex::default(),
        }
    }

    /// The same with what further texts of the same bundles hold: for an export of log lines, most of which are in no fact. What had a
    /// pseudonym keeps it.
    pub fn extended<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let entries = self.entries.iter().map(|(entry, _)| entry.clone()).collect();
        let mut met = Collector { entries, by_key: self.by_key.clone(), said: self.said.clone(), ..Collector::default() };
        for text in texts {
            met.log(text);
        }
        Self::made(met, &self.wishes)
    }

    /// What was wished for.
    pub fn wishes(&self) -> &Wishes {
        &self.wishes
    }

    /// Every original with its pseudonym, in the order of their first appearance.
    pub fn review(&self) -> Vec<Review> {
        let one = |(entry, _): &(Entry, String)| Review {
            kind: entry.kind,
            original: entry.original.clone(),
            pseudonym: self.pseudonym(entry.kind, &entry.original),
            count: entry.count,
        };
        self.entries.iter().map(one).collect()
    }

    /// The pseudonym of a value whose kind is known.
    pub fn private(&self, value: &Private) -> String {
        if let Some(written) = self.values.lock().unwrap_or_else(PoisonError::into_inner).get(value) {
            return written.clone();
        }
        let written = self.private_afresh(value);
        let mut all = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < REMEMBERED {
            all.insert(value.clone(), written.clone());
        }
        written
    }

    fn private_afresh(&self, value: &Private) -> String {
        let text = value.original();
        let mut spans = scan::private(value);
        let mut marks = Vec::new();
        let again = self.add_known(text, &mut spans, &mut marks);
        self.add_terms(text, &mut spans);
        let written = self.written(text, &spans, &marks);
        if again { self.without_known(&written) } else { written }
    }

    /// Log text with pseudonyms.
    pub fn log<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if let Some(written) = self.written.lock().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Cow::Owned(written.clone());
        }
        let written = self.log_afresh(text);
        let mut all = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if text.len() <= REMEMBERED_BYTES && all.len() < REMEMBERED {
            all.insert(text.to_owned(), written.clone().into_owned());
        }
        written
    }

    fn log_afresh<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut marks = Vec::new();
        let mut again = false;
        let mut spans = scan::text(text, self.wishes.skip, |spans| {
            if self.wishes.skip != Some(Step::Known) {
                again = self.add_known(text, spans, &mut marks);
            }
        });
        self.add_terms(text, &mut spans);
        if spans.list().is_empty() {
            return Cow::Borrowed(text);
        }
        let written = self.written(text, &spans, &marks);
        Cow::Owned(if again { self.without_known(&written) } else { written })
    }

    /// Once more, for what is known and stood in part within something else.
    fn without_known(&self, text: &str) -> String {
        let (mut spans, mut marks) = (Spans::default(), Vec::new());
        self.add_known(text, &mut spans, &mut marks);
        self.written(text, &spans, &marks)
    }

    /// The name of a file or member.
    pub fn path<'a>(&self, path: &'a str) -> Cow<'a, str> {
        let mut spans = Spans::default();
        names::scan(path, &mut spans);
        if spans.list().is_empty() {
            // The bundle itself: its name is private even where it is made of the client's words.
            let mut whole = Spans::default();
            names::bundle(path, &mut whole);
            if whole
                .list()
                .iter()
                .any(|s| path.get(s.start..s.end).is_some_and(|t| self.by_key.contains_key(&key(Kind::Path, t))))
            {
                spans = whole;
            }
        }
        self.add_terms(path, &mut spans);
        Cow::Owned(self.replaced(path, &spans))
    }

    /// Is there no original in a finished output?
    ///
    /// # Errors
    /// The first that stands there.
    pub fn prove(&self, output: &str) -> Result<(), Leak> {
        proof::first_leak(self, output).map_or(Ok(()), Err)
    }

    /// Everything known in a folded text.
    pub(super) fn find(&self, reading: &Folded) -> Vec<Hit> {
        let mut hits = self.known.find(reading);
        if let Some(terms) = &self.terms {
            let hit = |m: aho_corasick::Match| {
                let wished = self.wishes.terms.iter().filter(|t| !t.trim().is_empty()).nth(m.pattern().as_usize())?;
                let place = *self.by_key.get(&key(Kind::Term, wished))?;
                Some(Hit { start: m.start(), end: m.end(), id: u32::try_from(place).ok()? })
            };
            hits.extend(terms.find_iter(&reading.text).filter_map(hit));
        }
        hits
    }

    /// Whose a short or common value is.
    pub(super) fn weak(&self, folded: &str) -> Option<u32> {
        self.weak.get(folded.trim()).copied()
    }

    pub(super) fn leak(&self, id: u32, form: Form, output: &str, offset: usize) -> Option<Leak> {
        let (entry, _) = self.entries.get(id as usize)?;
        let line = output.get(..offset).map_or(0, |before| before.bytes().filter(|b| *b == b'\n').count()) + 1;
        Some(Leak { kind: entry.kind, pseudonym: self.pseudonym(entry.kind, &entry.original), form, line, offset })
    }

    /// Places of known originals, in every spelling; `marks` gets whose they are. Is something of one left?
    fn add_known(&self, text: &str, spans: &mut Spans, marks: &mut Vec<(usize, u32)>) -> bool {
        let mut left = false;
        for reading in fold::readings(text) {
            let mut place = |start: usize, end: usize, id: u32| {
                let (start, end) = reading.raw(start, end);
                if let Some((entry, _)) = self.entries.get(id as usize)
                    && spans.is_free(start, end)
                {
                    spans.add(start, end, entry.kind);
                    marks.push((start, id));
                }
                spans.covers(start, end)
            };
            for hit in self.known.find(&reading) {
                left |= !place(hit.start, hit.end, hit.id);
            }
            if self.weak.is_empty() {
                continue;
            }
            for found in [&DIALLED, &QUOTED].into_iter().flat_map(|r| r.iter()).flat_map(|r| r.captures_iter(&reading.text)) {
                if let Some(found) = found.get(1)
                    && let Some(id) = self.weak(found.as_str())
                {
                    place(found.start(), found.end(), id);
                }
            }
            words(&reading.text, |start, end| {
                if let Some(id) = reading.text.get(start..end).filter(|w| is_extension(w)).and_then(|w| self.weak(w))
                    && is_bare(&reading.text, start, end)
                {
                    place(start, end, id);
                }
            });
        }
        base64::each(text, |start, end, inner| {
            if fold::readings(inner).iter().any(|r| !self.find(r).is_empty()) {
                spans.add(start, end, Kind::Token);
            }
        });
        left
    }

    fn add_terms(&self, text: &str, spans: &mut Spans) {
        let Some(terms) = &self.terms else { return };
        for reading in fold::readings(text) {
            for found in terms.find_iter(&reading.text) {
                let (start, end) = reading.raw(found.start(), found.end());
                spans.add(start, end, Kind::Term);
            }
        }
    }

    fn replaced(&self, text: &str, spans: &Spans) -> String {
        self.written(text, spans, &[])
    }

    /// The text with a pseudonym in each place.
    fn written(&self, text: &str, spans: &Spans, marks: &[(usize, u32)]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for span in spans.list() {
            let (Some(kind), Some(original)) = (span.kind, text.get(span.start..span.end)) else { continue };
            out.push_str(text.get(done..span.start).unwrap_or_default());
            done = span.end;
            let known = marks.iter().find(|(at, _)| *at == span.start).and_then(|(_, id)| self.entries.get(*id as usize));
            match known {
                Some((entry, _)) => out.push_str(&self.pseudonym(entry.kind, &entry.original)),
                None => out.push_str(&self.pseudonym(kind, original)),
            }
        }
        out.push_str(text.get(done..).unwrap_or_default());
        out
    }

    /// What stands for one value.
    fn pseudonym(&self, kind: Kind, original: &str) -> String {
        if public::stays(kind, original)
            || self.wishes.corrections.iter().any(|c| matches!(c, Correction::Keep(k) if k == original))
        {
            return original.to_owned();
        }
        let key = key(kind, original);
        let (kind, form) = match self.by_key.get(&key).and_then(|place| self.entries.get(*place)) {
            Some((entry, form)) => (entry.kind, form.clone()),
            None => match self.with_country(kind, original) {
                Some(form) => return form,
                None => (kind, self.later(kind, original, key)),
            },
        };
        if self.wishes.keep == Keep::Correlation && matches!(kind, Kind::Call | Kind::Tracking) {
            return self.within_kept(original);
        }
        match kind {
            Kind::Number => format!("{}{form}", Telephone::parse(original).prefix),
            _ => form,
        }
    }

    /// For a number that is known with its country code.
    fn with_country(&self, kind: Kind, original: &str) -> Option<String> {
        let number = Telephone::parse(original);
        if kind != Kind::Number || number.international {
            return None;
        }
        let trunk = number.digits.strip_prefix('0').unwrap_or(&number.digits);
        let (_, whole) = self.entries.get(*self.national.get(trunk)?)?;
        Some(without_country(&number, whole))
    }

    /// An ID that is kept may hold an address or a name: that goes.
    fn within_kept(&self, original: &str) -> String {
        let mut spans = Spans::default();
        let mut marks = Vec::new();
        self.add_known(original, &mut spans, &mut marks);
        super::patterns::addresses(original, &mut spans);
        self.written(original, &spans, &marks)
    }

    /// For a value that no fact has. Its pseudonym tells that it is one of these, and does not hang on the order of asking as long as the
    /// short sums of two differ.
    fn later(&self, kind: Kind, original: &str, key: String) -> String {
        let mut later = self.later_by_key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(form) = later.get(&key) {
            return form.clone();
        }
        // Of a published algorithm: the standard library's may differ between its versions, and the bytes with it.
        let digest = self.sum.clone().chain_update(key.as_bytes()).finalize();
        let sum = digest.iter().take(8).fold(0, |sum: u64, byte| (sum << 8) | u64::from(*byte));
        let form = self.later.lock().unwrap_or_else(PoisonError::into_inner).summed(kind, original, sum);
        later.insert(key, form.clone());
        form
    }
}

/// A number without country code is that of the same number with it.
fn national(entries: &[Entry]) -> HashMap<String, usize> {
    let mut national: HashMap<String, usize> = HashMap::new();
    for (place, entry) in entries.iter().enumerate().filter(|(_, e)| e.kind == Kind::Number) {
        if let Some(rest) = Telephone::parse(&entry.original).national().filter(|n| n.len() >= 6) {
            national.entry(rest.to_owned()).or_insert(place);
        }
    }
    national
}

/// The digits of a number with country code, for one written without.
fn without_country(number: &Telephone, whole: &str) -> String {
    let trunk = number.digits.strip_prefix('0').unwrap_or(&number.digits);
    let zero = if trunk.len() < number.digits.len() { "0" } else { "" };
    format!("{zero}{}", whole.get(whole.len().saturating_sub(trunk.len())..).unwrap_or(whole))
}

/// Pseudonyms of all entries, in their order.
fn pseudonyms(entries: &[Entry], national: &HashMap<String, usize>, forms: &mut Forms) -> Vec<String> {
    let mut made: Vec<Option<String>> = vec![None; entries.len()];
    for (place, entry) in entries.iter().enumerate() {
        let number = Telephone::parse(&entry.original);
        let trunk = number.digits.strip_prefix('0').unwrap_or(&number.digits);
        let whole = (entry.kind == Kind::Number && !number.international).then(|| national.get(trunk).copied()).flatten();
        let form = match whole.and_then(|at| Some((at, entries.get(at)?))) {
            Some((at, other)) if at != place => {
                let there = match made.get(at).cloned().flatten() {
                    Some(form) => form,
                    None => {
                        let form = forms.next(other.kind, &other.original);
                        if let Some(slot) = made.get_mut(at) {
                            *slot = Some(form.clone());
                        }
                        form
                    }
                };
                without_country(&number, &there)
            }
            _ => match made.get(place).cloned().flatten() {
                Some(form) => form,
                None => forms.next(entry.kind, &entry.original),
            },
        };
        if let Some(slot) = made.get_mut(place) {
            *slot = Some(form);
        }
    }
    made.into_iter().map(Option::unwrap_or_default).collect()
}

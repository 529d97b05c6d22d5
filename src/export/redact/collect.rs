//! Meets every original of an analysis, in the order in which a reader would. In: analyses. Out: entries.
//!
//! What leaves is what the report writes, so the report itself is written once for the collector alone: a value of a new fact can't be
//! forgotten here. Before it come the names of the members and every SIP message whole.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::forms::Telephone;
use super::spans::Spans;
use super::{Kind, Step, fold, known, names, public, scan};
use crate::analyse::Analysis;
use crate::base::Private;
use crate::export::{Options, Outlet, json};
use crate::sip::Message;

/// An original.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// What it is.
    pub kind: Kind,
    /// As first met.
    pub original: String,
    /// How often it was met.
    pub count: u64,
    /// Met only by a pattern of its characters.
    pub guessed: bool,
}

/// Originals in the order of their first appearance.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    pub(super) entries: Vec<Entry>,
    pub(super) by_key: HashMap<String, usize>,
    /// Words that the program itself wrote.
    pub(super) said: HashSet<String>,
    pub(super) skip: Option<Step>,
    /// Texts that were met before, as many reports repeat theirs, with their entries.
    pub(super) seen: HashMap<String, Vec<usize>>,
    /// The same for values whose kind is known.
    pub(super) values: HashMap<Private, Vec<usize>>,
}

/// Longer texts hardly repeat; and so many are remembered.
const SEEN_BYTES: usize = 600;
const SEEN: usize = 200_000;

impl Collector {
    /// A value whose kind is known.
    pub(crate) fn private(&mut self, value: &Private) {
        if let Some(places) = self.values.get(value) {
            count(&mut self.entries, places);
            return;
        }
        let spans = scan::private(value);
        let places = self.meet(value.original(), &spans);
        self.values.insert(value.clone(), places);
    }

    /// A SIP message, header by header: most of them are repeated in the next message.
    fn message(&mut self, message: &Message) {
        let text = &message.text;
        let first = message.headers.first().map_or(text.len(), |h| h.name.start);
        self.log(text.get(..first).unwrap_or_default());
        for header in &message.headers {
            self.log(text.get(header.name.start..header.value.end).unwrap_or_default());
        }
        self.log(text.get(message.body.clone()).unwrap_or_default());
    }

    /// Log text.
    pub(crate) fn log(&mut self, text: &str) {
        if let Some(places) = self.seen.get(text) {
            count(&mut self.entries, places);
            return;
        }
        let spans = scan::text(text, self.skip, |_| {});
        let places = self.meet(text, &spans);
        if text.len() <= SEEN_BYTES && self.seen.len() < SEEN {
            self.seen.insert(text.to_owned(), places);
        }
    }

    /// The name of a file.
    pub(crate) fn path(&mut self, path: &str) {
        let mut spans = Spans::default();
        names::scan(path, &mut spans);
        self.meet(path, &spans);
    }

    /// Words of the program's own.
    pub(crate) fn word(&mut self, text: &str) {
        if self.said.contains(text) {
            return;
        }
        let folded = fold::fold(text, false).text;
        known::words(&folded, |start, end| {
            self.said.insert(folded.get(start..end).unwrap_or_default().to_owned());
        });
    }

    fn meet(&mut self, text: &str, spans: &Spans) -> Vec<usize> {
        let mut places = Vec::new();
        for span in spans.list() {
            let (Some(kind), Some(original)) = (span.kind, text.get(span.start..span.end)) else { continue };
            places.extend(self.one(kind, original, span.guessed));
        }
        places
    }

    pub(super) fn one(&mut self, kind: Kind, original: &str, guessed: bool) -> Option<usize> {
        if public::stays(kind, original) {
            return None;
        }
        let place = *self.by_key.entry(key(kind, original)).or_insert_with(|| {
            self.entries.push(Entry { kind, original: original.to_owned(), count: 0, guessed: true });
            self.entries.len() - 1
        });
        let entry = self.entries.get_mut(place)?;
        entry.count += 1;
        entry.guessed &= guessed;
        // What it means says more than what it looks like.
        let says_more = matches!(
            (entry.kind, kind),
            (Kind::Token, Kind::Tracking | Kind::Device | Kind::Call) | (Kind::Name | Kind::Path, Kind::User | Kind::Host)
        );
        if says_more {
            entry.kind = kind;
        }
        Some(place)
    }
}

/// Met once more.
fn count(entries: &mut [Entry], places: &[usize]) {
    for place in places {
        if let Some(entry) = entries.get_mut(*place) {
            entry.count += 1;
        }
    }
}

/// The same for all spellings of one value.
pub(super) fn key(kind: Kind, original: &str) -> String {
    let plain = || if original.contains('%') { fold_case(original) } else { original.to_owned() };
    match kind {
        Kind::Number => Telephone::parse(original).digits,
        Kind::Address => original.parse::<std::net::IpAddr>().map_or_else(|_| original.to_lowercase(), |ip| ip.to_string()),
        Kind::Host => original.trim_end_matches('.').to_lowercase(),
        Kind::Name | Kind::Organisation | Kind::Term => {
            // The reading with the fewest escapes: it is the last but one where there are three.
            let all = fold::readings(original);
            all.into_iter().map(|r| r.text).min_by_key(String::len).unwrap_or_default().trim().to_owned()
        }
        Kind::Device if hex_of_mac(original).is_some() => hex_of_mac(original).unwrap_or_default(),
        Kind::Device | Kind::Token | Kind::Tracking => {
            let hex = original.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
            if hex { original.to_ascii_lowercase() } else { plain() }
        }
        Kind::User | Kind::Call | Kind::Path => plain(),
    }
}

/// The digits of a MAC address in any of its spellings, `SEP…` of a telephone included.
fn hex_of_mac(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let bare = lower.strip_prefix("sep").unwrap_or(&lower);
    let hex: String = bare.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    (hex.len() == 12 && hex.bytes().all(|b| b.is_ascii_hexdigit())).then_some(hex)
}

fn fold_case(text: &str) -> String {
    fold::fold(text, true).text
}

/// Everything that these analyses may show.
pub(super) fn collect(analyses: &[Arc<Analysis>], skip: Option<Step>) -> Collector {
    let collector = Arc::new(Mutex::new(Collector { skip, ..Collector::default() }));
    let outlet = Outlet::collecting(Arc::clone(&collector));
    for analysis in analyses {
        {
            let mut all = collector.lock().unwrap_or_else(PoisonError::into_inner);
            let mut spans = Spans::default();
            names::bundle(&analysis.bundle.name, &mut spans);
            all.meet(&analysis.bundle.name, &spans);
            for member in &analysis.bundle.members {
                all.path(&member.path);
                if let Some(input) = &member.input {
                    all.path(input);
                }
            }
            for logged in &analysis.facts.messages {
                all.message(&logged.seen.message);
            }
        }
        drop(json::report(analysis, &Options { messages: false, outlet: outlet.clone(), ..Options::default() }));
    }
    drop(outlet);
    Arc::try_unwrap(collector).map(|m| m.into_inner().unwrap_or_else(PoisonError::into_inner)).unwrap_or_default()
}

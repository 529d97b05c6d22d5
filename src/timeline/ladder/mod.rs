//! The ladder: who sent what to whom, row by row. In: facts and what to show. Out: [`Ladder`], plain data that [`place`] lays out.
//! The client is the left lane, each host has one lane; good refreshes, keep-alives and retransmissions are folded, never dropped.
//! Several calls stand in one ladder, each row with the number of its call; the legs of a transfer are there unasked.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::base::{LogTime, SourceRef, Text, Tone};
use crate::session::{CallId, Facts, MessageId, RunId};
use crate::sip::Direction;
use crate::timeline::scene::Look;

mod choose;
mod hosts;
mod notes;
pub mod place;
mod steps;

use choose::{Chosen, Class};
use hosts::Hosts;
use notes::Notes;

pub use choose::linked;
pub use hosts::Host;
pub use place::{Place, place};

use super::wire;

/// A silence longer than this between two messages gets a row of its own, µs.
pub const WAITING_US: i64 = 1_000_000;

/// What a ladder is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A call, with what happened to its client meanwhile, folded.
    Call(CallId),
    /// A registration by its place in `Facts::registrations`.
    Registration(u32),
    /// A keep-alive by its place in `Facts::keepalives`.
    KeepAlive(u32),
    /// Everything of a run.
    Run(RunId),
}

/// How often and how long a message was sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// Copies beyond the first.
    pub count: u32,
    /// From the first to the last copy, µs; 0 without times.
    pub span_us: i64,
}

/// A message drawn as an arrow.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// The message.
    pub message: MessageId,
    /// Which way; unknown is drawn without a head.
    pub direction: Direction,
    /// Lane of the other side, from 1; the client is lane 0.
    pub host: usize,
    /// Method or status.
    pub title: String,
    /// What matters of its content.
    pub summary: Text,
    /// Fail for refusals, ok for final answers, muted for provisional ones and ACK.
    pub tone: Tone,
    /// A request that begins something is drawn in first ink.
    pub strong: bool,
    /// Retransmissions folded into it.
    pub again: Option<Again>,
}

/// A row of the ladder.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// One message.
    Arrow(Arrow),
    /// Nothing for a while.
    Waiting {
        /// How long, µs.
        us: i64,
        /// In words: talking, held, waiting.
        text: Text,
    },
    /// Several messages in one row; choosing it unfolds them.
    Folded {
        /// Names the fold: its first message.
        first: MessageId,
        /// The messages.
        messages: Vec<MessageId>,
        /// In words.
        text: Text,
        /// Its messages stand below.
        open: bool,
    },
    /// A step of start-up that is no SIP: what its line of the log says, with the HTTP status where it has one.
    Step {
        /// In words.
        text: Text,
        /// How it came out.
        tone: Tone,
        /// The line.
        source: SourceRef,
    },
}

/// One row with its gutter.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Time of the message; of folds the first.
    pub at: Option<LogTime>,
    /// Since the last row with a time, µs.
    pub delta_us: Option<i64>,
    /// Line of the log, 0 for rows without one.
    pub line: u64,
    /// The call it belongs to, when the ladder has several.
    pub call: Option<CallId>,
    /// What it shows.
    pub kind: Kind,
}

/// An offer and its answer, tied at the right of the lanes.
#[derive(Clone, Debug, PartialEq)]
pub struct Bracket {
    /// Row of the offer.
    pub from_row: usize,
    /// Row of the answer.
    pub to_row: usize,
    /// `hold`, `resume`, the new codec, or how it failed.
    pub word: String,
    /// How it looks.
    pub look: Look,
    /// The call, when the ladder has several.
    pub call: Option<CallId>,
}

/// A ladder without places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ladder {
    /// The client's own address, when the log told it.
    pub client: Text,
    /// The other sides in order of first use.
    pub hosts: Vec<Host>,
    /// Rows from top to bottom.
    pub rows: Vec<Row>,
    /// Offer/answer pairs.
    pub brackets: Vec<Bracket>,
    /// Messages in all, folded ones counted.
    pub messages: usize,
    /// The calls, when they are several.
    pub calls: Vec<CallId>,
    /// The largest line number, for the width of its column.
    pub last_line: u64,
    /// Rows from the first to the last of the longest bracket.
    pub longest_bracket: usize,
    /// The row of each message, folded ones and copies too.
    row_of: HashMap<MessageId, usize>,
    /// Times of rows in order, for the time cursor.
    times: Vec<(i64, usize)>,
}

impl Ladder {
    /// Builds the ladder of `subject`; folds named in `open` are unfolded.
    pub fn new(facts: &Facts, subject: Subject, open: &BTreeSet<MessageId>) -> Self {
        Self::of(facts, &[subject], open)
    }

    /// The same for several subjects in one ladder.
    pub fn of(facts: &Facts, subjects: &[Subject], open: &BTreeSet<MessageId>) -> Self {
        let (chosen, calls) = choose::together(facts, subjects);
        let notes = Notes::new(facts, subjects);
        let mut build = Build {
            facts,
            notes,
            hosts: Hosts::default(),
            ladder: Self::default(),
            before: None,
            first: HashMap::new(),
            authorised: HashSet::new(),
            calls,
            steps: steps::of(facts, subjects).into_iter().peekable(),
        };
        build.ladder.messages = chosen.len();
        let mut rest = chosen.as_slice();
        while let Some((head, _)) = rest.split_first() {
            let same = match head.class {
                Class::Plain => 1,
                class => rest.iter().take_while(|c| c.class == class).count(),
            };
            let (now, later) = rest.split_at(same.min(rest.len()));
            rest = later;
            match head.class {
                Class::Plain => build.arrow(head.id),
                class => build.fold(class, now, open.contains(&head.id)),
            }
        }
        build.steps_until(None);
        build.finish()
    }

    /// The row of a message, also when it is folded or a retransmission.
    pub fn row_of(&self, id: MessageId) -> Option<usize> {
        self.row_of.get(&id).copied()
    }

    /// The last row at or before a moment.
    pub fn row_at(&self, us: i64) -> Option<usize> {
        let after = self.times.partition_point(|(at, _)| *at <= us);
        self.times.get(after.checked_sub(1)?).map(|(_, row)| *row)
    }

    /// Brackets that stand in these rows, wholly or in part.
    pub fn brackets_in(&self, rows: std::ops::Range<usize>) -> impl Iterator<Item = &Bracket> {
        let first = self.brackets.partition_point(|b| b.from_row + self.longest_bracket < rows.start);
        let all = self.brackets.get(first..).unwrap_or_default().iter();
        all.take_while(move |b| b.from_row < rows.end).filter(move |b| b.to_row >= rows.start)
    }
}

/// What makes two logged messages copies of one another (RFC 3261 §17): same way, start line, transaction.
type CopyKey = (Direction, String, String, String, String);

struct Build<'a> {
    facts: &'a Facts,
    notes: Notes<'a>,
    hosts: Hosts,
    ladder: Ladder,
    before: Option<LogTime>,
    first: HashMap<CopyKey, usize>,
    /// Requests that carried credentials, by Call-ID and CSeq.
    authorised: HashSet<(String, String)>,
    /// The call of each message; empty when there is but one.
    calls: HashMap<MessageId, CallId>,
    /// Steps of start-up that no row stands for yet.
    steps: std::iter::Peekable<std::vec::IntoIter<steps::Step>>,
}

impl Build<'_> {
    fn arrow(&mut self, id: MessageId) {
        let Some(logged) = self.facts.message(id) else { return };
        let message = &logged.seen.message;
        let key = (
            logged.seen.direction,
            message.text.lines().next().unwrap_or("").to_owned(),
            wire::call_id(message).to_owned(),
            wire::header(message, "CSeq", "CSeq").unwrap_or("").to_owned(),
            wire::header(message, "Via", "v").unwrap_or("").to_owned(),
        );
        if logged.sent_before > 0
            && let Some(row) = self.first.get(&key).and_then(|row| self.ladder.rows.get_mut(*row))
            && let Kind::Arrow(arrow) = &mut row.kind
        {
            let span_us = row.at.zip(logged.seen.at).map_or(0, |(a, b)| b.since_us(a));
            let count = arrow.again.map_or(0, |a| a.count) + 1;
            arrow.again = Some(Again { count, span_us });
            if let Some(row) = self.first.get(&key) {
                self.ladder.row_of.insert(id, *row);
            }
            return;
        }
        self.steps_until(logged.seen.at);
        let status = wire::status(message);
        let arrow = Arrow {
            message: id,
            direction: logged.seen.direction,
            host: self.hosts.lane(logged),
            title: wire::title(message),
            summary: self.notes.summary(id, message),
            tone: self.tone(status, message),
            strong: status.is_none() && wire::method(message) != "ACK",
            again: None,
        };
        self.first.insert(key, self.ladder.rows.len() + usize::from(self.waits(logged.seen.at)));
        self.row(logged.seen.at, logged.source.line, self.calls.get(&id).copied(), Kind::Arrow(arrow));
        if self.ladder.client.0.is_empty() {
            self.ladder.client = hosts::own_address(logged);
        }
    }

    /// A second challenge, to a request that carried credentials, means that they were not accepted (RFC 3261 §22.1), unless
    /// the server says that only the nonce was too old.
    fn tone(&mut self, status: Option<u16>, message: &crate::sip::Message) -> Tone {
        let key = (wire::call_id(message).to_owned(), wire::header(message, "CSeq", "CSeq").unwrap_or("").to_owned());
        let has = |name: &str| wire::header(message, name, name).is_some();
        match status {
            None if has("Authorization") || has("Proxy-Authorization") => {
                self.authorised.insert(key);
            }
            Some(401 | 407) if self.authorised.contains(&key) => {
                let challenge =
                    ["WWW-Authenticate", "Proxy-Authenticate"].into_iter().find_map(|name| wire::header(message, name, name));
                let stale = challenge.is_some_and(|c| c.to_ascii_lowercase().replace('"', "").contains("stale=true"));
                return if stale { Tone::Muted } else { Tone::Fail };
            }
            _ => {}
        }
        tone(status, wire::method(message))
    }

    fn fold(&mut self, class: Class, chosen: &[Chosen], open: bool) {
        let messages: Vec<MessageId> = chosen.iter().map(|c| c.id).collect();
        let Some(first) = messages.first().copied() else { return };
        let logged = self.facts.message(first);
        let text = self.notes.fold(class, &messages);
        let (at, line) = logged.map_or((None, 0), |l| (l.seen.at, l.source.line));
        self.steps_until(at);
        self.row(at, line, None, Kind::Folded { first, messages: messages.clone(), text, open });
        let place = self.ladder.rows.len().saturating_sub(1);
        self.ladder.row_of.extend(messages.iter().map(|id| (*id, place)));
        if open {
            for id in messages {
                self.arrow(id);
            }
        } else if let Some(last) = messages.last().and_then(|id| self.facts.message(*id)) {
            self.before = last.seen.at.or(self.before);
        }
    }

    /// Does a message at `at` come after a silence?
    fn waits(&self, at: Option<LogTime>) -> bool {
        self.before.zip(at).is_some_and(|(before, at)| at.since_us(before) > WAITING_US)
    }

    /// Adds the steps of start-up that came before a moment; all that are left without one.
    fn steps_until(&mut self, at: Option<LogTime>) {
        while let Some(step) = self.steps.next_if(|step| at.is_none_or(|at| step.at.is_none_or(|s| s < at))) {
            let kind = Kind::Step { text: step.text, tone: step.tone, source: step.source };
            self.row(step.at, step.source.line, None, kind);
        }
    }

    fn row(&mut self, at: Option<LogTime>, line: u64, call: Option<CallId>, kind: Kind) {
        let delta_us = self.before.zip(at).map(|(before, at)| at.since_us(before));
        if let (true, Some(us), Some(before)) = (self.waits(at), delta_us, self.before) {
            let text = self.notes.waiting(before, us);
            self.ladder.rows.push(Row { at: None, delta_us: None, line: 0, call: None, kind: Kind::Waiting { us, text } });
        }
        self.ladder.rows.push(Row { at, delta_us, line, call, kind });
        self.ladder.last_line = self.ladder.last_line.max(line);
        self.before = at.or(self.before);
    }

    fn finish(mut self) -> Ladder {
        let mut arrows: HashMap<MessageId, usize> = HashMap::new();
        let mut latest = i64::MIN;
        for (place, row) in self.ladder.rows.iter().enumerate() {
            if let Kind::Arrow(arrow) = &row.kind {
                arrows.insert(arrow.message, place);
            }
            // A clock that went back must not break the search for a moment.
            if let Some(at) = row.at.filter(|at| at.0 >= latest) {
                latest = at.0;
                self.ladder.times.push((at.0, place));
            }
        }
        self.ladder.brackets = self.notes.brackets(&arrows);
        for bracket in &mut self.ladder.brackets {
            bracket.call = self.ladder.rows.get(bracket.from_row).and_then(|row| row.call);
        }
        self.ladder.longest_bracket = self.ladder.brackets.iter().map(|b| b.to_row - b.from_row).max().unwrap_or(0);
        self.ladder.row_of.extend(arrows);
        let mut calls: Vec<CallId> = self.calls.values().copied().collect();
        calls.sort_unstable();
        calls.dedup();
        self.ladder.calls = calls;
        self.ladder.hosts = self.hosts.finish();
        self.ladder
    }
}

/// Method or status of a message, as arrows are titled.
pub fn title(message: &crate::sip::Message) -> String {
    wire::title(message)
}

/// `4 INVITE`: the CSeq as written, for the facts beside a message.
pub fn cseq(message: &crate::sip::Message) -> String {
    wire::header(message, "CSeq", "CSeq").unwrap_or("").to_owned()
}

/// Call-ID as written.
pub fn call_id(message: &crate::sip::Message) -> &str {
    wire::call_id(message)
}

/// How a message stands by its status.
pub fn message_tone(message: &crate::sip::Message) -> Tone {
    tone(wire::status(message), wire::method(message))
}

fn tone(status: Option<u16>, method: &str) -> Tone {
    match status {
        None if method == "ACK" => Tone::Muted,
        None => Tone::Info,
        Some(..200) => Tone::Muted,
        Some(200..=299) => Tone::Ok,
        Some(code) if wire::is_failure(code) => Tone::Fail,
        Some(_) => Tone::Muted,
    }
}

#[cfg(test)]
mod tests;

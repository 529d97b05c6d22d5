//! A filter made ready for one bundle. In: a [`Filter`], the names of members, the calls. Out: [`Plan`]: does this record pass?
//! Must not know where texts come from.

use std::collections::BTreeSet;

use regex::bytes::{Regex, RegexBuilder};

use super::filter::{Chip, Fault, Filter, Needle, Range, Term, What};
use crate::base::LogTime;
use crate::records::{Dialects, Entry, Level};

/// A record may be longer than what is in memory at once; a text that begins in one piece is followed this far into the next.
pub const AHEAD_BYTES: usize = 4 << 10;

/// What belongs to a call, as far as records are concerned.
#[derive(Clone, Debug, Default)]
pub struct CallParts {
    /// Member and number of the records that hold its messages.
    pub records: Vec<(usize, usize)>,
    /// Texts that name it in other records: its Call-IDs.
    pub texts: Vec<String>,
}

/// What a filter may name in a bundle.
pub struct Names<'a> {
    /// The path of each member.
    pub paths: Vec<&'a str>,
    /// The parts of a call by its number from 1.
    pub call: &'a dyn Fn(u32) -> Option<CallParts>,
}

#[derive(Debug)]
enum Test {
    Member(Vec<bool>),
    Level(Vec<Level>),
    Time(Vec<Range>),
    Thread(Vec<String>),
    Source(Vec<String>),
    Call(BTreeSet<(usize, usize)>, Option<Regex>),
    Text(Regex),
}

#[derive(Debug)]
struct Rule {
    not: bool,
    test: Test,
}

/// A filter ready for the records of one bundle.
#[derive(Debug, Default)]
pub struct Plan {
    /// Decided from the index.
    quick: Vec<Rule>,
    /// Need the text.
    slow: Vec<Rule>,
    /// The rule of `slow` whose text is looked for in many records at once.
    anchor: Option<usize>,
}

/// What the head of a record said, kept for its further pieces.
#[derive(Debug, Default)]
pub struct HeadTexts {
    thread: Vec<u8>,
    code: Vec<u8>,
}

impl Plan {
    /// Makes a filter ready.
    ///
    /// # Errors
    /// The first chip that names what is not there, or an expression that is too large.
    pub fn new(filter: &Filter, names: &Names<'_>) -> Result<Self, Fault> {
        let mut plan = Self::default();
        for chip in &filter.chips {
            let test = test(chip, names)?;
            let list =
                if matches!(test, Test::Member(_) | Test::Level(_) | Test::Time(_)) { &mut plan.quick } else { &mut plan.slow };
            list.push(Rule { not: chip.not, test });
        }
        let heads = plan.slow.iter().any(|r| matches!(r.test, Test::Thread(_) | Test::Source(_)));
        // `\A` and `\z` mean another place in many records than in one.
        let plain = |rule: &Rule| match &rule.test {
            Test::Text(regex) => !rule.not && !regex.as_str().contains("\\A") && !regex.as_str().contains("\\z"),
            _ => false,
        };
        plan.anchor = plan.slow.iter().position(plain).filter(|_| !heads);
        Ok(plan)
    }

    /// A plan for one text.
    ///
    /// # Errors
    /// As [`Needle::ready`].
    pub fn of(needle: &Needle) -> Result<Self, What> {
        let chip = Chip { at: 0, written: String::new(), not: false, term: Term::Text(needle.clone()) };
        let names = Names { paths: Vec::new(), call: &|_| None };
        Self::new(&Filter { chips: vec![chip] }, &names).map_err(|fault| fault.what)
    }

    /// Must texts be read?
    pub fn needs_text(&self) -> bool {
        !self.slow.is_empty()
    }

    /// Can any record of this member pass?
    pub fn may_pass(&self, member: usize) -> bool {
        self.quick.iter().all(|rule| match &rule.test {
            Test::Member(members) => members.get(member).copied().unwrap_or(false) != rule.not,
            _ => true,
        })
    }

    /// Do the terms hold that need no text? `time` is that which puts the record in order.
    pub fn quick(&self, entry: &Entry, time: Option<LogTime>) -> bool {
        self.quick.iter().all(|rule| {
            let holds = match &rule.test {
                Test::Level(levels) => levels.contains(&entry.level),
                Test::Time(ranges) => time.is_some_and(|time| ranges.iter().any(|r| r.holds(time))),
                // Decided for the member as a whole.
                _ => return true,
            };
            holds != rule.not
        })
    }

    /// The text to be looked for in many records at once, where there is one.
    pub(super) fn anchor(&self) -> Option<&Regex> {
        match &self.slow.get(self.anchor?)?.test {
            Test::Text(regex) => Some(regex),
            _ => None,
        }
    }

    /// Do the terms hold that need the text? `text` is the record's, of `length` bytes, and perhaps what follows it.
    pub(super) fn slow(
        &self,
        (member, number): (usize, usize),
        entry: &Entry,
        text: &[u8],
        length: usize,
        (dialects, head): (&Dialects, &mut HeadTexts),
    ) -> bool {
        let heads = self.slow.iter().any(|r| matches!(r.test, Test::Thread(_) | Test::Source(_)));
        if heads && !entry.continued {
            *head = HeadTexts::default();
            let line = text.get(..length).unwrap_or(text).split(|b| *b == b'\n').next().unwrap_or_default();
            if let Some(found) = entry.headed.then(|| dialects.any_head(line)).flatten() {
                found.thread.of(line).clone_into(&mut head.thread);
                found.code.of(line).clone_into(&mut head.code);
            }
        }
        self.slow.iter().all(|rule| {
            let holds = match &rule.test {
                Test::Thread(threads) => threads.iter().any(|t| head.thread.eq_ignore_ascii_case(t.as_bytes())),
                Test::Source(codes) => {
                    let code = head.code.to_ascii_lowercase();
                    codes.iter().any(|c| memchr::memmem::find(&code, c.as_bytes()).is_some())
                }
                Test::Call(records, texts) => {
                    records.contains(&(member, number)) || texts.as_ref().is_some_and(|t| begins_in(t, text, length))
                }
                Test::Text(regex) => begins_in(regex, text, length),
                _ => true,
            };
            holds != rule.not
        })
    }
}

/// Is there a match that begins in the first `length` bytes?
fn begins_in(regex: &Regex, text: &[u8], length: usize) -> bool {
    regex.find(text).is_some_and(|found| found.start() < length.max(1))
}

fn test(chip: &Chip, names: &Names<'_>) -> Result<Test, Fault> {
    let fault = |what| Fault { at: chip.at, what };
    Ok(match &chip.term {
        Term::Member(wishes) => {
            let mut members = vec![false; names.paths.len()];
            for wish in wishes {
                let mut known = false;
                for (member, path) in members.iter_mut().zip(&names.paths) {
                    if path.to_lowercase().contains(&wish.to_lowercase()) {
                        *member = true;
                        known = true;
                    }
                }
                if !known {
                    return Err(fault(What::Member(wish.clone())));
                }
            }
            Test::Member(members)
        }
        Term::Level(levels) => Test::Level(levels.clone()),
        Term::Time(range) => Test::Time(vec![*range]),
        Term::Thread(threads) => Test::Thread(threads.clone()),
        Term::Source(codes) => Test::Source(codes.iter().map(|c| c.to_ascii_lowercase()).collect()),
        Term::Text(needle) => Test::Text(needle.ready().map_err(fault)?),
        Term::Call(numbers) => {
            let mut records = BTreeSet::new();
            let mut texts = Vec::new();
            for number in numbers {
                let parts = (names.call)(*number).ok_or_else(|| fault(What::Call(*number)))?;
                records.extend(parts.records);
                texts.extend(parts.texts.iter().map(|t| regex::escape(t)));
            }
            let any = (!texts.is_empty()).then(|| RegexBuilder::new(&texts.join("|")).build()).transpose();
            Test::Call(records, any.map_err(|_| fault(What::Large))?)
        }
    })
}

//! The SIP messages of a member, by SIP's own grammar wherever they stand: nobody has published how the client's log frames them. In:
//! records, shown in the order of their lines. Out: messages with their place, stamp and what stands around them; then their
//! directions, learned per member. Must not know what the messages mean together beyond that.

use memchr::memmem::{self, Finder};

use crate::base::{MemberId, NoteKind, Notes, SourceRef};
use crate::records::{Probe, Record, Stamp};
use crate::sip::Message;

mod assemble;
mod body;
mod clock;
mod direction;
mod evidence;
mod hints;
mod marker;
mod oneline;
mod open;
mod parity;
mod ping;
mod prefix;

#[cfg(test)]
mod tests;

use assemble::{Around, Assembler};
pub use clock::{tag_clock_pairs, tag_ms};
pub use direction::{MemberSip, directions, to_time};
pub use hints::{Hints, Mark, Pair, Weight};
use open::{Finished, Line};
pub use ping::CrlfPing;

/// A line that goes on over several pieces of a record is kept up to this length.
const MAX_LINE: usize = 512 * 1024;
/// Records whose last line is remembered: the marker of a message may stand in the record before it.
const REMEMBERED: usize = 4;
/// Bytes of a remembered line.
const MAX_REMEMBERED: usize = 512;

/// A message as found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it says.
    pub message: Message,
    /// Its start line in the log, up to its last line.
    pub source: SourceRef,
    /// Lines of the log from its start line to its last.
    pub lines: u32,
    /// Stamp of the record of its start line.
    pub stamp: Option<Stamp>,
    /// What the log says around it.
    pub hints: Hints,
}

/// What one member gave.
#[derive(Clone, Debug)]
pub struct Extracted {
    /// The member.
    pub member: MemberId,
    /// Its messages in the order of their start lines.
    pub found: Vec<Found>,
    /// Keep-alives that the log tells in words.
    pub pings: Vec<CrlfPing>,
    /// Caps that were reached and SIP text that is no message.
    pub notes: Notes,
}

/// Finds the messages of one member.
pub struct SipProbe {
    member: MemberId,
    version: Finder<'static>,
    ping: Finder<'static>,
    assembler: Assembler,
    record: u64,
    carry: Vec<u8>,
    carried: Option<(u64, u64)>,
    head: Vec<u8>,
    first: Vec<u8>,
    place: Vec<u8>,
    thread: Vec<u8>,
    ordinal: u32,
    before: Vec<u8>,
    remembered: [(Vec<u8>, Vec<u8>); REMEMBERED],
    slot: usize,
    pings: Vec<CrlfPing>,
    notes: Notes,
    long_lines: u64,
}

impl SipProbe {
    /// A probe for one member.
    pub fn new(member: MemberId) -> Self {
        Self {
            member,
            version: Finder::new(b"SIP/2.0"),
            ping: Finder::new(b"CRLF"),
            assembler: Assembler::default(),
            record: 0,
            carry: Vec::new(),
            carried: None,
            head: Vec::new(),
            first: Vec::new(),
            place: Vec::new(),
            thread: Vec::new(),
            ordinal: 0,
            before: Vec::new(),
            remembered: Default::default(),
            slot: 0,
            pings: Vec::new(),
            notes: Notes::new(),
            long_lines: 0,
        }
    }

    /// The messages found, once the member has ended.
    pub fn finish(mut self) -> Extracted {
        self.end();
        let mut found: Vec<Found> = Vec::with_capacity(self.assembler.done.len());
        for finished in std::mem::take(&mut self.assembler.done) {
            let line = finished.source.line;
            match self.found(finished) {
                Some(message) => found.push(message),
                None => {
                    self.notes.push(NoteKind::Malformed, Some(self.member), line, "A start line with headers could not be read")
                }
            }
        }
        found.sort_by_key(|f| (f.source.offset, f.source.line));
        if self.long_lines > 0 {
            let text = format!("{} lines longer than {MAX_LINE} bytes were looked through in pieces", self.long_lines);
            self.notes.push(NoteKind::Limit, Some(self.member), 0, text);
        }
        Extracted { member: self.member, found, pings: self.pings, notes: self.notes }
    }

    fn found(&mut self, finished: Finished) -> Option<Found> {
        let Finished { text, source, lines, stamp, hints, problem } = finished;
        let mut message = Message::parse(text)?;
        if let Some((kind, text)) = problem {
            self.notes.push(kind, Some(self.member), source.line, text);
            message.problems.push("Longer than what is kept of one message".to_owned());
        }
        Some(Found { message, source, lines, stamp, hints })
    }

    /// A file may begin in the middle of a message: its rest is no message, but it is told.
    fn note_headless(&mut self, record: &Record<'_>) {
        if record.headed || record.source.offset > 0 {
            return;
        }
        let mut lines = record.text.split(|b| *b == b'\n').take(64).map(|line| prefix::without_cr(line).0);
        let headers = lines.by_ref().take_while(|line| prefix::is_sip_header(line)).count();
        if headers >= 2 {
            let text = format!("The file begins in the middle of a SIP message: {headers} header lines without a start line");
            self.notes.push(NoteKind::Malformed, Some(self.member), record.source.line, text);
        }
    }

    /// Looks at the lines of a record's piece.
    fn lines(&mut self, record: &Record<'_>) {
        let mut number = record.source.line;
        let mut offset = record.source.offset;
        let mut at = 0;
        let mut first = !record.continued;
        while let Some(rest) = record.text.get(at..).filter(|r| !r.is_empty()) {
            let end = memchr::memchr(b'\n', rest);
            let raw = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let length = raw.len() + usize::from(end.is_some());
            let carry = end.is_none() && record.continues;
            let (number_of_line, offset_of_line) = self.carried.unwrap_or((number, offset));
            if carry || !self.carry.is_empty() {
                self.carried = Some((number_of_line, offset_of_line));
                self.carry.extend_from_slice(raw);
            }
            if carry && self.carry.len() < MAX_LINE {
                break;
            }
            let whole = std::mem::take(&mut self.carry);
            self.carried = None;
            let content: &[u8] = if whole.is_empty() { raw } else { &whole };
            self.long_lines += u64::from(carry);
            let head = if first { record.message_at.min(content.len()) } else { 0 };
            let line = Line {
                content: content.get(head..).unwrap_or_default(),
                headed: first && record.headed,
                ordinal: self.ordinal,
                record: self.record,
                thread: &[],
                number: number_of_line,
                offset: offset_of_line,
                bytes: (offset + length as u64).saturating_sub(offset_of_line),
            };
            self.line(&line, record.stamp);
            first = false;
            at += length;
            offset += length as u64;
            number += 1;
        }
    }

    fn line(&mut self, line: &Line<'_>, stamp: Option<Stamp>) {
        if line.ordinal == 0 {
            self.first.clear();
            // What stands in front of a start line; the message itself never says which way it went.
            let content = line.content.get(..line.content.len().min(MAX_REMEMBERED)).unwrap_or_default();
            let end = memmem::find(content, b"SIP/2.0").and_then(|_| crate::sip::grammar::start_line_at(content));
            self.first.extend_from_slice(content.get(..end.unwrap_or(content.len())).unwrap_or_default());
            if !line.headed {
                self.first.clear();
            }
        }
        let around =
            Around { head: &self.head, first: &self.first, before: &self.before, place: &self.place, stamp, member: self.member };
        let line = Line { thread: &self.thread, ..*line };
        let taken = self.assembler.line(&line, &around);
        let tail = line.content.get(line.content.len().saturating_sub(MAX_REMEMBERED)..).unwrap_or_default();
        if taken {
            self.before.clear();
        } else if !tail.trim_ascii().is_empty() {
            self.before.clear();
            self.before.extend_from_slice(tail);
        }
        self.ordinal += 1;
    }

    /// Keeps the last line of a record for the markers of a message that begins in the next of its thread.
    fn remember(&mut self, thread: &[u8], line: &[u8]) {
        self.slot = (self.slot + 1) % REMEMBERED;
        if let Some((kept_thread, kept)) = self.remembered.get_mut(self.slot) {
            kept_thread.clear();
            kept_thread.extend_from_slice(thread);
            kept.clear();
            kept.extend_from_slice(line.get(line.len().saturating_sub(MAX_REMEMBERED)..).unwrap_or_default());
        }
    }

    fn recall(&self, thread: &[u8]) -> &[u8] {
        let newest_first = (0..REMEMBERED).map(|back| (self.slot + REMEMBERED - back) % REMEMBERED);
        newest_first
            .filter_map(|slot| self.remembered.get(slot))
            .find(|(kept, _)| kept.as_slice() == thread)
            .map_or(b"", |(_, line)| line.as_slice())
    }

    fn begin_record(&mut self, record: &Record<'_>) {
        self.record += 1;
        self.ordinal = 0;
        self.assembler.record_begins(self.record);
        let refill = |into: &mut Vec<u8>, from: &[u8]| {
            into.clear();
            into.extend_from_slice(from.get(..from.len().min(MAX_REMEMBERED)).unwrap_or_default());
        };
        refill(&mut self.thread, record.thread);
        refill(&mut self.place, record.code);
        refill(&mut self.head, record.head());
        let before = self.recall(record.thread).to_vec();
        self.before = before;
    }
}

impl Probe for SipProbe {
    fn record(&mut self, record: &Record<'_>) {
        if self.ping.find(record.text).is_some() {
            ping::read(record, &mut self.pings, &mut self.notes);
        }
        let quiet = self.assembler.is_idle() && self.carry.is_empty() && self.version.find(record.text).is_none();
        if quiet && !record.continues && !record.continued {
            self.record += 1;
            self.remember(record.thread, last_line(record.message()));
            return;
        }
        if !record.continued {
            self.begin_record(record);
        }
        self.note_headless(record);
        self.lines(record);
        if !record.continues {
            let before = std::mem::take(&mut self.before);
            self.remember(record.thread, &before);
            self.before = before;
        }
    }

    fn end(&mut self) {
        self.assembler.end();
        if self.assembler.not_sip > 0 {
            let text = format!(
                "{} start lines were followed by no header that only SIP has and are no messages",
                self.assembler.not_sip
            );
            self.notes.push(NoteKind::Malformed, Some(self.member), 0, text);
            self.assembler.not_sip = 0;
        }
    }
}

/// The last line with anything on it.
fn last_line(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_end();
    let start = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or_default()
}

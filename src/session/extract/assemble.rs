//! Finds the messages in the lines of a member, whatever stands around them. In: lines, in order. Out: messages as text. A start line
//! begins a message only when a header line follows it; messages of several threads may run through each other.

use super::hints::Hints;
use super::oneline;
use super::open::{Answer, Beginning, Finished, Line, Open};
use super::prefix::{learn, strip, without_cr, written_end};
use crate::base::SourceRef;
use crate::records::Stamp;
use crate::sip::grammar::start_line_at;
use memchr::memmem;

/// Messages that may be unfinished at a time; beyond it the oldest is finished.
const MAX_OPEN: usize = 64;
/// Records or lines that may come between two lines of one message on the same thread.
const MAX_STRANGERS: u32 = 16;
/// Records of other threads after which nothing more of a message is waited for, when each of its lines is a record.
const MAX_RECORDS_APART: u64 = 2000;

/// What surrounds a line: for the hints of a message that begins in it.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// Head of the record.
    pub head: &'a [u8],
    /// The record's first line behind its head.
    pub first: &'a [u8],
    /// The line directly before, in this record or the one before of this thread.
    pub before: &'a [u8],
    /// Source place of the record.
    pub place: &'a [u8],
    /// Stamp of the record.
    pub stamp: Option<Stamp>,
    /// Which member, for the places of messages.
    pub member: crate::base::MemberId,
}

/// A start line whose next line is not known yet.
#[derive(Debug)]
struct Pending {
    beginning: Beginning,
    before: Vec<u8>,
    /// It begins a record.
    headed: bool,
    blanks: u32,
    strangers: u32,
}

/// The messages of one member, while its lines come.
#[derive(Debug, Default)]
pub struct Assembler {
    pending: Vec<Pending>,
    open: Vec<Open>,
    /// Messages in the order in which they were finished.
    pub done: Vec<Finished>,
    /// Start lines with headers that no SIP message has: left aside.
    pub not_sip: u64,
}

impl Assembler {
    /// Nothing is unfinished: lines without a start line need not be shown.
    pub fn is_idle(&self) -> bool {
        self.pending.is_empty() && self.open.is_empty()
    }

    /// Gives up what waits for lines that come no more (the record `record` begins).
    pub fn record_begins(&mut self, record: u64) {
        if self.is_idle() {
            return;
        }
        let apart = |last: u64| record.saturating_sub(last);
        self.pending.retain(|p| apart(p.beginning.record) < u64::from(MAX_STRANGERS) * 4);
        let mut at = 0;
        while let Some(open) = self.open.get(at) {
            let far = apart(open.last_record) > if open.each_headed { MAX_RECORDS_APART } else { u64::from(MAX_STRANGERS) };
            // A message in the lines of one record is complete when the record ends, unless something is plainly missing.
            let ended = !open.each_headed && open.last_record < record && !open.may_go_on();
            if far || ended { self.finish(at) } else { at += 1 }
        }
    }

    /// The member has ended.
    pub fn end(&mut self) {
        self.pending.clear();
        while !self.open.is_empty() {
            self.finish(0);
        }
    }

    fn finish(&mut self, at: usize) {
        if at < self.open.len() {
            match self.open.remove(at).finish() {
                Some(finished) => self.done.push(finished),
                None => self.not_sip += 1,
            }
        }
    }

    /// The next line. Tells whether a message took it.
    pub fn line(&mut self, line: &Line<'_>, around: &Around<'_>) -> bool {
        let plain;
        let mut line = line;
        let uncoloured;
        if memchr::memchr(0x1b, line.content).is_some() {
            uncoloured = without_colours(line.content);
            plain = Line { content: &uncoloured, ..*line };
            line = &plain;
        }
        if memmem::find(line.content, b"SIP/2.0").is_some()
            && let Some(chunks) = oneline::expand(line.content)
        {
            // What is on one line is complete there; it can still be the header of an unfinished message only by chance.
            for chunk in chunks {
                self.chunk(&chunk, line, around);
            }
            return true;
        }
        self.plain(line, around)
    }

    /// A part of a line with whole messages on it.
    fn chunk(&mut self, chunk: &oneline::Chunk, line: &Line<'_>, around: &Around<'_>) {
        let first: Vec<u8> = if line.ordinal == 0 { chunk.before.clone() } else { around.first.to_vec() };
        let around = Around { first: &first, ..*around };
        let mut inner = Assembler::default();
        for (at, text) in chunk.text.split(|b| *b == b'\n').enumerate() {
            let before: &[u8] = if at == 0 { &chunk.before } else { b"" };
            let part = Line { content: text, headed: false, ordinal: u32::try_from(at).unwrap_or(u32::MAX), ..*line };
            let around = Around { before, ..around };
            inner.plain(&part, &around);
        }
        inner.end();
        self.done.append(&mut inner.done);
        self.not_sip += inner.not_sip;
    }

    fn plain(&mut self, line: &Line<'_>, around: &Around<'_>) -> bool {
        if self.confirm(line) {
            return true;
        }
        match self.offer(line) {
            Some(Answer::Mine | Answer::MineAndDone) => return true,
            Some(Answer::DoneAt(at)) => {
                let rest = line.content.get(at..).unwrap_or_default();
                return self.begin(&Line { content: rest, headed: false, ..*line }, around);
            }
            _ => {}
        }
        self.begin(line, around)
    }

    /// Is this the header line that a start line waits for? Then the message begins, and takes it.
    fn confirm(&mut self, line: &Line<'_>) -> bool {
        let exact = || self.pending.iter().rposition(|p| waits_for(p, line) && line.content.starts_with(&p.before));
        // Where heads name no thread, what stands behind them may.
        let elsewhere = line.headed
            && line.thread.is_empty()
            && self.open.iter().any(|o| o.thread.is_empty() && !o.prefix().is_empty() && o.has_prefix(line.content));
        let Some(at) = exact().or_else(|| self.pending.iter().rposition(|p| !elsewhere && waits_for(p, line))) else {
            return false;
        };
        let Some(pending) = self.pending.get_mut(at) else { return false };
        let (content, _) = without_cr(line.content);
        let trailer = &pending.beginning.trailer;
        let content = content.strip_suffix(trailer.as_slice()).unwrap_or(content);
        let blank = content.trim_ascii().is_empty() || strip(&pending.before, content) == Some(content.len());
        if blank && pending.blanks == 0 && !line.headed {
            pending.blanks = 1;
            return true;
        }
        let Some(prefix) = learn(&pending.before, content) else {
            let same = pending.beginning.thread == line.thread && !line.thread.is_empty();
            pending.strangers += 1;
            if pending.beginning.record == line.record || (same && line.headed) || pending.strangers > MAX_STRANGERS / 4 {
                self.pending.remove(at);
            }
            return false;
        };
        let pending = self.pending.remove(at);
        if !line.headed && pending.beginning.record != line.record {
            // The record that cut in ended in a start line of its own, which is prose: the headers behind it are this message's.
            self.pending.retain(|p| p.beginning.record != line.record);
        }
        let doubled = pending.blanks > 0;
        // Whatever was unfinished here ended before this message.
        let lane = content.get(..prefix).unwrap_or_default();
        let nameless = pending.beginning.thread.is_empty() && line.headed;
        let ended = |o: &Open| o.thread == pending.beginning.thread && (!nameless || !o.each_headed || o.prefix() == lane);
        while let Some(at) = self.open.iter().position(ended) {
            self.finish(at);
        }
        let mut open = Open::new(pending.beginning, content.get(..prefix).unwrap_or_default(), line.headed, doubled);
        if line.headed && !pending.headed {
            // Its lines that begin no record are printed as the start line is.
            open.print_others_behind(pending.before);
        }
        open.offer(line, true);
        if self.open.len() >= MAX_OPEN {
            self.finish(0);
        }
        self.open.push(open);
        true
    }

    /// Shows the line to the message it can belong to.
    fn offer(&mut self, line: &Line<'_>) -> Option<Answer> {
        let at = if line.headed {
            let same = |o: &Open| o.thread == line.thread;
            if line.thread.is_empty() {
                // Where heads name no thread, what stands behind them may.
                let exact = self.open.iter().rposition(|o| same(o) && o.has_prefix(line.content));
                exact.or_else(|| self.open.iter().rposition(|o| same(o) && !o.has_fixed_prefix()))?
            } else {
                self.open.iter().rposition(same)?
            }
        } else {
            let own = self.open.iter().rposition(|o| o.last_record == line.record);
            // The lines behind another thread's record: the message that was cut by it goes on with the first of them.
            let cut = || self.open.iter().rposition(|o| !o.each_headed && o.is_unfinished() && line.ordinal == 1);
            own.or_else(cut)?
        };
        let open = self.open.get_mut(at)?;
        let own = if line.headed { open.each_headed } else { open.last_record == line.record };
        let answer = open.offer(line, own);
        match answer {
            Answer::Mine => {}
            Answer::NotMine => {
                open.strangers += 1;
                let gone_on = open.strangers > MAX_STRANGERS || (line.headed && !open.is_unfinished());
                if gone_on {
                    self.finish(at);
                }
            }
            Answer::MineAndDone | Answer::Done | Answer::DoneAt(_) => {
                // A start line that follows is only now looked for, and may turn out to be none.
                self.finish(at);
            }
        }
        Some(answer)
    }

    /// Does a message begin on this line?
    fn begin(&mut self, line: &Line<'_>, around: &Around<'_>) -> bool {
        let (content, _) = without_cr(line.content);
        let Some(at) = start_line_at(content) else { return false };
        let before = content.get(..at).unwrap_or_default();
        let text = content.get(at..).unwrap_or_default();
        let (start, trailer) = split_trailer(text);
        let pieces: [&[u8]; 4] = if line.ordinal == 0 {
            [around.head, before, around.before, b""]
        } else {
            [around.head, around.first, around.before, before]
        };
        let beginning = Beginning {
            start: start.to_vec(),
            thread: line.thread.to_vec(),
            record: line.record,
            source: SourceRef {
                member: around.member,
                line: line.number,
                offset: line.offset,
                bytes: u32::try_from(line.bytes).unwrap_or(u32::MAX),
            },
            stamp: around.stamp,
            hints: Hints::read(&pieces, around.place),
            trailer: trailer.to_vec(),
            lead: if line.ordinal == 0 { before } else { around.first }.to_vec(),
        };
        let before = before.to_vec();
        // Another start line in its place: the one before began nothing.
        self.pending.retain(|p| {
            let other = p.beginning.thread != line.thread || (line.thread.is_empty() && line.headed && p.before != before);
            other || (p.beginning.record != line.record && !line.headed)
        });
        if self.pending.len() >= MAX_OPEN {
            self.pending.remove(0);
        }
        self.pending.push(Pending { beginning, before, headed: line.headed, blanks: 0, strangers: 0 });
        true
    }
}

/// A line without the escape sequences that terminals colour text by (ECMA-48 §5.4).
fn without_colours(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut bytes = line.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == 0x1b && bytes.next_if_eq(&b'[').is_some() {
            while bytes.next_if(|b| (0x20..0x40).contains(b)).is_some() {}
            bytes.next();
        } else {
            out.push(byte);
        }
    }
    out
}

/// Can the line be the first header line of a message with this start line?
fn waits_for(pending: &Pending, line: &Line<'_>) -> bool {
    if line.headed {
        pending.beginning.thread == line.thread
    } else {
        // In the same record, or behind a record of another thread that cut in.
        pending.beginning.record == line.record || (line.ordinal == 1 && pending.beginning.record < line.record)
    }
}

/// A start line and what a log put behind it: a written-out line end or the end of its own string.
fn split_trailer(text: &[u8]) -> (&[u8], &[u8]) {
    let (text, _) = without_cr(text);
    if let Some(version) = memmem::rfind(text, b"SIP/2.0").filter(|at| *at > 0) {
        // A request ends with its version.
        return text.split_at_checked(version + 7).map_or((text, b""), |(start, rest)| (start, rest.trim_ascii_end()));
    }
    let end = written_end(text).or_else(|| [b"\",".as_slice(), b"\""].into_iter().find(|end| text.ends_with(end)));
    match end {
        Some(end) => text.split_at_checked(text.len() - end.len()).unwrap_or((text, b"")),
        None => (text, b""),
    }
}

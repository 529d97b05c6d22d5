//! The one pass over a member. In: its bytes, the dialects, probes. Out: [`MemberRead`], and every record to every probe while its text is
//! in the window. Must not know what the records are about, nor where the bytes come from.
//!
//! A line without a head belongs to the record before it. Whether a bare date begins a record is decided by [`super::norm`].

use std::io::Read;

use super::head::{HEAD_BYTES, Head, Span, trim};
use super::index::Index;
use super::norm::Norm;
use super::shape::Shapes;
use super::stamp::Clock;
use super::{Dialects, Level, MAX_RECORD_BYTES, Probe, Record, Stamp};
use crate::base::time::SECOND_US;
use crate::base::{MemberId, NoteKind, Notes, Progress, SourceRef};

/// Read at once.
const CHUNK: usize = 256 << 10;
/// The clock of a log may go back this far without a note: threads write a little out of order.
const BACK_US: i64 = SECOND_US;

/// What reading a member gave.
#[derive(Debug)]
pub struct MemberRead {
    /// The member.
    pub member: MemberId,
    /// Every record and piece of a record. Times as printed until [`Index::shift_unzoned`].
    pub index: Index,
    /// Bytes read.
    pub bytes: u64,
    /// Lines read.
    pub lines: u64,
    /// Records; pieces of one count once.
    pub records: u64,
    /// Lines with text before the first head, and heads of no known dialect.
    pub unrecognised_lines: u64,
    /// Heads of each dialect, most first.
    pub dialects: Vec<(u16, u64)>,
    /// Heads of no known dialect.
    pub generic_heads: u64,
    /// Masked shapes of the unrecognised lines, most first.
    pub shapes: Vec<(String, u64)>,
    /// Earliest and latest printed time of stamps with a zone: microseconds UTC.
    pub zoned: Option<(i64, i64)>,
    /// Zone of the last stamp that printed one, in seconds east of UTC.
    pub printed_zone_s: Option<i32>,
    /// Earliest and latest printed time of stamps without: microseconds of the log's own clock.
    pub unzoned: Option<(i64, i64)>,
    /// What could not be read.
    pub notes: Notes,
    /// The user stopped the reading.
    pub cancelled: bool,
}

impl MemberRead {
    /// The dialect most heads are in; `None` when heads of no known dialect are more, or there are none.
    pub fn dialect(&self) -> Option<u16> {
        self.dialects.first().filter(|(_, count)| *count >= self.generic_heads).map(|(dialect, _)| *dialect)
    }
}

/// Reads a member to its end, or to where the input fails (a note says so).
pub fn read(
    member: MemberId,
    input: impl Read,
    dialects: &Dialects,
    probes: &mut [&mut dyn Probe],
    progress: &Progress,
) -> MemberRead {
    Reader::new(member, dialects).read(input, probes, progress)
}

/// Reads one member; for what [`read`] does not take.
pub struct Reader<'d> {
    dialects: &'d Dialects,
    clock: Clock,
    norm: Norm,
    shapes: Shapes,
    /// Heads by dialect.
    counts: Vec<u64>,
    out: MemberRead,
    last: Option<Stamp>,
    at_line_start: bool,
    record: Option<Current>,
    told_limit: bool,
    told_year: bool,
    /// Why the input ended early.
    fault: Option<(NoteKind, String)>,
    /// Bytes beyond ASCII or NULs were seen somewhere before this offset.
    suspect_to: u64,
}

/// The record being gathered; its text so far is the window from its start.
#[derive(Default)]
struct Current {
    stamp: Option<Stamp>,
    level: Option<Level>,
    dialect: Option<u16>,
    headed: bool,
    message_at: u32,
    pid: Span,
    thread: Span,
    code: Span,
    /// `pid`, `thread` and `code` of the head, kept for further pieces.
    kept: Option<[Vec<u8>; 3]>,
    first_line: u64,
    lines: u32,
    continued: bool,
}

/// The part of the input that is in memory. `start` is where the record (or piece) begins, `scan` how far it is known to reach.
struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    scan: usize,
    end: usize,
    /// Offset of `buffer`'s first byte in the member.
    base: u64,
    ended: bool,
}

impl<R: Read> Window<R> {
    fn slice(&self, from: usize, to: usize) -> &[u8] {
        self.buffer.get(from..to).unwrap_or_default()
    }

    /// Reads a whole chunk, less at the end. A fault ends the input; it comes back as kind and sentence, beside what was read before it.
    /// The buffer never grows beyond a record of full size and some chunks.
    fn fill(&mut self) -> (usize, Option<(NoteKind, String)>) {
        if self.end + CHUNK > self.buffer.len() {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.base += self.start as u64;
                self.end -= self.start;
                self.scan -= self.start;
                self.start = 0;
            }
            if self.end + CHUNK > self.buffer.len() {
                self.buffer.resize((self.end + CHUNK).max(2 * CHUNK), 0);
            }
        }
        let before = self.end;
        let goal = before + CHUNK;
        while self.end < goal {
            match self.input.read(self.buffer.get_mut(self.end..goal).unwrap_or_default()) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => self.end = (self.end + count).min(goal),
                Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => {}
                Err(fault) => {
                    self.ended = true;
                    let cut_off = fault.kind() == std::io::ErrorKind::UnexpectedEof;
                    let kind = if cut_off { NoteKind::Truncated } else { NoteKind::Damaged };
                    return (self.end - before, Some((kind, format!("Reading stopped here: {fault}"))));
                }
            }
        }
        (self.end - before, None)
    }
}

impl<'d> Reader<'d> {
    /// A reader for one member.
    pub fn new(member: MemberId, dialects: &'d Dialects) -> Self {
        Self {
            dialects,
            clock: Clock::default(),
            norm: Norm::default(),
            shapes: Shapes::default(),
            counts: vec![0; dialects.len()],
            out: MemberRead {
                member,
                index: Index::default(),
                bytes: 0,
                lines: 0,
                records: 0,
                unrecognised_lines: 0,
                dialects: Vec::new(),
                generic_heads: 0,
                shapes: Vec::new(),
                zoned: None,
                printed_zone_s: None,
                unzoned: None,
                notes: Notes::new(),
                cancelled: false,
            },
            last: None,
            at_line_start: true,
            record: None,
            told_limit: false,
            told_year: false,
            fault: None,
            suspect_to: 0,
        }
    }

    /// Local time of the file in seconds since 1970: from it comes the year of stamps that print none.
    pub fn modified(mut self, modified_s: Option<i64>) -> Self {
        self.clock = Clock::new(modified_s);
        self
    }

    /// Reads the member to its end. `progress` is advanced by the bytes read and asked whether to stop.
    pub fn read(mut self, input: impl Read, probes: &mut [&mut dyn Probe], progress: &Progress) -> MemberRead {
        let mut window = Window { input, buffer: Vec::new(), start: 0, scan: 0, end: 0, base: 0, ended: false };
        // The norm is taken from a whole first part, so that it does not depend on how the bytes arrive.
        while window.end < super::norm::SURVEY_BYTES && !window.ended && !self.out.cancelled {
            self.fill(&mut window, progress);
        }
        let survey = window.end.min(super::norm::SURVEY_BYTES);
        self.norm.survey(window.slice(0, survey), survey == window.end && window.ended, self.dialects);
        while !self.out.cancelled {
            self.lines(&mut window, probes);
            if window.ended {
                break;
            }
            self.fill(&mut window, progress);
        }
        let end = window.end;
        self.emit(&mut window, end, false, probes);
        for probe in probes.iter_mut() {
            probe.end();
        }
        self.finish()
    }

    fn fill<R: Read>(&mut self, window: &mut Window<R>, progress: &Progress) {
        let (count, fault) = window.fill();
        self.out.bytes += count as u64;
        progress.advance(count as u64);
        self.fault = self.fault.take().or(fault);
        self.out.cancelled = progress.is_cancelled();
        let new = window.slice(window.end - count, window.end);
        if !new.is_ascii() || memchr::memchr(0, new).is_some() {
            self.suspect_to = window.base + window.end as u64;
        }
    }

    /// Goes over the bytes in the window as far as they allow decisions that do not depend on what comes next.
    fn lines<R: Read>(&mut self, window: &mut Window<R>, probes: &mut [&mut dyn Probe]) {
        loop {
            let line_end = memchr::memchr(b'\n', window.slice(window.scan, window.end)).map(|n| window.scan + n + 1);
            if self.at_line_start {
                let available = line_end.unwrap_or(window.end) - window.scan;
                if available == 0 || (line_end.is_none() && available < HEAD_BYTES && !window.ended) {
                    return;
                }
                self.begin_line(window, line_end.unwrap_or(window.end), probes);
                self.at_line_start = false;
            }
            let limit = window.start + MAX_RECORD_BYTES;
            match line_end {
                Some(end) if end <= limit => {
                    window.scan = end;
                    self.at_line_start = true;
                }
                _ if window.end > limit => self.cut(window, limit, probes),
                _ => return,
            }
        }
    }

    /// The record has grown over the cap: a piece up to the last line end goes out, or, of a line that long, all but a cut character.
    fn cut<R: Read>(&mut self, window: &mut Window<R>, limit: usize, probes: &mut [&mut dyn Probe]) {
        // `scan` is where the line that goes over the limit starts, or where its piece does.
        let within_line = window.scan == window.start;
        let mut at = window.scan;
        if within_line {
            at = limit;
            while at > limit - 3 && window.buffer.get(at).is_some_and(|b| b & 0xc0 == 0x80) {
                at -= 1;
            }
            window.scan = at;
        } else if let Some(record) = &mut self.record {
            record.lines = record.lines.saturating_sub(1);
        }
        if !self.told_limit {
            self.told_limit = true;
            let text = format!("Records longer than {} KiB are read in pieces", MAX_RECORD_BYTES >> 10);
            self.out.notes.push(NoteKind::Limit, Some(self.out.member), self.out.lines, text);
        }
        self.emit(window, at, true, probes);
        if let Some(record) = &mut self.record {
            record.continued = true;
            record.message_at = 0;
            record.first_line = self.out.lines;
            record.lines = u32::from(!within_line);
        }
    }

    /// Decides whose the line at `scan` is: a record's first, or the next of the record before it.
    fn begin_line<R: Read>(&mut self, window: &mut Window<R>, end: usize, probes: &mut [&mut dyn Probe]) {
        let start = window.scan;
        let line = window.slice(start, end.min(start + HEAD_BYTES));
        let line = trim(line);
        let head = self.dialects.head(line);
        let generic = match head {
            Some(_) => None,
            None => self.dialects.generic.head(line).filter(|(_, form)| self.norm.accepts(*form, window.base + start as u64)),
        };
        let Some(head) = head.or(generic.map(|(head, _)| head)) else {
            if self.record.as_ref().is_none_or(|r| !r.headed) && !line.iter().all(u8::is_ascii_whitespace) {
                self.unrecognised(window, start, end);
            }
            self.out.lines += 1;
            let line = self.out.lines;
            self.record.get_or_insert_with(|| Current { first_line: line, ..Current::default() }).lines += 1;
            return;
        };
        match head.dialect {
            Some(dialect) => {
                if let Some(count) = self.counts.get_mut(usize::from(dialect)) {
                    *count += 1;
                }
                self.norm.dialect_head();
            }
            None => {
                self.out.generic_heads += 1;
                self.unrecognised(window, start, end);
            }
        }
        self.emit(window, start, false, probes);
        self.out.lines += 1;
        self.record = Some(self.begin_record(&head));
    }

    fn unrecognised<R>(&mut self, window: &Window<R>, start: usize, end: usize)
    where
        R: Read,
    {
        self.out.unrecognised_lines += 1;
        self.shapes.add(trim(window.slice(start, end.min(start + HEAD_BYTES))));
    }

    fn begin_record(&mut self, head: &Head) -> Current {
        let stamp = head.time.as_ref().and_then(|time| self.clock.stamp(time));
        if let Some(stamp) = stamp {
            self.note_clock(stamp);
            self.out.printed_zone_s = head.time.and_then(|t| t.zone_s).or(self.out.printed_zone_s);
            let span = if stamp.zoned { &mut self.out.zoned } else { &mut self.out.unzoned };
            let (first, last) = span.unwrap_or((stamp.us, stamp.us));
            *span = Some((first.min(stamp.us), last.max(stamp.us)));
            self.last = Some(stamp);
        }
        Current {
            stamp,
            level: Some(head.level),
            dialect: head.dialect,
            headed: true,
            message_at: head.message_at,
            pid: head.pid,
            thread: head.thread,
            code: head.code,
            first_line: self.out.lines,
            lines: 1,
            ..Current::default()
        }
    }

    fn note_clock(&mut self, stamp: Stamp) {
        let member = Some(self.out.member);
        if let Some(last) = self.last.filter(|last| last.zoned == stamp.zoned && stamp.us < last.us.saturating_sub(BACK_US)) {
            let back_s = (last.us - stamp.us) / SECOND_US;
            let text = format!("The clock of the log goes back by {back_s} s; lines keep their order");
            self.out.notes.push(NoteKind::ClockJump, member, self.out.lines, text);
        }
        if let (Some(year), false) = (self.clock.assumed_year, self.told_year) {
            self.told_year = true;
            let text = format!("The stamps have no year; {year} was assumed");
            self.out.notes.push(NoteKind::Other, member, self.out.lines, text);
        }
    }

    /// Shows the window up to `end` to the probes as the current record, or a piece of it; what comes next starts there.
    fn emit<R: Read>(&mut self, window: &mut Window<R>, end: usize, continues: bool, probes: &mut [&mut dyn Probe]) {
        let text = window.buffer.get(window.start..end).unwrap_or_default();
        let offset = window.base + window.start as u64;
        window.start = end;
        let Some(current) = self.record.as_mut().filter(|_| !text.is_empty()) else {
            return;
        };
        if continues && current.kept.is_none() {
            current.kept = Some([current.pid, current.thread, current.code].map(|span| span.of(text).to_vec()));
        }
        let [pid, thread, code] = match &current.kept {
            Some(kept) => kept.each_ref().map(Vec::as_slice),
            None => [current.pid, current.thread, current.code].map(|span| span.of(text)),
        };
        let level = current.level.unwrap_or(Level::Unknown);
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let source = SourceRef { member: self.out.member, line: current.first_line, offset, bytes };
        self.out.index.push(offset, current.first_line, current.stamp, level, current.headed, current.continued);
        self.out.records += u64::from(current.headed && !current.continued);
        if offset < self.suspect_to {
            note_bytes(&mut self.out.notes, &source, text);
        }
        let record = Record {
            source,
            stamp: current.stamp,
            level,
            pid,
            thread,
            code,
            dialect: current.dialect,
            headed: current.headed,
            text,
            message_at: current.message_at as usize,
            lines: current.lines,
            continues,
            continued: current.continued,
        };
        for probe in probes.iter_mut() {
            probe.record(&record);
        }
    }

    fn finish(mut self) -> MemberRead {
        if let Some((kind, why)) = self.fault {
            self.out.notes.push(kind, Some(self.out.member), self.out.lines, why);
        }
        let mut dialects: Vec<(u16, u64)> = (0u16..).zip(self.counts).filter(|(_, count)| *count > 0).collect();
        dialects.sort_by_key(|(dialect, count)| (std::cmp::Reverse(*count), *dialect));
        self.out.dialects = dialects;
        self.out.shapes = self.shapes.list();
        self.out
    }
}

/// Notes bytes that are no UTF-8, and NULs (a log that was not closed properly often ends in a run of them).
fn note_bytes(notes: &mut Notes, source: &SourceRef, text: &[u8]) {
    let line_of = |at: usize| {
        let before = text.get(..at).unwrap_or_default();
        source.line + memchr::memchr_iter(b'\n', before).count() as u64
    };
    let member = Some(source.member);
    if let Err(fault) = std::str::from_utf8(text) {
        notes.push(NoteKind::BadEncoding, member, line_of(fault.valid_up_to()), "Bytes that are no UTF-8 text");
    }
    if let Some(at) = memchr::memchr(0, text) {
        notes.push(NoteKind::BadEncoding, member, line_of(at), "NUL bytes in the text");
    }
}

#[cfg(test)]
mod tests;

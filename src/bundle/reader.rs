//! One member as a stream of text. In: where its bytes lie and how they are packed. Out: [`MemberReader`] and what went wrong.
//! Must not know what the text says.
//!
//! A damaged member gives what can be unpacked and then ends; `finish` tells why. Reading itself never fails.

use std::io::{self, Read};

use super::Trouble;
use super::inflate::{End, Gunzip, Inflate, Packed, Step};
use super::limits::Cap;
use super::span::{Span, SpanReader, read_full};
use super::text::{PREFIX_BYTES, Utf16, detect};
use crate::base::{MemberId, NoteKind, Notes};

/// UTF-16 bytes decoded at once.
const DECODE_BYTES: usize = 64 << 10;

/// How the bytes of a member are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Not at all.
    Stored,
    /// Raw deflate, as in a zip.
    Deflate,
    /// A gzip file.
    Gzip,
}

/// Where the bytes of a member lie, and what is known of them.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The packed bytes.
    pub(crate) span: Span,
    /// How they are packed.
    pub(crate) packing: Packing,
    /// Checksum of the unpacked bytes, where the archive tells it.
    pub(crate) crc: Option<u32>,
    /// Unpacked length as the archive says; only compared, never trusted.
    pub(crate) declared: Option<u64>,
    /// How far it may unpack.
    pub(crate) cap: Cap,
}

enum Source {
    Stored(SpanReader),
    Deflate(Packed, Box<Inflate>),
    Gzip(Packed, Box<Gunzip>),
}

/// The unpacked bytes of a member before any decoding.
pub(crate) struct Raw {
    source: Source,
    cap: Option<Cap>,
    declared: Option<u64>,
    crc: Option<(u32, crc32fast::Hasher)>,
    produced: u64,
    ended: bool,
    troubles: Vec<Trouble>,
}

impl Raw {
    /// Opens a member's bytes with a handle of its own.
    pub(crate) fn open(place: &Place) -> io::Result<Self> {
        let reader = place.span.open()?;
        let (source, cap) = match place.packing {
            Packing::Stored => (Source::Stored(reader), None),
            Packing::Deflate => (Source::Deflate(Packed::new(reader), Box::new(Inflate::new())), Some(place.cap)),
            Packing::Gzip => (Source::Gzip(Packed::new(reader), Box::new(Gunzip::new())), Some(place.cap)),
        };
        let crc = place.crc.map(|crc| (crc, crc32fast::Hasher::new()));
        // The length in a gzip file is checked by its own trailer, and modulo 2^32 only.
        let declared = place.declared.filter(|_| place.packing != Packing::Gzip);
        Ok(Self { source, cap, declared, crc, produced: 0, ended: false, troubles: Vec::new() })
    }

    /// Bytes given out so far.
    pub(crate) fn produced(&self) -> u64 {
        self.produced
    }

    /// Bytes given out beyond what the ratio allows for the packed bytes used.
    pub(crate) fn loose(&self) -> u64 {
        match (&self.source, self.cap) {
            (Source::Deflate(packed, _) | Source::Gzip(packed, _), Some(cap)) => {
                self.produced.saturating_sub(cap.earned(packed.used()))
            }
            _ => 0,
        }
    }

    /// What went wrong so far.
    pub(crate) fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    /// The next bytes; 0 at the end, whatever the reason.
    pub(crate) fn next(&mut self, out: &mut [u8]) -> usize {
        if self.ended || out.is_empty() {
            return 0;
        }
        loop {
            let step = match &mut self.source {
                Source::Stored(reader) => reader.read(out).map(|n| Step { written: n, end: (n == 0).then_some(End::Whole) }),
                Source::Deflate(packed, inflate) => inflate.step(packed, out),
                Source::Gzip(packed, gunzip) => gunzip.step(packed, out),
            };
            let step = match step {
                Ok(step) => step,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => {
                    self.stop(NoteKind::Unreadable, format!("Reading stopped after {} bytes: {}", self.produced, plain(&e)));
                    return 0;
                }
            };
            return self.took(step, out);
        }
    }

    fn took(&mut self, step: Step, out: &[u8]) -> usize {
        let mut written = step.written;
        let used = match &self.source {
            Source::Stored(_) => 0,
            Source::Deflate(packed, _) | Source::Gzip(packed, _) => packed.used(),
        };
        let allowed = self.cap.map_or(u64::MAX, |cap| cap.allowed(used));
        let room = allowed.saturating_sub(self.produced);
        let cut = written as u64 > room;
        if cut {
            written = usize::try_from(room).unwrap_or(written);
        }
        self.produced += written as u64;
        if let Some((_, check)) = &mut self.crc {
            check.update(out.get(..written).unwrap_or_default());
        }
        if cut {
            let text = format!("Only the first {} bytes were read: it unpacks to far more than any log does", self.produced);
            self.stop(NoteKind::Limit, text);
        } else if let Some(end) = step.end {
            self.end(end);
        }
        written
    }

    fn end(&mut self, end: End) {
        let produced = self.produced;
        match end {
            End::Whole => self.whole(),
            End::Truncated => {
                self.stop(NoteKind::Truncated, format!("The packed data ends early; {produced} bytes could be read"))
            }
            End::Damaged => {
                self.stop(NoteKind::Damaged, format!("The packed data is damaged after {produced} bytes; the rest was not read"))
            }
            End::Checksum => self.stop(NoteKind::CrcMismatch, "The checksum does not fit: some bytes are not what was packed"),
            End::Trailing => self.stop(NoteKind::Damaged, "Bytes behind the end of the packed data were passed over"),
        }
    }

    /// The stream ended as it should: now length and checksum of the archive's directory must fit.
    fn whole(&mut self) {
        self.ended = true;
        let crc = self.crc.take();
        match self.declared {
            Some(declared) if declared > self.produced && matches!(self.source, Source::Stored(_)) => {
                self.stop(NoteKind::Truncated, format!("{} of {declared} bytes are there; the rest is cut off", self.produced));
                return;
            }
            Some(declared) if declared != self.produced => {
                self.stop(NoteKind::Damaged, format!("The archive says {declared} bytes, {} were read", self.produced));
            }
            _ => {}
        }
        if crc.is_some_and(|(told, check)| check.finalize() != told) {
            self.stop(NoteKind::CrcMismatch, "The checksum does not fit: some bytes are not what was packed");
        }
    }

    fn stop(&mut self, kind: NoteKind, text: impl Into<String>) {
        self.ended = true;
        self.troubles.push((kind, text.into()));
    }
}

impl Read for Raw {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        Ok(self.next(out))
    }
}

/// An error of the system in its own words without the code, so that reports of two systems are alike where they can be.
pub(crate) fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "reading it is not allowed".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_owned()
        }
    }
}

enum Decode {
    /// Nothing read yet.
    Undecided,
    /// Bytes as they are.
    Pass,
    /// UTF-16 through a buffer.
    Utf16 { decoder: Utf16, packed: Vec<u8>, ended: bool },
}

/// Streams a member's text: UTF-8 where the member was UTF-16 or UTF-8, its own bytes otherwise, the byte-order mark left off.
///
/// Reading never gives an error: at whatever goes wrong the stream ends and [`Self::finish`] tells what it was.
pub struct MemberReader {
    id: MemberId,
    raw: Raw,
    decode: Decode,
    /// Text that is ready and not yet given out.
    ready: Vec<u8>,
    ready_at: usize,
}

impl MemberReader {
    pub(crate) fn new(id: MemberId, place: &Place) -> io::Result<Self> {
        Ok(Self { id, raw: Raw::open(place)?, decode: Decode::Undecided, ready: Vec::new(), ready_at: 0 })
    }

    /// The member's unpacked bytes without any decoding, for what is no text.
    pub(crate) fn bytes(id: MemberId, place: &Place) -> io::Result<Self> {
        Ok(Self { decode: Decode::Pass, ..Self::new(id, place)? })
    }

    /// Unpacked bytes used so far (before decoding); what [`super::Member::declared_bytes`] counts.
    pub fn unpacked_bytes(&self) -> u64 {
        self.raw.produced()
    }

    /// What went wrong while reading, each with the member and the line 0. The checksum counts only when all was read.
    pub fn finish(self) -> Notes {
        self.finish_at(0)
    }

    /// As [`Self::finish`], with the line (from 1) where reading stopped.
    pub fn finish_at(self, line: u64) -> Notes {
        let mut notes = Notes::new();
        for (kind, text) in self.raw.troubles {
            notes.push(kind, Some(self.id), line, text);
        }
        if let Decode::Utf16 { decoder, .. } = &self.decode
            && decoder.broken()
        {
            notes.push(NoteKind::BadEncoding, Some(self.id), 0, "Some units are no UTF-16 text and were replaced");
        }
        notes
    }

    fn decide(&mut self) -> io::Result<()> {
        let mut prefix = vec![0; PREFIX_BYTES];
        let got = read_full(&mut self.raw, &mut prefix)?;
        prefix.truncate(got);
        let (encoding, mark) = detect(&prefix);
        match Utf16::new(encoding) {
            None => {
                self.ready = prefix;
                self.ready_at = mark;
                self.decode = Decode::Pass;
            }
            Some(mut decoder) => {
                decoder.push(prefix.get(mark..).unwrap_or_default(), false, &mut self.ready);
                self.decode = Decode::Utf16 { decoder, packed: vec![0; DECODE_BYTES], ended: false };
            }
        }
        Ok(())
    }

    /// Text that is ready goes out first.
    fn give(&mut self, out: &mut [u8]) -> usize {
        let rest = self.ready.get(self.ready_at..).unwrap_or_default();
        let count = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.ready_at += count;
        if self.ready_at >= self.ready.len() {
            self.ready.clear();
            self.ready_at = 0;
        }
        count
    }
}

impl std::fmt::Debug for MemberReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemberReader").field("id", &self.id).field("unpacked_bytes", &self.raw.produced).finish_non_exhaustive()
    }
}

impl Read for MemberReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if matches!(self.decode, Decode::Undecided) {
            self.decide()?;
        }
        loop {
            let given = self.give(out);
            if given > 0 {
                return Ok(given);
            }
            match &mut self.decode {
                Decode::Undecided | Decode::Pass => return Ok(self.raw.next(out)),
                Decode::Utf16 { ended: true, .. } => return Ok(0),
                Decode::Utf16 { decoder, packed, ended } => {
                    let got = self.raw.next(packed);
                    *ended = got == 0;
                    decoder.push(packed.get(..got).unwrap_or_default(), *ended, &mut self.ready);
                }
            }
        }
    }
}

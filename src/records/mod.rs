//! Layer 2: which records are in these lines? In: a member's bytes and the dialects. Out: records to the probes, an index.
//! Must not know SIP, stages or findings: it knows only the [`Probe`] trait.

use crate::base::{LogTime, SourceRef};

pub mod dialect;
mod fast;
pub mod generic;
pub mod head;
pub mod index;

pub mod level;
pub mod lines;
pub mod merge;
mod norm;
pub mod read;
pub mod search;
pub mod shape;
pub mod stamp;

pub use dialect::Dialects;
pub use read::{MemberRead, Reader, read};

/// A longer record reaches the probes in pieces of at most this many bytes.
pub const MAX_RECORD_BYTES: usize = 1 << 20;

/// How serious the log itself says a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The head has none, or a word that is not known.
    Unknown,
    /// Trace or verbose.
    Trace,
    /// Debug.
    Debug,
    /// Info.
    Info,
    /// Warning.
    Warn,
    /// Error or fatal.
    Error,
}

/// A stamp as printed: not yet UTC when the log gave no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Microseconds since 1970 of the printed date and time; UTC when `zoned`, else the log's own wall clock.
    pub us: i64,
    /// Did the stamp itself tell the zone?
    pub zoned: bool,
}

/// One record while its text is in the window: the head's fields, the message, and everything up to the next head.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Member, first line, byte offset and length of the whole record.
    pub source: SourceRef,
    /// The record's stamp, if its head had one.
    pub stamp: Option<Stamp>,
    /// Level of the head.
    pub level: Level,
    /// Process as printed in the head (`38592`), empty when there is none. A run of the client begins with another one.
    pub pid: &'a [u8],
    /// Thread as printed in the head (`0x390`, `9771`), empty when there is none. Of two (ANDROID) the inner `tid[0x…]`, which is the
    /// thread that logged; the outer one may be that of a writer.
    pub thread: &'a [u8],
    /// `file:line` of the source as printed, empty when there is none.
    pub code: &'a [u8],
    /// Was the head one of a dialect (`Some`), or a generic date-time, or none at all (`None`)?
    pub dialect: Option<u16>,
    /// True when the record began with any head (a dialect's or a bare date-time); false for text before the first head.
    pub headed: bool,
    /// The whole text: head line and continuation lines with their line ends, at most `MAX_RECORD_BYTES`.
    pub text: &'a [u8],
    /// Where the message starts in `text` (behind the head).
    pub message_at: usize,
    /// Lines that begin in `text`.
    pub lines: u32,
    /// The text goes on beyond the cap; the next call continues the same record (`source` is that of the piece).
    pub continues: bool,
    /// This is a further piece of a record longer than the cap.
    pub continued: bool,
}

impl<'a> Record<'a> {
    /// The head as printed.
    pub fn head(&self) -> &'a [u8] {
        self.text.get(..self.message_at).unwrap_or_default()
    }

    /// The message: the rest of the first line and all continuation lines.
    pub fn message(&self) -> &'a [u8] {
        self.text.get(self.message_at..).unwrap_or_default()
    }
}

/// Is shown each record while its text is in the window and keeps what it needs. One set of probes a member.
pub trait Probe {
    /// The next record of the member, in the order of its lines.
    fn record(&mut self, record: &Record<'_>);
    /// The member has ended.
    fn end(&mut self) {}
}

/// A record in the index: where it is and what its head said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Byte offset of the record in the member's text.
    pub offset: u64,
    /// First line, from 1.
    pub line: u64,
    /// UTC once the member's zone is known; `None` when the head had no time.
    pub time: Option<LogTime>,
    /// Level of the head.
    pub level: Level,
    /// Did it begin with a head?
    pub headed: bool,
    /// A further piece of a record longer than [`MAX_RECORD_BYTES`].
    pub continued: bool,
}

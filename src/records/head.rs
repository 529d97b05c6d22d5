//! What the head of a record said, as places in its line. In: dialects and the generic reader. Out: [`Head`]. Must not know members.

use super::Level;
use super::stamp::Reading;

/// A place in the line of a head: bytes from its start. Empty when the head has no such field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Byte behind the last.
    pub end: u32,
}

impl Span {
    /// From byte positions; empty when they don't fit.
    pub fn new(start: usize, end: usize) -> Self {
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(start), Ok(end)) if start <= end => Self { start, end },
            _ => Self::default(),
        }
    }

    /// The bytes of this place in `text`.
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// The head of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whose head it is; `None`: a bare date and time.
    pub dialect: Option<u16>,
    /// The stamp, when the head has one and it is a time that exists.
    pub time: Option<Reading>,
    /// How serious.
    pub level: Level,
    /// Process.
    pub pid: Span,
    /// Thread.
    pub thread: Span,
    /// `file:line`.
    pub code: Span,
    /// Where the message starts.
    pub message_at: u32,
}

/// Only so many bytes of a line are looked at for a head.
pub const HEAD_BYTES: usize = 1024;

/// A line without its line end.
pub(super) fn trim(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

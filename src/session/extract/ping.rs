//! Keep-alives made of CRLF (RFC 5626 §3.5.1) where a log tells them in words. In: a record with the word CRLF. Out: a ping or a pong.
//! Nobody has published such a line, so what is read here is likely, never certain.

use super::hints::{Hints, Weight};
use crate::base::{NoteKind, Notes, SourceRef};
use crate::records::{Record, Stamp};
use crate::sip::Direction;

/// Pings kept for a member.
const MAX_PINGS: usize = 100_000;

/// A keep-alive that the log tells in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlfPing {
    /// The record's first line.
    pub source: SourceRef,
    /// Its stamp.
    pub stamp: Option<Stamp>,
    /// Did this side send it? `None`: the words do not say.
    pub sent: Option<bool>,
    /// It is the answer (one CRLF), not the ping (two).
    pub pong: bool,
    /// The other side as `host:port`, when the line has an address.
    pub peer: Option<String>,
}

/// Reads one record.
pub(super) fn read(record: &Record<'_>, pings: &mut Vec<CrlfPing>, notes: &mut Notes) {
    let message = record.message();
    let line = message.split(|b| *b == b'\n').next().unwrap_or_default();
    let line = line.get(..line.len().min(400)).unwrap_or_default();
    let text = String::from_utf8_lossy(line);
    let lower = text.to_ascii_lowercase();
    // In a written-out message, a header or a list of line ends it is no keep-alive.
    let alive = ["keep", "ping", "pong", "alive", "rfc5626", "rfc 5626", "outbound"].iter().any(|w| lower.contains(w));
    let bare = ["sent", "send", "received", "recv"].iter().any(|w| lower.contains(w)) && line.len() < 120;
    if !text.contains("CRLF") || text.contains("SIP/2.0") || !(alive || bare) || record.continued {
        return;
    }
    if pings.len() >= MAX_PINGS {
        notes.push(NoteKind::Limit, Some(record.source.member), record.source.line, "More CRLF keep-alives than are kept");
        return;
    }
    let hints = Hints::read(&[line], b"");
    let sent = hints.marks.iter().filter(|m| m.weight != Weight::Place).max_by_key(|m| m.weight).and_then(|m| match m.means {
        Direction::Sent => Some(true),
        Direction::Received => Some(false),
        Direction::Unknown => None,
    });
    let double = lower.contains("double") || text.contains("CRLFCRLF") || text.contains("CRLF CRLF");
    let pong = lower.contains("pong") || (sent == Some(false) && !lower.contains("ping") && !double);
    pings.push(CrlfPing { source: record.source, stamp: record.stamp, sent, pong, peer: hints.address });
}

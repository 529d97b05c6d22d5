//! XML with a `<config>` root in the records of a log, kept in the one pass, and configurations made of it or of a file. In: records,
//! or a file's bytes. Out: [`RawConfig`]s and [`DeviceConfig`]s. Must not know what the XML means.

use memchr::memmem::{self, Finder};

use super::RunId;
use super::device_config::{DeviceConfig, MAX_BYTES, MAX_CONFIGS, Origin, Sbc, decode};
use super::device_config_xml::{Piece, Places, walk};
use crate::base::{LogTime, MemberId, NoteKind, Notes, SourceRef};
use crate::records::{Probe, Record, Stamp};

/// Configurations kept of one member; the rest is counted.
const MAX_OF_MEMBER: usize = 20;
/// Bytes kept of all configurations of one member.
const MAX_MEMBER_BYTES: usize = 8 << 20;
/// Records that one configuration may go over, where the log prints its lines as records.
const MAX_RECORDS: usize = 20_000;
/// Bytes of a prefix that all lines may have in common.
const MAX_PREFIX: usize = 300;

/// A configuration as it stands in a log.
#[derive(Clone, Debug)]
pub struct RawConfig {
    /// From `<config` (or the XML declaration before it) on.
    pub bytes: Vec<u8>,
    /// First line.
    pub source: SourceRef,
    /// Stamp of its record.
    pub stamp: Option<Stamp>,
    /// The same was seen again.
    pub copies: u32,
    pieces: Vec<Piece>,
    one_line: bool,
}

/// The one that is not closed yet, and what its records have in common.
struct Open {
    raw: RawConfig,
    thread: Vec<u8>,
    code: Vec<u8>,
    /// What stands in the message before the XML.
    prefix: Vec<u8>,
    records: usize,
}

/// Looks for configurations in the records of one member.
pub struct ConfigProbe {
    member: MemberId,
    root: Finder<'static>,
    found: Vec<RawConfig>,
    open: Option<Open>,
    kept: usize,
    beyond: u64,
    cut: u64,
}

impl ConfigProbe {
    /// Nothing seen yet.
    pub fn new(member: MemberId) -> Self {
        let root = Finder::new(b"<config");
        Self { member, root, found: Vec::new(), open: None, kept: 0, beyond: 0, cut: 0 }
    }

    /// What was found, once the member has ended, and what was not kept.
    pub fn finish(mut self) -> (Vec<RawConfig>, Notes) {
        self.close();
        let mut notes = Notes::new();
        if self.beyond > 0 {
            let text = format!("{} more device configurations in the log than are kept", self.beyond);
            notes.push(NoteKind::Limit, Some(self.member), 0, text);
        }
        if self.cut > 0 {
            let text = format!(
                "{} device configurations in the log are longer than {MAX_BYTES} bytes: only that much was read",
                self.cut
            );
            notes.push(NoteKind::Limit, Some(self.member), 0, text);
        }
        (self.found, notes)
    }

    fn close(&mut self) {
        let Some(Open { mut raw, .. }) = self.open.take() else { return };
        while raw.bytes.last().is_some_and(u8::is_ascii_whitespace) {
            raw.bytes.pop();
        }
        if let Some(same) = self.found.iter_mut().find(|f| f.bytes == raw.bytes) {
            same.copies += 1;
        } else if self.found.len() >= MAX_OF_MEMBER || self.kept + raw.bytes.len() > MAX_MEMBER_BYTES {
            self.beyond += 1;
        } else {
            self.kept += raw.bytes.len();
            self.found.push(raw);
        }
    }

    /// Goes on with the open one; false when the record is not part of it.
    fn go_on(&mut self, record: &Record<'_>) -> bool {
        let Some(Open { raw, thread, code, prefix, records }) = &mut self.open else { return false };
        let message = record.message();
        let own = message.strip_prefix(prefix.as_slice()).unwrap_or(message);
        let text = if record.continued { record.text } else { own };
        let line_of_it = !record.continued
            && (thread.as_slice(), code.as_slice()) == (record.thread, record.code)
            && text.trim_ascii_start().starts_with(b"<")
            && *records < MAX_RECORDS
            && root_at(&self.root, text).is_none();
        if !record.continued && !line_of_it {
            return false;
        }
        *records += 1;
        let row = memchr::memchr_iter(b'\n', &raw.bytes).count();
        if !record.continued {
            let (line, offset) = (record.source.line, record.source.offset);
            raw.pieces.push(Piece { row, line, offset, before: record.text.len() - text.len() });
        }
        let room = MAX_BYTES.saturating_sub(raw.bytes.len());
        if text.len() > room && room > 0 {
            self.cut += 1;
        }
        raw.bytes.extend_from_slice(text.get(..room).unwrap_or(text));
        true
    }
}

/// Where a `<config>` root begins: not inside other XML.
fn root_at(root: &Finder<'_>, text: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| root.find(rest)).map(|at| at + from) {
        from = at + 1;
        let after = text.get(at + b"<config".len());
        if !after.is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/' | b'\\')) {
            continue;
        }
        let before = text.get(..at).unwrap_or_default().trim_ascii_end();
        let begun = memchr::memrchr(b'<', before);
        let tag = begun.and_then(|b| before.get(b..)).unwrap_or_default();
        let inside = before.ends_with(b">") && tag.get(1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/');
        if inside {
            continue;
        }
        let prolog = begun.filter(|_| tag.starts_with(b"<?xml") && (before.ends_with(b"?>") || tag.len() < 200));
        return Some(prolog.unwrap_or(at));
    }
    None
}

impl Probe for ConfigProbe {
    fn record(&mut self, record: &Record<'_>) {
        if self.open.is_some() {
            let ended = self.open.as_ref().is_some_and(|o| memmem::rfind(tail(&o.raw.bytes), b"</config").is_some());
            if !ended && self.go_on(record) {
                return;
            }
            self.close();
        }
        let message = record.message();
        let Some(at) = root_at(&self.root, message) else { return };
        let before = record.text.get(..record.message_at + at).unwrap_or_default();
        let lines_before = memchr::memchr_iter(b'\n', before).count() as u64;
        let line_at = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let (line, offset) = (record.source.line + lines_before, record.source.offset + line_at as u64);
        let piece = Piece { row: 0, line, offset, before: before.len() - line_at };
        let text = message.get(at..).unwrap_or_default();
        let text = text.get(..MAX_BYTES).unwrap_or(text);
        let (bytes, one_line) = unescaped(text);
        let length = u32::try_from(text.len() + piece.before).unwrap_or(u32::MAX);
        let source = SourceRef { offset, line, bytes: length, ..record.source };
        let raw = RawConfig { bytes, source, stamp: record.stamp, copies: 1, pieces: vec![piece], one_line };
        let prefix = message.get(..at.min(MAX_PREFIX)).unwrap_or_default().to_vec();
        self.open = Some(Open { raw, thread: record.thread.to_vec(), code: record.code.to_vec(), prefix, records: 1 });
    }

    fn end(&mut self) {
        self.close();
    }
}

fn tail(bytes: &[u8]) -> &[u8] {
    bytes.get(bytes.len().saturating_sub(4_096)..).unwrap_or_default()
}

/// A log may print XML as a string of another language: `\"`, `\n` and `\t` written out on one line.
fn unescaped(text: &[u8]) -> (Vec<u8>, bool) {
    let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let escaped = memmem::find(first, b"=\\\"").is_some() || memmem::find(first, b">\\n").is_some();
    if !escaped {
        return (text.to_vec(), false);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let next = bytes.peek().copied();
        let plain = match (byte, next) {
            (b'\\', Some(b'n')) => Some(b'\n'),
            (b'\\', Some(b'r')) => Some(b'\r'),
            (b'\\', Some(b't')) => Some(b'\t'),
            (b'\\', Some(quote @ (b'"' | b'\'' | b'/' | b'\\'))) => Some(quote),
            _ => None,
        };
        if plain.is_some() {
            bytes.next();
        }
        out.push(plain.unwrap_or(byte));
    }
    (out, true)
}

fn empty(source: SourceRef, from: Origin, run: RunId, at: Option<LogTime>) -> DeviceConfig {
    DeviceConfig {
        source,
        from,
        run,
        at,
        copies: 1,
        bytes: 0,
        root: None,
        elements: 0,
        encoding_declared: None,
        encoding_seen: super::device_config::Seen::Ascii,
        problems: Vec::new(),
        tags: Vec::new(),
        sbc: Sbc::Unknown,
        addresses: Vec::new(),
        settings: Vec::new(),
        template: false,
        pretty: Vec::new(),
    }
}

impl DeviceConfig {
    /// A file. `bytes` is the whole of it or its first [`MAX_BYTES`].
    pub fn of_member(member: MemberId, bytes: &[u8], run: RunId) -> Self {
        let decoded = decode(bytes, false);
        let source = SourceRef { member, line: 1, offset: 0, bytes: 0 };
        let mut out = empty(source, Origin::Member, run, None);
        out.bytes = bytes.len() as u64;
        out.encoding_declared = decoded.declared.clone();
        out.encoding_seen = decoded.seen;
        let places = Places::new(member, vec![Piece { line: 1, ..Piece::default() }], false, &decoded);
        walk(&decoded, places, out, bytes.len() >= MAX_BYTES).0
    }

    /// What stands in a record. One root element is read; log text may follow it.
    pub fn of_record(raw: &RawConfig, run: RunId, at: Option<LogTime>) -> Self {
        let mut decoded = decode(&raw.bytes, true);
        let mut out = empty(raw.source, Origin::Record, run, at);
        out.copies = raw.copies;
        out.encoding_declared = decoded.declared.clone();
        out.encoding_seen = decoded.seen;
        // The log's bytes are the log's: what it did to them on the way says nothing of the file.
        decoded.problems.clear();
        let places = Places::new(raw.source.member, raw.pieces.clone(), raw.one_line, &decoded);
        let (mut out, end) = walk(&decoded, places, out, raw.bytes.len() >= MAX_BYTES);
        out.bytes = end as u64;
        out
    }
}

/// Takes at most [`MAX_CONFIGS`], and tells of the rest.
pub fn bounded(mut all: Vec<DeviceConfig>, notes: &mut Notes) -> Vec<DeviceConfig> {
    let beyond = all.len().saturating_sub(MAX_CONFIGS);
    if beyond > 0 {
        notes.push(
            NoteKind::Limit,
            None,
            0,
            format!("{beyond} more device configurations than the {MAX_CONFIGS} that are shown"),
        );
        all.truncate(MAX_CONFIGS);
    }
    all
}

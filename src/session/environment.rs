//! `ced.dat` and its like: what was recognised in it and whether it belongs to the log. Its format is unpublished: nothing is claimed.
//! In: the member's first bytes. Out: [`Environment`]. Must not know any log.

use std::borrow::Cow;

use base64::Engine;

use super::Evidence;
use crate::base::{LogTime, MemberId, Text};

/// Only this much of the data is looked at.
pub const LOOK_BYTES: usize = 8 << 20;

/// Does the calling environment data belong to the log?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Belongs {
    /// Evidence says so.
    Yes,
    /// Evidence says no.
    No,
    /// Nothing decides.
    #[default]
    Unknown,
}

impl Belongs {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// The calling environment data of a bundle.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The member, if there is one.
    pub member: Option<MemberId>,
    /// What its bytes look like (`json`, `xml`, `key-value`, `sqlite`, `binary`, …).
    pub format: Option<String>,
    /// Entries read.
    pub entries: u64,
    /// Does it belong?
    pub belongs: Belongs,
    /// Why, in words.
    pub belongs_text: Text,
    /// When it was exported, as far as known.
    pub exported: Option<LogTime>,
    /// The lines that decide whether it belongs.
    pub proof: Vec<Evidence>,
}

impl Environment {
    /// What these bytes look like. `bytes` is the whole file or its first [`LOOK_BYTES`].
    pub fn read(member: MemberId, bytes: &[u8]) -> Self {
        let plain = unwrapped(bytes);
        let (format, entries) = recognise(&plain);
        Self {
            member: Some(member),
            format: Some(format!("{}{format}", wrapping(bytes))),
            entries,
            belongs: Belongs::Unknown,
            belongs_text: Text::key("environment.belongs-unknown"),
            exported: None,
            proof: Vec::new(),
        }
    }
}

/// The data without what they are wrapped in: UTF-16, and base64 of anything that is recognised. Layouts are unpublished, so one level of
/// each is looked through.
pub fn unwrapped(bytes: &[u8]) -> Cow<'_, [u8]> {
    if let Some(text) = from_utf16(bytes) {
        return Cow::Owned(text.into_bytes());
    }
    match from_base64(bytes) {
        Some(inner) => Cow::Owned(inner),
        None => Cow::Borrowed(bytes),
    }
}

/// The words before the format: what [`unwrapped`] took off.
fn wrapping(bytes: &[u8]) -> &'static str {
    if from_utf16(bytes).is_some() {
        "utf-16 "
    } else if from_base64(bytes).is_some() {
        "base64 "
    } else {
        ""
    }
}

fn from_utf16(bytes: &[u8]) -> Option<String> {
    let big = bytes.starts_with(&[0xfe, 0xff]);
    let zero = |odd: usize| bytes.iter().skip(odd).step_by(2).take(64).filter(|b| **b == 0).count();
    let little =
        bytes.starts_with(&[0xff, 0xfe]) || (bytes.len() >= 16 && zero(1) >= bytes.len().min(128) / 2 * 9 / 10 && zero(0) == 0);
    if !big && !little {
        return None;
    }
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [a, b] if big => u16::from_be_bytes([*a, *b]),
        [a, b] => u16::from_le_bytes([*a, *b]),
        _ => 0,
    });
    Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).filter(|c| *c != '\u{feff}').collect())
}

/// What base64 text holds, when that is something known: any word is base64 of some bytes.
fn from_base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let is_of_it = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'\r' | b'\n');
    if bytes.len() < 16 || !bytes.iter().all(is_of_it) {
        return None;
    }
    let plain = |b: u8| match b {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    let text: Vec<u8> = bytes.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n' | b'=')).map(plain).collect();
    let inner = base64::engine::general_purpose::STANDARD_NO_PAD.decode(text).ok()?;
    let (format, _) = recognise(&inner);
    (!matches!(format, "binary" | "empty" | "text" | "base64")).then_some(inner)
}

/// Runs of letters in data that are no text, as the `strings` tool counts them.
fn strings(bytes: &[u8]) -> u64 {
    let runs = bytes.split(|b| !(b.is_ascii_graphic() || *b == b' '));
    runs.filter(|run| run.len() >= 6).count() as u64
}

/// Format by magic number first, then by what parses; entries are leaves (JSON), elements (XML), lines with a key, or
/// strings where it is no text.
fn recognise(bytes: &[u8]) -> (&'static str, u64) {
    const MAGIC: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "zip"),
        (b"\x1f\x8b", "gzip"),
        (b"SQLite format 3\0", "sqlite"),
        (b"bplist", "plist"),
        (b"\x78\x9c", "zlib"),
        (b"\x78\xda", "zlib"),
    ];
    if let Some((_, name)) = MAGIC.into_iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return (name, strings(bytes));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return ("binary", strings(bytes)) };
    if text.contains('\0') {
        return ("binary", strings(bytes));
    }
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return ("empty", 0);
    }
    if text.starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str::<serde_json::Value>(text)
    {
        return ("json", leaves(&value));
    }
    if text.starts_with('<') {
        let elements = text.split('<').filter(|t| t.starts_with(|c: char| c.is_alphabetic())).count();
        return ("xml", elements as u64);
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with(['#', ';', '['])).collect();
    let keyed = lines.iter().filter(|l| l.split_once(['=', ':']).is_some_and(|(key, _)| !key.trim().is_empty())).count();
    if !lines.is_empty() && keyed * 10 >= lines.len() * 8 {
        return ("key-value", keyed as u64);
    }
    if text.len() >= 16
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'\r' | b'\n'))
    {
        return ("base64", 0);
    }
    ("text", lines.len() as u64)
}

/// Values that hold no others. Not recursive: serde_json already refuses more than 128 levels.
fn leaves(value: &serde_json::Value) -> u64 {
    let mut count = 0;
    let mut open = vec![value];
    while let Some(next) = open.pop() {
        match next {
            serde_json::Value::Object(map) => open.extend(map.values()),
            serde_json::Value::Array(list) => open.extend(list),
            _ => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart() {
        assert_eq!(recognise(b"{\"a\":{\"b\":1,\"c\":[2,3]}}"), ("json", 3));
        assert_eq!(recognise(b"<config><sip/><x>1</x></config>"), ("xml", 3));
        assert_eq!(recognise(b"[general]\nhost=a\nport=5\n"), ("key-value", 2));
        assert_eq!(recognise(b"SQLite format 3\0abc"), ("sqlite", 1));
        assert_eq!(recognise(&[0xff, 0x00, 0x81]), ("binary", 0));
        assert_eq!(recognise(b"eyJhIjoxfSwiYiI6ImMifQ"), ("base64", 0));
        assert_eq!(recognise(b""), ("empty", 0));
        let read = |bytes: &[u8]| Environment::read(MemberId(0), bytes).format.unwrap();
        assert_eq!(read(b"eyJhIjoxLCJiIjp7ImMiOjJ9fQ=="), "base64 json");
        assert_eq!(read(b"thisisnothingelsebutaword"), "base64");
        let wide: Vec<u8> = "{\"a\":1,\"bb\":2}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide), "utf-16 json");
    }
}

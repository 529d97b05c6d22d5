//! `ced.dat` and its like: what was recognised in it and whether it belongs to the log. Its format is unpublished: nothing is claimed.
//! In: the member's first bytes. Out: [`Environment`]. Must not know any log.

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
}

impl Environment {
    /// What these bytes look like. `bytes` is the whole file or its first [`LOOK_BYTES`].
    pub fn read(member: MemberId, bytes: &[u8]) -> Self {
        let (format, entries) = recognise(bytes);
        Self {
            member: Some(member),
            format: Some(format.to_owned()),
            entries,
            belongs: Belongs::Unknown,
            belongs_text: Text::key("environment.belongs-unknown"),
            exported: None,
        }
    }
}

/// Format by magic number first, then by what parses; entries are leaves (JSON), elements (XML) or lines with a key.
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
        return (name, 0);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return ("binary", 0) };
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
        assert_eq!(recognise(b"SQLite format 3\0abc"), ("sqlite", 0));
        assert_eq!(recognise(&[0xff, 0x00, 0x81]), ("binary", 0));
        assert_eq!(recognise(b"eyJhIjoxfSwiYiI6ImMifQ"), ("base64", 0));
        assert_eq!(recognise(b""), ("empty", 0));
    }
}

//! Heads of logs that no dialect knows: a line that begins with a date and time. In: a line. Out: [`Head`] and its [`Form`], so that the
//! reader can tell the log's own form from a date in a body. Must not know dialects.
//!
//! Never a head: a header line such as `Date: Fri, 02 Feb 2024 …` or an SDP line: a date counts only at the start, or behind a bracket,
//! a level word, a single capital letter, a number, an identifier in hexadecimal, a ruler of dashes, or a terminal colour.

use super::Level;
use super::head::{Head, Span};
use super::level;
use super::stamp::Format;

/// What stands before the date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    Nothing,
    Opened,
    Bracketed,
    Worded,
    Ruled,
    Indented,
}
const LEADS: usize = 6;

const PATTERNS: [&str; 17] = [
    "%Y-%m-%dT%H:%M:%S%f%z",
    "%Y-%m-%d %H:%M:%S%f%z",
    "%Y/%m/%d %H:%M:%S%f%z",
    "%Y.%m.%d %H:%M:%S%f%z",
    "%d.%m.%Y %H:%M:%S%f%z",
    "%d/%b/%Y:%H:%M:%S%f%z",
    "%d/%b/%Y %H:%M:%S%f%z",
    "%d-%b-%Y %H:%M:%S%f%z",
    "%d %b %Y %H:%M:%S%f%z",
    "%Y%m%d %H:%M:%S%f%z",
    "%Y%m%dT%H%M%S%f%z",
    "%m-%d %H:%M:%S%f%z",
    "%s%f",
    "%H:%M:%S%f%z",
    "%b %d %Y %H:%M:%S%f%z",
    "%b %d %H:%M:%S%f%z",
    "%a %b %d %H:%M:%S%f %Y",
];

/// How many forms there are.
pub const FORMS: usize = PATTERNS.len() * LEADS;

/// The form of a generic head: how the date is printed and what stands before it. Below [`FORMS`].
pub type Form = usize;

/// The generic reader: its patterns, compiled.
#[derive(Debug)]
pub struct Generic {
    formats: Vec<Format>,
}

impl Default for Generic {
    fn default() -> Self {
        Self { formats: PATTERNS.iter().filter_map(|p| Format::new(p).ok()).collect() }
    }
}

impl Generic {
    /// The generic head of a line, if it has one.
    pub fn head(&self, line: &[u8]) -> Option<(Head, Form)> {
        let mut at = colours(line, 0);
        let mut lead = Lead::Nothing;
        let mut level = Level::Unknown;
        // At most three things stand before the date.
        for _ in 0..4 {
            if let Some((place, reading, length)) = self.stamp(line, at) {
                return Some(self.finish(line, at, length, reading, level, place * LEADS + lead as usize));
            }
            let rest = line.get(at..)?;
            match *rest.first()? {
                open @ (b'[' | b'(' | b'<') => {
                    if let Some((place, reading, length)) = self.stamp(line, at + 1) {
                        let lead = if lead == Lead::Nothing { Lead::Opened } else { lead };
                        return Some(self.finish(line, at + 1, length, reading, level, place * LEADS + lead as usize));
                    }
                    let inner = brackets(rest, open)?;
                    level = Level::from_word(inner).max(level);
                    at += inner.len() + 2;
                    // `<13>Jan 30` is syslog, `<date>2024` is XML
                    let next = line.get(at)?;
                    if open == b'<' && !inner.iter().all(u8::is_ascii_digit) && !matches!(next, b' ' | b'\t' | b'[' | b'(') {
                        return None;
                    }
                    lead = Lead::Bracketed;
                }
                rule @ (b'-' | b'=' | b'*' | b'#') if lead == Lead::Nothing => {
                    let count = rest.iter().take_while(|b| **b == rule).count();
                    at += count;
                    if count < 2 {
                        return None;
                    }
                    lead = Lead::Ruled;
                }
                b' ' | b'\t' if lead == Lead::Nothing => lead = Lead::Indented,
                byte if byte.is_ascii_alphanumeric() && lead != Lead::Worded => {
                    let length = word(rest)?;
                    level = Level::from_word(rest.get(..length)?).max(level);
                    at += length;
                    lead = Lead::Worded;
                }
                _ => return None,
            }
            let blanks = line.get(at..)?.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            if lead == Lead::Worded && blanks == 0 {
                return None;
            }
            at = colours(line, at + blanks.min(8));
        }
        None
    }

    /// A stamp at this place, with the place of its pattern; what follows must not be part of a longer word or number.
    fn stamp(&self, line: &[u8], at: usize) -> Option<(usize, super::stamp::Reading, usize)> {
        let text = line.get(at..)?;
        let digits = text.iter().take(11).take_while(|b| b.is_ascii_digit()).count();
        let patterns = match digits {
            4 => 0..4,
            1 | 2 => match text.get(digits)? {
                b'.' | b'/' | b' ' => 4..9,
                b'-' => 7..12,
                b':' => 13..14,
                _ => return None,
            },
            8 => 9..11,
            9 | 10 => 12..13,
            0 if text.first()?.is_ascii_alphabetic() => 14..PATTERNS.len(),
            _ => return None,
        };
        for place in patterns {
            let Some((reading, length)) = self.formats.get(place).and_then(|f| f.read(text)) else {
                continue;
            };
            // Seconds since 1970 count only with a fraction of milliseconds or finer: a bare number may be anything.
            if place == 12 && length < digits + 4 {
                return None;
            }
            let mut after = text.get(length..).unwrap_or_default().iter();
            let ends = match after.next() {
                None | Some(b' ' | b'\t' | b']' | b')' | b'>' | b',' | b';' | b'|' | b'\r' | 0x1b) => true,
                Some(b':') => matches!(after.next(), None | Some(b' ' | b'\t')),
                Some(_) => false,
            };
            if ends {
                return Some((place, reading, length));
            }
        }
        None
    }

    fn finish(
        &self,
        line: &[u8],
        at: usize,
        length: usize,
        reading: super::stamp::Reading,
        level: Level,
        form: Form,
    ) -> (Head, Form) {
        let mut end = at + length;
        if matches!(line.get(end), Some(b']' | b')' | b'>' | b',' | b';' | b'|' | b':')) {
            end += 1;
        }
        end += line.get(end..).unwrap_or_default().iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let level = if level == Level::Unknown { level::find(line.get(end..).unwrap_or_default()) } else { level };
        let message_at = Span::new(0, end).end;
        let none = Span::default();
        (Head { dialect: None, time: Some(reading), level, pid: none, thread: none, code: none, message_at }, form)
    }
}

/// Past a byte-order mark and the colour codes of a terminal (`ESC [ … m`).
fn colours(line: &[u8], mut at: usize) -> usize {
    if at == 0 && line.starts_with(b"\xef\xbb\xbf") {
        at = 3;
    }
    while let Some([0x1b, b'[', rest @ ..]) = line.get(at..) {
        match rest.iter().take(16).position(|b| b.is_ascii_alphabetic()) {
            Some(end) => at += end + 3,
            None => break,
        }
    }
    at
}

/// What stands in the brackets at the start of `text`: at most 40 bytes, none of them a bracket that opens.
fn brackets(text: &[u8], open: u8) -> Option<&[u8]> {
    let close = match open {
        b'[' => b']',
        b'(' => b')',
        _ => b'>',
    };
    let inner = text.get(1..)?;
    let end = inner.iter().take(40).position(|b| *b == close || *b == open)?;
    (inner.get(end) == Some(&close)).then(|| inner.get(..end)).flatten()
}

/// Length of a word that may stand before a date: a level, a capital letter, a number or identifier.
fn word(text: &[u8]) -> Option<usize> {
    let length = text.iter().take(41).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count();
    let word = text.get(..length).filter(|w| w.len() <= 40)?;
    let number = word.iter().all(u8::is_ascii_digit);
    let identifier = word.len() >= 16 && word.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-');
    let capital = matches!(word, [b'A'..=b'Z']);
    (capital || Level::from_word(word) != Level::Unknown || number || identifier).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LogTime;
    use crate::records::stamp::Clock;

    fn head(line: &str) -> Option<(String, Level, String)> {
        let (head, form) = Generic::default().head(line.as_bytes())?;
        assert!(form < FORMS);
        let mut clock = Clock::new(Some(1_706_599_150));
        clock.stamp(&Format::new("%Y-%m-%d %H:%M:%S").unwrap().read(b"2024-01-30 07:00:00").unwrap().0);
        let stamp = clock.stamp(&head.time?)?;
        let text = LogTime(stamp.us).rfc3339();
        let text = if stamp.zoned { text } else { text.replace('Z', "") };
        Some((text, head.level, line.get(head.message_at as usize..).unwrap().to_owned()))
    }

    #[test]
    fn common_forms() {
        let local = "2024-01-30T07:19:10.077000";
        let utc = "2024-01-30T07:19:10.077000Z";
        for (line, time, level, message) in [
            ("2024-01-30T07:19:10.077Z text", utc, Level::Unknown, "text"),
            ("2024-01-30T08:19:10.077+01:00 INFO text", utc, Level::Info, "INFO text"),
            ("2024-01-30 07:19:10,077 [12] WARN x", local, Level::Warn, "[12] WARN x"),
            ("[2024-01-30 07:19:10.077] text", local, Level::Unknown, "text"),
            ("2024-01-30 07:19:10:077 bctbx-message-x", local, Level::Info, "bctbx-message-x"),
            (
                "2024/01/30 07:19:10.077000 192.0.2.1:5060 -> 192.0.2.2:5060",
                local,
                Level::Unknown,
                "192.0.2.1:5060 -> 192.0.2.2:5060",
            ),
            ("30.01.2024 07:19:10.077 text", local, Level::Unknown, "text"),
            ("30-Jan-2024 07:19:10.077 SEVERE [main] x", local, Level::Error, "SEVERE [main] x"),
            ("[30/Jan/2024:08:19:10.077 +0100] text", utc, Level::Unknown, "text"),
            ("Jan 30 07:19:10.077 host sipd[12]: text", local, Level::Unknown, "host sipd[12]: text"),
            ("<13>Jan 30 07:19:10.077 host x", local, Level::Unknown, "host x"),
            ("1706599150.077 text", utc, Level::Unknown, "text"),
            ("07:19:10.077   pjsua_core.c  .TX 577 bytes", local, Level::Unknown, "pjsua_core.c  .TX 577 bytes"),
            ("----------------- 2024-01-30\t07:19:10.077123", "2024-01-30T07:19:10.077123", Level::Unknown, ""),
            ("U 2024/01/30 07:19:10.077 192.0.2.1", local, Level::Unknown, "192.0.2.1"),
            ("[DEBUG] [main] 2024-01-30 07:19:10.077: x", local, Level::Debug, "x"),
            ("9d107073-0000-4000-8000-000000000000 2024-01-30 07:19:10.077 [NOTICE] x", local, Level::Info, "[NOTICE] x"),
            ("\x1b[32m2024-01-30 07:19:10.077\x1b[0m x", local, Level::Unknown, "\x1b[0m x"),
            ("01-30 07:19:10.077  9619  9771 E TAG: x", local, Level::Error, "9619  9771 E TAG: x"),
            ("Tue Jan 30 07:19:10.077 2024 x", local, Level::Unknown, "x"),
            ("20240130T071910.077 x", local, Level::Unknown, "x"),
        ] {
            assert_eq!(head(line), Some((time.to_owned(), level, message.to_owned())), "{line}");
        }
    }

    #[test]
    fn never_a_head() {
        for line in [
            "Date: Fri, 02 Feb 2024 12:00:00 GMT",
            "Fri, 02 Feb 2024 12:00:00 GMT",
            "o=- 1706599150 1706599150 IN IP4 192.0.2.1",
            "t=0 0",
            "t=1706599150 1706602750",
            "s=2024-01-30 07:19:10",
            "a=fingerprint:sha-256 10:20:30:40:50:60:70:80",
            "10:20:30:40:50:60:70:80",
            "SIP/2.0 200 OK",
            "REGISTER sip:192.0.2.1 SIP/2.0",
            "Expires: 3600",
            "X-Time: 2024-01-30 07:19:10",
            "<date>2024-01-30T07:19:10Z</date>",
            "\"2024-01-30T07:19:10Z\"",
            "2024-01-30",
            "2024-01-30 meeting",
            "1706599150 text",
            "200 OK 07:19:10",
            "",
            "[",
            "[[[[[[[[",
            "Meeting 2024-01-30 07:19:10",
            "2024-02-30 07:19:10 no such day",
            "\x1b[",
        ] {
            assert_eq!(head(line), None, "{line}");
        }
    }
}

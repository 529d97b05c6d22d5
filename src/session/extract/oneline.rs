//! Messages that a log wrote on one line, their line ends written out: `\r\n`, `#015#012`, `<CR><LF>`, dots, or whatever stands before
//! each header. In: one line. Out: its chunks with real line ends. Must not know records.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;

use super::prefix::{WRITTEN_ENDS, is_sip_header};

/// Bytes after a start line in which its first header must begin.
const MAX_START_LINE: usize = 4096;
/// Longest separator taken.
const MAX_SEPARATOR: usize = 16;
/// Headers looked at to find the separator.
const MAX_SAMPLES: usize = 12;
/// Strings inside strings: `\\\\r\\\\n`.
const MAX_NESTING: usize = 3;
/// Chunks of one line.
const MAX_CHUNKS: usize = 10_000;

/// A part of a line that holds messages, its line ends restored.
#[derive(Debug, PartialEq, Eq)]
pub struct Chunk {
    /// What stood on the line before it (for the first: since the line began; else since the chunk before).
    pub before: Vec<u8>,
    /// The text with real line ends.
    pub text: Vec<u8>,
}

const NAMES: [&str; 44] = [
    "Via:",
    "From:",
    "To:",
    "Call-ID:",
    "CSeq:",
    "Max-Forwards:",
    "Contact:",
    "Route:",
    "Record-Route:",
    "Content-Length:",
    "Content-Type:",
    "User-Agent:",
    "Server:",
    "Allow:",
    "Allow-Events:",
    "Supported:",
    "Require:",
    "Expires:",
    "Min-Expires:",
    "Session-Expires:",
    "Min-SE:",
    "Authorization:",
    "Proxy-Authorization:",
    "WWW-Authenticate:",
    "Proxy-Authenticate:",
    "Event:",
    "Subscription-State:",
    "Refer-To:",
    "Referred-By:",
    "Reply-To:",
    "Replaces:",
    "Accept:",
    "Path:",
    "Service-Route:",
    "P-Asserted-Identity:",
    "P-Preferred-Identity:",
    "Privacy:",
    "Reason:",
    "Warning:",
    "Date:",
    "Call-Info:",
    "Diversion:",
    "RSeq:",
    "Organization:",
];

/// Names that end in another name of the list, so that the longer one is found (leftmost wins).
fn names() -> Option<&'static AhoCorasick> {
    static NAMES_AC: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    NAMES_AC
        .get_or_init(|| {
            AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(NAMES).ok()
        })
        .as_ref()
}

/// The chunks of a line that has whole messages on it; `None` when it has none: then the line stands for itself.
pub fn expand(line: &[u8]) -> Option<Vec<Chunk>> {
    let mut chunks = Vec::new();
    let mut text = line.to_vec();
    let (mut from, mut nesting) = (0, 0);
    while chunks.len() < MAX_CHUNKS {
        let Some((start, separator)) = first_message(text.get(from..).unwrap_or_default()) else { break };
        let start = from + start;
        if nesting < MAX_NESTING && separator.windows(2).any(|w| w == b"\\\\") {
            // A string inside a string: undo one level from the start line on, and look again.
            let inner = unescape(text.get(start..).unwrap_or_default());
            text.truncate(start);
            text.extend(inner);
            nesting += 1;
            continue;
        }
        let body = text.get(start..).unwrap_or_default();
        let end = if separator.contains(&b'\\') {
            string_end(body, &separator)
        } else if is_distinct(&separator) {
            body.len()
        } else {
            // Several records pasted on one line: the message ends where the next head or start line begins.
            let version = memmem::find(body, b"SIP/2.0").map_or(1, |at| at + 7);
            let next = first_message(body.get(version..).unwrap_or_default()).map(|(at, _)| at + version);
            stamp_at(body).into_iter().chain(next).min().unwrap_or(body.len())
        };
        let end = end.max(1);
        let before = text.get(from..start).unwrap_or_default().to_vec();
        chunks.push(Chunk { before, text: restore(body.get(..end).unwrap_or_default(), &separator) });
        from = start + end;
        nesting = 0;
    }
    (!chunks.is_empty()).then_some(chunks)
}

/// Start (roughly: the version of a response, or the word before the target of a request) and separator of the first one-line message.
fn first_message(line: &[u8]) -> Option<(usize, Vec<u8>)> {
    let mut versions = memmem::find_iter(line, b"SIP/2.0").filter(|at| line.get(at + 7) != Some(&b'/')).peekable();
    while let Some(at) = versions.next() {
        let after = at + 7;
        let next = versions.peek().copied().unwrap_or(line.len());
        let response = line.get(after) == Some(&b' ') && line.get(after + 1).is_some_and(u8::is_ascii_digit);
        if !response && !line.get(..at).is_some_and(|b| b.ends_with(b" ")) {
            continue;
        }
        let window = line.get(after..next.min(after + MAX_START_LINE)).unwrap_or_default();
        if let Some(separator) = separator(line, after, window, response) {
            let start = if response { Some(at) } else { request_start(line, at) };
            if let Some(start) = start {
                return Some((start, separator));
            }
        }
    }
    None
}

/// Where the request line before the version begins.
fn request_start(line: &[u8], version: usize) -> Option<usize> {
    let floor = version.saturating_sub(MAX_START_LINE);
    let before = line.get(floor..version)?;
    // Never into a message before it on the same line.
    let floor = memmem::rfind(before, b"SIP/2.0").map_or(floor, |at| floor + at + 7);
    // With nothing behind the version, it is what a line that ends there would be.
    crate::sip::grammar::start_line_at(line.get(floor..version + 7)?).map(|at| floor + at)
}

/// What stands between the lines of the message whose version ends at `after`.
fn separator(line: &[u8], after: usize, window: &[u8], response: bool) -> Option<Vec<u8>> {
    // A separator of the list directly before a header, compact names too.
    for end in WRITTEN_ENDS.iter().copied().chain([b"\r".as_slice()]) {
        if let Some(at) = memmem::find(window, end)
            && (response || at == 0)
            && line.get(after + at + end.len()..).is_some_and(is_sip_header)
        {
            // Of `\\r\\n` (a string in a string) only the last part is in the list.
            let from = if end.starts_with(b"\\") { backslashes_before(window, at) } else { at };
            return window.get(from..at + end.len()).map(<[u8]>::to_vec);
        }
    }
    let names = names()?;
    let first = names.find(window)?.start() + after;
    if !response {
        let between = line.get(after..first)?;
        let plausible = between.len() <= MAX_SEPARATOR && !between.is_empty() && !between.iter().all(u8::is_ascii_alphanumeric);
        if plausible && repeats(line, after, between) {
            return Some(between.to_vec());
        }
    }
    common_suffix(line, after)
}

/// Where the run of backslashes and `\r` that ends at `at` begins.
fn backslashes_before(text: &[u8], mut at: usize) -> usize {
    while let Some(before) = text.get(..at) {
        if before.ends_with(b"\\") {
            at -= 1;
        } else if before.ends_with(b"\\r") {
            at -= 2;
        } else {
            break;
        }
    }
    at
}

/// Does the separator stand before other headers of the message as well?
fn repeats(line: &[u8], after: usize, separator: &[u8]) -> bool {
    let Some(names) = names() else { return false };
    let text = line.get(after..).unwrap_or_default();
    let found = names.find_iter(text).take(MAX_SAMPLES);
    found.filter(|m| text.get(..m.start()).is_some_and(|b| b.ends_with(separator))).count() >= 3
}

/// The text that stands before most of the headers: the most frequent common ending of what precedes the first and each other one.
fn common_suffix(line: &[u8], after: usize) -> Option<Vec<u8>> {
    let names = names()?;
    let text = line.get(after..)?;
    let starts: Vec<usize> = names.find_iter(text).take(MAX_SAMPLES).map(|m| m.start()).collect();
    let first = text.get(..*starts.first()?)?;
    let mut seen: Vec<(Vec<u8>, usize)> = Vec::new();
    for start in starts.iter().skip(1) {
        let other = text.get(..*start)?;
        let same = first.iter().rev().zip(other.iter().rev()).take(MAX_SEPARATOR).take_while(|(a, b)| a == b).count();
        let suffix = first.get(first.len() - same..)?.to_vec();
        match seen.iter_mut().find(|(known, _)| *known == suffix) {
            Some((_, count)) => *count += 1,
            None => seen.push((suffix, 1)),
        }
    }
    let (best, count) = seen.into_iter().max_by_key(|(suffix, count)| (*count, std::cmp::Reverse(suffix.len())))?;
    (count >= 2 && !best.is_empty() && !best.iter().all(u8::is_ascii_alphanumeric)).then_some(best)
}

/// Where the log's own quoted string ends, when the message stands in one: the first quote that is not escaped and after which the message
/// does not go on.
fn string_end(text: &[u8], separator: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => {
                // A raw quote inside a value (`From: "Anna" <…`): the line goes on with the same separator and a header or body line.
                let rest = text.get(at + 1..text.len().min(at + MAX_START_LINE)).unwrap_or_default();
                let next = memmem::find(rest, separator).map(|s| (s, rest.get(s + separator.len()..).unwrap_or_default()));
                let goes_on = next.is_some_and(|(s, tail)| {
                    let apart = rest.get(..s).is_some_and(|between| memmem::find(between, b"SIP/2.0").is_none());
                    apart && (is_sip_header(tail) || tail.starts_with(separator) || is_sdp(tail))
                });
                if !goes_on {
                    return at;
                }
            }
            _ => {}
        }
    }
    text.len()
}

fn is_sdp(line: &[u8]) -> bool {
    line.first().is_some_and(u8::is_ascii_lowercase) && line.get(1) == Some(&b'=')
}

/// Is the separator one that stands nowhere else?
fn is_distinct(separator: &[u8]) -> bool {
    separator.iter().any(|b| b"#<[^%&\r\\".contains(b) || !b.is_ascii() || b.is_ascii_control()) || separator == b"\",\""
}

/// Where a date and time as logs print them stands (`2024-01-30T07:`, `2024/01/30 07:`); SIP's own dates have names of months.
fn stamp_at(text: &[u8]) -> Option<usize> {
    memchr::memchr2_iter(b'-', b'/', text).find_map(|at| {
        let stamp = text.get(at.checked_sub(4)?..at + 10)?;
        let shape = b"dddd-dd-dd dd:";
        let fits = stamp.iter().zip(shape).all(|(byte, want)| match want {
            b'd' => byte.is_ascii_digit(),
            b'-' => matches!(byte, b'-' | b'/'),
            b' ' => matches!(byte, b' ' | b'T'),
            want => byte == want,
        });
        fits.then_some(at - 4)
    })
}

/// The text with real line ends.
fn restore(text: &[u8], separator: &[u8]) -> Vec<u8> {
    if separator.contains(&b'\\') {
        return unescape(text);
    }
    if separator.starts_with(b"#01") {
        return octal(text);
    }
    let distinct =
        separator.iter().any(|b| b"#<[^%&\r".contains(b) || !b.is_ascii() || b.is_ascii_control()) || separator == b"\",\"";
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut at = 0;
    let mut part = Part::Header;
    while let Some(found) = memmem::find(rest.get(at..).unwrap_or_default(), separator).map(|f| f + at) {
        let tail = rest.get(found + separator.len()..).unwrap_or_default();
        let closes = found == 0 && at == 0 && part == Part::Announced;
        if distinct || closes || begins_line(rest.get(..found).unwrap_or_default(), tail, separator, part) {
            let line = rest.get(..found).unwrap_or_default();
            part = part.after(line);
            out.extend_from_slice(line);
            // Marks that are no line end's own tell nothing about a carriage return.
            out.extend_from_slice(if distinct { b"\r\n" } else { b"\n" });
            rest = tail;
            at = 0;
        } else {
            at = found + 1;
        }
    }
    out.extend_from_slice(rest);
    out
}

/// Where in a message a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// In the header, no body announced.
    Header,
    /// In the header, with a Content-Type.
    Announced,
    /// In a body that is no session description.
    Body,
}

impl Part {
    fn after(self, line: &[u8]) -> Self {
        let typed = line.get(..13).is_some_and(|name| name.eq_ignore_ascii_case(b"Content-Type:"));
        match self {
            _ if starts_message(line) => Self::Header,
            Self::Header if typed && memmem::find(line, b"/sdp").is_none() => Self::Announced,
            Self::Announced if line.is_empty() => Self::Body,
            part => part,
        }
    }
}

fn starts_message(line: &[u8]) -> bool {
    memmem::find(line, b"SIP/2.0").is_some() && crate::sip::grammar::start_line_at(line) == Some(0)
}

/// Dots, blanks or bars also stand inside values: they end a line only where one of a message begins.
fn begins_line(before: &[u8], tail: &[u8], separator: &[u8], part: Part) -> bool {
    let line =
        |t: &[u8]| (is_sip_header(t) && t.get(1) != Some(&b':')) || is_sdp(t) || starts_response(t) || t.starts_with(b"<?xml");
    if line(tail) || tail.trim_ascii().is_empty() {
        return true;
    }
    let blanks = separator.trim_ascii().is_empty();
    if part == Part::Body {
        return !blanks || is_assignment(tail);
    }
    // With Content-Type seen, the header ends where two separators meet; of two blanks only behind a length.
    let length = before.get(..15).is_some_and(|n| n.eq_ignore_ascii_case(b"Content-Length:"))
        && before.last().is_some_and(u8::is_ascii_digit);
    let closes = part == Part::Announced && (!blanks || length);
    tail.strip_prefix(separator)
        .is_some_and(|second| closes || line(second) || second.trim_ascii().is_empty() || starts_request(second))
}

/// `Signal=5`, `Voice-Message: 2/1`.
fn is_assignment(line: &[u8]) -> bool {
    let name = line.iter().take(64).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let rest = line.get(name..).unwrap_or_default();
    name > 0 && (rest.starts_with(b"=") || rest.starts_with(b": "))
}

fn starts_response(line: &[u8]) -> bool {
    line.strip_prefix(b"SIP/2.0 ").is_some_and(|code| code.first().is_some_and(u8::is_ascii_digit))
}

fn starts_request(line: &[u8]) -> bool {
    let end = memmem::find(line.get(..MAX_START_LINE.min(line.len())).unwrap_or_default(), b"SIP/2.0").map(|at| at + 7);
    end.and_then(|end| line.get(..end)).is_some_and(|start| crate::sip::grammar::start_line_at(start) == Some(0))
}

/// Undoes the escapes of C and JSON strings once.
pub fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let tail = text.get(at + 1..).unwrap_or_default();
        let digits = |skip: usize, many: usize, radix: u32| {
            let digits = tail.get(skip..skip + many)?;
            u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
        };
        let (code, used) = match tail.first() {
            Some(b'r') => (Some(13), 1),
            Some(b'n') => (Some(10), 1),
            Some(b't') => (Some(9), 1),
            Some(byte @ (b'"' | b'\\' | b'/' | b'\'')) => (Some(u32::from(*byte)), 1),
            Some(b'x') => (digits(1, 2, 16), 3),
            Some(b'u') => (digits(1, 4, 16), 5),
            Some(b'0'..=b'3') => (digits(0, 3, 8), 3),
            _ => (None, 0),
        };
        match code.and_then(char::from_u32) {
            Some(c) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                for _ in 0..used {
                    bytes.next();
                }
            }
            None => out.push(byte),
        }
    }
    out
}

/// Undoes the `#NNN` octal escapes that syslog daemons write for control characters.
fn octal(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        let code = (*byte == b'#').then(|| tail.get(..3)).flatten().and_then(|d| match d {
            b"015" => Some(b'\r'),
            b"012" => Some(b'\n'),
            b"011" => Some(b'\t'),
            _ => None,
        });
        match code {
            Some(code) => {
                out.push(code);
                rest = tail.get(3..).unwrap_or_default();
            }
            None => {
                out.push(*byte);
                rest = tail;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n\
        From: \"Al\" <sip:al@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: a..b@192.0.2.1\r\nCSeq: 1 INVITE\r\n\
        Content-Type: application/sdp\r\nContent-Length: 60\r\n\r\nv=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";

    fn back(line: &str) -> Vec<String> {
        let chunks = expand(line.as_bytes()).unwrap_or_default();
        chunks.into_iter().map(|c| String::from_utf8(c.text).unwrap()).collect()
    }

    #[test]
    fn every_way_to_write_a_line_end() {
        for end in ["\\r\\n", "#015#012", "<CR><LF>", "[CRLF]", "^M^J", "..", " | ", "\u{21b5}", "%0D%0A", "\\u000d\\u000a"] {
            let line = format!("x send: {}", MESSAGE.replace("\r\n", end));
            let text = back(&line).pop().unwrap_or_default();
            assert_eq!(text.trim_end().replace('\r', ""), MESSAGE.trim_end().replace('\r', ""), "{end}");
        }
        let line = MESSAGE.replace("\r\n", "\\n");
        assert_eq!(back(&line), vec![MESSAGE.replace("\r\n", "\n")]);
    }

    #[test]
    fn json_strings_end_at_their_quote() {
        let json = MESSAGE.replace('"', "\\\"").replace("\r\n", "\\r\\n");
        let line = format!("{{\"raw\":\"{json}\",\"next\":\"{json}\",\"size\":3}}");
        assert_eq!(back(&line), vec![MESSAGE.to_owned(), MESSAGE.to_owned()]);
        let twice = json.replace('\\', "\\\\").replace('"', "\\\"");
        assert_eq!(back(&format!("{{\"raw\":\"{{\\\"m\\\":\\\"{twice}\\\"}}\"}}")).first().map(String::as_str), Some(MESSAGE));
        // quotes of the message not escaped
        let c_style = MESSAGE.replace("\r\n", "\\r\\n");
        assert_eq!(back(&c_style), vec![MESSAGE.to_owned()]);
    }

    #[test]
    fn records_pasted_on_one_line() {
        let one = MESSAGE.trim_end().replace("\r\n", " ");
        let line = format!("sent to 198.51.100.20:5060 {one} 2024-01-30T07:01:25.213Z <Info> [0x390] a: sent {one}");
        let chunks = expand(line.as_bytes()).unwrap_or_default();
        assert_eq!(chunks.len(), 2);
        assert_eq!(String::from_utf8_lossy(&chunks[0].text).trim_end(), MESSAGE.trim_end().replace('\r', ""));
        assert!(chunks[1].before.ends_with(b"a: sent "));
        assert_eq!(String::from_utf8_lossy(&chunks[1].text), MESSAGE.trim_end().replace('\r', ""));
    }

    #[test]
    fn prose_and_ordinary_lines_stay() {
        assert_eq!(expand(b"Received SIP/2.0 200 OK for REGISTER"), None);
        assert_eq!(expand(b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"), None);
        assert_eq!(expand(b"INVITE sip:bob@example.com SIP/2.0"), None);
        assert_eq!(expand(b"GET /x HTTP/1.1\\r\\nHost: a\\r\\n"), None);
    }
}

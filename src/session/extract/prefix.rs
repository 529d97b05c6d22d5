//! What a log puts around each line of a message. In: a line and what was learned from the lines before it. Out: the line without it.
//! Must not know SIP beyond the names of header fields.

use crate::sip::grammar::{is_header_line, is_known_header};

/// How far into a line a header name is looked for behind an unknown prefix.
const MAX_PREFIX: usize = 400;

/// Line ends that a log writes out as text; the longest first, so that a part is never taken for the whole.
pub const WRITTEN_ENDS: [&[u8]; 30] = [
    b"\\u000d\\u000a",
    b"\\u000D\\u000A",
    b"<CR><LF>",
    b"[CR][LF]",
    b"#015#012",
    b"\\015\\012",
    b"\\x0d\\x0a",
    b"\\x0D\\x0A",
    b"&#13;&#10;",
    b"&#xD;&#xA;",
    b"<CRLF>",
    b"[CRLF]",
    b"%0D%0A",
    b"%0d%0a",
    b"^M^J",
    b"\\r\\n",
    b"<LF>",
    b"<CR>",
    b"[LF]",
    b"[CR]",
    b"#012",
    b"#015",
    b"\\012",
    b"\\x0a",
    b"\\n",
    b"\\r",
    b"^M",
    "\u{240d}\u{240a}".as_bytes(),
    "\u{21b5}".as_bytes(),
    b"..",
];

/// The line without trailing carriage returns, and whether it had one.
pub fn without_cr(line: &[u8]) -> (&[u8], bool) {
    let mut rest = line;
    while let Some(shorter) = rest.strip_suffix(b"\r") {
        rest = shorter;
    }
    (rest, rest.len() != line.len())
}

/// A written-out line end (or the marks that close a quoted string) at the end of a line that really ends there as well.
pub fn written_end(line: &[u8]) -> Option<&'static [u8]> {
    WRITTEN_ENDS.iter().copied().find(|end| line.ends_with(end))
}

/// Is the name in front of the colon one that SIP uses?
pub fn is_sip_header(line: &[u8]) -> bool {
    header_name(line).is_some_and(is_known_header)
}

/// The name of a header line.
pub fn header_name(line: &[u8]) -> Option<&[u8]> {
    if !is_header_line(line) {
        return None;
    }
    let colon = line.iter().position(|b| *b == b':')?;
    line.get(..colon).map(<[u8]>::trim_ascii_end)
}

/// Length of what stands at the head of `line` where a line before had `prefix`: the same bytes, but runs of digits may differ (times,
/// line numbers, counters) and blanks may be more or fewer.
pub fn strip(prefix: &[u8], line: &[u8]) -> Option<usize> {
    if line.starts_with(prefix) {
        return Some(prefix.len());
    }
    if !prefix.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let (mut i, mut j) = (0, 0);
    while let Some(want) = prefix.get(i) {
        let have = line.get(j)?;
        let run = |text: &[u8], from: usize, class: fn(&u8) -> bool| text.iter().skip(from).take_while(|b| class(b)).count();
        let blank: fn(&u8) -> bool = |b| *b == b' ' || *b == b'\t';
        if want.is_ascii_digit() {
            if !have.is_ascii_digit() {
                return None;
            }
            i += run(prefix, i, u8::is_ascii_digit);
            j += run(line, j, u8::is_ascii_digit);
        } else if blank(want) {
            let (wanted, had) = (run(prefix, i, blank), run(line, j, blank));
            if had == 0 {
                return None;
            }
            // The last blanks of a prefix may be followed by those of a folded header: never more than were learned.
            let last = i + wanted == prefix.len();
            i += wanted;
            j += if last { had.min(wanted) } else { had };
        } else if want == have {
            i += 1;
            j += 1;
        } else {
            return None;
        }
    }
    Some(j)
}

/// Is the line nothing but the prefix, perhaps without its trailing blanks?
pub fn is_bare(prefix: &[u8], line: &[u8]) -> bool {
    let (prefix, line) = (prefix.trim_ascii_end(), line.trim_ascii_end());
    line.is_empty() || strip(prefix, line) == Some(line.len())
}

/// Length of the prefix of the first line after a start line, when it is a header line: what stood before the start line, nothing, or
/// anything up to a known name. `None`: it is no header line, so the start line began no message.
pub fn learn(before_start: &[u8], line: &[u8]) -> Option<usize> {
    if !before_start.is_empty()
        && let Some(length) = strip(before_start, line)
        && line.get(length..).is_some_and(is_sip_header)
    {
        return Some(length);
    }
    if is_sip_header(line) && !is_sip_header_behind_compact(line) {
        return Some(0);
    }
    let blanks = line.iter().take_while(|b| b.is_ascii_whitespace()).count();
    if blanks > 0 && line.get(blanks..).is_some_and(is_sip_header) {
        return Some(blanks);
    }
    let mut previous = b' ';
    for (at, byte) in line.iter().enumerate().take(MAX_PREFIX) {
        let apart = !previous.is_ascii_alphanumeric() && previous != b'-' && previous != b'_';
        if apart
            && byte.is_ascii_alphabetic()
            && let Some(name) = line.get(at..).and_then(header_name)
            && name.len() > 1
            && is_known_header(name)
        {
            return Some(at);
        }
        previous = *byte;
    }
    None
}

/// `I: Via: …`: a level letter in front of a header, not a compact Call-ID.
fn is_sip_header_behind_compact(line: &[u8]) -> bool {
    let Some((name, value)) = line.split_at_checked(1).filter(|(_, rest)| rest.first() == Some(&b':')) else {
        return false;
    };
    let value = value.get(1..).unwrap_or_default().trim_ascii_start();
    let inner = header_name(value);
    name.iter().all(u8::is_ascii_alphabetic) && inner.is_some_and(|n| n.len() > 1 && is_known_header(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_with_counters_and_times() {
        assert_eq!(strip(b"07:19:10.077 [12] ", b"07:19:11.008 [9] Via: x"), Some(17));
        assert_eq!(strip(b"[SIP] ", b"[SIP] Via: x"), Some(6));
        assert_eq!(strip(b"[SIP] ", b"[APP] Via: x"), None);
        // the blank of a folded header stays
        assert_eq!(strip(b"12: ", b"9:  ;tag=1"), Some(3));
        assert!(is_bare(b"| ", b"|"));
        assert!(is_bare(b"07: ", b"08:"));
        assert!(!is_bare(b"| ", b"| x"));
    }

    #[test]
    fn learns_from_the_first_header() {
        assert_eq!(learn(b"sent: ", b"Via: SIP/2.0/UDP a"), Some(0));
        assert_eq!(learn(b"I: ", b"I: Via: SIP/2.0/UDP a"), Some(3));
        assert_eq!(learn(b"I: sent ", b"I: Via: SIP/2.0/UDP a"), Some(3));
        assert_eq!(learn(b"", b"    Via: SIP/2.0/UDP a"), Some(4));
        assert_eq!(learn(b"> ", b"> v: SIP/2.0/UDP a"), Some(2));
        assert_eq!(learn(b"x", b"took 5 ms"), None);
        assert_eq!(learn(b"x", b"Duration: 5 ms"), None);
    }
}

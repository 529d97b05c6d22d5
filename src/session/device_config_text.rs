//! The bytes of a device configuration as text, and whether they are what its declaration says. In: bytes. Out: [`Decoded`].
//! Must not know what the XML says beyond its first line.

use super::device_config::ProblemKind;

/// What the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// ASCII alone: every encoding agrees.
    Ascii,
    /// UTF-8 with other characters.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// One byte a character, of a code page that nothing tells.
    SingleByte,
}

impl Seen {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ascii => "us-ascii",
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::SingleByte => "single-byte",
        }
    }

    fn is_wide(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }
}

/// Text, and how it was told.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Without its byte-order mark.
    pub text: String,
    /// What the bytes are.
    pub seen: Seen,
    /// What the XML declaration says.
    pub declared: Option<String>,
    /// What does not fit, with the byte of `text` where it shows.
    pub problems: Vec<(ProblemKind, usize)>,
    /// Bytes before each line in the text that the log view shows, where that is not `text`: see [`decode`].
    pub line_offsets: Vec<u64>,
    /// Bytes of that text.
    pub viewed_bytes: u64,
}

/// Turns bytes to text. Of a record (`in_log`) the bytes are those of the log, which may have turned the XML into its own encoding: a
/// declaration of another one is no fault there.
pub fn decode(bytes: &[u8], in_log: bool) -> Decoded {
    let (seen, mark) = seen(bytes);
    let rest = bytes.get(mark..).unwrap_or_default();
    let mut problems = Vec::new();
    let (text, viewed) = match seen {
        Seen::Utf16Le | Seen::Utf16Be => {
            let text = utf16(rest, seen == Seen::Utf16Be);
            let viewed = line_offsets(text.as_bytes());
            (text, viewed)
        }
        Seen::Ascii | Seen::Utf8 => (String::from_utf8_lossy(rest).into_owned(), line_offsets(rest)),
        // ISO-8859-1 is what BroadWorks writes when nothing is set: its bytes are the first 256 characters of Unicode.
        Seen::SingleByte => (rest.iter().map(|b| char::from(*b)).collect(), line_offsets(rest)),
    };
    let viewed_bytes = if seen.is_wide() { text.len() } else { rest.len() } as u64;
    let declared = declared(&text);
    let name = declared.as_deref().unwrap_or("UTF-8").to_ascii_lowercase();
    let says_utf8 = matches!(name.as_str(), "utf-8" | "utf8" | "us-ascii" | "ascii");
    let says_utf16 = name.starts_with("utf-16") || name.starts_with("ucs-2") || name.starts_with("iso-10646-ucs-2");
    let shown = declared.clone().unwrap_or_else(|| "UTF-8".to_owned());
    if seen == Seen::SingleByte && says_utf8 {
        let at = std::str::from_utf8(rest).err().map_or(0, |e| e.valid_up_to());
        // Of the text one character stands for each byte up to there: those before it were UTF-8.
        let place: usize = rest.get(..at).unwrap_or_default().iter().map(|b| char::from(*b).len_utf8()).sum();
        problems.push((ProblemKind::NotUtf8(rest.get(at).copied().unwrap_or_default()), place));
    } else if says_utf16 != seen.is_wide() && declared.is_some() && !in_log {
        problems.push((ProblemKind::NotUtf16(shown), 0));
    } else if seen == Seen::Utf8 && !says_utf8 && !in_log {
        let at = text.bytes().position(|b| b >= 0x80).unwrap_or(0);
        problems.push((ProblemKind::Utf8Declared(shown), at));
    }
    if let Some((at, bad)) = text.char_indices().find(|(_, c)| is_forbidden(*c)) {
        problems.push((ProblemKind::BadCharacter(u32::from(bad)), at));
    }
    Decoded { text, seen, declared, problems, line_offsets: viewed, viewed_bytes }
}

/// XML 1.0 §2.2: control characters other than tab and line ends, and two that are none.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// What the bytes are, and the length of their byte-order mark. XML begins with `<`, so UTF-16 shows in its first two bytes
/// (XML 1.0 appendix F).
fn seen(bytes: &[u8]) -> (Seen, usize) {
    if bytes.starts_with(&[0xff, 0xfe]) {
        return (Seen::Utf16Le, 2);
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return (Seen::Utf16Be, 2);
    }
    if bytes.starts_with(b"<\0") {
        return (Seen::Utf16Le, 0);
    }
    if bytes.starts_with(b"\0<") {
        return (Seen::Utf16Be, 0);
    }
    let mark = if bytes.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    let rest = bytes.get(mark..).unwrap_or_default();
    let seen = match std::str::from_utf8(rest) {
        _ if rest.is_ascii() => Seen::Ascii,
        Ok(_) => Seen::Utf8,
        // A character cut in half at the very end is no other code page: our own limit cuts there.
        Err(fault) if fault.error_len().is_none() => Seen::Utf8,
        Err(_) => Seen::SingleByte,
    };
    (seen, mark)
}

fn utf16(bytes: &[u8], big: bool) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [a, b] if big => u16::from_be_bytes([*a, *b]),
        [a, b] => u16::from_le_bytes([*a, *b]),
        _ => 0,
    });
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Where each line begins, in bytes.
fn line_offsets(bytes: &[u8]) -> Vec<u64> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(|at| at as u64 + 1)).collect()
}

/// The encoding that the XML declaration names.
fn declared(text: &str) -> Option<String> {
    let head = text.trim_start().strip_prefix("<?xml")?;
    let (head, _) = head.split_once("?>")?;
    let (_, after) = head.get(..head.len().min(500)).unwrap_or(head).split_once("encoding")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = after.get(1..)?.split(quote).next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (!name.is_empty() && name.len() <= 40 && name.chars().all(plain)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(bytes: &[u8]) -> Vec<ProblemKind> {
        decode(bytes, false).problems.into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn bytes_against_the_declaration() {
        // Tech note 221699: accents written as ISO-8859-1 into a file that says UTF-8.
        let bytes = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<config><n>Jos\xe9</n></config>";
        let told = decode(bytes, false);
        assert_eq!((told.seen, told.declared.as_deref()), (Seen::SingleByte, Some("UTF-8")));
        assert_eq!(told.problems, [(ProblemKind::NotUtf8(0xe9), 53)]);
        assert!(told.text.contains("José"));
        assert_eq!(kinds(b"<config>\xe9a</config>"), [ProblemKind::NotUtf8(0xe9)]);
        assert_eq!(kinds(b"<?xml version='1.0' encoding='ISO-8859-1'?><config>\xe9a</config>"), []);
        let wrong = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><config>é</config>";
        assert_eq!(kinds(wrong.as_bytes()), [ProblemKind::Utf8Declared("ISO-8859-1".into())]);
        assert_eq!(decode(wrong.as_bytes(), true).problems, []);
        assert_eq!(kinds("<?xml version=\"1.0\"?><config>é</config>".as_bytes()), []);
        assert_eq!(kinds(b"<config>a\0b</config>"), [ProblemKind::BadCharacter(0)]);
    }

    #[test]
    fn utf16_with_and_without_its_mark() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<config>č</config>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for (bytes, seen) in [(little, Seen::Utf16Le), (big, Seen::Utf16Be)] {
            let told = decode(&bytes, false);
            assert_eq!((told.text.as_str(), told.seen), (text, seen));
            assert_eq!(told.problems, []);
            assert_eq!(told.line_offsets, [0, 40]);
        }
        assert_eq!(kinds(text.as_bytes()), [ProblemKind::NotUtf16("UTF-16".into())]);
    }
}

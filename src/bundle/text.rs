//! Encodings of a log. In: a member's first bytes. Out: [`Encoding`], and UTF-16 turned to UTF-8 as a stream.
//! Must not know what the text says.
//!
//! UTF-8, ASCII and bytes of any code page pass as they are: stray bytes are judged by whoever reads the lines.

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

/// How the bytes of a member are turned to text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes as they are.
    Bytes,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// The bytes looked at to tell the encoding.
pub(crate) const PREFIX_BYTES: usize = 4 << 10;

/// The encoding of a member that starts with `prefix`, and the length of its byte-order mark.
pub(crate) fn detect(prefix: &[u8]) -> (Encoding, usize) {
    if prefix.starts_with(&[0xef, 0xbb, 0xbf]) {
        return (Encoding::Bytes, 3);
    }
    if prefix.starts_with(&[0xff, 0xfe]) {
        return (Encoding::Utf16Le, 2);
    }
    if prefix.starts_with(&[0xfe, 0xff]) {
        return (Encoding::Utf16Be, 2);
    }
    // Without a mark: log text is mostly ASCII, so one byte of each pair is nearly always zero and the other nearly never.
    let looked = prefix.get(..prefix.len().min(PREFIX_BYTES)).unwrap_or_default();
    let (mut pairs, mut first, mut second) = (0usize, 0usize, 0usize);
    for pair in looked.chunks_exact(2) {
        if let [a, b] = pair {
            pairs += 1;
            first += usize::from(*a == 0);
            second += usize::from(*b == 0);
        }
    }
    let mostly = |zeros: usize| zeros * 10 >= pairs * 6;
    let hardly = |zeros: usize| zeros * 20 <= pairs;
    if pairs >= 4 && mostly(second) && hardly(first) {
        (Encoding::Utf16Le, 0)
    } else if pairs >= 4 && mostly(first) && hardly(second) {
        (Encoding::Utf16Be, 0)
    } else {
        (Encoding::Bytes, 0)
    }
}

/// The text at a member's start, for telling what it is. `None` borrows nothing: bytes pass as they are.
pub(crate) fn decode_prefix(prefix: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let (encoding, mark) = detect(prefix);
    let rest = prefix.get(mark..).unwrap_or_default();
    let Some(mut decoder) = Utf16::new(encoding) else {
        return rest.into();
    };
    let mut out = Vec::with_capacity(rest.len());
    decoder.push(rest, false, &mut out);
    out.into()
}

/// UTF-16 to UTF-8, chunk by chunk.
pub(crate) struct Utf16 {
    decoder: Decoder,
    broken: bool,
    ended: bool,
}

impl Utf16 {
    /// A decoder for UTF-16; `None` where bytes pass as they are.
    pub(crate) fn new(encoding: Encoding) -> Option<Self> {
        let of = match encoding {
            Encoding::Bytes => return None,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
        };
        Some(Self { decoder: of.new_decoder_without_bom_handling(), broken: false, ended: false })
    }

    /// Appends the text of `chunk` to `out`; `last` at the member's end.
    pub(crate) fn push(&mut self, mut chunk: &[u8], last: bool, out: &mut Vec<u8>) {
        // A decoder that was told of the end must not be used again.
        if std::mem::replace(&mut self.ended, last) {
            return;
        }
        loop {
            let room = self.decoder.max_utf8_buffer_length(chunk.len()).unwrap_or(64);
            let start = out.len();
            out.resize(start + room, 0);
            let (result, read, written, replaced) =
                self.decoder.decode_to_utf8(chunk, out.get_mut(start..).unwrap_or_default(), last);
            out.truncate(start + written);
            self.broken |= replaced;
            chunk = chunk.get(read..).unwrap_or_default();
            if result == CoderResult::InputEmpty {
                return;
            }
        }
    }

    /// Were there units that are no character (each replaced by U+FFFD)?
    pub(crate) fn broken(&self) -> bool {
        self.broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn marks_and_guesses() {
        assert_eq!(detect(b"\xef\xbb\xbf2024"), (Encoding::Bytes, 3));
        assert_eq!(detect(b"\xff\xfe2\0"), (Encoding::Utf16Le, 2));
        assert_eq!(detect(&units("2024-01-30T07:01:25 Grüße", false)), (Encoding::Utf16Le, 0));
        assert_eq!(detect(&units("2024-01-30T07:01:25 Grüße", true)), (Encoding::Utf16Be, 0));
        assert_eq!(detect(b"2024-01-30 plain"), (Encoding::Bytes, 0));
        assert_eq!(detect(&[0; 64]), (Encoding::Bytes, 0));
        assert_eq!(detect(b""), (Encoding::Bytes, 0));
    }

    #[test]
    fn a_character_split_between_chunks_stays_whole() {
        let bytes = units("a😀b", false);
        let mut decoder = Utf16::new(Encoding::Utf16Le).unwrap();
        let mut out = Vec::new();
        for (n, byte) in bytes.iter().enumerate() {
            decoder.push(&[*byte], n + 1 == bytes.len(), &mut out);
        }
        assert_eq!(String::from_utf8(out).unwrap(), "a😀b");
        assert!(!decoder.broken());
    }
}

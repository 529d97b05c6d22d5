//! What kind of file some first bytes belong to. In: bytes. Out: [`Container`], or whether it is text. Must not know any log.

use super::tar::is_tar;

/// Files that hold other files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// zip, also an empty one.
    Zip,
    /// gzip.
    Gzip,
    /// tar.
    Tar,
    /// An archive that is not read here, by its name.
    Unread(&'static str),
}

/// The container that starts with `prefix` (512 bytes are enough).
pub(crate) fn container(prefix: &[u8]) -> Option<Container> {
    let starts = |magic: &[u8]| prefix.starts_with(magic);
    // A split or streamed zip may start with a descriptor's signature (APPNOTE.TXT §8.5.3, §8.5.4).
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") || starts(b"PK\x07\x08PK\x03\x04") || starts(b"PK00PK\x03\x04") {
        return Some(Container::Zip);
    }
    if starts(b"\x1f\x8b\x08") {
        return Some(Container::Gzip);
    }
    let unread = [
        (&b"7z\xbc\xaf\x27\x1c"[..], "7z"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (b"BZh", "bzip2"),
        (b"MSCF\0\0\0\0", "cabinet"),
    ];
    let bzip2_too = |name| name != "bzip2" || prefix.get(4..10) == Some(b"1AY&SY");
    if let Some((_, name)) = unread.iter().find(|(magic, name)| starts(magic) && bzip2_too(*name)) {
        return Some(Container::Unread(name));
    }
    is_tar(prefix).then_some(Container::Tar)
}

/// Can lines be made of it? `text` is the decoded start of a member. Stray bytes and any code page pass; pictures, databases and dumps don't.
pub(crate) fn is_text(text: &[u8]) -> bool {
    let magics: [&[u8]; 9] =
        [b"\x89PNG", b"SQLite format 3\0", b"MDMP", b"\x7fELF", b"\xff\xd8\xff", b"%PDF-", b"bplist00", b"GIF8", b"MZ\x90\0"];
    if magics.iter().any(|magic| text.starts_with(magic)) {
        return false;
    }
    // A crash may leave zeros at a log's start or end; they are no sign of anything.
    let control = text.iter().filter(|b| matches!(b, 1..=8 | 14..=26 | 28..=31 | 127)).count();
    let zeros = text.iter().filter(|b| **b == 0).count();
    let mut rest = text;
    let mut stray = 0;
    while let Err(e) = std::str::from_utf8(rest) {
        let Some(length) = e.error_len() else {
            break;
        };
        stray += length;
        rest = rest.get(e.valid_up_to() + length..).unwrap_or_default();
    }
    let (all, content) = (text.len(), text.len() - zeros);
    let percent = |part: usize, of: usize| part.saturating_mul(100) / of.max(1);
    let seen_as_text = percent(control, content) < 3 || (percent(control, content) < 10 && percent(stray, content) < 20);
    seen_as_text && (percent(zeros, all) < 30 || content == 0 || has_line(text))
}

/// A stretch of some length without a single zero in it, as in a log with a hole.
fn has_line(text: &[u8]) -> bool {
    text.split(|b| matches!(b, b'\n' | 0)).any(|line| line.len() >= 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers() {
        assert_eq!(container(b"PK\x03\x04..."), Some(Container::Zip));
        assert_eq!(container(b"PK\x05\x06\0\0"), Some(Container::Zip));
        assert_eq!(container(b"\x1f\x8b\x08\0"), Some(Container::Gzip));
        assert_eq!(container(b"Rar!\x1a\x07\0"), Some(Container::Unread("RAR")));
        assert_eq!(container(b"BZhello 2024"), None);
        assert_eq!(container(b"PKI log"), None);
        assert_eq!(container(b""), None);
    }

    #[test]
    fn text_and_not() {
        assert!(is_text("Grüße aus dem Log\n".as_bytes()));
        assert!(is_text(b"Gr\xfc\xdfe aus Windows-1252\n"));
        assert!(is_text(b""));
        assert!(is_text(b"2024-01-30T07:01:25.213Z <Info> [0x390] a.cpp:1 f:\x01\x02 stray\n"));
        let mut hole = vec![0; 4_000];
        hole.extend_from_slice(b"2024-01-30T07:01:25.213Z <Info> [0x390] a.cpp:1 f:after the crash\n");
        assert!(is_text(&hole));
        assert!(!is_text(b"\x89PNG\r\n\x1a\n"));
        let noise: Vec<u8> = (0..20_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(!is_text(&noise));
        let numbers: Vec<u8> = (0..4_000u32).flat_map(|i| (i * 3).to_le_bytes()).collect();
        assert!(!is_text(&numbers));
    }
}

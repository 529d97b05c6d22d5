//! The records of a zip (PKWARE APPNOTE.TXT §4.3 and §4.5). In: bytes. Out: their fields. Must not know where they were found.

use super::Trouble;
use super::names::zip_name;
use super::span::{le16, le32, le64};
use crate::base::{LogTime, NoteKind};

/// Start of a local file header, §4.3.7.
pub(crate) const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// Start of a central directory header, §4.3.12.
pub(crate) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
/// Start of the end of central directory record, §4.3.16.
pub(crate) const END: [u8; 4] = *b"PK\x05\x06";
/// Start of the zip64 end of central directory record, §4.3.14.
pub(crate) const END64: [u8; 4] = *b"PK\x06\x06";
/// Start of the zip64 end of central directory locator, §4.3.15.
pub(crate) const LOCATOR64: [u8; 4] = *b"PK\x06\x07";
/// Start of a data descriptor, §4.3.9 (commonly used, not required).
pub(crate) const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

/// Length of a local file header without name and extra field.
pub(crate) const LOCAL_BYTES: usize = 30;
/// Length of a central directory header without name, extra field and comment.
pub(crate) const CENTRAL_BYTES: usize = 46;

/// Longest name kept, in bytes.
const MAX_NAME_BYTES: usize = 8 << 10;

/// Sizes that stand in the zip64 extra field instead.
const IN_ZIP64: u32 = u32::MAX;

/// What both kinds of header tell of a file.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u64,
    pub(crate) unpacked: u64,
    /// Offset of the local header; 0 in a local header.
    pub(crate) offset: u64,
    pub(crate) modified_s: Option<i64>,
    pub(crate) name: String,
}

impl Header {
    /// Reads a central directory header with its name and extra field.
    pub(crate) fn central(fixed: &[u8], name: &[u8], extra: &[u8]) -> Self {
        let mut header = Self::common(fixed.get(8..).unwrap_or_default(), name, extra);
        let short = (le32(fixed, 24), le32(fixed, 20), le32(fixed, 42));
        (header.unpacked, header.packed, header.offset) = zip64(extra, short);
        header
    }

    /// Reads a local header with its name and extra field.
    pub(crate) fn local(fixed: &[u8], name: &[u8], extra: &[u8]) -> Self {
        let mut header = Self::common(fixed.get(6..).unwrap_or_default(), name, extra);
        (header.unpacked, header.packed, header.offset) = zip64(extra, (le32(fixed, 22), le32(fixed, 18), 0));
        header
    }

    /// Flags, method, time, date and checksum stand in the same order in both.
    fn common(rest: &[u8], name: &[u8], extra: &[u8]) -> Self {
        let flags = le16(rest, 0);
        // Thousands of names of 64 KiB must not fill the memory; what is shown is shorter still.
        let kept = name.get(..MAX_NAME_BYTES).unwrap_or(name);
        let text = unicode_path(name, extra).unwrap_or_else(|| zip_name(kept, flags & 0x800 != 0));
        Self {
            flags,
            method: le16(rest, 2),
            crc: le32(rest, 8),
            packed: 0,
            unpacked: 0,
            offset: 0,
            modified_s: dos_time(le16(rest, 6), le16(rest, 4)),
            name: text,
        }
    }

    /// Sizes and checksum stand behind the data (§4.4.4, bit 3).
    pub(crate) fn streamed(&self) -> bool {
        self.flags & 8 != 0
    }

    /// Why a member with this header can't be read here, if so.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        if self.flags & 1 != 0 || self.method == 99 {
            return Some((
                NoteKind::Encrypted,
                "The file is encrypted; unpack it with its password and open the result".to_owned(),
            ));
        }
        if matches!(self.method, 0 | 8) {
            return None;
        }
        let text = format!("Packed with {}, which is not read here; pack it again with deflate", method_name(self.method));
        Some((NoteKind::UnsupportedMethod, text))
    }
}

/// The extra field with `id`, §4.5.1.
fn extra_field(mut extra: &[u8], id: u16) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let length = usize::from(le16(extra, 2));
        let body = extra.get(4..)?;
        if le16(extra, 0) == id {
            return Some(body.get(..length).unwrap_or(body));
        }
        extra = body.get(length..)?;
    }
    None
}

/// Unpacked size, packed size and offset: those that are all ones stand in the zip64 field, in this order (§4.5.3).
fn zip64(extra: &[u8], (unpacked, packed, offset): (u32, u32, u32)) -> (u64, u64, u64) {
    let mut field = extra_field(extra, 1).unwrap_or_default();
    let mut wide = |short: u32| {
        if short != IN_ZIP64 || field.len() < 8 {
            return u64::from(short);
        }
        let value = le64(field, 0);
        field = field.get(8..).unwrap_or_default();
        value
    };
    (wide(unpacked), wide(packed), wide(offset))
}

/// Info-ZIP's Unicode path (§4.6.9): version 1, checksum of the plain name, UTF-8 name.
fn unicode_path(name: &[u8], extra: &[u8]) -> Option<String> {
    let field = extra_field(extra, 0x7075)?;
    let fits = field.first() == Some(&1) && le32(field, 1) == crc32fast::hash(name);
    let text = std::str::from_utf8(field.get(5..)?).ok()?;
    (fits && !text.is_empty() && text.len() <= MAX_NAME_BYTES).then(|| text.to_owned())
}

/// Date and time as DOS keeps them (§4.4.6): the local wall clock, two seconds fine.
fn dos_time(date: u16, time: u16) -> Option<i64> {
    let (date, time) = (u32::from(date), u32::from(time));
    let year = i32::try_from(1980 + (date >> 9)).ok()?;
    let civil = LogTime::from_civil(year, date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2, 0)?;
    Some(civil.0 / crate::base::time::SECOND_US)
}

/// The name of a packing method, §4.4.5.
fn method_name(method: u16) -> String {
    let name = match method {
        1 => "Shrink",
        2..=5 => "Reduce",
        6 => "Implode",
        9 => "Deflate64 (Windows Explorer uses it for large files)",
        10 => "PKWARE Implode",
        12 => "bzip2",
        14 => "LZMA",
        16 | 18 => "an IBM mainframe method",
        20 | 93 => "Zstandard",
        95 => "xz",
        98 => "PPMd",
        other => return format!("method {other}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zip64_fields_stand_only_for_what_is_all_ones() {
        let mut extra = vec![1, 0, 16, 0];
        extra.extend(5_000_000_000u64.to_le_bytes());
        extra.extend(6_000_000_000u64.to_le_bytes());
        assert_eq!(zip64(&extra, (u32::MAX, 7, u32::MAX)), (5_000_000_000, 7, 6_000_000_000));
        assert_eq!(zip64(&[], (u32::MAX, 7, 9)), (u64::from(u32::MAX), 7, 9));
        assert_eq!(zip64(&[1, 0, 200, 0, 1], (u32::MAX, 7, 9)), (u64::from(u32::MAX), 7, 9));
    }

    #[test]
    fn dos_times() {
        // 2024-01-30 07:19:10 is 1706599150 s.
        let date = (44 << 9) | (1 << 5) | 30;
        let time = (7 << 11) | (19 << 5) | 5;
        assert_eq!(dos_time(date, time), Some(1_706_599_150));
        assert_eq!(dos_time(0, 0), None);
    }
}

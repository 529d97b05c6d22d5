//! Files of a zip whose directory is missing or damaged. In: the archive's bytes. Out: entries found by their local headers.
//! Must not know what the files hold.
//!
//! Every byte is looked at once, and unpacked at most once: a file of fake headers can't make it slow.

use std::collections::BTreeSet;
use std::io;

use super::inflate::{End, Inflate, Packed};
use super::limits::Pool;
use super::span::{Span, Window, le16, le32, le64};
use super::zip::ZipEntry;
use super::zip_header::{CENTRAL, DESCRIPTOR, Header, LOCAL, LOCAL_BYTES};
use crate::base::Progress;

/// Bytes searched at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Every file with a local header whose data does not start at one of the `known` places; at most `max`.
pub(crate) fn salvage(
    span: &Span,
    window: &mut Window,
    known: &BTreeSet<u64>,
    max: usize,
    progress: &Progress,
) -> io::Result<Vec<ZipEntry>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(header_at) = next_signature(window, at, &[LOCAL], progress)? {
        if found.len() >= max {
            break;
        }
        at = header_at + 4;
        let Some((header, data_at)) = local_header(window, header_at)? else {
            continue;
        };
        let folder = header.name.ends_with(['/', '\\']);
        let (entry, behind) = measure(span, window, header, data_at, progress)?;
        at = behind.max(at);
        if !folder && !known.contains(&data_at) {
            found.push(entry);
        }
    }
    Ok(found)
}

/// The next place at or behind `from` where one of the signatures stands.
fn next_signature(window: &mut Window, mut from: u64, wanted: &[[u8; 4]], progress: &Progress) -> io::Result<Option<u64>> {
    loop {
        let chunk = window.up_to(from, CHUNK_BYTES)?;
        if chunk.len() < 4 || progress.is_cancelled() {
            return Ok(None);
        }
        for start in memchr::memmem::find_iter(chunk, b"PK") {
            if chunk.get(start..start + 4).is_some_and(|four| wanted.iter().any(|w| w == four)) {
                return Ok(Some(from + start as u64));
            }
        }
        // A signature may begin in the last three bytes.
        from += (chunk.len() - 3) as u64;
    }
}

/// A local header that makes sense, and where its data starts.
fn local_header(window: &mut Window, at: u64) -> io::Result<Option<(Header, u64)>> {
    let Some(fixed) = window.bytes(at, LOCAL_BYTES)? else {
        return Ok(None);
    };
    let fixed = fixed.to_vec();
    let (name, extra) = (usize::from(le16(&fixed, 26)), usize::from(le16(&fixed, 28)));
    let plausible = (1..=4_096).contains(&name) && le16(&fixed, 8) <= 99;
    let Some(rest) = window.bytes(at + LOCAL_BYTES as u64, name + extra)?.filter(|_| plausible) else {
        return Ok(None);
    };
    let header = Header::local(&fixed, rest.get(..name).unwrap_or_default(), rest.get(name..).unwrap_or_default());
    Ok(Some((header, at + (LOCAL_BYTES + name + extra) as u64)))
}

/// The entry with the extent of its data, and where to look on.
fn measure(
    span: &Span,
    window: &mut Window,
    mut header: Header,
    data_at: u64,
    progress: &Progress,
) -> io::Result<(ZipEntry, u64)> {
    let left = span.len().saturating_sub(data_at);
    let mut checked = true;
    let mut behind = data_at.saturating_add(header.packed);
    let unknown = header.streamed() && header.packed == 0;
    if header.trouble().is_none() && (unknown || header.packed > left) {
        let stretch = match header.method {
            8 => deflated(span, data_at, progress)?,
            _ if unknown => stored(window, data_at, progress)?,
            // Cut off: what is there is read, and the length that was told shows the loss.
            _ => (left, header.unpacked, false),
        };
        (header.packed, header.unpacked, checked) = (stretch.0, if unknown { stretch.1 } else { header.unpacked }, stretch.2);
        behind = data_at + header.packed;
        if unknown && checked {
            match descriptor(window, behind, header.packed)? {
                Some((crc, unpacked, bytes)) => {
                    header.crc = crc;
                    header.unpacked = unpacked;
                    behind += bytes;
                }
                None => checked = false,
            }
        }
        checked |= !unknown;
    }
    let data = span.part(data_at, header.packed);
    let trouble = header.trouble();
    Ok((ZipEntry { header, data, data_at, checked, trouble }, behind.min(span.len())))
}

/// Packed and unpacked length of the deflate stream at `at`, and whether it came to its end.
fn deflated(span: &Span, at: u64, progress: &Progress) -> io::Result<(u64, u64, bool)> {
    let rest = span.part(at, u64::MAX);
    let cap = Pool::default().cap(rest.len(), u64::MAX, 1.0);
    let mut packed = Packed::new(rest.open()?);
    let mut inflate = Inflate::new();
    let mut out = vec![0; CHUNK_BYTES];
    let mut unpacked = 0u64;
    loop {
        let step = inflate.step(&mut packed, &mut out)?;
        unpacked += step.written as u64;
        if let Some(end) = step.end {
            return Ok((packed.used(), unpacked, end == End::Whole));
        }
        if unpacked > cap.allowed(packed.used()) || progress.is_cancelled() {
            return Ok((packed.used(), unpacked, false));
        }
    }
}

/// Length of stored data of unknown length: up to the descriptor that tells just this length, or the next header.
fn stored(window: &mut Window, data_at: u64, progress: &Progress) -> io::Result<(u64, u64, bool)> {
    let mut at = data_at;
    while let Some(next) = next_signature(window, at, &[DESCRIPTOR, LOCAL, CENTRAL], progress)? {
        let length = next - data_at;
        let is_descriptor = window.bytes(next, 4)?.is_some_and(|b| b == DESCRIPTOR);
        if !is_descriptor || descriptor(window, next, length)?.is_some() {
            return Ok((length, length, is_descriptor));
        }
        at = next + 4;
    }
    let length = window.len().saturating_sub(data_at);
    Ok((length, length, false))
}

/// §4.3.9: with or without signature, sizes of four or eight bytes; the packed size must fit. Checksum, unpacked size, own length.
fn descriptor(window: &mut Window, at: u64, packed: u64) -> io::Result<Option<(u32, u64, u64)>> {
    let bytes = window.up_to(at, 24)?;
    let skip = if bytes.starts_with(&DESCRIPTOR) { 4 } else { 0 };
    let rest = bytes.get(skip..).unwrap_or_default();
    if rest.len() >= 20 && le64(rest, 4) == packed {
        return Ok(Some((le32(rest, 0), le64(rest, 12), skip as u64 + 20)));
    }
    if rest.len() >= 12 && u64::from(le32(rest, 4)) == packed & 0xffff_ffff {
        return Ok(Some((le32(rest, 0), u64::from(le32(rest, 8)), skip as u64 + 12)));
    }
    Ok(None)
}

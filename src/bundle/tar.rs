//! The files of a tar (POSIX ustar, pax, GNU long names). In: a [`Span`]. Out: names and where their bytes lie. Must not know what they hold.

use std::io;

use super::Trouble;
use super::span::{Span, Window};
use crate::base::{NoteKind, Progress};

const BLOCK: u64 = 512;
/// A pax header or long name larger than this is passed over.
const MAX_HEADER_BYTES: u64 = 1 << 20;
/// Longest name kept, in bytes.
const MAX_NAME_BYTES: usize = 8 << 10;

/// One file of a tar.
#[derive(Clone, Debug)]
pub(crate) struct TarEntry {
    /// Name as written.
    pub(crate) name: String,
    /// Its bytes; fewer than `bytes` when the archive is cut off.
    pub(crate) data: Span,
    /// Length the header tells.
    pub(crate) bytes: u64,
    /// Modification time, seconds since 1970 UTC.
    pub(crate) modified_s: Option<i64>,
    /// Why it can't be read.
    pub(crate) trouble: Option<Trouble>,
}

/// Is this the first block of a tar? By its checksum, which covers every byte of the block.
pub(crate) fn is_tar(prefix: &[u8]) -> bool {
    prefix.first_chunk::<512>().is_some_and(checksum_fits)
}

/// Reads the headers one after another; at most `max` files.
///
/// # Errors
/// When the bytes themselves can't be read.
pub(crate) fn walk(span: &Span, max: usize, progress: &Progress) -> io::Result<(Vec<TarEntry>, Vec<Trouble>)> {
    let mut window = Window::new(span)?;
    let (mut entries, mut notes) = (Vec::new(), Vec::new());
    let mut next = Extended::default();
    let (mut at, mut lost) = (0u64, false);
    while !progress.is_cancelled() {
        let Some(block) = window.bytes(at, 512)?.and_then(|b| b.first_chunk::<512>().copied()) else {
            break;
        };
        if block.iter().all(|b| *b == 0) {
            // Two blocks of zeros end a tar; joined tars go on behind them.
            at += BLOCK;
            continue;
        }
        if !checksum_fits(&block) {
            if !lost {
                notes.push((NoteKind::Damaged, "A part of the tar archive is damaged and was passed over".to_owned()));
            }
            lost = true;
            at += BLOCK;
            continue;
        }
        lost = false;
        let kind = block.get(156).copied().unwrap_or(0);
        let bytes = match next.size {
            Some(size) if !matches!(kind, b'x' | b'g' | b'L' | b'K') => size,
            _ => number(block.get(124..136).unwrap_or_default()).unwrap_or(0),
        };
        let data_at = at + BLOCK;
        match kind {
            b'x' | b'L' => {
                let text = window.bytes(data_at, usize::try_from(bytes.min(MAX_HEADER_BYTES)).unwrap_or(0))?.unwrap_or_default();
                if kind == b'L' { next.name = Some(until_nul(text)) } else { next.read(text) }
            }
            b'g' | b'K' => {}
            _ => {
                let header = std::mem::take(&mut next);
                // A name that ends in a slash is a folder in archives older than ustar.
                let name = header.name.unwrap_or_else(|| plain_name(&block));
                let file = matches!(kind, 0 | b'0' | b'7' | b'S') && !name.ends_with('/');
                if file && entries.len() >= max {
                    notes.push((NoteKind::Limit, format!("The archive has more files than are read; the first {max} were")));
                    return Ok((entries, notes));
                }
                if file {
                    let sparse = "A sparse file of GNU tar, which is not read here";
                    let trouble = (kind == b'S').then(|| (NoteKind::UnsupportedMethod, sparse.to_owned()));
                    let seconds = number(block.get(136..148).unwrap_or_default()).and_then(|s| i64::try_from(s).ok());
                    let modified_s = header.modified_s.or(seconds).filter(|s| *s > 0);
                    entries.push(TarEntry { name, data: span.part(data_at, bytes), bytes, modified_s, trouble });
                }
            }
        }
        // Links and folders have no data whatever their size field says.
        let data = if matches!(kind, b'1'..=b'6') { 0 } else { bytes };
        at = data_at.saturating_add(data.div_ceil(BLOCK).saturating_mul(BLOCK));
    }
    if at > span.len() && !entries.is_empty() {
        notes.push((NoteKind::Truncated, "The tar archive is cut off".to_owned()));
    }
    Ok((entries, notes))
}

/// What a pax header or long name says about the next file.
#[derive(Default)]
struct Extended {
    name: Option<String>,
    size: Option<u64>,
    modified_s: Option<i64>,
}

impl Extended {
    /// POSIX pax: records of `length key=value\n`, the length counting the whole record.
    fn read(&mut self, mut text: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', text) {
            let length = text.get(..space).and_then(|d| std::str::from_utf8(d).ok()).and_then(|d| d.parse::<usize>().ok());
            let Some(record) = length.filter(|l| *l > space + 1).and_then(|l| text.get(space + 1..l)) else {
                return;
            };
            text = text.get(length.unwrap_or(0)..).unwrap_or_default();
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equals) = memchr::memchr(b'=', record) else {
                continue;
            };
            let value = record.get(equals + 1..).unwrap_or_default();
            let value = String::from_utf8_lossy(value.get(..MAX_NAME_BYTES).unwrap_or(value)).into_owned();
            match record.get(..equals).unwrap_or_default() {
                b"path" => self.name = Some(value),
                b"size" => self.size = value.parse().ok(),
                b"mtime" => self.modified_s = value.split('.').next().and_then(|s| s.parse().ok()),
                _ => {}
            }
        }
    }
}

/// The sum of all bytes, the checksum's own taken as spaces.
fn checksum_fits(block: &[u8; 512]) -> bool {
    let told = number(block.get(148..156).unwrap_or_default());
    let sum: u64 = block.iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u64::from(*b) }).sum();
    told == Some(sum) && sum > 8 * 32
}

/// Octal text, or (GNU) base 256 when the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    let first = *field.first()?;
    if first & 0x80 != 0 {
        let digits = field.get(1..)?;
        return digits.iter().try_fold(u64::from(first & 0x3f), |n, b| n.checked_mul(256)?.checked_add(u64::from(*b)));
    }
    let text: Vec<u8> = field.iter().copied().skip_while(|b| *b == b' ').take_while(|b| matches!(b, b'0'..=b'7')).collect();
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |n, b| n.checked_mul(8)?.checked_add(u64::from(b - b'0')))
}

fn until_nul(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len()).min(MAX_NAME_BYTES);
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// ustar splits a long name in a prefix and the rest; GNU's magic (with a space) has other fields there.
fn plain_name(block: &[u8; 512]) -> String {
    let name = until_nul(block.get(..100).unwrap_or_default());
    let prefix = until_nul(block.get(345..500).unwrap_or_default());
    if block.get(257..263) == Some(b"ustar\0") && !prefix.is_empty() { format!("{prefix}/{name}") } else { name }
}

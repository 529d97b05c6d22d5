//! The directory of a zip. In: a [`Span`]. Out: its files in directory order, each with where its data lies. Must not know what they hold.
//!
//! Our own walk: a directory that names a file twice, stands behind foreign bytes, is cut off or damaged, must still give what is there.
//! PKWARE APPNOTE.TXT §4.3 is the grammar.

use std::collections::BTreeSet;
use std::io;

use super::Trouble;
use super::reader::Packing;
use super::salvage::salvage;
use super::span::{Span, Window, le16, le32, le64};
use super::zip_header::{CENTRAL, CENTRAL_BYTES, END, END64, Header, LOCAL, LOCAL_BYTES, LOCATOR64};
use crate::base::{NoteKind, Progress};

/// Length of the end of central directory record without its comment.
const END_BYTES: usize = 22;
/// The longest comment behind it.
const MAX_COMMENT: usize = 65_535;

/// One file of a zip.
#[derive(Clone, Debug)]
pub(crate) struct ZipEntry {
    /// Its header, name as written.
    pub(crate) header: Header,
    /// The packed bytes.
    pub(crate) data: Span,
    /// Where they start in the archive.
    pub(crate) data_at: u64,
    /// Is the checksum known?
    pub(crate) checked: bool,
    /// Why it can't be read.
    pub(crate) trouble: Option<Trouble>,
}

impl ZipEntry {
    /// How the data is packed.
    pub(crate) fn packing(&self) -> Packing {
        if self.header.method == 8 { Packing::Deflate } else { Packing::Stored }
    }
}

/// What the walk found.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// The files; folders are left out.
    pub(crate) entries: Vec<ZipEntry>,
    /// What is wrong with the archive itself.
    pub(crate) notes: Vec<Trouble>,
}

/// Reads the directory, or where it is missing or damaged, the files' own headers. At most `max` files.
///
/// # Errors
/// When the bytes themselves can't be read.
pub(crate) fn walk(span: &Span, max: usize, progress: &Progress) -> io::Result<Walked> {
    let mut window = Window::new(span)?;
    let mut walked = Walked::default();
    let complete = match find_end(&mut window)? {
        Some(end) => directory(span, &mut window, &end, max, progress, &mut walked)?,
        None => {
            let text = "The archive has no directory, as after a broken download; its files were found by their own headers";
            walked.notes.push((NoteKind::Truncated, text.to_owned()));
            false
        }
    };
    if !complete && walked.entries.len() < max {
        let known: BTreeSet<u64> = walked.entries.iter().filter(|e| e.trouble.is_none()).map(|e| e.data_at).collect();
        let found = salvage(span, &mut window, &known, max - walked.entries.len(), progress)?;
        // What the directory promised and could not keep, but its own header did.
        walked.entries.retain(|e| {
            !matches!(e.trouble, Some((NoteKind::Damaged, _))) || found.iter().all(|f| f.header.name != e.header.name)
        });
        walked.entries.extend(found);
    }
    part_overlapping(&mut walked.entries);
    Ok(walked)
}

/// Does a zip's directory stand at the end of `span`, whatever stands before it?
pub(crate) fn has_directory(span: &Span) -> io::Result<bool> {
    let mut window = Window::new(span)?;
    let Some(end) = find_end(&mut window)? else {
        return Ok(false);
    };
    let at = end.at.saturating_sub(end.size);
    Ok(end.size > 0 && window.bytes(at, 4)?.is_some_and(|b| b == CENTRAL))
}

/// The end of central directory record, with what stands in its zip64 form.
#[derive(Debug)]
struct EndRecord {
    /// Where the directory must end.
    at: u64,
    /// Files it says it names; modulo 2^16 without zip64.
    files: u64,
    wide: bool,
    size: u64,
    offset: u64,
    split: bool,
}

/// §4.3.16: the record stands at the end, before a comment of at most 64 KiB that may itself hold its signature.
fn find_end(window: &mut Window) -> io::Result<Option<EndRecord>> {
    let reach = window.len().min((END_BYTES + MAX_COMMENT) as u64);
    let from = window.len() - reach;
    let tail = window.up_to(from, usize::try_from(reach).unwrap_or(0))?.to_vec();
    let mut loose = None;
    let mut exact = None;
    for start in memchr::memmem::rfind_iter(&tail, &END) {
        let Some(record) = tail.get(start..start + END_BYTES) else {
            continue;
        };
        let ends = start + END_BYTES + usize::from(le16(record, 20));
        if ends == tail.len() {
            exact = Some(start);
            break;
        }
        // Bytes appended to the archive, or a comment cut short.
        loose = loose.or(Some(start));
    }
    let Some(start) = exact.or(loose) else {
        return Ok(None);
    };
    let record = tail.get(start..).unwrap_or_default();
    let at = from + start as u64;
    let narrow = EndRecord {
        at,
        files: u64::from(le16(record, 10)),
        wide: false,
        size: u64::from(le32(record, 12)),
        offset: u64::from(le32(record, 16)),
        split: le16(record, 4) != 0 && le16(record, 4) != u16::MAX,
    };
    Ok(Some(zip64_end(window, at)?.unwrap_or(narrow)))
}

/// §4.3.14 and §4.3.15: the locator stands right before the end record and tells where the wide record is.
fn zip64_end(window: &mut Window, end: u64) -> io::Result<Option<EndRecord>> {
    let Some(locator_at) = end.checked_sub(20) else {
        return Ok(None);
    };
    let told = match window.bytes(locator_at, 20)? {
        Some(locator) if locator.starts_with(&LOCATOR64) => le64(locator, 8),
        _ => return Ok(None),
    };
    // Bytes before the archive move the record; then it stands, without an extensible part, right before the locator.
    for at in [Some(told), locator_at.checked_sub(56)].into_iter().flatten() {
        if let Some(record) = window.bytes(at, 56)?.filter(|r| r.starts_with(&END64)) {
            let split = le32(record, 16) != 0;
            return Ok(Some(EndRecord {
                at,
                files: le64(record, 32),
                wide: true,
                size: le64(record, 40),
                offset: le64(record, 48),
                split,
            }));
        }
    }
    Ok(None)
}

/// Walks the directory. False when it is not whole, so that files must be looked for by their own headers.
fn directory(
    span: &Span,
    window: &mut Window,
    end: &EndRecord,
    max: usize,
    progress: &Progress,
    out: &mut Walked,
) -> io::Result<bool> {
    if end.split {
        out.notes
            .push((NoteKind::Damaged, "This is one part of an archive that was split; the other parts are missing".to_owned()));
    }
    if end.files == 0 && end.size == 0 {
        return Ok(true);
    }
    // Bytes before the archive (a self-extractor, a mail header) move everything by the same distance.
    let mut start = None;
    for at in [end.at.checked_sub(end.size), Some(end.offset)].into_iter().flatten() {
        if at < end.at && window.bytes(at, 4)?.is_some_and(|b| b == CENTRAL) {
            start = Some(at);
            break;
        }
    }
    let Some(start) = start else {
        let text = "The directory of the archive is damaged; its files were found by their own headers";
        out.notes.push((NoteKind::Damaged, text.to_owned()));
        return Ok(false);
    };
    let moved = i128::from(start) - i128::from(end.offset);
    let (mut at, mut files, mut whole) = (start, 0u64, true);
    let mut locals = Window::new(span)?;
    while at < end.at {
        if progress.is_cancelled() {
            return Ok(true);
        }
        let Some(fixed) = window.bytes(at, CENTRAL_BYTES)?.filter(|b| b.starts_with(&CENTRAL)) else {
            whole = false;
            break;
        };
        let fixed = fixed.to_vec();
        let (name, extra, comment) =
            (usize::from(le16(&fixed, 28)), usize::from(le16(&fixed, 30)), usize::from(le16(&fixed, 32)));
        let Some(rest) = window.bytes(at + CENTRAL_BYTES as u64, name + extra)? else {
            whole = false;
            break;
        };
        let header = Header::central(&fixed, rest.get(..name).unwrap_or_default(), rest.get(name..).unwrap_or_default());
        at += (CENTRAL_BYTES + name + extra + comment) as u64;
        files += 1;
        if header.name.ends_with(['/', '\\']) && header.unpacked == 0 {
            continue;
        }
        if out.entries.len() >= max {
            out.notes.push((NoteKind::Limit, format!("The archive has more files than are read; the first {max} were")));
            return Ok(true);
        }
        let local_at = u64::try_from(i128::from(header.offset) + moved).unwrap_or(u64::MAX);
        let entry = entry(span, &mut locals, header, local_at)?;
        whole &= !matches!(entry.trouble, Some((NoteKind::Damaged, _)));
        out.entries.push(entry);
    }
    let told = if end.wide { files } else { files & 0xffff };
    if !whole || told != end.files {
        let text = format!("The directory of the archive is damaged: it says {} files and names {files}", end.files);
        out.notes.push((NoteKind::Damaged, text));
        whole = false;
    }
    Ok(whole)
}

/// The local header tells where the data starts: its name and extra field may be of other lengths than the directory's (§4.3.7).
fn entry(span: &Span, window: &mut Window, header: Header, local_at: u64) -> io::Result<ZipEntry> {
    let local = window.bytes(local_at, LOCAL_BYTES)?.filter(|b| b.starts_with(&LOCAL));
    let Some(local) = local else {
        let trouble = Some((NoteKind::Damaged, "The archive's directory points to a place where this file is not".to_owned()));
        return Ok(ZipEntry { header, data: span.part(0, 0), data_at: local_at, checked: false, trouble });
    };
    let data_at = local_at.saturating_add((LOCAL_BYTES + usize::from(le16(local, 26)) + usize::from(le16(local, 28))) as u64);
    let data = span.part(data_at, header.packed);
    let trouble = header.trouble();
    Ok(ZipEntry { header, data, data_at, checked: true, trouble })
}

/// Files that share bytes are how a small archive pretends to hold far more than it does; no packer writes them. The first is read.
fn part_overlapping(entries: &mut [ZipEntry]) {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let start = |e: &ZipEntry| e.data_at;
    order.sort_by_key(|i| (entries.get(*i).map(start), *i));
    let mut reached = 0;
    for index in order {
        if let Some(entry) = entries.get_mut(index).filter(|e| e.trouble.is_none() && e.data.len() > 0) {
            if entry.data_at < reached {
                let text = "Its bytes are also those of another file of the archive; only that one was read";
                entry.trouble = Some((NoteKind::Limit, text.to_owned()));
            } else {
                reached = entry.data_at.saturating_add(entry.data.len());
            }
        }
    }
}

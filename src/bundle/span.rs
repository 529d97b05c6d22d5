//! Stretches of bytes that can be opened again and again. In: a file's path or bytes in memory. Out: [`Span`], [`SpanReader`], [`Window`].
//! Must not know any archive format.
//!
//! Every reader of a span has its own file handle, so that workers on several threads never share a position.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// A file as it was when it was opened.
#[derive(Debug)]
pub(crate) struct FileOnDisk {
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

/// Where bytes really are.
#[derive(Clone, Debug)]
pub(crate) enum Backing {
    /// A file, opened anew by each reader.
    File(Arc<FileOnDisk>),
    /// Bytes that the caller gave.
    Given(Arc<[u8]>),
    /// Bytes that were unpacked: archives inside archives, standard input.
    Unpacked(Arc<Vec<u8>>),
}

impl Backing {
    fn memory(&self) -> Option<&[u8]> {
        match self {
            Self::File(_) => None,
            Self::Given(bytes) => Some(bytes),
            Self::Unpacked(bytes) => Some(bytes),
        }
    }
}

/// A stretch of bytes in a file or in memory. Cheap to copy; nothing is open.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    backing: Backing,
    from: u64,
    bytes: u64,
}

impl Span {
    /// The whole of a regular file.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let about = std::fs::metadata(path)?;
        // Opened once here, so that a file without permission is known at opening and not in the middle of the work.
        File::open(path)?;
        let file = FileOnDisk { path: path.to_path_buf(), bytes: about.len(), modified: about.modified().ok() };
        let bytes = file.bytes;
        Ok(Self { backing: Backing::File(Arc::new(file)), from: 0, bytes })
    }

    /// The whole of some bytes in memory.
    pub(crate) fn of_memory(backing: Backing) -> Self {
        let bytes = backing.memory().map_or(0, |b| b.len() as u64);
        Self { backing, from: 0, bytes }
    }

    /// Length in bytes.
    pub(crate) fn len(&self) -> u64 {
        self.bytes
    }

    /// `bytes` bytes from `from`; what would lie beyond the end is left off.
    pub(crate) fn part(&self, from: u64, bytes: u64) -> Self {
        let from = from.min(self.bytes);
        Self { backing: self.backing.clone(), from: self.from.saturating_add(from), bytes: bytes.min(self.bytes - from) }
    }

    /// A reader at the span's start with its own handle.
    ///
    /// # Errors
    /// When the file can't be opened any more, or was changed since the span was made: then its offsets mean nothing.
    pub(crate) fn open(&self) -> io::Result<SpanReader> {
        let source = match &self.backing {
            Backing::File(file) => {
                let handle = File::open(&file.path)?;
                let about = handle.metadata()?;
                // A log that a running client still writes to may grow; a shorter one or other bytes of the same length may not pass.
                let same = about.len() > file.bytes || (about.len() == file.bytes && about.modified().ok() == file.modified);
                if !same {
                    return Err(io::Error::other("the file was changed after it was opened"));
                }
                Source::File { handle, at: None }
            }
            other => Source::Memory(other.clone()),
        };
        Ok(SpanReader { source, from: self.from, bytes: self.bytes, at: 0 })
    }
}

#[derive(Debug)]
enum Source {
    File { handle: File, at: Option<u64> },
    Memory(Backing),
}

/// Reads a [`Span`] from any place in it.
#[derive(Debug)]
pub(crate) struct SpanReader {
    source: Source,
    from: u64,
    bytes: u64,
    at: u64,
}

impl SpanReader {
    /// The next read starts at `at`, counted from the span's start.
    pub(crate) fn go(&mut self, at: u64) {
        self.at = at.min(self.bytes);
    }
}

impl Read for SpanReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes - self.at).unwrap_or(usize::MAX);
        let wanted = out.len().min(left);
        let Some(out) = out.get_mut(..wanted).filter(|o| !o.is_empty()) else {
            return Ok(0);
        };
        let start = self.from + self.at;
        let got = match &mut self.source {
            Source::File { handle, at } => {
                if *at != Some(start) {
                    *at = None;
                    handle.seek(SeekFrom::Start(start))?;
                }
                let got = handle.read(out)?;
                *at = Some(start + got as u64);
                got
            }
            Source::Memory(backing) => {
                let all = backing.memory().unwrap_or_default();
                let rest = usize::try_from(start).ok().and_then(|s| all.get(s..)).unwrap_or_default();
                let got = wanted.min(rest.len());
                if let (Some(to), Some(from)) = (out.get_mut(..got), rest.get(..got)) {
                    to.copy_from_slice(from);
                }
                got
            }
        };
        self.at += got as u64;
        Ok(got)
    }
}

/// Reads until `out` is full or the source ends; the count read.
pub(crate) fn read_full(reader: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = out.get_mut(done..).filter(|r| !r.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}

/// Small reads at any place of a span through one buffer: headers and directories.
#[derive(Debug)]
pub(crate) struct Window {
    reader: SpanReader,
    buffer: Vec<u8>,
    from: u64,
}

/// What a window reads at once.
const WINDOW_BYTES: usize = 16 << 10;

impl Window {
    /// A window on `span`.
    pub(crate) fn new(span: &Span) -> io::Result<Self> {
        Ok(Self { reader: span.open()?, buffer: Vec::new(), from: 0 })
    }

    /// Length of the span.
    pub(crate) fn len(&self) -> u64 {
        self.reader.bytes
    }

    /// `count` bytes at `at`; `None` when the span ends before them.
    pub(crate) fn bytes(&mut self, at: u64, count: usize) -> io::Result<Option<&[u8]>> {
        let some = self.up_to(at, count)?;
        Ok((some.len() == count).then_some(some))
    }

    /// At most `count` bytes at `at`; fewer where the span ends.
    pub(crate) fn up_to(&mut self, at: u64, count: usize) -> io::Result<&[u8]> {
        let inside = at
            .checked_sub(self.from)
            .and_then(|s| usize::try_from(s).ok())
            .filter(|s| s.saturating_add(count) <= self.buffer.len());
        let start = match inside {
            Some(start) => start,
            None => {
                self.buffer.resize(count.max(WINDOW_BYTES), 0);
                self.reader.go(at);
                let got = read_full(&mut self.reader, &mut self.buffer)?;
                self.buffer.truncate(if at >= self.reader.bytes { 0 } else { got });
                self.from = at;
                0
            }
        };
        let end = start.saturating_add(count).min(self.buffer.len());
        Ok(self.buffer.get(start..end).unwrap_or_default())
    }
}

/// Little-endian number of two bytes at `at`; 0 beyond the end.
pub(crate) fn le16(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|b| b.first_chunk::<2>()).map_or(0, |b| u16::from_le_bytes(*b))
}

/// Little-endian number of four bytes at `at`; 0 beyond the end.
pub(crate) fn le32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|b| b.first_chunk::<4>()).map_or(0, |b| u32::from_le_bytes(*b))
}

/// Little-endian number of eight bytes at `at`; 0 beyond the end.
pub(crate) fn le64(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|b| b.first_chunk::<8>()).map_or(0, |b| u64::from_le_bytes(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_never_reach_beyond() {
        let span = Span::of_memory(Backing::Given(Arc::from(&b"0123456789"[..])));
        let part = span.part(4, 100).part(1, 3);
        let mut text = String::new();
        part.open().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "567");
        assert_eq!(span.part(50, 5).len(), 0);
        let mut window = Window::new(&span).unwrap();
        assert_eq!(window.bytes(8, 2).unwrap(), Some(&b"89"[..]));
        assert_eq!(window.bytes(8, 3).unwrap(), None);
        assert_eq!(window.bytes(2, 3).unwrap(), Some(&b"234"[..]));
        assert_eq!(window.up_to(u64::MAX, 3).unwrap(), b"");
    }
}

//! Text on demand, for the log view: members are unpacked again, nothing of a bundle stays in memory but a capped cache.
//! In: member and byte range. Out: text. Must not know records. Never call it on the window's thread.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Bundle, MemberReader};
use crate::base::{MemberId, Note, NoteKind, Progress};

/// Text is kept in blocks of this size.
const BLOCK_BYTES: u64 = 256 << 10;
/// Blocks kept: 64 MiB.
const MAX_BLOCKS: usize = 256;
/// Text given at once; what is beyond it is cut.
pub const MAX_TEXT_BYTES: u64 = 8 << 20;

type Key = (MemberId, u64);

#[derive(Default)]
struct Cache {
    /// Blocks with the moment of their last use.
    blocks: BTreeMap<Key, (u64, Arc<Vec<u8>>)>,
    moment: u64,
    /// The reader that stopped last: scrolling on goes on from there.
    open: Option<(MemberId, u64, MemberReader)>,
}

/// Text of a bundle's members on demand.
pub struct Store {
    bundle: Arc<Bundle>,
    cache: Mutex<Cache>,
}

impl Store {
    /// A store without any text yet.
    pub fn new(bundle: Arc<Bundle>) -> Self {
        Self { bundle, cache: Mutex::default() }
    }

    /// The text of `range` (bytes of the decoded text, as in [`crate::base::SourceRef`]), at most [`MAX_TEXT_BYTES`] of it and no more
    /// than the member has. Bytes that are no UTF-8 are replaced.
    ///
    /// # Errors
    /// A note when the member can't be read any more, or on cancel.
    pub fn lines(&self, member: MemberId, range: Range<u64>, progress: &Progress) -> Result<String, Note> {
        let end = range.end.min(range.start.saturating_add(MAX_TEXT_BYTES));
        let mut bytes = Vec::new();
        let mut at = range.start;
        while at < end {
            let block = self.block(member, at / BLOCK_BYTES, progress)?;
            let from = usize::try_from(at % BLOCK_BYTES).unwrap_or(0);
            let wanted = usize::try_from(end - at).unwrap_or(usize::MAX);
            let rest = block.get(from..).unwrap_or_default();
            let part = rest.get(..wanted).unwrap_or(rest);
            if part.is_empty() {
                break;
            }
            bytes.extend_from_slice(part);
            at += part.len() as u64;
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn block(&self, member: MemberId, number: u64, progress: &Progress) -> Result<Arc<Vec<u8>>, Note> {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.moment += 1;
        let now = cache.moment;
        if let Some((used, block)) = cache.blocks.get_mut(&(member, number)) {
            *used = now;
            return Ok(Arc::clone(block));
        }
        let (mut next, mut reader) = match cache.open.take() {
            Some((of, at, reader)) if of == member && at <= number => (at, reader),
            _ => (0, self.bundle.reader(member)?),
        };
        loop {
            if progress.is_cancelled() {
                return Err(Note {
                    kind: NoteKind::Other,
                    member: Some(member),
                    line: 0,
                    text: "Reading was cancelled".to_owned(),
                });
            }
            let mut block = Vec::new();
            let read = reader.by_ref().take(BLOCK_BYTES).read_to_end(&mut block);
            let ended = read.is_err() || (block.len() as u64) < BLOCK_BYTES;
            let block = Arc::new(block);
            // What is passed on the way is kept too, but never at the cost of the whole cache.
            if number - next.min(number) < (MAX_BLOCKS / 2) as u64 {
                cache.keep((member, next), now, &block);
            }
            if next == number || ended {
                if !ended {
                    cache.open = Some((member, next + 1, reader));
                }
                return Ok(if next == number { block } else { Arc::default() });
            }
            next += 1;
        }
    }
}

impl Cache {
    fn keep(&mut self, key: Key, now: u64, block: &Arc<Vec<u8>>) {
        self.blocks.insert(key, (now, Arc::clone(block)));
        if self.blocks.len() > MAX_BLOCKS
            && let Some(oldest) = self.blocks.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| *key)
        {
            self.blocks.remove(&oldest);
        }
    }
}

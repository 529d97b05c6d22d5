//! One pass over the members for a plan. In: a bundle, its indexes and their order. Out: the places that pass, filled in as it goes on,
//! and notes of what could not be read. Must not know the window.

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::places::{Filling, Places};
use super::plan::{AHEAD_BYTES, HeadTexts, Plan};
use crate::base::{MemberId, NoteKind, Notes, Progress};
use crate::bundle::Bundle;
use crate::records::index::Index;
use crate::records::merge::Merged;
use crate::records::{Dialects, Entry, MAX_RECORD_BYTES};

/// Records are looked at in portions of about this many bytes.
const PORTION_BYTES: u64 = 1 << 20;
/// Records of a portion at most.
const PORTION: usize = 64 << 10;
/// Read at once.
const CHUNK: usize = 256 << 10;
/// Between two reports of what was found so far.
const REPORT_AFTER: Duration = Duration::from_millis(150);

/// What is searched.
pub struct Input<'a> {
    /// The members.
    pub bundle: &'a Bundle,
    /// The index of every member.
    pub index: &'a [Index],
    /// Their order.
    pub merged: &'a Merged,
    /// To read heads with.
    pub dialects: &'a Dialects,
}

/// What a pass gave.
#[derive(Debug, Default)]
pub struct Found {
    /// The places of the records that pass.
    pub places: Places,
    /// Members looked at so far.
    pub members: usize,
    /// Members there are to look at.
    pub of_members: usize,
    /// What could not be read.
    pub notes: Notes,
    /// It was stopped; the places are those found until then.
    pub cancelled: bool,
}

/// Finds the records that pass. `told` is given what was found so far every now and then, from several threads.
pub fn scan(input: &Input<'_>, plan: &Plan, progress: &Progress, told: &(dyn Fn(Found) + Sync)) -> Found {
    let mut members: Vec<usize> = (0..input.index.len())
        .filter(|m| plan.may_pass(*m) && input.index.get(*m).is_some_and(|index| !index.is_empty()))
        .collect();
    members.sort_by_key(|m| (std::cmp::Reverse(size(input, *m)), *m));
    progress.add_total(if plan.needs_text() { members.iter().map(|m| size(input, *m)).sum() } else { 0 });
    let pass = Pass {
        input,
        plan,
        progress,
        told,
        filling: Filling::new(input.merged.len()),
        done: AtomicUsize::new(0),
        of_members: members.len(),
        reported: Mutex::new(Instant::now()),
        notes: Mutex::new(Notes::new()),
    };
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(members.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(member) = members.get(next.fetch_add(1, Relaxed)) {
                    if progress.is_cancelled() {
                        return;
                    }
                    pass.member(*member);
                    pass.done.fetch_add(1, Relaxed);
                }
            });
        }
    });
    let mut found = pass.so_far();
    found.notes = pass.notes.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.cancelled = progress.is_cancelled();
    found
}

/// Bytes of a member's text, nearly: where its last record begins.
fn size(input: &Input<'_>, member: usize) -> u64 {
    let index = input.index.get(member);
    index.and_then(|index| index.get(index.len().checked_sub(1)?)).map_or(0, |last| last.offset)
}

/// One pass, seen by its workers.
struct Pass<'a> {
    input: &'a Input<'a>,
    plan: &'a Plan,
    progress: &'a Progress,
    told: &'a (dyn Fn(Found) + Sync),
    filling: Filling,
    done: AtomicUsize,
    of_members: usize,
    reported: Mutex<Instant>,
    notes: Mutex<Notes>,
}

impl Pass<'_> {
    fn so_far(&self) -> Found {
        let (members, of_members) = (self.done.load(Relaxed), self.of_members);
        Found { places: self.filling.places(), members, of_members, ..Found::default() }
    }

    fn report(&self) {
        if let Ok(mut last) = self.reported.try_lock()
            && last.elapsed() > REPORT_AFTER
        {
            (self.told)(self.so_far());
            *last = Instant::now();
        }
    }

    fn note(&self, kind: NoteKind, member: usize, text: String) {
        let id = u32::try_from(member).ok().map(MemberId);
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(kind, id, 0, text);
    }

    fn member(&self, member: usize) {
        let Some(index) = self.input.index.get(member) else { return };
        if !self.plan.needs_text() {
            self.by_index(member, index);
            return;
        }
        match u32::try_from(member).map(|id| self.input.bundle.reader(MemberId(id))) {
            Ok(Ok(reader)) => self.by_text(member, index, reader),
            Ok(Err(note)) => self.note(note.kind, member, note.text),
            Err(_) => {}
        }
    }

    fn by_index(&self, member: usize, index: &Index) {
        for (first, place, count) in self.input.merged.parts_of(member) {
            for (n, (entry, time)) in index.from(first).take(count).enumerate() {
                if self.plan.quick(&entry, time) {
                    self.filling.add(place + n);
                }
                if n % PORTION == 0 && self.progress.is_cancelled() {
                    return;
                }
            }
        }
    }

    /// The records of a member in portions: each record whole, and behind a piece of a long one the begin of the next.
    fn by_text(&self, member: usize, index: &Index, reader: impl Read) {
        let mut window = Window { reader, buffer: Vec::new(), base: 0, ended: false };
        let mut head = HeadTexts::default();
        let mut portion: Vec<(Entry, bool)> = Vec::new();
        let mut all = index.from(0).peekable();
        let mut number = 0;
        while let Some((first, _)) = all.peek().copied() {
            if self.progress.is_cancelled() {
                return;
            }
            portion.clear();
            while let Some((entry, time)) = all.next_if(|(entry, _)| {
                portion.is_empty() || (entry.offset - first.offset < PORTION_BYTES && portion.len() < PORTION)
            }) {
                portion.push((entry, self.plan.quick(&entry, time)));
            }
            let (end, ahead) = match all.peek() {
                Some((next, _)) => (next.offset, if next.continued { AHEAD_BYTES as u64 } else { 0 }),
                None => (portion.last().map_or(0, |(e, _)| e.offset) + MAX_RECORD_BYTES as u64, 0),
            };
            let text = window.reach(first.offset, end + ahead);
            if text.is_empty() {
                let lines = format!("The text ends before line {}; the rest was not searched", first.line);
                self.note(NoteKind::Truncated, member, lines);
                return;
            }
            self.portion(member, number, &portion, text, end, &mut head);
            number += portion.len();
            self.progress.advance(text.len() as u64);
            self.report();
        }
    }

    fn portion(&self, member: usize, number: usize, portion: &[(Entry, bool)], text: &[u8], end: u64, head: &mut HeadTexts) {
        let base = portion.first().map_or(0, |(entry, _)| entry.offset);
        let start = |n: usize| portion.get(n).map_or(end, |(entry, _)| entry.offset).saturating_sub(base);
        let start = |n: usize| usize::try_from(start(n)).unwrap_or(usize::MAX).min(text.len());
        let mut check = |n: usize| {
            let Some((entry, quick)) = portion.get(n) else { return };
            let goes_on = portion.get(n + 1).map_or(n + 1 == portion.len(), |(next, _)| next.continued);
            let (from, to) = (start(n), start(n + 1));
            let ahead = if goes_on { AHEAD_BYTES } else { 0 };
            let own = text.get(from..(to + ahead).min(text.len())).unwrap_or_default();
            let length = to - from;
            if *quick
                && self.plan.slow((member, number + n), entry, own, length, (self.input.dialects, &mut *head))
                && let Some(place) = self.input.merged.place(member, number + n)
            {
                self.filling.add(place);
            }
        };
        let Some(anchor) = self.plan.anchor() else {
            (0..portion.len()).for_each(check);
            return;
        };
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| anchor.find(rest)) {
            let hit = at + found.start();
            let place = base + hit as u64;
            let record = portion.partition_point(|(entry, _)| entry.offset <= place).saturating_sub(1);
            check(record);
            at = start(record + 1);
            if record + 1 >= portion.len() {
                return;
            }
        }
    }
}

/// The part of a member's text that is in memory.
struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Offset of the buffer's first byte.
    base: u64,
    ended: bool,
}

impl<R: Read> Window<R> {
    /// The text from `from` to `to`, or to where it ends. `from` never falls.
    fn reach(&mut self, from: u64, to: u64) -> &[u8] {
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let passed = size(from.saturating_sub(self.base)).min(self.buffer.len());
        self.buffer.drain(..passed);
        self.base += passed as u64;
        let wanted = size(to.saturating_sub(self.base));
        while self.buffer.len() < wanted && !self.ended {
            let missing = (wanted - self.buffer.len()).max(CHUNK) as u64;
            let read = self.reader.by_ref().take(missing).read_to_end(&mut self.buffer);
            self.ended = !read.is_ok_and(|count| count as u64 == missing);
        }
        self.buffer.get(size(from.saturating_sub(self.base))..wanted.min(self.buffer.len())).unwrap_or_default()
    }
}

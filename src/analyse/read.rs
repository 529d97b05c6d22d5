//! The one pass: each text member read once, by one worker, every probe looking on. In: a bundle. Out: what the probes kept.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use super::Rules;
use crate::base::{NoteKind, Progress};
use crate::bundle::{Bundle, Member, Observer, Role};
use crate::records::Probe;
use crate::records::lines::{LineHit, LineProbe, NearMiss};
use crate::records::read::{MemberRead, Reader};
use crate::session::case::{CaseProbe, Sighting};
use crate::session::device_config::{ConfigProbe, RawConfig};
use crate::session::extract::{Extracted, SipProbe};
use crate::session::media_log_probe::{MediaProbe, RawSeries, RawSign};
use crate::session::run::RunProbe;

/// What the probes of one member kept.
pub(super) struct Part {
    pub read: MemberRead,
    pub sip: Extracted,
    pub hits: Vec<LineHit>,
    pub misses: Vec<NearMiss>,
    pub beyond: u64,
    pub run: RunProbe,
    pub case: Vec<Sighting>,
    pub case_beyond: u64,
    pub configs: Vec<RawConfig>,
    pub series: Vec<RawSeries>,
    pub signs: Vec<RawSign>,
}

/// Reads every text member: the largest first, one worker a core, each with a file handle of its own.
pub(super) fn read_members(bundle: &Bundle, rules: &Rules, progress: &Progress) -> Vec<Option<Part>> {
    let mut order: Vec<&Member> = bundle.text_members().collect();
    order.sort_by_key(|m| (std::cmp::Reverse(m.declared_bytes), m.id));
    let parts: Mutex<Vec<Option<Part>>> = Mutex::new(bundle.members.iter().map(|_| None).collect());
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(order.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(member) = order.get(next.fetch_add(1, Relaxed)) {
                    if progress.is_cancelled() {
                        return;
                    }
                    progress.set_what(&member.path);
                    let part = read_member(bundle, member, rules, progress);
                    if let Some(place) = parts.lock().unwrap_or_else(PoisonError::into_inner).get_mut(member.id.index()) {
                        *place = Some(part);
                    }
                }
            });
        }
    });
    parts.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn read_member(bundle: &Bundle, member: &Member, rules: &Rules, progress: &Progress) -> Part {
    let mut sip = SipProbe::new(member.id);
    let mut case = CaseProbe::default();
    let mut lines = LineProbe::new(Arc::clone(&rules.lines)).with_sink(rules.case_from, &mut case);
    let mut run = RunProbe::default();
    let mut configs = ConfigProbe::new(member.id);
    let mut media = MediaProbe::new(member.id, Arc::clone(&rules.media), member.role == Role::Media);
    let reader = Reader::new(member.id, &rules.dialects).modified(member.modified_s);
    let mut probes: Vec<&mut dyn Probe> = vec![&mut sip, &mut lines, &mut run, &mut configs];
    if member.role.observer() == Observer::Client {
        probes.push(&mut media);
    }
    let mut read = match bundle.reader(member.id) {
        Ok(mut input) => {
            let mut read = reader.read(&mut input, &mut probes, progress);
            let line = read.lines;
            read.notes.append(input.finish_at(line));
            read
        }
        Err(note) => {
            let mut read = reader.read(std::io::empty(), &mut probes, progress);
            read.notes.push(note.kind, note.member, note.line, note.text);
            read
        }
    };
    let (configs, told) = configs.finish();
    read.notes.append(told);
    let (series, signs, told) = media.finish();
    read.notes.append(told);
    let found = lines.finish();
    if found.places_beyond > 0 {
        let text = format!("{} more places of a mark in one record than are looked at", found.places_beyond);
        read.notes.push(NoteKind::Limit, Some(member.id), 0, text);
    }
    let kept = u32::try_from(found.hits.len()).unwrap_or(u32::MAX);
    let beyond = u64::from(found.counts.iter().sum::<u32>().saturating_sub(kept));
    let (case, case_beyond) = case.finish();
    let (hits, misses) = (found.hits, found.misses);
    Part { read, sip: sip.finish(), hits, misses, beyond, run, case, case_beyond, configs, series, signs }
}

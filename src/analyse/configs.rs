//! Device configurations of a bundle: files of that role, and what the probes kept of the logs. In: the parts. Out: facts.

use std::io::Read;

use super::read::Part;
use crate::base::words::Words;
use crate::base::{NoteKind, Notes, Piece, Zone};
use crate::bundle::{Bundle, Member, Role};
use crate::session::RunId;
use crate::session::device_config::{self, DeviceConfig, RawConfig};
use crate::session::extract::to_time;
use crate::session::run::Runs;

/// Files first, then what stands in logs, in member order. A file is taken to be that of the newest run.
pub(super) fn configs(
    bundle: &Bundle,
    parts: &[Option<Part>],
    zones: &[Zone],
    runs: &Runs,
    notes: &mut Notes,
) -> Vec<DeviceConfig> {
    let newest = RunId(u32::try_from(runs.spans.len().saturating_sub(1)).unwrap_or(0));
    let is_file = |member: &Member| member.role == Role::DeviceConfig;
    let mut out = Vec::new();
    for member in bundle.members.iter().filter(|m| is_file(m)).take(device_config::MAX_CONFIGS) {
        let mut bytes = Vec::new();
        let read = bundle.bytes(member.id).map(|r| r.take(device_config::MAX_BYTES as u64).read_to_end(&mut bytes));
        if let Ok(Err(why)) = &read {
            notes.push(NoteKind::Damaged, Some(member.id), 0, format!("Device configuration could be read in part only: {why}"));
        }
        // What can't be opened at all has its note from opening.
        if read.is_ok() {
            out.push(DeviceConfig::of_member(member.id, &bytes, newest));
        }
    }
    for ((member, part), zone) in bundle.members.iter().zip(parts).zip(zones) {
        let Some(part) = part.as_ref().filter(|_| !is_file(member)) else { continue };
        let config = |raw: &RawConfig| {
            let at = raw.stamp.map(|s| to_time(s, *zone));
            DeviceConfig::of_record(raw, runs.of(member.id, at), at)
        };
        out.extend(part.configs.iter().map(config));
    }
    for config in &out {
        for problem in config.problems.iter().filter(|p| p.kind.is_limit()) {
            // A limit's sentence has words and numbers of ours only.
            let mut text = String::new();
            problem.kind.text().pieces(Words::english(), &mut |piece| {
                if let Piece::Word(word) | Piece::Log(word) = piece {
                    text.push_str(word);
                }
            });
            notes.push(NoteKind::Limit, Some(config.source.member), problem.source.line, text);
        }
    }
    device_config::bounded(out, notes)
}

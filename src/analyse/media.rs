//! What media logs of a bundle say, on the calls they belong to by time. In: the parts and the calls. Out: facts.

use super::read::Part;
use crate::base::{LogTime, Notes, Zone};
use crate::bundle::Bundle;
use crate::records::Stamp;
use crate::session::extract::to_time;
use crate::session::media_log::{self, MediaSign, MemberMedia, Series};
use crate::session::run::Runs;
use crate::session::{Facts, RunId};

/// Series and signs of all members, in time order.
pub(super) fn media(
    bundle: &Bundle,
    parts: &[Option<Part>],
    zones: &[Zone],
    runs: &Runs,
    facts: &Facts,
    notes: &mut Notes,
) -> (Vec<Series>, Vec<MediaSign>) {
    let ends: Vec<Option<LogTime>> = runs.spans.iter().map(|s| s.end).collect();
    let members = || bundle.members.iter().zip(parts).zip(zones).filter_map(|((m, p), z)| Some((m.id, p.as_ref()?, *z)));
    let ways: Vec<_> = members()
        .map(|(id, _, zone)| {
            let utc = move |stamp: Stamp| to_time(stamp, zone);
            let run = move |at: Option<LogTime>| -> RunId { runs.of(id, at) };
            (utc, run)
        })
        .collect();
    let all: Vec<MemberMedia<'_>> = members()
        .zip(&ways)
        .map(|((member, part, _), (utc, run))| MemberMedia { member, series: &part.series, signs: &part.signs, utc, run })
        .collect();
    media_log::join(&all, &facts.calls, &ends, notes)
}

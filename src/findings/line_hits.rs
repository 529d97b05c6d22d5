//! From hits of the one pass to what a signature's `[[line]]` conditions say. In: the catalogue and hits. Out: [`Found`]s by
//! signature. Must not know SIP.

use std::collections::{BTreeMap, HashMap};

use super::catalogue::Catalogue;
use super::checks::Found;
use super::signature::{LineCondition, Near, Where};
use super::view::{MemberView, ResolvedHit};
use crate::base::{LogTime, MemberId, Private, Segment, Text};
use crate::bundle::Observer;
use crate::session::{Evidence, RunId};

/// The client writes one event in two places about a millisecond apart: hits this close are one.
const MERGE_US: i64 = 100_000;
/// Characters of a line that stand in a finding.
const EVIDENCE_CHARACTERS: usize = 500;

/// What the lines say, by the signature's place, in order of place and time.
pub fn find<'v>(
    catalogue: &Catalogue,
    hits: &[ResolvedHit],
    member: &dyn Fn(MemberId) -> Option<&'v MemberView>,
    broadworks: &dyn Fn(RunId) -> bool,
) -> Vec<(usize, Found)> {
    let by_row = by_row(catalogue, hits);
    let mut out = Vec::new();
    for (place, signature) in catalogue.signatures.iter().enumerate() {
        let mut own: Vec<&ResolvedHit> = Vec::new();
        for condition in &signature.lines {
            let passes = |hit: &&&ResolvedHit| judge(place, condition, hit, &by_row, member).is_none();
            let of_rows = condition.rows.iter().filter_map(|row| by_row.get(&(place, *row))).flatten();
            own.extend(of_rows.filter(passes).copied());
        }
        if signature.with_broadworks {
            own.retain(|hit| hit.text.contains(":BWC:") || broadworks(hit.run));
        }
        own.sort_by_key(|h| (h.run, h.at, h.source.member, h.source.line));
        out.extend(
            events(&own, &signature.group)
                .into_iter()
                .map(|found| (place, with_meaning(with_kinds(found, &signature.private), signature.table.as_deref()))),
        );
    }
    out
}

/// Why a line that a row matched does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rejected {
    /// Nothing shows BroadWorks at work in its run.
    NoBroadworks,
    /// What must stand near by does not.
    NearAbsent,
    /// What must not stand near by does.
    WithoutThere,
    /// The log ends too soon to tell.
    LogEnds,
    /// The group `not` matched.
    LookAlike,
    /// It stands in a member of another role.
    OtherRole,
}

impl Rejected {
    /// Key of the words for it.
    pub fn key(self) -> &'static str {
        match self {
            Self::NoBroadworks => "why.no_broadworks",
            Self::NearAbsent => "why.near_absent",
            Self::WithoutThere => "why.without_there",
            Self::LogEnds => "why.log_ends",
            Self::LookAlike => "why.look_alike",
            Self::OtherRole => "why.other_role",
        }
    }
}

/// Hits by signature and own row, each list in the order of lines.
type ByRow<'h> = HashMap<(usize, usize), Vec<&'h ResolvedHit>>;

fn by_row<'h>(catalogue: &Catalogue, hits: &'h [ResolvedHit]) -> ByRow<'h> {
    let mut by_row: ByRow<'h> = HashMap::new();
    for hit in hits {
        if let Some(key) = catalogue.rows.get(hit.row) {
            by_row.entry(*key).or_default().push(hit);
        }
    }
    for list in by_row.values_mut() {
        list.sort_by_key(|h| (h.source.member, h.source.line, h.source.offset));
    }
    by_row
}

/// The hits of the signatures in `wanted` that did not count: for each reason how many and the first.
pub fn rejected<'v, 'h>(
    catalogue: &Catalogue,
    hits: &'h [ResolvedHit],
    member: &dyn Fn(MemberId) -> Option<&'v MemberView>,
    broadworks: &dyn Fn(RunId) -> bool,
    wanted: &dyn Fn(usize) -> bool,
) -> BTreeMap<usize, BTreeMap<Rejected, (u32, &'h ResolvedHit)>> {
    let by_row = by_row(catalogue, hits);
    let mut out: BTreeMap<usize, BTreeMap<Rejected, (u32, &'h ResolvedHit)>> = BTreeMap::new();
    for (place, signature) in catalogue.signatures.iter().enumerate().filter(|(place, _)| wanted(*place)) {
        for condition in &signature.lines {
            for hit in condition.rows.iter().filter_map(|row| by_row.get(&(place, *row))).flatten() {
                let shown = !signature.with_broadworks || hit.text.contains(":BWC:") || broadworks(hit.run);
                let why = judge(place, condition, hit, &by_row, member).or((!shown).then_some(Rejected::NoBroadworks));
                if let Some(why) = why {
                    out.entry(place).or_default().entry(why).or_insert((0, hit)).0 += 1;
                }
            }
        }
    }
    out
}

/// `None`: the line counts.
fn judge<'v>(
    place: usize,
    condition: &LineCondition,
    hit: &ResolvedHit,
    by_row: &ByRow<'_>,
    member: &dyn Fn(MemberId) -> Option<&'v MemberView>,
) -> Option<Rejected> {
    // A group called `not` that takes part in the match says that the line is a look-alike.
    if hit.captures.iter().any(|(name, _)| name == "not") {
        return Some(Rejected::LookAlike);
    }
    let view = member(hit.source.member);
    let role_fits = match view {
        Some(view) if condition.roles.is_empty() => view.role.observer() == Observer::Client,
        Some(view) => condition.roles.contains(&view.role),
        None => true,
    };
    if !role_fits {
        return Some(Rejected::OtherRole);
    }
    let stands =
        |near: &Near| near.rows.iter().filter_map(|row| by_row.get(&(place, *row))).flatten().any(|o| is_near(near, hit, o));
    let goes_on = |near: &Near| match (near.seconds, hit.at, view.and_then(|v| v.last)) {
        (Some(seconds), Some(at), Some(last)) => last.since_us(at) >= micros(seconds),
        _ => true,
    };
    if condition.near.as_ref().is_some_and(|near| !stands(near)) {
        return Some(Rejected::NearAbsent);
    }
    match &condition.without {
        Some(without) if stands(without) => Some(Rejected::WithoutThere),
        Some(without) if !goes_on(without) => Some(Rejected::LogEnds),
        _ => None,
    }
}

fn micros(seconds: f64) -> i64 {
    (seconds * 1e6) as i64
}

fn is_near(near: &Near, hit: &ResolvedHit, other: &ResolvedHit) -> bool {
    let same_member = hit.source.member == other.source.member;
    let before = if same_member { other.source.line < hit.source.line } else { other.at < hit.at };
    let after = if same_member { other.source.line > hit.source.line } else { other.at > hit.at };
    let side = match near.place {
        Where::Before => before,
        Where::After => after,
        Where::Around => before || after,
    };
    let lines = near.lines.is_none_or(|l| same_member && hit.source.line.abs_diff(other.source.line) <= l);
    let seconds = near.seconds.is_none_or(|s| {
        let apart = hit.at.zip(other.at).map(|(a, b)| a.since_us(b).abs());
        hit.run == other.run && apart.is_none_or(|us| us <= micros(s))
    });
    side && lines && seconds
}

/// Hits of one signature as events: the same line counts once, and so do lines that follow each other within [`MERGE_US`].
fn events(hits: &[&ResolvedHit], group: &[String]) -> Vec<Found> {
    let mut out: Vec<(Vec<String>, Found)> = Vec::new();
    let mut last: HashMap<Vec<String>, usize> = HashMap::new();
    for hit in hits {
        let value = |name: &String| hit.captures.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, v)| v.clone());
        let mut key: Vec<String> = group.iter().map(value).collect();
        key.push(hit.run.0.to_string());
        let captures = hit.captures.iter().map(|(k, v)| (k.clone(), Segment::Log(v.clone())));
        if let Some((_, found)) = last.get(&key).and_then(|place| out.get_mut(*place))
            && is_same_event(found, hit)
        {
            for (name, value) in captures {
                if !found.captures.iter().any(|(known, _)| *known == name) {
                    found.captures.push((name, value));
                }
            }
            if !found.evidence.iter().any(|e| e.source == Some(hit.source)) {
                found.evidence.push(evidence(hit));
            }
            found.last = found.last.max(hit.at);
            continue;
        }
        let found = Found { captures: captures.collect(), last: hit.at, ..Found::at(hit.run, hit.at, vec![evidence(hit)]) };
        last.insert(key.clone(), out.len());
        out.push((key, found));
    }
    out.into_iter().map(|(_, found)| found).collect()
}

fn is_same_event(found: &Found, hit: &ResolvedHit) -> bool {
    let last = found.evidence.last().and_then(|e| e.source);
    let same_line = last.is_some_and(|s| s.member == hit.source.member && s.line == hit.source.line);
    let close = |a: LogTime, b: LogTime| b.since_us(a).abs() <= MERGE_US;
    let at_once = match (found.last, hit.at) {
        (Some(a), Some(b)) => close(a, b),
        (None, None) => last.is_some_and(|s| s.member == hit.source.member && s.line.abs_diff(hit.source.line) <= 1),
        _ => false,
    };
    same_line || at_once
}

fn evidence(hit: &ResolvedHit) -> Evidence {
    Evidence {
        source: Some(hit.source),
        at: hit.at,
        text: Text(vec![Segment::Log(hit.text.chars().take(EVIDENCE_CHARACTERS).collect())]),
        message: None,
    }
}

/// What the captured code means, from its table.
fn with_meaning(mut found: Found, table: Option<&str>) -> Found {
    let code = found.captures.iter().find(|(name, _)| name == "code");
    let code = code.and_then(|(_, value)| if let Segment::Log(text) = value { Some(text.as_str()) } else { None });
    if let Some(meaning) = table.zip(code).and_then(|(table, code)| super::explain::meaning(table, code)) {
        found.captures.push(("meaning".to_owned(), meaning));
    }
    found
}

fn with_kinds(mut found: Found, kinds: &std::collections::BTreeMap<String, crate::base::PrivateKind>) -> Found {
    for (name, value) in &mut found.captures {
        if let (Some(kind), Segment::Log(text)) = (kinds.get(name), &*value) {
            *value = Segment::Private(Private::new(*kind, text.clone()));
        }
    }
    found
}

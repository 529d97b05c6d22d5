//! "Why not?": for a signature that found nothing in this bundle, which condition failed. In: the catalogue, hits, near misses, facts.
//! Out: [`NotRaised`] with the nearest line where there is one. Must not know how lines were read.
//!
//! Only what was really looked at is said: for code it is the facts of its area with their number, not a guess at its reasons.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::Catalogue;
use super::checks::Scene;
use super::line_hits::Rejected;
use super::signature::{LineCondition, Need, Signature};
use super::view::ResolvedHit;
use crate::base::{Segment, SourceRef, Text};
use crate::bundle::Observer;
use crate::records::lines::NearMiss;
use crate::session::RunId;
use crate::sip::Method;

/// Texts of a signature that are named in full.
const MAX_TEXTS: usize = 6;
/// Different answers that are named.
const MAX_STATUSES: usize = 12;

/// A signature that is no finding of this bundle.
#[derive(Clone, Debug)]
pub struct NotRaised {
    /// Its ID.
    pub id: String,
    /// Nothing it needs is in the bundle: it was not tried at all.
    pub not_tried: bool,
    /// What failed, the nearest to a hit first; never empty.
    pub reasons: Vec<Reason>,
}

/// One condition that failed.
#[derive(Clone, Debug)]
pub struct Reason {
    /// What failed.
    pub text: Text,
    /// The first line that came near, and where it stands.
    pub line: Option<(SourceRef, String)>,
}

impl Reason {
    fn new(text: Text) -> Self {
        Self { text, line: None }
    }
}

/// Everything that an answer is made of.
pub(super) struct Looked<'a> {
    pub catalogue: &'a Catalogue,
    pub scene: &'a Scene<'a>,
    /// Lines in which a text stood whose expression did not match; rows are those of the catalogue.
    pub misses: &'a [NearMiss],
    /// Hits that did not count.
    pub rejected: BTreeMap<usize, BTreeMap<Rejected, (u32, &'a ResolvedHit)>>,
    /// Found, and taken away by another finding of the run.
    pub excluded: &'a [(usize, String, RunId)],
    /// Signatures that are findings.
    pub raised: BTreeSet<usize>,
    /// Signatures that could not be tried.
    pub untried: BTreeSet<usize>,
}

/// Every signature that is no finding, in the order of the catalogue.
pub(super) fn not_raised(looked: &Looked<'_>) -> Vec<NotRaised> {
    let all = looked.catalogue.signatures.iter().enumerate().filter(|(place, _)| !looked.raised.contains(place));
    all.map(|(place, signature)| NotRaised {
        id: signature.id.clone(),
        not_tried: looked.untried.contains(&place),
        reasons: reasons(looked, place, signature),
    })
    .collect()
}

fn reasons(looked: &Looked<'_>, place: usize, signature: &Signature) -> Vec<Reason> {
    let mut out = Vec::new();
    for (_, by, run) in looked.excluded.iter().filter(|(p, ..)| *p == place) {
        let values = [("by", Segment::Word(by.clone())), ("run", Segment::number(run.number()))];
        out.push(Reason::new(Text::phrase("why.excluded", &values)));
    }
    if looked.untried.contains(&place) {
        let needs: Vec<Text> = signature.needs.iter().map(|need| Text::key(need_key(*need))).collect();
        let values = [("needs", Text::join(needs, ", "))];
        out.push(Reason::new(Text::phrase_of("why.needs", &values)));
        return out;
    }
    for (how, (count, hit)) in looked.rejected.get(&place).into_iter().flatten() {
        let text = Text::phrase(how.key(), &[("n", Segment::number(count))]);
        out.push(Reason { text, line: Some((hit.source, hit.text.chars().take(300).collect())) });
    }
    for condition in &signature.lines {
        out.extend(unmatched(looked, place, signature, condition));
    }
    if out.is_empty() {
        match &signature.check {
            Some(_) => out.extend(facts(looked.scene, &signature.area)),
            None => out.push(Reason::new(nothing(looked, signature))),
        }
    }
    out
}

fn need_key(need: Need) -> String {
    match need {
        Need::Role(role) => format!("role.{}", role.word()),
        Need::Sip => "why.sip".to_owned(),
    }
}

/// Lines in which a text of this condition stood, though its expression did not match.
fn unmatched(looked: &Looked<'_>, place: usize, signature: &Signature, condition: &LineCondition) -> Vec<Reason> {
    let own = |miss: &&NearMiss| {
        looked.catalogue.rows.get(miss.row).is_some_and(|(p, row)| *p == place && condition.rows.contains(row))
    };
    let mut by_row: BTreeMap<usize, (u32, &NearMiss)> = BTreeMap::new();
    for miss in looked.misses.iter().filter(own) {
        let known = by_row.entry(miss.row).or_insert((0, miss));
        known.0 = known.0.saturating_add(miss.count);
        if miss.source < known.1.source {
            known.1 = miss;
        }
    }
    let reason = |(row, (count, miss)): (usize, (u32, &NearMiss))| {
        let text = looked.catalogue.rows.get(row).and_then(|(_, own)| signature.row_texts.get(*own)).cloned().unwrap_or_default();
        let values = [("n", Segment::number(count)), ("text", Segment::Word(text))];
        Reason { text: Text::phrase("why.expression", &values), line: Some((miss.source, miss.text.clone())) }
    };
    by_row.into_iter().map(reason).collect()
}

/// No text was seen at all: which, and in how much.
fn nothing(looked: &Looked<'_>, signature: &Signature) -> Text {
    let rows = signature.lines.iter().flat_map(|c| &c.rows);
    let mut texts: Vec<String> = rows.filter_map(|row| signature.row_texts.get(*row)).map(|t| format!("\"{t}\"")).collect();
    if texts.len() > MAX_TEXTS {
        texts.truncate(MAX_TEXTS);
        texts.push("…".to_owned());
    }
    let members: Vec<_> = looked.scene.bundle.client_members().collect();
    let records: u64 = members.iter().map(|m| m.records).sum();
    let values = [
        ("texts", Segment::Word(texts.join(", "))),
        ("records", Segment::number(records)),
        ("members", Segment::number(members.len())),
    ];
    Text::phrase("why.no_line", &values)
}

/// What a check of this area looked at.
fn facts(scene: &Scene<'_>, area: &str) -> Vec<Reason> {
    let facts = scene.facts;
    let count = |key: &'static str, n: usize| Text::phrase(key, &[("n", Segment::number(n))]);
    let answers = |method: Method| {
        let answered = answers(scene, &method);
        let values = [("method", Segment::Word(method.as_str().to_owned())), ("answers", Segment::Word(answered))];
        Text::phrase("why.answers", &values)
    };
    let messages = count("why.messages", scene.client_messages().count());
    let told = match area {
        "registration" => vec![messages, count("why.registrations", facts.registrations.len()), answers(Method::Register)],
        "keepalive" => vec![messages, count("why.keepalives", facts.keepalives.len())],
        "call" => vec![messages, count("why.calls", facts.calls.len()), answers(Method::Invite)],
        "media" => vec![messages, count("why.media", facts.calls.iter().map(|c| c.media.len()).sum())],
        "startup" => {
            vec![count("why.stages", facts.runs.iter().flat_map(|r| &r.stages).filter(|s| !s.evidence.is_empty()).count())]
        }
        _ => {
            let client = scene.bundle.members.iter().filter(|m| m.role.observer() == Observer::Client).count();
            vec![count("why.members", scene.bundle.members.len()), count("why.client_members", client)]
        }
    };
    told.into_iter().map(Reason::new).collect()
}

/// `200 ×3, 401 ×1`, and how many requests had no final answer.
fn answers(scene: &Scene<'_>, method: &Method) -> String {
    let mut statuses: BTreeMap<Option<u16>, u32> = BTreeMap::new();
    for transaction in scene.transactions.list.iter().filter(|t| t.method == *method) {
        *statuses.entry(transaction.status(scene.keys)).or_default() += 1;
    }
    if statuses.is_empty() {
        return "0".to_owned();
    }
    let one =
        |(status, count): (&Option<u16>, &u32)| format!("{} ×{count}", status.map_or_else(|| "–".to_owned(), |s| s.to_string()));
    let mut told: Vec<String> = statuses.iter().take(MAX_STATUSES).map(one).collect();
    if statuses.len() > MAX_STATUSES {
        told.push(format!("… (+{})", statuses.len() - MAX_STATUSES));
    }
    told.join(", ")
}

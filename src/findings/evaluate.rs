//! Holds the catalogue against a bundle. In: hits of the one pass, facts, a view of the bundle. Out: [`Finding`]s ranked worst and
//! earliest first, effects behind their cause, and what could not be tried. Must not know how lines were read.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::Catalogue;
use super::checks::{self, Found, MAX_EVIDENCE, Scene};
use super::line_hits;
use super::signature::{Need, Signature, Texts};
use super::view::{BundleView, ResolvedHit};
use super::why::{self, Looked, NotRaised};
use super::{Confidence, Finding, Severity};
use crate::base::words::Words;
use crate::base::{Language, LogTime, Piece, Segment, Text};
use crate::bundle::Role;
use crate::records::lines::NearMiss;
use crate::session::call::Call;
use crate::session::{CallId, Evidence, Facts, RunId};

/// What the catalogue says of a bundle.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Signatures that could not be tried, because nothing they need is in the bundle; by ID, with the words of what they need
    /// (`sip`, `media`, …).
    pub not_tried: Vec<(String, Vec<&'static str>)>,
    /// Every signature that is no finding, and what failed.
    pub not_raised: Vec<NotRaised>,
}

/// Evaluates all signatures; the texts are in every language that the signature has.
pub fn evaluate(catalogue: &Catalogue, hits: &[ResolvedHit], facts: &Facts, bundle: &BundleView<'_>) -> Outcome {
    evaluate_with(catalogue, hits, &[], facts, bundle)
}

/// The same with the lines that came near to a hit (rows are those of the catalogue), for "why not?".
pub fn evaluate_with(
    catalogue: &Catalogue,
    hits: &[ResolvedHit],
    misses: &[NearMiss],
    facts: &Facts,
    bundle: &BundleView<'_>,
) -> Outcome {
    let mut scene = Scene::new(facts, bundle);
    let broadworks = broadworks_runs(hits, facts, bundle);
    let mut found = line_hits::find(catalogue, hits, &|id| bundle.member(id), &|run| broadworks.contains(&run));
    for (place, one) in &mut found {
        if catalogue.signatures.get(*place).is_some_and(|s| s.ties_to_call) {
            one.call = call_at(facts, one.run, one.first);
        }
    }
    for last in [false, true] {
        scene.earlier = found.iter().map(|(place, f)| (f.run, severity(catalogue, *place, f))).collect();
        for (place, signature) in catalogue.signatures.iter().enumerate() {
            let Some(name) = signature.check.as_deref().filter(|name| checks::LAST.contains(name) == last) else { continue };
            if let (true, Some(check)) = (can_be_tried(signature, &scene), checks::find(name)) {
                found.extend(check(&scene).into_iter().map(|f| (place, f)));
            }
        }
    }
    let not_tried = not_tried(catalogue, &found, &scene);
    let mut groups = grouped(catalogue, found);
    let excluded = exclude(catalogue, &mut groups);
    let causes = causes(catalogue, &groups);
    let order = ranked(catalogue, &groups, &causes);
    let ids: Vec<String> = groups.iter().map(|g| signature_of(catalogue, g).map_or_else(String::new, |s| s.id.clone())).collect();
    let mut findings = Vec::new();
    for place in order {
        if let (Some(group), Some(cause)) = (groups.get(place), causes.get(place))
            && let Some(signature) = signature_of(catalogue, group)
        {
            let effect_of = cause.and_then(|c| ids.get(c)).cloned();
            findings.push(finding(signature, group, effect_of));
        }
    }
    let raised: BTreeSet<usize> = groups.iter().map(|g| g.place).collect();
    let wanted = |place: usize| !raised.contains(&place);
    let rejected = line_hits::rejected(catalogue, hits, &|id| bundle.member(id), &|run| broadworks.contains(&run), &wanted);
    let untried = not_tried.iter().filter_map(|(id, _)| catalogue.signatures.iter().position(|s| s.id == *id)).collect();
    let looked = Looked { catalogue, scene: &scene, misses, rejected, excluded: &excluded, raised, untried };
    let not_raised = why::not_raised(&looked);
    Outcome { findings, not_tried, not_raised }
}

/// Runs that show BroadWorks at work: its own lines, its configuration, or the calling log.
fn broadworks_runs(hits: &[ResolvedHit], facts: &Facts, bundle: &BundleView<'_>) -> BTreeSet<RunId> {
    let mut runs: BTreeSet<RunId> = hits.iter().filter(|h| h.text.contains(":BWC:")).map(|h| h.run).collect();
    let of_members = bundle.members.iter().filter(|m| matches!(m.role, Role::Bwc | Role::DeviceConfig));
    runs.extend(of_members.flat_map(|m| m.runs.iter().copied()));
    if bundle.has(Role::DeviceConfig) {
        runs.extend((0_u32..).zip(&facts.runs).map(|(number, _)| RunId(number)));
    }
    for (number, run) in (0_u32..).zip(&facts.runs) {
        let lines = run.stages.iter().flat_map(|s| &s.evidence).flat_map(|e| &e.text.0);
        if lines.into_iter().any(|s| matches!(s, Segment::Log(line) if line.contains(":BWC:"))) {
            runs.insert(RunId(number));
        }
    }
    runs
}

/// The only call that stands at a moment, a few seconds about it: the log writes its line a little after the signalling.
fn call_at(facts: &Facts, run: RunId, at: Option<LogTime>) -> Option<CallId> {
    const SLACK_US: i64 = 3_000_000;
    let at = at?;
    let stands = |call: &&Call| {
        let begun = call.started.is_some_and(|s| s.0.saturating_sub(SLACK_US) <= at.0);
        call.run == run && begun && call.ended.is_none_or(|e| at.0 <= e.0.saturating_add(SLACK_US))
    };
    let mut calls = facts.calls.iter().filter(stands);
    match (calls.next(), calls.next()) {
        (Some(call), None) => Some(call.id),
        _ => None,
    }
}

fn can_be_tried(signature: &Signature, scene: &Scene<'_>) -> bool {
    let there = |need: &Need| match need {
        Need::Role(role) => scene.bundle.has(*role),
        Need::Sip => scene.client_messages().next().is_some(),
    };
    signature.needs.is_empty() || signature.needs.iter().any(there)
}

fn not_tried(catalogue: &Catalogue, found: &[(usize, Found)], scene: &Scene<'_>) -> Vec<(String, Vec<&'static str>)> {
    let hit: BTreeSet<usize> = found.iter().map(|(place, _)| *place).collect();
    let word = |need: &Need| match need {
        Need::Role(role) => role.word(),
        Need::Sip => "sip",
    };
    let all = catalogue.signatures.iter().enumerate();
    let missing = all.filter(|(place, s)| !hit.contains(place) && !can_be_tried(s, scene));
    missing.map(|(_, s)| (s.id.clone(), s.needs.iter().map(word).collect())).collect()
}

fn severity(catalogue: &Catalogue, place: usize, found: &Found) -> Severity {
    found.severity.or_else(|| catalogue.signatures.get(place).map(|s| s.severity)).unwrap_or(Severity::Note)
}

/// Occurrences that make one finding.
struct Group {
    place: usize,
    severity: Severity,
    confidence: Confidence,
    /// The calls concerned, in order.
    calls: Vec<CallId>,
    outside_calls: bool,
    found: Found,
}

fn signature_of<'c>(catalogue: &'c Catalogue, group: &Group) -> Option<&'c Signature> {
    catalogue.signatures.get(group.place)
}

/// One group for each signature, run and values of its `group` captures.
fn grouped(catalogue: &Catalogue, found: Vec<(usize, Found)>) -> Vec<Group> {
    let mut groups: BTreeMap<(usize, RunId, Vec<String>), Group> = BTreeMap::new();
    for (place, one) in found {
        let Some(signature) = catalogue.signatures.get(place) else { continue };
        let value = |name: &String| {
            one.captures.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, v)| plain(&Text(vec![v.clone()])))
        };
        let key = (place, one.run, signature.group.iter().map(value).collect());
        let severity = one.severity.unwrap_or(signature.severity);
        let confidence = if signature.assumed { Confidence::Possible } else { one.confidence.unwrap_or(signature.confidence) };
        let calls: Vec<_> = one.call.into_iter().collect();
        let outside_calls = one.call.is_none();
        match groups.entry(key) {
            std::collections::btree_map::Entry::Vacant(slot) => {
                slot.insert(Group { place, severity, confidence, calls, outside_calls, found: one });
            }
            std::collections::btree_map::Entry::Occupied(mut slot) => {
                let group = slot.get_mut();
                group.severity = group.severity.min(severity);
                group.confidence = group.confidence.min(confidence);
                group.outside_calls |= outside_calls;
                let new: Vec<_> = calls.into_iter().filter(|c| !group.calls.contains(c)).collect();
                group.calls.extend(new);
                group.found.count = group.found.count.saturating_add(one.count);
                group.found.first = [group.found.first, one.first].into_iter().flatten().min();
                group.found.last = group.found.last.max(one.last);
                group.found.evidence.extend(one.evidence);
                for (name, value) in one.captures {
                    if !group.found.captures.iter().any(|(known, _)| *known == name) {
                        group.found.captures.push((name, value));
                    }
                }
            }
        }
    }
    groups.into_values().collect()
}

/// A capture as it is compared and looked up: in English, with what is private.
fn plain(text: &Text) -> String {
    let mut out = String::new();
    text.pieces(Words::english(), &mut |piece| match piece {
        Piece::Word(text) | Piece::Log(text) => out.push_str(text),
        Piece::Private(value) => out.push_str(value.original()),
    });
    out
}

/// A finding that excludes others of its run takes them away; gives what was taken, by what, and the run.
fn exclude(catalogue: &Catalogue, groups: &mut Vec<Group>) -> Vec<(usize, String, RunId)> {
    let mut out: BTreeMap<(String, RunId), String> = BTreeMap::new();
    for group in groups.iter() {
        if let Some(signature) = signature_of(catalogue, group) {
            out.extend(signature.excludes.iter().map(|id| ((id.clone(), group.found.run), signature.id.clone())));
        }
    }
    let mut taken = Vec::new();
    groups.retain(|g| {
        let by = signature_of(catalogue, g).and_then(|s| out.get(&(s.id.clone(), g.found.run)));
        taken.extend(by.map(|by| (g.place, by.clone(), g.found.run)));
        by.is_none()
    });
    taken
}

/// For each group the group that explains it: of the same run, not later, the gravest and earliest; never in a circle.
fn causes(catalogue: &Catalogue, groups: &[Group]) -> Vec<Option<usize>> {
    let mut causes: Vec<Option<usize>> = vec![None; groups.len()];
    for (place, group) in groups.iter().enumerate() {
        let Some(effect) = signature_of(catalogue, group) else { continue };
        let explains = |other: &usize| {
            let Some(cause) = groups.get(*other) else { return false };
            let named = signature_of(catalogue, cause).is_some_and(|s| s.explains.contains(&effect.id));
            let not_later = cause.found.first.zip(group.found.first).is_none_or(|(a, b)| a <= b);
            // Facts of one call explain only that call.
            let same_call =
                cause.calls.is_empty() || group.calls.is_empty() || group.calls.iter().any(|c| cause.calls.contains(c));
            *other != place
                && named
                && not_later
                && same_call
                && cause.found.run == group.found.run
                && !leads_to(&causes, *other, place)
        };
        let best =
            (0..groups.len()).filter(explains).min_by_key(|o| groups.get(*o).map(|g| (g.severity, g.confidence, g.found.first)));
        if let Some(slot) = causes.get_mut(place) {
            *slot = best;
        }
    }
    causes
}

/// Does the chain of causes of `from` pass `to`?
fn leads_to(causes: &[Option<usize>], from: usize, to: usize) -> bool {
    let mut at = Some(from);
    for _ in 0..=causes.len() {
        match at {
            Some(place) if place == to => return true,
            Some(place) => at = causes.get(place).copied().flatten(),
            None => return false,
        }
    }
    true
}

/// Places in the order shown: what leads first, then severity (the gravest of a cause and its effects), certainty, time; effects
/// directly behind their cause.
fn ranked(catalogue: &Catalogue, groups: &[Group], causes: &[Option<usize>]) -> Vec<usize> {
    let mut gravest: Vec<Severity> = groups.iter().map(|g| g.severity).collect();
    for (place, group) in groups.iter().enumerate() {
        let mut cause = causes.get(place).copied().flatten();
        // Causes never go in a circle, so this ends.
        while let Some(above) = cause {
            if let Some(slot) = gravest.get_mut(above) {
                *slot = (*slot).min(group.severity);
            }
            cause = causes.get(above).copied().flatten();
        }
    }
    let key = |place: &usize| {
        let group = groups.get(*place);
        let signature = group.and_then(|g| signature_of(catalogue, g));
        // Without a time it stands behind those that have one.
        let first = group.and_then(|g| g.found.first).map_or((true, LogTime(0)), |t| (false, t));
        let graded = group.map(|g| (gravest.get(*place).copied(), g.confidence));
        (signature.is_none_or(|s| !s.leads), graded, first, *place)
    };
    let of_cause = |cause: Option<usize>| {
        let mut list: Vec<usize> = (0..groups.len()).filter(|p| causes.get(*p).copied().flatten() == cause).collect();
        list.sort_by_key(key);
        list
    };
    let mut open: Vec<usize> = of_cause(None);
    open.reverse();
    let mut order = Vec::new();
    while let Some(place) = open.pop() {
        order.push(place);
        open.extend(of_cause(Some(place)).into_iter().rev());
    }
    order
}

fn finding(signature: &Signature, group: &Group, effect_of: Option<String>) -> Finding {
    let found = &group.found;
    let mut evidence = Vec::new();
    for one in &found.evidence {
        let known = evidence.iter().any(|e: &Evidence| e.source == one.source && e.text == one.text);
        if !known && evidence.len() < MAX_EVIDENCE {
            evidence.push(one.clone());
        }
    }
    let call = match group.calls.as_slice() {
        [only] if !group.outside_calls => Some(*only),
        _ => None,
    };
    let mut out = Finding {
        id: signature.id.clone(),
        severity: group.severity,
        confidence: group.confidence,
        title: Text::default(),
        meaning: Text::default(),
        impact: Text::default(),
        causes: Vec::new(),
        checks: Vec::new(),
        steps: Vec::new(),
        not_when: Vec::new(),
        sources: signature.sources.clone(),
        assumed: signature.assumed,
        stage: signature.stage,
        run: found.run,
        call,
        effect_of,
        count: found.count,
        first: found.first,
        last: found.last,
        captures: found.captures.iter().map(|(name, value)| (name.clone(), Text(vec![value.clone()]))).collect(),
        evidence,
    };
    write_texts(&mut out, signature);
    out
}

/// Fills the texts with the finding's own captures, in every language; what a code means is `{code_meaning}`, what to do
/// `{code_action}`.
fn write_texts(finding: &mut Finding, signature: &Signature) {
    let code = finding.captures.iter().find(|(name, _)| name == "code").map(|(_, value)| plain(value));
    let mut values: BTreeMap<Language, Vec<(String, Text)>> = BTreeMap::new();
    for language in Language::ALL {
        let mut own: Vec<(String, Text)> = finding.captures.iter().map(|(name, value)| (name.clone(), said(value))).collect();
        if let Some(texts) = code.as_ref().and_then(|code| signature.code(code, language)) {
            own.push(("code_meaning".to_owned(), Text::word(&texts.meaning)));
            own.push(("code_action".to_owned(), Text::word(&texts.action)));
        }
        values.insert(language, own);
    }
    let own = |language: Language| values.get(&language).map(Vec::as_slice).unwrap_or_default();
    let one = |of: fn(&Texts) -> &str| {
        let all = Language::ALL.map(|language| (language, fill(of(signature.texts(language)), own(language))));
        if all.iter().all(|(_, text)| text.is_empty()) { Text::default() } else { Text(vec![Segment::Translated(all.to_vec())]) }
    };
    let many = |of: fn(&Texts) -> &[String]| -> Vec<Text> {
        let english = of(signature.texts(Language::English));
        let lines = (0..english.len()).map(|place| {
            let all = Language::ALL.map(|language| {
                // A list that is not as long as the English one cannot be its translation line by line.
                let list = of(signature.texts(language));
                let list = if list.len() == english.len() { list } else { english };
                (language, fill(list.get(place).map_or("", String::as_str), own(language)))
            });
            if all.first().is_none_or(|(_, text)| text.is_empty()) {
                Text::default()
            } else {
                Text(vec![Segment::Translated(all.to_vec())])
            }
        });
        lines.filter(|text| !text.is_empty()).collect()
    };
    finding.title = one(|texts| &texts.title);
    finding.meaning = one(|texts| &texts.meaning);
    finding.impact = one(|texts| &texts.impact);
    finding.causes = many(|texts| &texts.causes);
    finding.checks = many(|texts| &texts.checks);
    finding.steps = many(|texts| &texts.steps);
    finding.not_when = many(|texts| &texts.not_when);
}

/// Words of the report's schema that a sentence names (`by`: who) are said in its language; the capture itself keeps them.
fn said(value: &Text) -> Text {
    const SIDES: [&str; 5] = ["client", "network", "peer", "both", "unknown"];
    match value.0.as_slice() {
        [Segment::Word(word)] if SIDES.contains(&word.as_str()) => Text::key(format!("capture.{word}")),
        _ => value.clone(),
    }
}

/// Fills `{name}` places; a value that was not captured is a dash. A brace that is no place stays as written.
fn fill(template: &str, values: &[(String, Text)]) -> Text {
    let mut out: Vec<Segment> = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let place = after.split_once('}').filter(|(name, _)| is_place(name));
        let Some((name, tail)) = place else {
            out.push(Segment::Word(format!("{before}{{")));
            rest = after;
            continue;
        };
        if !before.is_empty() {
            out.push(Segment::Word(before.to_owned()));
        }
        match values.iter().find(|(key, _)| key == name) {
            Some((_, value)) => out.extend(value.0.iter().cloned()),
            None => out.push(Segment::Word("–".to_owned())),
        }
        rest = tail;
    }
    if !rest.is_empty() {
        out.push(Segment::Word(rest.to_owned()));
    }
    Text(out)
}

/// Is this the name of a place to fill?
pub fn is_place(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{MemberId, Notes, SourceRef};
    use crate::records::lines::LineSet;
    use crate::session::environment::Environment;

    fn second(clock: &str) -> i64 {
        let part = |n: usize| clock.split([':', '.']).nth(n).unwrap().parse::<i64>().unwrap();
        ((part(0) * 60 + part(1)) * 60 + part(2)) * 1_000_000 + part(3) * 1_000
    }

    /// Lines that begin with a time of day, as one member of one run.
    fn findings(lines: &[&str]) -> Vec<Finding> {
        let mut catalogue = Catalogue::load(None, &mut Notes::new());
        let set = LineSet::new(catalogue.take_rules());
        let mut hits = Vec::new();
        for (number, line) in (1_u64..).zip(lines) {
            let (clock, text) = line.split_once(' ').unwrap();
            set.each_hit(text.as_bytes(), |row, _, text, captures| {
                let source = SourceRef { member: MemberId(0), line: number, offset: number * 100, bytes: 50 };
                let at = Some(LogTime(second(clock)));
                hits.push(ResolvedHit { row, source, at, run: RunId(0), text: text.to_owned(), captures });
            });
        }
        let environment = Environment::default();
        let view = BundleView { members: Vec::new(), missing: Vec::new(), environment: &environment, busy: None, emergency: &[] };
        evaluate(&catalogue, &hits, &Facts::default(), &view).findings
    }

    #[test]
    fn a_cause_leads_and_its_effect_names_it_however_much_later() {
        // The times of the public sample (tech note 221699).
        let found = findings(&[
            "07:19:10.077 BroadWorksManager::registerClient:BWC:SCF: BroadWorks Calling - failed to register client. errorCode=1507",
            "07:19:10.078 handleLoginError:BWC:SCF: Login error occurred: errorCode=1507",
            "07:01:25.213 BroadWorksCallControl::createConfig:BWC:SCF: failed to parse the configuration ... ...",
            "07:30:00.000 BroadWorksManager::registerClient:BWC:SCF: BroadWorks Calling - failed to register client. errorCode=1507",
        ]);
        let ids: Vec<&str> = found.iter().map(|f| f.id.as_str()).collect();
        assert_eq!(ids, ["config-parse-failure", "config-download-failure"]);
        assert_eq!(found[1].effect_of.as_deref(), Some("config-parse-failure"));
        // Two lines a millisecond apart are one event; the later one is another.
        assert_eq!((found[0].count, found[1].count), (1, 2));
        assert_eq!(found[1].first, Some(LogTime(second("07:19:10.077"))));
        assert_eq!(found[1].last, Some(LogTime(second("07:30:00.000"))));
        assert_eq!(found[1].evidence.len(), 3);
    }

    #[test]
    fn an_effect_never_comes_before_its_cause() {
        let found = findings(&[
            "07:01:25.213 x:BWC:SCF: Login error occurred: errorCode=1507",
            "07:19:10.077 x:BWC:SCF: failed to parse the configuration",
        ]);
        assert!(found.iter().all(|f| f.effect_of.is_none()));
    }

    #[test]
    fn codes_are_findings_of_their_own_with_their_own_meaning() {
        let found = findings(&["08:00:00.000 error 200018", "08:00:01.000 error 200018", "08:00:02.000 reason: 200026"]);
        assert_eq!(found.iter().map(|f| f.count).collect::<Vec<_>>(), [2, 1]);
        assert!(plain(&found[0].title).contains("locked out"), "{}", plain(&found[0].title));
        assert!(plain(&found[0].steps[0]).contains("10 minutes"));
        let mut dutch = String::new();
        found[0].steps[0].pieces(Words::of(Language::Dutch), &mut |piece| match piece {
            Piece::Word(text) | Piece::Log(text) => dutch.push_str(text),
            Piece::Private(_) => {}
        });
        assert!(dutch.contains("10 minuten"), "{dutch}");
    }

    #[test]
    fn worst_and_surest_first() {
        let found = findings(&[
            "08:00:00.000 x Error 1000:3",
            "08:00:01.000 x errorCode=1503",
            "08:00:02.000 x errorCode=1506",
            "08:00:03.000 x errorCode=1501",
        ]);
        let ids: Vec<&str> = found.iter().map(|f| f.id.as_str()).collect();
        // 1503 is a warning, but it explains an error, which stays with it and was the first.
        assert_eq!(ids, ["forced-sign-out", "sign-in-failure", "credentials-invalid", "unified-cm-code"]);
        let ids = findings(&["08:00:00.000 x errorCode=1508", "08:00:02.000 x errorCode=1506", "08:00:09.000 x errorCode=1504"]);
        let ids: Vec<&str> = ids.iter().map(|f| f.id.as_str()).collect();
        assert_eq!(ids, ["sso-cancelled", "sign-in-failure", "ipc-not-responding"]);
    }
}

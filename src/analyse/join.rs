//! What the members' parts mean together: zones, runs, facts, stages, coverage. In: the parts in member order. Out: [`Analysis`].

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::read::Part;
use super::{Analysis, MemberReport, Options, Rules};
use crate::base::{LogTime, MemberId, NoteKind, Notes, Zone};
use crate::bundle::{self, Bundle, Member, Role};
use crate::findings::{BundleView, MemberView, ResolvedHit, case, evaluate_with, verdict};
use crate::records::index::Index;
use crate::records::lines::{LineHit, NearMiss};
use crate::session::assemble::{self, CrlfSign};
use crate::session::case::{Identifier, Sighting};
use crate::session::extract::{self, CrlfPing, Extracted, MemberSip, to_time as utc};
use crate::session::judge::{self, Mark};
use crate::session::media_log::SignKind;
use crate::session::run::{self, Client, MemberTimes, Run, Runs};
use crate::session::{Facts, RunId, call_more, clocks, shortened, zone};
use crate::sip::{Direction, Message};

/// Joins the parts, in member order.
pub(super) fn join(bundle: Bundle, mut parts: Vec<Option<Part>>, options: &Options, rules: &Rules, mut notes: Notes) -> Analysis {
    let zones = zones(&bundle, &parts, options);
    let zone_of = |id: MemberId| zones.get(id.index()).copied().unwrap_or(Zone::ASSUMED);
    for (part, zone) in parts.iter_mut().zip(&zones) {
        if let Some(part) = part {
            part.read.index.shift_unzoned(zone.offset_s);
        }
    }
    let times: Vec<MemberTimes<'_>> = bundle
        .members
        .iter()
        .zip(&parts)
        .map(|(member, part)| MemberTimes {
            member: member.id,
            path: &member.path,
            range: part.as_ref().filter(|_| is_log(member)).and_then(|p| p.read.index.times()),
            processes: part.as_ref().filter(|_| is_log(member)).map_or_else(Vec::new, |p| {
                let zone = zone_of(member.id);
                p.run.processes.iter().map(|s| (s.pid.clone(), utc(s.first, zone), utc(s.last, zone))).collect()
            }),
        })
        .collect();
    let runs = Runs::new(&times);
    let mut facts = facts(&bundle, &mut parts, &zones, &runs, &mut notes);
    facts.clocks = clocks::clocks(&facts);
    facts.server_zone = clocks::server_zone(&facts);
    call_more::add(&mut facts, &rules.tables);
    let (series, signs) = super::media::media(&bundle, &parts, &zones, &runs, &facts, &mut notes);
    facts.series = series;
    (facts.connections, facts.media_signs) = signs.into_iter().partition(|s| matches!(s.kind, SignKind::Connection(_)));
    facts.device_configs = super::configs::configs(&bundle, &parts, &zones, &runs, &mut notes);
    facts.client = client(&bundle, &parts, rules, &facts);
    let marks = marks(&parts, &zones, &runs, rules);
    facts.runs = runs
        .spans
        .iter()
        .zip(0u32..)
        .map(|(span, id)| {
            let own: Vec<Mark> = marks.iter().filter(|(run, _)| run.0 == id).map(|(_, mark)| mark.clone()).collect();
            let (stages, verdict) = judge::judge(&facts, RunId(id), &own);
            Run { which: span.which, start: span.start, end: span.end, stages, verdict }
        })
        .collect();
    let reached = |run: &Run| run.verdict.stage.is_some();
    let verdict_run = facts.runs.iter().rposition(reached).and_then(|at| u32::try_from(at).ok()).map(RunId);
    let hits = failure_lines(&parts, &zones, &runs, rules);
    let identifiers = identifiers(&bundle, &parts, &zones, &runs);
    let logs: Vec<(Option<i64>, Option<LogTime>)> =
        bundle.members.iter().zip(&times).filter(|(m, _)| is_log(m)).map(|(m, t)| (m.modified_s, t.range.map(|r| r.1))).collect();
    let environment = super::environment::environment(&bundle, &facts, &identifiers, &hits, &logs, &mut notes);
    let present = |role: Role| bundle.members.iter().any(|m| m.role == role);
    let missing: Vec<Role> =
        [Role::Startup, Role::Bwc, Role::Media, Role::Environment].into_iter().filter(|r| !present(*r)).collect();
    let shapes = parts.iter().flatten().flat_map(|p| p.read.shapes.iter().map(|(s, n)| (p.read.member, s.clone(), *n))).collect();
    let members = reports(&bundle, &parts, &zones, rules, &facts, &mut notes);
    let busy = |from: LogTime, to: LogTime| {
        let client = bundle.members.iter().zip(&parts).filter(|(member, _)| is_client(member));
        client.filter_map(|(_, part)| part.as_ref()).any(|part| {
            let index = &part.read.index;
            index.order_time(index.at_or_after(from)).is_some_and(|at| at >= from && at <= to)
        })
    };
    let view = BundleView {
        members: views(&bundle, &members, &runs),
        missing: missing.clone(),
        environment: &environment,
        busy: Some(&busy),
        emergency: &rules.tables.emergency,
    };
    let outcome = evaluate_with(&rules.catalogue, &hits, &near_misses(&parts, rules), &facts, &view);
    verdict::say_kind(&mut facts, &outcome.findings);
    let sources = case::Sources {
        facts: &facts,
        findings: &outcome.findings,
        members: &view.members,
        environment: &environment,
        bundle_name: &bundle.name,
    };
    let case = case::case(sources, identifiers);
    let index = parts.into_iter().map(|p| p.map_or_else(Index::default, |p| p.read.index)).collect();
    Analysis {
        bundle: Arc::new(bundle),
        members,
        index,
        dialects: Arc::clone(&rules.dialects),
        facts,
        verdict_run,
        environment,
        findings: outcome.findings,
        case,
        not_tried: outcome.not_tried,
        not_raised: outcome.not_raised,
        missing,
        notes,
        shapes,
    }
}

/// What the findings are told of each member.
fn views(bundle: &Bundle, reports: &[MemberReport], runs: &Runs) -> Vec<MemberView> {
    let view = |member: &Member, report: &MemberReport| MemberView {
        id: member.id,
        path: member.path.clone(),
        role: member.role,
        runs: runs.between(member.id, report.first, report.last),
        records: report.records,
        lines: report.lines,
        unrecognised_lines: report.unrecognised_lines,
        sip_messages: report.sip_messages,
        first: report.first,
        last: report.last,
        notes: report.notes.iter().map(|n| (n.kind, n.line, n.text.clone())).collect(),
    };
    bundle.members.iter().zip(reports).map(|(member, report)| view(member, report)).collect()
}

/// The lines that signatures look for, with their run.
fn failure_lines(parts: &[Option<Part>], zones: &[Zone], runs: &Runs, rules: &Rules) -> Vec<ResolvedHit> {
    let resolved = |hit: &LineHit, zone: Zone| {
        let at = hit.stamp.map(|s| utc(s, zone));
        Some(ResolvedHit {
            row: hit.row.checked_sub(rules.milestones.len())?,
            source: hit.source,
            at,
            run: runs.of(hit.source.member, at),
            text: hit.text.clone(),
            captures: hit.captures.clone(),
        })
    };
    let of = |(part, zone)| part_hits(part).iter().filter_map(move |hit| resolved(hit, zone));
    parts.iter().zip(zones.iter().copied()).flat_map(of).collect()
}

/// What the client's own logs say of user, organisation and requests.
fn identifiers(bundle: &Bundle, parts: &[Option<Part>], zones: &[Zone], runs: &Runs) -> Vec<Identifier> {
    let known = |seen: &Sighting, zone: Zone| {
        let at = seen.stamp.map(|s| utc(s, zone));
        Identifier {
            kind: seen.kind,
            value: seen.value.clone(),
            inferred: seen.inferred,
            source: seen.source,
            at,
            run: runs.of(seen.source.member, at),
            line: seen.line.clone(),
            count: seen.count,
        }
    };
    let mut all = Vec::new();
    for ((_, part), zone) in bundle.members.iter().zip(parts).zip(zones).filter(|((member, _), _)| is_client(member)) {
        all.extend(part.iter().flat_map(|p| &p.case).map(|seen| known(seen, *zone)));
    }
    all.sort_by_key(|i| (i.kind, i.at.is_none(), i.at, i.source));
    all
}

/// Lines that came near to one that signatures look for; rows are those of the catalogue.
fn near_misses(parts: &[Option<Part>], rules: &Rules) -> Vec<NearMiss> {
    let own = |miss: &NearMiss| Some(NearMiss { row: miss.row.checked_sub(rules.milestones.len())?, ..miss.clone() });
    parts.iter().flatten().flat_map(|part| part.misses.iter().filter_map(own)).collect()
}

fn part_hits(part: &Option<Part>) -> &[LineHit] {
    part.as_ref().map_or(&[], |p| &p.hits)
}

/// Documents hold times too, but no run of the client begins or ends with them.
fn is_log(member: &Member) -> bool {
    is_client(member) && !matches!(member.role, Role::Environment | Role::DeviceConfig | Role::Diagnostics)
}

fn is_client(member: &Member) -> bool {
    member.role.observer() == bundle::Observer::Client
}

/// The zone of each member, from what its stamps and its SIP text tell.
fn zones(bundle: &Bundle, parts: &[Option<Part>], options: &Options) -> Vec<Zone> {
    let times = |member: &Member, part: &Option<Part>| {
        let Some(part) = part else { return zone::MemberTimes::default() };
        let mut times = zone::MemberTimes::new(&part.read, member.role.observer());
        times.tags = extract::tag_clock_pairs(&part.sip.found);
        times.messages = part.sip.found.iter().filter_map(|f| Some((message_key(&f.message), f.stamp?))).collect();
        times
    };
    let times: Vec<zone::MemberTimes> = bundle.members.iter().zip(parts).map(|(member, part)| times(member, part)).collect();
    zone::zones(&times, options.zone_s)
}

/// The same for every logged copy of a message: start line, Call-ID, CSeq and branch.
fn message_key(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    message.text.lines().next().hash(&mut hasher);
    message.call_id().hash(&mut hasher);
    message.header("CSeq").hash(&mut hasher);
    message.header("Via").hash(&mut hasher);
    hasher.finish()
}

/// The messages of all members in time order, and what they mean together.
fn facts(bundle: &Bundle, parts: &mut [Option<Part>], zones: &[Zone], runs: &Runs, notes: &mut Notes) -> Facts {
    let sip = bundle.members.iter().zip(parts).zip(zones).filter_map(|((member, part), zone)| {
        let part = part.as_mut()?;
        let found = std::mem::take(&mut part.sip.found);
        let extracted = Extracted { member: member.id, found, pings: part.sip.pings.clone(), notes: Notes::new() };
        Some(MemberSip { extracted, observer: member.role.observer(), zone: *zone })
    });
    let sip: Vec<MemberSip> = sip.collect();
    let mut signs: Vec<CrlfSign> = sip.iter().flat_map(|m| signs(m, runs)).collect();
    signs.sort_by_key(|s| (s.at, s.source));
    let (mut messages, told) = extract::directions(sip);
    notes.append(told);
    for message in &mut messages {
        message.run = runs.of(message.source.member, message.seen.at);
    }
    let ends: Vec<Option<LogTime>> = runs.spans.iter().map(|s| s.end).collect();
    assemble::facts_with_signs(messages, &signs, &ends, notes)
}

/// The CRLF keep-alives that a member's log tells in words.
fn signs(member: &MemberSip, runs: &Runs) -> Vec<CrlfSign> {
    let sign = |ping: &CrlfPing| {
        let at = ping.stamp.map(|s| utc(s, member.zone));
        let run = runs.of(ping.source.member, at);
        CrlfSign { source: ping.source, run, at, sent: ping.sent, pong: ping.pong, peer: ping.peer.clone() }
    };
    member.extracted.pings.iter().map(sign).collect()
}

/// What the client is: User-Agent of most of its requests, dialect, names of members and bundle.
fn client(bundle: &Bundle, parts: &[Option<Part>], rules: &Rules, facts: &Facts) -> Client {
    let mut agents: BTreeMap<&str, usize> = BTreeMap::new();
    for message in facts.messages.iter().filter(|m| m.seen.direction == Direction::Sent && m.seen.message.is_request()) {
        if let Some(agent) = message.seen.message.header("User-Agent") {
            *agents.entry(agent).or_default() += 1;
        }
    }
    // Of equally many the first in the alphabet, so that the same bundle gives the same report.
    let agent = agents.into_iter().min_by_key(|(_, count)| std::cmp::Reverse(*count)).map(|(agent, _)| agent.to_owned());
    let device_type = parts.iter().flatten().find_map(|p| p.run.device_type.clone());
    let android = parts.iter().flatten().filter_map(|p| p.read.dialect()).any(|d| rules.dialects.name(d) == "android");
    let paths: Vec<&str> = bundle.members.iter().map(|m| m.path.as_str()).collect();
    run::client(agent, device_type, android, &paths, &bundle.name)
}

/// The milestone lines of all members with their run, in time order.
fn marks(parts: &[Option<Part>], zones: &[Zone], runs: &Runs, rules: &Rules) -> Vec<(RunId, Mark)> {
    let mut marks = Vec::new();
    for (part, zone) in parts.iter().zip(zones) {
        for hit in part.iter().flat_map(|p| &p.hits) {
            let Some(row) = rules.milestones.get(hit.row) else { continue };
            let at = hit.stamp.map(|s| utc(s, *zone));
            let mark = Mark {
                stage: row.stage,
                says: row.says,
                assumed: row.assumed,
                explained_by: row.explained_by.clone(),
                at,
                source: hit.source,
                line: shortened(&hit.text).to_owned(),
                captures: hit.captures.clone(),
            };
            marks.push((runs.of(hit.source.member, at), mark));
        }
    }
    marks.sort_by_key(|(_, m)| (m.at, m.source));
    marks
}

/// The coverage of each member. Its notes are those of opening, of reading and of finding SIP.
fn reports(
    bundle: &Bundle,
    parts: &[Option<Part>],
    zones: &[Zone],
    rules: &Rules,
    facts: &Facts,
    notes: &mut Notes,
) -> Vec<MemberReport> {
    for part in parts.iter().flatten() {
        notes.append(part.read.notes.clone());
        notes.append(part.sip.notes.clone());
        if part.beyond > 0 {
            let text = format!("{} more lines with start-up or failure marks than are kept", part.beyond);
            notes.push(NoteKind::Limit, Some(part.read.member), 0, text);
        }
        if part.case_beyond > 0 {
            let text = format!("{} more different identifiers (tracking IDs and the like) than are kept", part.case_beyond);
            notes.push(NoteKind::Limit, Some(part.read.member), 0, text);
        }
    }
    let mut sip: BTreeMap<MemberId, u64> = BTreeMap::new();
    for message in &facts.messages {
        *sip.entry(message.source.member).or_default() += 1;
    }
    let report = |member: &Member, part: &Option<Part>, zone: &Zone| {
        let read = part.as_ref().map(|p| &p.read);
        let times = read.and_then(|r| r.index.times());
        MemberReport {
            id: member.id,
            dialect: read.and_then(|r| r.dialect()).map(|d| rules.dialects.name(d).to_owned()),
            bytes: read.map_or(member.declared_bytes, |r| r.bytes),
            lines: read.map_or(0, |r| r.lines),
            records: read.map_or(0, |r| r.records),
            unrecognised_lines: read.map_or(0, |r| r.unrecognised_lines),
            first: times.map(|t| t.0),
            last: times.map(|t| t.1),
            zone: *zone,
            sip_messages: sip.get(&member.id).copied().unwrap_or(0),
            notes: notes.of(Some(member.id)),
        }
    };
    bundle.members.iter().zip(parts).zip(zones).map(|((member, part), zone)| report(member, part, zone)).collect()
}

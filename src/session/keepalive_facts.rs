//! Keep-alives from OPTIONS transactions, CRLF signs and REGISTER refreshes (RFC 5626 §4.4; words of `report-v1`). In: [`Traffic`],
//! the signs that the log printed, registrations. Out: [`KeepAlive`]s in order of their first ping. Must not know calls.

use std::collections::{HashMap, HashSet};

use super::keepalive::{KeepAlive, KeepAliveKind, KeepAliveState, Ping};
use super::registration::{AttemptKind, Registration};
use super::traffic::{Traffic, id, requester};
use super::{RunId, Side};
use crate::base::{LogTime, Private, PrivateKind, SourceRef};
use crate::sip::Method;
use crate::sip::transaction::{T64_US, Transaction};

/// RFC 5626 §4.4.1: a pong that has not come after 10 s does not come.
const PONG_US: i64 = 10_000_000;

/// A double CRLF (ping) or single CRLF (pong) that the log printed.
#[derive(Clone, Debug)]
pub struct CrlfSign {
    /// Its line.
    pub source: SourceRef,
    /// The run.
    pub run: RunId,
    /// When.
    pub at: Option<LogTime>,
    /// Did the client send it? `None`: the log does not say; then a ping is the client's, which is who sends them by the RFC.
    pub sent: Option<bool>,
    /// The answer, not the ping.
    pub pong: bool,
    /// The other end as `host:port`, when the line has it.
    pub peer: Option<String>,
}

/// All keep-alives of all runs.
pub fn keepalives(traffic: &Traffic<'_>, signs: &[CrlfSign], registrations: &[Registration]) -> Vec<KeepAlive> {
    let mut groups = Groups::default();
    for transaction in traffic.transactions.list.iter().filter(|t| t.method == Method::Options) {
        options(traffic, transaction, &mut groups);
    }
    crlf(signs, registrations, &mut groups);
    let mut list = groups.finish(traffic);
    let alive: HashSet<RunId> = list.iter().map(|k| k.run).collect();
    for registration in registrations.iter().filter(|r| !alive.contains(&r.run)) {
        list.extend(by_refresh(traffic, registration));
    }
    list.sort_by_key(|k| (k.run, k.pings.first().map(|p| (p.at, p.source)), k.kind));
    list
}

type GroupKey = (RunId, KeepAliveKind, Side, Private);

#[derive(Default)]
struct Groups {
    places: HashMap<GroupKey, usize>,
    list: Vec<(GroupKey, Vec<Ping>)>,
}

impl Groups {
    fn pings(&mut self, key: GroupKey) -> Option<&mut Vec<Ping>> {
        let next = self.list.len();
        let place = *self.places.entry(key.clone()).or_insert(next);
        if place == next {
            self.list.push((key, Vec::new()));
        }
        self.list.get_mut(place).map(|(_, pings)| pings)
    }

    fn finish(self, traffic: &Traffic<'_>) -> Vec<KeepAlive> {
        let keepalive = |((run, kind, from, peer), pings)| keepalive(traffic, run, kind, from, peer, pings);
        self.list.into_iter().map(keepalive).collect()
    }
}

/// OPTIONS outside a dialog.
fn options(traffic: &Traffic<'_>, transaction: &Transaction, groups: &mut Groups) {
    let Some(request) = transaction.request() else { return };
    if transaction.request_to_tag(&traffic.keys).is_some() {
        return;
    }
    let peer = traffic.peer(transaction).unwrap_or_else(|| Private::new(PrivateKind::Address, ""));
    let from = requester(transaction.role);
    let Some(source) = traffic.messages.get(request as usize).map(|m| m.source) else { return };
    let at = traffic.at(request);
    let answered_at = transaction.answer.and_then(|a| traffic.at(a));
    let ping = Ping {
        at,
        message: Some(id(request)),
        source,
        answered: transaction.answer.is_some(),
        round_trip_us: at.zip(answered_at).map(|(from, to)| to.since_us(from)),
    };
    if let Some(pings) = groups.pings((RunId(transaction.scope), KeepAliveKind::Options, from, peer)) {
        pings.push(ping);
    }
}

fn crlf(signs: &[CrlfSign], registrations: &[Registration], groups: &mut Groups) {
    for sign in signs {
        let known =
            || registrations.iter().find(|r| r.run == sign.run).and_then(|r| r.next_hops.last().or(Some(&r.registrar)).cloned());
        let peer = sign.peer.clone().map(|p| Private::new(PrivateKind::Address, p)).or_else(known);
        let peer = peer.unwrap_or_else(|| Private::new(PrivateKind::Address, ""));
        // The pong goes the other way than its ping.
        let from = if sign.sent.unwrap_or(!sign.pong) == sign.pong { Side::Peer } else { Side::Client };
        let Some(pings) = groups.pings((sign.run, KeepAliveKind::Crlf, from, peer)) else { continue };
        if !sign.pong {
            pings.push(Ping { at: sign.at, message: None, source: sign.source, answered: false, round_trip_us: None });
        } else if let Some(ping) = pings.last_mut().filter(|p| !p.answered) {
            let took = ping.at.zip(sign.at).map(|(from, to)| to.since_us(from));
            if took.is_none_or(|us| us <= PONG_US) {
                ping.answered = true;
                ping.round_trip_us = took;
            }
        }
    }
    // Pongs alone are no keep-alive that can be judged.
    groups.list.retain(|(key, pings)| key.1 != KeepAliveKind::Crlf || !pings.is_empty());
}

/// Refreshes as the only sign of life; a challenge and its second try are one.
fn by_refresh(traffic: &Traffic<'_>, registration: &Registration) -> Option<KeepAlive> {
    let refreshes =
        registration.attempts.iter().filter(|a| a.kind == AttemptKind::Refresh && !matches!(a.status, Some(401 | 407)));
    let ping = |attempt: &super::registration::Attempt| {
        Some(Ping {
            at: attempt.at,
            message: Some(attempt.request),
            source: traffic.messages.get(attempt.request.index())?.source,
            answered: attempt.status.is_some(),
            round_trip_us: attempt.duration_us,
        })
    };
    let pings: Vec<Ping> = refreshes.filter_map(ping).collect();
    if pings.is_empty() {
        return None;
    }
    let peer = registration.next_hops.last().unwrap_or(&registration.registrar).clone();
    Some(keepalive(traffic, registration.run, KeepAliveKind::Register, Side::Client, peer, pings))
}

fn keepalive(traffic: &Traffic<'_>, run: RunId, kind: KeepAliveKind, from: Side, peer: Private, pings: Vec<Ping>) -> KeepAlive {
    let times: Vec<LogTime> = pings.iter().filter_map(|p| p.at).collect();
    let mut gaps: Vec<i64> = times.iter().zip(times.iter().skip(1)).map(|(a, b)| b.since_us(*a)).collect();
    gaps.sort_unstable();
    let wait = if kind == KeepAliveKind::Crlf { PONG_US } else { T64_US };
    KeepAlive {
        run,
        kind,
        from,
        peer,
        interval_s: median(&gaps).map(seconds),
        longest_gap_s: gaps.last().map(|gap| seconds(*gap as f64)),
        state: state(&pings, traffic.end(run), wait),
        pings,
    }
}

fn seconds(us: f64) -> f64 {
    us / 1e6
}

/// The middle of sorted numbers, of an even count the mean of the middle two.
fn median(sorted: &[i64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    let lower = if sorted.len().is_multiple_of(2) {
        middle.checked_sub(1).and_then(|m| sorted.get(m).copied()).unwrap_or(upper)
    } else {
        upper
    };
    Some((lower as f64 + upper as f64) / 2.0)
}

/// A last ping on which the log ends before an answer had to come decides nothing; one after which the next was sent does.
fn state(pings: &[Ping], end: Option<LogTime>, wait_us: i64) -> KeepAliveState {
    let open = |p: &Ping| !p.answered && p.at.zip(end).is_some_and(|(at, end)| end.since_us(at) < wait_us);
    let decided = match pings.split_last() {
        Some((last, before)) if open(last) => before,
        _ => pings,
    };
    let answered = decided.iter().filter(|p| p.answered).count();
    match decided.last() {
        None => KeepAliveState::Unknown,
        Some(_) if answered == 0 => KeepAliveState::OneWay,
        Some(last) if !last.answered => KeepAliveState::Lost,
        Some(_) if answered < decided.len() => KeepAliveState::Recovered,
        Some(_) => KeepAliveState::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::MemberId;

    fn pings(pattern: &str) -> Vec<Ping> {
        let source = SourceRef { member: MemberId(0), line: 1, offset: 0, bytes: 1 };
        let ping = |(n, c): (usize, char)| Ping {
            at: Some(LogTime(n as i64 * 30_000_000)),
            message: None,
            source,
            answered: c == '+',
            round_trip_us: None,
        };
        pattern.chars().enumerate().map(ping).collect()
    }

    #[test]
    fn states_by_the_contract() {
        let after = |n: i64| Some(LogTime(n * 30_000_000));
        let of = |pattern: &str| state(&pings(pattern), after(pattern.len() as i64 + 5), PONG_US);
        assert_eq!(of("+++"), KeepAliveState::Ok);
        assert_eq!(of("++-"), KeepAliveState::Lost);
        assert_eq!(of("+-+"), KeepAliveState::Recovered);
        assert_eq!(of("---"), KeepAliveState::OneWay);
        assert_eq!(of(""), KeepAliveState::Unknown);
        // The log ends with the ping itself.
        assert_eq!(state(&pings("++-"), after(2), PONG_US), KeepAliveState::Ok);
        assert_eq!(median(&[10, 20, 60]), Some(20.0));
        assert_eq!(median(&[10, 20]), Some(15.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn losses_recoveries_and_gaps() {
        let of = |pattern: &str| {
            let (pings, end) = (pings(pattern), Some(LogTime(600_000_000)));
            KeepAlive {
                run: RunId(0),
                kind: KeepAliveKind::Crlf,
                from: Side::Client,
                peer: Private::new(PrivateKind::Address, "x"),
                interval_s: Some(30.0),
                longest_gap_s: None,
                state: state(&pings, end, PONG_US),
                pings,
            }
        };
        let told = |pattern: &str| {
            let seconds = |at: Option<LogTime>| at.map(|t| t.0 / 1_000_000);
            of(pattern).outages().iter().map(|o| (seconds(o.from), seconds(o.to), o.pings)).collect::<Vec<_>>()
        };
        assert_eq!(told("++--+-"), [(Some(60), Some(120), 2), (Some(150), None, 1)]);
        assert_eq!(told("---"), [], "one way");
        assert_eq!(told("--++"), [], "nothing was answered before");
        assert_eq!(of("+++++").gaps(), []);
        let mut late = of("+++++");
        late.pings[4].at = Some(LogTime(300_000_000));
        assert_eq!(late.gaps(), [(LogTime(90_000_000), LogTime(300_000_000))]);
    }

    #[test]
    fn pongs_answer_the_ping_before_them() {
        let source = SourceRef { member: MemberId(0), line: 1, offset: 0, bytes: 1 };
        let sign = |s: i64, sent: bool, pong: bool| CrlfSign {
            source,
            run: RunId(0),
            at: Some(LogTime(s * 1_000_000)),
            sent: Some(sent),
            pong,
            peer: Some("192.0.2.1:5060".into()),
        };
        // RFC 5626 §4.4.1: pong within 10 s; the second ping's comes too late.
        let signs = [
            sign(0, true, false),
            sign(1, false, true),
            sign(30, true, false),
            sign(45, false, true),
            sign(60, true, false),
            sign(61, false, true),
        ];
        let mut groups = Groups::default();
        crlf(&signs, &[], &mut groups);
        let (key, pings) = groups.list.first().unwrap();
        assert_eq!((key.2, groups.list.len()), (Side::Client, 1));
        assert_eq!(pings.iter().map(|p| p.answered).collect::<Vec<_>>(), [true, false, true]);
    }
}

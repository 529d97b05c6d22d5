//! What goes wrong with the path to the network: keep-alives, NAT bindings, connections (RFC 3581, RFC 5626). In: [`Scene`]. Out:
//! [`Found`]s. Not faults: pings that never had an answer (CRLF on UDP), a log that ends, a computer that slept.

use std::collections::BTreeMap;

use super::{Found, Scene};
use crate::base::{LogTime, SourceRef};
use crate::findings::{Confidence, Severity};
use crate::session::keepalive::{KeepAlive, KeepAliveKind, KeepAliveState, Ping};
use crate::session::{Evidence, MessageId, RunId, Side};
use crate::sip::Method;
use crate::sip::transaction::Role;

fn own<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = &'s KeepAlive> {
    scene.facts.keepalives.iter().filter(|k| k.kind != KeepAliveKind::Register && k.from == Side::Client)
}

fn evidence(scene: &Scene<'_>, ping: &Ping) -> Evidence {
    match ping.message {
        Some(id) => scene.proof(id),
        None => Evidence { source: Some(ping.source), at: ping.at, text: crate::base::Text::word("CRLF"), message: None },
    }
}

fn seconds(us: i64) -> String {
    format!("{:.1}", us as f64 / 1e6)
}

/// Pings without answer where this peer answered before. Milder when only one ping was lost.
pub fn lost(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for alive in own(scene).filter(|k| matches!(k.state, KeepAliveState::Lost | KeepAliveState::Recovered)) {
        let mut open: Vec<&Ping> = Vec::new();
        let mut answered_before = false;
        for ping in &alive.pings {
            if !ping.answered {
                open.push(ping);
                continue;
            }
            if !open.is_empty() && answered_before {
                out.push(outage(scene, alive, &open, Some(ping)));
            }
            answered_before = true;
            open.clear();
        }
        if !open.is_empty() && answered_before && alive.state == KeepAliveState::Lost {
            out.push(outage(scene, alive, &open, None));
        }
    }
    out
}

fn outage(scene: &Scene<'_>, alive: &KeepAlive, open: &[&Ping], back: Option<&Ping>) -> Found {
    let list =
        open.iter().map(|p| evidence(scene, p)).chain(back.map(|p| evidence(scene, p))).take(super::MAX_EVIDENCE).collect();
    let first = open.iter().find_map(|p| p.at);
    let mut one = Found::at(alive.run, first, list).with_private("peer", Some(&alive.peer)).with("pings", open.len());
    one = one.with("kind", alive.kind.word().to_uppercase());
    one.last = back.and_then(|p| p.at).or_else(|| open.iter().rev().find_map(|p| p.at));
    if let Some(us) = back.and_then(|p| p.at).zip(first).map(|(b, f)| b.since_us(f)) {
        one = one.with("outage", seconds(us));
    }
    if back.is_some() && open.len() == 1 {
        one = one.graded(Severity::Warning);
    }
    one
}

/// A pause of more than three intervals and five seconds; only a note when the whole log is silent in it, and for phones.
pub fn gap(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for alive in own(scene).filter(|k| k.pings.len() >= 4) {
        let Some(interval) = alive.interval_s.filter(|s| *s > 0.0) else { continue };
        let bound = ((interval * 3.0 + 5.0) * 1e6) as i64;
        for pair in alive.pings.windows(2) {
            let [before, after] = pair else { continue };
            let (Some(from), Some(to)) = (before.at, after.at) else { continue };
            if to.since_us(from) <= bound {
                continue;
            }
            let mut one = Found::at(alive.run, Some(from), vec![evidence(scene, before), evidence(scene, after)])
                .with_private("peer", Some(&alive.peer))
                .with("gap", seconds(to.since_us(from)))
                .with("interval", format!("{interval:.0}"));
            one.last = Some(to);
            if scene.mobile() || !scene.awake(from.plus_us(1_000_000), to.plus_us(-1_000_000)) {
                one = one.graded(Severity::Note);
            }
            out.push(one);
        }
    }
    out
}

/// Where the network saw a request come from.
struct Place {
    run: RunId,
    at: Option<LogTime>,
    transport: String,
    sent_by: String,
    seen_as: Option<(String, Option<u16>)>,
    answer: MessageId,
    request: MessageId,
    source: SourceRef,
    unregister: bool,
}

/// The REGISTER and OPTIONS transactions of the client that were answered, in time order.
fn places(scene: &Scene<'_>) -> Vec<Place> {
    let mut out = Vec::new();
    for transaction in &scene.transactions.list {
        let wanted = matches!(transaction.method, Method::Register | Method::Options) && transaction.role == Role::Client;
        let (true, Some(request), Some(answer)) = (wanted, transaction.request(), transaction.answer) else { continue };
        let (request, answer) = (MessageId(request), MessageId(answer));
        let (Some(sent), Some(got)) = (scene.message(request), scene.message(answer)) else { continue };
        let (Some(via), Some(back)) = (sent.seen.message.top_via(), got.seen.message.top_via()) else { continue };
        let seen_as = back.received().map(|host| (host.to_owned(), back.rport().flatten()));
        out.push(Place {
            run: sent.run,
            at: sent.seen.at,
            transport: via.transport.to_ascii_uppercase(),
            sent_by: via.sent_by().to_ascii_lowercase(),
            seen_as,
            answer,
            request,
            source: sent.source,
            unregister: sent.seen.message.expires() == Some(0),
        });
    }
    out.sort_by_key(|p| (p.run, p.at, p.source));
    out
}

/// UDP, the same local place, another place seen by the network (RFC 3581 §4).
pub fn nat_binding_lost(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    let mut last: BTreeMap<(RunId, String), Place> = BTreeMap::new();
    for place in places(scene).into_iter().filter(|p| p.transport == "UDP" && p.seen_as.is_some()) {
        let key = (place.run, place.sent_by.clone());
        if let Some(before) = last.get(&key).filter(|b| b.seen_as != place.seen_as) {
            let words = |p: &Place| match &p.seen_as {
                Some((host, Some(port))) => format!("{host}:{port}"),
                Some((host, None)) => host.clone(),
                None => String::new(),
            };
            let interval = scene.facts.keepalives.iter().filter(|k| k.run == place.run && k.from == Side::Client);
            let interval = interval.filter_map(|k| k.interval_s).fold(None, |a: Option<f64>, b| Some(a.map_or(b, |a| a.min(b))));
            let mut one = Found::of(scene, place.run, &[before.answer, place.answer])
                .with_private("before", Some(&address(words(before))))
                .with_private("after", Some(&address(words(&place))))
                .with("pause", place.at.zip(before.at).map_or_else(|| "–".into(), |(a, b)| seconds(a.since_us(b))));
            if let Some(interval) = interval {
                one = one.with("interval", format!("{interval:.0}"));
            }
            out.push(one);
        }
        last.insert(key, place);
    }
    out
}

fn address(text: String) -> crate::base::Private {
    crate::base::Private::new(crate::base::PrivateKind::Address, text)
}

/// TCP or TLS: the client's port as the network sees it changed, and nothing was signed out in between (RFC 5626).
pub fn connection_reopened(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    let mut last: BTreeMap<RunId, Place> = BTreeMap::new();
    for place in places(scene).into_iter().filter(|p| matches!(p.transport.as_str(), "TCP" | "TLS")) {
        let port = |p: &Place| p.seen_as.as_ref().and_then(|s| s.1);
        if let Some(before) = last.get(&place.run)
            && !before.unregister
            && port(before).zip(port(&place)).is_some_and(|(a, b)| a != b)
            && before.transport == place.transport
        {
            let open = |c: &&crate::session::call::Call| {
                c.run == place.run && c.answered.is_some() && c.answered < place.at && c.ended.is_none_or(|e| Some(e) > place.at)
            };
            let calls = scene.facts.calls.iter().filter(open).count();
            let one = Found::of(scene, place.run, &[before.request, place.request]).with("transport", &place.transport);
            out.push(one.with("calls", calls));
        }
        last.insert(place.run, place);
    }
    out
}

/// The top Via of an answer is not the one that was sent with its branch, or a 2xx to REGISTER lists our user at another place only.
pub fn rewritten(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for transaction in scene.transactions.list.iter().filter(|t| t.role == Role::Client) {
        let (Some(request), Some(answer)) = (transaction.request(), transaction.answer) else { continue };
        let (Some(sent), Some(got)) = (scene.keys.get(request), scene.keys.get(answer)) else { continue };
        let masked = |s| super::is_masked(scene.keys.symbols.text(s));
        if sent.branch.same(got.branch)
            && sent.unique
            && sent.sent_by.differs(got.sent_by)
            && !masked(sent.sent_by)
            && !masked(got.sent_by)
        {
            out.push(Found::of(scene, RunId(transaction.scope), &[MessageId(request), MessageId(answer)]));
        }
    }
    for registration in &scene.facts.registrations {
        let Some(attempt) = registration.attempts.iter().rfind(|a| a.status == Some(200)) else { continue };
        let Some(request) = scene.message(attempt.request).map(|m| &m.seen.message).filter(|m| m.is_request()) else { continue };
        let contacts = request.contacts();
        let users: Vec<&str> =
            contacts.iter().filter_map(|c| c.parsed_uri().and_then(|u| u.user)).filter(|u| !super::is_masked(u)).collect();
        let none_ours = registration.bindings.iter().all(|b| !b.ours && !super::is_masked(b.contact.original()));
        let same_user =
            registration.bindings.iter().any(|b| users.iter().any(|u| b.contact.original().contains(&format!(":{u}@"))));
        if none_ours && same_user && attempt.kind != crate::session::registration::AttemptKind::Unregister {
            let messages: Vec<MessageId> = [Some(attempt.request), attempt.answer].into_iter().flatten().collect();
            out.push(Found::of(scene, registration.run, &messages).sure(Confidence::Possible));
        }
    }
    out
}

/// Ten repeats and a twentieth of the requests, counted in transactions that were answered; by peer and transport.
pub fn retransmissions(scene: &Scene<'_>) -> Vec<Found> {
    /// Run, peer, transport.
    type Peer = (RunId, String, String);
    /// Requests sent, repeats among them, some repeats as proof.
    type Count = (usize, usize, Vec<MessageId>);
    let mut by_peer: BTreeMap<Peer, Count> = BTreeMap::new();
    for transaction in scene.transactions.list.iter().filter(|t| t.role == Role::Client && t.answer.is_some()) {
        let Some(request) = transaction.request() else { continue };
        let Some(sent) = scene.message(MessageId(request)) else { continue };
        let transport = sent.seen.message.top_via().map_or(String::new(), |v| v.transport.to_ascii_uppercase());
        let peer = sent.seen.remote.clone().or_else(|| {
            let route = sent.seen.message.routes().first().and_then(|r| r.parsed_uri()).map(|u| u.host.to_owned());
            route.or_else(|| sent.seen.message.request_uri().and_then(crate::sip::Uri::parse).map(|u| u.host.to_owned()))
        });
        let slot = by_peer.entry((sent.run, peer.unwrap_or_default(), transport)).or_default();
        slot.0 += transaction.requests.len();
        slot.1 += transaction.requests.len().saturating_sub(1);
        slot.2.extend(transaction.requests.iter().skip(1).take(2).map(|r| MessageId(*r)));
    }
    let heavy = by_peer.into_iter().filter(|(_, (all, repeats, _))| *repeats >= 10 && repeats * 20 >= *all);
    heavy
        .map(|((run, peer, transport), (all, repeats, messages))| {
            let one = Found::of(scene, run, &messages).with_private("peer", Some(&address(peer))).with("transport", transport);
            one.with("repeats", repeats).with("requests", all)
        })
        .collect()
}

/// UDP: a request of 1,300 bytes or more sent three times without any answer, while a smaller one to the same place was answered
/// within a minute (RFC 3261 §18.1.1).
pub fn too_large(scene: &Scene<'_>) -> Vec<Found> {
    const LARGE: usize = 1_300;
    let size = |index: u32| scene.message(MessageId(index)).map_or(0, |m| m.seen.message.text.len());
    let client = || scene.transactions.list.iter().filter(|t| t.role == Role::Client && t.request().is_some());
    let mut out = Vec::new();
    for transaction in client().filter(|t| t.responses.is_empty() && t.requests.len() >= 3) {
        let Some(request) = transaction.request() else { continue };
        let Some(sent) = scene.message(MessageId(request)) else { continue };
        let udp = sent.seen.message.top_via().is_some_and(|v| v.transport.eq_ignore_ascii_case("UDP"));
        if !udp || size(request) < LARGE {
            continue;
        }
        let near = |at: Option<LogTime>| at.zip(sent.seen.at).is_some_and(|(a, b)| a.since_us(b).abs() <= 60_000_000);
        let small = client().find(|t| {
            let other = t.request().and_then(|r| scene.message(MessageId(r)));
            t.scope == transaction.scope
                && !t.responses.is_empty()
                && t.request().is_some_and(|r| size(r) < LARGE)
                && other.is_some_and(|o| near(o.seen.at) && o.seen.remote == sent.seen.remote)
        });
        if let Some(answered) = small.and_then(|t| t.request()) {
            let messages: Vec<MessageId> = transaction.requests.iter().copied().chain([answered]).map(MessageId).collect();
            let mut one = Found::of(scene, RunId(transaction.scope), &messages)
                .with("bytes", size(request))
                .with("method", transaction.method.as_str())
                .with("sends", transaction.requests.len());
            one.call = super::call_of(scene, MessageId(request));
            out.push(one);
        }
    }
    out
}

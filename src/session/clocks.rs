//! This client's clock against the application server's, as the tags that the server makes tell it (`<number>-<13 digits>`, epoch
//! milliseconds; seen in public traces). In: facts. Out: [`PeerClock`]s. A tag tells only in the first message that carries it.

use std::collections::{BTreeMap, HashSet};

use super::Facts;
use super::extract::tag_ms;
use super::run::PeerClock;
use crate::base::{Private, PrivateKind};
use crate::bundle::Observer;

/// One for each host that the tags came from; the offset is the median over calls.
pub fn clocks(facts: &Facts) -> Vec<PeerClock> {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut samples: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for message in facts.messages.iter().filter(|m| m.observer == Observer::Client) {
        let sip = &message.seen.message;
        let tags = [sip.from(), sip.to()].into_iter().flatten().filter_map(|address| address.tag());
        for tag in tags {
            let Some(ms) = tag_ms(tag) else { continue };
            if seen.insert(tag)
                && let Some(at) = message.seen.at
            {
                let host = message.seen.remote.as_deref().map(host_of).or_else(|| registrar(facts)).unwrap_or_default();
                samples.entry(host.to_owned()).or_default().push(at.0 - ms * 1_000);
            }
        }
    }
    let clock = |(peer, mut offsets): (String, Vec<i64>)| {
        offsets.sort_unstable();
        let offset_us = offsets.get(offsets.len() / 2).copied().unwrap_or_default();
        let samples = u32::try_from(offsets.len()).unwrap_or(u32::MAX);
        PeerClock { peer: Private::new(PrivateKind::Host, peer), offset_us, basis: "as-tag", samples }
    };
    samples.into_iter().map(clock).collect()
}

/// `host:port` without its port; an IPv6 address keeps its brackets.
fn host_of(address: &str) -> &str {
    match address.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && (host.ends_with(']') || !host.contains(':')) => host,
        _ => address,
    }
}

fn registrar(facts: &Facts) -> Option<&str> {
    facts.registrations.last().map(|r| r.registrar.original())
}

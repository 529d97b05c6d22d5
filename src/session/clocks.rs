//! This client's clock against the application server's, as the tags that the server makes tell it (`<number>-<13 digits>`, epoch
//! milliseconds; seen in public traces), and the server's zone. In: facts. Out: [`PeerClock`]s, [`ServerZone`]. A tag tells only in
//! the first message that carries it.

use std::collections::{BTreeMap, HashSet};

use super::extract::tag_ms;
use super::run::{PeerClock, ServerZone};
use super::{Facts, MessageId};
use crate::base::time::SECOND_US;
use crate::base::{LogTime, Private, PrivateKind};
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

const QUARTER_S: i64 = 900;
/// Call-ID and tag of one message are made within this time.
const TOGETHER_US: i64 = 60 * SECOND_US;

/// The zone of the application server: its Call-IDs hold its local time, its tags hold UTC. From the first message that has both; else
/// from a Call-ID and the message's own time, once the difference of the clocks is known.
pub fn server_zone(facts: &Facts) -> Option<ServerZone> {
    let client = || (0_u32..).map(MessageId).zip(&facts.messages).filter(|(_, m)| m.observer == Observer::Client);
    let own = |call_id: &str| Some(call_id_time(call_id)?.0);
    let by_tag = client().find_map(|(message, logged)| {
        let sip = &logged.seen.message;
        let local = own(sip.call_id()?)?;
        let mut tags = [sip.from(), sip.to()].into_iter().flatten().filter_map(|a| tag_ms(a.tag()?));
        tags.find_map(|ms| Some(ServerZone { offset_s: quarter(local - ms * 1_000, TOGETHER_US)?, basis: "as-tag", message }))
    });
    let offset_us = facts.clocks.first().map(|c| c.offset_us);
    by_tag.or_else(|| {
        let offset_us = offset_us?;
        client().find_map(|(message, logged)| {
            // Only the first message with a Call-ID is of the moment that the Call-ID was made at.
            let local = own(logged.seen.message.call_id()?)?;
            let utc = logged.seen.at?.0 - offset_us;
            Some(ServerZone { offset_s: quarter(local - utc, TOGETHER_US)?, basis: "estimated", message })
        })
    })
}

/// Local time of a Call-ID that the application server made: `BW`, HHMMSSmmm, DDMMYY, a number, `@`, its address.
pub fn call_id_time(call_id: &str) -> Option<LogTime> {
    let (digits, _) = call_id.strip_prefix("BW")?.split_at_checked(15)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !call_id.contains('@') {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
    let year = 2000 + i32::try_from(part(13, 15)?).ok()?;
    LogTime::from_civil(year, part(11, 13)?, part(9, 11)?, part(0, 2)?, part(2, 4)?, part(4, 6)?, part(6, 9)? * 1_000)
}

/// The zone of a difference between a local time and UTC: whole quarter hours from -12 to +14 hours.
fn quarter(us: i64, near_us: i64) -> Option<i32> {
    let quarters = (us + QUARTER_S * SECOND_US / 2).div_euclid(QUARTER_S * SECOND_US);
    let rest = us - quarters * QUARTER_S * SECOND_US;
    let offset_s = quarters * QUARTER_S;
    (rest.abs() <= near_us && (-12 * 3600..=14 * 3600).contains(&offset_s)).then(|| i32::try_from(offset_s).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::script;

    #[test]
    fn a_call_id_of_the_server_holds_its_local_time() {
        // 2023-01-26 16:51:41.131 local; the tag 1674748301131 is 15:51:41.131 UTC, so the server is at +01:00.
        assert_eq!(call_id_time("BW165141131260123-1234@192.0.2.1").unwrap().rfc3339(), "2023-01-26T16:51:41.131000Z");
        for other in ["BW1651", "BW165141131260123", "BX165141131260123@h", "BW995141131260123@h", "BW165141131991323@h"] {
            assert_eq!(call_id_time(other), None, "{other}");
        }
        let facts = |call_id: &str, tag: &str| {
            let line = format!("1674748304531 < INVITE 1 z9hG4bKBroadWorks.1 {tag} - | id={call_id} | sdp 9");
            let mut facts = script::facts(&line);
            facts.clocks = clocks(&facts);
            facts
        };
        let both = facts("BW165141131260123-1@192.0.2.1", "749498253-1674748301131");
        assert_eq!(both.clocks[0].offset_us, 3_400_000);
        let zone = server_zone(&both).unwrap();
        assert_eq!((zone.offset_s, zone.basis, zone.message), (3_600, "as-tag", MessageId(0)));
        // A half-hour zone, and one that no place has.
        assert_eq!(server_zone(&facts("BW212141131260123-1@h", "7-1674748301131")).unwrap().offset_s, 19_800);
        assert!(server_zone(&facts("BW212841131260123-1@h", "7-1674748301131")).is_none());
        assert!(server_zone(&facts("call-1", "7-1674748301131")).is_none());
    }
}

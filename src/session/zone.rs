//! Which zone were stamps without one printed in? In: what each member's stamps tell, and times found in the SIP text. Out: a [`Zone`] for
//! each member. Pure: must not read members.
//!
//! First that holds: the log prints it · the user gave it · tags made by a BroadWorks server hold UTC · the same message in another member,
//! or spans of times that fit in one way only · a member of the same dialect whose zone is known · taken as UTC, and said so.

use std::collections::BTreeMap;

use crate::base::time::SECOND_US;
use crate::base::{Zone, ZoneBasis};
use crate::bundle::Observer;

const QUARTER_US: i64 = 900 * SECOND_US;
/// A difference counts for a quarter hour when it is this near: delays and clocks that are a little off.
const NEAR_US: i64 = 360 * SECOND_US;
/// Logs of one run start or end together within this time.
const EDGE_US: i64 = 20 * SECOND_US;
/// A log may reach this far beyond the others and still be of the same time.
const SLACK_US: i64 = 60 * SECOND_US;

/// Minutes of the zones in use that are not whole hours, summer time included.
const ODD_ZONES_MIN: [i32; 13] = [-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825];

/// What is known of the times of one member. All printed times are microseconds as [`crate::records::Stamp::us`].
#[derive(Clone, Debug, Default)]
pub struct MemberTimes {
    /// Its dialect.
    pub dialect: Option<u16>,
    /// Is it a server's log?
    pub server: bool,
    /// Earliest and latest stamp that has a zone.
    pub zoned: Option<(i64, i64)>,
    /// The zone those print, in seconds east of UTC.
    pub printed_zone_s: Option<i32>,
    /// Earliest and latest stamp that has none.
    pub unzoned: Option<(i64, i64)>,
    /// Times of records without zone that carry, as the first of their kind, a tag `<number>-<13 digits>`, with the tag's time in UTC.
    pub tags: Vec<(i64, i64)>,
    /// Messages that may be in another member too: a key (made from Call-ID, CSeq and kind) and their stamp.
    pub messages: Vec<(u64, crate::records::Stamp)>,
}

impl MemberTimes {
    /// The part that reading the member gave.
    pub fn new(read: &crate::records::MemberRead, observer: Observer) -> Self {
        Self {
            dialect: read.dialect(),
            server: observer == Observer::Server,
            zoned: read.zoned,
            printed_zone_s: read.printed_zone_s,
            unzoned: read.unzoned,
            ..Self::default()
        }
    }
}

/// The zone of each member, in the order given. For a member with stamps of both kinds it is that of those without.
pub fn zones(members: &[MemberTimes], given_s: Option<i32>) -> Vec<Zone> {
    let mut known: Vec<Option<Zone>> = members.iter().map(|m| printed_given_or_tagged(m, given_s)).collect();
    // Each round may make a member a reference for others.
    loop {
        let found: Vec<(usize, i32)> =
            open(members, &known).filter_map(|(n, m)| Some((n, by_messages(m, members, &known)?))).collect();
        if !settle(&mut known, &found) {
            break;
        }
    }
    let found: Vec<(usize, i32)> = open(members, &known).filter_map(|(n, m)| Some((n, by_spans(m, members)?))).collect();
    settle(&mut known, &found);
    let found: Vec<(usize, i32)> =
        open(members, &known).filter_map(|(n, m)| Some((n, by_sibling(m, members, &known)?))).collect();
    settle(&mut known, &found);
    known.into_iter().map(|zone| zone.unwrap_or(Zone::ASSUMED)).collect()
}

fn open<'a>(members: &'a [MemberTimes], known: &'a [Option<Zone>]) -> impl Iterator<Item = (usize, &'a MemberTimes)> {
    members.iter().zip(known).enumerate().filter(|(_, (_, zone))| zone.is_none()).map(|(n, (m, _))| (n, m))
}

fn settle(known: &mut [Option<Zone>], found: &[(usize, i32)]) -> bool {
    for (number, offset_s) in found {
        if let Some(zone) = known.get_mut(*number) {
            *zone = Some(Zone { offset_s: *offset_s, basis: ZoneBasis::Estimated });
        }
    }
    !found.is_empty()
}

fn printed_given_or_tagged(member: &MemberTimes, given_s: Option<i32>) -> Option<Zone> {
    if member.unzoned.is_none() {
        return member.zoned.map(|_| Zone { offset_s: member.printed_zone_s.unwrap_or(0), basis: ZoneBasis::Log });
    }
    if let Some(offset_s) = given_s {
        return Some(Zone { offset_s, basis: ZoneBasis::Given });
    }
    let differences = member.tags.iter().map(|(local, utc)| local.saturating_sub(*utc));
    Some(Zone { offset_s: vote(differences)?, basis: ZoneBasis::PeerTag })
}

/// The quarter hour that more than half of the differences are near; in seconds, and a zone that can be.
fn vote(differences: impl Iterator<Item = i64>) -> Option<i32> {
    let mut votes: BTreeMap<i64, u64> = BTreeMap::new();
    let mut all = 0u64;
    for difference in differences {
        all += 1;
        let quarter = (difference.saturating_add(QUARTER_US / 2)).div_euclid(QUARTER_US);
        let near = (difference - quarter * QUARTER_US).abs() <= NEAR_US;
        if near && (-48..=56).contains(&quarter) {
            *votes.entry(quarter).or_default() += 1;
        }
    }
    let (quarter, count) = votes.into_iter().max_by_key(|(_, count)| *count)?;
    (count * 2 > all).then(|| i32::try_from(quarter * 900).ok()).flatten()
}

/// The same messages in members whose zone is known.
fn by_messages(member: &MemberTimes, members: &[MemberTimes], known: &[Option<Zone>]) -> Option<i32> {
    let mut utc: BTreeMap<u64, i64> = BTreeMap::new();
    for (other, zone) in members.iter().zip(known) {
        for (key, stamp) in &other.messages {
            let offset_s = match zone {
                _ if stamp.zoned => 0,
                Some(zone) => zone.offset_s,
                None => continue,
            };
            utc.entry(*key).or_insert(stamp.us - i64::from(offset_s) * SECOND_US);
        }
    }
    // Of a message that was sent again only the first copy.
    let mut seen = std::collections::BTreeSet::new();
    let first = member.messages.iter().filter(|(key, stamp)| !stamp.zoned && seen.insert(*key));
    vote(first.filter_map(|(key, stamp)| Some(stamp.us.saturating_sub(*utc.get(key)?))))
}

/// Zones in use, in seconds.
fn zones_in_use() -> impl Iterator<Item = i32> {
    (-12..=14).map(|hours| hours * 3600).chain(ODD_ZONES_MIN.iter().map(|minutes| minutes * 60))
}

/// The one zone in which the member's times lie within those of the bundle's zoned logs, or in which it starts or ends with one of them.
fn by_spans(member: &MemberTimes, members: &[MemberTimes]) -> Option<i32> {
    let (first, last) = member.unzoned?;
    let spans: Vec<(i64, i64)> = members.iter().filter(|m| m.server == member.server).filter_map(|m| m.zoned).collect();
    let from = spans.iter().map(|s| s.0).min()?;
    let to = spans.iter().map(|s| s.1).max()?;
    let shifted = |offset_s: i32| (first - i64::from(offset_s) * SECOND_US, last - i64::from(offset_s) * SECOND_US);
    let within: Vec<i32> = zones_in_use()
        .filter(|offset_s| {
            let (first, last) = shifted(*offset_s);
            first >= from - SLACK_US && last <= to + SLACK_US
        })
        .collect();
    if let [only] = within[..] {
        return Some(only);
    }
    let edge = |offset_s: &i32| {
        let (first, last) = shifted(*offset_s);
        spans.iter().any(|(from, to)| (first - from).abs() <= EDGE_US || (last - to).abs() <= EDGE_US)
    };
    let candidates: Vec<i32> = if within.is_empty() { zones_in_use().collect() } else { within };
    let at_edge: Vec<i32> = candidates.into_iter().filter(edge).collect();
    match at_edge[..] {
        [only] => Some(only),
        _ => None,
    }
}

/// What all members of the same dialect whose zone is known agree on.
fn by_sibling(member: &MemberTimes, members: &[MemberTimes], known: &[Option<Zone>]) -> Option<i32> {
    let same = |other: &MemberTimes| other.dialect == member.dialect && other.server == member.server && other.unzoned.is_some();
    let mut offsets = members.iter().zip(known).filter(|(m, _)| same(m)).filter_map(|(_, zone)| zone.map(|z| z.offset_s));
    let first = offsets.next().filter(|_| member.dialect.is_some())?;
    offsets.all(|o| o == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Stamp;

    const NOON: i64 = 1_706_616_000 * SECOND_US;
    const MINUTE: i64 = 60 * SECOND_US;

    fn zoned(from_min: i64, to_min: i64) -> MemberTimes {
        MemberTimes {
            zoned: Some((NOON + from_min * MINUTE, NOON + to_min * MINUTE)),
            printed_zone_s: Some(0),
            ..MemberTimes::default()
        }
    }

    fn local(from_min: i64, to_min: i64, offset_s: i32) -> MemberTimes {
        let east = i64::from(offset_s) * SECOND_US;
        MemberTimes {
            unzoned: Some((NOON + from_min * MINUTE + east, NOON + to_min * MINUTE + east)),
            dialect: Some(2),
            ..MemberTimes::default()
        }
    }

    fn decided(members: &[MemberTimes]) -> Vec<(i32, ZoneBasis)> {
        zones(members, None).iter().map(|z| (z.offset_s, z.basis)).collect()
    }

    const EVERYWHERE: [i32; 6] = [20_700, 7_200, -12_600, 0, -43_200, 50_400];

    #[test]
    fn printed_zones_and_those_given() {
        let log = MemberTimes { printed_zone_s: Some(3_600), ..zoned(0, 9) };
        let members = [log, local(0, 5, 7_200), MemberTimes::default()];
        let all = zones(&members, Some(-3_600));
        assert_eq!(all[0], Zone { offset_s: 3_600, basis: ZoneBasis::Log });
        assert_eq!(all[1], Zone { offset_s: -3_600, basis: ZoneBasis::Given });
        assert_eq!(all[2], Zone::ASSUMED);
    }

    #[test]
    fn a_servers_tags_tell_utc() {
        for offset_s in EVERYWHERE {
            let mut member = local(0, 60, offset_s);
            let east = i64::from(offset_s) * SECOND_US;
            // three fresh tags with a client clock 90 s ahead, and one tag of a call that began before the log
            member.tags = (0..3).map(|n| (NOON + n * MINUTE + 90 * SECOND_US + east, NOON + n * MINUTE)).collect();
            member.tags.push((NOON + east, NOON - 47 * MINUTE));
            assert_eq!(decided(&[member]), [(offset_s, ZoneBasis::PeerTag)]);
        }
    }

    #[test]
    fn tags_on_both_sides_of_a_clock_change_decide_nothing() {
        let mut member = local(0, 60, 7_200);
        member.tags = vec![(NOON + 120 * MINUTE, NOON), (NOON + 60 * MINUTE, NOON)];
        assert_eq!(decided(&[member.clone()]), [(0, ZoneBasis::Assumed)]);
        member.tags.push((NOON + 121 * MINUTE, NOON));
        assert_eq!(decided(&[member.clone()]), [(7_200, ZoneBasis::PeerTag)]);
        // half-way between two quarters, or further than any zone: nothing
        member.tags = vec![(NOON + 67 * MINUTE + 30 * SECOND_US, NOON)];
        assert_eq!(decided(&[member.clone()]), [(0, ZoneBasis::Assumed)]);
        member.tags = vec![(NOON + 15 * 60 * MINUTE, NOON)];
        assert_eq!(decided(&[member]), [(0, ZoneBasis::Assumed)]);
    }

    #[test]
    fn the_same_message_in_two_logs() {
        for offset_s in EVERYWHERE {
            let east = i64::from(offset_s) * SECOND_US;
            let mut client = zoned(0, 600);
            let mut server = MemberTimes { server: true, ..local(100, 200, offset_s) };
            let mut further = MemberTimes { server: true, dialect: Some(3), ..local(130, 140, offset_s) };
            for key in 0..4u64 {
                let us = NOON + 150 * MINUTE + key as i64 * SECOND_US;
                client.messages.push((key, Stamp { us, zoned: true }));
                server.messages.push((key + 2, Stamp { us: us + 2 * SECOND_US + 30_000 + east, zoned: false }));
                further.messages.push((key + 5, Stamp { us: us + 5 * SECOND_US + east, zoned: false }));
            }
            assert_eq!(
                decided(&[further, client, server]),
                [(offset_s, ZoneBasis::Estimated), (0, ZoneBasis::Log), (offset_s, ZoneBasis::Estimated)]
            );
        }
    }

    #[test]
    fn logs_of_the_same_time() {
        for offset_s in EVERYWHERE {
            let want = |members: &[MemberTimes]| assert_eq!(decided(members)[1], (offset_s, ZoneBasis::Estimated), "{members:?}");
            // as long as the others: only one zone fits
            want(&[zoned(0, 30), local(1, 29, offset_s)]);
            // shorter, but it starts or ends with them
            want(&[zoned(0, 480), local(0, 3, offset_s)]);
            want(&[zoned(0, 480), local(400, 480, offset_s)]);
            // longer: ends with them
            want(&[zoned(0, 480), local(-2_000, 480, offset_s)]);
        }
    }

    #[test]
    fn what_could_be_several_zones_is_assumed() {
        let nothing = (0, ZoneBasis::Assumed);
        // anywhere within eight hours
        assert_eq!(decided(&[zoned(0, 480), local(200, 207, 7_200)])[1], nothing);
        // another day
        assert_eq!(decided(&[zoned(0, 480), local(4_000, 4_030, 7_200)])[1], nothing);
        // starts with the log in one zone and ends with it in another
        assert_eq!(decided(&[zoned(0, 300), local(60, 240, 0)])[1], nothing);
        // only a server's log to hold it against
        assert_eq!(decided(&[MemberTimes { server: true, ..zoned(0, 30) }, local(1, 29, 7_200)])[1], nothing);
        assert_eq!(decided(&[local(1, 29, 7_200)]), [nothing]);
    }

    #[test]
    fn a_sibling_of_the_same_dialect_tells() {
        let mut tagged = local(0, 60, 20_700);
        tagged.tags = vec![(NOON + 345 * MINUTE, NOON)];
        let sibling = local(500, 600, 20_700);
        let other = MemberTimes { dialect: Some(1), ..local(500, 600, 20_700) };
        let unknown = MemberTimes { dialect: None, ..local(500, 600, 20_700) };
        let all = decided(&[sibling.clone(), tagged.clone(), other, unknown]);
        assert_eq!(all.iter().map(|z| z.0).collect::<Vec<_>>(), [20_700, 20_700, 0, 0]);
        assert_eq!(all[0].1, ZoneBasis::Estimated);
        // two that disagree tell nothing
        let mut moved = local(0, 60, 0);
        moved.tags = vec![(NOON, NOON)];
        assert_eq!(decided(&[sibling, tagged, moved])[0], (0, ZoneBasis::Assumed));
    }
}

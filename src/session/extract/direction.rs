//! Which way each message went, with how that is known. In: the messages of all members and their zones. Out: logged messages in time
//! order. The messages' own evidence and the log's marks are weighed here; neither is invented.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::evidence::{Facts, Known, SOUND, STRONG, Vote};
use super::marker::{Grade, Lesson, Marks};
use super::parity::Sides;
use super::{Extracted, Found};
use crate::base::{LogTime, NoteKind, Notes, Zone};
use crate::bundle::Observer;
use crate::records::Stamp;
use crate::session::{DirectionBasis, LoggedMessage, RunId};
use crate::sip::{Direction, Observed};

/// Rounds in which what was learned is used to learn more.
const MAX_ROUNDS: usize = 4;

/// The messages of one member, whose zone is known by now.
#[derive(Debug)]
pub struct MemberSip {
    /// What was found.
    pub extracted: Extracted,
    /// Whose view its directions are.
    pub observer: Observer,
    /// The zone of its stamps that tell none.
    pub zone: Zone,
}

/// What the messages themselves tell about one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Own {
    sent: bool,
    basis: DirectionBasis,
    /// By votes that are more than likely.
    strong: bool,
    /// By a sound vote of this message itself.
    sound: bool,
    /// By any vote of this message itself, not only by others of its dialog.
    direct: bool,
}

struct Item<'a> {
    member: usize,
    found: &'a Found,
    facts: Facts,
}

/// Directions of all messages, in time order; equal times keep the order of their lines, messages without a time stay behind the one
/// before them. `run` and `sent_before` are left for those who know.
pub fn directions(members: Vec<MemberSip>) -> (Vec<LoggedMessage>, Notes) {
    let mut notes = Notes::new();
    note_copies(&members, &mut notes);
    let decided = decide(&members, &mut notes);
    let mut decided = decided.into_iter();
    let mut out: Vec<((i64, usize, usize), LoggedMessage)> = Vec::new();
    for (number, member) in members.into_iter().enumerate() {
        let MemberSip { extracted, observer, zone } = member;
        let times: Vec<Option<LogTime>> = extracted.found.iter().map(|f| f.stamp.map(|s| to_time(s, zone))).collect();
        let first = times.iter().flatten().next().map_or(i64::MAX, |t| t.0);
        let mut last = first;
        for (place, (found, at)) in extracted.found.into_iter().zip(times).enumerate() {
            last = at.map_or(last, |t| t.0);
            let way = decided.next().unwrap_or_default();
            let direction = match way.sent {
                Some(true) => Direction::Sent,
                Some(false) => Direction::Received,
                None => Direction::Unknown,
            };
            let seen = Observed { message: found.message, at, direction, remote: way.remote, local: way.local };
            let message = LoggedMessage {
                seen,
                direction_basis: way.basis,
                source: found.source,
                lines: found.lines,
                run: RunId(0),
                observer,
                sent_before: 0,
            };
            out.push(((last, number, place), message));
        }
    }
    out.sort_by_key(|(key, _)| *key);
    (out.into_iter().map(|(_, message)| message).collect(), notes)
}

/// A stamp in UTC.
pub fn to_time(stamp: Stamp, zone: Zone) -> LogTime {
    if stamp.zoned {
        LogTime(stamp.us)
    } else {
        LogTime(stamp.us).plus_us(-i64::from(zone.offset_s) * crate::base::time::SECOND_US)
    }
}

/// Two members with the very same messages: every copy counts, and the reader is told.
fn note_copies(members: &[MemberSip], notes: &mut Notes) {
    let mut seen: HashMap<u64, usize> = HashMap::new();
    for (at, member) in members.iter().enumerate() {
        if member.extracted.found.is_empty() {
            continue;
        }
        let mut hasher = DefaultHasher::new();
        for found in &member.extracted.found {
            found.message.text.hash(&mut hasher);
            found.stamp.map(|s| s.us).hash(&mut hasher);
        }
        if *seen.entry(hasher.finish()).or_insert(at) != at {
            let text = "Its SIP messages are the same as those of another member; both are counted";
            notes.push(NoteKind::Other, Some(member.extracted.member), 0, text);
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Way {
    sent: Option<bool>,
    basis: Option<DirectionBasis>,
    local: Option<String>,
    remote: Option<String>,
}

/// The way of every message of every member, in the order of members and messages.
fn decide(members: &[MemberSip], notes: &mut Notes) -> Vec<Way> {
    let mut items: Vec<Item<'_>> = Vec::new();
    for (number, member) in members.iter().enumerate() {
        for found in &member.extracted.found {
            items.push(Item { member: number, found, facts: Facts::read(&found.message) });
        }
    }
    let of_client = |item: &Item<'_>| members.get(item.member).is_some_and(|m| m.observer == Observer::Client);
    let clients: Vec<usize> = (0..items.len()).filter(|at| items.get(*at).is_some_and(&of_client)).collect();
    let mut own: Vec<Option<Own>> = vec![None; items.len()];
    let mut known = Known::default();
    let mut sides = Sides::new(clients.iter().filter_map(|at| items.get(*at)).map(|i| &i.found.message));
    for (at, found) in clients.iter().zip(own_evidence(&items, &clients, &mut sides, &mut known)) {
        if let Some(place) = own.get_mut(*at) {
            *place = found;
        }
    }
    let mut ways: Vec<Way> = vec![Way::default(); items.len()];
    let mut decided: Vec<Option<(bool, DirectionBasis)>> = vec![None; items.len()];
    for (number, member) in members.iter().enumerate() {
        let mine: Vec<usize> = (0..items.len()).filter(|at| items.get(*at).is_some_and(|i| i.member == number)).collect();
        let evidence = |at: &usize| own.get(*at).copied().flatten();
        let lesson = |at: &usize| {
            let (found, own) = (items.get(*at)?.found, evidence(at));
            let sure = own.filter(|o| o.strong).map(|o| o.sent);
            let half = has_branch(found).then(|| (transaction_key(found), found.message.is_request()));
            Some(Lesson { hints: &found.hints, sure, likely: own.map(|o| o.sent), half })
        };
        let marks = Marks::learn(&mine.iter().filter_map(lesson).collect::<Vec<_>>());
        for doubt in &marks.doubts {
            let text = format!(
                "Direction mark `{}` agrees with only {} of {} messages that tell their way; the messages were believed",
                doubt.key, doubt.agree, doubt.known
            );
            notes.push(NoteKind::DirectionMarker, Some(member.extracted.member), 0, text);
        }
        for word in &marks.constant {
            let text = format!("Direction mark `{word}` stands at messages of either way; it tells nothing");
            notes.push(NoteKind::DirectionMarker, Some(member.extracted.member), 0, text);
        }
        for at in mine {
            if let (Some(item), Some(place)) = (items.get(at), decided.get_mut(at)) {
                *place = weigh(evidence(&at), marks.read(&item.found.hints));
            }
        }
    }
    spread(&items, &clients, &mut sides, &mut decided);
    last_resort(&items, &clients, &mut sides, &mut decided);
    for ((item, way), decided) in items.iter().zip(&mut ways).zip(&decided) {
        if let Some((sent, basis)) = decided {
            way.sent = Some(*sent);
            way.basis = Some(*basis);
        }
        place_addresses(item.found, decided.map(|(sent, _)| sent), &known, way);
    }
    ways
}

/// Marks against the message's own evidence, by the rule in `marker`.
fn weigh(own: Option<Own>, mark: Option<(bool, Grade)>) -> Option<(bool, DirectionBasis)> {
    let marked = |sent: bool| (sent, DirectionBasis::Marker);
    match (own, mark) {
        (Some(own), Some((sent, _))) if own.sound && own.sent != sent => Some((own.sent, own.basis)),
        (_, Some((sent, Grade::Agrees))) => Some(marked(sent)),
        (Some(own), _) if own.strong => Some((own.sent, own.basis)),
        (_, Some((sent, Grade::Reversed | Grade::Common))) => Some(marked(sent)),
        (Some(own), None) => Some((own.sent, own.basis)),
        (None, None) => None,
    }
}

/// Sums of votes for and against the client being the reference side.
type Tally = (u32, u32);

/// What each client message tells about itself, alone and through its dialog.
fn own_evidence(items: &[Item<'_>], clients: &[usize], sides: &mut Sides, known: &mut Known) -> Vec<Option<Own>> {
    let mut out: Vec<Option<Own>> = Vec::new();
    for round in 0..MAX_ROUNDS {
        let votes: Vec<Vec<Vote>> = clients
            .iter()
            .map(|at| items.get(*at).map_or_else(Vec::new, |i| i.facts.votes(known, i.found.hints.pair.as_ref())))
            .collect();
        out = tally(items, clients, sides, &votes);
        let mut learned = Known::default();
        for (at, own) in clients.iter().zip(&out) {
            if let (Some(item), Some(own)) = (items.get(*at), own)
                && own.strong
                // What a dialog says of its messages is only believed when addresses are known: a call to oneself goes both ways.
                && (own.direct || round > 0)
            {
                learned.learn(&item.facts, item.found.hints.pair.as_ref(), own.sent);
            }
        }
        if learned == *known {
            break;
        }
        *known = learned;
    }
    out
}

/// One round: votes are summed over each dialog; where they contradict each other, over each transaction.
fn tally(items: &[Item<'_>], clients: &[usize], sides: &mut Sides, votes: &[Vec<Vote>]) -> Vec<Option<Own>> {
    let mut dialogs: BTreeMap<usize, (Tally, Tally)> = BTreeMap::new();
    let mut transactions: HashMap<u64, (Tally, Tally)> = HashMap::new();
    let keys: Vec<u64> = clients.iter().map(|at| items.get(*at).map_or(0, |i| transaction_key(i.found))).collect();
    for (n, (at, votes)) in clients.iter().zip(votes).enumerate() {
        let Some(item) = items.get(*at) else { continue };
        for vote in votes {
            let requester = vote.sent == item.facts.is_request();
            let add = |(strong, weak): &mut (Tally, Tally), side: bool| {
                let sum = if vote.weight >= STRONG { strong } else { weak };
                *(if side { &mut sum.0 } else { &mut sum.1 }) += vote.weight;
            };
            if let Some((root, flip)) = sides.of(n) {
                add(dialogs.entry(root).or_default(), requester ^ flip);
            }
            add(transactions.entry(keys.get(n).copied().unwrap_or(0)).or_default(), requester);
        }
    }
    let mut out = Vec::with_capacity(clients.len());
    for (n, (at, votes)) in clients.iter().zip(votes).enumerate() {
        let Some(item) = items.get(*at) else { continue };
        let transaction = || transactions.get(&keys.get(n).copied().unwrap_or(0)).copied().unwrap_or_default();
        let dialog = sides.of(n).and_then(|(root, flip)| Some((*dialogs.get(&root)?, flip)));
        let ((strong, weak), flip) = match dialog {
            // A call to oneself has both ways in one dialog; so do masked tags.
            Some((sums, flip)) if !is_split(sums.0) => (sums, flip),
            _ => (transaction(), false),
        };
        let told = side_of(strong).map(|side| (side, true)).or_else(|| side_of(weak).map(|side| (side, false)));
        out.push(told.map(|(side, strong)| {
            let sent = (side ^ flip) == item.facts.is_request();
            let direct = votes.iter().filter(|v| v.sent == sent && (v.weight >= STRONG) == strong).max_by_key(|v| v.weight);
            Own {
                sent,
                basis: direct.map_or(DirectionBasis::Transaction, |v| v.basis),
                strong,
                sound: direct.is_some_and(|v| v.weight >= SOUND),
                direct: direct.is_some(),
            }
        }));
    }
    out
}

fn side_of((yes, no): Tally) -> Option<bool> {
    (yes != no).then_some(yes > no)
}

fn is_split((yes, no): Tally) -> bool {
    yes.min(no) >= STRONG && yes.min(no) * 4 >= yes.max(no)
}

/// Does its branch tell its transaction from others (RFC 3261 §8.1.1.7)? A masked one does not.
fn has_branch(found: &Found) -> bool {
    let told = |branch: &str| branch.len() > 10 && branch.starts_with("z9hG4bK") && !branch.contains(['*', '[', ']']);
    found.message.top_via().is_some_and(|v| v.branch().is_some_and(told))
}

/// Call-ID, branch and CSeq of a message's transaction (an ACK or CANCEL counts as part of its INVITE's).
fn transaction_key(found: &Found) -> u64 {
    let mut hasher = DefaultHasher::new();
    found.message.call_id().hash(&mut hasher);
    found.message.top_via().and_then(|v| v.branch().map(str::to_owned)).hash(&mut hasher);
    found.message.cseq().map(|c| c.number).hash(&mut hasher);
    hasher.finish()
}

/// Messages about which nothing told anything take the way from the others of their dialog, if those agree.
fn spread(items: &[Item<'_>], clients: &[usize], sides: &mut Sides, decided: &mut [Option<(bool, DirectionBasis)>]) {
    let mut dialogs: BTreeMap<usize, Tally> = BTreeMap::new();
    let placed: Vec<Option<(usize, bool)>> = (0..clients.len()).map(|n| sides.of(n)).collect();
    for (at, place) in clients.iter().zip(&placed) {
        if let (Some(item), Some((root, flip)), Some(Some((sent, _)))) = (items.get(*at), place, decided.get(*at)) {
            let sum = dialogs.entry(*root).or_default();
            *(if (*sent == item.facts.is_request()) ^ flip { &mut sum.0 } else { &mut sum.1 }) += 1;
        }
    }
    for (at, place) in clients.iter().zip(&placed) {
        let (Some(item), Some((root, flip)), Some(open @ None)) = (items.get(*at), place, decided.get_mut(*at)) else {
            continue;
        };
        if let Some(side) = dialogs.get(root).filter(|t| t.0.min(t.1) * 4 < t.0.max(t.1)).and_then(|t| side_of(*t)) {
            *open = Some(((side ^ flip) == item.facts.is_request(), DirectionBasis::Transaction));
        }
    }
}

/// Where neither words nor evidence told anything about any message, the first requests that look like a user agent's own are taken as
/// this client's, and what they teach about addresses is used for the rest.
fn last_resort(items: &[Item<'_>], clients: &[usize], sides: &mut Sides, decided: &mut [Option<(bool, DirectionBasis)>]) {
    let open = |decided: &[Option<(bool, DirectionBasis)>], at: &usize| decided.get(*at).is_some_and(Option::is_none);
    if !clients.iter().any(|at| open(decided, at)) {
        return;
    }
    if clients.iter().all(|at| open(decided, at)) {
        for at in clients {
            if let (Some(item), Some(place)) = (items.get(*at), decided.get_mut(*at))
                && item.facts.looks_own()
            {
                *place = Some((true, DirectionBasis::Via));
            }
        }
        spread(items, clients, sides, decided);
    }
    let mut known = Known::default();
    for at in clients {
        if let (Some(item), Some(Some((sent, _)))) = (items.get(*at), decided.get(*at)) {
            known.learn(&item.facts, item.found.hints.pair.as_ref(), *sent);
        }
    }
    let votes: Vec<Vec<Vote>> = clients
        .iter()
        .map(|at| items.get(*at).map_or_else(Vec::new, |i| i.facts.votes(&known, i.found.hints.pair.as_ref())))
        .collect();
    for (at, own) in clients.iter().zip(tally(items, clients, sides, &votes)) {
        if let (Some(place @ None), Some(own)) = (decided.get_mut(*at), own) {
            *place = Some((own.sent, own.basis));
        }
    }
}

/// Transport addresses where the log tells them.
fn place_addresses(found: &Found, sent: Option<bool>, known: &Known, way: &mut Way) {
    if let Some(pair) = &found.hints.pair {
        let source_ours = known.is_ours(&pair.source).or(known.is_ours(&pair.target).map(|ours| !ours)).or(sent);
        let (local, remote) = match source_ours {
            Some(true) => (&pair.source, &pair.target),
            Some(false) => (&pair.target, &pair.source),
            None => return,
        };
        way.local = Some(local.clone());
        way.remote = Some(remote.clone());
    } else if let Some(address) = &found.hints.address {
        if known.is_ours(address) == Some(true) {
            way.local = Some(address.clone());
        } else {
            way.remote = Some(address.clone());
        }
    }
}

//! What a message itself tells about its way, without any word of the log (RFC 3261 §8, §16, §18, RFC 3581). In: messages of the client's
//! view. Out: votes, each with its weight and its kind. Must not know words or arrows.

use std::collections::BTreeMap;

use super::hints::Pair;
use crate::session::DirectionBasis;
use crate::sip::{Message, Method};

/// A vote of this weight or more is sound by itself.
pub const SOUND: u32 = 6;
/// Votes below this are tried only where no other tells.
pub const STRONG: u32 = 3;

/// What one fact says about one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// It went out.
    pub sent: bool,
    /// How much that says.
    pub weight: u32,
    /// What it was read from.
    pub basis: DirectionBasis,
}

/// How often something stood at messages that went out and that came in.
type Count = (u32, u32);

/// Things that tell one side from the other, as learned from messages whose way is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    vias: BTreeMap<String, Count>,
    contacts: BTreeMap<String, Count>,
    addresses: BTreeMap<String, Count>,
    /// Addresses-of-record that registered.
    aors: BTreeMap<String, Count>,
    agents: BTreeMap<String, Count>,
    hosts: BTreeMap<String, Count>,
}

fn note(map: &mut BTreeMap<String, Count>, key: Option<String>, ours: bool) {
    if let Some(key) = key {
        let count = map.entry(key).or_default();
        *(if ours { &mut count.0 } else { &mut count.1 }) += 1;
    }
}

/// Ours, theirs, or neither for certain: at least 95 of 100 must agree.
fn side(map: &BTreeMap<String, Count>, key: Option<&String>) -> Option<bool> {
    let (ours, theirs) = *map.get(key?)?;
    if ours * 19 < theirs && theirs > 0 {
        Some(false)
    } else if theirs * 19 < ours && ours > 0 {
        Some(true)
    } else {
        None
    }
}

impl Known {
    /// Learns from a message whose way is known.
    pub fn learn(&mut self, facts: &Facts, pair: Option<&Pair>, sent: bool) {
        if facts.is_request {
            note(&mut self.vias, facts.via.clone(), sent);
            note(&mut self.hosts, facts.via_host.clone(), sent);
            note(&mut self.agents, facts.agent.clone(), sent);
        }
        if facts.is_request || facts.has_target {
            note(&mut self.contacts, facts.contact.clone(), sent);
        }
        if facts.method == Some(Method::Register) && facts.is_request && sent {
            note(&mut self.aors, facts.to.clone(), true);
        }
        if let Some(pair) = pair {
            note(&mut self.addresses, Some(pair.source.to_ascii_lowercase()), sent);
            note(&mut self.addresses, Some(pair.target.to_ascii_lowercase()), !sent);
        }
    }

    /// Is this address ours? By address pairs of the log, or by Via.
    pub fn is_ours(&self, address: &str) -> Option<bool> {
        let key = address.to_ascii_lowercase();
        side(&self.addresses, Some(&key)).or_else(|| side(&self.vias, Some(&key)))
    }
}

/// What evidence needs of a message, read once.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    is_request: bool,
    method: Option<Method>,
    status: u16,
    vias: usize,
    via: Option<String>,
    via_host: Option<String>,
    filled: bool,
    credentials: bool,
    challenge: bool,
    record_route: bool,
    route: bool,
    asserted: bool,
    preferred: bool,
    contact: Option<String>,
    has_target: bool,
    uri: Option<String>,
    from: Option<String>,
    to: Option<String>,
    to_tag: bool,
    agent: Option<String>,
    hops: Option<u32>,
    media_host: Option<String>,
    asks_rport: bool,
    own_contact: bool,
}

/// A value that stands for one thing only: masks say nothing.
fn telling(value: &str) -> Option<String> {
    let lower = value.trim().to_ascii_lowercase();
    let masked =
        ["redact", "mask", "hidden", "removed", "anonym", "private", "filtered", "xxx", "..."].iter().any(|w| lower.contains(w));
    let marks = lower.contains(['*', '<', '>', '(', ')', '{', '}', '#', ' ', '?']);
    let bracket =
        lower.contains('[') && !lower.contains("[2") && !lower.contains("[f") && !lower.contains("[:") && !lower.contains("[1");
    (!lower.is_empty() && !masked && !marks && !bracket).then_some(lower)
}

/// `user@host:port` of a URI.
fn uri_key(uri: &str) -> Option<String> {
    let parsed = crate::sip::uri::Uri::parse(uri)?;
    let port = parsed.port.map(|p| format!(":{p}")).unwrap_or_default();
    telling(&format!("{}@{}{port}", parsed.user.unwrap_or_default(), parsed.host))
}

impl Facts {
    /// Reads a message.
    pub fn read(message: &Message) -> Self {
        let vias = message.vias();
        let top = vias.first();
        let contact = message.contacts().into_iter().next();
        let person = |name: &str| {
            let parsed = message.header(name).map(crate::sip::header::NameAddr::parse)?;
            let uri = crate::sip::uri::Uri::parse(parsed.uri)?;
            telling(&format!("{}@{}", uri.user?, uri.host))
        };
        let status = message.status().unwrap_or(0);
        let method = message.cseq().map(|c| c.method).or_else(|| message.method());
        let instance =
            contact.as_ref().and_then(|c| c.param("+sip.instance")).and_then(|i| telling(i.trim_matches(['"', '<', '>'])));
        Self {
            is_request: message.is_request(),
            status,
            vias: vias.len(),
            via: top.and_then(|v| telling(&v.sent_by())),
            via_host: top.and_then(|v| telling(v.host)),
            // Only who receives a request fills these in (RFC 3261 §18.2.1, RFC 3581 §4).
            filled: top.is_some_and(|v| v.received().is_some() || v.rport().flatten().is_some()),
            credentials: message.header("Authorization").or_else(|| message.header("Proxy-Authorization")).is_some(),
            challenge: message.header("WWW-Authenticate").or_else(|| message.header("Proxy-Authenticate")).is_some(),
            record_route: message.header("Record-Route").is_some(),
            route: message.header("Route").is_some(),
            asserted: message.header("P-Asserted-Identity").is_some(),
            preferred: message.header("P-Preferred-Identity").is_some(),
            contact: instance.or_else(|| contact.as_ref().and_then(|c| uri_key(c.uri))),
            // A redirection's Contact is somebody else's, a REGISTER's answer lists all.
            has_target: method != Some(Method::Register) && (100..300).contains(&status),
            uri: message.request_uri().and_then(uri_key),
            from: person("From"),
            to: person("To"),
            to_tag: message.to().is_some_and(|t| t.tag().is_some()),
            agent: message.header("User-Agent").map(str::to_ascii_lowercase),
            hops: message.header("Max-Forwards").and_then(|h| h.parse().ok()),
            media_host: message.body_text().lines().find_map(|l| l.strip_prefix("c=IN IP4 ")).and_then(telling),
            asks_rport: top.is_some_and(|v| v.rport() == Some(None)),
            own_contact: top.zip(contact.as_ref()).is_some_and(|(via, contact)| {
                let parsed = crate::sip::uri::Uri::parse(contact.uri);
                let from =
                    message.from().and_then(|f| crate::sip::uri::Uri::parse(f.uri)).and_then(|u| u.user.map(str::to_owned));
                parsed.is_some_and(|c| c.host == via.host && c.user.is_some() && c.user.map(str::to_owned) == from)
            }),
            method,
        }
    }

    /// Looks like the first request of a user agent itself, straight from its transport: Max-Forwards as a user agent sets it (RFC 3261
    /// §8.1.1.6), its own Contact under its own Via, its address asked back (RFC 3581), nothing that a network adds. Only for logs where
    /// nothing else tells anything; then it is likely this client's.
    pub fn looks_own(&self) -> bool {
        let plain = self.is_request && !self.to_tag && self.vias == 1 && !self.record_route && !self.asserted && !self.filled;
        let signs = [self.hops == Some(70), self.own_contact, self.asks_rport];
        plain && signs.iter().filter(|sign| **sign).count() == signs.len()
    }

    /// Is it a request?
    pub fn is_request(&self) -> bool {
        self.is_request
    }

    /// What the message tells, given what is known so far.
    pub fn votes(&self, known: &Known, pair: Option<&Pair>) -> Vec<Vote> {
        use DirectionBasis::{Addresses, Contact, Transaction, Via};
        let mut votes = Vec::new();
        let mut say = |sent: bool, weight: u32, basis| votes.push(Vote { sent, weight, basis });
        let request = self.is_request;
        // The client registers, nobody registers with it.
        if self.method == Some(Method::Register) {
            say(request, 8, Via);
        }
        // A user agent's own request has one Via, and so has the answer to it (§18.1.2, §16.7).
        if self.vias > 1 {
            say(!request, 8, Via);
        }
        if request && self.filled {
            say(false, 4, Via);
        }
        // Only proxies add it (§16.6), and a user agent is the last to see it in a request.
        if request && self.record_route {
            say(false, SOUND, Via);
        }
        // Servers challenge clients, and clients answer (§22).
        if request && self.credentials {
            say(true, SOUND, Transaction);
        }
        if !request && self.challenge && matches!(self.status, 401 | 407) {
            say(false, SOUND, Transaction);
        }
        if let Some(ours) = side(&known.vias, self.via.as_ref()) {
            // A response follows the Via of its request.
            say(ours == request, if ours { 5 } else { 3 }, Via);
        }
        if (request || self.has_target)
            && let Some(ours) = side(&known.contacts, self.contact.as_ref())
        {
            say(ours, if ours { 5 } else { 3 }, Contact);
        }
        if request && side(&known.contacts, self.uri.as_ref()) == Some(true) && self.method != Some(Method::Register) {
            say(false, SOUND, Contact);
        }
        if let Some(pair) = pair {
            match (known.is_ours(&pair.source), known.is_ours(&pair.target)) {
                (Some(true), Some(false) | None) | (None, Some(false)) => say(true, 4, Addresses),
                (Some(false) | None, Some(true)) | (Some(false), None) => say(false, 4, Addresses),
                _ => {}
            }
        }
        self.hints(known, &mut say);
        votes
    }

    /// What only makes a direction likely.
    fn hints(&self, known: &Known, say: &mut dyn FnMut(bool, u32, DirectionBasis)) {
        use DirectionBasis::{Contact, Via};
        let request = self.is_request;
        if request && self.route {
            say(true, 2, Via);
        }
        // The network asserts, a client prefers (RFC 3325 §9).
        if self.asserted {
            say(false, 2, Contact);
        }
        if request && self.preferred {
            say(true, 2, Contact);
        }
        let aor = |person: &Option<String>| person.as_ref().is_some_and(|p| known.aors.contains_key(p));
        match (aor(&self.from), aor(&self.to)) {
            (true, false) => say(request, 2, Contact),
            (false, true) => say(!request, 2, Contact),
            _ => {}
        }
        if let Some(ours) = side(&known.hosts, self.via_host.as_ref()) {
            say(ours == request, 1, Via);
        }
        if side(&known.hosts, self.media_host.as_ref()) == Some(true) {
            say(true, 2, Via);
        }
        if let Some(ours) = side(&known.agents, self.agent.as_ref()).filter(|_| request) {
            say(ours, 1, Contact);
        }
        if request && self.hops.is_some_and(|h| h < 70) {
            say(false, 1, Via);
        }
        if request && self.method == Some(Method::Notify) && !self.to_tag {
            say(false, 1, Via);
        }
    }
}

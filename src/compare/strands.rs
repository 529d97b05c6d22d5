//! The SIP of one side, sorted into conversations and their transactions. In: messages and facts of a [`Side`]. Out: [`Strand`]s, each
//! transaction with what marks its place in the protocol. Must not know the other side.
//!
//! What marks a place never holds a value that a server or a stack makes up: no Call-ID, tag, branch, host, port or number.

use std::collections::{BTreeMap, HashMap};

use crate::base::LogTime;
use crate::session::keepalive::KeepAliveKind;
use crate::session::registration::AttemptKind;
use crate::session::{Facts, MessageId, Related, RunId};
use crate::sip::key::Keys;
use crate::sip::transaction::{Role, Transaction};
use crate::sip::{Flow, Message, Method};

use super::{Scope, Side, since};

/// What a conversation is about; the number is its place in the facts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StrandKind {
    /// A registration.
    Registration(u32),
    /// OPTIONS outside a dialog, of one sender and peer.
    KeepAlive(u32),
    /// A call.
    Call(u32),
    /// A subscription with its NOTIFYs.
    Subscription(u32),
    /// Anything else: the request's method, sent by the client or not.
    Other(String, bool),
}

/// What a message is in its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The request.
    Request,
    /// 100–199.
    Provisional(u16),
    /// 200–699.
    Final(u16),
    /// ACK.
    Ack,
}

/// A message in its transaction.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Which.
    pub id: MessageId,
    /// What it is.
    pub part: Part,
    /// How often the like was sent before.
    pub repeat: u32,
    /// Microseconds after the zero of its side.
    pub elapsed_us: i64,
}

/// What marks the place of a transaction in its conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Who asked: `true` the client, `None` not told.
    pub sent: Option<bool>,
    /// The request's method.
    pub method: Method,
    /// Inside a dialog.
    pub in_dialog: bool,
    /// The request carried credentials.
    pub authorised: bool,
    /// What a REGISTER asked for, and its place since the last one that was granted.
    pub attempt: Option<(AttemptKind, u32)>,
    /// Direction of the audio that the request offers.
    pub offer: Option<Flow>,
}

/// A request with its answers.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Its place in the protocol.
    pub mark: Mark,
    /// The request, when it was logged.
    pub request: Option<MessageId>,
    /// The first final answer.
    pub answer: Option<MessageId>,
    /// Its status.
    pub status: Option<u16>,
    /// How often the request was sent.
    pub sends: u32,
    /// Every message of it in time order.
    pub items: Vec<Item>,
    /// Place in `Registration::attempts`.
    pub attempt: Option<u32>,
}

/// One conversation.
#[derive(Clone, Debug)]
pub struct Strand {
    /// What it is about.
    pub kind: StrandKind,
    /// Its transactions in order of their first message.
    pub exchanges: Vec<Exchange>,
}

/// Sorts the client's messages of a side.
pub fn strands(side: &Side<'_>, zero: Option<LogTime>) -> Vec<Strand> {
    let facts = &side.analysis.facts;
    let run = side.run();
    let owners = owners(facts, run, side.scope);
    let Related { keys, transactions } = &facts.related;
    let mut out: BTreeMap<StrandKind, Strand> = BTreeMap::new();
    for transaction in transactions.list.iter().filter(|t| t.scope == run.0) {
        let messages = transaction.messages();
        let owner = messages.iter().find_map(|m| owners.get(m)).cloned();
        let kind = match (owner, side.scope) {
            (Some(kind), _) => kind,
            (None, Scope::Run(_)) => StrandKind::Other(transaction.method.as_str().to_owned(), transaction.role != Role::Server),
            (None, _) => continue,
        };
        let strand = out.entry(kind.clone()).or_insert_with(|| Strand { kind, exchanges: Vec::new() });
        strand.exchanges.push(exchange(facts, keys, transaction, &messages, zero));
    }
    for strand in out.values_mut() {
        if let StrandKind::Registration(place) = strand.kind {
            mark_attempts(facts, place, &mut strand.exchanges);
        }
    }
    out.into_values().collect()
}

/// To which fact a message belongs.
fn owners(facts: &Facts, run: RunId, scope: Scope) -> HashMap<u32, StrandKind> {
    let mut out = HashMap::new();
    let mut give = |ids: &mut dyn Iterator<Item = MessageId>, kind: StrandKind| {
        for id in ids {
            out.entry(id.0).or_insert_with(|| kind.clone());
        }
    };
    for call in facts.calls.iter().filter(|c| c.run == run) {
        if matches!(scope, Scope::Run(_)) || scope == Scope::Call(call.id) {
            give(&mut call.messages.iter().copied(), StrandKind::Call(call.id.0));
        }
    }
    for (place, registration) in (0_u32..).zip(&facts.registrations).filter(|(_, r)| r.run == run) {
        if matches!(scope, Scope::Run(_)) || scope == Scope::Registration(place) {
            give(&mut registration.attempts.iter().map(|a| a.request), StrandKind::Registration(place));
        }
    }
    if matches!(scope, Scope::Run(_)) {
        let options = |k: KeepAliveKind| k == KeepAliveKind::Options;
        for (place, keepalive) in (0_u32..).zip(&facts.keepalives).filter(|(_, k)| k.run == run && options(k.kind)) {
            give(&mut keepalive.pings.iter().filter_map(|p| p.message), StrandKind::KeepAlive(place));
        }
        for (place, subscription) in (0_u32..).zip(&facts.subscriptions).filter(|(_, s)| s.run == run) {
            let requests = subscription.attempts.iter().map(|a| a.request);
            give(&mut requests.chain(subscription.notifies.iter().copied()), StrandKind::Subscription(place));
        }
    }
    out
}

fn exchange(facts: &Facts, keys: &Keys, transaction: &Transaction, messages: &[u32], zero: Option<LogTime>) -> Exchange {
    let request = transaction.request();
    let text = request.and_then(|r| facts.message(MessageId(r))).map(|m| &m.seen.message);
    let credentials = request.and_then(|r| keys.get(r)).is_some_and(|k| k.credentials.is_some());
    let offers = matches!(transaction.method, Method::Invite | Method::Update | Method::Prack);
    let offer = text.filter(|_| offers && request.and_then(|r| keys.get(r)).is_some_and(|k| k.sdp)).and_then(audio);
    let mark = Mark {
        sent: match transaction.role {
            Role::Client => Some(true),
            Role::Server => Some(false),
            Role::Unknown => None,
        },
        method: transaction.method.clone(),
        in_dialog: transaction.request_to_tag(keys).is_some(),
        authorised: credentials,
        attempt: None,
        offer,
    };
    let item = |index: &u32| {
        let key = keys.get(*index)?;
        let part = match key.status {
            Some(status) if status >= 200 => Part::Final(status),
            Some(status) => Part::Provisional(status),
            None if key.method == Method::Ack => Part::Ack,
            None => Part::Request,
        };
        let repeat = facts.message(MessageId(*index)).map_or(0, |m| m.sent_before);
        Some(Item { id: MessageId(*index), part, repeat, elapsed_us: since(key.at, zero).unwrap_or(0) })
    };
    Exchange {
        mark,
        request: request.map(MessageId),
        answer: transaction.answer.map(MessageId),
        status: transaction.status(keys),
        sends: u32::try_from(transaction.requests.len()).unwrap_or(u32::MAX),
        items: messages.iter().filter_map(item).collect(),
        attempt: None,
    }
}

/// Direction of the first audio line.
fn audio(message: &Message) -> Option<Flow> {
    let sdp = message.sdp()?;
    let line = sdp.media.iter().find(|m| m.kind.eq_ignore_ascii_case("audio"))?;
    // `c=0.0.0.0` holds as `sendonly` does (RFC 2543 §B.5).
    Some(if line.address.as_deref() == Some("0.0.0.0") { Flow::SendOnly } else { line.flow })
}

/// What each REGISTER asked for, and the how manieth it is since the last that was granted.
fn mark_attempts(facts: &Facts, place: u32, exchanges: &mut [Exchange]) {
    let Some(registration) = facts.registrations.get(place as usize) else { return };
    let by_request: HashMap<MessageId, u32> = registration.attempts.iter().map(|a| a.request).zip(0_u32..).collect();
    let mut since_granted = 0;
    for exchange in exchanges {
        let found = exchange.items.iter().find_map(|i| by_request.get(&i.id)).copied();
        exchange.attempt = found;
        let attempt = found.and_then(|n| registration.attempts.get(n as usize));
        exchange.mark.attempt = attempt.map(|a| (a.kind, since_granted));
        exchange.mark.authorised |= attempt.is_some_and(|a| a.authorised);
        since_granted = if exchange.status.is_some_and(|s| (200..300).contains(&s)) { 0 } else { since_granted + 1 };
    }
}

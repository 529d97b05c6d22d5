//! SIP as the makers of facts see it: messages with their keys and transactions, and where each run of the log ends. In: logged
//! messages. Out: [`Traffic`], and the address words of a message (next hop, peer). Must not know registrations or calls.

use super::{LoggedMessage, MessageId, RunId, Side};
use crate::base::{LogTime, Private, PrivateKind};
use crate::bundle::Observer;
use crate::sip::header::Via;
use crate::sip::key::{Key, Keys};
use crate::sip::transaction::{Role, T64_US, Transaction, Transactions};
use crate::sip::uri::Uri;
use crate::sip::{Direction, Message};

/// What relates messages: built once, then part of the facts, for the checks and the comparison. Only the client's own view has
/// keys; what a server logged stands aside. The scope of a transaction is its run.
#[derive(Clone, Debug, Default)]
pub struct Related {
    /// Fields of each message that others are found by, in the messages' order.
    pub keys: Keys,
    /// Requests with their answers.
    pub transactions: Transactions,
}

impl Related {
    /// Relates messages.
    pub fn of(messages: &[LoggedMessage]) -> Self {
        let keys = Keys::read(messages, |m| (m.observer == Observer::Client).then_some(m.run.0));
        let transactions = Transactions::build(&keys);
        Self { keys, transactions }
    }
}

/// Messages with what relates them.
pub struct Traffic<'a> {
    /// Every message.
    pub messages: &'a [LoggedMessage],
    /// What relates them.
    pub keys: Keys,
    /// Requests with their answers.
    pub transactions: Transactions,
    ends: Vec<Option<LogTime>>,
}

impl<'a> Traffic<'a> {
    /// Relates messages. `ends` is the time of the last record of each run, by [`RunId`]; where it is missing or too early, the last
    /// message of the run counts.
    pub fn new(messages: &'a [LoggedMessage], ends: &[Option<LogTime>]) -> Self {
        let Related { keys, transactions } = Related::of(messages);
        let mut ends = ends.to_vec();
        for message in messages.iter().filter(|m| m.observer == Observer::Client) {
            let run = message.run.0 as usize;
            if ends.len() <= run && run < messages.len() + ends.len() {
                ends.resize(run + 1, None);
            }
            if let Some(end) = ends.get_mut(run) {
                *end = (*end).max(message.seen.at);
            }
        }
        Self { messages, keys, transactions, ends }
    }

    /// What a message says.
    pub fn message(&self, index: u32) -> Option<&'a Message> {
        self.messages.get(index as usize).map(|m| &m.seen.message)
    }

    /// What relates a message.
    pub fn key(&self, index: u32) -> Option<&Key> {
        self.keys.get(index)
    }

    /// When a message was logged.
    pub fn at(&self, index: u32) -> Option<LogTime> {
        self.keys.at(index)
    }

    /// Where the log of a run ends.
    pub fn end(&self, run: RunId) -> Option<LogTime> {
        self.ends.get(run.0 as usize).copied().flatten()
    }

    /// Final status and its message.
    pub fn status(&self, transaction: &Transaction) -> Option<u16> {
        transaction.status(&self.keys)
    }

    /// No final answer, but the log ends before one had to come (64·T1): nothing can be concluded.
    pub fn is_pending(&self, transaction: &Transaction) -> bool {
        let last = transaction.messages().last().and_then(|m| self.at(*m));
        let first = self.at(transaction.first());
        let end = self.end(RunId(transaction.scope));
        let open = match (first, end) {
            (Some(first), Some(end)) => end.since_us(first) < T64_US,
            _ => last.is_none(),
        };
        transaction.answer.is_none() && open
    }

    /// The other end of a transaction as the log or the messages name it: transport peer, else first Route or the Request-URI for
    /// what the client sent, and the Via for what it received.
    pub fn peer(&self, transaction: &Transaction) -> Option<Private> {
        let all = transaction.messages();
        if let Some(remote) = all.iter().find_map(|m| self.messages.get(*m as usize).and_then(|m| m.seen.remote.clone())) {
            return Some(Private::new(PrivateKind::Address, remote));
        }
        let request = self.message(transaction.request()?)?;
        if transaction.role == Role::Server {
            return request.top_via().map(|via| Private::new(PrivateKind::Address, seen_from(&via)));
        }
        let route = request.routes().first().and_then(|r| r.parsed_uri()).map(|uri| host_and_port(&uri));
        let target = || request.request_uri().and_then(Uri::parse).map(|uri| host_and_port(&uri));
        route.or_else(target).filter(|text| !text.is_empty()).map(|text| Private::new(PrivateKind::Address, text))
    }
}

/// A message's number as facts carry it.
pub fn id(index: u32) -> MessageId {
    MessageId(index)
}

/// Who sent a message.
pub fn sender(direction: Direction) -> Side {
    match direction {
        Direction::Sent => Side::Client,
        Direction::Received => Side::Peer,
        Direction::Unknown => Side::Unknown,
    }
}

/// Who sent the request of a transaction.
pub fn requester(role: Role) -> Side {
    match role {
        Role::Client => Side::Client,
        Role::Server => Side::Peer,
        Role::Unknown => Side::Unknown,
    }
}

/// The other of two ends.
pub fn other(side: Side) -> Side {
    match side {
        Side::Client => Side::Peer,
        Side::Peer => Side::Client,
        same => same,
    }
}

/// `host` or `host:port` of a URI.
pub fn host_and_port(uri: &Uri<'_>) -> String {
    match uri.port {
        Some(port) => format!("{}:{port}", uri.host),
        None => uri.host.to_owned(),
    }
}

/// A URI without parameters and headers, scheme and host in lower case: the same resource gives the same text. What is no URI
/// (masked) stays as written.
pub fn resource(text: &str) -> String {
    let Some(uri) = Uri::parse(text) else { return text.trim().to_owned() };
    let scheme = uri.scheme.to_ascii_lowercase();
    let port = uri.port.map(|p| format!(":{p}")).unwrap_or_default();
    match uri.user {
        Some(user) if uri.host.is_empty() => format!("{scheme}:{user}"),
        Some(user) => format!("{scheme}:{user}@{}{port}", uri.host.to_ascii_lowercase()),
        None => format!("{scheme}:{}{port}", uri.host.to_ascii_lowercase()),
    }
}

/// Where a request came from: `received` and `rport` where they were added, else the sent-by (RFC 3581 §4).
fn seen_from(via: &Via<'_>) -> String {
    match (via.received(), via.rport().flatten().or(via.port)) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => via.sent_by(),
    }
}

/// A masked text: what stands for a value that was taken out of the log. Equal masks do not mean equal values.
pub fn is_masked(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let stars = text.contains("***") || lower.contains("xxxx");
    text.is_empty()
        || stars
        || ["redacted", "masked", "hidden", "removed", "anonymi", "pii_", "<private"].iter().any(|mask| lower.contains(mask))
}

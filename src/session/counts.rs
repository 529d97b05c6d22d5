//! How many messages of which kind: the `sip` object of the report. In: logged messages with their repetitions numbered. Out:
//! [`Counts`]. Must not know what the messages brought about.

use std::collections::BTreeMap;

use super::LoggedMessage;
use crate::bundle::Observer;
use crate::sip::{Direction, Method};

/// Counts of the client's own view; every logged copy counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages, those of unknown direction too.
    pub messages: u64,
    /// Messages that are malformed or cut off.
    pub malformed: u64,
    /// Messages of unknown direction; they are in none of the counts below.
    pub direction_unknown: u64,
    /// By method: `INVITE`.
    pub requests_sent: BTreeMap<String, u64>,
    /// By method.
    pub requests_received: BTreeMap<String, u64>,
    /// By status and CSeq method: `200 INVITE`.
    pub responses_sent: BTreeMap<String, u64>,
    /// By status and CSeq method.
    pub responses_received: BTreeMap<String, u64>,
    /// Requests and responses beyond the first of their kind in a transaction; an ACK is no transaction and never counts.
    pub retransmissions: u64,
}

impl Counts {
    /// Counts messages; those of a server's log are left out.
    pub fn of(messages: &[LoggedMessage]) -> Self {
        let mut counts = Self::default();
        for logged in messages.iter().filter(|m| m.observer == Observer::Client) {
            counts.messages += 1;
            counts.malformed += u64::from(!logged.seen.message.problems.is_empty());
            let message = &logged.seen.message;
            let method = message.method();
            // A response tells its method in CSeq alone, which may be masked.
            let name = method.as_ref().map_or("?", Method::as_str);
            let (map, key) = match (logged.seen.direction, message.status()) {
                (Direction::Unknown, _) => {
                    counts.direction_unknown += 1;
                    continue;
                }
                (Direction::Sent, None) => (&mut counts.requests_sent, name.to_owned()),
                (Direction::Received, None) => (&mut counts.requests_received, name.to_owned()),
                (Direction::Sent, Some(status)) => (&mut counts.responses_sent, format!("{status} {name}")),
                (Direction::Received, Some(status)) => (&mut counts.responses_received, format!("{status} {name}")),
            };
            *map.entry(key).or_default() += 1;
            counts.retransmissions += u64::from(is_retransmission(logged));
        }
        counts
    }
}

/// A repetition that counts as a retransmission (any but an ACK).
pub fn is_retransmission(logged: &LoggedMessage) -> bool {
    logged.sent_before > 0 && !(logged.seen.message.is_request() && logged.seen.message.method() == Some(Method::Ack))
}

//! From logged SIP to facts: the one door to registrations, keep-alives, calls and subscriptions. In: messages in time order, pings,
//! where each run ends. Out: [`Facts`] with those parts filled; runs, client and clocks are others' work.

use super::traffic::Traffic;
use super::{Facts, LoggedMessage, call_facts, registration_facts};
use crate::base::LogTime;

/// Relates the messages and fills `messages` (with their repetitions numbered), registrations, keep-alives, calls and subscriptions.
///
/// `ends` is the time of the last record of each run, by run.
pub fn facts(messages: Vec<LoggedMessage>, ends: &[Option<LogTime>]) -> Facts {
    let traffic = Traffic::new(&messages, ends);
    let registrations = registration_facts::registrations(&traffic);
    let calls = call_facts::calls(&traffic);
    let repeats = traffic.transactions.repeats;
    let mut messages = messages;
    for (message, repeat) in messages.iter_mut().zip(repeats) {
        message.sent_before = repeat;
    }
    Facts { messages, registrations, calls, ..Facts::default() }
}

//! From logged SIP to facts: the one door to registrations, keep-alives, calls and subscriptions. In: messages in time order, pings,
//! where each run ends. Out: [`Facts`] with those parts filled; runs, client and clocks are others' work.

pub use super::keepalive_facts::CrlfSign;
use super::traffic::Traffic;
use super::{Facts, LoggedMessage, call_facts, call_story, features, keepalive_facts, registration_facts, subscription_facts};
use crate::base::{LogTime, Notes};

/// As [`facts_with_signs`], for logs without CRLF keep-alives.
pub fn facts(messages: Vec<LoggedMessage>, ends: &[Option<LogTime>]) -> Facts {
    facts_with_signs(messages, &[], ends, &mut Notes::new())
}

/// Relates the messages and fills `messages` (with their repetitions numbered), registrations, keep-alives, calls and subscriptions.
///
/// `signs` are the CRLF keep-alives that the log printed, in time order. `ends` is the time of the last record of each run, by run.
/// What a cap left out is told in `notes`.
pub fn facts_with_signs(messages: Vec<LoggedMessage>, signs: &[CrlfSign], ends: &[Option<LogTime>], notes: &mut Notes) -> Facts {
    let traffic = Traffic::new(&messages, ends);
    let registrations = registration_facts::registrations(&traffic);
    let keepalives = keepalive_facts::keepalives(&traffic, signs, &registrations);
    let subscriptions = subscription_facts::subscriptions(&traffic);
    let calls = call_facts::calls(&traffic, notes);
    let features = features::changes(&traffic);
    let repeats = traffic.transactions.repeats;
    let mut messages = messages;
    for (message, repeat) in messages.iter_mut().zip(repeats) {
        message.sent_before = repeat;
    }
    let mut facts = Facts { messages, registrations, keepalives, calls, subscriptions, features, ..Facts::default() };
    facts.stories = call_story::stories(&facts);
    facts
}

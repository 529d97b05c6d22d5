//! Which messages a ladder shows, and which of them are routine. In: facts, a subject. Out: messages in time order with a class.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::Subject;
use crate::base::{Private, PrivateKind};
use crate::bundle::Observer;
use crate::session::call::{Call, RelatedKind};
use crate::session::registration::{Attempt, AttemptKind, Registration};
use crate::session::{CallId, Facts, LoggedMessage, MessageId};
use crate::timeline::lanes::registration::is_challenge;
use crate::timeline::wire;

/// Routine is folded; what went wrong never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Shown.
    Plain,
    /// OPTIONS outside a dialog and its answer.
    KeepAlive,
    /// A refresh of a standing binding that worked, with its challenge.
    Refresh,
}

/// One message of a ladder.
#[derive(Clone, Copy, Debug)]
pub struct Chosen {
    /// The message.
    pub id: MessageId,
    /// Its class.
    pub class: Class,
}

/// The messages of several subjects in time order, each once, and the call of each where there are several calls.
pub fn together(facts: &Facts, subjects: &[Subject]) -> (Vec<Chosen>, HashMap<MessageId, CallId>) {
    let mut all: BTreeMap<MessageId, Class> = BTreeMap::new();
    for subject in subjects {
        for Chosen { id, class } in messages(facts, *subject) {
            // What is the matter of one subject is no routine in another.
            all.entry(id).and_modify(|known| *known = class.min(*known)).or_insert(class);
        }
    }
    let mut calls = HashMap::new();
    let shown = facts.calls.iter().filter(|c| subjects.iter().any(|s| has(*s, c)));
    let mut count = 0_usize;
    for call in shown {
        count += 1;
        calls.extend(call.messages.iter().map(|id| (*id, call.id)));
    }
    if count < 2 {
        calls.clear();
    }
    (all.into_iter().map(|(id, class)| Chosen { id, class }).collect(), calls)
}

/// Does a subject show a call's messages?
pub fn has(subject: Subject, call: &Call) -> bool {
    match subject {
        Subject::Call(id) => id == call.id,
        Subject::Run(run) => run == call.run,
        Subject::Registration(_) | Subject::KeepAlive(_) => false,
    }
}

/// Calls that are legs of the same transfer, redirection or conference as this one, itself left aside: by evidence of a header.
pub fn linked(facts: &Facts, id: CallId) -> Vec<CallId> {
    let mut found = BTreeSet::from([id]);
    let mut waiting = vec![id];
    while let Some(next) = waiting.pop() {
        let own = facts.calls.get(next.0 as usize).map_or(&[][..], |call| &call.related);
        let others = facts.calls.iter().filter(|c| c.related.iter().any(|r| r.call == next && is_leg(r.kind))).map(|c| c.id);
        for other in own.iter().filter(|r| is_leg(r.kind)).map(|r| r.call).chain(others) {
            if found.len() <= MOST_LINKED && found.insert(other) {
                waiting.push(other);
            }
        }
    }
    found.remove(&id);
    found.into_iter().collect()
}

/// Calls shown beside one because they are linked.
const MOST_LINKED: usize = 8;

fn is_leg(kind: RelatedKind) -> bool {
    // A correlation header alone may stand in calls that have nothing else to do with one another.
    kind != RelatedKind::SameCorrelation
}

/// The messages of a subject in time order.
fn messages(facts: &Facts, subject: Subject) -> Vec<Chosen> {
    match subject {
        Subject::Call(id) => facts.calls.get(id.0 as usize).map_or_else(Vec::new, |call| of_call(facts, &call.messages)),
        Subject::Registration(id) => facts.registrations.get(id as usize).map_or_else(Vec::new, |r| of_registration(facts, r)),
        Subject::KeepAlive(id) => of_keepalive(facts, id),
        Subject::Run(run) => {
            let routine = Routine::new(facts);
            let shown = all(facts).filter(|(_, m)| m.run == run && m.observer == Observer::Client);
            shown.map(|(id, m)| Chosen { id, class: routine.class(m) }).collect()
        }
    }
}

fn all(facts: &Facts) -> impl Iterator<Item = (MessageId, &LoggedMessage)> {
    (0_u32..).map(MessageId).zip(&facts.messages)
}

/// A call's own messages, and between them the client's keep-alives and good refreshes.
fn of_call(facts: &Facts, own: &[MessageId]) -> Vec<Chosen> {
    let (Some(first), Some(last)) = (own.iter().min(), own.iter().max()) else { return Vec::new() };
    let own: HashSet<MessageId> = own.iter().copied().collect();
    let routine = Routine::new(facts);
    let run = facts.message(*first).map(|m| m.run);
    all(facts)
        .skip(first.index())
        .take(last.index() + 1 - first.index())
        .filter_map(|(id, m)| {
            if own.contains(&id) {
                return Some(Chosen { id, class: Class::Plain });
            }
            let class = routine.class(m);
            let shown = class != Class::Plain && m.observer == Observer::Client && Some(m.run) == run;
            shown.then_some(Chosen { id, class })
        })
        .collect()
}

fn of_registration(facts: &Facts, registration: &Registration) -> Vec<Chosen> {
    let ids: HashSet<&Private> = registration.call_ids.iter().collect();
    let routine = Routine::new(facts);
    let shown = all(facts).filter(|(_, m)| m.run == registration.run && m.observer == Observer::Client);
    shown
        .filter(|(_, m)| wire::method(&m.seen.message) == "REGISTER" && ids.contains(&call_id(m)))
        .map(|(id, m)| Chosen { id, class: routine.class(m) })
        .collect()
}

/// Pings and what answered them: same Call-ID and CSeq.
fn of_keepalive(facts: &Facts, id: u32) -> Vec<Chosen> {
    let Some(keepalive) = facts.keepalives.get(id as usize) else { return Vec::new() };
    let pings = keepalive.pings.iter().filter_map(|p| facts.message(p.message?));
    let keys: HashSet<(&str, Option<u32>)> = pings.map(key).collect();
    let shown = all(facts).filter(|(_, m)| m.run == keepalive.run && keys.contains(&key(m)));
    shown.map(|(id, _)| Chosen { id, class: Class::Plain }).collect()
}

fn call_id(message: &LoggedMessage) -> Private {
    Private::new(PrivateKind::CallId, wire::call_id(&message.seen.message))
}

fn key(message: &LoggedMessage) -> (&str, Option<u32>) {
    (wire::call_id(&message.seen.message), wire::cseq(&message.seen.message).0)
}

/// Knows which transactions are routine.
struct Routine<'a> {
    good_refreshes: HashSet<(Private, Option<u32>)>,
    pings: HashSet<(&'a str, Option<u32>)>,
}

impl<'a> Routine<'a> {
    fn new(facts: &'a Facts) -> Self {
        let mut good_refreshes = HashSet::new();
        for registration in &facts.registrations {
            let mut attempts = registration.attempts.iter().peekable();
            while let Some(attempt) = attempts.next() {
                let passed = |a: &Attempt| matches!(a.status, Some(200..=299));
                let challenged = is_challenge(attempt) && attempts.peek().is_some_and(|next| passed(next));
                if attempt.kind == AttemptKind::Refresh && (passed(attempt) || challenged) {
                    good_refreshes.insert((attempt.call_id.clone(), attempt.cseq));
                }
            }
        }
        let mut answered: HashMap<(&str, Option<u32>), bool> = HashMap::new();
        for ping in facts.keepalives.iter().flat_map(|k| &k.pings) {
            if let Some(message) = ping.message.and_then(|id| facts.message(id)) {
                answered.insert(key(message), ping.answered);
            }
        }
        let pings = answered.into_iter().filter(|(_, answered)| *answered).map(|(key, _)| key).collect();
        Self { good_refreshes, pings }
    }

    fn class(&self, message: &LoggedMessage) -> Class {
        match wire::method(&message.seen.message) {
            "OPTIONS" if self.pings.contains(&key(message)) => Class::KeepAlive,
            "REGISTER" if self.good_refreshes.contains(&(call_id(message), key(message).1)) => Class::Refresh,
            _ => Class::Plain,
        }
    }
}

//! Subscriptions from SUBSCRIBE and NOTIFY (RFC 6665; the packages' own RFCs for their last words). In: [`Traffic`]. Out:
//! [`Subscription`]s in order of their first message. The subscription that a REFER makes by itself is a transfer's, not one of these.

use std::collections::HashMap;

use super::RunId;
use super::answerer::answerer;
use super::registration::{Attempt, AttemptKind, ExpiresBasis};
use super::subscription::{Subscription, SubscriptionState};
use super::subscription_words::in_words;
use super::traffic::{Traffic, id, is_masked, resource};
use crate::base::{LogTime, Private, PrivateKind};
use crate::sip::key::Sym;
use crate::sip::transaction::{Role, Transaction};
use crate::sip::{Message, Method};

/// One package for one resource while its transactions are gathered.
struct Group<'t> {
    run: RunId,
    event: String,
    subscribes: Vec<&'t Transaction>,
    notifies: Vec<&'t Transaction>,
}

/// All subscriptions of all runs.
pub fn subscriptions(traffic: &Traffic<'_>) -> Vec<Subscription> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut by_resource: HashMap<(u32, String, String), usize> = HashMap::new();
    let mut by_dialog: HashMap<(u32, Sym, String), usize> = HashMap::new();
    for transaction in &traffic.transactions.list {
        let subscribe = transaction.method == Method::Subscribe && transaction.role != Role::Server;
        let notify = transaction.method == Method::Notify && transaction.role != Role::Client;
        let Some(message) = transaction.request().filter(|_| subscribe || notify).and_then(|r| traffic.message(r)) else {
            continue;
        };
        let Some(event) = package(message) else { continue };
        let dialog = (transaction.scope, transaction.call_id, event.to_ascii_lowercase());
        let known =
            if is_masked(traffic.keys.symbols.text(transaction.call_id)) { None } else { by_dialog.get(&dialog).copied() };
        let place = known.unwrap_or_else(|| {
            // RFC 6665 §4.1: a subscription is for a resource. A NOTIFY comes from it.
            let address = if subscribe { message.to() } else { message.from() };
            let whom = address.map(|a| resource(a.uri)).unwrap_or_default();
            *by_resource.entry((transaction.scope, event.to_ascii_lowercase(), whom)).or_insert_with(|| {
                groups.push(Group {
                    run: RunId(transaction.scope),
                    event: event.to_owned(),
                    subscribes: Vec::new(),
                    notifies: Vec::new(),
                });
                groups.len() - 1
            })
        });
        by_dialog.insert(dialog, place);
        if let Some(group) = groups.get_mut(place) {
            if subscribe { group.subscribes.push(transaction) } else { group.notifies.push(transaction) }
        }
    }
    groups.iter().map(|group| subscription(traffic, group)).collect()
}

/// The event package without parameters; `refer`, `talk` and `hold` belong to calls.
fn package(message: &Message) -> Option<&str> {
    let event = message.header("Event")?.split(';').next()?.trim();
    let of_calls = ["refer", "talk", "hold"].iter().any(|name| event.eq_ignore_ascii_case(name));
    (!event.is_empty() && !of_calls).then_some(event)
}

fn subscription(traffic: &Traffic<'_>, group: &Group<'_>) -> Subscription {
    let mut stands = false;
    let attempts: Vec<Attempt> = group.subscribes.iter().map(|t| attempt(traffic, t, &mut stands)).collect();
    let last = group.notifies.last().and_then(|t| t.request()).and_then(|r| traffic.message(r));
    let terminated =
        group.notifies.iter().rev().filter_map(|t| t.request()).find_map(|r| traffic.message(r).and_then(reason_of_end));
    Subscription {
        run: group.run,
        event: group.event.clone(),
        state: state(traffic, group, &attempts),
        attempts,
        notifies: group.notifies.iter().filter_map(|t| t.request()).map(id).collect(),
        last: last.and_then(|m| in_words(&group.event, m)),
        reason: terminated,
    }
}

fn attempt(traffic: &Traffic<'_>, transaction: &Transaction, stands: &mut bool) -> Attempt {
    let first = transaction.first();
    let request = transaction.request().and_then(|r| traffic.message(r));
    let answer = transaction.answer.and_then(|a| traffic.message(a));
    let status = traffic.status(transaction);
    let ok = status.is_some_and(|s| s < 300);
    let asked = request.and_then(Message::expires);
    let granted = answer.filter(|_| ok).and_then(Message::expires);
    let kind = match (asked, *stands) {
        (Some(0), _) => AttemptKind::Unregister,
        (_, true) => AttemptKind::Refresh,
        _ => AttemptKind::Register,
    };
    if ok {
        *stands = asked != Some(0);
    }
    let number = |name: &str| {
        let digits: String = answer?.header(name)?.trim().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let (at, answered_at) = (traffic.at(first), transaction.answer.and_then(|a| traffic.at(a)));
    Attempt {
        request: id(first),
        answer: transaction.answer.map(id),
        at,
        call_id: Private::new(PrivateKind::CallId, traffic.keys.symbols.text(transaction.call_id)),
        cseq: transaction.cseq,
        remote: traffic.peer(transaction),
        status,
        reason: answer.map(|a| a.reason().to_owned()),
        retry_after_s: number("Retry-After"),
        min_expires_s: number("Min-Expires"),
        expires_s: granted.or(asked),
        expires_basis: granted.map(|_| ExpiresBasis::Granted).or(asked.map(|_| ExpiresBasis::Asked)),
        authorised: request.is_some_and(|r| !r.credentials().is_empty()),
        sends: u32::try_from(transaction.requests.len()).unwrap_or(u32::MAX),
        final_from: answer.and_then(|a| answerer(a, false)),
        duration_us: at.zip(answered_at).map(|(from, to)| to.since_us(from)),
        kind,
    }
}

/// State and parameters of Subscription-State (RFC 6665 §8.4).
fn stated(message: &Message) -> Option<(String, Option<String>, Option<u64>)> {
    let value = message.header("Subscription-State")?;
    let mut parts = value.split(';').map(str::trim);
    let state = parts.next()?.to_ascii_lowercase();
    let mut reason = None;
    let mut expires = None;
    for part in parts {
        match part.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("reason") => reason = Some(value.trim().to_owned()),
            Some((name, value)) if name.trim().eq_ignore_ascii_case("expires") => expires = value.trim().parse().ok(),
            _ => {}
        }
    }
    Some((state, reason, expires))
}

fn reason_of_end(message: &Message) -> Option<String> {
    stated(message).and_then(|(_, reason, _)| reason)
}

/// How it stands at the end of the log: by the latest of SUBSCRIBE's answer and NOTIFY, and whether its time ran out.
fn state(traffic: &Traffic<'_>, group: &Group<'_>, attempts: &[Attempt]) -> SubscriptionState {
    let end = traffic.end(group.run);
    let notify = group.notifies.iter().rev().filter_map(|t| t.request()).find_map(|r| Some((r, stated(traffic.message(r)?)?)));
    for (transaction, attempt) in group.subscribes.iter().zip(attempts).rev() {
        let told = notify.as_ref().filter(|(r, _)| *r > transaction.first());
        match attempt.status {
            None if told.is_some() || traffic.is_pending(transaction) => {}
            None => return SubscriptionState::NoAnswer,
            Some(401 | 407) if !attempt.authorised && attempts.len() > 1 => {}
            Some(status) if status >= 300 => return SubscriptionState::Rejected,
            Some(_) if attempt.kind == AttemptKind::Unregister => return SubscriptionState::Terminated,
            Some(_) => {
                let answered = attempt.answer.and_then(|a| traffic.at(a.0));
                if told.is_none() {
                    return if is_over(attempt.expires_s, answered, end) {
                        SubscriptionState::Terminated
                    } else {
                        SubscriptionState::Active
                    };
                }
            }
        }
        if told.is_some() {
            break;
        }
    }
    match notify {
        Some((_, (state, _, _))) if state == "terminated" => SubscriptionState::Terminated,
        Some((r, (state, _, expires))) if state == "active" || state == "pending" => {
            if is_over(expires, traffic.at(r), end) {
                SubscriptionState::Terminated
            } else {
                SubscriptionState::Active
            }
        }
        _ => SubscriptionState::Unknown,
    }
}

fn is_over(expires_s: Option<u64>, from: Option<LogTime>, end: Option<LogTime>) -> bool {
    let life = expires_s.and_then(|s| i64::try_from(s).ok()).map(|s| s.saturating_mul(1_000_000));
    matches!((life, from, end), (Some(life), Some(from), Some(end)) if from.plus_us(life) < end)
}

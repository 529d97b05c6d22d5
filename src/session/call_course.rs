//! How a call came out and when (words of `report-v1`): state, times, who ended it and why. In: a [`Leg`]. Out: [`Course`]. Must not
//! know media or links.

use super::RunId;
use std::collections::HashMap;

use super::Side;
use super::call::{CallDirection, CallState, ReleaseReason};
use super::call_legs::Leg;
use super::traffic::{Traffic, requester};
use crate::base::LogTime;
use crate::sip::key::Sym;
use crate::sip::transaction::{Role, T64_US, Transaction};
use crate::sip::{Message, Method};

/// Timer C (RFC 3261 §16.6): a call that rings longer without outcome has none.
const RINGING_US: i64 = 180_000_000;

/// A call from its set-up to its end.
#[derive(Debug)]
pub struct Course {
    /// Which way.
    pub direction: CallDirection,
    /// The outcome.
    pub state: CallState,
    /// Final status of every INVITE transaction.
    pub invite_finals: Vec<Option<u16>>,
    /// What ended it badly.
    pub reason: Option<String>,
    /// Reason of BYE or CANCEL.
    pub released_by_reason: Option<ReleaseReason>,
    /// Different To tags of 101–199.
    pub early_dialogs: u32,
    /// First INVITE.
    pub started: Option<LogTime>,
    /// First 180–183.
    pub ringing: Option<LogTime>,
    /// First 2xx.
    pub answered: Option<LogTime>,
    /// BYE, else the final ≥ 300.
    pub ended: Option<LogTime>,
    /// Who sent the first BYE.
    pub ended_by: Option<Side>,
    /// Accepted INVITE to its 2xx.
    pub setup_us: Option<i64>,
    /// 2xx to BYE.
    pub talk_us: Option<i64>,
    /// The first BYE of the dialog that was talked in.
    pub bye: Option<u32>,
}

/// Reads the course of a call.
pub fn course(traffic: &Traffic<'_>, leg: &Leg) -> Course {
    let all: Vec<&Transaction> = leg.transactions.iter().filter_map(|t| traffic.transactions.get(*t)).collect();
    let initial: Vec<(u32, &Transaction)> =
        leg.initial.iter().filter_map(|t| traffic.transactions.get(*t).map(|x| (*t, x))).collect();
    let accepted = initial.iter().find(|(_, t)| success(traffic, t).is_some()).copied();
    let deciding = accepted.or_else(|| initial.last().copied());
    let success = accepted.and_then(|(_, t)| success(traffic, t));
    let bye = main_bye(traffic, &all, &initial);
    let state = state(traffic, &all, deciding.map(|(_, t)| t), success.is_some());
    let answered = success.and_then(|m| traffic.at(m));
    let bye_at = bye.and_then(|b| traffic.at(b.first()));
    let refused = deciding.filter(|_| success.is_none()).and_then(|(_, t)| t.answer).and_then(|a| traffic.at(a));
    let ringing = initial.iter().flat_map(|(_, t)| &t.responses).filter(|r| has_status(traffic, **r, 180..=183)).min();
    let mut early: Vec<Sym> = initial.iter().flat_map(|(_, t)| &t.responses).filter_map(|r| early_tag(traffic, *r)).collect();
    early.sort_unstable();
    early.dedup();
    let accepted_at = accepted.and_then(|(_, t)| t.request()).and_then(|r| traffic.at(r));
    Course {
        direction: match initial.first().map(|(_, t)| t.role) {
            Some(Role::Client) => CallDirection::Outgoing,
            Some(Role::Server) => CallDirection::Incoming,
            _ => CallDirection::Unknown,
        },
        invite_finals: all.iter().filter(|t| t.method == Method::Invite).map(|t| traffic.status(t)).collect(),
        reason: reason(traffic, state, &all, deciding.map(|(_, t)| t), bye),
        released_by_reason: released(traffic, &all, bye),
        early_dialogs: u32::try_from(early.len()).unwrap_or(u32::MAX),
        started: initial.first().and_then(|(_, t)| t.request()).and_then(|r| traffic.at(r)),
        ringing: ringing.and_then(|r| traffic.at(*r)),
        answered,
        ended: if bye.is_some() { bye_at } else { refused },
        ended_by: bye.map(|b| ended_by(&all, b)),
        setup_us: accepted_at.zip(answered).map(|(from, to)| to.since_us(from)),
        talk_us: answered.zip(bye_at).map(|(from, to)| to.since_us(from)),
        bye: bye.and_then(|b| leg.transactions.iter().zip(&all).find(|(_, t)| std::ptr::eq(**t, b)).map(|(place, _)| *place)),
        state,
    }
}

fn success(traffic: &Traffic<'_>, transaction: &Transaction) -> Option<u32> {
    transaction.responses.iter().copied().find(|r| has_status(traffic, *r, 200..=299))
}

fn has_status(traffic: &Traffic<'_>, index: u32, range: std::ops::RangeInclusive<u16>) -> bool {
    traffic.key(index).and_then(|k| k.status).is_some_and(|s| range.contains(&s))
}

/// RFC 3261 §12.1: a response of 101–199 with a To tag makes an early dialog.
fn early_tag(traffic: &Traffic<'_>, index: u32) -> Option<Sym> {
    let key = traffic.key(index)?;
    (key.status.is_some_and(|s| (101..200).contains(&s)) && key.to_tag.is_some()).then_some(key.to_tag)
}

/// The BYE that ended the call. Where several far ends answered, those given up at once have BYEs of their own: then the dialog that
/// lasted counts.
fn main_bye<'t>(traffic: &Traffic<'_>, all: &[&'t Transaction], initial: &[(u32, &Transaction)]) -> Option<&'t Transaction> {
    let byes: Vec<&Transaction> = all.iter().filter(|t| t.method == Method::Bye).copied().collect();
    let mut confirmed: Vec<Sym> = Vec::new();
    for (_, invite) in initial.iter().filter(|(_, t)| t.role == Role::Client) {
        let tags = invite.responses.iter().filter(|r| has_status(traffic, **r, 200..=299)).filter_map(|r| traffic.key(*r));
        confirmed.extend(tags.map(|k| k.to_tag));
    }
    confirmed.sort_unstable();
    confirmed.dedup();
    if confirmed.len() < 2 {
        return byes.first().copied();
    }
    let remote = |bye: &Transaction| if bye.role == Role::Server { bye.from_tag } else { bye.request_to_tag(&traffic.keys) };
    let mut by_tag: HashMap<Sym, &Transaction> = HashMap::new();
    for bye in &byes {
        by_tag.entry(remote(bye)).or_insert(bye);
    }
    let ends: Vec<Option<&Transaction>> = confirmed.iter().map(|tag| by_tag.get(tag).copied()).collect();
    if ends.iter().any(Option::is_none) { None } else { ends.into_iter().flatten().max_by_key(|b| b.first()) }
}

/// `both` when each side sent a BYE before it had an answer to (or saw) the other's.
fn ended_by(all: &[&Transaction], bye: &Transaction) -> Side {
    let crossed = all.iter().any(|other| {
        let opposite = matches!((bye.role, other.role), (Role::Client, Role::Server) | (Role::Server, Role::Client));
        other.method == Method::Bye
            && opposite
            && other.first() > bye.first()
            && bye.answer.is_none_or(|answer| other.first() < answer)
    });
    if crossed { Side::Both } else { requester(bye.role) }
}

fn state(traffic: &Traffic<'_>, all: &[&Transaction], deciding: Option<&Transaction>, accepted: bool) -> CallState {
    if accepted {
        return CallState::Answered;
    }
    // A dialog that was confirmed before the log began, or whose 2xx was not logged, shows by what only such a dialog has.
    let inside = |t: &&&Transaction| t.method == Method::Invite && t.request_to_tag(&traffic.keys).is_some();
    let talked = all.iter().find(inside).is_some() || all.iter().any(|t| t.method == Method::Bye && t.role != Role::Unknown);
    let cancel = all.iter().any(|t| t.method == Method::Cancel);
    let elsewhere = || {
        let cancels = all.iter().filter(|t| t.method == Method::Cancel).filter_map(|t| t.request());
        cancels.chain(deciding.and_then(|t| t.answer)).filter_map(|m| traffic.message(m)).any(completed_elsewhere)
    };
    let Some(deciding) = deciding else {
        return match (talked || all.iter().any(|t| is_talk(traffic, t)), cancel) {
            (true, _) => CallState::Answered,
            (false, true) if elsewhere() => CallState::AnsweredElsewhere,
            (false, true) => CallState::Cancelled,
            (false, false) => CallState::Unknown,
        };
    };
    match traffic.status(deciding) {
        None if talked => CallState::Answered,
        None if cancel && elsewhere() => CallState::AnsweredElsewhere,
        None if cancel => CallState::Cancelled,
        None if is_open(traffic, deciding) => CallState::InProgress,
        None => CallState::NoResponse,
        Some(487) if elsewhere() => CallState::AnsweredElsewhere,
        Some(status) => refused(status),
    }
}

/// What a final status ≥ 300 means for the caller.
fn refused(status: u16) -> CallState {
    match status {
        486 | 600 => CallState::Busy,
        603 | 607 | 608 => CallState::Declined,
        487 => CallState::Cancelled,
        480 | 408 => CallState::NoAnswer,
        300..=399 => CallState::Redirected,
        400..=499 => CallState::Rejected,
        _ => CallState::Failed,
    }
}

/// In-dialog requests that only a confirmed dialog has, or an ACK that is no refusal's.
fn is_talk(traffic: &Traffic<'_>, transaction: &Transaction) -> bool {
    let status = traffic.status(transaction);
    match transaction.method {
        Method::Info | Method::Update | Method::Refer | Method::Notify | Method::Options => status != Some(481),
        Method::Invite => status.is_some_and(|s| s < 300),
        Method::Ack => true,
        _ => false,
    }
}

/// Did the log end before the INVITE had to have an outcome? Without any answer that is timer B (64·T1), while it rings timer C.
fn is_open(traffic: &Traffic<'_>, invite: &Transaction) -> bool {
    let end = traffic.end(RunId(invite.scope));
    let heard = invite.responses.last().and_then(|r| traffic.at(*r));
    match (heard, traffic.at(invite.first()), end) {
        (Some(heard), _, Some(end)) => end.since_us(heard) < RINGING_US,
        // Seven sendings are all that timer A allows: nothing more was to come.
        (None, Some(first), Some(end)) => end.since_us(first) < T64_US && invite.requests.len() < 7,
        _ => !invite.responses.is_empty(),
    }
}

/// RFC 3326 with RFC 3261 §16.7 step 10: `Reason: SIP;cause=200`.
fn completed_elsewhere(message: &Message) -> bool {
    reasons(message).iter().any(|r| r.protocol.eq_ignore_ascii_case("SIP") && r.cause == Some(200))
}

/// Reason header values (RFC 3326 §2).
fn reasons(message: &Message) -> Vec<ReleaseReason> {
    let read = |value: &str| {
        let (protocol, _) = value.split_once(';').unwrap_or((value, ""));
        let rest = value.get(protocol.len()..).unwrap_or_default();
        let params = crate::sip::Params { text: rest };
        ReleaseReason {
            protocol: protocol.trim().to_owned(),
            cause: params.value("cause").and_then(|c| c.trim().parse().ok()),
            text: params.value("text").map(str::to_owned),
        }
    };
    message.list("Reason").into_iter().take(16).map(read).collect()
}

fn released(traffic: &Traffic<'_>, all: &[&Transaction], bye: Option<&Transaction>) -> Option<ReleaseReason> {
    let cancels = all.iter().filter(|t| t.method == Method::Cancel).copied();
    let releases = bye.into_iter().chain(cancels).filter_map(Transaction::request);
    releases.filter_map(|r| traffic.message(r)).find_map(|m| reasons(m).into_iter().next())
}

/// Reason or Warning header, else the status text, of what ended a call badly.
fn reason(
    traffic: &Traffic<'_>,
    state: CallState,
    all: &[&Transaction],
    deciding: Option<&Transaction>,
    bye: Option<&Transaction>,
) -> Option<String> {
    let told = |message: &Message| message.header("Reason").or_else(|| message.header("Warning")).map(str::to_owned);
    match state {
        CallState::Answered => {
            // Q.850 16 and 31 are normal clearing; SIP;cause=200 is no fault either.
            let message = traffic.message(bye?.request()?)?;
            let bad = |r: &ReleaseReason| !matches!(r.cause, None | Some(16 | 31 | 200));
            reasons(message).iter().any(bad).then(|| told(message)).flatten()
        }
        CallState::InProgress | CallState::NoResponse | CallState::Unknown => None,
        _ => {
            let answer = deciding.and_then(|t| t.answer).and_then(|a| traffic.message(a));
            let cancel = || {
                all.iter()
                    .filter(|t| t.method == Method::Cancel)
                    .filter_map(|t| t.request())
                    .find_map(|r| told(traffic.message(r)?))
            };
            let phrase = || answer.map(|a| a.reason().to_owned()).filter(|r| !r.is_empty());
            answer.and_then(told).or_else(cancel).or_else(phrase)
        }
    }
}

//! Session timers (RFC 4028): did a call's session run out? In: the transactions of a call. Out: at most one [`CallEvent`]. Must not
//! know media.

use super::call::{CallEvent, EventResult};
use super::call_course::Course;
use super::call_events::event;
use super::traffic::{Traffic, other, requester};
use super::{RunId, Side};
use crate::base::LogTime;
use crate::sip::Method;
use crate::sip::transaction::Transaction;

/// The last 2xx that set or refreshed the timer.
struct Timer {
    message: u32,
    at: LogTime,
    seconds: i64,
    refresher: Side,
}

/// `session-expired` when no refresh came in time and the call or its log went on. RFC 4028 §10: the side that waits sends its BYE
/// a little before the end, by a third of the interval, at most 32 s.
pub fn events(traffic: &Traffic<'_>, all: &[&Transaction], course: &Course) -> Option<CallEvent> {
    let mut timer: Option<Timer> = None;
    for transaction in all.iter().filter(|t| matches!(t.method, Method::Invite | Method::Update)) {
        if let Some(answer) = transaction.answer.filter(|_| traffic.status(transaction).is_some_and(|s| s < 300)) {
            // A 2xx without the header ends the use of timers (§7.2).
            timer = read(traffic, transaction, answer);
        }
    }
    let timer = timer?;
    let over = timer.at.plus_us(timer.seconds.saturating_mul(1_000_000));
    let early = (timer.seconds / 3).min(32).saturating_mul(1_000_000);
    let bye = course.bye.and_then(|b| traffic.transactions.get(b)).and_then(|b| traffic.at(b.first()));
    let end = all.first().and_then(|t| traffic.end(RunId(t.scope)));
    let at = match (bye, end) {
        (Some(bye), _) if over.since_us(bye) <= early => bye.min(over),
        (None, Some(end)) if end > over && course.ended.is_none() => over,
        _ => return None,
    };
    let expired = event(Some(at), "session-expired", timer.refresher, &[timer.message]);
    Some(CallEvent { result: Some(EventResult::Failed), ..expired })
}

fn read(traffic: &Traffic<'_>, transaction: &Transaction, answer: u32) -> Option<Timer> {
    let value = traffic.message(answer)?.header("Session-Expires")?;
    let mut parts = value.split(';').map(str::trim);
    let seconds = parts.next()?.parse::<i64>().ok().filter(|s| *s > 0)?;
    let refresher = parts.find_map(|p| p.strip_prefix("refresher=")).map(str::trim);
    let refresher = match refresher {
        Some("uac") => requester(transaction.role),
        Some("uas") => other(requester(transaction.role)),
        _ => Side::Unknown,
    };
    Some(Timer { message: answer, at: traffic.at(answer)?, seconds, refresher })
}

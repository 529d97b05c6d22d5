//! What happened during a call (words of `report-v1`): authentication, early media, hold and resume, refresh, redirection, digits,
//! what went missing. In: a [`Leg`] with its course and changes. Out: [`CallEvent`]s. Must not know other calls.

use std::collections::HashSet;

use super::call::{CallEvent, CallState, EventResult};
use super::call_course::Course;
use super::call_holds::Changes;
use super::call_legs::{Leg, is_initial};
use super::traffic::{Traffic, id, other, requester, sender};
use super::{MessageId, RunId, Side, call_timer, call_transfer};
use crate::base::{LogTime, Segment, Text};
use crate::sip::key::Sym;
use crate::sip::transaction::{Role, Transaction};
use crate::sip::{Message, Method};

/// An ACK or the like that is not there after this time is missing, in microseconds.
const MISSING_US: i64 = 1_000_000;

/// All events of a call that its own messages show.
pub fn events(traffic: &Traffic<'_>, leg: &Leg, course: &Course, changes: &Changes) -> Vec<CallEvent> {
    let all: Vec<&Transaction> = leg.transactions.iter().filter_map(|t| traffic.transactions.get(*t)).collect();
    let mut maker = Maker { traffic, heard: Heard::of(traffic, &all), all: &all, events: Vec::new() };
    for (place, transaction) in all.iter().enumerate() {
        maker.challenge(place, transaction);
        match transaction.method {
            Method::Invite => {
                maker.early_media(transaction);
                maker.redirect(place, transaction);
                maker.failed_change(transaction, course);
                maker.missing_ack(transaction);
            }
            Method::Update => maker.failed_change(transaction, course),
            Method::Bye => maker.unanswered_bye(transaction),
            Method::Info => maker.digits(transaction),
            Method::Notify => maker.remote_control(transaction),
            Method::Options => maker.audit(transaction),
            _ => {}
        }
    }
    maker.changes(changes);
    let mut events = maker.events;
    events.extend(call_transfer::events(traffic, &all));
    events.extend(call_timer::events(traffic, &all, course));
    events
}

/// An event without result.
pub fn event(at: Option<LogTime>, kind: &'static str, by: Side, messages: &[u32]) -> CallEvent {
    let messages = messages.iter().copied().map(id).collect();
    CallEvent { at, kind, by, result: None, status: None, text: Text::default(), messages }
}

/// Whose messages this call's log has at all: what a silent log lacks is not missing.
struct Heard {
    client: bool,
    peer: bool,
}

impl Heard {
    fn of(traffic: &Traffic<'_>, all: &[&Transaction]) -> Self {
        let side = |index: u32| traffic.key(index).map_or(Side::Unknown, |k| sender(k.direction));
        let mut heard = Self { client: false, peer: false };
        for index in all.iter().flat_map(|t| t.messages()) {
            match side(index) {
                Side::Client => heard.client = true,
                Side::Peer => heard.peer = true,
                _ => {}
            }
        }
        heard
    }

    fn has(&self, side: Side) -> bool {
        match side {
            Side::Client => self.client,
            Side::Peer => self.peer,
            _ => false,
        }
    }
}

struct Maker<'t, 'm> {
    traffic: &'t Traffic<'m>,
    heard: Heard,
    all: &'t [&'t Transaction],
    events: Vec<CallEvent>,
}

impl Maker<'_, '_> {
    fn at(&self, index: u32) -> Option<LogTime> {
        self.traffic.at(index)
    }

    fn status(&self, transaction: &Transaction) -> Option<u16> {
        self.traffic.status(transaction)
    }

    /// Did the log go on long enough after this message for something to follow?
    fn went_on(&self, transaction: &Transaction, index: u32) -> bool {
        let end = self.traffic.end(RunId(transaction.scope));
        self.at(index).zip(end).is_none_or(|(at, end)| end.since_us(at) >= MISSING_US)
    }

    fn challenge(&mut self, place: usize, transaction: &Transaction) {
        let Some((answer, status)) = transaction.answer.zip(self.status(transaction)).filter(|(_, s)| matches!(s, 401 | 407))
        else {
            return;
        };
        let later = self.all.iter().skip(place + 1).find(|t| t.method == transaction.method && t.role == transaction.role);
        let result = match later.map(|t| (t, self.status(t))) {
            Some((_, Some(401 | 407))) => EventResult::Failed,
            Some((_, Some(_))) => EventResult::Ok,
            Some((next, None)) if !next.responses.is_empty() => EventResult::Ok,
            Some((_, None)) => EventResult::Pending,
            None if self.went_on(transaction, answer) => EventResult::Failed,
            None => EventResult::Pending,
        };
        let by = other(requester(transaction.role));
        let event = event(self.at(answer), "authentication", by, &[answer]);
        self.events.push(CallEvent { result: Some(result), status: Some(status), ..event });
    }

    /// The first description in a provisional response of each early dialog.
    fn early_media(&mut self, transaction: &Transaction) {
        let mut seen: HashSet<Sym> = HashSet::new();
        for index in &transaction.responses {
            let Some(key) = self.traffic.key(*index).filter(|k| k.sdp && k.status.is_some_and(|s| s > 100 && s < 200)) else {
                continue;
            };
            if seen.insert(key.to_tag) {
                let by = other(requester(transaction.role));
                let event = event(key.at, "early-media", by, &[*index]);
                self.events.push(CallEvent { status: key.status, ..event });
            }
        }
    }

    fn redirect(&mut self, place: usize, transaction: &Transaction) {
        let moved = self.status(transaction).filter(|s| (300..400).contains(s)).filter(|_| is_initial(self.traffic, transaction));
        if let Some((answer, status)) = transaction.answer.zip(moved) {
            let followed = self.all.iter().skip(place + 1).any(|t| is_initial(self.traffic, t));
            let event = event(self.at(answer), "redirect", other(requester(transaction.role)), &[answer]);
            self.events.push(CallEvent { result: followed.then_some(EventResult::Ok), status: Some(status), ..event });
        }
    }

    /// A re-INVITE or UPDATE that was refused, or that nobody answered.
    fn failed_change(&mut self, transaction: &Transaction, course: &Course) {
        let inside = transaction.request_to_tag(&self.traffic.keys).is_some();
        let Some(request) = transaction.request().filter(|_| inside) else { return };
        let by = requester(transaction.role);
        match (transaction.answer, self.status(transaction)) {
            (_, Some(401 | 407)) => {}
            (Some(answer), Some(status)) if status >= 300 => {
                let event = event(self.at(answer), "reinvite-failed", by, &[request, answer]);
                self.events.push(CallEvent { result: Some(EventResult::Failed), status: Some(status), ..event });
            }
            (None, _)
                if !self.traffic.is_pending(transaction) && self.heard.has(other(by)) && course.state == CallState::Answered =>
            {
                let event = event(self.at(request), "reinvite-failed", by, &[request]);
                self.events.push(CallEvent { result: Some(EventResult::Failed), ..event });
            }
            _ => {}
        }
    }

    /// RFC 3261 §13.2.2.4: every 2xx to an INVITE is acknowledged.
    fn missing_ack(&mut self, transaction: &Transaction) {
        let by = requester(transaction.role);
        if transaction.request().is_none() || !self.heard.has(by) {
            return;
        }
        let acks: HashSet<Sym> = transaction.acks.iter().filter_map(|a| self.traffic.key(*a)).map(|k| k.to_tag).collect();
        // An ACK whose tag is masked or cut off may be the one.
        let acked = |tag: Sym| acks.contains(&tag) || acks.contains(&Sym::NONE);
        let accepted = |index: &&u32| {
            let key = self.traffic.key(**index);
            self.traffic.transactions.repeat(**index) == 0
                && key.is_some_and(|k| k.status.is_some_and(|s| (200..300).contains(&s)) && !acked(k.to_tag))
        };
        let missing: Vec<u32> =
            transaction.responses.iter().filter(accepted).copied().filter(|index| self.went_on(transaction, *index)).collect();
        for index in missing {
            let event = event(self.at(index), "ack-missing", by, &[index]);
            self.events.push(CallEvent { result: Some(EventResult::Failed), ..event });
        }
    }

    fn unanswered_bye(&mut self, transaction: &Transaction) {
        let by = requester(transaction.role);
        let Some(request) = transaction.request().filter(|_| transaction.answer.is_none() && self.heard.has(other(by))) else {
            return;
        };
        // Where the log ends soon the answer may only be missing there; a BYE that was repeated had none in time.
        let open = self.traffic.is_pending(transaction) && transaction.requests.len() < 3;
        let result = if open { EventResult::Pending } else { EventResult::Failed };
        let event = event(self.at(request), "bye-unanswered", by, &transaction.requests);
        self.events.push(CallEvent { result: Some(result), ..event });
    }

    /// Digits in INFO; which ones is the user's secret.
    fn digits(&mut self, transaction: &Transaction) {
        let Some(request) = transaction.request() else { return };
        let kind = self.traffic.message(request).and_then(Message::content_type).map(str::to_ascii_lowercase);
        if matches!(
            kind.as_deref(),
            Some("application/dtmf-relay" | "application/dtmf" | "application/vnd.nortelnetworks.digits")
        ) {
            self.simple(transaction, request, "dtmf");
        }
    }

    /// NOTIFY with `Event: talk` or `hold`: the phone is told to answer or hold by something else.
    fn remote_control(&mut self, transaction: &Transaction) {
        let Some(request) = transaction.request() else { return };
        let package =
            self.traffic.message(request).and_then(|m| m.header("Event")).and_then(|e| e.split(';').next()).map(str::trim);
        if matches!(package, Some("talk" | "hold")) {
            self.simple(transaction, request, "remote-control");
        }
    }

    /// OPTIONS inside a dialog: is the session still there?
    fn audit(&mut self, transaction: &Transaction) {
        if let Some(request) = transaction.request() {
            self.simple(transaction, request, "session-audit");
        }
    }

    fn simple(&mut self, transaction: &Transaction, request: u32, kind: &'static str) {
        let status = self.status(transaction);
        let result = match status {
            Some(status) if status < 300 => EventResult::Ok,
            Some(_) => EventResult::Failed,
            None if self.traffic.is_pending(transaction) => EventResult::Pending,
            None => EventResult::Failed,
        };
        let mut messages = vec![request];
        messages.extend(transaction.answer);
        let event = event(self.at(request), kind, requester(transaction.role), &messages);
        self.events.push(CallEvent { result: Some(result), status, ..event });
    }

    fn changes(&mut self, changes: &Changes) {
        let starts: HashSet<MessageId> = changes.holds.iter().map(|h| h.message).collect();
        for hold in &changes.holds {
            let start = event(hold.from, "hold", hold.by, &[hold.message.0]);
            self.events.push(CallEvent { result: Some(EventResult::Ok), ..start });
            // A change of sides ends one period and begins the next: that is no resume.
            if let Some(lifted) = hold.lifted.filter(|lifted| !starts.contains(lifted)) {
                let end = event(hold.to, "resume", hold.by, &[lifted.0]);
                self.events.push(CallEvent { result: Some(EventResult::Ok), ..end });
            }
        }
        for change in &changes.codecs {
            let codecs = [("before", Segment::Word(change.before.clone())), ("after", Segment::Word(change.after.clone()))];
            let event = event(change.at, "codec-change", change.by, &[change.message]);
            self.events.push(CallEvent {
                result: Some(EventResult::Ok),
                text: Text::phrase("call_event.codec", &codecs),
                ..event
            });
        }
        for refresh in &changes.refreshes {
            self.refreshed(refresh.by, refresh.message);
        }
        let plain: Vec<(Side, u32)> = self
            .all
            .iter()
            .filter(|t| t.method == Method::Update && t.role != Role::Unknown)
            .filter(|t| t.request().and_then(|r| self.traffic.key(r)).is_some_and(|k| !k.sdp))
            .filter(|t| self.status(t).is_some_and(|s| s < 300))
            .filter_map(|t| t.answer.map(|a| (requester(t.role), a)))
            .collect();
        for (by, message) in plain {
            self.refreshed(by, message);
        }
    }

    fn refreshed(&mut self, by: Side, message: u32) {
        let event = event(self.at(message), "session-refresh", by, &[message]);
        let status = self.traffic.key(message).and_then(|k| k.status);
        self.events.push(CallEvent { result: Some(EventResult::Ok), status, ..event });
    }
}

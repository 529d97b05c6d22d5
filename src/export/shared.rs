//! What several forms of the report count and look up alike. In: an [`Analysis`]. Out: plain values. Must not know a form.

use std::collections::BTreeMap;

use crate::analyse::{Analysis, MemberReport};
use crate::base::{MemberId, Note};
use crate::bundle::{Member, Observer};
use crate::session::LoggedMessage;
use crate::sip::{Direction, Method, StartLine};

/// The member of this number.
pub fn member(analysis: &Analysis, id: MemberId) -> Option<&Member> {
    analysis.bundle.members.get(id.index()).filter(|m| m.id == id).or_else(|| analysis.bundle.members.iter().find(|m| m.id == id))
}

/// What reading this member gave; `None` when it was never read.
pub fn report(analysis: &Analysis, id: MemberId) -> Option<&MemberReport> {
    analysis.members.get(id.index()).filter(|m| m.id == id).or_else(|| analysis.members.iter().find(|m| m.id == id))
}

/// The notes about one member, or about the bundle as a whole: of opening, reading and judging, each once.
pub fn notes(analysis: &Analysis, about: Option<MemberId>) -> Vec<Note> {
    let mut out: Vec<Note> = Vec::new();
    let read = about.and_then(|id| report(analysis, id)).map(|r| r.notes.clone()).unwrap_or_default();
    for note in analysis.bundle.notes.of(about).into_iter().chain(read).chain(analysis.notes.of(about)) {
        if !out.iter().any(|n| (n.kind, n.line, &n.text) == (note.kind, note.line, &note.text)) {
            out.push(note);
        }
    }
    out
}

/// Was anything at all readable in this bundle? When not, "no fault found" would be a lie.
pub fn anything_read(analysis: &Analysis) -> bool {
    analysis.members.iter().any(|m| m.lines > 0) || analysis.environment.entries > 0
}

/// Counts of the SIP that the client's own logs show ("SIP in a server's log is counted in its member only").
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SipCounts {
    /// Every logged copy.
    pub messages: u64,
    /// Those with something malformed or cut off.
    pub malformed: u64,
    /// Those whose direction nothing told.
    pub direction_unknown: u64,
    /// By method.
    pub requests_sent: BTreeMap<String, u64>,
    /// By method.
    pub requests_received: BTreeMap<String, u64>,
    /// By status and method.
    pub responses_sent: BTreeMap<String, u64>,
    /// By status and method.
    pub responses_received: BTreeMap<String, u64>,
    /// Beyond the first of its kind in a transaction; ACKs aside.
    pub retransmissions: u64,
}

/// Counts the client's messages.
pub fn sip_counts(analysis: &Analysis) -> SipCounts {
    let mut counts = SipCounts::default();
    for logged in analysis.facts.messages.iter().filter(|m| m.observer == Observer::Client) {
        counts.messages += 1;
        counts.malformed += u64::from(!logged.seen.message.problems.is_empty());
        counts.retransmissions += u64::from(logged.sent_before > 0 && !is_ack(logged));
        let by_kind = match (logged.seen.direction, logged.seen.message.is_request()) {
            (Direction::Sent, true) => &mut counts.requests_sent,
            (Direction::Received, true) => &mut counts.requests_received,
            (Direction::Sent, false) => &mut counts.responses_sent,
            (Direction::Received, false) => &mut counts.responses_received,
            (Direction::Unknown, _) => {
                counts.direction_unknown += 1;
                continue;
            }
        };
        *by_kind.entry(kind_of(logged)).or_default() += 1;
    }
    counts
}

fn is_ack(logged: &LoggedMessage) -> bool {
    matches!(&logged.seen.message.start, StartLine::Request { method: Method::Ack, .. })
}

/// `REGISTER`, or `401 REGISTER` for a response; `?` where the method was masked.
fn kind_of(logged: &LoggedMessage) -> String {
    let method = logged.seen.message.method();
    let method = method.as_ref().map_or("?", Method::as_str);
    match logged.seen.message.status() {
        None => method.to_owned(),
        Some(code) => format!("{code} {method}"),
    }
}

/// The start line as logged.
pub fn start_line(logged: &LoggedMessage) -> &str {
    logged.seen.message.text.lines().next().unwrap_or_default()
}

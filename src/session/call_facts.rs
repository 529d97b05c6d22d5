//! Calls from transactions: one for each leg, with course, media, holds and events (words of `report-v1`). In: [`Traffic`]. Out:
//! [`Call`]s in order of their first message. Must not know registrations.

use super::answerer::{answerer, runs_with_server_tags};
use super::call::{Call, CallEvent};
use super::call_course::course;
use super::call_holds::changes;
use super::call_legs::{Leg, Legs, legs};
use super::media::MediaSegment;
use super::media_facts::{self, Negotiated};
use super::traffic::{Traffic, id};
use super::{CallId, Party, RunId, call_events, call_links};
use crate::base::{NoteKind, Notes, Private, PrivateKind};
use crate::sip::offer_answer::exchanges;
use crate::sip::transaction::{Role, Transaction};
use crate::sip::{Direction, Message, Method};

/// All calls of all runs. What a cap left out is told in `notes`.
pub fn calls(traffic: &Traffic<'_>, notes: &mut Notes) -> Vec<Call> {
    let legs = legs(traffic);
    if legs.unsought > 0 {
        let text = format!("{} requests of Call-IDs with very many calls were not sought among the older ones", legs.unsought);
        notes.push(NoteKind::Limit, None, 0, text);
    }
    let mut calls: Vec<Call> = legs.list.iter().enumerate().map(|(place, leg)| call(traffic, place, leg)).collect();
    answerers(traffic, &legs, &mut calls);
    let unsought = link(traffic, &legs, &mut calls);
    if unsought > 0 {
        let text = format!("{unsought} links between calls were left out: very many calls look alike");
        notes.push(NoteKind::Limit, None, 0, text);
    }
    calls
}

fn link(traffic: &Traffic<'_>, legs: &Legs, calls: &mut [Call]) -> u64 {
    let left_out = call_links::link(traffic, legs, calls);
    for call in calls {
        call.events.sort_by_key(CallEvent::order);
    }
    left_out
}

fn call(traffic: &Traffic<'_>, place: usize, leg: &Leg) -> Call {
    let course = course(traffic, leg);
    let pending = |t: &Transaction| traffic.is_pending(t) && t.requests.len() < 7;
    let exchanges = exchanges(traffic.messages, &traffic.keys, &traffic.transactions, &leg.transactions, pending);
    let negotiated: Vec<Negotiated<'_>> = exchanges.iter().filter_map(|e| Negotiated::read(traffic, e)).collect();
    let changes = changes(traffic, &negotiated);
    let mut media: Vec<MediaSegment> = negotiated.iter().flat_map(|n| n.segments(traffic)).collect();
    media.sort_by_key(|m| (m.answer.unwrap_or(m.offer), m.index));
    let mut messages: Vec<u32> =
        leg.transactions.iter().filter_map(|t| traffic.transactions.get(*t)).flat_map(Transaction::messages).collect();
    messages.sort_unstable();
    let bare = negotiated.iter().find(|n| n.offer.media.is_empty() && n.answer.is_some()).and_then(|n| n.exchange.answer);
    media_facts::complete(traffic, &messages, bare, &mut media);
    let events: Vec<CallEvent> = call_events::events(traffic, leg, &course, &changes);
    if events.iter().any(|e| e.kind == "dtmf") {
        for line in media.iter_mut().filter(|m| m.kind.eq_ignore_ascii_case("audio") && m.dtmf.is_none() && m.codec.is_some()) {
            line.dtmf = Some("info");
        }
    }
    let first = first_request(traffic, leg);
    let parsed = |index: &u32| traffic.message(*index);
    Call {
        id: CallId(u32::try_from(place).unwrap_or(u32::MAX)),
        run: RunId(leg.scope),
        call_ids: leg.call_ids.iter().map(|c| Private::new(PrivateKind::CallId, traffic.keys.symbols.text(*c))).collect(),
        direction: course.direction,
        from: first.and_then(Message::from).map(|a| Party::new(PrivateKind::Uri, a.uri)),
        to: first.and_then(Message::to).map(|a| Party::new(PrivateKind::Uri, a.uri)),
        related: Vec::new(),
        correlation: messages.iter().filter_map(parsed).find_map(correlation),
        identity: identity(traffic, &messages),
        diversion: first.map(diversion).unwrap_or_default(),
        final_from: None,
        state: course.state,
        invite_finals: course.invite_finals,
        reason: course.reason,
        released_by_reason: course.released_by_reason,
        early_dialogs: course.early_dialogs,
        started: course.started,
        ringing: course.ringing,
        answered: course.answered,
        ended: course.ended,
        ended_by: course.ended_by,
        setup_us: course.setup_us,
        talk_us: course.talk_us,
        retransmissions: repeated(traffic, &messages),
        events,
        holds: changes.holds,
        media,
        messages: messages.into_iter().map(id).collect(),
    }
}

/// Repetitions, those of ACK aside.
fn repeated(traffic: &Traffic<'_>, messages: &[u32]) -> u32 {
    let ack = |index: u32| traffic.key(index).is_some_and(|k| k.is_request() && k.method == Method::Ack);
    let count = messages.iter().filter(|m| traffic.transactions.repeat(**m) > 0 && !ack(**m)).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The first INVITE; of a call whose set-up was not logged, its first request, else its first message.
fn first_request<'m>(traffic: &Traffic<'m>, leg: &Leg) -> Option<&'m Message> {
    let of = |place: &u32| traffic.transactions.get(*place);
    let invite = leg.initial.iter().filter_map(of).find_map(Transaction::request);
    let any = || leg.transactions.iter().filter_map(of).find_map(|t| t.request().or(t.acks.first().copied()));
    let first = || leg.transactions.first().and_then(of).map(Transaction::first);
    traffic.message(invite.or_else(any).or_else(first)?)
}

/// X-BroadWorks-Correlation-Info, else the first half of Session-ID (RFC 7989 §5), if it is not nil.
fn correlation(message: &Message) -> Option<Private> {
    let own = message.header("X-BroadWorks-Correlation-Info").map(str::trim).filter(|v| !v.is_empty());
    let session = || {
        let value = message.header("Session-ID")?.split(';').next()?.trim();
        value.bytes().any(|b| b != b'0' && b != b'-').then_some(value)
    };
    own.or_else(session).map(|value| Private::new(PrivateKind::Token, value))
}

/// Who is shown: the first P-Asserted-Identity that the network sent (RFC 3325).
fn identity(traffic: &Traffic<'_>, messages: &[u32]) -> Option<Party> {
    let told = messages.iter().filter(|m| traffic.key(**m).is_some_and(|k| k.direction != Direction::Sent));
    let mut named =
        told.filter_map(|m| traffic.message(*m)).filter_map(|m| m.addresses("P-Asserted-Identity").first().map(|a| a.uri));
    named.next().map(|uri| Party::new(PrivateKind::Uri, uri))
}

/// Diversion (RFC 5806), else History-Info (RFC 7044).
fn diversion(invite: &Message) -> Vec<Private> {
    let diversion = invite.addresses("Diversion");
    let list = if diversion.is_empty() { invite.addresses("History-Info") } else { diversion };
    list.iter().take(64).map(|a| Private::new(PrivateKind::Uri, a.uri)).collect()
}

/// Who gave the final answer to each INVITE of this client.
fn answerers(traffic: &Traffic<'_>, legs: &Legs, calls: &mut [Call]) {
    let tagged = runs_with_server_tags(traffic);
    for (call, leg) in calls.iter_mut().zip(&legs.list) {
        let own = || leg.initial.iter().filter_map(|t| traffic.transactions.get(*t)).filter(|t| t.role != Role::Server);
        let accepted = own().find(|t| traffic.status(t).is_some_and(|s| s < 300));
        let answer = accepted.or_else(|| own().next_back()).and_then(|t| t.answer).and_then(|a| traffic.message(a));
        call.final_from = answer.and_then(|a| answerer(a, tagged.contains(&call.run.0)));
    }
}

/// `749498253-1674748301131`: digits, then the server's clock in ms since 1970.
pub fn is_server_tag(tag: &str) -> bool {
    let tag = tag.strip_suffix('-').unwrap_or(tag);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    tag.split_once('-').is_some_and(|(number, clock)| digits(number) && digits(clock) && clock.len() == 13)
}

#[cfg(test)]
mod tests {
    use crate::session::script::facts;

    /// A tag of the application server tells that it answered; a tag of another form in the same log that something before it did.
    #[test]
    fn who_answered_last() {
        let from = |script: &str| {
            let calls = facts(script).calls;
            calls.iter().map(|c| c.final_from.as_ref().map(|(who, _)| *who)).collect::<Vec<_>>()
        };
        let server = "0 > INVITE 1 z9hG4bK1 a -
                      10 < 486 INVITE 1 z9hG4bK1 a 749498253-1674748301131\n";
        let other = "20 > INVITE 1 z9hG4bK2 b - | id=call-2
                     30 < 503 INVITE 1 z9hG4bK2 b x77 | id=call-2\n";
        let answered = "40 > INVITE 1 z9hG4bK3 c - | id=call-3
                        50 < 200 INVITE 1 z9hG4bK3 c y77 | id=call-3\n";
        let refused_here = "60 < INVITE 1 z9hG4bK4 d - | id=call-4
                            70 > 486 INVITE 1 z9hG4bK4 d z77 | id=call-4\n";
        assert_eq!(from(&[server, other, answered, refused_here].concat()), [Some("as"), Some("sbc"), None, None]);
        // Without a tag of the server anywhere, nothing is claimed.
        assert_eq!(from(other), [None]);
    }
}

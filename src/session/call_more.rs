//! What further a call's messages show: a feature code dialled, a call that waits while another stands, answered elsewhere, picked up,
//! transferred to this client. In: calls with their links. Out: more [`CallEvent`]s. Must not know media.

use super::call::{Call, CallDirection, CallEvent, CallState, EventResult};
use super::tables::{Tables, is_feature_code};
use super::{CallId, Facts, MessageId, Side, call_story};
use crate::base::{LogTime, Private, PrivateKind, Segment, Text};
use crate::sip::dialog::DialogRef;
use crate::sip::{Direction, Message, Method, Uri};

/// Adds the events to `facts`. Feature codes are those of `tables`.
pub fn add(facts: &mut Facts, tables: &Tables) {
    let mut found: Vec<(CallId, CallEvent)> = Vec::new();
    for call in &facts.calls {
        let mut push = |event: CallEvent| found.push((call.id, event));
        if let Some((id, invite)) = first_invite(facts, call) {
            feature_code(facts, call, id, invite, tables).into_iter().for_each(&mut push);
            picked_up(facts, call, id, invite).into_iter().for_each(&mut push);
            arrived(facts, call, id, invite).into_iter().for_each(&mut push);
        }
        elsewhere(facts, call).into_iter().for_each(&mut push);
    }
    found.extend(waiting(facts));
    for (id, event) in found {
        if let Some(call) = facts.calls.get_mut(id.0 as usize) {
            let place = call.events.partition_point(|e| e.order() <= event.order());
            call.events.insert(place, event);
        }
    }
    facts.stories = call_story::stories(facts);
}

fn event(facts: &Facts, id: MessageId, kind: &'static str, by: Side, text: Text) -> CallEvent {
    let at = facts.message(id).and_then(|m| m.seen.at);
    CallEvent { at, kind, by, result: None, status: None, text, messages: vec![id] }
}

/// The INVITE that set the call up.
fn first_invite<'f>(facts: &'f Facts, call: &Call) -> Option<(MessageId, &'f Message)> {
    let mut own = call.messages.iter().filter_map(|id| Some((*id, &facts.message(*id)?.seen.message)));
    own.find(|(_, m)| m.is_request() && m.method() == Some(Method::Invite) && m.to().is_some_and(|to| to.tag().is_none()))
}

/// What was dialled begins with `*` or `#`; its meaning is that of the network, so likely only. The digits behind it are a number.
fn feature_code(facts: &Facts, call: &Call, id: MessageId, invite: &Message, tables: &Tables) -> Option<CallEvent> {
    let target = invite.request_uri().filter(|_| call.direction != CallDirection::Incoming)?;
    let user = Uri::parse(target).and_then(|uri| uri.user.map(str::to_owned));
    let dialled = user.or_else(|| target.strip_prefix("tel:").map(str::to_owned))?;
    let dialled = dialled.split(';').next().unwrap_or_default().replace("%23", "#");
    if !is_feature_code(&dialled) {
        return None;
    }
    let text = match tables.feature(&dialled) {
        Some(feature) => {
            let code = Segment::Word(feature.code.clone());
            Text::phrase("call_event.feature", &[("code", code), ("meaning", Segment::Translated(feature.meaning.clone()))])
        }
        None => {
            let code = Segment::Private(Private::new(PrivateKind::Number, dialled));
            Text::phrase("call_event.feature_unknown", &[("code", code)])
        }
    };
    let result = match call.state {
        CallState::Answered => Some(EventResult::Ok),
        CallState::Rejected | CallState::Failed | CallState::NoResponse => Some(EventResult::Failed),
        _ => None,
    };
    let status = call.invite_finals.iter().rev().flatten().next().copied();
    Some(CallEvent { result, status, ..event(facts, id, "feature-code", Side::Client, text) })
}

/// RFC 3891: an INVITE of this client's with Replaces for a dialog that it has no part in takes over somebody else's call.
fn picked_up(facts: &Facts, call: &Call, id: MessageId, invite: &Message) -> Option<CallEvent> {
    let named = invite.header("Replaces").filter(|_| call.direction == CallDirection::Outgoing).and_then(DialogRef::parse)?;
    let own = facts.calls.iter().flat_map(|c| &c.call_ids).any(|c| c.original() == named.call_id);
    if own {
        return None;
    }
    let dialog = Segment::Private(Private::new(PrivateKind::CallId, named.call_id));
    let result = if call.state == CallState::Answered { EventResult::Ok } else { EventResult::Failed };
    let text = Text::phrase("call_event.pickup", &[("dialog", dialog)]);
    Some(CallEvent { result: Some(result), ..event(facts, id, "pickup", Side::Client, text) })
}

/// A call that came in because somebody transferred it here: the target's view (RFC 3892, RFC 5589 §7).
fn arrived(facts: &Facts, call: &Call, id: MessageId, invite: &Message) -> Option<CallEvent> {
    if call.direction != CallDirection::Incoming {
        return None;
    }
    let by = invite.addresses("Referred-By").first().map(|a| Private::new(PrivateKind::Uri, a.uri));
    let text = match by {
        Some(who) => Text::phrase("call_event.arrived", &[("who", Segment::Private(who))]),
        None => invite.header("Replaces").map(|_| Text::key("call_event.arrived_replaces"))?,
    };
    Some(event(facts, id, "transfer-arrived", Side::Peer, text))
}

fn elsewhere(facts: &Facts, call: &Call) -> Option<CallEvent> {
    if call.state != CallState::AnsweredElsewhere {
        return None;
    }
    let received = |id: &&MessageId| facts.direction(**id) == Direction::Received;
    let is_cancel = |id: &&MessageId| facts.message(**id).is_some_and(|m| m.seen.message.method() == Some(Method::Cancel));
    let cancel = call.messages.iter().filter(received).find(is_cancel).or(call.messages.last())?;
    Some(event(facts, *cancel, "answered-elsewhere", Side::Peer, Text::key("call_event.elsewhere")))
}

/// A call that came in while another was answered and not over: that they overlap is a fact of time, that they belong together is not.
fn waiting(facts: &Facts) -> Vec<(CallId, CallEvent)> {
    let mut out = Vec::new();
    // Calls stand in the order of their first message; only those that may still stand are kept.
    let mut open: Vec<(&Call, Option<LogTime>)> = Vec::new();
    for call in &facts.calls {
        let Some(started) = call.started else { continue };
        open.retain(|(other, until)| other.run == call.run && until.is_none_or(|until| until > started));
        let stands = |other: &Call| {
            let replaced = call.related.iter().any(|r| r.call == other.id);
            !replaced && other.answered.is_some_and(|at| at <= started)
        };
        let offered = call.direction == CallDirection::Incoming;
        if let Some((id, _)) = first_invite(facts, call).filter(|_| offered && open.iter().any(|(other, _)| stands(other))) {
            out.push((call.id, event(facts, id, "call-waiting", Side::Peer, Text::key("call_event.waiting"))));
        }
        if call.state == CallState::Answered {
            open.push((call, call.ended));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::script;
    use super::*;

    fn kinds(script: &str) -> Vec<Vec<&'static str>> {
        let mut facts = script::facts(script);
        add(&mut facts, Tables::embedded());
        facts.calls.iter().map(|c| c.events.iter().map(|e| e.kind).collect()).collect()
    }

    #[test]
    fn a_feature_code_is_an_event_with_its_likely_meaning() {
        let script =
            "0 > INVITE 1 z9hG4bK1 a - | uri=sip:*67420601@example.com\n10 < 200 INVITE 1 z9hG4bK1 a b\n11 > ACK 1 z9hG4bK2 a b";
        assert_eq!(kinds(script), [["feature-code"]]);
        let mut facts = script::facts(script);
        add(&mut facts, Tables::embedded());
        let told = &facts.calls[0].events[0];
        assert_eq!((told.by, told.result, told.status), (Side::Client, Some(EventResult::Ok), Some(200)));
        assert!(matches!(&told.text.0[0], Segment::Phrase { key, .. } if key == "call_event.feature"));
        assert_eq!(kinds(&script.replace("*67420601", "*0199")), [["feature-code"]]);
        for plain in ["420601", "%2B420*67", "*", "bob"] {
            assert_eq!(kinds(&script.replace("*67420601", plain)), [Vec::<&str>::new()], "{plain}");
        }
    }

    #[test]
    fn a_call_waits_while_another_stands() {
        let first = "0 > INVITE 1 z9hG4bK1 a -\n10 < 200 INVITE 1 z9hG4bK1 a b\n11 > ACK 1 z9hG4bK2 a b\n";
        let second = "5000 < INVITE 1 z9hG4bK3 c - | id=call-2\n5010 > 180 INVITE 1 z9hG4bK3 c d | id=call-2\n";
        let over = "4000 > BYE 2 z9hG4bK4 a b\n4010 < 200 BYE 2 z9hG4bK4 a b\n";
        assert_eq!(kinds(&[first, second].concat())[1], ["call-waiting"]);
        assert_eq!(kinds(&[first, over, second].concat())[1], Vec::<&str>::new());
        // One that takes the first one's place does not wait for it.
        let replaces = second.replace("id=call-2\n5010", "id=call-2 | Replaces: call-1;to-tag=a;from-tag=b\n5010");
        assert_eq!(kinds(&[first, &replaces].concat())[1], ["transfer-arrived"]);
        // One's own second call is no waiting call.
        assert_eq!(kinds(&[first, &second.replace("<", ">").replace("> 180", "< 180")].concat())[1], Vec::<&str>::new());
    }

    #[test]
    fn picked_up_transferred_here_and_answered_elsewhere() {
        let pickup = "0 > INVITE 1 z9hG4bK1 a - | Replaces: theirs@x;to-tag=1;from-tag=2;early-only\n10 < 200 INVITE 1 z9hG4bK1 a b\n11 > ACK 1 z9hG4bK2 a b";
        assert_eq!(kinds(pickup), [["pickup"]]);
        let arrived = "0 < INVITE 1 z9hG4bK1 a - | Referred-By: <sip:carol@example.com>\n10 > 200 INVITE 1 z9hG4bK1 a b\n11 < ACK 1 z9hG4bK2 a b";
        assert_eq!(kinds(arrived), [["transfer-arrived"]]);
        let elsewhere = "0 < INVITE 1 z9hG4bK1 a -\n10 > 180 INVITE 1 z9hG4bK1 a b\n900 < CANCEL 1 z9hG4bK1 a - | Reason: SIP;cause=200;text=\"Call completed elsewhere\"\n\
            901 > 200 CANCEL 1 z9hG4bK1 a b\n902 > 487 INVITE 1 z9hG4bK1 a b\n903 < ACK 1 z9hG4bK1 a b";
        assert_eq!(kinds(elsewhere), [["answered-elsewhere"]]);
        assert_eq!(kinds(&elsewhere.replace("SIP;cause=200", "SIP;cause=487")), [Vec::<&str>::new()]);
    }
}

//! Flows of the RFCs and of the contract's words, told as ladders. Every number is the RFC's or the contract's.

use super::call::{CallDirection, CallState, EventResult, RelatedKind};
use super::counts::Counts;
use super::media::{Flow, MediaOutcome};
use super::registration::{AttemptKind, ExpiresBasis, RegistrationState};
use super::script::{facts, facts_until};
use super::{CallId, Facts, Side};
use crate::base::LogTime;

fn ms(value: i64) -> Option<LogTime> {
    Some(LogTime(value * 1000))
}

fn kinds(facts: &Facts, call: usize) -> Vec<(&'static str, &'static str)> {
    facts.calls[call].events.iter().map(|e| (e.kind, e.by.word())).collect()
}

/// RFC 3665 §3.3 in short: a proxy asks for credentials, then the call is set up, talked and ended by the caller.
#[test]
fn a_call_with_a_challenge() {
    let facts = facts(
        "0 > INVITE 1 z9hG4bK1 a - | sdp 0,8,101
         20 < 407 INVITE 1 z9hG4bK1 a x
         21 > ACK 1 z9hG4bK1 a x
         30 > INVITE 2 z9hG4bK2 a - | Proxy-Authorization: Digest username=alice | sdp 0,8,101
         40 < 100 INVITE 2 z9hG4bK2 a -
         900 < 180 INVITE 2 z9hG4bK2 a b
         2030 < 200 INVITE 2 z9hG4bK2 a b | sdp 8,101
         2040 > ACK 2 z9hG4bK3 a b
         9030 > BYE 3 z9hG4bK4 a b
         9050 < 200 BYE 3 z9hG4bK4 a b",
    );
    let [call] = facts.calls.as_slice() else { panic!("one call") };
    assert_eq!((call.state, call.direction, call.ended_by), (CallState::Answered, CallDirection::Outgoing, Some(Side::Client)));
    assert_eq!(call.invite_finals, [Some(407), Some(200)]);
    assert_eq!((call.started, call.ringing, call.answered, call.ended), (ms(0), ms(900), ms(2030), ms(9030)));
    assert_eq!((call.setup_us, call.talk_us, call.early_dialogs), (Some(2_000_000), Some(7_000_000), 1));
    let [line] = call.media.as_slice() else { panic!("one media line") };
    assert_eq!(
        (line.codec.as_deref(), line.dtmf, line.flow, line.early),
        (Some("PCMA/8000"), Some("telephone-event"), Flow::SendRecv, false)
    );
    assert_eq!(kinds(&facts, 0), [("authentication", "peer")]);
    assert_eq!(Counts::of(&facts.messages).retransmissions, 0);
}

/// RFC 3261 §17: repeated INVITE, 200 and ACK. The ACK sent again for the repeated 200 is not counted.
#[test]
fn retransmissions_by_the_contract() {
    let facts = facts(
        "0 > INVITE 1 z9hG4bK1 a -
         500 > INVITE 1 z9hG4bK1 a -
         600 < 200 INVITE 1 z9hG4bK1 a b
         610 > ACK 1 z9hG4bK2 a b
         1100 < 200 INVITE 1 z9hG4bK1 a b
         1110 > ACK 1 z9hG4bK2 a b
         5000 < BYE 1 z9hG4bK9 b a
         5010 > 200 BYE 1 z9hG4bK9 b a",
    );
    let before: Vec<u32> = facts.messages.iter().map(|m| m.sent_before).collect();
    assert_eq!(before, [0, 1, 0, 0, 1, 1, 0, 0]);
    assert_eq!(Counts::of(&facts.messages).retransmissions, 2);
    assert_eq!(facts.calls[0].retransmissions, 2);
    assert_eq!((facts.calls.len(), facts.calls[0].ended_by), (1, Some(Side::Peer)));
}

/// RFC 3665 §3.8 (cancelled), §3.9 (busy), RFC 3326 (answered elsewhere), and every other final of the contract's list.
#[test]
fn outcomes() {
    let refused = |status: u16| {
        let script = format!(
            "0 > INVITE 1 z9hG4bK1 a -
             10 < {status} INVITE 1 z9hG4bK1 a b
             11 > ACK 1 z9hG4bK1 a b"
        );
        facts(&script).calls[0].state
    };
    let states = [
        (486, CallState::Busy),
        (600, CallState::Busy),
        (603, CallState::Declined),
        (480, CallState::NoAnswer),
        (408, CallState::NoAnswer),
        (302, CallState::Redirected),
        (404, CallState::Rejected),
        (488, CallState::Rejected),
        (503, CallState::Failed),
        (604, CallState::Failed),
    ];
    for (status, state) in states {
        assert_eq!(refused(status), state, "{status}");
    }
    let cancelled = |reason: &str| {
        let script = format!(
            "0 < INVITE 1 z9hG4bK1 a -
             5 > 180 INVITE 1 z9hG4bK1 a b
             900 < CANCEL 1 z9hG4bK1 a - | {reason}
             901 > 200 CANCEL 1 z9hG4bK1 a b
             902 > 487 INVITE 1 z9hG4bK1 a b
             903 < ACK 1 z9hG4bK1 a b"
        );
        let facts = facts(&script);
        assert_eq!((facts.calls.len(), facts.calls[0].ended, facts.calls[0].ended_by), (1, ms(902), None));
        facts.calls[0].state
    };
    assert_eq!(cancelled("Subject: none"), CallState::Cancelled);
    assert_eq!(cancelled("Reason: SIP ;cause=200 ;text=\"Call completed elsewhere\""), CallState::AnsweredElsewhere);
    assert_eq!(cancelled("Reason: Q.850;cause=102"), CallState::Cancelled);
}

/// RFC 3261 §17.1.1.2: timer B ends an INVITE after 32 s; before that nothing can be said.
#[test]
fn without_any_answer() {
    let script = "0 > INVITE 1 z9hG4bK1 a - | sdp 0\n 500 > INVITE 1 z9hG4bK1 a - | sdp 0";
    assert_eq!(facts_until(script, 5_000).calls[0].state, CallState::InProgress);
    let given_up = facts_until(script, 40_000);
    assert_eq!(given_up.calls[0].state, CallState::NoResponse);
    assert_eq!(given_up.calls[0].invite_finals, [None]);
    assert_eq!(given_up.calls[0].media[0].outcome, MediaOutcome::Unanswered);
}

/// RFC 5359 §2.1: Bob holds with sendonly and resumes; the contract's words for side and times.
#[test]
fn hold_and_resume() {
    let facts = facts(
        "0 > INVITE 1 z9hG4bK1 a - | sdp 0
         100 < 200 INVITE 1 z9hG4bK1 a b | sdp 0
         110 > ACK 1 z9hG4bK2 a b
         1000 < INVITE 1 z9hG4bK3 b a | sdp 0 sendonly
         1020 > 200 INVITE 1 z9hG4bK3 b a | sdp 0 recvonly
         1030 < ACK 1 z9hG4bK4 b a
         5000 < INVITE 2 z9hG4bK5 b a | sdp 0
         5020 > 200 INVITE 2 z9hG4bK5 b a | sdp 0
         5030 < ACK 2 z9hG4bK6 b a
         6000 > BYE 2 z9hG4bK7 a b
         6010 < 200 BYE 2 z9hG4bK7 a b",
    );
    let call = &facts.calls[0];
    let [hold] = call.holds.as_slice() else { panic!("one hold") };
    assert_eq!((hold.from, hold.to, hold.by, hold.requested_by), (ms(1020), ms(5020), Side::Peer, Side::Peer));
    assert_eq!(call.invite_finals, [Some(200), Some(200), Some(200)]);
    assert_eq!(call.media.iter().map(|m| m.flow).collect::<Vec<_>>(), [Flow::SendRecv, Flow::RecvOnly, Flow::SendRecv]);
    assert_eq!(kinds(&facts, 0), [("hold", "peer"), ("resume", "peer")]);
}

/// RFC 3264 §8.4 (c=0.0.0.0), sides that change, and one-way descriptions in an early dialog, which are no hold.
#[test]
fn holds_of_other_kinds() {
    let facts = facts(
        "0 > INVITE 1 z9hG4bK1 a - | sdp 0
         50 < 183 INVITE 1 z9hG4bK1 a b | sdp 0 sendonly
         100 < 200 INVITE 1 z9hG4bK1 a b | sdp 0
         110 > ACK 1 z9hG4bK2 a b
         1000 > INVITE 2 z9hG4bK3 a b | sdp 0 c=0.0.0.0
         1020 < 200 INVITE 2 z9hG4bK3 a b | sdp 0
         1030 > ACK 2 z9hG4bK4 a b
         2000 < INVITE 1 z9hG4bK5 b a | sdp 0 sendonly
         2020 > 200 INVITE 1 z9hG4bK5 b a | sdp 0 inactive
         2030 < ACK 1 z9hG4bK6 b a",
    );
    let holds: Vec<_> = facts.calls[0].holds.iter().map(|h| (h.from, h.to, h.by)).collect();
    assert_eq!(holds, [(ms(1020), ms(2020), Side::Client), (ms(2020), None, Side::Both)]);
    let early: Vec<_> = facts.calls[0].media.iter().map(|m| m.early).collect();
    assert_eq!(early, [true, false, false, false], "the 183 says something else than the 200");
}

/// RFC 3261 §13.2.1: the 2xx repeats the early answer: one offer/answer. Without an offer the 2xx offers, the ACK answers. RFC 3262 §5.
#[test]
fn where_offers_and_answers_stand() {
    let one = facts(
        "0 > INVITE 1 z9hG4bK1 a - | sdp 0,8
         50 < 183 INVITE 1 z9hG4bK1 a b | sdp 8
         90 < 200 INVITE 1 z9hG4bK1 a b | sdp 8 o=2
         95 > ACK 1 z9hG4bK2 a b",
    );
    assert_eq!(one.calls[0].media.iter().map(|m| (m.at, m.early)).collect::<Vec<_>>(), [(ms(50), true)]);
    let late = facts(
        "0 < INVITE 1 z9hG4bK1 a -
         90 > 200 INVITE 1 z9hG4bK1 a b | sdp 0,8
         95 < ACK 1 z9hG4bK2 a b | sdp 8",
    );
    let line = &late.calls[0].media[0];
    assert_eq!((line.at, line.offered_by, line.codec.as_deref()), (ms(95), Side::Client, Some("PCMA/8000")));
    let reliable = facts(
        "0 > INVITE 1 z9hG4bK1 a -
         50 < 183 INVITE 1 z9hG4bK1 a b | Require: 100rel | RSeq: 1 | sdp 0,8
         60 > PRACK 2 z9hG4bK2 a b | RAck: 1 1 INVITE | sdp 0
         70 < 200 PRACK 2 z9hG4bK2 a b
         90 < 200 INVITE 1 z9hG4bK1 a b
         95 > ACK 1 z9hG4bK3 a b",
    );
    let line = &reliable.calls[0].media[0];
    assert_eq!((reliable.calls[0].media.len(), line.at, line.offered_by, line.early), (1, ms(60), Side::Peer, true));
}

/// RFC 3264 §6: no common format; the contract: the answer's first format that the offer had too.
#[test]
fn codecs_and_failed_offers() {
    let foreign = facts(
        "0 > INVITE 1 z9hG4bK1 a - | sdp 0,101
         90 < 200 INVITE 1 z9hG4bK1 a b | sdp 101,18
         95 > ACK 1 z9hG4bK2 a b",
    );
    let line = &foreign.calls[0].media[0];
    assert_eq!((line.outcome, line.codec.as_deref()), (MediaOutcome::NoCommonCodec, None));
    let changed = facts(
        "0 > INVITE 1 z9hG4bK1 a - | sdp 0,8
         90 < 200 INVITE 1 z9hG4bK1 a b | sdp 8,0
         95 > ACK 1 z9hG4bK2 a b
         200 < INVITE 1 z9hG4bK3 b a | sdp 0
         210 > 200 INVITE 1 z9hG4bK3 b a | sdp 0
         220 < ACK 1 z9hG4bK4 b a
         300 > INVITE 2 z9hG4bK5 a b | sdp 18
         310 < 488 INVITE 2 z9hG4bK5 a b
         311 > ACK 2 z9hG4bK5 a b
         400 > INVITE 3 z9hG4bK6 a b | sdp 0
         410 < 200 INVITE 3 z9hG4bK6 a b | sdp 0 port=0
         411 > ACK 3 z9hG4bK7 a b",
    );
    let call = &changed.calls[0];
    let lines: Vec<_> = call.media.iter().map(|m| (m.outcome, m.codec.as_deref(), m.may_switch)).collect();
    assert_eq!(
        lines,
        [
            (MediaOutcome::Agreed, Some("PCMA/8000"), true),
            (MediaOutcome::Agreed, Some("PCMU/8000"), false),
            (MediaOutcome::Rejected, None, false),
            (MediaOutcome::Rejected, None, false)
        ]
    );
    assert_eq!(kinds(&changed, 0), [("codec-change", "peer"), ("reinvite-failed", "client")]);
}

/// RFC 3261 §13.2.2.4: two far ends answer; the second is released at once, the first is talked to.
#[test]
fn two_far_ends_answer() {
    let facts = facts(
        "0 > INVITE 1 z9hG4bK1 a -
         50 < 180 INVITE 1 z9hG4bK1 a b
         60 < 180 INVITE 1 z9hG4bK1 a c
         100 < 200 INVITE 1 z9hG4bK1 a b
         110 > ACK 1 z9hG4bK2 a b
         120 < 200 INVITE 1 z9hG4bK1 a c
         130 > ACK 1 z9hG4bK3 a c
         131 > BYE 2 z9hG4bK4 a c
         140 < 200 BYE 2 z9hG4bK4 a c
         9000 < BYE 1 z9hG4bK5 b a
         9010 > 200 BYE 1 z9hG4bK5 b a",
    );
    let call = &facts.calls[0];
    assert_eq!((facts.calls.len(), call.early_dialogs, call.invite_finals.as_slice()), (1, 2, [Some(200)].as_slice()));
    assert_eq!((call.ended, call.ended_by, call.retransmissions), (ms(9000), Some(Side::Peer), 0));
    assert!(kinds(&facts, 0).is_empty());
}

/// RFC 3261 §8.1.3.4: the retry goes to the 302's Contact, here with a Call-ID of its own; it stays one call.
#[test]
fn a_redirected_call_stays_one() {
    let facts = facts(
        "0 > INVITE 1 z9hG4bK1 a -
         10 < 302 INVITE 1 z9hG4bK1 a x | Contact: <sip:carol@Example.org:5060>;q=0.7
         11 > ACK 1 z9hG4bK1 a x
         50 > INVITE 1 z9hG4bK2 d - | id=call-2 | uri=sip:carol@example.org:5060
         90 < 200 INVITE 1 z9hG4bK2 d e | id=call-2
         95 > ACK 1 z9hG4bK3 d e | id=call-2
         800 > BYE 2 z9hG4bK4 d e | id=call-2
         810 < 200 BYE 2 z9hG4bK4 d e | id=call-2
         90000 > INVITE 1 z9hG4bK5 f - | id=call-3 | uri=sip:carol@example.org:5060
         90010 < 486 INVITE 1 z9hG4bK5 f g | id=call-3
         90011 > ACK 1 z9hG4bK5 f g | id=call-3",
    );
    assert_eq!(facts.calls.len(), 2);
    let ids: Vec<&str> = facts.calls[0].call_ids.iter().map(|c| c.original()).collect();
    assert_eq!((ids, facts.calls[0].invite_finals.as_slice()), (vec!["call-1", "call-2"], [Some(302), Some(200)].as_slice()));
    assert_eq!(kinds(&facts, 0), [("redirect", "peer")]);
}

/// RFC 5589 §7.1 (attended transfer: REFER with Replaces) and RFC 3891 (an INVITE that replaces).
#[test]
fn transfers_and_replacement() {
    let facts = facts(
        "0 > INVITE 1 z9hG4bK1 a -
         10 < 200 INVITE 1 z9hG4bK1 a b
         11 > ACK 1 z9hG4bK2 a b
         1000 > INVITE 1 z9hG4bK3 c - | id=call-2 | uri=sip:carol@example.com
         1010 < 200 INVITE 1 z9hG4bK3 c d | id=call-2
         1011 > ACK 1 z9hG4bK4 c d | id=call-2
         3000 > REFER 2 z9hG4bK5 a b | Refer-To: <sip:carol@example.com?Replaces=call-2%3Bto-tag%3Dd%3Bfrom-tag%3Dc>
         3010 < 202 REFER 2 z9hG4bK5 a b
         3020 < NOTIFY 1 z9hG4bK6 b a | Event: refer | Subscription-State: active | Content-Type: message/sipfrag | body SIP/2.0 100 Trying
         3021 > 200 NOTIFY 1 z9hG4bK6 b a
         3500 < NOTIFY 2 z9hG4bK7 b a | Event: refer | Subscription-State: terminated | Content-Type: message/sipfrag | body SIP/2.0 200 OK
         3501 > 200 NOTIFY 2 z9hG4bK7 b a
         3600 > BYE 3 z9hG4bK8 a b
         3610 < 200 BYE 3 z9hG4bK8 a b
         5000 < INVITE 1 z9hG4bKa e - | id=call-3 | Replaces: call-2;to-tag=c;from-tag=d
         5010 > 200 INVITE 1 z9hG4bKa e f | id=call-3
         5011 < ACK 1 z9hG4bKb e f | id=call-3",
    );
    assert_eq!(facts.calls.len(), 3);
    let event = &facts.calls[0].events[0];
    assert_eq!((event.kind, event.result, event.status), ("transfer-attended", Some(EventResult::Ok), Some(200)));
    assert_eq!(kinds(&facts, 0), [("transfer-attended", "client"), ("transfer-result", "peer")]);
    let related = |call: usize| facts.calls[call].related.iter().map(|r| (r.call, r.kind)).collect::<Vec<_>>();
    assert_eq!(related(0), [(CallId(1), RelatedKind::Consultation)]);
    assert_eq!(related(1), [(CallId(0), RelatedKind::Consultation), (CallId(2), RelatedKind::ReplacedBy)]);
    assert_eq!(related(2), [(CallId(1), RelatedKind::Replaces)]);
    assert_eq!(kinds(&facts, 1), [("replaced", "peer")]);
    assert!(facts.subscriptions.is_empty(), "a REFER's own subscription is none of these");
}

/// Both hang up at once: the contract's `both`; and the 200 repeated without an ACK, then given up.
#[test]
fn crossed_ends_and_missing_acks() {
    let crossed = facts(
        "0 > INVITE 1 z9hG4bK1 a -
         10 < 200 INVITE 1 z9hG4bK1 a b
         11 > ACK 1 z9hG4bK2 a b
         2000 > BYE 2 z9hG4bK3 a b
         2003 < BYE 1 z9hG4bK4 b a
         2004 > 200 BYE 1 z9hG4bK4 b a
         2030 < 200 BYE 2 z9hG4bK3 a b",
    );
    assert_eq!(crossed.calls[0].ended_by, Some(Side::Both));
    let missing = facts(
        "0 < INVITE 1 z9hG4bK1 a -
         10 > 200 INVITE 1 z9hG4bK1 a b
         510 > 200 INVITE 1 z9hG4bK1 a b
         1510 > 200 INVITE 1 z9hG4bK1 a b
         2000 > BYE 1 z9hG4bK4 b a
         2500 > BYE 1 z9hG4bK4 b a
         3500 > BYE 1 z9hG4bK4 b a",
    );
    assert_eq!(kinds(&missing, 0), [("ack-missing", "peer"), ("bye-unanswered", "client")]);
    assert_eq!(missing.calls[0].retransmissions, 4);
}

/// A log that masks Call-IDs and branches: tags and CSeq still tell two calls apart.
#[test]
fn masked_identifiers() {
    let call = |start: i64, a: &str, b: &str| {
        format!(
            "{} > INVITE 1 [Redacted] {a} - | id=[Redacted]
             {} < 407 INVITE 1 [Redacted] {a} {b}x | id=[Redacted]
             {} > ACK 1 [Redacted] {a} {b}x | id=[Redacted]
             {} > INVITE 2 [Redacted] {a} - | id=[Redacted] | Proxy-Authorization: Digest username=x
             {} < 200 INVITE 2 [Redacted] {a} {b} | id=[Redacted]
             {} > ACK 2 [Redacted] {a} {b} | id=[Redacted]
             {} < BYE 1 [Redacted] {b} {a} | id=[Redacted]
             {} > 200 BYE 1 [Redacted] {b} {a} | id=[Redacted]\n",
            start,
            start + 10,
            start + 11,
            start + 20,
            start + 30,
            start + 31,
            start + 500,
            start + 510
        )
    };
    let facts = facts(&format!("{}{}", call(0, "a1", "b1"), call(700, "a2", "b2")));
    assert_eq!(facts.calls.len(), 2);
    for call in &facts.calls {
        assert_eq!((call.invite_finals.as_slice(), call.talk_us), ([Some(407), Some(200)].as_slice(), Some(470_000)));
    }
    assert_eq!(Counts::of(&facts.messages).retransmissions, 0);
}

/// A log that begins inside a call, one that has only one side's messages, and one that prints an answer before its request.
#[test]
fn logs_that_lack_something() {
    let begun = facts(
        "0 < INVITE 5 z9hG4bK1 b a | sdp 0 sendonly
         10 > 200 INVITE 5 z9hG4bK1 b a | sdp 0 recvonly
         11 < ACK 5 z9hG4bK2 b a
         900 > BYE 9 z9hG4bK3 a b
         910 < 200 BYE 9 z9hG4bK3 a b",
    );
    let call = &begun.calls[0];
    assert_eq!(
        (begun.calls.len(), call.direction, call.state, call.started),
        (1, CallDirection::Unknown, CallState::Answered, None)
    );
    assert_eq!((call.holds.len(), call.ended, call.media[0].early), (1, ms(900), false));

    let sent_only = facts(
        "0 > INVITE 1 z9hG4bK1 a -
         200 > ACK 1 z9hG4bK2 a b
         900 > BYE 2 z9hG4bK3 a b",
    );
    let call = &sent_only.calls[0];
    assert_eq!((sent_only.calls.len(), call.state, call.ended_by), (1, CallState::Answered, Some(Side::Client)));
    assert!(kinds(&sent_only, 0).is_empty(), "what the log never has is not missing");

    let received_only = facts(
        "0 < 100 INVITE 1 z9hG4bK1 a -
         10 < 180 INVITE 1 z9hG4bK1 a b
         200 < 200 INVITE 1 z9hG4bK1 a b
         900 < BYE 1 z9hG4bK3 b a",
    );
    let call = &received_only.calls[0];
    assert_eq!((received_only.calls.len(), call.direction, call.state), (1, CallDirection::Outgoing, CallState::Answered));
    assert_eq!((call.talk_us, call.setup_us, call.ended_by), (Some(700_000), None, Some(Side::Peer)));

    let early = facts(
        "5 < 200 OPTIONS 1 z9hG4bK1 a b
         5 > OPTIONS 1 z9hG4bK1 a -
         - ? INVITE 1 z9hG4bK2 c - | id=call-2
         - ? 486 INVITE 1 z9hG4bK2 c d | id=call-2",
    );
    assert!(early.messages.iter().all(|m| m.sent_before == 0));
    assert_eq!((early.keepalives.len(), early.keepalives[0].pings.len(), early.keepalives[0].pings[0].answered), (1, 1, true));
    assert_eq!((early.calls[0].direction, early.calls[0].state), (CallDirection::Unknown, CallState::Busy));
    assert_eq!(Counts::of(&early.messages).direction_unknown, 2);
}

/// A call to oneself through a proxy: both legs in one log, with the same Call-ID; the local tags differ.
#[test]
fn a_call_to_oneself_is_two() {
    let facts = facts(
        "0 > INVITE 1 z9hG4bK1 a -
         2 < INVITE 1 z9hG4bKp1 a -
         5 > 180 INVITE 1 z9hG4bKp1 a b
         7 < 180 INVITE 1 z9hG4bK1 a b
         50 > 200 INVITE 1 z9hG4bKp1 a b
         52 < 200 INVITE 1 z9hG4bK1 a b
         53 > ACK 1 z9hG4bK2 a b
         55 < ACK 1 z9hG4bKp2 a b
         900 > BYE 2 z9hG4bK3 a b
         902 < BYE 2 z9hG4bKp3 a b
         903 > 200 BYE 2 z9hG4bKp3 a b
         905 < 200 BYE 2 z9hG4bK3 a b",
    );
    let directions: Vec<_> = facts.calls.iter().map(|c| (c.direction, c.ended_by, c.messages.len())).collect();
    assert_eq!(directions, [(CallDirection::Outgoing, Some(Side::Client), 6), (CallDirection::Incoming, Some(Side::Peer), 6)]);
    assert_eq!(Counts::of(&facts.messages).retransmissions, 0);
}

const REGISTER: &str = "0 > REGISTER 1 z9hG4bK1 a - | uri=sip:example.com | id=reg | Contact: <sip:bob@192.0.2.10:5060> | Expires: 3600
     10 < 401 REGISTER 1 z9hG4bK1 a x | id=reg
     20 > REGISTER 2 z9hG4bK2 a - | uri=sip:example.com | id=reg | Contact: <sip:bob@192.0.2.10:5060> | Expires: 3600 | Authorization: Digest username=bob
     30 < 200 REGISTER 2 z9hG4bK2 a y | id=reg | Contact: <sip:bob@192.0.2.10:5060>;expires=60, <sip:bob@192.0.2.77>;expires=7 | Expires: 100";

/// RFC 3665 §2.1 and RFC 3261 §10.3: our own contact's parameter comes before the Expires header; the foreign binding stays listed.
#[test]
fn a_registration() {
    let facts = facts_until(REGISTER, 40_000);
    let [registration] = facts.registrations.as_slice() else { panic!("one registration") };
    assert_eq!((registration.aor.original(), registration.registrar.original()), ("sip:bob@example.com", "example.com"));
    assert_eq!(
        (registration.state, registration.expires_s, registration.first, registration.last),
        (RegistrationState::Registered, Some(60), ms(0), ms(30))
    );
    let bindings: Vec<_> = registration.bindings.iter().map(|b| (b.ours, b.expires_s)).collect();
    assert_eq!(bindings, [(true, Some(60)), (false, Some(7))]);
    let attempts: Vec<_> =
        registration.attempts.iter().map(|a| (a.status, a.authorised, a.kind, a.expires_s, a.expires_basis)).collect();
    assert_eq!(
        attempts,
        [
            (Some(401), false, AttemptKind::Register, Some(3600), Some(ExpiresBasis::Asked)),
            (Some(200), true, AttemptKind::Register, Some(60), Some(ExpiresBasis::Granted))
        ]
    );
    assert!(registration.nat.is_none());
    assert_eq!(facts_until(REGISTER, 60_031).registrations[0].state, RegistrationState::Expired, "30 ms + 60 s are over");
    assert_eq!(facts_until(REGISTER, 60_030).registrations[0].state, RegistrationState::Registered);
}

/// Refresh, unregister (RFC 3261 §10.2.2), refusal and silence.
#[test]
fn how_registrations_end() {
    let after = |line: &str, end: i64| facts_until(&format!("{REGISTER}\n{line}"), end);
    let contact = "uri=sip:example.com | id=reg | Contact: <sip:bob@192.0.2.10:5060>";
    let gone = after(
        &format!("50 > REGISTER 3 z9hG4bK3 a - | {contact};expires=0\n 60 < 200 REGISTER 3 z9hG4bK3 a z | id=reg"),
        100_000,
    );
    assert_eq!(
        (gone.registrations[0].state, gone.registrations[0].attempts[2].kind),
        (RegistrationState::Unregistered, AttemptKind::Unregister)
    );
    assert!(gone.registrations[0].bindings.is_empty());
    let refused =
        after(&format!("50 > REGISTER 3 z9hG4bK3 a - | {contact}\n 60 < 403 REGISTER 3 z9hG4bK3 a z | id=reg"), 100_000);
    assert_eq!(
        (refused.registrations[0].state, refused.registrations[0].attempts[2].kind),
        (RegistrationState::Failed, AttemptKind::Refresh)
    );
    let silent = format!("50 > REGISTER 3 z9hG4bK3 a - | {contact}\n 550 > REGISTER 3 z9hG4bK3 a - | {contact}");
    let silence = after(&silent, 100_000);
    assert_eq!((silence.registrations[0].state, silence.registrations[0].attempts[2].sends), (RegistrationState::NoAnswer, 2));
    assert_eq!(after(&silent, 2_000).registrations[0].state, RegistrationState::Registered, "the answer may still come");
}

/// RFC 3581: `received` and `rport` of the answers' Via; here the NAT gives another port in between.
#[test]
fn nat_as_sip_shows_it() {
    let register = |n: i64, port: u16| {
        format!(
            "{n}000 > REGISTER {n} z9hG4bK{n} a - | uri=sip:example.com | Contact: <sip:bob@192.0.2.10:5060>;expires=60
             {n}010 < 200 REGISTER {n} z9hG4bK{n};received=198.51.100.7;rport={port} a x | Contact: <sip:bob@198.51.100.7:{port}>;expires=30\n"
        )
    };
    let facts = facts(&format!("{}{}{}", register(1, 43065), register(2, 43065), register(3, 50001)));
    let registration = &facts.registrations[0];
    let nat = registration.nat.as_ref().unwrap();
    assert_eq!((nat.sent_by.original(), nat.seen_as.original(), nat.changes), ("192.0.2.10:5060", "198.51.100.7:50001", 1));
    assert_eq!(
        (registration.bindings[0].ours, registration.expires_s),
        (true, Some(30)),
        "the registrar wrote the address it saw"
    );
    let kinds: Vec<_> = registration.attempts.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [AttemptKind::Register, AttemptKind::Refresh, AttemptKind::Refresh]);
}

/// RFC 4028 §10: no refresh for 90 s, then the BYE of the side that waited.
#[test]
fn a_session_that_expires() {
    let script = |bye: i64| {
        format!(
            "0 > INVITE 1 z9hG4bK1 a -
             10 < 200 INVITE 1 z9hG4bK1 a b | Session-Expires: 90;refresher=uac
             11 > ACK 1 z9hG4bK2 a b
             {bye} < BYE 1 z9hG4bK3 b a
             {} > 200 BYE 1 z9hG4bK3 b a",
            bye + 1
        )
    };
    assert_eq!(kinds(&facts(&script(60_010)), 0), [("session-expired", "client")], "90 s after the 200 less a third");
    assert!(kinds(&facts(&script(40_000)), 0).is_empty());
}

/// RFC 3842: a subscription to voice mail, told by its NOTIFY.
#[test]
fn a_subscription() {
    let facts = facts(
        "0 > SUBSCRIBE 1 z9hG4bK1 a - | Event: message-summary | Expires: 600
         10 < 200 SUBSCRIBE 1 z9hG4bK1 a b | Expires: 600
         20 < NOTIFY 1 z9hG4bK2 b a | Event: message-summary | Subscription-State: active;expires=599 | body Messages-Waiting: no
         21 > 200 NOTIFY 1 z9hG4bK2 b a
         500 < NOTIFY 2 z9hG4bK3 b a | Event: message-summary | Subscription-State: terminated;reason=timeout
         501 > 200 NOTIFY 2 z9hG4bK3 b a",
    );
    let [subscription] = facts.subscriptions.as_slice() else { panic!("one subscription") };
    assert_eq!((subscription.event.as_str(), subscription.state.word()), ("message-summary", "terminated"));
    assert_eq!((subscription.notifies.len(), subscription.reason.as_deref()), (2, Some("timeout")));
    assert!(facts.calls.is_empty());
}

/// Hostile logs: everything in one dialog, everything masked, every tag different. What counts is that it ends soon: near-linear.
#[test]
fn many_messages_of_one_call() {
    const MANY: usize = 2000;
    let mut script = String::new();
    for n in 0..MANY {
        let at = n * 4;
        script.push_str(&format!("{at} > INVITE 1 z9hG4bK1 a -\n"));
        script.push_str(&format!("{at} < 200 INVITE 1 z9hG4bK1 a b{n}\n"));
        script.push_str(&format!("{at} > ACK 1 z9hG4bKa{n} a b{n}\n"));
        script.push_str(&format!("{at} > REFER {n} z9hG4bKr{n} a b0 | Refer-To: <sip:c{n}@example.com>\n"));
        script.push_str(&format!("{at} < NOTIFY {n} z9hG4bKn{n} b0 a | Event: refer;id={n} | body SIP/2.0 200 OK\n"));
        script.push_str(&format!("{at} > REGISTER {n} z9hG4bKg{n} r - | id=reg{n} | uri=sip:example.com\n"));
        script.push_str(&format!("{at} > INVITE 1 [Redacted] [Redacted] - | id=[Redacted]\n"));
    }
    let facts = facts(&script);
    assert_eq!(facts.calls[0].events.iter().filter(|e| e.kind == "transfer-result").count(), MANY);
    assert_eq!(facts.registrations[0].attempts.len(), MANY);
    assert_eq!(facts.messages.len(), MANY * 7);
}

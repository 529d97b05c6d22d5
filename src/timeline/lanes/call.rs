//! Call lanes: ringing, talking, held by whom, how it ended; below it the call's messages and its media.
//! In: calls. Out: a lane for each call and its detail lanes.

use super::{Source, counted, media, plain, series};
use crate::base::words::Words;
use crate::base::{Segment, Text, Tone};
use crate::session::call::{Call, CallDirection, CallState, EventResult, Hold};
use crate::session::{Facts, Side};
use crate::sip::Direction;
use crate::timeline::figures::duration;
use crate::timeline::scene::{Lane, Look, Mark, Shape, Span, Target, Topic, us};
use crate::timeline::wire;

/// Lanes of every call of the run.
pub fn lanes(source: &Source<'_>) -> Vec<Lane> {
    let calls = source.facts.calls.iter().filter(|c| source.shows(c.run));
    calls
        .flat_map(|call| {
            let mut lanes = vec![lane(call, source.end_us()), messages(call, source.facts)];
            lanes.extend(media::lanes(call, source.end_us()));
            lanes.extend(series::of(source, Some(call.id)));
            lanes
        })
        .collect()
}

/// How a call came out. Not taking a call is no fault; what the network refused or left unanswered is.
pub fn tone(state: CallState) -> Tone {
    match state {
        CallState::Answered => Tone::Ok,
        CallState::AnsweredElsewhere
        | CallState::Busy
        | CallState::Declined
        | CallState::Cancelled
        | CallState::NoAnswer
        | CallState::Redirected
        | CallState::InProgress => Tone::Info,
        CallState::Rejected | CallState::Failed | CallState::NoResponse => Tone::Fail,
        CallState::Unknown => Tone::Muted,
    }
}

/// `Call 3`: counted from 1 in the order of the bundle.
pub fn name(call: &Call) -> String {
    Words::current().fill("timeline.call", &[("n", &(u64::from(call.id.0) + 1).to_string())])
}

/// [`name`] in no language yet.
pub fn called(call: &Call) -> Text {
    counted("timeline.call", "n", u64::from(call.id.0) + 1)
}

fn lane(call: &Call, log_end_us: i64) -> Lane {
    let mut lane = Lane::new(Topic::Call, called(call));
    lane.height_px = 30.0;
    lane.tone = Some(tone(call.state));
    lane.target = Some(Target::Call(call.id));
    let way = Segment::key(match call.direction {
        CallDirection::Outgoing => "timeline.out",
        CallDirection::Incoming => "timeline.in",
        CallDirection::Unknown => "timeline.way_unknown",
    });
    let length = call.talk_us.map(|us| format!(" {}", duration(us))).unwrap_or_default();
    lane.figure = Text(vec![way, Segment::Word(length)]);

    let target = Target::Call(call.id);
    let open = call.ended.is_none();
    let end_us = us(call.ended).unwrap_or(log_end_us);
    let Some(start_us) = us(call.started).or(us(call.ringing)).or(us(call.answered)) else {
        lane.sentence = Some(Text::key("timeline.no_times"));
        return lane;
    };
    let answered_us = us(call.answered);
    let setup_to = answered_us.unwrap_or(end_us).max(start_us);
    let look = if answered_us.is_none() && tone(call.state) == Tone::Fail { Look::Failed } else { Look::Ringing };
    let label = Text::key(if call.ringing.is_some() { "timeline.ringing" } else { "timeline.setting_up" });
    let more = plain(duration(setup_to - start_us));
    let open_setup = open && answered_us.is_none();
    lane.spans.push(Span { open: open_setup, more, ..Span::new(start_us, setup_to, look, label, target) });
    if let Some(answered_us) = answered_us {
        talk(&mut lane, answered_us, end_us.max(answered_us), open, &call.holds, target);
    }
    lane.marks.extend(transfers(call));
    if !open {
        lane.marks.push(Mark { at_us: end_us, shape: Shape::End, tone: tone(call.state), label: ending(call), target });
    }
    lane
}

/// What a REFER asked for and what came of it, each with its outcome as shape.
fn transfers(call: &Call) -> impl Iterator<Item = Mark> {
    let asked = call.events.iter().filter(|e| e.kind.starts_with("transfer") || e.kind == "conference");
    asked.filter_map(|event| {
        let tone = match event.result {
            Some(EventResult::Ok) => Tone::Ok,
            Some(EventResult::Failed) => Tone::Fail,
            Some(EventResult::Pending) | None => Tone::Info,
        };
        let target = event.messages.first().map_or(Target::Call(call.id), |id| Target::Message(*id));
        Some(Mark { at_us: us(event.at)?, shape: Shape::State, tone, label: event.text.clone(), target })
    })
}

/// Parts the answered time by the holds.
fn talk(lane: &mut Lane, from_us: i64, end_us: i64, open: bool, holds: &[Hold], target: Target) {
    let mut at_us = from_us;
    let mut push = |from_us: i64, to_us: i64, look: Look, key: &'static str| {
        if to_us > from_us {
            let open = open && to_us >= end_us;
            let more = plain(duration(to_us - from_us));
            lane.spans.push(Span { open, more, ..Span::new(from_us, to_us, look, Text::key(key), target) });
        }
    };
    for hold in holds {
        let Some(hold_us) = us(hold.from) else { continue };
        let hold_us = hold_us.clamp(at_us, end_us);
        push(at_us, hold_us, Look::Talking, "timeline.talking");
        let to_us = us(hold.to).unwrap_or(end_us).clamp(hold_us, end_us);
        let (look, key) = held(hold.by);
        push(hold_us, to_us, look, key);
        at_us = to_us;
    }
    push(at_us, end_us, Look::Talking, "timeline.talking");
}

/// How a hold looks and what it is called.
pub fn held(by: Side) -> (Look, &'static str) {
    match by {
        Side::Client => (Look::HeldByClient, "timeline.held_client"),
        Side::Peer => (Look::HeldByPeer, "timeline.held_peer"),
        Side::Both | Side::Unknown => (Look::HeldByBoth, "timeline.held_both"),
    }
}

/// How a call ended, in words.
pub fn ending(call: &Call) -> Text {
    let status = call.invite_finals.iter().rev().flatten().next().copied();
    match (call.ended_by, call.state, status) {
        (Some(Side::Client), ..) => Text::key("timeline.bye_client"),
        (Some(Side::Peer), ..) => Text::key("timeline.bye_peer"),
        (Some(_), ..) => Text::key("timeline.bye_both"),
        (None, CallState::Answered | CallState::InProgress, _) => Text::default(),
        (None, state, Some(status)) if status >= 300 => {
            Text(vec![Segment::Word(format!("{status} ")), Segment::key(format!("word.{}", state.word()))])
        }
        (None, state, _) => Text::key(format!("word.{}", state.word())),
    }
}

fn messages(call: &Call, facts: &Facts) -> Lane {
    let mut lane = Lane::new(Topic::CallSip, Text::join([called(call), plain("SIP")], " "));
    lane.detail_of = Some(call.id);
    lane.height_px = 26.0;
    lane.figure = counted("timeline.messages", "n", call.messages.len());
    lane.target = Some(Target::Call(call.id));
    for id in &call.messages {
        let Some(message) = facts.message(*id) else { continue };
        let Some(at_us) = us(message.seen.at) else { continue };
        let shape = match message.seen.direction {
            Direction::Sent => Shape::Sent,
            Direction::Received => Shape::Received,
            Direction::Unknown => Shape::Ping,
        };
        let tone = if wire::status(&message.seen.message).is_some_and(wire::is_failure) { Tone::Fail } else { Tone::Muted };
        let name = plain(wire::title(&message.seen.message));
        let label = if wire::opens(&message.seen.message) { name.clone() } else { Text::default() };
        lane.names.insert(*id, name);
        lane.marks.push(Mark { at_us, shape, tone, label, target: Target::Message(*id) });
    }
    lane
}

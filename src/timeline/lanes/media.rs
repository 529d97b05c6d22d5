//! Media lanes of a call: what was agreed, stretch by stretch. In: the call's media segments. Out: a lane for each kind of media.
//! A stretch lasts until the next answer for the same media line, or the end of the call.

use super::plain;
use crate::base::words::word;
use crate::base::{Segment, Text, Tone};
use crate::session::call::Call;
use crate::session::media::{Flow, MediaOutcome, MediaSegment};
use crate::sip::sdp::{is_comfort_noise, is_telephone_event};
use crate::timeline::scene::{Lane, Look, Mark, Shape, Span, Target, Topic, us};

/// One lane for each kind of media that the call negotiated, audio first.
pub fn lanes(call: &Call, log_end_us: i64) -> Vec<Lane> {
    let mut kinds: Vec<&str> = Vec::new();
    for segment in &call.media {
        if !kinds.contains(&segment.kind.as_str()) {
            kinds.push(&segment.kind);
        }
    }
    kinds.sort_by_key(|kind| *kind != "audio");
    // A body can name absurdly many kinds; a screen has room for few.
    kinds.truncate(8);
    kinds.into_iter().map(|kind| lane(call, kind, log_end_us)).collect()
}

/// `G722` of `G722/8000`, and the rest.
pub fn codec_name(codec: &str) -> (&str, &str) {
    codec.split_once('/').unwrap_or((codec, ""))
}

/// Names of formats for people: each once, digits (telephone-event) and comfort noise left aside.
pub fn names(formats: &[String]) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for format in formats.iter().filter(|f| !is_telephone_event(f) && !is_comfort_noise(f)) {
        let name = codec_name(format).0;
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

/// In which order a codec first appeared in its call, from 1; this gives it its colour everywhere.
pub fn codec_number(call: &Call, codec: &str) -> u8 {
    let mut seen: Vec<&str> = Vec::new();
    for name in call.media.iter().filter_map(|s| s.codec.as_deref()) {
        if !seen.contains(&name) {
            seen.push(name);
        }
        if name == codec {
            break;
        }
    }
    u8::try_from(seen.len().max(1)).unwrap_or(u8::MAX)
}

/// The client's view of a flow, in words.
pub fn flow_word(flow: Flow) -> &'static str {
    word(flow_key(flow))
}

fn flow_key(flow: Flow) -> &'static str {
    match flow {
        Flow::SendRecv => "timeline.both_ways",
        Flow::SendOnly => "timeline.send_only",
        Flow::RecvOnly => "timeline.receive_only",
        Flow::Inactive => "timeline.inactive",
    }
}

fn lane(call: &Call, kind: &str, log_end_us: i64) -> Lane {
    let name = match kind {
        "audio" => Text::key("timeline.audio"),
        "video" => Text::key("timeline.video"),
        other => Text::phrase("timeline.media", &[("kind", Segment::Log(other.to_owned()))]),
    };
    let mut lane = Lane::new(Topic::Media, name);
    lane.detail_of = Some(call.id);
    lane.height_px = 28.0;
    lane.figure = super::call::called(call);
    lane.target = Some(Target::Call(call.id));
    let end_us = us(call.ended).unwrap_or(log_end_us);
    let segments: Vec<&MediaSegment> = call.media.iter().filter(|s| s.kind == kind).collect();
    let mut last: Option<&str> = None;
    for (place, segment) in segments.iter().enumerate() {
        let Some(from_us) = us(segment.at) else { continue };
        let target = Target::Message(segment.answer.unwrap_or(segment.offer));
        let Some(codec) = segment.codec.as_deref().filter(|_| segment.outcome == MediaOutcome::Agreed) else {
            lane.marks.push(refusal(segment, from_us, target));
            continue;
        };
        // A refused re-negotiation leaves what was agreed before (RFC 3264 §8).
        let next = segments.iter().skip(place + 1).find(|s| s.index == segment.index && s.outcome == MediaOutcome::Agreed);
        let to_us = next.and_then(|s| us(s.at)).unwrap_or(end_us).max(from_us);
        let (name, rate) = codec_name(codec);
        let mut more = vec![Segment::Word(if rate.is_empty() { String::new() } else { format!("{rate} ") })];
        more.push(Segment::key(flow_key(segment.flow)));
        if segment.early {
            more.extend([Segment::Word(", ".to_owned()), Segment::key("timeline.early")]);
        }
        let look = Look::Codec { number: codec_number(call, codec), one_way: segment.flow != Flow::SendRecv };
        let open = call.ended.is_none() && next.is_none();
        lane.spans.push(Span { open, more: Text(more), ..Span::new(from_us, to_us, look, plain(name), target) });
        if last.is_some_and(|before| before != codec) {
            lane.marks.push(Mark { at_us: from_us, shape: Shape::Change, tone: Tone::Info, label: Text::default(), target });
        }
        last = Some(codec);
    }
    if lane.spans.is_empty() && lane.marks.is_empty() {
        lane.sentence = Some(Text::key("timeline.no_times"));
    }
    lane
}

fn refusal(segment: &MediaSegment, at_us: i64, target: Target) -> Mark {
    let (tone, key) = match segment.outcome {
        MediaOutcome::Rejected => (Tone::Warn, "timeline.media_rejected"),
        MediaOutcome::Unanswered => (Tone::Warn, "timeline.media_unanswered"),
        MediaOutcome::NoCommonCodec => (Tone::Fail, "timeline.media_no_codec"),
        MediaOutcome::Agreed => (Tone::Info, "timeline.media_agreed"),
    };
    Mark { at_us, shape: Shape::State, tone, label: Text::key(key), target }
}

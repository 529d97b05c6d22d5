//! Keep-alive lanes: the rhythm, answers, misses. In: keep-alives. Out: one lane for each kind, sender and peer.

use super::{Source, plain};
use crate::base::{Segment, Text, Tone};
use crate::session::Side;
use crate::session::keepalive::{KeepAlive, KeepAliveKind, KeepAliveState};
use crate::timeline::figures::duration;
use crate::timeline::scene::{Lane, Mark, Shape, Target, Topic, us};

/// One lane for each; refreshes as the only sign of life stand on the registration's lane already.
pub fn lanes(source: &Source<'_>) -> Vec<Lane> {
    let all = (0_u32..).zip(&source.facts.keepalives).filter(|(_, k)| source.shows(k.run));
    all.filter(|(_, k)| k.kind != KeepAliveKind::Register).map(|(id, k)| lane(id, k)).collect()
}

/// How a keep-alive stands.
pub fn tone(state: KeepAliveState) -> Tone {
    match state {
        KeepAliveState::Ok => Tone::Ok,
        KeepAliveState::Lost => Tone::Fail,
        KeepAliveState::Recovered => Tone::Warn,
        KeepAliveState::OneWay => Tone::Info,
        KeepAliveState::Unknown => Tone::Muted,
    }
}

fn lane(id: u32, keepalive: &KeepAlive) -> Lane {
    let name = match keepalive.from {
        Side::Peer => "timeline.keepalive_peer",
        _ => "timeline.keepalive",
    };
    let mut lane = Lane::new(Topic::KeepAlive, Text::key(name));
    lane.height_px = 24.0;
    lane.tone = Some(tone(keepalive.state));
    lane.target = Some(Target::KeepAlive(id));
    lane.figure = plain(keepalive.interval_s.map_or_else(String::new, |s| duration((s * 1e6) as i64)));
    lane.rhythm =
        keepalive.interval_s.map(|s| Text::phrase("timeline.every", &[("time", Segment::Word(duration((s * 1e6) as i64)))]));
    for ping in &keepalive.pings {
        let Some(at_us) = us(ping.at) else { continue };
        let target = ping.message.map_or(Target::Record(ping.source), Target::Message);
        lane.marks.push(Mark { at_us, shape: Shape::Ping, tone: Tone::Muted, label: Text::default(), target });
        if ping.answered {
            let at_us = at_us.saturating_add(ping.round_trip_us.unwrap_or(0).max(0));
            lane.marks.push(Mark { at_us, shape: Shape::Answer, tone: Tone::Ok, label: Text::default(), target });
        } else if keepalive.state != KeepAliveState::OneWay {
            // Where no ping is ever answered (CRLF over UDP) a missing answer tells nothing.
            lane.marks.push(Mark {
                at_us,
                shape: Shape::State,
                tone: Tone::Fail,
                label: Text::key("timeline.no_answer"),
                target,
            });
        }
    }
    let (all, answered) = (keepalive.pings.len(), keepalive.pings.iter().filter(|p| p.answered).count());
    let kind = Segment::key(match keepalive.kind {
        KeepAliveKind::Options => "timeline.options",
        KeepAliveKind::Crlf => "timeline.crlf",
        KeepAliveKind::Register => "timeline.refresh",
    });
    let key = if keepalive.state == KeepAliveState::OneWay { "timeline.pings_one_way" } else { "timeline.pings" };
    let figures = [("kind", kind), ("n", Segment::number(answered)), ("all", Segment::number(all))];
    lane.sentence = Some(Text::phrase(key, &figures));
    lane
}

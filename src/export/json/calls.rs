//! `calls` of the report: parties, outcome, times, events, holds and media. In: facts. Out: JSON.

use serde_json::{Value, json};

use super::{View, media_log, ms, seconds, session_number, time};
use crate::session::call::{Call, CallEvent, Hold, Related};
use crate::session::call_story::{Step, Story};
use crate::session::media::{MediaEnd, MediaSegment};

pub fn call(view: &View<'_>, call: &Call) -> Value {
    let released = call.released_by_reason.as_ref().map(|r| {
        json!({
            "protocol": view.outlet.log(&r.protocol),
            "cause": r.cause,
            "text": view.log(r.text.as_deref()),
        })
    });
    json!({
        "id": call.id.0,
        "session": session_number(call.run),
        "call_ids": view.list(&call.call_ids),
        "direction": call.direction.word(),
        "from": view.maybe(call.from.as_ref()),
        "to": view.maybe(call.to.as_ref()),
        "related": call.related.iter().map(|r| related(view, r)).collect::<Vec<_>>(),
        "correlation": view.maybe(call.correlation.as_ref()),
        "identity": view.maybe(call.identity.as_ref()),
        "diversion": view.list(&call.diversion),
        "final_from": call.final_from.as_ref().map(|(who, _)| *who),
        "final_from_basis": view.log(call.final_from.as_ref().map(|(_, how)| how.as_str())),
        "state": call.state.word(),
        "invite_finals": call.invite_finals,
        "reason": view.log(call.reason.as_deref()),
        "released_by_reason": released,
        "early_dialogs": call.early_dialogs,
        "started": time(call.started),
        "ringing": time(call.ringing),
        "answered": time(call.answered),
        "ended": time(call.ended),
        "ended_by": call.ended_by.map(|s| s.word()),
        "setup_ms": ms(call.setup_us),
        "talk_s": seconds(call.talk_us),
        "retransmissions": call.retransmissions,
        "events": call.events.iter().map(|e| event(view, e)).collect::<Vec<_>>(),
        "holds": call.holds.iter().map(|h| hold(view, h)).collect::<Vec<_>>(),
        "media": (0..call.media.len()).filter_map(|place| media(view, call, place)).collect::<Vec<_>>(),
    })
}

fn related(view: &View<'_>, related: &Related) -> Value {
    json!({"call": related.call.0, "kind": related.kind.word(), "evidence": view.evidence(&related.evidence)})
}

/// Calls that belong together as one story.
pub fn story(view: &View<'_>, story: &Story) -> Value {
    let step = |step: &Step| {
        json!({
            "at": time(step.at),
            "call": step.call.0,
            "text": view.text(&step.text),
            "evidence": view.messages(&step.messages),
        })
    };
    json!({
        "session": session_number(story.run),
        "calls": story.calls.iter().map(|c| c.0).collect::<Vec<_>>(),
        "steps": story.steps.iter().map(step).collect::<Vec<_>>(),
        "links": view.evidence(&story.links),
    })
}

fn event(view: &View<'_>, event: &CallEvent) -> Value {
    json!({
        "at": time(event.at),
        "kind": event.kind,
        "by": event.by.word(),
        "result": event.result.map(|r| r.word()),
        "status": event.status,
        "text": view.text(&event.text),
        "evidence": view.messages(&event.messages),
    })
}

fn hold(view: &View<'_>, hold: &Hold) -> Value {
    let messages: Vec<_> = std::iter::once(hold.message).chain(hold.lifted).collect();
    json!({
        "from": time(hold.from),
        "to": time(hold.to),
        "by": hold.by.word(),
        "requested_by": hold.requested_by.word(),
        "evidence": view.messages(&messages),
    })
}

fn media(view: &View<'_>, call: &Call, place: usize) -> Option<Value> {
    let media: &MediaSegment = call.media.get(place)?;
    let messages: Vec<_> = std::iter::once(media.offer).chain(media.answer).collect();
    Some(json!({
        "at": time(media.at),
        "index": media.index,
        "kind": view.outlet.log(&media.kind),
        "cause": media.cause.word(),
        "offered": media.offered,
        "answered": media.answered,
        "codec": media.codec,
        "payload_type": media.payload_type,
        "offered_by": media.offered_by.word(),
        "early": media.early,
        "local": end(view, &media.local),
        "remote": end(view, &media.remote),
        "ptime": media.ptime,
        "fmtp": view.log(media.fmtp.as_deref()),
        "may_switch": media.may_switch,
        "direction": media.flow.word(),
        "protocol": view.outlet.log(&media.protocol),
        "secure": media.secure,
        "dtmf": media.dtmf,
        "outcome": media.outcome.word(),
        "engine": media_log::engine(view, call, place),
        "evidence": view.messages(&messages),
    }))
}

fn end(view: &View<'_>, end: &MediaEnd) -> Value {
    json!({
        "address": view.maybe(end.address.as_ref()),
        "port": end.port,
        "source": view.maybe(end.source.as_ref()),
    })
}

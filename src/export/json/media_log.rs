//! `media_log` of the report: what media logs print, unverified: series of numbers and other signs. In: facts. Out: JSON.

use serde_json::{Value, json};

use super::{View, session_number, time};
use crate::session::media_log::{MediaSign, Series, SignKind};

pub fn media_log(view: &View<'_>) -> Value {
    let facts = &view.analysis.facts;
    json!({
        "basis": "unverified",
        "series": facts.series.iter().map(|s| series(view, s)).collect::<Vec<_>>(),
        "signs": facts.media_signs.iter().map(|s| sign(view, s)).collect::<Vec<_>>(),
    })
}

/// `values` are all that the log has; `points` those kept, `[time, value]`, the worst of their neighbours where there are fewer.
fn series(view: &View<'_>, series: &Series) -> Value {
    let first = series.points.first().map(|p| {
        json!([{
            "member": view.member(p.source.member),
            "line": p.source.line,
            "time": time(Some(p.at)),
            "text": view.outlet.log(&format!("{}={}", series.name, p.value)),
        }])
    });
    json!({
        "session": session_number(series.run),
        "call": series.call.map(|c| c.0),
        "measure": series.measure,
        "name": view.outlet.log(&series.name),
        "stream": series.stream.kind,
        "way": series.stream.way,
        "unit": series.unit,
        "values": series.seen,
        "min": series.range.0,
        "max": series.range.1,
        "first": time(series.points.first().map(|p| p.at)),
        "last": time(series.points.last().map(|p| p.at)),
        "points": series.points.iter().map(|p| json!([time(Some(p.at)), p.value])).collect::<Vec<_>>(),
        "evidence": first,
    })
}

/// `connections` of the report: what the log prints of the transport to the SIP server.
pub fn connections(view: &View<'_>) -> Value {
    let one = |sign: &MediaSign| {
        json!({
            "session": session_number(sign.run),
            "at": time(sign.at),
            "state": if let SignKind::Connection(state) = sign.kind { Some(state.word()) } else { None },
            "evidence": engine_evidence(view, sign),
        })
    };
    Value::Array(view.analysis.facts.connections.iter().map(one).collect())
}

fn sign(view: &View<'_>, sign: &MediaSign) -> Value {
    json!({
        "session": session_number(sign.run),
        "call": sign.call.map(|c| c.0),
        "at": time(sign.at),
        "kind": sign.kind.word(),
        "codec": if let SignKind::Codec(codec) = sign.kind { Some(codec) } else { None },
        "seconds": if let SignKind::FirstAudio(seconds) = sign.kind { Some(seconds) } else { None },
        "evidence": engine_evidence(view, sign),
    })
}

/// The line of a sign as evidence.
pub fn engine_evidence(view: &View<'_>, sign: &MediaSign) -> Value {
    json!([{
        "member": view.member(sign.source.member),
        "line": sign.source.line,
        "time": time(sign.at),
        "text": view.outlet.log(&sign.line),
    }])
}

/// The codec that the media log names last for this media line of a call, between its agreement and the next; `null` when it names none.
pub fn engine(view: &View<'_>, call: &crate::session::call::Call, place: usize) -> Value {
    let facts = &view.analysis.facts;
    let Some(media) = call.media.get(place).filter(|m| m.codec.is_some() && m.at.is_some()) else { return Value::Null };
    let next = call.media.iter().skip(place + 1).find(|m| m.index == media.index && m.codec.is_some()).and_then(|m| m.at);
    let video = media.kind.eq_ignore_ascii_case("video");
    let named = facts.media_signs.iter().rfind(|s| {
        let of_kind = matches!(s.kind, SignKind::Codec(codec) if crate::session::media_log::is_video(codec) == video);
        of_kind && s.call == Some(call.id) && s.at >= media.at && next.is_none_or(|next| s.at < Some(next))
    });
    named.map_or(Value::Null, |sign| match sign.kind {
        SignKind::Codec(codec) => json!({"codec": codec, "basis": "unverified", "evidence": engine_evidence(view, sign)}),
        _ => Value::Null,
    })
}

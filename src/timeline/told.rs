//! Media in words, for window and pictures alike: which codec from when, what was really used, whose an address is. In: a call, facts.
//! Out: short texts. Must not decide how a private value is shown: it is asked for.

use super::figures::elapsed;
use super::lanes::media::codec_name;
use crate::base::words::{Words, word};
use crate::base::{LogTime, Private, visible};
use crate::session::call::Call;
use crate::session::media::{MediaCause, MediaEnd, MediaOutcome, MediaSegment};
use crate::session::media_log::{Series, SignKind, is_video};
use crate::session::{Facts, LoggedMessage, Side};

/// How a private value is shown.
pub type Shown<'a> = &'a dyn Fn(&Private) -> String;

/// `audio: G722 from +6.0 s, PCMU from +1:19.3, re-INVITE by peer`, a part for each kind of media.
/// Times without a begin of the call are times of day, `zone_s` seconds east of UTC.
pub fn sentence(call: &Call, zone_s: i32) -> String {
    let words = Words::current();
    let mut kinds: Vec<&str> = Vec::new();
    for segment in &call.media {
        if !kinds.contains(&segment.kind.as_str()) {
            kinds.push(&segment.kind);
        }
    }
    let mut out = Vec::new();
    for kind in kinds.into_iter().take(4) {
        let mut parts: Vec<String> = Vec::new();
        let mut last: Option<&str> = None;
        for segment in call.media.iter().filter(|s| s.kind == kind && s.outcome == MediaOutcome::Agreed) {
            let Some(codec) = segment.codec.as_deref() else { continue };
            if last == Some(codec) {
                continue;
            }
            let from = since(segment.at, call.started, zone_s);
            let name = codec_name(codec).0;
            parts.push(if last.is_none() {
                words.fill("media-view.first", &[("codec", name), ("time", &from)])
            } else {
                let cause = cause(segment);
                words.fill("media-view.later", &[("codec", name), ("time", &from), ("cause", &cause)])
            });
            last = Some(codec);
        }
        if parts.is_empty() {
            parts.push(word("media-view.nothing_agreed").to_owned());
        }
        out.push(format!("{}: {}", visible(kind), parts.join(", ")));
    }
    out.join("; ")
}

/// The codec that the media engine named while a segment held: `–` where no media log tells. Unverified.
pub fn used(facts: &Facts, call: &Call, segment: &MediaSegment) -> String {
    let later = call.media.iter().filter(|s| s.index == segment.index && s.at > segment.at).filter_map(|s| s.at).min();
    let here = |at: Option<LogTime>| segment.at.is_none_or(|from| at >= Some(from)) && later.is_none_or(|to| at < Some(to));
    let video = segment.kind == "video";
    let signs = facts.media_signs.iter().filter(|s| s.call == Some(call.id) && here(s.at));
    let mut names: Vec<&str> = Vec::new();
    for sign in signs {
        if let SignKind::Codec(name) = sign.kind
            && is_video(name) == video
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    if names.is_empty() { "–".to_owned() } else { names.join(" ") }
}

/// Where media goes and whose it is: `192.0.2.10:4000 (client) → 198.51.100.44:31002 (another host)`.
pub fn addresses(facts: &Facts, segment: &MediaSegment, shown: Shown<'_>) -> String {
    let proof = facts.message(segment.answer.unwrap_or(segment.offer));
    let local = end(&segment.local, proof, shown);
    let remote = end(&segment.remote, proof, shown);
    match (local.is_empty(), remote.is_empty()) {
        (true, true) => String::new(),
        (false, true) => local,
        (true, false) => format!("→ {remote}"),
        (false, false) => format!("{local} → {remote}"),
    }
}

fn end(end: &MediaEnd, proof: Option<&LoggedMessage>, shown: Shown<'_>) -> String {
    let Some(private) = end.address.as_ref() else { return String::new() };
    let address = shown(private);
    let port = end.port.map_or_else(String::new, |port| format!(":{port}"));
    let is = |place: &Option<String>| place.as_deref().is_some_and(|p| private.is(host(p)));
    let whose = match proof.map(|m| &m.seen) {
        Some(seen) if is(&seen.local) => word("media-view.of_client"),
        Some(seen) if is(&seen.remote) => word("media-view.of_signalling"),
        Some(seen) if seen.local.is_some() && seen.remote.is_some() => word("media-view.of_other"),
        // The log tells no transport addresses: nothing to hold it against.
        _ => "",
    };
    if whose.is_empty() { format!("{address}{port}") } else { format!("{address}{port} ({whose})") }
}

/// The host of `host:port`.
fn host(place: &str) -> &str {
    place.rsplit_once(':').map_or(place, |(host, _)| host).trim_start_matches('[').trim_end_matches(']')
}

/// Who offered.
fn by(side: Side) -> &'static str {
    match side {
        Side::Client => word("window.by_client"),
        Side::Peer => word("window.by_peer"),
        Side::Both | Side::Unknown => "",
    }
}

/// Since the call's first INVITE.
pub fn since(at: Option<LogTime>, start: Option<LogTime>, zone_s: i32) -> String {
    let clock = || at.map_or_else(|| "–".to_owned(), |at| at.clock(zone_s));
    at.zip(start).map_or_else(clock, |(at, start)| elapsed(at.since_us(start), 100_000))
}

/// What was sent, by whom: `re-INVITE by peer`.
pub fn cause(segment: &MediaSegment) -> String {
    let what = match segment.cause {
        MediaCause::Initial => "INVITE",
        MediaCause::Reinvite => "re-INVITE",
        MediaCause::Update => "UPDATE",
        MediaCause::Prack => "PRACK",
    };
    let by = by(segment.offered_by);
    let kind = if segment.kind == "audio" { String::new() } else { format!("{} ", segment.kind) };
    format!("{kind}{what} {by}").trim_end().to_owned()
}

/// The codec, or why there is none.
pub fn agreed(segment: &MediaSegment) -> String {
    match (segment.outcome, segment.codec.as_deref()) {
        (MediaOutcome::Agreed, Some(codec)) => codec_name(codec).0.to_owned(),
        (MediaOutcome::Agreed, None) => word("timeline.media_agreed").to_owned(),
        (MediaOutcome::Rejected, _) => word("timeline.media_rejected").to_owned(),
        (MediaOutcome::Unanswered, _) => word("timeline.media_unanswered").to_owned(),
        (MediaOutcome::NoCommonCodec, _) => word("timeline.media_no_codec").to_owned(),
    }
}

/// How it is kept secret; empty where nothing was agreed.
pub fn security(segment: &MediaSegment) -> &'static str {
    if segment.secure {
        "SRTP"
    } else if segment.outcome == MediaOutcome::Agreed {
        word("window.plain_rtp")
    } else {
        ""
    }
}

/// How digits are sent.
pub fn dtmf(segment: &MediaSegment) -> String {
    match segment.dtmf {
        Some("telephone-event") => word("window.dtmf_event").to_owned(),
        Some(other) => other.to_owned(),
        None => "–".to_owned(),
    }
}

/// `audio received jitter 3.0–9.0 ms, unverified`.
pub fn measured(series: &Series) -> String {
    let unit = series.unit.as_deref().unwrap_or("");
    let stream = [series.stream.kind, series.stream.way].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = format!("{stream} {}", series.name);
    let (least, most) = (format!("{:.1}", series.range.0), format!("{:.1} {unit}", series.range.1));
    Words::current().fill("media-view.series", &[("name", name.trim()), ("least", &least), ("most", most.trim())])
}

//! Media in words: which codec from when, what was really used, whose an address is. In: a call, facts. Out: short texts.

use crate::base::LogTime;
use crate::base::words::{Words, word};
use crate::session::call::Call;
use crate::session::media::{MediaEnd, MediaOutcome, MediaSegment};
use crate::session::media_log::{SignKind, is_video};
use crate::session::{LoggedMessage, Side};
use crate::timeline::lanes::media::codec_name;
use crate::ui::{Document, text};

/// `audio: G722 from +6.0 s, PCMU from +1:19.3, re-INVITE by peer`, a part for each kind of media.
pub fn sentence(call: &Call) -> String {
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
            let from = super::since(segment.at, call.started);
            let name = codec_name(codec).0;
            parts.push(if last.is_none() {
                words.fill("media-view.first", &[("codec", name), ("time", &from)])
            } else {
                let cause = super::cause(segment);
                words.fill("media-view.later", &[("codec", name), ("time", &from), ("cause", &cause)])
            });
            last = Some(codec);
        }
        if parts.is_empty() {
            parts.push(word("media-view.nothing_agreed").to_owned());
        }
        out.push(format!("{}: {}", text::visible(kind), parts.join(", ")));
    }
    out.join("; ")
}

/// The codec that the media engine named while a segment held: `–` where no media log tells. Unverified.
pub fn used(document: &Document, call: &Call, segment: &MediaSegment) -> String {
    let later = call.media.iter().filter(|s| s.index == segment.index && s.at > segment.at).filter_map(|s| s.at).min();
    let here = |at: Option<LogTime>| segment.at.is_none_or(|from| at >= Some(from)) && later.is_none_or(|to| at < Some(to));
    let video = segment.kind == "video";
    let signs = document.analysis.facts.media_signs.iter().filter(|s| s.call == Some(call.id) && here(s.at));
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
pub fn addresses(document: &Document, segment: &MediaSegment) -> String {
    let proof = document.analysis.facts.message(segment.answer.unwrap_or(segment.offer));
    let local = end(&segment.local, proof);
    let remote = end(&segment.remote, proof);
    match (local.is_empty(), remote.is_empty()) {
        (true, true) => String::new(),
        (false, true) => local,
        (true, false) => format!("→ {remote}"),
        (false, false) => format!("{local} → {remote}"),
    }
}

fn end(end: &MediaEnd, proof: Option<&LoggedMessage>) -> String {
    let Some(address) = end.address.as_ref().map(text::private) else { return String::new() };
    let port = end.port.map_or_else(String::new, |port| format!(":{port}"));
    let is = |place: &Option<String>| place.as_deref().is_some_and(|p| host(p) == address);
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
pub fn by(side: Side) -> &'static str {
    match side {
        Side::Client => word("window.by_client"),
        Side::Peer => word("window.by_peer"),
        Side::Both | Side::Unknown => "",
    }
}

//! What offers and answers say about sound (RFC 3264, RFC 3551, RFC 4568, RFC 4733). In: [`Scene`]. Out: [`Found`]s by signature.
//! Nothing here claims what was really heard: media members may say that, SDP says what was agreed.

use std::net::IpAddr;

use super::{Found, Scene};
use crate::base::Private;
use crate::session::call::{Call, CallState, RelatedKind};
use crate::session::media::{Flow, MediaCause, MediaOutcome, MediaSegment};
use crate::session::{MessageId, Side};
use crate::sip::SdpMedia;
use crate::sip::sdp::is_telephone_event;

fn audio(call: &Call) -> impl DoubleEndedIterator<Item = &MediaSegment> {
    call.media.iter().filter(|m| m.kind.eq_ignore_ascii_case("audio"))
}

fn answered<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = &'s Call> {
    scene.facts.calls.iter().filter(|c| c.state == CallState::Answered)
}

fn messages(segment: &MediaSegment) -> Vec<MessageId> {
    [Some(segment.offer), segment.answer].into_iter().flatten().collect()
}

fn found(scene: &Scene<'_>, call: &Call, segment: &MediaSegment) -> Found {
    let mut one = Found::of(scene, call.run, &messages(segment))
        .in_call(call.id)
        .with("offered", segment.offered.join(", "))
        .with("answered", segment.answered.join(", "));
    one.first = segment.at.or(one.first);
    one
}

/// The media line as one of its two descriptions wrote it.
fn line(scene: &Scene<'_>, message: Option<MessageId>, segment: &MediaSegment) -> Option<SdpMedia> {
    let sdp = message.and_then(|id| scene.message(id)).and_then(|m| m.seen.message.sdp())?;
    sdp.media.into_iter().nth(segment.index as usize)
}

fn is_refusal(scene: &Scene<'_>, segment: &MediaSegment) -> bool {
    let status = segment.answer.and_then(|a| scene.message(a)).and_then(|m| m.seen.message.status());
    status.is_some_and(|s| s >= 300)
}

/// An answer without a common format, or with port 0 for the only audio line. Not: fax instead of audio, a refused request.
pub fn no_common_codec(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in &scene.facts.calls {
        for segment in audio(call) {
            let together = || call.media.iter().filter(|m| m.answer == segment.answer && m.index != segment.index);
            let other = together().any(|m| {
                m.outcome == MediaOutcome::Agreed
                    && (m.kind.eq_ignore_ascii_case("audio") || m.kind.eq_ignore_ascii_case("image"))
            });
            let hit = match segment.outcome {
                MediaOutcome::NoCommonCodec => true,
                MediaOutcome::Rejected => segment.answer.is_some() && !is_refusal(scene, segment),
                _ => false,
            };
            if hit && !other {
                out.push(found(scene, call, segment));
            }
        }
    }
    out
}

/// The first agreement of a confirmed call flows one way only, or a side let go of its own hold and sound stayed one-way.
pub fn one_way(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in answered(scene) {
        let moved = call
            .related
            .iter()
            .any(|r| matches!(r.kind, RelatedKind::Replaces | RelatedKind::TransferTarget | RelatedKind::Conference));
        if moved {
            continue;
        }
        let first = audio(call).find(|m| m.outcome == MediaOutcome::Agreed);
        if let Some(segment) = first.filter(|m| m.cause == MediaCause::Initial && !m.early && m.flow != Flow::SendRecv) {
            // Who offers less than both ways gets what it asked for.
            let offered = line(scene, Some(segment.offer), segment).map_or(Flow::SendRecv, |l| l.flow);
            if offered == Flow::SendRecv {
                out.push(found(scene, call, segment).with("flow", segment.flow.word()));
            }
        }
        for pair in call.holds.windows(2) {
            let [before, after] = pair else { continue };
            let own_lift = before.requested_by == after.requested_by && before.by == after.requested_by;
            let other = after.by != before.by && matches!(after.by, Side::Client | Side::Peer) && before.by != Side::Both;
            if before.lifted == Some(after.message) && own_lift && other {
                let segment = audio(call).find(|m| m.answer == Some(after.message));
                // The last word of the call: one-way only until the next offer is the other side's own hold.
                if let Some(segment) = segment.filter(|_| after.to.is_none()) {
                    out.push(found(scene, call, segment).with("flow", segment.flow.word()));
                }
            }
        }
    }
    out
}

fn is_secure_profile(protocol: &str) -> bool {
    protocol.to_ascii_uppercase().contains("SAVP")
}

/// Encrypted media offered and refused, or answered where plain media was offered.
pub fn security_mismatch(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in &scene.facts.calls {
        for segment in audio(call) {
            let Some(offer) = line(scene, Some(segment.offer), segment) else { continue };
            let refused = segment.outcome == MediaOutcome::Rejected && is_secure_profile(&offer.protocol);
            let answer = line(scene, segment.answer, segment).filter(|a| !a.is_rejected());
            let turned = answer
                .is_some_and(|a| is_secure_profile(&a.protocol) && !is_secure_profile(&offer.protocol) && !offer.is_secure());
            if refused || turned {
                out.push(found(scene, call, segment).with("protocol", &offer.protocol));
            }
        }
    }
    out
}

/// SAVP offered, plain RTP answered, and the call goes on (RFC 4568 §7.1.2 would have it refused).
pub fn srtp_downgraded(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in answered(scene) {
        for segment in audio(call).filter(|m| m.outcome == MediaOutcome::Agreed) {
            let offer = line(scene, Some(segment.offer), segment);
            let answer = line(scene, segment.answer, segment);
            if let (Some(offer), Some(answer)) = (offer, answer)
                && is_secure_profile(&offer.protocol)
                && !is_secure_profile(&answer.protocol)
                && !answer.is_secure()
            {
                out.push(found(scene, call, segment).with("protocol", &answer.protocol));
            }
        }
    }
    out
}

/// The last agreement of a confirmed call: digits offered as telephone-event, not answered so, and no INFO carried any.
pub fn dtmf_mismatch(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in answered(scene) {
        let Some(segment) = audio(call).rfind(|m| m.outcome == MediaOutcome::Agreed && !m.early) else { continue };
        let offered =
            line(scene, Some(segment.offer), segment).is_some_and(|l| l.formats.iter().any(|f| is_telephone_event(&f.name)));
        let answer = line(scene, segment.answer, segment);
        let taken = answer.as_ref().is_none_or(|l| l.formats.iter().any(|f| is_telephone_event(&f.name)));
        let info = call.events.iter().any(|e| e.kind == "dtmf");
        if offered && !taken && !info {
            out.push(found(scene, call, segment));
        }
    }
    out
}

/// RFC 4733 §2.1: events have the clock of the codec they go with.
pub fn dtmf_clock(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in answered(scene) {
        let Some(segment) = audio(call).rfind(|m| m.outcome == MediaOutcome::Agreed && !m.early) else { continue };
        let rate = |name: &str| name.split('/').nth(1).and_then(|r| r.parse::<u32>().ok());
        let Some(clock) = segment.codec.as_deref().and_then(rate) else { continue };
        let Some(answer) = line(scene, segment.answer, segment) else { continue };
        let events: Vec<u32> =
            answer.formats.iter().filter(|f| is_telephone_event(&f.name)).filter_map(|f| rate(&f.name)).collect();
        if !events.is_empty() && !events.contains(&clock) {
            let codec = segment.codec.clone().unwrap_or_default();
            let clocks: Vec<String> = events.iter().map(u32::to_string).collect();
            out.push(found(scene, call, segment).with("codec", codec).with("clocks", clocks.join(", ")));
        }
    }
    out
}

/// Can packets from a public place never reach this address?
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            // RFC 6598: 100.64.0.0/10, addresses between a provider and its customers.
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => {
            let first = v6.segments().first().copied().unwrap_or_default();
            v6.is_loopback() || (first & 0xfe00) == 0xfc00 || (first & 0xffc0) == 0xfe80
        }
    }
}

fn ip(text: &str) -> Option<IpAddr> {
    let bare = text.trim().trim_start_matches('[');
    let bare = bare.split(']').next().unwrap_or(bare);
    bare.parse().ok().or_else(|| bare.rsplit_once(':').and_then(|(host, _)| host.parse().ok()))
}

/// Confirmed audio goes to an address that only exists inside somebody's network, while the network's SIP comes from outside, and
/// nothing (ICE) would find another way.
pub fn address_unreachable(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in answered(scene) {
        let Some(segment) = audio(call).rfind(|m| m.outcome == MediaOutcome::Agreed && !m.early) else { continue };
        let address = |p: &Option<Private>| p.as_ref().and_then(|p| ip(p.original()));
        let Some(remote) = address(&segment.remote.address).filter(|a| !a.is_unspecified()) else { continue };
        let peers =
            call.messages.iter().filter_map(|m| scene.message(*m)).filter_map(|m| m.seen.remote.as_deref()).filter_map(ip);
        let received = scene.facts.registrations.iter().filter(|r| r.run == call.run).filter_map(|r| r.nat.as_ref());
        let outside = |a: &IpAddr| !is_inside(*a);
        let public =
            peers.into_iter().any(|a| outside(&a)) || received.filter_map(|n| ip(n.seen_as.original())).any(|a| outside(&a));
        let family =
            address(&segment.local.address).is_some_and(|local| local.is_ipv4() != remote.is_ipv4() && !local.is_unspecified());
        let ice = [Some(segment.offer), segment.answer]
            .into_iter()
            .filter_map(|m| line(scene, m, segment))
            .any(|l| l.attribute("candidate").is_some());
        if (family || (is_inside(remote) && public)) && !ice {
            out.push(found(scene, call, segment).with_private("address", segment.remote.address.as_ref()));
        }
    }
    out
}

/// Who made the other side's description: the user of its `o=` line, which a BroadWorks media server writes otherwise than a relay.
fn origin<'s>(scene: &'s Scene<'_>, segment: &MediaSegment) -> Option<&'s str> {
    let theirs = |id: &MessageId| scene.message(*id).is_some_and(|m| m.seen.direction == crate::sip::Direction::Received);
    let message = messages(segment).into_iter().find(theirs).and_then(|id| scene.message(id))?;
    let line = message.seen.message.body_text().lines().find_map(|l| l.trim().strip_prefix("o="))?;
    line.split_whitespace().next().filter(|user| *user != "-" && !super::is_masked(user))
}

/// Another source of sound within a call that the client neither held nor transferred: media server and far end change places.
pub fn source_changed(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for call in answered(scene) {
        let ours = call.events.iter().any(|e| e.by == Side::Client && (e.kind == "hold" || e.kind.starts_with("transfer")));
        let segments: Vec<&MediaSegment> =
            audio(call).filter(|m| m.outcome == MediaOutcome::Agreed && !m.early && m.index == 0).collect();
        for pair in segments.windows(2) {
            let [before, after] = pair else { continue };
            let held = [before, after].iter().any(|m| m.remote.address.as_ref().is_some_and(|a| a.original() == "0.0.0.0"));
            let elsewhere = before.remote.address.is_some()
                && after.remote.address.is_some()
                && before.remote.address != after.remote.address;
            let other = origin(scene, before).zip(origin(scene, after)).is_some_and(|(a, b)| a != b);
            let moved = elsewhere || other;
            if moved && !held && !ours {
                let one = found(scene, call, after).with_private("before", before.remote.address.as_ref());
                out.push(one.with_private("after", after.remote.address.as_ref()));
            }
        }
    }
    out
}

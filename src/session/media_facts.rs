//! Media lines from offers and answers (RFC 3264 §6, §8; RFC 3551; words of `report-v1`). In: [`Exchange`]s of a call. Out:
//! [`MediaSegment`]s, and what [`super::call_holds`] needs of both descriptions. Must not know holds.

use std::collections::HashMap;

use super::Side;
use super::media::{Flow, MediaCause, MediaDetail, MediaEnd, MediaOutcome, MediaSegment, PeerCodecs};
use super::traffic::{Traffic, id, other, requester, sender};
use crate::base::{LogTime, Private, PrivateKind};
pub use crate::sip::negotiate::same_codec;
use crate::sip::negotiate::{AgreedLine, LineChange, LineState, is_aside, negotiate, stated};
use crate::sip::offer_answer::{Exchange, Outcome};
use crate::sip::sdp::{Sdp, SdpFormat, SdpMedia, is_telephone_event};
use crate::sip::transaction::Transaction;
use crate::sip::{Direction, Method};

use super::call_legs::is_initial;

/// Kinds of media of one call for which the peer's own list is looked for: real calls have three or four.
const KINDS: usize = 16;

/// An offer/answer with both descriptions read and both sides named.
pub struct Negotiated<'a> {
    /// The exchange.
    pub exchange: &'a Exchange,
    /// Its offer.
    pub offer: Sdp,
    /// Its answer; `None` when it failed.
    pub answer: Option<Sdp>,
    /// Who offered.
    pub offerer: Side,
    /// Who sent the request of the transaction.
    pub requester: Side,
    /// Why.
    pub cause: MediaCause,
}

impl<'a> Negotiated<'a> {
    /// Reads the descriptions of an exchange; `None` when the offer can't be read.
    pub fn read(traffic: &Traffic<'_>, exchange: &'a Exchange) -> Option<Self> {
        let transaction = traffic.transactions.get(exchange.transaction)?;
        let offer = traffic.message(exchange.offer)?.sdp()?;
        let completed = exchange.outcome == Outcome::Completed;
        let answer = exchange.answer.filter(|_| completed).and_then(|a| traffic.message(a)).and_then(|m| m.sdp());
        let requester = requester(transaction.role);
        let told = traffic.key(exchange.offer).map_or(Direction::Unknown, |k| k.direction);
        let offerer = match (told, exchange.in_request) {
            (Direction::Unknown, true) => requester,
            (Direction::Unknown, false) => other(requester),
            (known, _) => sender(known),
        };
        Some(Self { exchange, offer, answer, offerer, requester, cause: cause(traffic, transaction) })
    }

    /// When it ended; of one that never did, when it was offered.
    pub fn at(&self, traffic: &Traffic<'_>) -> Option<LogTime> {
        traffic.at(self.exchange.answer.unwrap_or(self.exchange.offer))
    }

    /// The first audio line that both sides keep open: directions of offer and answer, and its place.
    pub fn audio(&self) -> Option<(usize, Flow, Flow)> {
        let answer = self.answer.as_ref()?;
        let mut lines = self.offer.media.iter().zip(&answer.media).enumerate();
        let open =
            |line: &(usize, (&SdpMedia, &SdpMedia))| line.1.0.kind.eq_ignore_ascii_case("audio") && !line.1.1.is_rejected();
        lines.find(open).map(|(index, (offered, answered))| (index, stated(offered), stated(answered)))
    }

    /// The agreed codec of a media line.
    pub fn codec(&self, index: usize) -> Option<&SdpFormat> {
        let agreement = negotiate(&self.offer, self.answer.as_ref()?);
        agreement.lines.get(index).and_then(AgreedLine::codec).map(|format| format.answered)
    }

    /// One segment for each media line of the offer.
    pub fn segments(&self, traffic: &Traffic<'_>) -> Vec<MediaSegment> {
        let agreement = self.answer.as_ref().map(|answer| negotiate(&self.offer, answer));
        let lines = self.offer.media.iter().enumerate();
        lines
            .map(|(index, offered)| self.segment(traffic, index, offered, agreement.as_ref().and_then(|a| a.lines.get(index))))
            .collect()
    }

    fn segment(&self, traffic: &Traffic<'_>, index: usize, offered: &SdpMedia, line: Option<&AgreedLine<'_>>) -> MediaSegment {
        let answered = line.and_then(|line| line.answered);
        let outcome = match (self.exchange.outcome, line.map(|line| line.state)) {
            (Outcome::Unanswered, _) => MediaOutcome::Unanswered,
            (Outcome::Refused, _) | (Outcome::Completed, None | Some(LineState::Missing | LineState::Rejected)) => {
                MediaOutcome::Rejected
            }
            (Outcome::Completed, Some(LineState::NoCommonFormat)) => MediaOutcome::NoCommonCodec,
            // Both sides keep the place of a line that is gone, unless the answer wrongly opens it.
            (Outcome::Completed, Some(LineState::Withdrawn)) => MediaOutcome::Rejected,
            (Outcome::Completed, Some(LineState::Agreed)) => {
                // A line that was offered for digits alone is agreed with them alone.
                let digits_alone = offered.formats.iter().all(is_aside);
                let agreed = digits_alone || line.and_then(AgreedLine::codec).is_some();
                if agreed { MediaOutcome::Agreed } else { MediaOutcome::NoCommonCodec }
            }
        };
        let open = matches!(outcome, MediaOutcome::Agreed | MediaOutcome::NoCommonCodec);
        let line_open = line.filter(|_| open);
        let codec = line_open.and_then(AgreedLine::codec);
        let offer_end = end(&self.offer, Some(offered));
        let answer_end = self.answer.as_ref().map(|a| end(a, answered)).unwrap_or_default();
        let (local, remote) = if self.offerer == Side::Peer { (answer_end, offer_end) } else { (offer_end, answer_end) };
        let audio = offered.kind.eq_ignore_ascii_case("audio");
        let codecs = answered.map_or(0, |a| a.formats.iter().filter(|f| !is_aside(f)).count());
        let events = |line: &SdpMedia| line.formats.iter().any(|f| is_telephone_event(&f.name));
        let flow = line_open.map_or(Flow::Inactive, |line| line.flow);
        MediaSegment {
            at: self.at(traffic),
            offer: id(self.exchange.offer),
            answer: self.exchange.answer.map(id),
            index: u32::try_from(index).unwrap_or(u32::MAX),
            kind: offered.kind.clone(),
            cause: self.cause,
            offered: names(offered),
            answered: answered.map(names).unwrap_or_default(),
            codec: codec.map(|f| f.answered.name.clone()),
            payload_type: codec.and_then(|f| f.answered.number),
            offered_by: self.offerer,
            early: self.exchange.early,
            local,
            remote,
            ptime: answered.and_then(|a| a.ptime),
            fmtp: codec.and_then(|f| f.answered.fmtp.clone()),
            may_switch: audio && open && codecs > 1,
            flow: if self.offerer == Side::Peer { flow.reversed() } else { flow },
            protocol: answered.unwrap_or(offered).protocol.clone(),
            secure: answered.is_some_and(SdpMedia::is_secure),
            dtmf: (audio && events(offered) && answered.is_some_and(events)).then_some("telephone-event"),
            outcome,
            detail: self.detail(traffic, offered, line_open),
        }
    }

    fn detail(&self, traffic: &Traffic<'_>, offered: &SdpMedia, line: Option<&AgreedLine<'_>>) -> MediaDetail {
        let answered = line.and_then(|line| line.answered);
        let codec = line.and_then(AgreedLine::codec);
        let chosen = offered.chosen_remote().map(|to| (offered.address.clone().unwrap_or_default(), offered.port, to));
        MediaDetail {
            agreed: line.map(|l| l.formats.iter().map(|f| f.answered.name.clone()).collect()).unwrap_or_default(),
            security: line.map(AgreedLine::security).unwrap_or_default(),
            crypto_suite: answered.and_then(SdpMedia::crypto_suite).map(str::to_owned),
            differences: codec.map(|f| f.differences()).unwrap_or_default(),
            ice: (offered.has_ice(), answered.is_some_and(SdpMedia::has_ice)),
            chosen_pair: chosen.map(|(address, port, (to, to_port))| {
                let end = |address: String, port: u16| Private::new(PrivateKind::Address, format!("{address} port {port}"));
                let (offerer, answerer) = (end(address, port), end(to, to_port));
                if self.offerer == Side::Peer { (answerer, offerer) } else { (offerer, answerer) }
            }),
            change: LineChange::None,
            peer_codecs: self.peer_codecs(traffic, offered),
        }
    }

    /// What the peer itself said that it can: in its own offer, or in the body of its refusal (RFC 3261 §21.4.26). An answer tells only
    /// what it took.
    fn peer_codecs(&self, traffic: &Traffic<'_>, offered: &SdpMedia) -> Option<PeerCodecs> {
        if self.offerer == Side::Peer {
            return Some(PeerCodecs { names: names(offered), message: id(self.exchange.offer) });
        }
        let refusal = self.exchange.answer.filter(|_| self.exchange.outcome == Outcome::Refused)?;
        codecs_of(traffic, refusal, &offered.kind)
    }
}

/// Formats of the first media line of that kind in a message's description.
fn codecs_of(traffic: &Traffic<'_>, message: u32, kind: &str) -> Option<PeerCodecs> {
    let told = traffic.message(message)?.sdp()?;
    let line = told.media.iter().find(|line| line.kind.eq_ignore_ascii_case(kind))?;
    Some(PeerCodecs { names: names(line), message: id(message) })
}

fn names(line: &SdpMedia) -> Vec<String> {
    line.formats.iter().map(|f| f.name.clone()).collect()
}

/// What only the whole call tells of its media lines: lines that came and went, and the peer's own list of codecs where a line itself does
/// not have it. `messages` are those of the call in order, `segments` its media lines in order; `bare` is the first answer that had no media
/// line at all (RFC 3725), which leaves no segment.
pub fn complete(traffic: &Traffic<'_>, messages: &[u32], bare: Option<u32>, segments: &mut [MediaSegment]) {
    let mut open: Vec<(u32, bool)> = Vec::new();
    let mut begun = false;
    let mut at = 0;
    while let Some(first) = segments.get(at) {
        let (offer, answer) = (first.offer, first.answer);
        let count = segments.iter().skip(at).take_while(|s| s.offer == offer && s.answer == answer).count();
        let lines = segments.get_mut(at..at + count).unwrap_or_default();
        // A refused or unanswered offer changes nothing (RFC 3264 §8).
        begun |= bare.is_some_and(|bare| id(bare) < offer);
        let settled = lines.iter().any(|line| !line.answered.is_empty() || line.outcome == MediaOutcome::Agreed);
        for line in lines.iter_mut().filter(|_| settled) {
            let now = line.outcome == MediaOutcome::Agreed;
            let known = open.iter_mut().find(|(index, _)| *index == line.index);
            let before = known.as_ref().map(|(_, open)| *open).or(begun.then_some(false));
            line.detail.change = LineChange::between(before, now);
            match known {
                Some((_, open)) => *open = now,
                None => open.push((line.index, now)),
            }
        }
        begun |= settled;
        at += count;
    }
    // The peer's last own word in this call: an offer of its own, or its answer to OPTIONS (RFC 3261 §11.2). Once for each kind of media.
    let own = |index: u32| {
        traffic.key(index).is_some_and(|key| {
            let offers = key.is_request() && matches!(key.method, Method::Invite | Method::Update);
            let options = key.method == Method::Options && key.status.is_some_and(|s| (200..300).contains(&s));
            key.sdp && key.direction == Direction::Received && (offers || options)
        })
    };
    let mut said: HashMap<String, Option<PeerCodecs>> = HashMap::new();
    for segment in segments.iter_mut().filter(|s| s.detail.peer_codecs.is_none()) {
        let search = || messages.iter().rev().filter(|m| own(**m)).find_map(|m| codecs_of(traffic, *m, &segment.kind));
        let known = match said.len() < KINDS {
            true => said.entry(segment.kind.to_ascii_lowercase()).or_insert_with(search),
            false => said.entry(segment.kind.to_ascii_lowercase()).or_default(),
        };
        segment.detail.peer_codecs.clone_from(known);
    }
}

fn cause(traffic: &Traffic<'_>, transaction: &Transaction) -> MediaCause {
    match transaction.method {
        Method::Update => MediaCause::Update,
        Method::Prack => MediaCause::Prack,
        _ if is_initial(traffic, transaction) => MediaCause::Initial,
        _ => MediaCause::Reinvite,
    }
}

fn end(description: &Sdp, line: Option<&SdpMedia>) -> MediaEnd {
    let address = line.and_then(|l| l.address.clone()).or_else(|| description.address.clone());
    let source = format!("{} {}", description.origin_user, description.origin_session_id);
    let source = source.trim();
    MediaEnd {
        address: address.map(|a| Private::new(PrivateKind::Address, a)),
        port: line.filter(|l| l.port_known).map(|l| l.port),
        source: (!source.is_empty()).then(|| Private::new(PrivateKind::User, source)),
    }
}

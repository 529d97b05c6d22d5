//! Media lines from offers and answers (RFC 3264 §6, §8; RFC 3551; words of `report-v1`). In: [`Exchange`]s of a call. Out:
//! [`MediaSegment`]s, and what [`super::call_holds`] needs of both descriptions. Must not know holds.

use super::Side;
use super::media::{Flow, MediaCause, MediaEnd, MediaOutcome, MediaSegment};
use super::traffic::{Traffic, id, other, requester, sender};
use crate::base::{LogTime, Private, PrivateKind};
use crate::sip::offer_answer::{Exchange, Outcome};
use crate::sip::sdp::{Sdp, SdpFormat, SdpMedia, is_comfort_noise, is_telephone_event};
use crate::sip::transaction::Transaction;
use crate::sip::{Direction, Method};

use super::call_legs::is_initial;

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
        lines.find(open).map(|(index, (offered, answered))| (index, flow(offered), flow(answered)))
    }

    /// The agreed codec of a media line.
    pub fn codec(&self, index: usize) -> Option<&SdpFormat> {
        agreed(self.offer.media.get(index)?, self.answer.as_ref()?.media.get(index)?)
    }

    /// One segment for each media line of the offer.
    pub fn segments(&self, traffic: &Traffic<'_>) -> Vec<MediaSegment> {
        (0..self.offer.media.len()).filter_map(|index| self.segment(traffic, index)).collect()
    }

    fn segment(&self, traffic: &Traffic<'_>, index: usize) -> Option<MediaSegment> {
        let offered = self.offer.media.get(index)?;
        let answered = self.answer.as_ref().and_then(|a| a.media.get(index));
        let codec = self.codec(index);
        let outcome = match (self.exchange.outcome, answered) {
            (Outcome::Unanswered, _) => MediaOutcome::Unanswered,
            (Outcome::Refused, _) | (Outcome::Completed, None) => MediaOutcome::Rejected,
            (Outcome::Completed, Some(line)) if line.is_rejected() => MediaOutcome::Rejected,
            (Outcome::Completed, Some(_)) if codec.is_none() => MediaOutcome::NoCommonCodec,
            (Outcome::Completed, Some(_)) => MediaOutcome::Agreed,
        };
        let open = matches!(outcome, MediaOutcome::Agreed | MediaOutcome::NoCommonCodec);
        let offer_end = end(&self.offer, Some(offered));
        let answer_end = self.answer.as_ref().map(|a| end(a, answered)).unwrap_or_default();
        let (local, remote) = if self.offerer == Side::Peer { (answer_end, offer_end) } else { (offer_end, answer_end) };
        let audio = offered.kind.eq_ignore_ascii_case("audio");
        let codecs = answered.map_or(0, |a| a.formats.iter().filter(|f| !is_aside(f)).count());
        let events = |line: &SdpMedia| line.formats.iter().any(|f| is_telephone_event(&f.name));
        let flow = match answered.filter(|_| open) {
            Some(answered) => both_ways(flow(offered), flow(answered), self.offerer),
            None => Flow::Inactive,
        };
        Some(MediaSegment {
            at: self.at(traffic),
            offer: id(self.exchange.offer),
            answer: self.exchange.answer.map(id),
            index: u32::try_from(index).unwrap_or(u32::MAX),
            kind: offered.kind.clone(),
            cause: self.cause,
            offered: offered.formats.iter().map(|f| f.name.clone()).collect(),
            answered: answered.map(|a| a.formats.iter().map(|f| f.name.clone()).collect()).unwrap_or_default(),
            codec: codec.filter(|_| open).map(|f| f.name.clone()),
            payload_type: codec.filter(|_| open).and_then(|f| f.number),
            offered_by: self.offerer,
            early: self.exchange.early,
            local,
            remote,
            ptime: answered.and_then(|a| a.ptime),
            fmtp: codec.filter(|_| open).and_then(|f| f.fmtp.clone()),
            may_switch: audio && open && codecs > 1,
            flow,
            protocol: answered.unwrap_or(offered).protocol.clone(),
            secure: answered.is_some_and(SdpMedia::is_secure),
            dtmf: (audio && events(offered) && answered.is_some_and(events)).then_some("telephone-event"),
            outcome,
        })
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

/// The direction a media line states; the old way to hold, an unspecified address, says that its writer takes nothing
/// (RFC 3264 §8.4).
pub fn flow(line: &SdpMedia) -> Flow {
    let nowhere = line.address.as_deref().is_some_and(|a| a == "0.0.0.0" || a == "::");
    match line.flow {
        Flow::SendRecv if nowhere => Flow::SendOnly,
        Flow::RecvOnly if nowhere => Flow::Inactive,
        stated => stated,
    }
}

/// What flows when both descriptions are taken together, seen from the client.
fn both_ways(offered: Flow, answered: Flow, offerer: Side) -> Flow {
    let sends = |flow| matches!(flow, Flow::SendRecv | Flow::SendOnly);
    let takes = |flow| matches!(flow, Flow::SendRecv | Flow::RecvOnly);
    let agreed = match (sends(offered) && takes(answered), takes(offered) && sends(answered)) {
        (true, true) => Flow::SendRecv,
        (true, false) => Flow::SendOnly,
        (false, true) => Flow::RecvOnly,
        (false, false) => Flow::Inactive,
    };
    if offerer == Side::Peer { agreed.reversed() } else { agreed }
}

/// The first format of the answer that the offer had too, telephone-event and comfort noise left aside.
fn agreed<'a>(offered: &SdpMedia, answered: &'a SdpMedia) -> Option<&'a SdpFormat> {
    if answered.is_rejected() {
        return None;
    }
    answered.formats.iter().find(|f| !is_aside(f) && offered.formats.iter().any(|o| same_codec(&o.name, &f.name)))
}

fn is_aside(format: &SdpFormat) -> bool {
    is_telephone_event(&format.name) || is_comfort_noise(&format.name)
}

/// Encoding names are case-insensitive (RFC 4855 §3), one channel is the default (RFC 8866 §6.6).
pub fn same_codec(a: &str, b: &str) -> bool {
    let bare = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let mono = lower.strip_suffix("/1").filter(|rest| rest.contains('/')).map(str::to_owned);
        mono.unwrap_or(lower)
    };
    bare(a) == bare(b)
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

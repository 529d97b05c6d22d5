//! What was agreed about media: one [`MediaSegment`] for each offer/answer and media line (RFC 3264), told from the client's side.

use super::{MessageId, Side};
use crate::base::{LogTime, Private, Segment, Text};
use crate::sip::fmtp::Difference;
pub use crate::sip::negotiate::LineChange;
pub use crate::sip::sdp::{Flow, Security};
use crate::sip::sdp::{encoding, is_comfort_noise, is_repair, is_telephone_event};

/// Why an offer/answer took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaCause {
    /// First of the dialog.
    Initial,
    /// A later INVITE.
    Reinvite,
    /// UPDATE (RFC 3311).
    Update,
    /// PRACK (RFC 3262).
    Prack,
}

impl MediaCause {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Reinvite => "reinvite",
            Self::Update => "update",
            Self::Prack => "prack",
        }
    }
}

/// How an offer of one media line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaOutcome {
    /// A common format, port not 0.
    Agreed,
    /// Port 0 in the answer, or the request refused.
    Rejected,
    /// No answer seen.
    Unanswered,
    /// An answer without a format of the offer.
    NoCommonCodec,
}

impl MediaOutcome {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Rejected => "rejected",
            Self::Unanswered => "unanswered",
            Self::NoCommonCodec => "no-common-codec",
        }
    }
}

/// One end of a media line.
#[derive(Clone, Debug, Default)]
pub struct MediaEnd {
    /// Connection address (`c=` of the media, else of the session).
    pub address: Option<Private>,
    /// Port of the `m=` line.
    pub port: Option<u16>,
    /// User and session id of `o=`.
    pub source: Option<Private>,
}

/// One media line of one offer/answer.
#[derive(Clone, Debug)]
pub struct MediaSegment {
    /// When the answer came (or the offer, when there was none).
    pub at: Option<LogTime>,
    /// The message with the offer.
    pub offer: MessageId,
    /// The message with the answer, or the refusal.
    pub answer: Option<MessageId>,
    /// Place of the `m=` line, from 0.
    pub index: u32,
    /// `audio`, `video`, `image`, `application` … as written.
    pub kind: String,
    /// Why it was negotiated.
    pub cause: MediaCause,
    /// Every format offered, `name/rate[/channels]`, in order.
    pub offered: Vec<String>,
    /// Formats answered, likewise.
    pub answered: Vec<String>,
    /// The agreed codec by the contract's rule.
    pub codec: Option<String>,
    /// Its payload type in the answer.
    pub payload_type: Option<u8>,
    /// Who offered.
    pub offered_by: Side,
    /// Completed in an early dialog.
    pub early: bool,
    /// This client's end.
    pub local: MediaEnd,
    /// The other end.
    pub remote: MediaEnd,
    /// Packet time in ms of the answer.
    pub ptime: Option<u32>,
    /// Format parameters of the agreed codec in the answer.
    pub fmtp: Option<String>,
    /// The answer lists more than one audio codec.
    pub may_switch: bool,
    /// The client's view; inactive where nothing was agreed.
    pub flow: Flow,
    /// `RTP/AVP` …, as answered.
    pub protocol: String,
    /// SRTP in the answer.
    pub secure: bool,
    /// `telephone-event` when both sides list it; `info` when INFO carried digits.
    pub dtmf: Option<&'static str>,
    /// How it ended.
    pub outcome: MediaOutcome,
    /// What is told beyond the report's contract.
    pub detail: MediaDetail,
}

/// Codecs that the peer itself said it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCodecs {
    /// `name/rate[/channels]` in its order.
    pub names: Vec<String>,
    /// The message that says so: its offer, its answer to OPTIONS, or its 488.
    pub message: MessageId,
}

/// More about one media line of one offer/answer.
#[derive(Clone, Debug, Default)]
pub struct MediaDetail {
    /// Every format of both in the answer's order.
    pub agreed: Vec<String>,
    /// How the agreed media is secured.
    pub security: Security,
    /// The crypto suite of the answer (RFC 4568).
    pub crypto_suite: Option<String>,
    /// Parameters of the agreed codec in which offer and answer differ.
    pub differences: Vec<Difference>,
    /// ICE in the offer and in the answer.
    pub ice: (bool, bool),
    /// The pair of addresses that ICE chose, this client's end first, where an offer tells it (RFC 8839 §4.4.1.2.2).
    pub chosen_pair: Option<(Private, Private)>,
    /// The line came or went with this offer/answer.
    pub change: LineChange,
    /// What the peer can, where it said so itself.
    pub peer_codecs: Option<PeerCodecs>,
}

impl MediaSegment {
    /// What came of it in one sentence, without language: "agreed G722 (offered opus, G722, PCMU; peer took G722)".
    pub fn sentence(&self) -> Text {
        let list = |names: &[String]| Segment::Log(spoken(names));
        let offered = ("offered", list(&self.offered));
        let peer_offered = self.offered_by == Side::Peer;
        match (self.outcome, &self.codec) {
            (MediaOutcome::Agreed, Some(codec)) => {
                let key = if peer_offered { "media.agreed_peer_offered" } else { "media.agreed" };
                let took = if self.detail.agreed.is_empty() { list(&self.answered) } else { list(&self.detail.agreed) };
                Text::phrase(key, &[("codec", Segment::Log(encoding(codec).to_owned())), offered, ("took", took)])
            }
            (MediaOutcome::Agreed, None) => Text::phrase("media.agreed_digits", &[("offered", list(&self.offered))]),
            (MediaOutcome::Rejected, _) => match (peer_offered, self.peer_list()) {
                (true, _) => Text::phrase("media.client_refused", &[offered]),
                (false, Some(peer)) => Text::phrase("media.peer_refused_has", &[offered, ("peer", Segment::Log(peer))]),
                (false, None) => Text::phrase("media.peer_refused", &[offered]),
            },
            (MediaOutcome::NoCommonCodec, _) => Text::phrase("media.no_common", &[offered, ("answered", list(&self.answered))]),
            (MediaOutcome::Unanswered, _) => Text::phrase("media.unanswered", &[offered]),
        }
    }

    fn peer_list(&self) -> Option<String> {
        self.detail.peer_codecs.as_ref().map(|peer| spoken(&peer.names))
    }
}

/// Codec names as an engineer says them: without rate, digits and repair left aside where there is anything else.
fn spoken(names: &[String]) -> String {
    let aside = |name: &&String| is_telephone_event(name) || is_comfort_noise(name) || is_repair(name);
    let codecs: Vec<&str> = names.iter().filter(|name| !aside(name)).map(|name| encoding(name)).collect();
    match codecs.is_empty() {
        true => names.iter().map(|name| encoding(name)).collect::<Vec<_>>().join(", "),
        false => codecs.join(", "),
    }
}

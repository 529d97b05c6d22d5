//! What was agreed about media: one [`MediaSegment`] for each offer/answer and media line (RFC 3264), told from the client's side.

use super::{MessageId, Side};
use crate::base::{LogTime, Private};
pub use crate::sip::sdp::Flow;

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
}

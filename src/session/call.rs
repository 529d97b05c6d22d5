//! Calls: one for each dialog set of this client, told as its user would (words of `report-v1`).

use super::media::MediaSegment;
use super::{CallId, Evidence, MessageId, Party, RunId, Side};
use crate::base::{LogTime, Private};

/// Which way a call was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallDirection {
    /// The client's INVITE.
    Outgoing,
    /// The network's INVITE.
    Incoming,
    /// Not told.
    Unknown,
}

impl CallDirection {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Outgoing => "outgoing",
            Self::Incoming => "incoming",
            Self::Unknown => "unknown",
        }
    }
}

/// How a call came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallState {
    /// 2xx to the INVITE.
    Answered,
    /// CANCEL or 487 with Reason SIP;cause=200.
    AnsweredElsewhere,
    /// 486, 600.
    Busy,
    /// 603, 607, 608 or refused by the called user.
    Declined,
    /// 487 after a CANCEL.
    Cancelled,
    /// 480, 408: nobody took it.
    NoAnswer,
    /// 3xx and not followed here.
    Redirected,
    /// Other 4xx.
    Rejected,
    /// 5xx, other 6xx.
    Failed,
    /// No final answer at all.
    NoResponse,
    /// The log ends before an outcome.
    InProgress,
    /// Cannot be told.
    Unknown,
}

impl CallState {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::AnsweredElsewhere => "answered-elsewhere",
            Self::Busy => "busy",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::NoAnswer => "no-answer",
            Self::Redirected => "redirected",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::NoResponse => "no-response",
            Self::InProgress => "in-progress",
            Self::Unknown => "unknown",
        }
    }
}

/// What ties two calls together; always by evidence, never by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelatedKind {
    /// The call made to ask before a transfer.
    Consultation,
    /// The call that a REFER brought about.
    TransferTarget,
    /// This call's INVITE replaces the other (RFC 3891).
    Replaces,
    /// The other's INVITE replaces this one.
    ReplacedBy,
    /// Followed a 3xx.
    Redirect,
    /// Joined a conference.
    Conference,
    /// Same correlation header.
    SameCorrelation,
}

impl RelatedKind {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Consultation => "consultation",
            Self::TransferTarget => "transfer-target",
            Self::Replaces => "replaces",
            Self::ReplacedBy => "replaced-by",
            Self::Redirect => "redirect",
            Self::Conference => "conference",
            Self::SameCorrelation => "same-correlation",
        }
    }
}

/// Another leg of the same story.
#[derive(Clone, Debug)]
pub struct Related {
    /// The other call.
    pub call: CallId,
    /// How it belongs.
    pub kind: RelatedKind,
    /// The header that says so.
    pub evidence: Vec<Evidence>,
}

/// How a mid-call event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventResult {
    /// It worked.
    Ok,
    /// It was refused or had no answer.
    Failed,
    /// Not ended when the log did.
    Pending,
}

impl EventResult {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Pending => "pending",
        }
    }
}

/// Something that happened during a call.
#[derive(Clone, Debug)]
pub struct CallEvent {
    /// When.
    pub at: Option<LogTime>,
    /// `hold`, `resume`, `transfer-blind`, … : the words of `report-v1`.
    pub kind: &'static str,
    /// Who did it.
    pub by: Side,
    /// How it ended.
    pub result: Option<EventResult>,
    /// Status that ended it.
    pub status: Option<u16>,
    /// In words.
    pub text: crate::base::Text,
    /// The messages that show it.
    pub messages: Vec<MessageId>,
}

impl CallEvent {
    /// Its place among the events of a call: that of its first message.
    pub fn order(&self) -> (Option<MessageId>, &'static str) {
        (self.messages.first().copied(), self.kind)
    }
}

/// A time in which audio did not flow both ways, by the contract's rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// Answer that completed the change.
    pub from: Option<LogTime>,
    /// Answer that lifted it; `None`: until the end.
    pub to: Option<LogTime>,
    /// Whose direction says so.
    pub by: Side,
    /// Who sent the request.
    pub requested_by: Side,
    /// Message that completed it.
    pub message: MessageId,
    /// Message that lifted it.
    pub lifted: Option<MessageId>,
}

/// Reason header of what released a call (RFC 3326).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseReason {
    /// `SIP` or `Q.850`.
    pub protocol: String,
    /// Its cause number.
    pub cause: Option<u32>,
    /// Its text.
    pub text: Option<String>,
}

/// A call as its user would count it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its place in `Facts::calls`.
    pub id: CallId,
    /// The run.
    pub run: RunId,
    /// Call-IDs in order of first use.
    pub call_ids: Vec<Private>,
    /// Which way.
    pub direction: CallDirection,
    /// URI of From of the first INVITE.
    pub from: Option<Party>,
    /// URI of To of the first INVITE.
    pub to: Option<Party>,
    /// Other legs.
    pub related: Vec<Related>,
    /// X-BroadWorks-Correlation-Info or Session-ID.
    pub correlation: Option<Private>,
    /// P-Asserted-Identity.
    pub identity: Option<Party>,
    /// Diversion or History-Info.
    pub diversion: Vec<Private>,
    /// `as`, `sbc`, `far-end` (likely only), and how that is known.
    pub final_from: Option<(&'static str, String)>,
    /// The outcome.
    pub state: CallState,
    /// Final status of every INVITE transaction in order; `None`: none seen.
    pub invite_finals: Vec<Option<u16>>,
    /// What ended it badly: Reason or Warning header, or status text.
    pub reason: Option<String>,
    /// Reason header of BYE or CANCEL.
    pub released_by_reason: Option<ReleaseReason>,
    /// Early dialogs (To-tags of 18x).
    pub early_dialogs: u32,
    /// First INVITE.
    pub started: Option<LogTime>,
    /// First 180–183.
    pub ringing: Option<LogTime>,
    /// First 2xx.
    pub answered: Option<LogTime>,
    /// BYE, else the final ≥ 300.
    pub ended: Option<LogTime>,
    /// Who sent the first BYE; `None` without BYE.
    pub ended_by: Option<Side>,
    /// Accepted INVITE to its 2xx.
    pub setup_us: Option<i64>,
    /// 2xx to BYE.
    pub talk_us: Option<i64>,
    /// Repetitions in this call.
    pub retransmissions: u32,
    /// In order.
    pub events: Vec<CallEvent>,
    /// In order.
    pub holds: Vec<Hold>,
    /// In order.
    pub media: Vec<MediaSegment>,
    /// Every message of the call, in time order.
    pub messages: Vec<MessageId>,
}

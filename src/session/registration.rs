//! Registrations: one for each address-of-record and registrar, with every attempt and binding (RFC 3261 §10, RFC 5626).

use super::{MessageId, Party, RunId};
use crate::base::{LogTime, Private, Text};

/// What a REGISTER asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttemptKind {
    /// A first binding, or one after the last ended.
    Register,
    /// A binding that stands is renewed.
    Refresh,
    /// Expires 0.
    Unregister,
}

impl AttemptKind {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Refresh => "refresh",
            Self::Unregister => "unregister",
        }
    }
}

/// Where a granted or asked expiry was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiresBasis {
    /// From the 2xx.
    Granted,
    /// From the request.
    Asked,
}

/// One REGISTER transaction.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The first sending of the request.
    pub request: MessageId,
    /// The final answer, if seen.
    pub answer: Option<MessageId>,
    /// Time of the request.
    pub at: Option<LogTime>,
    /// Call-ID of the request.
    pub call_id: Private,
    /// CSeq number.
    pub cseq: Option<u32>,
    /// Transport peer or first Route, else the Request-URI's host.
    pub remote: Option<Private>,
    /// Final status; `None` when none was seen.
    pub status: Option<u16>,
    /// Reason phrase of the final answer.
    pub reason: Option<String>,
    /// Retry-After of the final answer in seconds.
    pub retry_after_s: Option<u64>,
    /// Min-Expires of a 423.
    pub min_expires_s: Option<u64>,
    /// Expiry in seconds, and whether granted or only asked.
    pub expires_s: Option<u64>,
    /// Where it was read.
    pub expires_basis: Option<ExpiresBasis>,
    /// The request carried credentials.
    pub authorised: bool,
    /// How often the request was sent; 1 = no retransmission.
    pub sends: u32,
    /// First sending to final answer.
    pub duration_us: Option<i64>,
    /// Who answered (`as`, `sbc`, `far-end`), likely only, and the mark that says so.
    pub final_from: Option<(&'static str, String)>,
    /// What it asked for.
    pub kind: AttemptKind,
}

/// A contact listed in the last 2xx.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The contact's URI.
    pub contact: Private,
    /// This client's.
    pub ours: bool,
    /// Seconds left when the answer came.
    pub expires_s: Option<u64>,
}

/// What a NAT on the way shows (RFC 3581).
#[derive(Clone, Debug)]
pub struct Nat {
    /// Via sent-by of our requests.
    pub sent_by: Private,
    /// `received`:`rport` of the answers.
    pub seen_as: Private,
    /// How often `seen_as` changed.
    pub changes: u32,
}

/// Something that befell a registration.
#[derive(Clone, Debug)]
pub struct RegistrationEvent {
    /// Time of the attempt that shows it.
    pub at: Option<LogTime>,
    /// `failed-over`, `returned`, `from-scratch`, `nat-moved`, `contact-rewritten`, `interval-too-brief`, `refresh-late`.
    pub kind: &'static str,
    /// In words.
    pub text: Text,
    /// The messages that show it.
    pub messages: Vec<MessageId>,
}

/// Times between a granted registration and its refresh, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rhythm {
    /// The middle one.
    pub median_s: f64,
    /// The shortest.
    pub shortest_s: f64,
    /// The longest.
    pub longest_s: f64,
}

/// How a registration stood when the log ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrationState {
    /// The last granted expiry lies beyond the end of the log.
    Registered,
    /// Expires 0 was answered 2xx.
    Unregistered,
    /// The last attempt was refused.
    Failed,
    /// The granted expiry ran out while the log went on.
    Expired,
    /// The last attempt had no final answer.
    NoAnswer,
    /// Cannot be told.
    Unknown,
}

impl RegistrationState {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Unregistered => "unregistered",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::NoAnswer => "no-answer",
            Self::Unknown => "unknown",
        }
    }
}

/// One address-of-record at one registrar, in one run of the client.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The run.
    pub run: RunId,
    /// Address-of-record: the URI of To.
    pub aor: Party,
    /// Host of the Request-URI.
    pub registrar: Private,
    /// Call-IDs in order of first use; the last is that of the latest attempt.
    pub call_ids: Vec<Private>,
    /// Next hops in order of first use.
    pub next_hops: Vec<Private>,
    /// `+sip.instance`.
    pub instance: Option<Private>,
    /// `reg-id` (RFC 5626).
    pub reg_id: Option<u32>,
    /// Contacts of the last 2xx.
    pub bindings: Vec<Binding>,
    /// NAT as SIP shows it; `None` when neither `received` nor `rport` was answered.
    pub nat: Option<Nat>,
    /// At the end of the log.
    pub state: RegistrationState,
    /// First REGISTER.
    pub first: Option<LogTime>,
    /// Last message of it.
    pub last: Option<LogTime>,
    /// Last granted expiry.
    pub expires_s: Option<u64>,
    /// Flow-Timer of the last 2xx (RFC 5626 §4.4): so long may pass between keep-alives, in seconds.
    pub flow_timer_s: Option<u64>,
    /// Times between refreshes; `None` without a refresh.
    pub rhythm: Option<Rhythm>,
    /// What befell it, in order.
    pub events: Vec<RegistrationEvent>,
    /// Every attempt in order.
    pub attempts: Vec<Attempt>,
}

//! What no data file can say: code for the failures that SIP shows, and for those across facts. In: [`Scene`]. Out: [`Found`]s.
//! The texts stay in the signature that names the check.
//!
//! The worst error is to accuse wrongly: each check says what it is *not*, and a log that ends proves nothing.

mod bundle;
mod call;
mod device_config;
mod keepalive;
mod media;
mod registration;
mod setup;

use super::view::BundleView;
use super::{Confidence, Severity};
use crate::base::{LogTime, Private, Segment, Text};
use crate::bundle::Observer;
use crate::session::run::Platform;
use crate::session::{CallId, Evidence, Facts, LoggedMessage, MessageId, Related, RunId};
use crate::sip::key::Keys;
use crate::sip::transaction::{Transaction, Transactions};

/// Evidence of one finding that is kept.
pub const MAX_EVIDENCE: usize = 20;

/// One occurrence of a failure; occurrences of one signature, run and group become one finding.
#[derive(Clone, Debug)]
pub struct Found {
    /// The run.
    pub run: RunId,
    /// The call.
    pub call: Option<CallId>,
    /// Other than the signature's.
    pub severity: Option<Severity>,
    /// Other than the signature's.
    pub confidence: Option<Confidence>,
    /// Values for the texts.
    pub captures: Vec<(String, Segment)>,
    /// The proof.
    pub evidence: Vec<Evidence>,
    /// How often.
    pub count: u32,
    /// First time.
    pub first: Option<LogTime>,
    /// Last time.
    pub last: Option<LogTime>,
}

impl Found {
    /// Once, at a moment.
    pub fn at(run: RunId, at: Option<LogTime>, evidence: Vec<Evidence>) -> Self {
        Self { run, call: None, severity: None, confidence: None, captures: Vec::new(), evidence, count: 1, first: at, last: at }
    }

    /// From messages: the time is that of the first.
    pub fn of(scene: &Scene<'_>, run: RunId, messages: &[MessageId]) -> Self {
        let evidence: Vec<Evidence> = messages.iter().take(MAX_EVIDENCE).map(|id| scene.proof(*id)).collect();
        let first = messages.iter().filter_map(|id| scene.at(*id)).min();
        let last = messages.iter().filter_map(|id| scene.at(*id)).max();
        Self { last, ..Self::at(run, first, evidence) }
    }

    /// In a call.
    pub fn in_call(mut self, call: CallId) -> Self {
        self.call = Some(call);
        self
    }

    /// With a number or a word that is no one's secret.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.captures.push((name.to_owned(), Segment::Word(value.to_string())));
        self
    }

    /// With words of `assets/words`.
    pub fn with_key(mut self, name: &str, key: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        self.captures.push((name.to_owned(), Segment::key(key)));
        self
    }

    /// With text of the log.
    pub fn with_log(mut self, name: &str, value: impl Into<String>) -> Self {
        self.captures.push((name.to_owned(), Segment::Log(value.into())));
        self
    }

    /// With a private value, when there is one.
    pub fn with_private(mut self, name: &str, value: Option<&Private>) -> Self {
        if let Some(value) = value {
            self.captures.push((name.to_owned(), Segment::Private(value.clone())));
        }
        self
    }

    /// Graver or milder than its signature.
    pub fn graded(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Surer or less sure than its signature.
    pub fn sure(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }
}

/// Everything a check may look at.
pub struct Scene<'a> {
    /// What happened.
    pub facts: &'a Facts,
    /// The bundle as a whole.
    pub bundle: &'a BundleView<'a>,
    /// What relates the client's messages.
    pub keys: &'a Keys,
    /// Requests with their answers.
    pub transactions: &'a Transactions,
    /// Errors and warnings already found, by run: for checks that only speak when nothing else explains.
    pub earlier: Vec<(RunId, Severity)>,
}

impl<'a> Scene<'a> {
    /// Nothing found yet.
    pub fn new(facts: &'a Facts, bundle: &'a BundleView<'a>) -> Self {
        let Related { keys, transactions } = &facts.related;
        Self { facts, bundle, keys, transactions, earlier: Vec::new() }
    }

    /// When a message was logged.
    pub fn at(&self, id: MessageId) -> Option<LogTime> {
        self.facts.message(id).and_then(|m| m.seen.at)
    }

    /// A message of the client's own view.
    pub fn message(&self, id: MessageId) -> Option<&'a LoggedMessage> {
        self.facts.message(id)
    }

    /// A message as proof: its start line.
    pub fn proof(&self, id: MessageId) -> Evidence {
        self.facts.proof(id)
    }

    /// SIP of the client in time order, with its numbers.
    pub fn client_messages(&self) -> impl Iterator<Item = (MessageId, &'a LoggedMessage)> {
        let numbered = (0_u32..).map(MessageId).zip(&self.facts.messages);
        numbered.filter(|(_, m)| m.observer == Observer::Client)
    }

    /// Transactions of a run.
    pub fn transactions(&self, run: RunId) -> impl Iterator<Item = &Transaction> {
        self.transactions.list.iter().filter(move |t| t.scope == run.0)
    }

    /// The runs, also when nothing but SIP told of them.
    pub fn runs(&self) -> Vec<RunId> {
        let known = u32::try_from(self.facts.runs.len()).unwrap_or(u32::MAX);
        let mut runs: Vec<RunId> = (0..known).map(RunId).collect();
        for (_, message) in self.client_messages() {
            if !runs.contains(&message.run) {
                runs.push(message.run);
            }
        }
        runs.sort_unstable();
        runs
    }

    /// Where the log of a run ends.
    pub fn end(&self, run: RunId) -> Option<LogTime> {
        let of_run = self.facts.runs.get(run.0 as usize).and_then(|r| r.end);
        let of_sip = self.client_messages().filter(|(_, m)| m.run == run).filter_map(|(_, m)| m.seen.at).max();
        of_run.max(of_sip)
    }

    /// Has this run SIP of the client?
    pub fn has_sip(&self, run: RunId) -> bool {
        self.client_messages().any(|(_, m)| m.run == run)
    }

    /// Does the client register once at sign-in and stay registered? Phones and tablets register for each call.
    pub fn desktop(&self) -> bool {
        matches!(self.facts.client.platform, Some(Platform::Windows | Platform::Mac | Platform::Linux))
    }

    /// A phone or tablet: many short registrations are its normal way.
    pub fn mobile(&self) -> bool {
        matches!(self.facts.client.platform, Some(Platform::Ios | Platform::Android))
    }

    /// Did the client write anything between two moments? Without knowing the records its SIP decides.
    pub fn awake(&self, from: LogTime, to: LogTime) -> bool {
        match self.bundle.busy {
            Some(busy) => busy(from, to),
            None => self.client_messages().any(|(_, m)| m.seen.at.is_some_and(|at| at >= from && at <= to)),
        }
    }

    /// Proof of something absent: what was looked through.
    pub fn looked_through(&self, text: impl Into<Text>) -> Evidence {
        Evidence { source: None, at: None, text: text.into(), message: None }
    }
}

/// A masked text: what stands for a value that was taken out of the log. Equal masks do not mean equal values.
pub fn is_masked(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words = ["redacted", "masked", "hidden", "removed", "anonymi", "pii_", "xxxx", "***"];
    text.is_empty() || words.iter().any(|w| lower.contains(w))
}

/// Does a challenge say that only the nonce was too old (RFC 7616 §3.3)?
pub fn is_stale(scene: &Scene<'_>, answer: MessageId) -> bool {
    let challenges = ["WWW-Authenticate", "Proxy-Authenticate"];
    let says = |value: &str| {
        let lower: String = value.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
        lower.contains("stale=true") || lower.contains("stale=\"true\"")
    };
    scene.message(answer).is_some_and(|m| challenges.iter().any(|name| m.seen.message.all(name).any(says)))
}

/// The call of a message.
pub fn call_of(scene: &Scene<'_>, id: MessageId) -> Option<CallId> {
    scene.facts.calls.iter().find(|c| c.messages.binary_search(&id).is_ok() || c.messages.contains(&id)).map(|c| c.id)
}

/// Code of one signature.
pub type Check = fn(&Scene<'_>) -> Vec<Found>;

/// Every check by the ID of its signature.
pub const CHECKS: &[(&str, Check)] = &[
    ("register-unauthorised", registration::unauthorised),
    ("register-forbidden", registration::forbidden),
    ("register-user-unknown", registration::user_unknown),
    ("register-no-answer", registration::no_answer),
    ("register-server-unavailable", registration::server_unavailable),
    ("register-server-error", registration::server_error),
    ("register-refused", registration::refused),
    ("register-interval-too-brief", registration::interval_too_brief),
    ("registration-expired", registration::expired),
    ("registration-taken-over", registration::taken_over),
    ("registration-flapping", registration::flapping),
    ("registration-throttled", registration::throttled),
    ("registration-failed-over", registration::failed_over),
    ("duplicate-bindings", registration::duplicate_bindings),
    ("no-register-seen", registration::not_seen),
    ("sip-not-readable", bundle::sip_not_readable),
    ("keepalive-lost", keepalive::lost),
    ("keepalive-gap", keepalive::gap),
    ("nat-binding-lost", keepalive::nat_binding_lost),
    ("connection-reopened", keepalive::connection_reopened),
    ("sip-rewritten-on-path", keepalive::rewritten),
    ("retransmissions-heavy", keepalive::retransmissions),
    ("message-too-large-for-udp", keepalive::too_large),
    ("call-media-not-acceptable", setup::media_not_acceptable),
    ("call-forbidden", setup::forbidden),
    ("call-number-unknown", setup::number_unknown),
    ("call-peer-unreachable", setup::peer_unreachable),
    ("call-server-unavailable", setup::server_unavailable),
    ("call-server-error", setup::server_error),
    ("call-refused", setup::other_refusal),
    ("call-no-response", setup::no_response),
    ("authentication-loop", setup::authentication_loop),
    ("slow-setup", setup::slow_setup),
    ("emergency-call-failed", setup::emergency),
    ("extension-refused", setup::extension_refused),
    ("reliable-provisional-failed", setup::reliable_provisional),
    ("push-call-missed", setup::push_call_missed),
    ("ack-missing", call::ack_missing),
    ("bye-unanswered", call::bye_unanswered),
    ("dropped-mid-call", call::dropped),
    ("session-timer-expired", call::session_timer),
    ("midcall-change-failed", call::midcall_change),
    ("transfer-failed", call::transfer),
    ("call-released-abnormally", call::released_abnormally),
    ("calls-end-after-same-time", call::same_length),
    ("audit-unanswered", call::audit_unanswered),
    ("remote-control-refused", call::remote_control),
    ("feature-state-explains", call::feature_state),
    ("caller-identity-differs", call::caller_identity),
    ("no-common-codec", media::no_common_codec),
    ("one-way-media-negotiated", media::one_way),
    ("security-mismatch", media::security_mismatch),
    ("srtp-downgraded", media::srtp_downgraded),
    ("dtmf-mismatch", media::dtmf_mismatch),
    ("dtmf-clock-mismatch", media::dtmf_clock),
    ("media-address-unreachable", media::address_unreachable),
    ("media-source-changed", media::source_changed),
    ("subscription-refused", bundle::subscription_refused),
    ("subscription-lost", bundle::subscription_lost),
    ("startup-stopped", bundle::startup_stopped),
    ("sbc-tag-misconfigured", device_config::tag_or_address),
    ("config-parse-failure", device_config::unparsable),
    ("environment-does-not-belong", bundle::environment_foreign),
    ("environment-missing", bundle::environment_missing),
    ("log-missing", bundle::log_missing),
    ("log-truncated", bundle::log_truncated),
    ("log-damaged", bundle::log_damaged),
    ("clock-jump", bundle::clock_jump),
];

/// Checks that speak only where nothing else explains: they run last.
pub const LAST: &[&str] = &["startup-stopped"];

/// The check of a name.
pub fn find(name: &str) -> Option<Check> {
    CHECKS.iter().find(|(id, _)| *id == name).map(|(_, check)| *check)
}

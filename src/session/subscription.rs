//! Subscriptions to event packages (RFC 6665): voice mail, busy lamp, shared line, features.

use super::registration::Attempt;
use super::{MessageId, RunId};
use crate::base::Text;

/// How a subscription stands at the end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubscriptionState {
    /// Accepted or NOTIFY says active.
    Active,
    /// NOTIFY says terminated, or ended by the client.
    Terminated,
    /// Final ≥ 300.
    Rejected,
    /// No final answer.
    NoAnswer,
    /// Cannot be told.
    Unknown,
}

impl SubscriptionState {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Terminated => "terminated",
            Self::Rejected => "rejected",
            Self::NoAnswer => "no-answer",
            Self::Unknown => "unknown",
        }
    }
}

/// One event package in one run.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The run.
    pub run: RunId,
    /// Event package as written.
    pub event: String,
    /// At the end of the log.
    pub state: SubscriptionState,
    /// Every SUBSCRIBE.
    pub attempts: Vec<Attempt>,
    /// Every NOTIFY.
    pub notifies: Vec<MessageId>,
    /// Last NOTIFY in words.
    pub last: Option<Text>,
    /// Reason of Subscription-State.
    pub reason: Option<String>,
}

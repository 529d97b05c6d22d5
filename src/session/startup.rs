//! Stages from start-up to a call, and the verdict of a run. Absence alone never accuses: a stage without a line of its own is
//! *implied* by any later one.

use super::Evidence;
use crate::base::{LogTime, Text, Tone};

/// The stages in the expected order (guide §5, §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StageId {
    /// The app started.
    AppStart,
    /// Entitlement checked.
    Entitlement,
    /// BWC library initialised.
    LibraryInit,
    /// User profile and JWT.
    UserProfile,
    /// BroadWorks token.
    Token,
    /// Device list by XSI.
    DeviceList,
    /// Device configuration from the DMS.
    DeviceConfig,
    /// Configuration parsed.
    ConfigParse,
    /// SBC discovered.
    SbcDiscovery,
    /// REGISTER answered 2xx.
    Register,
    /// Keep-alive runs.
    KeepAlive,
    /// A call.
    Call,
}

impl StageId {
    /// All stages in order.
    pub const ALL: [Self; 12] = [
        Self::AppStart,
        Self::Entitlement,
        Self::LibraryInit,
        Self::UserProfile,
        Self::Token,
        Self::DeviceList,
        Self::DeviceConfig,
        Self::ConfigParse,
        Self::SbcDiscovery,
        Self::Register,
        Self::KeepAlive,
        Self::Call,
    ];

    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::AppStart => "app-start",
            Self::Entitlement => "entitlement",
            Self::LibraryInit => "library-init",
            Self::UserProfile => "user-profile",
            Self::Token => "token",
            Self::DeviceList => "device-list",
            Self::DeviceConfig => "device-config",
            Self::ConfigParse => "config-parse",
            Self::SbcDiscovery => "sbc-discovery",
            Self::Register => "register",
            Self::KeepAlive => "keepalive",
            Self::Call => "call",
        }
    }
}

/// How a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StageState {
    /// Seen and passed.
    Ok,
    /// No line of its own, but a later stage was reached.
    Implied,
    /// Failed.
    Failed,
    /// Failed and later passed, or passed with a complaint.
    Warning,
    /// Nothing told.
    NotSeen,
    /// Does not happen for this client.
    NotApplicable,
}

impl StageState {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Implied => "implied",
            Self::Failed => "failed",
            Self::Warning => "warning",
            Self::NotSeen => "not-seen",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// How it is shown.
    pub fn tone(self) -> Tone {
        match self {
            Self::Ok | Self::Implied => Tone::Ok,
            Self::Failed => Tone::Fail,
            Self::Warning => Tone::Warn,
            Self::NotSeen | Self::NotApplicable => Tone::Muted,
        }
    }
}

/// One stage of one run.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Which.
    pub id: StageId,
    /// How it stands.
    pub state: StageState,
    /// When it was reached or failed.
    pub at: Option<LogTime>,
    /// In words, may be empty.
    pub text: Text,
    /// The proof; for implied ones the later line.
    pub evidence: Vec<Evidence>,
}

/// How a run stands as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerdictState {
    /// What was reached worked.
    Ok,
    /// A failure that was not recovered from.
    Failed,
    /// Failed and recovered, or something is not right.
    Warning,
    /// Nothing can be concluded.
    Unknown,
}

impl VerdictState {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
        }
    }

    /// How it is shown.
    pub fn tone(self) -> Tone {
        match self {
            Self::Ok => Tone::Ok,
            Self::Failed => Tone::Fail,
            Self::Warning => Tone::Warn,
            Self::Unknown => Tone::Muted,
        }
    }
}

/// The verdict in one sentence.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// How it stands.
    pub state: VerdictState,
    /// First failing stage, or the last one reached.
    pub stage: Option<StageId>,
    /// The sentence.
    pub text: Text,
    /// One line of extent: how often, how long, what followed.
    pub detail: Text,
    /// The proof.
    pub evidence: Vec<Evidence>,
}

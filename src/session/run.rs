//! Runs of the client ("sessions" in report and window): from the start of a process to the next. And who the client is.

use super::startup::{Stage, Verdict};
use crate::base::{LogTime, Private};

/// The platform of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Windows.
    Windows,
    /// macOS.
    Mac,
    /// iOS.
    Ios,
    /// Android.
    Android,
    /// Linux.
    Linux,
}

impl Platform {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Mac => "mac",
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Linux => "linux",
        }
    }
}

/// What the client is, as far as the logs tell.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Its platform.
    pub platform: Option<Platform>,
    /// Version of the app.
    pub version: Option<String>,
    /// User-Agent of its requests.
    pub user_agent: Option<String>,
    /// Device type of its profile, e.g. `Business Communicator - PC`.
    pub device_type: Option<String>,
}

/// This client's clock minus a peer's.
#[derive(Clone, Debug)]
pub struct PeerClock {
    /// Host of the peer.
    pub peer: Private,
    /// Median difference in microseconds.
    pub offset_us: i64,
    /// `as-tag` or `server-log`.
    pub basis: &'static str,
    /// How many pairs.
    pub samples: u32,
}

/// Which of the client's two kept logs a run is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// `current_log`
    Current,
    /// `last_run_current_log`
    Last,
}

/// One run of the client.
#[derive(Clone, Debug)]
pub struct Run {
    /// Current or last, when the members' names tell.
    pub which: Option<Which>,
    /// First record.
    pub start: Option<LogTime>,
    /// Last record.
    pub end: Option<LogTime>,
    /// The twelve stages in order, always all of them.
    pub stages: Vec<Stage>,
    /// How it stands.
    pub verdict: Verdict,
}

//! Keep-alives: OPTIONS either way, CRLF ping and pong (RFC 5626 §4.4), re-REGISTER as the only sign of life.

use super::{MessageId, RunId, Side};
use crate::base::{LogTime, Private, SourceRef};

/// What keeps the path open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeepAliveKind {
    /// OPTIONS outside a dialog.
    Options,
    /// Double CRLF and its pong.
    Crlf,
    /// REGISTER refreshes only.
    Register,
}

impl KeepAliveKind {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Options => "options",
            Self::Crlf => "crlf",
            Self::Register => "register",
        }
    }
}

/// How a keep-alive stands at the end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeepAliveState {
    /// Answered to the end.
    Ok,
    /// Answered before, not any more.
    Lost,
    /// Was lost for a while and came back.
    Recovered,
    /// No ping was ever answered here: never counts as lost.
    OneWay,
    /// Cannot be told.
    Unknown,
}

impl KeepAliveState {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Lost => "lost",
            Self::Recovered => "recovered",
            Self::OneWay => "one-way",
            Self::Unknown => "unknown",
        }
    }
}

/// One ping.
#[derive(Clone, Copy, Debug)]
pub struct Ping {
    /// When it was sent.
    pub at: Option<LogTime>,
    /// The SIP message, for OPTIONS and REGISTER.
    pub message: Option<MessageId>,
    /// Its line.
    pub source: SourceRef,
    /// Was it answered, by any final status?
    pub answered: bool,
    /// Ping to answer.
    pub round_trip_us: Option<i64>,
}

/// The keep-alive of one kind, one sender, one peer, in one run.
#[derive(Clone, Debug)]
pub struct KeepAlive {
    /// The run.
    pub run: RunId,
    /// What it is.
    pub kind: KeepAliveKind,
    /// Who pings: client or peer.
    pub from: Side,
    /// The other end: `host:port` or host.
    pub peer: Private,
    /// Every ping in order.
    pub pings: Vec<Ping>,
    /// Median time between pings in seconds; `None` with fewer than two.
    pub interval_s: Option<f64>,
    /// Longest time between two pings in seconds.
    pub longest_gap_s: Option<f64>,
    /// At the end of the log.
    pub state: KeepAliveState,
}

/// Pings that had no answer, from the first of them to the next that had one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The first ping without answer.
    pub from: Option<LogTime>,
    /// The next ping with an answer; `None`: none until the end of the log.
    pub to: Option<LogTime>,
    /// Pings without answer.
    pub pings: u32,
}

impl KeepAlive {
    /// Losses and recoveries, where answers were seen before: a ping that never had an answer here is none. The last ping counts only when
    /// the state says that it was lost.
    pub fn outages(&self) -> Vec<Outage> {
        let mut out = Vec::new();
        let mut open: Option<Outage> = None;
        let mut answered = false;
        for ping in &self.pings {
            match (ping.answered, &mut open) {
                (false, None) if answered => open = Some(Outage { from: ping.at, to: None, pings: 1 }),
                (false, Some(outage)) => outage.pings += 1,
                (true, Some(outage)) => {
                    out.push(Outage { to: ping.at, ..*outage });
                    open = None;
                }
                _ => {}
            }
            answered |= ping.answered;
        }
        out.extend(open.filter(|_| self.state == KeepAliveState::Lost));
        out
    }

    /// Pauses of more than three intervals and five seconds between two pings.
    pub fn gaps(&self) -> Vec<(LogTime, LogTime)> {
        let Some(bound) = self.interval_s.filter(|s| *s > 0.0 && self.pings.len() >= 4).map(|s| s * 3.0 + 5.0) else {
            return Vec::new();
        };
        let times = self.pings.iter().filter_map(|p| p.at);
        let pairs = times.clone().zip(times.skip(1));
        pairs.filter(|(from, to)| to.since_us(*from) as f64 / 1e6 > bound).collect()
    }
}

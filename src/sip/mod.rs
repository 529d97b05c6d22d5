//! Layer 3: what does this message say, and what do these messages mean together? The protocol alone (RFC 3261 and its
//! extensions). Must not know any log, file or product.

use crate::base::LogTime;

pub mod body;
pub(crate) mod check;
pub mod dialog;
pub mod diff;
mod diff_sdp;
mod diff_values;
pub mod digest;
mod fields;
pub mod fmtp;
pub mod grammar;
pub mod header;
pub mod ice;
pub mod key;
pub mod message;
pub mod method;
pub mod negotiate;
pub mod offer_answer;
pub mod sdp;
pub mod transaction;
pub mod uri;

pub use diff::Diff;
pub use digest::Digest;
pub use header::{CSeq, NameAddr, Params, Via};
pub use message::{Header, Message, StartLine};
pub use method::Method;
pub use sdp::{Flow, Sdp, SdpFormat, SdpMedia};
pub use uri::Uri;

/// Which way a message went, from this client's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The client sent it.
    Sent,
    /// The client received it.
    Received,
    /// Nothing told.
    Unknown,
}

impl Direction {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Unknown => "unknown",
        }
    }
}

/// A message with what is known about its way. Everything that relates messages works on a slice of these, in time order.
#[derive(Clone, Debug)]
pub struct Observed {
    /// What it says.
    pub message: Message,
    /// When it was logged.
    pub at: Option<LogTime>,
    /// Which way it went.
    pub direction: Direction,
    /// Transport peer as `host:port` when the log told it.
    pub remote: Option<String>,
    /// Own transport address as `host:port` when the log told it.
    pub local: Option<String>,
}

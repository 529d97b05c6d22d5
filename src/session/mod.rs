//! Layer 4: what happened, in the user's words? In: records and SIP messages. Out: registrations, keep-alives, calls, media,
//! subscriptions, sessions of the client. Words as `report-v1` defines them. Must not know a pixel.
//!
//! Facts point at messages by [`MessageId`]; a message has its [`SourceRef`], so every fact leads to its lines.

pub use traffic::Related;

use crate::base::{LogTime, Private, Segment, SourceRef, Text};
use crate::bundle::Observer;
use crate::sip::{Direction, Observed};

mod answerer;
pub mod assemble;
pub mod call;
mod call_course;
mod call_events;
mod call_facts;
mod call_holds;
mod call_legs;
mod call_links;
pub mod call_more;
pub mod call_story;
mod call_timer;
mod call_transfer;
pub mod case;
pub mod clocks;
pub mod counts;
pub mod device_config;
mod device_config_names;
mod device_config_probe;
mod device_config_text;
mod device_config_xml;
pub mod environment;
pub mod environment_belongs;
pub mod event_body;
pub mod extract;
pub mod features;
pub mod judge;
pub mod keepalive;
mod keepalive_facts;
pub mod media;
mod media_facts;
pub mod media_log;
pub mod media_log_probe;
mod media_log_words;
pub mod milestone;
pub mod registration;
mod registration_events;
mod registration_facts;
pub mod run;
#[cfg(test)]
mod script;
pub mod startup;
pub mod subscription;
mod subscription_facts;
mod subscription_words;
pub mod tables;
#[cfg(test)]
mod tests;
mod traffic;
pub mod zone;

/// A message by its place in `Facts::messages` (time order; equal times keep the order of their lines).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u32);

impl MessageId {
    /// The place in `Facts::messages`.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A run of the client by its place in `Facts::runs` ("session" in report and window).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u32);

impl RunId {
    /// The number that people see in window, texts and arguments: the first is 1. (JSON has the place: the first is 0.)
    pub const fn number(self) -> u32 {
        self.0.saturating_add(1)
    }

    /// The run that people call by this number.
    pub fn numbered(number: u32) -> Option<Self> {
        number.checked_sub(1).map(Self)
    }
}

/// A call by its place in `Facts::calls`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u32);

impl CallId {
    /// The number that people see in window, texts and arguments: the first is 1. (JSON has the place: the first is 0.)
    pub const fn number(self) -> u32 {
        self.0.saturating_add(1)
    }

    /// The call that people call by this number.
    pub fn numbered(number: u32) -> Option<Self> {
        number.checked_sub(1).map(Self)
    }
}

/// How a direction is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DirectionBasis {
    /// A word, arrow or source place in the log, learned for its member.
    Marker,
    /// Via: ours or not, or their number.
    Via,
    /// Contact is ours.
    Contact,
    /// The transaction's other half.
    Transaction,
    /// An address pair in the log.
    Addresses,
}

impl DirectionBasis {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Marker => "marker",
            Self::Via => "via",
            Self::Contact => "contact",
            Self::Transaction => "transaction",
            Self::Addresses => "addresses",
        }
    }
}

/// A SIP message with its place in the log.
#[derive(Clone, Debug)]
pub struct LoggedMessage {
    /// What it says and which way it went.
    pub seen: Observed,
    /// How the direction is known; `None` when it is not.
    pub direction_basis: Option<DirectionBasis>,
    /// First line of the message itself (its start line), not of the record around it.
    pub source: SourceRef,
    /// Lines from the start line to the last line of the body.
    pub lines: u32,
    /// The run of the client it belongs to.
    pub run: RunId,
    /// Whose view: only the client's counts in the facts.
    pub observer: Observer,
    /// 0 for the first sending, n for its nth repetition.
    pub sent_before: u32,
}

impl AsRef<Observed> for LoggedMessage {
    fn as_ref(&self) -> &Observed {
        &self.seen
    }
}

/// A line that proves something.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Where; `None` for something absent: then the text says what was looked through.
    pub source: Option<SourceRef>,
    /// When.
    pub at: Option<LogTime>,
    /// The line as logged (at most 500 characters), or what was looked through.
    pub text: Text,
    /// The SIP message, when it is one.
    pub message: Option<MessageId>,
}

/// Characters of a line that are kept with a fact; the log has the rest.
const MOST_OF_A_LINE: usize = 500;

/// As much of a line as is kept with a fact.
pub fn shortened(line: &str) -> &str {
    if line.len() <= MOST_OF_A_LINE {
        return line;
    }
    line.char_indices().nth(MOST_OF_A_LINE).and_then(|(end, _)| line.get(..end)).unwrap_or(line)
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// This client.
    Client,
    /// The network side.
    Peer,
    /// Both at once.
    Both,
    /// Not known.
    Unknown,
}

impl Side {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Peer => "peer",
            Self::Both => "both",
            Self::Unknown => "unknown",
        }
    }
}

/// A SIP URI or name that stands for a person, as logged.
pub type Party = Private;

/// Everything that happened, of the client's view. Sorted by first time; never changed after `analyse`.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Every SIP message of every member, in time order.
    pub messages: Vec<LoggedMessage>,
    /// What relates the client's messages.
    pub related: Related,
    /// Runs of the client, in time order.
    pub runs: Vec<run::Run>,
    /// One for each address-of-record and registrar.
    pub registrations: Vec<registration::Registration>,
    /// One for each kind, sender and peer.
    pub keepalives: Vec<keepalive::KeepAlive>,
    /// One for each dialog set of this client.
    pub calls: Vec<call::Call>,
    /// One for each event package subscribed to.
    pub subscriptions: Vec<subscription::Subscription>,
    /// What the client is.
    pub client: run::Client,
    /// This client's clock against others'.
    pub clocks: Vec<run::PeerClock>,
    /// Zone of the application server.
    pub server_zone: Option<run::ServerZone>,
    /// Device configurations, those of files first.
    pub device_configs: Vec<device_config::DeviceConfig>,
    /// Calls that belong together, by evidence.
    pub stories: Vec<call_story::Story>,
    /// What the network says of the user's features, in order.
    pub features: Vec<features::FeatureChange>,
    /// Numbers over time of media logs, unverified.
    pub series: Vec<media_log::Series>,
    /// The transport connections to the SIP server, as far as the log prints them; in time order.
    pub connections: Vec<media_log::MediaSign>,
    /// Other lines of media logs that tell something, unverified; in time order.
    pub media_signs: Vec<media_log::MediaSign>,
}

impl Facts {
    /// The message, if there is one of this number.
    pub fn message(&self, id: MessageId) -> Option<&LoggedMessage> {
        self.messages.get(id.index())
    }

    /// A message as proof: its start line.
    pub fn proof(&self, id: MessageId) -> Evidence {
        let message = self.message(id);
        let line = message.and_then(|m| m.seen.message.text.lines().next()).unwrap_or_default();
        Evidence {
            source: message.map(|m| m.source),
            at: message.and_then(|m| m.seen.at),
            text: Text(vec![Segment::Log(shortened(line).to_owned())]),
            message: Some(id),
        }
    }

    /// The direction of a message; unknown when there is none of this number.
    pub fn direction(&self, id: MessageId) -> Direction {
        self.message(id).map_or(Direction::Unknown, |m| m.seen.direction)
    }
}

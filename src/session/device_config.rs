//! Device configurations (`config-wxt.xml` and like XML with a `<config>` root): what they say of SIP and what is wrong with them. In:
//! their bytes, of a member or out of a record. Out: [`DeviceConfig`]s. Must not know any log.
//!
//! Only `%SBC_ADDRESS_WXT%` and a few other tags are documented; what an element means is inferred from the names of an older
//! configuration of the same maker and is said to be so. Values may be secrets: they are typed as private where they are read.

use super::RunId;
use crate::base::words::word;
use crate::base::{LogTime, Segment, SourceRef, Text};

pub use super::device_config_probe::{ConfigProbe, RawConfig, bounded};
pub use super::device_config_text::{Decoded, Seen, decode};

/// Only this much of one configuration is read.
pub const MAX_BYTES: usize = 4 << 20;
/// Elements deeper than this are not read: no configuration nests so far, an attack does.
pub const MAX_DEPTH: usize = 100;
/// Elements read of one configuration.
pub const MAX_ELEMENTS: u64 = 50_000;
/// Bytes kept of one value.
pub const MAX_VALUE_BYTES: usize = 2_000;
/// Attributes read of one element.
pub const MAX_ATTRIBUTES: usize = 500;
/// Entries kept in each list.
pub const MAX_LIST: usize = 200;
/// Lines of the tidy form.
pub const MAX_LINES: usize = 4_000;
/// Configurations kept of a bundle.
pub const MAX_CONFIGS: usize = 50;

/// Where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is a file of its own.
    Member,
    /// It stands in a record of a log.
    Record,
}

impl Origin {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Record => "record",
        }
    }
}

/// What is wrong with the XML, or what was not read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// Another element ends here than the one that is open: what is open, what ends.
    Mismatched(String, String),
    /// An element ends that is not open.
    Unmatched(String),
    /// A tag, comment or reference is begun and not ended, or an attribute is not well-formed: the parser's words.
    Syntax(String),
    /// It ends while elements are open: the innermost.
    CutOff(String),
    /// A name between `&` and `;` that XML does not know; nothing is expanded.
    UnknownEntity(String),
    /// A character that XML forbids, by its code.
    BadCharacter(u32),
    /// Bytes that are no UTF-8 though it says so (or says nothing, which is the same).
    NotUtf8(u8),
    /// It says that it is of one byte a character, and its bytes are UTF-8.
    Utf8Declared(String),
    /// It says UTF-16 and is not, or the other way round.
    NotUtf16(String),
    /// There is no element.
    NoElement,
    /// More than one root element.
    SecondRoot(String),
    /// It has a document type; entities in it are never expanded.
    Doctype,
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
    /// Longer than [`MAX_BYTES`].
    TooLong,
    /// More than [`MAX_ELEMENTS`] or [`MAX_ATTRIBUTES`].
    TooMany,
    /// A value longer than [`MAX_VALUE_BYTES`].
    LongValue,
    /// More entries than [`MAX_LIST`] or [`MAX_LINES`].
    LongList,
}

impl ProblemKind {
    /// The word of the JSON report.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Mismatched(..) | Self::Unmatched(_) | Self::Syntax(_) | Self::SecondRoot(_) | Self::NoElement => {
                "not-well-formed"
            }
            Self::CutOff(_) => "cut-off",
            Self::UnknownEntity(_) => "unknown-entity",
            Self::BadCharacter(_) => "bad-character",
            Self::NotUtf8(_) | Self::Utf8Declared(_) | Self::NotUtf16(_) => "encoding",
            Self::Doctype => "doctype",
            Self::TooDeep | Self::TooLong | Self::TooMany | Self::LongValue | Self::LongList => "limit",
        }
    }

    /// Must a parser refuse the file for this (XML 1.0 §1.2, fatal errors)? A file that merely ends too early may have been cut by
    /// whoever collected it, and a limit is ours.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Mismatched(..)
            | Self::Unmatched(_)
            | Self::Syntax(_)
            | Self::UnknownEntity(_)
            | Self::BadCharacter(_)
            | Self::NotUtf8(_)
            | Self::NotUtf16(_)
            | Self::SecondRoot(_) => true,
            Self::CutOff(_)
            | Self::Utf8Declared(_)
            | Self::NoElement
            | Self::Doctype
            | Self::TooDeep
            | Self::TooLong
            | Self::TooMany
            | Self::LongValue
            | Self::LongList => false,
        }
    }

    /// Is it about how much was read, not about the file?
    pub fn is_limit(&self) -> bool {
        self.word() == "limit"
    }

    /// In words.
    pub fn text(&self) -> Text {
        let log = |text: &str| Segment::Log(text.to_owned());
        let number = |n: u64| Segment::Word(n.to_string());
        match self {
            Self::Mismatched(open, end) => Text::phrase("device_config.mismatched", &[("open", log(open)), ("end", log(end))]),
            Self::Unmatched(end) => Text::phrase("device_config.unmatched", &[("end", log(end))]),
            Self::Syntax(why) => Text::phrase("device_config.syntax", &[("why", log(why))]),
            Self::CutOff(open) => Text::phrase("device_config.cut_off", &[("open", log(open))]),
            Self::UnknownEntity(name) => Text::phrase("device_config.unknown_entity", &[("name", log(name))]),
            Self::BadCharacter(code) => {
                Text::phrase("device_config.bad_character", &[("code", Segment::Word(format!("U+{code:04X}")))])
            }
            Self::NotUtf8(byte) => Text::phrase("device_config.not_utf8", &[("byte", Segment::Word(format!("0x{byte:02X}")))]),
            Self::Utf8Declared(declared) => Text::phrase("device_config.utf8_declared", &[("declared", log(declared))]),
            Self::NotUtf16(declared) => Text::phrase("device_config.not_utf16", &[("declared", log(declared))]),
            Self::NoElement => Text::key("device_config.no_element"),
            Self::SecondRoot(name) => Text::phrase("device_config.second_root", &[("name", log(name))]),
            Self::Doctype => Text::key("device_config.doctype"),
            Self::TooDeep => Text::phrase("device_config.too_deep", &[("max", number(MAX_DEPTH as u64))]),
            Self::TooLong => Text::phrase("device_config.too_long", &[("max", number(MAX_BYTES as u64))]),
            Self::TooMany => Text::phrase("device_config.too_many", &[("max", number(MAX_ELEMENTS))]),
            Self::LongValue => Text::phrase("device_config.long_value", &[("max", number(MAX_VALUE_BYTES as u64))]),
            Self::LongList => Text::key("device_config.long_list"),
        }
    }
}

/// One thing that is wrong, with its place.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// Its line.
    pub source: SourceRef,
    /// Character in that line, from 1.
    pub column: u32,
}

/// A `%…%` tag that BroadWorks did not replace.
#[derive(Clone, Debug)]
pub struct Tag {
    /// With its percent signs.
    pub name: String,
    /// `config/protocols/sip/proxy/@address`; `#comment` for a comment.
    pub path: String,
    /// Its line.
    pub source: SourceRef,
    /// Does its value count? Not in a comment or in an element that is switched off.
    pub used: bool,
    /// Does the client need it for SIP: below `sip`, or a tag of the SBC or of BroadWorks' own?
    pub for_sip: bool,
}

/// One value of the configuration.
#[derive(Clone, Debug)]
pub struct Setting {
    /// `config/protocols/sip/proxy/@address`.
    pub path: String,
    /// What it says; empty when there is none.
    pub value: Text,
    /// Its line.
    pub source: SourceRef,
    /// Is there a value that is more than a tag?
    pub filled: bool,
    /// Does it count?
    pub used: bool,
    /// What it is thought to mean, by the element's name.
    pub meaning: Option<Meaning>,
}

/// What an element of the older configuration means (inferred from its name).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Where SIP is sent: the SBC.
    Proxy,
    /// The registrar.
    Registrar,
    /// How the SBC is looked up.
    Discovery,
    /// The SIP domain.
    Domain,
    /// TCP, UDP or TLS.
    Transport,
    /// The client's own port.
    Port,
    /// How often it registers.
    Register,
    /// How often it renews subscriptions.
    Subscribe,
    /// Keep-alives.
    KeepAlive,
    /// From which size on TCP is taken.
    TcpThreshold,
}

impl Meaning {
    /// By the names of the elements a value stands in, outermost first; the innermost that is known counts.
    pub fn of(path: &[&str]) -> Option<Self> {
        path.iter().rev().find_map(|name| {
            Some(match *name {
                "proxy" => Self::Proxy,
                "registrar" => Self::Registrar,
                "proxy-discovery" => Self::Discovery,
                "domain" => Self::Domain,
                "transports" => Self::Transport,
                "preferred-port" => Self::Port,
                "registration-refresh-interval-sec" => Self::Register,
                "subscription-refresh-interval-sec" => Self::Subscribe,
                "keepalive" => Self::KeepAlive,
                "tcp-size-threshold-bytes" => Self::TcpThreshold,
                _ => return None,
            })
        })
    }

    /// In words.
    pub fn text(self) -> &'static str {
        word(match self {
            Self::Proxy => "device_config.proxy",
            Self::Registrar => "device_config.registrar",
            Self::Discovery => "device_config.discovery",
            Self::Domain => "device_config.domain",
            Self::Transport => "device_config.transport",
            Self::Port => "device_config.port",
            Self::Register => "device_config.register",
            Self::Subscribe => "device_config.subscribe",
            Self::KeepAlive => "device_config.keepalive",
            Self::TcpThreshold => "device_config.tcp_threshold",
        })
    }
}

/// A line of the tidy form.
#[derive(Clone, Debug)]
pub struct PrettyLine {
    /// How deep.
    pub depth: usize,
    /// What it says.
    pub text: Text,
    /// Where it begins in the log or file.
    pub source: SourceRef,
    /// Is something wrong here?
    pub flagged: bool,
}

/// How the address of the SBC stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sbc {
    /// There is one.
    Filled,
    /// The tag was not replaced.
    Tag,
    /// The element is there and empty.
    Empty,
    /// There is SIP and no element that would hold it.
    Missing,
    /// There is nothing about SIP, or not all was read.
    Unknown,
}

impl Sbc {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Filled => "filled",
            Self::Tag => "tag",
            Self::Empty => "empty",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }

    /// In words; `None` where there is nothing to say.
    pub fn text(self) -> Option<&'static str> {
        Some(word(match self {
            Self::Filled | Self::Unknown => return None,
            Self::Tag => "device_config.sbc_tag",
            Self::Empty => "device_config.sbc_empty",
            Self::Missing => "device_config.sbc_missing",
        }))
    }
}

/// One device configuration.
#[derive(Clone, Debug)]
pub struct DeviceConfig {
    /// Where it begins.
    pub source: SourceRef,
    /// A file of its own, or in a log.
    pub from: Origin,
    /// The run of the client: that of the record, or the newest for a file.
    pub run: RunId,
    /// When it was logged.
    pub at: Option<LogTime>,
    /// How often the same stands in the bundle's records.
    pub copies: u32,
    /// Bytes of it that were read.
    pub bytes: u64,
    /// Name of the root element.
    pub root: Option<String>,
    /// Elements read.
    pub elements: u64,
    /// What the XML declaration says.
    pub encoding_declared: Option<String>,
    /// What its bytes are.
    pub encoding_seen: Seen,
    /// What is wrong, in the order of lines.
    pub problems: Vec<Problem>,
    /// Tags that were not replaced.
    pub tags: Vec<Tag>,
    /// How the SBC's address stands.
    pub sbc: Sbc,
    /// The elements that hold it, or should.
    pub addresses: Vec<Setting>,
    /// What it says of SIP.
    pub settings: Vec<Setting>,
    /// BroadWorks' own tags stand unfilled too: it is the template itself, not what a client got (inferred).
    pub template: bool,
    /// The tidy form.
    pub pretty: Vec<PrettyLine>,
}

impl DeviceConfig {
    /// Would a parser refuse it?
    pub fn is_broken(&self) -> bool {
        self.problems.iter().any(|p| p.kind.is_fatal())
    }

    /// Unreplaced tags whose value counts.
    pub fn used_tags(&self) -> impl Iterator<Item = &Tag> {
        self.tags.iter().filter(|t| t.used)
    }
}

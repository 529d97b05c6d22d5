//! A SIP message, split but not interpreted (RFC 3261 §7, §25.1). In: its text, free of any log prefix. Out: [`Message`] with
//! every header kept as written and its byte span; what is malformed is listed, never dropped.

use std::ops::Range;

/// A method: upper-case token; methods are case-sensitive (RFC 3261 §7.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// INVITE
    Invite,
    /// ACK
    Ack,
    /// BYE
    Bye,
    /// CANCEL
    Cancel,
    /// REGISTER
    Register,
    /// OPTIONS
    Options,
    /// PRACK (RFC 3262)
    Prack,
    /// UPDATE (RFC 3311)
    Update,
    /// INFO (RFC 6086)
    Info,
    /// SUBSCRIBE (RFC 6665)
    Subscribe,
    /// NOTIFY (RFC 6665)
    Notify,
    /// REFER (RFC 3515)
    Refer,
    /// MESSAGE (RFC 3428)
    Message,
    /// PUBLISH (RFC 3903)
    Publish,
    /// Any other token.
    Other(String),
}

impl Method {
    /// As written on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Register => "REGISTER",
            Self::Options => "OPTIONS",
            Self::Prack => "PRACK",
            Self::Update => "UPDATE",
            Self::Info => "INFO",
            Self::Subscribe => "SUBSCRIBE",
            Self::Notify => "NOTIFY",
            Self::Refer => "REFER",
            Self::Message => "MESSAGE",
            Self::Publish => "PUBLISH",
            Self::Other(token) => token,
        }
    }

    /// From a token.
    pub fn from_token(token: &str) -> Self {
        match token {
            "INVITE" => Self::Invite,
            "ACK" => Self::Ack,
            "BYE" => Self::Bye,
            "CANCEL" => Self::Cancel,
            "REGISTER" => Self::Register,
            "OPTIONS" => Self::Options,
            "PRACK" => Self::Prack,
            "UPDATE" => Self::Update,
            "INFO" => Self::Info,
            "SUBSCRIBE" => Self::Subscribe,
            "NOTIFY" => Self::Notify,
            "REFER" => Self::Refer,
            "MESSAGE" => Self::Message,
            "PUBLISH" => Self::Publish,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartLine {
    /// `INVITE sip:a@b SIP/2.0`
    Request {
        /// The method.
        method: Method,
        /// Request-URI as written.
        uri: Range<usize>,
    },
    /// `SIP/2.0 200 OK`
    Response {
        /// 100–699 when well-formed; any number as written.
        code: u16,
        /// Reason phrase as written.
        reason: Range<usize>,
    },
}

/// One header field as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Span of the name in [`Message::text`], as written (compact names stay compact).
    pub name: Range<usize>,
    /// Span of the value, outer blanks left aside, folds inside it.
    pub value: Range<usize>,
}

/// A SIP message: its text and where everything stands in it. All spans are byte ranges of `text` on character borders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message without any log prefix; line ends as recovered.
    pub text: String,
    /// The first line.
    pub start: StartLine,
    /// Header fields in order, every one.
    pub headers: Vec<Header>,
    /// The body, empty when there is none.
    pub body: Range<usize>,
    /// What is malformed or cut off, in the program's own short words; empty when clean.
    pub problems: Vec<String>,
}

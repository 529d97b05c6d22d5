//! What relates a message to others, read once: Call-ID, tags, CSeq, top Via, method and status. In: observed messages. Out:
//! [`Keys`], small comparable values. Must not know what the relations mean: that is [`super::transaction`]'s and up.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::{Direction, Method, Observed};
use crate::base::LogTime;

/// The magic cookie of a branch that is unique by RFC 3261 §8.1.1.7.
const COOKIE: &str = "z9hG4bK";

/// A text by number: equal numbers are equal texts. 0 stands for "not there".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(u32);

impl Sym {
    /// No text.
    pub const NONE: Self = Self(0);

    /// Is there a text?
    pub fn is_some(self) -> bool {
        self.0 != 0
    }

    /// Both there and equal.
    pub fn same(self, other: Self) -> bool {
        self.is_some() && self == other
    }

    /// Both there and different.
    pub fn differs(self, other: Self) -> bool {
        self.is_some() && other.is_some() && self != other
    }
}

/// Every text met, each once.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Symbols {
    /// The number of a text; an empty one is no text.
    pub fn of(&mut self, text: &str) -> Sym {
        if text.is_empty() {
            return Sym::NONE;
        }
        if let Some(number) = self.numbers.get(text) {
            return Sym(*number);
        }
        self.texts.push(text.to_owned());
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), number);
        Sym(number)
    }

    /// The number of a text that was met before; [`Sym::NONE`] otherwise.
    pub fn known(&self, text: &str) -> Sym {
        self.numbers.get(text).map_or(Sym::NONE, |n| Sym(*n))
    }

    /// The text of a number, empty for [`Sym::NONE`].
    pub fn text(&self, sym: Sym) -> &str {
        (sym.0 as usize).checked_sub(1).and_then(|i| self.texts.get(i)).map_or("", String::as_str)
    }
}

/// What relates one message to others.
#[derive(Clone, Debug)]
pub struct Key {
    /// Messages of different scopes (runs of a client) are never related.
    pub scope: u32,
    /// Which way it went.
    pub direction: Direction,
    /// When it was logged.
    pub at: Option<LogTime>,
    /// Its method; of a response that of its CSeq, empty when that is cut off.
    pub method: Method,
    /// `None`: a request.
    pub status: Option<u16>,
    /// Call-ID.
    pub call_id: Sym,
    /// Tag of From.
    pub from_tag: Sym,
    /// Tag of To.
    pub to_tag: Sym,
    /// CSeq number.
    pub cseq: Option<u32>,
    /// Branch of the top Via.
    pub branch: Sym,
    /// The branch begins with the magic cookie, so it names one transaction (RFC 3261 §17.1.3).
    pub unique: bool,
    /// Host and port of the top Via.
    pub sent_by: Sym,
    /// Request-URI.
    pub uri: Sym,
    /// Authorization or Proxy-Authorization as a whole.
    pub credentials: Sym,
    /// RSeq number of a reliable provisional response (RFC 3262 §7.1).
    pub rseq: Option<u32>,
    /// It has a session description.
    pub sdp: bool,
    /// Hash of the body, 0 without one: tells provisional responses apart.
    pub body: u64,
}

impl Key {
    /// Is it a request?
    pub fn is_request(&self) -> bool {
        self.status.is_none()
    }

    /// A status of 200–699.
    pub fn is_final(&self) -> bool {
        self.status.is_some_and(|s| s >= 200)
    }
}

/// The keys of all messages, by the messages' places.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// `None`: left out.
    pub list: Vec<Option<Key>>,
    /// The texts behind the numbers.
    pub symbols: Symbols,
}

impl Keys {
    /// Reads what relates each message. `scope` says which belong together; `None` leaves a message out.
    pub fn read<M: AsRef<Observed>>(messages: &[M], scope: impl Fn(&M) -> Option<u32>) -> Self {
        let mut symbols = Symbols::default();
        let list = messages.iter().map(|m| scope(m).map(|scope| key(m.as_ref(), scope, &mut symbols))).collect();
        Self { list, symbols }
    }

    /// The key of a message.
    pub fn get(&self, index: u32) -> Option<&Key> {
        self.list.get(index as usize).and_then(Option::as_ref)
    }

    /// The time of a message.
    pub fn at(&self, index: u32) -> Option<LogTime> {
        self.get(index).and_then(|k| k.at)
    }
}

fn key(seen: &Observed, scope: u32, symbols: &mut Symbols) -> Key {
    let message = &seen.message;
    let via = message.top_via();
    let branch = via.as_ref().and_then(|v| v.branch()).unwrap_or_default();
    let cseq = message.cseq();
    let method = message.method().unwrap_or(Method::Other(String::new()));
    let credentials = message.header("Authorization").or_else(|| message.header("Proxy-Authorization")).unwrap_or_default();
    let body = message.body_text();
    Key {
        scope,
        direction: seen.direction,
        at: seen.at,
        method,
        status: message.status(),
        call_id: symbols.of(message.call_id().unwrap_or_default()),
        from_tag: symbols.of(message.from().and_then(|f| f.tag()).unwrap_or_default()),
        to_tag: symbols.of(message.to().and_then(|t| t.tag()).unwrap_or_default()),
        cseq: cseq.map(|c| c.number),
        branch: symbols.of(branch),
        unique: branch.len() > COOKIE.len() && branch.starts_with(COOKIE),
        sent_by: symbols.of(&via.map(|v| v.sent_by().to_ascii_lowercase()).unwrap_or_default()),
        uri: symbols.of(message.request_uri().unwrap_or_default()),
        credentials: symbols.of(credentials),
        rseq: message.header("RSeq").and_then(|v| v.trim().parse().ok()),
        sdp: !message.body.is_empty() && message.sdp().is_some(),
        body: if body.trim().is_empty() { 0 } else { hash(body) },
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

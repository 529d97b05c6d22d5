//! Values taken apart for comparison. In: a start line or the fields of one header name. Out: [`Item`]s, each a list of named parts with
//! a key by which it is compared, and whether it differs by nature.

use super::diff::{Name, Text};
use super::digest::Digest;
use super::header::{BLANKS, CSeq, NameAddr, Params, Pieces, Via, trim};
use super::message::StartLine;
use super::uri::{Uri, decoded};

/// Parts of one value, and values of one header name, that are told apart; those beyond are compared as one.
const MAX_PARTS: usize = 500;

/// A part of a value.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub name: Name,
    /// As written.
    pub value: String,
    /// Equal keys mean the same.
    pub key: String,
    pub volatile: bool,
}

/// One thing to compare.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// Line of the message, from 1.
    pub line: u32,
    /// As written, folds undone.
    pub text: String,
    /// What tells it from its like: a host, a realm. Empty: nothing.
    pub handle: String,
    pub atoms: Vec<Atom>,
    /// Order of its words has a meaning.
    pub ordered: bool,
}

impl Item {
    pub fn new(text: &str, line: u32) -> Self {
        Self { line, text: unfold(text), ..Self::default() }
    }

    /// A text that is compared as a whole, blanks counted once.
    pub fn plain(text: &str, line: u32) -> Self {
        let mut item = Self::new(text, line);
        item.part("value", text, unfold(text));
        item
    }

    /// Adds a part; those beyond the cap are compared as one.
    pub fn push(&mut self, atom: Atom) {
        let full = self.atoms.len() >= MAX_PARTS;
        match self.atoms.last_mut().filter(|_| full) {
            Some(last) => {
                last.value.extend([", ", &atom.value]);
                last.key.extend([", ", &atom.name.text(), " ", &atom.key]);
            }
            None => self.atoms.push(atom),
        }
    }

    /// Adds a part that the grammar names.
    pub fn part(&mut self, name: &'static str, value: &str, key: String) {
        self.push(Atom { name: Name::Part(name), value: unfold(value), key, volatile: false });
    }

    /// Adds a part that the grammar names and that differs by nature.
    pub fn volatile(&mut self, name: &'static str, value: &str) {
        self.push(Atom { name: Name::Part(name), value: unfold(value), key: value.to_owned(), volatile: true });
    }

    /// Adds parameters.
    pub fn params(&mut self, params: Params<'_>) {
        for (name, value) in params.iter() {
            let name = name.to_ascii_lowercase();
            let volatile = VOLATILE_PARAMS.contains(&name.as_str());
            self.param(name, value.unwrap_or(""), volatile);
        }
    }

    /// Adds one parameter, its name in lower case. Tokens do not tell case apart (RFC 3261 §7.3.1); quotes are left aside.
    pub fn param(&mut self, name: String, value: &str, volatile: bool) {
        let key = unfold(value).to_ascii_lowercase();
        self.push(Atom { name: Name::Param(name), value: unfold(value), key, volatile });
    }

    /// Adds the parts of a URI; what is none stays whole.
    pub fn uri(&mut self, text: &str) {
        let Some(uri) = Uri::parse(text).filter(|uri| uri.user.is_some() || !uri.host.is_empty()) else {
            self.part("uri", text, unfold(text));
            return;
        };
        self.part("scheme", uri.scheme, uri.scheme.to_ascii_lowercase());
        if let Some(user) = uri.user {
            self.part("user", user, String::from_utf8_lossy(&decoded(user).collect::<Vec<_>>()).into_owned());
        }
        if let Some(password) = uri.password {
            self.part("password", password, password.to_owned());
        }
        if !uri.host.is_empty() {
            self.part("host", uri.host, host_key(uri.host));
        }
        if let Some(port) = uri.port {
            self.part("port", &port.to_string(), port.to_string());
        }
        for (name, value) in uri.params.iter() {
            let name = name.to_ascii_lowercase();
            let volatile = name == "rinstance";
            let value = value.unwrap_or("");
            let key = value.to_ascii_lowercase();
            self.push(Atom { name: Name::UriParam(name), value: value.to_owned(), key, volatile });
        }
        if !uri.headers.is_empty() {
            self.part("headers", uri.headers, uri.headers.to_owned());
        }
    }

    /// What it means, without what differs by nature and without the order of its parts, unless that has a meaning.
    pub fn meaning(&self) -> String {
        let mut keys: Vec<String> =
            self.atoms.iter().filter(|a| !a.volatile).map(|a| format!("{:?}\u{0}{}", a.name, a.key)).collect();
        if !self.ordered {
            keys.sort();
        }
        keys.join("\u{1}")
    }
}

/// Parameters that differ from message to message.
const VOLATILE_PARAMS: [&str; 8] = ["branch", "tag", "received", "rport", "from-tag", "to-tag", "temp-gruu", "icid-value"];
/// The same of a digest (RFC 7616).
const VOLATILE_DIGEST: [&str; 7] = ["nonce", "cnonce", "response", "nc", "opaque", "nextnonce", "rspauth"];

/// How the value of a header field is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// One address.
    Address,
    /// Addresses with commas between them.
    Addresses,
    Via,
    Digest,
    /// Words with commas between them, compared as a set.
    Tokens,
    /// `value;name=value`.
    Parameters,
    /// The same, with commas between several.
    ParameterList,
    CSeq,
    /// Names this message or this moment.
    Volatile,
    /// Text.
    Plain,
}

/// The family of a header name in lower case.
fn family(name: &str) -> Family {
    match name {
        "from" | "to" | "refer-to" | "referred-by" | "reply-to" => Family::Address,
        "contact"
        | "route"
        | "record-route"
        | "path"
        | "service-route"
        | "p-asserted-identity"
        | "p-preferred-identity"
        | "remote-party-id"
        | "diversion"
        | "cc-diversion"
        | "history-info"
        | "p-called-party-id"
        | "p-associated-uri"
        | "alert-info"
        | "call-info"
        | "error-info"
        | "p-served-user" => Family::Addresses,
        "via" => Family::Via,
        "authorization" | "proxy-authorization" | "www-authenticate" | "proxy-authenticate" | "authentication-info" => {
            Family::Digest
        }
        "allow" | "supported" | "require" | "proxy-require" | "unsupported" | "accept" | "accept-encoding"
        | "accept-language" | "allow-events" | "recv-info" | "content-encoding" | "privacy" => Family::Tokens,
        "event"
        | "content-type"
        | "content-disposition"
        | "session-expires"
        | "min-se"
        | "subscription-state"
        | "expires"
        | "retry-after"
        | "p-access-network-info"
        | "p-charging-vector"
        | "min-expires"
        | "info-package" => Family::Parameters,
        "reason" | "accept-contact" | "reject-contact" | "security-client" | "security-server" | "security-verify" => {
            Family::ParameterList
        }
        "cseq" => Family::CSeq,
        "call-id" | "session-id" | "date" | "timestamp" | "max-forwards" | "content-length" | "rseq" | "rack" | "sip-etag"
        | "sip-if-match" | "identity" | "in-reply-to" | "replaces" | "x-cisco-timestamp" => Family::Volatile,
        _ => Family::Plain,
    }
}

/// Order between several of one name has a meaning, unless they are sets.
pub(super) fn order_matters(name: &str) -> bool {
    family(name) != Family::Tokens
}

/// What the fields of one name hold, list elements one by one. `key` is the name in lower case.
pub(super) fn header_items(key: &str, values: &[(&str, u32)], text: &Text<'_>) -> Vec<Item> {
    let family = family(key);
    if family == Family::Tokens {
        return vec![tokens(values)];
    }
    let lists = matches!(family, Family::Addresses | Family::Via | Family::ParameterList);
    let mut items = Vec::new();
    for (value, line) in values {
        if lists {
            let elements = Pieces::new(value, b',').map(trim).filter(|element| !element.is_empty());
            items.extend(elements.map(|element| (family, element, text.line_of(element))));
        } else {
            items.push((family, *value, *line));
        }
    }
    let rest = items.split_off(items.len().min(MAX_PARTS));
    let mut items: Vec<Item> = items.into_iter().map(|(family, value, line)| item(family, value, line)).collect();
    if let Some((_, _, line)) = rest.first() {
        let text: Vec<&str> = rest.iter().map(|(_, value, _)| *value).collect();
        items.push(Item::plain(&text.join(", "), *line));
    }
    items
}

fn item(family: Family, value: &str, line: u32) -> Item {
    let mut item = Item::new(value, line);
    match family {
        Family::Address | Family::Addresses => {
            let address = NameAddr::parse(value);
            if let Some(display) = &address.display {
                item.part("display name", display, display.clone().into_owned());
            }
            item.uri(address.uri);
            item.params(address.params);
            item.handle = super::uri::Uri::parse(address.uri)
                .map_or_else(|| address.uri.to_owned(), |uri| format!("{}@{}", uri.user.unwrap_or(""), host_key(uri.host)));
        }
        Family::Via => {
            let via = Via::parse(value);
            item.part(
                "transport",
                via.transport,
                format!("{}/{}", via.protocol, via.transport).replace(BLANKS, "").to_ascii_lowercase(),
            );
            item.part("host", via.host, host_key(via.host));
            if let Some(port) = via.port {
                item.part("port", &port.to_string(), port.to_string());
            }
            item.params(via.params);
            item.handle = host_key(via.host);
        }
        Family::Digest => digest(&mut item, value),
        Family::CSeq => {
            let (number, method) = CSeq::split(value);
            item.volatile("number", number);
            let method = method.unwrap_or("");
            item.part("method", method, method.to_owned());
        }
        Family::Parameters | Family::ParameterList => {
            let (head, params) = value.split_at(value.find(';').unwrap_or(value.len()));
            item.part("value", trim(head), unfold(head).to_ascii_lowercase());
            item.params(Params { text: params });
            item.handle = unfold(head).to_ascii_lowercase();
        }
        Family::Volatile => item.volatile("value", value),
        Family::Tokens | Family::Plain => item.part("value", value, unfold(value)),
    }
    item
}

/// `scheme name=value, …`; without a scheme (Authentication-Info) the parameters alone.
fn digest(item: &mut Item, value: &str) {
    let bare = Digest { scheme: "", proxy: false, text: value };
    let head = value.split(BLANKS).next().unwrap_or("");
    let digest = if head.contains('=') { bare } else { Digest::parse(value, false) };
    item.part("scheme", digest.scheme, digest.scheme.to_ascii_lowercase());
    for (name, value) in digest.params() {
        let name = name.to_ascii_lowercase();
        let volatile = VOLATILE_DIGEST.contains(&name.as_str());
        let is_text = matches!(name.as_str(), "username" | "realm" | "uri");
        let key = if is_text { unfold(value) } else { unfold(value).to_ascii_lowercase() };
        item.push(Atom { name: Name::Param(name), value: unfold(value), key, volatile });
    }
    item.handle = format!("{} {}", digest.scheme.to_ascii_lowercase(), digest.param("realm").unwrap_or(""));
}

/// All words of all fields of a name, as one thing.
fn tokens(values: &[(&str, u32)]) -> Item {
    let words: Vec<&str> = values.iter().flat_map(|(v, _)| Pieces::new(v, b',')).map(trim).filter(|w| !w.is_empty()).collect();
    let mut item = Item::new(&words.join(", "), values.first().map_or(0, |(_, line)| *line));
    for word in words {
        let key = unfold(word).to_ascii_lowercase();
        item.push(Atom { name: Name::Token(key.clone()), value: unfold(word), key, volatile: false });
    }
    item
}

/// The first line. A request and a response have nothing to compare part by part.
pub(super) fn start_items(text: &Text<'_>) -> Vec<Item> {
    let message = text.message;
    let first = match &message.start {
        StartLine::Request { uri, .. } => uri.start,
        StartLine::Response { reason, .. } => reason.start,
    };
    let before = message.text.get(..first).unwrap_or("");
    let begin = before.trim_end_matches(BLANKS).rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let rest = message.text.get(begin..).unwrap_or("");
    let line = rest.get(..rest.find(['\n', '\r']).unwrap_or(rest.len())).unwrap_or(rest);
    let mut item = Item::new(trim(line), text.line(begin));
    match &message.start {
        StartLine::Request { method, uri } => {
            item.part("method", method.as_str(), method.as_str().to_owned());
            item.uri(message.slice(uri));
        }
        StartLine::Response { code, reason } => {
            item.part("status", &code.to_string(), code.to_string());
            let reason = message.slice(reason);
            item.part("reason phrase", reason, unfold(reason).to_ascii_lowercase());
        }
    }
    vec![item]
}

/// A host without regard to case; two spellings of one IPv6 address are one.
pub(super) fn host_key(host: &str) -> String {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::Ipv6Addr>().map_or_else(|_| host.to_ascii_lowercase(), |address| address.to_string())
}

/// Folds and runs of blanks as one space.
pub(super) fn unfold(text: &str) -> String {
    text.split(BLANKS).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

//! Values of header fields (RFC 3261 §7.3, §20, §25.1). In: the text of one value or list element, folds and all. Out: typed views
//! that borrow it. Reading never fails: what cannot be told apart stays in the field where it stands, so that masked values
//! (`[Redacted]`, `***`) are kept. Must not know messages.

use std::borrow::Cow;

use super::method::Method;
use super::uri::Uri;

/// Blanks of the grammar, line ends of folds included (LWS, RFC 3261 §25.1).
pub(crate) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// A value without the blanks around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_ascii()
}

/// Characters of a token (RFC 3261 §25.1).
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Names that have a compact form (RFC 3261 §7.3.3 and the registry of header fields).
const COMPACT: [(&str, u8); 20] = [
    ("Accept-Contact", b'a'),
    ("Allow-Events", b'u'),
    ("Call-ID", b'i'),
    ("Contact", b'm'),
    ("Content-Encoding", b'e'),
    ("Content-Length", b'l'),
    ("Content-Type", b'c'),
    ("Event", b'o'),
    ("From", b'f'),
    ("Identity", b'y'),
    ("Identity-Info", b'n'),
    ("Refer-To", b'r'),
    ("Referred-By", b'b'),
    ("Reject-Contact", b'j'),
    ("Request-Disposition", b'd'),
    ("Session-Expires", b'x'),
    ("Subject", b's'),
    ("Supported", b'k'),
    ("To", b't'),
    ("Via", b'v'),
];

/// The compact form of a header name.
pub fn compact_form(name: &str) -> Option<u8> {
    COMPACT.iter().find(|(long, _)| long.eq_ignore_ascii_case(name)).map(|(_, short)| *short)
}

/// The long form of a compact header name; any other name as it is.
pub fn long_form(name: &str) -> &str {
    match name.as_bytes() {
        [letter] => COMPACT.iter().find(|(_, short)| *short == letter.to_ascii_lowercase()).map_or(name, |(long, _)| *long),
        _ => name,
    }
}

/// Pieces of `text` between `separator`s that stand outside quoted strings and `<>`. A quote or bracket that never closes is an
/// ordinary character, so that nothing after it is swallowed.
#[derive(Clone, Debug)]
pub(crate) struct Pieces<'a> {
    rest: Option<&'a str>,
    separator: u8,
    quotes: bool,
    angles: bool,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(text: &'a str, separator: u8) -> Self {
        Self { rest: Some(text), separator, quotes: true, angles: true }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        let bytes = rest.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if *byte == self.separator {
                self.rest = rest.get(at + 1..);
                return rest.get(..at);
            }
            match byte {
                b'"' if self.quotes => match quote_end(bytes, at) {
                    Some(end) => at = end,
                    None => self.quotes = false,
                },
                b'<' if self.angles => match bytes.iter().skip(at).position(|b| *b == b'>') {
                    Some(length) => at += length,
                    None => self.angles = false,
                },
                _ => {}
            }
            at += 1;
        }
        self.rest = None;
        Some(rest)
    }
}

/// Place of the quote that closes the one at `open`; a backslash takes the next character out (RFC 3261 §25.1, quoted-pair).
pub(crate) fn quote_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at),
            _ => at += 1,
        }
    }
}

/// Place of the first `wanted` byte outside quoted strings.
pub(crate) fn find_outside_quotes(text: &str, wanted: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut quotes) = (0, true);
    while let Some(byte) = bytes.get(at) {
        if *byte == wanted {
            return Some(at);
        }
        if *byte == b'"' && quotes {
            match quote_end(bytes, at) {
                Some(end) => at = end,
                None => quotes = false,
            }
        }
        at += 1;
    }
    None
}

/// A quoted string without its quotes, escapes still inside; other text as it is.
pub(crate) fn unquote(text: &str) -> &str {
    text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text)
}

/// The text of a quoted string with its escapes undone.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or('\\') } else { c });
    }
    Cow::Owned(out)
}

/// `;name=value` parameters as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Params<'a> {
    /// From the first `;` on, or empty.
    pub text: &'a str,
}

impl<'a> Params<'a> {
    /// Name and value of each, quotes of a quoted value left aside; empty ones are left out.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> + use<'a> {
        Pieces::new(self.text, b';').filter_map(|piece| {
            let (name, value) = match piece.split_once('=') {
                Some((name, value)) => (trim(name), Some(unquote(trim(value)))),
                None => (trim(piece), None),
            };
            (!name.is_empty()).then_some((name, value))
        })
    }

    /// The first of that name, case-insensitively: `None` when missing, `Some(None)` when it has no value.
    pub fn find(&self, name: &str) -> Option<Option<&'a str>> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The value of that name; `None` when missing or without a value.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        self.find(name).flatten()
    }
}

/// Host and port: `host`, `host:port`, `[v6]:port`, a bare IPv6 address, or whatever masks them. A port that is no number is
/// left aside.
pub(crate) fn host_port(text: &str) -> (&str, Option<u16>) {
    let text = trim(text);
    let (host, port) = if text.starts_with('[') {
        match text.find(']') {
            Some(end) => (text.get(..=end).unwrap_or(text), text.get(end + 1..).and_then(|t| trim(t).strip_prefix(':'))),
            None => (text, None),
        }
    } else {
        match text.split_once(':') {
            // Two colons: an address of version 6 without its brackets, which is not allowed but written (RFC 5118 §4.1).
            Some((_, port)) if port.contains(':') => (text, None),
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    (trim(host), port.and_then(|port| trim(port).parse().ok()))
}

/// One element of Via (RFC 3261 §20.42).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    /// `SIP/2.0` as written; empty when masked.
    pub protocol: &'a str,
    /// `UDP`, `TCP`, `TLS`, `WS` … as written; empty when masked.
    pub transport: &'a str,
    /// Host of sent-by, brackets of an IPv6 address kept.
    pub host: &'a str,
    /// Port of sent-by.
    pub port: Option<u16>,
    /// Its parameters.
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one element: `sent-protocol LWS sent-by *( SEMI via-params )`, blanks allowed around every mark.
    pub fn parse(text: &'a str) -> Self {
        let text = trim(text);
        let (head, params) = split_params(text);
        let mut slashes = head.match_indices('/').map(|(at, _)| at);
        let second = slashes.next().and_then(|_| slashes.next());
        let (protocol, rest) = match second {
            Some(at) => (trim(head.get(..at).unwrap_or("")), trim(head.get(at + 1..).unwrap_or(""))),
            None => ("", head),
        };
        let (transport, sent_by) = match (second, rest.find(BLANKS)) {
            (Some(_), Some(end)) => (rest.get(..end).unwrap_or(""), trim(rest.get(end..).unwrap_or(""))),
            (Some(_), None) => (rest, ""),
            // Masked: the last word is what stands for the host.
            (None, _) => ("", rest.rsplit(BLANKS).next().unwrap_or(rest)),
        };
        let (host, port) = host_port(sent_by);
        Self { protocol, transport, host, port, params }
    }

    /// The branch, which names the transaction.
    pub fn branch(&self) -> Option<&'a str> {
        self.params.value("branch")
    }

    /// Where the request really came from, as its receiver saw it.
    pub fn received(&self) -> Option<&'a str> {
        self.params.value("received")
    }

    /// `rport` (RFC 3581): `None` when missing, `Some(None)` when asked for, `Some(port)` when told.
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params.find("rport").map(|value| value.and_then(|port| port.parse().ok()))
    }

    /// `host` or `host:port` as sent.
    pub fn sent_by(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.to_owned(),
        }
    }
}

/// Text up to its first `;`, blanks trimmed, and the parameters from there.
fn split_params(text: &str) -> (&str, Params<'_>) {
    match text.find(';') {
        Some(at) => (trim(text.get(..at).unwrap_or("")), Params { text: text.get(at..).unwrap_or("") }),
        None => (trim(text), Params::default()),
    }
}

/// `name-addr` or `addr-spec` with header parameters: From, To, Contact, Route … (RFC 3261 §20.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// Display name, quotes and escapes undone; `None` when missing or empty.
    pub display: Option<Cow<'a, str>>,
    /// The URI as written without `<>`; `*` for a Contact that means all.
    pub uri: &'a str,
    /// Header parameters: `tag`, `expires`, `q` …
    pub params: Params<'a>,
    /// Written in `<>`. Without them everything after `;` belongs to the header, not the URI (RFC 3261 §20.10).
    pub bracketed: bool,
}

impl<'a> NameAddr<'a> {
    /// Reads one value.
    pub fn parse(text: &'a str) -> Self {
        let text = trim(text);
        let Some(open) = find_outside_quotes(text, b'<') else {
            let (uri, params) = split_params(text);
            return Self { display: None, uri, params, bracketed: false };
        };
        let inner = text.get(open + 1..).unwrap_or("");
        let close = closing_angle(inner);
        let uri = trim(inner.get(..close).unwrap_or(inner));
        let tail = inner.get(close..).unwrap_or("");
        let params = tail.find(';').and_then(|at| tail.get(at..)).unwrap_or("");
        Self { display: display_name(text.get(..open).unwrap_or("")), uri, params: Params { text: params }, bracketed: true }
    }

    /// The value of a header parameter.
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params.value(name)
    }

    /// The dialog tag.
    pub fn tag(&self) -> Option<&'a str> {
        self.param("tag").filter(|tag| !tag.is_empty())
    }

    /// The URI taken apart; `None` when it has no scheme (`*`, masked).
    pub fn parsed_uri(&self) -> Option<Uri<'a>> {
        Uri::parse(self.uri)
    }
}

/// Place of the `>` that ends the URI; a mask in angle brackets inside it (`<sip:<hidden>@host>`) is part of the URI.
fn closing_angle(inner: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' if depth == 0 => return at,
            b'>' => depth -= 1,
            _ => {}
        }
    }
    inner.find('>').unwrap_or(inner.len())
}

fn display_name(text: &str) -> Option<Cow<'_, str>> {
    let text = trim(text);
    let name = match text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) {
        Some(inner) => unescape(inner),
        None => Cow::Borrowed(text),
    };
    (!name.is_empty()).then_some(name)
}

/// CSeq (RFC 3261 §20.16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// Sequence number; must be below 2^31.
    pub number: u32,
    /// The method it counts.
    pub method: Method,
}

impl CSeq {
    /// Reads `number LWS method`; `None` when the number is none or beyond 32 bits, or the method is missing.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, method) = Self::split(text);
        Some(Self { number: number.parse().ok()?, method: Method::from_token(method?) })
    }

    /// Number and method as written: the method of a masked number is still known.
    pub(crate) fn split(text: &str) -> (&str, Option<&str>) {
        let mut words = trim(text).split(BLANKS).filter(|word| !word.is_empty());
        (words.next().unwrap_or(""), words.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn via_with_blanks_everywhere() {
        // The form of RFC 4475 §3.1.1.1.
        let via = Via::parse("SIP  / 2.0\r\n /UDP\r\n    192.0.2.2 : 5062 ;\r\n  branch  =   z9hG4bK9ikj8 ; rport");
        assert_eq!((via.transport, via.host, via.port), ("UDP", "192.0.2.2", Some(5062)));
        assert_eq!(via.branch(), Some("z9hG4bK9ikj8"));
        assert_eq!(via.rport(), Some(None));
        assert_eq!(via.sent_by(), "192.0.2.2:5062");
    }

    #[test]
    fn via_of_version_six_and_masked() {
        let via = Via::parse("SIP/2.0/UDP [2001:db8::9:1]:5070;received=[2001:db8::9:255];branch=z9hG4bKas3-111");
        assert_eq!((via.host, via.port), ("[2001:db8::9:1]", Some(5070)));
        assert_eq!(via.received(), Some("[2001:db8::9:255]"));
        assert_eq!(Via::parse("SIP/2.0/UDP 2001:db8::9:1;branch=x").host, "2001:db8::9:1");
        let via = Via::parse("SIP/2.0/TLS [Redacted];branch=z9hG4bKa");
        assert_eq!((via.transport, via.host, via.branch()), ("TLS", "[Redacted]", Some("z9hG4bKa")));
        let via = Via::parse("***;branch=z9hG4bKa");
        assert_eq!((via.host, via.branch()), ("***", Some("z9hG4bKa")));
    }

    #[test]
    fn addresses() {
        let a = NameAddr::parse("\"Anna \\\"A\\\" Müller, Büro\" <sip:anna@example.com;transport=tls>;tag=7;x=\"a;b\"");
        assert_eq!(a.display.as_deref(), Some("Anna \"A\" Müller, Büro"));
        assert_eq!((a.uri, a.tag(), a.param("x")), ("sip:anna@example.com;transport=tls", Some("7"), Some("a;b")));
        let a = NameAddr::parse("sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n");
        assert_eq!((a.uri, a.tag(), a.display), ("sip:vivekg@chair-dnrc.example.com", Some("1918181833n"), None));
        let a = NameAddr::parse("caller<sip:caller@example.com>;tag=323");
        assert_eq!((a.display.as_deref(), a.uri), (Some("caller"), "sip:caller@example.com"));
        let a = NameAddr::parse("<sip:<hidden>@example.com>;tag=9");
        assert_eq!((a.uri, a.tag()), ("sip:<hidden>@example.com", Some("9")));
        let a = NameAddr::parse("\"Mr. J. User <sip:j.user@example.com>");
        assert_eq!(a.uri, "sip:j.user@example.com");
    }

    #[test]
    fn lists_split_outside_quotes_and_brackets() {
        let list: Vec<_> = Pieces::new("\"a, \\\"b\" <sip:x,y@z>;q=1, <sip:b@c> ,\"open", b',').map(trim).collect();
        assert_eq!(list, ["\"a, \\\"b\" <sip:x,y@z>;q=1", "<sip:b@c>", "\"open"]);
    }

    #[test]
    fn cseq_bounds() {
        assert_eq!(CSeq::parse("0009\r\n  INVITE").unwrap(), CSeq { number: 9, method: Method::Invite });
        assert_eq!(CSeq::parse("36893488147419103232 REGISTER"), None);
        assert_eq!(CSeq::split("*** BYE"), ("***", Some("BYE")));
    }
}

//! URIs of SIP (RFC 3261 §19.1, `tel` RFC 3966). In: one URI as written. Out: [`Uri`] and the comparison of RFC 3261 §19.1.4. Must not
//! know headers or messages.

use std::net::Ipv6Addr;

use super::header::{Params, host_port, trim};

/// Parameters of one URI that are compared.
const MAX_COMPARED: usize = 64;

/// A URI taken apart; every part borrows the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uri<'a> {
    /// `sip`, `sips`, `tel` … as written.
    pub scheme: &'a str,
    /// User part without password; the number of a `tel` URI.
    pub user: Option<&'a str>,
    /// Password, which nobody should write.
    pub password: Option<&'a str>,
    /// Host, brackets of an IPv6 address kept. Empty for `tel`; everything after the scheme for schemes other than these three.
    pub host: &'a str,
    /// Port.
    pub port: Option<u16>,
    /// URI parameters.
    pub params: Params<'a>,
    /// What follows `?`, without it; empty when missing.
    pub headers: &'a str,
}

impl<'a> Uri<'a> {
    /// Reads a URI; `None` when there is no scheme.
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = trim(text);
        let (scheme, rest) = text.split_once(':')?;
        let legal = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
        if !scheme.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) || !scheme.bytes().all(legal) {
            return None;
        }
        let empty = Self { scheme, user: None, password: None, host: "", port: None, params: Params::default(), headers: "" };
        if scheme.eq_ignore_ascii_case("tel") {
            let end = rest.find(';').unwrap_or(rest.len());
            return Some(Self { user: rest.get(..end), params: Params { text: rest.get(end..).unwrap_or("") }, ..empty });
        }
        if !scheme.eq_ignore_ascii_case("sip") && !scheme.eq_ignore_ascii_case("sips") {
            return Some(Self { host: rest, ..empty });
        }
        let (userinfo, rest) = split_user(rest);
        let (user, password) = match userinfo.map(|info| info.split_once(':').map_or((info, None), |(u, p)| (u, Some(p)))) {
            Some((user, password)) => (Some(user), password),
            None => (None, None),
        };
        let (rest, headers) = rest.split_once('?').unwrap_or((rest, ""));
        let end = rest.find(';').unwrap_or(rest.len());
        let (host, port) = host_port(rest.get(..end).unwrap_or(""));
        Some(Self { user, password, host, port, params: Params { text: rest.get(end..).unwrap_or("") }, headers, ..empty })
    }

    /// The value of a URI parameter.
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params.value(name)
    }

    /// `sips`.
    pub fn is_secure(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("sips")
    }

    /// The same resource by the rules of RFC 3261 §19.1.4 (its examples included: `transport` in only one of them differs).
    pub fn same_as(&self, other: &Uri<'_>) -> bool {
        self.scheme.eq_ignore_ascii_case(other.scheme)
            && same_option(self.user, other.user)
            && same_option(self.password, other.password)
            && same_host(self.host, other.host)
            && self.port == other.port
            && same_params(self.params, other.params)
            && same_headers(self.headers, other.headers)
    }
}

/// User part and what follows its `@`. Neither user, host nor parameters may hold a bare `@`; where one does (a user that is itself an
/// address), the last `@` before the host's end counts.
fn split_user(rest: &str) -> (Option<&str>, &str) {
    let Some(first) = rest.find('@') else {
        return (None, rest);
    };
    let tail = rest.get(first + 1..).unwrap_or("");
    let host = tail.get(..tail.find([';', '?']).unwrap_or(tail.len())).unwrap_or("");
    let at = host.rfind('@').map_or(first, |more| first + 1 + more);
    (rest.get(..at), rest.get(at + 1..).unwrap_or(""))
}

fn same_option(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => decoded(a).eq(decoded(b)),
        (None, None) => true,
        _ => false,
    }
}

fn same_host(a: &str, b: &str) -> bool {
    let bare = |host: &str| host.trim_start_matches('[').trim_end_matches(']').parse::<Ipv6Addr>().ok();
    a.eq_ignore_ascii_case(b) || matches!((bare(a), bare(b)), (Some(a), Some(b)) if a == b)
}

/// Parameters in both must agree; these must be in both or in neither, even with their default value; others are ignored.
fn same_params(a: Params<'_>, b: Params<'_>) -> bool {
    const MUST_BE_IN_BOTH: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];
    let both = MUST_BE_IN_BOTH.iter().all(|name| a.find(name).is_some() == b.find(name).is_some());
    let same = |value: Option<&str>, other: Option<&str>| {
        decoded(value.unwrap_or("")).map(lower).eq(decoded(other.unwrap_or("")).map(lower))
    };
    // A name that stands twice is not allowed; its first value counts on both sides.
    both && a.iter().take(MAX_COMPARED).all(|(name, _)| match (a.find(name), b.find(name)) {
        (Some(value), Some(other)) => same(value, other),
        _ => true,
    })
}

/// Every header component must be in both, in any order.
fn same_headers(a: &str, b: &str) -> bool {
    let split = |text: &str| -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut list: Vec<_> = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(name).map(lower).collect(), decoded(value).collect()))
            .collect();
        list.sort();
        list
    };
    a == b || split(a) == split(b)
}

fn lower(byte: u8) -> u8 {
    byte.to_ascii_lowercase()
}

/// Bytes with `%HH` undone (RFC 3261 §19.1.2).
pub(crate) fn decoded(text: &str) -> impl Iterator<Item = u8> + '_ {
    let mut bytes = text.bytes();
    std::iter::from_fn(move || {
        let byte = bytes.next()?;
        if byte != b'%' {
            return Some(byte);
        }
        let mut ahead = bytes.clone();
        let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        match (digit(ahead.next()), digit(ahead.next())) {
            (Some(high), Some(low)) => {
                bytes = ahead;
                u8::try_from(high * 16 + low).ok()
            }
            _ => Some(byte),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let (a, b) = (Uri::parse(a).unwrap(), Uri::parse(b).unwrap());
        assert_eq!(a.same_as(&b), b.same_as(&a));
        a.same_as(&b)
    }

    #[test]
    fn examples_of_rfc_3261_19_1_4() {
        assert!(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
        assert!(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
        assert!(same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"));
        assert!(same(
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
        ));
        assert!(same(
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x"
        ));
        assert!(!same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
        assert!(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
        assert!(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
        assert!(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
        assert!(!same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
        assert!(!same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
        assert!(!same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
        assert!(!same("sip:a@b", "sips:a@b"));
        assert!(same("sip:a@[2001:db8::1]", "sip:a@[2001:0DB8:0::1]"));
    }

    #[test]
    fn odd_user_parts() {
        let uri = Uri::parse("sip:user;par=u%40example.net@example.com").unwrap();
        assert_eq!((uri.user, uri.host), (Some("user;par=u%40example.net"), "example.com"));
        let uri = Uri::parse("sip:anna@example.com@sbc.example.net:5075;transport=tls;x=a@b").unwrap();
        assert_eq!((uri.user, uri.host, uri.port), (Some("anna@example.com"), "sbc.example.net", Some(5075)));
        assert_eq!(uri.param("transport"), Some("tls"));
        let uri = Uri::parse("sip:<hidden>@[2001:db8::10]:5070;lr").unwrap();
        assert_eq!((uri.user, uri.host, uri.port), (Some("<hidden>"), "[2001:db8::10]", Some(5070)));
        let uri = Uri::parse("tel:+1-201-555-0123;phone-context=example.com").unwrap();
        assert_eq!((uri.user, uri.host), (Some("+1-201-555-0123"), ""));
        assert!(Uri::parse("[Redacted]").is_none());
        assert!(Uri::parse("*").is_none());
    }
}

//! URIs by meaning: user, host, parameters (RFC 3261 §19.1, RFC 3966, RFC 3986). In: text. Out: places.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;

use super::Kind;
use super::spans::Spans;

/// A fixed expression; one that does not compile finds nothing, and a test compiles all.
pub(super) fn expression(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static SCHEME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(
        r"(?i)\b(?:(sips?|im|pres|xmpp|mailto|h323|callto|ciscotel|aor)(?::|%3A)|(tels?)(?::|%3A)|(?:https?|wss?|ldaps?|ftp|rtsp|file)://|(?:turns?|stuns?):)",
    )
});
static PEOPLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r"(?i)/(?:users?|people|persons?|accounts?|profiles?|mailbox|aor)/([^/?#&;\s]+)"));
static TAGS: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"(?i)(?:to|from)-tag(?:=|%3D)([^;&%\s>\x22\\]+)"));
static REPLACES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(
        r"(?i)\b(?:Replaces|Call-ID|In-Reply-To|Target-Dialog)=((?:[^;&%\s>\x22@]|%[0-9a-f]{2})+?)((?:%40|@)[^;&%\s>\x22]+)?(?:%3B|[;&\s>\x22]|$)",
    )
});

/// Every URI in a text.
pub(super) fn scan(text: &str, spans: &mut Spans) {
    scan_range(text, 0, text.len(), spans);
}

/// Where a URI ends in running text.
fn end_of(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let stop =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\'' | '`' | '\\' | '{' | '}' | '|' | '^');
    let end = rest.find(stop).unwrap_or(rest.len());
    // An escaped `>` or `"` ends it, too: `&gt;`, `&quot;`.
    let end = ["&gt;", "&lt;", "&quot;", "%3E", "%3e"].iter().filter_map(|e| rest.get(..end)?.find(e)).min().unwrap_or(end);
    from + end
}

/// `user:password@host:port;parameters?headers` after its scheme, or the same without any scheme.
pub(super) fn target(text: &str, from: usize, spans: &mut Spans) {
    let end = end_of(text, from);
    let Some(rest) = text.get(from..end) else { return };
    let at = rest.find('@').map(|n| (n, 1)).or_else(|| rest.to_ascii_lowercase().find("%40").map(|n| (n, 3)));
    // A comma between URIs without an `@` of its own would make the user part too long.
    let at = at.filter(|(n, _)| !rest.get(..*n).unwrap_or_default().contains(['?', '/', ',']));
    let host_from = match at {
        Some((n, length)) => {
            let user = rest.get(..n).unwrap_or_default();
            let bare = user.split([';', ':']).next().unwrap_or_default();
            user_at(text, from, from + bare.len(), spans);
            if let Some(password) = user.get(bare.len()..).and_then(|p| p.strip_prefix(':')) {
                spans.add(from + bare.len() + 1, from + bare.len() + 1 + password.len(), Kind::Token);
            }
            from + n + length
        }
        None => from,
    };
    let after = host_at(text, host_from, spans);
    if at.is_none() && after == host_from {
        // `sip:1001` without a host.
        let bare = rest.split([';', '?', ',', ')', ']']).next().unwrap_or_default();
        user_at(text, from, from + bare.len(), spans);
    }
    inside(text, after, end, spans);
}

fn telephone(text: &str, from: usize, spans: &mut Spans) {
    let rest = text.get(from..).unwrap_or_default();
    let length = rest.find(|c: char| !(c.is_ascii_digit() || "+-.()*#".contains(c))).unwrap_or(rest.len());
    let length = rest.get(..length).unwrap_or_default().trim_end_matches(['.', '-', ')']).len();
    spans.add(from, from + length, Kind::Number);
    let end = end_of(text, from);
    let context = ";phone-context=";
    if let Some(at) = text.get(from..end).and_then(|t| t.to_ascii_lowercase().find(context)) {
        host_at(text, from + at + context.len(), spans);
    }
    inside(text, from + length, end, spans);
}

/// Authority, then people named in the path.
fn web(text: &str, from: usize, spans: &mut Spans) {
    let end = end_of(text, from);
    let Some(rest) = text.get(from..end) else { return };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_from = match authority.rfind('@') {
        Some(at) => {
            let user = rest.get(..at).unwrap_or_default();
            let bare = user.split(':').next().unwrap_or_default();
            user_at(text, from, from + bare.len(), spans);
            spans.add(from + bare.len() + 1, from + at, Kind::Token);
            from + at + 1
        }
        None => from,
    };
    let after = host_at(text, host_from, spans);
    inside(text, after, end, spans);
}

/// Parameters and headers of a URI: dialogs named in it, people in its path.
fn inside(text: &str, from: usize, end: usize, spans: &mut Spans) {
    let Some(rest) = text.get(from..end).filter(|r| !r.is_empty()) else { return };
    for found in REPLACES.iter().flat_map(|r| r.captures_iter(rest)) {
        if let Some(call) = found.get(1) {
            spans.add(from + call.start(), from + call.end(), Kind::Call);
        }
        if let Some(host) = found.get(2) {
            let skip = if host.as_str().starts_with('@') { 1 } else { 3 };
            host_at(text, from + host.start() + skip, spans);
        }
    }
    for found in TAGS.iter().flat_map(|r| r.captures_iter(rest)).filter_map(|f| f.get(1)) {
        spans.add(from + found.start(), from + found.end(), Kind::Token);
    }
    for found in PEOPLE.iter().flat_map(|r| r.captures_iter(rest)).filter_map(|f| f.get(1)) {
        let (start, stop) = (from + found.start(), from + found.end());
        match found.as_str().find('@') {
            Some(at) => {
                user_at(text, start, start + at, spans);
                host_at(text, start + at + 1, spans);
            }
            None if found.as_str().contains("%40") => target(text, start, spans),
            None => user_at(text, start, stop, spans),
        }
    }
}

/// A user part: a number where it looks like one.
pub(super) fn user_at(text: &str, start: usize, end: usize, spans: &mut Spans) {
    let Some(user) = text.get(start..end) else { return };
    spans.add(start, end, kind_of_user(user));
}

/// What a user part is.
pub(super) fn kind_of_user(user: &str) -> Kind {
    let digits = user.bytes().filter(u8::is_ascii_digit).count();
    let only = user.bytes().all(|b| b.is_ascii_digit() || b"+-.()*# ".contains(&b));
    if only && digits > 0 { Kind::Number } else { Kind::User }
}

/// What a display name is.
pub(super) fn kind_of_name(name: &str) -> Kind {
    if kind_of_user(name.trim()) == Kind::Number { Kind::Number } else { Kind::Name }
}

/// A host name or address at this place; the place after it and its port.
pub(super) fn host_at(text: &str, from: usize, spans: &mut Spans) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    if let Some(inner) = rest.strip_prefix('[')
        && let Some((address, _)) = inner.split_once(']')
        && address.split('%').next().is_some_and(|a| a.parse::<std::net::Ipv6Addr>().is_ok())
    {
        spans.add(from + 1, from + 1 + address.len(), Kind::Address);
        return from + address.len() + 2;
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let host = rest.get(..length).unwrap_or_default().trim_end_matches(['.', '-', '_']);
    if host.is_empty() {
        return from;
    }
    // A bare IPv6 address, as some logs print it.
    let long = rest.find(|c: char| !(c.is_ascii_hexdigit() || c == ':' || c == '.')).unwrap_or(rest.len());
    if let Some(address) = rest.get(..long).filter(|a| a.parse::<std::net::Ipv6Addr>().is_ok()) {
        spans.add(from, from + address.len(), Kind::Address);
        return from + address.len();
    }
    spans.add(from, from + host.len(), kind_of_host(host));
    from + host.len()
}

/// An address or a name.
pub(super) fn kind_of_host(host: &str) -> Kind {
    if host.parse::<IpAddr>().is_ok() { Kind::Address } else { Kind::Host }
}

/// Every URI in a part of a text, and what such a header field holds without any scheme.
pub(super) fn scan_range(text: &str, from: usize, end: usize, spans: &mut Spans) {
    let (Some(scheme), Some(part)) = (SCHEME.as_ref(), text.get(from..end)) else { return };
    for found in scheme.captures_iter(part) {
        let Some(whole) = found.get(0) else { continue };
        match (found.get(1), found.get(2)) {
            (Some(_), _) => target(text, from + whole.end(), spans),
            (_, Some(_)) => telephone(text, from + whole.end(), spans),
            _ => web(text, from + whole.end(), spans),
        }
    }
}

//! Header fields of SIP and lines of SDP by meaning (RFC 3261 §20, RFC 3325, RFC 5626, RFC 8866). In: text with whole lines. Out: places.

use std::sync::LazyLock;

use regex::Regex;

use super::Kind;
use super::spans::Spans;
use super::uri::{self, expression, host_at, user_at};
use crate::sip::grammar::is_known_header;
use crate::sip::header::long_form;

static HEADER: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"^[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*"));
static QUOTED_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(
        r#"(?:\\*"|&quot;|%22)((?:[^"\\]|\\[^"]|\\\\")*?)(?:\\*"|&quot;|%22)\s*(?:<|&lt;|%3C|\\u003[cC])\s*(?i:sips?|tel|[a-z]+):"#,
    )
});
static TOKEN_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r#"(?:^|,)\s*([^\s"<>,;:=][^"<>,;=]*?)\s*<"#));
static SAID_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(
        r#"\b(?i:From|To|Contact|P-Asserted-Identity|P-Preferred-Identity|Remote-Party-ID|Diversion|Refer-To|Referred-By)\s*[:=]\s*([^\s"<>,;:=][^"<>,;:=]{0,80}?)\s*<(?i:sips?|tel):"#,
    )
});
static PARAMETER: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r#"([+A-Za-z][\w.+-]*)\s*=\s*(?:\\*"((?:[^"\\]|\\[^"])*)\\*"|([^\s;,>"\\]+))"#));
static SENT_BY: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"(?i)SIP\s*/\s*2\.0\s*/\s*\w+\s+"));
static CALL_ID: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"([^\s@;,]+)(?:@([^\s;,>]+))?"));
static CANDIDATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r"(?i)^candidate:(\S+)\s+\d+\s+\S+\s+\d+\s+(\S+)\s+\d+(?:.*?\braddr\s+(\S+))?"));
static WARNING: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"\d{3}\s+(\S+)\s+"));

/// Header fields and SDP lines, and display names before any URI.
pub(super) fn scan(text: &str, spans: &mut Spans) {
    let quoted = QUOTED_NAME.iter().filter(|_| text.contains('"') || text.contains("&quot;") || text.contains("%22"));
    for found in quoted.flat_map(|r| r.captures_iter(text)).filter_map(|f| f.get(1)) {
        spans.add(found.start(), found.end(), uri::kind_of_name(found.as_str()));
    }
    for found in SAID_NAME.iter().filter(|_| text.contains('<')).flat_map(|r| r.captures_iter(text)).filter_map(|f| f.get(1)) {
        spans.add(found.start(), found.end(), uri::kind_of_name(found.as_str()));
    }
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        line(text, at, end, spans);
        at = end + 1;
    }
}

/// End of a line with the folds that belong to it (RFC 3261 §7.3.1).
fn line_end(text: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let Some(end) = text.get(at..).and_then(|rest| rest.find('\n')).map(|n| at + n) else { return text.len() };
        match text.as_bytes().get(end + 1) {
            Some(b' ' | b'\t') => at = end + 1,
            _ => return end,
        }
    }
}

fn line(text: &str, from: usize, end: usize, spans: &mut Spans) {
    let Some(line) = text.get(from..end) else { return };
    if let Some(b'=') = line.as_bytes().get(1) {
        return sdp(text, from, line, spans);
    }
    let Some(head) = HEADER.as_ref().and_then(|r| r.captures(line)) else { return };
    let (Some(whole), Some(name)) = (head.get(0), head.get(1)) else { return };
    if is_known_header(name.as_str().as_bytes()) {
        header(text, long_form(name.as_str()), from + whole.end(), end, spans);
    }
}

/// The value of a header field.
fn header(text: &str, name: &str, from: usize, end: usize, spans: &mut Spans) {
    let Some(value) = text.get(from..end) else { return };
    match name.to_ascii_lowercase().as_str() {
        "cseq" | "max-forwards" | "content-length" | "content-type" | "expires" | "min-expires" | "session-expires"
        | "min-se" | "allow" | "supported" | "require" | "proxy-require" | "accept" | "event" | "allow-events" | "rseq"
        | "rack" | "date" | "retry-after" | "timestamp" | "mime-version" | "unsupported" | "accept-encoding"
        | "accept-language" | "recv-info" | "flow-timer" => spans.settle(from, from + value.trim_end().len()),
        "call-id" | "in-reply-to" => call_ids(text, from, value, spans),
        "replaces" | "target-dialog" | "join" => {
            let id = value.split(';').next().unwrap_or_default();
            call_ids(text, from, id, spans);
            parameters(from, value, spans);
        }
        "via" => {
            for sent in SENT_BY.iter().flat_map(|r| r.find_iter(value)) {
                host_at(text, from + sent.end(), spans);
            }
            parameters(from, value, spans);
        }
        "authorization" | "proxy-authorization" | "www-authenticate" | "proxy-authenticate" | "authentication-info" => {
            if let Some((scheme, secret)) = value.split_once(char::is_whitespace)
                && ["bearer", "basic", "negotiate", "ntlm"].contains(&scheme.to_ascii_lowercase().as_str())
            {
                let secret_from = from + value.len() - secret.trim_start().len();
                spans.add(secret_from, secret_from + secret.trim().len(), Kind::Token);
            }
            uri::scan_range(text, from, end, spans);
            parameters(from, value, spans);
        }
        "subject" => spans.add(from, from + value.trim_end().len(), Kind::Name),
        "organization" => spans.add(from, from + value.trim_end().len(), Kind::Organisation),
        "warning" => {
            for host in WARNING.iter().flat_map(|r| r.captures_iter(value)).filter_map(|f| f.get(1)) {
                if host.as_str().contains(|c: char| c.is_alphabetic()) || host.as_str().contains('.') {
                    host_at(text, from + host.start(), spans);
                }
            }
        }
        "session-id" | "x-broadworks-correlation-info" | "x-broadsoft-correlation-id" | "x-correlation-id" | "trackingid" => {
            tracking(from, value, spans);
        }
        "user-agent" | "server" => {}
        "identity" | "identity-info" | "p-charging-vector" | "p-access-network-info" | "p-visited-network-id" => {
            parameters(from, value, spans);
        }
        _ => {
            uri::scan_range(text, from, end, spans);
            for found in TOKEN_NAME.iter().flat_map(|r| r.captures_iter(value)).filter_map(|f| f.get(1)) {
                spans.add(from + found.start(), from + found.end(), uri::kind_of_name(found.as_str()));
            }
            parameters(from, value, spans);
        }
    }
}

pub(super) fn tracking(from: usize, value: &str, spans: &mut Spans) {
    let first = value.split(';').next().unwrap_or_default().trim_end();
    spans.add(from, from + first.len(), Kind::Tracking);
    if let Some(remote) = value.find("remote=") {
        let start = remote + "remote=".len();
        let id = value.get(start..).unwrap_or_default().split([';', ' ', '\r']).next().unwrap_or_default();
        spans.add(from + start, from + start + id.len(), Kind::Tracking);
    }
}

/// Call-IDs: what stands before the `@`, and the host.
pub(super) fn call_ids(text: &str, from: usize, value: &str, spans: &mut Spans) {
    for found in CALL_ID.iter().flat_map(|r| r.captures_iter(value)) {
        if let Some(local) = found.get(1) {
            spans.add(from + local.start(), from + local.end(), Kind::Call);
        }
        if let Some(host) = found.get(2) {
            host_at(text, from + host.start(), spans);
        }
    }
}

/// Parameters of a header field that name somebody or are secret.
fn parameters(from: usize, value: &str, spans: &mut Spans) {
    for found in PARAMETER.iter().flat_map(|r| r.captures_iter(value)) {
        let (Some(name), Some(content)) = (found.get(1), found.get(2).or(found.get(3))) else { continue };
        let (start, end, content) = (from + content.start(), from + content.end(), content.as_str());
        match name.as_str().to_ascii_lowercase().as_str() {
            "tag" | "nonce" | "opaque" | "response" | "cnonce" | "nextnonce" | "rspauth" | "auts" | "ik" | "ck" | "to-tag"
            | "from-tag" | "alias" | "ob-token" => spans.add(start, end, Kind::Token),
            "branch" => {
                // The cookie of RFC 3261 §8.1.1.7 tells how to match, not who it was.
                let cookie = if content.starts_with("z9hG4bK") { "z9hG4bK".len() } else { 0 };
                spans.add(start + cookie, end, Kind::Token);
            }
            "+sip.instance" | "epid" | "device-id" | "deviceid" | "mac" | "imei" => {
                let bare = content.trim_start_matches('<');
                let skip = content.len() - bare.len();
                let urn = bare.rfind(':').filter(|_| bare.starts_with("urn:")).map_or(0, |n| n + 1);
                spans.add(start + skip + urn, end - (bare.len() - bare.trim_end_matches('>').len()), Kind::Device);
            }
            "received" | "maddr" | "orig-ioi" | "term-ioi" | "icid-generated-at" | "raddr" => add_host(start, content, spans),
            "realm" | "domain" if !content.contains('/') && !content.contains(' ') => add_host(start, content, spans),
            "realm" => spans.add(start, end, Kind::Organisation),
            "username" | "user-id" | "userid" => match content.find('@') {
                Some(at) => {
                    spans.add(start, start + at, uri::kind_of_user(content.get(..at).unwrap_or_default()));
                    add_host(start + at + 1, content.get(at + 1..).unwrap_or_default(), spans);
                }
                None => spans.add(start, end, uri::kind_of_user(content)),
            },
            "icid-value" | "x-correlation-id" => spans.add(start, end, Kind::Tracking),
            _ => {}
        }
    }
}

fn add_host(start: usize, host: &str, spans: &mut Spans) {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let skip = usize::from(host.starts_with('['));
    let name = if bare.parse::<std::net::IpAddr>().is_ok() { bare } else { bare.split(':').next().unwrap_or_default() };
    spans.add(start + skip, start + skip + name.len(), uri::kind_of_host(name));
}

/// A line of SDP.
fn sdp(text: &str, from: usize, line: &str, spans: &mut Spans) {
    let value_from = from + 2;
    let Some(value) = line.get(2..).map(str::trim_end) else { return };
    match line.as_bytes().first() {
        // o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>
        Some(b'o') => {
            let parts: Vec<&str> = value.split(' ').collect();
            let [user, .., address] = parts.as_slice() else { return };
            if parts.len() < 6 {
                return;
            }
            if *user != "-" {
                user_at(text, value_from, value_from + user.len(), spans);
            }
            let address_from = value_from + value.len() - address.len();
            host_at(text, address_from, spans);
            spans.settle(value_from + user.len(), address_from);
        }
        Some(b'c') => {
            let address = value.rsplit(' ').next().unwrap_or_default();
            host_at(text, value_from + value.len() - address.len(), spans);
        }
        // One word is the name of a program in practice, a sentence may be anything.
        Some(b's') if value.trim().contains(' ') => spans.add(value_from, value_from + value.len(), Kind::Name),
        Some(b'i') => spans.add(value_from, value_from + value.len(), Kind::Name),
        Some(b'e') => uri::target(text, value_from, spans),
        Some(b'p') => spans.add(value_from, value_from + value.len(), Kind::Number),
        Some(b'u') => uri::scan_range(text, value_from, from + line.len(), spans),
        Some(b't' | b'b' | b'm' | b'v') => spans.settle(value_from, value_from + value.len()),
        Some(b'k') => spans.add(value_from, value_from + value.len(), Kind::Token),
        Some(b'a') => attribute(text, value_from, value, spans),
        _ => {}
    }
}

fn attribute(text: &str, from: usize, value: &str, spans: &mut Spans) {
    if let Some(found) = CANDIDATE.as_ref().and_then(|r| r.captures(value)) {
        for host in [found.get(2), found.get(3)].into_iter().flatten() {
            host_at(text, from + host.start(), spans);
        }
        return;
    }
    let Some((name, content)) = value.split_once(':') else { return };
    let at = from + name.len() + 1;
    match name {
        "crypto" => {
            if let Some(key) = content.find("inline:") {
                let start = key + "inline:".len();
                let secret = content.get(start..).unwrap_or_default().split(['|', ' ', ';']).next().unwrap_or_default();
                spans.add(at + start, at + start + secret.len(), Kind::Token);
            }
        }
        "fingerprint" => {
            if let Some((_, print)) = content.split_once(' ') {
                spans.add(from + value.len() - print.len(), from + value.len(), Kind::Token);
            }
        }
        "ice-ufrag" | "ice-pwd" | "tls-id" | "identity" | "key-mgmt" | "msid" | "mid-token" => {
            spans.add(at, at + content.len(), Kind::Token);
        }
        "rtcp" => {
            if let Some(address) = content.split(' ').nth(3) {
                host_at(text, from + value.len() - address.len(), spans);
            }
        }
        "ssrc" => {
            if let Some(found) = content.find("cname:") {
                let start = found + "cname:".len();
                spans.add(at + start, at + content.len(), Kind::Token);
            }
            let number = content.split(' ').next().unwrap_or_default();
            spans.settle(at, at + number.len());
        }
        "rtpmap" | "fmtp" | "ptime" | "maxptime" | "rtcp-fb" | "extmap" => spans.settle(at, at + content.len()),
        _ => {}
    }
}

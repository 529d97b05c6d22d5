//! What looks private wherever it stands: e-mails, addresses, UUIDs, MACs, telephone numbers, tokens, host names, home folders. In: text.
//! Out: places that are still free. A guess: what it finds is replaced, and counts as known only if it can hardly be anything else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;

use super::Kind;
use super::spans::Spans;
use super::uri::{self, expression, host_at};

static FOLDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(r"(?i)(?:/(?:Users|home)/|[\\/]+(?:Users|Documents and Settings)[\\/]+)([^\\/\s:\x22'<>|?*,;]+)")
});
static SHARE: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"(?:^|[\s\x22'(=])\\\\+([A-Za-z0-9][\w.-]*)\\+[\w$.-]"));
static ARCHIVE: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r"(?i)([\p{L}\p{N}][\p{L}\p{N}_.+-]*)\.(?:zip|tgz|tar\.gz|7z|rar)\b"));
static TRACKING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(
        r"\b(?:[A-Za-z][A-Za-z0-9-]*_)+[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?:_[0-9]+)*|\bCLIENT_[0-9A-Za-z_-]{4,}",
    )
});
static BRANCH: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"z9hG4bK([^\s;,\x22<>\\]+)"));
static UUID: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"));
static JWT: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,2}"));
static MAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r"([\p{L}\p{N}_.+~!#$*/=?'%-]*[\p{L}\p{N}_+~-])(@|%40)([\p{L}\p{N}\[][\p{L}\p{N}.:_-]*)"));
static MAC: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(r"\b(?:(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}|SEP[0-9A-Fa-f]{12})\b")
});
static IPV4: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"));
static IPV6: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r"(?:[0-9A-Fa-f]{0,4}:){2,8}(?:[0-9A-Fa-f]{1,4}|\d{1,3}(?:\.\d{1,3}){3})?"));
static TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"[A-Za-z0-9+/_=-]{16,}"));
static NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r"\+\d[\d .()/-]{5,18}\d|\(\d{2,4}\)[ ]?\d{3,4}[ -]\d{3,5}|\b\d{3}-\d{3}-\d{4}\b|\d{7,}"));
static DOMAIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r"(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.)+(?:[a-z]{2,11})\b"));

/// Domains of the highest level that hosts of customers have. Endings of files and of identifiers that are also domains are left out.
const LEVELS: &[&str] = &[
    "com",
    "net",
    "org",
    "edu",
    "gov",
    "mil",
    "int",
    "biz",
    "eu",
    "local",
    "lan",
    "internal",
    "intern",
    "corp",
    "intra",
    "intranet",
    "home",
    "localdomain",
    "invalid",
    "test",
    "example",
    "cloud",
    "app",
    "dev",
    "online",
    "company",
    "group",
    "global",
    "tech",
    "agency",
    "de",
    "at",
    "ch",
    "nl",
    "be",
    "fr",
    "uk",
    "ie",
    "es",
    "pt",
    "it",
    "cz",
    "sk",
    "hu",
    "ro",
    "bg",
    "gr",
    "dk",
    "se",
    "no",
    "fi",
    "ee",
    "lv",
    "lt",
    "lu",
    "us",
    "ca",
    "mx",
    "br",
    "ar",
    "cl",
    "co",
    "au",
    "nz",
    "jp",
    "kr",
    "cn",
    "tw",
    "hk",
    "sg",
    "in",
    "th",
    "vn",
    "za",
    "il",
    "tr",
    "ua",
    "ru",
    "ae",
    "sa",
    "hr",
    "si",
];

/// Everything that looks private and is free.
pub(super) fn scan(text: &str, spans: &mut Spans) {
    // What a pattern can't do without is looked for first: most texts lack most of it.
    let bytes = text.as_bytes();
    let has = |byte: u8| bytes.contains(&byte);
    let digits = bytes.iter().any(u8::is_ascii_digit);
    each_if(has(b'/') || has(b'\\'), &FOLDER, text, |name| {
        if !["public", "shared", "default", "all users"].contains(&name.as_str().to_lowercase().as_str()) {
            spans.add(name.start(), name.end(), Kind::User);
        }
    });
    each_if(has(b'\\'), &SHARE, text, |name| spans.add(name.start(), name.end(), Kind::Host));
    each_if(has(b'.'), &ARCHIVE, text, |name| {
        if !super::names::is_known(name.as_str()) {
            spans.guess(name.start(), name.end(), Kind::Path);
        }
    });
    each_if(has(b'_'), &TRACKING, text, |id| spans.add(id.start(), id.end(), Kind::Tracking));
    each_if(digits, &MAC, text, |mac| spans.add(mac.start(), mac.end(), Kind::Device));
    each_if(has(b'-'), &UUID, text, |id| {
        let before = text.get(..id.start()).unwrap_or_default();
        spans.add(id.start(), id.end(), if before.ends_with("urn:uuid:") { Kind::Device } else { Kind::Token });
    });
    each_if(text.contains("z9hG4bK"), &BRANCH, text, |branch| spans.add(branch.start(), branch.end(), Kind::Token));
    each_if(text.contains("eyJ"), &JWT, text, |jwt| spans.add(jwt.start(), jwt.end(), Kind::Token));
    let mails = MAIL.iter().filter(|_| has(b'@') || text.contains("%40"));
    for mail in mails.flat_map(|r| r.captures_iter(text)) {
        let (Some(user), Some(host)) = (mail.get(1), mail.get(3)) else { continue };
        // `a=b@c`, `x/y@z`: what belongs to the user part begins after the last such sign.
        let from = user.as_str().rfind(['=', '/', '?', '\'', '*', '!', '#', '$']).map_or(0, |n| n + 1);
        let name = user.as_str().get(from..).unwrap_or_default();
        let kind = if is_random(name) { Kind::Call } else { uri::kind_of_user(name) };
        spans.add(user.start() + from, user.end(), kind);
        host_at(text, host.start(), spans);
    }
    addresses(text, spans);
    each_if(text.len() >= 12, &TOKEN, text, |found| {
        let token = found.as_str();
        // A compiler's name of a function, the same for every customer.
        if token.starts_with("lambda_") {
            return;
        }
        // Names of classes and folders hold signs and capitals too: only the parts between these signs count.
        let mut at = found.start();
        let whole = is_random(token) && !token.contains('/');
        for part in token.split(if whole { &['\u{0}'][..] } else { &['/', '='][..] }) {
            if is_random(part) {
                spans.guess(at, at + part.len(), Kind::Token);
            }
            at += part.len() + 1;
        }
    });
    each_if(digits, &NUMBER, text, |found| {
        let digits = found.as_str().bytes().filter(u8::is_ascii_digit).count();
        let before = text.get(..found.start()).and_then(|t| t.chars().next_back());
        let after = text.get(found.end()..).and_then(|t| t.chars().next());
        let joined = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || c == '.');
        let fraction = after == Some('.') && bytes.get(found.end() + 1).is_some_and(u8::is_ascii_digit);
        let lettered = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        if (7..=15).contains(&digits)
            && !joined(before)
            && !fraction
            && !lettered(before)
            && !lettered(after)
            && !after.is_some_and(|c| c.is_ascii_digit())
            && !is_moment(found.as_str())
        {
            spans.guess(found.start(), found.end(), Kind::Number);
        }
    });
    each_if(has(b'.'), &DOMAIN, text, |found| {
        let joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '('));
        let before = text.get(..found.start()).and_then(|t| t.chars().next_back());
        let after = text.get(found.end()..).and_then(|t| t.chars().next());
        let level = found.as_str().rsplit('.').next().unwrap_or_default();
        let goes_on = after.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '('))
            || after == Some('.') && bytes.get(found.end() + 1).is_some_and(u8::is_ascii_alphabetic);
        if LEVELS.contains(&level) && !joined(before.filter(|c| *c != '(')) && !goes_on {
            spans.add(found.start(), found.end(), Kind::Host);
        }
    });
}

/// Addresses, in any text.
pub(super) fn addresses(text: &str, spans: &mut Spans) {
    let bytes = text.as_bytes();
    each_if(bytes.contains(&b'.'), &IPV4, text, |found| {
        let (start, end) = (found.start(), found.end());
        let joined = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_digit() || *b == b'.');
        let dotted = bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        let before = start.checked_sub(1).and_then(|n| bytes.get(n));
        if !joined(before)
            && !bytes.get(end).is_some_and(u8::is_ascii_digit)
            && !dotted
            && found.as_str().parse::<Ipv4Addr>().is_ok()
            && !is_version(text, start, end)
        {
            spans.add(start, end, Kind::Address);
        }
    });
    each_if(bytes.contains(&b':'), &IPV6, text, |found| {
        let joined = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_'));
        let before = found.start().checked_sub(1).and_then(|n| bytes.get(n));
        let text = found.as_str();
        let digits = text.bytes().any(|b| b.is_ascii_digit());
        if digits && !joined(before) && !joined(bytes.get(found.end())) && text.parse::<Ipv6Addr>().is_ok() {
            spans.add(found.start(), found.end(), Kind::Address);
        }
    });
}

/// Is the whole word a tracking ID?
pub(super) fn is_tracking(word: &str) -> bool {
    TRACKING.as_ref().and_then(|r| r.find(word)).is_some_and(|f| f.len() == word.len())
}

fn each_if<'a>(possible: bool, expression: &LazyLock<Option<Regex>>, text: &'a str, mut take: impl FnMut(regex::Match<'a>)) {
    let Some(expression) = possible.then_some(expression).and_then(|e| e.as_ref()) else { return };
    if expression.captures_len() > 1 {
        expression.captures_iter(text).filter_map(|f| f.get(1)).for_each(take);
    } else {
        for found in expression.find_iter(text) {
            take(found);
        }
    }
}

/// Four numbers of a version, not of an address: after the name of a program or the word itself, and without a port.
fn is_version(text: &str, start: usize, end: usize) -> bool {
    if text.as_bytes().get(end) == Some(&b':') {
        return false;
    }
    let before = text.get(..start).unwrap_or_default();
    let from = before.char_indices().rev().nth(11).map_or(0, |(n, _)| n);
    let near = before.get(from..).unwrap_or_default().to_ascii_lowercase();
    let named = ["version", "ver", "build", "release", "v"]
        .iter()
        .any(|w| near.trim_end_matches([' ', ':', '=', '"', '\\', '/', '.']).ends_with(w));
    let mut back = before.chars().rev();
    let product = back.next() == Some('/') && back.next().is_some_and(char::is_alphanumeric);
    named || product
}

/// Epoch seconds or milliseconds of these decades, or a date: times are facts.
fn is_moment(digits: &str) -> bool {
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    let epoch =
        matches!(digits.len(), 10 | 13) && digits.starts_with(['1']) && digits.get(1..2).is_some_and(|d| "5678".contains(d));
    let date = matches!(digits.len(), 8 | 14) && (digits.starts_with("19") || digits.starts_with("20"));
    plain && (epoch || date)
}

/// Does no person and no programmer write such a word? Hexadecimal of 16 digits and more, or many changes between small letters, capitals
/// and digits.
pub(super) fn is_random(word: &str) -> bool {
    let bare = word.trim_matches(|c| matches!(c, '=' | '-' | '_' | '+'));
    if bare.len() < 12 || bare.parse::<IpAddr>().is_ok() {
        return false;
    }
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let letters = bare.bytes().filter(u8::is_ascii_alphabetic).count();
    if digits == 0 && !bare.contains(['+', '=']) || letters == 0 {
        return false;
    }
    let hex = bare.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'-' | b'_'));
    if hex && digits >= 2 && letters >= 2 && bare.len() >= 16 {
        return true;
    }
    let class = |b: u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let bytes = bare.as_bytes();
    let digit_changes =
        bytes.windows(2).filter(|w| matches!(w, [a, b] if class(*a) != class(*b) && (class(*a) == 2 || class(*b) == 2))).count();
    digits >= 2 && bare.len() >= 20 && digit_changes >= 4 || bare.len() >= 12 && digit_changes * 3 >= bare.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, Kind)> {
        let mut spans = Spans::default();
        scan(text, &mut spans);
        spans.list().iter().filter_map(|s| Some((text.get(s.start..s.end)?, s.kind?))).collect()
    }

    #[test]
    fn what_looks_private() {
        for (text, value, kind) in [
            ("to 10.1.2.3:5060 now", "10.1.2.3", Kind::Address),
            ("peer fd00::17:2 gone", "fd00::17:2", Kind::Address),
            ("id 3f1c1f0e-8a1b-4f3e-9d7a-0123456789ab.", "3f1c1f0e-8a1b-4f3e-9d7a-0123456789ab", Kind::Token),
            ("SEP00112233aabb", "SEP00112233aabb", Kind::Device),
            ("opens /Users/anna/Library/x", "anna", Kind::User),
            (r"opens C:\\Users\\anna\\AppData", "anna", Kind::User),
            ("dialling +420 123 456 789 now", "+420 123 456 789", Kind::Number),
            ("resolved sbc1.acme.com to", "sbc1.acme.com", Kind::Host),
            ("key 0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef", Kind::Token),
            ("wrote logs_anna_2024.zip", "logs_anna_2024", Kind::Path),
        ] {
            assert_eq!(found(text), [(value, kind)], "{text}");
        }
        assert_eq!(found("mail anna@acme.com."), [("anna", Kind::User), ("acme.com", Kind::Host)]);
    }

    #[test]
    fn what_does_not() {
        for text in [
            "Webex/43.1.0.24 (Windows)",
            "version 4.1.1.2",
            "12:00:01.123 <INFO>",
            "std::vector::push",
            "registerClient::<lambda_367b7b02ffeb826e6e6a25aafb052a78>::operator ()",
            "SomeVeryLongClassNameOfTheClient::method",
            "com.cisco.jabber.Main",
            "at 1706600466",
            "2024-01-30T08:41:06.574Z",
            "20240130",
            "src/call_control/session.cpp:118",
            "0x7fff5fbff8c0",
            "1.2.3.4.5",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}

//! What names in a device configuration tell: tags, secrets, addresses, switches. In: names and values. Out: what they are. Must not
//! know how the XML was read.

use super::device_config::Meaning;
use crate::base::{Private, PrivateKind, Segment};

/// The `%…%` tags in a value: capitals, digits, `_` and `-`, at least three. `%C3%A9` in a web address is none.
pub(super) fn tags(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        loop {
            let from = rest.find('%')?;
            let after = rest.get(from + 1..)?;
            let name: usize = after.bytes().take_while(|b| is_tag_byte(*b)).count();
            let inner = after.get(..name).unwrap_or_default();
            if after.as_bytes().get(name) == Some(&b'%') && name >= 3 && inner.starts_with(|c: char| c.is_ascii_uppercase()) {
                let tag = rest.get(from..from + name + 2);
                rest = after.get(name + 1..).unwrap_or_default();
                return tag;
            }
            rest = after;
        }
    })
}

fn is_tag_byte(b: u8) -> bool {
    b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-')
}

/// A tag of the SBC, or one of BroadWorks' own: without them nothing registers.
pub(super) fn is_sip_tag(tag: &str) -> bool {
    tag.contains("SBC") || is_broadworks_own(tag)
}

/// `%BW…%` tags are filled by BroadWorks itself, whatever an administrator sets.
pub(super) fn is_broadworks_own(tag: &str) -> bool {
    tag.starts_with("%BW")
}

/// Does this attribute say that its element does not count?
pub(super) fn switches_off(name: &str, value: &str) -> bool {
    let no = ["false", "no", "0", "off"];
    let yes = ["true", "yes", "1", "on"];
    let is = |list: &[&str]| list.iter().any(|v| value.trim().eq_ignore_ascii_case(v));
    match name.to_ascii_lowercase().as_str() {
        "enabled" | "enable" | "active" => is(&no),
        "disabled" => is(&yes),
        _ => false,
    }
}

/// Does a value of this element hold an address of the SBC? The element itself, or a part of it that is called so.
pub(super) fn holds_address(meaning: Meaning, element: &str, path: &str) -> bool {
    let part = path.rsplit('/').next().unwrap_or_default().trim_start_matches('@').to_ascii_lowercase();
    let named = matches!(part.as_str(), "address" | "host" | "hostname" | "value" | "record-name" | "uri" | "domain");
    match meaning {
        Meaning::Proxy => named || element == "proxy" && part == "proxy",
        Meaning::Registrar => named || element == "registrar" && part == "registrar",
        Meaning::Domain => named || element == "domain" && part == "domain",
        Meaning::Discovery => matches!(part.as_str(), "address" | "host" | "record-name"),
        _ => false,
    }
}

/// Is everything in an element of this name a secret?
pub(super) fn is_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["password", "passwd", "secret", "token", "private-key", "api-key", "apikey", "hash"].iter().any(|w| lower.contains(w))
        || lower == "key"
        || lower == "pin"
}

/// A value by the names of its element and attribute.
pub(super) fn segment(element: &str, key: &str, secret: bool, value: &str) -> Segment {
    let private = |kind: PrivateKind| Segment::Private(Private::new(kind, value));
    let plain = || Segment::Log(value.to_owned());
    if value.is_empty() || tags(value).any(|tag| tag.len() == value.len()) {
        return plain();
    }
    if secret || is_secret(key) {
        return private(PrivateKind::Token);
    }
    let switch = ["true", "false", "yes", "no", "on", "off"].iter().any(|v| value.eq_ignore_ascii_case(v));
    let small = value.len() <= 5 && value.bytes().all(|b| b.is_ascii_digit());
    if switch || small {
        return plain();
    }
    let name = format!("{} {}", element.to_ascii_lowercase(), key.to_ascii_lowercase());
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    if value.contains("://") || has(&["url", "uri"]) {
        private(PrivateKind::Uri)
    } else if has(&["mail"]) && value.contains('@') {
        private(PrivateKind::Mail)
    } else if has(&["display-name", "displayname", "first", "last-name"]) {
        private(PrivateKind::Name)
    } else if value.contains('@') || has(&["user", "login", "auth", "lineport", "line-port", "identity", "credential", "account"])
    {
        private(PrivateKind::User)
    } else if has(&["number", "phone", "extension", "voice-mail", "voicemail"]) {
        private(PrivateKind::Number)
    } else if has(&["mac", "device-id", "instance"]) {
        private(PrivateKind::Device)
    } else if value.parse::<std::net::IpAddr>().is_ok() {
        private(PrivateKind::Address)
    } else if has(&["address", "host", "domain", "proxy", "registrar", "server", "record-name"]) {
        private(PrivateKind::Host)
    } else {
        plain()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_not_percent_codes() {
        let of = |value: &'static str| tags(value).collect::<Vec<_>>();
        assert_eq!(of("sip:%SBC_ADDRESS_WXT%:%SBC_PORT_WXT%"), ["%SBC_ADDRESS_WXT%", "%SBC_PORT_WXT%"]);
        assert_eq!(of("%BWLINEPORT-1%"), ["%BWLINEPORT-1%"]);
        assert_eq!(of("https://a/?q=caf%C3%A9%2Fb%E2%82%AC 100% of 50% x%"), [] as [&str; 0]);
        assert_eq!(of("100%%SBC%"), ["%SBC%"]);
    }

    #[test]
    fn secrets_and_people_are_private() {
        let kind = |element, key, secret, value| match segment(element, key, secret, value) {
            Segment::Private(p) => Some(p.kind),
            _ => None,
        };
        assert_eq!(kind("password", "password", false, "12345"), Some(PrivateKind::Token));
        assert_eq!(kind("username", "username", false, "anna"), Some(PrivateKind::User));
        assert_eq!(kind("proxy", "address", false, "sbc.example.net"), Some(PrivateKind::Host));
        assert_eq!(kind("proxy", "address", false, "%SBC_ADDRESS_WXT%"), None);
        assert_eq!(kind("keepalive", "enabled", false, "true"), None);
        assert_eq!(kind("preferred-port", "preferred-port", false, "5075"), None);
    }
}

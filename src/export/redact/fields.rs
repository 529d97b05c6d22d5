//! Values by the name they stand under: `key=value`, JSON members, XML elements and attributes, and words before a value in a sentence.
//! In: text, escaped or not. Out: places.

use std::sync::LazyLock;

use regex::Regex;

use super::Kind;
use super::public::is_common;
use super::spans::Spans;
use super::uri::{self, expression};

static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(r#"([@A-Za-z][A-Za-z0-9_.-]{0,48})(?:\\*["']|&quot;)?\s{0,2}(?::|=>|=|%3D)\s{0,2}(\\*["']|&quot;|\\u0022)?"#)
});
static ELEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    expression(
        r"(?i)(?:<|&lt;|\\u003c)(?:[\w-]+:)?([A-Za-z][\w.-]*)(?:\s(?:[^<>&\\]|\\[^u])*?)?(?:>|&gt;|\\u003e)([^<>\\&]+(?:&amp;[^<>\\&]*)*)(?:</|&lt;/|\\u003c)",
    )
});
static ARRAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r#"([A-Za-z][A-Za-z0-9_-]{1,48})\\*"\s{0,2}:\s{0,2}\[([^\[\]{}]{1,2000})\]"#));
static ITEM: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r#"\\*"((?:[^"\\]|\\[^"])*)\\*""#));
static SECRET: LazyLock<Option<Regex>> =
    LazyLock::new(|| expression(r"(?i)\b(?:bearer|basic|password|passwd|pwd)\s+([A-Za-z0-9._~+/=-]{12,})"));

/// Values under telling names.
pub(super) fn scan(text: &str, spans: &mut Spans) {
    for found in ELEMENT.iter().flat_map(|r| r.captures_iter(text)) {
        if let (Some(name), Some(value)) = (found.get(1), found.get(2))
            && let Some(kind) = kind_of_key(name.as_str(), true)
        {
            take(value.start(), value.as_str(), kind, true, spans);
        }
    }
    for found in ARRAY.iter().flat_map(|r| r.captures_iter(text)) {
        if let (Some(name), Some(list)) = (found.get(1), found.get(2))
            && let Some(kind) = kind_of_key(name.as_str().trim_end_matches('s'), true).or(kind_of_key(name.as_str(), true))
        {
            for item in ITEM.iter().flat_map(|r| r.captures_iter(list.as_str())).filter_map(|i| i.get(1)) {
                take(list.start() + item.start(), item.as_str(), kind, true, spans);
            }
        }
    }
    for found in KEY.iter().flat_map(|r| r.captures_iter(text)) {
        let (Some(whole), Some(name)) = (found.get(0), found.get(1)) else { continue };
        let quote = found.get(2).map_or("", |q| q.as_str());
        let Some(kind) = kind_of_key(name.as_str(), !quote.is_empty()) else { continue };
        let rest = text.get(whole.end()..).unwrap_or_default();
        let length = if quote.is_empty() {
            let stop =
                |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '&' | '<' | '>' | ')' | ']' | '}' | '"' | '\'' | '\\');
            rest.find(stop).unwrap_or(rest.len())
        } else {
            let limit = rest.char_indices().nth(2_000).map_or(rest.len(), |(n, _)| n);
            match rest.get(..limit).and_then(|r| r.find(quote)) {
                Some(length) => length,
                None => continue,
            }
        };
        let value = rest.get(..length).unwrap_or_default();
        let value = if quote.is_empty() { value.trim_end_matches(['.', ':']) } else { value };
        take(whole.end(), value, kind, !quote.is_empty(), spans);
    }
    for secret in SECRET.iter().flat_map(|r| r.captures_iter(text)).filter_map(|f| f.get(1)) {
        if secret.as_str().contains(|c: char| c.is_ascii_digit()) {
            spans.add(secret.start(), secret.end(), Kind::Token);
        }
    }
}

/// A value of this kind, when it looks like one.
fn take(at: usize, value: &str, kind: Kind, quoted: bool, spans: &mut Spans) {
    let start = at + value.len() - value.trim_start().len();
    let value = value.trim();
    let end = start + value.len();
    let lower = value.to_ascii_lowercase();
    if value.is_empty()
        || matches!(lower.as_str(), "true" | "false" | "null" | "nil" | "none" | "yes" | "no" | "(null)" | "phone" | "ip")
    {
        return;
    }
    // What has a form of its own is taken by that: URIs, addresses, e-mails.
    if value.contains("://") || lower.starts_with("sip:") || lower.starts_with("sips:") || lower.starts_with("tel:") {
        return;
    }
    let has_digit = value.contains(|c: char| c.is_ascii_digit());
    match kind {
        Kind::User if value.contains('@') => {
            let at = value.find('@').unwrap_or_default();
            spans.add(start, start + at, uri::kind_of_user(value.get(..at).unwrap_or_default()));
        }
        Kind::User if value.contains("%40") => {}
        Kind::User if quoted || !is_common(&lower) => spans.add(start, end, uri::kind_of_user(value)),
        Kind::Number if has_digit && uri::kind_of_user(value) == Kind::Number && value.len() >= 2 => spans.add(start, end, kind),
        Kind::Host => {
            let name = value.split(':').next().unwrap_or_default();
            let is_name = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
            let telling = quoted || name.contains('.') || has_digit || name.contains('-');
            if is_name && telling && !is_common(name) && name.parse::<f64>().is_err() && !looks_like_version(name) {
                spans.add(start, start + name.len(), uri::kind_of_host(name));
            }
        }
        Kind::Token | Kind::Tracking | Kind::Device
            if !is_common(&lower) && value.len() >= 4 && !(value.contains(' ') && !quoted) =>
        {
            spans.add(start, end, kind);
        }
        // A password may be any word; it is one when it stands under that name.
        Kind::Term if !is_common(&lower) || quoted => spans.add(start, end, Kind::Token),
        Kind::Name if quoted || !is_common(&lower) => {
            let kind = if uri::kind_of_user(value) == Kind::Number { Kind::Number } else { Kind::Name };
            spans.add(start, end, kind);
        }
        Kind::Organisation if quoted || !is_common(&lower) => spans.add(start, end, kind),
        _ => {}
    }
}

fn looks_like_version(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.parse::<std::net::IpAddr>().is_err()
}

/// What a value under this name is. [`Kind::Term`]: a password. `marked`: the name is that of an element, attribute or member, so that a
/// general word counts, too.
fn kind_of_key(name: &str, marked: bool) -> Option<Kind> {
    let key: String =
        name.rsplit('.').next()?.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let ends = |list: &[&str]| list.iter().any(|w| key.ends_with(w));
    let is = |list: &[&str]| list.contains(&key.as_str());
    if ends(&["password", "passwd", "pwd", "passphrase", "pincode", "passcode"]) || is(&["pin", "pass"]) {
        return Some(Kind::Term);
    }
    if ends(&[
        "token",
        "secret",
        "apikey",
        "nonce",
        "opaque",
        "cookie",
        "ticket",
        "assertion",
        "privatekey",
        "sessionkey",
        "credential",
        "credentials",
        "signature",
        "digest",
        "jwt",
        "refreshtoken",
        "xsrf",
        "otp",
        "authcode",
        "masterkey",
        "inline",
        "encryptionkey",
        "accesskey",
        "hash",
    ]) || is(&["sid", "response", "jsessionid", "authorization"])
    {
        return Some(Kind::Token);
    }
    if ends(&[
        "trackingid",
        "correlationid",
        "correlationinfo",
        "requestid",
        "traceid",
        "callguid",
        "localsessionid",
        "sessionid",
    ]) {
        return Some(Kind::Tracking);
    }
    if ends(&[
        "displayname",
        "firstname",
        "lastname",
        "fullname",
        "givenname",
        "surname",
        "familyname",
        "nickname",
        "callername",
        "calleename",
        "contactname",
        "partyname",
        "callingname",
        "calledname",
        "cname",
        "personname",
        "ownername",
        "middlename",
        "remotename",
        "localname",
    ]) || marked
        && is(&["name", "display", "caller", "callee", "subject", "alias", "label", "title", "first", "last"])
        && !is(&["title", "label", "name"])
    {
        return Some(Kind::Name);
    }
    if ends(&["email", "emailaddress", "mail", "upn", "principalname"]) {
        return Some(Kind::User);
    }
    if ends(&[
        "phone",
        "phonenumber",
        "telephonenumber",
        "msisdn",
        "extension",
        "callingnumber",
        "callednumber",
        "callernumber",
        "calleenumber",
        "dialednumber",
        "directorynumber",
        "mobilenumber",
        "callbacknumber",
        "destinationnumber",
        "remotenumber",
        "didnumber",
        "e164",
        "mobile",
        "dialstring",
        "dialed",
        "dialled",
        "calleridnumber",
        "ani",
        "dnis",
        "clid",
    ]) || marked && is(&["number", "tel", "ext", "did", "dn", "tn", "to", "from", "address"])
        || is(&["ext"])
    {
        return Some(Kind::Number);
    }
    if ends(&[
        "hostname",
        "servername",
        "fqdn",
        "computername",
        "machinename",
        "workstation",
        "domainname",
        "registrar",
        "sipdomain",
        "outboundproxy",
        "serveraddress",
        "realm",
        "hostaddress",
        "domain",
        "ipaddress",
        "localip",
        "remoteip",
        "publicip",
        "privateip",
        "sourceip",
        "proxyaddress",
    ]) || is(&["host", "proxy"])
        || marked && is(&["server", "node", "recordname"])
    {
        return Some(Kind::Host);
    }
    if ends(&[
        "deviceid",
        "macaddress",
        "imei",
        "serialnumber",
        "udid",
        "instanceid",
        "hardwareid",
        "deviceuuid",
        "devicename",
        "machineid",
        "instance",
        "deviceidentifier",
    ]) || is(&["mac", "serial"])
    {
        return Some(Kind::Device);
    }
    if ends(&[
        "orgid",
        "organizationid",
        "organisationid",
        "orgname",
        "organizationname",
        "organisationname",
        "company",
        "companyname",
        "enterprise",
        "enterpriseid",
        "tenantid",
        "tenantname",
        "customername",
        "customerid",
        "serviceproviderid",
        "serviceprovider",
        "groupid",
        "groupname",
        "sitename",
        "department",
        "tenant",
    ]) || marked && is(&["organization", "organisation", "org", "customer", "site", "building", "street", "city", "location"])
    {
        return Some(Kind::Organisation);
    }
    if ends(&[
        "username",
        "userid",
        "login",
        "loginid",
        "accountname",
        "accountid",
        "authuser",
        "authid",
        "authname",
        "userpart",
        "lineport",
        "subscriberid",
        "aor",
        "impu",
        "impi",
        "useruuid",
        "bwuserid",
        "personid",
        "broadworksuserid",
        "screenname",
        "ntlogin",
    ]) || marked && is(&["user", "account", "subscriber", "owner", "person", "uid", "identity", "agent"])
        || is(&["user", "login"])
    {
        return Some(Kind::User);
    }
    None
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
    fn values_under_telling_names() {
        assert_eq!(found(r#"{"displayName":"Anna Maier","retries":3}"#), [("Anna Maier", Kind::Name)]);
        assert_eq!(found(r#"body={\"userId\":\"anna\",\"ok\":true}"#), [("anna", Kind::User)]);
        assert_eq!(found("<userId>anna</userId><count>5</count>"), [("anna", Kind::User)]);
        assert_eq!(found("&lt;password&gt;pear&lt;/password&gt;"), [("pear", Kind::Token)]);
        assert_eq!(
            found("login user=anna password=hunter2, hostname: pc-17"),
            [("anna", Kind::User), ("hunter2", Kind::Token), ("pc-17", Kind::Host)]
        );
        assert_eq!(
            found(r#""phoneNumbers":["+420123456789","4711"]"#),
            [("+420123456789", Kind::Number), ("4711", Kind::Number)]
        );
    }

    #[test]
    fn ordinary_settings_stay() {
        for text in
            ["user=phone", "transport=tls", "password: none", "state: connected", "line number: 1234", "Error=5", "token=expired"]
        {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}

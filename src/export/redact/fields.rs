//! Values by the name they stand under: `key=value`, JSON members, XML elements and attributes, and words before a value in a sentence.
//! In: text, escaped or not. Out: places.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::Kind;
use super::public::is_common;
use super::spans::Spans;
use super::uri::{self, expression};

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
    let elements = ELEMENT.iter().filter(|_| text.contains("</") || text.contains("&lt;") || text.contains("u003"));
    for found in elements.flat_map(|r| r.captures_iter(text)) {
        if let (Some(name), Some(value)) = (found.get(1), found.get(2))
            && let Some(kind) = kind_of_key(name.as_str(), true)
        {
            take(value.start(), value.as_str(), kind, true, spans);
        }
    }
    for found in ARRAY.iter().filter(|_| text.contains('[')).flat_map(|r| r.captures_iter(text)) {
        if let (Some(name), Some(list)) = (found.get(1), found.get(2))
            && let Some(kind) = kind_of_key(name.as_str().trim_end_matches('s'), true).or(kind_of_key(name.as_str(), true))
        {
            for item in ITEM.iter().flat_map(|r| r.captures_iter(list.as_str())).filter_map(|i| i.get(1)) {
                take(list.start() + item.start(), item.as_str(), kind, true, spans);
            }
        }
    }
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find([':', '=', '%'])).map(|n| from + n) {
        from = at + 1;
        let rest = text.get(at..).unwrap_or_default();
        let sign = ["%3D", "%3d", "=>", ":", "="].into_iter().find(|sign| rest.starts_with(sign));
        if let Some(sign) = sign
            && let Some(name) = name_before(text, at)
        {
            value_after(text, at + sign.len(), name, spans);
        }
    }
    for secret in SECRET.iter().flat_map(|r| r.captures_iter(text)).filter_map(|f| f.get(1)) {
        if secret.as_str().contains(|c: char| c.is_ascii_digit()) {
            spans.add(secret.start(), secret.end(), Kind::Token);
        }
    }
}

/// The name that ends before this place, its closing quote and two blanks aside.
fn name_before(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?.trim_end_matches(' ');
    let before = before.strip_suffix("&quot;").unwrap_or(before).trim_end_matches(['"', '\'', '\\']);
    if at - before.len() > 8 {
        return None;
    }
    let length =
        before.bytes().rev().take(50).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'@')).count();
    before.get(before.len() - length..).filter(|name| (2..50).contains(&name.len()))
}

/// The value that begins here, quoted or not.
fn value_after(text: &str, at: usize, name: &str, spans: &mut Spans) {
    let rest = text.get(at..).unwrap_or_default();
    let bare = rest.trim_start_matches(' ');
    if rest.len() - bare.len() > 2 {
        return;
    }
    let marks = bare.len() - bare.trim_start_matches('\\').len();
    let quote = ["&quot;", "\\u0022"].into_iter().find(|q| bare.starts_with(q)).or_else(|| {
        let quoted = bare.get(marks..)?.starts_with(['"', '\'']);
        bare.get(..marks + 1).filter(|_| quoted)
    });
    let Some(kind) = kind_of_key(name, quote.is_some()) else { return };
    let start = at + rest.len() - bare.len() + quote.map_or(0, str::len);
    let inner = text.get(start..).unwrap_or_default();
    let length = match quote {
        None => {
            let stop =
                |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '&' | '<' | '>' | ')' | ']' | '}' | '"' | '\'' | '\\');
            inner.find(stop).unwrap_or(inner.len())
        }
        Some(quote) => {
            let limit = inner.char_indices().nth(2_000).map_or(inner.len(), |(n, _)| n);
            match inner.get(..limit).and_then(|r| r.find(quote)) {
                Some(length) => length,
                None => return,
            }
        }
    };
    let value = inner.get(..length).unwrap_or_default();
    let value = if quote.is_none() { value.trim_end_matches(['.', ':']) } else { value };
    take(start, value, kind, quote.is_some(), spans);
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
            if (quoted || !value.contains(' ')) && value.len() >= 4 && !is_common(&lower) =>
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

/// When a name tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// It ends so.
    Ends,
    /// It is this word.
    Is,
    /// It is this word, and that of an element, attribute or member.
    Marked,
}

/// Names without signs and in small letters, the most certain first. [`Kind::Term`]: a password.
const NAMES: &[Row] = &[
    (Kind::Term, When::Ends, "password passwd pwd passphrase pincode passcode"),
    (Kind::Term, When::Is, "pin pass"),
    (
        Kind::Token,
        When::Ends,
        "token secret apikey nonce opaque cookie ticket assertion privatekey sessionkey credential credentials signature digest jwt xsrf otp \
         authcode masterkey inline encryptionkey accesskey hash",
    ),
    (Kind::Token, When::Is, "sid response jsessionid authorization"),
    (Kind::Tracking, When::Ends, "trackingid correlationid correlationinfo requestid traceid callguid localsessionid sessionid"),
    (
        Kind::Name,
        When::Ends,
        "displayname firstname lastname fullname givenname surname familyname nickname callername calleename contactname partyname \
         callingname calledname cname personname ownername middlename remotename localname",
    ),
    (Kind::Name, When::Marked, "display caller callee subject alias first last"),
    (Kind::User, When::Ends, "email emailaddress mail upn principalname"),
    (
        Kind::Number,
        When::Ends,
        "phone phonenumber telephonenumber msisdn extension callingnumber callednumber callernumber calleenumber dialednumber \
         directorynumber mobilenumber callbacknumber destinationnumber remotenumber didnumber e164 mobile dialstring dialed dialled \
         calleridnumber ani dnis clid",
    ),
    (Kind::Number, When::Marked, "number tel did dn tn to from address"),
    (Kind::Number, When::Is, "ext"),
    (
        Kind::Host,
        When::Ends,
        "hostname servername fqdn computername machinename workstation domainname registrar sipdomain outboundproxy serveraddress realm \
         hostaddress domain ipaddress localip remoteip publicip privateip sourceip proxyaddress",
    ),
    (Kind::Host, When::Is, "host proxy"),
    (Kind::Host, When::Marked, "server node recordname"),
    (
        Kind::Device,
        When::Ends,
        "deviceid macaddress imei serialnumber udid instanceid hardwareid deviceuuid devicename machineid instance deviceidentifier",
    ),
    (Kind::Device, When::Is, "mac serial"),
    (
        Kind::Organisation,
        When::Ends,
        "orgid organizationid organisationid orgname organizationname organisationname company companyname enterprise enterpriseid \
         tenantid tenantname customername customerid serviceproviderid serviceprovider groupid groupname sitename department tenant",
    ),
    (Kind::Organisation, When::Marked, "organization organisation org customer site building street city location"),
    (
        Kind::User,
        When::Ends,
        "username userid login loginid accountname accountid authuser authid authname userpart lineport subscriberid aor impu impi useruuid \
         personid screenname ntlogin",
    ),
    (Kind::User, When::Marked, "account subscriber owner person uid identity agent"),
    (Kind::User, When::Is, "user"),
];

/// What values are that stand under one name.
type Row = (Kind, When, &'static str);

/// [`NAMES`] by the last letter, in their order.
static BY_LAST: LazyLock<HashMap<u8, Vec<Row>>> = LazyLock::new(|| {
    let mut all: HashMap<u8, Vec<_>> = HashMap::new();
    for (kind, when, list) in NAMES {
        for word in list.split_whitespace() {
            all.entry(word.bytes().next_back().unwrap_or_default()).or_default().push((*kind, *when, word));
        }
    }
    all
});

/// What a value under this name is. `marked`: the name is that of an element, attribute or member, so that a general word counts, too.
fn kind_of_key(name: &str, marked: bool) -> Option<Kind> {
    let key: String =
        name.rsplit('.').next()?.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let row = BY_LAST.get(&key.bytes().next_back()?)?.iter().find(|(_, when, word)| match when {
        When::Ends => key.ends_with(word),
        When::Is => key == *word,
        When::Marked => marked && key == *word,
    });
    row.map(|(kind, ..)| *kind)
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

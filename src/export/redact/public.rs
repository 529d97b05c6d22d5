//! What names nobody and stays: masked values, special addresses, hosts of the service itself, words of the trade. In: values. Out: yes
//! or no; and the words that a program, a protocol or a log uses so often that a name made of them proves nothing.
//!
//! Of hosts only those stay that are the same for every customer: clusters of the service and names of XML schemas. A site such as
//! `acme.webex.com` names an organisation and does not stay.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::OnceLock;

use super::Kind;
use super::known::words;
use crate::base::Language;
use crate::base::words::Words;

/// Does this value stay as it is?
pub(super) fn stays(kind: Kind, value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    if lower.is_empty() || is_masked(&lower) {
        return true;
    }
    match kind {
        Kind::Host => is_public_host(&lower),
        Kind::Address => lower.parse().is_ok_and(is_special),
        Kind::User => SERVICES.contains(&lower.as_str()) || lower.strip_prefix('*').is_some_and(is_short_code),
        Kind::Number => EMERGENCY.contains(&lower.as_str()) || lower.strip_prefix(['*', '#']).is_some_and(is_short_code),
        Kind::Name => SERVICES.contains(&lower.as_str()),
        Kind::Token | Kind::Call | Kind::Tracking | Kind::Device => {
            lower.bytes().all(|b| !b.is_ascii_alphanumeric() || b == b'0')
        }
        Kind::Path | Kind::Organisation | Kind::Term => false,
    }
}

/// `*97`: the same for every user of a platform.
fn is_short_code(code: &str) -> bool {
    code.len() <= 3 && code.bytes().all(|b| b.is_ascii_digit() || b == b'*' || b == b'#')
}

/// The log or its sender has hidden the value, or it is a place to be filled.
fn is_masked(lower: &str) -> bool {
    let bare = lower.trim_matches(|c: char| "[]<>(){}\"'".contains(c));
    matches!(bare, "redacted" | "masked" | "removed" | "hidden" | "null" | "nil" | "none" | "undefined" | "unknown")
        || bare.bytes().all(|b| matches!(b, b'*' | b'x' | b'-' | b'.' | b'?' | b'_' | b'/' | b'=')) && !bare.is_empty()
        || bare.starts_with("pii_")
        || bare.starts_with('%') && bare.ends_with('%') && bare.len() > 2
}

/// User parts that stand for a service.
const SERVICES: &[&str] = &[
    "anonymous",
    "unavailable",
    "unknown",
    "conference-factory",
    "voicemail",
    "voice-mail",
    "sip",
    "restricted",
    "private",
    "invalid",
    "nobody",
];

/// Numbers that everybody may dial, the same in whole countries.
const EMERGENCY: &[&str] = &["112", "911", "999", "000", "110", "119", "155", "158", "150", "933"];

/// Addresses that stand for no machine in particular.
fn is_special(address: IpAddr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || matches!(address, IpAddr::V4(v4) if v4.is_broadcast())
}

fn is_public_host(host: &str) -> bool {
    const EXACT: &[&str] = &[
        "localhost",
        "anonymous.invalid",
        "invalid",
        "broadworks",
        "asterisk",
        "sip",
        "udp",
        "tcp",
        "tls",
        "www.w3.org",
        "schema.broadsoft.com",
        "schemas.xmlsoap.org",
        "schemas.microsoft.com",
        "www.broadsoft.com",
        "idbroker.webex.com",
        "idbroker-eu.webex.com",
        "webexapis.com",
        "webex.com",
        "cisco.com",
        "www.cisco.com",
        "www.webex.com",
    ];
    const BELOW: &[&str] = &[".wbx2.com", ".ciscospark.com", ".ietf.org", ".in-addr.arpa"];
    let host = host.trim_end_matches('.');
    EXACT.contains(&host) || BELOW.iter().any(|b| host.ends_with(b))
}

/// Is every word of `folded` one that the program, SIP or any log uses? Such a name can't be told from ordinary text: it is replaced where
/// it stands as a value, and looked for only there.
pub(super) fn is_common(folded: &str) -> bool {
    static COMMON: OnceLock<HashSet<String>> = OnceLock::new();
    let common = COMMON.get_or_init(|| {
        let mut all = HashSet::new();
        let mut add = |text: &str| {
            let folded = super::fold::fold(text, false).text;
            words(&folded, |start, end| {
                all.insert(folded.get(start..end).unwrap_or_default().to_owned());
            });
        };
        for language in Language::ALL {
            let spoken = Words::of(language);
            for key in spoken.keys() {
                add(key);
                add(spoken.get(key));
            }
        }
        add(TRADE);
        all
    });
    let mut any = false;
    let mut every = true;
    words(folded, |start, end| {
        any = true;
        every &= folded.get(start..end).is_some_and(|word| common.contains(word));
    });
    any && every
}

/// Words of SIP, of logs and of the pseudonyms themselves.
const TRADE: &str = "user host name number address call token device organisation term file tracking bundle person \
    accept access account ack agent alert allow answer app application audio auth authorization auto available bind body busy \
    bye call-info callee caller cancel client code codec conference config connect connection contact content cseq custom customer data \
    date default desktop dialog digest direct disabled display domain echo enabled encoding error event example expires external failed \
    false feature feedback final forward from gateway group header hold home http https id incoming info init internal invite ip join \
    json key language leg length level line list local location log login main max media member message method min mobile mode monitor \
    network new notify null off office ok on open operator options org organization other out outbound outgoing page party path peer \
    phone pid ping plain port prack proxy public publish queue reason recv redirect refer register registrar registration reject \
    release remote replaces reply report request require response result retry ring ringing room root route rtp running sales schema \
    sdp secure send sent server service session set setup sip sips site start state status stop stream subject subscribe subscription \
    success support supported switch system tcp team tel test thread time timer timestamp tls to transfer transport true trunk type udp \
    broadsoft broadcloud cisco ciscospark wbx2 webexapis jabber linphone linphonec baresip twinkle sipp \
    asterisk freeswitch kamailio opensips unknown update uri url v2 value version via video voice warning web webex window windows with xml yes";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays() {
        for (kind, value) in [
            (Kind::Token, "[Redacted]"),
            (Kind::User, "***"),
            (Kind::Device, "00000000-0000-0000-0000-000000000000"),
            (Kind::Host, "anonymous.invalid"),
            (Kind::User, "anonymous"),
            (Kind::Address, "127.0.0.1"),
            (Kind::Address, "0.0.0.0"),
            (Kind::Address, "::1"),
            (Kind::Address, "255.255.255.255"),
            (Kind::Number, "*97"),
            (Kind::Host, "wdm-a.wbx2.com"),
        ] {
            assert!(stays(kind, value), "{value}");
        }
        for (kind, value) in
            [(Kind::Host, "acme.webex.com"), (Kind::Number, "4711"), (Kind::Address, "10.0.0.1"), (Kind::User, "anna")]
        {
            assert!(!stays(kind, value), "{value}");
        }
    }

    #[test]
    fn names_made_of_common_words() {
        assert!(is_common("call") && is_common("to") && is_common("call to"));
        assert!(!is_common("call maier") && !is_common("hedwig") && !is_common(""));
    }
}

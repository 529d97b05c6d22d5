//! The borders of a message: what looks like a start line or a header line (RFC 3261 §7.1, §7.2, §7.3, §25.1). In: one line as bytes.
//! Out: yes, no, or where. For finding messages in any text; must not know which text that is.

use super::header::is_token_byte;

/// Longest name of a header line.
const MAX_NAME: usize = 64;
/// Occurrences of a version in one line that are tried.
const MAX_TRIES: usize = 64;
/// Bytes before the version in which a method is looked for when the target has blanks in it.
const MAX_MASKED_TARGET: usize = 512;

/// Methods in use (registry of methods, RFC 3261 §27.4).
const METHODS: [&str; 16] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "REGISTER",
    "OPTIONS",
    "PRACK",
    "UPDATE",
    "INFO",
    "SUBSCRIBE",
    "NOTIFY",
    "REFER",
    "MESSAGE",
    "PUBLISH",
    "SERVICE",
    "BENOTIFY",
];

/// Where in `line` a start line begins, anywhere in it: `sent---> REGISTER sip:10.0.0.1 SIP/2.0`, `SIP/2.0 407 Proxy …`.
///
/// A request needs a method, a target (which may be masked) and a version that ends the line; a response a version and a code of 100 to
/// 699. At the very beginning of a line more is taken for a start line: other methods, versions and codes, which are then told
/// as malformed.
pub fn start_line_at(line: &[u8]) -> Option<usize> {
    versions(line)
        .take(MAX_TRIES)
        .find_map(|version| if is_response(line, version) { Some(version.start) } else { request_start(line, version) })
}

/// `SIP/2.0` or another version.
#[derive(Clone, Copy)]
struct Version {
    start: usize,
    end: usize,
    is_two: bool,
}

fn versions(line: &[u8]) -> impl Iterator<Item = Version> + '_ {
    let slashes = line.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    slashes.filter_map(|slash| {
        let start = slash.checked_sub(3)?;
        if !line.get(start..slash)?.eq_ignore_ascii_case(b"SIP") {
            return None;
        }
        // Part of a longer word: `xSIP/2.0`. A literal `\n` or `\r` before it is a line end written out.
        let before = line.get(..start)?;
        let glued = before.last().is_some_and(u8::is_ascii_alphanumeric);
        if glued && !before.ends_with(b"\\n") && !before.ends_with(b"\\r") && !before.ends_with(b"#012") {
            return None;
        }
        let digits = |from: usize| line.iter().skip(from).take(3).take_while(|b| b.is_ascii_digit()).count();
        let major = digits(slash + 1);
        let dot = slash + 1 + major;
        let minor = digits(dot + 1);
        if major == 0 || minor == 0 || line.get(dot) != Some(&b'.') {
            return None;
        }
        let end = dot + 1 + minor;
        // `SIP/2.0/TLS` is the protocol of a Via.
        if line.get(end) == Some(&b'/') {
            return None;
        }
        Some(Version { start, end, is_two: line.get(slash + 1..end) == Some(b"2.0") })
    })
}

/// `SIP/2.0 SP 3DIGIT`, the code followed by a blank or a line end.
fn is_response(line: &[u8], version: Version) -> bool {
    let Some(rest) = line.get(version.end..) else {
        return false;
    };
    let blanks = rest.iter().take_while(|b| is_blank(**b)).count();
    let rest = rest.get(blanks..).unwrap_or(b"");
    let digits = rest.iter().take(20).take_while(|b| b.is_ascii_digit()).count();
    let after = rest.get(digits..).unwrap_or(b"");
    if blanks == 0 || digits == 0 || !(after.first().is_none_or(|b| is_blank(*b)) || is_line_end(after)) {
        return false;
    }
    let legal = digits == 3 && rest.first().is_some_and(|b| (b'1'..=b'6').contains(b)) && version.is_two;
    legal || version.start == 0
}

/// Start of `METHOD target` before a version that ends the line.
fn request_start(line: &[u8], version: Version) -> Option<usize> {
    if !is_line_end(line.get(version.end..)?) {
        return None;
    }
    let before = line.get(..version.start)?;
    let target_end = before.len() - before.iter().rev().take_while(|b| is_blank(**b)).count();
    if target_end == before.len() {
        return None;
    }
    let target_start = word_start(before, target_end);
    let target = before.get(target_start..target_end)?;
    let method_end = blank_start(before, target_start);
    if let Some(method) = method_start(before, method_end)
        && is_target(target)
        && (version.is_two || method == 0)
    {
        return Some(method);
    }
    // An extension method in any letters, at the beginning of the line and with a URI, so that no sentence of a log is taken.
    if word_start(before, method_end) == 0
        && has_uri_scheme(target)
        && before.get(..method_end)?.iter().all(|b| is_token_byte(*b))
    {
        return (method_end > 0).then_some(0);
    }
    // A target with blanks in it: the nearest known method before it.
    let mut end = method_end;
    while end > 0 && target_end - end < MAX_MASKED_TARGET {
        let start = word_start(before, end);
        if let Some(method) = known_method_start(before, start, end) {
            return is_masked_target(before.get(end..target_end)?).then_some(method);
        }
        end = blank_start(before, start);
    }
    None
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Start of the word that ends at `end`.
fn word_start(text: &[u8], end: usize) -> usize {
    end - text.iter().take(end).rev().take_while(|b| !is_blank(**b)).count()
}

/// Start of the blanks that end at `end`.
fn blank_start(text: &[u8], end: usize) -> usize {
    end - text.iter().take(end).rev().take_while(|b| is_blank(**b)).count()
}

/// Where the method begins in the word that ends at `end`: a known one, or a token of upper-case letters.
fn method_start(text: &[u8], end: usize) -> Option<usize> {
    let start = word_start(text, end);
    known_method_start(text, start, end).or_else(|| {
        let word = text.get(start..end)?;
        let tail = word.iter().rev().take_while(|b| is_token_byte(**b)).count();
        let token = word.get(word.len() - tail..)?;
        let letters = token.iter().filter(|b| b.is_ascii_uppercase()).count();
        let lower = token.iter().any(u8::is_ascii_lowercase);
        (letters >= 3 && !lower && letters * 2 > token.len() && token.first()?.is_ascii_uppercase()).then_some(end - tail)
    })
}

/// A known method that ends the word, alone or after a mark that is no letter or digit (`--->INVITE`, `"INVITE`, `\r\nINVITE`).
fn known_method_start(text: &[u8], word_start: usize, end: usize) -> Option<usize> {
    let word = text.get(word_start..end)?;
    METHODS.iter().find_map(|method| {
        let before = word.strip_suffix(method.as_bytes())?;
        let literal_line_end = before.ends_with(b"\\n") || before.ends_with(b"\\r") || before.ends_with(b"#012");
        let apart = before.last().is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
        (apart || literal_line_end).then(|| end - method.len())
    })
}

/// A URI, or what may stand for one; not a plain lower-case word as in `REGISTER using SIP/2.0`.
fn is_target(target: &[u8]) -> bool {
    let plain = target.iter().all(u8::is_ascii_lowercase);
    !plain || is_mask_word(target)
}

fn is_mask_word(word: &[u8]) -> bool {
    let text = String::from_utf8_lossy(word.get(..MAX_NAME.min(word.len())).unwrap_or(b"")).to_ascii_lowercase();
    let same = word.first().is_some_and(|first| word.iter().all(|b| b == first));
    same || ["redact", "mask", "hidden", "private", "removed", "anonym", "filtered", "secret"].iter().any(|w| text.contains(w))
}

/// A target with blanks: a URI, or a mask in brackets or by its word.
fn is_masked_target(target: &[u8]) -> bool {
    let target = target.trim_ascii();
    has_uri_scheme(target) || is_mask_word(target) || matches!(target.first(), Some(b'[' | b'<' | b'(' | b'{' | b'*' | b'#'))
}

fn has_uri_scheme(target: &[u8]) -> bool {
    let target = target.strip_prefix(b"<").unwrap_or(target);
    let name = target.iter().take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)).count();
    name > 1 && target.first().is_some_and(u8::is_ascii_alphabetic) && target.get(name) == Some(&b':')
}

/// Nothing of the line is left but blanks, a line end in any writing (`\r`, a literal `\r\n` or `^M`, `#015#012`, dots), or a quote that
/// closes the log's own string. After a written-out line end anything may follow: a whole message on one line.
fn is_line_end(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii();
    if rest.is_empty() {
        return true;
    }
    let written: [&[u8]; 17] = [
        b"\\r", b"\\n", b"^M", b"#015", b"#012", b"\\x0d", b"\\x0a", b"\\u000d", b"\\015", b"\\012", b"%0d", b"&#13;", b"&#xd;",
        b"<cr", b"[cr", b"<lf>", b"[lf]",
    ];
    if written.iter().any(|mark| rest.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark))) {
        return true;
    }
    let dots = rest.iter().take_while(|b| **b == b'.').count();
    let after = rest.get(dots..).unwrap_or(b"");
    match dots {
        0 => matches!(rest, b"\"" | b"'" | b"\"," | b"]" | b"\"}"),
        // Dots stand for line ends: nothing, or the first header, follows.
        _ => after.is_empty() || (is_header_line(after) && header_name(after).is_some_and(is_known_header)),
    }
}

/// `token *(SP / HTAB) ":"`, a name of up to 64 bytes that does not begin with a digit (no header does, and times of day would).
pub fn is_header_line(line: &[u8]) -> bool {
    header_name(line).is_some()
}

/// The name of a header line.
fn header_name(line: &[u8]) -> Option<&[u8]> {
    let length = line.iter().take(MAX_NAME + 1).take_while(|b| is_token_byte(**b)).count();
    let blanks = line.iter().skip(length).take_while(|b| is_blank(**b)).count();
    let first = line.first()?;
    (length > 0 && length <= MAX_NAME && !first.is_ascii_digit() && line.get(length + blanks) == Some(&b':'))
        .then(|| line.get(..length))
        .flatten()
}

/// A registered header name, long or compact, or one with a vendor's `X-` or `P-` prefix; case does not matter. Tells a header from a
/// log's own `Name: text`.
pub fn is_known_header(name: &[u8]) -> bool {
    let compact = matches!(name, [letter] if b"abcdefijklmnorstuvxy".contains(&letter.to_ascii_lowercase()));
    let prefixed =
        name.len() > 2 && name.get(..2).is_some_and(|p| p.eq_ignore_ascii_case(b"X-") || p.eq_ignore_ascii_case(b"P-"));
    compact || prefixed || NAMES.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name))
}

/// A registered header name as the registry spells it.
pub fn known_name(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)).copied()
}

/// Names of the registry of header fields (RFC 3261 §27.3 and later), and some that stacks write without registering.
const NAMES: [&str; 128] = [
    "Accept",
    "Accept-Contact",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Resource-Priority",
    "Acceptable-Contact",
    "Access-Network-Info",
    "Additional-Identity",
    "Alert-Info",
    "Allow",
    "Allow-Contact",
    "Allow-Events",
    "Also",
    "Answer-Mode",
    "Attestation-Info",
    "Authentication-Info",
    "Authorization",
    "Call-ID",
    "Call-Info",
    "Call-Type",
    "Called-Party-ID",
    "CC-Diversion",
    "Cellular-Network-Info",
    "Charge-Info",
    "Cisco-Guid",
    "Client-Location",
    "Contact",
    "Content-Disposition",
    "Content-Encoding",
    "Content-ID",
    "Content-Language",
    "Content-Length",
    "Content-Transfer-Encoding",
    "Content-Type",
    "CSeq",
    "Date",
    "DC-Info",
    "Diversion",
    "Encryption",
    "Error-Info",
    "Event",
    "Expires",
    "Feature-Caps",
    "Flow-Timer",
    "From",
    "Geolocation",
    "Geolocation-Error",
    "Geolocation-Routing",
    "Hide",
    "History-Info",
    "Identity",
    "Identity-Info",
    "In-Reply-To",
    "Info-Package",
    "Join",
    "Max-Breadth",
    "Max-Forwards",
    "MIME-Version",
    "Min-Expires",
    "Min-SE",
    "Ms-Client-Diagnostics",
    "Organization",
    "Origination-Id",
    "Path",
    "Permission-Missing",
    "Policy-Contact",
    "Policy-ID",
    "Priority",
    "Priority-Share",
    "Priority-Verstat",
    "Priv-Answer-Mode",
    "Privacy",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Proxy-Require",
    "RAck",
    "Reason",
    "Reason-Phrase",
    "Record-Route",
    "Recv-Info",
    "Refer-Events-At",
    "Refer-Sub",
    "Refer-To",
    "Referred-By",
    "Reject-Contact",
    "Relayed-Charge",
    "Remote-Address",
    "Remote-Party-ID",
    "Replaces",
    "Reply-To",
    "Request-Disposition",
    "Require",
    "Resource-Priority",
    "Resource-Share",
    "Response-Key",
    "Response-Source",
    "Restoration-Info",
    "Retry-After",
    "Route",
    "RSeq",
    "RTP-RxStat",
    "RTP-TxStat",
    "Security-Client",
    "Security-Server",
    "Security-Verify",
    "Server",
    "Service-Interact-Info",
    "Service-Route",
    "Session",
    "Session-Expires",
    "Session-ID",
    "SIP-ETag",
    "SIP-If-Match",
    "Subject",
    "Subscription-State",
    "Supported",
    "Suppress-If-Match",
    "Target-Dialog",
    "Timestamp",
    "To",
    "Trigger-Consent",
    "Unsupported",
    "User-Agent",
    "User-to-User",
    "Via",
    "Warning",
    "WWW-Authenticate",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_lines_anywhere() {
        for (line, start) in [
            ("INVITE sip:a@b SIP/2.0", "INVITE"),
            ("- sipio-sent---> REGISTER sip:10.10.10.1 SIP/2.0\r", "REGISTER"),
            ("- sipio-recv<--- SIP/2.0 407 Proxy Authentication Required", "SIP"),
            ("sent--->REGISTER sip:10.10.10.1 SIP/2.0", "REGISTER"),
            ("TX [INVITE sip:a@b SIP/2.0]", "INVITE"),
            ("msg=\"OPTIONS sip:a@b SIP/2.0\\r\\nVia: SIP/2.0/TCP x\\r\\n\"", "OPTIONS"),
            ("\\r\\nNOTIFY sip:a@b SIP/2.0\\r\\n", "NOTIFY"),
            ("BYE sip:a@b SIP/2.0^M", "BYE"),
            ("BYE sip:a@b SIP/2.0<CR><LF>", "BYE"),
            ("BYE sip:a@b SIP/2.0[CRLF]", "BYE"),
            ("BYE sip:a@b SIP/2.0#015#012Via: SIP/2.0/UDP x", "BYE"),
            ("ACK sip:a@b SIP/2.0..Via: SIP/2.0/UDP x..", "ACK"),
            ("ACK sip:a@b SIP/2.0..", "ACK"),
            ("log INVITE [Redacted] SIP/2.0", "INVITE"),
            ("log INVITE *** SIP/2.0", "INVITE"),
            ("log INVITE sip:<hidden>@x SIP/2.0", "INVITE"),
            ("log INVITE sip:[user hidden by app]@x SIP/2.0  ", "INVITE"),
            ("log INVITE [user hidden] SIP/2.0", "INVITE"),
            ("INVITE sip:user@example.com; lr SIP/2.0", "INVITE"),
            ("INVITE  sip:user@example.com  SIP/2.0", "INVITE"),
            ("NEWMETHOD sip:user@example.com SIP/2.0", "NEWMETHOD"),
            ("RE%47IST%45R sip:registrar.example.com SIP/2.0", "RE%47"),
            ("!interesting-Method0_*+`.%indeed'~ sip:x@y SIP/2.0", "!int"),
            ("OPTIONS sip:t.watson@example.org SIP/7.0", "OPTIONS"),
            ("SIP/2.0 4294967301 better not break the receiver", "SIP"),
            ("SIP/2.0 100 ", "SIP"),
            ("SIP/2.0 200", "SIP"),
            ("got SIP/2.0 200 OK\\r\\n", "SIP"),
            ("sip/2.0 200 ok", "sip"),
            ("Überlänge → SIP/2.0 486 Besetzt", "SIP"),
            ("INVITE tel:+1-201-555-0123 SIP/2.0", "INVITE"),
        ] {
            let found = start_line_at(line.as_bytes()).unwrap_or_else(|| panic!("{line}"));
            assert!(line.get(found..).unwrap().starts_with(start), "{line}: {found}");
        }
    }

    #[test]
    fn no_start_lines() {
        for line in [
            "",
            "SIP/2.0",
            "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1",
            "v: SIP/2.0/TCP x",
            "Sending REGISTER using SIP/2.0",
            "INVITE sip:a@b SIP/2.0 was sent",
            "INVITE sip:a@b HTTP/1.1",
            "xSIP/2.0 200 OK",
            "got SIP/2.0 99 x",
            "got SIP/2.0 700 x",
            "got SIP/2.0 2000 x",
            "SIP/2.0 OK",
            "REGISTER SIP/2.0",
            "INVITE SIP/2.0",
            " SIP/2.0",
            "we speak SIP/2.0",
            "SIP/2.0200 OK",
            "the client supports sip:a@b SIP/2.0",
            "SIP/2. 200",
            "SIP/2.0 ",
            "protocol versions: SIP/2.0, HTTP/1.1",
        ] {
            assert_eq!(start_line_at(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn header_lines() {
        for line in ["Via: x", "v:x", "Call-ID  : 1", "Supported:", "X_odd.name%: 1"] {
            assert!(is_header_line(line.as_bytes()), "{line}");
        }
        for line in ["", ": x", " folded: x", "no colon", "two words: x", "2024-01-30T07:01:25Z x", "<Info>: x"] {
            assert!(!is_header_line(line.as_bytes()), "{line}");
        }
        assert!(!is_header_line(format!("{}: x", "a".repeat(65)).as_bytes()));
        for name in
            ["Via", "CALL-ID", "call-id", "t", "K", "P-Asserted-Identity", "x-broadworks-correlation-info", "Session-Expires"]
        {
            assert!(is_known_header(name.as_bytes()), "{name}");
        }
        for name in ["BroadWorksManager", "Error", "z", "", "X-", "Info", "TelephonyService"] {
            assert!(!is_known_header(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn long_lines_end() {
        let line = "SIP/2.0 ".repeat(100_000);
        assert_eq!(start_line_at(line.as_bytes()), None);
        let line = format!("{} SIP/2.0", "INVITE ".repeat(100_000));
        let _ = start_line_at(line.as_bytes());
    }
}

//! What is malformed in a message (RFC 3261 §8.1.1, §18.3, §20, §25.1; RFC 4475). In: a split message. Out: one short sentence for each
//! problem. Must not drop or change anything, and does not call a masked value malformed.

use std::ops::Range;

use super::fields::is_named;
use super::header::{BLANKS, CSeq, NameAddr, Params, Pieces, Via, find_outside_quotes, is_token_byte, quote_end, trim};
use super::message::{Message, Problems, StartLine};
use super::uri::Uri;

/// Header fields that each message must have (RFC 3261 §8.1.1); Max-Forwards came later than some stacks and is not asked for.
const MANDATORY: [&str; 5] = ["To", "From", "CSeq", "Call-ID", "Via"];
/// Header fields of which a message has at most one (RFC 3261 §7.3.1, table 2).
const SINGLE: [&str; 8] = ["To", "From", "CSeq", "Call-ID", "Max-Forwards", "Content-Length", "Content-Type", "Expires"];
/// Their compact forms.
const COMPACT: [Option<u8>; 8] = [Some(b't'), Some(b'f'), None, Some(b'i'), None, Some(b'l'), Some(b'c'), None];

/// Faults of a Request-URI as written.
pub(crate) fn request_uri(target: &str, problems: &mut Problems) {
    if target.starts_with('<') && target.ends_with('>') {
        problems.push("Request-URI is in angle brackets");
    }
    if target.contains(BLANKS) {
        problems.push("Request-URI has a blank in it");
    }
    let Some(uri) = Uri::parse(target) else {
        return;
    };
    // RFC 3261 §19.1.1, table 1: no headers in a Request-URI.
    if !uri.headers.is_empty() {
        problems.push("Request-URI has header fields in it");
    }
    if is_bare_ipv6(uri) {
        problems.push("Request-URI has an IPv6 address without brackets");
    }
}

/// RFC 5118 §4.1: the brackets tell address and port apart.
fn is_bare_ipv6(uri: Uri<'_>) -> bool {
    let sip = uri.scheme.eq_ignore_ascii_case("sip") || uri.is_secure();
    sip && !uri.host.starts_with('[') && uri.host.contains(':')
}

/// Where the body ends. Without a Content-Length it goes to the end; with one, the text is measured as it stands and as it was on the wire,
/// where each line ended with CR LF: logs often keep only the LF. A length that fits neither way never costs a line of the body.
pub(crate) fn body(message: &Message, closed: bool, problems: &mut Problems) -> Range<usize> {
    let start = message.body.start;
    let rest = message.slice(&message.body);
    let whole = start..message.text.len();
    let Some(told) = message.header("Content-Length") else {
        return whole;
    };
    let Ok(told) = told.parse::<usize>() else {
        if !is_masked(told) {
            problems.push("Content-Length is not a number");
        }
        return whole;
    };
    if !closed {
        if told > 0 {
            problems.push(format!("Cut off: Content-Length is {told}, the text ends in the header"));
        }
        return whole;
    }
    let core = rest.trim_end_matches(BLANKS);
    let header_has_cr = message.text.get(..start).is_some_and(|head| head.contains("\r\n"));
    let measures =
        if header_has_cr { [Measure::AsWritten, Measure::OnTheWire] } else { [Measure::OnTheWire, Measure::AsWritten] };
    // Line ends at the very end that a log may have left out: a body that is a message has the blank line of its own header there.
    let left_out = if message.content_type().is_some_and(|t| t.starts_with("message/")) { 4 } else { 2 };
    for measure in measures {
        if measure.length(core) <= told && told <= measure.length(rest) + left_out {
            return start..start + measure.place(rest, told);
        }
    }
    let written = measures.map(|measure| measure.length(rest));
    let [likely, _] = written;
    if written.iter().all(|length| *length < told) {
        problems.push(format!("Cut off or changed: Content-Length is {told}, the body has {likely} bytes"));
        return whole;
    }
    // Another message, or lines of something else, after a whole number of lines: they are not this body.
    for at in measures.map(|measure| measure.place(rest, told)) {
        let at_line_end = at == 0 || rest.get(..at).is_some_and(|part| part.ends_with(['\n', '\r']));
        let after = rest.get(at..).unwrap_or("");
        let next = after.trim_start_matches(BLANKS);
        if at_line_end && !next.is_empty() && !goes_on(rest, next) {
            problems.push(format!("{} bytes follow the end of the body", after.len()));
            return start..start + at;
        }
    }
    problems.push(format!("Content-Length is {told}, the body has {likely} bytes"));
    whole
}

/// `next` reads on from a session description that begins `body`.
fn goes_on(body: &str, next: &str) -> bool {
    let line = next.as_bytes();
    body.trim_start_matches(BLANKS).starts_with("v=0")
        && line.first().is_some_and(u8::is_ascii_lowercase)
        && line.get(1) == Some(&b'=')
}

/// How bytes of a body are counted.
#[derive(Clone, Copy)]
enum Measure {
    AsWritten,
    /// A bare LF counts as CR LF.
    OnTheWire,
}

impl Measure {
    fn length(self, text: &str) -> usize {
        match self {
            Self::AsWritten => text.len(),
            Self::OnTheWire => text.len() + bare_line_feeds(text).count(),
        }
    }

    /// Place in `text` after `length` bytes so counted, moved back to a character border.
    fn place(self, text: &str, length: usize) -> usize {
        let mut at = match self {
            Self::AsWritten => length,
            Self::OnTheWire => {
                // The n-th bare LF at `place` ends at wire position place + n + 2: all that end within the length count.
                let extra = bare_line_feeds(text).enumerate().take_while(|(n, place)| place + n + 2 <= length).count();
                length - extra
            }
        }
        .min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

fn bare_line_feeds(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    let after_cr = move |at: usize| at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\r');
    text.match_indices('\n').map(|(at, _)| at).filter(move |at| !after_cr(*at))
}

/// Faults of the header fields, and a header that is cut off.
pub(crate) fn headers(message: &Message, closed: bool, problems: &mut Problems) {
    let mut seen = [0_usize; SINGLE.len()];
    let mut has_via = false;
    for (name, value) in message.fields() {
        let single = SINGLE.iter().zip(COMPACT).position(|(single, short)| is_named(name, single, short));
        if let Some(count) = single.and_then(|at| seen.get_mut(at)) {
            *count += 1;
        }
        match single.and_then(|at| SINGLE.get(at)).copied() {
            Some(known @ ("To" | "From")) => address(known, value, problems),
            Some("CSeq") => cseq(message, value, problems),
            Some("Call-ID") if value.is_empty() => problems.push("Call-ID is empty"),
            Some("Max-Forwards") => number("Max-Forwards", value, 255, problems),
            Some("Expires") => number("Expires", value, u64::from(u32::MAX), problems),
            Some(_) => {}
            None if is_named(name, "Via", Some(b'v')) => {
                has_via = true;
                vias(value, problems);
            }
            None if is_named(name, "Contact", Some(b'm')) => contacts(value, problems),
            None => other(name, value, problems),
        }
    }
    let count = |name: &str| SINGLE.iter().position(|single| *single == name).and_then(|at| seen.get(at)).copied().unwrap_or(0);
    let mut missing = false;
    for name in MANDATORY {
        if (name == "Via" && !has_via) || (name != "Via" && count(name) == 0) {
            missing = true;
            problems.push(format!("No {name}"));
        }
    }
    for name in SINGLE {
        if count(name) > 1 {
            problems.push(format!("{name} stands more than once"));
        }
    }
    if message.header("Content-Type").is_some_and(|told| super::body::is_beyond_reach(told, message.slice(&message.body))) {
        problems.push("The body has more parts than are read");
    }
    // Logs often leave out the blank line of a message without a body, so that alone is no fault where Content-Length says 0, nor over UDP,
    // where it may be missing (RFC 3261 §18.3, §20.14).
    if !closed && missing {
        problems.push("Cut off in the header");
    } else if !closed && message.header("Content-Length").is_none() {
        let udp = message.top_via().is_some_and(|via| via.transport.eq_ignore_ascii_case("UDP"));
        if !udp || message.header("Content-Type").is_some() {
            problems.push("Perhaps cut off: no blank line closes the header");
        }
    }
}

fn number(name: &str, value: &str, limit: u64, problems: &mut Problems) {
    match value.parse::<u64>() {
        Ok(number) if number <= limit => {}
        _ if is_masked(value) => {}
        _ => problems.push(format!("{name} is not a number from 0 to {limit}")),
    }
}

/// Nothing of the value is left to judge.
fn is_masked(value: &str) -> bool {
    !value.is_empty() && !value.bytes().any(|b| b.is_ascii_digit()) && value.contains(['*', '[', '<', '{', '#', 'X', 'x'])
}

/// CSeq: below 2^31 (RFC 3261 §8.1.1.5), and of the request's method (RFC 3261 §20.16).
fn cseq(message: &Message, value: &str, problems: &mut Problems) {
    let (number, method) = CSeq::split(value);
    if method.is_none() && is_masked(number) {
        return;
    }
    if !number.parse::<u32>().is_ok_and(|n| n < 1 << 31) && !is_masked(number) {
        problems.push("CSeq number is not one below 2147483648");
    }
    match (method, &message.start) {
        (None, _) => problems.push("CSeq has no method"),
        (Some(told), StartLine::Request { method, .. }) if told != method.as_str() && !is_masked(told) => {
            problems.push("CSeq names another method than the request line");
        }
        _ => {}
    }
}

fn vias(value: &str, problems: &mut Problems) {
    for element in Pieces::new(value, b',') {
        if trim(element).is_empty() {
            problems.push("Via has an empty element");
            continue;
        }
        let via = Via::parse(element);
        if has_empty_param(via.params) {
            problems.push("Via has an empty parameter");
        }
        // RFC 3261 §8.1.1.7: the cookie alone names no transaction.
        if via.branch() == Some("z9hG4bK") {
            problems.push("Via branch has nothing after its cookie");
        }
        if via.host.is_empty() {
            problems.push("Via has no sent-by");
        }
    }
}

fn contacts(value: &str, problems: &mut Problems) {
    for element in Pieces::new(value, b',') {
        if trim(element).is_empty() {
            problems.push("Contact has an empty element");
            continue;
        }
        address("Contact", element, problems);
        let contact = NameAddr::parse(element);
        if let Some(expires) = contact.param("expires") {
            number("Contact expires", expires, u64::from(u32::MAX), problems);
        }
        // RFC 3261 §20: a URI with comma, question mark or semicolon must stand in angle brackets.
        if !contact.bracketed && contact.uri.contains('?') {
            problems.push("Contact has a URI with ? outside angle brackets");
        }
    }
}

/// `( name-addr / addr-spec ) *( SEMI param )`
fn address(name: &str, value: &str, problems: &mut Problems) {
    let value = trim(value);
    if value.is_empty() {
        problems.push(format!("{name} is empty"));
        return;
    }
    if has_open_quote(value) {
        problems.push(format!("{name} has a quoted string that never closes"));
    }
    let read = NameAddr::parse(value);
    if has_empty_param(read.params) {
        problems.push(format!("{name} has an empty parameter"));
    }
    let Some(open) = find_outside_quotes(value, b'<') else {
        return;
    };
    let inner = value.get(open + 1..).unwrap_or("");
    if !inner.contains('>') {
        problems.push(format!("{name} has an angle bracket that never closes"));
    } else if inner.starts_with(BLANKS) || inner.split('>').next().is_some_and(|uri| uri.ends_with(BLANKS)) {
        problems.push(format!("{name} has blanks around its URI"));
    }
    let display = value.get(..open).unwrap_or("");
    if !display.contains('"') && display.contains([',', ';', ':', '@']) {
        problems.push(format!("{name} has a display name that needs quotes"));
    }
}

fn has_open_quote(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte == b'"' {
            match quote_end(bytes, at) {
                Some(end) => at = end,
                None => return true,
            }
        }
        at += 1;
    }
    false
}

/// `;;`, or a `;` with nothing after it.
fn has_empty_param(params: Params<'_>) -> bool {
    Pieces::new(params.text, b';').skip(1).any(|piece| trim(piece).is_empty())
}

/// Header fields with one rule each, and names that are none.
fn other(name: &str, value: &str, problems: &mut Problems) {
    if !name.bytes().all(is_token_byte) {
        problems.push("A header name has characters that are not allowed");
    } else if name.eq_ignore_ascii_case("Date") && !value.is_empty() && !value.ends_with("GMT") && !is_masked(value) {
        // RFC 3261 §20.17: only GMT.
        problems.push("Date is not in GMT");
    } else if name.eq_ignore_ascii_case("Retry-After") {
        let digits = value.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        number("Retry-After", digits, u64::from(u32::MAX), problems);
    } else if name.eq_ignore_ascii_case("Warning") {
        for element in Pieces::new(value, b',').map(trim).filter(|element| !element.is_empty()) {
            let code = element.split(BLANKS).next().unwrap_or("");
            let legal = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
            if !legal && !is_masked(code) {
                problems.push("Warning code is not three digits");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::compact_form;
    use super::*;

    #[test]
    fn compact_forms_of_the_registry() {
        assert_eq!(SINGLE.map(compact_form), COMPACT);
        assert_eq!((compact_form("via"), compact_form("CONTACT")), (Some(b'v'), Some(b'm')));
    }

    #[test]
    fn bytes_are_counted_as_on_the_wire() {
        let text = "ab\né\r\nc\n";
        // As written 9 bytes; two of its three LF stand alone.
        assert_eq!((Measure::AsWritten.length(text), Measure::OnTheWire.length(text)), (9, 11));
        // 4 bytes on the wire are `ab` CR LF; the fifth would split the letter.
        assert_eq!([4, 5, 6, 11, 99].map(|n| Measure::OnTheWire.place(text, n)), [3, 3, 5, 9, 9]);
    }

    #[test]
    fn masks() {
        for masked in ["***", "[Redacted]", "<hidden>", "xxxx", "{user}"] {
            assert!(is_masked(masked), "{masked}");
        }
        for plain in ["", "-1", "70", "abc", "1*2"] {
            assert!(!is_masked(plain), "{plain}");
        }
    }
}

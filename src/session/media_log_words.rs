//! The words around a number of a media log: its name, unit, stream, and codecs by name. In: bytes of a line. Out: what stands there.
//! Must not know records.

use super::media_log::Stream;

/// Bytes of a name.
const MAX_NAME: usize = 48;

/// Codecs by their SDP names (RFC 3551, RFC 7587, RFC 6184, …), and whether they are of video.
pub(super) const CODECS: [(&str, bool); 20] = [
    ("opus", false),
    ("G722", false),
    ("PCMU", false),
    ("PCMA", false),
    ("G729", false),
    ("iLBC", false),
    ("AMR", false),
    ("AMR-WB", false),
    ("G7221", false),
    ("EVS", false),
    ("ISAC", false),
    ("SILK", false),
    ("L16", false),
    ("GSM", false),
    ("H264", true),
    ("H265", true),
    ("VP8", true),
    ("VP9", true),
    ("AV1", true),
    ("H263", true),
];
/// Units, the longer before what they begin with.
const UNITS: [&str; 14] =
    ["%", "ms", "us", "kbps", "Kbps", "kbit/s", "kb/s", "Mbps", "bps", "packets", "pkts", "sec", "s", "pps"];
/// What a name may end in, and the unit it means.
const NAMED_UNITS: [(&str, &str); 11] = [
    ("Ms", "ms"),
    ("_ms", "ms"),
    ("InMs", "ms"),
    ("Us", "us"),
    ("Kbps", "kbps"),
    ("_kbps", "kbps"),
    ("_bps", "bps"),
    ("Bps", "bps"),
    ("Percent", "%"),
    ("_percent", "%"),
    ("Pct", "%"),
];

/// The line around a place, and where it starts.
pub(super) fn line_at(text: &[u8], at: usize) -> (usize, &[u8]) {
    let start = text.get(..at).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |n| n + 1);
    let rest = text.get(start..).unwrap_or_default();
    (start, rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default())
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The name that a part stands in; `None` where the part only happens to be in another word (`colossal`, `almost`).
pub(super) fn name_around(text: &[u8], from: usize, part_end: usize) -> Option<(usize, usize)> {
    let before = text.get(from.saturating_sub(MAX_NAME)..from)?;
    let left = before.iter().rev().take_while(|b| is_name(**b)).count();
    let after = text.get(part_end..part_end.saturating_add(MAX_NAME).min(text.len()))?;
    let right = after.iter().take_while(|b| is_name(**b)).count();
    let first = text.get(from)?;
    let previous = before.last().filter(|_| left > 0);
    let own_word = match previous {
        None => true,
        Some(b) if first.is_ascii_uppercase() => !b.is_ascii_uppercase(),
        Some(b) => !b.is_ascii_alphabetic(),
    };
    // Cut at the end of what is looked at: not a name anybody gives a number.
    (own_word && left < MAX_NAME && right < MAX_NAME).then_some((from - left, part_end + right))
}

/// A number as printed, with its unit.
pub(super) struct Number {
    pub(super) number: f64,
    pub(super) unit: Option<&'static str>,
}

/// `=12`, `: "12.5"`, ` 12 ms`: a bare number without a unit behind a name alone is prose.
pub(super) fn number_after(rest: &[u8]) -> Option<Number> {
    let quote = usize::from(matches!(rest.first(), Some(b'"' | b'\'')));
    let rest = blanks(rest.get(quote..)?);
    let named = matches!(rest.first(), Some(b'=' | b':'));
    let rest = blanks(rest.get(usize::from(named)..)?);
    let quote = usize::from(matches!(rest.first(), Some(b'"' | b'\'' | b'[' | b'(')));
    let value = number(rest.get(quote..)?)?;
    (named || value.unit.is_some()).then_some(value)
}

fn blanks(text: &[u8]) -> &[u8] {
    let count = text.iter().take(3).take_while(|b| matches!(b, b' ' | b'\t')).count();
    text.get(count..).unwrap_or_default()
}

/// A number with the unit behind it; not `12abc`, and not the beginning of an address.
pub(super) fn number(text: &[u8]) -> Option<Number> {
    let sign = usize::from(text.first() == Some(&b'-'));
    let digits = text.get(sign..)?.iter().take(16).take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let written = std::str::from_utf8(text.get(..sign + digits)?).ok()?;
    let number = written.trim_end_matches('.').parse::<f64>().ok().filter(|n| n.is_finite())?;
    let rest = text.get(sign + digits..).unwrap_or_default();
    let ends = |rest: &[u8]| !rest.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let spaced = blanks(rest);
    let unit =
        |rest: &[u8]| UNITS.into_iter().find(|u| rest.starts_with(u.as_bytes()) && ends(rest.get(u.len()..).unwrap_or_default()));
    match unit(spaced) {
        Some(unit) => Some(Number { number, unit: Some(unit) }),
        None => ends(rest).then_some(Number { number, unit: None }),
    }
}

pub(super) fn named_unit(name: &[u8]) -> Option<&'static str> {
    NAMED_UNITS.into_iter().find(|(end, _)| name.ends_with(end.as_bytes()) && name.len() > end.len()).map(|(_, unit)| unit)
}

/// What the words before a number and its own name say it is of: the nearest counts, the name first of all.
pub(super) fn stream(before: &[u8], name: &[u8]) -> Stream {
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let mut out = Stream::default();
    for word in words(name).into_iter().chain(words(line)) {
        let is = |list: &[&str]| list.iter().any(|w| word.eq_ignore_ascii_case(w.as_bytes()));
        let kind = [("audio", &["audio", "aud"][..]), ("video", &["video", "vid"]), ("share", &["share", "sharing", "content"])];
        let way = [
            ("sent", &["tx", "send", "sent", "sender", "outbound", "uplink", "local"][..]),
            ("received", &["rx", "recv", "receive", "received", "receiver", "inbound", "downlink", "remote"]),
        ];
        out.kind = out.kind.or_else(|| kind.iter().find(|(_, list)| is(list)).map(|(kind, _)| *kind));
        out.way = out.way.or_else(|| way.iter().find(|(_, list)| is(list)).map(|(way, _)| *way));
        if out.kind.is_some() && out.way.is_some() {
            break;
        }
    }
    out
}

/// The words of a text from its end, split also where a capital begins: `rxAudioJitter`.
fn words(text: &[u8]) -> Vec<&[u8]> {
    let mut out = Vec::new();
    for run in text.rsplit(|b| !b.is_ascii_alphabetic()).filter(|run| !run.is_empty()) {
        let mut end = run.len();
        for at in (0..run.len()).rev() {
            let begins = run.get(at).is_some_and(u8::is_ascii_uppercase)
                && at.checked_sub(1).and_then(|b| run.get(b)).is_some_and(u8::is_ascii_lowercase);
            if begins || at == 0 {
                out.extend(run.get(at..end));
                end = at;
            }
        }
    }
    out
}

/// The codec named behind the word: `codec=opus`, `Codec: "G722/8000"`, `codecName = H264`, `codec opus`.
pub(super) fn codec_after(rest: &[u8]) -> Option<(&'static str, bool)> {
    let name = rest.iter().take(MAX_NAME).take_while(|b| is_name(**b)).count();
    let rest = rest.get(name..)?;
    let between = rest.iter().take(6).take_while(|b| matches!(b, b' ' | b'=' | b':' | b'"' | b'\'' | b'[' | b'(' | b'<')).count();
    let value = rest.get(between..)?;
    let length = value.iter().take(16).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let value = value.get(..length).filter(|_| between > 0)?;
    CODECS.into_iter().find(|(codec, _)| value.eq_ignore_ascii_case(codec.as_bytes()))
}

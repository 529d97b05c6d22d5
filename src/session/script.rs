//! Messages for tests, one a line, so that a flow reads like the ladder of its RFC. In: a script. Out: logged messages.
//!
//! `MS DIR METHOD CSEQ BRANCH FROM TO | part | part` for a request, `MS DIR STATUS METHOD CSEQ BRANCH FROM TO | …` for a response. `DIR` is
//! `>` sent, `<` received, `?` unknown; `MS` is the time or `-`; FROM and TO are tags, `-` for none. A part is a header line, or
//! `id=CALL-ID`, `uri=REQUEST-URI`, `run=N`, or `sdp FORMATS [direction] [c=ADDRESS] [port=N] [o=VERSION]`.

use super::{DirectionBasis, Facts, LoggedMessage, RunId, assemble};
use crate::base::{LogTime, MemberId, SourceRef};
use crate::bundle::Observer;
use crate::sip::{Direction, Message, Observed};

/// The messages of a script.
pub fn messages(script: &str) -> Vec<LoggedMessage> {
    let lines = script.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.enumerate().map(|(place, line)| message(place as u64, line)).collect()
}

/// Facts of a script; its log ends with its last message.
pub fn facts(script: &str) -> Facts {
    assemble::facts(messages(script), &[])
}

/// Facts of a script whose log goes on until `end_ms`.
pub fn facts_until(script: &str, end_ms: i64) -> Facts {
    assemble::facts(messages(script), &[Some(LogTime(end_ms * 1000))])
}

fn message(place: u64, line: &str) -> LoggedMessage {
    let mut parts = line.split(" | ");
    let words: Vec<&str> = parts.next().unwrap().split_whitespace().collect();
    let (mut uri, mut call_id, mut run) = ("sip:bob@example.com", "call-1", 0);
    let (mut extra, mut body) = (String::new(), String::new());
    for part in parts {
        if let Some(value) = part.strip_prefix("id=") {
            call_id = value;
        } else if let Some(value) = part.strip_prefix("uri=") {
            uri = value;
        } else if let Some(value) = part.strip_prefix("run=") {
            run = value.parse().unwrap();
        } else if let Some(value) = part.strip_prefix("sdp ") {
            body = sdp(value);
        } else if let Some(value) = part.strip_prefix("body ") {
            body = value.to_owned();
        } else {
            extra.push_str(&format!("{part}\r\n"));
        }
    }
    let status = words[2].parse::<u16>().is_ok();
    let rest = &words[if status { 3 } else { 2 }..];
    let start = if status { format!("SIP/2.0 {} Reason {}", words[2], words[2]) } else { format!("{} {uri} SIP/2.0", rest[0]) };
    let address = |tag: &str, name: &str| {
        if tag == "-" { format!("<sip:{name}@example.com>") } else { format!("<sip:{name}@example.com>;tag={tag}") }
    };
    if body.starts_with("v=0") {
        extra.push_str("Content-Type: application/sdp\r\n");
    }
    let text = format!(
        "{start}\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch={}\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {call_id}\r\nCSeq: {} {}\r\n{extra}Content-Length: {}\r\n\r\n{body}",
        rest[2],
        address(rest[3], "alice"),
        address(rest[4], "bob"),
        rest[1],
        rest[0],
        body.len()
    );
    let direction = match words[1] {
        ">" => Direction::Sent,
        "<" => Direction::Received,
        _ => Direction::Unknown,
    };
    LoggedMessage {
        seen: Observed {
            message: Message::parse(text).unwrap(),
            at: words[0].parse::<i64>().ok().map(|ms| LogTime(ms * 1000)),
            direction,
            remote: None,
            local: None,
        },
        direction_basis: Some(DirectionBasis::Marker),
        source: SourceRef { member: MemberId(0), line: place + 1, offset: 0, bytes: 0 },
        lines: 1,
        run: RunId(run),
        observer: Observer::Client,
        sent_before: 0,
    }
}

fn sdp(text: &str) -> String {
    let mut words = text.split_whitespace();
    let formats = words.next().unwrap().replace(',', " ");
    let (mut flow, mut address, mut port, mut version) = (String::new(), "192.0.2.20", "4000", "1");
    for word in words {
        match word.split_once('=') {
            Some(("c", value)) => address = value,
            Some(("port", value)) => port = value,
            Some(("o", value)) => version = value,
            _ => flow = format!("a={word}\r\n"),
        }
    }
    format!(
        "v=0\r\no=- 1 {version} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\na=rtpmap:101 telephone-event/8000\r\n{flow}"
    )
}

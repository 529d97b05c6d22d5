//! The few things a layout reads off a SIP message itself: its title and what ties it to others. In: messages. Out: short text.

use crate::sip::{Message, Method, StartLine};

/// The first value of a header by its full or compact name (RFC 3261 §7.3.3), as written.
pub fn header<'a>(message: &'a Message, name: &str, compact: &str) -> Option<&'a str> {
    let found = message.headers.iter().find(|h| {
        message.text.get(h.name.clone()).is_some_and(|n| n.eq_ignore_ascii_case(name) || n.eq_ignore_ascii_case(compact))
    })?;
    message.text.get(found.value.clone())
}

/// Call-ID, empty when there is none.
pub fn call_id(message: &Message) -> &str {
    header(message, "Call-ID", "i").unwrap_or("")
}

/// CSeq as number and method.
pub fn cseq(message: &Message) -> (Option<u32>, &str) {
    let value = header(message, "CSeq", "CSeq").unwrap_or("");
    let mut parts = value.split_ascii_whitespace();
    (parts.next().and_then(|n| n.parse().ok()), parts.next().unwrap_or(""))
}

/// The method: of a response that of its CSeq.
pub fn method(message: &Message) -> &str {
    match &message.start {
        StartLine::Request { method, .. } => method.as_str(),
        StartLine::Response { .. } => cseq(message).1,
    }
}

/// Status of a response.
pub fn status(message: &Message) -> Option<u16> {
    match message.start {
        StartLine::Response { code, .. } => Some(code),
        StartLine::Request { .. } => None,
    }
}

/// Is a status one to look at? A challenge (401, 407) belongs to the way of digest, and 487 answers a CANCEL.
pub fn is_failure(status: u16) -> bool {
    status >= 400 && !matches!(status, 401 | 407 | 487)
}

/// Does a request stand inside a dialog: has its To a tag (RFC 3261 §12.2)?
pub fn in_dialog(message: &Message) -> bool {
    header(message, "To", "t").is_some_and(|to| to.rsplit('>').next().unwrap_or("").to_ascii_lowercase().contains(";tag="))
}

/// A request that begins something, worth a name on a lane.
pub fn opens(message: &Message) -> bool {
    matches!(&message.start, StartLine::Request { method, .. } if !matches!(method, Method::Ack | Method::Prack))
}

/// `INVITE`, `re-INVITE`, `200 OK`.
pub fn title(message: &Message) -> String {
    match &message.start {
        StartLine::Request { method: Method::Invite, .. } if in_dialog(message) => "re-INVITE".to_owned(),
        StartLine::Request { method, .. } => method.as_str().to_owned(),
        StartLine::Response { code, reason } => {
            let reason = message.text.get(reason.clone()).unwrap_or("");
            format!("{code} {reason}").trim_end().to_owned()
        }
    }
}

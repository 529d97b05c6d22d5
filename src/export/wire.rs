//! SIP messages as they stand on the wire: CR LF, the Content-Length their body has. In: logged messages. Out: bytes to be sent, or text
//! to be read. Every value leaves through the outlet; what is not as logged is told in a note.

use std::borrow::Cow;

use super::{Outlet, shared};
use crate::analyse::Analysis;
use crate::base::words::{Words, word};
use crate::session::{LoggedMessage, MessageId};
use crate::sip::Message;

/// A UDP datagram over IPv4 has no more; longer messages are cut, also in TCP, so that both read alike.
pub const MOST_BYTES: usize = 65_507;

/// A message for the wire.
pub struct Wire {
    /// Start line, headers, empty line, body.
    pub text: String,
    /// What is not as logged.
    pub notes: Vec<String>,
}

/// The message with its lines ended and its Content-Length as the body has it.
pub fn of(logged: &LoggedMessage, outlet: &Outlet) -> Wire {
    let original = &logged.seen.message;
    let message = match outlet.log(&original.text) {
        Cow::Borrowed(_) => Cow::Borrowed(original),
        Cow::Owned(text) => match Message::parse(text) {
            Some(message) => Cow::Owned(message),
            // A pseudonym never touches the start line's form; if it did, nothing may leave unread.
            None => return Wire { text: String::new(), notes: vec![word("sip-export.unreadable").to_owned()] },
        },
    };
    let mut notes = Vec::new();
    let declared = original.header("Content-Length").and_then(|value| value.trim().parse::<usize>().ok());
    let mut body = body(&message, original, declared);
    if logged_length(original, declared).is_some_and(|logged| declared != Some(logged)) {
        let values = [("n", declared.unwrap_or(0).to_string()), ("bytes", body.len().to_string())];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        notes.push(Words::current().fill("sip-export.length", &values));
    }
    let room = MOST_BYTES.saturating_sub(head(&message, Some(body.len())).len());
    if body.len() > room {
        let all = body.len();
        body.truncate(body.floor_char_boundary(room));
        notes.push(Words::current().fill("sip-export.cut", &[("n", &body.len().to_string()), ("all", &all.to_string())]));
    }
    let mut text = head(&message, (declared.is_some() || !body.is_empty()).then_some(body.len()));
    text.truncate(text.floor_char_boundary(MOST_BYTES));
    text.push_str(&body);
    Wire { text, notes }
}

/// How many bytes the body had on its way, as far as the log tells: `None` when nothing was declared.
fn logged_length(original: &Message, declared: Option<usize>) -> Option<usize> {
    declared?;
    Some(body(original, original, declared).len())
}

/// The body with the line ends it had: a log keeps LF only, and the declared length tells which they were.
fn body(message: &Message, original: &Message, declared: Option<usize>) -> String {
    let bare = original.slice(&original.body).replace("\r\n", "\n");
    let text = message.slice(&message.body).replace("\r\n", "\n");
    if declared == Some(bare.len()) { text } else { text.replace('\n', "\r\n") }
}

/// Start line and headers, each line ended by CR LF, and the empty line. Content-Length has this value where the log has it, else at
/// the end; malformed lines and folds stay as they are.
fn head(message: &Message, length: Option<usize>) -> String {
    let length = length.map(|bytes| bytes.to_string()).unwrap_or_default();
    let mut kept = String::new();
    let mut at = 0;
    for header in message.headers.iter().filter(|h| is_length(message.slice(&h.name))) {
        kept.push_str(message.text.get(at..header.value.start).unwrap_or_default());
        kept.push_str(&length);
        at = header.value.end;
    }
    kept.push_str(message.text.get(at..message.body.start).unwrap_or_default());
    let lines = kept.split('\n').map(|line| line.trim_end_matches('\r')).filter(|line| !line.trim().is_empty());
    let mut out: String = lines.map(|line| format!("{line}\r\n")).collect();
    if at == 0 && !length.is_empty() {
        out.push_str(&format!("Content-Length: {length}\r\n"));
    }
    out + "\r\n"
}

fn is_length(name: &str) -> bool {
    name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("l")
}

/// The messages one after the other for reading, each under a line that tells when, which way and where it stands in the log.
pub fn text(analysis: &Analysis, ids: &[MessageId], outlet: &Outlet) -> String {
    let mut out = String::new();
    for logged in ids.iter().filter_map(|id| analysis.facts.message(*id)) {
        let wire = of(logged, outlet);
        out.push_str(&format!("# {}\n", about(analysis, logged, outlet)));
        out.extend(wire.notes.iter().map(|note| format!("# {note}\n")));
        out.push_str(wire.text.replace("\r\n", "\n").trim_end());
        out.push_str("\n\n");
    }
    if out.is_empty() {
        out.push_str(&format!("# {}\n", word("report.no_sip")));
    }
    out
}

/// `2026-10-15T09:12:06.250000Z sent bwc/current_log.txt:8`
pub fn about(analysis: &Analysis, logged: &LoggedMessage, outlet: &Outlet) -> String {
    let at = logged.seen.at.map_or_else(|| word("report.no_time").to_owned(), |at| at.rfc3339());
    let way = word(&format!("word.{}", logged.seen.direction.word())).to_owned();
    let path = shared::member(analysis, logged.source.member).map_or("?", |m| m.path.as_str());
    super::text::page::clean(&format!("{at} {way} {}:{}", outlet.path(path), logged.source.line))
}

//! The last NOTIFY of a subscription in words, by event package. In: a NOTIFY. Out: [`Text`]. Must not know subscriptions.

use crate::base::{Segment, Text};
use crate::sip::Message;

/// Elements of one body that are looked at.
const ELEMENTS: usize = 256;

/// What a NOTIFY says; `None` when it says nothing but its state, or its package is unknown here.
pub fn in_words(event: &str, message: &Message) -> Option<Text> {
    let body = message.body_text();
    match event.to_ascii_lowercase().as_str() {
        "message-summary" => voice_mail(body),
        "dialog" => values(body, "state").map(|list| said("subscription.dialog", &list)),
        "reg" => {
            attributes(body, "contact", "event").or_else(|| values(body, "contact")).map(|list| said("subscription.reg", &list))
        }
        "presence" => values(body, "basic").map(|list| said("subscription.presence", &list)),
        "conference" => values(body, "user-count").map(|list| said("subscription.conference", &list)),
        "as-feature-event" => features(body),
        "call-info" | "line-seize" => {
            let states = message.list("Call-Info").into_iter().take(ELEMENTS).filter_map(appearance).collect::<Vec<_>>();
            (!states.is_empty()).then(|| said("subscription.appearances", &states.join(", ")))
        }
        _ => None,
    }
}

fn said(key: &'static str, list: &str) -> Text {
    Text::phrase(key, &[("list", Segment::Log(list.to_owned()))])
}

/// RFC 3842 §5.2: `Messages-Waiting: yes`, then `Voice-Message: 2/8 (0/2)`: new and old, urgent in brackets.
fn voice_mail(body: &str) -> Option<Text> {
    let mut waiting = None;
    let mut counts = Vec::new();
    for line in body.lines().take(ELEMENTS) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if name == "messages-waiting" {
            waiting = Some(value.to_ascii_lowercase());
        } else if let Some(class) = name.strip_suffix("-message") {
            counts.push(format!("{class} {}", value.split_whitespace().next().unwrap_or_default()));
        }
    }
    let counts: String = counts.iter().map(|count| format!(", {count}")).collect();
    let values = [("waiting", Segment::Log(waiting?)), ("counts", Segment::Log(counts))];
    Some(Text::phrase("subscription.waiting", &values))
}

/// Do-not-disturb and call forwarding as the Application Server tells them.
fn features(body: &str) -> Option<Text> {
    let on = |text: String| Text::key(if text == "true" { "subscription.on" } else { "subscription.off" });
    let mut list = Vec::new();
    for (element, key) in [("doNotDisturbOn", "subscription.do_not_disturb"), ("forwardStatus", "subscription.forwarding")] {
        if let Some(value) = values(body, element) {
            list.push(Text::join([Text::key(key), on(value)], " "));
        }
    }
    (!list.is_empty()).then(|| Text::join(list, ", "))
}

/// `appearance-state` of a Call-Info element (shared call appearances).
fn appearance(element: &str) -> Option<String> {
    let param = |name: &str| {
        element.split(';').filter_map(|p| p.trim().split_once('=')).find(|(n, _)| n.trim().eq_ignore_ascii_case(name))
    };
    let state = param("appearance-state")?.1.trim().trim_matches('"');
    let index = param("appearance-index").map(|(_, v)| v.trim().trim_matches('"')).unwrap_or("*");
    Some(format!("{index} {state}"))
}

/// The text of every element of this local name, comma between; `None` when there is none. Enough for these flat documents.
fn values(body: &str, name: &str) -> Option<String> {
    let list: Vec<&str> = elements(body, name).filter_map(|(_, text)| text).filter(|t| !t.is_empty()).collect();
    (!list.is_empty()).then(|| list.join(", "))
}

fn attributes(body: &str, name: &str, attribute: &str) -> Option<String> {
    let value = |head: &str| -> Option<String> {
        let rest = head.split_once(&format!("{attribute}="))?.1;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest.get(1..)?.split(quote).next().map(str::to_owned)
    };
    let list: Vec<String> = elements(body, name).filter_map(|(head, _)| value(head)).collect();
    (!list.is_empty()).then(|| list.join(", "))
}

/// Start tag and text of each element of a local name, at most [`ELEMENTS`].
fn elements<'a>(body: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
    let tags = body.split('<').skip(1);
    let wanted = tags.filter_map(move |piece| {
        let (head, text) = piece.split_once('>')?;
        let written = head.split(|c: char| c.is_whitespace() || c == '/').next()?;
        let local = written.rsplit(':').next()?;
        (local == name && !written.is_empty()).then(|| (head, Some(text.trim())))
    });
    wanted.take(ELEMENTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Piece;
    use crate::base::words::Words;

    fn notify(event: &str, body: &str) -> Option<String> {
        let text = format!("NOTIFY sip:a@b SIP/2.0\r\nEvent: {event}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let text = in_words(event, &Message::parse(text).unwrap())?;
        let mut out = String::new();
        text.pieces(Words::english(), &mut |piece| match piece {
            Piece::Word(t) | Piece::Log(t) => out.push_str(t),
            Piece::Private(p) => out.push_str(p.original()),
        });
        Some(out)
    }

    #[test]
    fn message_summary_of_rfc_3842() {
        // RFC 3842 §5.2, and the words that the contract shows.
        let body = "Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (0/2)\r\n";
        assert_eq!(notify("message-summary", body).unwrap(), "Messages-Waiting: yes, voice 2/8");
        assert_eq!(notify("message-summary", "Messages-Waiting: no\r\n").unwrap(), "Messages-Waiting: no");
        assert_eq!(notify("message-summary", "nothing"), None);
    }

    #[test]
    fn other_packages() {
        // RFC 4235 §6.1: a dialog document.
        let dialog = "<?xml version=\"1.0\"?><dialog-info><dialog id=\"as7d\"><state event=\"replaced\">terminated</state></dialog></dialog-info>";
        assert!(notify("dialog", dialog).unwrap().ends_with("terminated"));
        let feature = "<DoNotDisturbEvent><device/><doNotDisturbOn>true</doNotDisturbOn></DoNotDisturbEvent>";
        assert!(notify("as-feature-event", feature).unwrap().ends_with("on"));
        assert_eq!(notify("dialog", "<<<state"), None);
        assert_eq!(notify("x-unknown", "<state>a</state>"), None);
    }
}

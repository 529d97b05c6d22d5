//! The last NOTIFY of a subscription in words, by event package. In: a NOTIFY. Out: [`Text`]. Must not know subscriptions.

use super::event_body::{Element, Feature, elements, features};
use crate::base::{Private, PrivateKind, Segment, Text};
use crate::sip::Message;

/// Lines of a body that are looked at, and things of a list that are named.
const LINES: usize = 256;
const NAMED: usize = 16;

/// What a NOTIFY says; `None` when it says nothing but its state, or its package is unknown here.
pub fn in_words(event: &str, message: &Message) -> Option<Text> {
    let body = || elements(message.body_text());
    match event.to_ascii_lowercase().as_str() {
        "message-summary" => voice_mail(message.body_text()),
        "dialog" => dialogs(&body()),
        "reg" => contacts(&body()),
        "presence" => presence(&body()),
        "conference" => participants(&body()),
        "as-feature-event" => feature_words(&features(message)),
        "call-info" | "line-seize" => {
            let lines = message.list("Call-Info").into_iter().filter_map(appearance).map(|line| vec![Segment::Log(line)]);
            said("subscription.appearances", lines.collect())
        }
        _ => None,
    }
}

/// A sentence with a list; `None` for an empty one. What is not named is counted.
fn said(key: &'static str, list: Vec<Vec<Segment>>) -> Option<Text> {
    let more = list.len().saturating_sub(NAMED);
    let mut texts: Vec<Text> = list.into_iter().take(NAMED).map(Text).collect();
    if more > 0 {
        texts.push(Text::phrase("subscription.more", &[("n", Segment::number(more))]));
    }
    (!texts.is_empty()).then(|| Text::phrase_of(key, &[("list", Text::join(texts, ", "))]))
}

fn log(text: &str) -> Segment {
    Segment::Log(text.to_owned())
}

fn uri(text: &str) -> Segment {
    Segment::Private(Private::new(PrivateKind::Uri, text))
}

fn blank() -> Segment {
    Segment::Word(" ".to_owned())
}

/// Each element of a name with the elements inside it.
fn groups<'a>(all: &'a [Element], name: &'a str) -> impl Iterator<Item = (&'a Element, Vec<&'a Element>)> {
    let own = all.iter().enumerate().filter(move |(_, e)| e.name == name);
    own.map(|(at, e)| (e, all.iter().skip(at + 1).take_while(|inner| inner.depth > e.depth).collect()))
}

/// RFC 4235: each dialog with its way, state, what brought that about, and with whom.
fn dialogs(all: &[Element]) -> Option<Text> {
    let root = all.first().filter(|e| e.name == "dialog-info")?;
    let dialog = |(dialog, inner): (&Element, Vec<&Element>)| {
        let state = inner.iter().find(|e| e.name == "state")?;
        let mut out = Vec::new();
        match dialog.attribute("direction") {
            Some("initiator") => out.extend([Segment::key("subscription.outgoing"), blank()]),
            Some("recipient") => out.extend([Segment::key("subscription.incoming"), blank()]),
            _ => {}
        }
        out.push(log(state.own_text()?));
        if let Some(event) = state.attribute("event").or_else(|| state.attribute("code")) {
            out.push(log(&format!(" ({event})")));
        }
        let remote = inner.iter().position(|e| e.name == "remote").map(|at| inner.iter().skip(at + 1));
        let whom = remote.and_then(|mut list| list.find(|e| matches!(e.name.as_str(), "identity" | "target")));
        if let Some(whom) = whom.and_then(|e| e.own_text().or_else(|| e.attribute("uri"))) {
            out.extend([blank(), uri(whom)]);
        }
        Some(out)
    };
    let list: Vec<Vec<Segment>> = groups(all, "dialog").filter_map(dialog).collect();
    let idle = list.is_empty() && root.attribute("state") == Some("full");
    if idle { Some(Text::key("subscription.no_dialogs")) } else { said("subscription.dialog", list) }
}

/// RFC 3680: each contact with its state and what brought that about; without contacts the state of the registration.
fn contacts(all: &[Element]) -> Option<Text> {
    let contact = |(contact, inner): (&Element, Vec<&Element>)| {
        let whom = inner.iter().find(|e| e.name == "uri").and_then(|e| e.own_text()).or_else(|| contact.own_text());
        let mut out: Vec<Segment> = whom.map(|w| vec![uri(w), blank()]).unwrap_or_default();
        out.push(log(contact.attribute("state").unwrap_or("?")));
        out.extend(contact.attribute("event").map(|event| log(&format!(" ({event})"))));
        out
    };
    let list: Vec<Vec<Segment>> = groups(all, "contact").map(contact).collect();
    let states = || all.iter().filter(|e| e.name == "registration").filter_map(|e| e.attribute("state"));
    if list.is_empty() {
        return said("subscription.registration", states().map(|s| vec![log(s)]).collect());
    }
    said("subscription.reg", list)
}

/// RFC 3863: open or closed, with the note and the activity beside it.
fn presence(all: &[Element]) -> Option<Text> {
    let basic = all.iter().filter(|e| e.name == "basic").filter_map(Element::own_text);
    let notes = all.iter().filter(|e| e.name == "note").filter_map(Element::own_text);
    said("subscription.presence", basic.chain(notes).map(|t| vec![log(t)]).collect())
}

/// RFC 4575: how many, and each with the state of its end.
fn participants(all: &[Element]) -> Option<Text> {
    let count = all.iter().find(|e| e.name == "user-count").and_then(Element::own_text).map(|n| vec![log(n)]);
    let user = |(user, inner): (&Element, Vec<&Element>)| {
        let mut out = vec![uri(user.attribute("entity")?)];
        if let Some(status) = inner.iter().find(|e| e.name == "status").and_then(|e| e.own_text()) {
            out.extend([blank(), log(status)]);
        }
        Some(out)
    };
    said("subscription.conference", count.into_iter().chain(groups(all, "user").filter_map(user)).collect())
}

/// Do-not-disturb and call forwarding as the Application Server tells them.
pub fn feature_words(features: &[Feature]) -> Option<Text> {
    let one = |feature: &Feature| {
        let on = Text::key(if feature.is_on() { "subscription.on" } else { "subscription.off" });
        match feature {
            Feature::DoNotDisturb(_) => Text::join([Text::key("subscription.do_not_disturb"), on], " "),
            Feature::Forwarding { kind, to, on: is_on } => {
                let kind = match kind.as_str() {
                    "always" => Text::key("subscription.forward_always"),
                    "busy" => Text::key("subscription.forward_busy"),
                    "no-answer" => Text::key("subscription.forward_no_answer"),
                    "not-reachable" => Text::key("subscription.forward_not_reachable"),
                    other => Text(vec![log(other)]),
                };
                let mut text = Text::join([Text::key("subscription.forwarding"), kind, on], " ");
                if let Some(to) = to.as_ref().filter(|_| *is_on) {
                    let number = Segment::Private(Private::new(PrivateKind::Number, to.as_str()));
                    text.0.extend(Text::phrase("subscription.forward_to", &[("to", number)]).0);
                }
                text
            }
        }
    };
    (!features.is_empty()).then(|| Text::join(features.iter().map(one), ", "))
}

/// RFC 3842 §5.2: `Messages-Waiting: yes`, then `Voice-Message: 2/8 (0/2)`: new and old, urgent in brackets.
fn voice_mail(body: &str) -> Option<Text> {
    let mut waiting = None;
    let mut counts = Vec::new();
    for line in body.lines().take(LINES) {
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

/// `appearance-state` of a Call-Info element (shared call appearances).
fn appearance(element: &str) -> Option<String> {
    let param = |name: &str| {
        element.split(';').filter_map(|p| p.trim().split_once('=')).find(|(n, _)| n.trim().eq_ignore_ascii_case(name))
    };
    let state = param("appearance-state")?.1.trim().trim_matches('"');
    let index = param("appearance-index").map(|(_, v)| v.trim().trim_matches('"')).unwrap_or("*");
    Some(format!("{index} {state}"))
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
    fn dialogs_of_rfc_4235() {
        // RFC 4235 §6.1 and §4.4.
        let dialog =
            |inner: &str| format!("<?xml version=\"1.0\"?><dialog-info state=\"full\" entity=\"sip:a@b\">{inner}</dialog-info>");
        let one = dialog(
            "<dialog id=\"as7d\" direction=\"recipient\"><state event=\"replaced\">terminated</state>\
             <local><identity>sip:a@b</identity></local><remote><identity display=\"B\">sip:c@d</identity></remote></dialog>",
        );
        assert_eq!(notify("dialog", &one).unwrap(), "dialogs: incoming terminated (replaced) sip:c@d");
        let two = dialog(
            "<dialog id=\"1\" direction=\"initiator\"><state>early</state></dialog><dialog id=\"2\"><state>confirmed</state></dialog>",
        );
        assert_eq!(notify("dialog", &two).unwrap(), "dialogs: outgoing early, confirmed");
        assert_eq!(notify("dialog", &dialog("")).unwrap(), "no dialogs");
        assert_eq!(notify("dialog", "<<<state"), None);
        let many = dialog(&"<dialog><state>early</state></dialog>".repeat(20));
        assert!(notify("dialog", &many).unwrap().ends_with("early, 4 more"));
    }

    #[test]
    fn other_packages() {
        // RFC 3680 §5: what befell a contact.
        let reg = "<reginfo><registration aor=\"sip:a@b\" state=\"active\"><contact id=\"7\" state=\"terminated\" event=\"rejected\">\
            <uri>sip:a@192.0.2.1</uri></contact></registration></reginfo>";
        assert_eq!(notify("reg", reg).unwrap(), "contacts: sip:a@192.0.2.1 terminated (rejected)");
        let none = "<reginfo><registration aor=\"sip:a@b\" state=\"terminated\"/></reginfo>";
        assert_eq!(notify("reg", none).unwrap(), "registration: terminated");
        let feature = "<DoNotDisturbEvent><device/><doNotDisturbOn>true</doNotDisturbOn></DoNotDisturbEvent>";
        assert_eq!(notify("as-feature-event", feature).unwrap(), "do not disturb on");
        let forward = "<ForwardingEvent><forwardingType>forwardNoAns</forwardingType><forwardStatus>true</forwardStatus><forwardTo>601</forwardTo>\
            </ForwardingEvent>";
        assert_eq!(notify("as-feature-event", forward).unwrap(), "call forwarding (no answer) on to 601");
        let conference = "<conference-info><conference-state><user-count>2</user-count></conference-state><users><user entity=\"sip:a@b\">\
            <endpoint><status>connected</status></endpoint></user></users></conference-info>";
        assert_eq!(notify("conference", conference).unwrap(), "participants: 2, sip:a@b connected");
        let presence = "<presence><tuple id=\"1\"><status><basic>closed</basic></status><note>away</note></tuple></presence>";
        assert_eq!(notify("presence", presence).unwrap(), "presence: closed, away");
        assert_eq!(notify("x-unknown", "<state>a</state>"), None);
    }
}

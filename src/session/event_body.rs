//! Bodies of NOTIFYs as data: XML pulled into a flat list of elements, and what the Application Server says of features. In: text. Out:
//! [`Element`]s, [`Feature`]s. Must not know subscriptions. What is broken ends the reading; what stood before it counts.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::sip::Message;

/// Elements of one body that are looked at, attributes of one, and bytes of one value.
pub const ELEMENTS: usize = 512;
const ATTRIBUTES: usize = 32;
const VALUE_BYTES: usize = 500;

/// An element with its own text, in the order of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Name without its prefix.
    pub name: String,
    /// 0 for the root.
    pub depth: usize,
    /// Names and values.
    pub attributes: Vec<(String, String)>,
    /// Text directly in it, trimmed.
    pub text: String,
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }

    /// Its text, if it has any.
    pub fn own_text(&self) -> Option<&str> {
        Some(self.text.as_str()).filter(|t| !t.is_empty())
    }
}

/// The elements of a body, at most [`ELEMENTS`].
pub fn elements(body: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(body);
    reader.config_mut().check_end_names = false;
    let mut out: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    while out.len() < ELEMENTS {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                out.push(element(&tag, open.len()));
                open.push(out.len() - 1);
            }
            Ok(Event::Empty(tag)) => out.push(element(&tag, open.len())),
            Ok(Event::End(_)) => drop(open.pop()),
            Ok(Event::Text(text)) => add(&mut out, &open, &text.decode().unwrap_or_default()),
            Ok(Event::CData(text)) => add(&mut out, &open, &text.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(name)) => {
                let text = match name.decode().unwrap_or_default().as_ref() {
                    "amp" => "&".to_owned(),
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "apos" => "'".to_owned(),
                    "quot" => "\"".to_owned(),
                    _ => name.resolve_char_ref().ok().flatten().map(String::from).unwrap_or_default(),
                };
                add(&mut out, &open, &text);
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    for one in &mut out {
        one.text = one.text.trim().to_owned();
    }
    out
}

fn element(tag: &BytesStart<'_>, depth: usize) -> Element {
    let value = |raw: &[u8]| {
        let raw = String::from_utf8_lossy(raw);
        let value = quick_xml::escape::unescape(&raw).map(|v| v.into_owned()).unwrap_or_else(|_| raw.clone().into_owned());
        value.chars().take(VALUE_BYTES).collect::<String>()
    };
    let local = |raw: &[u8]| String::from_utf8_lossy(raw).rsplit(':').next().unwrap_or_default().chars().take(64).collect();
    let attributes = tag.attributes().take(ATTRIBUTES).filter_map(Result::ok);
    let attributes = attributes.map(|a| (local(a.key.as_ref()), value(&a.value))).collect();
    Element { name: local(tag.name().as_ref()), depth, attributes, text: String::new() }
}

fn add(out: &mut [Element], open: &[usize], text: &str) {
    if let Some(element) = open.last().and_then(|at| out.get_mut(*at)) {
        let room = VALUE_BYTES.saturating_sub(element.text.len());
        element.text.extend(text.chars().take(room));
    }
}

/// A feature of the user, as the Application Server tells it (as-feature-event; names of ECMA-323 as BroadWorks writes them).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Do not disturb.
    DoNotDisturb(bool),
    /// Call forwarding.
    Forwarding {
        /// `always`, `busy`, `no-answer`, `not-reachable`, or as written.
        kind: String,
        /// Switched on.
        on: bool,
        /// Where to.
        to: Option<String>,
    },
}

impl Feature {
    /// What tells one feature from another.
    pub fn name(&self) -> String {
        match self {
            Self::DoNotDisturb(_) => "do-not-disturb".to_owned(),
            Self::Forwarding { kind, .. } => format!("forwarding-{kind}"),
        }
    }

    /// Switched on.
    pub fn is_on(&self) -> bool {
        match self {
            Self::DoNotDisturb(on) | Self::Forwarding { on, .. } => *on,
        }
    }
}

/// The features that a NOTIFY of as-feature-event tells; a multipart body may tell several.
pub fn features(message: &Message) -> Vec<Feature> {
    let mut out = Vec::new();
    for part in message.parts() {
        let all = elements(part.text);
        let is_on = |text: &str| text.eq_ignore_ascii_case("true");
        out.extend(all.iter().filter(|e| e.name == "doNotDisturbOn").map(|e| Feature::DoNotDisturb(is_on(&e.text))));
        let mut events =
            all.iter().enumerate().filter(|(_, e)| e.name == "ForwardingEvent").map(|(at, e)| (at, e.depth)).peekable();
        let whole = (0, 0);
        let bare = events.peek().is_none() && all.iter().any(|e| e.name == "forwardStatus");
        for (at, depth) in events.chain(bare.then_some(whole)) {
            let own = || all.iter().skip(at + 1).take_while(|e| e.depth > depth || bare);
            let value = |name: &str| own().find(|e| e.name == name).and_then(Element::own_text);
            let Some(status) = value("forwardStatus") else { continue };
            let kind = match value("forwardingType").unwrap_or_default() {
                "forwardImmediate" | "" => "always".to_owned(),
                "forwardBusy" => "busy".to_owned(),
                "forwardNoAns" => "no-answer".to_owned(),
                "forwardNotReachable" => "not-reachable".to_owned(),
                other => other.to_owned(),
            };
            out.push(Feature::Forwarding { kind, on: is_on(status), to: value("forwardTo").map(str::to_owned) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_list_of_what_can_be_read() {
        let body =
            "<?xml version=\"1.0\"?><a:root xmlns:a='x' v='1 &amp; 2'><b> one &lt; two <c/></b><d>3</d><![CDATA[x]]></a:root>";
        let all = elements(body);
        let told: Vec<(&str, usize, &str)> = all.iter().map(|e| (e.name.as_str(), e.depth, e.text.as_str())).collect();
        assert_eq!(told, [("root", 0, "x"), ("b", 1, "one < two"), ("c", 2, ""), ("d", 1, "3")]);
        assert_eq!(all[0].attribute("v"), Some("1 & 2"));
        assert_eq!(elements("<a><b>1</b><<<").len(), 2);
        assert_eq!(elements("no xml at all"), []);
        assert_eq!(elements(&"<a>".repeat(5_000)).len(), ELEMENTS);
        let mutual = elements("<a><b>1</c></a><d>");
        assert_eq!(mutual.len(), 3, "a wrong end tag loses nothing");
    }

    #[test]
    fn features_in_one_body_and_in_several_parts() {
        let notify = |kind: &str, body: &str| {
            let text = format!("NOTIFY sip:a@b SIP/2.0\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            features(&Message::parse(text).unwrap())
        };
        let dnd = "<DoNotDisturbEvent><device/><doNotDisturbOn>true</doNotDisturbOn></DoNotDisturbEvent>";
        let forward = "<ForwardingEvent><device/><forwardingType>forwardBusy</forwardingType><forwardStatus>true</forwardStatus>\
            <forwardTo>+420601</forwardTo></ForwardingEvent>";
        assert_eq!(notify("application/x-as-feature-event+xml", dnd), [Feature::DoNotDisturb(true)]);
        let busy = Feature::Forwarding { kind: "busy".into(), on: true, to: Some("+420601".into()) };
        assert_eq!(notify("application/x-as-feature-event+xml", forward), std::slice::from_ref(&busy));
        let parts = format!(
            "--x\r\nContent-Type: application/x-as-feature-event+xml\r\n\r\n{dnd}\r\n--x\r\nContent-Type: application/x-as-feature-event+xml\r\n\r\n{forward}\r\n--x--\r\n"
        );
        assert_eq!(notify("multipart/mixed;boundary=x", &parts), [Feature::DoNotDisturb(true), busy]);
        assert_eq!(notify("text/plain", "hello"), []);
    }
}

//! SIP written short, for the examples of signatures. In: lines such as `0.1 < 401 r.1 | Expires: 60`. Out: [`Dialogue`]: whole messages
//! with their times, and the log that a client would have written of them. Must not know any signature.
//!
//! The form is described in `assets/signatures/README.md`. What is not written takes its usual value (RFC 3261 §8): one client
//! `anna` at 192.0.2.10, one other side `bob` at 198.51.100.20, tags and branches made from the call's name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::dialogue_sdp::Descriptions;

/// Moments count from here: 2024-01-30 08:00:00 UTC.
pub const START_US: i64 = 1_706_601_600_000_000;
/// An example is no longer than this, so that its log stays within one day.
const MAX_SECONDS: f64 = 50_000.0;
/// At most this many messages and lines.
const MAX_EVENTS: usize = 5_000;
/// At most this many letters in one header.
const MAX_LETTERS: usize = 20_000;
/// The client's address.
pub const CLIENT: &str = "192.0.2.10:5060";
/// The other side's address, where none is written.
const PEER: &str = "198.51.100.20";

/// What happens at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A SIP message.
    Message {
        /// The client sent it.
        sent: bool,
        /// The other side as `host:port`.
        remote: String,
        /// The whole text.
        text: String,
    },
    /// A line of the log.
    Line(String),
}

/// Messages and lines of the log in time order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialogue {
    /// Microseconds since 1970, the line of the short form, and what happened.
    pub events: Vec<(i64, u64, Event)>,
    /// The client's User-Agent, when the form names a platform.
    pub user_agent: Option<String>,
}

impl Dialogue {
    /// Reads the short form.
    ///
    /// # Errors
    /// A sentence with the line that can't be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut writer = Writer { transport: "UDP".into(), ..Writer::default() };
        let mut events = Vec::new();
        for (number, line) in (1_u64..).zip(text.lines()) {
            // What stands behind two blanks and a # is for the reader.
            let line = line.split_once("  #").map_or(line, |(line, _)| line).trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = |why: String| format!("line {number} of the dialogue: {why}");
            if let Some((key, value)) = line.split_once(' ').filter(|(k, _)| matches!(*k, "platform" | "transport")) {
                match key {
                    "platform" => writer.user_agent = Some(format!("Webex ({})", value.trim())),
                    _ => writer.transport = value.trim().to_ascii_uppercase(),
                }
                continue;
            }
            for (at, event) in writer.line(line).map_err(fault)? {
                events.push((at, number, event));
            }
            if events.len() > MAX_EVENTS {
                return Err(fault(format!("more than {MAX_EVENTS} messages")));
            }
        }
        events.sort_by_key(|(at, _, _)| *at);
        Ok(Self { events, user_agent: writer.user_agent })
    }

    /// The log that a client would have written: heads as in the native form, each message below its head.
    pub fn log(&self) -> String {
        let mut out = String::new();
        for (at, _, event) in &self.events {
            let ms = at.saturating_sub(START_US).saturating_add(8 * 3_600_000_000) / 1_000;
            let (h, m, s) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
            let _ = write!(out, "2024-01-30T{h:02}:{m:02}:{s:02}.{:03}Z <Info> [0x390] ", ms % 1_000);
            let _ = match event {
                Event::Message { sent, remote, text } => {
                    let way = if *sent { "Sending to" } else { "Received from" };
                    writeln!(out, "SipTransport.cpp:100 SipTransport::log:BWC:SIP: {way} {remote}\n{text}")
                }
                Event::Line(text) => writeln!(out, "Log.cpp:1 Log::write:{text}"),
            };
        }
        out
    }
}

/// What a request fixed for the answers to it.
#[derive(Clone)]
struct Asked {
    sent: bool,
    method: String,
    via: String,
    from: String,
    to: String,
    expires: Option<String>,
}

#[derive(Default)]
struct Writer {
    transport: String,
    user_agent: Option<String>,
    asked: BTreeMap<(String, u32, String), Asked>,
    /// Newest method of a call and number, ACK and CANCEL aside: answers are to it.
    newest: BTreeMap<(String, u32), String>,
    /// Calls in which a dialog begins (a provisional answer with a tag), and those in which it stands.
    early: BTreeSet<String>,
    confirmed: BTreeSet<String>,
    /// Who is called, where that is not bob.
    targets: BTreeMap<String, String>,
    descriptions: Descriptions,
}

/// One line taken apart.
struct Short<'a> {
    sent: bool,
    what: &'a str,
    method: Option<&'a str>,
    call: &'a str,
    number: u32,
    counts_up: bool,
    remote: String,
    target: Option<&'a str>,
    fields: Vec<(&'a str, &'a str)>,
    body: Option<&'a str>,
}

impl Writer {
    fn line(&mut self, line: &str) -> Result<Vec<(i64, Event)>, String> {
        let (times, rest) = line.split_once(' ').ok_or("a time and a message are wanted")?;
        let times = moments(times)?;
        let rest = rest.trim();
        if let Some(text) = rest.strip_prefix('=') {
            return Ok(times.into_iter().map(|at| (at, Event::Line(text.trim().to_owned()))).collect());
        }
        let short = Short::read(rest)?;
        let mut out = Vec::new();
        for (place, at) in (0_u32..).zip(times) {
            let number = if short.counts_up { short.number.saturating_add(place) } else { short.number };
            let text = match short.what.parse::<u16>() {
                Ok(status) => self.answer(&short, status, number)?,
                Err(_) => self.request(&short, number),
            };
            out.push((at, Event::Message { sent: short.sent, remote: format!("{}:5060", short.remote), text }));
        }
        Ok(out)
    }

    fn request(&mut self, short: &Short<'_>, number: u32) -> String {
        let (method, call) = (short.what, short.call);
        let key = (call.to_owned(), number);
        let inside = match method {
            "CANCEL" => false,
            "ACK" => true,
            "INVITE" | "SUBSCRIBE" | "REGISTER" => self.confirmed.contains(call),
            _ => self.early.contains(call),
        };
        if let Some(target) = short.target.filter(|_| !inside && short.sent) {
            self.targets.insert(call.to_owned(), target.to_owned());
        }
        let invite = self.asked.get(&(call.to_owned(), number, "INVITE".to_owned())).cloned();
        let of_invite = invite.filter(|_| method == "CANCEL" || (method == "ACK" && !self.confirmed.contains(call)));
        let host = if short.sent { CLIENT.to_owned() } else { format!("{}:5060", short.remote) };
        let way = if short.sent { "o" } else { "i" };
        let acked = if method == "ACK" { "-ack" } else { "" };
        let via = of_invite.as_ref().map_or_else(
            || format!("SIP/2.0/{} {host};branch=z9hG4bK-{call}-{number}-{way}{acked}", self.transport),
            |i| i.via.clone(),
        );
        let (client, peer) = self.names(call, method == "REGISTER");
        let (mut from, mut to) = if short.sent { (client, peer) } else { (peer, client) };
        let (a, b) = if short.sent { ("a", "b") } else { ("b", "a") };
        let _ = write!(from, ";tag={a}-{call}");
        if inside {
            let _ = write!(to, ";tag={b}-{call}");
        }
        let uri = match (short.target, method, short.sent, inside) {
            (Some(target), ..) => target.to_owned(),
            (_, "REGISTER", ..) => "sip:example.com".to_owned(),
            (_, _, true, false) => self.targets.get(call).cloned().unwrap_or_else(|| "sip:bob@example.com".to_owned()),
            (_, _, true, true) => format!("sip:bob@{}:5060", short.remote),
            (_, _, false, _) => format!("sip:anna@{CLIENT}"),
        };
        let mut fields = Fields::default();
        fields.add("Via", &via);
        fields.add("Max-Forwards", "70");
        fields.add("From", &from);
        fields.add("To", &to);
        fields.add("Call-ID", &format!("{call}@example"));
        fields.add("CSeq", &format!("{number} {method}"));
        if matches!(method, "INVITE" | "REGISTER" | "SUBSCRIBE" | "UPDATE" | "NOTIFY" | "REFER") {
            fields.add("Contact", &contact(short));
        }
        if let Some(agent) = self.user_agent.as_ref().filter(|_| short.sent) {
            fields.add("User-Agent", agent);
        }
        fields.written(&short.fields);
        let expires = fields.value("Expires");
        // What the answers repeat is what the request really said.
        let said = |name: &str, usual: String| fields.value(name).unwrap_or(usual);
        let asked = Asked {
            sent: short.sent,
            method: method.to_owned(),
            via: said("Via", via),
            from: said("From", from),
            to: said("To", to),
            expires,
        };
        self.asked.insert((key.0.clone(), number, method.to_owned()), asked);
        if !matches!(method, "ACK" | "CANCEL") {
            self.newest.insert(key, method.to_owned());
        }
        let body = short.body.map(|b| self.descriptions.body(call, short.sent, &short.remote, b));
        fields.finish(&format!("{method} {uri} SIP/2.0"), body)
    }

    fn answer(&mut self, short: &Short<'_>, status: u16, number: u32) -> Result<String, String> {
        let call = short.call;
        let newest = self.newest.get(&(call.to_owned(), number)).cloned();
        let method = short.method.map(str::to_owned).or(newest).ok_or_else(|| format!("nothing asked {call}.{number}"))?;
        let asked = self.asked.get(&(call.to_owned(), number, method.clone())).cloned();
        let asked =
            asked.filter(|a| a.sent != short.sent).ok_or_else(|| format!("the other side never asked {call}.{number}"))?;
        let mut to = asked.to.clone();
        if status > 100 && !to.contains(";tag=") {
            let _ = write!(to, ";tag={}-{call}", if short.sent { "a" } else { "b" });
        }
        let dialog = matches!(asked.method.as_str(), "INVITE" | "SUBSCRIBE");
        if dialog && (101..300).contains(&status) {
            self.early.insert(call.to_owned());
        }
        if dialog && (200..300).contains(&status) {
            self.confirmed.insert(call.to_owned());
        }
        let mut fields = Fields::default();
        fields.add("Via", &asked.via);
        fields.add("From", &asked.from);
        fields.add("To", &to);
        fields.add("Call-ID", &format!("{call}@example"));
        fields.add("CSeq", &format!("{number} {}", asked.method));
        if (dialog || method == "UPDATE") && (101..300).contains(&status) {
            fields.add("Contact", &contact(short));
        }
        if method == "REGISTER"
            && status == 200
            && let Some(expires) = asked.expires.as_ref().filter(|e| *e != "0")
        {
            fields.add("Contact", &format!("<sip:anna@{CLIENT}>;expires={expires}"));
        }
        if method == "SUBSCRIBE"
            && (200..300).contains(&status)
            && let Some(expires) = &asked.expires
        {
            fields.add("Expires", expires);
        }
        if let Some(agent) = self.user_agent.as_ref().filter(|_| short.sent) {
            fields.add("User-Agent", agent);
        }
        fields.written(&short.fields);
        let body = short.body.map(|b| self.descriptions.body(call, short.sent, &short.remote, b));
        Ok(fields.finish(&format!("SIP/2.0 {status} {}", reason(status)), body))
    }

    /// The client's and the other side's name in From and To.
    fn names(&self, call: &str, register: bool) -> (String, String) {
        let anna = "<sip:anna@example.com>".to_owned();
        let target = self.targets.get(call).map_or_else(|| "<sip:bob@example.com>".to_owned(), |t| format!("<{t}>"));
        let peer = if register { anna.clone() } else { target };
        (anna, peer)
    }
}

fn contact(short: &Short<'_>) -> String {
    if short.sent { format!("<sip:anna@{CLIENT}>") } else { format!("<sip:bob@{}:5060>", short.remote) }
}

/// `1.5`, `0,0.5,1.5` or `0:300:30` (from, to, step).
fn moments(text: &str) -> Result<Vec<i64>, String> {
    let number = |text: &str| {
        let value = text.parse::<f64>().ok().filter(|v| (0.0..=MAX_SECONDS).contains(v));
        value.ok_or_else(|| format!("{text} is no number of seconds"))
    };
    let mut seconds = Vec::new();
    for part in text.split(',') {
        let bounds = part.split(':').map(number).collect::<Result<Vec<f64>, String>>()?;
        match bounds.as_slice() {
            [one] => seconds.push(*one),
            [from, to, step] if *step >= 0.001 => {
                let mut count = 0.0;
                while count * step <= to - from && seconds.len() <= MAX_EVENTS {
                    seconds.push(from + count * step);
                    count += 1.0;
                }
            }
            _ => return Err(format!("{part} is no moment")),
        }
    }
    Ok(seconds.into_iter().map(|s| START_US.saturating_add((s * 1e3).round() as i64 * 1_000)).collect())
}

impl<'a> Short<'a> {
    fn read(text: &'a str) -> Result<Self, String> {
        let (head, body) = text.split_once(" || ").map_or((text, None), |(h, b)| (h, Some(b.trim())));
        let mut parts = head.split(" | ");
        let mut words = parts.next().unwrap_or_default().split_whitespace();
        let sent = match words.next() {
            Some(">") => true,
            Some("<") => false,
            _ => return Err("> or < is wanted behind the time".into()),
        };
        let what = words.next().ok_or("a method or a status is wanted")?;
        let is_status = what.len() == 3 && what.bytes().all(|b| b.is_ascii_digit());
        if !is_status && !what.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(format!("{what} is neither a method nor a status"));
        }
        let mut name = words.next().ok_or("the call is wanted, for example c.1")?;
        let mut method = None;
        if is_status && !name.contains('.') {
            method = Some(name);
            name = words.next().ok_or("the call is wanted, for example c.1")?;
        }
        let (call, number) = name.rsplit_once('.').ok_or_else(|| format!("{name} is no call with its number"))?;
        let counts_up = number.ends_with('+');
        let number = number.trim_end_matches('+').parse().map_err(|_| format!("{number} is no number"))?;
        let (mut remote, mut target) = (PEER.to_owned(), None);
        for word in words {
            match word.strip_prefix('@') {
                Some(host) => remote = host.to_owned(),
                None => target = Some(word),
            }
        }
        let field = |part: &'a str| part.split_once(':').map(|(n, v)| (n.trim(), v.trim())).ok_or(format!("{part} is no header"));
        let fields = parts.map(field).collect::<Result<Vec<_>, String>>()?;
        Ok(Self { sent, what, method, call, number, counts_up, remote, target, fields, body })
    }
}

/// Header fields in order.
#[derive(Default)]
struct Fields(Vec<(String, String)>);

impl Fields {
    fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    fn value(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone())
    }

    /// `Name: value` in the place of the usual one, `Name+: more` behind it, `Name: -` without it, `Name*: 900` with so many letters. A
    /// second one of a name is added.
    fn written(&mut self, fields: &[(&str, &str)]) {
        let mut told: BTreeSet<String> = BTreeSet::new();
        for (name, value) in fields {
            if let Some(name) = name.strip_suffix('*') {
                self.add(name, &"x".repeat(value.parse::<usize>().unwrap_or_default().min(MAX_LETTERS)));
                continue;
            }
            let bare = name.trim_end_matches('+');
            let first = told.insert(bare.to_ascii_lowercase());
            let usual = self.0.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(bare));
            match usual {
                Some((_, text)) if bare.len() < name.len() => text.push_str(value),
                Some(_) if first && *value == "-" => self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(bare)),
                Some((_, text)) if first => *text = (*value).to_owned(),
                _ => self.add(bare, value),
            }
        }
    }

    fn finish(mut self, start: &str, body: Option<(String, bool)>) -> String {
        let (body, described) = body.unwrap_or_default();
        if described {
            self.add("Content-Type", "application/sdp");
        }
        self.add("Content-Length", &body.len().to_string());
        let mut text = format!("{start}\r\n");
        for (name, value) in &self.0 {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text + "\r\n" + &body
    }
}

/// A few reason phrases; nothing depends on them.
fn reason(status: u16) -> &'static str {
    match status {
        100 => "Trying",
        180 => "Ringing",
        183 => "Session Progress",
        200..300 => "OK",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        500 => "Server Internal Error",
        503 => "Service Unavailable",
        _ => "Answer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::Message;

    fn messages(text: &str) -> Vec<Message> {
        let events = Dialogue::parse(text).unwrap().events;
        let text = |e: (i64, u64, Event)| match e.2 {
            Event::Message { text, .. } => Message::parse(text),
            Event::Line(_) => None,
        };
        events.into_iter().filter_map(text).collect()
    }

    #[test]
    fn a_call_is_written_out_by_the_rules_of_the_protocol() {
        let all = messages(
            "0 > INVITE c.1 || sdp\n0.1 < 407 c.1\n0.1 > ACK c.1\n0.2 > INVITE c.2 || sdp\n1 < 180 c.2\n2 < 200 c.2 || sdp a=sendonly\n\
             2 > ACK c.2\n9 < BYE c.1\n9 > 200 c.1\n",
        );
        assert_eq!(all.len(), 9);
        assert!(all.iter().all(|m| m.problems.is_empty()), "{:?}", all.iter().map(|m| &m.problems).collect::<Vec<_>>());
        let branch = |n: usize| all[n].top_via().unwrap().branch().unwrap().to_owned();
        // RFC 3261 §17.1.1.3: the ACK of a refusal is of the INVITE's transaction, that of a 2xx is not.
        assert_eq!(branch(2), branch(0));
        assert_ne!(branch(6), branch(3));
        let tag = |a: Option<crate::sip::NameAddr<'_>>| a.and_then(|a| a.tag().map(str::to_owned));
        assert_eq!(tag(all[3].to()), None);
        assert_eq!(tag(all[6].to()).as_deref(), Some("b-c"));
        // The other side's BYE: its own tag in From, the client's in To.
        assert_eq!((tag(all[7].from()).as_deref(), tag(all[7].to()).as_deref()), (Some("b-c"), Some("a-c")));
        assert_eq!(all[5].sdp().unwrap().media.first().unwrap().flow.word(), "sendonly");
    }

    #[test]
    fn moments_repeat_and_numbers_count_up() {
        let all = messages("0:60:30 > OPTIONS o.1+\n0.1,30.1 < 200 o.1+\n0,0.5 > REGISTER r.7 | Expires: 60 | Via+: ;x=1\n");
        let cseqs: Vec<u32> = all.iter().filter_map(|m| m.cseq().map(|c| c.number)).collect();
        assert_eq!(cseqs, [1, 7, 1, 7, 2, 2, 3]);
        assert!(all[1].text.contains("-o;x=1\r\n") && all[1].text == all[3].text);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        for (text, why) in [
            ("0 > INVITE c.1\nx > BYE c.2", "line 2"),
            ("0 > invite c.1", "neither a method"),
            ("0 < 200 c.1", "nothing asked"),
            ("0 > REGISTER r.1\n1 > 200 r.1", "never asked"),
            ("0 ? INVITE c.1", "> or <"),
            ("0:99999:0.1 > OPTIONS o.1", "no number of seconds"),
            ("0:49999:0.001 > OPTIONS o.1", "more than"),
        ] {
            let fault = Dialogue::parse(text).unwrap_err();
            assert!(fault.contains(why), "{text}: {fault}");
        }
    }
}

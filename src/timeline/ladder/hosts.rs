//! One lane a host. In: messages with the transport peer the log told, or not. Out: lanes in order of first use.

use std::collections::HashMap;

use crate::base::words::word;
use crate::base::{Private, PrivateKind, Segment, Text};
use crate::session::LoggedMessage;
use crate::sip::{Direction, StartLine};
use crate::timeline::wire;

/// A lane's head.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    /// The host, or that it is not known.
    pub name: Text,
    /// Ports seen, as suffix: `:5061`.
    pub detail: Text,
}

/// Ports named in a head; more are counted.
const MOST_PORTS: usize = 3;
/// Lanes that can be told apart on a screen; hosts beyond share the last one, which says so.
const MOST_LANES: usize = 12;

#[derive(Default)]
pub struct Hosts {
    names: Vec<(Option<String>, Vec<String>)>,
    by_call: HashMap<String, usize>,
    shared: bool,
}

impl Hosts {
    /// The lane of the other side of a message, from 1.
    pub fn lane(&mut self, logged: &LoggedMessage) -> usize {
        let call = wire::call_id(&logged.seen.message).to_owned();
        let known = logged.seen.remote.as_deref().map(split_port).or_else(|| {
            // Without a transport address the Request-URI names the next place at least; answers follow their request.
            (!self.by_call.contains_key(&call)).then(|| request_host(logged)).flatten()
        });
        let lane = match known {
            Some((host, port)) => self.of_host(Some(host), port),
            None => match self.by_call.get(&call) {
                Some(lane) => *lane,
                None => self.of_host(None, ""),
            },
        };
        self.by_call.insert(call, lane);
        lane
    }

    fn of_host(&mut self, host: Option<&str>, port: &str) -> usize {
        let found = self.names.iter().position(|(name, _)| name.as_deref() == host);
        let place = match found {
            Some(place) => place,
            None if self.names.len() < MOST_LANES => {
                self.names.push((host.map(str::to_owned), Vec::new()));
                self.names.len() - 1
            }
            None => {
                self.shared = true;
                self.names.len() - 1
            }
        };
        if let Some((_, ports)) = self.names.get_mut(place)
            && !port.is_empty()
            && ports.len() <= MOST_PORTS
            && !ports.iter().any(|p| p == port)
        {
            ports.push(port.to_owned());
        }
        place + 1
    }

    /// The heads.
    pub fn finish(self) -> Vec<Host> {
        let last = self.names.len().saturating_sub(1);
        let shared = self.shared;
        let head = |(place, (name, ports)): (usize, (Option<String>, Vec<String>))| {
            let name = match name {
                Some(host) if !host.is_empty() => Text(vec![Segment::Private(Private::new(PrivateKind::Host, host))]),
                _ => Text::key("ladder.network"),
            };
            let mut detail: String = ports.iter().take(MOST_PORTS).map(|p| format!(":{p} ")).collect();
            if ports.len() > MOST_PORTS {
                detail.push('…');
            }
            if shared && place == last {
                detail.push_str(word("ladder.and_others"));
            }
            Host { name, detail: Text::word(detail.trim_end()) }
        };
        self.names.into_iter().enumerate().map(head).collect()
    }
}

/// The client's address in the head of its lane.
pub fn own_address(logged: &LoggedMessage) -> Text {
    match &logged.seen.local {
        Some(local) => Text(vec![Segment::Private(Private::new(PrivateKind::Address, local.as_str()))]),
        // The top Via of what the client sends names its own address (RFC 3261 §18.1.1).
        None if logged.seen.direction == Direction::Sent && wire::status(&logged.seen.message).is_none() => {
            let via = wire::header(&logged.seen.message, "Via", "v").unwrap_or("");
            let sent_by =
                via.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).split([';', ',']).next().unwrap_or("").trim();
            if sent_by.is_empty() {
                return Text::default();
            }
            Text(vec![Segment::Private(Private::new(PrivateKind::Address, sent_by))])
        }
        None => Text::default(),
    }
}

fn request_host(logged: &LoggedMessage) -> Option<(&str, &str)> {
    let message = &logged.seen.message;
    let StartLine::Request { uri, .. } = &message.start else { return None };
    if logged.seen.direction != Direction::Sent {
        return None;
    }
    let uri = message.text.get(uri.clone())?;
    let (_, rest) = uri.split_once(':')?;
    let host = rest.split(['?', ';', '>']).next()?;
    Some(split_port(host.rsplit('@').next()?))
}

/// `host:port`, `[2001:db8::1]:5060` or a bare host.
fn split_port(address: &str) -> (&str, &str) {
    let inside_brackets = address.rfind(']').map_or(0, |at| at + 1);
    match address.get(inside_brackets..).and_then(|tail| tail.rfind(':')) {
        Some(at) if inside_brackets > 0 || address.matches(':').count() == 1 => {
            let at = inside_brackets + at;
            (address.get(..at).unwrap_or(address), address.get(at + 1..).unwrap_or(""))
        }
        _ => (address, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::split_port;

    #[test]
    fn ports_of_names_and_addresses() {
        assert_eq!(split_port("sbc1.example.test:5061"), ("sbc1.example.test", "5061"));
        assert_eq!(split_port("[2001:db8::1]:5060"), ("[2001:db8::1]", "5060"));
        assert_eq!(split_port("2001:db8::1"), ("2001:db8::1", ""));
        assert_eq!(split_port("192.0.2.1"), ("192.0.2.1", ""));
        assert_eq!(split_port(""), ("", ""));
    }
}

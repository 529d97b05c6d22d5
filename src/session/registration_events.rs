//! What befell a registration: another next hop, from scratch again, another place behind a NAT, a contact rewritten on the way, a late
//! refresh; and the rhythm of its refreshes. In: its attempts. Out: [`RegistrationEvent`]s, [`Rhythm`]. Must not know calls.

use super::registration::{Attempt, AttemptKind, RegistrationEvent, Rhythm};
use super::traffic::{Traffic, is_masked};
use crate::base::{LogTime, Private, PrivateKind, Segment, Text};
use crate::sip::Message;
use crate::sip::transaction::Transaction;

/// A refresh that comes later than this part of its time is late.
const LATE: f64 = 0.95;
/// Events kept of one registration; a log of months has no more worth telling.
const MOST: usize = 500;

/// What befell it, in the order of its attempts.
pub fn events(traffic: &Traffic<'_>, group: &[&Transaction], attempts: &[Attempt]) -> Vec<RegistrationEvent> {
    let mut walk = Walk::default();
    for (transaction, attempt) in group.iter().zip(attempts) {
        walk.attempt(traffic, transaction, attempt);
    }
    walk.events.truncate(MOST);
    walk.events
}

/// The times between registrations that were granted and stood.
pub fn rhythm(attempts: &[Attempt]) -> Option<Rhythm> {
    let granted = |a: &&Attempt| a.kind != AttemptKind::Unregister && a.status.is_some_and(|s| s < 300);
    let mut gaps: Vec<f64> = Vec::new();
    let mut before: Option<LogTime> = None;
    for attempt in attempts.iter().filter(granted) {
        if let (Some(from), Some(at), AttemptKind::Refresh) = (before, attempt.at, attempt.kind) {
            gaps.push(at.since_us(from) as f64 / 1e6);
        }
        before = attempt.at;
    }
    gaps.sort_by(f64::total_cmp);
    let (shortest_s, longest_s) = (*gaps.first()?, *gaps.last()?);
    Some(Rhythm { median_s: *gaps.get(gaps.len() / 2)?, shortest_s, longest_s })
}

#[derive(Default)]
struct Walk {
    events: Vec<RegistrationEvent>,
    /// The first next hop and the latest, each with whether the log told it as a transport address.
    home: Option<(Private, bool)>,
    hop: Option<(Private, bool)>,
    seen_as: Option<String>,
    listed: Option<String>,
    /// When the last one was granted, and for how long.
    granted: Option<(LogTime, u64)>,
    stood: bool,
    again: bool,
}

impl Walk {
    fn tell(&mut self, attempt: &Attempt, kind: &'static str, text: Text) {
        let messages = std::iter::once(attempt.request).chain(attempt.answer).collect();
        self.events.push(RegistrationEvent { at: attempt.at, kind, text, messages });
    }

    fn attempt(&mut self, traffic: &Traffic<'_>, transaction: &Transaction, attempt: &Attempt) {
        let answer = transaction.answer.and_then(|a| traffic.message(a));
        let request = transaction.request().and_then(|r| traffic.message(r));
        self.hop(traffic, transaction, attempt);
        let ok = attempt.status.is_some_and(|s| s < 300);
        if attempt.kind == AttemptKind::Register && self.stood && !self.again {
            self.again = true;
            self.tell(attempt, "from-scratch", Text::key("registration_event.from-scratch"));
        }
        if attempt.status == Some(423) {
            let asked = request.and_then(expires).map_or_else(|| "?".to_owned(), |s| s.to_string());
            let least = attempt.min_expires_s.map_or_else(|| "?".to_owned(), |s| s.to_string());
            let values = [("asked", Segment::Word(asked)), ("least", Segment::Word(least))];
            self.tell(attempt, "interval-too-brief", Text::phrase("registration_event.interval-too-brief", &values));
        }
        self.nat(attempt, answer);
        if !ok {
            return;
        }
        if attempt.kind == AttemptKind::Unregister {
            (self.stood, self.again, self.granted) = (false, false, None);
            return;
        }
        if let (Some((from, life)), Some(at), AttemptKind::Refresh) = (self.granted, attempt.at, attempt.kind) {
            let after = at.since_us(from) as f64 / 1e6;
            if after > life as f64 * LATE && after <= life as f64 {
                let values = [("after", Segment::Word(format!("{after:.0}"))), ("life", Segment::number(life))];
                self.tell(attempt, "refresh-late", Text::phrase("registration_event.refresh-late", &values));
            }
        }
        self.rewritten(attempt, request, answer);
        let answered = transaction.answer.and_then(|a| traffic.at(a));
        self.granted = answered.zip(attempt.expires_s);
        (self.stood, self.again) = (true, false);
    }

    /// Another next hop than before, told by the same kind of sign.
    fn hop(&mut self, traffic: &Traffic<'_>, transaction: &Transaction, attempt: &Attempt) {
        let Some(remote) = attempt.remote.as_ref().filter(|r| !is_masked(r.original())) else { return };
        let told = |index: &u32| traffic.messages.get(*index as usize).is_some_and(|m| m.seen.remote.is_some());
        let now = (remote.clone(), transaction.messages().iter().any(told));
        let moved = self.hop.as_ref().filter(|before| before.1 == now.1 && before.0 != now.0).map(|before| before.0.clone());
        if let Some(before) = moved {
            let back = self.home.as_ref() == Some(&now);
            let values = [("before", Segment::Private(before)), ("after", Segment::Private(remote.clone()))];
            if back {
                self.tell(attempt, "returned", Text::phrase("registration_event.returned", &values));
            } else {
                self.tell(attempt, "failed-over", Text::phrase("registration_event.failed-over", &values));
            }
        }
        self.home.get_or_insert_with(|| now.clone());
        self.hop = Some(now);
    }

    /// RFC 3581 §4: where the request was seen to come from.
    fn nat(&mut self, attempt: &Attempt, answer: Option<&Message>) {
        let Some(via) = answer.and_then(Message::top_via) else { return };
        let (Some(host), Some(port)) = (via.received(), via.rport().flatten()) else { return };
        let now = format!("{host}:{port}");
        if let Some(before) = self.seen_as.replace(now.clone()).filter(|before| *before != now) {
            let values = [("before", address(before)), ("after", address(now))];
            self.tell(attempt, "nat-moved", Text::phrase("registration_event.nat-moved", &values));
        }
    }

    /// The answer lists this client's user at another place, and not where it said it was.
    fn rewritten(&mut self, attempt: &Attempt, request: Option<&Message>, answer: Option<&Message>) {
        let place = |message: &Message| -> Vec<(Option<String>, String)> {
            let contacts = message.contacts();
            let uris = contacts.iter().filter_map(|c| c.parsed_uri());
            uris.map(|u| (u.user.map(str::to_owned), super::traffic::host_and_port(&u).to_ascii_lowercase())).collect()
        };
        let (Some(own), Some(listed)) = (request.map(place), answer.map(place)) else { return };
        let [(user, sent)] = own.as_slice() else { return };
        if user.is_none() || listed.iter().any(|(_, place)| place == sent) {
            return;
        }
        let Some((_, other)) = listed.iter().find(|(u, _)| u == user) else { return };
        if self.listed.replace(other.clone()).as_ref() != Some(other) && !is_masked(other) && !is_masked(sent) {
            let values = [("before", address(sent.clone())), ("after", address(other.clone()))];
            self.tell(attempt, "contact-rewritten", Text::phrase("registration_event.contact-rewritten", &values));
        }
    }
}

fn address(text: String) -> Segment {
    Segment::Private(Private::new(PrivateKind::Address, text))
}

/// The expiry that a REGISTER asks for: its contact's before its header's.
fn expires(request: &Message) -> Option<u64> {
    let own = request.contacts().iter().find_map(|c| c.param("expires").and_then(|e| e.trim().parse().ok()));
    own.or_else(|| request.expires())
}

#[cfg(test)]
mod tests {
    use super::super::script;

    fn kinds(script: &str) -> Vec<&'static str> {
        script::facts(script).registrations[0].events.iter().map(|e| e.kind).collect()
    }

    /// A REGISTER at a second, its answer, and what the two say.
    fn pair(s: u32, cseq: u32, request: &str, answer: &str) -> String {
        format!(
            "{0} > REGISTER {cseq} z9hG4bK{cseq} a - | uri=sip:example.com | {request}\n{1} < {answer}\n",
            s * 1000,
            s * 1000 + 20,
            answer = answer.replacen("REGISTER", &format!("REGISTER {cseq} z9hG4bK{cseq} a b"), 1)
        )
    }

    const OWN: &str = "Contact: <sip:anna@192.0.2.10:5060>;expires=60";

    #[test]
    fn refreshes_and_their_rhythm_are_no_events() {
        let fine = "200 REGISTER | Contact: <sip:anna@192.0.2.10:5060>;expires=60";
        let script = [pair(0, 1, OWN, fine), pair(50, 2, OWN, fine), pair(102, 3, OWN, fine), pair(150, 4, OWN, fine)].concat();
        assert_eq!(kinds(&script), Vec::<&str>::new());
        let facts = script::facts(&script);
        let rhythm = facts.registrations[0].rhythm.unwrap();
        assert_eq!((rhythm.shortest_s, rhythm.median_s, rhythm.longest_s), (48.0, 50.0, 52.0));
        // At 58 of 60 seconds, and after the end.
        assert_eq!(kinds(&[pair(0, 1, OWN, fine), pair(58, 2, OWN, fine)].concat()), ["refresh-late"]);
        assert_eq!(kinds(&[pair(0, 1, OWN, fine), pair(70, 2, OWN, fine)].concat()), ["from-scratch"]);
    }

    #[test]
    fn what_befalls_a_registration() {
        let fine = "200 REGISTER | Contact: <sip:anna@192.0.2.10:5060>;expires=60";
        let brief = [pair(0, 1, OWN, "423 REGISTER | Min-Expires: 600"), pair(1, 2, OWN, fine)].concat();
        assert_eq!(kinds(&brief), ["interval-too-brief"]);
        let elsewhere = "200 REGISTER | Contact: <sip:anna@198.51.100.9:5066>;expires=60";
        let rewritten = [pair(0, 1, OWN, elsewhere), pair(30, 2, OWN, elsewhere)].concat();
        assert_eq!(kinds(&rewritten), ["contact-rewritten"]);
        let another = "200 REGISTER | Contact: <sip:berta@198.51.100.9:5066>;expires=60";
        assert_eq!(kinds(&pair(0, 1, OWN, another)), Vec::<&str>::new());
        let via = |hop: &str| format!("{OWN} | Route: <sip:{hop};lr>");
        let over = [
            pair(0, 1, &via("192.0.2.1"), fine),
            pair(30, 2, &via("192.0.2.2"), fine),
            pair(55, 3, &via("192.0.2.2"), fine),
            pair(80, 4, &via("192.0.2.1"), fine),
        ];
        assert_eq!(kinds(&over.concat()), ["failed-over", "returned"]);
        assert_eq!(
            script::facts(&pair(0, 1, OWN, &format!("{fine} | Flow-Timer: 120"))).registrations[0].flow_timer_s,
            Some(120)
        );
    }
}

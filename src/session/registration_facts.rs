//! Registrations from REGISTER transactions (RFC 3261 §10, RFC 3581, RFC 5626). In: [`Traffic`]. Out: [`Registration`]s in order of
//! their first REGISTER. Must not know calls.

use std::collections::{HashMap, HashSet};

use super::answerer::{answerer, runs_with_server_tags};
use super::registration::{Attempt, AttemptKind, Binding, ExpiresBasis, Nat, Registration, RegistrationState};
use super::traffic::{Traffic, host_and_port, id, is_masked, resource};
use super::{Party, RunId, registration_events};
use crate::base::{LogTime, Private, PrivateKind};
use crate::sip::header::NameAddr;
use crate::sip::transaction::{Role, Transaction};
use crate::sip::uri::Uri;
use crate::sip::{Message, Method};

/// All registrations of all runs.
pub fn registrations(traffic: &Traffic<'_>) -> Vec<Registration> {
    let mut places: HashMap<(u32, String, String, String), usize> = HashMap::new();
    let mut groups: Vec<Vec<&Transaction>> = Vec::new();
    for transaction in traffic.transactions.list.iter().filter(|t| t.method == Method::Register && t.role != Role::Server) {
        let (aor, registrar) = names(traffic, transaction);
        // A masked address says nothing about who it is: then the Call-ID tells registrations apart.
        let call_id = if is_masked(&aor) { traffic.keys.symbols.text(transaction.call_id).to_owned() } else { String::new() };
        let key = (transaction.scope, resource(&aor), registrar.to_ascii_lowercase(), call_id);
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.push(transaction);
        }
    }
    let tagged = runs_with_server_tags(traffic);
    groups.iter().filter_map(|group| registration(traffic, group, &tagged)).collect()
}

/// Address-of-record (URI of To) and registrar (host of the Request-URI; of an answer alone, host of the address-of-record).
fn names(traffic: &Traffic<'_>, transaction: &Transaction) -> (String, String) {
    let first = traffic.message(transaction.first());
    let aor = first.and_then(Message::to).map(|to| to.uri.to_owned()).unwrap_or_default();
    let target = transaction.request().and_then(|r| traffic.message(r)).and_then(Message::request_uri);
    let registrar = Uri::parse(target.unwrap_or(&aor)).map(|uri| uri.host.to_owned());
    let registrar = registrar.unwrap_or_else(|| target.unwrap_or_default().to_owned());
    (aor, registrar)
}

/// What stands while attempts are walked through in order.
#[derive(Default)]
struct Course {
    /// Contact and end of the binding that stands.
    binding: Option<(String, Option<LogTime>)>,
    seen_as: Option<(String, String)>,
    nat_changes: u32,
    server_tags: bool,
    bindings: Vec<Binding>,
    granted: Option<u64>,
    flow_timer_s: Option<u64>,
    instance: Option<String>,
    reg_id: Option<u32>,
}

fn registration(traffic: &Traffic<'_>, group: &[&Transaction], tagged: &HashSet<u32>) -> Option<Registration> {
    let head = group.first()?;
    let server_tags = tagged.contains(&head.scope);
    let (aor, registrar) = names(traffic, head);
    let mut course = Course { server_tags, ..Course::default() };
    let attempts: Vec<Attempt> = group.iter().map(|t| course.attempt(traffic, t)).collect();
    let mut seen: HashSet<&Private> = HashSet::new();
    // The last of the list is that of the latest attempt: a Call-ID used again stands at its last use.
    let last_uses = attempts.iter().rev().filter(|a| seen.insert(&a.call_id));
    let mut call_ids: Vec<Private> = last_uses.map(|a| a.call_id.clone()).collect();
    call_ids.reverse();
    let hops = attempts.iter().filter_map(|a| a.remote.as_ref());
    let next_hops: Vec<Private> = hops.filter(|hop| seen.insert(hop)).cloned().collect();
    let nat = course.seen_as.take().map(|(sent_by, seen_as)| Nat {
        sent_by: Private::new(PrivateKind::Address, sent_by),
        seen_as: Private::new(PrivateKind::Address, seen_as),
        changes: course.nat_changes,
    });
    Some(Registration {
        run: RunId(head.scope),
        aor: Party::new(PrivateKind::Uri, aor),
        registrar: Private::new(PrivateKind::Host, registrar),
        call_ids,
        next_hops,
        instance: course.instance.take().map(|text| Private::new(PrivateKind::Device, text)),
        reg_id: course.reg_id,
        nat,
        state: state(traffic, group, &attempts),
        first: group.iter().find_map(|t| traffic.at(t.first())),
        last: group.iter().flat_map(|t| t.messages()).filter_map(|m| traffic.at(m)).max(),
        expires_s: course.granted,
        bindings: course.bindings,
        flow_timer_s: course.flow_timer_s,
        rhythm: registration_events::rhythm(&attempts),
        events: registration_events::events(traffic, group, &attempts),
        attempts,
    })
}

impl Course {
    fn attempt(&mut self, traffic: &Traffic<'_>, transaction: &Transaction) -> Attempt {
        let first = transaction.first();
        let request = transaction.request().and_then(|r| traffic.message(r));
        let answer = transaction.answer.and_then(|a| traffic.message(a));
        let at = traffic.at(first);
        let answered_at = transaction.answer.and_then(|a| traffic.at(a));
        let status = traffic.status(transaction);
        let ours = OurContacts::read(request, answer);
        let asked = ours.asked(request);
        let unregister = ours.ends_binding(request);
        let contact = ours.places.first().cloned().unwrap_or_default();
        let stands = self.binding.as_ref().is_some_and(|(known, until)| {
            let same = contact.is_empty() || known.is_empty() || *known == contact;
            same && until.zip(at).is_none_or(|(until, at)| at <= until)
        });
        let kind = match (unregister, stands) {
            (true, _) => AttemptKind::Unregister,
            (false, true) => AttemptKind::Refresh,
            (false, false) => AttemptKind::Register,
        };
        self.instance = ours.instance.clone().or(self.instance.take());
        self.reg_id = ours.reg_id.or(self.reg_id);
        self.notice_nat(request, answer);
        let ok = status.is_some_and(|s| s < 300);
        let granted = if ok { ours.granted(answer) } else { None };
        if ok {
            self.bindings = ours.bindings(answer);
            self.flow_timer_s = answer.and_then(|a| a.header("Flow-Timer")).and_then(leading_number);
            let life = granted.or(asked);
            if unregister {
                self.binding = None;
            } else {
                self.granted = life;
                self.binding = Some((contact, life.zip(answered_at).map(|(s, at)| ends(at, s))));
            }
        }
        let call_id = traffic.keys.symbols.text(transaction.call_id).to_owned();
        Attempt {
            request: id(first),
            answer: transaction.answer.map(id),
            at,
            call_id: Private::new(PrivateKind::CallId, call_id),
            cseq: transaction.cseq,
            remote: traffic.peer(transaction),
            status,
            reason: answer.map(|a| a.reason().to_owned()),
            retry_after_s: answer.and_then(|a| a.header("Retry-After")).and_then(leading_number),
            min_expires_s: answer.and_then(|a| a.header("Min-Expires")).and_then(leading_number),
            expires_s: granted.or(asked),
            expires_basis: granted.map(|_| ExpiresBasis::Granted).or(asked.map(|_| ExpiresBasis::Asked)),
            authorised: request.is_some_and(|r| !r.credentials().is_empty()),
            sends: u32::try_from(transaction.requests.len()).unwrap_or(u32::MAX),
            final_from: answer.and_then(|a| answerer(a, self.server_tags)),
            duration_us: request.and(at).zip(answered_at).map(|(from, to)| to.since_us(from)),
            kind,
        }
    }

    /// RFC 3581 §4: the answer's top Via tells where the request was seen to come from.
    fn notice_nat(&mut self, request: Option<&Message>, answer: Option<&Message>) {
        let Some(via) = answer.and_then(Message::top_via) else { return };
        let rport = via.rport().flatten();
        if via.received().is_none() && rport.is_none() {
            return;
        }
        let sent_by = request.and_then(Message::top_via).map_or_else(|| via.sent_by(), |own| own.sent_by());
        let host = via.received().unwrap_or(via.host);
        let seen_as = rport.or(via.port).map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        if self.seen_as.as_ref().is_some_and(|(_, before)| *before != seen_as) {
            self.nat_changes += 1;
        }
        self.seen_as = Some((sent_by, seen_as));
    }
}

/// This client's own contacts, as its REGISTER and the answer's Via tell them.
struct OurContacts {
    /// `host:port` of each contact, and how the other side saw it.
    places: Vec<String>,
    users: Vec<String>,
    instance: Option<String>,
    reg_id: Option<u32>,
}

impl OurContacts {
    fn read(request: Option<&Message>, answer: Option<&Message>) -> Self {
        let mut ours = Self { places: Vec::new(), users: Vec::new(), instance: None, reg_id: None };
        for contact in request.map(Message::contacts).unwrap_or_default() {
            if let Some(uri) = contact.parsed_uri() {
                ours.places.push(place(&uri));
                ours.users.push(uri.user.unwrap_or_default().to_owned());
            }
            ours.instance = ours.instance.or_else(|| instance(&contact));
            ours.reg_id = ours.reg_id.or_else(|| contact.param("reg-id").and_then(|v| v.parse().ok()));
        }
        // Registrars that correct a contact behind NAT list the address they saw.
        if let Some(via) = answer.and_then(Message::top_via)
            && let Some(host) = via.received()
            && !ours.places.is_empty()
        {
            let port = via.rport().flatten().or(via.port).unwrap_or(5060);
            ours.places.push(format!("{}:{port}", host.to_ascii_lowercase()));
        }
        ours
    }

    fn is_ours(&self, contact: &NameAddr<'_>) -> bool {
        let same_place = contact.parsed_uri().is_some_and(|uri| self.places.contains(&place(&uri)));
        same_place || instance(contact).is_some_and(|theirs| self.instance.as_ref() == Some(&theirs))
    }

    /// What the request asked for: the contact's own parameter before the Expires header (RFC 3261 §10.2.1.1).
    fn asked(&self, request: Option<&Message>) -> Option<u64> {
        let request = request?;
        let own = request.contacts().iter().find_map(|c| c.param("expires").and_then(leading_number));
        own.or_else(|| request.expires())
    }

    /// What the answer granted: our own contact's parameter, else its Expires header; a single contact with our user is ours even where
    /// something on the path wrote another host.
    fn granted(&self, answer: Option<&Message>) -> Option<u64> {
        let answer = answer?;
        let contacts = answer.contacts();
        let own = contacts.iter().filter(|c| self.is_ours(c)).find_map(|c| c.param("expires").and_then(leading_number));
        let rewritten = || match contacts.as_slice() {
            [only]
                if self.places.is_empty()
                    || only.parsed_uri().is_some_and(|u| self.users.iter().any(|user| Some(user.as_str()) == u.user)) =>
            {
                only.param("expires").and_then(leading_number)
            }
            _ => None,
        };
        own.or_else(|| answer.expires()).or_else(rewritten)
    }

    /// RFC 3261 §10.2.2: `*`, or every contact with expiry 0.
    fn ends_binding(&self, request: Option<&Message>) -> bool {
        let Some(request) = request else { return false };
        let contacts = request.contacts();
        let header = request.expires();
        let zero = |c: &NameAddr<'_>| c.param("expires").and_then(leading_number).or(header) == Some(0);
        !contacts.is_empty() && contacts.iter().all(|c| c.uri.trim() == "*" || zero(c))
    }

    fn bindings(&self, answer: Option<&Message>) -> Vec<Binding> {
        let Some(answer) = answer else { return Vec::new() };
        let header = answer.expires();
        let binding = |c: &NameAddr<'_>| Binding {
            contact: Private::new(PrivateKind::Uri, c.uri),
            ours: self.is_ours(c),
            expires_s: c.param("expires").and_then(leading_number).or(header),
        };
        answer.contacts().iter().map(binding).collect()
    }
}

/// `+sip.instance` without its quotes and angle brackets (RFC 5626 §4.1).
fn instance(contact: &NameAddr<'_>) -> Option<String> {
    let text = contact.param("+sip.instance")?.trim().trim_matches('"').trim_start_matches('<').trim_end_matches('>');
    (!text.is_empty()).then(|| text.to_owned())
}

/// `host:port` with SIP's own ports filled in, for comparing.
fn place(uri: &Uri<'_>) -> String {
    let host = host_and_port(uri).to_ascii_lowercase();
    let port = if uri.is_secure() { 5061 } else { 5060 };
    if uri.port.is_some() { host } else { format!("{host}:{port}") }
}

fn leading_number(text: &str) -> Option<u64> {
    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// When a life of `seconds` that began at `at` is over.
fn ends(at: LogTime, seconds: u64) -> LogTime {
    at.plus_us(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000))
}

/// How it stands at the end of the log. A challenge or a silence on which the log ends decides nothing: then what stood before does.
fn state(traffic: &Traffic<'_>, group: &[&Transaction], attempts: &[Attempt]) -> RegistrationState {
    let end = group.first().and_then(|t| traffic.end(RunId(t.scope)));
    for (transaction, attempt) in group.iter().zip(attempts).rev() {
        let answered = attempt.answer.and_then(|a| traffic.at(a.0));
        match attempt.status {
            None if traffic.is_pending(transaction) => {}
            None => return RegistrationState::NoAnswer,
            Some(401 | 407) if !attempt.authorised && just_before(answered, end) => {}
            Some(status) if status >= 300 => return RegistrationState::Failed,
            Some(_) if attempt.kind == AttemptKind::Unregister => return RegistrationState::Unregistered,
            Some(_) => {
                let over =
                    attempt.expires_s.zip(answered).map(|(s, at)| ends(at, s)).zip(end).is_some_and(|(over, end)| over < end);
                return if over { RegistrationState::Expired } else { RegistrationState::Registered };
            }
        }
    }
    RegistrationState::Unknown
}

/// Did the log end before the client had time to answer a challenge?
fn just_before(at: Option<LogTime>, end: Option<LogTime>) -> bool {
    at.zip(end).is_some_and(|(at, end)| end.since_us(at) < 1_000_000)
}

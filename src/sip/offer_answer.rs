//! Offers and their answers (RFC 3264; where they may stand: RFC 3261 §13.2.1 and §14, RFC 3262 §5, RFC 3311 §5). In: the
//! transactions of one dialog set. Out: [`Exchange`]s in order of their end. Must not know holds, codecs or calls.

use std::collections::{HashMap, HashSet};

use super::dialog::Tags;
use super::key::{Key, Keys, Sym};
use super::transaction::{Role, Transaction, Transactions};
use super::{Method, Observed};

/// How an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered.
    Completed,
    /// The request was refused because of its offer (415, 488, 606).
    Refused,
    /// No answer came: the request failed otherwise, or was accepted without one.
    Unanswered,
}

/// One offer and its answer. Numbers are places of messages.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Place of its transaction (of the INVITE for offers in answers).
    pub transaction: u32,
    /// The message with the offer.
    pub offer: u32,
    /// The message with the answer, or the refusal.
    pub answer: Option<u32>,
    /// A later message that carries the same answer again in a confirmed dialog: the 2xx after an early answer.
    pub confirmed_by: Option<u32>,
    /// The offer stands in the request: its sender offered.
    pub in_request: bool,
    /// Tag of the other end.
    pub remote_tag: Sym,
    /// The dialog was early when it ended.
    pub early: bool,
    /// How it ended.
    pub outcome: Outcome,
}

/// Final statuses after which the same offer is sent again: they end nothing.
fn is_retried(status: u16) -> bool {
    matches!(status, 401 | 407 | 422 | 491 | 300..=399)
}

/// Statuses that refuse the offer itself (RFC 3261 §21.4.13, §21.4.26, §21.6.4).
fn is_refusal(status: u16) -> bool {
    matches!(status, 415 | 488 | 606)
}

/// An INVITE outside a dialog, or its responses alone.
fn is_initial(transaction: &Transaction, keys: &Keys) -> bool {
    transaction.method == Method::Invite && !transaction.request_to_tag(keys).is_some()
}

/// The state of a dialog set while its messages are walked through.
struct Walk<'a, M> {
    messages: &'a [M],
    keys: &'a Keys,
    transactions: &'a Transactions,
    exchanges: Vec<Exchange>,
    /// For each transaction and other end: the latest exchange that its offer got.
    answered: HashMap<(u32, Sym), usize>,
    /// Transactions whose offer got any answer.
    settled: HashSet<u32>,
    /// Offers in a response that wait for PRACK or ACK, at most [`WAITING`].
    waiting: Vec<(u32, Sym, u32)>,
    /// An offer in a response was made in this transaction and dialog.
    offered: HashSet<(u32, Sym)>,
    confirmed: HashSet<Sym>,
    /// The log begins inside the dialog: it was confirmed before.
    begun: bool,
    /// PRACKs whose description was an answer, so no offer.
    answers: HashSet<u32>,
}

/// Offers in responses that may wait at once; the oldest ends unanswered beyond that.
const WAITING: usize = 64;

/// All offers of the dialog set that these transactions make up. `places` are their places in `transactions`; `pending` says of a
/// transaction without final answer that one may still come.
pub fn exchanges<M: AsRef<Observed>>(
    messages: &[M],
    keys: &Keys,
    transactions: &Transactions,
    places: &[u32],
    pending: impl Fn(&Transaction) -> bool,
) -> Vec<Exchange> {
    let mut walk = Walk {
        messages,
        keys,
        transactions,
        exchanges: Vec::new(),
        answered: HashMap::new(),
        settled: HashSet::new(),
        waiting: Vec::new(),
        offered: HashSet::new(),
        confirmed: HashSet::new(),
        begun: !places.iter().filter_map(|p| transactions.get(*p)).any(|t| is_initial(t, keys)),
        answers: HashSet::new(),
    };
    let mut order: Vec<(u32, u32)> = places
        .iter()
        .filter_map(|place| transactions.get(*place).map(|t| (*place, t)))
        .flat_map(|(place, t)| t.messages().into_iter().map(move |message| (message, place)))
        .collect();
    order.sort_unstable();
    for (message, place) in order {
        if transactions.repeat(message) == 0
            && let Some((key, transaction)) = keys.get(message).zip(transactions.get(place))
        {
            walk.step(message, place, key, transaction);
        }
    }
    walk.close(places, pending);
    walk.exchanges
}

impl<M: AsRef<Observed>> Walk<'_, M> {
    fn step(&mut self, message: u32, place: u32, key: &Key, transaction: &Transaction) {
        let tags = Tags::of(key, transaction.role);
        match (&key.method, key.status) {
            (Method::Ack, None) => self.acknowledge(message, key, place, tags.remote),
            (Method::Prack, None) if key.sdp => self.answer_by_prack(message, tags.remote),
            (Method::Invite | Method::Update | Method::Prack, Some(status)) if status > 100 => {
                self.respond(message, status, place, key, transaction, tags.remote);
            }
            _ => {}
        }
    }

    /// The description of the request, when it is an offer.
    fn request_offer(&self, transaction: &Transaction) -> Option<u32> {
        let request = transaction.request()?;
        let offers = self.keys.get(request).is_some_and(|k| k.sdp) && !self.answers.contains(&request);
        offers.then_some(request)
    }

    fn respond(&mut self, message: u32, status: u16, place: u32, key: &Key, transaction: &Transaction, remote: Sym) {
        let invite = transaction.method == Method::Invite;
        let ok = (200..300).contains(&status);
        if invite && ok {
            self.confirmed.insert(remote);
        }
        let offer = self.request_offer(transaction);
        if status >= 300 {
            if let Some(offer) = offer.filter(|_| transaction.answer == Some(message)) {
                self.refuse(message, status, place, offer, remote);
            }
            return;
        }
        if key.sdp && (invite || ok) {
            match offer {
                Some(offer) => self.answer(message, place, offer, remote, ok),
                // RFC 3261 §13.2.1, RFC 3262 §5: without an offer in the INVITE the first reliable response has it.
                None if invite && transaction.request().is_some() && (ok || key.rseq.is_some()) => {
                    let first = self.offered.insert((place, remote));
                    if first {
                        self.wait(place, remote, message);
                    }
                }
                None => {}
            }
        } else if ok
            && let Some(offer) = offer
            && !self.answered.contains_key(&(place, remote))
        {
            // Accepted without an answer: nothing was agreed.
            let early = !self.is_confirmed(remote);
            self.end(Exchange { early, ..self.exchange(place, offer, Some(message), remote, Outcome::Unanswered) });
        }
    }

    /// RFC 3261 §13.2.1: the first description that comes is the answer, also in an unreliable 1xx; it may be repeated up to the 2xx.
    /// Where a later one says something else (an announcement first, then the called party), that is an answer of its own.
    fn answer(&mut self, message: u32, place: u32, offer: u32, remote: Sym, ok: bool) {
        let early = !self.is_confirmed(remote);
        let same = |exchange: &Exchange| exchange.answer.is_some_and(|before| self.same_description(before, message));
        if let Some(known) = self.answered.get(&(place, remote)).copied()
            && self.exchanges.get(known).is_some_and(same)
        {
            if let Some(exchange) = self.exchanges.get_mut(known).filter(|_| ok) {
                exchange.confirmed_by = Some(message);
            }
            return;
        }
        self.answered.insert((place, remote), self.exchanges.len());
        self.settled.insert(place);
        self.end(Exchange { early, ..self.exchange(place, offer, Some(message), remote, Outcome::Completed) });
    }

    fn refuse(&mut self, message: u32, status: u16, place: u32, offer: u32, remote: Sym) {
        if self.settled.contains(&place) || is_retried(status) {
            return;
        }
        let outcome = if is_refusal(status) { Outcome::Refused } else { Outcome::Unanswered };
        self.end(self.exchange(place, offer, Some(message), remote, outcome));
    }

    fn acknowledge(&mut self, message: u32, key: &Key, place: u32, remote: Sym) {
        let Some(at) = self.waiting.iter().rposition(|(t, tag, _)| *t == place && *tag == remote) else { return };
        let (_, _, offer) = self.waiting.remove(at);
        let outcome = if key.sdp { Outcome::Completed } else { Outcome::Unanswered };
        self.end(Exchange { in_request: false, ..self.exchange(place, offer, Some(message), remote, outcome) });
    }

    /// RFC 3262 §5: the PRACK of a reliable response with an offer has the answer.
    fn answer_by_prack(&mut self, message: u32, remote: Sym) {
        let Some(at) = self.waiting.iter().position(|(_, tag, _)| *tag == remote) else { return };
        let (place, _, offer) = self.waiting.remove(at);
        self.answers.insert(message);
        let early = !self.is_confirmed(remote);
        self.end(Exchange { in_request: false, early, ..self.exchange(place, offer, Some(message), remote, Outcome::Completed) });
    }

    /// What is left when the log ends: offers in requests that got nothing, offers in responses that were never acknowledged.
    fn close(&mut self, places: &[u32], pending: impl Fn(&Transaction) -> bool) {
        for place in places {
            let Some(transaction) = self.transactions.get(*place) else { continue };
            let offering = matches!(transaction.method, Method::Invite | Method::Update | Method::Prack);
            let open = offering && !self.settled.contains(place) && transaction.answer.is_none();
            if let Some(offer) = self.request_offer(transaction).filter(|_| open)
                && transaction.role != Role::Unknown
                && !pending(transaction)
            {
                let remote = self.keys.get(offer).map_or(Sym::NONE, |k| Tags::of(k, transaction.role).remote);
                self.end(self.exchange(*place, offer, None, remote, Outcome::Unanswered));
            }
        }
        for (place, remote, offer) in std::mem::take(&mut self.waiting) {
            self.give_up(place, remote, offer);
        }
    }

    fn wait(&mut self, place: u32, remote: Sym, offer: u32) {
        if self.waiting.len() >= WAITING {
            let (place, remote, offer) = self.waiting.remove(0);
            self.give_up(place, remote, offer);
        }
        self.waiting.push((place, remote, offer));
    }

    fn give_up(&mut self, place: u32, remote: Sym, offer: u32) {
        let early = !self.is_confirmed(remote);
        self.end(Exchange { in_request: false, early, ..self.exchange(place, offer, None, remote, Outcome::Unanswered) });
    }

    fn is_confirmed(&self, remote: Sym) -> bool {
        self.begun || self.confirmed.contains(&remote)
    }

    /// The same description but for `o=`, whose version may count on (RFC 3264 §8).
    fn same_description(&self, a: u32, b: u32) -> bool {
        let lines = |index: u32| -> Vec<String> {
            let message = self.messages.get(index as usize).map(|m| &m.as_ref().message);
            let text = message.map(|m| m.body_text()).unwrap_or_default();
            text.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty() && !l.starts_with("o=")).collect()
        };
        lines(a) == lines(b)
    }

    fn exchange(&self, transaction: u32, offer: u32, answer: Option<u32>, remote_tag: Sym, outcome: Outcome) -> Exchange {
        Exchange { transaction, offer, answer, confirmed_by: None, in_request: true, remote_tag, early: false, outcome }
    }

    fn end(&mut self, exchange: Exchange) {
        self.exchanges.push(exchange);
    }
}

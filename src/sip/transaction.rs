//! Which messages are one request and its answers (RFC 3261 §17). In: the keys of messages in time order. Out: [`Transactions`],
//! each message placed, repetitions numbered. Must not know calls, registrations or logs.
//!
//! A branch with the magic cookie names a transaction (§17.1.3, §17.2.3); without one the fields of RFC 2543 do. Logs mask values,
//! lose one side, or print an answer before its request: so Call-ID, From-tag, CSeq and method always count as well, and the order.

use std::collections::HashMap;

use super::key::{Key, Keys, Sym};
use super::{Direction, Method};

/// How many earlier transactions with the same fields are looked at: only masked logs have more than a few.
const LOOK_BACK: usize = 64;
/// Far ends that answer one INVITE and are told apart when it is acknowledged.
const FORKS: usize = 64;
/// 64·T1 in microseconds: a server transaction is gone after it (RFC 3261 §17.2, timers H and J).
pub const T64_US: i64 = 32_000_000;

/// Which part of a transaction the observer plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It sent the request.
    Client,
    /// It received the request.
    Server,
    /// Nothing told.
    Unknown,
}

impl Role {
    fn of(key: &Key) -> Self {
        match (key.direction, key.is_request()) {
            (Direction::Sent, true) | (Direction::Received, false) => Self::Client,
            (Direction::Received, true) | (Direction::Sent, false) => Self::Server,
            (Direction::Unknown, _) => Self::Unknown,
        }
    }

    /// Could both be the same part?
    pub fn fits(self, other: Self) -> bool {
        self == other || self == Self::Unknown || other == Self::Unknown
    }
}

/// A request, its repetitions and its answers. All numbers are places of messages.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Scope of its messages.
    pub scope: u32,
    /// The request's method. `Ack`: an ACK whose INVITE was not logged.
    pub method: Method,
    /// Who sent the request.
    pub role: Role,
    /// Call-ID.
    pub call_id: Sym,
    /// From tag.
    pub from_tag: Sym,
    /// CSeq number.
    pub cseq: Option<u32>,
    /// Top Via branch.
    pub branch: Sym,
    /// Request and repetitions; empty when the request was not logged.
    pub requests: Vec<u32>,
    /// Every response, repetitions included.
    pub responses: Vec<u32>,
    /// ACKs of an INVITE, to a 2xx too, repetitions included.
    pub acks: Vec<u32>,
    /// The first final response.
    pub answer: Option<u32>,
    /// For CANCEL: the transaction it ends.
    pub cancels: Option<u32>,
    /// For INVITE: the CANCEL.
    pub cancelled_by: Option<u32>,
    unique: bool,
    /// To tags of final responses, for finding what an ACK acknowledges; of more than [`FORKS`] the order decides.
    final_tags: Vec<Sym>,
}

impl Transaction {
    /// The first message logged of it.
    pub fn first(&self) -> u32 {
        let heads = [self.requests.first(), self.responses.first(), self.acks.first()];
        heads.into_iter().flatten().min().copied().unwrap_or_default()
    }

    /// The request, when it was logged.
    pub fn request(&self) -> Option<u32> {
        self.requests.first().copied()
    }

    /// Final status; `None` when none was seen.
    pub fn status(&self, keys: &Keys) -> Option<u16> {
        self.answer.and_then(|a| keys.get(a)).and_then(|k| k.status)
    }

    /// To tag of the request: set inside a dialog.
    pub fn request_to_tag(&self, keys: &Keys) -> Sym {
        self.request().and_then(|r| keys.get(r)).map_or(Sym::NONE, |k| k.to_tag)
    }

    /// Every message of it in time order.
    pub fn messages(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.requests.iter().chain(&self.responses).chain(&self.acks).copied().collect();
        all.sort_unstable();
        all
    }
}

/// All transactions, in order of their first message.
#[derive(Clone, Debug, Default)]
pub struct Transactions {
    /// The transactions.
    pub list: Vec<Transaction>,
    /// For each message the place of its transaction in `list`.
    pub of: Vec<Option<u32>>,
    /// For each message: 0 the first of its kind, n its nth repetition.
    pub repeats: Vec<u32>,
}

impl Transactions {
    /// Places every message.
    pub fn build(keys: &Keys) -> Self {
        let mut places = Places::default();
        let mut of = Vec::with_capacity(keys.list.len());
        for index in 0..u32::try_from(keys.list.len()).unwrap_or(u32::MAX) {
            of.push(keys.get(index).map(|key| places.place(index, key, keys)));
        }
        let Places { mut list, .. } = places;
        let mut repeats = vec![0; keys.list.len()];
        for transaction in &mut list {
            transaction.answer = transaction.responses.iter().copied().find(|r| keys.get(*r).is_some_and(Key::is_final));
            number(transaction, keys, &mut repeats);
        }
        Self { list, of, repeats }
    }

    /// The transaction of this place.
    pub fn get(&self, place: u32) -> Option<&Transaction> {
        self.list.get(place as usize)
    }

    /// The transaction of a message.
    pub fn of_message(&self, index: u32) -> Option<&Transaction> {
        self.of.get(index as usize).copied().flatten().and_then(|t| self.get(t))
    }

    /// How often a message of its kind stood before this one.
    pub fn repeat(&self, index: u32) -> u32 {
        self.repeats.get(index as usize).copied().unwrap_or_default()
    }
}

/// Numbers the repetitions. The kind of a response is its status and To tag; of a reliable provisional one also its RSeq
/// (RFC 3262 §3), of any provisional one also its body, since each may tell something new.
fn number(transaction: &Transaction, keys: &Keys, repeats: &mut [u32]) {
    /// Is it an ACK, status, To tag, RSeq, body.
    type Kind = (bool, Option<u16>, Sym, Option<u32>, u64);
    let mut seen: HashMap<Kind, u32> = HashMap::new();
    for index in transaction.messages() {
        let Some(key) = keys.get(index) else { continue };
        let ack = key.is_request() && key.method == Method::Ack;
        let to_tag = if key.is_request() && !ack { Sym::NONE } else { key.to_tag };
        let body = if key.status.is_some_and(|s| s < 200) { key.body } else { 0 };
        let count = seen.entry((ack, key.status, to_tag, key.rseq, body)).or_default();
        if let Some(slot) = repeats.get_mut(index as usize) {
            *slot = *count;
        }
        *count += 1;
    }
}

type Fields = (u32, Sym, Sym, Option<u32>, Method);

#[derive(Default)]
struct Places {
    list: Vec<Transaction>,
    /// By all fields and a branch that names a transaction.
    unique: HashMap<(Fields, Sym), Vec<u32>>,
    /// By all fields.
    loose: HashMap<Fields, Vec<u32>>,
    /// By branch alone, for answers whose CSeq is cut off.
    branch: HashMap<(u32, Sym), u32>,
}

impl Places {
    fn place(&mut self, index: u32, key: &Key, keys: &Keys) -> u32 {
        let place = match (key.is_request(), &key.method) {
            (true, Method::Ack) => self.find_acked(key),
            (true, _) => self.find_request(key, keys),
            (false, _) => self.find_answered(key, keys),
        };
        let place = place.unwrap_or_else(|| self.open(key));
        if let Some(transaction) = self.list.get_mut(place as usize) {
            if transaction.role == Role::Unknown {
                transaction.role = Role::of(key);
            }
            match (key.is_request(), &key.method) {
                (true, Method::Ack) => transaction.acks.push(index),
                (true, _) => transaction.requests.push(index),
                (false, _) => transaction.responses.push(index),
            }
            if key.is_final() {
                transaction.answer = transaction.answer.or(Some(index));
                if transaction.final_tags.len() < FORKS && !transaction.final_tags.contains(&key.to_tag) {
                    transaction.final_tags.push(key.to_tag);
                }
            }
        }
        place
    }

    fn open(&mut self, key: &Key) -> u32 {
        let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let fields = fields(key, key.method.clone());
        if key.unique {
            self.unique.entry((fields.clone(), key.branch)).or_default().push(place);
            self.branch.insert((key.scope, key.branch), place);
        }
        self.loose.entry(fields).or_default().push(place);
        let mut transaction = Transaction {
            scope: key.scope,
            method: key.method.clone(),
            role: Role::of(key),
            call_id: key.call_id,
            from_tag: key.from_tag,
            cseq: key.cseq,
            branch: key.branch,
            requests: Vec::new(),
            responses: Vec::new(),
            acks: Vec::new(),
            answer: None,
            cancels: None,
            cancelled_by: None,
            unique: key.unique,
            final_tags: Vec::new(),
        };
        // RFC 3261 §9.1: a CANCEL has the branch and the CSeq number of the request it ends.
        if key.is_request() && key.method == Method::Cancel {
            transaction.cancels = self.find_cancelled(key);
            if let Some(ended) = transaction.cancels.and_then(|t| self.list.get_mut(t as usize)) {
                ended.cancelled_by = Some(place);
            }
        }
        self.list.push(transaction);
        place
    }

    /// Earlier transactions with these fields, the latest first.
    fn candidates(&self, fields: &Fields, branch: Option<Sym>) -> impl Iterator<Item = (u32, &Transaction)> {
        let places = match branch {
            Some(branch) => self.unique.get(&(fields.clone(), branch)),
            None => self.loose.get(fields),
        };
        let latest = places.into_iter().flatten().rev().take(LOOK_BACK);
        latest.filter_map(|place| self.list.get(*place as usize).map(|t| (*place, t)))
    }

    /// The transaction of which this request is a repetition, or whose answer was printed before it.
    fn find_request(&self, key: &Key, keys: &Keys) -> Option<u32> {
        let fields = fields(key, key.method.clone());
        let branch = key.unique.then_some(key.branch);
        let mut found = self.candidates(&fields, branch).filter(|(_, t)| t.role.fits(Role::of(key)) && (key.unique || !t.unique));
        found
            .find(|(_, t)| t.request().and_then(|r| keys.get(r)).is_none_or(|first| repeats(key, first, t, keys)))
            .map(|(p, _)| p)
    }

    /// The transaction that this response answers.
    fn find_answered(&self, key: &Key, keys: &Keys) -> Option<u32> {
        if key.method == Method::Other(String::new()) {
            return self.branch.get(&(key.scope, key.branch)).copied();
        }
        let fields = fields(key, key.method.clone());
        let role = Role::of(key);
        if key.unique
            && let Some((place, _)) = self.candidates(&fields, Some(key.branch)).find(|(_, t)| t.role.fits(role))
        {
            return Some(place);
        }
        // A masked or missing branch: the latest one still open, or one that has this very answer already.
        let open =
            |t: &Transaction| t.answer.is_none() || t.answer.and_then(|a| keys.get(a)).is_some_and(|a| a.status == key.status);
        let mut found = self.candidates(&fields, None).filter(|(_, t)| t.role.fits(role) && !(key.unique && t.unique));
        found.find(|(_, t)| open(t)).map(|(p, _)| p)
    }

    /// RFC 3261 §17.1.1.3: the ACK of a refusal has the INVITE's branch. §13.2.2.4: that of a 2xx has its own branch, the same
    /// CSeq number, and the To tag of the 2xx.
    fn find_acked(&self, key: &Key) -> Option<u32> {
        let fields = fields(key, Method::Invite);
        let role = Role::of(key);
        if key.unique
            && let Some((place, _)) = self.candidates(&fields, Some(key.branch)).find(|(_, t)| t.role.fits(role))
        {
            return Some(place);
        }
        let tag = |t: &Transaction| t.final_tags.contains(&key.to_tag);
        let invites = || self.candidates(&fields, None).filter(|(_, t)| t.role.fits(role));
        let by_tag = invites().find(|(_, t)| tag(t)).map(|(p, _)| p);
        let by_order = || invites().find(|(_, t)| t.answer.is_none()).map(|(p, _)| p);
        let any = || invites().map(|(p, _)| p).next();
        // An ACK whose INVITE was not logged is repeated as itself.
        let orphan = || self.candidates(&self::fields(key, Method::Ack), None).map(|(p, _)| p).next();
        by_tag.or_else(by_order).or_else(any).or_else(orphan)
    }

    fn find_cancelled(&self, key: &Key) -> Option<u32> {
        let fields = fields(key, Method::Invite);
        let role = Role::of(key);
        let by_branch = self.candidates(&fields, key.unique.then_some(key.branch)).find(|(_, t)| t.role.fits(role));
        by_branch.or_else(|| self.candidates(&fields, None).find(|(_, t)| t.role.fits(role))).map(|(p, _)| p)
    }
}

fn fields(key: &Key, method: Method) -> Fields {
    (key.scope, key.call_id, key.from_tag, key.cseq, method)
}

/// Is `key` the request `first` sent again? With a branch that names the transaction, unless other credentials after a final
/// answer show that a masked log made two alike. Without: RFC 3261 §17.2.3's rule for RFC 2543, within the transaction's life.
fn repeats(key: &Key, first: &Key, transaction: &Transaction, keys: &Keys) -> bool {
    if transaction.answer.is_some() && key.credentials != first.credentials {
        return false;
    }
    if key.sent_by.differs(first.sent_by) || key.to_tag != first.to_tag {
        return false;
    }
    if key.unique {
        return true;
    }
    let gone = transaction.answer.and_then(|a| keys.at(a)).zip(key.at).is_some_and(|(answer, at)| at.since_us(answer) > T64_US);
    key.uri == first.uri && !gone
}

//! Which transactions make up one call: same Call-ID and local tag, retries after a challenge, an interval or a redirection included
//! (words of `report-v1`). In: [`Traffic`]. Out: [`Leg`]s in order of their first message. Must not know how a call came out.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::traffic::{Traffic, is_masked, resource};
use crate::sip::dialog::DialogRef;
use crate::sip::key::Sym;
use crate::sip::transaction::{Role, Transaction};
use crate::sip::{Message, Method};

/// How long a redirection may be followed, in microseconds: beyond it an INVITE to the same target is a call of its own.
pub const REDIRECT_US: i64 = 180_000_000;
/// Calls of one Call-ID that are looked back over: a log with masked Call-IDs makes them all look alike.
const LOOK_BACK: usize = 16;

/// One call as a set of transactions; all numbers are places in `Transactions::list`.
#[derive(Debug, Default)]
pub struct Leg {
    /// The run.
    pub scope: u32,
    /// Call-IDs in order of first use.
    pub call_ids: Vec<Sym>,
    /// Every transaction in order.
    pub transactions: Vec<u32>,
    /// INVITEs that set it up: outside a dialog.
    pub initial: Vec<u32>,
    /// Its local tag is known.
    tagged: bool,
}

/// All legs, and for each transaction its leg.
#[derive(Debug, Default)]
pub struct Legs {
    /// The legs.
    pub list: Vec<Leg>,
    /// For each transaction the place of its leg in `list`.
    pub of: Vec<Option<u32>>,
    /// Times that a leg was not found among the latest of its Call-ID and older ones were not looked at.
    pub unsought: u64,
}

impl Legs {
    /// The leg of a transaction.
    pub fn of_transaction(&self, place: u32) -> Option<u32> {
        self.of.get(place as usize).copied().flatten()
    }
}

/// Groups all transactions of calls.
pub fn legs(traffic: &Traffic<'_>) -> Legs {
    let mut builder = Builder {
        traffic,
        legs: Legs::default(),
        by_tag: HashMap::new(),
        by_call: HashMap::new(),
        call_ids: HashSet::new(),
        targets: HashMap::new(),
        unsought: Cell::new(0),
    };
    for (place, transaction) in traffic.transactions.list.iter().enumerate() {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let leg = builder.place(place, transaction);
        builder.legs.of.push(leg);
    }
    Legs { unsought: builder.unsought.get(), ..builder.legs }
}

struct Builder<'t, 'm> {
    traffic: &'t Traffic<'m>,
    legs: Legs,
    by_tag: HashMap<(u32, Sym, Sym), u32>,
    by_call: HashMap<(u32, Sym), Vec<u32>>,
    call_ids: HashSet<(u32, Sym)>,
    /// Contacts of a 3xx: its leg and transaction.
    targets: HashMap<(u32, String), (u32, u32)>,
    unsought: Cell<u64>,
}

impl Builder<'_, '_> {
    fn place(&mut self, place: u32, transaction: &Transaction) -> Option<u32> {
        let initial = is_initial(self.traffic, transaction);
        let local = self.local_tag(transaction);
        let leg = self
            .find(transaction, initial, local)
            .or_else(|| self.opens(transaction, initial).then(|| self.open(transaction)))?;
        if let Some(found) = self.legs.list.get_mut(leg as usize) {
            found.transactions.push(place);
            if initial {
                found.initial.push(place);
            }
            found.tagged |= local.is_some();
            if self.call_ids.insert((leg, transaction.call_id)) {
                found.call_ids.push(transaction.call_id);
                self.by_call.entry((transaction.scope, transaction.call_id)).or_default().push(leg);
            }
        }
        if local.is_some() {
            self.by_tag.entry((transaction.scope, transaction.call_id, local)).or_insert(leg);
        }
        if initial && self.traffic.status(transaction).is_some_and(|s| (300..400).contains(&s)) {
            self.remember_targets(place, transaction, leg);
        }
        Some(leg)
    }

    /// The tag of this client's end of the dialog; of an INVITE that came in it stands in our responses.
    fn local_tag(&self, transaction: &Transaction) -> Sym {
        let tag = match transaction.role {
            Role::Client | Role::Unknown => transaction.from_tag,
            Role::Server => {
                let asked = transaction.request_to_tag(&self.traffic.keys);
                let answers = || transaction.responses.iter().filter_map(|r| self.traffic.key(*r)).map(|k| k.to_tag);
                if asked.is_some() { asked } else { answers().find(|t| t.is_some()).unwrap_or_default() }
            }
        };
        if is_masked(self.traffic.keys.symbols.text(tag)) { Sym::NONE } else { tag }
    }

    fn find(&self, transaction: &Transaction, initial: bool, local: Sym) -> Option<u32> {
        if let Some(ended) = transaction.cancels {
            return self.legs.of_transaction(ended);
        }
        if let Some(leg) = self.by_tag.get(&(transaction.scope, transaction.call_id, local)).filter(|_| local.is_some()) {
            return Some(*leg);
        }
        if transaction.role == Role::Unknown {
            let remote = transaction.request_to_tag(&self.traffic.keys);
            if let Some(leg) = self.by_tag.get(&(transaction.scope, transaction.call_id, remote)).filter(|_| remote.is_some()) {
                return Some(*leg);
            }
        }
        if initial {
            return self.retried(transaction).or_else(|| self.redirected(transaction));
        }
        if is_outside_dialog(self.traffic, transaction) {
            return self.targeted(transaction);
        }
        self.loosely(transaction, local)
    }

    /// A leg of the same Call-ID whose last INVITE was challenged, refused for its interval or redirected (RFC 3261 §8.1.3.5).
    fn retried(&self, transaction: &Transaction) -> Option<u32> {
        let legs = self.by_call.get(&(transaction.scope, transaction.call_id))?;
        let retry = |leg: &u32| {
            let last = self.legs.list.get(*leg as usize).and_then(|l| l.initial.last());
            last.and_then(|t| self.traffic.transactions.get(*t)).is_some_and(|last| {
                let status = self.traffic.status(last);
                let again = matches!(status, Some(401 | 407 | 422 | 491 | 300..=399));
                let later = last.cseq.zip(transaction.cseq).is_none_or(|(before, now)| now > before);
                let same_end = transaction.role != Role::Server || last.from_tag == transaction.from_tag;
                again && later && same_end && last.role.fits(transaction.role)
            })
        };
        self.latest(legs, |leg| retry(leg))
    }

    /// The latest leg that fits, of those that are looked at.
    fn latest(&self, legs: &[u32], fits: impl Fn(&&u32) -> bool) -> Option<u32> {
        let found = legs.iter().rev().take(LOOK_BACK).find(fits).copied();
        if found.is_none() && legs.len() > LOOK_BACK {
            self.unsought.set(self.unsought.get() + 1);
        }
        found
    }

    /// RFC 3261 §8.1.3.4: an INVITE to a contact of a 3xx continues that call, whatever its Call-ID.
    fn redirected(&self, transaction: &Transaction) -> Option<u32> {
        if transaction.role == Role::Server {
            return None;
        }
        let request = transaction.request()?;
        let target = resource(self.traffic.message(request)?.request_uri()?);
        let (leg, from) = self.targets.get(&(transaction.scope, target.clone()))?;
        let answered = self.traffic.transactions.get(*from).and_then(|t| t.answer).and_then(|a| self.traffic.at(a));
        let soon = answered.zip(self.traffic.at(request)).is_none_or(|(from, at)| (0..=REDIRECT_US).contains(&at.since_us(from)));
        let done = self.legs.list.get(*leg as usize).is_some_and(|l| {
            let invites = l.initial.iter().filter_map(|t| self.traffic.transactions.get(*t));
            invites.filter_map(|t| self.traffic.status(t)).any(|s| (200..300).contains(&s))
        });
        // Equal masks are no proof that the target is the same; then the retry must also keep the From tag (RFC 3261 §8.1.3.4 advises it).
        let first = self.traffic.transactions.get(*from);
        let same_tag = transaction.from_tag.is_some() && first.is_some_and(|f| f.from_tag == transaction.from_tag);
        let proven = !is_masked(&target) || (same_tag && !is_masked(self.traffic.keys.symbols.text(transaction.from_tag)));
        (soon && !done && proven).then_some(*leg)
    }

    fn remember_targets(&mut self, place: u32, transaction: &Transaction, leg: u32) {
        let contacts = transaction.answer.and_then(|a| self.traffic.message(a)).map(Message::contacts).unwrap_or_default();
        for contact in contacts.iter().take(16) {
            self.targets.insert((transaction.scope, resource(contact.uri)), (leg, place));
        }
    }

    /// RFC 4538: a request outside a dialog that names the call's dialog.
    fn targeted(&self, transaction: &Transaction) -> Option<u32> {
        let request = self.traffic.message(transaction.request()?)?;
        let target = DialogRef::parse(request.header("Target-Dialog")?)?;
        let call_id = self.traffic.keys.symbols.known(&target.call_id);
        self.by_call.get(&(transaction.scope, call_id))?.last().copied()
    }

    /// By Call-ID alone, for logs that lack one side's messages: the latest leg whose own tag is not known or masked.
    fn loosely(&self, transaction: &Transaction, local: Sym) -> Option<u32> {
        let legs = self.by_call.get(&(transaction.scope, transaction.call_id))?;
        let masked = is_masked(self.traffic.keys.symbols.text(transaction.call_id));
        let open = |leg: &&u32| self.legs.list.get(**leg as usize).is_some_and(|l| !l.tagged || (!local.is_some() && !masked));
        let found = self.latest(legs, open);
        found.or_else(|| if masked || !local.is_some() { None } else { self.sharing(transaction, legs) })
    }

    /// A leg with which this transaction shares a tag of the other end.
    fn sharing(&self, transaction: &Transaction, legs: &[u32]) -> Option<u32> {
        let remote =
            if transaction.role == Role::Server { transaction.from_tag } else { transaction.request_to_tag(&self.traffic.keys) };
        let shares = |leg: &&u32| {
            let first = self.legs.list.get(**leg as usize).and_then(|l| l.transactions.first());
            let first = first.and_then(|t| self.traffic.transactions.get(*t));
            first.is_some_and(|t| {
                t.role == Role::Unknown && (t.from_tag == remote || t.request_to_tag(&self.traffic.keys) == remote)
            })
        };
        remote.is_some().then(|| self.latest(legs, shares)).flatten()
    }

    /// Does this transaction prove a call, although none is known that it belongs to?
    fn opens(&self, transaction: &Transaction, initial: bool) -> bool {
        let inside = || transaction.request_to_tag(&self.traffic.keys).is_some();
        let acked = || transaction.acks.first().and_then(|a| self.traffic.key(*a)).is_some_and(|k| k.to_tag.is_some());
        match transaction.method {
            Method::Invite => true,
            Method::Bye | Method::Cancel | Method::Prack => true,
            Method::Update | Method::Info => inside(),
            Method::Ack => acked(),
            _ => initial,
        }
    }

    fn open(&mut self, transaction: &Transaction) -> u32 {
        let leg = u32::try_from(self.legs.list.len()).unwrap_or(u32::MAX);
        self.legs.list.push(Leg { scope: transaction.scope, ..Leg::default() });
        leg
    }
}

/// An INVITE that is to set up a dialog: no To tag. Where the request was not logged, answers that only such an INVITE gets tell it.
pub fn is_initial(traffic: &Traffic<'_>, transaction: &Transaction) -> bool {
    if transaction.method != Method::Invite {
        return false;
    }
    if transaction.request().is_some() {
        return !transaction.request_to_tag(&traffic.keys).is_some();
    }
    let statuses = || transaction.responses.iter().filter_map(|r| traffic.key(*r)).filter_map(|k| k.status);
    statuses().any(|s| matches!(s, 180..=183 | 199 | 300..=480 | 482..=487 | 600..=699))
}

/// A request without To tag that sets up no call.
fn is_outside_dialog(traffic: &Traffic<'_>, transaction: &Transaction) -> bool {
    let open = matches!(transaction.method, Method::Invite | Method::Cancel | Method::Ack | Method::Bye | Method::Prack);
    !open && transaction.request().is_some() && !transaction.request_to_tag(&traffic.keys).is_some()
}

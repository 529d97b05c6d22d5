//! Registrations side by side: outcome, attempts in their order, expiry, how the client named itself. In: matched registrations and their
//! REGISTER transactions. Out: rows.

use crate::base::{Private, PrivateKind, Segment, Text, Tone};
use crate::session::registration::{Attempt, AttemptKind, ExpiresBasis, Registration, RegistrationState};
use crate::session::startup::StageId;
use crate::session::{Facts, MessageId};
use crate::sip::Message;

use super::super::matching::user_of;
use super::super::rows::{Amount, Area, Cell, Group, Kind, Row, apart};
use super::super::strands::{Exchange, StrandKind};
use super::super::{Pair, Which};
use super::{Context, identity, logged, number, rank, status_text};

/// Rows of attempts that only one side has; alike ones that follow each other share a row.
const MOST_ATTEMPTS: usize = 12;

pub fn groups(context: &Context<'_>) -> Vec<Group> {
    let pairs = context.pairs(|kind| matches!(kind, StrandKind::Registration(_)));
    let facts = context.facts();
    let registration = |which: Which, kind: Option<&StrandKind>| match kind? {
        StrandKind::Registration(n) => facts.get(which).registrations.get(*n as usize),
        _ => None,
    };
    let mut out = Vec::new();
    for (at, both) in pairs {
        let own = Pair::new(
            registration(Which::Left, both.left.map(|s| &s.kind)),
            registration(Which::Right, both.right.map(|s| &s.kind)),
        );
        let exchanges = context.exchanges(at, &both);
        let mut rows = attempts(&facts, &own, &exchanges);
        rows.extend(refreshes(&facts, &own));
        rows.push(outcome(&facts, &own));
        rows.extend(values(&facts, &own));
        let subject = own.left.or(own.right).map(|r| Text(vec![Segment::Private(r.aor.clone())])).unwrap_or_default();
        super::proved_by(&mut rows, &facts, own.map(|r| r.and_then(|r| r.attempts.first()).map(|a| a.request)));
        let rows = rows.into_iter().map(|row| row.ranked(rank::within(StageId::Register))).collect();
        out.push(Group { area: Area::Registration, subject, rows });
    }
    out
}

/// How it stood at the end; signing off is no fault.
fn outcome(facts: &Pair<&Facts>, own: &Pair<Option<&Registration>>) -> Row {
    let good = |s: RegistrationState| matches!(s, RegistrationState::Registered | RegistrationState::Unregistered);
    let cell = |which: Which, registration: &Registration| {
        let state = registration.state;
        let tone = match state {
            RegistrationState::Registered => Tone::Ok,
            RegistrationState::Unregistered | RegistrationState::Unknown => Tone::Muted,
            _ => Tone::Fail,
        };
        let last = registration.attempts.last().map(|a| a.answer.unwrap_or(a.request));
        Cell::new(Text::key(state_key(state))).toned(tone).proved(facts.get(which), last)
    };
    let cells = each(own, cell);
    let states = own.map(|r| r.map(|r| r.state));
    let same = states.left == states.right;
    let harmless = states.both().is_some_and(|(l, r)| good(l) && good(r));
    Row::new(Text::key("compare.at_the_end"), cells, same, 1.0).harmless_if(harmless)
}

fn state_key(state: RegistrationState) -> &'static str {
    match state {
        RegistrationState::Registered => "word.registered",
        RegistrationState::Unregistered => "word.unregistered",
        RegistrationState::Failed => "word.failed",
        RegistrationState::Expired => "word.expired",
        RegistrationState::NoAnswer => "word.no-answer",
        RegistrationState::Unknown => "word.unknown",
    }
}

/// The same made of each side that is there.
fn each<T, C>(both: &Pair<Option<&T>>, cell: impl Fn(Which, &T) -> C) -> Pair<Option<C>> {
    Pair::new(both.left.map(|t| cell(Which::Left, t)), both.right.map(|t| cell(Which::Right, t)))
}

/// A new binding's attempts, row by row, until each side was granted one.
fn attempts(facts: &Pair<&Facts>, own: &Pair<Option<&Registration>>, exchanges: &[Pair<Option<&Exchange>>]) -> Vec<Row> {
    let attempt = |which: Which, exchange: Option<&Exchange>| -> Option<&Attempt> {
        own.get(which).as_ref()?.attempts.get(exchange?.attempt? as usize)
    };
    let wanted = |a: &Attempt| a.kind == AttemptKind::Register;
    let mut rows: Vec<(Row, Option<Alone>)> = Vec::new();
    for pair in exchanges {
        let both = Pair::new(attempt(Which::Left, pair.left), attempt(Which::Right, pair.right));
        if !both.left.is_some_and(wanted) && !both.right.is_some_and(wanted) {
            continue;
        }
        let alone = alone(&both);
        // One more like the one above.
        if let (Some(alone), Some((row, Some(last)))) = (&alone, rows.last_mut())
            && last.which == alone.which
            && (last.status, last.authorised) == (alone.status, alone.authorised)
        {
            last.times += 1;
            let proof = |cell: &mut Cell| {
                if let Some(reason) = both.left.or(both.right) {
                    cell.text = times_text(reason, last.times);
                }
            };
            row.cells.left.as_mut().map(proof);
            row.cells.right.as_mut().map(proof);
            continue;
        }
        rows.push((attempt_row(facts, &both), alone));
    }
    let beyond = rows.len().saturating_sub(MOST_ATTEMPTS);
    rows.truncate(MOST_ATTEMPTS);
    let mut rows: Vec<Row> = rows.into_iter().map(|(row, _)| row).collect();
    rows.push(count_row(own));
    if beyond > 0 {
        let cell = || Some(Cell::new(Text::phrase("compare.more", &[("n", number(beyond))])));
        rows.push(Row::new(Text::key("compare.attempts_more"), Pair::new(cell(), cell()), true, 0.0));
    }
    rows
}

/// An attempt that only one side has.
struct Alone {
    which: Which,
    status: Option<u16>,
    authorised: bool,
    times: u32,
}

fn alone(both: &Pair<Option<&Attempt>>) -> Option<Alone> {
    let (which, attempt) = match (both.left, both.right) {
        (Some(attempt), None) => (Which::Left, attempt),
        (None, Some(attempt)) => (Which::Right, attempt),
        _ => return None,
    };
    Some(Alone { which, status: attempt.status, authorised: attempt.authorised, times: 1 })
}

fn times_text(attempt: &Attempt, times: u32) -> Text {
    let status = status_text(attempt.status, attempt.reason.as_deref());
    Text::phrase_of("compare.times", &[("what", status), ("n", Text(vec![number(times)]))])
}

fn attempt_row(facts: &Pair<&Facts>, both: &Pair<Option<&Attempt>>) -> Row {
    let mixed = both.both().is_some_and(|(l, r)| l.authorised != r.authorised);
    let cell = |which: Which, attempt: &Attempt| {
        let passed = attempt.status.is_some_and(|s| s < 300);
        let challenged = matches!(attempt.status, Some(401 | 407)) && !attempt.authorised;
        let tone = match (passed, challenged) {
            (true, _) => Tone::Ok,
            (_, true) => Tone::Muted,
            _ => Tone::Fail,
        };
        let mut text = status_text(attempt.status, attempt.reason.as_deref());
        if mixed && attempt.authorised {
            text = Text::phrase_of("compare.authorised", &[("what", text)]);
        }
        if attempt.sends > 1 {
            text = Text::phrase_of("compare.sends", &[("what", text), ("n", Text(vec![number(attempt.sends)]))]);
        }
        let proof = [Some(attempt.request), attempt.answer].into_iter().flatten();
        Cell::new(text).toned(tone).took(attempt.duration_us).proved(facts.get(which), proof)
    };
    let authorised = !mixed && both.left.or(both.right).is_some_and(|a| a.authorised);
    let what = Text::key(if authorised { "compare.register_with_credentials" } else { "compare.register" });
    let status = both.map(|a| a.map(|a| a.status));
    let authorised = both.map(|a| a.map(|a| a.authorised));
    let same = status.left == status.right && authorised.left == authorised.right;
    let matters = if both.left.is_none() || both.right.is_none() { 0.5 } else { 0.9 };
    let took = both.map(|a| a.and_then(|a| a.duration_us));
    Row::new(what, each(both, cell), same, matters).timed(took)
}

/// How many REGISTERs until the first was granted.
fn count_row(own: &Pair<Option<&Registration>>) -> Row {
    let count = |r: &Registration| {
        let granted = r.attempts.iter().position(|a| a.status.is_some_and(|s| (200..300).contains(&s)));
        granted.map_or(r.attempts.len(), |place| place + 1) as u64
    };
    let numbers = own.map(|r| r.map(count));
    let cell = |_: Which, r: &Registration| {
        let granted = r.attempts.iter().any(|a| a.status.is_some_and(|s| (200..300).contains(&s)));
        let key = if granted { "compare.count" } else { "compare.count_none" };
        Cell::new(Text::phrase(key, &[("n", number(count(r)))]))
    };
    let same = numbers.left == numbers.right;
    Row::new(Text::key("compare.attempts"), each(own, cell), same, 0.5).counted(numbers)
}

/// What became of renewing and signing off. How often depends on how long the log is.
fn refreshes(facts: &Pair<&Facts>, own: &Pair<Option<&Registration>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (kind, what) in [(AttemptKind::Refresh, "compare.refreshes"), (AttemptKind::Unregister, "compare.sign_off")] {
        let of = |r: &Registration| Tally::of(r, kind);
        let tallies = own.map(|r| r.map(of).filter(|t| t.all > 0));
        if tallies.left.is_none() && tallies.right.is_none() {
            continue;
        }
        let cell = |which: Which, tally: &Tally| {
            let tone = if tally.failed == 0 { Tone::Ok } else { Tone::Fail };
            let failed = Segment::number(tally.failed);
            let key = if tally.failed == 0 { "compare.tally_ok" } else { "compare.tally_failed" };
            let text = Text::phrase(key, &[("n", number(tally.all)), ("failed", failed)]);
            Cell::new(text).toned(tone).proved(facts.get(which), tally.proof)
        };
        let failing = tallies.as_ref().map(|t| t.as_ref().map(|t| t.failed > 0));
        let same = failing.left == failing.right;
        let cells = each(&tallies.as_ref().map(Option::as_ref), cell);
        let one_side = tallies.left.is_none() || tallies.right.is_none();
        let fails = failing.left == Some(true) || failing.right == Some(true);
        let counts = tallies.as_ref().map(|t| t.as_ref().map(|t| t.all));
        let mut row = Row::new(Text::key(what), cells, same, 0.8).counted(counts).harmless_if(one_side && !fails);
        if row.kind == Kind::Same && counts.left != counts.right {
            row.kind = Kind::Spread;
        }
        rows.push(row);
    }
    rows
}

/// Refreshes or sign-offs of a registration, challenges left aside.
struct Tally {
    all: u64,
    failed: u64,
    proof: Option<MessageId>,
}

impl Tally {
    fn of(registration: &Registration, kind: AttemptKind) -> Self {
        let step = |a: &&Attempt| a.kind == kind && (a.authorised || !matches!(a.status, Some(401 | 407)));
        let failed = |a: &Attempt| a.status.is_none_or(|s| s >= 300);
        let mut tally = Self { all: 0, failed: 0, proof: None };
        let mut failure = None;
        for attempt in registration.attempts.iter().filter(step) {
            tally.all += 1;
            tally.failed += u64::from(failed(attempt));
            let proof = attempt.answer.unwrap_or(attempt.request);
            tally.proof = tally.proof.or(Some(proof));
            if failed(attempt) {
                failure = failure.or(Some(proof));
            }
        }
        tally.proof = failure.or(tally.proof);
        tally
    }
}

/// Expiry, credentials, transport, addresses.
fn values(facts: &Pair<&Facts>, own: &Pair<Option<&Registration>>) -> Vec<Row> {
    let request = |which: Which, pick: &dyn Fn(&Attempt) -> bool| -> Option<&Message> {
        let registration = own.get(which).as_ref()?;
        let attempt = registration.attempts.iter().find(|a| pick(a))?;
        facts.get(which).message(attempt.request).map(|m| &m.seen.message)
    };
    let both = |pick: &dyn Fn(&Attempt) -> bool| Pair::new(request(Which::Left, pick), request(Which::Right, pick));
    let mut rows: Vec<Option<Row>> = Vec::new();
    let asked = own.map(|r| r.and_then(|r| r.attempts.iter().find(|a| a.expires_basis == Some(ExpiresBasis::Asked))?.expires_s));
    rows.push(seconds("compare.expiry_asked", asked, 0.4));
    let granted = own.map(|r| r.and_then(|r| r.expires_s));
    let proof = own.map(|r| r?.attempts.iter().rfind(|a| a.expires_basis == Some(ExpiresBasis::Granted))?.answer);
    rows.push(seconds("compare.expiry_granted", granted, 0.5).map(|mut row| {
        super::proved_by(std::slice::from_mut(&mut row), facts, proof);
        row
    }));
    let with_credentials = both(&|a| a.authorised);
    rows.push(digest_user(own, &with_credentials));
    let realm = with_credentials.map(|m| {
        let realm = m.and_then(|m| m.credentials().first().and_then(|d| d.param("realm")))?;
        Some(Private::new(PrivateKind::Host, realm))
    });
    rows.push(identity("compare.realm", realm.as_ref().map(Option::as_ref)));
    let first = both(&|_| true);
    let transport = first.map(|m| m.and_then(Message::top_via).map(|via| via.transport));
    rows.push(logged("compare.transport", transport, 0.5));
    rows.push(identity("compare.registrar", own.map(|r| r.map(|r| &r.registrar))));
    rows.push(identity("compare.next_hop", own.map(|r| r.and_then(|r| r.next_hops.first()))));
    let hops = own.map(|r| r.map(|r| r.next_hops.len() as u64).filter(|n| *n > 0));
    if hops.left.max(hops.right) > Some(1) {
        let cell = |n: u64| Cell::new(Text(vec![number(n)]));
        let row = Row::new(Text::key("compare.next_hops"), hops.map(|n| n.map(cell)), hops.left == hops.right, 0.4);
        rows.push(Some(row.counted(hops)));
    }
    rows.push(nat(own));
    let foreign = own.map(|r| r.map(|r| r.bindings.iter().filter(|b| !b.ours).count() as u64));
    if foreign.left.max(foreign.right) > Some(0) {
        let cell = |n: u64| Cell::new(Text(vec![number(n)]));
        let row = Row::new(Text::key("compare.other_bindings"), foreign.map(|n| n.map(cell)), foreign.left == foreign.right, 0.4);
        rows.push(Some(row.counted(foreign)));
    }
    rows.into_iter().flatten().collect()
}

/// A length of time that a server or a stack chose, in seconds.
fn seconds(what: &'static str, values: Pair<Option<u64>>, weight: f32) -> Option<Row> {
    if values.left.is_none() && values.right.is_none() {
        return None;
    }
    let cell = |s: u64| Cell::new(Text::phrase("compare.seconds", &[("s", number(s))]));
    let mut row = Row::new(Text::key(what), values.map(|v| v.map(cell)), values.left == values.right, weight);
    if let Some((l, r)) = values.both()
        && l != r
    {
        let us = |s: u64| i64::try_from(s).unwrap_or(i64::MAX).saturating_mul(1_000_000);
        row.amount = Amount::Time(us(r).saturating_sub(us(l)));
        if !apart(l as f64, r as f64) {
            row = row.harmless();
            row.kind = Kind::Spread;
        }
    }
    Some(row)
}

/// The user name of the credentials. That users have other names is no difference; that one is given with its domain and the other
/// without is.
fn digest_user(own: &Pair<Option<&Registration>>, requests: &Pair<Option<&Message>>) -> Option<Row> {
    let name = |m: Option<&Message>| m?.credentials().first()?.param("username").map(str::to_owned);
    let names = requests.map(name);
    if names.left.is_none() && names.right.is_none() {
        return None;
    }
    let shape = |name: &Option<String>, registration: &Option<&Registration>| {
        let name = name.as_deref()?;
        let user = registration.map(|r| user_of(&r.aor)).unwrap_or_default();
        let (own, domain) = name.split_once('@').map_or((name, false), |(own, _)| (own, true));
        Some((own == user, domain))
    };
    let shapes = Pair::new(shape(&names.left, &own.left), shape(&names.right, &own.right));
    let cell = |name: &String| Cell::new(Text(vec![Segment::Private(Private::new(PrivateKind::User, name.clone()))]));
    let same = names.left == names.right;
    let row = Row::new(Text::key("compare.digest_user"), names.as_ref().map(|n| n.as_ref().map(cell)), same, 0.8);
    // That a side never sent credentials is told by its attempts.
    Some(row.harmless_if(shapes.left == shapes.right || names.left.is_none() || names.right.is_none()))
}

/// Is the client seen from outside under the address it gives itself?
fn nat(own: &Pair<Option<&Registration>>) -> Option<Row> {
    let state = |r: &Registration| {
        let nat = r.nat.as_ref()?;
        Some((nat.sent_by.original() == nat.seen_as.original(), nat.changes > 0))
    };
    let states = own.map(|r| r.and_then(state));
    if states.left.is_none() && states.right.is_none() {
        return None;
    }
    let cell = |(direct, changed): (bool, bool)| {
        Cell::new(Text::key(match (direct, changed) {
            (_, true) => "compare.nat_changes",
            (true, _) => "compare.nat_none",
            _ => "compare.nat",
        }))
    };
    let row = Row::new(Text::key("compare.seen_as"), states.map(|s| s.map(cell)), states.left == states.right, 0.3);
    Some(row.harmless_if(states.left.is_none() || states.right.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_with_some_play_is_no_difference() {
        let row = |l, r| seconds("compare.expiry_granted", Pair::new(l, r), 0.5).map(|row| (row.kind, row.matters));
        assert_eq!(row(Some(120), Some(120)), Some((Kind::Same, false)));
        assert_eq!(row(Some(120), Some(113)), Some((Kind::Spread, false)));
        assert_eq!(row(Some(120), Some(3600)), Some((Kind::Changed, true)));
        assert_eq!(row(Some(120), None), Some((Kind::OnlyLeft, true)));
        assert_eq!(row(None, None), None);
    }
}

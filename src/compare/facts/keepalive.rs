//! Keep-alives and subscriptions side by side. In: those of both runs. Out: rows: how they stand, how often.

use crate::base::{LogTime, Segment, Text, Tone};
use crate::session::keepalive::{KeepAlive, KeepAliveKind, KeepAliveState};
use crate::session::startup::StageId;
use crate::session::subscription::{Subscription, SubscriptionState};
use crate::session::{Evidence, Facts, Side as Who};

use super::super::rows::{Area, Cell, Group, Kind, Row, apart};
use super::super::strands::StrandKind;
use super::super::{Pair, Side, Which};
use super::{Context, number, rank};
use crate::timeline::figures;

pub fn group(context: &Context<'_>) -> Group {
    let mut rows = Vec::new();
    // CRLF pings are no SIP messages and so in no strand: they are looked up by sender.
    for (kind, from) in [KeepAliveKind::Options, KeepAliveKind::Crlf].into_iter().flat_map(|k| [(k, Who::Client), (k, Who::Peer)])
    {
        let lists = context.sides.map(|side| of(&side, kind, from));
        if lists.left.is_empty() && lists.right.is_empty() {
            continue;
        }
        rows.push(row(context, kind, from, &lists).ranked(rank::within(StageId::KeepAlive)));
    }
    Group { area: Area::KeepAlive, subject: Text::default(), rows }
}

fn of<'a>(side: &Side<'a>, kind: KeepAliveKind, from: Who) -> Vec<&'a KeepAlive> {
    let run = side.run();
    side.analysis.facts.keepalives.iter().filter(|k| k.run == run && k.kind == kind && k.from == from).collect()
}

/// How bad a state is.
fn badness(state: KeepAliveState) -> u8 {
    match state {
        KeepAliveState::Ok | KeepAliveState::OneWay | KeepAliveState::Unknown => 0,
        KeepAliveState::Recovered => 1,
        KeepAliveState::Lost => 2,
    }
}

/// The keep-alives of one kind and sender: the worst of several peers tells.
fn row(context: &Context<'_>, kind: KeepAliveKind, from: Who, lists: &Pair<Vec<&KeepAlive>>) -> Row {
    let worst = lists.as_ref().map(|list| list.iter().copied().max_by_key(|k| (badness(k.state), k.pings.len())));
    let what = match kind {
        KeepAliveKind::Options => "keepalive.options",
        KeepAliveKind::Crlf => "keepalive.crlf",
        KeepAliveKind::Register => "keepalive.register",
    };
    let from = match from {
        Who::Peer => "compare.from_peer",
        _ => "compare.from_client",
    };
    let what = Text::phrase(from, &[("kind", Segment::key(what))]);
    let facts = context.facts();
    let zero = context.zero.at;
    let cells =
        Pair::new(worst.left.map(|k| cell(k, facts.left, zero.left)), worst.right.map(|k| cell(k, facts.right, zero.right)));
    let states = worst.map(|k| k.map(|k| k.state));
    let intervals = worst.map(|k| k.and_then(|k| k.interval_s));
    let other_pace = intervals.both().is_some_and(|(l, r)| apart(l, r));
    let known = |s: Option<KeepAliveState>| s.filter(|s| *s != KeepAliveState::Unknown);
    let same_state = match states.map(known).both() {
        Some((l, r)) => l == r,
        None => true,
    };
    let mut row = Row::new(what, cells, same_state && !other_pace, if same_state { 0.5 } else { 0.9 });
    // Few pings tell no pace; how many there are depends on how long the log is.
    let few = worst.left.or(worst.right).is_some_and(|k| k.pings.len() < 3);
    row = row.harmless_if(few && (worst.left.is_none() || worst.right.is_none()));
    let counts = worst.map(|k| k.map(|k| k.pings.len() as u64));
    row = row.counted(counts);
    if row.kind == Kind::Same && (counts.left != counts.right || intervals.left != intervals.right) {
        row.kind = Kind::Spread;
    }
    row
}

fn cell(keepalive: &KeepAlive, facts: &Facts, zero: Option<LogTime>) -> Cell {
    let missed = keepalive.pings.iter().filter(|p| !p.answered).count();
    let (state, tone) = match keepalive.state {
        KeepAliveState::Ok => ("word.ok", Tone::Ok),
        KeepAliveState::Lost => ("word.lost", Tone::Fail),
        KeepAliveState::Recovered => ("word.recovered", Tone::Warn),
        KeepAliveState::OneWay => ("word.one-way", Tone::Muted),
        KeepAliveState::Unknown => ("word.unknown", Tone::Muted),
    };
    let pings = number(figures::count(keepalive.pings.len() as u64));
    let values = [("state", Segment::key(state)), ("n", pings), ("missed", number(missed))];
    let mut text = Text::phrase("compare.pings", &values);
    if let Some(interval) = keepalive.interval_s {
        let every = number(figures::duration((interval * 1e6) as i64));
        text = Text::phrase_of("compare.every", &[("what", text), ("time", Text(vec![every]))]);
    }
    let shown = match keepalive.state {
        KeepAliveState::Lost | KeepAliveState::Recovered => keepalive.pings.iter().find(|p| !p.answered),
        _ => keepalive.pings.first(),
    };
    let proof = shown.map(|ping| match ping.message {
        Some(id) => facts.proof(id),
        None => Evidence { source: Some(ping.source), at: ping.at, text: Text::word("CRLF"), message: None },
    });
    Cell::new(text).toned(tone).at(keepalive.pings.first().and_then(|p| p.at), zero).with(proof.as_slice())
}

/// Subscriptions, one row for each event package.
pub fn subscriptions(context: &Context<'_>) -> Group {
    let facts = context.facts();
    let mut rows = Vec::new();
    for (_, both) in context.pairs(|kind| matches!(kind, StrandKind::Subscription(_))) {
        let own = |which: Which, kind: Option<&StrandKind>| match kind? {
            StrandKind::Subscription(n) => facts.get(which).subscriptions.get(*n as usize),
            _ => None,
        };
        let both = Pair::new(own(Which::Left, both.left.map(|s| &s.kind)), own(Which::Right, both.right.map(|s| &s.kind)));
        let Some(any) = both.left.or(both.right) else { continue };
        let cells = Pair::new(both.left.map(|s| subscription(s, facts.left)), both.right.map(|s| subscription(s, facts.right)));
        let bad = |s: &Subscription| matches!(s.state, SubscriptionState::Rejected | SubscriptionState::NoAnswer);
        let states = both.map(|s| s.map(bad));
        let statuses = both.map(|s| s.and_then(last_status));
        let same = states.left == states.right && (states.left != Some(true) || statuses.left == statuses.right);
        let what = Text(vec![Segment::Log(any.event.clone())]);
        rows.push(Row::new(what, cells, same, 0.4).ranked(rank::SUBSCRIPTION));
    }
    Group { area: Area::Subscriptions, subject: Text::default(), rows }
}

fn last_status(subscription: &Subscription) -> Option<u16> {
    subscription.attempts.iter().rev().find_map(|a| a.status)
}

fn subscription(subscription: &Subscription, facts: &Facts) -> Cell {
    let (state, tone) = match subscription.state {
        SubscriptionState::Active => ("word.active", Tone::Ok),
        SubscriptionState::Terminated => ("word.terminated", Tone::Muted),
        SubscriptionState::Rejected => ("word.rejected", Tone::Fail),
        SubscriptionState::NoAnswer => ("word.no-answer", Tone::Fail),
        SubscriptionState::Unknown => ("word.unknown", Tone::Muted),
    };
    let mut text = Text::key(state);
    if tone == Tone::Fail
        && let Some(attempt) = subscription.attempts.iter().rev().find(|a| a.status.is_some())
    {
        let status = super::status_text(attempt.status, attempt.reason.as_deref());
        text = Text::phrase_of("compare.state_with", &[("state", text), ("what", status)]);
    }
    let last = subscription.attempts.last().map(|a| a.answer.unwrap_or(a.request));
    Cell::new(text).toned(tone).proved(facts, last.or(subscription.notifies.last().copied()))
}

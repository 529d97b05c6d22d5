//! Calls side by side: outcome, times, what happened in them. In: matched calls and their transactions. Out: rows for each pair, and rows
//! for the calls that only one side has.

use crate::base::{LogTime, Segment, Text, Tone};
use crate::session::call::{Call, CallDirection, CallEvent, CallState, EventResult};
use crate::session::startup::StageId;
use crate::session::{Facts, Side as Who};

use super::super::align::align_twice;
use super::super::cores::on_every_core;
use super::super::rows::{Area, Cell, Group, Row};
use super::super::strands::{Exchange, StrandKind};
use super::super::{Pair, Which};
use super::{Context, media, number, rank, same_sense, status_text};
use crate::sip::Method;
use crate::timeline::figures;

/// Calls that only one side has and that are told one by one.
const MOST_ALONE: usize = 20;

pub fn groups(context: &Context<'_>) -> Vec<Group> {
    let facts = context.facts();
    let call = |which: Which, kind: Option<&StrandKind>| match kind? {
        StrandKind::Call(n) => facts.get(which).calls.get(*n as usize),
        _ => None,
    };
    let mut out = Vec::new();
    let mut alone: Vec<(Which, &Call)> = Vec::new();
    let pairs = context.pairs(|kind| matches!(kind, StrandKind::Call(_)));
    let groups = on_every_core(&pairs, |(at, both)| {
        let own = Pair::new(call(Which::Left, both.left.map(|s| &s.kind)), call(Which::Right, both.right.map(|s| &s.kind)));
        match (own.left, own.right) {
            (Some(left), Some(right)) => Some(Ok(one(context, Pair::new(left, right), &context.exchanges(*at, both)))),
            (Some(left), None) => Some(Err((Which::Left, left))),
            (None, Some(right)) => Some(Err((Which::Right, right))),
            (None, None) => None,
        }
    });
    for group in groups.into_iter().flatten() {
        match group {
            Ok(group) => out.push(group),
            Err(call) => alone.push(call),
        }
    }
    if !alone.is_empty() {
        out.push(unmatched(context, &alone));
    }
    for row in out.iter_mut().flat_map(|g| &mut g.rows) {
        row.rank = rank::within(StageId::Call);
    }
    out
}

/// `outgoing, sip:bob@example.com`
fn subject(call: &Call) -> Text {
    let direction = Segment::key(match call.direction {
        CallDirection::Outgoing => "word.outgoing",
        CallDirection::Incoming => "word.incoming",
        CallDirection::Unknown => "word.unknown",
    });
    let party = if call.direction == CallDirection::Incoming { &call.from } else { &call.to };
    let party = party.as_ref().map_or_else(|| Segment::key("report.someone"), |p| Segment::Private(p.clone()));
    Text::phrase("compare.call_subject", &[("n", number(call.id.number())), ("direction", direction), ("party", party)])
}

fn one(context: &Context<'_>, calls: Pair<&Call>, exchanges: &[Pair<Option<&Exchange>>]) -> Group {
    let facts = context.facts();
    let mut rows = vec![outcome(&facts, &calls)];
    rows.extend(times(context, &calls));
    rows.extend(answers(&facts, exchanges));
    rows.extend(media::rows(&facts, &calls));
    rows.extend(events(&facts, &calls));
    rows.extend(ending(&calls));
    super::proved_by(&mut rows, &facts, calls.map(|c| c.messages.first().copied()));
    Group { area: Area::Call, subject: subject(calls.left), rows }
}

/// Made by people, not by the network.
fn chosen(state: CallState) -> bool {
    matches!(state, CallState::Cancelled | CallState::InProgress | CallState::Unknown)
}

fn outcome_cell(facts: &Facts, call: &Call) -> Cell {
    let (state, tone) = match call.state {
        CallState::Answered => ("word.answered", Tone::Ok),
        CallState::AnsweredElsewhere => ("word.answered-elsewhere", Tone::Ok),
        CallState::Busy => ("word.busy", Tone::Warn),
        CallState::Declined => ("word.declined", Tone::Warn),
        CallState::Cancelled => ("word.cancelled", Tone::Muted),
        CallState::NoAnswer => ("word.no-answer", Tone::Warn),
        CallState::Redirected => ("word.redirected", Tone::Info),
        CallState::Rejected => ("word.rejected", Tone::Fail),
        CallState::Failed => ("word.failed", Tone::Fail),
        CallState::NoResponse => ("word.no-response", Tone::Fail),
        CallState::InProgress => ("word.in-progress", Tone::Muted),
        CallState::Unknown => ("word.unknown", Tone::Muted),
    };
    let mut text = Text::key(state);
    if call.state != CallState::Answered
        && let Some(status) = final_status(call)
    {
        // The reason of a call is its Reason or Warning header where it has one, which may begin with a number of its own.
        let status = status_text(Some(status), reason(facts, call).as_deref());
        text = Text::phrase_of("compare.state_with", &[("state", text), ("what", status)]);
    }
    Cell::new(text).toned(tone).proved(facts, deciding(facts, call).or(call.messages.first().copied()))
}

/// The final status that decided a call: of the last INVITE that set it up.
fn final_status(call: &Call) -> Option<u16> {
    let finals = || call.invite_finals.iter().flatten();
    finals().copied().find(|s| !matches!(s, 300..=399 | 401 | 407 | 422 | 491)).or_else(|| finals().last().copied())
}

/// The message that carries it.
fn deciding(facts: &Facts, call: &Call) -> Option<crate::session::MessageId> {
    let status = final_status(call)?;
    let is = |id: &crate::session::MessageId| {
        facts
            .message(*id)
            .is_some_and(|m| m.seen.message.status() == Some(status) && m.seen.message.method() == Some(Method::Invite))
    };
    call.messages.iter().copied().find(is)
}

fn reason(facts: &Facts, call: &Call) -> Option<String> {
    deciding(facts, call).and_then(|id| facts.message(id)).map(|m| m.seen.message.reason().to_owned())
}

fn outcome(facts: &Pair<&Facts>, calls: &Pair<&Call>) -> Row {
    let cells = Pair::new(Some(outcome_cell(facts.left, calls.left)), Some(outcome_cell(facts.right, calls.right)));
    let same = calls.left.state == calls.right.state && final_status(calls.left) == final_status(calls.right);
    let by_people = chosen(calls.left.state) || chosen(calls.right.state);
    let weight = if by_people { 0.5 } else { 1.0 };
    Row::new(Text::key("compare.outcome"), cells, same, weight)
}

/// The times of setting up. How long it rings and how long they talk is up to people.
fn times(context: &Context<'_>, calls: &Pair<&Call>) -> Vec<Row> {
    let zero = context.zero.at;
    let to_ringing = calls.map(|c| Some(c.ringing?.since_us(c.started?)));
    let mut rows = Vec::new();
    let mut push = |what: &'static str, times: Pair<Option<i64>>, at: Pair<Option<LogTime>>, by_people: bool| {
        if times.left.is_none() && times.right.is_none() {
            return;
        }
        let cell = |us: Option<i64>, at: Option<LogTime>, zero: Option<LogTime>| {
            us.map(|us| Cell::new(Text(vec![number(figures::duration(us))])).took(Some(us)).at(at, zero))
        };
        let cells = Pair::new(cell(times.left, at.left, zero.left), cell(times.right, at.right, zero.right));
        let row = Row::new(Text::key(what), cells, true, 0.3).timed(times);
        // A call that was refused at once never rang: the outcome says so.
        let one_side = times.left.is_none() || times.right.is_none();
        rows.push(row.harmless_if(by_people || one_side));
    };
    push("compare.first_ring", to_ringing, calls.map(|c| c.ringing), false);
    push("compare.set_up", calls.map(|c| c.setup_us), calls.map(|c| c.answered), true);
    push("compare.talked", calls.map(|c| c.talk_us), calls.map(|c| c.ended), true);
    rows
}

/// Requests in the same place that were answered otherwise; the first INVITE's answer is the outcome.
fn answers(facts: &Pair<&Facts>, exchanges: &[Pair<Option<&Exchange>>]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (left, right) in exchanges.iter().filter_map(|pair| pair.both()) {
        let initial = |e: &Exchange| e.mark.method == Method::Invite && !e.mark.in_dialog;
        if left.status == right.status || (initial(left) && initial(right)) || left.mark.method == Method::Ack {
            continue;
        }
        let cell = |facts: &Facts, e: &Exchange| {
            let reason = e.answer.and_then(|id| facts.message(id)).map(|m| m.seen.message.reason().to_owned());
            let tone = if e.status.is_some_and(|s| s < 300) { Tone::Ok } else { Tone::Fail };
            let proof = [e.request, e.answer].into_iter().flatten();
            Cell::new(status_text(e.status, reason.as_deref())).toned(tone).proved(facts, proof)
        };
        let method = left.mark.method.as_str().to_owned();
        let again = left.mark.method == Method::Invite;
        let method = if again { Segment::key("cause.reinvite") } else { Segment::Word(method) };
        let what = Text::phrase("compare.answer_to", &[("method", method)]);
        let cells = Pair::new(Some(cell(facts.left, left)), Some(cell(facts.right, right)));
        rows.push(Row::new(what, cells, false, 0.8));
    }
    rows
}

/// What happened in the call: hold, transfer, codec change, lost ACK …
fn events(facts: &Pair<&Facts>, calls: &Pair<&Call>) -> Vec<Row> {
    let mut kinds: Vec<(&'static str, Who)> = Vec::new();
    let mut numbers = |events: &[CallEvent]| -> (Vec<u32>, Vec<u32>) {
        let of = |e: &CallEvent| {
            let key = (e.kind, e.by);
            let at = kinds.iter().position(|k| *k == key).unwrap_or_else(|| {
                kinds.push(key);
                kinds.len() - 1
            });
            let loose = kinds.iter().position(|k| k.0 == e.kind).unwrap_or(at);
            (u32::try_from(at).unwrap_or(0), u32::try_from(loose).unwrap_or(0))
        };
        events.iter().map(of).unzip()
    };
    let (left, right) = (numbers(&calls.left.events), numbers(&calls.right.events));
    let pairs = align_twice((&left.0, &left.1), (&right.0, &right.1));
    let mut rows = Vec::new();
    let mut push = |both: Pair<Option<&CallEvent>>| rows.push(event_row(facts, both));
    let (mut next_left, mut next_right) = (0, 0);
    let ends = (calls.left.events.len(), calls.right.events.len());
    for (to_left, to_right) in pairs.into_iter().chain([ends]) {
        for event in calls.left.events.iter().take(to_left).skip(next_left) {
            push(Pair::new(Some(event), None));
        }
        for event in calls.right.events.iter().take(to_right).skip(next_right) {
            push(Pair::new(None, Some(event)));
        }
        if let (Some(left), Some(right)) = (calls.left.events.get(to_left), calls.right.events.get(to_right)) {
            push(Pair::new(Some(left), Some(right)));
        }
        (next_left, next_right) = (to_left + 1, to_right + 1);
    }
    rows
}

fn event_row(facts: &Pair<&Facts>, both: Pair<Option<&CallEvent>>) -> Row {
    let cell = |facts: &Facts, event: &CallEvent| {
        let tone = match event.result {
            Some(EventResult::Failed) => Tone::Fail,
            _ if matches!(event.kind, "ack-missing" | "bye-unanswered" | "reinvite-failed" | "session-expired") => Tone::Fail,
            Some(EventResult::Ok) => Tone::Ok,
            _ => Tone::Info,
        };
        let by = Segment::key(match event.by {
            Who::Client => "side.client",
            Who::Peer => "side.peer",
            Who::Both => "side.both",
            Who::Unknown => "side.unknown",
        });
        let mut text = Text::phrase("compare.by", &[("who", by)]);
        if !event.text.is_empty() {
            text = Text::phrase_of("compare.state_with", &[("state", text), ("what", event.text.clone())]);
        }
        if let Some(status) = event.status {
            text = Text::phrase_of("compare.with_status", &[("what", text), ("status", Text(vec![number(status)]))]);
        }
        Cell::new(text).toned(tone).proved(facts, event.messages.iter().copied())
    };
    let cells = Pair::new(both.left.map(|e| cell(facts.left, e)), both.right.map(|e| cell(facts.right, e)));
    let same = both
        .both()
        .is_some_and(|(l, r)| (l.by, l.result, l.status) == (r.by, r.result, r.status) && same_sense(&l.text, &r.text));
    let kind = both.left.or(both.right).map_or("unknown", |e| e.kind);
    let trouble = cells.left.iter().chain(&cells.right).any(|c| c.tone == Some(Tone::Fail));
    let weight = match kind {
        "authentication" => 0.3,
        _ if trouble => 0.8,
        _ => 0.5,
    };
    Row::new(Text::key(format!("event.{kind}")), cells, same, weight)
}

/// Why it ended, repetitions, forks.
fn ending(calls: &Pair<&Call>) -> Vec<Row> {
    let mut rows = Vec::new();
    let reasons = calls.map(|c| c.released_by_reason.as_ref());
    if reasons.left.is_some() || reasons.right.is_some() {
        let cell = |reason: &crate::session::call::ReleaseReason| {
            let cause = reason.cause.map(|c| format!(" {c}")).unwrap_or_default();
            let text = reason.text.as_deref().map(|t| format!(" {t}")).unwrap_or_default();
            Cell::new(Text(vec![Segment::Log(format!("{}{cause}{text}", reason.protocol))]))
        };
        let causes = reasons.map(|r| r.map(|r| (r.protocol.to_ascii_lowercase(), r.cause)));
        let same = causes.left == causes.right;
        rows.push(Row::new(Text::key("compare.released"), reasons.map(|r| r.map(cell)), same, 0.6));
    }
    let ended = calls.map(|c| c.ended_by);
    if ended.left.is_some() || ended.right.is_some() {
        let cell = |who: Who| {
            Cell::new(Text::key(match who {
                Who::Client => "side.client",
                Who::Peer => "side.peer",
                Who::Both => "side.both",
                Who::Unknown => "side.unknown",
            }))
        };
        let row = Row::new(Text::key("compare.ended_by"), ended.map(|e| e.map(cell)), ended.left == ended.right, 0.1);
        rows.push(row.harmless());
    }
    let again = calls.map(|c| u64::from(c.retransmissions));
    if again.left + again.right > 0 {
        let cell = |n: u64| Some(Cell::new(Text(vec![number(n)])));
        // One packet more or less is the usual spread.
        let much = again.left.max(again.right) > 2 * again.left.min(again.right) + 1;
        let row = Row::new(Text::key("compare.retransmissions"), again.map(cell), again.left == again.right, 0.5);
        rows.push(row.counted(again.map(Some)).harmless_if(!much));
    }
    let forks = calls.map(|c| u64::from(c.early_dialogs));
    if forks.left.max(forks.right) > 1 {
        let cell = |n: u64| Some(Cell::new(Text(vec![number(n)])));
        let row = Row::new(Text::key("compare.early_dialogs"), forks.map(cell), forks.left == forks.right, 0.4);
        rows.push(row.counted(forks.map(Some)));
    }
    rows
}

/// Calls that only one side has. They matter where they went wrong, or where the other side has none at all.
fn unmatched(context: &Context<'_>, alone: &[(Which, &Call)]) -> Group {
    let facts = context.facts();
    let runs = context.sides.map(|side| side.run());
    let has_any = |which: Which| facts.get(which).calls.iter().any(|c| c.run == *runs.get(which));
    let any = Pair::new(has_any(Which::Left), has_any(Which::Right));
    let mut rows = Vec::new();
    for (which, call) in alone.iter().take(MOST_ALONE) {
        let cell = Some(outcome_cell(facts.get(*which), call).at(call.started, *context.zero.at.get(*which)));
        let bad = matches!(call.state, CallState::Rejected | CallState::Failed | CallState::NoResponse);
        let (cells, other) = match which {
            Which::Left => (Pair::new(cell, None), any.right),
            Which::Right => (Pair::new(None, cell), any.left),
        };
        rows.push(Row::new(subject(call), cells, false, 0.5).harmless_if(other && !bad));
    }
    let beyond = |which: Which| alone.iter().skip(MOST_ALONE).filter(|(side, _)| *side == which).count() as u64;
    let beyond = Pair::new(beyond(Which::Left), beyond(Which::Right));
    if beyond.left + beyond.right > 0 {
        let cell = |n: u64| (n > 0).then(|| Cell::new(Text::phrase("compare.more", &[("n", number(n))])));
        rows.push(Row::new(Text::key("compare.calls_more"), beyond.map(cell), false, 0.3).harmless());
    }
    Group { area: Area::Call, subject: Text::key("compare.unmatched_calls"), rows }
}

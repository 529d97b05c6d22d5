//! Registrations, keep-alives, subscriptions and counts of the text report. In: facts. Out: lines.

use super::page::Page;
use super::{View, duration, grouped};
use crate::export::shared;
use crate::session::counts::Counts;
use crate::session::keepalive::KeepAlive;
use crate::session::registration::{Attempt, AttemptKind, ExpiresBasis, Registration};
use crate::session::subscription::Subscription;

pub fn registrations(view: &View<'_>, page: &mut Page) {
    page.heading(view.word("report.registrations"));
    if view.analysis.facts.registrations.is_empty() {
        page.line(0, view.word("report.no_registrations"));
    }
    for registration in &view.analysis.facts.registrations {
        one(view, page, registration);
    }
}

fn one(view: &View<'_>, page: &mut Page, registration: &Registration) {
    let outlet = &view.options.outlet;
    let values = [
        ("aor", outlet.private(&registration.aor)),
        ("registrar", outlet.private(&registration.registrar)),
        ("state", view.named("word", registration.state.word()).into()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_ref())).collect();
    page.line(0, &view.fill("report.registration", &values));
    let hops: Vec<_> = registration.next_hops.iter().map(|h| outlet.private(h)).collect();
    page.pair(2, view.word("report.next_hop"), &hops.join(", "));
    for binding in &registration.bindings {
        let ours = view.word(if binding.ours { "report.binding_ours" } else { "report.binding_other" });
        let left = binding.expires_s.map(|s| format!(", {s} s")).unwrap_or_default();
        page.pair(2, view.word("report.binding"), &format!("{}{left}, {ours}", outlet.private(&binding.contact)));
    }
    if let Some(nat) = &registration.nat {
        let changes = nat.changes.to_string();
        let values =
            [("sent_by", &*outlet.private(&nat.sent_by)), ("seen_as", &*outlet.private(&nat.seen_as)), ("changes", &changes)];
        let key = if nat.changes == 0 { "report.nat_text" } else { "report.nat_changed" };
        page.pair(2, view.word("report.nat"), &view.fill(key, &values));
    }
    attempts(view, page, &registration.attempts);
}

/// The attempts as rows. Refreshes that were answered 2xx, with the challenge before them, are routine: counted in one line.
fn attempts(view: &View<'_>, page: &mut Page, attempts: &[Attempt]) {
    let mut rows = Vec::new();
    let mut routine: Vec<&Attempt> = Vec::new();
    for (at, attempt) in attempts.iter().enumerate() {
        let next = attempts.get(at + 1);
        if is_routine(attempt) || (is_challenge(attempt) && next.is_some_and(is_routine)) {
            routine.push(attempt);
        } else {
            flush(view, &mut rows, &mut routine);
            rows.push(row(view, attempt));
        }
    }
    flush(view, &mut rows, &mut routine);
    page.table(2, &rows);
}

fn is_routine(attempt: &Attempt) -> bool {
    attempt.kind == AttemptKind::Refresh && attempt.sends == 1 && attempt.status.is_some_and(|s| (200..300).contains(&s))
}

fn is_challenge(attempt: &Attempt) -> bool {
    attempt.kind == AttemptKind::Refresh && attempt.sends == 1 && matches!(attempt.status, Some(401 | 407)) && !attempt.authorised
}

/// Few routine attempts are listed as they are; many become one row.
fn flush(view: &View<'_>, rows: &mut Vec<Vec<String>>, routine: &mut Vec<&Attempt>) {
    let refreshed = routine.iter().filter(|a| is_routine(a)).count();
    if refreshed <= 2 {
        rows.extend(routine.iter().map(|a| row(view, a)));
    } else if let (Some(first), Some(last)) = (routine.first(), routine.last()) {
        let count = grouped(refreshed as u64);
        let text = view.fill("report.routine", &[("count", &count), ("last", &view.time(last.at))]);
        let places = format!("{} – {}", view.message_place(first.request), view.message_place(last.request));
        rows.push(vec![view.time(first.at), text, places]);
    }
    routine.clear();
}

fn row(view: &View<'_>, attempt: &Attempt) -> Vec<String> {
    let outlet = &view.options.outlet;
    let mut result = match (attempt.status, attempt.reason.as_deref()) {
        (Some(status), Some(reason)) => format!("{status} {}", outlet.log(reason)),
        (Some(status), None) => status.to_string(),
        (None, _) => view.word("report.no_answer").to_owned(),
    };
    if let Some(us) = attempt.duration_us {
        result.push_str(&format!(", {}", duration(us)));
    }
    let mut more = Vec::new();
    if attempt.authorised {
        more.push(view.word("report.with_credentials").to_owned());
    }
    match (attempt.expires_s, attempt.expires_basis) {
        (Some(s), Some(ExpiresBasis::Granted)) => more.push(view.fill("report.granted", &[("seconds", &s.to_string())])),
        (Some(s), _) => more.push(view.fill("report.asked", &[("seconds", &s.to_string())])),
        (None, _) => {}
    }
    if let Some(s) = attempt.retry_after_s {
        more.push(view.fill("report.retry_after", &[("seconds", &s.to_string())]));
    }
    if attempt.sends > 1 {
        more.push(view.fill("report.sends", &[("count", &attempt.sends.to_string())]));
    }
    let kind = view.named("word", attempt.kind.word());
    let places = view.message_places(std::iter::once(attempt.request).chain(attempt.answer));
    vec![view.time(attempt.at), kind, result, more.join(", "), places]
}

pub fn keepalives(view: &View<'_>, page: &mut Page) {
    page.heading(view.word("report.keepalives"));
    if view.analysis.facts.keepalives.is_empty() {
        page.line(0, view.word("report.no_keepalives"));
    }
    for keepalive in &view.analysis.facts.keepalives {
        one_keepalive(view, page, keepalive);
    }
}

fn one_keepalive(view: &View<'_>, page: &mut Page, keepalive: &KeepAlive) {
    let answered = keepalive.pings.iter().filter(|p| p.answered).count();
    let seconds = |s: Option<f64>| s.map_or_else(|| view.word("report.none").to_owned(), |s| format!("{s:.1} s"));
    let values = [
        ("kind", view.named("keepalive", keepalive.kind.word())),
        ("from", view.named("side", keepalive.from.word())),
        ("peer", view.options.outlet.private(&keepalive.peer).into_owned()),
        ("state", view.named("word", keepalive.state.word())),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    page.line(0, &view.fill("report.keepalive", &values));
    let values = [
        ("pings", grouped(keepalive.pings.len() as u64)),
        ("answered", grouped(answered as u64)),
        ("interval", seconds(keepalive.interval_s)),
        ("gap", seconds(keepalive.longest_gap_s)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    page.line(2, &view.fill("report.keepalive_counts", &values));
    if let (Some(first), Some(last)) = (keepalive.pings.first(), keepalive.pings.last()) {
        let places = format!("{} – {}", view.place(first.source), view.place(last.source));
        page.line(2, &format!("{}  {places}", view.span(first.at, last.at)));
    }
    let lost: Vec<_> = keepalive.pings.iter().filter(|p| !p.answered).collect();
    if let (Some(first), true) = (lost.first(), answered > 0) {
        let values = [("time", view.time(first.at)), ("place", view.place(first.source))];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        page.line(2, &view.fill("report.keepalive_lost", &values));
    }
}

pub fn subscriptions(view: &View<'_>, page: &mut Page) {
    if view.analysis.facts.subscriptions.is_empty() {
        return;
    }
    page.heading(view.word("report.subscriptions"));
    for subscription in &view.analysis.facts.subscriptions {
        one_subscription(view, page, subscription);
    }
}

fn one_subscription(view: &View<'_>, page: &mut Page, subscription: &Subscription) {
    let outlet = &view.options.outlet;
    let notifies = subscription.notifies.len().to_string();
    let values = [
        ("event", &*outlet.log(&subscription.event)),
        ("state", &view.named("word", subscription.state.word())),
        ("notifies", &notifies),
    ];
    page.line(0, &view.fill("report.subscription", &values));
    if let Some(last) = &subscription.last {
        page.pair(2, view.word("report.last_notify"), &outlet.text(last));
    }
    if let Some(reason) = &subscription.reason {
        page.pair(2, view.word("report.reason"), &outlet.log(reason));
    }
    attempts(view, page, &subscription.attempts);
}

pub fn counts(view: &View<'_>, page: &mut Page) {
    let counts = Counts::of(&view.analysis.facts.messages);
    page.heading(view.word("report.sip"));
    if counts.messages == 0 {
        page.line(0, view.word("report.no_sip"));
        return;
    }
    let values = [
        ("messages", grouped(counts.messages)),
        ("malformed", grouped(counts.malformed)),
        ("unknown", grouped(counts.direction_unknown)),
        ("retransmissions", grouped(counts.retransmissions)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    page.line(0, &view.fill("report.sip_counts", &values));
    for (key, map) in [
        ("report.requests_sent", &counts.requests_sent),
        ("report.responses_received", &counts.responses_received),
        ("report.requests_received", &counts.requests_received),
        ("report.responses_sent", &counts.responses_sent),
    ] {
        let list: Vec<String> = map.iter().map(|(what, count)| format!("{what} {}", grouped(*count))).collect();
        page.pair(2, view.word(key), &list.join(", "));
    }
}

/// Every message as one row.
pub fn messages(view: &View<'_>, page: &mut Page) {
    page.heading(view.word("report.messages"));
    let rows: Vec<Vec<String>> = view
        .analysis
        .facts
        .messages
        .iter()
        .map(|m| {
            let direction = view.named("word", m.seen.direction.word());
            let start = view.options.outlet.log(shared::start_line(m)).into_owned();
            vec![view.time(m.seen.at), direction, start, view.place(m.source)]
        })
        .collect();
    page.table(0, &rows);
}

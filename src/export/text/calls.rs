//! Calls of the text report: parties, outcome, times, codecs, holds, features. In: facts. Out: lines.

use super::page::Page;
use super::{View, duration};
use crate::base::LogTime;
use crate::session::call::{Call, CallEvent, Hold};
use crate::session::media::{MediaOutcome, MediaSegment};

pub fn calls(view: &View<'_>, page: &mut Page) {
    page.heading(view.word("report.calls"));
    if view.analysis.facts.calls.is_empty() {
        page.line(0, view.word("report.no_calls"));
    }
    for (number, call) in view.analysis.facts.calls.iter().enumerate() {
        if number > 0 {
            page.gap();
        }
        one(view, page, call);
    }
}

fn one(view: &View<'_>, page: &mut Page, call: &Call) {
    let outlet = &view.options.outlet;
    let party = |p: &Option<crate::base::Private>| {
        p.as_ref().map_or_else(|| view.word("report.someone").to_owned(), |p| outlet.private(p).into_owned())
    };
    let values = [
        ("id", call.id.number().to_string()),
        ("direction", view.named("word", call.direction.word())),
        ("state", view.named("word", call.state.word())),
        ("from", party(&call.from)),
        ("to", party(&call.to)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    page.line(0, &view.fill("report.call", &values));
    page.pair(2, view.word("report.where"), &view.message_places(call.messages.first().copied()));
    page.pair(2, view.word("report.times"), &times(view, call));
    page.pair(2, view.word("report.ended_by"), &ended(view, call));
    let finals: Vec<String> = call
        .invite_finals
        .iter()
        .map(|f| f.map_or_else(|| view.word("report.no_answer").to_owned(), |status| status.to_string()))
        .collect();
    page.pair(2, view.word("report.finals"), &finals.join(", "));
    if let Some((who, how)) = &call.final_from {
        let who = view.named("final_from", who);
        page.pair(2, view.word("report.final_from"), &format!("{who} ({})", outlet.log(how)));
    }
    if let Some(identity) = &call.identity {
        page.pair(2, view.word("report.identity"), &outlet.private(identity));
    }
    let diverted: Vec<_> = call.diversion.iter().map(|d| outlet.private(d)).collect();
    page.pair(2, view.word("report.diversion"), &diverted.join(", "));
    for related in &call.related {
        let values = [("call", related.call.number().to_string()), ("kind", view.named("word", related.kind.word()))];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let text = format!("{}  {}", view.fill("report.related_text", &values), view.places(&related.evidence));
        page.pair(2, view.word("report.related"), &text);
    }
    if call.early_dialogs > 1 {
        page.pair(2, view.word("report.early_dialogs"), &call.early_dialogs.to_string());
    }
    if call.retransmissions > 0 {
        page.pair(2, view.word("report.retransmissions"), &call.retransmissions.to_string());
    }
    let ids: Vec<_> = call.call_ids.iter().map(|id| outlet.private(id)).collect();
    page.pair(2, view.word("report.call_ids"), &ids.join(", "));
    section(page, view.word("report.media"), call.media.iter().map(|m| media(view, m)).collect());
    section(page, view.word("report.holds"), call.holds.iter().map(|h| hold(view, h)).collect());
    section(page, view.word("report.events"), call.events.iter().map(|e| event(view, e)).collect());
}

fn section(page: &mut Page, title: &str, rows: Vec<Vec<String>>) {
    if !rows.is_empty() {
        page.line(2, title);
        page.table(4, &rows);
    }
}

/// `started 08:41:06.574, ringing +120 ms, answered +2.39 s, ended +1:19.3 min, set up in 2.39 s, talked 1:16.9 min`
fn times(view: &View<'_>, call: &Call) -> String {
    let mut parts = Vec::new();
    if let Some(started) = call.started {
        parts.push(view.fill("report.started", &[("time", &view.time(Some(started)))]));
    }
    let mut after = |key: &str, at: Option<LogTime>| {
        if let Some(at) = at {
            let time = match call.started {
                Some(started) => format!("+{}", duration(at.since_us(started))),
                None => view.time(Some(at)),
            };
            parts.push(view.fill(key, &[("time", &time)]));
        }
    };
    after("report.ringing", call.ringing);
    after("report.answered", call.answered);
    after("report.ended", call.ended);
    if let Some(us) = call.setup_us {
        parts.push(view.fill("report.setup", &[("time", &duration(us))]));
    }
    if let Some(us) = call.talk_us {
        parts.push(view.fill("report.talk", &[("time", &duration(us))]));
    }
    parts.join(", ")
}

fn ended(view: &View<'_>, call: &Call) -> String {
    let outlet = &view.options.outlet;
    let mut parts: Vec<String> = call.ended_by.map(|side| view.named("side", side.word())).into_iter().collect();
    parts.extend(call.reason.as_deref().map(|r| outlet.log(r).into_owned()));
    if let Some(reason) = &call.released_by_reason {
        let cause = reason.cause.map(|c| format!(" {c}")).unwrap_or_default();
        let text = reason.text.as_deref().map(|t| format!(" {}", outlet.log(t))).unwrap_or_default();
        parts.push(format!("{}{cause}{text}", outlet.log(&reason.protocol)));
    }
    parts.join(", ")
}

/// Time, kind, cause, what came of it, the client's direction, transport, place.
fn media(view: &View<'_>, media: &MediaSegment) -> Vec<String> {
    let outlet = &view.options.outlet;
    let what = match (media.outcome, &media.codec) {
        (MediaOutcome::Agreed, Some(codec)) => outlet.log(codec).into_owned(),
        _ => outlet.text(&media.sentence()),
    };
    let mut more = Vec::new();
    if media.early {
        more.push(view.word("report.early").to_owned());
    }
    if media.secure {
        more.push(view.word("report.secure").to_owned());
    }
    if media.may_switch {
        more.push(view.word("report.may_switch").to_owned());
    }
    let offered_by = view.fill("report.offered_by", &[("side", &view.named("side", media.offered_by.word()))]);
    more.insert(0, offered_by);
    vec![
        view.time(media.at),
        outlet.log(&media.kind).into_owned(),
        view.named("cause", media.cause.word()),
        what,
        media.flow.word().to_owned(),
        more.join(", "),
        view.message_places(std::iter::once(media.offer).chain(media.answer)),
    ]
}

fn hold(view: &View<'_>, hold: &Hold) -> Vec<String> {
    let until = match hold.to {
        Some(_) => view.time(hold.to),
        None => view.word("report.hold_open").to_owned(),
    };
    let length = match (hold.from, hold.to) {
        (Some(from), Some(to)) => duration(to.since_us(from)),
        _ => String::new(),
    };
    let by = view.fill("report.hold_by", &[("side", &view.named("side", hold.by.word()))]);
    let asked = view.fill("report.hold_asked", &[("side", &view.named("side", hold.requested_by.word()))]);
    let places = view.message_places(std::iter::once(hold.message).chain(hold.lifted));
    vec![view.time(hold.from), until, length, format!("{by}, {asked}"), places]
}

fn event(view: &View<'_>, event: &CallEvent) -> Vec<String> {
    let mut what = view.named("event", event.kind);
    if let Some(result) = event.result {
        what = format!("{what}, {}", view.named("word", result.word()));
    }
    if let Some(status) = event.status {
        what = format!("{what} ({status})");
    }
    let text = view.options.outlet.text(&event.text);
    vec![
        view.time(event.at),
        view.named("side", event.by.word()),
        what,
        text,
        view.message_places(event.messages.iter().copied()),
    ]
}

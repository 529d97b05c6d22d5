//! The checklist and what to ask the server team, as JSON. In: an [`crate::analyse::Analysis`]. Out: values.

use serde_json::{Value, json};

use super::{View, ms, time};
use crate::base::words::Words;
use crate::export::ask;
use crate::findings::ask::{About, Ask};
use crate::findings::case::{Found, Item, Value as CaseValue};

/// The checklist: always all items.
pub fn checklist(view: &View<'_>) -> Value {
    Value::Array(view.analysis.case.items.iter().map(|item| one(view, item)).collect())
}

fn one(view: &View<'_>, item: &Item) -> Value {
    json!({
        "id": item.id.word(),
        "state": item.state.word(),
        "found": item.found.iter().map(|f| found(view, f)).collect::<Vec<_>>(),
        "more": item.more,
        "masked": view.evidence(&item.masked),
    })
}

fn found(view: &View<'_>, found: &Found) -> Value {
    let (kind, value) = match &found.value {
        CaseValue::Identifier(kind, value) => (kind.word(), view.private(value)),
        CaseValue::Time(at) => ("time", time(Some(*at))),
        CaseValue::Client(platform, version) => {
            return json!({
                "kind": "client",
                "platform": platform.map(|p| p.word()),
                "version": view.log(version.as_deref()),
                "basis": "seen",
                "evidence": view.evidence(&found.evidence),
            });
        }
        CaseValue::Member(member) => ("member", view.member(*member)),
    };
    let basis = if found.inferred { "inferred" } else { "seen" };
    json!({"kind": kind, "value": value, "basis": basis, "evidence": view.evidence(&found.evidence)})
}

/// One for each call, registration and start-up stage that failed.
pub fn asks(view: &View<'_>) -> Value {
    let all = ask::with(view.analysis, |asker| asker.all());
    Value::Array(all.iter().map(|ask| one_ask(view, ask)).collect())
}

fn one_ask(view: &View<'_>, ask: &Ask) -> Value {
    let (call, registration, stage, session) = match ask.about {
        About::Call(id) => (Some(id.0), None, None, None),
        About::Registration(place) => (None, Some(place), None, None),
        About::Stage(run, stage) => (None, None, Some(stage.word()), Some(run.0)),
    };
    let server_at = ask.at.zip(ask.clock).map(|(at, clock)| at.plus_us(-clock.offset_us));
    json!({
        "call": call,
        "registration": registration,
        "stage": stage,
        "session": session,
        "at": time(ask.at),
        "duration_ms": ms(ask.took_us),
        "zone": ask.zone.map(|z| z.text()),
        "zone_basis": ask.zone.map(|z| z.basis.word()),
        "server_at": time(server_at),
        "server_zone": ask.clock.and_then(|c| c.zone_s).map(|offset_s| {
            crate::base::Zone { offset_s, basis: crate::base::ZoneBasis::PeerTag }.text()
        }),
        "offset_ms": ms(ask.clock.map(|c| c.offset_us)),
        "aor": view.maybe(ask.aor.as_ref()),
        "from": view.maybe(ask.parties.as_ref().and_then(|p| p.0.as_ref())),
        "to": view.maybe(ask.parties.as_ref().and_then(|p| p.1.as_ref())),
        "contact": view.maybe(ask.contact.as_ref()),
        "next_hop": view.maybe(ask.next_hop.as_ref()),
        "call_ids": view.list(&ask.call_ids),
        "call_ids_more": ask.more_call_ids,
        "correlation": view.maybe(ask.correlation.as_ref()),
        "server_tag": view.maybe(ask.server_tag.as_ref()),
        "tracking_ids": view.list(&ask.tracking),
        "status": ask.status.as_ref().map(|s| s.0),
        "reason": view.log(ask.status.as_ref().map(|s| s.1.as_str())),
        "logs": ask.logs,
        "evidence": view.evidence(&ask.evidence),
        "text": ask::block(view.analysis, ask.about, Words::current(), view.outlet),
    })
}

//! SIP outside calls: counts, registrations, keep-alives, subscriptions, and with `--messages` every message. In: facts. Out: JSON.

use serde_json::{Value, json};

use super::{View, ms, session_number, time};
use crate::base::{Private, PrivateKind};
use crate::session::LoggedMessage;
use crate::session::counts::Counts;
use crate::session::event_body::Feature;
use crate::session::features::FeatureChange;
use crate::session::keepalive::{KeepAlive, Outage};
use crate::session::registration::{Attempt, ExpiresBasis, Registration, RegistrationEvent};
use crate::session::subscription::Subscription;

pub fn counts(view: &View<'_>) -> Value {
    let counts = Counts::of(&view.analysis.facts.messages);
    json!({
        "messages": counts.messages,
        "malformed": counts.malformed,
        "direction_unknown": counts.direction_unknown,
        "requests_sent": counts.requests_sent,
        "requests_received": counts.requests_received,
        "responses_sent": counts.responses_sent,
        "responses_received": counts.responses_received,
        "retransmissions": counts.retransmissions,
    })
}

pub fn registration(view: &View<'_>, registration: &Registration) -> Value {
    let latest = registration.attempts.last().map(|a| &a.call_id).or(registration.call_ids.last());
    let bindings = registration
        .bindings
        .iter()
        .map(|b| json!({"contact": view.private(&b.contact), "ours": b.ours, "expires_s": b.expires_s}));
    let nat = registration
        .nat
        .as_ref()
        .map(|n| json!({"sent_by": view.private(&n.sent_by), "seen_as": view.private(&n.seen_as), "changes": n.changes}));
    json!({
        "session": session_number(registration.run),
        "aor": view.private(&registration.aor),
        "registrar": view.private(&registration.registrar),
        "call_id": view.maybe(latest),
        "call_ids": view.list(&registration.call_ids),
        "next_hops": view.list(&registration.next_hops),
        "instance": view.maybe(registration.instance.as_ref()),
        "reg_id": registration.reg_id,
        "bindings": bindings.collect::<Vec<_>>(),
        "nat": nat,
        "state": registration.state.word(),
        "first": time(registration.first),
        "last": time(registration.last),
        "expires_s": registration.expires_s,
        "attempts": registration.attempts.iter().map(|a| attempt(view, a)).collect::<Vec<_>>(),
        "flow_timer_s": registration.flow_timer_s,
        "refresh": registration
            .rhythm
            .map(|r| json!({"median_s": r.median_s, "shortest_s": r.shortest_s, "longest_s": r.longest_s})),
        "events": registration.events.iter().map(|e| event(view, e)).collect::<Vec<_>>(),
    })
}

fn event(view: &View<'_>, event: &RegistrationEvent) -> Value {
    json!({
        "at": time(event.at),
        "kind": event.kind,
        "text": view.text(&event.text),
        "evidence": view.messages(&event.messages),
    })
}

fn attempt(view: &View<'_>, attempt: &Attempt) -> Value {
    let basis = attempt.expires_basis.map(|b| match b {
        ExpiresBasis::Granted => "granted",
        ExpiresBasis::Asked => "asked",
    });
    json!({
        "at": time(attempt.at),
        "call_id": view.private(&attempt.call_id),
        "cseq": attempt.cseq,
        "remote": view.maybe(attempt.remote.as_ref()),
        "status": attempt.status,
        "reason": view.log(attempt.reason.as_deref()),
        "retry_after_s": attempt.retry_after_s,
        "expires_s": attempt.expires_s,
        "expires_basis": basis,
        "authorised": attempt.authorised,
        "sends": attempt.sends,
        "duration_ms": ms(attempt.duration_us),
        "kind": attempt.kind.word(),
        "min_expires_s": attempt.min_expires_s,
        "final_from": attempt.final_from.as_ref().map(|(who, _)| *who),
        "final_from_basis": attempt.final_from.as_ref().map(|(_, mark)| mark.as_str()),
        "evidence": view.messages(&attempt_messages(attempt)),
    })
}

fn attempt_messages(attempt: &Attempt) -> Vec<crate::session::MessageId> {
    std::iter::once(attempt.request).chain(attempt.answer).collect()
}

pub fn keepalive(view: &View<'_>, keepalive: &KeepAlive) -> Value {
    let answered = keepalive.pings.iter().filter(|p| p.answered).count();
    json!({
        "session": session_number(keepalive.run),
        "kind": keepalive.kind.word(),
        "from": keepalive.from.word(),
        "peer": view.private(&keepalive.peer),
        "pings": keepalive.pings.len(),
        "answered": answered,
        "unanswered": keepalive.pings.len() - answered,
        "interval_s": keepalive.interval_s,
        "longest_gap_s": keepalive.longest_gap_s,
        "first": time(keepalive.pings.first().and_then(|p| p.at)),
        "last": time(keepalive.pings.last().and_then(|p| p.at)),
        "state": keepalive.state.word(),
        "outages": keepalive.outages().iter().map(outage).collect::<Vec<_>>(),
        "gaps": keepalive.gaps().iter().map(|(from, to)| json!([time(Some(*from)), time(Some(*to))])).collect::<Vec<_>>(),
    })
}

fn outage(outage: &Outage) -> Value {
    json!({"from": time(outage.from), "to": time(outage.to), "pings": outage.pings})
}

pub fn subscription(view: &View<'_>, subscription: &Subscription) -> Value {
    json!({
        "session": session_number(subscription.run),
        "event": view.outlet.log(&subscription.event),
        "state": subscription.state.word(),
        "attempts": subscription.attempts.iter().map(|a| attempt(view, a)).collect::<Vec<_>>(),
        "notifies": subscription.notifies.len(),
        "last": subscription.last.as_ref().map(|t| view.outlet.text(t)),
        "reason": view.log(subscription.reason.as_deref()),
    })
}

/// What the network says of the user's features.
pub fn features(view: &View<'_>, change: &FeatureChange) -> Value {
    let one = |feature: &Feature| match feature {
        Feature::DoNotDisturb(on) => json!({"feature": "do-not-disturb", "on": on, "to": null}),
        Feature::Forwarding { on, to, .. } => {
            let to = to.as_ref().map(|to| Private::new(PrivateKind::Number, to.as_str()));
            json!({"feature": view.outlet.log(&feature.name()), "on": on, "to": view.maybe(to.as_ref())})
        }
    };
    json!({
        "session": session_number(change.run),
        "at": time(change.at),
        "features": change.features.iter().map(one).collect::<Vec<_>>(),
        "evidence": view.messages(&[change.message]),
    })
}

/// One SIP message. What the text does not give is `null`; its malformed places are in `problems`.
pub fn message(view: &View<'_>, logged: &LoggedMessage) -> Value {
    let message = &logged.seen.message;
    let via = message.top_via();
    json!({
        "at": time(logged.seen.at),
        "session": session_number(logged.run),
        "member": view.member(logged.source.member),
        "line": logged.source.line,
        "lines": logged.lines,
        "direction": logged.seen.direction.word(),
        "direction_basis": logged.direction_basis.map(|b| b.word()),
        "method": message.method().map(|m| m.as_str().to_owned()),
        "status": message.status(),
        "reason": view.log(message.status().map(|_| message.reason())),
        "request_uri": view.log(message.request_uri()),
        "call_id": view.log(message.call_id()),
        "cseq": message.cseq().map(|c| c.number),
        "from_tag": view.log(message.from().and_then(|f| f.tag())),
        "to_tag": view.log(message.to().and_then(|t| t.tag())),
        "branch": view.log(via.as_ref().and_then(|v| v.branch())),
        "sdp": message.sdp().is_some(),
        "body_bytes": message.body.len(),
        "sent_before": logged.sent_before,
        "problems": message.problems,
    })
}

//! Do not disturb and call forwarding of the user over time, as NOTIFYs of as-feature-event tell them. In: messages. Out:
//! [`FeatureChange`]s, and what is in force at a moment. Must not know calls.

use super::event_body::{self, Feature};
use super::traffic::Traffic;
use super::{Facts, MessageId, RunId};
use crate::base::LogTime;
use crate::sip::Method;
use crate::sip::transaction::Role;

/// What one NOTIFY says of the user's features.
#[derive(Clone, Debug)]
pub struct FeatureChange {
    /// The run.
    pub run: RunId,
    /// When.
    pub at: Option<LogTime>,
    /// The NOTIFY.
    pub message: MessageId,
    /// Each feature it names.
    pub features: Vec<Feature>,
}

/// All of them, in order.
pub fn changes(traffic: &Traffic<'_>) -> Vec<FeatureChange> {
    let notifies = traffic.transactions.list.iter().filter(|t| t.method == Method::Notify && t.role != Role::Client);
    let change = |t: &crate::sip::transaction::Transaction| {
        let request = t.request()?;
        let message = traffic.message(request)?;
        let package = message.header("Event")?.split(';').next()?.trim().to_ascii_lowercase();
        let features = if package == "as-feature-event" { event_body::features(message) } else { Vec::new() };
        let (run, at) = (RunId(t.scope), traffic.at(request));
        (!features.is_empty()).then_some(FeatureChange { run, at, message: MessageId(request), features })
    };
    notifies.filter_map(change).collect()
}

/// What keeps a call from ringing just before a message: do not disturb first, else forwarding that does not wait for anything; with the
/// NOTIFY that says so. Each feature counts by what was said of it last.
pub fn in_force(facts: &Facts, run: RunId, before: MessageId) -> Option<(MessageId, &Feature)> {
    let mut last: Vec<(MessageId, &Feature)> = Vec::new();
    for change in facts.features.iter().filter(|c| c.run == run && c.message < before) {
        for feature in &change.features {
            let name = feature.name();
            last.retain(|(_, known)| known.name() != name);
            last.push((change.message, feature));
        }
    }
    let stops = |feature: &Feature| match feature {
        Feature::DoNotDisturb(on) => *on,
        Feature::Forwarding { kind, on, .. } => *on && !matches!(kind.as_str(), "busy" | "no-answer" | "not-reachable"),
    };
    let mut stopping: Vec<(MessageId, &Feature)> = last.into_iter().filter(|(_, f)| stops(f)).collect();
    stopping.sort_by_key(|(_, f)| !matches!(f, Feature::DoNotDisturb(_)));
    stopping.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::script;

    #[test]
    fn each_feature_counts_by_what_was_said_of_it_last() {
        let notify =
            |n: u32, body: &str| format!("{n} < NOTIFY {n} z9hG4bK{n} a b | id=call-9 | Event: as-feature-event | body {body}\n");
        let dnd = |on: &str| format!("<DoNotDisturbEvent><doNotDisturbOn>{on}</doNotDisturbOn></DoNotDisturbEvent>");
        let forward = |kind: &str, on: &str| {
            format!(
                "<ForwardingEvent><forwardingType>{kind}</forwardingType><forwardStatus>{on}</forwardStatus></ForwardingEvent>"
            )
        };
        let now = |list: &[String]| {
            let facts = script::facts(&list.concat());
            in_force(&facts, RunId(0), MessageId(99)).map(|(id, f)| (id.0, f.name()))
        };
        let name = |n: u32, text: &str| Some((n, text.to_owned()));
        assert_eq!(now(&[notify(1, &dnd("true"))]), name(0, "do-not-disturb"));
        // Forwarding that is off says nothing of do not disturb.
        assert_eq!(now(&[notify(1, &dnd("true")), notify(2, &forward("forwardBusy", "false"))]), name(0, "do-not-disturb"));
        assert_eq!(now(&[notify(1, &dnd("true")), notify(2, &dnd("false"))]), None);
        assert_eq!(now(&[notify(1, &forward("forwardImmediate", "true"))]), name(0, "forwarding-always"));
        assert_eq!(now(&[notify(1, &forward("forwardNoAns", "true"))]), None);
    }
}

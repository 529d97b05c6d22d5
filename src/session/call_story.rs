//! Calls that belong together, told as one story: transfer, consultation, replacement, redirection, conference. In: calls with their links,
//! which are by evidence, never by time. Out: [`Story`]s of two calls or more. Must not know SIP.

use super::call::{Call, CallDirection, CallEvent};
use super::{CallId, Evidence, Facts, MessageId, RunId};
use crate::base::{LogTime, Segment, Text};

/// Steps of one story that are told.
const STEPS: usize = 200;

/// A step, by a call of the story.
#[derive(Clone, Debug)]
pub struct Step {
    /// When.
    pub at: Option<LogTime>,
    /// The call that shows it.
    pub call: CallId,
    /// In words.
    pub text: Text,
    /// The messages that show it.
    pub messages: Vec<MessageId>,
}

/// Calls linked by evidence.
#[derive(Clone, Debug)]
pub struct Story {
    /// The run.
    pub run: RunId,
    /// In order of their first message; two or more.
    pub calls: Vec<CallId>,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// The headers that link them.
    pub links: Vec<Evidence>,
}

/// Events that tell of more than one call.
const TOLD: [&str; 10] = [
    "transfer-blind",
    "transfer-attended",
    "transfer-result",
    "transfer-arrived",
    "replaced",
    "redirect",
    "conference",
    "pickup",
    "hold",
    "resume",
];

/// All stories, in order of their first call.
pub fn stories(facts: &Facts) -> Vec<Story> {
    let mut root: Vec<usize> = (0..facts.calls.len()).collect();
    for call in &facts.calls {
        for related in &call.related {
            let (a, b) = (find(&root, call.id.0 as usize), find(&root, related.call.0 as usize));
            if let Some(slot) = root.get_mut(a.max(b)) {
                *slot = a.min(b);
            }
        }
    }
    let mut groups: std::collections::BTreeMap<usize, Vec<&Call>> = std::collections::BTreeMap::new();
    for call in facts.calls.iter().filter(|c| !c.related.is_empty()) {
        groups.entry(find(&root, call.id.0 as usize)).or_default().push(call);
    }
    groups.into_values().filter(|calls| calls.len() > 1).map(|calls| story(&calls)).collect()
}

/// The first call of a chain; links point to earlier ones only, so this ends.
fn find(root: &[usize], mut place: usize) -> usize {
    while let Some(above) = root.get(place).copied().filter(|above| *above < place) {
        place = above;
    }
    place
}

fn story(calls: &[&Call]) -> Story {
    let mut steps: Vec<Step> = Vec::new();
    let mut links: Vec<Evidence> = Vec::new();
    for call in calls {
        steps.push(begun(call));
        steps.extend(call.events.iter().filter(|e| TOLD.contains(&e.kind)).map(|e| step(call, e)));
        for evidence in call.related.iter().flat_map(|r| &r.evidence) {
            if !links.contains(evidence) {
                links.push(evidence.clone());
            }
        }
    }
    steps.sort_by_key(|s| s.messages.first().copied());
    steps.truncate(STEPS);
    let run = calls.first().map_or(RunId(0), |c| c.run);
    Story { run, calls: calls.iter().map(|c| c.id).collect(), steps, links }
}

fn begun(call: &Call) -> Step {
    let party = |party: &Option<super::Party>| party.clone().map_or_else(|| Segment::Word("?".to_owned()), Segment::Private);
    let state = Segment::key(format!("word.{}", call.state.word()));
    let text = match call.direction {
        CallDirection::Incoming => Text::phrase("story.incoming", &[("who", party(&call.from)), ("state", state)]),
        _ => Text::phrase("story.outgoing", &[("who", party(&call.to)), ("state", state)]),
    };
    Step { at: call.started, call: call.id, text, messages: call.messages.first().copied().into_iter().collect() }
}

fn step(call: &Call, event: &CallEvent) -> Step {
    let mut parts = vec![Text::key(format!("event.{}", event.kind))];
    if !event.text.is_empty() {
        parts.push(event.text.clone());
    }
    if let Some(status) = event.status {
        parts.push(Text::word(status.to_string()));
    }
    Step { at: event.at, call: call.id, text: Text::join(parts, " "), messages: event.messages.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::script;
    use super::*;

    #[test]
    fn an_attended_transfer_is_one_story_and_a_later_call_is_not_of_it() {
        let script = "0 > INVITE 1 z9hG4bK1 a -
            10 < 200 INVITE 1 z9hG4bK1 a b
            11 > ACK 1 z9hG4bK2 a b
            2000 > INVITE 1 z9hG4bK3 c - | id=call-2
            2010 < 200 INVITE 1 z9hG4bK3 c d | id=call-2
            2011 > ACK 1 z9hG4bK4 c d | id=call-2
            3000 > REFER 2 z9hG4bK5 a b | Refer-To: <sip:carol@example.com?Replaces=call-2%3Bto-tag%3Dd%3Bfrom-tag%3Dc>
            3010 < 202 REFER 2 z9hG4bK5 a b
            3500 < NOTIFY 2 z9hG4bK7 b a | Event: refer | Content-Type: message/sipfrag | body SIP/2.0 200 OK
            3501 > 200 NOTIFY 2 z9hG4bK7 b a
            3600 > INVITE 1 z9hG4bK8 e - | id=call-3
            3610 < 486 INVITE 1 z9hG4bK8 e f | id=call-3";
        let facts = script::facts(script);
        let stories = stories(&facts);
        assert_eq!(stories.len(), 1);
        assert_eq!(stories[0].calls, [CallId(0), CallId(1)]);
        let keys: Vec<String> = stories[0].steps.iter().map(|s| format!("{} {:?}", s.call.0, s.text.0[0])).collect();
        let has = |n: usize, word: &str| assert!(keys[n].contains(word), "{keys:?}");
        assert_eq!(keys.len(), 4);
        has(0, "story.outgoing");
        has(1, "story.outgoing");
        has(2, "event.transfer-attended");
        has(3, "event.transfer-result");
        assert!(!stories[0].links.is_empty());
        // Without evidence two calls are two stories, that is none.
        assert!(super::stories(&script::facts(&script.replace("?Replaces=call-2%3Bto-tag%3Dd%3Bfrom-tag%3Dc", ""))).is_empty());
    }
}

//! Recorded SIP, given to the makers of facts without any log around it, against the truth that was computed from the packets.
//! In: `tests/fixtures/captured`. What disagrees is printed with its scenario and fact.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)] // helpers of tests stand outside #[test]

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use bundlescope::base::{LogTime, MemberId, SourceRef};
use bundlescope::bundle::Observer;
use bundlescope::session::call::Call;
use bundlescope::session::counts::Counts;
use bundlescope::session::keepalive::{KeepAlive, KeepAliveKind};
use bundlescope::session::media::{MediaOutcome, MediaSegment};
use bundlescope::session::subscription::Subscription;
use bundlescope::session::{DirectionBasis, Facts, LoggedMessage, RunId, assemble};
use bundlescope::sip::{Direction, Message, Observed};
use serde_json::{Map, Value, json};

/// Every recording: `scenario/stack`.
pub fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captured");
    let children = |dir: &Path| -> Vec<PathBuf> {
        let mut list: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
        list.sort();
        list
    };
    children(&root).iter().flat_map(|scenario| children(scenario)).filter(|f| f.join("facts.json").is_file()).collect()
}

/// The messages of one recording.
pub fn messages(folder: &Path) -> Vec<LoggedMessage> {
    let text = std::fs::read_to_string(folder.join("messages.jsonl")).unwrap();
    let logged = |(line, json): (usize, &str)| {
        let json: Value = serde_json::from_str(json).unwrap();
        let sent = json["direction"] == "sent";
        let (local, remote) = if sent { ("from", "to") } else { ("to", "from") };
        LoggedMessage {
            seen: Observed {
                message: Message::parse(json["raw"].as_str().unwrap().to_owned()).unwrap(),
                at: Some(LogTime(json["t_us"].as_i64().unwrap())),
                direction: if sent { Direction::Sent } else { Direction::Received },
                remote: Some(json[remote].as_str().unwrap().to_owned()),
                local: Some(json[local].as_str().unwrap().to_owned()),
            },
            direction_basis: Some(DirectionBasis::Marker),
            source: SourceRef { member: MemberId(0), line: line as u64 + 1, offset: 0, bytes: 0 },
            lines: 1,
            run: RunId(0),
            observer: Observer::Client,
            sent_before: 0,
        }
    };
    text.lines().enumerate().map(logged).collect()
}

/// Facts of one recording; its log ends with its last message.
pub fn facts_of(folder: &Path) -> Facts {
    assemble::facts(messages(folder), &[])
}

#[derive(Default)]
struct Check {
    held: usize,
    failed: Vec<String>,
}

impl Check {
    fn same<T: PartialEq + Debug>(&mut self, place: &str, what: &str, ours: T, truth: T) {
        if ours == truth {
            self.held += 1;
        } else {
            self.failed.push(format!("{place}: {what}: ours {ours:?}, truth {truth:?}"));
        }
    }
}

fn numbers(map: &Value) -> Vec<(String, u64)> {
    let empty = Map::new();
    let mut list: Vec<(String, u64)> =
        map.as_object().unwrap_or(&empty).iter().map(|(k, v)| (k.clone(), v.as_u64().unwrap())).collect();
    list.sort();
    list
}

fn check(folder: &Path, check: &mut Check) {
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("facts.json")).unwrap()).unwrap();
    let place = folder.iter().rev().take(2).map(|p| p.to_string_lossy()).collect::<Vec<_>>();
    let place = format!("{}/{}", place[1], place[0]);
    let facts = facts_of(folder);
    let counts = Counts::of(&facts.messages);
    for (name, ours) in [
        ("requests_sent", &counts.requests_sent),
        ("requests_received", &counts.requests_received),
        ("responses_sent", &counts.responses_sent),
        ("responses_received", &counts.responses_received),
    ] {
        check.same(&place, name, ours.iter().map(|(k, v)| (k.clone(), *v)).collect(), numbers(&truth[name]));
    }
    check.same(&place, "retransmissions", counts.retransmissions, truth["retransmissions"].as_u64().unwrap());
    registrations(&place, &facts, &truth, check);
    calls(&place, &facts, &truth, check);
    keepalives(&place, &facts, &truth, check);
    subscriptions(&place, &facts, &truth, check);
}

fn keepalives(place: &str, facts: &Facts, truth: &Value, check: &mut Check) {
    let line = |k: &KeepAlive| {
        let answered = k.pings.iter().filter(|p| p.answered).count();
        json!([k.from.word(), k.pings.len(), answered, k.pings.len() - answered, k.state.word()])
    };
    let options = facts.keepalives.iter().filter(|k| k.kind == KeepAliveKind::Options);
    let mut ours: Vec<String> = options.map(|k| line(k).to_string()).collect();
    let keys = ["from", "pings", "answered", "unanswered", "state"];
    let mut theirs: Vec<String> =
        truth["keepalives"].as_array().unwrap().iter().map(|k| json!(keys.map(|n| k[n].clone())).to_string()).collect();
    ours.sort();
    theirs.sort();
    check.same(place, "keepalives", ours, theirs);
}

fn subscriptions(place: &str, facts: &Facts, truth: &Value, check: &mut Check) {
    let finals = |s: &Subscription| s.attempts.iter().map(|a| a.status.map_or(Value::Null, Value::from)).collect::<Vec<_>>();
    let asked = facts.subscriptions.iter().filter(|s| !s.attempts.is_empty());
    let ours: Vec<Value> = asked.map(|s| json!([s.event, finals(s), s.notifies.len()])).collect();
    let list = truth["subscriptions"].as_array().unwrap();
    let theirs: Vec<Value> = list.iter().map(|s| json!([s["event"], s["finals"], s["notifies"]])).collect();
    check.same(place, "subscriptions", ours, theirs);
}

fn registrations(place: &str, facts: &Facts, truth: &Value, check: &mut Check) {
    let mut attempts: Vec<_> = facts.registrations.iter().flat_map(|r| &r.attempts).collect();
    attempts.sort_by_key(|a| a.request);
    let finals: Vec<Value> = attempts.iter().map(|a| a.status.map_or(Value::Null, Value::from)).collect();
    check.same(place, "register_finals", Value::from(finals), truth["register_finals"].clone());
    let sends: Vec<u32> = attempts.iter().map(|a| a.sends).collect();
    check.same(place, "register_sends", Value::from(sends), truth["register_sends"].clone());
    let authorised: Vec<bool> = attempts.iter().map(|a| a.authorised).collect();
    check.same(place, "register_authorised", Value::from(authorised), truth["register_authorised"].clone());
}

fn time(at: Option<LogTime>) -> Value {
    at.map_or(Value::Null, |t| Value::from(t.0))
}

fn seconds(us: Option<i64>, unit: f64) -> Option<i64> {
    us.map(|us| (us as f64 / unit * 1000.0).round() as i64)
}

fn calls(place: &str, facts: &Facts, truth: &Value, check: &mut Check) {
    let list = truth["calls"].as_array().unwrap();
    check.same(place, "calls", facts.calls.len(), list.len());
    for (call, truth) in facts.calls.iter().zip(list) {
        let place = format!("{place} call {}", call.id.0);
        let ids: Vec<&str> = call.call_ids.iter().map(|c| c.original()).collect();
        check.same(&place, "call_ids", Value::from(ids), truth["call_ids"].clone());
        check.same(&place, "direction", Value::from(call.direction.word()), truth["direction"].clone());
        check.same(&place, "state", Value::from(call.state.word()), truth["state"].clone());
        check.same(&place, "ended_by", call.ended_by.map_or(Value::Null, |s| Value::from(s.word())), truth["ended_by"].clone());
        let finals: Vec<Value> = call.invite_finals.iter().map(|f| f.map_or(Value::Null, Value::from)).collect();
        check.same(&place, "invite_finals", Value::from(finals), truth["invite_finals"].clone());
        check.same(&place, "early_dialogs", Value::from(call.early_dialogs), truth["early_dialogs"].clone());
        check.same(&place, "retransmissions", Value::from(call.retransmissions), truth["retransmissions"].clone());
        let setup = truth["setup_ms"].as_f64().map(|ms| (ms * 1000.0).round() as i64);
        check.same(&place, "setup_ms", seconds(call.setup_us, 1000.0), setup);
        let talk = truth["talk_s"].as_f64().map(|s| (s * 1000.0).round() as i64);
        check.same(&place, "talk_s", seconds(call.talk_us, 1e6), talk);
        let holds: Vec<Value> =
            call.holds.iter().map(|h| json!([time(h.from), time(h.to), h.by.word(), h.requested_by.word()])).collect();
        let truth_holds: Vec<Value> = truth["holds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|h| json!([h["from_us"], h["to_us"], h["by"], h["requested_by"]]))
            .collect();
        check.same(&place, "holds", Value::from(holds), Value::from(truth_holds));
        media(&place, facts, call, truth, check);
        events(&place, call, truth, check);
    }
}

fn media(place: &str, facts: &Facts, call: &Call, truth: &Value, check: &mut Check) {
    let list = truth["media"].as_array().unwrap();
    // Choices of the truth where the contract leaves room: an INVITE without any final makes no entry, and an offer that was
    // accepted without an answer neither.
    let refused = |m: &MediaSegment| {
        let answer = m.answer.and_then(|a| facts.message(a));
        answer.and_then(|a| a.seen.message.status()).is_some_and(|status| status >= 300)
    };
    let shown: Vec<_> = call.media.iter().filter(|m| m.outcome != MediaOutcome::Unanswered || refused(m)).collect();
    check.same(place, "media lines", shown.len(), list.len());
    for (ours, truth) in shown.iter().zip(list) {
        let agreed = ours.outcome == MediaOutcome::Agreed;
        let flow = if truth["direction"].is_null() || !agreed { Value::Null } else { Value::from(ours.flow.word()) };
        let theirs = if agreed { truth["direction"].clone() } else { Value::Null };
        check.same(
            place,
            "media line",
            json!([
                time(ours.at),
                ours.index,
                ours.kind,
                ours.cause.word(),
                ours.offered,
                ours.answered,
                ours.codec,
                ours.offered_by.word()
            ]),
            json!(["at_us", "index", "kind", "cause", "offered", "answered", "codec", "offered_by"].map(|k| truth[k].clone())),
        );
        check.same(
            place,
            "media outcome",
            json!([flow, ours.outcome.word(), ours.early]),
            json!([theirs, truth["outcome"], truth["early"]]),
        );
    }
}

/// Kinds that the truth has; `replaces` stands there on the new call, in the report `replaced` on the old one.
const KINDS: [&str; 10] = [
    "transfer-blind",
    "transfer-attended",
    "transfer-result",
    "redirect",
    "session-refresh",
    "reinvite-failed",
    "codec-change",
    "early-media",
    "ack-missing",
    "bye-unanswered",
];

fn events(place: &str, call: &Call, truth: &Value, check: &mut Check) {
    let ours: Vec<_> = call.events.iter().filter(|e| KINDS.contains(&e.kind)).collect();
    let theirs: Vec<_> =
        truth["events"].as_array().unwrap().iter().filter(|e| KINDS.contains(&e["kind"].as_str().unwrap())).collect();
    let line = |at: Value, kind: Value, by: Value| json!([at, kind, by]).to_string();
    let mut mine: Vec<String> = ours.iter().map(|e| line(time(e.at), e.kind.into(), e.by.word().into())).collect();
    let mut truths: Vec<String> = theirs.iter().map(|e| line(e["at_us"].clone(), e["kind"].clone(), e["by"].clone())).collect();
    mine.sort();
    truths.sort();
    check.same(place, "events", mine, truths);
    for ours in ours {
        let same = |e: &&&Value| e["at_us"] == time(ours.at) && e["kind"] == ours.kind;
        let Some(truth) = theirs.iter().find(same) else { continue };
        if truth.get("result").is_some() {
            check.same(place, ours.kind, ours.result.map_or(Value::Null, |r| r.word().into()), truth["result"].clone());
        }
        if truth.get("status").is_some() {
            check.same(place, ours.kind, ours.status.map_or(Value::Null, Value::from), truth["status"].clone());
        }
    }
}

#[test]
fn facts_of_recordings_are_those_of_the_packets() {
    let mut all = Check::default();
    let folders = folders();
    for folder in &folders {
        check(folder, &mut all);
    }
    println!("{} recordings, {} facts held, {} failed", folders.len(), all.held, all.failed.len());
    assert!(all.failed.is_empty(), "{}", all.failed.join("\n"));
    assert!(folders.len() > 100);
}

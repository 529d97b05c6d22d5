//! Recorded SIP, given to the makers of facts without any log around it, against the truth that was computed from the packets.
//! In: `tests/fixtures/captured`. What disagrees is printed with its scenario and fact.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)] // helpers of tests stand outside #[test]

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use bundlescope::base::{LogTime, MemberId, SourceRef};
use bundlescope::bundle::Observer;
use bundlescope::session::counts::Counts;
use bundlescope::session::{DirectionBasis, Facts, LoggedMessage, RunId, assemble};
use bundlescope::sip::{Direction, Message, Observed};
use serde_json::{Map, Value};

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

fn messages(folder: &Path) -> Vec<LoggedMessage> {
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

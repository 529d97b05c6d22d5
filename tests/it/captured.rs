//! Recorded SIP of real stacks, printed in every framing, read through the whole way from bytes to the JSON report, and held against
//! the truth that was computed from the packets. In: `tests/fixtures/captured`. One truth, one check: the report's own words.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)] // helpers of tests stand outside #[test]

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bundlescope::analyse::{Options, Progress, analyse};
use bundlescope::base::LogTime;
use bundlescope::bundle::Input;
use bundlescope::export::{self, Format};
use serde_json::{Value, json};

use super::captured_direct::folders;
use super::framing::{FRAMINGS, Framing, wires};

/// The report of a log that stands alone in a bundle.
fn report(log: Vec<u8>, zone_s: Option<i32>) -> Value {
    report_with(log, &Options { zone_s, ..Options::default() })
}

/// The same, with everything that can be told to the reader.
pub fn report_with(log: Vec<u8>, options: &Options) -> Value {
    let input = Input::Memory { name: "current_log.txt".into(), bytes: log.into() };
    let analyses = analyse(&[input], options, &Progress::new()).unwrap();
    serde_json::from_str(&export::render(&analyses, Format::Json, &export::Options::default())).unwrap()
}

pub fn facts(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("facts.json")).unwrap()).unwrap()
}

/// What was held against the truth.
#[derive(Default)]
pub struct Score {
    pub held: usize,
    pub failed: Vec<String>,
}

impl Score {
    fn equal(&mut self, what: &str, truth: &Value, ours: &Value) {
        self.holds(what, truth == ours, truth, ours);
    }

    fn holds(&mut self, what: &str, holds: bool, truth: &Value, ours: &Value) {
        if holds {
            self.held += 1;
        } else {
            self.failed.push(format!("{what}: {ours}, the packets say {truth}"));
        }
    }

    /// Within `tolerance_us`; both absent is equal.
    fn near(&mut self, what: &str, truth_us: Option<i64>, ours_us: Option<i64>, tolerance_us: i64) {
        let holds = match (truth_us, ours_us) {
            (Some(truth), Some(ours)) => (truth - ours).abs() <= tolerance_us,
            (truth, ours) => truth.is_none() && ours.is_none(),
        };
        self.holds(what, holds, &json!(truth_us), &json!(ours_us));
    }
}

/// A time of the report in microseconds.
fn micros(time: &Value) -> Option<i64> {
    let text = time.as_str()?;
    let part = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap();
    let year = text[..4].parse().unwrap();
    LogTime::from_civil(year, part(5..7), part(8..10), part(11..13), part(14..16), part(17..19), part(20..26)).map(|t| t.0)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Lines of offers that were answered or refused for themselves; `unanswered` ones stand apart.
fn parted(media: &Value) -> (Vec<&Value>, Vec<&Value>) {
    list(media).iter().partition(|m| m["outcome"] != "unanswered")
}

/// How far the ends of a hold may lie from the message that completes its offer/answer.
pub const HOLD_US: i64 = 50_000;
/// How far durations may lie from the packets' where a framing prints their times to the millisecond.
const EXACT_US: i64 = 5_000;

/// Holds a report against the truth. `durations_us`: how far set-up and talk time may lie from it; `None`: the log has no times.
pub fn check(facts: &Value, report: &Value, durations_us: Option<i64>) -> Score {
    let mut score = Score::default();
    for count in ["requests_sent", "requests_received", "responses_sent", "responses_received", "retransmissions"] {
        score.equal(count, &facts[count], &report["sip"][count]);
    }
    score.equal("direction_unknown", &json!(0), &report["sip"]["direction_unknown"]);
    let mut attempts: Vec<&Value> = list(&report["registrations"]).iter().flat_map(|r| list(&r["attempts"])).collect();
    if durations_us.is_some() {
        attempts.sort_by_key(|a| micros(&a["at"]));
    }
    let of_attempts = |key: &str| Value::Array(attempts.iter().map(|a| a[key].clone()).collect());
    score.equal("register_finals", &facts["register_finals"], &of_attempts("status"));
    score.equal("register_sends", &facts["register_sends"], &of_attempts("sends"));
    score.equal("register_authorised", &facts["register_authorised"], &of_attempts("authorised"));
    registrations(&mut score, facts, report, durations_us.is_some());
    keepalives(&mut score, facts, report, durations_us);
    subscriptions(&mut score, facts, report);
    let (truths, ours) = (list(&facts["calls"]), list(&report["calls"]));
    score.equal("calls", &json!(truths.len()), &json!(ours.len()));
    for (number, (truth, ours)) in truths.iter().zip(ours).enumerate() {
        call(&mut score, number, truth, ours, durations_us);
    }
    score
}

/// What each REGISTER was and how long it lasted, what stands at the end. Without times nothing tells whether a binding still stood.
fn registrations(score: &mut Score, facts: &Value, report: &Value, has_times: bool) {
    let (truths, ours) = (list(&facts["registrations"]), list(&report["registrations"]));
    score.equal("registrations", &json!(truths.len()), &json!(ours.len()));
    for (number, (truth, ours)) in truths.iter().zip(ours).enumerate() {
        let of_attempts = |key: &str| Value::Array(list(&ours["attempts"]).iter().map(|a| a[key].clone()).collect());
        score.equal(&format!("registration {number} expires"), &truth["expires"], &of_attempts("expires_s"));
        score.equal(&format!("registration {number} expires_s"), &truth["expires_s"], &ours["expires_s"]);
        let bindings = list(&ours["bindings"]).iter().map(|b| json!({"ours": b["ours"], "expires_s": b["expires_s"]}));
        score.equal(&format!("registration {number} bindings"), &truth["bindings"], &bindings.collect());
        score.equal(&format!("registration {number} nat changes"), &truth["nat_changes"], &ours["nat"]["changes"]);
        if has_times {
            score.equal(&format!("registration {number} kinds"), &truth["kinds"], &of_attempts("kind"));
            score.equal(&format!("registration {number} state"), &truth["state"], &ours["state"]);
        }
    }
}

fn keepalives(score: &mut Score, facts: &Value, report: &Value, durations_us: Option<i64>) {
    let by_side = |list: &[Value]| -> Vec<Value> {
        let mut own: Vec<Value> = list.iter().filter(|k| k["kind"] == "options").cloned().collect();
        own.sort_by_key(|k| k["from"].to_string());
        own
    };
    let (truths, ours) = (by_side(list(&facts["keepalives"])), by_side(list(&report["keepalives"])));
    score.equal("keepalives", &json!(truths.len()), &json!(ours.len()));
    for (truth, ours) in truths.iter().zip(&ours) {
        for key in ["from", "pings", "answered", "unanswered", "state"] {
            score.equal(&format!("keepalive {key}"), &truth[key], &ours[key]);
        }
        let us = |value: &Value| value.as_f64().map(|v| (v * 1e6) as i64);
        if let Some(near) = durations_us {
            for key in ["interval_s", "longest_gap_s"] {
                score.near(&format!("keepalive {key}"), us(&truth[key]), us(&ours[key]), near);
            }
        }
    }
}

/// Subscriptions that this client asked for.
fn subscriptions(score: &mut Score, facts: &Value, report: &Value) {
    let asked = list(&report["subscriptions"]).iter().filter(|s| !list(&s["attempts"]).is_empty());
    let ours: Vec<&Value> = asked.collect();
    let truths = list(&facts["subscriptions"]);
    score.equal("subscriptions", &json!(truths.len()), &json!(ours.len()));
    for (truth, ours) in truths.iter().zip(ours) {
        let finals = list(&ours["attempts"]).iter().map(|a| a["status"].clone()).collect();
        score.equal("subscription finals", &truth["finals"], &finals);
        for key in ["event", "notifies", "state"] {
            score.equal(&format!("subscription {key}"), &truth[key], &ours[key]);
        }
    }
}

/// Events that the truth has; `replaces` stands there on the new call as well, in the report in `related`.
const EVENTS: [&str; 14] = [
    "transfer-blind",
    "transfer-attended",
    "transfer-result",
    "replaced",
    "redirect",
    "session-refresh",
    "reinvite-failed",
    "codec-change",
    "early-media",
    "ack-missing",
    "bye-unanswered",
    "authentication",
    "dtmf",
    "session-audit",
];

/// In the order of their kind and who did it and, within those, of the log.
fn events(call: &Value) -> Vec<&Value> {
    let mut own: Vec<&Value> = list(&call["events"]).iter().filter(|e| EVENTS.iter().any(|kind| e["kind"] == *kind)).collect();
    own.sort_by_key(|e| (e["kind"].as_str().unwrap().to_owned(), e["by"].to_string()));
    own
}

fn call_events(score: &mut Score, number: usize, truth: &Value, ours: &Value, durations_us: Option<i64>) {
    let (truths, ours) = (events(truth), events(ours));
    let kinds = |events: &[&Value]| events.iter().map(|e| json!([e["kind"], e["by"]])).collect::<Value>();
    score.equal(&format!("call {number} events"), &kinds(&truths), &kinds(&ours));
    for (truth, ours) in truths.iter().zip(ours) {
        let what = format!("call {number} {}", truth["kind"].as_str().unwrap());
        for key in ["result", "status"].into_iter().filter(|key| truth.get(*key).is_some()) {
            score.equal(&format!("{what} {key}"), &truth[key], &ours[key]);
        }
        if let Some(near) = durations_us {
            score.near(&format!("{what} at"), truth["at_us"].as_i64(), micros(&ours["at"]), near);
        }
    }
}

fn call(score: &mut Score, number: usize, truth: &Value, ours: &Value, durations_us: Option<i64>) {
    call_events(score, number, truth, ours, durations_us);
    let released = |reason: &Value| json!([reason["protocol"], reason["cause"]]);
    score.equal(
        &format!("call {number} released_by_reason"),
        &released(&truth["released_by_reason"]),
        &released(&ours["released_by_reason"]),
    );
    let mut related: Vec<Value> = list(&ours["related"]).iter().map(|r| json!([r["call"], r["kind"]])).collect();
    related.sort_by_key(ToString::to_string);
    score.equal(&format!("call {number} related"), &truth["related"], &Value::Array(related));
    if let Some(near) = durations_us {
        for key in ["started", "ringing", "answered", "ended"] {
            score.near(&format!("call {number} {key}"), truth[format!("{key}_us")].as_i64(), micros(&ours[key]), near);
        }
    }
    for key in ["direction", "state", "ended_by", "invite_finals", "early_dialogs", "retransmissions"] {
        score.equal(&format!("call {number} {key}"), &truth[key], &ours[key]);
    }
    let us = |value: &Value, unit_us: f64| value.as_f64().map(|v| (v * unit_us) as i64);
    if let Some(near) = durations_us {
        score.near(&format!("call {number} setup_ms"), us(&truth["setup_ms"], 1e3), us(&ours["setup_ms"], 1e3), near);
        score.near(&format!("call {number} talk_s"), us(&truth["talk_s"], 1e6), us(&ours["talk_s"], 1e6), near);
    }
    let (truths, holds) = (list(&truth["holds"]), list(&ours["holds"]));
    score.equal(&format!("call {number} holds"), &json!(truths.len()), &json!(holds.len()));
    for (truth, ours) in truths.iter().zip(holds) {
        score.equal(&format!("call {number} hold by"), &truth["by"], &ours["by"]);
        score.equal(&format!("call {number} hold requested_by"), &truth["requested_by"], &ours["requested_by"]);
        if durations_us.is_some() {
            score.near(&format!("call {number} hold from"), truth["from_us"].as_i64(), micros(&ours["from"]), HOLD_US);
            score.near(&format!("call {number} hold to"), truth["to_us"].as_i64(), micros(&ours["to"]), HOLD_US);
        }
    }
    let ((truths, refused), (media, unanswered)) = (parted(&truth["media"]), parted(&ours["media"]));
    // The truth leaves out the offers of INVITEs that no final answered; where each INVITE has one, nothing is left out.
    if !list(&truth["invite_finals"]).contains(&Value::Null) {
        let lines = |media: &[&Value]| {
            let keys = ["kind", "index", "cause", "offered", "codec", "offered_by", "early"];
            media.iter().map(|m| Value::Array(keys.map(|key| m[key].clone()).to_vec())).collect::<Value>()
        };
        score.equal(&format!("call {number} media unanswered"), &lines(&refused), &lines(&unanswered));
    }
    score.equal(&format!("call {number} media lines"), &json!(truths.len()), &json!(media.len()));
    for (truth, ours) in truths.iter().zip(media) {
        for key in ["kind", "index", "cause", "codec", "offered_by", "early", "outcome"] {
            score.equal(&format!("call {number} media {key}"), &truth[key], &ours[key]);
        }
        // On a refused line nothing flows: the truth has no direction for it, and the report's words have none for that.
        if !truth["direction"].is_null() {
            score.equal(&format!("call {number} media direction"), &truth["direction"], &ours["direction"]);
        }
    }
}

/// The framings that the work is judged by; every recording goes through all of these, and in turn through one more.
const NAMED: [&str; 10] = [
    "native, start line on the next line",
    "native, start line on the record's line",
    "native, no direction words",
    "native, reversed words",
    "escaped on one line",
    "head on every line, other threads between",
    "android in +05:45",
    "csf in +02:00",
    "masked users, reversed words",
    "no blank after the colon, no words",
];

/// Without a REGISTER nothing in a log tells which end of a call is this client: then only its words can, and reversed words mislead
/// every reader. Such a recording is no test of reversed words.
fn can_be_told(facts: &Value, framing: &Framing) -> bool {
    !framing.name.contains("reversed") || !list(&facts["register_finals"]).is_empty()
}

/// One recording in one framing; `None` where the framing leaves nothing to tell.
fn one(folder: &Path, framing: &Framing) -> Option<Score> {
    let mut facts = facts(folder);
    if framing.name.contains("masked users") {
        // The target of a REFER is masked there, and equal masks are no proof that a later INVITE goes to it.
        for call in facts["calls"].as_array_mut().unwrap() {
            call["related"].as_array_mut().unwrap().retain(|r| r[1] != "transfer-target");
        }
    }
    if !can_be_told(&facts, framing) {
        return None;
    }
    let log = (framing.write)(&wires(folder));
    let zone = (framing.zone_s != 0).then_some(framing.zone_s);
    let mut score = check(&facts, &report(log, zone), framing.has_times.then_some(EXACT_US));
    let name: Vec<_> = folder.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    for why in &mut score.failed {
        *why = format!("{}/{}, {}: {why}", name[1], name[0], framing.name);
    }
    Some(score)
}

/// Holds the facts of these pairs against the truth, on all cores; prints and demands the sum.
fn hold(pairs: &[(PathBuf, &Framing)]) {
    let next = AtomicUsize::new(0);
    let total = Mutex::new((Score::default(), 0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((folder, framing)) = pairs.get(next.fetch_add(1, Relaxed)) {
                    let Some(score) = one(folder, framing) else { continue };
                    let mut total = total.lock().unwrap();
                    total.0.held += score.held;
                    total.0.failed.extend(score.failed);
                    total.1 += 1;
                }
            });
        }
    });
    let (total, read) = total.into_inner().unwrap();
    println!("{} facts held over {} checked, {read} logs read", total.held, total.held + total.failed.len());
    assert!(total.failed.is_empty(), "{} facts differ:\n{}", total.failed.len(), total.failed.join("\n"));
}

fn framing(name: &str) -> &'static Framing {
    FRAMINGS.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("no framing is called {name}"))
}

#[test]
fn every_fact_of_every_recording_in_the_named_framings_and_one_more() {
    assert!(folders().len() >= 100, "recordings are missing");
    let mut pairs = Vec::new();
    for (number, folder) in folders().into_iter().enumerate() {
        pairs.extend(NAMED.iter().map(|name| (folder.clone(), framing(name))));
        let others: Vec<&Framing> = FRAMINGS.iter().filter(|f| !NAMED.contains(&f.name)).collect();
        pairs.push((folder, others[number % others.len()]));
    }
    hold(&pairs);
}

#[test]
#[ignore = "minutes: every recording in every framing; the ordinary run takes eleven of them for each"]
fn every_fact_of_every_recording_in_every_framing() {
    let pairs: Vec<(PathBuf, &Framing)> =
        folders().into_iter().flat_map(|f| FRAMINGS.iter().map(move |g| (f.clone(), g))).collect();
    hold(&pairs);
}

#[test]
fn each_fact_broken_on_purpose_is_caught() {
    broken(
        "hold-by-client/baresip",
        &[
            ("/requests_sent/INVITE", json!(5)),
            ("/requests_received", json!({"BYE": 1})),
            ("/responses_sent", json!({"200 BYE": 1})),
            ("/responses_received/180 INVITE", json!(2)),
            ("/retransmissions", json!(1)),
            ("/register_finals/1", json!(403)),
            ("/register_sends/0", json!(2)),
            ("/register_authorised/0", json!(true)),
            ("/calls", json!([])),
            ("/calls/0/direction", json!("incoming")),
            ("/calls/0/state", json!("busy")),
            ("/calls/0/ended_by", json!("peer")),
            ("/calls/0/invite_finals/0", json!(200)),
            ("/calls/0/early_dialogs", json!(2)),
            ("/calls/0/retransmissions", json!(1)),
            ("/calls/0/setup_ms", json!(1_700.0)),
            ("/calls/0/talk_s", json!(6.41)),
            ("/calls/0/holds", json!([])),
            ("/calls/0/holds/0/by", json!("peer")),
            ("/calls/0/holds/0/requested_by", json!("peer")),
            ("/calls/0/holds/0/from_us", json!(1_795_358_030_600_000_i64)),
            ("/calls/0/holds/0/to_us", json!(null)),
            ("/calls/0/media/0/codec", json!("PCMA/8000")),
            ("/calls/0/media/0/kind", json!("video")),
            ("/calls/0/media/0/index", json!(1)),
            ("/calls/0/media/0/cause", json!("update")),
            ("/calls/0/media/0/offered_by", json!("peer")),
            ("/calls/0/media/0/early", json!(true)),
            ("/calls/0/media/0/outcome", json!("rejected")),
            ("/calls/0/media/1/direction", json!("sendrecv")),
            ("/calls/0/media/2/outcome", json!("unanswered")),
            ("/calls/0/media", json!([])),
            ("/calls/0/started_us", json!(1_795_358_030_600_000_i64)),
            ("/calls/0/ringing_us", json!(null)),
            ("/calls/0/answered_us", json!(1_795_358_030_600_000_i64)),
            ("/calls/0/ended_us", json!(null)),
            ("/calls/0/related", json!([[1, "consultation"]])),
            ("/registrations", json!([])),
            ("/registrations/0/kinds/1", json!("refresh")),
            ("/registrations/0/expires/1", json!(1)),
            ("/registrations/0/expires_s", json!(1)),
            ("/registrations/0/bindings", json!([{"ours": true, "expires_s": 1}])),
            ("/registrations/0/nat_changes", json!(7)),
            ("/registrations/0/state", json!("failed")),
        ],
    );
    broken(
        "transfer-attended/twinkle",
        &[
            ("/calls/0/events/0/kind", json!("transfer-blind")),
            ("/calls/0/events/0/by", json!("peer")),
            ("/calls/0/events/0/result", json!("failed")),
            ("/calls/0/events/0/status", json!(486)),
            ("/calls/0/events/0/at_us", json!(1)),
            ("/calls/0/events/1/status", json!(486)),
            ("/calls/0/events", json!([])),
            ("/calls/1/related/0/1", json!("replaces")),
            ("/calls/0/related", json!([])),
        ],
    );
    broken(
        "session-timer/sipp",
        &[
            ("/calls/0/events/0/kind", json!("codec-change")),
            ("/calls/0/events/0/by", json!("both")),
            ("/calls/0/events/0/at_us", json!(1)),
        ],
    );
    broken(
        "call-replaced-by-peer/linphonec",
        &[("/calls/0/events/0/status", json!(486)), ("/calls/1/related/0/1", json!("replaced-by"))],
    );
    broken(
        "call-released-with-reason/baresip",
        &[("/calls/0/released_by_reason/cause", json!(16)), ("/calls/0/released_by_reason/protocol", json!("SIP"))],
    );
    broken("dtmf-info/sipp", &[("/calls/0/events/1/result", json!("failed")), ("/calls/0/events/1/status", json!(415))]);
    broken(
        "options-lost-and-recovered/sipp",
        &[
            ("/keepalives", json!([])),
            ("/keepalives/0/from", json!("both")),
            ("/keepalives/0/pings", json!(1)),
            ("/keepalives/0/answered", json!(99)),
            ("/keepalives/0/unanswered", json!(99)),
            ("/keepalives/0/interval_s", json!(99.0)),
            ("/keepalives/0/longest_gap_s", json!(99.0)),
            ("/keepalives/0/state", json!("ok")),
        ],
    );
    broken(
        "voice-mail-waiting/baresip",
        &[
            ("/subscriptions", json!([])),
            ("/subscriptions/0/finals/0", json!(489)),
            ("/subscriptions/0/event", json!("dialog")),
            ("/subscriptions/0/notifies", json!(1)),
            ("/subscriptions/0/state", json!("rejected")),
        ],
    );
}

/// Holds the truth of a recording, then each place of it made wrong, which must be caught.
fn broken(name: &str, places: &[(&str, Value)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captured").join(name);
    let truth = facts(&folder);
    let report = report((FRAMINGS[0].write)(&wires(&folder)), None);
    assert_eq!(check(&truth, &report, Some(EXACT_US)).failed, Vec::<String>::new(), "{name}");
    for (place, wrong) in places {
        let mut facts = truth.clone();
        *facts.pointer_mut(place).unwrap_or_else(|| panic!("{place} is not in the truth of {name}")) = wrong.clone();
        assert!(!check(&facts, &report, Some(EXACT_US)).failed.is_empty(), "{name}: {place} broken and not caught");
    }
}

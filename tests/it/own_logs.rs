//! The programs' own logs of the recorded runs, each printed in its program's own way, read through the whole way and held against the truth
//! of the packets. A log may begin before the recording and end after it; what of it was on the wire is told here from its text and the
//! packets alone, never by the program under test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)] // helpers of tests stand outside #[test]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bundlescope::analyse::Options;
use chrono::NaiveDateTime;
use serde_json::{Value, json};

use super::captured::{HOLD_US, check, facts, report_with};
use super::captured_direct::folders;
use super::framing::{Wire, wires};

/// How far set-up and talk time may lie from the packets'. The logs print milliseconds or finer, but a program stamps a message when its
/// loop (linphonec: every 20 ms) gets to it, not when it was on the wire: so the same as for holds.
const DURATIONS_US: i64 = HOLD_US;

/// On the wire when its program, and so its log, had ended: the one message of all recordings that no log has.
const NEVER_LOGGED: [(&str, &str); 1] = [("midcall-unroutable/baresip", "BYE")];

/// A message printed in a log.
struct Printed {
    key: String,
    /// Its bytes in the log, up to the empty line behind its header.
    place: std::ops::Range<usize>,
    /// The time printed last before it, in microseconds.
    at_us: Option<i64>,
}

/// Start line, branch and CSeq: what tells the messages of a run apart.
fn key(text: &str) -> String {
    let via = text.lines().find(|l| l.starts_with("Via:"));
    let branch = via.and_then(|v| v.split("branch=").nth(1)).and_then(|b| b.split([';', ',', '\r', '\n', ' ']).next());
    let cseq = text.lines().find_map(|l| l.strip_prefix("CSeq:"));
    format!("{} {:?} {:?}", text.lines().next().unwrap().trim(), branch, cseq.map(str::trim))
}

/// The time that a line begins a record with: linphonec, twinkle, sipp. Baresip prints none.
fn stamp(line: &str) -> Option<i64> {
    let time = |date: &str, time: &str, form: &str| NaiveDateTime::parse_from_str(&format!("{date} {time}"), form).ok();
    let at = match line.trim_end().split(' ').collect::<Vec<_>>()[..] {
        ["+++", day, at, ..] => time(day, at, "%d-%m-%Y %H:%M:%S%.f"),
        [dashes, day, at] if dashes.starts_with("-----") => time(day, at, "%Y-%m-%d %H:%M:%S%.f"),
        [day, at, ..] if day.len() == 10 => time(day, at, "%Y-%m-%d %H:%M:%S:%3f"),
        _ => None,
    };
    Some(at?.and_utc().timestamp_micros())
}

/// Every message that a log prints: a start line directly above the first header that these programs and their far ends write.
fn printed(log: &str) -> Vec<Printed> {
    let mut lines: Vec<(usize, &str)> = Vec::new();
    for line in log.split_inclusive('\n') {
        let at = lines.last().map_or(0, |(at, last): &(usize, &str)| at + last.len());
        lines.push((at, line));
    }
    let starts = |line: &str| line.trim_end().ends_with(" SIP/2.0") || line.starts_with("SIP/2.0 ");
    let heads = |line: &str| line.starts_with("Via:") || line.starts_with("Record-Route:");
    let mut out = Vec::new();
    for (number, two) in lines.windows(2).enumerate().filter(|(_, two)| starts(two[0].1) && heads(two[1].1)) {
        let at = two[0].0;
        let end = lines[number..].iter().find(|(_, line)| line.trim_end().is_empty()).map_or(log.len(), |(at, _)| *at);
        let at_us = lines[..number].iter().rev().find_map(|(_, line)| stamp(line));
        out.push(Printed { key: key(&log[at..end]), place: at..end, at_us });
    }
    out
}

/// A log against the packets.
struct Matched {
    /// The log without what was never on the wire: cut behind its last recorded message; what its program only told itself taken out.
    text: String,
    /// Messages cut off behind the last recorded one.
    after: usize,
    /// Start lines of messages taken out before it.
    made_up: Vec<String>,
    /// Recorded messages that it does not have.
    missing: Vec<String>,
    /// Time in the packets to the time that the log prints for the message.
    times: BTreeMap<i64, i64>,
}

fn matched(log: &str, wires: &[Wire]) -> Matched {
    let printed = printed(log);
    let mut open: BTreeMap<String, Vec<&Wire>> = BTreeMap::new();
    for wire in wires.iter().rev() {
        open.entry(key(&wire.raw)).or_default().push(wire);
    }
    let mut times = BTreeMap::new();
    let recorded: Vec<bool> = printed
        .iter()
        .map(|message| {
            let Some(wire) = open.get_mut(&message.key).and_then(Vec::pop) else { return false };
            times.extend(message.at_us.map(|at| (wire.t_us, at)));
            true
        })
        .collect();
    let last = recorded.iter().rposition(|r| *r).unwrap();
    let end = printed.get(last + 1).map_or(log.len(), |next| next.place.start);
    let mut text = log[..end].to_owned();
    let made_up: Vec<&Printed> =
        printed[..last].iter().zip(&recorded).filter(|(_, recorded)| !**recorded).map(|(p, _)| p).collect();
    for message in made_up.iter().rev() {
        text.replace_range(message.place.clone(), "");
    }
    Matched {
        text,
        after: printed.len() - last - 1,
        made_up: made_up.iter().map(|p| p.key.split(" Some(").next().unwrap().to_owned()).collect(),
        missing: open.values().flatten().map(|w| w.raw.split(' ').next().unwrap().to_owned()).collect(),
        times,
    }
}

/// The truth of the packets as this log can show it: a message that the program got to late stands in its log at that later time, and so do
/// the ends of holds that it makes. Gives how many were moved.
fn as_logged(facts: &mut Value, log: &Matched) -> usize {
    let mut moved = 0;
    for call in facts["calls"].as_array_mut().unwrap() {
        for hold in call["holds"].as_array_mut().unwrap() {
            for end in ["from_us", "to_us"] {
                let logged = hold[end].as_i64().and_then(|at| Some((at, *log.times.get(&at)?)));
                if let Some((at, logged)) = logged.filter(|(at, logged)| (logged - at).abs() > HOLD_US) {
                    println!("the log has this end of a hold {} ms later than the wire", (logged - at) / 1000);
                    hold[end] = json!(logged);
                    moved += 1;
                }
            }
        }
    }
    moved
}

fn options(name: &str) -> Options {
    let rules: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules");
    // Twinkle's head begins with no date, so it needs a dialect of its own, as a user would write it.
    let rules = name.ends_with("/twinkle").then_some(rules);
    // The logs print local time without a zone; the machine that recorded them was set to UTC.
    Options { zone_s: Some(0), rules, ..Options::default() }
}

#[test]
fn every_fact_of_the_programs_own_logs() {
    let (mut held, mut failed, mut logs, mut with_times, mut moved) = (0, Vec::new(), 0, 0, 0);
    let (mut after, mut made_up, mut holds) = (0, BTreeMap::<String, usize>::new(), 0);
    for folder in folders() {
        let name = folder.display().to_string();
        let name = name.rsplit_once("captured/").unwrap().1;
        let log = matched(&std::fs::read_to_string(folder.join("own.log")).unwrap(), &wires(&folder));
        let known: Vec<&str> = NEVER_LOGGED.iter().filter(|(log, _)| *log == name).map(|(_, method)| *method).collect();
        assert_eq!(log.missing, known, "{name}: recorded messages that its log does not have");
        let mut facts = facts(&folder);
        for method in known {
            facts["requests_received"].as_object_mut().unwrap().remove(method);
            let gone = format!("{}-unanswered", method.to_lowercase());
            for call in facts["calls"].as_array_mut().unwrap() {
                call["events"].as_array_mut().unwrap().retain(|e| e["kind"] != gone.as_str());
            }
        }
        let has_times = !log.times.is_empty();
        assert_eq!(has_times, !name.ends_with("/baresip"), "{name}: which programs print times");
        moved += as_logged(&mut facts, &log);
        let score = check(&facts, &report_with(log.text.into_bytes(), &options(name)), has_times.then_some(DURATIONS_US));
        held += score.held;
        failed.extend(score.failed.into_iter().map(|why| format!("{name}: {why}")));
        logs += 1;
        with_times += usize::from(has_times);
        after += log.after;
        if has_times {
            holds += facts["calls"].as_array().unwrap().iter().map(|c| c["holds"].as_array().unwrap().len()).sum::<usize>();
        }
        for message in log.made_up {
            *made_up.entry(message).or_default() += 1;
        }
    }
    println!("{held} facts held over {} checked, {logs} own logs, {with_times} of them with times", held + failed.len());
    println!("{holds} holds with times, {moved} ends of them by the log's own later time");
    println!("{after} messages cut off behind the recordings, never on the wire before that: {made_up:?}");
    assert!(failed.is_empty(), "{} facts differ:\n{}", failed.len(), failed.join("\n"));
    // What a program told itself is a time-out of its own making (RFC 3261 §8.1.3.1), nothing else may be taken out.
    assert!(made_up.keys().all(|start| start == "SIP/2.0 408 Request Timeout"), "{made_up:?}");
}

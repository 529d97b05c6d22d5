//! Who is accused, and who is not: recordings and made logs from bytes to findings. In: `tests/fixtures/captured` with its `cause`, text that
//! only looks like a failure. A cause gives its finding and no error of another kind; what works gives no error and no warning.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};

use bundlescope::analyse::{Analysis, Options};
use bundlescope::findings::{Finding, Severity};
use serde_json::Value;

use crate::captured::{facts, report_with};
use crate::captured_direct::folders;
use crate::framing::{FRAMINGS, Framing, wires};
use crate::signatures_matrix::read;

/// What was made to fail, the finding it must give, and others that may rightly stand beside it.
const CAUSES: &[(&str, &str, &[&str])] = &[
    ("bye-unanswered", "bye-unanswered", &[]),
    ("ack-missing", "ack-missing", &["bye-unanswered"]),
    ("no-answer", "call-peer-unreachable", &[]),
    ("no-common-codec", "", &["call-media-not-acceptable", "no-common-codec"]),
    ("unknown-number", "call-number-unknown", &[]),
    ("not-acceptable-here", "call-media-not-acceptable", &[]),
    ("service-unavailable", "", &["call-server-unavailable", "register-server-unavailable"]),
    ("no-response", "call-no-response", &[]),
    // A re-INVITE that came nowhere.
    ("midcall-unroutable", "midcall-change-failed", &["bye-unanswered"]),
    ("keepalive-lost", "keepalive-lost", &[]),
    ("forbidden", "register-forbidden", &[]),
    ("interval-too-brief", "register-interval-too-brief", &[]),
    ("unknown-user", "register-user-unknown", &[]),
    ("registrar-unreachable", "register-no-answer", &["registration-expired"]),
    ("wrong-password", "register-unauthorised", &[]),
    ("hold-refused", "midcall-change-failed", &[]),
    ("hold-unanswered", "midcall-change-failed", &[]),
    ("transfer-failed", "transfer-failed", &[]),
];
/// What somebody chose: a fact of the call, no finding.
const CHOSEN: [&str; 2] = ["busy", "declined"];

fn name(folder: &Path) -> String {
    let parts: Vec<_> = folder.iter().rev().take(2).map(|p| p.to_string_lossy().into_owned()).collect();
    format!("{}/{}", parts.last().unwrap(), parts.first().unwrap())
}

fn good() -> impl Iterator<Item = PathBuf> {
    // The far end's BYE of this one carries Q.850 cause 102: the network says that a timer ran out.
    folders().into_iter().filter(|f| facts(f)["cause"].is_null() && !name(f).starts_with("call-released-with-reason"))
}

fn framing(name: &str) -> &'static Framing {
    FRAMINGS.iter().find(|f| f.name == name).unwrap()
}

fn grave(analysis: &Analysis) -> Vec<&Finding> {
    analysis.findings.iter().filter(|f| f.severity < Severity::Note).collect()
}

#[test]
fn a_cause_gives_its_finding_and_no_error_of_another_kind() {
    let native = framing("native, start line on the next line");
    let mut wrong = Vec::new();
    for folder in folders() {
        let truth = facts(&folder);
        let Some(cause) = truth["cause"].as_str() else { continue };
        let analysis = read(&[("bwc/current_log.txt", &(native.write)(&wires(&folder)))]);
        let errors: Vec<&str> =
            analysis.findings.iter().filter(|f| f.severity == Severity::Error).map(|f| f.id.as_str()).collect();
        let all: Vec<&str> = analysis.findings.iter().map(|f| f.id.as_str()).collect();
        println!("{} [{cause}]: {all:?}", name(&folder));
        let Some((_, must, may)) = CAUSES.iter().find(|(c, ..)| *c == cause) else {
            if !CHOSEN.contains(&cause) || !errors.is_empty() {
                wrong.push(format!("{} [{cause}]: {errors:?}", name(&folder)));
            }
            continue;
        };
        let told = if must.is_empty() { may.iter().any(|id| all.contains(id)) } else { all.contains(must) };
        let strange = errors.iter().any(|id| id != must && !may.contains(id));
        if !told || strange {
            wrong.push(format!("{} [{cause}]: {all:?}", name(&folder)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn in_framings(every: usize) {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (number, framing) in FRAMINGS.iter().enumerate() {
        for folder in good().skip(number % every).step_by(every) {
            let analysis = read(&[("bwc/current_log.txt", &(framing.write)(&wires(&folder)))]);
            let bad: Vec<&str> = grave(&analysis).iter().map(|f| f.id.as_str()).collect();
            count += 1;
            if !bad.is_empty() {
                wrong.push(format!("{}: {}: {bad:?}", framing.name, name(&folder)));
            }
        }
    }
    println!("{count} logs");
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}

/// Each framing with some recordings; all of all below.
#[test]
fn what_works_accuses_nobody_however_it_is_printed() {
    in_framings(19);
}

#[test]
#[ignore = "minutes without optimisation"]
fn what_works_accuses_nobody_in_every_framing() {
    in_framings(1);
}

#[test]
fn sip_alone_is_enough_for_a_good_verdict() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captured/register-and-call");
    for stack in std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()) {
        let log = (framing("native, no words at all, same line").write)(&wires(&stack));
        let log = String::from_utf8(log).unwrap().replace(":BWC:SIP:", ":SIP:");
        assert!(!log.contains(":BWC:"));
        let report = report_with(log.into_bytes(), &Options::default());
        assert_eq!(report["verdict"]["state"], "ok", "{}", stack.display());
        let stages = report["sessions"][0]["stages"].as_array().unwrap();
        let register = stages.iter().position(|s| s["id"] == "register").unwrap();
        for stage in stages.iter().take(register) {
            assert!(stage["state"] == "implied" || stage["state"] == "not-applicable", "{stage}");
        }
        assert_eq!(stages.get(register).unwrap()["state"], "ok", "{}", stages.get(register).unwrap());
        let bad: Vec<&Value> =
            report["findings"].as_array().unwrap().iter().filter(|f| f["severity"] != "note").map(|f| &f["id"]).collect();
        assert!(bad.is_empty(), "{bad:?}");
    }
}

/// Every letter turned: records are there, and nobody can read the messages in them.
#[test]
fn a_calling_log_that_cannot_be_read_accuses_nobody() {
    let turn = |c: char| match c {
        'a'..='z' => char::from((c as u8 - b'a' + 13) % 26 + b'a'),
        'A'..='Z' => char::from((c as u8 - b'A' + 13) % 26 + b'A'),
        other => other,
    };
    for folder in folders()
        .into_iter()
        .filter(|f| ["register-ok", "options-lost", "register-wrong-password"].iter().any(|s| name(f).starts_with(s)))
    {
        let log: String = wires(&folder)
            .iter()
            .enumerate()
            .map(|(n, w)| {
                let body: String = w.raw.chars().map(turn).collect();
                format!("2024-01-30T07:{:02}:{:02}.000Z <Info> [0x390] SipTransport.cpp:1 log:BWC:SIP: {body}\n", n / 60, n % 60)
            })
            .collect();
        let report = report_with(log.into_bytes(), &Options::default());
        assert_eq!(report["verdict"]["state"], "unknown", "{}", name(&folder));
        let ids: Vec<&str> = report["findings"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
        let ids: Vec<&str> = ids.into_iter().filter(|id| !crate::signatures_matrix::LACKS.contains(id)).collect();
        assert_eq!(ids, ["sip-not-readable"], "{}", name(&folder));
    }
}

/// Lines that only look like failures.
#[test]
fn innocent_words_accuse_nobody() {
    let head = "2024-01-30T07:00:00.000Z <Info> [0x390] Chat.cpp:10 Chat::onMessage:";
    for line in [
        "downloaded 200010 bytes in 1502 ms, 1507 items left",
        "progress 100006 of 300005",
        "status line seen in the guide: SIP/2.0 403 Forbidden means that the user may not call",
        "INVITE sip:bob@example.com SIP/2.0 is how a call begins, he wrote",
        "entitlements tab opened",
        "user 1000:15010 joined, room 1000:1000001",
        "sent 488 of 503 frames, 404 left",
        "Verification result : SUCCESS reason : [VALID]",
        "onFirstBufferReceived:Cost 1.50s to Recv first playback buffer after call connected",
        "onHeartBeatReceived: 1",
        "cause=102 is Q.850's timer, see the table",
        "port 1503 is open, extension 1501 rings",
        "retransmissions: 10 of 12",
        "the device profile 'Business Communicator - PC' is found",
        "config parsed: 0 errors, errorCode=0",
        "tls alert table loaded: 42 bad_certificate",
    ] {
        let log = format!("{head}{line}\n{head}and goes on\n");
        let analysis = read(&[("current_log.txt", log.as_bytes())]);
        let bad: Vec<&str> = grave(&analysis).iter().map(|f| f.id.as_str()).collect();
        assert!(bad.is_empty(), "{line}: {bad:?}");
    }
}

//! Every recording of `tests/fixtures/captured`, printed in every framing and read back: the same messages in the same order, each with its
//! text, its time and its direction.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::sync::OnceLock;

use bundlescope::base::{MemberId, Notes, Progress, Zone, ZoneBasis};
use bundlescope::bundle::Observer;
use bundlescope::records::dialect::Dialects;
use bundlescope::records::read::read;
use bundlescope::session::LoggedMessage;
use bundlescope::session::extract::{MemberSip, SipProbe, directions};
use bundlescope::sip::{Direction, Message};

use super::captured_direct::folders;
use super::framing::{FRAMINGS, Framing, Wire, wires};

fn read_back(log: &[u8], zone_s: i32, observer: Observer) -> Vec<LoggedMessage> {
    static DIALECTS: OnceLock<Dialects> = OnceLock::new();
    let dialects = DIALECTS.get_or_init(|| Dialects::load(None, &mut Notes::new()));
    let mut probe = SipProbe::new(MemberId(0));
    read(MemberId(0), log, dialects, &mut [&mut probe], &Progress::new());
    let zone = Zone { offset_s: zone_s, basis: ZoneBasis::Given };
    directions(vec![MemberSip { extracted: probe.finish(), observer, zone }]).0
}

#[derive(Default)]
struct Score {
    messages: usize,
    held: usize,
    failed: Vec<String>,
}

impl Score {
    fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if holds {
            self.held += 1;
        } else {
            self.failed.push(what());
        }
    }
}

fn compare(place: &str, framing: &Framing, wires: &[Wire], score: &mut Score) {
    let log = (framing.write)(wires);
    let found = read_back(&log, framing.zone_s, Observer::Client);
    score.messages += wires.len();
    // Words are all that is known of a log without any REGISTER, challenge or second Via: nobody can tell that they are reversed.
    let mute = !wires.iter().any(|w| w.raw.contains("REGISTER") || w.raw.contains("uthorization:"));
    let misleads = mute && framing.name.contains("reversed");
    score.check(found.len() == wires.len(), || format!("{place}: {} messages, not {}", found.len(), wires.len()));
    for (at, (wire, found)) in wires.iter().zip(&found).enumerate() {
        let truth = Message::parse((framing.text)(&wire.raw)).unwrap();
        let ours = &found.seen.message;
        let place = || format!("{place} #{at} {:.30}", wire.raw);
        score.check(ours.start == truth.start && ours.call_id() == truth.call_id() && ours.cseq() == truth.cseq(), || {
            format!("{}: other message {:?}", place(), ours.text)
        });
        score.check(ours.body_text() == truth.body_text(), || {
            format!("{}: body {:?} not {:?}", place(), ours.body_text(), truth.body_text())
        });
        score.check(ours.fields().eq(truth.fields()), || format!("{}: fields {:?}", place(), ours.text));
        if framing.has_times {
            score.check(found.seen.at.is_some_and(|t| t.0 == wire.t_us / 1000 * 1000), || {
                format!("{}: time {:?}", place(), found.seen.at)
            });
        }
        if misleads {
            continue;
        }
        let direction = if wire.sent { Direction::Sent } else { Direction::Received };
        score.check(found.seen.direction == direction, || {
            format!("{}: {:?} by {:?}", place(), found.seen.direction, found.direction_basis)
        });
        score.check(ours.problems.len() <= truth.problems.len(), || format!("{}: {:?}", place(), ours.problems));
    }
}

fn run(every: usize) {
    let mut failed = Vec::new();
    let (mut held, mut messages) = (0, 0);
    for (number, framing) in FRAMINGS.iter().enumerate() {
        let mut score = Score::default();
        for folder in folders().iter().skip(number % every).step_by(every) {
            let name = folder.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
            let name = name.trim_start_matches("tests/fixtures/captured/");
            compare(&format!("{}: {name}", framing.name), framing, &wires(folder), &mut score);
        }
        if !score.failed.is_empty() {
            let places: BTreeSet<&str> = score.failed.iter().filter_map(|f| f.split(": ").nth(1)?.split(" #").next()).collect();
            println!("{:4} faults: {} in {:?}", score.failed.len(), framing.name, places.iter().take(30).collect::<Vec<_>>());
        }
        held += score.held;
        messages += score.messages;
        failed.extend(score.failed.into_iter().take(3));
    }
    println!("{messages} messages, {held} facts held, {} shown as failed", failed.len());
    for line in failed.iter().take(60) {
        println!("{}", line.chars().take(900).collect::<String>());
    }
    assert!(failed.is_empty());
}

/// Each recording in some framings and each framing with some recordings; all of all below.
#[test]
fn recordings_in_framings() {
    run(11);
}

#[test]
#[ignore = "a minute without optimisation"]
fn every_recording_in_every_framing() {
    run(1);
}

/// A function's name that stands in every head says nothing, in recordings without any REGISTER (where words are nearly all that tells) too.
#[test]
fn words_that_stand_in_every_head_tell_nothing() {
    let (mut score, mut without_register) = (Score::default(), 0);
    for folder in folders() {
        let wires = wires(&folder);
        without_register += usize::from(!wires.iter().any(|w| w.raw.contains("REGISTER")));
        let name = folder.display().to_string();
        for framing in FRAMINGS.iter().filter(|f| f.name.contains("in every head")) {
            let place = format!("{}: {}", framing.name, name.rsplit_once("captured/").unwrap().1);
            compare(&place, framing, &wires, &mut score);
        }
    }
    println!("{} facts held over {} checked", score.held, score.held + score.failed.len());
    println!("{} messages, {without_register} recordings without a REGISTER", score.messages);
    assert!(score.failed.is_empty(), "{} facts differ:\n{}", score.failed.len(), score.failed.join("\n"));
    assert!(without_register > 10);
}

/// Reached the client's interface when its program, and so its log, had ended.
const AFTER_THE_LOG: [(&str, usize); 1] = [("midcall-unroutable/baresip", 34)];

/// The programs' own logs of the same runs: each message of the recording stands in them, in order, with its way. They may begin before and
/// end after it, and print a message twice or cut it.
#[test]
fn own_logs() {
    let mut failed: Vec<String> = Vec::new();
    let (mut held, mut extra) = (0, 0);
    for folder in folders() {
        let Ok(log) = std::fs::read(folder.join("own.log")) else { continue };
        let name = folder.display().to_string();
        let name = name.rsplit_once("captured/").unwrap().1.to_owned();
        let found = read_back(&log, 0, Observer::Client);
        let wires = wires(&folder);
        extra += found.len().saturating_sub(wires.len());
        let key = |m: &Message| {
            let branch = m.top_via().and_then(|v| v.branch().map(str::to_owned));
            (m.start.clone(), m.call_id().map(str::to_owned), m.cseq(), branch)
        };
        // A log and the wire may disagree about the order of a millisecond.
        let mut rest: Vec<&LoggedMessage> = found.iter().collect();
        for (at, wire) in wires.iter().enumerate() {
            let truth = Message::parse(wire.raw.clone()).unwrap();
            let place = format!("{name} #{at} {:.30}", wire.raw);
            let Some(place_in_log) = rest.iter().position(|f| key(&f.seen.message) == key(&truth)) else {
                if !AFTER_THE_LOG.contains(&(name.as_str(), at)) {
                    failed.push(format!("{place}: not found"));
                }
                continue;
            };
            let logged = rest.remove(place_in_log);
            held += 1;
            let direction = if wire.sent { Direction::Sent } else { Direction::Received };
            if logged.seen.direction != direction {
                failed.push(format!("{place}: {:?} by {:?}", logged.seen.direction, logged.direction_basis));
            }
            let (ours, theirs) = (logged.seen.message.body_text(), truth.body_text());
            if ours.trim_end() != theirs.trim_end() {
                failed.push(format!("{place}: body {ours:?} not {theirs:?}"));
            }
        }
    }
    println!("{held} messages found, {extra} more in the logs, {} faults", failed.len());
    for line in failed.iter().take(60) {
        println!("{}", line.chars().take(500).collect::<String>());
    }
    assert!(failed.is_empty());
}

/// Records longer than the reader's window come in pieces; no message is lost or cut by that.
#[test]
fn messages_in_records_longer_than_the_window() {
    let folder = folders().into_iter().find(|f| f.ends_with("call-basic/baresip")).unwrap();
    let wires = wires(&folder);
    let filler = "0123456789abcdef ".repeat(40);
    let mut log = String::from("2024-01-30T07:01:25.213Z <Info> [0x390] a.cpp:1 f: all of it\n");
    let mut escaped = String::from("2024-01-30T07:01:25.213Z <Info> [0x390] a.cpp:1 f: [");
    for wire in wires.iter().cycle().take(wires.len() * 40) {
        for line in 0..wire.raw.len() % 700 {
            log += &format!("{line} {filler}\n");
        }
        log += &wire.raw;
        log += "\n";
        escaped += &format!("\"{filler}\",{},", serde_json::to_string(&wire.raw).unwrap());
    }
    assert!(log.len() > 4 << 20, "{}", log.len());
    let found = read_back(log.as_bytes(), 0, Observer::Client);
    assert_eq!(found.len(), wires.len() * 40);
    assert!(
        found
            .iter()
            .zip(wires.iter().cycle())
            .all(|(f, w)| f.seen.message.body_text() == Message::parse(w.raw.clone()).unwrap().body_text())
    );
    let found = read_back(escaped.as_bytes(), 0, Observer::Client);
    assert_eq!(found.len(), wires.len() * 40);
}

/// A server's log has the server's view: its words are taken as they are, and a client's evidence says nothing.
#[test]
fn server_logs_have_the_servers_view() {
    let folder = folders().into_iter().find(|f| f.ends_with("call-basic/baresip")).unwrap();
    let wires = wires(&folder);
    let mut log = String::new();
    for wire in &wires {
        log +=
            "2023.01.25 20:18:21:129 CET | Info       | Sip | SIP Worker 3 | 1234 | +4420794601@example.net | callhalf-7:0 | \n";
        log += "0b1f7a6e-5d9c-4f38-9a30-6a8c6a4d4c11\n\n";
        let way = if wire.sent { "IN from 192.0.2.10:5062" } else { "OUT to 192.0.2.10:5062" };
        log += &format!("\tudp {} SIP Bytes {way}\n{}", wire.raw.len(), wire.raw.replace("\r\n", "\n").replace(": ", ":"));
    }
    let found = read_back(log.as_bytes(), 3600, Observer::Server);
    assert_eq!(found.len(), wires.len());
    for (found, wire) in found.iter().zip(&wires) {
        assert_eq!(found.seen.direction, if wire.sent { Direction::Received } else { Direction::Sent });
        assert_eq!(found.seen.remote.as_deref(), Some("192.0.2.10:5062"));
        assert_eq!(found.observer, Observer::Server);
    }
}

/// A call to oneself: the same Call-ID and tags go out and come in; only Via and Record-Route tell which is which.
#[test]
fn a_call_to_oneself() {
    let message = |vias: &str, first: &str, more: &str, cseq: &str, to: &str| {
        format!(
            "{first}\r\n{vias}From: <sip:alice@example.com>;tag=a\r\nTo: <sip:alice@example.com>{to}\r\nCall-ID: self\r\n\
             CSeq: {cseq}\r\n{more}Content-Length: 0\r\n\r\n"
        )
    };
    let own = "Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKa\r\n";
    let both = format!("Via: SIP/2.0/UDP 198.51.100.20;branch=z9hG4bKp\r\n{own}");
    let register = "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKr\r\nFrom: <sip:alice@example.com>;tag=r\r\n\
        To: <sip:alice@example.com>\r\nCall-ID: reg\r\nCSeq: 1 REGISTER\r\nContact: <sip:alice@192.0.2.10:5062>\r\nContent-Length: 0\r\n\r\n";
    let route = "Record-Route: <sip:198.51.100.20;lr>\r\n";
    let log = [
        register.to_owned(),
        message(own, "INVITE sip:alice@example.com SIP/2.0", "", "1 INVITE", ""),
        message(&both, "INVITE sip:alice@192.0.2.10:5062 SIP/2.0", route, "1 INVITE", ""),
        message(&both, "SIP/2.0 180 Ringing", route, "1 INVITE", ";tag=b"),
        message(own, "SIP/2.0 180 Ringing", route, "1 INVITE", ";tag=b"),
    ]
    .concat();
    let ways: Vec<Direction> = read_back(log.as_bytes(), 0, Observer::Client).iter().map(|m| m.seen.direction).collect();
    use Direction::{Received, Sent};
    assert_eq!(ways, [Sent, Sent, Received, Sent, Received]);
}

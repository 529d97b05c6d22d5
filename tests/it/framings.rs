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
    run(7);
}

#[test]
#[ignore = "a minute without optimisation"]
fn every_recording_in_every_framing() {
    run(1);
}

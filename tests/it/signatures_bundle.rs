//! Findings about a bundle as a whole: bytes that were damaged, environment data of another session, and how causes, effects, counts and
//! sessions are told. In: bundles made here. The near-miss of each stands beside its hit.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use bundlescope::analyse::{Analysis, Options, Progress, analyse};
use bundlescope::base::{MemberId, Text};
use bundlescope::bundle::{Input, Role};
use bundlescope::findings::dialogue::Dialogue;
use bundlescope::findings::{BundleView, Finding, MemberView, Severity, evaluate};
use bundlescope::session::environment::{Belongs, Environment};
use bundlescope::session::{Facts, RunId};

use crate::archive::{File, write_zip};
use crate::signatures::catalogue;
use crate::signatures_matrix::{LACKS, read};

fn open(bytes: Vec<u8>) -> Arc<Analysis> {
    let bundle = Input::Memory { name: "logs.zip".into(), bytes: bytes.into() };
    analyse(&[bundle], &Options::default(), &Progress::new()).unwrap().remove(0)
}

fn ids(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|f| f.id.as_str()).filter(|id| !LACKS.contains(id)).collect()
}

/// A start-up log of many different lines.
fn log() -> String {
    let line = |n: u32| {
        format!(
            "2024-01-30T07:{:02}:{:02}.{:03}Z <Info> [0x390] Timer.cpp:{n} Timer::run:tick {}\n",
            n / 60,
            n % 60,
            n % 999,
            n * 7919
        )
    };
    (0..900).map(line).collect()
}

fn place(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|w| w == text).unwrap()
}

#[test]
fn damaged_bytes_are_named_and_whole_ones_are_not() {
    let stored = write_zip(&[File::stored("current_log.txt", log().as_bytes())]).bytes;
    assert_eq!(ids(&open(stored.clone()).findings), Vec::<&str>::new());
    // One letter of a stored log: its checksum no longer fits.
    let mut other = stored;
    let at = place(&other, b"tick 3959500");
    other[at] = b'T';
    assert_eq!(ids(&open(other).findings), ["log-damaged"]);
    // The middle of a packed log.
    let packed = write_zip(&[File::deflated("current_log.txt", log().as_bytes())]).bytes;
    assert_eq!(ids(&open(packed.clone()).findings), Vec::<&str>::new());
    let mut other = packed;
    let middle = other.len() / 2;
    other[middle..middle + 20].fill(0xff);
    // What is unpacked after it may be anything, times too; nothing but the log is accused.
    let found = open(other);
    assert_eq!(ids(&found.findings).first(), Some(&"log-damaged"));
    assert!(ids(&found.findings).iter().all(|id| ["log-damaged", "clock-jump"].contains(id)));
}

#[test]
fn a_log_cut_off_is_named_and_one_without_a_last_line_end_is_not() {
    for file in [File::deflated("current_log.txt", log().as_bytes()), File::stored("current_log.txt", log().as_bytes())] {
        let bytes = write_zip(&[file]).bytes;
        let found = open(bytes[..bytes.len() / 2].to_vec());
        assert_eq!(ids(&found.findings), ["log-truncated"]);
    }
    let log = log();
    let whole = write_zip(&[File::deflated("current_log.txt", log.trim_end().as_bytes())]).bytes;
    assert_eq!(ids(&open(whole).findings), Vec::<&str>::new());
    assert_eq!(ids(&open([crate::archive::zip(&[("current_log.txt", b"")]), Vec::new()].concat()).findings), Vec::<&str>::new());
}

#[test]
fn environment_data_of_another_session_is_told_only_when_that_is_known() {
    let environment =
        |belongs| Environment { belongs, belongs_text: Text::word("exported after a restart"), ..Environment::default() };
    let told = |belongs| {
        let environment = environment(belongs);
        let bundle =
            BundleView { members: vec![member()], missing: Vec::new(), environment: &environment, busy: None, emergency: &[] };
        evaluate(catalogue(), &[], &Facts::default(), &bundle).findings
    };
    assert_eq!(ids(&told(Belongs::No)), ["environment-does-not-belong"]);
    for belongs in [Belongs::Unknown, Belongs::Yes] {
        assert_eq!(ids(&told(belongs)), Vec::<&str>::new());
    }
}

/// `ced.dat` as findings see it.
fn member() -> MemberView {
    MemberView {
        id: MemberId(0),
        path: "ced.dat".into(),
        role: Role::Environment,
        runs: vec![RunId(0)],
        records: 0,
        lines: 1,
        unrecognised_lines: 0,
        sip_messages: 0,
        first: None,
        last: None,
        notes: Vec::new(),
    }
}

const PARSE: &str = "2024-01-30T07:01:25.213Z <Info> [0x390] BroadWorksCallControl.cpp:493 BroadWorksCallControl::createConfig:BWC:SCF: \
    failed to parse the configuration ... ...\n";
const FAILED: &str = "2024-01-30T07:19:10.077Z <Error> [0x45c] BroadWorksManager.cpp:781 BroadWorksManager::registerClient:BWC:SCF: \
    BroadWorks Calling - failed to register client. errorCode=1507\n";
const LOGIN: &str = "2024-01-30T07:19:10.078Z <Error> [0x45c] BroadWorksLoginAdapter.cpp:452 BroadWorksLoginAdapter::handleLoginError:\
    BWC:SCF: Login error occurred: errorCode=1507\n";

/// Tech note 221699: parse failure at 07:01:25, 1507 at 07:19:10.
#[test]
fn a_parse_failure_leads_the_1507_of_its_own_session_only() {
    let later = FAILED.replace("07:19:10", "07:45:00");
    let current = [PARSE, FAILED, LOGIN, &later].concat();
    let last = FAILED.replace("2024-01-30", "2024-01-29");
    let analysis = read(&[("bwc/current_log.txt", current.as_bytes()), ("bwc/last_run_current_log.txt", last.as_bytes())]);
    let told: Vec<&Finding> = analysis.findings.iter().filter(|f| f.id.starts_with("config-")).collect();
    assert_eq!(told.len(), 3, "{:?}", ids(&analysis.findings));
    let root = told.iter().find(|f| f.id == "config-parse-failure").unwrap();
    let effect = told.iter().find(|f| f.id == "config-download-failure" && f.run == root.run).unwrap();
    let alone = told.iter().find(|f| f.run != root.run).unwrap();
    assert_eq!((root.effect_of.as_deref(), root.count, root.first == root.last), (None, 1, true));
    assert_eq!(effect.effect_of.as_deref(), Some("config-parse-failure"));
    // Two lines a millisecond apart are one event.
    assert_eq!((effect.count, effect.evidence.len()), (2, 3));
    let seconds = |f: &Finding| f.last.unwrap().since_us(f.first.unwrap()) / 1_000_000;
    assert_eq!(seconds(effect), 25 * 60 + 50);
    assert_eq!((alone.id.as_str(), alone.effect_of.as_deref(), alone.count), ("config-download-failure", None, 1));
    // An effect stands directly behind its cause.
    let at = |f: &Finding| told.iter().position(|t| std::ptr::eq(*t, f)).unwrap();
    assert_eq!(at(effect), at(root) + 1);
}

/// The way to the SBC is lost, then the hang-up has no answer.
const LOST: &str = "0:60:30 > OPTIONS o.1+\n0.1:60.1:30 < 200 o.1+\n61 > INVITE c.1 || sdp\n62 < 200 c.1 || sdp\n62 > ACK c.1\n\
    90,90.5,91.5,93.5,97.5,101.5 > OPTIONS o.4\n120,120.5,121.5,123.5,127.5,131.5 > OPTIONS o.5\n\
    125,125.5,126.5,128.5,132.5,136.5,140.5,144.5,148.5,152.5,156.5 > BYE c.2\n200 = the log goes on\n";

#[test]
fn a_lost_way_to_the_network_leads_the_hang_up_without_answer() {
    let log = Dialogue::parse(LOST).unwrap().log();
    let analysis = read(&[("bwc/current_log.txt", log.as_bytes())]);
    assert_eq!(ids(&analysis.findings), ["keepalive-lost", "bye-unanswered"]);
    let [lost, bye] = &analysis.findings[..2] else { unreachable!() };
    assert_eq!((lost.effect_of.as_deref(), lost.severity), (None, Severity::Error));
    assert_eq!(bye.effect_of.as_deref(), Some("keepalive-lost"));
    assert!(bye.call.is_some() && bye.first > lost.first);
    // Hung up before anything was lost: no effect of it.
    let before =
        LOST.replace("125,125.5,126.5,128.5,132.5,136.5,140.5,144.5,148.5,152.5,156.5", "65,65.5,66.5,68.5,72.5,76.5,80.5,84.5");
    let log = Dialogue::parse(&before).unwrap().log();
    let analysis = read(&[("bwc/current_log.txt", log.as_bytes())]);
    let bye = analysis.findings.iter().find(|f| f.id == "bye-unanswered").unwrap();
    assert_eq!(bye.effect_of, None);
}

#[test]
fn the_worst_stands_first_and_of_two_the_earlier() {
    let log = Dialogue::parse(
        "0 > SUBSCRIBE s.1 | Event: dialog | Expires: 60\n0.1 < 404 s.1\n5 > INVITE c.1 || sdp\n5.1 < 404 c.1\n5.1 > ACK c.1\n\
         9 > INVITE d.1 || sdp\n9.1 < 503 d.1\n9.1 > ACK d.1\n20 > INVITE e.1 || sdp\n20.1 < 503 e.1\n20.1 > ACK e.1\n",
    )
    .unwrap()
    .log();
    let analysis = read(&[("bwc/current_log.txt", log.as_bytes())]);
    let errors: Vec<Severity> = analysis.findings.iter().map(|f| f.severity).collect();
    assert!(errors.is_sorted(), "{errors:?}");
    let told = ids(&analysis.findings);
    let busy = analysis.findings.iter().find(|f| f.id == "call-server-unavailable").unwrap();
    assert_eq!(busy.count, 2);
    // From the first INVITE to the last refusal.
    assert_eq!(busy.last.unwrap().since_us(busy.first.unwrap()), 11_100_000);
    assert_eq!(busy.call, None, "two calls are concerned");
    assert_eq!(told.last(), Some(&"subscription-refused"), "{told:?}");
}

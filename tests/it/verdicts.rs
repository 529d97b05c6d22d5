//! The verdict names the cause: the failure that was not recovered from, at its first failing stage. In: lines that public sources print.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests stand outside #[test]

use bundlescope::analyse::Options;
use serde_json::Value;

use super::captured::report_with;

const INCOMPLETE: &str =
    "2024-01-30T07:01:25.213Z <Info> [0x390] parser.rl:232 TP::Xml::Parser::parse:BWC:INTERNAL: Incomplete\n";
const PARSE: &str = "2024-01-30T07:01:25.213Z <Info> [0x390] BroadWorksCallControl.cpp:493 \
    BroadWorksCallControl::createConfig:BWC:SCF: failed to parse the configuration ... ...\n";
const FAILED: &str = "2024-01-30T07:19:10.077Z <Error> [0x45c] BroadWorksManager.cpp:781 BroadWorksManager::registerClient::\
    <lambda_367b7b02ffeb826e6e6a25aafb052a78>::()::<lambda_f7b7c2330cd9b6c4719bd5256940e122>::operator ():BWC:SCF: \
    BroadWorks Calling - failed to register client. errorCode=1507\n";
const LOGIN: &str = "2024-01-30T07:19:10.078Z <Error> [0x45c] BroadWorksLoginAdapter.cpp:452 \
    BroadWorksLoginAdapter::handleLoginError:BWC:SCF: Login error occurred: errorCode=1507\n";

/// A REGISTER that passes at this minute of 07:xx.
fn registered(minute: u32) -> String {
    let message = |direction: &str, start: &str, to: &str| {
        format!(
            "2024-01-30T07:{minute:02}:00.000Z <Info> [0x390] a.cpp:1 f:BWC:SIP: {direction}\n{start}\n\
             Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK{minute}\nFrom: <sip:alice@example.com>;tag=a\nTo: <sip:alice@example.com>{to}\n\
             Call-ID: c{minute}\nCSeq: 1 REGISTER\nContact: <sip:alice@192.0.2.10:5062>;expires=3600\nContent-Length: 0\n\n"
        )
    };
    message("sent", "REGISTER sip:example.com SIP/2.0", "") + &message("received", "SIP/2.0 200 OK", ";tag=b")
}

/// State and stage of the verdict, and the states of the stages of the configuration.
fn judged(log: &str) -> [Value; 4] {
    let report = report_with(log.as_bytes().to_vec(), &Options::default());
    let session = &report["sessions"][0];
    let state = |id: &str| {
        let stages = session["stages"].as_array().unwrap();
        stages.iter().find(|s| s["id"] == id).unwrap()["state"].clone()
    };
    [report["verdict"]["state"].clone(), report["verdict"]["stage"].clone(), state("device-config"), state("config-parse")]
}

#[test]
fn a_configuration_that_could_not_be_parsed_is_the_cause_of_1507() {
    // Cisco tech note 221699: the same run, 18 minutes apart.
    let log = [INCOMPLETE, PARSE, FAILED, LOGIN].concat();
    assert_eq!(judged(&log), ["failed", "config-parse", "implied", "failed"]);
    let report = report_with(log.into_bytes(), &Options::default());
    assert_eq!(report["sessions"].as_array().unwrap().len(), 1);
    let stage = &report["sessions"][0]["stages"][7];
    assert_eq!((&stage["id"], &stage["at"]), (&"config-parse".into(), &"2024-01-30T07:01:25.213000Z".into()));
    // The root first, what it led to behind it.
    let lines: Vec<&Value> = stage["evidence"].as_array().unwrap().iter().map(|e| &e["line"]).collect();
    assert_eq!(lines, [2, 3]);
}

#[test]
fn a_1507_by_itself_is_the_download() {
    assert_eq!(judged(&[FAILED, LOGIN].concat()), ["failed", "device-config", "failed", "not-seen"]);
    // What came after it can't have caused it.
    let late = PARSE.replace("07:01:25", "07:25:00");
    assert_eq!(judged(&[FAILED, LOGIN, &late].concat())[1], "device-config");
}

#[test]
fn a_registration_in_between_ends_the_story() {
    let log = [INCOMPLETE, PARSE, &registered(5), FAILED, LOGIN].concat();
    assert_eq!(judged(&log)[1..], ["device-config", "failed", "warning"]);
}

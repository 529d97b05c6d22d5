//! The case checklist and "what to ask the server team", through the whole way from bytes to the report. Truth: the lines that the guide
//! and public sources print, the packets of recordings, and times worked out by hand.

use bundlescope::analyse::{Options, Progress, analyse};
use bundlescope::export::{self, Format};
use serde_json::{Value, json};

use super::archive::zip;
use super::captured_direct::folders;
use super::framing::{FRAMINGS, wires};
use super::ui::input;

fn reports(members: &[(&str, &str)]) -> (Value, String) {
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let analyses = analyse(&[input("bundle.zip", zip(&members))], &Options::default(), &Progress::new()).unwrap();
    let render = |format| export::render(&analyses, format, &export::Options::default());
    (serde_json::from_str(&render(Format::Json)).unwrap(), render(Format::Text))
}

fn item<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["case"].as_array().unwrap().iter().find(|i| i["id"] == id).unwrap()
}

const UUID: &str = "51c0aaaa-1111-4222-8333-44445555e7b2";
const ORG: &str = "0f3cbbbb-1111-4222-8333-444455559d21";

/// The token refused three times, as in public lines, after a profile that names user and organisation.
pub fn token_refused() -> String {
    let head = |ms: u32| format!("2026-03-11T08:41:{:02}.{:03}Z <Info> [0x390] ", 2 + ms / 1_000, ms % 1_000);
    let mut log = String::new();
    log += &format!(
        "{}UserProfile.cpp:10 UserProfile::onData:getUserProfile: {{\"userId\":\"{UUID}\",\"orgId\":\"{ORG}\"}}\n",
        head(0)
    );
    log += &format!("{}UserProfile.cpp:11 UserProfile::onData:userEmail=anna.k@example.com\n", head(1));
    for (ms, id) in [(4_462, "7d41c2be"), (34_500, "8e52d3cf")] {
        log += &format!(
            "{}BroadWorksTokenManager.cpp:158 operator():BWC:SCF: Created BWC token request with ID: 1. Tracking ID=CLIENT_{id}-90aa-4f0e-8a55-0123456789ab\n",
            head(ms)
        );
        log += &format!(
            "{}BroadWorksTokenManager.cpp:190 operator():BWC:SCF: Http error when trying to get BWC Token from Broad Cloud, httpStatusCode: 403\n",
            head(ms + 2_384).replace("<Info>", "<Error>")
        );
    }
    log
}

#[test]
fn what_the_log_names_is_found_with_its_line() {
    let (report, text) = reports(&[("bwc/current_log.txt", &token_refused())]);
    let user = item(&report, "user");
    assert_eq!(user["state"], "found");
    let found: Vec<(&str, &str)> =
        user["found"].as_array().unwrap().iter().map(|f| (f["kind"].as_str().unwrap(), f["value"].as_str().unwrap())).collect();
    assert_eq!(found, [("mail", "anna.k@example.com"), ("user-uuid", UUID)]);
    assert_eq!(user["found"][1]["basis"], "inferred");
    assert_eq!(user["found"][1]["evidence"][0]["line"], 1);
    assert_eq!(user["found"][0]["evidence"][0]["line"], 2);
    assert_eq!(item(&report, "organisation")["found"][0]["value"], ORG);
    // The first 403 stands at 08:41:02 + 4.462 s + 2.384 s; the tracking ID of its request is nearer than the second one.
    assert_eq!(item(&report, "time")["found"][0]["value"], "2026-03-11T08:41:08.846000Z");
    assert_eq!(item(&report, "tracking-id")["found"][0]["value"], "CLIENT_7d41c2be-90aa-4f0e-8a55-0123456789ab");
    assert_eq!(item(&report, "bwc-log")["state"], "found");
    for absent in ["startup-log", "media-log", "environment"] {
        assert_eq!(item(&report, absent)["state"], "missing", "{absent}");
    }
    for said in ["UUID 51c0aaaa", "inferred from the words before it", "Export Calling Environment Data"] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    // What to ask about the stage that failed.
    let ask = &report["ask"][0];
    assert_eq!((&ask["stage"], &ask["session"]), (&json!("token"), &json!(0)));
    assert_eq!(ask["logs"][0], "authentication-service");
    assert!(text.contains("authenticationService log of the XSP"), "{text}");
}

#[test]
fn the_tracking_id_nearest_to_the_issue_leads() {
    let earlier =
        "2026-03-11T08:40:00.000Z <Info> [0x390] Http.cpp:1 get:Tracking ID=CLIENT_00000001-90aa-4f0e-8a55-0123456789ab\n";
    let (report, _) = reports(&[("current_log.txt", earlier), ("bwc/current_log.txt", &token_refused())]);
    let found = item(&report, "tracking-id")["found"].as_array().unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(found[0]["value"], "CLIENT_7d41c2be-90aa-4f0e-8a55-0123456789ab");
    assert_eq!(found[2]["value"], "CLIENT_00000001-90aa-4f0e-8a55-0123456789ab");
}

#[test]
fn what_the_log_hides_is_told_apart_from_what_it_lacks() {
    let line = "2024-02-02 12:02:22.501 9619 9771 D WBX_TEAMS-ucf: tid[0x261f] BroadWorksTokenManager.cpp::158 operator():BWC:SCF: Created BWC token request with ID: [Redacted]. Tracking ID=[Redacted]\n";
    let (report, text) = reports(&[("bwc/current_log.txt", line)]);
    let tracking = item(&report, "tracking-id");
    assert_eq!((tracking["state"].as_str(), tracking["masked"][0]["line"].as_u64()), (Some("redacted"), Some(1)));
    assert_eq!(item(&report, "user")["state"], "missing");
    assert!(text.contains("hidden in the log"), "{text}");
    assert!(
        report["case"].as_array().unwrap().iter().all(|i| i["id"] != "case-number"),
        "feedback is nothing that a case must have"
    );
}

#[test]
fn a_feedback_number_counts_when_it_is_there() {
    let line = "2024-02-02T12:02:22.501Z <Info> [0x390] Feedback.cpp:1 Feedback::sent:Case Number - 00601970\n";
    let (report, _) = reports(&[("current_log.txt", line)]);
    assert_eq!(item(&report, "case-number")["found"][0]["value"], "00601970");
}

#[test]
fn asks_of_recorded_failures_hold_what_the_packets_hold() {
    let framing = FRAMINGS.iter().find(|f| f.name == "native, line ends LF").unwrap();
    let mut checked = 0;
    for folder in folders() {
        let scenario = folder.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let register = ["register-forbidden", "register-not-found", "register-unavailable"].contains(&scenario.as_str());
        let call =
            ["call-rejected-488", "call-not-found", "call-server-error", "call-not-acceptable-here"].contains(&scenario.as_str());
        if !register && !call {
            continue;
        }
        let truth: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("facts.json")).unwrap()).unwrap();
        if register && truth["register_finals"].as_array().unwrap().last().unwrap().as_u64().is_none_or(|s| s < 300) {
            continue; // it came through in the end
        }
        let log = String::from_utf8((framing.write)(&wires(&folder))).unwrap();
        let (report, _) = reports(&[("bwc/current_log.txt", &log)]);
        let shown = folder.display();
        let asks = report["ask"].as_array().unwrap();
        let ask = asks.iter().find(|a| a[if register { "registration" } else { "call" }].is_u64());
        let Some(ask) = ask else { panic!("{shown}: {asks:?}") };
        if register {
            let last = truth["register_finals"].as_array().unwrap().iter().rev().find(|s| !s.is_null()).unwrap();
            assert_eq!(&ask["status"], last, "{shown}");
        } else {
            assert_eq!(ask["call_ids"][0], truth["calls"][0]["call_id"], "{shown}");
            assert_eq!(&ask["status"], truth["calls"][0]["invite_finals"].as_array().unwrap().last().unwrap(), "{shown}");
        }
        assert!(ask["contact"].as_str().is_some_and(|c| c.contains("sip:")), "{shown}: {}", ask["contact"]);
        assert_eq!(ask["logs"][0], "xslog", "{shown}");
        assert!(ask["text"].as_str().unwrap().contains(&ask["status"].to_string()), "{shown}");
        checked += 1;
    }
    assert!(checked >= 6, "only {checked} recordings");
}

/// An incoming call from the application server, refused by this client; the client's clock is 3.4 s ahead.
#[test]
fn the_servers_clock_and_zone_are_worked_out_from_its_tag_and_call_id() {
    // The tag says 2023-01-26 15:51:41.131 UTC, the Call-ID 16:51:41.131 on 26.01.23: the server stands at +01:00.
    let common = "Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bKBroadWorks.1\nFrom: <sip:bob@example.com>;tag=749498253-1674748301131\nCall-ID: BW165141131260123-77@192.0.2.1\nCSeq: 1 INVITE\n";
    let head = |ms: u32| {
        format!(
            "2023-01-26T15:51:{:02}.{:03}Z <Debug> [0x390] SipTransport.cpp:88 onSipMessage:BWC:SIP: ",
            ms / 1_000,
            ms % 1_000
        )
    };
    let log = format!(
        "{}Received, 198.51.100.20:5060 -> 192.0.2.10:5060\nINVITE sip:anna@192.0.2.10 SIP/2.0\n{common}To: <sip:anna@example.com>\nX-BroadWorks-Correlation-Info: 5f0e\nContact: <sip:198.51.100.20>\nContent-Length: 0\n\n\
         {}Sending, 192.0.2.10:5060 -> 198.51.100.20:5060\nSIP/2.0 488 Not Acceptable Here\n{common}To: <sip:anna@example.com>;tag=a1\nContact: <sip:anna@192.0.2.10:5060>\nContent-Length: 0\n\n",
        head(44_531),
        head(44_566),
    );
    let (report, text) = reports(&[("bwc/current_log.txt", &log)]);
    let ask = report["ask"].as_array().unwrap().iter().find(|a| a["call"] == 0).unwrap();
    assert_eq!(ask["at"], "2023-01-26T15:51:44.531000Z");
    assert_eq!(ask["server_at"], "2023-01-26T15:51:41.131000Z");
    assert_eq!((&ask["server_zone"], &ask["offset_ms"]), (&json!("+01:00"), &json!(3400.0)));
    assert_eq!(ask["server_tag"], "749498253-1674748301131");
    assert_eq!((&ask["correlation"], &ask["status"]), (&json!("5f0e"), &json!(488)));
    assert_eq!(ask["duration_ms"], 35.0);
    let block = ask["text"].as_str().unwrap();
    for said in ["AS clock: 2023-01-26 16:51:41.131 +01:00 = 2023-01-26 15:51:41.131 UTC", "488 Not Acceptable Here, after 35 ms"]
    {
        assert!(block.contains(said), "{said}\n{block}");
    }
    assert!(text.contains("16:51:41.131 +01:00"), "{text}");
}

#[test]
fn a_client_of_unified_cm_is_said_to_be_one() {
    let line = "2024-02-02T12:02:22.501Z <Error> [0x390] TelephonyService.cpp:1 onError:Phone services error: 1000:500\n";
    let (report, _) = reports(&[("current_log.txt", line)]);
    let verdict = &report["sessions"][0]["verdict"];
    assert_eq!(verdict["state"], "unknown");
    assert!(verdict["text"].as_str().unwrap().contains("Unified CM"), "{verdict}");
    assert!(report["findings"].as_array().unwrap().iter().any(|f| f["id"] == "unified-cm-code"));
}

/// Three calls of a phone, each REGISTER – INVITE – BYE – sign-off: one episode a call, nothing to complain of.
#[test]
fn a_phone_registers_for_each_call_and_is_not_blamed() {
    let mut log = String::new();
    let mut line = 0_i64;
    let mut say = |text: String| {
        line += 1;
        let (minute, second) = (line * 2 / 60, line * 2 % 60);
        log.push_str(&format!(
            "2024-02-02 12:{minute:02}:{second:02}.100 9619 9771 D WBX_TEAMS-ucf: tid[0x261f] Sip.cpp::1 onSip:BWC:SIP: {text}\n\n"
        ));
    };
    let out = "Sending, 192.0.2.10:5060 -> 198.51.100.20:5060";
    let back = "Received, 198.51.100.20:5060 -> 192.0.2.10:5060";
    for n in 1..=5 {
        for (kind, method, expires) in [("a", "REGISTER", 300), ("b", "INVITE", 0), ("c", "BYE", 0), ("d", "REGISTER", 0)] {
            let register = method == "REGISTER";
            let target = if register { "sip:example.com" } else { "sip:bob@example.com" };
            let to = if register { "anna" } else { "bob" };
            let call = if register { format!("r{n}{kind}") } else { format!("c{n}") };
            let number = if kind == "c" { 2 } else { 1 };
            let tag = if kind == "c" { ";tag=b" } else { "" };
            let common = |tag: &str| {
                format!(
                    "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK{n}{kind}\nFrom: <sip:anna@example.com>;tag=a{n}\nTo: <sip:{to}@example.com>{tag}\nCall-ID: {call}\nCSeq: {number} {method}\nContact: <sip:anna@192.0.2.10:5060>{}\nUser-Agent: Webex/44.1.0.28000 (Android 14)\nContent-Length: 0",
                    if register { format!(";expires={expires}") } else { String::new() }
                )
            };
            say(format!("{out}\n{method} {target} SIP/2.0\n{}", common(tag)));
            say(format!("{back}\nSIP/2.0 200 OK\n{}", common(";tag=b")));
            if method == "INVITE" {
                say(format!("{out}\n{}", format!("ACK {target} SIP/2.0\n{}", common(";tag=b")).replace("1 INVITE", "1 ACK")));
            }
        }
    }
    let (report, text) = reports(&[("bwc/current_log.txt", &log)]);
    assert_eq!(report["client"]["platform"], "android");
    assert_eq!(report["calls"].as_array().unwrap().len(), 5, "{text}");
    assert_eq!(report["sessions"][0]["verdict"]["state"], "ok");
    assert!(
        report["sessions"][0]["verdict"]["detail"].as_str().unwrap().contains("5 times"),
        "{}",
        report["sessions"][0]["verdict"]
    );
    let complaints: Vec<&Value> = report["findings"].as_array().unwrap().iter().filter(|f| f["severity"] != "note").collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

//! Reports against the contract `bundlescope.report/1`: keys, order, nulls and words, on an analysis made by hand.

use std::sync::Arc;

use bundlescope::analyse::Analysis;
use bundlescope::base::words::Words;
use bundlescope::bundle::Role;
use bundlescope::export::{Format, Options, render};
use bundlescope::session::startup::StageId;
use serde_json::Value;

use super::made::{empty, full};

fn json(analysis: Analysis, messages: bool) -> Value {
    let options = Options { messages, ..Options::default() };
    serde_json::from_str(&render(&[Arc::new(analysis)], Format::Json, &options)).unwrap()
}

fn text(analysis: Analysis, options: &Options) -> String {
    render(&[Arc::new(analysis)], Format::Text, options)
}

/// Keys of the contract stand first and in its order; further ones may follow.
#[track_caller]
fn keys(value: &Value, expected: &str) {
    let have: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let want: Vec<&str> = expected.split_whitespace().collect();
    assert_eq!(have[..want.len().min(have.len())], want[..], "{have:?}");
}

#[test]
fn every_key_of_the_contract_in_its_order() {
    let v = json(full(), true);
    keys(
        &v,
        "schema program source redacted coverage client verdict clocks sessions sip registrations keepalives calls \
         subscriptions environment messages findings",
    );
    keys(&v["program"], "name version");
    keys(&v["source"], "name bytes sha256");
    keys(&v["coverage"], "members missing notes");
    keys(
        &v["coverage"]["members"][0],
        "path role role_basis observer dialect bytes lines records unrecognised_lines first last zone zone_basis input \
         sip_messages notes",
    );
    keys(&v["coverage"]["members"][0]["notes"][0], "kind line text");
    keys(&v["client"], "platform version user_agent device_type");
    keys(&v["verdict"], "state session stage text");
    keys(&v["clocks"][0], "peer offset_ms basis samples");
    keys(&v["sessions"][0], "id run start end stages verdict");
    keys(&v["sessions"][0]["stages"][0], "id state at text evidence");
    keys(&v["sessions"][0]["stages"][0]["evidence"][0], "member line time text");
    keys(&v["sessions"][0]["verdict"], "state stage text");
    keys(
        &v["sip"],
        "messages malformed direction_unknown requests_sent requests_received responses_sent responses_received retransmissions",
    );
    keys(
        &v["registrations"][0],
        "session aor registrar call_id call_ids next_hops instance reg_id bindings nat state first last expires_s attempts",
    );
    keys(&v["registrations"][0]["bindings"][0], "contact ours expires_s");
    keys(&v["registrations"][0]["nat"], "sent_by seen_as changes");
    let attempt = "at call_id cseq remote status reason retry_after_s expires_s expires_basis authorised sends duration_ms kind";
    keys(&v["registrations"][0]["attempts"][0], attempt);
    keys(&v["keepalives"][0], "session kind from peer pings answered unanswered interval_s longest_gap_s first last state");
    keys(
        &v["calls"][0],
        "id session call_ids direction from to related correlation identity diversion final_from final_from_basis state \
         invite_finals reason released_by_reason early_dialogs started ringing answered ended ended_by setup_ms talk_s \
         retransmissions events holds media",
    );
    keys(&v["calls"][0]["related"][0], "call kind evidence");
    keys(&v["calls"][0]["released_by_reason"], "protocol cause text");
    keys(&v["calls"][0]["events"][0], "at kind by result status text evidence");
    keys(&v["calls"][0]["holds"][0], "from to by requested_by");
    keys(
        &v["calls"][0]["media"][0],
        "at index kind cause offered answered codec payload_type offered_by early local remote ptime fmtp may_switch direction \
         protocol secure dtmf outcome engine",
    );
    keys(&v["calls"][0]["media"][0]["local"], "address port source");
    keys(&v["subscriptions"][0], "session event state attempts notifies last reason");
    keys(&v["subscriptions"][0]["attempts"][0], attempt);
    keys(&v["environment"], "present format entries belongs belongs_text exported");
    keys(
        &v["messages"][0],
        "at session member line lines direction direction_basis method status reason request_uri call_id cseq from_tag to_tag \
         branch sdp body_bytes sent_before problems",
    );
    keys(
        &v["findings"][0],
        "id severity confidence title meaning impact causes checks steps sources stage session call effect_of count first last \
         captures evidence",
    );
    keys(
        &v["device_configs"][0],
        "member line from session at copies bytes elements root encoding_declared encoding_seen template problems tags \
         sbc_address sbc_addresses sip",
    );
    keys(&v["device_configs"][0]["problems"][0], "kind fatal line column text");
    keys(&v["device_configs"][0]["tags"][0], "tag path line used");
    keys(&v["device_configs"][0]["sip"][0], "path value line used meaning meaning_basis");
}

#[test]
fn values_stand_as_the_contract_says() {
    let v = json(full(), true);
    assert_eq!(v["schema"], "bundlescope.report/1");
    assert_eq!(v["redacted"], false);
    assert_eq!(v["sessions"][0]["start"], "2024-01-30T07:19:10.077000Z");
    assert_eq!(v["sessions"][0]["stages"].as_array().unwrap().len(), 12);
    assert_eq!(v["coverage"]["members"][0]["notes"].as_array().unwrap().len(), 2, "of opening and of reading");
    assert_eq!(v["coverage"]["members"][2]["lines"], 0, "a member never read stands in the list");
    assert_eq!(v["coverage"]["members"][2]["dialect"], Value::Null);
    assert_eq!(v["clocks"][0]["offset_ms"], 1.5);
    // 9 messages: sent REGISTER, INVITE twice, ACK twice; received 200 of each, that of the INVITE twice; a BYE of unknown way.
    assert_eq!(v["sip"]["messages"], 9);
    assert_eq!(v["sip"]["direction_unknown"], 1);
    assert_eq!(v["sip"]["requests_sent"], serde_json::json!({"ACK": 2, "INVITE": 2, "REGISTER": 1}));
    assert_eq!(v["sip"]["responses_received"], serde_json::json!({"200 INVITE": 2, "200 REGISTER": 1}));
    assert_eq!(v["sip"]["requests_received"], serde_json::json!({}));
    assert_eq!(v["sip"]["retransmissions"], 2, "the repeated ACK is not counted");
    assert_eq!(v["registrations"][0]["attempts"][0]["duration_ms"], 0.26);
    assert_eq!(v["registrations"][0]["attempts"][0]["expires_basis"], "granted");
    assert_eq!((&v["keepalives"][0]["answered"], &v["keepalives"][0]["unanswered"]), (&1.into(), &1.into()));
    let call = &v["calls"][0];
    assert_eq!(call["invite_finals"], serde_json::json!([407, 200, null]));
    assert_eq!((&call["setup_ms"], &call["talk_s"]), (&2390.5.into(), &76.91.into()));
    assert_eq!(call["holds"][0]["to"], Value::Null);
    assert_eq!(call["media"][0]["engine"], Value::Null);
    assert_eq!(call["media"][0]["remote"]["address"], Value::Null);
    assert_eq!(call["events"][0]["evidence"][0]["line"], 30);
    assert_eq!(call["events"][0]["evidence"][0]["text"], "INVITE sip:as.example.com SIP/2.0");
    assert_eq!(v["findings"][0]["captures"]["profile"], "Business Communicator - PC");
    let invite = &v["messages"][2];
    assert_eq!(invite["method"], "INVITE");
    assert_eq!(invite["call_id"], "abc@host");
    assert_eq!(invite["cseq"], 20);
    assert_eq!(invite["from_tag"], "f1", "not the words in the name or the URI");
    assert_eq!(invite["to_tag"], Value::Null);
    assert_eq!(invite["branch"], "z9hG4bK7");
    assert_eq!((&invite["sdp"], &invite["body_bytes"]), (&true.into(), &5.into()));
    assert_eq!((&v["messages"][1]["status"], &v["messages"][1]["method"]), (&200.into(), &"REGISTER".into()));
    assert_eq!(v["messages"][8]["direction_basis"], Value::Null);
}

#[test]
fn what_the_log_did_not_give_is_null() {
    let v = json(empty(), false);
    assert!(v.get("messages").is_none(), "only with --messages");
    assert_eq!(v["source"]["sha256"], Value::Null);
    assert_eq!(v["client"]["platform"], Value::Null);
    assert_eq!((&v["verdict"]["state"], &v["verdict"]["session"]), (&"unknown".into(), &Value::Null));
    assert_eq!(v["environment"]["present"], false);
    assert_eq!(v["environment"]["belongs"], "unknown");
}

#[test]
fn several_bundles_give_an_array_and_the_same_bytes_each_time() {
    let two = [Arc::new(full()), Arc::new(empty())];
    let options = Options { unopened: vec!["No such file or folder: y.zip".into()], ..Options::default() };
    let first = render(&two, Format::Json, &options);
    assert_eq!(first, render(&two, Format::Json, &options));
    let v: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(v.as_array().unwrap().len(), 2);
    assert_eq!(v[1]["coverage"]["notes"][0]["kind"], "unreadable");
}

#[test]
fn the_text_report_leads_to_the_lines() {
    let report = text(full(), &Options { messages: true, ..Options::default() });
    for fact in [
        "Registered and called",
        "sip:anna@example.com at as.example.com: registered",
        "bwc/current_log.txt:3, 12",
        "200 OK, 0.26 ms",
        "G722/8000",
        "held by the client",
        "not lifted",
        "bwc/current_log.txt:30, 50",
        "Ended by",
        "Q.850 102 timer",
        "+2.39 s",
        "talked 1:16.9 min",
        "Stray byte",
        "line 17",
        "The checksum does not fit",
        "Only the first files were read",
        "Assign it",
        "bwc/current_log.txt:5",
        "2024-01-30, UTC",
        "07:19:10.077",
    ] {
        assert!(report.contains(fact), "{fact:?} is missing in\n{report}");
    }
    assert!(!report.contains('\u{1b}'), "a terminal sequence of the log");
    assert!(report.lines().all(|l| l.chars().count() <= 100), "{report}");
    let nepal = text(full(), &Options { zone_s: 20_700, ..Options::default() });
    assert!(nepal.contains("13:04:10.077") && nepal.contains("UTC+05:45"), "{nepal}");
}

#[test]
fn nothing_readable_is_not_nothing_wrong() {
    let words = Words::english();
    let report = text(empty(), &Options::default());
    assert!(report.contains(words.get("report.nothing_looked_at")), "{report}");
    assert!(!report.contains(words.get("report.no_findings")), "{report}");
    let mut read = full();
    read.findings.clear();
    assert!(text(read, &Options::default()).contains("No finding stands"));
}

#[test]
fn the_forms_report_holds_nothing_of_a_person() {
    let report = render(&[Arc::new(full())], Format::Formats, &Options::default());
    for value in ["anna", "example.com", "198.51", "192.0.2", "abc@host", "Stray byte", "Business Communicator"] {
        assert!(!report.contains(value), "{value:?} stands in\n{report}");
    }
    for fact in
        ["bwc/current_log.txt", "dialect=native", "unrecognised-lines=2", "aaa: 999 xxx", "direction-by-via=8", "bad-encoding 1"]
    {
        assert!(report.contains(fact), "{fact:?} is missing in\n{report}");
    }
}

/// The schema's words, copied from the contract, each with its words for people.
#[test]
fn every_word_of_the_schema_has_words_for_people() {
    let lists = [
        ("verdict-state", "ok failed warning unknown"),
        ("stage-state", "ok implied failed warning not-seen not-applicable"),
        ("severity", "error warning note"),
        ("confidence", "certain likely possible"),
        ("platform", "windows mac ios android linux"),
        ("side", "client peer both unknown"),
        ("keepalive", "options crlf register"),
        ("cause", "initial reinvite update prack"),
        ("final_from", "as sbc far-end"),
        ("belongs", "yes no unknown"),
        ("zone", "log peer-tag estimated given assumed"),
        ("role_basis", "content path both"),
        (
            "event",
            "early-media hold resume conference transfer-blind transfer-attended transfer-result replaced redirect session-refresh \
             session-expired codec-change dtmf authentication reinvite-failed ack-missing bye-unanswered",
        ),
        (
            "word",
            "ok failed registered unregistered expired no-answer unknown register refresh \
             unregister lost recovered one-way outgoing incoming answered answered-elsewhere busy declined cancelled redirected \
             rejected no-response in-progress consultation transfer-target replaces replaced-by redirect conference \
             same-correlation pending agreed unanswered no-common-codec active terminated sent received",
        ),
    ];
    let words = Words::english();
    let stages: Vec<String> = StageId::ALL.iter().map(|s| format!("stage.{}", s.word())).collect();
    let roles: Vec<String> = Role::ALL.iter().map(|r| format!("role.{}", r.word())).collect();
    let listed = lists.iter().flat_map(|(topic, names)| names.split_whitespace().map(move |name| format!("{topic}.{name}")));
    for key in listed.chain(stages).chain(roles) {
        assert_ne!(words.get(&key), key, "no words for {key}");
    }
}

#[test]
#[ignore = "prints the text report of the analysis made by hand, to be looked at"]
fn show() {
    println!("{}", text(full(), &Options { messages: true, ..Options::default() }));
    println!("{}", render(&[Arc::new(full())], Format::Formats, &Options::default()));
    println!("{}", text(empty(), &Options::default()));
}

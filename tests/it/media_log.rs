//! What media logs print, from bytes to the report: series and signs on the call of their time, unverified. In: bundles made here.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests stand outside #[test]

use bundlescope::analyse::{Options, Progress, analyse};
use bundlescope::bundle::Input;
use bundlescope::export::{self, Format};
use bundlescope::findings::dialogue::Dialogue;
use serde_json::{Value, json};

use crate::archive::zip;

/// A call from second 10 to 40; the answer lists two codecs.
const CALL: &str = "10 > INVITE c.1 || sdp m=audio 4000 RTP/AVP 9 0\n11 < 200 c.1 || sdp m=audio 4000 RTP/AVP 9 0\n11 > ACK c.1\n40 > BYE c.2\n\
    40.1 < 200 c.2\n60 = the log goes on\n";

/// A media log whose lines stand at these seconds of the dialogue's minute.
fn media(lines: &[(u32, &str)]) -> String {
    let start = Dialogue::parse(CALL).unwrap().log();
    let minute = start.get(..17).unwrap();
    lines
        .iter()
        .map(|(s, text)| format!("{minute}{s:02}.000Z <Info> [0x390] WmeMediaSession.cpp:42 logStats:WME: {text}\n"))
        .collect()
}

fn report(media: &str) -> Value {
    let log = Dialogue::parse(CALL).unwrap().log();
    let bytes = zip(&[("bwc/current_log.txt", log.as_bytes()), ("media/wme.log", media.as_bytes())]);
    let input = Input::Memory { name: "logs.zip".into(), bytes: bytes.into() };
    let analyses = analyse(&[input], &Options::default(), &Progress::new()).unwrap();
    serde_json::from_str(&export::render(&analyses, Format::Json, &export::Options::default())).unwrap()
}

#[test]
fn numbers_stand_on_their_call_and_the_codec_used_is_told() {
    let log = media(&[
        (5, "idle audio rx jitter=1ms"),
        (12, "EccMediaConnectionManager::onFirstBufferReceived:Cost 0.31s to Recv first playback buffer after call connected"),
        (15, "audio rx jitter=12ms lost=3 codec=PCMU"),
        (20, "audio rx jitter=40ms lost=0 codec=PCMU"),
        (21, "audio rx jitter=9ms lost=0 codec=G722"),
        (42, "State transition [MediaState].MediaConnected --> [MediaState].DisconnectMedia"),
        (50, "audio rx jitter=2ms"),
    ]);
    let report = report(&log);
    let told = &report["media_log"];
    assert_eq!(told["basis"], "unverified");
    let of = |call: Value, name: &str| {
        let all = told["series"].as_array().unwrap();
        all.iter().find(|s| s["call"] == call && s["name"] == name).unwrap_or_else(|| panic!("{told:#}"))
    };
    let jitter = of(json!(0), "jitter");
    assert_eq!((&jitter["values"], &jitter["min"], &jitter["max"]), (&json!(3), &json!(9.0), &json!(40.0)));
    assert_eq!((&jitter["unit"], &jitter["stream"], &jitter["way"]), (&json!("ms"), &json!("audio"), &json!("received")));
    assert_eq!(jitter["points"][1][1], 40.0);
    assert_eq!((&jitter["evidence"][0]["line"], &jitter["evidence"][0]["member"]), (&json!(3), &json!("media/wme.log")));
    assert_eq!(of(Value::Null, "jitter")["values"], 2);
    assert_eq!((&of(json!(0), "lost")["measure"], &of(json!(0), "lost")["unit"]), (&json!("loss"), &Value::Null));
    let kinds: Vec<(&str, &Value)> =
        told["signs"].as_array().unwrap().iter().map(|s| (s["kind"].as_str().unwrap(), &s["call"])).collect();
    let zero = json!(0);
    assert_eq!(kinds, [("first-audio", &zero), ("codec", &zero), ("codec", &zero), ("media-state", &zero)]);
    // Agreed G722 by SDP, and the engine says what it came to use.
    let line = &report["calls"][0]["media"][0];
    assert_eq!((&line["codec"], &line["engine"]["codec"]), (&json!("G722/8000"), &json!("G722")));
    assert_eq!((&line["engine"]["basis"], &line["engine"]["evidence"][0]["line"]), (&json!("unverified"), &json!(5)));
}

#[test]
fn a_log_without_such_lines_says_nothing() {
    let report = report(&media(&[(15, "the jitter buffer is fine"), (20, "nothing lost")]));
    assert_eq!(report["media_log"]["series"], json!([]));
    assert_eq!(report["calls"][0]["media"][0]["engine"], Value::Null);
}

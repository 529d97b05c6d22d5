//! The bundles that come with the program (`assets/samples/`), made by code: SIP recorded between real stacks
//! (`tests/fixtures/captured`), in NATIVE framing, with invented records around it in the forms that public sources print.
//!
//! `BUNDLESCOPE_WRITE_SAMPLES=1 cargo test --test it samples` writes them anew; without it the test holds that the files in the
//! repository are what this code makes.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use bundlescope::analyse::{Analysis, Options, Progress, analyse};
use bundlescope::base::LogTime;
use bundlescope::bundle::{self, Input};
use bundlescope::session::Side;
use bundlescope::session::startup::{StageId, VerdictState};
use serde_json::Value;

use super::archive;

const SECOND: i64 = 1_000_000;
const VERSION: &str = "45.10.0.32908";

/// A member: path and text.
type Member = (&'static str, String);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn at(day: u32, hour: u32, minute: u32, second: u32, milli: u32) -> LogTime {
    LogTime::from_civil(2026, 10, day, hour, minute, second, milli * 1000).unwrap()
}

/// One recorded message: microseconds from the first, direction, peer, text.
struct Recorded {
    after_us: i64,
    sent: bool,
    peer: String,
    raw: String,
}

fn recorded(scenario: &str) -> Vec<Recorded> {
    let path = root().join("tests/fixtures/captured").join(scenario).join("messages.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let values: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let first = values[0]["t_us"].as_i64().unwrap();
    values
        .iter()
        .map(|v| {
            let sent = v["direction"] == "sent";
            Recorded {
                after_us: v["t_us"].as_i64().unwrap() - first,
                sent,
                peer: v[if sent { "to" } else { "from" }].as_str().unwrap().to_owned(),
                raw: v["raw"].as_str().unwrap().to_owned(),
            }
        })
        .collect()
}

/// Records of a log, put in order of their time at the end; equal times keep their order.
#[derive(Default)]
struct Log(Vec<(LogTime, String)>);

impl Log {
    fn add(&mut self, time: LogTime, level: &str, thread: &str, rest: &str) {
        let stamp = format!("{}T{}Z", time.date(0), time.clock(0));
        self.0.push((time, format!("{stamp} <{level}> [{thread}]{rest}\n")));
    }

    /// A SIP message as its own lines below a record that says which way it went.
    fn sip(&mut self, time: LogTime, message: &Recorded) {
        let (code, what) = if message.sent {
            ("SipTransport.cpp:214 SipTransport::send", "Sending message to")
        } else {
            ("SipTransport.cpp:307 SipTransport::onMessage", "Received message from")
        };
        self.add(time, "Debug", "0x45c", &format!(" {code}:BWC:SCF: {what} {} over UDP", message.peer));
        let text = message.raw.replace("\r\n", "\n");
        let (_, record) = self.0.last_mut().unwrap();
        record.push_str(&text);
        if !text.ends_with('\n') {
            record.push('\n');
        }
    }

    /// Messages of a recording, and when each was logged. The recordings crossed no network: what answers the client comes 23 ms
    /// later here. `waits` lengthen it further: from message n on, everything comes so many seconds later.
    fn play(&mut self, start: LogTime, messages: &[Recorded], waits: &[(usize, i64)]) -> Vec<LogTime> {
        let mut network_us = 0;
        let mut before_sent = false;
        let mut times = Vec::new();
        for (number, message) in messages.iter().enumerate() {
            network_us += if before_sent && !message.sent { 23_000 } else { 0 };
            before_sent = message.sent;
            let later: i64 = waits.iter().filter(|(from, _)| number >= *from).map(|(_, seconds)| seconds * SECOND).sum();
            let time = start.plus_us(message.after_us - messages[0].after_us + network_us + later);
            self.sip(time, message);
            times.push(time);
        }
        times
    }

    fn text(mut self) -> String {
        self.0.sort_by_key(|(time, _)| *time);
        self.0.into_iter().map(|(_, text)| text).collect()
    }
}

/// What the main log of a run says before and around calls.
fn main_log(start: LogTime, seconds: i64, call: Option<(LogTime, LogTime)>) -> String {
    let mut log = Log::default();
    let id = "9d107073-4a51-4b0e-9c6e-0c2f5a3b7e11";
    let t = |ms: i64| start.plus_us(ms * 1000);
    log.add(
        t(0),
        "Info",
        "0x390",
        &format!("[]Application.cpp:118 Application::start::Starting, version {VERSION}, platform windows"),
    );
    log.add(
        t(40),
        "Debug",
        "0x390",
        "[]TelephonyService.cpp:611 TelephonyService::initialise::Calling behaviour: calling in Webex",
    );
    log.add(
        t(912),
        "Debug",
        "0xa6b4",
        "[]CalendarAdapter.cpp:350 CalendarAdapter::onDataArrived::Calendar event schedule response arrived: \
         {\"alertType\":\"full\",\"data\":{\"items\":[]},\"trackingId\":\"CLIENT_bcd08015-6f0b-4d2c-9c2e-1f7d5c3b8a90\"}",
    );
    for beat in 0..seconds / 20 {
        log.add(
            t(5_935 + beat * 20_000),
            "Debug",
            "0x5b40",
            "[]HealthCheckManager.cpp:133 onHeartBeatReceived::onHeartBeatReceived: 1",
        );
    }
    if let Some((began, ended)) = call {
        let steps = [
            (began, "CallState", "CallDisconnected", "PreviewVideo"),
            (began.plus_us(31_000), "CallState", "PreviewVideo", "ConnectCall"),
            (began.plus_us(52_000), "CallState", "ConnectCall", "JoinCall"),
            (began.plus_us(4_640_000), "CallState", "JoinCall", "WaitForMediaConnected"),
            (began.plus_us(4_980_000), "CallState", "WaitForMediaConnected", "CallConnected"),
            (ended, "CallState", "CallConnected", "DisconnectCall"),
            (ended.plus_us(18_000), "CallState", "DisconnectCall", "DisposeCall"),
        ];
        for (time, machine, from, to) in steps {
            let text = format!(
                "[]TelephonyStateMachine.cpp:35 telephony::StateMachineLogger::logStateTransitionSuccess::[{machine}] Transitioned \
                 from {from} to {to}. Call Id = [{id}] Conversation ID = [00000000-0000-0000-0000-000000000000] Type = [Call]"
            );
            log.add(time, "Debug", "0xca74", &text);
        }
        log.add(
            began.plus_us(4_990_000),
            "Debug",
            "0x538",
            "[]EccMediaConnectionManager.cpp:901 EccMediaConnectionManager::onFirstBufferReceived:Cost 0.31s to Recv first playback \
             buffer after call connected",
        );
    }
    log.text()
}

/// Token, device list and configuration, as far as public lines show them.
fn sign_in(log: &mut Log, start: LogTime) {
    let t = |ms: i64| start.plus_us(ms * 1000);
    let lines = [
        (0, "BroadWorksManager.cpp:212 BroadWorksManager::initialise:BWC:SCF: library version 45.10, user agent set"),
        (310, "BroadWorksTokenManager.cpp:130 operator():BWC:SCF: Get a BWC token using the teams token endpoint"),
        (
            313,
            "BroadWorksTokenManager.cpp:158 operator():BWC:SCF: Created BWC token request with ID: [Redacted]. Tracking ID=[Redacted]",
        ),
        (
            1_204,
            "BroadWorksConfigDownloader.cpp:98 onAccessDeviceListSucceeded:BWC:SCF: ConfigDownload - using the device profile 'Business \
             Communicator - PC'",
        ),
        (1_960, "BroadWorksConfigDownloader.cpp:187 onConfigSucceeded:BWC:SCF: ConfigDownload - config-wxt.xml, 48213 bytes"),
        (1_988, "BroadWorksCallControl.cpp:471 BroadWorksCallControl::createConfig:BWC:SCF: configuration has 1 SBC address"),
    ];
    for (ms, text) in lines {
        log.add(t(ms), "Info", "0x390", &format!(" {text}"));
    }
}

fn media_log(start: LogTime, seconds: i64) -> String {
    let mut log = String::new();
    let mut add = |ms: i64, text: &str| {
        let time = start.plus_us(ms * 1000);
        log.push_str(&format!("{}T{}Z PID[7413]TID[7441]:{text}\n", time.date(0), time.clock(0)));
    };
    add(0, "[UTIL] INFO: ACmThread::Create, aType=-1 aFlag=1");
    add(210, "[AudioEngine]info:: [CheckPoint][Playback]Start Playback, freq=8000,chan=1,enc=2,stream=0");
    for second in (5..seconds).step_by(10) {
        add(
            second * 1000,
            &format!("[AudioEngine]info:: stats rx loss=0.{}% jitter={}ms rtt={}ms", second % 7, 4 + second % 5, 21 + second % 9),
        );
    }
    log
}

/// Registered, asked after by the SBC, and a call that was held, resumed and re-negotiated; in the run before, a call that came in.
fn good() -> Vec<Member> {
    let start = at(14, 8, 40, 58, 120);
    let call = recorded("hold-by-client-codec-change/linphonec");
    let pings = recorded("options-by-peer/linphonec");
    let mut bwc = Log::default();
    sign_in(&mut bwc, start);
    bwc.play(at(14, 8, 41, 1, 40), &call[..4], &[]);
    // Rings 4 s longer than recorded, talks 15 s more before the hold, is held 40 s longer, talks 25 s more.
    let began = at(14, 8, 41, 12, 300);
    let times = bwc.play(began, &call[4..17], &[(3, 4), (5, 15), (8, 40), (11, 25)]);
    bwc.play(at(14, 8, 41, 6, 0), &pings[4..12], &[(2, 30), (4, 30), (6, 30)]);
    let ended = times[11];

    let before = at(13, 16, 20, 5, 900);
    let incoming = recorded("call-incoming/linphonec");
    let mut last = Log::default();
    sign_in(&mut last, before);
    last.play(before.plus_us(3 * SECOND), &incoming, &[(4, 20), (6, 3), (9, 45), (11, 60)]);
    let ced = format!(
        "{{\"exported\": \"2026-10-14T08:43:52Z\", \"appVersion\": \"{VERSION}\", \"platform\": \"windows\", \"callingBehaviour\": \
         \"NATIVE_BROADWORKS_CALL\", \"deviceProfile\": \"Business Communicator - PC\", \"redacted\": {{}}}}\n"
    );
    vec![
        ("current_log.txt", main_log(start.plus_us(-2 * SECOND), 165, Some((began, ended)))),
        ("last_run_current_log.txt", main_log(before.plus_us(-2 * SECOND), 160, None)),
        ("bwc/current_log.txt", bwc.text()),
        ("bwc/last_run_current_log.txt", last.text()),
        ("media/calls_2026-10-14_08-41-12.log", media_log(began.plus_us(4_700_000), 88)),
        ("ced.dat", ced),
    ]
}

/// Signed in, but the registrar refuses the SIP credentials; the run before had registered.
fn failing() -> Vec<Member> {
    let start = at(15, 9, 12, 3, 400);
    // Its later messages are an attempt to sign off.
    let refused = recorded("register-wrong-password/twinkle");
    let mut bwc = Log::default();
    sign_in(&mut bwc, start);
    let first = at(15, 9, 12, 6, 250);
    let times = bwc.play(first, &refused[..4], &[]);
    let result = times[3].plus_us(4_000);
    bwc.add(
        result,
        "Error",
        "0x45c",
        " BroadWorksManager.cpp:781 BroadWorksManager::registerClient::<lambda_367b7b02ffeb826e6e6a25aafb052a78>::()::\
         <lambda_f7b7c2330cd9b6c4719bd5256940e122>::operator ():BWC:SCF: BroadWorks Calling - failed to register client. errorCode=1506",
    );
    bwc.add(
        result.plus_us(1_000),
        "Error",
        "0x45c",
        " BroadWorksLoginAdapter.cpp:452 BroadWorksLoginAdapter::handleLoginError:BWC:SCF: Login error occurred: errorCode=1506",
    );
    let before = at(14, 17, 2, 11, 80);
    let mut last = Log::default();
    sign_in(&mut last, before);
    last.play(before.plus_us(3 * SECOND), &recorded("register-ok/twinkle"), &[]);
    vec![
        ("current_log.txt", main_log(start.plus_us(-2 * SECOND), 60, None)),
        ("last_run_current_log.txt", main_log(before.plus_us(-2 * SECOND), 40, None)),
        ("bwc/current_log.txt", bwc.text()),
        ("bwc/last_run_current_log.txt", last.text()),
    ]
}

fn zipped(members: &[Member]) -> Vec<u8> {
    let files: Vec<(&str, &[u8])> = members.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    archive::zip(&files)
}

/// Path and content of every member. Not the packed bytes: another version of the packer may pack as well in another way.
fn content(bytes: &[u8]) -> Vec<(String, String)> {
    let input = Input::Memory { name: "sample.zip".into(), bytes: bytes.into() };
    let bundles = bundle::open(&[input], &Progress::new()).unwrap();
    bundles
        .iter()
        .flat_map(|bundle| bundle.members.iter().map(move |member| (bundle, member)))
        .map(|(bundle, member)| {
            let mut text = String::new();
            bundle.reader(member.id).unwrap().read_to_string(&mut text).unwrap();
            (member.path.clone(), text)
        })
        .collect()
}

fn hold(name: &str, members: &[Member]) {
    let path = root().join("assets/samples").join(name);
    let made = zipped(members);
    if std::env::var_os("BUNDLESCOPE_WRITE_SAMPLES").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read(&path).unwrap();
    assert!(content(&kept) == content(&made), "{name} is not what the code makes: run with BUNDLESCOPE_WRITE_SAMPLES=1");
}

#[test]
fn the_samples_are_what_the_code_makes() {
    hold("good.zip", &good());
    hold("failing.zip", &failing());
}

fn read(name: &str, members: &[Member]) -> Arc<Analysis> {
    let input = Input::Memory { name: name.to_owned(), bytes: zipped(members).into() };
    let mut all = analyse(&[input], &Options::default(), &Progress::new()).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The truth is the recordings' `facts.json` and the waits above.
#[test]
fn the_good_sample_tells_its_story() {
    let analysis = read("good.zip", &good());
    let facts = &analysis.facts;
    assert_eq!(facts.runs.len(), 2, "current and last run");
    let run = &facts.runs[analysis.verdict_run.unwrap().0 as usize];
    assert_eq!(run.verdict.state, VerdictState::Ok, "{:?}", run.verdict);
    let call = facts.calls.iter().max_by_key(|c| c.started).unwrap();
    assert_eq!(call.invite_finals, [Some(200), Some(200), Some(200)]);
    let codecs: Vec<_> = call.media.iter().map(|m| m.codec.as_deref().unwrap_or("none")).collect();
    assert_eq!(codecs, ["PCMU/8000", "PCMU/8000", "PCMA/8000"]);
    assert_eq!(call.holds.len(), 1);
    assert_eq!((call.holds[0].by, call.ended_by), (Side::Client, Some(Side::Client)));
    let held = call.holds[0].to.unwrap().since_us(call.holds[0].from.unwrap());
    assert!((held - (2_020_057 + 40 * SECOND)).abs() < 50_000, "held {held} us");
    let pings: usize = facts.keepalives.iter().filter(|k| k.from == Side::Peer).map(|k| k.pings.len()).sum();
    assert_eq!(pings, 4);
    assert_eq!(facts.messages.len(), 4 + 13 + 8 + 13);
    assert!(facts.messages.iter().all(|m| m.direction_basis.is_some()), "every direction is known");
}

#[test]
fn the_failing_sample_names_the_registration() {
    let analysis = read("failing.zip", &failing());
    let facts = &analysis.facts;
    assert_eq!(facts.runs.len(), 2);
    let run = &facts.runs[analysis.verdict_run.unwrap().0 as usize];
    assert_eq!((run.verdict.state, run.verdict.stage), (VerdictState::Failed, Some(StageId::Register)), "{:?}", run.verdict);
    let latest = facts.registrations.iter().max_by_key(|r| r.first).unwrap();
    let statuses: Vec<_> = latest.attempts.iter().map(|a| (a.status, a.authorised)).collect();
    assert_eq!(statuses, [(Some(401), false), (Some(401), true)]);
}

//! The second wave of failures (network, service and more calls): each raised by a recording of real stacks that was edited to have it, and
//! not by its near-miss, one step from it, nor by the recording as it was. In: `tests/fixtures/captured`. Message lengths are kept right.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)] // helpers of tests stand outside #[test]

use std::path::Path;

use bundlescope::analyse::{Options, Progress, analyse};
use bundlescope::bundle::Input;

use super::framing::{FRAMINGS, Wire, wires};

/// A recording in the making: messages in time order, and how long the log goes on behind them.
#[derive(Clone)]
struct Capture {
    wires: Vec<Wire>,
    goes_on_s: i64,
}

/// `> INVITE`, `< 200 INVITE`: way, status of an answer, method.
fn is(wire: &Wire, what: &str) -> bool {
    let words: Vec<&str> = what.split(' ').collect();
    let method = wire.raw.lines().find_map(|l| l.strip_prefix("CSeq:")).unwrap().split_whitespace().nth(1).unwrap();
    let status = wire.raw.strip_prefix("SIP/2.0 ").map(|rest| &rest[..3]);
    wire.sent == (words[0] == ">") && words.last() == Some(&method) && (words.len() == 3).then(|| words[1]) == status
}

/// Content-Length by the body that is there.
fn mend(raw: &str) -> String {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let lines = head.split("\r\n").map(|line| match line.split_once(':') {
        Some((name, _)) if name.eq_ignore_ascii_case("content-length") => format!("{name}: {}", body.len()),
        _ => line.to_owned(),
    });
    format!("{}\r\n\r\n{body}", lines.collect::<Vec<_>>().join("\r\n"))
}

impl Capture {
    fn of(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captured").join(name);
        Self { wires: wires(&folder), goes_on_s: 0 }
    }

    /// Changes the text of the chosen messages, of all of them or the nth (from 0); there must be one, and it must change.
    fn edit(mut self, what: &str, nth: Option<usize>, change: impl Fn(&str) -> String) -> Self {
        let own = self.wires.iter_mut().filter(|w| is(w, what)).enumerate().filter(|(n, _)| nth.is_none_or(|nth| nth == *n));
        let mut changed = 0;
        for (_, wire) in own {
            let raw = mend(&change(&wire.raw));
            assert_ne!(raw, wire.raw, "{what} stays as it is");
            wire.raw = raw;
            changed += 1;
        }
        assert!(changed > 0, "no {what} to edit");
        self
    }

    fn replace(self, what: &str, nth: Option<usize>, from: &str, to: &str) -> Self {
        self.edit(what, nth, |raw| raw.replace(from, to))
    }

    /// Sets a header, in place of one of that name.
    fn header(self, what: &str, nth: Option<usize>, name: &str, value: &str) -> Self {
        self.edit(what, nth, |raw| {
            let (head, body) = raw.split_once("\r\n\r\n").unwrap();
            let named = |line: &str| line.split_once(':').is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
            let kept: Vec<&str> = head.split("\r\n").filter(|line| !named(line)).collect();
            format!("{}\r\n{name}: {value}\r\n\r\n{body}", kept.join("\r\n"))
        })
    }

    fn status(self, what: &str, nth: Option<usize>, line: &str) -> Self {
        self.edit(what, nth, |raw| format!("SIP/2.0 {line}\r\n{}", raw.split_once("\r\n").unwrap().1))
    }

    fn without(mut self, what: &str) -> Self {
        let before = self.wires.len();
        self.wires.retain(|w| !is(w, what));
        assert!(self.wires.len() < before, "no {what} to take out");
        self
    }

    /// The chosen message sent again, so many seconds later.
    fn again(mut self, what: &str, seconds: &[f64]) -> Self {
        let first = self.wires.iter().find(|w| is(w, what)).unwrap().clone();
        for s in seconds {
            self.wires.push(Wire { t_us: first.t_us + (s * 1e6) as i64, ..first.clone() });
        }
        self.sorted()
    }

    fn sorted(mut self) -> Self {
        self.wires.sort_by_key(|w| w.t_us);
        self
    }

    /// Moves the chosen message and all behind it.
    fn later(mut self, what: &str, seconds: f64) -> Self {
        let at = self.wires.iter().position(|w| is(w, what)).unwrap();
        for wire in &mut self.wires[at..] {
            wire.t_us += (seconds * 1e6) as i64;
        }
        self
    }

    /// A message made of another, put so many seconds before or behind it.
    fn made_of(mut self, what: &str, seconds: f64, change: impl Fn(&str) -> String) -> Self {
        let first = self.wires.iter().find(|w| is(w, what)).unwrap().clone();
        self.wires.push(Wire { t_us: first.t_us + (seconds * 1e6) as i64, raw: mend(&change(&first.raw)), ..first });
        self.sorted()
    }

    fn and_goes_on(mut self, seconds: i64) -> Self {
        self.goes_on_s = seconds;
        self
    }

    /// What the whole program finds.
    fn findings(&self) -> Vec<String> {
        let mut log = (FRAMINGS[0].write)(&self.wires);
        if self.goes_on_s > 0 {
            let at = bundlescope::base::LogTime(self.wires.last().unwrap().t_us + self.goes_on_s * 1_000_000).rfc3339();
            log.extend(format!("{}Z <Info> [0x1] Timer.cpp:7 Timer::run:tick\n", &at[..23]).as_bytes());
        }
        let input = Input::Memory { name: "bwc/current_log.txt".into(), bytes: log.into() };
        let analysis = analyse(&[input], &Options::default(), &Progress::new()).unwrap().remove(0);
        analysis.findings.iter().map(|f| f.id.clone()).collect()
    }
}

/// A call that goes out and that the network ends; and one that comes in.
const OUT: &str = "call-released-with-reason/baresip";
const IN: &str = "call-incoming/baresip";

/// The descriptions of a call: all lines of this beginning.
fn line(raw: &str, begins: &str, instead: &str) -> String {
    let lines = raw.split("\r\n").map(|l| if l.starts_with(begins) { instead.to_owned() } else { l.to_owned() });
    lines.collect::<Vec<_>>().join("\r\n")
}

fn audio(formats: &'static str, attributes: &'static str) -> impl Fn(&str) -> String {
    move |raw| {
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        let media = body.find("m=audio").unwrap();
        let port = body[media..].split(' ').nth(1).unwrap();
        format!("{head}\r\n\r\n{}m=audio {port} {formats}\r\n{attributes}", &body[..media])
    }
}

/// A request of the network in the dialog, made of its BYE.
fn request(method: &'static str, headers: &'static str) -> impl Fn(&str) -> String {
    move |bye| {
        let own = bye.replacen("BYE ", &format!("{method} "), 1).replace(" BYE\r\n", &format!(" {method}\r\n"));
        own.replacen("z9hG4bK", &format!("z9hG4bK{}", method.to_lowercase()), 1).replacen("\r\n", &format!("\r\n{headers}"), 1)
    }
}

/// The answer to [`request`], made of the answer to the BYE.
fn answer(method: &'static str, status: &'static str) -> impl Fn(&str) -> String {
    move |ok| {
        let own = ok.replace(" BYE\r\n", &format!(" {method}\r\n"));
        let own = own.replacen("z9hG4bK", &format!("z9hG4bK{}", method.to_lowercase()), 1);
        format!("SIP/2.0 {status}\r\n{}", own.split_once("\r\n").unwrap().1)
    }
}

/// A feature event of the network before a call that is refused without ringing.
fn feature(on: &'static str) -> Capture {
    let body = format!("<DoNotDisturbEvent><device/><doNotDisturbOn>{on}</doNotDisturbOn></DoNotDisturbEvent>");
    let notify = move |invite: &str| {
        let (head, _) = invite.split_once("\r\n\r\n").unwrap();
        let head = head.replacen("INVITE ", "NOTIFY ", 1).replace(" INVITE\r\n", " NOTIFY\r\n");
        let head = line(&head, "Call-ID:", "Call-ID: feature@example.com").replacen("z9hG4bK", "z9hG4bKnotify", 1);
        let head = line(&head, "Content-Type:", "Content-Type: application/x-as-feature-event+xml");
        format!("{head}\r\nEvent: as-feature-event\r\nSubscription-State: active\r\n\r\n{body}")
    };
    Capture::of("call-rejected-by-client/baresip").without("> 180 INVITE").made_of("< INVITE", -0.2, notify)
}

/// Three calls that the network ends after this many seconds each.
fn three_calls(seconds: [f64; 3]) -> Capture {
    let base = Capture::of(IN);
    let (register, call): (Vec<Wire>, Vec<Wire>) = base.wires.into_iter().partition(|w| w.raw.contains(" REGISTER\r\n"));
    let mut wires = register;
    for (n, talk) in seconds.iter().enumerate() {
        let answered = call.iter().find(|w| is(w, "> 200 INVITE")).unwrap().t_us;
        let bye = call.iter().find(|w| is(w, "< BYE")).unwrap().t_us;
        for wire in &call {
            let raw = wire.raw.replace("Call-ID: ", &format!("Call-ID: n{n}")).replace("z9hG4bK", &format!("z9hG4bK{n}"));
            let moved = if wire.t_us >= bye { answered + (talk * 1e6) as i64 - bye } else { 0 };
            wires.push(Wire { t_us: wire.t_us + moved + n as i64 * 100_000_000, raw, ..wire.clone() });
        }
    }
    Capture { wires, goes_on_s: 0 }.sorted()
}

fn bindings(instance: &'static str) -> Capture {
    let listed = format!(
        "<sip:alice@192.0.2.10:5062>;+sip.instance=\"<urn:uuid:1>\";expires=20, <sip:alice@192.0.2.10:5099>;+sip.instance=\"<urn:uuid:{instance}>\";expires=9"
    );
    Capture::of("register-ok/baresip")
        .header("> REGISTER", None, "Contact", "<sip:alice@192.0.2.10:5062>;+sip.instance=\"<urn:uuid:1>\";expires=20")
        .header("< 200 REGISTER", None, "Contact", &listed)
}

fn large(bytes: usize) -> Capture {
    Capture::of("call-unanswered-invite/baresip").edit("> INVITE", None, |raw| {
        let room = bytes - raw.len() - "X-Fill: \r\n".len();
        raw.replacen("\r\n", &format!("\r\nX-Fill: {}\r\n", "f".repeat(room)), 1)
    })
}

fn pushed(cancelled_after: f64) -> Capture {
    let base = Capture::of("call-cancelled-by-caller/baresip");
    let rang =
        base.wires.iter().find(|w| is(w, "< CANCEL")).unwrap().t_us - base.wires.iter().find(|w| is(w, "< INVITE")).unwrap().t_us;
    base.header("> REGISTER", None, "User-Agent", "Webex (iPhone; iOS 17.1)")
        .header("< INVITE", None, "Call-Info", "<sip:as.example.com>;push-notification=\"5551234#1\"")
        .later("< CANCEL", cancelled_after - rang as f64 / 1e6)
}

const OPUS: &str = "RTP/AVP 96 101";
const EVENTS_8000: &str = "a=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n";
const EVENTS_48000: &str = "a=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/48000\r\n";
const KEY: &str =
    "a=rtpmap:8 PCMA/8000\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";
const PLAIN: &str = "a=rtpmap:8 PCMA/8000\r\n";

fn both(capture: Capture, change: impl Fn(&str) -> String) -> Capture {
    capture.edit("> INVITE", None, &change).edit("< 200 INVITE", None, &change)
}

/// What is made, what must be found in it, and its near-miss.
fn cases() -> Vec<(&'static str, Capture, Capture)> {
    let register = || Capture::of("register-ok/baresip");
    let place = |to: &'static str| move |raw: &str| line(raw, "c=", &format!("c=IN IP4 {to}"));
    let mail = || Capture::of("voice-mail-waiting/baresip");
    let unavailable = |wait: f64| {
        // The client of the recording gives up; here it tries again.
        let once = Capture::of("register-unavailable/baresip").header("< 503 REGISTER", None, "Retry-After", "120");
        let again = |raw: &str| raw.replacen("z9hG4bK", "z9hG4bKagain", 1);
        once.made_of("> REGISTER", wait, again).made_of("< 503 REGISTER", wait, again)
    };
    let failed_over = |to: &'static str| {
        let again = |raw: &str| raw.replacen("z9hG4bK", "z9hG4bKagain", 1);
        let ok = |raw: &str| format!("SIP/2.0 200 OK\r\n{}", again(raw).split_once("\r\n").unwrap().1);
        let mut capture =
            Capture::of("register-unavailable/baresip").made_of("> REGISTER", 6.0, again).made_of("< 503 REGISTER", 6.0, ok);
        for wire in &mut capture.wires[2..] {
            wire.remote = to.to_owned();
            wire.raw = wire.raw.replace("198.51.100.20", to.split(':').next().unwrap());
        }
        capture
    };
    let rport = |from: usize, to: usize| {
        let base = Capture::of("call-tcp/baresip");
        let again = |raw: &str| {
            let branch = raw.split("branch=").nth(1).unwrap().split([';', '\r']).next().unwrap().to_owned();
            line(raw, "CSeq:", "CSeq: 19999 REGISTER").replace(&branch, "z9hG4bKagain")
        };
        base.made_of("> REGISTER", 3.0, again)
            .made_of("< 200 REGISTER", 3.01, again)
            .edit("< 401 REGISTER", Some(0), |raw| raw.replacen(";rport", &format!(";received=203.0.113.9;rport={from};was"), 1))
            .edit("< 200 REGISTER", None, |raw| {
                let port = if raw.contains("again") { to } else { from };
                raw.replacen(";rport", &format!(";received=203.0.113.9;rport={port};was"), 1)
            })
    };
    let refresh = |to: &'static str| {
        Capture::of("session-refresh-reinvite/baresip")
            .edit("< INVITE", Some(1), move |raw| line(raw, "c=", &format!("c=IN IP4 {to}")))
    };
    let reliable = |seconds: &[f64]| {
        let base = Capture::of("early-media-100rel/linphonec").again("< 183 INVITE", seconds);
        if seconds.len() > 1 { base.without("> PRACK").without("< 200 PRACK") } else { base }
    };
    let moved = |from: usize, to: &str| {
        let at = |raw: &str| raw.replace("rport=5062", &format!("rport={to}"));
        let mut capture = register();
        let answers = capture.wires.iter_mut().filter(|w| !w.sent).skip(from);
        answers.for_each(|w| w.raw = at(&w.raw));
        capture
    };
    let audit = |answered: bool| {
        let base = Capture::of(OUT).later("< BYE", 40.0).made_of("< BYE", -34.0, request("OPTIONS", ""));
        if answered {
            base.made_of("> 200 BYE", -34.0, answer("OPTIONS", "200 OK"))
        } else {
            base.again("< OPTIONS", &[0.5, 1.5, 3.5, 7.5])
        }
    };
    let control = |status: &'static str| {
        Capture::of(OUT).made_of("< BYE", -1.0, request("NOTIFY", "Event: hold\r\nSubscription-State: active\r\n")).made_of(
            "> 200 BYE",
            -1.0,
            answer("NOTIFY", status),
        )
    };
    let dialled = |number: &'static str| {
        let mut capture = Capture::of("call-not-found/baresip");
        capture.wires.iter_mut().for_each(|w| w.raw = w.raw.replace("sip:bob@", &format!("sip:{number}@")));
        capture
    };
    vec![
        ("message-too-large-for-udp", large(1_300), large(1_299)),
        ("nat-binding-lost", moved(3, "4711"), moved(0, "4711")),
        (
            "sip-rewritten-on-path",
            register().replace("< 200 REGISTER", Some(0), "192.0.2.10:5062;branch", "10.9.9.9:5062;branch"),
            moved(0, "4711"),
        ),
        (
            "media-address-unreachable",
            Capture::of(OUT).edit("< 200 INVITE", None, place("10.1.2.3")),
            Capture::of(OUT).edit("< 200 INVITE", None, place("203.0.113.90")),
        ),
        ("media-source-changed", refresh("203.0.113.90"), Capture::of("session-refresh-reinvite/baresip")),
        ("reliable-provisional-failed", reliable(&[0.5, 1.5, 3.5]), reliable(&[0.01])),
        (
            "extension-refused",
            Capture::of("call-rejected-488/baresip").header("< 488 INVITE", None, "Unsupported", "timer").status(
                "< 488 INVITE",
                None,
                "420 Bad Extension",
            ),
            Capture::of("call-rejected-488/baresip").header("< 488 INVITE", None, "Unsupported", "timer"),
        ),
        ("registration-throttled", unavailable(10.0), unavailable(121.0)),
        ("registration-failed-over", failed_over("198.51.100.21:5060"), failed_over("198.51.100.20:5060")),
        ("connection-reopened", rport(40_001, 40_002), rport(40_001, 40_001)),
        ("duplicate-bindings", bindings("1"), bindings("2")),
        ("call-released-abnormally", Capture::of(OUT), Capture::of(OUT).replace("< BYE", None, "cause=102", "cause=16")),
        ("calls-end-after-same-time", three_calls([30.0, 30.3, 30.6]), three_calls([30.0, 30.3, 30.7])),
        ("audit-unanswered", audit(false), audit(true)),
        (
            "subscription-refused",
            mail().status("< 200 SUBSCRIBE", None, "403 Forbidden").without("< NOTIFY").without("> 200 NOTIFY"),
            mail(),
        ),
        (
            "subscription-lost",
            mail().without("> SUBSCRIBE").without("< 200 SUBSCRIBE").header(
                "< NOTIFY",
                Some(1),
                "Subscription-State",
                "terminated;reason=timeout",
            ),
            mail().header("< NOTIFY", Some(1), "Subscription-State", "terminated;reason=noresource"),
        ),
        ("feature-state-explains", feature("true"), feature("false")),
        ("remote-control-refused", control("403 Forbidden"), control("200 OK")),
        ("push-call-missed", pushed(1.9), pushed(2.1)),
        (
            "dtmf-clock-mismatch",
            both(Capture::of(OUT), audio(OPUS, EVENTS_8000)),
            both(Capture::of(OUT), audio(OPUS, EVENTS_48000)),
        ),
        (
            "srtp-downgraded",
            Capture::of(OUT).edit("> INVITE", None, audio("RTP/SAVP 8", KEY)).edit(
                "< 200 INVITE",
                None,
                audio("RTP/AVP 8", PLAIN),
            ),
            Capture::of(OUT).edit("> INVITE", None, audio("RTP/AVP 8", KEY)).edit(
                "< 200 INVITE",
                None,
                audio("RTP/AVP 8", PLAIN),
            ),
        ),
        (
            "caller-identity-differs",
            Capture::of(IN).header("< INVITE", None, "P-Asserted-Identity", "\"Carl\" <sip:carl@example.com>"),
            Capture::of(IN).header("< INVITE", None, "P-Asserted-Identity", "\"Bob\" <sip:bob@as.example.com>"),
        ),
        ("emergency-call-failed", dialled("112"), dialled("1125")),
    ]
}

#[test]
fn each_is_raised_by_an_edited_capture_and_not_by_its_near_miss() {
    let mut wrong = Vec::new();
    let cases = cases();
    println!("{} failures, each with an edited capture and a near-miss", cases.len());
    for (id, hit, miss) in cases {
        let (found, not) = (hit.and_goes_on(20).findings(), miss.and_goes_on(20).findings());
        if !found.iter().any(|f| f == id) {
            wrong.push(format!("{id} is not found; {found:?}"));
        }
        if not.iter().any(|f| f == id) {
            wrong.push(format!("{id} is found in its near-miss; {not:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

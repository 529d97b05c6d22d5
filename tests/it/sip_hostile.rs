//! Any text into the SIP readers: no panic, no hang, spans that hold. Mutated real messages, and text from nothing.

#[path = "../fuzz/entry.rs"]
pub mod entry;

use std::time::Instant;

use bundlescope::sip::{Message, Sdp, grammar};
use entry::hold;
use proptest::prelude::*;

fn seeds() -> Vec<Vec<u8>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rfc");
    let mut paths: Vec<_> = ["4475", "5118"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|e| e == "sip"))
        .collect();
    paths.sort();
    assert!(paths.len() > 50);
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// The seeds as messages.
pub fn seed_messages() -> Vec<Message> {
    seeds().into_iter().filter_map(|bytes| Message::parse(String::from_utf8_lossy(&bytes).into_owned())).collect()
}

/// Messages of recorded conversations, those of one conversation together, in order.
fn conversations() -> Vec<Vec<Vec<u8>>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captured");
    let folders = [
        "prack-offer",
        "hold-old-style-by-peer",
        "transfer-attended",
        "video-call",
        "forked-early-dialogs",
        "offerless-by-client",
    ];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap().flatten().map(|e| e.path()));
    let mut files: Vec<_> = files.map(|path| path.join("messages.jsonl")).filter(|path| path.exists()).collect();
    files.sort();
    let raw = |line: &str| {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        json["raw"].as_str().unwrap().as_bytes().to_vec()
    };
    files.iter().map(|path| std::fs::read_to_string(path).unwrap().lines().map(raw).collect()).collect()
}

/// A small generator of our own: the same mutations in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }
}

const PIECES: [&[u8]; 24] = [
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\"",
    b"<",
    b">",
    b";",
    b",",
    b":",
    b"=",
    b"[",
    b"@",
    "\u{1f980}".as_bytes(),
    b"SIP/2.0 ",
    b"\r\n\r\n",
    b"\\r\\n",
    b"#012",
    b"..",
    b"\r\nm=audio 4000 RTP/AVP 0 8\r\n",
    b"\r\nContent-Length: 99999999999\r\n",
    b"\r\nContent-Type: multipart/mixed;boundary=x\r\n\r\n--x\r\n",
    b"\n2024-01-30 07:01:25.001 <Info> [0x390] ",
    b"\0",
];

/// The message with one to six changes: cut, thinned out, pieces and bytes put in, the tail of another, a stretch doubled.
fn mutate(mut bytes: Vec<u8>, others: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    for _ in 0..=dice.next(6) {
        let at = dice.next(bytes.len());
        match dice.next(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..(at + dice.next(40)).min(bytes.len()))),
            2 => bytes.splice(at..at, PIECES[dice.next(PIECES.len())].iter().copied()).for_each(drop),
            3 => bytes.iter_mut().skip(at).take(1).for_each(|b| *b = u8::try_from(dice.next(256)).unwrap()),
            4 => {
                let other = &others[dice.next(others.len())];
                bytes.truncate(at);
                bytes.extend_from_slice(other.get(dice.next(other.len())..).unwrap());
            }
            _ => {
                let again = bytes.get(at..(at + dice.next(60)).min(bytes.len())).unwrap_or_default().to_vec();
                bytes.splice(at..at, again).for_each(drop);
            }
        }
    }
    bytes
}

/// Figures of a run over mutated messages.
#[derive(Debug, Default)]
struct Figures {
    mutated: usize,
    parsed: usize,
    extracted: usize,
    exchanges: usize,
}

/// Mutates messages, in turn of the RFCs and of recorded conversations; each is parsed by itself, and eight together are a log that is
/// read, its messages found, given directions, put into transactions, and their offers and answers compared.
fn run(seed: u64, messages: usize) -> Figures {
    let seeds = seeds();
    let conversations = conversations();
    let others: Vec<Vec<u8>> = seeds.iter().chain(conversations.iter().flatten()).cloned().collect();
    let mut dice = Dice(seed);
    let mut figures = Figures::default();
    while figures.mutated < messages {
        let conversation = &conversations[dice.next(conversations.len())];
        let from = dice.next(conversation.len());
        let mut log = Vec::new();
        for nth in 0..8 {
            let whole =
                if dice.next(4) == 0 { &seeds[dice.next(seeds.len())] } else { &conversation[(from + nth) % conversation.len()] };
            let bytes = mutate(whole.clone(), &others, &mut dice);
            figures.parsed += usize::from(entry::message(&bytes).is_some());
            figures.mutated += 1;
            log.extend_from_slice(format!("2024-01-30 07:01:{:02}.{nth:03} <Info> [0x390] sip: ", nth * 5).as_bytes());
            log.extend_from_slice(if nth % 2 == 0 { b"sent\n" } else { b"received " });
            log.extend_from_slice(&bytes);
            log.push(b'\n');
        }
        let found = entry::log(&log);
        figures.extracted += found.len();
        figures.exchanges += entry::conversation(&found);
    }
    figures
}

/// Some in every run of the tests; `ten_million_mutated_messages` is the same for long.
#[test]
fn mutated_messages() {
    let figures = run(4475, 6_000);
    assert!(figures.parsed * 2 > figures.mutated, "{figures:?}");
    assert!(figures.extracted * 3 > figures.mutated, "{figures:?}");
    assert!(figures.exchanges > 100, "{figures:?}");
    // Of the parser alone more, as it is quick.
    let seeds = seeds();
    let mut dice = Dice(5118);
    for _ in 0..14_000 {
        let whole = seeds[dice.next(seeds.len())].clone();
        let _ = entry::message(&mutate(whole, &seeds, &mut dice));
    }
}

/// `cargo test --release --test it -- --ignored ten_million --nocapture`; `BUNDLESCOPE_MUTATIONS` tells another number. Two threads, each with
/// its own seed, so the run is the same every time.
#[test]
#[ignore = "runs for long; release mode"]
fn ten_million_mutated_messages() {
    let total: usize = std::env::var("BUNDLESCOPE_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000_000);
    let began = Instant::now();
    let halves: Vec<_> = [1_u64, 2].map(|seed| std::thread::spawn(move || run(seed, total / 2))).into_iter().collect();
    for half in halves {
        println!("{:?}", half.join().unwrap());
    }
    println!("{total} mutated messages in {:.0} s", began.elapsed().as_secs_f64());
}

/// A message found by its grammar is one that the parser takes: extractor and parser must agree on start lines.
#[test]
fn what_the_grammar_finds_the_parser_reads() {
    for seed in seeds() {
        let text = String::from_utf8(seed).unwrap();
        let first = text.lines().next().unwrap();
        assert_eq!(grammar::start_line_at(first.as_bytes()), Some(0), "{first}");
        assert!(Message::parse(text.clone()).is_some(), "{first}");
    }
}

/// Repeated marks of every kind: time must grow with the length, not with its square.
#[test]
fn floods_end() {
    for mark in [
        "\"", "<", ">", ",", ";", "\\", "(", "[", "@", ":", "%", "=", "\r", "\n ", "\"<", "a=\"", "--", " ", "<\"", ";a", ",a",
        "é",
    ] {
        let flood = mark.repeat(50_000);
        let text = format!(
            "INVITE sip:a@b SIP/2.0\r\nVia: {flood}\r\nFrom: {flood}\r\nContact: <sip:a{flood}>;{flood}\r\nAuthorization: Digest {flood}\r\nm: {flood}\r\nContact: <sip:a{flood}>;{flood}\r\nAuthorization: Digest {flood}\r\nContent-Type: multipart/mixed;boundary=x{flood}\r\n\r\n{flood}"
        );
        if let Some(message) = Message::parse(text) {
            hold(&message);
        }
        let _ = Message::parse(format!("INVITE {flood} SIP/2.0\r\n\r\n")).as_ref().map(hold);
        let _ = Sdp::parse(&format!("v=0\n{flood}"));
        let _ = grammar::start_line_at(format!("INVITE {flood} SIP/2.0").as_bytes());
        let _ = grammar::is_header_line(flood.as_bytes());
    }
}

const REGISTER: &str = "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKgood\r\nMax-Forwards: 70\r\n\
    From: <sip:a@example.com>;tag=a1\r\nTo: <sip:a@example.com>\r\nCall-ID: good\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";

/// An INVITE with these header lines and this body.
fn invite(headers: &str, body: &str) -> String {
    format!(
        "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKbad\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=a1\r\n\
         To: <sip:b@example.com>\r\nCall-ID: bad\r\n{headers}\r\n{body}"
    )
}

/// Each kind of bad message in a log: it is kept within bounds and the fault is told; the messages around it are read in full.
#[test]
fn bad_input_is_bounded_and_told_and_the_rest_is_read() {
    let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
    let lines = format!("{sdp}{}", "m=audio 4000 RTP/AVP 0\r\n".repeat(10_000));
    let described = |length: &str| format!("CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n");
    let audio = format!("{sdp}m=audio 4000 RTP/AVP 0\r\n");
    let nested = "--x\r\nContent-Type: multipart/mixed;boundary=x\r\n\r\n".repeat(200);
    let parts = format!("CSeq: 1 INVITE\r\nContent-Type: multipart/mixed;boundary=x\r\nContent-Length: {}\r\n", nested.len());
    let cases = [
        (
            "header flood",
            invite(&format!("{}CSeq: 1 INVITE\r\nContent-Length: 0\r\n", "X-Flood: 1\r\n".repeat(5_000)), ""),
            "header fields than",
        ),
        (
            "fold of megabytes",
            invite(&format!("CSeq: 1 INVITE\r\nSubject: a\r\n{}Content-Length: 0\r\n", " more of it\r\n".repeat(200_000)), ""),
            "Longer than what is kept",
        ),
        ("negative length", invite(&described("-5"), &audio), "Content-Length is not a number"),
        ("huge length", invite(&described("99999999999999999999"), &audio), "Content-Length is not a number"),
        ("length beyond the log", invite(&described("500000"), &audio), "Content-Length is 500000"),
        ("CSeq overflow", invite("CSeq: 99999999999 INVITE\r\nContent-Length: 0\r\n", ""), "CSeq number is not one below"),
        ("nested multipart", invite(&parts, &nested), "more parts than are read"),
        (
            "ten thousand media lines",
            invite(&described(&lines.len().to_string()), &lines),
            "media lines in the session description were not read",
        ),
    ];
    for (name, bad, told) in &cases {
        let head = |s: usize| format!("2024-01-30T07:01:{s:02}.001Z <Info> [0x390] SipTransport.cpp:412 log:BWC:SIP: ");
        let log = format!("{}sent\n{REGISTER}\n{}sent\n{bad}\n{}timer\n{}sent\n{REGISTER}\n", head(1), head(2), head(3), head(4));
        let found = entry::log(log.as_bytes());
        let good = found.iter().filter(|m| m.seen.message.call_id() == Some("good")).collect::<Vec<_>>();
        assert_eq!(good.len(), 2, "{name}");
        assert!(
            good.iter().all(|m| m.seen.message.problems.is_empty() && m.seen.message.text == REGISTER),
            "{name}: {:?}",
            good[1].seen.message
        );
        let bad: Vec<&Message> = found.iter().map(|m| &m.seen.message).filter(|m| m.call_id() == Some("bad")).collect();
        assert_eq!(bad.len(), 1, "{name}");
        assert!(bad[0].text.len() < 300_000, "{name}: {}", bad[0].text.len());
        let description = bad[0].sdp();
        let problems: Vec<&String> = bad[0].problems.iter().chain(description.iter().flat_map(|s| &s.problems)).collect();
        assert!(problems.iter().any(|p| p.contains(told)), "{name}: {problems:?}");
        assert_eq!(bad[0].from().unwrap().tag(), Some("a1"), "{name}");
        if name.contains("length") {
            assert_eq!(description.unwrap().media.len(), 1, "{name}");
        }
    }
}

/// Call-IDs that collide: other tags are another call, also where thousands share one Call-ID.
#[test]
fn colliding_call_ids() {
    let say = |n: usize, sent: bool, start: &str, to_tag: &str, method: &str| {
        let head =
            format!("2024-01-30T07:{:02}:{:02}.001Z <Info> [0x390] SipTransport.cpp:412 log:BWC:SIP: ", n / 60 % 60, n % 60);
        let way = if sent { "sipio-sent---> " } else { "sipio-recv<--- " };
        format!(
            "{head}{way}{start}\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK{method}{n}\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=a{n}\r\n\
             To: <sip:b@example.com>{to_tag}\r\nCall-ID: 1\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n\n"
        )
    };
    let count = 600;
    let mut log = String::new();
    for n in 0..count {
        let tag = format!(";tag=b{n}");
        log += &say(n, true, "INVITE sip:b@example.com SIP/2.0", "", "INVITE");
        log += &say(n, false, "SIP/2.0 200 OK", &tag, "INVITE");
        log += &say(n, true, "ACK sip:b@example.com SIP/2.0", &tag, "ACK");
    }
    let found = entry::log(log.as_bytes());
    assert_eq!(found.len(), 3 * count);
    let facts = bundlescope::session::assemble::facts(found, &[]);
    assert_eq!(facts.calls.len(), count);
    assert!(facts.calls.iter().all(|c| c.answered.is_some() && c.messages.len() == 3));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,200}", head in "(INVITE sip:a SIP/2[.]0|SIP/2[.]0 200 OK)\r?\n") {
        let _ = Message::parse(text.clone()).as_ref().map(hold);
        hold(&Message::parse(format!("{head}{text}")).unwrap());
        let _ = Sdp::parse(&text);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (grammar::start_line_at(&bytes), grammar::is_header_line(&bytes), grammar::is_known_header(&bytes));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        hold(&Message::parse(format!("SIP/2.0 200 OK\nVia: {text}\nFrom: {text}\nc: application/sdp\n\n{text}")).unwrap());
    }

    #[test]
    fn fields_come_back_as_written(values in proptest::collection::vec("[!-~é]([ -~é]{0,30}[!-~é])?", 1..20)) {
        let mut text = "OPTIONS sip:a SIP/2.0\r\n".to_owned();
        for (n, value) in values.iter().enumerate() {
            text.push_str(&format!("X-{n}:{}{value}\r\n", " ".repeat(n % 3)));
        }
        let message = Message::parse(format!("{text}\r\n")).unwrap();
        let read: Vec<_> = message.fields().map(|(_, value)| value.to_owned()).collect();
        prop_assert_eq!(read, values);
    }
}

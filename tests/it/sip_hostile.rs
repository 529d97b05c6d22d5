//! Any text into the SIP readers: no panic, no hang, spans that hold. Mutated real messages, and text from nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use bundlescope::sip::{Message, Sdp, StartLine, grammar};
use proptest::prelude::*;

/// What must hold of every message, and every reader must come back.
fn hold(message: &Message) {
    let text = &message.text;
    let mut last = 0;
    let mut ordered = |span: &std::ops::Range<usize>| {
        assert!(span.start <= span.end && text.get(span.clone()).is_some(), "{span:?} in {text:?}");
        assert!(last <= span.start, "{span:?} goes back in {text:?}");
        last = span.end;
    };
    match &message.start {
        StartLine::Request { uri, .. } => ordered(uri),
        StartLine::Response { reason, .. } => ordered(reason),
    }
    for header in &message.headers {
        ordered(&header.name);
        ordered(&header.value);
    }
    ordered(&message.body);
    assert!(message.problems.len() <= 21);
    let (vias, contacts) = (message.vias(), message.contacts());
    vias.iter().for_each(|v| drop((v.branch(), v.received(), v.rport(), v.sent_by())));
    let _ = message.top_via();
    let uris: Vec<_> = contacts.iter().chain(&message.from()).chain(&message.to()).filter_map(|a| a.parsed_uri()).collect();
    for uri in &uris {
        assert!(uri.same_as(uri), "{uri:?}");
    }
    let _ = (message.cseq(), message.expires(), message.method(), message.routes(), message.record_routes());
    message
        .challenges()
        .iter()
        .chain(&message.credentials())
        .for_each(|d| assert!(d.param("nonce").is_none() || d.text.contains('=')));
    if let Some(sdp) = message.sdp() {
        assert!(sdp.media.len() <= 256);
    }
}

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

/// A small generator of our own: the same mutations in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }
}

/// `BUNDLESCOPE_MUTATIONS` raises the number for a long run.
#[test]
fn mutated_messages() {
    let seeds = seeds();
    let rounds: usize = std::env::var("BUNDLESCOPE_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let pieces: [&[u8]; 16] = [
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
    ];
    let mut dice = Dice(4475);
    let mut read = 0;
    for round in 0..rounds {
        let mut bytes = seeds[dice.next(seeds.len())].clone();
        for _ in 0..=dice.next(6) {
            let at = dice.next(bytes.len());
            match dice.next(6) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..(at + dice.next(40)).min(bytes.len()))),
                2 => bytes.splice(at..at, pieces[dice.next(pieces.len())].iter().copied()).for_each(drop),
                3 => bytes.iter_mut().skip(at).take(1).for_each(|b| *b = u8::try_from(dice.next(256)).unwrap()),
                4 => {
                    let other = &seeds[dice.next(seeds.len())];
                    bytes.truncate(at);
                    bytes.extend_from_slice(other.get(dice.next(other.len())..).unwrap());
                }
                _ => {
                    let again = bytes.get(at..(at + dice.next(60)).min(bytes.len())).unwrap_or_default().to_vec();
                    bytes.splice(at..at, again).for_each(drop);
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for line in text.split('\n').take(3) {
            if let Some(at) = grammar::start_line_at(line.as_bytes()) {
                assert!(at < line.len(), "round {round}");
            }
        }
        if let Some(message) = Message::parse(text) {
            hold(&message);
            read += 1;
        }
    }
    assert!(read * 2 > rounds, "only {read} of {rounds} mutations were still messages");
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

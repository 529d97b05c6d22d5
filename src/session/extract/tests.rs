//! Small cases of the finder; the framings as a whole are in `tests/it/framings.rs`.

use super::*;
use crate::records::Level;

const REGISTER: &str = "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n\
    From: \"Anna\" <sip:anna@example.com>;tag=a1\r\nTo: <sip:anna@example.com>\r\nCall-ID: c1\r\nCSeq: 1 REGISTER\r\n\
    Contact: <sip:anna@192.0.2.10:5062>\r\nContent-Length: 0\r\n\r\n";
const INVITE: &str = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK2\r\nMax-Forwards: 70\r\n\
    From: <sip:anna@example.com>;tag=a2\r\nTo: <sip:bob@example.com>\r\nCall-ID: c2\r\nCSeq: 2 INVITE\r\n\
    Contact: <sip:anna@192.0.2.10:5062>\r\nContent-Type: application/sdp\r\nContent-Length: 92\r\n\r\n\
    v=0\r\no=anna 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
const NOTIFY: &str = "NOTIFY sip:anna@192.0.2.10:5062 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK3\r\n\
    From: <sip:bob@example.com>;tag=b\r\nTo: <sip:anna@example.com>;tag=a2\r\nCall-ID: c2\r\nCSeq: 3 NOTIFY\r\nEvent: refer\r\n\
    Content-Type: message/sipfrag\r\nContent-Length: 66\r\n\r\nSIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK9";

/// Feeds a text in which a head is `@thread ` at the start of a line.
fn find(text: &str) -> Extracted {
    let mut probe = SipProbe::new(MemberId(0));
    let mut heads: Vec<(usize, u64)> = Vec::new();
    let (mut offset, mut number) = (0, 1);
    for line in text.split_inclusive('\n') {
        if line.starts_with('@') || offset == 0 {
            heads.push((offset, number));
        }
        offset += line.len();
        number += 1;
    }
    for (at, (start, number)) in heads.iter().enumerate() {
        let end = heads.get(at + 1).map_or(text.len(), |(next, _)| *next);
        let text = text.get(*start..end).unwrap();
        let headed = text.starts_with('@');
        let message_at = if headed { text.find(' ').unwrap() + 1 } else { 0 };
        probe.record(&Record {
            source: SourceRef { member: MemberId(0), line: *number, offset: *start as u64, bytes: text.len() as u32 },
            stamp: None,
            level: Level::Unknown,
            thread: text.get(..message_at).unwrap().trim().trim_start_matches('@').as_bytes(),
            pid: b"",
            code: b"",
            dialect: None,
            headed,
            text: text.as_bytes(),
            message_at,
            lines: text.lines().count() as u32,
            continues: false,
            continued: false,
        });
    }
    probe.finish()
}

fn texts(text: &str) -> Vec<String> {
    find(text).found.into_iter().map(|f| f.message.text).collect()
}

#[test]
fn start_line_on_the_records_own_line_and_on_the_next() {
    let log = format!("@1 x\n@1 send: {REGISTER}@1 y\n@2 received\n{INVITE}@1 z: 1\n");
    assert_eq!(texts(&log), vec![REGISTER, INVITE]);
    let log = log.replace("\r\n", "\n");
    let found = find(&log).found;
    assert_eq!(found.iter().map(|f| f.message.text.as_str()).collect::<Vec<_>>(), vec![REGISTER, INVITE]);
    assert_eq!((found[0].source.line, found[0].lines), (2, 10));
    assert_eq!((found[1].source.line, found[1].lines), (14, 17));
    assert!(found.iter().all(|f| f.message.problems.is_empty()), "{:?}", found[1].message.problems);
}

#[test]
fn each_line_a_record_with_other_threads_between() {
    let mut log = String::new();
    let (one, two): (Vec<_>, Vec<_>) = (REGISTER.split("\r\n").collect(), INVITE.split("\r\n").collect());
    for at in 0..20 {
        for (thread, lines) in [("1", &one), ("2", &two)] {
            if let Some(line) = lines.get(at) {
                log += &format!("@{thread} SIP: {line}\n");
            }
        }
        log += "@3 Contact: nothing of a message\n@4 To: be or not\n";
    }
    assert_eq!(texts(&log), vec![REGISTER, INVITE]);
}

#[test]
fn prefixes_and_trailers() {
    for (prefix, trailer) in
        [("> ", ""), ("    ", ""), ("[SIP] ", "^M"), ("12: ", "\\r\\n"), ("| ", "\\r"), ("", "^M"), ("", "..")]
    {
        let wrap = |m: &str| m.split_terminator("\r\n").map(|l| format!("{prefix}{l}{trailer}\n")).collect::<String>();
        let log = format!("@1 a\n{}@1 b\n{}@1 c\n", wrap(REGISTER), wrap(INVITE));
        assert_eq!(texts(&log), vec![REGISTER, INVITE], "{prefix:?} {trailer:?}");
    }
}

#[test]
fn a_start_line_in_a_body_is_no_message() {
    let log = format!("@1 x\n{NOTIFY}\n@1 y\n");
    assert_eq!(texts(&log), vec![NOTIFY]);
    let masked = NOTIFY.replace("Content-Length: 66", "Content-Length: [Redacted]");
    assert_eq!(texts(&format!("@1 x\n{masked}\n@1 y\n")).len(), 1);
    // glued: the next begins where the length ends
    assert_eq!(texts(&format!("@1 x\n{NOTIFY}{REGISTER}{INVITE}{REGISTER}")), vec![NOTIFY, REGISTER, INVITE, REGISTER]);
    assert_eq!(texts(&format!("{NOTIFY}{REGISTER}{INVITE}{REGISTER}")), vec![NOTIFY, REGISTER, INVITE, REGISTER]);
}

#[test]
fn prose_is_no_message() {
    assert!(texts("@1 Received SIP/2.0 200 OK for REGISTER\n@1 Contact is fine\n").is_empty());
    assert!(texts("@1 Received SIP/2.0 200 OK for REGISTER\nDuration: 5\n").is_empty());
    assert!(texts("@1 GET /x HTTP/1.1\nHost: a\nVia: 1.1 b\n\n").is_empty());
    let log = format!("@1 Sending INVITE sip:bob@example.com SIP/2.0\n{INVITE}@1 Received SIP/2.0 200 OK\n@1 y\n");
    assert_eq!(texts(&log), vec![INVITE]);
}

#[test]
fn cut_by_a_record_of_another_thread() {
    let (head, tail) = INVITE.split_at(INVITE.find("To:").unwrap());
    assert_eq!(texts(&format!("@1 send\n{head}@2 timer fired\n{tail}@1 y\n")), vec![INVITE]);
    let (head, tail) = INVITE.split_at(INVITE.find("c=IN").unwrap());
    assert_eq!(texts(&format!("@1 send\n{head}@2 timer fired\n{tail}@1 y\n")), vec![INVITE]);
}

/// Prose of another record that ends in a status line cuts in between a start line and its headers: it begins nothing.
#[test]
fn prose_between_a_start_line_and_its_headers() {
    let (start, headers) = INVITE.split_once("\r\n").unwrap();
    for (one, two) in [("@1 ", "@2 "), ("@ ", "@ ")] {
        let log = format!("{one}send\n{start}\r\n{two}queued the answer SIP/2.0 200 OK\n{headers}{one}y\n");
        assert_eq!(texts(&log), vec![INVITE], "{one}{two}");
        // Where the start line stands behind words as well, nothing tells the two apart: the nearer one has the headers.
        let log = format!("{one}send: {start}\r\n{two}queued the answer SIP/2.0 200 OK\n{headers}{one}y\n");
        assert_eq!(find(&log).found.len(), 1, "{one}{two}");
    }
}

#[test]
fn blank_lines_left_out_or_doubled() {
    let none = INVITE.replace("\r\n\r\n", "\r\n");
    assert_eq!(texts(&format!("@1 x\n{none}@1 y\n")), vec![INVITE]);
    assert_eq!(texts(&format!("@1 x\n{}\n@1 y\n", REGISTER.trim_end())), vec![REGISTER]);
    assert_eq!(texts(&format!("@1 x\n{}@1 y\n", INVITE.replace("\r\n", "\r\n\n"))), vec![INVITE]);
}

#[test]
fn masked_values_change_lengths() {
    let masked = INVITE
        .replace("192.0.2.10", "[Redacted]")
        .replace("<sip:", "<sip:***")
        .replace("INVITE sip:bob@example.com", "INVITE [Redacted user]");
    let found = texts(&format!("@1 x\n{masked}@1 m=1\n{REGISTER}"));
    assert_eq!(found, vec![masked, REGISTER.to_owned()]);
    let short = INVITE.replace("192.0.2.10", "*");
    assert_eq!(texts(&format!("@1 x\n{short}\n---\n\n@1 m=1\n{REGISTER}")), vec![short, REGISTER.to_owned()]);
}

#[test]
fn a_list_of_strings() {
    let list = |m: &str| m.trim_end().split("\r\n").map(|l| format!("    {l:?}")).collect::<Vec<_>>().join(",\n");
    let found = texts(&format!("@1 {{\"sip\": [\n{}\n]}}\n@1 x\n", list(REGISTER)));
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("Contact: <sip:anna@192.0.2.10:5062>\r\n"), "{found:?}");
}

#[test]
fn a_file_that_begins_in_the_middle_of_a_message() {
    let tail = INVITE.split_once("\r\n").unwrap().1;
    let extracted = find(&format!("{tail}@1 x\n{REGISTER}@1 y\n"));
    assert_eq!(extracted.found.len(), 1);
    assert_eq!(extracted.notes.all().len(), 1);
    let cut = find(&format!("@1 x\n{}", INVITE.get(..INVITE.find("c=IN").unwrap()).unwrap()));
    assert!(cut.found[0].message.problems.iter().any(|p| p.starts_with("Cut off")), "{:?}", cut.found[0].message.problems);
}

#[test]
fn keep_alives_in_words() {
    let pings =
        find("@1 Sending CRLF keep-alive ping to 198.51.100.1:5060\n@1 Received CRLF pong\n@1 strip CRLF of the text\n").pings;
    assert_eq!(pings.iter().map(|p| (p.sent, p.pong)).collect::<Vec<_>>(), vec![(Some(true), false), (Some(false), true)]);
    assert_eq!(pings[0].peer.as_deref(), Some("198.51.100.1:5060"));
}

#[test]
fn hostile_text_takes_linear_time_and_bounded_memory() {
    let started = std::time::Instant::now();
    // start lines only; start lines each with one header; on one thread and on many
    assert!(texts(&"SIP/2.0 200 OK\n".repeat(20_000)).is_empty());
    assert_eq!(texts(&"SIP/2.0 200 OK\nVia: x\n".repeat(5_000)).len(), 5_000);
    let many: String = (0..5_000).map(|n| format!("@{n} SIP/2.0 200 OK\n@{n} Via: x\n")).collect();
    assert_eq!(texts(&many).len(), 5_000);
    // a header without end, a body without end
    let endless =
        format!("@1 x\n{}{}", REGISTER.trim_end(), "\r\nX-More: 0123456789012345678901234567890123456789".repeat(20_000));
    let extracted = find(&endless);
    assert_eq!(extracted.found.len(), 1);
    assert!(extracted.found[0].message.text.len() <= open::MAX_MESSAGE + 100);
    assert!(extracted.notes.all().iter().any(|n| n.kind == NoteKind::Limit));
    let endless = format!("@1 x\n{INVITE}{}", "a=x:0123456789012345678901234567890123456789\r\n".repeat(20_000));
    assert!(find(&endless).found[0].message.text.len() <= open::MAX_MESSAGE + 100);
    // one long line of start lines, of quotes, of messages
    assert!(texts(&"SIP/2.0 200 OK ".repeat(20_000)).is_empty());
    let json = REGISTER.replace('"', "\\\"").replace("\r\n", "\\r\\n");
    assert_eq!(texts(&format!("[{}]", format!("\"{json}\",").repeat(500))).len(), 500);
    texts(&format!("x SIP/2.0 200 OK\\r\\nVia: {}\\r\\nTo: x", "\"".repeat(200_000)));
    texts(&format!("x SIP/2.0 200 OK..Via: {}..To: x", ".".repeat(200_000)));
    // noise
    let mut state = 1_u64;
    let noise: String = (0..200_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ["SIP/2.0", " ", "\n", "@1 ", "Via:", "INVITE ", "\\r\\n", "\"", "200", "\u{1b}[", "v=0", ":", "sip:x"]
                [(state >> 40) as usize % 13]
        })
        .collect();
    texts(&noise);
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

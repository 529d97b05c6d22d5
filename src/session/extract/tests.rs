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
            thread: text.get(..message_at).unwrap().trim().as_bytes(),
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

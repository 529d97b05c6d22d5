//! Two messages compared by meaning. In: messages as clients write them, and any text. Out: what differs, and that sides only swap.

use bundlescope::sip::Message;
use bundlescope::sip::diff::{Change, Diff, Name, Place, Row};
use proptest::prelude::*;

fn message(text: &str) -> Message {
    Message::parse(text.replace('\n', "\r\n")).unwrap()
}

fn invite(fields: &str, sdp: &str) -> Message {
    let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\n" };
    message(&format!(
        "INVITE sip:bob@example.test SIP/2.0\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bK1\n{fields}{kind}\n{sdp}"
    ))
}

/// The differences that count: mark, name, left, right.
fn told(diff: &Diff) -> Vec<String> {
    diff.differences(false).map(line).collect()
}

fn line(row: &Row) -> String {
    let mark = match row.change {
        Change::Same => "=",
        Change::Changed => "≠",
        Change::Added => "+",
        Change::Removed => "-",
        Change::Moved => "~",
    };
    let text = |value: &Option<bundlescope::sip::diff::Value>| value.as_ref().map_or(String::new(), |v| v.text.clone());
    let parts: Vec<String> = row
        .parts
        .iter()
        .filter(|p| p.change != Change::Same && !p.volatile)
        .map(|p| format!("{}: {} | {}", p.name.text(), p.left.as_deref().unwrap_or("-"), p.right.as_deref().unwrap_or("-")))
        .collect();
    let shown = if parts.is_empty() { format!("{} | {}", text(&row.left), text(&row.right)) } else { parts.join(", ") };
    format!("{mark} {} {shown}", row.name)
}

const OFFER: &str = "v=0\no=- 7 1 IN IP4 192.0.2.10\ns=-\nc=IN IP4 192.0.2.10\nt=0 0\nm=audio 31000 RTP/SAVP 96 9 0 101\n\
a=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1; maxaveragebitrate=64000\na=rtpmap:9 G722/8000\na=rtpmap:101 telephone-event/8000\n\
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\na=sendrecv\n";

#[test]
fn the_same_said_differently_is_the_same() {
    let left = message(
        "INVITE sip:bob@Example.TEST;transport=tls SIP/2.0\nVia: SIP/2.0/TLS h:5061;branch=z9hG4bK1;rport\nFrom: \"Anna\" <sip:anna@example.test>;tag=1\n\
         To: <sip:b%6Fb@example.test>\nCall-ID: a\nCSeq: 1 INVITE\nContact: <sip:anna@[2001:db8::1]:5060>;expires=60;q=0.5\nAllow: INVITE, ACK\nAllow: BYE\n\
         Supported: 100rel,timer\nMax-Forwards: 70\nContent-Length: 0\n\n",
    );
    let right = message(
        "INVITE sip:bob@example.test;Transport=TLS SIP/2.0\nv: SIP / 2.0 / TLS H:5061;rport=9;received=192.0.2.1;branch=z9hG4bK2\nf: Anna <sip:anna@EXAMPLE.test>;tag=2\n\
         t: <sip:bob@example.test>;tag=9\ni: b\nCSeq: 22 INVITE\nm: <sip:anna@[2001:DB8:0::1]:5060>;Q=0.5;Expires=60\nALLOW: INVITE,ACK,BYE\n\
         k: timer,\n 100rel\nMax-Forwards: 69\nl: 0\n\n",
    );
    let diff = Diff::of(&left, &right);
    assert_eq!(told(&diff), Vec::<String>::new());
    assert!(diff.counts().volatile >= 5, "{:?}", diff.counts());
    let names: Vec<&str> = diff.rows.iter().map(|r| r.name.as_str()).collect();
    assert!(names.contains(&"Call-ID") && names.contains(&"Via") && names.contains(&"Allow"), "{names:?}");
    let via = diff.rows.iter().find(|r| r.name == "Via").unwrap();
    assert!(via.volatile && via.differs(true) && !via.differs(false));
    assert!(via.parts.iter().any(|p| p.name == Name::Param("branch".into()) && p.volatile && p.change == Change::Changed));
}

#[test]
fn headers_added_removed_changed_and_lists_aligned() {
    let left = invite(
        "Route: <sip:one@a;lr>\nRoute: <sip:two@b;lr>, <sip:three@c;lr>\nUser-Agent: Webex/45.2\nAccept-Language: en\nSupported: path, gruu, outbound\nSession-Expires: 1800;refresher=uac\n",
        "",
    );
    let right = invite(
        "Route: <sip:one@a;lr>,<sip:three@c;lr>\nUser-Agent: Webex/45.1\nSupported: path\nX-New: 1\nSession-Expires: 1800;refresher=uas\n",
        "",
    );
    assert_eq!(
        told(&Diff::of(&left, &right)),
        [
            "- Route <sip:two@b;lr> | ",
            "≠ User-Agent Webex/45.2 | Webex/45.1",
            "≠ Supported gruu: gruu | -, outbound: outbound | -",
            "- Accept-Language en | ",
            "+ X-New  | 1",
            "≠ Session-Expires refresher: uac | uas",
        ]
    );
}

#[test]
fn order_counts_where_it_has_a_meaning() {
    let left = invite("Route: <sip:a>\nRoute: <sip:b>\nSupported: x, y\nSubject: 1\nOrganization: 2\n", "");
    let right = invite("Route: <sip:b>\nRoute: <sip:a>\nOrganization: 2\nSupported: y, x\nSubject: 1\n", "");
    let diff = Diff::of(&left, &right);
    assert_eq!(told(&diff), ["~ Route <sip:a> | <sip:a>", "~ Route <sip:b> | <sip:b>"]);
    let uncounted: Vec<&str> = diff.differences(true).filter(|r| r.volatile).map(|r| r.name.as_str()).collect();
    assert_eq!(uncounted, ["Organization", "Supported"]);
}

/// A password that is wrong: the second 401 differs from the first only by its nonce, unless the registrar calls it stale.
#[test]
fn two_refusals_of_a_register() {
    let refusal = |nonce: &str, more: &str| {
        message(&format!(
            "SIP/2.0 401 Unauthorized\nVia: SIP/2.0/TLS h;branch=z9hG4bK{nonce}\nCSeq: 1 REGISTER\nWWW-Authenticate: Digest realm=\"r\",nonce=\"{nonce}\"{more},algorithm=MD5\n\n"
        ))
    };
    let diff = Diff::of(&refusal("a", ""), &refusal("b", ""));
    assert_eq!(told(&diff), Vec::<String>::new());
    assert_eq!(diff.counts().volatile, 2);
    let diff = Diff::of(&refusal("a", ""), &refusal("b", ",stale=true"));
    assert_eq!(told(&diff), ["≠ WWW-Authenticate stale: - | true"]);
    let register = |user: &str| {
        message(&format!(
            "REGISTER sip:r SIP/2.0\nCSeq: 2 REGISTER\nAuthorization: Digest username=\"{user}\", realm=\"r\", nonce=\"n\", uri=\"sip:r\", response=\"{user}0\", cnonce=\"c\", nc=00000001\n\n"
        ))
    };
    let diff = Diff::of(&register("user-1@host-1"), &register("user-1"));
    assert_eq!(told(&diff), ["≠ Authorization username: user-1@host-1 | user-1"]);
}

#[test]
fn a_codec_change() {
    let left = invite("Call-ID: a\n", OFFER);
    let answer = "v=0\no=- 7 2 IN IP4 192.0.2.10\ns=-\nt=0 0\nm=audio 31002 RTP/SAVP 0 98 101\nc=IN IP4 192.0.2.10\na=rtpmap:98 OPUS/48000/2\n\
        a=fmtp:98 MaxAverageBitrate=64000;useinbandfec=0\na=rtpmap:101 telephone-event/8000/1\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:xyz\na=sendonly\n";
    let right = invite("Call-ID: a\n", answer);
    let diff = Diff::of(&left, &right);
    assert_eq!(
        told(&diff),
        [
            "- c= IN IP4 192.0.2.10 | ",
            "≠ m= port: 31000 | 31002, formats: opus/48000/2 G722/8000 PCMU/8000 telephone-event/8000 | PCMU/8000 OPUS/48000/2 telephone-event/8000/1",
            "≠ OPUS/48000/2 payload: 96 | 98, useinbandfec: 1 | 0",
            "~ PCMU/8000 0 | 0",
            "- G722/8000 9 | ",
            "≠ direction sendrecv | sendonly",
        ]
    );
    // The address of the section is the same, wherever it stands; the lines are told.
    let address = diff.rows.iter().find(|r| r.name == "c=" && r.place == Place::Media("audio".into(), 0)).unwrap();
    assert_eq!(address.change, Change::Same);
    let lines: Vec<u32> = [&address.left, &address.right].iter().map(|v| v.as_ref().unwrap().line).collect();
    let at = |m: &Message| m.text.lines().position(|l| l.starts_with("c=")).unwrap() as u32 + 1;
    assert_eq!(lines, [at(&left), at(&right)]);
    let crypto = diff.rows.iter().find(|r| r.name == "a=crypto").unwrap();
    assert!(crypto.volatile && crypto.change == Change::Changed);
}

#[test]
fn media_sections_by_kind_and_order() {
    let left = invite("", "v=0\nm=audio 1 RTP/AVP 0\nm=video 2 RTP/AVP 34\nm=audio 3 RTP/AVP 8\n");
    let right = invite("", "v=0\nm=video 2 RTP/AVP 34\nm=audio 1 RTP/AVP 0\na=ptime:20\n");
    let diff = Diff::of(&left, &right);
    let lines: Vec<String> =
        diff.differences(false).filter(|r| r.name == "m=").map(|r| format!("{:?} {}", r.place, line(r))).collect();
    assert_eq!(
        lines,
        [
            "Media(\"audio\", 0) ~ m= audio 1 RTP/AVP 0 | audio 1 RTP/AVP 0",
            "Media(\"video\", 0) ~ m= video 2 RTP/AVP 34 | video 2 RTP/AVP 34",
            "Media(\"audio\", 1) - m= audio 3 RTP/AVP 8 | ",
        ]
    );
    assert!(told(&diff).contains(&"+ a=ptime  | 20".to_owned()));
}

#[test]
fn other_bodies_by_lines_and_bodies_of_several_parts() {
    let body = |text: &str| message(&format!("NOTIFY sip:a SIP/2.0\nContent-Type: application/simple-message-summary\n\n{text}"));
    let diff = Diff::of(&body("Messages-Waiting: no\nVoice-Message: 0/0\nend\n"), &body("Messages-Waiting: yes\nend\nmore\n"));
    let rows: Vec<String> = diff.rows.iter().filter(|r| r.place == Place::Body).map(line).collect();
    assert_eq!(
        rows,
        ["≠  Messages-Waiting: no | Messages-Waiting: yes", "-  Voice-Message: 0/0 | ", "=  end | end", "+   | more"]
    );
    let several = |audio: u16| {
        message(&format!(
            "INVITE sip:a SIP/2.0\nContent-Type: multipart/mixed;boundary=x\n\n--x\nContent-Type: text/plain\n\nhi\n--x\nContent-Type: application/sdp\n\nv=0\nm=audio {audio} RTP/AVP 0\n--x--\n"
        ))
    };
    assert_eq!(told(&Diff::of(&several(1), &several(2))), ["≠ m= port: 1 | 2"]);
    assert_eq!(told(&Diff::of(&invite("", ""), &invite("", "v=0\nm=audio 1 RTP/AVP 0\n"))).len(), 5);
}

#[test]
fn start_lines() {
    let of = |start: &str| message(&format!("{start}\nCSeq: 1 INVITE\n\n"));
    let told = |a: &str, b: &str| told(&Diff::of(&of(a), &of(b)));
    assert_eq!(told("INVITE sip:a@b;rinstance=1 SIP/2.0", "INVITE sip:a@b;rinstance=2 SIP/2.0"), Vec::<String>::new());
    assert_eq!(told("INVITE sip:a@b:5061 SIP/2.0", "INVITE sip:c@b SIP/2.0"), ["≠  user: a | c, port: 5061 | -"]);
    assert_eq!(told("SIP/2.0 200 OK", "SIP/2.0 200 ok"), Vec::<String>::new());
    assert_eq!(told("SIP/2.0 401 Unauthorized", "SIP/2.0 403 Forbidden").len(), 1);
    assert_eq!(told("INVITE sip:a SIP/2.0", "SIP/2.0 200 OK").len(), 1);
}

/// What must hold of every pair.
fn hold(left: &Message, right: &Message) {
    let diff = Diff::of(left, right);
    assert_eq!(Diff::of(right, left), diff.clone().swapped(), "\n{}\n---\n{}", left.text, right.text);
    let lines = |m: &Message| m.text.split(['\n', '\r']).count() as u32 + 1;
    for row in &diff.rows {
        for (value, message) in [(&row.left, left), (&row.right, right)] {
            if let Some(value) = value {
                assert!((1..=lines(message)).contains(&value.line), "{row:?}");
            }
        }
    }
    let same = Diff::of(left, left);
    assert_eq!(same.differences(true).count(), 0, "{:?}\n{}", same.differences(true).collect::<Vec<_>>(), left.text);
}

#[test]
fn real_and_tortured_messages_swap_exactly() {
    let messages = crate::sip_hostile::seed_messages();
    assert!(messages.len() > 40);
    for (n, left) in messages.iter().enumerate() {
        for right in messages.iter().skip(n).step_by(5) {
            hold(left, right);
        }
    }
}

#[test]
fn floods_end() {
    let flood = |mark: &str| {
        let flood = mark.repeat(3_000);
        message(&format!(
            "INVITE sip:a SIP/2.0\nVia: {flood}\nContact: {flood}\nAllow: {flood}\nAuthorization: Digest {flood}\nReason: {flood}\nContent-Type: application/sdp\n\nv=0\nm=audio 1 RTP/AVP {flood}\na={flood}\n"
        ))
    };
    for mark in [",", ";", "a,", "a=b;", "1 ", "\"", "<", "é,"] {
        let (a, b) = (flood(mark), flood(mark));
        assert_eq!(Diff::of(&a, &b).differences(true).count(), 0);
        let _ = Diff::of(&a, &flood("b,"));
    }
    let text = |mark: &str| message(&format!("INFO sip:a SIP/2.0\nContent-Type: text/plain\n\n{}", mark.repeat(4_000)));
    let diff = Diff::of(&text("a\nb\n"), &text("b\nc\n"));
    assert!(diff.left_aside > 0 && diff.rows.len() == 4_000);
}

const NAMES: [&str; 16] = [
    "Via",
    "v",
    "From",
    "Contact",
    "Route",
    "Allow",
    "Supported",
    "Authorization",
    "Call-ID",
    "X-A",
    "Session-Expires",
    "CSeq",
    "Reason",
    "Content-Length",
    "Subject",
    "P-Asserted-Identity",
];

fn any_message() -> impl Strategy<Value = Message> {
    let value = prop_oneof![
        "[ab]{1,2}(, ?[ab]{1,2}){0,3}",
        "<sip:[ab]@[xy](;[ab]=[12])?>(;tag=[12])?(, <sip:[ab]@[xy]>)?",
        "Digest realm=\"[ab]\", nonce=\"[0-9]\"",
        "SIP/2.0/TLS [xy];branch=z9hG4bK[0-9](;rport)?",
        "\\PC{0,20}",
    ];
    let field = (0..NAMES.len(), value).prop_map(|(name, value)| format!("{}: {value}\r\n", NAMES[name]));
    let line = prop_oneof![
        "m=(audio|video) [12] RTP/AVP( (0|8|9|96|97)){0,4}",
        "a=rtpmap:(96|97) (opus/48000/2|G722/8000)",
        "a=fmtp:(96|97) [ab]=[12](;[ab]=[12])?",
        "a=(sendrecv|sendonly|ptime:20|crypto:1 X inline:[ab]|rtcp-fb:96 [ab])",
        "c=IN IP4 [12]",
        "o=a [12] [12] IN IP4 [12]",
        "b=(AS|TIAS):[12]",
        "\\PC{0,10}"
    ];
    let kind = prop_oneof![Just("application/sdp"), Just("text/plain")];
    let fields = proptest::collection::vec(field, 0..10);
    (fields, kind, proptest::collection::vec(line, 0..14), any::<bool>()).prop_map(|(fields, kind, lines, request)| {
        let start = if request { "INVITE sip:a@b SIP/2.0" } else { "SIP/2.0 200 OK" };
        let body: String = std::iter::once("v=0".to_owned()).chain(lines).map(|l| format!("{l}\r\n")).collect();
        Message::parse(format!("{start}\r\n{}Content-Type: {kind}\r\n\r\n{body}", fields.concat())).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sides_swap_and_nothing_else(left in any_message(), right in any_message()) {
        hold(&left, &right);
    }

    #[test]
    fn any_text(left in "\\PC{0,200}", right in "(\\PC|\r|\n|:|,|;|=){0,200}") {
        let of = |text: &str| Message::parse(format!("SIP/2.0 200 OK\n{text}")).unwrap();
        hold(&of(&left), &of(&right));
    }
}

//! The offers and answers of RFC 4317, all 54 descriptions: what each section says came of them, of the two descriptions alone and of the
//! same in a call of Alice's client. Then the places where an offer may stand, and the sentences.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use bundlescope::base::{Language, LogTime, MemberId, Piece, SourceRef, Text, words::Words};
use bundlescope::bundle::Observer;
use bundlescope::session::call::Call;
use bundlescope::session::media::{LineChange, MediaOutcome, MediaSegment};
use bundlescope::session::{DirectionBasis, LoggedMessage, RunId, assemble};
use bundlescope::sip::negotiate::{AgreedLine, LineState, negotiate};
use bundlescope::sip::{Direction, Message, Observed, Sdp};

/// One offer, its answer, and one line for each media line.
struct Exchange {
    offer: String,
    answer: String,
    outcome: Vec<String>,
}

fn sections() -> Vec<(String, Vec<Exchange>)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rfc/4317");
    let mut files: Vec<_> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let mut exchanges = Vec::new();
        for part in text.split("== offer\n").skip(1) {
            let (offer, rest) = part.split_once("== answer\n").unwrap();
            let (answer, outcome) = rest.split_once("== outcome\n").unwrap();
            let wire = |text: &str| text.replace('\n', "\r\n");
            exchanges.push(Exchange {
                offer: wire(offer),
                answer: wire(answer),
                outcome: outcome.lines().map(str::to_owned).collect(),
            });
        }
        (path.file_stem().unwrap().to_string_lossy().into_owned(), exchanges)
    };
    files.iter().map(read).collect()
}

/// `kind state codecs flow held change`, as the files write it; the flow from who offered.
fn told(line: &AgreedLine<'_>, change: LineChange) -> String {
    let state = match line.state {
        LineState::Agreed => "agreed",
        LineState::Rejected => "rejected",
        LineState::Withdrawn => "withdrawn",
        LineState::NoCommonFormat => "no-common-format",
        LineState::Missing => "missing",
    };
    let codecs: Vec<&str> = line.formats.iter().map(|f| f.answered.name.as_str()).collect();
    let codecs = if codecs.is_empty() { "-".to_owned() } else { codecs.join(",") };
    let held = match (line.held.by_offerer, line.held.by_answerer) {
        (false, false) => "-",
        (true, false) => "offerer",
        (false, true) => "answerer",
        (true, true) => "both",
    };
    format!("{} {state} {codecs} {} {held} {}", line.offered.kind, line.flow.word(), change_word(change))
}

fn change_word(change: LineChange) -> &'static str {
    match change {
        LineChange::None => "-",
        LineChange::Added => "added",
        LineChange::Removed => "removed",
    }
}

#[test]
fn every_section_of_rfc_4317() {
    let mut descriptions = 0;
    for (section, exchanges) in sections() {
        let mut before: Option<Vec<bool>> = None;
        for (nth, exchange) in exchanges.iter().enumerate() {
            descriptions += 2;
            let (offer, answer) = (Sdp::parse(&exchange.offer).unwrap(), Sdp::parse(&exchange.answer).unwrap());
            let empty_name = |sdp: &Sdp| sdp.problems.iter().all(|p| p.contains("session name") || p.contains("malformed"));
            assert!(empty_name(&offer) && empty_name(&answer), "{section}: {:?} {:?}", offer.problems, answer.problems);
            let agreement = negotiate(&offer, &answer);
            assert_eq!(agreement.surplus, 0);
            let open: Vec<bool> = agreement.lines.iter().map(|l| l.state == LineState::Agreed).collect();
            let change = |at: usize| LineChange::between(before.as_ref().map(|b| b.get(at).copied().unwrap_or(false)), open[at]);
            let lines: Vec<String> = agreement.lines.iter().enumerate().map(|(at, line)| told(line, change(at))).collect();
            assert_eq!(lines, exchange.outcome, "RFC 4317 section {section}, exchange {}", nth + 1);
            before = Some(open);
        }
    }
    assert_eq!(descriptions, 54);
}

/// A call of Alice's client as a log would have it.
struct Call317 {
    messages: Vec<LoggedMessage>,
}

impl Call317 {
    fn new() -> Self {
        Self { messages: Vec::new() }
    }

    /// `start` is a request line or status line; `more` further header lines.
    #[allow(clippy::too_many_arguments)] // one line of a call flow, part by part
    fn say(&mut self, sent: bool, start: &str, cseq: &str, branch: &str, to_tag: bool, more: &str, body: &str) -> &mut Self {
        let by_alice = if start.starts_with("SIP/2.0") { !sent } else { sent };
        let (alice, bob) = ("<sip:alice@atlanta.example.com>;tag=a", "<sip:bob@biloxi.example.com>");
        let bob = format!("{bob}{}", if to_tag || !by_alice { ";tag=b" } else { "" });
        let (from, to) = if by_alice { (alice.to_owned(), bob) } else { (bob, alice.to_owned()) };
        let content = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let text = format!(
            "{start}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{branch}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: 4317\r\nCSeq: {cseq}\r\n{more}{content}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let line = self.messages.len() as u64 + 1;
        self.messages.push(LoggedMessage {
            seen: Observed {
                message: Message::parse(text).unwrap(),
                at: Some(LogTime(i64::try_from(line).unwrap() * 100_000)),
                direction: if sent { Direction::Sent } else { Direction::Received },
                remote: None,
                local: None,
            },
            direction_basis: Some(DirectionBasis::Marker),
            source: SourceRef { member: MemberId(0), line, offset: line * 1000, bytes: 1 },
            lines: 1,
            run: RunId(0),
            observer: Observer::Client,
            sent_before: 0,
        });
        self
    }

    fn call(&self) -> Call {
        let facts = assemble::facts(self.messages.clone(), &[]);
        assert_eq!(facts.calls.len(), 1);
        facts.calls.into_iter().next().unwrap()
    }

    fn media(&self) -> Vec<MediaSegment> {
        self.call().media
    }
}

const INVITE: &str = "INVITE sip:bob@biloxi.example.com SIP/2.0";
const OK: &str = "SIP/2.0 200 OK";

/// The same pairs as INVITE and 200, re-INVITEs by whoever offers: the facts of the call say what the section says.
#[test]
fn the_same_in_a_call() {
    let mut lines = 0;
    for (section, exchanges) in sections() {
        let mut call = Call317::new();
        for (nth, exchange) in exchanges.iter().enumerate() {
            let alice = exchange.offer.contains("o=alice");
            let (cseq, branch) = (format!("{} INVITE", nth + 1), format!("{nth}"));
            let confirmed = nth > 0;
            call.say(alice, INVITE, &cseq, &branch, confirmed, "", &exchange.offer);
            call.say(!alice, OK, &cseq, &branch, true, "", &exchange.answer);
            call.say(alice, "ACK sip:x@y SIP/2.0", &cseq.replace("INVITE", "ACK"), &format!("ack{nth}"), true, "", "");
        }
        let media = call.media();
        let wanted: Vec<(&Exchange, &String)> = exchanges.iter().flat_map(|e| e.outcome.iter().map(move |o| (e, o))).collect();
        assert_eq!(media.len(), wanted.len(), "{section}");
        for (segment, (exchange, outcome)) in media.iter().zip(wanted) {
            let words: Vec<&str> = outcome.split(' ').collect();
            let alice = exchange.offer.contains("o=alice");
            let flow = if alice { segment.flow } else { segment.flow.reversed() };
            let codecs = if segment.detail.agreed.is_empty() { "-".to_owned() } else { segment.detail.agreed.join(",") };
            assert_eq!(
                [segment.kind.as_str(), codecs.as_str(), flow.word()],
                [words[0], words[2], words[3]],
                "{section}: {outcome}"
            );
            assert_eq!(segment.outcome == MediaOutcome::Agreed, words[1] == "agreed", "{section}: {outcome}");
            assert_eq!(change_word(segment.detail.change), words[5], "{section}: {outcome}");
            lines += 1;
        }
    }
    assert_eq!(lines, 43);
}

fn english(text: &Text) -> String {
    let mut out = String::new();
    text.pieces(Words::of(Language::English), &mut |piece| match piece {
        Piece::Word(word) => out.push_str(word),
        Piece::Private(value) => out.push_str(value.original()),
        Piece::Log(log) => out.push_str(log),
    });
    out
}

fn sdp(media: &str) -> String {
    format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{}", media.replace('\n', "\r\n"))
}

#[test]
fn sentences() {
    let offer = sdp("m=audio 4000 RTP/AVP 96 9 0 101\na=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/8000\n");
    let mut call = Call317::new();
    call.say(true, INVITE, "1 INVITE", "1", false, "", &offer);
    call.say(false, OK, "1 INVITE", "1", true, "", &sdp("m=audio 4 RTP/AVP 9 101\na=rtpmap:101 telephone-event/8000\n"));
    call.say(true, "ACK sip:x@y SIP/2.0", "1 ACK", "2", true, "", "");
    assert_eq!(english(&call.media()[0].sentence()), "agreed G722 (offered opus, G722, PCMU; peer took G722)");
    // The peer's own list is known from nothing but its own word: here a body of its 488.
    let opus = sdp("m=audio 4000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\n");
    call.say(true, INVITE, "2 INVITE", "3", true, "", &opus);
    call.say(false, "SIP/2.0 488 Not Acceptable Here", "2 INVITE", "3", true, "", &sdp("m=audio 0 RTP/AVP 8 0\n"));
    assert_eq!(english(&call.media()[1].sentence()), "peer refused all of: opus; by its own word it can PCMA, PCMU");
    let mut refused = Call317::new();
    refused.say(true, INVITE, "1 INVITE", "1", false, "", &opus);
    refused.say(false, "SIP/2.0 488 Not Acceptable Here", "1 INVITE", "1", true, "Warning: 304 x \"no\"\r\n", "");
    assert_eq!(english(&refused.media()[0].sentence()), "peer refused all of: opus; what it can is not known");
    // An answer tells what the peer took, not what it can; its offer does.
    call.say(false, INVITE, "1 INVITE", "4", true, "", &sdp("m=audio 4 RTP/AVP 18\n"));
    call.say(true, "SIP/2.0 488 Not Acceptable Here", "1 INVITE", "4", true, "", "");
    assert_eq!(english(&call.media()[2].sentence()), "client refused all of: G729");
}

/// RFC 3261 §13.2.1: no offer in the INVITE. RFC 3262 §5: offer in a reliable 1xx, answer in PRACK; a further one in PRACK. RFC 3311: UPDATE.
#[test]
fn wherever_an_offer_may_stand() {
    let (pcma, pcmu) = (sdp("m=audio 4000 RTP/AVP 8\n"), sdp("m=audio 4002 RTP/AVP 0 8\n"));
    let codecs = |call: &Call317| -> Vec<(&'static str, Option<String>, &'static str, bool)> {
        call.media().into_iter().map(|m| (m.offered_by.word(), m.codec, m.cause.word(), m.early)).collect()
    };
    let a = |codec: &str| Some(codec.to_owned());
    // Offer in the 200, answer in the ACK.
    let mut call = Call317::new();
    call.say(true, INVITE, "1 INVITE", "1", false, "", "").say(false, OK, "1 INVITE", "1", true, "", &pcmu);
    call.say(true, "ACK sip:x@y SIP/2.0", "1 ACK", "2", true, "", &pcma);
    assert_eq!(codecs(&call), [("peer", a("PCMA/8000"), "initial", false)]);
    // Offer in a reliable 183, answer in PRACK; then UPDATE both ways before the 200.
    let mut call = Call317::new();
    let reliable = "Require: 100rel\r\nRSeq: 7\r\n";
    call.say(true, INVITE, "1 INVITE", "1", false, "", "");
    call.say(false, "SIP/2.0 183 Session Progress", "1 INVITE", "1", true, reliable, &pcmu);
    call.say(true, "PRACK sip:x@y SIP/2.0", "2 PRACK", "2", true, "RAck: 7 1 INVITE\r\n", &pcma);
    call.say(false, OK, "2 PRACK", "2", true, "", "");
    call.say(true, "UPDATE sip:x@y SIP/2.0", "3 UPDATE", "3", true, "", &pcmu).say(false, OK, "3 UPDATE", "3", true, "", &pcma);
    call.say(false, "UPDATE sip:x@y SIP/2.0", "1 UPDATE", "4", true, "", &pcmu).say(true, OK, "1 UPDATE", "4", true, "", &pcmu);
    call.say(false, OK, "1 INVITE", "1", true, "", "").say(true, "ACK sip:x@y SIP/2.0", "1 ACK", "5", true, "", "");
    assert_eq!(
        codecs(&call),
        [
            ("peer", a("PCMA/8000"), "initial", true),
            ("client", a("PCMA/8000"), "update", true),
            ("peer", a("PCMU/8000"), "update", true)
        ]
    );
    // Offer in INVITE, answer in a reliable 183; a new offer in the PRACK, answered in its 200.
    let mut call = Call317::new();
    call.say(true, INVITE, "1 INVITE", "1", false, "", &pcmu);
    call.say(false, "SIP/2.0 183 Session Progress", "1 INVITE", "1", true, reliable, &pcma);
    call.say(true, "PRACK sip:x@y SIP/2.0", "2 PRACK", "2", true, "RAck: 7 1 INVITE\r\n", &pcmu);
    call.say(false, OK, "2 PRACK", "2", true, "", &sdp("m=audio 4 RTP/AVP 0\n"));
    assert_eq!(codecs(&call), [("client", a("PCMA/8000"), "initial", true), ("client", a("PCMU/8000"), "prack", true)]);
    // Never acknowledged with an answer.
    let mut call = Call317::new();
    call.say(true, INVITE, "1 INVITE", "1", false, "", "").say(false, OK, "1 INVITE", "1", true, "", &pcmu);
    call.say(true, "ACK sip:x@y SIP/2.0", "1 ACK", "2", true, "", "");
    assert_eq!(call.media()[0].outcome, MediaOutcome::Unanswered);
}

/// A video call with everything that a client of today writes.
#[test]
fn every_line_of_a_rich_description() {
    let offer = sdp(
        "m=audio 4000 RTP/SAVP 96 18 97 101\na=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1;stereo=1\na=fmtp:18 annexb=yes\na=rtpmap:97 AMR-WB/16000\na=fmtp:97 octet-align=1\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\na=ptime:20\na=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:x\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:y\na=ice-ufrag:f\na=candidate:1 1 UDP 1 192.0.2.1 4000 typ host\na=remote-candidates:1 198.51.100.7 9000\nm=video 4002 RTP/SAVP 98 99 100\na=rtpmap:98 H264/90000\na=fmtp:98 profile-level-id=42e01f;packetization-mode=1\na=rtpmap:99 rtx/90000\na=fmtp:99 apt=98\na=rtpmap:100 ulpfec/90000\nm=application 4004 TCP/BFCP *\na=floorctrl:c-s\nm=video 4006 RTP/AVP 98\na=rtpmap:98 H264/90000\na=content:slides\n",
    );
    let answer = sdp(
        "m=audio 5000 RTP/SAVP 97 101\na=rtpmap:97 AMR-WB/16000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:40\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:z\nm=video 5002 RTP/SAVP 99 98\na=rtpmap:98 H264/90000\na=fmtp:98 profile-level-id=42e00d;packetization-mode=1\na=rtpmap:99 rtx/90000\na=fingerprint:sha-256 00\nm=application 5004 TCP/BFCP *\na=floorctrl:s-only\nm=video 0 RTP/AVP 98\n",
    );
    let mut call = Call317::new();
    call.say(true, INVITE, "1 INVITE", "1", false, "", &offer).say(false, OK, "1 INVITE", "1", true, "", &answer);
    call.say(true, "ACK sip:x@y SIP/2.0", "1 ACK", "2", true, "", "");
    let media = call.media();
    let codecs: Vec<_> = media.iter().map(|m| (m.kind.as_str(), m.codec.as_deref(), m.detail.security.word())).collect();
    assert_eq!(
        codecs,
        [
            ("audio", Some("AMR-WB/16000"), "SDES"),
            ("video", Some("H264/90000"), "DTLS"),
            ("application", Some("*"), "none"),
            ("video", None, "none")
        ]
    );
    let audio = &media[0];
    assert_eq!(
        (audio.ptime, audio.dtmf, audio.detail.crypto_suite.as_deref()),
        (Some(40), Some("telephone-event"), Some("AES_CM_128_HMAC_SHA1_80"))
    );
    let differs: Vec<_> =
        audio.detail.differences.iter().map(|d| (d.parameter, d.offered.as_deref(), d.answered.as_deref())).collect();
    assert_eq!(differs, [("octet-align", Some("1"), Some("0"))]);
    assert_eq!(audio.detail.ice, (true, false));
    let (ours, theirs) = audio.detail.chosen_pair.clone().unwrap();
    assert_eq!((ours.original(), theirs.original()), ("192.0.2.1 port 4000", "198.51.100.7 port 9000"));
    assert_eq!(media[1].detail.differences.iter().map(|d| d.parameter).collect::<Vec<_>>(), ["profile-level-id"]);
}

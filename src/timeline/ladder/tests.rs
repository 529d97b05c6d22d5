//! Ladders and lanes of a call made by hand, as text: what a user would read. In: messages and facts. Out: golden texts.

use super::*;
use crate::base::{FixedWidth, MemberId, Private, PrivateKind, SourceRef};
use crate::bundle::Observer;
use crate::session::call::{Call, CallDirection, CallState, Hold};
use crate::session::keepalive::{KeepAlive, KeepAliveKind, KeepAliveState, Ping};
use crate::session::media::{Flow, MediaCause, MediaDetail, MediaEnd, MediaOutcome, MediaSegment};
use crate::session::{LoggedMessage, Side};
use crate::sip::{Message, Observed};
use crate::timeline::lanes::{Source, golden};
use crate::timeline::scene::Scene;

const T0: i64 = 1_706_599_150_000_000;

fn time(ms: i64) -> Option<LogTime> {
    Some(LogTime(T0 + ms * 1_000))
}

fn logged(line: u64, ms: i64, sent: bool, first: &str, call: &str, cseq: &str, copy: u32) -> LoggedMessage {
    let tag = if first.starts_with("INVITE") && cseq.starts_with('1') { "" } else { ";tag=b" };
    let text = format!(
        "{first}\r\nVia: SIP/2.0/TLS 192.0.2.10;branch=z9hG4bK{cseq}\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>{tag}\r\nCall-ID: {call}\r\nCSeq: {cseq}\r\nContent-Length: 0\r\n\r\n"
    );
    LoggedMessage {
        seen: Observed {
            message: Message::parse(text).unwrap(),
            at: time(ms),
            direction: if sent { Direction::Sent } else { Direction::Received },
            remote: Some("sbc1.example.test:5061".to_owned()),
            local: Some("192.0.2.10:52114".to_owned()),
        },
        direction_basis: None,
        source: SourceRef { member: MemberId(0), line, offset: 0, bytes: 0 },
        lines: 8,
        run: RunId(0),
        observer: Observer::Client,
        sent_before: copy,
    }
}

fn segment(offer: u32, answer: u32, ms: i64, codec: &str, flow: Flow, cause: MediaCause) -> MediaSegment {
    MediaSegment {
        at: time(ms),
        offer: MessageId(offer),
        answer: Some(MessageId(answer)),
        index: 0,
        kind: "audio".to_owned(),
        cause,
        offered: ["opus/48000/2", "G722/8000", "PCMU/8000"].map(str::to_owned).to_vec(),
        answered: vec![codec.to_owned()],
        codec: Some(codec.to_owned()),
        payload_type: None,
        offered_by: Side::Client,
        early: false,
        local: MediaEnd::default(),
        remote: MediaEnd::default(),
        ptime: None,
        fmtp: None,
        may_switch: false,
        flow,
        protocol: "RTP/SAVP".to_owned(),
        secure: true,
        dtmf: None,
        outcome: MediaOutcome::Agreed,
        detail: MediaDetail::default(),
    }
}

/// A call held by the client and ended by the peer; a keep-alive in between.
fn facts() -> Facts {
    let messages = vec![
        logged(10, 0, true, "INVITE sip:b@x SIP/2.0", "c1", "1 INVITE", 0),
        logged(20, 500, true, "INVITE sip:b@x SIP/2.0", "c1", "1 INVITE", 1),
        logged(30, 540, false, "SIP/2.0 180 Ringing", "c1", "1 INVITE", 0),
        logged(40, 6_700, false, "SIP/2.0 200 OK", "c1", "1 INVITE", 0),
        logged(50, 6_704, true, "ACK sip:b@x SIP/2.0", "c1", "1 ACK", 0),
        logged(60, 20_000, true, "OPTIONS sip:sbc SIP/2.0", "o1", "7 OPTIONS", 0),
        logged(70, 20_026, false, "SIP/2.0 200 OK", "o1", "7 OPTIONS", 0),
        logged(80, 37_600, true, "INVITE sip:b@x SIP/2.0", "c1", "2 INVITE", 0),
        logged(90, 37_637, false, "SIP/2.0 200 OK", "c1", "2 INVITE", 0),
        logged(100, 37_640, true, "ACK sip:b@x SIP/2.0", "c1", "2 ACK", 0),
        logged(110, 58_800, false, "BYE sip:a@x SIP/2.0", "c1", "9 BYE", 0),
        logged(120, 58_802, true, "SIP/2.0 200 OK", "c1", "9 BYE", 0),
    ];
    let call = Call {
        id: CallId(0),
        run: RunId(0),
        call_ids: vec![Private::new(PrivateKind::CallId, "c1")],
        direction: CallDirection::Outgoing,
        from: None,
        to: None,
        related: Vec::new(),
        correlation: None,
        identity: None,
        diversion: Vec::new(),
        final_from: None,
        state: CallState::Answered,
        invite_finals: vec![Some(200), Some(200)],
        reason: None,
        released_by_reason: None,
        early_dialogs: 1,
        started: time(0),
        ringing: time(540),
        answered: time(6_700),
        ended: time(58_800),
        ended_by: Some(Side::Peer),
        setup_us: Some(6_700_000),
        talk_us: Some(52_100_000),
        retransmissions: 1,
        events: Vec::new(),
        holds: vec![Hold {
            from: time(37_637),
            to: None,
            by: Side::Client,
            requested_by: Side::Client,
            message: MessageId(8),
            lifted: None,
        }],
        media: vec![
            segment(0, 3, 6_700, "G722/8000", Flow::SendRecv, MediaCause::Initial),
            segment(7, 8, 37_637, "PCMU/8000", Flow::SendOnly, MediaCause::Reinvite),
        ],
        messages: [0, 1, 2, 3, 4, 7, 8, 9, 10, 11].map(MessageId).to_vec(),
    };
    let ping = Ping {
        at: time(20_000),
        message: Some(MessageId(5)),
        source: SourceRef { member: MemberId(0), line: 60, offset: 0, bytes: 0 },
        answered: true,
        round_trip_us: Some(26_000),
    };
    let keepalive = KeepAlive {
        run: RunId(0),
        kind: KeepAliveKind::Options,
        from: Side::Client,
        peer: Private::new(PrivateKind::Host, "sbc1.example.test"),
        pings: vec![ping],
        interval_s: None,
        longest_gap_s: None,
        state: KeepAliveState::Ok,
    };
    Facts { messages, calls: vec![call], keepalives: vec![keepalive], ..Facts::default() }
}

fn text(ladder: &Ladder) -> String {
    let mut out = String::new();
    for host in &ladder.hosts {
        out += &format!("[{} {}]\n", golden::plain(&host.name), golden::plain(&host.detail));
    }
    for row in &ladder.rows {
        let ms = row.at.map_or_else(String::new, |at| ((at.0 - T0) / 1_000).to_string());
        let body = match &row.kind {
            Kind::Arrow(a) => {
                let way = if a.direction == Direction::Sent { "->" } else { "<-" };
                let again = a.again.map_or_else(String::new, |g| format!(" again {} in {} ms", g.count, g.span_us / 1_000));
                format!("{way} {} | {} | {:?}{again}", a.title, golden::plain(&a.summary), a.tone)
            }
            Kind::Waiting { text, .. } => format!("   ({})", golden::plain(text)),
            Kind::Folded { text, open, .. } => format!("{} {}", if *open { "v" } else { ">" }, golden::plain(text)),
            Kind::Step { text, tone, .. } => format!("· {} {tone:?}", golden::plain(text)),
        };
        out += &format!("{ms} {} {body}\n", row.line);
    }
    for b in &ladder.brackets {
        out += &format!("{}–{} {} {:?}\n", b.from_row, b.to_row, b.word, b.look);
    }
    out
}

#[test]
fn a_held_call_reads_like_this() {
    let ladder = Ladder::new(&facts(), Subject::Call(CallId(0)), &BTreeSet::new());
    let expected = "\
[<Host> :5061]
0 10 -> INVITE | offers opus G722 PCMU | Info again 1 in 500 ms
540 30 <- 180 Ringing |  | Muted
 0    (waiting 6.16 s)
6700 40 <- 200 OK | G722, both ways | Ok
6704 50 -> ACK |  | Muted
 0    (talking 13.3 s)
20000 60 > Keep-alive ×1, last 200
 0    (talking 17.6 s)
37600 80 -> re-INVITE | hold: offers opus G722 PCMU | Info
37637 90 <- 200 OK | PCMU, send only | Ok
37640 100 -> ACK |  | Muted
 0    (held by client 21.2 s)
58800 110 <- BYE |  | Info
58802 120 -> 200 OK |  | Ok
0–3 G722 Codec { number: 1, one_way: false }
8–9 hold HeldByClient
";
    assert_eq!(text(&ladder), expected);
    assert_eq!(ladder.messages, 12);
    assert_eq!(ladder.row_of(MessageId(6)), Some(6), "a folded message leads to its fold");
}

#[test]
fn a_fold_opens_to_its_messages() {
    let open = BTreeSet::from([MessageId(5)]);
    let ladder = Ladder::new(&facts(), Subject::Call(CallId(0)), &open);
    let shown = text(&ladder);
    assert!(shown.contains("v Keep-alive ×1, last 200\n20000 60 -> OPTIONS |  | Info\n20026 70 <- 200 OK |  | Ok\n"), "{shown}");
}

#[test]
fn nothing_of_a_run_is_left_out() {
    let facts = facts();
    let ladder = Ladder::new(&facts, Subject::Run(RunId(0)), &BTreeSet::new());
    assert_eq!(ladder.messages, facts.messages.len());
}

#[test]
fn lanes_of_the_held_call() {
    let facts = facts();
    let scene = Scene::new(&Source::new(&facts, &crate::timeline::Survey::default(), None));
    let shown = golden::scene(&scene, T0);
    let expected = "\
Registration | Registration |  | Some(Muted)
  “no REGISTER in this run”
KeepAlive | Keep-alive |  | Some(Ok)
  20.000 Ping Muted \n  20.026 Answer Ok \n  “OPTIONS, 1 of 1 answered”
Call | Call 1 | out 52.1 s | Some(Ok)
  0.000–6.700 Ringing ringing / 6.70 s
  6.700–37.637 Talking talking / 30.9 s
  37.637–58.800 HeldByClient held by client / 21.2 s
  58.800 End Ok BYE by peer
";
    assert!(shown.starts_with(expected), "{shown}");
    let media = "\
Media | Audio codec | Call 1 | None
  6.700–37.637 Codec { number: 1, one_way: false } G722 / 8000 both ways
  37.637–58.800 Codec { number: 2, one_way: true } PCMU / 8000 send only
  37.637 Change Info \n";
    assert!(shown.contains(media), "{shown}");
    assert_eq!(scene.stretch(crate::timeline::Target::Call(CallId(0))), Some((T0, T0 + 58_800_000)));
}

#[test]
fn lanes_stay_apart_and_on_the_page() {
    let ladder = Ladder::new(&facts(), Subject::Call(CallId(0)), &BTreeSet::new());
    for width in [300.0, 600.0, 900.0, 2_000.0] {
        let place = place(&ladder, width, &FixedWidth(6.6));
        assert_eq!(place.lanes_px.len(), 2);
        assert!(place.lanes_px[0] > place.delta_px && place.lanes_px[1] - place.lanes_px[0] >= 149.9, "{place:?}");
        assert!(place.bracket_px > place.lanes_px[1] && place.line_px <= place.width_px && place.width_px >= width, "{place:?}");
    }
}

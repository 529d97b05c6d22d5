//! An analysis made by hand, one fact of every kind: for tests of what is written about it.

use bundlescope::analyse::{Analysis, MemberReport};
use bundlescope::base::{
    LogTime, MemberId, Note, NoteKind, Notes, Private, PrivateKind, Segment, SourceRef, Text, Zone, ZoneBasis,
};
use bundlescope::bundle::{Bundle, Member, Observer, Role, RoleBasis};
use bundlescope::findings::{Confidence, Finding, Severity};
use bundlescope::session::call::{
    Call, CallDirection, CallEvent, CallState, EventResult, Hold, Related, RelatedKind, ReleaseReason,
};
use bundlescope::session::device_config::DeviceConfig;
use bundlescope::session::environment::{Belongs, Environment};
use bundlescope::session::keepalive::{KeepAlive, KeepAliveKind, KeepAliveState, Ping};
use bundlescope::session::media::{Flow, MediaCause, MediaEnd, MediaOutcome, MediaSegment};
use bundlescope::session::registration::{Attempt, AttemptKind, Binding, ExpiresBasis, Nat, Registration, RegistrationState};
use bundlescope::session::run::{Client, PeerClock, Platform, Run, Which};
use bundlescope::session::startup::{Stage, StageId, StageState, Verdict, VerdictState};
use bundlescope::session::subscription::{Subscription, SubscriptionState};
use bundlescope::session::{CallId, DirectionBasis, Evidence, Facts, LoggedMessage, MessageId, RunId, Side};
use bundlescope::sip::message::Header;
use bundlescope::sip::{Direction, Message, Method, Observed, StartLine};

/// 2024-01-30 07:19:10.077 UTC.
const T0: LogTime = LogTime(1_706_599_150_077_000);

fn private(kind: PrivateKind, value: &str) -> Private {
    Private::new(kind, value)
}

fn source(line: u64) -> SourceRef {
    SourceRef { member: MemberId(0), line, offset: line * 80, bytes: 80 }
}

fn evidence(line: u64, text: &str) -> Evidence {
    Evidence { source: Some(source(line)), at: Some(T0), text: Text(vec![Segment::Log(text.into())]), message: None }
}

/// A message split by hand: the test must not lean on the parser it does not test.
fn message(text: &str, direction: Direction, line: u64, sent_before: u32) -> LoggedMessage {
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let body_at = head.len() + 4;
    let mut headers = Vec::new();
    let mut at = head.find("\r\n").unwrap() + 2;
    for field in head[at..].split("\r\n") {
        let colon = field.find(':').unwrap();
        let value = at + colon + 1 + (field[colon + 1..].len() - field[colon + 1..].trim_start().len());
        headers.push(Header { name: at..at + colon, value: value..at + field.len() });
        at += field.len() + 2;
    }
    let first = head.lines().next().unwrap();
    let words: Vec<&str> = first.splitn(3, ' ').collect();
    let start = if words[0] == "SIP/2.0" {
        StartLine::Response { code: words[1].parse().unwrap(), reason: first.len() - words[2].len()..first.len() }
    } else {
        let at = words[0].len() + 1;
        StartLine::Request { method: Method::from_token(words[0]), uri: at..at + words[1].len() }
    };
    let message = Message { text: text.into(), start, headers, body: body_at..body_at + body.len(), problems: Vec::new() };
    let seen = Observed { message, at: Some(T0), direction, remote: None, local: None };
    let direction_basis = (direction != Direction::Unknown).then_some(DirectionBasis::Via);
    LoggedMessage {
        seen,
        direction_basis,
        source: source(line),
        lines: 9,
        run: RunId(0),
        observer: Observer::Client,
        sent_before,
    }
}

fn request(method: &str, direction: Direction, line: u64, sent_before: u32) -> LoggedMessage {
    let body = if method == "INVITE" { "v=0\r\n" } else { "" };
    let text = format!(
        "{method} sip:as.example.com SIP/2.0\r\nv: SIP/2.0/TCP 192.0.2.10:5062;branch=z9hG4bK7\r\nf: \"A;tag=no\" <sip:a@example.com;tag=no>;tag=f1\r\n\
         t: <sip:a@example.com>\r\nCALL-ID: abc@host\r\nCSeq: 20 {method}\r\nc: application/sdp\r\n\r\n{body}"
    );
    message(&text, direction, line, sent_before)
}

fn response(code: u16, method: &str, direction: Direction, line: u64, sent_before: u32) -> LoggedMessage {
    let text = format!(
        "SIP/2.0 {code} Some Reason\r\nVia: SIP/2.0/TCP 192.0.2.10:5062;branch=z9hG4bK7\r\nFrom: <sip:a@example.com>;tag=f1\r\n\
         To: <sip:a@example.com>;tag=t1\r\nCall-ID: abc@host\r\nCSeq: 20 {method}\r\n\r\n"
    );
    message(&text, direction, line, sent_before)
}

/// One fact of every kind.
pub fn full() -> Analysis {
    let attempt = Attempt {
        request: MessageId(0),
        answer: Some(MessageId(1)),
        at: Some(T0),
        call_id: private(PrivateKind::CallId, "abc@host"),
        cseq: Some(20),
        remote: Some(private(PrivateKind::Address, "198.51.100.7:5075")),
        status: Some(200),
        reason: Some("OK".into()),
        retry_after_s: None,
        min_expires_s: None,
        expires_s: Some(120),
        expires_basis: Some(ExpiresBasis::Granted),
        authorised: true,
        sends: 1,
        final_from: None,
        duration_us: Some(260),
        kind: AttemptKind::Register,
    };
    let registration = Registration {
        run: RunId(0),
        aor: private(PrivateKind::Uri, "sip:anna@example.com"),
        registrar: private(PrivateKind::Host, "as.example.com"),
        call_ids: vec![private(PrivateKind::CallId, "abc@host")],
        next_hops: vec![private(PrivateKind::Address, "198.51.100.7:5075")],
        instance: None,
        reg_id: None,
        bindings: vec![Binding { contact: private(PrivateKind::Uri, "sip:a@192.0.2.10"), ours: true, expires_s: Some(120) }],
        nat: Some(Nat {
            sent_by: private(PrivateKind::Address, "192.0.2.10:5062"),
            seen_as: private(PrivateKind::Address, "198.51.100.9:43065"),
            changes: 0,
        }),
        state: RegistrationState::Registered,
        first: Some(T0),
        last: Some(T0),
        expires_s: Some(120),
        flow_timer_s: None,
        rhythm: None,
        events: Vec::new(),
        attempts: vec![attempt.clone()],
    };
    let stage = |id: StageId| Stage {
        id,
        state: if id == StageId::Register { StageState::Ok } else { StageState::Implied },
        at: Some(T0),
        text: Text::word("answered"),
        evidence: vec![evidence(3, "REGISTER")],
    };
    let verdict = Verdict {
        state: VerdictState::Ok,
        stage: Some(StageId::Call),
        text: Text::word("Registered and called"),
        detail: Text::default(),
        evidence: vec![evidence(30, "INVITE")],
    };
    let messages = vec![
        request("REGISTER", Direction::Sent, 3, 0),
        response(200, "REGISTER", Direction::Received, 12, 0),
        request("INVITE", Direction::Sent, 30, 0),
        request("INVITE", Direction::Sent, 40, 1),
        response(200, "INVITE", Direction::Received, 50, 0),
        response(200, "INVITE", Direction::Received, 55, 1),
        request("ACK", Direction::Sent, 60, 0),
        request("ACK", Direction::Sent, 70, 1),
        request("BYE", Direction::Unknown, 80, 0),
    ];
    let facts = Facts {
        messages,
        runs: vec![Run {
            which: Some(Which::Current),
            start: Some(T0),
            end: Some(T0.plus_us(90_000_000)),
            stages: StageId::ALL.into_iter().map(stage).collect(),
            verdict,
        }],
        registrations: vec![registration],
        keepalives: vec![KeepAlive {
            run: RunId(0),
            kind: KeepAliveKind::Options,
            from: Side::Client,
            peer: private(PrivateKind::Address, "198.51.100.7:5075"),
            pings: vec![
                Ping { at: Some(T0), message: None, source: source(90), answered: true, round_trip_us: Some(900) },
                Ping {
                    at: Some(T0.plus_us(30_000_000)),
                    message: None,
                    source: source(91),
                    answered: false,
                    round_trip_us: None,
                },
            ],
            interval_s: Some(30.0),
            longest_gap_s: Some(31.2),
            state: KeepAliveState::Lost,
        }],
        calls: vec![call()],
        subscriptions: vec![Subscription {
            run: RunId(0),
            event: "message-summary".into(),
            state: SubscriptionState::Active,
            attempts: vec![attempt],
            notifies: vec![],
            last: Some(Text::word("Messages-Waiting: yes")),
            reason: None,
        }],
        client: Client {
            platform: Some(Platform::Windows),
            version: Some("45.2.0.1".into()),
            user_agent: Some("bc-uc teams".into()),
            device_type: Some("Business Communicator - PC".into()),
        },
        clocks: vec![PeerClock { peer: private(PrivateKind::Host, "as"), offset_us: 1_500, basis: "as-tag", samples: 3 }],
        server_zone: None,
        stories: Vec::new(),
        features: Vec::new(),
        series: Vec::new(),
        connections: Vec::new(),
        media_signs: Vec::new(),
        device_configs: vec![DeviceConfig::of_member(
            MemberId(1),
            b"<config><protocols><sip><proxy address=\"\"/></sip><a>%TAG%</a></protocols></b>",
            RunId(0),
        )],
    };
    let mut notes = Notes::new();
    notes.push(NoteKind::Limit, None, 0, "Only the first files were read");
    let mut opening = Notes::new();
    opening.push(NoteKind::CrcMismatch, Some(MemberId(0)), 0, "The checksum does not fit");
    let mut bundle = Bundle::default();
    bundle.name = "anna.zip".into();
    bundle.bytes = 1234;
    bundle.sha256 = "ab".repeat(32);
    bundle.members = vec![
        member(0, "bwc/current_log.txt", Role::Bwc),
        member(1, "ced.dat", Role::Environment),
        member(2, "picture.png", Role::Other),
    ];
    bundle.notes = opening;
    Analysis {
        bundle: bundle.into(),
        members: vec![MemberReport {
            id: MemberId(0),
            dialect: Some("native".into()),
            bytes: 8000,
            lines: 100,
            records: 90,
            unrecognised_lines: 2,
            first: Some(T0),
            last: Some(T0.plus_us(90_000_000)),
            zone: Zone { offset_s: 0, basis: ZoneBasis::Log },
            sip_messages: 9,
            notes: vec![Note { kind: NoteKind::BadEncoding, member: Some(MemberId(0)), line: 17, text: "Stray byte".into() }],
        }],
        index: Vec::new(),
        dialects: Default::default(),
        facts,
        verdict_run: Some(RunId(0)),
        case: Default::default(),
        environment: Environment {
            member: Some(MemberId(1)),
            format: Some("json".into()),
            entries: 4,
            belongs: Belongs::Yes,
            belongs_text: Text::word("same session"),
            exported: Some(T0),
            proof: Vec::new(),
        },
        findings: vec![finding()],
        not_tried: Vec::new(),
        not_raised: Vec::new(),
        missing: vec![Role::Media],
        notes,
        shapes: vec![(MemberId(0), "aaa: 999 xxx".into(), 2)],
    }
}

fn member(id: u32, path: &str, role: Role) -> Member {
    Member {
        id: MemberId(id),
        path: path.into(),
        declared_bytes: 8000,
        role,
        role_basis: RoleBasis::Both,
        input: None,
        modified_s: None,
        is_text: true,
    }
}

fn call() -> Call {
    Call {
        id: CallId(0),
        run: RunId(0),
        call_ids: vec![private(PrivateKind::CallId, "abc@host")],
        direction: CallDirection::Outgoing,
        from: Some(private(PrivateKind::Uri, "sip:anna@example.com")),
        to: Some(private(PrivateKind::Uri, "sip:b\u{1b}[2Job@example.com")),
        related: vec![Related { call: CallId(1), kind: RelatedKind::TransferTarget, evidence: vec![evidence(61, "Refer-To")] }],
        correlation: None,
        identity: None,
        diversion: vec![],
        final_from: Some(("as", "tag of the application server".into())),
        state: CallState::Answered,
        invite_finals: vec![Some(407), Some(200), None],
        reason: None,
        released_by_reason: Some(ReleaseReason { protocol: "Q.850".into(), cause: Some(102), text: Some("timer".into()) }),
        early_dialogs: 1,
        started: Some(T0),
        ringing: Some(T0.plus_us(120_000)),
        answered: Some(T0.plus_us(2_390_000)),
        ended: Some(T0.plus_us(79_300_000)),
        ended_by: Some(Side::Peer),
        setup_us: Some(2_390_500),
        talk_us: Some(76_910_000),
        retransmissions: 2,
        events: vec![CallEvent {
            at: Some(T0),
            kind: "hold",
            by: Side::Client,
            result: Some(EventResult::Ok),
            status: Some(200),
            text: Text::word("put on hold"),
            messages: vec![MessageId(2)],
        }],
        holds: vec![Hold {
            from: Some(T0),
            to: None,
            by: Side::Client,
            requested_by: Side::Client,
            message: MessageId(4),
            lifted: None,
        }],
        media: vec![MediaSegment {
            at: Some(T0),
            offer: MessageId(2),
            answer: Some(MessageId(4)),
            index: 0,
            kind: "audio".into(),
            cause: MediaCause::Initial,
            offered: vec!["opus/48000/2".into(), "G722/8000".into()],
            answered: vec!["G722/8000".into()],
            codec: Some("G722/8000".into()),
            payload_type: Some(9),
            offered_by: Side::Client,
            early: false,
            local: MediaEnd { address: Some(private(PrivateKind::Address, "192.0.2.10")), port: Some(4000), source: None },
            remote: MediaEnd::default(),
            ptime: Some(20),
            fmtp: None,
            may_switch: false,
            flow: Flow::SendRecv,
            protocol: "RTP/AVP".into(),
            secure: false,
            dtmf: Some("telephone-event"),
            outcome: MediaOutcome::Agreed,
            detail: bundlescope::session::media::MediaDetail::default(),
        }],
        messages: vec![MessageId(2), MessageId(4)],
    }
}

fn finding() -> Finding {
    Finding {
        id: "device-profile-not-found".into(),
        severity: Severity::Warning,
        confidence: Confidence::Likely,
        title: Text::word("The device profile is missing"),
        meaning: Text::word("It is not assigned"),
        impact: Text::word("No calls"),
        causes: vec![Text::word("a"), Text::word("b")],
        checks: vec![],
        steps: vec![Text::word("Assign it")],
        sources: vec!["guide".into()],
        not_when: Vec::new(),
        assumed: false,
        stage: Some(StageId::DeviceList),
        run: RunId(0),
        call: None,
        effect_of: None,
        count: 1,
        first: Some(T0),
        last: Some(T0),
        captures: vec![("profile".into(), Text::word("Business Communicator - PC"))],
        evidence: vec![evidence(5, "the device profile is not found")],
    }
}

/// Nothing at all was found.
pub fn empty() -> Analysis {
    let mut bundle = Bundle::default();
    bundle.name = "x.zip".into();
    Analysis {
        bundle: bundle.into(),
        members: vec![],
        index: vec![],
        dialects: Default::default(),
        facts: Facts::default(),
        verdict_run: None,
        case: Default::default(),
        environment: Environment::default(),
        findings: vec![],
        not_tried: Vec::new(),
        not_raised: Vec::new(),
        missing: vec![],
        notes: Notes::new(),
        shapes: vec![],
    }
}

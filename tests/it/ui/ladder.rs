//! Ladder, message and media: the journeys of who looks for a fault in SIP. In: bundles made in memory. Out: what is said and copied.

use super::*;

/// The call changes its codec with the hold.
fn codec_log() -> String {
    let log = good_log();
    let at = log.find("CSeq: 2 INVITE").unwrap();
    format!("{}{}", &log[..at], log[at..].replace("RTP/SAVP 9 0", "RTP/SAVP 0 8"))
}

fn shown(log: String) -> Harness<'static, App> {
    opened(vec![input("good.log", log.into_bytes())], (1440.0, 900.0))
}

/// A second call, a minute later.
pub(super) fn two_calls() -> String {
    let log = good_log();
    let at = log.find("onSipMessage").and_then(|_| log.find("INVITE sip:bob")).unwrap();
    let begin = log[..at].rfind("2026-").unwrap();
    let mut second = log[begin..].replace("call-1@", "call-2@").replace("z9hG4bKi", "z9hG4bKj").replace("z9hG4bKa", "z9hG4bKc");
    second =
        second.replace("z9hG4bKb1", "z9hG4bKd1").replace("tag=a1", "tag=a2").replace("tag=b1", "tag=b2").replace("bob", "eve");
    format!("{log}{}", second.replace("T08:15:", "T08:17:").replace("T08:14:", "T08:16:"))
}

/// What the next frames put on the clipboard.
fn clipboard(harness: &mut Harness<'_, App>) -> String {
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        harness.step();
        for command in &harness.output().platform_output.commands {
            if let eframe::egui::OutputCommand::CopyText(text) = command {
                return text.clone();
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("nothing was copied");
}

#[test]
fn the_codec_change_from_the_call_to_its_line() {
    let mut harness = shown(codec_log());
    press(&mut harness, Key::Num5);
    says(&harness, "audio: G722 from +6.0 s, PCMU from +36.0 s, re-INVITE by client");
    says(&harness, "192.0.2.10:31002 (client)");
    click(&mut harness, Role::ListItem, "re-INVITE by client: PCMU, send only");
    says(&harness, "SIP/2.0 200 OK");
    press(&mut harness, Key::Num2);
    click(&mut harness, Role::ListItem, "sent re-INVITE hold");
    click(&mut harness, Role::Tab, "Diff");
    says(&harness, "INVITE 08:14:06.000: ");
    says(&harness, "changed m= codecs: G722/8000 PCMU/8000 → PCMU/8000 PCMA/8000");
    says(&harness, "only there G722/8000");
    says(&harness, "changed Direction: sendrecv → sendonly");
    silent(&harness, "branch");
    click(&mut harness, Role::Link, "not counted");
    says(&harness, "branch");
}

#[test]
fn two_refusals_of_a_register_side_by_side() {
    let log = good_log().replace(
        "SIP/2.0 200 OK\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
        "SIP/2.0 401 Unauthorized\nWWW-Authenticate: Digest realm=\"other\", nonce=\"n2\"\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
    );
    let mut harness = shown(log);
    click(&mut harness, Role::ListItem, "08:14:02.060 SIP/2.0 401");
    click(&mut harness, Role::Tab, "Diff");
    says(&harness, "with the one before");
    says(&harness, "changed WWW-Authenticate realm: r → other");
    silent(&harness, "nonce: ");
    // Any message may be the base.
    click(&mut harness, Role::ListItem, "sent REGISTER");
    press(&mut harness, Key::B);
    click(&mut harness, Role::ListItem, "received 401");
    says(&harness, "with the chosen base");
    says(&harness, "changed First line: REGISTER");
}

#[test]
fn a_ladder_is_copied_as_text_and_as_mermaid() {
    let mut harness = shown(codec_log());
    press(&mut harness, Key::Num2);
    harness.get_by_role_and_label(Role::Link, "Copy as text").click();
    let text = clipboard(&mut harness);
    assert!(text.starts_with("Call 1, to sip:") && !text.contains("bob@") && !text.contains("example.test"), "{text}");
    let line = text.lines().find(|l| l.contains("re-INVITE")).unwrap();
    assert!(line.starts_with("08:14:42.000") && line.contains("--->") || line.contains("->|"), "{line}");
    assert!(text.lines().any(|l| l.contains("|<-- 200 OK") && l.contains("= hold")), "{text}");
    assert!(text.contains("· talking 30.0 s ·"), "{text}");
    harness.get_by_role_and_label(Role::Link, "Mermaid").click();
    let text = clipboard(&mut harness);
    assert!(text.contains("sequenceDiagram\n    participant L0 as Client ") && !text.contains("192.0.2.10"), "{text}");
    assert!(text.contains("L0->>L1: 08:14:42.000 re-INVITE") && text.contains("L1-->>L0: "), "{text}");
    assert!(text.contains("Note over L0,L1: talking 30.0 s"), "{text}");
}

#[test]
fn a_message_in_four_ways_and_the_log_and_back() {
    let mut harness = shown(good_log());
    click(&mut harness, Role::ListItem, "Call 1, to sip:bob@example.test");
    click(&mut harness, Role::ListItem, "sent INVITE");
    says(&harness, "INVITE sip:bob@example.test SIP/2.0");
    press(&mut harness, Key::T);
    says(&harness, "names the transaction");
    says(&harness, "branch z9hG4bKi1");
    press(&mut harness, Key::T);
    says(&harness, "audio, 192.0.2.10 :31002, RTP/SAVP, both ways, secure, no key here, –");
    says(&harness, "9 G722/8000");
    press(&mut harness, Key::T);
    says(&harness, "No earlier message of its kind");
    press(&mut harness, Key::T);
    says(&harness, "INVITE sip:bob@example.test SIP/2.0");
    click(&mut harness, Role::Link, "good.log:");
    wait_for(&mut harness, "Log lines around good.log:");
    click(&mut harness, Role::Link, "Close");
    says(&harness, "a=sendrecv");
}

#[test]
fn two_calls_in_one_ladder() {
    let mut harness = shown(two_calls());
    press(&mut harness, Key::Num2);
    let lane = |harness: &mut Harness<'_, App>, name: &str, modifiers: Modifiers| {
        let found = harness
            .get_all_by_role(Role::ListItem)
            .find(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with(name) && l.contains("out")));
        found.unwrap_or_else(|| panic!("no lane {name}")).click_modifiers(modifiers);
        harness.run_steps(4);
    };
    lane(&mut harness, "Call 1", Modifiers::NONE);
    says(&harness, "Call 1, to sip:bob@example.test, 9 messages");
    silent(&harness, "Call 2 08:16:06.000 sent");
    lane(&mut harness, "Call 2", Modifiers::COMMAND);
    says(&harness, "Call 1, to sip:bob@example.test + Call 2, 18 messages");
    says(&harness, "Call 1 08:14:06.000 sent INVITE");
    says(&harness, "Call 2 08:16:06.000 sent INVITE");
    // The same once more takes it out.
    lane(&mut harness, "Call 2", Modifiers::COMMAND);
    silent(&harness, "Call 2 08:16:06.000 sent");
}

#[test]
fn absurd_names_and_ten_thousand_messages() {
    let mut log = Log(good_log().replace("From: <sip:anna", &format!("From: \"{}\u{202e}<;#\" <sip:anna", "é".repeat(3_000))));
    let call = "Call-ID: call-1@192.0.2.10";
    for n in 0..5_000_u32 {
        let at = 41_000 + u64::from(n) * 3;
        let (via, cseq) = (format!("Via: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKx{n}"), format!("CSeq: {} INFO", n + 10));
        let fields = with(&via, "From: <sip:anna@example.test>;tag=a1", "To: <sip:bob@example.test>;tag=b1", call, &cseq);
        log.sip(at, true, "INFO sip:bob@198.51.100.20:5061 SIP/2.0", &fields, None);
        log.sip(at + 1, false, "SIP/2.0 200 OK", &fields, None);
    }
    let mut harness = shown(log.0);
    press(&mut harness, Key::Num2);
    says(&harness, "10009 messages");
    assert!(labels(&harness).len() < 600, "only what is on screen is laid out");
    for _ in 0..3 {
        press(&mut harness, Key::ArrowDown);
    }
    harness.get_by_role_and_label(Role::Link, "Mermaid").click();
    let text = clipboard(&mut harness);
    assert!(text.lines().count() > 10_000);
}

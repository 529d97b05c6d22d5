//! The window by label and role, without a display: the journeys of its user. In: bundles made in memory, read by the real
//! pipeline on the real job thread. Out: what a user and a screen reader would find.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bundlescope::app::{App, Theme};
use bundlescope::bundle::Input;
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

mod compare;
mod download;
mod export;
mod journeys;
mod keyboard;
mod keys;
mod ladder;
mod lists;
mod log;
mod palette;
mod settings;
mod timeline;

/// A log line's head, `ms` after 08:14:02 UTC.
fn head(ms: u64, level: &str) -> String {
    let (s, ms) = (ms / 1000 + 2, ms % 1000);
    format!("2026-03-10T08:{:02}:{:02}.{ms:03}Z <{level}> [0x390] SipTransport.cpp:88 ", 14 + s / 60, s % 60)
}

struct Log(String);

impl Log {
    fn sip(&mut self, ms: u64, sent: bool, start: &str, fields: &[&str], sdp: Option<&str>) {
        let word = if sent {
            "Sending, 192.0.2.10:52114 -> 198.51.100.20:5061"
        } else {
            "Received, 198.51.100.20:5061 -> 192.0.2.10:52114"
        };
        let body = sdp.map_or_else(String::new, |flow| {
            format!(
                "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 31002 RTP/SAVP 9 0\r\na={flow}\r\n"
            )
        });
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let fields: String = fields.iter().map(|f| format!("{f}\r\n")).collect();
        let message = format!("{start}\r\n{fields}{kind}Content-Length: {}\r\n\r\n{body}", body.len());
        self.0 += &format!("{}onSipMessage:BWC:SIP: {word}\n{}", head(ms, "Debug"), message.replace('\r', ""));
    }
}

fn with<'a>(via: &'a str, from: &'a str, to: &'a str, call: &'a str, cseq: &'a str) -> Vec<&'a str> {
    vec![via, from, to, call, cseq]
}

/// A client that registers, calls, holds, and is hung up on.
pub fn good_log() -> String {
    let mut log = Log(String::new());
    let (from, to) = ("From: <sip:anna@example.test>;tag=a1", "To: <sip:anna@example.test>");
    let contact = "Contact: <sip:anna@192.0.2.10:52114>;expires=120";
    let register = |n: u32| (format!("Via: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr{n}"), format!("CSeq: {n} REGISTER"));
    for (n, at, status) in [(1, 0, "401 Unauthorized"), (2, 40, "200 OK")] {
        let (via, cseq) = register(n);
        let mut fields = with(&via, from, to, "Call-ID: reg@192.0.2.10", &cseq);
        fields.push(contact);
        if n == 2 {
            fields.push("Authorization: Digest username=\"anna\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", response=\"0\"");
        }
        log.sip(at, true, "REGISTER sip:example.test SIP/2.0", &fields, None);
        let mut fields = with(&via, from, "To: <sip:anna@example.test>;tag=s1", "Call-ID: reg@192.0.2.10", &cseq);
        fields.push(if n == 1 { "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"" } else { contact });
        log.sip(at + 20, false, &format!("SIP/2.0 {status}"), &fields, None);
    }
    let call = "Call-ID: call-1@192.0.2.10";
    let bob = "To: <sip:bob@example.test>;tag=b1";
    for (n, at, to, answer, flow, back) in [
        (1, 4_000, "To: <sip:bob@example.test>", 10_000, "sendrecv", "sendrecv"),
        (2, 40_000, bob, 40_037, "sendonly", "recvonly"),
    ] {
        let (via, cseq) = (format!("Via: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKi{n}"), format!("CSeq: {n} INVITE"));
        let mine = "Contact: <sip:anna@192.0.2.10:52114>";
        let mut fields = with(&via, from, to, call, &cseq);
        fields.push(mine);
        log.sip(at, true, "INVITE sip:bob@example.test SIP/2.0", &fields, Some(flow));
        let mut fields = with(&via, from, bob, call, &cseq);
        fields.push("Contact: <sip:bob@198.51.100.20:5061>");
        if n == 1 {
            log.sip(at + 500, false, "SIP/2.0 180 Ringing", &fields, None);
        }
        log.sip(answer, false, "SIP/2.0 200 OK", &fields, Some(back));
        let (via, cseq) = (format!("Via: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKa{n}"), format!("CSeq: {n} ACK"));
        log.sip(answer + 4, true, "ACK sip:bob@198.51.100.20:5061 SIP/2.0", &with(&via, from, bob, call, &cseq), None);
    }
    let via = "Via: SIP/2.0/TLS 198.51.100.20:5061;branch=z9hG4bKb1";
    let (from, to) = ("From: <sip:bob@example.test>;tag=b1", "To: <sip:anna@example.test>;tag=a1");
    log.sip(61_000, false, "BYE sip:anna@192.0.2.10:52114 SIP/2.0", &with(via, from, to, call, "CSeq: 9 BYE"), None);
    log.sip(61_002, true, "SIP/2.0 200 OK", &with(via, from, to, call, "CSeq: 9 BYE"), None);
    log.0
}

pub fn input(name: &str, bytes: Vec<u8>) -> Input {
    Input::Memory { name: name.to_owned(), bytes: bytes.into() }
}

/// What the pipeline makes of inputs.
#[cfg_attr(not(feature = "pictures"), expect(dead_code, reason = "for pictures"))]
pub fn read(inputs: Vec<Input>) -> Vec<Arc<bundlescope::analyse::Analysis>> {
    use bundlescope::analyse::{Options, Progress, analyse};
    analyse(&inputs, &Options::default(), &Progress::new()).unwrap()
}

fn window(app: App, size: (f32, f32)) -> Harness<'static, App> {
    Harness::builder().with_size(Vec2::new(size.0, size.1)).with_max_steps(60).build_eframe(move |cc| {
        App::prepare(&cc.egui_ctx);
        app
    })
}

/// Opens inputs as the program does and waits for the job's thread.
fn opened(inputs: Vec<Input>, size: (f32, f32)) -> Harness<'static, App> {
    opened_by(App::new(Theme::Dark), inputs, size)
}

fn opened_by(app: App, inputs: Vec<Input>, size: (f32, f32)) -> Harness<'static, App> {
    let mut harness = window(app, size);
    harness.run_steps(2);
    let ctx = harness.ctx.clone();
    harness.state_mut().open(&ctx, inputs);
    read_to_its_end(&mut harness);
    harness
}

fn read_to_its_end(harness: &mut Harness<'_, App>) {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        harness.run_steps(2);
        if harness.query_by_label("Cancel").is_none() {
            break;
        }
        assert!(Instant::now() < until, "reading did not end");
        std::thread::sleep(Duration::from_millis(10));
    }
    harness.run_steps(4);
}

/// Waits for what a thread brings.
#[track_caller]
fn wait_for(harness: &mut Harness<'_, App>, text: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    while !labels(harness).iter().any(|l| l.contains(text)) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
        harness.run_steps(2);
    }
    says(harness, text);
}

fn good() -> Harness<'static, App> {
    opened(vec![input("good.log", good_log().into_bytes())], (1440.0, 900.0))
}

fn labels(harness: &Harness<'_, App>) -> Vec<String> {
    let all = harness.root().children_recursive();
    all.map(|n| n.accesskit_node().label().or_else(|| n.accesskit_node().value()).unwrap_or_default())
        .filter(|l| !l.is_empty())
        .collect()
}

#[track_caller]
fn says(harness: &Harness<'_, App>, text: &str) {
    let all = labels(harness);
    assert!(all.iter().any(|l| l.contains(text)), "nothing says {text:?} among\n{}", all.join("\n"));
}

#[track_caller]
fn silent(harness: &Harness<'_, App>, text: &str) {
    let all = labels(harness);
    assert!(!all.iter().any(|l| l.contains(text)), "{text:?} is still said");
}

/// Clicks the one thing of a role whose name holds `text` (the first one of several).
#[track_caller]
fn click(harness: &mut Harness<'_, App>, role: Role, text: &str) {
    let found = harness.get_all_by_role(role).find(|n| n.accesskit_node().label().is_some_and(|l| l.contains(text)));
    found.unwrap_or_else(|| panic!("no {role:?} with {text:?} among\n{}", labels(harness).join("\n"))).click();
    harness.run_steps(4);
}

fn press(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press(key);
    harness.run_steps(4);
}

#[test]
fn the_first_screen_says_what_to_do() {
    let app = App::new(Theme::Light).with_samples(vec![input("a call held", Vec::new())]);
    let mut harness = window(app, (1280.0, 800.0));
    harness.run_steps(3);
    for text in ["Open a client log bundle", "Drop files here", "Where to get the logs", "All local", "a call held"] {
        says(&harness, text);
    }
    harness.get_by_role_and_label(Role::Button, "Open folder");
    press(&mut harness, Key::Questionmark);
    says(&harness, "one level back");
    press(&mut harness, Key::Escape);
    silent(&harness, "one level back");
}

#[test]
fn from_the_verdict_to_the_line_of_the_log_and_back() {
    let mut harness = good();
    says(&harness, "Registered, and the call was answered");
    says(&harness, "held 1×, 21.0 s");
    click(&mut harness, Role::ListItem, "Call 1, to sip:bob@example.test");
    says(&harness, "held by client 21.0 s");
    click(&mut harness, Role::ListItem, "sent re-INVITE hold");
    let line = good_log().lines().enumerate().filter(|(_, l)| l.starts_with("INVITE")).nth(1).unwrap().0 + 1;
    says(&harness, &format!("{line} INVITE sip:bob@example.test SIP/2.0"));
    says(&harness, &format!("good.log:{line}"));
    says(&harness, "a=sendonly");
    press(&mut harness, Key::Escape);
    says(&harness, "Coverage");
    silent(&harness, "a=sendonly");
}

#[test]
fn why_a_register_was_refused() {
    let log = good_log().replace(
        "SIP/2.0 200 OK\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
        "SIP/2.0 403 Forbidden\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
    );
    let mut harness = opened(vec![input("refused.log", log.into_bytes())], (1440.0, 900.0));
    says(&harness, "403");
    says(&harness, "The registrar refused the registration (403 Forbidden)");
    click(&mut harness, Role::ListItem, "08:14:02.060 SIP/2.0 403 Forbidden");
    says(&harness, "33 SIP/2.0 403 Forbidden");
    press(&mut harness, Key::Escape);
    click(&mut harness, Role::ListItem, "The registrar refused the registration");
    click(&mut harness, Role::ListItem, "REGISTER new binding 08:14:02.040 403 Forbidden");
    says(&harness, "SIP/2.0 403 Forbidden");
    says(&harness, "Registration sip:anna@example.test");
}

#[test]
fn keys_lead_through_views_and_messages() {
    let mut harness = good();
    press(&mut harness, Key::Num2);
    says(&harness, "INVITE sip:bob@example.test SIP/2.0");
    for _ in 0..2 {
        press(&mut harness, Key::ArrowDown);
    }
    says(&harness, "SIP/2.0 200 OK");
    press(&mut harness, Key::Num3);
    says(&harness, "Outcome");
    press(&mut harness, Key::Num7);
    says(&harness, "What could not be read");
    press(&mut harness, Key::Num1);
    says(&harness, "Coverage");
    press(&mut harness, Key::Num4);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(4);
    says(&harness, "13 of 13 messages");
    harness.get_by_role(Role::TextInput).type_text("sendonly");
    harness.run_steps(4);
    says(&harness, "1 of 13 messages");
    press(&mut harness, Key::Escape);
    says(&harness, "13 of 13 messages");
}

#[test]
fn zoom_and_fit() {
    let mut harness = good();
    press(&mut harness, Key::W);
    press(&mut harness, Key::W);
    let zoomed = labels(&harness).len();
    press(&mut harness, Key::Num0);
    assert!(labels(&harness).len() >= zoomed);
    says(&harness, "Call 1: held by client 21.0 s");
}

#[test]
fn what_could_not_be_read_is_said() {
    let mut log = good_log().into_bytes();
    log.extend_from_slice(&[0xff, 0xfe, 0xfd, b'\n']);
    let harness = opened(vec![input("good.log", log)], (1440.0, 900.0));
    says(&harness, "Coverage");
    says(&harness, "media log");
    says(&harness, "missing");
    says(&harness, "Signatures that could not be tried");
}

#[test]
fn what_is_no_bundle_gets_clear_words() {
    for (name, bytes) in
        [("empty.zip", Vec::new()), ("noise.zip", vec![0xa5; 4_000]), ("cut.zip", b"PK\x03\x04\x14\0\0\0\x08\0".to_vec())]
    {
        let harness = opened(vec![input(name, bytes)], (1280.0, 800.0));
        let all = labels(&harness).join("\n");
        let clear = ["This could not be opened", "Nothing in this bundle tells what happened", "Nothing can be concluded"];
        assert!(clear.iter().any(|words| all.contains(words)), "{name}: {all}");
        assert!(!all.contains("Registered"), "{name}: {all}");
    }
}

#[test]
fn two_bundles_stand_in_two_tabs() {
    let mut harness = good();
    let ctx = harness.ctx.clone();
    harness.state_mut().open(&ctx, vec![input("other.log", b"2026-03-10T08:14:02.000Z <Info> [0x1] a.cpp:1 f:T: x\n".to_vec())]);
    for _ in 0..200 {
        harness.run_steps(2);
        if harness.query_by_label("Cancel").is_none() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    silent(&harness, "and the call was answered");
    click(&mut harness, Role::Tab, "good.log");
    says(&harness, "Registered, and the call was answered");
    click(&mut harness, Role::Button, "Close good.log");
    silent(&harness, "and the call was answered");
}

/// Clicks a button and gives what was put on the clipboard.
fn copied(harness: &mut Harness<'_, App>, label: &str) -> String {
    harness.get_by_role_and_label(Role::Button, label).click();
    for _ in 0..4 {
        harness.step();
        let commands = &harness.output().platform_output.commands;
        let text = commands.iter().find_map(|c| match c {
            eframe::egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if let Some(text) = text {
            harness.run_steps(2);
            return text;
        }
    }
    panic!("nothing was copied");
}

#[test]
fn a_line_of_the_log_is_one_click_from_the_finding() {
    let log = crate::case::token_refused();
    let mut harness = opened(vec![input("current_log.txt", log.into_bytes())], (1440.0, 900.0));
    says(&harness, "What the case needs");
    says(&harness, "User ID: anna.k@example.com");
    says(&harness, "ced.dat: missing");
    // The findings have a lane of their own, and one that follows leads to its cause.
    says(&harness, "Findings");
    click(&mut harness, Role::Button, "Show the log lines");
    for _ in 0..200 {
        harness.run_steps(2);
        if !labels(&harness).iter().any(|l| l.contains("Reading the log again")) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // The 403 stands in the fourth line; the lines before it are those of the log.
    says(&harness, "Log lines around current_log.txt:4");
    says(&harness, "1 2026-03-11T08:41:02.000Z <Info> [0x390] UserProfile.cpp:10");
    says(&harness, "4 2026-03-11T08:41:08.846Z <Error>");
    click(&mut harness, Role::Link, "Close");
    silent(&harness, "Log lines around");
}

#[test]
fn what_to_ask_the_server_team_is_copied_with_one_click() {
    let log = good_log().replace(
        "SIP/2.0 200 OK\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
        "SIP/2.0 403 Forbidden\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
    );
    let mut harness = opened(vec![input("refused.log", log.into_bytes())], (1440.0, 900.0));
    let text = copied(&mut harness, "Copy for the server team");
    for said in [
        "Registration of sip:anna@example.test",
        "Time, UTC: 2026-03-10 08:14:02.040",
        "Call-ID: reg@192.0.2.10",
        "Final answer: 403 Forbidden, after 20 ms",
        "SBC, next hop: 198.51.100.20:5061",
        "refused.log:33",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    says(&harness, "Copied What to ask the server team");
    // A mark of the lane leads to its card from any view.
    press(&mut harness, Key::Num2);
    silent(&harness, "What to do");
    click(&mut harness, Role::ListItem, "Findings: failed register-forbidden");
    says(&harness, "What to do");
}

#[test]
fn every_size_and_every_view_can_be_shown() {
    let analysis = Arc::new(crate::made::full());
    for (size, theme) in [((1280.0, 800.0), Theme::Dark), ((2560.0, 1440.0), Theme::Light), ((640.0, 400.0), Theme::HighContrast)]
    {
        let mut app = App::new(theme);
        app.show(Arc::clone(&analysis));
        let mut harness = window(app, size);
        for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num7] {
            press(&mut harness, key);
        }
        assert!(!labels(&harness).is_empty());
    }
}

fn ask(harness: &mut Harness<'_, App>, query: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    harness.run_steps(4);
    wait_for(harness, "Rules of your own");
    harness.get_by_role_and_label(Role::TextInput, "Look up").type_text(query);
    harness.run_steps(4);
}

#[test]
fn codes_and_why_not_in_the_look_up_box() {
    let mut harness = good();
    click(&mut harness, Role::Link, "Why is something not in this list?");
    wait_for(&mut harness, "Known failures that are no finding of this bundle");
    press(&mut harness, Key::Escape);
    silent(&harness, "Known failures that are no finding of this bundle");
    ask(&mut harness, "200018");
    wait_for(&mut harness, "Code of the activation portal  200018");
    says(&harness, "10 minutes"); // guide §8: wait 10 minutes
    press(&mut harness, Key::Escape);
    ask(&mut harness, "register-forbidden");
    wait_for(&mut harness, "Why it is no finding of this bundle");
    press(&mut harness, Key::Escape);
    ask(&mut harness, "zzzz");
    wait_for(&mut harness, "Not in the catalogue");
}

#[test]
fn a_rule_written_while_the_window_is_open_counts_after_reading_again() {
    let folder = std::env::temp_dir().join(format!("bundlescope-window-rules-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("signatures/own")).unwrap();
    let inputs = vec![input("good.log", good_log().into_bytes())];
    let mut harness = opened_by(App::new(Theme::Dark).with_rules(folder.clone()), inputs, (1440.0, 900.0));
    silent(&harness, "Our own fault");
    let text = "severity = \"warning\"\nconfidence = \"likely\"\nsources = [\"a ticket\"]\n[[line]]\n\
                contains = \"SipTransport.cpp:88\"\n[en]\ntitle = \"Our own fault\"\nmeaning = \"m\"\n";
    std::fs::write(folder.join("signatures/own/our-fault.toml"), text).unwrap();
    std::fs::write(folder.join("signatures/own/broken.toml"), "severity = \n").unwrap();
    ask(&mut harness, "");
    click(&mut harness, Role::Link, "Read rules again");
    read_to_its_end(&mut harness);
    wait_for(&mut harness, "broken.toml");
    press(&mut harness, Key::Escape);
    says(&harness, "Our own fault");
    std::fs::remove_dir_all(&folder).unwrap();
}

//! The log view as its user goes through it: from a finding to the line and back, filter and search, marks, by keyboard alone, and logs
//! that nobody would write on purpose.

use std::sync::Arc;

use bundlescope::base::{LogTime, MemberId, Zone, ZoneBasis};
use bundlescope::records::index::Index;
use bundlescope::records::{Level, Stamp};
use eframe::egui::{Event, Key, Modifiers};

use super::keys::tab_to;
use super::*;

fn line(second: u64, level: &str, thread: &str, code: &str, text: &str) -> String {
    format!("2026-03-11T08:{:02}:{:02}.000Z <{level}> [{thread}] {code} {text}\n", 14 + second / 60, second % 60)
}

/// Two members, a record of several lines, an error after half a minute.
fn two() -> Vec<Input> {
    let mut bwc = line(0, "Info", "0x390", "Manager.cpp:212", "start:BWC:SCF: token asked");
    bwc += &line(5, "Error", "0x390", "TokenManager.cpp:214", "get:BWC:SCF: refused");
    bwc += "{\n  \"error\": \"access_denied\",\n  \"token\": 1\n}\n";
    for n in 0..200 {
        bwc += &line(40 + n / 10, "Debug", "0x1", "HealthCheck.cpp:1", &format!("beat:HLT: number {n}"));
    }
    bwc += &line(90, "Warn", "0x2a14", "HttpClient.cpp:604", "send:NET: token late");
    let startup = line(2, "Warn", "0x390", "DeviceList.cpp:190", "list:DEV: kein Standardgerät");
    let files: [(&str, &[u8]); 2] = [("bwc/current_log.txt", bwc.as_bytes()), ("startup/current_log.txt", startup.as_bytes())];
    vec![input("logs.zip", crate::archive::zip(&files))]
}

fn log_of(inputs: Vec<Input>) -> Harness<'static, App> {
    let mut harness = opened(inputs, (1440.0, 900.0));
    press(&mut harness, Key::Num6);
    harness
}

fn typed(harness: &mut Harness<'_, App>, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.run_steps(4);
}

fn shifted(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press_modifiers(Modifiers::SHIFT, key);
    harness.run_steps(4);
}

fn filter(harness: &mut Harness<'_, App>, text: &str) {
    press(harness, Key::F);
    typed(harness, text);
    press(harness, Key::Enter);
}

fn search(harness: &mut Harness<'_, App>, text: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(4);
    typed(harness, text);
    press(harness, Key::Escape);
}

/// What the next steps put on the clipboard.
fn clipboard(harness: &mut Harness<'_, App>) -> String {
    for _ in 0..300 {
        harness.step();
        let commands = &harness.output().platform_output.commands;
        if let Some(text) = commands.iter().find_map(|c| match c {
            eframe::egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        }) {
            harness.run_steps(2);
            return text;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("nothing was copied");
}

#[test]
fn from_a_finding_to_its_line_in_the_log_and_back() {
    let log = crate::case::token_refused();
    let mut harness = opened(vec![input("current_log.txt", log.into_bytes())], (1440.0, 900.0));
    says(&harness, "What the case needs");
    click(&mut harness, Role::Button, "Show in the log");
    // The 403 stands in the fourth line; the record is chosen, and its finding is one click away.
    wait_for(&mut harness, "2026-03-11 08:41:08.846");
    says(&harness, "current_log.txt:4");
    says(&harness, "error, as logged");
    press(&mut harness, Key::Escape);
    says(&harness, "What the case needs");
    press(&mut harness, Key::L);
    wait_for(&mut harness, "error, as logged");
    let id = labels(&harness).into_iter().find(|l| l.starts_with("token-")).expect("the finding of the record");
    click(&mut harness, Role::ListItem, &id);
    says(&harness, "What the case needs");
    click(&mut harness, Role::Button, "Show the log lines");
    wait_for(&mut harness, "Log lines around");
    click(&mut harness, Role::Link, "Show in the log");
    wait_for(&mut harness, "error, as logged");
}

#[test]
fn from_the_log_to_the_message_and_back() {
    let mut harness = log_of(vec![input("good.log", good_log().into_bytes())]);
    wait_for(&mut harness, "08:14:02.000 debug good:1 onSipMessage:BWC:SIP: Sending");
    press(&mut harness, Key::Home);
    says(&harness, "SIP message: REGISTER");
    press(&mut harness, Key::Enter);
    says(&harness, "Ladder");
    says(&harness, "Registration sip:anna@example.test");
    press(&mut harness, Key::Escape);
    says(&harness, "SIP message: REGISTER");
    // Of a call: its messages, and what names its Call-ID.
    filter(&mut harness, "call:1");
    wait_for(&mut harness, "9 of 13 records");
    press(&mut harness, Key::Home);
    press(&mut harness, Key::Space);
    wait_for(&mut harness, "INVITE sip:bob@example.test SIP/2.0 / Via");
}

#[test]
fn filters_narrow_the_log_and_tell_what_they_hide() {
    let mut harness = log_of(two());
    wait_for(&mut harness, "08:14:02.000 warning startup:1 list:DEV: kein Standardgerät");
    says(&harness, "204 records");
    filter(&mut harness, "level>=warn");
    wait_for(&mut harness, "3 of 204 records");
    says(&harness, "200 hidden");
    says(&harness, "1:25 without a record that passes");
    filter(&mut harness, "not:member:startup");
    wait_for(&mut harness, "2 of 204 records");
    filter(&mut harness, "thread:0x2A14");
    wait_for(&mut harness, "1 of 204 records");
    // What can't be read is said with its place and changes nothing.
    filter(&mut harness, "x level>=loud");
    says(&harness, "No level is called loud; there are trace, debug, info, warn, error, none, at character 10");
    says(&harness, "1 of 204 records");
    press(&mut harness, Key::Escape);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait_for(&mut harness, "2 of 204 records");
    click(&mut harness, Role::Button, "Take off the filter level>=warn");
    wait_for(&mut harness, "203 of 204 records");
    // A name that no file has is told by the pass, and the filter before it stays.
    filter(&mut harness, "member:media");
    wait_for(&mut harness, "No file of this bundle has media in its name");
    says(&harness, "203 of 204 records");
    // The hidden stretch leads to what is hidden.
    press(&mut harness, Key::Escape);
    filter(&mut harness, "token");
    wait_for(&mut harness, "3 of 204 records");
    click(&mut harness, Role::Link, "200 hidden");
    wait_for(&mut harness, "beat:HLT: number 0");
    says(&harness, "204 records");
}

#[test]
fn a_search_counts_walks_and_says_what_the_filter_hides() {
    let mut harness = log_of(two());
    wait_for(&mut harness, "204 records");
    search(&mut harness, "TOKEN");
    wait_for(&mut harness, "Searched 2 of 2 files");
    says(&harness, "3 hits");
    press(&mut harness, Key::Home);
    says(&harness, "hit 1 of 3");
    press(&mut harness, Key::N);
    says(&harness, "hit 2 of 3");
    press(&mut harness, Key::N);
    wait_for(&mut harness, "send:NET: token late");
    says(&harness, "hit 3 of 3");
    press(&mut harness, Key::N);
    says(&harness, "No further hit in this direction");
    shifted(&mut harness, Key::N);
    says(&harness, "hit 2 of 3");
    filter(&mut harness, "level:warn");
    wait_for(&mut harness, "2 hidden by the filter");
    says(&harness, "1 hit");
    click(&mut harness, Role::Button, "Case of letters counts");
    wait_for(&mut harness, "0 hits");
    click(&mut harness, Role::Button, "Search for an expression");
    search(&mut harness, "(");
    says(&harness, "The expression can't be read");
}

#[test]
fn marks_have_notes_and_are_walked() {
    let mut harness = log_of(two());
    wait_for(&mut harness, "204 records");
    press(&mut harness, Key::X);
    wait_for(&mut harness, "error, as logged");
    press(&mut harness, Key::M);
    says(&harness, "Mark 08:14:05.000 bwc:2");
    shifted(&mut harness, Key::M);
    typed(&mut harness, "first refusal");
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::End);
    wait_for(&mut harness, "token late");
    press(&mut harness, Key::M);
    says(&harness, "Mark 08:14:05.000 bwc:2 first refusal");
    press(&mut harness, Key::OpenBracket);
    says(&harness, "error, as logged");
    press(&mut harness, Key::OpenBracket);
    says(&harness, "No further mark in this direction");
    press(&mut harness, Key::CloseBracket);
    says(&harness, "warning, as logged");
    press(&mut harness, Key::M);
    silent(&harness, "Mark 08:15:30.000");
}

#[test]
fn the_log_by_keyboard_alone() {
    let mut harness = log_of(two());
    wait_for(&mut harness, "204 records");
    press(&mut harness, Key::Home);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    says(&harness, "error, as logged");
    says(&harness, "+4 lines");
    press(&mut harness, Key::Space);
    says(&harness, "refused / { /   \"error\": \"access_denied\"");
    press(&mut harness, Key::Space);
    silent(&harness, "refused / {");
    shifted(&mut harness, Key::ArrowUp);
    harness.event(Event::Copy);
    let text = clipboard(&mut harness);
    assert!(text.starts_with("startup/current_log.txt:1 2026-03-11T08:14:02.000Z <Warn>"), "{text}");
    assert!(text.contains("bwc/current_log.txt:2 2026") && text.ends_with("}\n"), "{text}");
    press(&mut harness, Key::PageDown);
    press(&mut harness, Key::PageDown);
    wait_for(&mut harness, "beat:HLT: number 50");
    press(&mut harness, Key::O);
    wait_for(&mut harness, "File by file");
    press(&mut harness, Key::End);
    wait_for(&mut harness, "startup:1 list:DEV");
    says(&harness, "warning, as logged");
    search(&mut harness, "number 77");
    wait_for(&mut harness, "1 hit");
    press(&mut harness, Key::H);
    wait_for(&mut harness, "No longer highlight number 77");
    press(&mut harness, Key::Num1);
    says(&harness, "Coverage");
}

#[test]
fn columns_are_chosen_by_keyboard_and_the_details_give_their_room_to_the_list() {
    let mut harness = log_of(two());
    wait_for(&mut harness, "204 records");
    let heads = |harness: &Harness<'_, App>| {
        let heads = harness.get_all_by_role(Role::ColumnHeader).filter_map(|n| n.accesskit_node().label());
        heads.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(heads(&harness), "Time UTC Since last Level File Line Thread Source");
    tab_to(&mut harness, "Columns");
    press(&mut harness, Key::Enter);
    tab_to(&mut harness, "Thread");
    press(&mut harness, Key::Space);
    assert_eq!(heads(&harness), "Time UTC Since last Level File Line Source");
    press(&mut harness, Key::Escape);
    // The details: D takes them away and brings them back; a note needs them.
    says(&harness, "Choose a record");
    press(&mut harness, Key::D);
    silent(&harness, "Choose a record");
    press(&mut harness, Key::X);
    shifted(&mut harness, Key::M);
    typed(&mut harness, "here");
    says(&harness, "Mark 08:14:05.000 bwc:2 here");
    // A small window has no room for them unasked.
    let mut harness = opened(two(), (1000.0, 600.0));
    press(&mut harness, Key::Num6);
    wait_for(&mut harness, "204 records");
    silent(&harness, "Choose a record");
    press(&mut harness, Key::D);
    says(&harness, "Choose a record");
}

#[test]
fn what_a_folded_message_is_stands_at_its_row() {
    let mut harness = log_of(vec![input("good.log", good_log().into_bytes())]);
    wait_for(&mut harness, "onSipMessage:BWC:SIP: Sending");
    let buttons = |harness: &Harness<'_, App>| {
        let buttons = harness.get_all_by_role(Role::Button).filter_map(|n| n.accesskit_node().label());
        buttons.filter(|l| l.ends_with("lines")).collect::<Vec<_>>()
    };
    let all = buttons(&harness);
    let titles: Vec<&str> = all.iter().map(|l| l.split(" +").next().unwrap()).collect();
    assert_eq!(titles[..4], ["REGISTER", "401 Unauthorized", "REGISTER", "200 OK"]);
    // Lines of the first: the request, six fields, the empty one that ends them is no line of its own.
    let first = good_log().lines().skip(1).take_while(|l| !l.starts_with("2026-")).filter(|l| !l.is_empty()).count();
    assert_eq!(all[0], format!("REGISTER +{first} lines"));
}

#[test]
fn odd_logs_are_shown_as_they_are() {
    let mut log = line(0, "Info", "0x1", "a.cpp:1", "f:T: turned \u{202e}round\u{1b}[31m and \0 done");
    log += &line(30, "Info", "0x1", "a.cpp:1", "f:T: the clock goes on");
    log += &line(10, "Info", "0x1", "a.cpp:1", "f:T: and back");
    log += &line(60, "Error", "0x1", "a.cpp:1", &format!("f:T: {}needle{}", "x".repeat(3 << 20), "y".repeat(100_000)));
    let mut harness = log_of(vec![input("odd.log", log.into_bytes())]);
    wait_for(&mut harness, "turned \\u{202e}round\\u{1b}[31m and \\u{0} done");
    says(&harness, "and back");
    search(&mut harness, "needle");
    wait_for(&mut harness, "1 hit");
    press(&mut harness, Key::N);
    wait_for(&mut harness, "hit 1 of 1");
    press(&mut harness, Key::W);
    press(&mut harness, Key::U);
    press(&mut harness, Key::End);
    wait_for(&mut harness, "yyyyy");
    // Nothing to be shown at all.
    let mut app = App::new(Theme::Light);
    app.show(Arc::new(crate::made::empty()));
    let mut harness = window(app, (640.0, 400.0));
    press(&mut harness, Key::Num6);
    wait_for(&mut harness, "No record could be read in this bundle");
}

#[test]
fn every_width_keeps_the_message() {
    for size in [(640.0, 400.0), (900.0, 600.0), (2560.0, 1440.0)] {
        let mut harness = opened(two(), size);
        press(&mut harness, Key::Num6);
        wait_for(&mut harness, "kein Standardgerät");
        filter(&mut harness, "level>=warn");
        press(&mut harness, Key::End);
        press(&mut harness, Key::Space);
    }
}

/// Twenty million records in one member, as the index of a very large log has them; the texts can't be read, and that is shown.
#[test]
#[ignore = "takes 300 MB and half a minute: a figure, not a check"]
fn twenty_million_rows_scroll_like_ten() {
    let rows = 20_000_000u64;
    let mut index = Index::default();
    for n in 0..rows {
        let level = if n % 100_000 == 7 { Level::Error } else { Level::Info };
        index.push(n * 120, n + 1, Some(Stamp { us: 1_700_000_000_000_000 + n as i64 * 9_000, zoned: true }), level, true, false);
    }
    let mut analysis = crate::made::full();
    let report = &mut analysis.members[0];
    let (first, last) = index.times().unwrap();
    (report.first, report.last, report.bytes, report.records) = (Some(first), Some(last), rows * 120, rows);
    report.zone = Zone { offset_s: 0, basis: ZoneBasis::Log };
    assert_eq!(report.id, MemberId(0));
    analysis.index = vec![index];
    let mut app = App::new(Theme::Dark);
    app.show(Arc::new(analysis));
    let mut harness = window(app, (1440.0, 900.0));
    press(&mut harness, Key::Num6);
    let until = Instant::now() + Duration::from_secs(900);
    while !labels(&harness).iter().any(|l| l.contains("Place in the log")) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
        harness.run_steps(1);
    }
    says(&harness, "20,000,000 records");
    let mut times = Vec::new();
    let mut frame = |harness: &mut Harness<'_, App>, what: &str| {
        let begun = Instant::now();
        harness.step();
        times.push((begun.elapsed(), what.to_owned()));
    };
    for (key, what) in [(Key::End, "end"), (Key::Home, "home"), (Key::X, "error"), (Key::PageDown, "page")] {
        for _ in 0..25 {
            harness.key_press(key);
            frame(&mut harness, what);
        }
    }
    for _ in 0..100 {
        let (unit, phase) = (eframe::egui::MouseWheelUnit::Point, eframe::egui::TouchPhase::Move);
        harness.hover_at(eframe::egui::pos2(600.0, 500.0));
        let delta = eframe::egui::vec2(0.0, -37.0);
        let (modifiers, source) = (Modifiers::NONE, eframe::egui::MouseWheelSource::Unknown);
        harness.event(Event::MouseWheel { unit, delta, modifiers, phase, source });
        frame(&mut harness, "wheel");
    }
    press(&mut harness, Key::End);
    says(&harness, &LogTime(1_700_000_000_000_000 + (rows as i64 - 1) * 9_000).clock(0));
    filter(&mut harness, "level:error");
    while !labels(&harness).iter().any(|l| l.contains("200 of 20,000,000 records")) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
        frame(&mut harness, "filter");
    }
    says(&harness, "200 of 20,000,000 records");
    times.sort();
    for kind in ["end", "home", "error", "page", "wheel", "filter"] {
        let of: Vec<Duration> = times.iter().filter(|(_, what)| what == kind).map(|(time, _)| *time).collect();
        let at = |part: f64| of[((of.len() - 1) as f64 * part) as usize];
        println!("{kind}: {} frames, median {:?}, p99 {:?}, longest {:?}", of.len(), at(0.5), at(0.99), at(1.0));
    }
}

//! Lists by label and role: sort, filter, find a call by number, choose, copy, ten thousand calls, names that mean harm. In: bundles and
//! made facts. Out: what a user finds.

use bundlescope::analyse::Analysis;
use bundlescope::base::{LogTime, Private, PrivateKind};
use bundlescope::session::CallId;
use bundlescope::session::call::CallDirection;
use eframe::egui::{Event, OutputCommand, Shape};

use super::*;

/// Facts with so many calls, each to a number of its own.
fn calls(count: u32) -> Analysis {
    let mut analysis = crate::made::full();
    let first = analysis.facts.calls.first().cloned().unwrap();
    let call = |n: u32| {
        let mut call = first.clone();
        call.id = CallId(n);
        call.direction = CallDirection::Outgoing;
        call.to = Some(Private::new(PrivateKind::Uri, format!("sip:+1202555{n:05}@example.test;user=phone")));
        call.started = first.started.map(|at| LogTime(at.0 + i64::from(n) * 1_000_000));
        call.talk_us = Some(i64::from(n % 977) * 1_000_000);
        // A message belongs to one call.
        if n > 0 {
            call.messages.clear();
            call.media.clear();
        }
        call
    };
    analysis.facts.calls = (0..count).map(call).collect();
    analysis
}

fn shown(analysis: Analysis, size: (f32, f32)) -> Harness<'static, App> {
    let mut harness = window(App::new(Theme::Dark), size);
    // As in the program: a sign that no font has is a box, no fault.
    harness.ctx.set_missing_glyph_policy(eframe::egui::MissingGlyphPolicy::Tofu);
    harness.state_mut().show(Arc::new(analysis));
    harness.run_steps(6);
    harness
}

/// Names of the rows on screen, from the top.
fn rows(harness: &Harness<'_, App>, begin: &str) -> Vec<String> {
    let mut all: Vec<(f64, String)> = harness
        .get_all_by_role(Role::ListItem)
        .filter_map(|n| Some((n.accesskit_node().bounding_box()?.y0, n.accesskit_node().label()?)))
        .filter(|(_, label)| label.starts_with(begin))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.into_iter().map(|(_, label)| label).collect()
}

/// Waits until the table has done its work.
#[track_caller]
fn settled(harness: &mut Harness<'_, App>) {
    for _ in 0..2_000 {
        harness.run_steps(2);
        if !labels(harness).iter().any(|l| l.contains("working")) {
            return;
        }
    }
    panic!("the table is still working");
}

/// What a step puts on the clipboard.
#[track_caller]
fn clipboard(harness: &mut Harness<'_, App>) -> String {
    for _ in 0..6 {
        harness.step();
        let found = harness.output().platform_output.commands.iter().find_map(|c| match c {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if let Some(text) = found {
            harness.run_steps(3);
            return text;
        }
    }
    panic!("nothing was copied");
}

fn type_filter(harness: &mut Harness<'_, App>, label: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, label).focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, label).type_text(text);
    settled(harness);
}

const FIND: &str = "Find a call: number, text, column:value";

/// Rows of the list of calls: those of the ladder below begin with the call's name, too.
fn listed(harness: &Harness<'_, App>) -> Vec<String> {
    rows(harness, "Call ").into_iter().filter(|label| label.contains(", to ")).collect()
}

#[test]
fn ten_thousand_calls_are_sorted_filtered_and_scrolled() {
    let mut harness = shown(calls(10_000), (1440.0, 900.0));
    press(&mut harness, Key::Num3);
    settled(&mut harness);
    says(&harness, "10,000 of 10,000");
    assert!(rows(&harness, "Call ").len() < 40, "only what is seen is painted");
    assert!(rows(&harness, "Call ")[0].starts_with("Call 1,"));
    // Largest first, by the second click on the head.
    click(&mut harness, Role::ColumnHeader, "Talk");
    settled(&mut harness);
    click(&mut harness, Role::ColumnHeader, "Talk");
    settled(&mut harness);
    says(&harness, "Talk, largest first");
    assert!(rows(&harness, "Call ")[0].contains("+120255509769@"), "{:?}", rows(&harness, "Call ")[0]);
    click(&mut harness, Role::ColumnHeader, "Talk");
    settled(&mut harness);
    // A call by its number, in the form the user was told it.
    type_filter(&mut harness, FIND, "(202) 555 07 123");
    says(&harness, "1 of 10,000");
    let found = listed(&harness);
    assert!(found.len() == 1 && found[0].starts_with("Call 7124,"), "{found:?}");
    click(&mut harness, Role::ListItem, "Call 7124,");
    says(&harness, "Call 7124");
    // A part of the filter goes by its chip; Esc clears the rest.
    click(&mut harness, Role::Button, "Without");
    settled(&mut harness);
    says(&harness, "10,000 of 10,000");
    type_filter(&mut harness, FIND, "talk>975s -party:09769");
    settled(&mut harness);
    says(&harness, "9 of 10,000");
    press(&mut harness, Key::Escape);
    settled(&mut harness);
    says(&harness, "10,000 of 10,000");
    // By keyboard to the end and back.
    click(&mut harness, Role::ListItem, "Call 7124,");
    press(&mut harness, Key::End);
    settled(&mut harness);
    assert!(listed(&harness).last().unwrap().starts_with("Call 10000,"));
    press(&mut harness, Key::Home);
    settled(&mut harness);
    assert!(listed(&harness)[0].starts_with("Call 1,"));
}

#[test]
fn rows_are_chosen_and_copied() {
    let mut harness = shown(calls(40), (1440.0, 900.0));
    press(&mut harness, Key::Num3);
    settled(&mut harness);
    click(&mut harness, Role::ListItem, "Call 2,");
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
        harness.run_steps(3);
    }
    says(&harness, "3 chosen");
    harness.event(Event::Copy);
    let text = clipboard(&mut harness);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "heads and three rows: {text}");
    assert!(lines[0].starts_with("Call\tStarted\t") && lines[1].starts_with("Call 2\t"), "{text}");
    assert!(lines[3].contains("\tsip:+120255500003@example.test;user=phone\t"), "{text}");
    says(&harness, "Copied 3 rows");
    // Everything, as comma-separated values; numbers of the log cannot become formulas.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(3);
    says(&harness, "40 chosen");
    harness.get_by_role_and_label(Role::Button, "Copy as CSV").click();
    let text = clipboard(&mut harness);
    assert_eq!(text.matches("\r\n").count(), 41, "{text}");
    assert!(text.contains("\"sip:+120255500003@example.test;user=phone\""), "{text}");
    // Ctrl with a click takes one out.
    harness.run_steps(4);
}

#[test]
fn columns_are_hidden_and_heads_reached_by_keyboard() {
    let mut harness = shown(calls(5), (1440.0, 900.0));
    press(&mut harness, Key::Num3);
    settled(&mut harness);
    says(&harness, "Sort by Holds");
    silent(&harness, "Sort by Repeated");
    click(&mut harness, Role::Button, "Columns");
    click(&mut harness, Role::CheckBox, "Repeated");
    click(&mut harness, Role::CheckBox, "Holds");
    says(&harness, "Sort by Repeated");
    silent(&harness, "Sort by Holds");
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::Num3);
    settled(&mut harness);
    click(&mut harness, Role::ListItem, "Call 1,");
    // Up from the first row to the heads, right to the second, Enter sorts, again for largest first.
    for key in [Key::ArrowUp, Key::ArrowRight, Key::Enter, Key::Enter] {
        press(&mut harness, key);
    }
    settled(&mut harness);
    says(&harness, "Started, largest first");
    assert!(rows(&harness, "Call ")[0].starts_with("Call 5,"));
}

#[test]
fn registrations_and_findings_are_lists_too() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/failing.zip");
    let mut harness = opened(vec![Input::Path(sample.into())], (1440.0, 900.0));
    press(&mut harness, Key::Num3);
    click(&mut harness, Role::Tab, "Registrations");
    settled(&mut harness);
    says(&harness, "Sort by Answer");
    click(&mut harness, Role::ListItem, "401 Unauthorized");
    says(&harness, "SIP/2.0 401 Unauthorized");
    press(&mut harness, Key::Num3);
    click(&mut harness, Role::Tab, "Findings");
    settled(&mut harness);
    type_filter(&mut harness, "Filter the list", "id:register");
    click(&mut harness, Role::ListItem, "register-unauthorised");
    says(&harness, "What to do");
}

#[test]
fn the_proof_of_a_finding_is_walked() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/failing.zip");
    let mut harness = opened(vec![Input::Path(sample.into())], (1440.0, 900.0));
    press(&mut harness, Key::Period);
    says(&harness, "1 of 2");
    wait_for(&mut harness, "Log lines around");
    press(&mut harness, Key::Period);
    says(&harness, "2 of 2");
    press(&mut harness, Key::Comma);
    says(&harness, "1 of 2");
    click(&mut harness, Role::Button, "Next line of the proof");
    says(&harness, "2 of 2");
}

#[test]
fn a_file_shows_its_own_notes() {
    let mut log = good_log().into_bytes();
    log.extend_from_slice(&[0xff, 0xfe, 0xfd, b'\n']);
    let mut harness = opened(vec![input("good.log", log)], (1440.0, 900.0));
    press(&mut harness, Key::Num7);
    settled(&mut harness);
    click(&mut harness, Role::ListItem, "good.log,");
    says(&harness, "Notes of all files");
    click(&mut harness, Role::Link, "Notes of all files");
    silent(&harness, "Notes of all files");
}

/// Names that a caller could choose: endless, turned around, stacked, full of controls, of pictures.
fn hostile() -> Vec<String> {
    vec![
        "A".repeat(10_000),
        "אבגד مرحبا ".repeat(300),
        format!("e{}", "\u{301}".repeat(2_000)),
        "a\u{202e}b\u{0}\u{7}\u{1b}[31m\r\n\tc".repeat(50),
        "👩‍👩‍👧‍👦🏳️‍🌈".repeat(400),
        "=HYPERLINK(\"http://x\",\"y\")".to_owned(),
        "漢字".repeat(2_000),
        String::new(),
    ]
}

pub(super) fn texts(shape: &Shape, clip: eframe::egui::Rect, out: &mut Vec<(String, eframe::egui::Rect, eframe::egui::Rect)>) {
    match shape {
        Shape::Vec(all) => all.iter().for_each(|shape| texts(shape, clip, out)),
        Shape::Text(text) => {
            let rect = text.galley.rect.translate(text.pos.to_vec2());
            out.push((text.galley.job.text.clone(), rect, clip));
        }
        _ => {}
    }
}

#[test]
fn names_that_mean_harm_stay_in_their_place() {
    let mut analysis = calls(64);
    let names = hostile();
    for (n, call) in analysis.facts.calls.iter_mut().enumerate() {
        let name = &names[n % names.len()];
        call.to = Some(Private::new(PrivateKind::Uri, name.clone()));
        call.reason = Some(name.clone());
        // No time between beginning and end, and a clock that goes backwards.
        call.talk_us = Some(if n % 3 == 0 { 0 } else { -5_000_000 });
        call.ended = call.started.map(|at| LogTime(at.0 - (n as i64 % 2) * 3_600_000_000));
    }
    for registration in &mut analysis.facts.registrations {
        registration.aor = Private::new(PrivateKind::Uri, names[0].clone());
    }
    for member in &mut Arc::get_mut(&mut analysis.bundle).unwrap().members {
        member.path = names[3].clone();
    }
    for size in [(1280.0, 800.0), (2560.0, 1440.0), (900.0, 600.0)] {
        let mut harness = shown_again(&analysis, size);
        for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num7] {
            press(&mut harness, key);
            let mut all = Vec::new();
            for clipped in &harness.output().shapes {
                texts(&clipped.shape, clipped.clip_rect, &mut all);
            }
            assert!(all.len() > 20, "{key:?} paints nothing");
            for (text, rect, clip) in all {
                let seen = rect.intersect(clip);
                // What lies outside is scrolled away, or stands in a panel that scrolls sideways: a log line, a narrow ladder.
                let sideways = text.len() > 20_000 || (size.0 < 1000.0 && clip.left() == 0.0 && clip.width() < 450.0);
                if !seen.is_positive() || sideways {
                    continue;
                }
                assert!(
                    rect.right() <= clip.right() + 1.0,
                    "{key:?} {size:?}: {:?} leaves {clip:?} at {rect:?}",
                    text.chars().take(60).collect::<String>()
                );
                assert!(!text.contains(['\u{202e}', '\u{7}', '\u{1b}']), "{key:?}: a control character is painted");
            }
        }
    }
}

fn shown_again(analysis: &Analysis, size: (f32, f32)) -> Harness<'static, App> {
    let mut again = crate::made::full();
    again.facts.calls = analysis.facts.calls.clone();
    again.facts.registrations = analysis.facts.registrations.clone();
    again.bundle = Arc::clone(&analysis.bundle);
    shown(again, size)
}

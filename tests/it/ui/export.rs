//! Export and screenshot-safe mode by label: nothing private is painted or copied, originals only by choice. In: a bundle with names, hosts
//! and addresses of its own. Out: every text that was painted, and what is on the clipboard.

use eframe::egui::{OutputCommand, Shape};

use super::*;

/// What must never be seen.
const SECRETS: [&str; 7] = ["svobodova", "bohumil", "novakovic", "10.77.13.5", "93.184.11.22", "vysocina", "gm9q"];

fn secret_log() -> Vec<u8> {
    let log = good_log()
        .replace("sip:anna@", "sip:anna.svobodova@")
        .replace("username=\"anna\"", "username=\"anna.svobodova\"")
        .replace("<sip:bob@", "\"Bohumil Novakovic\" <sip:bohumil.novakovic@")
        .replace("sip:bob@", "sip:bohumil.novakovic@")
        .replace("192.0.2.10", "10.77.13.5")
        .replace("198.51.100.20", "93.184.11.22")
        .replace("example.test", "sip.vysocina-kraj.cz")
        .replace("call-1@", "gm9q7x2kk41@");
    log.into_bytes()
}

fn secret() -> Harness<'static, App> {
    opened(vec![input("svobodova-2026.log", secret_log())], (1500.0, 950.0))
}

fn texts_of(shape: &Shape, out: &mut Vec<String>) {
    match shape {
        Shape::Vec(all) => all.iter().for_each(|shape| texts_of(shape, out)),
        Shape::Text(text) => out.push(text.galley.job.text.clone()),
        _ => {}
    }
}

/// Every text painted in the last frame, and every name a screen reader is told.
fn painted(harness: &Harness<'_, App>) -> Vec<String> {
    let mut out = labels(harness);
    for shape in &harness.output().shapes {
        texts_of(&shape.shape, &mut out);
    }
    out
}

fn told(texts: &[String]) -> Vec<(&'static str, String)> {
    let has = |text: &String| SECRETS.iter().filter(|s| text.to_lowercase().contains(**s)).map(|s| (*s, text.clone())).collect();
    texts.iter().flat_map(|text| -> Vec<(&str, String)> { has(text) }).collect()
}

fn ctrl(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press_modifiers(Modifiers::COMMAND, key);
    harness.run_steps(4);
}

/// Threads bring texts of the log: give them time, and look at every frame on the way.
fn frames(harness: &mut Harness<'_, App>, look: &mut dyn FnMut(&Harness<'_, App>)) {
    for _ in 0..25 {
        harness.step();
        look(harness);
        std::thread::sleep(Duration::from_millis(8));
    }
}

const VIEWS: [Key; 8] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8];

#[test]
fn no_original_is_painted_in_safe_mode_in_any_view() {
    let mut harness = secret();
    // The control: without the mode the same looking finds names in every view but the one that only offers a comparison.
    for view in VIEWS {
        press(&mut harness, view);
        frames(&mut harness, &mut |_| {});
        assert!(!told(&painted(&harness)).is_empty(), "nothing private is found in view {view:?} without the mode");
    }
    press(&mut harness, Key::Num6);
    frames(&mut harness, &mut |_| {});
    harness.key_press_modifiers(Modifiers::COMMAND, Key::H);
    // The frame in which the key is pressed still shows what was there; from then on nothing.
    harness.step();
    let mut leaks: Vec<(String, &str, String)> = Vec::new();
    let mut look = |name: String, harness: &mut Harness<'_, App>| {
        frames(harness, &mut |h| leaks.extend(told(&painted(h)).into_iter().map(|(s, t)| (name.clone(), s, t))));
    };
    look("switched on".to_owned(), &mut harness);
    says(&harness, "Screenshot-safe: pseudonyms");
    for view in VIEWS {
        press(&mut harness, view);
        look(format!("{view:?}"), &mut harness);
    }
    // A message in all its forms, a finding, a line of the log, the list of commands, the look-up, the first screen.
    press(&mut harness, Key::Num2);
    for step in 0..6 {
        press(&mut harness, Key::ArrowDown);
        press(&mut harness, Key::M);
        look(format!("message {step}"), &mut harness);
    }
    harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::P);
    look("palette".to_owned(), &mut harness);
    press(&mut harness, Key::Escape);
    ctrl(&mut harness, Key::E);
    look("export".to_owned(), &mut harness);
    press(&mut harness, Key::Escape);
    ctrl(&mut harness, Key::Comma);
    look("settings".to_owned(), &mut harness);
    leaks.sort();
    leaks.dedup();
    assert!(leaks.is_empty(), "{leaks:#?}");
    // And back.
    ctrl(&mut harness, Key::Comma);
    ctrl(&mut harness, Key::H);
    press(&mut harness, Key::Num1);
    assert!(!told(&painted(&harness)).is_empty());
}

/// What a thread puts on the clipboard.
#[track_caller]
fn clipboard(harness: &mut Harness<'_, App>) -> OutputCommand {
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        harness.step();
        let commands = &harness.output().platform_output.commands;
        let copied = commands.iter().find(|c| matches!(c, OutputCommand::CopyText(_) | OutputCommand::CopyImage(_)));
        if let Some(copied) = copied.cloned() {
            harness.run_steps(2);
            return copied;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("nothing was copied among\n{}", labels(harness).join("\n"));
}

#[track_caller]
fn copied(harness: &mut Harness<'_, App>) -> String {
    // No step before the clipboard is looked at: the thread may be quick.
    harness.get_by_role_and_label(Role::Button, "Copy to clipboard").click();
    match clipboard(harness) {
        OutputCommand::CopyText(text) => text,
        other => panic!("no text: {other:?}"),
    }
}

#[test]
fn every_form_is_copied_with_pseudonyms_and_originals_only_by_choice() {
    let mut harness = secret();
    ctrl(&mut harness, Key::E);
    wait_for(&mut harness, "private values and what stands for them");
    for form in [
        "Case card HTML",
        "Case card Markdown",
        "Report Text",
        "Report JSON",
        "Picture of the view SVG",
        "Ladder Text",
        "Ladder Mermaid",
        "Findings CSV",
        "Calls CSV",
        "Calls JSON",
        "Messages, fields CSV",
        "Log records as shown Text",
        "Log records as shown JSON",
        "SIP messages Text",
    ] {
        click(&mut harness, Role::RadioButton, form);
        let text = copied(&mut harness);
        assert!(
            !text.is_empty() && told(std::slice::from_ref(&text)).is_empty(),
            "{form}: {:?}\n{text}",
            told(std::slice::from_ref(&text))
        );
    }
    click(&mut harness, Role::RadioButton, "SIP messages Text");
    click(&mut harness, Role::CheckBox, "Show originals");
    says(&harness, "leave as logged");
    assert!(copied(&mut harness).contains("bohumil.novakovic"));
}

#[test]
fn the_review_list_is_looked_at_and_corrected() {
    let mut harness = secret();
    ctrl(&mut harness, Key::E);
    wait_for(&mut harness, "private values and what stands for them");
    harness.get_by_role_and_label(Role::TextInput, "Filter").focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, "Filter").type_text("vysocina");
    harness.run_steps(4);
    says(&harness, "sip.vysocina-kraj.cz");
    click(&mut harness, Role::Button, "Keep sip.vysocina-kraj.cz");
    wait_for(&mut harness, "stays as logged");
    click(&mut harness, Role::RadioButton, "SIP messages Text");
    let text = copied(&mut harness);
    assert!(text.contains("sip.vysocina-kraj.cz") && !text.contains("bohumil"), "{text}");
    click(&mut harness, Role::Button, "Hide sip.vysocina-kraj.cz");
    wait_for(&mut harness, "Keep sip.vysocina-kraj.cz");
    // A pseudonym of the user's own.
    let field = "Pseudonym of sip.vysocina-kraj.cz";
    harness.get_by_role_and_label(Role::TextInput, field).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, field).type_text("registrar.example");
    harness.run_steps(2);
    press(&mut harness, Key::Enter);
    wait_for(&mut harness, "private values and what stands for them");
    let text = copied(&mut harness);
    assert!(text.contains("registrar.example") && !text.contains("vysocina"), "{text}");
    // A word of the user's own.
    harness.get_by_role_and_label(Role::TextInput, "Hide these words, too").focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, "Hide these words, too").type_text("sendonly");
    harness.run_steps(2);
    press(&mut harness, Key::Tab);
    wait_for(&mut harness, "private values and what stands for them");
    assert!(!copied(&mut harness).contains("sendonly"));
}

#[test]
fn a_picture_of_the_view_goes_to_the_clipboard() {
    let mut harness = secret();
    press(&mut harness, Key::Num2);
    harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::C);
    let OutputCommand::CopyImage(picture) = clipboard(&mut harness) else { panic!("no picture") };
    assert!(picture.size[0] > 1_000 && picture.size[1] > 200, "{:?}", picture.size);
    let first = picture.pixels[0];
    assert!(picture.pixels.iter().any(|p| *p != first), "it is not empty");
    says(&harness, "Picture copied");
}

#[test]
fn a_start_in_safe_mode_shows_no_original_in_its_first_frames() {
    let mut harness =
        opened_by(App::new(Theme::Dark).with_safe(true), vec![input("svobodova-2026.log", secret_log())], (1500.0, 950.0));
    let mut leaks = told(&painted(&harness));
    frames(&mut harness, &mut |h| leaks.extend(told(&painted(h))));
    assert!(leaks.is_empty(), "{leaks:#?}");
    assert!(
        painted(&harness).iter().any(|text| text.contains("192.0.2.") || text.contains("198.51.100.")),
        "pseudonyms are shown"
    );
}

#[test]
fn a_picture_and_a_ladder_are_copied_with_pseudonyms_without_the_mode() {
    let mut harness = secret();
    press(&mut harness, Key::Num3);
    assert!(!told(&painted(&harness)).is_empty(), "the window itself shows originals");
    for (link, whole) in [("Copy as text", "INVITE"), ("Mermaid", "sequenceDiagram")] {
        harness.get_by_role_and_label(Role::Link, link).click();
        let OutputCommand::CopyText(text) = clipboard(&mut harness) else { panic!("no text") };
        assert!(text.contains(whole) && told(std::slice::from_ref(&text)).is_empty(), "{text}");
    }
}

//! The keyboard: keys, help, focus. In: keys pressed. Out: what has the focus, what is said.

use std::collections::BTreeSet;

use bundlescope::base::words::word;
use bundlescope::ui::View;
use bundlescope::ui::keys::{self, Front};
use eframe::egui::accesskit::Toggled;
use eframe::egui::{Context, Event, RawInput};

use super::*;

fn with(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(4);
}

/// The name of what has the focus.
pub fn focused(harness: &Harness<'_, App>) -> String {
    let found = harness.root().children_recursive().find(|n| n.accesskit_node().is_focused());
    found.map(|n| n.accesskit_node().label().or_else(|| n.accesskit_node().value()).unwrap_or_default()).unwrap_or_default()
}

/// Presses Tab until something whose name holds `text` has the focus.
#[track_caller]
pub fn tab_to(harness: &mut Harness<'_, App>, text: &str) {
    let mut seen = Vec::new();
    for _ in 0..120 {
        press(harness, Key::Tab);
        if focused(harness).contains(text) {
            return;
        }
        seen.push(focused(harness));
    }
    panic!("Tab does not lead to {text:?} but to\n{}", seen.join("\n"));
}

/// What the help lists here, as "caps: words".
fn listed(harness: &mut Harness<'_, App>) -> BTreeSet<String> {
    press(harness, Key::F1);
    let known: BTreeSet<&str> = keys::all().map(|k| k.caps).chain(keys::ITEMS.iter().map(|(caps, _)| *caps)).collect();
    let all = labels(harness).into_iter();
    let found = all.filter(|l| l.split_once(": ").is_some_and(|(caps, _)| known.contains(caps))).collect();
    press(harness, Key::Escape);
    found
}

fn handled(front: Front) -> BTreeSet<String> {
    let items = keys::ITEMS.iter().map(|(caps, words)| format!("{caps}: {}", word(words)));
    items.chain(keys::of(front).map(|k| format!("{}: {}", k.caps, word(k.words)))).collect()
}

#[test]
fn the_help_lists_exactly_the_keys_that_count_here() {
    let mut harness = window(App::new(Theme::Dark), (1280.0, 800.0));
    harness.run_steps(2);
    assert_eq!(listed(&mut harness), handled(Front::Start));
    let mut harness = good();
    for view in View::ALL {
        let digit = Key::from_name(&view.digit().to_string()).unwrap();
        press(&mut harness, digit);
        assert_eq!(listed(&mut harness), handled(Front::View(view)), "{view:?}");
    }
}

#[test]
fn every_key_of_the_lists_is_handled() {
    for front in Front::all() {
        for shortcut in keys::of(front) {
            for (modifiers, key) in shortcut.keys {
                let ctx = Context::default();
                let event = Event::Key { key: *key, physical_key: None, pressed: true, repeat: false, modifiers: *modifiers };
                let mut given = Vec::new();
                let raw = RawInput { events: vec![event], ..RawInput::default() };
                let mut output = ctx.run_ui(raw, |ui| given.extend(keys::pressed(ui.ctx(), front)));
                output.textures_delta.clear();
                let want = format!("{:?}", [shortcut.wish(*key)]);
                assert_eq!(format!("{given:?}"), want, "{} in {front:?}", shortcut.caps);
            }
        }
    }
}

#[test]
fn letters_typed_into_a_field_are_no_shortcuts() {
    let mut harness = good();
    press(&mut harness, Key::Num4);
    with(&mut harness, Modifiers::COMMAND, Key::F);
    says(&harness, "13 of 13 messages");
    harness.get_by_role(Role::TextInput).type_text("e");
    press(&mut harness, Key::E);
    press(&mut harness, Key::Num1);
    press(&mut harness, Key::W);
    // Still in the view of the messages, where the search is.
    harness.get_by_role(Role::TextInput);
    silent(&harness, "Coverage");
    // Keys with Ctrl count, and Esc leaves.
    with(&mut harness, Modifiers::COMMAND, Key::L);
    wait_for(&mut harness, "Rules of your own");
    press(&mut harness, Key::Escape);
    silent(&harness, "Rules of your own");
}

#[test]
fn e_and_shift_e_walk_the_findings() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/failing.zip");
    let mut harness = opened(vec![Input::Path(sample.into())], (1440.0, 900.0));
    let chosen = |harness: &Harness<'_, App>| {
        let rows = harness.get_all_by_role(Role::ListItem);
        let found = rows.filter(|n| n.accesskit_node().toggled() == Some(Toggled::True));
        found.filter_map(|n| n.accesskit_node().label()).collect::<Vec<_>>().join("|")
    };
    press(&mut harness, Key::E);
    let first = chosen(&harness);
    press(&mut harness, Key::E);
    let second = chosen(&harness);
    assert_ne!(first, second);
    with(&mut harness, Modifiers::SHIFT, Key::E);
    assert_eq!(chosen(&harness), first);
}

#[test]
fn a_list_is_one_stop_of_tab_and_arrows_move_in_it() {
    let mut harness = good();
    press(&mut harness, Key::Num4);
    tab_to(&mut harness, "sent REGISTER");
    let first = focused(&harness);
    press(&mut harness, Key::ArrowDown);
    let second = focused(&harness);
    assert_ne!(first, second);
    assert!(second.contains("401"), "{second}");
    press(&mut harness, Key::ArrowUp);
    assert_eq!(focused(&harness), first);
    // The next Tab leaves the list.
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Tab);
    assert!(!focused(&harness).contains("SIP/2.0") && !focused(&harness).contains("REGISTER"), "{}", focused(&harness));
}

#[test]
fn arrows_scroll_a_list_that_is_higher_than_its_panel() {
    let mut log = good_log();
    let (start, rest) = (log.find("INVITE").unwrap(), log.len());
    assert!(start < rest);
    // Forty registrations more than fit.
    let block = good_log();
    for minute in 20..40 {
        log += &block.replace("T08:14:", &format!("T08:{minute}:")).replace("reg@", &format!("reg{minute}@"));
    }
    let mut harness = opened(vec![input("many.log", log.into_bytes())], (1000.0, 500.0));
    press(&mut harness, Key::Num4);
    tab_to(&mut harness, "sent REGISTER");
    let mut names = BTreeSet::new();
    for _ in 0..60 {
        names.insert(focused(&harness));
        press(&mut harness, Key::ArrowDown);
    }
    assert!(names.len() >= 55, "the focus stays at the edge: {} rows", names.len());
}

#[test]
fn f6_walks_the_panels() {
    let mut harness = good();
    let mut seen = Vec::new();
    for _ in 0..8 {
        press(&mut harness, Key::F6);
        seen.push(focused(&harness));
    }
    assert!(seen.iter().all(|name| !name.is_empty()), "{seen:?}");
    let different: BTreeSet<&String> = seen.iter().collect();
    assert!(different.len() >= 4, "{seen:?}");
    with(&mut harness, Modifiers::SHIFT, Key::F6);
    let last = seen.len() - 2;
    assert_eq!(focused(&harness), seen[last], "{seen:?}");
}

#[test]
fn everything_that_can_be_clicked_has_a_name() {
    let mut harness = opened(vec![input("good.log", good_log().into_bytes())], (1440.0, 900.0));
    for view in View::ALL {
        press(&mut harness, Key::from_name(&view.digit().to_string()).unwrap());
        named(&harness, view.name());
        press(&mut harness, Key::F1);
        named(&harness, "help");
        press(&mut harness, Key::Escape);
    }
    let app = App::new(Theme::Light).with_samples(vec![input("a call held", Vec::new())]);
    let mut harness = window(app, (1280.0, 800.0));
    harness.run_steps(3);
    named(&harness, "welcome");
}

/// Fails on a thing that takes clicks or the focus and has no name.
#[track_caller]
pub fn named(harness: &Harness<'_, App>, place: &str) {
    use eframe::egui::accesskit::Action;
    for node in harness.root().children_recursive() {
        let node = node.accesskit_node();
        let data = node.data();
        // The toolkit's scroll bars tell what they are by their role.
        let acts = data.supports_action(Action::Click) || data.supports_action(Action::Focus);
        if !acts || node.role() == Role::ScrollBar {
            continue;
        }
        let name = node.label().or_else(|| node.value()).unwrap_or_default();
        assert!(!name.is_empty(), "a {:?} at {:?} has no name: {place}", node.role(), data.bounds());
        assert!(node.role() != Role::Unknown && node.role() != Role::GenericContainer, "{name} has no role: {place}");
    }
}

#[test]
fn zoom_and_filter_are_undone() {
    let mut harness = good();
    press(&mut harness, Key::Num2);
    let zoomed = |harness: &Harness<'_, App>| labels(harness).iter().filter(|l| l.contains("Call 1: ")).count();
    press(&mut harness, Key::Num0);
    let all = zoomed(&harness);
    for _ in 0..6 {
        press(&mut harness, Key::W);
    }
    assert_ne!(zoomed(&harness), all);
    for _ in 0..8 {
        with(&mut harness, Modifiers::COMMAND, Key::Z);
    }
    for _ in 0..2 {
        with(&mut harness, Modifiers { shift: true, ..Modifiers::COMMAND }, Key::Z);
    }
    press(&mut harness, Key::Num4);
    with(&mut harness, Modifiers::COMMAND, Key::F);
    harness.get_by_role(Role::TextInput).type_text("sendonly");
    harness.run_steps(4);
    says(&harness, "1 of 13 messages");
    // The field has its own undo while it is typed in.
    press(&mut harness, Key::Tab);
    with(&mut harness, Modifiers::COMMAND, Key::Z);
    says(&harness, "13 of 13 messages");
    with(&mut harness, Modifiers { shift: true, ..Modifiers::COMMAND }, Key::Z);
    says(&harness, "1 of 13 messages");
}

#[test]
fn places_are_left_and_found_again() {
    let mut harness = good();
    press(&mut harness, Key::Num4);
    press(&mut harness, Key::Num7);
    says(&harness, "What could not be read");
    with(&mut harness, Modifiers::ALT, Key::ArrowLeft);
    says(&harness, "13 of 13 messages");
    with(&mut harness, Modifiers::ALT, Key::ArrowLeft);
    says(&harness, "Coverage");
    with(&mut harness, Modifiers::ALT, Key::ArrowRight);
    with(&mut harness, Modifiers::ALT, Key::ArrowRight);
    says(&harness, "What could not be read");
}

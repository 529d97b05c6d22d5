//! The palette of commands, and the whole journey without a mouse. In: keys. Out: what is said.

use bundlescope::base::Language;

use super::keys::{focused, tab_to};
use super::*;

const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

fn palette(harness: &mut Harness<'_, App>, query: &str) {
    harness.key_press_modifiers(CTRL_SHIFT, Key::P);
    harness.run_steps(4);
    harness.get_by_role(Role::TextInput);
    let field = harness.get_all_by_role(Role::TextInput).find(|n| n.accesskit_node().is_focused());
    field.expect("the palette has the cursor").type_text(query);
    harness.run_steps(4);
}

#[test]
fn everything_is_reached_by_name() {
    let mut harness = good();
    press(&mut harness, Key::Num4);
    harness.key_press_modifiers(CTRL_SHIFT, Key::P);
    harness.run_steps(4);
    press(&mut harness, Key::Escape);
    for (query, said) in [
        ("files and", "What could not be read"),
        ("call 1 bob", "held by client"),
        ("timeline ladder", "Overview of the whole bundle"),
        ("good:2", "Log lines around good.log:2"),
        ("settings", "Size of everything"),
        ("first screen", "Open a client log bundle"),
        ("show good", "13 of 13 messages"),
    ] {
        press(&mut harness, Key::Num4);
        by_name(&mut harness, query);
        wait_for(&mut harness, said);
        if query == "settings" || query == "good:2" {
            press(&mut harness, Key::Escape);
        }
    }
}

fn by_name(harness: &mut Harness<'_, App>, query: &str) {
    harness.key_press_modifiers(CTRL_SHIFT, Key::P);
    harness.run_steps(4);
    let field = harness.get_all_by_role(Role::TextInput).find(|n| n.accesskit_node().is_focused());
    field.expect("the palette has the cursor").type_text(query);
    harness.run_steps(4);
    press(harness, Key::Enter);
}

#[test]
fn it_is_used_by_the_keyboard_alone_and_closes() {
    let mut harness = window(App::new(Theme::Dark), (1280.0, 800.0));
    harness.run_steps(3);
    palette(&mut harness, "colours");
    let chosen = |harness: &Harness<'_, App>| {
        let mut rows = harness.get_all_by_role(Role::ListItem);
        let row = rows.find(|n| n.accesskit_node().toggled() == Some(eframe::egui::accesskit::Toggled::True));
        row.and_then(|n| n.accesskit_node().label()).unwrap_or_default()
    };
    let first = chosen(&harness);
    press(&mut harness, Key::ArrowDown);
    let second = chosen(&harness);
    assert_ne!(first, second);
    press(&mut harness, Key::ArrowUp);
    assert_eq!(chosen(&harness), first);
    // Tab does not leave it; Esc closes it.
    press(&mut harness, Key::Tab);
    assert_eq!(focused(&harness), "Commands");
    press(&mut harness, Key::Escape);
    assert!(harness.query_by_role(Role::TextInput).is_none());
    palette(&mut harness, "zzzz");
    says(&harness, "Nothing has this name");
}

#[test]
fn it_speaks_three_languages() {
    for (language, query, said) in [
        (Language::English, "next colours", "Next colours"),
        (Language::Czech, "otevrit slozku", "Otevřít složku"),
        (Language::Dutch, "map openen", "Een map openen"),
    ] {
        let mut harness = window(App::new(Theme::Dark).with_language(language), (1280.0, 800.0));
        harness.run_steps(3);
        palette(&mut harness, query);
        says(&harness, said);
    }
}

#[test]
fn every_command_of_a_key_is_in_it() {
    use bundlescope::ui::keys::{self, Front};
    use bundlescope::ui::palette::entries;
    for front in Front::all() {
        let all = entries::of_keys(front);
        for key in keys::of(front) {
            let command = format!("{:?}", (key.command)());
            // Such a key is beside each of the things it stands for.
            if key.by_key.is_some() {
                continue;
            }
            assert!(all.iter().any(|e| format!("{:?}", e.command) == command && e.key == key.caps), "{} in {front:?}", key.caps);
        }
    }
}

#[test]
fn the_whole_journey_without_a_mouse() {
    let log = good_log().replace(
        "SIP/2.0 200 OK\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
        "SIP/2.0 403 Forbidden\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
    );
    let app = App::new(Theme::Dark).with_samples(vec![input("refused.log", log.into_bytes())]);
    let mut harness = window(app, (1440.0, 900.0));
    harness.run_steps(3);
    tab_to(&mut harness, "refused.log");
    press(&mut harness, Key::Enter);
    read_to_its_end(&mut harness);
    // The verdict.
    says(&harness, "403");
    // The finding, its proof, the message.
    tab_to(&mut harness, "The registrar refused the registration");
    press(&mut harness, Key::Enter);
    press(&mut harness, Key::Enter);
    says(&harness, "What to do");
    tab_to(&mut harness, "08:14:02.040 REGISTER");
    press(&mut harness, Key::ArrowDown);
    assert!(focused(&harness).contains("08:14:02.060 SIP/2.0 403 Forbidden"), "{}", focused(&harness));
    press(&mut harness, Key::Enter);
    says(&harness, "33 SIP/2.0 403 Forbidden");
    // Back, then the line in the log.
    press(&mut harness, Key::Escape);
    says(&harness, "What to do");
    by_name(&mut harness, "refused.log:33");
    wait_for(&mut harness, "Log lines around refused.log:33");
    wait_for(&mut harness, "33 SIP/2.0 403 Forbidden");
    press(&mut harness, Key::Escape);
    says(&harness, "Coverage");
}

#[test]
fn a_search_from_any_view_finds() {
    let mut harness = good();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(3);
    assert_eq!(focused(&harness), "Search this bundle");
    harness.get_by_role_and_label(Role::TextInput, "Search this bundle").type_text("sendonly");
    harness.run_steps(3);
    press(&mut harness, Key::Enter);
    wait_for(&mut harness, "1 hit");
}

#[test]
fn tabs_go_by_keyboard_and_change_places() {
    let mut harness = good();
    let ctx = harness.ctx.clone();
    harness.state_mut().open(&ctx, vec![input("other.log", good_log().into_bytes())]);
    read_to_its_end(&mut harness);
    let tabs = |harness: &Harness<'_, App>| {
        let tabs = harness.get_all_by_role(Role::Tab).filter_map(|n| n.accesskit_node().label());
        tabs.filter(|l| l.contains(".log")).collect::<Vec<_>>()
    };
    assert_eq!(tabs(&harness), ["good.log", "other.log"]);
    by_name(&mut harness, "tab left");
    assert_eq!(tabs(&harness), ["other.log", "good.log"]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Tab);
    harness.run_steps(3);
    harness.key_press_modifiers(CTRL_SHIFT, Key::Tab);
    harness.run_steps(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::W);
    harness.run_steps(3);
    assert_eq!(tabs(&harness), ["good.log"]);
}

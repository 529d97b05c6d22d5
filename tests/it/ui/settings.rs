//! Settings: in force at once, kept in a folder, never more than they say. In: clicks and files. Out: the window and the file.

use std::path::PathBuf;

use super::keys::{named, tab_to};
use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("bundlescope-settings-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join(bundlescope::app::SETTINGS_FILE)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap_or_default()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn settings(harness: &mut Harness<'_, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    harness.run_steps(4);
    says(harness, "Size of everything");
}

fn app(folder: &Folder) -> Harness<'static, App> {
    let mut harness = window(App::new(Theme::System).with_settings(folder.0.clone()), (1280.0, 800.0));
    harness.run_steps(4);
    harness
}

#[test]
fn what_is_chosen_is_in_force_at_once_and_the_next_time() {
    let folder = Folder::new("chosen");
    let mut harness = app(&folder);
    settings(&mut harness);
    named(&harness, "settings");
    click(&mut harness, Role::RadioButton, "Čeština");
    says(&harness, "Velikost všeho");
    // By keyboard: one stop for the colours, arrows inside it.
    tab_to(&mut harness, "systém");
    press(&mut harness, Key::ArrowRight);
    press(&mut harness, Key::ArrowRight);
    press(&mut harness, Key::Enter);
    drop(harness);
    let text = folder.text();
    assert!(text.contains("language = \"cs\"") && text.contains("theme = \"light\""), "{text}");
    let mut harness = app(&folder);
    settings_in_czech(&mut harness);
    let light = harness.get_all_by_role(Role::RadioButton).find(|n| n.accesskit_node().label().as_deref() == Some("světlé"));
    assert_eq!(light.unwrap().accesskit_node().toggled(), Some(eframe::egui::accesskit::Toggled::True));
}

fn settings_in_czech(harness: &mut Harness<'_, App>) {
    // The language is that of the window's options unless told; the settings view tells which one is kept.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    harness.run_steps(4);
    click(harness, Role::RadioButton, "English");
    click(harness, Role::RadioButton, "Čeština");
    says(harness, "Velikost všeho");
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_kept_aside() {
    let folder = Folder::new("bad");
    std::fs::write(folder.file(), "theme = \"dark\nscale = ").unwrap();
    let mut harness = app(&folder);
    says(&harness, "The settings could not be read");
    settings(&mut harness);
    click(&mut harness, Role::RadioButton, "dark");
    drop(harness);
    assert!(folder.text().contains("theme = \"dark\"\n"));
    let aside = std::fs::read_to_string(folder.0.join("settings.toml.unreadable")).unwrap();
    assert_eq!(aside, "theme = \"dark\nscale = ");
}

#[test]
fn files_opened_are_listed_only_where_that_is_allowed() {
    let folder = Folder::new("recent");
    let log = folder.0.join("case-4711.log");
    std::fs::write(&log, good_log()).unwrap();
    let mut harness = app(&folder);
    says(&harness, "No file is in the list");
    let ctx = harness.ctx.clone();
    // As a user does who knows the path.
    harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::P);
    harness.run_steps(4);
    harness.get_by_role(Role::TextInput).type_text(&log.display().to_string());
    harness.run_steps(3);
    press(&mut harness, Key::Enter);
    read_to_its_end(&mut harness);
    says(&harness, "and the call was answered");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    harness.run_steps(4);
    wait_for(&mut harness, "case-4711.log, ");
    click(&mut harness, Role::ListItem, "case-4711.log");
    read_to_its_end(&mut harness);
    settings(&mut harness);
    click(&mut harness, Role::RadioButton, "keep none");
    drop((harness, ctx));
    let text = folder.text();
    assert!(text.contains("keep_recent = false") && !text.contains("4711"), "{text}");
    // Nothing of the log itself was ever there.
    for private in ["anna", "bob", "192.0.2.10", "example.test"] {
        assert!(!text.contains(private), "{private} in {text}");
    }
}

#[test]
fn a_file_that_is_gone_says_so() {
    let folder = Folder::new("gone");
    std::fs::write(folder.file(), "recent = [\"/nowhere/old.zip\"]\n").unwrap();
    let mut harness = app(&folder);
    wait_for(&mut harness, "old.zip, not found at its old place");
    click(&mut harness, Role::Button, "Remove old.zip from the list");
    silent(&harness, "old.zip");
}

#[test]
fn every_time_follows_the_zone_and_says_which() {
    let mut harness = good();
    says(&harness, "2026-03-10 08:14:02.000 UTC");
    settings(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Another offset from UTC").focus();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::TextInput, "Another offset from UTC").type_text("+05:45");
    harness.run_steps(4);
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::Escape);
    let in_force = |harness: &mut Harness<'_, App>, old: &str| {
        for view in bundlescope::ui::View::ALL {
            press(harness, Key::from_name(&view.digit().to_string()).unwrap());
            let all = labels(harness);
            let left: Vec<&String> = all.iter().filter(|l| l.contains(old)).collect();
            assert!(left.is_empty(), "times of another zone in {view:?}: {left:?}");
            assert!(all.iter().any(|l| l.contains("UTC+05:45")), "{view:?} does not say its zone");
            assert!(all.iter().any(|l| l.contains("13:5") || l.contains("14:00")), "{view:?} shows no time");
        }
    };
    in_force(&mut harness, "08:14:02");
    // What is copied keeps UTC: the server team reads it.
    press(&mut harness, Key::Num1);
    harness.get_by_role_and_label(Role::ComboBox, "Times in: UTC+05:45").click();
    harness.run_steps(4);
    click(&mut harness, Role::Button, "UTC  UTC");
    says(&harness, "2026-03-10 08:14:02.000 UTC");
}

#[test]
fn sizes_are_kept_and_reset() {
    let folder = Folder::new("size");
    let mut harness = app(&folder);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    harness.run_steps(4);
    says(&harness, "Size 110 %");
    drop(harness);
    assert!(folder.text().contains("scale = 1.1"), "{}", folder.text());
    let mut harness = app(&folder);
    assert!((harness.ctx.zoom_factor() - 1.1).abs() < 0.01);
    settings(&mut harness);
    click(&mut harness, Role::Button, "Reset settings");
    assert!((harness.ctx.zoom_factor() - 1.0).abs() < 0.01);
    drop(harness);
    assert!(folder.text().contains("scale = 1.0"), "{}", folder.text());
}

#[test]
fn columns_are_kept_for_every_document_and_reset() {
    let folder = Folder::new("columns");
    let mut harness = app(&folder);
    let ctx = harness.ctx.clone();
    let open = |harness: &mut Harness<'_, App>, ctx: &eframe::egui::Context| {
        harness.state_mut().open(ctx, vec![input("good.log", good_log().into_bytes())]);
        read_to_its_end(harness);
        press(harness, Key::Num6);
        wait_for(harness, "onSipMessage");
    };
    let thread = |harness: &Harness<'_, App>| {
        harness.get_all_by_role(Role::ColumnHeader).any(|n| n.accesskit_node().label().is_some_and(|l| l == "Thread"))
    };
    open(&mut harness, &ctx);
    assert!(thread(&harness));
    click(&mut harness, Role::Button, "Columns");
    click(&mut harness, Role::CheckBox, "Thread");
    press(&mut harness, Key::Escape);
    assert!(!thread(&harness));
    open(&mut harness, &ctx);
    assert!(!thread(&harness), "another document shows it");
    drop(harness);
    assert!(folder.text().contains("[[columns.log]]\nid = \"thread\"\nshown = false"), "{}", folder.text());
    let mut harness = app(&folder);
    let ctx = harness.ctx.clone();
    open(&mut harness, &ctx);
    assert!(!thread(&harness), "forgotten");
    settings(&mut harness);
    click(&mut harness, Role::Button, "Reset settings");
    press(&mut harness, Key::Escape);
    assert!(thread(&harness), "not reset");
}

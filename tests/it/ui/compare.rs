//! The comparison in the window, by label: two bundles, two runs, the way through the differences.

use super::*;

fn refused_log() -> String {
    good_log()
        .replace(
            "SIP/2.0 200 OK\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
            "SIP/2.0 403 Forbidden\nVia: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr2",
        )
        // Another tag is made up by each server.
        .replace("tag=s1", "tag=s9")
}

/// Both logs open, the second shown; the comparison not chosen yet.
fn both() -> Harness<'static, App> {
    let mut harness = opened(vec![input("good.log", good_log().into_bytes())], (1440.0, 900.0));
    let ctx = harness.ctx.clone();
    harness.state_mut().open(&ctx, vec![input("refused.log", refused_log().into_bytes())]);
    read_to_its_end(&mut harness);
    harness
}

#[test]
fn two_bundles_are_chosen_and_the_differences_walked_through() {
    let mut harness = both();
    press(&mut harness, Key::Num8);
    says(&harness, "Compare refused.log with");
    click(&mut harness, Role::Button, "beside good.log");
    wait_for(&mut harness, "They part at Register");
    says(&harness, "A 403 Forbidden; B 200 OK");
    says(&harness, "Difference 1 of");
    // The proof of the first difference on both sides, and the message rows.
    says(&harness, "refused.log:33");
    says(&harness, "matched by method, CSeq order and dialog");
    harness.key_press(Key::F5);
    harness.run_steps(4);
    says(&harness, "Difference 2 of");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    harness.run_steps(4);
    says(&harness, "Difference 1 of");
    // A row of messages shows both part by part.
    click(&mut harness, Role::ListItem, "A 403 Forbidden ≠ B 200 OK");
    says(&harness, "Both messages");
    says(&harness, "Start line: A ");
    says(&harness, "not counted");
    // What is alike goes away and comes back.
    says(&harness, "Transport: A TLS, B TLS, same");
    click(&mut harness, Role::Button, "Only differences");
    silent(&harness, "Transport: A TLS, B TLS, same");
    click(&mut harness, Role::Button, "All rows");
    says(&harness, "Transport: A TLS, B TLS, same");
    // The sides change places.
    click(&mut harness, Role::Button, "Swap A and B");
    wait_for(&mut harness, "A 200 OK; B 403 Forbidden");
    click(&mut harness, Role::Button, "Aligned at");
    wait_for(&mut harness, "Aligned at the first INVITE");
    click(&mut harness, Role::Button, "Choose others");
    says(&harness, "Compare refused.log with");
}

#[test]
fn the_first_two_are_compared_at_once_when_asked_at_the_start() {
    let app = App::new(Theme::Light).with_comparison();
    let mut harness = window(app, (1440.0, 900.0));
    harness.run_steps(2);
    let ctx = harness.ctx.clone();
    harness.state_mut().open(&ctx, vec![input("good.log", good_log().into_bytes())]);
    harness.state_mut().open(&ctx, vec![input("refused.log", refused_log().into_bytes())]);
    read_to_its_end(&mut harness);
    wait_for(&mut harness, "A 200 OK; B 403 Forbidden");
}

#[test]
fn the_two_runs_of_one_bundle_are_offered_at_once() {
    let sample = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/failing.zip")).unwrap();
    let mut harness = opened(vec![input("failing.zip", sample)], (1440.0, 900.0));
    press(&mut harness, Key::Num8);
    click(&mut harness, Role::Button, "The run before beside the current run");
    wait_for(&mut harness, "A 200 OK; B 401 Unauthorized");
    says(&harness, "failing.zip, run 1 of 2");
    says(&harness, "failing.zip, run 2 of 2");
    // Another run of a side: both are the same now.
    click(&mut harness, Role::Link, "failing.zip, run 1 of 2");
    click(&mut harness, Role::Button, "run 2 of 2");
    wait_for(&mut harness, "No difference at all");
}

#[test]
fn a_session_with_itself_in_every_size() {
    for size in [(1280.0, 800.0), (900.0, 700.0), (2560.0, 1440.0)] {
        let mut harness = opened(vec![input("good.log", good_log().into_bytes())], size);
        let ctx = harness.ctx.clone();
        harness.state_mut().open(&ctx, vec![input("again.log", good_log().into_bytes())]);
        read_to_its_end(&mut harness);
        press(&mut harness, Key::Num8);
        click(&mut harness, Role::Button, "beside good.log");
        wait_for(&mut harness, "No difference at all");
        click(&mut harness, Role::Button, "Only differences");
        says(&harness, "All SIP messages are alike");
    }
}

#[derive(Debug)]
struct Dropped;

impl eframe::egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        std::path::Path::new("refused.log")
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Ok(refused_log().into_bytes())
    }
}

#[test]
fn a_bundle_dropped_on_the_comparison_is_compared() {
    let mut harness = opened(vec![input("good.log", good_log().into_bytes())], (1440.0, 900.0));
    press(&mut harness, Key::Num8);
    says(&harness, "Or drop a second bundle");
    harness.input_mut().dropped_files.push(Arc::new(Dropped));
    harness.step();
    read_to_its_end(&mut harness);
    wait_for(&mut harness, "A 200 OK; B 403 Forbidden");
}

#[test]
fn both_logs_move_together_and_a_proof_opens_in_its_own_log() {
    let mut harness = both();
    press(&mut harness, Key::Num8);
    click(&mut harness, Role::Button, "beside good.log");
    wait_for(&mut harness, "Difference 1 of");
    click(&mut harness, Role::Button, "Logs");
    wait_for(&mut harness, "refused:32");
    // Both have come to the proof of the difference.
    let chosen = |harness: &Harness<'_, App>| -> Vec<String> {
        let rows = harness
            .get_all_by_role(Role::ListItem)
            .filter(|n| n.accesskit_node().toggled() == Some(eframe::egui::accesskit::Toggled::True));
        rows.filter_map(|n| n.accesskit_node().label()).filter(|l| l.contains("onSipMessage")).collect()
    };
    harness.run_steps(4);
    let rows = chosen(&harness);
    assert!(rows.len() == 2 && rows[0].contains("refused:32") && rows[1].contains("good:32"), "{rows:?}");
    // A record chosen at one side brings the other to the same time after its zero.
    click(&mut harness, Role::ListItem, "good:60");
    harness.run_steps(4);
    let rows = chosen(&harness);
    assert!(rows.len() == 2 && rows[0].contains("refused:60") && rows[1].contains("good:60"), "{rows:?}");
    click(&mut harness, Role::Button, "Ladders");
    // The line of the proof leads to the log of the bundle it is from.
    click(&mut harness, Role::ListItem, "refused.log:33");
    wait_for(&mut harness, "Search the log");
}

#[test]
fn time_zero_is_put_where_something_happened_and_what_differs_by_nature_is_counted_when_asked() {
    let mut harness = both();
    press(&mut harness, Key::Num8);
    click(&mut harness, Role::Button, "beside good.log");
    wait_for(&mut harness, "Difference 1 of");
    click(&mut harness, Role::ListItem, "A 403 Forbidden ≠ B 200 OK");
    says(&harness, "not counted");
    let counted = labels(&harness).into_iter().find(|l| l.contains("not counted")).unwrap();
    click(&mut harness, Role::Link, "Count what differs by nature");
    let all = labels(&harness).into_iter().find(|l| l.contains("not counted")).unwrap();
    assert!(all.contains(", 0 not counted") && counted != all, "{counted} / {all}");
    click(&mut harness, Role::Link, "Time zero here on both");
    wait_for(&mut harness, "Aligned at the chosen moment");
}

#[test]
fn a_registration_is_put_beside_another() {
    let mut harness = both();
    press(&mut harness, Key::Num8);
    click(&mut harness, Role::Button, "beside good.log");
    wait_for(&mut harness, "Difference 1 of");
    click(&mut harness, Role::Link, "refused.log");
    click(&mut harness, Role::Button, "Registration");
    wait_for(&mut harness, "refused.log, Registration");
}

#[test]
fn two_calls_of_one_bundle_are_offered() {
    let log = super::ladder::two_calls();
    let mut harness = opened(vec![input("calls.log", log.into_bytes())], (1440.0, 900.0));
    press(&mut harness, Key::Num8);
    click(&mut harness, Role::Button, "The call before beside the last call");
    wait_for(&mut harness, "calls.log, Call 1");
    says(&harness, "calls.log, Call 2");
}

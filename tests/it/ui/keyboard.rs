//! A case worked through without a mouse, from the file to the closed tab. In: keys alone. Out: what is said, where the focus is, and
//! that it can be seen there.

use bundlescope::ui::{Palette, Scheme, View};
use eframe::egui::{Event, Rect, Shape, pos2};

use super::keys::{focused, tab_to};
use super::*;

const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

fn with(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(4);
}

fn typed(harness: &mut Harness<'_, App>, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.run_steps(4);
}

/// Does a line in the colour of the focus stand around this place, or under it as under a link?
fn lit(shape: &Shape, clip: Rect, place: Rect) -> bool {
    let accent = Palette::of(Scheme::Dark).accent;
    match shape {
        Shape::Vec(shapes) => shapes.iter().any(|shape| lit(shape, clip, place)),
        Shape::Rect(rect) => {
            let (seen, near) = (rect.rect.intersect(clip), place.expand(8.0));
            let around = near.contains_rect(seen) && rect.rect.expand(8.0).contains_rect(place.intersect(clip));
            // The buttons of a field stand in its frame, too.
            let field = rect.rect.expand(2.0).contains_rect(place) && rect.rect.height() <= place.height() + 16.0;
            rect.stroke.width >= 1.0 && rect.stroke.color == accent && (around || field) && seen.is_positive()
        }
        Shape::LineSegment { points: [from, to], stroke } => {
            let under = Rect::from_two_pos(*from, *to);
            let near = place.expand(3.0).contains_rect(under);
            stroke.color == accent && near && under.width() >= place.width() * 0.6 && clip.intersects(under.expand(1.0))
        }
        _ => false,
    }
}

/// What has the focus; it must be seen that it has it.
#[track_caller]
fn stop(harness: &Harness<'_, App>) -> String {
    let nodes = harness.root().children_recursive();
    let node = nodes.into_iter().find(|n| n.accesskit_node().is_focused()).expect("nothing has the focus");
    let place = node.accesskit_node().bounding_box().expect("no place");
    let place = Rect::from_min_max(pos2(place.x0 as f32, place.y0 as f32), pos2(place.x1 as f32, place.y1 as f32));
    let name = focused(harness);
    let shapes = &harness.output().shapes;
    assert!(shapes.iter().any(|s| lit(&s.shape, s.clip_rect, place)), "the focus on {name:?} at {place:?} is not seen");
    name
}

#[test]
fn a_case_from_the_file_to_the_closed_tab_by_keyboard_alone() {
    let mut harness = window(App::new(Theme::Dark), (1440.0, 900.0));
    harness.run_steps(3);
    // A bundle: the palette takes a path.
    with(&mut harness, CTRL_SHIFT, Key::P);
    assert_eq!(focused(&harness), "Commands");
    typed(&mut harness, concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/failing.zip"));
    press(&mut harness, Key::Enter);
    read_to_its_end(&mut harness);
    // The verdict; the worst finding is open.
    says(&harness, "Coverage");
    tab_to(&mut harness, "The registrar does not accept the password");
    stop(&harness);
    // A line of its proof, and the message in it.
    tab_to(&mut harness, "09:12:06.274 REGISTER");
    press(&mut harness, Key::ArrowDown);
    assert!(stop(&harness).contains("401 Unauthorized"), "{}", focused(&harness));
    press(&mut harness, Key::Enter);
    says(&harness, "Ladder");
    says(&harness, "SIP/2.0 401 Unauthorized");
    // Its line in the log.
    press(&mut harness, Key::L);
    wait_for(&mut harness, "SIP message: 401 Unauthorized");
    // A search, and from hit to hit.
    with(&mut harness, Modifiers::COMMAND, Key::F);
    assert_eq!(stop(&harness), "Search the log");
    typed(&mut harness, "errorCode=1506");
    wait_for(&mut harness, "Searched");
    press(&mut harness, Key::Enter);
    says(&harness, "hit 1 of 2");
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::N);
    says(&harness, "hit 2 of 2");
    // A mark with a note.
    with(&mut harness, Modifiers::SHIFT, Key::M);
    assert_eq!(stop(&harness), "Note of the mark");
    typed(&mut harness, "password refused twice");
    press(&mut harness, Key::Escape);
    says(&harness, "Mark 09:12:06.302 bwc:57 password refused twice");
    // One level back is the message.
    press(&mut harness, Key::Escape);
    says(&harness, "Ladder");
    says(&harness, "SIP/2.0 401 Unauthorized");
    // Another view by its name, what can be done there, and the end.
    with(&mut harness, CTRL_SHIFT, Key::P);
    typed(&mut harness, "files and what");
    press(&mut harness, Key::Enter);
    says(&harness, "What could not be read");
    press(&mut harness, Key::F1);
    says(&harness, "Ctrl W: close tab");
    press(&mut harness, Key::Escape);
    silent(&harness, "Ctrl W: close tab");
    with(&mut harness, Modifiers::COMMAND, Key::W);
    silent(&harness, "What could not be read");
    says(&harness, "Open a client log bundle");
}

#[test]
fn what_has_the_focus_in_the_log_is_what_enter_presses() {
    let mut harness = good();
    press(&mut harness, Key::Num6);
    wait_for(&mut harness, "onSipMessage:BWC:SIP: Sending");
    press(&mut harness, Key::Home);
    says(&harness, "SIP message: REGISTER");
    // A button, though Enter and Space mean something else in the log.
    let wrapped = |harness: &Harness<'_, App>| {
        let button = harness.get_by_role_and_label(Role::Button, "Wrap");
        button.accesskit_node().toggled()
    };
    tab_to(&mut harness, "Wrap");
    stop(&harness);
    let before = wrapped(&harness);
    press(&mut harness, Key::Enter);
    let after = wrapped(&harness);
    assert_ne!(before, after);
    press(&mut harness, Key::Space);
    assert_eq!(before, wrapped(&harness));
    silent(&harness, "Ladder");
    // The list is one stop; the focus goes with the chosen record, and its keys count.
    tab_to(&mut harness, "onSipMessage:BWC:SIP: Sending");
    let first = stop(&harness);
    press(&mut harness, Key::ArrowDown);
    let second = stop(&harness);
    assert!(first != second && second.contains("Received"), "{first} → {second}");
    press(&mut harness, Key::Space);
    says(&harness, "SIP/2.0 401 Unauthorized / Via");
    press(&mut harness, Key::Enter);
    says(&harness, "Ladder");
}

/// Every stop of Tab in every view shows that the focus is there.
#[test]
fn the_focus_is_seen_at_every_stop() {
    let mut hidden = Vec::new();
    for view in View::ALL {
        let mut harness = good();
        press(&mut harness, Key::from_name(&view.digit().to_string()).unwrap());
        wait_for(&mut harness, "Commands");
        for _ in 0..80 {
            press(&mut harness, Key::Tab);
            let nodes = harness.root().children_recursive();
            let node = nodes.into_iter().find(|n| n.accesskit_node().is_focused());
            let Some(place) = node.and_then(|n| n.accesskit_node().bounding_box()) else { continue };
            // Its keys count wherever the focus is.
            if node.is_some_and(|n| n.accesskit_node().role() == Role::Canvas) {
                continue;
            }
            let place = Rect::from_min_max(pos2(place.x0 as f32, place.y0 as f32), pos2(place.x1 as f32, place.y1 as f32));
            if !harness.output().shapes.iter().any(|s| lit(&s.shape, s.clip_rect, place)) {
                hidden.push(format!("{view:?}: {} at {place:?}", focused(&harness)));
            }
        }
    }
    hidden.dedup();
    assert!(hidden.is_empty(), "{}", hidden.join("\n"));
}

#[test]
fn ctrl_and_a_digit_lead_to_a_tab() {
    let mut harness = good();
    let ctx = harness.ctx.clone();
    harness.state_mut().open(&ctx, vec![input("other.log", good_log().into_bytes())]);
    read_to_its_end(&mut harness);
    let shown = |harness: &Harness<'_, App>| {
        let tabs = harness.get_all_by_role(Role::Tab).map(|n| n.accesskit_node());
        let chosen = tabs.filter(|n| n.toggled() == Some(eframe::egui::accesskit::Toggled::True));
        chosen.filter_map(|n| n.label()).find(|l| l.contains(".log")).unwrap_or_default()
    };
    assert_eq!(shown(&harness), "other.log");
    with(&mut harness, Modifiers::COMMAND, Key::Num1);
    assert_eq!(shown(&harness), "good.log");
    with(&mut harness, Modifiers::COMMAND, Key::Num2);
    assert_eq!(shown(&harness), "other.log");
    // There is no seventh.
    with(&mut harness, Modifiers::COMMAND, Key::Num7);
    assert_eq!(shown(&harness), "other.log");
}

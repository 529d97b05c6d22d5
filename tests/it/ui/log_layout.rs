//! The log with what nobody would write on purpose, in every size: what is painted stays in its place and does no harm. In: bundles made
//! in memory. Out: painted texts with their places.

use std::sync::Arc;

use eframe::egui::Event;

use super::lists::texts;
use super::*;

const SIZES: [(f32, f32); 4] = [(640.0, 400.0), (960.0, 600.0), (1280.0, 800.0), (2560.0, 1440.0)];

fn typed(harness: &mut Harness<'_, App>, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.run_steps(4);
}

/// Three days, a clock that is set back, heads and texts without measure.
fn absurd() -> Vec<Input> {
    let wide = "W".repeat(3_000);
    let names = [
        "אבגד مرحبا ".repeat(60),
        format!("e{}", "\u{301}".repeat(500)),
        "👩‍👩‍👧‍👦🏳️‍🌈漢字".repeat(80),
        "\t\u{1b}[31m\u{202e}x\u{7}".repeat(40),
    ];
    let mut log = String::new();
    for day in 10..13 {
        for minute in 0..40 {
            let name = &names[minute % names.len()];
            log += &format!(
                "2026-03-{day}T08:{minute:02}:00.000Z <Info> [0x390] a.cpp:1 f:T: To: \"{name}\" <sip:x@example.test>\n"
            );
        }
        log += &format!("2026-03-{day}T07:00:00.000Z <Error> [0x{}] {wide}.cpp:1 f:T: an hour back\n", "f".repeat(200));
        log += &format!("{wide}\n\n{{ \"a\": 1 }}\n");
        log += &format!("2026-03-{day}T07:00:00.000Z <Warn> [0x1] a.cpp:1 f:T: {}\n", wide.repeat(4));
        log += &format!("2026-03-{day}T07:00:00.000Z <Debug> [0x1] a.cpp:1 \n");
    }
    let member = format!("bwc/\u{202e}{}current_log.txt", "very-long-name-".repeat(12));
    vec![input(
        "absurd.zip",
        crate::archive::zip(&[(member.as_str(), log.as_bytes()), ("b/current_log.txt", b"no head at all\n")]),
    )]
}

fn shown(size: (f32, f32)) -> Harness<'static, App> {
    let mut harness = opened(absurd(), size);
    // As in the program: a sign that no font has is a box, no fault.
    harness.ctx.set_missing_glyph_policy(eframe::egui::MissingGlyphPolicy::Tofu);
    press(&mut harness, Key::Num6);
    harness
}

/// Every text painted stays in its panel, and none turns the line around.
#[track_caller]
fn in_place(harness: &Harness<'_, App>, what: &str) {
    let mut all = Vec::new();
    for clipped in &harness.output().shapes {
        texts(&clipped.shape, clipped.clip_rect, &mut all);
    }
    assert!(all.len() > 10, "{what}: nothing is painted");
    for (text, rect, clip) in all {
        // What is typed scrolls sideways in its field.
        if !rect.intersect(clip).is_positive() || text.starts_with("a note") {
            continue;
        }
        let begin: String = text.chars().take(60).collect();
        assert!(rect.right() <= clip.right() + 1.0, "{what}: {begin:?} leaves {clip:?} at {rect:?}");
        assert!(!text.contains(['\u{202e}', '\u{7}', '\u{1b}']), "{what}: a control character is painted in {begin:?}");
    }
}

#[test]
fn absurd_logs_stay_in_their_place_in_every_size() {
    for size in SIZES {
        let mut harness = shown(size);
        wait_for(&mut harness, "f:T: To: ");
        in_place(&harness, &format!("{size:?} at first"));
        // All that can stand in the view at once: hits, a highlight, a chip, a mark with its note, the record unfolded and wrapped.
        harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
        harness.run_steps(4);
        typed(&mut harness, "WWW");
        press(&mut harness, Key::Escape);
        for key in [Key::H, Key::X, Key::M, Key::Space] {
            press(&mut harness, key);
        }
        harness.key_press_modifiers(Modifiers::SHIFT, Key::M);
        harness.run_steps(4);
        typed(&mut harness, &"a note ".repeat(60));
        press(&mut harness, Key::Escape);
        in_place(&harness, &format!("{size:?} with a mark"));
        press(&mut harness, Key::F);
        typed(&mut harness, &format!("level>=debug not:{}", "x".repeat(400)));
        press(&mut harness, Key::Enter);
        press(&mut harness, Key::Escape);
        for key in [Key::W, Key::U, Key::End, Key::O, Key::D] {
            press(&mut harness, key);
            in_place(&harness, &format!("{size:?} after {key:?}"));
        }
    }
}

#[test]
fn each_day_has_its_head_and_a_clock_set_back_is_told() {
    let mut harness = shown((1440.0, 1400.0));
    // Two records before the first error of a day whose clock went back: the step is negative, and says so.
    press(&mut harness, Key::X);
    wait_for(&mut harness, "an hour back");
    let painted = |harness: &Harness<'_, App>| {
        let mut all = Vec::new();
        for clipped in &harness.output().shapes {
            texts(&clipped.shape, clipped.clip_rect, &mut all);
        }
        all.into_iter().map(|(text, ..)| text).collect::<Vec<_>>()
    };
    assert!(painted(&harness).iter().any(|text| text == "−1 h 39 min"), "{:?}", painted(&harness));
    for (day, key) in [("2026-03-10", Key::Home), ("2026-03-12", Key::End)] {
        press(&mut harness, key);
        harness.run_steps(4);
        // The first row of the list is the first of its day; the last day begins higher up.
        if key == Key::End {
            for _ in 0..43 {
                press(&mut harness, Key::ArrowUp);
            }
        }
        assert!(painted(&harness).iter().any(|text| text == day), "{day}: {:?}", painted(&harness));
    }
}

/// Nothing readable: every view says so, in every size, and nothing leaves its panel.
#[test]
fn a_bundle_with_nothing_readable_in_every_view_and_size() {
    for size in SIZES {
        let mut harness =
            opened(vec![input("noise.zip", crate::archive::zip(&[("a.bin", &[0xa5; 4_000]), ("b.log", b"")]))], size);
        for view in bundlescope::ui::View::ALL {
            press(&mut harness, Key::from_name(&view.digit().to_string()).unwrap());
            harness.run_steps(4);
            in_place(&harness, &format!("{size:?} {view:?}"));
            let sentences = labels(&harness).iter().filter(|l| l.split_whitespace().count() >= 4).count();
            assert!(sentences > 0, "{size:?} {view:?}: {:?}", labels(&harness));
        }
    }
}

#[test]
fn what_is_cut_is_whole_on_hover() {
    let source = format!("{}.cpp:17", "BroadWorksTokenManager".repeat(4));
    let text = format!("send:BWC:SCF: {} and its end", "long ".repeat(80));
    let log = format!(
        "2026-03-11T08:14:00.000Z <Info> [0x390] {source} {text}\n2026-03-11T08:14:01.000Z <Info> [0x390] a.cpp:1 f:T: short\n"
    );
    let mut harness = opened(vec![input("a.log", log.into_bytes())], (1280.0, 800.0));
    press(&mut harness, Key::Num6);
    wait_for(&mut harness, "send:BWC:SCF");
    let row = |harness: &Harness<'_, App>, text: &str| {
        let mut rows = harness.get_all_by_role(Role::ListItem);
        let row = rows.find(|n| n.accesskit_node().label().is_some_and(|l| l.contains(text))).unwrap();
        row.accesskit_node().bounding_box().unwrap()
    };
    // The words of a tooltip, beside those of the row and of the record's details.
    let told = |harness: &Harness<'_, App>, text: &str| labels(harness).iter().filter(|l| l.as_str() == text).count();
    for (x, whole) in [(520.0, &source), (760.0, &text)] {
        let before = told(&harness, whole);
        let place = row(&harness, "send:BWC:SCF");
        harness.hover_at(eframe::egui::pos2(x, place.y1 as f32 - 8.0));
        harness.run_steps(60);
        assert_eq!(told(&harness, whole), before + 1, "{whole} is not told");
    }
    let place = row(&harness, "f:T: short");
    harness.hover_at(eframe::egui::pos2(760.0, place.y1 as f32 - 8.0));
    harness.run_steps(60);
    assert_eq!(told(&harness, "f:T: short"), 0, "what is seen whole needs no tooltip");
}

#[test]
fn views_stand_beside_each_other_however_large_their_figures_are() {
    for width in [640.0, 960.0, 1100.0, 1280.0, 1440.0] {
        let mut analysis = crate::made::full();
        for member in &mut analysis.members {
            member.records = 123_456_789;
        }
        let mut app = App::new(Theme::Dark);
        app.show(Arc::new(analysis));
        let mut harness = window(app, (width, 800.0));
        harness.run_steps(3);
        let tabs = harness.get_all_by_role(Role::Tab).map(|n| n.accesskit_node());
        let mut tabs: Vec<_> = tabs.filter_map(|n| Some((n.bounding_box()?, n.label()?))).filter(|(b, _)| b.y0 > 30.0).collect();
        tabs.sort_by(|a, b| a.0.x0.total_cmp(&b.0.x0));
        let names: Vec<&str> = tabs.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["Overview", "Timeline", "Calls", "Messages", "Media", "Log", "Files", "Compare"], "{width}");
        assert!(tabs.iter().all(|(place, _)| place.x1 - place.x0 > 22.0), "{width}: {tabs:?}");
        let mut painted = Vec::new();
        for clipped in &harness.output().shapes {
            texts(&clipped.shape, clipped.clip_rect, &mut painted);
        }
        let bar = painted.iter().filter(|(text, rect, _)| {
            let mut letters = text.chars();
            (38.0..70.0).contains(&rect.center().y)
                && letters.next().is_some_and(|c| c.is_ascii_digit())
                && letters.next() == Some(' ')
        });
        let mut places: Vec<_> = bar.map(|(_, rect, _)| *rect).collect();
        places.sort_by(|a, b| a.left().total_cmp(&b.left()));
        assert_eq!(places.len(), 8, "{width}");
        assert!(places.windows(2).all(|pair| pair[0].right() <= pair[1].left()), "{width}: {places:?}");
    }
}

#[test]
fn an_idle_log_asks_for_no_frame() {
    let mut harness = opened(absurd(), (1280.0, 800.0));
    harness.ctx.set_missing_glyph_policy(eframe::egui::MissingGlyphPolicy::Tofu);
    press(&mut harness, Key::Num6);
    wait_for(&mut harness, "f:T: To: ");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(4);
    typed(&mut harness, "WWW");
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::F);
    typed(&mut harness, "level>=debug");
    press(&mut harness, Key::Enter);
    wait_for(&mut harness, "129 of 130 records");
    assert!(harness.try_run().is_ok(), "frames are asked for without end");
    harness.run_steps(1);
    assert!(!harness.ctx.has_requested_repaint(), "an idle log asks for a frame");
}

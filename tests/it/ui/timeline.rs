//! The timeline as an instrument: zoom, history, range, measure, cursor, lanes; and what must not break it.

use bundlescope::analyse::Analysis;
use bundlescope::base::{LogTime, Private, PrivateKind};
use bundlescope::session::CallId;
use eframe::egui::{Event, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase, vec2};

use super::*;

const SECOND: i64 = 1_000_000;

fn timeline(inputs: Vec<Input>) -> Harness<'static, App> {
    let mut harness = opened(inputs, (1440.0, 900.0));
    press(&mut harness, Key::Num2);
    harness
}

fn good_timeline() -> Harness<'static, App> {
    let mut harness = timeline(vec![input("good.log", good_log().into_bytes())]);
    press(&mut harness, Key::Num0);
    harness
}

/// What the ruler says it shows: from – to in seconds of the day.
fn shown(harness: &Harness<'_, App>) -> (f64, f64) {
    let label = labels(harness).into_iter().find(|l| l.starts_with("Ruler from ")).expect("a ruler");
    let seconds =
        |clock: &str| clock.split(':').map(|part| part.parse::<f64>().unwrap()).fold(0.0, |sum, part| sum * 60.0 + part);
    let (from, to) = label.trim_start_matches("Ruler from ").split_once(" to ").unwrap();
    (seconds(from), seconds(to))
}

fn place(harness: &Harness<'_, App>, role: Role, text: &str) -> Rect {
    let found = harness.get_all_by_role(role).find(|n| n.accesskit_node().label().is_some_and(|l| l.contains(text)));
    found.unwrap_or_else(|| panic!("no {role:?} with {text:?} among\n{}", labels(harness).join("\n"))).rect()
}

fn ruler(harness: &Harness<'_, App>) -> Rect {
    place(harness, Role::Canvas, "Ruler from")
}

/// A free spot of the lanes at this part of their width.
fn spot(harness: &Harness<'_, App>, part: f32) -> Pos2 {
    let errors = place(harness, Role::ListItem, "Errors 0");
    let ruler = ruler(harness);
    Pos2::new(ruler.left() + ruler.width() * part, errors.bottom() - 2.0)
}

fn drag(harness: &mut Harness<'_, App>, from: Pos2, to: Pos2, modifiers: Modifiers) {
    let button = |pos, pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers };
    let steps = [
        Event::ModifiersChanged(modifiers),
        Event::PointerMoved(from),
        button(from, true),
        Event::PointerMoved(from + (to - from) * 0.5),
        Event::PointerMoved(to),
        button(to, false),
        Event::ModifiersChanged(Modifiers::NONE),
    ];
    for event in steps {
        harness.event(event);
        harness.run_steps(1);
    }
    harness.run_steps(4);
}

fn click_at(harness: &mut Harness<'_, App>, at: Pos2) {
    harness.hover_at(at);
    harness.drag_at(at);
    harness.run_steps(1);
    harness.drop_at(at);
    // Longer than a double click.
    harness.run_steps(6);
}

fn alt(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press_modifiers(Modifiers::ALT, key);
    harness.run_steps(4);
}

#[test]
fn answers_in_the_lane_of_a_call_have_their_status_as_name() {
    let harness = good_timeline();
    let all = labels(&harness);
    for name in ["Call 1 SIP: received 180 Ringing", "Call 1 SIP: received 200 OK", "Call 1 SIP: sent ACK"] {
        assert!(
            all.iter().any(|l| l.starts_with(name)),
            "no {name}: {:?}",
            all.iter().filter(|l| l.contains("SIP:")).collect::<Vec<_>>()
        );
    }
}

#[test]
fn zoom_fit_back_and_forward() {
    let mut harness = good_timeline();
    let all = shown(&harness);
    press(&mut harness, Key::W);
    let near = shown(&harness);
    assert!(near.1 - near.0 < (all.1 - all.0) * 0.7, "{all:?} {near:?}");
    press(&mut harness, Key::D);
    let moved = shown(&harness);
    assert!(moved.0 > near.0 && (moved.1 - moved.0 - (near.1 - near.0)).abs() < 0.01);
    press(&mut harness, Key::Home);
    assert_eq!(shown(&harness), all);
    press(&mut harness, Key::Backspace);
    assert_eq!(shown(&harness), moved);
    press(&mut harness, Key::Backspace);
    assert_eq!(shown(&harness), near);
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::SHIFT, Key::Backspace);
        harness.run_steps(4);
    }
    assert_eq!(shown(&harness), all);
    for _ in 0..80 {
        harness.key_press(Key::W);
        harness.run_steps(1);
    }
    let least = shown(&harness);
    assert!(least.1 - least.0 < 0.002, "down to microseconds: {least:?}");
}

#[test]
fn ctrl_and_wheel_zoom_at_the_pointer_and_a_drag_cannot_leave_the_data() {
    let mut harness = good_timeline();
    let all = shown(&harness);
    let at = spot(&harness, 0.75);
    harness.hover_at(at);
    harness.run_steps(2);
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, 6.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::COMMAND,
    };
    harness.event_modifiers(wheel, Modifiers::COMMAND);
    harness.run_steps(8);
    let near = shown(&harness);
    let moment = |(from, to): (f64, f64)| from + (to - from) * 0.75;
    assert!(near.1 - near.0 < (all.1 - all.0) * 0.8, "{near:?}");
    assert!((moment(near) - moment(all)).abs() < 0.2, "{near:?} {all:?}");
    let (from, to) = (spot(&harness, 0.1), spot(&harness, 0.9));
    for _ in 0..20 {
        drag(&mut harness, from, to, Modifiers::NONE);
    }
    let left = shown(&harness);
    assert!((left.0 - all.0).abs() < 0.01 && (left.1 - left.0 - (near.1 - near.0)).abs() < 0.05, "{left:?}");
}

#[test]
fn a_drag_on_the_ruler_chooses_a_range() {
    let mut harness = good_timeline();
    let (all, ruler) = (shown(&harness), ruler(&harness));
    let at = |part: f32| Pos2::new(ruler.left() + ruler.width() * part, ruler.center().y);
    drag(&mut harness, at(0.25), at(0.5), Modifiers::NONE);
    let (length, range) = (all.1 - all.0, shown(&harness));
    assert!((range.0 - (all.0 + length * 0.25)).abs() < 0.2 && (range.1 - (all.0 + length * 0.5)).abs() < 0.2, "{range:?}");
    press(&mut harness, Key::Backspace);
    assert_eq!(shown(&harness), all);
}

#[test]
fn measuring_by_drag_and_by_key_and_esc_ends_it() {
    let mut harness = good_timeline();
    // From the answer to the hold: the pointer need only be near.
    let talking = place(&harness, Role::ListItem, "Call 1: talking 30.0 s");
    let y = talking.center().y;
    drag(&mut harness, Pos2::new(talking.left() + 2.0, y), Pos2::new(talking.right() - 2.0, y), Modifiers::SHIFT);
    says(&harness, "measured 30.037 s");
    press(&mut harness, Key::Escape);
    silent(&harness, "measured");
    says(&harness, "Ruler from");
    for part in [0.2, 0.7] {
        let at = spot(&harness, part);
        click_at(&mut harness, at);
        says(&harness, "cursor 08:14:");
        press(&mut harness, Key::X);
    }
    says(&harness, "measured 31.");
    press(&mut harness, Key::Escape);
    silent(&harness, "measured");
}

#[test]
fn the_cursor_follows_what_is_chosen_and_moves_on_a_click() {
    let mut harness = good_timeline();
    let at = spot(&harness, 0.5);
    click_at(&mut harness, at);
    says(&harness, "cursor 08:14:3");
    click(&mut harness, Role::ListItem, "Call 1 SIP: sent INVITE");
    says(&harness, "selected 08:14:06.000");
    silent(&harness, "cursor 08:14:3");
    let at = spot(&harness, 0.5);
    click_at(&mut harness, at);
    says(&harness, "cursor 08:14:3");
    press(&mut harness, Key::ArrowDown);
    silent(&harness, "cursor 08:14:3");
}

#[test]
fn times_since_the_start_since_the_invite_and_of_day() {
    let mut harness = good_timeline();
    says(&harness, "Times since the start: 2026-03-10 08:14:02.000 UTC");
    press(&mut harness, Key::R);
    says(&harness, "Times since the call's INVITE: Call 1 from 08:14:06.000");
    press(&mut harness, Key::R);
    says(&harness, "Time of day: 2026-03-10 UTC");
    click(&mut harness, Role::Button, "Time of day");
    says(&harness, "Times since the start");
}

#[test]
fn lanes_fold_pin_and_move() {
    let mut harness = good_timeline();
    let top = |harness: &Harness<'_, App>, name: &str| place(harness, Role::ListItem, name).top();
    says(&harness, "Call 1 SIP 9 msg");
    click(&mut harness, Role::Button, "Fold Call 1");
    silent(&harness, "Call 1 SIP 9 msg");
    click(&mut harness, Role::Button, "Unfold Call 1");
    says(&harness, "Call 1 SIP 9 msg");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F);
    harness.run_steps(4);
    silent(&harness, "Call 1 SIP 9 msg");
    press(&mut harness, Key::F);
    says(&harness, "Call 1 SIP 9 msg");

    assert!(top(&harness, "Errors 0") > top(&harness, "Call 1 out"));
    click(&mut harness, Role::ListItem, "Errors 0");
    press(&mut harness, Key::P);
    assert!(top(&harness, "Errors 0") < top(&harness, "Start-up"));
    press(&mut harness, Key::P);
    assert!(top(&harness, "Errors 0") > top(&harness, "Call 1 out"));
    alt(&mut harness, Key::ArrowUp);
    assert!(top(&harness, "Errors 0") < top(&harness, "Call 1 out"));
    // The same from the menu of the head.
    let errors = place(&harness, Role::ListItem, "Errors 0").center();
    harness.hover_at(errors);
    for pressed in [true, false] {
        let button = PointerButton::Secondary;
        harness.event(Event::PointerButton { pos: errors, button, pressed, modifiers: Modifiers::NONE });
    }
    harness.run_steps(4);
    click(&mut harness, Role::Button, "Lanes as laid out");
    assert!(top(&harness, "Errors 0") > top(&harness, "Call 1 out"));
    // And by dragging the head above the first lane.
    let (from, to) = (place(&harness, Role::ListItem, "Errors 0").center(), place(&harness, Role::ListItem, "Start-up").center());
    drag(&mut harness, from, to, Modifiers::NONE);
    assert!(top(&harness, "Errors 0") < top(&harness, "Start-up"));
}

#[test]
fn nothing_moves_when_nothing_happens() {
    for key in [Key::Num1, Key::Num2] {
        let mut harness = good_timeline();
        press(&mut harness, key);
        let at = ruler(&harness).center() + vec2(0.0, 60.0);
        harness.hover_at(at);
        assert!(harness.try_run().is_ok(), "frames are asked for without end");
        harness.run_steps(1);
        assert!(!harness.ctx.has_requested_repaint(), "an idle window asks for a frame");
    }
}

/// The analysis made by hand with its call `count` times, a minute apart, changed by `change`.
fn calls(count: u32, change: impl Fn(u32, &mut bundlescope::session::call::Call)) -> Arc<Analysis> {
    let mut analysis = crate::made::full();
    let first = analysis.facts.calls[0].clone();
    let later = |at: Option<LogTime>, n: u32| at.map(|t| t.plus_us(i64::from(n) * 60 * SECOND));
    analysis.facts.calls = (0..count)
        .map(|n| {
            let mut call = first.clone();
            call.id = CallId(n);
            for at in [&mut call.started, &mut call.ringing, &mut call.answered, &mut call.ended] {
                *at = later(*at, n);
            }
            change(n, &mut call);
            call
        })
        .collect();
    let end = later(first.ended.or(first.started), count);
    for run in &mut analysis.facts.runs {
        run.end = run.end.max(end);
    }
    Arc::new(analysis)
}

fn showing(analysis: Arc<Analysis>, size: (f32, f32)) -> Harness<'static, App> {
    let mut app = App::new(Theme::Light).with_view(Some(bundlescope::ui::View::Timeline));
    app.show(analysis);
    let mut harness = window(app, size);
    harness.run_steps(2);
    press(&mut harness, Key::Num0);
    harness
}

#[test]
fn of_ten_thousand_calls_only_those_on_screen_are_laid_out() {
    let mut harness = showing(calls(10_000, |_, _| {}), (1280.0, 800.0));
    let heads = |harness: &Harness<'_, App>| {
        labels(harness).iter().filter(|l| l.starts_with("Call ") && (l.contains(" out") || l.contains(" in"))).count()
    };
    assert!((1..60).contains(&heads(&harness)), "{} heads", heads(&harness));
    let at = ruler(&harness).center() + vec2(0.0, 60.0);
    harness.hover_at(at);
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Page,
        delta: vec2(0.0, -100_000.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    harness.event(wheel);
    harness.run_steps(20);
    says(&harness, "Call 10000");
    assert!((1..60).contains(&heads(&harness)), "{} heads", heads(&harness));
    says(&harness, "Errors");
}

#[test]
fn calls_without_length_clocks_that_go_back_and_absurd_names() {
    let absurd = format!("\u{202e}{}\u{200f}<sip:é@example.test>", "Ω très long ".repeat(400));
    let mut analysis = crate::made::full();
    let registration = &mut analysis.facts.registrations[0];
    registration.next_hops = vec![Private::new(PrivateKind::Address, absurd.clone())];
    drop(analysis);
    let analysis = calls(6, |n, call| match n {
        0 => (call.answered, call.ended, call.ringing) = (call.started, call.started, call.started),
        1 => call.ended = call.started.map(|t| t.plus_us(-3_600 * SECOND)),
        2 => call.answered = call.started.map(|t| t.plus_us(-5 * SECOND)),
        3 => (call.started, call.ringing, call.answered, call.ended) = (None, None, None, None),
        _ => {}
    });
    let mut analysis = Arc::into_inner(analysis).unwrap();
    analysis.facts.registrations[0].next_hops = vec![Private::new(PrivateKind::Address, absurd)];
    for size in [(1280.0, 800.0), (640.0, 400.0), (2560.0, 1440.0)] {
        let mut harness = showing(Arc::new(crate::made::full()), size);
        harness.run_steps(1);
    }
    let mut harness = showing(Arc::new(analysis), (1440.0, 900.0));
    says(&harness, "Call 1: ringing 0 ms");
    let head = place(&harness, Role::ListItem, "très long");
    assert!(head.width() < 200.0, "the head stays a head: {head:?}");
    harness.hover_at(head.center());
    harness.run_steps(8);
    // Whole on hover, with the characters that would turn the line around shown as escapes.
    let whole = labels(&harness).iter().filter(|l| l.contains("\\u{202e}") && l.contains("example.test")).count();
    assert!(whole >= 2, "head and tooltip: {whole}");
    for key in [Key::W, Key::W, Key::D, Key::S, Key::A, Key::Num0, Key::Z, Key::R] {
        press(&mut harness, key);
    }
}

/// A client that keeps its registration alive for forty minutes: a refresh a minute, whose third shows another port, and a ping
/// every 30 s, of which one has no answer.
fn kept_alive() -> String {
    let mut log = Log(String::new());
    let (from, to) = ("From: <sip:anna@example.test>;tag=a1", "To: <sip:anna@example.test>");
    let contact = "Contact: <sip:anna@192.0.2.10:52114>;expires=120";
    for n in 0..80_u64 {
        let at = n * 30_000;
        if n % 2 == 0 {
            let port = if n < 4 { 50_001 } else { 50_002 };
            let (via, cseq) =
                (format!("Via: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKr{n};rport"), format!("CSeq: {} REGISTER", n + 1));
            let mut fields = with(&via, from, to, "Call-ID: reg@192.0.2.10", &cseq);
            fields.push(contact);
            log.sip(at, true, "REGISTER sip:example.test SIP/2.0", &fields, None);
            let seen = via.replace(";rport", &format!(";received=198.51.100.7;rport={port}"));
            let mut fields = with(&seen, from, "To: <sip:anna@example.test>;tag=s1", "Call-ID: reg@192.0.2.10", &cseq);
            fields.push(contact);
            log.sip(at + 20, false, "SIP/2.0 200 OK", &fields, None);
        }
        let (via, cseq) = (format!("Via: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bKo{n}"), format!("CSeq: {} OPTIONS", n + 1));
        let call = format!("Call-ID: ping{n}@192.0.2.10");
        log.sip(
            at + 500,
            true,
            "OPTIONS sip:198.51.100.20:5061 SIP/2.0",
            &with(&via, from, "To: <sip:198.51.100.20:5061>", &call, &cseq),
            None,
        );
        if n != 41 {
            let fields = with(&via, from, "To: <sip:198.51.100.20:5061>;tag=k", &call, &cseq);
            log.sip(at + 520, false, "SIP/2.0 200 OK", &fields, None);
        }
    }
    log.0
}

#[test]
fn registration_and_keep_alive_tell_their_rhythm_and_what_went_wrong() {
    let mut harness = opened(vec![input("kept.log", kept_alive().into_bytes())], (700.0, 900.0));
    press(&mut harness, Key::Num2);
    press(&mut harness, Key::Num0);
    // So dense that it is one thing, and the miss is still said.
    says(&harness, "Keep-alive: ×80, every 30.0 s failed");
    says(&harness, "Keep-alive 30.0 s");
    click(&mut harness, Role::ListItem, "Registration 198.51.100.20");
    for _ in 0..6 {
        press(&mut harness, Key::W);
    }
    let at = |harness: &Harness<'_, App>| shown(harness).0;
    while at(&harness) > 8.0 * 3_600.0 + 14.0 * 60.0 + 2.0 {
        let before = at(&harness);
        press(&mut harness, Key::A);
        if at(&harness) >= before {
            break;
        }
    }
    says(&harness, "Registration: registered expires 120 s");
    says(&harness, "Registration: refreshed");
    says(&harness, "Registration: address changed seen as 198.51.100.7:50002");
    says(&harness, "Keep-alive: ping");
    silent(&harness, "Keep-alive: failed");
}

#[test]
fn values_of_a_media_log_stand_on_their_call() {
    let lines =
        (10..55_u64).map(|s| format!("{}audio rx jitter={}ms lost={}\n", head(s * 1_000, "Info"), 5 + s % 7, u64::from(s == 30)));
    let media: String = lines.collect();
    let zip = crate::archive::zip(&[("bwc/current_log.txt", good_log().as_bytes()), ("media/wme.log", media.as_bytes())]);
    let harness = timeline(vec![input("logs.zip", zip)]);
    says(&harness, "Media engine unverified");
    says(&harness, "jitter received up to 11 ms");
}

/// Three days with a record every ten minutes – every four in between – and a night without any.
fn three_days() -> String {
    let mut log = String::new();
    for minute in (0..3 * 1_440_u32).step_by(4).filter(|m| !(1_200..1_800).contains(m)) {
        let (day, of_day) = (10 + minute / 1_440, minute % 1_440);
        let level = if minute == 2_000 { "Error" } else { "Info" };
        log += &format!("2026-03-{day}T{:02}:{:02}:00.000Z <{level}> [0x390] a.cpp:1 f:T: step\n", of_day / 60, of_day % 60);
    }
    log
}

#[test]
fn three_days_with_a_night_without_a_log() {
    let mut harness = timeline(vec![input("long.log", three_days().into_bytes())]);
    says(&harness, "no log for 10 h 4 min");
    silent(&harness, "asleep");
    says(&harness, "2 d 23 h");
    says(&harness, "Errors: failed");
    press(&mut harness, Key::R);
    press(&mut harness, Key::R);
    says(&harness, "Time of day: 2026-03-10 UTC");
    for _ in 0..100 {
        harness.key_press(Key::W);
        harness.run_steps(1);
    }
    let (from, to) = shown(&harness);
    assert!(to - from < 0.002, "{from} {to}");
    press(&mut harness, Key::Num0);
    says(&harness, "no log for 10 h 4 min");
}

#[test]
fn every_size_and_scale_holds_many_lanes() {
    for (size, scale) in [((1280.0, 800.0), 1.0), ((2560.0, 1440.0), 1.0), ((960.0, 600.0), 1.5)] {
        let mut harness = showing(calls(40, |_, _| {}), size);
        harness.set_pixels_per_point(scale);
        harness.run_steps(3);
        let ruler = ruler(&harness);
        let width = size.0 / scale;
        assert!(ruler.width() > width * 0.6 && ruler.right() <= width + 0.5, "{ruler:?}");
    }
}

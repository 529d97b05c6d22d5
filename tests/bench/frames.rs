//! How long a frame takes without a GPU: layout and tessellation, while zooming and panning the timeline and while scrolling lists.
//! In: a bundle by path: `BUNDLE=bundle.zip cargo bench --bench frames` (`FRAMES=n`, `SIZE=1440x900` change the rest).
//! Out: median, 99th percentile and worst in ms for each movement, printed. Times nothing in tests.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "a tool that prints, for people who build this"
)]

use std::time::{Duration, Instant};

use bundlescope::analyse::{Options, Progress, analyse};
use bundlescope::app::{App, Theme};
use bundlescope::bundle::Input;
use eframe::App as _;
use eframe::egui::{
    Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, Vec2, vec2,
};

/// A window without a screen.
struct Window {
    ctx: Context,
    app: App,
    frame: eframe::Frame,
    size: Vec2,
    time_s: f64,
}

/// Vertices of a view that has rows; one that waits for a job has a sentence.
const FULL: usize = 8_000;

/// One frame's share of layout and tessellation.
#[derive(Clone, Copy)]
struct Took {
    layout: Duration,
    tessellation: Duration,
    vertices: usize,
}

impl Window {
    fn step(&mut self, mut events: Vec<Event>, modifiers: Modifiers) -> Took {
        events.insert(0, Event::ModifiersChanged(modifiers));
        self.time_s += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(self.time_s),
            events,
            ..RawInput::default()
        };
        let start = Instant::now();
        let (app, frame) = (&mut self.app, &mut self.frame);
        let mut output = self.ctx.run_ui(input, |ui| {
            app.logic(ui, frame);
            app.ui(ui, frame);
        });
        let layout = start.elapsed();
        // There is no renderer that would want them.
        output.textures_delta.clear();
        let start = Instant::now();
        let meshes = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let tessellation = start.elapsed();
        let vertices = meshes
            .iter()
            .map(|m| match &m.primitive {
                eframe::epaint::Primitive::Mesh(mesh) => mesh.vertices.len(),
                eframe::epaint::Primitive::Callback(_) => 0,
            })
            .sum();
        Took { layout, tessellation, vertices }
    }

    fn key(&mut self, key: Key) -> Took {
        let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
        self.step(vec![event(true), event(false)], Modifiers::NONE)
    }

    /// Types into the field that a key leads to, and leaves it by another.
    fn type_into(&mut self, (modifiers, key): (Modifiers, Key), text: &str, leave: Key) {
        let event = |key, pressed, modifiers| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.step(vec![event(key, true, modifiers), event(key, false, modifiers)], modifiers);
        self.settle();
        self.step(vec![Event::Text(text.to_owned())], Modifiers::NONE);
        self.key(leave);
    }

    fn wheel(&mut self, at: Pos2, delta: Vec2, modifiers: Modifiers) -> Took {
        let (unit, phase, source) = (MouseWheelUnit::Point, TouchPhase::Move, MouseWheelSource::Trackpad);
        let wheel = Event::MouseWheel { unit, delta, phase, source, modifiers };
        self.step(vec![Event::PointerMoved(at), wheel], modifiers)
    }

    fn settle(&mut self) {
        for _ in 0..8 {
            self.step(Vec::new(), Modifiers::NONE);
        }
    }
}

/// How long this thread was on a processor, where the system tells: on a busy machine a frame also waits for its turn.
fn on_processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Runs `frame` often and prints how long it took.
fn report(name: &str, frames: usize, mut frame: impl FnMut(usize) -> Took) {
    let start = on_processor();
    let mut took: Vec<Took> = (0..frames).map(&mut frame).collect();
    let mean = on_processor().zip(start).map(|(end, start)| end.saturating_sub(start).as_secs_f64() * 1e3 / frames as f64);
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    took.sort_by_key(|t| t.layout + t.tessellation);
    let at = |part: f64| took.get(((took.len() - 1) as f64 * part).round() as usize).copied();
    let (Some(median), Some(late), Some(worst)) = (at(0.5), at(0.99), at(1.0)) else { return };
    let whole = |t: Took| ms(t.layout + t.tessellation);
    println!(
        "{name:28} median {:6.2} ms  p99 {:6.2} ms  worst {:6.2} ms   (layout {:.2}, tessellation {:.2}, {} vertices; processor {} ms a frame)",
        whole(median),
        whole(late),
        whole(worst),
        ms(median.layout),
        ms(median.tessellation),
        median.vertices,
        mean.map_or_else(|| "?".to_owned(), |ms| format!("{ms:.2}"))
    );
}

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn main() {
    let Some(path) = std::env::var_os("BUNDLE") else {
        eprintln!("No bundle: set BUNDLE to its path");
        return;
    };
    let size = std::env::var("SIZE").unwrap_or_default();
    let size = size.split_once('x').and_then(|(w, h)| Some(vec2(w.parse().ok()?, h.parse().ok()?)));
    let frames = number("FRAMES", 400);
    let start = Instant::now();
    let inputs = [Input::Path(path.into())];
    let analyses = analyse(&inputs, &Options::default(), &Progress::new()).expect("the bundle can be read");
    println!("analysed in {:.2} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let ctx = Context::default();
    App::prepare(&ctx);
    let mut app = App::new(Theme::Dark);
    for analysis in analyses.into_iter().take(1) {
        let facts = &analysis.facts;
        println!("{} messages, {} calls, {} runs", facts.messages.len(), facts.calls.len(), facts.runs.len());
        app.show(analysis);
    }
    println!("laid out in {:.2} s", start.elapsed().as_secs_f64());
    let size = size.unwrap_or(vec2(1440.0, 900.0));
    let mut window = Window { ctx, app, frame: eframe::Frame::_new_kittest(), size, time_s: 0.0 };
    window.settle();

    window.key(Key::Num2);
    window.key(Key::Num0);
    window.settle();
    report("timeline at rest, all", frames, |_| window.step(Vec::new(), Modifiers::NONE));
    let spot = Pos2::new(size.x * 0.6, size.y * 0.3);
    let zoom = |n: usize| vec2(0.0, if (n / 60).is_multiple_of(2) { 40.0 } else { -40.0 });
    report("timeline zoom", frames, |n| window.wheel(spot, zoom(n), Modifiers::COMMAND));
    window.key(Key::Num0);
    for _ in 0..4 {
        window.key(Key::W);
    }
    let pan = |n: usize| vec2(if (n / 40).is_multiple_of(2) { -30.0 } else { 30.0 }, 0.0);
    report("timeline pan", frames, |n| window.wheel(spot, pan(n), Modifiers::NONE));
    window.key(Key::Num0);
    let down = |n: usize| vec2(0.0, if (n / 100).is_multiple_of(2) { -60.0 } else { 60.0 });
    report("lanes scrolled", frames, |n| window.wheel(spot, down(n), Modifiers::NONE));
    let list = Pos2::new(size.x * 0.4, size.y * 0.7);
    for (name, key) in [("overview", Key::Num1), ("calls", Key::Num3), ("messages", Key::Num4), ("log", Key::Num6)] {
        window.key(key);
        window.settle();
        // The order of all records, and the texts of those seen, are brought by jobs.
        for n in 0..3_000 {
            let seen = window.step(Vec::new(), Modifiers::NONE).vertices;
            std::thread::sleep(Duration::from_millis(20));
            if n >= 100 && seen > FULL {
                break;
            }
        }
        report(&format!("{name} scrolled"), frames, |n| window.wheel(list, down(n), Modifiers::NONE));
    }
    // Both passes run over the whole bundle while these frames are made.
    window.type_into((Modifiers::COMMAND, Key::F), "SIP", Key::Escape);
    report("log scrolled in a search", frames, |n| window.wheel(list, down(n), Modifiers::NONE));
    window.type_into((Modifiers::NONE, Key::F), "level>=info", Key::Enter);
    window.key(Key::Escape);
    report("log scrolled in a filter", frames, |n| window.wheel(list, down(n), Modifiers::NONE));
    window.key(Key::U);
    window.key(Key::W);
    report("log unfolded and wrapped", frames, |n| window.wheel(list, down(n), Modifiers::NONE));
}

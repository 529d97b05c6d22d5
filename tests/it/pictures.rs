//! Pictures of the window, painted by the renderer without a display: each sample in each theme shows itself, with the colour of
//! its verdict. Needs a Vulkan or GL driver (software is enough), hence the feature `pictures`.

use std::collections::HashSet;
use std::path::PathBuf;

use bundlescope::analyse::{Options, Progress, analyse};
use bundlescope::app::{App, Theme};
use bundlescope::bundle::Input;
use eframe::egui::{Key, Vec2};
use egui_kittest::Harness;
use image::RgbaImage;

use crate::ui::{good_log, input, read};

const GOOD: &[u8] = include_bytes!("../../assets/samples/good.zip");
const FAILING: &[u8] = include_bytes!("../../assets/samples/failing.zip");

fn picture(sample: &[u8], theme: Theme) -> RgbaImage {
    let input = Input::Memory { name: "sample.zip".into(), bytes: sample.into() };
    let analyses = analyse(&[input], &Options::default(), &Progress::new()).unwrap();
    let mut app = App::new(theme);
    for analysis in analyses {
        app.show(analysis);
    }
    let mut harness = Harness::builder().with_size(Vec2::new(1280.0, 800.0)).wgpu().build_eframe(move |cc| {
        App::prepare(&cc.egui_ctx);
        app
    });
    harness.run_steps(4);
    harness.render().unwrap()
}

/// Mean brightness, 0 to 1.
fn brightness(picture: &RgbaImage) -> f64 {
    let sum: f64 = picture.pixels().map(|p| (f64::from(p[0]) + f64::from(p[1]) + f64::from(p[2])) / 765.0).sum();
    sum / f64::from(picture.width() * picture.height())
}

/// How many pixels are of this colour, a step of rounding apart.
fn of_colour(picture: &RgbaImage, colour: u32) -> usize {
    let want = [(colour >> 16) as u8, (colour >> 8) as u8, colour as u8];
    picture.pixels().filter(|p| (0..3).all(|i| p[i].abs_diff(want[i]) <= 2)).count()
}

#[test]
fn each_sample_in_each_theme_shows_itself() {
    // Tones of the visual language: ok and fail, dark and light.
    let dark = (Theme::Dark, 0x3F_C7_9E, 0xFF_7A_68);
    let light = (Theme::Light, 0x04_71_4F, 0xA3_14_0A);
    for (theme, ok, fail) in [dark, light] {
        let (good, failing) = (picture(GOOD, theme), picture(FAILING, theme));
        for one in [&good, &failing] {
            assert_eq!(one.dimensions(), (1280, 800));
            let colours: HashSet<_> = one.pixels().map(|p| p.0).collect();
            assert!(colours.len() > 100, "only {} colours", colours.len());
        }
        match theme {
            Theme::Light => assert!(brightness(&good) > 0.75, "light: {}", brightness(&good)),
            _ => assert!(brightness(&good) < 0.25, "dark: {}", brightness(&good)),
        }
        assert!(of_colour(&good, ok) > 300, "the good sample shows ok: {}", of_colour(&good, ok));
        assert!(of_colour(&failing, fail) > 300, "the failing sample shows a failure: {}", of_colour(&failing, fail));
        assert!(of_colour(&good, fail) < of_colour(&failing, fail) / 4, "the good sample shows no failure");
    }
}

/// One picture: name, size in points, pixels a point, theme, keys pressed before it is taken.
type Shot = (&'static str, (f32, f32), f32, Theme, &'static [Key]);

const SHOTS: [Shot; 10] = [
    ("overview-dark", (1280.0, 800.0), 1.0, Theme::Dark, &[]),
    ("overview-light-2560", (2560.0, 1440.0), 1.0, Theme::Light, &[]),
    ("overview-light-150", (960.0, 600.0), 1.5, Theme::Light, &[]),
    ("timeline-dark", (1440.0, 900.0), 1.0, Theme::Dark, &[Key::Num2]),
    ("timeline-light", (1280.0, 800.0), 1.0, Theme::Light, &[Key::Num2]),
    ("timeline-contrast", (1280.0, 800.0), 1.0, Theme::HighContrast, &[Key::Num2]),
    ("calls-light", (1280.0, 800.0), 1.0, Theme::Light, &[Key::Num3]),
    ("messages-dark", (1280.0, 800.0), 1.0, Theme::Dark, &[Key::Num4]),
    ("files-dark", (1280.0, 800.0), 1.0, Theme::Dark, &[Key::Num7]),
    ("help-light", (1280.0, 800.0), 1.0, Theme::Light, &[Key::Questionmark]),
];

#[test]
fn the_main_states_can_be_looked_at() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let analyses = read(vec![input("good.log", good_log().into_bytes())]);
    for (name, size, scale, theme, keys) in SHOTS {
        let mut app = App::new(theme);
        for analysis in &analyses {
            app.show(std::sync::Arc::clone(analysis));
        }
        let harness = Harness::builder().with_size(Vec2::new(size.0, size.1)).with_pixels_per_point(scale);
        let mut harness = harness.wgpu().build_eframe(move |cc| {
            App::prepare(&cc.egui_ctx);
            app
        });
        harness.run_steps(4);
        for key in keys {
            harness.key_press(*key);
            harness.run_steps(4);
        }
        let picture = harness.render().unwrap();
        picture.save(folder.join(format!("{name}.png"))).unwrap();
        assert_eq!(picture.dimensions(), ((size.0 * scale) as u32, (size.1 * scale) as u32), "{name}");
        let colours: HashSet<_> = picture.pixels().step_by(7).collect();
        assert!(colours.len() > 60, "{name} has only {} colours", colours.len());
    }
    println!("pictures in {}", folder.display());
}

#[test]
fn the_log_around_a_proof_can_be_looked_at() {
    use eframe::egui::accesskit::Role;
    use egui_kittest::kittest::Queryable;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, theme) in [("lines-dark", Theme::Dark), ("lines-light", Theme::Light)] {
        let mut app = App::new(theme);
        for analysis in read(vec![input("current_log.txt", crate::case::token_refused().into_bytes())]) {
            app.show(analysis);
        }
        let harness = Harness::builder().with_size(Vec2::new(1440.0, 900.0));
        let mut harness = harness.wgpu().build_eframe(move |cc| {
            App::prepare(&cc.egui_ctx);
            app
        });
        harness.run_steps(4);
        harness.get_by_role_and_label(Role::Button, "Show the log lines").click();
        for _ in 0..30 {
            harness.run_steps(2);
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let picture = harness.render().unwrap();
        picture.save(folder.join(format!("{name}.png"))).unwrap();
        let colours: HashSet<_> = picture.pixels().step_by(7).collect();
        assert!(colours.len() > 60, "{name} has only {} colours", colours.len());
    }
}

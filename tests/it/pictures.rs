//! Pictures of the window, painted by the renderer without a display: each sample in each theme shows itself, with the colour of
//! its verdict. Needs a Vulkan or GL driver (software is enough), hence the feature `pictures`.

use std::collections::HashSet;

use bundlescope::analyse::{Options, Progress, analyse};
use bundlescope::app::{App, Theme};
use bundlescope::bundle::Input;
use eframe::egui::Vec2;
use egui_kittest::Harness;
use image::RgbaImage;

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

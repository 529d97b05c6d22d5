//! Contrast of every colour on every ground it is drawn on (WCAG 2.2: 4.5 for text, 3 for shapes and lines that carry meaning), and how
//! far tones and series stay apart for eyes that see no red, green or blue. In: the tokens. Out: a failure that names the pair.

use bundlescope::ui::{Palette, Scheme};
use eframe::egui::Color32;

const SCHEMES: [Scheme; 3] = [Scheme::Dark, Scheme::Light, Scheme::HighContrast];

fn linear(color: Color32) -> [f64; 3] {
    [color.r(), color.g(), color.b()].map(|v| {
        let v = f64::from(v) / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    })
}

/// WCAG 2.2, relative luminance and contrast ratio.
fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance = |c| {
        let [r, g, b] = linear(c);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b): (f64, f64) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

type Named = (&'static str, Color32);

fn grounds(p: &Palette) -> Vec<Named> {
    vec![("base", p.base), ("panel", p.panel), ("raised", p.raised), ("hover", p.hover), ("sel", p.sel)]
}

fn tones(p: &Palette) -> Vec<(Named, Color32)> {
    vec![
        (("ok", p.ok), p.ok_tint),
        (("info", p.info), p.info_tint),
        (("warn", p.warn), p.warn_tint),
        (("fail", p.fail), p.fail_tint),
    ]
}

/// Every pair of an ink and a ground that the window paints, with the least contrast it must have.
fn pairs(p: &Palette) -> Vec<(Named, Named, f64)> {
    let mut out = Vec::new();
    for ground in grounds(p) {
        let texts = [("t1", p.t1), ("t2", p.t2), ("accent", p.accent)];
        out.extend(texts.into_iter().chain(tones(p).into_iter().map(|(tone, _)| tone)).map(|ink| (ink, ground, 4.5)));
        // On the selection third ink is drawn as second.
        if ground.0 != "sel" {
            out.push((("t3", p.t3), ground, 4.5));
        }
    }
    for (tone, tint) in tones(p) {
        out.push((tone, ("its tint", tint), 4.5));
        // Names of stages stand on the tint of the one that failed.
        out.push((("t1", p.t1), ("a tint", tint), 4.5));
        out.push((("ontone", p.ontone), tone, 4.5));
    }
    // The primary button, the flag of the time cursor.
    out.push((("ontone", p.ontone), ("accent", p.accent), 4.5));
    out.push((("oncursor", p.oncursor), ("cursor", p.cursor), 4.5));
    for fill in p.fills {
        out.push((("t1", p.t1), ("a lane's fill", fill), 4.5));
        out.push((("t2", p.t2), ("a lane's fill", fill), 4.5));
    }
    for line in p.series {
        for ground in [("base", p.base), ("panel", p.panel), ("sel", p.sel), ("hover", p.hover)] {
            out.push((("a series", line), ground, 3.0));
        }
    }
    // The focus ring and the time cursor lie over all of them.
    for ground in grounds(p) {
        out.push((("the focus ring", p.accent), ground, 3.0));
        out.push((("cursor", p.cursor), ground, 3.0));
    }
    out
}

#[test]
fn every_ink_can_be_read_on_every_ground_it_stands_on() {
    let mut faults = Vec::new();
    for scheme in SCHEMES {
        let mut least = (f64::MAX, String::new());
        for ((ink, a), (ground, b), wanted) in pairs(Palette::of(scheme)) {
            let found = contrast(a, b);
            let said = format!("{scheme:?}: {ink} on {ground} {found:.2}, wanted {wanted}");
            if found < wanted {
                faults.push(said.clone());
            }
            if wanted >= 4.5 && found < least.0 {
                least = (found, said);
            }
        }
        println!("least of the texts: {}", least.1);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn high_contrast_is_higher() {
    let high = Palette::of(Scheme::HighContrast);
    for ((ink, a), (ground, b), wanted) in pairs(high).into_iter().filter(|(.., wanted)| *wanted >= 4.5) {
        assert!(contrast(a, b) >= 7.0, "{ink} on {ground} {:.2}, wanted 7 instead of {wanted}", contrast(a, b));
    }
    assert!(contrast(high.strong, high.panel) >= 7.0 && contrast(high.hair, high.panel) >= 3.0);
}

/// How a colour looks to an eye without one of its receptors: Machado, Oliveira, Fernandes 2009, severity 1.
fn seen(color: Color32, kind: usize) -> [f64; 3] {
    const KINDS: [[[f64; 3]; 3]; 3] = [
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ];
    let rgb = linear(color);
    KINDS[kind].map(|row| row.iter().zip(rgb).map(|(m, v)| m * v).sum::<f64>().clamp(0.0, 1.0))
}

/// CIE L*a*b* of linear sRGB under D65.
fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let x = (0.412_456 * r + 0.357_576 * g + 0.180_438 * b) / 0.950_47;
    let y = 0.212_673 * r + 0.715_152 * g + 0.072_175 * b;
    let z = (0.019_334 * r + 0.119_192 * g + 0.950_304 * b) / 1.088_83;
    let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    [116.0 * f(y) - 16.0, 500.0 * (f(x) - f(y)), 200.0 * (f(y) - f(z))]
}

/// ΔE of CIE 1976: a plain distance, larger than ΔE2000 for strong colours.
fn apart(a: Color32, b: Color32, kind: usize) -> f64 {
    let (a, b) = (lab(seen(a, kind)), lab(seen(b, kind)));
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn tones_and_series_stay_apart_for_colour_blind_eyes() {
    for scheme in SCHEMES {
        let p = Palette::of(scheme);
        let tones: Vec<Color32> = tones(p).into_iter().map(|((_, color), _)| color).collect();
        for (what, colors, least) in [("tones", tones, 4.5), ("series", p.series.to_vec(), 8.0)] {
            for kind in 0..3 {
                let pairs = colors.iter().enumerate().flat_map(|(n, a)| colors.iter().skip(n + 1).map(move |b| (a, b)));
                let found = pairs.map(|(a, b)| apart(*a, *b, kind)).fold(f64::MAX, f64::min);
                println!("{scheme:?} {what} kind {kind}: least {found:.1}");
                assert!(found >= least, "{scheme:?} {what} kind {kind}: {found:.1}");
            }
        }
    }
}

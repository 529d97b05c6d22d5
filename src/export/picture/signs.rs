//! Shapes that carry meaning without colour, as the window paints them. In: a tone or sign, a place, a size. Out: shapes in a drawing.
//! Directions are written out as numbers, since sines differ between machines in their last digit.

use super::draw::{Area, Drawing, Pen, Point};
use super::look::{Palette, Rgb};
use crate::base::Tone;

/// Cosine and sine of an eighth of a half turn: the corners of an octagon.
const OCTAGON: (f64, f64) = (0.923_879_53, 0.382_683_43);

/// The shape of a tone, `size` points around `centre`.
pub fn tone(drawing: &mut Drawing, palette: &Palette<Rgb>, centre: Point, size: f64, tone: Tone) {
    let r = size / 2.0;
    let at = |x: f64, y: f64| (centre.0 + x * r, centre.1 + y * r);
    let ink = palette.ontone;
    match tone {
        Tone::Ok => {
            drawing.disc(centre, r, palette.ok);
            drawing.line([at(-0.42, 0.03), at(-0.1, 0.36), at(0.46, -0.3)], Pen::new((size / 7.5).max(1.2), ink));
        }
        Tone::Info => {
            drawing.fill(Area::around(centre, size * 0.92, size * 0.92), size * 0.2, palette.info);
            drawing.line([at(0.0, -0.08), at(0.0, 0.5)], Pen::new((size / 6.5).max(1.3), ink));
            drawing.disc(at(0.0, -0.45), (size / 11.0).max(0.9), ink);
        }
        Tone::Warn => {
            drawing.polygon([at(0.0, -0.95), at(1.02, 0.85), at(-1.02, 0.85)], palette.warn);
            drawing.line([at(0.0, -0.36), at(0.0, 0.26)], Pen::new((size / 7.0).max(1.2), ink));
            drawing.disc(at(0.0, 0.56), (size / 12.0).max(0.8), ink);
        }
        Tone::Fail => {
            let (far, near) = (OCTAGON.0 * 1.04, OCTAGON.1 * 1.04);
            let corners =
                [(far, near), (near, far), (-near, far), (-far, near), (-far, -near), (-near, -far), (near, -far), (far, -near)];
            drawing.polygon(corners.map(|(x, y)| at(x, y)), palette.fail);
            let pen = Pen::new((size / 7.0).max(1.3), ink);
            drawing.lines(vec![(at(-0.36, -0.36), at(0.36, 0.36)), (at(0.36, -0.36), at(-0.36, 0.36))], pen);
        }
        Tone::Muted => drawing.ring(centre, r - 0.6, Pen::new(1.2, palette.t3).dashed(size * 0.2, size * 0.14)),
        Tone::Series(n) => drawing.fill(Area::around(centre, size * 0.8, size * 0.8), 1.5, palette.series(n)),
    }
}

/// A triangle pointing up (sent) or down (received, refreshed).
pub fn triangle(drawing: &mut Drawing, (x, y): Point, half: f64, up: bool, colour: Rgb) {
    let tip = if up { -half } else { half };
    drawing.polygon([(x, y + tip), (x + half * 0.9, y - tip), (x - half * 0.9, y - tip)], colour);
}

/// A diamond: another codec from here.
pub fn diamond(drawing: &mut Drawing, (x, y): Point, half: f64, colour: Rgb) {
    drawing.polygon([(x, y - half), (x + half, y), (x, y + half), (x - half, y)], colour);
}

/// A chevron: pointing right when closed, down when open.
pub fn chevron(drawing: &mut Drawing, (x, y): Point, half: f64, open: bool, colour: Rgb) {
    let points = if open {
        [(x - half, y - half * 0.5), (x, y + half * 0.5), (x + half, y - half * 0.5)]
    } else {
        [(x - half * 0.5, y - half), (x + half * 0.5, y), (x - half * 0.5, y + half)]
    };
    drawing.line(points, Pen::new(1.4, colour));
}

/// A level arrow with a filled head, or dashed without one when the way is not known.
pub fn arrow(drawing: &mut Drawing, from: Point, to: Point, head: bool, colour: Rgb) {
    let pen = Pen::new(1.4, colour);
    if !head {
        drawing.line([from, to], pen.dashed(4.0, 3.0));
        return;
    }
    let neck = if to.0 > from.0 { to.0 - 7.0 } else { to.0 + 7.0 };
    drawing.line([from, (neck, to.1)], pen);
    drawing.polygon([to, (neck, to.1 - 3.4), (neck, to.1 + 3.4)], colour);
}

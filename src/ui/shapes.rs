//! Shapes that carry meaning without colour. In: a tone or sign, a place, a size. Out: painted shapes. No font has them all.

use std::f32::consts::{PI, TAU};

use eframe::egui::{Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use super::tokens::Palette;
use crate::base::Tone;

/// A sign beyond the tones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Ok, info, warn, fail as their shapes.
    Tone(Tone),
    /// Not seen: a dashed ring.
    NotSeen,
    /// Does not apply: a ring with a bar.
    NotApplicable,
    /// Missing: a dashed square.
    Missing,
}

/// Paints a sign of `size` points around `center`.
pub fn sign(painter: &Painter, palette: &Palette, center: Pos2, size: f32, sign: Sign) {
    let r = size / 2.0;
    let line = Stroke::new((size / 11.0).max(1.0), palette.ontone);
    let at = |x: f32, y: f32| center + vec2(x, y) * r;
    match sign {
        Sign::Tone(Tone::Ok) => {
            painter.circle_filled(center, r, palette.ok);
            let stroke = Stroke::new((size / 7.5).max(1.2), palette.ontone);
            painter.line(vec![at(-0.42, 0.03), at(-0.1, 0.36), at(0.46, -0.3)], stroke);
        }
        Sign::Tone(Tone::Info) => {
            painter.rect_filled(Rect::from_center_size(center, Vec2::splat(size * 0.92)), size * 0.2, palette.info);
            let stroke = Stroke::new((size / 6.5).max(1.3), palette.ontone);
            painter.line_segment([at(0.0, -0.08), at(0.0, 0.5)], stroke);
            painter.circle_filled(at(0.0, -0.45), (size / 11.0).max(0.9), palette.ontone);
        }
        Sign::Tone(Tone::Warn) => {
            let points = vec![at(0.0, -0.95), at(1.02, 0.85), at(-1.02, 0.85)];
            painter.add(Shape::convex_polygon(points, palette.warn, Stroke::new(1.0, palette.warn)));
            painter.line_segment([at(0.0, -0.36), at(0.0, 0.26)], Stroke::new((size / 7.0).max(1.2), palette.ontone));
            painter.circle_filled(at(0.0, 0.56), (size / 12.0).max(0.8), palette.ontone);
        }
        Sign::Tone(Tone::Fail) => {
            let corner = |n: i32| {
                let angle = PI / 8.0 + n as f32 * TAU / 8.0;
                center + vec2(angle.cos(), angle.sin()) * r * 1.04
            };
            painter.add(Shape::convex_polygon((0..8).map(corner).collect(), palette.fail, Stroke::NONE));
            let stroke = Stroke::new((size / 7.0).max(1.3), palette.ontone);
            painter.line_segment([at(-0.36, -0.36), at(0.36, 0.36)], stroke);
            painter.line_segment([at(0.36, -0.36), at(-0.36, 0.36)], stroke);
        }
        Sign::Tone(Tone::Muted) | Sign::NotSeen => {
            let dashes = 9;
            for n in 0..dashes {
                let from = n as f32 / dashes as f32 * TAU;
                let arc = (0..=4).map(|k| {
                    let angle = from + k as f32 / 4.0 * TAU / dashes as f32 * 0.58;
                    center + vec2(angle.cos(), angle.sin()) * (r - 0.6)
                });
                painter.line(arc.collect(), Stroke::new(1.2, palette.t3));
            }
        }
        Sign::NotApplicable => {
            painter.circle_stroke(center, r - 0.6, Stroke::new(1.2, palette.t3));
            painter.line_segment([at(-0.5, 0.0), at(0.5, 0.0)], Stroke::new(line.width.max(1.2), palette.t3));
        }
        Sign::Tone(Tone::Series(n)) => {
            painter.rect_filled(Rect::from_center_size(center, Vec2::splat(size * 0.8)), 1.5, palette.series(n));
        }
        Sign::Missing => {
            let rect = Rect::from_center_size(center, Vec2::splat(size - 1.5));
            let path = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
            painter.extend(Shape::dashed_line(&path, Stroke::new(1.2, palette.warn), 2.2, 1.8));
        }
    }
}

/// A triangle pointing up (sent), down (received) or hollow down (refresh).
pub fn triangle(painter: &Painter, center: Pos2, half: f32, up: bool, color: Color32) {
    let y = if up { -half } else { half };
    let points = vec![center + vec2(0.0, y), center + vec2(half * 0.9, -y), center + vec2(-half * 0.9, -y)];
    painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
}

/// A diamond: another codec from here.
pub fn diamond(painter: &Painter, center: Pos2, half: f32, color: Color32) {
    let points = vec![center - vec2(0.0, half), center + vec2(half, 0.0), center + vec2(0.0, half), center - vec2(half, 0.0)];
    painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
}

/// A chevron: pointing right when closed, down when open.
pub fn chevron(painter: &Painter, center: Pos2, half: f32, open: bool, color: Color32) {
    let stroke = Stroke::new(1.4, color);
    let points = if open {
        vec![center + vec2(-half, -half * 0.5), center + vec2(0.0, half * 0.5), center + vec2(half, -half * 0.5)]
    } else {
        vec![center + vec2(-half * 0.5, -half), center + vec2(half * 0.5, 0.0), center + vec2(-half * 0.5, half)]
    };
    painter.line(points, stroke);
}

/// A pin: stays where it is.
pub fn pin(painter: &Painter, center: Pos2, half: f32, color: Color32) {
    painter.circle_filled(center - vec2(0.0, half * 0.5), half * 0.7, color);
    painter.line_segment([center, center + vec2(0.0, half * 1.3)], Stroke::new(1.3, color));
}

/// A cross: closes a tab.
pub fn cross(painter: &Painter, center: Pos2, half: f32, color: Color32) {
    let stroke = Stroke::new(1.3, color);
    painter.line_segment([center - Vec2::splat(half), center + Vec2::splat(half)], stroke);
    painter.line_segment([center + vec2(half, -half), center + vec2(-half, half)], stroke);
}

/// An arrow with a filled head, or none when the way is not known.
pub fn arrow(painter: &Painter, from: Pos2, to: Pos2, head: bool, stroke: Stroke) {
    let way = (to - from).normalized();
    if !head {
        painter.extend(Shape::dashed_line(&[from, to], stroke, 4.0, 3.0));
        return;
    }
    let neck = to - way * 7.0;
    let side = way.rot90() * 3.4;
    painter.line_segment([from, neck], stroke);
    painter.add(Shape::convex_polygon(vec![to, neck + side, neck - side], stroke.color, Stroke::NONE));
}

/// Hatch over a rectangle: `/`, `\` or both, clipped to it.
pub fn hatch(painter: &Painter, rect: Rect, ways: (bool, bool), color: Color32) {
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(rect));
    let visible = painter.clip_rect();
    let step = 6.0;
    let stroke = Stroke::new(1.0, color);
    let height = rect.height();
    // Lines keep their place when the view moves: they are counted from the span's own left edge.
    let first = ((visible.left() - rect.left() - height) / step).floor().max(0.0) as i32 - 1;
    let last = ((visible.right() - rect.left() + height) / step).ceil() as i32;
    for n in first..=last.min(first.saturating_add(4_000)) {
        let x = rect.left() + n as f32 * step;
        if ways.0 {
            painter.line_segment([pos2(x, rect.bottom()), pos2(x + height, rect.top())], stroke);
        }
        if ways.1 {
            painter.line_segment([pos2(x, rect.top()), pos2(x + height, rect.bottom())], stroke);
        }
    }
}

/// The program's mark: three lanes and the time cursor.
pub fn logo(painter: &Painter, palette: &Palette, rect: Rect) {
    let line = Stroke::new(1.0, palette.strong);
    painter.rect(rect, CornerRadius::same(4), palette.base, line, StrokeKind::Inside);
    let bar = |x: f32, y: f32, w: f32, color: Color32| {
        let min = rect.min + vec2(x, y) * rect.width();
        painter.rect_filled(Rect::from_min_size(min, vec2(w, 0.11) * rect.width()), 0.5, color);
    };
    bar(0.18, 0.24, 0.38, palette.series(1));
    bar(0.34, 0.45, 0.46, palette.series(3));
    bar(0.26, 0.66, 0.34, palette.series(2));
    let x = rect.left() + rect.width() * 0.6;
    painter.vline(x, rect.top() + 3.0..=rect.bottom() - 3.0, Stroke::new(1.3, palette.t1));
}

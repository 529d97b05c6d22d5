//! A picture before it has a form: what stands where, in points from the top left. In: calls of those who lay a view out. Out:
//! [`Drawing`], which `svg` writes. Must not know a fact of a log, nor a file format.

use super::fonts::Type;
use super::look::Rgb;
use crate::base::visible;

/// A point: x to the right, y down.
pub type Point = (f64, f64);

/// A rectangle by its edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

impl Area {
    /// By its edges.
    pub fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { left, top, right, bottom }
    }

    /// By its top left corner and size.
    pub fn sized(left: f64, top: f64, width: f64, height: f64) -> Self {
        Self::new(left, top, left + width, top + height)
    }

    /// Around a point.
    pub fn around((x, y): Point, width: f64, height: f64) -> Self {
        Self::sized(x - width / 2.0, y - height / 2.0, width, height)
    }

    /// Width; not below 0.
    pub fn width(self) -> f64 {
        (self.right - self.left).max(0.0)
    }

    /// Height; not below 0.
    pub fn height(self) -> f64 {
        (self.bottom - self.top).max(0.0)
    }

    /// Half way down.
    pub fn middle(self) -> f64 {
        (self.top + self.bottom) / 2.0
    }

    /// Smaller by `x` at the left and right and `y` above and below.
    #[must_use]
    pub fn shrunk(self, x: f64, y: f64) -> Self {
        Self::new(self.left + x, self.top + y, self.right - x, self.bottom - y)
    }

    /// Takes a strip off the left.
    pub fn cut_left(&mut self, width: f64) -> Self {
        let strip = Self { right: self.left + width, ..*self };
        self.left += width;
        strip
    }

    /// Takes a strip off the right.
    pub fn cut_right(&mut self, width: f64) -> Self {
        let strip = Self { left: self.right - width, ..*self };
        self.right -= width;
        strip
    }

    /// Takes a strip off the top.
    pub fn cut_top(&mut self, height: f64) -> Self {
        let strip = Self { bottom: self.top + height, ..*self };
        self.top += height;
        strip
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    /// In points.
    pub width: f64,
    /// Its colour.
    pub colour: Rgb,
    /// Drawn and left out, in points; `None`: without gaps.
    pub dash: Option<(f64, f64)>,
}

impl Pen {
    /// Without gaps.
    pub fn new(width: f64, colour: Rgb) -> Self {
        Self { width, colour, dash: None }
    }

    /// With gaps.
    #[must_use]
    pub fn dashed(self, on: f64, off: f64) -> Self {
        Self { dash: Some((on, off)), ..self }
    }
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// The first letter.
    Start,
    /// The middle.
    Middle,
    /// The last letter.
    End,
}

/// One thing drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle.
    Rect {
        /// Where.
        area: Area,
        /// Radius of its corners.
        corner: f64,
        /// What it is filled with.
        fill: Option<Rgb>,
        /// Its edge, inside of it.
        edge: Option<Pen>,
    },
    /// A line through points.
    Line {
        /// From the first to the last.
        points: Vec<Point>,
        /// How.
        pen: Pen,
    },
    /// Several lines of one kind: ticks, a hatch.
    Lines {
        /// From and to.
        ends: Vec<(Point, Point)>,
        /// How.
        pen: Pen,
    },
    /// A closed shape.
    Polygon {
        /// Its corners.
        points: Vec<Point>,
        /// What it is filled with.
        fill: Rgb,
    },
    /// A disc or ring.
    Circle {
        /// Its middle.
        centre: Point,
        /// Its radius.
        radius: f64,
        /// What it is filled with.
        fill: Option<Rgb>,
        /// Its line, half inside.
        edge: Option<Pen>,
    },
    /// One line of text.
    Text {
        /// Where its start, middle or end stands on the line it is written on.
        at: Point,
        /// Which of these.
        align: Align,
        /// What is written, cut already.
        text: String,
        /// Face and size.
        kind: Type,
        /// Its colour.
        colour: Rgb,
        /// How wide it is.
        width: f64,
    },
    /// From here on only what is inside this rectangle is seen.
    Clip(Area),
    /// Ends the last [`Shape::Clip`].
    EndClip,
}

/// Where the line on which letters stand is below the middle of a row, in parts of the size: half of a capital's height.
const BASELINE: f64 = 0.35;

/// A picture as a list of what is drawn, the lowest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Width in points.
    pub width: f64,
    /// Height in points.
    pub height: f64,
    /// What all stands on.
    pub ground: Rgb,
    /// What it is, for readers who cannot see it.
    pub title: String,
    /// What is drawn.
    pub shapes: Vec<Shape>,
}

impl Drawing {
    /// An empty picture.
    pub fn new(width: f64, height: f64, ground: Rgb) -> Self {
        Self { width, height, ground, title: String::new(), shapes: Vec::new() }
    }

    /// Every text as it is drawn, and the title.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let drawn = self.shapes.iter().filter_map(|shape| match shape {
            Shape::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        std::iter::once(self.title.as_str()).filter(|t| !t.is_empty()).chain(drawn)
    }

    /// Draws another picture into this one, its top left corner at `at`.
    pub fn inset(&mut self, at: Point, other: &Self) {
        let move_point = |(x, y): Point| (x + at.0, y + at.1);
        let move_area = |a: Area| Area::new(a.left + at.0, a.top + at.1, a.right + at.0, a.bottom + at.1);
        for shape in &other.shapes {
            let mut shape = shape.clone();
            match &mut shape {
                Shape::Rect { area, .. } | Shape::Clip(area) => *area = move_area(*area),
                Shape::Line { points, .. } | Shape::Polygon { points, .. } => {
                    points.iter_mut().for_each(|p| *p = move_point(*p));
                }
                Shape::Lines { ends, .. } => ends.iter_mut().for_each(|(a, b)| (*a, *b) = (move_point(*a), move_point(*b))),
                Shape::Circle { centre: at, .. } | Shape::Text { at, .. } => *at = move_point(*at),
                Shape::EndClip => {}
            }
            self.shapes.push(shape);
        }
    }

    /// A filled rectangle.
    pub fn fill(&mut self, area: Area, corner: f64, fill: Rgb) {
        self.shapes.push(Shape::Rect { area, corner, fill: Some(fill), edge: None });
    }

    /// A rectangle with an edge.
    pub fn frame(&mut self, area: Area, corner: f64, fill: Option<Rgb>, edge: Pen) {
        self.shapes.push(Shape::Rect { area, corner, fill, edge: Some(edge) });
    }

    /// A line through points; fewer than two draw nothing.
    pub fn line(&mut self, points: impl Into<Vec<Point>>, pen: Pen) {
        let points = points.into();
        if points.len() > 1 {
            self.shapes.push(Shape::Line { points, pen });
        }
    }

    /// A level line.
    pub fn level(&mut self, left: f64, right: f64, y: f64, pen: Pen) {
        self.line([(left, y), (right, y)], pen);
    }

    /// An upright line.
    pub fn upright(&mut self, x: f64, top: f64, bottom: f64, pen: Pen) {
        self.line([(x, top), (x, bottom)], pen);
    }

    /// Many lines of one kind.
    pub fn lines(&mut self, ends: Vec<(Point, Point)>, pen: Pen) {
        if !ends.is_empty() {
            self.shapes.push(Shape::Lines { ends, pen });
        }
    }

    /// A filled shape.
    pub fn polygon(&mut self, points: impl Into<Vec<Point>>, fill: Rgb) {
        self.shapes.push(Shape::Polygon { points: points.into(), fill });
    }

    /// A disc.
    pub fn disc(&mut self, centre: Point, radius: f64, fill: Rgb) {
        self.shapes.push(Shape::Circle { centre, radius, fill: Some(fill), edge: None });
    }

    /// A ring.
    pub fn ring(&mut self, centre: Point, radius: f64, edge: Pen) {
        self.shapes.push(Shape::Circle { centre, radius, fill: None, edge: Some(edge) });
    }

    /// Hatch over a rectangle: `/`, `\` or both.
    pub fn hatch(&mut self, area: Area, ways: (bool, bool), colour: Rgb) {
        const STEP: f64 = 6.0;
        let height = area.height();
        let first = -(height / STEP).ceil() as i64;
        let last = (area.width() / STEP).ceil() as i64;
        let mut ends = Vec::new();
        for n in first..=last.min(20_000) {
            let x = area.left + n as f64 * STEP;
            let (from, to) = (x.max(area.left), (x + height).min(area.right));
            if to <= from {
                continue;
            }
            // A line that rises by its length: what is cut off at a side is cut off in height.
            if ways.0 {
                ends.push(((from, area.bottom - (from - x)), (to, area.bottom - (to - x))));
            }
            if ways.1 {
                ends.push(((from, area.top + (from - x)), (to, area.top + (to - x))));
            }
        }
        self.lines(ends, Pen::new(1.0, colour));
    }

    /// What `draw` draws is seen inside `area` only.
    pub fn clipped(&mut self, area: Area, draw: impl FnOnce(&mut Self)) {
        self.shapes.push(Shape::Clip(area));
        draw(self);
        self.shapes.push(Shape::EndClip);
    }

    /// One line of text inside an area, centred in its height, cut with an ellipsis; gives its right end.
    pub fn text(&mut self, area: Area, align: Align, text: &str, kind: Type, colour: Rgb) -> f64 {
        let text = kind.cut(&writable(text), area.width());
        let width = kind.width(&text);
        let x = match align {
            Align::Start => area.left,
            Align::Middle => (area.left + area.right) / 2.0,
            Align::End => area.right,
        };
        if !text.trim().is_empty() {
            let y = area.middle() + kind.size() * BASELINE;
            self.shapes.push(Shape::Text { at: (x, y), align, text, kind, colour, width });
        }
        match align {
            Align::Start => x + width,
            Align::Middle => x + width / 2.0,
            Align::End => x,
        }
    }

    /// The same on ground of its own, so that no line runs through the letters.
    pub fn grounded(&mut self, area: Area, align: Align, text: &str, kind: Type, colour: Rgb) -> f64 {
        let width = kind.width(&kind.cut(text, area.width()));
        let left = match align {
            Align::Start => area.left,
            Align::Middle => (area.left + area.right - width) / 2.0,
            Align::End => area.right - width,
        };
        if width > 0.0 {
            let ground = Area::around((left + width / 2.0, area.middle()), width + 6.0, kind.size() + 4.0);
            self.fill(ground, 0.0, self.ground);
        }
        self.text(area, align, text, kind, colour)
    }

    /// Pieces of text after each other, parted by `gap`, until the area is full; gives the right end of the last.
    pub fn pieces(&mut self, mut area: Area, gap: f64, pieces: &[(&str, Type, Rgb)]) -> f64 {
        let mut end = area.left;
        for (text, kind, colour) in pieces.iter().filter(|p| !p.0.is_empty()) {
            if area.width() < kind.width("……") && kind.width(text) > area.width() {
                break;
            }
            end = self.text(area, Align::Start, text, *kind, *colour);
            area.left = end + gap;
        }
        end
    }

    /// Text in lines of `leading` points, the middle of the first at `middle`.
    pub fn cell(&mut self, area: Area, leading: f64, middle: f64, lines: &[String], kind: Type, colour: Rgb) {
        for (number, line) in (0..).zip(lines) {
            let top = middle - leading / 2.0 + f64::from(number) * leading;
            self.text(Area { top, bottom: top + leading, ..area }, Align::Start, line, kind, colour);
        }
    }

    /// Text in lines of `leading` points from the top of an area; gives where the last one ends.
    pub fn wrapped(&mut self, area: Area, leading: f64, most: usize, text: &str, kind: Type, colour: Rgb) -> f64 {
        let mut top = area.top;
        for line in kind.wrap(text, area.width(), most) {
            self.text(Area { top, bottom: top + leading, ..area }, Align::Start, &line, kind, colour);
            top += leading;
        }
        top
    }
}

/// Text that can stand in any form: control and direction characters as escapes, a replacement for what XML has no place for (XML 1.0,
/// production 2).
pub(super) fn writable(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' => ' ',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    };
    visible(text).chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INK: Rgb = Rgb([0, 0, 0]);

    #[test]
    fn a_hatch_stays_inside_its_area() {
        let area = Area::new(10.0, 20.0, 71.0, 45.0);
        let mut drawing = Drawing::new(100.0, 100.0, INK);
        drawing.hatch(area, (true, true), INK);
        let Some(Shape::Lines { ends, .. }) = drawing.shapes.first() else { unreachable!("a hatch is lines") };
        assert!(ends.len() > 20);
        for (x, y) in ends.iter().flat_map(|(a, b)| [a, b]) {
            assert!((10.0..=71.0).contains(x) && (20.0..=45.0).contains(y), "{x} {y}");
        }
        assert!(ends.iter().all(|((ax, ay), (bx, by))| ((bx - ax).abs() - (by - ay).abs()).abs() < 1e-9), "all at 45 degrees");
    }

    #[test]
    fn an_inset_moves_everything_and_texts_are_told() {
        let mut small = Drawing::new(50.0, 20.0, INK);
        small.text(Area::new(0.0, 0.0, 50.0, 20.0), Align::End, "first", Type::Body, INK);
        small.hatch(Area::new(0.0, 0.0, 50.0, 20.0), (true, false), INK);
        let mut large = Drawing::new(200.0, 100.0, INK);
        large.title = "what it is".to_owned();
        large.inset((100.0, 40.0), &small);
        let Some(Shape::Text { at, .. }) = large.shapes.first() else { unreachable!("its text") };
        assert_eq!(at.0, 150.0);
        assert_eq!(large.texts().collect::<Vec<_>>(), ["what it is", "first"]);
    }
}

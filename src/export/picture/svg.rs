//! A drawing as SVG (1.1). In: a [`Drawing`]. Out: text, the same every time: no clock, no identifier, nothing loaded from elsewhere.
//!
//! Text stays text. Its face is named and followed by a generic one, and each line says how long it is (`textLength`): where IBM Plex is
//! missing, another face is fitted to the same length, so that nothing runs into its neighbour. Clips are nested `svg` elements, so that
//! several pictures can stand in one page without sharing names.

use std::fmt::Write;

use super::draw::{Align, Drawing, Pen, Point, Shape, writable};

impl Drawing {
    /// The picture as one SVG element with a line end.
    pub fn svg(&self) -> String {
        let mut out = String::with_capacity(self.shapes.len() * 120 + 400);
        let (width, height) = (number(self.width), number(self.height));
        put(&mut out, format_args!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" "));
        put(&mut out, format_args!("viewBox=\"0 0 {width} {height}\" role=\"img\" font-kerning=\"none\">\n"));
        if !self.title.is_empty() {
            put(&mut out, format_args!("<title>{}</title>\n", escaped(&self.title)));
        }
        put(&mut out, format_args!("<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n", self.ground.hex()));
        let mut open = 0;
        for shape in &self.shapes {
            match shape {
                Shape::Clip(_) => open += 1,
                // What was not opened here must not end what was opened outside.
                Shape::EndClip if open == 0 => continue,
                Shape::EndClip => open -= 1,
                _ => {}
            }
            write_shape(&mut out, shape);
        }
        for _ in 0..open {
            out.push_str("</svg>\n");
        }
        out.push_str("</svg>\n");
        out
    }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}

fn write_shape(out: &mut String, shape: &Shape) {
    match shape {
        Shape::Rect { area, corner, fill, edge } => {
            // The edge lies inside: half of its width from the border.
            let inset = edge.map_or(0.0, |pen| pen.width / 2.0);
            let area = area.shrunk(inset, inset);
            put(out, format_args!("<rect x=\"{}\" y=\"{}\" ", number(area.left), number(area.top)));
            put(out, format_args!("width=\"{}\" height=\"{}\"", number(area.width()), number(area.height())));
            if *corner > 0.0 {
                put(out, format_args!(" rx=\"{}\"", number(*corner)));
            }
            put(
                out,
                format_args!(
                    " fill=\"{}\"{}/>\n",
                    fill.map_or("none".to_owned(), |f| f.hex()),
                    edge.map_or(String::new(), stroke)
                ),
            );
        }
        Shape::Line { points, pen } => {
            put(out, format_args!("<polyline points=\"{}\" fill=\"none\"{}/>\n", list(points), stroke(*pen)));
        }
        Shape::Lines { ends, pen } => {
            let path: Vec<String> = ends.iter().map(|(a, b)| format!("M{}L{}", pair(*a), pair(*b))).collect();
            put(out, format_args!("<path d=\"{}\" fill=\"none\"{}/>\n", path.concat(), stroke(*pen)));
        }
        Shape::Polygon { points, fill } => {
            put(out, format_args!("<polygon points=\"{}\" fill=\"{}\"/>\n", list(points), fill.hex()));
        }
        Shape::Circle { centre: (x, y), radius, fill, edge } => {
            put(out, format_args!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" ", number(*x), number(*y), number(*radius)));
            put(
                out,
                format_args!(
                    "fill=\"{}\"{}/>\n",
                    fill.map_or("none".to_owned(), |f| f.hex()),
                    edge.map_or(String::new(), stroke)
                ),
            );
        }
        Shape::Text { at: (x, y), align, text, kind, colour, width } => {
            let (family, weight) = kind.family();
            let generic = if family.ends_with("Mono") { "monospace" } else { "sans-serif" };
            put(out, format_args!("<text x=\"{}\" y=\"{}\" fill=\"{}\" ", number(*x), number(*y), colour.hex()));
            put(out, format_args!("font-family=\"'{family}',{generic}\" font-size=\"{}\"", number(kind.size())));
            if weight != 400 {
                put(out, format_args!(" font-weight=\"{weight}\""));
            }
            match align {
                Align::Start => {}
                Align::Middle => out.push_str(" text-anchor=\"middle\""),
                Align::End => out.push_str(" text-anchor=\"end\""),
            }
            put(out, format_args!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", number(*width)));
            put(out, format_args!(" xml:space=\"preserve\">{}</text>\n", escaped(text)));
        }
        Shape::Clip(area) => {
            let (x, y, width, height) = (number(area.left), number(area.top), number(area.width()), number(area.height()));
            put(out, format_args!("<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" "));
            put(out, format_args!("viewBox=\"{x} {y} {width} {height}\" overflow=\"hidden\">\n"));
        }
        Shape::EndClip => out.push_str("</svg>\n"),
    }
}

fn stroke(pen: Pen) -> String {
    let dash = pen.dash.map_or(String::new(), |(on, off)| format!(" stroke-dasharray=\"{} {}\"", number(on), number(off)));
    format!(" stroke=\"{}\" stroke-width=\"{}\"{dash}", pen.colour.hex(), number(pen.width))
}

fn list(points: &[Point]) -> String {
    let pairs: Vec<String> = points.iter().map(|p| pair(*p)).collect();
    pairs.join(" ")
}

fn pair((x, y): Point) -> String {
    format!("{},{}", number(x), number(y))
}

/// Hundredths of a point are finer than any screen. What is no number is 0.
fn number(value: f64) -> String {
    let hundredths = (value * 100.0).round();
    let hundredths = if hundredths.is_finite() { hundredths as i64 } else { 0 };
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    match part {
        0 => format!("{sign}{whole}"),
        p if p % 10 == 0 => format!("{sign}{whole}.{}", p / 10),
        p => format!("{sign}{whole}.{p:02}"),
    }
}

/// Text that cannot become markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in writable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_alike_everywhere() {
        let cases = [(0.0, "0"), (-0.001, "0"), (1.5, "1.5"), (1.25, "1.25"), (-3.05, "-3.05"), (1e9, "1000000000")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!((number(f64::NAN), number(f64::INFINITY)), ("0".to_owned(), "0".to_owned()));
    }

    #[test]
    fn text_is_no_markup() {
        assert_eq!(escaped("<script>\"a\" & 'b'\u{0}\u{ffff}"), "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\\u{0}\u{fffd}");
    }
}

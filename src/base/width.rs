//! How wide a text is, asked by layouts that know no screen. In: text and face. Out: points. Must not know any font file.

/// The faces of the visual language that layouts measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// Sans 400, 11.5: labels on spans, summaries on arrows.
    Label,
    /// Sans 600, 12: names on spans, methods on arrows.
    Strong,
    /// Mono 400, 11: times, lines, figures.
    Mono,
}

/// Measures text for a layout: the screen by its fonts, an export by its own, a test by a fixed width.
pub trait TextWidth {
    /// Width of one line in points.
    fn width_px(&self, text: &str, face: Face) -> f64;
}

/// Every character is this wide, in points. For tests and for text output.
#[derive(Clone, Copy, Debug)]
pub struct FixedWidth(pub f64);

impl TextWidth for FixedWidth {
    fn width_px(&self, text: &str, _face: Face) -> f64 {
        text.chars().count() as f64 * self.0
    }
}

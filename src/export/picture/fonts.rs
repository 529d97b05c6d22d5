//! The type scale and the embedded fonts, of window and pictures alike. In: the files in `assets/fonts`. Out: faces and sizes by role, how
//! wide a text is. Must not know a font of the system.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::base::{Face, TextWidth};

/// Every face: the name it has in the program and its file.
pub const FILES: [(&str, &[u8]); 6] = [
    ("sans", include_bytes!("../../../assets/fonts/IBMPlexSans-Regular.ttf")),
    ("sans-medium", include_bytes!("../../../assets/fonts/IBMPlexSans-Medium.ttf")),
    ("sans-semibold", include_bytes!("../../../assets/fonts/IBMPlexSans-SemiBold.ttf")),
    ("mono", include_bytes!("../../../assets/fonts/IBMPlexMono-Regular.ttf")),
    ("mono-medium", include_bytes!("../../../assets/fonts/IBMPlexMono-Medium.ttf")),
    ("mono-semibold", include_bytes!("../../../assets/fonts/IBMPlexMono-SemiBold.ttf")),
];

/// A role of the type scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// The verdict: 22 semibold.
    Verdict,
    /// The verdict as a strip: 14 semibold.
    Strip,
    /// A view's title: 16 semibold.
    Title,
    /// The head of a panel: 12.5 semibold.
    Head,
    /// Running text: 13.
    Body,
    /// Matched letters in running text: 13 semibold.
    BodyBold,
    /// A name in running text: 13 medium.
    Strong,
    /// Buttons, tables: 12.
    Table,
    /// Names in tables, lane heads: 12 medium.
    Name,
    /// Method or status on an arrow, label on a span: 12 semibold.
    Bold,
    /// Secondary text: 11.5.
    Small,
    /// Labels: 11 medium.
    Label,
    /// Log, SIP, ids, times: 11 mono.
    Mono,
    /// The same, marked: 11 mono semibold.
    MonoBold,
    /// The smallest: 10.
    Tiny,
    /// The smallest in mono: 10.
    TinyMono,
}

impl Type {
    /// Family and size in points.
    pub fn face(self) -> (&'static str, f32) {
        match self {
            Self::Verdict => ("sans-semibold", 22.0),
            Self::Strip => ("sans-semibold", 14.0),
            Self::Title => ("sans-semibold", 16.0),
            Self::Head => ("sans-semibold", 12.5),
            Self::Body => ("sans", 13.0),
            Self::BodyBold => ("sans-semibold", 13.0),
            Self::Strong => ("sans-medium", 13.0),
            Self::Table => ("sans", 12.0),
            Self::Name => ("sans-medium", 12.0),
            Self::Bold => ("sans-semibold", 12.0),
            Self::Small => ("sans", 11.5),
            Self::Label => ("sans-medium", 11.0),
            Self::Mono => ("mono", 11.0),
            Self::MonoBold => ("mono-semibold", 11.0),
            Self::Tiny => ("sans", 10.0),
            Self::TinyMono => ("mono", 10.0),
        }
    }

    /// The role that a layout measures.
    pub fn of(face: Face) -> Self {
        match face {
            Face::Label => Self::Small,
            Face::Strong => Self::Bold,
            Face::Mono => Self::Mono,
        }
    }

    /// Size in points.
    pub fn size(self) -> f64 {
        f64::from(self.face().1)
    }

    /// Family name and weight, as the font files tell them.
    pub fn family(self) -> (&'static str, u16) {
        match self.face().0 {
            "sans-medium" => ("IBM Plex Sans", 500),
            "sans-semibold" => ("IBM Plex Sans", 600),
            "mono" => ("IBM Plex Mono", 400),
            "mono-medium" => ("IBM Plex Mono", 500),
            "mono-semibold" => ("IBM Plex Mono", 600),
            _ => ("IBM Plex Sans", 400),
        }
    }

    /// Width of one line in points.
    pub fn width(self, text: &str) -> f64 {
        let (name, size) = self.face();
        let units: u64 = metrics(name).map_or(0, |m| text.chars().map(|c| u64::from(m.advance(c))).sum());
        units as f64 / 1_000.0 * f64::from(size)
    }

    /// The text, or as much of it as fits into `width` points with an ellipsis.
    pub fn cut(self, text: &str, width: f64) -> String {
        // Nothing drawn is longer; the rest is in the log.
        const MOST_CHARS: usize = 600;
        let long = text.chars().nth(MOST_CHARS).is_some();
        if !long && self.width(text) <= width {
            return text.to_owned();
        }
        let mut left = width - self.width("…");
        let mut out = String::new();
        for c in text.chars().take(MOST_CHARS) {
            left -= self.width(c.encode_utf8(&mut [0; 4]));
            if left < 0.0 {
                break;
            }
            out.push(c);
        }
        out.truncate(out.trim_end().len());
        if left < 0.0 && out.is_empty() && width < self.width("…") {
            return String::new();
        }
        out + "…"
    }

    /// The text in lines of at most `width` points, parted at blanks where there are some; the last of `most` lines is cut.
    pub fn wrap(self, text: &str, width: f64, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            if lines.len() + 1 >= most {
                lines.push(self.cut(rest, width));
                break;
            }
            let (line, after) = self.first_line(rest, width);
            lines.push(line.to_owned());
            rest = after.trim_start();
        }
        lines
    }

    fn first_line(self, text: &str, width: f64) -> (&str, &str) {
        let mut used = 0.0;
        let mut blank = None;
        for (at, c) in text.char_indices() {
            if c == ' ' {
                blank = Some(at);
            }
            used += self.width(c.encode_utf8(&mut [0; 4]));
            if used > width && at > 0 {
                return text.split_at_checked(blank.filter(|b| *b > 0).unwrap_or(at)).unwrap_or((text, ""));
            }
        }
        (text, "")
    }
}

/// Measures by the embedded fonts.
#[derive(Clone, Copy, Debug)]
pub struct FontWidth;

impl TextWidth for FontWidth {
    fn width_px(&self, text: &str, face: Face) -> f64 {
        Type::of(face).width(text)
    }
}

/// How far each character leads on, in thousandths of the size: all our files have 1,000 units to the em.
#[derive(Debug, Default)]
struct Metrics {
    advances: HashMap<char, u16>,
}

/// A character that no embedded font has: as wide as most of those are.
const UNKNOWN: u16 = 1_000;

impl Metrics {
    fn advance(&self, c: char) -> u16 {
        self.advances.get(&c).copied().unwrap_or(UNKNOWN)
    }
}

fn metrics(name: &str) -> Option<&'static Metrics> {
    static ALL: OnceLock<HashMap<&'static str, Metrics>> = OnceLock::new();
    ALL.get_or_init(|| FILES.iter().map(|(name, bytes)| (*name, read(bytes).unwrap_or_default())).collect()).get(name)
}

/// Is there a glyph for it in the faces of this family?
pub fn has(kind: Type, c: char) -> bool {
    metrics(kind.face().0).is_some_and(|m| m.advances.contains_key(&c))
}

/// Advances of a TrueType file (OpenType specification: tables `cmap` format 4, `hhea`, `hmtx`); nothing when it is none.
fn read(file: &[u8]) -> Option<Metrics> {
    let u16_at = |at: usize| file.get(at..at + 2).and_then(|b| b.try_into().ok()).map(u16::from_be_bytes);
    let u32_at = |at: usize| file.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes);
    let table = |tag: &[u8]| {
        (0..usize::from(u16_at(4)?))
            .map(|n| 12 + n * 16)
            .find(|at| file.get(*at..at + 4) == Some(tag))
            .and_then(|at| u32_at(at + 8))
    };
    let (cmap, hhea, hmtx) = (table(b"cmap")? as usize, table(b"hhea")? as usize, table(b"hmtx")? as usize);
    let longs = usize::from(u16_at(hhea + 34)?).checked_sub(1)?;
    let subtable = (0..usize::from(u16_at(cmap + 2)?)).find_map(|n| {
        let at = cmap + usize::try_from(u32_at(cmap + 4 + n * 8 + 4)?).ok()?;
        (u16_at(at)? == 4).then_some(at)
    })?;
    let segments = usize::from(u16_at(subtable + 6)?) / 2;
    let (ends, starts) = (subtable + 14, subtable + 16 + segments * 2);
    let (deltas, ranges) = (starts + segments * 2, starts + segments * 4);
    let mut advances = HashMap::new();
    for segment in 0..segments {
        let at = segment * 2;
        let (first, last) = (u16_at(starts + at)?, u16_at(ends + at)?);
        let (delta, range) = (u16_at(deltas + at)?, u16_at(ranges + at)?);
        for code in first..=last {
            let glyph = match range {
                0 => code.wrapping_add(delta),
                _ => match u16_at(ranges + at + usize::from(range) + usize::from(code - first) * 2)? {
                    0 => 0,
                    glyph => glyph.wrapping_add(delta),
                },
            };
            if glyph != 0
                && let Some(c) = char::from_u32(u32::from(code))
            {
                advances.insert(c, u16_at(hmtx + usize::from(glyph).min(longs) * 4)?);
            }
        }
    }
    Some(Metrics { advances })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_files() {
        // Every glyph of Plex Mono is 600 wide, and so is every digit of Plex Sans.
        let is = |width: f64, wanted: f64| assert!((width - wanted).abs() < 1e-9, "{width} for {wanted}");
        is(Type::Mono.width("08:41:08.964"), 12.0 * 0.6 * 11.0);
        is(Type::Body.width("0123456789"), 10.0 * 0.6 * 13.0);
        assert!(Type::Bold.width("MMM") > Type::Bold.width("iii") * 2.0);
        for kind in [Type::Body, Type::Strong, Type::Bold, Type::Mono, Type::MonoBold] {
            assert!("aZ0řžéß→←×✓–…≠·".chars().all(|c| has(kind, c)), "{kind:?}");
        }
    }

    #[test]
    fn texts_are_cut_and_wrapped_at_their_measure() {
        for width in [0.0, 8.0, 31.0, 60.0, 200.0] {
            let cut = Type::Body.cut("a long title of a finding", width);
            assert!(Type::Body.width(&cut) <= width, "{cut} at {width}");
        }
        assert_eq!(Type::Body.cut("short", 100.0), "short");
        let lines = Type::Body.wrap("one two three four five six seven", 80.0, 9);
        assert!(lines.len() > 1 && lines.iter().all(|l| Type::Body.width(l) <= 80.0), "{lines:?}");
        assert_eq!(lines.join(" "), "one two three four five six seven");
        assert_eq!(Type::Body.wrap("", 80.0, 9).len(), 0);
        assert!(Type::Body.wrap(&"x".repeat(5_000), 80.0, 3).len() == 3);
    }
}

//! Colours by meaning, of window and pictures alike. In: `assets/theme/tokens.toml`. Out: [`Palette`], of any kind of colour. Must not
//! know who paints.

use std::sync::OnceLock;

use crate::base::Tone;
use crate::base::words::Words;
use crate::timeline::scene::Look;

const TOKENS: &str = include_str!("../../../assets/theme/tokens.toml");

/// Which set of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Light text on dark.
    Dark,
    /// Dark text on light.
    Light,
    /// Black and white with strong lines.
    HighContrast,
}

/// The colours of one scheme; the names are those of the visual language.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each colour's meaning stands beside it in tokens.toml")]
pub struct Palette<C> {
    pub dark: bool,
    pub base: C,
    pub panel: C,
    pub raised: C,
    pub hover: C,
    pub sel: C,
    pub hair: C,
    pub strong: C,
    pub t1: C,
    pub t2: C,
    pub t3: C,
    pub accent: C,
    pub cursor: C,
    pub oncursor: C,
    pub ontone: C,
    pub ok: C,
    pub ok_tint: C,
    pub info: C,
    pub info_tint: C,
    pub warn: C,
    pub warn_tint: C,
    pub fail: C,
    pub fail_tint: C,
    /// Series 1 to 8.
    pub series: [C; 8],
    /// Lane fills 1 to 6.
    pub fills: [C; 6],
}

/// How a span is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpanPaint<C> {
    /// Dim fill.
    pub fill: C,
    /// Edge below and at the left.
    pub edge: C,
    /// Hatch `/`, `\`.
    pub hatch: (bool, bool),
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 3] = [Self::Dark, Self::Light, Self::HighContrast];

    /// Its section in the table, and the word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high_contrast",
        }
    }
}

impl<C: Copy> Palette<C> {
    /// Reads a scheme; `make` turns red, green and blue into a colour, `None` where the table lacks it.
    pub fn read(scheme: Scheme, make: impl Fn(Option<[u8; 3]>) -> C) -> Self {
        // The same form as a words file: sections of names with short texts.
        let table = Words::parse(TOKENS).unwrap_or_default();
        let color = |name: &str| make(parse(table.get(&format!("{}.{name}", scheme.word()))));
        Self {
            dark: scheme != Scheme::Light,
            base: color("base"),
            panel: color("panel"),
            raised: color("raised"),
            hover: color("hover"),
            sel: color("sel"),
            hair: color("hair"),
            strong: color("strong"),
            t1: color("t1"),
            t2: color("t2"),
            t3: color("t3"),
            accent: color("accent"),
            cursor: color("cursor"),
            oncursor: color("oncursor"),
            ontone: color("ontone"),
            ok: color("ok"),
            ok_tint: color("ok_tint"),
            info: color("info"),
            info_tint: color("info_tint"),
            warn: color("warn"),
            warn_tint: color("warn_tint"),
            fail: color("fail"),
            fail_tint: color("fail_tint"),
            series: ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"].map(color),
            fills: ["fill_s1", "fill_s2", "fill_s3", "fill_s4", "fill_s5", "fill_s6"].map(color),
        }
    }

    /// The colour of a tone, for its shape and its word.
    pub fn tone(&self, tone: Tone) -> C {
        match tone {
            Tone::Ok => self.ok,
            Tone::Info => self.info,
            Tone::Warn => self.warn,
            Tone::Fail => self.fail,
            Tone::Muted => self.t3,
            Tone::Series(n) => self.series(n),
        }
    }

    /// The tint behind something of a tone.
    pub fn tint(&self, tone: Tone) -> C {
        match tone {
            Tone::Ok => self.ok_tint,
            Tone::Info => self.info_tint,
            Tone::Warn => self.warn_tint,
            Tone::Fail => self.fail_tint,
            Tone::Muted | Tone::Series(_) => self.raised,
        }
    }

    /// Series colour from 1; beyond 8 it starts again.
    pub fn series(&self, number: u8) -> C {
        self.series.get(usize::from(number.max(1) - 1) % self.series.len()).copied().unwrap_or(self.t2)
    }

    fn fill(&self, number: usize) -> C {
        self.fills.get(number - 1).copied().unwrap_or(self.raised)
    }

    /// The colour of a codec by order of appearance: the same in lane, table and bracket.
    pub fn codec(&self, number: u8) -> C {
        self.series(codec_series(number))
    }

    /// How a span of a lane is drawn.
    pub fn span(&self, look: Look) -> SpanPaint<C> {
        let plain =
            |fill: usize, series: u8| SpanPaint { fill: self.fill(fill), edge: self.series(series), hatch: (false, false) };
        match look {
            Look::Registered => plain(1, 1),
            Look::Expired => SpanPaint { fill: self.warn_tint, edge: self.warn, hatch: (false, false) },
            Look::Ringing => plain(4, 4),
            Look::Talking | Look::Reached => plain(3, 3),
            Look::HeldByClient => SpanPaint { hatch: (true, false), ..plain(2, 2) },
            Look::HeldByPeer => SpanPaint { hatch: (false, true), ..plain(5, 5) },
            Look::HeldByBoth => SpanPaint { hatch: (true, true), ..plain(5, 5) },
            Look::Codec { number, one_way } => {
                let series = codec_series(number);
                SpanPaint { hatch: (one_way, false), ..plain(usize::from(series), series) }
            }
            Look::Failed => SpanPaint { fill: self.fail_tint, edge: self.fail, hatch: (false, false) },
        }
    }
}

/// Codecs take the series whose fills are easiest to tell apart: 1, 2, 6, then 3, 5, 4.
fn codec_series(number: u8) -> u8 {
    const ORDER: [u8; 6] = [1, 2, 6, 3, 5, 4];
    ORDER.get(usize::from(number.max(1) - 1) % ORDER.len()).copied().unwrap_or(1)
}

fn parse(text: &str) -> Option<[u8; 3]> {
    let number = u32::from_str_radix(text.strip_prefix('#')?, 16).ok()?;
    let [_, r, g, b] = number.to_be_bytes();
    Some([r, g, b])
}

/// A colour of a picture: red, green, blue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// This much of it (0 to 1) over `ground`; pictures know no transparency.
    #[must_use]
    pub fn over(self, part: f64, ground: Self) -> Self {
        let [r, g, b] = self.0;
        let [under_r, under_g, under_b] = ground.0;
        let mix = |over: u8, under: u8| (f64::from(over) * part + f64::from(under) * (1.0 - part)).round() as u8;
        Self([mix(r, under_r), mix(g, under_g), mix(b, under_b)])
    }

    /// `#E9ECF0`.
    pub fn hex(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02X}{g:02X}{b:02X}")
    }
}

impl Palette<Rgb> {
    /// The colours of a picture.
    pub fn of(scheme: Scheme) -> &'static Self {
        static ALL: OnceLock<[Palette<Rgb>; 3]> = OnceLock::new();
        let [dark, light, high] = ALL.get_or_init(|| Scheme::ALL.map(|s| Self::read(s, |rgb| Rgb(rgb.unwrap_or_default()))));
        match scheme {
            Scheme::Dark => dark,
            Scheme::Light => light,
            Scheme::HighContrast => high,
        }
    }
}

//! Colours by meaning. In: `assets/theme/tokens.toml`. Out: [`Palette`]. The only place where a colour is made from numbers.

use std::sync::OnceLock;

use eframe::egui::{Color32, Context, CornerRadius, Margin, Shadow, Stroke, Theme, Vec2, Visuals, style};

use super::fonts;
use crate::base::Tone;
use crate::base::words::Words;
use crate::timeline::scene::Look;

const TOKENS: &str = include_str!("../../assets/theme/tokens.toml");

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
pub struct Palette {
    pub dark: bool,
    pub base: Color32,
    pub panel: Color32,
    pub raised: Color32,
    pub hover: Color32,
    pub sel: Color32,
    pub hair: Color32,
    pub strong: Color32,
    pub t1: Color32,
    pub t2: Color32,
    pub t3: Color32,
    pub accent: Color32,
    pub cursor: Color32,
    pub oncursor: Color32,
    pub ontone: Color32,
    pub ok: Color32,
    pub ok_tint: Color32,
    pub info: Color32,
    pub info_tint: Color32,
    pub warn: Color32,
    pub warn_tint: Color32,
    pub fail: Color32,
    pub fail_tint: Color32,
    /// Series 1 to 8.
    pub series: [Color32; 8],
    /// Lane fills 1 to 6.
    pub fills: [Color32; 6],
}

/// How a span is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpanPaint {
    /// Dim fill.
    pub fill: Color32,
    /// Edge below and at the left.
    pub edge: Color32,
    /// Hatch `/`, `\`.
    pub hatch: (bool, bool),
}

impl Palette {
    /// The colours of a scheme.
    pub fn of(scheme: Scheme) -> &'static Self {
        static ALL: OnceLock<[Palette; 3]> = OnceLock::new();
        let [dark, light, high] = ALL.get_or_init(|| {
            // The same form as a words file: sections of names with short texts.
            let table = Words::parse(TOKENS).unwrap_or_default();
            [("dark", true), ("light", false), ("high_contrast", true)].map(|(name, dark)| Self::read(&table, name, dark))
        });
        match scheme {
            Scheme::Dark => dark,
            Scheme::Light => light,
            Scheme::HighContrast => high,
        }
    }

    fn read(table: &Words, scheme: &str, dark: bool) -> Self {
        let color = |name: &str| parse(table.get(&format!("{scheme}.{name}"))).unwrap_or(Color32::PLACEHOLDER);
        Self {
            dark,
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
    pub fn tone(&self, tone: Tone) -> Color32 {
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
    pub fn tint(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Ok => self.ok_tint,
            Tone::Info => self.info_tint,
            Tone::Warn => self.warn_tint,
            Tone::Fail => self.fail_tint,
            Tone::Muted | Tone::Series(_) => self.raised,
        }
    }

    /// Series colour from 1; beyond 8 it starts again.
    pub fn series(&self, number: u8) -> Color32 {
        self.series.get(usize::from(number.max(1) - 1) % self.series.len()).copied().unwrap_or(self.t2)
    }

    fn fill(&self, number: usize) -> Color32 {
        self.fills.get(number - 1).copied().unwrap_or(self.raised)
    }

    /// The colour of a codec by order of appearance: the same in lane, table and bracket.
    pub fn codec(&self, number: u8) -> Color32 {
        self.series(codec_series(number))
    }

    /// How a span of a lane is drawn.
    pub fn span(&self, look: Look) -> SpanPaint {
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

fn parse(text: &str) -> Option<Color32> {
    let number = u32::from_str_radix(text.strip_prefix('#')?, 16).ok()?;
    let [_, r, g, b] = number.to_be_bytes();
    Some(Color32::from_rgb(r, g, b))
}

/// Dresses egui's own widgets in a scheme.
pub fn apply(ctx: &Context, scheme: Scheme) {
    let palette = Palette::of(scheme);
    let theme = if palette.dark { Theme::Dark } else { Theme::Light };
    ctx.set_theme(theme);
    ctx.style_mut_of(theme, |style| {
        style.text_styles = fonts::text_styles();
        style.visuals = visuals(palette);
        style.spacing.item_spacing = Vec2::new(8.0, 4.0);
        style.spacing.button_padding = Vec2::new(10.0, 4.0);
        style.spacing.menu_margin = Margin::same(4);
        // Bars lie over the padding at the right, so that rows and heads reach the edge.
        style.spacing.scroll =
            style::ScrollStyle { floating_allocated_width: 0.0, floating_width: 4.0, ..style::ScrollStyle::thin() };
        style.interaction.tooltip_delay = 0.4;
        style.interaction.selectable_labels = false;
        style.animation_time = 0.0;
        style.scroll_animation = style::ScrollAnimation::none();
    });
}

fn visuals(p: &Palette) -> Visuals {
    let mut v = if p.dark { Visuals::dark() } else { Visuals::light() };
    let flat = |fill: Color32, line: Color32, text: Color32| style::WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: CornerRadius::same(4),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    v.widgets.noninteractive = flat(p.panel, p.hair, p.t2);
    // The outline of a field or a box to tick is all there is of it: 3 to 1 at least (WCAG 1.4.11).
    v.widgets.inactive = flat(p.raised, p.t3, p.t1);
    v.widgets.hovered = flat(p.hover, p.strong, p.t1);
    v.widgets.active = flat(p.sel, p.accent, p.t1);
    v.widgets.open = flat(p.hover, p.strong, p.t1);
    v.selection.bg_fill = p.sel;
    v.selection.stroke = Stroke::new(1.0, p.accent);
    v.hyperlink_color = p.accent;
    v.extreme_bg_color = p.base;
    v.text_edit_bg_color = Some(p.base);
    v.panel_fill = p.panel;
    v.window_fill = p.raised;
    v.window_stroke = Stroke::new(1.0, p.strong);
    v.window_shadow = Shadow::NONE;
    v.popup_shadow = Shadow::NONE;
    v.window_corner_radius = CornerRadius::same(4);
    v.menu_corner_radius = CornerRadius::same(4);
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMES: [Scheme; 3] = [Scheme::Dark, Scheme::Light, Scheme::HighContrast];

    /// WCAG 2.2 relative luminance.
    fn luminance(color: Color32) -> f64 {
        let part = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(color.r()) + 0.7152 * part(color.g()) + 0.0722 * part(color.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_token_is_there() {
        for scheme in SCHEMES {
            assert!(!format!("{:?}", Palette::of(scheme)).contains(&format!("{:?}", Color32::PLACEHOLDER)), "{scheme:?}");
        }
    }

    #[test]
    fn text_and_tones_pass_wcag_aa() {
        for scheme in SCHEMES {
            let p = Palette::of(scheme);
            for ground in [p.base, p.panel, p.raised, p.hover, p.sel] {
                for (name, ink) in [
                    ("t1", p.t1),
                    ("t2", p.t2),
                    ("accent", p.accent),
                    ("ok", p.ok),
                    ("info", p.info),
                    ("warn", p.warn),
                    ("fail", p.fail),
                ] {
                    assert!(contrast(ink, ground) >= 4.5, "{scheme:?} {name} on {ground:?}: {}", contrast(ink, ground));
                }
            }
            // On the selection third ink is drawn as second.
            for ground in [p.base, p.panel, p.raised, p.hover] {
                assert!(contrast(p.t3, ground) >= 4.5, "{scheme:?} t3 on {ground:?}");
            }
            for (ink, tint) in [(p.ok, p.ok_tint), (p.info, p.info_tint), (p.warn, p.warn_tint), (p.fail, p.fail_tint)] {
                assert!(contrast(ink, tint) >= 4.5 && contrast(p.ontone, ink) >= 4.5, "{scheme:?} {ink:?}");
            }
            for fill in p.fills {
                assert!(contrast(p.t1, fill) >= 4.5 && contrast(p.t2, fill) >= 4.5, "{scheme:?} {fill:?}");
            }
            for line in p.series {
                assert!(contrast(line, p.base) >= 3.0 && contrast(line, p.panel) >= 3.0, "{scheme:?} {line:?}");
            }
        }
    }
}

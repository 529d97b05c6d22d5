//! The window's colours. In: the table that pictures have too. Out: [`Palette`]. The only place where a screen colour is made from numbers.

use std::sync::OnceLock;

use eframe::egui::{Color32, Context, CornerRadius, Margin, Shadow, Stroke, Theme, Vec2, Visuals, style};

use super::fonts;
use crate::export::picture::look;

pub use look::Scheme;

/// The colours of one scheme.
pub type Palette = look::Palette<Color32>;
/// How a span is drawn.
pub type SpanPaint = look::SpanPaint<Color32>;

impl Palette {
    /// The colours of a scheme.
    pub fn of(scheme: Scheme) -> &'static Self {
        static ALL: OnceLock<[Palette; 3]> = OnceLock::new();
        let [dark, light, high] = ALL.get_or_init(|| {
            Scheme::ALL.map(|scheme| {
                look::Palette::read(scheme, |rgb| rgb.map_or(Color32::PLACEHOLDER, |[r, g, b]| Color32::from_rgb(r, g, b)))
            })
        });
        match scheme {
            Scheme::Dark => dark,
            Scheme::Light => light,
            Scheme::HighContrast => high,
        }
    }
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

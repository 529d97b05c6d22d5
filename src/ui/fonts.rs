//! The type scale. In: the font files in `assets/fonts`. Out: families and sizes by role. Symbols are painted, never typed.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::{Context, FontData, FontDefinitions, FontFamily, FontId, TextStyle};

use crate::base::{Face, TextWidth};

const FILES: [(&str, &[u8]); 6] = [
    ("sans", include_bytes!("../../assets/fonts/IBMPlexSans-Regular.ttf")),
    ("sans-medium", include_bytes!("../../assets/fonts/IBMPlexSans-Medium.ttf")),
    ("sans-semibold", include_bytes!("../../assets/fonts/IBMPlexSans-SemiBold.ttf")),
    ("mono", include_bytes!("../../assets/fonts/IBMPlexMono-Regular.ttf")),
    ("mono-medium", include_bytes!("../../assets/fonts/IBMPlexMono-Medium.ttf")),
    ("mono-semibold", include_bytes!("../../assets/fonts/IBMPlexMono-SemiBold.ttf")),
];

/// A role of the type scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub fn id(self) -> FontId {
        let (size, family) = match self {
            Self::Verdict => (22.0, "sans-semibold"),
            Self::Strip => (14.0, "sans-semibold"),
            Self::Title => (16.0, "sans-semibold"),
            Self::Head => (12.5, "sans-semibold"),
            Self::Body => (13.0, "sans"),
            Self::BodyBold => (13.0, "sans-semibold"),
            Self::Strong => (13.0, "sans-medium"),
            Self::Table => (12.0, "sans"),
            Self::Name => (12.0, "sans-medium"),
            Self::Bold => (12.0, "sans-semibold"),
            Self::Small => (11.5, "sans"),
            Self::Label => (11.0, "sans-medium"),
            Self::Mono => (11.0, "mono"),
            Self::MonoBold => (11.0, "mono-semibold"),
            Self::Tiny => (10.0, "sans"),
            Self::TinyMono => (10.0, "mono"),
        };
        FontId::new(size, FontFamily::Name(family.into()))
    }
}

/// Gives the context our families; egui's own fonts stay behind them for other scripts and signs.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    let fallback: Vec<String> = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let mono_fallback: Vec<String> = fonts.families.get(&FontFamily::Monospace).cloned().unwrap_or_default();
    for (name, bytes) in FILES {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        let behind = if name.starts_with("mono") { &mono_fallback } else { &fallback };
        let chain = std::iter::once(name.to_owned()).chain(behind.iter().cloned()).collect();
        fonts.families.insert(FontFamily::Name(name.into()), chain);
    }
    for (family, name) in [(FontFamily::Proportional, "sans"), (FontFamily::Monospace, "mono")] {
        fonts.families.entry(family).or_default().insert(0, name.to_owned());
    }
    ctx.set_fonts(fonts);
}

/// Our scale for egui's own widgets.
pub fn text_styles() -> BTreeMap<TextStyle, FontId> {
    [
        (TextStyle::Heading, Type::Title.id()),
        (TextStyle::Body, Type::Body.id()),
        (TextStyle::Button, Type::Table.id()),
        (TextStyle::Small, Type::Small.id()),
        (TextStyle::Monospace, Type::Mono.id()),
    ]
    .into()
}

/// Measures by the fonts of the window.
pub struct ScreenWidth<'a>(pub &'a Context);

impl TextWidth for ScreenWidth<'_> {
    fn width_px(&self, text: &str, face: Face) -> f64 {
        let kind = match face {
            Face::Label => Type::Small,
            Face::Strong => Type::Bold,
            Face::Mono => Type::Mono,
        };
        let id = kind.id();
        self.0.fonts_mut(|fonts| f64::from(text.chars().map(|c| fonts.glyph_width(&id, c)).sum::<f32>()))
    }
}

//! The fonts of the window. In: the type scale that pictures have too. Out: families and sizes by role. Symbols are painted, never typed.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::{Context, FontData, FontDefinitions, FontFamily, FontId, TextStyle};

use crate::base::{Face, TextWidth};
use crate::export::picture::fonts::FILES;

pub use crate::export::picture::fonts::Type;

impl Type {
    /// Family and size in points.
    pub fn id(self) -> FontId {
        let (name, size) = self.face();
        FontId::new(size, FontFamily::Name(name.into()))
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
        let id = Type::of(face).id();
        self.0.fonts_mut(|fonts| f64::from(text.chars().map(|c| fonts.glyph_width(&id, c)).sum::<f32>()))
    }
}

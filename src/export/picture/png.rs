//! A drawing as PNG, from its own SVG with the embedded fonts only. In: a [`Drawing`], a scale. Out: bytes, or why there are none.
//! Must not look for a font or file of the system.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::draw::Drawing;
use super::fonts::FILES;

/// Pixels of a PNG at most: 400 MB while it is drawn.
pub const MOST_PIXELS: u64 = 100_000_000;
/// Pixels of a side at most: many viewers take no more.
pub const MOST_SIDE: u64 = 65_535;

/// Why there is no PNG.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PngError {
    /// It would be larger than [`MOST_PIXELS`] or [`MOST_SIDE`].
    #[error("{width} × {height} pixels are too many")]
    TooLarge {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
    },
    /// The drawing is empty or could not be drawn.
    #[error("nothing to draw")]
    Nothing,
}

impl Drawing {
    /// Width and height as a PNG in pixels.
    pub fn pixels(&self, scale: f64) -> (u64, u64) {
        ((self.width * scale).ceil() as u64, (self.height * scale).ceil() as u64)
    }

    /// The picture as PNG, `scale` pixels a point.
    ///
    /// # Errors
    /// Too large, or nothing to draw.
    pub fn png(&self, scale: f64) -> Result<Vec<u8>, PngError> {
        let (width, height) = self.pixels(scale);
        if width > MOST_SIDE || height > MOST_SIDE || width.saturating_mul(height) > MOST_PIXELS {
            return Err(PngError::TooLarge { width, height });
        }
        let options =
            Options { fontdb: faces(), font_family: "IBM Plex Sans".to_owned(), resources_dir: None, ..Options::default() };
        let tree = Tree::from_str(&self.svg(), &options).map_err(|_| PngError::Nothing)?;
        let side = |pixels: u64| u32::try_from(pixels).map_err(|_| PngError::Nothing);
        let mut pixels = Pixmap::new(side(width)?, side(height)?).ok_or(PngError::Nothing)?;
        let scale = scale as f32;
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
        pixels.encode_png().map_err(|_| PngError::Nothing)
    }
}

/// The embedded faces, loaded once; generic names lead to them too.
fn faces() -> Arc<fontdb::Database> {
    static FACES: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut faces = fontdb::Database::new();
        for (_, bytes) in FILES {
            faces.load_font_source(fontdb::Source::Binary(Arc::new(bytes)));
        }
        faces.set_sans_serif_family("IBM Plex Sans");
        faces.set_serif_family("IBM Plex Sans");
        faces.set_monospace_family("IBM Plex Mono");
        Arc::new(faces)
    };
    Arc::clone(FACES.get_or_init(load))
}

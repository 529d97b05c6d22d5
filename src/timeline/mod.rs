//! Layer 6: which lanes, spans, marks and arrows, and where? In: facts. Out: plain data that a painter only has to draw.
//! Must not know egui, colours or pixels beyond points: the same layout serves the window, SVG and PNG.

pub mod axis;
pub mod columns;
pub mod figures;
pub mod ladder;
pub mod lanes;
mod ranks;
pub mod scene;
pub mod series;
pub mod survey;
pub mod told;
mod wire;

pub use axis::{Axis, Extent, Window};
pub use ladder::{Ladder, Subject};
pub use scene::{Lane, LaneId, Mark, Scene, Span, Target};
pub use series::Series;
pub use survey::{Gap, GapKind, Survey};

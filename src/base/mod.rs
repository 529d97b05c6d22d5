//! Layer 0: the plain types that every other layer speaks in. Knows no log, no file format, no pixel.

pub mod language;
pub mod note;
pub mod private;
pub mod progress;
pub mod rules;
pub mod source;
pub mod time;
pub mod tone;
mod visible;
pub mod width;
pub mod words;

pub use language::Language;
pub use note::{Note, NoteKind, Notes};
pub use private::{Piece, Private, PrivateKind, Segment, Text};
pub use progress::Progress;
pub use source::{MemberId, SourceRef};
pub use time::{LogTime, Zone, ZoneBasis};
pub use tone::Tone;
pub use visible::visible;
pub use width::{Face, FixedWidth, TextWidth};

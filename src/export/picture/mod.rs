//! Pictures for others: timeline, ladder, findings, comparison, media; the case card is drawn with the same means by `card`. In: an
//! [`Analysis`], [`PictureOptions`]. Out: [`Drawing`]s, which are SVG and, made of the same SVG, PNG. The layouts are those of the screen (`timeline`, `compare`); nothing is judged anew.
//!
//! The same input and options give the same bytes on every machine: the fonts are in the program, and there is no clock and no path.
//! Every value that came from a log leaves through the [`Outlet`]; [`Drawing::texts`] is what its proof reads.

use crate::analyse::Analysis;
use crate::base::time::zone_name;
use crate::base::words::{self, Words};
use crate::base::{LogTime, Private, Text, visible};
use crate::session::call::Call;
use crate::session::{CallId, RunId};
use crate::timeline::{Subject, Window};

use super::Outlet;
use super::redact::Leak;

mod chart;
mod compare;
pub mod draw;
mod findings;
pub mod fonts;
mod ladder;
mod lane;
pub mod look;
mod media;
mod plots;
pub mod png;
pub(super) mod signs;
pub mod svg;
mod timeline;
pub(super) mod title;

pub use compare::compare;
pub use draw::Drawing;
pub use findings::findings;
pub use ladder::{ladder, ladder_of, ladder_pages};
pub use look::Scheme;
pub use media::media;
pub use png::PngError;
pub use timeline::{timeline, timeline_within};

use look::{Palette, Rgb};

/// What a picture shows and how.
#[derive(Clone, Debug)]
pub struct PictureOptions {
    /// The one way out for text of the log.
    pub outlet: Outlet,
    /// The words, and with them the language.
    pub words: &'static Words,
    /// Zone of the times, seconds east of UTC.
    pub zone_s: i32,
    /// Its colours.
    pub scheme: Scheme,
    /// Width in points; `None`: what suits the view.
    pub width: Option<f64>,
    /// The run; `None`: the one the verdict is about.
    pub run: Option<RunId>,
    /// The call, registration or keep-alive; `None`: everything of the run.
    pub subject: Option<Subject>,
    /// The part of time that a timeline shows; `None`: the call chosen, else all of the run.
    pub window: Option<Window>,
    /// With title block, margins and foot; without, only what is drawn, for a page that has its own.
    pub titled: bool,
}

impl Default for PictureOptions {
    fn default() -> Self {
        Self {
            outlet: Outlet::originals(),
            words: Words::english(),
            zone_s: 0,
            scheme: Scheme::Light,
            width: None,
            run: None,
            subject: None,
            window: None,
            titled: true,
        }
    }
}

impl PictureOptions {
    /// The call chosen.
    pub fn call(&self) -> Option<CallId> {
        match self.subject {
            Some(Subject::Call(id)) => Some(id),
            _ => None,
        }
    }

    /// The run shown: that of the call, else the one chosen, else the one the verdict is about.
    pub fn run_of(&self, analysis: &Analysis) -> Option<RunId> {
        let of_call = self.call().and_then(|id| analysis.facts.calls.get(id.0 as usize)).map(|call| call.run);
        of_call.or(self.run).or(analysis.verdict_run).or_else(|| (!analysis.facts.runs.is_empty()).then_some(RunId(0)))
    }
}

/// What can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// Lanes on one axis of time.
    Timeline,
    /// Who sent what to whom.
    Ladder,
    /// What is wrong, with its proof.
    Findings,
    /// Two sessions beside each other.
    Compare,
    /// What was agreed and measured of media.
    Media,
    /// The case card.
    Card,
}

impl View {
    /// Every view.
    pub const ALL: [Self; 6] = [Self::Timeline, Self::Ladder, Self::Findings, Self::Compare, Self::Media, Self::Card];

    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Timeline => "timeline",
            Self::Ladder => "ladder",
            Self::Findings => "findings",
            Self::Compare => "compare",
            Self::Media => "media",
            Self::Card => "card",
        }
    }

    /// The view of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.word() == word)
    }
}

/// The forms a picture can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines and text, of any length.
    Svg,
    /// Pixels, so many a point.
    Png(u8),
}

/// Why a picture must not leave, or cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// An original stands in its texts.
    Leak(Leak),
    /// It cannot be a PNG.
    Png(PngError),
}

impl Refused {
    /// What is wrong and what helps, without any secret.
    pub fn sentence(&self, words: &Words) -> String {
        match self {
            Self::Leak(leak) => leak.sentence(words),
            Self::Png(PngError::TooLarge { width, height }) => {
                words.fill("picture.too_large", &[("width", &width.to_string()), ("height", &height.to_string())])
            }
            Self::Png(PngError::Nothing) => words.get("picture.nothing").to_owned(),
        }
    }
}

/// A picture as bytes, once every text that was drawn is proven to hold no original.
///
/// # Errors
/// A text that must not leave, or a PNG that cannot be.
pub fn bytes(drawing: &Drawing, form: Form, outlet: &Outlet) -> Result<Vec<u8>, Refused> {
    let texts: Vec<&str> = drawing.texts().collect();
    outlet.prove(&texts.join("\n")).map_err(Refused::Leak)?;
    match form {
        Form::Svg => Ok(drawing.svg().into_bytes()),
        Form::Png(scale) => drawing.png(f64::from(scale)).map_err(Refused::Png),
    }
}

/// How texts and colours of one picture come about.
#[derive(Clone, Copy)]
struct Ink<'a> {
    palette: &'static Palette<Rgb>,
    options: &'a PictureOptions,
}

impl<'a> Ink<'a> {
    fn new(options: &'a PictureOptions) -> Self {
        Self { palette: Palette::<Rgb>::of(options.scheme), options }
    }

    /// A sentence as it is drawn.
    fn said(&self, text: &Text) -> String {
        visible(&self.options.outlet.text(text)).into_owned()
    }

    /// A value whose kind is known.
    fn private(&self, value: &Private) -> String {
        visible(&self.options.outlet.private(value)).into_owned()
    }

    /// Text of the log as it stood.
    fn log(&self, text: &str) -> String {
        visible(&self.options.outlet.log(text)).into_owned()
    }

    /// The name of a file or member.
    fn path(&self, path: &str) -> String {
        visible(&self.options.outlet.path(path)).into_owned()
    }

    /// Time of day in the zone of the picture, a dash where the log has none.
    fn clock(&self, at: Option<LogTime>) -> String {
        at.map_or_else(|| "–".to_owned(), |at| at.clock(self.options.zone_s))
    }

    fn zone(&self) -> String {
        zone_name(self.options.zone_s)
    }

    /// `Call 1, outgoing to …`.
    fn about(&self, call: &Call) -> String {
        use crate::session::call::CallDirection;
        let (way, other) = match call.direction {
            CallDirection::Outgoing => ("window.outgoing", &call.to),
            CallDirection::Incoming => ("window.incoming", &call.from),
            CallDirection::Unknown => ("window.way_unknown", &call.to),
        };
        let other = other.as_ref().map_or_else(|| words::word("window.unknown_party").to_owned(), |p| self.private(p));
        format!("{}, {} {other}", crate::timeline::lanes::call::name(call), words::word(way))
    }
}

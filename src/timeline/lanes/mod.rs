//! One file a lane. In: facts of one run and a survey of the records. Out: lanes. A new lane is a file here and a line in [`LANES`].

use super::axis::Extent;
use super::scene::Lane;
use super::survey::Survey;
use crate::base::{LogTime, Private, Segment, Text};
use crate::findings::Finding;
use crate::session::{Facts, RunId};

pub mod call;
pub mod errors;
pub mod findings;
pub mod keepalive;
pub mod media;
pub mod registration;
pub mod series;
pub mod startup;

/// What lanes are built from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// What happened.
    pub facts: &'a Facts,
    /// Errors and gaps of the whole bundle.
    pub survey: &'a Survey,
    /// The run to show; `None`: everything.
    pub run: Option<RunId>,
    /// First and last moment of the run.
    pub extent: Option<Extent>,
    /// What is wrong; `None`: not asked for.
    pub findings: Option<&'a [Finding]>,
}

impl<'a> Source<'a> {
    /// Chooses a run; its extent is that of its records, else of its messages.
    pub fn new(facts: &'a Facts, survey: &'a Survey, run: Option<RunId>) -> Self {
        let of_run = run.and_then(|id| facts.runs.get(id.0 as usize)).and_then(|r| Some((r.start?, r.end?)));
        let of_runs = || {
            let start = facts.runs.iter().filter_map(|r| r.start).min()?;
            Some((start, facts.runs.iter().filter_map(|r| r.end).max()?))
        };
        let of_messages = || {
            let times = || facts.messages.iter().filter(|m| run.is_none_or(|id| m.run == id)).filter_map(|m| m.seen.at);
            Some((times().min()?, times().max()?))
        };
        let found = if run.is_some() { of_run.or_else(of_messages) } else { of_runs().or_else(of_messages) };
        let extent = found.map(|(start, end)| Extent { start_us: start.0, end_us: end.0.max(start.0) });
        Self { facts, survey, run, extent, findings: None }
    }

    /// With a lane of findings.
    #[must_use]
    pub fn with_findings(mut self, findings: &'a [Finding]) -> Self {
        self.findings = Some(findings);
        self
    }

    /// Does a fact of run `id` belong here?
    pub fn shows(&self, id: RunId) -> bool {
        self.run.is_none_or(|run| run == id)
    }

    /// The end of the data, for things that were still going on.
    pub fn end_us(&self) -> i64 {
        self.extent.map_or(0, |e| e.end_us)
    }

    /// Is a record's time inside the run?
    pub fn covers(&self, at: LogTime) -> bool {
        self.extent.is_some_and(|e| (e.start_us..=e.end_us).contains(&at.0))
    }
}

/// Builds lanes of one topic.
pub type Build = fn(&Source<'_>) -> Vec<Lane>;

/// Every topic, top to bottom.
pub const LANES: [Build; 7] =
    [startup::lanes, registration::lanes, keepalive::lanes, call::lanes, series::lanes, errors::lanes, findings::lanes];

/// A sentence made of one private value.
fn private(value: &Private) -> Text {
    Text(vec![Segment::Private(value.clone())])
}

/// Numbers, names and other text that reads alike in every language.
fn plain(text: impl Into<String>) -> Text {
    Text::word(text)
}

/// `key` with one number in it.
fn counted(key: &'static str, name: &'static str, number: impl ToString) -> Text {
    Text::phrase(key, &[(name, Segment::number(number))])
}

#[cfg(test)]
pub(super) mod golden {
    //! A scene as text, so that a layout reads like what a user sees.

    use super::super::scene::{Mark, Scene, Span};
    use crate::base::words::Words;
    use crate::base::{Piece, Text};

    pub fn plain(text: &Text) -> String {
        let mut out = String::new();
        text.pieces(Words::english(), &mut |piece| match piece {
            Piece::Word(w) | Piece::Log(w) => out.push_str(w),
            Piece::Private(p) => out.push_str(&format!("<{:?}>", p.kind)),
        });
        out
    }

    pub fn scene(scene: &Scene, zero_us: i64) -> String {
        let ms = |us: i64| format!("{:.3}", (us - zero_us) as f64 / 1e6);
        let mut out = String::new();
        for lane in &scene.lanes {
            out += &format!("{:?} | {} | {} | {:?}\n", lane.topic, plain(&lane.name), plain(&lane.figure), lane.tone);
            for Span { from_us, to_us, open, look, label, more, .. } in &lane.spans {
                let tail = if *open { "…" } else { "" };
                out += &format!("  {}–{}{tail} {look:?} {} / {}\n", ms(*from_us), ms(*to_us), plain(label), plain(more));
            }
            for Mark { at_us, shape, tone, label, .. } in &lane.marks {
                out += &format!("  {} {shape:?} {tone:?} {}\n", ms(*at_us), plain(label));
            }
            if let Some(sentence) = &lane.sentence {
                out += &format!("  “{}”\n", plain(sentence));
            }
        }
        out
    }
}

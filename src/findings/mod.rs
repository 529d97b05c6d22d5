//! Layer 5: what is wrong, how do we know, what next? In: facts and the hits of the pass. Out: [`Finding`]s, worst first.
//! Must not know how a finding is shown.
//!
//! A failure is described by a [`signature`]; all of them are the [`catalogue`]; [`evaluate`] holds it against hits and facts, where
//! `checks` is the code that no data file can say.

use serde::Deserialize;

use crate::base::{LogTime, Text, Tone};
use crate::session::startup::StageId;
use crate::session::{CallId, Evidence, RunId};

pub mod ask;
pub mod case;
pub mod catalogue;
pub mod checks;
pub mod dialogue;
mod dialogue_sdp;
pub mod evaluate;
pub mod explain;
mod line_hits;
pub mod own;
pub mod signature;
mod trial;
pub mod verdict;
pub mod view;
pub mod why;

pub use catalogue::Catalogue;
pub use evaluate::{Outcome, evaluate, evaluate_with};
pub use view::{BundleView, MemberView, ResolvedHit};
pub use why::{NotRaised, Reason};

/// How bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Something failed.
    Error,
    /// Something is not right.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }

    /// How it is shown.
    pub fn tone(self) -> Tone {
        match self {
            Self::Error => Tone::Fail,
            Self::Warning => Tone::Warn,
            Self::Note => Tone::Info,
        }
    }
}

/// How sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The log says it.
    Certain,
    /// Strong signs.
    Likely,
    /// One of several explanations.
    Possible,
}

impl Confidence {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// A known failure found in this bundle.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Stable, named by the fault.
    pub id: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// One line.
    pub title: Text,
    /// What it means.
    pub meaning: Text,
    /// Whom it hits and how.
    pub impact: Text,
    /// Why it happens.
    pub causes: Vec<Text>,
    /// How to check.
    pub checks: Vec<Text>,
    /// What to do, in order.
    pub steps: Vec<Text>,
    /// Look-alikes: when it is something else.
    pub not_when: Vec<Text>,
    /// Where this is written.
    pub sources: Vec<String>,
    /// Its log text is not published: never makes a verdict.
    pub assumed: bool,
    /// The stage it belongs to.
    pub stage: Option<StageId>,
    /// The run.
    pub run: RunId,
    /// The call.
    pub call: Option<CallId>,
    /// ID of the finding that explains this one.
    pub effect_of: Option<String>,
    /// How often.
    pub count: u32,
    /// First time.
    pub first: Option<LogTime>,
    /// Last time.
    pub last: Option<LogTime>,
    /// Values cut out of the evidence.
    pub captures: Vec<(String, Text)>,
    /// The proof; never empty.
    pub evidence: Vec<Evidence>,
}

//! Layer 7: the whole way in one function, with progress and cancel. In: inputs. Out: [`Analysis`], never changed after.

use std::sync::Arc;

pub use crate::base::progress::Progress;
use crate::base::{LogTime, MemberId, Note, Notes, Zone};
pub use crate::bundle::OpenError;
use crate::bundle::{Bundle, Input, Role};
use crate::findings::Finding;
use crate::session::environment::Environment;
use crate::session::{Facts, RunId};

/// What the user may set.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Zone of logs that print none, in seconds east of UTC; `None`: find out.
    pub zone_s: Option<i32>,
    /// Folder with the user's own dialects, milestones and signatures.
    pub rules: Option<std::path::PathBuf>,
}

/// What reading one member gave.
#[derive(Clone, Debug)]
pub struct MemberReport {
    /// The member.
    pub id: MemberId,
    /// Name of the dialect most of its records are in.
    pub dialect: Option<String>,
    /// Bytes really read.
    pub bytes: u64,
    /// Lines.
    pub lines: u64,
    /// Records.
    pub records: u64,
    /// Lines before the first head, or in no known form.
    pub unrecognised_lines: u64,
    /// First time.
    pub first: Option<LogTime>,
    /// Last time.
    pub last: Option<LogTime>,
    /// Its zone.
    pub zone: Zone,
    /// SIP messages found in it.
    pub sip_messages: u64,
    /// What could not be read.
    pub notes: Vec<Note>,
}

/// Everything known about one bundle.
#[derive(Debug)]
pub struct Analysis {
    /// The members and where their bytes are.
    pub bundle: Bundle,
    /// What reading gave, in member order.
    pub members: Vec<MemberReport>,
    /// The index of every member, in member order: where each record is.
    pub index: Vec<crate::records::index::Index>,
    /// What happened.
    pub facts: Facts,
    /// The run whose verdict is the bundle's: the newest that reached any stage.
    pub verdict_run: Option<RunId>,
    /// `ced.dat`.
    pub environment: Environment,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// Roles that a good bundle has and this one has not.
    pub missing: Vec<Role>,
    /// Notes about the bundle as a whole.
    pub notes: Notes,
    /// For the report that a user can send when a log looks new: masked shapes of lines that no dialect took, with counts.
    pub shapes: Vec<(MemberId, String, u64)>,
}

/// Opens and reads inputs: one analysis for each client bundle, companions joined to it (report-v1, "Exit status").
///
/// # Errors
/// When an input can't be opened at all, or on cancel. What is inside and can't be read becomes a note instead.
pub fn analyse(_inputs: &[Input], _options: &Options, _progress: &Progress) -> Result<Vec<Arc<Analysis>>, OpenError> {
    Err(OpenError::Cancelled)
}

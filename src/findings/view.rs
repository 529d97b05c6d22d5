//! What the findings are told about the bundle. In: filled by `analyse`. Out: plain views. Must not know how members were read.

use crate::base::{LogTime, MemberId, NoteKind, SourceRef};
use crate::bundle::{Observer, Role};
use crate::session::RunId;
use crate::session::environment::Environment;

/// A line that a row of the catalogue matched, its time already in UTC and its run known.
#[derive(Clone, Debug)]
pub struct ResolvedHit {
    /// Place of the row in [`super::Catalogue::rules`].
    pub row: usize,
    /// The line.
    pub source: SourceRef,
    /// When.
    pub at: Option<LogTime>,
    /// The run of the client.
    pub run: RunId,
    /// The line as logged, perhaps cut.
    pub text: String,
    /// Captured values by name.
    pub captures: Vec<(String, String)>,
}

/// What reading one member gave, as far as findings need it.
#[derive(Clone, Debug)]
pub struct MemberView {
    /// The member.
    pub id: MemberId,
    /// Its path in the bundle.
    pub path: String,
    /// What it is.
    pub role: Role,
    /// The runs of which it has records.
    pub runs: Vec<RunId>,
    /// Records read.
    pub records: u64,
    /// Lines read.
    pub lines: u64,
    /// Lines in no known form.
    pub unrecognised_lines: u64,
    /// SIP messages found in it.
    pub sip_messages: u64,
    /// First time.
    pub first: Option<LogTime>,
    /// Last time.
    pub last: Option<LogTime>,
    /// What could not be read: kind, line (0: as a whole), sentence.
    pub notes: Vec<(NoteKind, u64, String)>,
}

/// Is there a record of any client member between two moments, both included?
pub type Busy<'a> = &'a dyn Fn(LogTime, LogTime) -> bool;

/// The bundle as a whole.
#[derive(Clone)]
pub struct BundleView<'a> {
    /// In member order.
    pub members: Vec<MemberView>,
    /// Roles that a good bundle has and this one has not.
    pub missing: Vec<Role>,
    /// `ced.dat`.
    pub environment: &'a Environment,
    /// Tells sleep and gaps of the log from silence of the network; `None`: not known.
    pub busy: Option<Busy<'a>>,
    /// Numbers of emergency services, as dialled.
    pub emergency: &'a [String],
}

impl BundleView<'_> {
    /// Is there a member of this role?
    pub fn has(&self, role: Role) -> bool {
        self.members.iter().any(|m| m.role == role)
    }

    /// The member of a line.
    pub fn member(&self, id: MemberId) -> Option<&MemberView> {
        self.members.iter().find(|m| m.id == id)
    }

    /// Client members that have at least one record.
    pub fn client_members(&self) -> impl Iterator<Item = &MemberView> {
        self.members.iter().filter(|m| m.role.observer() == Observer::Client && m.records > 0)
    }
}

//! Layer 1: what is in this file or folder? In: paths. Out: [`Bundle`], members with their role, their bytes as a stream.
//! Must not know records, SIP or the product's logs beyond the names and first bytes that tell a member's role.

use std::path::PathBuf;

use crate::base::{MemberId, Note, NoteKind, Notes};

mod folder;
mod gather;
mod group;
mod inflate;
mod limits;
mod magic;
mod names;
pub mod open;
pub mod reader;
pub mod role;
mod salvage;
mod sniff;
mod span;
pub mod store;
mod tar;
mod text;
mod zip;
mod zip_header;

pub use group::Grouping;
pub use open::{OpenError, is_unfinished, open, open_grouped};
pub use reader::MemberReader;
pub use role::{Observer, Role, RoleBasis};
pub use store::Store;

/// What went wrong, before it is known which member it was: kind and sentence, as in a [`Note`].
pub(crate) type Trouble = (NoteKind, String);

/// What was opened: one client bundle with its companions.
#[derive(Debug, Default)]
pub struct Bundle {
    /// The file or folder as the user named it (its name only, private).
    pub name: String,
    /// Size of the input on disk in bytes (sum over inputs).
    pub bytes: u64,
    /// SHA-256 of the input file in lower-case hex; empty for a folder.
    pub sha256: String,
    /// The members in the order of the archive(s), nested ones after the archive that holds them.
    pub members: Vec<Member>,
    /// What could not be opened or read so far; a member's own notes carry its id.
    pub notes: Notes,
    /// Inputs given with it that could not be opened, one sentence each; they are among the notes, too.
    pub unopened: Vec<String>,
    /// Where the bytes of each member are, in member order.
    pub(crate) places: Vec<Option<reader::Place>>,
}

impl Bundle {
    /// A member's text as a stream with a file handle of its own: UTF-8 where it was UTF-16 or UTF-8, its own bytes otherwise.
    /// Several threads may read members at the same time. Meant for members with [`Member::is_text`]; the reader counts nothing in a
    /// [`crate::base::Progress`]: whoever reads advances it by [`MemberReader::unpacked_bytes`].
    ///
    /// # Errors
    /// A note when nothing of the member can be read (encrypted, unknown packing: [`Bundle::notes`] says which) or its file is gone.
    pub fn reader(&self, id: MemberId) -> Result<MemberReader, Note> {
        self.open_member(id, MemberReader::new)
    }

    /// A member's unpacked bytes without decoding, for what is not text.
    ///
    /// # Errors
    /// As [`Bundle::reader`].
    pub fn bytes(&self, id: MemberId) -> Result<MemberReader, Note> {
        self.open_member(id, MemberReader::bytes)
    }

    /// The members whose lines are worth reading, in order.
    pub fn text_members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|m| m.is_text)
    }

    fn open_member(
        &self,
        id: MemberId,
        how: impl Fn(MemberId, &reader::Place) -> std::io::Result<MemberReader>,
    ) -> Result<MemberReader, Note> {
        let note = |text: String| Note { kind: NoteKind::Unreadable, member: Some(id), line: 0, text };
        let place = self.places.get(id.index()).and_then(Option::as_ref);
        let place = place.ok_or_else(|| note("The file could not be read when the bundle was opened".to_owned()))?;
        how(id, place).map_err(|e| note(format!("The file could not be read: {}", reader::plain(&e))))
    }
}

/// One file inside a bundle.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its place in [`Bundle::members`].
    pub id: MemberId,
    /// Path in the archive with `/`; nested: `inner.zip!/bwc/current_log.txt`.
    pub path: String,
    /// Declared size in bytes; never trusted for allocation.
    pub declared_bytes: u64,
    /// What it is, from its first bytes and its path.
    pub role: Role,
    /// How that was decided.
    pub role_basis: RoleBasis,
    /// Can lines be read from it? False for pictures, databases, and what can't be unpacked; notes say why.
    pub is_text: bool,
    /// Name of the input a member came from, where several inputs were joined.
    pub input: Option<String>,
    /// Local wall-clock time of the archive entry or file (seconds since 1970 as if it were UTC), for logs that print no date.
    pub modified_s: Option<i64>,
}

/// What the user asked to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file or folder.
    Path(PathBuf),
    /// `-`: standard input, read whole (capped).
    Stdin,
    /// Bytes that the program carries: the samples, and tests.
    Memory {
        /// Name shown.
        name: String,
        /// The bytes of a zip, gz, tar or plain log.
        bytes: std::sync::Arc<[u8]>,
    },
}

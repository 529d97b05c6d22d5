//! Layer 1: what is in this file or folder? In: paths. Out: [`Bundle`], members with their role, their bytes as a stream.
//! Must not know records, SIP or the product's logs beyond the names and first bytes that tell a member's role.

use std::path::PathBuf;

use crate::base::{MemberId, Notes};

pub mod role;

pub use role::{Observer, Role, RoleBasis};

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
    /// What could not be opened or read so far.
    pub notes: Notes,
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

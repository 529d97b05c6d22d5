//! Where a fact was read. In: nothing. Out: [`SourceRef`]. Must not know what a member holds.

/// A member of a bundle by its place in `Bundle::members`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub u32);

impl MemberId {
    /// The place in `Bundle::members`.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The lines that prove a fact. Every fact and finding carries one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceRef {
    /// The member read.
    pub member: MemberId,
    /// First line, counted from 1 as editors do.
    pub line: u64,
    /// Where that line starts: bytes into the member's text after decoding to UTF-8, byte-order mark left aside.
    pub offset: u64,
    /// Length of the proof in bytes of that text, line end included.
    pub bytes: u32,
}

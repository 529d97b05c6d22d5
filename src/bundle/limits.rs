//! How much an input may unpack to. In: packed sizes. Out: a [`Cap`] for each member. Must not know any archive format.
//!
//! Deflate can't pack better than about 1032 to 1, and real logs stay far below 100 to 1. So what a bundle may unpack to is bound to the
//! bytes that really came in: [`RATIO`] times them, and one pool for the whole input from which very repetitive members (a line of one
//! letter) may draw. Declared sizes only share out the pool; nothing is allocated by them. Shares are fixed at opening, in member order, so
//! that the same input is cut at the same byte whatever the threads do.

/// Members of one input; more are left out with a note.
pub const MAX_MEMBERS: usize = 20_000;
/// Archives inside archives; more are left closed with a note.
pub const MAX_ARCHIVES: usize = 1_000;
/// How deep archives inside archives are opened, the outermost counted.
pub const MAX_DEPTH: usize = 8;
/// Bytes of one input that are held in memory because they had to be unpacked as a whole.
pub const MAX_HELD_BYTES: u64 = 1 << 30;
/// How many of them may be more than the ratio allows.
pub const MAX_LOOSE_HELD_BYTES: u64 = 128 << 20;
/// Bytes of one packed member.
pub const MAX_MEMBER_BYTES: u64 = 16 << 30;
/// Bytes unpacked for one byte that came in, without drawing from the pool.
const RATIO: u64 = 200;
/// The pool of one input.
const POOL_BYTES: u64 = 1 << 30;
/// What one member may draw from the pool.
const DRAW_BYTES: u64 = 512 << 20;
/// Every member may unpack to this much.
const FLOOR_BYTES: u64 = 64 << 10;
/// From here on the ratio must hold at every byte and not only at the member's end.
const SOON_BYTES: u64 = 64 << 20;

/// The pool of one input.
#[derive(Debug)]
pub(crate) struct Pool {
    left: u64,
}

impl Default for Pool {
    fn default() -> Self {
        Self { left: POOL_BYTES }
    }
}

/// How far one member may unpack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cap {
    whole: u64,
    drawn: u64,
    /// Bytes that really came in for one packed byte: 1 for what lies in the input itself, less inside an unpacked archive.
    worth: f64,
}

impl Pool {
    /// The cap of a member of `packed` bytes, each `worth` bytes of the input, that says it unpacks to `declared` bytes.
    pub(crate) fn cap(&mut self, packed: u64, declared: u64, worth: f64) -> Cap {
        let earned = scaled(packed.saturating_mul(RATIO), worth).saturating_add(FLOOR_BYTES);
        let possible = packed.saturating_mul(1_100);
        let drawn = declared.min(possible).saturating_sub(earned).min(DRAW_BYTES).min(self.left);
        self.left -= drawn;
        Cap { whole: earned.saturating_add(drawn).min(MAX_MEMBER_BYTES), drawn, worth }
    }
}

impl Cap {
    /// What `consumed` packed bytes earn by the ratio alone: all that may be held in memory, but for [`MAX_LOOSE_HELD_BYTES`] of an input.
    pub(crate) fn earned(&self, consumed: u64) -> u64 {
        scaled(consumed.saturating_mul(RATIO), self.worth)
    }

    /// How many bytes may have been unpacked once `consumed` packed bytes were used.
    pub(crate) fn allowed(&self, consumed: u64) -> u64 {
        let now = self.earned(consumed).saturating_add(SOON_BYTES).saturating_add(self.drawn);
        self.whole.min(now)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of bytes, never negative; as float to integer saturates"
)]
fn scaled(bytes: u64, worth: f64) -> u64 {
    if worth >= 1.0 { bytes } else { (bytes as f64 * worth) as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_log_draws_nothing() {
        let mut pool = Pool::default();
        let cap = pool.cap(1 << 20, 11 << 20, 1.0);
        assert!(cap.allowed(1 << 20) >= 11 << 20);
        assert_eq!(pool.left, POOL_BYTES);
    }

    #[test]
    fn a_line_of_one_letter_passes_and_a_bomb_is_cut() {
        let mut pool = Pool::default();
        // 300 MB of one letter are 0.29 MB of deflate.
        let line = pool.cap(300_000, 300_000_000, 1.0);
        assert!(line.allowed(300_000) >= 300_000_000);
        // 10 GB of zeros: 10 MB of deflate. Half a megabyte in, it is cut.
        let bomb = pool.cap(10_000_000, 10_000_000_000, 1.0);
        assert!(bomb.allowed(700_000) < 1_000_000_000);
        // 16 of them inside an archive of 42 KB: what came in counts, not what they unpacked to.
        let inner: u64 = (0..16).map(|_| pool.cap(10_000_000, 10_000_000_000, 0.0001).whole).sum();
        assert!(inner < 2 << 30, "{inner}");
    }
}

//! The work of a large comparison on every core. In: items, and what is to come of each. Out: the same as one after the other would give.
//! Must not know what is compared.

use std::panic::resume_unwind;
use std::thread;

/// Items that are worth a thread of their own.
const FEWEST: usize = 64;

/// What comes of each item, in their order.
pub fn on_every_core<T: Sync, R: Send>(items: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(workers).max(FEWEST);
    if items.len() <= share {
        return items.iter().map(of).collect();
    }
    thread::scope(|scope| {
        let parts = items.chunks(share).map(|part| scope.spawn(|| part.iter().map(&of).collect::<Vec<_>>()));
        let parts: Vec<_> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_else(|why| resume_unwind(why))).collect()
    })
}

/// Two things at once.
pub fn both<A: Send, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        (one(), other.join().unwrap_or_else(|why| resume_unwind(why)))
    })
}

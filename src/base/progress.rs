//! How far a long piece of work is, and whether to stop. In: workers. Out: the window's bar. Must not know any widget.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

type Waker = Box<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct Inner {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
    what: Mutex<String>,
    waker: Mutex<Option<Waker>>,
}

/// Shared by the workers of a job and its watcher; a clone is the same progress.
#[derive(Clone, Default)]
pub struct Progress(Arc<Inner>);

impl Progress {
    /// Progress that nobody watches.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `waker` at every step; it must return at once.
    pub fn set_waker(&self, waker: impl Fn() + Send + Sync + 'static) {
        *self.0.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(waker));
    }

    /// Bytes of work in all, as far as known.
    pub fn add_total(&self, bytes: u64) {
        self.0.total.fetch_add(bytes, Relaxed);
    }

    /// Counts `bytes` as done and wakes the watcher.
    pub fn advance(&self, bytes: u64) {
        self.0.done.fetch_add(bytes, Relaxed);
        self.wake();
    }

    /// Says what is being read now.
    pub fn set_what(&self, what: &str) {
        what.clone_into(&mut self.0.what.lock().unwrap_or_else(PoisonError::into_inner));
        self.wake();
    }

    /// What is being read now.
    pub fn what(&self) -> String {
        self.0.what.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Bytes done and in all. The total grows while archives inside archives are found.
    pub fn bytes(&self) -> (u64, u64) {
        (self.0.done.load(Relaxed), self.0.total.load(Relaxed))
    }

    /// Asks the workers to stop; they look at least once in every 256 KiB.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Relaxed);
        self.wake();
    }

    /// Was [`Self::cancel`] called?
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Relaxed)
    }

    fn wake(&self) {
        if let Some(waker) = self.0.waker.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            waker();
        }
    }
}

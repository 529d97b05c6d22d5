//! Undo of filters and zoom. In: a snapshot after each frame. Out: the snapshots before and after. Must not know how one is applied.

/// Changes of the same thing closer together than this are one step, in seconds: a turn of the wheel, a word typed.
const ONE_STEP_S: f64 = 0.6;
/// How far back it reaches.
const MOST_STEPS: usize = 100;

/// What can be undone: a snapshot of it.
pub trait Undoable: Clone + PartialEq {
    /// Is the change from `before` to this a step of its own kind? Which parts changed, as bits; 0: nothing worth a step.
    fn changed(&self, before: &Self) -> u32;
}

/// Two stacks of snapshots around the present one.
#[derive(Clone, Debug)]
pub struct Undo<T> {
    past: Vec<T>,
    future: Vec<T>,
    now: Option<T>,
    last: Option<(f64, u32)>,
}

impl<T> Default for Undo<T> {
    fn default() -> Self {
        Self { past: Vec::new(), future: Vec::new(), now: None, last: None }
    }
}

impl<T: Undoable> Undo<T> {
    /// Takes note of how things stand at `time` in seconds.
    pub fn watch(&mut self, snapshot: T, time: f64) {
        let Some(now) = self.now.replace(snapshot.clone()) else { return };
        let changed = snapshot.changed(&now);
        if changed == 0 {
            return;
        }
        let goes_on = self.last.is_some_and(|(at, what)| what == changed && time - at < ONE_STEP_S);
        self.last = Some((time, changed));
        self.future.clear();
        if !goes_on {
            self.past.push(now);
            if self.past.len() > MOST_STEPS {
                self.past.remove(0);
            }
        }
    }

    /// The snapshot before the last step.
    pub fn undo(&mut self) -> Option<T> {
        let before = self.past.pop()?;
        self.future.extend(self.now.replace(before.clone()));
        self.last = None;
        Some(before)
    }

    /// The snapshot that was undone last.
    pub fn redo(&mut self) -> Option<T> {
        let after = self.future.pop()?;
        self.past.extend(self.now.replace(after.clone()));
        self.last = None;
        Some(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Undoable for (i32, &'static str) {
        fn changed(&self, before: &Self) -> u32 {
            u32::from(self.0 != before.0) | u32::from(self.1 != before.1) << 1
        }
    }

    #[test]
    fn steps_go_back_and_forth() {
        let mut undo = Undo::default();
        for (time, snapshot) in [(0.0, (0, "")), (1.0, (1, "")), (2.0, (1, "a")), (2.1, (1, "ab")), (2.2, (1, "ab"))] {
            undo.watch(snapshot, time);
        }
        // Typing is one step.
        assert_eq!(undo.undo(), Some((1, "")));
        assert_eq!(undo.undo(), Some((0, "")));
        assert_eq!(undo.undo(), None);
        assert_eq!(undo.redo(), Some((1, "")));
        assert_eq!(undo.redo(), Some((1, "ab")));
        assert_eq!(undo.redo(), None);
        // Something new ends what could be done again; what was undone is no step itself.
        assert_eq!(undo.undo(), Some((1, "")));
        undo.watch((1, ""), 5.0);
        undo.watch((7, ""), 6.0);
        assert_eq!(undo.redo(), None);
        assert_eq!(undo.undo(), Some((1, "")));
    }
}

//! What the comparison shows at the moment. In: commands and what a job made. Out: plain data. Must not compare or start a job.

use std::sync::Arc;

use super::{Chosen, Ready, What, exists, lanes};
use crate::compare::{Anchor, Pair, Scope, Which};
use crate::sip::diff::Diff;
use crate::ui::ViewState;

/// State of the view.
#[derive(Clone, Debug)]
pub struct CompareState {
    /// What is compared; `None`: not chosen yet.
    pub what: Option<What>,
    /// This document is B.
    pub swapped: bool,
    /// Runs, calls or registrations chosen; `None`: the run that is offered.
    pub scopes: Pair<Option<Scope>>,
    /// Where elapsed time is zero.
    pub anchor: Anchor,
    /// What a job made of it; none while it works.
    pub ready: Option<Arc<Ready>>,
    /// What is chosen.
    pub chosen: Option<Chosen>,
    /// Rows that are alike are left out.
    pub only_differences: bool,
    /// Both timelines move together.
    pub together: bool,
    /// What differs by nature (tags, branches, times) counts as a difference, too.
    pub volatile: bool,
    /// Both logs are shown in place of the ladders.
    pub logs: bool,
    /// For what the logs were last moved.
    pub logs_at: Option<Chosen>,
    /// The next frame brings what is chosen into view.
    pub reveal: bool,
    /// The two messages chosen, part by part: for which rows, and what came of it.
    pub(super) diff: Option<((usize, usize), Arc<Diff>)>,
    /// How the timelines of both sides are shown.
    pub(super) lanes: Option<Box<Pair<ViewState>>>,
}

impl Default for CompareState {
    fn default() -> Self {
        Self {
            what: None,
            swapped: false,
            scopes: Pair::default(),
            anchor: Anchor::Auto,
            ready: None,
            chosen: None,
            only_differences: false,
            together: true,
            volatile: false,
            logs: false,
            logs_at: None,
            reveal: false,
            diff: None,
            lanes: None,
        }
    }
}

impl CompareState {
    /// Takes what a job made: the first difference is chosen, the timelines show both as a whole.
    pub fn take(&mut self, ready: Arc<Ready>) {
        let still = self.chosen.filter(|_| self.ready.is_some());
        let first = ready.comparison.differences.first().copied().map(Chosen::Fact);
        self.chosen = still.filter(|c| exists(&ready, *c)).or(first);
        self.diff = None;
        self.logs_at = None;
        self.lanes = Some(Box::new(lanes::states(&ready)));
        self.ready = Some(ready);
        self.reveal = true;
    }

    /// How each side is shown: its timeline and its log.
    pub fn views(&mut self) -> Option<&mut Pair<ViewState>> {
        self.lanes.as_deref_mut()
    }

    /// Both messages of the row chosen, part by part; `None` where one side has none.
    pub(super) fn message_diff(&mut self, ready: &Ready) -> Option<Arc<Diff>> {
        let Some(Chosen::Messages(strand, row)) = self.chosen else { return None };
        if self.diff.as_ref().is_none_or(|(of, _)| *of != (strand, row)) {
            let messages = ready.message_row(strand, row)?.messages;
            let message = |which: Which| {
                let id = (*messages.get(which))?;
                ready.documents.get(which).analysis.facts.message(id).map(|m| &m.seen.message)
            };
            let diff = Diff::of(message(Which::Left)?, message(Which::Right)?);
            self.diff = Some(((strand, row), Arc::new(diff)));
        }
        self.diff.as_ref().map(|(_, diff)| Arc::clone(diff))
    }

    /// Chooses the difference that is `way` further; from nothing the first or last. Does not go round.
    pub fn step(&mut self, way: i32) {
        let Some(ready) = &self.ready else { return };
        let all = &ready.comparison.differences;
        let at = match self.chosen {
            Some(Chosen::Fact(place)) => all.iter().position(|p| *p == place),
            _ => None,
        };
        let next = match (at, way > 0) {
            (Some(at), true) => (at + 1).min(all.len().saturating_sub(1)),
            (Some(at), false) => at.saturating_sub(1),
            (None, true) => 0,
            (None, false) => all.len().saturating_sub(1),
        };
        if let Some(place) = all.get(next) {
            self.chosen = Some(Chosen::Fact(*place));
            self.reveal = true;
        }
    }
}

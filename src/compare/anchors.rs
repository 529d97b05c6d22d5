//! Where elapsed time is zero on each side. In: both sides, what the user chose. Out: [`Zero`]. Must not know rows.

use crate::base::{LogTime, Text};
use crate::session::startup::{StageId, StageState};

use super::{Pair, Scope, Side};

/// What both sides are laid upon each other at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// What both have: the start of the app, else the first REGISTER, else the first INVITE, else the first record.
    #[default]
    Auto,
    /// The first record of the run.
    Start,
    /// The first REGISTER.
    Register,
    /// The first INVITE.
    Invite,
    /// A moment on each side.
    Event(Pair<LogTime>),
}

impl Anchor {
    /// The ones that can be named.
    pub const NAMED: [Self; 4] = [Self::Auto, Self::Start, Self::Register, Self::Invite];

    /// The word of the command line and of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Start => "start",
            Self::Register => "register",
            Self::Invite => "invite",
            Self::Event(_) => "event",
        }
    }

    /// The anchor of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::NAMED.into_iter().find(|a| a.word() == word)
    }

    /// Its name in words.
    pub fn text(self) -> Text {
        Text::key(match self {
            Self::Auto | Self::Start => "compare.anchor_start",
            Self::Register => "compare.anchor_register",
            Self::Invite => "compare.anchor_invite",
            Self::Event(_) => "compare.anchor_event",
        })
    }
}

/// Where elapsed time is zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zero {
    /// What is there.
    pub anchor: Anchor,
    /// The anchor asked for is missing on a side, so another was taken.
    pub replaced: bool,
    /// The moments; `None` where a side has no times.
    pub at: Pair<Option<LogTime>>,
}

/// Finds the zero.
pub fn zero(sides: &Pair<Side<'_>>, anchor: Anchor) -> Zero {
    let at = |anchor: Anchor| sides.map(|side| moment(&side, anchor));
    let has = |anchor: Anchor| at(anchor).both().is_some();
    if let Anchor::Event(moments) = anchor {
        return Zero { anchor, replaced: false, at: moments.map(Some) };
    }
    let asked = match anchor {
        Anchor::Auto => None,
        named => Some(named),
    };
    if let Some(asked) = asked.filter(|a| has(*a)) {
        return Zero { anchor: asked, replaced: false, at: at(asked) };
    }
    let of_call = |side: &Side<'_>| matches!(side.scope, Scope::Call(_));
    let started = |side: &Side<'_>| {
        let run = side.analysis.facts.runs.get(side.run().0 as usize);
        run.is_some_and(|r| r.stages.iter().any(|s| s.id == StageId::AppStart && s.state == StageState::Ok))
    };
    let order = if of_call(&sides.left) || of_call(&sides.right) {
        [Anchor::Invite, Anchor::Register, Anchor::Start]
    } else if started(&sides.left) && started(&sides.right) {
        [Anchor::Start, Anchor::Register, Anchor::Invite]
    } else {
        [Anchor::Register, Anchor::Invite, Anchor::Start]
    };
    let found = order.into_iter().find(|a| has(*a)).unwrap_or(Anchor::Start);
    Zero { anchor: found, replaced: asked.is_some(), at: at(found) }
}

fn moment(side: &Side<'_>, anchor: Anchor) -> Option<LogTime> {
    let facts = &side.analysis.facts;
    let run = side.run();
    match anchor {
        Anchor::Register => {
            let chosen = |place: usize| match side.scope {
                Scope::Registration(one) => place == one as usize,
                _ => true,
            };
            let own = facts.registrations.iter().enumerate().filter(|(place, r)| r.run == run && chosen(*place));
            own.filter_map(|(_, r)| r.first).min()
        }
        Anchor::Invite => {
            let chosen = |call: &&crate::session::call::Call| match side.scope {
                Scope::Call(one) => call.id == one,
                _ => call.run == run,
            };
            facts.calls.iter().filter(chosen).filter_map(|c| c.started).min()
        }
        _ => {
            // A log without records of its own kind still has messages.
            let started = facts.runs.get(run.0 as usize).and_then(|r| r.start);
            started.or_else(|| facts.messages.iter().filter(|m| m.run == run).filter_map(|m| m.seen.at).min())
        }
    }
}

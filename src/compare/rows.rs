//! A fact of both sides in one row: what, left, right, how they differ, and whether that matters. In: cells. Out: [`Row`]s in [`Group`]s.
//! Must not know where the facts come from.

use crate::base::{LogTime, Text, Tone};
use crate::session::{Evidence, Facts, MessageId};

use super::Pair;

/// What a group of rows is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// The twelve stages.
    Stages,
    /// A registration.
    Registration,
    /// Keep-alives.
    KeepAlive,
    /// A call: outcome, media, events.
    Call,
    /// Subscriptions.
    Subscriptions,
    /// Findings.
    Findings,
    /// The client: version, platform, device type.
    Client,
    /// Device configuration and calling environment.
    Configuration,
    /// What was read.
    Coverage,
}

impl Area {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stages => "stages",
            Self::Registration => "registration",
            Self::KeepAlive => "keepalive",
            Self::Call => "call",
            Self::Subscriptions => "subscriptions",
            Self::Findings => "findings",
            Self::Client => "client",
            Self::Configuration => "configuration",
            Self::Coverage => "coverage",
        }
    }

    /// Key of its name in words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Stages => "compare.stages",
            Self::Registration => "compare.registration",
            Self::KeepAlive => "compare.keepalive",
            Self::Call => "compare.call",
            Self::Subscriptions => "compare.subscriptions",
            Self::Findings => "compare.findings",
            Self::Client => "compare.client",
            Self::Configuration => "compare.configuration",
            Self::Coverage => "compare.coverage",
        }
    }
}

/// How the two sides of a row stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Alike.
    Same,
    /// Times or lengths that differ no more than such things usually do.
    Spread,
    /// Different.
    Changed,
    /// The right side lacks it.
    OnlyLeft,
    /// The left side lacks it.
    OnlyRight,
}

impl Kind {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Spread => "spread",
            Self::Changed => "changed",
            Self::OnlyLeft => "only-left",
            Self::OnlyRight => "only-right",
        }
    }

    /// Of what is there and whether it is alike.
    pub fn of(left: bool, right: bool, same: bool) -> Self {
        match (left, right) {
            (true, false) => Self::OnlyLeft,
            (false, true) => Self::OnlyRight,
            _ if same => Self::Same,
            _ => Self::Changed,
        }
    }

    /// With left and right exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::OnlyLeft => Self::OnlyRight,
            Self::OnlyRight => Self::OnlyLeft,
            same => same,
        }
    }
}

/// By how much the right side is more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Nothing to count.
    None,
    /// Microseconds.
    Time(i64),
    /// A number of things.
    Count(i64),
}

impl Amount {
    /// With left and right exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::Time(us) => Self::Time(us.saturating_neg()),
            Self::Count(n) => Self::Count(n.saturating_neg()),
            Self::None => Self::None,
        }
    }
}

/// What one side says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// In words.
    pub text: Text,
    /// How it stands, when it stands well or ill.
    pub tone: Option<Tone>,
    /// When, after the zero of its side, in microseconds.
    pub elapsed_us: Option<i64>,
    /// How long it took, in microseconds.
    pub took_us: Option<i64>,
    /// The lines that prove it.
    pub evidence: Vec<Evidence>,
}

impl Cell {
    /// A cell with words only.
    pub fn new(text: impl Into<Text>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// With a tone.
    #[must_use]
    pub fn toned(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }

    /// With messages that prove it.
    #[must_use]
    pub fn proved(mut self, facts: &Facts, messages: impl IntoIterator<Item = MessageId>) -> Self {
        self.evidence.extend(messages.into_iter().take(MOST_EVIDENCE).map(|id| facts.proof(id)));
        self
    }

    /// With lines that prove it.
    #[must_use]
    pub fn with(mut self, evidence: &[Evidence]) -> Self {
        self.evidence.extend(evidence.iter().take(MOST_EVIDENCE).cloned());
        self
    }

    /// With the time it took.
    #[must_use]
    pub fn took(mut self, us: Option<i64>) -> Self {
        self.took_us = us;
        self
    }

    /// With its moment.
    #[must_use]
    pub fn at(mut self, at: Option<LogTime>, zero: Option<LogTime>) -> Self {
        self.elapsed_us = super::since(at, zero);
        self
    }
}

/// Lines that prove one side of a row; the fact's own card has all.
const MOST_EVIDENCE: usize = 20;

/// A fact of both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is about.
    pub what: Text,
    /// Both sides; `None`: that side lacks it.
    pub cells: Pair<Option<Cell>>,
    /// How they stand to each other.
    pub kind: Kind,
    /// Is it a difference that matters?
    pub matters: bool,
    /// How great the difference is, from 0 (alike) to 1.
    pub weight: f32,
    /// By how much the right side is more.
    pub amount: Amount,
    /// Place in the protocol, for the order of differences.
    pub rank: u8,
}

impl Row {
    /// A row; a difference of this weight matters, also when one side lacks it. `same` counts only where both sides have it.
    pub fn new(what: impl Into<Text>, cells: Pair<Option<Cell>>, same: bool, weight: f32) -> Self {
        let kind = Kind::of(cells.left.is_some(), cells.right.is_some(), same);
        let differs = kind != Kind::Same;
        let weight = if differs { weight } else { 0.0 };
        Self { what: what.into(), cells, kind, matters: differs, weight, amount: Amount::None, rank: 0 }
    }

    /// The difference does not matter: an address, a length that people choose.
    #[must_use]
    pub fn harmless(mut self) -> Self {
        self.matters = false;
        self.weight = self.weight.min(HARMLESS);
        self
    }

    /// Harmless where `it_is`.
    #[must_use]
    pub fn harmless_if(self, it_is: bool) -> Self {
        if it_is { self.harmless() } else { self }
    }

    /// With times to compare ([`spread`]): where nothing else differs, they decide.
    #[must_use]
    pub fn timed(mut self, times: Pair<Option<i64>>) -> Self {
        let Some((left, right)) = times.both() else { return self };
        if left == right || matches!(self.kind, Kind::OnlyLeft | Kind::OnlyRight) {
            return self;
        }
        if self.kind == Kind::Same {
            self.amount = Amount::Time(right.saturating_sub(left));
            (self.kind, self.matters, self.weight) = spread(left, right);
        }
        self
    }

    /// With numbers of things; they tell the amount.
    #[must_use]
    pub fn counted(mut self, numbers: Pair<Option<u64>>) -> Self {
        if let Some((left, right)) = numbers.both()
            && left != right
        {
            let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            self.amount = Amount::Count(signed(right).saturating_sub(signed(left)));
        }
        self
    }

    /// At this place of the protocol.
    #[must_use]
    pub fn ranked(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }
}

/// The colour of a difference that does not matter is no stronger than this.
const HARMLESS: f32 = 0.15;
/// A step must take this much longer …
const LONGER_US: i64 = 1_000_000;
/// … and this many times as long, for that to matter.
const TIMES_AS_LONG: i64 = 2;

/// Does it matter that one step took `left` and the same step `right` µs? When it took a second longer and twice as long. Milliseconds
/// of jitter are the usual spread of networks and servers.
pub fn spread(left: i64, right: i64) -> (Kind, bool, f32) {
    let (short, long) = (left.min(right).max(0), left.max(right).max(0));
    if left == right {
        return (Kind::Same, false, 0.0);
    }
    if long - short > LONGER_US && long > short.saturating_mul(TIMES_AS_LONG) {
        let ratio = long as f64 / short.max(1_000) as f64;
        return (Kind::Changed, true, (ratio.log10() as f32 / 3.0).clamp(0.3, 0.9));
    }
    (Kind::Spread, false, HARMLESS * ((long - short) as f32 / long.max(1) as f32))
}

/// Numbers that servers choose with some play (an expiry): more than a quarter apart matters.
pub fn apart(left: f64, right: f64) -> bool {
    let (less, more) = (left.min(right), left.max(right));
    more > less * 1.25
}

/// Rows under one head.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What it is about.
    pub area: Area,
    /// Which of its sort, where there are several: the called number, the address-of-record. May be empty.
    pub subject: Text,
    /// The facts.
    pub rows: Vec<Row>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_no_difference_and_a_stall_is_one() {
        assert_eq!(spread(400, 90_000).0, Kind::Spread);
        assert_eq!(spread(1_000_000, 1_900_000).0, Kind::Spread);
        assert!(spread(1_000_000, 2_100_000).1);
        // Ten seconds more of forty is no more than a slow moment.
        assert!(!spread(30_000_000, 40_000_000).1);
        assert!(spread(0, 8_000_000).1 && spread(8_000_000, 0).1);
        assert_eq!(spread(5, 5), (Kind::Same, false, 0.0));
    }

    #[test]
    fn the_rule_is_the_same_from_either_side() {
        for (a, b) in [(3, 900_000), (1, 5_000_000), (70_000, 70_001)] {
            assert_eq!(spread(a, b), spread(b, a));
            assert_eq!(apart(a as f64, b as f64), apart(b as f64, a as f64));
        }
    }
}

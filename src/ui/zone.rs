//! The zone that times are shown in. In: what the user chose and the document. Out: times of day and dates, always with a name for
//! the zone beside them. Reports and copied references are not touched by it.
//!
//! Which zone is shown is a matter of the frame, like the language: [`show`] sets it for the thread. It is one offset for a whole
//! document, also where summer time begins in the middle of it, so that no two moments have the same name.

use std::cell::Cell;

use super::document::Document;
use crate::base::LogTime;
use crate::base::time::{Zone, ZoneBasis, local_offset_s, zone_name};

thread_local! {
    static OFFSET_S: Cell<i32> = const { Cell::new(0) };
}

/// What the user chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Choice {
    /// Coordinated universal time.
    #[default]
    Utc,
    /// The zone of the log itself, where it prints one or the user gave one; else UTC.
    Log,
    /// The zone of this computer at the time of the log.
    Local,
    /// So many seconds east of UTC.
    Fixed(i32),
}

impl Choice {
    /// Its name in the settings: `utc`, `log`, `local`, `+05:45`.
    pub fn name(self) -> String {
        match self {
            Self::Utc => "utc".to_owned(),
            Self::Log => "log".to_owned(),
            Self::Local => "local".to_owned(),
            Self::Fixed(offset_s) => offset(offset_s),
        }
    }

    /// The choice of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "log" => Some(Self::Log),
            "local" => Some(Self::Local),
            _ => match Zone::parse_offset(name)? {
                0 => Some(Self::Utc),
                offset_s => Some(Self::Fixed(offset_s)),
            },
        }
    }

    /// Key of its word; a fixed offset is its own.
    pub fn words(self) -> &'static str {
        match self {
            Self::Utc => "settings.zone_utc",
            Self::Log => "settings.zone_log",
            Self::Local => "settings.zone_local",
            Self::Fixed(_) => "settings.offset",
        }
    }

    /// Seconds east of UTC for a document.
    pub fn offset_s(self, document: Option<&Document>) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Fixed(offset_s) => offset_s,
            Self::Log => document.and_then(of_log).unwrap_or(0),
            Self::Local => local_offset_s(document.and_then(|d| d.survey.extent).map(|e| LogTime(e.start_us))),
        }
    }
}

/// The zone of the first member whose stamps carry one, else of one that the user gave.
pub fn of_log(document: &Document) -> Option<i32> {
    let with =
        |basis| document.analysis.members.iter().find(|m| m.first.is_some() && m.zone.basis == basis).map(|m| m.zone.offset_s);
    with(ZoneBasis::Log).or_else(|| with(ZoneBasis::Given))
}

/// The offset that was shown before comes back when this is dropped.
#[must_use = "the zone is shown only as long as this lives"]
#[derive(Debug)]
pub struct Shown {
    before: i32,
    /// It belongs to the thread that made it.
    of_thread: std::marker::PhantomData<*const ()>,
}

impl Drop for Shown {
    fn drop(&mut self) {
        OFFSET_S.set(self.before);
    }
}

/// Shows times so many seconds east of UTC on this thread until the result is dropped.
pub fn show(offset_s: i32) -> Shown {
    Shown { before: OFFSET_S.replace(offset_s), of_thread: std::marker::PhantomData }
}

/// The offset shown now, seconds east of UTC; part of the key of whatever keeps texts with times.
pub fn offset_s() -> i32 {
    OFFSET_S.get()
}

/// The name of the zone shown: `UTC`, `UTC+05:45`.
pub fn name() -> String {
    named(offset_s())
}

/// The name of an offset.
pub fn named(offset_s: i32) -> String {
    zone_name(offset_s)
}

fn offset(offset_s: i32) -> String {
    Zone { offset_s, basis: ZoneBasis::Given }.text()
}

/// Time of day in the zone shown, `07:19:10.077`.
pub fn clock(at: LogTime) -> String {
    at.clock(offset_s())
}

/// Time of day in whole seconds.
pub fn short(at: LogTime) -> String {
    clock(at).split('.').next().unwrap_or_default().to_owned()
}

/// Date in the zone shown.
pub fn date(at: LogTime) -> String {
    at.date(offset_s())
}

/// From one moment to another, the date once when it is the same day.
pub fn range(from: LogTime, to: LogTime) -> String {
    from.range(to, offset_s())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_follow_the_zone_and_it_has_a_name() {
        let at = LogTime::from_civil(2026, 3, 10, 23, 30, 0, 0).unwrap();
        assert_eq!((name(), clock(at)), ("UTC".to_owned(), "23:30:00.000".to_owned()));
        {
            let _shown = show(20_700);
            assert_eq!(name(), "UTC+05:45");
            assert_eq!((date(at), short(at)), ("2026-03-11".to_owned(), "05:15:00".to_owned()));
        }
        assert_eq!(name(), "UTC");
    }

    #[test]
    fn choices_have_names() {
        for choice in [Choice::Utc, Choice::Log, Choice::Local, Choice::Fixed(-12_600), Choice::Fixed(20_700)] {
            assert_eq!(Choice::from_name(&choice.name()), Some(choice));
        }
        assert_eq!(Choice::from_name("CET"), None);
    }
}

//! Times of a log. In: parts of a stamp. Out: [`LogTime`], [`Zone`]. Must not know any dialect.
//!
//! Everything is microseconds UTC in an `i64`; chrono only turns dates to numbers and back.

use chrono::{DateTime, Local, NaiveDate, Offset, SecondsFormat, TimeZone, Utc};

/// Microseconds in a second.
pub const SECOND_US: i64 = 1_000_000;

/// A moment: microseconds since 1970-01-01 UTC. How its zone is known stands with its member ([`Zone`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogTime(pub i64);

impl LogTime {
    /// From a calendar date and time of day in UTC; `None` when such a day or time does not exist.
    pub fn from_civil(year: i32, month: u32, day: u32, hour: u32, minute: u32, second: u32, micro: u32) -> Option<Self> {
        // A leap second (60) counts as the first moment of the next minute, as POSIX clocks print it.
        let leap = u32::from(second == 60);
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        let time = date.and_hms_micro_opt(hour, minute, second - leap, micro)?;
        Some(Self(time.and_utc().timestamp_micros() + i64::from(leap) * SECOND_US))
    }

    /// `2024-01-30T07:19:10.077000Z`, the form of the JSON report.
    pub fn rfc3339(self) -> String {
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(time) => time.to_rfc3339_opts(SecondsFormat::Micros, true),
            None => format!("@{}us", self.0),
        }
    }

    /// Date in the given zone, `2024-01-30`.
    pub fn date(self, offset_s: i32) -> String {
        self.format(offset_s, "%Y-%m-%d")
    }

    /// Time of day in the given zone with milliseconds, `07:19:10.077`.
    pub fn clock(self, offset_s: i32) -> String {
        self.format(offset_s, "%H:%M:%S%.3f")
    }

    fn format(self, offset_s: i32, pattern: &str) -> String {
        let shifted = self.0.saturating_add(i64::from(offset_s).saturating_mul(SECOND_US));
        match DateTime::<Utc>::from_timestamp_micros(shifted) {
            Some(time) => time.format(pattern).to_string(),
            None => format!("@{}us", self.0),
        }
    }

    /// From this moment to another in the given zone, the date once when it is the same day.
    pub fn range(self, to: Self, offset_s: i32) -> String {
        let (first, last) = (self.date(offset_s), to.date(offset_s));
        let day = if first == last { String::new() } else { format!("{last} ") };
        format!("{first} {} – {day}{}", self.clock(offset_s), to.clock(offset_s))
    }

    /// Microseconds from `earlier` to this moment; negative when the log's clock went back.
    pub fn since_us(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment moved by `us` microseconds.
    pub fn plus_us(self, us: i64) -> Self {
        Self(self.0.saturating_add(us))
    }
}

/// The zone of this computer at a moment, or now, in seconds east of UTC.
pub fn local_offset_s(at: Option<LogTime>) -> i32 {
    let at = at.and_then(|at| DateTime::<Utc>::from_timestamp_micros(at.0)).unwrap_or_else(Utc::now);
    Local.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

/// How the zone of a member's stamps is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ZoneBasis {
    /// The stamps carry it.
    Log,
    /// A server's tag in the SIP text told UTC (`<number>-<13 digits>`).
    PeerTag,
    /// Estimated against other members of the bundle; shown as such.
    Estimated,
    /// The user gave it.
    Given,
    /// Nothing told it: taken as UTC.
    Assumed,
}

impl ZoneBasis {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::PeerTag => "peer-tag",
            Self::Estimated => "estimated",
            Self::Given => "given",
            Self::Assumed => "assumed",
        }
    }
}

/// The zone of a member's stamps that carry none themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Seconds east of UTC.
    pub offset_s: i32,
    /// How it is known.
    pub basis: ZoneBasis,
}

impl Zone {
    /// UTC because nothing told another zone.
    pub const ASSUMED: Self = Self { offset_s: 0, basis: ZoneBasis::Assumed };

    /// `+05:45`.
    pub fn text(self) -> String {
        let sign = if self.offset_s < 0 { '-' } else { '+' };
        let minutes = self.offset_s.unsigned_abs() / 60;
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// Reads `Z`, `UTC`, `+05:45`, `+0545`, `-03`; `None` for anything else or beyond 18 hours.
    pub fn parse_offset(text: &str) -> Option<i32> {
        if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
            return Some(0);
        }
        let (sign, digits) = match text.as_bytes().first()? {
            b'+' => (1, text.get(1..)?),
            b'-' => (-1, text.get(1..)?),
            _ => return None,
        };
        let digits: String = digits.chars().filter(|c| *c != ':').collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 2 | 4) {
            return None;
        }
        let hours: i32 = digits.get(..2)?.parse().ok()?;
        let minutes: i32 = digits.get(2..).filter(|m| !m.is_empty()).map_or(Some(0), |m| m.parse().ok())?;
        (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
    }
}

/// The name of an offset: `UTC`, `UTC+05:45`.
pub fn zone_name(offset_s: i32) -> String {
    if offset_s == 0 { "UTC".to_owned() } else { format!("UTC{}", Zone { offset_s, basis: ZoneBasis::Given }.text()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_time_and_back() {
        // 2024-01-30 07:19:10.077 UTC is 1706599150.077 by any independent clock.
        let time = LogTime::from_civil(2024, 1, 30, 7, 19, 10, 77_000).unwrap();
        assert_eq!(time.0, 1_706_599_150_077_000);
        assert_eq!(time.rfc3339(), "2024-01-30T07:19:10.077000Z");
        assert_eq!(time.clock(20_700), "13:04:10.077");
        assert!(LogTime::from_civil(2023, 2, 29, 0, 0, 0, 0).is_none());
    }

    #[test]
    fn offsets() {
        assert_eq!(Zone::parse_offset("+05:45"), Some(20_700));
        assert_eq!(Zone::parse_offset("-0330"), Some(-12_600));
        assert_eq!(Zone::parse_offset("CET"), None);
        assert_eq!(Zone { offset_s: -12_600, basis: ZoneBasis::Given }.text(), "-03:30");
    }
}

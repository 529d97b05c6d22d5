//! How a date and time is printed. In: patterns of dialect files, bytes of a line. Out: [`Reading`], made a [`Stamp`] by [`Clock`].
//! Must not know dialects or members.
//!
//! Pattern language: `%Y %m %d` (`%d` takes one or two digits), `%b` month name, `%a` weekday name, `%H %M %S`, `%f` fraction with its
//! separator (`.`, `,` or `:`; may be absent), `%I %p` (12 hours, AM/PM), `%z` zone when one is printed (`Z`, `UTC`, `GMT`, `+01:00`,
//! `+0100`, `+01`), `%Z` any abbreviation (`CET`: read over, tells no zone), `%s` seconds since 1970. A space is one or more blanks.

use super::Stamp;
use crate::base::LogTime;
use crate::base::time::SECOND_US;

const DAY_US: i64 = 86_400 * SECOND_US;
/// Year taken for stamps without one when nothing tells it: a leap year, so that 29 February exists.
pub const UNKNOWN_YEAR: i32 = 1972;

/// The date part of a stamp as printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Date {
    /// Year, month, day.
    Full(i32, u32, u32),
    /// Month and day (syslog).
    NoYear(u32, u32),
    /// A time of day only.
    Absent,
    /// Seconds since 1970: the time part holds all of it.
    Epoch,
}

/// A stamp as printed, before the date is completed from its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The date.
    pub date: Date,
    /// Microseconds since midnight (since 1970 for [`Date::Epoch`]).
    pub time_us: i64,
    /// Seconds east of UTC when the stamp says so.
    pub zone_s: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    MonthName,
    Weekday,
    Day,
    Hour,
    Hour12,
    HalfDay,
    Minute,
    Second,
    Fraction,
    Zone,
    Abbreviation,
    Epoch,
    Blank,
    Literal(u8),
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format(Vec<Part>);

impl Format {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// On an unknown `%` letter, or when the pattern has no time of day; one short sentence.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut bytes = pattern.bytes();
        while let Some(byte) = bytes.next() {
            let part = match byte {
                b'%' => match bytes.next() {
                    Some(b'Y') => Part::Year,
                    Some(b'm') => Part::Month,
                    Some(b'b') => Part::MonthName,
                    Some(b'a') => Part::Weekday,
                    Some(b'd') => Part::Day,
                    Some(b'H') => Part::Hour,
                    Some(b'I') => Part::Hour12,
                    Some(b'p') => Part::HalfDay,
                    Some(b'M') => Part::Minute,
                    Some(b'S') => Part::Second,
                    Some(b'f') => Part::Fraction,
                    Some(b'z') => Part::Zone,
                    Some(b'Z') => Part::Abbreviation,
                    Some(b's') => Part::Epoch,
                    Some(b'%') => Part::Literal(b'%'),
                    other => return Err(format!("Unknown time letter %{}", other.map_or(' ', char::from))),
                },
                b' ' => Part::Blank,
                other => Part::Literal(other),
            };
            parts.push(part);
        }
        let has = |part: Part| parts.contains(&part);
        if has(Part::Epoch) || ((has(Part::Hour) || has(Part::Hour12)) && has(Part::Minute)) {
            Ok(Self(parts))
        } else {
            Err("The time pattern has no time of day".to_owned())
        }
    }

    /// Reads a stamp at the start of `text`; with its length in bytes.
    pub fn read(&self, text: &[u8]) -> Option<(Reading, usize)> {
        let mut cursor = Cursor { text, at: 0 };
        let (mut year, mut month, mut day) = (None, None, None);
        let (mut hour, mut minute, mut second, mut micro) = (0i64, 0i64, 0i64, 0i64);
        let mut epoch = None;
        let mut zone_s = None;
        for part in &self.0 {
            match *part {
                Part::Year => year = Some(i32::try_from(cursor.digits(4, 4).filter(|y| (1970..2100).contains(y))?).ok()?),
                Part::Month => month = Some(cursor.digits(2, 2)?),
                Part::MonthName => month = Some(cursor.month_name()?),
                Part::Weekday => cursor.weekday()?,
                Part::Day => day = Some(cursor.digits(1, 2)?),
                Part::Hour => hour = cursor.below(24)?,
                Part::Hour12 => hour = i64::from(cursor.digits(1, 2).filter(|h| (1..=12).contains(h))?) % 12,
                Part::HalfDay => hour += if cursor.half_day()? { 12 } else { 0 },
                Part::Minute => minute = cursor.below(60)?,
                // 60: a leap second (RFC 3339, section 5.6)
                Part::Second => second = cursor.below(61)?,
                Part::Fraction => micro = cursor.fraction()?,
                Part::Zone => zone_s = cursor.zone(),
                Part::Abbreviation => {
                    if matches!(cursor.rest().get(..3), Some(b"UTC" | b"GMT")) || cursor.rest() == b"Z" {
                        zone_s = Some(0);
                    }
                    cursor.letters(1)?;
                }
                Part::Epoch => epoch = Some(i64::from(cursor.digits(9, 10)?)),
                Part::Blank => cursor.blanks()?,
                Part::Literal(byte) => cursor.literal(byte)?,
            }
        }
        let reading = match epoch {
            Some(seconds) => Reading { date: Date::Epoch, time_us: seconds * SECOND_US + micro, zone_s: Some(0) },
            None => Reading {
                date: match (year, month, day) {
                    (Some(year), Some(month), Some(day)) => Date::Full(year, month, day),
                    (None, Some(month), Some(day)) => Date::NoYear(month, day),
                    (None, None, None) => Date::Absent,
                    _ => return None,
                },
                time_us: ((hour * 60 + minute) * 60 + second) * SECOND_US + micro,
                zone_s,
            },
        };
        reading.exists().then_some((reading, cursor.at))
    }
}

impl Reading {
    /// Is there such a day?
    fn exists(&self) -> bool {
        let days = |year: i32, month: u32| match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            _ => 0,
        };
        match self.date {
            Date::Full(year, month, day) => (1..=days(year, month)).contains(&day),
            Date::NoYear(month, day) => (1..=days(UNKNOWN_YEAR, month)).contains(&day),
            Date::Absent | Date::Epoch => true,
        }
    }
}

/// A place in the bytes of a line; each reader moves it, or gives `None` where the text is something else.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn literal(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn blanks(&mut self) -> Option<()> {
        let count = self.rest().iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        self.at += count;
        (count > 0).then_some(())
    }

    /// A number of at least `min` digits, at most `max` of them taken.
    fn digits(&mut self, min: usize, max: usize) -> Option<u32> {
        let mut value = 0u32;
        let mut count = 0;
        for byte in self.rest().iter().take(max).take_while(|b| b.is_ascii_digit()) {
            value = value.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?;
            count += 1;
        }
        self.at += count;
        (count >= min).then_some(value)
    }

    /// Two digits below `limit`.
    fn below(&mut self, limit: u32) -> Option<i64> {
        self.digits(2, 2).filter(|v| *v < limit).map(i64::from)
    }

    /// Nothing, or a separator with one to nine digits; microseconds.
    fn fraction(&mut self) -> Option<i64> {
        let rest = self.rest();
        if !matches!(rest.first(), Some(b'.' | b',' | b':')) || !rest.get(1).is_some_and(u8::is_ascii_digit) {
            return Some(0);
        }
        self.at += 1;
        let (mut value, mut count) = (0i64, 0usize);
        for byte in self.rest().iter().take_while(|b| b.is_ascii_digit()) {
            if count < 6 {
                value = value * 10 + i64::from(byte - b'0');
            }
            count += 1;
        }
        self.at += count;
        for _ in count..6 {
            value *= 10;
        }
        (count <= 9).then_some(value)
    }

    fn letters(&mut self, min: usize) -> Option<&'a [u8]> {
        let rest = self.rest();
        let count = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        self.at += count;
        (count >= min).then(|| rest.get(..count)).flatten()
    }

    fn month_name(&mut self) -> Option<u32> {
        const NAMES: [&[u8]; 12] =
            [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
        let word = self.letters(3).filter(|w| w.len() == 3)?;
        let place = NAMES.iter().position(|name| word.eq_ignore_ascii_case(name))?;
        u32::try_from(place + 1).ok()
    }

    fn weekday(&mut self) -> Option<()> {
        const NAMES: [&[u8]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
        let word = self.letters(3)?;
        NAMES.iter().any(|name| word.eq_ignore_ascii_case(name)).then_some(())
    }

    /// `AM` is false, `PM` true.
    fn half_day(&mut self) -> Option<bool> {
        let word = self.letters(2)?;
        if word.eq_ignore_ascii_case(b"pm") { Some(true) } else { word.eq_ignore_ascii_case(b"am").then_some(false) }
    }

    /// A zone, with or without a blank before it; nothing is read when there is none that tells an offset.
    fn zone(&mut self) -> Option<i32> {
        let rest = self.rest();
        let blank = usize::from(rest.first() == Some(&b' '));
        let zone = rest.get(blank..).unwrap_or_default();
        let (offset_s, length) = match zone.first()? {
            b'Z' | b'z' if blank == 0 || zone.first() == Some(&b'Z') => (0, 1),
            b'U' | b'G' if matches!(zone.get(..3), Some(b"UTC" | b"GMT")) => (0, 3),
            sign @ (b'+' | b'-') => {
                let hours = two_digits(zone.get(1..3)?)?;
                let (minutes, length) = match (zone.get(3..6), zone.get(3..5)) {
                    (Some([b':', minutes @ ..]), _) if two_digits(minutes).is_some() => (two_digits(minutes)?, 6),
                    (_, Some(minutes)) if two_digits(minutes).is_some() => (two_digits(minutes)?, 5),
                    // `12:00 -05 text`: a lone number behind a blank is no zone
                    _ if blank == 0 => (0, 3),
                    _ => return None,
                };
                // No place on earth is beyond 14 hours or off the quarter hour.
                if hours > 14 || minutes % 15 != 0 || minutes > 45 {
                    return None;
                }
                let seconds = hours * 3600 + minutes * 60;
                (if *sign == b'-' { -seconds } else { seconds }, length)
            }
            _ => return None,
        };
        // `Zulu`, `UTCX`, `+01000` are other words.
        if zone.get(length).is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        self.at += blank + length;
        Some(offset_s)
    }
}

fn two_digits(text: &[u8]) -> Option<i32> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some(i32::from(tens - b'0') * 10 + i32::from(ones - b'0')),
        _ => None,
    }
}

/// Completes dates from the record before: the clock of one member.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Month, day and year of the last full date with its midnight, so that a date is worked out once and not for each record.
    cached: Option<(i32, u32, u32, i64)>,
    last: Option<Stamp>,
    year: Option<i32>,
    last_month: u32,
    /// A year had to be assumed for at least one stamp.
    pub assumed_year: Option<i32>,
}

impl Clock {
    /// A clock; `modified_s` is the local time of the file (seconds since 1970) from which a missing year is taken.
    pub fn new(modified_s: Option<i64>) -> Self {
        let year = modified_s.and_then(|s| LogTime(s.checked_mul(SECOND_US)?).date(0).get(..4)?.parse().ok());
        Self { year, ..Self::default() }
    }

    /// The stamp of a reading; `None` for a time of day before any date, or a day that does not exist.
    pub fn stamp(&mut self, reading: &Reading) -> Option<Stamp> {
        let zoned = reading.zone_s.is_some();
        let zone_us = i64::from(reading.zone_s.unwrap_or(0)) * SECOND_US;
        let us = match reading.date {
            Date::Epoch => reading.time_us,
            Date::Full(year, month, day) => self.midnight(year, month, day)? + reading.time_us - zone_us,
            Date::NoYear(month, day) => {
                let year = self.year_for(month);
                self.midnight(year, month, day).or_else(|| self.midnight(UNKNOWN_YEAR, month, day))? + reading.time_us - zone_us
            }
            Date::Absent => {
                // The day that brings the time nearest to the record before: a log that runs over midnight goes on.
                let last = self.last?.us + zone_us;
                let today = last.div_euclid(DAY_US) * DAY_US + reading.time_us;
                let day = if today - last > DAY_US / 2 {
                    -DAY_US
                } else if last - today > DAY_US / 2 {
                    DAY_US
                } else {
                    0
                };
                today + day - zone_us
            }
        };
        let stamp = Stamp { us, zoned };
        self.last = Some(stamp);
        Some(stamp)
    }

    /// The year of a stamp that has none: that of the file, or of the record before; one more when December turns to January.
    fn year_for(&mut self, month: u32) -> i32 {
        let year = self.year.unwrap_or(UNKNOWN_YEAR);
        let year = match (self.last_month, month) {
            (12, 1) => year + 1,
            (1, 12) if self.assumed_year.is_some() => year - 1,
            _ => year,
        };
        self.last_month = month;
        self.year = Some(year);
        self.assumed_year.get_or_insert(year);
        year
    }

    fn midnight(&mut self, year: i32, month: u32, day: u32) -> Option<i64> {
        match self.cached {
            Some((y, m, d, us)) if (y, m, d) == (year, month, day) => Some(us),
            _ => {
                let us = LogTime::from_civil(year, month, day, 0, 0, 0, 0)?.0;
                self.cached = Some((year, month, day, us));
                Some(us)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> Option<(String, Option<i32>, usize)> {
        let (reading, length) = Format::new(pattern).unwrap().read(text.as_bytes())?;
        let stamp = Clock::default().stamp(&reading)?;
        Some((LogTime(stamp.us).rfc3339(), reading.zone_s, length))
    }

    #[test]
    fn forms_of_the_same_moment() {
        let same = "2024-01-30T07:19:10.077000Z".to_owned();
        assert_eq!(read("%Y-%m-%dT%H:%M:%S%f%z", "2024-01-30T07:19:10.077Z x"), Some((same.clone(), Some(0), 24)));
        assert_eq!(read("%Y-%m-%dT%H:%M:%S%f%z", "2024-01-30T13:04:10,077+05:45"), Some((same.clone(), Some(20_700), 29)));
        assert_eq!(read("%Y.%m.%d %H:%M:%S%f %Z", "2024.01.30 07:19:10:077 CET |"), Some((same.clone(), None, 27)));
        assert_eq!(read("%d/%b/%Y:%H:%M:%S%f%z", "30/Jan/2024:08:19:10.077 +0100]"), Some((same.clone(), Some(3600), 30)));
        assert_eq!(read("%s%f", "1706599150.077 x"), Some((same.clone(), Some(0), 14)));
        assert_eq!(read("%m/%d/%Y %I:%M:%S%f %p", "01/30/2024 07:19:10.077 AM"), Some((same, None, 26)));
        assert_eq!(read("%Y-%m-%d %H:%M:%S%f%z", "2024-01-30 07:19:10 -05 x").unwrap().2, 19);
        assert_eq!(read("%Y-%m-%d %H:%M:%S%f%z", "2024-02-30 07:19:10"), None);
        assert_eq!(read("%Y-%m-%d %H:%M:%S%f%z", "2024-01-30 24:19:10"), None);
        assert_eq!(read("%Y-%m-%d %H:%M:%S%f%z", "2024-01-30 07:19:10.123456789 x").unwrap().0, "2024-01-30T07:19:10.123456Z");
        assert!(Format::new("%Y-%m-%d").is_err());
        assert!(Format::new("%Q").is_err());
    }

    #[test]
    fn times_without_date_follow_the_record_before_over_midnight() {
        let full = Format::new("%Y-%m-%d %H:%M:%S%f").unwrap();
        let time = Format::new("%H:%M:%S%f").unwrap();
        let mut clock = Clock::default();
        let at = |clock: &mut Clock, format: &Format, text: &str| {
            clock.stamp(&format.read(text.as_bytes()).unwrap().0).map(|s| LogTime(s.us).rfc3339())
        };
        assert_eq!(at(&mut clock, &time, "23:59:59.900"), None);
        assert_eq!(at(&mut clock, &full, "2024-02-28 23:59:59.800"), Some("2024-02-28T23:59:59.800000Z".into()));
        assert_eq!(at(&mut clock, &time, "23:59:59.900"), Some("2024-02-28T23:59:59.900000Z".into()));
        assert_eq!(at(&mut clock, &time, "00:00:00.100"), Some("2024-02-29T00:00:00.100000Z".into()));
        assert_eq!(at(&mut clock, &time, "23:59:59.990"), Some("2024-02-28T23:59:59.990000Z".into()));
    }

    #[test]
    fn years_are_assumed_and_turn_over() {
        let syslog = Format::new("%b %d %H:%M:%S%f").unwrap();
        let mut clock = Clock::new(Some(1_706_599_150));
        let mut at = |text: &str| clock.stamp(&syslog.read(text.as_bytes()).unwrap().0).map(|s| LogTime(s.us).rfc3339());
        assert_eq!(at("Dec 31 23:59:59"), Some("2024-12-31T23:59:59.000000Z".into()));
        assert_eq!(at("Jan  1 00:00:00"), Some("2025-01-01T00:00:00.000000Z".into()));
        assert_eq!(clock.assumed_year, Some(2024));
    }
}

//! How spans of time and counts are written. In: microseconds. Out: short text with its unit. Must not know where it stands.

use crate::base::LogTime;
use crate::base::time::SECOND_US;

const MINUTE_US: i64 = 60 * SECOND_US;
const HOUR_US: i64 = 60 * MINUTE_US;
const DAY_US: i64 = 24 * HOUR_US;

/// A length of time in the fewest figures that still tell: `0.26 ms`, `12 ms`, `2.39 s`, `30.9 s`, `1:46`, `7 h 59 min`, `3 d 2 h`.
pub fn duration(us: i64) -> String {
    let sign = if us < 0 { "−" } else { "" };
    let us = us.saturating_abs();
    let seconds = us as f64 / SECOND_US as f64;
    let text = if us == 0 {
        "0 ms".to_owned()
    } else if us < 10_000 && us % 1_000 != 0 {
        // A log with whole milliseconds must not look more exact than it is.
        format!("{:.2} ms", us as f64 / 1_000.0)
    } else if us < 999_500 {
        format!("{:.0} ms", us as f64 / 1_000.0)
    } else if us < 9_995_000 {
        format!("{seconds:.2} s")
    } else if us < 59_950_000 {
        format!("{seconds:.1} s")
    } else if us < HOUR_US - SECOND_US / 2 {
        let whole = (us + SECOND_US / 2) / SECOND_US;
        format!("{}:{:02}", whole / 60, whole % 60)
    } else if us < 2 * DAY_US {
        format!("{} h {} min", us / HOUR_US, us % HOUR_US / MINUTE_US)
    } else {
        format!("{} d {} h", us / DAY_US, us % DAY_US / HOUR_US)
    };
    format!("{sign}{text}")
}

/// Time since a start for the ruler, as exact as `step_us` asks: `+0 s`, `+1.25 s`, `+1:19.3`, `+2:00:00`.
pub fn elapsed(us: i64, step_us: i64) -> String {
    let sign = if us < 0 { '−' } else { '+' };
    let us = us.saturating_abs();
    let places = match step_us {
        s if s >= SECOND_US => 0,
        s if s >= 100_000 => 1,
        s if s >= 10_000 => 2,
        s if s >= 1_000 => 3,
        s if s >= 100 => 4,
        s if s >= 10 => 5,
        _ => 6,
    };
    let fraction = fraction(us % SECOND_US, places);
    if us >= DAY_US {
        let (days, rest) = (us / DAY_US, us % DAY_US / SECOND_US);
        let (hours, minutes, seconds) = (rest / 3600, rest / 60 % 60, rest % 60);
        let seconds = if step_us % MINUTE_US == 0 { String::new() } else { format!(":{seconds:02}{fraction}") };
        return format!("{sign}{days} d {hours:02}:{minutes:02}{seconds}");
    }
    let whole = us / SECOND_US;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{sign}{hours}:{minutes:02}:{seconds:02}{fraction}")
    } else if minutes > 0 {
        format!("{sign}{minutes}:{seconds:02}{fraction}")
    } else {
        format!("{sign}{seconds}{fraction} s")
    }
}

/// A length of time to its last digit: `350 µs`, `12.345 ms`, `21.208 s`, `1:46.208`, `3 d 02:00:00.000`.
pub fn exact(us: i64) -> String {
    let us = us.saturating_abs();
    // Microseconds only where the log has them.
    let places = if us % 1_000 == 0 { 3 } else { 6 };
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..SECOND_US if places == 3 => format!("{} ms", us / 1_000),
        1_000..SECOND_US => format!("{}.{:03} ms", us / 1_000, us % 1_000),
        _ => {
            let step_us = 10_i64.pow(6 - places);
            elapsed(us, step_us).trim_start_matches('+').to_owned()
        }
    }
}

/// Time of day for the ruler, as exact as `step_us` asks; the date where a day begins.
pub fn time_of_day(us: i64, step_us: i64) -> String {
    let at = LogTime(us);
    let clock = at.clock(0);
    let part = |chars: usize| clock.get(..chars).unwrap_or(&clock).to_owned();
    match step_us {
        _ if us.rem_euclid(DAY_US) == 0 => at.date(0),
        s if s % MINUTE_US == 0 => part(5),
        s if s % SECOND_US == 0 => part(8),
        s if s % 1_000 == 0 => clock,
        _ => format!("{clock}{:03}", us.rem_euclid(1_000)),
    }
}

/// A measured value with its unit: `7 ms`, `0.2 %`.
pub fn value(value: f64, unit: &str) -> String {
    let size = value.abs();
    let digits = match size {
        _ if size >= 10.0 || value.fract() == 0.0 => 0,
        _ if size >= 0.1 => 1,
        _ => 2,
    };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}

fn fraction(us: i64, places: u32) -> String {
    if places == 0 {
        return String::new();
    }
    let cut = us / 10_i64.pow(6 - places);
    format!(".{cut:0width$}", width = places as usize)
}

/// A count with thousands parted: `18,412`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A size in bytes: `812 B`, `4.1 MB` (powers of ten, as file managers write it).
pub fn bytes(size: u64) -> String {
    let size_f = size as f64;
    match size {
        0..=999 => format!("{size} B"),
        1_000..=999_949 => format!("{:.1} kB", size_f / 1e3),
        999_950..=999_949_999 => format!("{:.1} MB", size_f / 1e6),
        _ => format!("{:.2} GB", size_f / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_their_sense_at_the_borders() {
        let cases = [
            (0, "0 ms"),
            (260, "0.26 ms"),
            (1_000, "1 ms"),
            (1_250, "1.25 ms"),
            (12_000, "12 ms"),
            (999_499, "999 ms"),
            (999_500, "1.00 s"),
            (2_391_000, "2.39 s"),
            (30_900_000, "30.9 s"),
            (59_960_000, "1:00"),
            (106_000_000, "1:46"),
            (3_599_400_000, "59:59"),
            (3_600_000_000, "1 h 0 min"),
            (28_740_000_000, "7 h 59 min"),
            (266_400_000_000, "3 d 2 h"),
            (-12_000, "−12 ms"),
        ];
        for (us, text) in cases {
            assert_eq!(duration(us), text, "{us} µs");
        }
    }

    #[test]
    fn elapsed_is_as_exact_as_the_ruler() {
        assert_eq!(elapsed(0, 10 * SECOND_US), "+0 s");
        assert_eq!(elapsed(79_300_000, 100_000), "+1:19.3");
        assert_eq!(elapsed(1_250_000, 10_000), "+1.25 s");
        assert_eq!(elapsed(7_200_000_000, MINUTE_US), "+2:00:00");
        assert_eq!(elapsed(-2_000_000, SECOND_US), "−2 s");
    }

    #[test]
    fn the_ruler_from_days_to_microseconds() {
        let day = 86_400 * SECOND_US;
        assert_eq!(elapsed(2 * day + 3_600 * SECOND_US, 3_600 * SECOND_US), "+2 d 01:00");
        assert_eq!(elapsed(2 * day + 3_605 * SECOND_US, 5 * SECOND_US), "+2 d 01:00:05");
        assert_eq!(elapsed(79_300_250, 50), "+1:19.30025");
        assert_eq!(elapsed(20, 20), "+0.00002 s");
        let at = 1_706_599_150_077_350; // 2024-01-30 07:19:10.077350 UTC
        for (us, step, text) in [
            (at, 10, "07:19:10.077350"),
            (at, 1_000, "07:19:10.077"),
            (at, SECOND_US, "07:19:10"),
            (at, 60 * SECOND_US, "07:19"),
            (at - at % day, 3_600 * SECOND_US, "2024-01-30"),
        ] {
            assert_eq!(time_of_day(us, step), text);
        }
    }

    #[test]
    fn what_is_measured_is_said_to_its_last_digit() {
        for (us, text) in [
            (0, "0 µs"),
            (350, "350 µs"),
            (12_000, "12 ms"),
            (12_345, "12.345 ms"),
            (21_208_000, "21.208 s"),
            (106_208_000, "1:46.208"),
            (-106_208_001, "1:46.208001"),
            (3 * 86_400 * SECOND_US, "3 d 00:00:00.000"),
        ] {
            assert_eq!(exact(us), text);
        }
        assert_eq!((value(7.0, "ms"), value(0.234, "%"), value(18.4, "ms")), ("7 ms".into(), "0.2 %".into(), "18 ms".into()));
    }

    #[test]
    fn counts_and_sizes() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(18_412), "18,412");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(4_100_000), "4.1 MB");
    }
}

//! The heads of the three client dialects by hand, for speed. In: a line. Out: exactly what the expression of the dialect's file says, or
//! `None`, which only means "ask the expression". The file is the truth: tests hold the two together.

use super::Level;
use super::head::{Head, Span};
use super::stamp::{Date, Reading};
use crate::base::time::SECOND_US;

/// Which reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fast {
    Native,
    Android,
    Csf,
}

impl Fast {
    /// The reader of an embedded dialect.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "native" => Some(Self::Native),
            "android" => Some(Self::Android),
            "csf" => Some(Self::Csf),
            _ => None,
        }
    }

    /// The head of a line, numbered as `dialect`.
    pub(super) fn head(self, line: &[u8], dialect: u16) -> Option<Head> {
        let mut scan = Scan { line, at: 0 };
        let mut head = Head {
            dialect: Some(dialect),
            time: None,
            level: Level::Unknown,
            pid: Span::default(),
            thread: Span::default(),
            code: Span::default(),
            message_at: 0,
        };
        match self {
            Self::Native => scan.native(&mut head)?,
            Self::Android => scan.android(&mut head)?,
            Self::Csf => scan.csf(&mut head)?,
        }
        head.message_at = u32::try_from(scan.at).ok()?;
        Some(head)
    }
}

/// A class of ASCII bytes, one bit each.
#[derive(Clone, Copy)]
struct Class(u128);

impl Class {
    const fn range(self, first: u8, last: u8) -> Self {
        Self(self.0 | (u128::MAX >> (127 - (last - first))) << first)
    }

    const fn byte(self, byte: u8) -> Self {
        self.range(byte, byte)
    }

    fn has(self, byte: u8) -> bool {
        byte < 128 && (self.0 >> byte) & 1 == 1
    }
}

const DIGIT: Class = Class(0).range(b'0', b'9');
const HEX: Class = DIGIT.range(b'a', b'f').range(b'A', b'F');
const LETTER: Class = Class(0).range(b'a', b'z').range(b'A', b'Z');
/// What the name of a source file holds.
const NAME: Class = Class(LETTER.0 | DIGIT.0).byte(b'_').byte(b'+').byte(b'.').byte(b'-');
/// What `\s` is without Unicode.
const SPACE: Class = Class(0).range(b'\t', b'\r').byte(b' ');

struct Scan<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn optional(&mut self, byte: u8) {
        if self.peek() == Some(byte) {
            self.at += 1;
        }
    }

    fn text(&mut self, text: &[u8]) -> Option<()> {
        self.rest().starts_with(text).then(|| self.at += text.len())
    }

    /// One or more bytes of a class.
    fn many(&mut self, class: Class) -> Option<Span> {
        self.until(|b| !class.has(b))
    }

    /// One or more bytes up to one of these, or the end.
    fn until(&mut self, stop: impl Fn(u8) -> bool) -> Option<Span> {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.iter().position(|b| stop(*b)).unwrap_or(rest.len());
        (self.at > start).then(|| Span::new(start, self.at))
    }

    /// `2024-01-30T07:01:25.213` with these separators.
    fn full_time(&mut self, middle: u8, point: u8) -> Option<Reading> {
        let t: &[u8; 23] = self.rest().first_chunk()?;
        if t[4] != b'-' || t[7] != b'-' || t[10] != middle {
            return None;
        }
        let d = digits([t[0], t[1], t[2], t[3], t[5], t[6], t[8], t[9]])?;
        let year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3];
        let (month, day) = (d[4] * 10 + d[5], d[6] * 10 + d[7]);
        let time_us = clock(t.last_chunk()?, point)?;
        // Days beyond the 28th are left to the slow reader, which knows the months; most are not.
        if !(1970..2100).contains(&year)
            || !(1..=12).contains(&month)
            || !(1..=31).contains(&day)
            || (month == 2 && day > 28)
            || day == 31
        {
            return None;
        }
        self.at += 23;
        Some(Reading { date: Date::Full(i32::try_from(year).ok()?, month, day), time_us, zone_s: None })
    }

    /// `TS <Level> [pid:tid][ctx]file:line `
    fn native(&mut self, head: &mut Head) -> Option<()> {
        let mut time = self.full_time(b'T', b'.')?;
        self.text(b"Z <")?;
        time.zone_s = Some(0);
        head.time = Some(time);
        head.level = Level::from_word(self.many(LETTER)?.of(self.line));
        self.byte(b'>')?;
        self.optional(b' ');
        self.byte(b'[')?;
        let first = self.number()?;
        head.thread = first;
        if self.peek() == Some(b':') && first.of(self.line).iter().all(|b| DIGIT.has(*b)) {
            self.at += 1;
            head.pid = first;
            head.thread = self.number()?;
        }
        self.byte(b']')?;
        if let (Some(b'['), Some(end)) = (self.peek(), memchr::memchr(b']', self.rest())) {
            self.at += end + 1;
        }
        self.optional(b' ');
        if let Some(code) = self.code(false) {
            head.code = code;
        }
        Some(())
    }

    /// `0x390` or `912`.
    fn number(&mut self) -> Option<Span> {
        let start = self.at;
        if self.text(b"0x").is_some() {
            self.many(HEX)?;
        } else {
            self.many(DIGIT)?;
        }
        Some(Span::new(start, self.at))
    }

    /// `file.ext:12 ` (with `doubled`, also `file.ext::12 `); stays where it is when there is none.
    fn code(&mut self, doubled: bool) -> Option<Span> {
        let start = self.at;
        let found = self.code_here(doubled);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn code_here(&mut self, doubled: bool) -> Option<Span> {
        let file = self.many(NAME)?;
        let name = file.of(self.line);
        let dot = memchr::memrchr(b'.', name)?;
        let extension = name.get(dot + 1..)?;
        if dot == 0 || extension.is_empty() || !extension.iter().all(|b| LETTER.has(*b)) {
            return None;
        }
        self.byte(b':')?;
        if doubled {
            self.optional(b':');
        }
        let line = self.many(DIGIT)?;
        self.byte(b' ')?;
        Some(Span { start: file.start, end: line.end })
    }

    /// `TS pid tid L tag: tid[0x…] file::line `
    fn android(&mut self, head: &mut Head) -> Option<()> {
        head.time = Some(self.full_time(b' ', b'.')?);
        self.many(SPACE)?;
        head.pid = self.many(DIGIT)?;
        self.many(SPACE)?;
        head.thread = self.many(DIGIT)?;
        self.many(SPACE)?;
        let letter = self.peek()?;
        if !b"VDIWEFA".contains(&letter) {
            return None;
        }
        head.level = Level::from_word(&[letter]);
        self.at += 1;
        self.many(SPACE)?;
        // The tag ends at the first `: ` behind at least one byte, or at a blank.
        let tag = self.rest();
        let end = (1..tag.len()).find(|i| {
            tag.get(*i).is_some_and(|b| SPACE.has(*b)) || (tag.get(*i) == Some(&b':') && tag.get(i + 1) == Some(&b' '))
        })?;
        self.at += end;
        while self.peek().is_some_and(|b| SPACE.has(b)) {
            self.at += 1;
        }
        self.text(b": ")?;
        let start = self.at;
        if let Some(inner) = self.inner_thread() {
            head.thread = inner;
        } else {
            self.at = start;
        }
        if let Some(code) = self.code(true) {
            head.code = code;
        }
        Some(())
    }

    fn inner_thread(&mut self) -> Option<Span> {
        self.text(b"tid[")?;
        let start = self.at;
        self.text(b"0x")?;
        self.many(HEX)?;
        let span = Span::new(start, self.at);
        self.text(b"] ")?;
        Some(span)
    }

    /// `TS LEVEL [tid] [path(line)] [logger] [function] - `
    fn csf(&mut self, head: &mut Head) -> Option<()> {
        head.time = Some(self.full_time(b' ', b',')?);
        self.byte(b' ')?;
        let word = self.many(LETTER)?.of(self.line);
        if !matches!(word, b"TRACE" | b"DEBUG" | b"INFO" | b"WARN" | b"WARNING" | b"ERROR" | b"FATAL") {
            return None;
        }
        head.level = Level::from_word(word);
        self.many(SPACE)?;
        self.byte(b'[')?;
        let start = self.at;
        self.text(b"0x")?;
        self.many(HEX)?;
        head.thread = Span::new(start, self.at);
        self.byte(b']')?;
        self.optional(b' ');
        self.byte(b'[')?;
        let path = self.until(|b| matches!(b, b']' | b'('))?;
        self.byte(b'(')?;
        self.many(DIGIT)?;
        self.byte(b')')?;
        head.code = Span::new(path.start as usize, self.at);
        self.byte(b']')?;
        self.optional(b' ');
        self.byte(b'[')?;
        self.until(|b| b == b']')?;
        self.byte(b']')?;
        self.optional(b' ');
        self.byte(b'[')?;
        self.at += memchr::memchr(b']', self.rest())?;
        self.text(b"] - ")
    }
}

/// The values of digits; `None` when one is none.
fn digits<const N: usize>(text: [u8; N]) -> Option<[u32; N]> {
    let values = text.map(|b| b.wrapping_sub(b'0'));
    values.iter().all(|v| *v < 10).then(|| values.map(u32::from))
}

/// `07:01:25.213` in microseconds since midnight.
fn clock(t: &[u8; 12], point: u8) -> Option<i64> {
    if t[2] != b':' || t[5] != b':' || t[8] != point {
        return None;
    }
    let d = digits([t[0], t[1], t[3], t[4], t[6], t[7], t[9], t[10], t[11]])?;
    let (hour, minute, second) = (d[0] * 10 + d[1], d[2] * 10 + d[3], d[4] * 10 + d[5]);
    let milli = d[6] * 100 + d[7] * 10 + d[8];
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(i64::from((hour * 60 + minute) * 60 + second) * SECOND_US + i64::from(milli) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Notes;
    use crate::records::Dialects;
    use proptest::prelude::*;

    fn dialects() -> Dialects {
        Dialects::load(None, &mut Notes::new())
    }

    /// The fast reader of each client dialect, with its number.
    fn readers(dialects: &Dialects) -> Vec<(Fast, u16)> {
        (0u16..).take(dialects.len()).filter_map(|n| Fast::of(dialects.name(n)).map(|f| (f, n))).collect()
    }

    #[test]
    fn reads_most_samples_itself() {
        let dialects = dialects();
        let mut by_hand = 0;
        let samples = dialects.samples();
        for sample in &samples {
            for (fast, number) in readers(&dialects) {
                if let Some(head) = fast.head(sample.line.as_bytes(), number) {
                    assert_eq!(Some(head), dialects.head_by_expression(sample.line.as_bytes()), "{}", sample.line);
                    by_hand += 1;
                }
            }
        }
        assert!(by_hand >= 20, "{by_hand} of {}", samples.len());
    }

    #[test]
    fn days_and_times_that_do_not_exist_have_no_time() {
        let dialects = dialects();
        for (stamp, exists) in [
            ("2024-02-29T23:59:59.999Z", true),
            ("2024-02-30T00:00:00.000Z", false),
            ("2023-02-29T00:00:00.000Z", false),
            ("2024-04-31T00:00:00.000Z", false),
            ("2024-12-31T00:00:00.000Z", true),
            ("2024-13-01T00:00:00.000Z", false),
            ("2024-00-01T00:00:00.000Z", false),
            ("2024-01-00T00:00:00.000Z", false),
            ("2024-01-30T24:00:00.000Z", false),
            ("2024-01-30T00:60:00.000Z", false),
            ("2024-01-30T23:59:60.500Z", true),
            ("1969-01-30T00:00:00.000Z", false),
        ] {
            let line = format!("{stamp} <Info> [0x1] a.cpp:1 x");
            let head = dialects.head(line.as_bytes()).unwrap();
            assert_eq!(head.time.is_some(), exists, "{stamp}");
            assert_eq!(Some(head), dialects.head_by_expression(line.as_bytes()), "{stamp}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]
        /// Whatever is done to a sample: where the fast reader says something, the expression says the same.
        #[test]
        fn agrees_with_the_expressions(
            pick in any::<prop::sample::Index>(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0u8..4, prop::sample::select(b" \t[](){}<>:.,-_0x19aZT/\\\xff\r".to_vec())), 0..5),
        ) {
            thread_local! { static DIALECTS: (Dialects, Vec<crate::records::dialect::Sample>) = { let d = dialects(); let s = d.samples(); (d, s) }; }
            DIALECTS.with(|(dialects, samples)| {
                let mut line = pick.get(samples).line.clone().into_bytes();
                for (place, what, byte) in edits {
                    // mostly in the head
                    let at = place.index(line.len().clamp(1, 110));
                    match what {
                        0 if at < line.len() => line[at] = byte,
                        1 if at < line.len() => { line.remove(at); }
                        2 => line.truncate(at.max(20)),
                        _ => line.insert(at.min(line.len()), byte),
                    }
                }
                for (fast, number) in readers(dialects) {
                    if let Some(head) = fast.head(&line, number) {
                        prop_assert_eq!(Some(head), dialects.head_by_expression(&line), "{}", String::from_utf8_lossy(&line));
                    }
                }
                Ok(())
            })?;
        }
    }
}

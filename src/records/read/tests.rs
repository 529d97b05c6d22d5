//! Tests of the reader: what a member's records are, whatever the bytes and however they arrive.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::base::LogTime;

/// Keeps what it is shown.
#[derive(Default, Debug, Clone, PartialEq)]
struct Seen {
    records: Vec<Kept>,
    ended: u32,
}

#[derive(Debug, Clone, PartialEq)]
struct Kept {
    text: Vec<u8>,
    message: Vec<u8>,
    thread: Vec<u8>,
    pid: Vec<u8>,
    code: Vec<u8>,
    line: u64,
    lines: u32,
    offset: u64,
    time: Option<String>,
    level: Level,
    headed: bool,
    pieces: (bool, bool),
}

impl Probe for Seen {
    fn record(&mut self, r: &Record<'_>) {
        self.records.push(Kept {
            text: r.text.to_vec(),
            message: r.message().to_vec(),
            thread: r.thread.to_vec(),
            pid: r.pid.to_vec(),
            code: r.code.to_vec(),
            line: r.source.line,
            lines: r.lines,
            offset: r.source.offset,
            time: r.stamp.map(|s| LogTime(s.us).rfc3339()),
            level: r.level,
            headed: r.headed,
            pieces: (r.continued, r.continues),
        });
    }

    fn end(&mut self) {
        self.ended += 1;
    }
}

/// Gives at most so many bytes a read, in turn.
struct Portions<'a>(&'a [u8], Vec<usize>, usize);

impl Read for Portions<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let portion = self.1[self.2 % self.1.len()].max(1);
        self.2 += 1;
        let count = portion.min(out.len()).min(self.0.len());
        out[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

fn dialects() -> Dialects {
    Dialects::load(None, &mut Notes::new())
}

fn read_all(input: impl Read) -> (MemberRead, Seen) {
    let mut seen = Seen::default();
    let read = read(MemberId(3), input, &dialects(), &mut [&mut seen], &Progress::new());
    assert_eq!(seen.ended, 1);
    (read, seen)
}

fn texts(seen: &Seen) -> Vec<String> {
    seen.records.iter().map(|r| String::from_utf8_lossy(&r.text).into_owned()).collect()
}

const NATIVE: &str = "2024-01-30T07:19:10.077Z <Info> [12:0x390][] a.cpp:7 f:BWC:SIP: ";

#[test]
fn continuation_lines_stay_with_their_record() {
    let log = format!(
        "tail of the file before\r\n{NATIVE}sent\r\nSIP/2.0 200 OK\r\nDate: Fri, 02 Feb 2024 12:00:00 GMT\r\n\r\n{NATIVE}next"
    );
    let (read, seen) = read_all(log.as_bytes());
    assert_eq!(texts(&seen).concat(), log);
    assert_eq!(seen.records.len(), 3);
    let [before, sip, next] = &seen.records[..] else { panic!() };
    assert!(!before.headed && before.time.is_none() && before.line == 1 && before.lines == 1);
    assert_eq!((sip.line, sip.lines, sip.headed), (2, 4, true));
    assert_eq!(sip.time.as_deref(), Some("2024-01-30T07:19:10.077000Z"));
    assert_eq!(
        (&sip.pid[..], &sip.thread[..], &sip.code[..], sip.level),
        (&b"12"[..], &b"0x390"[..], &b"a.cpp:7"[..], Level::Info)
    );
    assert!(sip.message.starts_with(b"f:BWC:SIP: sent\r\nSIP/2.0 200 OK\r\n"));
    assert_eq!((next.line, next.lines), (6, 1));
    assert_eq!((read.lines, read.records, read.unrecognised_lines), (6, 2, 1));
    assert_eq!(read.bytes, log.len() as u64);
    assert_eq!(read.shapes, [("a a a a a".to_owned(), 1)]);
    assert_eq!(dialects().name(read.dialect().unwrap()), "native");
    assert_eq!(read.index.len(), 3);
    assert_eq!(read.index.get(1).unwrap().offset, sip.offset);
    assert_eq!(read.zoned, Some((1_706_599_150_077_000, 1_706_599_150_077_000)));
}

#[test]
fn a_date_in_a_body_does_not_split_a_record_of_a_known_dialect() {
    let log = format!("{NATIVE}x\n2024-01-30 07:00:00 is when we meet\n{NATIVE}y\n{NATIVE}z\n");
    assert_eq!(read_all(log.as_bytes()).1.records.len(), 3);
    // ... but where such heads are the norm beside the dialect, they count
    let log = format!("{NATIVE}x\n[2024-01-30 07:00:00.100] engine up\n").repeat(5);
    assert_eq!(read_all(log.as_bytes()).1.records.len(), 10);
    // ... and in a log of no known dialect the odd form does not
    let log = format!("{}2024-01-30 07:00:00 is when we meet\n", "[2024-01-30 07:00:00.100] engine up\n".repeat(9));
    assert_eq!(read_all(log.as_bytes()).1.records.len(), 9);
    // ... also when it turns up beyond the part looked through beforehand
    let many = "[2024-01-30 07:00:00.100] engine up\n".repeat(3_000);
    let log = format!("{many}2024-01-30 07:00:00 is when we meet\n{many}");
    assert_eq!(read_all(log.as_bytes()).1.records.len(), 6_000);
}

#[test]
fn a_log_that_changes_its_form_is_followed() {
    let old = "[2024-01-30 07:00:00.100] engine up\n";
    let new = "07:19:10.077 next engine\n";
    let log = old.repeat(3_000) + &new.repeat(9_000);
    let (read, seen) = read_all(log.as_bytes());
    assert!(seen.records.len() > 11_000, "{}", seen.records.len());
    assert_eq!(seen.records.last().unwrap().time.as_deref(), Some("2024-01-30T07:19:10.077000Z"));
    assert_eq!(read.unzoned.unwrap().0, 1_706_598_000_100_000);
    let log = old.repeat(3_000) + &format!("{NATIVE}x\n").repeat(5);
    assert_eq!(read_all(log.as_bytes()).1.records.len(), 3_005);
}

#[test]
fn a_sip_trace_without_heads_reaches_the_probes_in_whole_lines() {
    let line = "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds\r\n";
    let log = line.repeat(60_000);
    let (read, seen) = read_all(log.as_bytes());
    assert!(seen.records.len() > 3);
    assert_eq!(texts(&seen).concat(), log);
    assert!(seen.records.iter().all(|r| r.text.ends_with(b"\r\n") && r.text.starts_with(b"Via") && !r.headed));
    assert_eq!(seen.records.iter().map(|r| u64::from(r.lines)).sum::<u64>(), 60_000);
    assert_eq!((read.records, read.lines, read.unrecognised_lines), (0, 60_000, 60_000));
    assert_eq!(read.dialect(), None);
    let limits = read.notes.all().iter().filter(|n| n.kind == NoteKind::Limit).count();
    assert_eq!(limits, 1);
    let mut line = 1;
    for record in &seen.records {
        assert_eq!(record.line, line);
        line += u64::from(record.lines);
    }
}

/// A line of this many bytes without its end, made as it is read.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        // two bytes a character, so that a careless cut would break one
        const BLOCK: [u8; 4096] = {
            let mut block = [0xc3; 4096];
            let mut at = 1;
            while at < block.len() {
                block[at] = 0xa9;
                at += 2;
            }
            block
        };
        let from = usize::from(!self.0.is_multiple_of(2));
        let count = (out.len() as u64).min(self.0).min(4096 - from as u64) as usize;
        out[..count].copy_from_slice(&BLOCK[from..from + count]);
        self.0 -= count as u64;
        Ok(count)
    }
}

/// Counts without keeping.
#[derive(Default)]
struct Totals {
    bytes: u64,
    largest: usize,
    pieces: u64,
    lines: u64,
    whole: bool,
}

impl Probe for Totals {
    fn record(&mut self, r: &Record<'_>) {
        self.bytes += r.text.len() as u64;
        self.largest = self.largest.max(r.text.len());
        self.pieces += 1;
        self.lines += u64::from(r.lines);
        self.whole = std::str::from_utf8(r.text).is_ok();
        assert_eq!(r.thread, b"0x390");
        assert_eq!(r.code, b"a.cpp:7");
        assert_eq!(r.continued, self.pieces > 1);
        assert!(r.stamp.is_some() && r.dialect.is_some());
    }
}

#[test]
fn a_line_of_300_mb_comes_in_pieces() {
    const LENGTH: u64 = 300 << 20;
    let mut totals = Totals::default();
    let input = Cursor::new(NATIVE).chain(Endless(LENGTH));
    let read = read(MemberId(0), input, &dialects(), &mut [&mut totals], &Progress::new());
    assert_eq!(totals.bytes, LENGTH + NATIVE.len() as u64);
    assert!(totals.largest <= MAX_RECORD_BYTES && totals.whole);
    assert_eq!(totals.lines, 1);
    assert_eq!((read.records, read.lines), (1, 1));
    assert_eq!(read.index.len() as u64, totals.pieces);
    assert_eq!(read.notes.all().len(), 1, "{:?}", read.notes.all());
}

#[test]
fn a_million_continuation_lines() {
    let log = format!("{NATIVE}start\n{}{NATIVE}end\n", "more\n".repeat(1_000_000));
    let (read, seen) = read_all(log.as_bytes());
    assert_eq!(texts(&seen).concat(), log);
    assert_eq!((read.records, read.lines), (2, 1_000_002));
    assert!(seen.records.len() < 10);
    assert_eq!(seen.records.last().unwrap().pieces, (false, false));
    assert_eq!(seen.records[seen.records.len() - 2].pieces, (true, false));
    assert_eq!(seen.records[0].pieces, (false, true));
}

#[test]
fn odd_bytes_are_kept_and_told() {
    let mut log = format!("{NATIVE}a\nb\n").into_bytes();
    log.extend_from_slice(b"\xff\xfe\n\0\0\0\0\r\rx\n");
    log.extend_from_slice(format!("{NATIVE}c\n").as_bytes());
    let (read, seen) = read_all(&log[..]);
    assert_eq!(seen.records.len(), 2);
    assert_eq!(seen.records.iter().flat_map(|r| r.text.clone()).collect::<Vec<_>>(), log);
    let notes = read.notes.all();
    assert_eq!(
        notes.iter().map(|n| (n.kind, n.line)).collect::<Vec<_>>(),
        [(NoteKind::BadEncoding, 3), (NoteKind::BadEncoding, 4)]
    );
}

#[test]
fn clocks_that_run_back_are_told_and_order_is_kept() {
    let log = "2024-01-30T07:00:00.500Z <Info> [0x1] a.c:1 x\n2024-01-30T07:00:00.100Z <Info> [0x2] a.c:1 x\n2024-01-30T06:00:00.100Z <Info> [0x2] a.c:1 x\n";
    let (read, _) = read_all(log.as_bytes());
    let notes = read.notes.all();
    assert_eq!(notes.len(), 1);
    assert_eq!((notes[0].kind, notes[0].line), (NoteKind::ClockJump, 3));
    assert!(notes[0].text.contains("3600 s"));
}

/// Fails after some bytes.
struct Broken(usize);

impl Read for Broken {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "cut off"));
        }
        let text = format!("{NATIVE}x\n");
        out[..text.len()].copy_from_slice(text.as_bytes());
        self.0 -= 1;
        Ok(text.len())
    }
}

#[test]
fn what_was_read_before_a_fault_counts() {
    let (read, seen) = read_all(Broken(5));
    assert_eq!(seen.records.len(), 5);
    assert_eq!(read.notes.all()[0].kind, NoteKind::Truncated);
    assert_eq!(read.notes.all()[0].line, 5);
}

#[test]
fn cancel_stops() {
    let progress = Progress::new();
    progress.cancel();
    let read = read(MemberId(0), Endless(1 << 40), &dialects(), &mut [], &progress);
    assert!(read.cancelled && read.bytes < 1 << 20);
}

#[test]
fn nothing_is_something() {
    let (read, seen) = read_all(&b""[..]);
    assert!(seen.records.is_empty() && read.lines == 0 && read.index.is_empty());
    let (read, seen) = read_all(&b"\n\n"[..]);
    assert_eq!((seen.records.len(), read.lines, read.unrecognised_lines), (1, 2, 0));
}

fn pieces_of_logs() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(format!("{NATIVE}text\n").into_bytes()),
        Just("2024-02-02 12:02:22.498 9619 9771 D T: tid[0x261f] B.cpp::130 x\r\n".as_bytes().to_vec()),
        Just("2024-02-01 05:48:33,461 ERROR [0x6d] [a/b.cpp(7)] [l] [f] - x\n".as_bytes().to_vec()),
        Just("[2024-01-30 07:00:00] x\n".as_bytes().to_vec()),
        Just("07:00:00.123 x\n".as_bytes().to_vec()),
        Just("SIP/2.0 200 OK\r\nVia: x\r\n\r\n".as_bytes().to_vec()),
        Just(b"\r\xff\0".to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
        (1usize..3_000).prop_map(|n| "word ".repeat(n).into_bytes()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_byte_is_lost_however_they_arrive(log in pieces_of_logs(), portions in prop::collection::vec(1usize..5_000, 1..6)) {
        let (whole, seen) = read_all(&log[..]);
        let (parts, seen_parts) = read_all(Portions(&log, portions, 0));
        prop_assert_eq!(&seen, &seen_parts);
        prop_assert_eq!(seen.records.iter().flat_map(|r| r.text.clone()).collect::<Vec<_>>(), log.clone());
        prop_assert_eq!(seen.records.iter().map(|r| u64::from(r.lines)).sum::<u64>(), whole.lines);
        prop_assert_eq!(whole.lines, parts.lines);
        let newlines = log.iter().filter(|b| **b == b'\n').count() as u64;
        prop_assert_eq!(whole.lines, newlines + u64::from(!log.is_empty() && !log.ends_with(b"\n")));
        for (number, record) in seen.records.iter().enumerate() {
            let entry = whole.index.get(number).unwrap();
            prop_assert_eq!(entry.offset, record.offset);
            prop_assert_eq!(entry.line, record.line);
        }
    }
}

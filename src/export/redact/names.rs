//! Names of files and members: what the client itself calls its logs stays, the rest may name a user or a customer. In: a path. Out: places.

use super::Kind;
use super::known::words;
use super::spans::Spans;
use crate::export::formats::KNOWN_NAMES;

/// Endings that tell what a file is.
const ENDINGS: &[&str] = &[
    "zip", "gz", "tgz", "tar", "txt", "log", "jsonl", "dat", "xml", "json", "html", "md", "csv", "pcap", "old", "bak", "plist",
    "dmp",
];

/// The parts of a path that are no names of the client's own.
pub(super) fn scan(path: &str, spans: &mut Spans) {
    let mut at = 0;
    for part in path.split(['/', '\\']) {
        part_of(at, part, spans);
        at += part.len() + 1;
    }
}

/// The name of a bundle is private, all but its ending. It may hold a number of a case or a telephone; only one of the client's own words
/// stays (`current_log.txt`).
pub(super) fn bundle(name: &str, spans: &mut Spans) {
    let from = name.rfind(['/', '\\']).map_or(0, |n| n + 1);
    scan(name.get(..from).unwrap_or_default(), spans);
    let stem = stem(name.get(from..).unwrap_or_default());
    let harmless = is_known(stem) && !stem.contains(|c: char| c.is_ascii_digit());
    if !harmless && !matches!(stem, "-" | "") {
        spans.add(from, from + stem.len(), Kind::Path);
    }
}

fn part_of(at: usize, part: &str, spans: &mut Spans) {
    let stem = stem(part.trim_end_matches('!'));
    if !is_known(stem) && !matches!(stem, "" | "." | ".." | "-") {
        spans.add(at, at + stem.len(), Kind::Path);
    }
}

/// The name without its endings.
fn stem(name: &str) -> &str {
    let mut stem = name;
    while let Some((before, ending)) = stem.rsplit_once('.')
        && !before.is_empty()
        && (ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
            || ending.len() <= 2 && ending.bytes().all(|b| b.is_ascii_digit()))
    {
        stem = before;
    }
    stem
}

/// Words of the client's own, numbers of rotation and dates only?
pub(super) fn is_known(stem: &str) -> bool {
    let mut known = true;
    words(stem, |start, end| {
        let word = stem.get(start..end).unwrap_or_default().to_lowercase();
        let letters = word.trim_matches(|c: char| c.is_ascii_digit());
        let digits = word.len() - letters.len();
        known &= (letters.is_empty() || KNOWN_NAMES.contains(&letters) || MORE.contains(&letters)) && digits <= 8;
    });
    known
}

/// Further words that such names are made of.
const MORE: &[&str] = &[
    "desktop",
    "mac",
    "windows",
    "win",
    "android",
    "ios",
    "iphone",
    "startup",
    "spark",
    "application",
    "support",
    "report",
    "system",
    "sip",
    "debug",
    "trace",
    "info",
    "error",
    "server",
    "client",
    "sbc",
    "old",
    "device",
    "calls",
    "t",
    "z",
    "utc",
    "default",
    "history",
    "call",
    "capture",
    "own",
    "messages",
    "bundle",
    "main",
    "crash",
    "dump",
    "archive",
    "cache",
    "readme",
    "index",
    "test",
    "wbx",
    "bw",
    "broadworks",
    "core",
    "engine",
];

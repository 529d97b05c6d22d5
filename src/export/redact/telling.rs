//! Which originals can be told from ordinary text. In: originals, words in common use. Out: yes or no, and the parts that tell by themselves.

use std::collections::HashSet;

use super::collect::{Entry, key};
use super::known::words;
use super::{Kind, fold, public};

/// Can a text that holds this be told from ordinary text? Long enough, and not made of words that everybody uses.
pub(super) fn is_telling(entry: &Entry, folded: &str, said: &HashSet<String>) -> bool {
    let letters = folded.chars().filter(|c| c.is_alphabetic()).count();
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    let signs = folded.chars().any(|c| c.is_alphabetic() && c >= '\u{3040}');
    if entry.kind == Kind::Address {
        return true;
    }
    if letters == 0 {
        return digits >= if entry.guessed { 10 } else { 7 };
    }
    if entry.kind == Kind::Path && !folded.contains(|c: char| !c.is_alphabetic()) {
        // One plain word: a program may be called the same.
        return false;
    }
    if entry.kind.is_machine_made() {
        return letters + digits >= 6 && (digits >= 1 && letters >= 1 || letters >= 8) && !is_ordinary(folded, said);
    }
    (letters + digits >= 4 || signs && letters >= 2) && !is_ordinary(folded, said)
}

/// What of an original tells by itself who it is: first and last names, labels of hosts, the UUID of a tracking ID, other spellings of a
/// MAC. Words in common use don't.
pub(super) fn parts(entry: &Entry, said: &HashSet<String>) -> Vec<String> {
    let folded = fold::readings(&entry.original).pop().map(|r| r.text).unwrap_or_default();
    let mut parts = Vec::new();
    match entry.kind {
        Kind::Name | Kind::Organisation => {
            words(&folded, |start, end| parts.push(folded.get(start..end).unwrap_or_default().to_owned()))
        }
        // The last label is a country or a kind of business.
        Kind::Host => {
            parts.extend(folded.split('.').rev().skip(1).map(str::to_owned));
            parts.retain(|label| label.len() >= 5);
        }
        Kind::Tracking => parts.extend(folded.rsplit('_').find(|p| p.len() == 36).map(str::to_owned)),
        Kind::Device => {
            let hex = key(Kind::Device, &entry.original);
            if hex.len() == 12 && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
                let pairs: Vec<&str> = (0..6).filter_map(|n| hex.get(2 * n..2 * n + 2)).collect();
                parts.extend([pairs.join(":"), pairs.join("-"), format!("sep{hex}"), hex.clone()]);
            }
        }
        _ => {}
    }
    let telling = |part: &String| {
        let named = matches!(entry.kind, Kind::Name | Kind::Organisation | Kind::Host);
        let letters = part.chars().filter(|c| c.is_alphabetic()).count();
        !named || letters >= 4 && *part != folded && !is_ordinary(part, said)
    };
    parts.retain(telling);
    parts
}

/// Is every word one that the program, SIP or any log uses?
fn is_ordinary(folded: &str, said: &HashSet<String>) -> bool {
    let mut all = true;
    words(folded, |start, end| {
        let word = folded.get(start..end).unwrap_or_default();
        all &= said.contains(word) || public::is_common(word);
    });
    all
}

/// A short number, as extensions are.
pub(super) fn is_extension(word: &str) -> bool {
    (4..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit())
}

/// Does a short number stand by itself in a sentence, and is it no amount, port, line or code?
pub(super) fn is_bare(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
    let free_before = before.is_empty() || before.ends_with([' ', ',', '(', '"', '\'', '<', '[']);
    let free_after =
        after.is_empty() || after.starts_with([' ', ',', ')', '"', '\'', '>', ']', ';', '!', '?']) || matches!(after, "." | ". ");
    let last =
        before.trim_end_matches(|c: char| !c.is_alphanumeric()).rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let next = after.trim_start_matches(' ').split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    const COUNTED: &[&str] = &[
        "port", "line", "lines", "code", "status", "error", "pid", "tid", "thread", "seq", "cseq", "version", "build", "count",
        "size", "length", "len", "after", "in", "id", "of", "took", "every", "expires", "frame", "packet", "payload", "bitrate",
        "rate",
    ];
    const UNITS: &[&str] = &[
        "ms",
        "s",
        "sec",
        "seconds",
        "us",
        "bytes",
        "byte",
        "kb",
        "mb",
        "hz",
        "khz",
        "packets",
        "kbps",
        "bps",
        "times",
        "samples",
        "invite",
        "register",
        "ack",
        "bye",
        "cancel",
        "options",
        "notify",
        "subscribe",
        "info",
        "prack",
        "update",
        "refer",
        "message",
        "in",
    ];
    free_before && free_after && !COUNTED.contains(&last) && !UNITS.contains(&next)
}

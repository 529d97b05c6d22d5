//! Finds originals again in any text, in any spelling. In: originals, text. Out: their places.
//!
//! Every original has a word (letters and digits in a row) that few others have: its anchor. One pass over the words of a text finds all
//! of them, whatever their number, and only where they stand as whole words: a number inside a longer number is another number.

use std::collections::HashMap;

use super::fold::{self, Folded};

/// Originals by their anchors.
#[derive(Debug, Default)]
pub(super) struct Known {
    anchors: HashMap<Box<str>, Vec<Needle>>,
}

#[derive(Debug)]
struct Needle {
    id: u32,
    folded: Box<str>,
    /// Bytes of `folded` before its anchor.
    before: usize,
}

/// An original in a folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// First byte of the folded text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Whose.
    pub id: u32,
}

impl Known {
    /// Of originals with their numbers.
    pub fn new<'a>(originals: impl Iterator<Item = (u32, &'a str)>) -> Self {
        let folded: Vec<(u32, String)> =
            originals.map(|(id, text)| (id, fold::fold(text, false).text.trim().to_owned())).collect();
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for (_, text) in &folded {
            words(text, |start, end| *counts.entry(text.get(start..end).unwrap_or_default()).or_default() += 1);
        }
        let mut anchors: HashMap<Box<str>, Vec<Needle>> = HashMap::new();
        for (id, text) in &folded {
            let mut best: Option<(u32, usize, usize, usize)> = None;
            words(text, |start, end| {
                let word = text.get(start..end).unwrap_or_default();
                let rank = (counts.get(word).copied().unwrap_or(u32::MAX), usize::MAX - word.len(), start, end);
                best = Some(best.map_or(rank, |b| b.min(rank)));
            });
            if let Some((_, _, start, end)) = best {
                let word = text.get(start..end).unwrap_or_default();
                let needles = anchors.entry(word.into()).or_default();
                if !needles.iter().any(|n| *n.folded == **text) {
                    needles.push(Needle { id: *id, folded: text.as_str().into(), before: start });
                }
            }
        }
        Self { anchors }
    }

    /// Every original in a folded text, leftmost and longest first.
    pub fn find(&self, folded: &Folded) -> Vec<Hit> {
        let text = folded.text.as_str();
        let mut hits = Vec::new();
        words(text, |start, end| {
            let Some(needles) = text.get(start..end).and_then(|word| self.anchors.get(word)) else { return };
            for needle in needles {
                let Some(from) = start.checked_sub(needle.before) else { continue };
                let to = from + needle.folded.len();
                if text.get(from..to) == Some(&*needle.folded) && stands_alone(text, from, to) {
                    hits.push(Hit { start: from, end: to, id: needle.id });
                }
            }
        });
        hits.sort_by_key(|h| (h.start, usize::MAX - h.end));
        hits
    }
}

/// Not within a longer word, number or address?
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    let after = text.get(end..).and_then(|t| t.chars().next());
    let own = text.get(start..end).unwrap_or_default();
    let joins = |a: Option<char>, b: Option<char>| {
        a.zip(b).is_some_and(|(a, b)| a.is_alphanumeric() && b.is_alphanumeric() && !is_sign(a) && !is_sign(b))
    };
    !joins(before, own.chars().next()) && !joins(own.chars().next_back(), after)
}

/// Languages that put no blanks between words: each sign is a word.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{e00}'..='\u{e7f}')
}

/// Letters and digits in a row.
pub(super) fn words(text: &str, mut each: impl FnMut(usize, usize)) {
    let mut start = None;
    for (at, c) in text.char_indices() {
        let inside = c.is_alphanumeric();
        if let Some(from) = start
            && (!inside || is_sign(c))
        {
            each(from, at);
            start = None;
        }
        if inside && is_sign(c) {
            each(at, at + c.len_utf8());
        } else if inside && start.is_none() {
            start = Some(at);
        }
    }
    if let Some(from) = start {
        each(from, text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(originals: &[&str], text: &str) -> Vec<u32> {
        let known = Known::new((0u32..).zip(originals.iter().copied()));
        fold::readings(text).iter().flat_map(|r| known.find(r)).map(|h| h.id).collect()
    }

    #[test]
    fn whole_words_in_any_spelling() {
        assert_eq!(found(&["Anna Maier"], "hello ANNA\r\n  Maier!"), [0]);
        assert_eq!(found(&["12345678"], "x 123456789 12345678 912345678"), [0]);
        assert_eq!(found(&["sbc1.acme.example"], "at sbc1.acme.example:5061, xsbc1.acme.example"), [0]);
        assert_eq!(found(&["王伟"], "来自王伟的电话"), [0]);
        assert!(found(&["anna"], "annabel susanna").is_empty());
    }

    #[test]
    fn the_longest_comes_first() {
        assert_eq!(found(&["anna", "anna.maier"], "anna.maier"), [1, 0]);
    }
}

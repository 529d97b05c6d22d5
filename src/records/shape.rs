//! What unrecognised lines look like, without what they say. In: lines. Out: masked shapes with counts, for the report that a user can
//! send when a log looks new. Must not keep any value.

use std::collections::BTreeMap;

/// At most this many shapes are told apart for a member; further ones are counted under `…`.
pub const MAX_SHAPES: usize = 300;
/// A shape tells this many bytes of its line.
const SHAPE_BYTES: usize = 96;
/// So far into the line runs of up to four digits keep their length: that is what date forms differ in.
const EXACT_BYTES: usize = 32;

/// Shapes of lines with counts.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    counts: BTreeMap<Vec<u8>, u64>,
    beyond: u64,
    scratch: Vec<u8>,
}

impl Shapes {
    /// Counts a line.
    pub fn add(&mut self, line: &[u8]) {
        mask(line, &mut self.scratch);
        if let Some(count) = self.counts.get_mut(&self.scratch) {
            *count += 1;
        } else if self.counts.len() < MAX_SHAPES {
            self.counts.insert(self.scratch.clone(), 1);
        } else {
            self.beyond += 1;
        }
    }

    /// The shapes, most frequent first, then by text.
    pub fn list(&self) -> Vec<(String, u64)> {
        let mut list: Vec<_> = self.counts.iter().map(|(s, n)| (String::from_utf8_lossy(s).into_owned(), *n)).collect();
        list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        if self.beyond > 0 {
            list.push(("…".to_owned(), self.beyond));
        }
        list
    }
}

/// Masks a line: letters become one `a`, digits `9`, both mixed (a hexadecimal number, an identifier) `x`; blanks one blank, other
/// control bytes `?`; ASCII punctuation stays. Bytes beyond ASCII count as letters.
pub fn mask(line: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut at = 0;
    let text = line.get(..line.len().min(SHAPE_BYTES)).unwrap_or_default();
    while let Some(&byte) = text.get(at) {
        let run = |is: fn(u8) -> bool| text.iter().skip(at).take_while(|b| is(**b)).count();
        let length = if is_word(byte) {
            let word = text.get(at..at + run(is_word)).unwrap_or_default();
            let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
            if digits == 0 {
                out.push(b'a');
            } else if digits == word.len() {
                let shown = if at < EXACT_BYTES { digits.min(5) } else { 1 };
                out.extend(std::iter::repeat_n(b'9', shown));
            } else if word.len() > 8 && word.get(8) == Some(&b'T') && digits >= word.len() - 2 {
                // 20240130T071910Z: the one mixed word whose form matters
                out.extend_from_slice(b"99999T9");
            } else if let Some(rest) = word.strip_suffix(b"Z").filter(|w| w.iter().all(u8::is_ascii_digit)) {
                out.extend(std::iter::repeat_n(b'9', rest.len().min(5)));
                out.push(b'Z');
            } else if matches!(word.get(2), Some(b'T')) && digits == 4 && word.len() == 5 {
                // the middle of 2024-01-30T07:19:10
                out.extend_from_slice(b"99T99");
            } else {
                out.push(b'x');
            }
            word.len()
        } else if byte == b' ' || byte == b'\t' {
            out.push(b' ');
            run(|b| b == b' ' || b == b'\t')
        } else {
            out.push(if byte.is_ascii_graphic() { byte } else { b'?' });
            // a ruler of dashes is one shape however long it is
            run_of(text, at, byte)
        };
        at += length.max(1);
    }
    if line.len() > SHAPE_BYTES {
        out.extend_from_slice("…".as_bytes());
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

fn run_of(text: &[u8], at: usize, byte: u8) -> usize {
    match text.iter().skip(at).take_while(|b| **b == byte).count() {
        long if long > 3 => long,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(line: &str) -> String {
        let mut out = Vec::new();
        mask(line.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_of_the_text_is_left() {
        assert_eq!(masked("2024-01-30T07:19:10.077Z anna@example.net +4420"), "9999-99-99T99:99:99.999Z a@a.a +9");
        assert_eq!(masked("[Jan 30 07:19:10] 0x3fa é\0"), "[a 99 99:99:99] x a?");
        assert_eq!(masked("---------- 1706599150.077"), "- 99999.999");
        assert_eq!(masked(&"secret ".repeat(40)), format!("{}a…", "a ".repeat(13)));
    }

    #[test]
    fn shapes_are_capped_and_counted() {
        let mut shapes = Shapes::default();
        for n in 0..MAX_SHAPES + 7 {
            shapes.add(
                format!("{}x", "-+".repeat(n % 48).chars().chain("=/".repeat(n / 48).chars()).collect::<String>()).as_bytes(),
            );
        }
        let list = shapes.list();
        assert!(list.len() <= MAX_SHAPES + 1);
        assert_eq!(list.iter().map(|(_, n)| n).sum::<u64>(), (MAX_SHAPES + 7) as u64);
    }
}

//! Text within base64 (RFC 4648, both alphabets). In: text. Out: runs of base64 that hold readable text, wherever in it they begin.

use std::sync::LazyLock;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::Regex;

use super::uri::expression;

static RUN: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"[A-Za-z0-9+/_-]{8,}={0,2}"));
static ENGINE: LazyLock<GeneralPurpose> = LazyLock::new(|| {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::STANDARD, lenient)
});

/// Each run of base64 that holds text: its range, and every reading of it (the run may begin before the base64 does).
pub(super) fn each(text: &str, mut take: impl FnMut(usize, usize, &str)) {
    for run in RUN.iter().flat_map(|r| r.find_iter(text)) {
        // Base64 of text has capitals and small letters; most words don't.
        let run_has = |is: fn(&u8) -> bool| run.as_str().as_bytes().iter().any(is);
        if !run_has(u8::is_ascii_uppercase) || !run_has(u8::is_ascii_lowercase) {
            continue;
        }
        let plain: String = run.as_str().chars().filter(|c| *c != '=').map(standard).collect();
        for skip in 0..4 {
            let Some(part) = plain.get(skip..) else { continue };
            // A whole number of characters: one left over holds no byte.
            let part = if part.len() % 4 == 1 { part.get(..part.len() - 1).unwrap_or_default() } else { part };
            if let Ok(bytes) = ENGINE.decode(part)
                && is_text(&bytes)
            {
                take(run.start(), run.end(), &String::from_utf8_lossy(&bytes));
            }
        }
    }
}

fn standard(c: char) -> char {
    match c {
        '-' => '+',
        '_' => '/',
        other => other,
    }
}

/// A row of readable characters among them? Random bytes have none so long.
fn is_text(bytes: &[u8]) -> bool {
    let mut row = 0;
    bytes.iter().any(|b| {
        row = if b.is_ascii_graphic() || matches!(b, b' ' | b'\n' | b'\r' | b'\t') || *b >= 0xc3 { row + 1 } else { 0 };
        row >= 4
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_at_any_place() {
        for text in ["x YW5uYUBhY21l", "Basic YW5uYTpwZWFy,", "id=xYW5uYTpwZWFy"] {
            let mut found = Vec::new();
            each(text, |_, _, inner| found.push(inner.to_owned()));
            assert!(found.iter().any(|f| f.contains("anna")), "{text}: {found:?}");
        }
    }
}

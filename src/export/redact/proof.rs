//! The proof: a finished output is read again, and no original may stand in it. In: output, what is known. Out: the first leak.
//!
//! Every reading counts: as it is, with escapes undone once and twice, and what base64 holds. An original is looked for as a whole word. One
//! that is short, or made of words that the program or any log uses ("Call", "42"), can't be told from ordinary text: it is a leak only
//! where it stands as a value: as the user of a URI, or as a display name before one.

use std::sync::LazyLock;

use regex::Regex;

use super::fold::{self, Folded};
use super::uri::expression;
use super::vault::Vault;
use super::{Form, Leak, base64};

/// Bytes read at once, up to the end of a line.
const CHUNK: usize = 256 << 10;
/// Bytes before a chunk that are read again, for values folded over lines.
const OVERLAP: usize = 2_000;

static USER: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r"(?:\bsips?:|\btel:)([^@\s;<>?,]+)(@)?"));
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| expression(r#""([^"]{1,200})" ?<(?:sips?|tel):"#));

/// The first original in an output.
pub(super) fn first_leak(vault: &Vault, output: &str) -> Option<Leak> {
    let mut from = 0;
    loop {
        let mut end = (from + CHUNK).min(output.len());
        while !output.is_char_boundary(end) {
            end += 1;
        }
        end = output.get(end..).and_then(|rest| rest.find('\n')).map_or(output.len(), |n| end + n + 1);
        let chunk = output.get(from..end)?;
        if let Some((id, start, form)) = in_chunk(vault, chunk) {
            return vault.leak(id, form, output, from + start);
        }
        if end >= output.len() {
            return None;
        }
        let mut next = end.saturating_sub(OVERLAP).max(from + 1);
        while !output.is_char_boundary(next) {
            next += 1;
        }
        from = next;
    }
}

/// Whose, at which byte of the chunk, in which form.
fn in_chunk(vault: &Vault, chunk: &str) -> Option<(u32, usize, Form)> {
    for (place, reading) in fold::readings(chunk).iter().enumerate() {
        for hit in vault.find(reading) {
            let (start, end) = reading.raw(hit.start, hit.end);
            if !is_name_or_count(chunk, start, end) {
                return Some((hit.id, start, form(place, chunk, start, end)));
            }
        }
        if let Some((id, start, end)) = by_place(vault, reading) {
            let (start, end) = reading.raw(start, end);
            return Some((id, start, form(place, chunk, start, end)));
        }
    }
    let mut found = None;
    base64::each(chunk, |start, _, inner| {
        if found.is_none() {
            let hit = fold::readings(inner)
                .iter()
                .find_map(|r| vault.find(r).first().map(|h| h.id).or(by_place(vault, r).map(|p| p.0)));
            found = hit.map(|id| (id, start, Form::Base64));
        }
    });
    found
}

/// Short and common originals where they can be nothing else.
fn by_place(vault: &Vault, reading: &Folded) -> Option<(u32, usize, usize)> {
    let users = USER.iter().flat_map(|r| r.captures_iter(&reading.text)).filter_map(|f| f.get(1));
    let names = NAME.iter().flat_map(|r| r.captures_iter(&reading.text)).filter_map(|f| f.get(1));
    users.chain(names).find_map(|found| Some((vault.weak(found.as_str())?, found.start(), found.end())))
}

fn form(place: usize, chunk: &str, start: usize, end: usize) -> Form {
    match chunk.get(start..end) {
        _ if place == 0 => Form::Plain,
        Some(text) if text.contains('%') => Form::Percent,
        _ => Form::Escaped,
    }
}

/// A key of JSON, which is a word of the schema, or a bare number of JSON, which is a count: neither comes from a log.
fn is_name_or_count(chunk: &str, start: usize, end: usize) -> bool {
    let before = chunk.get(..start).unwrap_or_default();
    let after = chunk.get(end..).unwrap_or_default();
    let key = before.ends_with('"') && after.starts_with("\":") && !before.ends_with("\\\"");
    let digits = chunk.get(start..end).is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit()));
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    let count = digits && (line.is_empty() || line.starts_with('"') && line.ends_with("\": ")) && after.starts_with([',', '\n']);
    key || count
}

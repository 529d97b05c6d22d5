//! The application server's clock, as its tags tell it: `<number>-<13 digits>`, the digits epoch milliseconds UTC when the tag was made
//! (seen in public traces). In: messages of one member. Out: pairs of the printed stamp and that time.

use std::collections::HashSet;

use super::Found;

/// 2005 and 2100 in milliseconds: another number of 13 digits is no time of this product.
const PLAUSIBLE_MS: std::ops::Range<i64> = 1_104_537_600_000..4_102_444_800_000;

/// One pair for each such tag, from the first message that carries it: its stamp as printed (µs, in the log's own zone when it told none)
/// and the tag's time (µs UTC). Later messages keep the tag of the first, so they tell nothing.
pub fn tag_clock_pairs(found: &[Found]) -> Vec<(i64, i64)> {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut pairs = Vec::new();
    for message in found {
        let from = message.message.header("From").and_then(tag);
        let to = message.message.header("To").and_then(tag);
        for tag in [from, to].into_iter().flatten() {
            let Some(ms) = tag_ms(tag) else { continue };
            if seen.insert(tag)
                && let Some(stamp) = message.stamp
            {
                pairs.push((stamp.us, ms * 1000));
            }
        }
    }
    pairs
}

fn tag(value: &str) -> Option<&str> {
    crate::sip::header::NameAddr::parse(value).tag()
}

/// Milliseconds of a tag that the application server made; `None` for any other tag.
pub fn tag_ms(tag: &str) -> Option<i64> {
    let tag = tag.strip_suffix('-').unwrap_or(tag);
    let (number, digits) = tag.split_once('-')?;
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(number) || !all_digits(digits) || digits.len() != 13 {
        return None;
    }
    digits.parse().ok().filter(|ms| PLAUSIBLE_MS.contains(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_the_application_server() {
        // 1674748301131 ms is 2023-01-26 15:51:41.131 UTC.
        assert_eq!(tag_ms("749498253-1674748301131"), Some(1_674_748_301_131));
        assert_eq!(tag_ms("749498253-1674748301131-"), Some(1_674_748_301_131));
        assert_eq!(tag_ms("749498253-167474830113"), None);
        assert_eq!(tag_ms("a1-1674748301131"), None);
        assert_eq!(tag_ms("1-9999999999999"), None);
    }
}

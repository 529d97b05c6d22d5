//! What stands for an original: of the same kind, and with what matters for diagnosis kept. In: originals in order. Out: pseudonyms, none of
//! which is an original.
//!
//! Addresses become those of documentation and benchmarking ranges (RFC 5737, RFC 3849, RFC 2544): private ones `192.0.2.0/24`, then
//! `198.18.0.0/16`; public ones `198.51.100.0/24`, `203.0.113.0/24`, then `198.19.0.0/16`. Telephone numbers keep `+`, country code
//! (ITU-T E.164) and length.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Kind;

/// Gives out pseudonyms.
#[derive(Debug, Default)]
pub(super) struct Forms {
    next: HashMap<&'static str, u64>,
    taken: HashSet<String>,
}

impl Forms {
    /// None of these may be given out.
    pub fn avoiding(originals: impl Iterator<Item = String>) -> Self {
        Self { next: HashMap::new(), taken: originals.collect() }
    }

    /// The next pseudonym for an original of this kind. Telephone numbers: only their digits.
    pub fn next(&mut self, kind: Kind, original: &str) -> String {
        match kind {
            Kind::Address => self.address(original),
            Kind::Number => self.number(original),
            kind => self.counted(kind.word(), |n| Some(format!("{}-{n}", kind.word()))),
        }
    }

    /// The first that is not taken; `form` ends with `None`.
    fn counted(&mut self, series: &'static str, form: impl Fn(u64) -> Option<String>) -> String {
        let next = self.next.entry(series).or_insert(1);
        loop {
            let Some(made) = form(*next) else { return "more".to_owned() };
            *next += 1;
            if self.taken.insert(made.clone()) {
                return made;
            }
        }
    }

    /// A pseudonym that hangs on a sum of the original only; the next free one where another has it.
    pub fn summed(&mut self, kind: Kind, original: &str, sum: u64) -> String {
        const SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz";
        for step in 0..1_000 {
            let sum = sum.wrapping_add(step);
            let made = match kind {
                Kind::Address => self.summed_address(original, sum),
                Kind::Number => {
                    let number = Telephone::parse(original);
                    let kept = if number.international { country_code(&number.digits) } else { "" };
                    let room = number.digits.len().saturating_sub(kept.len()).clamp(1, 18);
                    format!("{kept}{:0room$}", sum % 10u64.pow(u32::try_from(room).unwrap_or(18)))
                }
                kind => {
                    let mut rest = sum;
                    let signs = std::iter::repeat_with(|| {
                        let sign = SIGNS.get(usize::try_from(rest % 23).unwrap_or_default()).copied().unwrap_or(b'a');
                        rest /= 23;
                        char::from(sign)
                    });
                    format!("{}-{}", kind.word(), signs.take(6).collect::<String>())
                }
            };
            if self.taken.insert(made.clone()) {
                return made;
            }
        }
        self.next(kind, original)
    }

    fn summed_address(&self, original: &str, sum: u64) -> String {
        let [a, b, c, d, ..] = sum.to_le_bytes();
        match original.parse() {
            Ok(IpAddr::V6(v6)) => {
                let part = if is_private_v6(v6) { ":1:" } else { ":2:" };
                format!("2001:db8{part}:{:x}:{:x}", u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]).max(1))
            }
            Ok(IpAddr::V4(v4)) if is_private_v4(v4) => Ipv4Addr::new(198, 18, a, b).to_string(),
            _ => Ipv4Addr::new(198, 19, a, b).to_string(),
        }
    }

    fn address(&mut self, original: &str) -> String {
        let inner = |n: u64| u8::try_from(n).unwrap_or(u8::MAX);
        match original.parse() {
            Ok(IpAddr::V6(v6)) if is_private_v6(v6) => self.counted("v6 private", |n| Some(format!("2001:db8:1::{n:x}"))),
            Ok(IpAddr::V6(_)) => self.counted("v6", |n| Some(format!("2001:db8::{n:x}"))),
            Ok(IpAddr::V4(v4)) if is_private_v4(v4) => self.counted("v4 private", |n| match n {
                1..=254 => Some(format!("192.0.2.{n}")),
                255..=65_000 => Some(Ipv4Addr::new(198, 18, inner(n / 256), inner(n % 256)).to_string()),
                _ => None,
            }),
            _ => self.counted("v4", |n| match n {
                1..=254 => Some(format!("198.51.100.{n}")),
                255..=508 => Some(format!("203.0.113.{}", n - 254)),
                509..=65_000 => Some(Ipv4Addr::new(198, 19, inner(n / 256), inner(n % 256)).to_string()),
                _ => None,
            }),
        }
    }

    fn number(&mut self, original: &str) -> String {
        let number = Telephone::parse(original);
        let kept = if number.international {
            country_code(&number.digits).to_owned()
        } else if number.digits.len() >= 7 && number.digits.starts_with('0') {
            "0".to_owned()
        } else {
            String::new()
        };
        let room = number.digits.len().saturating_sub(kept.len());
        let series = if room >= 5 { "number" } else { SHORT.get(room).copied().unwrap_or("number") };
        self.counted(series, |n| Some(format!("{kept}{n:0room$}")))
    }
}

/// Extensions are counted by their length, so that they stay as short as they were.
const SHORT: [&str; 5] = ["number 0", "number 1", "number 2", "number 3", "number 4"];

fn is_private_v4(address: Ipv4Addr) -> bool {
    // Shared address space (RFC 6598) lies behind a carrier's NAT.
    let shared = address.octets().first() == Some(&100) && address.octets().get(1).is_some_and(|b| b & 0xc0 == 64);
    address.is_private() || address.is_link_local() || shared
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let first = address.segments().first().copied().unwrap_or_default();
    first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
}

/// A telephone number, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Telephone {
    /// What stands before the digits: `+`, `00` or nothing.
    pub prefix: &'static str,
    /// With country code?
    pub international: bool,
    /// Digits after the prefix.
    pub digits: String,
}

impl Telephone {
    /// As written, with or without blanks and dashes, percent-encoded or not.
    pub fn parse(text: &str) -> Self {
        let text = text.trim_start();
        let (plus, rest) = match text.strip_prefix('+').or_else(|| text.strip_prefix("%2B")).or_else(|| text.strip_prefix("%2b"))
        {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        match digits.strip_prefix("00").filter(|d| !plus && d.len() >= 9) {
            Some(rest) => Self { prefix: "00", international: true, digits: rest.to_owned() },
            None => Self { prefix: if plus { "+" } else { "" }, international: plus, digits },
        }
    }

    /// The number without its country code.
    pub fn national(&self) -> Option<&str> {
        self.international.then(|| self.digits.get(country_code(&self.digits).len()..))?
    }
}

/// The country code at the begin of the digits of an international number (ITU-T E.164, list of assigned codes).
pub(super) fn country_code(digits: &str) -> &str {
    const TWO: &[&str] = &[
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52",
        "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92",
        "93", "94", "95", "98",
    ];
    let length = match digits.get(..2) {
        Some(two) if two.starts_with(['1', '7']) => 1,
        Some(two) if TWO.contains(&two) => 2,
        _ => 3,
    };
    digits.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_prefix_country_and_length() {
        let mut forms = Forms::default();
        assert_eq!(forms.next(Kind::Number, "+420 123 456 789"), "420000000001");
        assert_eq!(forms.next(Kind::Number, "+12125550100"), "10000000002");
        assert_eq!(forms.next(Kind::Number, "4711"), "0001");
        assert_eq!(forms.next(Kind::Number, "42"), "01");
        assert_eq!(forms.next(Kind::Number, "0301234567"), "0000000003");
    }

    #[test]
    fn addresses_stay_addresses_of_their_sort() {
        let mut forms = Forms::avoiding(["192.0.2.1".to_owned()].into_iter());
        assert_eq!(forms.next(Kind::Address, "10.0.0.1"), "192.0.2.2");
        assert_eq!(forms.next(Kind::Address, "8.8.8.8"), "198.51.100.1");
        assert_eq!(forms.next(Kind::Address, "fe80::1"), "2001:db8:1::1");
        assert_eq!(forms.next(Kind::Address, "2a00::1"), "2001:db8::1");
        for _ in 0..300 {
            forms.next(Kind::Address, "10.0.0.1");
        }
        assert_eq!(forms.next(Kind::Address, "10.0.0.1"), "198.18.1.47");
    }
}

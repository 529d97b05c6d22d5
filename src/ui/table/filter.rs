//! What a user types to find rows: words, numbers in any form, `column:value`, `column>value`, `-not`. In: a line of text, columns.
//! Out: does a row hold it? All parts must. Must not know what a row means.

use super::{Column, Order, Rows, Unit};
use crate::ui::text;

/// Digits that make a telephone number worth comparing without its spaces.
const LEAST_DIGITS: usize = 3;

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    More,
    AtLeast,
    Less,
    AtMost,
}

#[derive(Clone, Debug, PartialEq)]
enum Wish {
    /// Any column holds the text.
    Any(String),
    /// One column does.
    In(&'static str, String),
    /// One column's number compares.
    Than(&'static str, Compare, f64),
    /// A number, its digits, and the parts as typed.
    Number(String, Vec<String>),
}

/// One part of a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// As typed.
    pub typed: String,
    not: bool,
    wish: Wish,
}

/// A filter as understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Its parts.
    pub terms: Vec<Term>,
}

impl Filter {
    /// Reads a filter; there is no wrong one: what names no column is text.
    pub fn new(typed: &str, columns: &'static [Column]) -> Self {
        let parts = parts(typed);
        let mut terms = Vec::new();
        let mut rest = parts.as_slice();
        while let Some((first, after)) = rest.split_first() {
            // "+1 (202) 555 0142": numbers that stand together may be one.
            let run = rest.iter().take_while(|part| is_number(part)).count();
            if run > 0 {
                let (number, after) = rest.split_at(run);
                let digits = digits(&number.concat());
                let typed = number.join(" ");
                let wish = if digits.len() >= LEAST_DIGITS {
                    Wish::Number(digits, number.iter().map(|part| part.to_lowercase()).collect())
                } else {
                    Wish::Any(typed.to_lowercase())
                };
                terms.push(Term { typed, not: false, wish });
                rest = after;
                continue;
            }
            terms.push(term(first, columns));
            rest = after;
        }
        Self { terms }
    }

    /// Does a row hold all of it? Text is looked for in the columns `shown`, and where the row itself knows more.
    pub fn holds(&self, rows: &dyn Rows, row: usize, shown: &[&'static str]) -> bool {
        self.terms.iter().all(|term| holds(&term.wish, rows, row, shown) != term.not)
    }
}

fn holds(wish: &Wish, rows: &dyn Rows, row: usize, shown: &[&'static str]) -> bool {
    let in_column = |column: &'static str, wish: &str| contains(&rows.cell(row, column, None).text, wish);
    let any = |wish: &str| shown.iter().any(|column| in_column(column, wish)) || rows.holds(row, wish);
    match wish {
        Wish::Any(wish) => any(wish),
        Wish::In(column, wish) => {
            in_column(column, wish)
                || (digits(wish).len() >= LEAST_DIGITS
                    && is_number(wish)
                    && number_in(&digits(wish), &rows.cell(row, column, None).text))
        }
        Wish::Than(column, compare, value) => match rows.order(row, column) {
            Order::Number(number) => {
                let number = number as f64;
                match compare {
                    Compare::More => number > *value,
                    Compare::AtLeast => number >= *value,
                    Compare::Less => number < *value,
                    Compare::AtMost => number <= *value,
                }
            }
            Order::Text(_) | Order::None => false,
        },
        Wish::Number(wanted, typed) => {
            rows.numbers(row).iter().any(|logged| number_in(wanted, logged)) || typed.iter().all(|part| any(part))
        }
    }
}

/// Does `text` hold `wish`, which is in lower case?
pub fn contains(text: &str, wish: &str) -> bool {
    if text.is_ascii() && wish.is_ascii() {
        let wish = wish.as_bytes();
        return wish.is_empty() || text.as_bytes().windows(wish.len()).any(|part| part.eq_ignore_ascii_case(wish));
    }
    text.to_lowercase().contains(wish)
}

/// Is the number wanted part of one that was logged: `sip:+12025550142@…`, `tel:+1-202-555-0142`? Of a URI the host does not count.
/// An international prefix 00 or a national 0 may stand for what the other writes as +.
fn number_in(wanted: &str, logged: &str) -> bool {
    let user = logged.split_once('@').map_or(logged, |(user, _)| user);
    let logged = digits(user);
    let short = wanted.strip_prefix("00").or_else(|| wanted.strip_prefix('0')).filter(|rest| rest.len() >= 5);
    logged.contains(wanted) || short.is_some_and(|rest| logged.contains(rest))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Only what a telephone number is written with.
fn is_number(part: &str) -> bool {
    part.contains(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('))
        && part.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '/' | '.'))
        && !part.starts_with('-')
}

/// Words, quoted ones in one piece.
fn parts(typed: &str) -> Vec<String> {
    let (mut out, mut part, mut quoted) = (Vec::new(), String::new(), false);
    for c in typed.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => out.push(std::mem::take(&mut part)),
            c => part.push(c),
        }
    }
    out.push(part);
    out.retain(|part| !part.is_empty());
    out
}

fn term(typed: &str, columns: &'static [Column]) -> Term {
    let (not, rest) = match typed.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, typed),
    };
    let wish = in_column(rest, columns).unwrap_or_else(|| Wish::Any(rest.to_lowercase()));
    Term { typed: typed.to_owned(), not, wish }
}

fn in_column(part: &str, columns: &'static [Column]) -> Option<Wish> {
    let (name, rest) = part.split_at_checked(part.find([':', '<', '>', '='])?)?;
    let name = name.to_lowercase();
    let column = columns.iter().find(|c| c.id == name || text::column(c.word).to_lowercase().replace(' ', "-") == name)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    for (sign, compare) in [(">=", Compare::AtLeast), ("<=", Compare::AtMost), (">", Compare::More), ("<", Compare::Less)] {
        if let Some(value) = rest.strip_prefix(sign) {
            return Some(Wish::Than(column.id, compare, value_of(value, column.unit)?));
        }
    }
    Some(Wish::In(column.id, rest.strip_prefix('=').unwrap_or(rest).to_lowercase()))
}

/// `60`, `1.5k`; of times `500ms`, `2s`, `1:30`, `3min`, in µs.
fn value_of(typed: &str, unit: Unit) -> Option<f64> {
    let end = typed.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ':'))).unwrap_or(typed.len());
    let (number, suffix) = typed.split_at_checked(end)?;
    let number = number.split(':').try_fold(0.0, |sum, part| Some(sum * 60.0 + part.parse::<f64>().ok()?))?;
    let factor = match (unit, suffix) {
        (Unit::Plain, "k") => 1e3,
        (Unit::Plain, "M") => 1e6,
        (Unit::Plain, "") => 1.0,
        (Unit::Time, "ms") => 1e3,
        (Unit::Time, "" | "s") => 1e6,
        (Unit::Time, "m" | "min") => 60e6,
        (Unit::Time, "h") => 3600e6,
        _ => return None,
    };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_any_form() {
        for logged in ["sip:+12025550142@example.test;user=phone", "tel:+1-202-555-0142", "<sip:12025550142@192.0.2.7:5061>"] {
            for typed in ["2025550142", "+1 202 555 0142", "(202) 555-0142", "001 202 5550142", "0202 555 0142", "0142"] {
                let filter = Filter::new(typed, &[]);
                let [Term { wish: Wish::Number(wanted, _), .. }] = filter.terms.as_slice() else { panic!("{filter:?}") };
                assert!(number_in(wanted, logged), "{typed} in {logged}");
            }
            assert!(!number_in("192", logged) || logged.contains("5550192"), "the host is no number: {logged}");
        }
    }

    #[test]
    fn parts_of_a_filter() {
        const COLUMNS: &[Column] =
            &[Column::time("talk", "window.col_talk", 60.0), Column::text("party", "window.col_party", 60.0)];
        let wishes = |typed| Filter::new(typed, COLUMNS).terms.into_iter().map(|t| (t.not, t.wish)).collect::<Vec<_>>();
        assert_eq!(wishes("talk>=1:30"), [(false, Wish::Than("talk", Compare::AtLeast, 90e6))]);
        assert_eq!(wishes("-party:Bob"), [(true, Wish::In("party", "bob".to_owned()))]);
        assert_eq!(wishes("other-side:bob"), [(false, Wish::In("party", "bob".to_owned()))]);
        assert_eq!(wishes("sip:bob"), [(false, Wish::Any("sip:bob".to_owned()))]);
        assert_eq!(wishes("\"no answer\""), [(false, Wish::Any("no answer".to_owned()))]);
        assert_eq!(wishes("talk>x"), [(false, Wish::Any("talk>x".to_owned()))]);
        assert!(contains("Žluť", "žlu") && contains("Call-ID", "call") && !contains("a", "ab"));
    }
}

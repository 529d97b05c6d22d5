//! Text that cannot change what stands beside it. In: text of a log. Out: the same with control and direction characters as escapes.

use std::borrow::Cow;

/// Control and direction characters as escapes, so that a log cannot reorder or hide what stands beside it.
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let show = |c: char| match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        c if hidden(c) => c.escape_unicode().to_string(),
        c => c.to_string(),
    };
    Cow::Owned(text.chars().map(show).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_cannot_turn_the_line_around() {
        assert_eq!(visible("Gerät nicht angeschlossen"), "Gerät nicht angeschlossen");
        assert_eq!(visible("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(visible("a\r\nb\u{1b}[31m"), "a\\r\\nb\\u{1b}[31m");
    }
}

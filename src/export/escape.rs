//! Text of a log that can't become markup. In: any text. Out: the same text for HTML, Markdown or a fenced block, on one line and
//! without control characters. Must not know what it stands in.

use super::text::page::clean;

/// For HTML and SVG, inside and outside of quotes.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// For Markdown: what it or HTML reads as more than itself is escaped.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Lines as they are between fences that none of them can close (CommonMark 4.5).
pub fn fenced<'a>(language: &str, lines: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<String> = lines.map(clean).collect();
    let longest = |line: &String| line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(lines.iter().map(longest).max().unwrap_or(0).max(2) + 1);
    let body: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    format!("{fence}{language}\n{body}{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_cannot_write_markup() {
        assert_eq!(markdown("a|b <script> [x](y) `c` **d**"), "a\\|b &lt;script&gt; \\[x\\](y) \\`c\\` \\*\\*d\\*\\*");
        assert_eq!(html("<b a='x' c=\"y\">&\u{202e}\n"), "&lt;b a=&#39;x&#39; c=&quot;y&quot;&gt;&amp;\u{fffd} ");
        assert_eq!(fenced("text", ["a", "```", "<b>"].into_iter()), "````text\na\n```\n<b>\n````\n");
    }
}

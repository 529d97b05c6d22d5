//! A page of plain text, 100 columns wide: headings, labelled lines, aligned tables. In: words and cleaned values. Out: text.
//! Must not know what it shows.
//!
//! Everything that goes on the page loses its control characters: a log can hold terminal sequences, and a ticket can't.

/// Columns of a page; a place in a log that is longer stands whole on a line of its own.
pub const WIDTH: usize = 100;
/// Columns of the label beside a text.
const LABEL: usize = 14;
/// Blanks between two columns of a table.
const GAP: usize = 2;
/// A column of a table other than the last is not padded beyond this.
const COLUMN: usize = 40;

/// Text under construction.
#[derive(Debug, Default)]
pub struct Page {
    out: String,
}

impl Page {
    /// What was written.
    pub fn finish(self) -> String {
        self.out
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.out.push('\n');
    }

    /// A heading with its underline, after an empty line.
    pub fn heading(&mut self, text: &str) {
        let text = clean(text);
        self.gap();
        self.put(0, &text);
        self.put(0, &"-".repeat(columns(&text).min(WIDTH)));
    }

    /// A line as it stands, its columns already in place.
    pub fn raw(&mut self, text: &str) {
        self.put(0, &clean(text));
    }

    /// A text, wrapped between words; further lines two columns deeper.
    pub fn line(&mut self, indent: usize, text: &str) {
        self.wrapped(indent, indent + 2, "", text);
    }

    /// A label and its text beside it; nothing when the text is empty.
    pub fn pair(&mut self, indent: usize, label: &str, text: &str) {
        if !text.is_empty() {
            let label = padded(&clean(label), LABEL);
            let deep = indent + columns(&label).max(LABEL);
            self.wrapped(indent, deep, &label, text);
        }
    }

    /// Rows with aligned columns. The last column is free; when a row gets too wide it goes on below, indented.
    pub fn table(&mut self, indent: usize, rows: &[Vec<String>]) {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..count)
            .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(cell)).max().unwrap_or(0).min(COLUMN))
            .collect();
        for row in &rows {
            let mut line = String::new();
            let last = row.len().saturating_sub(1);
            for (at, cell) in row.iter().enumerate() {
                let room = WIDTH.saturating_sub(indent + columns(&line));
                if at > 0 && columns(cell) > room && !line.trim().is_empty() {
                    self.put(indent, &line);
                    line = "    ".to_owned();
                }
                line.push_str(cell);
                if at < last {
                    let width = widths.get(at).copied().unwrap_or(0);
                    line.push_str(&" ".repeat(width.saturating_sub(columns(cell)) + if width == 0 { 0 } else { GAP }));
                }
            }
            self.put(indent, &line);
        }
    }

    fn put(&mut self, indent: usize, text: &str) {
        self.out.push_str(" ".repeat(indent).as_str());
        self.out.push_str(text);
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }

    fn wrapped(&mut self, first: usize, deep: usize, before: &str, text: &str) {
        let mut line = before.to_owned();
        let mut indent = first;
        let mut empty = true;
        for word in clean(text).split(' ').filter(|w| !w.is_empty()) {
            let blank = usize::from(!empty);
            if !empty && indent + columns(&line) + blank + columns(word) > WIDTH {
                self.put(indent, &line);
                line.clear();
                indent = deep;
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        self.put(indent, &line);
    }
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text)).max(1)))
}

/// Columns a terminal gives a text: East Asian wide characters take two, combining marks none (the common blocks only).
pub fn columns(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x0300..=0x036f | 0x200b..=0x200d | 0xfe00..=0xfe0f => 0,
            0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 => 2,
            0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}

/// One line without control characters: line ends and tabs become blanks, others and the marks that turn the writing direction
/// become U+FFFD, so that a log can't move a terminal's cursor or hide what it says.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_terminal_sequence_passes() {
        let mut page = Page::default();
        page.line(0, "a\u{1b}[2Jb\u{9b}c\u{202e}d\r\ne\u{7}");
        assert_eq!(page.finish(), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d e\u{fffd}\n");
    }

    #[test]
    fn lines_wrap_between_words_and_long_words_stay_whole() {
        let mut page = Page::default();
        page.pair(2, "Meaning", &"word ".repeat(40));
        page.line(0, &"x".repeat(250));
        let text = page.finish();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[..lines.len() - 1].iter().all(|l| columns(l) <= WIDTH), "{text}");
        assert_eq!(lines[1].find("word"), lines[0].find("word"), "{text}");
        assert_eq!(lines.last().unwrap().len(), 250);
    }

    #[test]
    fn columns_of_a_table_stand_under_each_other() {
        let mut page = Page::default();
        page.table(2, &[vec!["日本".into(), "b".into(), "place:1".into()], vec!["a".into(), String::new(), "place:2".into()]]);
        assert_eq!(page.finish(), "  日本  b  place:1\n  a        place:2\n");
    }

    #[test]
    fn a_row_too_wide_goes_on_below() {
        let mut page = Page::default();
        page.table(0, &[vec!["a".into(), "p".repeat(120)]]);
        assert_eq!(page.finish(), format!("a\n    {}\n", "p".repeat(120)));
    }
}

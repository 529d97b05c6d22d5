//! Rows as comma-separated values (RFC 4180) or as text with tabs. In: cells as they are shown. Out: text that a spreadsheet opens
//! without running anything. Must not know a table of the window, and writes no file.

use std::borrow::Cow;

/// One row, ending with CR LF.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = cells.into_iter().map(field).collect::<Vec<_>>().join(",");
    out.push_str("\r\n");
    out
}

/// A value in quotes where it needs them. What a spreadsheet would take for a formula begins with an apostrophe: a display name in a
/// log is written by whoever calls (OWASP, CSV injection).
fn field(cell: &str) -> Cow<'_, str> {
    let formula = cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r', '\n']);
    let text = if formula { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) };
    if text.contains([',', '"', '\r', '\n', ';', '\t']) { Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))) } else { text }
}

/// One row with tabs between its cells, for the clipboard. Tabs and line ends inside a cell become spaces.
pub fn tabbed<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let clean = |cell: &'a str| cell.replace(['\t', '\r', '\n'], " ");
    let mut out = cells.into_iter().map(clean).collect::<Vec<_>>().join("\t");
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_a_cell_and_runs_nothing() {
        assert_eq!(row(["a", "b c", ""]), "a,b c,\r\n");
        assert_eq!(row(["a,b", "say \"hi\"", "x\ny"]), "\"a,b\",\"say \"\"hi\"\"\",\"x\ny\"\r\n");
        assert_eq!(row(["=1+1", "+1 202", "-2", "@sum", " =x"]), "'=1+1,'+1 202,'-2,'@sum,' =x\r\n");
        assert_eq!(row(["=HYPERLINK(\"http://x\",\"y\")"]), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"\r\n");
        assert_eq!(tabbed(["a\tb", "c\nd"]), "a b\tc d\n");
    }
}

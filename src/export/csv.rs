//! Rows as comma-separated values (RFC 4180) or as text with tabs. In: cells as they are shown. Out: text that a spreadsheet opens
//! without running anything. Must not know a table of the window, and writes no file.

use std::borrow::Cow;

use serde_json::Value;

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

/// Objects with the same keys as rows, with the keys of the first as head; without any, the head is the one key that each has. Lists of proofs become
/// `member:line; …`, other lists of objects their number.
pub fn objects(objects: &[Value]) -> String {
    let Some(first) = objects.first().and_then(Value::as_object) else { return row(["bundle"]) };
    let mut out = row(first.keys().map(String::as_str));
    for object in objects.iter().filter_map(Value::as_object) {
        let cells: Vec<String> = first.keys().map(|key| object.get(key).map(cell).unwrap_or_default()).collect();
        out.push_str(&row(cells.iter().map(String::as_str)));
    }
    out
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(|one| one.get("line").is_some()) => {
            let places = list.iter().filter_map(|one| Some(format!("{}:{}", one.get("member")?.as_str()?, one.get("line")?)));
            places.collect::<Vec<_>>().join("; ")
        }
        Value::Array(list) if list.iter().any(Value::is_object) => list.len().to_string(),
        Value::Array(list) => list.iter().map(cell).collect::<Vec<_>>().join("; "),
        Value::Object(map) => map.iter().map(|(key, value)| format!("{key}={}", cell(value))).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
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
        let proof = serde_json::json!({"member": "a.txt", "line": 3});
        let one =
            serde_json::json!({"id": 1, "to": "=1+1", "proof": [proof], "none": null, "tags": ["a", "b"], "map": {"k": -1}});
        assert_eq!(objects(&[one]), "id,to,proof,none,tags,map\r\n1,'=1+1,a.txt:3,,\"a; b\",k=-1\r\n");
        assert_eq!(objects(&[]), "bundle\r\n");
        assert_eq!(tabbed(["a\tb", "c\nd"]), "a b\tc d\n");
    }
}

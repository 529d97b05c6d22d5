//! Rows of a table as text. In: rows, columns, places. Out: text with tabs for the clipboard, or comma-separated values, heads first.

use super::{Column, Rows};
use crate::export::csv;
use crate::ui::text;

/// The form of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Tabs between cells.
    Text,
    /// Comma-separated values.
    Csv,
}

/// The columns given of these rows, with their heads.
pub fn rows(rows: &dyn Rows, columns: &[&'static Column], places: &[u32], form: Form) -> String {
    let line = |cells: &[String]| {
        let cells = cells.iter().map(String::as_str);
        match form {
            Form::Text => csv::tabbed(cells),
            Form::Csv => csv::row(cells),
        }
    };
    let mut out = line(&columns.iter().map(|c| text::column(c.word)).collect::<Vec<_>>());
    let mut before = None;
    for place in places {
        let row = *place as usize;
        out += &line(&columns.iter().map(|c| rows.cell(row, c.id, before).text).collect::<Vec<_>>());
        before = Some(row);
    }
    out
}

//! How the user arranged a table: widths, hidden columns, sorting. In: what the user did. Out: plain data that can be saved; no row,
//! no filter, nothing of a customer. Must not know a screen.

use serde::{Deserialize, Serialize};

use super::Column;

/// Columns stay wide enough to be found again, in points.
pub const LEAST: f32 = 28.0;
/// And no wider than this.
const MOST: f32 = 1_600.0;

/// One column as the user wants it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wished {
    /// [`Column::id`].
    pub id: String,
    /// Width in points; `None`: as it came.
    pub width: Option<f32>,
    /// Shown or hidden.
    pub shown: bool,
}

/// The column that a table is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// [`Column::id`].
    pub column: String,
    /// Largest first.
    pub down: bool,
}

/// Columns and sorting of one table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// Columns that are not as they came.
    pub columns: Vec<Wished>,
    /// Sorted by; `None`: as logged.
    pub sort: Option<Sort>,
}

impl Layout {
    fn wished(&self, id: &str) -> Option<&Wished> {
        self.columns.iter().find(|c| c.id == id)
    }

    fn wish(&mut self, column: &Column) -> Option<&mut Wished> {
        if self.wished(column.id).is_none() {
            self.columns.push(Wished { id: column.id.to_owned(), width: None, shown: column.shown });
        }
        self.columns.iter_mut().find(|c| c.id == column.id)
    }

    /// Is a column shown?
    pub fn shows(&self, column: &Column) -> bool {
        self.wished(column.id).map_or(column.shown, |wished| wished.shown)
    }

    /// The columns shown, in order.
    pub fn shown(&self, columns: &'static [Column]) -> Vec<&'static Column> {
        columns.iter().filter(|c| self.shows(c)).collect()
    }

    /// Width of a column in points, without the room that a growing one takes.
    pub fn width(&self, column: &Column) -> f32 {
        self.wished(column.id).and_then(|wished| wished.width).unwrap_or(column.width).clamp(LEAST, MOST)
    }

    /// Has the user said how wide it is?
    pub fn is_set(&self, column: &Column) -> bool {
        self.wished(column.id).is_some_and(|wished| wished.width.is_some())
    }

    /// Sets a width.
    pub fn set_width(&mut self, column: &Column, width: f32) {
        if let Some(wished) = self.wish(column) {
            wished.width = Some(width.clamp(LEAST, MOST));
        }
    }

    /// Shows or hides a column; the last one shown stays.
    pub fn toggle(&mut self, column: &'static Column, columns: &'static [Column]) {
        let shown = self.shows(column);
        if shown && self.shown(columns).len() < 2 {
            return;
        }
        if let Some(wished) = self.wish(column) {
            wished.shown = !shown;
        }
    }

    /// Next sorting by a column: smallest first, largest first, as logged.
    pub fn turn(&mut self, column: &Column) {
        self.sort = match &self.sort {
            Some(sort) if sort.column == column.id && sort.down => None,
            Some(sort) if sort.column == column.id => Some(Sort { down: true, ..sort.clone() }),
            _ => Some(Sort { column: column.id.to_owned(), down: false }),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[Column::text("a", "", 80.0), Column::number("b", "", 60.0).hidden()];

    #[test]
    fn columns_are_chosen_sized_and_sorted() {
        let [a, b] = COLUMNS else { panic!() };
        let mut layout = Layout::default();
        layout.toggle(a, COLUMNS);
        assert!(layout.shows(a), "the last column stays");
        layout.toggle(b, COLUMNS);
        assert_eq!(layout.shown(COLUMNS).len(), 2);
        layout.set_width(b, 1.0);
        assert_eq!((layout.width(a), layout.width(b)), (80.0, LEAST));
        let sort = |down| Some(Sort { column: "b".to_owned(), down });
        for expected in [sort(false), sort(true), None] {
            layout.turn(b);
            assert_eq!(layout.sort, expected);
        }
        let saved = serde_json::to_string(&layout).unwrap();
        assert_eq!(serde_json::from_str::<Layout>(&saved).unwrap(), layout);
    }
}

//! The one table of the program: calls, registrations, messages, findings, files. In: columns as data and rows that can say a cell.
//! Out: a list that is sorted, filtered, resized, chosen from and copied, by mouse and by keyboard. Must not know what a row means.
//!
//! ```text
//! [filter: text  party:bob  talk>60s ]   12 of 10,000   Columns  Copy  Save CSV
//! (party: bob x)
//!     Call  Started ^      Other side            Talk |
//! (v) 3     08:14:02.031   sip:bob@example.test  1:25 |#
//! ```

pub mod copy;
pub mod filter;
pub mod head;
mod index;
mod keyboard;
pub mod layout;
mod paint;
mod state;

use eframe::egui::Align;

pub use layout::Layout;
pub use paint::{Act, Asked, Frame, show};
pub use state::TableState;

use super::fonts::Type;
use super::shapes::Sign;
use crate::base::Tone;
use crate::sip::Direction;

/// What the numbers of a column count, for `talk>60s` in the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Unit {
    /// Text, or a plain number.
    #[default]
    Plain,
    /// Microseconds, shown as a length of time.
    Time,
}

/// How much a column stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// First.
    Main,
    /// Second.
    Beside,
    /// Third.
    Faint,
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in filters, saved layouts and code; the same in every language.
    pub id: &'static str,
    /// Key of the word at its head.
    pub word: &'static str,
    /// Width at first, in points.
    pub width: f32,
    /// Where its text stands.
    pub align: Align,
    /// Its type.
    pub kind: Type,
    /// Its ink.
    pub ink: Ink,
    /// Is it shown before the user chose?
    pub shown: bool,
    /// Does it take the room that is left?
    pub grows: bool,
    /// What its numbers count.
    pub unit: Unit,
}

impl Column {
    /// A column of text.
    pub const fn text(id: &'static str, word: &'static str, width: f32) -> Self {
        let (align, kind, ink) = (Align::Min, Type::Table, Ink::Beside);
        Self { id, word, width, align, kind, ink, shown: true, grows: false, unit: Unit::Plain }
    }

    /// A column of ids, addresses or times, in mono.
    pub const fn mono(id: &'static str, word: &'static str, width: f32) -> Self {
        Self { kind: Type::Mono, ..Self::text(id, word, width) }
    }

    /// A column of numbers, aligned right.
    pub const fn number(id: &'static str, word: &'static str, width: f32) -> Self {
        Self { align: Align::Max, ..Self::mono(id, word, width) }
    }

    /// A column of lengths of time.
    pub const fn time(id: &'static str, word: &'static str, width: f32) -> Self {
        Self { unit: Unit::Time, ..Self::number(id, word, width) }
    }

    /// The same as what a row is called by.
    pub const fn main(self) -> Self {
        Self { ink: Ink::Main, kind: if matches!(self.kind, Type::Table) { Type::Name } else { self.kind }, ..self }
    }

    /// The same in third ink.
    pub const fn faint(self) -> Self {
        Self { ink: Ink::Faint, ..self }
    }

    /// The same, shown only when the user wants it.
    pub const fn hidden(self) -> Self {
        Self { shown: false, ..self }
    }

    /// The same with the room that is left.
    pub const fn grows(self) -> Self {
        Self { grows: true, ..self }
    }
}

/// What is painted beside or instead of the text of a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Draw {
    /// Nothing.
    #[default]
    Text,
    /// The text in a tone, with its shape.
    Tone(Tone),
    /// An arrow: sent to the right, received to the left.
    Arrow(Direction),
    /// Codecs with the number of their colour.
    Codecs(Vec<(u8, String)>),
}

/// What stands in one cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// As it is shown, found and copied.
    pub text: String,
    /// More than text.
    pub draw: Draw,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, draw: Draw::Text }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Cell {
    /// Text in a tone.
    pub fn toned(text: String, tone: Tone) -> Self {
        Self { text, draw: Draw::Tone(tone) }
    }
}

/// What a cell is sorted and compared by. Cells without a value come last, whichever way the sorting goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// A number.
    Number(i64),
    /// A text, in lower case.
    Text(String),
    /// Nothing.
    None,
}

impl Order {
    /// A number that may be missing.
    pub fn number(value: Option<i64>) -> Self {
        value.map_or(Self::None, Self::Number)
    }

    /// A count.
    pub fn count(value: u64) -> Self {
        Self::Number(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

/// The rows of a table. A row is named by its place, from 0, and keeps it however the table is sorted.
pub trait Rows {
    /// Every column there is.
    fn columns(&self) -> &'static [Column];
    /// How many rows there are.
    fn len(&self) -> usize;
    /// Are there none?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Does a row belong to what is shown at all, a run for one?
    fn within(&self, row: usize) -> bool {
        row < self.len()
    }
    /// What [`Rows::within`] and the texts depend on beside the document, so that what was sorted and filtered is done again.
    fn key(&self) -> u64;
    /// A cell; `before` is the row shown above.
    fn cell(&self, row: usize, column: &'static str, before: Option<usize>) -> Cell;
    /// What a cell is sorted by; by its text unless it says more.
    fn order(&self, row: usize, column: &'static str) -> Order {
        let text = self.cell(row, column, None).text;
        if text.is_empty() || text == "–" { Order::None } else { Order::Text(text.to_lowercase()) }
    }
    /// Does a row hold this text, in lower case, where no column shows it?
    fn holds(&self, _row: usize, _wish: &str) -> bool {
        false
    }
    /// Telephone numbers and addresses of a row as they were logged.
    fn numbers(&self, _row: usize) -> Vec<String> {
        Vec::new()
    }
    /// The shape before a row.
    fn sign(&self, _row: usize) -> Option<Sign> {
        None
    }
    /// Is it what the other panels show?
    fn chosen(&self, row: usize) -> bool;
    /// What a screen reader says of a row.
    fn spoken(&self, row: usize) -> String;
    /// The sentence of a table without rows.
    fn none(&self) -> &'static str;
}

//! Columns of the list and the lines of a record. In: a width, a text. Out: places in points, ranges of text. Must not paint.

use std::ops::Range;

use eframe::egui::Align;

use super::texts::{MOST_LINES, RowText};
use crate::ui::table;

/// Height of a row.
pub const ROW: f32 = 20.0;
/// Height of a further line of a record.
pub const LINE: f32 = 16.0;
/// Points of the column of marks.
const MARK: f32 = 26.0;
/// Lines painted of one record, wrapped ones counted; more is in the panel at the right and in the copy.
const MOST_PAINTED: usize = 2_000;

/// One column: its words' key, where it begins, how wide it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Key of its head.
    pub head: &'static str,
    /// Points from the left edge of the list.
    pub x: f32,
    /// Points.
    pub width: f32,
    /// Aligned right.
    pub right: bool,
}

/// The columns that can be chosen, as they come; mark and message are always there.
pub const COLUMNS: &[table::Column] = &[
    table::Column::mono("time", "log.col_time", 82.0),
    table::Column::number("since", "log.col_since", 70.0),
    table::Column::text("level", "log.col_level", 20.0),
    table::Column::mono("member", "log.col_member", 108.0),
    table::Column::number("line", "log.col_line", 46.0),
    table::Column::mono("thread", "log.col_thread", 58.0),
    table::Column::mono("source", "log.col_source", 188.0),
];

/// Columns that go first where there is no room, and what the message must have, in points.
const GIVE_WAY: [&str; 5] = ["thread", "source", "since", "member", "line"];
const LEAST_MESSAGE: f32 = 200.0;
/// A list of this width has room for whole names.
const WIDE: f32 = 1_500.0;

/// The columns that the user wants and that have room in a list of this width; the message takes what is left.
pub fn columns(width: f32, layout: &table::Layout) -> Vec<Column> {
    let wide = |column: &table::Column| match column.id {
        _ if layout.is_set(column) => layout.width(column),
        "thread" if width >= 1_200.0 => 100.0,
        "source" if width >= WIDE => 280.0,
        "member" if width >= WIDE => 160.0,
        _ => layout.width(column),
    };
    let gap = |column: &table::Column| if column.id == "line" { 14.0 } else { 8.0 };
    let mut wanted = layout.shown(COLUMNS);
    let mut used = 6.0 + MARK + wanted.iter().map(|c| wide(c) + gap(c)).sum::<f32>();
    for id in GIVE_WAY {
        if width - used >= LEAST_MESSAGE {
            break;
        }
        if let Some(place) = wanted.iter().position(|c| c.id == id) {
            let gone = wanted.remove(place);
            used -= wide(gone) + gap(gone);
        }
    }
    let mut x = 6.0;
    let mut out = vec![Column { head: "log.col_mark", x, width: MARK - 8.0, right: false }];
    x += MARK;
    for column in wanted {
        out.push(Column { head: column.word, x, width: wide(column), right: column.align == Align::Max });
        x += wide(column) + gap(column);
    }
    out.push(Column { head: "log.col_message", x, width: (width - x - 4.0).max(40.0), right: false });
    out
}

/// How many places a character takes when it is shown: control and direction characters stand as escapes.
fn places(c: char) -> usize {
    if c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    {
        let mut buffer = [0; 4];
        return crate::base::visible(c.encode_utf8(&mut buffer)).chars().count();
    }
    1
}

/// The parts of a line that go on below each other, each of at most `room` characters.
fn wrapped(text: &str, range: Range<usize>, room: usize, out: &mut Vec<(usize, Range<usize>)>, line: usize) {
    let Some(part) = text.get(range.clone()) else { return };
    let (mut from, mut used) = (range.start, 0);
    for (at, c) in part.char_indices() {
        let wide = places(c);
        if used + wide > room && used > 0 {
            out.push((line, from..range.start + at));
            (from, used) = (range.start + at, 0);
            if out.len() >= MOST_PAINTED {
                return;
            }
        }
        used += wide;
    }
    out.push((line, from..range.end));
}

/// What is painted of a record: number of the line in it, and bytes of its text. The first is the message of its first line.
pub fn lines(row: &RowText, unfolded: bool, wrap: bool, room: usize) -> Vec<(usize, Range<usize>)> {
    let mut out = Vec::new();
    let count = if unfolded { row.lines.len().min(MOST_LINES) } else { 1 };
    for line in 0..count {
        let range = if line == 0 { row.message() } else { row.lines.get(line).cloned().unwrap_or(0..0) };
        if wrap {
            wrapped(&row.text, range, room.max(8), &mut out, line);
        } else {
            out.push((line, range));
        }
        if out.len() >= MOST_PAINTED {
            break;
        }
    }
    out
}

/// Bytes from which a line is shown so that what ends at `hit_end` is seen in `room` characters; the line's begin where it is seen anyway.
pub fn shifted(text: &str, line: &Range<usize>, hit: Option<Range<usize>>, room: usize) -> usize {
    let Some(hit) = hit else { return line.start };
    let before = text.get(line.start..hit.start).unwrap_or_default();
    let inside = text.get(hit).unwrap_or_default().chars().take(room).map(places).sum::<usize>();
    let wide: usize = before.chars().map(places).sum();
    if wide + inside <= room {
        return line.start;
    }
    // A third of the room for what leads up to it.
    let mut kept = 0;
    for (at, c) in before.char_indices().rev() {
        kept += places(c);
        if kept > room / 3 {
            return line.start + at + c.len_utf8();
        }
    }
    line.start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Dialects;

    fn row(text: &str) -> RowText {
        RowText::new(text.to_owned(), false, 0, &Dialects::default())
    }

    #[test]
    fn lines_of_a_record() {
        let row = row("first\r\nsecond line\n\nlast\n\n");
        assert_eq!(lines(&row, false, false, 80).len(), 1);
        let all: Vec<&str> = lines(&row, true, false, 80).into_iter().map(|(_, r)| row.part(r)).collect();
        assert_eq!(all, ["first", "second line", "", "last"]);
        let wrapped: Vec<(usize, &str)> = lines(&row, true, true, 8).into_iter().map(|(n, r)| (n, row.part(r))).collect();
        assert_eq!(wrapped, [(0, "first"), (1, "second l"), (1, "ine"), (2, ""), (3, "last")]);
    }

    #[test]
    fn escapes_take_their_room() {
        let row = row("ab\u{202e}cd\u{1b}ef→gh");
        let wrapped: Vec<&str> = lines(&row, false, true, 10).into_iter().map(|(_, r)| row.part(r)).collect();
        assert_eq!(wrapped, ["ab\u{202e}", "cd\u{1b}ef", "→gh"]);
    }

    #[test]
    fn a_hit_beyond_the_edge_is_brought_into_sight() {
        let text = format!("{}hit and more", "ä".repeat(200));
        let line = 0..text.len();
        let hit = 400..403;
        assert_eq!(shifted(&text, &line, None, 60), 0);
        let from = shifted(&text, &line, Some(hit.clone()), 60);
        assert_eq!(text.get(from..hit.start).unwrap().chars().count(), 20);
        assert_eq!(shifted(&text, &line, Some(hit), 300), 0);
    }

    #[test]
    fn narrow_lists_keep_time_and_message() {
        let heads = |width: f32, layout: &table::Layout| -> Vec<&str> {
            let all = columns(width, layout).into_iter().map(|c| c.head.trim_start_matches("log.col_"));
            all.collect()
        };
        let mut layout = table::Layout::default();
        assert_eq!(heads(400.0, &layout), ["mark", "time", "level", "message"]);
        assert_eq!(heads(1_100.0, &layout).len(), 9);
        assert_eq!(heads(820.0, &layout), ["mark", "time", "since", "level", "member", "line", "source", "message"]);
        // What the user hides makes room for what had none.
        layout.toggle(&COLUMNS[6], COLUMNS);
        assert_eq!(heads(820.0, &layout), ["mark", "time", "since", "level", "member", "line", "thread", "message"]);
        for column in COLUMNS {
            layout.set_width(column, 1e9);
        }
        assert_eq!(heads(820.0, &layout), ["mark", "time", "level", "message"]);
    }
}

//! Values over time. In: series. Out: lines, bars for shares in percent, named with their last value.

use super::Ink;
use super::draw::{Align, Area, Drawing, Pen, Point};
use super::fonts::Type;
use crate::base::words::Words;
use crate::timeline::columns::{self, ValueColumn};
use crate::timeline::figures::value;
use crate::timeline::scene::Lane;
use crate::timeline::{Axis, Series};

/// Series colours of the first, second and third line.
const COLOURS: [u8; 3] = [6, 7, 8];
const LEGEND: f64 = 132.0;
const LINE: f64 = 13.0;
/// Height above curves, for words and marks.
pub const HEAD: f64 = 15.0;

/// Every series of a lane, each on its own scale from zero, and the legend at the right on ground of its own; gives what [`words`] says.
pub fn lane(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, axis: &Axis, row: Area) -> String {
    let palette = ink.palette;
    let mut said = Vec::new();
    let mut legend = Area::sized(row.right - LEGEND, row.top + 4.0, LEGEND, LINE);
    for (series, number) in lane.series.iter().zip(COLOURS) {
        let colour = palette.series(number);
        let columns = columns::values(series, axis);
        let most = columns.iter().map(|c| c.most).fold(0.0, f64::max);
        let least = columns.iter().map(|c| c.least).fold(0.0, f64::min);
        let scale = (most - least).max(f64::MIN_POSITIVE);
        let plot = Area { top: row.top + HEAD, bottom: row.bottom - 3.0, ..row };
        let at = |x: f64, v: f64| (x, plot.bottom - (v - least) / scale * plot.height());
        if series.unit == "%" {
            for column in columns.iter().filter(|c| c.most > 0.0) {
                let (x, top) = at(column.x_px, column.most);
                out.fill(Area::new(x, top, x + 2.0, plot.bottom), 0.0, colour);
            }
        } else {
            line(out, series, &columns, Pen::new(1.3, colour), &at);
        }
        let name = ink.said(&series.name);
        let here = series.at(axis.window.end_us as i64).map_or_else(|| "–".to_owned(), |v| value(v, &series.unit));
        out.fill(legend, 0.0, palette.panel);
        out.level(legend.left + 4.0, legend.left + 12.0, legend.middle(), Pen::new(2.0, colour));
        let room = Area { left: legend.left + 16.0, ..legend };
        out.text(room, Align::Start, &format!("{name} {here}"), Type::Tiny, palette.t2);
        (legend.top, legend.bottom) = (legend.top + LINE, legend.bottom + LINE);
        let range = [("name", name.as_str()), ("value", &value(most, &series.unit))];
        said.push(Words::current().fill("timeline.most", &range));
    }
    said.join(", ")
}

/// How high the curves reach, in the `row` above them: before the first mark where there is room, else behind the last.
pub fn words(out: &mut Drawing, ink: Ink<'_>, said: &str, row: Area, first_mark: Option<f64>, marks_end: f64) {
    let width = Type::Tiny.width(said);
    let before = first_mark.is_none_or(|x| row.left + 6.0 + width < x - 10.0);
    let left = if before { row.left + 6.0 } else { marks_end + 14.0 };
    let room = Area { left, right: row.right - LEGEND - 6.0, ..row };
    if !said.is_empty() && room.width() > 60.0 {
        out.text(room, Align::Start, said, Type::Tiny, ink.palette.t3);
    }
}

/// One line a stretch: where values are missing there is none. A column of many values is as high as they spread.
fn line(out: &mut Drawing, series: &Series, columns: &[ValueColumn], pen: Pen, at: &dyn Fn(f64, f64) -> Point) {
    let mut points: Vec<Point> = Vec::new();
    let mut last_us = i64::MIN;
    let draw = |out: &mut Drawing, points: &mut Vec<Point>| match points.as_slice() {
        [] => {}
        [only] => {
            out.disc(*only, 1.5, pen.colour);
            points.clear();
        }
        _ => out.line(std::mem::take(points), pen),
    };
    for column in columns {
        if column.at_us.saturating_sub(last_us) > series.break_us {
            draw(out, &mut points);
        }
        points.push(at(column.x_px, column.most));
        if column.most > column.least {
            points.push(at(column.x_px, column.least));
        }
        last_us = column.at_us;
    }
    draw(out, &mut points);
}

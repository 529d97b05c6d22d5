//! Values over time. In: series. Out: lines, bars for shares in percent, and a legend that stands below, so that it covers none.

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
const LINE: f64 = 14.0;
/// Height above curves, for marks and their words.
pub const HEAD: f64 = 17.0;

/// What the lines are and how high they reach, in rows of at most `width` points.
pub struct Legend(Vec<Vec<(u8, String)>>);

impl Legend {
    /// Of a lane; empty where it has no values.
    pub fn of(ink: Ink<'_>, lane: &Lane, axis: &Axis, width: f64) -> Self {
        let mut rows: Vec<Vec<(u8, String)>> = Vec::new();
        let mut left = 0.0;
        for (series, number) in lane.series.iter().zip(COLOURS) {
            let most = columns::values(series, axis).iter().map(|c| c.most).fold(0.0, f64::max);
            let name = ink.said(&series.name);
            let said = Words::current().fill("timeline.most", &[("name", &name), ("value", &value(most, &series.unit))]);
            let said = Type::Tiny.cut(&said, width - 16.0);
            let wide = Type::Tiny.width(&said) + 30.0;
            match rows.last_mut().filter(|_| left >= wide) {
                Some(row) => row.push((number, said)),
                None => {
                    rows.push(vec![(number, said)]);
                    left = width;
                }
            }
            left -= wide;
        }
        Self(rows)
    }

    /// In points.
    pub fn height(&self) -> f64 {
        self.0.len() as f64 * LINE
    }

    /// Draws it from the top of an area.
    pub fn draw(&self, out: &mut Drawing, ink: Ink<'_>, area: Area) {
        let mut area = area;
        for row in &self.0 {
            let mut place = area.cut_top(LINE);
            for (number, said) in row {
                let pen = Pen::new(2.0, ink.palette.series(*number));
                out.level(place.left, place.left + 9.0, place.middle(), pen);
                place.left += 14.0;
                place.left = out.grounded(place, Align::Start, said, Type::Tiny, ink.palette.t2) + 16.0;
            }
        }
    }
}

/// Every series of a lane, each on its own scale from zero.
pub fn lane(out: &mut Drawing, ink: Ink<'_>, lane: &Lane, axis: &Axis, row: Area) {
    for (series, number) in lane.series.iter().zip(COLOURS) {
        let colour = ink.palette.series(number);
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

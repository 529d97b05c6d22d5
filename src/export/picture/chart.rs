//! A plot with axes, by plotters drawing into our own list. In: one series of a media log. Out: axes, grid and a line that breaks where
//! nothing was measured.

use std::convert::Infallible;

use plotters::coord::Shift;
use plotters::prelude::{ChartBuilder, DrawingArea, IntoDrawingArea, IntoFont, LineSeries, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

use super::Ink;
use super::draw::{Align, Area, Drawing, Pen, Point};
use super::fonts::Type;
use super::look::Rgb;
use crate::base::{LogTime, Text};
use crate::session::media_log::Series;
use crate::timeline::figures::{elapsed, value};
use crate::timeline::series;

/// plotters counts in whole units: this many are a point.
const FINE: f64 = 20.0;
const LABELS: u32 = (46.0 * FINE) as u32;
const FOOT: u32 = (20.0 * FINE) as u32;

/// Draws a series into an area; times count from `zero`, else from the first value.
pub fn chart(out: &mut Drawing, ink: Ink<'_>, measured: &Series, zero: Option<LogTime>, colour: Rgb, area: Area) {
    let palette = ink.palette;
    let points = measured.points.iter().map(|p| series::Point { at_us: p.at.0, value: p.value }).collect();
    let line = series::Series::new(Text::default(), "", points);
    let (Some(first), Some(last)) = (line.points.first(), line.points.last()) else { return };
    let zero_us = zero.map_or(first.at_us, |at| at.0);
    let seconds = |us: i64| (us - zero_us) as f64 / 1e6;
    let (low, high) = (measured.range.0.min(0.0), measured.range.1.max(0.0));
    let high = if high > low { high + (high - low) * 0.05 } else { low + 1.0 };
    let from = seconds(first.at_us);
    let to = seconds(last.at_us).max(from + 0.001);
    let unit = measured.unit.clone().unwrap_or_default();
    let backend = Backend { out, area };
    let area: DrawingArea<Backend<'_>, Shift> = backend.into_drawing_area();
    let ink_of = |c: Rgb| RGBColor(c.0[0], c.0[1], c.0[2]);
    let pen = |c: Rgb, width: f64| ShapeStyle { color: ink_of(c).into(), filled: false, stroke_width: (width * FINE) as u32 };
    let label: TextStyle<'_> = ("mono", Type::TinyMono.size() * FINE).into_font().color(&ink_of(palette.t3));
    // What is drawn goes into a list, which cannot fail.
    let _: Option<()> = (|| {
        let mut chart = ChartBuilder::on(&area)
            .y_label_area_size(LABELS)
            .x_label_area_size(FOOT)
            .margin_top((6.0 * FINE) as u32)
            .margin_right((4.0 * FINE) as u32)
            .build_cartesian_2d(from..to, low..high)
            .ok()?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(pen(palette.panel, 0.0))
            .bold_line_style(pen(palette.hair, 1.0))
            .axis_style(pen(palette.strong, 1.0))
            .x_labels(6)
            .y_labels(4)
            .x_label_formatter(&|s| elapsed((s * 1e6).round() as i64, 1_000_000))
            .y_label_formatter(&|v| value((v * 1e6).round() / 1e6, &unit))
            .x_label_style(label.clone())
            .y_label_style(label)
            .set_all_tick_mark_size((3.0 * FINE) as u32)
            .draw()
            .ok()?;
        for stretch in stretches(&line) {
            let points = stretch.iter().map(|p| (seconds(p.at_us), p.value));
            chart.draw_series(LineSeries::new(points, pen(colour, 1.4))).ok()?;
        }
        Some(())
    })();
}

/// The points in stretches without a break.
fn stretches(line: &series::Series) -> Vec<&[series::Point]> {
    line.points.chunk_by(|a, b| b.at_us.saturating_sub(a.at_us) <= line.break_us).collect()
}

/// What plotters draws on: our own list.
struct Backend<'a> {
    out: &'a mut Drawing,
    area: Area,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Backend<'_> {
    fn at(&self, (x, y): BackendCoord) -> Point {
        (self.area.left + f64::from(x) / FINE, self.area.top + f64::from(y) / FINE)
    }
}

fn colour(colour: BackendColor) -> Rgb {
    let (r, g, b) = colour.rgb;
    Rgb([r, g, b])
}

fn pen(style: &impl BackendStyle) -> Option<Pen> {
    let ink = style.color();
    let width = f64::from(style.stroke_width()) / FINE;
    (ink.alpha > 0.0 && width > 0.0).then(|| Pen::new(width, colour(ink)))
}

impl DrawingBackend for Backend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        ((self.area.width() * FINE) as u32, (self.area.height() * FINE) as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, ink: BackendColor) -> Drawn {
        if ink.alpha > 0.0 {
            let (left, top) = self.at(point);
            self.out.fill(Area::sized(left, top, 1.0 / FINE, 1.0 / FINE), 0.0, colour(ink));
        }
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        if let Some(pen) = pen(style) {
            let ends = [self.at(from), self.at(to)];
            self.out.line(ends, pen);
        }
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Drawn {
        let ((left, top), (right, bottom)) = (self.at(from), self.at(to));
        let area = Area::new(left.min(right), top.min(bottom), left.max(right), top.max(bottom));
        if fill && style.color().alpha > 0.0 {
            self.out.fill(area, 0.0, colour(style.color()));
        } else if let Some(pen) = pen(style) {
            self.out.frame(area, 0.0, None, pen);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let points: Vec<Point> = path.into_iter().map(|p| self.at(p)).collect();
        if let Some(pen) = pen(style) {
            self.out.line(points, pen);
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, centre: BackendCoord, radius: u32, style: &S, _fill: bool) -> Drawn {
        let centre = self.at(centre);
        self.out.disc(centre, f64::from(radius) / FINE, colour(style.color()));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, corners: I, style: &S) -> Drawn {
        let points: Vec<Point> = corners.into_iter().map(|p| self.at(p)).collect();
        self.out.polygon(points, colour(style.color()));
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Drawn {
        let (x, y) = self.at(at);
        let kind = Type::TinyMono;
        let width = kind.width(text) + 0.5;
        let (left, align) = match style.anchor().h_pos {
            HPos::Left => (x, Align::Start),
            HPos::Right => (x - width, Align::End),
            HPos::Center => (x - width / 2.0, Align::Middle),
        };
        let height = kind.size();
        let top = match style.anchor().v_pos {
            VPos::Top => y,
            VPos::Center => y - height / 2.0,
            VPos::Bottom => y - height,
        };
        self.out.text(Area::sized(left, top, width, height), align, text, kind, colour(style.color()));
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        _style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let kind = Type::TinyMono;
        Ok(((kind.width(text) * FINE) as u32, (kind.size() * FINE) as u32))
    }
}

//! Values of a lane over time. In: series, an axis. Out: lines, bars for shares in percent; named at the right end with the value at the
//! time cursor. Each line has its own scale from zero, said at the left.

use eframe::egui::{Align, Mesh, Pos2, Rect, Role, Sense, Shape as Drawn, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::base::words::Words;
use crate::timeline::columns::{self, ValueColumn};
use crate::timeline::figures::value;
use crate::timeline::scene::Lane;
use crate::timeline::{Axis, Series};
use crate::ui::{Cx, Type, ViewState, text};

/// Series colours of the first, second and third line.
const COLOURS: [u8; 3] = [6, 7, 8];
const LEGEND_PX: f32 = 132.0;
const LINE_PX: f32 = 13.0;

/// Paints every series of the lane.
pub fn show(ui: &Ui, cx: &Cx<'_>, state: &ViewState, lane: &Lane, axis: &Axis, row: Rect) {
    let palette = cx.palette;
    let mut said = Vec::new();
    let mut legend = row.right_top() + vec2(-LEGEND_PX, 4.0);
    for (series, number) in lane.series.iter().zip(COLOURS) {
        let color = palette.series(number);
        let columns = columns::values(series, axis);
        let most = columns.iter().map(|c| c.most).fold(0.0, f64::max);
        let least = columns.iter().map(|c| c.least).fold(0.0, f64::min);
        let scale = (most - least).max(f64::MIN_POSITIVE);
        let plot = Rect::from_min_max(row.min + vec2(0.0, LINE_PX + 2.0), row.max - vec2(0.0, 3.0));
        let at = |x: f64, v: f64| pos2(x as f32, plot.bottom() - ((v - least) / scale) as f32 * plot.height());
        if series.unit == "%" {
            let mut bars = Mesh::default();
            for column in columns.iter().filter(|c| c.most > 0.0) {
                let top = at(column.x_px, column.most);
                bars.add_colored_rect(Rect::from_min_max(top, pos2(top.x + 2.0, plot.bottom())), color);
            }
            ui.painter().add(Drawn::mesh(bars));
        } else {
            line(ui, series, &columns, Stroke::new(1.3, color), &at);
        }
        let name = text::shown(&series.name);
        let here = state.cursor_us.and_then(|us| series.at(us));
        let here =
            here.or_else(|| series.at(axis.window.end_us as i64)).map_or_else(|| "–".to_owned(), |v| value(v, &series.unit));
        let ground = Rect::from_min_size(legend, vec2(LEGEND_PX, LINE_PX));
        ui.painter().rect_filled(ground, 0.0, palette.base.gamma_multiply(0.85));
        ui.painter().hline(legend.x + 4.0..=legend.x + 12.0, ground.center().y, Stroke::new(2.0, color));
        let room = Rect::from_min_max(ground.min + vec2(16.0, 0.0), ground.max);
        text::paint(ui, room, Align::Min, &format!("{name} {here}"), Type::Tiny, palette.t2);
        legend.y += LINE_PX;
        let range = [("name", name.as_str()), ("value", &value(most, &series.unit))];
        said.push(Words::current().fill("timeline.most", &range));
    }
    if lane.series.is_empty() {
        return;
    }
    let head = Rect::from_min_size(row.min + vec2(6.0, 1.0), vec2((row.width() - LEGEND_PX - 12.0).max(1.0), LINE_PX));
    let words = said.join(", ");
    let galley = text::galley(ui, &words, Type::Tiny, palette.t3, head.width());
    let ground = Rect::from_min_size(head.min, vec2(galley.size().x + 4.0, LINE_PX));
    ui.painter().rect_filled(ground, 0.0, palette.base.gamma_multiply(0.85));
    text::place(ui, head, Align::Min, galley);
    let response = ui.interact(row, ui.scope_id().with(("series", lane.id)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{}: {words}", text::shown(&lane.name))));
}

/// One line a stretch: where values are missing there is none. A column of many values is as high as they spread.
fn line(ui: &Ui, series: &Series, columns: &[ValueColumn], stroke: Stroke, at: &dyn Fn(f64, f64) -> Pos2) {
    let mut points: Vec<Pos2> = Vec::new();
    let mut last_us = i64::MIN;
    let draw = |points: &mut Vec<Pos2>| match points.as_slice() {
        [] => {}
        [only] => {
            ui.painter().circle_filled(*only, 1.5, stroke.color);
            points.clear();
        }
        _ => {
            ui.painter().line(std::mem::take(points), stroke);
        }
    };
    for column in columns {
        if column.at_us.saturating_sub(last_us) > series.break_us {
            draw(&mut points);
        }
        points.push(at(column.x_px, column.most));
        if column.most > column.least {
            points.push(at(column.x_px, column.least));
        }
        last_us = column.at_us;
    }
    draw(&mut points);
}

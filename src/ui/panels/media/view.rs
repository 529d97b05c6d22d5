//! The media view: every call of the run with its sentence, its table and the plots of its engine; below it the message that proves what
//! is chosen. In: a document. Out: rows; only calls on screen are laid out.

use std::collections::HashSet;

use eframe::egui::{Align, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{HEADS, ROW, Table};
use crate::base::words::word;
use crate::session::call::Call;
use crate::session::media_log::Series;
use crate::session::{CallId, MessageId};
use crate::timeline::Subject;
use crate::timeline::lanes::call::name;
use crate::timeline::told::{measured, sentence};
use crate::ui::panels::{calls, message};
use crate::ui::widgets::{self, area, cut_bottom, cut_left, cut_top};
use crate::ui::{Command, Cx, Document, Type, ViewState, ladder, text, zone};

const HEAD: f32 = 30.0;
const PLOT: f32 = 52.0;
/// Plots shown of a call.
const MOST_PLOTS: usize = 6;

/// The view.
pub fn view(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let shown: Vec<&Call> = calls::of_run(document, state).into_iter().filter(|c| !c.media.is_empty()).collect();
    if shown.is_empty() {
        widgets::empty(ui, palette, rect, word("media-view.none"));
        return;
    }
    // Few calls leave their room to the message.
    let series_of = document.analysis.facts.series.iter().filter(|s| s.points.len() > 1);
    let plotted: HashSet<CallId> = series_of.filter_map(|s| s.call).collect();
    let calls: f32 = shown.iter().map(|call| height_of(&plotted, call)).sum();
    let height = (rect.height() - calls).max(rect.height() * 0.42);
    let below = cut_bottom(&mut rect, height);
    let reveal = std::mem::take(&mut state.reveal);
    area(ui, "media-calls", rect, palette.panel, |ui| {
        widgets::rows(ui, "media-calls", |ui| {
            for call in shown {
                let rect = widgets::reserve(ui, height_of(&plotted, call));
                let proves = |id: MessageId| call.media.iter().any(|s| s.offer == id || s.answer == Some(id));
                if reveal && state.selection.message.is_some_and(proves) {
                    ui.scroll_to_rect(rect, None);
                }
                // Thousands of calls stay cheap: what is not on screen is not laid out.
                if ui.is_rect_visible(rect) {
                    of_call(ui, cx, document, state, call, &series(document, call), rect);
                }
            }
        });
    });
    ui.painter().hline(below.x_range(), below.top(), Stroke::new(1.0, palette.strong));
    area(ui, "message", below, palette.panel, |ui| message::show(ui, cx, document, state, below));
}

fn height_of(plotted: &HashSet<CallId>, call: &Call) -> f32 {
    HEAD + HEADS + ROW * call.media.len() as f32 + if plotted.contains(&call.id) { PLOT } else { 0.0 } + 10.0
}

fn of_call(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    document: &Document,
    state: &ViewState,
    call: &Call,
    series: &[&Series],
    mut rect: Rect,
) {
    let palette = cx.palette;
    let bar = cut_top(&mut rect, HEAD);
    ui.painter().rect_filled(bar, 0.0, palette.raised);
    let mut inner = bar.shrink2(vec2(12.0, 0.0));
    let title = name(call);
    let width = text::galley(ui, &title, Type::Head, palette.accent, 160.0).size().x;
    let head = cut_left(&mut inner, width + 10.0);
    if widgets::link(ui, palette, head, Align::Min, &title).on_hover_text(word("media-view.to_call")).clicked() {
        cx.send(Command::ShowSubject(Subject::Call(call.id)));
        cx.send(Command::ShowView(crate::ui::View::Timeline));
    }
    let told = format!("{}   {}", calls::party(call), sentence(call, zone::offset_s()));
    text::line(ui, inner, Align::Min, &told, Type::Small, palette.t2);
    let table = cut_top(&mut rect, HEADS + ROW * call.media.len() as f32);
    ui.push_id(("media-of", call.id.0), |ui| {
        Table { document, state, call, addresses: true }.show(ui, cx, table);
    });
    if !series.is_empty() {
        plots(ui, cx, series, rect);
    }
}

/// What the media logs measured in a call.
fn series<'a>(document: &'a Document, call: &Call) -> Vec<&'a Series> {
    let all = document.analysis.facts.series.iter().filter(|s| s.call == Some(call.id) && s.points.len() > 1);
    all.take(MOST_PLOTS).collect()
}

fn plots(ui: &mut Ui, cx: &Cx<'_>, series: &[&Series], rect: Rect) {
    let palette = cx.palette;
    let mut row = rect.shrink2(vec2(12.0, 4.0));
    let width = (row.width() / series.len() as f32).min(260.0);
    for (place, series) in series.iter().enumerate() {
        let mut cell = cut_left(&mut row, width);
        cell.max.x -= 16.0;
        let told = measured(series);
        text::line(ui, cut_top(&mut cell, 16.0), Align::Min, &text::visible(&told), Type::Label, palette.t3);
        let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else { continue };
        let span = last.at.since_us(first.at).max(1) as f32;
        // What never changes stands in the middle: at the bottom it would look like nothing.
        let (low, high) = match series.range {
            (low, high) if low >= high && low != 0.0 => (low - low.abs(), high + high.abs()),
            range => range,
        };
        let reach = (high - low).max(1e-9);
        let points: Vec<_> = series
            .points
            .iter()
            .map(|p| {
                let x = cell.left() + p.at.since_us(first.at) as f32 / span * cell.width();
                let y = cell.bottom() - 2.0 - ((p.value - low) / reach) as f32 * (cell.height() - 4.0);
                pos2(x, y)
            })
            .collect();
        ui.painter().hline(cell.x_range(), cell.bottom() - 1.0, Stroke::new(1.0, palette.hair));
        let colour = palette.series(u8::try_from(place % 3).unwrap_or(0) + 6);
        ui.painter().line(points, Stroke::new(1.4, colour));
        let response = ui.interact(cell, ui.scope_id().with(("plot", place, told.as_str())), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &told));
        response.on_hover_text(told.clone());
    }
}

/// The proof `step` rows away from the chosen one.
pub fn step(document: &Document, state: &ViewState, step: i32) -> Option<MessageId> {
    let calls = calls::of_run(document, state);
    let mut proofs: Vec<MessageId> = calls.iter().flat_map(|c| &c.media).map(|s| s.answer.unwrap_or(s.offer)).collect();
    proofs.dedup();
    ladder::step_in(&proofs, state.selection.message, step)
}

//! Bars around everything: tabs, views, status. In: what is open and shown. Out: three bars.
//!
//! ```text
//! [=] (x) help-desk_….zip ×  (v) partner-hub_….zip ×  +              Open Ctrl O   Dark
//! 1 Overview  2 Timeline  3 Calls 3  4 Messages 412  7 Files 5            run   UTC
//! ```

use eframe::egui::{Align, CornerRadius, Popup, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::calls;
use crate::base::words::{Words, word};
use crate::base::{LogTime, Tone};
use crate::timeline::figures::{count, elapsed};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{cut_left, cut_right, focus_ring, icon_button, key_cap, line_below};
use crate::ui::{Command, Cx, Document, Type, View, ViewState, ladder, text, zone};

/// Height of the tabs.
pub const TOP: f32 = 36.0;
/// Height of the views.
pub const VIEWS: f32 = 34.0;
/// Height of the status line.
pub const STATUS: f32 = 24.0;

/// A tab as it is shown.
pub struct Tab {
    /// Name of the file.
    pub name: String,
    /// How it stands; `None` while it is read.
    pub tone: Option<Tone>,
}

/// Tabs at the left, what can always be done at the right: with what the window is shown in (colours, language) between.
pub fn top(ui: &mut Ui, cx: &mut Cx<'_>, tabs: &[Tab], active: Option<usize>, switches: &[(&str, Command)], rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let icon = cut_left(&mut inner, 30.0);
    shapes::logo(ui.painter(), palette, Rect::from_center_size(icon.left_center() + vec2(9.0, 0.0), Vec2::splat(18.0)));
    action(ui, cx, &mut inner, word("window.keys"), "?", Command::ToggleHelp);
    for (label, command) in switches.iter().rev() {
        action(ui, cx, &mut inner, label, "", command.clone());
    }
    action(ui, cx, &mut inner, word("lookup.title"), "Ctrl L", Command::ToggleLookup);
    action(ui, cx, &mut inner, word("window.open"), "Ctrl O", Command::OpenFiles);
    if tabs.is_empty() {
        text::line(ui, inner, Align::Min, word("app.name"), Type::Strong, palette.t1);
        return;
    }
    let each = ((inner.width() - 34.0) / tabs.len() as f32).clamp(90.0, 460.0);
    for (place, tab) in tabs.iter().enumerate() {
        let name = text::visible(&tab.name).into_owned();
        let wide = text::galley(ui, &name, Type::Name, palette.t1, each - 62.0).size().x + 62.0;
        let mut cell = cut_left(&mut inner, wide);
        if cell.width() < 50.0 {
            break;
        }
        one_tab(ui, cx, place, tab, &name, active == Some(place), &mut cell);
    }
    let plus = cut_left(&mut inner, 30.0);
    let place = Rect::from_center_size(plus.center(), Vec2::splat(22.0));
    let response = icon_button(ui, palette, place, word("window.open_another"), |ui, rect, _| {
        let stroke = Stroke::new(1.3, palette.t2);
        ui.painter().hline(rect.center().x - 5.0..=rect.center().x + 5.0, rect.center().y, stroke);
        ui.painter().vline(rect.center().x, rect.center().y - 5.0..=rect.center().y + 5.0, stroke);
    });
    if response.clicked() {
        cx.send(Command::ShowWelcome);
    }
}

fn one_tab(ui: &mut Ui, cx: &mut Cx<'_>, place: usize, tab: &Tab, name: &str, active: bool, cell: &mut Rect) {
    let palette = cx.palette;
    let whole = *cell;
    let response = ui.interact(whole, ui.scope_id().with(("tab", place)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, active, name));
    if active {
        let ground = Rect::from_min_max(pos2(whole.left(), whole.top() + 6.0), whole.max);
        ui.painter().rect(
            ground,
            CornerRadius { nw: 4, ne: 4, sw: 0, se: 0 },
            palette.panel,
            Stroke::new(1.0, palette.hair),
            StrokeKind::Inside,
        );
        ui.painter().hline(ground.x_range().shrink(1.0), ground.bottom() - 0.5, Stroke::new(1.0, palette.panel));
    } else if response.hovered() {
        ui.painter().rect_filled(whole.shrink2(vec2(0.0, 6.0)), CornerRadius::same(4), palette.hover);
    }
    if response.clicked() {
        cx.send(Command::ShowTab(place));
    }
    focus_ring(ui, palette, whole, &response);
    let close = cut_right(cell, 28.0);
    let icon = cut_left(cell, 30.0);
    let sign = tab.tone.map_or(Sign::NotSeen, Sign::Tone);
    shapes::sign(ui.painter(), palette, icon.center() + vec2(0.0, 2.0), 12.0, sign);
    text::paint(ui, cell.translate(vec2(0.0, 2.0)), Align::Min, name, Type::Name, if active { palette.t1 } else { palette.t2 });
    let place_close = Rect::from_center_size(close.center() + vec2(-2.0, 2.0), Vec2::splat(18.0));
    let label = Words::current().fill("window.close_tab", &[("name", name)]);
    let response =
        icon_button(ui, palette, place_close, &label, |ui, rect, _| shapes::cross(ui.painter(), rect.center(), 3.6, palette.t2));
    if response.clicked() {
        cx.send(Command::CloseTab(place));
    }
}

/// A word at the right that does something, with its key.
fn action(ui: &mut Ui, cx: &mut Cx<'_>, rect: &mut Rect, label: &str, key: &str, command: Command) {
    let palette = cx.palette;
    let name = text::galley(ui, label, Type::Table, palette.t2, 140.0);
    let cap = if key.is_empty() { 0.0 } else { text::galley(ui, key, Type::TinyMono, palette.t2, 80.0).size().x + 18.0 };
    let cell = cut_right(rect, name.size().x + cap + 16.0);
    let place = cell.shrink2(vec2(1.0, 6.0));
    let response = ui.interact(place, ui.scope_id().with(("action", label)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    if response.hovered() {
        ui.painter().rect_filled(place, CornerRadius::same(4), palette.hover);
    }
    let used = text::place(ui, place.shrink2(vec2(6.0, 0.0)), Align::Min, name);
    if !key.is_empty() {
        key_cap(ui, palette, pos2(used.right() + 6.0, place.center().y), key);
    }
    focus_ring(ui, palette, place, &response);
    if response.clicked() {
        cx.send(command);
    }
}

/// The views of a document with their digits and counts; the run and the zone at the right.
pub fn views(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let mut inner = rect.shrink2(vec2(8.0, 0.0));
    let narrow = rect.width() < 900.0;
    let mut right = cut_right(&mut inner, if narrow { 250.0 } else { 420.0 });
    text::line(ui, cut_right(&mut right, 74.0), Align::Max, &zone::name(), Type::Label, palette.t2);
    runs(ui, cx, document, state, right);
    for view in View::ALL {
        let active = state.view == view;
        let name = word(match view {
            View::Overview => "window.overview",
            View::Timeline => "window.timeline",
            View::Calls => "window.calls",
            View::Messages => "window.messages",
            View::Media => "window.media",
            View::Log => "log.log",
            View::Files => "window.files",
        });
        let figure = match view {
            View::Overview | View::Timeline | View::Media => String::new(),
            View::Calls => count(calls::of_run(document, state).len() as u64),
            View::Messages => count(document.messages_of_run(state.run_id()) as u64),
            View::Log => count(document.records),
            View::Files => count(document.analysis.bundle.members.len() as u64),
        };
        let ink = if active { palette.t1 } else { palette.t2 };
        let digit = view.digit().to_string();
        let shown = if narrow && !active { "" } else { name };
        let pieces = [
            (digit.as_str(), Type::TinyMono, palette.t3),
            ("  ", Type::Table, ink),
            (shown, if active { Type::Bold } else { Type::Table }, ink),
            (if figure.is_empty() { "" } else { "  " }, Type::Table, ink),
            (figure.as_str(), Type::Mono, palette.t3),
        ];
        let galley = text::rich(ui, &pieces, 240.0);
        let cell = cut_left(&mut inner, galley.size().x + 20.0);
        let response = ui.interact(cell, ui.scope_id().with(("view", view)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, active, name));
        if response.hovered() && !active {
            ui.painter().rect_filled(cell.shrink2(vec2(2.0, 5.0)), CornerRadius::same(4), palette.hover);
        }
        text::place(ui, cell, Align::Center, galley);
        if active {
            ui.painter().hline(cell.x_range().shrink(8.0), cell.bottom() - 1.0, Stroke::new(2.0, palette.accent));
        }
        focus_ring(ui, palette, cell, &response);
        if response.clicked() {
            cx.send(Command::ShowView(view));
        }
    }
}

/// A chooser when there is more than one run.
fn runs(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    let runs = &document.analysis.facts.runs;
    if runs.len() < 2 {
        return;
    }
    let label = |number: usize| {
        let range = runs.get(number).and_then(|r| Some((r.start?, r.end?)));
        let range =
            range.map_or_else(String::new, |(a, b): (LogTime, LogTime)| format!(" {} – {}", zone::short(a), zone::short(b)));
        format!(
            "{}{range}",
            Words::current().fill("window.run", &[("n", &(number + 1).to_string()), ("all", &runs.len().to_string())])
        )
    };
    let galley = text::galley(ui, &label(state.run), Type::Name, palette.t1, rect.width() - 40.0);
    let width = galley.size().x + 34.0;
    let place = Rect::from_min_size(pos2(rect.right() - width - 8.0, rect.center().y - 12.0), vec2(width, 24.0));
    let response = ui.interact(place, ui.scope_id().with("run"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, label(state.run)));
    let fill = if response.hovered() { palette.hover } else { palette.raised };
    ui.painter().rect(place, CornerRadius::same(4), fill, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
    text::place(ui, place.shrink2(vec2(10.0, 0.0)), Align::Min, galley);
    shapes::chevron(ui.painter(), place.right_center() - vec2(13.0, 0.0), 3.5, true, palette.t2);
    focus_ring(ui, palette, place, &response);
    Popup::menu(&response).show(|ui| {
        ui.set_min_width(width);
        for number in (0..runs.len()).rev() {
            if ui.selectable_label(number == state.run, label(number)).clicked() {
                cx.send(Command::ShowRun(number));
            }
        }
    });
}

/// Where the chosen thing stands; that all is local.
pub fn status(ui: &mut Ui, cx: &Cx<'_>, document: Option<(&Document, &ViewState)>, toast: Option<&str>, rect: Rect) {
    let palette = cx.palette;
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, palette.hair));
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let right = cut_right(&mut inner, (rect.width() * 0.4).min(360.0));
    match toast {
        Some(said) => text::line(ui, right, Align::Max, said, Type::Label, palette.t1),
        None => text::line(ui, right, Align::Max, word("window.all_local"), Type::Small, palette.t3),
    };
    let Some((document, state)) = document else { return };
    if let (View::Log, Some((place, figure))) = (state.view, state.log.chosen_place()) {
        let used = text::line(ui, inner, Align::Min, &text::visible(&place), Type::Mono, palette.t2).rect;
        inner.min.x = used.right() + 20.0;
        text::line(ui, inner, Align::Min, &figure, Type::Small, palette.t3);
        return;
    }
    let Some((place, at)) = state.selection.message.and_then(|id| ladder::reference(document, id)) else {
        let figure = Words::current().fill("window.records_read", &[("n", &count(document.records))]);
        text::line(ui, inner, Align::Min, &figure, Type::Small, palette.t3);
        return;
    };
    let used = text::line(ui, inner, Align::Min, &text::visible(&place), Type::Mono, palette.t2).rect;
    inner.min.x = used.right() + 20.0;
    if let Some(at) = at {
        let selected = Words::current().fill("window.selected_at", &[("time", &zone::clock(at))]);
        let used = text::line(ui, inner, Align::Min, &selected, Type::Small, palette.t3).rect;
        inner.min.x = used.right() + 20.0;
        if let Some(start) = document.scene(state.run).and_then(|s| s.extent) {
            let since = elapsed(at.0 - start.start_us, 1_000);
            let from = Words::current().fill("window.from_start", &[("time", &since)]);
            text::line(ui, inner, Align::Min, &from, Type::Small, palette.t3);
        }
    }
}

//! Bars around everything: tabs, status; between them stands [`super::views`]. In: what is open and shown. Out: two bars.
//!
//! ```text
//! [=] (x) help-desk_….zip ×  (v) partner-hub_….zip ×  +              Look up Ctrl L   Commands Ctrl Shift P
//! 1 Overview  2 Timeline  3 Calls 3  4 Messages 412  7 Files 5      run   UTC   [search      Ctrl F]
//! ```

use eframe::egui::{
    Align, Area, Color32, CornerRadius, Id, Order, PointerButton, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use crate::base::Tone;
use crate::base::words::{self, Words, word};
use crate::timeline::figures::{count, elapsed};
use crate::ui::command::WindowCommand;
use crate::ui::export::ExportCommand;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, cut_left, cut_right, focus_ring, icon_button, key_cap, line_below};
use crate::ui::{Command, Cx, Document, Palette, Type, View, ViewState, ladder, text, timeline, zone};

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
    /// Why it could not be opened.
    pub fault: Option<String>,
}

/// Tabs at the left, what can always be done at the right.
pub fn top(ui: &mut Ui, cx: &mut Cx<'_>, tabs: &[Tab], active: Option<usize>, rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let icon = cut_left(&mut inner, 30.0);
    shapes::logo(ui.painter(), palette, Rect::from_center_size(icon.left_center() + vec2(9.0, 0.0), Vec2::splat(18.0)));
    // In a narrow window the keys of these stay in the help.
    let narrow = rect.width() < 900.0;
    let cap = |key: &'static str| if narrow { "" } else { key };
    let actions = [
        (word("lookup.title"), cap("Ctrl L"), Command::ToggleLookup),
        (word("export.title"), cap("Ctrl E"), Command::Export(ExportCommand::Toggle)),
        (word("settings.title"), cap("Ctrl ,"), Command::Window(WindowCommand::ToggleSettings)),
        (word("window.keys"), cap("?"), Command::ToggleHelp),
        (word("palette.title"), cap("Ctrl Shift P"), Command::Window(WindowCommand::TogglePalette)),
    ];
    // Tab goes through them from left to right.
    let total: f32 = actions.iter().map(|(label, key, _)| action_width(ui, label, key)).sum();
    let mut right = cut_right(&mut inner, total);
    inner.max.x -= 8.0;
    if tabs.is_empty() {
        text::line(ui, inner, Align::Min, word("app.name"), Type::Strong, palette.t1);
    } else {
        tab_row(ui, cx, tabs, active, inner);
    }
    for (label, key, command) in actions {
        action(ui, cx, &mut right, label, key, command);
    }
}

fn tab_row(ui: &mut Ui, cx: &mut Cx<'_>, tabs: &[Tab], active: Option<usize>, mut inner: Rect) {
    let palette = cx.palette;
    let each = ((inner.width() - 34.0) / tabs.len() as f32).clamp(90.0, 460.0);
    // The tab shown is always among those that fit.
    let fit = (((inner.width() - 34.0) / each) as usize).max(1);
    let first = active.map_or(0, |active| (active + 1).saturating_sub(fit)).min(tabs.len().saturating_sub(fit));
    let mut centres = Vec::new();
    for (place, tab) in tabs.iter().enumerate().skip(first).take(fit) {
        let name = text::visible(&tab.name).into_owned();
        let wide = text::galley(ui, &name, Type::Name, palette.t1, each - 62.0).size().x + 62.0;
        let mut cell = cut_left(&mut inner, wide);
        centres.push((place, cell.center().x));
        one_tab(ui, cx, place, tab, &name, active == Some(place), &mut cell);
    }
    moved(ui, cx, &centres);
    if fit < tabs.len() {
        let hidden = Words::current().fill("palette.more_tabs", &[("n", &(tabs.len() - fit).to_string())]);
        let width = text::galley(ui, &hidden, Type::Label, palette.t2, 90.0).size().x + 12.0;
        text::line(ui, cut_left(&mut inner, width).shrink2(vec2(4.0, 0.0)), Align::Min, &hidden, Type::Label, palette.t2);
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

/// A tab that is dragged over the middle of its neighbour changes places with it.
fn moved(ui: &Ui, cx: &mut Cx<'_>, centres: &[(usize, f32)]) {
    let dragged = |place: usize| ui.ctx().is_being_dragged(ui.scope_id().with(("tab", place)));
    let Some(at) = ui.ctx().pointer_interact_pos() else { return };
    for pair in centres.windows(2) {
        let [(left, left_x), (right, right_x)] = pair else { continue };
        let swap = (dragged(*left) && at.x > *right_x) || (dragged(*right) && at.x < *left_x);
        if swap {
            let (from, to) = if dragged(*left) { (*left, *right) } else { (*right, *left) };
            // The drag goes on with the tab under its new number.
            ui.ctx().set_dragged_id(ui.scope_id().with(("tab", to)));
            cx.send(Command::Window(WindowCommand::MoveTab(from, to)));
            return;
        }
    }
}

fn one_tab(ui: &mut Ui, cx: &mut Cx<'_>, place: usize, tab: &Tab, name: &str, active: bool, cell: &mut Rect) {
    let palette = cx.palette;
    let whole = *cell;
    let response = ui.interact(whole, ui.scope_id().with(("tab", place)), Sense::click_and_drag());
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
    if response.clicked_by(PointerButton::Middle) {
        cx.send(Command::CloseTab(place));
    }
    focus_ring(ui, palette, whole, &response);
    let close = cut_right(cell, 28.0);
    let icon = cut_left(cell, 30.0);
    let sign = tab.tone.map_or(Sign::NotSeen, Sign::Tone);
    shapes::sign(ui.painter(), palette, icon.center() + vec2(0.0, 2.0), 12.0, sign);
    let galley = text::galley(ui, name, Type::Name, if active { palette.t1 } else { palette.t2 }, cell.width());
    let cut = galley.elided;
    text::place(ui, cell.translate(vec2(0.0, 2.0)), Align::Min, galley);
    match &tab.fault {
        Some(why) => drop(response.on_hover_text(format!("{name}: {}", text::visible(&words::sentence(why))))),
        None if cut => drop(response.on_hover_text(name)),
        None => {}
    }
    let place_close = Rect::from_center_size(close.center() + vec2(-2.0, 2.0), Vec2::splat(18.0));
    let label = Words::current().fill("window.close_tab", &[("name", name)]);
    let response =
        icon_button(ui, palette, place_close, &label, |ui, rect, _| shapes::cross(ui.painter(), rect.center(), 3.6, palette.t2));
    if response.clicked() {
        cx.send(Command::CloseTab(place));
    }
}

fn action_width(ui: &Ui, label: &str, key: &str) -> f32 {
    let width = |said: &str, kind| text::galley(ui, said, kind, Color32::PLACEHOLDER, 140.0).size().x;
    width(label, Type::Table) + if key.is_empty() { 0.0 } else { width(key, Type::TinyMono) + 18.0 } + 16.0
}

/// A word at the right that does something, with its key.
fn action(ui: &mut Ui, cx: &mut Cx<'_>, rect: &mut Rect, label: &str, key: &str, command: Command) {
    let palette = cx.palette;
    let name = text::galley(ui, label, Type::Table, palette.t2, 140.0);
    let cell = cut_left(rect, action_width(ui, label, key));
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

/// Where the chosen thing stands; that all is local.
/// `safe`: names are not told; the mark of it ends that mode.
pub fn status(ui: &mut Ui, cx: &mut Cx<'_>, safe: bool, document: Option<(&Document, &ViewState)>, rect: Rect) {
    let palette = cx.palette;
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, palette.hair));
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let right = cut_right(&mut inner, (rect.width() * 0.4).min(360.0));
    if safe {
        if widgets::link(ui, palette, right, Align::Max, word("export.safe_mark")).clicked() {
            cx.send(Command::Export(ExportCommand::ToggleSafe));
        }
    } else {
        text::line(ui, right, Align::Max, word("window.all_local"), Type::Small, palette.t3);
    }
    let Some((document, state)) = document else { return };
    if let (View::Log, Some((place, figure))) = (state.view, state.log.chosen_place()) {
        let used = text::line(ui, inner, Align::Min, &text::visible(&place), Type::Mono, palette.t2).rect;
        inner.min.x = used.right() + 20.0;
        text::line(ui, inner, Align::Min, &figure, Type::Small, palette.t3);
        return;
    }
    for said in timeline::status(document, state) {
        let used = text::line(ui, cut_right(&mut inner, 220.0), Align::Max, &said, Type::Small, palette.t2).rect;
        inner.max.x = used.left() - 16.0;
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

/// What has just happened, in one line above the status at the right.
pub fn toast(ui: &mut Ui, palette: &Palette, said: &str, screen: Rect) {
    let galley = text::galley(ui, said, Type::Strong, palette.t1, (screen.width() * 0.6).min(560.0));
    let size = galley.size() + vec2(24.0, 12.0);
    let rect = Rect::from_min_size(screen.right_bottom() - size - vec2(12.0, STATUS + 10.0), size);
    Area::new(Id::unique("toast")).order(Order::Tooltip).fixed_pos(rect.min).interactable(false).show(ui.ctx(), |ui| {
        ui.painter().rect(rect, CornerRadius::same(4), palette.raised, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
        text::place(ui, rect.shrink2(vec2(12.0, 0.0)), Align::Min, galley);
        let response = ui.interact(rect, Id::unique("toast-said"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, said));
    });
}

//! Bars around everything: tabs, views, status. In: what is open and shown. Out: three bars.
//!
//! ```text
//! [=] (x) help-desk_….zip ×  (v) partner-hub_….zip ×  +              Look up Ctrl L   Commands Ctrl Shift P
//! 1 Overview  2 Timeline  3 Calls 3  4 Messages 412  7 Files 5      run   UTC   [search      Ctrl F]
//! ```

use eframe::egui::{
    Align, Align2, Area, Button, Color32, CornerRadius, Id, Key, Order, PointerButton, Popup, Rect, Response, Role, Sense,
    Stroke, StrokeKind, TextEdit, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::calls;
use crate::base::words::{self, Words, word};
use crate::base::{LogTime, Tone};
use crate::timeline::figures::{count, elapsed};
use crate::ui::command::WindowCommand;
use crate::ui::export::ExportCommand;
use crate::ui::log::LogCommand;
use crate::ui::settings::Setting;
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

/// The views of a document with their digits and counts; the run and the zone at the right.
pub fn views(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, zone: zone::Choice, rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let mut inner = rect.shrink2(vec2(8.0, 0.0));
    let narrow = rect.width() < 1000.0;
    let mut right = cut_right(&mut inner, if rect.width() < 780.0 { rect.width() * 0.42 } else { rect.width() * 0.5 });
    let figure = |view: View| match view {
        View::Overview | View::Timeline | View::Media | View::Compare => String::new(),
        View::Calls => count(calls::of_run(document, state).len() as u64),
        View::Messages => count(document.messages_of_run(state.run_id()) as u64),
        View::Log => count(document.records),
        View::Files => count(document.analysis.bundle.members.len() as u64),
    };
    let laid = |ui: &Ui, view: View, figure: &str| {
        let active = state.view == view;
        let ink = if active { palette.t1 } else { palette.t2 };
        let digit = view.digit().to_string();
        let shown = if narrow && !active { "" } else { word(view.words()) };
        // A figure without a name would be read as another digit.
        let (gap, figure) = if figure.is_empty() || shown.is_empty() { ("", "") } else { ("  ", figure) };
        let pieces = [
            (digit.as_str(), Type::TinyMono, palette.t3),
            ("  ", Type::Table, ink),
            (shown, if active { Type::Bold } else { Type::Table }, ink),
            (gap, Type::Table, ink),
            (figure, Type::Mono, palette.t3),
        ];
        text::rich(ui, &pieces, 240.0)
    };
    let mut all: Vec<_> = View::ALL.iter().map(|view| laid(ui, *view, &figure(*view))).collect();
    let width: f32 = all.iter().map(|galley| galley.size().x + 20.0).sum();
    if width > inner.width() {
        all = View::ALL.iter().map(|view| laid(ui, *view, "")).collect();
    }
    for (view, galley) in View::ALL.into_iter().zip(all) {
        let (active, name) = (state.view == view, word(view.words()));
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
        if narrow && !active {
            response.on_hover_text(name);
        }
    }
    right.min.x = right.min.x.max(inner.min.x + 8.0);
    // Messages and log have fields of their own.
    let search = (!matches!(state.view, View::Messages | View::Log))
        .then(|| cut_right(&mut right, (rect.width() * 0.19).clamp(120.0, 260.0)));
    let zones = cut_right(&mut right, ZONES);
    runs(ui, cx, document, state, right);
    zone_chooser(ui, cx, document, zone, zones);
    if let Some(place) = search {
        find(ui, cx, state, place.shrink2(vec2(0.0, 5.0)));
    }
}

/// The field that searches the whole bundle; Enter goes to what was found.
fn find(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut ViewState, rect: Rect) {
    let palette = cx.palette;
    let edit = TextEdit::singleline(&mut state.search)
        .hint_text(word("window.search"))
        .font(Type::Table.id())
        .align(Align2::LEFT_CENTER)
        .desired_width(rect.width() - 8.0);
    let response = ui.put(rect, edit).accessible_name(word("window.search"));
    if std::mem::take(&mut state.focus_search) {
        response.request_focus();
    }
    let empty = state.search.is_empty();
    if empty && !response.has_focus() && rect.width() > 190.0 {
        key_cap(ui, palette, rect.right_center() - vec2(50.0, 0.0), "Ctrl F");
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !empty {
        cx.send(Command::Log(LogCommand::Search(state.search.clone())));
    }
}

const ZONES: f32 = 116.0;

/// The zone of all times shown; it opens a list of the others.
fn zone_chooser(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, chosen: zone::Choice, rect: Rect) {
    let now = zone::name();
    let spoken = format!("{}: {now}", word("settings.zone"));
    let response = chooser(ui, cx, rect, "zone", &now, &spoken);
    Popup::menu(&response).show(|ui| {
        for choice in [zone::Choice::Utc, zone::Choice::Log, zone::Choice::Local] {
            let of_log = choice != zone::Choice::Log || zone::of_log(document).is_some();
            let told = if of_log { zone::named(choice.offset_s(Some(document))) } else { word("settings.zone_none").to_owned() };
            let label = format!("{}  {told}", word(choice.words()));
            if ui.add_enabled(of_log, Button::selectable(choice == chosen, label)).clicked() {
                cx.send(Command::Window(WindowCommand::Set(Setting::Zone(choice))));
            }
        }
        if let zone::Choice::Fixed(offset_s) = chosen {
            let _ = ui.selectable_label(true, zone::named(offset_s));
        }
        if ui.button(word("settings.zone_other")).clicked() {
            cx.send(Command::Window(WindowCommand::ToggleSettings));
        }
    });
}

/// A button that opens a list, at the right of `rect`.
fn chooser(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, id: &str, label: &str, spoken: &str) -> Response {
    let palette = cx.palette;
    let galley = text::galley(ui, label, Type::Name, palette.t1, rect.width() - 42.0);
    let width = galley.size().x + 34.0;
    let place = Rect::from_min_size(pos2(rect.right() - width - 8.0, rect.center().y - 12.0), vec2(width, 24.0));
    let response = ui.interact(place, ui.scope_id().with(id), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, spoken));
    let fill = if response.hovered() { palette.hover } else { palette.raised };
    ui.painter().rect(place, CornerRadius::same(4), fill, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
    text::place(ui, place.shrink2(vec2(10.0, 0.0)), Align::Min, galley);
    shapes::chevron(ui.painter(), place.right_center() - vec2(13.0, 0.0), 3.5, true, palette.t2);
    focus_ring(ui, palette, place, &response);
    response
}

/// A chooser when there is more than one run.
fn runs(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
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
    if rect.width() < 60.0 {
        return;
    }
    let response = chooser(ui, cx, rect, "run", &label(state.run), &label(state.run));
    let width = response.rect.width();
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

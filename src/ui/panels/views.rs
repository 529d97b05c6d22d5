//! The views of a document with their digits and counts; run, zone and search at the right. In: a document and what is shown of it. Out:
//! one bar. Names go last when room is scarce: figures first, then the times of the run.

use eframe::egui::{
    Align, Align2, Button, CornerRadius, Key, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};

use super::calls;
use crate::base::LogTime;
use crate::base::words::{Words, word};
use crate::timeline::figures::count;
use crate::ui::command::WindowCommand;
use crate::ui::log::LogCommand;
use crate::ui::settings::Setting;
use crate::ui::shapes;
use crate::ui::widgets::{cut_left, cut_right, focus_ring, key_cap, line_below};
use crate::ui::{Command, Cx, Document, Type, View, ViewState, text, zone};

/// Room for the zone.
const ZONES: f32 = 116.0;
/// Room for the run without its times.
const RUN: f32 = 124.0;

/// The views of a document with their digits and counts; the run and the zone at the right.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, zone: zone::Choice, rect: Rect) {
    let palette = cx.palette;
    line_below(ui, palette, rect);
    let mut inner = rect.shrink2(vec2(8.0, 0.0));
    // Messages and log have fields of their own.
    let search = if matches!(state.view, View::Messages | View::Log) { 0.0 } else { (rect.width() * 0.19).clamp(120.0, 260.0) };
    let least = search + ZONES + if document.analysis.facts.runs.len() > 1 { RUN } else { 0.0 };
    let most = least.max(rect.width() * 0.5);
    let figure = |view: View| match view {
        View::Overview | View::Timeline | View::Media | View::Compare => String::new(),
        View::Calls => count(calls::of_run(document, state).len() as u64),
        View::Messages => count(document.messages_of_run(state.run_id()) as u64),
        View::Log => count(document.records),
        View::Files => count(document.analysis.bundle.members.len() as u64),
    };
    let laid = |ui: &Ui, view: View, named: bool, figure: &str| {
        let active = state.view == view;
        let ink = if active { palette.t1 } else { palette.t2 };
        let digit = view.digit().to_string();
        let shown = if named || active { word(view.words()) } else { "" };
        let gap = if figure.is_empty() { "" } else { "  " };
        let pieces = [
            (digit.as_str(), Type::TinyMono, palette.t3),
            ("  ", Type::Table, ink),
            (shown, if active { Type::Bold } else { Type::Table }, ink),
            (gap, Type::Table, ink),
            (figure, Type::Mono, palette.t3),
        ];
        text::rich(ui, &pieces, 240.0)
    };
    // A figure without a name would be read as another digit.
    let ways = [(true, true, 20.0, most), (true, false, 20.0, most), (true, false, 20.0, least), (true, false, 12.0, least)];
    let mut chosen = (Vec::new(), 20.0, false);
    for (named, counted, pad, room) in ways.into_iter().chain([(false, false, 20.0, least)]) {
        let each = |view: &View| laid(ui, *view, named, &if counted { figure(*view) } else { String::new() });
        let all: Vec<_> = View::ALL.iter().map(each).collect();
        let width: f32 = all.iter().map(|galley| galley.size().x + pad).sum();
        chosen = (all, pad, named);
        if width <= inner.width() - room {
            break;
        }
    }
    let (all, pad, named) = chosen;
    for (view, galley) in View::ALL.into_iter().zip(all) {
        let (active, name) = (state.view == view, word(view.words()));
        let cell = cut_left(&mut inner, galley.size().x + pad);
        let response = ui.interact(cell, ui.scope_id().with(("view", view)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, active, name));
        if response.hovered() && !active {
            ui.painter().rect_filled(cell.shrink2(vec2(2.0, 5.0)), CornerRadius::same(4), palette.hover);
        }
        text::place(ui, cell, Align::Center, galley);
        if active {
            ui.painter().hline(cell.x_range().shrink(pad * 0.4), cell.bottom() - 1.0, Stroke::new(2.0, palette.accent));
        }
        focus_ring(ui, palette, cell, &response);
        if response.clicked() {
            cx.send(Command::ShowView(view));
        }
        if !named && !active {
            response.on_hover_text(name);
        }
    }
    inner.min.x += 8.0;
    let mut right = inner;
    let search = (search > 0.0).then(|| cut_right(&mut right, search));
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
    let numbered = |number: usize| {
        Words::current().fill("window.run", &[("n", &(number + 1).to_string()), ("all", &runs.len().to_string())])
    };
    let label = |number: usize| {
        let range = runs.get(number).and_then(|r| Some((r.start?, r.end?)));
        let range =
            range.map_or_else(String::new, |(a, b): (LogTime, LogTime)| format!(" {} – {}", zone::short(a), zone::short(b)));
        format!("{}{range}", numbered(number))
    };
    if rect.width() < 60.0 {
        return;
    }
    let (whole, short) = (label(state.run), numbered(state.run));
    let fits = text::galley(ui, &whole, Type::Name, cx.palette.t1, f32::INFINITY).size().x <= rect.width() - 42.0;
    let response = chooser(ui, cx, rect, "run", if fits { &whole } else { &short }, &whole);
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

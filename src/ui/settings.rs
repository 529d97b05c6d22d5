//! The settings: what they are now, and the view that changes them at once. In: values as the program keeps them. Out: wishes.
//! Must not know where they are kept or how they are written.
//!
//! ```text
//! Settings
//! Colours            (System) (Dark) (Light) (High contrast)
//! Size               (−) 100 % (+)
//! Times in           (UTC) (of the log) (this computer) (+05:45)
//! ```

use eframe::egui::{
    Align, CornerRadius, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, vec2,
};

use super::command::WindowCommand;
use super::widgets::{self, Look, button, cut_left, cut_top, line_below};
use super::{Command, Cx, Palette, Type, focus, text, zone};
use crate::base::Language;
use crate::base::time::Zone;
use crate::base::words::{Words, word};

/// The colours asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
    /// Black and white.
    HighContrast,
}

impl Theme {
    /// Every one, in the order in which they follow each other.
    pub const ALL: [Self; 4] = [Self::System, Self::Dark, Self::Light, Self::HighContrast];

    /// Its name in the settings file.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
        }
    }

    /// The theme of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// Key of its word.
    pub fn words(self) -> &'static str {
        match self {
            Self::System => "settings.system",
            Self::Dark => "settings.dark",
            Self::Light => "settings.light",
            Self::HighContrast => "settings.contrast",
        }
    }
}

/// One thing set.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// The colours.
    Theme(Theme),
    /// The language; `None`: that of the system.
    Language(Option<Language>),
    /// The zone of times.
    Zone(zone::Choice),
    /// Is a list of files opened kept?
    KeepRecent(bool),
}

/// How things stand.
#[derive(Clone, Debug)]
pub struct Now {
    /// The colours.
    pub theme: Theme,
    /// Magnification of the window.
    pub scale: f32,
    /// The language chosen; `None`: that of the system.
    pub language: Option<Language>,
    /// The zone of times.
    pub zone: zone::Choice,
    /// Is a list of files opened kept?
    pub keep_recent: bool,
    /// Files in that list.
    pub recent: usize,
    /// Where it is kept; `None`: nowhere, so that it ends with the window.
    pub file: Option<String>,
}

/// What the view itself remembers.
#[derive(Debug, Default)]
pub struct View {
    offset: String,
}

const WIDTH: f32 = 640.0;
const LABEL: f32 = 200.0;
const ROW: f32 = 44.0;

/// The one column that everything stands in.
struct Column {
    left: f32,
    width: f32,
}

impl Column {
    fn line(&self, ui: &mut Ui, height: f32) -> Rect {
        let whole = widgets::reserve(ui, height);
        Rect::from_min_size(Pos2::new(self.left, whole.top()), vec2(self.width, height))
    }
}

/// The view.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, rect: Rect, now: &Now, view: &mut View) {
    let palette = cx.palette;
    ScrollArea::vertical().id_salt("settings").auto_shrink([false, false]).show(ui, |ui| {
        let width = WIDTH.min(rect.width() - 32.0);
        let left = rect.center().x - width / 2.0;
        let column = Column { left, width };
        column.line(ui, 28.0);
        let mut head = column.line(ui, 40.0);
        text::line(ui, cut_left(&mut head, width - 150.0), Align::Min, word("settings.title"), Type::Verdict, palette.t1);
        let place = head.right_top() - vec2(button_width(ui, word("settings.close"), "Esc"), -4.0);
        if button(ui, palette, place, word("settings.close"), "Esc", Look::Plain).clicked() {
            cx.send(Command::Window(WindowCommand::ToggleSettings));
        }
        column.line(ui, 10.0);
        look(ui, cx, now, &column);
        let at = control(ui, palette, &column, "settings.zone");
        zones(ui, cx, now, view, at);
        hint(ui, palette, &column, 40.0, word("settings.zone_hint"));
        let at = control(ui, palette, &column, "settings.recent");
        let chosen = Some(usize::from(!now.keep_recent));
        if let Some(place) =
            choice(ui, palette, at, "recent", &[word("settings.recent_keep"), word("settings.recent_none")], chosen)
        {
            cx.send(set(Setting::KeepRecent(place == 0)));
        }
        let at = control(ui, palette, &column, "");
        if now.recent > 0 {
            let said = Words::current().fill("settings.recent_clear", &[("n", &now.recent.to_string())]);
            if button(ui, palette, at, &said, "", Look::Plain).clicked() {
                cx.send(Command::Window(WindowCommand::ForgetRecent));
            }
        } else {
            let place = Rect::from_min_size(at, vec2(width - LABEL, 28.0));
            text::line(ui, place, Align::Min, word("settings.recent_empty"), Type::Small, palette.t3);
        }
        let at = control(ui, palette, &column, "settings.rules");
        if button(ui, palette, at, word("lookup.open_folder"), "", Look::Plain).clicked() {
            cx.send(Command::OpenRules);
        }
        let at = control(ui, palette, &column, "settings.all");
        if button(ui, palette, at, word("settings.reset"), "", Look::Plain).clicked() {
            cx.send(Command::Window(WindowCommand::ResetSettings));
        }
        let kept = match &now.file {
            Some(file) => Words::current().fill("settings.kept", &[("file", file)]),
            None => word("settings.not_kept").to_owned(),
        };
        hint(ui, palette, &column, 76.0, &kept);
    });
}

fn set(setting: Setting) -> Command {
    Command::Window(WindowCommand::Set(setting))
}

/// Colours, size, language.
fn look(ui: &mut Ui, cx: &mut Cx<'_>, now: &Now, column: &Column) {
    let palette = cx.palette;
    let at = control(ui, palette, column, "settings.colours");
    let names = Theme::ALL.map(|theme| word(theme.words()));
    let chosen = Theme::ALL.iter().position(|theme| *theme == now.theme);
    if let Some(theme) = choice(ui, palette, at, "theme", &names, chosen).and_then(|place| Theme::ALL.get(place)) {
        cx.send(set(Setting::Theme(*theme)));
    }
    let mut at = control(ui, palette, column, "settings.size");
    for (key, caps, way) in [("settings.smaller", "Ctrl −", -1), ("settings.larger", "Ctrl +", 1)] {
        let response = button(ui, palette, at, word(key), caps, Look::Plain);
        at.x = response.rect.right() + 8.0;
        if response.clicked() {
            cx.send(Command::Scale(way));
        }
        if way < 0 {
            let said = format!("{:.0} %", now.scale * 100.0);
            text::line(ui, Rect::from_min_size(at, vec2(44.0, 28.0)), Align::Center, &said, Type::Strong, palette.t1);
            at.x += 52.0;
        }
    }
    let at = control(ui, palette, column, "settings.language");
    let names = [word("settings.system"), "English", "Čeština", "Nederlands"];
    let chosen = now.language.map_or(Some(0), |language| Language::ALL.iter().position(|l| *l == language).map(|n| n + 1));
    if let Some(place) = choice(ui, palette, at, "language", &names, chosen) {
        cx.send(set(Setting::Language(place.checked_sub(1).and_then(|n| Language::ALL.get(n)).copied())));
    }
}

/// The zones, and a field for any other offset.
fn zones(ui: &mut Ui, cx: &mut Cx<'_>, now: &Now, view: &mut View, at: Pos2) {
    let palette = cx.palette;
    let all = [zone::Choice::Utc, zone::Choice::Log, zone::Choice::Local];
    let names = all.map(|choice| word(choice.words()));
    let chosen = all.iter().position(|choice| *choice == now.zone);
    if let Some(choice) = choice(ui, palette, at, "zone", &names, chosen).and_then(|place| all.get(place)) {
        cx.send(set(Setting::Zone(*choice)));
    }
    let width: f32 = names.iter().map(|name| option_width(ui, name)).sum();
    let place = Rect::from_min_size(at + vec2(width + 12.0, 0.0), vec2(92.0, 28.0));
    let edit = TextEdit::singleline(&mut view.offset).hint_text("+05:45").font(Type::Mono.id());
    let edit = edit.align(eframe::egui::Align2::LEFT_CENTER).desired_width(place.width() - 8.0);
    let response = ui.put(place, edit).accessible_name(word("settings.offset"));
    if let zone::Choice::Fixed(offset_s) = now.zone {
        ui.painter().rect_stroke(place, CornerRadius::same(4), Stroke::new(1.0, palette.accent), StrokeKind::Inside);
        if view.offset.is_empty() && !response.has_focus() {
            view.offset = zone::Choice::Fixed(offset_s).name();
        }
    }
    let said = Zone::parse_offset(view.offset.trim());
    if response.changed()
        && let Some(offset_s) = said
    {
        cx.send(set(Setting::Zone(if offset_s == 0 { zone::Choice::Utc } else { zone::Choice::Fixed(offset_s) })));
    }
    if !view.offset.trim().is_empty() && said.is_none() {
        let place = Rect::from_min_size(place.left_bottom() + vec2(0.0, 1.0), vec2(160.0, 14.0));
        text::line(ui, place, Align::Min, word("settings.bad_offset"), Type::Tiny, palette.fail);
    }
}

/// The label of a row; gives the place of its control.
fn control(ui: &mut Ui, palette: &Palette, column: &Column, label: &'static str) -> Pos2 {
    let mut rect = column.line(ui, ROW);
    let label_place = cut_left(&mut rect, LABEL);
    if !label.is_empty() {
        text::line(ui, label_place, Align::Min, word(label), Type::Strong, palette.t1);
    }
    rect.left_top() + vec2(0.0, (ROW - 28.0) / 2.0)
}

/// A sentence below a control, and a hairline below that.
fn hint(ui: &mut Ui, palette: &Palette, column: &Column, height: f32, said: &str) {
    let mut rect = column.line(ui, height);
    line_below(ui, palette, rect);
    cut_left(&mut rect, LABEL);
    text::wrapped(ui, rect.shrink2(vec2(0.0, 2.0)), 4, said, Type::Small, palette.t2);
    cut_top(&mut rect, 1.0);
}

fn option_width(ui: &Ui, name: &str) -> f32 {
    text::galley(ui, name, Type::Bold, eframe::egui::Color32::PLACEHOLDER, 200.0).size().x + 22.0
}

fn button_width(ui: &Ui, label: &str, key: &str) -> f32 {
    let width = |said: &str, kind| text::galley(ui, said, kind, eframe::egui::Color32::PLACEHOLDER, 320.0).size().x;
    width(label, Type::Name) + 8.0 + width(key, Type::Mono) + 24.0
}

/// One of several, side by side: one stop of Tab, arrows move, Enter or Space chooses. Gives the one chosen now.
pub fn choice(ui: &mut Ui, palette: &Palette, at: Pos2, name: &str, options: &[&str], chosen: Option<usize>) -> Option<usize> {
    let list = ui.scope_id().with(("choice", name));
    let mut out = None;
    let mut x = at.x;
    for (place, option) in options.iter().enumerate() {
        let selected = chosen == Some(place);
        let rect = Rect::from_min_size(Pos2::new(x, at.y), vec2(option_width(ui, option), 28.0));
        x = rect.right() - 1.0;
        let id = list.with(place);
        let sense = if focus::row(ui.ctx(), list, id, selected) { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(rect, id, sense);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, selected, *option));
        focus::rove(ui, list, &response);
        let fill = if selected {
            palette.sel
        } else if response.hovered() {
            palette.hover
        } else {
            palette.raised
        };
        let line = if selected { palette.accent } else { palette.strong };
        let corners = CornerRadius::same(if options.len() == 1 { 4 } else { 2 });
        ui.painter().rect(rect, corners, fill, Stroke::new(1.0, line), StrokeKind::Inside);
        let kind = if selected { Type::Bold } else { Type::Table };
        text::paint(ui, rect, Align::Center, option, kind, if selected { palette.t1 } else { palette.t2 });
        widgets::focus_ring(ui, palette, rect.expand(2.0), &response);
        if response.clicked() && !selected {
            out = Some(place);
        }
    }
    out
}

//! The first screen: open, drop, files opened lately, samples, where to get logs, keys. In: their names. Out: commands.
//! Left-aligned, at most 1040 points wide.

use eframe::egui::{Align, CornerRadius, Pos2, Rect, ScrollArea, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2};

use crate::base::words::{Words, word};
use crate::timeline::scene::Look as Meaning;
use crate::ui::command::WindowCommand;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Look, Row, button, cut_left, cut_right, cut_top, key_cap};
use crate::ui::{Command, Cx, Palette, Type, keys, text};

/// A file opened lately.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// Its name.
    pub name: String,
    /// The last folders of its place.
    pub folder: String,
    /// Day and size, once the disk told them.
    pub figures: String,
    /// Is it still there?
    pub found: bool,
}

/// The screen.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, samples: &[String], recent: Option<&[Recent]>, rect: Rect) {
    ScrollArea::vertical().id_salt("welcome").auto_shrink([false, false]).show(ui, |ui| {
        let used = screen(ui, cx, samples, recent, rect);
        ui.allocate_rect(Rect::from_min_max(rect.min, pos2(rect.max.x - 12.0, used)), Sense::hover());
    });
}

/// Everything; gives its lower end.
fn screen(ui: &mut Ui, cx: &mut Cx<'_>, samples: &[String], recent: Option<&[Recent]>, rect: Rect) -> f32 {
    let palette = cx.palette;
    // It moves with the scroll place of its panel.
    let rect = Rect::from_min_size(pos2(rect.left(), ui.cursor().top()), rect.size());
    let width = (rect.width() - 48.0).min(1040.0);
    let top = (rect.height() * 0.09).clamp(20.0, 72.0);
    let mut body =
        Rect::from_min_size(pos2(rect.center().x - width / 2.0, rect.top() + top), vec2(width, (rect.height() - top).max(900.0)));
    text::line(ui, cut_top(&mut body, 30.0), Align::Min, word("window.welcome_title"), Type::Verdict, palette.t1);
    text::line(ui, cut_top(&mut body, 24.0), Align::Min, word("window.welcome_what"), Type::Body, palette.t2);
    cut_top(&mut body, 18.0);
    let zone = cut_top(&mut body, 168.0);
    drop_zone(ui, cx, zone);
    cut_top(&mut body, 34.0);
    let mut left = body;
    let right = cut_right(&mut left, (width * 0.37).max(300.0).min(width * 0.5));
    left.max.x -= 56.0_f32.min(width * 0.05);
    if let Some(recent) = recent {
        opened_lately(ui, cx, recent, &mut left);
    }
    let lower = try_it(ui, cx, samples, left);
    lower.max(help(ui, palette, right)) + 20.0
}

const ROW: f32 = 46.0;

/// Files opened lately: names and places, no contents.
fn opened_lately(ui: &mut Ui, cx: &mut Cx<'_>, recent: &[Recent], rect: &mut Rect) {
    let palette = cx.palette;
    let line = Rect::from_min_size(rect.min, vec2(rect.width(), 26.0));
    heading(ui, palette, rect, word("settings.recent"));
    rect.min.y -= 10.0;
    text::line(ui, line, Align::Max, word("settings.recent_what"), Type::Small, palette.t3);
    if recent.is_empty() {
        let place = cut_top(rect, 40.0);
        text::line(ui, place, Align::Min, word("settings.recent_empty"), Type::Small, palette.t2);
    }
    for (place, file) in recent.iter().enumerate() {
        let row = cut_top(rect, ROW);
        let said = if file.found { file.folder.clone() } else { word("settings.recent_gone").to_owned() };
        let name = text::visible(&file.name).into_owned();
        let spoken = [name.as_str(), &said, &file.figures].join(", ");
        let mut inner = row;
        let cross = cut_right(&mut inner, 30.0);
        let line = Row { rect: inner, key: ("recent", place as u64), name: &spoken, selected: false };
        if widgets::row(ui, palette, &line).clicked() {
            cx.send(Command::Window(WindowCommand::OpenRecent(place)));
        }
        let forget = Words::current().fill("settings.forget", &[("name", &name)]);
        let button = Rect::from_center_size(cross.center(), Vec2::splat(18.0));
        let remove = widgets::icon_button(ui, palette, button, &forget, |ui, rect, _| {
            shapes::cross(ui.painter(), rect.center(), 3.6, palette.t2);
        });
        if remove.clicked() {
            cx.send(Command::Window(WindowCommand::ForgetOne(place)));
        }
        let icon = cut_left(&mut inner, 30.0);
        if file.found {
            page(ui, palette, icon.center());
        } else {
            shapes::sign(ui.painter(), palette, icon.center(), 14.0, Sign::NotSeen);
        }
        text::paint(ui, cut_right(&mut inner, 150.0).shrink2(vec2(6.0, 0.0)), Align::Max, &file.figures, Type::Mono, palette.t2);
        let mut names = inner.shrink2(vec2(0.0, 5.0));
        text::paint(ui, cut_top(&mut names, 19.0), Align::Min, &name, Type::Strong, palette.t1);
        text::paint(ui, names, Align::Min, &text::visible(&said), Type::Small, palette.t2);
        widgets::line_below(ui, palette, row);
    }
    rect.min.y += 24.0;
}

/// A sheet of paper with a folded corner.
fn page(ui: &Ui, palette: &Palette, centre: Pos2) {
    let (left, right, top, bottom) = (centre.x - 5.0, centre.x + 5.0, centre.y - 7.0, centre.y + 7.0);
    let sheet = [
        pos2(left, top),
        pos2(right - 4.0, top),
        pos2(right, top + 4.0),
        pos2(right, bottom),
        pos2(left, bottom),
        pos2(left, top),
    ];
    ui.painter().line(sheet.to_vec(), Stroke::new(1.2, palette.t2));
    let fold = vec![pos2(right - 4.0, top), pos2(right - 4.0, top + 4.0), pos2(right, top + 4.0)];
    ui.painter().line(fold, Stroke::new(1.2, palette.t2));
}

fn drop_zone(ui: &mut Ui, cx: &mut Cx<'_>, zone: Rect) {
    let palette = cx.palette;
    ui.painter().rect_filled(zone, CornerRadius::same(8), palette.panel);
    let path = [zone.left_top(), zone.right_top(), zone.right_bottom(), zone.left_bottom(), zone.left_top()];
    ui.painter().extend(Shape::dashed_line(&path, Stroke::new(1.5, palette.strong), 6.0, 5.0));
    let mut inner = zone.shrink2(vec2(28.0, 26.0));
    let art = cut_left(&mut inner, (zone.width() * 0.27).min(290.0));
    picture(ui, palette, art);
    let mut words = inner.shrink2(vec2(0.0, 14.0));
    text::line(ui, cut_top(&mut words, 26.0), Align::Min, word("window.drop_title"), Type::Title, palette.t1);
    text::line(ui, cut_top(&mut words, 22.0), Align::Min, word("window.drop_what"), Type::Body, palette.t2);
    cut_top(&mut words, 12.0);
    let open = button(ui, palette, words.min, word("window.open"), "Ctrl O", Look::Primary);
    if open.clicked() {
        cx.send(Command::OpenFiles);
    }
    let at = pos2(open.rect.right() + 8.0, words.top());
    let folder = button(ui, palette, at, word("window.open_folder"), "", Look::Plain);
    if folder.clicked() {
        cx.send(Command::OpenFolder);
    }
    // Where the system has no dialog for files, a path can be typed.
    let at = pos2(folder.rect.right() + 8.0, words.top());
    if button(ui, palette, at, word("window.type_path"), "", Look::Plain).clicked() {
        cx.send(Command::Window(WindowCommand::TogglePalette));
    }
}

/// Lanes with a cursor: what will be seen.
fn picture(ui: &Ui, palette: &Palette, rect: Rect) {
    let bar = |x: f32, y: f32, w: f32, look: Meaning| {
        let paint = palette.span(look);
        let place = Rect::from_min_size(pos2(rect.left() + x * rect.width(), rect.top() + y), vec2(w * rect.width(), 19.0));
        ui.painter().rect_filled(place, CornerRadius::ZERO, paint.fill);
        ui.painter().hline(place.x_range(), place.bottom() - 1.0, Stroke::new(2.0, paint.edge));
    };
    bar(0.05, 22.0, 0.68, Meaning::Registered);
    bar(0.2, 52.0, 0.29, Meaning::Ringing);
    bar(0.5, 52.0, 0.42, Meaning::Talking);
    bar(0.32, 82.0, 0.6, Meaning::HeldByClient);
    let x = rect.left() + rect.width() * 0.6;
    ui.painter().vline(x, rect.top() + 10.0..=rect.top() + 112.0, Stroke::new(1.4, palette.cursor));
    let flag = Rect::from_center_size(pos2(x, rect.top() + 6.0), vec2(34.0, 15.0));
    ui.painter().rect_filled(flag, CornerRadius::same(2), palette.cursor);
    text::paint(ui, flag, Align::Center, "0:00", Type::TinyMono, palette.oncursor);
}

fn heading(ui: &mut Ui, palette: &Palette, rect: &mut Rect, title: &str) {
    let line = cut_top(rect, 26.0);
    text::line(ui, line, Align::Min, title, Type::Head, palette.t1);
    ui.painter().hline(line.x_range(), line.bottom(), Stroke::new(1.0, palette.strong));
    cut_top(rect, 10.0);
}

fn try_it(ui: &mut Ui, cx: &mut Cx<'_>, samples: &[String], mut rect: Rect) -> f32 {
    let palette = cx.palette;
    if !samples.is_empty() {
        heading(ui, palette, &mut rect, word("window.try_it"));
        let mut at = rect.min;
        for (place, name) in samples.iter().enumerate() {
            let response = button(ui, palette, at, name, "", Look::Plain);
            if response.clicked() {
                cx.send(Command::OpenSample(place));
            }
            at = next_place(at, &response.rect, rect);
        }
        rect.min.y = at.y + 52.0;
    }
    heading(ui, palette, &mut rect, word("window.privacy"));
    rect.min.y + text::wrapped(ui, rect, 4, word("window.privacy_text"), Type::Body, palette.t2)
}

fn next_place(at: Pos2, used: &Rect, rect: Rect) -> Pos2 {
    if used.right() + 260.0 > rect.right() { pos2(rect.left(), at.y + 36.0) } else { pos2(used.right() + 8.0, at.y) }
}

fn help(ui: &mut Ui, palette: &Palette, mut rect: Rect) -> f32 {
    heading(ui, palette, &mut rect, word("window.where_title"));
    for key in ["window.where_bundle", "window.where_ced"] {
        let used = text::wrapped(ui, rect, 6, word(key), Type::Small, palette.t2);
        rect.min.y += used + 8.0;
    }
    rect.min.y += 14.0;
    heading(ui, palette, &mut rect, word("window.keys"));
    for key in keys::all().filter(|key| key.first_screen) {
        let mut row = cut_top(&mut rect, 24.0);
        let cap = cut_left(&mut row, 112.0);
        key_cap(ui, palette, cap.left_center(), key.caps);
        text::line(ui, row, Align::Min, word(key.words), Type::Small, palette.t2);
    }
    rect.min.y
}

//! The first screen: open, drop, try a sample, where to get logs, keys. In: names of samples. Out: commands.
//! Left-aligned, at most 1040 points wide.

use eframe::egui::{Align, CornerRadius, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

use crate::base::words::word;
use crate::timeline::scene::Look as Meaning;
use crate::ui::widgets::{Look, button, cut_left, cut_right, cut_top, key_cap};
use crate::ui::{Command, Cx, Palette, Type, keys, text};

/// The screen.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, samples: &[String], rect: Rect) {
    let palette = cx.palette;
    let width = (rect.width() - 48.0).min(1040.0);
    let top = (rect.height() * 0.09).clamp(20.0, 72.0);
    let mut body = Rect::from_min_size(pos2(rect.center().x - width / 2.0, rect.top() + top), vec2(width, rect.height() - top));
    text::line(ui, cut_top(&mut body, 30.0), Align::Min, word("window.welcome_title"), Type::Verdict, palette.t1);
    text::line(ui, cut_top(&mut body, 24.0), Align::Min, word("window.welcome_what"), Type::Body, palette.t2);
    cut_top(&mut body, 18.0);
    let zone = cut_top(&mut body, 168.0);
    drop_zone(ui, cx, zone);
    cut_top(&mut body, 34.0);
    let mut left = body;
    let right = cut_right(&mut left, (width * 0.37).max(300.0).min(width * 0.5));
    left.max.x -= 56.0_f32.min(width * 0.05);
    try_it(ui, cx, samples, left);
    help(ui, palette, right);
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
    if button(ui, palette, at, word("window.open_folder"), "", Look::Plain).clicked() {
        cx.send(Command::OpenFolder);
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

fn try_it(ui: &mut Ui, cx: &mut Cx<'_>, samples: &[String], mut rect: Rect) {
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
    text::wrapped(ui, rect, 4, word("window.privacy_text"), Type::Body, palette.t2);
}

fn next_place(at: Pos2, used: &Rect, rect: Rect) -> Pos2 {
    if used.right() + 260.0 > rect.right() { pos2(rect.left(), at.y + 36.0) } else { pos2(used.right() + 8.0, at.y) }
}

fn help(ui: &mut Ui, palette: &Palette, mut rect: Rect) {
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
}

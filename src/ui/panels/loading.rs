//! While a bundle is read, and when it could not be. In: progress, or a sentence. Out: a bar with cancel; what to do.

use eframe::egui::{Align, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::base::words::{self, Words, word};
use crate::base::{Progress, Tone};
use crate::timeline::figures::bytes;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{Look, button, cut_left, cut_top};
use crate::ui::{Command, Cx, Type, text};

/// The screen of a tab that is being read.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, progress: &Progress, mut rect: Rect) {
    let palette = cx.palette;
    let bar = cut_top(&mut rect, 3.0);
    let (done, total) = progress.bytes();
    let part = if total == 0 { 0.0 } else { (done as f64 / total as f64).clamp(0.0, 1.0) };
    ui.painter().rect_filled(bar, 0.0, palette.hair);
    let mut filled = bar;
    filled.set_width(bar.width() * part as f32);
    ui.painter().rect_filled(filled, 0.0, palette.accent);
    let what = text::visible(&progress.what()).into_owned();
    let percent = format!("{:.0}", (part * 100.0).floor());
    let sentence = if what.is_empty() {
        word("window.opening").to_owned()
    } else {
        let figures = [("what", what.as_str()), ("percent", &percent), ("done", &bytes(done)), ("total", &bytes(total))];
        Words::current().fill("window.reading", &figures)
    };
    let response = ui.interact(bar, ui.scope_id().with("progress"), Sense::hover());
    response.widget_info(|| WidgetInfo {
        value: Some((part * 100.0).floor()),
        ..WidgetInfo::labeled(Role::ProgressIndicator, true, word("window.progress"))
    });
    let mut body = rect.shrink2(vec2(20.0, 28.0));
    text::line(ui, cut_top(&mut body, 30.0), Align::Min, word("window.reading_title"), Type::Verdict, palette.t1);
    text::line(ui, cut_top(&mut body, 26.0), Align::Min, &sentence, Type::Body, palette.t2);
    cut_top(&mut body, 8.0);
    if button(ui, palette, body.min, word("window.cancel"), "Esc", Look::Plain).clicked() {
        cx.send(Command::Cancel);
    }
}

/// The screen of a tab that could not be opened.
pub fn failed(ui: &mut Ui, cx: &mut Cx<'_>, why: &str, rect: Rect) {
    let palette = cx.palette;
    let mut body = rect.shrink2(vec2(20.0, 28.0));
    let mut title = cut_top(&mut body, 32.0);
    let icon = cut_left(&mut title, 40.0);
    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(14.0, 0.0), 28.0, Sign::Tone(Tone::Fail));
    text::line(ui, title, Align::Min, word("window.failed_title"), Type::Verdict, palette.t1);
    body.min.x += 40.0;
    let used = text::wrapped(ui, body, 4, &text::visible(&words::sentence(why)), Type::Body, palette.t1);
    body.min.y += used + 8.0;
    let used = text::wrapped(ui, body, 4, word("window.failed_help"), Type::Body, palette.t2);
    body.min.y += used + 16.0;
    if button(ui, palette, body.min, word("window.open_other"), "Ctrl O", Look::Primary).clicked() {
        cx.send(Command::OpenFiles);
    }
}

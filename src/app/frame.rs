//! One frame: bars around the view of the tab shown. In: the program's state. Out: pixels; wishes collected for [`super::handle`].

use eframe::egui::{Align, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, vec2};

use super::{App, Content, Theme};
use crate::base::words::word;
use crate::ui::panels::{bars, files, loading, media, messages, overview, welcome, work};
use crate::ui::widgets::{area, cut_bottom, cut_top, ground};
use crate::ui::{Command, Cx, Palette, Scheme, Type, View, help, log, lookup, text};

/// Paints everything.
pub fn paint(app: &mut App, ui: &mut Ui, scheme: Scheme) {
    let palette = Palette::of(scheme);
    let front = app.front();
    let mut commands = std::mem::take(&mut app.commands);
    let mut cx = Cx { palette, commands: &mut commands };
    let mut rect = ui.ctx().content_rect();
    let screen = rect;
    ui.allocate_rect(rect, Sense::hover());
    let top = cut_top(&mut rect, bars::TOP);
    let status = cut_bottom(&mut rect, bars::STATUS);

    let tabs: Vec<bars::Tab> = app
        .tabs
        .iter()
        .map(|tab| {
            let tone = match &tab.content {
                Content::Loading(_) => None,
                Content::Failed(_) => Some(crate::base::Tone::Fail),
                Content::Ready(shown) => Some(shown.document.tone()),
            };
            bars::Tab { name: tab.name.clone(), tone }
        })
        .collect();
    let theme = word(match app.theme {
        Theme::System => "window.theme_system",
        Theme::Dark => "window.theme_dark",
        Theme::Light => "window.theme_light",
        Theme::HighContrast => "window.theme_contrast",
    });
    area(ui, "top", top, palette.raised, |ui| {
        bars::top(
            ui,
            &mut cx,
            &tabs,
            app.active,
            &[(theme, Command::NextScheme), (word("window.language"), Command::NextLanguage)],
            top,
        )
    });

    let samples: Vec<String> = app.samples.iter().map(|(name, _)| name.clone()).collect();
    let toast = app.toast.as_ref().map(|(said, _)| said.clone());
    let content = app.active.and_then(|n| app.tabs.get_mut(n)).map(|tab| &mut tab.content);
    let mut shown = None;
    // Ids depend on the tab, so that scroll places of two documents do not mix.
    let name = format!("content-{:?}", app.active);
    ground(ui, &name, rect, palette.panel, |ui| match content {
        None => {
            area(ui, "welcome", rect, palette.base, |ui| welcome::show(ui, &mut cx, &samples, rect));
        }
        Some(Content::Loading(job)) => loading::show(ui, &mut cx, job.progress(), rect),
        Some(Content::Failed(why)) => loading::failed(ui, &mut cx, why, rect),
        Some(Content::Ready(ready)) => {
            let document = std::sync::Arc::clone(&ready.document);
            let state = &mut ready.view;
            let mut rect = rect;
            let views = cut_top(&mut rect, bars::VIEWS);
            area(ui, "views", views, palette.panel, |ui| bars::views(ui, &mut cx, &document, state, views));
            match state.view {
                View::Overview => overview::show(ui, &mut cx, &document, state, rect),
                View::Timeline => work::show(ui, &mut cx, &document, state, rect),
                View::Calls => work::calls(ui, &mut cx, &document, state, rect),
                View::Messages => messages::show(ui, &mut cx, &document, state, rect),
                View::Media => media::view(ui, &mut cx, &document, state, rect),
                View::Log => log::show(ui, &mut cx, &document, state, rect),
                View::Files => files::show(ui, &mut cx, &document, rect),
            }
            shown = Some(ready);
        }
    });
    area(ui, "status", status, palette.raised, |ui| {
        bars::status(ui, &cx, shown.as_deref().map(|s| (s.document.as_ref(), &s.view)), toast.as_deref(), status);
    });
    if let Some(state) = &mut app.lookup {
        let book = app.book.get();
        let document = app.active.and_then(|n| app.tabs.get(n)).and_then(|tab| match &tab.content {
            Content::Ready(shown) => Some(shown.document.as_ref()),
            _ => None,
        });
        let folder = app.options.rules.as_ref().map(|folder| folder.display().to_string());
        let beside = lookup::Beside { book: book.as_deref(), document, folder, language: app.language };
        lookup::show(ui, &mut cx, screen, state, &beside);
    }
    if app.help {
        help::show(ui, &mut cx, screen, front);
    }
    if ui.ctx().input(|i| !i.raw.hovered_files.is_empty()) {
        drop_frame(ui, palette, screen);
    }
    app.commands = commands;
}

/// Files held over the window: what dropping them will do.
fn drop_frame(ui: &Ui, palette: &Palette, screen: Rect) {
    ui.painter().rect_stroke(screen.shrink(3.0), CornerRadius::same(4), Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    let place = Rect::from_center_size(screen.center(), vec2(360.0, 44.0));
    ui.painter().rect(place, CornerRadius::same(4), palette.raised, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
    text::paint(ui, place, Align::Center, word("window.drop_now"), Type::Strong, palette.t1);
}

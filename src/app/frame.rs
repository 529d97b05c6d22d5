//! One frame: bars around the view of the tab shown. In: the program's state. Out: pixels; wishes collected for [`super::handle`].

use eframe::egui::{Align, Context, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, vec2};

use std::sync::Arc;

use super::{App, Content, handle};
use crate::base::words::{Words, word};
use crate::ui::panels::{bars, files, loading, media, messages, overview, views, welcome, work};
use crate::ui::widgets::{self, area, cut_bottom, cut_top, ground};
use crate::ui::{Cx, Document, Palette, Scheme, Type, View, compare, export, help, log, lookup, palette, settings, text};

/// Paints everything.
/// `waiting`: pseudonyms are being made, and until then nothing private may be seen.
pub fn paint(app: &mut App, ui: &mut Ui, scheme: Scheme, waiting: bool) {
    let palette = Palette::of(scheme);
    let front = app.front();
    let safe = app.exports.safe;
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
        .enumerate()
        .map(|(place, tab)| {
            let tone = match &tab.content {
                Content::Loading(_) => None,
                Content::Failed(_) => Some(crate::base::Tone::Fail),
                Content::Ready(shown) => Some(shown.document.tone()),
            };
            let fault = match &tab.content {
                Content::Failed(why) => Some(why.clone()),
                Content::Loading(_) | Content::Ready(_) => None,
            };
            let name = if safe { hidden_name(place) } else { tab.name.clone() };
            bars::Tab { name, tone, fault: fault.filter(|_| !safe) }
        })
        .collect();
    area(ui, "top", top, palette.raised, |ui| bars::top(ui, &mut cx, &tabs, app.active, top));

    let samples: Vec<String> = app.samples.iter().map(|(name, _)| name.clone()).collect();
    let toast = app.toast.as_ref().map(|(said, _)| said.clone());
    let others = others(app);
    let now = app.settings.is_some().then(|| now(app, ui.ctx()));
    let recent = Some(&app.store).filter(|store| !safe && store.settings.keep_recent && store.file().is_some());
    let recent = recent.map(|store| app.recent.of(&store.settings.recent, ui.ctx()));
    let zone = app.zone;
    let content = app.active.and_then(|n| app.tabs.get_mut(n)).map(|tab| &mut tab.content);
    let mut shown = None;
    // Ids depend on the tab, so that scroll places of two documents do not mix.
    let name = format!("content-{:?}", app.active);
    let settings = app.settings.as_mut().zip(now);
    ground(ui, &name, rect, palette.panel, |ui| match content {
        _ if waiting => widgets::empty(ui, palette, rect, word("export.making")),
        _ if settings.is_some() => {
            if let Some((view, now)) = settings {
                area(ui, "settings", rect, palette.panel, |ui| settings::show(ui, &mut cx, rect, &now, view));
            }
        }
        None => {
            area(ui, "welcome", rect, palette.base, |ui| welcome::show(ui, &mut cx, &samples, recent, rect));
        }
        Some(Content::Loading(job)) => {
            area(ui, "loading", rect, palette.panel, |ui| loading::show(ui, &mut cx, job.progress(), rect));
        }
        Some(Content::Failed(why)) => {
            area(ui, "failed", rect, palette.panel, |ui| {
                loading::failed(ui, &mut cx, if safe { word("export.failed_hidden") } else { why }, rect)
            });
        }
        Some(Content::Ready(ready)) => {
            let document = Arc::clone(&ready.document);
            let state = &mut ready.view;
            let mut rect = rect;
            let bar = cut_top(&mut rect, bars::VIEWS);
            area(ui, "views", bar, palette.panel, |ui| views::show(ui, &mut cx, &document, state, zone, bar));
            match state.view {
                View::Overview => overview::show(ui, &mut cx, &document, state, rect),
                View::Timeline => work::show(ui, &mut cx, &document, state, rect),
                View::Calls => work::calls(ui, &mut cx, &document, state, rect),
                View::Messages => messages::show(ui, &mut cx, &document, state, rect),
                View::Media => media::view(ui, &mut cx, &document, state, rect),
                View::Log => log::show(ui, &mut cx, &document, state, rect),
                View::Files => files::show(ui, &mut cx, &document, state, rect),
                View::Compare => compare::show(ui, &mut cx, &document, &mut state.compare, &others, rect),
            }
            shown = Some(ready);
        }
    });
    area(ui, "status", status, palette.raised, |ui| {
        bars::status(ui, &mut cx, safe, shown.as_deref().map(|s| (s.document.as_ref(), &s.view)), status);
    });
    if let Some(state) = app.lookup.as_mut().filter(|_| !waiting) {
        let book = app.book.get();
        let document = app.active.and_then(|n| app.tabs.get(n)).and_then(|tab| match &tab.content {
            Content::Ready(shown) => Some(shown.document.as_ref()),
            _ => None,
        });
        let folder = app.options.rules.as_ref().filter(|_| !safe).map(|folder| folder.display().to_string());
        let beside = lookup::Beside { book: book.as_deref(), document, folder, language: app.language };
        lookup::show(ui, &mut cx, screen, state, &beside);
    }
    if app.help {
        help::show(ui, &mut cx, screen, front);
    }
    if let Some(state) = app.palette.as_mut().filter(|_| !waiting) {
        let document = app.active.and_then(|n| app.tabs.get(n)).and_then(|tab| match &tab.content {
            Content::Ready(shown) => Some(Arc::clone(&shown.document)),
            _ => None,
        });
        palette::show(ui, &mut cx, screen, state, document.as_deref());
    }
    let review = handle::review(app, ui.ctx());
    if let Some(state) = &mut app.exports.view {
        export::show(ui, &mut cx, screen, state, &mut app.exports.wishes, review.as_deref().map(Vec::as_slice));
    }
    if let Some(said) = toast {
        bars::toast(ui, palette, &said, screen);
    }
    let held = ui.ctx().input(|i| i.raw.hovered_files.len());
    if held > 0 {
        drop_frame(ui, palette, screen, held);
    }
    app.commands = commands;
}

/// The name of a tab where names are not told.
fn hidden_name(place: usize) -> String {
    Words::current().fill("export.tab", &[("n", &(place + 1).to_string())])
}

/// The other documents that are open: what this one can be compared with.
fn others(app: &App) -> Vec<Arc<Document>> {
    let ready = |tab: &super::Tab| match &tab.content {
        Content::Ready(shown) => Some(Arc::clone(&shown.document)),
        _ => None,
    };
    let other = app.tabs.iter().enumerate().filter(|(place, _)| Some(*place) != app.active);
    other.filter_map(|(_, tab)| ready(tab)).collect()
}

/// What the settings view shows.
fn now(app: &App, ctx: &Context) -> settings::Now {
    let kept = &app.store.settings;
    settings::Now {
        theme: app.theme,
        scale: ctx.zoom_factor(),
        language: if app.store.file().is_some() { kept.language() } else { Some(app.language) },
        zone: app.zone,
        keep_recent: kept.keep_recent,
        recent: kept.recent.len(),
        file: app.store.file().filter(|_| !app.exports.safe).map(|file| file.display().to_string()),
    }
}

/// Files held over the window: what dropping them will do.
fn drop_frame(ui: &Ui, palette: &Palette, screen: Rect, held: usize) {
    ui.painter().rect_stroke(screen.shrink(3.0), CornerRadius::same(4), Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    let said = Words::current().fill("window.drop_now", &[("n", &held.to_string())]);
    let galley = text::galley(ui, &said, Type::Strong, palette.t1, (screen.width() - 80.0).max(100.0));
    let place = Rect::from_center_size(screen.center(), galley.size() + vec2(40.0, 24.0));
    ui.painter().rect(place, CornerRadius::same(4), palette.raised, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
    text::place(ui, place, Align::Center, galley);
}

//! Rules of the user's own: read on a thread, their folder opened, documents read again with them. In: wishes. Out: a changed program.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use eframe::egui::Context;

use super::{App, Content, TOAST_S, Tab};
use crate::analyse::{RuleBook, rule_book};
use crate::base::rules;
use crate::base::words::word;
use crate::ui::lookup::Lookup;

/// The rules, once they are read.
#[derive(Default)]
pub struct Book {
    book: Option<Arc<RuleBook>>,
    reading: Option<Receiver<Arc<RuleBook>>>,
}

impl Book {
    /// The rules, when they are there.
    pub fn get(&mut self) -> Option<Arc<RuleBook>> {
        if let Some(book) = self.reading.as_ref().and_then(|reading| reading.try_recv().ok()) {
            self.book = Some(book);
            self.reading = None;
        }
        self.book.clone()
    }
}

/// Opens or closes the look-up box.
pub fn toggle(app: &mut App, ctx: &Context) {
    app.lookup = if app.lookup.is_some() { None } else { Some(Lookup::new()) };
    if app.lookup.is_some() && app.book.book.is_none() {
        read(app, ctx);
    }
}

fn read(app: &mut App, ctx: &Context) {
    let (sender, receiver) = sync_channel(1);
    let (folder, ctx) = (app.options.rules.clone(), ctx.clone());
    let work = move || {
        // Nobody listens any more when the window was closed.
        let _ = sender.send(rule_book(folder.as_deref()));
        ctx.request_repaint();
    };
    if std::thread::Builder::new().name("rules".to_owned()).spawn(work).is_ok() {
        app.book.reading = Some(receiver);
    }
}

/// Reads the rules again, and with them every document whose inputs can be read once more.
pub fn reload(app: &mut App, ctx: &Context) {
    read(app, ctx);
    let mut done: Vec<Arc<Vec<crate::bundle::Input>>> = Vec::new();
    let mut place = 0;
    while let Some(tab) = app.tabs.get(place) {
        let (Some(inputs), Content::Ready(_)) = (tab.inputs.clone(), &tab.content) else {
            place += 1;
            continue;
        };
        // Several documents of one opening become one that is read, in the place of the first.
        if done.iter().any(|d| Arc::ptr_eq(d, &inputs)) {
            app.tabs.remove(place);
            app.keep_active(place, 0);
            continue;
        }
        let content = app.job(ctx, &inputs);
        done.push(Arc::clone(&inputs));
        if let Some(tab) = app.tabs.get_mut(place) {
            *tab = Tab { name: super::jobs::name(&inputs), inputs: Some(inputs), content };
        }
        place += 1;
    }
    app.toast = Some((word("lookup.reloaded").to_owned(), ctx.input(|i| i.time) + TOAST_S));
}

/// Makes the folder with its guides, if it is not there, and shows it in the system's file manager.
pub fn open_folder(app: &mut App, ctx: &Context) {
    let shown = match &app.options.rules {
        None => Err(word("lookup.no_folder").to_owned()),
        Some(folder) => rules::prepare(folder)
            .and_then(|()| open::that_detached(folder))
            .map_err(|why| format!("{}: {why}", word("lookup.cannot_open"))),
    };
    if let Err(why) = shown {
        app.toast = Some((why, ctx.input(|i| i.time) + TOAST_S));
    }
}

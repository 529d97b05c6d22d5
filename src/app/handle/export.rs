//! What leaves the program, and the screenshot-safe mode. In: wishes. Out: files that are whole or not there, text and pictures on the
//! clipboard, each proven first. Pseudonyms are made on threads of their own, once for the bundles shown.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use eframe::egui::{ColorImage, Context};

use crate::analyse::Analysis;
use crate::app::{App, Content, Shown, output};
use crate::base::words::{self, Words, word};
use crate::base::{Language, Progress};
use crate::compare::Pair;
use crate::export::picture::{self, PictureOptions, Scheme};
use crate::export::redact::{Review, Vault, Wishes};
use crate::export::{Format, Options, Outlet, capture, card, csv, ladder, records, render, rows, wire};
use crate::session::MessageId;
use crate::timeline::Ladder;

use crate::ui::compare::Ready;
use crate::ui::export::{ExportCommand, ExportView, Form, Thing};
use crate::ui::log::book::Rows;
use crate::ui::{View, tokens, zone};

/// Lists of pseudonyms kept: that of the bundle shown, and those of a few others.
const MOST_VAULTS: usize = 8;

/// What a list of pseudonyms is of.
type Of = (Vec<Arc<Analysis>>, Wishes);

fn same(a: &Of, b: &Of) -> bool {
    a.1 == b.1 && a.0.len() == b.0.len() && a.0.iter().zip(&b.0).all(|(a, b)| Arc::ptr_eq(a, b))
}

enum Made {
    Text(String),
    Picture(ColorImage),
}

/// Exports and the screenshot-safe mode.
#[derive(Default)]
pub struct Exports {
    /// Pseudonyms are shown.
    pub safe: bool,
    /// The choice of what to export.
    pub view: Option<ExportView>,
    /// What the user asked of pseudonyms.
    pub wishes: Wishes,
    vaults: Vec<(Of, Arc<Vault>, Arc<Vec<Review>>)>,
    making: Option<(Of, Receiver<Arc<Vault>>)>,
    copying: Option<Receiver<Result<Made, String>>>,
    shown_with: Option<usize>,
}

impl Exports {
    /// Are pseudonyms being made?
    pub fn under_way(&self) -> bool {
        self.making.is_some()
    }

    fn ready(&self, of: &Of) -> Option<(Arc<Vault>, Arc<Vec<Review>>)> {
        self.vaults.iter().find(|(made, ..)| same(made, of)).map(|(_, vault, review)| (Arc::clone(vault), Arc::clone(review)))
    }

    /// The pseudonyms of these, as soon as they are made.
    fn of(&mut self, of: &Of, ctx: &Context) -> Option<(Arc<Vault>, Arc<Vec<Review>>)> {
        if let Some(vault) = self.making.as_ref().and_then(|(_, made)| made.try_recv().ok())
            && let Some((made, _)) = self.making.take()
        {
            let review = Arc::new(vault.review());
            self.vaults.push((made, vault, review));
            if self.vaults.len() > MOST_VAULTS {
                self.vaults.remove(0);
            }
        }
        let found = self.ready(of);
        let under_way = self.making.as_ref().is_some_and(|(made, _)| same(made, of));
        if found.is_none() && !under_way {
            let (sender, receiver) = sync_channel(1);
            let ((analyses, wishes), waker) = (of.clone(), ctx.clone());
            let work = move || {
                let _ = sender.send(Arc::new(Vault::of(&analyses, &wishes)));
                waker.request_repaint();
            };
            let started = std::thread::Builder::new().name("pseudonyms".to_owned()).spawn(work).is_ok();
            self.making = started.then(|| (of.clone(), receiver));
        }
        found
    }
}

/// The bundles whose values are shown: that of the tab; in a comparison the others, too.
fn shown_of(app: &mut App) -> Of {
    let wishes = app.exports.wishes.clone();
    let Some(shown) = app.shown() else { return (Vec::new(), wishes) };
    let mut all = vec![Arc::clone(&shown.document.analysis)];
    if shown.view.view == View::Compare {
        let others = app.tabs.iter().enumerate().filter(|(place, _)| Some(*place) != app.active);
        all.extend(others.filter_map(|(_, tab)| match &tab.content {
            Content::Ready(shown) => Some(Arc::clone(&shown.document.analysis)),
            Content::Loading(_) | Content::Failed(_) => None,
        }));
    }
    (all, wishes)
}

/// Pseudonyms of what is shown; called on a thread, it makes them there when they are not there yet.
pub fn redacted(app: &mut App) -> impl FnOnce() -> Outlet + Send + 'static {
    let of = shown_of(app);
    let vault = app.exports.ready(&of).map(|(vault, _)| vault);
    move || Outlet::pseudonyms(vault.unwrap_or_else(|| Arc::new(Vault::of(&of.0, &of.1))))
}

/// How values are shown in this frame; `None`: pseudonyms are being made, and until then nothing may be shown.
pub fn outlet(app: &mut App, ctx: &Context) -> Option<Outlet> {
    let outlet = if app.exports.safe {
        let of = shown_of(app);
        app.exports.of(&of, ctx).map(|(vault, _)| Outlet::pseudonyms(vault))
    } else {
        Some(Outlet::originals())
    };
    let now = outlet.as_ref().and_then(Outlet::vault).map(|vault| Arc::as_ptr(vault) as usize);
    if app.exports.shown_with != now {
        app.exports.shown_with = now;
        forget_texts(app);
    }
    outlet
}

/// Texts of the log that were read for the other way of showing.
fn forget_texts(app: &mut App) {
    for tab in &mut app.tabs {
        if let Content::Ready(shown) = &mut tab.content {
            shown.log.forget_texts(&mut shown.view.log);
        }
    }
}

/// The list of pseudonyms for the choice shown.
pub fn review(app: &mut App, ctx: &Context) -> Option<Arc<Vec<Review>>> {
    app.exports.view.as_ref()?;
    let of = shown_of(app);
    app.exports.of(&of, ctx).map(|(_, review)| review)
}

/// Does one of them.
pub fn handle(app: &mut App, ctx: &Context, command: ExportCommand) {
    match command {
        ExportCommand::Toggle => {
            let open = app.exports.view.is_none() && app.shown().is_some();
            app.exports.view = open.then(|| ExportView::new(&app.exports.wishes));
        }
        ExportCommand::ToggleSafe => {
            app.exports.safe = !app.exports.safe;
            let said = if app.exports.safe { "export.safe_on" } else { "export.safe_off" };
            app.say(ctx, word(said).to_owned());
        }
        ExportCommand::Save => save(app, ctx),
        ExportCommand::Copy => copy(app, ctx),
        ExportCommand::CopyPicture => {
            // As it is only by the choice in the export panel.
            start_copy(app, ctx, Thing::Picture, Form::Png, false);
        }
    }
}

/// Everything that making an export needs, away from the window's thread.
struct Task {
    thing: Thing,
    form: Form,
    of: Of,
    /// The list of pseudonyms that is there already.
    vault: Option<Arc<Vault>>,
    originals: bool,
    analyses: Vec<Arc<Analysis>>,
    language: Language,
    zone_s: i32,
    picture: (picture::View, PictureOptions),
    ladder: Option<(Arc<Ladder>, String)>,
    /// The comparison shown.
    compared: Option<Arc<Ready>>,
    messages: Vec<MessageId>,
    /// The records that pass the filter of the log view.
    records: Option<Rows>,
}

impl Task {
    fn outlet(&self) -> Outlet {
        if self.originals {
            return Outlet::originals();
        }
        let vault = self.vault.clone().unwrap_or_else(|| Arc::new(Vault::of(&self.of.0, &self.of.1)));
        Outlet::pseudonyms(vault)
    }

    /// Hands the bytes on piece by piece, each proven.
    fn make(&self, put: &mut dyn FnMut(&[u8]) -> Result<(), String>) -> Result<(), String> {
        let (_spoken, _zone) = (words::speak(self.language), zone::show(self.zone_s));
        let words = Words::current();
        let outlet = self.outlet();
        let Some(first) = self.analyses.first() else { return Err(word("export.nothing").to_owned()) };
        let options = || Options { zone_s: self.zone_s, words, outlet: outlet.clone(), ..Options::default() };
        let report = |format| render(&self.analyses, format, &options());
        let row = |what| match self.form {
            Form::Json => rows::json(&self.analyses, what, &outlet),
            _ => csv::objects(&rows::rows(&self.analyses, what, &outlet)),
        };
        let text = match (self.thing, self.form) {
            (Thing::Card, Form::Markdown) => report(Format::Markdown),
            (Thing::Card, Form::Html) => report(Format::Html),
            (Thing::Report, Form::Json) => report(Format::Json),
            (Thing::Report, _) => report(Format::Text),
            (Thing::Findings, _) => row(rows::What::Findings),
            (Thing::Calls, _) => row(rows::What::Calls),
            (Thing::Messages, _) => row(rows::What::Messages),
            (Thing::Ladder, form) => {
                let Some((drawn, title)) = &self.ladder else { return Err(word("window.no_rows").to_owned()) };
                let title = outlet.log(title);
                if form == Form::Mermaid { ladder::mermaid(drawn, &title, &outlet) } else { ladder::text(drawn, &title, &outlet) }
            }
            (Thing::Sip, Form::Pcap) => {
                let bytes = capture::capture(first, &self.messages, &outlet).map_err(|leak| leak.sentence(words))?;
                return put(&bytes);
            }
            (Thing::Sip, _) => wire::text(first, &self.messages, &outlet),
            (Thing::Picture | Thing::Card, form) => {
                let form = if form == Form::Svg { picture::Form::Svg } else { picture::Form::Png(2) };
                let bytes = picture::bytes(&self.drawing(&outlet), form, &outlet).map_err(|why| why.sentence(words))?;
                return put(&bytes);
            }
            (Thing::Records, form) => return self.write_records(first, form, &outlet, put),
        };
        outlet.prove(&text).map_err(|leak| leak.sentence(words))?;
        put(text.as_bytes())
    }

    fn drawing(&self, outlet: &Outlet) -> picture::Drawing {
        let (view, options) = &self.picture;
        let options = PictureOptions { outlet: outlet.clone(), ..options.clone() };
        if self.thing == Thing::Card {
            let options = PictureOptions { subject: None, ..options };
            let page = card::pictures(&self.analyses, &options, &[]).pop();
            return page.unwrap_or_else(|| picture::timeline(&Analysis::unread(""), &options));
        }
        if let Some(ready) = &self.compared {
            let sides = Pair::new(&*ready.documents.left.analysis, &*ready.documents.right.analysis);
            return picture::compare(&ready.comparison, sides, &options);
        }
        let Some(first) = self.analyses.first() else { return picture::timeline(&Analysis::unread(""), &options) };
        match view {
            picture::View::Timeline => picture::timeline(first, &options),
            picture::View::Ladder => picture::ladder(first, &options),
            picture::View::Findings => picture::findings(first, &options),
            picture::View::Compare | picture::View::Card | picture::View::Media => picture::media(first, &options),
        }
    }

    fn write_records(
        &self,
        analysis: &Analysis,
        form: Form,
        outlet: &Outlet,
        put: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(), String> {
        let form = match form {
            Form::Csv => records::Form::Csv,
            Form::Json => records::Form::Json,
            _ => records::Form::Text,
        };
        let mut put = |piece: &str| put(piece.as_bytes());
        let progress = Progress::new();
        let written = match &self.records {
            Some(rows) => {
                let chosen = (0..rows.count()).filter_map(|row| rows.spot(row)).map(crate::ui::log::state::Spot::places);
                records::write(analysis, chosen, form, outlet, &progress, &mut put)
            }
            None => records::write(analysis, records::all(analysis), form, outlet, &progress, &mut put),
        };
        written.map(drop).map_err(|stopped| match stopped {
            records::Stopped::Leak(leak) => leak.sentence(Words::current()),
            records::Stopped::Reader(why) => why,
            records::Stopped::Cancelled => word("sip-export.stopped").to_owned(),
        })
    }
}

fn task(app: &mut App, ctx: &Context, thing: Thing, form: Form, originals: bool) -> Option<Task> {
    let of = shown_of(app);
    let vault = app.exports.ready(&of).map(|(vault, _)| vault);
    let (language, scheme) = (app.language, app.scheme(ctx));
    let shown: &mut Shown = app.shown()?;
    let ladder = shown.view.ladder(&shown.document);
    // Without its values: the title goes through the outlet of the task.
    let title = {
        let _originals = crate::ui::safe::show(Outlet::originals());
        crate::ui::ladder::about(&shown.document, &shown.view)
    };
    let view = match shown.view.view {
        View::Overview => picture::View::Findings,
        View::Timeline | View::Log | View::Files => picture::View::Timeline,
        View::Calls | View::Messages => picture::View::Ladder,
        View::Media | View::Compare => picture::View::Media,
    };
    let options = PictureOptions {
        words: Words::of(language),
        zone_s: zone::offset_s(),
        scheme: if scheme == tokens::Scheme::Light { Scheme::Light } else { Scheme::Dark },
        run: Some(shown.view.run_id()),
        subject: shown.view.selection.subject,
        window: shown.view.window,
        ..PictureOptions::default()
    };
    let call = shown.view.selection.subject.filter(|_| shown.view.view != View::Messages);
    let facts = &shown.document.analysis.facts;
    let messages = match call {
        Some(crate::timeline::Subject::Call(id)) if thing == Thing::Sip => {
            facts.calls.get(id.0 as usize).map(|call| call.messages.clone()).unwrap_or_default()
        }
        _ => (0..).map(MessageId).take(facts.messages.len()).collect(),
    };
    let records = shown.view.log.rows().filter(|_| thing == Thing::Records);
    let analyses = vec![Arc::clone(&shown.document.analysis)];
    Some(Task {
        thing,
        form,
        of,
        vault,
        originals,
        analyses,
        language,
        zone_s: zone::offset_s(),
        picture: (view, options),
        ladder: ladder.map(|ladder| (ladder, title)),
        compared: shown.view.compare.ready.clone().filter(|_| shown.view.view == View::Compare),
        messages,
        records,
    })
}

fn chosen(app: &App) -> Option<(Thing, Form, bool)> {
    app.exports.view.as_ref().map(|view| (view.thing, view.form, view.originals))
}

/// Asks for a name and writes, on a thread of its own.
fn save(app: &mut App, ctx: &Context) {
    let Some((thing, form, originals)) = chosen(app).filter(|_| app.saver.is_none()) else { return };
    let Some(task) = task(app, ctx, thing, form, originals) else { return };
    let mark = if originals { "-originals" } else { "" };
    let name = format!("{}{mark}.{}", thing.stem(), form.ending());
    app.saver = crate::app::dialog::save_with(&name, move |path| written(path, &task), ctx);
}

/// Writes the file whole or not at all; what is to be told.
fn written(path: &Path, task: &Task) -> String {
    let _spoken = words::speak(task.language);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match output::in_pieces(path, |why| why, |put| task.make(put)) {
        Ok(()) => Words::current().fill("list.saved", &[("file", &name)]),
        Err(why) => why,
    }
}

fn copy(app: &mut App, ctx: &Context) {
    if let Some((thing, form, originals)) = chosen(app) {
        start_copy(app, ctx, thing, form, originals);
    }
}

/// Copies the ladder with pseudonyms; as it is only by the choice in the export panel.
pub fn copy_ladder(app: &mut App, ctx: &Context, form: Form) {
    start_copy(app, ctx, Thing::Ladder, form, false);
}

fn start_copy(app: &mut App, ctx: &Context, thing: Thing, form: Form, originals: bool) {
    if app.exports.copying.is_some() || !form.is_copied() {
        return;
    }
    let Some(task) = task(app, ctx, thing, form, originals) else { return };
    let (sender, receiver) = sync_channel(1);
    let waker = ctx.clone();
    let work = move || {
        let _ = sender.send(made(&task));
        waker.request_repaint();
    };
    let started = std::thread::Builder::new().name("copy".to_owned()).spawn(work).is_ok();
    app.exports.copying = started.then_some(receiver);
}

/// The most that is put on the clipboard.
const MOST_COPIED: usize = 32 << 20;

fn made(task: &Task) -> Result<Made, String> {
    let _spoken = words::speak(task.language);
    let mut bytes = Vec::new();
    task.make(&mut |piece| {
        bytes.extend_from_slice(piece);
        if bytes.len() > MOST_COPIED { Err(word("export.too_long").to_owned()) } else { Ok(()) }
    })?;
    if task.form != Form::Png {
        return Ok(Made::Text(String::from_utf8_lossy(&bytes).into_owned()));
    }
    let picture =
        image::load_from_memory_with_format(&bytes, image::ImageFormat::Png).map_err(|why| why.to_string())?.into_rgba8();
    let size = [picture.width() as usize, picture.height() as usize];
    Ok(Made::Picture(ColorImage::from_rgba_unmultiplied(size, picture.as_raw())))
}

/// Puts on the clipboard what a thread has made.
pub fn poll(app: &mut App, ctx: &Context) {
    let Some(copying) = &app.exports.copying else { return };
    let said = match copying.try_recv() {
        Err(TryRecvError::Empty) => return,
        Err(TryRecvError::Disconnected) => None,
        Ok(Err(why)) => Some(why),
        Ok(Ok(Made::Text(text))) => {
            ctx.copy_text(text);
            Some(word("export.copied").to_owned())
        }
        Ok(Ok(Made::Picture(picture))) => {
            ctx.copy_image(picture);
            Some(word("export.copied_picture").to_owned())
        }
    };
    app.exports.copying = None;
    if let Some(said) = said {
        app.say(ctx, said);
    }
}

//! Jobs of the log view: the order of all records, passes for filter, search and highlights, texts of what is seen, texts to be copied.
//! In: what the view's state wishes. Out: what was found, put into that state. Each job has a thread of its own; a new wish stops the old.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eframe::egui::Context;

use crate::base::words::{Words, word};
use crate::base::{MemberId, Progress};
use crate::bundle::store::Store;
use crate::export::Outlet;
use crate::records::search::{Fault, Filter, Found, Input, Plan, scan};
use crate::ui::log::LogBook;
use crate::ui::log::state::{LogState, Passed, Spot, Wish};
use crate::ui::log::texts::{MOST_BYTES, RowText, Texts};
use crate::ui::{Document, ViewState, safe};

/// Rows brought at once.
const BATCH: usize = 24;
/// Records copied at once, and their bytes.
const MOST_COPIED: usize = 5_000;
const MOST_COPIED_BYTES: usize = 8 << 20;

/// What a pass tells.
enum Told {
    Found(Box<Found>, Option<Duration>),
    Fault(Fault),
}

/// A pass under way.
struct Pass {
    wish: Wish,
    progress: Progress,
    told: Receiver<Told>,
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// The jobs of one document's log.
#[derive(Default)]
pub struct LogJobs {
    order: Option<(bool, Receiver<Arc<LogBook>>)>,
    filter: Option<Pass>,
    search: Option<Pass>,
    highlight: Option<Pass>,
    reader: Option<Reader>,
    copies: Option<Receiver<(String, String)>>,
}

impl LogJobs {
    /// Takes what the jobs have brought and starts what the state wishes. Called once a frame while the log is shown.
    pub fn tend(&mut self, document: &Arc<Document>, store: &Arc<Store>, state: &mut ViewState, ctx: &Context) {
        let log = &mut state.log;
        self.order(document, log, ctx);
        let Some(book) = log.book.clone() else { return };
        if let Some(spot) = log.go_to.take() {
            match book.spot_of(spot) {
                Some(spot) => log.show(spot),
                None => log.said = Some(word("log.no_line").to_owned()),
            }
        }
        self.filter(&book, log, ctx);
        self.search(&book, log, ctx);
        self.highlights(&book, log, ctx);
        self.texts(&book, store, log, ctx);
        if let Some(text) = self.copies.as_ref().and_then(|copies| copies.try_recv().ok()) {
            self.copies = None;
            ctx.copy_text(text.0);
            log.said = Some(text.1);
        }
    }

    fn order(&mut self, document: &Arc<Document>, log: &mut LogState, ctx: &Context) {
        if let Some(book) = self.order.as_ref().and_then(|(_, order)| order.try_recv().ok()) {
            self.order = None;
            log.book = Some(book);
            log.reveal = crate::ui::log::state::Reveal::Middle;
        }
        let fits = log.book.as_ref().is_some_and(|book| book.by_member == log.by_member);
        if !fits && self.order.as_ref().is_none_or(|(by_member, _)| *by_member != log.by_member) {
            let (sender, receiver) = sync_channel(1);
            let (document, by_member, waker) = (Arc::clone(document), log.by_member, ctx.clone());
            let started = thread("log-order", move || {
                let _ = sender.send(Arc::new(LogBook::new(document, by_member)));
                waker.request_repaint();
            });
            self.order = started.then_some((by_member, receiver));
        }
    }

    fn filter(&mut self, book: &Arc<LogBook>, log: &mut LogState, ctx: &Context) {
        let wish = log.filter_wish().filter(|_| book.by_member == log.by_member);
        keep(&mut self.filter, wish.as_ref());
        match take(&mut self.filter) {
            Some((wish, Told::Found(found, ended))) => {
                let first = log.passing.as_ref().is_none_or(|p| p.wish != wish);
                let progress = self.filter.as_ref().map(|p| p.progress.clone());
                log.passing = Some(passed(wish, *found, ended, progress.as_ref()));
                if first || ended.is_some() {
                    log.reveal = crate::ui::log::state::Reveal::Near;
                }
            }
            Some((_, Told::Fault(fault))) => {
                // Put in force before it was known what the bundle has.
                log.set_filter("");
                log.fault = Some(fault);
            }
            None => {}
        }
        if let Some(wish) = wish
            && self.filter.is_none()
            && log.passing.as_ref().is_none_or(|p| p.wish != wish)
        {
            self.filter = start(book, wish, ctx);
        }
    }

    fn search(&mut self, book: &Arc<LogBook>, log: &mut LogState, ctx: &Context) {
        let wish = log.search_wish().filter(|_| book.by_member == log.by_member);
        keep(&mut self.search, wish.as_ref());
        if let Some((wish, Told::Found(found, ended))) = take(&mut self.search) {
            let progress = self.search.as_ref().map(|p| p.progress.clone());
            log.hits = Some(passed(wish, *found, ended, progress.as_ref()));
        }
        if let Some(wish) = wish
            && self.search.is_none()
            && log.hits.as_ref().is_none_or(|p| p.wish != wish)
        {
            self.search = start(book, wish, ctx);
        }
    }

    fn highlights(&mut self, book: &Arc<LogBook>, log: &mut LogState, ctx: &Context) {
        let wish = log.highlights.iter().find(|h| h.count.is_none()).map(|h| Wish::Highlight(h.needle.clone()));
        keep(&mut self.highlight, wish.as_ref());
        if let Some((Wish::Highlight(needle), Told::Found(found, Some(_)))) = take(&mut self.highlight)
            && let Some(highlight) = log.highlights.iter_mut().find(|h| h.needle == needle)
        {
            highlight.count = Some(found.places.count());
            return;
        }
        if let (Some(wish), None) = (wish, &self.highlight) {
            self.highlight = start(book, wish, ctx);
        }
    }

    fn texts(&mut self, book: &Arc<LogBook>, store: &Arc<Store>, log: &mut LogState, ctx: &Context) {
        let reader = self.reader.get_or_insert_with(|| Reader::start(store, ctx));
        while let Ok(batch) = reader.read.try_recv() {
            for (spot, text) in batch {
                log.texts.put(spot, text);
            }
        }
        let missing = log.texts.missing();
        if !missing.is_empty() {
            reader.ask(book, missing);
        }
    }

    /// Forgets the texts of records: they are shown in another way from now on.
    pub fn forget_texts(&mut self, log: &mut LogState) {
        self.reader = None;
        log.texts = Texts::default();
    }

    /// Copies the chosen records; the state is told when they are on the clipboard.
    pub fn copy(&mut self, store: &Arc<Store>, state: &ViewState, with_reference: bool, ctx: &Context) {
        let log = &state.log;
        let (Some(rows), Some((from, to))) = (log.rows(), log.chosen_rows()) else { return };
        let (sender, receiver) = sync_channel(1);
        let (store, waker, language) = (Arc::clone(store), ctx.clone(), crate::base::words::spoken());
        let outlet = safe::outlet();
        let started = thread("log-copy", move || {
            let _spoken = crate::base::words::speak(language);
            let mut text = String::new();
            let mut copied = 0;
            for spot in (from..=to).take(MOST_COPIED).filter_map(|row| rows.spot(row)) {
                let Some((start, length)) = rows.book.extent(spot) else { continue };
                let read = store.lines(MemberId(spot.member), start..start + length, &Progress::new());
                if with_reference {
                    text += &format!("{} ", outlet.path(&rows.book.reference(spot)));
                }
                let read = read.unwrap_or_else(|note| note.text);
                text += &outlet.log(read.trim_end_matches(['\r', '\n']));
                text.push('\n');
                copied += 1;
                if text.len() > MOST_COPIED_BYTES {
                    break;
                }
            }
            let all = to + 1 - from;
            let figures = [("n", copied.to_string()), ("all", all.to_string())];
            let values: Vec<(&str, &str)> = figures.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let said = Words::current().fill(if copied < all { "log.copied_of" } else { "log.copied" }, &values);
            let _ = sender.send((text, said));
            waker.request_repaint();
        });
        self.copies = started.then_some(receiver);
    }
}

/// Starts a thread; false when the system gives none.
fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).is_ok()
}

/// Drops a pass whose wish is no longer one.
fn keep(pass: &mut Option<Pass>, wish: Option<&Wish>) {
    if pass.as_ref().is_some_and(|pass| Some(&pass.wish) != wish) {
        *pass = None;
    }
}

/// The newest of what a pass has told; a pass that has ended is dropped.
fn take(pass: &mut Option<Pass>) -> Option<(Wish, Told)> {
    let running = pass.as_ref()?;
    let told = running.told.try_iter().last()?;
    let wish = running.wish.clone();
    if matches!(told, Told::Found(_, Some(_)) | Told::Fault(_)) {
        *pass = None;
    }
    Some((wish, told))
}

fn passed(wish: Wish, found: Found, ended: Option<Duration>, progress: Option<&Progress>) -> Passed {
    let percent = match progress.map(Progress::bytes) {
        Some((done, total)) if total > 0 => u8::try_from(done.min(total) * 100 / total).unwrap_or(100),
        _ => 0,
    };
    Passed {
        wish,
        members: (found.members, found.of_members),
        notes: found.notes.all().into_iter().map(|n| n.text).collect(),
        places: Arc::new(found.places),
        percent,
        ended,
    }
}

/// Starts a pass.
fn start(book: &Arc<LogBook>, wish: Wish, ctx: &Context) -> Option<Pass> {
    let progress = Progress::new();
    // One place: what is not taken yet is older than what comes.
    let (sender, told) = sync_channel(2);
    let pass = Pass { wish: wish.clone(), progress: progress.clone(), told };
    let (book, waker) = (Arc::clone(book), ctx.clone());
    let started = thread("log-pass", move || {
        let begun = Instant::now();
        let last = match plan(&book, &wish) {
            Ok(plan) => {
                let analysis = &book.document.analysis;
                let input = Input {
                    bundle: &analysis.bundle,
                    index: &analysis.index,
                    merged: &book.merged,
                    dialects: &analysis.dialects,
                };
                let so_far = |found: Found| {
                    let _ = sender.try_send(Told::Found(Box::new(found), None));
                    waker.request_repaint();
                };
                Told::Found(Box::new(scan(&input, &plan, &progress, &so_far)), Some(begun.elapsed()))
            }
            Err(fault) => Told::Fault(fault),
        };
        if !progress.is_cancelled() {
            let _ = sender.send(last);
            waker.request_repaint();
        }
    });
    started.then_some(pass)
}

fn plan(book: &LogBook, wish: &Wish) -> Result<Plan, Fault> {
    match wish {
        Wish::Filter(text, _, offset_s) => book.plan(&Filter::read(text)?.in_zone(*offset_s)),
        Wish::Search(needle, _) | Wish::Highlight(needle) => Plan::of(needle).map_err(|what| Fault { at: 0, what }),
    }
}

type Asked = Option<(Arc<LogBook>, Vec<Spot>, Outlet)>;

/// What the reader's thread waits for.
#[derive(Default)]
struct Desk {
    /// The newest request and whether the thread should end.
    asked: Mutex<(Asked, bool)>,
    rings: Condvar,
}

/// The thread that reads texts of records, always for the newest request.
struct Reader {
    desk: Arc<Desk>,
    read: Receiver<Vec<(Spot, RowText)>>,
    last: Vec<Spot>,
}

impl Reader {
    fn start(store: &Arc<Store>, ctx: &Context) -> Self {
        let desk: Arc<Desk> = Arc::default();
        let (sender, read) = sync_channel(64);
        let (at, store, waker) = (Arc::clone(&desk), Arc::clone(store), ctx.clone());
        thread("log-texts", move || serve(&at, &store, &sender, &waker));
        Self { desk, read, last: Vec::new() }
    }

    fn ask(&mut self, book: &Arc<LogBook>, spots: Vec<Spot>) {
        if self.last == spots {
            return;
        }
        self.last.clone_from(&spots);
        self.desk.asked.lock().unwrap_or_else(PoisonError::into_inner).0 = Some((Arc::clone(book), spots, safe::outlet()));
        self.desk.rings.notify_one();
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.desk.asked.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.desk.rings.notify_one();
    }
}

fn serve(desk: &Desk, store: &Store, sender: &SyncSender<Vec<(Spot, RowText)>>, waker: &Context) {
    loop {
        let (book, spots, outlet) = {
            let mut asked = desk.asked.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                if asked.1 {
                    return;
                }
                if let Some(request) = asked.0.take() {
                    break request;
                }
                asked = desk.rings.wait(asked).unwrap_or_else(PoisonError::into_inner);
            }
        };
        for part in spots.chunks(BATCH) {
            let batch: Vec<_> = part.iter().map(|spot| (*spot, text_of(&book, store, *spot, &outlet))).collect();
            if sender.send(batch).is_err() {
                return;
            }
            waker.request_repaint();
            let asked = desk.asked.lock().unwrap_or_else(PoisonError::into_inner);
            if asked.1 || asked.0.is_some() {
                break;
            }
        }
    }
}

fn text_of(book: &LogBook, store: &Store, spot: Spot, outlet: &Outlet) -> RowText {
    let (Some((from, length)), Some(entry)) = (book.extent(spot), book.entry(spot)) else { return RowText::default() };
    let shown = length.min(MOST_BYTES);
    match store.lines(MemberId(spot.member), from..from + shown, &Progress::new()) {
        Ok(mut text) => {
            if shown < length {
                // A character cut in two at the end.
                text.truncate(text.trim_end_matches('\u{fffd}').len());
            }
            let headed = entry.headed && !entry.continued;
            let text = outlet.log(&text).into_owned();
            RowText::new(text, headed, length - shown, &book.document.analysis.dialects)
        }
        Err(note) => RowText::unread(crate::base::words::sentence(&note.text).into_owned()),
    }
}

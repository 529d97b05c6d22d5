//! Layer 11: the program. In: inputs, wishes. Out: a window. Holds documents, jobs and settings; holds no analysis of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use eframe::egui;

use crate::analyse::{Analysis, Options};
use crate::base::Language;
use crate::base::words::{self, Words};
use crate::bundle::Input;
use crate::bundle::store::Store;
use crate::compare::Pair;
use crate::export::Outlet;
use crate::ui::compare::Ready;
use crate::ui::keys::{self, Front};
use crate::ui::panels::excerpt::Excerpt;
use crate::ui::{Command, Document, Scheme, View, ViewState, fonts, safe, tokens, zone};

mod dialog;
mod drop;
mod frame;
mod handle;
pub mod instance;
mod jobs;
mod layouts;
pub mod output;
mod palette;
mod picture;
mod recent;
mod rules;
mod settings;
mod watch;
mod window;

pub use crate::ui::settings::Theme;
pub use settings::FILE as SETTINGS_FILE;
pub use window::{WindowError, WindowOptions, run};

use crate::ui::lookup::Lookup;
use handle::{Exports, Pending};
use jobs::Job;
use picture::Picture;

/// Seconds that a toast stays.
const TOAST_S: f64 = 4.0;

/// A document with how it is shown.
struct Shown {
    document: Arc<Document>,
    view: ViewState,
    /// Text on demand.
    store: Arc<Store>,
    /// Lines being read.
    lines: Option<Receiver<Excerpt>>,
    /// Jobs of the log view.
    log: jobs::log::LogJobs,
    /// A comparison being made.
    comparing: Option<Receiver<Arc<Ready>>>,
    /// Jobs of both logs of a comparison.
    compared_logs: Pair<jobs::log::LogJobs>,
}

/// What a tab holds.
enum Content {
    /// Being read.
    Loading(Job),
    /// Could not be opened; the sentence.
    Failed(String),
    /// Shown.
    Ready(Box<Shown>),
}

struct Tab {
    name: String,
    /// What it was read from, to read it again; several documents may come of one opening.
    inputs: Option<Arc<Vec<Input>>>,
    content: Content,
}

/// What can be read again: standard input can't.
fn again(inputs: Arc<Vec<Input>>) -> Option<Arc<Vec<Input>>> {
    (!inputs.iter().any(|input| matches!(input, Input::Stdin))).then_some(inputs)
}

/// The program's state. Can be made without a window: tests drive it headless.
#[derive(Default)]
pub struct App {
    tabs: Vec<Tab>,
    active: Option<usize>,
    samples: Vec<(String, Vec<Input>)>,
    options: Options,
    theme: Theme,
    /// Spoken in every frame.
    language: Language,
    zone: zone::Choice,
    store: settings::Store,
    recent: recent::Known,
    /// The settings stand in place of the tab shown.
    settings: Option<crate::ui::settings::View>,
    palette: Option<crate::ui::palette::Palette>,
    /// Magnification to be set in the first frame.
    scale: Option<f32>,
    fault: Option<String>,
    applied: Option<Scheme>,
    first_view: Option<View>,
    help: bool,
    lookup: Option<Lookup>,
    book: rules::Book,
    commands: Vec<Command>,
    toast: Option<(String, f64)>,
    /// Files that may still be growing.
    watches: Vec<watch::Watch>,
    picker: Option<Receiver<Vec<PathBuf>>>,
    /// A file being named and written.
    saver: Option<Receiver<Option<String>>>,
    picture: Option<Picture>,
    /// Paths of later starts.
    arrivals: Option<Receiver<Vec<PathBuf>>>,
    /// A comparison that waits for files being read.
    pending: Option<Pending>,
    /// Exports and the screenshot-safe mode.
    exports: Exports,
}

impl App {
    /// A program with nothing open. Call [`App::prepare`] on its context before the first frame.
    pub fn new(theme: Theme) -> Self {
        Self { theme, ..Self::default() }
    }

    /// Samples that the first screen offers.
    #[must_use]
    pub fn with_samples(mut self, samples: Vec<Input>) -> Self {
        self.samples = samples.into_iter().map(|input| (jobs::name(std::slice::from_ref(&input)), vec![input])).collect();
        self
    }

    /// The view that documents are first shown in.
    #[must_use]
    pub fn with_view(mut self, view: Option<View>) -> Self {
        self.first_view = view;
        self
    }

    /// Compares the first two documents once they are read.
    #[must_use]
    pub fn with_comparison(mut self) -> Self {
        self.pending = Some(Pending::FirstTwo);
        self
    }

    /// The language of the window; English unless told.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Shows pseudonyms from the first frame on, when `safe`.
    #[must_use]
    pub fn with_safe(mut self, safe: bool) -> Self {
        self.exports.safe = safe;
        self
    }

    /// The folder of the user's own rules.
    #[must_use]
    pub fn with_rules(mut self, folder: PathBuf) -> Self {
        self.options.rules = Some(folder);
        self
    }

    /// Reads the settings of a folder and keeps them there. A theme or language given before wins for this window.
    #[must_use]
    pub fn with_settings(mut self, folder: PathBuf) -> Self {
        let (store, fault) = settings::Store::load(folder);
        self.theme = if self.theme == Theme::System { store.settings.theme() } else { self.theme };
        self.zone = store.settings.zone();
        self.scale = Some(store.settings.scale());
        self.fault = fault.map(|why| Words::current().fill("settings.fault", &[("why", &why)]));
        self.store = store;
        self
    }

    /// Gives a context our fonts; without them no text can be laid out.
    pub fn prepare(ctx: &egui::Context) {
        fonts::install(ctx);
        // Names of customers come in every script: what no font has is drawn as a box.
        ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
    }

    /// The language that the settings name.
    fn language_kept(&self) -> Option<Language> {
        self.store.settings.language()
    }

    /// Remembers files that the user opened, where that is allowed.
    fn note_opened(&mut self, inputs: &[Input]) {
        for input in inputs.iter().rev() {
            if let Input::Path(path) = input {
                self.store.settings.opened(path);
            }
        }
    }

    /// Opens inputs on a thread of their own, in a new tab.
    pub fn open(&mut self, ctx: &egui::Context, inputs: Vec<Input>) {
        if inputs.is_empty() {
            return;
        }
        let name = jobs::name(&inputs);
        let inputs = Arc::new(inputs);
        let content = self.job(ctx, &inputs);
        let inputs = again(inputs);
        self.watches.extend(inputs.as_ref().and_then(|inputs| watch::Watch::begin(inputs, ctx)));
        self.tabs.push(Tab { name, inputs, content });
        self.active = Some(self.tabs.len() - 1);
    }

    fn job(&self, ctx: &egui::Context, inputs: &Arc<Vec<Input>>) -> Content {
        match Job::open(inputs.to_vec(), self.options.clone(), self.language, ctx) {
            Ok(job) => Content::Loading(job),
            Err(why) => Content::Failed(why),
        }
    }

    /// Shows an analysis that is there already.
    pub fn show(&mut self, analysis: Arc<Analysis>) {
        let document = Arc::new(Document::new(analysis));
        let tab = self.ready(document, None);
        self.tabs.push(tab);
        self.active = Some(self.tabs.len() - 1);
    }

    fn ready(&self, document: Arc<Document>, inputs: Option<Arc<Vec<Input>>>) -> Tab {
        let mut view = ViewState::new(&document);
        view.view = self.first_view.unwrap_or(View::Overview);
        let name = document.name().to_owned();
        let store = Arc::new(Store::new(Arc::clone(&document.analysis.bundle)));
        let log = jobs::log::LogJobs::default();
        let mut shown = Shown { document, view, store, lines: None, log, comparing: None, compared_logs: Pair::default() };
        handle::settle(&mut shown);
        Tab { name, inputs, content: Content::Ready(Box::new(shown)) }
    }

    /// Takes what jobs have finished: one tab for each document in the place of the one that was loading.
    fn poll(&mut self) {
        let mut place = 0;
        while place < self.tabs.len() {
            let result = match self.tabs.get(place).map(|tab| &tab.content) {
                Some(Content::Loading(job)) => job.poll(),
                _ => None,
            };
            let Some(result) = result else {
                place += 1;
                continue;
            };
            let (name, inputs) = self.tabs.get(place).map(|tab| (tab.name.clone(), tab.inputs.clone())).unwrap_or_default();
            let new: Vec<Tab> = match result {
                Ok(documents) => documents.into_iter().map(|document| self.ready(document, inputs.clone())).collect(),
                Err(jobs::Ended::Cancelled) => Vec::new(),
                Err(jobs::Ended::Failed(why)) => vec![Tab { name, inputs, content: Content::Failed(why) }],
            };
            let count = new.len();
            self.tabs.splice(place..=place, new);
            self.keep_active(place, count);
            place += count;
        }
        if let Some(shown) = self.shown()
            && let Some(excerpt) = shown.lines.as_ref().and_then(|lines| lines.try_recv().ok())
        {
            shown.lines = None;
            shown.view.excerpt = Some(excerpt);
        }
        if let Some(shown) = self.shown()
            && let Some(ready) = shown.comparing.as_ref().and_then(|ready| ready.try_recv().ok())
        {
            shown.comparing = None;
            shown.view.compare.take(ready);
        }
        handle::when_read(self);
        if let Some(paths) =
            self.arrivals.as_ref().and_then(|arrivals| arrivals.try_recv().ok()).filter(|paths| !paths.is_empty())
        {
            self.commands.push(Command::Open(paths.into_iter().map(Input::Path).collect()));
        }
        if let Some(paths) = self.picker.as_ref().and_then(|picker| picker.try_recv().ok()) {
            self.picker = None;
            if !paths.is_empty() {
                self.commands.push(Command::Open(paths.into_iter().map(Input::Path).collect()));
            }
        }
    }

    /// Keeps the tab shown when the one at `place` became `count` tabs.
    fn keep_active(&mut self, place: usize, count: usize) {
        self.active = match self.active {
            Some(active) if active > place => Some(active + count - 1),
            Some(active) if active == place && count == 0 => active.checked_sub(1).or(Some(0)).filter(|_| !self.tabs.is_empty()),
            other => other,
        };
    }

    fn shown(&mut self) -> Option<&mut Shown> {
        match self.active.and_then(|n| self.tabs.get_mut(n)).map(|tab| &mut tab.content) {
            Some(Content::Ready(shown)) => Some(shown),
            _ => None,
        }
    }

    /// What the keyboard talks to.
    fn front(&mut self) -> Front {
        if self.settings.is_some() {
            return Front::Settings;
        }
        self.shown().map_or(Front::Start, |shown| Front::View(shown.view.view))
    }

    fn scheme(&self, ctx: &egui::Context) -> Scheme {
        match self.theme {
            Theme::System if ctx.system_theme() == Some(egui::Theme::Light) => Scheme::Light,
            Theme::System | Theme::Dark => Scheme::Dark,
            Theme::Light => Scheme::Light,
            Theme::HighContrast => Scheme::HighContrast,
        }
    }

    /// What waits for the first frame: the magnification kept, and a word about settings that could not be read.
    fn begin(&mut self, ctx: &egui::Context) {
        if let Some(scale) = self.scale.take() {
            ctx.set_zoom_factor(scale);
        }
        if let Some(why) = self.fault.take() {
            self.say(ctx, why);
        }
    }

    /// Shows a sentence for a moment.
    fn say(&mut self, ctx: &egui::Context, said: String) {
        self.toast = Some((said, ctx.input(|i| i.time) + TOAST_S));
    }

    /// The size of the window is kept once it stands still.
    fn remember_window(&mut self, ctx: &egui::Context) {
        let (size, still) = ctx.input(|input| {
            let viewport = input.viewport();
            let usual = !viewport.maximized.unwrap_or(false) && !viewport.fullscreen.unwrap_or(false);
            (viewport.inner_rect.map(|r| r.size()).filter(|_| usual), !input.pointer.any_down())
        });
        if let Some(size) = size.filter(|_| still && self.picture.is_none()) {
            // In points of an unmagnified window, as the system counts.
            let size = size * ctx.zoom_factor();
            self.store.settings.window = Some((size.x.round(), size.y.round()));
        }
    }

    fn dress(&mut self, ctx: &egui::Context) -> Scheme {
        let scheme = self.scheme(ctx);
        if self.applied != Some(scheme) {
            // egui would send the theme back as a wish to the system; ours is set once for each scheme.
            tokens::apply(ctx, scheme);
            self.applied = Some(scheme);
        }
        scheme
    }
}

impl eframe::App for App {
    fn raw_input_hook(&mut self, _ctx: &egui::Context, raw: &mut egui::RawInput) {
        // A picture must not depend on where the pointer happens to be.
        if self.picture.is_some() {
            raw.events.retain(|event| !matches!(event, egui::Event::PointerMoved(_) | egui::Event::MouseMoved(_)));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let _spoken = words::speak(self.language);
        let ctx = ui.ctx().clone();
        let scheme = self.dress(&ctx);
        self.poll();
        watch::tend(self, &ctx);
        drop::take(self, &ctx);
        self.begin(&ctx);
        let front = self.front();
        self.commands.extend(keys::pressed(&ctx, front));
        let document = self.shown().map(|shown| Arc::clone(&shown.document));
        let _zone = zone::show(self.zone.offset_s(document.as_deref()));
        let outlet = handle::outlet(self, &ctx);
        let waiting = outlet.is_none();
        let _safe = safe::show(outlet.unwrap_or_else(Outlet::originals));
        layouts::put(self);
        frame::paint(self, ui, scheme, waiting);
        layouts::keep(self);
        if waiting {
            // Nothing leaves before its pseudonyms are there.
            self.commands.retain(|command| !command.copies());
        }
        handle::drain(self, &ctx);
        handle::tend_log(self, &ctx);
        handle::tend_compared(self, &ctx);
        handle::poll_lists(self, &ctx);
        handle::poll_export(self, &ctx);
        self.remember_window(&ctx);
        self.store.keep();
        picture::step(self, &ctx);
    }
}

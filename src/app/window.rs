//! The native window. In: inputs and options. Out: when it closes, how it went. The renderer is chosen by the build's features:
//! both when both are there, the one that starts faster on this system first.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::{IconData, Vec2, ViewportBuilder};
use eframe::{NativeOptions, Renderer};

use super::picture::{Outcome, Picture};
use super::settings::Store;
use super::{App, Theme, instance};
use crate::base::Language;
use crate::base::words::{Words, word};
use crate::bundle::Input;
use crate::ui::View;

/// How the window is opened.
#[derive(Clone, Debug, Default)]
pub struct WindowOptions {
    /// Save a picture of the window as PNG once every verdict stands, then close.
    pub picture: Option<PathBuf>,
    /// Width and height in points.
    pub size: Option<(f32, f32)>,
    /// Colours; `None`: as the system says.
    pub theme: Option<Theme>,
    /// Language; `None`: as the system says.
    pub language: Option<Language>,
    /// View to show first: `overview`, `timeline`, `calls`, `messages`, `log`, `files`.
    pub view: Option<String>,
    /// Show pseudonyms from the start.
    pub safe: bool,
    /// Samples that the first screen offers.
    pub samples: Vec<Input>,
    /// The folder where settings are kept; `None`: nowhere.
    pub settings: Option<PathBuf>,
    /// How documents are read.
    pub analyse: crate::analyse::Options,
    /// Take the paths of later starts.
    pub reachable: bool,
    /// The inputs are opened each by itself, and the first two compared.
    pub compare: bool,
}

/// Why there is no window, or no picture of it.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// No display to open a window on.
    #[error("{0}")]
    NoDisplay(String),
    /// A system library that windows need is not installed.
    #[error("{0}")]
    MissingLibrary(String),
    /// The window could not be opened for another reason.
    #[error("{0}")]
    Start(String),
    /// The picture was not taken or not written, or what it should show could not be opened.
    #[error("{0}")]
    Picture(String),
}

/// Opens the window with `inputs` and returns when it is closed.
///
/// # Errors
/// When no window can be opened, or a picture was asked for and could not be made.
pub fn run(inputs: Vec<Input>, options: WindowOptions) -> Result<(), WindowError> {
    let outcome = Outcome::default();
    // A picture shows the same for everybody.
    let kept = options.settings.clone().filter(|_| options.picture.is_none());
    let size = options.size.or_else(|| Store::load(kept?).0.settings.window());
    let mut why_not: Vec<String> = Vec::new();
    for renderer in RENDERERS {
        let start = || eframe::run_native(word("app.name"), native(size, *renderer), creator(&inputs, &options, &outcome));
        match guarded(start)? {
            Ok(()) => {
                let taken = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
                return match (options.picture.is_some(), taken) {
                    (false, _) | (true, Some(Ok(()))) => Ok(()),
                    (true, Some(Err(why))) => Err(WindowError::Picture(why)),
                    (true, None) => Err(WindowError::Picture(word("window.no_picture").to_owned())),
                };
            }
            Err(eframe::Error::WinitEventLoop(why)) => {
                if let Some(what) = missing_library(&format!("{why:?}")) {
                    return Err(library_error(&what));
                }
                return Err(WindowError::NoDisplay(format!("{}: {why}", word("window.no_display"))));
            }
            Err(why) => why_not.push(why.to_string()),
        }
    }
    // The words of the graphics libraries are of no use to their user; the packages are.
    let names = ["glutin", "GLX", "EGL", "OpenGL"];
    if why_not.iter().any(|why| names.iter().any(|name| why.contains(name))) {
        return Err(WindowError::MissingLibrary(word("start.no_opengl").to_owned()));
    }
    let last = why_not.pop().unwrap_or_default();
    Err(WindowError::Start(Words::current().fill("window.no_window", &[("why", &last)])))
}

// On Linux OpenGL opens the window in less than half the time, above all where there is no GPU; elsewhere it is the one that may be missing.
#[cfg(all(feature = "wgpu", feature = "glow", target_os = "linux"))]
const RENDERERS: &[Renderer] = &[Renderer::Glow, Renderer::Wgpu];
#[cfg(all(feature = "wgpu", feature = "glow", not(target_os = "linux")))]
const RENDERERS: &[Renderer] = &[Renderer::Wgpu, Renderer::Glow];
#[cfg(all(feature = "wgpu", not(feature = "glow")))]
const RENDERERS: &[Renderer] = &[Renderer::Wgpu];
#[cfg(all(feature = "glow", not(feature = "wgpu")))]
const RENDERERS: &[Renderer] = &[Renderer::Glow];

type Creator = eframe::AppCreator<'static>;

fn creator(inputs: &[Input], options: &WindowOptions, outcome: &Outcome) -> Creator {
    let (inputs, options, outcome) = (inputs.to_vec(), options.clone(), Arc::clone(outcome));
    Box::new(move |cc| {
        App::prepare(&cc.egui_ctx);
        let view = options.view.as_deref().and_then(View::from_name);
        let mut app = App::new(options.theme.unwrap_or_default());
        // A picture shows the same for everybody.
        if let Some(folder) = options.settings.clone().filter(|_| options.picture.is_none()) {
            app = app.with_settings(folder);
        }
        let spoken = options.language.or_else(|| app.language_kept()).unwrap_or_else(system_language);
        let mut app = app.with_language(spoken).with_samples(options.samples).with_view(view).with_safe(options.safe);
        app.options = options.analyse;
        // Only a window that stands takes over: a start that fails must not swallow the paths of later ones.
        app.arrivals = if options.reachable { instance::listen().map(|arrivals| arrivals.start(&cc.egui_ctx)) } else { None };
        app.picture = options.picture.map(|path| Picture::new(path, outcome));
        app.note_opened(&inputs);
        if options.compare {
            app = app.with_comparison();
            inputs.into_iter().for_each(|input| app.open(&cc.egui_ctx, vec![input]));
        } else {
            app.open(&cc.egui_ctx, inputs);
        }
        Ok(Box::new(app))
    })
}

/// The first language of the user's list that the program speaks, else English.
pub(super) fn system_language() -> Language {
    sys_locale::get_locales().find_map(|locale| Language::from_code(&locale)).unwrap_or_default()
}

fn native(size: Option<(f32, f32)>, renderer: Renderer) -> NativeOptions {
    let (width, height) = size.unwrap_or((1440.0, 900.0));
    let viewport = ViewportBuilder::default()
        .with_title(word("app.name"))
        .with_app_id("bundlescope")
        .with_inner_size(Vec2::new(width, height))
        .with_min_inner_size(Vec2::new(640.0, 400.0))
        .with_icon(icon());
    NativeOptions { viewport, renderer, ..NativeOptions::default() }
}

/// The mark as 32 × 32 pixels: three lanes and the cursor, in the colours of the dark scheme.
fn icon() -> IconData {
    use crate::ui::{Palette, Scheme};
    const SIDE: u32 = 32;
    let palette = Palette::of(Scheme::Dark);
    let bars = [(6, 18, 7, palette.series(1)), (11, 26, 14, palette.series(3)), (8, 19, 21, palette.series(2))];
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let bar = bars.iter().find(|(from, to, top, _)| (*from..*to).contains(&x) && (*top..*top + 4).contains(&y));
            let color = match bar {
                _ if (19..21).contains(&x) && (4..28).contains(&y) => palette.t1,
                Some((.., color)) => *color,
                None => palette.panel,
            };
            rgba.extend(color.to_array());
        }
    }
    IconData { rgba, width: SIDE, height: SIDE }
}

/// Runs `start`; a panic about a missing system library becomes an error with the packages to install, any other stays a panic.
fn guarded<T>(start: impl FnOnce() -> T) -> Result<T, WindowError> {
    let missing: Arc<Mutex<Option<String>>> = Arc::default();
    let previous: Arc<dyn Fn(&panic::PanicHookInfo<'_>) + Send + Sync> = Arc::from(panic::take_hook());
    let (seen, quiet) = (Arc::clone(&missing), Arc::clone(&previous));
    panic::set_hook(Box::new(move |info| match missing_library(info.payload()) {
        Some(what) => *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(what),
        None => quiet(info),
    }));
    let result = panic::catch_unwind(AssertUnwindSafe(start));
    panic::set_hook(Box::new(move |info| previous(info)));
    let missing = missing.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (result, missing) {
        (Ok(value), _) => Ok(value),
        (Err(_), Some(what)) => Err(library_error(&what)),
        (Err(panic), None) => panic::resume_unwind(panic),
    }
}

fn library_error(what: &str) -> WindowError {
    WindowError::MissingLibrary(Words::current().fill("window.missing_library", &[("what", what)]))
}

/// winit and its friends load X11, Wayland and keyboard libraries at run time and panic without them.
fn missing_library(payload: &dyn Any) -> Option<String> {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied())?;
    let about = ["xkbcommon", "libX", "libwayland", "libGL", "libEGL", ".so"].iter().any(|name| text.contains(name));
    let fault =
        ["could not be loaded", "not be opened", "OpenError", "cannot open shared object"].iter().any(|f| text.contains(f));
    // The name of the library is what there is to install; without one the whole line must do.
    let name = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+')))
        .map(|part| part.trim_end_matches('.'))
        .find(|part| part.starts_with("lib") && part.contains(".so"));
    (about && fault).then(|| name.or_else(|| text.lines().next()).unwrap_or("").chars().take(160).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_one_line_and_other_panics_stay_panics() {
        let missing = || -> () { panic!("Library libxkbcommon-x11.so could not be loaded.") };
        let error = guarded(missing).unwrap_err();
        assert!(error.to_string().contains("libxkbcommon-x11"), "{error}");
        assert!(error.to_string().contains("(libxkbcommon-x11.so)") && !error.to_string().contains('\n'), "{error}");
        let other = panic::catch_unwind(|| guarded(|| -> () { panic!("index out of bounds") }));
        assert!(other.is_err());
    }
}

//! `--window-picture`: the real window as PNG. In: a window whose documents are all shown. Out: a file, then the window closes.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::{ColorImage, Context, ViewportCommand};

use super::{App, Content};

/// Frames after the last change until the picture: fonts and scroll places have settled by then.
const SETTLED_FRAMES: u32 = 4;

/// What became of the picture; read when the window has closed.
pub type Outcome = Arc<Mutex<Option<Result<(), String>>>>;

/// A picture to be taken.
pub struct Picture {
    path: PathBuf,
    frames: u32,
    taken: Option<Receiver<Result<(), String>>>,
    outcome: Outcome,
}

impl Picture {
    /// Will save the window to `path`.
    pub fn new(path: PathBuf, outcome: Outcome) -> Self {
        Self { path, frames: 0, taken: None, outcome }
    }
}

/// Waits for the verdicts, asks for the picture, closes when it is written.
pub fn step(app: &mut App, ctx: &Context) {
    let busy = |content: &Content| match content {
        Content::Loading(_) => true,
        Content::Ready(shown) => shown.comparing.is_some(),
        Content::Failed(_) => false,
    };
    let loading = app.pending.is_some() || app.exports.under_way() || app.tabs.iter().any(|tab| busy(&tab.content));
    let failed = app.tabs.iter().find_map(|tab| match &tab.content {
        Content::Failed(why) => Some(why.clone()),
        Content::Loading(_) | Content::Ready(_) => None,
    });
    let Some(picture) = app.picture.as_mut() else { return };
    ctx.request_repaint();
    if let Some(taken) = &picture.taken {
        if let Ok(result) = taken.try_recv() {
            *picture.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed.map_or(result, Err));
            app.picture = None;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        return;
    }
    if loading {
        picture.frames = 0;
        return;
    }
    picture.frames += 1;
    if picture.frames < SETTLED_FRAMES {
        return;
    }
    let (sender, receiver) = channel();
    let path = picture.path.clone();
    let waker = ctx.clone();
    ctx.request_screenshot(move |image| {
        // Encoding takes up to a second in a debug build: not on this thread.
        let work = move || {
            let _ = sender.send(save(&image, &path));
            waker.request_repaint();
        };
        let _ = std::thread::Builder::new().name("picture".to_owned()).spawn(work);
    });
    picture.taken = Some(receiver);
}

fn save(image: &ColorImage, path: &std::path::Path) -> Result<(), String> {
    let [width, height] = image.size;
    let bytes: Vec<u8> = image.pixels.iter().flat_map(|pixel| pixel.to_array()).collect();
    let size = u32::try_from(width).ok().zip(u32::try_from(height).ok());
    let picture = size.and_then(|(w, h)| image::RgbaImage::from_raw(w, h, bytes)).ok_or("The picture has no size")?;
    picture
        .save_with_format(path, image::ImageFormat::Png)
        .map_err(|e| format!("The picture was not written, {e}: {}", path.display()))
}

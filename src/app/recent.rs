//! Files opened lately. In: their places. Out: name, folder, size and day for the first screen, asked of the disk on a thread: a
//! network drive may take its time. Must not open any of them.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};

use eframe::egui::Context;

use crate::base::LogTime;
use crate::timeline::figures::bytes;
use crate::ui::panels::welcome::Recent;

/// What is known of them.
#[derive(Default)]
pub struct Known {
    places: Vec<PathBuf>,
    files: Vec<Recent>,
    asking: Option<Receiver<Vec<Recent>>>,
}

impl Known {
    /// The files of these places; asks the disk when the list is another one than before.
    pub fn of(&mut self, places: &[PathBuf], ctx: &Context) -> &[Recent] {
        if self.places != places {
            self.places = places.to_vec();
            self.files = places.iter().map(|place| named(place)).collect();
            let (sender, receiver) = sync_channel(1);
            let (asked, ctx) = (places.to_vec(), ctx.clone());
            let work = move || {
                let _ = sender.send(asked.iter().map(|place| seen(place)).collect());
                ctx.request_repaint();
            };
            self.asking = std::thread::Builder::new().name("recent".to_owned()).spawn(work).ok().map(|_| receiver);
        }
        if let Some(files) = self.asking.as_ref().and_then(|asking| asking.try_recv().ok()) {
            self.files = files;
            self.asking = None;
        }
        &self.files
    }
}

fn named(place: &Path) -> Recent {
    let text = |part: Option<&std::ffi::OsStr>| part.map_or_else(String::new, |p| p.to_string_lossy().into_owned());
    // The last two folders tell the case; the whole path is long and the same for all.
    let folders: Vec<String> = place.parent().map(|f| f.iter().map(|p| text(Some(p))).collect()).unwrap_or_default();
    let folder = folders.get(folders.len().saturating_sub(2)..).unwrap_or_default().join(" / ");
    Recent { name: text(place.file_name().or(Some(place.as_os_str()))), folder, figures: String::new(), found: true }
}

fn seen(place: &Path) -> Recent {
    let named = named(place);
    let Ok(meta) = std::fs::metadata(place) else { return Recent { found: false, ..named } };
    let day = meta.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let day = day.and_then(|since| i64::try_from(since.as_micros()).ok()).map_or_else(String::new, |us| LogTime(us).date(0));
    let size = if meta.is_dir() { String::new() } else { bytes(meta.len()) };
    Recent { figures: [day, size].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  "), ..named }
}

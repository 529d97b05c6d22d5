//! The system's file dialog on a thread of its own: it blocks. In: what to choose. Out: paths through a channel; none when cancelled.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use eframe::egui::Context;

use super::output;
use crate::base::words::{Words, word};

/// Lets the user choose files, or a folder.
pub fn choose(folder: bool, ctx: &Context) -> Option<Receiver<Vec<PathBuf>>> {
    let (sender, receiver) = channel();
    let ctx = ctx.clone();
    let ask = move || {
        let dialog = rfd::FileDialog::new().set_title(word("window.open"));
        let paths = if folder { dialog.pick_folder().map(|path| vec![path]) } else { dialog.pick_files() };
        let _ = sender.send(paths.unwrap_or_default());
        ctx.request_repaint();
    };
    std::thread::Builder::new().name("dialog".to_owned()).spawn(ask).ok()?;
    Some(receiver)
}

/// Lets the user name a file, then makes the text and writes it. What comes through the channel is to be told; nothing when cancelled.
pub fn save(
    name: &str,
    text: impl FnOnce() -> Result<String, String> + Send + 'static,
    ctx: &Context,
) -> Option<Receiver<Option<String>>> {
    let written = move |path: &Path| {
        // Spreadsheets take text without a mark for the system's old encoding.
        match text().and_then(|text| output::to_file(path, format!("\u{feff}{text}").as_bytes())) {
            Ok(()) => Words::current().fill("list.saved", &[("file", &path.display().to_string())]),
            Err(why) => why,
        }
    };
    save_with(name, written, ctx)
}

/// Lets the user name a file and hands its path to `write`, which tells what became of it.
pub fn save_with(
    name: &str,
    write: impl FnOnce(&Path) -> String + Send + 'static,
    ctx: &Context,
) -> Option<Receiver<Option<String>>> {
    let (sender, receiver) = channel();
    let (ctx, name, title) = (ctx.clone(), name.to_owned(), word("list.save"));
    let ask = move || {
        let path = rfd::FileDialog::new().set_title(title).set_file_name(name).save_file();
        let _ = sender.send(path.map(|path| write(&path)));
        ctx.request_repaint();
    };
    std::thread::Builder::new().name("save".to_owned()).spawn(ask).ok()?;
    Some(receiver)
}

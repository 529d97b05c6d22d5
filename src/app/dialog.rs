//! The system's file dialog on a thread of its own: it blocks. In: what to choose. Out: paths through a channel; none when cancelled.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

use eframe::egui::Context;

use crate::base::words::word;

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

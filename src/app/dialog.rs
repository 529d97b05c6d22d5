//! The system's file dialog on a thread of its own: it blocks. In: what to choose. Out: paths through a channel; none when cancelled.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

use eframe::egui::Context;

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
pub fn save(name: &str, text: impl FnOnce() -> String + Send + 'static, ctx: &Context) -> Option<Receiver<Option<String>>> {
    let (sender, receiver) = channel();
    let (ctx, name, title) = (ctx.clone(), name.to_owned(), word("list.save"));
    let ask = move || {
        let path = rfd::FileDialog::new().set_title(title).set_file_name(name).save_file();
        let said = path.map(|path| {
            // Spreadsheets take text without a mark for the system's old encoding.
            let written = std::fs::write(&path, format!("\u{feff}{}", text()));
            match written {
                Ok(()) => Words::current().fill("list.saved", &[("file", &path.display().to_string())]),
                Err(why) => {
                    Words::current().fill("list.not_saved", &[("why", &why.to_string()), ("file", &path.display().to_string())])
                }
            }
        });
        let _ = sender.send(said);
        ctx.request_repaint();
    };
    std::thread::Builder::new().name("save".to_owned()).spawn(ask).ok()?;
    Some(receiver)
}

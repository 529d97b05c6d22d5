//! Files dropped on the window. In: egui's dropped files. Out: inputs; bytes where there is no path.

use eframe::egui::Context;

use super::App;
use crate::bundle::Input;
use crate::ui::Command;

/// Turns what was dropped into a wish to open it.
pub fn take(app: &mut App, ctx: &Context) {
    let files = ctx.input(|input| input.raw.dropped_files.clone());
    let inputs: Vec<Input> = files
        .iter()
        .filter_map(|file| {
            let path = file.path();
            if path.exists() {
                return Some(Input::Path(path.to_path_buf()));
            }
            let name = path.file_name().map_or_else(|| "dropped".to_owned(), |n| n.to_string_lossy().into_owned());
            file.bytes().ok().map(|bytes| Input::Memory { name, bytes: bytes.into() })
        })
        .collect();
    if !inputs.is_empty() {
        app.commands.push(Command::Open(inputs));
    }
}

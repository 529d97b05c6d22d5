//! What a fault of the program itself looks like to its user. In: a panic. Out: one human line, and a note for whoever mends it.
//!
//! A panic's own words may hold text of a customer's log, so neither line nor note has them: where in our source it happened is
//! enough to find it. `RUST_BACKTRACE` brings the usual words back for those who develop.

use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{self, Location};
use std::path::PathBuf;

use super::output;
use crate::base::words::{Words, word};

/// Name of the note.
const NOTE: &str = "fault.txt";

/// Told from here on: every panic of any thread.
pub fn watch() {
    let usual = panic::take_hook();
    let wordy = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    panic::set_hook(Box::new(move |info| {
        if wordy {
            usual(info);
        }
        let said = match write_note(&note(std::thread::current().name().unwrap_or("-"), info.location())) {
            Some(path) => Words::current().fill("fault.note", &[("path", &path.display().to_string())]),
            None => word("fault.no_note").to_owned(),
        };
        let _ = writeln!(std::io::stderr(), "{}: {said}", env!("CARGO_PKG_NAME"));
    }));
}

/// Version, system, thread, place in our source.
fn note(thread: &str, place: Option<&Location<'_>>) -> String {
    let mut text = format!("{} {}\n", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let _ = writeln!(text, "system: {} {}", std::env::consts::OS, std::env::consts::ARCH);
    let _ = writeln!(text, "thread: {thread}");
    if let Some(place) = place {
        let _ = writeln!(text, "place: {}:{}:{}", without_home(&place.file().replace('\\', "/")), place.line(), place.column());
    }
    text
}

/// Of a library's path only what begins with its own name: the rest tells where the program was built.
fn without_home(file: &str) -> &str {
    file.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/')).map_or(file, |(_, file)| file)
}

fn write_note(text: &str) -> Option<PathBuf> {
    let folder = folder()?;
    std::fs::create_dir_all(&folder).ok()?;
    let path = folder.join(NOTE);
    output::to_file(&path, text.as_bytes()).ok()?;
    Some(path)
}

/// The platform's place for what a program notes about itself.
fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Logs"))
    } else {
        set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")))
    };
    base.map(|base| base.join("bundlescope"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_the_place() {
        let note = note("open", Some(Location::caller()));
        assert!(note.contains("thread: open\nplace: src/cli/fault.rs:"), "{note}");
        let library = "/home/x/.cargo/registry/src/index-1234/egui-0.37.0/src/ui.rs";
        assert_eq!(without_home(library), "egui-0.37.0/src/ui.rs");
    }
}

//! `associate`: offers a program that no package installed for client logs, for this user alone. In: add or remove. Out: what was
//! done, a line each. It never becomes the one that opens zips by default: that stays the user's choice.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{OK, UNREADABLE, output, say};
use crate::base::words::word;

#[cfg_attr(windows, path = "associate/windows.rs")]
#[cfg_attr(target_os = "macos", path = "associate/macos.rs")]
#[cfg_attr(not(any(windows, target_os = "macos")), path = "associate/freedesktop.rs")]
mod system;

#[derive(Debug, Args)]
pub struct AssociateArguments {
    /// Undo it
    #[arg(long)]
    remove: bool,
}

/// Associates or undoes it and tells the exit code.
pub fn run(arguments: &AssociateArguments) -> u8 {
    let done = program().and_then(|program| if arguments.remove { system::remove() } else { system::add(&program) });
    let (lines, code) = match done {
        Ok(lines) => (lines, OK),
        Err(why) => {
            say(&why);
            return UNREADABLE;
        }
    };
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    match output::to_stdout(text.as_bytes()) {
        Ok(()) => code,
        Err(why) => {
            say(&why);
            UNREADABLE
        }
    }
}

/// Where this program lies; the place must stay.
fn program() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|why| format!("{}: {why}", word("association.no_program_path")))
}

/// Writes a file and the folders above it, and says so.
#[cfg_attr(any(windows, target_os = "macos"), expect(dead_code, reason = "only for desktops that read files"))]
fn put(path: &Path, bytes: &[u8], lines: &mut Vec<String>) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|why| format!("{} ({}): {}", word("cli.cannot_write"), why.kind(), folder.display()))?;
    output::to_file(path, bytes)?;
    lines.push(format!("{} {}", word("association.wrote"), path.display()));
    Ok(())
}

/// Removes a file, and says so; one that is not there is no fault.
#[cfg_attr(any(windows, target_os = "macos"), expect(dead_code, reason = "only for desktops that read files"))]
fn take_away(path: &Path, lines: &mut Vec<String>) -> Result<(), String> {
    match fs::remove_file(path) {
        Ok(()) => lines.push(format!("{} {}", word("association.removed"), path.display())),
        Err(why) if why.kind() == ErrorKind::NotFound => {}
        Err(why) => return Err(format!("{} ({}): {}", word("association.cannot_remove"), why.kind(), path.display())),
    }
    Ok(())
}

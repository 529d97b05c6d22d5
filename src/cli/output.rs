//! Where a report goes. In: its bytes. Out: standard output, or a file that is either whole or not there.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::base::words::word;
use crate::bundle::Input;

/// Refuses an output that would destroy an input, before anything is read.
///
/// # Errors
/// One sentence, the path last.
pub fn check<'a>(output: &Path, inputs: impl Iterator<Item = &'a Input>) -> Result<(), String> {
    let shown = output.display();
    if output.is_dir() {
        return Err(format!("{}: {shown}", word("cli.output_is_folder")));
    }
    let Ok(target) = output.canonicalize() else {
        return Ok(()); // not there yet
    };
    for input in inputs {
        let Input::Path(path) = input else {
            continue;
        };
        // A file inside an input folder is an input too.
        if path.canonicalize().is_ok_and(|p| target == p || (p.is_dir() && target.starts_with(&p))) || same_file(path, &target) {
            return Err(format!("{}: {shown}", word("cli.output_is_input")));
        }
    }
    Ok(())
}

/// Two names of one file (a hard link)?
#[cfg(unix)]
fn same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let key = |path: &Path| fs::metadata(path).ok().map(|m| (m.dev(), m.ino()));
    key(a).is_some() && key(a) == key(b)
}

#[cfg(not(unix))]
fn same_file(_a: &Path, _b: &Path) -> bool {
    false
}

/// Writes to standard output. A reader that has gone away is no fault.
///
/// # Errors
/// One sentence.
pub fn to_stdout(bytes: &[u8]) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!("{}: {error}", word("cli.cannot_print"))),
        _ => Ok(()),
    }
}

/// Writes beside the file and renames, so that a failed run leaves the old file or none. A device or pipe is written to directly.
///
/// # Errors
/// One sentence, the path last.
pub fn to_file(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let failed = |why: std::io::Error| format!("{} ({}): {}", word("cli.cannot_write"), reason(&why), path.display());
    // Through a link, so that the link stays one.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(&target).is_ok_and(|m| !m.is_file()) {
        return match fs::OpenOptions::new().write(true).open(&target).and_then(|mut file| file.write_all(bytes)) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(failed(error)),
            _ => Ok(()),
        };
    }
    let beside = beside(&target);
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&beside, &target));
    written.map_err(|error| {
        if error.kind() != ErrorKind::AlreadyExists {
            let _ = fs::remove_file(&beside);
        }
        failed(error)
    })
}

fn beside(target: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    target.with_file_name(name)
}

fn reason(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => word("cli.why_no_folder"),
        ErrorKind::PermissionDenied => word("cli.why_permission"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => word("cli.why_full"),
        ErrorKind::ReadOnlyFilesystem => word("cli.why_read_only"),
        _ => word("cli.why_other"),
    }
}

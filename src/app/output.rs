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
    in_pieces(path, |why| why, |put| put(bytes))
}

/// The same for what comes piece by piece: `work` is given the way to write; when it fails, the file is not there.
///
/// # Errors
/// What `work` says, or one sentence about the file, the path last.
pub fn in_pieces<E>(
    path: &Path,
    failure: impl Fn(String) -> E,
    work: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<(), String>) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |why: std::io::Error| format!("{} ({}): {}", word("cli.cannot_write"), reason(&why), path.display());
    // Through a link, so that the link stays one.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(&target).is_ok_and(|m| !m.is_file()) {
        let mut file = fs::OpenOptions::new().write(true).open(&target).map_err(|why| failure(failed(why)))?;
        return work(&mut |bytes| match file.write_all(bytes) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(failed(error)),
            _ => Ok(()),
        });
    }
    let beside = beside(&target);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside).map_err(|why| failure(failed(why)))?;
    let written = work(&mut |bytes| file.write_all(bytes).map_err(failed))
        .and_then(|()| fs::rename(&beside, &target).map_err(|why| failure(failed(why))));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
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

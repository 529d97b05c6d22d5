//! The files of a folder. In: its path. Out: every file below it in sorted order. Must not know what they hold.

use std::io;
use std::path::{Path, PathBuf};

use super::Trouble;
use super::limits::MAX_MEMBERS;
use super::names::is_system_file;
use crate::base::{NoteKind, Progress};

/// Folders inside folders; deeper ones are left out with a note.
const MAX_FOLDERS_DEEP: usize = 64;

/// A file below the folder.
#[derive(Clone, Debug)]
pub(crate) struct FileBelow {
    /// Path below the folder, with `/`.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Seconds since 1970 UTC.
    pub(crate) modified_s: Option<i64>,
}

/// Every file below `folder`, sorted by name within each folder. Links to folders are not followed: a loop would never end.
///
/// # Errors
/// When the folder itself can't be listed. Folders inside that can't be listed are noted.
pub(crate) fn files_below(folder: &Path, progress: &Progress) -> io::Result<(Vec<FileBelow>, Vec<Trouble>)> {
    let mut walk = Walk { files: Vec::new(), notes: Vec::new(), progress };
    walk.enter(folder, "", 0)?;
    Ok((walk.files, walk.notes))
}

struct Walk<'p> {
    files: Vec<FileBelow>,
    notes: Vec<Trouble>,
    progress: &'p Progress,
}

impl Walk<'_> {
    fn enter(&mut self, folder: &Path, prefix: &str, depth: usize) -> io::Result<()> {
        let mut entries: Vec<_> = std::fs::read_dir(folder)?.flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            if self.progress.is_cancelled() || self.files.len() > MAX_MEMBERS {
                return Ok(());
            }
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if is_system_file(&name) {
                continue;
            }
            let path = entry.path();
            let Ok(own) = std::fs::symlink_metadata(&path) else {
                self.notes.push((NoteKind::Unreadable, format!("A file could not be looked at: {name}")));
                continue;
            };
            // What a link points to; a link that points nowhere is told of.
            let Ok(about) = std::fs::metadata(&path) else {
                self.notes.push((NoteKind::Unreadable, format!("A link that points nowhere was left out: {name}")));
                continue;
            };
            if about.is_file() {
                let modified = about.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
                let modified_s = modified.and_then(|d| i64::try_from(d.as_secs()).ok());
                self.files.push(FileBelow { name, path, modified_s });
            } else if !about.is_dir() {
                self.notes.push((NoteKind::Unreadable, format!("A pipe or device was left out: {name}")));
            } else if own.is_symlink() {
                self.notes.push((NoteKind::Other, format!("A linked folder was not followed: {name}")));
            } else if depth >= MAX_FOLDERS_DEEP {
                self.notes
                    .push((NoteKind::Limit, format!("Folders are read {MAX_FOLDERS_DEEP} deep; this one was left out: {name}")));
            } else if self.enter(&path, &format!("{name}/"), depth + 1).is_err() {
                self.notes.push((NoteKind::Unreadable, format!("A folder could not be listed: {name}")));
            }
        }
        Ok(())
    }
}

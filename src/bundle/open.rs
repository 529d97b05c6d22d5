//! Opening inputs. In: [`Input`]s. Out: [`Bundle`]s, or one sentence why not. Must not know what happens to the members afterwards.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::folder::files_below;
use super::gather::{Candidate, Gather, Gathered};
use super::group::{Grouping, Opened, group};
use super::limits::MAX_HELD_BYTES;
use super::names::{file_name, promises_archive};
use super::reader::plain;
use super::span::{Backing, Span};
use super::{Bundle, Input, Role};
use crate::base::{NoteKind, Progress};

/// What is hashed between two looks at the cancel flag.
const HASH_BYTES: usize = 256 << 10;
/// The name shown for what came from standard input.
const STDIN_NAME: &str = "standard input";

/// Why an input could not be opened at all. What is inside and can't be read becomes a note instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The path does not exist or can't be read.
    #[error("Can't open this, {why}: {path}")]
    Unreadable {
        /// Half a sentence.
        why: String,
        /// The path, private, last.
        path: String,
    },
    /// There is nothing in it.
    #[error("The file is empty: {path}")]
    Empty {
        /// The path, private, last.
        path: String,
    },
    /// Neither an archive nor text.
    #[error("This is neither a log, nor a zip, gz or tar with logs: {path}")]
    NotALog {
        /// The path, private, last.
        path: String,
    },
    /// The name of an archive on something else.
    #[error(
        "The name is that of an archive, but the file is none, perhaps a page that was saved instead of the download: {path}"
    )]
    NotAnArchive {
        /// The path, private, last.
        path: String,
    },
    /// An archive of a kind that is not read.
    #[error("{why}: {path}")]
    Unsupported {
        /// One sentence.
        why: String,
        /// The path, private, last.
        path: String,
    },
    /// An archive or folder without any log.
    #[error("There is no log in it: {path}")]
    NoLog {
        /// The path, private, last.
        path: String,
    },
    /// An archive of which nothing is left to read.
    #[error("The archive is too damaged: no file in it could be found: {path}")]
    Damaged {
        /// The path, private, last.
        path: String,
    },
    /// `--with BUNDLE=FILE` names a bundle that was not given.
    #[error("No input has the name given before '=' in --with: {path}")]
    NoSuchBundle {
        /// The name, private, last.
        path: String,
    },
    /// The user cancelled.
    #[error("Opening was cancelled")]
    Cancelled,
}

/// Opens inputs and groups them: companions join exactly one client bundle, two or more client bundles stay apart.
///
/// # Errors
/// When no input can be opened, or on cancel. What of several can't be stands in [`Bundle::unopened`] of the first, and as a note.
pub fn open(inputs: &[Input], progress: &Progress) -> Result<Vec<Bundle>, OpenError> {
    open_grouped(inputs, &Grouping::default(), progress)
}

/// As [`open`], grouped as the user says.
///
/// # Errors
/// When no input can be opened, `grouping` names a bundle that was not given, or on cancel.
pub fn open_grouped(inputs: &[Input], grouping: &Grouping, progress: &Progress) -> Result<Vec<Bundle>, OpenError> {
    let (mut kept, mut opened, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for input in inputs {
        match open_one(input, progress) {
            Ok(one) => {
                opened.push(one);
                kept.push(input.clone());
            }
            Err(OpenError::Cancelled) => return Err(OpenError::Cancelled),
            Err(why) => failed.push(why),
        }
    }
    // One of many that is gone keeps nobody from the rest.
    match failed.first() {
        Some(why) if opened.is_empty() => return Err(why.clone()),
        _ => {}
    }
    let mut bundles = group(&kept, opened, grouping, |input| open_one(input, progress))?;
    if let Some(first) = bundles.first_mut() {
        for name in kept.iter().filter_map(unfinished) {
            let text = format!("The name is that of a download that has not ended: {name}");
            first.notes.push(NoteKind::Truncated, None, 0, text);
        }
        for why in failed {
            first.notes.push(NoteKind::Unreadable, None, 0, why.to_string());
            first.unopened.push(why.to_string());
        }
    }
    Ok(bundles)
}

/// The name of a file that the browser has not finished.
fn unfinished(input: &Input) -> Option<String> {
    let Input::Path(path) = input else { return None };
    is_unfinished(path).then(|| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// Do browsers call a file so while they are still downloading it?
pub fn is_unfinished(path: &Path) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    ["part", "crdownload", "download", "partial"].contains(&ending.as_str())
}

fn open_one(input: &Input, progress: &Progress) -> Result<Opened, OpenError> {
    let opened = match input {
        Input::Path(path) => open_path(path, progress),
        Input::Stdin => open_stdin(progress),
        Input::Memory { name, bytes } => {
            let span = Span::of_memory(Backing::Given(Arc::clone(bytes)));
            open_file(file_name(name), name, span, None, progress, false)
        }
    };
    if progress.is_cancelled() { Err(OpenError::Cancelled) } else { opened }
}

fn open_path(path: &Path, progress: &Progress) -> Result<Opened, OpenError> {
    let told = path.to_string_lossy().into_owned();
    let unreadable = |e: &std::io::Error| OpenError::Unreadable { why: plain(e), path: told.clone() };
    let about = std::fs::metadata(path).map_err(|e| unreadable(&e))?;
    let name = path.file_name().map_or_else(|| told.clone(), |n| n.to_string_lossy().into_owned());
    if about.is_dir() {
        return open_folder(path, &told, &name, progress);
    }
    if !about.is_file() {
        // A pipe, as a shell makes it for `<(…)`.
        let mut pipe = std::fs::File::open(path).map_err(|e| unreadable(&e))?;
        return open_stream(&mut pipe, &name, &told, progress);
    }
    let span = Span::of_file(path).map_err(|e| unreadable(&e))?;
    let modified = about.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
    let modified_s = modified.and_then(|d| i64::try_from(d.as_secs()).ok());
    open_file(&name, &told, span, modified_s, progress, false)
}

fn open_stdin(progress: &Progress) -> Result<Opened, OpenError> {
    open_stream(&mut std::io::stdin().lock(), STDIN_NAME, "-", progress)
}

/// Reads a stream whole, as far as there is room.
fn open_stream(stream: &mut dyn Read, name: &str, told: &str, progress: &Progress) -> Result<Opened, OpenError> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; HASH_BYTES];
    let mut cut = false;
    while !progress.is_cancelled() {
        match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(got) if (bytes.len() + got) as u64 > MAX_HELD_BYTES => {
                cut = true;
                break;
            }
            Ok(got) => bytes.extend_from_slice(chunk.get(..got).unwrap_or_default()),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(OpenError::Unreadable { why: plain(&e), path: told.to_owned() }),
        }
    }
    open_file(name, told, Span::of_memory(Backing::Unpacked(Arc::new(bytes))), None, progress, cut)
}

fn open_folder(path: &Path, told: &str, name: &str, progress: &Progress) -> Result<Opened, OpenError> {
    let listed = files_below(path, progress).map_err(|e| OpenError::Unreadable { why: plain(&e), path: told.to_owned() })?;
    let mut gather = Gather::new(progress);
    for (kind, text) in listed.1 {
        gather.note_whole(kind, text);
    }
    let mut bytes = 0;
    for file in listed.0 {
        match Span::of_file(&file.path) {
            Ok(span) => {
                bytes += span.len();
                gather.add(Candidate::plain(file.name, false, span, file.modified_s));
            }
            Err(e) => {
                let nothing = Span::of_memory(Backing::Unpacked(Arc::default()));
                let trouble = Some((NoteKind::Unreadable, format!("The file could not be opened, {}", plain(&e))));
                gather.add(Candidate { trouble, ..Candidate::plain(file.name, false, nothing, file.modified_s) });
            }
        }
    }
    let gathered = gather.finish();
    worth_reading(&gathered, told)?;
    Ok(Opened { name: name.to_owned(), bytes, sha256: String::new(), gathered })
}

fn open_file(
    name: &str,
    told: &str,
    span: Span,
    modified_s: Option<i64>,
    progress: &Progress,
    cut: bool,
) -> Result<Opened, OpenError> {
    let path = || told.to_owned();
    if span.len() == 0 && !progress.is_cancelled() {
        return Err(OpenError::Empty { path: path() });
    }
    let bytes = span.len();
    // The digest reads every byte, so it goes beside the walk and not before it.
    let (gathered, sha256) = std::thread::scope(|scope| {
        let hashing = scope.spawn(|| digest(&span, progress));
        let mut gather = Gather::new(progress);
        if cut {
            gather.note_whole(NoteKind::Limit, format!("Only the first {bytes} bytes of the stream fit into memory"));
        }
        gather.add(Candidate::plain(name.to_owned(), true, span.clone(), modified_s));
        (gather.finish(), hashing.join().unwrap_or_default())
    });
    if !progress.is_cancelled() {
        worth_reading(&gathered, told)?;
    }
    Ok(Opened { name: name.to_owned(), bytes, sha256, gathered })
}

/// SHA-256 in lower-case hex; empty when the bytes can't be read or the user cancelled.
fn digest(span: &Span, progress: &Progress) -> String {
    let Ok(mut reader) = span.open() else {
        return String::new();
    };
    let mut hash = Sha256::new();
    let mut chunk = vec![0; HASH_BYTES];
    loop {
        match reader.read(&mut chunk) {
            _ if progress.is_cancelled() => return String::new(),
            Ok(0) => break,
            Ok(got) => hash.update(chunk.get(..got).unwrap_or_default()),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return String::new(),
        }
    }
    hash.finalize().iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Is there anything to report on? A log that can't be read is: its note says why. Nothing but pictures is not.
fn worth_reading(gathered: &Gathered, told: &str) -> Result<(), OpenError> {
    let path = told.to_owned();
    let noted = |kinds: &[NoteKind]| gathered.notes.iter().find(|n| kinds.contains(&n.kind));
    let readable = gathered.members.iter().any(|m| m.is_text || m.role == Role::Environment);
    // A log under an archive's name is read; a web page or a sentence is what came instead of the download.
    let is_log = |role: Role| !matches!(role, Role::Other | Role::Diagnostics | Role::DeviceConfig);
    let only = gathered.members.first().filter(|m| m.is_text && gathered.archives == 0 && gathered.members.len() == 1);
    if only.is_some_and(|m| promises_archive(&m.path) && !is_log(m.role)) {
        return Err(OpenError::NotAnArchive { path });
    }
    if readable {
        return Ok(());
    }
    let lost = noted(&[NoteKind::Truncated, NoteKind::Damaged]);
    match (gathered.archives, gathered.members.len()) {
        (0, 1) => match gathered.notes.first() {
            Some(note) if note.kind == NoteKind::UnsupportedMethod => {
                Err(OpenError::Unsupported { why: note.text.clone(), path })
            }
            Some(note) if note.kind == NoteKind::Unreadable => Err(OpenError::Unreadable { why: note.text.clone(), path }),
            _ => Err(OpenError::NotALog { path }),
        },
        (_, 0) if lost.is_some() => Err(OpenError::Damaged { path }),
        _ if lost.is_some()
            || noted(&[NoteKind::Encrypted, NoteKind::UnsupportedMethod, NoteKind::Limit, NoteKind::Unreadable]).is_some() =>
        {
            Ok(())
        }
        _ => Err(OpenError::NoLog { path }),
    }
}

//! Data files that an engineer may add without a rebuild. In: the embedded folders of `assets/` and the user's folder.
//! Out: [`RuleFile`]s with their origin. Must not know what a dialect, milestone or signature means.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::note::{NoteKind, Notes};

static DIALECTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/dialects");
static MILESTONES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/milestones");
static SIGNATURES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/signatures");

/// A user's file larger than this is refused with a note.
const MAX_RULE_FILE_BYTES: u64 = 1 << 20;
/// At most this many files are read from the user's folder of one kind.
const MAX_RULE_FILES: usize = 2_000;

/// The kinds of data files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// How lines of a log begin.
    Dialect,
    /// Which line tells that a start-up stage was reached.
    Milestone,
    /// A known failure.
    Signature,
}

impl RuleKind {
    /// The folder's name, below `assets/` and below the user's folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Dialect => "dialects",
            Self::Milestone => "milestones",
            Self::Signature => "signatures",
        }
    }
}

/// One data file as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    /// Path below the kind's folder, `/` between parts.
    pub path: String,
    /// Comes with the program, or was read from the user's folder.
    pub embedded: bool,
    /// The content.
    pub text: String,
}

impl RuleFile {
    /// Reads the file as TOML into `T`.
    ///
    /// # Errors
    /// When it is no TOML or lacks what `T` needs; a short sentence with the line.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        toml::from_str(&self.text).map_err(|fault| {
            let before = fault.span().and_then(|span| self.text.get(..span.start)).unwrap_or_default();
            let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
            format!("line {line}: {}", fault.message().lines().next().unwrap_or_default())
        })
    }
}

/// All files of a kind: the embedded ones in path order, then the user's. A user's file of the same path replaces the embedded one.
pub fn load(kind: RuleKind, user_folder: Option<&Path>, notes: &mut Notes) -> Vec<RuleFile> {
    let dir = match kind {
        RuleKind::Dialect => &DIALECTS,
        RuleKind::Milestone => &MILESTONES,
        RuleKind::Signature => &SIGNATURES,
    };
    let mut files = Vec::new();
    collect_embedded(dir, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    if let Some(folder) = user_folder {
        for file in user_files(&folder.join(kind.folder()), notes) {
            files.retain(|f| f.path != file.path);
            files.push(file);
        }
    }
    files
}

/// The user's folder for data files: `$BUNDLESCOPE_RULES`, else the platform's configuration directory.
pub fn user_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    set("BUNDLESCOPE_RULES").or_else(|| {
        let base = if cfg!(windows) {
            set("APPDATA")
        } else if cfg!(target_os = "macos") {
            set("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))
        };
        base.map(|dir| dir.join("bundlescope"))
    })
}

/// What is wrong with a file that is no TOML of the wanted shape, with its line.
pub fn toml_fault(file: &RuleFile, error: &toml::de::Error) -> String {
    let line = error.span().and_then(|span| file.text.get(..span.start)).map_or(0, |before| before.matches('\n').count() + 1);
    format!("Line {line}: {}: {}", error.message(), file.path)
}

fn collect_embedded(dir: &Dir<'_>, out: &mut Vec<RuleFile>) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let (true, Some(text)) = (path.ends_with(".toml"), file.contents_utf8()) {
            out.push(RuleFile { path, embedded: true, text: text.to_owned() });
        }
    }
    for inner in dir.dirs() {
        collect_embedded(inner, out);
    }
}

fn user_files(folder: &Path, notes: &mut Notes) -> Vec<RuleFile> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&next) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            // Links are not followed: a loop would never end.
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|e| e == "toml") {
                if out.len() >= MAX_RULE_FILES {
                    notes.push(
                        NoteKind::Limit,
                        None,
                        0,
                        format!("Only the first {MAX_RULE_FILES} rule files of your folder were read"),
                    );
                    return sorted(out);
                }
                match read_rule(&path) {
                    Ok(text) => {
                        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                        out.push(RuleFile { path: name, embedded: false, text });
                    }
                    Err(why) => notes.push(NoteKind::BadRule, None, 0, format!("Rule file not read, {why}: {}", path.display())),
                }
            }
        }
    }
    sorted(out)
}

fn sorted(mut files: Vec<RuleFile>) -> Vec<RuleFile> {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn read_rule(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
    if size > MAX_RULE_FILE_BYTES {
        return Err(format!("it is larger than {MAX_RULE_FILE_BYTES} bytes"));
    }
    std::fs::read_to_string(path).map_err(|e| e.to_string())
}

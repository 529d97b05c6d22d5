//! Data files that an engineer may add without a rebuild. In: the embedded folders of `assets/` and the user's folder.
//! Out: [`RuleFile`]s with their origin. Must not know what a dialect, milestone or signature means.

use std::io::Read;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::note::{NoteKind, Notes};

static DIALECTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/dialects");
static MILESTONES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/milestones");
static SIGNATURES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/signatures");

/// A user's file larger than this is refused.
const MAX_RULE_FILE_BYTES: u64 = 1 << 20;
/// All files of one kind together.
const MAX_RULE_BYTES: u64 = 16 << 20;
/// At most this many files are read from the user's folder of one kind.
const MAX_RULE_FILES: usize = 2_000;
/// At most this many names are looked at there, and so many folders deep.
const MAX_ENTRIES: usize = 20_000;
const MAX_DEPTH: usize = 8;

/// What is wrong with a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, below the user's folder.
    pub path: String,
    /// From 1; 0 when it is the file as a whole.
    pub line: u64,
    /// One short sentence.
    pub why: String,
}

impl Fault {
    /// About a file, with the line of a place in its text.
    pub fn new(kind: RuleKind, file: &RuleFile, place: Option<usize>, why: impl Into<String>) -> Self {
        let line = place.map_or(0, |at| line_of(file.text.as_bytes(), at));
        Self { path: format!("{}/{}", kind.folder(), file.path), line, why: why.into() }
    }

    /// As a note: the path, which may be private, stands last.
    pub fn sentence(&self) -> String {
        match self.line {
            0 => format!("{}: {}", self.why, self.path),
            line => format!("Line {line}: {}: {}", self.why, self.path),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.why),
            line => write!(f, "{}:{line}: {}", self.path, self.why),
        }
    }
}

/// Faults as notes of every report that is made with these rules.
pub fn tell(faults: &[Fault], notes: &mut Notes) {
    for fault in faults {
        notes.push(NoteKind::BadRule, None, fault.line, fault.sentence());
    }
}

/// The line, from 1, of a place in a text.
fn line_of(text: &[u8], at: usize) -> u64 {
    let before = text.get(..at.min(text.len())).unwrap_or_default();
    before.iter().filter(|b| **b == b'\n').count() as u64 + 1
}

/// The kinds of data files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// How lines of a log begin.
    Dialect,
    /// Which line tells that a start-up stage was reached.
    Milestone,
    /// A known failure.
    Signature,
    /// Emergency numbers, feature codes, names of numbers in media logs.
    Code,
}

impl RuleKind {
    /// The folder's name, below `assets/` and below the user's folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Dialect => "dialects",
            Self::Milestone => "milestones",
            Self::Signature => "signatures",
            Self::Code => "codes",
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
    /// When it is no TOML or lacks what `T` needs; with the line.
    pub fn parse<T: serde::de::DeserializeOwned>(&self, kind: RuleKind) -> Result<T, Fault> {
        toml::from_str(&self.text).map_err(|fault| {
            let place = fault.span().map(|span| span.start);
            Fault::new(kind, self, place, fault.message().lines().next().unwrap_or_default())
        })
    }
}

/// All files of a kind: the embedded ones in path order, then the user's. A user's file of the same path replaces the embedded one.
pub fn load(kind: RuleKind, user_folder: Option<&Path>, notes: &mut Notes) -> Vec<RuleFile> {
    let mut faults = Vec::new();
    let files = read(kind, user_folder, &mut faults);
    tell(&faults, notes);
    files
}

/// The same, with every fault.
pub fn read(kind: RuleKind, user_folder: Option<&Path>, faults: &mut Vec<Fault>) -> Vec<RuleFile> {
    let mut files = embedded(kind);
    if let Some(folder) = user_folder {
        for file in own(kind, folder, faults) {
            files.retain(|f| f.path != file.path);
            files.push(file);
        }
    }
    files
}

fn embedded(kind: RuleKind) -> Vec<RuleFile> {
    let dir = match kind {
        RuleKind::Dialect => &DIALECTS,
        RuleKind::Milestone => &MILESTONES,
        RuleKind::Signature => &SIGNATURES,
        // Tables are no list of files: each has its one reader, which knows the program's own.
        RuleKind::Code => return Vec::new(),
    };
    let mut files = Vec::new();
    collect_embedded(dir, &mut files);
    sorted(files)
}

/// The files of a kind in the user's folder, in path order. What can't be read is a fault; the rest works.
pub fn own(kind: RuleKind, folder: &Path, faults: &mut Vec<Fault>) -> Vec<RuleFile> {
    Gather { kind, root: folder.join(kind.folder()), files: Vec::new(), entries: 0, bytes: 0, full: false, faults }.all()
}

/// The user's folder for data files: `$BUNDLESCOPE_RULES`, else the platform's configuration directory.
pub fn user_folder() -> Option<PathBuf> {
    set("BUNDLESCOPE_RULES").or_else(config_folder)
}

/// The program's folder in the platform's configuration folder.
pub fn config_folder() -> Option<PathBuf> {
    let base = if cfg!(windows) {
        set("APPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))
    };
    base.map(|dir| dir.join("bundlescope"))
}

fn set(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from)
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

fn sorted(mut files: Vec<RuleFile>) -> Vec<RuleFile> {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Reads a folder of the user's. Whatever it holds, this ends soon and says what was left out.
struct Gather<'f> {
    kind: RuleKind,
    root: PathBuf,
    files: Vec<RuleFile>,
    entries: usize,
    bytes: u64,
    full: bool,
    faults: &'f mut Vec<Fault>,
}

impl Gather<'_> {
    fn all(mut self) -> Vec<RuleFile> {
        let root = self.root.clone();
        // A folder that is not there holds no rules; one that can't be read is a fault.
        if root.exists() || root.is_symlink() {
            self.folder(&root, 0);
        }
        sorted(self.files)
    }

    fn fault(&mut self, path: &Path, line: u64, why: impl Into<String>) {
        let below = path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let path = format!("{}/{below}", self.kind.folder());
        self.faults.push(Fault { path: path.trim_end_matches('/').to_owned(), line, why: why.into() });
    }

    /// A cap is said once and ends the search.
    fn stop(&mut self, path: &Path, why: String) {
        self.fault(path, 0, why);
        self.full = true;
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(why) => return self.fault(folder, 0, format!("Folder not read, {why}")),
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).take(MAX_ENTRIES + 1).collect();
        paths.sort();
        for path in paths {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                self.stop(folder, format!("Only the first {MAX_ENTRIES} names were looked at"));
            }
            if self.full {
                return;
            }
            self.entry(&path, depth);
        }
    }

    fn entry(&mut self, path: &Path, depth: usize) {
        let is_rule = path.extension().is_some_and(|e| e == "toml");
        let Ok(kind) = std::fs::symlink_metadata(path).map(|m| m.file_type()) else {
            return self.fault(path, 0, "Not read, the system refused");
        };
        if kind.is_symlink() {
            // A loop would never end, and a link may lead out of the folder.
            self.fault(path, 0, "Not read, links are not followed");
        } else if kind.is_dir() && is_rule {
            self.fault(path, 0, "Not read, it is a folder and no file");
        } else if kind.is_dir() && depth >= MAX_DEPTH {
            self.fault(path, 0, format!("Not read, it is more than {MAX_DEPTH} folders deep"));
        } else if kind.is_dir() {
            self.folder(path, depth + 1);
        } else if is_rule && kind.is_file() {
            self.file(path);
        } else if is_rule {
            self.fault(path, 0, "Not read, it is no plain file");
        }
    }

    fn file(&mut self, path: &Path) {
        if self.files.len() >= MAX_RULE_FILES {
            return self.stop(path, format!("Only the first {MAX_RULE_FILES} files were read; not this one and those after it"));
        }
        match file_text(path) {
            Ok(text) => {
                self.bytes += text.len() as u64;
                if self.bytes > MAX_RULE_BYTES {
                    let most = MAX_RULE_BYTES >> 20;
                    return self
                        .stop(path, format!("Only the first {most} MiB of rules were read; not this file and those after it"));
                }
                let below = path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
                self.files.push(RuleFile { path: below, embedded: false, text });
            }
            Err((line, why)) => self.fault(path, line, why),
        }
    }
}

/// Text of a rule file; on failure the line (0: as a whole) and a sentence.
///
/// # Errors
/// When it can't be read, is too large, or is not UTF-8.
pub fn file_text(path: &Path) -> Result<String, (u64, String)> {
    let refused = |why: std::io::Error| (0, format!("Not read, {why}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(refused)?;
    file.take(MAX_RULE_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() as u64 > MAX_RULE_FILE_BYTES {
        return Err((0, format!("Not read, it is larger than {MAX_RULE_FILE_BYTES} bytes")));
    }
    // Editors of Windows put a mark before the text.
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|why| {
        let line = line_of(why.as_bytes(), why.utf8_error().valid_up_to());
        (line, "Not read, this is no UTF-8; save it as UTF-8".to_owned())
    })
}

/// The commented template of a signature. Its name ends in `.txt`, so that it is no signature itself.
pub const TEMPLATE: &str = include_str!("../../assets/signatures/TEMPLATE.txt");
const GUIDE: &str = include_str!("../../assets/signatures/README.md");
const DIALECT_GUIDE: &str = include_str!("../../assets/dialects/README.md");
const CODE_GUIDE: &str = include_str!("../../assets/codes/README.md");

/// Makes the user's folder with its folders, the guides and the template. What is there already stays as it is.
///
/// # Errors
/// When the system refuses.
pub fn prepare(folder: &Path) -> std::io::Result<()> {
    for kind in [RuleKind::Dialect, RuleKind::Milestone, RuleKind::Signature, RuleKind::Code] {
        std::fs::create_dir_all(folder.join(kind.folder()))?;
    }
    for (name, text) in [
        ("signatures/TEMPLATE.txt", TEMPLATE),
        ("signatures/README.md", GUIDE),
        ("dialects/README.md", DIALECT_GUIDE),
        ("codes/README.md", CODE_GUIDE),
    ] {
        let path = folder.join(name);
        if !path.exists() {
            std::fs::write(path, text)?;
        }
    }
    Ok(())
}

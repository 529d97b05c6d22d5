//! Desktops of freedesktop.org: a desktop entry, a MIME type for `ced.dat`, icons, all in the user's data folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{put, take_away};
use crate::base::words::{Words, word};

const ENTRY: &str = include_str!("../../../assets/desktop/bundlescope.desktop");
const TYPES: &str = include_str!("../../../assets/desktop/bundlescope.xml");
const ICONS: [(&str, &[u8]); 5] = [
    ("16x16/apps/bundlescope.png", include_bytes!("../../../assets/icon/bundlescope-16.png")),
    ("32x32/apps/bundlescope.png", include_bytes!("../../../assets/icon/bundlescope-32.png")),
    ("48x48/apps/bundlescope.png", include_bytes!("../../../assets/icon/bundlescope-48.png")),
    ("128x128/apps/bundlescope.png", include_bytes!("../../../assets/icon/bundlescope-128.png")),
    ("scalable/apps/bundlescope.svg", include_bytes!("../../../assets/icon/bundlescope.svg")),
];

/// Writes everything.
///
/// # Errors
/// One sentence, the path last.
pub fn add(program: &Path) -> Result<Vec<String>, String> {
    let data = data_folder()?;
    let entry = entry_for(program)?;
    let mut lines = Vec::new();
    put(&data.join("applications/bundlescope.desktop"), entry.as_bytes(), &mut lines)?;
    put(&data.join("mime/packages/bundlescope.xml"), TYPES.as_bytes(), &mut lines)?;
    for (path, bytes) in ICONS {
        put(&data.join("icons/hicolor").join(path), bytes, &mut lines)?;
    }
    tell(&data, &mut lines);
    Ok(lines)
}

/// Takes everything away again.
///
/// # Errors
/// One sentence, the path last.
pub fn remove() -> Result<Vec<String>, String> {
    let data = data_folder()?;
    let mut lines = Vec::new();
    take_away(&data.join("applications/bundlescope.desktop"), &mut lines)?;
    take_away(&data.join("mime/packages/bundlescope.xml"), &mut lines)?;
    for (path, _) in ICONS {
        take_away(&data.join("icons/hicolor").join(path), &mut lines)?;
    }
    if lines.is_empty() {
        return Ok(vec![word("association.not_associated").to_owned()]);
    }
    tell(&data, &mut lines);
    Ok(lines)
}

/// `$XDG_DATA_HOME`, else `~/.local/share` (XDG Base Directory Specification).
fn data_folder() -> Result<PathBuf, String> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let folder = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")));
    folder.ok_or_else(|| word("association.no_home").to_owned())
}

/// The desktop entry with this program in it (Desktop Entry Specification, "The Exec key"): quoted, with `"`, `` ` ``, `$` and `\`
/// escaped, once more for the file's own strings, and `%` doubled.
fn entry_for(program: &Path) -> Result<String, String> {
    let path =
        program.to_str().filter(|p| !p.contains(['\n', '\r'])).ok_or_else(|| word("association.odd_program_path").to_owned())?;
    let mut quoted = String::from("\"");
    for c in path.chars() {
        match c {
            '"' | '`' | '$' => quoted.extend(['\\', '\\', c]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    let escaped = path.replace('\\', "\\\\");
    let line = |line: &str| match line.split_once('=') {
        Some(("Exec", _)) => format!("Exec={quoted} %F\n"),
        Some(("TryExec", _)) => format!("TryExec={escaped}\n"),
        _ => format!("{line}\n"),
    };
    Ok(ENTRY.lines().map(line).collect())
}

/// Lets the desktop read the folders again; a tool that is not installed is named, with what comes of it.
fn tell(data: &Path, lines: &mut Vec<String>) {
    for (tool, folder) in [("update-mime-database", "mime"), ("update-desktop-database", "applications")] {
        let folder = data.join(folder);
        let run = Command::new(tool).arg(&folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !run.is_ok_and(|status| status.success()) {
            lines.push(Words::current().fill("association.tool_missing", &[("tool", tool)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_program_is_quoted() {
        let entry = entry_for(Path::new("/opt/My \"$tools\" 100%/bundle\\scope")).unwrap();
        assert!(entry.contains("\nExec=\"/opt/My \\\\\"\\\\$tools\\\\\" 100%%/bundle\\\\\\\\scope\" %F\n"), "{entry}");
        assert!(entry.contains("\nTryExec=/opt/My \"$tools\" 100%/bundle\\\\scope\n"));
        assert!(entry.contains("application/zip;") && entry.starts_with("[Desktop Entry]\n"));
        assert!(entry_for(Path::new("/a\nb")).is_err());
    }
}

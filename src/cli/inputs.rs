//! Which inputs the arguments name, and which belong together. In: paths as typed. Out: [`Groups`] of [`Input`]s.
//! Must not know what is inside: that an input can be opened is tried, no more.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::base::words::word;
use crate::bundle::Input;

/// Inputs that are analysed together, in the order given; and those that could not be opened, one sentence each.
#[derive(Debug, Default)]
pub struct Groups {
    /// Each is one call of `analyse`.
    pub groups: Vec<Vec<Input>>,
    /// What could not be opened.
    pub failures: Vec<String>,
}

impl Groups {
    /// Every input that can be opened.
    pub fn inputs(&self) -> impl Iterator<Item = &Input> {
        self.groups.iter().flatten()
    }
}

/// Groups the paths: all together (`analyse` joins companions), each by itself with `--separate`, and with `--with` each bundle
/// with the files named for it.
///
/// # Errors
/// When `--with` names no path that was given, or standard input is named twice; one sentence.
pub fn groups(paths: &[PathBuf], with: &[OsString], separate: bool) -> Result<Groups, String> {
    let is_stdin = |path: &&Path| path.as_os_str() == "-";
    let mut wanted: Vec<Vec<&Path>> = Vec::new();
    let companions = with.iter().map(|pair| companion(paths, pair)).collect::<Result<Vec<_>, _>>()?;
    let files = companions.iter().map(|(_, file)| file.as_path());
    if paths.iter().map(PathBuf::as_path).chain(files).filter(is_stdin).count() > 1 {
        return Err(word("cli.stdin_twice").to_owned());
    }
    let mut out = Groups::default();
    if separate || !companions.is_empty() {
        for path in paths {
            let mut group = vec![path.as_path()];
            group.extend(companions.iter().filter(|(bundle, _)| *bundle == path).map(|(_, file)| file.as_path()));
            wanted.push(group);
        }
    } else {
        wanted.push(paths.iter().map(PathBuf::as_path).collect());
    }
    for group in wanted {
        let mut inputs = Vec::new();
        for path in group {
            match input(path) {
                Ok(input) => inputs.push(input),
                Err(why) => out.failures.push(why),
            }
        }
        if !inputs.is_empty() {
            out.groups.push(inputs);
        }
    }
    Ok(out)
}

/// Splits `BUNDLE=FILE`. Paths may hold `=` themselves, so the bundle is looked up among the paths given.
fn companion<'a>(paths: &'a [PathBuf], pair: &OsStr) -> Result<(&'a PathBuf, PathBuf), String> {
    paths
        .iter()
        .find_map(|path| Some((path, strip(pair, path.as_os_str())?)))
        .ok_or_else(|| format!("{}: {}", word("cli.with_unknown"), pair.to_string_lossy()))
}

/// What stands behind `bundle=`; `None` when `pair` does not begin so, or nothing stands there.
#[cfg(unix)]
fn strip(pair: &OsStr, bundle: &OsStr) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    let rest = pair.as_bytes().strip_prefix(bundle.as_bytes())?.strip_prefix(b"=")?;
    (!rest.is_empty()).then(|| PathBuf::from(OsStr::from_bytes(rest)))
}

/// What stands behind `bundle=`; names that are no Unicode can't be given on this platform.
#[cfg(not(unix))]
fn strip(pair: &OsStr, bundle: &OsStr) -> Option<PathBuf> {
    let rest = pair.to_str()?.strip_prefix(bundle.to_str()?)?.strip_prefix('=')?;
    (!rest.is_empty()).then(|| PathBuf::from(rest))
}

/// The input a path names, tried once.
///
/// # Errors
/// When nothing is there or it can't be read; one sentence, the path last.
pub fn input(path: &Path) -> Result<Input, String> {
    if path.as_os_str() == "-" {
        return Ok(Input::Stdin);
    }
    let path = from_url(path).unwrap_or_else(|| path.to_path_buf());
    let tried = if path.is_dir() { std::fs::read_dir(&path).map(drop) } else { std::fs::File::open(&path).map(drop) };
    match tried {
        Ok(()) => Ok(Input::Path(path)),
        Err(error) => {
            let why = match error.kind() {
                std::io::ErrorKind::NotFound => word("cli.not_found"),
                std::io::ErrorKind::PermissionDenied => word("cli.no_permission"),
                _ => word("cli.cannot_open"),
            };
            Err(format!("{why}: {}", path.display()))
        }
    }
}

/// The path of a `file://` URL (RFC 8089): no host or `localhost`, percent escapes decoded as bytes. `None` for anything else,
/// a file whose real name starts with `file:` and exists included.
fn from_url(path: &Path) -> Option<PathBuf> {
    let text = path.to_str()?;
    let scheme = text.get(..7)?;
    if !scheme.eq_ignore_ascii_case("file://") || path.exists() {
        return None;
    }
    let rest = text.get(7..)?;
    let rest = rest.strip_prefix("localhost").filter(|r| r.starts_with('/')).unwrap_or(rest);
    rest.starts_with('/').then(|| native(percent_decoded(rest)))
}

#[cfg(unix)]
fn native(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn native(bytes: Vec<u8>) -> PathBuf {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // `/C:/Users/…` names a drive.
    let drive = text.strip_prefix('/').filter(|t| t.as_bytes().get(1) == Some(&b':'));
    PathBuf::from(drive.unwrap_or(&text))
}

/// `%20` and its like to bytes; a `%` without two hexadecimal digits stays.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| tail.get(..2)).flatten().and_then(|two| {
            let digits = std::str::from_utf8(two).ok()?;
            digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok()).flatten()
        });
        match escaped {
            Some(value) => {
                out.push(value);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    out
}

static GOOD: &[u8] = include_bytes!("../../assets/samples/good.zip");
static FAILING: &[u8] = include_bytes!("../../assets/samples/failing.zip");

/// The bundles that come with the program; how they were made stands in `assets/samples/README.md`.
pub fn samples() -> Vec<Input> {
    [("good.zip", GOOD), ("failing.zip", FAILING)]
        .map(|(name, bytes)| Input::Memory { name: name.to_owned(), bytes: bytes.into() })
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_urls() {
        assert_eq!(from_url(Path::new("file:///tmp/a%20b%C3%A9.zip")), Some(PathBuf::from("/tmp/a bé.zip")));
        assert_eq!(from_url(Path::new("FILE://localhost/tmp/x")), Some(PathBuf::from("/tmp/x")));
        assert_eq!(from_url(Path::new("file:///tmp/100%")), Some(PathBuf::from("/tmp/100%")));
        assert_eq!(from_url(Path::new("file://server/share/x")), None);
        assert_eq!(from_url(Path::new("/tmp/x")), None);
    }

    #[test]
    fn companions_with_an_equals_sign_in_the_path() {
        let paths = [PathBuf::from("a.zip"), PathBuf::from("b=1.zip")];
        let (bundle, file) = companion(&paths, OsStr::new("b=1.zip=x=ced.dat")).unwrap();
        assert_eq!((bundle.as_path(), file.as_path()), (Path::new("b=1.zip"), Path::new("x=ced.dat")));
        assert!(companion(&paths, OsStr::new("c.zip=ced.dat")).is_err());
        assert!(companion(&paths, OsStr::new("a.zip=")).is_err());
        assert!(groups(&[PathBuf::from("-"), PathBuf::from("-")], &[], true).is_err());
    }

    #[test]
    fn what_is_not_there_is_told_and_the_rest_stays() {
        let groups = groups(&[PathBuf::from("/nowhere/at/all.zip"), PathBuf::from("-")], &[], false).unwrap();
        assert_eq!(groups.groups, vec![vec![Input::Stdin]]);
        assert_eq!(groups.failures.len(), 1);
        assert!(groups.failures[0].ends_with("/nowhere/at/all.zip"));
    }
}

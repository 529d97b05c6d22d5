//! Names of members. In: the bytes an archive has for a name. Out: a path with `/` that is safe to show, and what was odd about it.
//! Nothing is ever written under these names.

/// Longest path kept, in characters.
const MAX_NAME_CHARS: usize = 1_024;

/// The upper half of code page 437, the encoding of zip names without the UTF-8 flag (APPNOTE.TXT, appendix D).
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The text of a zip name: UTF-8 where it is UTF-8 (many tools forget the flag), code page 437 otherwise.
pub(crate) fn zip_name(bytes: &[u8], utf8_flag: bool) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if utf8_flag => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => bytes.iter().map(|b| code_page_437(*b)).collect(),
    }
}

fn code_page_437(byte: u8) -> char {
    match byte.checked_sub(128) {
        None => char::from(byte),
        Some(upper) => CP437.chars().nth(usize::from(upper)).unwrap_or('\u{fffd}'),
    }
}

/// A name as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Parts joined by `/`; never empty, never with `..`, never absolute.
    pub(crate) path: String,
    /// The name points outside the archive or holds characters that would mislead.
    pub(crate) unsafe_name: bool,
    /// Backslashes stood for `/`, as some Windows packers write them.
    pub(crate) backslashes: bool,
}

/// Brings a name into the form that is shown. `None` for a folder (it ends in a separator) or a name without any part.
pub(crate) fn shown(name: &str) -> Option<Shown> {
    let backslashes = name.contains('\\');
    let name = name.replace('\\', "/");
    if name.ends_with('/') {
        return None;
    }
    let mut unsafe_name = name.starts_with('/');
    let mut parts: Vec<String> = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                unsafe_name = true;
                parts.pop();
            }
            _ => {
                let clean: String = part.chars().map(|c| if misleading(c) { '\u{fffd}' } else { c }).collect();
                let drive = parts.is_empty() && clean.len() == 2 && clean.ends_with(':');
                unsafe_name |= drive || clean != part;
                if !drive {
                    parts.push(clean);
                }
            }
        }
    }
    if parts.is_empty() {
        return None;
    }
    let mut path = parts.join("/");
    if path.chars().count() > MAX_NAME_CHARS {
        path = path.chars().take(MAX_NAME_CHARS).chain(['…']).collect();
        unsafe_name = true;
    }
    Some(Shown { path, unsafe_name, backslashes })
}

/// Control characters, and those that turn the direction of what follows.
fn misleading(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Files that an operating system leaves behind and nobody asked for.
pub(crate) fn is_system_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|part| part == "__MACOSX")
        || matches!(name.to_ascii_lowercase().as_str(), ".ds_store" | "thumbs.db" | "desktop.ini" | ".localized")
        || name.starts_with("._")
}

/// Does the name say that this is an archive of a kind that is read here?
pub(crate) fn promises_archive(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".zip", ".gz", ".tgz", ".tar"].iter().any(|end| lower.ends_with(end))
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The name of what a gzip file holds: without `.gz`; `.tgz` holds a `.tar`.
pub(crate) fn without_gz(path: &str) -> String {
    let lower = path.to_ascii_lowercase();
    let stem = |n: usize| path.get(..path.len() - n).filter(|s| !s.is_empty() && !s.ends_with('/'));
    if lower.ends_with(".tgz") {
        stem(4).map_or_else(|| path.to_owned(), |s| format!("{s}.tar"))
    } else if lower.ends_with(".gz") {
        stem(3).unwrap_or(path).to_owned()
    } else {
        path.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> (String, bool) {
        let shown = shown(name).unwrap();
        (shown.path, shown.unsafe_name)
    }

    #[test]
    fn code_page_has_all_its_characters() {
        assert_eq!(CP437.chars().count(), 128);
        // Values of the Unicode consortium's mapping table: 0x81 ü, 0x9c £, 0xe1 ß, 0xff no-break space.
        assert_eq!(zip_name(b"\x81\x9c\xe1\xff", false), "ü£ß\u{a0}");
        assert_eq!(zip_name("ü".as_bytes(), false), "ü");
        assert_eq!(zip_name(b"\xff", true), "\u{fffd}");
    }

    #[test]
    fn names_that_point_outside_are_brought_back() {
        assert_eq!(path("bwc/current_log.txt"), ("bwc/current_log.txt".into(), false));
        assert_eq!(path("../../etc/passwd"), ("etc/passwd".into(), true));
        assert_eq!(path("a/b/../../../c"), ("c".into(), true));
        assert_eq!(path("/abs/log.txt"), ("abs/log.txt".into(), true));
        assert_eq!(path("C:\\logs\\a.txt"), ("logs/a.txt".into(), true));
        assert_eq!(path("./a//b.txt"), ("a/b.txt".into(), false));
        assert_eq!(path("a\u{202e}txt.exe\0"), ("a\u{fffd}txt.exe\u{fffd}".into(), true));
        assert!(shown("bwc\\current_log.txt").unwrap().backslashes);
        assert!(!shown("bwc\\current_log.txt").unwrap().unsafe_name);
        assert_eq!(shown("folder/"), None);
        assert_eq!(shown("../"), None);
        assert_eq!(shown(".."), None);
        assert_eq!(shown(""), None);
    }

    #[test]
    fn gzip_names() {
        assert_eq!(without_gz("a/current_log.txt.gz"), "a/current_log.txt");
        assert_eq!(without_gz("logs.TGZ"), "logs.tar");
        assert_eq!(without_gz("logs.tar.gz"), "logs.tar");
        assert_eq!(without_gz(".gz"), ".gz");
        assert_eq!(without_gz("x"), "x");
    }
}

//! One spelling for all spellings of a text: small letters without diacritics, one blank for any white space, escapes of JSON, XML, HTML,
//! Mermaid and percent-encoding undone. In: text. Out: the folded text, and where each byte of it came from.

/// A folded text.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// The text.
    pub text: String,
    /// For each byte of `text` the byte of the original that it came from; one more for the end.
    at: Vec<u32>,
}

impl Folded {
    /// The range of the original.
    pub fn raw(&self, start: usize, end: usize) -> (usize, usize) {
        let at = |n: usize| self.at.get(n).map_or(0, |at| *at as usize);
        (at(start), at(end))
    }

    fn push(&mut self, c: char, from: usize) {
        let before = self.text.len();
        match c {
            c if c.is_ascii() && !c.is_ascii_whitespace() => self.text.push(c.to_ascii_lowercase()),
            c if c.is_whitespace() => {
                if !self.text.ends_with(' ') {
                    self.text.push(' ');
                }
            }
            c if is_mark(c) => {}
            c => match base(c) {
                Some(plain) => self.text.push_str(plain),
                None => self.text.extend(c.to_lowercase()),
            },
        }
        let from = u32::try_from(from).unwrap_or(u32::MAX);
        self.at.resize(self.at.len() + self.text.len() - before, from);
    }
}

/// Every reading of a text: as it is, and, where it has escapes, with these undone once and twice.
pub(super) fn readings(text: &str) -> Vec<Folded> {
    let mut all = vec![fold(text, false)];
    if has_escapes(text) {
        let once = fold(text, true);
        if has_escapes(&once.text) {
            let mut twice = fold(&once.text, true);
            for at in &mut twice.at {
                *at = u32::try_from(once.raw(*at as usize, 0).0).unwrap_or(u32::MAX);
            }
            all.push(twice);
        }
        all.push(once);
    }
    all
}

fn has_escapes(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, b'\\' | b'&' | b'%' | b'#'))
}

/// The folded text, with escapes undone where `undo`.
pub(super) fn fold(text: &str, undo: bool) -> Folded {
    if !undo && text.is_ascii() {
        return fold_ascii(text);
    }
    let mut out = Folded { text: String::with_capacity(text.len()), at: Vec::with_capacity(text.len() + 1) };
    let mut chars = text.char_indices();
    while let Some((from, c)) = chars.next() {
        if undo && matches!(c, '\\' | '&' | '%' | '#') {
            let rest = text.get(from..).unwrap_or_default();
            if let Some((decoded, length)) = undone(rest) {
                for c in decoded.chars() {
                    out.push(c, from);
                }
                // All escapes are ASCII: as many characters as bytes.
                if length > 1 {
                    chars.nth(length - 2);
                }
                continue;
            }
        }
        out.push(c, from);
    }
    out.at.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    out
}

/// The same for what most logs are made of, as fast as it goes.
fn fold_ascii(text: &str) -> Folded {
    let mut out = Folded { text: String::with_capacity(text.len()), at: Vec::with_capacity(text.len() + 1) };
    let mut blank = false;
    for (from, byte) in (0u32..).zip(text.bytes()) {
        let space = byte.is_ascii_whitespace();
        if !(space && blank) {
            out.text.push(if space { ' ' } else { char::from(byte.to_ascii_lowercase()) });
            out.at.push(from);
        }
        blank = space;
    }
    out.at.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    out
}

/// What an escape at the begin of `text` stands for, and its length in bytes.
fn undone(text: &str) -> Option<(String, usize)> {
    let rest = text.get(1..)?;
    match text.as_bytes().first()? {
        b'%' => percent(text),
        b'#' => {
            let (number, _) = rest.split_once(';').filter(|(n, _)| (1..=7).contains(&n.len()))?;
            Some((char::from_u32(number.parse().ok()?)?.to_string(), number.len() + 2))
        }
        b'&' => {
            let (name, _) = rest.split_once(';').filter(|(n, _)| (2..=8).contains(&n.len()))?;
            Some((entity(name)?, name.len() + 2))
        }
        _ => match rest.as_bytes().first()? {
            b'n' | b'r' | b't' => Some((" ".to_owned(), 2)),
            b'"' | b'\'' | b'\\' | b'/' => Some((rest.get(..1)?.to_owned(), 2)),
            b'u' => {
                let unit = |at: usize| u16::from_str_radix(text.get(at..at + 4)?, 16).ok();
                let first = unit(2)?;
                let second = text.get(6..8).filter(|u| *u == "\\u").and_then(|_| unit(8));
                let read = |units: &[u16]| char::decode_utf16(units.iter().copied()).next()?.ok();
                match (read(&[first]), second) {
                    (Some(c), _) => Some((c.to_string(), 6)),
                    (None, Some(second)) => Some((read(&[first, second])?.to_string(), 12)),
                    (None, None) => None,
                }
            }
            b'x' => Some((char::from_u32(u32::from_str_radix(text.get(2..4)?, 16).ok()?)?.to_string(), 4)),
            _ => None,
        },
    }
}

/// A run of `%XX`, as UTF-8.
fn percent(text: &str) -> Option<(String, usize)> {
    let mut bytes = Vec::new();
    let mut at = 0;
    while text.as_bytes().get(at) == Some(&b'%')
        && let Some(byte) = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok())
    {
        bytes.push(byte);
        at += 3;
    }
    (!bytes.is_empty()).then(|| (String::from_utf8_lossy(&bytes).into_owned(), at))
}

fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return Some(char::from_u32(code)?.to_string());
    }
    let known = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => " ",
        "szlig" => "ss",
        "aelig" | "AElig" => "ae",
        _ => "",
    };
    if !known.is_empty() {
        return Some(known.to_owned());
    }
    // `&uuml;`, `&Ccaron;`: a letter and its mark.
    let mark = name.get(1..)?;
    ["uml", "acute", "grave", "circ", "caron", "cedil", "tilde", "ring", "slash", "ogon"]
        .contains(&mark)
        .then(|| name.chars().take(1).collect())
}

/// Marks that combine, characters without width, and those that turn the direction of writing.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Latin letters (Latin-1 Supplement, Latin Extended-A, and those of Vietnamese and Romanian in use) without their marks.
const BASES: &[(&str, &str)] = &[
    ("ÀÁÂÃÅĀĂĄàáâãåāăąǍǎẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặ", "a"),
    ("Ää", "a"),
    ("Ææ", "ae"),
    ("ÇĆĈĊČçćĉċč", "c"),
    ("ĎĐďđÐð", "d"),
    ("ÈÉÊËĒĔĖĘĚèéêëēĕėęěẸẹẺẻẼẽẾếỀềỂểỄễỆệ", "e"),
    ("ĜĞĠĢĝğġģ", "g"),
    ("ĤĦĥħ", "h"),
    ("ÌÍÎÏĨĪĬĮİìíîïĩīĭįıỊịỈỉ", "i"),
    ("Ĵĵ", "j"),
    ("Ķķ", "k"),
    ("ĹĻĽĿŁĺļľŀł", "l"),
    ("ÑŃŅŇñńņň", "n"),
    ("ÒÓÔÕÖØŌŎŐòóôõöøōŏőƠơỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợ", "o"),
    ("Œœ", "oe"),
    ("ŔŖŘŕŗř", "r"),
    ("ŚŜŞŠȘśŝşšș", "s"),
    ("ß", "ss"),
    ("ŢŤŦȚţťŧț", "t"),
    ("ÙÚÛÜŨŪŬŮŰŲùúûüũūŭůűųƯưỤụỦủỨứỪừỬửỮữỰự", "u"),
    ("Ŵŵ", "w"),
    ("ÝŶŸýŷÿỲỳỴỵỶỷỸỹ", "y"),
    ("ŹŻŽźżž", "z"),
    ("Þþ", "th"),
];

fn base(c: char) -> Option<&'static str> {
    (('\u{c0}'..='\u{1ef9}').contains(&c))
        .then(|| BASES.iter().find(|(letters, _)| letters.contains(c)).map(|(_, plain)| *plain))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_are_one() {
        for text in [
            "Čeněk Müller",
            "ČENĚK  MÜLLER",
            "Cene\u{30c}k\r\n\tMu\u{308}ller",
            "\\u010cen\\u011bk M\\u00fcller",
            "%C4%8Cen%C4%9Bk%20M%C3%BCller",
            "&Ccaron;en&#283;k M&#xFC;ller",
            "#268;en#283;k M#252;ller",
            "\\\\u010cen%25C4%259Bk M\\\\u00fcller",
        ] {
            let texts: Vec<String> = readings(text).into_iter().map(|r| r.text).collect();
            assert!(
                texts.iter().any(|t| t.replace("c\u{30c}", "c").trim_start_matches('c').contains("enek muller")),
                "{text}: {texts:?}"
            );
        }
    }

    #[test]
    fn ranges_go_back_to_the_original() {
        let text = "x \\u00dc%41 y";
        let folded = fold(text, true);
        assert_eq!(folded.text, "x ua y");
        let (start, end) = folded.raw(2, 4);
        assert_eq!(text.get(start..end), Some("\\u00dc%41"));
    }

    #[test]
    fn a_windows_path_is_read_both_ways() {
        let texts: Vec<String> = readings("C:\\Users\\nadia").into_iter().map(|r| r.text).collect();
        assert!(texts.iter().any(|t| t.contains("nadia")), "{texts:?}");
    }
}

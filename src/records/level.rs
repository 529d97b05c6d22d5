//! Which words say how serious a record is. In: a word of a head. Out: [`Level`].

use super::Level;

/// Words by level, lower case. Single letters are those of logcat.
const WORDS: [(Level, &[&str]); 5] = [
    (Level::Trace, &["trace", "verbose", "finest", "finer", "v", "t"]),
    (Level::Debug, &["debug", "fielddebug", "fine", "dbg", "d"]),
    (Level::Info, &["info", "information", "informational", "notice", "message", "config", "i", "n"]),
    (Level::Warn, &["warn", "warning", "w"]),
    (
        Level::Error,
        &[
            "error",
            "err",
            "severe",
            "fatal",
            "critical",
            "crit",
            "alert",
            "assert",
            "emergency",
            "emerg",
            "panic",
            "fault",
            "e",
            "f",
            "a",
        ],
    ),
];

impl Level {
    /// The level that a word names, in any case; `Unknown` for any other word.
    pub fn from_word(word: &[u8]) -> Self {
        // the usual ones first: this is asked for every record
        match word {
            b"Info" | b"INFO" => return Self::Info,
            b"Debug" | b"DEBUG" | b"D" => return Self::Debug,
            _ => {}
        }
        WORDS
            .iter()
            .find(|(_, words)| words.iter().any(|w| word.eq_ignore_ascii_case(w.as_bytes())))
            .map_or(Self::Unknown, |(level, _)| *level)
    }

    /// Its name in dialect files and exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// The level of this name in dialect files: `trace`, `debug`, `info`, `warn`, `error`, `unknown`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "trace" => Self::Trace,
            "debug" => Self::Debug,
            "info" => Self::Info,
            "warn" => Self::Warn,
            "error" => Self::Error,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }
}

/// The level word among the first four words of `text`, the part behind a date and time of no known dialect. Single letters count only in
/// capitals, in brackets or behind a number as in `9619 9771 D TAG`: `A` and `I` are words too.
pub(super) fn find(text: &[u8]) -> Level {
    let start = text.get(..text.len().min(80)).unwrap_or_default();
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let (mut at, mut seen, mut behind_number) = (0, 0, false);
    while let (Some(rest), true) = (start.get(at..), seen < 4) {
        let Some(skip) = rest.iter().position(is_word) else { break };
        let word = rest.get(skip..).unwrap_or_default();
        let word = word.get(..word.iter().position(|b| !is_word(b)).unwrap_or(word.len())).unwrap_or_default();
        let opener = skip.checked_sub(1).and_then(|i| rest.get(i));
        let level = Level::from_word(word);
        let letter = matches!(word, [b'A'..=b'Z']) && (behind_number || matches!(opener, Some(b'[' | b'<' | b'(')));
        if level != Level::Unknown && (word.len() > 2 || letter) {
            return level;
        }
        behind_number = word.iter().all(u8::is_ascii_digit);
        at += skip + word.len();
        seen += 1;
    }
    Level::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_word() {
        for (word, level) in [
            ("Info", Level::Info),
            ("WARNING", Level::Warn),
            ("E", Level::Error),
            ("Fatal", Level::Error),
            ("FieldDebug", Level::Debug),
            ("V", Level::Trace),
            ("Grumpy", Level::Unknown),
        ] {
            assert_eq!(Level::from_word(word.as_bytes()), level, "{word}");
        }
    }

    #[test]
    fn behind_a_stamp() {
        assert_eq!(find(b" [INFO] text"), Level::Info);
        assert_eq!(find(b"  9619  9771 D TAG: text"), Level::Debug);
        assert_eq!(find(b" | Warn  | x"), Level::Warn);
        assert_eq!(find(b" host sipd[12]: a message in a bottle"), Level::Unknown);
        assert_eq!(find(b" A call came in"), Level::Unknown);
        assert_eq!(find(b" [E] x"), Level::Error);
        assert_eq!(find(b" something quite else, no error here"), Level::Unknown);
    }
}

//! The languages of the program. In: a code such as `cs` or `nl_NL.UTF-8`. Out: [`Language`]. Must not know any word.

/// A language that every finding, stage and word is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English, the language that has every key.
    #[default]
    English,
    /// Czech.
    Czech,
    /// Dutch.
    Dutch,
}

impl Language {
    /// All languages, English first.
    pub const ALL: [Self; 3] = [Self::English, Self::Czech, Self::Dutch];

    /// `en`, `cs`, `nl`: the code in data files and options.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Czech => "cs",
            Self::Dutch => "nl",
        }
    }

    /// Reads a code or a locale (`cs`, `cs-CZ`, `nl_BE.UTF-8`); `None` for a language that the program does not speak.
    pub fn from_code(code: &str) -> Option<Self> {
        let main = code.split(['-', '_', '.', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|l| l.code().eq_ignore_ascii_case(main))
    }
}

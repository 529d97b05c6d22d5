//! Tables that an engineer may add to without a rebuild: emergency numbers, feature codes, names of numbers in media logs. In:
//! `assets/codes` and the user's folder `codes`. Out: [`Tables`]. Must not know what is made of them.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::base::rules::{Fault, RuleFile, RuleKind};
use crate::base::{Language, Text};
use crate::records::lines::MIN_LITERAL_BYTES;

/// Rows of one of the user's own tables.
const MAX_OWN_ROWS: usize = 500;
/// A part of a name must have this many bytes, or nearly every line would be looked at closely.
const MIN_PART_BYTES: usize = 3;

/// A feature access code.
#[derive(Clone, Debug)]
pub struct Feature {
    /// What is dialled, `*67`.
    pub code: String,
    /// What it does by default, in each language that the file has.
    pub meaning: Vec<(Language, Text)>,
}

/// A kind of number in media logs.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Word of the report: `loss`, `jitter`, …
    pub name: String,
    /// What stands in the names of such numbers.
    pub parts: Vec<String>,
    /// Low values are the bad ones.
    pub low_is_worse: bool,
}

/// A line about the transport connection.
#[derive(Clone, Debug)]
pub struct ConnectionRow {
    /// Text of the line.
    pub contains: String,
    /// Further text that must stand in it.
    pub with: Option<String>,
    /// What it tells.
    pub says: ConnectionState,
}

/// What befell a transport connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConnectionState {
    /// Made.
    Opened,
    /// Closed.
    Closed,
    /// Could not be made, or broke.
    Failed,
}

impl ConnectionState {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Failed => "failed",
        }
    }
}

/// All tables: those of the program and what the user added.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Numbers of emergency services, as dialled.
    pub emergency: Vec<String>,
    /// Feature codes; the user's own come first.
    pub features: Vec<Feature>,
    /// Kinds of numbers in media logs.
    pub measures: Vec<Measure>,
    /// Lines about the transport connection; the user's own come first.
    pub connections: Vec<ConnectionRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionsFile {
    connection: Vec<ConnectionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionEntry {
    contains: String,
    with: Option<String>,
    says: ConnectionState,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NumbersFile {
    numbers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeaturesFile {
    feature: Vec<FeatureRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeatureRow {
    code: String,
    en: String,
    cs: Option<String>,
    nl: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasuresFile {
    measure: Vec<MeasureRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasureRow {
    name: String,
    parts: Vec<String>,
    worst: Worst,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Worst {
    High,
    Low,
}

const EMBEDDED: [(&str, &str); 4] = [
    ("connections.toml", include_str!("../../assets/codes/connections.toml")),
    ("emergency.toml", include_str!("../../assets/codes/emergency.toml")),
    ("features.toml", include_str!("../../assets/codes/features.toml")),
    ("media.toml", include_str!("../../assets/codes/media.toml")),
];

impl Tables {
    /// Those of the program alone.
    pub fn embedded() -> &'static Self {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        TABLES.get_or_init(|| Self::read(&[], &mut Vec::new()))
    }

    /// The program's own tables with what these files of the user's add; a faulty file is left out.
    pub fn read(own: &[RuleFile], faults: &mut Vec<Fault>) -> Self {
        let mut out = Self::default();
        for file in own {
            if let Err(fault) = out.add(file) {
                faults.push(fault);
            }
        }
        for (path, text) in EMBEDDED {
            let file = RuleFile { path: path.to_owned(), embedded: true, text: text.to_owned() };
            if let Err(fault) = out.add(&file) {
                faults.push(fault);
            }
        }
        out
    }

    fn add(&mut self, file: &RuleFile) -> Result<(), Fault> {
        let wrong = |why: String| Fault::new(RuleKind::Code, file, None, why);
        let fits = |rows: usize| match rows {
            rows if rows > MAX_OWN_ROWS && !file.embedded => {
                Err(wrong(format!("Table left out, it has more than {MAX_OWN_ROWS} rows")))
            }
            _ => Ok(()),
        };
        match file.path.as_str() {
            "emergency.toml" => {
                let table = file.parse::<NumbersFile>(RuleKind::Code)?;
                fits(table.numbers.len())?;
                if let Some(odd) = table.numbers.iter().find(|n| !is_dialled(n)) {
                    return Err(wrong(format!("Table left out, this is no number to dial: {odd}")));
                }
                self.emergency.extend(table.numbers);
            }
            "features.toml" => {
                let table = file.parse::<FeaturesFile>(RuleKind::Code)?;
                fits(table.feature.len())?;
                if let Some(odd) = table.feature.iter().find(|f| !is_feature_code(&f.code)) {
                    return Err(wrong(format!("Table left out, a feature code begins with * or #: {}", odd.code)));
                }
                self.features.extend(table.feature.into_iter().map(feature));
            }
            "media.toml" => {
                let table = file.parse::<MeasuresFile>(RuleKind::Code)?;
                fits(table.measure.iter().map(|m| m.parts.len()).sum())?;
                if let Some(odd) = table.measure.iter().flat_map(|m| &m.parts).find(|p| p.len() < MIN_PART_BYTES) {
                    return Err(wrong(format!("Table left out, a part is shorter than {MIN_PART_BYTES} bytes: {odd}")));
                }
                let measure = |m: MeasureRow| Measure { name: m.name, parts: m.parts, low_is_worse: m.worst == Worst::Low };
                self.measures.extend(table.measure.into_iter().map(measure));
            }
            "connections.toml" => {
                let table = file.parse::<ConnectionsFile>(RuleKind::Code)?;
                fits(table.connection.len())?;
                if let Some(odd) = table.connection.iter().find(|c| c.contains.len() < MIN_LITERAL_BYTES) {
                    return Err(wrong(format!(
                        "Table left out, a text is shorter than {MIN_LITERAL_BYTES} bytes: {}",
                        odd.contains
                    )));
                }
                let row = |c: ConnectionEntry| ConnectionRow { contains: c.contains, with: c.with, says: c.says };
                self.connections.extend(table.connection.into_iter().map(row));
            }
            _ => {
                let why = "Not read, tables are connections.toml, emergency.toml, features.toml and media.toml";
                return Err(wrong(why.to_owned()));
            }
        }
        Ok(())
    }

    /// The feature whose code begins what was dialled; of several the longest code, the user's own first.
    pub fn feature(&self, dialled: &str) -> Option<&Feature> {
        let fits = self.features.iter().enumerate().filter(|(_, f)| dialled.starts_with(&f.code));
        fits.max_by_key(|(place, f)| (f.code.len(), std::cmp::Reverse(*place))).map(|(_, f)| f)
    }
}

fn feature(row: FeatureRow) -> Feature {
    let own = |language, text: Option<String>| text.map(|t| (language, Text::word(t)));
    let texts = [own(Language::English, Some(row.en)), own(Language::Czech, row.cs), own(Language::Dutch, row.nl)];
    Feature { code: row.code, meaning: texts.into_iter().flatten().collect() }
}

fn is_dialled(number: &str) -> bool {
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#'))
}

/// What begins like a feature code: `*` or `#` and a digit.
pub fn is_feature_code(dialled: &str) -> bool {
    let rest = dialled.strip_prefix(['*', '#']).map(|rest| rest.trim_start_matches(['*', '#']));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> RuleFile {
        RuleFile { path: path.into(), embedded: false, text: text.into() }
    }

    #[test]
    fn what_comes_with_the_program_is_sound_and_in_every_language() {
        let mut faults = Vec::new();
        let tables = Tables::read(&[], &mut faults);
        assert_eq!(faults, []);
        assert!(tables.emergency.iter().any(|n| n == "112"));
        assert!(tables.features.len() > 25 && tables.features.iter().all(|f| f.meaning.len() == 3));
        let names: Vec<&str> = tables.measures.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["loss", "jitter", "round-trip", "bitrate"]);
    }

    #[test]
    fn tables_of_the_user_add_and_a_faulty_one_is_named() {
        let own = [
            file("emergency.toml", "numbers = ['150', '155']"),
            file("features.toml", "[[feature]]\ncode = '*67'\nen = 'ours'\n[[feature]]\ncode = '*6700'\nen = 'longer'"),
        ];
        let mut faults = Vec::new();
        let tables = Tables::read(&own, &mut faults);
        assert_eq!(faults, []);
        for number in ["150", "112"] {
            assert!(tables.emergency.iter().any(|n| n == number), "{number}");
        }
        let said = |dialled: &str| tables.feature(dialled).map(|f| f.meaning[0].1.clone());
        assert_eq!(said("*67420123"), Some(Text::word("ours")));
        assert_eq!(said("*6700"), Some(Text::word("longer")));
        assert_eq!(said("*78"), Some(Text::word("do not disturb: on")));
        assert_eq!(said("78"), None);
        for (path, text) in [
            ("emergency.toml", "numbers = ['one']"),
            ("emergency.toml", "numbers = 3"),
            ("features.toml", "[[feature]]\ncode = '67'\nen = 'a'"),
            ("media.toml", "[[measure]]\nname = 'a'\nparts = ['ab']\nworst = 'high'"),
            ("connections.toml", "[[connection]]\ncontains = 'abc'\nsays = 'opened'"),
            ("connections.toml", "[[connection]]\ncontains = 'abcd'\nsays = 'gone'"),
            ("other.toml", "numbers = ['1']"),
        ] {
            let mut faults = Vec::new();
            let tables = Tables::read(&[file(path, text)], &mut faults);
            assert_eq!(faults.len(), 1, "{path}: {text}");
            assert_eq!(tables.emergency.len(), 4, "the rest works");
        }
        assert!(is_feature_code("*67") && is_feature_code("#31") && is_feature_code("*#06"));
        assert!(!is_feature_code("67") && !is_feature_code("*") && !is_feature_code("**a"));
    }
}

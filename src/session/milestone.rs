//! Milestone markers: which line tells that a start-up stage was reached, asked for or failed.
//! In: `assets/milestones/*.toml` and the user's folder; records. Out: [`Hit`]s. Must not know what a verdict makes of them.

use serde::Deserialize;
use toml::Spanned;

use super::startup::StageId;
use crate::base::Notes;
use crate::base::rules::{self, Fault, RuleFile, RuleKind};
use crate::records::lines::LineRule;

/// What a marker tells of its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// Begun; no result yet.
    Asked,
    /// Passed.
    Reached,
    /// Failed.
    Failed,
}

/// At most this many rows of the user's own.
const MAX_OWN_ROWS: usize = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    milestone: Vec<Spanned<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    stage: String,
    says: Says,
    contains: String,
    expression: Option<String>,
    marker: Marker,
    #[serde(default)]
    explained_by: Vec<String>,
    sample: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Marker {
    Seen,
    Assumed,
}

/// One row of the milestone files.
#[derive(Debug)]
pub struct Milestone {
    /// The stage it tells of.
    pub stage: StageId,
    /// What it tells.
    pub says: Says,
    /// No public source prints the line: never makes a verdict.
    pub assumed: bool,
    /// Later stages whose failure, when it stands before this line, is what this line sums up.
    pub explained_by: Vec<StageId>,
    /// A line that must hit.
    pub sample: String,
}

/// Reads the embedded files and the user's: the rows, and what of each line to look for, at the same places.
/// A faulty row is left out with a note.
pub fn load(user_folder: Option<&std::path::Path>, notes: &mut Notes) -> (Vec<Milestone>, Vec<LineRule>) {
    from_files(&rules::load(RuleKind::Milestone, user_folder, notes), notes)
}

fn from_files(files: &[RuleFile], notes: &mut Notes) -> (Vec<Milestone>, Vec<LineRule>) {
    let mut faults = Vec::new();
    let all = read(files, &mut faults);
    rules::tell(&faults, notes);
    all
}

/// The same from files at hand, with every fault.
pub fn read(files: &[RuleFile], faults: &mut Vec<Fault>) -> (Vec<Milestone>, Vec<LineRule>) {
    let mut all = (Vec::new(), Vec::new());
    let mut own = 0;
    for file in files {
        let parsed = match file.parse::<File>(RuleKind::Milestone) {
            Ok(parsed) => parsed,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        for row in parsed.milestone {
            let place = Some(row.span().start);
            if !file.embedded && own >= MAX_OWN_ROWS {
                let why = format!("Only the first {MAX_OWN_ROWS} milestones are read; not this one and those after it");
                faults.push(Fault::new(RuleKind::Milestone, file, place, why));
                break;
            }
            match milestone(row.into_inner(), file.embedded) {
                Ok((milestone, rule)) => {
                    all.0.push(milestone);
                    all.1.push(rule);
                    own += usize::from(!file.embedded);
                }
                Err(why) => {
                    let why = format!("Milestone left out, {why}");
                    faults.push(Fault::new(RuleKind::Milestone, file, place, why));
                }
            }
        }
    }
    all
}

fn milestone(row: Row, trusted: bool) -> Result<(Milestone, LineRule), String> {
    let stage_of =
        |name: &str| StageId::ALL.into_iter().find(|s| s.word() == name).ok_or_else(|| format!("no stage is called {name}"));
    let stage = stage_of(&row.stage)?;
    let explained_by = row.explained_by.iter().map(|name| stage_of(name)).collect::<Result<_, _>>()?;
    let make = if trusted { LineRule::trusted } else { LineRule::new };
    let rule = make(&row.contains, row.expression.as_deref())?;
    // Those that come with the program are held by a test, not at every start.
    if !trusted && rule.captures(&row.sample).is_none() {
        return Err("its sample does not match".into());
    }
    let assumed = row.marker == Marker::Assumed;
    Ok((Milestone { stage, says: row.says, assumed, explained_by, sample: row.sample }, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_row_is_sound() {
        let mut notes = Notes::new();
        let (rows, rules) = load(None, &mut notes);
        assert!(notes.is_empty(), "{:?}", notes.all());
        assert!(!rows.is_empty());
        assert_eq!(rows.len(), rules.len());
        for (row, rule) in rows.iter().zip(&rules) {
            assert_eq!(rule.check(), Ok(()), "{}", row.sample);
            assert!(rule.captures(&row.sample).is_some(), "{}", row.sample);
        }
    }

    #[test]
    fn an_error_code_belongs_to_one_stage() {
        let (_, rules) = load(None, &mut Notes::new());
        for code in [1500, 1501, 1502, 1503, 1505, 1506, 1507, 1508, 7, 1000, 1600, 15071] {
            let line = format!("BroadWorks Calling - failed to register client. errorCode={code}");
            assert_eq!(rules.iter().filter(|r| r.captures(&line).is_some()).count(), 1, "{code}");
        }
    }

    #[test]
    fn a_faulty_file_is_named_and_the_rest_works() {
        let mut notes = Notes::new();
        let file = |path: &str, text: &str| RuleFile { path: path.into(), embedded: false, text: text.into() };
        let good =
            "[[milestone]]\nstage='token'\nsays='reached'\ncontains='token is here'\nmarker='assumed'\nsample='token is here'\n";
        let files = [
            file("broken.toml", "[[milestone]\n"),
            file("stage.toml", &good.replace("'token'", "'tokens'")),
            file("good.toml", good),
        ];
        assert_eq!(from_files(&files, &mut notes).0.len(), 1);
        let notes: Vec<String> = notes.all().into_iter().map(|n| n.text).collect();
        assert!(notes[0].starts_with("Line 1: ") && notes[0].ends_with("broken.toml"), "{notes:?}");
        assert!(notes[1].contains("no stage is called tokens"), "{notes:?}");
    }
}

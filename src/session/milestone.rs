//! Milestone markers: which line tells that a start-up stage was reached, asked for or failed.
//! In: `assets/milestones/*.toml` and the user's folder; records. Out: [`Hit`]s. Must not know what a verdict makes of them.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;
use serde::Deserialize;

use super::startup::StageId;
use crate::base::rules::{self, RuleFile, RuleKind};
use crate::base::{NoteKind, Notes, SourceRef};
use crate::records::{Probe, Record, Stamp};

/// A record's text is looked through up to this many bytes.
const LOOK_BYTES: usize = 16 * 1024;
/// At most this many hits are kept for a member; a note tells of the rest.
const MAX_HITS: usize = 20_000;
/// A line kept as evidence is cut after this many characters.
const EVIDENCE_CHARS: usize = 500;

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

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    milestone: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    stage: String,
    says: Says,
    contains: String,
    expression: Option<String>,
    marker: Marker,
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
    /// A line that must hit.
    pub sample: String,
    contains: String,
    expression: Option<Regex>,
}

/// All milestone markers, ready to be looked for in one pass.
#[derive(Debug)]
pub struct Milestones {
    rows: Vec<Milestone>,
    literals: Option<AhoCorasick>,
}

impl Milestones {
    /// Reads the embedded files and the user's. A faulty row is left out with a note.
    pub fn load(user_folder: Option<&std::path::Path>, notes: &mut Notes) -> Self {
        Self::from_files(&rules::load(RuleKind::Milestone, user_folder, notes), notes)
    }

    /// Reads the given files.
    pub fn from_files(files: &[RuleFile], notes: &mut Notes) -> Self {
        let mut rows = Vec::new();
        for file in files {
            match toml::from_str::<File>(&file.text) {
                Ok(parsed) => {
                    for (place, row) in parsed.milestone.into_iter().enumerate() {
                        match milestone(row) {
                            Ok(row) => rows.push(row),
                            Err(why) => {
                                notes.push(
                                    NoteKind::BadRule,
                                    None,
                                    0,
                                    format!("Milestone {} left out, {why}: {}", place + 1, file.path),
                                );
                            }
                        }
                    }
                }
                Err(e) => {
                    let line = e.span().and_then(|s| file.text.get(..s.start)).map_or(0, |t| t.lines().count().max(1));
                    notes.push(NoteKind::BadRule, None, 0, format!("Line {line}: {}: {}", e.message(), file.path));
                }
            }
        }
        let literals =
            AhoCorasick::builder().match_kind(MatchKind::Standard).build(rows.iter().map(|r| r.contains.as_bytes())).ok();
        Self { rows, literals }
    }

    /// The rows in order.
    pub fn rows(&self) -> &[Milestone] {
        &self.rows
    }

    /// Which rows does a text hit? Row numbers in order, with the values that the row's expression captures.
    pub fn hits(&self, text: &[u8]) -> Vec<(usize, Vec<(String, String)>)> {
        let Some(literals) = &self.literals else { return Vec::new() };
        let mut found: Vec<usize> = literals.find_overlapping_iter(text).map(|m| m.pattern().as_usize()).collect();
        if found.is_empty() {
            return Vec::new();
        }
        found.sort_unstable();
        found.dedup();
        let line = String::from_utf8_lossy(text);
        found.into_iter().filter_map(|row| Some((row, self.rows.get(row)?.captures(&line)?))).collect()
    }
}

impl Milestone {
    /// The values captured; `None` when the expression does not match.
    fn captures(&self, line: &str) -> Option<Vec<(String, String)>> {
        let Some(expression) = &self.expression else { return Some(Vec::new()) };
        let found = expression.captures(line)?;
        let names = expression.capture_names().flatten();
        Some(names.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned()))).collect())
    }
}

fn milestone(row: Row) -> Result<Milestone, String> {
    let stage =
        StageId::ALL.into_iter().find(|s| s.word() == row.stage).ok_or_else(|| format!("no stage is called {}", row.stage))?;
    if row.contains.len() < 4 {
        return Err("its text is shorter than 4 bytes".into());
    }
    // A size limit keeps a careless expression from eating memory; matching time is linear by the regex crate's design.
    let expression = row
        .expression
        .map(|e| regex::RegexBuilder::new(&e).size_limit(1 << 20).build().map_err(|_| "its expression can't be read".to_owned()))
        .transpose()?;
    Ok(Milestone {
        stage,
        says: row.says,
        assumed: row.marker == Marker::Assumed,
        sample: row.sample,
        contains: row.contains,
        expression,
    })
}

/// A line that a milestone row matched.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Row number in [`Milestones::rows`].
    pub row: usize,
    /// Where.
    pub source: SourceRef,
    /// When, as printed.
    pub stamp: Option<Stamp>,
    /// The line.
    pub text: String,
    /// Captured values.
    pub captures: Vec<(String, String)>,
}

/// Looks for milestones in the records of one member.
#[derive(Debug)]
pub struct MilestoneProbe {
    milestones: Arc<Milestones>,
    hits: Vec<Hit>,
    beyond: u64,
}

impl MilestoneProbe {
    /// Nothing seen yet.
    pub fn new(milestones: Arc<Milestones>) -> Self {
        Self { milestones, hits: Vec::new(), beyond: 0 }
    }

    /// The hits in line order, and how many more there were.
    pub fn finish(self) -> (Vec<Hit>, u64) {
        (self.hits, self.beyond)
    }
}

impl Probe for MilestoneProbe {
    fn record(&mut self, record: &Record<'_>) {
        let look = record.text.get(..LOOK_BYTES).unwrap_or(record.text);
        for (row, captures) in self.milestones.hits(look) {
            if self.hits.len() >= MAX_HITS {
                self.beyond += 1;
                continue;
            }
            let line = look.split(|b| *b == b'\n').next().unwrap_or_default();
            let text = String::from_utf8_lossy(line).trim_end().chars().take(EVIDENCE_CHARS).collect();
            self.hits.push(Hit { row, source: record.source, stamp: record.stamp, text, captures });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_row_hits_its_own_sample() {
        let mut notes = Notes::new();
        let all = Milestones::load(None, &mut notes);
        assert!(notes.is_empty(), "{:?}", notes.all());
        assert!(!all.rows().is_empty());
        for (number, row) in all.rows().iter().enumerate() {
            assert!(all.hits(row.sample.as_bytes()).iter().any(|(hit, _)| *hit == number), "row {number}: {}", row.sample);
        }
    }

    #[test]
    fn an_error_code_belongs_to_one_stage() {
        let all = Milestones::load(None, &mut Notes::new());
        for code in [1500, 1501, 1502, 1503, 1505, 1506, 1507, 1508, 7, 1000, 1600, 15071] {
            let hits = all.hits(format!("BroadWorks Calling - failed to register client. errorCode={code}").as_bytes());
            assert_eq!(hits.len(), 1, "{code}");
        }
    }

    #[test]
    fn a_faulty_file_is_named_and_the_rest_works() {
        let mut notes = Notes::new();
        let file = |path: &str, text: &str| RuleFile { path: path.into(), embedded: false, text: text.into() };
        let good =
            "[[milestone]]\nstage='token'\nsays='reached'\ncontains='token is here'\nmarker='assumed'\nsample='token is here'\n";
        let all = Milestones::from_files(
            &[
                file("broken.toml", "[[milestone]\n"),
                file("stage.toml", &good.replace("'token'", "'tokens'")),
                file("good.toml", good),
            ],
            &mut notes,
        );
        assert_eq!(all.rows().len(), 1);
        assert_eq!(notes.all().len(), 2);
    }
}

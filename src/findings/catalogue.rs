//! All known failures. In: the files of `assets/signatures` and of the user's folder. Out: [`Catalogue`], with the rows for the one
//! pass and a way to try a text. Must not know any bundle.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::dialogue::Dialogue;
use super::signature::{self, Signature};
use super::view::{BundleView, ResolvedHit};
use super::{evaluate, line_hits, trial};
use crate::base::rules::{self, Fault, RuleFile, RuleKind};
use crate::base::{LogTime, MemberId, Notes, SourceRef};
use crate::records::lines::{LineRule, LineSet};
use crate::session::RunId;
use crate::session::environment::Environment;
use crate::session::tables::Tables;

/// Texts that the user's own signatures may look for in all: each costs a search in every record that has any of them.
const MAX_OWN_ROWS: usize = 500;

/// Every signature, and which row of the one pass belongs to which.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// In order of area and ID; the user's own behind the embedded ones.
    pub signatures: Vec<Signature>,
    /// For each row of the pass: the signature and the row's place in its own list.
    pub(super) rows: Vec<(usize, usize)>,
    rules: Vec<LineRule>,
}

impl Catalogue {
    /// Reads the embedded files and the user's. A faulty file is left out with a note; so is a second one of the same ID.
    pub fn load(user_folder: Option<&Path>, notes: &mut Notes) -> Self {
        Self::from_files(&rules::load(RuleKind::Signature, user_folder, notes), notes)
    }

    /// From files already read.
    pub fn from_files(files: &[RuleFile], notes: &mut Notes) -> Self {
        let mut faults = Vec::new();
        let catalogue = Self::read(files, &mut faults);
        rules::tell(&faults, notes);
        catalogue
    }

    /// The same with every fault.
    pub fn read(files: &[RuleFile], faults: &mut Vec<Fault>) -> Self {
        let mut catalogue = Self::default();
        let mut known: BTreeMap<String, (String, bool)> = BTreeMap::new();
        // The user's files come last; one of them may replace an embedded signature of its ID.
        let mut order: Vec<&RuleFile> = files.iter().collect();
        order.sort_by_key(|f| f.embedded);
        let mut read = Vec::new();
        let mut own_rows = 0;
        for file in order {
            match signature::read(file) {
                Ok((signature, rules)) => match known.get(&signature.id) {
                    // The user's own stands in the place of the one that came with the program.
                    Some((_, embedded)) if file.embedded && !embedded => {}
                    Some((path, _)) => {
                        let why = format!("Signature left out, its name is taken by {path}, which is read first");
                        faults.push(Fault::new(RuleKind::Signature, file, None, why));
                    }
                    None if !file.embedded && own_rows + rules.len() > MAX_OWN_ROWS => {
                        let why = format!("Signature left out, your own look for more than {MAX_OWN_ROWS} texts in all");
                        faults.push(Fault::new(RuleKind::Signature, file, None, why));
                    }
                    None => {
                        own_rows += if file.embedded { 0 } else { rules.len() };
                        known.insert(signature.id.clone(), (file.path.clone(), file.embedded));
                        read.push((signature, rules));
                    }
                },
                Err(fault) => faults.push(fault),
            }
        }
        read.sort_by(|(a, _), (b, _)| (!a.embedded, &a.area, &a.id).cmp(&(!b.embedded, &b.area, &b.id)));
        for (place, (signature, rules)) in read.into_iter().enumerate() {
            for (row, rule) in rules.into_iter().enumerate() {
                catalogue.rows.push((place, row));
                catalogue.rules.push(rule);
            }
            catalogue.signatures.push(signature);
        }
        catalogue
    }

    /// The rows for the one pass, to be taken once; a hit names a row by its place here.
    pub fn take_rules(&mut self) -> Vec<LineRule> {
        std::mem::take(&mut self.rules)
    }

    /// How many rows the pass has.
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// The signature of this ID.
    pub fn get(&self, id: &str) -> Option<&Signature> {
        self.signatures.iter().find(|s| s.id == id)
    }
}

/// Tries signatures on a text: which hit, by ID. For examples, tests and `bundlescope signatures test`.
pub struct Trial {
    catalogue: Catalogue,
    set: Arc<LineSet>,
}

impl Trial {
    /// Takes the catalogue with its rows.
    pub fn new(mut catalogue: Catalogue) -> Self {
        let set = Arc::new(LineSet::new(catalogue.take_rules()));
        Self { catalogue, set }
    }

    /// The catalogue tried.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The hits of a text taken as one member of one run, without times.
    pub fn hits(&self, text: &str) -> Vec<ResolvedHit> {
        let mut hits = Vec::new();
        let mut offset = 0_u64;
        for (number, line) in (1_u64..).zip(text.split_inclusive('\n')) {
            self.set.each_hit(line.as_bytes(), |row, _, line, captures| {
                let source =
                    SourceRef { member: MemberId(0), line: number, offset, bytes: u32::try_from(line.len()).unwrap_or(u32::MAX) };
                hits.push(ResolvedHit { row, source, at: None, run: RunId(0), text: line.to_owned(), captures });
            });
            offset += line.len() as u64;
        }
        hits
    }

    /// The IDs of the line signatures that a text hits, in catalogue order.
    pub fn ids(&self, text: &str) -> Vec<&str> {
        let hits = self.hits(text);
        let broadworks = hits.iter().any(|h| h.text.contains(":BWC:")) || text.contains(":BWC:");
        let found = line_hits::find(&self.catalogue, &hits, &|_| None, &|_| broadworks);
        let mut places: Vec<usize> = found.into_iter().map(|(place, _)| place).collect();
        places.dedup();
        places.into_iter().filter_map(|p| self.catalogue.signatures.get(p)).map(|s| s.id.as_str()).collect()
    }

    /// The IDs of all findings of a dialogue, taken as the calling log of one run, worst first.
    ///
    /// # Errors
    /// A sentence with the line that can't be read.
    pub fn dialogue_ids(&self, text: &str) -> Result<Vec<String>, String> {
        let told = trial::told(&Dialogue::parse(text)?, &self.set)?;
        let environment = Environment::default();
        let moments: Vec<LogTime> = told.moments;
        let busy = |from: LogTime, to: LogTime| moments.iter().any(|at| *at >= from && *at <= to);
        let view = BundleView {
            members: vec![told.member],
            missing: Vec::new(),
            environment: &environment,
            busy: Some(&busy),
            emergency: &Tables::embedded().emergency,
        };
        let outcome = evaluate(&self.catalogue, &told.hits, &told.facts, &view);
        let mut ids: Vec<String> = Vec::new();
        for finding in outcome.findings {
            if !ids.contains(&finding.id) {
                ids.push(finding.id);
            }
        }
        Ok(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "severity='error'\nconfidence='certain'\nsources=['x']\n[[line]]\ncontains='it is broken'\n\
        [en]\ntitle='t'\nmeaning='m'\n";

    fn file(path: &str, embedded: bool, text: &str) -> RuleFile {
        RuleFile { path: path.into(), embedded, text: text.into() }
    }

    fn load(files: &[RuleFile]) -> (Vec<String>, Vec<String>) {
        let mut notes = Notes::new();
        let catalogue = Catalogue::from_files(files, &mut notes);
        let ids = catalogue.signatures.iter().map(|s| format!("{}/{}", s.area, s.id)).collect();
        (ids, notes.all().into_iter().map(|n| n.text).collect())
    }

    #[test]
    fn faulty_files_are_named_and_the_rest_works() {
        let (ids, notes) = load(&[
            file("a/good.toml", true, GOOD),
            file("a/no-toml.toml", true, "severity = \n"),
            file("a/key.toml", true, &format!("wrong = 1\n{GOOD}")),
            file("a/regex.toml", false, &GOOD.replace("contains", "expression = '('\ncontains")),
            file("a/large.toml", false, &GOOD.replace("contains", "expression = '(\\w{1000}){1000}'\ncontains")),
            file("a/short.toml", true, &GOOD.replace("it is broken", "it")),
            file("a/sure.toml", true, &format!("marker='assumed'\n{GOOD}")),
            file("a/Odd Name.toml", true, GOOD),
            file("a/check.toml", true, "severity='note'\nconfidence='certain'\ncheck='none'\n[en]\ntitle='t'\nmeaning='m'\n"),
        ]);
        assert_eq!(ids, ["a/good"]);
        let said = |what: &str, path: &str| notes.iter().any(|n| n.contains(what) && n.ends_with(path));
        assert!(said("Line 1", "no-toml.toml") && said("Line 1", "key.toml"), "{notes:?}");
        assert!(said("can't be read", "regex.toml") && said("too large", "large.toml"), "{notes:?}");
        assert!(said("shorter", "short.toml") && said("only be possible", "sure.toml"), "{notes:?}");
        assert!(said("its name", "Odd Name.toml") && said("no check is called none", "check.toml"), "{notes:?}");
    }

    #[test]
    fn every_expression_that_comes_with_the_program_can_be_read() {
        let mut catalogue = Catalogue::load(None, &mut Notes::new());
        let wrong: Vec<_> =
            catalogue.take_rules().iter().filter_map(|rule| Some((format!("{rule:?}"), rule.check().err()?))).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn one_id_once_and_the_users_own_wins() {
        let own = GOOD.replace("title='t'", "title='mine'");
        let files = [file("a/same.toml", true, GOOD), file("b/same.toml", true, GOOD), file("own/other.toml", false, &own)];
        let (ids, notes) = load(&files);
        assert_eq!(ids, ["a/same", "own/other"]);
        assert!(notes[0].contains("taken by a/same.toml") && notes[0].ends_with("b/same.toml"), "{notes:?}");
        let mut notes = Notes::new();
        let catalogue =
            Catalogue::from_files(&[file("a/same.toml", true, GOOD), file("mine/same.toml", false, &own)], &mut notes);
        assert_eq!(catalogue.signatures.len(), 1);
        assert!(notes.is_empty() && !catalogue.signatures[0].embedded);
    }

    #[test]
    fn what_must_or_must_not_stand_near() {
        let near =
            format!("{GOOD}[[line]]\ncontains='gave up'\nnear = {{ contains = 'asked for', lines = 2, place = 'before' }}\n");
        let without =
            GOOD.replace("contains='it is broken'", "contains='asked for'\nwithout = { contains = 'answered', lines = 2 }");
        let mut notes = Notes::new();
        let trial = Trial::new(Catalogue::from_files(
            &[file("a/near.toml", true, &near), file("a/without.toml", true, &without)],
            &mut notes,
        ));
        assert!(notes.is_empty(), "{:?}", notes.all());
        assert_eq!(trial.ids("asked for it\n-\ngave up\n"), ["near", "without"]);
        assert_eq!(trial.ids("asked for it\n-\n-\ngave up\nasked for\nanswered\n"), ["without"]);
        assert_eq!(trial.ids("gave up\nasked for it\nanswered\n"), Vec::<&str>::new());
    }
}

//! All known failures. In: the files of `assets/signatures` and of the user's folder. Out: [`Catalogue`], with the rows for the one
//! pass and a way to try a text. Must not know any bundle.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::line_hits;
use super::signature::{self, Signature};
use super::view::ResolvedHit;
use crate::base::rules::{self, RuleFile, RuleKind};
use crate::base::{MemberId, NoteKind, Notes, SourceRef};
use crate::records::lines::{LineRule, LineSet};
use crate::session::RunId;

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
        let mut catalogue = Self::default();
        let mut known: BTreeMap<String, (String, bool)> = BTreeMap::new();
        // The user's files come last; one of them may replace an embedded signature of its ID.
        let mut order: Vec<&RuleFile> = files.iter().collect();
        order.sort_by_key(|f| f.embedded);
        let mut read = Vec::new();
        for file in order {
            match signature::read(file) {
                Ok((signature, rules)) => match known.get(&signature.id) {
                    // The user's own stands in the place of the one that came with the program.
                    Some((_, embedded)) if file.embedded && !embedded => {}
                    Some((path, _)) => notes.push(
                        NoteKind::BadRule,
                        None,
                        0,
                        format!("Signature left out, its name is taken by {path}: {}", file.path),
                    ),
                    None => {
                        known.insert(signature.id.clone(), (file.path.clone(), file.embedded));
                        read.push((signature, rules));
                    }
                },
                Err(why) => notes.push(NoteKind::BadRule, None, 0, why),
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
}

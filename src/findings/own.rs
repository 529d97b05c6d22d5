//! Holds a folder of the user's own rules against what rule files promise. In: the folder. Out: [`Checked`]: faults with file and
//! line, remarks, counts. Must not know any bundle.

use std::collections::BTreeSet;
use std::path::Path;

use super::catalogue::{Catalogue, Trial};
use super::signature::Signature;
use crate::base::Language;
use crate::base::rules::{self, Fault, RuleFile, RuleKind};
use crate::base::words::{Words, word};
use crate::records::dialect::Dialects;
use crate::session::milestone;
use crate::session::tables::Tables;

/// What a folder's rules are worth.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong; each names its file, and its line where there is one.
    pub faults: Vec<Fault>,
    /// What is worth knowing: a missing language, an embedded signature that is replaced.
    pub remarks: Vec<Fault>,
    /// Signatures, milestone files and dialects read.
    pub files: usize,
    /// Examples tried.
    pub examples: usize,
}

/// Checks a folder as the program would read it: its own rules together with those of the program.
pub fn check(folder: &Path) -> Checked {
    let mut out = Checked::default();
    for kind in [RuleKind::Dialect, RuleKind::Milestone, RuleKind::Code] {
        let files = rules::read(kind, Some(folder), &mut out.faults);
        out.files += files.iter().filter(|f| !f.embedded).count();
        match kind {
            RuleKind::Dialect => drop(Dialects::read(&files, &mut out.faults)),
            RuleKind::Code => drop(Tables::read(&files, &mut out.faults)),
            _ => drop(milestone::read(&files, &mut out.faults)),
        }
    }
    let files = rules::read(RuleKind::Signature, Some(folder), &mut out.faults);
    let own: Vec<&RuleFile> = files.iter().filter(|f| !f.embedded).collect();
    out.files += own.len();
    let catalogue = Catalogue::read(&files, &mut out.faults);
    let embedded = Catalogue::read(&rules::read(RuleKind::Signature, None, &mut Vec::new()), &mut Vec::new());
    let trial = Trial::new(catalogue);
    for signature in trial.catalogue().signatures.iter().filter(|s| !s.embedded) {
        // Faulty files are told already; what is here was read.
        let Some(file) = own.iter().find(|f| stem(&f.path) == signature.id) else { continue };
        languages(signature, file, &mut out);
        names(signature, file, trial.catalogue(), &mut out);
        if embedded.get(&signature.id).is_some() {
            remark(&mut out, file, None, word("rules.replaces").to_owned());
        }
        examples(signature, file, &trial, &mut out);
    }
    foreign(&trial, &own, &mut out);
    out
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

fn fault(out: &mut Checked, file: &RuleFile, place: Option<usize>, why: String) {
    out.faults.push(Fault::new(RuleKind::Signature, file, place, why));
}

fn remark(out: &mut Checked, file: &RuleFile, place: Option<usize>, why: String) {
    out.remarks.push(Fault::new(RuleKind::Signature, file, place, why));
}

/// A language that is missing shows English.
fn languages(signature: &Signature, file: &RuleFile, out: &mut Checked) {
    let missing: Vec<&str> = Language::ALL.into_iter().filter(|l| !signature.texts.contains_key(l)).map(Language::code).collect();
    if !missing.is_empty() {
        remark(out, file, None, Words::current().fill("rules.no_language", &[("languages", &missing.join(", "))]));
    }
}

/// What it explains or excludes must exist.
fn names(signature: &Signature, file: &RuleFile, catalogue: &Catalogue, out: &mut Checked) {
    for id in signature.explains.iter().chain(&signature.excludes).filter(|id| catalogue.get(id).is_none()) {
        fault(out, file, file.text.find(&format!("\"{id}\"")), Words::current().fill("rules.unknown_name", &[("id", id)]));
    }
    if signature.sources.is_empty() {
        remark(out, file, None, word("rules.no_source").to_owned());
    }
}

/// Each example against the whole catalogue: its own signature as it says, others only where it says so.
fn examples(signature: &Signature, file: &RuleFile, trial: &Trial, out: &mut Checked) {
    let mut starts = file.text.match_indices("[[example]]").map(|(at, _)| at);
    for (number, example) in (1_u32..).zip(&signature.examples) {
        let place = starts.next();
        let number = number.to_string();
        let say = |key: &str, ids: &str| Words::current().fill(key, &[("n", &number), ("ids", ids), ("id", &signature.id)]);
        let ids: Vec<String> = match (&example.log, &example.dialogue) {
            (Some(log), _) => trial.ids(log).into_iter().map(str::to_owned).collect(),
            (None, Some(dialogue)) => match trial.dialogue_ids(dialogue) {
                Ok(ids) => ids,
                Err(why) => {
                    fault(out, file, place, say("rules.example_unreadable", &why));
                    continue;
                }
            },
            (None, None) => {
                remark(out, file, place, say("rules.example_without_log", ""));
                continue;
            }
        };
        out.examples += 1;
        let found: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        match (signature.lines.is_empty() && example.dialogue.is_none(), example.hits, found.contains(signature.id.as_str())) {
            (false, true, false) => fault(out, file, place, say("rules.example_misses", "")),
            (false, false, true) => fault(out, file, place, say("rules.example_hits", "")),
            _ => {}
        }
        let others: Vec<&str> =
            (found.iter().copied()).filter(|id| *id != signature.id && !example.also.iter().any(|also| also == id)).collect();
        if !others.is_empty() {
            fault(out, file, place, say("rules.example_also", &others.join(", ")));
        }
        let absent: Vec<&str> = example.also.iter().map(String::as_str).filter(|id| !found.contains(id)).collect();
        if !absent.is_empty() {
            fault(out, file, place, say("rules.example_not_also", &absent.join(", ")));
        }
    }
    if !signature.lines.is_empty() {
        for (hits, key) in [(true, "rules.no_hit_example"), (false, "rules.no_miss_example")] {
            if !signature.examples.iter().any(|e| e.hits == hits) {
                remark(out, file, None, word(key).to_owned());
            }
        }
    }
}

/// A signature that hits the examples of others may look for too little.
fn foreign(trial: &Trial, own: &[&RuleFile], out: &mut Checked) {
    let mut hit: BTreeSet<(&str, &str)> = BTreeSet::new();
    for other in trial.catalogue().signatures.iter().filter(|s| s.embedded) {
        for log in other.examples.iter().filter_map(|e| e.log.as_deref()) {
            let ids = trial.ids(log);
            let of_own = |id: &&&str| trial.catalogue().get(id).is_some_and(|s| !s.embedded);
            hit.extend(
                ids.iter().filter(of_own).filter_map(|id| Some((trial.catalogue().get(id)?.id.as_str(), other.id.as_str()))),
            );
        }
    }
    let known: BTreeSet<&str> = hit.iter().map(|(own, _)| *own).collect();
    for id in known {
        let others: Vec<&str> = hit.iter().filter(|(own, _)| *own == id).map(|(_, other)| *other).take(8).collect();
        let words = Words::current().fill("rules.hits_examples_of", &[("ids", &others.join(", "))]);
        if let Some(file) = own.iter().find(|f| stem(&f.path) == id) {
            remark(out, file, None, words);
        }
    }
}

//! The catalogue of failures: every example against every signature, and what the files promise about themselves.
//! In: `assets/signatures`. What disagrees is printed with its file.

use std::collections::BTreeSet;

use bundlescope::base::{Language, Notes};
use bundlescope::findings::catalogue::Trial;
use bundlescope::findings::evaluate::is_place;
use bundlescope::findings::signature::{Signature, Texts};
use bundlescope::findings::{BundleView, Catalogue, Finding, Severity, evaluate};
use bundlescope::session::Facts;
use bundlescope::session::environment::Environment;

use crate::captured_direct;

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: std::sync::OnceLock<Catalogue> = std::sync::OnceLock::new();
    CATALOGUE.get_or_init(load)
}

fn load() -> Catalogue {
    let mut notes = Notes::new();
    let catalogue = Catalogue::load(None, &mut notes);
    let notes: Vec<String> = notes.all().into_iter().map(|n| n.text).collect();
    assert!(notes.is_empty(), "{}", notes.join("\n"));
    catalogue
}

#[test]
fn every_example_hits_what_it_says_and_nothing_else() {
    let trial = Trial::new(load());
    let mut wrong = Vec::new();
    for signature in &trial.catalogue().signatures {
        for (place, example) in signature.examples.iter().enumerate() {
            let Some(log) = &example.log else { continue };
            let found: BTreeSet<&str> = trial.ids(log).into_iter().collect();
            let own = example.hits.then_some(signature.id.as_str());
            let expected: BTreeSet<&str> = own.into_iter().chain(example.also.iter().map(String::as_str)).collect();
            if found != expected {
                wrong.push(format!("{} example {}: found {found:?}, expected {expected:?}", signature.id, place + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn line_signatures_have_enough_examples() {
    let mut wrong = Vec::new();
    for signature in catalogue().signatures.iter().filter(|s| !s.lines.is_empty()) {
        let wanted = if signature.assumed { 1 } else { 2 };
        for hits in [true, false] {
            let count = signature.examples.iter().filter(|e| e.hits == hits).count();
            if count < wanted {
                wrong.push(format!("{}: {count} examples with hits = {hits}, wanted {wanted}", signature.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_in_the_files_lead_somewhere() {
    let catalogue = catalogue();
    let mut wrong = Vec::new();
    for signature in &catalogue.signatures {
        for id in signature.explains.iter().chain(&signature.excludes) {
            if catalogue.get(id).is_none() {
                wrong.push(format!("{} names {id}, which does not exist", signature.id));
            }
        }
        if signature.sources.is_empty() {
            wrong.push(format!("{} has no source", signature.id));
        }
    }
    for (id, _) in bundlescope::findings::checks::CHECKS {
        if !catalogue.signatures.iter().any(|s| s.check.as_deref() == Some(id)) {
            wrong.push(format!("no signature uses the check {id}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn places(texts: &Texts) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for text in texts.all() {
        for piece in text.split('{').skip(1) {
            if let Some((name, _)) = piece.split_once('}').filter(|(name, _)| is_place(name)) {
                out.insert(name.to_owned());
            }
        }
    }
    out
}

fn lengths(texts: &Texts) -> [usize; 4] {
    [texts.causes.len(), texts.checks.len(), texts.steps.len(), texts.not_when.len()]
}

fn complete(signature: &Signature, wrong: &mut Vec<String>) {
    let english = signature.texts(Language::English);
    let full =
        |t: &Texts| !t.title.is_empty() && !t.meaning.is_empty() && !t.impact.is_empty() && lengths(t).iter().all(|l| *l > 0);
    for language in Language::ALL {
        let code = language.code();
        let Some(texts) = signature.texts.get(&language) else {
            wrong.push(format!("{}: nothing in {code}", signature.id));
            continue;
        };
        if !full(texts) {
            wrong.push(format!("{}: something is empty in {code}", signature.id));
        }
        if lengths(texts) != lengths(english) {
            wrong.push(format!("{}: lists of {code} are not as long as the English ones", signature.id));
        }
        if places(texts) != places(english) {
            wrong.push(format!("{}: places of {code} {:?}, of English {:?}", signature.id, places(texts), places(english)));
        }
        for (number, texts) in &signature.codes {
            if !texts.get(&language).is_some_and(|t| !t.meaning.is_empty() && !t.action.is_empty()) {
                wrong.push(format!("{}: code {number} lacks words in {code}", signature.id));
            }
        }
    }
}

#[test]
fn every_language_says_everything() {
    let mut wrong = Vec::new();
    for signature in &catalogue().signatures {
        complete(signature, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} gaps\n{}", wrong.len(), wrong.join("\n"));
}

fn view(facts: &Facts, environment: &Environment) -> Vec<Finding> {
    let view = BundleView { members: Vec::new(), missing: Vec::new(), environment, busy: None };
    evaluate(catalogue(), &[], facts, &view, Language::English).findings
}

/// Recordings whose network did something that a finding tells of, though nothing was made to fail.
const TOLD: &[(&str, &str)] = &[
    // The far end's BYE carries Q.850 cause 102, a timer that ran out.
    ("call-released-with-reason", "call-released-abnormally"),
];

#[test]
fn recordings_of_what_works_accuse_nobody() {
    let mut wrong = Vec::new();
    for folder in captured_direct::folders() {
        let truth: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(folder.join("facts.json")).unwrap()).unwrap();
        let scenario = folder.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let name = format!("{scenario}/{}", folder.file_name().unwrap().to_string_lossy());
        let findings = view(&captured_direct::facts_of(&folder), &Environment::default());
        let told = |f: &&Finding| TOLD.contains(&(scenario.as_str(), f.id.as_str()));
        let bad: Vec<&str> =
            findings.iter().filter(|f| f.severity < Severity::Note).filter(|f| !told(f)).map(|f| f.id.as_str()).collect();
        println!(
            "{name} [{}]: {:?}",
            truth["cause"],
            findings.iter().map(|f| (f.id.as_str(), f.severity.word(), f.count)).collect::<Vec<_>>()
        );
        if truth["cause"].is_null() && !bad.is_empty() {
            wrong.push(format!("{name}: {bad:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn recordings_named_as_examples_hit_as_said() {
    let mut wrong = Vec::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captured");
    for signature in &catalogue().signatures {
        for example in &signature.examples {
            let Some(scenario) = &example.scenario else { continue };
            let findings = view(&captured_direct::facts_of(&root.join(scenario)), &Environment::default());
            let ids: Vec<&str> = findings.iter().map(|f| f.id.as_str()).collect();
            if ids.contains(&signature.id.as_str()) != example.hits {
                wrong.push(format!("{} on {scenario}: {ids:?}", signature.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

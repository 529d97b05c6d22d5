//! Every example of every signature against every signature: what it says it hits, and nothing else. In: `assets/signatures`.
//! Each dialogue is held against the catalogue twice: as facts, and as the log that a client would have written of it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;

use bundlescope::analyse::{Analysis, Options, Progress, analyse};
use bundlescope::bundle::Input;
use bundlescope::findings::catalogue::Trial;
use bundlescope::findings::dialogue::Dialogue;
use bundlescope::findings::signature::{Example, Signature};

use crate::signatures::load;

/// What each bundle lacks that is made of one log only; said of every dialogue, and no fault.
pub const LACKS: [&str; 2] = ["environment-missing", "log-missing"];

fn trial() -> &'static Trial {
    static TRIAL: std::sync::OnceLock<Trial> = std::sync::OnceLock::new();
    TRIAL.get_or_init(|| Trial::new(load()))
}

fn examples() -> impl Iterator<Item = (&'static Signature, usize, &'static Example)> {
    let all = trial().catalogue().signatures.iter();
    all.flat_map(|s| s.examples.iter().enumerate().map(move |(n, e)| (s, n + 1, e)))
}

fn expected(signature: &Signature, example: &Example) -> BTreeSet<String> {
    let own = example.hits.then(|| signature.id.clone());
    own.into_iter().chain(example.also.iter().cloned()).collect()
}

/// What the whole program makes of the files of one bundle.
pub fn read(files: &[(&str, &[u8])]) -> std::sync::Arc<Analysis> {
    let bundle = Input::Memory { name: "logs.zip".into(), bytes: crate::archive::zip(files).into() };
    analyse(&[bundle], &Options::default(), &Progress::new()).unwrap().remove(0)
}

fn difference(place: &str, found: &BTreeSet<String>, expected: &BTreeSet<String>, wrong: &mut Vec<String>) {
    if found != expected {
        wrong.push(format!("{place}: found {found:?}, expected {expected:?}"));
    }
}

#[test]
fn dialogues_hit_what_they_say_and_nothing_else() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (signature, number, example) in examples() {
        let Some(text) = &example.dialogue else { continue };
        count += 1;
        let place = format!("{} example {number}", signature.id);
        match trial().dialogue_ids(text) {
            Ok(ids) => difference(&place, &ids.into_iter().collect(), &expected(signature, example), &mut wrong),
            Err(why) => wrong.push(format!("{place}: {why}")),
        }
    }
    println!("{count} dialogues");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn dialogues_as_logs_hit_the_same() {
    let mut wrong = Vec::new();
    for (signature, number, example) in examples() {
        let Some(text) = &example.dialogue else { continue };
        let log = Dialogue::parse(text).unwrap().log();
        let analysis = read(&[("bwc/current_log.txt", log.as_bytes())]);
        let ids = analysis.findings.iter().map(|f| f.id.clone()).filter(|id| !LACKS.contains(&id.as_str())).collect();
        difference(&format!("{} example {number}", signature.id), &ids, &expected(signature, example), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bundles_of_files_hit_what_they_say() {
    let mut wrong = Vec::new();
    for (signature, number, example) in examples().filter(|(_, _, e)| !e.files.is_empty()) {
        let files: Vec<(&str, &[u8])> = example.files.iter().map(|(p, t)| (p.as_str(), t.as_bytes())).collect();
        let analysis = read(&files);
        let mut expected = expected(signature, example);
        let ids: BTreeSet<String> = analysis.findings.iter().map(|f| f.id.clone()).collect();
        // What few files lack is only judged where it is the point.
        let judged = |id: &String| !LACKS.contains(&id.as_str()) || *id == signature.id;
        expected.retain(judged);
        let ids = ids.into_iter().filter(judged).collect();
        difference(&format!("{} example {number}", signature.id), &ids, &expected, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// About bytes that no text can hold: `signatures_bundle.rs` makes them.
const OF_BYTES: [&str; 3] = ["environment-does-not-belong", "log-damaged", "log-truncated"];

#[test]
fn every_signature_has_enough_examples() {
    let mut wrong = Vec::new();
    for signature in trial().catalogue().signatures.iter().filter(|s| !OF_BYTES.contains(&s.id.as_str())) {
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
fn the_example_of_the_form_can_be_read() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/signatures/README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let example = text.split("dialogue = '''\n").nth(1).unwrap().split("'''").next().unwrap();
    let dialogue = Dialogue::parse(example).unwrap();
    assert_eq!(dialogue.user_agent.as_deref(), Some("Webex (windows)"));
    assert_eq!(dialogue.events.len(), 15);
}

//! `bundlescope explain`: every code of the guide's tables in three languages, through the library, and a few through the program.

use std::process::Output;

use bundlescope::base::{Language, Notes};
use bundlescope::findings::Catalogue;
use bundlescope::findings::explain::{Part, explain};

/// Guide, "End-user error codes and suggested action": code, and a word of the guide's meaning and action in three languages.
const ACTIVATION: [(&str, [&str; 3]); 25] = [
    ("100006", ["password", "heslo", "wachtwoord"]),
    ("200010", ["password", "hesl", "wachtwoord"]),
    ("200013", ["Common Identity", "Common Identity", "Common Identity"]),
    ("200014", ["provisioning ID", "provisioning ID", "provisioning"]),
    ("200016", ["browser", "prohlížeč", "browser"]),
    ("200018", ["10 minutes", "10 minut", "10 minuten"]),
    ("200019", ["Control Hub", "Control Hub", "Control Hub"]),
    ("200022", ["mail", "mail", "mail"]),
    ("200025", ["minutes", "minut", "minuten"]),
    ("200026", ["organisation", "organizac", "organisatie"]),
    ("200039", ["organisation", "organizac", "organisatie"]),
    ("200040", ["configSet", "configSet", "configSet"]),
    ("200041", ["service", "služb", "dienst"]),
    ("200042", ["mail", "mail", "mail"]),
    ("200043", ["mail", "mail", "mail"]),
    ("200044", ["cluster", "cluster", "cluster"]),
    ("200045", ["organisation", "organizac", "organisatie"]),
    ("200046", ["pending", "čekající", "wacht"]),
    ("200047", ["cluster", "cluster", "cluster"]),
    ("200048", ["mail", "mail", "mail"]),
    ("200049", ["cluster", "cluster", "cluster"]),
    ("200050", ["link", "odkaz", "link"]),
    ("200051", ["organisation", "organizac", "organisatie"]),
    ("200054", ["Control Hub", "Control Hub", "Control Hub"]),
    ("300005", ["minutes", "minut", "minuten"]),
];

/// Guide, "Directory sync error codes": code and a word of its English meaning.
const DIRECTORY: [(&str, &str); 28] = [
    ("600000", "unexpected"),
    ("600001", "failed"),
    ("600002", "stop"),
    ("600003", "partly"),
    ("600004", "not enabled"),
    ("600005", "already"),
    ("600006", "busy"),
    ("600007", "identity"),
    ("600008", "partner"),
    ("600009", "busy"),
    ("600010", "no cluster"),
    ("600011", "not enabled"),
    ("600012", "hybrid"),
    ("600013", "machine account"),
    ("600014", "connect"),
    ("600015", "no matching user"),
    ("600017", "phone list"),
    ("600018", "users"),
    ("600019", "contacts"),
    ("600020", "disabled"),
    ("600022", "no provisioned user"),
    ("600023", "already"),
    ("600024", "no matching user"),
    ("600025", "user account"),
    ("600026", "machine account"),
    ("600027", "several"),
    ("600028", "of the enterprise"),
    ("600029", "no provisioned user"),
];

fn catalogue() -> Catalogue {
    Catalogue::load(None, &mut Notes::new())
}

/// All that is said of a code.
fn said(catalogue: &Catalogue, code: &str, language: Language) -> (String, bool) {
    let found = explain(catalogue, code, language);
    assert_eq!(found.len(), 1, "{code}: {found:?}");
    let has_steps = found[0].parts.iter().any(|(part, list)| *part == Part::Steps && !list.is_empty());
    let parts = found[0].parts.iter().flat_map(|(_, list)| list).cloned();
    (std::iter::once(found[0].title.clone()).chain(parts).collect::<Vec<_>>().join("\n"), has_steps)
}

#[test]
fn every_activation_code_of_the_guide_in_three_languages() {
    let catalogue = catalogue();
    let mut wrong = Vec::new();
    for (code, words) in ACTIVATION {
        let mut texts = Vec::new();
        for (language, word) in Language::ALL.into_iter().zip(words) {
            let (text, has_steps) = said(&catalogue, code, language);
            if !text.to_lowercase().contains(&word.to_lowercase()) || !has_steps {
                wrong.push(format!("{code} {}: no \"{word}\" or no steps in\n{text}", language.code()));
            }
            texts.push(text);
        }
        assert!(texts[0] != texts[1] && texts[0] != texts[2], "{code} is not translated");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_directory_synchronisation_code_of_the_guide_in_three_languages() {
    let catalogue = catalogue();
    let mut wrong = Vec::new();
    for (code, word) in DIRECTORY {
        let texts: Vec<String> = Language::ALL.iter().map(|l| said(&catalogue, code, *l).0).collect();
        if !texts[0].to_lowercase().contains(word) {
            wrong.push(format!("{code}: no \"{word}\" in {}", texts[0]));
        }
        if texts[0] == texts[1] || texts[0] == texts[2] {
            wrong.push(format!("{code} is not translated"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn run(arguments: &[&str]) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_bundlescope"));
    command.env("BUNDLESCOPE_RULES", "/nonexistent").arg("explain").args(arguments).output().unwrap()
}

#[track_caller]
fn says(arguments: &[&str], code: i32, words: &[&str]) {
    let output = run(arguments);
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    for word in words {
        assert!(text.contains(word), "{arguments:?} lacks \"{word}\":\n{text}");
    }
}

#[test]
fn the_program_says_it() {
    says(&["200018"], 0, &["200018: ", "locked", "10 minutes", "Next steps\n  1. "]);
    says(&["200018", "--lang", "nl"], 0, &["10 minuten"]);
    says(&["600014", "--lang", "cs"], 0, &["600014: "]);
    says(&["1507"], 0, &["1507: "]);
    says(&["488"], 0, &["488: ", "media offer"]);
    says(&["Q.850", "34"], 0, &["34: ", "Q.850"]);
    says(&["one-way audio"], 0, &["one-way-media-negotiated: "]);
    says(&["register-forbidden"], 0, &["register-forbidden: ", "Sources"]);
}

#[test]
fn what_it_does_not_know_it_says() {
    says(&["200099"], 0, &["Not in the guide's table", "no error of its own"]);
    says(&["call", "recording"], 0, &["Not answerable from a client bundle"]);
    says(&["no such thing at all"], 1, &["Not in the catalogue"]);
    says(&["register-forbiden"], 1, &["Perhaps: register-forbidden ("]);
    says(&["--lang", "de", "488"], 2, &[]);
    says(&[], 2, &[]);
}

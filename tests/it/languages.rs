//! Every language says everything: keys and places of the words, one analysis in several languages, the window's language.

use std::collections::BTreeSet;
use std::sync::Arc;

use bundlescope::analyse::{Analysis, Options as ReadOptions, Progress, analyse};
use bundlescope::app::{App, Theme};
use bundlescope::base::Language;
use bundlescope::base::words::{self, Part, Words};
use bundlescope::bundle::Input;
use bundlescope::export::{Format, Options, render};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use serde_json::Value;

/// What the command line says on standard error is English: its keys need no other language.
const ENGLISH_ONLY: &[&str] = &["cli", "association", "fault"];

const FAILING: &[u8] = include_bytes!("../../assets/samples/failing.zip");

fn own(language: Language) -> BTreeSet<&'static str> {
    Words::of(language).keys().collect()
}

#[test]
fn each_file_can_be_read_and_no_key_stands_twice() {
    for language in Language::ALL {
        let mut seen = std::collections::BTreeMap::new();
        let files = words::files(language);
        let on_disk = std::fs::read_dir(format!("{}/assets/words/{}", env!("CARGO_MANIFEST_DIR"), language.code())).unwrap();
        assert_eq!(files.len(), on_disk.count(), "files embedded");
        for (path, text) in files {
            let words = Words::parse(text).unwrap_or_else(|why| panic!("assets/words/{}/{path}: {why}", language.code()));
            for key in words.keys() {
                let before = seen.insert(key.to_owned(), path);
                assert_eq!(before, None, "assets/words/{}/{path}: {key} stands there, too", language.code());
            }
        }
    }
}

#[test]
fn no_key_is_missing_in_any_language() {
    let english = own(Language::English);
    let wanted: BTreeSet<&str> = english
        .iter()
        .copied()
        .filter(|key| !ENGLISH_ONLY.contains(&key.split_once('.').map_or("", |(section, _)| section)))
        .collect();
    assert!(wanted.len() > 500, "{} keys", wanted.len());
    for language in [Language::Czech, Language::Dutch] {
        let keys = own(language);
        let missing: Vec<&&str> = wanted.difference(&keys).collect();
        assert!(missing.is_empty(), "assets/words/{} lacks {missing:#?}", language.code());
        let unknown: Vec<&&str> = keys.difference(&english).collect();
        assert!(unknown.is_empty(), "assets/words/{} has what English has not: {unknown:#?}", language.code());
    }
}

#[test]
fn places_agree_and_forms_are_as_many_as_the_language_has() {
    for language in Language::ALL {
        let forms = if language == Language::Czech { 3 } else { 2 };
        for key in own(language) {
            let mut faults = Vec::new();
            let places = |language: Language, faults: &mut Vec<String>| -> BTreeSet<String> {
                let mut names = BTreeSet::new();
                words::parts(Words::of(language).get(key), |part| match part {
                    Part::Text(text) => {
                        if text.contains(['{', '}']) {
                            faults.push(format!("a brace that is no place in {text:?}"));
                        }
                    }
                    Part::Place(name) => {
                        names.insert(name.to_owned());
                    }
                    Part::Form(name, list) => {
                        names.insert(name.to_owned());
                        let count = list.split('|').count();
                        if count != forms {
                            faults.push(format!("{count} forms in {list:?}"));
                        }
                    }
                });
                names
            };
            let own = places(language, &mut faults);
            let english = places(Language::English, &mut Vec::new());
            if own != english {
                faults.push(format!("places {own:?}, in English {english:?}"));
            }
            assert!(faults.is_empty(), "assets/words/{}, {key}: {faults:?}", language.code());
        }
    }
}

/// Words that are the same in both, such as names of protocols, are few; a file that was only copied would show here.
#[test]
fn a_translation_is_one() {
    for language in [Language::Czech, Language::Dutch] {
        let words = Words::of(language);
        // What stands at a place is no word of the language.
        let letters = |key: &str| {
            let mut count = 0;
            words::parts(words.get(key), |part| {
                if let Part::Text(text) | Part::Form(_, text) = part {
                    count += text.chars().filter(|c| c.is_alphabetic()).count();
                }
            });
            count
        };
        let long = |key: &&str| letters(key) > 12;
        let same: Vec<&str> =
            own(language).into_iter().filter(long).filter(|key| words.get(key) == Words::english().get(key)).collect();
        assert!(same.len() <= 8, "{}: {same:#?}", language.code());
    }
}

fn failing() -> Vec<Arc<Analysis>> {
    let input = Input::Memory { name: "failing.zip".into(), bytes: FAILING.to_vec().into() };
    analyse(&[input], &ReadOptions::default(), &Progress::new()).unwrap()
}

fn written(analyses: &[Arc<Analysis>], format: Format, language: Language) -> String {
    render(analyses, format, &Options { words: Words::of(language), ..Options::default() })
}

#[test]
fn one_analysis_in_every_language() {
    let read = failing();
    for format in [Format::Text, Format::Json] {
        let before = render(&read, format, &Options::default());
        let czech = written(&read, format, Language::Czech);
        let dutch = written(&read, format, Language::Dutch);
        assert!(before.contains("Registration refused"), "{before}");
        assert!(czech.contains("Registrace odmítnuta") && !czech.contains("Registration refused"), "{czech}");
        assert!(dutch.contains("Registratie geweigerd") && !dutch.contains("Registration refused"), "{dutch}");
        // The finding's own words, from its signature.
        assert!(czech.contains("Registrar nepřijímá heslo") && dutch.contains("registrar"), "{czech}\n{dutch}");
        assert_eq!(written(&read, format, Language::English), before, "nothing of the other languages stays");
    }
    // The language that the thread speaks otherwise does not reach a report: it is English unless asked for.
    let _spoken = words::speak(Language::Dutch);
    assert_eq!(render(&read, Format::Text, &Options::default()), written(&read, Format::Text, Language::English));
    assert_eq!(words::spoken(), Language::Dutch);
}

/// The templates of sentences are those of the code: a sentence that changed there would no longer be found.
#[test]
fn sentences_stand_in_the_code() {
    let mut code = String::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("words.rs") {
                code.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let english = Words::english();
    let sentences: Vec<&str> = english.keys().filter(|key| key.starts_with("sentence.")).collect();
    assert!(sentences.len() > 60);
    for key in sentences {
        let mut pattern = String::from("\"");
        words::parts(english.get(key), |part| match part {
            Part::Text(text) => pattern.push_str(&regex::escape(text)),
            Part::Place(_) | Part::Form(..) => pattern.push_str(r"\{[^{}]*\}"),
        });
        assert!(regex::Regex::new(&pattern).unwrap().is_match(&code), "{key}: no code says {:?}", english.get(key));
    }
}

/// Where two values differ: the name of the field.
fn differing(a: &Value, b: &Value, name: &str, out: &mut BTreeSet<String>) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "fields of {name}");
            for ((key, a), b) in a.iter().zip(b.values()) {
                differing(a, b, key, out);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{name}");
            a.iter().zip(b).for_each(|(a, b)| differing(a, b, name, out));
        }
        _ if a == b => {}
        _ => {
            out.insert(name.to_owned());
        }
    }
}

/// Sentences are translated; what scripts read is not.
#[test]
fn the_schema_is_not_translated() {
    let read = failing();
    let json = |language| serde_json::from_str::<Value>(&written(&read, Format::Json, language)).unwrap();
    let english = json(Language::English);
    for language in [Language::Czech, Language::Dutch] {
        let mut fields = BTreeSet::new();
        differing(&english, &json(language), "", &mut fields);
        let sentences = ["causes", "checks", "detail", "impact", "meaning", "not_when", "steps", "text", "title"];
        assert!(fields.contains("title") && fields.contains("steps"), "{fields:?}");
        assert!(fields.iter().all(|f| sentences.contains(&f.as_str())), "{fields:?}");
    }
}

fn window(language: Language) -> Harness<'static, App> {
    Harness::builder().with_size(Vec2::new(1280.0, 800.0)).with_step_dt(0.02).build_eframe(move |cc| {
        App::prepare(&cc.egui_ctx);
        let mut app = App::new(Theme::Dark).with_language(language);
        app.show(failing().remove(0));
        app
    })
}

#[test]
fn the_window_speaks_its_language_and_another_when_asked() {
    let mut harness = window(Language::Czech);
    harness.run_steps(3);
    harness.get_by_label("Pokrytí");
    assert!(harness.query_by_label("Coverage").is_none());
    assert!(harness.query_all_by_label_contains("Registrace odmítnuta").next().is_some());
    assert!(harness.query_all_by_label_contains("Registrar nepřijímá heslo").next().is_some());
    // Czech, Dutch, English, Czech.
    for (language, label, verdict) in [
        ("Nederlands", "Dekking", "Registratie geweigerd"),
        ("English", "Coverage", "Registration refused"),
        ("Čeština", "Pokrytí", "Registrace odmítnuta"),
    ] {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
        harness.run_steps(3);
        harness.get_by_role_and_label(Role::RadioButton, language).click();
        harness.run_steps(3);
        harness.key_press(Key::Escape);
        harness.run_steps(3);
        harness.get_by_label(label);
        assert!(harness.query_all_by_label_contains(verdict).next().is_some(), "{verdict}");
    }
    assert_eq!(words::spoken(), Language::English, "the frame leaves the thread as it was");
}

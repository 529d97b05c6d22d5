//! Rules of the user's own: taught without a rebuild, faulty ones named with file and line, and "why not?".

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use bundlescope::analyse::{Analysis, Options, Progress, analyse, rule_book};
use bundlescope::base::rules;
use bundlescope::bundle::Input;
use bundlescope::export::{self, Format, Outlet};
use bundlescope::findings::dialogue::Dialogue;
use bundlescope::findings::own;

/// A rules folder of a test, gone when dropped.
struct Rules(PathBuf);

impl Rules {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bundlescope-rules-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn read(&self, log: &str) -> Arc<Analysis> {
        let input = Input::Memory { name: "a.log".into(), bytes: log.as_bytes().into() };
        let options = Options { rules: Some(self.0.clone()), ..Options::default() };
        analyse(&[input], &options, &Progress::new()).unwrap().remove(0)
    }

    fn faults(&self) -> Vec<String> {
        rule_book(Some(&self.0)).faults.iter().map(ToString::to_string).collect()
    }
}

impl Drop for Rules {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A signature that looks for a text.
fn signature(text: &str) -> String {
    format!(
        "severity = \"error\"\nconfidence = \"certain\"\nsources = [\"a ticket\"]\n[[line]]\ncontains = \"{text}\"\n\
         [en]\ntitle = \"Our own\"\nmeaning = \"m\"\n"
    )
}

const DIALECT: &str = r#"
name = "ours"
expressions = ['@(?P<ts>\d+\.\d+\.\d+ \d+:\d+:\d+) (?P<lvl>\w+) \| (?P<rest>.*)$']
time = ["%d.%m.%Y %H:%M:%S"]
[[sample]]
line = "@30.01.2024 07:19:10 WARN | hello"
time = "2024-01-30T07:19:10"
level = "warn"
message = "hello"
"#;

const MILESTONE: &str = r#"
[[milestone]]
stage = "token"
says = "reached"
contains = "our token is here"
marker = "seen"
sample = "our token is here"
"#;

const LOG: &str = "@30.01.2024 07:19:10 INFO | our token is here\n@30.01.2024 07:19:11 WARN | our proxy fell over\n";

fn ids(analysis: &Analysis) -> Vec<&str> {
    analysis.findings.iter().map(|f| f.id.as_str()).collect()
}

fn token(analysis: &Analysis) -> String {
    let stages = analysis.facts.runs.iter().flat_map(|r| &r.stages);
    stages.filter(|s| s.id.word() == "token").map(|s| s.state.word()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_dialect_a_milestone_and_a_signature_are_taught_without_a_rebuild() {
    let rules = Rules::new();
    let before = rules.read(LOG);
    assert_eq!(before.members[0].dialect.as_deref(), None);
    assert!(!ids(&before).contains(&"proxy-fell-over"));
    rules.put("dialects/ours.toml", DIALECT);
    rules.put("milestones/ours.toml", MILESTONE);
    rules.put("signatures/ours/proxy-fell-over.toml", signature("our proxy fell over"));
    let after = rules.read(LOG);
    assert_eq!(rules.faults(), Vec::<String>::new());
    assert_eq!(after.members[0].dialect.as_deref(), Some("ours"));
    // 30 January 2024 07:19:11 UTC.
    let finding = after.findings.iter().find(|f| f.id == "proxy-fell-over").unwrap();
    assert_eq!(finding.first.map(|t| t.0 / 1_000_000), Some(1_706_599_151));
    assert_eq!(finding.evidence[0].source.unwrap().line, 2);
    assert_eq!(token(&after), "ok");
    assert_ne!(token(&before), "ok");
    // An edit counts the next time, in the same process.
    rules.put("signatures/ours/proxy-fell-over.toml", signature("something else"));
    assert!(!ids(&rules.read(LOG)).contains(&"proxy-fell-over"));
}

#[test]
fn bad_files_are_named_with_their_line_and_the_rest_works() {
    let rules = Rules::new();
    let good = signature("our proxy fell over");
    rules.put("signatures/own/good.toml", &good);
    rules.put("signatures/own/broken.toml", "severity = \"error\"\nconfidence =\n");
    rules.put("signatures/own/unclosed.toml", good.replace("[en]", "expression = '(('\n[en]"));
    rules.put("signatures/own/huge-expression.toml", good.replace("[en]", "expression = '(\\w{1000}){1000}'\n[en]"));
    rules.put("signatures/own/stage.toml", format!("stage = \"tokens\"\n{good}"));
    rules.put("signatures/own/need.toml", format!("\n\nneeds = [\"nothing\"]\n{good}"));
    rules.put("signatures/a/twice.toml", &good);
    rules.put("signatures/b/twice.toml", &good);
    rules.put("signatures/own/no-english.toml", good.replace("[en]", "[cs]"));
    rules.put("signatures/own/long.toml", good.replace("\"m\"", &format!("\"{}\"", "m".repeat(5_000))));
    let rows = |n: usize| {
        let list: Vec<String> = (0..n).map(|i| format!("\"text number {i}\"")).collect();
        good.replace("\"our proxy fell over\"", &format!("[{}]", list.join(", ")))
    };
    rules.put("signatures/own/many-rows.toml", rows(10_000));
    rules.put("signatures/own/not-utf-8.toml", [good.as_bytes(), b"# caf\xe9\n"].concat());
    rules.put("signatures/own/large.toml", vec![b'#'; 50 << 20]);
    fs::create_dir_all(rules.0.join("signatures/own/folder.toml")).unwrap();
    let outside = std::env::temp_dir().join(format!("bundlescope-outside-{}.toml", std::process::id()));
    fs::write(&outside, &good).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, rules.0.join("signatures/own/linked.toml")).unwrap();
    rules.put("milestones/a-row.toml", format!("{MILESTONE}{}", MILESTONE.replace("\"token\"", "\"tokens\"")));
    let short = "[[milestone]]\nstage=\"token\"\nsays=\"reached\"\ncontains=\"our t\"\nmarker=\"seen\"\nsample=\"our t\"\n";
    rules.put("milestones/many.toml", short.repeat(10_000));
    rules.put("dialects/bad.toml", DIALECT.replace("(?P<ts>", "(?P<ts>("));
    let began = Instant::now();
    let faults = rules.faults();
    let analysis = rules.read(LOG);
    let _ = fs::remove_file(&outside);
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    let mut expected = vec![
        ("signatures/own/broken.toml:2: ", ""),
        ("signatures/own/unclosed.toml:6: ", "expression can't be read"),
        ("signatures/own/huge-expression.toml:6: ", "too large"),
        ("signatures/own/stage.toml:1: ", "no stage is called tokens"),
        ("signatures/own/need.toml:3: ", "no role is called nothing"),
        ("signatures/b/twice.toml: ", "its name is taken by a/twice.toml"),
        ("signatures/own/no-english.toml: ", "no English"),
        ("signatures/own/long.toml:6: ", "more than 4000 characters"),
        ("signatures/own/many-rows.toml:5: ", "more than 200 texts"),
        ("signatures/own/not-utf-8.toml:9: ", "UTF-8"),
        ("signatures/own/large.toml: ", "larger than"),
        ("signatures/own/folder.toml: ", "a folder"),
        ("milestones/a-row.toml:9: ", "no stage is called tokens"),
        ("milestones/many.toml:2995: ", "Only the first 500"),
        ("dialects/bad.toml:3: ", "faulty"),
    ];
    if cfg!(unix) {
        expected.push(("signatures/own/linked.toml: ", "links are not followed"));
    }
    for (place, why) in &expected {
        assert!(faults.iter().any(|f| f.starts_with(place) && f.contains(why)), "{place}{why} is not in\n{}", faults.join("\n"));
    }
    assert_eq!(faults.len(), expected.len(), "{}", faults.join("\n"));
    assert!(ids(&analysis).contains(&"good") && ids(&analysis).contains(&"twice"), "{:?}", ids(&analysis));
    // They stand in the notes of the report and the window too.
    assert!(analysis.notes.all().iter().any(|n| n.text.starts_with("Line 6: ") && n.text.ends_with("unclosed.toml")));
}

#[test]
fn a_slow_expression_and_very_many_files_end_soon() {
    let rules = Rules::new();
    rules.put("signatures/own/slow.toml", signature("aaaa").replace("[en]", "expression = '^(a+)+$'\n[en]"));
    for n in 0..600 {
        rules.put(&format!("signatures/many/one-{n}.toml"), signature(&format!("text number {n}")));
    }
    let log = format!("2024-01-30T07:19:10.077Z <Info> [0x45c] a.cpp:1 {}b\n", "a".repeat(3_000)).repeat(200);
    let began = Instant::now();
    let analysis = rules.read(&log);
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    assert!(!ids(&analysis).contains(&"slow"));
    let faults = rules.faults();
    assert_eq!(faults.len(), 101, "one text too many for each file after the 500th");
    assert!(faults[0].contains("more than 500 texts in all"), "{}", faults[0]);
}

#[test]
fn tables_of_ones_own_add_emergency_numbers_and_feature_codes() {
    let dialogue = |number: &str| {
        let text = format!("0 > INVITE c.1 sip:{number}@example.com || sdp\n0.1 < 403 c.1\n0.1 > ACK c.1\n");
        Dialogue::parse(&text).unwrap().log()
    };
    let rules = Rules::new();
    let leads = |rules: &Rules| rules.read(&dialogue("155")).findings[0].id.clone();
    assert_eq!(leads(&rules), "call-forbidden");
    rules.put("codes/emergency.toml", "numbers = ['155']");
    rules.put("codes/features.toml", "[[feature]]\ncode = '*5'\nen = 'door opener'");
    assert_eq!(leads(&rules), "emergency-call-failed");
    assert_eq!(rules.faults(), Vec::<String>::new());
    let report = export::render(&[rules.read(&dialogue("*51"))], Format::Json, &export::Options::default());
    assert!(report.contains("*5: door opener (likely)"), "{report}");
    rules.put("codes/emergency.toml", "numbers = [155]");
    assert_eq!(rules.faults().len(), 1);
    assert_eq!(own::check(&rules.0).faults.len(), 1);
}

#[test]
fn a_missing_language_shows_english_and_is_named() {
    let rules = Rules::new();
    rules.put("signatures/own/english-only.toml", signature("our proxy fell over"));
    let checked = own::check(&rules.0);
    assert!(checked.faults.is_empty(), "{:?}", checked.faults);
    let remarks: Vec<String> = checked.remarks.iter().map(ToString::to_string).collect();
    assert!(
        remarks.iter().any(|r| r == "signatures/own/english-only.toml: No texts in cs, nl: English stands in"),
        "{remarks:?}"
    );
    let analysis = rules.read(LOG);
    let finding = analysis.findings.iter().find(|f| f.id == "english-only").unwrap();
    let _spoken = bundlescope::base::words::speak(bundlescope::base::Language::Czech);
    assert_eq!(Outlet::originals().text(&finding.title), "Our own");
}

#[test]
fn examples_are_held_against_the_whole_catalogue() {
    let rules = Rules::new();
    let example = |hits: bool, log: &str| format!("[[example]]\nhits = {hits}\nlog = '''{log}'''\n");
    let text = signature("our proxy fell over")
        + &example(true, "nothing of it")
        + &example(false, "our proxy fell over")
        + &example(true, "our proxy fell over: x:BWC:SCF: failed to parse the configuration");
    rules.put("signatures/own/ours.toml", text);
    rules.put("signatures/own/wide.toml", signature("BroadWorks Calling"));
    let checked = own::check(&rules.0);
    let faults: Vec<String> = checked.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "signatures/own/ours.toml:9: Example 1 should hit ours and does not",
            "signatures/own/ours.toml:12: Example 2 should not hit ours and does",
            "signatures/own/ours.toml:15: Example 3 hits others too: config-parse-failure; if that is right, name them in \"also\"",
        ]
    );
    let remarks: Vec<String> = checked.remarks.iter().map(ToString::to_string).collect();
    assert!(remarks.iter().any(|r| r.contains("wide.toml: It hits examples of other signatures too")), "{remarks:?}");
}

fn said(analysis: &Analysis, id: &str) -> Vec<(String, Option<u64>)> {
    let not = analysis.not_raised.iter().find(|n| n.id == id).unwrap();
    not.reasons.iter().map(|r| (Outlet::originals().text(&r.text), r.line.as_ref().map(|(s, _)| s.line))).collect()
}

#[test]
fn why_not_names_the_condition_that_failed() {
    let rules = Rules::new();
    let with = |more: &str| signature("our proxy fell over").replace("[en]", &format!("{more}\n[en]"));
    rules.put("dialects/ours.toml", DIALECT);
    rules.put("signatures/own/absent.toml", signature("this is nowhere"));
    rules.put("signatures/own/other-form.toml", with("expression = 'fell over (?P<n>\\d+) times'"));
    rules.put("signatures/own/alone.toml", with("near = { contains = \"never written\", lines = 3 }"));
    rules.put("signatures/own/followed.toml", {
        signature("our token is here").replace("[en]", "without = { contains = \"our proxy\", lines = 3 }\n[en]")
    });
    rules.put("signatures/own/cut-off.toml", with("without = { contains = \"stands again\", seconds = 60 }"));
    rules.put("signatures/own/media-only.toml", with("roles = [\"media\"]"));
    rules.put("signatures/own/look-alike.toml", with("expression = 'our (?P<not>proxy)'"));
    rules.put("signatures/own/untried.toml", format!("needs = [\"media\"]\n{}", signature("never written")));
    rules.put("signatures/own/broadworks.toml", format!("with = \"broadworks\"\n{}", signature("our proxy fell over")));
    rules.put("signatures/own/winner.toml", format!("excludes = [\"loser\"]\n{}", signature("our proxy fell over")));
    rules.put("signatures/own/loser.toml", signature("our proxy fell over"));
    let analysis = rules.read(LOG);
    assert_eq!(rules.faults(), Vec::<String>::new());
    for (id, why, line) in [
        ("absent", "None of its texts stands in the 2 records of 1 client log: \"this is nowhere\"", None),
        ("other-form", "1 line with \"our proxy fell over\", but the expression does not match", Some(2)),
        ("alone", "1 line matched, but what must stand near by does not", Some(2)),
        ("followed", "1 line matched, but what must not follow does stand near by", Some(1)),
        ("cut-off", "1 line matched, but the log ends too soon to tell whether the good ending followed", Some(2)),
        ("media-only", "1 line matched, but in a log of another kind", Some(2)),
        ("look-alike", "1 line matched, but it is a look-alike", Some(2)),
        ("broadworks", "1 line matched, but nothing shows BroadWorks at work in that run", Some(2)),
        ("loser", "Found in run 1, but left out because winner explains it", None),
    ] {
        assert_eq!(said(&analysis, id), [(why.to_owned(), line)], "{id}");
    }
    let untried = said(&analysis, "untried");
    assert!(untried[0].0.starts_with("Not tried: it needs one of these"), "{untried:?}");
    // Code says what it looked at.
    let forbidden = said(&analysis, "register-forbidden");
    assert!(forbidden.iter().any(|(text, _)| text.contains("needs one of these")), "{forbidden:?}");
    // Every signature is either a finding or says why it is none.
    let book = rule_book(Some(&rules.0));
    for signature in &book.catalogue.signatures {
        let raised = ids(&analysis).contains(&signature.id.as_str());
        let not = analysis.not_raised.iter().find(|n| n.id == signature.id);
        assert!(raised != not.is_some_and(|n| !n.reasons.is_empty()), "{}", signature.id);
    }
}

#[test]
fn the_folder_is_made_with_guide_and_template_and_nothing_is_overwritten() {
    let rules = Rules::new();
    let folder = rules.0.join("new");
    rules::prepare(&folder).unwrap();
    for name in ["signatures/README.md", "signatures/TEMPLATE.txt", "dialects/README.md", "milestones"] {
        assert!(folder.join(name).exists(), "{name}");
    }
    fs::write(folder.join("signatures/README.md"), "mine").unwrap();
    rules::prepare(&folder).unwrap();
    assert_eq!(fs::read_to_string(folder.join("signatures/README.md")).unwrap(), "mine");
    // The template, saved under a name, is a sound signature whose examples hold.
    fs::create_dir_all(folder.join("signatures/own")).unwrap();
    fs::write(folder.join("signatures/own/proxy-refuses.toml"), rules::TEMPLATE).unwrap();
    let checked = own::check(&folder);
    assert!(checked.faults.is_empty() && checked.examples == 2, "{checked:?}");
}

fn run(rules: &Path, arguments: &[&str]) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_bundlescope"));
    command.env("BUNDLESCOPE_RULES", rules).arg("signatures").args(arguments).output().unwrap()
}

#[track_caller]
fn says(rules: &Path, arguments: &[&str], code: i32, words: &[&str]) {
    let output = run(rules, arguments);
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    for word in words {
        assert!(text.contains(word), "{arguments:?} lacks \"{word}\":\n{text}");
    }
}

#[test]
fn the_program_lists_checks_and_tests() {
    let rules = Rules::new();
    let file = rules.put("signatures/own/ours.toml", signature("our proxy fell over"));
    let log = rules.put("a.log", LOG);
    let (file, log, folder) = (file.to_str().unwrap(), log.to_str().unwrap(), rules.0.to_str().unwrap());
    says(&rules.0, &["list"], 0, &["register-forbidden", "ours ", file]);
    says(&rules.0, &["check", folder], 0, &["1 file, 0 examples tried: 0 faults"]);
    says(&rules.0, &["test", file, log], 0, &["ours is a finding", "a.log:2  "]);
    says(&rules.0, &["why", "register-forbidden", log], 0, &["register-forbidden is no finding", "needs one of these"]);
    says(&rules.0, &["why", "no-such", log], 1, &["No signature is called no-such"]);
    says(&rules.0, &["docs", "--lang", "cs"], 0, &["# Katalog", "### register-forbidden", "### ours"]);
    says(&rules.0, &["template"], 0, &["severity = \"warning\""]);
    says(&rules.0, &["folder"], 0, &[folder]);
    rules.put("signatures/own/bad.toml", "x");
    says(&rules.0, &["check", folder], 1, &["signatures/own/bad.toml:1: "]);
    let miss = rules.put("signatures/own/absent.toml", signature("this is nowhere"));
    says(&rules.0, &["test", miss.to_str().unwrap(), log], 1, &["absent is no finding", "None of its texts stands in"]);
    says(&rules.0, &["check", "/nonexistent"], 1, &["No such folder"]);
    says(&rules.0, &["check"], 2, &[]);
}

//! The rules of the crate, held: layers, homes of outside crates, file sizes, heads, the one way out, words and data files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bundlescope::base::Notes;
use bundlescope::base::rules::{self, RuleKind};
use bundlescope::base::words::Words;
use regex::Regex;

/// The layers, lowest first. A folder may name only those above it in this list, and itself.
const LAYERS: [&str; 13] =
    ["base", "bundle", "records", "sip", "session", "findings", "timeline", "analyse", "compare", "export", "ui", "app", "cli"];

/// Where an outside crate may be named: prefixes of paths below `src/`.
///
/// Against the design's list: `toml` and `include_dir` are in `base/` (words and rules), and each layer that has data files reads
/// its own with `toml` and `serde`; `std::thread` also in `analyse`, where the
/// workers of a bundle are joined; `memchr` in every layer that reads bytes; egui is reached as `eframe::egui`, so `eframe` itself
/// is looked for without that tail.
const HOMES: &[(&str, &str, &[&str])] = &[
    ("zip", r"\bzip::", &["bundle/"]),
    ("flate2", r"\bflate2::", &["bundle/"]),
    ("crc32fast", r"\bcrc32fast::", &["bundle/"]),
    ("encoding_rs", r"\bencoding_rs::", &["bundle/"]),
    ("sha2", r"\bsha2::", &["bundle/", "export/redact"]),
    ("toml", r"\btoml::", &["base/", "records/dialect", "session/milestone", "findings/", "app/"]),
    ("include_dir", r"\binclude_dir::", &["base/rules", "base/words"]),
    ("regex", r"\bregex::", &["records/", "session/", "findings/", "export/redact"]),
    ("aho-corasick", r"\baho_corasick::", &["records/", "session/", "findings/", "export/redact"]),
    ("memchr", r"\bmemchr::", &["bundle/", "records/", "sip/", "session/", "findings/"]),
    (
        "serde",
        r"\bserde(_json)?::",
        &[
            "base/rules",
            "records/dialect",
            "findings/",
            "session/milestone",
            "session/tables",
            "session/environment",
            "session/server",
            "export/",
            "app/",
            "ui/state",
            "ui/table/layout",
        ],
    ),
    ("base64", r"\bbase64::", &["app/instance", "session/environment", "export/redact"]),
    ("quick-xml", r"\bquick_xml::", &["session/device_config", "session/environment", "session/event_body", "session/server"]),
    ("chrono", r"\bchrono::", &["base/"]),
    ("sdp-types", r"\bsdp_types::", &["sip/"]),
    ("image", r"\bimage::", &["export/", "app/"]),
    ("resvg", r"\b(resvg|usvg|tiny_skia)::", &["export/"]),
    ("plotters", r"\bplotters(_backend)?::", &["export/"]),
    ("pcap-file", r"\bpcap_file::", &["export/"]),
    ("etherparse", r"\betherparse::", &["export/"]),
    ("percent-encoding", r"\bpercent_encoding::", &["export/"]),
    ("egui", r"\begui::", &["ui/", "app/"]),
    ("egui_extras", r"\begui_extras::", &["ui/"]),
    ("eframe", r"\beframe::(?:[^e]|e[^g])", &["app/"]),
    ("rfd", r"\brfd::", &["app/"]),
    ("sys-locale", r"\bsys_locale::", &["app/"]),
    ("clap", r"\bclap::", &["cli"]),
    ("anyhow", r"\banyhow::", &["app/", "cli"]),
    (
        "std::fs",
        r"\bstd::fs\b|\bfs::(File|read|write|metadata|OpenOptions)|\bFile::open",
        &["base/rules", "bundle/", "app/", "cli"],
    ),
    ("interprocess", r"\binterprocess::", &["app/instance"]),
    ("clap_mangen, clap_complete", r"\bclap_(mangen|complete)::", &["cli/manual"]),
    ("winreg", r"\bwinreg::", &["cli/associate/windows"]),
    ("threads", r"\bthread::(spawn|scope|Builder)", &["bundle/", "records/", "analyse", "compare/cores", "app/"]),
    ("network", r"\b(TcpStream|TcpListener|UdpSocket|ToSocketAddrs)\b", &[]),
    ("colours", r"\bColor32::from_", &["ui/tokens"]),
    (
        "originals of private values",
        r"\.original\(\)",
        &["base/", "session/", "findings/", "compare/", "export/outlet", "export/redact"],
    ),
    ("lints switched off", r"allow\(clippy::(unwrap_used|expect_used|panic|indexing_slicing|string_slice|print_)", &[]),
];

/// Sections of the words file whose keys are made from words of the report's schema, not written out in the code.
const SCHEMA_SECTIONS: &[&str] = &[
    "verdict-state",
    "stage-state",
    "severity",
    "confidence",
    "stage",
    "platform",
    "side",
    "keepalive",
    "cause",
    "final_from",
    "belongs",
    "zone",
    "role",
    "role_basis",
    "note",
    "case",
    "case-state",
    "ask-log",
    "event",
    "word",
    "direction_basis",
    "capture",
    "sentence",
    "redact-kind",
    "redact-form",
];

struct Source {
    /// Below `src/`, `/` between parts.
    path: String,
    text: String,
}

impl Source {
    /// The text without comment lines and without the tests at its end.
    fn code(&self) -> String {
        let end = self.text.find("#[cfg(test)]\nmod tests").unwrap_or(self.text.len());
        self.text[..end].lines().filter(|l| !l.trim_start().starts_with("//")).map(|l| format!("{l}\n")).collect()
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str, out: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|e| e.unwrap().path()) {
        if path.is_dir() {
            files(&path, ending, out);
        } else if path.to_string_lossy().ends_with(ending) {
            out.push(path);
        }
    }
    out.sort();
}

fn sources() -> Vec<Source> {
    let folder = root().join("src");
    let mut paths = Vec::new();
    files(&folder, ".rs", &mut paths);
    assert!(paths.len() > 20, "the sources were found");
    paths
        .into_iter()
        .map(|path| Source {
            path: path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

#[track_caller]
fn nothing(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The layers that a piece of code names: `crate::x` and `crate::{x, y::z}`.
fn named_layers(code: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let single = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    out.extend(single.captures_iter(code).map(|c| c[1].to_owned()));
    let group = Regex::new(r"\bcrate::\{([^;]*)\};").unwrap();
    let first = Regex::new(r"^\s*([a-z_]+)").unwrap();
    for captured in group.captures_iter(code) {
        let mut depth = 0;
        for part in captured[1].split_inclusive(['{', '}', ',']) {
            if depth == 0
                && let Some(name) = first.captures(part)
            {
                out.insert(name[1].to_owned());
            }
            depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
        }
    }
    out
}

#[test]
fn a_folder_names_only_the_layers_above_it() {
    let place = |name: &str| LAYERS.iter().position(|l| *l == name);
    let mut faults = Vec::new();
    for source in sources() {
        let own = source.path.split(['/', '.']).next().unwrap_or_default().to_owned();
        if matches!(own.as_str(), "lib" | "main") {
            continue;
        }
        let Some(rank) = place(&own) else {
            faults.push(format!("{}: no layer of that name", source.path));
            continue;
        };
        for name in named_layers(&source.code()) {
            let allowed = if own == "sip" { name == "base" || name == "sip" } else { place(&name).is_some_and(|r| r <= rank) };
            if !allowed {
                faults.push(format!("{}: names {name}", source.path));
            }
        }
    }
    nothing(faults);
}

#[test]
fn the_layer_test_sees_grouped_imports() {
    let named = named_layers("use crate::{base::{A, B}, app, ui::x};\nlet y = crate::export::Z;");
    assert_eq!(named.into_iter().collect::<Vec<_>>(), ["app", "base", "export", "ui"]);
}

#[test]
fn outside_crates_stay_at_home() {
    let homes: Vec<_> = HOMES.iter().map(|(name, pattern, homes)| (name, Regex::new(pattern).unwrap(), homes)).collect();
    let mut faults = Vec::new();
    for source in sources() {
        let code = source.code();
        for (name, pattern, homes) in &homes {
            if !homes.iter().any(|home| source.path.starts_with(home))
                && let Some(hit) = code.lines().find(|line| pattern.is_match(line))
            {
                faults.push(format!("{}: {name}: {}", source.path, hit.trim()));
            }
        }
    }
    nothing(faults);
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut paths = Vec::new();
    for folder in ["src", "tests/it"] {
        files(&root().join(folder), ".rs", &mut paths);
    }
    let mut faults = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        if lines > 600 {
            faults.push(format!("{shown}: {lines} lines, more than 600"));
        } else if lines > 350 {
            println!("{shown}: {lines} lines; 350 are plenty");
        }
        if !text.starts_with("//! ") || text.lines().next().is_none_or(|head| head.len() < 20) {
            faults.push(format!("{shown}: no `//!` head that says what goes in and out"));
        }
    }
    nothing(faults);
}

#[test]
fn every_data_file_is_embedded() {
    for kind in [RuleKind::Dialect, RuleKind::Milestone, RuleKind::Signature] {
        let folder = root().join("assets").join(kind.folder());
        let mut paths = Vec::new();
        files(&folder, ".toml", &mut paths);
        let on_disk: BTreeSet<String> =
            paths.iter().map(|p| p.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/")).collect();
        let embedded: BTreeSet<String> = rules::load(kind, None, &mut Notes::new()).into_iter().map(|f| f.path).collect();
        assert_eq!(on_disk, embedded, "{}", kind.folder());
    }
}

#[test]
fn every_key_in_the_code_has_words_and_every_word_is_used() {
    let words = Words::english();
    let keys: BTreeSet<&str> = words.keys().collect();
    let sections: BTreeSet<&str> = keys.iter().filter_map(|k| k.split_once('.')).map(|(section, _)| section).collect();
    let literal = Regex::new(r#""([a-z_-]+)\.([a-z0-9_-]+)""#).unwrap();
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    for source in sources() {
        for hit in literal.captures_iter(&source.code()) {
            let key = format!("{}.{}", &hit[1], &hit[2]);
            let is_file = ["txt", "log", "toml", "zip", "dat", "rs", "png", "json", "xml"].contains(&&hit[2]);
            if sections.contains(&hit[1]) && !is_file && !keys.contains(key.as_str()) {
                faults.push(format!("{}: no words for {key}", source.path));
            }
            used.insert(key);
        }
    }
    for key in keys {
        let section = key.split_once('.').map_or("", |(section, _)| section);
        if !SCHEMA_SECTIONS.contains(&section) && !used.contains(key) {
            faults.push(format!("assets/words/en: nobody uses {key}"));
        }
    }
    nothing(faults);
}

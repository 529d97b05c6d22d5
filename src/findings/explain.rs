//! Looks things up by hand: codes of the activation portal, directory synchronisation, phone services, SIP, Q.850 and TLS, IDs of
//! findings, and plain words. In: the catalogue, a query, a language. Out: [`Explanation`]s, the best first. Must not know any bundle.
//! What is in no table is said to be so; what no client log can tell is said too, rather than guessed.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::catalogue::Catalogue;
use super::signature::Signature;
use crate::base::{Language, Segment, Text};

/// Findings named for plain words.
const MAX_BY_WORDS: usize = 8;
/// Names offered when nothing was found.
const MAX_NEAR: usize = 3;
/// Names less alike than this are not offered; 1 is the same name (Jaro-Winkler).
const LEAST_ALIKE: f64 = 0.88;
/// A query is a few words; more of it is not looked at.
const MAX_QUERY_CHARS: usize = 200;

/// What a piece of an explanation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What it means.
    Meaning,
    /// Whom it hits and how.
    Impact,
    /// Why it happens.
    Causes,
    /// How to check.
    Checks,
    /// What to do, in order.
    Steps,
    /// Look-alikes.
    NotWhen,
}

impl Part {
    /// Key of the words that stand over it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Meaning => "report.meaning",
            Self::Impact => "report.impact",
            Self::Causes => "report.causes",
            Self::Checks => "report.checks",
            Self::Steps => "report.steps",
            Self::NotWhen => "explain.not_when",
        }
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `activation`, `directory-sync`, `phone-services`, `sip`, `q850`, `tls` or `finding`; `unlisted` for a code of a family that
    /// its table does not name, `unanswerable` for what no client log can tell.
    pub kind: &'static str,
    /// The code, or the ID of the finding.
    pub code: String,
    /// One line.
    pub title: String,
    /// The rest, in order; never an empty list of sentences.
    pub parts: Vec<(Part, Vec<String>)>,
    /// Where this is written.
    pub sources: Vec<String>,
}

impl Explanation {
    /// Key of the words that say what kind of answer it is.
    pub fn key(&self) -> &'static str {
        match self.kind {
            "activation" => "explain.activation",
            "directory-sync" => "explain.directory_sync",
            "phone-services" => "explain.phone_services",
            "sip" => "explain.sip",
            "q850" => "explain.q850",
            "tls" => "explain.tls",
            "unlisted" => "explain.unlisted",
            "unanswerable" => "explain.unanswerable",
            _ => "explain.finding",
        }
    }
}

#[derive(Deserialize)]
struct CodeFile {
    source: String,
    code: BTreeMap<String, BTreeMap<String, String>>,
}

struct Family {
    kind: &'static str,
    source: String,
    codes: BTreeMap<String, BTreeMap<String, String>>,
}

const FILES: [(&str, &str); 4] = [
    ("directory-sync", include_str!("../../assets/codes/directory-sync.toml")),
    ("sip", include_str!("../../assets/codes/sip.toml")),
    ("q850", include_str!("../../assets/codes/q850.toml")),
    ("tls", include_str!("../../assets/codes/tls.toml")),
];

fn families() -> &'static [Family] {
    static FAMILIES: OnceLock<Vec<Family>> = OnceLock::new();
    FAMILIES.get_or_init(|| {
        let read = |(kind, text): (&'static str, &str)| {
            let file: CodeFile = toml::from_str(text).ok()?;
            Some(Family { kind, source: file.source, codes: file.code })
        };
        FILES.into_iter().filter_map(read).collect()
    })
}

/// What a code of a table means, in all its languages. `code` is the number or, for TLS, the name of the alert as OpenSSL or RFC 8446
/// write it (`unknown ca`, `unknown_ca`).
pub fn meaning(table: &str, code: &str) -> Option<Segment> {
    let family = families().iter().find(|f| f.kind == table)?;
    let name = code.trim().to_lowercase().replace([' ', '-'], "_");
    let is_named = |texts: &BTreeMap<String, String>| {
        texts
            .get("en")
            .is_some_and(|en| en.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' '])))
    };
    let texts = family.codes.get(code).or_else(|| family.codes.values().find(|texts| is_named(texts)))?;
    let of = |language: &Language| Some((*language, Text::word(texts.get(language.code())?.as_str())));
    Some(Segment::Translated(Language::ALL.iter().filter_map(of).collect()))
}

#[derive(Deserialize)]
struct Answers {
    unlisted: Vec<Unlisted>,
    subject: Vec<Subject>,
}

/// Codes of a family that its table does not name.
#[derive(Deserialize)]
struct Unlisted {
    ranges: Vec<(u32, u32)>,
    source: String,
    #[serde(flatten)]
    texts: BTreeMap<String, toml::Value>,
}

/// What is decided where no client log can see it (catalogue, "Not answerable from a client bundle").
#[derive(Deserialize)]
struct Subject {
    id: String,
    words: Vec<String>,
    #[serde(flatten)]
    texts: BTreeMap<String, toml::Value>,
}

fn answers() -> &'static Answers {
    static ANSWERS: OnceLock<Answers> = OnceLock::new();
    ANSWERS.get_or_init(|| {
        let none = Answers { unlisted: Vec::new(), subject: Vec::new() };
        toml::from_str(include_str!("../../assets/codes/answers.toml")).unwrap_or(none)
    })
}

/// The signatures of the app's own codes (guide, error messages for Calling).
const PHONE_SERVICES: [(&str, &str); 8] = [
    ("1501", "credentials-invalid"),
    ("1502", "token-failure"),
    ("1503", "forced-sign-out"),
    ("1504", "ipc-not-responding"),
    ("1505", "device-config-failure"),
    ("1506", "sign-in-failure"),
    ("1507", "config-download-failure"),
    ("1508", "sso-cancelled"),
];

/// Everything known about a query; empty when it is in no table: then it is not known, which is not the same as harmless.
pub fn explain(catalogue: &Catalogue, query: &str, language: Language) -> Vec<Explanation> {
    let query: String = query.trim().chars().take(MAX_QUERY_CHARS).collect::<String>().to_lowercase();
    if query.is_empty() {
        return Vec::new();
    }
    if let Some(signature) = catalogue.get(&query) {
        return vec![of_signature(signature, &signature.id, "finding", &[], language)];
    }
    let mut out = by_code(catalogue, &query, language);
    if out.is_empty() {
        out = unlisted(&query, language);
    }
    if out.is_empty() {
        out = subjects(&query, language);
        out.extend(by_words(catalogue, &query, language));
    }
    out
}

/// Names and titles of findings whose name is nearly the query: what may have been meant when nothing was found.
pub fn near(catalogue: &Catalogue, query: &str, language: Language) -> Vec<(String, String)> {
    let query = query.trim().chars().take(MAX_QUERY_CHARS).collect::<String>().to_lowercase().replace([' ', '_'], "-");
    let mut scored: Vec<(f64, &Signature)> = catalogue
        .signatures
        .iter()
        .map(|s| (strsim::jaro_winkler(&query, &s.id), s))
        .filter(|(a, _)| *a >= LEAST_ALIKE)
        .collect();
    scored.sort_by(|(a, s), (b, t)| b.total_cmp(a).then_with(|| s.id.cmp(&t.id)));
    scored.into_iter().take(MAX_NEAR).map(|(_, s)| (s.id.clone(), blanked(&s.texts(language).title))).collect()
}

/// A code of a known family that is in no table: said, because it is not an error of its own.
fn unlisted(query: &str, language: Language) -> Vec<Explanation> {
    let Some(code) = bare_code(query).filter(|_| !query.contains("1000:")) else { return Vec::new() };
    let Ok(number) = code.parse::<u32>() else { return Vec::new() };
    let fits = |u: &&Unlisted| u.ranges.iter().any(|(first, last)| (*first..=*last).contains(&number));
    let answer = |u: &Unlisted| told("unlisted", &code, &u.texts, vec![u.source.clone()], language);
    answers().unlisted.iter().find(fits).map(answer).into_iter().collect()
}

/// What no client log can tell.
fn subjects(query: &str, language: Language) -> Vec<Explanation> {
    let fits = |s: &&Subject| {
        let holds = |entry: &String| entry.split(' ').all(|word| query.contains(word));
        s.id == query || s.words.iter().any(holds)
    };
    let answer = |s: &Subject| told("unanswerable", &s.id, &s.texts, Vec::new(), language);
    answers().subject.iter().filter(fits).map(answer).collect()
}

fn told(
    kind: &'static str,
    code: &str,
    texts: &BTreeMap<String, toml::Value>,
    sources: Vec<String>,
    language: Language,
) -> Explanation {
    let texts = texts.get(language.code()).or_else(|| texts.get("en"));
    let one = |key: &str| texts.and_then(|t| t.get(key)).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let steps = texts.and_then(|t| t.get("steps")).and_then(toml::Value::as_array);
    let steps: Vec<String> = steps.into_iter().flatten().filter_map(|s| s.as_str().map(str::to_owned)).collect();
    let parts = vec![(Part::Meaning, vec![one("meaning")]), (Part::Steps, steps)];
    Explanation { kind, code: code.to_owned(), title: one("title"), parts, sources }
}

fn by_code(catalogue: &Catalogue, query: &str, language: Language) -> Vec<Explanation> {
    let Some(code) = bare_code(query) else { return Vec::new() };
    let mut out = Vec::new();
    for signature in catalogue.signatures.iter().filter(|s| s.codes.contains_key(&code)) {
        out.push(of_signature(signature, &code, "activation", &[("code", &code)], language));
    }
    let phone = PHONE_SERVICES.iter().find(|(c, _)| *c == code).map(|(_, id)| *id);
    let phone = phone.or_else(|| match query.split_once("1000:").map(|(_, number)| number.trim()) {
        Some("1") => Some("sbc-tag-misconfigured"),
        Some(number) if number.parse::<u32>().is_ok_and(|n| (2..=1100).contains(&n)) => Some("unified-cm-code"),
        _ => None,
    });
    if let Some(signature) = phone.and_then(|id| catalogue.get(id)) {
        out.push(of_signature(signature, &code, "phone-services", &[("code", &code)], language));
    }
    if query.contains("1000:") {
        return out;
    }
    let named = |kind: &str| match kind {
        "q850" => query.contains("850") && query.contains('q'),
        other => query.contains(other),
    };
    let only = families().iter().find(|f| named(f.kind)).map(|f| f.kind);
    for family in families().iter().filter(|f| only.is_none_or(|kind| kind == f.kind)) {
        let Some(texts) = family.codes.get(&code) else { continue };
        let title = texts.get(language.code()).or_else(|| texts.get("en")).cloned().unwrap_or_default();
        let explanation =
            Explanation { kind: family.kind, code: code.clone(), title, parts: Vec::new(), sources: vec![family.source.clone()] };
        out.push(explanation);
    }
    out
}

/// The number of `200018`, `1000:1507`, `error 488`, `q.850 34`, `tls 42`; `None` when the query is more than a code.
fn bare_code(query: &str) -> Option<String> {
    let known =
        ["error", "code", "errorcode", "status", "sip", "cause", "q.850", "q850", "tls", "alert", "directory-sync", "http"];
    let words: Vec<&str> = query.split(|c: char| c.is_whitespace() || c == '=').filter(|w| !w.is_empty()).collect();
    let (last, before) = words.split_last()?;
    let digits = last.strip_prefix("1000:").unwrap_or(last);
    let is_number = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
    let fits = before.iter().all(|w| known.contains(&w.trim_end_matches([':', ','])));
    (is_number && fits).then(|| digits.to_owned())
}

/// Findings whose title, meaning or causes hold every word, those with the words in their title first.
fn by_words(catalogue: &Catalogue, query: &str, language: Language) -> Vec<Explanation> {
    let words: Vec<&str> = query.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 1).collect();
    if words.is_empty() {
        return Vec::new();
    }
    // From the start of a word: "all" is not in "call"; a word of one or two letters only as a whole.
    let holds = |text: &str| {
        let lower = text.to_lowercase();
        let tokens: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
        let stands = |word: &&&str| {
            let short = word.chars().count() < 3;
            tokens.iter().any(|token| if short { token == *word } else { token.starts_with(**word) })
        };
        words.iter().filter(stands).count()
    };
    let mut found: Vec<(usize, usize, &Signature)> = Vec::new();
    for signature in &catalogue.signatures {
        let texts = signature.texts(language);
        let english = signature.texts(Language::English);
        let title = format!("{} {} {} {}", signature.id, signature.id.replace('-', " "), texts.title, english.title);
        let rest: Vec<&str> = texts.all().chain(english.all()).collect();
        let all = holds(&format!("{title} {}", rest.join(" ")));
        if all == words.len() {
            found.push((words.len() - holds(&title), found.len(), signature));
        }
    }
    found.sort_by_key(|(missing, place, _)| (*missing, *place));
    found.into_iter().take(MAX_BY_WORDS).map(|(.., s)| of_signature(s, &s.id, "finding", &[], language)).collect()
}

/// A known failure as an answer, without a log.
pub fn of_finding(signature: &Signature, language: Language) -> Explanation {
    of_signature(signature, &signature.id, "finding", &[], language)
}

fn of_signature(
    signature: &Signature,
    code: &str,
    kind: &'static str,
    values: &[(&str, &str)],
    language: Language,
) -> Explanation {
    let texts = signature.texts(language);
    let meaning = signature.code(code, language);
    let fill = |text: &String| {
        let mut out = text.clone();
        for (name, value) in values {
            out = out.replace(&format!("{{{name}}}"), value);
        }
        if let Some(texts) = meaning {
            out = out.replace("{code_meaning}", &texts.meaning).replace("{code_action}", &texts.action);
        }
        blanked(&out)
    };
    let one = |text: &String| if text.is_empty() { Vec::new() } else { vec![fill(text)] };
    let many = |list: &[String]| list.iter().map(fill).collect::<Vec<_>>();
    let parts = [
        (Part::Meaning, one(&texts.meaning)),
        (Part::Impact, one(&texts.impact)),
        (Part::Causes, many(&texts.causes)),
        (Part::Checks, many(&texts.checks)),
        (Part::Steps, many(&texts.steps)),
        (Part::NotWhen, many(&texts.not_when)),
    ];
    Explanation {
        kind,
        code: code.to_owned(),
        title: fill(&texts.title),
        parts: parts.into_iter().filter(|(_, list)| !list.is_empty()).collect(),
        sources: signature.sources.clone(),
    }
}

/// Without a log there is nothing to fill the places with.
fn blanked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').filter(|(name, _)| super::evaluate::is_place(name)) {
            Some((_, tail)) => {
                out.push('…');
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Notes;

    fn titles(query: &str) -> Vec<(&'static str, String)> {
        let catalogue = Catalogue::load(None, &mut Notes::new());
        explain(&catalogue, query, Language::English).into_iter().map(|e| (e.kind, e.code)).collect()
    }

    #[test]
    fn every_code_file_is_read_in_every_language() {
        assert_eq!(families().len(), FILES.len());
        for family in families() {
            for (code, texts) in &family.codes {
                assert!(Language::ALL.iter().all(|l| texts.contains_key(l.code())), "{} {code}", family.kind);
            }
        }
    }

    #[test]
    fn every_code_of_the_guide_is_known() {
        let activation = "100006 200010 200013 200014 200016 200018 200019 200022 200025 200026 200039 200040 200041 200042 \
            200043 200044 200045 200046 200047 200048 200049 200050 200051 200054 300005";
        let directory = "600000 600001 600002 600003 600004 600005 600006 600007 600008 600009 600010 600011 600012 600013 600014 \
            600015 600017 600018 600019 600020 600022 600023 600024 600025 600026 600027 600028 600029";
        let catalogue = Catalogue::load(None, &mut Notes::new());
        for (codes, kind) in [(activation, "activation"), (directory, "directory-sync")] {
            for code in codes.split_whitespace() {
                for language in Language::ALL {
                    let found = explain(&catalogue, code, language);
                    assert_eq!(found.iter().map(|e| e.kind).collect::<Vec<_>>(), [kind], "{code}");
                    assert!(!found[0].title.contains('{') && !found[0].title.contains('…'), "{code}: {}", found[0].title);
                }
            }
        }
    }

    #[test]
    fn codes_ids_and_words() {
        assert_eq!(titles("1507"), [("phone-services", "1507".into())]);
        assert_eq!(titles("Error 1000:1"), [("phone-services", "1".into())]);
        assert_eq!(titles("488"), [("sip", "488".into())]);
        assert_eq!(titles("Q.850 34"), [("q850", "34".into())]);
        assert_eq!(titles("tls alert 42"), [("tls", "42".into())]);
        assert_eq!(titles("register-forbidden"), [("finding", "register-forbidden".into())]);
        assert_eq!(titles("one-way audio").first().map(|t| t.1.clone()).as_deref(), Some("one-way-media-negotiated"));
        assert_eq!(titles("qqqq zzzz"), []);
        assert_eq!(titles("  "), []);
    }

    #[test]
    fn a_code_that_no_table_names_is_said_to_be_so() {
        for (code, of) in
            [("200099", "activation portal"), ("100007", "activation portal"), ("600030", "directory"), ("1509", "phone")]
        {
            let catalogue = Catalogue::load(None, &mut Notes::new());
            let found = explain(&catalogue, code, Language::English);
            assert_eq!(found.iter().map(|e| e.kind).collect::<Vec<_>>(), ["unlisted"], "{code}");
            assert!(found[0].title.contains(of) && found[0].parts[0].1[0].contains("no error of its own"), "{:?}", found[0]);
        }
        assert_eq!(titles("999999"), []);
    }

    #[test]
    fn what_no_client_log_tells_is_said_in_every_language() {
        let catalogue = Catalogue::load(None, &mut Notes::new());
        for query in ["hunt group", "XSI events", "executive-assistant routing", "recording", "why the AS chose a device"] {
            for language in Language::ALL {
                let found = explain(&catalogue, query, language);
                assert_eq!(found.first().map(|e| e.kind), Some("unanswerable"), "{query}");
                assert!(found[0].parts.iter().all(|(_, list)| !list.is_empty() && list.iter().all(|t| !t.is_empty())));
            }
        }
        for texts in answers().unlisted.iter().map(|u| &u.texts).chain(answers().subject.iter().map(|s| &s.texts)) {
            assert!(Language::ALL.iter().all(|l| texts.contains_key(l.code())));
        }
    }

    #[test]
    fn a_name_nearly_right_is_offered() {
        let catalogue = Catalogue::load(None, &mut Notes::new());
        let near = near(&catalogue, "register-forbiden", Language::English);
        assert_eq!(near.first().map(|(id, _)| id.as_str()), Some("register-forbidden"));
        assert_eq!(super::near(&catalogue, "qqqq", Language::English), []);
    }
}

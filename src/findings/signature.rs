//! One known failure as a data file. In: TOML text (`assets/signatures/AREA/ID.toml`, or the user's folder). Out: [`Signature`] and
//! the rows its lines are found by. Must not know any bundle.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Confidence, Severity};
use crate::base::rules::{RuleFile, toml_fault};
use crate::base::{Language, PrivateKind};
use crate::bundle::Role;
use crate::records::lines::LineRule;
use crate::session::startup::StageId;

/// At most this many literals and conditions of one file; more is a mistake.
const MAX_ROWS: usize = 200;
/// The bounds of `near` and `without`.
const MAX_NEAR_LINES: u64 = 10_000;

/// What the log must hold for a signature to be tried at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A member of this role.
    Role(Role),
    /// At least one SIP message of the client.
    Sip,
}

/// Where another line must (or must not) stand, seen from the line that hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// Above it.
    Before,
    /// Below it.
    After,
    /// Either.
    Around,
}

/// Another line near by.
#[derive(Clone, Debug)]
pub struct Near {
    /// Rows (places in the signature's own list) any of which will do.
    pub rows: Vec<usize>,
    /// At most this many lines away, in the same member.
    pub lines: Option<u64>,
    /// At most this many seconds away, in the same run.
    pub seconds: Option<f64>,
    /// On which side.
    pub place: Where,
}

/// One `[[line]]`.
#[derive(Clone, Debug)]
pub struct LineCondition {
    /// Rows (places in the signature's own list) any of which hits.
    pub rows: Vec<usize>,
    /// Must stand near by.
    pub near: Option<Near>,
    /// Must not stand near by, though the log goes on.
    pub without: Option<Near>,
    /// Counts only in members of these roles; empty: any member of the client.
    pub roles: Vec<Role>,
}

/// What the texts of one language say; `{name}` places are filled with captures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// One line.
    pub title: String,
    /// What it means.
    pub meaning: String,
    /// Whom it hits and how.
    #[serde(default)]
    pub impact: String,
    /// Why it happens.
    #[serde(default)]
    pub causes: Vec<String>,
    /// How to check.
    #[serde(default)]
    pub checks: Vec<String>,
    /// What to do, in order.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Look-alikes.
    #[serde(default)]
    pub not_when: Vec<String>,
}

impl Texts {
    /// Every sentence.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let heads = [&self.title, &self.meaning, &self.impact];
        let lists = [&self.causes, &self.checks, &self.steps, &self.not_when];
        heads.into_iter().chain(lists.into_iter().flatten()).map(String::as_str)
    }
}

/// What one code means, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeTexts {
    /// What it means.
    pub meaning: String,
    /// What to do.
    #[serde(default)]
    pub action: String,
}

/// A piece of log that hits, or one that must not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Must it hit?
    pub hits: bool,
    /// Other signatures that it rightly hits too.
    #[serde(default)]
    pub also: Vec<String>,
    /// Text of a log.
    #[serde(default)]
    pub log: Option<String>,
    /// SIP and lines of a log in the short form of [`super::dialogue`].
    #[serde(default)]
    pub dialogue: Option<String>,
    /// Whole members of a bundle, by their paths.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// A recording below `tests/fixtures/captured`.
    #[serde(default)]
    pub scenario: Option<String>,
    /// Why it must not hit, for the reader.
    #[serde(default)]
    pub why: Option<String>,
}

/// One known failure.
#[derive(Debug)]
pub struct Signature {
    /// Stable, named by the fault; the file's name.
    pub id: String,
    /// Its folder.
    pub area: String,
    /// Comes with the program.
    pub embedded: bool,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// No public source prints its line: always possible, never in a verdict.
    pub assumed: bool,
    /// The stage it belongs to.
    pub stage: Option<StageId>,
    /// Stands before everything else (emergency calls).
    pub leads: bool,
    /// One of these must be there, else it is not tried; empty: always.
    pub needs: Vec<Need>,
    /// Counts only where the run shows BroadWorks at work.
    pub with_broadworks: bool,
    /// Its line belongs to the call that stands at that moment.
    pub ties_to_call: bool,
    /// Findings of the same run that become its effects.
    pub explains: Vec<String>,
    /// Findings of the same run that must not stand beside it.
    pub excludes: Vec<String>,
    /// Captures whose values make findings of their own.
    pub group: Vec<String>,
    /// Captures that may name a person or a place.
    pub private: BTreeMap<String, PrivateKind>,
    /// Code in `checks`.
    pub check: Option<String>,
    /// Lines of a log.
    pub lines: Vec<LineCondition>,
    /// Where this is written.
    pub sources: Vec<String>,
    /// What single codes mean, by code and language.
    pub codes: BTreeMap<String, BTreeMap<Language, CodeTexts>>,
    /// The texts by language; English is always there.
    pub texts: BTreeMap<Language, Texts>,
    /// Proof that it hits what it should.
    pub examples: Vec<Example>,
}

impl Signature {
    /// The texts of a language, English where it has none.
    pub fn texts(&self, language: Language) -> &Texts {
        static NONE: Texts = Texts {
            title: String::new(),
            meaning: String::new(),
            impact: String::new(),
            causes: Vec::new(),
            checks: Vec::new(),
            steps: Vec::new(),
            not_when: Vec::new(),
        };
        self.texts.get(&language).or_else(|| self.texts.get(&Language::English)).unwrap_or(&NONE)
    }

    /// What a code means in a language, English where it has none.
    pub fn code(&self, code: &str, language: Language) -> Option<&CodeTexts> {
        let texts = self.codes.get(code)?;
        texts.get(&language).or_else(|| texts.get(&Language::English))
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Marker {
    #[default]
    Seen,
    Assumed,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum With {
    Broadworks,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Literals {
    One(String),
    Many(Vec<String>),
}

impl Literals {
    fn list(&self) -> Vec<&str> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts.iter().map(String::as_str).collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NearFile {
    contains: Literals,
    expression: Option<String>,
    lines: Option<u64>,
    seconds: Option<f64>,
    place: Option<Where>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineFile {
    contains: Literals,
    expression: Option<String>,
    near: Option<NearFile>,
    without: Option<NearFile>,
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    severity: Severity,
    confidence: Confidence,
    #[serde(default)]
    marker: Marker,
    stage: Option<String>,
    #[serde(default)]
    leads: bool,
    #[serde(default)]
    needs: Vec<String>,
    with: Option<With>,
    #[serde(default)]
    ties_to_call: bool,
    #[serde(default)]
    explains: Vec<String>,
    #[serde(default)]
    excludes: Vec<String>,
    #[serde(default)]
    group: Vec<String>,
    #[serde(default)]
    private: BTreeMap<String, String>,
    check: Option<String>,
    #[serde(default)]
    line: Vec<LineFile>,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    code: BTreeMap<String, BTreeMap<String, CodeTexts>>,
    en: Option<Texts>,
    cs: Option<Texts>,
    nl: Option<Texts>,
    #[serde(default)]
    example: Vec<Example>,
}

/// Reads one file: the signature, and the rows its lines are found by (its own numbers count from 0).
///
/// # Errors
/// A sentence with the line where TOML itself is at fault, the reason otherwise; the file's path stands last.
pub fn read(file: &RuleFile) -> Result<(Signature, Vec<LineRule>), String> {
    let parsed: File = toml::from_str(&file.text).map_err(|e| toml_fault(file, &e))?;
    let (area, id) = place(&file.path);
    signature(file, area, id, parsed).map_err(|why| format!("Signature left out, {why}: {}", file.path))
}

/// Area and ID of a path below the kind's folder.
fn place(path: &str) -> (String, String) {
    let stem = path.strip_suffix(".toml").unwrap_or(path);
    let (folder, id) = stem.rsplit_once('/').unwrap_or(("own", stem));
    (folder.rsplit('/').next().unwrap_or(folder).to_owned(), id.to_owned())
}

fn signature(file: &RuleFile, area: String, id: String, parsed: File) -> Result<(Signature, Vec<LineRule>), String> {
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err("its name must be of a–z, 0–9 and hyphens".into());
    }
    let stage = match &parsed.stage {
        Some(name) => {
            Some(StageId::ALL.into_iter().find(|s| s.word() == name).ok_or_else(|| format!("no stage is called {name}"))?)
        }
        None => None,
    };
    if parsed.line.is_empty() && parsed.check.is_none() {
        return Err("it must have lines or a check".into());
    }
    if let Some(name) = &parsed.check
        && super::checks::find(name).is_none()
    {
        return Err(format!("no check is called {name}"));
    }
    let assumed = parsed.marker == Marker::Assumed;
    if assumed && parsed.confidence != Confidence::Possible {
        return Err("what is assumed can only be possible".into());
    }
    let english = parsed.en.ok_or("it has no English texts")?;
    let mut texts = BTreeMap::from([(Language::English, english)]);
    texts.extend(parsed.cs.map(|t| (Language::Czech, t)));
    texts.extend(parsed.nl.map(|t| (Language::Dutch, t)));
    let mut rows = Rows { trusted: file.embedded, list: Vec::new() };
    let lines = parsed.line.iter().map(|l| line(l, &mut rows)).collect::<Result<Vec<_>, String>>()?;
    let signature = Signature {
        id,
        area,
        embedded: file.embedded,
        severity: parsed.severity,
        confidence: parsed.confidence,
        assumed,
        stage,
        leads: parsed.leads,
        needs: parsed.needs.iter().map(|n| need(n)).collect::<Result<_, _>>()?,
        with_broadworks: parsed.with == Some(With::Broadworks),
        ties_to_call: parsed.ties_to_call,
        explains: parsed.explains,
        excludes: parsed.excludes,
        group: parsed.group,
        private: parsed.private.into_iter().map(|(k, v)| Ok((k, private_kind(&v)?))).collect::<Result<_, String>>()?,
        check: parsed.check,
        lines,
        sources: parsed.sources,
        codes: parsed.code.into_iter().map(|(c, t)| Ok((c, languages(t)?))).collect::<Result<_, String>>()?,
        texts,
        examples: parsed.example,
    };
    Ok((signature, rows.list))
}

struct Rows {
    /// They come with the program.
    trusted: bool,
    list: Vec<LineRule>,
}

impl Rows {
    fn add(&mut self, literals: &Literals, expression: Option<&str>) -> Result<Vec<usize>, String> {
        let mut places = Vec::new();
        for literal in literals.list() {
            if self.list.len() >= MAX_ROWS {
                return Err(format!("it has more than {MAX_ROWS} texts to look for"));
            }
            let row = if self.trusted { LineRule::trusted } else { LineRule::new };
            self.list.push(row(literal, expression)?);
            places.push(self.list.len() - 1);
        }
        if places.is_empty() { Err("it has a line without a text to look for".into()) } else { Ok(places) }
    }
}

fn line(file: &LineFile, rows: &mut Rows) -> Result<LineCondition, String> {
    Ok(LineCondition {
        rows: rows.add(&file.contains, file.expression.as_deref())?,
        near: file.near.as_ref().map(|n| near(n, Where::Around, rows)).transpose()?,
        without: file.without.as_ref().map(|n| near(n, Where::After, rows)).transpose()?,
        roles: file.roles.iter().map(|r| role(r)).collect::<Result<_, _>>()?,
    })
}

fn near(file: &NearFile, place: Where, rows: &mut Rows) -> Result<Near, String> {
    if file.lines.is_none() && file.seconds.is_none() {
        return Err("what is near needs lines or seconds".into());
    }
    if file.lines.is_some_and(|l| l > MAX_NEAR_LINES) || file.seconds.is_some_and(|s| !s.is_finite() || s < 0.0) {
        return Err("what is near is too far".into());
    }
    Ok(Near {
        rows: rows.add(&file.contains, file.expression.as_deref())?,
        lines: file.lines,
        seconds: file.seconds,
        place: file.place.unwrap_or(place),
    })
}

fn role(name: &str) -> Result<Role, String> {
    Role::ALL.into_iter().find(|r| r.word() == name).ok_or_else(|| format!("no role is called {name}"))
}

fn need(name: &str) -> Result<Need, String> {
    if name == "sip" { Ok(Need::Sip) } else { role(name).map(Need::Role) }
}

fn languages(texts: BTreeMap<String, CodeTexts>) -> Result<BTreeMap<Language, CodeTexts>, String> {
    let known = |(code, texts): (String, CodeTexts)| match Language::from_code(&code) {
        Some(language) => Ok((language, texts)),
        None => Err(format!("no language is called {code}")),
    };
    texts.into_iter().map(known).collect()
}

fn private_kind(name: &str) -> Result<PrivateKind, String> {
    match name {
        "name" => Ok(PrivateKind::Name),
        "user" => Ok(PrivateKind::User),
        "number" => Ok(PrivateKind::Number),
        "host" => Ok(PrivateKind::Host),
        "address" => Ok(PrivateKind::Address),
        "uri" => Ok(PrivateKind::Uri),
        "call-id" => Ok(PrivateKind::CallId),
        "token" => Ok(PrivateKind::Token),
        "device" => Ok(PrivateKind::Device),
        "mail" => Ok(PrivateKind::Mail),
        "path" => Ok(PrivateKind::Path),
        other => Err(format!("no kind of private value is called {other}")),
    }
}

//! One known failure as a data file. In: TOML text (`assets/signatures/AREA/ID.toml`, or the user's folder). Out: [`Signature`] and
//! the rows its lines are found by. Must not know any bundle.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::{Confidence, Severity};
use crate::base::rules::{Fault, RuleFile, RuleKind};
use crate::base::{Language, PrivateKind};
use crate::bundle::Role;
use crate::records::lines::{Expression, LineRule};
use crate::session::startup::StageId;

/// At most this many literals and conditions of one file; more is a mistake.
const MAX_ROWS: usize = 200;
/// The bounds of `near` and `without`.
const MAX_NEAR_LINES: u64 = 10_000;

/// Bounds of the texts: what is longer is no finding but a mistake, and would stop the window.
const MAX_TEXT_CHARS: usize = 4_000;
const MAX_SENTENCES: usize = 50;
const MAX_EXAMPLES: usize = 100;

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
    /// Table of `assets/codes` in which the capture `code` is looked up: its meaning fills `{meaning}`.
    pub table: Option<String>,
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
    /// The text that each row looks for.
    pub row_texts: Vec<String>,
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
    contains: Spanned<Literals>,
    expression: Option<Spanned<String>>,
    lines: Option<u64>,
    seconds: Option<f64>,
    place: Option<Where>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineFile {
    contains: Spanned<Literals>,
    expression: Option<Spanned<String>>,
    near: Option<Spanned<NearFile>>,
    without: Option<Spanned<NearFile>>,
    #[serde(default)]
    roles: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    severity: Severity,
    confidence: Spanned<Confidence>,
    #[serde(default)]
    marker: Marker,
    stage: Option<Spanned<String>>,
    #[serde(default)]
    leads: bool,
    #[serde(default)]
    needs: Vec<Spanned<String>>,
    with: Option<With>,
    table: Option<String>,
    #[serde(default)]
    ties_to_call: bool,
    #[serde(default)]
    explains: Vec<String>,
    #[serde(default)]
    excludes: Vec<String>,
    #[serde(default)]
    group: Vec<String>,
    #[serde(default)]
    private: BTreeMap<String, Spanned<String>>,
    check: Option<Spanned<String>>,
    #[serde(default)]
    line: Vec<Spanned<LineFile>>,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    code: BTreeMap<String, BTreeMap<String, CodeTexts>>,
    en: Option<Spanned<Texts>>,
    cs: Option<Spanned<Texts>>,
    nl: Option<Spanned<Texts>>,
    #[serde(default)]
    example: Vec<Example>,
}

/// Why a file is no signature, and where in its text.
struct Wrong(Option<usize>, String);

impl From<String> for Wrong {
    fn from(why: String) -> Self {
        Self(None, why)
    }
}

impl From<&str> for Wrong {
    fn from(why: &str) -> Self {
        Self(None, why.to_owned())
    }
}

/// The reason, at the place of a value.
fn at<T>(value: &Spanned<T>, why: impl Into<String>) -> Wrong {
    Wrong(Some(value.span().start), why.into())
}

/// Reads one file: the signature, and the rows its lines are found by (its own numbers count from 0).
///
/// # Errors
/// A reason, with the line where a value is at fault.
pub fn read(file: &RuleFile) -> Result<(Signature, Vec<LineRule>), Fault> {
    let parsed: File = file.parse(RuleKind::Signature)?;
    let (area, id) = place(&file.path);
    signature(file, area, id, parsed)
        .map_err(|Wrong(place, why)| Fault::new(RuleKind::Signature, file, place, format!("Signature left out, {why}")))
}

/// Area and ID of a path below the kind's folder.
fn place(path: &str) -> (String, String) {
    let stem = path.strip_suffix(".toml").unwrap_or(path);
    let (folder, id) = stem.rsplit_once('/').unwrap_or(("own", stem));
    (folder.rsplit('/').next().unwrap_or(folder).to_owned(), id.to_owned())
}

fn signature(file: &RuleFile, area: String, id: String, parsed: File) -> Result<(Signature, Vec<LineRule>), Wrong> {
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err("its name must be of a–z, 0–9 and hyphens".into());
    }
    let stage = match &parsed.stage {
        Some(name) => {
            let known = StageId::ALL.into_iter().find(|s| s.word() == name.get_ref());
            Some(known.ok_or_else(|| at(name, format!("no stage is called {}", name.get_ref())))?)
        }
        None => None,
    };
    if parsed.line.is_empty() && parsed.check.is_none() {
        return Err("it must have lines or a check".into());
    }
    if let Some(name) = &parsed.check
        && super::checks::find(name.get_ref()).is_none()
    {
        return Err(at(name, format!("no check is called {}", name.get_ref())));
    }
    let assumed = parsed.marker == Marker::Assumed;
    if assumed && *parsed.confidence.get_ref() != Confidence::Possible {
        return Err(at(&parsed.confidence, "what is assumed can only be possible"));
    }
    if parsed.en.is_none() {
        return Err("it has no English texts".into());
    }
    let mut texts = BTreeMap::new();
    for (language, own) in [(Language::English, parsed.en), (Language::Czech, parsed.cs), (Language::Dutch, parsed.nl)] {
        let Some(own) = own else { continue };
        bounded(own.get_ref()).map_err(|why| at(&own, why))?;
        texts.insert(language, own.into_inner());
    }
    if parsed.example.len() > MAX_EXAMPLES {
        return Err(format!("it has more than {MAX_EXAMPLES} examples").into());
    }
    let mut rows = Rows { trusted: file.embedded, ..Rows::default() };
    let lines = parsed.line.iter().map(|l| line(l, &mut rows)).collect::<Result<Vec<_>, Wrong>>()?;
    let signature = Signature {
        id,
        area,
        embedded: file.embedded,
        severity: parsed.severity,
        confidence: parsed.confidence.into_inner(),
        assumed,
        stage,
        leads: parsed.leads,
        needs: parsed.needs.iter().map(|n| need(n.get_ref()).map_err(|why| at(n, why))).collect::<Result<_, _>>()?,
        with_broadworks: parsed.with == Some(With::Broadworks),
        table: parsed.table,
        ties_to_call: parsed.ties_to_call,
        explains: parsed.explains,
        excludes: parsed.excludes,
        group: parsed.group,
        private: (parsed.private.into_iter())
            .map(|(k, v)| Ok((k, private_kind(v.get_ref()).map_err(|why| at(&v, why))?)))
            .collect::<Result<_, Wrong>>()?,
        check: parsed.check.map(Spanned::into_inner),
        lines,
        row_texts: rows.texts,
        sources: parsed.sources,
        codes: parsed.code.into_iter().map(|(c, t)| Ok((c, languages(t)?))).collect::<Result<_, String>>()?,
        texts,
        examples: parsed.example,
    };
    Ok((signature, rows.list))
}

/// Are the texts of a size that can be shown?
fn bounded(texts: &Texts) -> Result<(), String> {
    if texts.all().any(|t| t.chars().count() > MAX_TEXT_CHARS) {
        return Err(format!("a text has more than {MAX_TEXT_CHARS} characters"));
    }
    if texts.all().count() > MAX_SENTENCES {
        return Err(format!("it says more than {MAX_SENTENCES} sentences"));
    }
    Ok(())
}

#[derive(Default)]
struct Rows {
    /// They come with the program.
    trusted: bool,
    list: Vec<LineRule>,
    texts: Vec<String>,
}

impl Rows {
    fn add(&mut self, literals: &Spanned<Literals>, expression: Option<&Spanned<String>>) -> Result<Vec<usize>, Wrong> {
        let mut places = Vec::new();
        // Made once, however many texts share it.
        let shared = expression.map(|e| Arc::new(Expression::new(e.get_ref())));
        if let (false, Some(written), Some(shared)) = (self.trusted, expression, &shared) {
            shared.check().map_err(|why| at(written, why))?;
        }
        for literal in literals.get_ref().list() {
            if self.list.len() >= MAX_ROWS {
                return Err(at(literals, format!("it has more than {MAX_ROWS} texts to look for")));
            }
            self.list.push(LineRule::with(literal, shared.clone()).map_err(|why| at(literals, why))?);
            self.texts.push(literal.to_owned());
            places.push(self.list.len() - 1);
        }
        if places.is_empty() { Err(at(literals, "it has a line without a text to look for")) } else { Ok(places) }
    }
}

fn line(file: &Spanned<LineFile>, rows: &mut Rows) -> Result<LineCondition, Wrong> {
    let file = file.get_ref();
    Ok(LineCondition {
        rows: rows.add(&file.contains, file.expression.as_ref())?,
        near: file.near.as_ref().map(|n| near(n, Where::Around, rows)).transpose()?,
        without: file.without.as_ref().map(|n| near(n, Where::After, rows)).transpose()?,
        roles: file.roles.iter().map(|r| role(r.get_ref()).map_err(|why| at(r, why))).collect::<Result<_, _>>()?,
    })
}

fn near(spanned: &Spanned<NearFile>, place: Where, rows: &mut Rows) -> Result<Near, Wrong> {
    let file = spanned.get_ref();
    if file.lines.is_none() && file.seconds.is_none() {
        return Err(at(spanned, "what is near needs lines or seconds"));
    }
    if file.lines.is_some_and(|l| l > MAX_NEAR_LINES) || file.seconds.is_some_and(|s| !s.is_finite() || s < 0.0) {
        return Err(at(spanned, "what is near is too far"));
    }
    Ok(Near {
        rows: rows.add(&file.contains, file.expression.as_ref())?,
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

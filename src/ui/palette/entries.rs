//! What the palette offers. In: the lists of keys, the document shown, what was typed. Out: entries with their commands.
//! The program adds its own: tabs, files opened lately, settings.

use crate::base::words::{Words, word};
use crate::base::{MemberId, SourceRef};
use crate::bundle::Input;
use crate::session::startup::StageId;
use crate::timeline::Subject;
use crate::timeline::lanes::call::name as call_name;
use crate::ui::keys::{self, Front, Place};
use crate::ui::panels::calls::party;
use crate::ui::{Command, Document, View, text};

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What is done.
    pub action: String,
    /// Where it belongs to.
    pub place: String,
    /// The key that does the same; empty without one.
    pub key: &'static str,
    /// How it is done.
    pub command: Command,
}

impl Entry {
    /// An entry without a key.
    pub fn new(action: impl Into<String>, place: &str, command: Command) -> Self {
        Self { action: action.into(), place: place.to_owned(), key: "", command }
    }
}

/// The first letter large: words of keys begin small.
pub fn titled(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Commands of the keys that count here.
pub fn of_keys(front: Front) -> Vec<Entry> {
    let entry = |key: &keys::Shortcut| {
        let place = match (key.place, front) {
            (Place::View(_), Front::View(view)) => word(view.words()),
            _ => word(key.place.words()),
        };
        Entry { action: titled(word(key.words)), place: place.to_owned(), key: key.caps, command: (key.command)() }
    };
    // Keys that stand for several things are beside each of those.
    keys::of(front).filter(|key| key.by_key.is_none()).map(entry).collect()
}

/// What can be gone to in a document: findings, calls, registrations, stages, runs.
pub fn of_document(document: &Document) -> Vec<Entry> {
    let analysis = &document.analysis;
    let facts = &analysis.facts;
    let mut out = Vec::new();
    for (place, finding) in analysis.findings.iter().enumerate() {
        let action = format!("{}  {}", text::shown(&finding.title), finding.id);
        out.push(Entry::new(action, word("window.findings"), Command::ShowFinding(place)));
    }
    for call in &facts.calls {
        let command = Command::ShowSubject(Subject::Call(call.id));
        out.push(Entry::new(format!("{}  {}", call_name(call), party(call)), word("window.calls"), command));
    }
    for (place, registration) in (0_u32..).zip(&facts.registrations) {
        let command = Command::ShowSubject(Subject::Registration(place));
        let action = format!("{} {}", word("timeline.registration"), text::private(&registration.aor));
        out.push(Entry::new(action, word("window.registrations"), command));
    }
    for (place, stage) in StageId::ALL.iter().enumerate() {
        let name = text::term("stage", stage.word());
        let action = Words::current().fill("palette.stage", &[("stage", &name)]);
        out.push(Entry::new(action, word("window.overview"), Command::ShowStage(place)));
    }
    let all = facts.runs.len();
    for place in (0..all).filter(|_| all > 1) {
        let figures = [("n", (place + 1).to_string()), ("all", all.to_string())];
        let [n, all] = &figures;
        let action = Words::current().fill("window.run", &[(n.0, &n.1), (all.0, &all.1)]);
        out.push(Entry::new(action, word("keys.place_document"), Command::ShowRun(place)));
    }
    out
}

/// A query that is the path of a file or folder: opened as it is.
pub fn of_path(query: &str) -> Vec<Entry> {
    let path = query.trim().trim_matches('"');
    let drive = path.get(1..3).is_some_and(|part| part == ":\\" || part == ":/");
    if !(path.starts_with('/') || path.starts_with("\\\\") || drive) {
        return Vec::new();
    }
    let action = Words::current().fill("palette.open_again", &[("name", &text::visible(path))]);
    vec![Entry::new(action, "", Command::Open(vec![Input::Path(path.into())]))]
}

/// What a query names by itself: `17` a call, `bwc:1184` a line of the log or the message that begins there.
pub fn of_query(document: &Document, query: &str) -> Vec<Entry> {
    let query = query.trim();
    let facts = &document.analysis.facts;
    let mut out = Vec::new();
    if let Some(call) = query.parse::<u32>().ok().and_then(|n| facts.calls.iter().find(|c| c.id.0.checked_add(1) == Some(n))) {
        let action = format!("{}  {}", call_name(call), party(call));
        out.push(Entry::new(action, word("window.calls"), Command::ShowSubject(Subject::Call(call.id))));
    }
    let Some((member, line)) = query.rsplit_once(':').and_then(|(member, line)| Some((member, line.parse::<u64>().ok()?))) else {
        return out;
    };
    let wanted = member.to_lowercase();
    for (place, found) in (0_u32..).zip(&document.analysis.bundle.members) {
        if !found.path.to_lowercase().contains(&wanted) {
            continue;
        }
        let id = MemberId(place);
        let told = |line: u64| format!("{}:{line}", text::visible(&document.member_path(id)));
        let starts = |m: &crate::session::LoggedMessage| m.source.member == id && m.source.line == line;
        let message = (0_u32..).zip(&facts.messages).find(|(_, m)| starts(m));
        // Inside a record only a message's first line is known by its bytes; else the record's own first line leads there.
        if let Some(source) = message.map(|(_, m)| m.source).or_else(|| record_at(document, id, line)) {
            let action = Words::current().fill("palette.line", &[("place", &told(source.line))]);
            out.push(Entry::new(action, word(View::Overview.words()), Command::ShowLines(source)));
        }
        if let Some((message, _)) = message {
            let action = Words::current().fill("palette.message", &[("place", &told(line))]);
            out.push(Entry::new(action, word("window.messages"), Command::ShowMessage(crate::session::MessageId(message))));
        }
    }
    out
}

/// The record that holds a line of a member.
fn record_at(document: &Document, member: MemberId, line: u64) -> Option<SourceRef> {
    let index = document.analysis.index.get(member.index())?;
    let (mut low, mut high) = (0, index.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if index.get(middle)?.line <= line { low = middle + 1 } else { high = middle }
    }
    let entry = index.get(low.checked_sub(1)?)?;
    Some(SourceRef { member, line: entry.line, offset: entry.offset, bytes: 0 })
}

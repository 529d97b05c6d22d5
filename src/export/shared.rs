//! What several forms of the report look up alike. In: an [`Analysis`]. Out: plain values. Must not know a form.

use crate::analyse::{Analysis, MemberReport};
use crate::base::{MemberId, Note};
use crate::bundle::Member;
use crate::session::LoggedMessage;

/// The member of this number.
pub fn member(analysis: &Analysis, id: MemberId) -> Option<&Member> {
    analysis.bundle.members.get(id.index()).filter(|m| m.id == id).or_else(|| analysis.bundle.members.iter().find(|m| m.id == id))
}

/// What reading this member gave; `None` when it was never read.
pub fn report(analysis: &Analysis, id: MemberId) -> Option<&MemberReport> {
    analysis.members.get(id.index()).filter(|m| m.id == id).or_else(|| analysis.members.iter().find(|m| m.id == id))
}

/// The notes about one member, or about the bundle as a whole: of opening, reading and judging, each once.
pub fn notes(analysis: &Analysis, about: Option<MemberId>) -> Vec<Note> {
    let mut out: Vec<Note> = Vec::new();
    let read = about.and_then(|id| report(analysis, id)).map(|r| r.notes.clone()).unwrap_or_default();
    for note in analysis.bundle.notes.of(about).into_iter().chain(read).chain(analysis.notes.of(about)) {
        if !out.iter().any(|n| (n.kind, n.line, &n.text) == (note.kind, note.line, &note.text)) {
            out.push(note);
        }
    }
    out
}

/// Was anything at all readable in this bundle? When not, "no fault found" would be a lie.
pub fn anything_read(analysis: &Analysis) -> bool {
    analysis.members.iter().any(|m| m.lines > 0) || analysis.environment.entries > 0
}

/// The start line as logged.
pub fn start_line(logged: &LoggedMessage) -> &str {
    logged.seen.message.text.lines().next().unwrap_or_default()
}

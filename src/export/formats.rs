//! The report that a user can send when a log looks new: which members, dialects and line shapes there are, with every value
//! masked. In: an [`Analysis`]. Out: plain text without personal data. Must not print any value of the log: names of members are
//! masked to the words this program knows, numbers and shapes are all that is left.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Options, shared};
use crate::analyse::Analysis;
use crate::base::{MemberId, NoteKind};
use crate::bundle::Member;
use crate::sip::Direction;

/// At most this many shapes of a member are listed; the rest is counted.
const SHAPES: usize = 40;

/// Parts of member names that tell the format and name nobody.
pub(super) const KNOWN_NAMES: &[&str] = &[
    "current",
    "last",
    "run",
    "log",
    "logs",
    "txt",
    "zip",
    "gz",
    "tgz",
    "tar",
    "bwc",
    "media",
    "ced",
    "dat",
    "uclogin",
    "virtualchannel",
    "ciscospark",
    "sparkmacdesktop",
    "webexhost",
    "hostlogs",
    "json",
    "xml",
    "html",
    "config",
    "wxt",
    "diagnostics",
    "wme",
    "access",
    "pslog",
    "xslog",
    "xsiactionslog",
    "authenticationservice",
    "calling",
    "environment",
    "data",
    "csf",
    "unified",
    "jabber",
    "webex",
];

/// The report about all bundles, one after the other.
pub fn render(analyses: &[Arc<Analysis>], options: &Options) -> String {
    let mut out = options.words.fill("formats.title", &[("version", env!("CARGO_PKG_VERSION"))]);
    out.push('\n');
    for (number, analysis) in analyses.iter().enumerate() {
        out.push('\n');
        out.push_str(&options.words.fill("formats.bundle", &[("number", &(number + 1).to_string())]));
        out.push('\n');
        one(analysis, options, &mut out);
    }
    out
}

fn one(analysis: &Analysis, options: &Options, out: &mut String) {
    let words = options.words;
    for member in &analysis.bundle.members {
        describe(analysis, options, member, out);
    }
    if analysis.bundle.members.is_empty() {
        out.push_str(&format!("  {}\n", words.get("report.no_members")));
    }
    // Kinds and counts only: the sentence of a note may hold a name.
    for (kind, count) in kinds(analysis, None) {
        out.push_str(&format!("  {} {count}\n", kind.word()));
    }
}

fn describe(analysis: &Analysis, options: &Options, member: &Member, out: &mut String) {
    let words = options.words;
    let mut put = |line: String| {
        out.push_str(&line);
        out.push('\n');
    };
    put(format!("  {}", masked_path(&member.path)));
    let mut facts = vec![format!("role={} ({})", member.role.word(), member.role_basis.word())];
    if let Some(read) = shared::report(analysis, member.id) {
        facts.push(format!("dialect={}", read.dialect.as_deref().unwrap_or("none")));
        for (name, value) in [
            ("bytes", read.bytes),
            ("lines", read.lines),
            ("records", read.records),
            ("unrecognised-lines", read.unrecognised_lines),
            ("sip-messages", read.sip_messages),
        ] {
            facts.push(format!("{name}={value}"));
        }
        facts.push(format!("zone={} ({})", read.zone.text(), read.zone.basis.word()));
    } else {
        facts.push("unread".to_owned());
    }
    put(format!("    {}", facts.join(" ")));
    for (kind, count) in kinds(analysis, Some(member.id)) {
        put(format!("    note {} {count}", kind.word()));
    }
    if let Some(framing) = framing(analysis, member.id) {
        put(format!("    sip {framing}"));
    }
    let shapes: Vec<&(MemberId, String, u64)> = analysis.shapes.iter().filter(|(id, _, _)| *id == member.id).collect();
    for (_, shape, count) in shapes.iter().take(SHAPES) {
        let shape: String = shape.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        put(format!("    {count:>8}  {shape}"));
    }
    if let Some(more) = shapes.len().checked_sub(SHAPES).filter(|n| *n > 0) {
        put(format!("    {}", words.fill("formats.more_shapes", &[("count", &more.to_string())])));
    }
}

/// How many notes of each kind.
fn kinds(analysis: &Analysis, about: Option<MemberId>) -> BTreeMap<NoteKind, u64> {
    let mut counts = BTreeMap::new();
    for note in shared::notes(analysis, about) {
        *counts.entry(note.kind).or_default() += 1;
    }
    counts
}

/// How the SIP of a member is framed and how its directions were known, in counts.
fn framing(analysis: &Analysis, id: MemberId) -> Option<String> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut add = |what: String| *counts.entry(what).or_default() += 1;
    let messages = analysis.facts.messages.iter().filter(|m| m.source.member == id);
    for logged in messages {
        add("messages".to_owned());
        add(if logged.seen.message.is_request() { "requests" } else { "responses" }.to_owned());
        let basis = logged.direction_basis.map_or("none", |b| b.word());
        add(format!("direction-by-{basis}"));
        if logged.seen.direction == Direction::Unknown {
            add("direction-unknown".to_owned());
        }
        if logged.seen.remote.is_some() || logged.seen.local.is_some() {
            add("with-address".to_owned());
        }
        if logged.seen.at.is_none() {
            add("without-time".to_owned());
        }
        if !logged.seen.message.body.is_empty() {
            add("with-body".to_owned());
        }
        if !logged.seen.message.problems.is_empty() {
            add("malformed".to_owned());
        }
    }
    (!counts.is_empty()).then(|| counts.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" "))
}

/// A member's path with everything masked that this program does not know: letters to `a`, digits to `9`, marks kept.
fn masked_path(path: &str) -> String {
    let mut out = String::new();
    let mut part = String::new();
    for c in path.chars().chain(std::iter::once('/')) {
        if c.is_alphabetic() {
            part.push(c);
            continue;
        }
        if KNOWN_NAMES.contains(&part.to_lowercase().as_str()) {
            out.push_str(&part);
        } else if !part.is_empty() {
            out.push('a');
        }
        part.clear();
        match c {
            c if c.is_numeric() => {
                if !out.ends_with('9') {
                    out.push('9');
                }
            }
            c if c.is_ascii_graphic() => out.push(c),
            _ => out.push('?'),
        }
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_masked_and_names_of_logs_stay() {
        assert_eq!(masked_path("bwc/last_run_current_log.txt"), "bwc/last_run_current_log.txt");
        assert_eq!(masked_path("anna.maier_2024-01-30.zip!/ced.dat"), "a.a_9-9-9.zip!/ced.dat");
        assert_eq!(masked_path("Müller 日本/x"), "a?a/a");
        assert_eq!(masked_path("CiscoSpark/Media/1.log"), "CiscoSpark/Media/9.log");
    }
}

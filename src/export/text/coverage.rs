//! What was read and what was not: so that "nothing found" never looks like "nothing was readable". In: members and notes.

use super::page::Page;
use super::{View, grouped};
use crate::base::{Note, ZoneBasis, words};
use crate::bundle::Member;
use crate::export::shared;

pub fn coverage(view: &View<'_>, page: &mut Page) {
    page.heading(view.word("report.coverage"));
    let analysis = view.analysis;
    if !shared::anything_read(analysis) {
        page.line(0, view.word("report.verdict_unreadable"));
    }
    for member in &analysis.bundle.members {
        one(view, page, member);
    }
    if analysis.bundle.members.is_empty() {
        page.line(0, view.word("report.no_members"));
    }
    environment(view, page);
    if !analysis.missing.is_empty() {
        let roles: Vec<String> = analysis.missing.iter().map(|r| view.named("role", r.word())).collect();
        page.gap();
        page.pair(0, view.word("report.missing"), &roles.join(", "));
    }
    let whole = shared::notes(analysis, None);
    let unopened = view.options.unopened.iter().map(|text| view.options.outlet.log(&words::sentence(text)).into_owned());
    let mut lines: Vec<String> = whole.iter().map(|n| note(view, n)).collect();
    lines.extend(unopened);
    if !lines.is_empty() {
        page.gap();
        page.line(0, view.word("report.bundle_notes"));
        for line in lines {
            page.line(2, &line);
        }
    }
}

fn one(view: &View<'_>, page: &mut Page, member: &Member) {
    page.line(0, &view.options.outlet.path(&member.path));
    let role = view.named("role", member.role.word());
    let basis = view.named("role_basis", member.role_basis.word());
    let notes = shared::notes(view.analysis, Some(member.id));
    if let Some(read) = shared::report(view.analysis, member.id) {
        let dialect = read.dialect.clone().unwrap_or_else(|| view.word("report.no_dialect").to_owned());
        let values = [
            ("role", role),
            ("basis", basis),
            ("dialect", dialect),
            ("lines", grouped(read.lines)),
            ("records", grouped(read.records)),
            ("sip", grouped(read.sip_messages)),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        page.line(2, &view.fill("report.member", &values));
        if read.unrecognised_lines > 0 {
            let count = grouped(read.unrecognised_lines);
            page.line(2, &view.fill("report.unrecognised", &[("count", &count), ("lines", &grouped(read.lines))]));
        }
        if read.first.is_some() {
            let span = view.span(read.first, read.last);
            let zone = match read.zone.basis {
                ZoneBasis::Log => view.named("zone", ZoneBasis::Log.word()),
                basis => format!("{} {}", read.zone.text(), view.named("zone", basis.word())),
            };
            page.line(2, &view.fill("report.member_times", &[("span", &span), ("zone", &zone)]));
        } else if read.lines > 0 {
            page.line(2, view.word("report.member_no_times"));
        }
    } else {
        page.line(2, &view.fill("report.member_unread", &[("role", &role), ("basis", &basis)]));
    }
    if let Some(input) = &member.input {
        page.line(2, &view.fill("report.member_input", &[("name", &view.options.outlet.path(input))]));
    }
    for one in &notes {
        page.line(2, &note(view, one));
    }
}

/// A note in one line.
pub fn note(view: &View<'_>, note: &Note) -> String {
    let kind = view.named("note", note.kind.word());
    let text = words::sentence(&note.text);
    let text = view.options.outlet.log(&text);
    match note.line {
        0 => view.fill("report.note", &[("kind", &kind), ("text", &text)]),
        line => view.fill("report.note_line", &[("kind", &kind), ("line", &line.to_string()), ("text", &text)]),
    }
}

fn environment(view: &View<'_>, page: &mut Page) {
    let environment = &view.analysis.environment;
    let Some(member) = environment.member.and_then(|id| shared::member(view.analysis, id)) else {
        return;
    };
    let outlet = &view.options.outlet;
    let belongs = view.named("belongs", environment.belongs.word());
    let format = environment.format.clone().unwrap_or_else(|| view.word("report.environment_unknown").to_owned());
    let entries = grouped(environment.entries);
    let values = [("path", &*outlet.path(&member.path)), ("format", &format), ("entries", &entries), ("belongs", &belongs)];
    page.line(0, &view.fill("report.environment", &values));
    let why = outlet.text(&environment.belongs_text);
    if !why.is_empty() {
        page.line(2, &why);
    }
    if environment.exported.is_some() {
        page.line(2, &view.fill("report.environment_exported", &[("time", &view.time(environment.exported))]));
    }
}

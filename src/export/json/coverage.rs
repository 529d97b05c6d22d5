//! `coverage` of the report: what was read of each member and what was not. In: members and notes. Out: JSON.

use serde_json::{Value, json};

use super::{View, time};
use crate::base::{Note, NoteKind, Zone, words};
use crate::bundle::Member;
use crate::export::shared;

pub fn coverage(view: &View<'_>, unopened: &[String]) -> Value {
    let analysis = view.analysis;
    let whole = shared::notes(analysis, None);
    let mut notes: Vec<Value> = whole.iter().map(|n| note(view, n)).collect();
    for text in unopened {
        notes.push(json!({"kind": NoteKind::Unreadable.word(), "line": 0, "text": view.outlet.log(&words::sentence(text))}));
    }
    json!({
        "members": analysis.bundle.members.iter().map(|m| member(view, m)).collect::<Vec<_>>(),
        "missing": analysis.missing.iter().map(|r| r.word()).collect::<Vec<_>>(),
        "notes": notes,
    })
}

/// A member that was never read (a picture, a nested archive that failed) has counts of 0 and its notes.
fn member(view: &View<'_>, member: &Member) -> Value {
    let read = shared::report(view.analysis, member.id);
    let zone = read.map_or(Zone::ASSUMED, |r| r.zone);
    let notes = shared::notes(view.analysis, Some(member.id));
    json!({
        "path": view.outlet.path(&member.path),
        "role": member.role.word(),
        "role_basis": member.role_basis.word(),
        "observer": member.role.observer().word(),
        "dialect": read.and_then(|r| r.dialect.as_deref()),
        "bytes": read.map_or(0, |r| r.bytes),
        "lines": read.map_or(0, |r| r.lines),
        "records": read.map_or(0, |r| r.records),
        "unrecognised_lines": read.map_or(0, |r| r.unrecognised_lines),
        "first": time(read.and_then(|r| r.first)),
        "last": time(read.and_then(|r| r.last)),
        "zone": zone.text(),
        "zone_basis": zone.basis.word(),
        "input": member.input.as_deref().map(|name| view.outlet.path(name)),
        "sip_messages": read.map_or(0, |r| r.sip_messages),
        "notes": notes.iter().map(|n| note(view, n)).collect::<Vec<_>>(),
    })
}

fn note(view: &View<'_>, note: &Note) -> Value {
    json!({"kind": note.kind.word(), "line": note.line, "text": view.outlet.log(&words::sentence(&note.text))})
}

//! `device_configs` of the report: each configuration read, what is wrong with it, what it says of SIP. In: facts. Out: JSON.
//! The tidy form stays in the window: it would repeat the file.

use serde_json::{Value, json};

use super::{View, session_number, time};
use crate::session::device_config::{DeviceConfig, Problem, Setting, Tag};

pub fn device_config(view: &View<'_>, config: &DeviceConfig) -> Value {
    json!({
        "member": view.member(config.source.member),
        "line": config.source.line,
        "from": config.from.word(),
        "session": session_number(config.run),
        "at": time(config.at),
        "copies": config.copies,
        "bytes": config.bytes,
        "elements": config.elements,
        "root": view.log(config.root.as_deref()),
        "encoding_declared": view.log(config.encoding_declared.as_deref()),
        "encoding_seen": config.encoding_seen.word(),
        "template": config.template,
        "problems": config.problems.iter().map(|p| problem(view, p)).collect::<Vec<_>>(),
        "tags": config.tags.iter().map(|t| tag(view, t)).collect::<Vec<_>>(),
        "sbc_address": config.sbc.word(),
        "sbc_addresses": config.addresses.iter().map(|s| setting(view, s)).collect::<Vec<_>>(),
        "sip": config.settings.iter().map(|s| setting(view, s)).collect::<Vec<_>>(),
    })
}

fn problem(view: &View<'_>, problem: &Problem) -> Value {
    json!({
        "kind": problem.kind.word(),
        "fatal": problem.kind.is_fatal(),
        "line": problem.source.line,
        "column": problem.column,
        "text": view.text(&problem.kind.text()),
    })
}

fn tag(view: &View<'_>, tag: &Tag) -> Value {
    json!({
        "tag": view.outlet.log(&tag.name),
        "path": view.outlet.log(&tag.path),
        "line": tag.source.line,
        "used": tag.used,
    })
}

fn setting(view: &View<'_>, setting: &Setting) -> Value {
    json!({
        "path": view.outlet.log(&setting.path),
        "value": view.text(&setting.value),
        "line": setting.source.line,
        "used": setting.used,
        "meaning": setting.meaning.map(|m| m.text()),
        "meaning_basis": setting.meaning.map(|_| "inferred"),
    })
}

//! Records of a bundle's logs as text, CSV or JSON, however many there are. In: an [`Analysis`], which records in which order. Out: one
//! piece after the other, each proven before it is handed on. Must not know who chose the records, and writes no file.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::json;

use super::redact::Leak;
use super::{Outlet, csv, shared};
use crate::analyse::Analysis;
use crate::base::Progress;
use crate::bundle::store::Store;
use crate::records::Entry;

/// A piece is handed on when it has so many bytes.
const PIECE: usize = 1 << 20;

/// The forms records can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `member:line` and the record as logged.
    Text,
    /// A row a record.
    Csv,
    /// An array with one object a line.
    Json,
}

/// Why not all was handed on.
#[derive(Debug)]
pub enum Stopped<E> {
    /// An original stands in a piece: nothing of that piece left, and what was written before is to be thrown away.
    Leak(Leak),
    /// The reader of the pieces has stopped.
    Reader(E),
    /// The user has.
    Cancelled,
}

/// Every record of every member, in the order of members and lines.
pub fn all(analysis: &Analysis) -> impl Iterator<Item = (usize, usize)> + '_ {
    analysis.index.iter().enumerate().flat_map(|(member, index)| (0..index.len()).map(move |number| (member, number)))
}

/// Hands the records on, each named by the place of its member and its number there. Tells how many there were.
///
/// # Errors
/// When a piece would leak, the reader stops or the user cancels.
pub fn write<E>(
    analysis: &Analysis,
    records: impl Iterator<Item = (usize, usize)>,
    form: Form,
    outlet: &Outlet,
    progress: &Progress,
    put: &mut dyn FnMut(&str) -> Result<(), E>,
) -> Result<u64, Stopped<E>> {
    // A store for each member: in the order of time members take turns, and each is read on from where it stands.
    let stores: Vec<Store> = analysis.index.iter().map(|_| Store::new(Arc::clone(&analysis.bundle))).collect();
    let name = outlet.path(&analysis.bundle.name).into_owned();
    let mut piece = match form {
        Form::Text => String::new(),
        Form::Csv => csv::row(["bundle", "member", "line", "time", "level", "text"]),
        Form::Json => "[\n".to_owned(),
    };
    let mut hand_on = |piece: &mut String| {
        outlet.prove(piece).map_err(Stopped::Leak)?;
        put(piece).map_err(Stopped::Reader)?;
        piece.clear();
        Ok(())
    };
    let mut written = 0_u64;
    for (member, number) in records {
        if progress.is_cancelled() {
            return Err(Stopped::Cancelled);
        }
        let Some((record, text)) = read(analysis, &stores, member, number, progress) else { continue };
        let text = outlet.log(text.trim_end_matches(['\r', '\n'])).into_owned();
        let path = outlet.path(record.path);
        let line = record.entry.line;
        match form {
            Form::Text => piece.push_str(&format!("{path}:{line} {text}\n")),
            Form::Csv => {
                let time = record.time.as_deref().unwrap_or_default();
                piece.push_str(&csv::row([&name, &*path, &line.to_string(), time, record.entry.level.word(), &text]));
            }
            Form::Json => {
                let level = record.entry.level.word();
                let one =
                    json!({"bundle": name, "member": path, "line": line, "time": record.time, "level": level, "text": text});
                piece.push_str(if written > 0 { ",\n" } else { "" });
                piece.push_str(&one.to_string());
            }
        }
        written += 1;
        if piece.len() >= PIECE {
            hand_on(&mut piece)?;
        }
    }
    if form == Form::Json {
        piece.push_str("\n]\n");
    }
    hand_on(&mut piece)?;
    Ok(written)
}

struct Record<'a> {
    path: &'a str,
    entry: Entry,
    time: Option<String>,
}

/// One record with its text; one that can't be read any more has the note in its place.
fn read<'a>(
    analysis: &'a Analysis,
    stores: &[Store],
    member: usize,
    number: usize,
    progress: &Progress,
) -> Option<(Record<'a>, Cow<'static, str>)> {
    let index = analysis.index.get(member)?;
    let entry = index.get(number)?;
    let report = analysis.members.iter().find(|report| report.id.index() == member)?;
    let end = index.get(number + 1).map_or(report.bytes, |next| next.offset);
    let path = shared::member(analysis, report.id).map_or("?", |m| m.path.as_str());
    let text = match stores.get(member)?.lines(report.id, entry.offset..end, progress) {
        Ok(text) => text,
        Err(note) => note.text,
    };
    let time = entry.time.map(|at| at.rfc3339());
    Some((Record { path, entry, time }, Cow::Owned(text)))
}

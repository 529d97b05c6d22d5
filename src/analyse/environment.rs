//! The calling environment data of a bundle, and whether they belong to its logs. In: the bundle, facts. Out: [`Environment`].

use std::borrow::Cow;
use std::io::Read;

use crate::base::{LogTime, NoteKind, Notes};
use crate::bundle::{Bundle, Role};
use crate::findings::ResolvedHit;
use crate::session::case::Identifier;
use crate::session::environment::{Environment, LOOK_BYTES, unwrapped};
use crate::session::environment_belongs::{Around, SignOut};
use crate::session::{Facts, shortened};

/// The first `ced.dat`; more than one is told.
pub(super) fn environment(
    bundle: &Bundle,
    facts: &Facts,
    identifiers: &[Identifier],
    hits: &[ResolvedHit],
    logs: &[(Option<i64>, Option<LogTime>)],
    notes: &mut Notes,
) -> Environment {
    let mut all = bundle.members.iter().filter(|m| m.role == Role::Environment);
    let Some(member) = all.next() else { return Environment::default() };
    if let Some(other) = all.next() {
        notes.push(
            NoteKind::Other,
            Some(other.id),
            0,
            "A second file with calling environment data; only the first was looked at",
        );
    }
    let mut bytes = Vec::new();
    if let Ok(reader) = bundle.bytes(member.id)
        && let Err(why) = reader.take(LOOK_BYTES as u64).read_to_end(&mut bytes)
    {
        notes.push(NoteKind::Damaged, Some(member.id), 0, format!("Calling environment data could be read in part only: {why}"));
    }
    if bytes.len() >= LOOK_BYTES {
        notes.push(NoteKind::Limit, Some(member.id), 0, format!("Only the first {LOOK_BYTES} bytes were looked at"));
    }
    let mut out = Environment::read(member.id, &bytes);
    let sign_outs = sign_outs(hits);
    let around = Around { facts, identifiers, sign_outs: &sign_outs, modified_s: member.modified_s, logs };
    let plain = unwrapped(&bytes);
    out.judge(&plain, matches!(plain, Cow::Borrowed(_)), &around);
    out
}

/// The client was signed out because its user signed in elsewhere (error 1503).
fn sign_outs(hits: &[ResolvedHit]) -> Vec<SignOut> {
    let says = |hit: &&ResolvedHit| ["errorCode=1503", "1000:1503"].iter().any(|w| hit.text.contains(w));
    let sign_out = |hit: &ResolvedHit| {
        Some(SignOut { run: hit.run, at: hit.at?, source: hit.source, line: shortened(&hit.text).to_owned() })
    };
    let mut out: Vec<SignOut> = hits.iter().filter(says).filter_map(sign_out).collect();
    out.sort_by_key(|s| (s.at, s.source));
    out
}

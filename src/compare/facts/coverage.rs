//! What was read of each side: without it, "only A" could mean "not read in B". In: members of both sides. Out: a row for each role.

use std::collections::BTreeMap;

use crate::base::{Text, Tone};
use crate::bundle::Role;

use super::super::rows::{Area, Cell, Group, Kind, Row};
use super::super::{Pair, Side};
use super::{Context, number, rank};
use crate::timeline::figures;

/// What there is of one role.
#[derive(Clone, Copy, Default)]
struct Read {
    members: u64,
    records: u64,
    messages: u64,
    damaged: bool,
}

pub fn group(context: &Context<'_>) -> Group {
    let all = context.sides.map(|side| of(&side));
    let mut rows = Vec::new();
    let mut roles: Vec<Role> = all.left.keys().chain(all.right.keys()).copied().collect();
    roles.sort_unstable();
    roles.dedup();
    for role in roles.into_iter().filter(|r| *r != Role::Other) {
        let both = Pair::new(all.left.get(&role).copied(), all.right.get(&role).copied());
        let damage = both.map(|r| r.map(|r| r.damaged));
        let mut row = Row::new(Text::key(role_key(role)), both.map(|r| r.map(cell)), damage.left == damage.right, 0.4);
        let counts = both.map(|r| r.map(|r| r.records));
        row = row.counted(counts);
        if row.kind == Kind::Same && counts.left != counts.right {
            row.kind = Kind::Spread;
        }
        rows.push(row.ranked(rank::COVERAGE));
    }
    Group { area: Area::Coverage, subject: Text::default(), rows }
}

fn of(side: &Side<'_>) -> BTreeMap<Role, Read> {
    use crate::base::NoteKind::{CrcMismatch, Damaged, Encrypted, Truncated, Unreadable, UnsupportedMethod};
    let mut out: BTreeMap<Role, Read> = BTreeMap::new();
    let damage = [CrcMismatch, Damaged, Encrypted, Truncated, Unreadable, UnsupportedMethod];
    for (member, report) in side.analysis.bundle.members.iter().zip(&side.analysis.members) {
        let read = out.entry(member.role).or_default();
        read.members += 1;
        read.records += report.records;
        read.messages += report.sip_messages;
        read.damaged |= report.notes.iter().any(|n| damage.contains(&n.kind));
    }
    out
}

fn cell(read: Read) -> Cell {
    let count = |n: u64| number(figures::count(n));
    let values = [("n", count(read.members)), ("records", count(read.records)), ("messages", count(read.messages))];
    let mut text = Text::phrase("compare.read", &values);
    if read.damaged {
        text = Text::phrase_of("compare.state_with", &[("state", text), ("what", Text::key("note.damaged"))]);
    }
    Cell::new(text).toned(if read.damaged { Tone::Warn } else { Tone::Ok })
}

fn role_key(role: Role) -> String {
    format!("role.{}", role.word())
}

//! Findings of both sides: by their name and the call they are about. In: findings of both sides. Out: rows. Must not know why.

use std::collections::BTreeMap;

use crate::base::{Segment, Text};
use crate::findings::{Finding, Severity};
use crate::session::CallId;

use super::super::rows::{Area, Cell, Group, Kind, Row};
use super::super::{Pair, Scope, Which};
use super::{Context, number, rank};
use crate::session::startup::StageId;

/// What a finding is about on both sides: the call by the left side's number, or the right side's where the left has none.
type Subject = Option<(Which, u32)>;

/// Rows by severity, then name.
pub fn group(context: &Context<'_>) -> Group {
    let mut found: BTreeMap<(Severity, String, Subject), Pair<Vec<&Finding>>> = BTreeMap::new();
    for which in [Which::Left, Which::Right] {
        let side = context.sides.get(which);
        let run = side.run();
        // What has no time is about the whole bundle.
        let whole = |f: &Finding| f.first.is_none() && f.call.is_none();
        let own = side.analysis.findings.iter().filter(|f| (f.run == run || whole(f)) && in_scope(side.scope, f));
        for finding in own {
            let key = (finding.severity, finding.id.clone(), subject(context, which, finding.call));
            let pair = found.entry(key).or_default();
            match which {
                Which::Left => pair.left.push(finding),
                Which::Right => pair.right.push(finding),
            }
        }
    }
    // One name of two severities is one row: the worse one names it.
    let rows = found.into_iter().map(|((severity, id, _), both)| row(severity, id, &both).ranked(rank::FINDING)).collect();
    Group { area: Area::Findings, subject: Text::default(), rows }
}

fn in_scope(scope: Scope, finding: &Finding) -> bool {
    match scope {
        Scope::Run(_) => true,
        Scope::Call(call) => finding.call == Some(call),
        Scope::Registration(_) => finding.call.is_none() && finding.stage == Some(StageId::Register),
    }
}

fn subject(context: &Context<'_>, which: Which, call: Option<CallId>) -> Subject {
    let call = call?.0;
    match (which, context.matched.call_partner(which, call)) {
        (Which::Right, Some(left)) => Some((Which::Left, left)),
        _ => Some((which, call)),
    }
}

fn row(severity: Severity, id: String, both: &Pair<Vec<&Finding>>) -> Row {
    let cell = |list: &Vec<&Finding>| {
        let first = list.first()?;
        let n: u32 = list.iter().map(|f| f.count).sum();
        let text = if n > 1 {
            let title = first.title.clone();
            Text::phrase_of("compare.times", &[("what", title), ("n", Text(vec![number(n)]))])
        } else {
            first.title.clone()
        };
        let evidence: Vec<_> = list.iter().flat_map(|f| f.evidence.iter().cloned()).collect();
        Some(Cell::new(text).toned(first.severity.tone()).with(&evidence))
    };
    let weight = match severity {
        Severity::Error => 1.0,
        Severity::Warning => 0.6,
        Severity::Note => 0.3,
    };
    let counts = both.as_ref().map(|list| (!list.is_empty()).then(|| list.iter().map(|f| u64::from(f.count)).sum()));
    let mut row = Row::new(Text(vec![Segment::Word(id)]), both.as_ref().map(cell), true, weight).counted(counts);
    // How often the same fault shows depends on how long the log is.
    if row.kind == Kind::Same && counts.left != counts.right {
        row.kind = Kind::Spread;
    }
    row
}

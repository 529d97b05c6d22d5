//! A comparison for scripts, exactly by `assets/schema/compare-1.md`. In: a [`Comparison`]. Out: JSON text.

use serde_json::{Map, Value, json};

use super::Options;
use crate::analyse::Analysis;
use crate::base::{LogTime, Segment, Text};
use crate::compare::{Amount, Cell, Comparison, Group, MessageRow, Pair, Row, Scope, StrandRows, Which};
use crate::export::shared;
use crate::session::run::Which as RunName;
use crate::session::{Evidence, MessageId};

/// The name of the form.
pub const SCHEMA: &str = "bundlescope.compare/1";

/// The whole.
pub fn render(comparison: &Comparison, sides: Pair<&Analysis>, options: &Options) -> String {
    let w = Writer { comparison, sides, options };
    let counts = comparison.counts;
    let difference = |(group, row): (&Group, &Row)| w.row(Some(group), row);
    let differences: Vec<Value> = comparison.differences.iter().filter_map(|p| comparison.row(*p)).map(difference).collect();
    let value = json!({
        "schema": SCHEMA,
        "program": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
        "redacted": options.outlet.redacted(),
        "left": w.side(Which::Left),
        "right": w.side(Which::Right),
        "anchor": comparison.zero.anchor.word(),
        "anchor_replaced": comparison.zero.replaced,
        "remarks": comparison.remarks.iter().map(|r| w.text(r)).collect::<Vec<_>>(),
        "sentence": w.text(&comparison.sentence),
        "detail": w.text(&comparison.detail),
        "differences_count": differences.len(),
        "differences": differences,
        "counts": {"matter": counts.matter, "spread": counts.spread, "other": counts.other, "same": counts.same},
        "groups": comparison.groups.iter().map(|g| w.group(g)).collect::<Vec<_>>(),
        "conversations": comparison.strands.iter().map(|s| w.strand(s)).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_else(|_| "null".to_owned());
    text.push('\n');
    text
}

struct Writer<'a> {
    comparison: &'a Comparison,
    sides: Pair<&'a Analysis>,
    options: &'a Options,
}

fn time(at: Option<LogTime>) -> Value {
    at.map_or(Value::Null, |t| json!(t.rfc3339()))
}

fn ms(us: Option<i64>) -> Value {
    us.map_or(Value::Null, |us| json!(us as f64 / 1e3))
}

impl Writer<'_> {
    fn text(&self, text: &Text) -> Value {
        json!(self.options.outlet.text(text))
    }

    fn side(&self, which: Which) -> Value {
        let analysis = self.sides.get(which);
        let bundle = &analysis.bundle;
        let facts = &analysis.facts;
        let scope = *self.comparison.scopes.get(which);
        let (kind, id) = match scope {
            Scope::Run(run) => ("run", run.0),
            Scope::Call(call) => ("call", call.0),
            Scope::Registration(place) => ("registration", place),
        };
        let run_id = crate::compare::Side { analysis, scope }.run();
        let run = facts.runs.get(run_id.0 as usize);
        let digest = (!bundle.sha256.is_empty()).then_some(bundle.sha256.as_str());
        json!({
            "source": {"name": self.options.outlet.path(&bundle.name), "bytes": bundle.bytes, "sha256": digest},
            "scope": {"kind": kind, "id": id},
            "session": run_id.0,
            "run": run.and_then(|r| r.which).map(|w| match w {
                RunName::Current => "current",
                RunName::Last => "last",
            }),
            "start": time(run.and_then(|r| r.start)),
            "end": time(run.and_then(|r| r.end)),
            "zero": time(*self.comparison.zero.at.get(which)),
            "verdict": run.map(|r| r.verdict.state.word()),
        })
    }

    fn group(&self, group: &Group) -> Value {
        json!({
            "area": group.area.word(),
            "subject": self.text(&group.subject),
            "rows": group.rows.iter().map(|r| self.row(None, r)).collect::<Vec<_>>(),
        })
    }

    /// A row; with the group it is of where it stands outside of it.
    fn row(&self, group: Option<&Group>, row: &Row) -> Value {
        let mut out = Map::new();
        let mut put = |key: &str, value: Value| {
            out.insert(key.to_owned(), value);
        };
        if let Some(group) = group {
            put("area", json!(group.area.word()));
            put("subject", self.text(&group.subject));
        }
        put("key", json!(self.options.outlet.log(&key(&row.what))));
        put("what", self.text(&row.what));
        put("kind", json!(row.kind.word()));
        put("left", self.cell(row.cells.left.as_ref()));
        put("right", self.cell(row.cells.right.as_ref()));
        put("amount", amount(row.amount));
        // Three figures: a colour needs no more, and the text is the same on every machine.
        put("weight", json!(f64::from((row.weight * 1e3).round()) / 1e3));
        if group.is_none() {
            put("matters", json!(row.matters));
        }
        for (name, cell) in [("left", &row.cells.left), ("right", &row.cells.right)] {
            if let Some(cell) = cell {
                put(&format!("{name}_elapsed_ms"), ms(cell.elapsed_us));
                put(&format!("{name}_took_ms"), ms(cell.took_us));
            }
        }
        let mut evidence = Vec::new();
        for (which, name, cell) in [(Which::Left, "left", &row.cells.left), (Which::Right, "right", &row.cells.right)] {
            evidence.extend(cell.iter().flat_map(|c| &c.evidence).map(|e| self.evidence(which, name, e)));
        }
        put("evidence", Value::Array(evidence));
        Value::Object(out)
    }

    fn cell(&self, cell: Option<&Cell>) -> Value {
        cell.map_or(Value::Null, |c| self.text(&c.text))
    }

    fn evidence(&self, which: Which, name: &str, evidence: &Evidence) -> Value {
        let member = evidence.source.and_then(|s| shared::member(self.sides.get(which), s.member));
        json!({
            "side": name,
            "member": member.map(|m| self.options.outlet.path(&m.path)),
            "line": evidence.source.map(|s| s.line),
            "time": time(evidence.at),
            "text": self.text(&evidence.text),
        })
    }

    fn strand(&self, strand: &StrandRows) -> Value {
        let (same, different) = strand.counts();
        let mut value = json!({
            "what": self.text(&strand.name()),
            "in_left": strand.kinds.left.is_some(),
            "in_right": strand.kinds.right.is_some(),
            "same": same,
            "different": different,
        });
        if self.options.messages
            && let Some(object) = value.as_object_mut()
        {
            object.insert("rows".to_owned(), Value::Array(strand.rows.iter().map(|r| self.message_row(r)).collect()));
        }
        value
    }

    fn message_row(&self, row: &MessageRow) -> Value {
        let side = |which: Which| row.messages.get(which).map_or(Value::Null, |id| self.message(which, id));
        json!({"kind": row.kind.word(), "moved": row.moved, "left": side(Which::Left), "right": side(Which::Right)})
    }

    fn message(&self, which: Which, id: MessageId) -> Value {
        let analysis = self.sides.get(which);
        let Some(logged) = analysis.facts.message(id) else { return Value::Null };
        json!({
            "member": shared::member(analysis, logged.source.member).map(|m| self.options.outlet.path(&m.path)),
            "line": logged.source.line,
            "time": time(logged.seen.at),
            "direction": logged.seen.direction.word(),
            "text": self.options.outlet.log(shared::start_line(logged)),
        })
    }
}

fn amount(amount: Amount) -> Value {
    match amount {
        Amount::None => Value::Null,
        Amount::Time(us) => json!({"kind": "time", "ms": us as f64 / 1e3}),
        Amount::Count(n) => json!({"kind": "count", "n": n}),
    }
}

/// A name that is the same in every language: the key of the words, the name of a finding or value.
fn key(what: &Text) -> String {
    match what.0.first() {
        Some(Segment::Phrase { key, .. }) => key.strip_prefix("compare.").unwrap_or(key).to_owned(),
        Some(Segment::Word(word) | Segment::Log(word)) => word.clone(),
        _ => String::new(),
    }
}

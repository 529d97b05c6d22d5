//! What a bundle holds as rows for a spreadsheet or a script. In: analyses. Out: objects with the keys of `report-v1`, the name of
//! their bundle first. Must not know a form.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Outlet, json};
use crate::analyse::Analysis;

/// The name of the form; the number changes when a field changes its name or meaning.
pub const SCHEMA: &str = "bundlescope.export/1";

/// What can be exported as rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// What is wrong.
    Findings,
    /// Calls with their outcome and times.
    Calls,
    /// SIP messages: what their heads say.
    Messages,
}

impl What {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Findings, Self::Calls, Self::Messages];

    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Calls => "calls",
            Self::Messages => "messages",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.word() == word)
    }
}

/// The rows as JSON: an object that says what they are and whether values are replaced, ending with a line end.
pub fn json(analyses: &[Arc<Analysis>], what: What, outlet: &Outlet) -> String {
    let whole = serde_json::json!({
        "schema": SCHEMA,
        "program": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
        "redacted": outlet.redacted(),
        "what": what.word(),
        "rows": rows(analyses, what, outlet),
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_else(|_| "null".to_owned());
    text.push('\n');
    text
}

/// The rows of all bundles, in their order.
pub fn rows(analyses: &[Arc<Analysis>], what: What, outlet: &Outlet) -> Vec<Value> {
    let of = |analysis: &Arc<Analysis>| {
        let rows = match what {
            What::Findings => json::findings(analysis, outlet),
            What::Calls => json::calls(analysis, outlet),
            What::Messages => json::messages(analysis, outlet),
        };
        let bundle = outlet.path(&analysis.bundle.name).into_owned();
        rows.into_iter().map(move |row| named(&bundle, row)).collect::<Vec<_>>()
    };
    analyses.iter().flat_map(of).collect()
}

fn named(bundle: &str, row: Value) -> Value {
    let mut out = Map::new();
    out.insert("bundle".to_owned(), Value::String(bundle.to_owned()));
    if let Value::Object(row) = row {
        out.extend(row);
    }
    Value::Object(out)
}

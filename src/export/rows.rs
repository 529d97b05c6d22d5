//! What a bundle holds as rows for a spreadsheet or a script. In: analyses. Out: objects with the keys of `report-v1`, the name of
//! their bundle first. Must not know a form.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Outlet, json};
use crate::analyse::Analysis;

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
    out.insert("bundle".to_owned(), json!(bundle));
    if let Value::Object(row) = row {
        out.extend(row);
    }
    Value::Object(out)
}

//! Pseudonyms or originals, as the arguments say. In: arguments, analyses. Out: the way out for values, and the refusal of an output that
//! still holds an original.

use std::sync::Arc;

use clap::Args;

use crate::analyse::Analysis;
use crate::base::words::Words;
use crate::export::Outlet;
use crate::export::redact::{Keep, Vault, Wishes};

/// What every command that writes a report is asked about private values.
#[derive(Debug, Default, Args)]
pub(super) struct RedactionArguments {
    /// Keep values as the log had them, instead of pseudonyms; the report says so
    #[arg(long)]
    no_redact: bool,
    /// Hide this word, too, wherever it stands; may be given several times
    #[arg(long, value_name = "WORD", conflicts_with = "no_redact")]
    redact_term: Vec<String>,
    /// Keep what a server team searches for: correlation IDs, Call-IDs without their host, tracking IDs
    #[arg(long, conflicts_with = "no_redact")]
    keep_ids: bool,
}

impl RedactionArguments {
    /// The way out for values of these analyses.
    pub fn outlet(&self, analyses: &[Arc<Analysis>]) -> Outlet {
        if self.no_redact {
            return Outlet::originals();
        }
        let keep = if self.keep_ids { Keep::Correlation } else { Keep::None };
        let wishes = Wishes { terms: self.redact_term.clone(), keep, ..Wishes::default() };
        Outlet::pseudonyms(Arc::new(Vault::of(analyses, &wishes)))
    }
}

/// Refuses an output that still holds an original.
///
/// # Errors
/// One sentence that does not hold it.
pub(super) fn proven(outlet: &Outlet, output: &str) -> Result<(), String> {
    outlet.prove(output).map_err(|leak| leak.sentence(Words::current()))
}

//! x
use super::Options;
use crate::analyse::Analysis;
use std::sync::Arc;
/// The text report.
pub fn render(_analyses: &[Arc<Analysis>], _options: &Options) -> String {
    String::new()
}

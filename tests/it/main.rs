//! Every integration test in one target, so that the window's crates are linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that fails is a test that speaks; clippy.toml covers test functions only, not what they share"
)]

mod accused;
mod architecture;
mod archive;
mod belongs;
mod bundles;
mod captured;
mod captured_direct;
mod card;
mod case;
mod cli;
mod clocks;
mod codes;
mod compare;
mod contrast;
mod desktop;
mod device_config;
mod dialects;
mod diff;
mod disguise;
mod edited_captures;
mod explain;
mod export;
mod exports;
mod framing;
mod framings;
mod hostile;
mod languages;
mod log_search;
mod made;
mod media_log;
mod offer_answer;
mod own_logs;
mod own_rules;
#[cfg(feature = "pictures")]
mod pictures;
mod pictures_export;
mod redact;
mod samples;
mod secrets;
mod signatures;
mod signatures_bundle;
mod signatures_matrix;
mod sip_conformance;
mod sip_hostile;
mod sip_properties;
mod smoke;
mod ui;
mod verdicts;

//! Any bytes as a log file, and what its messages mean together.
#![no_main]

#[path = "../entry.rs"]
#[allow(dead_code)]
mod entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let messages = entry::log(bytes);
    let _ = entry::conversation(&messages);
});

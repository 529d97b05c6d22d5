//! Any bytes as an offer and an answer, parted by a line of `--`.
#![no_main]

#[path = "../entry.rs"]
#[allow(dead_code)]
mod entry;

use bundlescope::sip::{Sdp, negotiate::negotiate};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (offer, answer) = text.split_once("\n--\n").unwrap_or((&text, &text));
    if let (Some(offer), Some(answer)) = (Sdp::parse(offer), Sdp::parse(answer)) {
        let _ = negotiate(&offer, &answer);
    }
});

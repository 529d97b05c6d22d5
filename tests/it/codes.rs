//! Codes in logs: found with their context only, their meaning in each language from the tables of `assets/codes`.

use bundlescope::analyse::{Options, Progress, analyse};
use bundlescope::base::words::Words;
use bundlescope::base::{Language, Piece, Text};
use bundlescope::findings::Finding;

use crate::bundles::memory;

fn said(text: &Text, language: Language) -> String {
    let mut out = String::new();
    text.pieces(Words::of(language), &mut |piece| match piece {
        Piece::Word(text) | Piece::Log(text) => out.push_str(text),
        Piece::Private(_) => out.push_str("***"),
    });
    out
}

fn findings(lines: &str) -> Vec<Finding> {
    let log: String = lines.lines().map(|l| format!("2024-01-30T07:01:25.213Z <Error> [0x390] A.cpp:21 f::{l}\n")).collect();
    let analysis = analyse(&[memory("current_log.txt", log)], &Options::default(), &Progress::new()).unwrap().remove(0);
    analysis.findings.iter().filter(|f| f.id == "tls-alert").cloned().collect()
}

#[test]
fn a_tls_alert_by_number_or_name_is_told_in_three_languages() {
    // RFC 8446 §6 and the registry: 48 unknown_ca, 40 handshake_failure, 116 certificate_required.
    for line in [
        "SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48",
        "tlsv1 alert unknown ca",
        "SSL alert number 48",
    ] {
        let found = findings(line);
        assert_eq!(found.len(), 1, "{line}");
        assert_eq!((found[0].severity.word(), found[0].confidence.word()), ("warning", "certain"));
        let told: Vec<String> = Language::ALL.iter().map(|l| said(&found[0].title, *l)).collect();
        assert!(told.iter().all(|t| t.contains("unknown_ca")), "{told:?}");
        assert!(told[0].contains("the issuer is not trusted") && told.iter().any(|t| t.contains("vydavatel")), "{told:?}");
    }
    assert_eq!(findings("SSL alert number 40\nsslv3 alert certificate required").len(), 2, "each alert is a finding of its own");
    // A bare number, an ordinary end, alerts of something else.
    for line in ["48", "alert number 48", "SSL alert number 0", "SSL alert number 100", "call alert, TLS in use, unknown ca"] {
        assert_eq!(findings(line).len(), 0, "{line}");
    }
}

#[test]
fn a_cause_of_a_reason_header_is_told_in_three_languages() {
    // ITU-T Q.850: 34 is "no circuit/channel available", 38 "network out of order".
    let of = |code| bundlescope::findings::explain::meaning("q850", code).map(|m| Text(vec![m]));
    let told: Vec<String> = Language::ALL.iter().map(|l| said(&of("38").unwrap(), *l).to_lowercase()).collect();
    assert!(told[0].contains("network out of order"), "{told:?}");
    assert!(told[1] != told[0] && told[2] != told[0], "{told:?}");
    assert!(of("9999").is_none());
}

//! Does calling environment data belong to the logs beside it (guide §3)? Each answer by one sign, and unknown where none decides.

use std::sync::Arc;

use bundlescope::analyse::{Analysis, Options, Progress, analyse};
use bundlescope::base::Piece;
use bundlescope::base::words::Words;
use bundlescope::bundle::Input;

use crate::archive::zip;

const OLD: &str = "CLIENT_11111111-2222-4333-8444-555555555555";
const NEW: &str = "CLIENT_aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const USER: &str = "7d41c2be-90aa-4f0e-8a55-0123456789ab";
const OTHER: &str = "99999999-90aa-4f0e-8a55-0123456789ab";

fn run(day: u32, tracking: &str, more: &str) -> String {
    format!(
        "2024-02-{day:02}T12:00:00.000Z <Debug> [0x45c] Main.cpp:1 main::client started\n\
         2024-02-{day:02}T12:00:01.000Z <Debug> [0x45c] A.cpp:2 send::trackingid: {tracking}\n\
         2024-02-{day:02}T12:00:02.000Z <Debug> [0x45c] A.cpp:3 user::userId: {USER} done\n{more}\
         2024-02-{day:02}T13:00:00.000Z <Debug> [0x45c] A.cpp:4 tick::still here\n"
    )
}

/// Two runs, the newest on 2 February from 12:00 to 13:00 UTC, and this `ced.dat`.
fn with(ced: &[u8], more: &str) -> Arc<Analysis> {
    let files = [("last_run_current_log.txt", run(1, OLD, "")), ("current_log.txt", run(2, NEW, more))];
    let mut all: Vec<(&str, &[u8])> = files.iter().map(|(n, t)| (*n, t.as_bytes())).collect();
    all.push(("ced.dat", ced));
    let input = Input::Memory { name: "x_log-44.1.0.28000.zip".into(), bytes: Arc::from(zip(&all)) };
    analyse(&[input], &Options::default(), &Progress::new()).unwrap().remove(0)
}

/// The same with `current_log.txt` written on 2 February 2024 at 14:00 and `ced.dat` on this day of February at noon, local times.
fn dated(ced: &[u8], day: u16) -> Arc<Analysis> {
    let (last, current) = (run(1, OLD, ""), run(2, NEW, ""));
    let mut bytes =
        zip(&[("last_run_current_log.txt", last.as_bytes()), ("current_log.txt", current.as_bytes()), ("ced.dat", ced)]);
    // APPNOTE 4.4.6: two bytes of time, two of date; 12 and 10 bytes into the headers of directory and file.
    let date = |day: u16| (44u16 << 9) | (2 << 5) | day;
    for (name, time, date) in [("current_log.txt", 14u16 << 11, date(2)), ("ced.dat", 12u16 << 11, date(day))] {
        for (mark, at, name_at) in [(b"PK\x01\x02", 12, 46), (b"PK\x03\x04", 10, 30)] {
            let fits = |from: &usize| bytes[*from..].starts_with(mark) && bytes[*from + name_at..].starts_with(name.as_bytes());
            let from = (0..bytes.len() - 60).find(fits).unwrap();
            bytes[from + at..from + at + 2].copy_from_slice(&time.to_le_bytes());
            bytes[from + at + 2..from + at + 4].copy_from_slice(&date.to_le_bytes());
        }
    }
    let input = Input::Memory { name: "x.zip".into(), bytes: Arc::from(bytes) };
    analyse(&[input], &Options::default(), &Progress::new()).unwrap().remove(0)
}

/// `yes|no|unknown: sentence`.
fn told(analysis: &Analysis) -> String {
    let mut out = format!("{}: ", analysis.environment.belongs.word());
    analysis.environment.belongs_text.pieces(Words::english(), &mut |piece| match piece {
        Piece::Word(text) | Piece::Log(text) => out.push_str(text),
        Piece::Private(_) => out.push_str("***"),
    });
    out
}

#[track_caller]
fn check(ced: &str, more: &str, starts: &str) -> Arc<Analysis> {
    let analysis = with(ced.as_bytes(), more);
    let told = told(&analysis);
    assert!(told.starts_with(starts), "{told}");
    let finding = analysis.findings.iter().find(|f| f.id == "environment-does-not-belong");
    assert_eq!(finding.is_some(), told.starts_with("no"), "{told}");
    assert!(finding.is_none_or(|f| f.evidence.len() >= 2), "the sentence and what proves it");
    analysis
}

#[test]
fn an_identifier_of_one_run_ties_it_to_that_run() {
    let analysis = check(&format!("{{\"ids\": [\"{NEW}\"]}}"), "", "yes: It holds ***, which only session 2");
    let lines: Vec<(u32, u64)> =
        analysis.environment.proof.iter().filter_map(|e| e.source).map(|s| (s.member.0, s.line)).collect();
    assert_eq!(lines, [(2, 1), (1, 2)], "its own line and the log's");
    check(&format!("{{\"a\": 1,\n\"ids\": [\"{OLD}\"]}}"), "", "no: It holds ***, which only the earlier session 1");
    // Both: the newest decides.
    check(&format!("[\"{OLD}\", \"{NEW}\"]"), "", "yes: ");
    // Wrapped in UTF-16 and in base64.
    let wide: Vec<u8> = format!("{{\"a\":\"{NEW}\"}}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(told(&with(&wide, "")).starts_with("yes"));
    use base64::Engine;
    let packed = base64::engine::general_purpose::STANDARD.encode(format!("{{\"a\":\"{NEW}\"}}"));
    let analysis = with(packed.as_bytes(), "");
    assert!(told(&analysis).starts_with("yes"));
    assert_eq!(analysis.environment.format.as_deref(), Some("base64 json"));
}

#[test]
fn another_user_or_version_separates() {
    check(&format!("{{\"userId\": \"{OTHER}\"}}"), "", "no: It names *** as user, the logs name ***");
    check(&format!("{{\"userId\": \"{USER}\"}}"), "", "unknown: It names the same user");
    // The logs' own user stands in it too: somebody else may be a contact.
    check(&format!("{{\"userId\": \"{OTHER}\", \"owner\": \"{USER}\"}}"), "", "unknown: ");
    check("appVersion=43.9.0.27000\n", "", "no: It names version 43.9.0.27000 of the app, the logs are of version 44.1.0.28000");
    check("appVersion=44.1.0.28000\n", "", "unknown: Nothing in it");
}

#[test]
fn the_time_of_the_export_against_runs_and_sign_outs() {
    check("{\"exportedAt\": \"2024-02-01T12:30:00Z\"}", "", "no: It was exported at 2024-02-01 12:30:00.000 UTC, before");
    // 14:20 in a zone two hours east is 12:20 UTC: within the newest run, which proves nothing yet.
    check(
        "{\"exportedAt\": \"2024-02-02T14:20:00+02:00\"}",
        "",
        "unknown: It was exported at 2024-02-02 12:20:00.000 UTC, within",
    );
    check("exportTime=1706877000000\n", "", "unknown: It was exported at 2024-02-02 12:30:00.000 UTC, within");
    check("{\"exportedAt\": \"2024-02-02T18:00:00Z\"}", "", "unknown: It was exported at 2024-02-02 18:00:00.000 UTC, after");
    let out = "2024-02-02T12:10:00.000Z <Error> [0x45c] BroadWorksLoginAdapter.cpp:452 handleLoginError:BWC:SCF: Login error occurred: errorCode=1503\n";
    let signed_out =
        "no: It was exported at 2024-02-02 12:20:00.000 UTC; the client was signed out at 2024-02-02 12:10:00.000 UTC";
    check("{\"exportedAt\": \"2024-02-02T12:20:00Z\"}", out, signed_out);
    check("{\"exportedAt\": \"2024-02-02T12:05:00Z\"}", out, "unknown: ");
    // A time without a name that says so, or without a zone, is no time of the export.
    check("{\"contractSince\": \"2020-02-01T12:30:00Z\"}", "", "unknown: Nothing in it");
    check("{\"exportedAt\": \"2024-02-01T12:30:00\"}", "", "unknown: Nothing in it");
}

#[test]
fn its_own_times_make_no_run() {
    let ced = "2019-01-01T00:00:00.000Z exported\n2030-01-01T00:00:00.000Z valid\n";
    let analysis = with(ced.as_bytes(), "");
    let runs: Vec<String> = analysis.facts.runs.iter().filter_map(|r| r.start).map(|t| t.date(0)).collect();
    assert_eq!(runs, ["2024-02-01", "2024-02-02"]);
    assert!(told(&analysis).starts_with("unknown"));
}

#[test]
fn the_time_of_its_file_counts_only_where_the_archive_kept_times() {
    // 12:00 on the 1st is, in the westernmost zone, midnight UTC: before the run of the 2nd in any zone.
    assert!(told(&dated(b"nothing", 1)).starts_with("no: Its file is of 2024-02-01 12:00:00.000 local time"));
    // On the 2nd it may lie within the run; on the 4th it is younger than the logs.
    assert!(told(&dated(b"nothing", 2)).starts_with("unknown: Nothing in it"));
    assert!(told(&dated(b"nothing", 4)).starts_with("unknown: Its file is younger"));
    // All files of one time, as tools that pack reproducibly write them: nothing follows.
    assert!(told(&with(b"nothing", "")).starts_with("unknown: Nothing in it"));
}

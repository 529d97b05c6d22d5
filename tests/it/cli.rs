//! The program as its user calls it: arguments, exit codes, files, broken pipes, no display.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own for a test, gone when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bundlescope-cli-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const LOG: &[u8] = b"2024-01-30T07:19:10.077Z <Info> [0x45c] BroadWorksManager.cpp:781 x:BWC:SCF: hello\n\
2024-01-30T07:19:10.078Z <Info> [0x45c] BroadWorksManager.cpp:781 x:BWC:SCF: REGISTER sip:as.example.com SIP/2.0\n\
Via: SIP/2.0/TCP 192.0.2.10:5062;branch=z9hG4bK7\n\
From: <sip:a@example.com>;tag=f1\n\
To: <sip:a@example.com>\n\
Call-ID: abc@host\n\
CSeq: 20 REGISTER\n\
Contact: <sip:a@192.0.2.10:5062>;expires=120\n\
Content-Length: 0\n\
\n";

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bundlescope"));
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    // A folder that is not there: the user's own rules must not change a test.
    command.env("BUNDLESCOPE_RULES", "/nonexistent");
    command
}

pub fn run(arguments: &[&str]) -> Output {
    program().args(arguments).stdin(Stdio::null()).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[track_caller]
pub fn code(output: &Output, expected: i32) {
    assert_eq!(output.status.code(), Some(expected), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn wrong_arguments_end_with_2() {
    for arguments in [
        &["report"][..],
        &["report", "--format", "yaml", "x.zip"],
        &["report", "--zone", "Kathmandu", "x.zip"],
        &["report", "--fail-on", "everything", "x.zip"],
        &["report", "--lang", "xx", "x.zip"],
        &["report", "--with", "b.zip=ced.dat", "a.zip"],
        &["--no-such-thing"],
        &["--size", "big", "x.zip"],
    ] {
        code(&run(arguments), 2);
    }
    code(&run(&["--help"]), 0);
    code(&run(&["--version"]), 0);
}

#[test]
fn an_input_that_is_not_there_is_one_sentence_and_1() {
    let output = run(&["report", "/no/such/bundle.zip"]);
    code(&output, 1);
    assert_eq!(text(&output.stdout), "");
    assert_eq!(text(&output.stderr), "bundlescope: No such file or folder: /no/such/bundle.zip\n");
}

#[test]
fn a_log_becomes_a_report() {
    let folder = Folder::new();
    let log = folder.file("a log é.txt", LOG);
    let report = run(&["report", path(&log), "--no-redact"]);
    code(&report, 0);
    assert!(text(&report.stdout).contains("sip:a@example.com at as.example.com"), "{}", text(&report.stdout));
    assert!(text(&report.stdout).contains("Personal data stands as logged"));
    let json = run(&["report", path(&log), "--format", "json", "--messages"]);
    code(&json, 0);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["schema"], "bundlescope.report/1");
    assert_eq!(value["messages"][0]["method"], "REGISTER");
    assert_eq!(value["messages"][0]["line"], 2, "the line of its start line");
    let url = format!("file://{}", path(&log).replace(' ', "%20").replace('é', "%C3%A9"));
    code(&run(&["report", &url]), 0);
}

#[test]
fn pseudonyms_unless_asked_for_originals() {
    let folder = Folder::new();
    let log = folder.file("anna.maier.txt", LOG);
    let log = path(&log);
    for arguments in [&["report", log][..], &["report", log, "--format", "json", "--messages"], &["compare", log, log]] {
        let output = run(arguments);
        code(&output, 0);
        let said = text(&output.stdout);
        assert!(
            !said.contains("example.com") && !said.contains("maier") && !said.contains("192.0.2.10") && !said.contains("abc@"),
            "{said}"
        );
    }
    let json: serde_json::Value = serde_json::from_slice(&run(&["report", log, "--format", "json"]).stdout).unwrap();
    assert_eq!((&json["redacted"], &json["registrations"][0]["call_id"]), (&true.into(), &"call-1@host-3".into()));
    let kept = run(&["report", log, "--format", "json", "--keep-ids"]);
    assert!(text(&kept.stdout).contains("abc@") && !text(&kept.stdout).contains("example.com"));
    let plain: serde_json::Value =
        serde_json::from_slice(&run(&["report", log, "--format", "json", "--no-redact"]).stdout).unwrap();
    assert_eq!(plain["redacted"], false);
    // A word of the program's own headings can't be hidden: the report is refused, and no file is left.
    let target = folder.0.join("report.txt");
    let refused = run(&["report", log, "--redact-term", "Keep-alives", "--output", path(&target)]);
    code(&refused, 1);
    let why = text(&refused.stderr);
    assert!(why.contains("line ") && why.contains("term-1") && !why.contains("Keep-alives") && why.lines().count() == 1, "{why}");
    assert!(!target.exists() && refused.stdout.is_empty());
    code(&run(&["report", log, "--no-redact", "--keep-ids"]), 2);
}

#[test]
fn the_same_bytes_in_any_zone_and_locale() {
    let folder = Folder::new();
    let log = folder.file("log.txt", LOG);
    let in_zone = |zone: &str, locale: &str| {
        let output =
            program().args(["report", path(&log), "--format", "json"]).env("TZ", zone).env("LC_ALL", locale).output().unwrap();
        code(&output, 0);
        output.stdout
    };
    assert_eq!(in_zone("Asia/Kathmandu", "de_DE.UTF-8"), in_zone("America/St_Johns", "C"));
}

#[test]
fn standard_input_is_an_input() {
    use std::io::Write;
    let mut child = program().args(["report", "-", "--no-redact"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(LOG).unwrap();
    let output = child.wait_with_output().unwrap();
    code(&output, 0);
    assert!(text(&output.stdout).contains("as.example.com"));
}

#[test]
fn what_can_be_read_is_reported_and_the_rest_told() {
    let folder = Folder::new();
    let log = folder.file("log.txt", LOG);
    let output = run(&["report", path(&log), "/no/such/b.zip", "--format", "json"]);
    code(&output, 1);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["coverage"]["notes"][0]["kind"], "unreadable");
    assert!(text(&output.stderr).contains("/no/such/b.zip"));
}

#[test]
fn nothing_readable_ends_with_1() {
    let folder = Folder::new();
    for (name, bytes) in [("empty.zip", &b""[..]), ("cut.zip", &b"PK\x03\x04\x14\0"[..])] {
        let file = folder.file(name, bytes);
        let output = run(&["report", path(&file)]);
        code(&output, 1);
        assert!(!text(&output.stderr).is_empty() && !text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
    }
}

#[test]
fn the_output_file_is_whole_or_not_there_and_never_an_input() {
    let folder = Folder::new();
    let log = folder.file("log.txt", LOG);
    let target = folder.0.join("report.json");
    code(&run(&["report", path(&log), "--format", "json", "--output", path(&target)]), 0);
    let written = fs::read(&target).unwrap();
    assert!(serde_json::from_slice::<serde_json::Value>(&written).is_ok());
    // The input, by its name, by another way to it, by a link, and inside a folder that is the input.
    let link = folder.0.join("link.txt");
    fs::hard_link(&log, &link).unwrap();
    let roundabout = folder.0.join(".").join("log.txt");
    for output in [&log, &roundabout, &link] {
        code(&run(&["report", path(&log), "--output", path(output)]), 2);
    }
    code(&run(&["report", path(&folder.0), "--output", path(&log)]), 2);
    assert_eq!(fs::read(&log).unwrap(), LOG);
    // A folder that is not there: 1, and nothing left behind.
    code(&run(&["report", path(&log), "--output", path(&folder.0.join("no/such/report"))]), 1);
    // A failed run leaves the old report.
    code(&run(&["report", "/no/such.zip", "--output", path(&target)]), 1);
    assert_eq!(fs::read(&target).unwrap(), written);
    let names: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let mut child = program().args(["report", "--help"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    code(&output, 0);
    let folder = Folder::new();
    let log = folder.file("log.txt", &LOG.repeat(2_000));
    let arguments = ["report", path(&log), "--format", "json", "--messages"];
    let mut child = program().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    code(&output, 0);
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn without_a_display_the_report_stands_in() {
    let output = run(&["demo"]);
    code(&output, 0);
    assert_eq!(text(&output.stderr).lines().count(), 1, "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("No display") && text(&output.stderr).contains("libxkbcommon-x11-0"));
    assert_eq!(text(&output.stdout).matches("Personal data is replaced by pseudonyms").count(), 2);
    let folder = Folder::new();
    let log = folder.file("log.txt", LOG);
    let opened = run(&[path(&log)]);
    code(&opened, 0);
    assert!(text(&opened.stdout).contains("sip:user-1@host-2 at host-1"));
    // A picture can't be made without a window.
    code(&run(&["demo", "--window-picture", path(&folder.0.join("x.png"))]), 1);
}

#[test]
fn two_bundles_are_an_array_and_a_companion_joins_its_bundle() {
    let folder = Folder::new();
    let (a, b) = (folder.file("a.log", LOG), folder.file("b.log", LOG));
    let ced = folder.file("ced.dat", b"{\"exported\": \"2024-01-30T07:20:00Z\"}");
    let pair = format!("{}={}", path(&b), path(&ced));
    let output = run(&["report", path(&a), path(&b), "--with", &pair, "--format", "json"]);
    code(&output, 0);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let present: Vec<_> = value.as_array().unwrap().iter().map(|v| v["environment"]["present"].as_bool().unwrap()).collect();
    assert_eq!(present, [false, true]);
    let joined = run(&["report", path(&a), path(&ced), "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&joined.stdout).unwrap();
    assert_eq!(value["environment"]["present"], true);
    let apart = run(&["report", path(&a), path(&ced), "--separate", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&apart.stdout).unwrap();
    assert_eq!(value.as_array().unwrap().len(), 2);
}

/// A zone that the reader's machine has is never taken; one that is given is.
#[test]
fn a_zone_for_logs_that_print_none() {
    let folder = Folder::new();
    let log = folder
        .file("log.txt", b"2024-02-02 12:02:22.498 9619 9771 D WBX_TEAMS-ucf: tid[0x261f] A.cpp::130 operator():BWC:SCF: x\n");
    let first = |arguments: &[&str]| {
        let output = run(&[&["report", path(&log), "--format", "json"], arguments].concat());
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let member = &value["coverage"]["members"][0];
        (member["first"].as_str().unwrap().to_owned(), member["zone_basis"].as_str().unwrap().to_owned())
    };
    assert_eq!(first(&[]), ("2024-02-02T12:02:22.498000Z".into(), "assumed".into()));
    assert_eq!(first(&["--log-zone", "+05:45"]), ("2024-02-02T06:17:22.498000Z".into(), "given".into()));
    assert_eq!(first(&["--zone", "+05:45"]).0, "2024-02-02T12:02:22.498000Z", "JSON stays in UTC");
}

#[test]
fn a_finding_can_fail_a_script() {
    let folder = Folder::new();
    let fault = "2024-01-30T07:19:10.077Z <Error> [0x45c] BroadWorksConfigDownloader.cpp:106 onAccessDeviceListSucceeded:BWC:SCF: \
                 ConfigDownload - the device profile 'Business Communicator - PC' is not found.\n";
    let (bad, good) = (
        folder.file("bad.log", fault.as_bytes()),
        folder.file("good.log", b"2024-01-30T07:19:10.077Z <Info> [0x45c] a.cpp:1 x\n"),
    );
    code(&run(&["report", path(&bad), "--fail-on", "error"]), 3);
    code(&run(&["report", path(&bad), "--fail-on", "warning"]), 3);
    code(&run(&["report", path(&bad)]), 0);
    code(&run(&["report", path(&good), "--fail-on", "warning"]), 0);
}

#[test]
fn two_paths_are_compared_and_a_side_that_is_missing_is_said() {
    let folder = Folder::new();
    let refused = String::from_utf8(LOG.to_vec()).unwrap()
        + "2024-01-30T07:19:10.099Z <Info> [0x45c] BroadWorksManager.cpp:781 x:BWC:SCF: SIP/2.0 403 Forbidden\n\
Via: SIP/2.0/TCP 192.0.2.10:5062;branch=z9hG4bK7\nFrom: <sip:a@example.com>;tag=f1\nTo: <sip:a@example.com>;tag=t\n\
Call-ID: abc@host\nCSeq: 20 REGISTER\nContent-Length: 0\n\n";
    let (a, b) = (folder.file("a.log", LOG), folder.file("b.log", refused.as_bytes()));
    let (a, b) = (a.to_str().unwrap(), b.to_str().unwrap());
    let done = run(&["compare", a, b]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("403 Forbidden"), "{}", text(&done.stdout));
    let json = run(&["compare", a, b, "--format", "json", "--anchor", "register"]);
    assert!(text(&json.stdout).contains("\"schema\": \"bundlescope.compare/1\""));
    for form in ["markdown", "html"] {
        assert_eq!(run(&["compare", a, b, "--format", form]).status.code(), Some(0));
    }
    // What is wrong with the arguments.
    for wrong in [&["--left-call", "9"][..], &["--right-run", "4"], &["--left-registration", "7"]] {
        let done = run(&[&["compare", a, b], wrong].concat());
        assert_eq!((done.status.code(), text(&done.stdout).as_str()), (Some(2), ""), "{wrong:?}: {}", text(&done.stderr));
    }
    assert_eq!(run(&["compare", a]).status.code(), Some(2), "one run only");
    assert_eq!(run(&["compare", "-", "-"]).status.code(), Some(2));
    assert_eq!(run(&["compare", a, b, "--output", a]).status.code(), Some(2));
    // One side is not there: the other is still shown, and the code says so.
    let gone = run(&["compare", a, "/nowhere/at-all.zip"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(text(&gone.stdout).contains("Nothing could be read of B"), "{}", text(&gone.stdout));
    assert_eq!(run(&["compare", "/nowhere/1.zip", "/nowhere/2.zip"]).status.code(), Some(1));
    // The two runs of one bundle.
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/failing.zip");
    let runs = run(&["compare", sample]);
    assert_eq!(runs.status.code(), Some(0), "{}", text(&runs.stderr));
    assert!(text(&runs.stdout).contains("A 200 OK; B 401 Unauthorized"));
}

//! Exports of rows, records and SIP: each form against what stands in the log, and captures as another program reads them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)] // helpers of tests stand outside #[test]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use bundlescope::analyse::{Analysis, Options, Progress, analyse};
use bundlescope::bundle::Input;
use bundlescope::export::{Outlet, capture, csv, records, rows, wire};
use bundlescope::session::MessageId;
use serde_json::Value;

use super::captured_direct::folders;
use super::cli::{Folder, code, path, run, text};
use super::framing::{FRAMINGS, wires};

fn read(log: Vec<u8>) -> Arc<Analysis> {
    let input = Input::Memory { name: "current_log.txt".into(), bytes: log.into() };
    analyse(&[input], &Options::default(), &Progress::new()).unwrap().remove(0)
}

fn sample() -> Vec<Arc<Analysis>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/good.zip");
    analyse(&[Input::Path(path)], &Options::default(), &Progress::new()).unwrap()
}

fn all(analysis: &Analysis) -> Vec<MessageId> {
    (0..).map(MessageId).take(analysis.facts.messages.len()).collect()
}

/// A log in the form of the client's, of these messages: direction words, time and text.
fn log_of(messages: &[(&str, &str)]) -> Vec<u8> {
    let record = |(way, raw): &(&str, &str)| {
        format!("2024-01-30T07:19:10.077Z <Info> [0x45c] Transport.cpp:17 {way}\n{}\n", raw.trim_end().replace("\r\n", "\n"))
    };
    messages.iter().map(record).collect::<String>().into_bytes()
}

/// What tshark says of each SIP message: method or status, Call-ID, CSeq, time. `None`, loudly, where it is not installed.
fn dissected(capture: &[u8]) -> Option<Vec<[String; 4]>> {
    let folder = Folder::new();
    let file = folder.file("capture.pcapng", capture);
    let fields = ["sip.Method", "sip.Status-Code", "sip.Call-ID", "sip.CSeq", "frame.time_epoch"];
    let mut tshark = Command::new("tshark");
    // Only what stands in the capture: no reassembly is needed, and out of order in time is as logged.
    tshark.arg("-r").arg(&file).args(["-Y", "sip", "-T", "fields", "-E", "separator=|"]);
    for field in fields {
        tshark.args(["-e", field]);
    }
    let Ok(output) = tshark.output() else {
        println!("SKIPPED: tshark is not installed, the capture was not read by another program");
        return None;
    };
    let lines = text(&output.stdout);
    let row = |line: &str| {
        let part: Vec<&str> = line.split('|').collect();
        let what = if part[0].is_empty() { part[1] } else { part[0] };
        [what, part[2], part[3], part[4]].map(str::to_owned)
    };
    Some(lines.lines().map(row).collect())
}

fn header<'a>(raw: &'a str, names: [&str; 2]) -> &'a str {
    let line = |line: &'a str| {
        let (name, value) = line.split_once(':')?;
        names.iter().any(|n| name.trim().eq_ignore_ascii_case(n)).then(|| value.trim())
    };
    raw.lines().find_map(line).unwrap_or_default()
}

/// The recordings' own packets are the truth: the capture made from a log has the same messages, Call-IDs and CSeqs, in order, at the
/// times that the log prints.
#[test]
fn a_capture_is_read_by_tshark_as_the_packets_were() {
    let mut messages = 0;
    let chosen = folders().into_iter().enumerate().filter(|(n, f)| n % 9 == 0 || f.to_string_lossy().contains("tcp"));
    for (_, folder) in chosen {
        let wires = wires(&folder);
        let analysis = read((FRAMINGS[0].write)(&wires));
        let capture = capture::capture(&analysis, &all(&analysis), &Outlet::originals()).unwrap();
        let Some(seen) = dissected(&capture) else { return };
        let name = folder.display();
        assert_eq!(seen.len(), wires.len(), "{name}");
        for (wire, [what, call_id, cseq, at]) in wires.iter().zip(&seen) {
            let start: Vec<&str> = wire.raw.split(' ').collect();
            assert_eq!(what, if start[0] == "SIP/2.0" { start[1] } else { start[0] }, "{name}");
            assert_eq!(call_id, header(&wire.raw, ["Call-ID", "i"]), "{name}");
            assert_eq!(cseq, header(&wire.raw, ["CSeq", "cseq"]), "{name}");
            let micros = at.parse::<f64>().unwrap() * 1e6;
            assert!((micros - wire.t_us as f64).abs() < 1_500.0, "{name}: {micros} {}", wire.t_us);
            messages += 1;
        }
    }
    println!("{messages} messages read back by tshark");
    assert!(messages > 200, "{messages}");
}

/// A message of a log has lost its CR; on the wire it is byte for byte what was sent.
#[test]
fn a_message_is_on_the_wire_as_it_was() {
    let (mut same, mut told) = (0, 0);
    for folder in folders().iter().step_by(3) {
        let wires = wires(folder);
        let analysis = read((FRAMINGS[0].write)(&wires));
        for (sent, id) in wires.iter().zip(all(&analysis)) {
            let made = wire::of(analysis.facts.message(id).unwrap(), &Outlet::originals());
            if made.text == sent.raw {
                same += 1;
            } else {
                // Only a body that the log itself has changed may differ, and that is told.
                assert!(!made.notes.is_empty(), "{}:\n{}\n---\n{}", folder.display(), sent.raw, made.text);
                told += 1;
            }
        }
    }
    println!("{same} messages byte for byte, {told} with a note");
    assert!(same > 500 && told * 50 < same, "{same} {told}");
}

const INVITE: &str = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK7\r\n\
From: <sip:a@example.com>;tag=f1\r\nTo: <sip:bob@example.com>\r\nCall-ID: abc@host\r\nCSeq: 1 INVITE\r\n";

#[test]
fn a_wrong_length_is_mended_and_told_and_a_missing_one_added() {
    let wrong = format!("{INVITE}Content-Length: 999\r\nContent-Type: text/plain\r\n\r\nhello\r\n");
    let analysis = read(log_of(&[("sending", &wrong)]));
    let made = wire::of(&analysis.facts.messages[0], &Outlet::originals());
    assert!(made.text.contains("\r\nContent-Length: 7\r\n") && made.text.ends_with("\r\n\r\nhello\r\n"), "{}", made.text);
    assert!(made.notes[0].contains("999"), "{:?}", made.notes);
    let none = format!("{INVITE}Content-Type: text/plain\r\n\r\nhello\r\n");
    let analysis = read(log_of(&[("sending", &none)]));
    let made = wire::of(&analysis.facts.messages[0], &Outlet::originals());
    assert!(made.text.contains("\r\nContent-Length: 7\r\n\r\nhello\r\n"), "{}", made.text);
}

#[test]
fn a_body_beyond_a_datagram_is_cut_and_that_is_told() {
    let body = "x".repeat(100_000);
    let large = format!("{INVITE}Content-Type: text/plain\r\nContent-Length: 100000\r\n\r\n{body}");
    let analysis = read(log_of(&[("sending", &large)]));
    let made = wire::of(&analysis.facts.messages[0], &Outlet::originals());
    assert!(made.text.len() <= wire::MOST_BYTES && made.text.len() > wire::MOST_BYTES - 100, "{}", made.text.len());
    let length: usize = header(&made.text, ["Content-Length", "l"]).parse().unwrap();
    assert_eq!(made.text.split_once("\r\n\r\n").unwrap().1.len(), length);
    assert!(made.notes.iter().any(|n| n.contains("100000")), "{:?}", made.notes);
    let capture = capture::capture(&analysis, &all(&analysis), &Outlet::originals()).unwrap();
    if let Some(seen) = dissected(&capture) {
        assert_eq!(seen.len(), 1);
    }
}

/// Names, addresses of both families, TLS and no address at all.
#[test]
fn ends_that_the_log_does_not_name_have_stand_ins_that_the_file_names() {
    let tls = INVITE.replace("SIP/2.0/UDP 192.0.2.10:5062", "SIP/2.0/TLS client.example.com:5061");
    let six = INVITE.replace("192.0.2.10:5062", "[2001:db8::10]:5062").replace("sip:bob@example.com", "sip:bob@[2001:db8::20]");
    let analysis = read(log_of(&[
        ("sending", &format!("{tls}Content-Length: 0\r\n\r\n")),
        ("sending", &format!("{}Content-Length: 0\r\n\r\n", six.replace("abc@host", "six@host"))),
    ]));
    let capture = capture::capture(&analysis, &all(&analysis), &Outlet::originals()).unwrap();
    let told = String::from_utf8_lossy(&capture).into_owned();
    assert!(told.contains("198.19.0.1 = example.com"), "the name of the stand-in");
    assert!(told.contains("synthetic") && told.contains("was TLS or WebSocket"));
    if let Some(seen) = dissected(&capture) {
        assert_eq!(seen.iter().map(|m| m[1].as_str()).collect::<Vec<_>>(), ["abc@host", "six@host"]);
    }
}

#[test]
fn the_same_capture_each_time() {
    let analysis = sample().remove(0);
    let once = capture::capture(&analysis, &all(&analysis), &Outlet::originals()).unwrap();
    let again = sample().remove(0);
    assert_eq!(once, capture::capture(&again, &all(&again), &Outlet::originals()).unwrap());
}

fn pieces(analysis: &Analysis, form: records::Form) -> (u64, String) {
    let mut out = String::new();
    let mut put = |piece: &str| {
        out.push_str(piece);
        Ok::<(), ()>(())
    };
    let written =
        records::write(analysis, records::all(analysis), form, &Outlet::originals(), &Progress::new(), &mut put).unwrap();
    (written, out)
}

#[test]
fn every_record_is_written_once_in_each_form() {
    let analysis = sample().remove(0);
    let expected: u64 = analysis.index.iter().map(|i| i.len() as u64).sum();
    assert!(expected > 50, "{expected}");
    for form in [records::Form::Text, records::Form::Csv, records::Form::Json] {
        assert_eq!(pieces(&analysis, form).0, expected);
    }
    let list: Vec<Value> = serde_json::from_str(&pieces(&analysis, records::Form::Json).1).unwrap();
    assert_eq!(list.len() as u64, expected);
    assert_eq!(list[0]["member"], "current_log.txt");
    assert_eq!(
        (&list[0]["line"], &list[0]["level"], &list[0]["time"]),
        (&1.into(), &"info".into(), &"2026-10-14T08:40:56.120000Z".into())
    );
    // The lines of the members stand in the text, in their order.
    let text = pieces(&analysis, records::Form::Text).1;
    assert!(text.starts_with("current_log.txt:1 2026-10-14T08:40:56.120Z <Info>"), "{}", &text[..100]);
    assert!(text.contains("bwc/last_run_current_log.txt:"));
}

#[test]
fn a_reader_that_stops_and_a_user_who_cancels_end_it() {
    let analysis = sample().remove(0);
    let outlet = Outlet::originals();
    let stopped =
        records::write(&analysis, records::all(&analysis), records::Form::Text, &outlet, &Progress::new(), &mut |_| Err("full"));
    assert!(matches!(stopped, Err(records::Stopped::Reader("full"))));
    let progress = Progress::new();
    progress.cancel();
    let stopped =
        records::write(&analysis, records::all(&analysis), records::Form::Text, &outlet, &progress, &mut |_| Ok::<(), ()>(()));
    assert!(matches!(stopped, Err(records::Stopped::Cancelled)));
}

#[test]
fn rows_have_the_values_of_the_report() {
    let analyses = sample();
    let outlet = Outlet::originals();
    let whole: Value = serde_json::from_str(&rows::json(&analyses, rows::What::Calls, &outlet)).unwrap();
    assert_eq!((&whole["schema"], &whole["redacted"], &whole["what"]), (&rows::SCHEMA.into(), &false.into(), &"calls".into()));
    let calls = rows::rows(&analyses, rows::What::Calls, &outlet);
    assert_eq!(calls.len(), analyses[0].facts.calls.len());
    assert_eq!((&calls[0]["bundle"], &calls[0]["state"]), (&"good.zip".into(), &"answered".into()));
    assert_eq!(rows::rows(&analyses, rows::What::Messages, &outlet).len(), analyses[0].facts.messages.len());
    let table = csv::objects(&calls);
    assert!(table.starts_with("bundle,id,session,call_ids,direction,from,to,"), "{table}");
    assert_eq!(table.lines().count(), 1 + calls.len());
}

#[test]
fn the_command_writes_each_form_or_says_which_there_are() {
    let folder = Folder::new();
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/good.zip");
    let bundle = path(&bundle);
    let forms = [
        ("findings", "f.csv"),
        ("calls", "c.json"),
        ("messages", "m.csv"),
        ("records", "r.txt"),
        ("records", "r.csv"),
        ("records", "r.json"),
        ("sip", "s.txt"),
        ("sip", "s.pcapng"),
    ];
    for (what, name) in forms {
        let file = folder.0.join(name);
        code(&run(&["export", bundle, "--what", what, "--output", path(&file)]), 0);
        assert!(fs::metadata(&file).unwrap().len() > 0, "{name}");
    }
    let file = folder.0.join("one.pcapng");
    code(&run(&["export", bundle, "--what", "sip", "--call", "1", "--output", path(&file)]), 0);
    assert!(fs::metadata(&file).unwrap().len() < fs::metadata(folder.0.join("s.pcapng")).unwrap().len());
    let wrong = run(&["export", bundle, "--what", "calls", "--output", path(&folder.0.join("x.pcapng"))]);
    code(&wrong, 2);
    assert!(text(&wrong.stderr).contains("csv, json"), "{}", text(&wrong.stderr));
    for none in ["0", "99"] {
        code(&run(&["export", bundle, "--what", "sip", "--call", none, "--output", path(&folder.0.join("x.txt"))]), 2);
    }
    code(&run(&["export", bundle, "--what", "calls", "--output", bundle, "--format", "csv"]), 2);
    let names = fs::read_dir(&folder.0).unwrap().count();
    assert_eq!(names, forms.len() + 1, "nothing else was left behind");
}

/// A device that is always full, and a folder that is not there: one sentence, no half file.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said() {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/good.zip");
    for what in ["calls", "records", "sip"] {
        let format = if what == "sip" { "text" } else { "csv" };
        let output = run(&["export", path(&bundle), "--what", what, "--format", format, "--output", "/dev/full"]);
        code(&output, 1);
        let said = text(&output.stderr);
        assert!(said.contains("no space left") && said.lines().count() == 1, "{said}");
    }
    let folder = Folder::new();
    let output = run(&["export", path(&bundle), "--what", "records", "--output", path(&folder.0.join("no/such/r.txt"))]);
    code(&output, 1);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
}

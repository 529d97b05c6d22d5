//! Opening: what ordinary inputs hold, under which names and roles, and that their text comes out as it went in.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use bundlescope::base::{MemberId, Progress};
use bundlescope::bundle::{self, Bundle, Grouping, Input, OpenError, Role, Store};

use crate::archive::{File, gzip, tar, tar_part, write_zip, zip};

pub const BWC: &str = "2024-01-30T07:19:10.077Z <Error> [0x45c] BroadWorksManager.cpp:781 f:BWC:SCF: BroadWorks Calling - failed to register client. errorCode=1507\n";
const MAIN: &str =
    "2024-11-13T09:31:20.935Z <Debug> [0x5b40][]HealthCheckManager.cpp:133 onHeartBeatReceived::onHeartBeatReceived: 1\n";
const MEDIA: &str = "[AudioEngine]info:: [CheckPoint][Playback]Start Playback, freq=16000,chan=4\n";
const XSLOG: &str =
    "2024.01.30 07:19:10:077 CET | Info | Sip | t | 1 | u | callhalf-1:0 | \n\n\tudp 9 SIP Bytes IN from 192.0.2.1:5060\n";
const CONFIG: &str = "<?xml version=\"1.0\"?><config><protocols/></config>";

pub fn memory(name: &str, bytes: impl Into<Vec<u8>>) -> Input {
    Input::Memory { name: name.into(), bytes: Arc::from(bytes.into()) }
}

/// Opens one input that must be one bundle.
pub fn open_one(input: Input) -> Bundle {
    let mut all = bundle::open(&[input], &Progress::new()).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The text of a member and the notes reading it left.
pub fn read(bundle: &Bundle, index: usize) -> (Vec<u8>, Vec<String>) {
    let mut reader = bundle.reader(MemberId(index as u32)).unwrap();
    let mut text = Vec::new();
    reader.read_to_end(&mut text).unwrap();
    (text, reader.finish().all().into_iter().map(|n| format!("{}: {}", n.kind.word(), n.text)).collect())
}

/// `path role basis` of every member.
pub fn listing(bundle: &Bundle) -> Vec<String> {
    bundle.members.iter().map(|m| format!("{} {} {}", m.path, m.role.word(), m.role_basis.word())).collect()
}

/// `kind member` of every note.
pub fn noted(bundle: &Bundle) -> Vec<String> {
    let member = |id: Option<MemberId>| id.map_or("-".to_owned(), |id| bundle.members[id.index()].path.clone());
    bundle.notes.all().iter().map(|n| format!("{} {}", n.kind.word(), member(n.member))).collect()
}

fn ordinary() -> Vec<u8> {
    zip(&[
        ("current_log.txt", MAIN.as_bytes()),
        ("bwc/current_log.txt", BWC.as_bytes()),
        ("bwc/last_run_current_log.txt", BWC.as_bytes()),
        ("media/calls.log", MEDIA.as_bytes()),
        ("config-wxt.xml", CONFIG.as_bytes()),
        ("ced.dat", b"\x00\x01binary\xff\xfe"),
        ("__MACOSX/._x", b"x"),
        (".DS_Store", b"x"),
    ])
}

#[test]
fn a_zip_lists_its_members_with_their_roles() {
    let bundle = open_one(memory("some/where/logs.zip", ordinary()));
    assert_eq!(
        listing(&bundle),
        [
            "current_log.txt startup both",
            "bwc/current_log.txt bwc both",
            "bwc/last_run_current_log.txt bwc both",
            "media/calls.log media both",
            "config-wxt.xml device-config both",
            "ced.dat environment path",
        ]
    );
    assert_eq!(noted(&bundle), [] as [&str; 0]);
    assert_eq!((bundle.name.as_str(), bundle.bytes), ("logs.zip", ordinary().len() as u64));
    assert_eq!(read(&bundle, 1), (BWC.into(), vec![]));
    assert!(bundle.members.iter().enumerate().all(|(i, m)| m.id.index() == i && m.input.is_none()));
    // The archive's local wall clock, whatever zone this runs in.
    assert_eq!(bundle.members[0].modified_s, Some(1_706_599_150));
    // ced.dat may be anything: its bytes come as they are.
    let mut bytes = Vec::new();
    bundle.bytes(MemberId(5)).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, b"\x00\x01binary\xff\xfe");
}

#[test]
fn the_digest_is_that_of_the_input() {
    // FIPS 180-2, appendix B.1: SHA-256 of "abc".
    let bundle = open_one(memory("a.log", "abc"));
    assert_eq!(bundle.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn archives_inside_archives_are_opened_in_place() {
    let inner = zip(&[("bwc/current_log.txt", BWC.as_bytes()), ("current_log.txt", MAIN.as_bytes())]);
    let tgz = gzip(&tar(&[("media/a.log", MEDIA.as_bytes())]));
    let outer = write_zip(&[
        File::deflated("logs/inner.zip", &inner),
        File::stored("stored.zip", &inner),
        File::stored("old.tgz", &tgz),
        File::deflated("old.tar", &tar(&[("x/current_log.txt", MAIN.as_bytes())])),
        File::deflated("bwc/current_log.txt.gz", &gzip(BWC.as_bytes())),
        File::deflated("diagnostics.html", b"<!DOCTYPE html><html></html>"),
    ]);
    let bundle = open_one(memory("export.zip", outer.bytes));
    assert_eq!(
        listing(&bundle),
        [
            "logs/inner.zip!/bwc/current_log.txt bwc both",
            "logs/inner.zip!/current_log.txt startup both",
            "stored.zip!/bwc/current_log.txt bwc both",
            "stored.zip!/current_log.txt startup both",
            "old.tar!/media/a.log media both",
            "old.tar!/x/current_log.txt startup both",
            "bwc/current_log.txt bwc both",
            "diagnostics.html diagnostics both",
        ]
    );
    for (index, text) in [BWC, MAIN, BWC, MAIN, MEDIA, MAIN, BWC].iter().enumerate() {
        assert_eq!(read(&bundle, index), (text.as_bytes().to_vec(), vec![]), "{index}");
    }
    assert_eq!(noted(&bundle), [] as [&str; 0]);
}

#[test]
fn single_logs_and_tars() {
    for (name, bytes) in [("current_log.txt", BWC.as_bytes().to_vec()), ("current_log.txt.gz", gzip(BWC.as_bytes()))] {
        let bundle = open_one(memory(name, bytes));
        assert_eq!(listing(&bundle), ["current_log.txt bwc content"]);
        assert_eq!(read(&bundle, 0), (BWC.into(), vec![]));
    }
    for (name, bytes) in
        [("logs.tar", tar(&[("bwc/a.txt", BWC.as_bytes())])), ("logs.tgz", gzip(&tar(&[("bwc/a.txt", BWC.as_bytes())])))]
    {
        let bundle = open_one(memory(name, bytes));
        assert_eq!(listing(&bundle), ["bwc/a.txt bwc both"]);
        assert_eq!(read(&bundle, 0), (BWC.into(), vec![]));
    }
    // By its bytes, not by its name.
    assert_eq!(listing(&open_one(memory("renamed.log", ordinary()))).len(), 6);
}

#[test]
fn tar_dialects() {
    let long = format!("{}/current_log.txt", "deep".repeat(60));
    let mut bytes = tar_part(b"folder/", b'5', b"");
    bytes.extend(tar_part(b"././@LongLink", b'L', format!("{long}\0").as_bytes()));
    bytes.extend(tar_part(&long.as_bytes()[..100], b'0', MAIN.as_bytes()));
    let record = |text: &str| {
        let mut length = text.len() + 3;
        if length.to_string().len() + 1 + text.len() != length {
            length = length.to_string().len() + 1 + text.len();
        }
        format!("{length} {text}")
    };
    let pax = record("path=b\u{fc}ro/bwc.log\n");
    bytes.extend(tar_part(b"PaxHeaders/x", b'x', pax.as_bytes()));
    bytes.extend(tar_part(b"short", b'0', BWC.as_bytes()));
    bytes.extend(tar_part(b"link", b'2', b""));
    bytes.extend([0; 1_024]);
    let bundle = open_one(memory("x.tar", bytes));
    assert_eq!(listing(&bundle), [format!("{long} startup both"), "b\u{fc}ro/bwc.log bwc both".to_owned()]);
    assert_eq!(read(&bundle, 1).0, BWC.as_bytes());
}

#[test]
fn every_encoding_gives_the_same_text() {
    let text = format!("{}\r\nGr\u{fc}\u{df}e \u{1f600}\r\n", BWC.trim_end());
    let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = |mark: &[u8], rest: &[u8]| [mark, rest].concat();
    let long = text.repeat(5_000);
    let long_le: Vec<u8> = long.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bundle = open_one(memory(
        "x.zip",
        zip(&[
            ("1.txt", text.as_bytes()),
            ("2.txt", &marked(b"\xef\xbb\xbf", text.as_bytes())),
            ("3.txt", &marked(b"\xff\xfe", &le)),
            ("4.txt", &marked(b"\xfe\xff", &be)),
            ("5.txt", &le),
            ("6.txt", &be),
            ("7.txt", &long_le),
        ]),
    ));
    for index in 0..6 {
        assert_eq!(read(&bundle, index), (text.clone().into_bytes(), vec![]), "{index}");
        assert_eq!(bundle.members[index].role, Role::Bwc);
    }
    assert_eq!(read(&bundle, 6), (long.into_bytes(), vec![]));
    // Stray bytes stay; half a UTF-16 unit is told.
    let stray = [BWC.as_bytes(), b"Gr\xfc\xdfe \0 \x80\n"].concat();
    let half = marked(b"\xff\xfe", &le[..le.len() - 1]);
    let bundle = open_one(memory("x.zip", zip(&[("1.txt", &stray), ("2.txt", &half)])));
    assert_eq!(read(&bundle, 0), (stray.clone(), vec![]));
    let (decoded, notes) = read(&bundle, 1);
    assert!(decoded.ends_with("\r\u{fffd}".as_bytes()));
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with("bad-encoding: "), "{notes:?}");
    // One byte at a time is the same text.
    let mut slow = bundle.reader(MemberId(1)).unwrap();
    let (mut byte, mut all) = ([0; 1], Vec::new());
    while slow.read(&mut byte).unwrap() == 1 {
        all.push(byte[0]);
    }
    assert_eq!(all, decoded);
}

#[test]
fn workers_read_at_the_same_time() {
    let log = BWC.repeat(2_000);
    let bundle = open_one(memory("x.zip", zip(&[("a.txt", log.as_bytes()), ("b.txt", log.as_bytes())])));
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (bundle, log) = (&bundle, &log);
            scope.spawn(move || assert_eq!(read(bundle, worker % 2), (log.clone().into_bytes(), vec![])));
        }
    });
    fn may_go_to_a_thread<T: Send + 'static>(_: T) {}
    may_go_to_a_thread(bundle.reader(MemberId(0)).unwrap());
}

#[test]
fn text_on_demand() {
    let log: String = (0..40_000).map(|n| format!("line {n} of the log \u{e9}\n")).collect();
    let bundle = Arc::new(open_one(memory("x.zip", zip(&[("a.txt", log.as_bytes())]))));
    let store = Store::new(bundle);
    let progress = Progress::new();
    let cut = |from: usize, to: usize| String::from_utf8_lossy(&log.as_bytes()[from..to]).into_owned();
    let mut at = log.len() - 1;
    for step in 0..200 {
        let from = at % log.len();
        let to = (from + 5_000).min(log.len());
        assert_eq!(store.lines(MemberId(0), from as u64..to as u64, &progress).unwrap(), cut(from, to), "step {step}");
        at = at.wrapping_mul(1_103_515_245).wrapping_add(12_345) % 1_000_000_007;
    }
    assert_eq!(store.lines(MemberId(0), 0..log.len() as u64, &progress).unwrap(), log);
    assert_eq!(store.lines(MemberId(0), log.len() as u64 - 4..u64::MAX, &progress).unwrap(), cut(log.len() - 4, log.len()));
    assert_eq!(store.lines(MemberId(0), u64::MAX - 5..u64::MAX, &progress).unwrap(), "");
    assert!(store.lines(MemberId(9), 0..1, &progress).is_err());
}

/// A fresh folder for a test.
pub fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_folder_is_read_in_sorted_order() {
    let root = folder("bundles-folder");
    for (path, text) in [("b/2.txt", BWC), ("b/10.txt", BWC), ("a.txt", MAIN), ("z/.DS_Store", "x"), ("bwc/current_log.txt", BWC)]
    {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::write(root.join("c.zip"), zip(&[("current_log.txt", MAIN.as_bytes())])).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&root, root.join("loop")).unwrap();
    let bundle = open_one(Input::Path(root.clone()));
    assert_eq!(
        listing(&bundle),
        [
            "a.txt startup content",
            "b/10.txt bwc content",
            "b/2.txt bwc content",
            "bwc/current_log.txt bwc both",
            "c.zip!/current_log.txt startup both",
        ]
    );
    assert_eq!((bundle.name.as_str(), bundle.sha256.as_str()), ("bundles-folder", ""));
    assert_eq!(read(&bundle, 4), (MAIN.into(), vec![]));
    if cfg!(unix) {
        assert_eq!(noted(&bundle), ["other -"]);
    }
    // A file that is gone, or is another one now, is told and not guessed at.
    std::fs::remove_file(root.join("a.txt")).unwrap();
    std::fs::write(root.join("b/2.txt"), "x").unwrap();
    assert!(bundle.reader(MemberId(0)).is_err());
    assert!(bundle.reader(MemberId(2)).unwrap_err().text.contains("changed"));
}

#[test]
fn companions_join_exactly_one_client_bundle() {
    let open = |inputs: &[Input]| bundle::open(inputs, &Progress::new()).unwrap();
    let client = || memory("logs.zip", ordinary());
    let other = || memory("more.zip", zip(&[("bwc/current_log.txt", BWC.as_bytes())]));
    let ced = || memory("ced.dat", &b"key=value\n"[..]);
    let one = open(&[ced(), memory("XSLog.txt", XSLOG), client(), memory("config-wxt.xml", CONFIG)]);
    assert_eq!(one.len(), 1);
    let inputs: Vec<_> = one[0].members.iter().skip(5).map(|m| format!("{} {}", m.path, m.input.as_deref().unwrap())).collect();
    assert_eq!(inputs, ["ced.dat logs.zip", "ced.dat ced.dat", "XSLog.txt XSLog.txt", "config-wxt.xml config-wxt.xml"]);
    assert_eq!((one[0].name.as_str(), one[0].sha256.as_str()), ("logs.zip", ""));
    assert_eq!(read(&one[0], 7).0, XSLOG.as_bytes());
    assert!(one[0].members.iter().enumerate().all(|(i, m)| m.id.index() == i));
    // Two clients: apart, in the order given; whose companion it is, nobody said.
    let names = |bundles: &[Bundle]| bundles.iter().map(|b| format!("{} {}", b.name, b.members.len())).collect::<Vec<_>>();
    let three = open(&[other(), ced(), client()]);
    assert_eq!(names(&three), ["more.zip 1", "ced.dat 1", "logs.zip 6"]);
    assert_eq!(noted(&three[1]), ["other -"]);
    assert_eq!(names(&open(&[ced()])), ["ced.dat 1"]);
    // Said by the user.
    let separate = Grouping { separate: true, with: vec![] };
    let apart = bundle::open_grouped(&[client(), ced()], &separate, &Progress::new()).unwrap();
    assert_eq!(names(&apart), ["logs.zip 6", "ced.dat 1"]);
    let root = folder("bundles-with");
    std::fs::write(root.join("ced.dat"), "key=value\n").unwrap();
    let with = Grouping { separate: false, with: vec![("more.zip".into(), root.join("ced.dat"))] };
    let joined = bundle::open_grouped(&[client(), other()], &with, &Progress::new()).unwrap();
    assert_eq!(names(&joined), ["logs.zip 6", "more.zip 2"]);
    let unknown = Grouping { separate: false, with: vec![("none.zip".into(), root.join("ced.dat"))] };
    let error = bundle::open_grouped(&[client()], &unknown, &Progress::new()).unwrap_err();
    assert!(matches!(error, OpenError::NoSuchBundle { .. }), "{error}");
}

#[test]
fn progress_counts_what_will_be_read_and_cancel_stops() {
    let progress = Progress::new();
    let bundle =
        bundle::open(&[memory("x.zip", zip(&[("a.txt", BWC.as_bytes()), ("b.txt", MAIN.as_bytes())]))], &progress).unwrap();
    assert_eq!(progress.bytes().1, (BWC.len() + MAIN.len()) as u64);
    assert_eq!(bundle[0].text_members().count(), 2);
    progress.cancel();
    assert_eq!(bundle::open(&[memory("x.zip", ordinary())], &progress).unwrap_err(), OpenError::Cancelled);
}

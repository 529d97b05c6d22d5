//! Hostile inputs, opening part: no panic, no hang, bounded memory, a clear word, and what can be read is read.

use std::io::Read;

use bundlescope::base::{MemberId, NoteKind, Progress};
use bundlescope::bundle::{self, Bundle, Input, OpenError};

use crate::archive::{File, append_directory, deflate_repeated, gzip, tar, write_zip, zip};
use crate::bundles::{BWC, folder, listing, memory, noted, open_one, read};

fn refused(input: Input) -> String {
    bundle::open(&[input], &Progress::new()).unwrap_err().to_string()
}

/// Reads a member through a small buffer and keeps only the count: what a reader of lines does.
fn drain(bundle: &Bundle, index: usize) -> (u64, Vec<NoteKind>) {
    let mut reader = bundle.reader(MemberId(index as u32)).unwrap();
    let (mut buffer, mut count) = (vec![0; 256 << 10], 0);
    loop {
        match reader.read(&mut buffer).unwrap() {
            0 => return (count, reader.finish().all().iter().map(|n| n.kind).collect()),
            n => count += n as u64,
        }
    }
}

fn three() -> Vec<File> {
    let log = |n: usize| (0..300).map(|i| format!("{} {n} {i} {}\n", BWC.trim_end(), i * 7_919 % 1_013)).collect::<String>();
    vec![
        File::deflated("a/1.txt", log(1).as_bytes()),
        File::deflated("a/2.txt", log(2).as_bytes()),
        File::stored("3.txt", log(3).as_bytes()),
    ]
}

#[test]
fn what_is_nothing_is_said_to_be_nothing() {
    let none = Input::Path(folder("hostile-none").join("not-there.zip"));
    assert!(refused(none).starts_with("Can't open this, it does not exist: "));
    assert_eq!(refused(memory("a.zip", vec![])), "The file is empty: a.zip");
    let noise: Vec<u8> = (0..50_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    assert_eq!(refused(memory("a.zip", noise)), "This is neither a log, nor a zip, gz or tar with logs: a.zip");
    assert_eq!(
        refused(memory("a.png", &b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..])),
        "This is neither a log, nor a zip, gz or tar with logs: a.png"
    );
    let page = &b"<!DOCTYPE html><html><title>Sign in</title></html>"[..];
    for (name, bytes) in [("a.zip", &b"this is no zip\n"[..]), ("logs.zip", page), ("a.log.gz", &b"plain words\n"[..])] {
        assert!(refused(memory(name, bytes)).starts_with("The name is that of an archive, but the file is none"), "{name}");
    }
    let bundle = open_one(memory("a.zip", zip(&[("x.zip", page), ("1.txt", BWC.as_bytes())])));
    assert_eq!(noted(&bundle), ["damaged x.zip"]);
    // A log under a wrong name is a log.
    assert_eq!(noted(&open_one(memory("log.zip", BWC))), ["damaged log.zip"]);
    assert!(refused(memory("a.7z", &b"7z\xbc\xaf\x27\x1c\0\x04"[..])).starts_with("A 7z archive, which is not read here"));
    assert_eq!(refused(memory("a.zip", zip(&[]))), "There is no log in it: a.zip");
    assert_eq!(refused(memory("a.zip", zip(&[("x.png", b"\x89PNG\r\n\x1a\n\0\0")]))), "There is no log in it: a.zip");
    assert_eq!(
        refused(memory("a.zip", &b"PK\x03\x04\x14\0"[..])),
        "The archive is too damaged: no file in it could be found: a.zip"
    );
    let empty = folder("hostile-empty");
    assert!(refused(Input::Path(empty)).starts_with("There is no log in it: "));
}

#[test]
fn empty_members_and_pictures_are_named() {
    let bundle =
        open_one(memory("a.zip", zip(&[("1.txt", b""), ("2.png", b"\x89PNG\r\n\x1a\n\0\0"), ("3.txt", BWC.as_bytes())])));
    assert_eq!(noted(&bundle), ["empty 1.txt", "not-text 2.png"]);
    assert_eq!(bundle.text_members().count(), 2);
}

/// A download that broke off anywhere: every byte that is there is given, nothing is made up.
#[test]
fn truncated_anywhere() {
    let files = three();
    let whole = write_zip(&files);
    let truth: Vec<Vec<u8>> = (0..3).map(|i| read(&open_one(memory("a.zip", whole.bytes.clone())), i).0).collect();
    let mut complete = 0;
    for cut in (4..whole.bytes.len()).step_by(997).chain([whole.directory, whole.directory + 20, whole.bytes.len() - 1]) {
        let part = whole.bytes[..cut].to_vec();
        let bundle = match bundle::open(&[memory("a.zip", part)], &Progress::new()) {
            Ok(mut bundles) => bundles.remove(0),
            Err(OpenError::Damaged { .. } | OpenError::NotALog { .. }) if cut < whole.data[0] => continue,
            Err(e) => panic!("cut at {cut}: {e}"),
        };
        assert!(!bundle.notes.is_empty(), "cut at {cut}");
        for (index, member) in bundle.members.iter().enumerate() {
            let (text, notes) = read(&bundle, index);
            let expected = &truth[["a/1.txt", "a/2.txt", "3.txt"].iter().position(|p| *p == member.path).unwrap()];
            assert!(expected.starts_with(&text), "cut at {cut}: {}", member.path);
            assert!(
                text == *expected || !notes.is_empty() || text.is_empty(),
                "cut at {cut}: {} lost bytes silently",
                member.path
            );
            complete += usize::from(text == *expected);
        }
        if cut >= whole.directory {
            assert_eq!(bundle.members.len(), 3, "cut at {cut}");
        }
    }
    assert!(complete > 10);
}

/// The same with sizes behind the data, as a client writes that packs while it sends.
#[test]
fn truncated_and_streamed() {
    let files: Vec<File> = three().into_iter().map(File::streamed).collect();
    let whole = write_zip(&files);
    let truth = open_one(memory("a.zip", whole.bytes.clone()));
    assert_eq!(noted(&truth), [] as [&str; 0]);
    let bundle = open_one(memory("a.zip", whole.bytes[..whole.directory].to_vec()));
    assert_eq!(listing(&bundle), listing(&truth));
    assert_eq!(noted(&bundle), ["truncated -"]);
    for index in 0..3 {
        assert_eq!(read(&bundle, index), read(&truth, index));
        assert_eq!(read(&bundle, index).1, [] as [&str; 0]);
    }
    let cut = whole.data[1] + 100;
    let bundle = open_one(memory("a.zip", whole.bytes[..cut].to_vec()));
    assert_eq!(bundle.members.len(), 2);
    assert_eq!(read(&bundle, 1).1.len(), 1);
}

/// Each byte of a small archive turned over in turn: never a panic, and never wrong text without a note.
#[test]
fn every_byte_damaged_once() {
    let log = format!("{BWC}second line\n");
    let files = [File::deflated("bwc/1.txt", log.as_bytes()), File::stored("2.txt", log.as_bytes())];
    let whole = write_zip(&files);
    for at in 0..whole.bytes.len() {
        let mut bytes = whole.bytes.clone();
        bytes[at] ^= 0xff;
        let Ok(bundles) = bundle::open(&[memory("a.zip", bytes)], &Progress::new()) else {
            continue;
        };
        for bundle in bundles {
            for (index, member) in bundle.members.iter().enumerate() {
                let Ok(mut reader) = bundle.reader(member.id) else {
                    continue;
                };
                let mut text = Vec::new();
                reader.read_to_end(&mut text).unwrap();
                let noted = !reader.finish().is_empty() || !bundle.notes.is_empty();
                assert!(
                    text == log.as_bytes() || noted || !member.is_text,
                    "byte {at}, member {index}: wrong text without a note"
                );
            }
        }
    }
    let mut tarred = gzip(&tar(&[("a.txt", log.as_bytes()), ("b.txt", log.as_bytes())]));
    for at in 0..tarred.len() {
        tarred[at] ^= 0xff;
        let _ = bundle::open(&[memory("a.tgz", tarred.clone())], &Progress::new());
        tarred[at] ^= 0xff;
    }
}

#[test]
fn one_bad_member_does_not_spoil_the_others() {
    let mut files = three();
    files[0].flags |= 1;
    files[1].method = 14;
    files.push(File::deflated("5.txt", BWC.as_bytes()));
    files[3].crc ^= 1;
    files.push(File::deflated("6.txt", BWC.repeat(500).as_bytes()));
    let middle = files[4].data.len() / 2;
    files[4].data[middle..middle + 20].fill(0xff);
    let bundle = open_one(memory("a.zip", write_zip(&files).bytes));
    assert_eq!(noted(&bundle), ["encrypted a/1.txt", "unsupported-method a/2.txt"]);
    assert!(bundle.notes.all()[1].text.contains("LZMA"));
    assert!(bundle.reader(MemberId(0)).is_err());
    assert_eq!(drain(&bundle, 2).1, []);
    assert_eq!(read(&bundle, 3).0, BWC.as_bytes());
    assert_eq!(drain(&bundle, 3).1, [NoteKind::CrcMismatch]);
    let (count, notes) = drain(&bundle, 4);
    assert!(count > 0 && matches!(notes[..], [NoteKind::Damaged | NoteKind::CrcMismatch]), "{count} {notes:?}");
    // Nothing but an encrypted log is still something to report on.
    let mut only = three();
    only.iter_mut().for_each(|f| f.flags |= 1);
    assert_eq!(noted(&open_one(memory("a.zip", write_zip(&only).bytes))).len(), 3);
}

#[test]
fn both_of_two_files_with_one_name() {
    let bundle = open_one(memory("a.zip", zip(&[("bwc/a.txt", BWC.as_bytes()), ("bwc/a.txt", b"other\n")])));
    assert_eq!(noted(&bundle), ["duplicate-name bwc/a.txt"]);
    assert_eq!(bundle.notes.all()[0].member, Some(MemberId(1)));
    assert_eq!(read(&bundle, 0).0, BWC.as_bytes());
    assert_eq!(read(&bundle, 1).0, b"other\n");
}

#[test]
fn names_that_point_elsewhere() {
    let names = ["../../etc/passwd", "/root/x.txt", "C:\\x\\y.txt", "a\\b\\c.txt", "..", "x\u{202e}gnp.txt"];
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (*n, BWC.as_bytes())).collect();
    let bundle = open_one(memory("a.zip", zip(&files)));
    let paths: Vec<&str> = bundle.members.iter().map(|m| m.path.as_str()).collect();
    assert_eq!(paths, ["etc/passwd", "root/x.txt", "x/y.txt", "a/b/c.txt", "unnamed", "x\u{fffd}gnp.txt"]);
    let noted = noted(&bundle);
    assert_eq!(noted.iter().filter(|n| n.starts_with("unsafe-name")).count(), 6, "{noted:?}");
    // Code page 437 for a name without the UTF-8 flag.
    let mut file = File::deflated("x", BWC.as_bytes());
    (file.name, file.flags) = (b"Gr\x81\xe1e.txt".to_vec(), 0);
    assert_eq!(open_one(memory("a.zip", write_zip(&[file]).bytes)).members[0].path, "Gr\u{fc}\u{df}e.txt");
}

#[test]
fn bytes_before_and_behind_and_a_lying_comment() {
    let whole = write_zip(&three());
    let before = [&b"#!/bin/sh\nexec something\n"[..], &whole.bytes].concat();
    let bundle = open_one(memory("a.sh", before));
    assert_eq!((bundle.members.len(), noted(&bundle)), (3, vec!["other -".to_owned()]));
    assert_eq!(drain(&bundle, 1).1, []);
    let behind = [&whole.bytes[..], &b"\r\n--boundary--\r\n"[..]].concat();
    let bundle = open_one(memory("a.zip", behind));
    assert_eq!((bundle.members.len(), noted(&bundle).len()), (3, 0));
    let mut comment = whole.bytes.clone();
    let at = comment.len() - 2;
    comment[at..].copy_from_slice(&30u16.to_le_bytes());
    comment.extend(b"PK\x05\x06 not the end of anything..");
    assert_eq!(comment.len() - whole.bytes.len(), 30);
    let bundle = open_one(memory("a.zip", comment));
    assert_eq!((bundle.members.len(), noted(&bundle).len()), (3, 0));
}

#[test]
fn zip64_and_more_files_than_the_short_count() {
    let mut files = three();
    files.iter_mut().for_each(|f| f.zip64 = true);
    let bundle = open_one(memory("a.zip", write_zip(&files).bytes));
    assert_eq!((bundle.members.len(), noted(&bundle).len()), (3, 0));
    assert_eq!(drain(&bundle, 2).1, []);
    let many: Vec<File> = (0..20_050).map(|n| File::stored(&format!("{n}.txt"), b"x\n")).collect();
    let bundle = open_one(memory("a.zip", write_zip(&many).bytes));
    assert_eq!(bundle.members.len(), 20_000);
    assert_eq!(noted(&bundle), ["limit -"]);
}

#[test]
fn a_damaged_directory_is_mended_from_the_files_own_headers() {
    let whole = write_zip(&three());
    let mut bytes = whole.bytes.clone();
    let second = whole.directory + 46 + 7;
    bytes[second..second + 10].fill(0xee);
    let bundle = open_one(memory("a.zip", bytes));
    let mut paths: Vec<&str> = bundle.members.iter().map(|m| m.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["3.txt", "a/1.txt", "a/2.txt"]);
    assert_eq!(noted(&bundle), ["damaged -"]);
    (0..3).for_each(|i| assert_eq!(drain(&bundle, i).1, []));
}

/// A line of 300 MB without an end, as one member: it streams.
#[test]
fn a_line_of_300_mb_streams() {
    let mut line = File::deflated("bwc/current_log.txt", b"");
    line.data = deflate_repeated(&vec![b'a'; 1_000_000], 300);
    line.packed = line.data.len() as u64;
    line.unpacked = 300_000_000;
    let mut check = crc32fast::Hasher::new();
    (0..300).for_each(|_| check.update(&vec![b'a'; 1_000_000]));
    line.crc = check.finalize();
    let bundle = open_one(memory("a.zip", write_zip(&[line]).bytes));
    assert_eq!(drain(&bundle, 0), (300_000_000, vec![]));
}

#[test]
fn a_bomb_is_cut_off_and_said_so() {
    let mut bomb = File::deflated("bwc/current_log.txt", b"");
    bomb.data = deflate_repeated(&vec![b' '; 1_000_000], 20_000);
    bomb.packed = bomb.data.len() as u64;
    bomb.unpacked = 20_000_000_000;
    let files = [bomb, File::deflated("2.txt", BWC.as_bytes())];
    let bundle = open_one(memory("a.zip", write_zip(&files).bytes));
    let (count, notes) = drain(&bundle, 0);
    assert!(count < 1_000_000_000, "{count}");
    assert_eq!(notes, [NoteKind::Limit]);
    assert_eq!(read(&bundle, 1), (BWC.into(), vec![]));
    // Declaring next to nothing does not help it.
    let mut small = files[0].clone();
    small.unpacked = 10;
    let bundle = open_one(memory("a.zip", write_zip(&[small]).bytes));
    assert!(drain(&bundle, 0).0 < 5_000_000_000);
}

/// A tar in a gzip must be held in memory as a whole: a bomb of one is cut long before it fills it.
#[test]
fn a_packed_tar_bomb_is_cut_off() {
    let mut tarred = crate::archive::tar_part(b"bwc/current_log.txt", b'0', BWC.as_bytes());
    tarred.extend(crate::archive::tar_part(b"zeros.bin", b'0', b""));
    let size = tarred.len();
    tarred[size - 512 + 124..size - 512 + 136].copy_from_slice(b"77777777777\0");
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    tarred.resize(1 << 20, 0);
    let mut body = deflate_repeated(&tarred, 1);
    body.truncate(body.len() - 2);
    packed.extend(body);
    packed.extend(deflate_repeated(&vec![0; 1 << 20], 10_000));
    let bundle = open_one(memory("a.tgz", packed));
    assert_eq!(read(&bundle, 0).0, BWC.as_bytes());
    assert!(noted(&bundle).iter().any(|n| n == "limit -"), "{:?}", noted(&bundle));
}

/// Files that share their bytes: 500 names for one stretch.
#[test]
fn overlapping_files_are_read_once() {
    let files: Vec<File> = (0..500).map(|n| File::deflated(&format!("{n}.txt"), BWC.repeat(100).as_bytes())).collect();
    let one = write_zip(&files[..1]);
    let mut bytes = one.bytes[..one.directory].to_vec();
    append_directory(&mut bytes, &files, &vec![0; 500]);
    let bundle = open_one(memory("a.zip", bytes));
    assert_eq!(bundle.members.len(), 500);
    assert_eq!(bundle.text_members().count(), 1);
}

#[test]
fn sixty_archives_deep() {
    let mut bytes = zip(&[("current_log.txt", BWC.as_bytes())]);
    for level in 0..60 {
        bytes = zip(&[(&format!("{level}.zip"), &bytes), ("current_log.txt", BWC.as_bytes())]);
    }
    let bundle = open_one(memory("deep.zip", bytes));
    // Eight archives are opened: eight logs beside each other, and the ninth archive by name.
    assert_eq!(bundle.text_members().count(), 8);
    assert_eq!(bundle.members.len(), 9);
    assert_eq!(noted(&bundle), [format!("limit {}", bundle.members[0].path)]);
    assert_eq!(bundle.members[0].path.matches("!/").count(), 7);
}

/// Sixteen archives in each of sixteen, and so on: a small file with millions of members.
#[test]
fn a_tree_of_archives_ends() {
    let mut bytes = zip(&[("0.txt", &vec![b' '; 1 << 16])]);
    for _ in 0..6 {
        let names: Vec<String> = (0..16).map(|n| format!("{n}.zip")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), bytes.as_slice())).collect();
        bytes = zip(&files);
    }
    let bundle = open_one(memory("tree.zip", bytes));
    assert!(bundle.members.len() <= 20_000);
    assert!(noted(&bundle).iter().any(|n| n.starts_with("limit")));
}

#[test]
fn damaged_gz_and_tar_give_what_is_there() {
    let log = (0..3_000).map(|i| format!("{} {}\n", BWC.trim_end(), i * 7_919 % 1_013)).collect::<String>();
    let gz = gzip(log.as_bytes());
    let bundle = open_one(memory("a.log.gz", gz[..gz.len() / 2].to_vec()));
    let (text, notes) = read(&bundle, 0);
    assert!(text.len() > 1_000 && log.as_bytes().starts_with(&text));
    assert!(notes[0].starts_with("truncated"), "{notes:?}");
    let mut wrong = gz.clone();
    let at = gz.len() - 6;
    wrong[at] ^= 1;
    assert!(read(&open_one(memory("a.log.gz", wrong)), 0).1[0].starts_with("crc-mismatch"));
    let tarred = tar(&[("a.txt", log.as_bytes()), ("b.txt", log.as_bytes())]);
    let bundle = open_one(memory("a.tar", tarred[..tarred.len() - 5_000].to_vec()));
    assert_eq!(noted(&bundle), ["truncated -"]);
    assert_eq!(read(&bundle, 0).1, [] as [&str; 0]);
    assert_eq!(read(&bundle, 1).1.len(), 1);
    let mut hit = tarred.clone();
    hit[0] ^= 0x20;
    assert!(bundle::open(&[memory("a.tar", hit)], &Progress::new()).is_ok());
}

/// The same input gives the same members and notes, whatever was opened before.
#[test]
fn the_same_every_time() {
    let mut files = three();
    files[1].crc ^= 1;
    let whole = write_zip(&files);
    let bytes = whole.bytes[..whole.bytes.len() - 30].to_vec();
    let told = || {
        let bundle = open_one(memory("a.zip", bytes.clone()));
        (listing(&bundle), noted(&bundle), (0..3).map(|i| read(&bundle, i)).collect::<Vec<_>>())
    };
    assert_eq!(told(), told());
}

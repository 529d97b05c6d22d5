//! Every dialect file: each sample is taken by its own dialect, as stated, and by no other.

use bundlescope::base::rules::{self, RuleKind};
use bundlescope::base::{MemberId, Notes, Progress};
use bundlescope::records::{Dialects, read};

#[test]
fn no_dialect_takes_the_samples_of_another() {
    let files = rules::load(RuleKind::Dialect, None, &mut Notes::new());
    assert!(files.len() >= 5);
    let mut notes = Notes::new();
    let all = Dialects::from_files(&files, &mut notes);
    assert!(notes.is_empty(), "{:?}", notes.all());
    for file in &files {
        // alone, so that the order in which dialects are tried hides nothing
        let alone = Dialects::from_files(std::slice::from_ref(file), &mut notes);
        let own = alone.name(0).to_owned();
        assert_eq!(format!("{own}.toml"), file.path, "a file is named as its dialect");
        for sample in all.samples() {
            let taken = alone.head(sample.line.as_bytes()).is_some();
            assert_eq!(taken, all.name(sample.dialect) == own, "{own}: {}", sample.line);
        }
    }
    assert!(notes.is_empty(), "{:?}", notes.all());
}

#[test]
fn a_member_of_samples_is_told_apart() {
    let dialects = Dialects::load(None, &mut Notes::new());
    let lines: Vec<String> = dialects.samples().into_iter().map(|s| s.line + "\n").collect();
    let seen = read(MemberId(0), lines.concat().as_bytes(), &dialects, &mut [], &Progress::new());
    assert_eq!(seen.records as usize, lines.len());
    assert_eq!(seen.dialects.len(), dialects.len());
    assert_eq!(seen.unrecognised_lines, 0);
}

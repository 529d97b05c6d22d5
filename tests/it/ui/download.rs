//! Files that are still being downloaded, and many or none at once.

use std::time::{Duration, Instant};

use super::*;

/// A folder of this test's own, taken away at the end.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bundlescope-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn comes(harness: &mut Harness<'_, App>, text: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        harness.run_steps(2);
        if labels(harness).iter().any(|l| l.contains(text)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{text:?} never came among\n{}", labels(harness).join("\n"));
}

#[test]
fn a_download_is_read_again_when_it_is_complete() {
    let folder = Folder::new("download");
    let sample = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/good.zip")).unwrap();
    let (part, whole) = (folder.0.join("logs.zip.part"), folder.0.join("logs.zip"));
    std::fs::write(&part, &sample[..sample.len() / 3]).unwrap();
    let mut harness = opened(vec![Input::Path(part.clone())], (1440.0, 900.0));
    press(&mut harness, Key::Num7);
    comes(&mut harness, "a download that has not ended");
    std::fs::write(&part, &sample).unwrap();
    std::fs::rename(&part, &whole).unwrap();
    comes(&mut harness, "The download is complete");
    read_to_its_end(&mut harness);
    says(&harness, "logs.zip");
    press(&mut harness, Key::Num3);
    says(&harness, "Call 2");
}

#[test]
fn two_hundred_paths_are_opened_and_what_is_gone_is_said() {
    let folder = Folder::new("many");
    let mut inputs = Vec::new();
    for n in 0..200 {
        let path = folder.0.join(format!("log{n}.txt"));
        std::fs::write(&path, good_log().replace("2026-03-10", &format!("2026-{:02}-{:02}", 1 + n / 28, 1 + n % 28))).unwrap();
        inputs.push(Input::Path(path));
    }
    std::fs::remove_file(folder.0.join("log7.txt")).unwrap();
    let mut harness = opened(inputs, (1440.0, 900.0));
    press(&mut harness, Key::Num7);
    comes(&mut harness, "it does not exist");
    assert!(labels(&harness).iter().any(|l| l.contains("log7.txt")), "what is gone is named");
    says(&harness, "log0.txt");
}

//! The program on the desktop: associations, man pages, completions. In: the real binary with folders of its own. Out: files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bundlescope-desktop-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn files(&self) -> Vec<String> {
        fn walk(folder: &Path, root: &Path, out: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, root, out);
                } else {
                    out.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
                }
            }
        }
        let mut out = Vec::new();
        walk(&self.0, &self.0, &mut out);
        out.sort();
        out
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bundlescope"));
    // No tool of the desktop is found: the test must not depend on which are installed.
    command.env_remove("DISPLAY").env("XDG_DATA_HOME", data).env("PATH", "/nonexistent");
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn an_association_is_written_and_taken_away_again() {
    let data = Folder::new("associate");
    let said = printed(&run(&data.0, &["associate"]));
    let files = data.files();
    assert_eq!(files.len(), 7, "{files:?}");
    for file in &files {
        assert!(said.contains(file.as_str()), "{file} is not told in\n{said}");
    }
    assert!(said.contains("update-mime-database is missing"), "{said}");
    let entry = fs::read_to_string(data.0.join("applications/bundlescope.desktop")).unwrap();
    // Where the program really lies, whatever links lead there.
    let program = Path::new(env!("CARGO_BIN_EXE_bundlescope")).canonicalize().unwrap();
    assert!(entry.contains(&format!("Exec=\"{}\" %F", program.display())), "{entry}");
    let types = fs::read_to_string(data.0.join("mime/packages/bundlescope.xml")).unwrap();
    let kind = "application/x-bundlescope-ced";
    assert!(types.contains(kind) && entry.contains(kind) && !types.contains("*.zip"));
    // Twice is once.
    printed(&run(&data.0, &["associate"]));
    assert_eq!(data.files(), files);
    printed(&run(&data.0, &["associate", "--remove"]));
    assert_eq!(data.files(), Vec::<String>::new());
    assert_eq!(printed(&run(&data.0, &["associate", "--remove"])), "Nothing was there to remove\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_one_sentence() {
    let data = Folder::new("file");
    let file = data.0.join("file");
    fs::write(&file, "").unwrap();
    let output = run(&file, &["associate"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn every_command_has_a_page_and_completions() {
    let data = Folder::new("man");
    let help = printed(&run(&data.0, &["--help"]));
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() >= 6, "{commands:?}");
    let folder = data.0.join("pages");
    printed(&run(&data.0, &["man", folder.to_str().unwrap()]));
    let page = fs::read_to_string(folder.join("bundlescope.1")).unwrap();
    assert_eq!(printed(&run(&data.0, &["man"])), page);
    for name in &commands {
        assert!(page.contains(&format!("bundlescope\\-{name}(1)")), "{name} is not in the page");
        assert!(folder.join(format!("bundlescope-{name}.1")).is_file(), "{name} has no page");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = printed(&run(&data.0, &["completions", shell]));
        for name in &commands {
            assert!(text.contains(name), "{shell} does not complete {name}");
        }
    }
}

#[test]
fn what_packages_say_agrees_with_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entry = fs::read_to_string(root.join("assets/desktop/bundlescope.desktop")).unwrap();
    // The window's app id: what the desktop groups windows by.
    assert!(entry.contains("\nStartupWMClass=bundlescope\n") && entry.contains("\nIcon=bundlescope\n"));
    for side in [16, 24, 32, 48, 64, 128, 256, 512] {
        let bytes = fs::read(root.join(format!("assets/icon/bundlescope-{side}.png"))).unwrap();
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((number(16), number(20)), (side, side), "IHDR of the icon of {side} points");
    }
}

//! The program as its user calls it: arguments, exit codes, files, broken pipes, no display.

use std::process::{Command, Output, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bundlescope"));
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    // A folder that is not there: the user's own rules must not change a test.
    command.env("BUNDLESCOPE_RULES", "/nonexistent");
    command
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn code(output: &Output, expected: i32) {
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

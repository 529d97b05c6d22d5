//! The program: arguments to [`bundlescope::cli`], its exit code back.

use std::process::ExitCode;

fn main() -> ExitCode {
    bundlescope::cli::fault::watch();
    ExitCode::from(bundlescope::cli::run(std::env::args_os()))
}

//! The program: arguments to [`bundlescope::cli`], its exit code back.

fn main() {}

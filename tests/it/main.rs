//! x

mod captured_direct;

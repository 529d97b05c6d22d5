//! x

mod captured_direct;
mod dialects;

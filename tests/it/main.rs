//! x

mod captured_direct;
mod dialects;
mod sip_conformance;
mod sip_hostile;

//! Bundlescope reads client log bundles of the Webex app registered to Cisco BroadWorks and tells what happened.
//!
//! The map, lowest layer first; a folder may use only those above it in this list:
//!
//! * [`base`]: plain shared types (places, times, notes, private values, words, data files)
//! * [`bundle`]: what is in this file or folder?
//! * [`records`]: which records are in these lines?
//! * [`sip`]: what does this message say, and what do these messages mean together?
//! * [`session`]: what happened, in the user's words?
//! * [`findings`]: what is wrong, how do we know, what next?
//! * [`timeline`]: which lanes, spans, marks and arrows, and where?
//! * [`analyse`]: the whole way in one function, with progress and cancel
//! * [`compare`]: how do two sessions differ?
//! * [`export`]: bytes for others
//! * [`ui`]: views: facts in, commands out
//! * [`app`]: the program: documents, commands, jobs, dialogs, settings
//! * [`cli`]: arguments to window or report

pub mod analyse;
pub mod app;
pub mod base;
pub mod bundle;
pub mod cli;
pub mod compare;
pub mod export;
pub mod findings;
pub mod records;
pub mod session;
pub mod sip;
pub mod timeline;
pub mod ui;

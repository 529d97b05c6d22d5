//! Panels: one file each. In: a document, its view state. Out: pixels and commands. A new panel is a file and a line here.

pub mod bars;
pub mod calls;
pub mod card;
pub mod case;
pub mod coverage;
pub mod device_config;
pub mod excerpt;
pub mod files;
pub mod findings;
pub mod loading;
pub mod media;
pub mod message;
pub mod messages;
pub mod overview;
pub mod registrations;
pub mod stages;
pub mod verdict;
pub mod views;
pub mod welcome;
pub mod work;

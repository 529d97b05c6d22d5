//! Layer 10: views. In: facts by reference, their own state by `&mut`. Out: pixels and [`Command`]s. Must not change anything
//! but view state, read a file, or start a job.

pub mod command;
pub mod compare;
pub mod document;
pub mod export;
pub mod focus;
pub mod fonts;
pub mod help;
pub mod keys;
pub mod ladder;
pub mod lists;
pub mod log;
pub mod lookup;
pub mod palette;
pub mod panels;
pub mod safe;
pub mod settings;
pub mod shapes;
pub mod state;
pub mod table;
pub mod text;
pub mod timeline;
pub mod tokens;
pub mod undo;
pub mod widgets;
pub mod zone;

pub use command::Command;
pub use document::Document;
pub use fonts::Type;
pub use state::{View, ViewState};
pub use tokens::{Palette, Scheme};

/// What every view is given: colours, and where its commands go.
pub struct Cx<'a> {
    /// The colours of the scheme.
    pub palette: &'static Palette,
    /// What the user asked for in this frame, drained once by the program.
    pub commands: &'a mut Vec<Command>,
}

impl Cx<'_> {
    /// Asks the program for something.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }
}

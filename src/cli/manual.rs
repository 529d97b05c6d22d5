//! The man pages and the completions of shells, made from the definition of the arguments. In: a folder, a shell. Out: files, text.

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, OK, UNREADABLE, output, say};
use crate::base::words::word;

#[derive(Debug, Args)]
pub struct ManArguments {
    /// Write the pages of all commands into this folder instead of printing the first one
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

/// Prints the man page or writes all of them.
pub fn man(arguments: &ManArguments) -> u8 {
    let done = match &arguments.folder {
        Some(folder) => write_pages(folder),
        None => page().and_then(|bytes| output::to_stdout(&bytes)),
    };
    ended(done)
}

/// Prints the completions of a shell.
pub fn completions(arguments: &CompletionsArguments) -> u8 {
    let mut bytes = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), env!("CARGO_PKG_NAME"), &mut bytes);
    ended(output::to_stdout(&bytes))
}

fn page() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(Arguments::command().disable_help_subcommand(true))
        .render(&mut bytes)
        .map_err(|why| why.to_string())?;
    Ok(bytes)
}

fn write_pages(folder: &Path) -> Result<(), String> {
    let failed = |why: std::io::Error| format!("{} ({}): {}", word("cli.cannot_write"), why.kind(), folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), folder).map_err(failed)
}

fn ended(done: Result<(), String>) -> u8 {
    match done {
        Ok(()) => OK,
        Err(why) => {
            say(&why);
            UNREADABLE
        }
    }
}

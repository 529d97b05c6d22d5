//! The way to the window, and what stands in for it where there is none. In: inputs. Out: a window, or the text report.

use std::path::PathBuf;

use super::{OK, Read, UNREADABLE, WindowPictureArguments, inputs, output, read, redaction, say};
use crate::analyse::Options;
use crate::app::{self, Theme, WindowError, WindowOptions, instance};
use crate::base::words::{Words, word};
use crate::base::{Language, rules};
use crate::bundle::Input;
use crate::export::{self, Format};

/// Opens the window with what the paths name.
pub fn open_paths(paths: &[PathBuf], new_window: bool, picture: &WindowPictureArguments) -> u8 {
    let groups = match inputs::groups(paths, &[], false) {
        Ok(groups) => groups,
        Err(why) => {
            say(&why);
            return super::USAGE;
        }
    };
    for why in &groups.failures {
        say(why);
    }
    if groups.groups.is_empty() && !paths.is_empty() {
        return UNREADABLE;
    }
    let inputs: Vec<Input> = groups.groups.into_iter().flatten().collect();
    // A picture is of a window of its own; standard input can't be handed on.
    let alone = new_window || picture.window_picture.is_some() || inputs.contains(&Input::Stdin);
    if !alone && has_display() && absolute(&inputs).is_some_and(|paths| instance::hand_over(&paths)) {
        return OK;
    }
    show(inputs, picture, !alone, false)
}

/// Opens a window of its own with both inputs side by side; without a display the text report of the comparison stands in.
pub fn open_both(paths: &[PathBuf], picture: &WindowPictureArguments) -> u8 {
    let tried: Result<Vec<Input>, String> = paths.iter().map(|path| inputs::input(path)).collect();
    match tried {
        Ok(_) if !has_display() && picture.window_picture.is_none() => {
            say(word("cli.no_display"));
            super::compare::print(paths, picture.lang.as_deref())
        }
        Ok(inputs) => show(inputs, picture, false, true),
        Err(why) => {
            say(&why);
            UNREADABLE
        }
    }
}

/// The paths of the inputs, from the root on.
fn absolute(inputs: &[Input]) -> Option<Vec<PathBuf>> {
    let path = |input: &Input| match input {
        Input::Path(path) => std::path::absolute(path).ok(),
        Input::Stdin | Input::Memory { .. } => None,
    };
    inputs.iter().map(path).collect()
}

/// Opens the window with these inputs. Without a display the text report stands in, and that is said.
pub fn open(inputs: Vec<Input>, picture: &WindowPictureArguments) -> u8 {
    show(inputs, picture, false, false)
}

fn show(inputs: Vec<Input>, picture: &WindowPictureArguments, reachable: bool, compare: bool) -> u8 {
    if !has_display() {
        return without_window(word("cli.no_display"), inputs, picture);
    }
    let options = WindowOptions {
        picture: picture.window_picture.clone(),
        size: picture.size,
        theme: picture.theme.as_deref().map(|name| if name == "light" { Theme::Light } else { Theme::Dark }),
        language: picture.lang.as_deref().and_then(Language::from_code),
        view: picture.view.clone(),
        safe: picture.safe,
        samples: inputs::samples(),
        settings: rules::config_folder(),
        analyse: Options { zone_s: None, rules: rules::user_folder(), ..Options::default() },
        reachable,
        compare,
    };
    match app::run(inputs.clone(), options) {
        Ok(()) => OK,
        // The words of the window system name its own files: nothing its user could do with them.
        Err(WindowError::NoDisplay(_)) => without_window(word("cli.no_display"), inputs, picture),
        Err(WindowError::MissingLibrary(why) | WindowError::Start(why)) => without_window(&why, inputs, picture),
        Err(WindowError::Picture(why)) => {
            say(&why);
            UNREADABLE
        }
    }
}

/// On Linux a window needs X11 or Wayland; elsewhere there always is a desktop.
fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET")
}

fn without_window(why: &str, inputs: Vec<Input>, picture: &WindowPictureArguments) -> u8 {
    say(why);
    if picture.window_picture.is_some() {
        return UNREADABLE;
    }
    if inputs.is_empty() {
        say(word("cli.name_a_path"));
        return UNREADABLE;
    }
    let groups = inputs::Groups { groups: vec![inputs], failures: Vec::new() };
    let Read { analyses, failures, complete } =
        read(groups, &Options { zone_s: None, rules: rules::user_folder(), ..Options::default() });
    if analyses.is_empty() {
        return UNREADABLE;
    }
    let options = export::Options {
        words: Words::of(picture.lang.as_deref().and_then(Language::from_code).unwrap_or_default()),
        unopened: failures,
        outlet: redaction::RedactionArguments::default().outlet(&analyses),
        ..export::Options::default()
    };
    let text = export::render(&analyses, Format::Text, &options);
    if let Err(why) = redaction::proven(&options.outlet, &text) {
        say(&why);
        return UNREADABLE;
    }
    match output::to_stdout(text.as_bytes()) {
        Ok(()) if complete => OK,
        Ok(()) => UNREADABLE,
        Err(why) => {
            say(&why);
            UNREADABLE
        }
    }
}

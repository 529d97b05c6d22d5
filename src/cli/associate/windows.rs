//! Windows: a ProgId under `OpenWithProgids` of `.zip` and `.dat`, and an entry of the context menu, all below
//! `HKEY_CURRENT_USER\Software\Classes`: no administrator, and no default is taken away from anybody.

use std::io::{self, ErrorKind};
use std::path::Path;

use winreg::RegKey;
use winreg::enums::{HKEY_CURRENT_USER, KEY_SET_VALUE};

use crate::base::words::word;

const CLASSES: &str = "Software\\Classes";
const PROGID: &str = "Bundlescope.Bundle";
const EXTENSIONS: [&str; 2] = [".zip", ".dat"];

/// Writes the keys.
///
/// # Errors
/// One sentence.
pub fn add(program: &Path) -> Result<Vec<String>, String> {
    write(program).map_err(|why| format!("{} ({why})", word("association.cannot_write_registry")))?;
    Ok(lines("association.wrote"))
}

/// Takes the keys away.
///
/// # Errors
/// One sentence.
pub fn remove() -> Result<Vec<String>, String> {
    let gone = delete().map_err(|why| format!("{} ({why})", word("association.cannot_write_registry")))?;
    Ok(if gone { lines("association.removed") } else { vec![word("association.not_associated").to_owned()] })
}

fn lines(key: &str) -> Vec<String> {
    let keys = EXTENSIONS.iter().map(|e| format!("{CLASSES}\\{e}\\OpenWithProgids\\{PROGID}"));
    std::iter::once(format!("{CLASSES}\\{PROGID}"))
        .chain(keys)
        .chain(EXTENSIONS.iter().map(|e| menu(e)))
        .map(|name| format!("{} HKEY_CURRENT_USER\\{name}", word(key)))
        .collect()
}

fn menu(extension: &str) -> String {
    format!("{CLASSES}\\SystemFileAssociations\\{extension}\\shell\\Bundlescope")
}

fn write(program: &Path) -> io::Result<()> {
    let user = RegKey::predef(HKEY_CURRENT_USER);
    let path = program.display();
    let command = format!("\"{path}\" \"%1\"");
    let icon = format!("\"{path}\",0");
    let (class, _) = user.create_subkey(format!("{CLASSES}\\{PROGID}"))?;
    class.set_value("", &word("app.name"))?;
    class.create_subkey("DefaultIcon")?.0.set_value("", &icon)?;
    class.create_subkey("shell\\open\\command")?.0.set_value("", &command)?;
    for extension in EXTENSIONS {
        let (list, _) = user.create_subkey(format!("{CLASSES}\\{extension}\\OpenWithProgids"))?;
        list.set_value(PROGID, &"")?;
        let (entry, _) = user.create_subkey(menu(extension))?;
        entry.set_value("", &word("association.open_with"))?;
        entry.set_value("Icon", &icon)?;
        entry.create_subkey("command")?.0.set_value("", &command)?;
    }
    Ok(())
}

fn delete() -> io::Result<bool> {
    let user = RegKey::predef(HKEY_CURRENT_USER);
    let there = |result: io::Result<()>| match result {
        Ok(()) => Ok(true),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(false),
        Err(why) => Err(why),
    };
    let mut gone = there(user.delete_subkey_all(format!("{CLASSES}\\{PROGID}")))?;
    for extension in EXTENSIONS {
        let list = user.open_subkey_with_flags(format!("{CLASSES}\\{extension}\\OpenWithProgids"), KEY_SET_VALUE);
        if let Ok(list) = list {
            gone |= there(list.delete_value(PROGID))?;
        }
        gone |= there(user.delete_subkey_all(menu(extension)))?;
    }
    Ok(gone)
}

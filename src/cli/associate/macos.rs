//! macOS reads what a program opens from the `Info.plist` of its .app; there is nothing to write for a bare program.

use std::path::Path;

use crate::base::words::word;

/// Says what to do instead.
///
/// # Errors
/// Always; one sentence.
pub fn add(_program: &Path) -> Result<Vec<String>, String> {
    Err(word("association.associate_macos").to_owned())
}

/// The same.
///
/// # Errors
/// Always; one sentence.
pub fn remove() -> Result<Vec<String>, String> {
    Err(word("association.associate_macos").to_owned())
}

//! The one way in which this room opens a file.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Opens a regular file (or a link to one) and tells its size in bytes.
///
/// The kind is looked at before opening, because opening a named pipe waits for somebody to write to it.
pub(super) fn open_regular(path: &Path) -> io::Result<(File, u64)> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

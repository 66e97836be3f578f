//! The files that are to be made: all of them, or none where one is in the way.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::exit::{Exit, Failure};
use crate::manifest::Workspace;

/// A file that is to be made, below a folder.
#[derive(Debug)]
pub(super) struct NewFile {
    /// Where, with `/`.
    pub(super) path: String,
    /// What is in it.
    pub(super) content: String,
}

impl NewFile {
    pub(super) fn new(path: impl Into<String>, content: impl Into<String>) -> Self {
        Self { path: path.into(), content: content.into() }
    }
}

/// Makes the files below a folder. Refuses before anything is written where one of them is there already, or where a link
/// leads out of the repository.
pub(super) fn write(root: &Path, files: &[NewFile]) -> Result<(), Failure> {
    let there: Vec<String> = files
        .iter()
        .filter(|file| root.join(&file.path).symlink_metadata().is_ok())
        .map(|file| format!("`{}`", file.path))
        .collect();
    if !there.is_empty() {
        let are = if there.len() == 1 { "is" } else { "are" };
        let message = format!("{} {are} there already; nothing was written", there.join(", "));
        return Err(Failure::new(Exit::Usage, message)
            .help("files are never replaced: move yours away, or run it in another folder and take over what you like"));
    }
    let around = Workspace::around(root).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    for file in files {
        let folders = Path::new(&file.path).ancestors().skip(1);
        if folders.map(|folder| root.join(folder)).any(|folder| around.is_led_out(&folder)) {
            let message = format!("a symbolic link leads `{}` out of the repository", file.path);
            return Err(Failure::new(Exit::Error, message).help("nothing was written; remove the link"));
        }
    }
    let mut made = Vec::new();
    for file in files {
        if let Err(error) = make(root, file, &mut made) {
            for path in made {
                // What cannot be removed either is said to be there the next time.
                let _ = fs::remove_file(path);
            }
            return Err(Failure::new(
                Exit::Error,
                format!("`{}` cannot be written: {error}; nothing was kept", file.path),
            ));
        }
    }
    Ok(())
}

fn make(root: &Path, file: &NewFile, made: &mut Vec<PathBuf>) -> io::Result<()> {
    let path = root.join(&file.path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut opened = File::create_new(&path)?;
    made.push(path);
    opened.write_all(file.content.as_bytes())
}

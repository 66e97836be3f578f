//! What lies in a workspace: the files on disk, or those of another state of it.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::walk::{Walked, walk};

/// What lies at a path; links are not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, and what is written in it.
    Link(PathBuf),
    /// A device, a pipe, a socket.
    Other,
}

/// Entries of a folder, each with its whole path.
pub type Entries<'t> = Box<dyn Iterator<Item = io::Result<(PathBuf, Entry)>> + 't>;

/// A state of a workspace. Paths are absolute, those that the files on disk have.
pub trait Tree: fmt::Debug {
    /// What lies at a path; `None`: nothing.
    fn look(&self, path: &Path) -> io::Result<Option<Entry>>;

    /// What lies in a folder.
    fn entries<'t>(&'t self, folder: &Path) -> io::Result<Entries<'t>>;

    /// The files below a folder that `is_wanted` takes; hidden and git-ignored ones are left out. `root` is the root of the
    /// workspace around it.
    fn files_below(&self, root: &Path, folder: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Walked;

    /// A file on disk of the same name, in whichever folder, that holds what a file of this tree holds. One with more than
    /// `max` bytes is not worth making a copy of.
    fn on_disk(&self, file: &Path, max: u64) -> io::Result<PathBuf>;
}

/// The files on disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Disk {
    fn entry(path: &Path, kind: fs::FileType) -> io::Result<Entry> {
        Ok(match kind {
            kind if kind.is_symlink() => Entry::Link(path.read_link()?),
            kind if kind.is_dir() => Entry::Folder,
            kind if kind.is_file() => Entry::File,
            _ => Entry::Other,
        })
    }
}

impl Tree for Disk {
    fn look(&self, path: &Path) -> io::Result<Option<Entry>> {
        match path.symlink_metadata() {
            Ok(found) => Self::entry(path, found.file_type()).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn entries<'t>(&'t self, folder: &Path) -> io::Result<Entries<'t>> {
        Ok(Box::new(folder.read_dir()?.map(|entry| {
            let entry = entry?;
            let path = entry.path();
            let kind = Self::entry(&path, entry.file_type()?)?;
            Ok((path, kind))
        })))
    }

    fn files_below(&self, root: &Path, folder: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Walked {
        walk(root, &folder.canonicalize().unwrap_or_else(|_| folder.to_owned()), is_wanted)
    }

    fn on_disk(&self, file: &Path, _max: u64) -> io::Result<PathBuf> {
        Ok(file.to_owned())
    }
}

//! The uploaded ZIP.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Seek};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

/// A ZIP with its entries by name. Names are compared with forward slashes: clients write either.
pub(super) struct Archive {
    zip: ZipArchive<File>,
    entries: HashMap<String, usize>,
}

/// A file name as it is compared with entries.
pub(super) fn plain(name: &str) -> String {
    name.replace('\\', "/")
}

impl Archive {
    /// Opens a file. The inner error says why it is no ZIP.
    pub(super) fn open(path: &Path) -> io::Result<Result<Self, String>> {
        let zip = match ZipArchive::new(File::open(path)?) {
            Ok(zip) => zip,
            Err(ZipError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            Err(error) => return Ok(Err(error.to_string())),
        };
        let mut entries = HashMap::new();
        for (at, name) in zip.file_names().enumerate() {
            match name {
                Ok(name) => entries.insert(plain(&name), at),
                Err(error) => return Ok(Err(error.to_string())),
            };
        }
        Ok(Ok(Self { zip, entries }))
    }

    /// Whether there is a file of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&plain(name))
    }

    /// Unpacks a file, which checks it against its checksum, into one without a name in `folder`. The inner error
    /// says what is wrong with it.
    pub(super) fn unpack(&mut self, name: &str, folder: &Path) -> io::Result<Result<File, String>> {
        let Some(at) = self.entries.get(&plain(name)) else {
            return Ok(Err(format!("`{name}` is not there")));
        };
        let mut entry = match self.zip.by_index(*at) {
            Ok(entry) => entry,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let mut file = tempfile::tempfile_in(folder)?;
        if let Err(error) = io::copy(&mut entry, &mut file) {
            return Ok(Err(error.to_string()));
        }
        file.rewind()?;
        Ok(Ok(file))
    }
}

//! Notices files that change between planning and upload.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{ArchiveError, Entry, PartCrc};

/// Puts the checksums of an archive's pieces together, without reading any file again.
///
/// Pieces may come in any order, and the same piece more than once (a block that is sent again). They must
/// be of one partition of the archive.
#[derive(Debug)]
pub struct Verifier {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    size: u64,
    crc32: u32,
    parts: BTreeSet<PartCrc>,
}

impl Verifier {
    pub(super) fn new<'a>(entries: impl Iterator<Item = &'a Entry>) -> Self {
        let files = entries
            .map(|entry| File {
                path: entry.shown.clone(),
                size: entry.fingerprint.size,
                crc32: entry.fingerprint.crc32,
                parts: BTreeSet::new(),
            })
            .collect();
        Self { files }
    }

    /// Takes the checksums of a piece of the same archive.
    ///
    /// # Panics
    ///
    /// When the piece is of another archive, with more entries.
    pub fn add(&mut self, crcs: &[PartCrc]) {
        for part in crcs {
            self.files[part.entry].parts.insert(*part);
        }
    }

    /// Says whether what was uploaded is what was planned.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Changed`] with every file that changed; else [`ArchiveError::Incomplete`] with the
    /// first file of which a part is missing.
    pub fn finish(self) -> Result<(), ArchiveError> {
        let mut paths = Vec::new();
        let mut incomplete = None;
        for file in self.files {
            match file.unchanged() {
                Some(true) => {}
                Some(false) => paths.push(file.path),
                None => incomplete = incomplete.or(Some(file.path)),
            }
        }
        if !paths.is_empty() {
            return Err(ArchiveError::Changed { paths });
        }
        match incomplete {
            Some(path) => Err(ArchiveError::Incomplete { path }),
            None => Ok(()),
        }
    }
}

impl File {
    /// `None` when the parts do not make up the file.
    fn unchanged(&self) -> Option<bool> {
        let mut whole = crc32fast::Hasher::new();
        let mut last = None;
        for part in &self.parts {
            // The same part with another checksum: the file changed between two readings.
            if last == Some((part.offset, part.length)) {
                return Some(false);
            }
            if part.offset != whole.total_len() {
                return None;
            }
            whole.combine(&crc32fast::Hasher::new_with_initial_len(part.crc32, part.length));
            last = Some((part.offset, part.length));
        }
        (whole.total_len() == self.size).then(|| whole.finalize() == self.crc32)
    }
}

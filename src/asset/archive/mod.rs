//! The upload ZIP as a layout: no byte of it exists until it is asked for.
//!
//! Names, sizes and checksums are known before the upload starts, and entries are stored, so every byte of
//! the archive has a place that can be computed. Any range can be produced at any time, in any order, from
//! several threads, and always gives the same bytes: blocks are uploaded in parallel and again after a
//! failure without a temporary file.

mod error;
mod format;
mod verifier;

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use crc32fast::Hasher;

use super::Fingerprint;
use super::file::open_regular;
use super::name::MAX_NAME;

pub use error::ArchiveError;
pub use verifier::Verifier;

/// A file and its name in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name in the archive: flat, ASCII, 1 to 255 bytes. What the `fileName` of the submission says.
    pub name: String,
    /// Where the content is.
    pub path: PathBuf,
    /// What it is called for people, who need not know where on this machine it lies.
    pub shown: PathBuf,
    /// What the content was when the archive was planned.
    pub fingerprint: Fingerprint,
}

/// A ZIP archive of stored entries that is produced on demand.
#[derive(Debug, Clone)]
pub struct Archive {
    placed: Vec<Placed>,
    directory: Vec<u8>,
    directory_start: u64,
}

/// An entry in its place.
#[derive(Debug, Clone)]
struct Placed {
    entry: Entry,
    start: u64,
    header: Vec<u8>,
    data_start: u64,
    end: u64,
}

/// A range of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The bytes of the range.
    pub bytes: Bytes,
    /// Checksums of the file contents in it, for a [`Verifier`].
    pub crcs: Vec<PartCrc>,
    /// CRC-32 of all of it.
    pub crc32: u32,
}

/// The checksum of a part of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartCrc {
    /// Index in [`Archive::entries`].
    pub entry: usize,
    /// Where the part starts, in bytes from the start of the file.
    pub offset: u64,
    /// Length of the part in bytes.
    pub length: u64,
    /// CRC-32 of the part.
    pub crc32: u32,
}

impl Archive {
    /// Lays the entries out, sorted by name. No file is opened.
    ///
    /// An entry that is given twice with equal content is taken once. Two names that differ only by case
    /// are an error, as the service's handling of case is not documented.
    pub fn layout(mut entries: Vec<Entry>) -> Result<Self, ArchiveError> {
        entries.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
        let mut placed: Vec<Placed> = Vec::with_capacity(entries.len());
        let mut spellings: BTreeMap<String, String> = BTreeMap::new();
        let mut at = 0;
        for entry in entries {
            if let Some(last) = placed.last().filter(|last| last.entry.name == entry.name) {
                if last.entry.fingerprint == entry.fingerprint {
                    continue;
                }
                return Err(ArchiveError::Conflict {
                    name: entry.name,
                    first: last.entry.shown.clone(),
                    second: entry.shown,
                });
            }
            check_name(&entry.name)?;
            if let Some(first) = spellings.insert(entry.name.to_ascii_lowercase(), entry.name.clone()) {
                return Err(ArchiveError::Case { first, second: entry.name });
            }
            let header = format::local_header(&entry);
            let data_start = at + header.len() as u64;
            let end = data_start
                .checked_add(entry.fingerprint.size)
                .filter(|end| *end < format::MAX_SIZE)
                .ok_or_else(|| ArchiveError::TooLarge { path: entry.shown.clone() })?;
            placed.push(Placed { entry, start: at, header, data_start, end });
            at = end;
        }
        let directory = format::directory(placed.iter().map(|p| (&p.entry, p.start)), at);
        Ok(Self { placed, directory, directory_start: at })
    }

    /// Size of the archive in bytes.
    pub fn size(&self) -> u64 {
        self.directory_start + self.directory.len() as u64
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.placed.len()
    }

    /// Whether there is no entry; such an archive is valid but not worth an upload.
    pub fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// The entries in the order of the archive.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.placed.iter().map(|placed| &placed.entry)
    }

    /// Produces a range of the archive; needs as much memory as the range is long.
    ///
    /// Files are opened anew in each call, so calls from several threads do not disturb each other.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Changed`] when the size of a file in the range is not the planned one any more. A
    /// change that keeps the size is found by [`Archive::verifier`].
    pub fn read_range(&self, range: Range<u64>) -> Result<Piece, ArchiveError> {
        self.read_range_into(range, Vec::new())
    }

    /// The same, in the memory of `bytes`, whose content is dropped.
    ///
    /// Whoever reads many ranges should give the memory of one to the next: allocators keep what they got back
    /// for the thread that had asked for it, so pieces made anew on several threads cost a multiple of their
    /// size.
    ///
    /// # Errors
    ///
    /// Those of [`Archive::read_range`].
    pub fn read_range_into(&self, range: Range<u64>, mut bytes: Vec<u8>) -> Result<Piece, ArchiveError> {
        let out_of_range =
            || ArchiveError::OutOfRange { start: range.start, end: range.end, size: self.size() };
        if range.start > range.end || range.end > self.size() {
            return Err(out_of_range());
        }
        let length = usize::try_from(range.end - range.start).map_err(|_| out_of_range())?;
        bytes.clear();
        bytes.reserve_exact(length);
        let mut crcs = Vec::new();
        // Each byte is summed once: the sum of a part goes into that of the whole.
        let mut whole = Hasher::new();
        let first = self.placed.partition_point(|placed| placed.end <= range.start);
        for (index, placed) in self.placed.iter().enumerate().skip(first) {
            if placed.start >= range.end {
                break;
            }
            whole.update(append_overlap(&placed.header, placed.start, &range, &mut bytes));
            let (offset, part) = placed.append_data(&range, &mut bytes)?;
            if !part.is_empty() {
                let mut sum = Hasher::new();
                sum.update(part);
                whole.combine(&sum);
                crcs.push(PartCrc { entry: index, offset, length: part.len() as u64, crc32: sum.finalize() });
            }
        }
        whole.update(append_overlap(&self.directory, self.directory_start, &range, &mut bytes));
        Ok(Piece { bytes: bytes.into(), crcs, crc32: whole.finalize() })
    }

    /// Starts checking that the files are still those that the archive was planned with.
    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.entries())
    }
}

impl Placed {
    /// Appends what of the file lies in `range`. Gives it back, with its offset in the file.
    fn append_data<'a>(
        &self,
        range: &Range<u64>,
        bytes: &'a mut Vec<u8>,
    ) -> Result<(u64, &'a [u8]), ArchiveError> {
        let unreadable =
            |source: io::Error| ArchiveError::Unreadable { path: self.entry.shown.clone(), source };
        let changed = || ArchiveError::Changed { paths: vec![self.entry.shown.clone()] };
        let (mut file, size) = open_regular(&self.entry.path).map_err(unreadable)?;
        if size != self.entry.fingerprint.size {
            return Err(changed());
        }
        let start = range.start.clamp(self.data_start, self.end);
        let end = range.end.clamp(self.data_start, self.end);
        let offset = start - self.data_start;
        let before = bytes.len();
        file.seek(SeekFrom::Start(offset)).map_err(unreadable)?;
        let read = file.take(end - start).read_to_end(bytes).map_err(unreadable)?;
        if read as u64 != end - start {
            return Err(changed());
        }
        Ok((offset, &bytes[before..]))
    }
}

/// Appends what of `part`, which starts at `at` of the archive, lies in `range`. Gives it back.
fn append_overlap<'a>(part: &'a [u8], at: u64, range: &Range<u64>, bytes: &mut Vec<u8>) -> &'a [u8] {
    let index = |place: u64| {
        let place = place.clamp(at, at + part.len() as u64) - at;
        usize::try_from(place).expect("it is at most the length of a slice")
    };
    let overlap = &part[index(range.start)..index(range.end)];
    bytes.extend_from_slice(overlap);
    overlap
}

fn check_name(name: &str) -> Result<(), ArchiveError> {
    let wrong = |reason| Err(ArchiveError::Name { name: name.escape_debug().to_string(), reason });
    match name {
        "" => wrong("it is empty"),
        "." | ".." => wrong("it means a folder"),
        _ if name.len() > MAX_NAME => wrong("it is longer than 255 bytes"),
        _ if name.contains(['/', '\\']) => wrong("it has a separator"),
        _ if !name.is_ascii() => wrong("it is not ASCII"),
        _ if name.contains(|c: char| c.is_ascii_control()) => wrong("it has a control character"),
        _ => Ok(()),
    }
}

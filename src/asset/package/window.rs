//! A part of a file that reads like a whole file, with a limit on all that is read.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use rawzip::ReaderAt;

use crate::asset::file::open_regular;

/// How much may be read of one package, in bytes. A ZIP directory with the largest allowed number of entries
/// needs less than half of it; a payload would soon use it up.
const READING: u64 = 256 * 1024 * 1024;

/// How much all manifests together may be, in bytes after unpacking. Parsing them is what takes time, and
/// real ones are some kilobytes each.
const MANIFESTS: u64 = 32 * 1024 * 1024;

/// What packages inside may unpack to, all together: so many times the size of the whole file, and
/// [`FREE_UNPACKING`]. A package is compressed by itself, so deflating it once more saves next to nothing.
const UNPACKING: u64 = 4;

/// What packages inside may unpack to whatever the size of the file, in bytes.
const FREE_UNPACKING: u64 = 16 * 1024 * 1024;

/// A file, or a part of it.
///
/// Packages inside a bundle are stored, so they are read in place. All windows that come of one file share
/// its budgets.
#[derive(Debug)]
pub(super) struct Window {
    file: Rc<File>,
    budgets: Rc<Budgets>,
    start: u64,
    len: u64,
}

/// What may still be done for one file. A hostile one is small and asks for much work.
#[derive(Debug)]
pub(super) struct Budgets {
    reading: Budget,
    /// For the content of manifests.
    pub(super) manifests: Budget,
    /// For the content of packages inside.
    pub(super) unpacking: Budget,
}

/// How many bytes of something there may still be.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) limit: Cell<u64>,
    spent: Cell<u64>,
}

/// A budget does not suffice.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exceeded {
    /// How many bytes there may be in all.
    pub(super) limit: u64,
}

impl Budget {
    fn new(limit: u64) -> Self {
        Self { limit: Cell::new(limit), spent: Cell::new(0) }
    }

    pub(super) fn spend(&self, bytes: u64) -> Result<(), Exceeded> {
        let spent = self.spent.get().saturating_add(bytes);
        if spent > self.limit.get() {
            return Err(Exceeded { limit: self.limit.get() });
        }
        self.spent.set(spent);
        Ok(())
    }
}

impl Window {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let (file, len) = open_regular(path)?;
        let budgets = Budgets {
            reading: Budget::new(READING),
            manifests: Budget::new(MANIFESTS),
            unpacking: Budget::new(len.saturating_mul(UNPACKING).saturating_add(FREE_UNPACKING)),
        };
        Ok(Self { file: Rc::new(file), budgets: Rc::new(budgets), start: 0, len })
    }

    /// A window on a file of which only so many bytes may be read.
    #[cfg(test)]
    pub(super) fn with_reading(path: &Path, limit: u64) -> Self {
        let window = Self::open(path).unwrap();
        window.budgets.reading.limit.set(limit);
        window
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// A part of this window; `None` where it would stand out.
    pub(super) fn part(&self, start: u64, len: u64) -> Option<Self> {
        let end = start.checked_add(len)?;
        (end <= self.len).then(|| Self {
            file: Rc::clone(&self.file),
            budgets: Rc::clone(&self.budgets),
            start: self.start + start,
            len,
        })
    }

    /// A window on the first `len` bytes of another file, which belongs to the same package.
    pub(super) fn over(&self, file: File, len: u64) -> Self {
        Self { file: Rc::new(file), budgets: Rc::clone(&self.budgets), start: 0, len }
    }

    pub(super) fn budgets(&self) -> &Budgets {
        &self.budgets
    }

    /// Lets `bytes` more be read: those of a package inside that is unpacked, which its own budget covers.
    pub(super) fn grant(&self, bytes: u64) {
        let limit = &self.budgets.reading.limit;
        limit.set(limit.get().saturating_add(bytes));
    }
}

impl ReaderAt for Window {
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        let available = self.len.saturating_sub(at);
        let count = into.len().min(usize::try_from(available).unwrap_or(usize::MAX));
        if count == 0 {
            return Ok(0);
        }
        self.budgets.reading.spend(count as u64).map_err(|_| io::ErrorKind::QuotaExceeded)?;
        let mut file = &*self.file;
        // Windows share the file's cursor, so each reading sets it.
        file.seek(SeekFrom::Start(self.start + at))?;
        file.read(&mut into[..count])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(content: &[u8]) -> Window {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, content).unwrap();
        Window::open(&path).unwrap()
    }

    fn read(window: &Window, at: u64) -> Vec<u8> {
        let mut bytes = vec![0; 100];
        let count = window.read_at(&mut bytes, at).unwrap();
        bytes.truncate(count);
        bytes
    }

    #[test]
    fn parts_of_parts_begin_and_end_where_they_should() {
        let whole = window(b"0123456789");
        let part = whole.part(2, 6).unwrap();
        let inner = part.part(1, 4).unwrap();
        assert_eq!(read(&inner, 0), b"3456");
        assert_eq!(read(&whole, 8), b"89");
        assert_eq!(read(&inner, 3), b"6");
        assert_eq!(read(&inner, 4), b"");
        assert_eq!(read(&inner, u64::MAX), b"");
        assert!(part.part(3, 4).is_none());
        assert!(part.part(u64::MAX, 1).is_none());
    }

    #[test]
    fn reading_ends_when_the_budget_does_also_for_parts() {
        let whole = window(&[0; 100]);
        whole.budgets.reading.limit.set(150);
        let part = whole.part(0, 100).unwrap();
        assert_eq!(read(&whole, 0).len(), 100);
        let error = part.read_at(&mut [0; 100], 0).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
        whole.grant(50);
        assert_eq!(read(&part, 0).len(), 100);
    }
}

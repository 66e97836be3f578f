//! A part of a file that reads like a whole file, with a limit on all that is read.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use rawzip::ReaderAt;

use crate::asset::file::open_regular;

/// How much may be read of one package, in bytes; manifests count once more when they are unpacked. A ZIP
/// directory with the largest allowed number of entries needs less than half of it; a payload would soon
/// use it up.
pub(super) const READ_BUDGET: u64 = 256 * 1024 * 1024;

/// A file, or a part of it.
///
/// Packages inside a bundle are stored, so they are read in place. All windows that come of one file share
/// its budget.
#[derive(Debug)]
pub(super) struct Window {
    file: Rc<File>,
    budget: Rc<Cell<u64>>,
    start: u64,
    len: u64,
}

impl Window {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let (file, len) = open_regular(path)?;
        Ok(Self { file: Rc::new(file), budget: Rc::new(Cell::new(READ_BUDGET)), start: 0, len })
    }

    #[cfg(test)]
    pub(super) fn with_budget(path: &Path, budget: u64) -> Self {
        let window = Self::open(path).unwrap();
        window.budget.set(budget);
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
            budget: Rc::clone(&self.budget),
            start: self.start + start,
            len,
        })
    }

    /// A window on the first `len` bytes of another file, which belongs to the same package.
    pub(super) fn over(&self, file: File, len: u64) -> Self {
        Self { file: Rc::new(file), budget: Rc::clone(&self.budget), start: 0, len }
    }

    /// Counts `bytes` as read. Fails with [`io::ErrorKind::QuotaExceeded`] when that is too much.
    pub(super) fn spend(&self, bytes: u64) -> io::Result<()> {
        let left = self.budget.get().checked_sub(bytes);
        self.budget.set(left.ok_or(io::ErrorKind::QuotaExceeded)?);
        Ok(())
    }

    /// Lets `bytes` more be read.
    pub(super) fn grant(&self, bytes: u64) {
        self.budget.set(self.budget.get().saturating_add(bytes));
    }
}

impl ReaderAt for Window {
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        let available = self.len.saturating_sub(at);
        let count = into.len().min(usize::try_from(available).unwrap_or(usize::MAX));
        if count == 0 {
            return Ok(0);
        }
        self.spend(count as u64)?;
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
        whole.budget.set(150);
        let part = whole.part(0, 100).unwrap();
        assert_eq!(read(&whole, 0).len(), 100);
        let error = part.read_at(&mut [0; 100], 0).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
        whole.grant(50);
        assert_eq!(read(&part, 0).len(), 100);
    }
}

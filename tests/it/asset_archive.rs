//! The archive that exists only as a layout, against independent readers of ZIP.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use storeward::asset::{Archive, ArchiveError, Digest, Entry, Fingerprint, Piece, fingerprint};
use tempfile::TempDir;
use zip::ZipArchive;

/// Reads an archive as if it were a file.
struct Whole<'a> {
    archive: &'a Archive,
    at: u64,
}

impl Read for Whole<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.archive.size().min(self.at + buffer.len() as u64);
        let piece = self.archive.read_range(self.at.min(end)..end).map_err(io::Error::other)?;
        buffer[..piece.bytes.len()].copy_from_slice(&piece.bytes);
        self.at = end;
        Ok(piece.bytes.len())
    }
}

impl Seek for Whole<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.archive.size().checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
        };
        Ok(self.at)
    }
}

fn open(archive: &Archive) -> ZipArchive<BufReader<Whole<'_>>> {
    ZipArchive::new(BufReader::new(Whole { archive, at: 0 })).unwrap()
}

fn entry(folder: &TempDir, name: &str, content: &[u8]) -> Entry {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    Entry { name: name.to_owned(), fingerprint: fingerprint(&path).unwrap(), shown: path.clone(), path }
}

/// An entry whose file is never looked at.
fn imaginary(name: &str, path: &str) -> Entry {
    Entry {
        name: name.to_owned(),
        path: PathBuf::from(path),
        shown: PathBuf::from(path),
        fingerprint: Fingerprint { size: 3, digest: Digest::of(path.as_bytes()), crc32: 0 },
    }
}

fn ranges(size: u64, cuts: &[prop::sample::Index]) -> Vec<Range<u64>> {
    let mut ends: Vec<u64> =
        cuts.iter().map(|cut| cut.index(usize::try_from(size).unwrap()) as u64).collect();
    ends.push(size);
    ends.sort_unstable();
    let mut start = 0;
    ends.into_iter().map(|end| std::mem::replace(&mut start, end)..end).collect()
}

proptest! {
    #[test]
    fn any_partition_in_any_order_gives_the_same_bytes(
        contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2000), 0..5),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        order in any::<u64>(),
    ) {
        let folder = TempDir::new().unwrap();
        let entries: Vec<_> = contents
            .iter()
            .enumerate()
            .map(|(i, content)| entry(&folder, &format!("{i}.bin"), content))
            .collect();
        let archive = Archive::layout(entries).unwrap();
        let whole = archive.read_range(0..archive.size()).unwrap();

        let ranges = ranges(archive.size(), &cuts);
        let mut in_some_order: Vec<_> = (0..ranges.len()).collect();
        in_some_order.sort_by_key(|i| (*i as u64 + 1).wrapping_mul(order | 1));
        let mut pieces: Vec<Option<Piece>> = vec![None; ranges.len()];
        let mut verifier = archive.verifier();
        for index in in_some_order {
            let piece = archive.read_range(ranges[index].clone()).unwrap();
            verifier.add(&piece.crcs);
            prop_assert_eq!(piece.crc32, crc32fast::hash(&piece.bytes));
            pieces[index] = Some(piece);
        }
        verifier.finish().unwrap();
        let together: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.unwrap().bytes).collect();
        prop_assert_eq!(&together, &whole.bytes);

        let mut zip = ZipArchive::new(io::Cursor::new(together)).unwrap();
        prop_assert_eq!(zip.len(), contents.len());
        for (index, content) in contents.iter().enumerate() {
            let mut file = zip.by_index(index).unwrap();
            prop_assert_eq!(file.name().unwrap(), format!("{index}.bin"));
            prop_assert_eq!(file.crc32(), crc32fast::hash(content));
            let mut read = Vec::new();
            file.read_to_end(&mut read).unwrap();
            prop_assert_eq!(&read, content);
        }
    }

    #[test]
    fn any_changed_byte_is_noticed(
        content in prop::collection::vec(any::<u8>(), 1..2000),
        at in any::<prop::sample::Index>(),
        flip in 1..=255_u8,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let folder = TempDir::new().unwrap();
        let same = entry(&folder, "same.bin", b"same");
        let other = entry(&folder, "other.bin", &content);
        let archive = Archive::layout(vec![same, other.clone()]).unwrap();
        let mut content = content;
        let at = at.index(content.len());
        content[at] ^= flip;
        fs::write(&other.path, content).unwrap();

        let mut verifier = archive.verifier();
        for range in ranges(archive.size(), &cuts) {
            verifier.add(&archive.read_range(range).unwrap().crcs);
        }
        let Err(ArchiveError::Changed { paths }) = verifier.finish() else {
            return Err(TestCaseError::fail("the change was not noticed"));
        };
        prop_assert_eq!(paths, [other.path]);
    }
}

#[test]
fn threads_do_not_disturb_each_other() {
    let folder = TempDir::new().unwrap();
    let content: Vec<u8> = (0..=250_u8).cycle().take(300_000).collect();
    let entries = vec![entry(&folder, "a.bin", &content), entry(&folder, "b.bin", &content[1..])];
    let archive = Archive::layout(entries).unwrap();
    let whole = archive.read_range(0..archive.size()).unwrap().bytes;
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (archive, whole) = (&archive, &whole);
            scope.spawn(move || {
                for start in (thread * 1000..whole.len()).step_by(8000) {
                    let end = whole.len().min(start + 1000);
                    let piece = archive.read_range(start as u64..end as u64).unwrap();
                    assert_eq!(piece.bytes, whole[start..end]);
                }
            });
        }
    });
}

#[test]
fn the_memory_of_one_range_serves_the_next() {
    let folder = TempDir::new().unwrap();
    let content: Vec<u8> = (0..=250_u8).cycle().take(5000).collect();
    let entries = vec![entry(&folder, "a.bin", &content), entry(&folder, "b.bin", &content[1..])];
    let archive = Archive::layout(entries).unwrap();
    let whole = archive.read_range(0..archive.size()).unwrap().bytes;
    let mut memory = vec![7; 1500];
    let place = memory.as_ptr();
    for start in (0..whole.len()).step_by(1000) {
        let end = whole.len().min(start + 1000);
        let piece = archive.read_range_into(start as u64..end as u64, memory).unwrap();
        assert_eq!(piece.bytes, whole[start..end]);
        assert_eq!(piece.bytes.as_ptr(), place);
        memory = piece.bytes.into();
    }
}

#[test]
fn the_same_files_give_the_same_bytes_in_any_order_of_entries() {
    let folder = TempDir::new().unwrap();
    let entries = vec![entry(&folder, "b.png", b"two"), entry(&folder, "a.png", b"one")];
    let reversed = entries.iter().rev().cloned().collect();
    let all = |entries| {
        let archive = Archive::layout(entries).unwrap();
        archive.read_range(0..archive.size()).unwrap().bytes
    };
    assert_eq!(all(entries), all(reversed));
}

#[test]
fn an_entry_given_twice_is_taken_once() {
    let folder = TempDir::new().unwrap();
    let one = entry(&folder, "a.png", b"one");
    let copy = Entry { path: folder.path().join("never-opened.png"), ..one.clone() };
    let archive = Archive::layout(vec![copy, one]).unwrap();
    assert_eq!(archive.len(), 1);
    assert!(archive.read_range(0..archive.size()).is_ok());
}

#[test]
fn names_that_cannot_be_told_apart_are_errors() {
    let layout = |a, b| Archive::layout(vec![a, b]).unwrap_err().to_string();
    assert_eq!(
        layout(imaginary("a.png", "x/a.png"), imaginary("a.png", "y/a.png")),
        "`a.png` would be both `x/a.png` and `y/a.png`, which differ; rename one of them"
    );
    assert_eq!(
        layout(imaginary("a.png", "a.png"), imaginary("A.PNG", "a.png")),
        "`A.PNG` and `a.png` differ only by case; rename one of the files"
    );
}

#[test]
fn names_that_are_not_flat_ascii_are_errors() {
    let long = "x".repeat(256);
    for name in ["", ".", "..", "a/b.png", "a\\b.png", "é.png", "a\n.png", "a\0.png", &long] {
        let error = Archive::layout(vec![imaginary(name, "a.png")]).unwrap_err();
        assert!(matches!(error, ArchiveError::Name { .. }), "{name:?}: {error}");
        assert!(!error.to_string().contains(['\n', '\0']), "{name:?}: {error}");
    }
    assert!(Archive::layout(vec![imaginary(&long[1..], "a.png")]).is_ok());
}

#[test]
fn a_file_that_grew_shrank_or_went_is_named() {
    let folder = TempDir::new().unwrap();
    for content in ["", "content"] {
        let file = entry(&folder, "a.png", content.as_bytes());
        let archive = Archive::layout(vec![file.clone()]).unwrap();
        let read = || archive.read_range(0..archive.size()).unwrap_err();
        fs::write(&file.path, format!("{content}+")).unwrap();
        let expected = format!(
            "`{}` changed while being uploaded; run again when the build is done with it",
            file.path.display()
        );
        assert_eq!(read().to_string(), expected);
        fs::remove_file(&file.path).unwrap();
        assert!(matches!(read(), ArchiveError::Unreadable { path, .. } if path == file.path));
    }
}

#[test]
fn only_ranges_of_the_archive_can_be_read() {
    let archive = Archive::layout(Vec::new()).unwrap();
    assert_eq!((archive.size(), archive.len()), (22, 0));
    assert_eq!(archive.read_range(22..22).unwrap().bytes.len(), 0);
    #[expect(clippy::reversed_empty_ranges, reason = "it is what is refused")]
    for range in [0..23, 23..23, 4..3, 0..u64::MAX] {
        let error = archive.read_range(range).unwrap_err();
        assert!(matches!(error, ArchiveError::OutOfRange { .. }), "{error}");
    }
}

#[test]
fn what_was_not_read_is_not_called_unchanged() {
    let folder = TempDir::new().unwrap();
    let file = entry(&folder, "a.bin", b"0123456789");
    let archive = Archive::layout(vec![file.clone()]).unwrap();
    // The header is 35 bytes long, the content 10.
    let half = 40;
    let first = archive.read_range(0..half).unwrap();
    let second = archive.read_range(half..archive.size()).unwrap();
    assert!(!first.crcs.is_empty() && !second.crcs.is_empty());

    // A block that is read again with the same content is no change.
    let mut verifier = archive.verifier();
    for piece in [&second, &first, &second] {
        verifier.add(&piece.crcs);
    }
    verifier.finish().unwrap();

    let mut verifier = archive.verifier();
    verifier.add(&second.crcs);
    let error = verifier.finish().unwrap_err();
    assert!(matches!(error, ArchiveError::Incomplete { path } if path == file.path));

    // A block that differs from its first reading is one, even if another reading was right.
    fs::write(&file.path, b"0123456780").unwrap();
    let mut verifier = archive.verifier();
    for crcs in [&first.crcs, &second.crcs, &archive.read_range(half..archive.size()).unwrap().crcs] {
        verifier.add(crcs);
    }
    assert!(matches!(verifier.finish(), Err(ArchiveError::Changed { .. })));
}

#[test]
fn dates_are_fixed_and_entries_are_stored() {
    let folder = TempDir::new().unwrap();
    let archive = Archive::layout(vec![entry(&folder, "a.png", b"one")]).unwrap();
    let mut zip = open(&archive);
    let file = zip.by_index(0).unwrap();
    assert_eq!(file.last_modified().unwrap().to_string(), "1980-01-01 00:00:00");
    assert_eq!(file.compression(), zip::CompressionMethod::Stored);
    assert_eq!((file.compressed_size(), file.size()), (3, 3));
}

/// A sparse file of `size` bytes, so that it takes no space.
fn sparse(folder: &TempDir, name: &str, size: u64) -> PathBuf {
    let path = folder.path().join(name);
    File::create(&path).unwrap().set_len(size).unwrap();
    path
}

#[test]
#[cfg_attr(windows, ignore = "takes 33 GiB where files are not sparse by default")]
fn sizes_and_offsets_above_4_gib() {
    let folder = TempDir::new().unwrap();
    let sizes = [u64::from(u32::MAX) - 1, u64::from(u32::MAX), 25 << 30];
    let mut entries: Vec<_> = sizes
        .iter()
        .enumerate()
        .map(|(i, &size)| Entry {
            name: format!("{i}.msix"),
            path: sparse(&folder, &format!("{i}.msix"), size),
            shown: PathBuf::from(format!("{i}.msix")),
            // Not the real checksum: the content is never read here.
            fingerprint: Fingerprint { size, digest: Digest::of(b""), crc32: 7 },
        })
        .collect();
    entries.push(entry(&folder, "z.png", b"after all that"));
    let archive = Archive::layout(entries).unwrap();

    let mut zip = open(&archive);
    for (index, &size) in sizes.iter().enumerate() {
        let file = zip.by_index_raw(index).unwrap();
        assert_eq!((file.size(), file.compressed_size(), file.crc32()), (size, size, 7));
        let data_start = file.data_start().unwrap();
        drop(file);
        assert_eq!(archive.read_range(data_start..data_start + 4).unwrap().crcs[0].offset, 0);
    }
    let mut last = zip.by_name("z.png").unwrap();
    assert!(last.header_start() > 33 << 30);
    let mut content = String::new();
    last.read_to_string(&mut content).unwrap();
    assert_eq!(content, "after all that");
}

#[test]
fn more_entries_than_16_bits_count() {
    let folder = TempDir::new().unwrap();
    let file = entry(&folder, "a.png", b"one");
    for count in [65_534, 65_535, 70_000] {
        let entries = (0..count).map(|i| Entry { name: format!("{i:05}.png"), ..file.clone() }).collect();
        let archive = Archive::layout(entries).unwrap();
        let mut zip = open(&archive);
        assert_eq!(zip.len(), count);
        let mut content = String::new();
        zip.by_index(count - 1).unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "one");
    }
}

/// Writes the archive in pieces, as an upload would send it.
fn write(archive: &Archive, path: &Path) {
    const BLOCK: u64 = 8 << 20;
    let mut file = File::create(path).unwrap();
    let mut verifier = archive.verifier();
    let mut at = 0;
    while at < archive.size() {
        let end = archive.size().min(at + BLOCK);
        let piece = archive.read_range(at..end).unwrap();
        verifier.add(&piece.crcs);
        file.write_all(&piece.bytes).unwrap();
        at = end;
    }
    verifier.finish().unwrap();
}

/// Lets Python's `zipfile` read every entry; says so where there is no Python.
fn python_accepts(path: &Path, entries: usize) {
    let script = "import sys, zipfile\n\
                  with zipfile.ZipFile(sys.argv[1]) as z: print(len(z.namelist()), z.testzip())";
    match Command::new("python3").arg("-c").arg(script).arg(path).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), format!("{entries} None"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Not a print: the test harness hides those of a test that passes.
            io::stderr().write_all(b"SKIPPED: python3 is absent\n").unwrap();
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn python_reads_it() {
    let folder = TempDir::new().unwrap();
    let long = "x".repeat(251) + ".png";
    let entries = ["empty.png", "a.png", &long]
        .iter()
        .map(|name| entry(&folder, name, if *name == "empty.png" { b"" } else { name.as_bytes() }))
        .collect();
    let archive = Archive::layout(entries).unwrap();
    let path = folder.path().join("upload.zip");
    write(&archive, &path);
    python_accepts(&path, 3);
}

#[test]
#[ignore = "reads and writes 5 GiB"]
fn python_reads_more_than_4_gib() {
    let folder = TempDir::new().unwrap();
    let path = sparse(&folder, "big.msix", (4 << 30) + 12_345);
    let big = Entry {
        name: "big.msix".to_owned(),
        fingerprint: fingerprint(&path).unwrap(),
        shown: path.clone(),
        path,
    };
    let archive = Archive::layout(vec![big, entry(&folder, "z.png", b"after")]).unwrap();
    let path = folder.path().join("upload.zip");
    write(&archive, &path);
    python_accepts(&path, 2);
    let mut zip = ZipArchive::new(BufReader::new(File::open(&path).unwrap())).unwrap();
    for index in 0..2 {
        io::copy(&mut zip.by_index(index).unwrap(), &mut io::sink()).unwrap();
    }
}

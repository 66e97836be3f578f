//! A ZIP file of which only the directory and a few small entries are read.

use std::collections::BTreeMap;
use std::io::{self, Read};

use flate2::read::DeflateDecoder;
use rawzip::{
    CompressionMethod, ErrorKind, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ZipArchive, ZipArchiveEntryWayfinder,
    ZipLocator,
};

use super::error::{PackageProblem, shown};
use super::window::{Exceeded, Window};

/// Largest number of entries. Big games have some ten thousands.
const MAX_ENTRIES: usize = 500_000;

/// Largest number of entries that are of interest. In a bundle they are packages, of which there are some
/// hundreds when every language, scale and architecture is there.
const MAX_PACKAGES: usize = 1_000;

/// Largest manifest, in bytes after unpacking.
const MAX_MANIFEST: u64 = 4 * 1024 * 1024;

/// A ZIP file, and those of its entries that are of interest.
pub(super) struct Container {
    archive: ZipArchive<Window>,
    /// By the name that [`key`] makes.
    entries: BTreeMap<String, Entry>,
}

struct Entry {
    name: String,
    wayfinder: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    encrypted: bool,
}

impl Container {
    /// Reads the directory and keeps the entries whose decoded names are wanted.
    pub(super) fn open(window: Window, wanted: impl Fn(&str) -> bool) -> Result<Self, PackageProblem> {
        let size = window.len();
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let archive = ZipLocator::new()
            .locate_in_reader(window, &mut buffer, size)
            .map_err(|(_, error)| not_zip(error))?;
        // What stands at the end of a file that is cut off may be the directory of a package inside.
        if archive.end_offset() != size {
            return Err(PackageProblem::NotZip("its end is missing".to_owned()));
        }
        let mut entries = BTreeMap::new();
        let mut places = Vec::new();
        let mut headers = archive.entries(&mut buffer);
        while let Some(header) = headers.next_entry().map_err(not_zip)? {
            if places.len() == MAX_ENTRIES {
                return Err(PackageProblem::TooManyEntries { limit: MAX_ENTRIES });
            }
            let start = header.local_header_offset();
            places.push((start, start.saturating_add(header.compressed_size_hint())));
            let name = decoded(header.file_path().as_ref());
            if !wanted(&name) {
                continue;
            }
            let entry = Entry {
                wayfinder: header.wayfinder(),
                method: header.compression_method(),
                encrypted: header.flags().is_encrypted(),
                name,
            };
            if let Some(twin) = entries.insert(key(&entry.name), entry) {
                return Err(PackageProblem::Twice { name: shown(&twin.name) });
            }
            if entries.len() > MAX_PACKAGES {
                return Err(PackageProblem::TooManyPackages { limit: MAX_PACKAGES });
            }
        }
        check_places(places, archive.directory_offset())?;
        Ok(Self { archive, entries })
    }

    /// The names of the entries of interest.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.values().map(|entry| entry.name.as_str())
    }

    /// Reads and unpacks a manifest.
    pub(super) fn read_manifest(&self, name: &'static str) -> Result<Vec<u8>, PackageProblem> {
        let entry = self.entries.get(&key(name)).ok_or(PackageProblem::NoManifest { name })?;
        let size = entry.wayfinder.uncompressed_size_hint();
        if size > MAX_MANIFEST {
            return Err(PackageProblem::TooLarge { name: shown(&entry.name), limit: MAX_MANIFEST });
        }
        let budget = &self.archive.get_ref().budgets().manifests;
        budget.spend(size).map_err(|Exceeded { limit }| PackageProblem::LargeManifests { limit })?;
        let mut content = Vec::new();
        self.unpack(entry, &mut content)?;
        Ok(content)
    }

    /// A window on a package inside, in place if it is stored, else on a temporary file.
    pub(super) fn open_inner(&self, name: &str) -> Result<Window, PackageProblem> {
        let entry = self
            .entries
            .get(&key(name))
            .ok_or_else(|| PackageProblem::FlatBundle { missing: shown(name) })?;
        match entry.packing()? {
            Packing::Stored => self.in_place(entry),
            Packing::Deflated => self.inflate(entry),
        }
    }

    fn in_place(&self, entry: &Entry) -> Result<Window, PackageProblem> {
        let size = entry.wayfinder.compressed_size_hint();
        if size != entry.wayfinder.uncompressed_size_hint() {
            return Err(entry.damaged("it is stored but has two sizes"));
        }
        let file = self.archive.get_entry(entry.wayfinder).map_err(not_zip)?;
        let (start, _) = file.compressed_data_range();
        self.archive
            .get_ref()
            .part(start, size)
            .ok_or_else(|| entry.damaged("it goes beyond the end of the file"))
    }

    fn inflate(&self, entry: &Entry) -> Result<Window, PackageProblem> {
        let whole = self.archive.get_ref();
        let size = entry.wayfinder.uncompressed_size_hint();
        whole.budgets().unpacking.spend(size).map_err(|Exceeded { limit }| {
            PackageProblem::TooMuchUnpacking { name: shown(&entry.name), limit }
        })?;
        whole.grant(entry.wayfinder.compressed_size_hint());
        let no_room = |source| PackageProblem::NoRoom { name: shown(&entry.name), source };
        let mut file = tempfile::tempfile().map_err(no_room)?;
        self.unpack(entry, &mut file).map_err(|problem| match problem {
            PackageProblem::Unreadable(source) => no_room(source),
            other => other,
        })?;
        Ok(whole.over(file, size))
    }

    /// Writes the content of an entry, whose size and checksum must be as the directory says. Who calls has seen to
    /// it that the size is not too large.
    fn unpack(&self, entry: &Entry, into: &mut impl io::Write) -> Result<(), PackageProblem> {
        let file = self.archive.get_entry(entry.wayfinder).map_err(not_zip)?;
        let content: Box<dyn Read> = match entry.packing()? {
            Packing::Stored => Box::new(file.reader()),
            Packing::Deflated => Box::new(DeflateDecoder::new(file.reader())),
        };
        match io::copy(&mut file.verifying_reader(content), into) {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.kind() {
                io::ErrorKind::QuotaExceeded => PackageProblem::TooMuchReading,
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                    entry.damaged(&error.to_string())
                }
                _ => PackageProblem::Unreadable(error),
            }),
        }
    }
}

/// The forms of content that packages have.
enum Packing {
    Stored,
    Deflated,
}

impl Entry {
    fn packing(&self) -> Result<Packing, PackageProblem> {
        match self.method {
            _ if self.encrypted => Err(PackageProblem::Encrypted { name: shown(&self.name) }),
            CompressionMethod::STORE => Ok(Packing::Stored),
            CompressionMethod::DEFLATE => Ok(Packing::Deflated),
            other => Err(self.damaged(&format!("compression method {} is not known", other.as_u16()))),
        }
    }

    fn damaged(&self, reason: &str) -> PackageProblem {
        PackageProblem::Damaged { name: shown(&self.name), reason: reason.to_owned() }
    }
}

/// Entries must lie one after the other, from the start of the file to the directory: else a small file
/// could hold many large contents, or be another kind of file for another reader.
fn check_places(mut places: Vec<(u64, u64)>, directory: u64) -> Result<(), PackageProblem> {
    /// The shortest header in front of a content.
    const HEADER: u64 = 30;
    places.sort_unstable();
    if places.first().is_some_and(|(start, _)| *start != 0) {
        return Err(PackageProblem::NotZip("its start is missing".to_owned()));
    }
    let nexts = places.iter().map(|(start, _)| *start).skip(1).chain([directory]);
    let overlap = places.iter().zip(nexts).any(|((_, end), next)| end.saturating_add(HEADER) > next);
    if overlap {
        return Err(PackageProblem::Overlap);
    }
    Ok(())
}

fn not_zip(error: rawzip::Error) -> PackageProblem {
    match error.into_kind() {
        ErrorKind::IO(error) => match error.kind() {
            io::ErrorKind::QuotaExceeded => PackageProblem::TooMuchReading,
            io::ErrorKind::UnexpectedEof => PackageProblem::NotZip("its end is missing".to_owned()),
            _ => PackageProblem::Unreadable(error),
        },
        other => PackageProblem::NotZip(other.to_string()),
    }
}

/// The name that an entry stands for. Packaging tools write parts of it percent-encoded, as in a URL
/// (Open Packaging Conventions, ECMA-376-2, 10.2.3), and manifests separate folders with `\`.
fn decoded(name: &[u8]) -> String {
    let mut decoded = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| hex_pair(tail)).flatten();
        decoded.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&decoded).replace('\\', "/")
}

fn hex_pair(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// What names are compared by: Windows makes no difference between cases.
pub(super) fn key(name: &str) -> String {
    name.replace('\\', "/").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_decoded_once() {
        for (name, expected) in [
            ("AppxManifest.xml", "AppxManifest.xml"),
            ("Assets/My%20Logo.png", "Assets/My Logo.png"),
            ("AppxMetadata\\AppxBundleManifest.xml", "AppxMetadata/AppxBundleManifest.xml"),
            ("%C3%A9%5b1%5D", "é[1]"),
            ("%2541", "%41"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%+1", "%zz%+1"),
            ("%FF", "\u{fffd}"),
        ] {
            assert_eq!(decoded(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn reading_too_much_is_noticed_wherever_it_happens() {
        use std::io::Write as _;
        use zip::CompressionMethod::{Deflated, Stored};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.msixupload");
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        for (name, method) in [("m", Stored), ("d", Deflated)] {
            let options = zip::write::SimpleFileOptions::default().compression_method(method);
            zip.start_file(name, options).unwrap();
            zip.write_all(&[7; 1000]).unwrap();
        }
        zip.finish().unwrap();

        let act = |budget| {
            let container = Container::open(Window::with_reading(&path, budget), |_| true)?;
            container.read_manifest("m")?;
            container.open_inner("d")
        };
        let enough = (0..5000).find(|budget| act(*budget).is_ok()).unwrap();
        assert!(enough > 1000);
        for budget in 0..enough {
            let problem = act(budget).unwrap_err();
            assert!(matches!(problem, PackageProblem::TooMuchReading), "{budget}: {problem}");
        }
    }

    #[test]
    fn entries_must_lie_one_after_the_other() {
        let check = |places: &[(u64, u64)]| check_places(places.to_vec(), 200);
        assert!(check(&[]).is_ok());
        assert!(check(&[(100, 170), (0, 70)]).is_ok());
        assert!(matches!(check(&[(1, 70)]), Err(PackageProblem::NotZip(_))));
        for overlapping in [&[(0, 71), (100, 150)][..], &[(0, 10), (0, 10)], &[(0, 171)], &[(0, u64::MAX)]] {
            assert!(matches!(check(overlapping), Err(PackageProblem::Overlap)), "{overlapping:?}");
        }
    }
}

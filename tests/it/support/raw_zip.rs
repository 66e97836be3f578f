//! ZIP files that lie.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

const DEFLATED: u16 = 8;

/// An entry of which every number can lie.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) name: String,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc32: u32,
    pub(crate) packed: u64,
    pub(crate) unpacked: u64,
    /// Where the header is said to be, if not where it is.
    pub(crate) offset: Option<u64>,
    pub(crate) content: Vec<u8>,
}

/// An honest entry.
pub(crate) fn stored(name: &str, content: &[u8]) -> Raw {
    Raw {
        name: name.to_owned(),
        flags: 0,
        method: 0,
        crc32: crc32fast::hash(content),
        packed: content.len() as u64,
        unpacked: content.len() as u64,
        offset: None,
        content: content.to_vec(),
    }
}

/// An honest entry, deflated.
pub(crate) fn deflated(name: &str, content: &[u8]) -> Raw {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    let packed = encoder.finish().unwrap();
    Raw { method: DEFLATED, packed: packed.len() as u64, content: packed, ..stored(name, content) }
}

/// Writes a ZIP as `MakeAppx` does: the sizes behind the contents, and everything in ZIP64 form.
pub(crate) fn raw_zip(entries: &[Raw]) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let offset = entry.offset.unwrap_or(zip.len() as u64);
        let flags = entry.flags | 1 << 3;
        let length = u16::try_from(entry.name.len()).unwrap();

        zip.extend(0x0403_4b50_u32.to_le_bytes());
        for number in [45, flags, entry.method, 0, 33] {
            zip.extend(number.to_le_bytes());
        }
        zip.extend([0; 12]);
        zip.extend(length.to_le_bytes());
        zip.extend([0; 2]);
        zip.extend(entry.name.as_bytes());
        zip.extend(&entry.content);
        zip.extend(0x0807_4b50_u32.to_le_bytes());
        zip.extend(entry.crc32.to_le_bytes());
        zip.extend(entry.packed.to_le_bytes());
        zip.extend(entry.unpacked.to_le_bytes());

        directory.extend(0x0201_4b50_u32.to_le_bytes());
        for number in [45, 45, flags, entry.method, 0, 33] {
            directory.extend(number.to_le_bytes());
        }
        directory.extend(entry.crc32.to_le_bytes());
        directory.extend([0xff; 8]);
        directory.extend(length.to_le_bytes());
        directory.extend(28_u16.to_le_bytes());
        directory.extend([0; 10]);
        directory.extend([0xff; 4]);
        directory.extend(entry.name.as_bytes());
        directory.extend([1, 0, 24, 0]);
        for number in [entry.unpacked, entry.packed, offset] {
            directory.extend(number.to_le_bytes());
        }
    }
    let start = zip.len() as u64;
    let size = directory.len() as u64;
    zip.extend(directory);
    zip.extend(0x0606_4b50_u32.to_le_bytes());
    zip.extend(44_u64.to_le_bytes());
    zip.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [entries.len() as u64, entries.len() as u64, size, start] {
        zip.extend(number.to_le_bytes());
    }
    zip.extend(0x0706_4b50_u32.to_le_bytes());
    zip.extend([0; 4]);
    zip.extend((start + size).to_le_bytes());
    zip.extend(1_u32.to_le_bytes());
    zip.extend(0x0605_4b50_u32.to_le_bytes());
    zip.extend([0; 4]);
    zip.extend([0xff; 12]);
    zip.extend([0; 2]);
    zip
}

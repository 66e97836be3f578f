//! The records of a ZIP file (PKWARE APPNOTE 6.3, sections 4.3 to 4.5): stored entries, ZIP64 where a
//! number needs it.
//!
//! Sizes and checksums stand in the local headers too, so no data descriptors are needed. All dates are
//! 1980-01-01, the first that the format can say: the same files always give the same bytes.

use super::Entry;

/// The archive ends before this, so that sums of offsets cannot overflow.
pub(super) const MAX_SIZE: u64 = 1 << 62;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END64: u32 = 0x0606_4b50;
const END64_LOCATOR: u32 = 0x0706_4b50;
const END: u32 = 0x0605_4b50;

const VERSION: u16 = 20;
const VERSION_ZIP64: u16 = 45;
const DATE: u16 = 1 << 5 | 1;

/// The header in front of a file's content.
pub(super) fn local_header(entry: &Entry) -> Vec<u8> {
    let size = entry.fingerprint.size;
    let mut zip64 = Zip64::default();
    // In a local header both sizes go to the extra field or none.
    let short_size = zip64.shorten(size);
    zip64.shorten(size);
    let mut record = Record::new(LOCAL);
    record.u16(zip64.version());
    record.common(entry, short_size, &zip64);
    record.bytes(entry.name.as_bytes());
    record.bytes(&zip64.field());
    record.0
}

/// All that comes after the last content: the central directory and its end.
pub(super) fn directory<'a>(entries: impl Iterator<Item = (&'a Entry, u64)>, start: u64) -> Vec<u8> {
    let mut count = 0;
    let mut directory = Record(Vec::new());
    for (entry, offset) in entries {
        count += 1;
        directory.bytes(&central_header(entry, offset));
    }
    let size = directory.0.len() as u64;
    directory.bytes(&end(count, size, start));
    directory.0
}

fn central_header(entry: &Entry, offset: u64) -> Vec<u8> {
    let size = entry.fingerprint.size;
    let mut zip64 = Zip64::default();
    // The order is that of the extra field: size, compressed size, offset.
    let short_size = zip64.shorten(size);
    zip64.shorten(size);
    let short_offset = zip64.shorten(offset);
    let mut record = Record::new(CENTRAL);
    record.u16(zip64.version()); // made by
    record.u16(zip64.version()); // needed to extract
    record.common(entry, short_size, &zip64);
    record.u16(0); // comment length
    record.u16(0); // disk
    record.u16(0); // internal attributes
    record.u32(0); // external attributes
    record.u32(short_offset);
    record.bytes(entry.name.as_bytes());
    record.bytes(&zip64.field());
    record.0
}

fn end(count: u64, size: u64, start: u64) -> Vec<u8> {
    let short_count = u16::try_from(count).unwrap_or(u16::MAX);
    let short_size = shorten(size);
    let short_start = shorten(start);
    let mut record = Record(Vec::new());
    if short_count == u16::MAX || short_size == u32::MAX || short_start == u32::MAX {
        record.u32(END64);
        record.u64(44); // size of the rest of this record
        record.u16(VERSION_ZIP64); // made by
        record.u16(VERSION_ZIP64); // needed to extract
        record.u32(0); // this disk
        record.u32(0); // disk of the directory
        record.u64(count); // on this disk
        record.u64(count);
        record.u64(size);
        record.u64(start);
        record.u32(END64_LOCATOR);
        record.u32(0); // disk of the record above
        record.u64(start + size);
        record.u32(1); // number of disks
    }
    record.u32(END);
    record.u16(0); // this disk
    record.u16(0); // disk of the directory
    record.u16(short_count); // on this disk
    record.u16(short_count);
    record.u32(short_size);
    record.u32(short_start);
    record.u16(0); // comment length
    record.0
}

/// The number, or the mark that says "see the ZIP64 record".
fn shorten(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The numbers that go to the ZIP64 extra field of an entry.
#[derive(Default)]
struct Zip64(Vec<u64>);

impl Zip64 {
    fn shorten(&mut self, number: u64) -> u32 {
        let short = shorten(number);
        if short == u32::MAX {
            self.0.push(number);
        }
        short
    }

    fn version(&self) -> u16 {
        if self.0.is_empty() { VERSION } else { VERSION_ZIP64 }
    }

    fn length(&self) -> u16 {
        match self.0.len() {
            0 => 0,
            count => 4 + u16::try_from(8 * count).expect("an entry has three long numbers at most"),
        }
    }

    fn field(&self) -> Vec<u8> {
        let mut field = Record(Vec::new());
        if !self.0.is_empty() {
            field.u16(1);
            field.u16(self.length() - 4);
            self.0.iter().for_each(|number| field.u64(*number));
        }
        field.0
    }
}

/// Bytes in the making, all numbers little-endian.
struct Record(Vec<u8>);

impl Record {
    fn new(signature: u32) -> Self {
        Self(signature.to_le_bytes().into())
    }

    /// What local and central header share, from the flags to the length of the extra field.
    fn common(&mut self, entry: &Entry, size: u32, zip64: &Zip64) {
        self.u16(0); // flags
        self.u16(0); // method: stored
        self.u16(0); // time
        self.u16(DATE);
        self.u32(entry.fingerprint.crc32);
        self.u32(size); // compressed
        self.u32(size);
        self.u16(u16::try_from(entry.name.len()).expect("a name has 255 bytes at most"));
        self.u16(zip64.length());
    }

    fn u16(&mut self, number: u16) {
        self.bytes(&number.to_le_bytes());
    }

    fn u32(&mut self, number: u32) {
        self.bytes(&number.to_le_bytes());
    }

    fn u64(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

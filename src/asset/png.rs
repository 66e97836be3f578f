//! PNG files: whether their chunks hold together, without decoding a pixel (<https://www.w3.org/TR/png-3/>).

use std::io::{self, Read, Seek, SeekFrom};

/// What every PNG file starts with. The line ends in it are there to show the damage that a transfer as text does.
pub(super) const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// What stands around the data of a chunk: length, type and checksum.
const AROUND: u64 = 12;

/// Largest number of chunks. Encoders write 8 KiB or more at a time, which for the largest image that the Store takes
/// makes some thousands.
const MAX_CHUNKS: usize = 100_000;

/// Largest width and height in pixels.
const MAX_SIDE: u32 = 65_535;

/// How many bytes one compressed byte can become at most (<https://zlib.net/zlib_tech.html>).
const MAX_EXPANSION: u64 = 1032;

/// The colour types, each with its samples per pixel and the bit depths it may have.
const COLOUR_TYPES: [(u8, u64, &[u8]); 5] = [
    (0, 1, &[1, 2, 4, 8, 16]),
    (2, 3, &[8, 16]),
    (INDEXED, 1, &[1, 2, 4, 8]),
    (4, 2, &[8, 16]),
    (6, 4, &[8, 16]),
];

/// The colour type whose pixels are places in a palette.
const INDEXED: u8 = 3;

/// Why a PNG file is not taken.
#[derive(Debug)]
pub(super) enum PngError {
    Unreadable(io::Error),
    /// What is wrong, as a sentence about the file.
    Damaged(String),
}

impl From<io::Error> for PngError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

fn damaged<T>(reason: impl Into<String>) -> Result<T, PngError> {
    Err(PngError::Damaged(reason.into()))
}

/// What the header chunk says.
struct Header {
    width: u32,
    height: u32,
    colour_type: u8,
    /// The size of the picture before compression, in bytes; interlaced ones are a little larger.
    picture: u64,
}

/// Width and height in pixels of a PNG file of `size` bytes.
pub(super) fn check(mut file: impl Read + Seek, size: u64) -> Result<(u32, u32), PngError> {
    let mut start = [0; SIGNATURE.len() + 25];
    if size < start.len() as u64 {
        return damaged("it is cut off within its header");
    }
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut start)?;
    let (signature, first_chunk) = start.split_at(SIGNATURE.len());
    if signature != SIGNATURE {
        return damaged("its line ends were converted as if it were text");
    }
    let header = header(first_chunk)?;
    let data = walk(&mut file, start.len() as u64, size, header.colour_type)?;
    if data.saturating_mul(MAX_EXPANSION) < header.picture {
        let Header { width, height, picture, .. } = header;
        return damaged(format!(
            "it says {width}×{height} pixels, which are {picture} bytes, but its {data} bytes of compressed data cannot \
             hold as many"
        ));
    }
    Ok((header.width, header.height))
}

/// Reads the first chunk, with all that is around its data.
fn header(chunk: &[u8]) -> Result<Header, PngError> {
    let number = |at: usize| u32::from_be_bytes([chunk[at], chunk[at + 1], chunk[at + 2], chunk[at + 3]]);
    if &chunk[4..8] != b"IHDR" {
        return damaged("its first chunk is not the PNG header");
    }
    if number(0) != 13 {
        return damaged(format!("its header says {} bytes, where 13 are right", number(0)));
    }
    if number(21) != crc32fast::hash(&chunk[4..21]) {
        return damaged("the checksum of its header is wrong");
    }
    let (width, height) = (number(8), number(12));
    if width == 0 || height == 0 {
        return damaged("it has no pixels");
    }
    if width > MAX_SIDE || height > MAX_SIDE {
        return damaged(format!("it says {width}×{height} pixels, more than {MAX_SIDE} on a side"));
    }
    let [bit_depth, colour_type, compression, filter, interlace] =
        *chunk[16..21].first_chunk().expect("five bytes");
    let samples = COLOUR_TYPES
        .iter()
        .find(|(known, _, depths)| *known == colour_type && depths.contains(&bit_depth))
        .map(|(_, samples, _)| *samples);
    let Some(samples) = samples else {
        return damaged(format!(
            "it says colour type {colour_type} with {bit_depth} bits, which do not exist"
        ));
    };
    if compression != 0 || filter != 0 || interlace > 1 {
        return damaged("it says a compression, filter or interlacing that does not exist");
    }
    let row = (u64::from(width) * samples * u64::from(bit_depth)).div_ceil(8);
    Ok(Header { width, height, colour_type, picture: u64::from(height) * (1 + row) })
}

/// Goes from chunk to chunk up to the end, and gives the number of bytes of compressed data.
fn walk(file: &mut (impl Read + Seek), mut at: u64, size: u64, colour_type: u8) -> Result<u64, PngError> {
    let (mut data, mut has_data, mut data_ended, mut has_palette) = (0, false, false, false);
    for _ in 0..MAX_CHUNKS {
        let Some(left) = size.checked_sub(at + AROUND) else {
            return damaged("it is cut off: its end is missing");
        };
        let mut head = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut head)?;
        let [a, b, c, d, kind @ ..] = head;
        let length = u64::from(u32::from_be_bytes([a, b, c, d]));
        if !kind.iter().all(u8::is_ascii_alphabetic) {
            return damaged(format!("no chunk starts at byte {at}, where the one before ends"));
        }
        if length > left {
            let kind = kind.escape_ascii();
            return damaged(format!("it is cut off: `{kind}` says {length} bytes, but {left} are there"));
        }
        data_ended |= has_data && kind != *b"IDAT";
        match &kind {
            b"IHDR" => return damaged("it has two headers"),
            b"PLTE" => has_palette = true,
            b"IDAT" if colour_type == INDEXED && !has_palette => return damaged("it has no palette"),
            b"IDAT" if data_ended => {
                return damaged("other chunks stand between those of its compressed data");
            }
            b"IDAT" => {
                if data == 0 && length > 1 && !is_zlib(file)? {
                    return damaged("its compressed data does not start as such data does");
                }
                has_data = true;
                data += length;
            }
            b"IEND" if !has_data => return damaged("it has no picture data"),
            b"IEND" if length > 0 => return damaged("its end says that it has a content"),
            b"IEND" if left > 0 => return damaged(format!("{left} bytes stand behind its end")),
            b"IEND" => return Ok(data),
            _ => {}
        }
        at += AROUND + length;
    }
    damaged(format!("it has more than {MAX_CHUNKS} chunks"))
}

/// Whether the two bytes that follow are the head of a zlib stream (RFC 1950, 2.2).
fn is_zlib(file: &mut impl Read) -> io::Result<bool> {
    let mut head = [0; 2];
    file.read_exact(&mut head)?;
    Ok(head[0] & 0x0f == 8 && head[0] >> 4 <= 7 && u16::from_be_bytes(head).is_multiple_of(31))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::asset::test_png::{Png, chunk, header_chunk, png};

    fn check_bytes(bytes: &[u8]) -> Result<(u32, u32), PngError> {
        check(Cursor::new(bytes), bytes.len() as u64)
    }

    fn damage_of(bytes: &[u8]) -> String {
        match check_bytes(bytes) {
            Err(PngError::Damaged(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE.as_slice(), &chunks.concat()].concat()
    }

    const ZLIB: &[u8] = b"\x78\x01\x03\0\0\0\0\x01";

    fn header(fields: [u8; 5]) -> Vec<u8> {
        header_chunk(1, 1, fields)
    }

    fn gray() -> Vec<u8> {
        header([8, 0, 0, 0, 0])
    }

    fn data() -> Vec<u8> {
        chunk(*b"IDAT", ZLIB)
    }

    fn end() -> Vec<u8> {
        chunk(*b"IEND", b"")
    }

    #[test]
    fn real_images_are_taken() {
        assert_eq!(check_bytes(&png(1366, 768)).unwrap(), (1366, 768));
        assert_eq!(check_bytes(&png(1, 1)).unwrap(), (1, 1));
        let noisy = Png { width: 1366, height: 768, noise: 200_000, seed: 1 }.bytes();
        assert!(noisy.len() > 200_000);
        assert_eq!(check_bytes(&noisy).unwrap(), (1366, 768));
        let comment = chunk(*b"tEXt", b"Comment\0None");
        let whole = file(&[gray(), comment.clone(), data(), chunk(*b"IDAT", b""), comment, end()]);
        assert_eq!(check_bytes(&whole).unwrap(), (1, 1));
        let indexed = file(&[header([1, INDEXED, 0, 0, 1]), chunk(*b"PLTE", &[0; 6]), data(), end()]);
        assert_eq!(check_bytes(&indexed).unwrap(), (1, 1));
        let empty_first = file(&[gray(), chunk(*b"IDAT", b""), data(), end()]);
        assert_eq!(check_bytes(&empty_first).unwrap(), (1, 1));
    }

    #[test]
    fn what_lies_is_said() {
        let mut wrong_sum = gray();
        wrong_sum[20] ^= 1;
        let mut long_header = gray();
        long_header[3] = 14;
        let short = |chunk: Vec<u8>| chunk[..chunk.len() - 1].to_vec();
        for (chunks, expected) in [
            (vec![chunk(*b"CgBI", &[0; 13])], "its first chunk is not the PNG header"),
            (vec![long_header], "its header says 14 bytes, where 13 are right"),
            (vec![wrong_sum], "the checksum of its header is wrong"),
            (vec![header_chunk(0, 1, [8, 0, 0, 0, 0])], "it has no pixels"),
            (vec![header_chunk(1, 0, [8, 0, 0, 0, 0])], "it has no pixels"),
            (
                vec![header_chunk(65_536, 1, [8, 0, 0, 0, 0])],
                "it says 65536×1 pixels, more than 65535 on a side",
            ),
            (
                vec![header_chunk(1, u32::MAX, [8, 0, 0, 0, 0])],
                "it says 1×4294967295 pixels, more than 65535 on a side",
            ),
            (vec![header([8, 1, 0, 0, 0])], "it says colour type 1 with 8 bits, which do not exist"),
            (vec![header([4, 2, 0, 0, 0])], "it says colour type 2 with 4 bits, which do not exist"),
            (vec![header([16, 3, 0, 0, 0])], "it says colour type 3 with 16 bits, which do not exist"),
            (vec![header([0, 0, 0, 0, 0])], "it says colour type 0 with 0 bits, which do not exist"),
            (
                vec![header([8, 0, 1, 0, 0])],
                "it says a compression, filter or interlacing that does not exist",
            ),
            (
                vec![header([8, 0, 0, 0, 2])],
                "it says a compression, filter or interlacing that does not exist",
            ),
            (vec![gray()], "it is cut off: its end is missing"),
            (vec![gray(), data()], "it is cut off: its end is missing"),
            (vec![gray(), short(data())], "it is cut off: `IDAT` says 8 bytes, but 7 are there"),
            (vec![gray(), data(), short(end())], "it is cut off: its end is missing"),
            (vec![gray(), vec![0; 100]], "no chunk starts at byte 33, where the one before ends"),
            (vec![gray(), gray()], "it has two headers"),
            (vec![gray(), end()], "it has no picture data"),
            (vec![header([8, INDEXED, 0, 0, 0]), data(), end()], "it has no palette"),
            (
                vec![gray(), data(), chunk(*b"tEXt", b"a\0b"), data(), end()],
                "other chunks stand between those of its compressed data",
            ),
            (
                vec![gray(), chunk(*b"IDAT", &[0; 9]), end()],
                "its compressed data does not start as such data does",
            ),
            (vec![gray(), data(), chunk(*b"IEND", b"x")], "its end says that it has a content"),
            (vec![gray(), data(), end(), vec![0; 20]], "20 bytes stand behind its end"),
            (
                vec![header_chunk(1366, 768, [8, 6, 0, 0, 0]), data(), end()],
                "it says 1366×768 pixels, which are 4197120 bytes, but its 8 bytes of compressed data cannot hold as \
                 many",
            ),
        ] {
            // Enough to be more than a header, also where it ends with the first chunk.
            assert_eq!(damage_of(&file(&chunks)), expected);
        }
        let text: Vec<u8> = png(1, 1).into_iter().filter(|b| *b != b'\r').collect();
        assert_eq!(damage_of(&text), "its line ends were converted as if it were text");
    }

    #[test]
    fn the_number_of_chunks_has_a_limit() {
        let many = vec![chunk(*b"tEXt", b""); MAX_CHUNKS];
        assert_eq!(damage_of(&file(&[vec![gray()], many].concat())), "it has more than 100000 chunks");
    }

    #[test]
    fn what_is_cut_off_anywhere_is_refused() {
        let whole = Png { width: 40, height: 30, noise: 100, seed: 7 }.bytes();
        for length in 0..whole.len() {
            assert!(damage_of(&whole[..length]).contains("cut off"), "{length} bytes");
        }
    }

    proptest! {
        #[test]
        fn every_size_of_a_real_image_is_read(width in 1..300_u32, height in 1..300_u32, seed in 1..u64::MAX) {
            let bytes = Png { width, height, noise: 1000, seed }.bytes();
            prop_assert_eq!(check_bytes(&bytes).unwrap(), (width, height));
        }

        #[test]
        fn no_change_makes_it_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            length in any::<prop::sample::Index>(),
        ) {
            let mut bytes = Png { width: 40, height: 30, noise: 100, seed: 7 }.bytes();
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            let _ = check_bytes(&bytes);
            let _ = check_bytes(&bytes[..length.index(bytes.len())]);
        }
    }
}

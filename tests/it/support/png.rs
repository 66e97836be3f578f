//! Makes real PNG images.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// How much compressed data is in one chunk, as most encoders have it.
const PIECE: usize = 8 * 1024;

/// A grey picture to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Png {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// How many bytes of it do not compress, as far as there are so many: four pixels each.
    pub(crate) noise: usize,
    /// What the noise is made of: not zero, and another one for another picture.
    pub(crate) seed: u64,
}

/// A black picture.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    Png { width, height, noise: 0, seed: 1 }.bytes()
}

impl Png {
    /// The file.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let row = (self.width as usize * 2).div_ceil(8);
        let mut picture = vec![0; (1 + row) * self.height as usize];
        let mut state = self.seed;
        let mut left = self.noise;
        for line in picture.chunks_mut(1 + row) {
            // The first byte of a line is its filter.
            for byte in line[1..].iter_mut().take(left) {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                *byte = state.to_le_bytes()[3];
            }
            left = left.saturating_sub(row);
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&picture).unwrap();
        let data = encoder.finish().unwrap();
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.extend(header_chunk(self.width, self.height, [2, 0, 0, 0, 0]));
        data.chunks(PIECE).for_each(|piece| bytes.extend(chunk(*b"IDAT", piece)));
        bytes.extend(chunk(*b"IEND", b""));
        bytes
    }
}

/// The first chunk; after the size come bit depth, colour type, compression, filter and interlacing.
pub(crate) fn header_chunk(width: u32, height: u32, rest: [u8; 5]) -> Vec<u8> {
    chunk(*b"IHDR", &[&width.to_be_bytes(), &height.to_be_bytes(), rest.as_slice()].concat())
}

/// A chunk with its checksum.
pub(crate) fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let content = [&kind, data].concat();
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes(), content.as_slice(), &crc32fast::hash(&content).to_be_bytes()].concat()
}

//! Checksums that a client may send along with a body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};

/// The table of the CRC-64 that Azure Storage uses (that of `NVMe`: polynomial
/// `AD93D23594C93659`, here reflected, inverted at both ends).
const TABLE: [u64; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut value = at as u64;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0x9a6c_9329_ac4b_c9b5 } else { value >> 1 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
};

/// Sums over a body as it passes, as far as they are asked for.
pub(super) struct Sums {
    md5: Option<Md5>,
    crc64: Option<u64>,
}

impl Sums {
    pub(super) fn new(md5: bool, crc64: bool) -> Self {
        Self { md5: md5.then(Md5::new), crc64: crc64.then_some(!0) }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        if let Some(crc64) = &mut self.crc64 {
            *crc64 = bytes
                .iter()
                .fold(*crc64, |sum, byte| TABLE[((sum ^ u64::from(*byte)) & 0xff) as usize] ^ (sum >> 8));
        }
    }

    /// In base64, as headers carry them: MD5, and CRC-64 with its low byte first.
    pub(super) fn finish(self) -> (Option<String>, Option<String>) {
        (
            self.md5.map(|md5| STANDARD.encode(md5.finalize())),
            self.crc64.map(|crc64| STANDARD.encode((!crc64).to_le_bytes())),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standards() {
        let mut sums = Sums::new(true, true);
        sums.update(b"1234");
        sums.update(b"56789");
        let (md5, crc64) = sums.finish();
        // As md5sum prints it, and the check value of CRC-64/NVME.
        assert_eq!(md5.unwrap(), "JfnnlDI7RTiF9RgfG2JNCw==");
        assert_eq!(crc64.unwrap(), STANDARD.encode(0xae8b_1486_0a79_9888_u64.to_le_bytes()));
    }
}

//! What a file is, by content.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::file::open_regular;

/// How much of a file is in memory at a time.
const BUFFER: usize = 256 * 1024;

/// A SHA-256. Written, also in serialised form, as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Length of [`Digest::short`].
    pub(super) const SHORT: usize = 12;

    /// The digest of bytes in memory.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The first 12 hex digits: the form that names in the archive carry.
    pub fn short(&self) -> String {
        self.to_string()[..Self::SHORT].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// A text that is not 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256: 64 lower-case hex digits are expected")]
pub struct ParseDigestError;

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        fn nibble(digit: u8) -> Result<u8, ParseDigestError> {
            match digit {
                b'0'..=b'9' => Ok(digit - b'0'),
                b'a'..=b'f' => Ok(digit - b'a' + 10),
                _ => Err(ParseDigestError),
            }
        }
        if text.len() != 64 {
            return Err(ParseDigestError);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = ParseDigestError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// All that must be known of a file to lay it out in an archive and to notice that it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub digest: Digest,
    /// CRC-32 of the content, as ZIP has it.
    pub crc32: u32,
}

/// Reads a file once, in bounded memory.
///
/// # Errors
///
/// Whatever reading gives; and [`io::ErrorKind::InvalidInput`] for anything but a regular file, which is
/// not opened at all.
pub fn fingerprint(path: &Path) -> io::Result<Fingerprint> {
    let (mut file, _) = open_regular(path)?;
    let mut buffer = vec![0; BUFFER];
    let mut size = 0;
    let mut sha256 = Sha256::new();
    let mut crc32 = crc32fast::Hasher::new();
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                size += count as u64;
                sha256.update(&buffer[..count]);
                crc32.update(&buffer[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Fingerprint { size, digest: Digest(sha256.finalize().into()), crc32: crc32.finalize() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn known_digest_in_all_its_forms() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string(), ABC);
        assert_eq!(digest.short(), "ba7816bf8f01");
        assert_eq!(serde_json::to_string(&digest).unwrap(), format!("\"{ABC}\""));
        assert_eq!(serde_json::from_str::<Digest>(&format!("\"{ABC}\"")).unwrap(), digest);
    }

    #[test]
    fn only_64_lower_case_hex_digits_are_a_digest() {
        for wrong in ["", &ABC[1..], &ABC.to_uppercase(), &ABC.replace('b', "é")] {
            assert_eq!(wrong.parse::<Digest>(), Err(ParseDigestError), "{wrong}");
        }
    }

    #[test]
    fn fingerprint_of_a_file_longer_than_the_buffer() {
        let content: Vec<u8> = (0..=250u8).cycle().take(BUFFER * 2 + 1).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, &content).unwrap();
        let expected = Fingerprint {
            size: content.len() as u64,
            digest: Digest::of(&content),
            crc32: crc32fast::hash(&content),
        };
        assert_eq!(fingerprint(&path).unwrap(), expected);
    }

    #[test]
    fn a_folder_and_an_absent_file_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let kind = |path: &Path| fingerprint(path).unwrap_err().kind();
        assert_eq!(kind(folder.path()), io::ErrorKind::InvalidInput);
        assert_eq!(kind(&folder.path().join("absent")), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_and_a_device_are_errors_and_do_not_block() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        for path in [pipe.as_path(), Path::new("/dev/zero")] {
            assert_eq!(fingerprint(path).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        }
    }
}

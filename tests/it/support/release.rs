//! A release with one package of any size.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use super::msix::Msix;
use super::story::Story;
use super::things;

pub(crate) const MIB: u64 = 1024 * 1024;

/// A story whose app has one package, and releases what is in `dist`.
pub(crate) fn story() -> Story {
    let manifest = "submission: {}\nrelease:\n  packages: {files: [$(release)/*.msix]}\n";
    Story::new(&things::app_submission(), manifest)
}

/// Puts version 1.1.0.0 into `dist`, with so many bytes of payload.
pub(crate) fn package(story: &Story, payload_size: u64) -> PathBuf {
    let package = Msix {
        name: "12345Northwind.HarborNotes",
        publisher: "CN=Northwind",
        version: "1.1.0.0",
        payload_size,
        ..Msix::default()
    };
    fs::create_dir(story.path("dist")).unwrap();
    let path = story.path("dist/app.msix");
    package.write(&path);
    path
}

/// The arguments that publish it.
pub(crate) const PUBLISH: &[&str] =
    &["apply", "--yes", "--wait", "published", "--release", "app/harbor-notes=dist"];

/// The digest of a file.
pub(crate) fn digest(path: &Path) -> Vec<u8> {
    digest_of(File::open(path).unwrap())
}

/// The digest of the only file in a ZIP.
pub(crate) fn digest_in_zip(path: &Path) -> Vec<u8> {
    let mut zip = ZipArchive::new(File::open(path).unwrap()).unwrap();
    assert_eq!(zip.len(), 1);
    digest_of(zip.by_index(0).unwrap())
}

fn digest_of(mut content: impl io::Read) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match content.read(&mut buffer).unwrap() {
            0 => return hasher.finalize().to_vec(),
            read => hasher.update(&buffer[..read]),
        }
    }
}

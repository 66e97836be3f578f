//! Local files: digest, image and video header, package manifest, archive.
//!
//! Everything here reads the disk and nothing else, and blocks while it does: asynchronous callers use
//! `spawn_blocking`. Files are taken as hostile: reading is bounded in memory and time whatever they hold.

mod archive;
mod digest;
mod file;
mod image;
mod many;
mod name;
mod package;
mod png;
#[cfg(test)]
#[path = "../../tests/it/support/mp4.rs"]
mod test_mp4;
#[cfg(test)]
#[path = "../../tests/it/support/png.rs"]
mod test_png;
mod video;

pub use archive::{Archive, ArchiveError, Entry, PartCrc, Piece, Verifier};
pub use digest::{Digest, Fingerprint, ParseDigestError, fingerprint};
pub use image::{ImageError, ImageFormat, ImageHeader, image_header};
pub use many::read_images;
pub use name::{LiveName, archive_name};
pub use package::{
    Architecture, Capability, DeviceFamily, Package, PackageError, PackageKind, PackageProblem,
    ParseArchitectureError, ParseVersionError, Version, read_package,
};
pub use video::{VideoError, VideoFormat, VideoHeader, video_header};

//! Local files: digest, image header, package manifest, archive.

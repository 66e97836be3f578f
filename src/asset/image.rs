//! Format and size of an image, without decoding it.

use std::fmt;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use imagesize::ImageType;

use super::file::open_regular;
use super::png::{self, PngError};

/// How much of a file that is not PNG is looked at. A JPEG may have its size behind the picture data of a thumbnail.
const HEADER: u64 = 1024 * 1024;

/// What an image says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageHeader {
    /// The format, by content and not by name.
    pub format: ImageFormat,
    /// Size of the file in bytes.
    pub size: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// An image format, as far as the Store makes a difference: its images must be PNG
/// (<https://learn.microsoft.com/windows/apps/publish/publish-your-app/msix/screenshots-and-images>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageFormat {
    /// The one that the Store takes.
    Png,
    /// Any other known one, by its name: `JPEG`, `GIF`, `WebP` or `BMP`.
    Other(String),
}

impl fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Png => f.write_str("PNG"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// Why an image is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}; make it readable", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The content is not that of a known image format.
    #[error("`{}` is not an image of a known format; the Store takes PNG", path.display())]
    NotAnImage {
        /// The file.
        path: PathBuf,
    },
    /// The content begins as an image does but does not go on as one.
    #[error("the image `{}` is damaged: {reason}; export or check it out again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads what an image says of itself.
///
/// Of a PNG the chunks are gone through, so that one whose content is cut off, or cannot be as large as its header
/// says, is refused; no pixel is decoded. Of other formats only the header is read, 1 MiB at most: that is enough
/// to say what the file is.
pub fn image_header(path: &Path) -> Result<ImageHeader, ImageError> {
    let unreadable = |source| ImageError::Unreadable { path: path.to_owned(), source };
    let damaged = |reason| ImageError::Damaged { path: path.to_owned(), reason };
    let (mut file, size) = open_regular(path).map_err(unreadable)?;
    let mut start = [0; 4];
    let is_png = size >= 4 && {
        file.read_exact(&mut start).map_err(unreadable)?;
        png::SIGNATURE.starts_with(&start)
    };
    if is_png {
        let (width, height) = png::check(file, size).map_err(|error| match error {
            PngError::Unreadable(source) => unreadable(source),
            PngError::Damaged(reason) => damaged(reason),
        })?;
        return Ok(ImageHeader { format: ImageFormat::Png, size, width, height });
    }
    let mut header = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    file.take(HEADER).read_to_end(&mut header).map_err(unreadable)?;
    let mut header = Cursor::new(header.as_slice());
    let known = imagesize::reader_type(&mut header).ok().and_then(|kind| Some((kind, other_format(kind)?)));
    let (kind, name) = known.ok_or_else(|| ImageError::NotAnImage { path: path.to_owned() })?;
    let pixels = kind
        .reader_size(&mut header)
        .map_err(|_| damaged("its header is cut off or makes no sense".to_owned()))?;
    match (u32::try_from(pixels.width), u32::try_from(pixels.height)) {
        (Ok(width @ 1..), Ok(height @ 1..)) => {
            Ok(ImageHeader { format: ImageFormat::Other(name.to_owned()), size, width, height })
        }
        _ => Err(damaged("it has no pixels".to_owned())),
    }
}

fn other_format(kind: ImageType) -> Option<&'static str> {
    match kind {
        ImageType::Jpeg => Some("JPEG"),
        ImageType::Gif => Some("GIF"),
        ImageType::Webp => Some("WebP"),
        ImageType::Bmp => Some("BMP"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::asset::test_png::png;

    fn header_of(content: &[u8]) -> Result<ImageHeader, ImageError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.png");
        std::fs::write(&path, content).unwrap();
        image_header(&path)
    }

    fn damage_of(content: &[u8]) -> String {
        match header_of(content) {
            Err(ImageError::Damaged { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn png_size_is_read() {
        let content = png(3840, 2160);
        let size = content.len() as u64;
        let expected = ImageHeader { format: ImageFormat::Png, size, width: 3840, height: 2160 };
        assert_eq!(header_of(&content).unwrap(), expected);
    }

    #[test]
    fn other_formats_are_named_whatever_the_file_is_called() {
        let jpeg =
            [&b"\xff\xd8\xff\xe0\x00\x04\x00\x00"[..], b"\xff\xc0\x00\x0b\x08\x01\x02\x03\x04"].concat();
        let bmp = [&b"BM"[..], &[0; 16], &[4, 3, 0, 0, 2, 1, 0, 0]].concat();
        for (content, name, width, height) in [
            (jpeg.as_slice(), "JPEG", 0x0304, 0x0102),
            (b"GIF89a\x04\x03\x02\x01\0\0\0", "GIF", 0x0304, 0x0102),
            (b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x03\x03\0\x01\x01\0", "WebP", 0x0304, 0x0102),
            (bmp.as_slice(), "BMP", 0x0304, 0x0102),
        ] {
            let size = content.len() as u64;
            let expected = ImageHeader { format: ImageFormat::Other(name.to_owned()), size, width, height };
            assert_eq!(header_of(content).unwrap(), expected);
        }
    }

    #[test]
    fn damage_is_told_from_other_content() {
        let whole = png(1366, 768);
        assert_eq!(damage_of(&whole[..20]), "it is cut off within its header");
        assert_eq!(damage_of(&whole[..4]), "it is cut off within its header");
        assert_eq!(damage_of(&whole[..whole.len() - 12]), "it is cut off: its end is missing");
        assert_eq!(damage_of(b"GIF89a\0\0\x02\x01\0\0\0"), "it has no pixels");
        assert_eq!(damage_of(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01"), "its header is cut off or makes no sense");
        for content in [&b""[..], b"x", b"\x89PN", b"<svg/>", b"a text of some length"] {
            assert!(matches!(header_of(content), Err(ImageError::NotAnImage { .. })));
        }
    }

    #[test]
    fn errors_name_the_file() {
        let error = image_header(Path::new("no/such.png")).unwrap_err();
        assert!(error.to_string().starts_with("cannot read `no/such.png`: "));
    }

    proptest! {
        #[test]
        fn no_content_makes_it_panic(
            start in prop::sample::select(vec![
                &b""[..], png::SIGNATURE, b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"BM",
            ]),
            rest in prop::collection::vec(prop_oneof![Just(0xff), Just(0xc0), any::<u8>()], 0..200),
        ) {
            let _ = header_of(&[start, &rest].concat());
        }
    }
}

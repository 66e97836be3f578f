//! Format and size of an image, from its header alone.

use std::fmt;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use imagesize::ImageType;

use super::file::open_regular;

/// How much of a file is looked at. A JPEG may have its size behind the picture data of a thumbnail.
const HEADER: u64 = 1024 * 1024;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What the header of an image says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageHeader {
    /// The format, by content and not by name.
    pub format: ImageFormat,
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

/// Why an image has no readable header.
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
    /// The content begins as an image does but its header makes no sense.
    #[error("the image `{}` is damaged: {reason}; export or check it out again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Reads the header of an image: 1 MiB of the file at most.
pub fn image_header(path: &Path) -> Result<ImageHeader, ImageError> {
    let header =
        read_start(path).map_err(|source| ImageError::Unreadable { path: path.to_owned(), source })?;
    let damaged = |reason| ImageError::Damaged { path: path.to_owned(), reason };
    let not_an_image = || ImageError::NotAnImage { path: path.to_owned() };
    let mut cursor = Cursor::new(header.as_slice());
    let kind = imagesize::reader_type(&mut cursor).map_err(|_| not_an_image())?;
    let format = match kind {
        ImageType::Png => ImageFormat::Png,
        ImageType::Jpeg => ImageFormat::Other("JPEG".to_owned()),
        ImageType::Gif => ImageFormat::Other("GIF".to_owned()),
        ImageType::Webp => ImageFormat::Other("WebP".to_owned()),
        ImageType::Bmp => ImageFormat::Other("BMP".to_owned()),
        _ => return Err(not_an_image()),
    };
    if format == ImageFormat::Png {
        check_png(&header).map_err(damaged)?;
    }
    let size =
        kind.reader_size(&mut cursor).map_err(|_| damaged("its header is cut off or makes no sense"))?;
    match (u32::try_from(size.width), u32::try_from(size.height)) {
        (Ok(width @ 1..), Ok(height @ 1..)) => Ok(ImageHeader { format, width, height }),
        _ => Err(damaged("it has no pixels")),
    }
}

fn read_start(path: &Path) -> io::Result<Vec<u8>> {
    let (file, _) = open_regular(path)?;
    let mut start = Vec::new();
    file.take(HEADER).read_to_end(&mut start)?;
    Ok(start)
}

/// The library goes by the first four bytes. The rest of the signature is there to show the damage that
/// a transfer as text does.
fn check_png(header: &[u8]) -> Result<(), &'static str> {
    if !header.starts_with(PNG_SIGNATURE) {
        return Err("its line ends were converted as if it were text");
    }
    if header.get(12..16) != Some(b"IHDR".as_slice()) {
        return Err("its first chunk is not the PNG header");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = PNG_SIGNATURE.to_vec();
        bytes.extend(13_u32.to_be_bytes());
        bytes.extend(b"IHDR");
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0]);
        bytes
    }

    fn header_of(content: &[u8]) -> Result<ImageHeader, ImageError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.png");
        std::fs::write(&path, content).unwrap();
        image_header(&path)
    }

    fn damage_of(content: &[u8]) -> &'static str {
        match header_of(content) {
            Err(ImageError::Damaged { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn png_size_is_read() {
        let expected = ImageHeader { format: ImageFormat::Png, width: 3840, height: 2160 };
        assert_eq!(header_of(&png(3840, 2160)).unwrap(), expected);
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
            let expected = ImageHeader { format: ImageFormat::Other(name.to_owned()), width, height };
            assert_eq!(header_of(content).unwrap(), expected);
        }
    }

    #[test]
    fn damage_is_told_from_other_content() {
        assert_eq!(damage_of(&png(1, 1)[..20]), "its header is cut off or makes no sense");
        assert_eq!(damage_of(&png(0, 1)), "it has no pixels");
        assert_eq!(damage_of(&png(1, 0)), "it has no pixels");
        let converted: Vec<u8> = png(1, 1).into_iter().filter(|b| *b != b'\r').collect();
        assert_eq!(damage_of(&converted), "its line ends were converted as if it were text");
        let mut other_chunk = png(1, 1);
        other_chunk[12..16].copy_from_slice(b"CgBI");
        assert_eq!(damage_of(&other_chunk), "its first chunk is not the PNG header");
        for content in [&b""[..], b"x", b"<svg/>", b"a text of some length"] {
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
                &b""[..], PNG_SIGNATURE, b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"BM",
            ]),
            rest in prop::collection::vec(prop_oneof![Just(0xff), Just(0xc0), any::<u8>()], 0..200),
        ) {
            let _ = header_of(&[start, &rest].concat());
        }
    }
}

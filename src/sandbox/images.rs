//! What images of a listing must look like.
//!
//! Source: *App screenshots and images* of `MicrosoftDocs/windows-dev-docs` and, for the older types, its edition
//! of 2017 in `windows-apps-src/publish/app-screenshots-and-images.md`.

use std::io::{BufRead, Seek};

use imagesize::ImageType;

use self::Pixels::{Between, OneOf, Unknown};

/// The sizes that a type of image may have.
enum Pixels {
    /// From width and height to width and height, in either orientation.
    Between([(usize, usize); 2]),
    OneOf(&'static [(usize, usize)]),
    /// Not documented, or no longer taken in.
    Unknown,
}

/// Type, sizes, and how many a listing may have.
static TYPES: &[(&str, Pixels, usize)] = &[
    ("Screenshot", Between([(1366, 768), (3840, 2160)]), 10),
    (
        "MobileScreenshot",
        OneOf(&[
            (1080, 1920),
            (1920, 1080),
            (768, 1280),
            (1280, 768),
            (720, 1280),
            (1280, 720),
            (800, 480),
            (480, 800),
        ]),
        8,
    ),
    ("XboxScreenshot", Between([(1920, 1080), (3840, 2160)]), 8),
    ("SurfaceHubScreenshot", Unknown, 8),
    ("HoloLensScreenshot", Between([(1268, 720), (3840, 2160)]), 8),
    ("StoreLogo9x16", OneOf(&[(720, 1080), (1440, 2160)]), 1),
    ("StoreLogoSquare", OneOf(&[(1080, 1080), (2160, 2160)]), 1),
    ("Icon", OneOf(&[(300, 300)]), 1),
    ("PromotionalArt16x9", OneOf(&[(1920, 1080), (3840, 2160)]), 1),
    ("PromotionalArtwork2400X1200", OneOf(&[(2400, 1200)]), 1),
    ("XboxBrandedKeyArt", OneOf(&[(584, 800)]), 1),
    ("XboxTitledHeroArt", OneOf(&[(1920, 1080)]), 1),
    ("XboxFeaturedPromotionalArt", OneOf(&[(1080, 1080)]), 1),
    ("SquareIcon358X358", OneOf(&[(358, 358)]), 1),
    ("BackgroundImage1000X800", OneOf(&[(1000, 800)]), 1),
    ("PromotionalArtwork414X180", OneOf(&[(414, 180)]), 1),
    // The icon of an add-on listing, which has no type of its own in the API.
    ("AddOnIcon", OneOf(&[(300, 300)]), 1),
];

/// How many images of a type a listing may have.
pub(super) fn most(image_type: &str) -> usize {
    TYPES.iter().find(|(name, ..)| *name == image_type).map_or(usize::MAX, |(_, _, most)| *most)
}

/// Whether a type is one of screenshots.
pub(super) fn is_screenshot(image_type: &str) -> bool {
    image_type.ends_with("Screenshot")
}

/// Checks an image file; the error continues a sentence about the file.
pub(super) fn check(mut file: impl BufRead + Seek, image_type: &str) -> Result<(), String> {
    if !matches!(imagesize::reader_type(&mut file), Ok(ImageType::Png)) {
        return Err("is not a PNG image".to_owned());
    }
    let size = ImageType::Png.reader_size(&mut file).map_err(|_| "is not a PNG image".to_owned())?;
    let fits = match TYPES.iter().find(|(name, ..)| *name == image_type) {
        Some((_, Between([least, most]), _)) => [(size.width, size.height), (size.height, size.width)]
            .iter()
            .any(|(w, h)| (least.0..=most.0).contains(w) && (least.1..=most.1).contains(h)),
        Some((_, OneOf(sizes), _)) => sizes.contains(&(size.width, size.height)),
        Some((_, Unknown, _)) | None => true,
    };
    if fits {
        return Ok(());
    }
    Err(format!("has {}x{} pixels, which is not a size of {image_type}", size.width, size.height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn png(width: u32, height: u32) -> Cursor<Vec<u8>> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        Cursor::new(bytes)
    }

    #[test]
    fn sizes_are_those_of_the_type() {
        for (image_type, width, height, fits) in [
            ("Screenshot", 1366, 768, true),
            ("Screenshot", 768, 1366, true),
            ("Screenshot", 1365, 768, false),
            ("Screenshot", 3841, 2160, false),
            ("StoreLogoSquare", 1080, 1080, true),
            ("StoreLogoSquare", 1080, 1081, false),
            ("MobileScreenshot", 800, 480, true),
            ("SurfaceHubScreenshot", 7, 7, true),
            ("AddOnIcon", 301, 300, false),
        ] {
            assert_eq!(check(png(width, height), image_type).is_ok(), fits, "{image_type} {width}x{height}");
        }
    }

    #[test]
    fn only_png_is_an_image() {
        assert!(check(Cursor::new(b"\xff\xd8\xff\xe0".to_vec()), "Screenshot").is_err());
    }
}

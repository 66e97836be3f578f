//! Images and trailers: types, sizes, numbers.

/// An image type of a listing: its name in the API and the sizes that the Store takes.
#[derive(Debug)]
pub struct ImageType {
    /// The API's name.
    pub name: &'static str,
    /// How many a listing may hold.
    pub max: usize,
    /// The pixel sizes that are taken.
    pub sizes: Sizes,
    /// What it is, for people who write manifests.
    pub doc: &'static str,
}

/// Which pixel sizes an image type takes.
#[derive(Debug)]
pub enum Sizes {
    /// One of these, width × height.
    OneOf(&'static [(u32, u32)]),
    /// At least the first and at most the second, in either orientation.
    Between((u32, u32), (u32, u32)),
    /// No source states them.
    Unstated,
}

impl Sizes {
    /// Whether an image of this size is taken.
    pub fn take(&self, width: u32, height: u32) -> bool {
        match self {
            Self::OneOf(sizes) => sizes.contains(&(width, height)),
            Self::Between(min, max) => {
                let (long, short) = (width.max(height), width.min(height));
                long >= min.0 && short >= min.1 && long <= max.0 && short <= max.1
            }
            Self::Unstated => true,
        }
    }
}

impl std::fmt::Display for Sizes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OneOf(sizes) => {
                let words: Vec<String> = sizes.iter().map(|(w, h)| format!("{w}×{h}")).collect();
                f.write_str(&words.join(" or "))
            }
            Self::Between(min, max) => {
                write!(f, "{}×{} to {}×{}, landscape or portrait", min.0, min.1, max.0, max.1)
            }
            Self::Unstated => f.write_str("any size"),
        }
    }
}

const fn image(name: &'static str, max: usize, sizes: Sizes, doc: &'static str) -> ImageType {
    ImageType { name, max, sizes, doc }
}

/// The image types that take new content (Microsoft's pages *Screenshots and images*, today's and that of 2017).
pub const IMAGE_TYPES: &[ImageType] = &[
    image("Screenshot", 10, Sizes::Between((1366, 768), (3840, 2160)), "The app on a PC"),
    image(
        "MobileScreenshot",
        8,
        Sizes::OneOf(&[
            (1080, 1920),
            (1920, 1080),
            (768, 1280),
            (1280, 768),
            (720, 1280),
            (1280, 720),
            (800, 480),
            (480, 800),
        ]),
        "The app on Windows phones, which are no longer made",
    ),
    image("XboxScreenshot", 8, Sizes::Between((1920, 1080), (3840, 2160)), "The app on Xbox"),
    image(
        "SurfaceHubScreenshot",
        8,
        Sizes::Unstated,
        "The app on Surface Hub, where screenshots of a PC are shown anyway",
    ),
    image("HoloLensScreenshot", 8, Sizes::Between((1268, 720), (3840, 2160)), "The app on HoloLens"),
    image(
        "StoreLogo9x16",
        1,
        Sizes::OneOf(&[(720, 1080), (1440, 2160)]),
        "The poster art, 2:3 although its name says otherwise; Xbox requires it",
    ),
    image(
        "StoreLogoSquare",
        1,
        Sizes::OneOf(&[(1080, 1080), (2160, 2160)]),
        "The box art, 1:1; Xbox requires it",
    ),
    image("Icon", 1, Sizes::OneOf(&[(300, 300)]), "The app tile icon, 1:1"),
    image(
        "PromotionalArt16x9",
        1,
        Sizes::OneOf(&[(1920, 1080), (3840, 2160)]),
        "The super hero art, 16:9, without text; only with it are trailers shown at the top of the page",
    ),
    image(
        "PromotionalArtwork2400X1200",
        1,
        Sizes::OneOf(&[(2400, 1200)]),
        "Promotional art, 2:1; HoloLens only",
    ),
    image("XboxBrandedKeyArt", 1, Sizes::OneOf(&[(584, 800)]), "Branded key art for Xbox"),
    image("XboxTitledHeroArt", 1, Sizes::OneOf(&[(1920, 1080)]), "Titled hero art for Xbox"),
    image(
        "XboxFeaturedPromotionalArt",
        1,
        Sizes::OneOf(&[(1080, 1080)]),
        "Featured promotional art for Xbox, 1:1",
    ),
    image(
        "SquareIcon358X358",
        1,
        Sizes::OneOf(&[(358, 358)]),
        "A promotional picture, 1:1; Windows Phone 8 only",
    ),
    image(
        "BackgroundImage1000X800",
        1,
        Sizes::OneOf(&[(1000, 800)]),
        "A promotional picture, 5:4; Windows Phone 8 only",
    ),
    image(
        "PromotionalArtwork414X180",
        1,
        Sizes::OneOf(&[(414, 180)]),
        "A promotional picture; Windows 8 only",
    ),
];

/// The largest image that the Store takes, in bytes.
pub const IMAGE_MAX_BYTES: u64 = 50 * 1024 * 1024;

/// Whether an image type shows the app itself, on one of its devices.
pub fn is_screenshot(image_type: &str) -> bool {
    image_type.ends_with("Screenshot")
}

/// Image types that are recognised when read and take no new content, with `Unknown` for one that the service has no
/// name for (hidden comments in Microsoft's page *Manage app submissions*).
pub const RETIRED_IMAGE_TYPES: &[&str] = &[
    "PromotionalArtwork846X468", "PromotionalArtwork558X756", "PromotionalArtwork414X468",
    "PromotionalArtwork558X558", "WideIcon358X173", "Unknown",
];

/// How many desktop screenshots are taken for certain: today's page *Screenshots and images* allows 10, older ones and
/// `StoreBroker` 9.
pub const SCREENSHOTS_ADVISED: usize = 9;

/// The size of an add-on's icon, a PNG (Microsoft's page *Create an app store listing for your add-on*).
pub const ADD_ON_ICON: Sizes = Sizes::OneOf(&[(300, 300)]);

/// How many trailers an app may have (this and the following: Microsoft's pages *Screenshots and images*, today's and
/// that of 2017).
pub const TRAILERS_MAX: usize = 15;

/// The file extensions of trailers, lower-case.
pub const TRAILER_EXTENSIONS: &[&str] = &["mp4", "mov"];

/// The largest trailer that the Store takes, in bytes.
pub const TRAILER_MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// The pixel sizes of trailers; only the older page names the larger one.
pub const TRAILER_SIZES: Sizes = Sizes::OneOf(&[(1920, 1080), (3840, 2160)]);

/// How long a trailer should be at most, in seconds.
pub const TRAILER_ADVISED_SECONDS: u32 = 60;

/// How long a trailer's title may be, in characters.
pub const TRAILER_TITLE_MAX: usize = 255;

/// The pixel size of a trailer's thumbnail, a PNG; one for each language.
pub const TRAILER_THUMBNAIL: Sizes = Sizes::OneOf(&[(1920, 1080)]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screenshots_may_stand_upright() {
        let sizes = &IMAGE_TYPES[0].sizes;
        assert!(
            sizes.take(1366, 768)
                && sizes.take(768, 1366)
                && !sizes.take(1280, 720)
                && !sizes.take(4000, 2160)
        );
    }

    #[test]
    fn five_types_are_screenshots() {
        assert_eq!(IMAGE_TYPES.iter().filter(|kind| is_screenshot(kind.name)).count(), 5);
        assert!(is_screenshot("Screenshot") && !is_screenshot("StoreLogoSquare"));
    }

    #[test]
    fn an_image_type_is_retired_or_not() {
        assert!(IMAGE_TYPES.iter().all(|kind| !RETIRED_IMAGE_TYPES.contains(&kind.name)));
    }
}

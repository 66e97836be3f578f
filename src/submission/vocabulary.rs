//! The closed word lists of the submission API.

/// `applicationCategory`: a category, or a category and one of its subcategories joined by `_`
/// (`StoreBroker`'s `AppConfigTemplate.json` and msstore-cli's `DevCenterApplicationCategory.cs`).
pub const CATEGORIES: &[&str] = &[
    "BooksAndReference", "BooksAndReference_EReader", "BooksAndReference_Fiction",
    "BooksAndReference_Nonfiction", "BooksAndReference_Reference", "Business",
    "Business_AccountingAndFinance", "Business_Collaboration", "Business_CRM", "Business_DataAndAnalytics",
    "Business_FileManagement", "Business_InventoryAndLogistics", "Business_LegalAndHR",
    "Business_ProjectManagement", "Business_RemoteDesktop", "Business_SalesAndMarketing",
    "Business_TimeAndExpenses", "DeveloperTools", "DeveloperTools_Database", "DeveloperTools_DesignTools",
    "DeveloperTools_DevelopmentKits", "DeveloperTools_Networking", "DeveloperTools_ReferenceAndTraining",
    "DeveloperTools_Servers", "DeveloperTools_Utilities", "DeveloperTools_Webhosting", "Education",
    "Education_BooksAndReference", "Education_EarlyLearning", "Education_InstructionalTools",
    "Education_Language", "Education_StudyAids", "Entertainment", "FoodAndDining", "Games",
    "Games_ActionAndAdventure", "Games_CardAndBoard", "Games_Casino", "Games_Classics", "Games_Educational",
    "Games_FamilyAndKids", "Games_Fighting", "Games_MultiPlayerOnlineBattleArena", "Games_Music",
    "Games_Other", "Games_Platformer", "Games_PuzzleAndTrivia", "Games_RacingAndFlying", "Games_Roleplaying",
    "Games_Shooter", "Games_Simulation", "Games_Sports", "Games_Strategy", "Games_Tools", "Games_Word",
    "GovernmentAndPolitics", "HealthAndFitness", "KidsAndFamily", "KidsAndFamily_BooksAndReference",
    "KidsAndFamily_Entertainment", "KidsAndFamily_HobbiesAndToys", "KidsAndFamily_SportsAndActivities",
    "KidsAndFamily_Travel", "Lifestyle", "Lifestyle_Automotive", "Lifestyle_DIY", "Lifestyle_HomeAndGarden",
    "Lifestyle_Relationships", "Lifestyle_SpecialInterest", "Lifestyle_StyleAndFashion", "Medical",
    "MultimediaDesign", "MultimediaDesign_IllustrationAndGraphicDesign", "MultimediaDesign_MusicProduction",
    "MultimediaDesign_PhotoAndVideoProduction", "Music", "NavigationAndMaps", "NewsAndWeather",
    "NewsAndWeather_News", "NewsAndWeather_Weather", "PersonalFinance",
    "PersonalFinance_BankingAndInvestments", "PersonalFinance_BudgetingAndTaxes", "Personalization",
    "Personalization_RingtonesAndSounds", "Personalization_Themes",
    "Personalization_WallpaperAndLockScreens", "PhotoAndVideo", "Productivity", "Security",
    "Security_PCProtection", "Security_PersonalSecurity", "Shopping", "Social", "Sports", "Travel",
    "Travel_CityGuides", "Travel_Hotels", "UtilitiesAndTools", "UtilitiesAndTools_BackupAndManage",
    "UtilitiesAndTools_FileManager",
];

/// `visibility`, from open to closed: found by search, by direct link only, no new customers
/// (`StoreBroker`'s `IapConfigTemplate.json`).
pub const VISIBILITIES: &[&str] = &["Public", "Private", "Hidden"];

/// `targetPublishMode`.
pub const PUBLISH_MODES: &[&str] = &["Immediate", "Manual", "SpecificDate"];

/// `pricing.trialPeriod`.
pub const TRIAL_PERIODS: &[&str] =
    &["NoFreeTrial", "OneDay", "SevenDays", "FifteenDays", "ThirtyDays", "TrialNeverExpires"];

/// `hardwarePreferences`.
pub const HARDWARE: &[&str] =
    &["Touch", "Keyboard", "Mouse", "Camera", "NfcHce", "Nfc", "BluetoothLE", "Telephony"];

/// `enterpriseLicensing`.
pub const ENTERPRISE_LICENSING: &[&str] = &["None", "Online", "OnlineAndOffline"];

/// An image type of a listing: its name in the API and the sizes that the Store takes.
#[derive(Debug)]
pub struct ImageType {
    /// The API's name.
    pub name: &'static str,
    /// How many a listing may hold.
    pub max: usize,
    /// The pixel sizes that are taken.
    pub sizes: Sizes,
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

const fn image(name: &'static str, max: usize, sizes: Sizes) -> ImageType {
    ImageType { name, max, sizes }
}

/// The image types that take new content (Microsoft's pages *Screenshots and images*, today's and that of 2017).
pub const IMAGE_TYPES: &[ImageType] = &[
    image("Screenshot", 10, Sizes::Between((1366, 768), (3840, 2160))),
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
    ),
    image("XboxScreenshot", 8, Sizes::Between((1920, 1080), (3840, 2160))),
    image("SurfaceHubScreenshot", 8, Sizes::Unstated),
    image("HoloLensScreenshot", 8, Sizes::Between((1268, 720), (3840, 2160))),
    image("StoreLogo9x16", 1, Sizes::OneOf(&[(720, 1080), (1440, 2160)])),
    image("StoreLogoSquare", 1, Sizes::OneOf(&[(1080, 1080), (2160, 2160)])),
    image("Icon", 1, Sizes::OneOf(&[(300, 300)])),
    image("PromotionalArt16x9", 1, Sizes::OneOf(&[(1920, 1080), (3840, 2160)])),
    image("PromotionalArtwork2400X1200", 1, Sizes::OneOf(&[(2400, 1200)])),
    image("XboxBrandedKeyArt", 1, Sizes::OneOf(&[(584, 800)])),
    image("XboxTitledHeroArt", 1, Sizes::OneOf(&[(1920, 1080)])),
    image("XboxFeaturedPromotionalArt", 1, Sizes::OneOf(&[(1080, 1080)])),
    image("SquareIcon358X358", 1, Sizes::OneOf(&[(358, 358)])),
    image("BackgroundImage1000X800", 1, Sizes::OneOf(&[(1000, 800)])),
    image("PromotionalArtwork414X180", 1, Sizes::OneOf(&[(414, 180)])),
];

/// The largest image that the Store takes, in bytes.
pub const IMAGE_MAX_BYTES: u64 = 50 * 1024 * 1024;

/// Whether a text has the shape of a price: `Free`, `NotAvailable` or a tier.
///
/// Which tiers an account takes only the service knows (`microsoft/msstore-cli#175`), so the shape is all that is checked.
pub fn is_price(text: &str) -> bool {
    match text.strip_prefix("Tier") {
        Some(number) => (1..=4).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()),
        None => text == "Free" || text == "NotAvailable",
    }
}

/// Whether a text has the shape of a market: two capital letters. Codes outside the published list occur.
pub fn is_market(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether a text has the shape of a listing language: `en`, `en-us`, `zh-hans`, `sr-latn-rs`.
pub fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()))
        && text.split('-').count() <= 4
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert!(is_price("Free") && is_price("Tier1012") && is_price("NotAvailable"));
        assert!(!is_price("Base") && !is_price("Tier") && !is_price("tier2") && !is_price("9.99"));
        assert!(is_market("EH") && !is_market("no") && !is_market("USA"));
        assert!(
            is_language("en-us")
                && is_language("ca-es-valencia")
                && is_language("en-011")
                && !is_language("english")
        );
    }

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
}

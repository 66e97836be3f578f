//! The words that members of a submission may hold.

pub(super) const PLATFORMS: &[&str] =
    &["Unknown", "Windows80", "Windows81", "WindowsPhone71", "WindowsPhone80", "WindowsPhone81"];

pub(super) const PUBLISH_MODE: &[&str] = &["Immediate", "Manual", "SpecificDate"];

pub(super) const VISIBILITY: &[&str] = &["Public", "Private", "Hidden", "NotSet"];

pub(super) const FILE_STATUS: &[&str] = &["None", "PendingUpload", "Uploaded", "PendingDelete"];

pub(super) const CONTENT_TYPES: &[&str] = &[
    "NotSet", "BookDownload", "EMagazine", "ENewspaper", "MusicDownload", "MusicStream", "OnlineDataStorage",
    "VideoDownload", "VideoStream", "Asp", "OnlineDownload",
];

pub(super) const LIFETIMES: &[&str] = &[
    "Forever", "OneDay", "ThreeDays", "FiveDays", "OneWeek", "TwoWeeks", "OneMonth", "TwoMonths",
    "ThreeMonths", "SixMonths", "OneYear",
];

pub(super) const GENRES: &[&str] = &[
    "Games_ActionAndAdventure", "Games_CardAndBoard", "Games_Casino", "Games_Educational",
    "Games_FamilyAndKids", "Games_Fighting", "Games_Music", "Games_Platformer", "Games_PuzzleAndTrivia",
    "Games_RacingAndFlying", "Games_RolePlaying", "Games_Shooter", "Games_Simulation", "Games_Sports",
    "Games_Strategy", "Games_Word",
];

pub(super) const IMAGE_TYPES: &[&str] = &[
    "Screenshot", "MobileScreenshot", "XboxScreenshot", "SurfaceHubScreenshot", "HoloLensScreenshot",
    "StoreLogo9x16", "StoreLogoSquare", "Icon", "PromotionalArt16x9", "PromotionalArtwork2400X1200",
    "XboxBrandedKeyArt", "XboxTitledHeroArt", "XboxFeaturedPromotionalArt", "SquareIcon358X358",
    "BackgroundImage1000X800", "PromotionalArtwork414X180", "PromotionalArtwork846X468",
    "PromotionalArtwork558X756", "PromotionalArtwork414X468", "PromotionalArtwork558X558", "WideIcon358X173",
    "Unknown",
];

/// Categories and their subcategories; a value is `Category` or `Category_Subcategory`.
/// Source: `AppConfigTemplate.json` of `microsoft/StoreBroker`, `DevCenterApplicationCategory.cs` of
/// `microsoft/msstore-cli`.
static CATEGORIES: &[(&str, &str)] = &[
    ("NotSet", ""),
    ("BooksAndReference", "EReader Fiction Nonfiction Reference"),
    (
        "Business",
        "AccountingAndFinance Collaboration CRM DataAndAnalytics FileManagement InventoryAndLogistics LegalAndHR \
         ProjectManagement RemoteDesktop SalesAndMarketing TimeAndExpenses",
    ),
    (
        "DeveloperTools",
        "Database DesignTools DevelopmentKits Networking ReferenceAndTraining Servers Utilities Webhosting",
    ),
    ("Education", "BooksAndReference EarlyLearning InstructionalTools Language StudyAids"),
    ("Entertainment", ""),
    ("FoodAndDining", ""),
    (
        "Games",
        "ActionAndAdventure CardAndBoard Casino Classics Educational FamilyAndKids Fighting \
         MultiPlayerOnlineBattleArena Music Other Platformer PuzzleAndTrivia RacingAndFlying Roleplaying Shooter \
         Simulation Sports Strategy Tools Word",
    ),
    ("GovernmentAndPolitics", ""),
    ("HealthAndFitness", ""),
    ("KidsAndFamily", "BooksAndReference Entertainment HobbiesAndToys SportsAndActivities Travel"),
    ("Lifestyle", "Automotive DIY HomeAndGarden Relationships SpecialInterest StyleAndFashion"),
    ("Medical", ""),
    ("MultimediaDesign", "IllustrationAndGraphicDesign MusicProduction PhotoAndVideoProduction"),
    ("Music", ""),
    ("NavigationAndMaps", ""),
    ("NewsAndWeather", "News Weather"),
    ("PersonalFinance", "BankingAndInvestments BudgetingAndTaxes"),
    ("Personalization", "RingtonesAndSounds Themes WallpaperAndLockScreens"),
    ("PhotoAndVideo", ""),
    ("Productivity", ""),
    ("Security", "PCProtection PersonalSecurity"),
    ("Shopping", ""),
    ("Social", ""),
    ("Sports", ""),
    ("Travel", "CityGuides Hotels"),
    ("UtilitiesAndTools", "BackupAndManage FileManager"),
];

/// Whether a word is a category.
pub(super) fn is_category(word: &str) -> bool {
    let (category, sub) = match word.split_once('_') {
        Some((category, sub)) => (category, Some(sub)),
        None => (word, None),
    };
    CATEGORIES.iter().any(|(name, subs)| {
        *name == category && sub.is_none_or(|sub| subs.split(' ').any(|s| s == sub && !s.is_empty()))
    })
}

/// Whether a word can stand for a price: `Base` only where `base` allows it. Which tiers an account has is not
/// known (`microsoft/msstore-cli#175`), so every number passes.
pub(super) fn is_price(word: &str, base: bool) -> bool {
    let tier = |word: &str| {
        word.strip_prefix("Tier").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(word, "Free" | "NotAvailable") || (base && word == "Base") || tier(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subcategory_belongs_to_its_category() {
        for good in ["NotSet", "Music", "Games", "Games_Roleplaying", "BooksAndReference_EReader"] {
            assert!(is_category(good), "{good}");
        }
        for bad in ["", "games", "Music_", "Music_News", "Games_RolePlaying", "_EReader"] {
            assert!(!is_category(bad), "{bad}");
        }
    }

    #[test]
    fn prices_are_words_of_the_service() {
        for good in ["Free", "NotAvailable", "Tier2", "Tier1424"] {
            assert!(is_price(good, false), "{good}");
        }
        for bad in ["", "free", "Base", "Tier", "tier2", "Tier2a", "4.99"] {
            assert!(!is_price(bad, false), "{bad}");
        }
        assert!(is_price("Base", true));
    }
}

//! What a product is, who gets it, and what it costs.

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

/// `gamingOptions.genres`. A role-playing game is `Games_RolePlaying` here and `Games_Roleplaying` in
/// `applicationCategory` (Microsoft's page *Manage app submissions*).
pub const GENRES: &[&str] = &[
    "Games_ActionAndAdventure", "Games_CardAndBoard", "Games_Casino", "Games_Educational",
    "Games_FamilyAndKids", "Games_Fighting", "Games_Music", "Games_Platformer", "Games_PuzzleAndTrivia",
    "Games_RacingAndFlying", "Games_RolePlaying", "Games_Shooter", "Games_Simulation", "Games_Sports",
    "Games_Strategy", "Games_Word",
];

/// `gamingOptions.kinectDataForExternal` (Microsoft's page *Manage app submissions*).
pub const KINECT: &[&str] = &["NotSet", "Unknown", "Enabled", "Disabled"];

/// The keys of `allowTargetFutureDeviceFamilies`.
pub const DEVICE_FAMILIES: &[&str] = &["Desktop", "Mobile", "Xbox", "Holographic", "Team"];

/// The device families that every update must name, whatever it says of them, else the service answers 400
/// (`microsoft/windows-dev-center-vsts-extension#22`, `isaacrlevin/windows-store-action#8`).
pub const REQUIRED_DEVICE_FAMILIES: &[&str] = &["Desktop", "Mobile", "Xbox", "Holographic"];

/// `productType` of an add-on that the API can create (Microsoft's page *Create an add-on*); `NotSet` and
/// `Subscription` occur where it is read.
pub const PRODUCT_TYPES: &[&str] = &["Durable", "Consumable"];

/// `contentType` of an add-on (Microsoft's page *Manage add-on submissions*). Without `NotSet`, which is read of an
/// add-on that was never filled in.
pub const CONTENT_TYPES: &[&str] = &[
    "BookDownload", "EMagazine", "ENewspaper", "MusicDownload", "MusicStream", "OnlineDataStorage",
    "VideoDownload", "VideoStream", "Asp", "OnlineDownload",
];

/// `lifetime` of a durable add-on (Microsoft's page *Manage add-on submissions*).
pub const LIFETIMES: &[&str] = &[
    "Forever", "OneDay", "ThreeDays", "FiveDays", "OneWeek", "TwoWeeks", "OneMonth", "TwoMonths",
    "ThreeMonths", "SixMonths", "OneYear",
];

/// Whether a text has the shape of a price: `Free`, `NotAvailable` or a tier.
///
/// Which tiers an account takes only the service knows (`microsoft/msstore-cli#175`), so the shape is all that is checked.
pub fn is_price(text: &str) -> bool {
    match text.strip_prefix("Tier") {
        Some(number) => (1..=4).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()),
        None => text == "Free" || text == "NotAvailable",
    }
}

/// How long the `productId` of an add-on may be, in characters, and what it must not hold (Microsoft's page *Create an app
/// submission for your add-on*).
pub const PRODUCT_ID_MAX: usize = 100;
/// See [`PRODUCT_ID_MAX`].
pub const PRODUCT_ID_RESERVED: &str = "<>*%&:\\?+,";

/// Whether a text can be the `productId` of an add-on.
pub fn is_product_id(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= PRODUCT_ID_MAX
        && !text.contains(|c| PRODUCT_ID_RESERVED.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_known_by_its_shape() {
        assert!(is_price("Free") && is_price("Tier1012") && is_price("NotAvailable"));
        assert!(!is_price("Base") && !is_price("Tier") && !is_price("tier2") && !is_price("9.99"));
    }

    #[test]
    fn product_ids_hold_no_reserved_character() {
        let longest = "ü".repeat(PRODUCT_ID_MAX);
        for id in ["contoso.gold", "gold pack (2)", longest.as_str()] {
            assert!(is_product_id(id), "{id}");
        }
        for reserved in PRODUCT_ID_RESERVED.chars() {
            assert!(!is_product_id(&format!("gold{reserved}")), "{reserved}");
        }
        assert!(!is_product_id("") && !is_product_id(" \t") && !is_product_id(&"x".repeat(101)));
    }

    #[test]
    fn every_update_names_device_families_that_exist() {
        assert!(REQUIRED_DEVICE_FAMILIES.iter().all(|family| DEVICE_FAMILIES.contains(family)));
    }

    #[test]
    fn a_genre_is_a_category_but_for_one_spelling() {
        let odd: Vec<_> = GENRES.iter().filter(|genre| !CATEGORIES.contains(genre)).collect();
        assert_eq!(odd, [&"Games_RolePlaying"]);
    }
}

//! Where a rule of the Store is from: the pages and threads that say it.

use storeward::submission::FIELDS;

/// Microsoft's pages, by the name that they have here.
const PAGES: &[(&str, &str)] = &[
    ("app submissions", "https://learn.microsoft.com/en-us/windows/uwp/monetize/manage-app-submissions"),
    (
        "add-on submissions",
        "https://learn.microsoft.com/en-us/windows/uwp/monetize/manage-add-on-submissions",
    ),
    (
        "flight submissions",
        "https://learn.microsoft.com/en-us/windows/uwp/monetize/manage-flight-submissions",
    ),
    (
        "submission API",
        "https://learn.microsoft.com/en-us/windows/uwp/monetize/create-and-manage-submissions-using-windows-store-services",
    ),
    (
        "listing info",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/msix/add-and-edit-store-listing-info",
    ),
    (
        "additional information",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/msix/add-additional-information",
    ),
    (
        "screenshots and images",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/msix/screenshots-and-images",
    ),
    (
        "package requirements",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/msix/app-package-requirements",
    ),
    (
        "categories",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/msix/categories-and-subcategories",
    ),
    (
        "submission options",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/msix/manage-submission-options",
    ),
    (
        "visibility",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/msix/visibility-options",
    ),
    (
        "declarations",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/msix/product-declarations",
    ),
    (
        "properties",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/msix/enter-app-properties",
    ),
    ("gradual rollout", "https://learn.microsoft.com/en-us/windows/apps/publish/gradual-package-rollout"),
    (
        "add-on properties",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/add-on/enter-app-properties",
    ),
    (
        "add-on listings",
        "https://learn.microsoft.com/en-us/windows/apps/publish/publish-your-app/add-on/create-app-store-listing",
    ),
];

/// The key, as a heading of the reference has it, and its sources: names of [`PAGES`] or threads `owner/repo#number`.
const OF_KEYS: &[(&str, &[&str])] = &[
    ("packages", &["package requirements", "microsoft/msstore-cli#62"]),
    ("packageRollout", &["gradual rollout", "microsoft/msstore-cli#110"]),
    ("packageRollout.percentage", &["gradual rollout"]),
    ("isMandatoryUpdate", &["submission API"]),
    ("mandatoryUpdateEffectiveDate", &["app submissions"]),
    ("pricing.priceId", &["microsoft/msstore-cli#175", "microsoft/StoreBroker#68"]),
    ("pricing.marketSpecificPricings", &["app submissions"]),
    ("pricing.trialPeriod", &["app submissions"]),
    ("visibility", &["visibility"]),
    ("applicationCategory", &["categories"]),
    ("contentType", &["add-on submissions"]),
    ("lifetime", &["add-on submissions"]),
    ("keywords", &["add-on properties"]),
    ("tag", &["add-on properties"]),
    ("targetPublishMode", &["submission options"]),
    ("targetPublishDate", &["submission options"]),
    ("hardwarePreferences", &["app submissions"]),
    ("automaticBackupEnabled", &["declarations"]),
    ("canInstallOnRemovableMedia", &["declarations"]),
    ("isGameDvrEnabled", &["properties"]),
    ("hasExternalInAppProducts", &["declarations"]),
    ("meetAccessibilityGuidelines", &["declarations"]),
    ("allowTargetFutureDeviceFamilies", &["isaacrlevin/windows-store-action#8"]),
    ("enterpriseLicensing", &["app submissions"]),
    ("gamingOptions", &["app submissions", "microsoft/StoreBroker#135"]),
    ("gamingOptions.genres", &["categories"]),
    ("notesForCertification", &["app submissions"]),
    ("listings.*.title", &["app submissions", "microsoft/msstore-cli#92"]),
    ("listings.*.shortTitle", &["listing info"]),
    ("listings.*.sortTitle", &["listing info"]),
    ("listings.*.voiceTitle", &["listing info"]),
    ("listings.*.devStudio", &["additional information"]),
    ("listings.*.shortDescription", &["listing info"]),
    ("listings.*.description", &["listing info", "add-on listings"]),
    ("listings.*.releaseNotes", &["listing info"]),
    ("listings.*.features", &["listing info"]),
    ("listings.*.keywords", &["additional information", "microsoft/windows-dev-center-vsts-extension#90"]),
    ("listings.*.copyrightAndTrademarkInfo", &["additional information"]),
    ("listings.*.licenseTerms", &["additional information"]),
    ("listings.*.minimumHardware", &["listing info"]),
    ("listings.*.recommendedHardware", &["listing info"]),
    ("listings.*.images", &["screenshots and images"]),
    ("listings.*.icon", &["add-on listings"]),
    ("trailers", &["screenshots and images", "microsoft/StoreBroker#273"]),
];

/// The sources of a key, in Markdown.
pub(super) fn of(key: &str) -> Option<String> {
    let (_, sources) = OF_KEYS.iter().find(|(of, _)| *of == key)?;
    let link = |source: &&str| match PAGES.iter().find(|(name, _)| name == source) {
        Some((name, url)) => format!("[{name}]({url})"),
        None => {
            let (repository, number) =
                source.split_once('#').unwrap_or_else(|| panic!("{source} is no source"));
            format!("[{source}](https://github.com/{repository}/issues/{number})")
        }
    };
    Some(sources.iter().map(link).collect::<Vec<_>>().join(", "))
}

#[test]
fn sources_are_of_keys_that_there_are() {
    let keys: Vec<String> = FIELDS.iter().map(super::reference::heading).collect();
    for (key, sources) in OF_KEYS {
        assert!(keys.iter().any(|known| known == key), "{key} is no key");
        assert!(!sources.is_empty() && of(key).is_some());
    }
}

//! What submissions consist of: one table of every member of app, add-on and flight submissions, with who owns
//! it, its shape and limits, and what it falls back to when an update leaves it out.
//!
//! Sources: the resource pages *Manage app submissions*, *Manage add-on submissions* and *Manage package flight
//! submissions* of `MicrosoftDocs/windows-dev-docs`; limits that errors of the service quote are cited in place.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::Owner::{Client, Service};
use super::words::{
    CONTENT_TYPES, FILE_STATUS, GENRES, IMAGE_TYPES, LIFETIMES, PLATFORMS, PUBLISH_MODE, VISIBILITY,
};

/// What a submission belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    App,
    AddOn,
    Flight,
}

impl Kind {
    /// The member of a submission that lists its packages.
    pub(super) fn packages(self) -> &'static str {
        match self {
            Self::App => "applicationPackages",
            Self::Flight => "flightPackages",
            // Nothing has this name.
            Self::AddOn => "packages",
        }
    }
}

/// One member of an object.
pub(super) struct Field {
    pub name: &'static str,
    pub owner: Owner,
    pub shape: Shape,
    /// JSON text of the value that the member falls back to.
    pub reset: &'static str,
}

/// Who decides on a member.
#[derive(PartialEq, Eq)]
pub(super) enum Owner {
    /// Stored from an update.
    Client,
    /// Read-only, or obsolete: accepted in an update and ignored.
    Service,
}

/// What a value looks like.
pub(super) enum Shape {
    /// Text, counted in UTF-16 units as the service does.
    Text {
        least: usize,
        most: usize,
    },
    /// One of some words, case-sensitive.
    Choice(&'static [&'static str]),
    /// An `applicationCategory`.
    Category,
    Flag,
    /// A percentage.
    Percentage,
    /// A whole number or null.
    Count,
    /// A date and time, or empty.
    Date,
    /// A list of texts.
    Texts {
        items: usize,
        each: usize,
        /// What errors call one of them.
        item: &'static str,
    },
    /// A list of words, each one of some.
    Choices(&'static [&'static str]),
    Object(&'static [Field]),
    /// A list of objects, told apart by `id` where they have one.
    List(&'static [Field]),
    /// A map from language to object.
    Languages(&'static [Field]),
    /// A map from one of some names to object.
    Named(&'static [&'static str], &'static [Field]),
    /// Files with ids that an update must all mention.
    Packages(&'static [Field]),
    /// Files with ids; those that an update leaves out stay.
    Images(&'static [Field]),
    /// The one file without id of an add-on listing.
    Icon(&'static [Field]),
    /// The `priceId` of all markets.
    BasePrice,
    /// Price overrides by market.
    Markets,
    /// The device families that future devices may be of.
    Families,
    Anything,
}

const fn field(name: &'static str, owner: Owner, shape: Shape, reset: &'static str) -> Field {
    Field { name, owner, shape, reset }
}
const fn service(name: &'static str, reset: &'static str) -> Field {
    field(name, Service, Shape::Anything, reset)
}
const fn text(name: &'static str, most: usize) -> Field {
    field(name, Client, Shape::Text { least: 0, most }, "\"\"")
}
const fn required(name: &'static str, most: usize) -> Field {
    field(name, Client, Shape::Text { least: 1, most }, "null")
}
const fn choice(name: &'static str, words: &'static [&'static str], reset: &'static str) -> Field {
    field(name, Client, Shape::Choice(words), reset)
}
const fn flag(name: &'static str) -> Field {
    field(name, Client, Shape::Flag, "false")
}
const fn count(name: &'static str) -> Field {
    field(name, Client, Shape::Count, "null")
}
const fn date(name: &'static str, reset: &'static str) -> Field {
    field(name, Client, Shape::Date, reset)
}
const fn texts(name: &'static str, items: usize, each: usize, item: &'static str) -> Field {
    field(name, Client, Shape::Texts { items, each, item }, "[]")
}

/// No limit is known.
const ANY: usize = usize::MAX;
const UNSET_DATE: &str = "\"1601-01-01T00:00:00.0000000Z\"";
const NO_DETAILS: &str = r#"{"errors":[],"warnings":[],"certificationReports":[]}"#;
const NO_ROLLOUT: &str = r#"{"isPackageRollout":false,"packageRolloutPercentage":0.0,"packageRolloutStatus":"PackageRolloutNotStarted","fallbackSubmissionId":"0"}"#;
const PLAIN_DELIVERY: &str = r#"{"packageRollout":{"isPackageRollout":false,"packageRolloutPercentage":0.0,"packageRolloutStatus":"PackageRolloutNotStarted","fallbackSubmissionId":"0"},"isMandatoryUpdate":false,"mandatoryUpdateEffectiveDate":"1601-01-01T00:00:00.0000000Z"}"#;

/// The members of a submission.
pub(super) fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::App => APP,
        Kind::AddOn => ADD_ON,
        Kind::Flight => FLIGHT,
    }
}

static APP: &[Field] = &[
    service("id", "null"),
    field("applicationCategory", Client, Shape::Category, "\"NotSet\""),
    field("pricing", Client, Shape::Object(APP_PRICING), "null"),
    choice("visibility", VISIBILITY, "\"Public\""),
    choice("targetPublishMode", PUBLISH_MODE, "\"Immediate\""),
    date("targetPublishDate", UNSET_DATE),
    field("listings", Client, Shape::Languages(LISTING), "{}"),
    field(
        "hardwarePreferences",
        Client,
        Shape::Choices(&[
            "Touch", "Keyboard", "Mouse", "Camera", "NfcHce", "Nfc", "BluetoothLE", "Telephony", "Undefined",
        ]),
        "[]",
    ),
    flag("automaticBackupEnabled"),
    flag("canInstallOnRemovableMedia"),
    flag("isGameDvrEnabled"),
    field("gamingOptions", Client, Shape::List(GAMING), "[]"),
    flag("hasExternalInAppProducts"),
    flag("meetAccessibilityGuidelines"),
    text("notesForCertification", ANY),
    service("status", "\"PendingCommit\""),
    service("statusDetails", NO_DETAILS),
    service("fileUploadUrl", "null"),
    field("applicationPackages", Client, Shape::Packages(PACKAGE), "[]"),
    field("packageDeliveryOptions", Client, Shape::Object(DELIVERY), PLAIN_DELIVERY),
    choice("enterpriseLicensing", &["None", "Online", "OnlineAndOffline"], "\"None\""),
    flag("allowMicrosoftDecideAppAvailabilityToFutureDeviceFamilies"),
    field("allowTargetFutureDeviceFamilies", Client, Shape::Families, "{}"),
    service("friendlyName", "null"),
    field("trailers", Client, Shape::List(TRAILER), "[]"),
];

static ADD_ON: &[Field] = &[
    service("id", "null"),
    choice("contentType", CONTENT_TYPES, "\"NotSet\""),
    texts("keywords", 10, 30, "Keyword"),
    choice("lifetime", LIFETIMES, "\"Forever\""),
    field("listings", Client, Shape::Languages(ADD_ON_LISTING), "{}"),
    field("pricing", Client, Shape::Object(PRICING), "null"),
    date("targetPublishDate", UNSET_DATE),
    choice("targetPublishMode", PUBLISH_MODE, "\"Immediate\""),
    text("tag", 3000),
    choice("visibility", VISIBILITY, "\"Public\""),
    service("status", "\"PendingCommit\""),
    service("statusDetails", NO_DETAILS),
    service("fileUploadUrl", "null"),
    service("friendlyName", "null"),
];

static FLIGHT: &[Field] = &[
    service("id", "null"),
    service("flightId", "null"),
    service("status", "\"PendingCommit\""),
    service("statusDetails", NO_DETAILS),
    field("flightPackages", Client, Shape::Packages(PACKAGE), "[]"),
    field("packageDeliveryOptions", Client, Shape::Object(DELIVERY), PLAIN_DELIVERY),
    service("fileUploadUrl", "null"),
    choice("targetPublishMode", PUBLISH_MODE, "\"Immediate\""),
    date("targetPublishDate", "\"\""),
    text("notesForCertification", ANY),
];

static APP_PRICING: &[Field] = &[
    choice(
        "trialPeriod",
        &["NoFreeTrial", "OneDay", "SevenDays", "FifteenDays", "ThirtyDays", "TrialNeverExpires"],
        "\"NoFreeTrial\"",
    ),
    field("marketSpecificPricings", Client, Shape::Markets, "{}"),
    service("sales", "[]"),
    field("priceId", Client, Shape::BasePrice, "\"Free\""),
    service("isAdvancedPricingModel", "false"),
];

static PRICING: &[Field] = &[
    field("marketSpecificPricings", Client, Shape::Markets, "{}"),
    service("sales", "[]"),
    field("priceId", Client, Shape::BasePrice, "\"Free\""),
    service("isAdvancedPricingModel", "false"),
];

static LISTING: &[Field] = &[
    field("baseListing", Client, Shape::Object(BASE_LISTING), "null"),
    field("platformOverrides", Client, Shape::Named(PLATFORMS, BASE_LISTING_OVERRIDE), "{}"),
];

/// `privacyPolicy`, `supportContact` and `websiteUrl` are obsolete.
static BASE_LISTING: &[Field] = &[
    text("copyrightAndTrademarkInfo", 200),
    texts("keywords", 7, 30, "Keyword"),
    text("licenseTerms", 10_000),
    service("privacyPolicy", "\"\""),
    service("supportContact", "\"\""),
    service("websiteUrl", "\"\""),
    required("description", 10_000),
    texts("features", 20, 200, "Feature"),
    text("releaseNotes", 1500),
    field("images", Client, Shape::Images(IMAGE), "[]"),
    texts("recommendedHardware", 11, 200, "RecommendedHardware"),
    texts("minimumHardware", 11, 200, "MinimumHardware"),
    field("title", Client, Shape::Text { least: 0, most: ANY }, "null"),
    // The portal says 1,000; the service refuses 501.
    text("shortDescription", 500),
    text("shortTitle", 50),
    text("sortTitle", 255),
    text("voiceTitle", 255),
    text("devStudio", 255),
];

static BASE_LISTING_OVERRIDE: &[Field] = &[
    text("description", 10_000),
    texts("features", 20, 200, "Feature"),
    text("releaseNotes", 1500),
    field("images", Client, Shape::Images(IMAGE), "[]"),
    texts("recommendedHardware", 11, 200, "RecommendedHardware"),
    texts("minimumHardware", 11, 200, "MinimumHardware"),
    field("title", Client, Shape::Text { least: 0, most: ANY }, "null"),
];

static IMAGE: &[Field] = &[
    required("fileName", ANY),
    choice("fileStatus", FILE_STATUS, "\"None\""),
    service("id", "null"),
    text("description", 200),
    choice("imageType", IMAGE_TYPES, "\"Unknown\""),
];

static PACKAGE: &[Field] = &[
    required("fileName", ANY),
    choice("fileStatus", FILE_STATUS, "\"None\""),
    service("id", "null"),
    service("version", "null"),
    service("architecture", "null"),
    service("languages", "[]"),
    service("capabilities", "[]"),
    choice("minimumDirectXVersion", &["None", "DirectX93", "DirectX100"], "\"None\""),
    choice("minimumSystemRam", &["None", "Memory2GB"], "\"None\""),
    service("targetDeviceFamilies", "[]"),
    service("targetPlatform", "null"),
];

static DELIVERY: &[Field] = &[
    field("packageRollout", Client, Shape::Object(ROLLOUT), NO_ROLLOUT),
    flag("isMandatoryUpdate"),
    date("mandatoryUpdateEffectiveDate", UNSET_DATE),
];

static ROLLOUT: &[Field] = &[
    flag("isPackageRollout"),
    field("packageRolloutPercentage", Client, Shape::Percentage, "0.0"),
    service("packageRolloutStatus", "\"PackageRolloutNotStarted\""),
    service("fallbackSubmissionId", "\"0\""),
];

static GAMING: &[Field] = &[
    field("genres", Client, Shape::Choices(GENRES), "[]"),
    flag("isLocalMultiplayer"),
    flag("isLocalCooperative"),
    flag("isOnlineMultiplayer"),
    flag("isOnlineCooperative"),
    count("localMultiplayerMinPlayers"),
    count("localMultiplayerMaxPlayers"),
    count("localCooperativeMinPlayers"),
    count("localCooperativeMaxPlayers"),
    count("onlineMultiplayerMinPlayers"),
    count("onlineMultiplayerMaxPlayers"),
    count("onlineCooperativeMinPlayers"),
    count("onlineCooperativeMaxPlayers"),
    flag("isBroadcastingPrivilegeGranted"),
    flag("isCrossPlayEnabled"),
    choice("kinectDataForExternal", &["NotSet", "Unknown", "Enabled", "Disabled"], "\"NotSet\""),
    text("otherPeripherals", ANY),
];

static TRAILER: &[Field] = &[
    service("id", "null"),
    required("videoFileName", ANY),
    service("videoFileId", "null"),
    field("trailerAssets", Client, Shape::Languages(TRAILER_ASSET), "{}"),
];

static TRAILER_ASSET: &[Field] =
    &[text("title", ANY), field("imageList", Client, Shape::List(TRAILER_IMAGE), "[]")];

static TRAILER_IMAGE: &[Field] =
    &[required("fileName", ANY), service("id", "null"), text("description", ANY)];

static ADD_ON_LISTING: &[Field] =
    &[text("description", 200), field("icon", Client, Shape::Icon(ICON), "null"), required("title", 100)];

static ICON: &[Field] = &[required("fileName", ANY), choice("fileStatus", FILE_STATUS, "\"None\"")];

/// The `statusDetails` of a submission that there is nothing to say about.
pub(super) fn no_details() -> Value {
    serde_json::from_str(NO_DETAILS).expect("the table holds JSON")
}

/// What `packagerollout` answers where no rollout is set up.
pub(super) fn no_rollout() -> Value {
    serde_json::from_str(NO_ROLLOUT).expect("the table holds JSON")
}

/// What a member falls back to.
pub(super) fn reset(field: &Field) -> Value {
    serde_json::from_str(field.reset).expect("the table holds JSON")
}

/// The submission of a product that has none to clone.
pub(super) fn blank(kind: Kind) -> Map<String, Value> {
    let mut document: Map<String, Value> =
        fields(kind).iter().map(|field| (field.name.to_owned(), reset(field))).collect();
    if let Some(pricing) = document.get_mut("pricing") {
        let members = if kind == Kind::App { APP_PRICING } else { PRICING };
        *pricing = members.iter().map(|field| (field.name.to_owned(), reset(field))).collect();
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &[Field]) {
        for field in fields {
            reset(field);
            match &field.shape {
                Shape::Object(inner)
                | Shape::List(inner)
                | Shape::Languages(inner)
                | Shape::Named(_, inner)
                | Shape::Packages(inner)
                | Shape::Images(inner)
                | Shape::Icon(inner) => check(inner),
                _ => {}
            }
        }
    }

    #[test]
    fn every_reset_is_json() {
        for kind in [Kind::App, Kind::AddOn, Kind::Flight] {
            check(fields(kind));
            assert!(!blank(kind).is_empty());
        }
    }
}

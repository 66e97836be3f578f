//! ONE table of every field that a manifest may own.
//!
//! A new field of the API is one row here: the decoder, the comparison, the payload and the order of display read it.

use super::document::FIRST;
use super::kind::Kind;
use super::vocabulary;

/// Where a field stands in a manifest and in the API's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Once in a submission.
    Submission,
    /// Once for each listing language; in the API below `listings.LANGUAGE`, for apps one level deeper in `baseListing`.
    Listing,
}

/// The parts of a plan, in the order in which they are shown: by risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// What customers install.
    Packages,
    /// Who gets it.
    Rollout,
    /// What it costs, and where.
    Pricing,
    /// What the product is.
    Properties,
    /// What the Store page says.
    Listings,
}

/// What values a field takes. Limits are in characters.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// No value of its own: the fields whose paths start with its own lie below it.
    Group,
    /// A text.
    Text {
        /// How long it may be.
        max: usize,
        /// Whether it may have several lines.
        lines: bool,
    },
    /// A text that is never shown: it often holds test accounts.
    Notes {
        /// How long it may be.
        max: usize,
    },
    /// A list of texts.
    Texts {
        /// How many there may be.
        items: usize,
        /// How long each may be.
        max: usize,
    },
    /// `true` or `false`.
    Flag,
    /// One of these words, case-sensitive.
    OneOf(&'static [&'static str]),
    /// A list of these words.
    SomeOf {
        /// The words.
        words: &'static [&'static str],
        /// How many of them there may be.
        items: usize,
    },
    /// A number of players.
    Players,
    /// `Free`, `NotAvailable` or a tier; never `Base` (`microsoft/msstore-cli#175`).
    Price,
    /// A map from market to price, owned key by key.
    Markets,
    /// An instant.
    Date,
    /// A share of customers, 0 to 100.
    Percentage,
    /// Images by type, each type owned as an ordered list.
    Images,
    /// The packages of the submission.
    Packages,
    /// Videos with their texts and pictures by language, owned as an ordered list.
    Trailers,
    /// The one picture of an add-on's listing.
    Icon,
}

/// What `key: null` means.
#[derive(Debug, Clone, Copy)]
pub enum Null {
    /// The value is cleared: an empty text is sent.
    EmptyText,
    /// The value is cleared: an empty list is sent.
    EmptyList,
    /// The value is cleared: null is sent, because the API refuses an empty text there.
    Null,
    /// The API has no way to clear it; the reason.
    Refused(&'static str),
}

/// One field.
#[derive(Debug)]
pub struct Field {
    /// The keys in a manifest, below `submission` or below a language.
    pub path: &'static [&'static str],
    /// Which kinds of submission have it.
    pub of: &'static [Kind],
    /// The keys in the API's document, below the submission or the listing; [`FIRST`] is the
    /// one element of a list.
    pub api: &'static [&'static str],
    /// Once a submission, or once a language.
    pub scope: Scope,
    /// What values it takes.
    pub shape: Shape,
    /// What `null` means.
    pub null: Null,
    /// Where it is shown.
    pub section: Section,
    /// Whether it rides along with a submission made for another reason instead of being one.
    pub rides_along: bool,
    /// Whether it can be set only while its language is being added; afterwards the service ignores it.
    pub only_when_added: bool,
    /// What it is, for people who write manifests.
    pub doc: &'static str,
}

const fn row(
    of: &'static [Kind],
    path: &'static [&'static str],
    api: &'static [&'static str],
    section: Section,
    shape: Shape,
    null: Null,
    doc: &'static str,
) -> Field {
    let scope = Scope::Submission;
    Field { path, of, api, scope, shape, null, section, rides_along: false, only_when_added: false, doc }
}

const fn property(
    of: &'static [Kind],
    path: &'static [&'static str],
    shape: Shape,
    null: Null,
    doc: &'static str,
) -> Field {
    row(of, path, path, Section::Properties, shape, null, doc)
}

const fn price(
    of: &'static [Kind],
    path: &'static [&'static str],
    shape: Shape,
    null: Null,
    doc: &'static str,
) -> Field {
    row(of, path, path, Section::Pricing, shape, null, doc)
}

/// A field of the one gaming options element.
const fn gaming(
    path: &'static [&'static str],
    api: &'static [&'static str],
    shape: Shape,
    null: Null,
    doc: &'static str,
) -> Field {
    row(APP, path, api, Section::Properties, shape, null, doc)
}

const fn listing(
    of: &'static [Kind],
    path: &'static [&'static str],
    shape: Shape,
    null: Null,
    doc: &'static str,
) -> Field {
    Field { scope: Scope::Listing, ..row(of, path, path, Section::Listings, shape, null, doc) }
}

const fn rides_along(mut field: Field) -> Field {
    field.rides_along = true;
    field
}

const APP: &[Kind] = &[Kind::App];
const ADD_ON: &[Kind] = &[Kind::AddOn];
const FLIGHT: &[Kind] = &[Kind::Flight];
const APP_AND_ADD_ON: &[Kind] = &[Kind::App, Kind::AddOn];
const APP_AND_FLIGHT: &[Kind] = &[Kind::App, Kind::Flight];

const NAME_ONE: Null = Null::Refused("the API has no unset value for it; name one, or leave the key out");
const YES_OR_NO: Null = Null::Refused("say `true` or `false`, or leave the key out");
const KEY_BY_KEY: Null = Null::Refused("its keys are cleared one by one");
const NO_PACKAGES: Null = Null::Refused("a submission needs packages; name files, or leave the key out");

/// Every field, in the order in which a plan shows them.
pub static FIELDS: &[Field] = &[
    row(
        APP,
        &["packages"],
        &["applicationPackages"],
        Section::Packages,
        Shape::Packages,
        NO_PACKAGES,
        "The packages to ship, and what stays of those already there",
    ),
    row(
        FLIGHT,
        &["packages"],
        &["flightPackages"],
        Section::Packages,
        Shape::Packages,
        NO_PACKAGES,
        "The packages to ship, and what stays of those already there",
    ),
    rides_along(row(
        APP_AND_FLIGHT,
        &["packageRollout"],
        &["packageDeliveryOptions", "packageRollout"],
        Section::Rollout,
        Shape::Group,
        Null::Null,
        "How many customers a submission with new packages starts with; cleared, it is a release to everybody",
    )),
    rides_along(row(
        APP_AND_FLIGHT,
        &["packageRollout", "percentage"],
        &["packageDeliveryOptions", "packageRollout", "packageRolloutPercentage"],
        Section::Rollout,
        Shape::Percentage,
        Null::Refused("write `packageRollout: null` for a release to everybody"),
        "The share of customers that gets new packages first",
    )),
    rides_along(row(
        APP_AND_FLIGHT,
        &["isMandatoryUpdate"],
        &["packageDeliveryOptions", "isMandatoryUpdate"],
        Section::Rollout,
        Shape::Flag,
        YES_OR_NO,
        "Whether apps that update themselves must take the new packages; Microsoft's overview of the API says that products that use it can be refused",
    )),
    rides_along(row(
        APP_AND_FLIGHT,
        &["mandatoryUpdateEffectiveDate"],
        &["packageDeliveryOptions", "mandatoryUpdateEffectiveDate"],
        Section::Rollout,
        Shape::Date,
        Null::Null,
        "When the new packages become mandatory, with `isMandatoryUpdate: true`",
    )),
    price(APP_AND_ADD_ON, &["pricing"], Shape::Group, KEY_BY_KEY, "What it costs, and where"),
    price(
        APP_AND_ADD_ON,
        &["pricing", "priceId"],
        Shape::Price,
        Null::Refused("a product without a price becomes free; write `Free` if that is meant"),
        "The base price: `Free`, `NotAvailable` or a tier such as `Tier1012`",
    ),
    price(
        APP_AND_ADD_ON,
        &["pricing", "marketSpecificPricings"],
        Shape::Markets,
        Null::Refused("name the markets whose price goes, each with `null`"),
        "Prices that differ from the base price, by market; `NotAvailable` takes the product off a market",
    ),
    price(
        APP,
        &["pricing", "trialPeriod"],
        Shape::OneOf(vocabulary::TRIAL_PERIODS),
        Null::Refused("write `NoFreeTrial`"),
        "How long the app can be tried for free",
    ),
    property(
        APP_AND_ADD_ON,
        &["visibility"],
        Shape::OneOf(vocabulary::VISIBILITIES),
        NAME_ONE,
        "Who finds the product: `Public` everybody, `Private` those with a link, `Hidden` no new customers",
    ),
    property(
        APP,
        &["applicationCategory"],
        Shape::OneOf(vocabulary::CATEGORIES),
        NAME_ONE,
        "The category, or category and subcategory, such as `BooksAndReference_EReader`",
    ),
    property(
        ADD_ON,
        &["contentType"],
        Shape::OneOf(vocabulary::CONTENT_TYPES),
        NAME_ONE,
        "What the add-on is; `OnlineDownload` for software, `Asp` for a service",
    ),
    property(
        ADD_ON,
        &["lifetime"],
        Shape::OneOf(vocabulary::LIFETIMES),
        NAME_ONE,
        "How long a durable add-on is owned",
    ),
    property(
        ADD_ON,
        &["keywords"],
        Shape::Texts { items: 10, max: 30 },
        Null::EmptyList,
        "Words that the app can ask the Store for; customers do not see them",
    ),
    property(
        ADD_ON,
        &["tag"],
        Shape::Text { max: 3000, lines: true },
        Null::EmptyText,
        "Data of your own that the app can ask the Store for; customers do not see it",
    ),
    rides_along(property(
        Kind::ALL,
        &["targetPublishMode"],
        Shape::OneOf(vocabulary::PUBLISH_MODES),
        NAME_ONE,
        "When a certified submission goes live: at once, by hand, or on a date",
    )),
    rides_along(property(
        Kind::ALL,
        &["targetPublishDate"],
        Shape::Date,
        Null::Null,
        "The date for `targetPublishMode: SpecificDate`",
    )),
    property(
        APP,
        &["hardwarePreferences"],
        Shape::SomeOf { words: vocabulary::HARDWARE, items: vocabulary::HARDWARE.len() },
        Null::EmptyList,
        "Hardware that the app is made for",
    ),
    property(
        APP,
        &["automaticBackupEnabled"],
        Shape::Flag,
        YES_OR_NO,
        "Whether app data is backed up to OneDrive",
    ),
    property(
        APP,
        &["canInstallOnRemovableMedia"],
        Shape::Flag,
        YES_OR_NO,
        "Whether the app may be installed to removable storage",
    ),
    property(
        APP,
        &["isGameDvrEnabled"],
        Shape::Flag,
        YES_OR_NO,
        "Whether game clips may be recorded; games only",
    ),
    property(
        APP,
        &["hasExternalInAppProducts"],
        Shape::Flag,
        YES_OR_NO,
        "Whether the app sells things outside the Store's commerce",
    ),
    property(
        APP,
        &["meetAccessibilityGuidelines"],
        Shape::Flag,
        YES_OR_NO,
        "Whether the app was tested to meet accessibility guidelines",
    ),
    property(
        APP,
        &["allowMicrosoftDecideAppAvailabilityToFutureDeviceFamilies"],
        Shape::Flag,
        YES_OR_NO,
        "Whether Microsoft may offer the app on device families to come",
    ),
    property(
        APP,
        &["allowTargetFutureDeviceFamilies"],
        Shape::Group,
        KEY_BY_KEY,
        "Which device families get the app where no package names them",
    ),
    property(
        APP,
        &["allowTargetFutureDeviceFamilies", "Desktop"],
        Shape::Flag,
        YES_OR_NO,
        "Whether PCs may get the app",
    ),
    property(
        APP,
        &["allowTargetFutureDeviceFamilies", "Mobile"],
        Shape::Flag,
        YES_OR_NO,
        "Whether phones may get the app",
    ),
    property(
        APP,
        &["allowTargetFutureDeviceFamilies", "Xbox"],
        Shape::Flag,
        YES_OR_NO,
        "Whether Xbox consoles may get the app",
    ),
    property(
        APP,
        &["allowTargetFutureDeviceFamilies", "Holographic"],
        Shape::Flag,
        YES_OR_NO,
        "Whether HoloLens may get the app",
    ),
    property(
        APP,
        &["allowTargetFutureDeviceFamilies", "Team"],
        Shape::Flag,
        YES_OR_NO,
        "Whether Surface Hub may get the app",
    ),
    property(
        APP,
        &["enterpriseLicensing"],
        Shape::OneOf(vocabulary::ENTERPRISE_LICENSING),
        NAME_ONE,
        "Volume licensing; the Store for Business is discontinued",
    ),
    property(
        APP,
        &["gamingOptions"],
        Shape::Group,
        Null::EmptyList,
        "What a game offers; the API's list with its one element, of which each key is owned by itself",
    ),
    gaming(
        &["gamingOptions", "genres"],
        &["gamingOptions", FIRST, "genres"],
        Shape::SomeOf { words: vocabulary::GENRES, items: 3 },
        Null::Refused("a game needs a genre"),
        "What kinds of game it is",
    ),
    gaming(
        &["gamingOptions", "isLocalMultiplayer"],
        &["gamingOptions", FIRST, "isLocalMultiplayer"],
        Shape::Flag,
        YES_OR_NO,
        "Whether several people can play against each other on one device",
    ),
    gaming(
        &["gamingOptions", "localMultiplayerMinPlayers"],
        &["gamingOptions", FIRST, "localMultiplayerMinPlayers"],
        Shape::Players,
        Null::Null,
        "The fewest players against each other on one device",
    ),
    gaming(
        &["gamingOptions", "localMultiplayerMaxPlayers"],
        &["gamingOptions", FIRST, "localMultiplayerMaxPlayers"],
        Shape::Players,
        Null::Null,
        "The most players against each other on one device",
    ),
    gaming(
        &["gamingOptions", "isLocalCooperative"],
        &["gamingOptions", FIRST, "isLocalCooperative"],
        Shape::Flag,
        YES_OR_NO,
        "Whether several people can play together on one device",
    ),
    gaming(
        &["gamingOptions", "localCooperativeMinPlayers"],
        &["gamingOptions", FIRST, "localCooperativeMinPlayers"],
        Shape::Players,
        Null::Null,
        "The fewest players together on one device",
    ),
    gaming(
        &["gamingOptions", "localCooperativeMaxPlayers"],
        &["gamingOptions", FIRST, "localCooperativeMaxPlayers"],
        Shape::Players,
        Null::Null,
        "The most players together on one device",
    ),
    gaming(
        &["gamingOptions", "isOnlineMultiplayer"],
        &["gamingOptions", FIRST, "isOnlineMultiplayer"],
        Shape::Flag,
        YES_OR_NO,
        "Whether several people can play against each other over the network",
    ),
    gaming(
        &["gamingOptions", "onlineMultiplayerMinPlayers"],
        &["gamingOptions", FIRST, "onlineMultiplayerMinPlayers"],
        Shape::Players,
        Null::Null,
        "The fewest players against each other over the network",
    ),
    gaming(
        &["gamingOptions", "onlineMultiplayerMaxPlayers"],
        &["gamingOptions", FIRST, "onlineMultiplayerMaxPlayers"],
        Shape::Players,
        Null::Null,
        "The most players against each other over the network",
    ),
    gaming(
        &["gamingOptions", "isOnlineCooperative"],
        &["gamingOptions", FIRST, "isOnlineCooperative"],
        Shape::Flag,
        YES_OR_NO,
        "Whether several people can play together over the network",
    ),
    gaming(
        &["gamingOptions", "onlineCooperativeMinPlayers"],
        &["gamingOptions", FIRST, "onlineCooperativeMinPlayers"],
        Shape::Players,
        Null::Null,
        "The fewest players together over the network",
    ),
    gaming(
        &["gamingOptions", "onlineCooperativeMaxPlayers"],
        &["gamingOptions", FIRST, "onlineCooperativeMaxPlayers"],
        Shape::Players,
        Null::Null,
        "The most players together over the network",
    ),
    gaming(
        &["gamingOptions", "isBroadcastingPrivilegeGranted"],
        &["gamingOptions", FIRST, "isBroadcastingPrivilegeGranted"],
        Shape::Flag,
        YES_OR_NO,
        "Whether the game may be broadcast",
    ),
    gaming(
        &["gamingOptions", "isCrossPlayEnabled"],
        &["gamingOptions", FIRST, "isCrossPlayEnabled"],
        Shape::Flag,
        YES_OR_NO,
        "Whether people on different kinds of device can play together",
    ),
    gaming(
        &["gamingOptions", "kinectDataForExternal"],
        &["gamingOptions", FIRST, "kinectDataForExternal"],
        Shape::OneOf(vocabulary::KINECT),
        NAME_ONE,
        "Whether Kinect data leaves the game",
    ),
    gaming(
        &["gamingOptions", "otherPeripherals"],
        &["gamingOptions", FIRST, "otherPeripherals"],
        Shape::Text { max: 10_000, lines: true },
        Null::EmptyText,
        "Further hardware that the game takes; only in Microsoft's samples",
    ),
    rides_along(property(
        APP_AND_FLIGHT,
        &["notesForCertification"],
        Shape::Notes { max: 2000 },
        Null::EmptyText,
        "What the testers should know; never shown by Storeward unless asked",
    )),
    Field {
        only_when_added: true,
        ..listing(
            APP,
            &["title"],
            Shape::Text { max: 256, lines: false },
            Null::Null,
            "A reserved name of the app, for a language that no package covers; set only while the language is added \
             (the Store drops later changes in silence)",
        )
    },
    listing(
        ADD_ON,
        &["title"],
        Shape::Text { max: 100, lines: false },
        Null::Refused("every listing of an add-on needs a title"),
        "The add-on's name for customers",
    ),
    listing(
        APP,
        &["shortTitle"],
        Shape::Text { max: 50, lines: false },
        Null::EmptyText,
        "A shorter name, shown on Xbox",
    ),
    listing(
        APP,
        &["sortTitle"],
        Shape::Text { max: 255, lines: false },
        Null::EmptyText,
        "The name to sort by",
    ),
    listing(
        APP,
        &["voiceTitle"],
        Shape::Text { max: 255, lines: false },
        Null::EmptyText,
        "The name to speak, on Xbox",
    ),
    listing(
        APP,
        &["devStudio"],
        Shape::Text { max: 255, lines: false },
        Null::EmptyText,
        "Who developed it, where that is not the publisher",
    ),
    listing(
        APP,
        &["shortDescription"],
        Shape::Text { max: 500, lines: true },
        Null::EmptyText,
        "A short description, plain text; the portal takes more characters than the API",
    ),
    listing(
        APP,
        &["description"],
        Shape::Text { max: 10_000, lines: true },
        Null::Refused("every listing needs a description"),
        "The description, plain text",
    ),
    listing(
        ADD_ON,
        &["description"],
        Shape::Text { max: 200, lines: true },
        Null::EmptyText,
        "What customers get, plain text",
    ),
    listing(
        APP,
        &["releaseNotes"],
        Shape::Text { max: 1500, lines: true },
        Null::EmptyText,
        "What is new in this version",
    ),
    listing(
        APP,
        &["features"],
        Shape::Texts { items: 20, max: 200 },
        Null::EmptyList,
        "What the app can do, in points without bullets",
    ),
    listing(
        APP,
        &["keywords"],
        Shape::Texts { items: 7, max: 30 },
        Null::EmptyList,
        "Search words; of a submission, at most 21 languages may have some",
    ),
    listing(
        APP,
        &["copyrightAndTrademarkInfo"],
        Shape::Text { max: 200, lines: true },
        Null::EmptyText,
        "Copyright and trademarks",
    ),
    listing(
        APP,
        &["licenseTerms"],
        Shape::Text { max: 10_000, lines: true },
        Null::EmptyText,
        "Licence terms, or their URL",
    ),
    listing(
        APP,
        &["minimumHardware"],
        Shape::Texts { items: 11, max: 200 },
        Null::EmptyList,
        "Hardware that the app needs",
    ),
    listing(
        APP,
        &["recommendedHardware"],
        Shape::Texts { items: 11, max: 200 },
        Null::EmptyList,
        "Hardware on which the app is at its best",
    ),
    listing(
        APP,
        &["images"],
        Shape::Images,
        Null::Refused("name the image types that go, each with an empty list"),
        "Screenshots, logos and promotional art, by image type",
    ),
    listing(ADD_ON, &["icon"], Shape::Icon, Null::Null, "The picture of the add-on, a PNG of 300×300 pixels"),
    row(
        APP,
        &["trailers"],
        &["trailers"],
        Section::Listings,
        Shape::Trailers,
        Null::EmptyList,
        "Videos in the order in which the Store shows them, each with a title and a picture for each language",
    ),
];

/// Keys that the API accepts and ignores, or that users of it look for here, and what to do instead.
pub const IGNORED_BY_API: &[(&str, &str)] = &[
    ("privacyPolicy", "set it in Partner Center under Properties; the API ignores it"),
    ("supportContact", "set it in Partner Center under Properties; the API ignores it"),
    ("websiteUrl", "set it in Partner Center under Properties; the API ignores it"),
    ("sales", "schedule sales in Partner Center; the API no longer takes them"),
];

/// Words of the API, or of its neighbours, that a manifest says in another way, and how.
pub const SAID_OTHERWISE: &[(&str, &str)] = &[
    ("applicationPackages", "write `packages: {files: […]}`"),
    ("flightPackages", "write `packages: {files: […]}`"),
    (
        "packageDeliveryOptions",
        "write `packageRollout` or `isMandatoryUpdate` here, without the level around them",
    ),
    ("isPackageRollout", "write `percentage`, or `packageRollout: null` for a release to everybody"),
    ("packageRolloutPercentage", "write `percentage`"),
    ("baseListing", "write its keys here, below the language"),
    ("platformOverrides", "leave it out: texts for retired versions of Windows are sent back as they are"),
    ("isSeekEnabled", "leave it out: it is sent back as it is"),
    ("isAdvancedPricingModel", "leave it out: the service decides it"),
    ("whatsNew", "write `releaseNotes`"),
    ("price", "write `pricing: {priceId: …}`"),
    ("trailerAssets", "write it below an entry of `trailers`"),
];

impl Field {
    /// The fields of a kind of submission, in the order of the table.
    pub fn all_of(kind: Kind) -> impl Iterator<Item = &'static Self> + Clone {
        FIELDS.iter().filter(move |field| field.of.contains(&kind))
    }

    /// The field's keys in the API's document, below the submission.
    pub fn api_path(&self, language: Option<&str>) -> Vec<String> {
        let mut path: Vec<String> = Vec::new();
        if self.scope == Scope::Listing {
            path.extend(["listings", language.unwrap_or_default()].map(String::from));
            if self.of.contains(&Kind::App) {
                path.push("baseListing".to_owned());
            }
        }
        path.extend(self.api.iter().map(|key| (*key).to_owned()));
        path
    }

    /// Whether the API has a list with at most one element here.
    pub fn is_first_of_list(&self) -> bool {
        self.is_group()
            && FIELDS.iter().any(|field| field.api.first() == self.api.first() && field.api.contains(&FIRST))
    }

    /// Whether this is a group whose keys lie below it.
    pub fn is_group(&self) -> bool {
        matches!(self.shape, Shape::Group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_stands_once() {
        for (i, a) in FIELDS.iter().enumerate() {
            for b in &FIELDS[i + 1..] {
                let together = a.of.iter().any(|kind| b.of.contains(kind));
                assert!(!together || a.scope != b.scope || a.path != b.path, "{:?} stands twice", a.path);
            }
            assert!(!a.doc.is_empty());
        }
    }

    #[test]
    fn sections_are_in_the_order_of_risk() {
        assert!(FIELDS.windows(2).all(|pair| pair[0].section <= pair[1].section));
    }

    #[test]
    fn listing_fields_lie_in_the_base_listing() {
        let field = FIELDS.iter().find(|field| field.path == ["images"]).unwrap();
        assert_eq!(field.api_path(Some("de")), ["listings", "de", "baseListing", "images"]);
        let icon = FIELDS.iter().find(|field| field.path == ["icon"]).unwrap();
        assert_eq!(icon.api_path(Some("de")), ["listings", "de", "icon"]);
    }

    #[test]
    fn what_lies_below_a_key_lies_in_a_group() {
        for field in FIELDS.iter().filter(|field| field.path.len() > 1) {
            let group = FIELDS.iter().find(|group| group.is_group() && group.path == &field.path[..1]);
            let group = group.unwrap_or_else(|| panic!("{:?} has no group", field.path));
            assert!(field.of.iter().all(|kind| group.of.contains(kind)), "{:?}", field.path);
            assert_eq!((group.scope, group.section), (field.scope, field.section));
        }
    }
}

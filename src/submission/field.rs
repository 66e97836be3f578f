//! ONE table of every field that a manifest may own.
//!
//! A new field of the API is one row here: the decoder, the comparison, the payload and the order of display read it.

use super::vocabulary;

/// Where a field stands in a manifest and in the API's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Once in a submission.
    Submission,
    /// Once for each listing language; in the API below `listings.LANGUAGE.baseListing`.
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
    SomeOf(&'static [&'static str]),
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
    /// The keys in the API's document, below the submission or below `baseListing`.
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
    path: &'static [&'static str],
    api: &'static [&'static str],
    scope: Scope,
    section: Section,
    shape: Shape,
    null: Null,
    doc: &'static str,
) -> Field {
    Field { path, api, scope, shape, null, section, rides_along: false, only_when_added: false, doc }
}

const fn property(path: &'static [&'static str], shape: Shape, null: Null, doc: &'static str) -> Field {
    row(path, path, Scope::Submission, Section::Properties, shape, null, doc)
}

const fn price(path: &'static [&'static str], shape: Shape, null: Null, doc: &'static str) -> Field {
    row(path, path, Scope::Submission, Section::Pricing, shape, null, doc)
}

const fn listing(path: &'static [&'static str], shape: Shape, null: Null, doc: &'static str) -> Field {
    row(path, path, Scope::Listing, Section::Listings, shape, null, doc)
}

const fn rides_along(mut field: Field) -> Field {
    field.rides_along = true;
    field
}

const NAME_ONE: Null = Null::Refused("the API has no unset value for it; name one, or leave the key out");
const YES_OR_NO: Null = Null::Refused("say `true` or `false`, or leave the key out");

/// Every field, in the order in which a plan shows them.
pub static FIELDS: &[Field] = &[
    row(
        &["packages"],
        &["applicationPackages"],
        Scope::Submission,
        Section::Packages,
        Shape::Packages,
        Null::Refused("a submission needs packages; name files, or leave the key out"),
        "The packages to ship, and what stays of those already there",
    ),
    rides_along(row(
        &["packageRollout", "percentage"],
        &["packageDeliveryOptions", "packageRollout", "packageRolloutPercentage"],
        Scope::Submission,
        Section::Rollout,
        Shape::Percentage,
        Null::Refused("write `packageRollout: null` for a release to everybody"),
        "The share of customers that gets new packages first",
    )),
    price(
        &["pricing", "priceId"],
        Shape::Price,
        Null::Refused("an app without a price becomes free; write `Free` if that is meant"),
        "The base price: `Free`, `NotAvailable` or a tier such as `Tier1012`",
    ),
    price(
        &["pricing", "marketSpecificPricings"],
        Shape::Markets,
        Null::Refused("name the markets whose price goes, each with `null`"),
        "Prices that differ from the base price, by market; `NotAvailable` takes the app off a market",
    ),
    price(
        &["pricing", "trialPeriod"],
        Shape::OneOf(vocabulary::TRIAL_PERIODS),
        Null::Refused("write `NoFreeTrial`"),
        "How long the app can be tried for free",
    ),
    property(
        &["visibility"],
        Shape::OneOf(vocabulary::VISIBILITIES),
        NAME_ONE,
        "Who finds the app: everybody, those with a link, or no new customers",
    ),
    property(
        &["applicationCategory"],
        Shape::OneOf(vocabulary::CATEGORIES),
        NAME_ONE,
        "The category, or category and subcategory, such as `BooksAndReference_EReader`",
    ),
    rides_along(property(
        &["targetPublishMode"],
        Shape::OneOf(vocabulary::PUBLISH_MODES),
        NAME_ONE,
        "When a certified submission goes live: at once, by hand, or on a date",
    )),
    rides_along(property(
        &["targetPublishDate"],
        Shape::Date,
        Null::Null,
        "The date for `targetPublishMode: SpecificDate`",
    )),
    property(
        &["hardwarePreferences"],
        Shape::SomeOf(vocabulary::HARDWARE),
        Null::EmptyList,
        "Hardware that the app is made for",
    ),
    property(
        &["automaticBackupEnabled"],
        Shape::Flag,
        YES_OR_NO,
        "Whether app data is backed up to OneDrive",
    ),
    property(
        &["canInstallOnRemovableMedia"],
        Shape::Flag,
        YES_OR_NO,
        "Whether the app may be installed to removable storage",
    ),
    property(&["isGameDvrEnabled"], Shape::Flag, YES_OR_NO, "Whether game clips may be recorded; games only"),
    property(
        &["hasExternalInAppProducts"],
        Shape::Flag,
        YES_OR_NO,
        "Whether the app sells things outside the Store's commerce",
    ),
    property(
        &["meetAccessibilityGuidelines"],
        Shape::Flag,
        YES_OR_NO,
        "Whether the app was tested to meet accessibility guidelines",
    ),
    property(
        &["allowMicrosoftDecideAppAvailabilityToFutureDeviceFamilies"],
        Shape::Flag,
        YES_OR_NO,
        "Whether Microsoft may offer the app on device families to come",
    ),
    property(
        &["enterpriseLicensing"],
        Shape::OneOf(vocabulary::ENTERPRISE_LICENSING),
        NAME_ONE,
        "Volume licensing; the Store for Business is discontinued",
    ),
    rides_along(property(
        &["notesForCertification"],
        Shape::Notes { max: 2000 },
        Null::EmptyText,
        "What the testers should know; never shown by Storeward unless asked",
    )),
    Field {
        only_when_added: true,
        ..listing(
            &["title"],
            Shape::Text { max: 256, lines: false },
            Null::Null,
            "A reserved name of the app, for a language that no package covers; set only while the language is added \
             (later changes are answered with 200 and dropped)",
        )
    },
    listing(
        &["shortTitle"],
        Shape::Text { max: 50, lines: false },
        Null::EmptyText,
        "A shorter name, shown on Xbox",
    ),
    listing(&["sortTitle"], Shape::Text { max: 255, lines: false }, Null::EmptyText, "The name to sort by"),
    listing(
        &["voiceTitle"],
        Shape::Text { max: 255, lines: false },
        Null::EmptyText,
        "The name to speak, on Xbox",
    ),
    listing(&["devStudio"], Shape::Text { max: 255, lines: false }, Null::EmptyText, "Developed by"),
    listing(
        &["shortDescription"],
        Shape::Text { max: 500, lines: true },
        Null::EmptyText,
        "A short description; the API takes 500 characters, although the portal says 1,000",
    ),
    listing(
        &["description"],
        Shape::Text { max: 10_000, lines: true },
        Null::Refused("every listing needs a description"),
        "The description, plain text",
    ),
    listing(
        &["releaseNotes"],
        Shape::Text { max: 1500, lines: true },
        Null::EmptyText,
        "What is new in this version",
    ),
    listing(
        &["features"],
        Shape::Texts { items: 20, max: 200 },
        Null::EmptyList,
        "Features, one a line, without bullets",
    ),
    listing(&["keywords"], Shape::Texts { items: 7, max: 30 }, Null::EmptyList, "Search words"),
    listing(
        &["copyrightAndTrademarkInfo"],
        Shape::Text { max: 200, lines: true },
        Null::EmptyText,
        "Copyright and trademarks",
    ),
    listing(
        &["licenseTerms"],
        Shape::Text { max: 10_000, lines: true },
        Null::EmptyText,
        "Licence terms, or their URL",
    ),
    listing(
        &["minimumHardware"],
        Shape::Texts { items: 11, max: 200 },
        Null::EmptyList,
        "Hardware that is needed",
    ),
    listing(
        &["recommendedHardware"],
        Shape::Texts { items: 11, max: 200 },
        Null::EmptyList,
        "Hardware that is best",
    ),
    listing(
        &["images"],
        Shape::Images,
        Null::Refused("name the image types that go, each with an empty list"),
        "Screenshots, logos and promotional art, by image type",
    ),
];

/// Keys that the API accepts and ignores, or that users of it look for here, and what to do instead.
pub const IGNORED_BY_API: &[(&str, &str)] = &[
    ("privacyPolicy", "set it in Partner Center under Properties; the API ignores it"),
    ("supportContact", "set it in Partner Center under Properties; the API ignores it"),
    ("websiteUrl", "set it in Partner Center under Properties; the API ignores it"),
    ("sales", "schedule sales in Partner Center; the API no longer takes them"),
];

impl Field {
    /// The field's keys in the API's document, below the submission.
    pub fn api_path(&self, language: Option<&str>) -> Vec<String> {
        let mut path: Vec<String> = Vec::new();
        if self.scope == Scope::Listing {
            path.extend(["listings", language.unwrap_or_default(), "baseListing"].map(String::from));
        }
        path.extend(self.api.iter().map(|key| (*key).to_owned()));
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_stands_once() {
        for (i, a) in FIELDS.iter().enumerate() {
            for b in &FIELDS[i + 1..] {
                assert!(a.scope != b.scope || a.path != b.path, "{:?} stands twice", a.path);
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
    }
}

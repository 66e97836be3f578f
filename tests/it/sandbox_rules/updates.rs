//! What an update does to a draft.

use serde_json::{Value, json};

use super::{IMAGES, account_with, draft, list, new_image, new_package, refused};
use crate::support::local::Local;
use crate::support::things::{self, IMAGE, PACKAGE};

/// A draft, and what an update makes of it.
struct Draft {
    local: Local,
    path: String,
    document: Value,
}

impl Draft {
    fn new() -> Self {
        Self::of(&things::account())
    }

    fn of(seed: &Value) -> Self {
        let local = Local::start(seed);
        let (path, document) = draft(&local);
        Self { local, path, document }
    }

    fn changed(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut document = self.document.clone();
        change(&mut document);
        document
    }

    /// What is stored after an update with this change.
    fn stored(&self, change: impl FnOnce(&mut Value)) -> Value {
        self.local.expect(200, "PUT", &self.path, Some(&self.changed(change)));
        self.local.get(&self.path)
    }

    /// Target and message that an update with this change is refused with; the draft stays as it is.
    fn refused(&self, change: impl FnOnce(&mut Value)) -> (String, String) {
        let before = self.local.get(&self.path);
        let refusal = refused(&self.local, 400, "PUT", &self.path, Some(&self.changed(change)));
        assert_eq!(self.local.get(&self.path), before);
        refusal
    }
}

fn remove(document: &mut Value, pointer: &str) {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(member).unwrap();
}

#[test]
fn a_price_that_is_not_said_becomes_free() {
    let draft = Draft::new();
    let price = |change: &dyn Fn(&mut Value)| {
        draft.stored(|body| change(&mut body["pricing"]))["pricing"]["priceId"].clone()
    };
    assert_eq!(price(&|_| {}), "Tier1012");
    assert_eq!(price(&|pricing| *pricing = json!({})), "Free");
    assert_eq!(price(&|pricing| pricing["priceId"] = Value::Null), "Free");
    assert_eq!(price(&|pricing| pricing["priceId"] = "NotAvailable".into()), "NotAvailable");
    assert_eq!(price(&|pricing| pricing["priceId"] = "Tier96".into()), "Tier96");
    assert_eq!(price(&|pricing| drop(pricing.as_object_mut().unwrap().remove("priceId"))), "Free");
    let missing = ("pricing".to_owned(), "Pricing data was not provided in the request.".to_owned());
    assert_eq!(draft.refused(|body| body["pricing"] = Value::Null), missing);
    assert_eq!(draft.refused(|body| remove(body, "/pricing")), missing);
    let base = ("pricing".to_owned(), "'Base' is not a valid PriceId for base price.".to_owned());
    assert_eq!(draft.refused(|body| body["pricing"]["priceId"] = "Base".into()), base);
    for wrong in ["free", "Tier", "4.99"] {
        assert_eq!(draft.refused(|body| body["pricing"]["priceId"] = wrong.into()).0, "pricing");
    }
}

#[test]
fn prices_of_markets_are_replaced_whole() {
    let draft = Draft::new();
    let stored = draft
        .stored(|body| body["pricing"]["marketSpecificPricings"] = json!({ "EH": "Base", "JP": "Free" }));
    assert_eq!(stored["pricing"]["marketSpecificPricings"], json!({ "EH": "Base", "JP": "Free" }));
    let stored = draft.stored(|body| remove(body, "/pricing/marketSpecificPricings"));
    assert_eq!(stored["pricing"]["marketSpecificPricings"], json!({}));
    for wrong in [json!({ "JPN": "Free" }), json!({ "JP": "cheap" })] {
        assert_eq!(draft.refused(|body| body["pricing"]["marketSpecificPricings"] = wrong).0, "pricing");
    }
    // Sales are accepted and ignored; the flag flips whatever is sent.
    let stored = draft.stored(|body| body["pricing"]["sales"] = json!([{ "name": "Spring" }]));
    assert_eq!(stored["pricing"]["sales"], json!([]));
    assert_eq!(stored["pricing"]["isAdvancedPricingModel"], false);
}

#[test]
fn what_is_left_out_falls_back() {
    let draft = Draft::new();
    draft.stored(|body| {
        body["notesForCertification"] = "Log in as guest.".into();
        body["hardwarePreferences"] = json!(["Touch"]);
        body["packageDeliveryOptions"]["isMandatoryUpdate"] = true.into();
        body["visibility"] = "Private".into();
    });
    let stored = draft.stored(|body| {
        for member in [
            "/applicationCategory", "/visibility", "/targetPublishMode", "/targetPublishDate",
            "/hardwarePreferences", "/canInstallOnRemovableMedia", "/notesForCertification",
            "/packageDeliveryOptions", "/pricing/trialPeriod", "/listings/en-us/baseListing/keywords",
            "/listings/en-us/baseListing/releaseNotes",
        ] {
            remove(body, member);
        }
    });
    assert_eq!(stored["applicationCategory"], "NotSet");
    assert_eq!(stored["visibility"], "Public");
    assert_eq!(stored["targetPublishMode"], "Immediate");
    assert_eq!(stored["hardwarePreferences"], json!([]));
    assert_eq!(stored["canInstallOnRemovableMedia"], false);
    assert_eq!(stored["notesForCertification"], "");
    assert_eq!(stored["packageDeliveryOptions"], things::app_submission()["packageDeliveryOptions"]);
    assert_eq!(stored["pricing"]["trialPeriod"], "NoFreeTrial");
    assert_eq!(stored["listings"]["en-us"]["baseListing"]["keywords"], json!([]));
    assert_eq!(stored["listings"]["en-us"]["baseListing"]["releaseNotes"], "");
}

#[test]
fn what_the_service_owns_is_not_changed() {
    let draft = Draft::new();
    let stored = draft.stored(|body| {
        body["id"] = "1".into();
        body["status"] = "Published".into();
        body["friendlyName"] = "Mine".into();
        body["fileUploadUrl"] = "https://mine.example".into();
        body["applicationPackages"][0]["version"] = "9.9.9.9".into();
        body["packageDeliveryOptions"]["packageRollout"]["packageRolloutStatus"] =
            "PackageRolloutComplete".into();
        body["listings"]["en-us"]["baseListing"]["websiteUrl"] = "https://mine.example".into();
    });
    let mut expected = draft.document.clone();
    expected["pricing"]["isAdvancedPricingModel"] = false.into();
    assert_eq!(stored, expected);
}

#[test]
fn unknown_members_live_as_long_as_they_are_sent() {
    let mut seed = things::account();
    let published = &mut seed["applications"][0]["published"];
    published["later"] = json!({ "kept": 25.0, "lost": [1, { "a": null }] });
    published["listings"]["en-us"]["baseListing"]["badge"] = json!({ "kind": "gold" });
    let draft = Draft::of(&seed);
    let stored = draft.stored(|body| {
        body["unknown"] = 1.into();
        body["later"]["added"] = 1.into();
        remove(body, "/later/lost");
        body["listings"]["en-us"]["unknown"] = 1.into();
        body["listings"]["en-us"]["baseListing"]["badge"]["kind"] = "silver".into();
    });
    assert_eq!(stored["later"], json!({ "kept": 25.0 }));
    assert_eq!(stored.get("unknown"), None);
    assert_eq!(stored["listings"]["en-us"].get("unknown"), None);
    assert_eq!(stored["listings"]["en-us"]["baseListing"]["badge"], json!({ "kind": "silver" }));
    let stored = draft.stored(|body| remove(body, "/later"));
    assert_eq!(stored.get("later"), None);
}

#[test]
fn members_are_found_whatever_their_case() {
    fn upper(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let name = |name: &str| name[..1].to_uppercase() + &name[1..];
                members.iter().map(|(key, value)| (name(key), upper(value))).collect()
            }
            Value::Array(entries) => entries.iter().map(upper).collect(),
            other => other.clone(),
        }
    }
    let draft = Draft::new();
    let mut body = draft.changed(|body| body["visibility"] = "Private".into());
    body = upper(&body);
    let listings = json!({ "EN-US": body["Listings"]["En-us"] });
    body["Listings"] = listings;
    draft.local.expect(200, "PUT", &draft.path, Some(&body));
    let mut expected = draft.document.clone();
    expected["visibility"] = "Private".into();
    expected["pricing"]["isAdvancedPricingModel"] = false.into();
    assert_eq!(draft.local.get(&draft.path), expected);
}

#[test]
fn languages_come_and_go_with_a_warning() {
    let draft = Draft::new();
    let stored = draft.stored(|body| {
        let german = json!({ "baseListing": { "description": "Notizen.", "title": "Hafen" } });
        body["listings"] = json!({ "DE": german, "de-de": german });
    });
    let languages: Vec<&String> = stored["listings"].as_object().unwrap().keys().collect();
    assert_eq!(languages, ["de", "de-de"]);
    let warnings = &stored["statusDetails"]["warnings"];
    assert_eq!(warnings[0]["code"], "ListingOptOutWarning");
    assert_eq!(warnings[0]["details"], "You have removed listing language(s): [en-us]");
    assert_eq!(warnings[1]["code"], "ListingOptInWarning");
    let empty = ("appListings".to_owned(), "The size of AppListings must be 1 or more".to_owned());
    assert_eq!(draft.refused(|body| body["listings"] = json!({})), empty);
    assert_eq!(draft.refused(|body| body["listings"] = Value::Null), empty);
    assert_eq!(draft.refused(|body| remove(body, "/listings")), empty);
    let odd = json!({ "klingon": { "baseListing": { "description": "Qapla'" } } });
    assert_eq!(draft.refused(|body| body["listings"] = odd).1, "Language codes: klingon not supported");
}

#[test]
fn languages_can_be_refused_in_upper_case() {
    let draft = Draft::of(&account_with(&json!({ "refuseUpperCaseLanguages": true })));
    let english = draft.document["listings"]["en-us"].clone();
    let (target, message) = draft.refused(|body| body["listings"] = json!({ "en-US": english }));
    assert_eq!((target.as_str(), message.as_str()), ("appListings", "Language codes: en-US not supported"));
    draft.stored(|_| {});
}

#[test]
fn titles_can_be_the_servers() {
    let title = "/listings/en-us/baseListing/title";
    let draft = Draft::new();
    let change = |body: &mut Value| *body.pointer_mut(title).unwrap() = "Another".into();
    assert_eq!(draft.stored(change).pointer(title).unwrap(), "Another");
    let draft = Draft::of(&account_with(&json!({ "ignoreTitleChanges": true })));
    let stored = draft.stored(|body| {
        change(body);
        body["listings"]["de"] = json!({ "baseListing": { "description": "x", "title": "Hafen" } });
    });
    assert_eq!(stored.pointer(title).unwrap(), &Value::Null);
    assert_eq!(stored["listings"]["de"]["baseListing"]["title"], "Hafen");
}

/// Members of a base listing, with a value that fits, one that does not, and what is said of it.
fn limits() -> Vec<(&'static str, Value, Value, &'static str)> {
    let long = |length: usize| "x".repeat(length);
    let many = |count: usize, length: usize| json!(vec![long(length); count]);
    vec![
        (
            "shortDescription",
            long(500).into(),
            long(501).into(),
            "The length of ShortDescription must be 500 or less",
        ),
        (
            "description",
            long(10_000).into(),
            long(10_001).into(),
            "The length of Description must be 10000 or less",
        ),
        ("description", "x".into(), "".into(), "The length of Description must be 1 or more"),
        (
            "releaseNotes",
            long(1500).into(),
            long(1501).into(),
            "The length of ReleaseNotes must be 1500 or less",
        ),
        ("shortTitle", long(50).into(), long(51).into(), "The length of ShortTitle must be 50 or less"),
        ("devStudio", long(255).into(), long(256).into(), "The length of DevStudio must be 255 or less"),
        (
            "licenseTerms",
            long(10_000).into(),
            long(10_001).into(),
            "The length of LicenseTerms must be 10000 or less",
        ),
        (
            "copyrightAndTrademarkInfo",
            long(200).into(),
            long(201).into(),
            "The length of CopyrightAndTrademarkInfo must be 200 or less",
        ),
        ("keywords", many(7, 30), many(8, 1), "The size of Keywords must be 7 or less"),
        ("keywords", many(1, 30), many(1, 31), "The length of Keyword must be 30 or less"),
        ("features", many(20, 200), many(21, 1), "The size of Features must be 20 or less"),
        ("features", many(1, 200), many(1, 201), "The length of Feature must be 200 or less"),
        ("minimumHardware", many(11, 200), many(12, 1), "The size of MinimumHardware must be 11 or less"),
    ]
}

#[test]
fn limits_are_checked() {
    let draft = Draft::new();
    let base = "/listings/en-us/baseListing/";
    for (member, good, bad, message) in limits() {
        let set = |value: Value| {
            move |body: &mut Value| {
                body.pointer_mut(base.trim_end_matches('/')).unwrap()[member] = value;
            }
        };
        assert_eq!(
            draft.stored(set(good.clone())).pointer(&format!("{base}{member}")),
            Some(&good),
            "{member}"
        );
        assert_eq!(draft.refused(set(bad)).1, message);
    }
    // Emoji count as two, as they do in .NET.
    let ships = "🚢".repeat(251);
    assert!(
        draft
            .refused(|body| body["listings"]["en-us"]["baseListing"]["shortDescription"] = ships.into())
            .1
            .contains("500")
    );
}

#[test]
fn keywords_are_limited_in_all() {
    let draft = Draft::new();
    let expected = "The size of KeywordsTotalCount must be 21 or less";
    let words = |count: usize| -> Value {
        let words: Vec<String> = (0..count).map(|n| format!("w{n}")).collect();
        words.chunks(4).map(|four| Value::from(four.join(" "))).collect()
    };
    draft.stored(|body| body["listings"]["en-us"]["baseListing"]["keywords"] = words(21));
    assert_eq!(
        draft.refused(|body| body["listings"]["en-us"]["baseListing"]["keywords"] = words(22)).1,
        expected
    );
    let with_languages = |count: usize| {
        move |body: &mut Value| {
            for letter in ('a'..='z').take(count - 1) {
                body["listings"][format!("x{letter}")] =
                    json!({ "baseListing": { "description": "x", "keywords": ["word"] } });
            }
        }
    };
    draft.stored(with_languages(21));
    assert_eq!(draft.refused(with_languages(22)).1, expected);
}

#[test]
fn words_are_case_sensitive() {
    let draft = Draft::new();
    for (pointer, word) in [
        ("/visibility", "public"),
        ("/targetPublishMode", "manual"),
        ("/applicationCategory", "Games_RolePlaying"),
        ("/enterpriseLicensing", "Offline"),
        ("/pricing/trialPeriod", "onemonth"),
        ("/applicationPackages/0/fileStatus", "uploaded"),
        ("/listings/en-us/baseListing/images/0/imageType", "screenshot"),
    ] {
        let (_, message) = draft.refused(|body| *body.pointer_mut(pointer).unwrap() = word.into());
        assert!(message.contains(word), "{message}");
    }
    for wrong in [json!("yes"), json!(1)] {
        draft.refused(|body| body["isGameDvrEnabled"] = wrong);
    }
    draft.refused(|body| body["hardwarePreferences"] = json!(["touch"]));
    draft.refused(|body| {
        body["packageDeliveryOptions"]["packageRollout"]["packageRolloutPercentage"] = 101.into();
    });
}

#[test]
fn future_families_are_all_mentioned() {
    let draft = Draft::new();
    let message = "AllowTargetFutureDeviceFamilies needs to be initialized for all supported platform, \
                   [Desktop, Mobile, Xbox, Holographic]";
    let expected = ("allowTargetFutureDeviceFamilies".to_owned(), message.to_owned());
    assert_eq!(draft.refused(|body| remove(body, "/allowTargetFutureDeviceFamilies")), expected);
    assert_eq!(draft.refused(|body| remove(body, "/allowTargetFutureDeviceFamilies/Xbox")), expected);
    assert_eq!(draft.refused(|body| body["allowTargetFutureDeviceFamilies"] = json!({})), expected);
    let stored = draft.stored(|body| remove(body, "/allowTargetFutureDeviceFamilies/Team"));
    assert_eq!(
        stored["allowTargetFutureDeviceFamilies"],
        json!({ "Desktop": true, "Mobile": false, "Xbox": false, "Holographic": false })
    );
}

#[test]
fn dates_are_kept_in_utc() {
    let draft = Draft::new();
    let date = |text: &str| {
        draft.stored(|body| body["targetPublishDate"] = text.into())["targetPublishDate"].clone()
    };
    assert_eq!(date("2031-01-01T00:00:00.1234567Z"), "2031-01-01T00:00:00.1234567Z");
    assert_eq!(date("1601-01-01T02:00:00.0000000+02:00"), "1601-01-01T00:00:00Z");
    assert_eq!(date(""), "");
    draft.refused(|body| body["targetPublishDate"] = "tomorrow".into());
}

#[test]
fn existing_packages_are_all_mentioned() {
    let draft = Draft::new();
    let packages = "/applicationPackages";
    let (target, message) = draft.refused(|body| list(body, packages).clear());
    assert_eq!(target, "packages");
    assert!(message.ends_with(&format!("missing in your update: {PACKAGE}")), "{message}");
    assert_eq!(draft.refused(|body| remove(body, packages)).0, "packages");
    draft.refused(|body| remove(body, "/applicationPackages/0/id"));
    draft.refused(|body| body["applicationPackages"][0]["fileStatus"] = "PendingUpload".into());
    draft.refused(|body| {
        let twin = body["applicationPackages"][0].clone();
        list(body, packages).push(twin);
    });
    draft.refused(|body| {
        let mut stranger = body["applicationPackages"][0].clone();
        stranger["id"] = "1".into();
        list(body, packages).push(stranger);
    });
    // Removing is saying so; the rest of a package is the service's.
    let stored = draft.stored(|body| {
        body["applicationPackages"] =
            json!([{ "id": PACKAGE, "fileName": "HarborNotes_1.0.0.0.msix", "fileStatus": "PendingDelete" }]);
    });
    let mut expected = draft.document["applicationPackages"].clone();
    expected[0]["fileStatus"] = "PendingDelete".into();
    assert_eq!(stored["applicationPackages"], expected);
    // The answer to an update does not show all that reading does.
    let answer = draft.local.expect(200, "PUT", &draft.path, Some(&stored));
    assert_eq!(answer["applicationPackages"][0].get("targetPlatform"), None);
    assert_eq!(draft.local.get(&draft.path)["applicationPackages"][0]["targetPlatform"], "Windows10");
}

#[test]
fn an_announced_package_is_left_out_to_take_it_back() {
    let draft = Draft::new();
    let add = |body: &mut Value| list(body, "/applicationPackages").push(new_package("new.msix"));
    let stored = draft.stored(add);
    assert_eq!(stored["applicationPackages"][1], new_package("new.msix"));
    assert_eq!(draft.stored(add)["applicationPackages"], stored["applicationPackages"]);
    for status in ["PendingDelete", "Uploaded"] {
        draft.local.expect(
            400,
            "PUT",
            &draft.path,
            Some(&draft.changed(|body| {
                add(body);
                body["applicationPackages"][1]["fileStatus"] = status.into();
            })),
        );
    }
    let stored = draft.stored(|_| {});
    assert_eq!(stored["applicationPackages"].as_array().unwrap().len(), 1);
}

#[test]
fn existing_images_stay_unless_they_are_removed() {
    let draft = Draft::new();
    let kept = draft.document.pointer(IMAGES).unwrap()[0].clone();
    let stored =
        draft.stored(|body| *body.pointer_mut(IMAGES).unwrap() = json!([new_image("new.png", "Icon")]));
    assert_eq!(stored.pointer(IMAGES).unwrap(), &json!([new_image("new.png", "Icon"), kept]));
    let stored = draft.stored(|body| remove(body, IMAGES));
    assert_eq!(stored.pointer(IMAGES).unwrap(), &json!([kept]));
    // Captions and order can be changed.
    let stored = draft.stored(|body| {
        list(body, IMAGES)[0]["description"] = "Another caption".into();
        list(body, IMAGES).insert(0, new_image("first.png", "Screenshot"));
    });
    assert_eq!(stored.pointer(IMAGES).unwrap()[1]["description"], "Another caption");
    let stored = draft.stored(|body| list(body, IMAGES)[0]["fileStatus"] = "PendingDelete".into());
    assert_eq!(stored.pointer(IMAGES).unwrap()[0]["fileStatus"], "PendingDelete");
    let (target, message) = draft.refused(|body| remove(body, &format!("{IMAGES}/0/id")));
    assert_eq!(
        (target.as_str(), message.as_str()),
        ("images", "Existing Image (home.png) should contain Id")
    );
    draft.refused(|body| list(body, IMAGES)[0]["id"] = "1".into());
    let long = "x".repeat(201);
    draft.refused(|body| list(body, IMAGES)[0]["description"] = long.into());
    assert_eq!(kept["id"], IMAGE);
}

#[test]
fn omitted_images_can_go() {
    let draft = Draft::of(&account_with(&json!({ "keepOmittedImages": false })));
    assert_eq!(draft.stored(|body| list(body, IMAGES).clear()).pointer(IMAGES).unwrap(), &json!([]));
}

#[test]
fn trailers_are_kept_when_they_are_sent_back() {
    let trailer = json!({
        "id": "81", "videoFileName": "intro.mp4", "videoFileId": "82",
        "trailerAssets": { "en-us": { "title": "Intro", "imageList": [{ "fileName": "intro.png", "id": "83" }] } }
    });
    let mut seed = things::account();
    seed["applications"][0]["published"]["trailers"] = json!([trailer]);
    let draft = Draft::of(&seed);
    let new = json!({ "videoFileName": "b.mp4", "trailerAssets": { "EN-us": { "title": "B", "imageList": [{ "fileName": "b.png" }] } } });
    let stored = draft.stored(|body| list(body, "/trailers").insert(0, new));
    assert_eq!(stored["trailers"][1], trailer);
    assert_eq!(stored["trailers"][0].get("id"), None);
    assert_eq!(stored["trailers"][0]["trailerAssets"]["en-us"]["title"], "B");
    assert_eq!(draft.stored(|body| remove(body, "/trailers"))["trailers"], json!([]));
}

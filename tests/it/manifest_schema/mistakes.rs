//! Mistakes that an editor shows while they are made: the loader refuses them, and so does the schema.

use storeward::manifest::Code;

use super::{Shop, against, documents, schema};

/// The codes that a schema can express: what is wrong shows in the manifest, and in one place of it.
pub(super) const EXPRESSIBLE: &[Code] = &[
    Code::UnknownKey,
    Code::MissingKey,
    Code::WrongType,
    Code::CannotClear,
    Code::UnknownKind,
    Code::IgnoredByStore,
    Code::BadPath,
    Code::OneElement,
    Code::CannotBeAbsent,
    Code::NotAllowed,
    Code::TooLong,
    Code::BadName,
    Code::BadPrice,
    Code::BadMarket,
    Code::BadLanguage,
    Code::BadDate,
    Code::BadStoreId,
    Code::OutOfRange,
    Code::UnknownGuard,
    Code::BadMeaning,
    Code::BadVersion,
    Code::BadProductId,
];

const APP: &str = "kind: App\nname: reader\nid: 9NBLGGH4R315\n";
const ADD_ON: &str = "kind: AddOn\nname: gold\napp: reader\nproductId: gold\nproductType: Durable\n";
const FLIGHT: &str = "kind: Flight\nname: beta\napp: reader\nfriendlyName: Beta\ngroupIds: [1]\n";

/// What follows the head of a document, and the code of the mistake in it.
#[rustfmt::skip]
const MISTAKES: &[(&str, &str, Code)] = &[
    (APP, "submision: {}", Code::UnknownKey),
    (APP, "productId: gold", Code::UnknownKey),
    (APP, "state: absent", Code::CannotBeAbsent),
    (APP, "permit: [price-chnge]", Code::UnknownGuard),
    (APP, "permit: price-change", Code::WrongType),
    (APP, "ignore: [listing.de]", Code::BadPath),
    (APP, "ignore: null", Code::WrongType),
    (APP, "rollout: {of: 1.43, percentage: 5}", Code::BadVersion),
    (APP, "rollout: {of: 1.43.0.65536, percentage: 5}", Code::BadVersion),
    (APP, "rollout: {of: 1.43.0.0, percentage: 100.5}", Code::OutOfRange),
    (APP, "rollout: {of: 1.43.0.0, percentage: half}", Code::OutOfRange),
    (APP, "rollout: {of: 1.43.0.0, percentage: 5, state: halted}", Code::MissingKey),
    (APP, "rollout: {of: 1.43.0.0}", Code::MissingKey),
    (APP, "rollout: {percentage: 5}", Code::MissingKey),
    (APP, "rollout: {of: 1.43.0.0, state: done}", Code::NotAllowed),
    (APP, "submission: null", Code::WrongType),
    (APP, "submission: {visiblity: Public}", Code::UnknownKey),
    (APP, "submission: {visibility: public}", Code::NotAllowed),
    (APP, "submission: {visibility: null}", Code::CannotClear),
    (APP, "release: {visibility: $(release)}", Code::NotAllowed),
    (APP, "submission: {privacyPolicy: https://contoso.example}", Code::IgnoredByStore),
    (APP, "submission: {automaticBackupEnabled: yes}", Code::WrongType),
    (APP, "submission: {hardwarePreferences: [Touch, Foot]}", Code::NotAllowed),
    (APP, "submission: {hardwarePreferences: [Touch, Touch]}", Code::DuplicateKey),
    (APP, "submission: {targetPublishDate: 2026-09-01}", Code::BadDate),
    (APP, "submission: {openRollout: wait}", Code::NotAllowed),
    (APP, "submission: {pricing: {}}", Code::MissingKey),
    (APP, "submission: {pricing: null}", Code::CannotClear),
    (APP, "submission: {pricing: {priceId: 9.99}}", Code::BadPrice),
    (APP, "submission: {pricing: {priceId: Base}}", Code::BadPrice),
    (APP, "submission: {pricing: {priceId: null}}", Code::CannotClear),
    (APP, "submission: {pricing: {marketSpecificPricings: {de: Free}}}", Code::BadMarket),
    (APP, "submission: {pricing: {marketSpecificPricings: {DE: Tier}}}", Code::BadPrice),
    (APP, "submission: {pricing: {marketSpecificPricings: {$other: keep}}}", Code::UnknownKey),
    (APP, "submission: {pricing: {marketSpecificPricings: {$others: drop}}}", Code::NotAllowed),
    (APP, "submission: {gamingOptions: [{isCrossPlayEnabled: true}, {isCrossPlayEnabled: true}]}", Code::OneElement),
    (APP, "submission: {gamingOptions: {genres: []}}", Code::CannotClear),
    (APP, "submission: {gamingOptions: {localMultiplayerMinPlayers: 1}}", Code::OutOfRange),
    (APP, "submission: {gamingOptions: {localMultiplayerMinPlayers: '1001'}}", Code::OutOfRange),
    (APP, "submission: {packages: {retain: all}}", Code::MissingKey),
    (APP, "submission: {packages: {files: [reader.msix], retain: some}}", Code::NotAllowed),
    (APP, "submission: {packages: null}", Code::CannotClear),
    (APP, "release: {packageRollout: {percentage: null}}", Code::CannotClear),
    (APP, "submission: {trailers: [{file: trailer.mp4}]}", Code::MissingKey),
    (APP, "submission: {trailers: [{file: trailer.mp4, trailerAssets: {en-us: {title: x}}}]}", Code::MissingKey),
    (APP, "submission: {trailers: [{file: trailer.mp4, trailerAssets: {$each: {title: x, imageList: [{file: still.png}]}}}]}", Code::MissingKey),
    (APP, "submission: {trailers: [{remote: 1, file: trailer.mp4}]}", Code::UnknownKey),
    (APP, "submission: {listings: {english: {}}}", Code::BadLanguage),
    (APP, "submission: {listings: {$every: {}}}", Code::UnknownKey),
    (APP, "submission: {listings: {de: {$as: a/b}}}", Code::BadMeaning),
    (APP, "submission: {listings: {de: {whatsNew: x}}}", Code::UnknownKey),
    (APP, "submission: {listings: {de: {description: null}}}", Code::CannotClear),
    (APP, "submission: {listings: {de: {description: ' '}}}", Code::CannotClear),
    (APP, "submission: {listings: {de: {description: {fil: text.md}}}}", Code::UnknownKey),
    (APP, "submission: {listings: {de: {description: {file: text.md, of: x}}}}", Code::UnknownKey),
    (APP, "submission: {listings: {de: {description: {at: /x}}}}", Code::WrongType),
    (APP, "submission: {listings: {de: {title: \"a\\nb\"}}}", Code::WrongType),
    (APP, "submission: {listings: {de: {keywords: [1, 2, 3, 4, 5, 6, 7, 8]}}}", Code::TooLong),
    (APP, "submission: {listings: {de: {keywords: [a23456789b23456789c23456789d23456789]}}}", Code::TooLong),
    (APP, "submission: {listings: {de: {keywords: [a, null]}}}", Code::WrongType),
    (APP, "submission: {listings: {de: {images: null}}}", Code::CannotClear),
    (APP, "submission: {listings: {de: {images: {Screnshot: []}}}}", Code::NotAllowed),
    (APP, "submission: {listings: {de: {images: {Icon: {file: Icon.png}}}}}", Code::WrongType),
    (APP, "submission: {listings: {de: {images: {Icon: [{file: Icon.png}, {file: Icon.png}]}}}}", Code::TooLong),
    (APP, "submission: {listings: {de: {images: {Icon: [{descripton: x}]}}}}", Code::UnknownKey),
    (APP, "submission: {listings: {de: {images: {Icon: [{remote: 1, file: Icon.png}]}}}}", Code::UnknownKey),
    (APP, "submission: {listings: {de: {images: {Icon: [{file: Icon.png, description: []}]}}}}", Code::WrongType),
    (ADD_ON, "state: gone", Code::NotAllowed),
    (ADD_ON, "rollout: {of: 1.0.0.0, state: halted}", Code::UnknownKey),
    (ADD_ON, "submission: {notesForCertification: x}", Code::UnknownKey),
    (ADD_ON, "submission: {listings: {de: {title: null}}}", Code::CannotClear),
    (ADD_ON, "submission: {listings: {de: {icon: [{file: Icon.png}]}}}", Code::WrongType),
    (FLIGHT, "submission: {listings: {}}", Code::UnknownKey),
    (FLIGHT, "rankHigherThan: ' '", Code::WrongType),
    ("kind: Ap\nname: reader\n", "", Code::UnknownKind),
    ("name: reader\n", "submission: {}", Code::MissingKey),
    ("kind: App\nid: 9NBLGGH4R315\n", "", Code::MissingKey),
    ("kind: App\nname: Reader\nid: 9NBLGGH4R315\n", "", Code::BadName),
    ("kind: App\nname: reader\nid: Contoso.Reader\n", "", Code::BadStoreId),
    ("kind: AddOn\nname: gold\napp: reader\n", "productId: gold", Code::MissingKey),
    ("kind: AddOn\nname: gold\napp: reader\n", "id: 9nblggh4r316", Code::BadStoreId),
    ("kind: AddOn\nname: gold\napp: reader\nproductType: Durable\n", "productId: a*b", Code::BadProductId),
    ("kind: AddOn\nname: gold\napp: reader\nproductId: gold\n", "productType: Subscription", Code::NotAllowed),
    ("kind: Flight\nname: beta\napp: reader\nfriendlyName: Beta\n", "groupIds: []", Code::MissingKey),
    ("kind: Flight\nname: beta\napp: reader\nfriendlyName: Beta\n", "groupIds: 1", Code::WrongType),
];

#[test]
fn mistakes_are_refused_by_both() {
    let (schema, shop) = (schema(), Shop::new());
    let mut taken = Vec::new();
    for (head, mistake, code) in MISTAKES {
        let text = format!("{head}{mistake}\n");
        let said: Vec<Code> = shop.load(&text).diagnostics.sorted().iter().map(|d| d.code).collect();
        assert!(said.contains(code), "{text}{said:?}");
        if documents(&text).unwrap().iter().all(|document| against(&schema, document).is_empty()) {
            taken.push(text);
        }
    }
    assert!(taken.is_empty(), "the schema takes\n{}", taken.join("\n"));
}

#[test]
fn every_code_that_a_schema_can_express_is_expressed() {
    for code in EXPRESSIBLE {
        assert!(MISTAKES.iter().any(|(_, _, known)| known == code), "{code} {}", code.title());
    }
}

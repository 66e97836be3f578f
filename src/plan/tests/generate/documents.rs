//! Live documents of all shapes.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::manifest::TrailerContent;
use crate::submission::Kind;

use super::super::local::{Pack, bundle, icon, package, shot_in, trailer};
use super::{CONTENTS, KINDS, LANGUAGES, MARKETS, PRICES, STEMS, TITLES};

const TEXT_PIECES: [&str; 13] =
    ["a", "b", " ", "\t", "\n", "\r\n", "\u{feff}", "é", "e\u{301}", "–", "\u{a0}", "1601-01-01T", "2"];
const NUMBERS: [&str; 9] =
    ["0", "-0.0", "1.50", "25", "25.0", "1e3", "1E+400", "123456789012345678901234567890", "0.1"];
const UNKNOWN: [&str; 4] = ["unknown", "somethingNew", "isSeekEnabled", "dominantColor"];

/// A text of few pieces, among them all that canonical form is about.
pub(in super::super) fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&TEXT_PIECES[..]), 0..6).prop_map(|pieces| pieces.concat())
}

fn number() -> impl Strategy<Value = Value> {
    select(&NUMBERS[..]).prop_map(|text| serde_json::from_str(text).unwrap())
}

/// Anything that JSON can say.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        text().prop_map(Value::from)
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((select(&["x", "y", "Z"][..]), inner), 0..3).prop_map(|members| {
                Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

/// Members that nobody knows.
fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((select(&UNKNOWN[..]), anything()), 0..3)
        .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// An object of members that may each be missing, with unknown ones among them.
fn object(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let members: Vec<_> =
        members.into_iter().map(|(key, value)| (Just(key), prop::option::weighted(0.85, value))).collect();
    (members, unknown(), any::<bool>())
        .prop_map(|(members, unknown, first)| {
            let known = members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
            let all: Map<String, Value> = if first {
                unknown.into_iter().chain(known).collect()
            } else {
                known.chain(unknown).collect()
            };
            Value::Object(all)
        })
        .boxed()
}

fn or_nothing(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Null), 6 => value].boxed()
}

fn word(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    select(words).prop_map(Value::from).boxed()
}

fn texts() -> BoxedStrategy<Value> {
    or_nothing(prop::collection::vec(text().prop_map(Value::from), 0..3).prop_map(Value::from))
}

fn any_text() -> BoxedStrategy<Value> {
    or_nothing(text().prop_map(Value::from))
}

/// The content of images and packages: few, so that files meet again.
pub(super) fn content() -> impl Strategy<Value = Vec<u8>> {
    select(&CONTENTS[..]).prop_map(|content| content.as_bytes().to_vec())
}

/// A live file's status; new files have no id.
fn status(mut entry: Value, id: usize, status: &str) -> Value {
    entry["fileStatus"] = json!(status);
    if status != "PendingUpload" {
        entry["id"] = json!(id.to_string());
    }
    entry
}

const STATUSES: [&str; 6] =
    ["Uploaded", "Uploaded", "Uploaded", "Uploaded", "PendingDelete", "PendingUpload"];

fn image(language: &'static str) -> impl Strategy<Value = Value> {
    let name = (select(&KINDS[..]), select(&STEMS[..]), content(), any::<bool>()).prop_map(
        move |(kind, stem, content, ours)| match &shot_in(language, kind, stem, &content).content {
            crate::manifest::ImageContent::File(asset) if ours => (kind, asset.archive_name.clone()),
            _ => (kind, format!("{language}/{stem}.png")),
        },
    );
    (name, prop::option::of(any_text()), unknown(), select(&STATUSES[..])).prop_map(
        |((kind, name), caption, unknown, status)| {
            let mut entry = json!({"fileName": name, "imageType": kind, "fileStatus": status});
            if let Some(caption) = caption {
                entry["description"] = caption;
            }
            entry.as_object_mut().unwrap().extend(unknown);
            entry
        },
    )
}

fn numbered(entries: Vec<Value>, from: usize) -> Value {
    let entry = |(i, entry): (usize, Value)| {
        let is = entry["fileStatus"].as_str().unwrap_or_default().to_owned();
        status(entry, from + i, &is)
    };
    Value::Array(entries.into_iter().enumerate().map(entry).collect())
}

fn base_listing(language: &'static str, from: usize) -> BoxedStrategy<Value> {
    let images =
        prop::collection::vec(image(language), 0..7).prop_map(move |entries| numbered(entries, from));
    object(vec![
        ("description", any_text()),
        ("title", any_text()),
        ("shortTitle", any_text()),
        ("releaseNotes", any_text()),
        ("features", texts()),
        ("keywords", texts()),
        ("images", or_nothing(images)),
    ])
}

fn listings() -> BoxedStrategy<Value> {
    let language = |(i, language): (usize, &'static str)| {
        let spellings = vec![language.to_owned(), language.to_uppercase(), language.replace("us", "US")];
        let listing = object(vec![
            ("baseListing", or_nothing(base_listing(language, 500 + 100 * i))),
            ("platformOverrides", Just(json!({})).boxed()),
        ]);
        (select(spellings), or_nothing(listing))
    };
    let all: Vec<_> = LANGUAGES.into_iter().enumerate().map(language).collect();
    let count = LANGUAGES.len();
    (all, subsequence((0..count).collect::<Vec<_>>(), 1..=count))
        .prop_map(|(all, chosen)| Value::Object(chosen.into_iter().map(|i| all[i].clone()).collect()))
        .boxed()
}

/// A local package, one of a few.
pub(super) fn local_package() -> impl Strategy<Value = Pack> {
    let version = select(&["1.3.0.0", "1.4.0.0", "1.5.0.0"][..]);
    let families = select(&["Windows.Desktop", "Windows.Xbox", "Windows.Universal"][..]);
    (version, select(&["x64", "arm64", "neutral"][..]), families, content(), 0..3_u8).prop_map(
        |(version, architecture, family, content, kind)| {
            let pack = match kind {
                0 => bundle(version, &[architecture]),
                1 => package(version, architecture),
                _ => bundle(version, &[architecture]).in_upload_container(),
            };
            // Equal bytes are the same package in all that it says.
            let said = format!("{version} {architecture} {family} {kind}");
            pack.families(&[family]).content(&[&content, said.as_bytes()].concat())
        },
    )
}

fn live_package() -> impl Strategy<Value = Value> {
    (local_package(), any::<bool>(), unknown(), select(&STATUSES[..])).prop_map(
        |(pack, ours, unknown, status)| {
            let name = pack.file_name().to_owned();
            let mut entry = pack.live("");
            entry.as_object_mut().unwrap().shift_remove("id");
            if !ours {
                entry["fileName"] = json!(name);
            }
            entry["fileStatus"] = json!(status);
            if status == "PendingUpload" {
                entry["version"] = Value::Null;
            }
            entry.as_object_mut().unwrap().extend(unknown);
            entry
        },
    )
}

fn markets() -> BoxedStrategy<Value> {
    let market = (select(&MARKETS[..]), prop_oneof![9 => select(&PRICES[..]), 1 => Just("Base")]);
    let map = prop::collection::vec(market, 0..4).prop_map(|all| {
        Value::Object(all.into_iter().map(|(key, price)| (key.to_owned(), json!(price))).collect())
    });
    or_nothing(map)
}

/// Any price that the API has been seen to show, or could.
fn live_price() -> BoxedStrategy<Value> {
    prop_oneof![6 => select(&PRICES[..]).prop_map(Value::from), 1 => Just(json!("Base")), 1 => Just(json!("")), 1 => Just(Value::Null)]
        .boxed()
}

/// A live document of any shape.
pub(in super::super) fn live() -> impl Strategy<Value = Value> {
    live_app()
}

/// A live document of such a resource, of any shape.
pub(in super::super) fn live_of(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::App => live_app(),
        Kind::AddOn => live_add_on(),
        Kind::Flight => live_flight(),
    }
}

fn live_app() -> BoxedStrategy<Value> {
    let pricing = object(vec![
        ("priceId", live_price()),
        ("marketSpecificPricings", markets()),
        ("trialPeriod", word(&["NoFreeTrial", "OneDay"])),
        ("sales", Just(json!([])).boxed()),
        ("isAdvancedPricingModel", any::<bool>().prop_map(Value::from).boxed()),
    ]);
    object(vec![
        ("id", Just(json!("100")).boxed()),
        ("status", Just(json!("Published")).boxed()),
        ("applicationCategory", word(&["Productivity", "Business", "Games_Word"])),
        ("pricing", or_nothing(pricing)),
        ("visibility", word(&["Public", "Private", "Hidden", "NotSet"])),
        ("targetPublishMode", word(&["Immediate", "Manual"])),
        ("targetPublishDate", word(&["1601-01-01T00:00:00Z", "2026-09-01T08:00:00.0000000Z", ""])),
        ("listings", listings()),
        ("hardwarePreferences", texts()),
        ("automaticBackupEnabled", or_nothing(any::<bool>().prop_map(Value::from))),
        ("notesForCertification", any_text()),
        ("applicationPackages", or_nothing(packages())),
        ("packageDeliveryOptions", or_nothing(delivery())),
        ("gamingOptions", prop_oneof![Just(Value::Null), Just(json!([])), gaming_options()].boxed()),
        (
            "allowTargetFutureDeviceFamilies",
            or_nothing(Just(json!({"Desktop": true, "Mobile": false})).boxed()),
        ),
        ("trailers", or_nothing(trailers())),
    ])
}

fn packages() -> impl Strategy<Value = Value> {
    prop::collection::vec(live_package(), 0..6).prop_map(|entries| numbered(entries, 700))
}

fn delivery() -> BoxedStrategy<Value> {
    let rollout = object(vec![
        ("isPackageRollout", any::<bool>().prop_map(Value::from).boxed()),
        ("packageRolloutPercentage", select(vec![json!(0.0), json!(25), json!(25.0), json!(100)]).boxed()),
        (
            "packageRolloutStatus",
            word(&["PackageRolloutNotStarted", "PackageRolloutComplete", "PackageRolloutStopped"]),
        ),
    ]);
    object(vec![("packageRollout", or_nothing(rollout)), ("isMandatoryUpdate", Just(json!(false)).boxed())])
}

fn live_add_on() -> BoxedStrategy<Value> {
    let pricing = object(vec![
        ("priceId", live_price()),
        ("marketSpecificPricings", markets()),
        ("sales", Just(json!([])).boxed()),
    ]);
    let listing = |language: &'static str| {
        let listing = object(vec![
            ("title", any_text()),
            ("description", any_text()),
            ("icon", or_nothing(live_icon(language))),
        ]);
        (Just(language), prop::option::weighted(0.7, or_nothing(listing)))
    };
    let listings = LANGUAGES.map(listing).prop_map(|all| {
        let there = all.into_iter().filter_map(|(language, listing)| Some((language.to_owned(), listing?)));
        Value::Object(there.collect())
    });
    object(vec![
        ("id", Just(json!("300")).boxed()),
        ("status", Just(json!("Published")).boxed()),
        ("contentType", word(&["OnlineDownload", "Asp", "NotSet"])),
        ("lifetime", word(&["Forever", "OneDay"])),
        ("keywords", texts()),
        ("tag", any_text()),
        ("pricing", or_nothing(pricing)),
        ("visibility", word(&["Public", "Private", "Hidden"])),
        ("targetPublishMode", word(&["Immediate", "Manual"])),
        ("targetPublishDate", word(&["1601-01-01T00:00:00Z", ""])),
        ("listings", or_nothing(listings)),
    ])
}

/// The icon of an add-on, which has no id.
fn live_icon(language: &'static str) -> impl Strategy<Value = Value> {
    (select(&STEMS[..]), content(), any::<bool>(), select(&["Uploaded", "Uploaded", "PendingDelete"][..]))
        .prop_map(move |(stem, content, ours, status)| {
            let name = icon(language, stem, &content).archive_name.clone();
            json!({"fileName": if ours { name } else { format!("{stem}.png") }, "fileStatus": status})
        })
}

fn live_flight() -> BoxedStrategy<Value> {
    object(vec![
        ("id", Just(json!("400")).boxed()),
        ("flightId", Just(json!("f")).boxed()),
        ("status", Just(json!("Published")).boxed()),
        ("flightPackages", prop_oneof![3 => packages().boxed(), 1 => without_families().boxed()].boxed()),
        ("packageDeliveryOptions", or_nothing(delivery())),
        ("targetPublishMode", word(&["Immediate", "Manual"])),
        ("targetPublishDate", word(&["", "1601-01-01T00:00:00Z", "2026-09-01T08:00:00Z"])),
        ("notesForCertification", any_text()),
    ])
}

/// The packages of a flight as they are documented: no families are named.
fn without_families() -> impl Strategy<Value = Value> {
    packages().prop_map(|mut packages| {
        for package in packages.as_array_mut().into_iter().flatten() {
            package.as_object_mut().unwrap().shift_remove("targetDeviceFamilies");
        }
        packages
    })
}

fn trailers() -> impl Strategy<Value = Value> {
    let trailer = prop_oneof![6 => live_trailer().boxed(), 1 => anything().boxed()];
    prop::collection::vec(trailer, 0..3).prop_map(Value::from)
}

/// A trailer that the Store has: one of ours, or one from elsewhere.
fn live_trailer() -> impl Strategy<Value = Value> {
    (select(&STEMS[..]), content(), select(&TITLES[..]), any::<bool>(), unknown()).prop_map(
        |(stem, content, title, ours, unknown)| {
            let TrailerContent::File { video, assets } = trailer(stem, &content, &[("en-us", title)]).content
            else {
                unreachable!("it was made from a file")
            };
            let name = |own: &str, other: &str| if ours { own.to_owned() } else { format!("{stem}.{other}") };
            let still =
                json!({"fileName": name(&assets[0].image.archive_name, "png"), "id": "1", "description": ""});
            let mut entry = json!({
                "id": format!("{stem}-{title}"),
                "videoFileName": name(&video.archive_name, "mp4"),
                "videoFileId": "2",
                "trailerAssets": {"en-us": {"title": title, "imageList": [still]}},
            });
            entry.as_object_mut().unwrap().extend(unknown);
            entry
        },
    )
}

fn gaming_options() -> impl Strategy<Value = Value> {
    let options = object(vec![
        ("genres", Just(json!(["Games_Word"])).boxed()),
        ("isLocalMultiplayer", or_nothing(any::<bool>().prop_map(Value::from))),
        ("localMultiplayerMinPlayers", or_nothing((2..9_u32).prop_map(Value::from))),
        ("another", anything().boxed()),
    ]);
    options.prop_map(|options| json!([options]))
}

//! Live documents and desired states of all shapes.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::manifest::{Others, Retain, Wanted, WantedImage};
use crate::submission::{Field, Kind, Null, Path, Scope, Shape};

use super::local::{Pack, bundle, captioned, package, remote, shot_in};
use super::want::{Want, want};

const LANGUAGES: [&str; 3] = ["en-us", "de-de", "fr"];
const KINDS: [&str; 3] = ["Screenshot", "StoreLogoSquare", "Icon"];
const STEMS: [&str; 3] = ["home", "notes", "night"];
const MARKETS: [&str; 4] = ["DE", "JP", "CN", "BR"];
const PRICES: [&str; 4] = ["Free", "NotAvailable", "Tier1012", "Tier1020"];

const TEXT_PIECES: [&str; 13] =
    ["a", "b", " ", "\t", "\n", "\r\n", "\u{feff}", "é", "e\u{301}", "–", "\u{a0}", "1601-01-01T", "2"];
const NUMBERS: [&str; 9] =
    ["0", "-0.0", "1.50", "25", "25.0", "1e3", "1E+400", "123456789012345678901234567890", "0.1"];
const UNKNOWN: [&str; 4] = ["unknown", "somethingNew", "isSeekEnabled", "dominantColor"];

/// A text of few pieces, among them all that canonical form is about.
pub(super) fn text() -> impl Strategy<Value = String> {
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
fn content() -> impl Strategy<Value = Vec<u8>> {
    select(vec!["one", "two", "three"]).prop_map(|content| content.as_bytes().to_vec())
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
fn local_package() -> impl Strategy<Value = Pack> {
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
pub(super) fn live() -> impl Strategy<Value = Value> {
    let pricing = object(vec![
        ("priceId", live_price()),
        ("marketSpecificPricings", markets()),
        ("trialPeriod", word(&["NoFreeTrial", "OneDay"])),
        ("sales", Just(json!([])).boxed()),
        ("isAdvancedPricingModel", any::<bool>().prop_map(Value::from).boxed()),
    ]);
    let rollout = object(vec![
        ("isPackageRollout", any::<bool>().prop_map(Value::from).boxed()),
        ("packageRolloutPercentage", select(vec![json!(0.0), json!(25), json!(25.0), json!(100)]).boxed()),
        (
            "packageRolloutStatus",
            word(&["PackageRolloutNotStarted", "PackageRolloutComplete", "PackageRolloutStopped"]),
        ),
    ]);
    let delivery = object(vec![
        ("packageRollout", or_nothing(rollout)),
        ("isMandatoryUpdate", Just(json!(false)).boxed()),
    ]);
    let packages = prop::collection::vec(live_package(), 0..6).prop_map(|entries| numbered(entries, 700));
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
        ("applicationPackages", or_nothing(packages)),
        ("packageDeliveryOptions", or_nothing(delivery)),
        ("gamingOptions", prop_oneof![Just(Value::Null), Just(json!([])), gaming_options()].boxed()),
        (
            "allowTargetFutureDeviceFamilies",
            or_nothing(Just(json!({"Desktop": true, "Mobile": false})).boxed()),
        ),
        ("trailers", prop::collection::vec(anything(), 0..2).prop_map(Value::from).boxed()),
    ])
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

/// What a manifest may want at a path, `None` where it takes only maps below.
fn wanted(shape: Shape, null: Null, language: Option<&'static str>) -> Option<BoxedStrategy<Wanted>> {
    let value = match shape {
        Shape::Text { .. } | Shape::Notes { .. } => text().prop_map(Value::from).boxed(),
        Shape::Texts { .. } | Shape::SomeOf { .. } => {
            prop::collection::vec(text().prop_map(Value::from), 0..3).prop_map(Value::from).boxed()
        }
        Shape::Flag => any::<bool>().prop_map(Value::from).boxed(),
        Shape::OneOf(words) => select(words).prop_map(Value::from).boxed(),
        Shape::Price => select(&PRICES[..]).prop_map(Value::from).boxed(),
        Shape::Date => Just(json!("2026-09-01T10:00:00+02:00")).boxed(),
        Shape::Percentage => {
            let share = select(vec![json!(0), json!(25), json!(100)]).prop_map(Wanted::Value);
            return Some(prop_oneof![3 => share, 1 => Just(Wanted::Nothing)].boxed());
        }
        Shape::Packages => {
            let packages = prop::collection::vec(local_package(), 1..4);
            return Some(packages.prop_map(|packs| Wanted::Packages(without_twins(packs))).boxed());
        }
        Shape::Players => (2..1000_u32).prop_map(Value::from).boxed(),
        Shape::Images | Shape::Markets | Shape::Group | Shape::Trailers | Shape::Icon => return None,
    };
    let cleared = match null {
        Null::EmptyText => Just(json!("")).boxed(),
        Null::EmptyList => Just(json!([])).boxed(),
        Null::Null => Just(Value::Null).boxed(),
        Null::Refused(_) => value.clone(),
    };
    debug_assert!(language.is_none_or(|language| LANGUAGES.contains(&language)));
    Some(prop_oneof![4 => value, 1 => cleared].prop_map(Wanted::Value).boxed())
}

/// A manifest names no two packages of one version and architectures.
fn without_twins(packs: Vec<Pack>) -> Vec<std::sync::Arc<crate::manifest::Asset>> {
    let mut kept: Vec<Pack> = Vec::new();
    for pack in packs {
        let same = |other: &Pack| {
            other.version() == pack.version() && other.architectures().eq(pack.architectures())
        };
        if !kept.iter().any(same) {
            kept.push(pack);
        }
    }
    kept.into_iter().map(Pack::asset).collect()
}

fn wanted_images(language: &'static str, kind: &'static str) -> impl Strategy<Value = Wanted> {
    let file = (select(&STEMS[..]), content())
        .prop_map(move |(stem, content)| shot_in(language, kind, stem, &content));
    let image = prop_oneof![6 => file, 1 => (500..800_usize).prop_map(|id| remote(&id.to_string()))];
    let image =
        (image, prop::option::of(text())).prop_map(|(image, caption): (WantedImage, _)| match caption {
            Some(caption) => captioned(image, &caption),
            None => image,
        });
    prop::collection::vec(image, 0..4).prop_map(Wanted::Images)
}

/// Every path that the tables know, each with what may be wanted there.
fn paths() -> Vec<(Path, BoxedStrategy<Wanted>)> {
    let mut all = Vec::new();
    let fields =
        || Field::all_of(Kind::App).filter(|field| !matches!(field.shape, Shape::Group | Shape::Trailers));
    for field in fields().filter(|field| field.scope == Scope::Submission) {
        let path = Path::new(field.path.iter().copied());
        match wanted(field.shape, field.null, None) {
            Some(strategy) => all.push((path, strategy)),
            None => all.extend(MARKETS.map(|market| {
                let price = select(&PRICES[..]).prop_map(|price| Wanted::Value(json!(price)));
                (path.child(market), prop_oneof![3 => price, 1 => Just(Wanted::Nothing)].boxed())
            })),
        }
    }
    for language in LANGUAGES {
        let base = Path::new(["listings", language]);
        for field in fields().filter(|field| field.scope == Scope::Listing) {
            let path = field.path.iter().fold(base.clone(), |path, key| path.child(*key));
            match wanted(field.shape, field.null, Some(language)) {
                Some(strategy) => all.push((path, strategy)),
                None => {
                    all.extend(KINDS.map(|kind| (path.child(kind), wanted_images(language, kind).boxed())));
                }
            }
        }
    }
    all
}

/// A desired state of any shape. Most paths are not owned.
pub(super) fn desired() -> impl Strategy<Value = Want> {
    let owned: Vec<_> =
        paths().into_iter().map(|(path, wanted)| (Just(path), prop::option::weighted(0.2, wanted))).collect();
    let others = || prop::option::weighted(0.3, select(&[Others::Keep, Others::Remove, Others::Error][..]));
    let retain = prop::option::of(select(&[Retain::None, Retain::NewestPerTarget, Retain::All][..]));
    let going = prop::option::weighted(0.2, select(&LANGUAGES[..]));
    (owned, going, others(), others(), retain).prop_map(|(owned, going, languages, markets, retain)| {
        let all = owned.into_iter().filter_map(|(path, wanted)| Some((path, wanted?)));
        let mut want = all.fold(want(), |want, (path, wanted)| want.own(&path, wanted));
        if let Some(language) = going {
            want = want.nothing(&format!("listings.{language}"));
        }
        if let Some(others) = languages {
            want = want.other_languages(others);
        }
        if let Some(others) = markets {
            want = want.other_markets(others);
        }
        if let Some(retain) = retain {
            want = want.retain(retain);
        }
        want
    })
}

//! What the loader takes of manifests made up from the field table, the schema takes too.

use std::cell::Cell;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use storeward::submission::vocabulary::IMAGE_TYPES;
use storeward::submission::{Field, Kind, Scope, Shape};

use super::{Shop, against, documents, schema};

/// A value as text of one line.
type Text = BoxedStrategy<String>;

/// Scalars that readers see differently: null, truth values, numbers and what only looks like them, texts, expansions.
const SCALARS: &[&str] = &[
    "~", "null", "Null", "''", "' '", "\"\\n\"", "true", "False", "yes", "on", "NO", "'true'", "0", "2",
    "-1", "+5", "007", "1.10", "25.5", "'25'", "1e3", "1E400", "0x1F", "0o17", ".5", ".inf", ".nan", "1_000",
    "12:30:45", "1152921504606846977", "2048", "2026-09-01", "2026-09-01T08:00:00Z", "2026-09-01 08:00+02",
    "1.0.0.0", "a", "Tier5", "Tier12345", "Free", "Base", "Touch", "Public", "Durable", "9NBLGGH4R316",
    "123456789012", "a-b", "A b", "\"a\\nb\"", "\"a\\n\"", "\u{feff}", "ü", "😀", "$(lang)", "$(release)",
    "$(package.version)", "$$(x)", "$(lang", "'$(release)/x'", "text.md", "Icon.png", "reader.msix",
];

fn scalar() -> Text {
    prop_oneof![4 => select(SCALARS).prop_map(str::to_owned), 1 => long()].boxed()
}

/// Texts around the limits of some fields.
fn long() -> Text {
    let around = select(&[30, 50, 64, 100, 200, 255, 256, 500, 1500, 2000, 3000, 10_000][..]);
    (around, 0_usize..3, select(&["x", "😀", "é"][..]), select(&["", "$(lang)", "$$("][..]))
        .prop_map(|(length, more, c, end)| format!("\"{}{end}\"", c.repeat(length - 1 + more)))
        .boxed()
}

fn list(item: Text) -> Text {
    let items = prop_oneof![6 => vec(item.clone(), 0..3), 1 => vec(item, 5..12)];
    items.prop_map(|items| format!("[{}]", items.join(", "))).boxed()
}

/// A map of some of these keys.
fn map(keys: Vec<(&'static str, Text)>) -> Text {
    let entry = |(key, value): (&'static str, Text)| {
        prop::option::weighted(0.5, value).prop_map(move |value| value.map(|value| format!("{key}: {value}")))
    };
    let entries = keys.into_iter().map(entry).collect::<Vec<_>>();
    entries
        .prop_map(|entries| format!("{{{}}}", entries.into_iter().flatten().collect::<Vec<_>>().join(", ")))
        .boxed()
}

/// One of these keys.
fn one(keys: Vec<(&'static str, Text)>) -> Text {
    let entry = |(key, value): (&'static str, Text)| {
        value.prop_map(move |value| format!("{{{key}: {value}}}")).boxed()
    };
    proptest::strategy::Union::new(keys.into_iter().map(entry).collect::<Vec<_>>()).boxed()
}

fn just(text: impl Into<String>) -> Text {
    Just(text.into()).boxed()
}

/// Mostly what is meant; sometimes anything.
fn mostly(meant: Text) -> Text {
    let anything = prop_oneof![3 => scalar(), 1 => list(scalar()), 1 => just("{}"), 1 => file()];
    prop_oneof![8 => meant, 1 => anything].boxed()
}

fn words(words: &[&'static str]) -> Text {
    select(words.to_vec()).prop_map(str::to_owned).boxed()
}

fn file() -> Text {
    prop_oneof![
        just("{file: text.md}"),
        just("{file: text.md, at: About}"),
        just("{file: $(lang).md, else: texts.json, at: /en-us}"),
        just("{file: texts.json, at: /list}"),
        just("{file: text.md, of: x}"),
    ]
    .boxed()
}

/// What a field may say, and more.
fn value(kind: Kind, field: &'static Field) -> Text {
    let meant = match field.shape {
        Shape::Group => group(kind, field),
        Shape::Text { .. } | Shape::Notes { .. } => {
            prop_oneof![2 => scalar(), 1 => long(), 1 => list(scalar()), 1 => file()].boxed()
        }
        Shape::Texts { .. } => prop_oneof![2 => list(scalar()), 1 => scalar(), 1 => file()].boxed(),
        Shape::Flag => words(&["true", "false", "'true'"]),
        Shape::OneOf(list) => words(list),
        Shape::SomeOf { words: some, .. } => list(words(some)),
        Shape::Players => words(&["2", "'3'", "+4", "1000", "'+005'", "1001"]),
        Shape::Price => words(&["Free", "NotAvailable", "Tier1012", "'Tier5'"]),
        Shape::Markets => markets(),
        Shape::Date => words(&["2026-09-01T08:00:00Z", "20260901T080000+0200", "2026-09-01 08:00Z", "null"]),
        Shape::Percentage => words(&["0", "100", "25.5", "'25'", "1e1", "100.0", "-0"]),
        Shape::Images => images(),
        Shape::Packages => packages(),
        Shape::Trailers => list(trailer()),
        Shape::Icon => {
            prop_oneof![just("{file: Icon.png}"), just("{file: none.png, else: Icon.png}")].boxed()
        }
    };
    mostly(meant)
}

fn group(kind: Kind, group: &'static Field) -> Text {
    let below = Field::all_of(kind).filter(|field| field.path.len() > 1 && field.path[0] == group.path[0]);
    let keys = below.map(|field| (field.path[1], value(kind, field))).collect::<Vec<_>>();
    let map = one([keys, vec![("$file", just("nothing.yaml"))]].concat());
    prop_oneof![4 => map.clone(), 1 => list(map)].boxed()
}

fn markets() -> Text {
    let price = || mostly(words(&["Free", "Tier20", "null"]));
    map(vec![
        ("DE", price()),
        ("NO", price()),
        ("XX", price()),
        ("$others", mostly(words(&["keep", "error", "remove"]))),
        ("$file", just("nothing.yaml")),
    ])
}

fn images() -> Text {
    let of_type = |kind: &'static str| {
        let file = mostly(just(format!("{kind}.png")));
        let image = map(vec![("file", file), ("remote", scalar()), ("description", mostly(scalar()))]);
        (kind, mostly(list(prop_oneof![just(format!("{{file: {kind}.png}}")), image].boxed())))
    };
    map(IMAGE_TYPES.iter().take(7).map(|kind| of_type(kind.name)).collect())
}

fn packages() -> Text {
    map(vec![
        ("files", mostly(prop_oneof![just("[reader.msix]"), just("['*.msix', reader.msix]")].boxed())),
        ("retain", mostly(words(&["none", "all", "newest-per-target"]))),
        ("minimumSystemRam", mostly(words(&["None", "Memory2GB"]))),
        ("$file", just("nothing.yaml")),
    ])
}

fn trailer() -> Text {
    let picture = || mostly(just("[{file: still.png, description: null}]"));
    let title = || mostly(scalar());
    let whole = (title(), picture())
        .prop_map(|(title, picture)| format!("{{title: {title}, imageList: {picture}}}"))
        .boxed();
    // What `$each` says is looked at where a language does not say it.
    let halves = (title(), picture())
        .prop_map(|(title, picture)| format!("{{$each: {{title: {title}}}, de: {{imageList: {picture}}}}}"));
    let assets = prop_oneof![one(vec![("en-us", whole.clone()), ("DE", whole)]), halves];
    let file =
        mostly(assets.boxed()).prop_map(|assets| format!("{{file: trailer.mp4, trailerAssets: {assets}}}"));
    prop_oneof![3 => file, 1 => scalar().prop_map(|id| format!("{{remote: {id}}}"))].boxed()
}

/// `submission` or `release`: a few fields, in some languages.
fn block(kind: Kind) -> Text {
    let fields = |scope| {
        let fields = Field::all_of(kind).filter(move |field| field.scope == scope && field.path.len() == 1);
        fields.map(|field| (field.path[0], value(kind, field))).collect::<Vec<_>>()
    };
    let mut keys = fields(Scope::Submission);
    let of_listing = fields(Scope::Listing);
    if !of_listing.is_empty() {
        // Keys of `$each` are looked at where a language does not say them, and in no language that goes.
        let listing = one([of_listing, vec![("$as", mostly(words(&["de", "DE_1"])))]].concat());
        let own = (words(&["en-us", "DE", "zh-hans", "x"]), prop_oneof![6 => listing.clone(), 1 => scalar()])
            .prop_map(|(language, listing)| format!("{{{language}: {listing}}}"));
        let each = (listing, mostly(words(&["keep", "error"])))
            .prop_map(|(listing, others)| format!("{{$each: {listing}, en-us: {{}}, $others: {others}}}"));
        keys.push(("listings", prop_oneof![own, each].boxed()));
    }
    keys.push(("openRollout", mostly(words(&["block", "halt", "finalize"]))));
    keys.push(("$file", just("nothing.yaml")));
    mostly(one(keys))
}

/// What tells a resource from others.
fn identity(kind: Kind) -> Text {
    let id = || one(vec![("id", mostly(words(&["9NBLGGH4R316", "123456789012", "1E2345678901"])))]);
    match kind {
        Kind::App => id(),
        Kind::AddOn => {
            let new = (
                prop_oneof![5 => just("gold"), 1 => scalar(), 1 => long()],
                words(&["Durable", "Consumable"]),
            )
                .prop_map(|(id, product_type)| format!("{{productId: {id}, productType: {product_type}}}"));
            prop_oneof![3 => new, 1 => id()].boxed()
        }
        Kind::Flight => {
            let new = (prop_oneof![5 => just("Beta"), 1 => scalar(), 1 => long()], mostly(just("[1, '2']")))
                .prop_map(|(name, groups)| format!("{{friendlyName: {name}, groupIds: {groups}}}"));
            prop_oneof![3 => new, 1 => one(vec![("id", prop_oneof![scalar(), long()].boxed())])].boxed()
        }
    }
}

/// One key more.
fn more(kind: Kind) -> Text {
    let rollout = map(vec![
        ("of", mostly(words(&["1.0.0.0", "01.2.3.65535"]))),
        ("percentage", mostly(words(&["5", "'5'", "1e1"]))),
        ("state", mostly(words(&["halted", "finalized"]))),
    ]);
    let mut keys = vec![
        ("submission", block(kind)),
        ("submission", block(kind)),
        ("release", block(kind)),
        ("permit", mostly(list(words(&["price-change", "replaces-draft", "all"])))),
        // No field that is said elsewhere: the loader looks at nothing that is ignored.
        ("ignore", mostly(list(words(&["listings.nl", "packages.x", "'*.nl.title'", "visibility"])))),
    ];
    if kind != Kind::AddOn {
        keys.push(("rollout", mostly(rollout)));
    }
    if kind != Kind::App {
        keys.push(("state", mostly(words(&["present", "absent"]))));
    }
    if kind == Kind::Flight {
        keys.push(("rankHigherThan", scalar()));
    }
    one(keys)
}

fn manifest() -> impl Strategy<Value = String> {
    let name = mostly(words(&["a", "b-2", "2048", "1e5", "true"]));
    (select(Kind::ALL), name, mostly(just("reader"))).prop_flat_map(|(kind, name, app)| {
        let app = if kind == Kind::App { String::new() } else { format!(", app: {app}") };
        (identity(kind), more(kind)).prop_map(move |(identity, more)| {
            let inside = |map: &str| map[1..map.len() - 1].to_owned();
            format!("{{kind: {kind}, name: {name}{app}, {}, {}}}", inside(&identity), inside(&more))
        })
    })
}

const CASES: u32 = 2000;

/// Whether the loader takes a text, in a run that releases what is described second, and in one that does not.
fn is_valid(shop: &Shop, text: &str) -> bool {
    let loaded = shop.load(text);
    if loaded.diagnostics.has_errors() || !text.contains("release: ") {
        return !loaded.diagnostics.has_errors();
    }
    !shop.load_released(text, Some(&loaded.resources[1].address)).diagnostics.has_errors()
}

#[test]
fn what_the_loader_takes_the_schema_takes() {
    let (schema, shop) = (schema(), Shop::new());
    let taken = Cell::new(0);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) };
    let outcome = TestRunner::new(config).run(&manifest(), |manifest| {
        let text = format!("kind: App\nname: reader\nid: 9NBLGGH4R315\n---\n{manifest}\n");
        if !is_valid(&shop, &text) {
            return Ok(());
        }
        taken.set(taken.get() + 1);
        let documents = documents(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(against(&schema, &documents[1]), Vec::<String>::new());
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(taken.get() > CASES / 4, "of {CASES} manifests the loader took {} only", taken.get());
}

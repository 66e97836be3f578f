//! The made parts of `docs/manifest.md`: every key, from the field table and from the schema that editors read.

use std::collections::BTreeSet;

use serde_json::Value;
use storeward::manifest::{Guard, manifest_schema};
use storeward::submission::vocabulary::{CATEGORIES, IMAGE_TYPES, LANGUAGES, MARKETS};
use storeward::submission::{FIELDS, Field, Kind, Scope, Section, Shape};

use super::markdown::{code, codes, prose, table};
use super::{has_parts, sources};

/// More words than these stand in a list of their own.
const FEW: usize = 12;

/// The key below `submission`, as `ignore` and plans write it.
pub(super) fn heading(field: &Field) -> String {
    let path = field.path.join(".");
    match field.scope {
        Scope::Submission => path,
        Scope::Listing => format!("listings.*.{path}"),
    }
}

/// The schema of a field of this kind.
fn schema_of<'s>(schema: &'s Value, kind: Kind, field: &Field) -> &'s Value {
    let scope = match field.scope {
        Scope::Submission => "submission",
        Scope::Listing => "listing",
    };
    let pointer = format!("/definitions/{kind}.{scope}/properties/{}", field.path.join("/properties/"));
    schema.pointer(&pointer).unwrap_or_else(|| panic!("{pointer}"))
}

fn words(list: &[&str], elsewhere: &str) -> String {
    if list.len() <= FEW { codes(list.iter().copied()) } else { elsewhere.to_owned() }
}

/// What a field takes, in words.
fn takes(shape: Shape) -> String {
    match shape {
        Shape::Group => "a map".to_owned(),
        Shape::Text { lines: true, .. } => "a [text](#texts)".to_owned(),
        Shape::Text { lines: false, .. } => "a [text](#texts) of one line".to_owned(),
        Shape::Notes { .. } => "a [text](#texts), never shown".to_owned(),
        Shape::Texts { .. } => "a list of [texts](#texts)".to_owned(),
        Shape::Flag => "`true` or `false`".to_owned(),
        Shape::OneOf(list) => format!("one of {}", words(list, "the [categories](#categories)")),
        Shape::SomeOf { words: list, .. } => format!("a list of {}", codes(list.iter().copied())),
        Shape::Players | Shape::Percentage => "a number".to_owned(),
        Shape::Price => "a price: `Free`, `NotAvailable` or a tier such as `Tier1012`".to_owned(),
        Shape::Markets => "a map from [market](#markets) to price".to_owned(),
        Shape::Date => "a date".to_owned(),
        Shape::Images => {
            "a map from [image type](#image-types) to a list of [pictures](#pictures)".to_owned()
        }
        Shape::Packages => "a map, see [packages](#keys-of-packages)".to_owned(),
        Shape::Trailers => "a list of [trailers](#keys-of-trailers)".to_owned(),
        Shape::Icon => "a picture: `{file: F, else: G}`".to_owned(),
    }
}

fn kinds(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

/// The guards that a change of a key can meet.
fn permits(key: &str) -> Option<String> {
    let guards = Guard::ALL.iter().filter(|guard| guard.keys().contains(&key));
    let links: Vec<String> = guards.map(|guard| format!("[`{guard}`](codes.md#{guard})")).collect();
    (!links.is_empty()).then(|| format!("A change can need a permit: {}.", links.join(", ")))
}

/// One key: what it takes, what it is, which guard it meets, where its rule is from.
fn key(schema: &Value, heading: &str, fields: &[&Field]) -> String {
    let mut text = format!("#### `{heading}`\n\n");
    let mut told: Vec<(Vec<Kind>, String)> = Vec::new();
    for field in fields {
        let description = schema_of(schema, field.of[0], field)["description"].as_str().unwrap();
        let words = format!("{}\n\n{}\n\n", takes(field.shape), prose(description));
        match told.iter_mut().find(|(_, known)| *known == words) {
            Some((kinds, _)) => kinds.extend(field.of),
            None => told.push((field.of.to_vec(), words)),
        }
    }
    for (of, words) in told {
        text.push_str(&format!("*{}* · {words}", kinds(&of)));
    }
    let mut last: Vec<String> = permits(heading).into_iter().collect();
    if let Some(sources) = sources::of(heading) {
        last.push(format!("The Store's rule: {sources}."));
    }
    if !last.is_empty() {
        text.push_str(&format!("{}\n\n", last.join(" ")));
    }
    text
}

fn fields(schema: &Value) -> String {
    let sections = [
        (Section::Packages, "Packages"),
        (Section::Rollout, "Rollout and mandatory updates"),
        (Section::Pricing, "Price and markets"),
        (Section::Properties, "Properties"),
        (Section::Listings, "Listings: texts and pictures"),
    ];
    let mut text = String::new();
    let mut told = 0;
    for (section, title) in sections {
        text.push_str(&format!("### {title}\n\n"));
        let mut seen = BTreeSet::new();
        for field in FIELDS.iter().filter(|field| field.section == section) {
            let heading = heading(field);
            if !seen.insert(heading.clone()) {
                continue;
            }
            let same: Vec<&Field> = FIELDS
                .iter()
                .filter(|other| other.scope == field.scope && other.path == field.path)
                .collect();
            told += same.len();
            text.push_str(&key(schema, &heading, &same));
        }
    }
    assert_eq!(told, FIELDS.len(), "a field is in no section");
    text
}

/// The words that a schema takes, each explained where it is.
fn explained(schema: &Value) -> String {
    let (Some(words), Some(docs)) = (schema["enum"].as_array(), schema["enumDescriptions"].as_array()) else {
        return String::new();
    };
    let pairs = words.iter().zip(docs);
    let list: Vec<String> = pairs
        .map(|(word, doc)| {
            format!(
                "{}: {}",
                code(word.as_str().unwrap()),
                prose(doc.as_str().unwrap().trim_end_matches('.'))
            )
        })
        .collect();
    format!("<br>{}", list.join("<br>"))
}

/// The keys of a map of the schema.
fn keys_of(map: &Value) -> String {
    let properties = map["properties"].as_object().unwrap_or_else(|| panic!("{map}"));
    let required: Vec<&str> =
        map["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows: Vec<Vec<String>> = properties
        .iter()
        .map(|(key, schema)| {
            let needed = if required.contains(&key.as_str()) { " Needed." } else { "" };
            let prose = prose(schema["description"].as_str().unwrap());
            let words = match schema["enum"].as_array() {
                Some(list) if schema["enumDescriptions"].is_null() => {
                    format!(" One of {}.", codes(list.iter().filter_map(Value::as_str)))
                }
                _ => explained(schema),
            };
            vec![code(key), format!("{prose}{needed}{words}")]
        })
        .collect();
    table(&["Key", "What it says"], &rows)
}

/// The keys of a document, for each kind that has them, in the order in which people write them.
fn documents(schema: &Value) -> String {
    let mut rows: Vec<(String, String, Vec<&str>)> = Vec::new();
    for kind in Kind::ALL {
        let document = &schema["definitions"][kind.as_str()];
        let required: Vec<&str> =
            document["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let mut at = 0;
        for (key, value) in document["properties"].as_object().unwrap() {
            let needed = if required.contains(&key.as_str()) { " Needed." } else { "" };
            let permits = permits(key).map(|permits| format!(" {permits}")).unwrap_or_default();
            let about = prose(value["description"].as_str().unwrap());
            let text = format!("{about}{needed}{permits}{}", explained(value));
            match rows.iter().position(|(known, words, _)| known == key && *words == text) {
                Some(row) => {
                    rows[row].2.push(kind.as_str());
                    at = row + 1;
                }
                None => {
                    at = rows.iter().rposition(|(known, ..)| known == key).map_or(at, |row| row + 1);
                    rows.insert(at, (key.clone(), text, vec![kind.as_str()]));
                    at += 1;
                }
            }
        }
    }
    let cells =
        |(key, text, kinds): &(String, String, Vec<&str>)| vec![code(key), kinds.join(", "), text.clone()];
    table(&["Key", "Of", "What it says"], &rows.iter().map(cells).collect::<Vec<_>>())
}

fn image_types() -> String {
    let row = |kind: &storeward::submission::vocabulary::ImageType| {
        vec![code(kind.name), kind.max.to_string(), kind.sizes.to_string(), prose(kind.doc)]
    };
    table(&["Type", "At most", "Pixels", "What it is"], &IMAGE_TYPES.iter().map(row).collect::<Vec<_>>())
}

/// Categories, those of one family on one line.
fn categories() -> String {
    let mut text = String::new();
    let family = |category: &str| category.split('_').next().unwrap_or_default().to_owned();
    let mut done = BTreeSet::new();
    for category in CATEGORIES {
        let family = family(category);
        if done.insert(family.clone()) {
            let prefix = format!("{family}_");
            let all =
                CATEGORIES.iter().copied().filter(|other| **other == *family || other.starts_with(&prefix));
            text.push_str(&format!("- {}\n", codes(all)));
        }
    }
    text
}

fn open_rollout(schema: &Value) -> String {
    let words = explained(schema).replace("<br>", "\n- ");
    format!("{}\n{words}", prose(schema["description"].as_str().unwrap()))
}

#[test]
fn the_reference_of_manifests_is_fresh() {
    let schema = manifest_schema();
    let definition = |name: &str| &schema["definitions"][name];
    let of_app = |key: &str| &definition("App.submission")["properties"][key];
    has_parts(
        "docs/manifest.md",
        &[
            ("keys of a document", documents(&schema)),
            ("keys of rollout", keys_of(&definition("App")["properties"]["rollout"])),
            ("keys of texts", keys_of(definition("text"))),
            ("keys of listings", keys_of(of_app("listings"))),
            ("open rollout", open_rollout(of_app("openRollout"))),
            ("keys of markets", keys_of(&of_app("pricing")["properties"]["marketSpecificPricings"])),
            ("keys of packages", keys_of(of_app("packages"))),
            ("keys of pictures", keys_of(definition("image"))),
            ("keys of trailers", keys_of(definition("trailer"))),
            ("keys of trailer assets", keys_of(definition("trailerAsset"))),
            ("image types", image_types()),
            ("fields", fields(&schema)),
            ("categories", categories()),
            ("languages", codes(LANGUAGES.iter().copied())),
            ("markets", codes(MARKETS.iter().copied())),
        ],
    );
}

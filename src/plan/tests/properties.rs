//! What holds of every live document and every desired state.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::manifest::{Guard, Severity, Wanted};
use crate::plan::{BlockerKind, Change};
use crate::submission::vocabulary::is_price;
use crate::submission::{Document, Field, FileStatus, Kind, Scope, Shape};

use super::generate::{desired, live, text};
use super::live::document;
use super::local::remote;
use super::run::{blockers, case, get, lay, listed, plan_all, shipped};
use super::want::{Want, want};

/// A text as another writer would spell it, to the same effect.
fn respelled(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let unified = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    format!("\u{feff}{}\r\n \n", unified.nfd().collect::<String>().replace('\n', " \t\r\n"))
}

/// A value as another writer would spell it, to the same effect.
fn respelled_value(value: &Value) -> Value {
    match value {
        Value::String(text) if text.is_empty() => Value::Null,
        Value::String(text) => json!(respelled(text)),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().map(respelled_value).collect()
        }
        other => other.clone(),
    }
}

/// The desired state that says of every field what the document says, in other spellings.
pub(super) fn as_it_is(live: &Document) -> Want {
    let mut want = want();
    let languages: Vec<String> = live.languages().map(str::to_owned).collect();
    for field in
        Field::all_of(Kind::App).filter(|field| !matches!(field.shape, Shape::Group | Shape::Trailers))
    {
        let places: Vec<Option<&str>> = match field.scope {
            Scope::Submission => vec![None],
            Scope::Listing => languages.iter().map(|language| Some(language.as_str())).collect(),
        };
        for language in places {
            let keys = language.map(|language| ["listings".to_owned(), language.to_lowercase()]);
            let path = keys.into_iter().flatten().chain(field.path.iter().map(|key| (*key).to_owned()));
            let path = crate::submission::Path::new(path);
            let value = live.get(&field.api_path(language));
            match field.shape {
                Shape::Images => {
                    let there = live.images(language.unwrap_or_default());
                    let there: Vec<_> = there
                        .into_iter()
                        .filter(|image| image.status() != FileStatus::PendingDelete)
                        .collect();
                    let kinds: BTreeSet<&str> = there.iter().map(|image| image.image_type()).collect();
                    for kind in kinds {
                        let own = there.iter().filter(|image| image.image_type() == kind);
                        // What was never committed has no id to name it by.
                        if own.clone().all(|image| !image.id().is_empty()) {
                            want = want.own(
                                &path.child(kind),
                                Wanted::Images(own.map(|i| remote(i.id())).collect()),
                            );
                        }
                    }
                }
                Shape::Markets => {
                    for (market, price) in value.and_then(Value::as_object).into_iter().flatten() {
                        want = want.own(&path.child(market), Wanted::Value(price.clone()));
                    }
                }
                Shape::Packages => {}
                Shape::Percentage | Shape::Flag | Shape::OneOf(_) | Shape::Price | Shape::Players => {
                    want = want.own(&path, Wanted::Value(value.cloned().unwrap_or(Value::Null)));
                }
                Shape::Date => {
                    let value = value.map_or(Value::Null, |value| match value.as_str() {
                        Some(date) if date.starts_with("2026") => json!("2026-09-01T10:00:00+02:00"),
                        _ => Value::Null,
                    });
                    want = want.own(&path, Wanted::Value(value));
                }
                _ => {
                    let value = value.map_or(json!(""), respelled_value);
                    want = want.own(&path, Wanted::Value(value));
                }
            }
        }
    }
    want
}

/// Where a change lies in the API's document.
fn api_path(change: &Change) -> Vec<String> {
    let keys: Vec<&str> = change.path.keys().iter().map(String::as_str).collect();
    let api: Vec<&str> = match keys.as_slice() {
        ["listings", language] => vec!["listings", language],
        ["listings", language, "images", ..] => vec!["listings", language, "baseListing", "images"],
        ["listings", language, rest @ ..] => [&["listings", language, "baseListing"], rest].concat(),
        ["packages", ..] => vec!["applicationPackages"],
        // A list is one value.
        ["gamingOptions", ..] => vec!["gamingOptions"],
        [key @ ("isMandatoryUpdate" | "mandatoryUpdateEffectiveDate")] => vec!["packageDeliveryOptions", key],
        ["packageRollout", "isPackageRollout"] => {
            vec!["packageDeliveryOptions", "packageRollout", "isPackageRollout"]
        }
        ["packageRollout", "percentage"] => {
            vec!["packageDeliveryOptions", "packageRollout", "packageRolloutPercentage"]
        }
        other => other.to_vec(),
    };
    // Languages are spelled in any case.
    api.into_iter()
        .enumerate()
        .map(|(i, key)| if i == 1 { key.to_lowercase() } else { key.to_owned() })
        .collect()
}

/// The paths at which two values are not byte by byte the same; lists are one value. A missing or null object counts
/// as an empty one, so that what was made on the way is found where it matters.
fn differing(
    before: Option<&Value>,
    after: Option<&Value>,
    at: &mut Vec<String>,
    found: &mut BTreeSet<Vec<String>>,
) {
    let spelled = |value: Option<&Value>| value.map(Value::to_string);
    if spelled(before) == spelled(after) {
        return;
    }
    let empty = Map::new();
    let members = |value: Option<&Value>| match value {
        Some(Value::Object(members)) => Some(members.clone()),
        None | Some(Value::Null) => Some(empty.clone()),
        _ => None,
    };
    let (Some(old), Some(new)) = (members(before), members(after)) else {
        found.insert(at.clone());
        return;
    };
    if old.is_empty() && new.is_empty()
        || at.len() == 2 && at[0] == "listings" && (before.is_none() || after.is_none())
    {
        found.insert(at.clone());
        return;
    }
    let shared = |one: &Map<String, Value>, other: &Map<String, Value>| {
        one.keys().filter(|key| other.contains_key(*key)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(shared(&old, &new), shared(&new, &old), "the order of members at {at:?}");
    let all: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in all {
        at.push(if at.len() == 1 { key.to_lowercase() } else { key.clone() });
        differing(old.get(key), new.get(key), at, found);
        at.pop();
    }
}

fn differing_paths(before: &Document, after: &Document) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    let (before, after) = (Value::Object(before.json().clone()), Value::Object(after.json().clone()));
    differing(Some(&before), Some(&after), &mut Vec::new(), &mut found);
    found
}

/// Every image and package of a document, with where it stands.
fn files(document: &Document) -> Vec<(String, Map<String, Value>)> {
    let images = document.languages().flat_map(|language| {
        document
            .images(language)
            .into_iter()
            .map(move |image| (language.to_lowercase(), image.json().clone()))
    });
    let packages = document.entries(&["applicationPackages"]).into_iter();
    images.chain(packages.map(|package| ("packages".to_owned(), package.json().clone()))).collect()
}

fn without(entry: &Map<String, Value>, keys: &[&str]) -> Map<String, Value> {
    entry
        .iter()
        .filter(|(key, _)| !keys.contains(&key.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

/// The texts of a document as the service may give them back.
fn after_a_round_trip(document: &Document) -> Document {
    let mut back = document.clone();
    for language in document.languages() {
        for key in ["description", "releaseNotes", "features", "keywords", "shortTitle"] {
            let path = ["listings", language, "baseListing", key];
            if let Some(value) = document.get(&path) {
                back.set(&path, respelled_value(value));
            }
        }
        let path = ["listings", language, "baseListing", "images"];
        if let Some(Value::Array(images)) = document.get(&path) {
            let mut images = images.clone();
            for caption in images.iter_mut().filter_map(|image| image.get_mut("description")) {
                *caption = respelled_value(caption);
            }
            back.set(&path, Value::Array(images));
        }
    }
    back
}

/// The same members in another order, at every depth.
fn reordered(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .rev()
            .map(|(key, member)| (key.clone(), reordered(member)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(reordered).collect(),
        other => other.clone(),
    }
}

/// What the plan is, and what it stands on.
fn fingerprints(live: &Document, want: Want, permits: &[Guard]) -> (String, String) {
    let mut case = case(live.clone());
    case.permits = permits.to_vec();
    let prints = case.plan(want).fingerprints;
    (prints.plan, prints.live["app/reader"].clone())
}

pub(super) fn copy(want: &Want) -> Want {
    let mut copy = Want::default();
    copy.0.owned.clone_from(&want.0.owned);
    copy.0.other_languages.clone_from(&want.0.other_languages);
    copy.0.other_markets.clone_from(&want.0.other_markets);
    copy.0.retain = want.0.retain;
    copy
}

proptest! {
    #[test]
    fn what_is_there_already_is_no_change(live in live()) {
        let live = document(&live);
        let overlay = lay(&live, &as_it_is(&live));
        prop_assert!(overlay.changes.is_empty(), "{:?}", listed(&overlay.changes));
        prop_assert!(overlay.findings.is_empty(), "{:?}", overlay.findings);
        prop_assert!(overlay.uploads.is_empty());
        prop_assert_eq!(overlay.counts.waiting, 0);
        prop_assert_eq!(json!(overlay.document.json()).to_string(), json!(live.json()).to_string());
    }

    #[test]
    fn what_was_sent_is_not_planned_again(live in live(), want in desired()) {
        let overlay = lay(&document(&live), &want);
        // With an error, nothing is sent.
        if overlay.findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Ok(());
        }
        let draft = lay(&overlay.document, &want);
        prop_assert!(draft.changes.is_empty(), "draft: {:?}", listed(&draft.changes));
        let shipped = shipped(&overlay);
        let again = lay(&shipped, &want);
        prop_assert!(again.changes.is_empty(), "published: {:?}", listed(&again.changes));
        prop_assert!(again.uploads.is_empty());
        let back = lay(&after_a_round_trip(&shipped), &want);
        prop_assert!(back.changes.is_empty(), "as it comes back: {:?}", listed(&back.changes));
        if !overlay.changes.is_empty() {
            prop_assert_eq!(again.counts.waiting, 0, "release settings rode along");
        }
    }

    #[test]
    fn what_is_sent_differs_at_the_listed_paths_and_nowhere_else(live in live(), want in desired()) {
        let live = document(&live);
        let overlay = lay(&live, &want);
        let listed: BTreeSet<Vec<String>> = overlay.changes.iter().map(api_path).collect();
        let found = differing_paths(&live, &overlay.document);
        for path in &found {
            prop_assert!(listed.iter().any(|known| path.starts_with(known)), "{path:?} is not listed in {listed:?}");
        }
        for path in &listed {
            let there = |other: &Vec<String>| other.starts_with(path) || path.starts_with(other);
            prop_assert!(found.iter().any(there), "{path:?} is listed and is no difference of {found:?}");
        }
    }

    #[test]
    fn no_image_and_no_package_is_lost(live in live(), want in desired()) {
        let live = document(&live);
        let overlay = lay(&live, &want);
        let gone: BTreeSet<String> = {
            let stay: BTreeSet<String> = overlay.document.languages().map(str::to_lowercase).collect();
            live.languages().map(str::to_lowercase).filter(|language| !stay.contains(language)).collect()
        };
        let mut after = files(&overlay.document);
        for (place, before) in files(&live).into_iter().filter(|(place, _)| !gone.contains(place)) {
            let status = before["fileStatus"].as_str().unwrap_or_default().to_owned();
            // A caption may change, and what never was committed is left out.
            let find = |free: &[&str]| after.iter().position(|(other, entry)| {
                *other == place && without(entry, free) == without(&before, free)
                    && (status == "Uploaded" || entry["fileStatus"] == before["fileStatus"])
            });
            // A new one may have the same name: the one that says the same is meant.
            let kept = find(&["fileStatus"]).or_else(|| find(&["fileStatus", "description"]));
            match kept {
                Some(at) => {
                    let (_, entry) = after.remove(at);
                    let now = entry["fileStatus"].as_str().unwrap_or_default();
                    prop_assert!(now == status || (status == "Uploaded" && now == "PendingDelete"), "{before:?} is {now}");
                    let says = |path: &str| path.contains(&format!("{place}.images.")) && path.ends_with(".description");
                    let listed = overlay.changes.iter().any(|change| says(&change.path.dotted()));
                    prop_assert!(entry.get("description") == before.get("description") || listed);
                }
                None => prop_assert!(status == "PendingUpload", "{before:?} is not there any more"),
            }
        }
        for (_, new) in after {
            prop_assert_eq!(new["fileStatus"].as_str(), Some("PendingUpload"));
            prop_assert!(!new.contains_key("id"));
            let name = new["fileName"].as_str().unwrap_or_default();
            prop_assert!(overlay.uploads.iter().any(|asset| asset.archive_name == name), "{name} is not uploaded");
        }
    }

    #[test]
    fn every_upload_has_its_entry(live in live(), want in desired()) {
        let overlay = lay(&document(&live), &want);
        let entries = overlay.document.files();
        for asset in &overlay.uploads {
            let is_new = |status| status == FileStatus::PendingUpload;
            prop_assert!(entries.iter().any(|e| e.file_name() == asset.archive_name && is_new(e.status())));
        }
        prop_assert_eq!(overlay.archive().map(|archive| archive.len()).ok(), Some(overlay.uploads.len()));
    }

    #[test]
    fn no_price_is_sent_that_is_none(live in live(), want in desired()) {
        let live = document(&live);
        let overlay = lay(&live, &want);
        let price = get(&overlay.document, "pricing.priceId").and_then(Value::as_str);
        let plan = case(live.clone()).plan(copy(&want));
        let blocked = blockers(&plan).contains(&BlockerKind::PriceUnreadable);
        prop_assert_eq!(blocked, !overlay.changes.is_empty() && !price.is_some_and(is_price), "{:?}", price);
        let said = |document: &Document| get(document, "pricing.priceId").cloned();
        if said(&live) != said(&overlay.document) {
            prop_assert!(plan.guards.iter().any(|hit| hit.guard == Guard::PriceChange));
        }
    }

    #[test]
    fn the_order_of_keys_and_resources_makes_no_other_plan(live in live(), want in desired(), other in desired()) {
        let live = document(&live);
        let turned = document(&reordered(&Value::Object(live.json().clone())));
        let mut backwards = copy(&want);
        backwards.0.owned.reverse();
        let permits = [Guard::PriceChange, Guard::BecomesFree];
        let one = fingerprints(&live, copy(&want), &permits);
        prop_assert_eq!(one, fingerprints(&turned, backwards, &[Guard::BecomesFree, Guard::PriceChange]));
        let both = |first: bool| {
            let reader = (case(live.clone()).named("reader"), copy(&want));
            let writer = (case(live.clone()).named("writer"), copy(&other));
            let plan = if first { plan_all([reader, writer]) } else { plan_all([writer, reader]) };
            (plan.fingerprints.plan, plan.fingerprints.live)
        };
        prop_assert_eq!(both(true), both(false));
    }

    #[test]
    fn another_text_makes_another_plan(live in live(), want in desired(), a in text(), b in text()) {
        use crate::submission::canonical;
        let with = |text: &str| copy(&want).value("listings.en-us.description", text).value("visibility", "Hidden");
        let mut live = document(&live);
        live.set(&["visibility"], json!("Public"));
        live.set(&["listings", "en-us", "baseListing", "description"], json!("Something else."));
        let (one, _) = fingerprints(&live, with(&a), &[]);
        let (other, _) = fingerprints(&live, with(&b), &[]);
        let goes = want.0.owned.iter().any(|owned| owned.field.is_none() && owned.path.language() == Some("en-us"));
        let same = goes || canonical::same(Some(&json!(a)), Some(&json!(b)));
        prop_assert_eq!(one == other, same);
    }
}

//! What holds of every live document and every desired state.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::manifest::{Guard, Severity, TrailerContent, Wanted, WantedTrailer};
use crate::plan::{BlockerKind, Change, ChangeRoute, Op};
use crate::submission::vocabulary::is_price;
use crate::submission::{Document, Field, FileStatus, Kind, LiveProduct, Rollout, Scope, Shape};

use super::generate::{CONTENTS, STEMS, desired, live, live_of, resource, text};
use super::live::{document, published_in_rollout};
use super::local::{icon, remote};
use super::manifests::{app, planned};
use super::run::{Case, blockers, case, get, lay, listed, plan_all, shipped};
use super::want::{Want, at, want_of};

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
pub(super) fn as_it_is(kind: Kind, live: &Document) -> Want {
    let mut want = want_of(kind);
    let languages: Vec<String> = live.languages().map(str::to_owned).collect();
    for field in Field::all_of(kind).filter(|field| !field.is_group()) {
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
                Shape::Trailers => {
                    if let Some(trailers) = trailers_as_they_are(value) {
                        want = want.own(&path, Wanted::Trailers(trailers));
                    }
                }
                Shape::Icon => {
                    if let Some(wanted) = icon_as_it_is(language.unwrap_or_default(), value) {
                        want = want.own(&path, wanted);
                    }
                }
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

/// Each by its id; none where one has none to name it by.
fn trailers_as_they_are(value: Option<&Value>) -> Option<Vec<WantedTrailer>> {
    let all = value.and_then(Value::as_array).into_iter().flatten();
    let remote = |entry: &Value| {
        let id = entry.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())?;
        Some(WantedTrailer { content: TrailerContent::Remote(id.to_owned()), at: at(1) })
    };
    all.map(remote).collect()
}

/// The file that the icon is, by its digest or by its name.
fn icon_as_it_is(language: &str, value: Option<&Value>) -> Option<Wanted> {
    let language = language.to_lowercase();
    let stays = |value: &&Value| value["fileStatus"] != "PendingDelete" && value["fileName"].is_string();
    let Some(name) = value.filter(stays).and_then(|value| value["fileName"].as_str()) else {
        return Some(Wanted::Nothing);
    };
    let files =
        STEMS.iter().flat_map(|stem| CONTENTS.map(|content| icon(&language, stem, content.as_bytes())));
    let mut files = files.filter(|file| file.archive_name == name || *file.name == *name);
    files.next().map(Wanted::Icon)
}

/// Where a change lies in the API's document.
fn api_path(kind: Kind, change: &Change) -> Vec<String> {
    let keys: Vec<&str> = change.path.keys().iter().map(String::as_str).collect();
    let api: Vec<&str> = match keys.as_slice() {
        ["listings", language] => vec!["listings", language],
        ["listings", ..] if kind == Kind::AddOn => keys.clone(),
        ["trailers", ..] => vec!["trailers"],
        ["packages", ..] if kind == Kind::Flight => vec!["flightPackages"],
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
    let packages = document.packages().into_iter();
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
        for path in [
            vec!["listings", language, "baseListing", "description"],
            vec!["listings", language, "baseListing", "releaseNotes"],
            vec!["listings", language, "baseListing", "features"],
            vec!["listings", language, "baseListing", "keywords"],
            vec!["listings", language, "baseListing", "shortTitle"],
            vec!["listings", language, "title"],
            vec!["listings", language, "description"],
        ] {
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
    let mut case = case_of(live.clone(), &want);
    case.permits = permits.to_vec();
    let plan = case.plan(want);
    let prints = plan.fingerprints;
    (prints.plan, prints.live[&plan.resources[0].address].clone())
}

/// The resource that is wanted, with this submission published.
fn case_of(live: Document, want: &Want) -> Case {
    let case = case(live);
    if want.1 == Kind::App { case } else { case.member() }
}

pub(super) fn copy(want: &Want) -> Want {
    let mut copy = want_of(want.1);
    copy.0.ignore.clone_from(&want.0.ignore);
    copy.0.owned.clone_from(&want.0.owned);
    copy.0.other_languages.clone_from(&want.0.other_languages);
    copy.0.other_markets.clone_from(&want.0.other_markets);
    copy.0.retain = want.0.retain;
    copy
}

proptest! {
    #[test]
    fn what_is_there_already_is_no_change((live, kind) in select(Kind::ALL).prop_flat_map(|kind| (live_of(kind), Just(kind)))) {
        let live = document(&live);
        let overlay = lay(&live, &as_it_is(kind, &live));
        prop_assert!(overlay.changes.is_empty(), "{:?}", listed(&overlay.changes));
        prop_assert!(overlay.findings.is_empty(), "{:?}", overlay.findings);
        prop_assert!(overlay.uploads.is_empty());
        prop_assert_eq!(overlay.counts.waiting, 0);
        prop_assert_eq!(json!(overlay.document.json()).to_string(), json!(live.json()).to_string());
    }

    #[test]
    fn what_was_sent_is_not_planned_again((live, want) in resource()) {
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
    fn what_is_sent_differs_at_the_listed_paths_and_nowhere_else((live, want) in resource()) {
        let live = document(&live);
        let overlay = lay(&live, &want);
        // With an error, nothing is sent.
        prop_assume!(!overlay.findings.iter().any(|finding| finding.severity == Severity::Error));
        let listed: BTreeSet<Vec<String>> = overlay.changes.iter().map(|change| api_path(want.1, change)).collect();
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
    fn no_image_and_no_package_is_lost((live, want) in resource()) {
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
    fn every_upload_has_its_entry((live, want) in resource()) {
        let overlay = lay(&document(&live), &want);
        let entries = overlay.document.files();
        // Files of trailers have no status.
        let trailers = overlay.document.json().get("trailers").map(Value::to_string).unwrap_or_default();
        for asset in &overlay.uploads {
            let is_new = |status| status == FileStatus::PendingUpload;
            let named = entries.iter().any(|e| e.file_name() == asset.archive_name && is_new(e.status()));
            let in_a_trailer = trailers.contains(&json!(asset.archive_name).to_string());
            prop_assert!(named || in_a_trailer, "{} has no entry", asset.archive_name);
        }
        prop_assert_eq!(overlay.archive().map(|archive| archive.len()).ok(), Some(overlay.uploads.len()));
    }

    #[test]
    fn no_price_is_sent_that_is_none((live, want) in resource()) {
        let live = document(&live);
        let overlay = lay(&live, &want);
        let price = get(&overlay.document, "pricing.priceId").and_then(Value::as_str);
        let plan = case_of(live.clone(), &want).plan(copy(&want));
        let blocked = blockers(&plan).contains(&BlockerKind::PriceUnreadable);
        let needs_one = want.1 != Kind::Flight && !overlay.changes.is_empty();
        prop_assert_eq!(blocked, needs_one && !price.is_some_and(is_price), "{:?}", price);
        let said = |document: &Document| get(document, "pricing.priceId").cloned();
        if said(&live) != said(&overlay.document) {
            prop_assert!(plan.guards.iter().any(|hit| hit.guard == Guard::PriceChange));
        }
    }

    #[test]
    fn the_order_of_keys_makes_no_other_plan((live, want) in resource()) {
        let live = document(&live);
        let turned = document(&reordered(&Value::Object(live.json().clone())));
        let mut backwards = copy(&want);
        backwards.0.owned.reverse();
        let permits = [Guard::PriceChange, Guard::BecomesFree];
        let one = fingerprints(&live, copy(&want), &permits);
        prop_assert_eq!(one, fingerprints(&turned, backwards, &[Guard::BecomesFree, Guard::PriceChange]));
    }

    #[test]
    fn the_order_of_resources_makes_no_other_plan(live in live(), want in desired(), (mut member, other) in resource()) {
        let live = document(&live);
        let own = (other.1 != Kind::App).then(|| document(&std::mem::take(&mut member)));
        let both = |first: bool| {
            let reader = (case(live.clone()).named("reader"), copy(&want));
            let writer = (case_of(own.clone().unwrap_or(live.clone()), &other).named("writer"), copy(&other));
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

    #[test]
    fn what_is_ignored_is_not_touched((live, want) in resource()) {
        let overlay = lay(&document(&live), &want);
        for change in &overlay.changes {
            prop_assert!(!want.0.ignores(&change.path), "{}", change.path);
        }
    }

    #[test]
    fn what_is_said_by_null_or_others_has_its_guard((live, want) in resource()) {
        let live = document(&live);
        let plan = case_of(live, &want).plan(want);
        let resource = &plan.resources[0];
        for change in resource.changes.iter().filter(|change| change.op == Op::Remove) {
            let keys: Vec<&str> = change.path.keys().iter().map(String::as_str).collect();
            let named = |guards: &[Guard], word: &str| {
                plan.guards.iter().any(|hit| guards.contains(&hit.guard) && hit.detail.contains(word))
            };
            match keys.as_slice() {
                ["listings", language] => prop_assert!(named(&[Guard::ListingRemoved], language)),
                ["pricing", "marketSpecificPricings", market] => {
                    prop_assert!(named(&[Guard::PriceChange, Guard::MarketRemoved], market));
                }
                _ => {}
            }
        }
    }

    #[test]
    fn a_rollout_that_was_changed_is_not_changed_again(
        before in 0..=100_u32,
        status in select(&["PackageRolloutInProgress", "PackageRolloutStopped", "PackageRolloutComplete"][..]),
        asked in asked(),
        open in select(&["block", "finalize", "halt"][..]),
        text in select(&["Plain text.", "Other text."][..]),
    ) {
        let manifest = |rollout: &str| app(&format!(
            "submission: {{openRollout: {open}, listings: {{en-us: {{description: {text}}}}}}}\n{rollout}"
        ));
        let resource = manifest(&format!("rollout: {{of: 1.4.0.0, {asked}}}\n"));
        let live = published_in_rollout(status, json!(before));
        let plan = planned(&resource, self::product(&live));
        let calls: Vec<&Change> =
            plan.resources[0].changes.iter().filter(|change| change.route == ChangeRoute::Live).collect();
        prop_assert!(calls.len() <= 1, "{calls:?}");
        prop_assert!(calls.is_empty() || status == "PackageRolloutInProgress", "only what is running can be changed");
        let after = calls.iter().fold(live.clone(), |live, call| called(&live, call));
        let again = planned(&resource, self::product(&after));
        let again = again.resources[0].changes.iter().filter(|change| change.route == ChangeRoute::Live).count();
        // A rollout that goes on is still in the way of what comes after it.
        let in_the_way = open != "block" && text == "Other text.";
        prop_assert!(again == 0 || in_the_way && after.rollout() == Rollout::InProgress);
        let closed = after.rollout() != Rollout::InProgress;
        let blocked = blockers(&plan).contains(&BlockerKind::RolloutOpen);
        prop_assert_eq!(blocked, !closed && text == "Other text.", "only a running rollout is in the way");
    }
}

/// What `rollout` may ask.
fn asked() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..=100_u32).prop_map(|share| format!("percentage: {share}")),
        select(&["state: finalized", "state: halted"][..]).prop_map(str::to_owned),
    ]
}

fn product(published: &Document) -> LiveProduct {
    super::manifests::live(None, Some(published.clone()))
}

/// What the Store makes of a rollout call.
fn called(live: &Document, call: &Change) -> Document {
    const ROLLOUT: [&str; 2] = ["packageDeliveryOptions", "packageRollout"];
    let mut after = live.clone();
    let [block, member] = ROLLOUT;
    let mut set = |key: &str, value: Value| after.set(&[block, member, key], value);
    match (call.path.dotted().as_str(), call.after.as_ref().and_then(Value::as_str)) {
        ("rollout.percentage", _) => set("packageRolloutPercentage", call.after.clone().unwrap()),
        ("rollout.state", Some("finalized")) => set("packageRolloutStatus", json!("PackageRolloutComplete")),
        ("rollout.state", Some("halted")) => set("packageRolloutStatus", json!("PackageRolloutStopped")),
        other => panic!("no call does {other:?}"),
    }
    after
}

//! Release settings, which ride along or wait, and how a rollout starts.

use serde_json::{Value, json};

use crate::manifest::Guard;
use crate::plan::{Action, Op, PublishedBy};
use crate::submission::Document;

use super::live::{published, published_in_rollout, published_with, published_without};
use super::local::package;
use super::manifests::{INSIDERS, app, insiders, live, planned, resource, with_package};
use super::run::{case, change_at, get, guards, has_guard, lay, listed};
use super::want::{Want, want};

const ROLLOUT: &str = "packageDeliveryOptions.packageRollout";

fn settings(want: Want) -> Want {
    want.value("notesForCertification", "Sign in as tester / hunter2.")
        .value("targetPublishMode", "Manual")
        .value("targetPublishDate", "2026-09-01T08:00:00Z")
        .value("packageRollout.percentage", 25)
}

/// Whether the document starts as a rollout, and with which share.
fn start(document: &Document) -> (Option<Value>, Option<Value>) {
    let member = |name: &str| get(document, &format!("{ROLLOUT}.{name}")).cloned();
    (member("isPackageRollout"), member("packageRolloutPercentage"))
}

#[test]
fn alone_they_wait_for_the_next_submission() {
    let overlay = lay(&published(), &settings(want()));
    assert!(overlay.changes.is_empty());
    assert_eq!(overlay.document, published());
    assert_eq!(overlay.counts.waiting, 3, "a share that no package starts with waits for nothing");
    let plan = case(published()).plan(settings(want()));
    assert_eq!(plan.resources[0].action, Action::None);
    assert!(plan.steps.is_empty());
    let same =
        want().value("targetPublishMode", "Immediate").value("notesForCertification", "Sign in as nobody. ");
    assert_eq!(lay(&published(), &same).counts.waiting, 0);
    let unset = want().value("targetPublishDate", Value::Null);
    assert_eq!(lay(&published(), &unset).counts.waiting, 0, "the Store's 1601 is no date");
}

#[test]
fn with_another_change_they_ride_along() {
    let overlay = lay(&published(), &settings(want().value("visibility", "Hidden")));
    assert_eq!(
        listed(&overlay.changes),
        ["set visibility", "set notesForCertification", "set targetPublishMode", "set targetPublishDate"]
    );
    assert_eq!(overlay.counts.waiting, 0);
    assert_eq!(get(&overlay.document, "notesForCertification"), Some(&json!("Sign in as tester / hunter2.")));
    assert_eq!(start(&overlay.document), start(&published()), "no package comes");
}

#[test]
fn a_price_that_only_a_guard_speaks_of_makes_them_ride_along_too() {
    let overlay = lay(&published(), &settings(want().nothing("pricing.marketSpecificPricings.CN")));
    assert_eq!(overlay.changes.len(), 4);
}

#[test]
fn notes_for_certification_appear_as_a_digest_only() {
    let plan = case(published()).plan(settings(want().value("visibility", "Hidden")));
    let change =
        plan.resources[0].changes.iter().find(|change| change.path.dotted() == "notesForCertification");
    let (before, after) = (change.unwrap().before.as_ref().unwrap(), change.unwrap().after.as_ref().unwrap());
    assert!(before["hidden"].as_str().unwrap().starts_with("sha256:") && before != after);
    let json = serde_json::to_string(&plan).unwrap();
    assert!(!json.contains("hunter2") && !json.contains("nobody"), "{json}");
    let cleared =
        case(published()).plan(want().value("visibility", "Hidden").value("notesForCertification", ""));
    assert!(listed(&cleared.resources[0].changes).contains(&"clear notesForCertification".to_owned()));
}

#[test]
fn the_route_says_who_publishes() {
    let route = |want: Want| {
        case(published()).plan(want.value("visibility", "Hidden")).resources[0].route.clone().unwrap()
    };
    assert_eq!(route(want()).published_by, PublishedBy::Itself);
    assert_eq!(route(want().value("targetPublishMode", "Manual")).published_by, PublishedBy::Hand);
    let date =
        want().value("targetPublishMode", "SpecificDate").value("targetPublishDate", "2026-09-01T08:00:00Z");
    assert_eq!(route(date).published_by, PublishedBy::Date("2026-09-01T08:00:00Z".to_owned()));
    assert_eq!((route(want()).upload_bytes, route(want()).upload_files), (0, 0));
    let held = case(published_with([("targetPublishMode", json!("Manual"))]));
    let inherited = held.plan(want().value("visibility", "Hidden")).resources.remove(0).route.unwrap();
    assert_eq!(inherited.published_by, PublishedBy::Hand, "the clone has the mode of the last submission");
    assert!(inherited.certification && !inherited.reversible);
}

#[test]
fn every_action_has_the_consequences_of_its_route() {
    let flight = resource(&format!("{INSIDERS}state: absent\n"));
    let deleted = planned(&flight, live(Some(&insiders()), None)).resources.remove(0);
    let rollout = published_in_rollout("PackageRolloutInProgress", json!(10.0));
    let running = app("rollout: {of: 1.4.0.0, percentage: 50}\n");
    let raised = planned(&running, live(None, Some(rollout))).resources.remove(0);
    for (planned, action) in [(deleted, Action::Delete), (raised, Action::Live)] {
        let route = planned.route.unwrap();
        assert_eq!((planned.action, route.certification, route.reversible), (action, false, false));
        assert_eq!(route.published_by, PublishedBy::Itself);
    }
    let new = with_package(resource(INSIDERS), package("1.5.0.0", "x64"));
    let created = planned(&new, live(None, None)).resources.remove(0);
    let route = created.route.unwrap();
    assert_eq!((created.action, route.certification, route.upload_files), (Action::Create, true, 1));
    let mut on_its_way = lay(&published(), &want().value("visibility", "Hidden")).document;
    on_its_way.set(&["status"], json!("Release"));
    on_its_way.set(&["targetPublishMode"], json!("Manual"));
    let plan = case(published()).pending(on_its_way).plan(want().value("visibility", "Hidden"));
    let route = plan.resources[0].route.as_ref().unwrap();
    assert_eq!((plan.resources[0].action, &route.published_by), (Action::InProgress, &PublishedBy::Hand));
}

#[test]
fn a_submission_without_new_packages_is_no_rollout() {
    let live = published_in_rollout("PackageRolloutComplete", json!(25.0));
    for wanted in [want(), want().value("packageRollout.percentage", 50)] {
        let overlay = lay(&live, &wanted.value("visibility", "Hidden"));
        assert_eq!(listed(&overlay.changes), ["set packageRollout.isPackageRollout", "set visibility"]);
        let change = change_at(&overlay, "packageRollout.isPackageRollout");
        assert_eq!((change.before.clone(), change.after.clone()), (Some(json!(true)), Some(json!(false))));
        assert_eq!(start(&overlay.document), (Some(json!(false)), Some(json!(25.0))));
    }
    let same_packages = want().packages([package("1.4.0.0", "x64")]).value("visibility", "Hidden");
    assert_eq!(listed(&lay(&live, &same_packages).changes)[0], "set packageRollout.isPackageRollout");
}

#[test]
fn a_rollout_of_the_last_submission_alone_is_no_change() {
    let overlay = lay(
        &published_in_rollout("PackageRolloutComplete", json!(25.0)),
        &want().value("visibility", "Public"),
    );
    assert!(overlay.changes.is_empty());
}

#[test]
fn new_packages_start_with_the_share_that_is_stated() {
    let with = |live: &Document, want: Want| {
        let overlay = lay(live, &want.packages([package("1.5.0.0", "x64")]));
        let rollout: Vec<String> =
            listed(&overlay.changes).into_iter().filter(|line| line.contains("packageRollout")).collect();
        (rollout, start(&overlay.document))
    };
    let flag = "set packageRollout.isPackageRollout".to_owned();
    let share = "set packageRollout.percentage".to_owned();
    let quarter = || want().value("packageRollout.percentage", 25);
    let started = (Some(json!(true)), Some(json!(25)));
    assert_eq!(with(&published(), quarter()), (vec![flag.clone(), share.clone()], started.clone()));
    let inherited = published_in_rollout("PackageRolloutComplete", json!(10.0));
    assert_eq!(with(&inherited, quarter()), (vec![share.clone()], started.clone()));
    let same = published_in_rollout("PackageRolloutComplete", json!(25.0));
    assert_eq!(with(&same, quarter()), (vec![], (Some(json!(true)), Some(json!(25.0)))));
    let ended = || want().nothing("packageRollout.percentage");
    assert_eq!(with(&same, ended()), (vec![flag.clone()], (Some(json!(false)), Some(json!(25.0)))));
    assert_eq!(with(&published(), ended()).0, Vec::<String>::new());
    for missing in [ROLLOUT, "packageDeliveryOptions"] {
        let live = published_without(missing);
        assert_eq!(with(&live, quarter()), (vec![flag.clone(), share.clone()], started.clone()));
        assert_eq!(with(&live, want()), (vec![], (None, None)));
    }
    let null = published_with([(ROLLOUT, Value::Null)]);
    assert_eq!(with(&null, quarter()), (vec![flag, share], started));
}

#[test]
fn an_absent_rollout_is_not_made_up() {
    for missing in [ROLLOUT, "packageDeliveryOptions"] {
        let live = published_without(missing);
        let overlay = lay(&live, &want().value("visibility", "Hidden"));
        assert_eq!(listed(&overlay.changes), ["set visibility"]);
        assert_eq!(start(&overlay.document), (None, None));
    }
}

#[test]
fn an_inherited_rollout_is_a_guard_until_the_manifest_says_something() {
    let live = || published_in_rollout("PackageRolloutComplete", json!(25.0));
    let plan = |want: Want| case(live()).plan(want.packages([package("1.5.0.0", "x64")]));
    let silent = plan(want());
    assert_eq!(
        guards(&silent),
        ["inherits-rollout: would start with 25.0 % of customers; state `packageRollout`"]
    );
    for said in [want().value("packageRollout.percentage", 50), want().nothing("packageRollout.percentage")] {
        assert!(!has_guard(&plan(said), Guard::InheritsRollout));
    }
    // Also where it says what the last one had.
    assert!(!has_guard(&plan(want().value("packageRollout.percentage", 25)), Guard::InheritsRollout));
    let without_packages = case(live()).plan(want().value("visibility", "Hidden"));
    assert!(!has_guard(&without_packages, Guard::InheritsRollout));
}

#[test]
fn values_are_set_where_the_document_has_none() {
    let live = published_without("visibility");
    let overlay = lay(&live, &want().value("visibility", "Public"));
    assert_eq!(overlay.changes[0].op, Op::Set);
    assert_eq!(
        (overlay.changes[0].before.clone(), get(&overlay.document, "visibility")),
        (None, Some(&json!("Public")))
    );
}

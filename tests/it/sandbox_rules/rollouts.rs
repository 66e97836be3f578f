//! Gradual package rollouts.

use serde_json::{Value, json};

use super::{draft, publish, refused, submissions};
use crate::support::local::Local;
use crate::support::things::{self, APP, PUBLISHED};

const ROLLOUT: &str = "/packageDeliveryOptions/packageRollout";

fn rollout(is: bool, share: f64, status: &str, fallback: &str) -> Value {
    json!({
        "isPackageRollout": is, "packageRolloutPercentage": share,
        "packageRolloutStatus": status, "fallbackSubmissionId": fallback
    })
}

/// What both places say.
fn agreed(local: &Local, path: &str) -> Value {
    let alone = local.get(&format!("{path}/packagerollout"));
    assert_eq!(local.get(path).pointer(ROLLOUT), Some(&alone));
    alone
}

/// A published submission whose rollout is in progress.
fn rolling_out() -> (Local, String) {
    let local = Local::start(&things::account());
    let (path, mut document) = draft(&local);
    document["packageDeliveryOptions"]["packageRollout"]["isPackageRollout"] = true.into();
    document["packageDeliveryOptions"]["packageRollout"]["packageRolloutPercentage"] = 10.into();
    publish(&local, &path, &document, None);
    (local, path)
}

#[test]
fn a_rollout_begins_when_it_is_published() {
    let (local, path) = rolling_out();
    assert_eq!(agreed(&local, &path), rollout(true, 10.0, "PackageRolloutInProgress", PUBLISHED));
    // Until it ends there is no other submission.
    let (target, _) = refused(&local, 409, "POST", &submissions(), None);
    assert_eq!(target, "submission");
    let before = format!("{}/{PUBLISHED}", submissions());
    assert_eq!(agreed(&local, &before), rollout(false, 0.0, "PackageRolloutNotStarted", "0"));
}

#[test]
fn its_share_can_be_changed() {
    let (local, path) = rolling_out();
    let update = |query: &str| format!("{path}/updatepackagerolloutpercentage{query}");
    let answer = local.expect(200, "POST", &update("?percentage=25"), None);
    assert_eq!(answer, rollout(true, 25.0, "PackageRolloutInProgress", PUBLISHED));
    assert_eq!(agreed(&local, &path), answer);
    local.expect(200, "POST", &update("?percentage=12.5"), None);
    assert_eq!(agreed(&local, &path)["packageRolloutPercentage"], 12.5);
    for query in ["", "?percentage=x", "?percentage=-1", "?percentage=100.5"] {
        refused(&local, 400, "POST", &update(query), None);
    }
    // All of it is not the end of it.
    local.expect(200, "POST", &update("?percentage=100"), None);
    local.expect(409, "POST", &submissions(), None);
}

#[test]
fn it_is_finalized() {
    let (local, path) = rolling_out();
    let answer = local.expect(200, "POST", &format!("{path}/finalizepackagerollout"), None);
    assert_eq!(answer, rollout(true, 100.0, "PackageRolloutComplete", PUBLISHED));
    assert_eq!(agreed(&local, &path), answer);
    for operation in
        ["finalizepackagerollout", "haltpackagerollout", "updatepackagerolloutpercentage?percentage=1"]
    {
        refused(&local, 409, "POST", &format!("{path}/{operation}"), None);
    }
    // The clone takes over that it is a rollout, and nothing of how it went.
    let (draft, _) = draft(&local);
    assert_eq!(agreed(&local, &draft), rollout(true, 100.0, "PackageRolloutNotStarted", "0"));
    refused(&local, 409, "POST", &format!("{draft}/finalizepackagerollout"), None);
}

#[test]
fn after_a_halt_the_halted_one_is_cloned() {
    let (local, path) = rolling_out();
    let answer = local.expect(200, "POST", &format!("{path}/haltpackagerollout"), None);
    assert_eq!(answer, rollout(true, 0.0, "PackageRolloutStopped", PUBLISHED));
    assert_eq!(agreed(&local, &path), answer);
    let app = local.get(&format!("applications/{APP}"));
    assert!(path.ends_with(app["lastPublishedApplicationSubmission"]["id"].as_str().unwrap()));
    let (_, clone) = draft(&local);
    assert_eq!(clone["friendlyName"], "Submission 9");
    assert_eq!(clone.pointer(ROLLOUT).unwrap(), &rollout(true, 0.0, "PackageRolloutNotStarted", "0"));
}

#[test]
fn without_one_it_has_not_started() {
    let mut seed = things::account();
    let app = &mut seed["applications"][0];
    app["published"].as_object_mut().unwrap().remove("packageDeliveryOptions");
    app["flights"] = json!([{
        "flight": { "flightId": "f-1" },
        "published": {
            "id": "61",
            "packageDeliveryOptions": { "packageRollout": rollout(true, 50.0, "PackageRolloutInProgress", "60") }
        }
    }]);
    app["addOns"] = json!([{ "addOn": { "id": "9PADDON" }, "published": { "id": "71" } }]);
    let local = Local::start(&seed);
    let path = format!("{}/{PUBLISHED}/packagerollout", submissions());
    assert_eq!(local.get(&path), rollout(false, 0.0, "PackageRolloutNotStarted", "0"));
    // Flights roll out in the same way, add-ons have no packages.
    let flight = format!("applications/{APP}/flights/f-1/submissions");
    refused(&local, 409, "POST", &flight, None);
    let answer = local.expect(200, "POST", &format!("{flight}/61/finalizepackagerollout"), None);
    assert_eq!(answer, rollout(true, 100.0, "PackageRolloutComplete", "60"));
    local.expect(201, "POST", &flight, None);
    local.expect(404, "GET", "inappproducts/9PADDON/submissions/71/packagerollout", None);
}

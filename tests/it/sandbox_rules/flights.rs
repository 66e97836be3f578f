//! Package flights.

use serde_json::{Value, json};

use super::{account_with, failure, list, new_package, publish, refused};
use crate::support::local::{Local, upload};
use crate::support::things::{self, APP};

fn create(local: &Local, name: &str, above: &Value) -> String {
    let body =
        json!({ "friendlyName": name, "groupIds": ["1152921500000000900", 7], "rankHigherThan": above });
    let flight = local.expect(201, "POST", &format!("applications/{APP}/flights"), Some(&body));
    assert_eq!(flight["groupIds"], json!(["1152921500000000900", "7"]));
    flight["flightId"].as_str().unwrap().to_owned()
}

fn read(local: &Local, id: &str) -> Value {
    local.get(&format!("applications/{APP}/flights/{id}"))
}

#[test]
fn flights_rank_one_above_the_other() {
    let local = Local::start(&things::account());
    let lowest = create(&local, "Ring 2", &Value::Null);
    let highest = create(&local, "Ring 0", &Value::Null);
    let by_name = create(&local, "Ring 1", &"Ring 2".into());
    let by_id = create(&local, "Ring 1b", &json!(by_name.to_uppercase()));
    let bottom = create(&local, "Ring 3", &"Non-flighted submission".into());
    let below = |id: &str| read(&local, id)["rankHigherThan"].as_str().unwrap().to_owned();
    assert_eq!(
        [&highest, &by_id, &by_name, &lowest, &bottom].map(|id| below(id)),
        [
            by_id.clone(),
            by_name.clone(),
            lowest.clone(),
            bottom.clone(),
            "Non-flighted submission".to_owned()
        ]
    );
    local.expect(204, "DELETE", &format!("applications/{APP}/flights/{by_name}"), None);
    assert_eq!(below(&by_id), lowest);
    let listed = local.get(&format!("applications/{APP}/listflights"));
    assert_eq!(listed["totalCount"], 4);
    let unknown = json!({ "friendlyName": "x", "rankHigherThan": "nobody" });
    let (target, _) = refused(&local, 400, "POST", &format!("applications/{APP}/flights"), Some(&unknown));
    assert_eq!(target, "rankHigherThan");
}

#[test]
fn a_flight_may_come_with_a_submission() {
    let local = Local::start(&things::account());
    let id = create(&local, "Ring 0", &Value::Null);
    let path = format!("applications/{APP}/flights/{id}/submissions");
    let reference = read(&local, &id)["pendingFlightSubmission"].clone();
    let submission = reference["id"].as_str().unwrap();
    assert_eq!(reference["resourceLocation"], format!("flights/{id}/submissions/{submission}"));
    let document = local.get(&format!("{path}/{submission}"));
    assert_eq!((&document["flightId"], &document["flightPackages"]), (&json!(id), &json!([])));
    refused(&local, 409, "POST", &path, None);

    let local = Local::start(&account_with(&json!({ "flightCreatesSubmission": false })));
    let id = create(&local, "Ring 0", &Value::Null);
    assert_eq!(read(&local, &id).get("pendingFlightSubmission"), None);
    local.expect(201, "POST", &format!("applications/{APP}/flights/{id}/submissions"), None);
}

#[test]
fn a_flight_is_published_and_cloned() {
    let local = Local::start(&things::account());
    let id = create(&local, "Ring 0", &Value::Null);
    let submissions = format!("applications/{APP}/flights/{id}/submissions");
    let pending = read(&local, &id)["pendingFlightSubmission"]["id"].as_str().unwrap().to_owned();
    let path = format!("{submissions}/{pending}");
    let mut document = local.get(&path);
    document["flightPackages"] = json!([new_package("new.msix")]);
    let archive = things::zip(&[("new.msix", &things::package("3.0.0.0"))]);
    let published = publish(&local, &path, &document, Some(&archive));
    let package = &published["flightPackages"][0];
    assert_eq!((&package["version"], package.get("targetDeviceFamilies")), (&json!("3.0.0.0"), None));
    let flight = read(&local, &id);
    assert_eq!(flight.get("pendingFlightSubmission"), None);
    assert_eq!(
        flight["lastPublishedFlightSubmission"]["resourceLocation"],
        format!("flights/{id}/submissions/{pending}")
    );
    let clone = local.expect(201, "POST", &format!("{submissions}?isMinimalResponse=true"), None);
    assert_eq!(clone.get("flightPackages"), None);
    let clone = local.get(&format!("{submissions}/{}", clone["id"].as_str().unwrap()));
    assert_eq!(clone["flightPackages"], published["flightPackages"]);
    let mut without = clone.clone();
    without["flightPackages"] = json!([]);
    let (target, _) = refused(
        &local,
        400,
        "PUT",
        &format!("{submissions}/{}", clone["id"].as_str().unwrap()),
        Some(&without),
    );
    assert_eq!(target, "packages");
}

#[test]
fn a_flight_on_its_way_stays() {
    let mut seed = account_with(&json!({ "statusMillis": 60_000 }));
    seed["applications"][0]["flights"] = json!([
        { "flight": { "flightId": "f-1" }, "pending": { "id": "61", "status": "Certification" } },
        { "flight": { "flightId": "f-2" }, "pending": { "id": "62", "status": "CertificationFailed" } }
    ]);
    let local = Local::start(&seed);
    refused(&local, 409, "DELETE", &format!("applications/{APP}/flights/f-1"), None);
    local.expect(204, "DELETE", &format!("applications/{APP}/flights/f-2"), None);
}

/// A flight with a published package: its submissions, and the published one.
fn published(local: &Local, rollout: Option<f64>) -> (String, Value) {
    let id = create(local, "Ring 0", &Value::Null);
    let submissions = format!("applications/{APP}/flights/{id}/submissions");
    let pending = read(local, &id)["pendingFlightSubmission"]["id"].as_str().unwrap().to_owned();
    let path = format!("{submissions}/{pending}");
    (submissions, release(local, &path, "2.0.0.0", rollout))
}

/// Publishes a new package in a draft.
fn release(local: &Local, path: &str, version: &str, rollout: Option<f64>) -> Value {
    let name = format!("{version}.msix");
    let mut document = local.get(path);
    list(&mut document, "/flightPackages").push(new_package(&name));
    if let Some(share) = rollout {
        document["packageDeliveryOptions"]["packageRollout"]["isPackageRollout"] = true.into();
        document["packageDeliveryOptions"]["packageRollout"]["packageRolloutPercentage"] = share.into();
    }
    publish(local, path, &document, Some(&things::zip(&[(&name, &things::package(version))])))
}

#[test]
fn a_flight_rolls_out_by_itself() {
    let local = Local::start(&things::account());
    let (submissions, first) = published(&local, None);
    let first = first["id"].as_str().unwrap();
    let draft = |status: u16| local.expect(status, "POST", &submissions, None);
    let path = format!("{submissions}/{}", draft(201)["id"].as_str().unwrap());
    let second = release(&local, &path, "3.0.0.0", Some(10.0));
    let rollout = |share: f64, status: &str| {
        json!({
            "isPackageRollout": true, "packageRolloutPercentage": share,
            "packageRolloutStatus": status, "fallbackSubmissionId": first
        })
    };
    let running = rollout(10.0, "PackageRolloutInProgress");
    assert_eq!(second["packageDeliveryOptions"]["packageRollout"], running);
    assert_eq!(local.get(&format!("{path}/packagerollout")), running);
    // The one before has none, the app's own submissions go on.
    for call in
        ["updatepackagerolloutpercentage?percentage=50", "haltpackagerollout", "finalizepackagerollout"]
    {
        refused(&local, 409, "POST", &format!("{submissions}/{first}/{call}"), None);
    }
    draft(409);
    local.expect(201, "POST", &format!("applications/{APP}/submissions"), None);
    let call = |call: &str, status: u16| local.expect(status, "POST", &format!("{path}/{call}"), None);
    let answer = call("updatepackagerolloutpercentage?percentage=62.5", 200);
    assert_eq!(answer, rollout(62.5, "PackageRolloutInProgress"));
    assert_eq!(call("haltpackagerollout", 200), rollout(0.0, "PackageRolloutStopped"));
    call("finalizepackagerollout", 409);
    // The halted one is cloned.
    let clone = draft(201);
    assert_eq!(clone["flightPackages"], second["flightPackages"]);
    assert_eq!(clone["packageDeliveryOptions"]["packageRollout"]["isPackageRollout"], true);
    assert_eq!(clone["packageDeliveryOptions"]["packageRollout"]["fallbackSubmissionId"], "0");
}

#[test]
fn a_flight_is_created_whatever_the_case_of_the_members() {
    let local = Local::start(&things::account());
    let body =
        json!({ "FriendlyName": "Ring 0", "GroupIds": ["1"], "RankHigherThan": null, "nobodyKnows": 1 });
    let flight = local.expect(201, "POST", &format!("applications/{APP}/flights"), Some(&body));
    assert_eq!((&flight["friendlyName"], &flight["groupIds"]), (&json!("Ring 0"), &json!(["1"])));
    assert_eq!((flight.get("FriendlyName"), flight.get("nobodyKnows")), (None, None));
    assert!(
        flight["pendingFlightSubmission"]["id"].is_string()
            && flight.get("lastPublishedFlightSubmission").is_none()
    );
    for (member, value) in [
        ("groupIds", json!("1")),
        ("groupIds", json!([true])),
        ("friendlyName", json!(1)),
        ("rankHigherThan", json!(1)),
    ] {
        let (target, _) = refused(
            &local,
            400,
            "POST",
            &format!("applications/{APP}/flights"),
            Some(&json!({ member: value })),
        );
        assert_eq!(target, member);
    }
    refused(&local, 400, "POST", &format!("applications/{APP}/flights"), None);
}

#[test]
fn a_first_submission_without_packages_is_not_published() {
    let local = Local::start(&things::account());
    let id = create(&local, "Ring 0", &Value::Null);
    let path = format!(
        "applications/{APP}/flights/{id}/submissions/{}",
        read(&local, &id)["pendingFlightSubmission"]["id"].as_str().unwrap()
    );
    let errors = failure(&local, &path, &local.get(&path), None);
    assert_eq!(errors, ["NoValidPackages: The submission has no valid packages."]);
    refused(&local, 409, "PUT", &path, Some(&local.get(&path)));
    local.expect(204, "DELETE", &path, None);
    assert_eq!(read(&local, &id).get("pendingFlightSubmission"), None);
    // There is nothing to clone, and another one can be made.
    let again = local.expect(201, "POST", &format!("applications/{APP}/flights/{id}/submissions"), None);
    assert_eq!((&again["flightId"], &again["flightPackages"]), (&json!(id), &json!([])));
}

#[test]
fn a_flight_goes_with_all_that_it_has() {
    let local = Local::start(&things::account());
    let (submissions, published) = published(&local, None);
    let draft = local.expect(201, "POST", &submissions, None);
    let flight = submissions.trim_end_matches("/submissions").to_owned();
    local.expect(204, "DELETE", &flight, None);
    for path in [&flight, &format!("{submissions}/{}", published["id"].as_str().unwrap())] {
        local.expect(404, "GET", path, None);
    }
    assert_eq!(upload(draft["fileUploadUrl"].as_str().unwrap(), b"zip").status, 403);
    assert_eq!(local.get(&format!("applications/{APP}/listflights"))["totalCount"], 0);
}

#[test]
fn an_answer_to_an_update_does_not_show_the_platform() {
    let mut seed = things::account();
    let package =
        json!({ "id": "1", "fileName": "a.msix", "fileStatus": "Uploaded", "targetPlatform": "Windows10" });
    seed["applications"][0]["flights"] = json!([{
        "flight": { "flightId": "f-1" }, "published": { "id": "61", "flightPackages": [package] }
    }]);
    let local = Local::start(&seed);
    let submissions = format!("applications/{APP}/flights/f-1/submissions");
    let draft = local.expect(201, "POST", &submissions, None);
    let path = format!("{submissions}/{}", draft["id"].as_str().unwrap());
    let answer = local.expect(200, "PUT", &path, Some(&draft));
    assert_eq!(answer["flightPackages"][0].get("targetPlatform"), None);
    assert_eq!(local.get(&path)["flightPackages"][0], package);
}

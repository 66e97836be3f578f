//! Package flights.

use serde_json::{Value, json};

use super::{account_with, new_package, publish, refused};
use crate::support::local::Local;
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

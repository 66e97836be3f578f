//! An account with an app, an add-on and a flight, and what of it is compared.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::local::Local;
use crate::support::things::{self, APP, package};

const ADD_ON: &str = "9PSANDBOXADD";
const FLIGHT: &str = "5a0dbc4e-0000-4000-8000-000000000001";

/// A rollout that is on its way.
fn rollout() -> Value {
    json!({
        "packageRollout": {
            "isPackageRollout": true, "packageRolloutPercentage": 10.0,
            "packageRolloutStatus": "PackageRolloutInProgress", "fallbackSubmissionId": "0"
        },
        "isMandatoryUpdate": false, "mandatoryUpdateEffectiveDate": "1601-01-01T00:00:00.0000000Z"
    })
}

fn add_on_submission() -> Value {
    json!({
        "id": "1152921500000000300", "status": "Published", "contentType": "OnlineDownload", "lifetime": "Forever",
        "visibility": "Public", "targetPublishMode": "Immediate", "keywords": [], "tag": "",
        "listings": { "en-us": { "title": "Silver", "description": "Some of it." } },
        "pricing": { "priceId": "Tier1012", "marketSpecificPricings": {} }
    })
}

fn flight_submission() -> Value {
    let packages = things::app_submission()["applicationPackages"].clone();
    json!({
        "id": "1152921500000000400", "flightId": FLIGHT, "status": "Published", "flightPackages": packages,
        "targetPublishMode": "Immediate", "targetPublishDate": "", "notesForCertification": "",
        "packageDeliveryOptions": things::app_submission()["packageDeliveryOptions"]
    })
}

/// What the account starts with beside what [`things::account`] has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// The app alone.
    App,
    /// With an add-on and a flight, both published.
    All,
    /// The add-on was never published.
    Unpublished,
    /// A failed submission of ours lies in each of them.
    Dead,
    /// The packages of the app and of the flight are on their way to customers.
    Rollout,
}

/// The account, as a seed.
pub(super) fn seed(start: Start) -> Value {
    let mut seed = things::account();
    // What documentation and clients disagree on: here it makes one more call.
    seed["rules"]["flightCreatesSubmission"] = json!(false);
    if start == Start::App {
        return seed;
    }
    let app = &mut seed["applications"][0];
    app["addOns"] = json!([{
        "addOn": {
            "id": ADD_ON, "productId": "silver", "productType": "Durable",
            "applications": { "value": [{ "id": APP }], "totalCount": 1 }
        },
        "published": add_on_submission()
    }]);
    app["flights"] = json!([{
        "flight": {
            "flightId": FLIGHT, "friendlyName": "Ring", "groupIds": ["1"],
            "rankHigherThan": "Non-flighted submission"
        },
        "published": flight_submission()
    }]);
    let dead = |mut submission: Value, id: &str| {
        submission["id"] = json!(id);
        submission["status"] = json!("CertificationFailed");
        submission["fileUploadUrl"] = json!("https://storage.example/x?sig=y");
        submission
    };
    match start {
        Start::App | Start::All => {}
        Start::Unpublished => {
            app["addOns"][0].as_object_mut().unwrap().remove("published");
        }
        Start::Dead => {
            app["pending"] = dead(things::app_submission(), "1152921500000000777");
            app["addOns"][0]["pending"] = dead(add_on_submission(), "1152921500000000778");
            app["flights"][0]["pending"] = dead(flight_submission(), "1152921500000000779");
        }
        Start::Rollout => {
            app["published"]["packageDeliveryOptions"] = rollout();
            app["flights"][0]["published"]["packageDeliveryOptions"] = rollout();
        }
    }
    seed
}

/// A package of more than one block.
pub(super) fn large_package(version: &str) -> Vec<u8> {
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(5 * 1024 * 1024)
    .collect();
    let mut inner = zip::ZipArchive::new(std::io::Cursor::new(package(version))).unwrap();
    let mut manifest = Vec::new();
    std::io::copy(&mut inner.by_name("AppxManifest.xml").unwrap(), &mut manifest).unwrap();
    things::zip(&[("AppxManifest.xml", &manifest), ("noise.bin", &noise)])
}

/// All that is published, without what the service counts up or dates: the same whatever happened on the way.
pub(super) fn published(store: &Local) -> Value {
    let app = store.get(&format!("applications/{APP}"));
    let list = |path: &str| store.get(path)["value"].as_array().unwrap().clone();
    let member = |member: &Value, path: &str, id: &str, published: &str, pending: &str| {
        let path = format!("{path}/{}", member[id].as_str().unwrap());
        let is = member[published]["id"].as_str();
        json!({
            "is": [&member["productId"], &member["friendlyName"], &member["groupIds"]],
            "published": is.map(|is| document(store, &format!("{path}/submissions/{is}"))),
            "pending": member[pending].is_object()
        })
    };
    let id = app["lastPublishedApplicationSubmission"]["id"].as_str().unwrap();
    let add_ons = list("inappproducts");
    let flights = list(&format!("applications/{APP}/listflights"));
    json!({
        "app": document(store, &format!("applications/{APP}/submissions/{id}")),
        "pending": app["pendingApplicationSubmission"].is_object(),
        "addOns": add_ons.iter().map(|add_on| {
            let [published, pending] = ["lastPublishedInAppProductSubmission", "pendingInAppProductSubmission"];
            member(add_on, "inappproducts", "id", published, pending)
        }).collect::<Vec<_>>(),
        "flights": flights.iter().map(|flight| {
            let [published, pending] = ["lastPublishedFlightSubmission", "pendingFlightSubmission"];
            member(flight, &format!("applications/{APP}/flights"), "flightId", published, pending)
        }).collect::<Vec<_>>(),
    })
}

fn document(store: &Local, path: &str) -> Value {
    let mut document = store.get(path);
    strip(&mut document);
    document
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            // Ids are given anew, the name counts the submissions, and an update that is repeated is warned of less.
            for key in
                ["id", "flightId", "fileUploadUrl", "friendlyName", "fallbackSubmissionId", "statusDetails"]
            {
                members.remove(key);
            }
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// How often the service carried out each call that must not be made twice, whatever the client was told.
pub(super) fn carried_out(store: &Local) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in store.requests() {
        let method = request["method"].as_str().unwrap();
        let path = request["path"].as_str().unwrap().split('?').next().unwrap();
        let status = request.get("applied").or(request.get("status")).and_then(Value::as_u64);
        // Updates, uploads and shares of a rollout replace what was there.
        let replaces = method == "PUT" || path.ends_with("/updatepackagerolloutpercentage");
        let is_once = !(method == "GET" || replaces || path.contains("/oauth2/"));
        if is_once && status.is_some_and(|status| status < 300) {
            let is_word = |part: &&str| part.chars().all(|c| c.is_ascii_lowercase()) && !part.is_empty();
            let words: Vec<&str> = path.split('/').filter(is_word).filter(|word| *word != "my").collect();
            *counts.entry(format!("{method} {}", words.join("/"))).or_insert(0) += 1;
        }
    }
    counts
}

//! Add-ons.

use serde_json::{Value, json};

use super::{account_with, failure, publish, refused};
use crate::support::local::Local;
use crate::support::things::{self, APP};

fn create(local: &Local, product_id: &str) -> String {
    let body = json!({ "applicationIds": [APP], "productId": product_id, "productType": "Durable" });
    local.expect(201, "POST", "inappproducts", Some(&body))["id"].as_str().unwrap().to_owned()
}

/// A draft of an add-on with a listing and an icon.
fn first_draft(local: &Local, id: &str) -> (String, Value) {
    let mut document = local.expect(201, "POST", &format!("inappproducts/{id}/submissions"), None);
    let path = format!("inappproducts/{id}/submissions/{}", document["id"].as_str().unwrap());
    document["contentType"] = "OnlineDownload".into();
    document["pricing"] = json!({ "priceId": "Tier1012" });
    document["listings"] = json!({ "en": {
        "title": "Gold", "description": "", "icon": { "fileName": "gold.png", "fileStatus": "PendingUpload" }
    } });
    (path, document)
}

fn icon() -> Vec<u8> {
    things::zip(&[("gold.png", &things::png(300, 300)), ("silver.png", &things::png(300, 300))])
}

#[test]
fn an_add_on_is_created_for_one_app() {
    let local = Local::start(&things::account());
    let id = create(&local, "gold");
    assert!(id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()), "{id}");
    let expected = json!({
        "applications": { "value": [{ "id": APP, "resourceLocation": format!("applications/{APP}") }], "totalCount": 1 },
        "id": id, "productId": "gold", "productType": "Durable"
    });
    assert_eq!(local.get(&format!("inappproducts/{id}")), expected);
    assert_eq!(local.get("inappproducts")["value"], json!([expected]));
    assert_eq!(
        local.get(&format!("applications/{APP}/listinappproducts"))["value"],
        json!([{ "inAppProductId": id }])
    );
    let good = json!({ "applicationIds": [APP], "productId": "silver", "productType": "Consumable" });
    for (member, value, status) in [
        ("applicationIds", json!([]), 400),
        ("applicationIds", json!([APP, APP]), 400),
        ("applicationIds", json!(["9PNOTTHERE00"]), 404),
        ("productId", json!(""), 400),
        ("productId", json!("a:b"), 400),
        ("productId", json!("x".repeat(101)), 400),
        ("productId", json!("gold"), 409),
        ("productType", json!("durable"), 400),
        ("productType", json!("Subscription"), 400),
    ] {
        let mut body = good.clone();
        body[member] = value;
        local.expect(status, "POST", "inappproducts", Some(&body));
    }
    assert_eq!(local.get("inappproducts")["totalCount"], 1);
}

#[test]
fn the_first_submission_is_empty() {
    let local = Local::start(&things::account());
    let id = create(&local, "gold");
    let (path, document) = first_draft(&local, &id);
    let empty = local.get(&path);
    assert_eq!((&empty["listings"], &empty["contentType"]), (&json!({}), &json!("NotSet")));
    let (target, message) = refused(&local, 400, "PUT", &path, Some(&empty));
    assert_eq!((target.as_str(), message.as_str()), ("listings", "The size of Listings must be 1 or more"));
    let (_, message) = refused(&local, 409, "POST", &format!("inappproducts/{id}/submissions"), None);
    assert_eq!(message, "In app product already has an in-progress submission");
    let published = publish(&local, &path, &document, Some(&icon()));
    assert_eq!(
        published["listings"]["en"]["icon"],
        json!({ "fileName": "gold.png", "fileStatus": "Uploaded" })
    );
    assert_eq!(published["pricing"]["priceId"], "Tier1012");
    let add_on = local.get(&format!("inappproducts/{id}"));
    assert_eq!(add_on["lastPublishedInAppProductSubmission"]["resourceLocation"], path);
    let clone = local.expect(201, "POST", &format!("inappproducts/{id}/submissions"), None);
    assert_eq!(
        (&clone["listings"], &clone["friendlyName"]),
        (&published["listings"], &json!("Submission 2"))
    );
}

#[test]
fn icons_are_known_by_their_names() {
    let local = Local::start(&things::account());
    let id = create(&local, "gold");
    let (path, document) = first_draft(&local, &id);
    publish(&local, &path, &document, Some(&icon()));
    let clone = local.expect(201, "POST", &format!("inappproducts/{id}/submissions"), None);
    let path = format!("inappproducts/{id}/submissions/{}", clone["id"].as_str().unwrap());
    let put = |icon: Option<Value>, status: u16| {
        let mut body = clone.clone();
        let listing = body["listings"]["en"].as_object_mut().unwrap();
        listing.remove("icon");
        listing.extend(icon.map(|icon| ("icon".to_owned(), icon)));
        local.expect(status, "PUT", &path, Some(&body));
        local.get(&path)["listings"]["en"]["icon"].clone()
    };
    let icon_of = |name: &str, status: &str| json!({ "fileName": name, "fileStatus": status });
    let gold = icon_of("gold.png", "Uploaded");
    assert_eq!(put(Some(gold.clone()), 200), gold);
    assert_eq!(put(None, 200), gold);
    assert_eq!(put(Some(Value::Null), 200), gold);
    assert_eq!(put(Some(icon_of("silver.png", "Uploaded")), 400), gold);
    assert_eq!(put(Some(icon_of("silver.png", "PendingDelete")), 400), gold);
    assert_eq!(put(Some(icon_of("gold.png", "PendingDelete")), 200), icon_of("gold.png", "PendingDelete"));
    let mut body = clone.clone();
    body["listings"]["en"]["icon"] = icon_of("gold.png", "PendingDelete");
    let published = publish(&local, &path, &body, None);
    assert_eq!(published["listings"]["en"].get("icon"), None);
}

#[test]
fn icons_have_one_size() {
    let local = Local::start(&things::account());
    let (path, document) = first_draft(&local, &create(&local, "gold"));
    let errors =
        failure(&local, &path, &document, Some(&things::zip(&[("gold.png", &things::png(301, 300))])));
    assert!(errors[0].contains("has 301x300 pixels"), "{errors:?}");
}

#[test]
fn limits_are_checked() {
    let local = Local::start(&things::account());
    let (path, document) = first_draft(&local, &create(&local, "gold"));
    let long = |length: usize| Value::from("x".repeat(length));
    for (pointer, value, message) in [
        ("/listings/en/title", long(101), "The length of Title must be 100 or less"),
        ("/listings/en/title", long(0), "The length of Title must be 1 or more"),
        ("/listings/en/description", long(201), "The length of Description must be 200 or less"),
        ("/tag", long(3001), "The length of Tag must be 3000 or less"),
        ("/keywords", json!(vec!["x"; 11]), "The size of Keywords must be 10 or less"),
        ("/keywords", json!([long(31)]), "The length of Keyword must be 30 or less"),
        ("/lifetime", json!("forever"), "'forever' is not a valid value for Lifetime."),
        ("/pricing", Value::Null, "Pricing data was not provided in the request."),
    ] {
        let mut body = document.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        assert_eq!(refused(&local, 400, "PUT", &path, Some(&body)).1, message);
    }
}

#[test]
fn what_was_published_is_not_deleted() {
    let mut seed = account_with(&json!({ "statusMillis": 60_000 }));
    seed["applications"][0]["addOns"] = json!([
        { "addOn": { "id": "9PPUBLISHED0" }, "published": { "id": "71" } },
        { "addOn": { "id": "9PONITSWAY00" }, "pending": { "id": "72", "status": "Certification", "fileUploadUrl": "x" } },
        { "addOn": { "id": "9PDRAFT00000" }, "pending": { "id": "73", "status": "PendingCommit", "fileUploadUrl": "x" } }
    ]);
    let local = Local::start(&seed);
    refused(&local, 409, "DELETE", "inappproducts/9PPUBLISHED0", None);
    refused(&local, 409, "DELETE", "inappproducts/9PONITSWAY00", None);
    local.expect(204, "DELETE", "inappproducts/9PDRAFT00000", None);
    local.expect(404, "GET", "inappproducts/9PDRAFT00000/submissions/73", None);
    assert_eq!(local.get("inappproducts")["totalCount"], 2);
}

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

/// A published add-on and its submission.
fn published(local: &Local) -> (String, Value) {
    let id = create(local, "gold");
    let (path, document) = first_draft(local, &id);
    let published = publish(local, &path, &document, Some(&icon()));
    (id, published)
}

/// A draft of it: its path and document.
fn next_draft(local: &Local, id: &str) -> (String, Value) {
    let draft = local.expect(201, "POST", &format!("inappproducts/{id}/submissions"), None);
    (format!("inappproducts/{id}/submissions/{}", draft["id"].as_str().unwrap()), draft)
}

#[test]
fn a_submission_may_come_with_the_create() {
    let local = Local::start(&things::account());
    let id = create(&local, "gold");
    let path = format!("inappproducts/{id}/submissions");
    let (target, message) = refused(&local, 400, "POST", &path, Some(&json!({})));
    assert_eq!((target.as_str(), message.as_str()), ("listings", "The size of Listings must be 1 or more"));
    assert_eq!(local.get(&format!("inappproducts/{id}")).get("pendingInAppProductSubmission"), None);
    // As Microsoft's sample for C# spells it.
    let body = json!({
        "contentType": "EMagazine", "keywords": ["books"], "lifeTime": "FiveDays",
        "listings": { "EN": {
            "description": "English add-on description", "title": "Gold", "Icon": { "FileName": "gold.png", "FileStatus": "PendingUpload" }
        } },
        "pricing": { "marketSpecificPricings": { "RU": "Tier3" }, "priceId": "Free" },
        "targetPublishDate": "2016-03-15T05:10:58.047Z", "targetPublishMode": "Immediate", "tag": "SampleTag",
        "visibility": "Public", "nobodyKnows": 1
    });
    let created = local.expect(201, "POST", &path, Some(&body));
    assert_eq!((&created["lifetime"], &created["tag"]), (&json!("FiveDays"), &json!("SampleTag")));
    assert_eq!((created.get("lifeTime"), created.get("nobodyKnows")), (None, None));
    let path = format!("{path}/{}", created["id"].as_str().unwrap());
    assert_eq!(local.get(&path), created);
    let published = publish(&local, &path, &created, Some(&icon()));
    assert_eq!(published["listings"]["en"]["icon"]["fileStatus"], "Uploaded");
    assert_eq!(published["pricing"]["marketSpecificPricings"], json!({ "RU": "Tier3" }));
}

#[test]
fn a_first_submission_without_a_listing_is_not_published() {
    let local = Local::start(&things::account());
    let (path, _) = next_draft(&local, &create(&local, "gold"));
    local.expect(202, "POST", &format!("{path}/commit"), None);
    local.follow(&path, &["CommitFailed"]);
    let status = local.get(&format!("{path}/status"));
    assert_eq!(
        status["statusDetails"]["errors"],
        json!([{ "code": "InvalidParameterValue", "details": "Validation error: MissingListings" }])
    );
    local.expect(204, "DELETE", &path, None);
}

#[test]
fn a_price_that_is_not_stated_is_free() {
    let local = Local::start(&things::account());
    let (id, _) = published(&local);
    let (path, draft) = next_draft(&local, &id);
    let put = |pricing: Value, status: u16| {
        let mut body = draft.clone();
        body["pricing"] = pricing;
        local.expect(status, "PUT", &path, Some(&body));
        local.get(&path)["pricing"].clone()
    };
    assert_eq!(put(json!({}), 200)["priceId"], "Free");
    assert_eq!(put(json!({ "priceId": null }), 200)["priceId"], "Free");
    assert_eq!(put(json!({ "priceId": "Tier2" }), 200)["priceId"], "Tier2");
    assert_eq!(put(json!({ "priceId": "Base" }), 400)["priceId"], "Tier2");
    let markets = json!({ "JP": "Base", "BR": "NotAvailable" });
    let pricing = put(
        json!({ "priceId": "Tier2", "marketSpecificPricings": markets, "isAdvancedPricingModel": true }),
        200,
    );
    assert_eq!(
        (&pricing["marketSpecificPricings"], &pricing["isAdvancedPricingModel"]),
        (&markets, &json!(false))
    );
}

#[test]
fn a_new_icon_takes_the_place_of_the_old_one() {
    let local = Local::start(&things::account());
    let (id, _) = published(&local);
    let (path, mut draft) = next_draft(&local, &id);
    draft["listings"]["en"]["icon"] = json!({ "fileName": "silver.png", "fileStatus": "PendingUpload" });
    let silver = publish(&local, &path, &draft, Some(&icon()));
    assert_eq!(
        silver["listings"]["en"]["icon"],
        json!({ "fileName": "silver.png", "fileStatus": "Uploaded" })
    );
}

#[test]
fn a_language_that_is_left_out_goes() {
    let local = Local::start(&things::account());
    let (id, _) = published(&local);
    let (path, draft) = next_draft(&local, &id);
    let mut body = draft.clone();
    body["listings"]["DE"] = json!({ "title": "Gold", "description": "" });
    let two = local.expect(200, "PUT", &path, Some(&body));
    assert_eq!(two["listings"].as_object().unwrap().keys().collect::<Vec<_>>(), ["en", "de"]);
    assert_eq!(two["statusDetails"]["warnings"][0]["code"], "ListingOptInWarning");
    body["listings"].as_object_mut().unwrap().remove("en");
    let one = local.expect(200, "PUT", &path, Some(&body));
    assert_eq!(one["listings"].as_object().unwrap().keys().collect::<Vec<_>>(), ["de"]);
    let codes: Vec<&Value> =
        one["statusDetails"]["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
    assert_eq!(codes, ["ListingOptOutWarning", "ListingOptInWarning"]);
}

#[test]
fn a_draft_that_is_deleted_leaves_the_add_on_as_it_was() {
    let local = Local::start(&things::account());
    let id = create(&local, "gold");
    let before = local.get(&format!("inappproducts/{id}"));
    let (path, document) = first_draft(&local, &id);
    local.expect(204, "DELETE", &path, None);
    local.expect(404, "GET", &path, None);
    assert_eq!(
        crate::support::local::upload(document["fileUploadUrl"].as_str().unwrap(), b"zip").status,
        403
    );
    assert_eq!(local.get(&format!("inappproducts/{id}")), before);
    // Then it can go, and its product id be used again.
    local.expect(204, "DELETE", &format!("inappproducts/{id}"), None);
    local.expect(404, "GET", &format!("inappproducts/{id}"), None);
    assert_ne!(create(&local, "gold"), id);
}

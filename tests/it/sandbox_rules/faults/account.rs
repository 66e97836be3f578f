//! Somebody else at the same time, and updates that are not taken as they were sent.

use serde_json::{Value, json};

use super::super::{draft, submissions, submit};
use super::{create_line, met, once, pending, with_fault};
use crate::support::local::Local;
use crate::support::things::{self, APP, PUBLISHED};

fn meanwhile(when: &str, events: &Value) -> Value {
    json!({ "meanwhile": { "when": when, "events": events } })
}

fn hidden() -> Value {
    json!({ "edit": { "visibility": "Hidden" } })
}

#[test]
fn somebody_else_changes_the_draft_before_or_after_a_request() {
    for (when, seen_at_once) in [("before", "Hidden"), ("after", "Public")] {
        let local = Local::start(&things::account());
        let (path, _) = draft(&local);
        local.fault("fault", &once("S2", &meanwhile(when, &json!([hidden()]))));
        assert_eq!(local.get(&path)["visibility"], seen_at_once, "{when}");
        assert_eq!(local.get(&path)["visibility"], "Hidden");
        assert_eq!((local.fired("fault"), met(&local).len()), (1, 1));
    }
}

#[test]
fn somebody_else_changes_the_draft_between_update_and_commit() {
    // At once after the update, and at the last moment.
    for (operation, when) in [("S3", "after"), ("S4", "before")] {
        let local = Local::start(&things::account());
        let (path, mut document) = draft(&local);
        document["notesForCertification"] = "Ours.".into();
        let edit = json!({ "edit": {
            "visibility": "Hidden", "listings": { "en-us": { "baseListing": { "keywords": ["sneaked", "in"] } } }
        } });
        local.fault("fault", &once(operation, &meanwhile(when, &json!([edit]))));
        submit(&local, &path, &document, None);
        local.follow(&path, &["Published"]);
        let published = local.get(&path);
        assert_eq!(
            (&published["visibility"], &published["notesForCertification"]),
            (&json!("Hidden"), &json!("Ours."))
        );
        assert_eq!(published["listings"]["en-us"]["baseListing"]["keywords"], json!(["sneaked", "in"]));
        assert_eq!(local.fired("fault"), 1);
    }
}

#[test]
fn somebody_else_deletes_the_draft() {
    let local = Local::start(&things::account());
    let (path, document) = draft(&local);
    local.fault("fault", &once("S3", &meanwhile("before", &json!(["delete"]))));
    local.expect(404, "PUT", &path, Some(&document));
    assert_eq!((pending(&local), local.fired("fault")), (None, 1));

    let (path, document) = draft(&local);
    local.fault("fault", &once("S3", &meanwhile("after", &json!(["delete"]))));
    local.expect(200, "PUT", &path, Some(&document));
    local.expect(404, "POST", &format!("{path}/commit"), None);

    // While the archive is on its way.
    let (path, document) = draft(&local);
    local.fault("fault", &once("put-blob", &meanwhile("before", &json!(["delete"]))));
    let url = document["fileUploadUrl"].as_str().unwrap();
    assert_eq!(crate::support::local::upload(url, b"zip").status, 403);
    local.expect(404, "GET", &path, None);
    assert_eq!(local.fired("fault"), 1);
}

#[test]
fn somebody_else_is_quicker_to_create_a_draft() {
    let local = with_fault(&once("S1", &meanwhile("before", &json!(["create"]))));
    local.expect(409, "POST", &submissions(), None);
    assert!(
        local.get(&format!("{}/{}", submissions(), pending(&local).unwrap()))["fileUploadUrl"].is_string()
    );

    let local = with_fault(&once("S1", &meanwhile("before", &json!(["createInPortal"]))));
    local.expect(409, "POST", &submissions(), None);
    let path = format!("{}/{}", submissions(), pending(&local).unwrap());
    let document = local.get(&path);
    assert_eq!(document["fileUploadUrl"], Value::Null);
    assert_eq!(local.expect(400, "PUT", &path, Some(&document))["code"], "InvalidOperation");
}

#[test]
fn somebody_else_creates_a_draft_while_an_answer_is_lost() {
    let act = json!([meanwhile("before", &json!(["create", hidden()])), { "answer": { "status": 504 } }]);
    let local = with_fault(&json!({ "on": { "operation": "S1" }, "do": act }));
    local.expect(504, "POST", &submissions(), None);
    let path = format!("{}/{}", submissions(), pending(&local).unwrap());
    assert_eq!(local.get(&path)["visibility"], "Hidden");
    assert_eq!(met(&local), [create_line(&json!({ "status": 504 }))]);
}

#[test]
fn somebody_else_publishes_meanwhile() {
    let local = with_fault(&once("S1", &meanwhile("before", &json!(["create", hidden(), "publish"]))));
    let (path, clone) = draft(&local);
    assert_eq!(clone["visibility"], "Hidden", "it is cloned from what was published a moment before");
    let app = local.get(&format!("applications/{APP}"));
    let published = app["lastPublishedApplicationSubmission"]["id"].as_str().unwrap();
    assert_ne!(published, PUBLISHED);
    assert_eq!(local.get(&format!("{}/{published}", submissions()))["status"], "Published");
    assert!(path.ends_with(app["pendingApplicationSubmission"]["id"].as_str().unwrap()));
}

#[test]
fn somebody_else_changes_what_is_published_or_cancels_the_certification() {
    let local = with_fault(&once(
        "A2",
        &meanwhile("before", &json!([{ "editPublished": { "visibility": "Private" } }])),
    ));
    local.get(&format!("applications/{APP}"));
    assert_eq!(local.get(&format!("{}/{PUBLISHED}", submissions()))["visibility"], "Private");

    let mut seed = things::account();
    seed["rules"]["statusMillis"] = 60_000.into();
    let local = Local::start(&seed);
    let (path, document) = draft(&local);
    submit(&local, &path, &document, None);
    local.fault("fault", &once("S5", &meanwhile("before", &json!([{ "edit": { "status": "Canceled" } }]))));
    assert_eq!(local.get(&format!("{path}/status"))["status"], "Canceled");
    local.expect(204, "DELETE", &path, None);

    // Whatever course it was on.
    let local = with_fault(&once("S4", &json!({ "course": { "statuses": ["PreProcessing", "Published"] } })));
    let (path, document) = draft(&local);
    local.fault("cancel", &once("S5", &meanwhile("before", &json!([{ "edit": { "status": "Canceled" } }]))));
    submit(&local, &path, &document, None);
    assert_eq!(local.follow(&path, &["Canceled"]), ["Canceled"]);
    std::thread::sleep(std::time::Duration::from_millis(60));
    assert_eq!(local.get(&format!("{path}/status"))["status"], "Canceled");
}

#[test]
fn a_product_that_the_request_deletes_is_nobodys() {
    let mut seed = things::account();
    seed["applications"][0]["flights"] = json!([{ "flight": { "flightId": "f-1" } }]);
    let local = Local::start(&seed);
    let flight = format!("applications/{APP}/flights/f-1");
    local.fault("fault", &once("F3", &meanwhile("after", &json!(["create"]))));
    local.expect(204, "DELETE", &flight, None);
    local.expect(404, "GET", &flight, None);
    assert_eq!(local.fired("fault"), 0);
}

#[test]
fn an_update_is_not_taken_as_it_was_sent() {
    let local = Local::start(&things::account());
    let (path, mut document) = draft(&local);
    document["pricing"]["priceId"] = "Tier1020".into();
    document["visibility"] = "Hidden".into();
    document["listings"]["en-us"]["baseListing"]["title"] = "Harbor".into();
    let untaken =
        json!({ "untaken": ["/pricing/priceId", "/listings/en-us/baseListing/title", "/isSeekEnabled"] });
    local.fault("fault", &once("S3", &untaken));
    // The answer is that of a good update.
    let answered = local.expect(200, "PUT", &path, Some(&document));
    for it in [&answered, &local.get(&path)] {
        assert_eq!((&it["pricing"]["priceId"], &it["visibility"]), (&json!("Tier1012"), &json!("Hidden")));
        assert_eq!(it["listings"]["en-us"]["baseListing"]["title"], Value::Null);
    }
    assert_eq!(local.fired("fault"), 1);
    let answered = local.expect(200, "PUT", &path, Some(&document));
    assert_eq!(answered["pricing"]["priceId"], "Tier1020");
}

#[test]
fn what_cannot_happen_does_not_happen_by_half() {
    let local = Local::start(&things::account());
    // There is no draft to change.
    local.fault("fault", &once("A2", &meanwhile("before", &json!([hidden(), "delete"]))));
    local.get(&format!("applications/{APP}"));
    // No answer stands in for one that was to come with it.
    let act = json!([meanwhile("before", &json!(["delete"])), { "answer": { "status": 504 } }]);
    local.fault("other", &json!({ "on": { "operation": "S1" }, "do": act }));
    local.expect(201, "POST", &submissions(), None);
    assert_eq!((local.fired("fault"), local.fired("other"), met(&local).len()), (0, 0, 0));
    // A fault that contradicts itself is seen.
    local.fault("fault", &once("A2", &meanwhile("before", &json!(["delete", "delete"]))));
    local.expect(500, "GET", &format!("applications/{APP}"), None);
    let line = local.requests().pop().unwrap();
    assert_eq!(line["trouble"], "the fault `fault` has happened by half: the rest of it cannot");
}

#[test]
fn flights_and_add_ons_are_changed_by_others_as_well() {
    let mut seed = things::account();
    seed["applications"][0]["flights"] =
        json!([{ "flight": { "flightId": "f-1" }, "pending": { "id": "61", "fileUploadUrl": "x" } }]);
    seed["applications"][0]["addOns"] =
        json!([{ "addOn": { "id": "9PADDON" }, "pending": { "id": "71", "fileUploadUrl": "x" } }]);
    let local = Local::start(&seed);
    for (operation, path) in [
        ("G2", format!("applications/{APP}/flights/f-1/submissions/61")),
        ("J2", "inappproducts/9PADDON/submissions/71".to_owned()),
    ] {
        local.fault(
            "fault",
            &once(operation, &meanwhile("before", &json!([{ "edit": { "tag": "theirs" } }]))),
        );
        assert_eq!(local.get(&path)["tag"], "theirs");
    }
}

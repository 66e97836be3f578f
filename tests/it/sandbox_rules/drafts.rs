//! Creating, reading, deleting; who a draft belongs to.

use serde_json::{Value, json};

use super::{draft, refused, submissions};
use crate::support::local::Local;
use crate::support::things::{self, APP, PUBLISHED};

#[test]
fn a_draft_is_a_clone() {
    let local = Local::start(&things::account());
    let (path, created) = draft(&local);
    assert_eq!(local.get(&path), created);
    let published = local.get(&format!("{}/{PUBLISHED}", submissions()));
    assert_eq!(published, things::app_submission());
    for (member, value) in published.as_object().unwrap() {
        match member.as_str() {
            "id" | "fileUploadUrl" | "friendlyName" | "status" => assert_ne!(created[member], *value),
            _ => assert_eq!(created[member], *value, "{member}"),
        }
    }
    assert_eq!(created["status"], "PendingCommit");
    assert_eq!(created["statusDetails"], json!({ "errors": [], "warnings": [], "certificationReports": [] }));
    let id = created["id"].as_str().unwrap();
    assert!(id.len() == 19 && id.bytes().all(|b| b.is_ascii_digit()), "{id}");
    let reference = local.get(&format!("applications/{APP}"))["pendingApplicationSubmission"].clone();
    assert_eq!(reference, json!({ "id": id, "resourceLocation": path }));
}

#[test]
fn there_is_one_submission_in_progress_at_most() {
    let local = Local::start(&things::account());
    let (path, _) = draft(&local);
    let conflict = (
        "submission".to_owned(),
        "Create submission failed, status code Conflict, reason phrase Conflict".to_owned(),
    );
    assert_eq!(refused(&local, 409, "POST", &submissions(), None), conflict);
    local.expect(204, "DELETE", &path, None);
    local.expect(404, "GET", &path, None);
    assert_eq!(local.get(&format!("applications/{APP}")).get("pendingApplicationSubmission"), None);
    let (again, _) = draft(&local);
    assert_ne!(again, path);
}

#[test]
fn a_minimal_answer_leaves_the_big_parts_out() {
    let local = Local::start(&things::account());
    let created = local.expect(201, "POST", &format!("{}?isMinimalResponse=true", submissions()), None);
    assert_eq!((created.get("listings"), created.get("applicationPackages")), (None, None));
    assert!(created["fileUploadUrl"].is_string());
    let whole = local.get(&format!("{}/{}", submissions(), created["id"].as_str().unwrap()));
    assert_eq!(whole["listings"], things::app_submission()["listings"]);
}

#[test]
fn a_body_of_create_is_taken_for_the_submission() {
    let local = Local::start(&things::account());
    let empty = json!({});
    let (target, message) = refused(&local, 400, "POST", &submissions(), Some(&empty));
    assert_eq!((target.as_str(), message.as_str()), ("listings", "The size of Listings must be 1 or more"));
    // Nothing was created.
    assert_eq!(local.get(&format!("applications/{APP}")).get("pendingApplicationSubmission"), None);
    let mut body = things::app_submission();
    body["notesForCertification"] = "With the first call.".into();
    let created = local.expect(201, "POST", &submissions(), Some(&body));
    assert_eq!(created["notesForCertification"], "With the first call.");
    assert_ne!(created["id"], PUBLISHED);
}

#[test]
fn a_draft_of_the_portal_is_left_alone() {
    for url in [json!({}), json!({ "fileUploadUrl": null })] {
        let mut seed = things::account();
        let mut pending = things::app_submission();
        pending.as_object_mut().unwrap().remove("fileUploadUrl");
        pending.as_object_mut().unwrap().extend(url.as_object().unwrap().clone());
        pending["id"] = "1152921500000000101".into();
        pending["status"] = "PendingCommit".into();
        seed["applications"][0]["pending"] = pending.clone();
        let local = Local::start(&seed);
        let path = format!("{}/1152921500000000101", submissions());
        assert_eq!(local.get(&path), pending);
        for (method, path) in
            [("PUT", path.clone()), ("DELETE", path.clone()), ("POST", format!("{path}/commit"))]
        {
            let body = local.expect(400, method, &path, Some(&pending));
            assert_eq!(body["code"], "InvalidOperation");
            assert_eq!(body["target"], "applicationSubmission");
        }
        assert_eq!(local.get(&path), pending);
    }
}

/// An account whose app has a flight and an add-on, each with this submission in progress: their paths.
fn flight_and_add_on(pending: &Value) -> (Local, [String; 2]) {
    let mut seed = things::account();
    seed["rules"]["statusMillis"] = 60_000.into();
    seed["applications"][0]["flights"] =
        json!([{ "flight": { "flightId": "f-1" }, "published": { "id": "60" }, "pending": pending }]);
    seed["applications"][0]["addOns"] =
        json!([{ "addOn": { "id": "9PADDON00000" }, "published": { "id": "60" }, "pending": pending }]);
    let flight = format!("applications/{APP}/flights/f-1/submissions/61");
    (Local::start(&seed), [flight, "inappproducts/9PADDON00000/submissions/61".to_owned()])
}

#[test]
fn drafts_of_flights_and_add_ons_belong_to_somebody_as_well() {
    let (local, paths) = flight_and_add_on(&json!({ "id": "61", "status": "PendingCommit" }));
    for path in paths {
        let draft = local.get(&path);
        for (method, path) in
            [("PUT", path.clone()), ("DELETE", path.clone()), ("POST", format!("{path}/commit"))]
        {
            let body = local.expect(400, method, &path, Some(&draft));
            assert_eq!(
                (&body["code"], &body["target"]),
                (&json!("InvalidOperation"), &json!("applicationSubmission"))
            );
        }
        assert_eq!(local.get(&path), draft);
    }
}

#[test]
fn what_is_no_draft_of_a_flight_or_an_add_on_cannot_be_changed() {
    for (status, may_delete) in [
        ("CommitStarted", false),
        ("Certification", false),
        ("Release", false),
        ("CommitFailed", true),
        ("CertificationFailed", true),
        ("Canceled", true),
    ] {
        let (local, paths) =
            flight_and_add_on(&json!({ "id": "61", "status": status, "fileUploadUrl": "x" }));
        for path in paths {
            let submissions = path.trim_end_matches("/61");
            let body = local.get(&path);
            refused(&local, 409, "PUT", &path, Some(&body));
            refused(&local, 409, "POST", &format!("{path}/commit"), None);
            refused(&local, 409, "POST", submissions, None);
            local.expect(if may_delete { 204 } else { 409 }, "DELETE", &path, None);
            assert_eq!(local.call("POST", submissions, None).status, if may_delete { 201 } else { 409 });
        }
    }
}

#[test]
fn what_is_not_a_draft_cannot_be_changed() {
    let in_state = |status: &str| {
        let mut seed = things::account();
        let mut pending = things::app_submission();
        pending["id"] = "1152921500000000101".into();
        pending["status"] = status.into();
        pending["fileUploadUrl"] = "https://elsewhere.example".into();
        seed["applications"][0]["pending"] = pending;
        seed["rules"]["statusMillis"] = 60_000.into();
        Local::start(&seed)
    };
    let path = format!("{}/1152921500000000101", submissions());
    for (status, may_delete) in [
        ("CommitStarted", false),
        ("PreProcessing", false),
        ("Certification", false),
        ("Release", false),
        ("PendingPublication", false),
        ("Publishing", false),
        ("CommitFailed", true),
        ("PreProcessingFailed", true),
        ("CertificationFailed", true),
        ("ReleaseFailed", true),
        ("PublishFailed", true),
        ("Canceled", true),
    ] {
        let local = in_state(status);
        let body = local.get(&path);
        let states = [
            refused(&local, 409, "PUT", &path, Some(&body)),
            refused(&local, 409, "POST", &format!("{path}/commit"), None),
        ];
        assert!(states.iter().all(|(target, _)| target == "submissionId"), "{status}");
        if may_delete {
            local.expect(204, "DELETE", &path, None);
        } else {
            let (target, message) = refused(&local, 409, "DELETE", &path, None);
            assert_eq!(target, "submissionId");
            assert_eq!(message, "Submission in its current state cannot be deleted");
        }
        assert_eq!(local.call("POST", &submissions(), None).status, if may_delete { 201 } else { 409 });
    }
    let local = Local::start(&things::account());
    for (method, rest) in [("PUT", ""), ("DELETE", ""), ("POST", "/commit")] {
        let path = format!("{}/{PUBLISHED}{rest}", submissions());
        local.expect(409, method, &path, Some(&json!({ "listings": {} })));
    }
}

#[test]
fn products_do_not_mix() {
    let mut seed = things::account();
    seed["applications"][0]["flights"] =
        json!([{ "flight": { "flightId": "f-1" }, "published": { "id": "61" } }]);
    let other = json!({ "application": { "id": "9POTHER" }, "published": { "id": "71" } });
    seed["applications"].as_array_mut().unwrap().push(other);
    let local = Local::start(&seed);
    for path in [
        format!("{}/71", submissions()),
        format!("{}/61", submissions()),
        format!("applications/{APP}/flights/f-1/submissions/{PUBLISHED}/status"),
    ] {
        let body = local.expect(409, "GET", &path, None);
        assert_eq!(body["code"], "InvalidState");
    }
    let missing = local.expect(404, "GET", &format!("{}/72", submissions()), None);
    assert_eq!(missing["message"], "Submission not found");
}

#[test]
fn some_products_are_not_supported() {
    let mut seed = things::account();
    seed["applications"][0]["unsupported"] = true.into();
    seed["applications"][0]["flights"] = json!([{ "flight": { "flightId": "f-1" } }]);
    let local = Local::start(&seed);
    for (method, rest) in [
        ("GET", ""),
        ("GET", "/listflights"),
        ("POST", "/submissions"),
        ("GET", "/flights/f-1"),
        ("POST", "/flights"),
    ] {
        let body = local.expect(409, method, &format!("applications/{APP}{rest}"), None);
        assert!(body["message"].as_str().unwrap().contains("uses features that are not supported"));
    }
    // It is listed all the same.
    assert_eq!(local.get("applications")["totalCount"], 1);
}

#[test]
fn the_name_of_a_package_is_not_an_id() {
    let local = Local::start(&things::account());
    let body = local.expect(500, "GET", "applications/12345Northwind.HarborNotes", None);
    assert_eq!(body["innererror"]["code"], "UnknownInternalFailure");
    assert_eq!(body.get("target"), None::<&Value>);
}
